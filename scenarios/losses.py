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
    Direction,
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
    rounded,
    smallest,
    sqrt,
    squared_distance,
    tanh,
    total,
)
from workbook.scenario import Parameter, Scenario, UsageError
from workbook.sheet import SIGNS, Sheet, Style, Table
from workbook.text import N_, _

Array = NDArray[np.float64]

QUOTIENT = "(C(ŷ+h) − C(ŷ−h))/2h"

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
    value: Array = np.logaddexp(x, -x) - np.log(2)
    return value


def log_cosh_formula(x: Expr) -> Expr:
    """The same for a cell, in the form that cannot overflow: COSH(711) is an error in a spreadsheet."""
    return absolute(x) + ln(1 + exp(-2 * absolute(x))) - ln(2)


def sign(x: Operand) -> Expr:
    return call("SIGN", x)


MSE = RowLoss(
    "mse",
    "MSE",
    N_("Mean squared error (MSE)"),
    "MSE",
    N_(
        "The loss of most regressions: large errors cost far more than small ones, and the gradient fades as they"
        " vanish."
    ),
    "MSE = (1/n) · Σ (y − ŷ)²        ∂MSE/∂ŷ = −2·(y − ŷ)/n",
    "(y − ŷ)²",
    "−2·(y − ŷ)/n",
    lambda y, p: (p - y) ** 2,
    lambda y, p: 2 * (p - y),
    lambda y, p: (y - p) ** 2,
    lambda y, p: -2 * (y - p),
    "({y:2} − {p:2})² = {term:4}",
    remarks=(
        N_(
            "The article's table calls the squared difference a “residual”. The residual is the difference y − ŷ"
            " itself; its square is the squared residual."
        ),
    ),
)
HALF_MSE = RowLoss(
    "half_mse",
    "HalfMSE",
    N_("Half mean squared error"),
    "½MSE",
    N_("The half cancels the 2 that differentiating the square brings down: the same minimum with a tidier gradient."),
    "½MSE = (1/2n) · Σ (y − ŷ)²        ∂C/∂ŷ = −(y − ŷ)/n",
    "½·(y − ŷ)²",
    "−(y − ŷ)/n",
    lambda y, p: (p - y) ** 2 / 2,
    lambda y, p: p - y,
    lambda y, p: 0.5 * (y - p) ** 2,
    lambda y, p: -(y - p),
    "½ · ({y:2} − {p:2})² = {term:4}",
)
SSE = RowLoss(
    "sse",
    "SSE",
    N_("Sum of squared errors (SSE, L2)"),
    "SSE",
    N_(
        "The mean is left out: the loss and its gradient grow with the number of rows, so the learning rate must"
        " shrink."
    ),
    "SSE = Σ (y − ŷ)²        ∂SSE/∂ŷ = −2·(y − ŷ)",
    "(y − ŷ)²",
    "−2·(y − ŷ)",
    lambda y, p: (p - y) ** 2,
    lambda y, p: 2 * (p - y),
    lambda y, p: (y - p) ** 2,
    lambda y, p: -2 * (y - p),
    "({y:2} − {p:2})² = {term:4}",
    averaged=False,
    remarks=(
        N_(
            "The article calls both MSE (in its text) and SSE (in its table) the L2 loss. They differ by the"
            " factor n only, so ask which one is meant."
        ),
    ),
)
MSLE = RowLoss(
    "msle",
    "MSLE",
    N_("Mean squared logarithmic error (MSLE)"),
    "MSLE",
    N_("Logarithms turn ratios into differences: 10 % off costs about the same at 40 as at 40 000."),
    "MSLE = (1/n) · Σ (ln(1 + y) − ln(1 + ŷ))²        ∂C/∂ŷ = −2·(ln(1 + y) − ln(1 + ŷ)) / (1 + ŷ) / n",
    "(ln(1 + y) − ln(1 + ŷ))²",
    "−2·(…)/(1 + ŷ)/n",
    lambda y, p: (np.log1p(p) - np.log1p(y)) ** 2,
    lambda y, p: 2 * (np.log1p(p) - np.log1p(y)) / (1 + p),
    lambda y, p: (ln(1 + y) - ln(1 + p)) ** 2,
    lambda y, p: -2 * (ln(1 + y) - ln(1 + p)) / (1 + p),
    "(ln(1 + {y:2}) − ln(1 + {p:2}))² = {term:6}",
)
MAE = RowLoss(
    "mae",
    "MAE",
    N_("Mean absolute error (MAE)"),
    "MAE",
    N_(
        "Every unit of error costs the same, so outliers weigh no more than their distance; but the gradient"
        " never fades."
    ),
    "MAE = (1/n) · Σ |y − ŷ|        ∂MAE/∂ŷ = −sign(y − ŷ)/n",
    "|y − ŷ|",
    "−sign(y − ŷ)/n",
    lambda y, p: np.abs(p - y),
    lambda y, p: np.sign(p - y),
    lambda y, p: absolute(y - p),
    lambda y, p: -sign(y - p),
    "|{y:2} − {p:2}| = {term:4}",
    kinked=True,
    remarks=(
        N_(
            "The gradient is +1/n or −1/n however large the error is: descent with a fixed step overshoots near"
            " the minimum. So the article rightly advises a learning rate that falls."
        ),
    ),
)
MAPE = RowLoss(
    "mape",
    "MAPE",
    N_("Mean absolute percentage error (MAPE)"),
    "MAPE",
    N_(
        "Errors as a percentage of the actual value; it cannot be used where an actual value is zero, and it can"
        " exceed 100 %."
    ),
    "MAPE = (100/n) · Σ |y − ŷ| / |y|        ∂C/∂ŷ = −100·sign(y − ŷ)/|y|/n",
    "100·|y − ŷ|/|y|",
    "−100·sign(y − ŷ)/|y|/n",
    lambda y, p: 100 * np.abs((p - y) / y),
    lambda y, p: 100 * np.sign(p - y) / np.abs(y),
    lambda y, p: 100 * absolute(y - p) / absolute(y),
    lambda y, p: -100 * sign(y - p) / absolute(y),
    "100 · |{y:2} − {p:2}| / |{y:2}| = {term:4}",
    kinked=True,
)
SAE = RowLoss(
    "sae",
    "SAE",
    N_("Sum of absolute errors (SAE, L1)"),
    "SAE",
    N_("MAE without the division by n: the gradient of each prediction is exactly +1 or −1."),
    "SAE = Σ |y − ŷ|        ∂SAE/∂ŷ = −sign(y − ŷ)",
    "|y − ŷ|",
    "−sign(y − ŷ)",
    lambda y, p: np.abs(p - y),
    lambda y, p: np.sign(p - y),
    lambda y, p: absolute(y - p),
    lambda y, p: -sign(y - p),
    "|{y:2} − {p:2}| = {term:4}",
    averaged=False,
    kinked=True,
)
BCE = RowLoss(
    "bce",
    "BCE",
    N_("Binary cross-entropy"),
    "BCE",
    N_("For yes or no: it charges the logarithm of the probability that was given to what really happened."),
    "BCE = −(1/n) · Σ [y·ln ŷ + (1 − y)·ln(1 − ŷ)]        ∂C/∂ŷ = −(y/ŷ − (1 − y)/(1 − ŷ))/n",
    "−(y·ln ŷ + (1 − y)·ln(1 − ŷ))",
    "−(y/ŷ − (1−y)/(1−ŷ))/n",
    lambda y, p: -np.log(np.where(y == 1, p, 1 - p)),
    lambda y, p: (p - y) / (p * (1 - p)),
    lambda y, p: -(y * ln(p) + (1 - y) * ln(1 - p)),
    lambda y, p: -(y / p - (1 - y) / (1 - p)),
    "−({y:0}·ln {p:2} + (1 − {y:0})·ln(1 − {p:2})) = {term:4}",
)
KL = RowLoss(
    "kl",
    "KL",
    N_("KL divergence"),
    "KL",
    N_("How far a predicted distribution Q lies from the true one P; it is 0 only where both agree."),
    "KL(P‖Q) = Σ p·ln(p/q)        ∂KL/∂q = −p/q",
    "p·ln(p/q)",
    "−p/q",
    lambda p, q: p * (np.log(p) - np.log(q)),
    lambda p, q: -p / q,
    lambda p, q: p * ln(p / q),
    lambda p, q: -p / q,
    "{y:4} · ln({y:4} / {p:4}) = {term:4}",
    averaged=False,
)
LOG_COSH = RowLoss(
    "log_cosh",
    "LogCosh",
    N_("Log-cosh"),
    "log-cosh",
    N_("Squared near zero, absolute far out: smooth like MSE and yet calm about outliers like MAE."),
    "C = (1/n) · Σ ln(cosh x)        x = ŷ − y        ∂C/∂ŷ = tanh(x)/n",
    "ln(cosh(ŷ − y))",
    "tanh(ŷ − y)/n",
    lambda y, p: log_cosh(p - y),
    lambda y, p: np.tanh(p - y),
    lambda y, p: log_cosh_formula(p - y),
    lambda y, p: tanh(p - y),
    "ln(cosh({p:2} − {y:2})) = {term:4}",
    remarks=(
        N_(
            "cosh(711) is more than a spreadsheet can hold. The cells therefore use the equal form |x| + ln(1 +"
            " e^(−2|x|)) − ln 2, which cannot overflow."
        ),
        N_(
            "The article uses log-cosh for its rent line, beside the table. There the gradient by the slope m is"
            " tanh(x) times the row's input, by the chain rule."
        ),
    ),
)


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
        "How wrong is a set of predictions? From residuals to MAE, MSE and RMSE, how outliers weigh, then every"
        " loss of the"
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
        table = read_numbers(path, ("actual", "predicted"), max_rows=2000, high=LARGEST, not_constant=False)
        return positive(path, table.to_numpy())

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
        sheet = book.sheet("Residuals", _("From residuals to MAE, MSE and RMSE"), landscape=False)
        sheet.step(
            _("Residuals"),
            _("A loss begins with how far each prediction misses, in three readings: signed, absolute and squared."),
            "e = y − ŷ        |e|        e²",
        )
        if data is None:
            book.first_change = _(
                "on the sheet Residuals, the yellow predictions ŷ of the outliers: type 17 in row 4 and 33 in row 8; MAE falls to"
                " a fifth, MSE to a hundredth."
            )
            sheet.remark(
                _(
                    "y = 4x is the article's function. Its table is lost: x and the predictions ŷ are chosen"
                    " here, rows 4 and 8 as outliers."
                )
            )
        else:
            book.first_change = _(
                "on the sheet Residuals, any yellow prediction ŷ: move it away from y and compare MSE with MAE."
            )
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
            y = table.derived(f"{loss.id}_y", points.y.value, lambda i: points.y[i], **actual_look())
            p = table.derived(f"{loss.id}_yhat", points.yhat.value, lambda i: points.yhat[i], **prediction_look())
            row_loss_columns(table, loss, (y, p), points.n if loss.averaged else None, points.h)
        row_loss_result(sheet, loss, y, p, points.n if loss.averaged else None)
        term_chart(sheet, loss, points.axis)
        return sheet


def actual_look() -> dict[str, Any]:
    return {"title": _("actual"), "symbol": "y", "number_format": "0.00"}


def prediction_look() -> dict[str, Any]:
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
            f"{path}: row {row + 2}, column {('actual', 'predicted')[column]}: {rows[row, column]:g} is below"
            f" {SMALLEST:g};"
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
    with sheet.table(Counter(""), rows) as table:
        if data is None:
            x = table.given("x", X, title=_("input"), symbol="x", number_format="0.0", valid=Between(SMALLEST, 1e5))
            y = table.derived("y", value_y, lambda i: 4 * x[i], math="4x", **actual_look())
        else:
            y = table.given("y", value_y, valid=POSITIVE, **actual_look())
            x = table.derived("row", np.arange(1.0, rows + 1), number_of, title=_("row"), symbol="i", number_format="0")
        yhat = table.given("yhat", value_p, valid=POSITIVE, **prediction_look())
        e = table.derived(
            "e", value_e, lambda i: y[i] - yhat[i], title=_("residual"), symbol="e", math="y − ŷ", number_format="0.00"
        )
        size = table.derived(
            "e_abs",
            np.abs(value_e),
            lambda i: absolute(e[i]),
            title=_("absolute"),
            symbol="|e|",
            math="|y − ŷ|",
            number_format="0.00",
        )
        square = table.derived(
            "e_sq",
            value_e**2,
            lambda i: e[i] ** 2,
            title=_("squared"),
            symbol="e²",
            math="(y − ŷ)²",
            number_format="0.00",
        )
        for column in (e, size, square):
            table.total(
                column,
                Block(
                    f"{column.id}_sum",
                    Role.DERIVED,
                    column.value.sum(),
                    formula=lambda c=column: total(c),
                    number_format="0.00",
                ),
            )
    chart = Chart(
        _("Actual and predicted"),
        (Series(_("actual y"), x[:], y[:]), Series(_("predicted ŷ"), x[:], yhat[:], Mark.POINTS)),
        x.symbol,
        "y",
        _("The actual values as a line and the predictions as points; outliers lie far off the line."),
        rows=15,
    )
    sheet.chart(chart)
    sheet.sentence("e_first", "e₁ = {y:2} − {p:2} = {e:2}", y=y[0], p=yhat[0], e=e[0])
    n = sheet.derived(
        "n", float(rows), lambda: call("COUNT", yhat), symbol="n", title=_("number of rows"), number_format="0"
    )
    h = sheet.given(
        "h",
        difference_step(value_y, value_p),
        symbol="h",
        title=_("step of the quotients"),
        number_format="0.0E+00",
        valid=Between(1e-6, 0.01),
        remark=_("chosen here; it checks every gradient of this book"),
    )
    sheet.recorded("no_gap", 0.0, title=_("what every gap should be"), number_format="0")
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
    mae = sheet.derived(
        "mae_here", np.abs(e).mean(), lambda: sum_abs / n, symbol="MAE", title=_("mean"), math="Σ|e| / n"
    )
    sheet.sentence("mae_here_words", "MAE = {s:2} / {n:0} = {r:4}", s=sum_abs, n=n, r=mae)
    sheet.step(
        _("Mean squared error"),
        _(
            "Squaring first makes large errors count more than in proportion; its unit is that of y squared;"
            " again a mean."
        ),
        "MSE = (1/n) · Σ e²",
    )
    mse = sheet.derived(
        "mse_here", np.mean(np.square(e)), lambda: sum_sq / n, symbol="MSE", title=_("mean"), math="Σe² / n"
    )
    sheet.sentence("mse_here_words", "MSE = {s:2} / {n:0} = {r:4}", s=sum_sq, n=n, r=mse)
    sheet.step(
        _("Root mean squared error"),
        _(
            "The root brings the unit of y back, so that RMSE can be put beside MAE; it is never the smaller of"
            " the two."
        ),
        "RMSE = √MSE",
    )
    rmse = sheet.derived(
        "rmse", np.sqrt(np.mean(e**2)), lambda: sqrt(mse), symbol="RMSE", title=_("root of the mean"), math="√MSE"
    )
    sheet.sentence("rmse_words", "RMSE = √{m:4} = {r:4}", m=mse, r=rmse)
    sheet.remark(
        _(
            "The article calls RMSE the “quadratic loss” of its rent line, but what it then computes is half the"
            " squared error"
            " (HMSE). The quadratic loss is the squared error; RMSE is the root of its mean."
        )
    )


def outlier_weight(sheet: Sheet, points: Points) -> None:
    """What share of each loss its largest two errors make."""
    book = sheet.book
    size, square = book["e_abs"], book["e_sq"]
    sum_abs, sum_sq = book["e_abs_sum"], book["e_sq_sum"]
    sheet.step(
        _("How outliers weigh"),
        _("Split each loss by rows: under the square, the largest errors take a larger share."),
        "|eᵢ| / Σ|e|        eᵢ² / Σe²",
    )
    rows = len(size.value)
    share = {"number_format": "0.0%"}
    with sheet.table(Counter(""), rows) as table:
        share_abs = table.derived(
            "share_abs",
            shares(size.value),
            lambda i: if_(equal(sum_abs, 0), 0, size[i] / sum_abs),
            title=_("share of MAE"),
            symbol="|eᵢ|/Σ|e|",
            **share,
        )
        share_sq = table.derived(
            "share_sq",
            shares(square.value),
            lambda i: if_(equal(sum_sq, 0), 0, square[i] / sum_sq),
            title=_("share of MSE"),
            symbol="eᵢ²/Σe²",
            **share,
        )
    chart = Chart(
        _("Which rows make the loss"),
        (
            Series(_("share of MAE"), points.axis[:], share_abs[:], Mark.COLUMNS),
            Series(_("share of MSE"), points.axis[:], share_sq[:], Mark.COLUMNS),
        ),
        points.axis.symbol,
        _("share"),
        _("For every row its share of MAE and of MSE: the outliers' share is larger in MSE."),
        rows=15,
    )
    sheet.chart(chart)
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
        largest_two = table.add(
            Block(
                "largest_two",
                Role.DERIVED,
                two,
                title=_("sum of the two largest"),
                each=[call("LARGE", c, 1) + call("LARGE", c, 2) for c in columns],
                number_format="0.00",
            )
        )
        table.add(
            Block(
                "largest_share",
                Role.DERIVED,
                np.array(share),
                title=_("their share"),
                each=[if_(equal(s, 0), 0, largest_two[k] / s) for k, s in enumerate(sum_of)],
                number_format="0.0%",
            )
        )
        with_all = table.add(
            Block(
                "mean_all",
                Role.DERIVED,
                sums / len(size.value),
                title=_("mean of all rows"),
                each=[s / n for s in sum_of],
                number_format="0.000",
            )
        )
        without = table.add(
            Block(
                "mean_rest",
                Role.DERIVED,
                rest,
                title=_("mean without these two"),
                each=[(s - largest_two[k]) / largest(n - 2, 1) for k, s in enumerate(sum_of)],
                number_format="0.000",
            )
        )
    sheet.sentence(
        "outlier_words",
        _("Without the two largest errors MAE falls from {a:2} to {b:2}, MSE from {c:2} to {d:2}."),
        a=with_all[0],
        b=without[0],
        c=with_all[1],
        d=without[1],
    )


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
        table.gradient(
            "grad_mae_here",
            -np.sign(v) / size,
            lambda i: -sign(e[i]) / n,
            title=_("gradient of MAE"),
            symbol="−sign(e)/n",
        )
        table.gradient(
            "grad_mse_here", -2 * v / size, lambda i: -2 * e[i] / n, title=_("gradient of MSE"), symbol="−2e/n"
        )
        exact = table.gradient(
            "grad_rmse",
            slope,
            lambda i: if_(equal(rmse, 0), 0, -e[i] / (n * rmse)),
            title=_("gradient of RMSE"),
            symbol="−e/(n·RMSE)",
        )
        near = table.add(
            Block(
                "grad_rmse_quotient",
                Role.CHECK,
                quotient,
                title=_("difference quotient"),
                symbol="ΔRMSE/2h",
                number_format="0.0000",
                formula=lambda i: (
                    (
                        sqrt((sum_sq - e[i] ** 2 + (e[i] - h) ** 2) / n)
                        - sqrt((sum_sq - e[i] ** 2 + (e[i] + h) ** 2) / n)
                    )
                    / (2 * h)
                ),
            )
        )
    check_gradient(sheet, "rmse", "RMSE", near, exact)
    sheet.remark(
        _(
            "The article says that MAE and RMSE both have a constant gradient, and that this helps learning. Only"
            " MAE's is constant"
            " (its size is 1/n in every row); RMSE's grows with the residual, as the table shows."
        )
    )
    sheet.remark(
        _(
            "Where the slip may come from: for a single row √e² = |e|, and there both agree. And a gradient that"
            " never fades is a"
            " drawback near the minimum, as the article itself says of MAE further up."
        )
    )


def summed(column: Block, id: str = "", look: str = "0.0000") -> Block:
    """Return the scalar that goes under a column: its sum."""
    value = column.value.sum()
    return Block(id or f"{column.id}_sum", Role.DERIVED, value, formula=lambda: total(column), number_format=look)


GAP = 1e-4
"""How far difference quotients may lie from a gradient, as a part of its length."""


def check_gradient(sheet: Sheet, id: str, loss: str, near: Block, exact: Block) -> None:
    """Hold a gradient against its difference quotients, relative to its length, whatever the size of the numbers."""
    apart = float(np.sqrt(np.sum((near.value - exact.value) ** 2)))
    length = float(np.sqrt(np.sum(exact.value**2)))
    gap = sheet.add(
        Block(
            f"{id}_gap",
            Role.CHECK,
            np.asarray(np.round(apart / length if length > 0 else apart, 6)),
            title=_("gap"),
            math="‖ΔC/2h − ∂C/∂ŷ‖ / ‖∂C/∂ŷ‖",
            number_format="0.0E+00",
            # rounded, since below lies only noise, in which engines differ
            formula=lambda: rounded(
                sqrt(squared_distance(near, exact))
                / if_(equal(call("SUMSQ", exact), 0), 1, sqrt(call("SUMSQ", exact))),
                6,
            ),
        )
    )
    sheet.check(f"{id}_gradient", _("{loss}: gradient = quotients").format(loss=loss), gap, sheet.book["no_gap"], GAP)


# ------------------------------------------------------------------------------------------ losses by rows


def open_sheet(book: Book, loss: RowLoss) -> Sheet:
    sheet = book.sheet(loss.sheet, _(loss.title), landscape=False)
    sheet.step(_(loss.title), _(loss.why), loss.math)
    return sheet


def row_loss_columns(table: Table, loss: RowLoss, pair: tuple[Block, Block], n: Block | None, h: Block) -> None:
    """Add a loss's columns to a table that has y and ŷ: term, gradient, difference quotient."""
    y, p = pair
    value_y, value_p, step = y.value, p.value, float(h.value)
    rows = len(value_y)
    share = 1 if n is None else rows
    terms = loss.term(value_y, value_p)
    slopes = loss.slope(value_y, value_p) / share
    quotients = (loss.term(value_y, value_p + step) - loss.term(value_y, value_p - step)) / (2 * step) / share
    if loss.kinked:
        quotients = np.where(np.abs(value_y - value_p) <= step, slopes, quotients)

    def per_row(expression: Expr) -> Expr:
        return expression if n is None else expression / n

    def quotient(i: Index) -> Operand:
        change = loss.term_formula(y[i], p[i] + h) - loss.term_formula(y[i], p[i] - h)
        plain = per_row(change / (2 * h))
        return if_(absolute(y[i] - p[i]) <= h, slope[i], plain) if loss.kinked else plain

    term = table.derived(
        f"{loss.id}_term",
        terms,
        lambda i: loss.term_formula(y[i], p[i]),
        title=_("the row's term"),
        symbol=loss.term_math,
        number_format="0.0000",
    )
    slope = table.gradient(
        f"{loss.id}_grad",
        slopes,
        lambda i: per_row(loss.slope_formula(y[i], p[i])),
        title=_("gradient by the prediction"),
        symbol=loss.slope_math,
        number_format="0.000000",
    )
    table.add(
        Block(
            f"{loss.id}_quotient",
            Role.CHECK,
            quotients,
            formula=quotient,
            title=_("difference quotient"),
            symbol=QUOTIENT,
            number_format="0.000000",
        )
    )
    table.total(
        term, Block(f"{loss.id}_sum", Role.DERIVED, terms.sum(), formula=lambda: total(term), number_format="0.0000")
    )


def row_loss_result(sheet: Sheet, loss: RowLoss, y: Block, p: Block, n: Block | None) -> Block:
    """Write out the first row, the loss as sum or mean, and the check of the gradient."""
    book = sheet.book
    term, slope, quotient = (book[f"{loss.id}_{part}"] for part in ("term", "grad", "quotient"))
    sum_ = book[f"{loss.id}_sum"]
    sheet.sentence(
        f"{loss.id}_first", _("Row 1: {formula}").format(formula=loss.first_term), y=y[0], p=p[0], term=term[0]
    )
    kind = _("MEAN over the rows") if loss.averaged else _("SUM over the rows")
    math = "C = Σ / n" if loss.averaged else "C = Σ"
    value = np.mean(term.value) if loss.averaged else np.sum(term.value)
    result = sheet.derived(
        f"{loss.id}_loss",
        value,
        lambda: sum_.whole() if n is None else sum_ / n,
        symbol=loss.symbol,
        title=kind,
        math=math,
        number_format="0.0000",
    )
    check_gradient(sheet, loss.id, loss.symbol, quotient, slope)
    if loss.kinked:
        sheet.remark(
            _(
                "Within h of ŷ = y the quotient would straddle the kink, where no derivative exists; there the"
                " column repeats sign(0) = 0 or ±1."
            )
        )
    for remark in loss.remarks:
        sheet.remark(_(remark))
    return result


def term_chart(sheet: Sheet, loss: RowLoss, axis: Block) -> None:
    """Chart what each row adds, and how each prediction is pulled."""
    term, slope = (sheet.book[f"{loss.id}_{part}"] for part in ("term", "grad"))
    with sheet.beside():
        sheet.chart(
            Chart(
                _("What each row adds"),
                (Series(_("the row's term"), axis[:], term[:], Mark.COLUMNS),),
                axis.symbol,
                loss.term_math,
                _("A column a row: its term of the loss."),
                columns=3,
                rows=13,
            )
        )
        sheet.chart(
            Chart(
                _("How each prediction is pulled"),
                (Series(_("gradient"), axis[:], slope[:], Mark.COLUMNS, "#7A3EA8"),),
                axis.symbol,
                "∂C/∂ŷ",
                _("A column a row: the gradient of the loss by that row's prediction."),
                columns=3,
                rows=13,
            )
        )


# ------------------------------------------------------------------------- what MSLE, MAPE and log-cosh do


def underestimates(sheet: Sheet) -> None:
    """MSLE of predictions that miss by the same distance, below and above."""
    sheet.step(
        _("MSLE punishes predicting too low"),
        _(
            "The same distance below and above the target: MSE sees no difference, MSLE does, since y − d is the"
            " larger ratio."
        ),
        "(ln(1 + y) − ln(1 + y ∓ d))²",
    )
    target = sheet.given(
        "msle_target",
        100.0,
        symbol="y",
        title=_("target"),
        number_format="0",
        valid=Between(100, 1e4),
        remark=_("chosen here"),
    )
    d_value = np.arange(10.0, 100.0, 10.0)
    low, high = np.log1p(100 - d_value), np.log1p(100 + d_value)
    value_low, value_high = (np.log1p(100) - low) ** 2, (np.log1p(100) - high) ** 2
    with sheet.table(Counter(""), len(d_value)) as table:
        d = table.given("miss", d_value, title=_("misses by"), symbol="d", number_format="0", valid=Between(1, 99))
        table.derived(
            "miss_mse",
            d_value**2,
            lambda i: d[i] ** 2,
            title=_("squared error, both ways"),
            symbol="d²",
            number_format="0",
        )
        below = table.derived(
            "miss_low",
            value_low,
            lambda i: (ln(1 + target) - ln(1 + target - d[i])) ** 2,
            title=_("MSLE term, too low"),
            symbol="ŷ = y − d",
        )
        above = table.derived(
            "miss_high",
            value_high,
            lambda i: (ln(1 + target) - ln(1 + target + d[i])) ** 2,
            title=_("MSLE term, too high"),
            symbol="ŷ = y + d",
        )
        ratio = table.derived(
            "miss_ratio",
            value_low / value_high,
            lambda i: below[i] / above[i],
            title=_("low / high"),
            number_format="0.0",
        )
    sheet.sentence(
        "miss_words", _("Missing by {d:0}: too low costs {r:1} times as much as too high."), d=d[4], r=ratio[4]
    )
    sheet.chart(
        Chart(
            _("The same miss, below and above"),
            (Series(_("too low"), d[:], below[:], Mark.BOTH), Series(_("too high"), d[:], above[:], Mark.BOTH)),
            "d",
            "MSLE",
            _("MSLE's term against the size of the miss: the curve for too low lies above and rises steeply."),
            columns=5,
            rows=14,
        )
    )


def too_low(sheet: Sheet) -> None:
    """Why MAPE likes low predictions."""
    sheet.step(
        _("Why MAPE tends to predict too low"),
        _(
            "Being wrong by a factor k costs less below than above: too low can never cost more than 100 %, too"
            " high has no limit."
        ),
        "ŷ = k·y        100·|y − k·y|/y = 100·|1 − k|",
    )
    factors = np.array([0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0])
    target = sheet.given(
        "mape_target",
        100.0,
        symbol="y",
        title=_("target"),
        number_format="0",
        valid=Between(1, 1e4),
        remark=_("chosen here"),
    )
    with sheet.table(Counter(""), len(factors)) as table:
        k = table.given(
            "factor", factors, title=_("wrong by a factor"), symbol="k", number_format="0.00", valid=Between(0, 100)
        )
        guess = table.derived(
            "factor_yhat",
            factors * 100,
            lambda i: k[i] * target,
            title=_("predicted"),
            symbol="ŷ = k·y",
            number_format="0",
        )
        table.derived(
            "factor_mape",
            100 * np.abs(1 - factors),
            lambda i: 100 * absolute(target - guess[i]) / target,
            title=_("percentage error"),
            symbol="100·|y − ŷ|/y",
            number_format="0",
        )
    sheet.remark(
        _(
            "So the article is right that MAPE tends to choose models whose predictions are too low. It also"
            " divides by y, so small targets"
            " weigh most: the sheet Constant shows the best constant for MAPE below the median and the mean."
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
    x, step, size = points.yhat.value - points.y.value, float(points.h.value), len(points.y.value)
    quotients = (np.tanh(x + step) - np.tanh(x - step)) / (2 * step) / size
    y, yhat = sheet.book["log_cosh_y"], sheet.book["log_cosh_yhat"]
    with sheet.table(Counter(""), size) as table:
        away = table.derived(
            "curve_x", x, lambda i: yhat[i] - y[i], title=_("error"), symbol="x = ŷ − y", number_format="0.00"
        )
        table.gradient(
            "curve_slope",
            np.tanh(x) / size,
            lambda i: slope[i],
            title=_("first derivative"),
            symbol="tanh(x)/n",
            number_format="0.000000",
        )
        second = table.gradient(
            "curve_second",
            1 / np.cosh(np.clip(x, -300, 300)) ** 2 / size,
            lambda i: (1 - tanh(away[i]) ** 2) / n,
            title=_("second derivative"),
            symbol="(1 − tanh²x)/n",
            number_format="0.000000",
        )
        near = table.add(
            Block(
                "curve_quotient",
                Role.CHECK,
                quotients,
                title=_("difference quotient"),
                symbol="Δ tanh / 2h / n",
                number_format="0.000000",
                formula=lambda i: (tanh(away[i] + h) - tanh(away[i] - h)) / (2 * h) / n,
            )
        )
    sheet.check("log_cosh_second", _("second derivative = quotients"), near, second, 1e-4)


# --------------------------------------------------------------------------- probabilities and directions


PROBABILITY_STEP = 1e-4
"""A step for probabilities, whose logarithms bend sharply near 0."""


def small_step(sheet: Sheet, id: str) -> Block:
    """Add the step that difference quotients of this sheet take."""
    return sheet.given(
        id,
        PROBABILITY_STEP,
        symbol="h",
        title=_("step of the quotients"),
        number_format="0.0E+00",
        valid=Between(1e-6, 0.001),
        remark=_("chosen here"),
    )


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
        y = table.given(
            "bce_y",
            happened,
            title=_("happened (1) or not (0)"),
            symbol="y",
            number_format="0",
            valid=Between(0, 1, whole=True),
        )
        p = table.given(
            "bce_yhat",
            chance,
            title=_("predicted probability"),
            symbol="ŷ",
            number_format="0.00",
            valid=Between(0.02, 0.98),
        )
        n = count_at(sheet, above, "bce_n", p)
        row_loss_columns(table, BCE, (y, p), n, h)
    row_loss_result(sheet, BCE, y, p, n)
    cross_entropy_curves(sheet)


def count_at(sheet: Sheet, row: int, id: str, counted: Block) -> Block:
    """Put the number of rows of a column into a row that was left free above its table."""
    title = _("number of rows")
    sheet.label(row, 0, f"{SIGNS[Role.DERIVED]} n — {title}", Style.LABEL, role=Role.DERIVED)
    count = Block(
        id,
        Role.DERIVED,
        np.asarray(float(len(counted.value))),
        symbol="n",
        title=title,
        formula=lambda: call("COUNT", counted),
        number_format="0",
    )
    return sheet.add(count, at=(row, 1))


def cross_entropy_curves(sheet: Sheet) -> None:
    """What a probability costs when the event happens, and when it does not."""
    sheet.step(
        _("The price of a probability"),
        _(
            "A confident mistake is dear: the cost grows without bound as the probability of what really happened"
            " nears 0."
        ),
        "y = 1:  −ln ŷ        y = 0:  −ln(1 − ŷ)",
    )
    chances = np.arange(1, 20) / 20
    top = sheet.cursor
    with sheet.table(Counter(""), len(chances)) as table:
        p = table.given(
            "price_p",
            chances,
            title=_("predicted probability"),
            symbol="ŷ",
            number_format="0.00",
            valid=Between(0.001, 0.999),
        )
        yes = table.derived(
            "price_yes", -np.log(chances), lambda i: -ln(p[i]), title=_("cost if it happened"), symbol="−ln ŷ"
        )
        no = table.derived(
            "price_no", -np.log1p(-chances), lambda i: -ln(1 - p[i]), title=_("cost if it did not"), symbol="−ln(1 − ŷ)"
        )
    chart = Chart(
        _("The price of a probability"),
        (Series(_("it happened (y = 1)"), p[:], yes[:]), Series(_("it did not (y = 0)"), p[:], no[:])),
        "ŷ",
        _("cost"),
        _(
            "Two mirrored curves: the cost falls to 0 where the prediction was right and rises without bound where it"
            " was wrong."
        ),
        columns=5,
        rows=19,
        x_range=(0, 1),
    )
    sheet.chart(chart, at=(top, table.column + 1))


# ----------------------------------------------------------------- softmax and negative log-likelihood

SCORES = np.array([[2.0, 1.0, 0.1], [0.5, 2.5, 0.3], [0.2, 0.4, 1.6], [1.2, 1.5, 0.4]])
ANSWERS = np.array([1, 2, 3, 1])
"""Four pictures: the scores of cat, dog and mouse, and which of them it is. Chosen here."""


def class_names() -> list[str]:
    return [_("cat"), _("dog"), _("mouse")]


def softmax(Z: Array) -> Array:
    """Return the probabilities of each row of scores."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    P: Array = E / E.sum(axis=1, keepdims=True)
    return P


def likelihood(i: int, k: int, d: float) -> float:
    """Return picture i's negative log-likelihood when its score k is moved by d."""
    z = SCORES[i].copy()
    z[k] += d
    return float(np.log(np.exp(z).sum()) - z[ANSWERS[i] - 1])


@dataclass(frozen=True)
class Scored:
    """The blocks of the softmax step: scores, true classes, powers of e, their sums, probabilities, n and h."""

    z: Block
    answer: Block
    e: Block
    whole: Block
    P: Block
    n: Block
    h: Block


def negative_log_likelihood(book: Book) -> None:
    """Softmax probabilities of cat, dog and mouse, and the cost of the true class."""
    sheet = book.sheet("NLL", _("Negative log-likelihood (NLL)"), landscape=False)
    scored = softmax_step(sheet)
    hot = cost_of_truth(sheet, scored)
    likelihood_gradients(sheet, scored, hot)


def softmax_step(sheet: Sheet) -> Scored:
    """Scores to probabilities."""
    sheet.step(
        _("Softmax: scores to probabilities"),
        _(
            "A model gives each class a score of any size; softmax turns the scores into positive numbers that add up"
            " to 1."
        ),
        "pₖ = e^zₖ / Σⱼ e^zⱼ",
    )
    sheet.remark(
        _("Cat, dog and mouse are the article's classes; the four pictures' scores and answers are chosen here.")
    )
    h = small_step(sheet, "nll_h")
    names, rows, E = class_names(), len(SCORES), np.exp(SCORES)
    with sheet.table(Counter("i = "), rows) as table:
        z = table.given(
            "nll_z", SCORES, title=_("scores z"), columns=names, number_format="0.0", valid=Between(-20, 20)
        )
        answer = table.given(
            "nll_answer",
            ANSWERS,
            title=_("true class (1, 2, 3)"),
            symbol="k",
            number_format="0",
            valid=Between(1, 3, whole=True),
        )
        e = table.derived("nll_e", E, lambda i, k: exp(z[i, k]), title="e^z", columns=names)
        whole = table.derived("nll_e_sum", E.sum(axis=1), lambda i: total(e[i, :]), title=_("sum"), symbol="Σ e^z")
        P = table.derived(
            "nll_p", softmax(SCORES), lambda i, k: e[i, k] / whole[i], title=_("probabilities p"), columns=names
        )
    sheet.sentence("nll_p_words", "p₁ = {e:4} / {s:4} = {p:4}", e=e[0, 0], s=whole[0], p=P[0, 0])
    n = sheet.derived(
        "nll_n",
        float(rows),
        lambda: call("COUNT", answer),
        symbol="n",
        title=_("number of pictures"),
        number_format="0",
    )
    all_p = sheet.derived(
        "nll_p_sum", softmax(SCORES).sum(), lambda: total(P), symbol="Σ p", title=_("all probabilities together")
    )
    sheet.check("nll_sums", _("n pictures: Σ p = n"), all_p, n, 1e-9)
    return Scored(z, answer, e, whole, P, n, h)


def cost_of_truth(sheet: Sheet, s: Scored) -> Block:
    """The loss itself: minus the logarithm of the true class's probability."""
    sheet.step(
        _("Negative log-likelihood (NLL)"),
        _("Only the probability of the true class counts: the surer the model is of it, the smaller the loss."),
        "NLL = −(1/n) · Σᵢ Σₖ yₖ·ln pₖ",
    )
    truth = softmax(SCORES)[np.arange(len(SCORES)), ANSWERS - 1]
    with sheet.table(Counter("i = "), len(SCORES)) as table:
        hot = table.derived(
            "nll_y",
            np.eye(3)[ANSWERS - 1],
            lambda i, k: if_(equal(s.answer[i], number_of(k)), 1, 0),
            title=_("one-hot target y"),
            columns=Counter("k = "),
            number_format="0",
        )
        said = table.derived(
            "nll_true_p",
            truth,
            lambda i: dot(hot[i, :], s.P[i, :]),
            title=_("probability of the true class"),
            symbol="Σ y·p",
        )
        term = table.derived(
            "nll_term", -np.log(truth), lambda i: -ln(said[i]), title=_("the row's term"), symbol="−ln(Σ y·p)"
        )
        sum_ = table.total(term, summed(term, "nll_sum"))
    words = _("Row 1: {formula}").format(formula="−ln {p:4} = {t:4}")
    sheet.sentence("nll_first", words, p=said[0], t=term[0])
    sheet.derived(
        "nll_loss",
        -np.log(truth).mean(),
        lambda: sum_ / s.n,
        symbol="NLL",
        title=_("MEAN over the rows"),
        math="C = Σ / n",
    )
    return hot


def likelihood_gradients(sheet: Sheet, s: Scored, hot: Block) -> None:
    """By the probabilities, and by the scores, where softmax and logarithm cancel to p − y."""
    sheet.step(
        _("Its gradient, by probability and by score"),
        _(
            "By the probabilities it can grow large; taken through softmax to the scores it becomes simply prediction"
            " minus target."
        ),
        "∂C/∂pₖ = −yₖ/pₖ/n        ∂C/∂zₖ = (pₖ − yₖ)/n",
    )
    n, h, size, step, names = s.n, s.h, len(SCORES), PROBABILITY_STEP, class_names()
    P, Y = softmax(SCORES), np.eye(3)[ANSWERS - 1]
    with sheet.table(Counter("i = "), size) as table:
        by_p = table.gradient(
            "nll_grad_p", -Y / P / size, lambda i, k: -hot[i, k] / s.P[i, k] / n, title="∂C/∂p = −y/p/n", columns=names
        )
        near_p = table.add(
            Block(
                "nll_quotient_p",
                Role.CHECK,
                Y * (np.log1p(-step) - np.log1p(step)) / (2 * step * P) / size,
                title=_("difference quotient, p·(1 ± h)"),
                columns=names,
                formula=lambda i, k: (
                    hot[i, k] * (ln(s.P[i, k] * (1 - h)) - ln(s.P[i, k] * (1 + h))) / (2 * h * s.P[i, k]) / n
                ),
            )
        )
    check_gradient(sheet, "nll_p", _("NLL by p"), near_p, by_p)
    moved = np.array([[[likelihood(i, k, d) for k in range(3)] for i in range(size)] for d in (step, -step)])
    with sheet.table(Counter("i = "), size) as table:
        by_z = table.gradient(
            "nll_grad_z",
            (P - Y) / size,
            lambda i, k: (s.P[i, k] - hot[i, k]) / n,
            title="∂C/∂z = (p − y)/n",
            columns=names,
        )
        near_z = table.add(
            Block(
                "nll_quotient_z",
                Role.CHECK,
                (moved[0] - moved[1]) / (2 * step) / size,
                title=_("difference quotient, z ± h"),
                columns=names,
                formula=lambda i, k: (
                    (
                        ln(s.whole[i] - s.e[i, k] + exp(s.z[i, k] + h))
                        - ln(s.whole[i] - s.e[i, k] + exp(s.z[i, k] - h))
                        - 2 * h * hot[i, k]
                    )
                    / (2 * h)
                    / n
                ),
            )
        )
    check_gradient(sheet, "nll_z", _("NLL by z"), near_z, by_z)


# ----------------------------------------------------------------------------------------- KL divergence


def kl_divergence(book: Book) -> None:
    """Three classes: what was counted, and what a model says."""
    sheet = open_sheet(book, KL)
    sheet.remark(
        _(
            "P is what was counted among ten pictures, Q what a model expects; the numbers are chosen here. Both are"
            " scaled to add up to 1."
        )
    )
    seen, said = np.array([5.0, 3.0, 2.0]), np.array([4.0, 2.0, 4.0])
    value_p, value_q = seen / seen.sum(), said / said.sum()
    h = small_step(sheet, "kl_h")
    with sheet.table(class_names(), 3) as table:
        counted = {"number_format": "0.0", "valid": Between(1, 20)}
        counts = table.given("kl_seen", seen, title=_("counted"), **counted)
        scores = table.given("kl_said", said, title=_("expected"), **counted)
        p = table.derived("kl_y", value_p, lambda i: counts[i] / total(counts), title=_("true probability"), symbol="p")
        q = table.derived(
            "kl_yhat", value_q, lambda i: scores[i] / total(scores), title=_("predicted probability"), symbol="q"
        )
        row_loss_columns(table, KL, (p, q), None, h)
        for column in (p, q):
            table.total(column, summed(column))
    result = row_loss_result(sheet, KL, p, q, None)
    sheet.chart(
        Chart(
            _("Counted and expected"),
            (Series("P", p[:], p[:], Mark.COLUMNS), Series("Q", p[:], q[:], Mark.COLUMNS)),
            _("cat, dog, mouse (labelled with their p)"),
            _("probability"),
            _("For each of the three classes the true and the predicted probability as columns."),
            columns=5,
            rows=13,
        )
    )
    entropies(sheet, p, q, result)


def entropies(sheet: Sheet, p: Block, q: Block, kl: Block) -> None:
    """Entropy, cross-entropy, and the divergence the other way round."""
    sheet.step(
        _("Entropy, cross-entropy, KL"),
        _("P's entropy is fixed, so minimising cross-entropy minimises KL: it ties the two losses before it together."),
        "H(P) = −Σ p·ln p        H(P, Q) = −Σ p·ln q        KL(P‖Q) = H(P, Q) − H(P)",
    )
    P, Q = p.value, q.value
    with sheet.table(class_names(), 3) as table:
        own = table.derived("kl_own", -P * np.log(P), lambda i: -p[i] * ln(p[i]), title=_("entropy"), symbol="−p·ln p")
        cross = table.derived(
            "kl_cross", -P * np.log(Q), lambda i: -p[i] * ln(q[i]), title=_("cross-entropy"), symbol="−p·ln q"
        )
        back = table.derived(
            "kl_back",
            Q * np.log(Q / P),
            lambda i: q[i] * ln(q[i] / p[i]),
            title=_("KL the other way round"),
            symbol="q·ln(q/p)",
        )
        own_sum, cross_sum, back_sum = (table.total(column, summed(column)) for column in (own, cross, back))
    link = sheet.derived(
        "kl_link",
        np.sum(P * (np.log(P) - np.log(Q))),
        lambda: cross_sum - own_sum,
        symbol="H(P, Q) − H(P)",
        title=_("the difference"),
    )
    sheet.check("kl_is_difference", _("KL = cross-entropy − entropy"), kl, link, 1e-9)
    sheet.sentence("kl_both_ways", _("It is no distance: KL(P‖Q) = {a:4}, but KL(Q‖P) = {b:4}."), a=kl, b=back_sum)


# -------------------------------------------------------------------------------------- cosine proximity


def cosine_proximity(book: Book, points: Points) -> None:
    """All the actual values as one vector, all the predictions as another."""
    sheet = book.sheet("Cosine", _("Cosine proximity"), landscape=False)
    sheet.step(
        _("Cosine proximity"),
        _("It ignores lengths: both columns are read as vectors, and only the angle between them counts."),
        "C = −cos(y, ŷ) = −Σ y·ŷ / (‖y‖·‖ŷ‖)",
    )
    v, w = points.y.value, points.yhat.value
    cos = float(v @ w / np.linalg.norm(v) / np.linalg.norm(w))
    with sheet.table(Counter(""), len(v)) as table:
        y = table.derived("cosine_y", v, lambda i: points.y[i], **actual_look())
        p = table.derived("cosine_yhat", w, lambda i: points.yhat[i], **prediction_look())
        columns = (
            table.derived(
                "cosine_yp", v * w, lambda i: y[i] * p[i], title=_("product"), symbol="y·ŷ", number_format="0.00"
            ),
            table.derived(
                "cosine_yy", v**2, lambda i: y[i] ** 2, title=_("squared"), symbol="y²", number_format="0.00"
            ),
            table.derived(
                "cosine_pp", w**2, lambda i: p[i] ** 2, title=_("squared"), symbol="ŷ²", number_format="0.00"
            ),
        )
        yp, yy, pp = (table.total(column, summed(column, look="0.00")) for column in columns)
    norm_y = sheet.derived(
        "norm_y", np.linalg.norm(v), lambda: sqrt(yy), symbol="‖y‖", title=_("length of y"), math="√Σy²"
    )
    norm_p = sheet.derived(
        "norm_p", np.linalg.norm(w), lambda: sqrt(pp), symbol="‖ŷ‖", title=_("length of ŷ"), math="√Σŷ²"
    )
    six = {"number_format": "0.000000"}
    cosine = sheet.derived(
        "cosine", cos, lambda: yp / (norm_y * norm_p), symbol="cos", title=_("cosine of the angle"), **six
    )
    sheet.sentence("cosine_words", "cos = {d:2} / ({a:4} · {b:4}) = {c:6}", d=yp, a=norm_y, b=norm_p, c=cosine)
    sheet.derived(
        "cosine_loss", -cos, lambda: -cosine, symbol="C", title=_("ONE number, no sum or mean"), math="C = −cos", **six
    )
    cosine_gradient(sheet, points, Cosine(y, p, yp, pp, norm_y, norm_p, cosine))
    cosine_of_angles(sheet)


@dataclass(frozen=True)
class Cosine:
    """The blocks of cosine proximity: both vectors, their product, ŷ's square, both lengths, the cosine."""

    y: Block
    p: Block
    yp: Block
    pp: Block
    norm_y: Block
    norm_p: Block
    cosine: Block


def cosine_gradient(sheet: Sheet, points: Points, c: Cosine) -> None:
    """Its gradient by each prediction."""
    sheet.step(
        _("Gradient of cosine proximity"),
        _("Each prediction is pulled so that the vector turns; making it longer changes nothing."),
        "∂C/∂ŷᵢ = −(yᵢ/(‖y‖·‖ŷ‖) − cos·ŷᵢ/‖ŷ‖²)",
    )
    v, w = points.y.value, points.yhat.value
    # the step grows with the vector: a fixed one would drown in rounding where the vector is long
    h = sheet.derived(
        "cosine_h",
        float(points.h.value) * np.linalg.norm(w),
        lambda: points.h * c.norm_p,
        symbol="h",
        title=_("step of the quotients"),
        math="h·‖ŷ‖",
        number_format="0.0E+00",
    )
    step = float(h.value)
    unit_y, unit_p = v / np.linalg.norm(v), w / np.linalg.norm(w)
    exact = (unit_y @ unit_p * unit_p - unit_y) / np.linalg.norm(w)
    turned = [-(unit_y @ w + s * unit_y) / np.sqrt(w @ w + 2 * s * w + s**2) for s in (step, -step)]

    def up(i: Index) -> Expr:
        return (c.yp + h * c.y[i]) / (c.norm_y * sqrt(c.pp + 2 * h * c.p[i] + h**2))

    def down(i: Index) -> Expr:
        return (c.yp - h * c.y[i]) / (c.norm_y * sqrt(c.pp - 2 * h * c.p[i] + h**2))

    look = {"number_format": "0.0000000"}
    with sheet.table(Counter(""), len(v)) as table:
        slope = table.gradient(
            "cosine_grad",
            exact,
            lambda i: -(c.y[i] / (c.norm_y * c.norm_p) - c.cosine * c.p[i] / c.norm_p**2),
            title=_("gradient by the prediction"),
            symbol="∂C/∂ŷ",
            **look,
        )
        near = table.add(
            Block(
                "cosine_quotient",
                Role.CHECK,
                (turned[0] - turned[1]) / (2 * step),
                title=_("difference quotient"),
                symbol=QUOTIENT,
                formula=lambda i: (down(i) - up(i)) / (2 * h),
                number_format="0.0000000",
            )
        )
    check_gradient(sheet, "cosine", _("cosine"), near, slope)


def cosine_of_angles(sheet: Sheet) -> None:
    """Five arrows beside (1, 0): what cosines of 1, 0 and −1 mean."""
    sheet.step(
        _("What a cosine means"),
        _("Turn an arrow away from a = (1, 0): the cosine falls from 1 (the same direction) to −1 (the opposite one)."),
        "cos(a, b) = a·b / (‖a‖·‖b‖)",
    )
    a_value = np.array([1.0, 0.0])
    b_value = np.array([[3.0, 0.0], [2.0, 2.0], [0.0, 2.0], [-1.0, 1.0], [-2.0, 0.0]])
    arrow: dict[str, Any] = {"number_format": "0.0", "columns": ["1", "2"]}
    a = sheet.given("arrow_a", a_value[None, :], symbol="a", title=_("an arrow"), valid=Between(0.1, 100), **arrow)
    cosines = b_value @ a_value / np.linalg.norm(b_value, axis=1) / np.linalg.norm(a_value)
    with sheet.table(Counter("b"), len(b_value)) as table:
        b = table.given("arrow_b", b_value, title=_("another arrow b"), valid=Between(-100, 100), **arrow)
        table.derived(
            "arrow_cos",
            cosines,
            lambda i: dot(a[0, :], b[i, :]) / sqrt(call("SUMSQ", a[0, :]) * call("SUMSQ", b[i, :])),
            title=_("cosine"),
            symbol="cos(a, b)",
        )
    sheet.remark(_("The arrows are chosen here; (0, 0) has no direction and therefore no cosine."))
    sheet.remark(
        _(
            "The article says that points with a cosine near 0 are more similar than those near 1, which diverge"
            " completely. It is the reverse: 1 is the same direction, 0 a right angle (unrelated), −1 the opposite. So"
            " the loss carries a minus: its best value is −1."
        )
    )


# ------------------------------------------------------------------------------------------------- curves


def far_curves(book: Book, target_value: float) -> None:
    """MAE and MSE of one target and predictions over a wide range, as the article charts them."""
    sheet = book.sheet("Curves", _("Loss curves far and wide"), landscape=False)
    sheet.step(
        _("MAE and MSE for predictions from −10 000 to 10 000"),
        _("One target, every prediction: MAE is a V with constant slopes, MSE a bowl that steepens with the distance."),
        "MAE = |y − ŷ|        MSE = (y − ŷ)²        n = 1",
    )
    low, stride, count = -10_000.0, 100.0, 201
    guess = low + stride * np.arange(count)
    away = guess - target_value
    target = sheet.given(
        "target",
        target_value,
        symbol="y",
        title=_("actual value"),
        number_format="#,##0",
        valid=Between(-1e4, 1e4),
        article=100.0,
        remark=_("printed in the article"),
    )
    first = sheet.given(
        "guess_low",
        low,
        title=_("first prediction"),
        number_format="#,##0",
        valid=Between(-1e5, 1e5),
        article=low,
        remark=_("printed in the article, like the last one: 10 000"),
    )
    by = sheet.given(
        "guess_step",
        stride,
        title=_("from one to the next"),
        number_format="0",
        valid=Between(1, 1000),
        article=stride,
        remark=_("chosen here"),
    )
    best_row = sheet.cursor
    sheet.gap(3)
    top = sheet.cursor
    whole = {"number_format": "#,##0"}
    with sheet.table(Counter(""), count) as table:
        x = table.derived(
            "guess", guess, lambda i: x[i - 1] + by, first=first.whole, title=_("predicted"), symbol="ŷ", **whole
        )
        mae = table.derived(
            "far_mae", np.abs(away), lambda i: absolute(target - x[i]), title="MAE", symbol="|y − ŷ|", **whole
        )
        mse = table.derived("far_mse", away**2, lambda i: (target - x[i]) ** 2, title="MSE", symbol="(y − ŷ)²", **whole)
        slope_mae = table.gradient(
            "far_mae_slope",
            np.sign(away),
            lambda i: -sign(target - x[i]),
            title=_("slope of MAE"),
            symbol="−sign(y − ŷ)",
            **whole,
        )
        slope_mse = table.gradient(
            "far_mse_slope",
            2 * away,
            lambda i: -2 * (target - x[i]),
            title=_("slope of MSE"),
            symbol="−2·(y − ŷ)",
            **whole,
        )
    bottom, right = sheet.cursor, table.column + 1
    lines = (
        (_("MAE loss"), mae, "MAE", _("A V with its tip at the target.")),
        (_("MSE loss"), mse, "MSE", _("A parabola with its lowest point at the target.")),
        (_("Slope of MAE"), slope_mae, "∂MAE/∂ŷ", _("Two level lines, −1 left and +1 right of the target.")),
        (_("Slope of MSE"), slope_mse, "∂MSE/∂ŷ", _("A straight line that crosses 0 at the target.")),
    )
    for k, (title, column, label, alt) in enumerate(lines):
        curve = Series(label, x[:], column[:], colour=("#1F6FB2", "#D1711B")[k % 2])
        sheet.chart(Chart(title, (curve,), "ŷ", label, alt, columns=5, rows=15), at=(top + 16 * k, right))
    sheet.cursor = best_row
    at_best = sheet.derived(
        "far_best",
        guess[np.argmin(away**2)],
        lambda: pick(x, call("MATCH", smallest(mse), mse, 0)),
        title=_("ŷ of the smallest MSE"),
        **whole,
    )
    sheet.printed("far_best", _("ŷ of the smallest MSE"), at_best, 100, 0)
    sheet.cursor = bottom


def near_curves(book: Book) -> None:
    """MAE, MSE and log-cosh near zero error."""
    sheet = book.sheet("NearZero", _("Loss curves near zero"), landscape=False)
    sheet.step(
        _("MAE, MSE and log-cosh near zero error"),
        _("Near 0 log-cosh follows ½x² and is smooth; further out it runs beside |x|, lower by ln 2."),
        "|x|        x²        ln(cosh x)        x = ŷ − y",
    )
    x_value = np.arange(-30, 31) / 10
    first = sheet.given(
        "near_low", -3.0, title=_("first error"), number_format="0.0", valid=Between(-10, 0), remark=_("chosen here")
    )
    by = sheet.given(
        "near_step",
        0.1,
        title=_("from one to the next"),
        number_format="0.00",
        valid=Between(0.01, 1),
        remark=_("chosen here"),
    )
    top = sheet.cursor
    with sheet.table(Counter(""), len(x_value)) as table:
        # rounded to nine places, so that the middle is exactly 0 and has the slope sign(0) = 0
        x = table.derived(
            "near_x",
            x_value,
            lambda i: rounded(x[i - 1] + by, 9),
            first=first.whole,
            title=_("error"),
            symbol="x",
            number_format="0.00",
        )
        curves = (
            table.derived("near_mae", np.abs(x_value), lambda i: absolute(x[i]), title="MAE", symbol="|x|"),
            table.derived("near_mse", x_value**2, lambda i: x[i] ** 2, title="MSE", symbol="x²"),
            table.derived(
                "near_log_cosh",
                np.log(np.cosh(x_value)),
                lambda i: log_cosh_formula(x[i]),
                title="log-cosh",
                symbol="ln(cosh x)",
            ),
        )
        slopes = (
            table.gradient(
                "near_mae_slope", np.sign(x_value), lambda i: sign(x[i]), title=_("slope of MAE"), symbol="sign(x)"
            ),
            table.gradient("near_mse_slope", 2 * x_value, lambda i: 2 * x[i], title=_("slope of MSE"), symbol="2x"),
            table.gradient(
                "near_log_cosh_slope",
                np.tanh(x_value),
                lambda i: tanh(x[i]),
                title=_("slope of log-cosh"),
                symbol="tanh(x)",
            ),
        )
    right, names = table.column + 1, ("MAE", "MSE", "log-cosh")
    pictures = (
        (
            _("Loss near zero error"),
            curves,
            "C",
            _("A V for MAE, a parabola for MSE, and log-cosh below both, round at 0 and straight further out."),
            (0, 4),
        ),
        (
            _("Slope near zero error"),
            slopes,
            "dC/dx",
            _("MAE's slope jumps from −1 to 1, MSE's is a straight line, log-cosh's an S between −1 and 1."),
            (-3, 3),
        ),
    )
    for k, (title, columns, label, alt, limits) in enumerate(pictures):
        series = tuple(Series(name, x[:], column[:]) for name, column in zip(names, columns, strict=True))
        chart = Chart(title, series, "x", label, alt, columns=5, rows=18, y_range=limits)
        sheet.chart(chart, at=(top + 19 * k, right))


# ---------------------------------------------------------------------------------------- mean and median

TARGETS = np.array([2.0, 3.0, 5.0, 8.0, 22.0])
GRID = 41
"""How many constants are tried."""


@dataclass(frozen=True)
class Tried:
    """The constants that were tried, with the losses of each."""

    c: Block
    mse: Block
    mae: Block
    mape: Block


def best_constant(book: Book) -> None:
    """Which one number is the best prediction for all: the mean for MSE, the median for MAE."""
    sheet = book.sheet("Constant", _("The best constant prediction"), landscape=False)
    sheet.step(
        _("Mean for MSE, median for MAE"),
        _("Predict one number c for everybody and try them all: each loss has its own favourite."),
        "MSE(c) = (1/n)·Σ (y − c)²        MAE(c) = (1/n)·Σ |y − c|        MAPE(c) = (100/n)·Σ |y − c|·(1/y)",
    )
    sheet.remark(
        _(
            "The claim is the article's; the five values are chosen here, the last one as an outlier. Move it: the mean"
            " follows, the median stays."
        )
    )
    y = sheet.given(
        "targets",
        TARGETS,
        symbol="y",
        title=_("actual values"),
        number_format="0.0",
        valid=Between(0.1, 1000),
        along=Direction.RIGHT,
    )
    inverse = sheet.derived(
        "targets_inverse",
        1 / TARGETS,
        lambda k: 1 / y[k],
        symbol="1/y",
        title=_("the weights that MAPE gives"),
        along=Direction.RIGHT,
    )
    intervals = sheet.recorded("grid_intervals", GRID - 1.0, title=_("intervals in the table"), number_format="0")
    favourites(sheet, y, try_constants(sheet, y, inverse, intervals))


def try_constants(sheet: Sheet, y: Block, inverse: Block, intervals: Block) -> Tried:
    """Tabulate and chart the losses of constants from the smallest actual value to the largest."""
    low, high = TARGETS.min(), TARGETS.max()
    constants = np.linspace(low, high, GRID)
    apart = np.abs(constants[:, None] - TARGETS)
    top = sheet.cursor
    with sheet.table(Counter(""), GRID) as table:
        c = table.derived(
            "constant",
            constants,
            lambda i: c[i - 1] + (largest(y) - smallest(y)) / intervals,
            first=lambda: smallest(y),
            title=_("constant"),
            symbol="c",
            number_format="0.00",
        )
        gaps = table.derived(
            "apart",
            apart,
            lambda i, k: absolute(y[k] - c[i]),
            title="|y − c|",
            columns=Counter("y"),
            number_format="0.0",
        )
        tried = Tried(
            c,
            table.derived(
                "constant_mse",
                (apart**2).mean(axis=1),
                lambda i: call("SUMSQ", gaps[i, :]) / call("COUNT", y),
                title="MSE(c)",
                number_format="0.00",
            ),
            table.derived(
                "constant_mae", apart.mean(axis=1), lambda i: mean(gaps[i, :]), title="MAE(c)", number_format="0.000"
            ),
            table.derived(
                "constant_mape",
                (100 * apart / TARGETS).mean(axis=1),
                lambda i: 100 * dot(gaps[i, :], inverse[:]) / call("COUNT", y),
                title="MAPE(c)",
                number_format="0.0",
            ),
        )
    alts = {
        "MSE": _("A bowl with its lowest point at the mean."),
        "MAE": _("A broken line with its lowest point at the median."),
        "MAPE": _("A broken line with its lowest point below the median."),
    }
    for k, (column, (loss, alt)) in enumerate(zip((tried.mse, tried.mae, tried.mape), alts.items(), strict=True)):
        title = _("{loss} of a constant prediction").format(loss=loss)
        chart = Chart(title, (Series(loss, c[:], column[:]),), "c", loss, alt, columns=5, rows=13)
        sheet.chart(chart, at=(top + 14 * k, table.column + 1))
    return tried


def favourites(sheet: Sheet, y: Block, tried: Tried) -> None:
    """Put mean and median beside the constants that do best in the table, and hold the claim to account."""
    sheet.step(
        _("What the table says"),
        _(
            "Each loss is least where the article says; no constant in the table does better than the mean, or"
            " the median."
        ),
        "d/dc Σ (y − c)² = −2·Σ (y − c) = 0  ⇔  c = Σy/n        d/dc Σ |y − c| = #(y < c) − #(y > c) = 0",
    )
    losses = (tried.mse, tried.mae, tried.mape)
    with sheet.table(["MSE", "MAE", "MAPE"], 3) as table:
        least = table.add(
            Block(
                "least",
                Role.DERIVED,
                np.array([loss.value.min() for loss in losses]),
                title=_("least loss in the table"),
                each=[smallest(loss) for loss in losses],
                number_format="0.000",
            )
        )
        table.add(
            Block(
                "least_at",
                Role.DERIVED,
                tried.c.value[[int(np.argmin(loss.value)) for loss in losses]],
                title=_("reached at the constant"),
                symbol="c",
                each=[pick(tried.c, call("MATCH", least[k], loss, 0)) for k, loss in enumerate(losses)],
                number_format="0.00",
            )
        )
    two = {"number_format": "0.00"}
    average = sheet.derived("targets_mean", TARGETS.mean(), lambda: mean(y), title=_("mean of y"), **two)
    median = sheet.derived(
        "targets_median", np.median(TARGETS), lambda: call("MEDIAN", y), title=_("median of y"), **two
    )
    row = {"along": Direction.RIGHT, **two}
    from_mean = sheet.derived(
        "from_mean", TARGETS - TARGETS.mean(), lambda k: y[k] - average, title=_("y − mean"), **row
    )
    from_median = sheet.derived(
        "from_median",
        np.abs(TARGETS - np.median(TARGETS)),
        lambda k: absolute(y[k] - median),
        title=_("|y − median|"),
        **row,
    )
    mse = sheet.derived(
        "mse_at_mean",
        np.var(TARGETS),
        lambda: call("SUMSQ", from_mean) / call("COUNT", y),
        title=_("MSE at the mean"),
        number_format="0.000",
    )
    mae = sheet.derived(
        "mae_at_median",
        from_median.value.mean(),
        lambda: mean(from_median),
        title=_("MAE at the median"),
        number_format="0.000",
    )
    at_best = (
        (mse, tried.mse, "mse", _("MSE: none beats the mean")),
        (mae, tried.mae, "mae", _("MAE: none beats the median")),
    )
    for here, table_of, id, claim in at_best:
        of_all = sheet.derived(
            f"least_{id}_of_all",
            min(table_of.value.min(), here.value),
            lambda t=table_of, v=here: smallest(t, v),
            title=_("least of this and the table"),
            number_format="0.000",
        )
        sheet.check(f"best_{id}", claim, of_all, here, 1e-9)
    sheet.remark(
        _(
            "MAPE weighs every row with 1/y: its favourite is the median with these weights, below the plain"
            " median. This"
            " is why it picks models that predict too low."
        )
    )


# ----------------------------------------------------------------------------------------------- overview


def overview(book: Book) -> None:
    """All losses side by side."""
    sheet = book.sheet("Overview", _("All losses side by side"))
    sheet.step(
        _("The whole table"),
        _("The same predictions, many numbers: compare losses only with themselves, never one with another."),
    )
    own = _("own rows")
    mean_word, sum_word = _("mean"), _("sum")
    lines: list[tuple[str, str, str, str]] = [
        (_(loss.title), f"{loss.id}_loss", mean_word if loss.averaged else sum_word, loss.slope_math)
        for loss in (MSE, HALF_MSE, SSE, MSLE, MAE, MAPE, SAE)
    ]
    lines += [
        (_(BCE.title), "bce_loss", f"{mean_word} ({own})", BCE.slope_math),
        (_("Negative log-likelihood (NLL)"), "nll_loss", f"{mean_word} ({own})", "−y/p/n"),
        (_(KL.title), "kl_loss", f"{sum_word} ({own})", KL.slope_math),
        (_("Cosine proximity"), "cosine_loss", _("neither"), "−(y/(‖y‖‖ŷ‖) − cos·ŷ/‖ŷ‖²)"),
        (_(LOG_COSH.title), "log_cosh_loss", mean_word, LOG_COSH.slope_math),
    ]
    blocks = [book[id] for _title, id, _kind, _slope in lines]
    top = sheet.cursor
    with sheet.table([title for title, *_rest in lines], len(lines)) as table:
        table.add(
            Block(
                "all_losses",
                Role.DERIVED,
                np.array([float(block.value) for block in blocks]),
                title=_("loss"),
                symbol="C",
                each=[block.whole() for block in blocks],
                number_format="0.0000",
            )
        )
    for column, heading in ((2, _("sum or mean")), (4, _("gradient by a prediction"))):
        sheet.label(top, column, heading, Style.COLUMN)
    for k, (_title, _id, kind, slope) in enumerate(lines):
        sheet.label(top + table.HEADING_ROWS + k, 2, kind, Style.UNIT)
        sheet.label(top + table.HEADING_ROWS + k, 4, slope, Style.UNIT)
