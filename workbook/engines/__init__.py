"""Spreadsheet engines that recalculate a finished workbook: the proof of the double entry.

An engine loads an .xlsx file, may type other numbers into its input cells, calculates every formula
from scratch (the cached values in the file are ignored) and hands back what is in the cells.
The three engines know nothing of this project and nothing of each other.

All speak the same language:

* A number is a ``float`` with all its digits.
* An error is an `ErrorValue`, spelled as the engine spells it (LibreOffice has some of its own,
  such as ``Err:502`` where Excel says ``#NUM!``). A text that merely looks like one is a ``str``.
* A truth value is a ``bool`` where the engine knows one: IronCalc and Gnumeric do. LibreOffice holds
  TRUE as the number 1 and gives 1.0. As ``True == 1.0`` in Python, they compare as equal.
* A formula that gives the empty text is there, as ``""``; a cell without content is absent.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from importlib import import_module
from numbers import Real
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ENGINES", "Cells", "EngineError", "ErrorValue", "HeldCells", "Sheets", "Value", "available", "recalculate"]

Value = float | str | bool
Edits = Mapping[tuple[str, int, int], float | str]

ENGINES = ("ironcalc", "libreoffice", "gnumeric")


class ErrorValue(str):
    """An error in a cell, such as ``#DIV/0!``; a text with the same letters is a plain ``str``."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Show that it is an error and not a text."""
        return f"ErrorValue({str(self)!r})"


class EngineError(Exception):
    """The engine is missing or cannot do what it was asked; one line, written for the user."""


class Cells(Mapping[tuple[int, int], Value]):
    """What an engine has in a sheet's cells that are not empty, by (row, column), both from 0.

    An engine may keep them in its own form, and hand a cell out when it is asked: a dictionary of a million would be
    most of the memory that a proof takes.
    """

    @abstractmethod
    def at(self, row: int, column: int) -> Value | None:
        """Return what is in a cell; None where it is empty."""

    @abstractmethod
    def __iter__(self) -> Iterator[tuple[int, int]]: ...

    def __getitem__(self, cell: tuple[int, int]) -> Value:
        value = self.at(*cell)
        if value is None:
            raise KeyError(cell)
        return value

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def area(self, row: int, column: int, rows: int, columns: int) -> NDArray[Any]:
        """Return a rectangle from its upper left cell: of floats where all are numbers, else of objects (`at`)."""
        import numpy as np  # those who only ask whether there is an engine need not wait for it

        at, across = self.at, range(column, column + columns)
        found = [at(down, right) for down in range(row, row + rows) for right in across]
        kind = float if set(map(type, found)) == {float} else object
        values = np.empty(len(found), dtype=kind)
        values[:] = found
        return values.reshape(rows, columns)


class HeldCells(Cells):
    """Cells that an engine has handed over at once."""

    def __init__(self, cells: Mapping[tuple[int, int], Value]) -> None:
        self._cells = cells

    def at(self, row: int, column: int) -> Value | None:
        return self._cells.get((row, column))

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)


Sheets = dict[str, Cells]


def recalculate(path: Path, engine: str = "ironcalc", edits: Edits | None = None) -> Sheets:
    """Recalculate every formula of a workbook and return the contents of its cells.

    The file itself is only read.

    Parameters
    ----------
    path
        An .xlsx file.
    engine
        One of `ENGINES`.
    edits
        What to type before calculating: (sheet name, row, column), both from 0, to a number or a
        text. A text stays text, whatever it looks like; the empty text clears the cell. What was
        in the cell, even a formula, is replaced.

    Returns
    -------
    Sheets
        For every sheet, in the order of the file, the value of each cell that is not empty, by
        (row, column), both from 0.

    Raises
    ------
    EngineError
        If the engine is unknown, missing or too slow, the file cannot be read, or an edit does not
        fit (no such sheet, no such cell, not a finite number).
    """
    path = Path(path)
    typed = _checked(edits or {})
    _check_name(engine)
    if not path.is_file():
        raise EngineError(f"{path}: no such file")
    found: Sheets = _module(engine).recalculate(path, typed)
    return found


def available(engine: str) -> str | None:
    """Say why an engine cannot run here, in one line, or None when it can.

    Raises
    ------
    EngineError
        If there is no engine of this name.
    """
    _check_name(engine)
    reason: str | None = _module(engine).available()
    return reason


def _module(engine: str) -> ModuleType:
    """Return the module of an engine; imported here so that a missing one only matters to those who ask for it."""
    return import_module(f"workbook.engines.{engine}")


def _check_name(engine: str) -> None:
    """Raise EngineError unless the engine is one of `ENGINES`."""
    if engine not in ENGINES:
        raise EngineError(f"unknown engine {engine!r}; there are: {', '.join(ENGINES)}")


def _checked(edits: Edits) -> dict[tuple[str, int, int], float | str]:
    """Return the edits with plain Python numbers; raise EngineError for one that no cell can hold."""
    checked: dict[tuple[str, int, int], float | str] = {}
    for (sheet, row, column), value in edits.items():
        where = f"{sheet}!(row {row}, column {column})"
        if not (0 <= row < 1_048_576 and 0 <= column < 16_384):
            raise EngineError(f"{where} is not a cell")
        # A truth value would be a number to one engine and TRUE to the other.
        number = isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
        if not number and not isinstance(value, str):
            raise EngineError(f"{value!r} cannot be typed into {where}: neither a finite number nor a text")
        checked[sheet, int(row), int(column)] = float(value) if number else value
    return checked
