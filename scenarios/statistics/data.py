"""Page Data: the values with their weights, and how many decimals the sentences of other pages show of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.columns import sum_under
from workbook.block import Between, Counter
from workbook.formula import equal, if_
from workbook.page import Page
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

    def in_full(self, template: str) -> str:
        """Return a sentence's text in which D stands for the decimals that the values have, 2 to 6, and F for two more."""
        digits = next((d for d in range(2, 6) if np.array_equal(np.round(self.x, d), self.x)), 6)
        return str(template).replace(":D", f":{digits}").replace(":F", f":{digits + 2}")


def article_sample() -> Sample:
    """Return the offices of the workbook rent-yield."""
    return Sample(RENTS, AREAS, _("rent (thousand $)"), _("floor area as weight (sq ft)"))


def data_page(page: Page, sample: Sample, *, own: bool) -> None:
    """List the values and weights."""
    page.step(_("The data"), _("One row a measurement; the weight says how much the row counts."))
    page.remark(
        _("The numbers come from your file.")
        if own
        else _("Chosen here: the twelve offices of the workbook rent-yield; the article's section prints no data.")
    )
    note = page.keep()
    with page.table(Counter(""), len(sample.x), freeze=True) as t:
        t.given("x", sample.x, "x", sample.x_title)
        w = t.given("w", sample.w, "w", sample.w_title or _("weight (all 1)"), valid=Between(0, 1e6))
        whole = sum_under(t, w, "w_typed_sum", "")
        used, title = w.value if w.value.any() else np.ones_like(w.value), _("weight used")
        t.derived("w_used", used, lambda i: if_(equal(whole, 0), 1, w[i]), title=title, math=_("1 if Σw = 0"))
    usual = str(_("The weights are used as they are typed."))
    instead = str(_("▶ All weights are 0, and nothing can be divided by their sum: every row counts once instead."))
    with page.into(note):
        page.say("w_note", usual if w.value.any() else instead, if_(equal(whole, 0), instead, usual))
