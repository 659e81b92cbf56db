"""Gradients held against difference quotients, in the sheet: nudge one parameter, run the network again, compare.

Every row of a table is one nudged forward pass: which example it takes, and which parameter is nudged (layer l, unit j,
input k; k = 0 means the bias). Only what lies behind the nudged parameter changes, so a row reads
the unchanged pre-activations from the forward pass and adds h·input where its unit is the nudged one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.common.activations import Array
from scenarios.common.dense import Backward, Forward, Layer, per_example, sup
from scenarios.common.losses import Loss
from workbook.block import Block, Counter, Formula
from workbook.eager import Sheet, Table
from workbook.formula import (
    Expr,
    Index,
    Number,
    Operand,
    absolute,
    added,
    as_expr,
    both,
    call,
    dot,
    equal,
    if_,
    number_of,
    pick,
    sqrt,
    squared_distance,
    total,
)
from workbook.text import _

Parameter = tuple[int, int, int]
"""Layer, unit and input, all counted from 1; input 0 is the bias."""

Chosen = tuple[Block, Block, Block]
"""The cells into which the reader types a layer, a unit and an input."""


def parameters_of(layers: Sequence[Layer]) -> list[Parameter]:
    """Return every parameter of a network, layer by layer, unit by unit, the bias after the weights."""
    found = []
    for layer in layers:
        for j in range(1, layer.units + 1):
            found += [(layer.number, j, k) for k in range(1, layer.inputs + 1)]
            if layer.b is not None:
                found.append((layer.number, j, 0))
    return found


@dataclass(frozen=True)
class Rows:
    """The columns that say what each row nudges; `where` holds the same as integers, (rows, 4).

    `by_row` tells how the network's tables lie: one example a row, (m, n), or one a column, (n, m). Ids begin with
    `name`.
    """

    example: Block
    layer: Block
    unit: Block
    input: Block
    where: NDArray[np.int64]
    by_row: bool
    name: str

    def cell(self, block: Block, unit: Operand, p: Index) -> Expr:
        """The cell of a unit for the example of row p."""
        example = self.example[p]
        return pick(block, example, unit) if self.by_row else pick(block, unit, example)

    def values(self, block: Block) -> Array:
        """Return NumPy's values of a block for the example of every row, (rows, n)."""
        table = block.value if self.by_row else block.value.T
        chosen: Array = table[self.where[:, 0] - 1]
        return chosen


Finish = Callable[["Table", Block, Rows, str], Block]
"""Adds what follows on the last layer's z, (rows, n): the output and its cost, (rows,); told by "up" or "down"."""


TOLERANCE = 1e-6


KINKED = ("relu", "leaky_relu", "step")


def check_every_parameter(
    sheet: Sheet,
    layers: Sequence[Layer],
    loss: Loss,
    passed: Forward,
    Y: Block,
    back: Backward,
    h: Block,
    *,
    name: str = "fd",
) -> None:
    """Add a table with a row a parameter, for a network that saw one example, and the check that it holds.

    The ids of its blocks begin with `name`.
    """
    where = np.array([(1, *parameter) for parameter in parameters_of(layers)])
    inverse = _inverse(sheet, name, h)
    finish = _plain_finish(layers, loss, Y)
    with sheet.table(Counter(""), len(where)) as table:
        rows = _rows(table, where, name=name)
        numeric, ways = _difference_quotient(table, layers, finish, passed, rows, h, inverse)
        analytic = table.gradient(
            f"{name}_backprop",
            np.array([_gradient_value(back, *row[1:]) for row in where]),
            lambda p: _gradient_formula(layers, back, rows, p),
            title=_("backpropagation"),
            symbol="∂C/∂w",
            number_format="0.00000000",
        )
    size, value = 1 + sqrt(call("SUMSQ", analytic)), 1 + float(np.linalg.norm(analytic.value))
    scale, near = _fair_scale(sheet, name, size, value, "1 + ‖∂C/∂w‖", ways, h)
    title = _("backpropagation = difference quotients")
    sheet.check(name, title, analytic, numeric, TOLERANCE, scale=scale, applies=_comparable(sheet, name, [near]))


def check_chosen_parameter(
    sheet: Sheet,
    layers: Sequence[Layer],
    loss: Loss,
    passed: Forward,
    Y: Block,
    back: Backward,
    h: Block,
    chosen: Chosen,
    *,
    by_row: bool = False,
    name: str = "fd",
) -> None:
    """Add a table with a row an example that nudges one parameter, which the reader chooses: layer, unit, input.

    `by_row` tells that the tables have one example a row. The ids of the blocks begin with `name`.
    """
    m = passed.A[0].shape[0 if by_row else 1]
    parameter = _within(layers, chosen)
    _say_what_is_taken(sheet, layers)
    where = np.array([(n + 1, *parameter) for n in range(m)])
    inverse = _inverse(sheet, name, h)
    finish = _plain_finish(layers, loss, Y)
    with sheet.table(Counter("i = "), m) as table:
        rows = _rows(table, where, (chosen, layers, back), by_row, name)
        numeric, ways = _difference_quotient(table, layers, finish, passed, rows, h, inverse)
        crossed = _kinks(table, layers, ways, name)
    whole = numeric.value.mean() if loss.mean else numeric.value.sum()
    counted = None
    if loss.mean:
        counted = sheet.recorded(f"{name}_m", float(m), title=_("examples"), symbol="m", number_format="0")
    quotient = sheet.derived(
        f"{name}_numeric",
        whole,
        lambda: per_example(total(numeric), counted),
        title=_("difference quotient over all examples"),
        number_format="0.00000000",
    )
    backprop = sheet.gradient(
        f"{name}_backprop",
        _gradient_value(back, *parameter),
        lambda: _chosen_gradient(layers, back, rows.layer[0], rows.unit[0], rows.input[0]),
        title=_("the same by backpropagation"),
        number_format="0.00000000",
    )
    size, value = 1 + absolute(backprop), 1 + abs(float(backprop.value))
    scale, near = _fair_scale(sheet, name, size, value, "1 + |∂C/∂w|", ways, h)
    smooth = _comparable(sheet, name, [*_kink_count(sheet, crossed, name), near])
    title = _("backpropagation = difference quotient")
    sheet.check(name, title, backprop, quotient, TOLERANCE, scale=scale, applies=smooth)


def check_in_any_network(
    sheet: Sheet,
    layers: Sequence[Layer],
    finish: Finish,
    passed: Forward,
    back: Backward,
    h: Block,
    chosen: Chosen,
    m: Block | None,
    cost: Block,
) -> None:
    """Like `check_chosen_parameter`, whatever the activations and the loss; `finish` adds the costs from the last z.

    At a kink or a jump (ReLU, leaky ReLU, step) a difference quotient is no derivative: where the nudge carries a unit
    across one, the check does not apply, and the sheet says so.
    `m` is the number of examples where the cost is a mean.
    """
    parameter = _within(layers, chosen)
    _say_what_is_taken(sheet, layers)
    where = np.array([(n + 1, *parameter) for n in range(passed.A[0].shape[1])])
    inverse = _inverse(sheet, "fd", h)
    with sheet.table(Counter("i = "), len(where)) as table:
        rows = _rows(table, where, (chosen, layers, back))
        numeric, ways = _difference_quotient(table, layers, finish, passed, rows, h, inverse)
        crossed = _kinks(table, layers, ways, "fd")
    quotient = sheet.derived(
        "fd_numeric",
        numeric.value.sum() if m is None else numeric.value.sum() / m.value,
        lambda: per_example(total(numeric), m),
        title=_("difference quotient over all examples"),
        number_format="0.00000000",
    )
    found, apart = _by_layer(sheet, layers, back, rows, ways)
    backprop = sheet.gradient(
        "fd_backprop",
        _gradient_value(back, *parameter),
        lambda: total(found),
        title=_("the same by backpropagation"),
        number_format="0.00000000",
    )
    size, value = 1 + absolute(cost) + absolute(backprop), 1 + abs(float(cost.value)) + abs(float(backprop.value))
    scale, near = _fair_scale(sheet, "fd", size, value, "1 + |C| + |∂C/∂w|", ways, h, total(apart))
    smooth = _comparable(sheet, "fd", [*_kink_count(sheet, crossed, "fd"), near])
    title = _("backpropagation = difference quotient")
    sheet.check("fd", title, backprop, quotient, TOLERANCE, scale=scale, applies=smooth)


def _fair_scale(
    sheet: Sheet, name: str, size: Expr, value: float, math: str, ways: Ways, h: Block, apart: Expr | None = None
) -> tuple[Block, Block]:
    """Add what the difference is divided by, and 1 where the quotient itself may be too far off to compare, else 0.

    A central quotient is off by h²·f‴/6. Where the nudge moves the z by D in all, f‴ is of the order (D/h)³. In the scale
    this counts so much that a difference as large as D³/h just passes. `apart` is (2D)² where it is in cells already.
    """
    pairs = [(ways[0].z[l], ways[1].z[l]) for l in ways[0].z]
    squares = added(*(squared_distance(up, down) for up, down in pairs)) if apart is None else apart
    moved = sheet.derived(
        f"{name}_moved",
        np.sqrt(sum(float(np.sum((up.value - down.value) ** 2)) for up, down in pairs)) / 2,
        lambda: sqrt(squares) / 2,
        symbol="D",
        title=_("how far the nudge moves all z together"),
        number_format="0.0E+00",
    )
    own = sheet.derived(
        f"{name}_own_error",
        moved.value**3 / h.value,
        lambda: moved**3 / h,
        symbol="D³/h",
        title=_("how far the quotient itself may be off"),
        number_format="0.0E+00",
    )
    scale = sheet.derived(
        f"{name}_scale",
        value + own.value / TOLERANCE,
        lambda: size + Number(100) ** 3 * own,
        title=_("size of the numbers compared"),
        math=f"{math} + 10⁶·D³/h",
        number_format="0.000000",
    )
    far = sheet.derived(
        f"{name}_far",
        float(100 * own.value > 1),
        lambda: if_(100 * own > 1, 1, 0),
        title=_("is the quotient off by more than 0.01? 1 yes"),
        remark=_("then choose a smaller h"),
        number_format="0",
    )
    return scale, far


def _comparable(sheet: Sheet, name: str, against: Sequence[Block]) -> Block:
    """Add 1 where nothing speaks against comparing the two, else 0."""
    return sheet.derived(
        f"{name}_smooth",
        float(all(block.value == 0 for block in against)),
        lambda: if_(equal(added(*(block.whole() for block in against)), 0), 1, 0),
        title=_("may the two be compared? 1 yes"),
        number_format="0",
    )


def _kinks(table: Table, layers: Sequence[Layer], ways: Ways, name: str) -> list[Block]:
    """Add for each layer with a kink how many of them each row crosses."""
    return [
        _crossings(table, layer, ways[0].z[layer.number], ways[1].z[layer.number], name)
        for layer in layers
        if layer.activation.name in KINKED and layer.number in ways[0].z
    ]


def _kink_count(sheet: Sheet, crossed: Sequence[Block], name: str) -> list[Block]:
    return [_counted(sheet, f"{name}_crossings", crossed, _("kinks that the nudge crosses"))] if crossed else []


def _counted(sheet: Sheet, id: str, columns: Sequence[Block], title: str, remark: str = "") -> Block:
    """Add the sum of columns that count something in every row."""
    return sheet.derived(
        id,
        sum(float(block.value.sum()) for block in columns),
        lambda: added(*(total(block) for block in columns)),
        title=title,
        remark=remark,
        number_format="0",
    )


def _crossings(table: Table, layer: Layer, up: Block, down: Block, name: str) -> Block:
    """Add for every row how many units of a layer lie on one side of 0 when nudged up, on the other when nudged down."""
    step = layer.activation.name == "step"
    on = (up.value >= 0) != (down.value >= 0) if step else (up.value > 0) != (down.value > 0)

    def formula(p: Index) -> Operand:
        above, below = up[p, :], down[p, :]
        apart = (above >= 0) - (below >= 0) if step else (above > 0) - (below > 0)
        return call("SUMPRODUCT", apart * apart)  # a square would be SUMSQ, which takes a range, not its cells

    return table.derived(
        f"{name}_kinks{layer.number}",
        np.sum(on, axis=1).astype(float),
        formula,
        title=_("kinks crossed in layer {layer}").format(layer=layer.number),
        number_format="0",
    )


def _rows(
    table: Table,
    where: NDArray[np.int64],
    chosen: tuple[Chosen, Sequence[Layer], Backward] | None = None,
    by_row: bool = False,
    name: str = "fd",
) -> Rows:
    titles = (_("example"), _("layer"), _("unit"), _("input (0: bias)"))
    blocks = []
    for n, (symbol, title) in enumerate(zip(("i", "l", "j", "k"), titles, strict=True)):
        fields = {"title": title, "symbol": symbol, "number_format": "0"}
        if n and chosen is not None:
            blocks.append(table.derived(f"{name}_{symbol}", where[:, n], _same_for_all(*chosen, n - 1), **fields))
        else:
            blocks.append(table.recorded(f"{name}_{symbol}", where[:, n], **fields))
    example, layer, unit, input_ = blocks
    return Rows(example, layer, unit, input_, where, by_row, name)


def _same_for_all(chosen: Chosen, layers: Sequence[Layer], back: Backward, which: int) -> Formula:
    """The layer, the unit or the input chosen; the layer's last one where it has fewer of them than typed.

    Where a layer has no biases, 0 takes the first input's weight.
    """
    cell = chosen[which].whole()
    if which == 0:
        return lambda p: cell
    gradients = [back.dW[layer.number] for layer in layers]
    counts = [call("COUNT", dW[:, 0] if which == 1 else dW[0, :]) for dW in gradients]
    number = call("MIN", cell, _of_layer(layers, chosen[0].whole(), counts))
    if which == 2 and any(layer.b is None for layer in layers):
        least = [as_expr(1 if layer.b is None else 0) for layer in layers]
        return lambda p: call("MAX", number, _of_layer(layers, chosen[0].whole(), least))
    return lambda p: number


def _of_layer(layers: Sequence[Layer], l: Expr, each: Sequence[Expr]) -> Expr:
    """Return what belongs to layer l, of one expression a layer."""
    before = layers[0].number - 1
    return call("CHOOSE", l - before if before else l, *each)


def _within(layers: Sequence[Layer], chosen: Chosen) -> list[int]:
    """Return the parameter chosen, held within its layer."""
    l, j, k = (int(block.value) for block in chosen)
    layer = layers[l - layers[0].number]
    return [l, min(j, layer.units), max(min(k, layer.inputs), 1 if layer.b is None else 0)]


def _say_what_is_taken(sheet: Sheet, layers: Sequence[Layer]) -> None:
    if len({(layer.units, layer.inputs) for layer in layers}) > 1:
        sheet.remark(
            _("Where a layer has fewer units or inputs than typed, its last one is taken: see columns j and k.")
        )


@dataclass(frozen=True)
class _Nudged:
    """A nudged forward pass: the cost of every row, and z by layer."""

    cost: Block
    z: dict[int, Block]


Ways = tuple[_Nudged, _Nudged]
"""The pass nudged up and the one nudged down."""


def _difference_quotient(
    table: Table, layers: Sequence[Layer], finish: Finish, passed: Forward, rows: Rows, h: Block, inverse: Block
) -> tuple[Block, Ways]:
    """Add the nudged forward passes up and down, and (C(w + h) − C(w − h)) / 2h; return this and both passes."""
    up = _nudged(table, layers, finish, passed, rows, h, "up", 1.0)
    down = _nudged(table, layers, finish, passed, rows, h, "down", -1.0)
    return _quotient(table, up.cost, down.cost, rows, inverse), (up, down)


def _inverse(sheet: Sheet, name: str, h: Block) -> Block:
    """Add 1/2h: in a cell of its own, it shows the proof how much it magnifies the last digits of two costs."""
    title, value = _("to divide by 2h"), 1 / (2 * h.value)
    return sheet.derived(
        f"{name}_inverse", value, lambda: 1 / (2 * h), symbol="1/2h", title=title, number_format="0.00"
    )


def _quotient(table: Table, up: Block, down: Block, rows: Rows, inverse: Block) -> Block:
    return table.gradient(
        f"{rows.name}_quotient",
        (up.value - down.value) * inverse.value,
        lambda p: (up[p] - down[p]) * inverse,
        title=_("difference quotient"),
        symbol="ΔC/2h",
        math="(C₊ − C₋)·1/2h",
        number_format="0.00000000",
    )


def _nudged(
    table: Table,
    layers: Sequence[Layer],
    finish: Finish,
    passed: Forward,
    rows: Rows,
    h: Block,
    way: str,
    sign: float,
) -> _Nudged:
    below: Block | None = None
    z: dict[int, Block] = {}
    for layer in layers:
        z[layer.number] = _nudged_sum(table, layer, passed, rows, h, below, way, sign)
        if layer is not layers[-1]:
            below = nudged_activation(table, layer, z[layer.number], rows, way)
    return _Nudged(finish(table, z[layers[-1].number], rows, way), z)


def _plain_finish(layers: Sequence[Layer], loss: Loss, Y: Block) -> Finish:
    """The output and its cost where both are taken unit by unit."""

    def finish(table: Table, z: Block, rows: Rows, way: str) -> Block:
        out = nudged_activation(table, layers[-1], z, rows, way)

        def formula(p: Index) -> Operand:
            units = range(layers[-1].units)
            return added(*(loss.unit_formula(out[p, q], rows.cell(Y, q + 1, p)) for q in units))

        return nudged_cost(table, rows, loss.value(out.value.T, rows.values(Y).T), formula, way)

    return finish


def nudged_cost(table: Table, rows: Rows, value: Array, formula: Formula, way: str) -> Block:
    """Add the cost of every row."""
    return table.derived(
        f"{rows.name}_C_{way}",
        value,
        formula,
        title=_("cost, nudged up") if way == "up" else _("cost, nudged down"),
        symbol="C₊" if way == "up" else "C₋",
        number_format="0.0000000000",
    )


def _nudged_sum(
    table: Table, layer: Layer, passed: Forward, rows: Rows, h: Block, below: Block | None, way: str, sign: float
) -> Block:
    """Add z of one layer for every row, (rows, n)."""
    number, W, b = layer.number, layer.W, layer.b
    Z, under = passed.z(number), passed.A[number - 1]
    value = rows.values(Z) if below is None else below.value @ W.value.T + (0 if b is None else b.value)
    value = value + sign * h.value * _nudge_value(layer, rows.values(under), rows)
    subscript = "₊" if sign > 0 else "₋"

    def formula(p: Index, j: Index) -> Operand:
        if below is None:
            plain: Expr = rows.cell(Z, number_of(j), p)
        else:
            plain = dot(W[j, :], below[p, :])
            if b is not None:
                plain = plain + b[j]
        size = if_(equal(rows.input[p], 0), 1, rows.cell(under, call("MAX", rows.input[p], 1), p))
        here = both(equal(rows.layer[p], number), equal(rows.unit[p], number_of(j)))
        return plain + if_(here, h * size, 0) if sign > 0 else plain - if_(here, h * size, 0)

    return table.derived(
        f"{rows.name}_z{number}_{way}",
        value,
        formula,
        title=f"z{sup(number)}{subscript}",
        columns=Counter("j = "),
        number_format="0.0000",
    )


def nudged_activation(table: Table, layer: Layer, z: Block, rows: Rows, way: str) -> Block:
    """Add a = g(z) of one layer for every row, (rows, n)."""
    g, number = layer.activation, layer.number
    return table.derived(
        f"{rows.name}_a{number}_{way}",
        g.value(z.value),
        lambda p, j: g.value_formula(z[p, j]),
        title=f"a{sup(number)}{'₊' if way == 'up' else '₋'}",
        columns=Counter("j = "),
        number_format="0.0000",
    )


def _nudge_value(layer: Layer, under: Array, rows: Rows) -> Array:
    """Return by how much each row moves each z of a layer for h = 1, (rows, n)."""
    moved = np.zeros((len(rows.where), layer.units))
    for p, (_i, l, j, k) in enumerate(rows.where):
        if l == layer.number:
            moved[p, j - 1] = 1.0 if k == 0 else under[p, k - 1]
    return moved


def _gradient_value(back: Backward, l: int, j: int, k: int) -> float:
    return float(back.db[l].value[j - 1] if k == 0 else back.dW[l].value[j - 1, k - 1])


def _gradient_formula(layers: Sequence[Layer], back: Backward, rows: Rows, p: Index) -> Expr:
    return _chosen_gradient(layers, back, rows.layer[p], rows.unit[p], rows.input[p])


def _chosen_gradient(layers: Sequence[Layer], back: Backward, l: Expr, j: Expr, k: Expr) -> Expr:
    """The gradient of one parameter, looked up where backpropagation put it."""
    return _of_layer(layers, l, [_looked_up(layer, back, j, k) for layer in layers])


def _by_layer(sheet: Sheet, layers: Sequence[Layer], back: Backward, rows: Rows, ways: Ways) -> tuple[Block, Block]:
    """Add in a row a layer the gradient of the parameter chosen, 0 in all but its own, and how far the nudges move z.

    One formula for all layers would grow with them.
    """
    l, j, k = rows.layer[0], rows.unit[0], rows.input[0]
    _i, chosen, *unit_and_input = (int(number) for number in rows.where[0])
    numbers = [layer.number for layer in layers]
    pairs = [(ways[0].z[number], ways[1].z[number]) for number in numbers]
    with sheet.table(Counter("l = ", start=numbers[0]), len(layers)) as table:
        found = table.gradient(
            "fd_layers",
            [_gradient_value(back, chosen, *unit_and_input) if number == chosen else 0.0 for number in numbers],
            None,
            each=[if_(equal(l, layer.number), _looked_up(layer, back, j, k), 0) for layer in layers],
            title=_("∂C/∂w where backpropagation put it; 0 in the other layers"),
            symbol="∂C/∂w",
            number_format="0.00000000",
        )
        apart = table.derived(
            "fd_apart",
            [float(np.sum((up.value - down.value) ** 2)) for up, down in pairs],
            None,
            each=[squared_distance(up, down) for up, down in pairs],
            title=_("how far z nudged up lies from z nudged down, squared"),
            symbol="Σ(z₊ − z₋)²",
            number_format="0.0E+00",
        )
    return found, apart


def _looked_up(layer: Layer, back: Backward, j: Expr, k: Expr) -> Expr:
    weight = pick(back.dW[layer.number], j, call("MAX", k, 1))
    if layer.b is None:
        return weight
    return if_(equal(k, 0), pick(back.db[layer.number], j), weight)
