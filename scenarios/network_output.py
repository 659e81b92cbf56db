"""The output layer together with its loss: where cross-entropy and softmax are more than one unit's affair.

Everything lies with one example a column: Z, A, Y (n, m). `share` (m,) is 1 for a column that holds an example, 0 for an empty one of
a last, shorter mini-batch; None where every column holds one.

No logarithm meets a 0, and none needs an ε: softmax holds its exponents at −700 (see `softmax`), and binary cross-entropy takes
1 − a from its own formula, σ(−z), which is exact also where σ(z) itself rounds to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from scenarios.common.activations import Activation, Array
from scenarios.common.dense import Forward, Layer, examples, slopes, sup
from scenarios.common.dense import activation as plain_activation
from scenarios.common.gradient_check import Finish, Held, Rows, nudged_activation, nudged_cost
from scenarios.common.losses import Loss
from scenarios.common.softmax import (
    LOWEST_EXPONENT,
    jacobian_of_one_example,
    pulled_back,
    softmax,
    softmax_blocks,
    softmax_columns,
)
from workbook.block import Block, Counter
from workbook.formula import Direction, Expr, Index, Operand, dot, exp, largest, ln, pick, smallest, total
from workbook.sheet import Sheet, Table
from workbook.text import _

LARGEST_EXPONENT = 700
NO_EXTRA: Block | None = None


@dataclass(frozen=True)
class Batch:
    """The examples of an update: X (inputs, m), Y (n, m), which columns hold one, and how many do."""

    X: Block
    Y: Block
    share: Block | None
    m: Block

    def counted(self, value: Array) -> Array:
        """Return NumPy's values, those of empty columns as 0."""
        kept: Array = value if self.share is None else value * self.share.value
        return kept

    def counts(self, cell: Operand, i: Index) -> Operand:
        """Return the formula of a value, 0 in an empty column."""
        return cell if self.share is None else self.share[i] * cell


class Output(Protocol):
    """The output layer and its loss."""

    activation: Activation
    loss: Loss
    held: Held | None
    """Where the loss holds its exponents; None where it has none."""

    def activate(self, Z: Array) -> Array:
        """Return A, (n, m)."""

    def cost(self, Z: Array, Y: Array) -> Array:
        """Return the cost of each example, (m,)."""

    def delta(self, Z: Array, Y: Array) -> Array:
        """Return ∂C/∂Z of each example, (n, m)."""

    def forward(self, sheet: Sheet, layer: Layer, Z: Block, suffix: str) -> tuple[Block, Block | None]:
        """Add A; return it, and what else the loss needs."""

    def cost_each(self, sheet: Sheet, A: Block, extra: Block | None, batch: Batch, suffix: str) -> Block:
        """Add the cost of each example, (m,), with what leads to it."""

    def backward(
        self, sheet: Sheet, layer: Layer, passed: Forward, extra: Block | None, batch: Batch
    ) -> tuple[Block | None, Block]:
        """Add δ of the output layer, (n, m), the long way, and the short way where there is one; return g′ and δ."""

    def finish(self, layer: Layer, batch: Batch) -> Finish:
        """Return what a nudged forward pass ends with."""


def output_of(activation: Activation | None, loss: Loss) -> Output:
    """Return the output layer for an activation (None: softmax) and a loss that goes with it."""
    if activation is None:
        return SoftmaxOutput(loss)
    return (
        SigmoidCrossEntropy(activation, loss) if loss.name == "binary_cross_entropy" else PlainOutput(activation, loss)
    )


class Formula1(Protocol):
    """A formula along one axis."""

    def __call__(self, i: Index) -> Operand: ...


class Formula2(Protocol):
    """A formula along two axes."""

    def __call__(self, j: Index, i: Index) -> Operand: ...


def squared_cost_each(sheet: Sheet, loss: Loss, A: Block, batch: Batch, suffix: str) -> Block:
    """Add the squared cost of each example."""
    Y = batch.Y
    return _each(sheet, loss, loss.value(A.value, Y.value), lambda i: loss.value_formula(A, Y, i), batch, suffix)


def _each(sheet: Sheet, loss: Loss, value: Array, formula: Formula1, batch: Batch, suffix: str) -> Block:
    return sheet.derived(
        f"C_each{suffix}",
        batch.counted(value),
        lambda i: batch.counts(formula(i), i),
        symbol="Cᵢ",
        title=_("loss of each example"),
        math=loss.math,
        along=Direction.RIGHT,
        columns=examples(),
        number_format="0.000000",
    )


def _output_slope(sheet: Sheet, loss: Loss, number: int, value: Array, formula: Formula2) -> Block:
    return sheet.gradient(
        f"dA{number}",
        value,
        formula,
        symbol="∂C/∂A",
        title=_("how the loss answers to each output"),
        math=loss.slope_math,
        rows=Counter("j = "),
        columns=examples(),
        number_format="0.000000",
    )


def _delta(sheet: Sheet, id: str, value: Array, formula: Formula2, math: str, title: str, number: int) -> Block:
    return sheet.gradient(
        id,
        value,
        formula,
        symbol=f"δ{sup(number)}",
        title=title,
        math=math,
        rows=Counter("j = "),
        columns=examples(),
        number_format="0.000000",
    )


def _short_way(
    sheet: Sheet, batch: Batch, long: Block, number: int, name: str, value: Array, formula: Formula2
) -> Block:
    """Add δ = A − Y, where A is multiplied by Σy for softmax, and hold the long way against it."""
    sheet.step(
        _("The short way"),
        _(
            "Multiplied out, almost everything cancels: the error of the output layer is what the network said minus what it should have said."
        ),
        f"δ{sup(number)} = {name} − Y",
    )
    if name != "A":
        sheet.remark(
            _("Where an example's targets add up to 1, as probabilities do, Σy is 1, and what remains is P − Y.")
        )
    short = _delta(
        sheet,
        f"D{number}",
        batch.counted(value),
        lambda j, i: batch.counts(formula(j, i), i),
        f"{name} − Y",
        _("error of the output layer, the short way"),
        number,
    )
    sheet.check("short_way", _("the long way and {name} − Y agree").format(name=name), long, short, 1e-9)
    return short


# ---------------------------------------------------------------------------------------------- unit by unit


class PlainOutput:
    """Any activation of single units, with a squared error."""

    held: Held | None = None

    def __init__(self, activation: Activation, loss: Loss) -> None:
        self.activation = activation
        self.loss = loss

    def activate(self, Z: Array) -> Array:
        return self.activation.value(Z)

    def cost(self, Z: Array, Y: Array) -> Array:
        return self.loss.value(self.activate(Z), Y)

    def delta(self, Z: Array, Y: Array) -> Array:
        A = self.activate(Z)
        return self.loss.slope(A, Y) * self.activation.slope(Z, A)

    def forward(self, sheet: Sheet, layer: Layer, Z: Block, suffix: str) -> tuple[Block, Block | None]:
        return plain_activation(sheet, layer, Z, suffix), NO_EXTRA

    def cost_each(self, sheet: Sheet, A: Block, extra: Block | None, batch: Batch, suffix: str) -> Block:
        return squared_cost_each(sheet, self.loss, A, batch, suffix)

    def backward(
        self, sheet: Sheet, layer: Layer, passed: Forward, extra: Block | None, batch: Batch
    ) -> tuple[Block | None, Block]:
        A, Y, number = passed.output, batch.Y, layer.number
        with sheet.beside():
            dA = _output_slope(
                sheet,
                self.loss,
                number,
                self.loss.slope(A.value, Y.value),
                lambda j, i: self.loss.slope_formula(A[j, i], Y[j, i]),
            )
            slope = slopes(sheet, layer, passed)
        delta = _delta(
            sheet,
            f"D{number}",
            batch.counted(dA.value * slope.value),
            lambda j, i: batch.counts(dA[j, i] * slope[j, i], i),
            f"∂C/∂A ∗ {layer.activation.symbol}′(Z{sup(number)})",
            _("error of the output layer"),
            number,
        )
        return slope, delta

    def finish(self, layer: Layer, batch: Batch) -> Finish:
        def finish(table: Table, z: Block, rows: Rows, way: str) -> Block:
            out = nudged_activation(table, layer, z, rows, way)
            return _nudged_unit_costs(
                table, self.loss, out, batch, rows, way, self.loss.value(out.value.T, batch.Y.value)
            )

        return finish


def _nudged_unit_costs(table: Table, loss: Loss, out: Block, batch: Batch, rows: Rows, way: str, value: Array) -> Block:
    """Add the cost of every row from the outputs `out` (rows, n)."""

    def formula(p: Index) -> Operand:
        terms = [loss.unit_formula(out[p, q], rows.cell(batch.Y, q + 1, p)) for q in range(out.shape[1])]
        return _counted_sum(terms, batch, rows, p)

    return nudged_cost(table, rows, batch.counted(value), formula, way)


def _counted_sum(terms: list[Expr], batch: Batch, rows: Rows, p: Index) -> Expr:
    whole = terms[0]
    for term in terms[1:]:
        whole = whole + term
    return whole if batch.share is None else pick(batch.share, rows.example[p]) * whole


# ---------------------------------------------------------------------------------------------- sigmoid, cross-entropy


def _held_sigmoid(Z: Array) -> Array:
    held: Array = 1 / (1 + np.exp(np.minimum(-Z, LARGEST_EXPONENT)))
    return held


class SigmoidCrossEntropy:
    """Sigmoid outputs with binary cross-entropy."""

    held: Held | None = Held(
        lambda z: np.abs(z).max(axis=1),
        lambda z, p: largest(largest(z[p, :]), -smallest(z[p, :])),
        LARGEST_EXPONENT,
    )

    def __init__(self, activation: Activation, loss: Loss) -> None:
        self.activation = activation
        self.loss = loss

    def activate(self, Z: Array) -> Array:
        return _held_sigmoid(Z)

    def cost(self, Z: Array, Y: Array) -> Array:
        costs: Array = -np.sum(Y * np.log(_held_sigmoid(Z)) + (1 - Y) * np.log(_held_sigmoid(-Z)), axis=0)
        return costs

    def delta(self, Z: Array, Y: Array) -> Array:
        return self.activate(Z) - Y

    def forward(self, sheet: Sheet, layer: Layer, Z: Block, suffix: str) -> tuple[Block, Block | None]:
        number = layer.number
        with sheet.beside():
            A = plain_activation(sheet, layer, Z, suffix)
            complement = sheet.derived(
                f"complement{suffix}",
                _held_sigmoid(-Z.value),
                lambda j, i: 1 / (1 + exp(smallest(Z[j, i], LARGEST_EXPONENT))),
                symbol=f"1 − A{sup(number)}",
                title=_("the rest to 1, from its own formula"),
                math="1 − σ(z) = σ(−z) = 1 / (1 + eᶻ)",
                rows=Counter("j = "),
                columns=examples(),
            )
        sheet.remark(
            _(
                "From z = 37 on σ(z) is so near to 1 that the computer's 1 − σ(z) is 0, and ln 0 is no number; σ(−z) is the same number, and never 0."
            )
        )
        return A, complement

    def cost_each(self, sheet: Sheet, A: Block, extra: Block | None, batch: Batch, suffix: str) -> Block:
        assert extra is not None
        rest, Y = extra, batch.Y
        terms = sheet.derived(
            f"C_unit{suffix}",
            -(Y.value * np.log(A.value) + (1 - Y.value) * np.log(rest.value)),
            lambda j, i: -(Y[j, i] * ln(A[j, i]) + (1 - Y[j, i]) * ln(rest[j, i])),
            title=_("loss of each output"),
            math="−(y·ln a + (1 − y)·ln(1 − a))",
            rows=Counter("j = "),
            columns=examples(),
            number_format="0.000000",
        )
        return _each(sheet, self.loss, terms.value.sum(axis=0), lambda i: total(terms[:, i]), batch, suffix)

    def backward(
        self, sheet: Sheet, layer: Layer, passed: Forward, extra: Block | None, batch: Batch
    ) -> tuple[Block | None, Block]:
        assert extra is not None
        A, Y, rest, number = passed.output, batch.Y, extra, layer.number
        with sheet.beside():
            dA = _output_slope(
                sheet,
                self.loss,
                number,
                (1 - Y.value) / rest.value - Y.value / A.value,
                lambda j, i: (1 - Y[j, i]) / rest[j, i] - Y[j, i] / A[j, i],
            )
            slope = sheet.gradient(
                f"G{number}",
                A.value * rest.value,
                lambda j, i: A[j, i] * rest[j, i],
                symbol=f"{layer.activation.symbol}′(Z{sup(number)})",
                title=_("slopes of the activation"),
                math=layer.activation.slope_math,
                rows=Counter("j = "),
                columns=examples(),
            )
        long = _delta(
            sheet,
            f"D{number}_long",
            batch.counted(dA.value * slope.value),
            lambda j, i: batch.counts(dA[j, i] * slope[j, i], i),
            f"∂C/∂A ∗ {layer.activation.symbol}′(Z{sup(number)})",
            _("error of the output layer, the long way"),
            number,
        )
        short = _short_way(sheet, batch, long, number, "A", A.value - Y.value, lambda j, i: A[j, i] - Y[j, i])
        return slope, short

    def finish(self, layer: Layer, batch: Batch) -> Finish:
        def finish(table: Table, z: Block, rows: Rows, way: str) -> Block:
            out = nudged_activation(table, layer, z, rows, way)
            rest = table.derived(
                f"{rows.name}_rest_{way}",
                _held_sigmoid(-z.value),
                lambda p, j: 1 / (1 + exp(smallest(z[p, j], LARGEST_EXPONENT))),
                title="1 − a",
                columns=Counter("j = "),
            )

            def formula(p: Index) -> Operand:
                terms = []
                for q in range(out.shape[1]):
                    y = rows.cell(batch.Y, q + 1, p)
                    terms.append(-(y * ln(out[p, q]) + (1 - y) * ln(rest[p, q])))
                return _counted_sum(terms, batch, rows, p)

            return nudged_cost(table, rows, batch.counted(self.cost(z.value.T, batch.Y.value)), formula, way)

        return finish


# ---------------------------------------------------------------------------------------------- softmax

_SOFTMAX = Activation(
    "softmax",
    "softmax",
    softmax,
    lambda z, a: a * (1 - a),  # the Jacobian's diagonal; never used alone
    lambda z: z,
    lambda z, a: a * (1 - a),
    "softmax",
    "pⱼ = e^zⱼ / Σₖ e^zₖ",
    "∂pⱼ/∂zₖ = pⱼ·([j = k] − pₖ)",
)


_SPREAD = Held(
    lambda z: z.max(axis=1) - z.min(axis=1), lambda z, p: largest(z[p, :]) - smallest(z[p, :]), -LOWEST_EXPONENT
)


class SoftmaxOutput:
    """Softmax with categorical cross-entropy, or with a squared error."""

    def __init__(self, loss: Loss) -> None:
        self.activation = _SOFTMAX
        self.loss = loss
        self.is_cross_entropy = loss.name == "categorical_cross_entropy"
        self.held = _SPREAD if self.is_cross_entropy else None

    def activate(self, Z: Array) -> Array:
        return softmax(Z)

    def cost(self, Z: Array, Y: Array) -> Array:
        return self.loss.value(softmax(Z), Y)

    def delta(self, Z: Array, Y: Array) -> Array:
        P = softmax(Z)
        return P - Y if self.is_cross_entropy else pulled_back(P, self.loss.slope(P, Y))

    def forward(self, sheet: Sheet, layer: Layer, Z: Block, suffix: str) -> tuple[Block, Block | None]:
        return softmax_blocks(sheet, Z, layer.number, suffix), NO_EXTRA

    def cost_each(self, sheet: Sheet, A: Block, extra: Block | None, batch: Batch, suffix: str) -> Block:
        if not self.is_cross_entropy:
            return squared_cost_each(sheet, self.loss, A, batch, suffix)
        Y = batch.Y
        logs = sheet.derived(
            f"ln_P{suffix}", np.log(A.value), lambda j, i: ln(A[j, i]), symbol="ln P", title=_("logarithms"),
            rows=Counter("j = "), columns=examples(), number_format="0.000000",
        )  # fmt: skip
        value = self.loss.value(A.value, Y.value)
        return _each(sheet, self.loss, value, lambda i: -dot(Y[:, i], logs[:, i]), batch, suffix)

    def backward(
        self, sheet: Sheet, layer: Layer, passed: Forward, extra: Block | None, batch: Batch
    ) -> tuple[Block | None, Block]:
        P, Y, number = passed.output, batch.Y, layer.number
        dP = _output_slope(
            sheet,
            self.loss,
            number,
            self.loss.slope(P.value, Y.value),
            lambda j, i: self.loss.slope_formula(P[j, i], Y[j, i]),
        )
        sheet.text(
            _("Each probability hears every z, so softmax has a matrix of derivatives for each example; here is one:")
        )
        jacobian_of_one_example(sheet, P, dP)
        sheet.text(_("For all examples at once, without writing each matrix:"))
        inner = sheet.derived(
            "dP_mean",
            np.sum(P.value * dP.value, axis=0),
            lambda i: dot(P[:, i], dP[:, i]),
            symbol="s",
            title=_("the probabilities' mean of ∂C/∂P"),
            math="sᵢ = Σⱼ pⱼ·∂C/∂pⱼ",
            along=Direction.RIGHT,
            columns=examples(),
            number_format="0.000000",
        )
        long = _delta(
            sheet,
            f"D{number}_long" if self.is_cross_entropy else f"D{number}",
            batch.counted(pulled_back(P.value, dP.value)),
            lambda j, i: batch.counts(P[j, i] * (dP[j, i] - inner[i]), i),
            "P ∗ (∂C/∂P − s)",
            _("error of the output layer, the long way") if self.is_cross_entropy else _("error of the output layer"),
            number,
        )
        if not self.is_cross_entropy:
            return None, long
        short = _short_way(
            sheet,
            batch,
            long,
            number,
            "Σy·P",
            Y.value.sum(axis=0) * P.value - Y.value,
            lambda j, i: total(Y[:, i]) * P[j, i] - Y[j, i],
        )
        return None, short

    def finish(self, layer: Layer, batch: Batch) -> Finish:
        def finish(table: Table, z: Block, rows: Rows, way: str) -> Block:
            subscript = "₊" if way == "up" else "₋"
            out = softmax_columns(table, z, f"{rows.name}_a{layer.number}_{way}", subscript, layer.number)
            value = self.loss.value(out.value.T, batch.Y.value)
            return _nudged_unit_costs(table, self.loss, out, batch, rows, way, value)

        return finish
