"""Page Motion: from home to the destination; speed is the derivative of the way, acceleration that of the speed."""

from __future__ import annotations

import numpy as np

from scenarios.common.curves import Function, central, gathered, grid
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import BLUE, GREEN, ORANGE, Chart, Mark, Series
from workbook.formula import equal, if_
from workbook.page import Page
from workbook.text import _

WAY, DURATION, NOW = 600.0, 60.0, 20.0
"""600 m in 60 s: 10 m/s on average."""
CHECK_STEP = 0.01


def journey(way: Block, duration: Block) -> tuple[Function, Function]:
    """Return position and speed over time, from rest to rest, each with its slope."""
    D, T = float(way.value), float(duration.value)
    speed = lambda t: 6 * D / T * (t / T) * (1 - t / T)  # noqa: E731
    speed_formula = lambda t: 6 * way / duration * (t / duration) * (1 - t / duration)  # noqa: E731
    return Function(
        "D·(3u² − 2u³)",
        "6·D/T·u·(1 − u)",
        lambda t: D * (3 * (t / T) ** 2 - 2 * (t / T) ** 3),
        speed,
        lambda t: way * (3 * (t / duration) ** 2 - 2 * (t / duration) ** 3),
        speed_formula,
    ), Function(
        "6·D/T·u·(1 − u)",
        "6·D/T²·(1 − 2u)",
        speed,
        lambda t: 6 * D / T**2 * (1 - 2 * t / T),
        speed_formula,
        lambda t: 6 * way / duration**2 * (1 - 2 * t / duration),
    )


def motion(book: Book) -> None:
    """Drive from rest to rest, and look at one moment."""
    page = book.page(
        "Motion",
        _("From home to the destination: how fast now?"),
        _("The average hides what happens on the way; the derivative says how fast it is at each moment."),
        _("600 m in 60 s: is the top speed 10 m/s, or more?"),
    )
    with page.left():
        with page.beside():
            t = page.given("now_t", NOW, "t", _("moment (s)"), valid=Between(0, 60))
            way = page.given("way", WAY, "D", _("way (m)"), valid=Between(10, 10000))
        with page.beside():
            duration = page.given("duration", DURATION, "T", _("time (s)"), valid=Between(60, 600))
        page.gap()
        said = page.keep()
        page.gap()
        page.math("u = t / T")
        page.math("s = D·(3u² − 2u³)")
        page.math("v = s′ = 6·D/T·u·(1 − u)")
        page.math("a = v′ = 6·D/T²·(1 − 2u)")
        page.math("j = a′ = −12·D/T³")
        position, speed = journey(way, duration)
        now = _moment(page, t, way, duration)
        with page.into(said):
            page.live("motion_says", _("▶ After {now_t:1} s: {motion_now[0]:1} m, on average {motion_now[1]:2} m/s so far; the speed now is {motion_now[3]:2} m/s."))  # fmt: skip
    with page.right():
        _pictures(page, position, speed)
    step = page.offstage_block("motion_h", CHECK_STEP, title=_("step of the check"))
    quotient = central(page, "motion_v_quotient", position.value, position.value_formula, t, step)
    page.check("motion_v_holds", _("speed = difference quotient of the way"), now[3], quotient, 1e-3)
    quotient = central(page, "motion_a_quotient", speed.value, speed.value_formula, t, step)
    page.check("motion_a_holds", _("acceleration = difference quotient of the speed"), now[4], quotient, 1e-3)
    value, title = 1.5 * float(way.value / duration.value), _("top speed")
    top = page.offstage_block("motion_top", value, lambda: 3 * way / duration / 2, title=title)
    page.try_(_("With T = 60: type 0, 30 and 60 for t. The speed is nothing, highest, nothing again; the acceleration is 0 at half time."))  # fmt: skip
    yes = _("At half time: one and a half times the average.")
    hint = _("where the speed is highest, the acceleration is 0: look at half time.")
    page.turn("motion_turn", _("What is the top speed, in m/s?"), top, 0.05, yes, hint)
    page.remember(_("Speed is the slope of the way, acceleration the slope of the speed."))


def _moment(page: Page, t: Block, way: Block, duration: Block) -> Block:
    """Show what is so at the moment t: a column of six numbers."""
    names = [
        _("position s (m)"),
        _("average so far (m/s)"),
        _("average in all (m/s)"),
        _("speed v (m/s)"),
        _("acceleration a (m/s²)"),
        _("jerk j (m/s³)"),
    ]
    D, T, at = float(way.value), float(duration.value), float(t.value)
    position, speed = journey(way, duration)
    s = position.value(t.value)
    value = np.array([s, s / at if at else 0, D / T, speed.value(t.value), speed.slope(t.value), -12 * D / T**3])
    where, now = position.value_formula(t.whole()), speed.value_formula(t.whole())
    far = if_(equal(t, 0), 0, where / t)
    each = [where, far, way / duration, now, speed.slope_formula(t.whole()), -(12 * way / duration**3)]
    with page.table(names, len(names)) as table:
        return table.derived("motion_now", value, None, "", _("at the moment t"), each=each, number_format="0.000")


def _pictures(page: Page, position: Function, speed: Function) -> None:
    t, now, duration = (page.book[id] for id in ("now_t", "motion_now", "duration"))
    half = page.offstage_block("motion_half", duration.value / 2, lambda: duration / 2, title=_("half time (s)"))
    with page.book.helpers.table(Counter(), 21) as table:
        x = grid(table, "motion_t", half, half, 21, _("time (s)"))
        s = table.derived(
            "motion_s", position.value(x.value), lambda i: position.value_formula(x[i]), "s", _("position")
        )
        v = table.derived("motion_v", speed.value(x.value), lambda i: speed.value_formula(x[i]), "v", _("speed"))
    with page.book.helpers.table([_("start"), _("end")], 2) as table:
        ex = gathered(table, "motion_end_t", [x[0], x[20]], "t", _("time (s)"))
        value = now.value[0] + now.value[3] * (ex.value - t.value)
        ty = table.derived("motion_tangent", value, lambda i: now[0] + now[3] * (ex[i] - t), "", _("tangent"))
    way = (
        Series(_("position"), x[:], s[:], colour=BLUE, width=2.25),
        Series(_("tangent: the speed now"), ex[:], ty[:], colour=GREEN, dashed=True),
        Series(_("now"), t.whole(), now[0], Mark.POINTS, ORANGE, size=10),
    )
    alt = _("The way over time: slow, fast, slow; a dot at the moment t and the tangent there.")
    page.chart(Chart("", way, _("time (s)"), _("position (m)"), alt, columns=9, rows=12))
    over_time = (
        Series(_("speed"), x[:], v[:], colour=GREEN, width=2.25),
        Series(_("now"), t.whole(), now[3], Mark.POINTS, ORANGE, size=10),
    )
    alt = _("The speed over time: an arch, highest at half time; a dot at the moment t.")
    page.chart(Chart("", over_time, _("time (s)"), _("speed (m/s)"), alt, columns=9, rows=10, legend=False))
