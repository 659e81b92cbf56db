"""Sheet Spread: deviations from the mean, variance, standard deviation and mean absolute deviation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.columns import caption, sum_under
from scenarios.statistics.data import Data
from scenarios.statistics.location import Location
from workbook.block import Block, Counter
from workbook.book import Book
from workbook.formula import absolute, sqrt
from workbook.text import _


@dataclass(frozen=True)
class Spread:
    """The deviations (a column), both variances, both standard deviations, the mean absolute deviation."""

    away: Block
    variance: Block
    sample_variance: Block
    sd: Block
    sample_sd: Block
    mad: Block


def spread_sheet(book: Book, data: Data, location: Location) -> Spread:
    """Take deviations from the mean, and from them variance and mean absolute deviation."""
    sheet = book.sheet("Spread", _("Variability: how far do the values spread?"), landscape=False)
    sample, values, x, n, mean = data.sample, data.sample.x, data.x, location.n, location.mean
    sheet.step(
        _("Deviations from the mean"),
        _(
            "How far is each value from the middle? The deviations themselves add up to 0, so take their sizes "
            "or their squares."
        ),
    )
    apart = values - values.mean()
    with sheet.table(Counter(""), sample.count) as t:
        t.derived("x_spread", values, lambda i: x[i], **caption(_("value"), "x", sample.form))
        fields = caption(_("deviation"), number_format=sample.fine, math="x − x̄")
        away = t.derived("deviation", apart, lambda i: x[i] - mean, **fields)
        fields = caption(_("its size"), number_format=sample.fine, math="|x − x̄|")
        sizes = t.derived("deviation_abs", np.abs(apart), lambda i: absolute(x[i] - mean), **fields)
        fields = caption(_("its square"), number_format=sample.fine, math="(x − x̄)²")
        squares = t.derived("deviation_sq", np.square(apart), lambda i: (x[i] - mean) ** 2, **fields)
        columns = (away, sizes, squares)
        nothing, size, square = (sum_under(t, column, number_format=sample.fine) for column in columns)
    sheet.step(
        _("Variance, standard deviation, mean absolute deviation"),
        _(
            "The mean of the squares is the variance, its root the standard deviation; the mean of the sizes is "
            "the mean absolute deviation."
        ),
        _("σ² = Σ(x − x̄)² / n   (population)        s² = Σ(x − x̄)² / (n − 1)   (sample)"),
    )
    fields = caption(_("variance, population (÷ n)"), "σ²", sample.fine)
    variance = sheet.derived("variance", values.var(), lambda: square / n, **fields)
    fields = caption(_("variance, sample (÷ n − 1)"), "s²", sample.fine)
    sample_variance = sheet.derived("variance_sample", values.var(ddof=1), lambda: square / (n - 1), **fields)
    fields = caption(_("standard deviation, population"), "σ", sample.fine)
    sd = sheet.derived("sd", values.std(), lambda: sqrt(variance), **fields)
    fields = caption(_("standard deviation, sample"), "s", sample.fine)
    sample_sd = sheet.derived("sd_sample", values.std(ddof=1), lambda: sqrt(sample_variance), **fields)
    fields = caption(_("mean absolute deviation"), number_format=sample.fine)
    mad = sheet.derived("mean_abs_dev", np.abs(apart).mean(), lambda: size / n, **fields)
    sample.say(sheet, "variance_says", "σ² = {square:F} / {n:0} = {v:F}", square=square, n=n, v=variance)
    sample.say(sheet, "sd_says", "σ = √{v:F} = {sd:F}", v=variance, sd=sd)
    words = _("mean absolute deviation = {size:F} / {n:0} = {mad:F}")
    sample.say(sheet, "mad_says", words, size=size, n=n, mad=mad)
    sheet.remark(
        _(
            "÷ n when the rows are all there is; ÷ (n − 1) when they are a sample and the whole is to be "
            "estimated. Scaling below uses ÷ n."
        )
    )
    zero = sheet.recorded("no_deviation", 0, title=_("should be"), number_format="0")
    sheet.check("deviations_cancel", _("the deviations add up to 0"), nothing, zero, 1e-6)
    return Spread(away, variance, sample_variance, sd, sample_sd, mad)
