"""The article's basic statistics: location, variability, scaling, each worked row by row.

Symbols
-------
x [n]    the values;  w [n]  their weights
s [n]    the values in order of size: s₁ ≤ s₂ ≤ … ≤ sₙ
x̄, x̃     mean and median
σ², s²   variance of a population (÷ n) and of a sample (÷ n − 1)
z        a value scaled to mean 0 and variance 1
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.common.columns import caption
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.data import read_numbers
from workbook.formula import (
    Operand,
    absolute,
    as_expr,
    call,
    dot,
    if_,
    largest,
    number_of,
    pick,
    rounded,
    smallest,
    sqrt,
    total,
)  # fmt: skip
from workbook.scenario import Parameter, Scenario, UsageError
from workbook.sheet import Sheet, value_of
from workbook.text import N_, _

Array = NDArray[np.float64]

MOST_ROWS = 2000

RENTS = np.array([2.7, 3.7, 2.8, 8.5, 6.5, 10.8, 12.3, 9.1, 7.8, 10.9, 12.6, 15.3])
AREAS = np.array([590.0, 610, 690, 720, 770, 1130, 1160, 1210, 1280, 1300, 1510, 1600])
"""The twelve offices of the workbook rent-yield: monthly rent (thousand $) and floor area (sq ft)."""


@dataclass(frozen=True)
class Sample:
    """The values with their weights, and what the two columns are called; no title for weights that are all 1."""

    x: Array
    w: Array
    x_title: str
    w_title: str


class Statistics(Scenario):
    """Mean and median, variance and percentile, min–max, unit length and standardisation."""

    name = "statistics"
    title = N_("Basic statistics: where data lie, how they spread, how they are scaled")
    article = N_("Fathoming the Deep in Deep Learning: A Practical Approach, the section on statistics")
    summary = N_(
        "Before a network sees data, somebody looks at them: where is the middle, how far do they spread, on which "
        "scale do they "
        "lie? Here each estimate that the article lists is worked out row by row, and an outlier shows which of them "
        "it can shake."
    )
    order = 80
    data_columns = N_("one column of numbers, or two: value, weight (2 to 2,000 rows)")
    parameters = (
        Parameter("percentile", 90.0, N_("P: which percentile to take"), 0, 100),
        Parameter("outlier", 3.0, N_("how many times the range the outlier lies above the largest value"), 0.1, 100),
    )
    locale = Path(__file__).parent / "locale"

    def read_data(self, path: Path) -> Sample:
        """Read one numeric column, or two: values and weights."""
        names = list(read_numbers(path, max_rows=MOST_ROWS, not_constant=False).columns)
        if len(names) > 2:
            raise UsageError(f"{path}: row 1 names {len(names)} columns; give one (values) or two (values, weights)")
        x = read_numbers(path, names[:1], max_rows=MOST_ROWS, low=-1e6, high=1e6).to_numpy()[:, 0]
        if len(names) == 1:
            return Sample(x, np.ones_like(x), names[0], "")
        w = read_numbers(path, names[1:], max_rows=MOST_ROWS, low=0, high=1e6, not_constant=False).to_numpy()[:, 0]
        if not w.any():
            raise UsageError(f"{path}: column {names[1]}: every weight is 0; give at least one above 0")
        return Sample(x, w, names[0], names[1])

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        """Lay out the seven sheets."""
        book.first_change = _(
            "on the sheet “Outlier”, type other numbers into the yellow cell: the mean follows, the median hardly "
            "moves."
        )
        sample = data or Sample(RENTS, AREAS, _("rent (thousand $)"), _("floor area as weight (sq ft)"))
        worked = Worked(book, sample, own=data is not None)
        worked.show_data()
        worked.locate()
        worked.sort()
        worked.halve()
        worked.deviate()
        worked.rank(settings["percentile"])
        worked.scale()
        worked.disturb(settings["outlier"])
        worked.sum_up()


def _decimals(x: Array) -> int:
    """Return how many decimals show the numbers in full: 2 to 6."""
    return next((d for d in range(2, 6) if np.array_equal(np.round(x, d), x)), 6)


class Worked:
    """The statistics of a sample, step by step; what one step computes, the next ones read."""

    def __init__(self, book: Book, sample: Sample, *, own: bool) -> None:
        self.book = book
        self.sample = sample
        self.own = own
        self.count = len(sample.x)
        self.digits = _decimals(sample.x)
        self.form = "0." + "0" * self.digits
        self.fine = self.form + "00"
        self.w_form = "0.00" if (sample.w % 1).any() else "0"

    def say(self, sheet: Sheet, id: str, template: str, **numbers: Operand) -> None:
        """Write a sentence in which D stands for the decimals that the data have, and F for two more."""
        words = template.replace(":D", f":{self.digits}").replace(":F", f":{self.digits + 2}")
        sheet.sentence(id, words, row=None, **numbers)

    # -- location ------------------------------------------------------------------------------------

    def show_data(self) -> None:
        """List the values and weights."""
        sheet = self.book.sheet("Data", _("The data"))
        sheet.step(
            _("The data"),
            _("One feature (variable), one row a measurement; the weight says how much a row counts."),
        )
        if self.own:
            sheet.remark(_("The numbers come from your file."))
        else:
            sheet.remark(
                _("Chosen here: the twelve offices of the workbook rent-yield; the article's section prints no data.")
            )
        with sheet.table(Counter(""), self.count, freeze=True) as t:
            self.x = t.given("x", self.sample.x, symbol="x", title=self.sample.x_title, number_format=self.form)
            fields = caption(self.sample.w_title or _("weight (all 1)"), "w", self.w_form)
            self.w = t.given("w", self.sample.w, valid=Between(0, 1e6), **fields)

    def locate(self) -> None:
        """Take the mean and the weighted mean."""
        sheet = self.location = self.book.sheet("Location", _("Location: where is the middle?"))
        x, w, sample = self.x, self.w, self.sample
        sheet.step(
            _("Mean"), _("The sum of all values, shared out evenly over the rows."), "x̄ = (x₁ + x₂ + … + xₙ) / n"
        )
        self.n = sheet.derived(
            "n", self.count, lambda: call("COUNT", x), symbol="n", title=_("rows"), number_format="0"
        )
        self.sum = sheet.derived(
            "x_sum", sample.x.sum(), lambda: total(x), symbol="Σx", title=_("sum"), number_format=self.fine
        )
        self.mean = sheet.derived(
            "x_mean", sample.x.mean(), lambda: self.sum / self.n, symbol="x̄", title=_("mean"), number_format=self.fine
        )
        self.say(sheet, "mean_says", "x̄ = {sum:D} / {n:0} = {mean:F}", sum=self.sum, n=self.n, mean=self.mean)
        sheet.step(
            _("Weighted mean"),
            _(
                "Each value counts as much as its weight says: multiply by the weights, add up, divide by the sum of "
                "the weights."
            ),
            "x̄(w) = (w₁·x₁ + … + wₙ·xₙ) / (w₁ + … + wₙ)",
        )
        fields = caption(_("weighted sum"), "Σw·x", self.fine)
        weighted = sheet.derived("wx_sum", sample.w @ sample.x, lambda: dot(w[:], x[:]), **fields)
        fields = caption(_("sum of the weights"), "Σw", self.w_form)
        self.weight = sheet.derived("w_sum", sample.w.sum(), lambda: total(w), **fields)
        self.weighted_mean = sheet.derived(
            "w_mean",
            np.average(sample.x, weights=sample.w),
            lambda: weighted / self.weight,
            **caption(_("weighted mean"), "x̄(w)", self.fine),
        )
        self.say(
            sheet,
            "w_mean_says",
            "x̄(w) = {wx:D} / {w:2} = {mean:F}",
            wx=weighted,
            w=self.weight,
            mean=self.weighted_mean,
        )

    def sort(self) -> None:
        """Sort the values, and bring their weights along."""
        sheet = self.book.sheet("Order", _("The values in order"))
        x, w, n, weight = self.x, self.w, self.n, self.weight
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
        fields = caption(_("half of the weights"), "Σw/2", "0.00")
        self.half = sheet.derived("half_weight", self.sample.w.sum() / 2, lambda: weight / 2, **fields)
        slack_rate = sheet.recorded(
            "slack_rate",
            1e-9,
            **caption(
                _("slack, as a share"),
                number_format="0E+00",
                remark=_("so that rounding does not decide where the half is reached"),
            ),
        )
        slack = sheet.derived(
            "slack", self.sample.w.sum() * 1e-9, lambda: weight * slack_rate, title=_("slack"), number_format="0.0E+00"
        )
        sheet.gap()
        values, weights = self.sample.x, self.sample.w
        order = np.argsort(values, kind="stable")
        place = np.searchsorted(values[order], values) + 1.0
        rows = np.arange(self.count)
        so_far = np.cumsum(weights[order])
        half, slip = weights.sum() / 2, weights.sum() * 1e-9
        with sheet.table(Counter(""), self.count) as t:
            fields = caption(_("① value in order"), "s", self.form)
            s = t.derived("x_sorted", values[order], lambda k: call("SMALL", x, number_of(k)), **fields)
            t.skip()
            t.derived(
                "x_again", values, lambda i: x[i], symbol="x", title=_("② value of the data"), number_format=self.form
            )
            fields = caption(_("② its place"), number_format="0", math=_("first of equals"))
            first = t.derived("place", place, lambda i: call("MATCH", x[i], s, 0), **fields)
            fields = caption(_("② key"), number_format="0", math=_("place·n + row − 1"))
            key = t.derived("key", place * self.count + rows, lambda i: first[i] * n + number_of(i) - 1, **fields)
            t.skip()
            keys = t.derived(
                "key_sorted",
                np.sort(place * self.count + rows),
                lambda k: call("SMALL", key, number_of(k)),
                **caption(_("③ key in order"), number_format="0"),
            )
            fields = caption(_("③ row of the data"), number_format="0", math=_("rest of key / n, + 1"))
            row = t.derived("row_of", order + 1.0, lambda k: call("MOD", keys[k], n) + 1, **fields)
            fields = caption(_("③ its weight"), "w", self.w_form)
            along = t.derived("w_sorted", weights[order], lambda k: pick(w, row[k]), **fields)
            cumulated = t.derived(
                "w_so_far",
                so_far,
                lambda k: cumulated[k - 1] + along[k],
                first=lambda: along[0],
                **caption(_("③ weights so far"), number_format="0.00"),
            )
            self.reached = t.derived(
                "half_reached",
                (so_far >= half - slip).astype(float),
                lambda k: if_(cumulated[k] >= self.half - slack, 1, 0),
                **caption(_("half reached?"), number_format="0"),
            )
            self.passed = t.derived(
                "half_passed",
                (so_far > half + slip).astype(float),
                lambda k: if_(cumulated[k] > self.half + slack, 1, 0),
                **caption(_("half passed?"), number_format="0"),
            )
        self.s, self.so_far = s, cumulated

    def halve(self) -> None:
        """Take the median and the weighted median."""
        sheet = self.book.sheet("Median", _("Median and weighted median"))
        n, s, count = self.n, self.s, self.count
        sheet.step(
            _("Median"),
            _(
                "The value in the middle: half of the rows lie below it, half above; with an even number of rows, "
                "midway between the two middle ones."
            ),
            "x̃ = (s(lower) + s(upper)) / 2",
        )
        fields = caption(_("lower middle place"), number_format="0")
        lower = sheet.derived("middle_low", (count + 1) // 2, lambda: call("INT", (n + 1) / 2), **fields)
        fields = caption(_("upper middle place"), number_format="0")
        upper = sheet.derived("middle_high", count // 2 + 1, lambda: call("INT", n / 2) + 1, **fields)
        fields = caption(_("value at that place"), number_format=self.form)
        low = sheet.derived("median_low", s.value[(count - 1) // 2], lambda: pick(s, lower), **fields)
        fields = caption(_("value at that place"), number_format=self.form)
        high = sheet.derived("median_high", s.value[count // 2], lambda: pick(s, upper), **fields)
        fields = caption(_("median"), "x̃", self.fine)
        self.median = sheet.derived("x_median", np.median(self.sample.x), lambda: (low + high) / 2, **fields)
        fields = caption(_("the spreadsheet's own MEDIAN"), number_format=self.fine)
        built_in = sheet.derived("median_again", np.median(self.sample.x), lambda: call("MEDIAN", self.x), **fields)
        self.say(sheet, "median_says", "x̃ = ({a:Dp} + {b:Dp}) / 2 = {m:F}", a=low, b=high, m=self.median)
        sheet.check("median_holds", _("median step by step = MEDIAN"), self.median, built_in, 1e-9)
        sheet.step(
            _("Weighted median"),
            _(
                "Go through the values in order and add up their weights: the weighted median is where half of the "
                "weights is reached."
            ),
            _("first value at which weights so far ≥ Σw/2; if half is met exactly, midway to the next"),
        )
        reached, passed = self.reached, self.passed
        first, after = int(np.argmax(reached.value)), int(np.argmax(passed.value))
        fields = caption(_("place where half is reached"), number_format="0")
        at = sheet.derived("half_at", first + 1, lambda: call("MATCH", 1, reached, 0), **fields)
        fields = caption(_("place where half is passed"), number_format="0")
        beyond = sheet.derived("half_beyond", after + 1, lambda: call("MATCH", 1, passed, 0), **fields)
        self.weighted_median = sheet.derived(
            "w_median",
            (s.value[first] + s.value[after]) / 2,
            lambda: (pick(s, at) + pick(s, beyond)) / 2,
            **caption(_("weighted median"), "x̃(w)", self.fine),
        )
        so_far = self.so_far
        fields = caption(_("weights so far, there"), number_format="0.00")
        known = sheet.derived("weights_there", so_far.value[first], lambda: pick(so_far, at), **fields)
        self.say(
            sheet,
            "w_median_says",
            _("Half of the weights is {half:2}; at place {at:0} they have grown to {known:2}: x̃(w) = {m:F}"),
            half=self.half,
            at=at,
            known=known,
            m=self.weighted_median,
        )
        sheet.remark(_("With equal weights the weighted median is the median."))
        sheet.gap()
        with sheet.beside():
            ends = sheet.derived(
                "half_line_x",
                np.array([s.value[0], s.value[-1]]),
                lambda: s[0],
                each=[s[0], s[count - 1]],
                **caption(_("half of the weights, drawn"), "x", self.form),
            )
            level = sheet.derived(
                "half_line_y",
                np.repeat(self.half.value, 2),
                lambda i: self.half.whole(),
                symbol="Σw/2",
                number_format="0.00",
            )
        sheet.chart(
            Chart(
                _("Weights added up in order of the values"),
                (
                    Series(_("weights so far"), s[:], so_far[:], Mark.BOTH),
                    Series(_("half of the weights"), ends[:], level[:], dashed=True),
                ),
                self.sample.x_title,
                _("weights so far"),
                _(
                    "The weights added up in order of the values rise to their sum; where they cross the dashed line "
                    "of the half lies the weighted median."
                ),
            )
        )

    # -- variability ---------------------------------------------------------------------------------

    def deviate(self) -> None:
        """Take deviations from the mean, and from them variance and mean absolute deviation."""
        sheet = self.book.sheet("Spread", _("Variability: how far do the values spread?"))
        x, mean, n = self.x, self.mean, self.n
        sheet.step(
            _("Deviations from the mean"),
            _(
                "How far is each value from the middle? The deviations themselves add up to 0, so take their sizes "
                "or their squares."
            ),
        )
        away = self.sample.x - self.sample.x.mean()
        with sheet.table(Counter(""), self.count) as t:
            t.derived("x_spread", self.sample.x, lambda i: x[i], symbol="x", title=_("value"), number_format=self.form)
            self.away = t.derived(
                "deviation", away, lambda i: x[i] - mean, title=_("deviation"), math="x − x̄", number_format=self.fine
            )
            fields = caption(_("its size"), number_format=self.fine, math="|x − x̄|")
            sizes = t.derived("deviation_abs", np.abs(away), lambda i: absolute(x[i] - mean), **fields)
            fields = caption(_("its square"), number_format=self.fine, math="(x − x̄)²")
            squares = t.derived("deviation_sq", np.square(away), lambda i: (x[i] - mean) ** 2, **fields)
            nothing = t.total(
                self.away,
                Block(
                    "deviation_sum", Role.DERIVED, away.sum(), formula=lambda: total(self.away), number_format=self.fine
                ),
            )
            size = t.total(
                sizes,
                Block(
                    "deviation_abs_sum",
                    Role.DERIVED,
                    np.abs(away).sum(),
                    formula=lambda: total(sizes),
                    number_format=self.fine,
                ),
            )
            square = t.total(
                squares,
                Block(
                    "deviation_sq_sum",
                    Role.DERIVED,
                    np.sum(away**2),
                    formula=lambda: total(squares),
                    number_format=self.fine,
                ),
            )
        sheet.step(
            _("Variance, standard deviation, mean absolute deviation"),
            _(
                "The mean of the squares is the variance, its root the standard deviation; the mean of the sizes is "
                "the mean absolute deviation."
            ),
            _("σ² = Σ(x − x̄)² / n   (population)        s² = Σ(x − x̄)² / (n − 1)   (sample)"),
        )
        values = self.sample.x
        fields = caption(_("variance, population (÷ n)"), "σ²", self.fine)
        self.variance = sheet.derived("variance", values.var(), lambda: square / n, **fields)
        fields = caption(_("variance, sample (÷ n − 1)"), "s²", self.fine)
        self.sample_variance = sheet.derived("variance_sample", values.var(ddof=1), lambda: square / (n - 1), **fields)
        fields = caption(_("standard deviation, population"), "σ", self.fine)
        self.sd = sheet.derived("sd", values.std(), lambda: sqrt(self.variance), **fields)
        fields = caption(_("standard deviation, sample"), "s", self.fine)
        self.sample_sd = sheet.derived("sd_sample", values.std(ddof=1), lambda: sqrt(self.sample_variance), **fields)
        fields = caption(_("mean absolute deviation"), number_format=self.fine)
        self.mad = sheet.derived("mean_abs_dev", np.abs(away).mean(), lambda: size / n, **fields)
        self.say(sheet, "variance_says", "σ² = {square:F} / {n:0} = {v:F}", square=square, n=n, v=self.variance)
        sheet.remark(
            _(
                "÷ n when the rows are all there is; ÷ (n − 1) when they are a sample and the whole is to be "
                "estimated. Scaling below uses ÷ n."
            )
        )
        zero = sheet.recorded("no_deviation", 0, title=_("should be"), number_format="0")
        sheet.check("deviations_cancel", _("the deviations add up to 0"), nothing, zero, 1e-6)

    def rank(self, percent: float) -> None:
        """Take range, percentiles and interquartile range."""
        sheet = self.book.sheet("Percentile", _("Range, percentile, interquartile range"))
        s, n, values, count = self.s, self.n, self.sample.x, self.count
        sheet.step(
            _("Range"),
            _("The simplest measure, and the least robust: it knows the two extreme values alone."),
            "max x − min x",
        )
        fields = caption(_("smallest"), "min x", self.form)
        self.least = sheet.derived("x_min", values.min(), lambda: smallest(self.x), **fields)
        self.most = sheet.derived(
            "x_max", values.max(), lambda: largest(self.x), symbol="max x", title=_("largest"), number_format=self.form
        )
        self.range = sheet.derived(
            "x_range", np.ptp(values), lambda: self.most - self.least, title=_("range"), number_format=self.form
        )
        sheet.step(
            _("Percentiles"),
            _(
                "About P percent of the values are no larger than the P-th percentile; between two rows we go in "
                "proportion."
            ),
            _("place = 1 + P/100·(n − 1)        value = sₖ + rest·(sₖ₊₁ − sₖ)"),
        )
        P = sheet.given(
            "P", percent, symbol="P", title=_("which percentile"), unit="%", number_format="0.##", valid=Between(0, 100)
        )
        sheet.remark(
            _(
                "The rule is that of Excel's PERCENTILE.INC and NumPy's percentile. There are others; with few rows "
                "they differ a little."
            )
        )
        sheet.gap()
        shares = np.array([25.0, 50.0, 75.0, percent])
        places = 1 + np.round(shares * (count - 1) / 100, 9)
        k_values = np.floor(places)
        ordered = np.sort(values)
        names = [_("first quartile"), _("median"), _("third quartile"), _("P-th percentile")]
        with sheet.table(names, 4) as t:
            share = t.derived(
                "P_of",
                shares,
                None,
                each=[as_expr(100) / 4, as_expr(100) / 2, as_expr(100) * 3 / 4, P.whole()],
                **caption("P", number_format="0.##"),
            )
            fields = caption(_("place"), number_format="0.0000", math="1 + P/100·(n − 1)")
            place = t.derived("P_place", places, lambda i: 1 + rounded(share[i] * (n - 1) / 100, 9), **fields)
            k = t.derived(
                "P_k", k_values, lambda i: call("INT", place[i]), symbol="k", title=_("row below"), number_format="0"
            )
            fields = caption(_("rest"), number_format="0.0000", math=_("place − k"))
            rest = t.derived("P_rest", places - k_values, lambda i: place[i] - k[i], **fields)
            fields = caption(_("value below"), "sₖ", self.form)
            low = t.derived("P_low", ordered[k_values.astype(int) - 1], lambda i: pick(s, k[i]), **fields)
            high = t.derived(
                "P_high",
                ordered[np.minimum(k_values.astype(int), count - 1)],
                lambda i: pick(s, smallest(k[i] + 1, n)),
                **caption(_("value above"), "sₖ₊₁", self.form),
            )
            self.percentiles = t.derived(
                "P_value",
                np.percentile(values, shares),
                lambda i: low[i] + rest[i] * (high[i] - low[i]),
                **caption(_("percentile"), number_format=self.fine),
            )
        found = self.percentiles
        self.say(
            sheet,
            "quartile_says",
            "{low:Dp} + {rest:4}·({high:Dp} − {low:Dp}) = {all:F}",
            low=low[0],
            rest=rest[0],
            high=high[0],
            all=found[0],
        )
        sheet.check("half_is_median", _("50th percentile = median"), found[1], self.median, 1e-9)
        sheet.step(
            _("Interquartile range"),
            _(
                "The middle half of the values lies between the first and the third quartile; extreme values have no "
                "say in it."
            ),
            "IQR = P₇₅ − P₂₅",
        )
        fields = caption(_("interquartile range"), "IQR", self.fine)
        self.iqr = sheet.derived("iqr", found.value[2] - found.value[0], lambda: found[2] - found[0], **fields)
        self.say(sheet, "iqr_says", "IQR = {b:Fp} − {a:Fp} = {iqr:F}", a=found[0], b=found[2], iqr=self.iqr)

    # -- scaling ---------------------------------------------------------------------------------------

    def scale(self) -> None:
        """Scale the values in five ways."""
        sheet = self.book.sheet("Scaling", _("Scaling: the same values on other rulers"))
        values, count = self.sample.x, self.count
        sheet.step(
            _("What the scalings need"),
            _(
                "When features lie on very different scales, the largest one alone decides every distance, and "
                "gradient descent goes slowly."
            ),
        )
        x, mean, sd, least, spread = self.x, self.mean, self.sd, self.least, self.range
        fields = caption(_("length of the values as a vector"), "‖x‖", self.fine)
        length = sheet.derived("x_length", np.linalg.norm(values), lambda: sqrt(call("SUMSQ", x)), **fields)
        away = values - values.mean()
        centred = sheet.derived(
            "x_centred_length",
            np.linalg.norm(away),
            lambda: sqrt(call("SUMSQ", self.away)),
            **caption(_("length of the deviations"), "‖x − x̄‖", self.fine),
        )
        sheet.text(_("Smallest and range are on the sheet “Percentile”; mean and σ (÷ n) on “Location” and “Spread”."))
        sheet.step(
            _("Five scalings"),
            _("Each is a shift and a division: the picture keeps its shape, only the ruler changes."),
            _(
                "[0, 1]: (x − min x)/range     [−1, 1]: 2·(x − min x)/range − 1     L2: x/‖x‖     standard: z = (x − "
                "x̄)/σ"
            ),
        )
        low, wide = values.min(), np.ptp(values)
        top = sheet.cursor
        sheet.gap(36)
        limits = np.array([1.0, 2.0, 3.0])
        with sheet.table(Counter(""), count) as t:
            number = t.derived("row_number", np.arange(1.0, count + 1), number_of, title=_("row"), number_format="0")
            raw = t.derived("x_raw", values, lambda i: x[i], symbol="x", title=_("before"), number_format=self.form)
            fields = caption(_("min–max to [0, 1]"), number_format="0.0000")
            unit_range = t.derived("x_01", (values - low) / wide, lambda i: (x[i] - least) / spread, **fields)
            both_sides = t.derived(
                "x_11",
                2 * (values - low) / wide - 1,
                lambda i: 2 * (x[i] - least) / spread - 1,
                **caption(_("min–max to [−1, 1]"), number_format="0.0000"),
            )
            fields = caption(_("unit length (L2)"), number_format="0.0000", math="x / ‖x‖")
            unit = t.derived("x_unit", values / np.linalg.norm(values), lambda i: x[i] / length, **fields)
            unit_centred = t.derived(
                "x_unit_centred",
                away / np.linalg.norm(away),
                lambda i: (x[i] - mean) / centred,
                **caption(_("unit length, centred"), number_format="0.0000", math="(x − x̄) / ‖x − x̄‖"),
            )
            fields = caption(_("standardised"), "z", "0.0000", math="(x − x̄) / σ")
            z = t.derived("z", away / values.std(), lambda i: (x[i] - mean) / sd, **fields)
            inside = (np.abs(away / values.std())[:, None] <= limits + 1e-9).astype(float)
            slip = self.book["slack_rate"]
            within = t.derived(
                "within",
                inside,
                lambda i, j: if_(absolute(z[i]) <= number_of(j) + slip, 1, 0),
                **caption(_("|z| within (1 yes, 0 no)"), number_format="0", columns=Counter("≤ ")),
            )
        self.say(
            sheet,
            "first_01",
            "[0, 1]: ({x:Dp} − {low:Dp}) / {wide:D} = {all:4}",
            x=x[0],
            low=least,
            wide=spread,
            all=unit_range[0],
        )
        self.say(sheet, "first_z", "z₁ = ({x:Dp} − {mean:Fp}) / {sd:F} = {all:4}", x=x[0], mean=mean, sd=sd, all=z[0])
        after = (
            Series("[0, 1]", number[:], unit_range[:], Mark.BOTH),
            Series("[−1, 1]", number[:], both_sides[:], Mark.BOTH),
            Series(_("unit length (L2)"), number[:], unit[:], Mark.BOTH),
            Series(_("standardised"), number[:], z[:], Mark.BOTH),
        )
        sheet.chart(
            Chart(
                _("Before"),
                (Series(self.sample.x_title, number[:], raw[:], Mark.BOTH),),
                _("row"),
                self.sample.x_title,
                _("The values as they come, by row."),
            ),
            at=(top, 0),
        )
        sheet.chart(
            Chart(
                _("After"),
                after,
                _("row"),
                _("scaled value"),
                _("The scaled values by row: four curves of the same shape on different rulers."),
            ),
            at=(top + 18, 0),
        )
        sheet.remark(
            _(
                "The article's words divide by the length of the vector “from the centre or mean point”. L2 "
                "normalisation, to which it links, divides x by its own length ‖x‖ and takes no mean away. Both "
                "columns are here; each has length 1 and lies between −1 and 1."
            )
        )
        self._came_out((unit_range, both_sides, unit, unit_centred, z))
        self._within(within)

    def _came_out(self, scaled: tuple[Block, ...]) -> None:
        """Hold the scaled values to what each scaling promises."""
        sheet = self.book.sheets[-1]
        unit_range, both_sides, unit, unit_centred, z = scaled
        sheet.step(_("What came of it"), _("Each scaling promises something; here is what the columns say."))
        names = [
            _("[0, 1]: smallest"),
            _("[0, 1]: largest"),
            _("[−1, 1]: smallest"),
            _("[−1, 1]: largest"),
            _("L2: length"),
            _("L2, centred: length"),
            _("standardised: mean"),
            _("standardised: variance"),
        ]
        promised = np.array([0.0, 1, -1, 1, 1, 1, 0, 1])
        came = np.array(
            [
                unit_range.value.min(),
                unit_range.value.max(),
                both_sides.value.min(),
                both_sides.value.max(),
                np.linalg.norm(unit.value),
                np.linalg.norm(unit_centred.value),
                z.value.mean(),
                z.value.var(),
            ]
        )
        with sheet.table(names, len(names)) as t:
            found = t.derived(
                "came_out",
                came,
                None,
                each=[
                    smallest(unit_range),
                    largest(unit_range),
                    smallest(both_sides),
                    largest(both_sides),
                    sqrt(call("SUMSQ", unit)),
                    sqrt(call("SUMSQ", unit_centred)),
                    total(z) / self.n,
                    call("SUMSQ", z) / self.n,
                ],
                **caption(_("came out"), number_format="0.0000"),
            )
            should = t.recorded("should_be", promised, title=_("promised"), number_format="0")
        for id, title, part in (
            ("minmax_holds", _("min–max reaches both ends"), slice(0, 4)),
            ("length_holds", _("unit scaling has length 1"), slice(4, 6)),
            ("standard_holds", _("standardised: mean 0, variance 1"), slice(6, 8)),
        ):
            sheet.check(id, title, found[part], should[part], 1e-6)

    def _within(self, within: Block) -> None:
        """Count the values within one, two and three standard deviations."""
        sheet = self.book.sheets[-1]
        sheet.step(
            _("Within 1, 2, 3 standard deviations"),
            _(
                "If data are about normal (a bell), 68 %, 95 % and 99 % of them lie so close to the mean; ours need "
                "not be."
            ),
        )
        with sheet.table([_("1 standard deviation"), _("2 standard deviations"), _("3 standard deviations")], 3) as t:
            t.derived(
                "share_within",
                within.value.mean(axis=0),
                None,
                each=[total(within[:, j]) / self.n for j in range(3)],
                **caption(_("share here"), number_format="0.0%"),
            )
            fields = caption(_("printed in the article, for a bell"), number_format="0%")
            t.recorded("share_normal", np.array([0.68, 0.95, 0.99]), **fields)

    # -- robustness --------------------------------------------------------------------------------------

    def disturb(self, ranges: float) -> None:
        """Add an outlier and see which estimates it moves."""
        sheet = self.book.sheet("Outlier", _("An outlier: what is robust?"))
        x, n, values, count = self.x, self.n, self.sample.x, self.count
        sheet.step(
            _("Add one extreme value"),
            _("An estimate is robust if one value that differs greatly from the rest cannot drag it along."),
            _("mean with outlier = (Σx + outlier) / (n + 1)"),
        )
        far = float(np.round(values.max() + ranges * np.ptp(values), 2))
        outlier = sheet.given("outlier", far, title=_("the outlier"), number_format=self.form, valid=Between(-1e8, 1e8))
        sheet.remark(_("Chosen here: some ranges above the largest value. Type any number; the data stay as they are."))
        sheet.gap()
        more = np.append(values, far)
        before = np.array([values.mean(), np.median(values), np.ptp(values)])
        after = np.array([more.mean(), np.median(more), np.ptp(more)])
        with sheet.table([_("mean"), _("median"), _("range")], 3) as t:
            without = t.derived(
                "without",
                before,
                None,
                each=[self.mean.whole(), self.median.whole(), self.range.whole()],
                **caption(_("without the outlier"), number_format=self.fine),
            )
            with_it = t.derived(
                "with_outlier",
                after,
                None,
                each=[
                    (self.sum + outlier) / (n + 1),
                    call("MEDIAN", x, outlier),
                    largest(x, outlier) - smallest(x, outlier),
                ],
                **caption(_("with the outlier"), number_format=self.fine),
            )
            t.derived(
                "moved", after - before, lambda i: with_it[i] - without[i], title=_("moved by"), number_format=self.fine
            )
        self.say(
            sheet,
            "moved_says",
            _("The mean went from {a:F} to {b:F}, the median from {c:F} to {d:F}."),
            a=without[0],
            b=with_it[0],
            c=without[1],
            d=with_it[1],
        )
        sheet.step(
            _("The outlier on its way"),
            _(
                "Let one more value wander from the smallest value to the outlier: the mean goes along for ever, the "
                "median soon stays."
            ),
        )
        low, steps = values.min(), np.arange(11)
        path = low + steps / 10 * (far - low)
        top = sheet.cursor
        sheet.gap(18)
        with sheet.table(Counter(""), len(path)) as t:
            where = t.derived(
                "wandering",
                path,
                lambda t: self.least + (number_of(t) - 1) / 10 * (outlier - self.least),
                **caption(_("one more value"), number_format=self.form),
            )
            means = t.derived(
                "mean_by_outlier",
                (values.sum() + path) / (count + 1),
                lambda t: (self.sum + where[t]) / (n + 1),
                **caption(_("mean"), number_format=self.fine),
            )
            medians = t.derived(
                "median_by_outlier",
                np.array([np.median(np.append(values, p)) for p in path]),
                lambda t: call("MEDIAN", x, where[t]),
                **caption(_("median"), number_format=self.fine),
            )
        sheet.chart(
            Chart(
                _("Mean and median as one value wanders off"),
                (
                    Series(_("mean"), where[:], means[:], Mark.BOTH),
                    Series(_("median"), where[:], medians[:], Mark.BOTH),
                ),
                _("one more value"),
                self.sample.x_title,
                _(
                    "Mean and median against the added value: the mean is a rising straight line, the median rises a "
                    "little and then stays level."
                ),
            ),
            at=(top, 0),
        )

    def sum_up(self) -> None:
        """List every estimate on one page."""
        sheet = self.book.sheet("Summary", _("All estimates on one page"))
        sheet.step(_("All estimates"), _("Everything that the article's section lists, for these data."))
        estimates = (
            (_("mean"), self.mean.whole()),
            (_("weighted mean"), self.weighted_mean.whole()),
            (_("median"), self.median.whole()),
            (_("weighted median"), self.weighted_median.whole()),
            (_("variance, population (÷ n)"), self.variance.whole()),
            (_("variance, sample (÷ n − 1)"), self.sample_variance.whole()),
            (_("standard deviation, population"), self.sd.whole()),
            (_("standard deviation, sample"), self.sample_sd.whole()),
            (_("mean absolute deviation"), self.mad.whole()),
            (_("range"), self.range.whole()),
            (_("P-th percentile"), self.percentiles[3]),
            (_("interquartile range"), self.iqr.whole()),
        )
        refs = [ref for _name, ref in estimates]
        values = np.array([float(value_of(ref)) for ref in refs])
        with sheet.table([name for name, _ref in estimates], len(estimates)) as t:
            t.add(Block("estimates", Role.DERIVED, values, title=_("estimate"), each=refs, number_format=self.fine))
