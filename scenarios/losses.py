"""Losses: from residuals to MAE, MSE and RMSE, then the article's whole table of loss functions, row by row.

Symbols, as in the article (a row is one data point):
    y     (n,)    actual value
    ŷ     (n,)    predicted value (`yhat`)
    e     (n,)    residual, y − ŷ
    C     ()      the loss of all rows: their sum, or their mean; every loss says which
    ∂C/∂ŷ (n,)    its gradient, one number a prediction
For classes: Z (n, 3) scores, P (n, 3) their softmax probabilities, Y (n, 3) the one-hot target.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.data import read_numbers
from workbook.formula import (
    Expr,
    Index,
    Operand,
    absolute,
    call,
    dot,
    equal,
    exp,
    if_,
    largest,
    ln,
    mean,
    number_of,
    pick,
    smallest,
    sqrt,
    tanh,
    total,
)
from workbook.scenario import Parameter, Scenario, UsageError
from workbook.sheet import Sheet
from workbook.text import N_, _

Array = NDArray[np.float64]

X = np.arange(1.0, 11.0)
PREDICTED = np.array([4.5, 7.0, 12.5, 30.0, 19.0, 25.0, 27.0, 12.0, 37.0, 39.5])
"""Predictions of y = 4x chosen here; the fourth and the eighth are the two outliers."""
SMALLEST, LARGEST = 0.01, 1e6
POSITIVE = Between(SMALLEST, LARGEST)
"""MSLE takes the logarithm of 1 + y and MAPE divides by y, so both columns are positive."""


@dataclass(frozen=True)
class RowLoss:
    """A loss that adds (or averages) one term a row.

    Attributes
    ----------
    id, sheet : of its blocks, and the name of its sheet
    term, slope : NumPy: one row's term, and its derivative by ŷ
    term_formula, slope_formula : the same for the cells y and ŷ
    first_term : the first row written out, with the fields y, p (ŷ) and term
    averaged : whether C is the mean of the terms (else their sum)
    kinked : whether the term has a kink at ŷ = y, where it has no derivative
    """

    id: str
    sheet: str
    title: str
    symbol: str
    why: str
    math: str
    term_math: str
    slope_math: str
    term: Callable[[Array, Array], Array]
    slope: Callable[[Array, Array], Array]
    term_formula: Callable[[Expr, Expr], Expr]
    slope_formula: Callable[[Expr, Expr], Expr]
    first_term: str
    averaged: bool = True
    kinked: bool = False
    remarks: tuple[str, ...] = ()


def log_cosh(x: Array) -> Array:
    """Return ln(cosh x)."""
    return np.logaddexp(x, -x) - np.log(2)


def log_cosh_formula(x: Expr) -> Expr:
    """The same for a cell, in the form that cannot overflow: COSH(711) is an error in a spreadsheet."""
    return absolute(x) + ln(1 + exp(-2 * absolute(x))) - ln(2)


def sign(x: Operand) -> Expr:
    return call("SIGN", x)


MSE = RowLoss(
    "mse", "MSE", N_("Mean squared error (MSE)"), "MSE",
    N_("The loss of most regressions: large errors cost far more than small ones, and the gradient fades as they vanish."),
    "MSE = (1/n) · Σ (y − ŷ)²        ∂MSE/∂ŷ = −2·(y − ŷ)/n", "(y − ŷ)²", "−2·(y − ŷ)/n",
    lambda y, p: (p - y) ** 2,
    lambda y, p: 2 * (p - y),
    lambda y, p: (y - p) ** 2,
    lambda y, p: -2 * (y - p),
    "({y:2} − {p:2})² = {term:4}",
    remarks=(
        N_("The article's table calls the squared difference a “residual”. The residual is the difference y − ŷ itself; its square is the squared residual."),
    ),
)  # fmt: skip
HALF_MSE = RowLoss(
    "half_mse", "HalfMSE", N_("Half mean squared error"), "½MSE",
    N_("The half cancels the 2 that differentiating the square brings down: the same minimum with a tidier gradient."),
    "½MSE = (1/2n) · Σ (y − ŷ)²        ∂C/∂ŷ = −(y − ŷ)/n", "½·(y − ŷ)²", "−(y − ŷ)/n",
    lambda y, p: (p - y) ** 2 / 2,
    lambda y, p: p - y,
    lambda y, p: 0.5 * (y - p) ** 2,
    lambda y, p: -(y - p),
    "½ · ({y:2} − {p:2})² = {term:4}",
)  # fmt: skip
SSE = RowLoss(
    "sse", "SSE", N_("Sum of squared errors (SSE, L2)"), "SSE",
    N_("The mean is left out: the loss and its gradient grow with the number of rows, so the learning rate must shrink."),
    "SSE = Σ (y − ŷ)²        ∂SSE/∂ŷ = −2·(y − ŷ)", "(y − ŷ)²", "−2·(y − ŷ)",
    lambda y, p: (p - y) ** 2,
    lambda y, p: 2 * (p - y),
    lambda y, p: (y - p) ** 2,
    lambda y, p: -2 * (y - p),
    "({y:2} − {p:2})² = {term:4}",
    averaged=False,
    remarks=(
        N_("The article calls both MSE (in its text) and SSE (in its table) the L2 loss. They differ by the factor n only, so ask which one is meant."),
    ),
)  # fmt: skip
MSLE = RowLoss(
    "msle", "MSLE", N_("Mean squared logarithmic error (MSLE)"), "MSLE",
    N_("Logarithms turn ratios into differences: 10 % off costs about the same at 40 as at 40 000."),
    "MSLE = (1/n) · Σ (ln(1 + y) − ln(1 + ŷ))²        ∂C/∂ŷ = −2·(ln(1 + y) − ln(1 + ŷ)) / (1 + ŷ) / n",
    "(ln(1 + y) − ln(1 + ŷ))²", "−2·(…)/(1 + ŷ)/n",
    lambda y, p: (np.log1p(p) - np.log1p(y)) ** 2,
    lambda y, p: 2 * (np.log1p(p) - np.log1p(y)) / (1 + p),
    lambda y, p: (ln(1 + y) - ln(1 + p)) ** 2,
    lambda y, p: -2 * (ln(1 + y) - ln(1 + p)) / (1 + p),
    "(ln(1 + {y:2}) − ln(1 + {p:2}))² = {term:6}",
)  # fmt: skip
MAE = RowLoss(
    "mae", "MAE", N_("Mean absolute error (MAE)"), "MAE",
    N_("Every unit of error costs the same, so outliers weigh no more than their distance; but the gradient never fades."),
    "MAE = (1/n) · Σ |y − ŷ|        ∂MAE/∂ŷ = −sign(y − ŷ)/n", "|y − ŷ|", "−sign(y − ŷ)/n",
    lambda y, p: np.abs(p - y),
    lambda y, p: np.sign(p - y),
    lambda y, p: absolute(y - p),
    lambda y, p: -sign(y - p),
    "|{y:2} − {p:2}| = {term:4}",
    kinked=True,
    remarks=(
        N_("The gradient is +1/n or −1/n however large the error is: descent with a fixed step overshoots near the minimum. So the article rightly advises a learning rate that falls."),
    ),
)  # fmt: skip
MAPE = RowLoss(
    "mape", "MAPE", N_("Mean absolute percentage error (MAPE)"), "MAPE",
    N_("Errors as a percentage of the actual value; it cannot be used where an actual value is zero, and it can exceed 100 %."),
    "MAPE = (100/n) · Σ |y − ŷ| / |y|        ∂C/∂ŷ = −100·sign(y − ŷ)/|y|/n", "100·|y − ŷ|/|y|", "−100·sign(y − ŷ)/|y|/n",
    lambda y, p: 100 * np.abs((p - y) / y),
    lambda y, p: 100 * np.sign(p - y) / np.abs(y),
    lambda y, p: 100 * absolute(y - p) / absolute(y),
    lambda y, p: -100 * sign(y - p) / absolute(y),
    "100 · |{y:2} − {p:2}| / |{y:2}| = {term:4}",
    kinked=True,
)  # fmt: skip
SAE = RowLoss(
    "sae", "SAE", N_("Sum of absolute errors (SAE, L1)"), "SAE",
    N_("MAE without the division by n: the gradient of each prediction is exactly +1 or −1."),
    "SAE = Σ |y − ŷ|        ∂SAE/∂ŷ = −sign(y − ŷ)", "|y − ŷ|", "−sign(y − ŷ)",
    lambda y, p: np.abs(p - y),
    lambda y, p: np.sign(p - y),
    lambda y, p: absolute(y - p),
    lambda y, p: -sign(y - p),
    "|{y:2} − {p:2}| = {term:4}",
    averaged=False,
    kinked=True,
)  # fmt: skip
BCE = RowLoss(
    "bce", "BCE", N_("Binary cross-entropy"), "BCE",
    N_("For yes or no: it charges the logarithm of the probability that was given to what really happened."),
    "BCE = −(1/n) · Σ [y·ln ŷ + (1 − y)·ln(1 − ŷ)]        ∂C/∂ŷ = −(y/ŷ − (1 − y)/(1 − ŷ))/n",
    "−(y·ln ŷ + (1 − y)·ln(1 − ŷ))", "−(y/ŷ − (1−y)/(1−ŷ))/n",
    lambda y, p: -np.log(np.where(y == 1, p, 1 - p)),
    lambda y, p: (p - y) / (p * (1 - p)),
    lambda y, p: -(y * ln(p) + (1 - y) * ln(1 - p)),
    lambda y, p: -(y / p - (1 - y) / (1 - p)),
    "−({y:0}·ln {p:2} + (1 − {y:0})·ln(1 − {p:2})) = {term:4}",
)  # fmt: skip
KL = RowLoss(
    "kl", "KL", N_("KL divergence"), "KL",
    N_("How far a predicted distribution Q lies from the true one P; it is 0 only where both agree."),
    "KL(P‖Q) = Σ p·ln(p/q)        ∂KL/∂q = −p/q", "p·ln(p/q)", "−p/q",
    lambda p, q: p * (np.log(p) - np.log(q)),
    lambda p, q: -p / q,
    lambda p, q: p * ln(p / q),
    lambda p, q: -p / q,
    "{y:4} · ln({y:4} / {p:4}) = {term:4}",
    averaged=False,
)  # fmt: skip
LOG_COSH = RowLoss(
    "log_cosh", "LogCosh", N_("Log-cosh"), "log-cosh",
    N_("Squared near zero, absolute far out: smooth like MSE and yet calm about outliers like MAE."),
    "C = (1/n) · Σ ln(cosh x)   with   x = ŷ − y        ∂C/∂ŷ = tanh(x)/n", "ln(cosh(ŷ − y))", "tanh(ŷ − y)/n",
    lambda y, p: log_cosh(p - y),
    lambda y, p: np.tanh(p - y),
    lambda y, p: log_cosh_formula(p - y),
    lambda y, p: tanh(p - y),
    "ln(cosh({p:2} − {y:2})) = {term:4}",
    remarks=(
        N_("cosh(711) is more than a spreadsheet can hold. The cells therefore use the equal form |x| + ln(1 + e^(−2|x|)) − ln 2, which cannot overflow."),
        N_("The article uses log-cosh for its rent line, beside the table. There the gradient by the slope m is tanh(x) times the row's input, by the chain rule."),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Points:
    """The rows that most losses share: y, ŷ, how many, the small step h, and what stands on a chart's axis."""

    y: Block
    yhat: Block
    n: Block
    h: Block
    axis: Block
    e: Block


class Losses(Scenario):
    """y = 4x with two outliers; every loss of the article's table."""

    name = "losses"
    title = N_("Loss functions, row by row")
    article = N_("Fathoming the Deep in Deep Learning – A Practical Approach (loss functions)")
    summary = N_(
        "How wrong is a set of predictions? From residuals to MAE, MSE and RMSE, how outliers weigh, then every loss of the"
        " article's table with its gradient, and which loss asks for the mean and which for the median."
    )
    order = 90
    locale = Path(__file__).parent / "locale"
    parameters = (
        Parameter("outlier1", 30.0, N_("prediction of the first outlier (the actual value is 16)"), SMALLEST, LARGEST),
        Parameter("outlier2", 12.0, N_("prediction of the second outlier (the actual value is 32)"), SMALLEST, LARGEST),
        Parameter("target", 100.0, N_("actual value of the loss curves"), -1e4, 1e4),
    )
    data_columns = N_("actual, predicted (2 to 2,000 rows of positive numbers)")

    def read_data(self, path: Path) -> Any:
        """Read the columns actual and predicted."""
        table = read_numbers(path, ("actual", "predicted"), low=-LARGEST, high=LARGEST, least_rows=2, most_rows=2000)
        return positive(path, np.asarray(table, dtype=float))

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        points = self._residuals(book, settings, data)
        for loss in (MSE, HALF_MSE, SSE):
            self._row_loss(book, loss, points)
        underestimates(self._row_loss(book, MSLE, points))
        self._row_loss(book, MAE, points)
        too_low(self._row_loss(book, MAPE, points))
        self._row_loss(book, SAE, points)
        binary_cross_entropy(book)
        negative_log_likelihood(book)
        kl_divergence(book)
        cosine_proximity(book, points)
        second_derivative(self._row_loss(book, LOG_COSH, points), points)
        far_curves(book, float(settings["target"]))
        near_curves(book)
        best_constant(book)
        overview(book)

    # -- residuals, MAE, MSE, RMSE -------------------------------------------------------------------------

    def _residuals(self, book: Book, settings: Mapping[str, Any], data: Any) -> Points:
        sheet = book.sheet("Residuals", _("From residuals to MAE, MSE and RMSE"))
        sheet.step(
            _("Residuals"),
            _("A loss begins with how far each prediction misses, in three readings: signed, absolute and squared."),
            "e = y − ŷ        |e|        e²",
        )
        if data is None:
            book.first_change = _("on the sheet Residuals, the yellow prediction ŷ in row 4: type 17 and see MSE collapse while MAE only falls.")
            sheet.remark(_("y = 4x is the article's function. Its table is lost: x and the predictions ŷ are chosen here, rows 4 and 8 as outliers."))
        else:
            book.first_change = _("on the sheet Residuals, any yellow prediction ŷ: move it away from y and compare MSE with MAE.")
            sheet.remark(_("The actual values y and the predictions ŷ are your own data."))
        points = residual_table(sheet, settings, data)
        mean_errors(sheet, points)
        outlier_weight(sheet, points)
        gradients_compared(sheet, points)
        return points

    # -- one sheet a loss ----------------------------------------------------------------------------------

    def _row_loss(self, book: Book, loss: RowLoss, points: Points) -> Sheet:
        """Make the sheet of a loss of the shared points."""
        sheet = open_sheet(book, loss)
        n = len(points.y.value)
        with sheet.table(Counter(""), n) as table:
            y = table.derived(f"{loss.id}_y", points.y.value, lambda i: points.y[i], **ACTUAL())
            p = table.derived(f"{loss.id}_yhat", points.yhat.value, lambda i: points.yhat[i], **PREDICTION())
            row_loss_columns(sheet, table, loss, y, p, points.n, points.h)
        row_loss_result(sheet, loss, y, p, points.n)
        term_chart(sheet, loss, points.axis)
        return sheet


def ACTUAL() -> dict[str, Any]:  # noqa: N802 - reads as the column it describes
    return {"title": _("actual"), "symbol": "y", "number_format": "0.00"}


def PREDICTION() -> dict[str, Any]:  # noqa: N802
    return {"title": _("predicted"), "symbol": "ŷ", "number_format": "0.00"}


def positive(path: Path, rows: Array) -> Array:
    """Return the rows, all of them positive.

    Raises
    ------
    UsageError
        Naming the first number that logarithms and percentages cannot take.
    """
    bad = np.argwhere(rows < SMALLEST)
    if len(bad):
        row, column = bad[0]
        raise UsageError(
            f"{path}: row {row + 2}, column {('actual', 'predicted')[column]}: {rows[row, column]:g} is below {SMALLEST:g};"
            " MSLE and MAPE need positive numbers: shift or rescale both columns"
        )
    return rows


def difference_step(*values: Array) -> float:
    """Return a step for difference quotients that is small beside the smallest of the values."""
    low = min(float(v.min()) for v in values)
    return float(10.0 ** min(-3, np.floor(np.log10(low)) - 3))


# ------------------------------------------------------------------------------------------ the first sheet


def residual_table(sheet: Sheet, settings: Mapping[str, Any], data: Any) -> Points:
    """Lay out the points with their residuals and return what the other sheets read."""
    if data is None:
        value_y, value_p = 4 * X, PREDICTED.copy()
        value_p[3], value_p[7] = settings["outlier1"], settings["outlier2"]
    else:
        value_y, value_p = data[:, 0], data[:, 1]
    value_e = value_y - value_p
    rows = len(value_y)
    top = sheet.cursor
    with sheet.table(Counter(""), rows) as table:
        if data is None:
            x = table.given("x", X, title=_("input"), symbol="x", number_format="0.0", valid=Between(SMALLEST, 1e5))
            y = table.derived("y", value_y, lambda i: 4 * x[i], math="4x", **ACTUAL())
        else:
            y = table.given("y", value_y, valid=POSITIVE, **ACTUAL())
            x = table.derived("row", np.arange(1.0, rows + 1), number_of, title=_("row"), symbol="i", number_format="0")
        yhat = table.given("yhat", value_p, valid=POSITIVE, **PREDICTION())
        e = table.derived("e", value_e, lambda i: y[i] - yhat[i], title=_("residual"), symbol="e", math="y − ŷ", number_format="0.00")
        size = table.derived("e_abs", np.abs(value_e), lambda i: absolute(e[i]), title=_("absolute"), symbol="|e|", math="|y − ŷ|", number_format="0.00")
        square = table.derived("e_sq", value_e**2, lambda i: e[i] ** 2, title=_("squared"), symbol="e²", math="(y − ŷ)²", number_format="0.00")
        for column in (e, size, square):
            table.total(column, Block(f"{column.id}_sum", Role.DERIVED, column.value.sum(), formula=lambda c=column: total(c), number_format="0.00"))
        right = table.column + 1
    chart = Chart(
        _("Actual and predicted"),
        (Series(_("actual y"), x[:], y[:]), Series(_("predicted ŷ"), x[:], yhat[:], Mark.POINTS)),
        x.symbol, "y",
        _("The actual values as a line and the predictions as points; two predictions lie far off the line."),
        rows=15,
    )  # fmt: skip
    sheet.chart(chart, at=(top, right))
    sheet.cursor = max(sheet.cursor, top + chart.rows + 1)
    sheet.sentence("e_first", "e₁ = {y:2} − {p:2} = {e:2}", y=y[0], p=yhat[0], e=e[0])
    n = sheet.derived("n", float(rows), lambda: call("COUNT", yhat), symbol="n", title=_("number of rows"), number_format="0")
    h = sheet.given(
        "h", difference_step(value_y, value_p), symbol="h", title=_("small step for difference quotients"),
        number_format="0.0E+00", valid=Between(1e-6, 0.01), remark=_("chosen here; it checks every gradient of this book"),
    )  # fmt: skip
    return Points(y, yhat, n, h, x, e)


def mean_errors(sheet: Sheet, points: Points) -> None:
    """MAE, MSE and RMSE from the totals."""
    book, n, e = sheet.book, points.n, points.e.value
    sum_abs, sum_sq = book["e_abs_sum"], book["e_sq_sum"]
    sheet.step(
        _("Mean absolute error"),
        _("The average distance between prediction and truth, in the unit of y; this is a mean over the rows."),
        "MAE = (1/n) · Σ |e|",
    )
    mae = sheet.derived("mae_here", np.abs(e).mean(), lambda: sum_abs / n, symbol="MAE", title=_("mean"), math="Σ|e| / n")
    sheet.sentence("mae_here_words", "MAE = {s:2} / {n:0} = {r:4}", s=sum_abs, n=n, r=mae)
    sheet.step(
        _("Mean squared error"),
        _("Squaring first makes large errors count more than in proportion; its unit is that of y squared; again a mean."),
        "MSE = (1/n) · Σ e²",
    )
    mse = sheet.derived("mse_here", np.mean(np.square(e)), lambda: sum_sq / n, symbol="MSE", title=_("mean"), math="Σe² / n")
    sheet.sentence("mse_here_words", "MSE = {s:2} / {n:0} = {r:4}", s=sum_sq, n=n, r=mse)
    sheet.step(
        _("Root mean squared error"),
        _("The root brings the unit of y back, so that RMSE can be put beside MAE; it is never the smaller of the two."),
        "RMSE = √MSE",
    )
    rmse = sheet.derived("rmse", np.sqrt(np.mean(e**2)), lambda: sqrt(mse), symbol="RMSE", title=_("root of the mean"), math="√MSE")
    sheet.sentence("rmse_words", "RMSE = √{m:4} = {r:4}", m=mse, r=rmse)
    sheet.remark(_(
        "The article calls RMSE the “quadratic loss” of its rent line, but what it then computes is half the squared error"
        " (HMSE). The quadratic loss is the squared error; RMSE is the root of its mean."
    ))  # fmt: skip


def outlier_weight(sheet: Sheet, points: Points) -> None:
    """What share of each loss its largest two errors make."""
    book = sheet.book
    size, square = book["e_abs"], book["e_sq"]
    sum_abs, sum_sq = book["e_abs_sum"], book["e_sq_sum"]
    sheet.step(
        _("How outliers weigh"),
        _("Split each loss by rows: under the square, the two largest errors take nearly all of it."),
        "|eᵢ| / Σ|e|        eᵢ² / Σe²",
    )
    rows = len(size.value)
    top = sheet.cursor
    share = {"number_format": "0.0%"}
    with sheet.table(Counter(""), rows) as table:
        share_abs = table.derived(
            "share_abs", shares(size.value), lambda i: if_(equal(sum_abs, 0), 0, size[i] / sum_abs),
            title=_("share of MAE"), symbol="|eᵢ|/Σ|e|", **share,
        )  # fmt: skip
        share_sq = table.derived(
            "share_sq", shares(square.value), lambda i: if_(equal(sum_sq, 0), 0, square[i] / sum_sq),
            title=_("share of MSE"), symbol="eᵢ²/Σe²", **share,
        )  # fmt: skip
        right = table.column + 1
    chart = Chart(
        _("Which rows make the loss"),
        (
            Series(_("share of MAE"), points.axis[:], share_abs[:], Mark.COLUMNS),
            Series(_("share of MSE"), points.axis[:], share_sq[:], Mark.COLUMNS),
        ),
        points.axis.symbol, _("share"),
        _("For every row its share of MAE and of MSE: the outliers' share is larger in MSE."),
        rows=15,
    )  # fmt: skip
    sheet.chart(chart, at=(top, right))
    sheet.cursor = max(sheet.cursor, top + chart.rows + 1)
    without_the_largest(sheet, points, size, square)


def shares(values: Array) -> Array:
    """Return each value's share of their sum; 0 where all are 0."""
    whole = values.sum()
    return np.zeros_like(values) if whole == 0 else values / whole


def without_the_largest(sheet: Sheet, points: Points, size: Block, square: Block) -> None:
    """The two largest errors: their share, and the means of the other rows."""
    n = points.n
    columns = (size, square)
    two = np.array([np.sort(c.value)[-2:].sum() for c in columns])
    sums = np.array([c.value.sum() for c in columns])
    rest = (sums - two) / max(len(size.value) - 2, 1)
    heads = ["MAE", "MSE"]
    share = [0.0 if s == 0 else t / s for s, t in zip(sums, two, strict=True)]
    sum_of = (sheet.book["e_abs_sum"], sheet.book["e_sq_sum"])
    with sheet.table(heads, 2) as table:
        largest_two = table.add(Block(
            "largest_two", Role.DERIVED, two, title=_("sum of the two largest"),
            each=[call("LARGE", c, 1) + call("LARGE", c, 2) for c in columns], number_format="0.00",
        ))  # fmt: skip
        table.add(Block(
            "largest_share", Role.DERIVED, np.array(share), title=_("their share"),
            each=[if_(equal(s, 0), 0, largest_two[k] / s) for k, s in enumerate(sum_of)], number_format="0.0%",
        ))  # fmt: skip
        with_all = table.add(Block(
            "mean_all", Role.DERIVED, sums / len(size.value), title=_("mean of all rows"),
            each=[s / n for s in sum_of], number_format="0.000",
        ))  # fmt: skip
        without = table.add(Block(
            "mean_rest", Role.DERIVED, rest, title=_("mean without these two"),
            each=[(s - largest_two[k]) / largest(n - 2, 1) for k, s in enumerate(sum_of)], number_format="0.000",
        ))  # fmt: skip
    sheet.sentence(
        "outlier_words",
        _("Without the two largest errors MAE falls from {a:2} to {b:2}, MSE from {c:2} to {d:2}."),
        a=with_all[0], b=without[0], c=with_all[1], d=without[1],
    )  # fmt: skip


def gradients_compared(sheet: Sheet, points: Points) -> None:
    """The gradients of MAE, MSE and RMSE beside one another, RMSE's against central differences."""
    book, n, h, e = sheet.book, points.n, points.h, points.e
    sum_sq, rmse = book["e_sq_sum"], book["rmse"]
    sheet.step(
        _("Three gradients"),
        _("How strongly each loss pulls at each prediction: this is what descent feels."),
        "∂MAE/∂ŷ = −sign(e)/n        ∂MSE/∂ŷ = −2e/n        ∂RMSE/∂ŷ = −e/(n·RMSE)",
    )
    v, size = e.value, float(len(e.value))
    root = np.sqrt(np.mean(v**2))
    step = float(h.value)
    moved = [np.sqrt((np.sum(v**2) - v**2 + (v - s) ** 2) / size) for s in (step, -step)]
    slope = np.zeros_like(v) if root == 0 else -v / (size * root)
    quotient = (moved[0] - moved[1]) / (2 * step)
    with sheet.table(Counter(""), len(v)) as table:
        table.derived("grad_e", v, lambda i: e[i], title=_("residual"), symbol="e", number_format="0.00")
        table.gradient("grad_mae_here", -np.sign(v) / size, lambda i: -sign(e[i]) / n, title=_("gradient of MAE"), symbol="−sign(e)/n")
        table.gradient("grad_mse_here", -2 * v / size, lambda i: -2 * e[i] / n, title=_("gradient of MSE"), symbol="−2e/n")
        exact = table.gradient(
            "grad_rmse", slope, lambda i: if_(equal(rmse, 0), 0, -e[i] / (n * rmse)),
            title=_("gradient of RMSE"), symbol="−e/(n·RMSE)",
        )  # fmt: skip
        near = table.add(Block(
            "grad_rmse_quotient", Role.CHECK, quotient, title=_("difference quotient"), symbol="ΔRMSE/2h", number_format="0.0000",
            formula=lambda i: (
                sqrt((sum_sq - e[i] ** 2 + (e[i] - h) ** 2) / n) - sqrt((sum_sq - e[i] ** 2 + (e[i] + h) ** 2) / n)
            ) / (2 * h),
        ))  # fmt: skip
    sheet.check("rmse_gradient", _("gradient of RMSE against difference quotients"), near, exact, tolerance(slope))
    sheet.remark(_(
        "The article says that MAE and RMSE both have a constant gradient, and that this helps learning. Only MAE's is constant"
        " (its size is 1/n in every row); RMSE's grows with the residual, as the table shows."
    ))  # fmt: skip
    sheet.remark(_(
        "Where the slip may come from: for a single row √e² = |e|, and there both agree. And a gradient that never fades is a"
        " drawback near the minimum, as the article itself says of MAE further up."
    ))  # fmt: skip


def tolerance(gradient: Array) -> float:
    """Return how far a difference quotient may lie from a gradient: relative to its size, and never below 1e-4."""
    return 1e-4 * max(1.0, float(np.sqrt(np.sum(gradient**2))))


# ------------------------------------------------------------------------------------------ losses by rows


def open_sheet(book: Book, loss: RowLoss) -> Sheet:
    sheet = book.sheet(loss.sheet, _(loss.title))
    sheet.step(_(loss.title), _(loss.why), loss.math)
    return sheet


def row_loss_columns(sheet: Sheet, table: Any, loss: RowLoss, y: Block, p: Block, n: Block, h: Block) -> None:
    """Add a loss's columns to a table that has y and ŷ: term, gradient, difference quotient, and a chart beside it."""
    value_y, value_p, step = y.value, p.value, float(h.value)
    rows = len(value_y)
    share = rows if loss.averaged else 1
    terms = loss.term(value_y, value_p)
    slopes = loss.slope(value_y, value_p) / share
    quotients = (loss.term(value_y, value_p + step) - loss.term(value_y, value_p - step)) / (2 * step) / share
    if loss.kinked:
        quotients = np.where(np.abs(value_y - value_p) <= step, slopes, quotients)

    def per_row(expression: Expr) -> Expr:
        return expression / n if loss.averaged else expression

    def quotient(i: Index) -> Operand:
        change = loss.term_formula(y[i], p[i] + h) - loss.term_formula(y[i], p[i] - h)
        plain = per_row(change / (2 * h))
        return if_(absolute(y[i] - p[i]) <= h, slope[i], plain) if loss.kinked else plain

    term = table.derived(
        f"{loss.id}_term", terms, lambda i: loss.term_formula(y[i], p[i]),
        title=_("the row's term"), symbol=loss.term_math, number_format="0.0000",
    )  # fmt: skip
    slope = table.gradient(
        f"{loss.id}_grad", slopes, lambda i: per_row(loss.slope_formula(y[i], p[i])),
        title=_("gradient by the prediction"), symbol=loss.slope_math, number_format="0.000000",
    )  # fmt: skip
    table.add(Block(
        f"{loss.id}_quotient", Role.CHECK, quotients, formula=quotient,
        title=_("difference quotient"), symbol="(C(ŷ+h) − C(ŷ−h))/2h", number_format="0.000000",
    ))  # fmt: skip
    table.total(term, Block(f"{loss.id}_sum", Role.DERIVED, terms.sum(), formula=lambda: total(term), number_format="0.0000"))


def row_loss_result(sheet: Sheet, loss: RowLoss, y: Block, p: Block, n: Block) -> Block:
    """Write out the first row, the loss as sum or mean, and the check of the gradient."""
    book = sheet.book
    term, slope, quotient = (book[f"{loss.id}_{part}"] for part in ("term", "grad", "quotient"))
    sum_ = book[f"{loss.id}_sum"]
    sheet.sentence(f"{loss.id}_first", _("Row 1: {formula}").format(formula=loss.first_term), y=y[0], p=p[0], term=term[0])
    kind = _("MEAN over the rows") if loss.averaged else _("SUM over the rows")
    math = "C = Σ / n" if loss.averaged else "C = Σ"
    value = np.mean(term.value) if loss.averaged else np.sum(term.value)
    result = sheet.derived(
        f"{loss.id}_loss", value, lambda: sum_ / n if loss.averaged else sum_.whole(),
        symbol=loss.symbol, title=kind, math=math, number_format="0.0000",
    )  # fmt: skip
    sheet.check(f"{loss.id}_gradient", _("{loss}: gradient against difference quotients").format(loss=loss.symbol), quotient, slope, tolerance(slope.value))
    if loss.kinked:
        sheet.remark(_("Within h of ŷ = y the quotient would straddle the kink, where no derivative exists; there the column repeats sign(0) = 0 or ±1."))
    for remark in loss.remarks:
        sheet.remark(_(remark))
    return result


def term_chart(sheet: Sheet, loss: RowLoss, axis: Block) -> None:
    """Chart what each row adds, and how each prediction is pulled."""
    term, slope = (sheet.book[f"{loss.id}_{part}"] for part in ("term", "grad"))
    with sheet.beside():
        sheet.chart(Chart(
            _("What each row adds"), (Series(_("the row's term"), axis[:], term[:], Mark.COLUMNS),),
            axis.symbol, loss.term_math, _("A column a row: its term of the loss."), columns=3, rows=13,
        ))  # fmt: skip
        sheet.chart(Chart(
            _("How each prediction is pulled"), (Series(_("gradient"), axis[:], slope[:], Mark.COLUMNS, "#7A3EA8"),),
            axis.symbol, "∂C/∂ŷ", _("A column a row: the gradient of the loss by that row's prediction."), columns=3, rows=13,
        ))  # fmt: skip


# ------------------------------------------------------------------------- what MSLE, MAPE and log-cosh do


def underestimates(sheet: Sheet) -> None:
    """MSLE of predictions that miss by the same distance, below and above."""
    sheet.step(
        _("MSLE punishes predicting too low"),
        _("The same distance below and above the target: MSE sees no difference, MSLE does, since y − d is the larger ratio."),
        "(ln(1 + y) − ln(1 + y ∓ d))²",
    )
    target = sheet.given("msle_target", 100.0, symbol="y", title=_("target"), number_format="0", valid=Between(100, 1e4), remark=_("chosen here"))
    d_value = np.arange(10.0, 100.0, 10.0)
    low, high = np.log1p(100 - d_value), np.log1p(100 + d_value)
    value_low, value_high = (np.log1p(100) - low) ** 2, (np.log1p(100) - high) ** 2
    with sheet.table(Counter(""), len(d_value)) as table:
        d = table.given("miss", d_value, title=_("misses by"), symbol="d", number_format="0", valid=Between(1, 99))
        table.derived("miss_mse", d_value**2, lambda i: d[i] ** 2, title=_("squared error, both ways"), symbol="d²", number_format="0")
        below = table.derived(
            "miss_low", value_low, lambda i: (ln(1 + target) - ln(1 + target - d[i])) ** 2,
            title=_("MSLE term, too low"), symbol="ŷ = y − d",
        )  # fmt: skip
        above = table.derived(
            "miss_high", value_high, lambda i: (ln(1 + target) - ln(1 + target + d[i])) ** 2,
            title=_("MSLE term, too high"), symbol="ŷ = y + d",
        )  # fmt: skip
        ratio = table.derived("miss_ratio", value_low / value_high, lambda i: below[i] / above[i], title=_("low / high"), number_format="0.0")
    sheet.sentence("miss_words", _("Missing by {d:0}: too low costs {r:1} times as much as too high."), d=d[4], r=ratio[4])
    sheet.chart(Chart(
        _("The same miss, below and above"),
        (Series(_("too low"), d[:], below[:], Mark.BOTH), Series(_("too high"), d[:], above[:], Mark.BOTH)),
        "d", "MSLE", _("MSLE's term against the size of the miss: the curve for too low lies above and rises steeply."),
        columns=5, rows=14,
    ))  # fmt: skip


def too_low(sheet: Sheet) -> None:
    """Why MAPE likes low predictions."""
    sheet.step(
        _("Why MAPE tends to predict too low"),
        _("Being wrong by a factor k costs less below than above: too low can never cost more than 100 %, too high has no limit."),
        "ŷ = k·y        100·|y − k·y|/y = 100·|1 − k|",
    )
    factors = np.array([0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0])
    target = sheet.given("mape_target", 100.0, symbol="y", title=_("target"), number_format="0", valid=Between(1, 1e4), remark=_("chosen here"))
    with sheet.table(Counter(""), len(factors)) as table:
        k = table.given("factor", factors, title=_("wrong by a factor"), symbol="k", number_format="0.00", valid=Between(0, 100))
        guess = table.derived("factor_yhat", factors * 100, lambda i: k[i] * target, title=_("predicted"), symbol="ŷ = k·y", number_format="0")
        table.derived(
            "factor_mape", 100 * np.abs(1 - factors), lambda i: 100 * absolute(target - guess[i]) / target,
            title=_("percentage error"), symbol="100·|y − ŷ|/y", number_format="0",
        )  # fmt: skip
    sheet.remark(_(
        "So the article is right that MAPE tends to choose models whose predictions are too low. It also divides by y, so small targets"
        " weigh most: the sheet Constant shows the best constant for MAPE below the median and the mean."
    ))  # fmt: skip


def second_derivative(sheet: Sheet, points: Points) -> None:
    """The second derivative of log-cosh, which MAE lacks."""
    sheet.step(
        _("Second derivative of log-cosh"),
        _("Methods that look at curvature need it; it exists everywhere and is never negative."),
        "∂²C/∂ŷ² = (1 − tanh²(x)) / n        x = ŷ − y",
    )
    n, h, slope = points.n, points.h, sheet.book["log_cosh_grad"]
    x, step, size = points.yhat.value - points.y.value, float(points.h.value), len(points.y.value)
    quotients = (np.tanh(x + step) - np.tanh(x - step)) / (2 * step) / size
    y, yhat = sheet.book["log_cosh_y"], sheet.book["log_cosh_yhat"]
    with sheet.table(Counter(""), size) as table:
        away = table.derived("curve_x", x, lambda i: yhat[i] - y[i], title=_("error"), symbol="x = ŷ − y", number_format="0.00")
        table.gradient("curve_slope", np.tanh(x) / size, lambda i: slope[i], title=_("first derivative"), symbol="tanh(x)/n", number_format="0.000000")
        second = table.gradient(
            "curve_second", 1 / np.cosh(np.clip(x, -300, 300)) ** 2 / size, lambda i: (1 - tanh(away[i]) ** 2) / n,
            title=_("second derivative"), symbol="(1 − tanh²x)/n", number_format="0.000000",
        )  # fmt: skip
        near = table.add(Block(
            "curve_quotient", Role.CHECK, quotients, title=_("difference quotient"), symbol="Δ tanh / 2h / n", number_format="0.000000",
            formula=lambda i: (tanh(away[i] + h) - tanh(away[i] - h)) / (2 * h) / n,
        ))  # fmt: skip
    sheet.check("log_cosh_second", _("log-cosh: second derivative against difference quotients"), near, second, 1e-4)


# --------------------------------------------------------------------------- probabilities and directions


PROBABILITY_STEP = 1e-4
"""A step for probabilities, whose logarithms bend sharply near 0."""


def small_step(sheet: Sheet, id: str, value: float) -> Block:
    return sheet.given(
        id, value, symbol="h", title=_("small step for difference quotients"), number_format="0.0E+00",
        valid=Between(1e-6, 0.001), remark=_("chosen here"),
    )  # fmt: skip


def binary_cross_entropy(book: Book) -> None:
    """Six yes-or-no predictions."""
    sheet = open_sheet(book, BCE)
    sheet.remark(_("Here ŷ is a probability and y is 0 or 1, so this loss has rows of its own, chosen here."))
    happened = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 0.0])
    chance = np.array([0.9, 0.2, 0.7, 0.4, 0.1, 0.6])
    h = small_step(sheet, "bce_h")
    above = sheet.cursor
    sheet.gap(2)
    with sheet.table(Counter(""), len(chance)) as table:
        y = table.given("bce_y", happened, title=_("happened (1) or not (0)"), symbol="y", number_format="0", valid=Between(0, 1, whole=True))
        p = table.given("bce_yhat", chance, title=_("predicted probability"), symbol="ŷ", number_format="0.00", valid=Between(0.02, 0.98))
        n = count_at(sheet, above, "bce_n", p)
        row_loss_columns(table, BCE, y, p, n, h)
    row_loss_result(sheet, BCE, y, p, n)
    cross_entropy_curves(sheet)


def count_at(sheet: Sheet, row: int, id: str, counted: Block) -> Block:
    """Put the number of rows of a column into a row that was left free above its table."""
    title = _("number of rows")
    sheet.label(row, 0, f"{SIGNS[Role.DERIVED]} n — {title}", Style.LABEL, role=Role.DERIVED)
    count = Block(
        id, Role.DERIVED, np.asarray(float(len(counted.value))), symbol="n", title=title,
        formula=lambda: call("COUNT", counted), number_format="0",
    )  # fmt: skip
    return sheet.add(count, at=(row, 1))


def cross_entropy_curves(sheet: Sheet) -> None:
    """What a probability costs when the event happens, and when it does not."""
    sheet.step(
        _("The price of a probability"),
        _("A confident mistake is dear: the cost grows without bound as the probability of what really happened nears 0."),
        "y = 1:  −ln ŷ        y = 0:  −ln(1 − ŷ)",
    )
    chances = np.arange(1, 20) / 20
    top = sheet.cursor
    with sheet.table(Counter(""), len(chances)) as table:
        p = table.given("price_p", chances, title=_("predicted probability"), symbol="ŷ", number_format="0.00", valid=Between(0.001, 0.999))
        yes = table.derived("price_yes", -np.log(chances), lambda i: -ln(p[i]), title=_("cost if it happened"), symbol="−ln ŷ")
        no = table.derived("price_no", -np.log1p(-chances), lambda i: -ln(1 - p[i]), title=_("cost if it did not"), symbol="−ln(1 − ŷ)")
    sheet.chart(Chart(
        _("The price of a probability"),
        (Series(_("it happened (y = 1)"), p[:], yes[:]), Series(_("it did not (y = 0)"), p[:], no[:])),
        "ŷ", _("cost"), _("Two mirrored curves: the cost falls to 0 where the prediction was right and rises without bound where it was wrong."),
        columns=5, rows=19, x_range=(0, 1),
    ), at=(top, table.column + 1))  # fmt: skip


SCORES = np.array([[2.0, 1.0, 0.1], [0.5, 2.5, 0.3], [0.2, 0.4, 1.6], [1.2, 1.5, 0.4]])
ANSWERS = np.array([1.0, 2.0, 3.0, 1.0])
"""Four pictures: the scores of cat, dog and mouse, and which of them it is. Chosen here."""


def class_names() -> list[str]:
    return [_("cat"), _("dog"), _("mouse")]


def softmax(Z: Array) -> Array:
    """Return the probabilities of each row of scores."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    softened: Array = E / E.sum(axis=1, keepdims=True)
    return softened


def negative_log_likelihood(book: Book) -> None:
    """Softmax probabilities of cat, dog and mouse, and the cost of the true class."""
    sheet = book.sheet("NLL", _("Negative log-likelihood (NLL)"))
    sheet.step(
        _("Softmax: scores to probabilities"),
        _("A model gives each class a score of any size; softmax turns the scores into positive numbers that add up to 1."),
        "pₖ = e^zₖ / Σⱼ e^zⱼ",
    )
    sheet.remark(_("Cat, dog and mouse are the article's classes; the four pictures' scores and answers are chosen here."))
    h = small_step(sheet, "nll_h")
    names, rows = class_names(), len(SCORES)
    picture = Counter(_("picture "))
    E = np.exp(SCORES)
    with sheet.table(picture, rows) as table:
        z = table.given("nll_z", SCORES, title=_("scores"), symbol="z", columns=names, number_format="0.0", valid=Between(-20, 20))
        answer = table.given("nll_answer", ANSWERS, title=_("true class (1, 2, 3)"), symbol="k", number_format="0", valid=Between(1, 3, whole=True))
        e = table.derived("nll_e", E, lambda i, k: exp(z[i, k]), title="e^z", columns=names)
        whole = table.derived("nll_e_sum", E.sum(axis=1), lambda i: total(e[i, :]), title=_("sum"), symbol="Σ e^z")
        P = table.derived("nll_p", softmax(SCORES), lambda i, k: e[i, k] / whole[i], title=_("probabilities p"), columns=names)
    sheet.sentence("nll_p_words", "p₁ = {e:4} / {s:4} = {p:4}", e=e[0, 0], s=whole[0], p=P[0, 0])
    ones = sheet.derived("nll_p_sum", np.ones(rows), lambda i: total(P[i, :]), title=_("each picture's probabilities add up to"), rows=picture)
    one = sheet.derived("nll_ones", np.ones(rows), lambda i: z[i, 0] - z[i, 0] + 1, title="1", rows=picture)
    del ones, one
