"""Page Outlier: one extreme value more, and which estimates it can drag along."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.statistics.data import Sample
from workbook.block import Between, Block, Counter
from workbook.chart import Chart, Mark, Series
from workbook.formula import call, largest, number_of, smallest
from workbook.page import Page, Voice
from workbook.parameter import Parameter
from workbook.text import N_, _

RANGES = Parameter("outlier", 3.0, N_("how many times the range the outlier lies above the largest value"), 0.1, 100)


def outlier_page(page: Page, sample: Sample, ranges: float) -> None:
    """Add an outlier, so many ranges above the largest value, and see which estimates it moves."""
    x, n, sum_, mean, median, wide = (page.book[i] for i in ("x", "n", "x_sum", "x_mean", "x_median", "x_range"))
    v = x.value
    far = float(np.round(v.max() + ranges * np.ptp(v), 2))
    with page.left():
        outlier = page.given("outlier", far, title=_("the outlier"), valid=Between(-1e8, 1e8))
        page.gap()
        said = page.keep()
        page.gap()
        page.math(_("mean with outlier = (Σx + outlier) / (n + 1)"))
        both = (v, np.append(v, outlier.value))
        before, after = (np.array([values.mean(), np.median(values), np.ptp(values)]) for values in both)
        with page.table([_("mean"), _("median"), _("range")], 3) as t:
            each = [mean.whole(), median.whole(), wide.whole()]
            without = t.derived("without", before, None, title=_("without the outlier"), each=each)
            spread = largest(x, outlier) - smallest(x, outlier)
            each_with = [(sum_ + outlier) / (n + 1), call("MEDIAN", x, outlier), spread]
            with_it = t.derived("with_outlier", after, None, title=_("with the outlier"), each=each_with)
            t.derived("moved", after - before, lambda i: with_it[i] - without[i], title=_("moved by"))
        with page.into(said):
            words = _("▶ The mean goes from {a:D} to {b:D}, the median from {c:D} to {d:D}.")
            moves = {"a": without[0], "b": with_it[0], "c": without[1], "d": with_it[1]}
            page.live("moved_says", sample.in_full(words), **moves)
    picture = _dots(page, sample, outlier, with_it)
    with page.right():
        page.chart(replace(picture, rows=10))
        page.chart(_path(page, sample, outlier))
    start = page.book.start
    with start.left():
        start.sentence("face", _("Mean {with_outlier[0]:2}, median {with_outlier[1]:2}"), Voice.HEADLINE)
    with start.right():
        start.chart(replace(picture, columns=8))
    four = page.offstage_block("median_asked", [1.0, 2.0, 3.0, 94.0], title=_("values that are asked for"))
    answer = page.offstage_block("median_asked_answer", 2.5, lambda: call("MEDIAN", four), title=_("their median"))
    page.try_(_("Type a number ten times as large: the mean runs after it, the median stays where it is."))
    page.turn(
        "outlier_turn",
        _("What is the median of 1, 2, 3 and 94?"),
        answer,
        0.01,
        _("Their mean is 25: one value drags it along."),
        _("half way between the two in the middle."),
    )
    page.remember(_("The mean follows every value; the median only the order."))


def _dots(page: Page, sample: Sample, outlier: Block, with_it: Block) -> Chart:
    """Draw the values as dots on a line, with the outlier, and above them mean and median."""
    x, at = page.book["x"], _("drawn at")
    dots = page.offstage_block("drawn_x", x.value, lambda i: x[i], title=_("value"))
    floor = page.offstage_block("drawn_height", np.zeros(len(x.value)), title=at, number_format="0")
    heights = page.offstage_block("outlier_heights", [0.0, 1.0, 2.0], title=at, number_format="0")
    series = (
        Series(_("values"), dots[:], floor[:], Mark.POINTS, "#64748B"),
        Series(_("the outlier"), outlier.whole(), heights[0], Mark.POINTS, "#B3261E", size=10),
        Series(_("median"), with_it[1], heights[1], Mark.POINTS, "#D1711B", size=11, marker="diamond"),
        Series(_("mean"), with_it[0], heights[2], Mark.POINTS, "#3A8F4A", size=11, marker="diamond"),
    )
    alt = _("The values as dots on a line, the outlier in red; above them the median and the mean with it.")
    return Chart("", series, sample.x_title, "", alt, columns=9, rows=12, y_range=(-1, 3))


def _path(page: Page, sample: Sample, outlier: Block) -> Chart:
    """Draw mean and median as the outlier wanders off from the smallest value."""
    x, n, sum_, least = (page.book[id] for id in ("x", "n", "x_sum", "x_min"))
    v, away = x.value, outlier - least
    path = v.min() + np.arange(11) / 10 * (float(outlier.value) - v.min())
    with page.book.helpers.table(Counter(""), len(path)) as t:
        title = _("one more value")
        at = t.derived("wandering", path, lambda k: least + (number_of(k) - 1) / 10 * away, "", title)
        value, title = (v.sum() + path) / (len(v) + 1), _("mean")
        means = t.derived("mean_by_outlier", value, lambda k: (sum_ + at[k]) / (n + 1), "", title)
        value, title = np.array([np.median(np.append(v, p)) for p in path]), _("median")
        medians = t.derived("median_by_outlier", value, lambda k: call("MEDIAN", x, at[k]), "", title)
    series = (
        Series(_("median"), at[:], medians[:], Mark.BOTH, "#D1711B"),
        Series(_("mean"), at[:], means[:], Mark.BOTH, "#3A8F4A"),
    )
    alt = _("Against the added value the mean is a rising straight line; the median rises a little, then stays level.")
    title = _("Mean and median as one value wanders off")
    return Chart(title, series, _("one more value"), sample.x_title, alt, columns=9, rows=12)
