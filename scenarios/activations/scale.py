"""Page Scale: the toy maker. Sales are a logistic function of what is spent; the marginal sale is its slope.

Guess first   where does one more coin sell most?
Yellow        what is spent; and L, k, x0
Live          sales, and what one more coin sells here and in the middle
Picture       sales and marginal sale, a dot on each
Try           spend less and more than x0: the marginal sale falls on both sides
Your turn     at which spending is the marginal sale highest? (x0)
Remember      an S curve pays best in its middle
"""

from __future__ import annotations

import numpy as np

from scenarios.activations.functions import logistic
from workbook.block import Between
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, exp
from workbook.page import Page
from workbook.text import _


def scale_page(page: Page) -> None:
    """Show sales and marginal sale by what is spent."""
    positive = Between(0.1, 5)
    with page.left():
        with page.beside():
            x = page.given("toy_x", 3.0, symbol="x", title=_("spent"), valid=Between(0, 50), number_format="0.0#")
            L = page.given(
                "toy_L", 100.0, symbol="L", title=_("sales at most"), valid=Between(1, 1000), number_format="0.0#"
            )
        with page.beside():
            k = page.given("toy_k", 1.0, symbol="k", title=_("steepness"), valid=positive, number_format="0.0#")
            x0 = page.given("toy_x0", 5.0, symbol="x0", title=_("middle"), valid=Between(0, 50), number_format="0.0#")
        said = page.keep()
        page.gap()
        L_, k_, x0_, x_ = (float(block.value) for block in (L, k, x0, x))

        def sales_at(spent: Expr) -> Expr:
            return L / (1 + exp(-k * (spent - x0)))

        spent_ = np.arange(11.0) * x0_ / 5
        sales_ = logistic(L_, k_, x0_, spent_)
        with page.table(None, len(spent_)) as t:
            part = np.arange(11.0) / 5
            share = page.offstage_block("toy_part", part, title=_("spent, in parts of x0"), number_format="0.0")
            spent = t.derived(
                "toy_spent", spent_, lambda i: share[i] * x0, symbol="x", title=_("spent"), number_format="0.0#"
            )
            sales = t.derived(
                "toy_sales", sales_, lambda i: sales_at(spent[i]), symbol="f(x)", title=_("sales"), number_format="0.00"
            )
            marginal = t.gradient(
                "toy_marginal",
                k_ * sales_ * (1 - sales_ / L_),
                lambda i: k * sales[i] * (1 - sales[i] / L),
                symbol="k·f·(1 − f/L)",
                title=_("marginal sale"),
                number_format="0.00",
            )
        here_ = float(logistic(L_, k_, x0_, np.array(x_)))
        here = page.offstage_block("toy_here", here_, lambda: sales_at(x.whole() + 0), title=_("sales at your x"))
        more = page.offstage_block(
            "toy_more",
            k_ * here_ * (1 - here_ / L_),
            lambda: k * here * (1 - here / L),
            title=_("marginal sale at your x"),
        )
        top = page.offstage_block("toy_top", k_ * L_ / 4, lambda: k * L / 4, title=_("marginal sale in the middle"))
        half = page.offstage_block("toy_half", L_ / 2, lambda: L / 2, title=_("sales in the middle"))
        with page.into(said):
            page.live(
                "toy_says",
                _(
                    "▶ {x:1} spent sells {f:1}. Here one more coin sells about {m:2}; in the middle, at {x0:1}, it sells most: {t:2}."
                ),
                x=x,
                f=here,
                m=more,
                x0=x0,
                t=top,
            )
    series = (
        Series(_("sales"), spent[:], sales[:], Mark.LINE, "#1F6FB2", width=2.5),
        Series(_("marginal sale"), spent[:], marginal[:], Mark.LINE, "#7A3EA8", width=2.5),
        Series(_("what you spend"), x.whole(), here.whole(), Mark.POINTS, "#D1711B", size=12, marker="diamond"),
        Series(
            _("the middle"), x0.whole(), half.whole(), Mark.POINTS, "#D1711B", size=10, marker="diamond", hollow=True
        ),
    )
    with page.right():
        alt = _(
            "Sales as an S curve, the marginal sale as a bell with its top in the middle, and a diamond at what is spent."
        )
        page.chart(Chart("", series, "x", "", alt, columns=9, rows=20))
    page.try_(_("Spend as much as x0, then twice as much: sales go on growing, but the marginal sale falls again."))
    page.turn(
        "toy_turn",
        _("At which spending is the marginal sale highest? (one decimal)"),
        x0,
        0.051,
        _("There the curve turns from bending up to bending down: its point of inflection."),
        _("look for the largest number in the column of marginal sales."),
    )
    page.remember(_("An S curve pays best in its middle: before and after it, more money does less."))
    page.source(_("L, k, x0 and what is spent are chosen here."))
