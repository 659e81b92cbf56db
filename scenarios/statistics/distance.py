"""Page Distance: how far apart are two offices, before and after scaling, and what does each feature add?"""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.columns import caption
from scenarios.statistics.data import AREAS, RENTS
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, equal, if_, largest, pick, smallest, total
from workbook.page import Page
from workbook.text import _

FIRST, SECOND = 1, 7


def distance_page(book: Book) -> Page:
    """Add the page, empty."""
    return book.page(
        "Distance",
        _("Square feet against dollars: who decides the distance?"),
        _("The feature with the large numbers decides alone, until both are put on one ruler."),
        _("Two offices differ in area and rent: how much of their distance comes from the rent?"),
    )


def distance(page: Page) -> None:
    """Compare two of the twelve offices of the workbook rent-yield."""
    book, rows = page.book, len(RENTS)
    with book.helpers.table(Counter(), rows) as t:
        area = t.recorded("office_area", AREAS, **caption(_("area (sq ft)"), "", "0"))
        rent = t.recorded("office_rent", RENTS, **caption(_("rent (thousand $)"), "", "0.0"))
        area_01, rent_01 = (
            t.derived(f"{raw.id}_01", _scaled(raw.value), lambda i, raw=raw: _scaled_formula(raw, i), **caption(title))
            for raw, title in ((area, _("area, scaled")), (rent, _("rent, scaled")))
        )
    with page.left():
        with page.beside():
            which: dict[str, Any] = {"valid": Between(1, rows, whole=True)}
            a = page.given("office_a", FIRST, **caption(_("first office"), "a", "0"), **which)
            b = page.given("office_b", SECOND, **caption(_("second office"), "b", "0"), **which)
        page.gap()
        said = page.keep()
        page.gap()
        page.math("d² = (a₁ − b₁)² + (a₂ − b₂)²")
        raw = _compared(page, "raw", (area, rent), (a, b), "0.0")
        page.gap()
        page.math("(x − min x) / (max x − min x)")
        scaled = _compared(page, "scaled", (area_01, rent_01), (a, b), "0.000")
        with page.into(said):
            page.live(
                "distance_says",
                _("▶ Of the squared distance {p:2} % comes from the area; after scaling {q:2} %."),
                p=raw[0],
                q=scaled[0],
            )
    _picture_and_questions(page, (area_01, rent_01), (a, b))


def _scaled(x: Any) -> Any:
    return (x - x.min()) / np.ptp(x)


def _scaled_formula(x: Block, i: Any) -> Expr:
    return (x[i] - smallest(x)) / (largest(x) - smallest(x))


def _compared(page: Page, id: str, features: tuple[Block, Block], pair: tuple[Block, Block], form: str) -> Block:
    """Show both offices, their difference and each feature's share of the squared distance in percent; return the shares."""
    first, second = (np.array([f.value[int(office.value) - 1] for f in features]) for office in pair)
    squares = (first - second) ** 2
    with page.table([_("area"), _("rent")], 2) as t:
        x, y = (
            t.derived(f"{id}_{name}", value, None, each=[pick(f, office) for f in features], **caption(title, "", form))
            for name, value, office, title in (
                ("a", first, pair[0], _("first office")),
                ("b", second, pair[1], _("second office")),
            )
        )
        fields = caption(_("difference, squared"), "", form)
        d = t.derived(f"{id}_square", squares, lambda i: (x[i] - y[i]) ** 2, **fields)
        fields = caption(_("share (%)"), "", "0.00")
        return t.derived(
            f"{id}_share",
            100 * squares / squares.sum(),
            lambda i: if_(equal(total(d), 0), 0, 100 * d[i] / total(d)),
            **fields,
        )


def _picture_and_questions(page: Page, scaled: tuple[Block, Block], pair: tuple[Block, Block]) -> None:
    ends = [np.array([f.value[int(office.value) - 1] for office in pair]) for f in scaled]
    with page.book.helpers.table([_("first office"), _("second office")], 2) as t:
        x, y = (
            t.derived(f"pair_{name}", value, None, each=[pick(f, office) for office in pair], **caption(title))
            for name, value, f, title in (
                ("area", ends[0], scaled[0], _("area, scaled")),
                ("rent", ends[1], scaled[1], _("rent, scaled")),
            )
        )
    with page.right():
        page.chart(
            Chart(
                "",
                (
                    Series(_("twelve offices"), scaled[0][:], scaled[1][:], Mark.POINTS, "#3A8F4A"),
                    Series(_("the two"), x[:], y[:], Mark.BOTH, "#D1711B", size=10),
                ),
                _("area, scaled"),
                _("rent, scaled"),
                _("The twelve offices on one ruler from 0 to 1, and a line between the two that are compared."),
                columns=9,
                rows=20,
            )
        )
    asked = page.offstage_block("area_asked", 1095.0, title=_("the area that is asked for"))
    area = page.book["office_area"]
    answer = page.offstage_block(
        "area_asked_scaled",
        (1095 - AREAS.min()) / np.ptp(AREAS),
        lambda: (asked - smallest(area)) / (largest(area) - smallest(area)),
        title=_("area, scaled"),
    )
    page.try_(_("Type 12 for b, then 2: before scaling the rent hardly counts; after scaling it does."))
    page.turn(
        "distance_turn",
        _("The areas run from 590 to 1,600. Which scaled value has 1,095?"),
        answer,
        0.01,
        _("Half way from the smallest to the largest."),
        _("how far above 590, divided by the whole range of 1,010."),
    )
    page.remember(_("Scale first, then measure distances."))
