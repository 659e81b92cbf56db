"""The map of the digit network: one image, every unit a coloured cell, and the tables of weights by name, shape and link.

Down the left the forward pass, z beside a; on the right, going up, δ. A layer's n units stand in rows of at most 25.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.dense import Backward, Forward, Layer, sup
from workbook.block import HIDDEN, Block, Counter, Formula, Role, Shading
from workbook.eager import Sheet, Table
from workbook.formula import absolute, cell_name, equal, if_, largest, number_of, pick, smallest
from workbook.sheet import Style
from workbook.text import _

WIDEST = 25
Z, A, DELTA, NUMBER = 1, 29, 57, 85
"""The columns where z, a and δ begin, and the one that is wide enough for a number."""


@dataclass(frozen=True)
class Network:
    """What the map shows: the layers and a pass of the mini-batch, one image a row, (m, n)."""

    layers: list[Layer]
    passed: Forward
    back: Backward
    Y: Block
    each: Block


def digits_map(sheet: Sheet, net: Network, chosen: Block, side: int) -> None:
    """Lay the network out for the chosen image, which is `side` pixels wide."""
    sheet.step(
        _("The map"),
        _(
            "The image that the sheet Picture has chosen, on its way: down the left to the ten outputs, and up the right, as errors. Click a name to go to its table."
        ),
    )
    sheet.remark(
        _(
            "Every cell is a unit. z and δ: blue is positive, red negative, white zero; δ is tinted in proportion to the largest of its layer. a and the pixels: white is 0, black is 1."
        )
    )
    sheet.gap()
    row = sheet.cursor + 1
    sheet.label(sheet.cursor, Z, _("forward ↓"), Style.ARROW)
    sheet.label(sheet.cursor, DELTA, _("backward ↑"), Style.ARROW)
    _link(sheet, row, Z, f"x [{net.passed.A[0].shape[1]}×1]", net.passed.A[0])
    wide = _width(sheet, "map_side", side, row)
    _strip(sheet, "map_x", net.passed.A[0], chosen, row + 2, Z, Shading.GREY, wide)
    row += side + 3
    for layer in net.layers:
        row = _layer(sheet, net, layer, chosen, row)
    _link(sheet, row, A, f"y [{net.Y.shape[1]}×1]", net.Y)
    _strip(sheet, "map_Y", net.Y, chosen, row + 2, A, Shading.GREY, _width(sheet, "map_wide_Y", net.Y.shape[1], row))
    _link(sheet, row, DELTA, "C = ½‖y − a‖²", net.each)
    cost = net.each.value[0]
    sheet.add(
        Block("map_C", Role.DERIVED, cost, formula=lambda: pick(net.each, chosen), number_format="0.000000"),
        at=(row, NUMBER),
    )
    sheet.widths[0] = 2.0
    sheet.widths |= {NUMBER: 11.0, NUMBER + 1: 9.0}
    sheet.cursor = row + 4


def largest_errors(table: Table, back: Backward) -> None:
    """Add a column for each layer with every image's largest |δ|, (m,)."""
    for number, delta in back.delta.items():
        table.gradient(
            f"largest_{delta.id}",
            np.abs(delta.value).max(axis=1),
            lambda i, delta=delta: largest(largest(delta[i, :]), absolute(smallest(delta[i, :]))),
            title=_("largest |δ|"),
            symbol=f"δ{sup(number)}",
            number_format="0.000000",
        )


def _layer(sheet: Sheet, net: Network, layer: Layer, chosen: Block, row: int) -> int:
    """Lay out a layer from a row on; return the row where the next one begins."""
    number, n, k = layer.number, layer.units, layer.inputs
    s, below = sup(number), "x" if number == 1 else f"a{sup(number - 1)}"
    z, a, delta = net.passed.z(number), net.passed.A[number], net.back.delta[number]
    assert layer.b is not None
    _link(sheet, row, Z, f"W{s} [{n}×{k}]", layer.W)
    _link(sheet, row, Z + 10, f"b{s} [{n}×1]", layer.b)
    _link(sheet, row + 1, Z, f"↓ z{s} = W{s}·{below} + b{s} [{n}×1]", z)
    _link(sheet, row + 1, A, f"→ a{s} = σ(z{s}) [{n}×1]", a)
    if number == len(net.layers):
        made_of = f"(a{s} − y) ∗ σ′(z{s})"
    else:
        u = sup(number + 1)
        made_of = f"(W{u})ᵀ·δ{u} ∗ σ′(z{s})"
    _link(sheet, row, DELTA, f"∂C/∂W{s} [{n}×{k}]", net.back.dW[number])
    _link(sheet, row, DELTA + 13, f"∂C/∂b{s} [{n}×1]", net.back.db[number])
    _link(sheet, row + 1, DELTA, f"↑ δ{s} = {made_of} [{n}×1]", delta)
    columns = max(c for c in range(1, WIDEST + 1) if n % c == 0)
    wide = _width(sheet, f"map_wide{number}", columns, row + 1)
    _strip(sheet, f"map_{z.id}", z, chosen, row + 3, Z, Shading.DIVERGING, wide)
    _strip(sheet, f"map_{a.id}", a, chosen, row + 3, A, Shading.GREY, wide)
    most = np.abs(delta.value[0]).max()
    errors = sheet.book[f"largest_{delta.id}"]
    sheet.label(row + 1, NUMBER, _("largest |δ|"), Style.COLUMN)
    scale = Block(
        f"map_scale{number}",
        Role.GRADIENT,
        np.asarray(most),
        formula=lambda: pick(errors, chosen),
        number_format="0.000000",
    )
    sheet.add(scale, at=(row + 3, NUMBER))
    _tinted(sheet, f"map_{delta.id}", delta, chosen, scale, wide, row + 3)
    return row + n // columns + 4


def _width(sheet: Sheet, id: str, columns: int, row: int) -> Block:
    """Add how many units stand in a row of the strips beside it."""
    sheet.label(row, NUMBER + 1, _("in a row"), Style.COLUMN)
    return sheet.add(Block(id, Role.RECORDED, np.asarray(float(columns)), number_format="0"), at=(row + 2, NUMBER + 1))


def _strip(
    sheet: Sheet, id: str, block: Block, chosen: Block, row: int, column: int, shading: Shading, wide: Block
) -> None:
    """Show the chosen image's row of a block as coloured cells."""
    value = block.value[0].reshape(-1, int(wide.value))
    _add(
        sheet, id, Role.DERIVED, value, shading, (row, column),
        lambda r, c: pick(block, chosen, (number_of(r) - 1) * wide + number_of(c)),
    )  # fmt: skip


def _tinted(sheet: Sheet, id: str, delta: Block, chosen: Block, scale: Block, wide: Block, row: int) -> None:
    """Show δ as coloured cells, the largest of them as strong as 2."""
    value = 2 * delta.value[0].reshape(-1, int(wide.value)) / scale.value
    _add(
        sheet, id, Role.GRADIENT, value, Shading.DIVERGING, (row, DELTA),
        lambda r, c: if_(
            equal(scale, 0), 0, 2 * pick(delta, chosen, (number_of(r) - 1) * wide + number_of(c)) / scale
        ),
    )  # fmt: skip


def _add(
    sheet: Sheet, id: str, role: Role, value: Array, shading: Shading, at: tuple[int, int], formula: Formula
) -> None:
    block = Block(
        id, role, value, formula=formula, rows=Counter(), columns=Counter(), number_format=HIDDEN, shading=shading
    )
    sheet.add(block, at=at)


def _link(sheet: Sheet, row: int, column: int, name: str, block: Block) -> None:
    place = block.place
    sheet.label(row, column, name, Style.LINK, link=f"{place.sheet}!{cell_name(place.row, place.column)}")
