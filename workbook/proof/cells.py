"""The values that formulas read, sheet by sheet: NumPy's, and how far the engine's lie from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbook.engines import ErrorValue, HeldCells, Sheets
from workbook.ledger import BlockCells

Numbers = NDArray[np.float64]
Codes = NDArray[np.uint8]

NUMBER, TRUTH, BLANK, TEXT = 0, 1, 2, 3
UNKNOWN = 10
"""Nothing can be said of the value; from here on a code stands for a value that is none."""
ABSENT = 255

ROUNDING = 2.0**-49
"""How far, relative to its size, the last step of a calculation may lie apart in two programs: some units in the last place."""

LARGEST_COUNT = 2.0**20

LARGEST_SHEET = 30_000_000


@dataclass
class Operand:
    """What an expression comes to in each of n cells: arrays of n (or 1) × rows × columns.

    Attributes
    ----------
    value : its number; 0 where it is none
    kind : what it is (`NUMBER`, `TEXT` …), or why it is nothing (`UNKNOWN` and above)
    error : by how much two programs' values may differ
    text : makes the texts, where there may be some
    exact : where no program rounds: what is typed or counted, and what is made of it without a digit lost
    """

    value: Numbers
    kind: Codes
    error: Numbers
    text: Callable[[], NDArray[Any]] | None = None
    exact: NDArray[np.bool_] | bool = False


@dataclass
class _Sheet:
    value: Numbers
    kind: Codes
    error: Numbers
    texts: dict[tuple[int, int], str]


class _Compared(NamedTuple):
    block: BlockCells
    difference: Numbers
    counts: NDArray[np.bool_]


@dataclass(frozen=True)
class Places:
    """Areas of one size, one for each of n cells: their upper left corners."""

    sheet: str
    top: NDArray[np.int64]
    left: NDArray[np.int64]
    rows: int
    columns: int


class CellValues:
    """The cells of a workbook, as its blocks and, outside of these, as an engine has them.

    Parameters
    ----------
    blocks : the blocks
    differences : for each block how far the engine's numbers lie from its own
    found : the engine's cells, which hold the headings' counters too
    counts : for each block where its formulas come to whole numbers by construction
    """

    def __init__(
        self,
        blocks: Sequence[BlockCells],
        differences: Sequence[Numbers],
        found: Sheets,
        counts: Sequence[NDArray[np.bool_]],
    ) -> None:
        self._found = {name.lower(): cells for name, cells in found.items()}
        self._sheets: dict[str, _Sheet | None] = {}
        self._blocks: dict[str, list[_Compared]] = {name: [] for name in self._found}
        for compared in map(_Compared, blocks, differences, counts):
            self._blocks.setdefault(compared.block.sheet.lower(), []).append(compared)

    def read(self, places: Places) -> Operand:
        """Return what stands in the areas."""
        count, size = len(places.top), places.rows * places.columns
        sheet = self._sheet(places.sheet.lower())
        if sheet is None or count * size > LARGEST_SHEET:
            return nothing(UNKNOWN)
        top, left = places.top, places.left
        if count > 1 and (top == top[0]).all() and (left == left[0]).all():
            top, left = top[:1], left[:1]
        height, width = sheet.value.shape
        # a whole column goes as far as its sheet
        across = min(places.columns, max(width - int(left[0]), 1)) if places.columns > 256 else places.columns
        down = min(places.rows, max(height - int(top[0]), 1)) if places.rows > 4096 else places.rows
        rows = top[:, None, None] + np.arange(down)[None, :, None]
        columns = left[:, None, None] + np.arange(across)[None, None, :]
        inside = (rows < height) & (columns < width)
        at = np.minimum(rows, height - 1), np.minimum(columns, width - 1)
        kind = np.where(inside, sheet.kind[at], BLANK)
        if (kind == ABSENT).any():
            self._look_up(places.sheet.lower(), sheet, at, (kind == ABSENT) & inside)
            kind = np.where(inside, sheet.kind[at], BLANK)
        value, error = np.where(inside, sheet.value[at], 0.0), np.where(inside, sheet.error[at], 0.0)

        def texts() -> NDArray[Any]:
            shape = kind.shape
            pairs = zip(np.broadcast_to(rows, shape).flat, np.broadcast_to(columns, shape).flat, strict=True)
            return objects([sheet.texts.get((int(row), int(column)), "") for row, column in pairs], shape)

        return Operand(value, kind, error, texts, (error == 0) & simple(value))

    def _sheet(self, name: str) -> _Sheet | None:
        if name not in self._sheets:
            self._sheets[name] = self._made(name) if name in self._blocks else None
        return self._sheets[name]

    def _made(self, name: str) -> _Sheet | None:
        blocks = self._blocks[name]  # what they do not hold stands above them or to their left
        height = max((block.row + block.shape[0] for block, *_rest in blocks), default=1)
        width = max((block.column + block.shape[1] for block, *_rest in blocks), default=1)
        if height * width > LARGEST_SHEET:
            return None
        size = height, width
        sheet = _Sheet(np.zeros(size), np.full(size, ABSENT, np.uint8), np.zeros(size), {})
        for block, difference, counts in blocks:
            part = (
                slice(block.row, block.row + block.shape[0]),
                slice(block.column, block.column + block.shape[1]),
            )
            if block.values.dtype.kind == "f":
                sheet.value[part], sheet.kind[part] = block.values, NUMBER
            else:
                for (row, column), value in np.ndenumerate(block.values):
                    at = block.row + row, block.column + column
                    sheet.value[at], sheet.kind[at] = _number_and_kind(value)
                    if sheet.kind[at] == TEXT:
                        sheet.texts[at] = value
            # the engine's number lies this far off; and NumPy may have come to its own by another way, unless it counts
            rounding = np.where(counts, 0.0, ROUNDING * np.abs(sheet.value[part]))
            sheet.error[part] = np.where(block.computed, difference + rounding, 0.0)
            sheet.kind[part][~np.isfinite(sheet.value[part])] = UNKNOWN
        return sheet

    def _look_up(self, name: str, sheet: _Sheet, at: tuple[Any, Any], missing: NDArray[np.bool_]) -> None:
        """Take from the engine what no block holds: a heading's counter, a label."""
        found = self._found.get(name, HeldCells({}))
        rows, columns = (np.broadcast_to(part, missing.shape)[missing] for part in at)
        for place in set(zip(rows.tolist(), columns.tolist(), strict=True)):
            value = found.at(*place)
            sheet.value[place], sheet.kind[place] = _number_and_kind(value)
            if sheet.kind[place] == TEXT:
                sheet.texts[place] = str(value)


def _number_and_kind(value: Any) -> tuple[float, int]:
    if isinstance(value, bool):
        return float(value), TRUTH
    if isinstance(value, float | int):
        return float(value), NUMBER
    if isinstance(value, ErrorValue):
        return 0.0, UNKNOWN
    return (0.0, BLANK) if value is None else (0.0, TEXT)


def simple(x: Numbers) -> NDArray[np.bool_]:
    """Tell which numbers are whole, or fractions of few binary digits: a step on these loses none."""
    found: NDArray[np.bool_] = (np.abs(x) < LARGEST_COUNT) & (x * 1024 == np.round(x * 1024))
    return found


def objects(values: Sequence[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Return an array of whatever the values are."""
    made: NDArray[Any] = np.empty(len(values), dtype=object)
    made[:] = values
    return made.reshape(shape)


def nothing(code: int) -> Operand:
    """Return a value that is none, for the reason that the code says."""
    return Operand(np.zeros((1, 1, 1)), np.full((1, 1, 1), code, np.uint8), np.zeros((1, 1, 1)))


def constant(value: float | str | bool | None) -> Operand:
    """Return what stands in a formula itself."""
    number, kind = _number_and_kind(value)
    made = Operand(np.full((1, 1, 1), number), np.full((1, 1, 1), kind, np.uint8), np.zeros((1, 1, 1)))
    made.exact = simple(made.value)
    if kind == TEXT:
        made.text = lambda: np.full((1, 1, 1), value, dtype=object)
    return made
