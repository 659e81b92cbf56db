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
from workbook.page import Page, Voice
from workbook.text import _


def outlier_page(book: Book) -> Page:
    """Add the page, empty."""
    return book.page(
        "Outlier",
        _("One wild value: which middle can it drag along?"),
        _("The mean shares out every value, the extreme ones too; the median only asks who stands in the middle."),
        _("One value lies far above the rest: does the mean move, the median, or both?"),
    )


def outlier_sheet(page: Page, data: Data, location: Location, median: Block, ranks: Ranks, ranges: float) -> None:
    """Add an outlier, so many ranges above the largest value, and see which estimates it moves."""
    outlier = _before_and_after(page, data, location, median, ranks, ranges)
    sheet = page.book.sheet("OutlierPath", _("An outlier: what is robust?"), landscape=False)
    _on_its_way(sheet, data, location, ranks.least, outlier)


def _before_and_after(page: Page, data: Data, location: Location, median: Block, ranks: Ranks, ranges: float) -> Block:
    sample, x, values = data.sample, data.x, data.sample.x
    far = float(np.round(values.max() + ranges * np.ptp(values), 2))
    with page.left():
        fields = caption(_("the outlier"), number_format=sample.form)
        outlier = page.given("outlier", far, valid=Between(-1e8, 1e8), **fields)
        page.gap()
        said = page.keep()
        page.gap()
        page.math(_("mean with outlier = (Σx + outlier) / (n + 1)"))
        more = np.append(values, far)
        before = np.array([values.mean(), np.median(values), np.ptp(values)])
        after = np.array([more.mean(), np.median(more), np.ptp(more)])
        with page.table([_("mean"), _("median"), _("range")], 3) as t:
            each = [location.mean.whole(), median.whole(), ranks.range.whole()]
            fields = caption(_("without the outlier"), number_format=sample.form)
            without = t.derived("without", before, None, each=each, **fields)
            mean = (location.sum + outlier) / (location.n + 1)
            moved = [mean, call("MEDIAN", x, outlier), largest(x, outlier) - smallest(x, outlier)]
            fields = caption(_("with the outlier"), number_format=sample.form)
            with_it = t.derived("with_outlier", after, None, each=moved, **fields)
            fields = caption(_("moved by"), number_format=sample.form)
            t.derived("moved", after - before, lambda i: with_it[i] - without[i], **fields)
        with page.into(said):
            words = str(_("▶ The mean goes from {a:D} to {b:D}, the median from {c:D} to {d:D}."))
            page.live(
                "moved_says",
                words.replace(":D", f":{sample.digits}"),
                a=without[0],
                b=with_it[0],
                c=without[1],
                d=with_it[1],
            )
    return outlier


def draw_outlier(page: Page, data: Data) -> None:
    """Draw the values as dots on a line, with the outlier, and above them mean and median; add the questions."""
    book = page.book
    outlier, with_it, dots, floor = book["outlier"], book["with_outlier"], book["drawn_x"], book["drawn_height"]
    heights = page.offstage_block("outlier_heights", [0.0, 1.0, 2.0], title=_("drawn at"), number_format="0")

    def picture(columns: int, rows: int) -> Chart:
        return Chart(
            "",
            (
                Series(_("values"), dots[:], floor[:], Mark.POINTS, "#64748B"),
                Series(_("the outlier"), outlier.whole(), heights[0], Mark.POINTS, "#B3261E", size=10),
                Series(_("median"), with_it[1], heights[1], Mark.POINTS, "#D1711B", size=11, marker="diamond"),
                Series(_("mean"), with_it[0], heights[2], Mark.POINTS, "#3A8F4A", size=11, marker="diamond"),
            ),
            data.sample.x_title,
            "",
            _("The values as dots on a line, the outlier in red; above them the median and the mean with it."),
            columns=columns,
            rows=rows,
            y_range=(-1, 3),
        )

    with page.right():
        page.chart(picture(9, 14))
    with book.start.left():
        book.start.sentence("face", _("Mean {m:2}, median {d:2}"), Voice.HEADLINE, m=with_it[0], d=with_it[1])
    with book.start.right():
        book.start.chart(picture(8, 12))
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
