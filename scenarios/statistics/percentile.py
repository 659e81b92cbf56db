"""Sheet Percentile: range, percentiles and interquartile range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.columns import caption
from scenarios.statistics.data import Data
from workbook.block import Between, Block
from workbook.book import Book
from workbook.eager import Sheet
from workbook.formula import as_expr, call, largest, pick, rounded, smallest
from workbook.text import _


@dataclass(frozen=True)
class Ranks:
    """The smallest value, the range, the percentiles (three quartiles and P), the interquartile range."""

    least: Block
    range: Block
    percentiles: Block
    iqr: Block


def percentile_sheet(book: Book, data: Data, n: Block, s: Block, median: Block, percent: float) -> Ranks:
    """Take range, percentiles and interquartile range of the values s in order."""
    sheet = book.sheet("Percentile", _("Range, percentile, interquartile range"), landscape=False)
    least, range_ = _range(sheet, data)
    found = _percentiles(sheet, data, n, s, percent)
    sheet.check("half_is_median", _("50th percentile = median"), found[1], median, 1e-9)
    return Ranks(least, range_, found, _interquartile(sheet, data, found))


def _range(sheet: Sheet, data: Data) -> tuple[Block, Block]:
    sheet.step(
        _("Range"),
        _("The simplest measure, and the least robust: it knows the two extreme values alone."),
        "max x − min x",
    )
    form, values = data.sample.form, data.sample.x
    fields = caption(_("smallest"), "min x", form)
    least = sheet.derived("x_min", values.min(), lambda: smallest(data.x), **fields)
    most = sheet.derived("x_max", values.max(), lambda: largest(data.x), **caption(_("largest"), "max x", form))
    fields = caption(_("range"), number_format=form)
    range_ = sheet.derived("x_range", np.ptp(values), lambda: most - least, **fields)
    data.sample.say(sheet, "range_says", _("range = {b:Dp} − {a:Dp} = {r:D}"), b=most, a=least, r=range_)
    return least, range_


def _percentiles(sheet: Sheet, data: Data, n: Block, s: Block, percent: float) -> Block:
    """The three quartiles and the percentile that the reader picks."""
    sheet.step(
        _("Percentiles"),
        _(
            "About P percent of the values are no larger than the P-th percentile; between two rows we go in "
            "proportion."
        ),
        _("place = 1 + P/100·(n − 1)        value = sₖ + rest·(sₖ₊₁ − sₖ)"),
    )
    P = sheet.given("P", percent, valid=Between(0, 100), **caption(_("which percentile"), "P", "0.##", unit="%"))
    sheet.remark(
        _(
            "The rule is that of Excel's PERCENTILE.INC and NumPy's percentile. There are others; with few rows "
            "they differ a little."
        )
    )
    sheet.gap()
    sample, ordered, shares = data.sample, np.sort(data.sample.x), np.array([25.0, 50.0, 75.0, percent])
    places = 1 + np.round(shares * (sample.count - 1) / 100, 9)
    below = np.floor(places)
    above = ordered[np.minimum(below.astype(int), sample.count - 1)]
    with sheet.table([_("first quartile"), _("median"), _("third quartile"), _("P-th percentile")], 4) as t:
        each = [as_expr(100) / 4, as_expr(100) / 2, as_expr(100) * 3 / 4, P.whole()]
        share = t.derived("P_of", shares, None, each=each, title="P", number_format="0.##")
        fields = caption(_("place"), math="1 + P/100·(n − 1)")
        place = t.derived("P_place", places, lambda i: 1 + rounded(share[i] * (n - 1) / 100, 9), **fields)
        k = t.derived("P_k", below, lambda i: call("INT", place[i]), **caption(_("row below"), "k", "0"))
        fields = caption(_("rest"), math=_("place − k"))
        rest = t.derived("P_rest", places - below, lambda i: place[i] - k[i], **fields)
        fields = caption(_("value below"), "sₖ", sample.form)
        low = t.derived("P_low", ordered[below.astype(int) - 1], lambda i: pick(s, k[i]), **fields)
        fields = caption(_("value above"), "sₖ₊₁", sample.form)
        high = t.derived("P_high", above, lambda i: pick(s, smallest(k[i] + 1, n)), **fields)
        value, fields = np.percentile(sample.x, shares), caption(_("percentile"), number_format=sample.fine)
        found = t.derived("P_value", value, lambda i: low[i] + rest[i] * (high[i] - low[i]), **fields)
    words = "{low:Dp} + {rest:4}·({high:Dp} − {low:Dp}) = {all:F}"
    sample.say(sheet, "quartile_says", words, low=low[0], rest=rest[0], high=high[0], all=found[0])
    return found


def _interquartile(sheet: Sheet, data: Data, found: Block) -> Block:
    sheet.step(
        _("Interquartile range"),
        _(
            "The middle half of the values lies between the first and the third quartile; extreme values have no "
            "say in it."
        ),
        "IQR = P₇₅ − P₂₅",
    )
    value, fields = found.value[2] - found.value[0], caption(_("interquartile range"), "IQR", data.sample.fine)
    iqr = sheet.derived("iqr", value, lambda: found[2] - found[0], **fields)
    data.sample.say(sheet, "iqr_says", "IQR = {b:Fp} − {a:Fp} = {iqr:F}", a=found[0], b=found[2], iqr=iqr)
    return iqr
