"""Rules about the file itself, which the Open XML SDK's validator lets pass and Excel does not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from workbook.addresses import cell_name, column_letters
from workbook.check import blocks_astray
from workbook.lint.page_parser import Some
from workbook.lint.parts import Cell, File, Page
from workbook.lint.rules import every_cell, every_page, rule, whole_file
from workbook.precedents import Area, areas_read, column_number

LONGEST_NAME, LONGEST_SHEET = 255, 31
LAST_COLUMN = 16_383
_NAME = re.compile(r"[^\W\d][\w.?\\]*|\\[\w.?\\]*")
_CELL = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")
_R1C1 = re.compile(r"[Rr](?:\d+|\[-?\d+\])?[Cc]?(?:\d+|\[-?\d+\])?|[Cc](?:\d+)?")
_FORBIDDEN = re.compile(r"[\\/?*\[\]:]")

ORDER = rule(
    "cell-order",
    "cells stand in the file once each, row by row and column by column",
    "Excel calls the file damaged, and programs disagree about which of two cells counts",
    "write each cell once, in order",
)
OVERLAP = rule(
    "overlap",
    "merged areas do not overlap",
    "Excel calls the file damaged",
    "unmerge one of them",
)
NAME = rule(
    "name",
    "a defined name is unique, whatever its case, has letters, digits, _ and . only, and does not look like a cell",
    "Excel calls the file damaged or reads a cell instead",
    "give it another name",
)
DEAD = rule(
    "dead-name",
    "every defined name refers to something that is there",
    "it is what remains of something deleted",
    "delete the name or mend what it refers to",
)
BLOCK = rule(
    "block",
    "every block that a file of ours was built with has its name and its size still",
    "check, diff and numbers find a block by its name, and look past what has none or another's",
    "undo what was deleted or renamed, or build the file again",
)
HIDDEN = rule(
    "hidden",
    "no sheet is hidden, and no row or column that holds something",
    "a reader must be able to trace every number, and what nobody sees nobody checks",
    "unhide it, or delete it",
)
CALCULATION = rule(
    "calculation",
    "the file is computed anew after every change, not only when the reader asks for it",
    "a learner types another number, nothing moves, and what is shown is wrong",
    "set the calculation to automatic",
)
CHART = rule(
    "chart-range",
    "a chart draws cells of one block, as many as were drawn when it was stored, and as many x as y",
    "a range that is shifted or too short shows another curve than the numbers beside it",
    "let the series take in the cells that are meant",
)
SHEET = rule(
    "sheet-name",
    f"a sheet's name is unique, has at most {LONGEST_SHEET} characters, and none of \\ / ? * [ ] :",
    "Excel calls the file damaged",
    "rename the sheet",
)


def _out_of_order(some: Some) -> NDArray[np.bool_]:
    (rows, columns), batch = some.before, some.batch
    early: NDArray[np.bool_] = (batch.rows < rows) | ((batch.rows == rows) & (batch.columns <= columns))
    return early


@every_cell(ORDER, _out_of_order)
def cell_order(cell: Cell, page: Page) -> str | None:
    if (cell.row, cell.column) == page.last:
        return "the cell stands in the file twice"
    return "the cell stands after one that comes later" if (cell.row, cell.column) < page.last else None


@every_page(OVERLAP)
def overlapping_merges(page: Page) -> Iterator[tuple[str, str]]:
    taken: dict[int, list[tuple[int, int]]] = {}
    for area in page.merges:
        for row in range(area.top, min(area.bottom, area.top + 10_000) + 1):
            spans = taken.setdefault(row, [])
            if any(left <= area.right and area.left <= right for left, right in spans):
                yield cell_name(area.top, area.left), "two merged areas overlap"
                break
            spans.append((area.left, area.right))


@whole_file(NAME)
def names(file: File) -> Iterator[tuple[str, str, str]]:
    count = Counter((name.name.lower(), name.scope) for name in file.names)
    for (known, _scope), times in count.items():
        if times > 1:
            yield "", "", f"the name {known} is defined {times} times"
    for name in file.names:
        if name.name.startswith("_xlnm."):
            continue
        if not _NAME.fullmatch(name.name) or len(name.name) > LONGEST_NAME:
            yield "", "", f'"{name.name}" cannot be a name'
        elif _looks_like_cell(name.name):
            yield "", "", f'the name "{name.name}" looks like a cell'


@whole_file(DEAD)
def dead_names(file: File) -> Iterator[tuple[str, str, str]]:
    for name in file.names:
        if "#REF!" in name.formula or not name.formula.strip():
            yield "", "", f"the name {name.name} refers to {name.formula or 'nothing'}"


@whole_file(BLOCK)
def blocks(file: File) -> Iterator[tuple[str, str, str]]:
    yield from blocks_astray(file.built, file.blocks, [name for name, _part in file.sheets])


@whole_file(HIDDEN)
def hidden_sheets(file: File) -> Iterator[tuple[str, str, str]]:
    for sheet in file.hidden_sheets:
        yield sheet, "", "the sheet is hidden"


@every_page(HIDDEN)
def hidden_cells(page: Page) -> Iterator[tuple[str, str]]:
    hidden = page.hidden_rows.intersection(page.rows.tolist()) if page.hidden_rows else ()
    for row in sorted(hidden):
        yield "", f"row {row + 1} is hidden"
    for first, last in page.hidden_columns:
        for column in np.unique(page.columns[(page.columns >= first) & (page.columns <= last)]).tolist():
            yield "", f"column {column_letters(column)} is hidden"


@whole_file(CALCULATION)
def calculation(file: File) -> Iterator[tuple[str, str, str]]:
    if file.is_manual:
        yield "", "", "it is computed by hand only"


@every_page(CHART)
def chart_ranges(page: Page) -> Iterator[tuple[str, str]]:
    for drawing in page.drawings:
        for series in drawing.ranges:
            sizes = []
            for text, count in series:
                areas = areas_read(text, page.name)
                if len(areas) != 1:
                    continue
                size = (areas[0].bottom - areas[0].top + 1) * (areas[0].right - areas[0].left + 1)
                sizes.append(size)
                if count is not None and count != size:
                    yield drawing.cell, f"a series draws {text}, {size:,} cells, and was stored with {count:,} numbers"
                elif _straddles(areas[0], page.file):
                    yield drawing.cell, f"a series draws {text}, which is not within one block"
            if len(set(sizes)) > 1:
                yield drawing.cell, f"a series has {sizes[0]:,} numbers along and {sizes[1]:,} up"


def _straddles(area: Area, file: File) -> bool:
    """Whether an area takes in a part of a block of ours and something else."""
    touches = False
    for block in file.blocks.values():
        down = block.top <= area.bottom and area.top <= block.bottom
        if block.sheet == area.sheet and down and block.left <= area.right and area.left <= block.right:
            inside = block.top <= area.top and area.bottom <= block.bottom
            if inside and block.left <= area.left and area.right <= block.right:
                return False
            touches = True
    return touches


@whole_file(SHEET)
def sheet_names(file: File) -> Iterator[tuple[str, str, str]]:
    count = Counter(page.name.lower() for page in file.pages)
    for page in file.pages:
        bad = not 0 < len(page.name) <= LONGEST_SHEET or _FORBIDDEN.search(page.name) or page.name.startswith("'")
        if bad or count[page.name.lower()] > 1:
            yield page.name, "", "a sheet cannot be called so, or two are"


def _looks_like_cell(name: str) -> bool:
    match = _CELL.fullmatch(name)
    if match:
        return column_number(match[1]) <= LAST_COLUMN and 0 < int(match[2]) <= 1_048_576
    return _R1C1.fullmatch(name) is not None
