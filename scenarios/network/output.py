"""The output layer together with its loss: where cross-entropy and softmax are more than one neuron's affair.

Everything lies with one example a column: Z, A, Y (n, m). `share` (m,) is 1 for a column that holds an example, 0 for an empty one of
a last, shorter mini-batch; None where every column holds one.

No logarithm meets a 0, and none needs an ε: the losses come from z, not from a. Softmax's is Σⱼ yⱼ·(ln Σₖ e^zₖ − zⱼ), the sigmoid's
ln(1 + eᶻ) − y·z, each with its exponents shifted below 0; both are exact however far out z lies, where a itself rounds to 0 or 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from scenarios.common.activations import Activation, Array
from scenarios.common.layer import NEURONS, Layer, sup
from scenarios.common.losses import Loss
from scenarios.common.net import EXAMPLES, Net
from scenarios.common.nudge import Rows, changed_activations, changed_losses, outputs_losses
from scenarios.network.softmax import LOWEST_EXPONENT, exponentials, log_softmax, pulled_back, softmax
from workbook.block import Block, Role
from workbook.formula import (  # fmt: skip
    Direction,
    Expr,
    Index,
    Operand,
    absolute,
    added,
    as_expr,
    dot,
    exp,
    largest,
    ln,
    number_of,
    pick,
    smallest,
    total,
)
from workbook.page import Table
from workbook.text import _

LARGEST_EXPONENT = 700
SIGN = {"up": "₊", "down": "₋"}

SOFTMAX = Activation(
    "softmax", "softmax", softmax,
    lambda z, a: a * (1 - a),  # the Jacobian's diagonal; never used alone
    lambda z: z, lambda z, a: a * (1 - a), "softmax", "pⱼ = e^zⱼ / Σₖ e^zₖ", "∂pⱼ/∂zₖ = pⱼ·([j = k] − pₖ)",
)  # fmt: skip


def held_sigmoid(Z: Array) -> Array:
    """Return σ(z), never 0: its slope and the loss's are divided by it."""
    held: Array = 1 / (1 + np.exp(np.minimum(-Z, LARGEST_EXPONENT)))
    return held


def _held_sigmoid_formula(z: Expr) -> Expr:
    return 1 / (1 + exp(smallest(-z, LARGEST_EXPONENT)))


def softplus(Z: Array) -> Array:
    """Return ln(1 + eᶻ), in a form that does not overflow."""
    value: Array = np.maximum(Z, 0) + np.log(1 + np.exp(-np.abs(Z)))
    return value


def _softplus_formula(z: Expr) -> Expr:
    return as_expr(largest(z, 0)) + ln(1 + exp(-absolute(z)))


@dataclass(frozen=True)
class Output:
    """The output layer's activation and its loss, by NumPy; `joint` where δ is A − Y, the two taken together."""

    activation: Activation
    loss: Loss

    @property
    def is_softmax(self) -> bool:
        """Whether every output hears all weighted sums."""
        return self.activation.name == "softmax"

    @property
    def joint(self) -> bool:
        """Whether activation and loss are cross-entropy's pair, whose blame is A − Y."""
        return self.loss.name in ("binary_cross_entropy", "categorical_cross_entropy")

    def shared(self, value: Any) -> Any:
        """Return values or a formula, divided by the number of outputs where the loss is their mean."""
        n = self.loss.outputs
        if n is None:
            return value
        return value / (n.value if isinstance(value, np.ndarray | float) else n)

    def activate(self, Z: Array) -> Array:
        """Return A, (n, m)."""
        return self.activation.value(Z)

    def cost(self, Z: Array, Y: Array) -> Array:
        """Return the loss of each example, (m,)."""
        if self.joint and self.is_softmax:
            costs: Array = -np.sum(Y * log_softmax(Z), axis=0)
            return costs
        if self.joint:
            summed: Array = self.shared(np.sum(softplus(Z) - Y * Z, axis=0))
            return summed
        return self.loss.value(self.activate(Z), Y)

    def delta(self, Z: Array, Y: Array) -> Array:
        """Return ∂L/∂Z of each example, (n, m)."""
        A = self.activate(Z)
        if self.joint:
            joint: Array = self.shared(A - Y)
            return joint
        back = self.loss.slope(A, Y)
        return pulled_back(A, back) if self.is_softmax else back * self.activation.slope(Z, A)


def output_of(activation: Activation | None, loss: Loss) -> Output:
    """Return the output layer for an activation (None: softmax) and a loss that goes with it."""
    if activation is None:
        return Output(SOFTMAX, loss)
    if loss.name == "binary_cross_entropy":
        activation = replace(activation, value=held_sigmoid, value_formula=_held_sigmoid_formula)
    return Output(activation, loss)


N = TypeVar("N", bound="OutputNet")


class OutputNet(Net):
    """A net that ends with an `Output`; `share` says which columns hold an example.

    Attributes
    ----------
    parts : what its output is made of, not yet on a page: of softmax the largest z, exponentials and their sums; of the
        sigmoid with cross-entropy 1 − a
    terms : what the losses are made of, (n, m), where they come from z
    inner : the probabilities' mean of ∂L/∂P, (m,), of softmax
    """

    out: Output
    share: Block | None = None
    parts: Sequence[Block] = ()
    terms: Block | None = None
    inner: Block

    def ending(self: N, out: Output, share: Block | None) -> N:
        """Say how the net ends."""
        self.out, self.share = out, share
        if self.last.activation is not out.activation:
            self.layers[-1] = replace(self.last, activation=out.activation)
        return self

    def with_layers(self: N, layers: Sequence[Layer], suffix: str) -> N:
        made = super().with_layers(layers, suffix)
        assert isinstance(made, type(self))
        return made.ending(self.out, self.share)

    def counted(self, value: Array) -> Array:
        """Return NumPy's values, those of empty columns as 0."""
        kept: Array = value if self.share is None else value * self.share.value
        return kept

    def counts(self, cell: Operand, i: Index) -> Operand:
        """Return the formula of a value, 0 in an empty column."""
        return cell if self.share is None else self.share[i] * cell

    @property
    def divisor(self) -> float:
        return (self.examples if self.count is None else float(self.count.value)) if self.loss.mean else 1

    # -- forward ----------------------------------------------------------------------------------------

    def prepare(self) -> Sequence[Block]:
        """Return the blocks that the outputs are made of, for a page to place."""
        Z = self.Z[self.last.number]
        if self.out.is_softmax:
            fields: dict[str, Any] = {"along": Direction.RIGHT, "columns": EXAMPLES}
            top = Block(
                self._id("z_max"), Role.DERIVED, Z.value.max(axis=0), _("largest weighted sum of each example"), "max z",
                formula=lambda i: largest(Z[:, i]), **fields,
            )  # fmt: skip
            E = self._terms(
                "E", exponentials(Z.value), lambda j, i: exp(largest(Z[j, i] - top[i], LOWEST_EXPONENT)),
                "E", _("exponentials, counted from the largest"), "e^max(z − max z, −700)",
            )  # fmt: skip
            S = Block(
                self._id("E_sum"), Role.DERIVED, E.value.sum(axis=0), _("sum of each column"), "S", "S = Σⱼ eⱼ",
                formula=lambda i: total(E[:, i]), **fields,
            )  # fmt: skip
            self.parts = (top, E, S)
        elif self.out.joint:
            rest = self._terms(
                "complement", held_sigmoid(-Z.value), lambda j, i: 1 / (1 + exp(smallest(Z[j, i], LARGEST_EXPONENT))),
                f"1 − A{sup(self.last.number)}", _("the rest to 1, from its own formula"), "1 − σ(z) = σ(−z) = 1 / (1 + eᶻ)",
            )  # fmt: skip
            self.parts = (rest,)
        return self.parts

    def _terms(self, name: str, value: Array, formula: Any, symbol: str, title: str, math: str = "") -> Block:
        fields: dict[str, Any] = {"rows": NEURONS, "columns": EXAMPLES}
        return Block(self._id(name), Role.DERIVED, value, title, symbol, math, formula=formula, **fields)

    def activations(self, layer: Layer) -> Block:
        if layer is not self.last or not self.out.is_softmax:
            return super().activations(layer)
        _top, E, S = self.parts
        value, title = softmax(self.Z[layer.number].value), _("probabilities: softmax")
        name = f"P = A{sup(layer.number)}"
        block = self._table(Role.DERIVED, "A", layer, value, lambda j, i: E[j, i] / S[i], name, title, "P = E / S")
        return self._kept(self.A, layer, block)

    # -- loss -------------------------------------------------------------------------------------------

    def loss_terms(self) -> Block | None:
        """Return what the losses are made of, for a page to place; None where they come from the outputs."""
        Z, Y = self.Z[self.last.number], self.Y
        if not self.out.joint:
            return None
        if self.out.is_softmax:
            top, _E, S = self.parts
            title = _("logarithms of the probabilities, from z: exact also where p is too small for a number")
            formula = lambda j, i: Z[j, i] - top[i] - ln(S[i])  # noqa: E731
            self.terms = self._terms("ln_P", log_softmax(Z.value), formula, "ln P", title, "ln p = z − max z − ln S")
        else:
            title = _("loss of each output, from z: exact also where a rounds to 0 or 1")
            formula = lambda j, i: _softplus_formula(Z[j, i]) - Y[j, i] * Z[j, i]  # noqa: E731
            math = "−(y·ln a + (1 − y)·ln(1 − a)) = ln(1 + eᶻ) − y·z"
            self.terms = self._terms("C_unit", softplus(Z.value) - Y.value * Z.value, formula, "", title, math)
        return self.terms

    def unit_losses(self, i: Any) -> Expr:
        terms = self.terms
        if terms is None:
            return super().unit_losses(i)
        return -dot(self.Y[:, i], terms[:, i]) if self.out.is_softmax else self.out.shared(total(terms[:, i]))

    def each_loss(self) -> Block:
        """Return the loss of each example, (m,)."""
        value = self.counted(self.out.cost(self.Z[self.last.number].value, self.Y.value))
        self.each = Block(
            self._id("C_each"), Role.DERIVED, value, _("loss of each example"), "Lᵢ", self.loss.math,
            formula=lambda i: self.counts(self.unit_losses(i), i), along=Direction.RIGHT, columns=EXAMPLES,
        )  # fmt: skip
        return self.each

    def whole_loss(self) -> Block:
        """Return the loss of all examples together."""
        assert self.each is not None
        each, m = self.each, self.count
        title = _("loss: the mean over the examples") if self.loss.mean else _("loss: the sum over the examples")
        formula = lambda: total(each) / m if self.loss.mean and m is not None else total(each)  # noqa: E731
        self.whole = self._number("C", each.value.sum() / self.divisor, formula, "L", title)
        return self.whole

    # -- backward ---------------------------------------------------------------------------------------

    def _back(self, layer: Layer, j: Any, i: Any) -> Expr:
        if layer is not self.last or not self.out.joint or self.out.is_softmax:
            return super()._back(layer, j, i)
        a, y, rest = self.output[j, i], self.Y[j, i], self.parts[0][j, i]
        return as_expr(self.out.shared((1 - y) / rest - y / a))

    def returned(self, layer: Layer) -> Block:
        if layer is not self.last or not self.out.joint or self.out.is_softmax:
            return super().returned(layer)
        Y, s = self.Y.value, sup(layer.number)
        value = self.out.shared((1 - Y) / self.parts[0].value - Y / self.output.value)
        words = f"∂L/∂A{s}", _("slope of the loss"), self.loss.slope_math
        block = self._table(Role.GRADIENT, "dA", layer, value, lambda j, i: self._back(layer, j, i), *words)
        return self._kept(self.dA, layer, block)

    def slopes(self, layer: Layer) -> Block:
        block = super().slopes(layer)
        if layer is self.last and self.out.joint:
            A, rest = self.output, self.parts[0]
            block.value, block.formula = A.value * rest.value, lambda j, i: A[j, i] * rest[j, i]
        return block

    def long_blames(self) -> Block:
        """Return δ of the output layer from ∂L/∂A and the slopes of its activation, (n, m)."""
        layer, A = self.last, self.output
        n, s, dA = layer.number, sup(layer.number), self.dA[layer.number]
        if self.out.is_softmax:
            value, math = pulled_back(A.value, dA.value), "P ∗ (∂L/∂P − s)"
            inner = self.inner
            formula = lambda j, i: A[j, i] * (dA[j, i] - inner[i])  # noqa: E731
        else:
            slope = self.slope[n]
            value, math = dA.value * slope.value, f"∂L/∂A ∗ {layer.activation.symbol}′(Z{s})"
            formula = lambda j, i: dA[j, i] * slope[j, i]  # noqa: E731
        title = _("blame of the output layer, the long way") if self.out.joint else _("blame of the output layer")
        return self._blame(f"D{n}_long" if self.out.joint else f"D{n}", value, formula, title, math)

    def inner_products(self) -> Block:
        """Return the mean of ∂L/∂P that the probabilities take, for each example, (m,)."""
        P, dP = self.output, self.dA[self.last.number]
        self.inner = Block(
            self._id("dP_mean"), Role.DERIVED, np.sum(P.value * dP.value, axis=0), _("the probabilities' mean of ∂L/∂P"), "s",
            "sᵢ = Σⱼ pⱼ·∂L/∂pⱼ", formula=lambda i: dot(P[:, i], dP[:, i]), along=Direction.RIGHT, columns=EXAMPLES,
        )  # fmt: skip
        return self.inner

    @property
    def short_name(self) -> str:
        """What δ of a cross-entropy is, multiplied out."""
        return "Σy·P − Y" if self.out.is_softmax else "A − Y" if self.loss.outputs is None else "(A − Y) / n"

    def short_blames(self) -> Block:
        """Return δ of the output layer, multiplied out, (n, m)."""
        A, Y = self.output, self.Y
        if self.out.is_softmax:
            value, formula = Y.value.sum(axis=0) * A.value - Y.value, lambda j, i: total(Y[:, i]) * A[j, i] - Y[j, i]
        else:
            value, formula = self.out.shared(A.value - Y.value), lambda j, i: self.out.shared(A[j, i] - Y[j, i])
        title = _("blame of the output layer, the short way")
        return self._blame(f"D{self.last.number}", value, formula, title, self.short_name)

    def _blame(self, id: str, value: Array, formula: Any, title: str, math: str) -> Block:
        s = sup(self.last.number)
        block = Block(
            self._id(id), Role.GRADIENT, self.counted(value), title, f"δ{s}", math,
            formula=lambda j, i: self.counts(formula(j, i), i), rows=NEURONS, columns=EXAMPLES,
        )  # fmt: skip
        return self._kept(self.delta, self.last, block)

    # -- a changed pass ---------------------------------------------------------------------------------

    def finish(self, table: Table, z: Block, rows: Rows, way: str) -> Block:
        """Add what follows on the last layer's z, (n, rows), when a parameter is changed: the output and its loss."""
        value, out, name = (
            self.counted(self.out.cost(z.value, self.Y.value)),
            self.out,
            f"{rows.name}_a{self.last.number}_{way}",
        )
        units = range(self.last.units)
        fields: dict[str, Any] = {"along": Direction.RIGHT, "columns": NEURONS}
        if out.is_softmax:
            e = table.derived(
                f"{name}_e", exponentials(z.value), lambda j, p: exp(largest(z[j, p] - largest(z[:, p]), LOWEST_EXPONENT)),
                title=f"e{SIGN[way]}", **fields,
            )  # fmt: skip
            if out.joint:
                whole = table.derived(
                    f"{name}_ln", z.value.max(axis=0) + np.log(e.value.sum(axis=0)),
                    lambda p: largest(z[:, p]) + ln(total(e[:, p])), title=f"ln Σⱼ e^zⱼ{SIGN[way]}",
                )  # fmt: skip
            else:
                P = table.derived(
                    name, softmax(z.value), lambda j, p: e[j, p] / total(e[:, p]), title=f"a{sup(self.last.number)}{SIGN[way]}", **fields
                )  # fmt: skip
        elif out.joint:
            plus = table.derived(
                f"{rows.name}_plus_{way}", softplus(z.value), lambda j, p: _softplus_formula(z[j, p]), title="ln(1 + eᶻ)", **fields
            )  # fmt: skip
        else:
            P = changed_activations(table, rows, self.last, z, way)
        plain = None if out.joint else outputs_losses(table, rows, P, way)

        def loss(p: Index) -> Operand:
            if out.joint and out.is_softmax:
                terms = [rows.cell(self.Y, q, p) * (whole[p] - z[q, p]) for q in units]
            elif out.joint:
                terms = [plus[q, p] - rows.cell(self.Y, q, p) * z[q, p] for q in units]
            summed = out.shared(added(*terms)) if plain is None else plain(p)
            return summed if self.share is None else pick(self.share, number_of(p)) * summed

        return changed_losses(table, rows, value, loss, way)
