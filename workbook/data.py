"""The reader's own numbers, from a CSV file or the first sheet of an .xlsx file. Whatever is wrong with it is said in one line: file, row, column, remedy.

Rows are counted as a spreadsheet shows them: the header is row 1.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from workbook.errors import UsageError
from workbook.files import is_workbook, read_text
from workbook.guard import MEGABYTE, FileError
from workbook.numerals import NUMBER, is_tiny, plain

if TYPE_CHECKING:
    import pandas as pd

LARGEST_FILE = 32 * MEGABYTE
LONGEST_LINE = 100_000
LONGEST_HEADER = 100
MOST_BLANK_ROWS = 10_000
LARGEST = 1e12
MOST_ROWS = 10_000
MOST_CELLS = 2_000_000
SMALLEST_SCALE = 1e-6
"""What the largest number of a column must reach."""

_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d{1,4})?", re.ASCII)
_THOUSANDS = re.compile(
    r"[+-]?\d{1,3}(?:(?:,\d{3})+(?:\.\d*)?|(?:\.\d{3})+,\d*|(?:\.\d{3}){2,}|(?:[' \xa0\u2009\u202f]\d{3})+(?:[.,]\d*)?)",
    re.ASCII,
)
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
"""What is a number of thousands to some and has three decimals to others."""

_FIRST_RECORD = re.compile(r'(?:"(?:[^"]|"")*"|[^"\r\n])*')
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_SEPARATOR_LINE = re.compile(r'"?sep=([,;|\t])"?[ \t]*(?:\r\n?|\n)', re.IGNORECASE)


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
    """Read a CSV file, or the first sheet of an .xlsx file, of numbers with a header.

    Commas, semicolons and tabs separate; with the latter two a decimal comma is understood, but a number that may have
    thousands as well as decimals is refused. UTF-8, UTF-16, GBK and Windows-1252 are understood. Empty rows at the end are dropped.

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
    _note(path, table.header, chosen)
    if len(table.rows) < min_rows:
        have = {0: "no row", 1: "only 1 row"}.get(len(table.rows), f"only {len(table.rows)} rows")
        raise UsageError(f"{path}: {have} of numbers below the header; give at least {min_rows}")
    values = np.empty((len(table.rows), len(chosen)))
    for number, row in enumerate(table.rows):
        for place, column in enumerate(chosen):
            cell = _Cell(path, number + 2, table.header[column], row[column])
            values[number, place] = cell.number(table.marks, low, high)
    names = list(columns) if isinstance(columns, Sequence) else table.header
    import pandas as pd  # it takes half a second, and most examples are made without a reader's data

    frame = pd.DataFrame(values, columns=names)
    _refuse_tiny(path, frame)
    if not_constant:
        _refuse_constant(path, frame)
    return frame


def read_rows(
    path: Path | str, *, max_rows: int, low: float = -LARGEST, high: float = LARGEST
) -> list[tuple[int, list[float]]]:
    """Read rows of numbers, each as long as it is; a heading row may stand above them.

    Everything else is as `read_numbers` has it: what separates, which decimals, which encoding.

    Returns
    -------
    list
        Of each row its number in the file, counted as a spreadsheet does, and its numbers.

    Raises
    ------
    UsageError
        Naming file, row and column, and how to mend it.
    """
    path = Path(path)
    text, separator = _text(path, max_rows, _separator_of_numbers)
    rows = _records(path, text, separator, max_rows)
    first = 1
    if rows and not any(_looks_like_number(cell) for cell in rows[0]):
        rows, first = rows[1:], 2
    rows = [_without_end(row) for row in rows]
    marks = "." if separator == "," else _marks(rows)
    return [
        (number, [_Cell(path, number, str(n), cell).number(marks, low, high) for n, cell in enumerate(row, 1)])
        for number, row in enumerate(rows, first)
    ]


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
    _note(path, table.header, [chosen])
    texts = [_printable(row[chosen]) for row in table.rows]
    for number, text in enumerate(texts, 2):
        if not text or len(text) > LONGEST_HEADER:
            raise UsageError(f"{path}: row {number}, column {column}: give a name of 1 to {LONGEST_HEADER} characters")
    return texts


Noted = dict[Path, set[str]]
_noted: ContextVar[Noted | None] = ContextVar("columns read", default=None)


@contextmanager
def noting_columns() -> Iterator[Noted]:
    """Note for each file which of its columns are read in this context."""
    noted: Noted = {}
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)


def _note(path: Path, header: list[str], chosen: Sequence[int]) -> None:
    noted = _noted.get()
    if noted is not None:
        noted.setdefault(path, set()).update(header[n] for n in chosen)


def only_columns(path: Path, names: set[str]) -> bytes | None:
    """Return a table's text with some of its columns; None where it is a text that has no others."""
    table = _read_table(path, MOST_ROWS)
    if names >= set(table.header) and not is_workbook(path):
        return None
    out = io.StringIO(newline="")
    places = [n for n, name in enumerate(table.header) if name in names]
    writer = csv.writer(out, delimiter=table.separator)
    writer.writerows([row[n] for n in places] for row in [table.header, *table.rows])
    return out.getvalue().encode()


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
    separator: str
    marks: str
    """What its numbers have before their decimals: a point, a comma, either of them, or nothing that could be told."""


def _read_table(path: Path, max_rows: int) -> _Table:
    text, separator = _text(path, max_rows, _separator)
    records = _records(path, text, separator, max_rows)
    if not records:
        raise UsageError(f"{path}: the file is empty; give a header and rows of numbers")
    header, *rows = records
    header = _checked_header(path, header)
    even = [_even(path, number, row, len(header)) for number, row in enumerate(rows, 2)]
    return _Table(header, even, separator, "." if separator == "," else _marks(even))


def _text(path: Path, max_rows: int, separator: Callable[[str], str]) -> tuple[str, str]:
    """Return the text of a file, and what separates its cells: as it states itself, or as its first record shows."""
    try:
        if is_workbook(path):
            from workbook.first_sheet import as_csv  # with what reads workbooks, which a text can do without

            return as_csv(path), ","
        text = read_text(path, LARGEST_FILE, f"keep at most {max_rows:,} rows of numbers")
    except FileError as error:
        raise UsageError(str(error)) from None
    if text.lstrip().startswith(("{", "[")):
        what = "only says where a sheet of Google's is" if "docs.google.com" in text else "is JSON, no table"
        raise UsageError(f"{path}: this {what}; get the numbers as .xlsx or CSV (UTF-8)")
    stated = _SEPARATOR_LINE.match(text)  # Excel takes and hides such a line
    if stated:
        return text[stated.end() :], stated[1]
    first = _FIRST_RECORD.match(text[:LONGEST_LINE].lstrip("\r\n"))
    return text, separator(first[0] if first else "")


def _separator(first: str) -> str:
    """Return what separates the header's cells; what stands in quotation marks does not count."""
    return max(",;\t", key=_QUOTED.sub("", first).count)


def _separator_of_numbers(first: str) -> str:
    """Return what separates the cells of a first record that may be one of numbers: in 0,5;1,5 the semicolon."""
    for mark in ";\t,":
        cells = _without_end([cell.strip().strip('"') for cell in first.split(mark)])
        if len(cells) > 1 and all(_looks_like_number(cell) for cell in cells):
            return mark
    return _separator(first)


def _without_end(row: list[str]) -> list[str]:
    """Return a row without the empty cells at its end: a spreadsheet makes all rows as long as the longest."""
    length = len(row)
    while length and not row[length - 1]:
        length -= 1
    return row[:length]


def _looks_like_number(cell: str) -> bool:
    return any(pattern.fullmatch(plain(cell)) for pattern in (NUMBER, _DECIMAL_COMMA, _THOUSANDS))


def _records(path: Path, text: str, separator: str, max_rows: int) -> list[list[str]]:
    """Return the header and at most `max_rows` rows, each as its cells; empty ones at the end are dropped."""
    rows: list[list[str]] = []
    blank = cells = 0

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=None):
            row = len(rows) + blank + 1
            if len(line) > LONGEST_LINE:
                raise UsageError(f"{path}: row {row} is longer than {LONGEST_LINE:,} characters; is it a CSV file?")
            if "\0" in line:
                raise UsageError(f"{path}: row {row} holds characters that no text has; save it as CSV (UTF-8)")
            yield line

    reader = csv.reader(lines(), delimiter=separator, strict=True, skipinitialspace=True)
    while True:
        try:
            row = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return rows
        except csv.Error:
            raise UsageError(
                f"{path}: row {len(rows) + blank + 1}: a quotation mark is not closed, or stands within a cell; close or delete it"
            ) from None
        if not any(row):
            blank += 1
            if blank > MOST_BLANK_ROWS:
                first = len(rows) + 1
                raise UsageError(f"{path}: row {first} and {blank - 1:,} after it are empty; delete them")
            continue
        if blank:
            raise UsageError(f"{path}: row {len(rows) + 1} is empty; delete it")
        rows.append(row)
        cells += len(row)
        if cells > MOST_CELLS:
            raise UsageError(
                f"{path}: row {len(rows)}: more than {MOST_CELLS:,} cells so far; keep fewer columns or rows"
            )
        if len(rows) > max_rows + 1:
            raise UsageError(f"{path}: more than {max_rows:,} rows of numbers; keep at most so many")


def _marks(rows: list[list[str]]) -> str:
    """Return the decimal marks that the numbers show beyond doubt."""
    found = set()
    for text in (plain(cell) for row in rows for cell in row):
        if not ("," in text or "." in text) or _EITHER.fullmatch(text):
            continue
        if _looks_like_number(text):
            found.add(_decimal_mark(text))
    return "".join(sorted(found))


def _decimal_mark(text: str) -> str:
    """Return what stands before the decimals: the last mark; but one that is there twice separates thousands."""
    points, commas = text.count("."), text.count(",")
    if points and commas:
        return "." if text.rfind(".") > text.rfind(",") else ","
    return "," if commas == 1 or points > 1 else "."


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
    if all(NUMBER.fullmatch(plain(name)) for name in names):
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
            if len(header) == 1 and re.search("[，；]", header[0]):
                raise UsageError(f"{path}: row 1: the comma in {header[0]} is a Chinese one; separate columns with ,")
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

    def number(self, marks: str, low: float, high: float) -> float:
        """Return the number; raise UsageError if it is none, may be two, or is out of bounds.

        `marks` are the decimal marks that the table shows; a comma is none where commas separate (then it is ".").
        """
        text = plain(self.text)
        if marks != "." and _EITHER.fullmatch(text) and (marks != "," or "," not in text):
            raise self._error(self._which(text, marks))
        if marks != "." and _DECIMAL_COMMA.fullmatch(text):
            text = text.replace(",", ".")
        if not NUMBER.fullmatch(text):
            raise self._error(self._why_not(text, marks))
        value = float(text)
        if is_tiny(value):
            raise self._error(
                f"{self._shown()} is too small to calculate with; give 0, or write the column in a smaller unit"
            )
        if not low <= value <= high:
            raise self._error(f"{self._shown()} is out of bounds; give a number from {low:g} to {high:g}")
        return value

    def _which(self, text: str, marks: str) -> str:
        digits = re.sub(r"[.,]", "", text)
        decimal = float(text.replace(",", "."))
        file = {"": "does not show which", ",": "has decimal commas"}.get(marks, "has decimal points and commas")
        return (
            f"{self._shown()} may mean {digits} or {decimal:g}, since the file {file}; "
            f"write {digits} for the one, {text}0 for the other"
        )

    def _why_not(self, text: str, marks: str) -> str:
        if not text:
            return "the cell is empty; give a number or delete the row"
        if text.lower().strip("+-") in ("nan", "inf", "infinity", "n/a", "#n/a", "na", "null", "none"):
            return f"{self._shown()} is not a number; give one or delete the row"
        if _THOUSANDS.fullmatch(text):
            mark = "" if _EITHER.fullmatch(text) else _decimal_mark(text)
            kept = "".join(sign for sign in text if sign in f"+-0123456789{mark}")
            return f"{self._shown()} has thousands separators; write {kept.replace(',', '.') if marks == '.' else kept}"
        return f"{self._shown()} is not a number; write digits (0 to 9) with a decimal point, without a unit"

    def _shown(self) -> str:
        text = _printable(self.text)
        return f'"{text if len(text) <= 30 else text[:29] + "…"}"'

    def _error(self, problem: str) -> UsageError:
        return UsageError(f"{self.path}: row {self.row}, column {self.column}: {problem}")


def _refuse_tiny(path: Path, frame: pd.DataFrame) -> None:
    """Refuse a column that a sheet would show as zeros, and whose differences programs take for none."""
    for name in frame.columns:
        largest = float(np.abs(frame[name].to_numpy()).max(initial=0))
        if 0 < largest < SMALLEST_SCALE:
            power = math.floor(math.log10(largest))
            raise UsageError(
                f"{path}: column {name}: no number is larger than {largest:g}, and a sheet would show zeros; write the column in "
                f"units of 1e{power}: {largest / 10.0**power:.4g} for {largest:g}"
            )


def _refuse_constant(path: Path, frame: pd.DataFrame) -> None:
    for name in frame.columns:
        column = frame[name].to_numpy()
        if np.ptp(column) == 0:
            raise UsageError(
                f"{path}: column {name}: every number is {column[0]:.15g}; give at least two different ones"
            )
        if np.ptp(column) <= 1e-9 * np.abs(column).max():
            raise UsageError(
                f"{path}: column {name}: all numbers lie from {column.min():.15g} to {column.max():.15g}, too alike for "
                "their size; take the same number off all of them"
            )
