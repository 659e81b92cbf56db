"""Which cells a formula reads, from its text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from workbook.addresses import column_letters

LAST_ROW, LAST_COLUMN = 1_048_575, 16_383

_STRING = re.compile(r'"(?:[^"]|"")*"')
_REFERENCE = re.compile(
    r"(?:(?P<sheet>'(?:[^']|'')+'|[^\W\d][\w.]*)!)?"
    r"(?:\$?(?P<c1>[A-Za-z]{1,3})\$?(?P<r1>\d{1,7})(?::\$?(?P<c2>[A-Za-z]{1,3})\$?(?P<r2>\d{1,7}))?"
    r"|\$?(?P<wc1>[A-Za-z]{1,3}):\$?(?P<wc2>[A-Za-z]{1,3})"
    r"|\$?(?P<wr1>\d{1,7}):\$?(?P<wr2>\d{1,7}))"
    r"(?![\w(.!])"
)
_BEFORE = re.compile(r"[\w.!$\]']")


@dataclass(frozen=True)
class Area:
    """A rectangle of cells; rows and columns count from 0, and the last ones belong to it."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int


def is_within(inner: Area, outer: Area) -> bool:
    """Tell whether an area lies in another."""
    rows = outer.top <= inner.top and inner.bottom <= outer.bottom
    return inner.sheet == outer.sheet and rows and outer.left <= inner.left and inner.right <= outer.right


def areas_read(formula: str, sheet: str) -> list[Area]:
    """Return the areas that a formula (without =) on a sheet refers to; names of areas are not resolved."""
    text = _STRING.sub('""', formula)
    found = []
    for match in _REFERENCE.finditer(text):
        if match.start() and _BEFORE.match(text[match.start() - 1]):
            continue
        found.append(_area(match, sheet))
    return found


def _area(match: re.Match[str], home: str) -> Area:
    part = match.groupdict()
    sheet = home if part["sheet"] is None else _unquoted(part["sheet"])
    if part["c1"]:
        rows = [int(part["r1"]) - 1, int(part["r2"] or part["r1"]) - 1]
        columns = [column_number(part["c1"]), column_number(part["c2"] or part["c1"])]
    elif part["wc1"]:
        rows, columns = [0, LAST_ROW], [column_number(part["wc1"]), column_number(part["wc2"])]
    else:
        rows, columns = [int(part["wr1"]) - 1, int(part["wr2"]) - 1], [0, LAST_COLUMN]
    return Area(sheet, min(rows), min(columns), max(rows), max(columns))


def _unquoted(name: str) -> str:
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


@lru_cache(maxsize=20_000)
def column_number(letters: str) -> int:
    """Return a column's number, from 0, from its letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


_STRING_OR_SHEET = re.compile(r"""("(?:[^"]|"")*"|'(?:[^']|'')+'!)""")
_RELATIVE = re.compile(
    r"(?<![\w.$])(?:(\$?)([A-Za-z]{1,3})(\$?)(\d{1,7})|(\$?)([A-Za-z]{1,3})(?=:\$?[A-Za-z]{1,3}(?![\w(]))"
    r"|(?<=:)(\$?)([A-Za-z]{1,3})(?![\w(.!]))(?![\w(.!])"
)


@dataclass(frozen=True)
class _Movable:
    """A reference to a cell, or to a whole column, as it stands in a formula."""

    pinned_column: str
    column: int
    pinned_row: str
    row: int | None


def moved(formula: str, rows: int, columns: int) -> str:
    """Return a formula as the fill handle would copy it so many rows down and columns to the right."""
    return "".join(
        [piece if isinstance(piece, str) else _moved(piece, rows, columns) for piece in _taken_apart(formula)]
    )


@lru_cache(maxsize=64)  # a shared formula is moved to cell after cell
def _taken_apart(formula: str) -> list[str | _Movable]:
    found: list[str | _Movable] = []
    for n, piece in enumerate(_STRING_OR_SHEET.split(formula)):
        at = 0
        for match in _RELATIVE.finditer(piece) if n % 2 == 0 else ():
            found += [piece[at : match.start()], _movable(match)]
            at = match.end()
        found.append(piece[at:])
    return found


def _movable(match: re.Match[str]) -> _Movable:
    pinned_column, letters, pinned_row, number = match.group(1, 2, 3, 4)
    if letters is None:  # a whole column, as in A:A
        pin, letters = match.group(5, 6) if match[6] else match.group(7, 8)
        return _Movable(pin, column_number(letters), "", None)
    return _Movable(pinned_column, column_number(letters), pinned_row, int(number) - 1)


def _moved(place: _Movable, rows: int, columns: int) -> str:
    column = place.column if place.pinned_column else place.column + columns
    if not 0 <= column <= LAST_COLUMN:
        return "#REF!"
    if place.row is None:
        return f"{place.pinned_column}{column_letters(column)}"
    row = place.row if place.pinned_row else place.row + rows
    if not 0 <= row <= LAST_ROW:
        return "#REF!"
    return f"{place.pinned_column}{column_letters(column)}{place.pinned_row}{row + 1}"
