"""Pictures in cells: a row of numbers as coloured squares."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.digits.data import SIDE
from workbook.block import HIDDEN, Block, Formula, Role, Shading
from workbook.formula import absolute, equal, if_, largest, pick, smallest
from workbook.page import Page
from workbook.text import _

SQUARE = 1.57
"""The width of a square in characters: 16 pixels of the screen."""


def squares(
    id: str, row: Array, wide: int, cell: Any, title: str, shading: Shading = Shading.GREY, margin: int = 0
) -> Block:
    """Return a row of numbers as squares, `wide` beside one another, without a margin; `cell` makes the formula of number n."""

    def line(first: int) -> Formula:
        return lambda c: cell(c + first)

    grid, lines = row.reshape(-1, wide), [line(first + margin) for first in range(0, len(row), wide)]
    if margin:
        inner = slice(margin, wide - margin)
        grid, lines = grid[inner, inner], lines[inner]
    role = Role.GRADIENT if shading is Shading.DIVERGING else Role.DERIVED
    return Block(id, role, grid, title, each=lines, number_format=HIDDEN, shading=shading)


def picture(id: str, X: Block, chosen: Block, title: str, margin: int = 0) -> Block:
    """Return the chosen image of X (784, m), without a margin."""
    cell = lambda k: pick(X[k, :], chosen)  # noqa: E731
    return squares(id, X.value[:, int(chosen.value) - 1], SIDE, cell, title, margin=margin)


def tinted(page: Page, id: str, row: Array, wide: int, cell: Any, title: str) -> Block:
    """Return numbers as squares, blue above 0 and red below, the largest as dark as can be."""
    plain = page.offstage(squares(f"{id}_plain", row, wide, cell, title, Shading.DIVERGING))
    most = np.abs(row).max()
    formula = lambda: largest(largest(plain), absolute(smallest(plain)))  # noqa: E731
    scale = page.offstage_block(f"{id}_scale", most, formula, title=_("the largest of them"))
    value = 2 * plain.value / (most or 1)
    return Block(
        id, Role.GRADIENT, value, title, formula=lambda r, c: if_(equal(scale, 0), 0, 2 * plain[r, c] / scale),
        number_format=HIDDEN, shading=Shading.DIVERGING,
    )  # fmt: skip
