"""Page Slope: move one number a little, and the slope of the loss tells what happens."""

from __future__ import annotations

import numpy as np

from scenarios.rent_yield.survey import FIRST, LEARNED, YOURS, Fit, gathered, gradient, loss
from workbook.block import Between, Block, Counter, Role
from workbook.chart import Chart, Mark, Series
from workbook.formula import number_of
from workbook.page import Page
from workbook.text import _

CURVE = 21
"""How many points the curve of the loss has, from C − 1 to C + 1."""

H = 0.001
"""How far C and m are moved both ways to measure their slopes."""


def slope_page(page: Page, fit: Fit) -> Block:
    """Move C by a little: what the loss does, and what its slope promised. Return both slopes, (2,)."""
    C, m, before = fit.C, fit.m, page.book["loss"]
    with page.left():
        move = page.given("move", 0.01, "ΔC", _("move C by"), valid=Between(-10, 10))
        page.gap()
        said = page.keep()
        page.gap()
        page.text(_("The slope of the loss is a sum over the rows: for C of the errors, for m of the errors times x."))
        with page.table([_("left end C"), _("rise m")], 2) as t:
            t.add(gathered("slope_at", [C, m], _("now")))
            value = np.array(gradient(fit.x.value, fit.y.value, float(C.value), float(m.value)))
            each = [fit.dC(C, m), fit.dm(C, m)]
            symbol, title = _("Σ error,  Σ error·x"), _("slope of the loss")
            slopes = t.add(Block("slopes", Role.GRADIENT, value, title, symbol, each=each))
            measured = t.add(_measured(page, fit))
        for k, weight in enumerate("Cm"):
            title = _("slope in {weight}: formula = measured").format(weight=weight)
            page.check(f"gradient_{weight}", title, slopes[k], measured[k], 1e-6)
        said_of = page.offstage_block
        value_after, title = fit.loss_value(C.value + move.value, m.value), _("loss after the move of C")
        after = said_of("moved_loss", value_after, lambda: fit.loss(C + move, m), title=title)
        said_of("moved_rise", value_after - before.value, lambda: after - before, title=_("how much the loss rose"))
        title = _("what its slope promised")
        said_of("moved_promised", value[0] * move.value, lambda: slopes[0] * move, title=title)
        words = _(
            "▶ C changes by {move:2}: the loss goes from {loss:3} to {moved_loss:3}, a change of {moved_rise:4}. The slope promised {slope:3}·{move:2p} = {moved_promised:4}."
        )
        with page.into(said):
            page.live("slope_says", words, slope=slopes[0])
    with page.right():
        page.chart(_curve(page, fit, move, after, slopes))
    page.try_(_("Type −0.42: the dot slides towards the bottom of the valley. Type −0.84: up the other side, too far."))
    title = _("the slope in m, times 0.01")
    page.turn(
        "slope_turn",
        _("Raise m by 0.01: by how much does the loss change? (four decimals; 0.0008 off is close enough)"),
        page.offstage_block("slope_in_m_times", value[1] / 100, lambda: slopes[1] / 100, title=title),
        0.0008,
        _("The slope in m times how far."),
        _("take the slope in m from the table, times how far you go."),
    )
    page.remember(_("Positive slope: make that number smaller. Steeper: it matters more."))
    return slopes


def _measured(page: Page, fit: Fit) -> Block:
    """Return both slopes by trial: the loss a little further up and a little further down, over the way between."""
    C, m = fit.C, fit.m
    h = page.offstage_block("h", H, title=_("how far C and m are moved to measure their slopes"))
    x, y, c, k = fit.x.value, fit.y.value, float(C.value), float(m.value)
    value = np.array([loss(x, y, c + H, k), loss(x, y, c - H, k), loss(x, y, c, k + H), loss(x, y, c, k - H)])
    moved = [fit.loss(C + h, m), fit.loss(C - h, m), fit.loss(C, m + h), fit.loss(C, m - h)]
    title = _("loss with C, then m, moved up and down")
    up = page.offstage(Block("nudged", Role.DERIVED, value, title, each=moved))
    each, title = [(up[0] - up[1]) / (2 * h), (up[2] - up[3]) / (2 * h)], _("measured, {h} both ways").format(h=H)
    return Block("measured", Role.DERIVED, (value[::2] - value[1::2]) / (2 * H), title, each=each)


def _curve(page: Page, fit: Fit, move: Block, after: Block, slopes: Block) -> Chart:
    """Draw the loss over C, the tangent where C is, and where C was moved to."""
    C, m, before = fit.C, fit.m, page.book["loss"]
    away = np.arange(CURVE) / 10 - 1
    heights = fit.loss_value(C.value + away, np.full(CURVE, m.value))
    touching = before.value + slopes.value[0] * away
    with page.book.helpers.table(Counter(), CURVE) as t:
        at = t.derived(
            "curve_C", C.value + away, lambda i: C + (number_of(i) - 1) / 10 - 1, "", _("C around where it is")
        )
        height = t.derived("curve_loss", heights, lambda i: fit.loss(at[i], m), "", _("loss there"))
        tangent = t.derived("curve_tangent", touching, lambda i: before + slopes[0] * (at[i] - C), "", _("tangent"))
    there = page.offstage_block("moved_C", C.value + move.value, lambda: C + move, title=_("C after the move"))
    series = (
        Series(_("loss L"), at[:], height[:], Mark.LINE, LEARNED, width=2.25),
        Series(_("its slope at C"), at[5:16], tangent[5:16], Mark.LINE, FIRST, dashed=True),
        Series(_("C now"), C.whole(), before.whole(), Mark.POINTS, FIRST, size=10),
        Series(_("C moved"), there.whole(), after.whole(), Mark.POINTS, YOURS, size=10, hollow=True),
    )
    alt = _("The loss over C is a valley; a dot marks C, a dashed line its slope, a hollow dot where C was moved to.")
    return Chart("", series, _("left end C"), "L", alt, columns=8, rows=21)
