"""The article's basic statistics: location, variability, scaling, each worked row by row.

Symbols
-------
x [n]    the values;  w [n]  their weights
s [n]    the values in order of size: s₁ ≤ s₂ ≤ … ≤ sₙ
x̄, x̃     mean and median
σ², s²   variance of a population (÷ n) and of a sample (÷ n − 1)
z        a value scaled to mean 0 and variance 1

One module a sheet, or two that belong together; what one computes, the next ones read. The story, page by page:

Outlier   One wild value: which middle can it drag along? Yellow outlier; dots on a line, mean and median above them, and their paths.
Distance  Square feet against dollars: yellow offices a and b; each feature's share of the distance before and after scaling.
deeper    Mean, Median, Percentile, Scaling, Summary;  data: Data, Order
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.statistics.data import Sample, article_sample, data_page
from scenarios.statistics.distance import distance_page
from scenarios.statistics.mean import mean_page
from scenarios.statistics.median import median_page, order_page
from scenarios.statistics.outlier import RANGES, outlier_page
from scenarios.statistics.percentile import PERCENT, percentile_page
from scenarios.statistics.scaling import scaling_page
from scenarios.statistics.summary import summary_page
from workbook.book import Book
from workbook.data import read_numbers
from workbook.page import Page
from workbook.scenario import Scenario, UsageError
from workbook.sheet import Kind
from workbook.text import N_, _

MOST_ROWS = 2000


class Statistics(Scenario):
    """Mean and median, variance and percentile, min–max, unit length and standardisation."""

    name = "statistics"
    licence = "MIT"
    title = N_("Basic statistics: where data lie, how they spread, how they are scaled")
    article = N_("Fathoming the Deep in Deep Learning: A Practical Approach, the section on statistics")
    summary = N_(
        "Before a network sees data, somebody looks at them: where is the middle, how far do they spread, on which scale?"
        " Each estimate that the article lists is worked out row by row; an outlier shows which of them it can shake."
    )
    order = 80
    data_columns = N_("one column of numbers, or two: value, weight (2 to 2,000 rows)")
    parameters = (PERCENT, RANGES)
    locale = Path(__file__).parent.parent / "locale"
    ask = ("x_sum", "x_mean", "deviation_sq=3", "variance", "sd", "w_mean=2", "P_value=3", "iqr")

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

    def own_rows(self) -> list[Sequence[Any]]:
        sample = article_sample()
        return [("value", "weight"), *zip(sample.x, sample.w, strict=True)]

    def build(self, book: Book, settings: Mapping[str, Any], data: Sample | None) -> None:
        """Lay out the two core pages, then the sheets behind them."""
        book.first_change = _(
            "on the sheet Outlier, type other numbers into the yellow cell: the mean follows, the median hardly moves."
        )
        wild = book.page(
            "Outlier",
            _("One wild value: which middle can it drag along?"),
            _("The mean shares out every value, the extreme ones too; the median only asks who stands in the middle."),
            _("One value lies far above the rest: does the mean move, the median, or both?"),
        )
        apart = book.page(
            "Distance",
            _("Square feet against dollars: who decides the distance?"),
            _("The feature with the large numbers decides alone, until both are put on one ruler."),
            _("Two offices differ in area and rent: how much of their distance comes from the rent?"),
        )

        def deeper(name: str, title: str, kind: Kind = Kind.DEEPER) -> Page:
            return book.page(name, title, kind=kind)

        sample = data or article_sample()
        distance_page(apart)
        data_page(deeper("Data", _("The data"), Kind.DATA), sample, own=data is not None)
        mean_page(deeper("Mean", _("The mean, and how far the values spread around it")), sample)
        order_page(deeper("Order", _("The values in order"), Kind.DATA))
        median_page(deeper("Median", _("Median and weighted median")), sample)
        percentile_page(deeper("Percentile", _("Range, percentile, interquartile range")), sample)
        scaling_page(deeper("Scaling", _("Scaling: the same values on other rulers")), sample)
        outlier_page(wild, sample, settings["outlier"])
        summary_page(deeper("Summary", _("All estimates on one page")), sample)
