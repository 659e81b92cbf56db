"""The first sheet of an .xlsx file as the text of a CSV file, so that a reader's own data may lie in either."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np

from workbook.addresses import cell_name
from workbook.cells import NOTHING, Cells
from workbook.errors import UsageError
from workbook.fills import TYPED
from workbook.formats import NumberFormats, read_formats
from workbook.guard import FileError, guard, open_file
from workbook.reader import damage_told, date_of, opened_workbook, read_texts
from workbook.sheet_parser import Allowance, SheetParser

MOST_CELLS = 2_000_000
"""With the empty ones to the left of and above others."""


def as_csv(path: Path) -> str:
    """Return the first sheet that holds anything and is not hidden, its dates as texts; commas separate.

    Raises
    ------
    UsageError
        If there is none, or the file is no sound and harmless workbook.
    """
    try:
        guard(path)
        with damage_told(path), open_file(path) as file:
            package, parts, hidden = opened_workbook(file)
            texts, allowance = read_texts(package.archive), Allowance()
            for name, part in parts.items():
                if name in hidden:
                    continue
                with package.archive.open(part) as source:
                    cells = SheetParser(path, name, texts, allowance).parse(source)
                formulas = np.flatnonzero(cells.which != TYPED)
                if len(formulas) and (cells.holds[formulas] == NOTHING).all():
                    n = int(formulas[0])
                    where = cell_name(int(cells.rows[n]), int(cells.columns[n]))
                    raise UsageError(
                        f"{path}: {where}: this formula has no value yet; open the file in a spreadsheet and save it"
                    )
                if (cells.holds != NOTHING).any():
                    return _csv(path, cells, read_formats(package.archive))
    except FileError as error:
        raise UsageError(str(error)) from None
    raise UsageError(f"{path}: there is nothing on its sheets; put a header and rows of numbers on the first")


def _csv(path: Path, cells: Cells, formats: NumberFormats) -> str:
    held = np.flatnonzero(cells.holds != NOTHING)
    rows: dict[int, dict[int, str]] = {}
    for n in held[np.argsort(cells.rows[held], kind="stable")].tolist():
        rows.setdefault(int(cells.rows[n]), {})[int(cells.columns[n])] = _text(
            cells.value(n), int(cells.styles[n]), formats
        )
    last = max(rows)
    if last + sum(max(row) + 1 for row in rows.values()) > MOST_CELLS:
        raise UsageError(f"{path}: its cells are spread too far; delete those far from the table")
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for number in range(last + 1):
        row = rows.get(number, {})
        writer.writerow([row.get(column, "") for column in range(max(row, default=-1) + 1)])
    return out.getvalue()


def _text(value: Any, style: int, formats: NumberFormats) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if not isinstance(value, float):
        return str(value)
    if (date := date_of(formats, style, value)) is not None:
        return date
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
