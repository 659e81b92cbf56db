"""Rules about what is seen: the first view of a sheet, charts beside what moves them, numbers that can be taken in.

They hold for lessons. Sheets of data, whose tabs have the colour that ours have, are for looking things up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from workbook.block import whole_format
from workbook.fit import VIEW_HEIGHT, VIEW_WIDTH
from workbook.lint.page_parser import Some
from workbook.lint.parts import NUMBER, Cell, Page
from workbook.lint.rules import every_cell, every_page, rule
from workbook.palette import LESSONS, TAB_COLOURS
from workbook.sheet import Kind

MOST_DECIMALS = 4
DATA_TABS = frozenset(TAB_COLOURS[kind].removeprefix("#") for kind in set(Kind) - LESSONS)
PIXELS_A_DIGIT, PIXELS_A_POINT = 7, 96 / 72

_DECIMALS = re.compile(r"\.([0#?]+)")

FIRST_VIEW = rule(
    "first-view",
    f"the first view of a sheet ({VIEW_WIDTH} × {VIEW_HEIGHT} pixels) has a sentence, and a number or a picture",
    "in ten seconds a reader decides whether a sheet has something to say",
    "move the claim and what it is about to the top left",
)
CHART_VIEW = rule(
    "chart-view",
    f"on a sheet where something can be typed, every chart is in one view ({VIEW_WIDTH} × {VIEW_HEIGHT} pixels) with such a cell",
    "who must scroll to see what moved does not see it move",
    "put the chart beside the cell that moves it",
)
DECIMALS = rule(
    "decimals",
    f"a lesson shows at most {MOST_DECIMALS} decimals, or says on the sheet why it shows more",
    "a reader looks at the first digits; the others hide them",
    "show fewer decimals, or write why so many are shown",
)
EXPONENT = rule(
    "exponent",
    "no lesson shows a number as 1.2E-05",
    "whoever learns to read a network need not learn to read this first",
    "show decimals, or another unit",
)
PADDED = rule(
    "padded",
    "a whole number is shown whole: 8, not 8.00",
    "digits that say nothing make small numbers look hard",
    "give it a format without decimals, if need be by a conditional format",
)


def is_lesson(page: Page) -> bool:
    """Tell whether a sheet is there to be read, not to look things up."""
    return page.tab not in DATA_TABS


def _scientific(some: Some) -> NDArray[np.bool_]:
    return some.is_number & some.of_look(lambda look: "E+" in look.number_format.upper()) & is_lesson(some.page)


@every_cell(EXPONENT, _scientific)
def exponent(cell: Cell, page: Page) -> str | None:
    if cell.number is None or not is_lesson(page) or "E+" not in cell.look.number_format.upper():
        return None
    return f"{cell.number:g} is shown in the format {cell.look.number_format}"


@every_page(DECIMALS)
def decimals(page: Page) -> Iterator[tuple[str, str]]:
    if not is_lesson(page) or page.speaks_of_decimals:
        return
    for index, here in _looks(page):
        code = page.file.styles.look(index).number_format
        if max((len(digits) for digits in _DECIMALS.findall(code)), default=0) > MOST_DECIMALS:
            yield page.cell(int(here[0])), f"{len(here):,} numbers are shown in the format {code}"


@every_page(PADDED)
def padded(page: Page) -> Iterator[tuple[str, str]]:
    if not is_lesson(page):
        return
    watched = np.zeros(len(page.rows), dtype=bool)
    for area in page.shown_whole:
        watched[page.within(area)] = True
    for index, here in _looks(page):
        code = page.file.styles.look(index).number_format
        if whole_format(code) is None:
            continue
        numbers = page.numbers[here]
        found = here[~watched[here] & (np.round(numbers) == numbers) & ~((numbers == 0) & _shows_zero_whole(code))]
        if len(found):
            yield page.cell(int(found[0])), f"{len(found):,} whole numbers are shown in the format {code}"


def _shows_zero_whole(number_format: str) -> bool:
    """Tell whether a number format has a section of its own for zero, without decimals."""
    sections = number_format.split(";")
    return len(sections) > 2 and whole_format(sections[2]) is None


def _looks(page: Page) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Yield every look of the cells that hold numbers, with these cells."""
    numbers = np.flatnonzero(np.isfinite(page.numbers))
    for index in np.unique(page.looks[numbers]).tolist():
        yield index, numbers[page.looks[numbers] == index]


@every_page(FIRST_VIEW)
def first_view(page: Page) -> Iterator[tuple[str, str]]:
    if not len(page.rows) or not is_lesson(page):
        return
    x, y = _edges(page)
    seen = (x[page.columns] < VIEW_WIDTH) & (y[page.rows] < VIEW_HEIGHT)
    if not any(x[column] < VIEW_WIDTH and y[row] < VIEW_HEIGHT for row, column in page.sentences):
        yield "", "its first view has no sentence"
    has_number = bool((seen & ~np.isnan(page.numbers)).any() or (seen & (page.kinds > NUMBER)).any())
    pictures = any(x[d.left] < VIEW_WIDTH and y[d.top] < VIEW_HEIGHT for d in page.drawings)
    if not has_number and not pictures and not np.isnan(page.numbers).all():
        yield "", "its first view has neither a number nor a picture"


@every_page(CHART_VIEW)
def chart_view(page: Page) -> Iterator[tuple[str, str]]:
    unlocked = [look for look in np.unique(page.looks).tolist() if not page.file.styles.look(look).is_locked]
    typed = np.flatnonzero(np.isin(page.looks, unlocked))
    if not page.is_protected or not len(typed) or not is_lesson(page):
        return
    x, y = _edges(page)
    rows, columns = page.rows[typed], page.columns[typed]
    for drawing in page.drawings:
        left, right = np.minimum(x[columns], x[drawing.left]), np.maximum(x[columns + 1], x[drawing.right + 1])
        top, bottom = np.minimum(y[rows], y[drawing.top]), np.maximum(y[rows + 1], y[drawing.bottom + 1])
        together = (right - left <= VIEW_WIDTH) & (bottom - top <= VIEW_HEIGHT)
        if not together.any():
            nearest = int(
                np.argmin(np.maximum(bottom - top - VIEW_HEIGHT, 0) + np.maximum(right - left - VIEW_WIDTH, 0))
            )
            size = f"{right[nearest] - left[nearest]:.0f} × {bottom[nearest] - top[nearest]:.0f} pixels"
            yield (
                drawing.cell,
                f"the chart and the nearest cell to type into, {page.cell(int(typed[nearest]))}, take {size}",
            )


def _edges(page: Page) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the left edge of every column and the upper edge of every row, in pixels."""
    columns = int(max([*page.columns, *(d.right for d in page.drawings), *page.widths, 0])) + 2
    rows = int(max([*page.rows[-1:], *(d.bottom for d in page.drawings), *page.heights, 0])) + 2
    widths = np.array([page.width(column) for column in range(columns)])
    heights = np.full(rows, page.standard_height)
    heights[list(page.heights)] = list(page.heights.values())
    x, y = widths * PIXELS_A_DIGIT, heights * PIXELS_A_POINT
    return np.concatenate(([0.0], np.cumsum(x))), np.concatenate(([0.0], np.cumsum(y)))
