"""The numbers of a workbook for programs: tidy tables, labelled frames, and files to compare with later.

The tidy table has a line for every cell of every block, in reading order:

========  ===========================================================================================
scenario  the worked example's name; empty for a file that is not ours
sheet     the sheet's name
block     the block's id; for cells that belong to no block ``<sheet>!cells``
row, col  the cell's place within its block, counted from 1 (in ``<sheet>!cells`` within the sheet)
cell      its address on the sheet, such as B5
value     a number with all its digits, a text, TRUE or FALSE, an error such as #N/A, or nothing
formula   what computes it, with its =; empty where the cell is typed in
========  ===========================================================================================

Nothing in it depends on the language but the texts in cells; headings are in the labelled frames.

In CSV a text value stands in quotes and nothing else does, so that the text "12" is not the number 12. A text that begins
with = + - @, a tab or a carriage return, formulas too, is preceded by an apostrophe there: a spreadsheet that opens the file
would calculate it. In JSON, a list of records, an error is ``{"error": "#N/A"}``.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from workbook.engines import ErrorValue
from workbook.files import read_text, replacing
from workbook.fills import fills_of
from workbook.guard import LARGEST_FILE, MOST_CELLS, FileError
from workbook.ledger import BlockCells, Ledger
from workbook.numerals import NUMBER
from workbook.precedents import LAST_COLUMN, LAST_ROW

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("scenario", "sheet", "block", "row", "col", "cell", "value", "formula")
LONGEST_TEXT = 32_767
ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#CIRC!", "nan", "inf", "-inf")
"""What stands for an error in CSV; the last three are no numbers, though a damaged file may hold them as such."""

_CALCULATED = re.compile(r"'*[=+\-@\t\r]")
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


class Line(NamedTuple):
    """One line of the tidy table."""

    scenario: str
    sheet: str
    block: str
    row: int
    col: int
    cell: str
    value: Any
    formula: str


def lines(ledger: Ledger) -> Iterator[Line]:
    """Yield the lines of the tidy table, sheet by sheet; of cells outside the blocks only those that hold something."""
    order = {sheet: n for n, sheet in enumerate(ledger.sheets)}
    for block in sorted(ledger.blocks, key=lambda b: (order.get(b.sheet, 0), b.is_loose, b.row, b.column)):
        top, left = (block.row + 1, block.column + 1) if block.is_loose else (1, 1)
        values = block.values.tolist()
        for row, column in np.ndindex(block.shape):
            value, formula = plain(values[row][column]), block.formula(row, column)
            if block.is_loose and value is None and formula is None:
                continue
            text = "" if formula is None else f"={formula}"
            at = block.cell(row, column)
            yield Line(ledger.scenario, block.sheet, block.id, top + row, left + column, at, value, text)


def plain(value: Any) -> Any:
    """Return a cell's value as plain Python has it; nan or inf, which only a damaged file holds, as an error."""
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else ErrorValue(value)
    return value


def tidy(ledger: Ledger) -> pd.DataFrame:
    """Return the tidy table."""
    import pandas as pd

    columns = list(zip(*lines(ledger), strict=True)) or [()] * len(COLUMNS)
    return pd.DataFrame({name: list(column) for name, column in zip(COLUMNS, columns, strict=True)})


def frames(ledger: Ledger) -> dict[str, pd.DataFrame]:
    """Return each block as a frame, by its id.

    Rows and columns are named as their headings on the sheet; those without, or with headings that repeat, are counted
    from 1.
    """
    return {block.id: _frame(ledger, block) for block in ledger.blocks}


def _frame(ledger: Ledger, block: BlockCells) -> pd.DataFrame:
    import pandas as pd

    rows, columns = block.shape
    index = _names([ledger.row_label(block, row) for row in range(rows)])
    heads = _names([ledger.column_label(block, column) for column in range(columns)])
    return pd.DataFrame(block.values, index=pd.Index(index), columns=pd.Index(heads))


def _names(labels: list[str]) -> list[Any]:
    return labels if all(labels) and len(set(labels)) == len(labels) else list(range(1, len(labels) + 1))


# ---------------------------------------------------------------------------------------------- as files


def exported(ledger: Ledger, form: str = "csv", raw: bool = False) -> str:
    """Return the tidy table as the text of a CSV or JSON file.

    Parameters
    ----------
    form : "csv" or "json"
    raw : whether texts in CSV are left as they are, even if a spreadsheet would calculate them
    """
    return _as_json(ledger) if form == "json" else _as_csv(ledger, raw)


def write_exported(ledger: Ledger, path: Path, form: str = "csv", raw: bool = False) -> None:
    """Write the tidy table to a file (as `exported` returns it); an old one stays until the new one is whole.

    Raises
    ------
    OSError
        If the folder cannot be written to; it names the file that was asked for.
    """
    text = exported(ledger, form, raw)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _as_csv(ledger: Ledger, raw: bool) -> str:
    safe: Callable[[str], str] = str if raw else harmless
    out = [",".join(COLUMNS)]
    for line in lines(ledger):
        name, sheet, block, formula = (_field(safe(text)) for text in (*line[:3], line.formula))
        value = line.value
        value = _quoted(safe(value)) if type(value) is str else _csv_value(value)
        out.append(f"{name},{sheet},{block},{line.row},{line.col},{line.cell},{value},{formula}")
    return "\n".join(out) + "\n"


def harmless(text: str) -> str:
    """Return a text as no spreadsheet calculates it; one that looks like such a text already gets an apostrophe too."""
    return f"'{text}" if _CALCULATED.match(text) else text


def _as_it_was(text: str) -> str:
    """Undo `harmless`; what an older export holds without an apostrophe stays as it is."""
    return text[1:] if text.startswith("'") and _CALCULATED.match(text) else text


def _field(text: str) -> str:
    return _quoted(text) if any(sign in text for sign in ',"\r\n') else text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _csv_value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return repr(value)
    return str(value) if isinstance(value, ErrorValue) else _quoted(str(value))


def _as_json(ledger: Ledger) -> str:
    records = (line._asdict() | {"value": json_value(line.value)} for line in lines(ledger))
    return "[\n" + ",\n".join(json.dumps(record, ensure_ascii=False) for record in records) + "\n]\n"


def json_value(value: Any) -> Any:
    """Return what stands for a cell's value in JSON."""
    value = plain(value)
    return {"error": str(value)} if isinstance(value, ErrorValue) else value


# ---------------------------------------------------------------------------------------------- and back


def read_exported(path: Path | str) -> Ledger:
    """Read numbers that were exported as CSV or JSON.

    Raises
    ------
    FileError
        If the file holds no such table; one line, which names the row.
    """
    path = Path(path)
    text = read_text(path, LARGEST_FILE, "it is not read")
    read = _from_json if path.suffix.lower() == ".json" else _from_csv
    return _Gatherer(path).gather(read(path, text))


Record = tuple[str, Sequence[Any]]  # where it stands, and its fields


def _from_csv(path: Path, text: str) -> Iterator[Record]:
    source = _Raw(text)
    reader = csv.reader(source)
    try:
        header = next(reader, [])
        if tuple(header) != COLUMNS:
            raise FileError(f"{path}: these are no exported numbers; the first row must be {','.join(COLUMNS)}")
        quotes_count = not source.taken.startswith('"')  # a program that quotes everything tells nothing by it
        source.taken = ""
        for row in reader:
            raw, source.taken = source.taken, ""
            if not row:
                continue
            where = f"{path}: row {reader.line_num}"
            if len(row) != len(COLUMNS):
                raise FileError(f"{where}: {len(row)} fields instead of {len(COLUMNS)}; export the numbers again")
            written = row[6]
            is_text = quotes_count and f",{_quoted(written)}," in raw
            value = _as_it_was(written) if is_text else _value_of(written, where)
            yield where, (*map(_as_it_was, row[:3]), *row[3:6], value, _as_it_was(row[7]))
    except csv.Error as error:
        raise FileError(f"{path}: row {reader.line_num}: {error}; export the numbers again") from None


class _Raw:
    """The lines of a text, and what of them the reader has taken for its latest row."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.taken = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.taken += line
        return line


def _value_of(written: str, where: str) -> Any:
    if not written:
        return None
    if written in ("TRUE", "FALSE"):
        return written == "TRUE"
    if written in ERRORS or re.fullmatch(r"Err:\d+", written):
        return ErrorValue(written)
    return _finite(float(written), where) if NUMBER.fullmatch(written) else _as_it_was(written)


def _finite(number: float, where: str) -> float:
    if not math.isfinite(number):
        raise FileError(f"{where}: a number is too large for a cell; export the numbers again")
    return number


def _from_json(path: Path, text: str) -> Iterator[Record]:
    try:
        records = json.loads(text, parse_int=float)
    except (ValueError, RecursionError) as error:
        reason = str(error).split(":")[0] if isinstance(error, ValueError) else "it nests too deep"
        raise FileError(f"{path}: this is no JSON ({reason}); export the numbers again") from None
    if not isinstance(records, list):
        raise FileError(f"{path}: these are no exported numbers; a list of records is needed")
    for number, record in enumerate(records, 1):
        where = f"{path}: record {number}"
        if not isinstance(record, dict) or set(record) != set(COLUMNS):
            raise FileError(f"{where}: it must have {', '.join(COLUMNS)}; export the numbers again")
        fields = [record[name] for name in COLUMNS]
        words = [fields[n] for n in (0, 1, 2, 5, 7)]
        if not all(isinstance(word, str) for word in words):
            raise FileError(
                f"{where}: scenario, sheet, block, cell and formula must be texts; export the numbers again"
            )
        fields[6] = _from_json_value(fields[6], where)
        yield where, fields


def _from_json_value(value: Any, where: str) -> Any:
    if isinstance(value, dict) and set(value) == {"error"} and isinstance(value["error"], str):
        return ErrorValue(value["error"])
    if isinstance(value, float):
        return _finite(value, where)
    if value is None or isinstance(value, bool | str):
        return value
    raise FileError(
        f"{where}: its value is neither number, text, truth value, error nor null; export the numbers again"
    )


class _Gatherer:
    """Gathers lines into blocks."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.scenario: str | None = None
        self.sheets: dict[str, str] = {}  # block id → sheet
        self.cells: dict[str, dict[tuple[int, int], tuple[Any, str | None]]] = {}
        self.count = 0

    def gather(self, records: Iterable[Record]) -> Ledger:
        for where, fields in records:
            self._take(where, fields)
        sheets = list(dict.fromkeys(self.sheets.values()))
        spread = 0
        blocks = []
        for id, cells in self.cells.items():
            top, left, bottom, right = _bounds(cells)
            spread += (bottom - top + 1) * (right - left + 1)
            if spread > 3 * MOST_CELLS:
                raise FileError(f"{self.path}: the cells of {id} are spread too far; export the numbers again")
            blocks.append(_block(id, self.sheets[id], cells))
        return Ledger(self.scenario or "", "", sheets, blocks)

    def _take(self, where: str, fields: Sequence[Any]) -> None:
        scenario, sheet, block, _row, _col, cell, value, formula = fields
        self.count += 1
        if self.count > MOST_CELLS:
            raise FileError(f"{self.path}: more than {MOST_CELLS:,} cells; they are not read")
        if len(formula) > LONGEST_TEXT or (isinstance(value, str) and len(value) > LONGEST_TEXT):
            raise FileError(f"{where}: longer than a cell can be; export the numbers again")
        if self.scenario not in (None, scenario):
            raise FileError(f"{where}: a second worked example, {scenario}; keep each in a file of its own")
        self.scenario = scenario
        if self.sheets.setdefault(block, sheet) != sheet:
            raise FileError(f"{where}: the block {block} lies on two sheets; export the numbers again")
        at = _place(cell)
        if at is None:
            raise FileError(f"{where}: {cell[:20]!r} is no cell, such as B5; export the numbers again")
        cells = self.cells.setdefault(block, {})
        if at in cells:
            raise FileError(f"{where}: {sheet}!{cell} stands there twice; export the numbers again")
        cells[at] = value, formula.removeprefix("=") or None


def _place(cell: str) -> tuple[int, int] | None:
    match = _ADDRESS.fullmatch(cell)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    row, column = int(match[2]) - 1, column - 1
    return (row, column) if row <= LAST_ROW and column <= LAST_COLUMN else None


def _bounds(cells: Iterable[tuple[int, int]]) -> tuple[int, int, int, int]:
    rows, columns = zip(*cells, strict=True)
    return min(rows), min(columns), max(rows), max(columns)


def _block(id: str, sheet: str, cells: dict[tuple[int, int], tuple[Any, str | None]]) -> BlockCells:
    top, left, bottom, right = _bounds(cells)
    values = np.full((bottom - top + 1, right - left + 1), None, dtype=object)
    for (row, column), (value, _formula) in cells.items():
        values[row - top, column - left] = value
    if set(map(type, values.flat)) == {float}:
        values = values.astype(float)
    formulas = {(row - top, column - left): formula for (row, column), (_value, formula) in cells.items() if formula}
    return BlockCells(id, sheet, top, left, values, *fills_of(formulas, values.shape))
