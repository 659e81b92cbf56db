"""Sheet Slope: the loss as w³ alone moves, with the tangent that the derivative gives, and the step that was taken."""

from __future__ import annotations

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.net import Net
from scenarios.common.network_page import Made
from workbook.block import Between, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, number_of
from workbook.text import _

REACH, TRIED = 2.0, 25
"""How far w³ runs to either side, and at how many places."""


def slope_page(book: Book, net: Net, made: Made) -> None:
    page = book.page(
        "Slope",
        _("The derivative is a slope"),
        _("Everything else stays, w³ runs from left to right, and the loss draws a curve: its tangent is the derivative."),
        _("The steeper the curve where you stand: is the step longer or shorter?"),
    )  # fmt: skip
    last, below = net.last, net.A[2]
    g, W, b, slope, loss = last.activation, last.W, last.b, net.dW[3], made.before
    new, y = book["page_W3_new"], net.Y
    assert b is not None

    def value(w: Array) -> Array:
        found: Array = (g.value(w * below.value[0, 0] + b.value[0]) - y.value[0, 0]) ** 2
        return found

    def formula(w: Expr) -> Expr:
        a: Expr = g.value_formula(w * below[0, 0] + b[0])  # type: ignore[assignment]
        return (a - y[0, 0]) ** 2

    def on_tangent(w: Array) -> Array:
        found: Array = loss.value + slope.value[0, 0] * (w - W.value[0, 0])
        return found

    with page.left():
        reach = page.given("reach", REACH, title=_("how far w³ runs to either side"), valid=Between(0.1, 10))
        page.gap()
        said = page.keep()
        page.gap()
        with page.table([_("before the step"), _("after the step of w³ alone")], 2) as t:
            ends = t.derived(
                "step_w3", [W.value[0, 0], new.value[0, 0]], None, "w³", _("weight"), each=[W[0, 0], new[0, 0]]
            )
            losses = t.derived("step_C", value(ends.value), lambda i: formula(ends[i]), "L", _("loss"))
            line = t.gradient(
                "step_tangent", on_tangent(ends.value), lambda i: loss + slope[0, 0] * (ends[i] - W[0, 0]), "",
                _("tangent"),
            )  # fmt: skip
        with page.into(said):
            page.live(
                "slope_says",
                _("▶ At w³ = {W3[0,0]:4} the tangent rises by {page_gW3[0,0]:4} for each 1 to the right. The step takes the loss from {page_C:4} to {after:4}; the tangent alone promises {promised:4}."),
                after=losses[1], promised=line[1],
            )  # fmt: skip
    half = page.offstage_block("half", float(TRIED // 2), title=_("places on either side"))
    with book.helpers.table(Counter(), TRIED) as t:
        tried = t.derived(
            "tried_w3", W.value[0, 0] + reach.value * (np.arange(TRIED) / half.value - 1),
            lambda p: W[0, 0] + reach * ((number_of(p) - 1) / half - 1), "w", _("weight tried"),
        )  # fmt: skip
        curve = t.derived("tried_C", value(tried.value), lambda p: formula(tried[p]), "L(w)", _("loss"))
        tangent = t.gradient(
            "tried_tangent", on_tangent(tried.value), lambda p: loss + slope[0, 0] * (tried[p] - W[0, 0]), "",
            _("tangent"),
        )  # fmt: skip
    with page.right():
        page.chart(
            Chart(
                "",
                (
                    Series(_("loss"), tried[:], curve[:]),
                    Series(_("tangent"), tried[:], tangent[:], colour="#D1711B", dashed=True),
                    Series(_("before the step"), ends[0:1], losses[0:1], Mark.POINTS, "#6B7280"),
                    Series(_("after the step of w³ alone"), ends[1:2], losses[1:2], Mark.POINTS, "#B3261E"),
                ),
                "w³",
                _("loss"),
                _("A curve of the loss by w³, its tangent at the chain's w³, and two dots: before the step and after it."),
                columns=9,
                rows=20,
            )
        )  # fmt: skip
    page.try_(_("Type 10, then 0.5: far away the curve flattens, close by curve and tangent are hard to tell apart."))
    page.turn(
        "slope_turn",
        _("By how much does the loss change, by the tangent, if w³ grows by 0.1? (0.001 off is close enough)"),
        page.offstage_block("tenth", slope.value[0, 0] / 10, lambda: slope[0, 0] / 10, title=_("a tenth of the slope")),
        0.001,
        _("A tenth of the slope."),
        _("the slope says what 1 to the right brings; take a tenth of it, with its sign."),
    )
    page.remember(
        _("A derivative is the slope of the loss where you stand; a step goes down it, the farther the steeper.")
    )
