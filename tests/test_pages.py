"""How sheets fall onto pages: what is repeated on each, and where they break."""

from __future__ import annotations

import numpy as np
import pytest

from workbook.block import Counter
from workbook.book import Book
from workbook.fit import column_widths, row_heights, shown_width, spans_of
from workbook.layout.place import laid_out
from workbook.pages import Pages, pages_of
from workbook.sheet import Kind, Sheet


def sheet_of(*lengths: int) -> Sheet:
    """A sheet with tables of so many rows, one below the other."""
    sheet = Book("b", "t", "a", "s").page("Sheet", "t", kind=Kind.DEEPER)
    for n, length in enumerate(lengths):
        with sheet.table(Counter("i = "), length) as table:
            table.given(f"x{n}", np.arange(float(length)), title="x", symbol="x")
    return laid_out(sheet)


def test_a_heading_that_counts_has_room_for_all_of_it_since_a_number_does_not_wrap() -> None:
    page = Book("b", "t", "a", "s").page("Sheet", "t")
    block = page.given("x", np.zeros((1, 200)), columns=Counter("k = "), number_format="0")
    widths = column_widths(laid_out(page))
    assert widths[block.place.column + 199] >= len("k = 200") + 2


def pages(sheet: Sheet) -> Pages:
    widths = column_widths(sheet)
    return pages_of(sheet, widths, row_heights(sheet, widths, spans_of(sheet, widths)))


def test_a_short_sheet_is_one_page() -> None:
    assert pages(sheet_of(5)).breaks == []


def test_the_headings_of_the_long_table_stand_on_every_page() -> None:
    sheet = sheet_of(5, 260)
    table = sheet.blocks[1].place
    assert pages(sheet).repeated == (table.row - 2, table.row - 1)
    assert len(pages(sheet).breaks) > 3


@pytest.mark.parametrize("lengths", [(5, 5), (200, 200)])
def test_the_title_stands_on_every_page_where_no_table_or_more_than_one_is_long(lengths: tuple[int, ...]) -> None:
    assert pages(sheet_of(*lengths)).repeated == (0, 0)


def test_no_table_is_torn_that_fits_on_a_page() -> None:
    sheet = sheet_of(15, 15, 15)
    for block in sheet.blocks:
        rows = range(block.place.row + 1, block.place.row + block.place.rows)
        assert not set(rows) & set(pages(sheet).breaks)


@pytest.mark.parametrize(
    ("value", "number_format", "width"),
    [(9.9996, "0.000", 6), (-0.5, "0.00", 5), (1234.5, "#,##0.0", 7), (0.995, "0%", 4), (1e-9, "0.0E+00", 7)],
)
def test_a_number_is_as_wide_as_it_is_shown(value: float, number_format: str, width: int) -> None:
    assert shown_width(value, number_format) == width
