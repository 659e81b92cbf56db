"""Rules about the file itself, which the Open XML SDK's validator lets pass and Excel does not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from workbook.formula import cell_name
from workbook.lint.anatomy import column_number
from workbook.lint.parts import Cell, File, Page
from workbook.lint.rules import every_cell, every_page, rule, whole_file

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
SHEET = rule(
    "sheet-name",
    f"a sheet's name is unique, has at most {LONGEST_SHEET} characters, and none of \\ / ? * [ ] :",
    "Excel calls the file damaged",
    "rename the sheet",
)


@every_cell(ORDER)
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
