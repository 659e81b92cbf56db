"""Page Cylinder: V = πr²h has two slopes, one for the radius and one for the height."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.curves import central, grid
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import BLUE, ORANGE, Chart, Mark, Series
from workbook.formula import Expr, Operand, as_expr, call
from workbook.page import Page
from workbook.text import _


def volume(r: Any, h: Any) -> Any:
    """Return πr²h, of numbers or arrays."""
    return np.pi * r**2 * h


def volume_formula(r: Operand, h: Operand) -> Expr:
    """The same for cells."""
    return call("PI") * as_expr(r) ** 2 * h


def cylinder(book: Book) -> None:
    """Move the radius, then the height, and see what the volume does."""
    page = book.page(
        "Cylinder",
        _("A cylinder: widen it, or raise it?"),
        _("Several inputs have a slope each: move one, hold the other still."),
        _("Which makes more room: 0.1 more radius, or 0.1 more height?"),
    )
    with page.left():
        with page.beside():
            r = page.given("radius", 3.0, "r", _("radius"), valid=Between(0.1, 10))
            h = page.given("height", 5.0, "h", _("height"), valid=Between(0.1, 10))
        with page.beside():
            d = page.given("cylinder_move", 0.1, "Δ", _("one of them grows by"), valid=Between(0.001, 1))
        page.gap()
        said = page.keep()
        page.gap()
        page.math("V = π·r²·h")
        page.math("∂V/∂r = 2π·r·h")
        page.math("∂V/∂h = π·r²")
        radius, height, move = r.value, h.value, d.value
        V = page.derived("volume", volume(radius, height), lambda: volume_formula(r, h), "V", _("volume"))
        with page.table([_("radius r"), _("height h")], 2) as t:
            value = np.array([2 * np.pi * radius * height, np.pi * radius**2])
            each = [2 * call("PI") * r * h, call("PI") * r**2]
            slope = t.gradient("volume_slope", value, None, "", _("slope by the rule"), each=each)
            t.derived("volume_foreseen", value * move, lambda i: slope[i] * d, _("slope·Δ"), _("foreseen"))
            value = np.array([volume(radius + move, height), volume(radius, height + move)]) - V.value
            each = [volume_formula(r + d, h) - V, volume_formula(r, h + d) - V]
            t.derived("volume_rise", value, None, "ΔV", _("V grows by"), each=each)
        with page.into(said):
            words = _("▶ {cylinder_move:3} more radius: the volume grows by {volume_rise[0]:2}. {cylinder_move:3} more height: by {volume_rise[1]:2}.")  # fmt: skip
            page.live("cylinder_says", words)
    _picture(page, r, h, V)
    e = page.offstage_block("cylinder_h", 0.001, title=_("step of the check"))
    for n, id, x, f, cell in (
        (0, "r", r, lambda r: volume(r, height), lambda r: volume_formula(r, h)),
        (1, "h", h, lambda h: volume(radius, h), lambda h: volume_formula(r, h)),
    ):
        quotient = central(page, f"volume_{id}_quotient", f, cell, x, e)
        page.check(f"volume_{id}_holds", _("{slope} = quotient").format(slope=f"∂V/∂{id}"), slope[n], quotient, 1e-4)
    asked = page.offstage_block("cylinder_asked_r", 3.0, title=_("the radius that is asked for"))
    share = page.offstage_block("cylinder_asked_move", 0.1, title=_("how much the height grows"))
    value, title = volume(asked.value, share.value), _("how much the volume grows")
    answer = page.offstage_block("cylinder_asked_rise", value, lambda: volume_formula(asked, share), title=title)
    page.try_(_("Type 0.01 for Δ: what the slope foresees and what the volume does come closer. Then make r 10 and h 5."))  # fmt: skip
    question = _("At r = 3 the slope in h is 28.27. How much does the volume grow if h grows by 0.1?")
    yes = _("Slope times how far: exact here, since V is a straight line in h.")
    page.turn("cylinder_turn", question, answer, 0.01, yes, _("slope times how far."))
    page.remember(_("A partial derivative: one input moves, the others stand still."))


def _picture(page: Page, r: Block, h: Block, V: Block) -> None:
    with page.book.helpers.table(Counter(), 21) as t:
        x = grid(t, "cylinder_x", 5, 5, 21, _("radius or height"))
        value, title = volume(x.value, h.value), _("V as r moves")
        by_r = t.derived("volume_by_r", value, lambda i: volume_formula(x[i], h), "", title)
        value, title = volume(r.value, x.value), _("V as h moves")
        by_h = t.derived("volume_by_h", value, lambda i: volume_formula(r, x[i]), "", title)
    lines = (
        Series(_("V as r moves"), x[:], by_r[:], colour=BLUE, width=2.25),
        Series(_("V as h moves"), x[:], by_h[:], colour=ORANGE, width=2.25),
        Series(_("your r"), r.whole(), V.whole(), Mark.POINTS, BLUE, size=10),
        Series(_("your h"), h.whole(), V.whole(), Mark.POINTS, ORANGE, size=10),
    )
    alt = _("The volume as only r moves, a parabola, and as only h moves, a straight line; dots at your r and h.")
    with page.right():
        page.chart(Chart("", lines, _("radius or height"), _("volume"), alt, columns=9, rows=21))
