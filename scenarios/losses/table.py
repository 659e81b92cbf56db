"""The article's table of losses, those that add one term a row: each is declared by its mathematics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.losses.functions import log_cosh, log_cosh_formula, sign
from scenarios.losses.row_loss import RowLoss, Stated
from workbook.formula import absolute, ln, tanh
from workbook.text import N_

MSE = RowLoss(
    "mse",
    "",
    "MSE",
    N_("Mean squared error (MSE)"),
    N_(
        "The loss of most regressions: large errors cost far more than small ones, and the gradient fades as they vanish."
    ),
    "MSE = (1/n) · Σ (y − ŷ)²        ∂MSE/∂ŷ = −2·(y − ŷ)/n",
    Stated("(y − ŷ)²", lambda y, p: (p - y) ** 2, lambda y, p: (y - p) ** 2),
    Stated("−2·(y − ŷ)/n", lambda y, p: 2 * (p - y), lambda y, p: -2 * (y - p)),
    "({y:2} − {p:2p})² = {term:4}",
    "∂C/∂ŷ₁ = −2·({y:2} − {p:2p})/{n:0} = {slope:6}",
    remarks=(
        N_(
            "The article's table calls the squared difference a “residual”. The residual is the difference y − ŷ"
            " itself; its square is the squared residual."
        ),
        N_(
            "The article says that the fitted line makes the sum of the distances least. Least is the sum of the squared"
            " vertical distances; the sum of the distances themselves is what MAE makes least."
        ),
    ),
)
HALF_MSE = RowLoss(
    "half_mse",
    "",
    "½MSE",
    N_("Half mean squared error"),
    N_("The half cancels the 2 that differentiating the square brings down: the same minimum with a tidier gradient."),
    "½MSE = (1/2n) · Σ (y − ŷ)²        ∂C/∂ŷ = −(y − ŷ)/n",
    Stated("½·(y − ŷ)²", lambda y, p: (p - y) ** 2 / 2, lambda y, p: 0.5 * (y - p) ** 2),
    Stated("−(y − ŷ)/n", lambda y, p: p - y, lambda y, p: -(y - p)),
    "½ · ({y:2} − {p:2p})² = {term:4}",
    "∂C/∂ŷ₁ = −({y:2} − {p:2p})/{n:0} = {slope:6}",
)
SSE = RowLoss(
    "sse",
    "",
    "SSE",
    N_("Sum of squared errors (SSE, L2)"),
    N_(
        "The mean is left out: the loss and its gradient grow with the number of rows, so the learning rate must shrink."
    ),
    "SSE = Σ (y − ŷ)²        ∂SSE/∂ŷ = −2·(y − ŷ)",
    MSE.term,
    replace(MSE.slope, math="−2·(y − ŷ)"),
    MSE.first_row,
    "∂C/∂ŷ₁ = −2·({y:2} − {p:2p}) = {slope:6}",
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
    "",
    "MSLE",
    N_("Mean squared logarithmic error (MSLE)"),
    N_("Logarithms turn ratios into differences: 10 % off costs about the same at 40 as at 40 000."),
    "MSLE = (1/n) · Σ (ln(1 + y) − ln(1 + ŷ))²        ∂C/∂ŷ = −2·(ln(1 + y) − ln(1 + ŷ)) / (1 + ŷ) / n",
    Stated(
        "(ln(1 + y) − ln(1 + ŷ))²",
        lambda y, p: (np.log1p(p) - np.log1p(y)) ** 2,
        lambda y, p: (ln(1 + y) - ln(1 + p)) ** 2,
    ),
    Stated(
        "−2·(…)/(1 + ŷ)/n",
        lambda y, p: 2 * (np.log1p(p) - np.log1p(y)) / (1 + p),
        lambda y, p: -2 * (ln(1 + y) - ln(1 + p)) / (1 + p),
    ),
    "(ln(1 + {y:2}) − ln(1 + {p:2}))² = {term:6}",
    "∂C/∂ŷ₁ = −2·(ln(1 + {y:2}) − ln(1 + {p:2})) / (1 + {p:2}) / {n:0} = {slope:6}",
)
MAE = RowLoss(
    "mae",
    "",
    "MAE",
    N_("Mean absolute error (MAE)"),
    N_(
        "Every unit of error costs the same, so outliers weigh no more than their distance; but the gradient never fades."
    ),
    "MAE = (1/n) · Σ |y − ŷ|        ∂MAE/∂ŷ = −sign(y − ŷ)/n",
    Stated("|y − ŷ|", lambda y, p: np.abs(p - y), lambda y, p: absolute(y - p)),
    Stated("−sign(y − ŷ)/n", lambda y, p: np.sign(p - y), lambda y, p: -sign(y - p)),
    "|{y:2} − {p:2p}| = {term:4}",
    "∂C/∂ŷ₁ = −sign({y:2} − {p:2p})/{n:0} = {slope:6}",
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
    "",
    "MAPE",
    N_("Mean absolute percentage error (MAPE)"),
    N_(
        "Errors as a percentage of the actual value; it cannot be used where an actual value is zero, and it can exceed 100 %."
    ),
    "MAPE = (100/n) · Σ |y − ŷ| / |y|        ∂C/∂ŷ = −100·sign(y − ŷ)/|y|/n",
    Stated(
        "100·|y − ŷ|/|y|",
        lambda y, p: 100 * np.abs((p - y) / y),
        lambda y, p: 100 * absolute(y - p) / absolute(y),
    ),
    Stated(
        "−100·sign(y − ŷ)/|y|/n",
        lambda y, p: 100 * np.sign(p - y) / np.abs(y),
        lambda y, p: -100 * sign(y - p) / absolute(y),
    ),
    "100 · |{y:2} − {p:2p}| / |{y:2}| = {term:4}",
    "∂C/∂ŷ₁ = −100·sign({y:2} − {p:2p})/|{y:2}|/{n:0} = {slope:6}",
    kinked=True,
)
SAE = RowLoss(
    "sae",
    "",
    "SAE",
    N_("Sum of absolute errors (SAE, L1)"),
    N_("MAE without the division by n: the gradient of each prediction is exactly +1 or −1."),
    "SAE = Σ |y − ŷ|        ∂SAE/∂ŷ = −sign(y − ŷ)",
    MAE.term,
    replace(MAE.slope, math="−sign(y − ŷ)"),
    MAE.first_row,
    "∂C/∂ŷ₁ = −sign({y:2} − {p:2p}) = {slope:6}",
    averaged=False,
    kinked=True,
)
SHARED = (MSE, HALF_MSE, SSE, MSLE, MAE, MAPE, SAE)
"""The losses that are told together, in the article's order."""
BCE = RowLoss(
    "bce",
    "BCE",
    "BCE",
    N_("Binary cross-entropy"),
    N_("For yes or no: it charges the logarithm of the probability that was given to what really happened."),
    "BCE = −(1/n) · Σ [y·ln ŷ + (1 − y)·ln(1 − ŷ)]        ∂C/∂ŷ = −(y/ŷ − (1 − y)/(1 − ŷ))/n",
    Stated(
        "−(y·ln ŷ + (1 − y)·ln(1 − ŷ))",
        lambda y, p: -np.log(np.where(y == 1, p, 1 - p)),
        lambda y, p: -(y * ln(p) + (1 - y) * ln(1 - p)),
    ),
    Stated(
        "−(y/ŷ − (1−y)/(1−ŷ))/n",
        lambda y, p: (p - y) / (p * (1 - p)),
        lambda y, p: -(y / p - (1 - y) / (1 - p)),
    ),
    "−({y:0}·ln {p:2} + (1 − {y:0})·ln(1 − {p:2p})) = {term:4}",
    "∂C/∂ŷ₁ = −({y:0}/{p:2} − (1 − {y:0})/(1 − {p:2p}))/{n:0} = {slope:6}",
)
KL = RowLoss(
    "kl",
    "KL",
    "KL",
    N_("KL divergence"),
    N_("How far a predicted distribution Q lies from the true one P; it is 0 only where both agree."),
    "KL(P‖Q) = Σ p·ln(p/q)        ∂KL/∂q = −p/q",
    Stated("p·ln(p/q)", lambda p, q: p * (np.log(p) - np.log(q)), lambda p, q: p * ln(p / q)),
    Stated("−p/q", lambda p, q: -p / q, lambda p, q: -p / q),
    "{y:4} · ln({y:4} / {p:4}) = {term:4}",
    "∂C/∂q₁ = −{y:4}/{p:4} = {slope:6}",
    averaged=False,
)
LOG_COSH = RowLoss(
    "log_cosh",
    "LogCosh",
    "log-cosh",
    N_("Log-cosh"),
    N_("Squared near zero, absolute far out: smooth like MSE and yet calm about outliers like MAE."),
    "C = (1/n) · Σ ln(cosh(ŷ − y))        ∂C/∂ŷ = tanh(x)/n        x = ŷ − y",
    Stated("ln(cosh(ŷ − y))", lambda y, p: log_cosh(p - y), lambda y, p: log_cosh_formula(p - y)),
    Stated("tanh(ŷ − y)/n", lambda y, p: np.tanh(p - y), lambda y, p: tanh(p - y)),
    "ln(cosh({p:2} − {y:2p})) = {term:4}",
    "∂C/∂ŷ₁ = tanh({p:2} − {y:2p})/{n:0} = {slope:6}",
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
