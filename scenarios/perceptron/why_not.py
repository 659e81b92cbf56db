"""Page WhyNot: no line parts the patterns of XOR; sheet Search: no weights do."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.activations import unit_step, unit_step_formula
from scenarios.perceptron import parts
from scenarios.perceptron.parts import PATTERNS, WEIGHT, parameters, plane_of, right_column, rows_right, truth_columns
from workbook.block import Between, Block, Counter, Role, Shading
from workbook.book import Book
from workbook.formula import Direction, Expr, as_expr, equal, if_, largest, number_of
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _


def why_not(book: Book) -> None:
    """Let the reader try to make XOR from one perceptron, and prove why it fails."""
    page = book.page(
        "WhyNot",
        _("Why one perceptron cannot do XOR"),
        _("XOR fires for exactly one input: its corners lie crosswise, and no single line parts them."),
        _("How many of the four rows can you make right?"),
    )
    with page.left():
        w, b = parameters(page, "try", (1.0, 2.0), -0.5)
        page.gap()
        said = page.keep()
        page.gap()
        with page.table(Counter(""), 4) as table:
            truth = truth_columns(table, "try", w, b, parts.XOR)
            t = truth.target
            assert t is not None
            at_least, below = "z ≥ 0", "z < 0"
            words = np.where(t.value == 1, at_least, below).astype(object)
            table.derived("try_demand", words, lambda i: if_(equal(t[i], 1), at_least, below), "", _("so it needs"))
            right = right_column(table, "try", truth.y, t)
        rows_right(page, "try", right)
        with page.into(said):
            page.live("try_news", _("▶ {try_hits:0} of 4 rows are right. All four never are."))
        _contradiction(page, truth.z)
    with page.right():
        page.chart(plane_of(page, "try", truth, w, b, should=True))
    page.try_(_("Type other weights and another bias: blue and orange never end up on two sides of the line."))
    question = _("How many of the four rows can one line make right at most?")
    most = page.offstage_block("why_most", 3.0, title=_("most rows right"))
    yes, hint = _("Three always can be, four never."), _("let the line cut one corner off: AND, OR and NAND do.")
    page.turn("why_turn", question, most, 0.1, yes, hint)
    page.remember(_("One neuron draws one line; XOR needs two."))
    page.source(_("In the picture the colours show what XOR should say, not what the perceptron says."))
    page.source(_("XNOR demands the opposite of every row, so the same two sums contradict each other with the signs exchanged."))  # fmt: skip
    page.source(_("The article says that NAND or XNOR were once believed impossible. One perceptron does NAND, as the sheet Gates shows; what one cannot do is XOR and XNOR, and two layers can."))  # fmt: skip


def _contradiction(page: Page, z: Block) -> None:
    """Add up the two rows that must fire and the two that must not: both sums are the same number."""
    v = z.value
    unit = _("must be ≥ 0")
    middle = page.derived("sum_fire", v[1] + v[2], lambda: z[1] + z[2], "", _("rows 2 + 3"), unit=unit)
    unit = _("must be < 0")
    outer = page.derived("sum_quiet", v[0] + v[3], lambda: z[0] + z[3], "", _("rows 1 + 4"), unit=unit)
    page.sentence("proof_words", _("{try_z[1]:2p} + {try_z[2]:2p} = {sum_fire:2}, and {try_z[0]:2p} + {try_z[3]:2p} = {sum_quiet:2}: one number cannot be both at least 0 and below 0."))  # fmt: skip
    page.math("z₂ + z₃ = w₁ + w₂ + 2b = z₁ + z₄")
    page.check("same_sum", _("both sums are the same number"), middle, outer, 1e-9)


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
