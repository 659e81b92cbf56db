"""Page Cylinder: V = πr²h has two slopes, one for the radius and one for the height."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.columns import caption
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, Operand, as_expr, call, number_of
from workbook.page import Page
from workbook.text import _


def volume(r: Any, h: Any) -> Any:
    """Return πr²h, of numbers or arrays."""
    return np.pi * r**2 * h


def volume_formula(r: Operand, h: Operand) -> Expr:
    """The same for cells."""
    return call("PI") * as_expr(r) ** 2 * h


def cylinder_page(book: Book) -> Page:
    """Add the page, empty."""
    return book.page(
        "Cylinder",
        _("A cylinder: widen it, or raise it?"),
        _("Several inputs have a slope each: move one, hold the other still."),
        _("Which makes more room: 0.1 more radius, or 0.1 more height?"),
    )


def cylinder(page: Page, radius: float = 3.0, height: float = 5.0, move: float = 0.1) -> None:
    """Move the radius, then the height, and see what the volume does."""
    with page.left():
        with page.beside():
            r = page.given("radius", radius, valid=Between(0.1, 10), **caption(_("radius"), "r", "0.00"))
            h = page.given("height", height, valid=Between(0.1, 10), **caption(_("height"), "h", "0.00"))
        with page.beside():
            d = page.given(
                "cylinder_move", move, valid=Between(0.001, 1), **caption(_("one of them grows by"), "Δ", "0.000")
            )
        page.gap()
        said = page.keep()
        page.gap()
        page.math("V = π·r²·h")
        page.math("∂V/∂r = 2π·r·h")
        page.math("∂V/∂h = π·r²")
        V = page.derived(
            "volume", volume(radius, height), lambda: volume_formula(r, h), **caption(_("volume"), "V", "0.00")
        )
        slopes = np.array([2 * np.pi * radius * height, np.pi * radius**2])
        grown = np.array([volume(radius + move, height), volume(radius, height + move)]) - float(V.value)
        with page.table([_("radius r"), _("height h")], 2) as t:
            each: list[Operand] = [2 * call("PI") * r * h, call("PI") * r**2]
            slope = t.gradient("volume_slope", slopes, None, each=each, **caption(_("slope by the rule"), "", "0.00"))
            fields = caption(_("foreseen"), _("slope·Δ"), "0.000")
            t.derived("volume_foreseen", slopes * move, lambda i: slope[i] * d, **fields)
            each = [volume_formula(r + d, h) - V, volume_formula(r, h + d) - V]
            rise = t.derived("volume_rise", grown, None, each=each, **caption(_("V grows by"), "ΔV", "0.000"))
        with page.into(said):
            page.live(
                "cylinder_says",
                _("▶ {d:3} more radius: the volume grows by {a:2}. {d:3} more height: by {b:2}."),
                d=d,
                a=rise[0],
                b=rise[1],
            )
    _picture(page, r, h, V)
    _check(page, slope, r, h)
    asked = page.offstage_block("cylinder_asked_r", 3.0, title=_("the radius that is asked for"))
    share = page.offstage_block("cylinder_asked_move", 0.1, title=_("how much the height grows"))
    answer = page.offstage_block(
        "cylinder_asked_rise", np.pi * 0.9, lambda: call("PI") * asked**2 * share, title=_("how much the volume grows")
    )
    page.try_(
        _("Type 0.01 for Δ: what the slope foresees and what the volume does come closer. Then make r 10 and h 5.")
    )
    page.turn(
        "cylinder_turn",
        _("At r = 3 the slope in h is 28.27. How much does the volume grow if h grows by 0.1?"),
        answer,
        0.01,
        _("Slope times how far: exact here, since V is a straight line in h."),
        _("slope times how far."),
    )
    page.remember(_("A partial derivative: one input moves, the others stand still."))


def _picture(page: Page, r: Block, h: Block, V: Block) -> None:
    far = np.arange(21) / 2
    with page.book.helpers.table(Counter(), 21) as t:
        x = t.derived("cylinder_x", far, lambda i: (number_of(i) - 1) / 2, **caption(_("radius or height"), "", "0.0"))
        fields = caption(_("V as r moves"), "", "0.0")
        by_r = t.derived("volume_by_r", volume(far, h.value), lambda i: volume_formula(x[i], h), **fields)
        fields = caption(_("V as h moves"), "", "0.0")
        by_h = t.derived("volume_by_h", volume(r.value, far), lambda i: volume_formula(r, x[i]), **fields)
    blue, orange = "#1F6FB2", "#D1711B"
    with page.right():
        page.chart(
            Chart(
                "",
                (
                    Series(_("V as r moves"), x[:], by_r[:], colour=blue, width=2.25),
                    Series(_("V as h moves"), x[:], by_h[:], colour=orange, width=2.25),
                    Series(_("your r"), r.whole(), V.whole(), Mark.POINTS, blue, size=10),
                    Series(_("your h"), h.whole(), V.whole(), Mark.POINTS, orange, size=10),
                ),
                _("radius or height"),
                _("volume"),
                _(
                    "The volume as only r moves, a parabola, and as only h moves, a straight line; dots at your r and h."
                ),
                columns=9,
                rows=21,
            )
        )


def _check(page: Page, slope: Block, r: Block, h: Block) -> None:
    e, at, up = 0.001, float(r.value), float(h.value)
    step = page.offstage_block("cylinder_h", e, title=_("step of the check"))
    by_r = page.offstage_block(
        "volume_r_quotient",
        (volume(at + e, up) - volume(at - e, up)) / (2 * e),
        lambda: (volume_formula(r + step, h) - volume_formula(r - step, h)) / (2 * step),
        title=_("central difference"),
    )
    by_h = page.offstage_block(
        "volume_h_quotient",
        (volume(at, up + e) - volume(at, up - e)) / (2 * e),
        lambda: (volume_formula(r, h + step) - volume_formula(r, h - step)) / (2 * step),
        title=_("central difference"),
    )
    page.check("volume_r_holds", _("{slope} = quotient").format(slope="∂V/∂r"), slope[0], by_r, 1e-4)
    page.check("volume_h_holds", _("{slope} = quotient").format(slope="∂V/∂h"), slope[1], by_h, 1e-4)
