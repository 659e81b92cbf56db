"""What a network's walkthrough begins with: the sheets Spec (what was asked), Data (the examples) and Original (both once more).

Whatever the reader may change stands here in yellow; Original keeps a copy, and tells whether anything has been changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from scenarios.common.activations import ACTIVATIONS, Activation, steadied
from scenarios.common.dense import Layer, given_layer, sup
from scenarios.common.losses import LOSSES, Loss, averaged, binary_cross_entropy, mean_squared, summed
from scenarios.network.data import LARGEST_NUMBER
from scenarios.network.run import initial
from scenarios.network.spec import BINARY, CATEGORICAL, SOFTMAX, Spec
from workbook.block import Between, Block, Counter, Role
from workbook.eager import Sheet
from workbook.formula import Operand, as_expr, equal, if_, squared_distance, total
from workbook.text import _

LONG_TABLE = 25
"""Rows from which on a table keeps its headings in sight."""


def activation_of(name: str) -> Activation:
    return steadied(ACTIVATIONS[name])


def layer_activation(spec: Spec, number: int) -> Activation:
    """Return a layer's activation; softmax stands in as the identity, since no cell can compute it alone."""
    name = spec.activations[number - 1]
    return replace(ACTIVATIONS["identity"], name=SOFTMAX) if name == SOFTMAX else activation_of(name)


class Given:
    """The given numbers on their sheets.

    Attributes
    ----------
    outputs, loss : the number of output units, and the loss
    hyper : the optimizer's numbers by their keys
    start : the layers before the first update
    X, Y : all examples, one a row
    unchanged : 1 while the reader has changed none of them
    """

    def __init__(self, pages: Mapping[str, Sheet], spec: Spec) -> None:
        self.pages = pages
        self.spec = spec
        self._named: list[tuple[Block, str]] = []
        self.outputs, self.loss = self.asked_for()
        self.hyper = self.optimizer()
        self.start = self.initial_weights()
        self.X, self.Y = self.examples()
        self.unchanged = self.original()

    def remember(self, block: Block, name: str) -> Block:
        """Note a given block for the sheet Original."""
        self._named.append((block, name))
        return block

    # -- Spec --------------------------------------------------------------------------------------------

    def asked_for(self) -> tuple[Block, Loss]:
        sheet, spec = self.pages["Spec"], self.spec
        sheet.step(
            _("The network"),
            _(
                "Each layer is a row: how many units it has, how many lie below it, and what it does to their weighted sums."
            ),
            "Z[l] = W[l]·A[l−1] + b[l],   A[l] = g(Z[l])",
        )
        sheet.remark(_("Chosen by whoever wrote the file {file}.").format(file=Path(spec.source).name))
        if spec.untyped:
            sheet.remark(_("The file does not say, so here it is: {taken}.").format(taken=", ".join(spec.untyped)))
        if len(spec.data.x) > spec.batch_size and any(key.startswith("training.batch") for key in spec.untyped):
            sheet.remark(
                _(
                    "All {count} examples do not fit side by side on a sheet: {batch} are the most, so an epoch has several mini-batches."
                ).format(count=len(spec.data.x), batch=spec.batch_size)
            )
        if spec.title:
            sheet.text(spec.title)
        self.layer_table(sheet)
        sheet.step(
            _("The loss"),
            _("One number for how wrong the outputs of an example are; training makes it small."),
        )
        outputs = sheet.recorded(
            "outputs", float(spec.sizes[-1]), symbol="n", title=_("output units"), number_format="0"
        )
        loss = self.chosen_loss(outputs)
        sheet.text(_("Loss: {name}").format(name=_(loss.title)))
        sheet.math(loss.math)
        if spec.loss == BINARY and spec.sizes[-1] > 1:
            sheet.text(
                _("The loss of an example is the MEAN over its outputs.")
                if spec.mean_outputs
                else _(
                    "The loss of an example is the SUM over its outputs; some programs, Keras among them, take their mean."
                )
            )
        sheet.text(
            _("The loss of a mini-batch is the MEAN over its examples, and so are the gradients.")
            if spec.mean
            else _("The loss of a mini-batch is the SUM over its examples, and so are the gradients.")
        )
        return outputs, loss

    def chosen_loss(self, outputs: Block) -> Loss:
        if self.spec.loss == BINARY:
            loss = binary_cross_entropy(outputs, mean=self.spec.mean_outputs)
        else:
            loss = mean_squared(outputs) if self.spec.loss == "mean_squared" else LOSSES[self.spec.loss]
        return averaged(loss) if self.spec.mean else summed(loss)

    def layer_table(self, sheet: Sheet) -> None:
        spec = self.spec
        below, units = np.array(spec.sizes[:-1], dtype=float), np.array(spec.sizes[1:], dtype=float)
        names = [_("softmax") if name == SOFTMAX else _(ACTIVATIONS[name].title) for name in spec.activations]
        with sheet.table(Counter("l = "), spec.layer_count) as table:
            k = table.recorded("net_below", below, title=_("units in the layer before"), symbol="k", number_format="0")
            n = table.recorded("net_units", units, title=_("units"), symbol="n", number_format="0")
            table.recorded(
                "net_g", np.array(names, dtype=object), title=_("activation function"), symbol="g", number_format="@"
            )
            bias = table.recorded(
                "net_bias", np.array(spec.biases, dtype=float), title=_("biases? 1 yes"), number_format="0"
            )
            count = table.derived(
                "net_count",
                units * below + units * np.array(spec.biases),
                lambda l: n[l] * k[l] + n[l] * bias[l],
                title=_("parameters"),
                symbol="n·k + n",
                number_format="0",
            )
            whole = Block(
                "net_parameters", Role.DERIVED, count.value.sum(), formula=lambda: total(count), number_format="0"
            )
            table.total(count, whole)
        if {"relu", "leaky_relu", "step"} & set(spec.activations):
            sheet.remark(
                _(
                    "Where a unit's function or slope jumps at 0, z is rounded to 12 places first: programs differ in a sum's last digit, and 0.1 + 0.2 − 0.3 should count as 0. The slope at 0 itself is that of the negative side."
                )
            )
        if "leaky_relu" in spec.activations:
            sheet.remark(_("Leaky ReLU has the slope 1/10 below 0."))
        if "step" in spec.activations:
            sheet.remark(
                _(
                    "The step's slope is 0 everywhere, so nothing at or below such a layer can learn by descent; its gradients are 0."
                )
            )

    def optimizer(self) -> dict[str, Block]:
        sheet, spec = self.pages["Spec"], self.spec
        sheet.step(
            _("The optimizer"),
            _(
                "How a gradient becomes a step. The yellow numbers act on the update that you pick; the recorded run keeps those it was made with."
            ),
            spec.optimizer.math,
        )
        sheet.text(_("Optimizer: {name}").format(name=_(spec.optimizer.title)))
        found = {
            hyper.key: self.remember(
                sheet.given(
                    hyper.key,
                    spec.hyper[hyper.key],
                    symbol=hyper.symbol,
                    title=_(hyper.title),
                    valid=Between(hyper.low, hyper.high),
                    number_format="0.0E+00" if hyper.key == "epsilon" else "0.000###",
                ),
                hyper.symbol,
            )
            for hyper in spec.optimizer.hyper
        }
        for id, value, title in (
            ("asked_examples", len(spec.data.x), _("examples")),
            ("asked_batch", spec.batch_size, _("examples in a mini-batch")),
            ("asked_epochs", spec.epochs, _("epochs")),
            ("asked_updates", spec.updates, _("updates")),
            ("asked_seed", spec.seed, _("seed")),
        ):
            sheet.recorded(id, float(value), title=title, number_format="0")
        sheet.text(
            _("Every epoch takes the examples in a new random order.")
            if spec.shuffle
            else _("Every epoch takes the examples in the order given.")
        )
        return found

    def initial_weights(self) -> list[Layer]:
        sheet, spec = self.pages["Spec"], self.spec
        sheet.step(
            _("Before the first update"),
            _("The parameters that the training begins with; change one and look at update 1."),
        )
        if len(spec.weights) < sum(1 + bias for bias in spec.biases):
            sheet.remark(
                _(
                    "Drawn from the seed, where the file gives none: weights normal with variance 2/k below ReLU and 1/k else, biases normal with standard deviation 0.1, all rounded to three decimals."
                )
            )
        layers = []
        drawn = initial(spec, np.random.default_rng(spec.seed))
        for number, (W, b) in enumerate(drawn, 1):
            layer = given_layer(
                sheet, number, W, b, layer_activation(spec, number), suffix="_0", number_format="0.000###"
            )
            self.remember(layer.W, f"W{sup(number)}")
            if layer.b is not None:
                self.remember(layer.b, f"b{sup(number)}")
            layers.append(layer)
        return layers

    # -- Data, Original ----------------------------------------------------------------------------------

    def examples(self) -> tuple[Block, Block]:
        sheet, data = self.pages["Data"], self.spec.data
        sheet.step(
            _("Every example"), _("One example a row: its inputs x, and the targets y that the network should put out.")
        )
        if data.source:
            sheet.remark(_("Read from the file {file}.").format(file=data.source))
        if data.counted:
            sheet.remark(_("The labels are whole numbers that count the classes from 0."))
        if data.classes and data.y.shape[1] == 1:
            for n, label in enumerate(data.classes):
                sheet.text(_("y = {number}: {label}").format(number=n, label=label))
        elif data.classes:
            for n, label in enumerate(data.classes, 1):
                sheet.text(_("y{number} = 1: {label}").format(number=n, label=label))
        with sheet.table(Counter(""), len(data.x), freeze=len(data.x) > LONG_TABLE) as table:
            bounds = Between(-LARGEST_NUMBER, LARGEST_NUMBER)
            x = table.given(
                "X_all", data.x, title=_("inputs x"), columns=Counter("x"), valid=bounds, number_format="0.0###"
            )
            if self.spec.loss in (BINARY, CATEGORICAL):
                bounds = Between(0, 1)
            y = table.given(
                "Y_all", data.y, title=_("targets y"), columns=Counter("y"), valid=bounds, number_format="0.###"
            )
            if data.classes:
                numbers = data.y.argmax(axis=1) if data.y.shape[1] > 1 else data.y[:, 0].astype(int)
                labels = np.array([data.classes[n] for n in numbers], dtype=object)
                table.recorded("labels", labels, title=_("label"), number_format="@")
        return self.remember(x, "X"), self.remember(y, "Y")

    def original(self) -> Block:
        """Copy every given number, and tell whether the reader has changed one: then the record need not agree."""
        sheet = self.pages["Original"]
        sheet.step(
            _("Has anything been changed?"),
            _(
                "The recorded run began from the numbers below. Once you have changed one, the live update rightly leaves the record, and the checks against it say –."
            ),
        )
        top = sheet.cursor
        sheet.cursor = top + 4 + len(self._named) + 2
        sheet.step(_("The original numbers"), _("To go back, type (or copy) these into the yellow cells."))
        copies = [
            sheet.recorded(
                f"orig_{block.id}",
                block.value,
                title=name,
                number_format=block.number_format,
                rows=Counter("") if block.value.ndim else None,
            )
            for block, name in self._named
        ]
        bottom = sheet.cursor
        sheet.cursor = top
        with sheet.table([name for _block, name in self._named], len(copies)) as table:
            distances = table.add(
                Block(
                    "orig_distance",
                    Role.CHECK,
                    np.zeros(len(copies)),
                    each=[
                        _squared_change(given, copy) for (given, _name), copy in zip(self._named, copies, strict=True)
                    ],
                    title=_("Σ of squared changes"),
                    number_format="0.0E+00",
                )
            )
        unchanged = sheet.add(
            Block(
                "unchanged",
                Role.CHECK,
                np.asarray(1.0),
                formula=lambda: if_(equal(total(distances), 0), 1, 0),
                title=_("nothing is changed (1 yes, 0 no)"),
                number_format="0",
            )
        )
        sheet.cursor = bottom
        return unchanged


def _squared_change(given: Block, copy: Block) -> Operand:
    if given.value.ndim == 0:
        return (as_expr(given) - copy) ** 2
    return squared_distance(given, copy)
