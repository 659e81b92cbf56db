"""Page Summary: every estimate, and where each lies among the values."""

from __future__ import annotations

import numpy as np

from scenarios.statistics.data import Sample
from workbook.chart import Chart, Mark, Series
from workbook.formula import Ref
from workbook.page import Page
from workbook.sheet import value_of
from workbook.text import _

COLOURS = ("#1F6FB2", "#D1711B", "#3A8F4A")


def summary_page(page: Page, sample: Sample) -> None:
    """List every estimate; draw the values as points, and above them the range, the middle half and mean ± σ as bars."""
    book = page.book

    def of(id: str) -> Ref:
        return book[id].whole()

    page.step(_("All estimates"), _("Everything that the article's section lists, for these data."))
    lines: tuple[tuple[str, Ref, str, str], ...] = (
        (_("mean"), of("x_mean"), "x̄ = Σx / n", "Mean"),
        (_("weighted mean"), of("w_mean"), "x̄(w) = Σw·x / Σw", "Mean"),
        (_("median"), of("x_median"), _("x̃ = (s(lower) + s(upper)) / 2"), "Median"),
        (_("weighted median"), of("w_median"), _("the value at which Σw/2 is reached"), "Median"),
        (_("variance, population (÷ n)"), of("variance"), "σ² = Σ(x − x̄)² / n", "Mean"),
        (_("variance, sample (÷ n − 1)"), of("variance_sample"), "s² = Σ(x − x̄)² / (n − 1)", "Mean"),
        (_("standard deviation, population"), of("sd"), "σ = √σ²", "Mean"),
        (_("standard deviation, sample"), of("sd_sample"), "s = √s²", "Mean"),
        (_("mean absolute deviation"), of("mean_abs_dev"), "Σ|x − x̄| / n", "Mean"),
        (_("range"), of("x_range"), "max x − min x", "Percentile"),
        (_("P-th percentile"), book["P_value"][3], _("the value at place 1 + P/100·(n − 1)"), "Percentile"),
        (_("interquartile range"), of("iqr"), "P₇₅ − P₂₅", "Percentile"),
    )
    titles, estimates, formulas, sheets = zip(*lines, strict=True)
    with page.table(titles, len(lines)) as t:
        values = np.array([float(value_of(estimate)) for estimate in estimates])
        t.derived("estimates", values, None, title=_("estimate"), each=estimates)
        t.recorded("estimate_formula", np.array(formulas, dtype=object), title=_("formula"))
        tabs = np.array([book.tab(sheet) for sheet in sheets], dtype=object)
        t.recorded("estimate_sheet", tabs, title=_("on the sheet"))
    page.step(
        _("Where they lie among the values"), _("Location says where the points lie, variability how long a bar is.")
    )
    _picture(page, sample)


def _picture(page: Page, sample: Sample) -> None:
    ids = ("x", "x_min", "x_range", "x_mean", "sd", "P_value", "x_median")
    x, least, wide, mean, sd, quartiles, median = (page.book[id] for id in ids)
    v, m, s = x.value, float(mean.value), float(sd.value)
    bars = (
        (_("range"), [v.min(), v.max()], [least.whole(), least + wide]),
        (_("middle half, P₂₅ to P₇₅"), quartiles.value[[0, 2]], [quartiles[0], quartiles[2]]),
        (_("mean ± σ"), [m - s, m + s], [mean - sd, mean + sd]),
    )
    series, at = [], _("drawn at")
    for height, (title, ends, each) in enumerate(bars, start=1):
        bar = page.offstage_block(f"bar{height}", np.array(ends), title=title, each=each)
        level = page.offstage_block(f"bar{height}_height", [height, height], title=at, number_format="0")
        series.append(Series(title, bar[:], level[:], colour=COLOURS[height - 1]))
    drawn, floor = page.book["drawn_x"], page.book["drawn_height"]
    second, third = (page.book[f"bar{height}_height"][0] for height in (2, 3))
    series += [
        Series(_("values"), drawn[:], floor[:], Mark.POINTS, colour="#64748B"),
        Series(_("median"), median.whole(), second, Mark.POINTS, colour=COLOURS[1]),
        Series(_("mean"), mean.whole(), third, Mark.POINTS, colour=COLOURS[2]),
    ]
    title, alt = (
        _("The values, their middle and their spread"),
        _("The values as points on a line; above it three bars: the range, the middle half with the median, mean ± σ."),
    )
    page.chart(Chart(title, tuple(series), sample.x_title, "", alt, rows=19, y_range=(0, len(bars) + 1)))
