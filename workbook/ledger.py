"""A ledger: the cells of a workbook in one plain form, from a book in memory or from a file.

Checker, numbers, diff and lint read ledgers, and need not know where one comes from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbook.addresses import cell_name
from workbook.block import HEADING_ROWS, SIGNS
from workbook.fills import TYPED, Ints
from workbook.render import Template

if TYPE_CHECKING:
    import pandas as pd

    from workbook.book import Book

Labels = Mapping[tuple[int, int], str]

_SIGNS = tuple(f"{sign} " for sign in SIGNS.values())  # a label ∂O/∂w is no sign and its title


@dataclass(eq=False)
class BlockCells:
    """The cells of one block, as they lie on its sheet; rows and columns count from 0.

    Parameters
    ----------
    id : the block's id; for cells of a file that belong to no block ``<sheet>!cells``
    sheet, row, column : where its upper left cell lies
    values : rows by columns; of floats where all are numbers, else of objects: float, str, bool, ErrorValue, None
    which : of each cell the number of its formula's template; `TYPED` where it has none
    templates : the formulas, each for all the cells that it fills
    role, title : what the block is for and its words, where known
    """

    id: str
    sheet: str
    row: int
    column: int
    values: NDArray[Any]
    which: Ints
    templates: Sequence[Template] = ()
    role: str = ""
    title: str = ""

    @property
    def shape(self) -> tuple[int, int]:
        rows, columns = self.values.shape
        return rows, columns

    @cached_property
    def numbers(self) -> NDArray[np.float64]:
        """The values as numbers; nan where a cell holds none."""
        if self.values.dtype.kind == "f":
            return self.values
        found = [float(v) if isinstance(v, float) else np.nan for v in self.values.flat]
        return np.array(found).reshape(self.values.shape)

    @cached_property
    def computed(self) -> NDArray[np.bool_]:
        """Which of the cells hold a formula."""
        computed: NDArray[np.bool_] = self.which != TYPED
        return computed

    def formula(self, row: int, column: int) -> str | None:
        """Return the formula (without =) of a cell, or None where it is typed in."""
        n = int(self.which[row, column])
        return None if n == TYPED else self.templates[n].at(row, column)

    @property
    def formula_count(self) -> int:
        return int(np.count_nonzero(self.computed))

    @property
    def is_calculated(self) -> bool:
        """Whether a formula carries a value; a file saved by a library may have none at all."""
        if self.values.dtype.kind == "f":
            return bool(self.computed.any())
        return any(value is not None for value in self.values[self.computed].tolist())

    @property
    def is_loose(self) -> bool:
        """Whether these are the cells of a sheet that belong to no block."""
        return "!" in self.id

    def cell(self, row: int, column: int) -> str:
        """Return a cell's name on the sheet, such as B5."""
        return cell_name(self.row + row, self.column + column)


@dataclass
class Ledger:
    """All that a workbook's cells hold.

    Attributes
    ----------
    scenario, language : as the workbook says; empty for a file that is not ours
    sheets : their names in order
    blocks : sheet by sheet
    labels : for each sheet the texts outside of the blocks, as they are shown
    """

    scenario: str
    language: str
    sheets: Sequence[str]
    blocks: list[BlockCells]
    labels: Mapping[str, Labels] = field(default_factory=dict)

    @property
    def formula_count(self) -> int:
        return sum(block.formula_count for block in self.blocks)

    def numbers(self) -> pd.DataFrame:
        """Return every cell as a line of a tidy table (`workbook.numbers`)."""
        from workbook.numbers import tidy

        return tidy(self)

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return every block as a frame with its headings, by its id."""
        from workbook.numbers import frames

        return frames(self)

    def row_label(self, block: BlockCells, row: int) -> str:
        """Return the heading of a block's row: the nearest label to its left."""
        labels = self.labels.get(block.sheet, {})
        places = ((block.row + row, column) for column in range(block.column - 1, -1, -1))
        return _without_sign(next((labels[place] for place in places if place in labels), ""))

    def column_label(self, block: BlockCells, column: int) -> str:
        """Return the heading of a block's column: a table's title, or else the label right above."""
        labels = self.labels.get(block.sheet, {})
        above = [labels.get((block.row - n, block.column + column), "") for n in range(1, HEADING_ROWS + 1)]
        title, _line, _symbol = next((label for label in above if label.startswith(_SIGNS)), above[0]).partition("\n")
        return _without_sign(title)


def ledger_of(book: Book) -> Ledger:
    """Return the ledger of a book in memory; formulas are written out only when they are asked for."""
    blocks = []
    for block in book.blocks():
        place = block.place
        values = block.grid()
        if block.is_text:
            # nothing typed yet is an empty cell
            texts = [str(text) if text or block.patterns else None for text in values.flat]
            values = np.array(texts, dtype=object).reshape(values.shape)
        which = np.full(values.shape, TYPED, dtype=np.int32)
        for n, (rows, _template) in enumerate(block.patterns):
            which[rows.start : rows.stop] = n
        blocks.append(
            BlockCells(
                id=block.id,
                sheet=place.sheet,
                row=place.row,
                column=place.column,
                values=values,
                which=which,
                templates=[template for _rows, template in block.patterns],
                role=block.role.value,
                title=str(block.title),
            )
        )
    labels = {
        sheet.name: {
            (label.row, label.column): shown(label.text, label.number)
            for label in sheet.labels
            if label.text or label.number is not None
        }
        for sheet in book.sheets
    }
    return Ledger(book.name, book.language, [sheet.name for sheet in book.sheets], blocks, labels)


def _without_sign(label: str) -> str:
    return label[2:].lstrip() if label.startswith(_SIGNS) else label


def shown(prefix: str, number: float | None) -> str:
    """Return a label as the reader sees it: a text, or a counter after its prefix."""
    return str(prefix) if number is None else f"{prefix}{number:.15g}"
