"""The article's basic statistics: location, variability, scaling, each worked row by row.

Symbols
-------
x [n]    the values;  w [n]  their weights
s [n]    the values in order of size: s₁ ≤ s₂ ≤ … ≤ sₙ
x̄, x̃     mean and median
σ², s²   variance of a population (÷ n) and of a sample (÷ n − 1)
z        a value scaled to mean 0 and variance 1

One module a sheet, or two that belong together; what one computes, the next ones read. The story, page by page:

Outlier   One wild value: which middle can it drag along? Yellow outlier; dots on a line, mean and median above them.
Distance  Square feet against dollars: yellow offices a and b; each feature's share of the distance before and after scaling.
deeper    Location, Order, Median, Spread, Percentile, Scaling, OutlierPath, Summary, Picture
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.statistics.data import Sample, article_sample, data_sheet
from scenarios.statistics.distance import distance, distance_page
from scenarios.statistics.location import location_sheet
from scenarios.statistics.median import median_sheet, order_sheet
from scenarios.statistics.outlier import draw_outlier, outlier_page, outlier_sheet
from scenarios.statistics.percentile import percentile_sheet
from scenarios.statistics.scaling import scaling_sheet
from scenarios.statistics.spread import spread_sheet
from scenarios.statistics.summary import picture_sheet, summary_sheet
from workbook.book import Book
from workbook.data import read_numbers
from workbook.scenario import Parameter, Scenario, UsageError
from workbook.text import N_, _

MOST_ROWS = 2000


class Statistics(Scenario):
    """Mean and median, variance and percentile, min–max, unit length and standardisation."""

    name = "statistics"
    title = N_("Basic statistics: where data lie, how they spread, how they are scaled")
    article = N_("Fathoming the Deep in Deep Learning: A Practical Approach, the section on statistics")
    summary = N_(
        "Before a network sees data, somebody looks at them: where is the middle, how far do they spread, on which scale do they "
        "lie? Here each estimate that the article lists is worked out row by row, and an outlier shows which of them "
        "it can shake."
    )
    order = 80
    data_columns = N_("one column of numbers, or two: value, weight (2 to 2,000 rows)")
    parameters = (
        Parameter("percentile", 90.0, N_("P: which percentile to take"), 0, 100),
        Parameter("outlier", 3.0, N_("how many times the range the outlier lies above the largest value"), 0.1, 100),
    )
    locale = Path(__file__).parent.parent / "locale"

    def read_data(self, path: Path) -> Sample:
        """Read one numeric column, or two: values and weights."""
        names = list(read_numbers(path, max_rows=MOST_ROWS, not_constant=False).columns)
        if len(names) > 2:
            raise UsageError(f"{path}: row 1 names {len(names)} columns; give one (values) or two (values, weights)")
        x = read_numbers(path, names[:1], max_rows=MOST_ROWS, low=-1e6, high=1e6).to_numpy()[:, 0]
        if len(names) == 1:
            return Sample(x, np.ones_like(x), names[0], "")
        w = read_numbers(path, names[1:], max_rows=MOST_ROWS, low=0, high=1e6, not_constant=False).to_numpy()[:, 0]
        if not w.any():
            raise UsageError(f"{path}: column {names[1]}: every weight is 0; give at least one above 0")
        return Sample(x, w, names[0], names[1])

    def build(self, book: Book, settings: Mapping[str, Any], data: Sample | None) -> None:
        """Lay out the two core pages, then the sheets behind them."""
        book.first_change = _(
            "on the sheet Outlier, type other numbers into the yellow cell: the mean follows, the median hardly moves."
        )
        wild, apart = outlier_page(book), distance_page(book)
        distance(apart)
        given = data_sheet(book, data or article_sample(), own=data is not None)
        location = location_sheet(book, given)
        order = order_sheet(book, given, location)
        medians = median_sheet(book, given, location, order)
        spread = spread_sheet(book, given, location)
        ranks = percentile_sheet(book, given, location.n, order.s, medians.median, settings["percentile"])
        scaling_sheet(book, given, location, spread, ranks)
        outlier_sheet(wild, given, location, medians.median, ranks, settings["outlier"])
        summary_sheet(book, given, location, medians, spread, ranks)
        picture_sheet(book, given, location, medians, spread, ranks)
        draw_outlier(wild, given)
