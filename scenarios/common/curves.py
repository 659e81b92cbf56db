"""A function of one variable with its slope, and what pages about one share: its curve, cells gathered, steps counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from workbook.block import Block, Counter, Role
from workbook.book import Book
from workbook.formula import Expr, Index, Operand, as_ref, number_of
from workbook.page import Page
from workbook.sheet import Adder, value_of
from workbook.text import _


@dataclass(frozen=True)
class Function:
    """A function of one variable.

    Attributes
    ----------
    math, slope_math : for the reader
    value, slope : f and f′ by NumPy, of arrays of any shape
    value_formula, slope_formula : the same for a cell
    """

    math: str
    slope_math: str
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    value_formula: Callable[[Expr], Expr]
    slope_formula: Callable[[Expr], Expr]


def grid(t: Adder, id: str, middle: Block | float, reach: Block | float, points: int = 41, title: str = "") -> Block:
    """Add a column of x from middle − reach to middle + reach: points − 1 is twenty, or a multiple of it."""
    centre, half = (end.value if isinstance(end, Block) else np.float64(end) for end in (middle, reach))
    part = np.linspace(-1, 1, points)

    def formula(i: Index) -> Expr:
        tenths = (number_of(i) - 1) / 10
        return middle + reach * ((tenths if points == 21 else tenths / ((points - 1) // 20)) - 1)

    return t.derived(id, centre + half * part, formula, "x", title)


def curve(
    book: Book, id: str, f: Function, middle: Block | float, reach: Block | float, points: int = 41
) -> tuple[Block, Block]:
    """Tabulate a function for a picture, out of the reader's sight; return its x and y."""
    with book.helpers.table(Counter(), points) as t:
        x = grid(t, f"{id}_x", middle, reach, points, f.math)
        y = t.derived(f"{id}_y", f.value(x.value), lambda i: f.value_formula(x[i]), "y", f.math)
    return x, y


def gathered(
    t: Adder, id: str, cells: Sequence[Operand], symbol: str = "", title: str = "", role: Role = Role.DERIVED
) -> Block:
    """Add a column that shows cells from elsewhere."""
    refs = [as_ref(cell) for cell in cells]
    return t.add(Block(id, role, np.array([value_of(ref) for ref in refs]), title, symbol, each=refs))


def counted(t: Adder, id: str, steps: int) -> Block:
    """Add the column of step numbers 0, 1, 2 …"""
    fields: dict[str, Any] = {"first": lambda: 0, "number_format": "0"}
    count = t.derived(id, np.arange(steps + 1.0), lambda i: count[i - 1] + 1, "t", _("step t"), **fields)
    return count


def central(
    page: Page, id: str, f: Callable[[Array], Array], cell: Callable[[Expr], Expr], x: Block, h: Block
) -> Block:
    """Return the central difference of a function at x, by NumPy and for a cell; it stands out of the reader's sight."""
    at, step = x.value, h.value
    value, title = (f(at + step) - f(at - step)) / (2 * step), _("central difference")
    after = page.offstage_block(f"{id}_after", f(at + step), lambda: cell(x + h), title=_("value h to the right"))
    before = page.offstage_block(f"{id}_before", f(at - step), lambda: cell(x - h), title=_("value h to the left"))
    return page.offstage_block(id, value, lambda: (after - before) / (2 * h), title=title)
