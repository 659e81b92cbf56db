"""A whole data set through a network, one example a row: the same layers as `dense`, laid out as a table.

With dozens of examples a row each reads better than a column each; the shapes are then transposed:
Z, A, δ are (m, n). The parameters keep their shapes: W (n, k), b (n,).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scenarios.common.activations import Array
from scenarios.common.dense import Backward, Forward, Layer, before_first, per_example, per_example_math, sup
from scenarios.common.losses import Loss
from workbook.block import Block, Counter, Shading
from workbook.eager import Sheet, Table
from workbook.formula import Index, Operand, added, call, dot, total
from workbook.text import _


def forward_columns(
    table: Table, layers: Sequence[Layer], X: Block, suffix: str, turned: Mapping[int, Block] | None = None
) -> Forward:
    """Add the columns of a forward pass: z and a of every layer, (m, n) each; X is (m, k).

    `turned` has zᵀ of the layers whose W is too large to be read from a column (`turned_pre_activation`).
    """
    passed = before_first(layers, X)
    for layer in layers:
        Z = _pre_activation(table, layer, passed.output, suffix, (turned or {}).get(layer.number))
        passed.Z.append(Z)
        passed.A.append(_activation(table, layer, Z, suffix))
    return passed


def turned_pre_activation(sheet: Sheet, layer: Layer, X: Block, XT: Block, suffix: str) -> Block:
    """Add zᵀ = W·Xᵀ + b, (n, m), in which a row of W meets a column of Xᵀ; X is (m, k), XT is (k, m)."""
    W, b, s = layer.W, layer.b, sup(layer.number)
    assert b is not None
    return sheet.derived(
        f"Z{layer.number}{suffix}_T",
        (X.value @ W.value.T + b.value).T,
        lambda j, i: dot(W[j, :], XT[:, i]) + b[j],
        symbol=f"(z{s})ᵀ",
        title=f"(z{s})ᵀ = W{s}·xᵀ + b{s}",
        rows=Counter("j = "),
        columns=Counter("i = "),
        number_format="0.0000",
    )


def _pre_activation(table: Table, layer: Layer, A: Block, suffix: str, turned: Block | None) -> Block:
    W, b, number = layer.W, layer.b, layer.number

    def formula(i: Index, j: Index) -> Operand:
        if turned is not None:
            return turned[j, i]
        return dot(W[j, :], A[i, :]) + b[j] if b is not None else dot(W[j, :], A[i, :])

    return table.derived(
        f"Z{number}{suffix}",
        A.value @ W.value.T + (0 if b is None else b.value),
        formula,
        symbol=f"z{sup(number)}",
        title=f"z{sup(number)} = W{sup(number)}·{'x' if number == 1 else 'a' + sup(number - 1)}"
        + (f" + b{sup(number)}" if b is not None else ""),
        columns=_units(layer),
        number_format="0.0000",
    )


def _activation(table: Table, layer: Layer, Z: Block, suffix: str) -> Block:
    g, number = layer.activation, layer.number
    return table.derived(
        f"A{number}{suffix}",
        g.value(Z.value),
        lambda i, j: g.value_formula(Z[i, j]),
        symbol=f"a{sup(number)}",
        title=f"a{sup(number)} = {g.symbol}(z{sup(number)})",
        columns=_units(layer),
        number_format="0.0000",
        shading=Shading.MASK if g.name == "relu" else None,
    )


def _units(layer: Layer) -> Counter | None:
    """Return the headings of a layer's units: none where there is but one."""
    return Counter("j = ") if layer.units > 1 else None


def cost_column(table: Table, loss: Loss, A: Block, Y: Block, suffix: str, *, math: bool = True) -> Block:
    """Add the column of each example's cost, (m,), with its formula above it unless `math` is false.

    A is the output (m, n), Y the target (m, n).
    """
    return table.derived(
        f"C_each{suffix}",
        loss.value(A.value.T, Y.value.T),
        lambda i: added(*(loss.unit_formula(A[i, q], Y[i, q]) for q in range(A.shape[1]))),
        title=_("cost of each example"),
        symbol="Cᵢ",
        math=loss.math if math else "",
        number_format="0.000000",
    )


def total_cost(table: Table, loss: Loss, each: Block, suffix: str) -> Block:
    """Put the examples' total (or mean) cost under its column."""
    value = each.value.mean() if loss.mean else each.value.sum()
    formula = (lambda: total(each) / call("COUNT", each)) if loss.mean else (lambda: total(each))
    whole = Block(f"C{suffix}", each.role, value, formula=formula, number_format="0.000000")
    return table.total(each, whole, label=_("mean") if loss.mean else "Σ")


def delta_columns(
    table: Table, layers: Sequence[Layer], loss: Loss, passed: Forward, Y: Block, suffix: str
) -> Backward:
    """Add the columns of a backward pass: g′ and δ of every layer, (m, n) each, last layer first."""
    back = Backward()
    above: Layer | None = None
    for layer in reversed(layers):
        slope = back.slope[layer.number] = _slope(table, layer, passed, suffix)
        if above is None:
            back.delta[layer.number] = _output_delta(table, layer, loss, passed, Y, slope, suffix)
        else:
            back.delta[layer.number] = _hidden_delta(table, layer, above, back.delta[above.number], slope, suffix)
        above = layer
    return back


def layer_delta_columns(
    table: Table, layer: Layer, above: Layer | None, loss: Loss, passed: Forward, Y: Block, back: Backward, suffix: str
) -> None:
    """Add the columns of one layer's backward pass in three parts: ∂C/∂A, g′, and δ = ∂C/∂A ∗ g′.

    `above` is the next layer, whose δ must be in `back` already; None for the output layer.
    """
    number = layer.number
    if above is None:
        dA = _output_slope(table, layer, loss, passed, Y, suffix)
    else:
        dA = _hidden_slope(table, layer, above, back.delta[above.number], suffix)
    slope = _slope(table, layer, passed, suffix)
    back.dA[number], back.slope[number] = dA, slope
    back.delta[number] = table.gradient(
        f"D{number}{suffix}",
        dA.value * slope.value,
        lambda i, j: dA[i, j] * slope[i, j],
        symbol=f"dZ{sup(number)}",
        title=f"dZ{sup(number)} = dA{sup(number)} ∗ {layer.activation.symbol}′",
        columns=_units(layer),
        number_format="0.000000",
        shading=Shading.MASK if layer.activation.name == "relu" else None,
    )


def _output_slope(table: Table, layer: Layer, loss: Loss, passed: Forward, Y: Block, suffix: str) -> Block:
    A, number = passed.output, layer.number
    return table.gradient(
        f"dA{number}{suffix}",
        loss.slope(A.value, Y.value),
        lambda i, j: loss.slope_formula(A[i, j], Y[i, j]),
        symbol=f"dA{sup(number)}",
        title=f"dA{sup(number)} = ∂C/∂A{sup(number)}",
        columns=_units(layer),
        number_format="0.000000",
    )


def _hidden_slope(table: Table, layer: Layer, above: Layer, delta: Block, suffix: str) -> Block:
    W, number = above.W, layer.number
    return table.gradient(
        f"dA{number}{suffix}",
        delta.value @ W.value,
        lambda i, k: dot(delta[i, :], W[:, k]),
        symbol=f"dA{sup(number)}",
        title=f"dA{sup(number)} = (W{sup(above.number)})ᵀ·dZ{sup(above.number)}",
        columns=_units(layer),
        number_format="0.000000",
    )


def _slope(table: Table, layer: Layer, passed: Forward, suffix: str) -> Block:
    g, number = layer.activation, layer.number
    Z, A = passed.z(number), passed.A[number]
    return table.gradient(
        f"G{number}{suffix}",
        g.slope(Z.value, A.value),
        lambda i, j: g.slope_formula(Z[i, j], A[i, j]),
        symbol=f"{g.symbol}′(z{sup(number)})",
        title=_("slopes of the activation") if layer.units == 1 else f"{g.symbol}′(z{sup(number)})",
        columns=_units(layer),
        number_format="0.0000",
        shading=Shading.MASK if g.name == "relu" else None,
    )


def _output_delta(
    table: Table, layer: Layer, loss: Loss, passed: Forward, Y: Block, slope: Block, suffix: str
) -> Block:
    A, number = passed.output, layer.number
    return table.gradient(
        f"D{number}{suffix}",
        loss.slope(A.value, Y.value) * slope.value,
        lambda i, j: loss.slope_formula(A[i, j], Y[i, j]) * slope[i, j],
        symbol=f"δ{sup(number)}",
        title=f"δ{sup(number)} = ∂C/∂a ∗ {layer.activation.symbol}′",
        columns=_units(layer),
        number_format="0.000000",
    )


def _hidden_delta(table: Table, layer: Layer, above: Layer, delta: Block, slope: Block, suffix: str) -> Block:
    W, number = above.W, layer.number
    return table.gradient(
        f"D{number}{suffix}",
        (delta.value @ W.value) * slope.value,
        lambda i, k: dot(delta[i, :], W[:, k]) * slope[i, k],
        symbol=f"δ{sup(number)}",
        title=f"δ{sup(number)} = δ{sup(number + 1)}·W{sup(number + 1)} ∗ {layer.activation.symbol}′",
        columns=_units(layer),
        number_format="0.000000",
    )


def gradients(
    sheet: Sheet, layers: Sequence[Layer], passed: Forward, back: Backward, m: Block | None, suffix: str
) -> None:
    """Add dW, as W lies, and db of every layer: sums over the rows, divided by `m` where the cost is a mean."""
    for layer in layers:
        with sheet.beside():
            back.dW[layer.number] = weight_gradient(sheet, layer, passed, back, m, suffix)
            if layer.b is not None:
                back.db[layer.number] = bias_gradient(sheet, layer, back, m, suffix)


def _mean_or_sum(value: Array, m: Block | None) -> Array:
    shared: Array = value if m is None else value / m.value
    return shared


def transposed_delta(sheet: Sheet, layer: Layer, back: Backward) -> Block:
    """Add δᵀ, (n, m): where W is large, its gradient reads a unit's errors as a row."""
    s, delta = sup(layer.number), back.delta[layer.number]
    return sheet.gradient(
        f"{delta.id}_T",
        delta.value.T,
        lambda j, i: delta[i, j],
        symbol=f"(δ{s})ᵀ",
        title="",
        rows=Counter("j = "),
        columns=Counter("i = "),
        number_format="0.000000",
    )


def weight_gradient(
    sheet: Sheet,
    layer: Layer,
    passed: Forward,
    back: Backward,
    m: Block | None,
    suffix: str,
    turned: Block | None = None,
) -> Block:
    """Add Σᵢ δᵢⱼ·aᵢₖ, (n, k), divided by `m` where the cost is a mean; `turned` is δᵀ, where it is laid out."""
    number = layer.number
    delta, A = back.delta[number], passed.A[number - 1]
    return sheet.gradient(
        f"gW{number}{suffix}",
        _mean_or_sum(delta.value.T @ A.value, m),
        lambda j, k: per_example(dot(delta[:, j] if turned is None else turned[j, :], A[:, k]), m),
        symbol=f"∂C/∂W{sup(number)}",
        title=_("gradient of the weights, lies as W lies"),
        math=f"Σᵢ δ{sup(number)}ⱼ·{'x' if number == 1 else 'a' + sup(number - 1)}ₖ" + per_example_math(m),
        rows=Counter("j = "),
        columns=Counter("k = "),
        number_format="0.000000",
    )


def bias_gradient(sheet: Sheet, layer: Layer, back: Backward, m: Block | None, suffix: str) -> Block:
    """Add Σᵢ δᵢⱼ, (n,), divided by `m` where the cost is a mean."""
    number = layer.number
    delta = back.delta[number]
    return sheet.gradient(
        f"gb{number}{suffix}",
        _mean_or_sum(delta.value.sum(axis=0), m),
        lambda j: per_example(total(delta[:, j]), m),
        symbol=f"∂C/∂b{sup(number)}",
        title=_("gradient of the biases"),
        math=f"Σᵢ δ{sup(number)}ⱼ" + per_example_math(m),
        rows=Counter("j = "),
        columns=[""],
        number_format="0.000000",
    )
