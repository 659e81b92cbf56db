"""Two variables: sheet Plane, 400 steps on f(x, y) = x + y, which has no bottom; sheet Saddle, past the saddle of x² − y²."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.curves import counted, gathered
from scenarios.descent.one_variable import H_BOUNDS, STEPS, H, height_chart
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.chart import BLUE, GREEN, GREY, ORANGE, RED, Chart, Mark, Series
from workbook.formula import equal, if_, largest, number_of, pick, rounded, smallest
from workbook.page import Page
from workbook.parameter import Parameter
from workbook.sheet import Kind
from workbook.text import N_, _

PLANE = (
    Parameter("plane_x0", 2.0, N_("start on x + y: x"), -100, 100, symbol="x₀", printed=True),
    Parameter("plane_y0", 4.0, N_("start on x + y: y"), -100, 100, symbol="y₀", printed=True),
    Parameter("plane_lr", 0.01, N_("step size on x + y"), 0, 1, symbol="η", printed=True),
)
PLANE_STEPS = 400
"""Steps on the plane: the article's 300, and a hundred more."""
LEVEL_STEPS = (0, 150, 300, 400)
"""Steps at whose height the chart draws a level line."""
LOOKED_AT = np.array([0, 1, 300, 301, 400])
PRINTED = (
    ("x1", "x₁", 1.99),
    ("y1", "y₁", 3.99),
    ("f1", "f₁", 5.98),
    ("x300", "x₃₀₀", -1.0),
    ("y300", "y₃₀₀", 1.0),
    ("f300", "f₃₀₀", 0.0),
)
"""The article's figures: which, how it is called, and what is printed."""


def plane(book: Book) -> None:
    """f(x, y) = x + y: the article's 300 steps, and the hundred after them."""
    page = book.page("Plane", _("Descent on f(x, y) = x + y"), kind=Kind.DEEPER, landscape=False)
    page.step(
        _("Two variables, one step each"),
        _("Each variable steps against its own partial derivative; here both are 1, wherever we stand."),
        "f(x, y) = x + y        ∂f/∂x = 1        ∂f/∂y = 1        x ← x − η·1        y ← y − η·1",
    )
    printed = _("printed in the article: {number}")
    x0, y0, eta = (page.setting(p, remark=printed.format(number=f"{p.default:g}")) for p in PLANE)
    slopes = _partial_derivatives(page, x0, y0)
    looked_at, pictures = page.keep(), page.keep()
    x, y, f, t = _fall(page, (x0, y0), eta, slopes)
    lines = _level_lines(page, x, f)
    with page.into(looked_at):
        _looked_at(page, x, y, f)
    with page.into(pictures), page.beside():
        path = Series(_("path"), x[:], y[:], colour=ORANGE)
        alt = _("The path as a straight line to the lower left, across the lines on which x + y is constant.")
        page.chart(Chart(_("The path across the level lines"), (path, *lines), "x", "y", alt, columns=5, rows=19))
        height_chart(page, "x + y", t, f)


def _partial_derivatives(page: Page, x0: Block, y0: Block) -> tuple[Block, Block]:
    """Both partial derivatives are 1; difference quotients at the start hold them to it."""
    h = page.given("plane_h", H, "h", _("step of the quotients"), valid=H_BOUNDS)
    one: dict[str, Any] = {"number_format": "0"}
    by_x = page.gradient("plane_dx", 1.0, lambda: 1, "∂f/∂x", _("slope by x"), **one)
    by_y = page.gradient("plane_dy", 1.0, lambda: 1, "∂f/∂y", _("slope by y"), **one)
    a, b, d = float(x0.value), float(y0.value), float(h.value)
    for id, slope, value, formula in (
        ("plane_dx", by_x, ((a + d + b) - (a - d + b)) / (2 * d), ((x0 + h + y0) - (x0 - h + y0)) / (2 * h)),
        ("plane_dy", by_y, ((a + (b + d)) - (a + (b - d))) / (2 * d), ((x0 + (y0 + h)) - (x0 + (y0 - h))) / (2 * h)),
    ):
        quotient = page.offstage_block(
            f"{id}_quotient", value, lambda formula=formula: formula, title=_("central difference")
        )
        page.check(id, _("{slope} = quotient").format(slope=slope.symbol), quotient, slope, 1e-6)
    return by_x, by_y


def _fall(page: Page, start: tuple[Block, Block], eta: Block, slopes: tuple[Block, Block]) -> tuple[Block, ...]:
    """Lay out 400 steps."""
    page.step(
        _("The run, and on"),
        _("The article repeats the step 300 times and stops at 0; nothing in the rule stops there."),
        "x ← x − η·∂f/∂x        y ← y − η·∂f/∂y",
    )
    (x0, y0), (by_x, by_y) = start, slopes
    moves = np.full((PLANE_STEPS, 2), float(eta.value))
    path = np.subtract.accumulate(np.vstack([[float(x0.value), float(y0.value)], moves]))
    with page.table(None, PLANE_STEPS + 1) as table:
        t = counted(table, "plane_t", PLANE_STEPS)
        x = table.updated("plane_x", path[:, 0], lambda i: x[i - 1] - eta * by_x, "x", first=x0.whole, math="x − η·1")
        y = table.updated("plane_y", path[:, 1], lambda i: y[i - 1] - eta * by_y, "y", first=y0.whole, math="y − η·1")
        # rounded to nine places: three hundred times 0.01 is not exactly 3 in a computer's arithmetic
        value, formula = np.round(path.sum(axis=1), 9), lambda i: rounded(x[i] + y[i], 9)
        f = table.derived("plane_f", value, formula, "f", _("height"), math="x + y")
    return x, y, f, t


def _looked_at(page: Page, x: Block, y: Block, f: Block) -> None:
    """The start, the article's steps 1 and 300, the one after, and the last, or others of the reader's choice."""
    with page.table(None, len(LOOKED_AT)) as table:
        bounds = Between(0, PLANE_STEPS, whole=True)
        t = table.given("plane_at", LOOKED_AT.astype(float), "t", _("step to look at"), valid=bounds)
        at = t.value.astype(int)
        for column, title in ((x, "x"), (y, "y"), (f, "x + y")):
            id = column.id.replace("_", "_at_")
            table.derived(id, column.value[at], lambda i, c=column: pick(c, t[i] + 1), title=title)
    page.sentence(
        "plane_first",
        "x₁ = {plane_x0:3} − {plane_lr:3}·1 = {plane_x[1]:3}        y₁ = {plane_y0:3} − {plane_lr:3}·1 = {plane_y[1]:3}        f₁ = {plane_x[1]:3} + {plane_y[1]:3p} = {plane_f[1]:3}",
    )
    for id, name, figure in PRINTED:
        ours = {"x": x, "y": y, "f": f}[id[0]][int(id[1:])]
        page.printed(f"plane_{id}", _("{name} as the article has it").format(name=name), ours, figure, 2)
    words = _("The article stops at 0, calls it the minimum, and says that the slopes are zero there. They are 1 everywhere: x + y has no minimum. With the article's numbers step 301 goes below 0; the run falls for ever.")  # fmt: skip
    page.remark(words)


def _level_lines(page: Page, x: Block, f: Block) -> list[Series]:
    """Tabulate the ends of four lines on which x + y is constant: as high as the run is at four of its steps."""
    why = _("On each of these lines f is the same. Descent crosses them at a right angle, the steepest way down (the chart shows it where both axes have one scale).")  # fmt: skip
    page.step(_("Level lines"), why, "y = L − x")
    ends = np.tile([x.value.min() - 1, x.value.max() + 1], (4, 1))
    with page.table([_("step {step}").format(step=t) for t in LEVEL_STEPS], 4) as table:
        level = gathered(table, "level", [f[t] for t in LEVEL_STEPS], "L = x + y", _("level"))
        end = {"columns": Counter(_("end "))}
        formula = lambda k, e: if_(equal(number_of(e), 1), smallest(x) - 1, largest(x) + 1)  # noqa: E731
        lx = table.derived("level_x", ends, formula, "", "x", **end)
        ly = table.derived("level_y", level.value[:, None] - ends, lambda k, e: level[k] - lx[k, e], "", "y", **end)
    return [
        Series(_("level at step {step}").format(step=t), lx[k, :], ly[k, :], colour=colour, dashed=True)
        for k, (t, colour) in enumerate(zip(LEVEL_STEPS, (GREY, GREEN, BLUE, RED), strict=True))
    ]


def saddle(book: Book) -> None:
    """x² − y²: down one way, up the other."""
    page = book.page("Saddle", _("A true saddle: x² − y²"), kind=Kind.DEEPER, landscape=False)
    why = _("At (0, 0) both slopes are 0, yet it is no minimum: x² rises to both sides, −y² falls. Descent lingers, then slides off.")  # fmt: skip
    page.step(_("Past a saddle"), why, "f(x, y) = x² − y²        ∂f/∂x = 2x        ∂f/∂y = −2y")
    chosen, stays = _("chosen here"), _("chosen here; with 0 the run ends on the saddle and stays")
    x0 = page.given("saddle_x0", 2.0, "x₀", _("start"), valid=Between(-10, 10), remark=chosen)
    y0 = page.given("saddle_y0", 0.01, "y₀", _("start"), valid=Between(-1, 1), remark=stays)
    eta = page.given("saddle_lr", 0.1, "η", _("step size"), valid=Between(0, 0.15), remark=chosen)
    h = page.given("saddle_h", H, "h", _("step of the quotients"), valid=H_BOUNDS)
    page.gap()
    pictures = page.keep()
    words = _("The article calls the straight line y = x a saddle point. It has none: its slope is 1 everywhere, and a saddle needs all slopes to be 0, with a rise in one direction and a fall in another.")  # fmt: skip
    page.remark(words)
    words = _("The article also says that only y = x has a second derivative of 0. So have x³ and x⁴ at x = 0, and x⁴ even has its minimum there: where the second derivative is 0, the test says nothing.")  # fmt: skip
    page.remark(words)
    x, y, f, t = _past(page, (x0, y0), eta, h)
    with page.into(pictures), page.beside():
        path = Series(_("path"), x[:], y[:], Mark.BOTH, ORANGE)
        alt = _("The path runs along the x axis towards (0, 0) and then turns away along y.")
        page.chart(Chart(_("The path, seen from above"), (path,), "x", "y", alt, columns=5, rows=19))
        height_chart(page, "x² − y²", t, f)


def _past(page: Page, start: tuple[Block, Block], eta: Block, h: Block) -> tuple[Block, ...]:
    """Lay out the run with both partial derivatives and their difference quotients."""
    page.step(_("The run"), _("x shrinks by the factor 1 − 2η each step, y grows by 1 + 2η."))
    x0, y0 = start
    d = float(h.value)
    factors = 1 + np.array([-2.0, 2.0]) * float(eta.value)
    path = np.multiply.accumulate(np.vstack([[float(x0.value), float(y0.value)], *[factors] * STEPS]))
    xs, ys = path.T
    with page.table(None, STEPS + 1) as table:
        t = counted(table, "saddle_t", STEPS)
        x = table.updated("saddle_x", xs, lambda i: x[i - 1] - eta * dx[i - 1], "x", first=x0.whole, math="x − η·∂f/∂x")
        y = table.updated("saddle_y", ys, lambda i: y[i - 1] - eta * dy[i - 1], "y", first=y0.whole, math="y − η·∂f/∂y")
        value = xs**2 - ys**2
        f = table.derived("saddle_f", value, lambda i: x[i] ** 2 - y[i] ** 2, "f", _("height"), math="x² − y²")
        dx = table.gradient("saddle_dx", 2 * xs, lambda i: 2 * x[i], "∂f/∂x", _("slope by x"), math="2x")
        dy = table.gradient("saddle_dy", -2 * ys, lambda i: -2 * y[i], "∂f/∂y", _("slope by y"), math="−2y")
        value = ((xs + d) ** 2 - ys**2 - ((xs - d) ** 2 - ys**2)) / (2 * d)
        near_x = Block("saddle_dx_quotient", Role.CHECK, value, _("quotient by x"), "Δf / 2h")
        near_x.formula = lambda i: ((x[i] + h) ** 2 - y[i] ** 2 - ((x[i] - h) ** 2 - y[i] ** 2)) / (2 * h)
        value = (xs**2 - (ys + d) ** 2 - (xs**2 - (ys - d) ** 2)) / (2 * d)
        near_y = Block("saddle_dy_quotient", Role.CHECK, value, _("quotient by y"), "Δf / 2h")
        near_y.formula = lambda i: (x[i] ** 2 - (y[i] + h) ** 2 - (x[i] ** 2 - (y[i] - h) ** 2)) / (2 * h)
        table.add(near_x)
        table.add(near_y)
    page.sentence(
        "saddle_first",
        "x₁ = {saddle_x[0]:4} − {saddle_lr:3}·{saddle_dx[0]:4p} = {saddle_x[1]:4}        y₁ = {saddle_y[0]:4} − {saddle_lr:3}·{saddle_dy[0]:4p} = {saddle_y[1]:4}",
    )
    for id, near, slope in (("saddle_x", near_x, dx), ("saddle_y", near_y, dy)):
        page.check(f"{id}_gradient", _("{slope} = quotient").format(slope=slope.symbol), near, slope, 1e-4)
    return x, y, f, t
