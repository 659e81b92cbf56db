"""What stands in the cells of a workbook, formulas first, and as much of it in an engine as some cells hang on."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from workbook.block import Block
from workbook.book import Book
from workbook.engines import EngineError, ErrorValue, Value
from workbook.engines.ironcalc import Cell, Formula, Session
from workbook.foreign import FETCHING_CALLS, fetched_by
from workbook.precedents import Area, areas_read

At = tuple[int, int]

_STRING = re.compile(r'"(?:[^"]|"")*"')
_NAME = re.compile(r"(?<![\w.!$'])[^\W\d][\w.]*(?![\w.(!])")
_WORD = re.compile(r"[^\W\d][\w.]*")
_ANYWHERE = re.compile(r"OFFSET\s*\(|INDIRECT\s*\(|\[", re.IGNORECASE)
"""What reads cells that the formula does not name."""

_SUSPECT = re.compile(
    "|".join([*FETCHING_CALLS, *map(re.escape, ("[", "]", "|", "#", "\\", "//", "'"))]), re.IGNORECASE
)
"""What a formula holds that is worth a closer look."""

REFUSED = Formula("NA()")
"""Stands where the engine does not take a formula, or where an error was typed: an error too."""


@dataclass
class Contents:
    """The cells of a sheet by row and column, from 0.

    Attributes
    ----------
    formulas : without =
    values : what is typed in; of a formula what the file remembers, which nobody here trusts
    arrays : how many rows and columns an array formula fills, by its first cell
    """

    formulas: dict[At, str] = field(default_factory=dict)
    values: dict[At, Value] = field(default_factory=dict)
    arrays: dict[At, At] = field(default_factory=dict)

    @cached_property
    def filled(self) -> dict[At, At]:
        """Return of each cell that an array formula fills the cell in which the formula stands."""
        return {
            (row + down, column + right): (row, column)
            for (row, column), (rows, columns) in self.arrays.items()
            for down in range(rows)
            for right in range(columns)
        }


Sheets = Mapping[str, Contents]


def contents_of(book: Book, ids: Collection[str]) -> dict[str, Contents]:
    """Return the cells of some blocks of a book, and the numbers in all headings, which formulas read."""
    sheets = {}
    for sheet in book.sheets:
        here = sheets[sheet.name] = Contents()
        for label in sheet.labels:
            if label.number is not None:
                here.values[label.row, label.column] = float(label.number)
        for block in sheet.blocks:
            if block.id in ids:
                _put(here, block)
    return sheets


def _put(here: Contents, block: Block) -> None:
    place = block.place
    for row, (values, formulas) in enumerate(zip(block.grid().tolist(), block.formula_rows(), strict=True), place.row):
        for column, value in enumerate(values, place.column):
            if formulas is not None:
                here.formulas[row, column] = formulas[column - place.column]
            elif value != "":
                here.values[row, column] = value


class Reach:
    """Which cells hang on which."""

    def __init__(self, sheets: Sheets, names: Mapping[str, str] | None = None) -> None:
        self.sheets = sheets
        self._spelled = {name.lower(): name for name in sheets}
        self._names = {name.lower(): area for name, area in (names or {}).items()}

    def read_by(self, cell: Cell) -> Iterator[Area]:
        """Yield the areas that a cell's formula reads."""
        sheet, row, column = cell
        here = self.sheets[sheet]
        at = here.filled.get((row, column), (row, column))
        formula = here.formulas.get(at)
        if formula is not None:
            yield from self.areas(formula, sheet)
            if at != (row, column):
                yield Area(sheet, *at, *at)

    def areas(self, formula: str, sheet: str) -> Iterator[Area]:
        """Yield the areas that a formula on a sheet reads, by address or by name."""
        for area in areas_read(formula, sheet):
            yield self._known(area)
        if self._names:
            for match in _NAME.finditer(_STRING.sub('""', formula)):
                for area in areas_read(self._names.get(match[0].lower(), ""), sheet):
                    yield self._known(area)

    def _known(self, area: Area) -> Area:
        name = self._spelled.get(area.sheet.lower(), area.sheet)
        return area if name == area.sheet else Area(name, area.top, area.left, area.bottom, area.right)

    def cells(self, area: Area) -> Iterator[Cell]:
        """Yield the cells of an area that hold something."""
        here = self.sheets.get(area.sheet)
        if here is None:
            return
        rows, columns = range(area.top, area.bottom + 1), range(area.left, area.right + 1)
        filled = here.filled
        held = here.formulas.keys() | here.values.keys() | filled.keys() if self._is_large(area, here) else None
        if held is not None:
            yield from ((area.sheet, *at) for at in held if at[0] in rows and at[1] in columns)
            return
        for row in rows:
            for column in columns:
                at = row, column
                if at in here.formulas or at in here.values or at in filled:
                    yield area.sheet, row, column

    @staticmethod
    def _is_large(area: Area, here: Contents) -> bool:
        size = (area.bottom - area.top + 1) * (area.right - area.left + 1)
        return size > len(here.formulas) + len(here.values)

    def closure(self, starts: Iterable[Cell], known: Container[Cell] = ()) -> set[Cell]:
        """Return some cells and all that they hang on, but not what cells hang on whose values are known."""
        found: set[Cell] = set()
        seen: set[Area] = set()
        waiting = list(starts)
        while waiting:
            cell = waiting.pop()
            if cell in found or cell[0] not in self.sheets:
                continue
            found.add(cell)
            for area in () if cell in known else self.read_by(cell):
                if area not in seen:
                    seen.add(area)
                    waiting += self.cells(area)
        return found

    def everything(self) -> set[Cell]:
        """Return every cell that holds something."""
        return {(name, *at) for name, here in self.sheets.items() for at in here.formulas.keys() | here.values.keys()}

    def needed(self, starts: Iterable[Cell], known: Container[Cell] = ()) -> tuple[set[Cell], set[Cell]]:
        """Return the cells that an engine needs to calculate some, and those of them whose values are known.

        Where a formula reads what it does not name all cells are needed, and none is taken as known.
        """
        found = self.closure(starts, known)
        met = {cell for cell in found if cell in known}
        for sheet, row, column in found - met:
            formula = self.sheets[sheet].formulas.get((row, column))
            if formula is not None and _ANYWHERE.search(formula):
                return self.everything() | found, set()
        return found - met, met


def opened(sheets: Sheets) -> Session:
    """Open cells of our own in the engine, row by row as they come."""
    session = Session.empty([*sheets])
    for name, here in sheets.items():
        for (row, column), formula in here.formulas.items():
            session.type((name, row, column), Formula(formula))
        for (row, column), value in here.values.items():
            session.type((name, row, column), value)
    return session


def session_of(sheets: Sheets, cells: Collection[Cell], names: Mapping[str, str] | None = None) -> Session:
    """Open a workbook in the engine that holds some of the cells, and the names that their formulas say."""
    formulas = (sheets[sheet].formulas.get((row, column), "") for sheet, row, column in cells)
    words = {word.lower() for formula in formulas for word in _WORD.findall(formula)} if names else set()
    session = Session.empty([*sheets], {name: area for name, area in (names or {}).items() if name.lower() in words})
    for cell in cells:
        sheet, row, column = cell
        here, at = sheets[sheet], (row, column)
        formula = here.formulas.get(at)
        if formula is not None:
            rows, columns = here.arrays.get(at, (1, 1))
            retype(session, cell, Formula(formula, rows, columns))
        elif at in here.values and at not in here.filled:
            type_value(session, cell, here.values[at])
    return session


def type_value(session: Session, cell: Cell, value: Value | None) -> None:
    """Type what a cell holds."""
    session.type(cell, REFUSED if isinstance(value, ErrorValue) else value)


def retype(session: Session, cell: Cell, formula: Formula) -> None:
    """Type a formula; one that the engine does not take, or that reads what lies outside the file, is an error in its cell."""
    try:
        fetches = _SUSPECT.search(formula.text) and fetched_by(formula.text)
        session.type(cell, REFUSED if fetches else formula)
    except EngineError:
        session.type(cell, REFUSED)
