"""Losses: from residuals to MAE, MSE and RMSE, then the article's whole table of loss functions, row by row.

Symbols, as in the article (a row is one data point):
    y     (n,)    actual value
    ŷ     (n,)    predicted value (`yhat`)
    e     (n,)    residual, y − ŷ
    C     ()      the loss of all rows: their sum, or their mean; every loss says which
    ∂C/∂ŷ (n,)    its gradient, one number a prediction
For classes: Z (n, 3) scores, P (n, 3) their softmax probabilities, Y (n, 3) the one-hot target.

The core pages: choose a loss (`choice`), and one big miss (`one_miss`); their scripts stand there.
The losses that add one term a row are declared in `table` and laid out by `row_loss`; each other sheet is a module.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.losses.binary import binary_cross_entropy
from scenarios.losses.choice import loss_page
from scenarios.losses.consequences import predicting_too_low, second_derivative
from scenarios.losses.constant import best_constant
from scenarios.losses.cosine import cosine_proximity
from scenarios.losses.curves import far_curves, near_curves
from scenarios.losses.divergence import kl_divergence
from scenarios.losses.each import each_loss
from scenarios.losses.likelihood import negative_log_likelihood
from scenarios.losses.one_miss import one_miss_page
from scenarios.losses.overview import overview
from scenarios.losses.residuals import LARGEST, SMALLEST, residuals_sheet
from scenarios.losses.row_loss import row_loss_sheet
from scenarios.losses.table import LOG_COSH, MAPE, MSLE, SHARED
from workbook.book import Book
from workbook.data import read_numbers
from workbook.scenario import Parameter, Scenario, UsageError
from workbook.text import N_, _

LEAST_ERROR = 1e-8
"""The squares of smaller errors are no more than the rounding of the numbers that they are shares of."""


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
    locale = Path(__file__).parent.parent / "locale"
    parameters = (
        Parameter("outlier1", 30.0, N_("prediction of the first outlier (the actual value is 16)"), SMALLEST, LARGEST),
        Parameter("outlier2", 12.0, N_("prediction of the second outlier (the actual value is 32)"), SMALLEST, LARGEST),
        Parameter("target", 100.0, N_("actual value of the loss curves"), -1e4, 1e4),
    )
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
        points = residuals_sheet(book, settings, data)
        losses = SHARED if points.positive else tuple(loss for loss in SHARED if loss not in (MSLE, MAPE))
        loss_page(choice, points, each_loss(book, losses, points))
        one_miss_page(one_miss)
        if points.positive:
            predicting_too_low(book)
        binary_cross_entropy(book)
        negative_log_likelihood(book)
        kl_divergence(book)
        cosine_proximity(book, points)
        second_derivative(row_loss_sheet(book, LOG_COSH, points), points)
        far_curves(book, float(settings["target"]))
        near_curves(book)
        best_constant(book)
        overview(book, positive=points.positive)
