"""What stands before all that is asked: given numbers, and what hangs on them and on no answer.

Whatever a student writes, in a world of given numbers these cells are the same. An engine calculates them once a world,
and marking takes their values as known, however many there are: of a whole training a question may read one line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbook.book import Book
from workbook.desk.contents import Contents, Sheets, contents_of, opened
from workbook.desk.worlds import Given
from workbook.engines import Value
from workbook.engines.ironcalc import Cell


class Upstream:
    """The cells before all that is asked, open in an engine.

    Parameters
    ----------
    book : with the numbers of nobody in particular
    givens : ids of the given blocks whose numbers may be others
    ids : of all blocks, the given ones among them
    shown : of those that students see: what only a mistake reads may be withheld
    """

    def __init__(self, book: Book, givens: Collection[str], ids: Collection[str], shown: Collection[str]) -> None:
        self.book, self.givens = book, givens
        self._session = opened(contents_of(book, ids))
        read = {book[id].place.sheet for id in shown}
        self._sheets = {name: here for name, here in contents_of(book, shown).items() if name in read}
        self._given = {cell for id in givens for cell in self.cells(id) if cell in self}
        for name, row, column in self._given:
            del self._sheets[name].values[row, column]
        self._typed: Given | None = None

    def cells(self, id: str) -> Iterator[Cell]:
        """Yield the cells of a block, row by row."""
        place = self.book[id].place
        for row in range(place.row, place.row + place.rows):
            for column in range(place.column, place.column + place.columns):
                yield place.sheet, row, column

    def __contains__(self, cell: object) -> bool:
        """Tell whether a cell is one of these."""
        if not isinstance(cell, tuple):
            return False
        name, row, column = cell
        here = self._sheets.get(name)
        return here is not None and (
            (row, column) in here.formulas or (row, column) in here.values or cell in self._given
        )

    def is_in(self, sheets: Sheets) -> bool:
        """Tell whether these cells stand in a file as they were handed out; given numbers may be others."""
        return all(name in sheets and _is_part(here, sheets[name]) for name, here in self._sheets.items())

    def grid_of(self, id: str, given: Given) -> NDArray[Any]:
        """Return the numbers of a given block as they lie on the sheet."""
        block = self.book[id]
        value = next((value for key, value in given.items() if key.lower() == id.lower()), block.value)
        return block.laid(np.asarray(value, dtype=float).reshape(block.shape))

    def values(self, given: Given, cells: Collection[Cell]) -> Mapping[Cell, Value | None]:
        """Return what some of the cells hold where numbers are given, by the ids of their blocks, in place of the book's own."""
        if given is not self._typed:
            for id in self.givens:
                for cell, value in zip(self.cells(id), self.grid_of(id, given).ravel().tolist(), strict=True):
                    if cell in self._given:
                        self._session.type(cell, value)
            self._session.evaluate()
            self._typed = given
        return dict(zip(cells, self._session.values(cells), strict=True))


def _is_part(here: Contents, of: Contents) -> bool:
    """Tell whether cells are among others, and are the same there."""
    if not (here.formulas.items() <= of.formulas.items() and here.values.items() <= of.values.items()):
        return False
    filled = (at in here.formulas or at in here.values for at in of.filled)
    return of.formulas.keys().isdisjoint(here.values) and not any(filled)
