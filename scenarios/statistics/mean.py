"""Page Mean: the mean and the weighted mean, and how far the values spread around the mean."""

from __future__ import annotations

import numpy as np

from scenarios.common.columns import sum_under
from scenarios.statistics.data import Sample
from workbook.block import Counter
from workbook.formula import absolute, call, sqrt, total
from workbook.page import Page
from workbook.text import _


def mean_page(page: Page, sample: Sample) -> None:
    """Take both means; from the deviations, variance, standard deviation and mean absolute deviation."""
    x, w = page.book["x"], page.book["w_used"]
    v, u, apart = x.value, w.value, x.value - x.value.mean()
    page.step(_("Mean"), _("The sum of all values, shared out evenly over the rows."), "x̄ = (x₁ + x₂ + … + xₙ) / n")
    n = page.derived("n", len(v), lambda: call("COUNT", x), "n", _("rows"), number_format="0")
    sum_ = page.derived("x_sum", v.sum(), lambda: total(x), "Σx", _("sum"))
    mean = page.derived("x_mean", v.mean(), lambda: sum_ / n, "x̄", _("mean"))
    page.sentence("mean_says", sample.in_full("x̄ = {x_sum:D} / {n:0} = {x_mean:F}"))
    page.step(
        _("Weighted mean"),
        _("Each value counts as much as its weight says: multiply, add up, divide by the sum of the weights."),
        "x̄(w) = (w₁·x₁ + … + wₙ·xₙ) / (w₁ + … + wₙ)",
    )
    weighted_mean = page.keep()
    page.step(
        _("Variance, standard deviation, mean absolute deviation"),
        _(
            "Mean of the squares: the variance; its root: the standard deviation; mean of the sizes: the mean deviation."
        ),
        _("σ² = Σ(x − x̄)² / n   (population)        s² = Σ(x − x̄)² / (n − 1)   (sample)"),
    )
    spread = page.keep()
    page.step(
        _("Deviations from the mean"),
        _("How far is each value from the middle? Deviations add up to 0, so take their sizes or their squares."),
    )
    with page.table(Counter(""), len(v)) as t:
        t.derived("wx_x", v, lambda i: x[i], "x", _("value"))
        t.derived("wx_w", u, lambda i: w[i], "w", _("weight"))
        product = t.derived("wx", u * v, lambda i: w[i] * x[i], "w·x", _("weighted value"))
        away = t.derived("deviation", apart, lambda i: x[i] - mean, "x − x̄", _("deviation"))
        sizes = t.derived("deviation_abs", np.abs(apart), lambda i: absolute(x[i] - mean), "|x − x̄|", _("its size"))
        squares = t.derived("deviation_sq", apart**2, lambda i: (x[i] - mean) ** 2, "(x − x̄)²", _("its square"))
        nothing, size, square = (sum_under(t, column, number_format="0.000") for column in (away, sizes, squares))
    zero = page.offstage_block("no_deviation", 0, title=_("should be"))
    page.check("deviations_cancel", _("the deviations add up to 0"), nothing, zero, 1e-6)
    with page.into(weighted_mean):
        weighted = page.derived("wx_sum", u @ v, lambda: total(product), "Σw·x", _("weighted sum"))
        weight = page.derived("w_sum", u.sum(), lambda: total(w), "Σw", _("sum of the weights"))
        middle, title = np.average(v, weights=u), _("weighted mean")
        page.derived("w_mean", middle, lambda: weighted / weight, "x̄(w)", title)
        page.sentence("w_mean_says", sample.in_full("x̄(w) = {wx_sum:D} / {w_sum:2} = {w_mean:F}"))
    with page.into(spread):
        variance = page.derived("variance", v.var(), lambda: square / n, "σ²", _("variance, population (÷ n)"))
        title = _("variance, sample (÷ n − 1)")
        of_sample = page.derived("variance_sample", v.var(ddof=1), lambda: square / (n - 1), "s²", title)
        page.derived("sd", v.std(), lambda: sqrt(variance), "σ", _("standard deviation, population"))
        page.derived("sd_sample", v.std(ddof=1), lambda: sqrt(of_sample), "s", _("standard deviation, sample"))
        page.derived("mean_abs_dev", np.abs(apart).mean(), lambda: size / n, title=_("mean absolute deviation"))
        page.sentence("variance_says", sample.in_full("σ² = {deviation_sq_sum:F} / {n:0} = {variance:F}"))
        page.sentence("sd_says", sample.in_full("σ = √{variance:F} = {sd:F}"))
        words = _("mean absolute deviation = {deviation_abs_sum:F} / {n:0} = {mean_abs_dev:F}")
        page.sentence("mad_says", sample.in_full(words))
        page.remark(_("÷ n if the rows are all there is; ÷ (n − 1) if they are a sample of a larger whole."))
