"""Sheet Saddle: past the saddle of x² − y²."""

from __future__ import annotations

import numpy as np

from scenarios.descent.one_variable import ORANGE, STEPS, H, counted, height_chart
from workbook.block import Between, Block, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.text import _


def saddle(book: Book) -> None:
    """x² − y²: down one way, up the other."""
    sheet = book.sheet("Saddle", _("A true saddle: x² − y²"), landscape=False)
    sheet.step(
        _("Past a saddle"),
        _(
            "At (0, 0) both slopes are 0, yet it is no minimum: x² rises to both sides, −y² falls. Descent lingers,"
            " then slides off."
        ),
        "f(x, y) = x² − y²        ∂f/∂x = 2x        ∂f/∂y = −2y",
    )
    chosen = _("chosen here")
    x0 = sheet.given(
        "saddle_x0", 2.0, symbol="x₀", title=_("start"), number_format="0.00", valid=Between(-10, 10), remark=chosen
    )
    y0 = sheet.given(
        "saddle_y0",
        0.01,
        symbol="y₀",
        title=_("start"),
        number_format="0.00",
        valid=Between(-1, 1),
        remark=_("chosen here; with 0 the run ends on the saddle and stays"),
    )
    eta = sheet.given(
        "saddle_lr", 0.1, symbol="η", title=_("step size"), number_format="0.000", valid=Between(0, 0.15), remark=chosen
    )
    h = sheet.given(
        "saddle_h", H, symbol="h", title=_("step of the quotients"), number_format="0.000", valid=Between(0.0001, 0.1)
    )
    charts_at = sheet.cursor + 1
    sheet.cursor = charts_at + 20
    sheet.remark(
        _(
            "The article calls the straight line y = x a saddle point. It has none: its slope is 1 everywhere,"
            " and a saddle"
            " needs all slopes to be 0, with a rise in one direction and a fall in another."
        )
    )
    sheet.remark(
        _(
            "The article also says that only y = x has a second derivative of 0. So have x³ and x⁴ at x = 0, and"
            " x⁴ even has"
            " its minimum there: where the second derivative is 0, the test says nothing."
        )
    )
    x, y, f, t = saddle_run(sheet, (x0, y0), eta, h)
    chart = Chart(
        _("The path, seen from above"),
        (Series(_("path"), x[:], y[:], Mark.BOTH, ORANGE),),
        "x",
        "y",
        _("The path runs along the x axis towards (0, 0) and then turns away along y."),
        columns=4,
        rows=19,
    )
    sheet.chart(chart, at=(charts_at, 0))
    sheet.chart(height_chart("x² − y²", t, f), at=(charts_at, 4))


def saddle_run(sheet: Sheet, start: tuple[Block, Block], eta: Block, h: Block) -> tuple[Block, ...]:
    """Lay out the run with both partial derivatives and their difference quotients."""
    sheet.step(_("The run"), _("x shrinks by the factor 1 − 2η each step, y grows by 1 + 2η."))
    x0, y0 = start
    rate, d = float(eta.value), float(h.value)
    path = np.empty((STEPS + 1, 2))
    path[0] = float(x0.value), float(y0.value)
    for k in range(STEPS):
        path[k + 1] = path[k] - rate * np.array([2.0, -2.0]) * path[k]
    xs, ys = path.T
    with sheet.table(None, STEPS + 1) as table:
        t = counted(table, "saddle_t", STEPS)
        x = table.updated(
            "saddle_x", xs, lambda i: x[i - 1] - eta * dx[i - 1], first=x0.whole, title="x", math="x − η·∂f/∂x"
        )
        y = table.updated(
            "saddle_y", ys, lambda i: y[i - 1] - eta * dy[i - 1], first=y0.whole, title="y", math="y − η·∂f/∂y"
        )
        f = table.derived(
            "saddle_f", xs**2 - ys**2, lambda i: x[i] ** 2 - y[i] ** 2, title=_("height"), symbol="f", math="x² − y²"
        )
        dx = table.gradient("saddle_dx", 2 * xs, lambda i: 2 * x[i], title=_("slope by x"), symbol="∂f/∂x", math="2x")
        dy = table.gradient(
            "saddle_dy", -2 * ys, lambda i: -2 * y[i], title=_("slope by y"), symbol="∂f/∂y", math="−2y"
        )
        near_x = table.add(
            Block(
                "saddle_dx_quotient",
                Role.CHECK,
                ((xs + d) ** 2 - ys**2 - ((xs - d) ** 2 - ys**2)) / (2 * d),
                title=_("quotient by x"),
                symbol="Δf / 2h",
                formula=lambda i: ((x[i] + h) ** 2 - y[i] ** 2 - ((x[i] - h) ** 2 - y[i] ** 2)) / (2 * h),
            )
        )
        near_y = table.add(
            Block(
                "saddle_dy_quotient",
                Role.CHECK,
                (xs**2 - (ys + d) ** 2 - (xs**2 - (ys - d) ** 2)) / (2 * d),
                title=_("quotient by y"),
                symbol="Δf / 2h",
                formula=lambda i: (x[i] ** 2 - (y[i] + h) ** 2 - (x[i] ** 2 - (y[i] - h) ** 2)) / (2 * h),
            )
        )
    words = "x₁ = {x0:4} − {eta:3}·{dx:4p} = {x1:4}        y₁ = {y0:4} − {eta:3}·{dy:4p} = {y1:4}"
    sheet.sentence("saddle_first", words, x0=x[0], eta=eta, dx=dx[0], x1=x[1], y0=y[0], dy=dy[0], y1=y[1])
    sheet.check("saddle_x_gradient", _("{slope} = quotient").format(slope="∂f/∂x"), near_x, dx, 1e-4)
    sheet.check("saddle_y_gradient", _("{slope} = quotient").format(slope="∂f/∂y"), near_y, dy, 1e-4)
    return x, y, f, t
