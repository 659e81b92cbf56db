"""Any fully connected network: forward, loss, backward, update, next forward, training, from a specification in a TOML file.

Symbols and shapes, for a layer l with n units below which lie k units, over a mini-batch of m examples (one a column)

    X       (k, m)  inputs                        Y       (n, m)  targets
    W[l]    (n, k)  weights                       b[l]    (n,)    biases
    Z[l]    (n, m)  W·A[l−1] + b                  A[l]    (n, m)  g(Z); of a softmax layer P
    C               the loss (cost) of an example; over the examples their sum or mean
    δ[l]    (n, m)  ∂C/∂Z                         ∂C/∂W, ∂C/∂b    lie as W and b lie
    w, g            one parameter and its gradient; the optimizer's states beside them (see `optimizers`)

The whole training is run by NumPy and recorded; the update that the reader picks is computed again, live, and held against the record.
`spec` reads the specification, `run` trains, `output` knows the output layer and the loss;
`given` and `record` make the sheets of what goes in and of the recorded run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.dense import (
    Backward,
    Forward,
    Layer,
    activation,
    bias_gradient,
    examples,
    hidden_delta,
    pre_activation,
    slopes,
    sup,
    weight_gradient,
)
from scenarios.common.gradient_check import check_in_any_network
from scenarios.common.network_map import network_map
from scenarios.common.optimizers import Cells
from scenarios.network.cross_entropy import output_of
from scenarios.network.data import RawData, read_examples
from scenarios.network.given import LONG_TABLE, Given, activation_of, layer_activation
from scenarios.network.output import Batch, Complement, Extra
from scenarios.network.record import Record, parameter_names
from scenarios.network.run import parameters_of, places, tells_classes, train
from scenarios.network.spec import (
    EXAMPLE,
    SOFTMAX,
    Spec,
    read_spec,
    with_examples,
)
from workbook.block import Between, Block, Counter, Formula
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import (
    Direction,
    Expr,
    Index,
    Operand,
    call,
    dot,
    equal,
    if_,
    largest,
    number_of,
    pick,
    rounded,
    sqrt,
    total,
)
from workbook.scenario import Parameter, Scenario, Setting, UsageError
from workbook.text import N_, _

SHOWN_TERMS = 4
WRITTEN_LOSSES = {
    "half_squared": ("½·(", "({a#:4} − {y#:4p})²", ")"),
    "squared": ("", "({a#:4} − {y#:4p})²", ""),
    "mean_squared": ("(", "({a#:4} − {y#:4p})²", ") / {n:0}"),
    "binary_cross_entropy": ("−(", "{y#:2}·ln {a#:6} + (1 − {y#:2})·ln {r#:6}", ")"),
    "categorical_cross_entropy": ("−(", "{y#:2}·ln {a#:6}", ")"),
}
"""The loss of an example with its numbers: what stands before, for each output, and after."""
MET = 1e-9


class Network(Scenario):
    """A network of the reader's own."""

    name = "network"
    title = N_("A network of your own: every layer, every gradient, every update")
    article = N_("The mathematics behind deep networks (deep-networks-maths), whose symbols it uses")
    summary = N_(
        "Any fully connected network from a short specification: layers, activations, loss, optimizer, data. Pick any update of its "
        "training and follow it through: forward, loss, backward, the optimizer's step for every parameter, and the next forward pass."
    )
    order = 200
    locale = Path(__file__).parent.parent / "locale"
    parameters = (
        Parameter("spec", "", N_("file with the specification (TOML), instead of the example's"), text=True, file=True),
        Parameter("update", 0, N_("update shown at first; 0 leaves the choice to us"), 0, 10_000, whole=True),
    )
    data_columns = N_("x1, x2, … and either y1, y2, … or label: one example a row")

    def settings(self, typed: Mapping[str, str] | None = None) -> dict[str, Setting]:
        values = super().settings(typed)
        if values["spec"]:
            read_spec(Path(str(values["spec"])))  # so that a fault is said before anything is written
        return values

    def read_data(self, path: Path) -> RawData:
        return read_examples(path)

    def build(self, book: Book, settings: Mapping[str, Any], data: RawData | None) -> None:
        path = Path(settings["spec"]) if settings["spec"] else EXAMPLE
        spec = with_examples(read_spec(path), data)
        update = settings["update"] or (min(2, spec.updates) if spec.optimizer.states else 1)
        if update > spec.updates:
            raise UsageError(
                f"--set update={update}: {spec.source} makes {spec.updates} updates; give a number up to that"
            )
        book.first_change = _(
            "on the sheet Training, type the number of another update into the yellow cell: every sheet then follows that update."
        )
        _Walkthrough(book, spec, update).build()


@dataclass(frozen=True)
class Passed:
    """A forward pass with its loss."""

    forward: Forward
    extra: Extra
    cost: Block


def _pages(book: Book) -> dict[str, Sheet]:
    titles = {
        "Spec": _("What was asked for, and where the training begins"),
        "Data": _("The examples"),
        "Training": _("Training: the run, and the update that you pick"),
        "Forward": _("Forward: from the inputs to the outputs"),
        "Loss": _("Loss: how wrong the outputs are"),
        "Backward": _("Backward: how the loss answers to every parameter"),
        "Optimizer": _("Optimizer: a step for every parameter"),
        "Next": _("Next forward: the same mini-batch with the new parameters"),
        "Map": _("Map: the whole network on one page"),
        "Nudge": _("Nudge: is the gradient right?"),
        "Epochs": _("The run by epoch, recorded by NumPy"),
        "Batches": _("The mini-batch of every update, recorded by NumPy"),
        "Run": _("Every parameter at every update, recorded by NumPy"),
        "Original": _("The numbers as this workbook was built with them"),
    }
    return {
        name: book.sheet(name, title, column_width=7.5 if name == "Map" else None) for name, title in titles.items()
    }


class _Walkthrough:
    """The sheets, each step a function; those read first are not always made first."""

    def __init__(self, book: Book, spec: Spec, update: int) -> None:
        self.spec = spec
        self.first_update = update
        self.pages = _pages(book)
        self.where = places(spec)
        self.given = Given(self.pages, spec)
        last = None if spec.activations[-1] == SOFTMAX else activation_of(spec.activations[-1])
        self.output = output_of(last, self.given.loss)
        hidden = [activation_of(name) for name in spec.activations[:-1]]
        self.run = train(spec, hidden, self.output)
        self.record = Record(self.pages, spec, self.run, self.where)

    def build(self) -> None:
        self.training_run()
        batch = self.mini_batch()
        now = self.picked_layers()
        layers = self.look_ahead(now) if self.spec.optimizer.looks_ahead else now
        passed = self.forward(self.pages["Forward"], layers, batch)
        passed = self.losses(passed, batch)
        back = self.backward(layers, passed, batch)
        new = self.optimizer_table(now, back)
        self.next_forward(new, batch, passed)
        self.map(layers, passed, batch, back)
        self.nudge(layers, passed, batch, back)

    # -- Training ----------------------------------------------------------------------------------------

    def training_run(self) -> None:
        sheet, record = self.pages["Training"], self.record
        sheet.step(
            _("Pick an update"),
            _(
                "One update is one mini-batch: forward, loss, backward, step. The yellow cell picks which of them all the other sheets show."
            ),
        )
        last = self.spec.updates
        u = self.update = sheet.given(
            "update", float(self.first_update), symbol="u", title=_("update to look at, from 1 to {last}").format(last=last),
            number_format="0", valid=Between(1, last, whole=True),
        )  # fmt: skip
        n = self.first_update - 1
        self.epoch = sheet.derived(
            "picked_epoch",
            record.batch_epoch.value[n],
            lambda: pick(record.batch_epoch, u),
            title=_("its epoch"),
            number_format="0",
        )
        self.recorded_cost = sheet.derived(
            "recorded_cost", record.batch_cost.value[n], lambda: pick(record.batch_cost, u),
            title=_("recorded loss of its mini-batch"), number_format="0.000000",
        )  # fmt: skip
        self.charts(sheet)

    def here(self, value: Block) -> Series:
        """The dot at the end of the picked update's epoch."""
        return Series(_("its epoch"), self.epoch.whole(), value.whole(), Mark.POINTS, "#B3261E")

    def charts(self, sheet: Sheet) -> None:
        record, loss, epoch = self.record, _("loss"), _("epoch")
        t = int(self.epoch.value)
        after = sheet.derived(
            "cost_of_epoch", record.cost.value[t], lambda: pick(record.cost, self.epoch + 1),
            title=_("recorded loss over all examples after that epoch"), number_format="0.000000",
        )  # fmt: skip
        shares = record.accuracy
        if shares is not None:
            right = sheet.derived(
                "accuracy_of_epoch", shares.value[t], lambda: pick(shares, self.epoch + 1),
                title=_("recorded share that is right after that epoch"), number_format="0.0%",
            )  # fmt: skip
        with sheet.beside():
            sheet.chart(
                Chart(
                    _("Loss over all examples, by epoch"),
                    (Series(loss, record.epochs[:], record.cost[:]), self.here(after)),
                    epoch,
                    loss,
                    _("A line of the loss over all examples, by epoch; a dot marks the picked update's epoch."),
                    columns=5,
                )
            )
            sheet.chart(
                Chart(
                    _("Loss of each mini-batch, by update"),
                    (
                        Series(_("its loss"), record.update[:], record.batch_cost[:], colour="#8A8A8A"),
                        Series(
                            _("the picked update"),
                            self.update.whole(),
                            self.recorded_cost.whole(),
                            Mark.POINTS,
                            "#B3261E",
                        ),
                    ),
                    _("update"),
                    loss,
                    _("A ragged line of the loss of each mini-batch, by update; a dot marks the picked one."),
                    columns=5,
                )
            )
        if shares is not None:
            share = _("share that is right")
            sheet.chart(
                Chart(
                    _("Share of the examples that is right, by epoch"),
                    (Series(share, record.epochs[:], shares[:], colour="#3A8F4A"), self.here(right)),
                    epoch,
                    share,
                    _(
                        "A line of the share of the examples that is right, by epoch; a dot marks the picked update's epoch."
                    ),
                    columns=5,
                    rows=14,
                    y_range=(0, 1),
                )
            )

    def mini_batch(self) -> Batch:
        sheet, spec, u, order = self.pages["Training"], self.spec, self.update, self.record.order
        sheet.step(
            _("The mini-batch of this update"),
            _(
                "Looked up: which examples the update sees (sheet Batches), and their inputs and targets (sheet Data), now one example a column."
            ),
        )
        row = order.value[self.first_update - 1]
        chosen = sheet.derived(
            "chosen", row, lambda i: pick(order, u, number_of(i)), title=_("examples of the mini-batch"),
            along=Direction.RIGHT, columns=examples(), number_format="0",
        )  # fmt: skip
        share = None
        size = spec.batch_size
        if len(spec.data.x) % size:
            share = sheet.derived(
                "share", (row > 0).astype(float), lambda i: if_(chosen[i] > 0, 1, 0), symbol="s",
                title=_("1 for an example, 0 for an empty place of a shorter last mini-batch: it adds nothing to any sum"),
                along=Direction.RIGHT, columns=examples(), number_format="0",
            )  # fmt: skip
            counted = share
            m = sheet.derived(
                "m", share.value.sum(), lambda: total(counted), symbol="m", title=_("examples"), number_format="0"
            )
        else:
            m = sheet.recorded("m", float(size), symbol="m", title=_("examples"), number_format="0")

        def looked_up(table: Block) -> Formula:
            def formula(k: Index, i: Index) -> Operand:
                if share is None:
                    return pick(table, chosen[i], number_of(k))
                return share[i] * pick(table, largest(chosen[i], 1), number_of(k))

            return formula

        rows = np.maximum(row - 1, 0).astype(int)
        mask = (row > 0).astype(float)
        with sheet.beside():
            X = sheet.derived(
                "X", spec.data.x[rows].T * mask, looked_up(self.given.X), symbol="X", title=_("inputs x"),
                rows=Counter("k = "), columns=examples(),
            )  # fmt: skip
            Y = sheet.derived(
                "Y", spec.data.y[rows].T * mask, looked_up(self.given.Y), symbol="Y", title=_("targets y"),
                rows=Counter("j = "), columns=examples(), number_format="0.###",
            )  # fmt: skip
        return Batch(X, Y, share, m)

    def picked_layers(self) -> list[Layer]:
        sheet = self.pages["Training"]
        sheet.step(
            _("The parameters before this update"),
            _(
                "Update 1 begins with the yellow parameters of the sheet Spec; every other takes its parameters from the recorded run."
            ),
        )
        now = parameters_of(self.run.states["w"][self.first_update - 1], self.where)
        layers = []
        for number, (W, b) in enumerate(now, 1):
            first = self.given.start[number - 1]
            with sheet.beside():
                weights = sheet.derived(
                    f"W{number}",
                    W,
                    self.record.weights_at("w", number, self.update, first.W),
                    symbol=f"W{sup(number)}",
                    title=_("weights"),
                    rows=Counter("j = "),
                    columns=Counter("k = "),
                )
                biases = None
                if b is not None:
                    assert first.b is not None
                    biases = sheet.derived(
                        f"b{number}", b, self.record.biases_at("w", number, self.update, first.b), symbol=f"b{sup(number)}", title=_("biases"),
                        rows=Counter("j = "), columns=[""],
                    )  # fmt: skip
            layers.append(Layer(number, weights, biases, layer_activation(self.spec, number)))
        return layers

    def look_ahead(self, now: Sequence[Layer]) -> list[Layer]:
        sheet, mu = self.pages["Training"], self.given.hyper["mu"]
        sheet.step(
            _("Nesterov looks ahead"),
            _(
                "The velocity would carry the parameters on by μ·v. Nesterov takes the gradient there: the sheets Forward, Loss and Backward work with W̃ and b̃, where they write W and b."
            ),
            "W̃ = W + μ·V",
        )
        velocities = parameters_of(self.run.states["v"][self.first_update - 1], self.where)
        return [self.ahead(sheet, layer, mu, v) for layer, v in zip(now, velocities, strict=True)]

    def ahead(self, sheet: Sheet, layer: Layer, mu: Block, velocity: tuple[Array, Array | None]) -> Layer:
        number, W, b = layer.number, layer.W, layer.b
        V, v = velocity
        with sheet.beside():
            speed = sheet.derived(
                f"V{number}", V, self.record.weights_at("v", number, self.update), symbol=f"V{sup(number)}", title=_("velocities of the weights"),
                rows=Counter("j = "), columns=Counter("k = "), number_format="0.000000",
            )  # fmt: skip
            weights = sheet.derived(
                f"W{number}_ahead", W.value + mu.value * V, lambda j, k: W[j, k] + mu * speed[j, k],
                symbol=f"W̃{sup(number)}", title=_("weights at the point ahead"), rows=Counter("j = "), columns=Counter("k = "),
            )  # fmt: skip
        if b is None or v is None:
            return replace(layer, W=weights)
        old = b
        with sheet.beside():
            drift = sheet.derived(
                f"bias_V{number}", v, self.record.biases_at("v", number, self.update), symbol=f"v{sup(number)}", title=_("velocities of the biases"),
                rows=Counter("j = "), columns=[""], number_format="0.000000",
            )  # fmt: skip
            biases = sheet.derived(
                f"b{number}_ahead", old.value + mu.value * v, lambda j: old[j] + mu * drift[j],
                symbol=f"b̃{sup(number)}", title=_("biases at the point ahead"), rows=Counter("j = "), columns=[""],
            )  # fmt: skip
        return Layer(number, weights, biases, layer.activation)

    # -- Forward, Loss -----------------------------------------------------------------------------------

    def forward(self, sheet: Sheet, layers: Sequence[Layer], batch: Batch, suffix: str = "") -> Passed:
        passed = Forward([batch.X])
        extra: Extra = None
        for layer in layers:
            last = layer is layers[-1]
            g = self.output.activation if last else layer.activation
            sheet.step(
                _("Layer {layer} of {count}").format(layer=layer.number, count=len(layers)),
                _(
                    "Each unit adds up what comes in, times its weights, and its bias if it has one; then its activation function acts on the sum."
                ),
                g.math,
            )
            if not last:
                with sheet.beside():
                    Z = pre_activation(sheet, layer, passed.output, suffix)
                    A = activation(sheet, layer, Z, suffix)
                if g.name == "relu":
                    sheet.remark(_("The greyed zeros are units that ReLU has shut for this example."))
            else:
                Z = pre_activation(sheet, layer, passed.output, suffix)
                if g.name == SOFTMAX:
                    self.written(sheet, layer, passed.output, Z, None, suffix)
                A, extra = self.output.forward(sheet, layer, Z, suffix)
            if g.name != SOFTMAX:
                self.written(sheet, layer, passed.output, Z, A, suffix)
            passed.Z.append(Z)
            passed.A.append(A)
        return Passed(passed, extra, A)

    def written(self, sheet: Sheet, layer: Layer, below: Block, Z: Block, A: Block | None, suffix: str) -> None:
        """Write out the sum of the first unit for the first example, and its activation unless that comes later."""
        number, W = layer.number, layer.W
        shown = min(SHOWN_TERMS, layer.inputs)
        terms = " + ".join(f"{{w{k}:4p}}·{{x{k}:4p}}" for k in range(shown))
        terms += " + …" if layer.inputs > shown else ""
        numbers: dict[str, Operand] = {"z": Z[0, 0]}
        for k in range(shown):
            numbers[f"w{k}"], numbers[f"x{k}"] = W[0, k], below[k, 0]
        if layer.b is not None:
            terms += " + {b:4p}"
            numbers["b"] = layer.b[0]
        template = f"z₁ = {terms} = {{z:4}}"
        if A is not None:
            template += f",   a₁ = {layer.activation.symbol}({{z:4}}) = {{a:6}}"
            numbers["a"] = A[0, 0]
        sheet.sentence(f"written{number}{suffix}", template, None, **numbers)

    def losses(self, passed: Passed, batch: Batch) -> Passed:
        sheet, output = self.pages["Loss"], self.output
        sheet.step(
            _("The loss of each example, and of the mini-batch"),
            _("Compare what the network said (A, sheet Forward) with the targets (Y)."),
            output.loss.math,
        )
        A = passed.forward.output
        with sheet.beside():
            for id, block, name in (("loss_A", A, "A"), ("loss_Y", batch.Y, "Y")):
                sheet.derived(
                    id, block.value, _same_cell(block), symbol=name, title=_("what the network said") if block is A else _("targets y"),
                    rows=Counter("j = "), columns=examples(), number_format="0.000000" if block is A else "0.###",
                )  # fmt: skip
        cost = self.cost(sheet, A, passed.extra, batch, "")
        self.loss_written(sheet, A, passed.extra, batch)
        if tells_classes(self.spec):
            self.verdicts(sheet, A, batch)
        sheet.step(_("Does it hold?"), _("The live loss must be the one that NumPy recorded for this update."))
        scale = sheet.derived(
            "cost_scale", 1 + abs(self.recorded_cost.value), lambda: 1 + call("ABS", self.recorded_cost),
            title=_("size of the numbers compared"), number_format="0.0000",
        )  # fmt: skip
        sheet.check(
            "cost_met",
            _("the live loss is the recorded one"),
            cost,
            self.recorded_cost,
            MET,
            scale=scale,
            applies=self.given.unchanged,
        )
        return replace(passed, cost=cost)

    def loss_written(self, sheet: Sheet, A: Block, extra: Extra, batch: Batch) -> None:
        """Write out the loss of the first example."""
        before, term, after = WRITTEN_LOSSES[self.spec.loss]
        if self.output.loss.outputs is not None:
            after += " / {n:0}"
        shown = min(SHOWN_TERMS, A.shape[0])
        terms = [term.replace("#", str(j)) for j in range(shown)] + (["…"] if A.shape[0] > shown else [])
        numbers: dict[str, Operand] = {"C": self.cost_each[0], "n": self.given.outputs.whole()}
        for j in range(shown):
            numbers |= {f"a{j}": A[j, 0], f"y{j}": batch.Y[j, 0]}
            if isinstance(extra, Complement):
                numbers[f"r{j}"] = extra.rest[j, 0]
        sheet.sentence("written_C", f"C₁ = {before}{' + '.join(terms)}{after} = {{C:6}}", None, **numbers)

    def cost(self, sheet: Sheet, A: Block, extra: Extra, batch: Batch, suffix: str) -> Block:
        each = self.cost_each = self.output.cost_each(sheet, A, extra, batch, suffix)
        mean = self.spec.mean
        value = each.value.sum() / (batch.m.value if mean else 1)
        return sheet.derived(
            f"C{suffix}",
            value,
            lambda: total(each) / batch.m if mean else total(each),
            symbol="C",
            title=_("loss: the mean over the examples") if mean else _("loss: the sum over the examples"),
            math="C = Σᵢ Cᵢ / m" if mean else "C = Σᵢ Cᵢ",
            number_format="0.000000",
        )

    def verdicts(self, sheet: Sheet, A: Block, batch: Batch) -> None:
        """Add whether each example is right, and how many are."""
        Y = batch.Y
        if A.shape[0] == 1:
            value = (np.round(A.value[0], 9) >= 0.5) == (Y.value[0] == 1)

            def right(i: Index) -> Expr:
                return if_(equal(if_(rounded(A[0, i], 9) >= 0.5, 1, 0), Y[0, i]), 1, 0)

        else:
            said = np.sum(A.value * Y.value, axis=0)
            value = np.round(said, 9) > np.round(np.sort(A.value, axis=0)[-2], 9)

            def right(i: Index) -> Expr:
                return if_(rounded(dot(Y[:, i], A[:, i]), 9) > rounded(call("LARGE", A[:, i], 2), 9), 1, 0)

        verdict = sheet.derived(
            "right", batch.counted(value.astype(float)), lambda i: batch.counts(right(i), i), title=_("right? 1 yes"),
            math=_("the true class's output is the greatest") if A.shape[0] > 1 else _("a ≥ 0.5 means class 1"),
            along=Direction.RIGHT, columns=examples(), number_format="0",
        )  # fmt: skip
        sheet.derived(
            "right_count",
            verdict.value.sum(),
            lambda: total(verdict),
            title=_("examples that are right"),
            number_format="0",
        )

    # -- Backward ----------------------------------------------------------------------------------------

    def backward(self, layers: Sequence[Layer], passed: Passed, batch: Batch) -> Backward:
        sheet, back = self.pages["Backward"], Backward()
        m = batch.m if self.spec.mean else None
        last = layers[-1]
        sheet.step(
            _("The output layer"),
            _(
                "From the loss back through the output's activation: how strongly the loss answers to each weighted sum."
            ),
            f"δ{sup(last.number)} = ∂C/∂Z{sup(last.number)}",
        )
        slope, back.delta[last.number] = self.output.backward(sheet, last, passed.forward, passed.extra, batch)
        if slope is not None:
            back.slope[last.number] = slope
        self.gradients(sheet, last, passed.forward, back, m)
        for layer in reversed(layers[:-1]):
            self.hidden_layer(sheet, layer, layers[layer.number], passed.forward, back)
            self.gradients(sheet, layer, passed.forward, back, m)
        return back

    def hidden_layer(self, sheet: Sheet, layer: Layer, above: Layer, passed: Forward, back: Backward) -> None:
        sheet.step(
            _("Back to layer {layer}").format(layer=layer.number),
            _(
                "The errors come back through the same weights, and each unit passes on as much as the slope of its activation lets through."
            ),
        )
        with sheet.beside():
            slope = back.slope[layer.number] = slopes(sheet, layer, passed)
            back.delta[layer.number] = hidden_delta(sheet, layer, above, back.delta[above.number], slope)
        if layer.activation.name == "relu":
            sheet.remark(_("ReLU's mask: where the slope is 0 the unit was shut, and no error passes through it."))
        self.delta_written(sheet, layer, above, back)
        sheet.gap()

    def delta_written(self, sheet: Sheet, layer: Layer, above: Layer, back: Backward) -> None:
        """Write out what comes back to the layer's first unit for the first example."""
        delta, behind = back.delta[layer.number], back.delta[above.number]
        shown = min(SHOWN_TERMS, above.units)
        terms = " + ".join(f"{{w{j}:4p}}·{{d{j}:4p}}" for j in range(shown)) + (" + …" if above.units > shown else "")
        numbers: dict[str, Operand] = {"slope": back.slope[layer.number][0, 0], "d": delta[0, 0]}
        for j in range(shown):
            numbers[f"w{j}"], numbers[f"d{j}"] = above.W[j, 0], behind[j, 0]
        template = f"δ{sup(layer.number)}₁ = ({terms})·{{slope:4p}} = {{d:6}}"
        sheet.sentence(f"written_D{layer.number}", template, None, **numbers)

    def gradients(self, sheet: Sheet, layer: Layer, passed: Forward, back: Backward, m: Block | None) -> None:
        number = layer.number
        with sheet.beside():
            back.dW[number] = weight_gradient(sheet, layer, back.delta[number], passed.A[number - 1], m)
            if layer.b is not None:
                back.db[number] = bias_gradient(sheet, layer, back.delta[number], m)
        self.gradient_written(sheet, number, back, passed.A[number - 1], m)

    def gradient_written(self, sheet: Sheet, number: int, back: Backward, below: Block, m: Block | None) -> None:
        """Write out the gradient of the layer's first weight."""
        delta, dW = back.delta[number], back.dW[number]
        shown = min(SHOWN_TERMS, delta.shape[1])
        terms = " + ".join(f"{{d{i}:4p}}·{{a{i}:4p}}" for i in range(shown)) + (
            " + …" if delta.shape[1] > shown else ""
        )
        numbers: dict[str, Operand] = {"g": dW[0, 0]}
        for i in range(shown):
            numbers[f"d{i}"], numbers[f"a{i}"] = delta[0, i], below[0, i]
        if m is not None:
            terms, numbers["m"] = f"({terms}) / {{m:0}}", m.whole()
        sheet.sentence(f"written_gW{number}", f"∂C/∂w{sup(number)}₁,₁ = {terms} = {{g:6}}", None, **numbers)

    # -- Optimizer ---------------------------------------------------------------------------------------

    def optimizer_table(self, now: Sequence[Layer], back: Backward) -> Block:
        sheet, spec, u = self.pages["Optimizer"], self.spec, self.update
        sheet.step(
            _("One parameter a row"),
            _(
                "Every weight and bias with its gradient, what the optimizer remembers of it, and its step: {name}."
            ).format(name=_(spec.optimizer.title)),
            spec.optimizer.math,
        )
        if spec.optimizer.looks_ahead:
            sheet.remark(_("g is the gradient at the point ahead w̃ = w + μ·v, not at w; the step is taken from w."))
        count = spec.parameter_count
        n = self.first_update
        with sheet.table(Counter(""), count, freeze=count > LONG_TABLE) as table:
            table.recorded(
                "opt_name", np.array(parameter_names(self.where), dtype=object), title=_("parameter"), number_format="@"
            )
            cells: dict[str, Block] = {**self.given.hyper, "t": u}
            cells["w"] = table.derived(
                "opt_w", self.run.states["w"][n - 1], None, each=self.gathered(now), title=_("before the update"), symbol="w",
                number_format="0.000000",
            )  # fmt: skip
            for id, (symbol, title) in spec.optimizer.states.items():
                cells[id] = table.derived(
                    f"opt_{id}",
                    self.run.states[id][n - 1],
                    self.record.flat_at(id, u, 0),
                    title=_(title),
                    symbol=symbol,
                    number_format="0.00000000",
                )
            gradient = _flat(
                [(back.dW[p + 1].value, back.db[p + 1].value if p + 1 in back.db else None) for p in range(len(now))]
            )
            cells["g"] = table.gradient(
                "opt_g", gradient, None, each=self.gathered_gradients(back),
                title=_("gradient at the point ahead") if spec.optimizer.looks_ahead else _("gradient"), symbol="g", number_format="0.00000000",
            )  # fmt: skip
            self.optimizer_columns(table.updated, cells)
            recorded = {
                id: table.derived(
                    f"opt_recorded_{id}",
                    self.run.states[id][n],
                    self.record.flat_at(id, u, 1),
                    title=_("as recorded"),
                    symbol=f"{_symbol_of(spec, id)}′",
                    number_format="0.00000000",
                )
                for id in self.run.states
            }
        self.steps_written(sheet, cells)
        self.steps_checked(sheet, cells, recorded)
        return cells["w_new"]

    def optimizer_columns(self, add: Callable[..., Block], cells: dict[str, Block]) -> None:
        """Add the optimizer's own columns: NumPy's step for whole arrays, and each column's formula."""
        optimizer = self.spec.optimizer
        hyper = {key: float(block.value) for key, block in self.given.hyper.items()}
        states = {id: cells[id].value for id in optimizer.states}
        step = optimizer.step(cells["w"].value, cells["g"].value, states, self.first_update, hyper)
        for column in optimizer.columns:
            cells[column.id] = add(
                f"opt_{column.id}",
                step[column.id],
                _column_formula(column.formula, cells),
                title=_(column.title),
                symbol=column.symbol,
                math=column.math,
                number_format="0.000000" if column.id in ("w_new", "ahead") else "0.00000000",
            )

    def gathered(self, layers: Sequence[Layer]) -> list[Expr]:
        """Every parameter's cell, in the order of the run."""
        return _cells_in_order([(layer.W, layer.b) for layer in layers])

    def gathered_gradients(self, back: Backward) -> list[Expr]:
        return _cells_in_order([(back.dW[number], back.db.get(number)) for number in sorted(back.dW)])

    def steps_written(self, sheet: Sheet, cells: Cells) -> None:
        sheet.step(_("Written out for the first parameter"), _("Each column, with the numbers of its first row:"))
        for column in self.spec.optimizer.columns:
            numbers = {id: block.whole() if block.value.ndim == 0 else block[0] for id, block in cells.items()}
            digits = 8 if column.id in ("v_new", "s_new", "v_hat") else 6
            template = f"{column.symbol} = {column.math} = {column.written} = {{{column.id}:{digits}}}"
            sheet.sentence(f"written_{column.id}", template, None, **numbers)

    def steps_checked(self, sheet: Sheet, cells: Cells, recorded: Mapping[str, Block]) -> None:
        sheet.step(_("Does it hold?"), _("Parameters and states after this update must be those that NumPy recorded."))
        for id, there in recorded.items():
            symbol = _symbol_of(self.spec, id)
            scale = sheet.derived(
                f"scale_{id}", 1 + float(np.sqrt(np.sum(there.value**2))), _one_and_length(there),
                title=_("1 + length of {symbol}").format(symbol=symbol), number_format="0.0000",
            )  # fmt: skip
            title = _("{symbol} after the update is as recorded").format(symbol=symbol)
            sheet.check(f"step_{id}", title, cells[f"{id}_new"], there, MET, scale=scale, applies=self.given.unchanged)

    # -- Next, Map, Nudge --------------------------------------------------------------------------------

    def next_forward(self, new: Block, batch: Batch, before: Passed) -> None:
        sheet, record = self.pages["Next"], self.record
        sheet.step(_("The new parameters"), _("The last column of the sheet Optimizer, laid out as W and b again."))
        layers = []
        for number, (W, b) in enumerate(parameters_of(new.value, self.where), 1):
            with sheet.beside():
                weights = sheet.updated(
                    f"W{number}_new", W, record.laid_out(new, number), symbol=f"W{sup(number)}′", title=_("new weights"),
                    rows=Counter("j = "), columns=Counter("k = "),
                )  # fmt: skip
                biases = None
                if b is not None:
                    biases = sheet.updated(
                        f"b{number}_new", b, record.laid_down(new, number), symbol=f"b{sup(number)}′", title=_("new biases"),
                        rows=Counter("j = "), columns=[""],
                    )  # fmt: skip
            layers.append(Layer(number, weights, biases, layer_activation(self.spec, number)))
        passed = self.forward(sheet, layers, batch, "_new")
        sheet.step(
            _("The loss after the update"),
            _("The same mini-batch with the new parameters; a step that is not too long makes its loss smaller."),
        )
        after = self.cost(sheet, passed.forward.output, passed.extra, batch, "_new")
        words = (
            _("The loss of this mini-batch went from {before:6} at the point ahead to {after:6}.")
            if self.spec.optimizer.looks_ahead
            else _("The loss of this mini-batch went from {before:6} to {after:6}.")
        )
        sheet.sentence("cost_after", words, before=before.cost, after=after)

    def map(self, layers: Sequence[Layer], passed: Passed, batch: Batch, back: Backward) -> None:
        sheet = self.pages["Map"]
        sheet.step(
            _("The map"),
            _(
                "Row meets column: every Z lies where its row of W (left) meets its column of activations (above). Click a name to go to its step."
            ),
        )
        network_map(sheet, layers, passed.forward, batch.Y, passed.cost, back)

    def nudge(self, layers: Sequence[Layer], passed: Passed, batch: Batch, back: Backward) -> None:
        sheet = self.pages["Nudge"]
        sheet.step(
            _("Hold one gradient to account"),
            _(
                "Choose any weight or bias: nudge it up and down by h, run the network again, and the loss must change as backpropagation said."
            ),
            "∂C/∂w ≈ (C(w + h) − C(w − h)) / 2h",
        )
        chosen = self.chosen_parameter(sheet)
        largest_input = max(1.0, float(np.abs(self.spec.data.x).max()))
        nudge = 10.0 ** -np.ceil(4 + np.log10(largest_input) / 2)
        h = sheet.given(
            "h",
            nudge,
            symbol="h",
            title=_("size of the nudge"),
            valid=Between(min(1e-6, nudge), 10 * nudge),
            number_format="0.000000",
        )
        if {"relu", "leaky_relu", "step"} & set(self.spec.activations):
            sheet.remark(
                _(
                    "At the kink of ReLU or the jump of a step no difference quotient is a derivative: where the nudge crosses one, the check does not apply (–)."
                )
            )
        check_in_any_network(
            sheet, layers, self.output.finish(layers[-1], batch), passed.forward, back, h, chosen,
            batch.m if self.spec.mean else None, passed.cost,
        )  # fmt: skip

    def chosen_parameter(self, sheet: Sheet) -> tuple[Block, Block, Block]:
        """Add the cells that choose a layer, a unit and an input."""
        spec = self.spec
        fields: dict[str, Any] = {"number_format": "0"}
        layer = sheet.given(
            "choose_layer", 1.0, symbol="l", title=_("layer"), valid=Between(1, spec.layer_count, whole=True), **fields
        )
        unit = sheet.given(
            "choose_unit", 1.0, symbol="j", title=_("unit"), valid=Between(1, max(spec.sizes[1:]), whole=True), **fields
        )
        input_ = sheet.given(
            "choose_input",
            1.0,
            symbol="k",
            title=_("input (0: bias)"),
            valid=Between(0, max(spec.sizes[:-1]), whole=True),
            **fields,
        )
        return layer, unit, input_


# ------------------------------------------------------------------------------------------------ small pieces


def _symbol_of(spec: Spec, id: str) -> str:
    return "w" if id == "w" else spec.optimizer.states[id][0]


def _flat(parts: Sequence[tuple[Array, Array | None]]) -> Array:
    return np.concatenate([part.ravel() for layer in parts for part in layer if part is not None])


def _cells_in_order(parts: Sequence[tuple[Block, Block | None]]) -> list[Expr]:
    found: list[Expr] = []
    for W, b in parts:
        found += [W[j, k] for j in range(W.shape[0]) for k in range(W.shape[1])]
        if b is not None:
            found += [b[j] for j in range(b.shape[0])]
    return found


def _same_cell(block: Block) -> Formula:
    return lambda *at: block[at]


def _column_formula(formula: Callable[[Index, Cells], Operand], cells: Cells) -> Formula:
    return lambda p: formula(p, cells)


def _one_and_length(block: Block) -> Formula:
    return lambda: 1 + sqrt(call("SUMSQ", block))
