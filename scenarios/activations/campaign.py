"""Page Campaign: one budget, two states, and in each the chance of a win is a logistic function of what is spent there.

Guess first   ten to spend in two states: half and half, or all in one?
Yellow        the part that goes to the first state; and the budget, k, x0
Live          both chances and their sum, the expected wins
Picture       the expected wins by the part that goes to the first state
Try           100 %, then 50 %
Your turn     how many more wins does all in one bring than halves?
Remember      half the money does not buy half the effect
"""

from __future__ import annotations

import numpy as np

from scenarios.activations.functions import logistic
from workbook.block import Between
from workbook.book import Book
from workbook.chart import BLUE, ORANGE, Chart, Mark, Series
from workbook.formula import Expr, absolute, exp
from workbook.text import _

SPLITS = np.arange(0.0, 101.0, 10.0)


def campaign(book: Book) -> None:
    """Sweep the part of the budget that goes to the first of two states."""
    page = book.page(
        "Campaign",
        _("One state or two? The S curve decides"),
        _("Below the threshold money buys almost nothing, so a small budget that is split can be lost twice."),
        _("Ten to spend in two states: half and half, or all in one?"),
    )
    with page.left():
        with page.beside():
            part = page.given("camp_part", 50.0, "", _("to the first state, %"), valid=Between(0, 100))
            budget = page.given("camp_budget", 10.0, "", _("budget"), valid=Between(0.1, 50))
        with page.beside():
            k = page.given("camp_k", 1.2, "k", _("steepness"), valid=Between(0.1, 5))
            x0 = page.given("camp_x0", 6.0, "x0", _("threshold"), valid=Between(0, 50))
        page.gap()
        said = page.keep()
        page.gap()

        def wins_at(percent: np.ndarray) -> np.ndarray:
            return logistic(1, float(k.value), float(x0.value), budget.value * percent / 100)

        def chance(percent: Expr) -> Expr:
            return 1 / (1 + exp(-k * (budget * percent / 100 - x0)))

        with page.table(None, len(SPLITS)) as t:
            splits = t.recorded("camp_parts", SPLITS, "%", _("to the first state"), number_format="0")
            first = t.derived("camp_first", wins_at(SPLITS), lambda i: chance(splits[i]), "", _("chance in the first"))
            value, title = wins_at(100 - SPLITS), _("chance in the second")
            second = t.derived("camp_second", value, lambda i: chance(100 - splits[i]), "", title)
            value, title = first.value + second.value, _("expected wins")
            wins = t.derived("camp_wins", value, lambda i: first[i] + second[i], "", title)
        value, title = wins_at(part.value), _("your chance in the first")
        a = page.offstage_block("camp_a", value, lambda: chance(part.whole()), title=title)
        value, title = wins_at(100 - part.value), _("your chance in the second")
        b = page.offstage_block("camp_b", value, lambda: chance(100 - part), title=title)
        yours = page.offstage_block("camp_yours", a.value + b.value, lambda: a + b, title=_("your expected wins"))
        value, title = abs(wins.value[10] - wins.value[5]), _("between all in one and halves")
        apart = page.offstage_block("camp_apart", value, lambda: absolute(wins[10] - wins[5]), title=title)
        with page.into(said):
            page.live("camp_says", _("▶ With {camp_part:0} % in the first state: {camp_a:4} + {camp_b:4} = {camp_yours:4} expected wins."))  # fmt: skip
            page.sentence("camp_ends", _("All in one state: {camp_first[10]:3} there, and {camp_second[10]:3} in the other. In halves: {camp_wins[5]:3} in all."))  # fmt: skip
    lines = (
        Series(_("expected wins"), splits[:], wins[:], Mark.LINE, BLUE, width=2.5),
        Series(_("your split"), part.whole(), yours.whole(), Mark.POINTS, ORANGE, size=12, marker="diamond"),
    )
    alt = _("The expected wins by the part of the budget that goes to the first state, and a diamond at the reader's split.")  # fmt: skip
    with page.right():
        page.chart(Chart("", lines, _("to the first state, %"), _("expected wins"), alt, columns=9, rows=20))
    page.try_(_("Type 100, then 50. Then double the budget, and see which split is the better one now."))
    question = _("How far apart are the expected wins of all in one state and of halves? (two decimals)")
    yes = _("So much hangs on where the money goes, for the same budget.")
    page.turn("camp_turn", question, apart, 0.006, yes, _("subtract the rows 50 and 100 of the last column."))
    page.remember(_("On an S curve, half the money does not buy half the effect."))
    page.source(_("Budget 10, k = 1.2 and x0 = 6: with all in one state 0.992 wins are expected there, in halves 0.463 in all."))  # fmt: skip
