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
from workbook.book import Book
from workbook.chart import BLUE, ORANGE, VIOLET, Chart, Mark, Series
from workbook.formula import Expr, exp
from workbook.text import _


def scale(book: Book) -> None:
    """Show sales and marginal sale by what is spent."""
    page = book.page(
        "Scale",
        _("The toy maker: what does one more coin sell?"),
        _("Sales follow an S: at first few hear of the toy, later all have it; money works best in between."),
        _("Where does one more coin sell most: at the start, in the middle, or at the end?"),
    )
    with page.left():
        with page.beside():
            x = page.given("toy_x", 3.0, "x", _("spent"), valid=Between(0, 50))
            L = page.given("toy_L", 100.0, "L", _("sales at most"), valid=Between(1, 1000))
        with page.beside():
            k = page.given("toy_k", 1.0, "k", _("steepness"), valid=Between(0.1, 5))
            x0 = page.given("toy_x0", 5.0, "x0", _("middle"), valid=Between(0, 50))
        page.gap()
        said = page.keep()
        page.gap()
        L_, k_, x0_ = (float(block.value) for block in (L, k, x0))

        def sales_at(spent: Expr) -> Expr:
            return L / (1 + exp(-k * (spent - x0)))

        share = page.offstage_block("toy_part", np.arange(11.0) / 5, title=_("spent, in parts of x0"))
        with page.table(None, 11) as t:
            spent = t.derived("toy_spent", share.value * x0_, lambda i: share[i] * x0, "x", _("spent"))
            sold = logistic(L_, k_, x0_, spent.value)
            sales = t.derived("toy_sales", sold, lambda i: sales_at(spent[i]), "f(x)", _("sales"))
            value, formula = k_ * sold * (1 - sold / L_), lambda i: k * sales[i] * (1 - sales[i] / L)
            marginal = t.gradient("toy_marginal", value, formula, "k·f·(1 − f/L)", _("marginal sale"))
        sold = logistic(L_, k_, x0_, x.value)
        here = page.offstage_block("toy_here", sold, lambda: sales_at(x.whole() + 0), title=_("sales at your x"))
        value, title = k_ * sold * (1 - sold / L_), _("marginal sale at your x")
        page.offstage_block("toy_more", value, lambda: k * here * (1 - here / L), title=title)
        page.offstage_block("toy_top", k_ * L_ / 4, lambda: k * L / 4, title=_("marginal sale in the middle"))
        half = page.offstage_block("toy_half", L_ / 2, lambda: L / 2, title=_("sales in the middle"))
        words = _("▶ {toy_x:1} spent sells {toy_here:1}. Here one more coin sells about {toy_more:2}; in the middle, at {toy_x0:1}, it sells most: {toy_top:2}.")  # fmt: skip
        with page.into(said):
            page.live("toy_says", words)
    lines = (
        Series(_("sales"), spent[:], sales[:], Mark.LINE, BLUE, width=2.5),
        Series(_("marginal sale"), spent[:], marginal[:], Mark.LINE, VIOLET, width=2.5),
        Series(_("what you spend"), x.whole(), here.whole(), Mark.POINTS, ORANGE, size=12, marker="diamond"),
        Series(_("the middle"), x0.whole(), half.whole(), Mark.POINTS, ORANGE, size=10, marker="diamond", hollow=True),
    )
    alt = _("Sales as an S curve, the marginal sale as a bell with its top in the middle, and a diamond at what is spent.")  # fmt: skip
    with page.right():
        page.chart(Chart("", lines, "x", "", alt, columns=9, rows=20))
    page.try_(_("Spend as much as x0, then twice as much: sales go on growing, but the marginal sale falls again."))
    question = _("At which spending is the marginal sale highest? (one decimal)")
    yes = _("There the curve turns from bending up to bending down: its point of inflection.")
    page.turn("toy_turn", question, x0, 0.051, yes, _("look for the largest number in the column of marginal sales."))
    page.remember(_("An S curve pays best in its middle: before and after it, more money does less."))
    page.source(_("L, k, x0 and what is spent are chosen here."))
