"""Nothing that a reader should see lies under a chart, in any workbook and language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest
from openpyxl import load_workbook

from tests.books import made_once
from workbook.book import Book
from workbook.discovery import scenarios
from workbook.fit import (
    HIGHEST_CHART,
    LINE_HEIGHT,
    PIXELS,
    ROW,
    USUAL_WIDTH,
    VIEW_HEIGHT,
    VIEW_WIDTH,
    chart_height,
    chart_pixels,
    column_widths,
    row_heights,
    spans_of,
)
from workbook.items import Cue
from workbook.pages import TITLE_HEIGHT
from workbook.sheet import Label, PlacedChart, Sheet, Style
from workbook.text import display_width
from workbook.writer import write

LETTER = 6.0
"""How wide a letter of running text is, in pixels, less than a digit on average."""

SLACK = 6
"""Pixels by which frames may touch."""


class Frame(NamedTuple):
    """What something covers on a sheet, in pixels."""

    what: str
    left: float
    top: float
    right: float
    bottom: float

    def covers(self, other: Frame) -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > SLACK and down > SLACK


class Measured:
    """A sheet as it is shown."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.widths = column_widths(sheet)
        self.spans = spans_of(sheet, self.widths)
        self.heights = row_heights(sheet, self.widths, self.spans)

    def x(self, column: int) -> float:
        return sum(int(self.widths.get(k, USUAL_WIDTH) * PIXELS + 5) for k in range(column))

    def y(self, row: int) -> float:
        return sum(self.heights.get(k, TITLE_HEIGHT if k == 0 else LINE_HEIGHT) for k in range(row)) * 96 / 72

    def charts(self) -> Iterator[Frame]:
        for placed in self.sheet.charts:
            left, top = self.x(placed.column) + 4, self.y(placed.row) + 4
            width, height = chart_pixels(placed, self.widths), chart_height(placed, self.heights)
            yield Frame(f"chart {placed.chart.title!r}", left, top, left + width, top + height)

    def words(self) -> Iterator[Frame]:
        for label in self.sheet.labels:
            if label.text or label.number is not None:
                left, top = self.x(label.column), self.y(label.row)
                yield Frame(f"label {label.text!r}", left, top, left + self._running(label), self.y(label.row + 1))
        for block in self.sheet.blocks:
            place = block.place
            right = self.x(place.column + place.columns)
            if (place.row, place.column) in self.spans:
                right = self.x(place.column + self.spans[place.row, place.column].columns)
            elif block.is_text and block.value.ndim == 0:
                right = self.x(place.column) + LETTER * display_width(str(block.value))
            bottom = self.y(place.row + place.rows)
            yield Frame(f"block {block.id}", self.x(place.column), self.y(place.row), right, bottom)

    def _running(self, label: Label) -> float:
        own = self.x(label.column + 1) - self.x(label.column)
        if (label.row, label.column) in self.spans:
            return self.x(label.column + self.spans[label.row, label.column].columns) - self.x(label.column)
        if label.style in (Style.HEAD, Style.COLUMN, Style.COLUMN_MATH, Style.ROW):
            return own
        return LETTER * display_width(label.text)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", scenarios())
def test_no_chart_covers_words_numbers_or_another_chart(name: str, lang: str) -> None:
    for sheet in made_once(name, lang).sheets:
        if not sheet.charts:
            continue
        measured = Measured(sheet)
        charts, words = list(measured.charts()), list(measured.words())
        covered = [(a.what, b.what) for a, b in combinations(charts, 2) if a.covers(b)]
        covered += [(chart.what, frame.what) for chart in charts for frame in words if chart.covers(frame)]
        assert not covered, f"{name}, sheet {sheet.name}: {covered}"


def test_what_lies_under_a_chart_is_found() -> None:
    chart = Frame("chart", 0, 0, 100, 100)
    assert chart.covers(Frame("label", 90, 90, 200, 110))
    assert not chart.covers(Frame("label", 98, 90, 200, 110))


def test_a_chart_ends_where_the_first_view_ends_unless_it_would_be_small() -> None:
    chart = next(placed.chart for placed in made_once("rent-yield").sheets[1].charts)
    line = replace(chart, columns=8, rows=20)
    usual = dict.fromkeys(range(60), 9.5)
    for column, row in ((4, 4), (11, 10), (14, 20)):
        placed = PlacedChart(row, column, line)
        right, bottom = column * 71 + chart_pixels(placed, usual), row * 20 + chart_height(placed, {})
        assert (right <= VIEW_WIDTH, bottom <= VIEW_HEIGHT) == (column < 14, row < 20)


def test_a_chinese_heading_is_broken_where_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "zh.xlsx"
    write(made_once("chain-rule", "zh"), path)
    written = [cell.value for row in load_workbook(path)["网络"].iter_rows() for cell in row]
    assert "ƒ 传入的\n变化" in written


def test_a_line_of_mathematics_has_room_for_a_broad_font() -> None:
    lines = 0
    for sheet in made_once("chain-rule").sheets:
        measured = Measured(sheet)
        for label in sheet.labels:
            span = measured.spans.get((label.row, label.column))
            if label.style is not Style.MATH or span is None or span.lines > 1:
                continue
            room = sum(measured.widths.get(label.column + k, USUAL_WIDTH) for k in range(span.columns))
            assert room >= 1.2 * display_width(label.text), f"{sheet.name}: {label.text}"
            lines += 1
    assert lines > 5


def test_a_line_of_mathematics_with_chinese_is_higher_than_a_plain_one() -> None:
    sheet = next(sheet for sheet in made_once("chain-rule", "zh").sheets if sheet.key == "EveryRow")
    heights = Measured(sheet).heights
    mixed = [label.row for label in sheet.labels if label.style is Style.MATH and "求和" in label.text]
    assert mixed
    assert all(heights[row] > LINE_HEIGHT * 1.2 for row in mixed)


def test_a_chart_grows_with_the_rows_that_it_stands_on() -> None:
    sheet = made_once("rent-yield").sheets[1]
    (placed,) = sheet.charts
    usual = chart_height(placed, {})
    assert usual == placed.chart.rows * ROW - 10
    assert chart_height(placed, {placed.row: 30.0}) == usual + 20, "a row of 40 pixels in place of 20"
    assert chart_height(placed, dict.fromkeys(range(100), 60.0)) == HIGHEST_CHART


def test_a_page_ends_with_try_your_turn_remember_in_whatever_order_they_are_declared() -> None:
    page = Book("b", "t", "a", "s").page("Sheet", "t")
    x = page.given("x", 1.0)
    page.remember("remember")
    page.turn("turn", "question", x, 0.1, "yes", "hint")
    page.try_("try")
    assert [item.cue for item in page.end.items if isinstance(item, Cue)] == ["Try", "Your turn", "Remember"]
