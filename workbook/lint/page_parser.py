"""Reads a sheet as rules look at it: many cells at once, and the few of them one by one that a rule may have something to say of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbook.cells import Cells
from workbook.fills import TYPED, Ints
from workbook.guard import FileError
from workbook.lint.drawings import drawings
from workbook.lint.parts import (
    FIRST_ROWS,
    NUMBER,
    OTHER,
    SENTENCE,
    SPEAKS_OF_DECIMALS,
    TEXT,
    Cell,
    File,
    Page,
    Shade,
    Validation,
    areas_of,
)
from workbook.lint.rules import OF_CELLS
from workbook.lint.styles import Look
from workbook.precedents import LAST_COLUMN, Area
from workbook.sheet_parser import Batch, SheetParser
from workbook.text import display_width

See = Callable[[Cell, Page, NDArray[np.bool_]], None]

_NAN = float("nan")
_WORDS = ("s", "str", "inlineStr")
_ROW_HEIGHT = re.compile(r'<row r="(\d+)"[^>]* ht="([\d.]+)"')
_PLAIN_DIGITS = str.maketrans("", "", "0123456789.eE+-")


class Some(NamedTuple):
    """Some cells of a sheet, one after the other as the file has them.

    Attributes
    ----------
    batch : as they are written
    numbers, is_number : their numbers (nan for none), and whether they hold one
    texts : what those say that hold a text, by their place
    before : row and column of the cell before each in the file
    arrays : the places of array formulas
    """

    page: Page
    batch: Batch
    numbers: NDArray[np.float64]
    is_number: NDArray[np.bool_]
    texts: dict[int, str]
    before: tuple[Ints, Ints]
    arrays: set[tuple[int, int]]

    def at(self, places: Sequence[int]) -> NDArray[np.bool_]:
        """Return a mask of some of the cells."""
        found = np.zeros(len(self.numbers), dtype=bool)
        found[[*places]] = True
        return found

    @property
    def places(self) -> Iterator[tuple[int, int]]:
        """Row and column of each."""
        return zip(self.batch.rows.tolist(), self.batch.columns.tolist(), strict=True)

    def of_kind(self, *kinds: str) -> NDArray[np.bool_]:
        """Tell which cells are of a kind, as the file says it."""
        return self.at([n for n, kind in enumerate(self.batch.kinds) if (kind or "n") in kinds])

    def of_look(self, tell: Callable[[Look], bool]) -> NDArray[np.bool_]:
        """Tell which cells have a look of which something is true."""
        looks, which = np.unique(self.batch.styles, return_inverse=True)
        return np.array([tell(self.page.file.styles.look(int(look))) for look in looks])[which]

    @property
    def oddly_written(self) -> NDArray[np.bool_]:
        """Tell which numbers are written with other signs than digits, a point and an exponent, or are none."""
        batch = self.batch
        written = [
            text if (kind or "n") == "n" and text is not None else ""
            for kind, text in zip(batch.kinds, batch.texts, strict=True)
        ]
        if not "".join(written).translate(_PLAIN_DIGITS):
            written = []
        odd = self.at([n for n, text in enumerate(written) if text.translate(_PLAIN_DIGITS)])
        return odd | (self.of_kind("n") & ~np.isfinite(self.numbers))

    def cell(self, n: int) -> Cell:
        """Return one of the cells."""
        batch, place = self.batch, (int(self.batch.rows[n]), int(self.batch.columns[n]))
        look = self.page.file.styles.look(int(batch.styles[n]))
        formula, is_array = batch.formulas[n] or None, place in self.arrays
        return Cell(*place, batch.kinds[n] or "n", batch.texts[n], self.texts.get(n), look, formula, is_array)


def read_page(file: File, name: str, part: str, see: See) -> Page:
    """Read a sheet and show its cells, those that a rule wants to look at."""
    page = Page(file, name)
    with file.archive.open(part) as source:
        page.cells = _PageParser(page, see).parse(source)
    page.drawings = list(drawings(file, part))
    file.pages.append(page)
    return page


class _PageParser(SheetParser):
    """Reads a sheet's cells as the reader does, and shows each with what it is made of."""

    def __init__(self, page: Page, see: See) -> None:
        super().__init__(page.file.path, page.name, page.file.texts, page.file.allowance)
        self.page, self.see = page, see
        self._validation: Validation | None = None
        self._shaded: list[Area] = []
        self._scale: list[str] = []
        self._rule = ""
        self._next_column = 0
        self._arrays: set[tuple[int, int]] = set()
        self._patterns: dict[int, int] = {}
        self._last = -1, -1

    # -- what the reader refuses, and rules say what is wrong with it ----------------------------------

    def _refuse(self, reason: Exception) -> None:
        self.page.file.unsound = self.page.file.unsound or reason

    def _check_formula(self, formula: str, batch: Batch, n: int) -> None:
        try:
            super()._check_formula(formula, batch, n)
        except FileError as error:
            self._refuse(error)

    def _check_reach(self, cells: Cells) -> None:
        try:
            super()._check_reach(cells)
        except FileError as error:
            self._refuse(error)

    def _numbers(self, batch: Batch) -> NDArray[np.float64]:
        try:
            return super()._numbers(batch)
        except (FileError, ValueError) as error:
            self._refuse(error)
            pairs = zip(batch.kinds, batch.texts, strict=True)
            return np.array([_parsed(text) if kind is None or kind == "n" else _NAN for kind, text in pairs])

    def _value_of(self, kind: str | None, text: str | None) -> Any:
        if kind is None or kind == "n":
            return _NAN if _is_nan(text) else None  # any other number is among the numbers
        return super()._value_of(kind, text)

    # -- cells -----------------------------------------------------------------------------------------

    def _end_cell(self) -> None:
        if self._formula is not None and self._formula.get("t") in ("array", "dataTable"):
            self._arrays.add((self._row, self._column))
        super()._end_cell()

    def _take_plain(self, text: str, pieces: list[Any]) -> None:
        super()._take_plain(text, pieces)
        self.page.heights |= {int(row) - 1: float(height) for row, height in _ROW_HEIGHT.findall(text)}

    def _take(self, batch: Batch) -> None:
        super()._take(batch)
        numbers, which = self.gathered.latest
        before = tuple(
            np.concatenate(([last], along[:-1])).astype(np.int32)
            for last, along in zip(self._last, batch[:2], strict=True)
        )
        self._last = int(batch.rows[-1]), int(batch.columns[-1])
        self.page.last = self._last
        kept = np.flatnonzero((which != TYPED) | np.array([text is not None for text in batch.texts]))
        if len(kept) < len(which):
            lists = ([column[n] for n in kept.tolist()] for column in batch[3:])
            batch = Batch(batch.rows[kept], batch.columns[kept], batch.styles[kept], *lists)
            numbers, which, before = numbers[kept], which[kept], tuple(along[kept] for along in before)
        if len(kept):
            self._look(batch, numbers, which, before)

    def _look(self, batch: Batch, numbers: NDArray[np.float64], which: Ints, before: tuple[Ints, ...]) -> None:
        """Show the cells to the rules, and keep what is kept of them."""
        page, file = self.page, self.page.file
        texts = {
            n: self.texts[int(text)] if kind == "s" else text
            for n, (kind, text) in enumerate(zip(batch.kinds, batch.texts, strict=True))
            if kind in _WORDS and text is not None
        }
        is_number = ~np.isnan(numbers)
        unknown = [n for n in np.flatnonzero(~is_number).tolist() if batch.kinds[n] in (None, "n")]
        is_number[[n for n in unknown if _is_nan(batch.texts[n])]] = True
        some = Some(page, batch, numbers, is_number, texts, (before[0], before[1]), self._arrays)
        suspects = np.array([suspects(some) for _rule, suspects, _check in OF_CELLS])
        fills, first = np.unique(which, return_index=True)
        new = {
            int(n): int(fill)
            for n, fill in zip(first, fills, strict=True)
            if fill != TYPED and fill not in self._patterns
        }
        looked_at = 0 if file.different < 0 else len(which)
        for n in np.flatnonzero(suspects.any(axis=0) | some.at([*new])).tolist():
            if n in new and n < looked_at:
                place = int(batch.rows[n]), int(batch.columns[n])
                self._patterns[new[n]] = file.pattern_number(page.name, batch.formulas[n] or "", *place)
                looked_at = n + 1 if file.different < 0 else looked_at
            page.last = int(before[0][n]), int(before[1][n])
            self.see(some.cell(n), page, suspects[:, n])
        self._keep(some, which, looked_at)

    def _keep(self, some: Some, which: Ints, looked_at: int) -> None:
        page, file, batch = self.page, self.page.file, some.batch
        for n, text in some.texts.items():
            row = int(batch.rows[n])
            if not batch.formulas[n] and text and not file.styles.look(int(batch.styles[n])).is_locked:
                page.typed_texts[page.count + n] = text
            if row < FIRST_ROWS and display_width(text) >= SENTENCE:
                page.sentences.append((row, int(batch.columns[n])))
            page.speaks_of_decimals = page.speaks_of_decimals or SPEAKS_OF_DECIMALS.search(text) is not None
        kinds = np.where(some.is_number, NUMBER, OTHER)
        kinds[[n for n, text in some.texts.items() if text]] = TEXT
        fills, used = np.unique(which, return_inverse=True)
        last = len(file.patterns) - 1
        of_fill = np.array([self._patterns.get(int(fill), last) for fill in fills])
        computed = which != TYPED
        kinds[computed] = of_fill[used[computed]]
        kinds[looked_at:][computed[looked_at:]] = last
        file.passed_over += int(np.count_nonzero(computed[looked_at:]))
        bare = np.array([text is None for text in batch.texts])
        says = some.at([*some.texts]) | bare
        page.keep(
            batch.rows,
            batch.columns,
            kinds.astype(np.int32),
            batch.styles,
            says.astype(np.int8),
            bare.astype(np.int8),
            some.numbers,
        )

    # -- what else there is of a sheet -----------------------------------------------------------------

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


def _parsed(text: str | None) -> float:
    """Return a number as it is written; nan where it is none."""
    try:
        return float(text or "nan")
    except ValueError:
        return _NAN


def _is_nan(text: str | None) -> bool:
    """Whether what is written is the number nan, which a damaged file may hold."""
    return text is not None and text.strip().lstrip("+-").lower() == "nan"
