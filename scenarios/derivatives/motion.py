"""Page Motion: from home to the destination; speed is the derivative of the way, acceleration that of the speed."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.columns import caption
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, Operand, as_expr, equal, if_, number_of
from workbook.page import Page
from workbook.text import _

WAY, DURATION, NOW = 600.0, 60.0, 20.0
"""600 m in 60 s: 10 m/s on average."""
POINTS = 21
CHECK_STEP = 0.01


def position(way: Any, duration: Any, t: Any) -> Any:
    """Return s(t), of numbers or arrays: from rest to rest."""
    return way * (3 * (t / duration) ** 2 - 2 * (t / duration) ** 3)


def speed(way: Any, duration: Any, t: Any) -> Any:
    """Return s′(t)."""
    return 6 * way / duration * (t / duration) * (1 - t / duration)


def acceleration(way: Any, duration: Any, t: Any) -> Any:
    """Return s″(t)."""
    return 6 * way / duration**2 * (1 - 2 * t / duration)


def motion_page(book: Book) -> Page:
    """Add the page, empty."""
    return book.page(
        "Motion",
        _("From home to the destination: how fast now?"),
        _("The average hides what happens on the way; the derivative says how fast it is at each moment."),
        _("600 m in 60 s: is the top speed 10 m/s, or more?"),
    )


def motion(page: Page) -> None:
    """Drive from rest to rest, and look at one moment."""
    with page.left():
        with page.beside():
            t = page.given("now_t", NOW, valid=Between(0, 60), **caption(_("moment (s)"), "t", "0.0"))
            way = page.given("way", WAY, valid=Between(10, 10000), **caption(_("way (m)"), "D", "0"))
        with page.beside():
            duration = page.given("duration", DURATION, valid=Between(60, 600), **caption(_("time (s)"), "T", "0"))
        page.gap()
        said = page.keep()
        page.gap()
        page.math("u = t / T")
        page.math("s = D·(3u² − 2u³)")
        page.math("v = s′ = 6·D/T·u·(1 − u)")
        page.math("a = v′ = 6·D/T²·(1 − 2u)")
        page.math("j = a′ = −12·D/T³")
        now = _moment(page, t, way, duration)
        with page.into(said):
            page.live(
                "motion_says",
                _("▶ After {t:1} s: {s:1} m, on average {mean:2} m/s so far; the speed now is {v:2} m/s."),
                t=t,
                s=now[0],
                mean=now[1],
                v=now[3],
            )
    _pictures(page, now, t, (way, duration))
    _checks(page, now, t, (way, duration))
    half = page.offstage_block("motion_top", 1.5 * WAY / DURATION, lambda: 3 * way / duration / 2, title=_("top speed"))
    page.try_(
        _(
            "With T = 60: type 0, 30 and 60 for t. The speed is nothing, highest, nothing again; the acceleration is 0 at half time."
        )
    )
    page.turn(
        "motion_turn",
        _("What is the top speed, in m/s?"),
        half,
        0.05,
        _("At half time: one and a half times the average."),
        _("where the speed is highest, the acceleration is 0: look at half time."),
    )
    page.remember(_("Speed is the slope of the way, acceleration the slope of the speed."))


def _moment(page: Page, t: Block, way: Block, duration: Block) -> Block:
    """Show what is so at the moment t: a column of six numbers."""
    D, T, at = float(way.value), float(duration.value), float(t.value)
    s = position(D, T, at)
    names = [
        _("position s (m)"),
        _("average so far (m/s)"),
        _("average in all (m/s)"),
        _("speed v (m/s)"),
        _("acceleration a (m/s²)"),
        _("jerk j (m/s³)"),
    ]
    value = np.array([s, s / at if at else 0, D / T, speed(D, T, at), acceleration(D, T, at), -12 * D / T**3])
    where = position_formula(way, duration, t)
    each: list[Operand] = [
        where,
        if_(equal(t, 0), 0, where / t),
        way / duration,
        speed_formula(way, duration, t),
        6 * way / duration**2 * (1 - 2 * t / duration),
        -(12 * way / duration**3),
    ]
    with page.table(names, len(names)) as table:
        return table.derived("motion_now", value, None, each=each, **caption(_("at the moment t"), "", "0.000"))


def position_formula(way: Block, duration: Block, t: Operand) -> Expr:
    """Return s(t) for a cell."""
    return way * (3 * (as_expr(t) / duration) ** 2 - 2 * (as_expr(t) / duration) ** 3)


def speed_formula(way: Block, duration: Block, t: Operand) -> Expr:
    """Return s′(t) for a cell."""
    return 6 * way / duration * (as_expr(t) / duration) * (1 - as_expr(t) / duration)


def _pictures(page: Page, now: Block, t: Block, trip: tuple[Block, Block]) -> None:
    way, duration = trip
    D, T = float(way.value), float(duration.value)
    times = np.arange(POINTS) / 20 * T
    with page.book.helpers.table(Counter(), POINTS) as table:
        fields = caption(_("time (s)"), "t", "0.0")
        x = table.derived("motion_t", times, lambda i: (number_of(i) - 1) / 10 / 2 * duration, **fields)
        fields = caption(_("position"), "s", "0.0")
        s = table.derived("motion_s", position(D, T, times), lambda i: position_formula(way, duration, x[i]), **fields)
        fields = caption(_("speed"), "v", "0.00")
        v = table.derived("motion_v", speed(D, T, times), lambda i: speed_formula(way, duration, x[i]), **fields)
    ends = np.array([0.0, T])
    with page.book.helpers.table([_("start"), _("end")], 2) as table:
        ex = table.derived("motion_end_t", ends, None, each=[as_expr(0), duration.whole()], **caption(_("time (s)")))
        fields = caption(_("tangent"))
        sides = position(D, T, float(t.value)) + speed(D, T, float(t.value)) * (ends - float(t.value))
        tangent = table.derived(
            "motion_tangent", sides, None, each=[now[0] - now[3] * t, now[0] + now[3] * (duration - t)], **fields
        )
    with page.right():
        page.chart(
            Chart(
                "",
                (
                    Series(_("position"), x[:], s[:], colour="#1F6FB2", width=2.25),
                    Series(_("tangent: the speed now"), ex[:], tangent[:], colour="#3A8F4A", dashed=True),
                    Series(_("now"), t.whole(), now[0], Mark.POINTS, colour="#D1711B", size=10),
                ),
                _("time (s)"),
                _("position (m)"),
                _("The way over time: slow, fast, slow; a dot at the moment t and the tangent there."),
                columns=9,
                rows=12,
            )
        )
        page.chart(
            Chart(
                "",
                (
                    Series(_("speed"), x[:], v[:], colour="#3A8F4A", width=2.25),
                    Series(_("now"), t.whole(), now[3], Mark.POINTS, colour="#D1711B", size=10),
                ),
                _("time (s)"),
                _("speed (m/s)"),
                _("The speed over time: an arch, highest at half time; a dot at the moment t."),
                columns=9,
                rows=10,
                legend=False,
            )
        )


def _checks(page: Page, now: Block, t: Block, trip: tuple[Block, Block]) -> None:
    """Hold speed and acceleration against difference quotients of way and speed."""
    way, duration = trip
    D, T, at, h = float(way.value), float(duration.value), float(t.value), CHECK_STEP
    step = page.offstage_block("motion_h", h, title=_("step of the check"))
    v = page.offstage_block(
        "motion_v_quotient",
        (position(D, T, at + h) - position(D, T, at - h)) / (2 * h),
        lambda: (position_formula(way, duration, t + step) - position_formula(way, duration, t - step)) / (2 * step),
        title=_("central difference"),
    )
    a = page.offstage_block(
        "motion_a_quotient",
        (speed(D, T, at + h) - speed(D, T, at - h)) / (2 * h),
        lambda: (speed_formula(way, duration, t + step) - speed_formula(way, duration, t - step)) / (2 * step),
        title=_("central difference"),
    )
    page.check("motion_v_holds", _("speed = difference quotient of the way"), now[3], v, 1e-3)
    page.check("motion_a_holds", _("acceleration = difference quotient of the speed"), now[4], a, 1e-3)
