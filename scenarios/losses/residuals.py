"""Page Residuals: the points, how far each prediction misses, MAE, MSE and RMSE, and how outliers weigh in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.columns import sum_under
from scenarios.losses.quotients import (
    LARGEST_STEP,
    central,
    check_gradient,
    difference_step,
    quotient_column,
    step_given,
)
from scenarios.losses.table import sign
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, Index, absolute, call, equal, if_, number_of, sqrt
from workbook.page import Page
from workbook.parameter import Parameter
from workbook.text import N_, _

X = np.arange(1.0, 11.0)
PREDICTED = np.array([4.5, 7.0, 12.5, 30.0, 19.0, 25.0, 27.0, 12.0, 37.0, 39.5])
"""Predictions of y = 4x chosen here; the fourth and the eighth are the two outliers."""
SMALLEST, LARGEST = 0.01, 1e6
OUTLIERS = (
    Parameter("outlier1", 30.0, N_("prediction of the first outlier (the actual value is 16)"), SMALLEST, LARGEST),
    Parameter("outlier2", 12.0, N_("prediction of the second outlier (the actual value is 32)"), SMALLEST, LARGEST),
)
SIZES = ("abs", "sq")


def is_positive(data: Array | None) -> bool:
    """Tell whether all numbers are, and stay so: MSLE takes the logarithm of 1 + y, and MAPE divides by y."""
    return data is None or bool(data.min() >= SMALLEST)


def axis(book: Book) -> Block:
    """What stands on a chart's axis: the input, or the row where there is none."""
    return book["x" if "x" in book else "row"]


def points_again(table: Any, id: str, y: Block, p: Block) -> tuple[Block, Block]:
    """Begin a table of another page with y and ŷ."""
    actual: Block = table.derived(f"{id}_y", y.value, lambda i: y[i], "y", _("actual"))
    return actual, table.derived(f"{id}_yhat", p.value, lambda i: p[i], "ŷ", _("predicted"))


def residuals_page(page: Page, settings: Mapping[str, Any], data: Array | None) -> None:
    """Lay out the points with their residuals; y is 4x, or typed in where the data are the reader's own."""
    page.step(
        _("Residuals"),
        _("A loss begins with how far each prediction misses, in three readings: signed, absolute and squared."),
        "e = y − ŷ        |e|        e²",
    )
    predicted = PREDICTED.copy()
    predicted[[3, 7]] = settings["outlier1"], settings["outlier2"]
    if data is None:
        page.remark(_("y = 4x is the article's. Its table is lost: x and ŷ are chosen here, rows 4 and 8 as outliers."))
    else:
        page.remark(_("The actual values y and the predictions ŷ are your own data."))
        predicted = data[:, 1]
    bounds = Between(SMALLEST if is_positive(data) else -LARGEST, LARGEST)
    if not is_positive(data):
        page.remark(_("MSLE takes the logarithm of 1 + y and MAPE divides by y: they need positive numbers."))
    with page.beside():
        with page.table(Counter(""), len(predicted)) as t:
            if data is None:
                x = t.given("x", X, "x", _("input"), valid=Between(SMALLEST, 1e5))
                y = t.derived("y", 4 * x.value, lambda i: 4 * x[i], "4x", _("actual"))
            else:
                y = t.given("y", data[:, 0], "y", _("actual"), valid=bounds)
                rows = np.arange(1.0, len(data) + 1)
                x = t.derived("row", rows, number_of, "i", _("row"), number_format="0")
            p = t.given("yhat", predicted, "ŷ", _("predicted"), valid=bounds)
            away = y.value - p.value
            e = t.derived("e", away, lambda i: y[i] - p[i], "y − ŷ", _("residual"))
            size = t.derived("e_abs", np.abs(away), lambda i: absolute(e[i]), "|y − ŷ|", _("absolute"))
            square = t.derived("e_sq", away**2, lambda i: e[i] ** 2, "(y − ŷ)²", _("squared"))
            for column in (e, size, square):
                sum_under(t, column, number_format="0.00")
        points = (Series(_("actual y"), x[:], y[:]), Series(_("predicted ŷ"), x[:], p[:], Mark.POINTS))
        alt = _("The actual values as a line and the predictions as points; outliers lie far off the line.")
        page.chart(Chart(_("Actual and predicted"), points, axis(page.book).symbol, "y", alt, rows=15))
    page.sentence("e_first", "e₁ = {y[0]:2} − {yhat[0]:2p} = {e[0]:2t}")
    page.derived("n", len(away), lambda: call("COUNT", p), "n", _("number of rows"), number_format="0")
    step_given(page, "h", difference_step(away), LARGEST_STEP)
    page.offstage_block("no_gap", 0.0, title=_("what every gap should be"), number_format="0")
    _mean_errors(page)
    _outlier_weight(page)
    _gradients_compared(page)


def _mean_errors(page: Page) -> None:
    """MAE and MSE from the totals, and RMSE from MSE."""
    n, size, square = (page.book[id] for id in ("n", "e_abs_sum", "e_sq_sum"))
    e = page.book["e"].value
    page.step(
        _("MAE, MSE, RMSE"),
        _("Average the distances, or their squares, where large errors count more; the root brings the unit back."),
        "MAE = (1/n) · Σ |e|        MSE = (1/n) · Σ e²        RMSE = √MSE",
    )
    page.derived("mae_here", np.abs(e).mean(), lambda: size / n, "MAE", _("mean absolute error"))
    page.sentence("mae_here_words", "MAE = {e_abs_sum:2t} / {n:0} = {mae_here:4}")
    mse = page.derived("mse_here", np.mean(e**2), lambda: square / n, "MSE", _("mean squared error"))
    page.sentence("mse_here_words", "MSE = {e_sq_sum:2t} / {n:0} = {mse_here:4}")
    page.derived("rmse", np.sqrt(np.mean(e**2)), lambda: sqrt(mse), "RMSE", _("root of the mean"))
    page.sentence("rmse_words", "RMSE = √{mse_here:4} = {rmse:4}")
    page.remark(_("The article calls RMSE the “quadratic loss” of its rent line, but computes HMSE, half the squares."))


def _outlier_weight(page: Page) -> None:
    """What the largest two errors make of each loss, and what is left without them."""
    n, sums, parts = page.book["n"], [page.book[f"e_{id}_sum"] for id in SIZES], [page.book[f"e_{id}"] for id in SIZES]
    rows, whole = len(parts[0].value), np.array([float(s.value) for s in sums])
    two = np.array([np.sort(part.value)[-2:].sum() for part in parts])
    page.step(_("How outliers weigh"), _("Under the square, the largest errors together take a larger share."))
    with page.table(["MAE", "MSE"], 2) as t:
        each = [call("LARGE", part, 1) + call("LARGE", part, 2) for part in parts]
        top = t.derived("largest_two", two, None, title=_("sum of the two largest"), each=each)
        each = [if_(equal(sum_, 0), 0, top[k] / sum_) for k, sum_ in enumerate(sums)]
        makes, form = np.divide(two, whole, out=np.zeros(2), where=whole != 0), "0.0%"
        t.derived("largest_share", makes, None, title=_("their share"), each=each, number_format=form)
        each = [sum_ / n for sum_ in sums]
        t.derived("mean_all", whole / rows, None, title=_("mean of all rows"), each=each)
        if rows > 2:
            each = [
                (sum_ - top[k]) / call("MAX", n - 2, 1) for k, sum_ in enumerate(sums)
            ]  # of rows that are not empty
            t.derived("mean_rest", (whole - two) / (rows - 2), None, title=_("mean without these two"), each=each)
    if rows > 2:
        words = _("Without the two largest errors MAE goes from {a:2} to {b:2}, MSE from {c:2} to {d:2}.")
        both, rest = page.book["mean_all"], page.book["mean_rest"]
        page.sentence("outlier_words", words, a=both[0], b=rest[0], c=both[1], d=rest[1])


def _gradients_compared(page: Page) -> None:
    """The gradients of MAE, MSE and RMSE beside one another, RMSE's against central differences."""
    n, h, e, rmse, squares = (page.book[id] for id in ("n", "h", "e", "rmse", "e_sq_sum"))
    v, count, root = e.value, len(e.value), float(rmse.value)
    page.step(
        _("Three gradients"),
        _("How strongly each loss pulls at each prediction: this is what descent feels."),
        "∂MAE/∂ŷ = −sign(e)/n        ∂MSE/∂ŷ = −2e/n        ∂RMSE/∂ŷ = −e/(n·RMSE)",
    )
    slope = -v / (count * root) if root else np.zeros(count)
    quotient = central(lambda d: np.sqrt((np.sum(v**2) - v**2 + (v - d) ** 2) / count), float(h.value))

    def rmse_with(i: Index, e_moved: Expr) -> Expr:
        return sqrt((squares - e[i] ** 2 + e_moved**2) / n)

    def quotient_formula(i: Index) -> Expr:
        return (rmse_with(i, e[i] - h) - rmse_with(i, e[i] + h)) / (2 * h)

    with page.table(Counter(""), count) as t:
        title = _("gradient of MAE")
        t.gradient("grad_mae_here", -np.sign(v) / count, lambda i: -sign(e[i]) / n, "−sign(e)/n", title)
        t.gradient("grad_mse_here", -2 * v / count, lambda i: -2 * e[i] / n, "−2e/n", _("gradient of MSE"))
        math, title = "−e/(n·RMSE)", _("gradient of RMSE")
        exact = t.gradient("grad_rmse", slope, lambda i: if_(equal(rmse, 0), 0, -e[i] / (n * rmse)), math, title)
        near = quotient_column(t, "grad_rmse_quotient", quotient, quotient_formula, symbol="ΔRMSE/2h")
    # at RMSE = 0 lies a tip, as of |x|: close to it, the quotient straddles the tip and is no derivative
    enough, title = float(root >= 100 * float(h.value)), _("is RMSE at least 100h? (1 yes, 0 no)")
    smooth = page.offstage_block("rmse_smooth", enough, lambda: if_(rmse >= 100 * h, 1, 0), title=title)
    check_gradient(page, "rmse", "RMSE", near, exact, h, applies=smooth)
    page.remark(_("The article says that MAE and RMSE both have a constant gradient: only MAE's is, 1/n in size."))
    page.remark(
        _("For a single row √e² = |e|, and there both agree. A gradient that never fades is no help at the minimum.")
    )
