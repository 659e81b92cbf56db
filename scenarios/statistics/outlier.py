"""Sheet Outlier: one extreme value more, and which estimates it can drag along."""

from __future__ import annotations

import numpy as np

from scenarios.common.columns import caption
from scenarios.statistics.data import Data
from scenarios.statistics.location import Location
from scenarios.statistics.percentile import Ranks
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import call, largest, number_of, smallest
from workbook.text import _


def outlier_sheet(book: Book, data: Data, location: Location, median: Block, ranks: Ranks, ranges: float) -> None:
    """Add an outlier, so many ranges above the largest value, and see which estimates it moves."""
    sheet = book.sheet("Outlier", _("An outlier: what is robust?"), landscape=False)
    outlier = _before_and_after(sheet, data, location, median, ranks, ranges)
    _on_its_way(sheet, data, location, ranks.least, outlier)


def _before_and_after(
    sheet: Sheet, data: Data, location: Location, median: Block, ranks: Ranks, ranges: float
) -> Block:
    sheet.step(
        _("Add one extreme value"),
        _("An estimate is robust if one value that differs greatly from the rest cannot drag it along."),
        _("mean with outlier = (Σx + outlier) / (n + 1)"),
    )
    sample, x, values = data.sample, data.x, data.sample.x
    far = float(np.round(values.max() + ranges * np.ptp(values), 2))
    fields = caption(_("the outlier"), number_format=sample.form)
    outlier = sheet.given("outlier", far, valid=Between(-1e8, 1e8), **fields)
    sheet.remark(_("Chosen here: some ranges above the largest value. Type any number; the data stay as they are."))
    sheet.gap()
    more = np.append(values, far)
    before = np.array([values.mean(), np.median(values), np.ptp(values)])
    after = np.array([more.mean(), np.median(more), np.ptp(more)])
    with sheet.table([_("mean"), _("median"), _("range")], 3) as t:
        each = [location.mean.whole(), median.whole(), ranks.range.whole()]
        fields = caption(_("without the outlier"), number_format=sample.fine)
        without = t.derived("without", before, None, each=each, **fields)
        mean = (location.sum + outlier) / (location.n + 1)
        moved = [mean, call("MEDIAN", x, outlier), largest(x, outlier) - smallest(x, outlier)]
        fields = caption(_("with the outlier"), number_format=sample.fine)
        with_it = t.derived("with_outlier", after, None, each=moved, **fields)
        fields = caption(_("moved by"), number_format=sample.fine)
        t.derived("moved", after - before, lambda i: with_it[i] - without[i], **fields)
    words = _("The mean went from {a:F} to {b:F}, the median from {c:F} to {d:F}.")
    sample.say(sheet, "moved_says", words, a=without[0], b=with_it[0], c=without[1], d=with_it[1])
    return outlier


def _on_its_way(sheet: Sheet, data: Data, location: Location, least: Block, outlier: Block) -> None:
    """Mean and median as the outlier wanders off."""
    sheet.step(
        _("The outlier on its way"),
        _(
            "Let one more value wander from the smallest value to the outlier: the mean goes along for ever, the "
            "median soon stays."
        ),
    )
    sample, values, steps = data.sample, data.sample.x, np.arange(11)
    path = values.min() + steps / 10 * (float(outlier.value) - values.min())
    top = sheet.cursor
    sheet.gap(18)
    with sheet.table(Counter(""), len(path)) as t:
        fields = caption(_("one more value"), number_format=sample.form)
        x = t.derived("wandering", path, lambda t: least + (number_of(t) - 1) / 10 * (outlier - least), **fields)
        value, fields = (values.sum() + path) / (sample.count + 1), caption(_("mean"), number_format=sample.fine)
        means = t.derived("mean_by_outlier", value, lambda t: (location.sum + x[t]) / (location.n + 1), **fields)
        value, fields = (
            np.array([np.median(np.append(values, p)) for p in path]),
            caption(_("median"), number_format=sample.fine),
        )
        medians = t.derived("median_by_outlier", value, lambda t: call("MEDIAN", data.x, x[t]), **fields)
    sheet.chart(
        Chart(
            _("Mean and median as one value wanders off"),
            (Series(_("mean"), x[:], means[:], Mark.BOTH), Series(_("median"), x[:], medians[:], Mark.BOTH)),
            _("one more value"),
            sample.x_title,
            _(
                "Mean and median against the added value: the mean is a rising straight line, the median rises a "
                "little and then stays level."
            ),
        ),
        at=(top, 0),
    )
