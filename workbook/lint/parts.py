"""A file as rules look at it: what stands in its XML, before any library has made it whole.

A sheet is read as a stream and its cells are not kept, only where they lie and of what kind they are, so that a large
file takes no more memory than a small one needs for its other parts.
"""

from __future__ import annotations

import math
import re
import zipfile
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbook.addresses import cell_name
from workbook.book import Book
from workbook.engines import Sheets, recalculate
from workbook.foreign import recalculate_foreign
from workbook.ledger import Ledger
from workbook.lint.anatomy import Anatomy, looks_back, pattern
from workbook.lint.drawings import Drawing, drawings
from workbook.lint.styles import Look, Styles
from workbook.package import Package, children, local
from workbook.precedents import LAST_COLUMN, LAST_ROW, Area, areas_read, moved
from workbook.reader import read_ledger, read_texts
from workbook.sheet_parser import Allowance, Batch, SheetParser
from workbook.signature import LANGUAGE_PROPERTY, NAME_PREFIX, Built, blocks_read
from workbook.text import display_width

ENGINE = "ironcalc"
NUMBER, TEXT, OTHER = -1, -2, -3
"""What stands in a cell without a formula; a cell with one has the number of its pattern."""

MOST_AREAS = 10_000
MOST_DIFFERENT = 500_000
"""Characters in all the different formulas of a file; our largest has some ten thousand. Those beyond are not looked at."""

STANDARD_WIDTH, STANDARD_HEIGHT = 9.14, 15.0

SENTENCE, FIRST_ROWS = 40, 60
"""A text of so many Latin characters says something; those on so many rows are kept in mind."""

_DECIMALS = re.compile(r"decimal|小数")


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
    pattern: int
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
    last: tuple[int, int] = (-1, -1)
    _rows: array[int] = field(default_factory=lambda: array("i"))
    _columns: array[int] = field(default_factory=lambda: array("i"))
    _kinds: array[int] = field(default_factory=lambda: array("i"))
    _looks: array[int] = field(default_factory=lambda: array("i"))
    _texts: array[int] = field(default_factory=lambda: array("b"))
    _bare: array[int] = field(default_factory=lambda: array("b"))
    _numbers: array[float] = field(default_factory=lambda: array("d"))
    typed_texts: dict[int, str] = field(default_factory=dict)

    def keep(self, cell: Cell) -> None:
        """Keep where a cell lies and of what kind it is."""
        number = cell.number
        if cell.formula is None and cell.text and not cell.look.is_locked:
            self.typed_texts[len(self._rows)] = cell.text
        if cell.text:
            if cell.row < FIRST_ROWS and display_width(cell.text) >= SENTENCE:
                self.sentences.append((cell.row, cell.column))
            self.speaks_of_decimals = self.speaks_of_decimals or _DECIMALS.search(cell.text) is not None
        self._rows.append(cell.row)
        self._columns.append(cell.column)
        kind = NUMBER if number is not None else TEXT if cell.text else OTHER
        self._kinds.append(kind if cell.formula is None else cell.pattern)
        self._looks.append(cell.look.index)
        self._bare.append(cell.value is None)
        self._texts.append(cell.text is not None or cell.value is None)
        self._numbers.append(math.nan if number is None else number)

    @cached_property
    def rows(self) -> NDArray[np.int32]:
        return _numbers(self._rows, np.int32)

    @cached_property
    def columns(self) -> NDArray[np.int32]:
        return _numbers(self._columns, np.int32)

    @cached_property
    def kinds(self) -> NDArray[np.int32]:
        """Of each cell its pattern's number, or NUMBER, TEXT, OTHER."""
        return _numbers(self._kinds, np.int32)

    @cached_property
    def looks(self) -> NDArray[np.int32]:
        return _numbers(self._looks, np.int32)

    @cached_property
    def says(self) -> NDArray[np.int8]:
        """Of each cell whether it shows no number: a text, typed in or computed, or nothing."""
        return _numbers(self._texts, np.int8)

    @cached_property
    def bare(self) -> NDArray[np.int8]:
        """Of each cell whether it is a formula without a cached value."""
        return _numbers(self._bare, np.int8)

    @cached_property
    def numbers(self) -> NDArray[np.float64]:
        """Of each cell its number; nan where it holds none."""
        return _numbers(self._numbers, np.float64)

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


def _numbers(stored: array[Any], kind: type[Any]) -> NDArray[Any]:
    return np.frombuffer(stored, dtype=kind) if stored else np.empty(0, kind)


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
    looks_back : whether it reads, on its own sheet, the row above its own
    """

    formula: str
    row: int
    column: int
    moves_down: bool
    looks_back: bool

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
        self._left = MOST_DIFFERENT
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
        return read_ledger(self.path)

    @cached_property
    def recalculated(self) -> Sheets:
        """The cells as an engine computes them."""
        if self.book is not None:
            return recalculate(self.path, ENGINE)
        return recalculate_foreign(self.path, ENGINE, self.ledger.formula_count)

    # -- sheets ----------------------------------------------------------------------------------------

    def read(self, name: str, part: str, see: Callable[[Cell, Page], None]) -> Page:
        """Read a sheet and show its cells one after the other."""
        page = Page(self, name)
        with self.archive.open(part) as source:
            _PageParser(page, see).parse(source)
        page.drawings = list(drawings(self, part))
        self.pages.append(page)
        return page

    def pattern_number(self, page: str, formula: str, row: int, column: int) -> int:
        """Return the number of a formula's pattern; show it if it is a new one."""
        if self._left < 0:
            self.passed_over += 1
            return len(self.patterns) - 1
        relative = pattern(formula, row, column)
        key = hash((page, relative))
        number = self._pattern_numbers.get(key)
        if number is None:
            self._left -= len(formula)
            number = self._pattern_numbers[key] = len(self.patterns)
            anatomy = Anatomy(formula, page)
            self.patterns.append(Pattern(formula, row, column, anatomy.moves_down, looks_back(relative)))
            if self.see is not None:
                self.see(anatomy, cell_name(row, column))
        return number


class _PageParser(SheetParser):
    """Reads a sheet's cells as the reader does, and shows each with what it is made of."""

    def __init__(self, page: Page, see: Callable[[Cell, Page], None]) -> None:
        super().__init__(page.file.path, page.name, page.file.texts, page.file.allowance)
        self.page, self.see = page, see
        self._validation: Validation | None = None
        self._shaded: list[Area] = []
        self._scale: list[str] = []
        self._rule = ""
        self._next_column = 0
        self._arrays: set[tuple[int, int]] = set()

    def _check_formula(self, formula: str, batch: Batch, n: int) -> None:
        """Rules will say what is wrong with it."""

    def _end_cell(self) -> None:
        if self._formula is not None and self._formula.get("t") in ("array", "dataTable"):
            self._arrays.add((self._row, self._column))
        super()._end_cell()

    def _take(self, batch: Batch) -> None:
        if batch.rows.max() > LAST_ROW:
            raise ValueError("a cell lies outside the sheet")
        at = [n for n, formula in enumerate(batch.formulas) if formula]
        self._check_formulas(batch, at, [batch.formulas[n] or "" for n in at])
        file, page = self.page.file, self.page
        columns = (batch.rows.tolist(), batch.columns.tolist(), batch.styles.tolist())
        for row, column, style, given, written, value in zip(*columns, *batch[3:], strict=True):
            kind, formula = given or "n", written or None
            text = value if kind in ("str", "inlineStr") else None
            if kind == "s" and value is not None:
                text = self.texts[int(value)]
            number = -1 if formula is None else file.pattern_number(page.name, formula, row, column)
            cell = Cell(
                row, column, kind, value, text, file.styles.look(style), formula, number, (row, column) in self._arrays
            )
            if formula is not None or value is not None:
                self.see(cell, page)
                page.keep(cell)
            page.last = row, column

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        super()._start(tag, attributes)
        if self._in_cell:
            return
        name, page = self._name(tag), self.page
        if name in ("row", "col", "sheetFormatPr", "tabColor"):
            self._start_look(name, attributes)
        elif name == "sheetProtection":
            page.is_protected = attributes.get("sheet") in ("1", "true")
        elif name == "mergeCell":
            page.merges += areas_of(attributes.get("ref", ""))
        elif name == "dataValidation":
            self._validation = Validation(areas_of(attributes.get("sqref", "")), attributes, [])
            page.validations.append(self._validation)
        elif name in ("formula1", "formula2"):
            self._taking = self._words = []
        elif name == "conditionalFormatting":
            self._shaded = areas_of(attributes.get("sqref", ""))
        elif name == "cfRule":
            self._start_rule(attributes)
        elif name == "color" and self._rule == "colorScale":
            self._scale.append(page.file.styles.colour(attributes) or "")

    def _start_look(self, name: str, attributes: dict[str, str]) -> None:
        page = self.page
        if name == "row":
            if attributes.get("hidden") in ("1", "true"):
                page.hidden_rows.add(self._row)
            if "ht" in attributes:
                page.heights[self._row] = float(attributes["ht"])
        elif name == "col":
            self._start_columns(attributes)
        elif name == "tabColor":
            page.tab = page.file.styles.colour(attributes) or ""
        else:
            page.standard_width = float(attributes.get("defaultColWidth", page.standard_width))
            page.standard_height = float(attributes.get("defaultRowHeight", page.standard_height))

    def _start_columns(self, attributes: dict[str, str]) -> None:
        first, last = int(attributes["min"]) - 1, int(attributes["max"]) - 1
        if not self._next_column <= first <= last <= LAST_COLUMN:
            raise ValueError("columns overlap")
        self._next_column = last + 1
        hidden = attributes.get("hidden") in ("1", "true")
        if hidden:
            self.page.hidden_columns.append((first, last))
        width = 0.0 if hidden else float(attributes.get("width", self.page.standard_width))
        self.page.widths.update(dict.fromkeys(range(first, last + 1), width))

    def _start_rule(self, attributes: dict[str, str]) -> None:
        self._rule, self._scale = attributes.get("type", ""), []
        if "dxfId" in attributes:
            colours = self.page.file.styles.difference(int(attributes["dxfId"]))
            if any(colours):
                self.page.shades.append(Shade(self._shaded, [colours]))
            if self.page.file.styles.shows_whole(int(attributes["dxfId"])):
                self.page.shown_whole += self._shaded

    def _end(self, tag: str) -> None:
        super()._end(tag)
        name = self._name(tag)
        if name in ("formula1", "formula2"):
            if self._validation is not None and self._words is not None:
                self._validation.formulas.append("".join(self._words))
            self._taking = self._words = None
        elif name == "dataValidation":
            self._validation = None
        elif name == "cfRule":
            if self._scale:
                self.page.shades.append(Shade(self._shaded, [(None, colour) for colour in self._scale]))
            self._rule, self._scale = "", []


def areas_of(places: str) -> list[Area]:
    """Return the areas that a list such as "A1:B2 D4" names."""
    names = places.split()
    if len(names) > MOST_AREAS:
        raise ValueError("more areas than a sheet needs")
    return [area for name in names for area in areas_read(name, "")]
