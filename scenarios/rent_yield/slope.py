"""Page Slope: move one number a little, and the slope of the loss tells what happens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from scenarios.rent_yield.survey import FIRST, LEARNED, YOURS, Scaled, Start, Sums, loss
from workbook.block import Between, Block, Counter, Role
from workbook.chart import Chart, Mark, Series
from workbook.formula import Index, Operand, number_of
from workbook.page import Page
from workbook.text import _

CURVE = 21
"""How many points the curve of the loss has, from C − 1 to C + 1."""


def slope_page(page: Page, scaled: Scaled, start: Start, sums: Sums, before: Block) -> Block:
    """Move C by a little: what the loss does, and what its slope promised. Return both slopes, (2,)."""
    C, m = start.C, start.m
    e = C.value + m.value * scaled.x.value - scaled.y.value
    with page.left():
        move = page.given("move", 0.01, symbol="ΔC", title=_("move C by"), valid=Between(-10, 10))
        page.gap()
        said = page.keep()
        page.gap()
        page.text(_("The slope of the loss is a sum over the rows: for C of the errors, for m of the errors times x."))
        with page.table([_("left end C"), _("rise m")], 2) as t:
            t.add(_gathered("slope_at", Role.DERIVED, [C.value, m.value], [C, m], _("now"), ""))
            slopes = t.add(
                _gathered(
                    "slopes",
                    Role.GRADIENT,
                    [e.sum(), e @ scaled.x.value],
                    [sums.dC(C, m), sums.dm(C, m)],
                    _("slope of the loss"),
                    "Σ error,  Σ error·x",
                )
            )
        after, rise, promised = _moved(page, scaled, start, sums, move, before, slopes)
        with page.into(said):
            page.live(
                "slope_says",
                _(
                    "▶ C changes by {d:2}: the loss goes from {before:3} to {after:3}, a change of {rise:4}. The slope promised {slope:3}·{d:2p} = {promised:4}."
                ),
                d=move,
                before=before,
                after=after,
                rise=rise,
                slope=slopes[0],
                promised=promised,
            )
    with page.right():
        page.chart(_curve(page, scaled, start, sums, (move, before, after), slopes))
    page.try_(_("Type −0.42: the dot slides towards the bottom of the valley. Type −0.84: up the other side, too far."))
    page.turn(
        "slope_turn",
        _("Raise m by 0.01: by how much does the loss change? (four decimals; 0.0008 off is close enough)"),
        page.offstage_block(
            "slope_in_m_times", slopes.value[1] / 100, lambda: slopes[1] / 100, title=_("the slope in m, times 0.01")
        ),
        0.0008,
        _("The slope in m times how far."),
        _("take the slope in m from the table, times how far you go."),
    )
    page.remember(_("Positive slope: make that number smaller. Steeper: it matters more."))
    return slopes


def _gathered(id: str, role: Role, value: Sequence[Any], each: list[Operand], title: str, symbol: str) -> Block:
    return Block(id, role, np.array(value, dtype=float), each=each, title=title, symbol=symbol, number_format="0.000")


def _moved(
    page: Page, scaled: Scaled, start: Start, sums: Sums, move: Block, before: Block, slopes: Block
) -> tuple[Block, Block, Block]:
    """Return the loss after the move, how much it rose, and what the slope promised."""
    C, m = start.C, start.m
    value = loss(scaled.x.value, scaled.y.value, float(C.value + move.value), float(m.value))
    after = page.offstage_block(
        "moved_loss", value, lambda: sums.loss(C + move, m), title=_("loss after the move of C")
    )
    rise = page.offstage_block(
        "moved_rise", value - before.value, lambda: after - before, title=_("how much the loss rose")
    )
    promised = page.offstage_block(
        "moved_promised", slopes.value[0] * move.value, lambda: slopes[0] * move, title=_("what its slope promised")
    )
    return after, rise, promised


def _curve(
    page: Page, scaled: Scaled, start: Start, sums: Sums, moved: tuple[Block, Block, Block], slopes: Block
) -> Chart:
    """Draw the loss over C, the tangent where C is, and where C was moved to."""
    move, before, after = moved
    C, m = start.C, start.m
    away = np.arange(CURVE) / 10 - 1
    heights = np.array([loss(scaled.x.value, scaled.y.value, C.value + d, float(m.value)) for d in away])

    def over(i: Index) -> Operand:
        return C + (number_of(i) - 1) / 10 - 1

    with page.book.helpers.table(Counter(), CURVE) as t:
        at = t.derived("curve_C", C.value + away, over, title=_("C, around where it is"))
        height = t.derived("curve_loss", heights, lambda i: sums.loss(at[i], m), title=_("loss there"))
        tangent = t.derived(
            "curve_tangent",
            before.value + slopes.value[0] * away,
            lambda i: before + slopes[0] * (at[i] - C),
            title=_("tangent"),
        )
    there = page.offstage_block("moved_C", C.value + move.value, lambda: C + move, title=_("C after the move"))
    return Chart(
        "",
        (
            Series(_("loss L"), at[:], height[:], Mark.LINE, LEARNED, width=2.25),
            Series(_("its slope at C"), at[5:16], tangent[5:16], Mark.LINE, FIRST, dashed=True),
            Series(_("C now"), C.whole(), before.whole(), Mark.POINTS, FIRST, size=10),
            Series(_("C moved"), there.whole(), after.whole(), Mark.POINTS, YOURS, size=10, hollow=True),
        ),
        _("left end C"),
        "L",
        _(
            "The loss over C is a valley; a dot marks C, a dashed line its slope there, a hollow dot where C was moved to."
        ),
        columns=8,
        rows=21,
    )
