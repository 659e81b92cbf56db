"""Sheet Data: the values with their weights, and how their numbers are shown on every other sheet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.columns import caption, sum_under
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.eager import Sheet
from workbook.formula import Operand, equal, if_
from workbook.sheet import Kind
from workbook.text import _

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

    @property
    def count(self) -> int:
        return len(self.x)

    @property
    def digits(self) -> int:
        """How many decimals show the values in full: 2 to 6."""
        return next((d for d in range(2, 6) if np.array_equal(np.round(self.x, d), self.x)), 6)

    @property
    def form(self) -> str:
        """The number format of the values."""
        return "0." + "0" * self.digits

    @property
    def fine(self) -> str:
        """The number format of what is computed from them: two decimals more."""
        return self.form + "00"

    @property
    def w_form(self) -> str:
        """The number format of the weights."""
        return "0.00" if (self.w % 1).any() else "0"

    def say(self, sheet: Sheet, id: str, template: str, **numbers: Operand) -> None:
        """Write a sentence in which D stands for the decimals that the data have, and F for two more."""
        words = template.replace(":D", f":{self.digits}").replace(":F", f":{self.digits + 2}")
        sheet.sentence(id, words, row=None, **numbers)


@dataclass(frozen=True)
class Data:
    """A sample on its sheet."""

    sample: Sample
    x: Block
    w: Block


def article_sample() -> Sample:
    """Return the offices of the workbook rent-yield."""
    return Sample(RENTS, AREAS, _("rent (thousand $)"), _("floor area as weight (sq ft)"))


def data_sheet(book: Book, sample: Sample, *, own: bool) -> Data:
    """List the values and weights."""
    sheet = book.sheet("Data", _("The data"), kind=Kind.DATA)
    sheet.step(
        _("The data"), _("One feature (variable), one row a measurement; the weight says how much a row counts.")
    )
    if own:
        sheet.remark(_("The numbers come from your file."))
    else:
        sheet.remark(
            _("Chosen here: the twelve offices of the workbook rent-yield; the article's section prints no data.")
        )
    with sheet.table(Counter(""), sample.count, freeze=True) as t:
        x = t.given("x", sample.x, **caption(sample.x_title, "x", sample.form))
        fields = caption(sample.w_title or _("weight (all 1)"), "w", sample.w_form)
        w = t.given("w", sample.w, valid=Between(0, 1e6), **fields)
        whole = sum_under(t, w, "w_typed_sum", sample.w_form)
        fields = caption(_("weight used"), number_format=sample.w_form, math=_("1 if Σw = 0"))
        used = t.derived("w_used", sample.w, lambda i: if_(equal(whole, 0), 1, w[i]), **fields)
    usual, instead = (
        str(_("The weights are used as they are typed.")),
        str(_("▶ All weights are 0, and nothing can be divided by their sum: every row counts once instead.")),
    )
    sheet.derived(
        "w_note",
        np.asarray(usual if sample.w.any() else instead, dtype=object),
        lambda: if_(equal(whole, 0), instead, usual),
        title=_("the weights"),
        number_format="@",
    )
    return Data(sample, x, used)
