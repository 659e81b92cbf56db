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

from scenarios.common.activations import sigmoid
from workbook.block import Between
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, absolute, exp
from workbook.page import Page
from workbook.text import _


def campaign_page(page: Page) -> None:
    """Sweep the part of the budget that goes to the first of two states."""
    with page.left():
        with page.beside():
            part = page.given(
                "camp_part", 50.0, title=_("to the first state, %"), valid=Between(0, 100), number_format="0.0#"
            )
            budget = page.given("camp_budget", 10.0, title=_("budget"), valid=Between(0.1, 50), number_format="0.0#")
        with page.beside():
            k = page.given("camp_k", 1.2, symbol="k", title=_("steepness"), valid=Between(0.1, 5), number_format="0.0#")
            x0 = page.given(
                "camp_x0", 6.0, symbol="x0", title=_("threshold"), valid=Between(0, 50), number_format="0.0#"
            )
        said = page.keep()
        page.gap()
        part_, budget_, k_, x0_ = (float(block.value) for block in (part, budget, k, x0))

        def chance(spent: Expr) -> Expr:
            return 1 / (1 + exp(-k * (spent - x0)))

        parts_ = np.arange(0.0, 101.0, 10.0)
        first_, second_ = (sigmoid(k_ * (budget_ * p / 100 - x0_)) for p in (parts_, 100 - parts_))
        with page.table(None, len(parts_)) as t:
            parts = t.recorded("camp_parts", parts_, title=_("to the first state"), symbol="%", number_format="0")
            first = t.derived(
                "camp_first",
                first_,
                lambda i: chance(budget * parts[i] / 100),
                title=_("chance in the first"),
                number_format="0.000",
            )
            second = t.derived(
                "camp_second",
                second_,
                lambda i: chance(budget * (100 - parts[i]) / 100),
                title=_("chance in the second"),
                number_format="0.000",
            )
            wins = t.derived(
                "camp_wins",
                first_ + second_,
                lambda i: first[i] + second[i],
                title=_("expected wins"),
                number_format="0.000",
            )
        a_, b_ = (float(sigmoid(np.array(k_ * (budget_ * p / 100 - x0_)))) for p in (part_, 100 - part_))
        a = page.offstage_block("camp_a", a_, lambda: chance(budget * part / 100), title=_("your chance in the first"))
        b = page.offstage_block(
            "camp_b", b_, lambda: chance(budget * (100 - part) / 100), title=_("your chance in the second")
        )
        yours = page.offstage_block("camp_yours", a_ + b_, lambda: a + b, title=_("your expected wins"))
        half = len(parts_) // 2
        apart = page.offstage_block(
            "camp_apart",
            abs(float(wins.value[-1] - wins.value[half])),
            lambda: absolute(wins[len(parts_) - 1] - wins[half]),
            title=_("between all in one and halves"),
        )
        with page.into(said):
            page.live(
                "camp_says",
                _("▶ With {p:0} % in the first state: {a:4} + {b:4} = {w:4} expected wins."),
                p=part,
                a=a,
                b=b,
                w=yours,
            )
            page.sentence(
                "camp_ends",
                _("All in one state: {one:3} there, and {none:3} in the other. In halves: {half:3} in all."),
                one=first[len(parts_) - 1],
                none=second[len(parts_) - 1],
                half=wins[half],
            )
    with page.right():
        series = (
            Series(_("expected wins"), parts[:], wins[:], Mark.LINE, "#1F6FB2", width=2.5),
            Series(_("your split"), part.whole(), yours.whole(), Mark.POINTS, "#D1711B", size=12, marker="diamond"),
        )
        alt = _(
            "The expected wins by the part of the budget that goes to the first state, and a diamond at the reader's split."
        )
        page.chart(Chart("", series, _("to the first state, %"), _("expected wins"), alt, columns=9, rows=20))
    page.try_(_("Type 100, then 50. Then double the budget, and see which split is the better one now."))
    page.turn(
        "camp_turn",
        _("How far apart are the expected wins of all in one state and of halves? (two decimals)"),
        apart,
        0.006,
        _("So much hangs on where the money goes, for the same budget."),
        _("subtract the rows 50 and 100 of the last column."),
    )
    page.remember(_("On an S curve, half the money does not buy half the effect."))
    page.source(
        _("Budget 10, k = 1.2 and x0 = 6: with all in one state 0.992 wins are expected there, in halves 0.463 in all.")
    )
