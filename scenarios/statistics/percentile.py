"""Page Percentile: range, percentiles and interquartile range."""

from __future__ import annotations

import numpy as np

from scenarios.statistics.data import Sample
from workbook.block import Block
from workbook.formula import as_expr, call, largest, pick, rounded, smallest
from workbook.page import Page
from workbook.parameter import Parameter
from workbook.text import N_, _

PERCENT = Parameter("percentile", 90.0, N_("P: which percentile to take"), 0, 100, symbol="P", unit="%")


def percentile_page(page: Page, sample: Sample) -> None:
    """Take range, percentiles and interquartile range."""
    x = page.book["x"]
    page.step(
        _("Range"),
        _("The simplest measure, and the least robust: it knows the two extreme values alone."),
        "max x − min x",
    )
    least = page.derived("x_min", x.value.min(), lambda: smallest(x), "min x", _("smallest"))
    most = page.derived("x_max", x.value.max(), lambda: largest(x), "max x", _("largest"))
    page.derived("x_range", np.ptp(x.value), lambda: most - least, title=_("range"))
    page.sentence("range_says", sample.in_full(_("range = {x_max:Dp} − {x_min:Dp} = {x_range:D}")))
    found = _percentiles(page, sample)
    page.check("half_is_median", _("50th percentile = median"), found[1], page.book["x_median"], 1e-9)
    page.step(
        _("Interquartile range"),
        _("The middle half of the values lies between the first and the third quartile; extreme ones have no say."),
        "IQR = P₇₅ − P₂₅",
    )
    apart = found.value[2] - found.value[0]
    page.derived("iqr", apart, lambda: found[2] - found[0], "IQR", _("interquartile range"))
    page.sentence("iqr_says", sample.in_full("IQR = {P_value[2]:Fp} − {P_value[0]:Fp} = {iqr:F}"))


def _percentiles(page: Page, sample: Sample) -> Block:
    """The three quartiles and the percentile that the reader picks."""
    x, n, s = (page.book[id] for id in ("x", "n", "x_sorted"))
    page.step(
        _("Percentiles"),
        _("About P percent of the values are no larger than the P-th percentile; between two rows go in proportion."),
        _("place = 1 + P/100·(n − 1)        value = sₖ + rest·(sₖ₊₁ − sₖ)"),
    )
    P = page.setting(PERCENT, "P", title=_("which percentile"))
    page.remark(
        _("The rule of Excel's PERCENTILE.INC and NumPy's percentile; with few rows other rules differ a little.")
    )
    page.gap()
    count, shares = len(x.value), np.array([25.0, 50.0, 75.0, float(P.value)])
    places = 1 + np.round(shares * (count - 1) / 100, 9)
    below = np.floor(places)
    next_to = np.minimum(below.astype(int), count - 1)
    with page.table([_("first quartile"), _("median"), _("third quartile"), _("P-th percentile")], 4) as t:
        each = [as_expr(100) / 4, as_expr(100) / 2, as_expr(100) * 3 / 4, P.whole()]
        share = t.derived("P_of", shares, None, title="P", each=each, number_format="0.0#")
        math = "1 + P/100·(n − 1)"
        place = t.derived("P_place", places, lambda i: 1 + rounded(share[i] * (n - 1) / 100, 9), math, _("place"))
        k = t.derived("P_k", below, lambda i: call("INT", place[i]), "k", _("row below"), number_format="0")
        rest = t.derived("P_rest", places - below, lambda i: place[i] - k[i], _("place − k"), _("rest"))
        low = t.derived("P_low", s.value[below.astype(int) - 1], lambda i: pick(s, k[i]), "sₖ", _("value below"))
        title = _("value above")
        high = t.derived("P_high", s.value[next_to], lambda i: pick(s, smallest(k[i] + 1, n)), "sₖ₊₁", title)
        percentiles, title = np.percentile(x.value, shares), _("percentile")
        found = t.derived("P_value", percentiles, lambda i: low[i] + rest[i] * (high[i] - low[i]), title=title)
    words = "{P_low[0]:Dp} + {P_rest[0]:4}·({P_high[0]:Dp} − {P_low[0]:Dp}) = {P_value[0]:F}"
    page.sentence("quartile_says", sample.in_full(words))
    return found
