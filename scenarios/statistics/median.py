"""Pages Order and Median: the values in order of size, and the two medians that are read from it."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.statistics.data import Sample
from workbook.block import Counter
from workbook.chart import Chart, Mark, Series
from workbook.formula import call, if_, number_of, pick
from workbook.page import Page
from workbook.text import _

SLACK = 1e-9
"""By what share of the weights rounding may miss their half."""
WHOLE: dict[str, Any] = {"number_format": "0"}


def order_page(page: Page) -> None:
    """Sort the values, and bring their weights along, added up, until their half is reached and passed."""
    x, w, n, weight = (page.book[id] for id in ("x", "w_used", "n", "w_sum"))
    values, weights, count = x.value, w.value, len(x.value)
    page.step(_("Sort, and bring the weights along"), _("Medians and percentiles ask for the values in order."))
    page.text(_("① The values in order. ② The place of each value of the data, and a key that tells equals apart."))
    page.text(_("③ The keys in order tell which row came to each place; its weight comes along, and is added up."))
    half_value, slip = weights.sum() / 2, weights.sum() * SLACK
    half = page.derived("half_weight", half_value, lambda: weight / 2, "Σw/2", _("half of the weights"))
    remark = _("so that rounding does not decide where the half is reached")
    rate = page.recorded("slack_rate", SLACK, "", _("slack, as a share"), remark=remark, number_format="0E+00")
    slack = page.derived("slack", slip, lambda: weight * rate, "", _("slack"), number_format="0.0E+00")
    page.gap()
    order = np.argsort(values, kind="stable")
    places, added = np.searchsorted(values[order], values) + 1.0, np.cumsum(weights[order])
    keyed = places * count + np.arange(count)
    with page.table(Counter(""), count) as t:
        title = _("① value in order")
        s = t.derived("x_sorted", values[order], lambda k: call("SMALL", x, number_of(k)), "s", title)
        t.skip()
        t.derived("x_again", values, lambda i: x[i], "x", _("② value of the data"))
        math, title = _("first of equals"), _("② its place")
        place = t.derived("place", places, lambda i: call("MATCH", x[i], s, 0), math, title, **WHOLE)
        math, title = _("place·n + row − 1"), _("② key")
        key = t.derived("key", keyed, lambda i: place[i] * n + number_of(i) - 1, math, title, **WHOLE)
        t.skip()
        title = _("③ key in order")
        keys = t.derived("key_sorted", np.sort(keyed), lambda k: call("SMALL", key, number_of(k)), "", title, **WHOLE)
        math, title = _("rest of key / n, + 1"), _("③ row of the data")
        row = t.derived("row_of", order + 1.0, lambda k: call("MOD", keys[k], n) + 1, math, title, **WHOLE)
        comes = t.derived("w_sorted", weights[order], lambda k: pick(w, row[k]), "w", _("③ its weight"))
        title = _("③ weights so far")
        so_far = t.derived("w_so_far", added, lambda k: so_far[k - 1] + comes[k], "", title, first=lambda: comes[0])
        there, title = added >= half_value - slip, _("half reached?")
        t.derived("half_reached", there, lambda k: if_(so_far[k] >= half - slack, 1, 0), "", title, **WHOLE)
        there, title = added > half_value + slip, _("half passed?")
        t.derived("half_passed", there, lambda k: if_(so_far[k] > half + slack, 1, 0), "", title, **WHOLE)


def median_page(page: Page, sample: Sample) -> None:
    """Take the median and the weighted median."""
    x, s, n = (page.book[id] for id in ("x", "x_sorted", "n"))
    page.step(
        _("Median"),
        _("The value in the middle, half of the rows below it, half above; of an even number, midway between two."),
        _("x̃ = (s(lower) + s(upper)) / 2"),
    )
    below, above = (len(x.value) + 1) // 2, len(x.value) // 2 + 1
    title = _("lower middle place")
    lower = page.derived("middle_low", below, lambda: call("INT", (n + 1) / 2), "", title, **WHOLE)
    title = _("upper middle place")
    upper = page.derived("middle_high", above, lambda: call("INT", n / 2) + 1, "", title, **WHOLE)
    title = _("value at that place")
    low = page.derived("median_low", s.value[below - 1], lambda: pick(s, lower), "", title)
    high = page.derived("median_high", s.value[above - 1], lambda: pick(s, upper), "", title)
    median = page.derived("x_median", np.median(x.value), lambda: (low + high) / 2, "x̃", _("median"))
    page.sentence("median_says", sample.in_full("x̃ = ({median_low:Dp} + {median_high:Dp}) / 2 = {x_median:F}"))
    title = _("the spreadsheet's own MEDIAN")
    own = page.offstage_block("median_again", np.median(x.value), lambda: call("MEDIAN", x), title=title)
    page.check("median_holds", _("median step by step = MEDIAN"), median, own, 1e-9)
    _weighted_median(page, sample)


def _weighted_median(page: Page, sample: Sample) -> None:
    ids = ("x_sorted", "w_so_far", "half_weight", "half_reached", "half_passed")
    s, so_far, half, reached, passed = (page.book[id] for id in ids)
    page.step(
        _("Weighted median"),
        _("Go through the values in order and add up their weights, until half of all weights is reached."),
        _("first value at which weights so far ≥ Σw/2; if half is met exactly, midway to the next"),
    )
    first, after = int(np.argmax(reached.value)), int(np.argmax(passed.value))
    title = _("place where half is reached")
    at = page.derived("half_at", first + 1, lambda: call("MATCH", 1, reached, 0), "", title, **WHOLE)
    title = _("place where half is passed")
    beyond = page.derived("half_beyond", after + 1, lambda: call("MATCH", 1, passed, 0), "", title, **WHOLE)
    middle, title = (s.value[first] + s.value[after]) / 2, _("weighted median")
    page.derived("w_median", middle, lambda: (pick(s, at) + pick(s, beyond)) / 2, "x̃(w)", title)
    title = _("weights so far, there")
    page.derived("weights_there", so_far.value[first], lambda: pick(so_far, at), "", title)
    words = _("Half of the weights: {half_weight:2}; at place {half_at:0}: {weights_there:2}; so x̃(w) = {w_median:F}")
    page.sentence("w_median_says", sample.in_full(words))
    page.remark(_("With equal weights the weighted median is the median."))
    ends, title = s.value[[0, -1]], _("half of the weights, drawn")
    x = page.offstage_block("half_line_x", ends, each=[s[0], s[len(s.value) - 1]], title=title)
    y = page.offstage_block("half_line_y", np.repeat(half.value, 2), lambda i: half.whole(), title=title)
    level = Series(_("half of the weights"), x[:], y[:], dashed=True)
    series = (Series(_("weights so far"), s[:], so_far[:], Mark.BOTH), level)
    alt = _("The weights added up in order of the values; where they cross the dashed half lies the weighted median.")
    title = _("Weights added up in order of the values")
    page.chart(Chart(title, series, sample.x_title, _("weights so far"), alt))
