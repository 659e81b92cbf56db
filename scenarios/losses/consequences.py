"""What follows from the shape of MSLE, MAPE and log-cosh: a step each."""

from __future__ import annotations

import numpy as np

from scenarios.common.columns import caption
from scenarios.losses.quotients import central, quotient_column
from scenarios.losses.residuals import Points
from scenarios.losses.table import MSLE
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import absolute, tanh
from workbook.text import _


def predicting_too_low(book: Book) -> None:
    """What MSLE and MAPE make of predictions that are too low."""
    sheet = book.sheet("TooLow", _("Too low or too high: MSLE and MAPE take sides"), landscape=False)
    _underestimates(sheet)
    _too_low(sheet)


def _target(sheet: Sheet, id: str, smallest: float) -> Block:
    fields = caption(_("target"), "y", "0", remark=_("chosen here"))
    return sheet.given(id, 100.0, valid=Between(smallest, 1e4), **fields)


def _underestimates(sheet: Sheet) -> None:
    """MSLE of predictions that miss by the same distance, below and above."""
    sheet.step(
        _("MSLE punishes predicting too low"),
        _(
            "The same distance below and above the target: MSE sees no difference, MSLE does, since y − d is the larger ratio."
        ),
        "(ln(1 + y) − ln(1 + y ∓ d))²",
    )
    target = _target(sheet, "msle_target", 100)
    y, misses = np.array(100.0), np.arange(10.0, 100.0, 10.0)
    low, high = MSLE.term.value(y, y - misses), MSLE.term.value(y, y + misses)
    with sheet.table(Counter(""), len(misses)) as table:
        d = table.given("miss", misses, **caption(_("misses by"), "d", "0"), valid=Between(1, 99))
        table.derived("miss_mse", misses**2, lambda i: d[i] ** 2, **caption(_("squared error, both ways"), "d²", "0"))
        t, fields = target.whole(), caption(_("MSLE term, too low"), "ŷ = y − d")
        below = table.derived("miss_low", low, lambda i: MSLE.term.formula(t, t - d[i]), **fields)
        fields = caption(_("MSLE term, too high"), "ŷ = y + d")
        above = table.derived("miss_high", high, lambda i: MSLE.term.formula(t, t + d[i]), **fields)
        fields = caption(_("low / high"), number_format="0.0")
        ratio = table.derived("miss_ratio", low / high, lambda i: below[i] / above[i], **fields)
    words = _("Missing by {d:0}: too low costs {r:1} times as much as too high.")
    sheet.sentence("miss_words", words, d=d[4], r=ratio[4])
    series = (Series(_("too low"), d[:], below[:], Mark.BOTH), Series(_("too high"), d[:], above[:], Mark.BOTH))
    alt = _("MSLE's term against the size of the miss: the curve for too low lies above and rises steeply.")
    sheet.chart(Chart(_("The same miss, below and above"), series, "d", "MSLE", alt, columns=5, rows=14))


def _too_low(sheet: Sheet) -> None:
    """Why MAPE likes low predictions."""
    sheet.step(
        _("Why MAPE tends to predict too low"),
        _(
            "Being wrong by a factor k costs less below than above: too low can never cost more than 100 %, too high has no limit."
        ),
        "ŷ = k·y        100·|y − k·y|/y = 100·|1 − k|",
    )
    factors = np.array([0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0])
    target = _target(sheet, "mape_target", 1)
    with sheet.table(Counter(""), len(factors)) as table:
        k = table.given("factor", factors, **caption(_("wrong by a factor"), "k", "0.00"), valid=Between(0, 100))
        fields = caption(_("predicted"), "ŷ = k·y", "0")
        guess = table.derived("factor_yhat", factors * 100, lambda i: k[i] * target, **fields)
        cost, fields = 100 * np.abs(1 - factors), caption(_("percentage error"), "100·|y − ŷ|/y", "0")
        table.derived("factor_mape", cost, lambda i: 100 * absolute(target - guess[i]) / target, **fields)
    sheet.remark(
        _(
            "So the article is right that MAPE tends to choose models whose predictions are too low. It also divides by y, so small"
            " targets weigh most: the sheet Constant shows that the best constant for MAPE is never above the median."
        )
    )


def second_derivative(sheet: Sheet, points: Points) -> None:
    """The second derivative of log-cosh, which MAE lacks."""
    sheet.step(
        _("Second derivative of log-cosh"),
        _("Methods that look at curvature need it; it exists everywhere and is never negative."),
        "∂²C/∂ŷ² = (1 − tanh²(x)) / n        x = ŷ − y",
    )
    n, h, slope = points.n, points.h, sheet.book["log_cosh_grad"]
    y, yhat = sheet.book["log_cosh_y"], sheet.book["log_cosh_yhat"]
    errors, rows = points.yhat.value - points.y.value, len(points.y.value)
    bend = 1 / np.cosh(np.clip(errors, -300, 300)) ** 2 / rows
    with sheet.table(Counter(""), rows) as table:
        x = table.derived("curve_x", errors, lambda i: yhat[i] - y[i], **caption(_("error"), "x = ŷ − y", "0.00"))
        fields = caption(_("first derivative"), "tanh(x)/n", "0.000000")
        table.gradient("curve_slope", np.tanh(errors) / rows, lambda i: slope[i], **fields)
        fields = caption(_("second derivative"), "(1 − tanh²x)/n", "0.000000")
        second = table.gradient("curve_second", bend, lambda i: (1 - tanh(x[i]) ** 2) / n, **fields)
        near = quotient_column(
            table,
            "curve_quotient",
            central(lambda d: np.tanh(errors + d), float(h.value)) / rows,
            lambda i: (tanh(x[i] + h) - tanh(x[i] - h)) / (2 * h) / n,
            symbol="Δ tanh / 2h / n",
        )
    sheet.check("log_cosh_second", _("second derivative = quotients"), near, second, 1e-4)
