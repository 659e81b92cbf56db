"""The article's table of losses, those that add one term a row: each is declared by its mathematics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.common.activations import Array
from scenarios.losses.row_loss import RowLoss, Stated
from workbook.formula import Expr, Operand, absolute, call, exp, ln, tanh
from workbook.text import N_


def sign(x: Operand) -> Expr:
    """The sign of a cell: −1, 0 or 1."""
    return call("SIGN", x)


def log_cosh(x: Array) -> Array:
    """Return ln(cosh x)."""
    value: Array = np.logaddexp(x, -x) - np.log(2)
    return value


def log_cosh_formula(x: Expr) -> Expr:
    """The same for a cell, in the form that cannot overflow: COSH(711) is an error in a spreadsheet."""
    return absolute(x) + ln(1 + exp(-2 * absolute(x))) - ln(2)


MSE = RowLoss(
    "mse",
    "MSE",
    N_("Mean squared error (MSE)"),
    N_("The loss of most regressions: large errors cost far more than small ones; the gradient fades with them."),
    Stated("(y − ŷ)²", lambda y, p: (p - y) ** 2, lambda y, p: (y - p) ** 2),
    Stated("−2·(y − ŷ)/n", lambda y, p: 2 * (p - y), lambda y, p: -2 * (y - p)),
    remarks=(
        N_("The article's table calls (y − ŷ)² a “residual”. The residual is y − ŷ; this is its square."),
        N_("The article says that a fitted line makes the sum of the distances least: least is that of their squares."),
    ),
)
HALF_MSE = RowLoss(
    "half_mse",
    "½MSE",
    N_("Half mean squared error"),
    N_("The half cancels the 2 that differentiating the square brings down: the same minimum, a tidier gradient."),
    Stated("½·(y − ŷ)²", lambda y, p: (p - y) ** 2 / 2, lambda y, p: 0.5 * (y - p) ** 2),
    Stated("−(y − ŷ)/n", lambda y, p: p - y, lambda y, p: -(y - p)),
)
SSE = RowLoss(
    "sse",
    "SSE",
    N_("Sum of squared errors (SSE, L2)"),
    N_("Without the mean, loss and gradient grow with the number of rows, so the learning rate must shrink."),
    MSE.term,
    replace(MSE.slope, math="−2·(y − ŷ)"),
    averaged=False,
    remarks=(
        N_("The article calls both MSE (in its text) and SSE (in its table) the L2 loss: ask which one is meant."),
    ),
)
MSLE = RowLoss(
    "msle",
    "MSLE",
    N_("Mean squared logarithmic error (MSLE)"),
    N_("Logarithms turn ratios into differences: 10 % off costs about the same at 40 as at 40 000."),
    Stated(
        "(ln(1 + y) − ln(1 + ŷ))²",
        lambda y, p: (np.log1p(p) - np.log1p(y)) ** 2,
        lambda y, p: (ln(1 + y) - ln(1 + p)) ** 2,
    ),
    Stated(
        "−2·(ln(1 + y) − ln(1 + ŷ))/(1 + ŷ)/n",
        lambda y, p: 2 * (np.log1p(p) - np.log1p(y)) / (1 + p),
        lambda y, p: -2 * (ln(1 + y) - ln(1 + p)) / (1 + p),
    ),
)
MAE = RowLoss(
    "mae",
    "MAE",
    N_("Mean absolute error (MAE)"),
    N_("Every unit of error costs the same, so outliers weigh no more than their distance; the gradient never fades."),
    Stated("|y − ŷ|", lambda y, p: np.abs(p - y), lambda y, p: absolute(y - p)),
    Stated("−sign(y − ŷ)/n", lambda y, p: np.sign(p - y), lambda y, p: -sign(y - p)),
    kinked=True,
    remarks=(
        N_("Steps of one size overshoot near the minimum: rightly the article advises a learning rate that falls."),
    ),
)
MAPE = RowLoss(
    "mape",
    "MAPE",
    N_("Mean absolute percentage error (MAPE)"),
    N_("Errors as a percentage of the actual value, which must not be zero; it can exceed 100 %."),
    Stated("100·|y − ŷ|/|y|", lambda y, p: 100 * np.abs((p - y) / y), lambda y, p: 100 * absolute(y - p) / absolute(y)),
    Stated(
        "−100·sign(y − ŷ)/|y|/n",
        lambda y, p: 100 * np.sign(p - y) / np.abs(y),
        lambda y, p: -100 * sign(y - p) / absolute(y),
    ),
    kinked=True,
)
SAE = RowLoss(
    "sae",
    "SAE",
    N_("Sum of absolute errors (SAE, L1)"),
    N_("MAE without the division by n: the gradient of each prediction is exactly +1 or −1."),
    MAE.term,
    replace(MAE.slope, math="−sign(y − ŷ)"),
    averaged=False,
    kinked=True,
)
LOG_COSH = RowLoss(
    "log_cosh",
    "log-cosh",
    N_("Log-cosh"),
    N_("Squared near zero, absolute far out: smooth like MSE and yet calm about outliers like MAE."),
    Stated("ln(cosh(ŷ − y))", lambda y, p: log_cosh(p - y), lambda y, p: log_cosh_formula(p - y)),
    Stated("tanh(ŷ − y)/n", lambda y, p: np.tanh(p - y), lambda y, p: tanh(p - y)),
    remarks=(
        N_("The cells use the equal form |x| + ln(1 + e^(−2|x|)) − ln 2: a spreadsheet cannot hold cosh(711)."),
        N_("The article uses it for its rent line: the gradient by the slope m is tanh(x) times the row's input."),
    ),
)
SHARED = (MSE, HALF_MSE, SSE, MSLE, MAE, MAPE, SAE, LOG_COSH)
"""The losses that are told together, in the article's order."""
BCE = RowLoss(
    "bce",
    "BCE",
    N_("Binary cross-entropy"),
    N_("For yes or no: it charges the logarithm of the probability that was given to what really happened."),
    Stated(
        "−(y·ln ŷ + (1 − y)·ln(1 − ŷ))",
        lambda y, p: -np.log(np.where(y == 1, p, 1 - p)),
        lambda y, p: -(y * ln(p) + (1 - y) * ln(1 - p)),
    ),
    Stated("−(y/ŷ − (1−y)/(1−ŷ))/n", lambda y, p: (p - y) / (p * (1 - p)), lambda y, p: -(y / p - (1 - y) / (1 - p))),
)
KL = RowLoss(
    "kl",
    "KL",
    N_("KL divergence"),
    N_("How far a predicted distribution Q lies from the true one P; it is 0 only where both agree."),
    Stated("p·ln(p/q)", lambda p, q: p * (np.log(p) - np.log(q)), lambda p, q: p * ln(p / q)),
    Stated("−p/q", lambda p, q: -p / q, lambda p, q: -p / q),
    averaged=False,
    letters=("p", "q"),
    digits=4,
)
