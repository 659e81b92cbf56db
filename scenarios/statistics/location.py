"""Sheet Location: the mean and the weighted mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.columns import caption
from scenarios.statistics.data import Data
from workbook.block import Block, Counter
from workbook.book import Book
from workbook.formula import call, total
from workbook.text import _


@dataclass(frozen=True)
class Location:
    """How many values, their sum and mean; the sum of the weights and the weighted mean."""

    n: Block
    sum: Block
    mean: Block
    weight: Block
    weighted_mean: Block


def location_sheet(book: Book, data: Data) -> Location:
    """Take the mean and the weighted mean."""
    sheet = book.sheet("Location", _("Location: where is the middle?"), landscape=False)
    sample, x, w = data.sample, data.x, data.w
    sheet.step(_("Mean"), _("The sum of all values, shared out evenly over the rows."), "x̄ = (x₁ + x₂ + … + xₙ) / n")
    n = sheet.derived("n", sample.count, lambda: call("COUNT", x), **caption(_("rows"), "n", "0"))
    sum_ = sheet.derived("x_sum", sample.x.sum(), lambda: total(x), **caption(_("sum"), "Σx", sample.fine))
    mean = sheet.derived("x_mean", sample.x.mean(), lambda: sum_ / n, **caption(_("mean"), "x̄", sample.fine))
    sample.say(sheet, "mean_says", "x̄ = {sum:D} / {n:0} = {mean:F}", sum=sum_, n=n, mean=mean)
    sheet.step(
        _("Weighted mean"),
        _(
            "Each value counts as much as its weight says: multiply by the weights, add up, divide by the sum of "
            "the weights."
        ),
        "x̄(w) = (w₁·x₁ + … + wₙ·xₙ) / (w₁ + … + wₙ)",
    )
    with sheet.table(Counter(""), sample.count) as t:
        t.derived("wx_x", sample.x, lambda i: x[i], **caption(_("value"), "x", sample.form))
        t.derived("wx_w", sample.w, lambda i: w[i], **caption(_("weight"), "w", sample.w_form))
        products, fields = sample.w * sample.x, caption(_("weighted value"), "w·x", sample.form)
        product = t.derived("wx", products, lambda i: w[i] * x[i], **fields)
    fields = caption(_("weighted sum"), "Σw·x", sample.fine)
    weighted = sheet.derived("wx_sum", sample.w @ sample.x, lambda: total(product), **fields)
    fields = caption(_("sum of the weights"), "Σw", sample.w_form)
    weight = sheet.derived("w_sum", sample.w.sum(), lambda: total(w), **fields)
    value, fields = np.average(sample.x, weights=sample.w), caption(_("weighted mean"), "x̄(w)", sample.fine)
    weighted_mean = sheet.derived("w_mean", value, lambda: weighted / weight, **fields)
    words = "x̄(w) = {wx:D} / {w:2} = {mean:F}"
    sample.say(sheet, "w_mean_says", words, wx=weighted, w=weight, mean=weighted_mean)
    return Location(n, sum_, mean, weight, weighted_mean)
