"""Sheets Summary and Picture: every estimate on one page, and where each lies among the values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.columns import caption
from scenarios.statistics.data import Data
from scenarios.statistics.location import Location
from scenarios.statistics.median import Medians
from scenarios.statistics.percentile import Ranks
from scenarios.statistics.spread import Spread
from workbook.block import Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Ref
from workbook.sheet import HEADING_ROWS, Style, value_of
from workbook.text import _

BARS = 3
"""Range, middle half, mean ± σ: one above the other in the picture, the values themselves at height 0."""
COLOURS = ("#1F6FB2", "#D1711B", "#3A8F4A")


@dataclass(frozen=True)
class Line:
    """An estimate, how it is computed, and the sheet that computes it."""

    title: str
    estimate: Ref
    formula: str
    sheet: str


def summary_sheet(book: Book, data: Data, location: Location, medians: Medians, spread: Spread, ranks: Ranks) -> None:
    """List every estimate on one page."""
    sheet = book.sheet("Summary", _("All estimates on one page"))
    sheet.step(_("All estimates"), _("Everything that the article's section lists, for these data."))
    lines = (
        Line(_("mean"), location.mean.whole(), "x̄ = Σx / n", "Location"),
        Line(_("weighted mean"), location.weighted_mean.whole(), "x̄(w) = Σw·x / Σw", "Location"),
        Line(_("median"), medians.median.whole(), _("x̃ = (s(lower) + s(upper)) / 2"), "Median"),
        Line(_("weighted median"), medians.weighted.whole(), _("the value at which Σw/2 is reached"), "Median"),
        Line(_("variance, population (÷ n)"), spread.variance.whole(), "σ² = Σ(x − x̄)² / n", "Spread"),
        Line(_("variance, sample (÷ n − 1)"), spread.sample_variance.whole(), "s² = Σ(x − x̄)² / (n − 1)", "Spread"),
        Line(_("standard deviation, population"), spread.sd.whole(), "σ = √σ²", "Spread"),
        Line(_("standard deviation, sample"), spread.sample_sd.whole(), "s = √s²", "Spread"),
        Line(_("mean absolute deviation"), spread.mad.whole(), "Σ|x − x̄| / n", "Spread"),
        Line(_("range"), ranks.range.whole(), "max x − min x", "Percentile"),
        Line(_("P-th percentile"), ranks.percentiles[3], _("the value at place 1 + P/100·(n − 1)"), "Percentile"),
        Line(_("interquartile range"), ranks.iqr.whole(), "P₇₅ − P₂₅", "Percentile"),
    )
    top, values = sheet.cursor, np.array([float(value_of(line.estimate)) for line in lines])
    with sheet.table([line.title for line in lines], len(lines)) as t:
        fields = caption(_("estimate"), number_format=data.sample.fine)
        t.derived("estimates", values, None, each=[line.estimate for line in lines], **fields)
    for column, (heading, width) in enumerate(((_("formula"), 40), (_("on the sheet"), 14)), start=2):
        sheet.label(top, column, heading, Style.COLUMN)
        sheet.widths[column] = width
    for row, line in enumerate(lines, start=top + HEADING_ROWS):
        sheet.label(row, 2, line.formula, Style.UNIT)
        sheet.label(row, 3, line.sheet, Style.LINK, link=f"{line.sheet}!A1")


def picture_sheet(book: Book, data: Data, location: Location, medians: Medians, spread: Spread, ranks: Ranks) -> None:
    """Draw the values as points, and above them the range, the middle half and mean ± σ as bars."""
    sheet = book.sheet("Picture", _("The values, their middle and their spread"), landscape=False)
    sheet.step(
        _("Where they lie among the values"),
        _(
            "Location says where the points lie, variability how long a bar is: the range holds them all, the middle "
            "half half of them."
        ),
    )
    sample, least, quartiles, mean, sd = data.sample, ranks.least, ranks.percentiles, location.mean, spread.sd
    values, middle, wide = sample.x, float(mean.value), float(sd.value)
    top = sheet.cursor
    sheet.gap(20)
    bars = (
        (_("range"), [values.min(), values.max()], [least.whole(), least + ranks.range]),
        (_("middle half, P₂₅ to P₇₅"), quartiles.value[[0, 2]], [quartiles[0], quartiles[2]]),
        (_("mean ± σ"), [middle - wide, middle + wide], [mean - sd, mean + sd]),
    )
    series = []
    with sheet.table([_("from"), _("to")], 2) as t:
        for height, (title, ends, each) in enumerate(bars, start=1):
            bar = t.derived(f"bar{height}", np.array(ends), None, each=each, title=title, number_format=sample.fine)
            level = t.recorded(f"bar{height}_height", [height, height], title=_("drawn at"), number_format="0")
            series.append(Series(title, bar[:], level[:], colour=COLOURS[height - 1]))
    with sheet.table(Counter(""), sample.count) as t:
        x = t.derived("drawn_x", values, lambda i: data.x[i], **caption(_("value"), "x", sample.form))
        floor = t.recorded("drawn_height", np.zeros(sample.count), title=_("drawn at"), number_format="0")
    second, third = (sheet.book[f"bar{height}_height"] for height in (2, 3))
    points = (
        Series(_("values"), x[:], floor[:], Mark.POINTS, colour="#64748B"),
        Series(_("median"), medians.median.whole(), second[0], Mark.POINTS, colour=COLOURS[1]),
        Series(_("mean"), mean.whole(), third[0], Mark.POINTS, colour=COLOURS[2]),
    )
    sheet.chart(
        Chart(
            _("The values, their middle and their spread"),
            (*series, *points),
            sample.x_title,
            "",
            _(
                "The values as points on a line; above it three bars: the range, the middle half with the median on it, and "
                "the mean with one standard deviation to each side."
            ),
            rows=19,
            y_range=(0, BARS + 1),
        ),
        at=(top, 0),
    )
