"""Sheet Scaling: the same values on five other rulers, and what each of them promises."""

from __future__ import annotations

from dataclasses import dataclass
from math import erf
from math import sqrt as sqrt_of

import numpy as np

from scenarios.common.columns import caption
from scenarios.statistics.data import Data
from scenarios.statistics.location import Location
from scenarios.statistics.percentile import Ranks
from scenarios.statistics.spread import Spread
from workbook.block import Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import absolute, call, equal, if_, largest, number_of, smallest, sqrt, total
from workbook.text import _

LIMITS = np.array([1.0, 2.0, 3.0])
"""How many standard deviations from the mean values are counted."""


@dataclass(frozen=True)
class Scaled:
    """The columns: the row's number, x before, x scaled in five ways, and which z lie within each limit."""

    number: Block
    raw: Block
    unit_range: Block
    both_sides: Block
    unit: Block
    unit_centred: Block
    z: Block
    within: Block


def scaling_sheet(book: Book, data: Data, location: Location, spread: Spread, ranks: Ranks) -> None:
    """Scale the values in five ways."""
    sheet = book.sheet("Scaling", _("Scaling: the same values on other rulers"), landscape=False)
    lengths = _lengths(sheet, data, spread)
    sheet.step(
        _("Five scalings"),
        _("Each is a shift and a division: the picture keeps its shape, only the ruler changes."),
        _("[0, 1]: (x − min x)/range     [−1, 1]: 2·(x − min x)/range − 1     L2: x/‖x‖     standard: z = (x − x̄)/σ"),
    )
    top = sheet.cursor
    sheet.gap(36)
    scaled = _five_scalings(sheet, data, lengths, location.mean, spread.sd, ranks)
    _charts(sheet, top, data, scaled)
    sheet.remark(
        _(
            "The article's words divide by the length of the vector “from the centre or mean point”. L2 "
            "normalisation, to which it links, divides x by its own length ‖x‖ and takes no mean away. Both "
            "columns are here; each has length 1 and lies between −1 and 1."
        )
    )
    _came_out(sheet, location.n, scaled, ranks)
    _within(sheet, location.n, scaled.within)


def _lengths(sheet: Sheet, data: Data, spread: Spread) -> tuple[Block, Block]:
    """The lengths of the values and of the deviations, each read as a vector."""
    sheet.step(
        _("What the scalings need"),
        _(
            "When features lie on very different scales, the largest one alone decides every distance, and "
            "gradient descent goes slowly."
        ),
    )
    values, fine = data.sample.x, data.sample.fine
    fields = caption(_("length of the values as a vector"), "‖x‖", fine)
    length = sheet.derived("x_length", np.linalg.norm(values), lambda: sqrt(call("SUMSQ", data.x)), **fields)
    value, fields = np.linalg.norm(values - values.mean()), caption(_("length of the deviations"), "‖x − x̄‖", fine)
    centred = sheet.derived("x_centred_length", value, lambda: sqrt(call("SUMSQ", spread.away)), **fields)
    sheet.text(_("Smallest and range are on the sheet “Percentile”; mean and σ (÷ n) on “Location” and “Spread”."))
    return length, centred


def _five_scalings(
    sheet: Sheet, data: Data, lengths: tuple[Block, Block], mean: Block, sd: Block, ranks: Ranks
) -> Scaled:
    sample, x, values, least, wide = data.sample, data.x, data.sample.x, ranks.least, ranks.range
    length, centred = lengths
    flat = equal(wide, 0)
    away, shifted, slack = values - values.mean(), values - values.min(), sheet.book["slack_rate"]
    inside = (np.abs(away / values.std())[:, None] <= LIMITS + 1e-9).astype(float)
    with sheet.table(Counter(""), sample.count) as t:
        rows, fields = np.arange(1.0, sample.count + 1), caption(_("row"), number_format="0")
        number = t.derived("row_number", rows, number_of, **fields)
        raw = t.derived("x_raw", values, lambda i: x[i], **caption(_("before"), "x", sample.form))
        value, fields = shifted / np.ptp(values), caption(_("min–max to [0, 1]"))
        unit_range = t.derived("x_01", value, lambda i: if_(flat, 0, (x[i] - least) / wide), **fields)
        value, fields = 2 * shifted / np.ptp(values) - 1, caption(_("min–max to [−1, 1]"))
        both_sides = t.derived("x_11", value, lambda i: if_(flat, 0, 2 * (x[i] - least) / wide - 1), **fields)
        value, fields = values / np.linalg.norm(values), caption(_("unit length (L2)"), math="x / ‖x‖")
        unit = t.derived("x_unit", value, lambda i: if_(equal(length, 0), 0, x[i] / length), **fields)
        value, fields = away / np.linalg.norm(away), caption(_("unit length, centred"), math="(x − x̄) / ‖x − x̄‖")
        unit_centred = t.derived("x_unit_centred", value, lambda i: if_(flat, 0, (x[i] - mean) / centred), **fields)
        value, fields = away / values.std(), caption(_("standardised"), "z", math="(x − x̄) / σ")
        z = t.derived("z", value, lambda i: if_(flat, 0, (x[i] - mean) / sd), **fields)
        fields = caption(_("|z| within (1 yes, 0 no)"), number_format="0", columns=Counter("≤ "))
        within = t.derived("within", inside, lambda i, j: if_(absolute(z[i]) <= number_of(j) + slack, 1, 0), **fields)
    words = "[0, 1]: ({x:Dp} − {low:Dp}) / {wide:D} = {all:4}"
    sample.say(sheet, "first_01", words, x=x[0], low=least, wide=wide, all=unit_range[0])
    sample.say(sheet, "first_z", "z₁ = ({x:Dp} − {mean:Fp}) / {sd:F} = {all:4}", x=x[0], mean=mean, sd=sd, all=z[0])
    return Scaled(number, raw, unit_range, both_sides, unit, unit_centred, z, within)


def _charts(sheet: Sheet, top: int, data: Data, s: Scaled) -> None:
    """Chart the values before and after."""
    row, title = s.number[:], data.sample.x_title
    before = (Series(title, row, s.raw[:], Mark.BOTH),)
    after = (
        Series("[0, 1]", row, s.unit_range[:], Mark.BOTH),
        Series("[−1, 1]", row, s.both_sides[:], Mark.BOTH),
        Series(_("unit length (L2)"), row, s.unit[:], Mark.BOTH),
        Series(_("standardised"), row, s.z[:], Mark.BOTH),
    )
    sheet.chart(Chart(_("Before"), before, _("row"), title, _("The values as they come, by row.")), at=(top, 0))
    alt = _("The scaled values by row: four curves of the same shape on different rulers.")
    sheet.chart(Chart(_("After"), after, _("row"), _("scaled value"), alt), at=(top + 18, 0))


def _came_out(sheet: Sheet, n: Block, s: Scaled, ranks: Ranks) -> None:
    """Hold the scaled values to what each scaling promises."""
    sheet.step(_("What came of it"), _("Each scaling promises something; here is what the columns say."))
    ends, sides, unit, centred, z = (c.value for c in (s.unit_range, s.both_sides, s.unit, s.unit_centred, s.z))
    promises = (
        (_("[0, 1]: smallest"), 0, ends.min(), smallest(s.unit_range)),
        (_("[0, 1]: largest"), 1, ends.max(), largest(s.unit_range)),
        (_("[−1, 1]: smallest"), -1, sides.min(), smallest(s.both_sides)),
        (_("[−1, 1]: largest"), 1, sides.max(), largest(s.both_sides)),
        (_("L2: length"), 1, np.linalg.norm(unit), sqrt(call("SUMSQ", s.unit))),
        (_("L2, centred: length"), 1, np.linalg.norm(centred), sqrt(call("SUMSQ", s.unit_centred))),
        (_("standardised: mean"), 0, z.mean(), total(s.z) / n),
        (_("standardised: variance"), 1, z.var(), call("SUMSQ", s.z) / n),
    )
    names, promised, came, formulas = zip(*promises, strict=True)
    with sheet.table(names, len(names)) as t:
        found = t.derived("came_out", np.array(came), None, each=formulas, **caption(_("came out")))
        should = t.recorded("should_be", np.array(promised), title=_("promised"), number_format="0")
    apart = sheet.derived(
        "values_differ",
        1.0,
        lambda: if_(equal(ranks.range, 0), 0, 1),
        title=_("do the values differ? 1 yes"),
        remark=_("all alike: range and σ are 0, nothing can be divided by them, and the columns hold 0 instead"),
        number_format="0",
    )
    for id, title, part in (
        ("minmax_holds", _("min–max reaches both ends"), slice(0, 4)),
        ("length_holds", _("unit scaling has length 1"), slice(4, 6)),
        ("standard_holds", _("standardised: mean 0, variance 1"), slice(6, 8)),
    ):
        sheet.check(id, title, found[part], should[part], 1e-6, applies=apart)


def _within(sheet: Sheet, n: Block, within: Block) -> None:
    """Count the values within one, two and three standard deviations."""
    sheet.step(
        _("Within 1, 2, 3 standard deviations"),
        _("If data are about normal (a bell), 68 %, 95 % and 99 % of them lie so close to the mean; ours need not be."),
    )
    share, each = within.value.mean(axis=0), [total(within[:, j]) / n for j in range(len(LIMITS))]
    with sheet.table([_("1 standard deviation"), _("2 standard deviations"), _("3 standard deviations")], 3) as t:
        t.derived("share_within", share, None, each=each, title=_("share here"), number_format="0.0%")
        fields = caption(_("printed in the article, for a bell"), number_format="0%")
        t.recorded("share_normal", np.array([0.68, 0.95, 0.99]), **fields)
        bell = np.array([erf(limit / sqrt_of(2)) for limit in LIMITS])
        t.recorded("share_bell", bell, **caption(_("a bell's share, by NumPy"), number_format="0.0%"))
    sheet.remark(
        _("Within three standard deviations the article has 99 %; of a bell it is 99.7 %, as the last column says.")
    )
    sheet.remark(
        _(
            "The article says that the mean shows the spread of the data: the mean says where they lie; how widely they "
            "spread, the mean absolute deviation and σ say."
        )
    )
