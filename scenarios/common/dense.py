"""Dense layers as blocks: the same pieces for every network here, from 1-1-1-1 to 784-100-40-10.

Symbols and shapes, for a layer l with n units below which lie k units, over m examples (one column each):

    W[l]   (n, k)   weights, row j belongs to unit j          b[l]  (n,)    biases
    Z[l]   (n, m)   pre-activations, W·A[l−1] + b             A[l]  (n, m)  activations, g(Z)
    G[l]   (n, m)   slopes, g′(Z)                             D[l]  (n, m)  δ = ∂C/∂Z
    dW[l]  (n, k)   gradient, lies as W lies                  db[l] (n,)

Every function states NumPy's line and the cell's formula side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from scenarios.common.activations import Activation, Array
from scenarios.common.layer import WEIGHT_BOUNDS as WEIGHT_BOUNDS  # noqa: PLC0414 - for those that have not moved to it
from scenarios.common.layer import Layer as Layer  # noqa: PLC0414 - for those that have not moved to it
from scenarios.common.layer import sup as sup  # noqa: PLC0414 - for those that have not moved to it
from scenarios.common.losses import Loss
from workbook.block import Block, Counter, Formula, Shading
from workbook.eager import Sheet
from workbook.formula import Direction, Expr, added, dot, total
from workbook.page import Page
from workbook.text import _


class Adder(Protocol):
    """What a block can be added to: a sheet, a table, or anything else that gives it a place."""

    def derived(self, id: str, value: Any, formula: Formula | None, **fields: Any) -> Block: ...

    def gradient(self, id: str, value: Any, formula: Formula | None, **fields: Any) -> Block: ...

    def updated(self, id: str, value: Any, formula: Formula | None, **fields: Any) -> Block: ...


@dataclass
class Forward:
    """A forward pass: A[0] is the input (k, m); Z[l] and A[l] belong to layer l, Z[0] is not used.

    Where an article counts the input as layer 1, A[1] is the input too.
    """

    A: list[Block]
    Z: list[Block | None] = field(default_factory=lambda: [None])

    @property
    def output(self) -> Block:
        """The activations of the last layer there is."""
        return self.A[-1]

    def z(self, layer: int) -> Block:
        """Return a layer's pre-activations."""
        block = self.Z[layer]
        assert block is not None
        return block


@dataclass
class Backward:
    """A backward pass, by layer number."""

    slope: dict[int, Block] = field(default_factory=dict)
    delta: dict[int, Block] = field(default_factory=dict)
    dW: dict[int, Block] = field(default_factory=dict)
    db: dict[int, Block] = field(default_factory=dict)
    dA: dict[int, Block] = field(default_factory=dict)  # ∂C/∂A, where it is shown apart from δ


def examples(prefix: str = "i = ") -> Counter:
    """Return the headings of the examples."""
    return Counter(prefix)


def given_layer(
    sheet: Sheet | Page,
    number: int,
    W: Array,
    b: Array | None,
    activation: Activation,
    *,
    article_W: Array | None = None,
    article_b: Array | None = None,
    remark: str = "",
    suffix: str = "",
    number_format: str = "0.00",
) -> Layer:
    """Add a layer's parameters for the reader to change: W with one row a unit, b beside it."""
    with sheet.beside():
        weights = sheet.given(
            f"W{number}{suffix}",
            W,
            symbol=f"W{sup(number)}",
            title=_("weights of layer {layer}: one row a unit").format(layer=number),
            rows=Counter("j = "),
            columns=Counter("k = "),
            valid=WEIGHT_BOUNDS,
            article=article_W,
            number_format=number_format,
            remark=remark,
        )
        biases = None
        if b is not None:
            biases = sheet.given(
                f"b{number}{suffix}",
                b,
                symbol=f"b{sup(number)}",
                title=_("biases"),
                rows=Counter("j = "),
                columns=[""],
                valid=WEIGHT_BOUNDS,
                article=article_b,
                number_format=number_format,
            )
    return Layer(number, weights, biases, activation)


# ---------------------------------------------------------------------------------------------- forward


def pre_activation(sheet: Adder, layer: Layer, A: Block, suffix: str = "") -> Block:
    """Add Z = W·A + b, (n, m)."""
    W, b, number = layer.W, layer.b, layer.number
    value = W.value @ A.value
    if b is not None:
        value = value + b.value[:, None]
    return sheet.derived(
        f"Z{number}{suffix}",
        value,
        (lambda j, i: dot(W[j, :], A[:, i]) + b[j]) if b is not None else (lambda j, i: dot(W[j, :], A[:, i])),
        symbol=f"Z{sup(number)}",
        title=_("weighted sums"),
        math=f"Z{sup(number)} = W{sup(number)}·{'X' if number == 1 else 'A' + sup(number - 1)}"
        + (f" + b{sup(number)}" if b is not None else ""),
        rows=Counter("j = "),
        columns=examples(),
    )


def activation(sheet: Adder, layer: Layer, Z: Block, suffix: str = "") -> Block:
    """Add A = g(Z), (n, m)."""
    g, number = layer.activation, layer.number
    return sheet.derived(
        f"A{number}{suffix}",
        g.value(Z.value),
        lambda j, i: g.value_formula(Z[j, i]),
        symbol=f"A{sup(number)}",
        title=_("activations: {function}").format(function=_(g.title)),
        math=f"A{sup(number)} = {g.symbol}(Z{sup(number)}),  {g.math}",
        rows=Counter("j = "),
        columns=examples(),
        shading=Shading.MASK if g.name == "relu" else None,
    )


def forward(sheet: Sheet, layers: Sequence[Layer], X: Block, suffix: str = "") -> Forward:
    """Add a whole forward pass, Z beside A for every layer."""
    passed = before_first(layers, X)
    for layer in layers:
        forward_layer(sheet, layer, passed, suffix)
    return passed


def before_first(layers: Sequence[Layer], X: Block) -> Forward:
    """Return a forward pass that has only its input yet."""
    first = layers[0].number
    return Forward([X] * first, [None] * first)


def forward_layer(sheet: Sheet, layer: Layer, passed: Forward, suffix: str = "") -> None:
    """Add one layer's Z and A, next to each other, and put them into the forward pass."""
    with sheet.beside():
        Z = pre_activation(sheet, layer, passed.output, suffix)
        A = activation(sheet, layer, Z, suffix)
    passed.Z.append(Z)
    passed.A.append(A)


def cost(sheet: Sheet, loss: Loss, A: Block, Y: Block, suffix: str = "") -> tuple[Block, Block]:
    """Add the cost of every example, (m,) along a row, and their sum or mean; return both.

    A is the output (n, m), Y the target (n, m).
    """
    each = sheet.derived(
        f"C_each{suffix}",
        loss.value(A.value, Y.value),
        lambda i: loss.value_formula(A, Y, i),
        symbol="Cᵢ",
        title=_("cost of each example"),
        math=loss.math,
        along=Direction.RIGHT,
        columns=examples(),
        number_format="0.000000",
    )
    m = None
    if loss.mean:
        m = sheet.recorded(f"m{suffix}", float(A.shape[1]), symbol="m", title=_("examples"), number_format="0")
    whole = sheet.derived(
        f"C{suffix}",
        each.value.mean() if loss.mean else each.value.sum(),
        lambda: per_example(total(each), m),
        symbol="C",
        title=_("cost: the mean over the examples") if loss.mean else _("cost: the sum over the examples"),
        number_format="0.000000",
    )
    return each, whole


def cost_of_one(sheet: Sheet, loss: Loss, A: Block, Y: Block, suffix: str, title: str, symbol: str = "C") -> Block:
    """Add the cost of a network that saw one example, term by term."""
    return sheet.derived(
        f"C{suffix}",
        loss.value(A.value, Y.value)[0],
        lambda: added(*(loss.unit_formula(A[j, 0], Y[j, 0]) for j in range(A.shape[0]))),
        symbol=symbol,
        title=title,
        number_format="0.000000",
    )


# ---------------------------------------------------------------------------------------------- backward


def slopes(sheet: Adder, layer: Layer, passed: Forward, suffix: str = "") -> Block:
    """Add G = g′(Z), (n, m): where a unit hardly answers, little of the error passes; ReLU's zeros show."""
    g, number = layer.activation, layer.number
    Z, A = passed.z(number), passed.A[number]
    return sheet.gradient(
        f"G{number}{suffix}",
        g.slope(Z.value, A.value),
        lambda j, i: g.slope_formula(Z[j, i], A[j, i]),
        symbol=f"{g.symbol}′(Z{sup(number)})",
        title=_("slopes of the activation"),
        math=g.slope_math,
        rows=Counter("j = "),
        columns=examples(),
        shading=Shading.MASK if g.name == "relu" else None,
    )


def output_delta(
    sheet: Adder, layer: Layer, loss: Loss, passed: Forward, Y: Block, slope: Block, suffix: str = ""
) -> Block:
    """Add δ of the last layer, ∂C/∂A · g′(Z), (n, m)."""
    A, number = passed.output, layer.number
    return sheet.gradient(
        f"D{number}{suffix}",
        loss.slope(A.value, Y.value) * slope.value,
        lambda j, i: loss.slope_formula(A[j, i], Y[j, i]) * slope[j, i],
        symbol=f"δ{sup(number)}",
        title=_("error of the output layer"),
        math=f"δ{sup(number)} = ∂C/∂A ∗ {layer.activation.symbol}′(Z{sup(number)}),  {loss.slope_math}",
        rows=Counter("j = "),
        columns=examples(),
        number_format="0.000000",
    )


def hidden_delta(sheet: Adder, layer: Layer, above: Layer, delta: Block, slope: Block, suffix: str = "") -> Block:
    """Add δ = (Wᵀ of the layer above · its δ) ∗ g′(Z), (n, m)."""
    W, number = above.W, layer.number
    return sheet.gradient(
        f"D{number}{suffix}",
        (W.value.T @ delta.value) * slope.value,
        lambda k, i: dot(W[:, k], delta[:, i]) * slope[k, i],
        symbol=f"δ{sup(number)}",
        title=_("error sent back to layer {layer}").format(layer=number),
        math=f"δ{sup(number)} = (W{sup(number + 1)})ᵀ·δ{sup(number + 1)} ∗ {layer.activation.symbol}′(Z{sup(number)})",
        rows=Counter("j = "),
        columns=examples(),
        number_format="0.000000",
    )


def output_slope(sheet: Adder, layer: Layer, loss: Loss, passed: Forward, Y: Block, suffix: str = "") -> Block:
    """Add ∂C/∂A of the last layer, (n, m), the first of the parts of its δ."""
    A, number = passed.output, layer.number
    return sheet.gradient(
        f"dA{number}{suffix}",
        loss.slope(A.value, Y.value),
        lambda j, i: loss.slope_formula(A[j, i], Y[j, i]),
        symbol=f"∂C/∂A{sup(number)}",
        title=_("slope of the cost"),
        math=loss.slope_math,
        rows=Counter("j = "),
        columns=examples(),
        number_format="0.000000",
    )


def carried_back(sheet: Adder, above: Layer, delta: Block, suffix: str = "") -> Block:
    """Add ∂C/∂A = Wᵀ·δ of the layer below `above`, (k, m): what comes back through the weights."""
    W, number = above.W, above.number - 1
    return sheet.gradient(
        f"dA{number}{suffix}",
        W.value.T @ delta.value,
        lambda k, i: dot(W[:, k], delta[:, i]),
        symbol=f"∂C/∂A{sup(number)}",
        title=_("carried back through Wᵀ"),
        math=f"(W{sup(above.number)})ᵀ·δ{sup(above.number)}",
        rows=Counter("k = "),
        columns=examples(),
        number_format="0.000000",
    )


def delta_of_parts(sheet: Adder, layer: Layer, dA: Block, slope: Block, suffix: str = "") -> Block:
    """Add δ = ∂C/∂A ∗ g′(Z), (n, m), element by element."""
    number = layer.number
    return sheet.gradient(
        f"D{number}{suffix}",
        dA.value * slope.value,
        lambda j, i: dA[j, i] * slope[j, i],
        symbol=f"δ{sup(number)}",
        title=_("error of layer {layer}").format(layer=number),
        math=f"δ{sup(number)} = ∂C/∂A{sup(number)} ∗ {layer.activation.symbol}′(Z{sup(number)})",
        rows=Counter("j = "),
        columns=examples(),
        number_format="0.000000",
    )


def delta_in_parts(
    sheet: Sheet,
    layer: Layer,
    above: Layer | None,
    loss: Loss,
    passed: Forward,
    Y: Block,
    back: Backward,
    suffix: str = "",
) -> None:
    """Add one layer's ∂C/∂A, g′ and their product δ next to one another, and put them into the backward pass.

    `above` is the next layer, whose δ must be there already; None for the output layer.
    """
    number = layer.number
    with sheet.beside():
        if above is None:
            dA = output_slope(sheet, layer, loss, passed, Y, suffix)
        else:
            dA = carried_back(sheet, above, back.delta[above.number], suffix)
        slope = slopes(sheet, layer, passed, suffix)
        back.dA[number], back.slope[number] = dA, slope
        back.delta[number] = delta_of_parts(sheet, layer, dA, slope, suffix)


def layer_gradients(
    sheet: Sheet, layer: Layer, passed: Forward, back: Backward, m: Block | None = None, suffix: str = ""
) -> None:
    """Add one layer's dW and db next to each other, and put them into the backward pass."""
    number = layer.number
    delta = back.delta[number]
    with sheet.beside():
        back.dW[number] = weight_gradient(sheet, layer, delta, passed.A[number - 1], m, suffix)
        if layer.b is not None:
            back.db[number] = bias_gradient(sheet, layer, delta, m, suffix)


def weight_gradient(sheet: Adder, layer: Layer, delta: Block, A: Block, m: Block | None, suffix: str = "") -> Block:
    """Add dW = δ·Aᵀ, (n, k), summed over the examples, or their mean where their number `m` is given."""
    number = layer.number
    value = delta.value @ A.value.T
    return sheet.gradient(
        f"gW{number}{suffix}",
        value if m is None else value / m.value,
        lambda j, k: per_example(dot(delta[j, :], A[k, :]), m),
        symbol=f"∂C/∂W{sup(number)}",
        title=_("gradient of the weights, lies as W lies"),
        math=f"δ{sup(number)}·{'Xᵀ' if number == 1 else f'(A{sup(number - 1)})ᵀ'}" + per_example_math(m),
        rows=Counter("j = "),
        columns=Counter("k = "),
        number_format="0.000000",
    )


def bias_gradient(sheet: Adder, layer: Layer, delta: Block, m: Block | None, suffix: str = "") -> Block:
    """Add db, (n,): δ summed over the examples, or their mean."""
    number = layer.number
    value = delta.value.sum(axis=1)
    return sheet.gradient(
        f"gb{number}{suffix}",
        value if m is None else value / m.value,
        lambda j: per_example(total(delta[j, :]), m),
        symbol=f"∂C/∂b{sup(number)}",
        title=_("gradient of the biases"),
        math=f"Σᵢ δ{sup(number)}" + per_example_math(m),
        rows=Counter("j = "),
        columns=[""],
        number_format="0.000000",
    )


def per_example(summed: Expr, m: Block | None) -> Expr:
    """Return a sum over the examples, divided by their number where the cost is a mean."""
    return summed if m is None else summed / m


def per_example_math(m: Block | None) -> str:
    """Return what stands behind such a sum in the mathematics."""
    return "" if m is None else " / m"


def backward(
    sheet: Sheet,
    layers: Sequence[Layer],
    loss: Loss,
    passed: Forward,
    Y: Block,
    m: Block | None = None,
    suffix: str = "",
) -> Backward:
    """Add a whole backward pass, last layer first. `m` is the number of examples where the cost is a mean."""
    back = Backward()
    for position, layer in reversed(list(enumerate(layers))):
        number = layer.number
        with sheet.beside():
            slope = back.slope[number] = slopes(sheet, layer, passed, suffix)
            if layer is layers[-1]:
                delta = output_delta(sheet, layer, loss, passed, Y, slope, suffix)
            else:
                delta = hidden_delta(sheet, layer, layers[position + 1], back.delta[number + 1], slope, suffix)
        back.delta[number] = delta
        layer_gradients(sheet, layer, passed, back, m, suffix)
    return back


# ---------------------------------------------------------------------------------------------- update


def update(sheet: Sheet, layers: Sequence[Layer], back: Backward, eta: Block, suffix: str = "_new") -> list[Layer]:
    """Add every parameter after a step of descent: W − η·∂C/∂W."""
    return [_updated_layer(sheet, layer, back, eta, suffix) for layer in layers]


def _updated_layer(sheet: Sheet, layer: Layer, back: Backward, eta: Block, suffix: str) -> Layer:
    with sheet.beside():
        W = updated_weights(sheet, layer, back.dW[layer.number], eta, suffix)
        b = updated_biases(sheet, layer, back.db[layer.number], eta, suffix) if layer.b is not None else None
    return Layer(layer.number, W, b, layer.activation)


def updated_weights(sheet: Adder, layer: Layer, dW: Block, eta: Block, suffix: str = "_new") -> Block:
    """Add W − η·∂C/∂W, (n, k)."""
    W, number = layer.W, layer.number
    return sheet.updated(
        f"W{number}{suffix}",
        W.value - eta.value * dW.value,
        lambda j, k: W[j, k] - eta * dW[j, k],
        symbol=f"W{sup(number)}′",
        title=_("new weights"),
        math=f"W{sup(number)} − η·∂C/∂W{sup(number)}",
        rows=Counter("j = "),
        columns=Counter("k = "),
        number_format="0.0000",
    )


def updated_biases(sheet: Adder, layer: Layer, db: Block, eta: Block, suffix: str = "_new") -> Block:
    """Add b − η·∂C/∂b, (n,)."""
    b, number = layer.b, layer.number
    assert b is not None
    return sheet.updated(
        f"b{number}{suffix}",
        b.value - eta.value * db.value,
        lambda j: b[j] - eta * db[j],
        symbol=f"b{sup(number)}′",
        title=_("new biases"),
        math=f"b{sup(number)} − η·∂C/∂b{sup(number)}",
        rows=Counter("j = "),
        columns=[""],
        number_format="0.0000",
    )
