"""Output layers with cross-entropy: the sigmoid's, and softmax with whatever loss."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.common.activations import Activation, Array
from scenarios.common.dense import Forward, Layer, examples, sup
from scenarios.common.dense import activation as plain_activation
from scenarios.common.gradient_check import Finish, Rows, nudged_activation, nudged_cost
from scenarios.common.losses import Loss
from scenarios.common.softmax import (
    Probabilities,
    jacobian_of_one_example,
    log_softmax,
    log_sum_column,
    pulled_back,
    softmax,
    softmax_blocks,
    softmax_columns,
)
from scenarios.network.output import (
    Batch,
    Complement,
    Extra,
    Output,
    PlainOutput,
    cost_of_each,
    counted_sum,
    nudged_unit_costs,
    output_delta,
    output_slope,
    short_way,
    squared_cost_each,
)
from workbook.block import Block, Counter
from workbook.eager import Sheet, Table
from workbook.formula import Direction, Expr, Index, Operand, absolute, as_expr, dot, exp, largest, ln, smallest, total
from workbook.text import _

LARGEST_EXPONENT = 700


def output_of(activation: Activation | None, loss: Loss) -> Output:
    """Return the output layer for an activation (None: softmax) and a loss that goes with it."""
    if activation is None:
        return SoftmaxOutput(loss)
    return (
        SigmoidCrossEntropy(activation, loss) if loss.name == "binary_cross_entropy" else PlainOutput(activation, loss)
    )


# ---------------------------------------------------------------------------------------------- sigmoid, cross-entropy


def _held_sigmoid(Z: Array) -> Array:
    """Return σ(z), never 0: its slope and the loss's are divided by it."""
    held: Array = 1 / (1 + np.exp(np.minimum(-Z, LARGEST_EXPONENT)))
    return held


def _held_sigmoid_formula(z: Expr) -> Expr:
    return 1 / (1 + exp(smallest(-z, LARGEST_EXPONENT)))


def _softplus(Z: Array) -> Array:
    """Return ln(1 + eᶻ), in a form that does not overflow."""
    value: Array = np.maximum(Z, 0) + np.log(1 + np.exp(-np.abs(Z)))
    return value


def _softplus_formula(z: Expr) -> Expr:
    return as_expr(largest(z, 0)) + ln(1 + exp(-absolute(z)))


class SigmoidCrossEntropy:
    """Sigmoid outputs with binary cross-entropy: the sum over the outputs, or their mean."""

    def __init__(self, activation: Activation, loss: Loss) -> None:
        self.activation = replace(activation, value=_held_sigmoid, value_formula=_held_sigmoid_formula)
        self.loss = loss

    def activate(self, Z: Array) -> Array:
        return _held_sigmoid(Z)

    def cost(self, Z: Array, Y: Array) -> Array:
        costs: Array = np.sum(_softplus(Z) - Y * Z, axis=0)
        return self.shared(costs)

    def delta(self, Z: Array, Y: Array) -> Array:
        return self.shared(self.activate(Z) - Y)

    def shared(self, value: Array) -> Array:
        """Return NumPy's values, divided by the number of outputs where the loss is their mean."""
        n = self.loss.outputs
        divided: Array = value if n is None else value / n.value
        return divided

    def shares(self, cell: Operand) -> Expr:
        """Return the formula of the same."""
        n = self.loss.outputs
        return as_expr(cell) if n is None else as_expr(cell) / n

    def forward(self, sheet: Sheet, layer: Layer, Z: Block, suffix: str) -> tuple[Block, Extra]:
        number = layer.number
        with sheet.beside():
            A = plain_activation(sheet, replace(layer, activation=self.activation), Z, suffix)
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
                "From z = 37 on σ(z) is so near to 1 that the computer's 1 − σ(z) is 0, and nothing can be divided by 0; σ(−z) is the same number, and never 0."
            )
        )
        return A, Complement(Z, complement)

    def cost_each(self, sheet: Sheet, A: Block, extra: Extra, batch: Batch, suffix: str) -> Block:
        assert isinstance(extra, Complement)
        Z, Y = extra.Z, batch.Y
        terms = sheet.derived(
            f"C_unit{suffix}",
            _softplus(Z.value) - Y.value * Z.value,
            lambda j, i: _softplus_formula(Z[j, i]) - Y[j, i] * Z[j, i],
            title=_("loss of each output, from z: exact also where a rounds to 0 or 1"),
            math="−(y·ln a + (1 − y)·ln(1 − a)) = ln(1 + eᶻ) − y·z",
            rows=Counter("j = "),
            columns=examples(),
            number_format="0.000000",
        )
        value = self.shared(terms.value.sum(axis=0))
        return cost_of_each(sheet, self.loss, value, lambda i: self.shares(total(terms[:, i])), batch, suffix)

    def backward(
        self, sheet: Sheet, layer: Layer, passed: Forward, extra: Extra, batch: Batch
    ) -> tuple[Block | None, Block]:
        assert isinstance(extra, Complement)
        A, Y, rest, number = passed.output, batch.Y, extra.rest, layer.number
        with sheet.beside():
            dA = output_slope(
                sheet,
                self.loss,
                number,
                self.shared((1 - Y.value) / rest.value - Y.value / A.value),
                lambda j, i: self.shares((1 - Y[j, i]) / rest[j, i] - Y[j, i] / A[j, i]),
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
        long = output_delta(
            sheet,
            f"D{number}_long",
            batch.counted(dA.value * slope.value),
            lambda j, i: batch.counts(dA[j, i] * slope[j, i], i),
            f"∂C/∂A ∗ {layer.activation.symbol}′(Z{sup(number)})",
            _("error of the output layer, the long way"),
            number,
        )
        name = "A − Y" if self.loss.outputs is None else "(A − Y) / n"
        short = short_way(
            sheet,
            batch,
            long,
            number,
            name,
            self.shared(A.value - Y.value),
            lambda j, i: self.shares(A[j, i] - Y[j, i]),
        )
        return slope, short

    def finish(self, layer: Layer, batch: Batch) -> Finish:
        def finish(table: Table, z: Block, rows: Rows, way: str) -> Block:
            out = nudged_activation(table, replace(layer, activation=self.activation), z, rows, way)
            plus = table.derived(
                f"{rows.name}_plus_{way}",
                _softplus(z.value),
                lambda p, j: _softplus_formula(z[p, j]),
                title="ln(1 + eᶻ)",
                columns=Counter("j = "),
            )

            def formula(p: Index) -> Operand:
                terms = [plus[p, q] - rows.cell(batch.Y, q + 1, p) * z[p, q] for q in range(out.shape[1])]
                return self.shares(counted_sum(terms, batch, rows, p))

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


class SoftmaxOutput:
    """Softmax with categorical cross-entropy, or with a squared error."""

    def __init__(self, loss: Loss) -> None:
        self.activation = _SOFTMAX
        self.loss = loss
        self.is_cross_entropy = loss.name == "categorical_cross_entropy"

    def activate(self, Z: Array) -> Array:
        return softmax(Z)

    def cost(self, Z: Array, Y: Array) -> Array:
        if not self.is_cross_entropy:
            return self.loss.value(softmax(Z), Y)
        costs: Array = -np.sum(Y * log_softmax(Z), axis=0)
        return costs

    def delta(self, Z: Array, Y: Array) -> Array:
        P = softmax(Z)
        return P - Y if self.is_cross_entropy else pulled_back(P, self.loss.slope(P, Y))

    def forward(self, sheet: Sheet, layer: Layer, Z: Block, suffix: str) -> tuple[Block, Extra]:
        made = softmax_blocks(sheet, Z, layer.number, suffix)
        return made.P, made

    def cost_each(self, sheet: Sheet, A: Block, extra: Extra, batch: Batch, suffix: str) -> Block:
        if not self.is_cross_entropy:
            return squared_cost_each(sheet, self.loss, A, batch, suffix)
        assert isinstance(extra, Probabilities)
        Y, logs = batch.Y, extra.logarithms(sheet, suffix)
        value = -np.sum(Y.value * logs.value, axis=0)
        return cost_of_each(sheet, self.loss, value, lambda i: -dot(Y[:, i], logs[:, i]), batch, suffix)

    def backward(
        self, sheet: Sheet, layer: Layer, passed: Forward, extra: Extra, batch: Batch
    ) -> tuple[Block | None, Block]:
        P, Y, number = passed.output, batch.Y, layer.number
        dP = output_slope(
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
        long = output_delta(
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
        short = short_way(
            sheet,
            batch,
            long,
            number,
            "Σy·P − Y",
            Y.value.sum(axis=0) * P.value - Y.value,
            lambda j, i: total(Y[:, i]) * P[j, i] - Y[j, i],
        )
        return None, short

    def finish(self, layer: Layer, batch: Batch) -> Finish:
        def finish(table: Table, z: Block, rows: Rows, way: str) -> Block:
            subscript = "₊" if way == "up" else "₋"
            id = f"{rows.name}_a{layer.number}_{way}"
            e, out = softmax_columns(table, z, id, subscript, layer.number)
            value = self.cost(z.value.T, batch.Y.value)
            if not self.is_cross_entropy:
                return nudged_unit_costs(table, self.loss, out, batch, rows, way, value)
            whole = log_sum_column(table, z, e, f"{id}_ln", subscript)

            def formula(p: Index) -> Operand:
                terms = [rows.cell(batch.Y, q + 1, p) * (whole[p] - z[p, q]) for q in range(out.shape[1])]
                return counted_sum(terms, batch, rows, p)

            return nudged_cost(table, rows, batch.counted(value), formula, way)

        return finish
