"""Sheet Plane: 400 steps on f(x, y) = x + y, which has no bottom."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.descent.one_variable import BLUE, GREEN, GREY, ORANGE, RED, H, counted, height_chart
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.chart import Chart, Series
from workbook.eager import Sheet
from workbook.formula import equal, if_, largest, number_of, pick, rounded, smallest
from workbook.text import _

PLANE_STEPS = 400
"""Steps on the plane: the article's 300, and a hundred more."""
LEVEL_STEPS = (0, 150, 300, 400)
"""Steps at whose height the chart draws a level line."""


def plane(book: Book, start: tuple[float, float], rate: float) -> None:
    """f(x, y) = x + y: the article's 300 steps, and the hundred after them."""
    sheet = book.sheet("Plane", _("Descent on f(x, y) = x + y"), landscape=False)
    sheet.step(
        _("Two variables, one step each"),
        _("Each variable steps against its own partial derivative; here both are 1, wherever we stand."),
        "f(x, y) = x + y        ∂f/∂x = 1        ∂f/∂y = 1        x ← x − η·1        y ← y − η·1",
    )
    printed = _("printed in the article: {number}")
    near = {"number_format": "0.00", "valid": Between(-100, 100)}
    x0 = sheet.given(
        "plane_x0", start[0], symbol="x₀", title=_("start"), article=2.0, remark=printed.format(number=2), **near
    )
    y0 = sheet.given(
        "plane_y0", start[1], symbol="y₀", title=_("start"), article=4.0, remark=printed.format(number=4), **near
    )
    eta = sheet.given(
        "plane_lr",
        rate,
        symbol="η",
        title=_("step size"),
        number_format="0.000",
        valid=Between(0, 1),
        article=0.01,
        remark=printed.format(number=0.01),
    )
    slopes = partial_derivatives(sheet, x0, y0)
    looked_at = sheet.cursor
    charts_at = looked_at + 20
    sheet.cursor = charts_at + 20
    x, y, f, t = plane_run(sheet, (x0, y0), eta, slopes)
    level_x, level_y = level_lines(sheet, x, f)
    bottom, sheet.cursor = sheet.cursor, looked_at
    looked_steps(sheet, (x0, y0), eta, (x, y, f))
    sheet.cursor = bottom
    lines = [
        Series(_("level at step {step}").format(step=t), level_x[k, :], level_y[k, :], colour=colour, dashed=True)
        for k, (t, colour) in enumerate(zip(LEVEL_STEPS, (GREY, GREEN, BLUE, RED), strict=True))
    ]
    chart = Chart(
        _("The path across the level lines"),
        (Series(_("path"), x[:], y[:], colour=ORANGE), *lines),
        "x",
        "y",
        _("The path as a straight line to the lower left, across the lines on which x + y is constant."),
        columns=4,
        rows=19,
    )
    sheet.chart(chart, at=(charts_at, 0))
    sheet.chart(height_chart("x + y", t, f, columns=3), at=(charts_at, 4))


def partial_derivatives(sheet: Sheet, x0: Block, y0: Block) -> tuple[Block, Block]:
    """Both partial derivatives are 1; difference quotients at the start hold them to it."""
    h = sheet.given(
        "plane_h", H, symbol="h", title=_("step of the quotients"), number_format="0.000", valid=Between(0.0001, 0.1)
    )
    by_x = sheet.gradient("plane_dx", 1.0, lambda: 1, symbol="∂f/∂x", title=_("slope by x"), number_format="0")
    by_y = sheet.gradient("plane_dy", 1.0, lambda: 1, symbol="∂f/∂y", title=_("slope by y"), number_format="0")
    a, b, d = float(x0.value), float(y0.value), float(h.value)
    near = (
        Block(
            "plane_dx_quotient",
            Role.CHECK,
            np.asarray(((a + d + b) - (a - d + b)) / (2 * d)),
            title=_("quotient by x"),
            math="((x+h + y) − (x−h + y)) / 2h",
            formula=lambda: ((x0 + h + y0) - (x0 - h + y0)) / (2 * h),
        ),
        Block(
            "plane_dy_quotient",
            Role.CHECK,
            np.asarray(((a + (b + d)) - (a + (b - d))) / (2 * d)),
            title=_("quotient by y"),
            math="((x + y+h) − (x + y−h)) / 2h",
            formula=lambda: ((x0 + (y0 + h)) - (x0 + (y0 - h))) / (2 * h),
        ),
    )
    for id, name, quotient, slope in zip(("dx", "dy"), ("∂f/∂x", "∂f/∂y"), near, (by_x, by_y), strict=True):
        sheet.add(quotient)
        sheet.check(f"plane_{id}", _("{slope} = quotient").format(slope=name), quotient, slope, 1e-6)
    return by_x, by_y


def plane_run(sheet: Sheet, start: tuple[Block, Block], eta: Block, slopes: tuple[Block, Block]) -> tuple[Block, ...]:
    """Lay out 400 steps."""
    sheet.step(
        _("The run, and on"),
        _("The article repeats the step 300 times and stops at 0; nothing in the rule stops there."),
        "x ← x − η·∂f/∂x        y ← y − η·∂f/∂y",
    )
    x0, y0 = start
    by_x, by_y = slopes
    path = np.empty((PLANE_STEPS + 1, 2))
    path[0] = float(x0.value), float(y0.value)
    for k in range(PLANE_STEPS):
        path[k + 1] = path[k] - float(eta.value) * np.ones(2)
    two = {"number_format": "0.00"}
    with sheet.table(None, PLANE_STEPS + 1) as table:
        t = counted(table, "plane_t", PLANE_STEPS)
        x = table.updated(
            "plane_x", path[:, 0], lambda i: x[i - 1] - eta * by_x, first=x0.whole, title="x", math="x − η·1", **two
        )
        y = table.updated(
            "plane_y", path[:, 1], lambda i: y[i - 1] - eta * by_y, first=y0.whole, title="y", math="y − η·1", **two
        )
        # rounded to nine places: three hundred times 0.01 is not exactly 3 in a computer's arithmetic
        f = table.derived(
            "plane_f",
            np.round(path.sum(axis=1), 9),
            lambda i: rounded(x[i] + y[i], 9),
            title=_("height"),
            symbol="f",
            math="x + y",
            **two,
        )
    return x, y, f, t


def looked_steps(sheet: Sheet, start: tuple[Block, Block], eta: Block, run: tuple[Block, Block, Block]) -> None:
    """The start, the article's steps 1 and 300, the one after, and the last, or others of the reader's choice."""
    x, y, f = run
    at = np.array([0, 1, 300, 301, 400])
    with sheet.table(None, len(at)) as table:
        t = table.given(
            "plane_at",
            at,
            title=_("step to look at"),
            symbol="t",
            number_format="0",
            valid=Between(0, PLANE_STEPS, whole=True),
        )
        names = (("plane_at_x", x, "x"), ("plane_at_y", y, "y"), ("plane_at_f", f, "x + y"))
        for id, column, title in names:
            table.derived(
                id, column.value[at], lambda i, c=column: pick(c, t[i] + 1), title=title, number_format="0.00"
            )
    words = "x₁ = {x0:3} − {eta:3}·1 = {x:3}        y₁ = {y0:3} − {eta:3}·1 = {y:3}        f₁ = {x:3} + {y:3p} = {f:3}"
    x0, y0 = start
    sheet.sentence("plane_first", words, x0=x0, y0=y0, eta=eta, x=x[1], y=y[1], f=f[1])
    figures = (
        ("x1", "x₁", x[1], 1.99),
        ("y1", "y₁", y[1], 3.99),
        ("f1", "f₁", f[1], 5.98),
        ("x300", "x₃₀₀", x[300], -1.0),
        ("y300", "y₃₀₀", y[300], 1.0),
        ("f300", "f₃₀₀", f[300], 0.0),
    )
    for id, name, ours, printed in figures:
        sheet.printed(f"plane_{id}", _("{name} as the article has it").format(name=name), ours, printed, 2)
    sheet.remark(
        _(
            "The article stops at 0, calls it the minimum, and says that the slopes are zero there. They are 1"
            " everywhere:"
            " x + y has no minimum. With the article's numbers step 301 goes below 0; the run falls for ever."
        )
    )


def level_lines(sheet: Sheet, x: Block, f: Block) -> tuple[Block, Block]:
    """Tabulate the ends of four lines on which x + y is constant: as high as the run is at four of its steps."""
    sheet.step(
        _("Level lines"),
        _(
            "On each of these lines f is the same. Descent crosses them at a right angle, the steepest way down (the"
            " chart shows it where both axes have one scale)."
        ),
        "y = L − x",
    )
    value = f.value[list(LEVEL_STEPS)]
    ends = np.tile([x.value.min() - 1, x.value.max() + 1], (4, 1))
    two: dict[str, Any] = {"columns": Counter(_("end ")), "number_format": "0.00"}
    with sheet.table([_("step {step}").format(step=t) for t in LEVEL_STEPS], len(value)) as table:
        level = table.derived(
            "level",
            value,
            None,
            each=[f[t] for t in LEVEL_STEPS],
            title=_("level"),
            symbol="L = x + y",
            number_format="0.00",
        )
        lx = table.derived(
            "level_x", ends, lambda k, e: if_(equal(number_of(e), 1), smallest(x) - 1, largest(x) + 1), title="x", **two
        )
        ly = table.derived("level_y", value[:, None] - ends, lambda k, e: level[k] - lx[k, e], title="y", **two)
    return lx, ly
