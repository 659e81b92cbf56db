"""Sheets Curves and NearZero: the losses of one prediction, and their slopes, far from the target and close to it."""

from __future__ import annotations

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.columns import caption
from scenarios.losses.functions import log_cosh_formula, sign
from scenarios.losses.table import MAE, MSE
from workbook.block import Between, Counter
from workbook.book import Book
from workbook.chart import Chart, Series
from workbook.formula import absolute, call, pick, rounded, smallest, tanh
from workbook.text import _

FIRST, STRIDE, COUNT = -10_000.0, 100.0, 201
"""The predictions of the far curves: the article's range, in steps chosen here."""

CHART_ROWS, SECOND = 14, 4
"""The height of a chart, and the column at which the second of two begins."""


def far_curves(book: Book, target_value: float) -> None:
    """MAE and MSE of one target and predictions over a wide range, as the article charts them."""
    sheet = book.sheet("Curves", _("Loss curves far and wide"), landscape=False)
    sheet.step(
        _("MAE and MSE for predictions from −10 000 to 10 000"),
        _("One target, every prediction: MAE is a V with constant slopes, MSE a bowl that steepens with the distance."),
        "MAE = |y − ŷ|        MSE = (y − ŷ)²        n = 1",
    )
    guesses: Array = FIRST + STRIDE * np.arange(COUNT, dtype=np.float64)
    fields = caption(_("actual value"), "y", "#,##0", remark=_("printed in the article"))
    target = sheet.given("target", target_value, valid=Between(-1e4, 1e4), article=100.0, **fields)
    remark = _("printed in the article, like the last one: 10 000")
    fields = caption(_("first prediction"), number_format="#,##0", remark=remark)
    first = sheet.given("guess_low", FIRST, valid=Between(-1e5, 1e5), article=FIRST, **fields)
    fields = caption(_("from one to the next"), number_format="0", remark=_("chosen here"))
    by = sheet.given("guess_step", STRIDE, valid=Between(1, 1000), article=STRIDE, **fields)
    best_row = sheet.cursor
    sheet.gap(3)
    top = sheet.cursor
    sheet.gap(2 * (CHART_ROWS + 1))
    y, y_value = target.whole(), np.array(target_value)
    with sheet.table(Counter(""), COUNT) as table:
        fields = caption(_("predicted"), "ŷ", "#,##0")
        p = table.derived("guess", guesses, lambda i: p[i - 1] + by, first=first.whole, **fields)
        losses = [
            table.derived(
                f"far_{loss.id}",
                loss.term.value(y_value, guesses),
                lambda i, loss=loss: loss.term.formula(y, p[i]),
                **caption(loss.symbol, loss.term.math, "#,##0"),
            )
            for loss in (MAE, MSE)
        ]
        slopes = [
            table.gradient(
                f"far_{loss.id}_slope",
                loss.slope.value(y_value, guesses),
                lambda i, loss=loss: loss.slope.formula(y, p[i]),
                **caption(title, loss.slope.math.removesuffix("/n"), "#,##0"),
            )
            for loss, title in ((MAE, _("slope of MAE")), (MSE, _("slope of MSE")))
        ]
    bottom = sheet.cursor
    lines = (
        (_("MAE loss"), losses[0], "MAE", _("A V with its tip at the target.")),
        (_("MSE loss"), losses[1], "MSE", _("A parabola with its lowest point at the target.")),
        (_("Slope of MAE"), slopes[0], "∂MAE/∂ŷ", _("Two level lines, −1 left and +1 right of the target.")),
        (_("Slope of MSE"), slopes[1], "∂MSE/∂ŷ", _("A straight line that crosses 0 at the target.")),
    )
    for k, (title, column, label, alt) in enumerate(lines):
        curve = Series(label, p[:], column[:], colour=("#1F6FB2", "#D1711B")[k % 2])
        place = (top + k // 2 * (CHART_ROWS + 1), k % 2 * SECOND)
        sheet.chart(Chart(title, (curve,), "ŷ", label, alt, columns=SECOND, rows=CHART_ROWS), at=place)
    sheet.cursor = best_row
    mse, name = losses[1], _("ŷ of the smallest MSE")
    best, fields = guesses[np.argmin(mse.value)], caption(name, number_format="#,##0")
    at_best = sheet.derived("far_best", best, lambda: pick(p, call("MATCH", smallest(mse), mse, 0)), **fields)
    sheet.printed("far_best", name, at_best, 100, 0)
    sheet.cursor = bottom


def near_curves(book: Book) -> None:
    """MAE, MSE and log-cosh near zero error."""
    sheet = book.sheet("NearZero", _("Loss curves near zero"), landscape=False)
    sheet.step(
        _("MAE, MSE and log-cosh near zero error"),
        _("Near 0 log-cosh follows ½x² and is smooth; further out it runs beside |x|, lower by ln 2."),
        "|x|        x²        ln(cosh x)        x = ŷ − y",
    )
    X, chosen = np.arange(-30, 31) / 10, _("chosen here")
    fields = caption(_("first error"), number_format="0.0", remark=chosen)
    first = sheet.given("near_low", -3.0, valid=Between(-10, 0), **fields)
    fields = caption(_("from one to the next"), number_format="0.00", remark=chosen)
    by = sheet.given("near_step", 0.1, valid=Between(0.01, 1), **fields)
    top = sheet.cursor
    sheet.gap(CHART_ROWS + 1)
    with sheet.table(Counter(""), len(X)) as table:
        # rounded to nine places, so that the middle is exactly 0 and has the slope sign(0) = 0
        fields = caption(_("error"), "x", "0.00")
        x = table.derived("near_x", X, lambda i: rounded(x[i - 1] + by, 9), first=first.whole, **fields)
        fields = caption("log-cosh", "ln(cosh x)")
        curves = (
            table.derived("near_mae", np.abs(X), lambda i: absolute(x[i]), **caption("MAE", "|x|")),
            table.derived("near_mse", X**2, lambda i: x[i] ** 2, **caption("MSE", "x²")),
            table.derived("near_log_cosh", np.log(np.cosh(X)), lambda i: log_cosh_formula(x[i]), **fields),
        )
        fields = caption(_("slope of log-cosh"), "tanh(x)")
        slopes = (
            table.gradient("near_mae_slope", np.sign(X), lambda i: sign(x[i]), **caption(_("slope of MAE"), "sign(x)")),
            table.gradient("near_mse_slope", 2 * X, lambda i: 2 * x[i], **caption(_("slope of MSE"), "2x")),
            table.gradient("near_log_cosh_slope", np.tanh(X), lambda i: tanh(x[i]), **fields),
        )
    below = _("A V for MAE, a parabola for MSE, and log-cosh below both, round at 0 and straight further out.")
    jumps = _("MAE's slope jumps from −1 to 1, MSE's is a straight line, log-cosh's an S between −1 and 1.")
    pictures = (
        (_("Loss near zero error"), curves, "C", below, (0, 4)),
        (_("Slope near zero error"), slopes, "dC/dx", jumps, (-3, 3)),
    )
    for k, (title, columns, label, alt, limits) in enumerate(pictures):
        series = tuple(Series(curve.title, x[:], column[:]) for curve, column in zip(curves, columns, strict=True))
        chart = Chart(title, series, "x", label, alt, columns=SECOND, rows=CHART_ROWS, y_range=limits)
        sheet.chart(chart, at=(top, k * SECOND))
