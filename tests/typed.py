"""Type into a finished workbook's cells, as a reader would, and read what an engine makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workbook.block import Block, Role
from workbook.book import Book
from workbook.engines import ErrorValue, Sheets, recalculate
from workbook.sheet import FAILS
from workbook.writer import write


@dataclass
class Reading:
    """A recalculated workbook, read by its blocks' ids."""

    book: Book
    sheets: Sheets

    def __getitem__(self, id: str) -> Any:
        """Return what the block's one cell holds; of several cells, a grid of them."""
        return self._of(self.book[id])

    def _of(self, block: Block) -> Any:
        place, cells = block.place, self.sheets[block.place.sheet]
        grid = [[cells.get((place.row + r, place.column + c)) for c in range(place.columns)] for r in range(place.rows)]
        return grid[0][0] if block.value.ndim == 0 else grid

    @property
    def failing(self) -> list[str]:
        """The titles of the checks that fail, or hold an error."""
        said = [(check.title, self._of(check.verdict)) for check in self.book.checks]
        return [title for title, verdict in said if verdict == FAILS or isinstance(verdict, ErrorValue)]

    @property
    def errors(self) -> list[str]:
        """Where error values stand."""
        return [
            f"{sheet} row {row + 1}, column {column + 1}: {value}"
            for sheet, cells in self.sheets.items()
            for (row, column), value in cells.items()
            if isinstance(value, ErrorValue)
        ]


def typed(book: Book, folder: Path, numbers: Mapping[str, Any], engine: str = "ironcalc") -> Reading:
    """Write a book, type numbers into its given blocks (one for all cells, or an array), and recalculate.

    Nothing outside what the cells' validation allows can be typed.
    """
    edits = {}
    for id, value in numbers.items():
        block = book[id]
        filled = np.broadcast_to(np.asarray(value, dtype=None if block.is_text else float), block.shape)
        assert block.role is Role.GIVEN and (block.valid is None or block.valid.allows(filled)), id
        grid, place = np.reshape(filled, block.grid().shape), block.place
        for (r, c), number in np.ndenumerate(grid):
            edits[place.sheet, place.row + r, place.column + c] = number.item() if hasattr(number, "item") else number
    path = folder / "typed.xlsx"
    write(book, path)
    return Reading(book, recalculate(path, engine, edits))
