"""Sheet Surface: the loss over all C and m, as a coloured grid and as contour lines with the path of descent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from scenarios.rent_yield.survey import BEST, FIRST, LEARNED, SHOWN, Array, Fit, Line
from workbook.block import Between, Block, Counter, Role, Shading, Value
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Direction, Expr, Index, Number, absolute, call, equal, if_, largest, number_of, sqrt
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _

CELLS, MIDDLE = 17, 8
SHARES = np.array([1, 0.25, 0.0625, 0.01])
CORNERS = 36
RINGS = ("#E8A04C", "#EDB878", "#F2CFA3", "#F6E2C8")


def surface_page(book: Book, fit: Fit, best: Line) -> Chart:
    """Add the grid of live losses, then the contours with the path; return a smaller chart of these."""
    page = book.page("Surface", _("The loss surface and the path over it"), column_width=7.5, kind=Kind.DEEPER)
    page.step(
        _("Lay the loss out over C and m"),
        _("Every pair (C, m) is a line, and every line has a loss: the pale valley floor is where descent is going."),
        "L(C, m)",
    )
    _grid(page, fit, best)
    return _contours(page, fit, best)


def _grid(page: Page, fit: Fit, best: Line) -> None:
    farther = max(abs(fit.C.value - best.C.value), abs(fit.m.value - best.m.value))
    reach = (absolute(fit.C - best.C) * 5 / 4, absolute(fit.m - best.m) * 5 / 4, Number(1) / 10)
    half = page.derived("half_width", max(1.25 * farther, 0.1), lambda: largest(*reach), "", _("the grid reaches ±"))
    page.gap()

    def steps(k: Index) -> Expr:
        return (number_of(k) - 9) / 8

    away = (np.arange(CELLS) - MIDDLE) / MIDDLE * half.value
    C_value, m_value = best.C.value + away, best.m.value - away
    across: dict[str, Any] = {"along": Direction.RIGHT, "columns": Counter()}
    C = Block("C_axis", Role.DERIVED, C_value, formula=lambda k: best.C + steps(k) * half, **across)
    m = Block("m_axis", Role.DERIVED, m_value, formula=lambda j: best.m - steps(j) * half, rows=Counter())
    heat: dict[str, Any] = {"number_format": "0.00", "shading": Shading.HEAT}
    value = fit.loss_value(np.tile(C_value, (CELLS, 1)), np.tile(m_value[:, None], CELLS))
    surface = Block("surface", Role.DERIVED, value, formula=lambda j, k: fit.loss(C[k], m[j]), **heat)
    grid = page.grid(close=[0])
    for band, lane, name in ((0, 1, _("left end C →")), (1, 0, _("rise m ↓")), (1, 1, _("loss L"))):
        grid.name(band, lane, name)
    grid.put(0, 1, C)
    grid.put(1, 0, m)
    grid.put(1, 1, surface)


def _contours(page: Page, fit: Fit, best: Line) -> Chart:
    page.step(
        _("Walk the contour lines and follow the path"),
        _("Along a contour the loss is the same; with equal scales the way down crosses each at a right angle."),
        "L − L_best = ½·n·(ΔC + Δm·Σx/n)² + ½·(Σx² − (Σx)²/n)·Δm²",
    )
    page.text(_("So contours are ellipses. The shares say how high each lies between floor (0) and start (1)."))
    page.gap()
    n, Sx, Sxx, start, floor = fit.n, fit.Sx, fit.Sxx, page.book["loss_t"], page.book["loss_best"]
    title, along = _("height of each contour (start = 1)"), {"along": Direction.RIGHT, "columns": Counter()}
    shares = page.given("shares", SHARES, "", title, valid=Between(0, 10), **along)
    tall = max(float(start.value[0] - floor.value), 0.0)
    title = _("height of the start above the floor")
    height = page.offstage_block("height", tall, lambda: largest(start[0] - floor, 0), title=title)
    rest = Sxx.value - Sx.value**2 / n.value
    across = page.offstage_block("rest", rest, lambda: Sxx - Sx**2 / n, title="Σx² − (Σx)²/n")
    angles = np.pi * np.arange(CORNERS + 1) / (CORNERS / 2)
    m_value, C_value = _ellipses(fit, best, angles, np.sqrt(2 * height.value * shares.value))
    with page.book.helpers.table(Counter(""), CORNERS + 1) as t:
        angle = t.derived("angle", angles, lambda k: call("PI") * (number_of(k) - 1) / 9 / 2, "θ", _("angle"))

        def out(k: Index, j: Index, function: str) -> Expr:
            return sqrt(2 * height * shares[j]) * call(function, angle[k])

        def at_m(k: Index, j: Index) -> Expr:
            return if_(equal(across, 0), best.m, best.m + out(k, j, "SIN") / sqrt(across))

        def at_C(k: Index, j: Index) -> Expr:
            return best.C + out(k, j, "COS") / sqrt(n) - (m[k, j] - best.m) * Sx / n

        m = t.derived("contour_m", m_value, at_m, "", _("m on each contour"), columns=Counter())
        C = t.derived("contour_C", C_value, at_C, "", _("C on each contour"), columns=Counter())
    chart = _chart(page.book, best, C, m)
    page.chart(chart)
    return replace(chart, title=_("The valley from above"), columns=6, rows=15)


def _ellipses(fit: Fit, best: Line, angles: Value, radius: Value) -> tuple[Array, Array]:
    """Return m and C on each contour, (angles, shares)."""
    n, Sx, rest = float(fit.n.value), float(fit.Sx.value), float(fit.Sxx.value - fit.Sx.value**2 / fit.n.value)
    dm = np.outer(np.sin(angles), radius) / np.sqrt(rest) if rest else np.zeros((len(angles), len(radius)))
    return best.m.value + dm, best.C.value + np.outer(np.cos(angles), radius) / np.sqrt(n) - Sx / n * dm


def _chart(book: Book, best: Line, C: Block, m: Block) -> Chart:
    run_C, run_m, shown_C, shown_m = (book[id] for id in ("C_t", "m_t", "shown_C", "shown_m"))
    rings = (
        Series(_("contour {number}").format(number=j + 1), C[:, j], m[:, j], Mark.LINE, colour)
        for j, colour in enumerate(RINGS)
    )
    series = (
        *rings,
        Series(_("path of descent"), run_C[:], run_m[:], Mark.LINE, LEARNED),
        Series(_("start"), run_C[0:1], run_m[0:1], Mark.POINTS, FIRST),
        Series(_("epoch shown"), shown_C[1:2], shown_m[1:2], Mark.POINTS, SHOWN),
        Series(_("least squares"), best.C.whole(), best.m.whole(), Mark.POINTS, BEST),
    )
    title = _("The path of (C, m) over the contours of the loss")
    alt = _("Ellipses around the least squares solution; the path drops into the valley, then creeps along its floor.")
    return Chart(title, series, _("left end C"), _("rise m"), alt, columns=9, rows=24)
