"""Sheet LossCurves: the losses over the error, and the derivatives of log-cosh."""

from __future__ import annotations

import numpy as np

from scenarios.rent_yield.losses import HSE, LOG_COSH, MAE, log_cosh, loss_value
from scenarios.rent_yield.survey import going_back, keep_free
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.chart import Chart, Series
from workbook.eager import Sheet
from workbook.formula import (
    absolute,
    tanh,
)
from workbook.text import _


def curves_sheet(book: Book) -> None:
    """Add the losses and the derivatives of log-cosh over a range of errors, and hold the second against a quotient."""
    sheet = book.sheet("LossCurves", _("Loss curves: the loss, its slope, and the slope's slope"), landscape=False)
    sheet.step(
        _("Draw the losses and their derivatives"),
        _("Near 0 log-cosh is half the square; far out it is a straight line whose slope never exceeds 1."),
        "(ln cosh r)′ = tanh r        (ln cosh r)″ = 1 − tanh² r",
    )
    sheet.remark(
        _(
            "The article says that the second derivative is the first times x. It is 1 − tanh² r: "
            "the difference quotient of the slope agrees."
        )
    )
    h = sheet.given(
        "curve_h",
        0.001,
        symbol="h",
        title=_("nudge"),
        valid=Between(0.0001, 0.002),
        number_format="0.0000",
        remark=_("chosen here"),
    )
    sheet.gap()
    chart_row = keep_free(sheet, 19)
    R = np.arange(-12, 13) / 4
    with sheet.table(Counter(""), len(R)) as t:
        r = t.given("curve_r", R, title=_("error"), symbol="r", number_format="0.00", valid=Between(-300, 300))
        losses = {
            name: t.derived(
                f"curve_{id}", loss_value(name, R), formula, title=_("loss {name}").format(name=name), math=math
            )
            for id, name, formula, math in (
                ("HSE", HSE, lambda i: r[i] ** 2 / 2, "½·r²"),
                ("MAE", MAE, lambda i: absolute(r[i]), "|r|"),
                ("log_cosh", LOG_COSH, lambda i: log_cosh(r[i]), "ln(cosh r)"),
            )
        }
        first = t.gradient("curve_first", np.tanh(R), lambda i: tanh(r[i]), title=_("slope of log-cosh"), math="tanh r")
        second = t.gradient(
            "curve_second",
            1 - np.tanh(R) ** 2,
            lambda i: 1 - first[i] ** 2,
            title=_("second derivative of log-cosh"),
            math="1 − tanh² r",
        )
        d = float(h.value)
        quotient = t.add(
            Block(
                "curve_quotient",
                Role.CHECK,
                (np.tanh(R + d) - np.tanh(R - d)) / (2 * d),
                formula=lambda i: (tanh(r[i] + h) - tanh(r[i] - h)) / (2 * h),
                title=_("quotient of the slope"),
            )
        )
        wrong = t.derived(
            "curve_wrong", R * np.tanh(R), lambda i: first[i] * r[i], title=_("“first times x”"), math="r·tanh r"
        )
    sheet.check("second_check", _("1 − tanh² r = difference quotient"), second, quotient, 1e-5)
    _curve_charts(sheet, chart_row, r, losses, [first, second, wrong])


def _curve_charts(sheet: Sheet, row: int, r: Block, losses: dict[str, Block], slopes: list[Block]) -> None:
    with going_back(sheet, row), sheet.beside():
        sheet.chart(
            Chart(
                title=_("Three losses of an error r"),
                series=tuple(Series(name, r[:], column[:]) for name, column in losses.items()),
                x_title="r",
                y_title="ℓ(r)",
                columns=4,
                rows=18,
                alt=_(
                    "The square grows ever steeper, the absolute error is a V, log-cosh is round "
                    "at the bottom and straight further out."
                ),
            )
        )
        names = ("tanh r", "1 − tanh² r", _("“first times x”"))
        sheet.chart(
            Chart(
                title=_("Derivatives of log-cosh"),
                series=tuple(
                    Series(name, r[:], column[:], dashed=column is slopes[-1])
                    for name, column in zip(names, slopes, strict=True)
                ),
                x_title="r",
                y_title="",
                columns=4,
                rows=18,
                alt=_(
                    "The slope rises from −1 to 1; its slope is a hill of height 1 at 0; “first "
                    "times x” is a valley there instead."
                ),
            )
        )
