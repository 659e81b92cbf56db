"""Losses: from residuals to MAE, MSE and RMSE, then the article's whole table of loss functions, row by row.

Symbols, as in the article (a row is one data point):
    y     (n,)    actual value
    ŷ     (n,)    predicted value (`yhat`)
    e     (n,)    residual, y − ŷ
    L     ()      the loss of all rows: their sum, or their mean; every loss says which
    ∂L/∂ŷ (n,)    its gradient, one number a prediction
For classes: Z (n, 3) scores, P (n, 3) their softmax probabilities, Y (n, 3) the one-hot target.

The story is in SCRIPT.md beside this file. The losses that add one term a row are declared in `table` and laid out by `row_loss`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.losses.choice import loss_page
from scenarios.losses.constant import constant_page
from scenarios.losses.cosine import cosine_page
from scenarios.losses.curves import TARGET, curves_page, too_low_page
from scenarios.losses.each import each_loss, overview
from scenarios.losses.one_miss import one_miss_page
from scenarios.losses.probabilities import binary_cross_entropy, kl_divergence, negative_log_likelihood
from scenarios.losses.residuals import LARGEST, OUTLIERS, PREDICTED, X, is_positive, residuals_page
from scenarios.losses.table import MAPE, MSLE, SHARED
from workbook.book import Book
from workbook.data import read_numbers
from workbook.page import Page
from workbook.scenario import Scenario, UsageError
from workbook.sheet import Kind
from workbook.text import N_, _

LEAST_ERROR = 1e-8
"""The squares of smaller errors are no more than the rounding of the numbers that they are shares of."""


class Losses(Scenario):
    """y = 4x with two outliers; every loss of the article's table."""

    name = "losses"
    licence = "MIT"
    title = N_("Loss functions, row by row")
    article = N_("Fathoming the Deep in Deep Learning – A Practical Approach (loss functions)")
    summary = N_(
        "How wrong is a set of predictions? From residuals to MAE, MSE and RMSE, how outliers weigh, then every loss of the"
        " article's table with its gradient, and which loss asks for the mean and which for the median."
    )
    order = 90
    locale = Path(__file__).parent.parent / "locale"
    ask = ("e=2", "e_sq=2", "mae_here", "mse_here", "rmse", "grad_mse_here=2", "bce_term=3", "bce_loss")
    parameters = (*OUTLIERS, TARGET)
    data_columns = N_("actual, predicted (2 to 2,000 rows; MSLE and MAPE only where all numbers are 0.01 or more)")

    def read_data(self, path: Path) -> Array:
        """Read the columns actual and predicted, (n, 2)."""
        names = ("actual", "predicted")
        rows: Array = read_numbers(
            path, names, max_rows=2000, low=-LARGEST, high=LARGEST, not_constant=False
        ).to_numpy()
        largest = float(np.abs(rows[:, 0] - rows[:, 1]).max())
        if 0 < largest < LEAST_ERROR:
            raise UsageError(
                f"{path}: columns actual and predicted: no error is larger than {largest:.2g}, which is rounding; round both columns"
            )
        return rows

    def own_rows(self) -> list[Sequence[Any]]:
        return [("actual", "predicted"), *zip(4 * X, PREDICTED, strict=True)]

    def build(self, book: Book, settings: Mapping[str, Any], data: Array | None) -> None:
        """Core pages first; then the losses in the order of the article's table, and what they have in common."""
        book.first_change = _(
            "on the sheet Loss, the yellow cell: choose MAE in place of MSE, and see how much less the longest bar stands out."
        )
        choice = book.page(
            "Loss",
            _("How wrong? Every loss has its own answer"),
            _("Learning makes one number small, so the choice of that number, the loss, decides which misses count."),
            _("Which loss do the largest misses rule more: a squared one or an absolute one?"),
        )
        one_miss = book.page(
            "OneMiss",
            _("One big miss: twice as far, four times as dear"),
            _("Squaring makes large misses count more than in proportion, so one outlier can rule the whole loss."),
            _("The miss doubles. Does its square double, too?"),
        )

        def deeper(name: str, title: str) -> Page:
            return book.page(name, title, kind=Kind.DEEPER)

        positive = is_positive(data)
        losses = tuple(loss for loss in SHARED if positive or loss not in (MSLE, MAPE))
        residuals_page(deeper("Residuals", _("From residuals to MAE, MSE and RMSE")), settings, data)
        each_loss(deeper("EachLoss", _("From MSE to log-cosh: every row of every loss")), losses)
        loss_page(choice, losses)
        one_miss_page(one_miss)
        if positive:
            too_low_page(deeper("TooLow", _("Too low or too high: MSLE and MAPE take sides")))
        binary_cross_entropy(deeper("BCE", _("Binary cross-entropy")))
        negative_log_likelihood(deeper("NLL", _("Negative log-likelihood (NLL)")))
        kl_divergence(deeper("KL", _("KL divergence")))
        cosine_page(deeper("Cosine", _("Cosine proximity")))
        curves_page(deeper("Curves", _("Loss curves: far and wide, and near zero")))
        constant_page(deeper("Constant", _("The best constant prediction")))
        overview(deeper("Overview", _("All losses side by side")), losses)
