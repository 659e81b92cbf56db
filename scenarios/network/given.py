"""What a network's walkthrough begins with: the sheets Spec (what was asked), Data (the examples) and Original (both once more).

Whatever the reader may change stands here in yellow; Original keeps a copy, and tells whether anything has been changed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import ACTIVATIONS, LEAK, Activation, Array, leaky_relu, steadied
from scenarios.common.columns import yes_no
from scenarios.common.examples import LARGEST_NUMBER
from scenarios.common.layer import given_layers, sup
from scenarios.common.losses import LOSSES, Loss, averaged, binary_cross_entropy, mean_squared, summed
from scenarios.common.optimizers import WEIGHT_DECAY
from scenarios.network.output import SOFTMAX as SOFTMAX_FUNCTION
from scenarios.network.run import initial
from scenarios.network.spec import BINARY, CATEGORICAL, SOFTMAX, Spec
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.formula import Operand, absolute, as_expr, equal, if_, sqrt, squared_distance, total
from workbook.sheet import Kind
from workbook.text import _

LONG_TABLE = 25
"""Rows from which on a table keeps its headings in sight."""

WHOLE: dict[str, Any] = {"number_format": "0"}


def activation_of(name: str, leak: Block | None = None) -> Activation:
    """Return an activation function by its name in a specification; `leak` is the cell of leaky ReLU's slope below 0, if it has one."""
    if leak is not None and name == "leaky_relu":
        return leaky_relu(leak)
    return SOFTMAX_FUNCTION if name == SOFTMAX else steadied(ACTIVATIONS[name])


class Given:
    """The given numbers on their sheets.

    Attributes
    ----------
    outputs, loss : the number of output neurons, and the loss
    leak : the slope of leaky ReLU below 0, where the file states it
    hyper : the optimizer's numbers by their keys
    start : the layers before the first update
    X, Y : all examples, one a row
    unchanged : 1 while the reader has changed none of them
    """

    def __init__(self, book: Book, spec: Spec) -> None:
        self.book, self.spec = book, spec
        self._named: list[tuple[Block, str, Array]] = []
        self.page = book.page("Spec", _("What was asked for, and where the training begins"), kind=Kind.DEEPER)
        self.leak: Block | None = None
        self._network()
        self.outputs, self.loss = self._loss()
        self.hyper = self._optimizer()
        self.start = self._initial_weights()
        self.X, self.Y = self._examples()
        self.unchanged = self._original()

    def _remember(self, block: Block, name: str, original: Any) -> Block:
        """Note a given block for the sheet Original, with what the recorded run began from."""
        self._named.append((block, name, np.asarray(original)))
        return block

    def activation(self, name: str) -> Activation:
        """Return an activation function by its name."""
        return activation_of(name, self.leak)

    # -- Spec --------------------------------------------------------------------------------------------

    def _network(self) -> None:
        page, spec = self.page, self.spec
        page.step(
            _("The network"),
            _(
                "Each layer is a row: how many neurons it has, how many lie below it, and what it does to their weighted sums."
            ),
            "Z[l] = W[l]·A[l−1] + b[l],   A[l] = g(Z[l])",
        )
        page.source(_("Chosen by whoever wrote the file {file}.").format(file=Path(spec.source).name))
        if spec.untyped:
            page.source(_("The file does not say, so here it is: {taken}.").format(taken=", ".join(spec.untyped)))
        if len(spec.data.x) > spec.batch_size and any(key.startswith("training.batch") for key in spec.untyped):
            page.source(
                _("All {count} examples do not fit side by side on a sheet: {batch} are the most, so an epoch has several mini-batches.")
                .format(count=len(spec.data.x), batch=spec.batch_size)
            )  # fmt: skip
        if spec.title:
            page.text(spec.title)
        below, units = np.array(spec.sizes[:-1], dtype=float), np.array(spec.sizes[1:], dtype=float)
        has_bias = np.array(spec.biases, dtype=float)
        names = [_("softmax") if name == SOFTMAX else _(ACTIVATIONS[name].title) for name in spec.activations]
        with page.table(Counter("l = "), spec.layer_count) as table:
            k = table.recorded("net_below", below, "k", _("neurons in the layer before"), **WHOLE)
            n = table.recorded("net_units", units, "n", _("neurons"), **WHOLE)
            table.recorded("net_g", np.array(names, dtype=object), "g", _("activation function"))
            bias = table.recorded("net_bias", has_bias, "", _("biases?"), number_format=yes_no())
            formula = lambda l: n[l] * k[l] + n[l] * bias[l]  # noqa: E731
            count = table.derived(
                "net_count", units * below + units * has_bias, formula, "n·k + n", _("parameters"), **WHOLE
            )
            table.total(
                count, Block("net_parameters", Role.DERIVED, count.value.sum(), formula=lambda: total(count), **WHOLE)
            )
        if {"relu", "leaky_relu", "step"} & set(spec.activations):
            page.remark(
                _("Where a neuron's function or slope jumps at 0, z is rounded to 12 places first: programs differ in a sum's last digit, and 0.1 + 0.2 − 0.3 should count as 0. The slope at 0 itself is that of the negative side.")
            )  # fmt: skip
        if "leaky_relu" in spec.activations and spec.leak == LEAK:
            page.remark(_("Leaky ReLU has the slope 1/10 below 0."))
        elif "leaky_relu" in spec.activations:
            title = _("slope of leaky ReLU below 0")
            self.leak = page.given("leak", spec.leak, "c", title, valid=Between(0, 1), number_format="0.0###")
            self._remember(self.leak, "c", spec.leak)
        if "step" in spec.activations:
            page.remark(
                _("The step's slope is 0 everywhere, so nothing at or below such a layer can learn by descent.")
            )

    def _loss(self) -> tuple[Block, Loss]:
        page, spec = self.page, self.spec
        page.step(_("The loss"), _("One number for how wrong the outputs of an example are; training makes it small."))
        outputs = page.recorded("outputs", float(spec.sizes[-1]), "n", _("output neurons"), **WHOLE)
        if spec.loss == BINARY:
            loss = binary_cross_entropy(outputs, mean=spec.mean_outputs)
        else:
            loss = mean_squared(outputs) if spec.loss == "mean_squared" else LOSSES[spec.loss]
        page.text(_("Loss: {name}").format(name=_(loss.title)))
        page.math(loss.math)
        if spec.loss == BINARY and spec.sizes[-1] > 1:
            page.text(
                _("The loss of an example is the MEAN over its outputs.")
                if spec.mean_outputs
                else _(
                    "The loss of an example is the SUM over its outputs; some programs, Keras among them, take their mean."
                )
            )
        page.text(
            _("The loss of a mini-batch is the MEAN over its examples, and so are the slopes.")
            if spec.mean
            else _("The loss of a mini-batch is the SUM over its examples, and so are the slopes.")
        )
        return outputs, averaged(loss) if spec.mean else summed(loss)

    def _optimizer(self) -> dict[str, Block]:
        page, spec = self.page, self.spec
        page.step(
            _("The optimizer"),
            _("How a slope becomes a step. The yellow numbers act on the update that you pick; the recorded run keeps those it was made with."),
            spec.optimizer.math,
        )  # fmt: skip
        page.text(_("Optimizer: {name}").format(name=_(spec.optimizer.title)))
        found = {}
        for hyper in spec.optimizer.hyper:
            form = "0.0#######" if hyper.key == "epsilon" else ""
            fields: dict[str, Any] = {"valid": Between(hyper.low, hyper.high), "number_format": form}
            block = page.given(hyper.key, spec.hyper[hyper.key], hyper.symbol, _(hyper.title), **fields)
            found[hyper.key] = self._remember(block, hyper.symbol, spec.hyper[hyper.key])
        if WEIGHT_DECAY.key in found:
            page.text(_("λ·w is added to the slope of each weight, not to that of a bias; the losses shown are without the penalty ½·λ·Σw² that this comes from."))  # fmt: skip
        if "epsilon" in found:
            page.text(_("ε shows eight decimals, as it may be that small."))
        for id, value, title in (
            ("asked_examples", len(spec.data.x), _("examples")),
            ("asked_batch", spec.batch_size, _("examples in a mini-batch")),
            ("asked_epochs", spec.epochs, _("epochs")),
            ("asked_updates", spec.updates, _("updates")),
            ("asked_seed", spec.seed, _("seed")),
        ):
            page.recorded(id, float(value), "", title, **WHOLE)
        page.text(
            _("Every epoch takes the examples in a new random order.")
            if spec.shuffle
            else _("Every epoch takes the examples in the order given.")
        )
        return found

    def _initial_weights(self) -> list[Any]:
        page, spec = self.page, self.spec
        page.step(
            _("Before the first update"),
            _("The parameters that the training begins with; change one and look at update 1."),
        )
        if len(spec.weights) < sum(1 + bias for bias in spec.biases):
            page.source(
                _("Drawn from the seed, where the file gives none: weights normal with variance 2/k below ReLU and 1/k else, biases normal with standard deviation 0.1, all rounded to three decimals.")
            )  # fmt: skip
        drawn = initial(spec, np.random.default_rng(spec.seed))
        layers = given_layers(page, drawn, [self.activation(name) for name in spec.activations], suffix="_0")
        for layer, (W, b) in zip(layers, drawn, strict=True):
            self._remember(layer.W, f"W{sup(layer.number)}", W)
            if layer.b is not None:
                self._remember(layer.b, f"b{sup(layer.number)}", b)
        return layers

    # -- Data, Original ----------------------------------------------------------------------------------

    def _examples(self) -> tuple[Block, Block]:
        data = self.spec.data
        page = self.book.page("Data", _("The examples"), kind=Kind.DATA)
        page.step(
            _("Every example"), _("One example a row: its inputs x, and the targets y that the network should put out.")
        )
        if data.source:
            page.source(_("Read from the file {file}.").format(file=data.source))
        if data.counted:
            page.source(_("The labels are whole numbers that count the classes from 0."))
        for n, label in enumerate(data.classes, 1):
            if data.y.shape[1] == 1:
                page.text(_("y = {number}: {label}").format(number=n - 1, label=label))
            else:
                page.text(_("y{number} = 1: {label}").format(number=n, label=label))
        bounds = Between(-LARGEST_NUMBER, LARGEST_NUMBER)
        with page.table(Counter(""), len(data.x), freeze=len(data.x) > LONG_TABLE) as table:
            x = table.given("X_all", data.x, "", _("inputs x"), columns=Counter("x"), valid=bounds)
            if self.spec.loss in (BINARY, CATEGORICAL):
                bounds = Between(0, 1)
            y = table.given("Y_all", data.y, "", _("targets y"), columns=Counter("y"), valid=bounds)
            if data.classes:
                numbers = data.y.argmax(axis=1) if data.y.shape[1] > 1 else data.y[:, 0].astype(int)
                labels = np.array([data.classes[n] for n in numbers], dtype=object)
                table.recorded("labels", labels, "", _("label"))
        return self._remember(x, "X", data.x), self._remember(y, "Y", data.y)

    def _original(self) -> Block:
        """Copy every given number, and tell whether the reader has changed one: then the record need not agree."""
        page = self.book.page("Original", _("The numbers as this workbook was built with them"), kind=Kind.DATA)
        page.step(
            _("Has anything been changed?"),
            _("The recorded run began from the numbers below. Once you have changed one, the live update rightly leaves the record, and the checks against it say –."),
        )  # fmt: skip
        place = page.keep()
        page.step(_("The original numbers"), _("To go back, type (or copy) these into the yellow cells."))
        copies = [
            page.recorded(
                f"orig_{block.id}", value, "", name, number_format=block.number_format.replace("General", "0.0###"),
                rows=Counter("") if value.ndim else None,
            )
            for block, name, value in self._named
        ]  # fmt: skip
        changes = [_distance(given, copy) for (given, *_rest), copy in zip(self._named, copies, strict=True)]
        moved = np.array([np.sqrt(np.sum((block.value - value) ** 2)) for block, _name, value in self._named])
        with page.into(place):
            with page.table([name for _block, name, _value in self._named], len(copies)) as table:
                title = _("distance from the original")
                distances = table.add(Block("orig_distance", Role.CHECK, moved, title, each=changes))
            same, now = if_(equal(total(distances), 0), 1, 0), np.asarray(float(not moved.any()))
            title = _("nothing is changed")
            return page.add(Block("unchanged", Role.CHECK, now, title, formula=lambda: same, number_format=yes_no()))


def _distance(given: Block, copy: Block) -> Operand:
    if given.value.ndim == 0:
        return absolute(as_expr(given) - copy)
    return sqrt(squared_distance(given, copy))
