"""Sheet Search: the right rows for many pairs of weights, for NAND and for XOR."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.activations import unit_step, unit_step_formula
from scenarios.perceptron.parts import PATTERNS, WEIGHT
from workbook.block import Between, Block, Counter, Role, Shading
from workbook.book import Book
from workbook.formula import Direction, Expr, as_expr, largest, number_of
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _

COUNT = 9
"""So many weights to either side."""


def search(book: Book) -> None:
    """Count the right rows for many pairs of weights: NAND has a 4, XOR has none."""
    page = book.page("Search", _("Looking through many weights"), kind=Kind.DEEPER, column_width=7)
    why = _("Each cell counts the rows that one pair of weights gets right with the bias below. Look for a 4: with a suitable bias NAND has some, XOR has none with any.")  # fmt: skip
    page.step(_("Rows right, for every pair of weights"), why, "w₁ ↓        w₂ →")
    remark = _("chosen here; try others, also negative ones")
    b = page.given("search_b", 1.5, "b", _("bias"), valid=WEIGHT, remark=remark)
    start = page.given("search_from", -2.0, "", _("first weight"), valid=Between(-10, 0))
    by = page.given("search_step", 0.5, "", _("from weight to weight"), valid=Between(0.1, 2))
    page.gap()
    with page.beside():
        for name, targets in (("NAND", (1, 1, 1, 0)), ("XOR", (0, 1, 1, 0))):
            with page.column():
                _hits(page, name, targets, (b, start, by))


def _hits(page: Page, name: str, targets: tuple[int, ...], inputs: tuple[Block, Block, Block]) -> None:
    key = name.lower()
    b, start, by = inputs
    weights = start.value + by.value * np.arange(COUNT)
    sums = PATTERNS[:, 0] * weights[:, None, None] + PATTERNS[:, 1] * weights[:, None] + b.value
    value = (unit_step(sums) == np.array(targets)).sum(axis=2)
    said = page.keep()
    page.gap()
    grid = page.grid(close=(0,))
    looks: dict[str, Any] = {"formula": lambda n: start + by * (number_of(n) - 1), "number_format": "0.0"}
    w1 = Block(f"{key}_w1", Role.DERIVED, weights, rows=Counter(""), **looks)
    w2 = Block(f"{key}_w2", Role.DERIVED, weights, along=Direction.RIGHT, columns=Counter(""), **looks)

    def right(i: Any, j: Any) -> Expr:
        z = (as_expr(b), w2[j] + b, w1[i] + b, w1[i] + w2[j] + b)
        fired = [unit_step_formula(s) if t else 1 - unit_step_formula(s) for s, t in zip(z, targets, strict=True)]
        return fired[0] + fired[1] + fired[2] + fired[3]

    hits = Block(f"{key}_grid", Role.DERIVED, value, formula=right, number_format="0", shading=Shading.HEAT)
    grid.name(0, 1, "w₂ →")
    grid.put(0, 1, w2)
    grid.name(1, 0, "w₁ ↓")
    grid.put(1, 0, w1)
    grid.name(1, 1, _("rows of {gate} right").format(gate=name))
    grid.put(1, 1, hits)
    best = page.offstage_block(f"{key}_best", value.max(), lambda: largest(hits), title=_("most rows right"))
    with page.into(said):
        page.live(f"{key}_best_words", _("{gate}: at most {n} of 4 rows.").format(gate=name, n="{n:0}"), n=best)
