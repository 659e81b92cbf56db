"""Finds the blocks of an exercise in a file that was handed in, whatever has happened to it since.

A pointer, ``=COUNT(Sheet!range)`` beside the block's id, follows its cells wherever a spreadsheet moves them, and every
spreadsheet keeps it. Where it is lost there are the block's name, then the label above it, then its old address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from workbook.block import Block
from workbook.book import Book
from workbook.desk.contents import At, Contents
from workbook.desk.handin import HandIn
from workbook.engines.ironcalc import Cell
from workbook.precedents import LAST_COLUMN, LAST_ROW, Area, areas_read
from workbook.signature import NAME_PREFIX

_POINTER = re.compile(r"\s*COUNT\((.+)\)\s*", re.IGNORECASE)
_NEAR_ABOVE, _NEAR_LEFT = 6, 3


class How(Enum):
    """How a block was found."""

    POINTER = "pointer"
    NAME = "name"
    LABEL = "label"
    ADDRESS = "address"


@dataclass(frozen=True)
class Found:
    """Where a block lies in a file: the sheet's rows and columns that its own are now."""

    sheet: str
    rows: Sequence[int]
    columns: Sequence[int]
    how: How

    def cell(self, at: At) -> Cell:
        """Return the cell that a cell of the block is now."""
        return self.sheet, self.rows[at[0]], self.columns[at[1]]


class Locator:
    """Finds the blocks of a book."""

    def __init__(self, book: Book, ids: Iterable[str]) -> None:
        self.blocks = {id: book[id] for id in ids}
        self._labels = {id: label for id, block in self.blocks.items() if (label := _label_of(book, block))}

    def locate(self, handin: HandIn) -> dict[str, Found]:
        """Return where each block lies; those that are not found are left out."""
        pointers = self._pointers(handin)
        named = {name.lower(): areas_read(text, "") for name, text in handin.names.items()}
        found = {}
        for id, block in self.blocks.items():
            for how, area in self._candidates(handin, block, pointers, named):
                fitted = _fitted(handin, block, area, how)
                if fitted is not None:
                    found[id] = fitted
                    break
        return found

    def _candidates(
        self, handin: HandIn, block: Block, pointers: dict[str, Area], named: dict[str, list[Area]]
    ) -> Iterator[tuple[How, Area]]:
        id = block.id.lower()
        if id in pointers:
            yield How.POINTER, pointers[id]
        areas = named.get(NAME_PREFIX + id, [])
        if len(areas) == 1:
            yield How.NAME, areas[0]
        yield from ((How.LABEL, area) for area in self._labelled(handin, block))
        place = block.place
        yield How.ADDRESS, _area(place.sheet, place.row, place.column, block)

    def _pointers(self, handin: HandIn) -> dict[str, Area]:
        """Return the areas that pointers show, by the ids beside them: those of the first sheet that has any."""
        ids = {id.lower() for id in self.blocks}
        for name, here in handin.sheets.items():
            found: dict[str, Area] = {}
            for (row, _column), formula in here.formulas.items():
                match = _POINTER.fullmatch(formula)
                areas = areas_read(match[1], name) if match else []
                if len(areas) != 1:
                    continue
                beside = {text.lower() for at, text in _texts(here) if at[0] == row} & ids if areas else set()
                for id in beside:
                    found[id] = areas[0]
            if found:
                return found
        return {}

    def _labelled(self, handin: HandIn, block: Block) -> Iterator[Area]:
        """Yield where a block lies by the label above it or beside it, if only one cell of a sheet bears that text."""
        label = self._labels.get(block.id)
        if label is None:
            return
        text, down, right = label
        names = [*handin.sheets]
        if block.place.sheet in names:
            names = [block.place.sheet, *(name for name in names if name != block.place.sheet)]
        for name in names:
            at = [at for at, value in _texts(handin.sheets[name]) if value == text]
            if len(at) == 1 and at[0][0] + down >= 0 and at[0][1] + right >= 0:
                yield _area(name, at[0][0] + down, at[0][1] + right, block)


def _texts(here: Contents) -> Iterator[tuple[At, str]]:
    for at, value in here.values.items():
        if isinstance(value, str) and at not in here.formulas:
            yield at, _squeezed(value)


def _squeezed(text: str) -> str:
    """Return a text without spaces: a Chinese heading is broken into lines in the file, a program may part others."""
    return "".join(text.split())


def _label_of(book: Book, block: Block) -> tuple[str, int, int] | None:
    """Return the label that tells where a block lies, and how far below and to the right of it that is."""
    place = block.place
    labels = next(sheet.labels for sheet in book.sheets if sheet.name == place.sheet)
    texts = [_squeezed(str(label.text)) for label in labels]
    near = [
        (place.row - label.row + place.column - label.column, text, place.row - label.row, place.column - label.column)
        for label, text in zip(labels, texts, strict=True)
        if 0 <= place.row - label.row <= _NEAR_ABOVE
        and -place.columns < place.column - label.column <= _NEAR_LEFT
        and len(text) > 1
        and texts.count(text) == 1
    ]
    return min(near)[1:] if near else None


def _area(sheet: str, row: int, column: int, block: Block) -> Area:
    return Area(sheet, row, column, row + block.place.rows - 1, column + block.place.columns - 1)


def _fitted(handin: HandIn, block: Block, area: Area, how: How) -> Found | None:
    """Return a block's rows and columns in an area; it may be larger by rows or columns that were inserted, and are empty."""
    sheet = next((name for name in handin.sheets if name.lower() == area.sheet.lower()), None)
    if sheet is None or area.bottom > LAST_ROW or area.right > LAST_COLUMN:
        return None
    here = handin.sheets[sheet]
    rows, columns = [*range(area.top, area.bottom + 1)], [*range(area.left, area.right + 1)]
    if (len(rows), len(columns)) == (block.place.rows, block.place.columns):
        return Found(sheet, rows, columns, how)
    held = here.formulas.keys() | here.values.keys()
    rows = _without_empty(rows, block.place.rows, {row for row, column in held if area.left <= column <= area.right})
    columns = _without_empty(columns, block.place.columns, {column for row, column in held if row in rows})
    if len(rows) != block.place.rows or len(columns) != block.place.columns:
        return None
    return Found(sheet, rows, columns, how)


def _without_empty(lines: list[int], wanted: int, held: set[int]) -> list[int]:
    """Leave out lines that hold nothing, the last ones first, as long as there are too many."""
    surplus = len(lines) - wanted
    if not 0 < surplus <= len(lines):
        return lines
    empty = [line for line in reversed(lines) if line not in held][:surplus]
    return [line for line in lines if line not in empty]
