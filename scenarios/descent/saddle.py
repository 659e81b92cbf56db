"""Sheet Saddle: past the saddle of x² − y²."""

from __future__ import annotations

import numpy as np

from scenarios.common.curves import counted
from scenarios.descent.one_variable import H_BOUNDS, STEPS, H, height_chart
from workbook.block import Between, Block, Role
from workbook.book import Book
from workbook.chart import ORANGE, Chart, Mark, Series
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _


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
    x, y, f, t = _run(page, (x0, y0), eta, h)
    with page.into(pictures), page.beside():
        path = Series(_("path"), x[:], y[:], Mark.BOTH, ORANGE)
        alt = _("The path runs along the x axis towards (0, 0) and then turns away along y.")
        page.chart(Chart(_("The path, seen from above"), (path,), "x", "y", alt, columns=5, rows=19))
        height_chart(page, "x² − y²", t, f)


def _run(page: Page, start: tuple[Block, Block], eta: Block, h: Block) -> tuple[Block, ...]:
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
