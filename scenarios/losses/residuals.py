"""Sheet Residuals: the points, how far each prediction misses, MAE, MSE and RMSE, and how outliers weigh in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.columns import caption, sum_under
from scenarios.losses.functions import sign
from scenarios.losses.quotients import (
    LARGEST_STEP,
    central,
    check_gradient,
    difference_step,
    quotient_column,
    step_given,
)
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet, Table
from workbook.formula import Expr, Index, absolute, call, equal, if_, largest, number_of, sqrt
from workbook.text import _

X = np.arange(1.0, 11.0)
PREDICTED = np.array([4.5, 7.0, 12.5, 30.0, 19.0, 25.0, 27.0, 12.0, 37.0, 39.5])
"""Predictions of y = 4x chosen here; the fourth and the eighth are the two outliers."""
SMALLEST, LARGEST = 0.01, 1e6
POSITIVE, ANY = Between(SMALLEST, LARGEST), Between(-LARGEST, LARGEST)
"""MSLE takes the logarithm of 1 + y and MAPE divides by y: with both, both columns are positive; without them, numbers may be any."""


@dataclass(frozen=True)
class Points:
    """The rows that most losses share: y, ŷ, how many, the small step h, what stands on a chart's axis; and e = y − ŷ.

    `positive` tells that all of y and ŷ are, and stay so, as MSLE and MAPE need it.
    """

    y: Block
    yhat: Block
    n: Block
    h: Block
    axis: Block
    e: Block
    positive: bool = True

    def repeated(self, table: Table, id: str) -> tuple[Block, Block]:
        """Begin a table of another sheet with y and ŷ."""
        y = table.derived(f"{id}_y", self.y.value, lambda i: self.y[i], **_actual())
        return y, table.derived(f"{id}_yhat", self.yhat.value, lambda i: self.yhat[i], **_predicted())


@dataclass(frozen=True)
class Errors:
    """The residuals' absolute values and squares, and the totals of both."""

    size: Block
    square: Block
    sum_size: Block
    sum_square: Block


def _actual() -> dict[str, Any]:
    return caption(_("actual"), "y", "0.00")


def _predicted() -> dict[str, Any]:
    return caption(_("predicted"), "ŷ", "0.00")


def residuals_sheet(book: Book, settings: Mapping[str, Any], data: Array | None) -> Points:
    """Lay out the points with their residuals, and return what the other sheets read."""
    sheet = book.sheet("Residuals", _("From residuals to MAE, MSE and RMSE"), landscape=False)
    sheet.step(
        _("Residuals"),
        _("A loss begins with how far each prediction misses, in three readings: signed, absolute and squared."),
        "e = y − ŷ        |e|        e²",
    )
    if data is None:
        sheet.remark(
            _(
                "y = 4x is the article's function. Its table is lost: x and the predictions ŷ are chosen"
                " here, rows 4 and 8 as outliers."
            )
        )
        predicted = PREDICTED.copy()
        predicted[3], predicted[7] = settings["outlier1"], settings["outlier2"]
        points, errors = _residuals(sheet, 4 * X, predicted, inputs=X)
    else:
        sheet.remark(_("The actual values y and the predictions ŷ are your own data."))
        if data.min() < SMALLEST:
            sheet.remark(
                _(
                    "They go down to {least:g}. MSLE takes the logarithm of 1 + y and MAPE divides by y, so both need positive numbers, here from {smallest:g} on: this book goes without them."
                ).format(least=data.min(), smallest=SMALLEST)
            )
        points, errors = _residuals(sheet, data[:, 0], data[:, 1])
    rmse = _mean_errors(sheet, points, errors)
    _outlier_weight(sheet, points, errors)
    _gradients_compared(sheet, points, errors, rmse)
    return points


def _residuals(sheet: Sheet, v: Array, w: Array, inputs: Array | None = None) -> tuple[Points, Errors]:
    """Add the table of residuals v − w; y is 4x where there are inputs x, and typed in where there are none."""
    away, positive = v - w, min(v.min(), w.min()) >= SMALLEST
    bounds = POSITIVE if positive else ANY
    with sheet.table(Counter(""), len(v)) as table:
        if inputs is not None:
            x = table.given("x", inputs, **caption(_("input"), "x", "0.0"), valid=Between(SMALLEST, 1e5))
            y = table.derived("y", v, lambda i: 4 * x[i], math="4x", **_actual())
        else:
            y = table.given("y", v, valid=bounds, **_actual())
            x = table.derived("row", np.arange(1.0, len(v) + 1), number_of, **caption(_("row"), "i", "0"))
        yhat = table.given("yhat", w, valid=bounds, **_predicted())
        e = table.derived("e", away, lambda i: y[i] - yhat[i], **caption(_("residual"), "e", "0.00", math="y − ŷ"))
        fields = caption(_("absolute"), "|e|", "0.00", math="|y − ŷ|")
        size = table.derived("e_abs", np.abs(away), lambda i: absolute(e[i]), **fields)
        square = table.derived(
            "e_sq", away**2, lambda i: e[i] ** 2, **caption(_("squared"), "e²", "0.00", math="(y − ŷ)²")
        )
        _sum, sum_size, sum_square = (sum_under(table, column, number_format="0.00") for column in (e, size, square))
    actual = Series(_("actual y"), x[:], y[:])
    predicted = Series(_("predicted ŷ"), x[:], yhat[:], Mark.POINTS)
    alt = _("The actual values as a line and the predictions as points; outliers lie far off the line.")
    sheet.chart(Chart(_("Actual and predicted"), (actual, predicted), x.symbol, "y", alt, rows=15))
    sheet.sentence("e_first", "e₁ = {y:2} − {p:2p} = {e:2t}", y=y[0], p=yhat[0], e=e[0])
    n = sheet.derived("n", float(len(v)), lambda: call("COUNT", yhat), **caption(_("number of rows"), "n", "0"))
    remark = _("chosen here; it checks every gradient of this book")
    h = step_given(sheet, "h", difference_step(away), LARGEST_STEP, remark)
    sheet.recorded("no_gap", 0.0, **caption(_("what every gap should be"), number_format="0"))
    return Points(y, yhat, n, h, x, e, positive), Errors(size, square, sum_size, sum_square)


def _mean_errors(sheet: Sheet, points: Points, errors: Errors) -> Block:
    """MAE and MSE from the totals, and RMSE from MSE; return RMSE."""
    e = points.e.value
    sheet.step(
        _("Mean absolute error"),
        _("The average distance between prediction and truth, in the unit of y; this is a mean over the rows."),
        "MAE = (1/n) · Σ |e|",
    )
    _mean(sheet, "MAE", np.abs(e).mean(), errors.sum_size, points.n, "Σ|e| / n")
    sheet.step(
        _("Mean squared error"),
        _(
            "Squaring first makes large errors count more than in proportion; its unit is that of y squared; again a mean."
        ),
        "MSE = (1/n) · Σ e²",
    )
    mse = _mean(sheet, "MSE", np.mean(np.square(e)), errors.sum_square, points.n, "Σe² / n")
    sheet.step(
        _("Root mean squared error"),
        _(
            "The root brings the unit of y back, so that RMSE can be put beside MAE; it is never the smaller of the two."
        ),
        "RMSE = √MSE",
    )
    fields = caption(_("root of the mean"), "RMSE", math="√MSE")
    rmse = sheet.derived("rmse", np.sqrt(np.mean(e**2)), lambda: sqrt(mse), **fields)
    sheet.sentence("rmse_words", "RMSE = √{m:4} = {r:4}", m=mse, r=rmse)
    sheet.remark(
        _(
            "The article calls RMSE the “quadratic loss” of its rent line, but what it then computes is half the squared error"
            " (HMSE). The quadratic loss is the squared error; RMSE is the root of its mean."
        )
    )
    return rmse


def _mean(sheet: Sheet, name: str, value: Any, sum_: Block, n: Block, math: str) -> Block:
    id = f"{name.lower()}_here"
    block = sheet.derived(id, value, lambda: sum_ / n, **caption(_("mean"), name, math=math))
    sheet.sentence(f"{id}_words", f"{name} = {{s:2t}} / {{n:0}} = {{r:4}}", s=sum_, n=n, r=block)
    return block


def _outlier_weight(sheet: Sheet, points: Points, errors: Errors) -> None:
    """What share of each loss its largest two errors make."""
    sheet.step(
        _("How outliers weigh"),
        _("Split each loss by rows: under the square, the largest errors together take a larger share."),
        "|eᵢ| / Σ|e|        eᵢ² / Σe²",
    )
    with sheet.table(Counter(""), len(points.e.value)) as table:
        of_mae = _share_column(table, "share_abs", errors.size, errors.sum_size, _("share of MAE"), "|eᵢ|/Σ|e|")
        of_mse = _share_column(table, "share_sq", errors.square, errors.sum_square, _("share of MSE"), "eᵢ²/Σe²")
    series = tuple(Series(block.title, points.axis[:], block[:], Mark.COLUMNS) for block in (of_mae, of_mse))
    alt = _("For every row its share of MAE and of MSE: in MSE nearly all of it is the largest errors'.")
    sheet.chart(Chart(_("Which rows make the loss"), series, points.axis.symbol, _("share"), alt, rows=15))
    _without_the_largest(sheet, points.n, errors)


def _share_column(table: Table, id: str, part: Block, whole: Block, title: str, symbol: str) -> Block:
    """Add each row's share of a sum; 0 where all are 0."""
    sum_ = part.value.sum()
    value = np.zeros_like(part.value) if sum_ == 0 else part.value / sum_
    return table.derived(
        id, value, lambda i: if_(equal(whole, 0), 0, part[i] / whole), **caption(title, symbol, "0.0%")
    )


def _without_the_largest(sheet: Sheet, n: Block, errors: Errors) -> None:
    """The two largest errors: their share, and the means of the other rows."""
    columns, sum_of = (errors.size, errors.square), (errors.sum_size, errors.sum_square)
    rows = len(errors.size.value)
    two = np.array([np.sort(c.value)[-2:].sum() for c in columns])
    sums = np.array([c.value.sum() for c in columns])
    share = np.array([0.0 if s == 0 else t / s for s, t in zip(sums, two, strict=True)])
    with sheet.table(["MAE", "MSE"], 2) as table:
        each = [call("LARGE", c, 1) + call("LARGE", c, 2) for c in columns]
        top = table.derived(
            "largest_two", two, None, each=each, **caption(_("sum of the two largest"), number_format="0.00")
        )
        each = [if_(equal(s, 0), 0, top[k] / s) for k, s in enumerate(sum_of)]
        table.derived("largest_share", share, None, each=each, **caption(_("their share"), number_format="0.0%"))
        fields = caption(_("mean of all rows"), number_format="0.000")
        with_all = table.derived("mean_all", sums / rows, None, each=[s / n for s in sum_of], **fields)
        each = [(s - top[k]) / largest(n - 2, 1) for k, s in enumerate(sum_of)]
        fields = caption(_("mean without these two"), number_format="0.000")
        without = table.derived("mean_rest", (sums - two) / max(rows - 2, 1), None, each=each, **fields)
    words = _("Without the two largest errors MAE goes from {a:2} to {b:2}, MSE from {c:2} to {d:2}.")
    if rows <= 2:
        words = _("These are the two largest errors themselves: without them no row is left whose mean could be taken.")
        sheet.text(words)
        return
    sheet.sentence("outlier_words", words, a=with_all[0], b=without[0], c=with_all[1], d=without[1])


def _gradients_compared(sheet: Sheet, points: Points, errors: Errors, rmse: Block) -> None:
    """The gradients of MAE, MSE and RMSE beside one another, RMSE's against central differences."""
    sheet.step(
        _("Three gradients"),
        _("How strongly each loss pulls at each prediction: this is what descent feels."),
        "∂MAE/∂ŷ = −sign(e)/n        ∂MSE/∂ŷ = −2e/n        ∂RMSE/∂ŷ = −e/(n·RMSE)",
    )
    n, h, e, v = points.n, points.h, points.e, points.e.value
    count, root = float(len(v)), np.sqrt(np.mean(v**2))
    slope = np.zeros_like(v) if root == 0 else -v / (count * root)
    quotient = central(lambda d: np.sqrt((np.sum(v**2) - v**2 + (v - d) ** 2) / count), float(h.value))

    def rmse_with(i: Index, e_moved: Expr) -> Expr:
        return sqrt((errors.sum_square - e[i] ** 2 + e_moved**2) / n)

    with sheet.table(Counter(""), len(v)) as table:
        table.derived("grad_e", v, lambda i: e[i], **caption(_("residual"), "e", "0.00"))
        fields = caption(_("gradient of MAE"), "−sign(e)/n")
        table.gradient("grad_mae_here", -np.sign(v) / count, lambda i: -sign(e[i]) / n, **fields)
        fields = caption(_("gradient of MSE"), "−2e/n")
        table.gradient("grad_mse_here", -2 * v / count, lambda i: -2 * e[i] / n, **fields)
        fields = caption(_("gradient of RMSE"), "−e/(n·RMSE)")
        exact = table.gradient("grad_rmse", slope, lambda i: if_(equal(rmse, 0), 0, -e[i] / (n * rmse)), **fields)
        near = quotient_column(
            table,
            "grad_rmse_quotient",
            quotient,
            lambda i: (rmse_with(i, e[i] - h) - rmse_with(i, e[i] + h)) / (2 * h),
            symbol="ΔRMSE/2h",
            number_format="0.0000",
        )
    # at RMSE = 0 lies a tip, as of |x|: close to it, the quotient straddles the tip and is no derivative
    enough = root >= 100 * float(h.value)
    remark = _("nearer to the tip at RMSE = 0 no quotient can follow it")
    fields = caption(_("is RMSE at least 100h? (1 yes, 0 no)"), number_format="0", remark=remark)
    smooth = sheet.derived("rmse_smooth", float(enough), lambda: if_(rmse >= 100 * h, 1, 0), **fields)
    check_gradient(sheet, "rmse", "RMSE", near, exact, h, applies=smooth)
    sheet.remark(
        _(
            "The article says that MAE and RMSE both have a constant gradient, and that this helps learning. Only MAE's is constant"
            " (its size is 1/n in every row); RMSE's grows with the residual, as the table shows."
        )
    )
    sheet.remark(
        _(
            "For a single row √e² = |e|, and there both agree. Nor does a gradient that never fades help near the minimum."
        )
    )
