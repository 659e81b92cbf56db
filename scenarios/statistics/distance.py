"""Page Distance: how far apart are two offices, before and after scaling, and what does each feature add?"""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.statistics.data import AREAS, RENTS
from workbook.block import Between, Block, Counter
from workbook.chart import Chart, Mark, Series
from workbook.formula import equal, if_, largest, pick, smallest, total
from workbook.page import Page
from workbook.text import _


def distance_page(page: Page) -> None:
    """Compare two of the twelve offices of the workbook rent-yield."""
    rows, helpers = len(RENTS), page.book.helpers
    with helpers.table(Counter(), rows) as t:
        area = t.recorded("office_area", AREAS, title=_("area (sq ft)"), number_format="0")
        rent = t.recorded("office_rent", RENTS, title=_("rent (thousand $)"), number_format="0.0")
        scaled = [_scaled(t, raw, title) for raw, title in ((area, _("area, scaled")), (rent, _("rent, scaled")))]
    with page.left():
        with page.beside():
            which: dict[str, Any] = {"valid": Between(1, rows, whole=True)}
            a = page.given("office_a", 1, "a", _("first office"), **which)
            b = page.given("office_b", 7, "b", _("second office"), **which)
        page.gap()
        said = page.keep()
        page.gap()
        page.math("d² = (a₁ − b₁)² + (a₂ − b₂)²")
        before = _compared(page, "raw", (area, rent), (a, b))
        page.gap()
        page.math("(x − min x) / (max x − min x)")
        after = _compared(page, "scaled", scaled, (a, b))
        with page.into(said):
            words = _("▶ Of the squared distance {raw:2} % comes from the area; after scaling {scaled:2} %.")
            page.live("distance_says", words, raw=before[0], scaled=after[0])
    ends: list[Block] = []
    for f, name in zip(scaled, ("area", "rent"), strict=True):
        picked = [pick(f, office) for office in (a, b)]
        ends.append(page.offstage_block(f"pair_{name}", _of(f, (a, b)), title=f.title, each=picked))
    series = (
        Series(_("twelve offices"), scaled[0][:], scaled[1][:], Mark.POINTS, "#3A8F4A"),
        Series(_("the two"), ends[0][:], ends[1][:], Mark.BOTH, "#D1711B", size=10),
    )
    alt = _("The twelve offices on one ruler from 0 to 1, and a line between the two that are compared.")
    with page.right():
        page.chart(Chart("", series, _("area, scaled"), _("rent, scaled"), alt, columns=9, rows=20))
    asked, low = page.offstage_block("area_asked", 1095.0, title=_("the area that is asked for")), smallest(area)
    where, title = (asked.value - AREAS.min()) / np.ptp(AREAS), _("area, scaled")
    answer = page.offstage_block("area_asked_scaled", where, lambda: (asked - low) / (largest(area) - low), title=title)
    page.try_(_("Type 12 for b, then 2: before scaling the rent hardly counts; after scaling it does."))
    page.turn(
        "distance_turn",
        _("The areas run from 590 to 1,600. What is the scaled value of 1,095?"),
        answer,
        0.01,
        _("Half way from the smallest to the largest."),
        _("how far above 590, divided by the whole range of 1,010."),
    )
    page.remember(_("Scale first, then measure distances."))


def _scaled(table: Any, raw: Block, title: str) -> Block:
    """Add a feature on a ruler from 0 to 1."""
    value, low = (raw.value - raw.value.min()) / np.ptp(raw.value), smallest(raw)
    block: Block = table.derived(f"{raw.id}_01", value, lambda i: (raw[i] - low) / (largest(raw) - low), title=title)
    return block


def _of(feature: Block, offices: tuple[Block, Block]) -> Any:
    """Return a feature of both offices."""
    return feature.value[[int(office.value) - 1 for office in offices]]


def _compared(page: Page, id: str, features: Any, pair: tuple[Block, Block]) -> Block:
    """Show both offices, their difference and each feature's share of the squared distance; return the shares."""
    first, second = np.array([_of(feature, pair) for feature in features]).T
    squares = (first - second) ** 2
    with page.table([_("area"), _("rent")], 2) as t:
        picked = [[pick(f, office) for f in features] for office in pair]
        x = t.derived(f"{id}_a", first, None, title=_("first office"), each=picked[0], number_format="#,##0.0##")
        y = t.derived(f"{id}_b", second, None, title=_("second office"), each=picked[1], number_format="#,##0.0##")
        d = t.derived(
            f"{id}_square",
            squares,
            lambda i: (x[i] - y[i]) ** 2,
            title=_("difference, squared"),
            number_format="#,##0.0##",
        )
        shares = 100 * squares / squares.sum() if squares.any() else 0 * squares
        whole = total(d)
        return t.derived(
            f"{id}_share", shares, lambda i: if_(equal(whole, 0), 0, 100 * d[i] / whole), title=_("share (%)")
        )
