"""Slopes checked by trial, in the sheet: one parameter is changed a little, up and down, and the network runs again.

Every row of the table is one changed pass. Only what lies behind the changed parameter moves, so a row reads the unchanged
weighted sums, and adds h·input where its neuron is the changed one. (L₊ − L₋) / 2h must be what backpropagation says.

    nudge_one(page, net, choose(page, net), h)     the parameter that the reader chooses: a row per example
    nudge_every(page, net, h)                      every parameter of a net that sees one example: a row per parameter

At a kink or a jump (ReLU, leaky ReLU, step) a measured slope is no derivative: where the change carries a neuron across
one, the check does not apply, and the sheet says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.common.activations import Array
from scenarios.common.columns import yes_no
from scenarios.common.layer import NEURONS, Layer, sup
from scenarios.common.net import EXAMPLES, SPELLED, Net
from workbook.block import Between, Block, Counter, Formula, Role
from workbook.formula import (  # fmt: skip
    Direction,
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
from workbook.page import Page, Table
from workbook.text import _

TOLERANCE = 1e-6
KINKED, SIGN = ("relu", "leaky_relu", "step"), {"up": "₊", "down": "₋"}
SHOWN, DIGITS = "0.000000", "0.0000000000"
"""Two slopes that agree are seen to do so in six decimals; two losses that hardly differ, in ten; z moves in the fourth."""

Chosen = tuple[Block, Block, Block]
"""The cells that choose a layer, a neuron and an input (0: the bias)."""


def choose(page: Page, net: Net, start: tuple[int, int, int] = (1, 1, 1), suffix: str = "") -> Chosen:
    """Add the yellow cells that choose a parameter by layer, neuron and input; what can be but 1 is no choice."""
    numbers = [layer.number for layer in net.layers]
    least = 0 if any(layer.b is not None for layer in net.layers) else 1
    bounds = (
        ("layer", "l", _("layer"), numbers[0], numbers[-1]),
        ("unit", "j", _("neuron"), 1, max(layer.units for layer in net.layers)),
        ("input", "k", _("input (0: bias)") if least == 0 else _("input"), least, max(l.inputs for l in net.layers)),
    )
    cells = []
    for at, (id, symbol, title, low, high) in zip(start, bounds, strict=True):
        valid = Between(low, high, whole=True)
        if low == high:
            cells.append(page.recorded(f"choose_{id}{suffix}", float(low), symbol, title, number_format="0"))
        else:
            cells.append(page.given(f"choose_{id}{suffix}", float(at), symbol, title, valid=valid))
    if len({(layer.units, layer.inputs) for layer in net.layers}) > 1:
        page.remark(_("A layer that has fewer neurons or inputs than typed takes its last one."))
    layer, unit, input_ = cells
    return layer, unit, input_


def nudge_size(page: Page, id: str = "h") -> Block:
    """Add the cell with the size h of the change."""
    valid, remark = Between(1e-6, 1e-3), _("chosen here")
    return page.given(id, 1e-4, "h", _("size of the change"), valid=valid, number_format="0.000000", remark=remark)


@dataclass(frozen=True)
class Rows:
    """The rows of a table of changed passes: each changes input k (0: the bias) of neuron j in layer l.

    `where` has l, j and k of each row, (rows, 3), and `at` the cells that say so; ids begin with `name`. With `many`, row p
    is example p; else every row sees the net's only example.
    """

    net: Net
    name: str
    where: NDArray[np.int64]
    at: Callable[[Index], Sequence[Expr]]
    many: bool

    def cell(self, block: Block, neuron: int | Index, p: Index) -> Expr:
        """Return the cell of a neuron for the example of row p."""
        return block[neuron, p if self.many else 0]

    def values(self, block: Block) -> Array:
        """Return NumPy's values of a block for the example of every row, (n, rows)."""
        return block.value if self.many else np.repeat(block.value, len(self.where), axis=1)

    def entering(self, A: Block, p: Index) -> Expr:
        """Return what comes in where row p changes something: an activation of the layer below, 1 for a bias."""
        _l, _j, k = self.at(p)
        return if_(equal(k, 0), 1, pick(A, call("MAX", k, 1), number_of(p) if self.many else 1))

    def moves(self, layer: Layer, A: Array) -> Array:
        """Return by how much each row moves each z of a layer for h = 1, (n, rows)."""
        moved = np.zeros((layer.units, len(self.where)))
        for p, (l, j, k) in enumerate(self.where):
            if l == layer.number:
                moved[j - 1, p] = A[k - 1, p] if k else 1.0
        return moved


Finish = Callable[[Table, Block, Rows, str], Block]
"""Adds what follows on the last layer's z, (n, rows): the output and its loss, (rows,); told by "up" or "down"."""


@dataclass(frozen=True)
class Pass:
    """A changed pass: the loss of every row, and z by layer."""

    loss: Block
    z: dict[int, Block]


def nudge_one(
    page: Page, net: Net, chosen: Chosen, h: Block, *, name: str = "fd", finish: Finish | None = None
) -> tuple[Block, Block]:
    """Change the parameter that the reader chooses, for every example; return the measured slope and backpropagation's.

    The net has been measured, and its gradients are there. `finish` adds the losses from the last z where the output is
    more than a matter of single neurons. The ids of the blocks begin with `name`.
    """
    l, j, k = (int(cell.value) for cell in chosen)
    layer, layers, first = net.layer(l), net.layers, net.layers[0].number
    at = (l, min(j, layer.units), max(min(k, layer.inputs), int(layer.b is None)))
    row = chosen[0] - (first - 1) if first > 1 else chosen[0].whole()
    cells = [cell.whole() for cell in chosen]
    some = len({x.b is None for x in layers}) > 1
    if len({(x.units, x.inputs) for x in layers}) > 1 or some:

        def entry() -> Expr:
            within = call("MIN", chosen[2], pick(sizes[1], row))
            return call("MAX", within, pick(sizes[2], row)) if some else within

        j_title, k_title = _("neuron taken"), _("input taken")
        taken = page.derived(
            f"{name}_j", at[1], lambda: call("MIN", chosen[1], pick(sizes[0], row)), "j", j_title, number_format="0"
        )
        held = page.derived(f"{name}_k", at[2], entry, "k", k_title, number_format="0")
        cells[1:] = [taken.whole(), held.whole()]
    inverse = _inverse(page, name, h)
    where = np.array([at] * net.examples)
    rows = Rows(net, name, where, lambda _p: cells, many=True)
    said, results = page.keep(), page.keep()
    with page.table(EXAMPLES, net.examples) as table:
        ways = _both_ways(table, rows, h, finish or _plain)
        kinks = _kinks(table, rows, ways)
    with page.into(results), page.table(EXAMPLES, net.examples) as table:
        quotients = _quotients(table, rows, ways, inverse)
    with page.table(Counter("l = ", start=first), len(layers)) as table:
        sizes = [
            table.recorded(f"{name}_{id}", values, title=title, number_format="0")
            for id, title, values in (
                ("units", _("neurons"), [x.units for x in layers]),
                ("inputs", _("inputs"), [x.inputs for x in layers]),
                ("least", _("1: it has no bias"), [int(x.b is None) for x in layers]),
            )[: 3 if some else 2]
        ]
        found = table.gradient(
            f"{name}_layers", [_slope_value(net, *at) if x is layer else 0.0 for x in layers], None, "∂L/∂w",
            _("by backpropagation; 0 in the other layers"), number_format=SHOWN,
            each=[if_(equal(cells[0], x.number), _looked_up(net, x, cells[1], cells[2]), 0) for x in layers],
        )  # fmt: skip
    apart = _apart(page, rows, ways)
    whole = quotients.value.sum() / net.divisor
    with page.into(said):
        measured = page.derived(
            f"{name}_numeric", whole, lambda: net.shared(total(quotients), quotients), "ΔL/2h",
            _("measured slope, over all examples"), number_format=SHOWN,
        )  # fmt: skip
        backprop = page.gradient(
            f"{name}_backprop", _slope_value(net, *at), lambda: total(found), "∂L/∂w",
            _("the same by backpropagation"), number_format=SHOWN,
        )  # fmt: skip
    assert net.whole is not None
    size = 1 + absolute(net.whole) + absolute(backprop)
    value = 1 + abs(float(net.whole.value)) + abs(float(backprop.value))
    _compare(page, name, backprop, measured, (size, value, "1 + |L| + |∂L/∂w|"), (total(apart), ways), h, kinks)
    return measured, backprop


def nudge_every(page: Page, net: Net, h: Block, *, name: str = "fd") -> None:
    """Change every parameter of a net that sees one example, a row each, and hold all measured slopes against theirs."""
    where = [
        (layer.number, j, k)
        for layer in net.layers
        for j in range(1, layer.units + 1)
        for k in [*range(1, layer.inputs + 1), *([] if layer.b is None else [0])]
    ]
    inverse = _inverse(page, name, h)
    with page.table(Counter(""), len(where)) as table:
        titles = (("l", _("layer")), ("j", _("neuron")), ("k", _("input (0: bias)")))
        columns = [
            table.recorded(f"{name}_{symbol}", [at[n] for at in where], symbol, title, number_format="0")
            for n, (symbol, title) in enumerate(titles)
        ]
        rows = Rows(net, name, np.array(where), lambda p: [column[p] for column in columns], many=False)
        passes = page.keep()
        with page.into(passes), page.table(Counter(""), len(where)) as behind:
            ways = _both_ways(behind, rows, h, _plain)
            kinks = _kinks(behind, rows, ways)
        measured = _quotients(table, rows, ways, inverse)
        backprop = table.gradient(
            f"{name}_backprop", [_slope_value(net, *at) for at in where], None, "∂L/∂w", _("backpropagation"),
            each=[net.db[l][j - 1] if k == 0 else net.dW[l][j - 1, k - 1] for l, j, k in where], number_format=SHOWN,
        )  # fmt: skip
    size, value = 1 + sqrt(call("SUMSQ", backprop)), 1 + float(np.linalg.norm(backprop.value))
    apart = added(*(squared_distance(ways[0].z[x.number], ways[1].z[x.number]) for x in net.layers))
    _compare(page, name, backprop, measured, (size, value, "1 + ‖∂L/∂w‖"), (apart, ways), h, kinks)


# ---------------------------------------------------------------------------------------------- the comparison


def _compare(
    page: Page, name: str, backprop: Block, measured: Block,
    size: tuple[Expr, float, str], apart: tuple[Expr, tuple[Pass, Pass]], h: Block, kinks: Sequence[Block],
) -> None:  # fmt: skip
    """Hold backpropagation against the measured slopes, by what a fair difference is; if they can be compared at all.

    A central quotient is off by h²·f‴/6. Where the change moves the z by D in all, f‴ is of the order (D/h)³. In the scale
    this counts so much that a difference as large as D³/h just passes. `size` is that of the numbers compared.
    """
    squared, (up, down) = apart
    formula, value, math = size
    distance = np.sqrt(sum(float(np.sum((up.z[l].value - down.z[l].value) ** 2)) for l in up.z)) / 2
    moved = page.offstage_block(
        f"{name}_moved", distance, lambda: sqrt(squared) / 2, symbol="D", title=_("how far the change moves all z together")
    )  # fmt: skip
    own = page.offstage_block(
        f"{name}_own_error", moved.value**3 / h.value, lambda: moved**3 / h, symbol="D³/h",
        title=_("how far the measured slope itself may be off"),
    )  # fmt: skip
    scale = page.offstage_block(
        f"{name}_scale", value + own.value / TOLERANCE, lambda: formula + Number(100) ** 3 * own,
        title=_("size of the numbers compared"), math=f"{math} + 10⁶·D³/h",
    )  # fmt: skip
    crossed = sum(float(column.value.sum()) for column in kinks)
    smooth = page.derived(
        f"{name}_smooth", float(crossed == 0 and 100 * own.value <= 1),
        lambda: if_(both(equal(added(*(total(column) for column in kinks)) if kinks else as_expr(0), 0), 100 * own <= 1), 1, 0),
        title=_("may the two be compared?"), remark=_("if not, choose a smaller h"), number_format=yes_no(),
    )  # fmt: skip
    page.check(name, _("backpropagation = measured slope"), backprop, measured, TOLERANCE, scale, smooth)


def _inverse(page: Page, name: str, h: Block) -> Block:
    """Add 1/2h: in a cell of its own, it shows the proof how much it magnifies the last digits of two losses."""
    page.remark(_("Small differences count here: slopes are shown with six decimals, losses with ten."))
    return page.derived(f"{name}_inverse", 1 / (2 * h.value), lambda: 1 / (2 * h), "1/2h", _("to divide by 2h"))


def _apart(page: Page, rows: Rows, ways: tuple[Pass, Pass]) -> Block:
    """Add for every layer how far z changed up lies from z changed down, squared: one formula for all would grow with them."""
    pairs = [(ways[0].z[layer.number], ways[1].z[layer.number]) for layer in rows.net.layers]
    apart = np.array([np.sum((up.value - down.value) ** 2) for up, down in pairs])
    each = [squared_distance(up, down) for up, down in pairs]
    title = _("how far z₊ lies from z₋, squared")
    return page.offstage(Block(f"{rows.name}_apart", Role.DERIVED, apart, title, "Σ(z₊ − z₋)²", each=each))


def _kinks(table: Table, rows: Rows, ways: tuple[Pass, Pass]) -> list[Block]:
    """Add for each layer with a kink how many neurons lie on one side of it when changed up, on the other when down."""
    return [_crossings(table, rows, layer, ways) for layer in rows.net.layers if layer.activation.name in KINKED]


def _crossings(table: Table, rows: Rows, layer: Layer, ways: tuple[Pass, Pass]) -> Block:
    up, down = (way.z[layer.number] for way in ways)
    step = layer.activation.name == "step"
    on = (up.value >= 0) != (down.value >= 0) if step else (up.value > 0) != (down.value > 0)

    def formula(p: Index) -> Operand:
        above, below = up[:, p], down[:, p]
        apart = (above >= 0) - (below >= 0) if step else (above > 0) - (below > 0)
        return call("SUMPRODUCT", apart * apart)  # a square would be SUMSQ, which takes a range, not its cells

    title = _("kinks crossed in layer {layer}").format(layer=layer.number)
    value = np.sum(on, axis=0).astype(float)
    return table.derived(f"{rows.name}_kinks{layer.number}", value, formula, title=title, number_format="0")


# ---------------------------------------------------------------------------------------------- the changed passes


def _both_ways(table: Table, rows: Rows, h: Block, finish: Finish) -> tuple[Pass, Pass]:
    """Add the passes changed up and down."""
    return _changed(table, rows, h, "up", finish), _changed(table, rows, h, "down", finish)


def _quotients(table: Table, rows: Rows, ways: tuple[Pass, Pass], inverse: Block) -> Block:
    """Add (L₊ − L₋) / 2h of every row, (rows,)."""
    up, down = ways[0].loss, ways[1].loss
    return table.gradient(
        f"{rows.name}_quotient", (up.value - down.value) * inverse.value, lambda p: (up[p] - down[p]) * inverse,
        "ΔL/2h", _("measured slope"), math="(L₊ − L₋)·1/2h", number_format=SHOWN,
    )  # fmt: skip


def _changed(table: Table, rows: Rows, h: Block, way: str, finish: Finish) -> Pass:
    below: Block | None = None
    z: dict[int, Block] = {}
    for layer in rows.net.layers:
        z[layer.number] = _changed_sums(table, rows, layer, h, below, way)
        if layer is not rows.net.last:
            below = changed_activations(table, rows, layer, z[layer.number], way)
    return Pass(finish(table, z[rows.net.last.number], rows, way), z)


def _changed_sums(table: Table, rows: Rows, layer: Layer, h: Block, below: Block | None, way: str) -> Block:
    """Add z of one layer for every row, (n, rows)."""
    number, W, b = layer.number, layer.W, layer.b
    Z, under = rows.net.Z[number], rows.net.A[number - 1]
    value = rows.values(Z) if below is None else W.value @ below.value + (0 if b is None else b.value[:, None])
    step = h.value * rows.moves(layer, rows.values(under))

    def formula(j: Index, p: Index) -> Operand:
        if below is None:
            plain = rows.cell(Z, j, p)
        else:
            plain = dot(W[j, :], below[:, p]) if b is None else dot(W[j, :], below[:, p]) + b[j]
        l, neuron, _k = rows.at(p)
        here = both(equal(l, number), equal(neuron, number_of(j)))
        change = if_(here, h * rows.entering(under, p), 0)
        return plain + change if way == "up" else plain - change

    title = f"z{sup(number)}{SIGN[way]}"
    return _column(table, f"{rows.name}_z{number}_{way}", value + step if way == "up" else value - step, formula, title)


def changed_activations(table: Table, rows: Rows, layer: Layer, z: Block, way: str) -> Block:
    """Add a = g(z) of one layer for every row, (n, rows)."""
    g, id, title = layer.activation, f"{rows.name}_a{layer.number}_{way}", f"a{sup(layer.number)}{SIGN[way]}"
    return _column(table, id, g.value(z.value), lambda j, p: g.value_formula(z[j, p]), title)


def changed_losses(table: Table, rows: Rows, value: Array, formula: Formula, way: str) -> Block:
    """Add the loss of every row."""
    title = _("loss, changed up") if way == "up" else _("loss, changed down")
    return table.derived(f"{rows.name}_C_{way}", value, formula, f"L{SIGN[way]}", title, number_format=DIGITS)


def outputs_losses(table: Table, rows: Rows, out: Block, way: str) -> Callable[[Index], Expr]:
    """Return the formula of a row's loss from its outputs (n, rows): written out, or of many from a column for each."""
    net, units = rows.net, range(rows.net.last.units)
    if len(units) <= SPELLED:
        return lambda p: added(*(net.loss.unit_formula(out[q, p], rows.cell(net.Y, q, p)) for q in units))
    Y = rows.values(net.Y)
    value = np.array([net.loss.value(out.value[[q]], Y[[q]]) for q in units])
    formula = lambda j, p: net.loss.unit_formula(out[j, p], rows.cell(net.Y, j, p))  # noqa: E731
    each = _column(table, f"{rows.name}_each_{way}", value, formula, _("loss of each output"))
    return lambda p: total(each[:, p])


def _plain(table: Table, z: Block, rows: Rows, way: str) -> Block:
    """Add the output and its loss where both are taken neuron by neuron."""
    net = rows.net
    out = changed_activations(table, rows, net.last, z, way)

    formula = outputs_losses(table, rows, out, way)
    return changed_losses(table, rows, net.loss.value(out.value, rows.values(net.Y)), formula, way)


def _column(table: Table, id: str, value: Array, formula: Formula, title: str) -> Block:
    return table.derived(
        id, value, formula, title=title, columns=NEURONS, along=Direction.RIGHT, number_format="0.0000"
    )


def _slope_value(net: Net, l: int, j: int, k: int) -> float:
    return float(net.db[l].value[j - 1] if k == 0 else net.dW[l].value[j - 1, k - 1])


def _looked_up(net: Net, layer: Layer, j: Expr, k: Expr) -> Expr:
    """The slope of one parameter, where backpropagation put it."""
    weight = pick(net.dW[layer.number], j, call("MAX", k, 1))
    return weight if layer.b is None else if_(equal(k, 0), pick(net.db[layer.number], j), weight)
