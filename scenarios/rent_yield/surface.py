"""Sheet Surface: the loss over all C and m, as a coloured grid and as contour lines with the path of descent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.rent_yield.descent import Descent
from scenarios.rent_yield.least_squares import Best
from scenarios.rent_yield.survey import Scaled, Start, Sums, going_back, keep_free
from workbook.block import Between, Block, Counter, Role, Shading
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import Direction, Number, absolute, call, equal, if_, largest, number_of, sqrt
from workbook.sheet import Style
from workbook.text import _

CELLS, MIDDLE = 17, 8
SHARES = np.array([1, 0.25, 0.0625, 0.01])
CORNERS = 36


def surface_sheet(book: Book, scaled: Scaled, sums: Sums, start: Start, descent: Descent, best: Best) -> Chart:
    """Add the grid of live loss values, then the contours with the path; return a smaller chart of these."""
    sheet = book.sheet("Surface", _("The loss surface and the path over it"), column_width=8.5)
    _grid(sheet, scaled, sums, start, best)
    return _contours(sheet, sums, start, descent, best)


def _grid(sheet: Sheet, scaled: Scaled, sums: Sums, start: Start, best: Best) -> None:
    sheet.step(
        _("Lay the loss out over C and m"),
        _("Every pair (C, m) is a line, and every line has a total: the pale valley floor is where descent is going."),
        "L(C, m) = ΣHSE",
    )
    sheet.text(
        _(
            "Least squares is in the middle; the grid reaches just beyond the first weights. Every "
            "number is a live formula."
        )
    )
    sheet.gap()
    half = _half_width(sheet, start, best)
    sheet.gap()
    top = sheet.cursor
    sheet.label(top + 1, 1, "m ↓  C →", Style.COLUMN)
    away = (np.arange(CELLS) - MIDDLE) / MIDDLE
    C = Block(
        "C_axis",
        Role.DERIVED,
        best.weights.C.value + away * half.value,
        along=Direction.RIGHT,
        columns=Counter(),
        formula=lambda k: best.weights.C + (number_of(k) - 9) / 8 * half,
        number_format="0.000",
    )
    m = Block(
        "m_axis",
        Role.DERIVED,
        best.weights.m.value - away * half.value,
        rows=Counter(),
        formula=lambda j: best.weights.m + (9 - number_of(j)) / 8 * half,
        number_format="0.000",
    )
    sheet.add(C, at=(top + 1, 2))
    sheet.add(m, at=(top + 2, 1))
    x, y = scaled.x.value, scaled.y.value
    errors = y - C.value[None, :, None] - m.value[:, None, None] * x
    surface = Block(
        "surface",
        Role.DERIVED,
        np.sum(errors**2, axis=2) / 2,
        formula=lambda j, k: sums.loss(C[k], m[j]),
        number_format="0.00",
        shading=Shading.HEAT,
    )
    sheet.add(surface, at=(top + 2, 2))
    sheet.cursor = top + 2 + CELLS + 1


def _half_width(sheet: Sheet, start: Start, best: Best) -> Block:
    """Add how far the grid reaches each way: a quarter beyond the first weights, and a tenth at the least."""
    C, m = best.weights.C, best.weights.m
    farther = max(abs(start.C.value - C.value), abs(start.m.value - m.value))
    return sheet.derived(
        "half_width",
        max(1.25 * farther, 0.1),
        lambda: largest(absolute(start.C - C) * 5 / 4, absolute(start.m - m) * 5 / 4, Number(1) / 10),
        title=_("the grid reaches ±"),
        number_format="0.000",
    )


def _contours(sheet: Sheet, sums: Sums, start: Start, descent: Descent, best: Best) -> Chart:
    sheet.step(
        _("Walk the contour lines and follow the path"),
        _(
            "Along a contour the total is the same; the way down leaves every one at a "
            "right angle (if both axes have one scale)."
        ),
        "L − L_best = ½·n·(ΔC + Δm·Σx/n)² + ½·(Σx² − (Σx)²/n)·Δm²",
    )
    sheet.text(
        _(
            "Completing the square shows the contours to be ellipses. The shares say how high each "
            "lies between floor (0) and start (1)."
        )
    )
    chart_row = keep_free(sheet, 29)
    n, Sx, Sxx = sums.n, sums.Sx, sums.Sxx
    C, m = best.weights.C, best.weights.m
    height = sheet.derived(
        "height",
        descent.run.loss.value[0] - best.loss.value,
        lambda: largest(descent.run.loss[0] - best.loss, 0),
        title=_("height of the start above the floor"),
    )
    shares = sheet.given(
        "shares",
        SHARES,
        title=_("height of each contour (start = 1)"),
        along=Direction.RIGHT,
        columns=Counter(),
        valid=Between(0, 10),
        number_format="0.00##",
        remark=_("chosen here"),
    )
    rest = Sxx.value - Sx.value**2 / n.value
    across = sheet.derived("rest", rest, lambda: Sxx - Sx**2 / n, symbol="Σx² − (Σx)²/n")
    with sheet.table(Counter(""), CORNERS + 1) as t:
        angle = t.derived(
            "angle",
            np.pi * np.arange(CORNERS + 1) / (CORNERS / 2),
            lambda k: call("PI") * (number_of(k) - 1) / 9 / 2,
            symbol="θ",
            title=_("angle"),
            number_format="0.000",
        )
        radius = np.sqrt(2 * height.value * SHARES)[None, :]
        dm = radius * np.sin(angle.value)[:, None] / np.sqrt(rest)
        dC = radius * np.cos(angle.value)[:, None] / np.sqrt(n.value) - Sx.value / n.value * dm
        contour_m = t.derived(
            "contour_m",
            m.value + dm,
            lambda k, j: if_(
                equal(across, 0), m, m + sqrt(2 * height * shares[j]) * call("SIN", angle[k]) / sqrt(across)
            ),
            title=_("m on each contour"),
            columns=Counter(),
            number_format="0.000",
        )
        contour_C = t.derived(
            "contour_C",
            C.value + dC,
            lambda k, j: (
                C + sqrt(2 * height * shares[j]) * call("COS", angle[k]) / sqrt(n) - (contour_m[k, j] - m) * Sx / n
            ),
            title=_("C on each contour"),
            columns=Counter(),
            number_format="0.000",
        )
    with going_back(sheet, chart_row):
        sheet.chart(_chart(descent, best, contour_C, contour_m))
    return replace(_chart(descent, best, contour_C, contour_m), title=_("The valley from above"), columns=6, rows=17)


def _chart(descent: Descent, best: Best, C: Block, m: Block) -> Chart:
    contours = tuple(
        Series(_("contour {number}").format(number=j + 1), C[:, j], m[:, j], Mark.LINE, colour)
        for j, colour in enumerate(("#E8A04C", "#EDB878", "#F2CFA3", "#F6E2C8"))
    )
    run, shown = descent.run, descent.shown
    return Chart(
        title=_("The path of (C, m) over the contours of the loss"),
        series=(
            *contours,
            Series(_("path of descent"), run.C[:], run.m[:], Mark.LINE, "#1F6FB2"),
            Series(_("start"), run.C[0:1], run.m[0:1], Mark.POINTS, "#D1711B"),
            Series(_("epoch shown"), shown.C[1:2], shown.m[1:2], Mark.POINTS, "#7A3EA8"),
            Series(_("least squares"), best.C[best.last], best.m[best.last], Mark.POINTS, "#B3261E"),
        ),
        x_title=_("intercept C"),
        y_title=_("slope m"),
        alt=_(
            "Ellipses around the least squares solution; the path drops across them into the "
            "valley, then creeps along its floor."
        ),
        columns=9,
        rows=28,
    )
