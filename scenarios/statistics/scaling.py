"""Page Scaling: the same values on five other rulers, and what each of them promises."""

from __future__ import annotations

from math import erf
from math import sqrt as sqrt_of
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.statistics.data import Sample
from workbook.block import Block, Counter
from workbook.chart import Chart, Mark, Series
from workbook.formula import absolute, call, equal, if_, largest, number_of, smallest, sqrt, total
from workbook.page import Page
from workbook.text import _

LIMITS = np.array([1.0, 2.0, 3.0])
"""How many standard deviations from the mean values are counted."""


def scaling_page(page: Page, sample: Sample) -> None:
    """Scale the values in five ways, see what came of it, and count how many lie close to the mean."""
    page.step(
        _("Five scalings"),
        _("If features lie on very different scales, the largest alone decides every distance: change the ruler."),
        _("[0, 1]: (x − min x)/range     [−1, 1]: 2·(x − min x)/range − 1     L2: x/‖x‖     standard: z = (x − x̄)/σ"),
    )
    pictures = page.keep()
    x, away = page.book["x"], page.book["deviation"]
    length, title = np.linalg.norm(x.value), _("length of the values as a vector")
    page.derived("x_length", length, lambda: sqrt(call("SUMSQ", x)), "‖x‖", title)
    centred, title = np.linalg.norm(away.value), _("length of the deviations")
    page.derived("x_centred_length", centred, lambda: sqrt(call("SUMSQ", away)), "‖x − x̄‖", title)
    page.gap()
    scaled = _five_scalings(page)
    page.sentence("first_01", sample.in_full("[0, 1]: ({x[0]:Dp} − {x_min:Dp}) / {x_range:D} = {x_01[0]:4}"))
    page.sentence("first_z", sample.in_full("z₁ = ({x[0]:Dp} − {x_mean:Fp}) / {sd:F} = {z[0]:4}"))
    page.remark(
        _("The article divides by the length “from the centre or mean point”, its link (L2) by ‖x‖: here are both.")
    )
    with page.into(pictures), page.beside():
        row, names = page.book["row_number"], ("[0, 1]", "[−1, 1]", _("unit length (L2)"), _("standardised"))
        before = (Series(sample.x_title, row[:], page.book["x_raw"][:], Mark.BOTH),)
        after = [Series(name, row[:], scaled[k][:], Mark.BOTH) for name, k in zip(names, (0, 1, 2, 4), strict=True)]
        alts = (_("The values as they come, by row."), _("The scaled values: curves of one shape on different rulers."))
        page.chart(Chart(_("Before"), before, _("row"), sample.x_title, alts[0], columns=5))
        page.chart(Chart(_("After"), tuple(after), _("row"), _("scaled value"), alts[1], columns=5))
    _came_out(page, scaled)
    _within(page)


def _share(part: Array, whole: Any) -> Array:
    """Return a part of something; 0 of nothing."""
    share: Array = part / whole if whole else np.zeros_like(part)
    return share


def _five_scalings(page: Page) -> tuple[Block, ...]:
    """Add the columns: x in five ways, and which z lie within each limit."""
    ids = ("x", "x_min", "x_range", "x_mean", "sd", "x_length", "x_centred_length", "slack_rate")
    x, least, wide, mean, sd, length, centred, slack = (page.book[id] for id in ids)
    v, flat = x.value, equal(wide, 0)
    away, shifted = v - v.mean(), _share(v - v.min(), np.ptp(v))
    both_sides, z_value = 2 * shifted - (1 if np.ptp(v) else 0), _share(away, v.std())
    inside = np.abs(z_value)[:, None] <= LIMITS + float(slack.value)
    with page.table(Counter(""), len(v)) as t:
        t.derived("row_number", np.arange(1.0, len(v) + 1), number_of, title=_("row"), number_format="0")
        t.derived("x_raw", v, lambda i: x[i], "x", _("before"))
        title = _("min–max to [0, 1]")
        ends = t.derived("x_01", shifted, lambda i: if_(flat, 0, (x[i] - least) / wide), title=title)
        title = _("min–max to [−1, 1]")
        sides = t.derived("x_11", both_sides, lambda i: if_(flat, 0, 2 * (x[i] - least) / wide - 1), title=title)
        math, title = "x / ‖x‖", _("unit length (L2)")
        of_length = _share(v, np.linalg.norm(v))
        unit = t.derived("x_unit", of_length, lambda i: if_(equal(length, 0), 0, x[i] / length), math, title)
        math, title = "(x − x̄) / ‖x − x̄‖", _("unit length, centred")
        of_length = _share(away, np.linalg.norm(away))
        middle = t.derived("x_unit_centred", of_length, lambda i: if_(flat, 0, (x[i] - mean) / centred), math, title)
        z = t.derived("z", z_value, lambda i: if_(flat, 0, (x[i] - mean) / sd), "(x − x̄) / σ", _("standardised"))
        form: dict[str, Any] = {"columns": Counter("≤ "), "number_format": "0"}
        title = _("|z| within (1 yes, 0 no)")
        t.derived("within", inside, lambda i, j: if_(absolute(z[i]) <= number_of(j) + slack, 1, 0), title=title, **form)
    return ends, sides, unit, middle, z


def _came_out(page: Page, scaled: tuple[Block, ...]) -> None:
    """Hold the scaled values to what each scaling promises."""
    ends, sides, unit, middle, z = scaled
    n, wide = page.book["n"], page.book["x_range"]
    page.step(_("What came of it"), _("Each scaling promises something; here is what the columns say."))
    promises = (
        (_("[0, 1]: smallest"), 0, ends.value.min(), smallest(ends)),
        (_("[0, 1]: largest"), 1, ends.value.max(), largest(ends)),
        (_("[−1, 1]: smallest"), -1, sides.value.min(), smallest(sides)),
        (_("[−1, 1]: largest"), 1, sides.value.max(), largest(sides)),
        (_("L2: length"), 1, np.linalg.norm(unit.value), sqrt(call("SUMSQ", unit))),
        (_("L2, centred: length"), 1, np.linalg.norm(middle.value), sqrt(call("SUMSQ", middle))),
        (_("standardised: mean"), 0, z.value.mean(), total(z) / n),
        (_("standardised: variance"), 1, z.value.var(), call("SUMSQ", z) / n),
    )
    names, promised, came, formulas = zip(*promises, strict=True)
    with page.table(names, len(names)) as t:
        found = t.derived("came_out", np.array(came), None, title=_("came out"), each=formulas)
        should = t.recorded("should_be", np.array(promised), title=_("promised"), number_format="0")
    remark, title = _("if all are alike, range and σ are 0, and the columns hold 0"), _("do the values differ? 1 yes")
    differ = float(np.ptp(page.book["x"].value) != 0)
    form = {"title": title, "remark": remark, "number_format": "0"}
    apart = page.derived("values_differ", differ, lambda: if_(equal(wide, 0), 0, 1), **form)
    for id, title, part in (
        ("minmax_holds", _("min–max reaches both ends"), slice(0, 4)),
        ("length_holds", _("unit scaling has length 1"), slice(4, 6)),
        ("standard_holds", _("standardised: mean 0, variance 1"), slice(6, 8)),
    ):
        page.check(id, title, found[part], should[part], 1e-6, applies=apart)


def _within(page: Page) -> None:
    """Count the values within one, two and three standard deviations."""
    within, n, percent = page.book["within"], page.book["n"], {"number_format": "0.0%"}
    page.step(
        _("Within 1, 2, 3 standard deviations"),
        _("If data are about normal (a bell), 68 %, 95 % and 99 % of them lie so close to the mean; ours need not be."),
    )
    with page.table([_("1 standard deviation"), _("2 standard deviations"), _("3 standard deviations")], 3) as t:
        each = [total(within[:, j]) / n for j in range(len(LIMITS))]
        t.derived("share_within", within.value.mean(axis=0), None, title=_("share here"), each=each, **percent)
        printed, title = np.array([0.68, 0.95, 0.99]), _("printed in the article, for a bell")
        t.recorded("share_normal", printed, title=title, number_format="0%")
        bell = np.array([erf(limit / sqrt_of(2)) for limit in LIMITS])
        t.recorded("share_bell", bell, title=_("a bell's share, by NumPy"), **percent)
    page.remark(_("Within three, the article has 99 %; of a bell it is 99.7 %, as the last column says."))
    page.remark(
        _("The article says that the mean shows the spread: it says where the data lie; σ says how wide they spread.")
    )
