"""The reader's own numbers, from a CSV file. Whatever is wrong with it is said in one line: file, row, column, remedy.

Rows are counted as a spreadsheet shows them: the header is row 1.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd

from workbook.guard import FileError, open_file
from workbook.scenario import UsageError

ENCODINGS = ("utf-8-sig", "gb18030")
"""UTF-8, with a mark at its beginning or without, or what Chinese Excel writes."""

LONGEST_LINE = 100_000
LONGEST_HEADER = 100
MOST_BLANK_ROWS = 10_000
LARGEST = 1e12
MOST_ROWS = 10_000

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[,' ]\d{3})+(?:\.\d*)?", re.ASCII)
_BINARY_STARTS = {
    b"PK": "an Excel file; open it in a spreadsheet and save it as CSV (UTF-8)",
    b"\xd0\xcf": "an old Excel file; open it in a spreadsheet and save it as CSV (UTF-8)",
    b"\xff\xfe": "a UTF-16 text; save it as CSV (UTF-8)",
    b"\xfe\xff": "a UTF-16 text; save it as CSV (UTF-8)",
}


def read_numbers(
    path: Path | str,
    columns: int | Sequence[str] | None = None,
    *,
    min_rows: int = 2,
    max_rows: int = 10_000,
    low: float = -LARGEST,
    high: float = LARGEST,
    not_constant: bool = True,
) -> pd.DataFrame:
    """Read a CSV file of numbers with a header.

    Commas, semicolons (then a decimal comma is understood) and tabs separate; UTF-8 and GBK are understood. Empty rows
    at the end are dropped. No more of the file is read than `max_rows` rows.

    Parameters
    ----------
    path : the file
    columns : how many there must be; or the names of those that are wanted, in the order wanted; None takes all
    min_rows, max_rows : how many rows of numbers there must and may be
    low, high : what a number must and may be
    not_constant : whether a column of equal numbers is refused

    Returns
    -------
    DataFrame
        Of floats; its columns are the header's texts, as they stand in the file.

    Raises
    ------
    UsageError
        Naming file, row and column, and how to mend it.
    """
    path = Path(path)
    table = _read_table(path, max_rows)
    chosen = _choose(path, table.header, columns)
    if len(table.rows) < min_rows:
        have = {0: "no row", 1: "only 1 row"}.get(len(table.rows), f"only {len(table.rows)} rows")
        raise UsageError(f"{path}: {have} of numbers below the header; give at least {min_rows}")
    values = np.empty((len(table.rows), len(chosen)))
    for number, row in enumerate(table.rows):
        for place, column in enumerate(chosen):
            cell = _Cell(path, number + 2, table.header[column], row[column])
            values[number, place] = cell.number(table.decimal_comma, low, high)
    names = list(columns) if isinstance(columns, Sequence) else table.header
    frame = pd.DataFrame(values, columns=names)
    if not_constant:
        _refuse_constant(path, frame)
    return frame


def read_texts(path: Path | str, column: str, max_rows: int = 10_000) -> list[str]:
    """Read a column of names from a CSV file with a header.

    Raises
    ------
    UsageError
        Naming file, row and column, and how to mend it.
    """
    path = Path(path)
    table = _read_table(path, max_rows)
    (chosen,) = _choose(path, table.header, (column,))
    texts = [_printable(row[chosen]) for row in table.rows]
    for number, text in enumerate(texts, 2):
        if not text or len(text) > LONGEST_HEADER:
            raise UsageError(f"{path}: row {number}, column {column}: give a name of 1 to {LONGEST_HEADER} characters")
    return texts


def read_header(path: Path | str) -> list[str]:
    """Read the names of the columns of a CSV file.

    Raises
    ------
    UsageError
        If there is no such file, or no header in it.
    """
    return _read_table(Path(path), MOST_ROWS).header


# ---------------------------------------------------------------------------------------------- texts


@dataclass(frozen=True)
class _Table:
    """The texts of a file, all rows as long as the header."""

    header: list[str]
    rows: list[list[str]]
    decimal_comma: bool


def _read_table(path: Path, max_rows: int) -> _Table:
    try:
        with open_file(path) as file:
            lines = _lines(path, file, max_rows)
    except FileError as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"{path}: the file cannot be read ({error.strerror}); copy it and try again") from None
    if not lines:
        raise UsageError(f"{path}: the file is empty; give a header and rows of numbers")
    separator = _separator(lines[0])
    header, *rows = [_split(path, number, line, separator) for number, line in enumerate(lines, 1)]
    header = _checked_header(path, header)
    even = [_even(path, number, row, len(header)) for number, row in enumerate(rows, 2)]
    return _Table(header, even, separator != ",")


def _lines(path: Path, file: BinaryIO, max_rows: int) -> list[str]:
    """Return the header and at most `max_rows` lines, in whichever encoding fits; empty ones at the end are dropped."""
    start = file.read(2)
    for mark, what in _BINARY_STARTS.items():
        if start.startswith(mark):
            raise UsageError(f"{path}: this is {what}")
    for encoding in ENCODINGS:
        file.seek(0)
        text = io.TextIOWrapper(file, encoding=encoding)
        try:
            return _decoded_lines(path, text, max_rows)
        except UnicodeDecodeError:
            continue
        finally:
            text.detach()
    raise UsageError(f"{path}: the text is neither UTF-8 nor GBK; save it as CSV (UTF-8)")


def _decoded_lines(path: Path, text: io.TextIOWrapper, max_rows: int) -> list[str]:
    lines: list[str] = []
    blank = 0
    for number in count(1):
        line = text.readline(LONGEST_LINE + 1)
        if not line:
            return lines
        if len(line) > LONGEST_LINE:
            raise UsageError(f"{path}: row {number} is longer than {LONGEST_LINE:,} characters; is it a CSV file?")
        if "\0" in line:
            raise UsageError(f"{path}: row {number} holds characters that no text has; save it as CSV (UTF-8)")
        if not line.strip(" ,;\t\r\n"):
            blank += 1
            if blank > MOST_BLANK_ROWS:
                raise UsageError(f"{path}: row {number - blank + 1} and {blank - 1:,} after it are empty; delete them")
            continue
        if blank:
            raise UsageError(f"{path}: row {number - blank} is empty; delete it")
        lines.append(line.rstrip("\r\n"))
        if len(lines) > max_rows + 1:
            raise UsageError(f"{path}: more than {max_rows:,} rows of numbers; keep at most so many")
    return lines


def _separator(header: str) -> str:
    return max(",;\t", key=header.count)


def _split(path: Path, number: int, line: str, separator: str) -> list[str]:
    try:
        row = next(csv.reader([line], delimiter=separator, strict=True, skipinitialspace=True), [])
    except csv.Error:
        raise UsageError(f"{path}: row {number}: a quotation mark is not closed; close or delete it") from None
    return [cell.strip() for cell in row]


def _checked_header(path: Path, header: list[str]) -> list[str]:
    while header and not header[-1]:
        header.pop()
    names = [_printable(name) for name in header]
    for number, name in enumerate(names, 1):
        if not name:
            raise UsageError(f"{path}: row 1, column {number} has no name; give every column one")
        if len(name) > LONGEST_HEADER:
            raise UsageError(f"{path}: row 1, column {number}: the name is longer than {LONGEST_HEADER} characters")
        if name in names[: number - 1]:
            raise UsageError(f"{path}: row 1: two columns are called {name}; rename one")
    if all(_NUMBER.fullmatch(name) for name in names):
        raise UsageError(f"{path}: row 1 holds numbers; put the columns' names there, the numbers below")
    return names


def _even(path: Path, number: int, row: list[str], length: int) -> list[str]:
    if len(row) > length and not any(row[length:]):  # a spreadsheet leaves separators behind
        return row[:length]
    if len(row) != length:
        values = "1 value" if len(row) == 1 else f"{len(row)} values"
        raise UsageError(f"{path}: row {number} has {values}, the header {length}; give one for each column")
    return row


def _choose(path: Path, header: list[str], columns: int | Sequence[str] | None) -> list[int]:
    """Return the numbers of the columns that are wanted."""
    if columns is None:
        return list(range(len(header)))
    if isinstance(columns, int):
        if len(header) != columns:
            have = f"1 column ({header[0]})" if len(header) == 1 else f"{len(header)} columns ({_some(header)})"
            raise UsageError(f"{path}: row 1 names {have}; give exactly {columns}")
        return list(range(columns))
    lowered = [name.lower() for name in header]
    chosen = []
    for name in columns:
        if name not in header and lowered.count(name.lower()) != 1:
            raise UsageError(f"{path}: row 1 names no column {name}, only {_some(header)}; add it")
        chosen.append(header.index(name) if name in header else lowered.index(name.lower()))
    return chosen


def _some(names: list[str]) -> str:
    return ", ".join(names[:6]) + (", …" if len(names) > 6 else "")


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text).strip()


# ---------------------------------------------------------------------------------------------- numbers


@dataclass(frozen=True)
class _Cell:
    """A text that should be a number, and where it stands."""

    path: Path
    row: int
    column: str
    text: str

    def number(self, decimal_comma: bool, low: float, high: float) -> float:
        """Return the number; raise UsageError if it is none, or out of bounds."""
        text = self.text
        if decimal_comma and _DECIMAL_COMMA.fullmatch(text):
            text = text.replace(",", ".")
        if not _NUMBER.fullmatch(text):
            raise self._error(self._why_not())
        value = float(text)
        if not low <= value <= high:
            raise self._error(f"{self._shown()} is out of bounds; give a number from {low:g} to {high:g}")
        return value

    def _why_not(self) -> str:
        if not self.text:
            return "the cell is empty; give a number or delete the row"
        if self.text.lower().strip("+-") in ("nan", "inf", "infinity", "n/a", "#n/a", "na", "null", "none"):
            return f"{self._shown()} is not a number; give one or delete the row"
        if _THOUSANDS.fullmatch(self.text):
            return f"{self._shown()} has thousands separators; write {re.sub(r'[^0-9.+-]', '', self.text)}"
        return f"{self._shown()} is not a number; write digits with a decimal point, without a unit"

    def _shown(self) -> str:
        text = _printable(self.text)
        return f'"{text if len(text) <= 30 else text[:29] + "…"}"'

    def _error(self, problem: str) -> UsageError:
        return UsageError(f"{self.path}: row {self.row}, column {self.column}: {problem}")


def _refuse_constant(path: Path, frame: pd.DataFrame) -> None:
    for name in frame.columns:
        column = frame[name].to_numpy()
        if np.ptp(column) <= 1e-9 * np.abs(column).max():
            raise UsageError(f"{path}: column {name}: every number is {column[0]:g}; give at least two different ones")
