"""The output layer together with its loss: where cross-entropy and softmax are more than one unit's affair.

Everything lies with one example a column: Z, A, Y (n, m). `share` (m,) is 1 for a column that holds an example, 0 for an empty one of
a last, shorter mini-batch; None where every column holds one.

No logarithm meets a 0, and none needs an ε: the costs come from z, not from a. Softmax's is Σⱼ yⱼ·(ln Σₖ e^zₖ − zⱼ), the sigmoid's
ln(1 + eᶻ) − y·z, each with its exponents shifted below 0; both are exact however far out z lies, where a itself rounds to 0 or 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Union

from scenarios.common.activations import Activation, Array
from scenarios.common.dense import Forward, Layer, examples, slopes, sup
from scenarios.common.dense import activation as plain_activation
from scenarios.common.gradient_check import Finish, Rows, nudged_activation, nudged_cost
from scenarios.common.losses import Loss
from scenarios.common.softmax import (
    Probabilities,
)
from workbook.block import Block, Counter
from workbook.eager import Sheet, Table
from workbook.formula import (
    Direction,
    Expr,
    Index,
    Operand,
    pick,
)
from workbook.text import _


@dataclass(frozen=True)
class Complement:
    """What the sigmoid's cross-entropy needs beside a: z, and 1 − a from its own formula, (n, m)."""

    Z: Block
    rest: Block


Extra = Union[Complement, Probabilities, None]  # noqa: UP007 - a runtime alias that mypy can see through
"""What a loss needs beside the outputs."""


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

    def activate(self, Z: Array) -> Array:
        """Return A, (n, m)."""

    def cost(self, Z: Array, Y: Array) -> Array:
        """Return the cost of each example, (m,)."""

    def delta(self, Z: Array, Y: Array) -> Array:
        """Return ∂C/∂Z of each example, (n, m)."""

    def forward(self, sheet: Sheet, layer: Layer, Z: Block, suffix: str) -> tuple[Block, Extra]:
        """Add A; return it, and what else the loss needs."""

    def cost_each(self, sheet: Sheet, A: Block, extra: Extra, batch: Batch, suffix: str) -> Block:
        """Add the cost of each example, (m,), with what leads to it."""

    def backward(
        self, sheet: Sheet, layer: Layer, passed: Forward, extra: Extra, batch: Batch
    ) -> tuple[Block | None, Block]:
        """Add δ of the output layer, (n, m), the long way, and the short way where there is one; return g′ and δ."""

    def finish(self, layer: Layer, batch: Batch) -> Finish:
        """Return what a nudged forward pass ends with."""


class Formula1(Protocol):
    """A formula along one axis."""

    def __call__(self, i: Index) -> Operand: ...


class Formula2(Protocol):
    """A formula along two axes."""

    def __call__(self, j: Index, i: Index) -> Operand: ...


def squared_cost_each(sheet: Sheet, loss: Loss, A: Block, batch: Batch, suffix: str) -> Block:
    """Add the squared cost of each example."""
    Y = batch.Y
    return cost_of_each(sheet, loss, loss.value(A.value, Y.value), lambda i: loss.value_formula(A, Y, i), batch, suffix)


def cost_of_each(sheet: Sheet, loss: Loss, value: Array, formula: Formula1, batch: Batch, suffix: str) -> Block:
    """Add the cost of each example, (m,)."""
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


def output_slope(sheet: Sheet, loss: Loss, number: int, value: Array, formula: Formula2) -> Block:
    """Add ∂C/∂A of the output layer, (n, m)."""
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


def output_delta(sheet: Sheet, id: str, value: Array, formula: Formula2, math: str, title: str, number: int) -> Block:
    """Add δ of the output layer, (n, m)."""
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


def short_way(
    sheet: Sheet, batch: Batch, long: Block, number: int, name: str, value: Array, formula: Formula2
) -> Block:
    """Add δ the short way, `name`, such as A − Y or for softmax Σy·P − Y, and hold the long way against it."""
    sheet.step(
        _("The short way"),
        _(
            "Multiplied out, almost everything cancels: the error of the output layer is what the network said minus what it should have said."
        ),
        f"δ{sup(number)} = {name}",
    )
    if name.startswith("Σ"):
        sheet.remark(
            _("Where an example's targets add up to 1, as probabilities do, Σy is 1, and what remains is P − Y.")
        )
    short = output_delta(
        sheet,
        f"D{number}",
        batch.counted(value),
        lambda j, i: batch.counts(formula(j, i), i),
        name,
        _("error of the output layer, the short way"),
        number,
    )
    sheet.check("short_way", _("the long way and {name} agree").format(name=name), long, short, 1e-9)
    return short


# ---------------------------------------------------------------------------------------------- unit by unit


class PlainOutput:
    """Any activation of single units, with a squared error."""

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

    def forward(self, sheet: Sheet, layer: Layer, Z: Block, suffix: str) -> tuple[Block, Extra]:
        return plain_activation(sheet, layer, Z, suffix), None

    def cost_each(self, sheet: Sheet, A: Block, extra: Extra, batch: Batch, suffix: str) -> Block:
        return squared_cost_each(sheet, self.loss, A, batch, suffix)

    def backward(
        self, sheet: Sheet, layer: Layer, passed: Forward, extra: Extra, batch: Batch
    ) -> tuple[Block | None, Block]:
        A, Y, number = passed.output, batch.Y, layer.number
        with sheet.beside():
            dA = output_slope(
                sheet,
                self.loss,
                number,
                self.loss.slope(A.value, Y.value),
                lambda j, i: self.loss.slope_formula(A[j, i], Y[j, i]),
            )
            slope = slopes(sheet, layer, passed)
        delta = output_delta(
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
            return nudged_unit_costs(
                table, self.loss, out, batch, rows, way, self.loss.value(out.value.T, batch.Y.value)
            )

        return finish


def nudged_unit_costs(table: Table, loss: Loss, out: Block, batch: Batch, rows: Rows, way: str, value: Array) -> Block:
    """Add the cost of every row from the outputs `out` (rows, n)."""

    def formula(p: Index) -> Operand:
        terms = [loss.unit_formula(out[p, q], rows.cell(batch.Y, q + 1, p)) for q in range(out.shape[1])]
        return counted_sum(terms, batch, rows, p)

    return nudged_cost(table, rows, batch.counted(value), formula, way)


def counted_sum(terms: list[Expr], batch: Batch, rows: Rows, p: Index) -> Expr:
    """Return the sum of what the outputs add to the cost of row p; 0 for an empty example."""
    whole = terms[0]
    for term in terms[1:]:
        whole = whole + term
    return whole if batch.share is None else pick(batch.share, rows.example[p]) * whole
