"""A file as rules look at it: what stands in its XML, before any library has made it whole.

A sheet is read as a stream and its cells are not kept, only where they lie and of what kind they are, so that a large
file takes no more memory than a small one needs for its other parts.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbook.addresses import cell_name
from workbook.book import Book
from workbook.cells import Cells, Gatherer
from workbook.engines import Sheets, recalculate
from workbook.foreign import recalculate_foreign
from workbook.ledger import Ledger
from workbook.lint.anatomy import Anatomy, looks_ahead, looks_back, pattern
from workbook.lint.drawings import Drawing
from workbook.lint.styles import Look, Styles
from workbook.package import Package, children, local
from workbook.precedents import Area, areas_read, moved
from workbook.reader import damage_told, read_ledger, read_texts
from workbook.sheet_parser import Allowance
from workbook.signature import LANGUAGE_PROPERTY, NAME_PREFIX, Built, blocks_read

ENGINE = "ironcalc"
NUMBER, TEXT, OTHER = -1, -2, -3
"""What stands in a cell without a formula; a cell with one has the number of its pattern."""

MOST_AREAS = 10_000
MOST_DIFFERENT = 500_000
"""Characters in all the different formulas of a file; our largest has some ten thousand. Those beyond are not looked at."""

STANDARD_WIDTH, STANDARD_HEIGHT = 9.14, 15.0

SENTENCE, FIRST_ROWS = 40, 60
"""A text of so many Latin characters says something; those on so many rows are kept in mind."""

SPEAKS_OF_DECIMALS = re.compile(r"decimal|小数")


@dataclass(slots=True)
class Cell:
    """One cell as it stands in the file; row and column count from 0.

    Attributes
    ----------
    kind : n, s, str, inlineStr, b, e as in the file
    value : the cached value as it is written, None where there is none
    text : what a text cell says
    look : how it looks
    is_array : whether its formula is an array formula or a data table's
    """

    row: int
    column: int
    kind: str
    value: str | None
    text: str | None
    look: Look
    formula: str | None
    is_array: bool = False

    @property
    def name(self) -> str:
        return cell_name(self.row, self.column)

    @property
    def number(self) -> float | None:
        """The number that it holds, if it does."""
        if self.kind != "n" or self.value is None:
            return None
        try:
            return float(self.value)
        except ValueError:
            return None


@dataclass
class Validation:
    """What may be typed into some cells."""

    areas: list[Area]
    attributes: dict[str, str]
    formulas: list[str]


@dataclass
class Shade:
    """A conditional format: its cells, and the colours that it gives them (ink and fill; None leaves what is)."""

    areas: list[Area]
    colours: list[tuple[str | None, str | None]]


@dataclass
class Page:
    """A sheet: what is known of it before its cells, and after them.

    Attributes
    ----------
    cells : its cells as the reader has them
    last : row and column of the cell before the one that is looked at
    typed_texts : the texts in cells that may be changed, by the numbers of the cells
    tab : the colour of its tab, six hexadecimal digits; empty where it has none
    heights : the heights of rows in points, where they have one of their own
    shown_whole : where a conditional format shows numbers without decimals
    sentences : where on the first rows longer texts stand
    speaks_of_decimals : whether it has a text about decimals
    """

    file: File
    name: str
    widths: dict[int, float] = field(default_factory=dict)
    standard_width: float = STANDARD_WIDTH
    tab: str = ""
    heights: dict[int, float] = field(default_factory=dict)
    standard_height: float = STANDARD_HEIGHT
    shown_whole: list[Area] = field(default_factory=list)
    sentences: list[tuple[int, int]] = field(default_factory=list)
    speaks_of_decimals: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    is_protected: bool = False
    merges: list[Area] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)
    shades: list[Shade] = field(default_factory=list)
    drawings: list[Drawing] = field(default_factory=list)
    cells: Cells = field(default_factory=lambda: Gatherer().cells())
    last: tuple[int, int] = (-1, -1)
    typed_texts: dict[int, str] = field(default_factory=dict)
    count: int = 0
    _parts: list[tuple[NDArray[Any], ...]] = field(default_factory=list)

    def keep(self, *columns: NDArray[Any]) -> None:
        """Keep of some cells what the arrays hold: rows, columns, kinds, looks, says, bare, numbers."""
        self._parts.append(columns)
        self.count += len(columns[0])

    @cached_property
    def _arrays(self) -> tuple[NDArray[Any], ...]:
        kinds = (np.int32, np.int32, np.int32, np.int32, np.int8, np.int8, np.float64)
        empty = tuple(np.empty(0, dtype=kind) for kind in kinds)
        return tuple(map(np.concatenate, zip(empty, *self._parts, strict=True)))

    @property
    def rows(self) -> NDArray[np.int32]:
        return self._arrays[0]

    @property
    def columns(self) -> NDArray[np.int32]:
        return self._arrays[1]

    @property
    def kinds(self) -> NDArray[np.int32]:
        """Of each cell its pattern's number, or NUMBER, TEXT, OTHER."""
        return self._arrays[2]

    @property
    def looks(self) -> NDArray[np.int32]:
        return self._arrays[3]

    @property
    def says(self) -> NDArray[np.int8]:
        """Of each cell whether it shows no number: a text, typed in or computed, or nothing."""
        return self._arrays[4]

    @property
    def bare(self) -> NDArray[np.int8]:
        """Of each cell whether it is a formula without a cached value."""
        return self._arrays[5]

    @property
    def numbers(self) -> NDArray[np.float64]:
        """Of each cell its number; nan where it holds none."""
        return self._arrays[6]

    def within(self, area: Area) -> NDArray[np.intp]:
        """Return which cells lie in an area, by their numbers."""
        first, last = np.searchsorted(self._rows_in_order, (area.top, area.bottom + 1))
        here = self._order[first:last]
        return here[(self.columns[here] >= area.left) & (self.columns[here] <= area.right)]

    @cached_property
    def _order(self) -> NDArray[np.intp]:
        return np.argsort(self.rows, kind="stable")

    @cached_property
    def _rows_in_order(self) -> NDArray[np.int32]:
        return self.rows[self._order]

    def cell(self, n: int) -> str:
        """Return the name of the n-th cell."""
        return cell_name(int(self.rows[n]), int(self.columns[n]))

    @cached_property
    def blocks(self) -> list[Area]:
        """The areas of this sheet that are blocks of ours."""
        return [area for _id, area in self.named_blocks]

    @cached_property
    def named_blocks(self) -> list[tuple[str, Area]]:
        """The ids of these blocks beside their areas."""
        return [(id, area) for id, area in self.file.blocks.items() if area.sheet == self.name]

    @cached_property
    def in_blocks(self) -> NDArray[np.bool_]:
        """Tell which cells lie in a block of ours."""
        inside = np.zeros(len(self.rows), dtype=bool)
        for area in self.blocks:
            inside[self.within(area)] = True
        return inside

    def width(self, column: int) -> float:
        """Return a column's width as it is stored: in digits, with the margin of the cell."""
        return self.widths.get(column, self.standard_width)


@dataclass
class Name:
    """A defined name; `scope` is the number of its sheet, empty for the whole file."""

    name: str
    formula: str
    scope: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A formula as it stands in the first cell that has it, for all that a fill makes of it.

    Attributes
    ----------
    moves_down : whether a fill downward changes what it refers to
    looks_back, looks_ahead : whether it reads, on its own sheet, the row above its own, or below
    """

    formula: str
    row: int
    column: int
    moves_down: bool
    looks_back: bool
    looks_ahead: bool

    def reads_alike(self, other: Pattern, row: int, column: int) -> bool:
        """Whether the fills of two formulas into a cell are the same, whatever is pinned in them."""
        ours, theirs = (moved(one.formula, row - one.row, column - one.column) for one in (self, other))
        return ours.replace("$", "") == theirs.replace("$", "")


class File(Package):
    """A file: its parts that are not sheets, and its sheets once they have been read.

    Attributes
    ----------
    book : the book that it was written from, if there is one
    pages : the sheets that have been read
    see : is shown each formula pattern once, with its cell
    language : the language that the file says it is in; empty where it says nothing
    patterns : the formulas that are not fills of one another, by their numbers
    different : how many characters different formulas may still have
    unsound : why the reader refuses the cells, if it does
    passed_over : how many formulas were not looked at, since so many different ones stand before them
    """

    def __init__(
        self, path: Path, archive: zipfile.ZipFile, book: Book | None, see: Callable[[Anatomy, str], None] | None = None
    ) -> None:
        super().__init__(archive)
        self.path, self.book, self.see = path, book, see
        self.pages: list[Page] = []
        self.patterns: list[Pattern] = []
        self.passed_over = 0
        self.allowance = Allowance()
        self.different = MOST_DIFFERENT
        self.unsound: Exception | None = None
        self._pattern_numbers: dict[int, int] = {}
        self.language = self.properties.get(LANGUAGE_PROPERTY, "")
        self.styles = Styles(self.xml("xl/styles.xml"), self.xml("xl/theme/theme1.xml"))

    # -- parts -----------------------------------------------------------------------------------------

    @cached_property
    def texts(self) -> list[str]:
        """The shared strings."""
        return read_texts(self.archive)

    @cached_property
    def names(self) -> list[Name]:
        return [
            Name(element.get("name", ""), element.text or "", element.get("localSheetId", ""))
            for element in children(self.workbook, "definedNames", "definedName")
        ]

    @cached_property
    def blocks(self) -> dict[str, Area]:
        """The areas of our blocks by their ids; none in a file that is not ours."""
        found = {}
        sheets = {sheet for sheet, _part in self.sheets}
        for name in self.names:
            if name.name.lower().startswith(NAME_PREFIX) and not name.scope:  # a copy of a sheet has names of its own
                areas = areas_read(name.formula, "")
                if len(areas) == 1 and areas[0].sheet in sheets:
                    found[name.name[len(NAME_PREFIX) :]] = areas[0]
        return found

    @cached_property
    def properties(self) -> dict[str, str]:
        """What the file says about itself, as texts."""
        found = self.xml("docProps/custom.xml")
        return {element.get("name", ""): "".join(element.itertext()).strip() for element in found}

    @cached_property
    def built(self) -> dict[str, Built]:
        """The blocks that the file says it was built with, by their ids in small letters."""
        return blocks_read(self.properties)

    @cached_property
    def is_manual(self) -> bool:
        """Whether it is computed anew only when the reader says so."""
        return any(local(e.tag) == "calcPr" and e.get("calcMode") == "manual" for e in self.workbook)

    @cached_property
    def hidden_sheets(self) -> list[str]:
        found = children(self.workbook, "sheets", "sheet")
        return [e.get("name", "") for e in found if e.get("state", "visible") != "visible"]

    @cached_property
    def own_words(self) -> frozenset[str]:
        """What is called something in this file: its sheets and blocks."""
        return frozenset({name for name, _part in self.sheets} | self.blocks.keys())

    @cached_property
    def ledger(self) -> Ledger:
        """The cells as the reader finds them, which refuses what is unsound."""
        if self.unsound is not None:
            with damage_told(self.path):
                raise self.unsound
        parts = dict(self.sheets)
        return read_ledger(self.path, {page.name: (parts[page.name], page.cells) for page in self.pages})

    @cached_property
    def recalculated(self) -> Sheets:
        """The cells as an engine computes them."""
        if self.book is not None:
            return recalculate(self.path, ENGINE)
        return recalculate_foreign(self.path, ENGINE, self.ledger.formula_count)

    # -- sheets ----------------------------------------------------------------------------------------

    def pattern_number(self, page: str, formula: str, row: int, column: int) -> int:
        """Return the number of a formula's pattern; show it if it is a new one."""
        relative = pattern(formula, row, column)
        key = hash((page, relative))
        number = self._pattern_numbers.get(key)
        if number is None:
            self.different -= len(formula)
            number = self._pattern_numbers[key] = len(self.patterns)
            anatomy = Anatomy(formula, page)
            ways = looks_back(relative), looks_ahead(relative)
            self.patterns.append(Pattern(formula, row, column, anatomy.moves_down, *ways))
            if self.see is not None:
                self.see(anatomy, cell_name(row, column))
        return number


def areas_of(places: str) -> list[Area]:
    """Return the areas that a list such as "A1:B2 D4" names."""
    names = places.split()
    if len(names) > MOST_AREAS:
        raise ValueError("more areas than a sheet needs")
    return [area for name in names for area in areas_read(name, "")]
