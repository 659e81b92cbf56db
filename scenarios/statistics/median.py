"""Sheets Order and Median: the values in order of size, and the two medians that are read from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.columns import caption
from scenarios.statistics.data import Data
from scenarios.statistics.location import Location
from workbook.block import Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import call, if_, number_of, pick
from workbook.text import _

SLACK = 1e-9
"""By what share of the weights rounding may miss their half."""


@dataclass(frozen=True)
class Order:
    """The values in order, the weights added up in that order, and where these reach and pass their half."""

    s: Block
    so_far: Block
    half: Block
    reached: Block
    passed: Block


@dataclass(frozen=True)
class Medians:
    """The median and the weighted median."""

    median: Block
    weighted: Block


def order_sheet(book: Book, data: Data, location: Location) -> Order:
    """Sort the values, and bring their weights along."""
    sheet = book.sheet("Order", _("The values in order"))
    sheet.step(
        _("Sort, and bring the weights along"),
        _(
            "Median and percentile ask for the order of the values, and the weighted median for the weights in "
            "that order."
        ),
    )
    sheet.text(
        _(
            "① The values in order. ② Where each value of the data went: its place, and a key that also tells "
            "equal values apart."
        )
    )
    sheet.text(
        _(
            "③ The keys in order tell which row of the data came to each place; its weight comes along, and the "
            "weights are added up."
        )
    )
    whole, weight = data.sample.w.sum(), location.weight
    fields = caption(_("half of the weights"), "Σw/2", "0.00")
    half = sheet.derived("half_weight", whole / 2, lambda: weight / 2, **fields)
    remark = _("so that rounding does not decide where the half is reached")
    fields = caption(_("slack, as a share"), number_format="0E+00", remark=remark)
    rate = sheet.recorded("slack_rate", SLACK, **fields)
    fields = caption(_("slack"), number_format="0.0E+00")
    slack = sheet.derived("slack", whole * SLACK, lambda: weight * rate, **fields)
    sheet.gap()
    return _sorted(sheet, data, location.n, half, slack)


def _sorted(sheet: Sheet, data: Data, n: Block, half: Block, slack: Block) -> Order:
    """Add the table that sorts."""
    sample, x, values, weights = data.sample, data.x, data.sample.x, data.sample.w
    order = np.argsort(values, kind="stable")
    places = np.searchsorted(values[order], values) + 1.0
    key_values = places * sample.count + np.arange(sample.count)
    added = np.cumsum(weights[order])
    with sheet.table(Counter(""), sample.count) as t:
        fields = caption(_("① value in order"), "s", sample.form)
        s = t.derived("x_sorted", values[order], lambda k: call("SMALL", x, number_of(k)), **fields)
        t.skip()
        t.derived("x_again", values, lambda i: x[i], **caption(_("② value of the data"), "x", sample.form))
        fields = caption(_("② its place"), number_format="0", math=_("first of equals"))
        place = t.derived("place", places, lambda i: call("MATCH", x[i], s, 0), **fields)
        fields = caption(_("② key"), number_format="0", math=_("place·n + row − 1"))
        key = t.derived("key", key_values, lambda i: place[i] * n + number_of(i) - 1, **fields)
        t.skip()
        fields = caption(_("③ key in order"), number_format="0")
        keys = t.derived("key_sorted", np.sort(key_values), lambda k: call("SMALL", key, number_of(k)), **fields)
        fields = caption(_("③ row of the data"), number_format="0", math=_("rest of key / n, + 1"))
        row = t.derived("row_of", order + 1.0, lambda k: call("MOD", keys[k], n) + 1, **fields)
        fields = caption(_("③ its weight"), "w", sample.w_form)
        w = t.derived("w_sorted", weights[order], lambda k: pick(data.w, row[k]), **fields)
        fields = caption(_("③ weights so far"), number_format="0.00")
        so_far = t.derived("w_so_far", added, lambda k: so_far[k - 1] + w[k], first=lambda: w[0], **fields)
        middle, slip = weights.sum() / 2, weights.sum() * SLACK
        at_least, more = (added >= middle - slip).astype(float), (added > middle + slip).astype(float)
        fields = caption(_("half reached?"), number_format="0")
        reached = t.derived("half_reached", at_least, lambda k: if_(so_far[k] >= half - slack, 1, 0), **fields)
        fields = caption(_("half passed?"), number_format="0")
        passed = t.derived("half_passed", more, lambda k: if_(so_far[k] > half + slack, 1, 0), **fields)
    return Order(s, so_far, half, reached, passed)


def median_sheet(book: Book, data: Data, location: Location, order: Order) -> Medians:
    """Take the median and the weighted median."""
    sheet = book.sheet("Median", _("Median and weighted median"), landscape=False)
    return Medians(_median(sheet, data, location.n, order.s), _weighted_median(sheet, data, order))


def _median(sheet: Sheet, data: Data, n: Block, s: Block) -> Block:
    sheet.step(
        _("Median"),
        _(
            "The value in the middle: half of the rows lie below it, half above; with an even number of rows, "
            "midway between the two middle ones."
        ),
        _("x̃ = (s(lower) + s(upper)) / 2"),
    )
    sample, count = data.sample, data.sample.count
    fields = caption(_("lower middle place"), number_format="0")
    lower = sheet.derived("middle_low", (count + 1) // 2, lambda: call("INT", (n + 1) / 2), **fields)
    fields = caption(_("upper middle place"), number_format="0")
    upper = sheet.derived("middle_high", count // 2 + 1, lambda: call("INT", n / 2) + 1, **fields)
    fields = caption(_("value at that place"), number_format=sample.form)
    low = sheet.derived("median_low", s.value[(count - 1) // 2], lambda: pick(s, lower), **fields)
    high = sheet.derived("median_high", s.value[count // 2], lambda: pick(s, upper), **fields)
    middle, fields = np.median(sample.x), caption(_("median"), "x̃", sample.fine)
    median = sheet.derived("x_median", middle, lambda: (low + high) / 2, **fields)
    fields = caption(_("the spreadsheet's own MEDIAN"), number_format=sample.fine)
    built_in = sheet.derived("median_again", middle, lambda: call("MEDIAN", data.x), **fields)
    sample.say(sheet, "median_says", "x̃ = ({a:Dp} + {b:Dp}) / 2 = {m:F}", a=low, b=high, m=median)
    sheet.check("median_holds", _("median step by step = MEDIAN"), median, built_in, 1e-9)
    return median


def _weighted_median(sheet: Sheet, data: Data, order: Order) -> Block:
    sheet.step(
        _("Weighted median"),
        _(
            "Go through the values in order and add up their weights: the weighted median is where half of the "
            "weights is reached."
        ),
        _("first value at which weights so far ≥ Σw/2; if half is met exactly, midway to the next"),
    )
    sample, s, so_far = data.sample, order.s, order.so_far
    first, after = int(np.argmax(order.reached.value)), int(np.argmax(order.passed.value))
    fields = caption(_("place where half is reached"), number_format="0")
    at = sheet.derived("half_at", first + 1, lambda: call("MATCH", 1, order.reached, 0), **fields)
    fields = caption(_("place where half is passed"), number_format="0")
    beyond = sheet.derived("half_beyond", after + 1, lambda: call("MATCH", 1, order.passed, 0), **fields)
    value, fields = (s.value[first] + s.value[after]) / 2, caption(_("weighted median"), "x̃(w)", sample.fine)
    median = sheet.derived("w_median", value, lambda: (pick(s, at) + pick(s, beyond)) / 2, **fields)
    fields = caption(_("weights so far, there"), number_format="0.00")
    known = sheet.derived("weights_there", so_far.value[first], lambda: pick(so_far, at), **fields)
    words = _("Half of the weights is {half:2}; at place {at:0} they have grown to {known:2}: x̃(w) = {m:F}")
    sample.say(sheet, "w_median_says", words, half=order.half, at=at, known=known, m=median)
    sheet.remark(_("With equal weights the weighted median is the median."))
    sheet.gap()
    _weights_chart(sheet, data, order)
    return median


def _weights_chart(sheet: Sheet, data: Data, order: Order) -> None:
    """Chart the weights added up, with a level line at their half."""
    s, half = order.s, order.half
    with sheet.beside():
        ends, fields = (
            np.array([s.value[0], s.value[-1]]),
            caption(_("half of the weights, drawn"), "x", data.sample.form),
        )
        x = sheet.derived("half_line_x", ends, None, each=[s[0], s[data.sample.count - 1]], **fields)
        fields = {"symbol": "Σw/2", "number_format": "0.00"}
        y = sheet.derived("half_line_y", np.repeat(half.value, 2), lambda i: half.whole(), **fields)
    sheet.chart(
        Chart(
            _("Weights added up in order of the values"),
            (
                Series(_("weights so far"), s[:], order.so_far[:], Mark.BOTH),
                Series(_("half of the weights"), x[:], y[:], dashed=True),
            ),
            data.sample.x_title,
            _("weights so far"),
            _(
                "The weights added up in order of the values rise to their sum; where they cross the dashed line "
                "of the half lies the weighted median."
            ),
        )
    )
