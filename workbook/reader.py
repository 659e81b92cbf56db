"""Reads an .xlsx file as a ledger: every cell's formula and cached value.

In a file of ours each block is a defined name, so that it is found wherever it has moved. A formula that somebody added
outside the blocks belongs to a block of its own, ``<sheet>!cells``. A foreign file has one such block a sheet, all
of it: its cells' addresses are all that is stable there, and areas found by guessing would shift with every edit.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree import ElementTree
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

import numpy as np

from workbook.engines import ErrorValue
from workbook.formula import cell_name
from workbook.guard import CHUNK, FileError, guard, open_file
from workbook.ledger import BlockCells, Labels, Ledger, shown
from workbook.precedents import LAST_COLUMN, LAST_ROW, Area, areas_read, moved
from workbook.signature import (
    DIGEST_PROPERTY,
    LANGUAGE_PROPERTY,
    NAME_PREFIX,
    SCENARIO_PROPERTY,
    Built,
    blocks_read,
    digest_of,
)
from workbook.text import LANGUAGES

__all__ = ["FileError", "FileLedger", "guard", "read_ledger", "scenario_of", "was_edited"]

LONGEST_FORMULA = 8_192
DEEPEST_FORMULA = 64
MOST_CHARACTERS = 20_000_000
MOST_READ = 300_000_000
MOST_SPREAD = 3_000_000
OTHER_CELLS = "cells"

_CELL_NAME = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_RANGE = re.compile(
    r"(INDEX\()?(?:'[^']{1,99}'!|[^\W\d][\w.]{0,99}!)?\$?([A-Za-z]{1,3})?\$?(\d{1,7})?:\$?([A-Za-z]{1,3})?\$?(\d{1,7})?"
)
_PREFIX_FORMAT = re.compile(r'((?:"[^"]*"|\\.)*)0')
_PREFIX_PART = re.compile(r'"([^"]*)"|\\(.)')

At = tuple[int, int]


@dataclass
class FileLedger(Ledger):
    """A ledger read from a file.

    Attributes
    ----------
    built : the blocks that it was built with, by their ids in small letters
    properties : the document's properties, by their names
    hidden : the sheets that are not shown
    """

    built: Mapping[str, Built] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    hidden: Sequence[str] = ()


def read_ledger(path: Path | str) -> FileLedger:
    """Read a file's cells.

    Raises
    ------
    FileError
        If the file is not a sound, harmless .xlsx workbook; one line.
    """
    path = Path(path)
    guard(path)
    with damage_told(path), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl leaves out (drawings, styles) is not read here
        return _read(path)


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """Turn whatever a damaged part makes the libraries raise into a FileError about the file."""
    try:
        yield
    except FileError:
        raise
    except (
        ParseError,
        expat.ExpatError,
        zipfile.BadZipFile,
        OSError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
    ) as error:
        raise FileError(f"{path}: the file is damaged and cannot be read as a workbook; get it again") from error


def was_edited(path: Path | str) -> bool:
    """Tell whether somebody has changed a file since it was built; one that is not ours counts as edited.

    Raises
    ------
    FileError
        If it is missing, a folder, or may not be read.
    """
    with open_file(Path(path)) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                stored = re.search(
                    rf'name="{DIGEST_PROPERTY}"[^>]*>\s*<vt:lpwstr>([0-9a-f]{{64}})<',
                    archive.read("docProps/custom.xml").decode(),
                )
                digest = digest_of(archive.namelist(), archive.open)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError, EOFError):
            return True
    return stored is None or stored[1] != digest


def scenario_of(path: Path | str) -> str:
    """Return the name of the worked example that a file says it is; empty where it says nothing.

    Raises
    ------
    FileError
        If it is missing, a folder, or may not be read.
    """
    with open_file(Path(path)) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                properties = archive.read("docProps/custom.xml").decode()
        except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError, EOFError):
            return ""
    stored = re.search(rf'name="{SCENARIO_PROPERTY}"[^>]*>\s*<vt:lpwstr>([^<]{{1,99}})<', properties)
    return "" if stored is None else stored[1]


# ---------------------------------------------------------------------------------------------- the workbook


@dataclass
class _Cells:
    """What the cells of one sheet hold."""

    values: dict[At, Any] = field(default_factory=dict)
    formulas: dict[At, str] = field(default_factory=dict)
    styles: dict[At, int] = field(default_factory=dict)


def _read(path: Path) -> FileLedger:
    with open_file(path) as file:
        reader, parts, hidden = _opened(file)
        book, archive = reader.wb, reader.archive
        texts = read_texts(archive)
        sheets: dict[str, _Cells] = {}
        allowance = Allowance()
        for name, part in parts.items():
            # openpyxl gives a formula or its cached value, not both at once, and objects for every cell
            with archive.open(part) as source:
                sheets[name] = SheetParser(path, name, texts, allowance).parse(source)
        named = _named_areas(book, sheets)
        _check_spread(path, named.values())
        properties = {prop.name: str(prop.value) for prop in book.custom_doc_props.props}
        language = properties.get(LANGUAGE_PROPERTY)
        labels = {name: _labels(cells, book, named.values(), name) for name, cells in sheets.items()} if named else {}
    areas = dict(named)
    for name, cells in sheets.items():
        other = _other_cells(name, cells, named)
        if other is not None:
            areas[f"{name}!{OTHER_CELLS}"] = other
    _check_spread(path, areas.values())
    blocks = []
    for name, cells in sheets.items():
        here = [(id, area) for id, area in areas.items() if area.sheet == name]
        inside = _Inside(area for id, area in here if id in named)
        for id, area in sorted(here, key=lambda pair: (pair[0] not in named, pair[1].top, pair[1].left)):
            blocks.append(_block(id, area, cells, inside if named and id not in named else None))
    return FileLedger(
        properties.get(SCENARIO_PROPERTY, ""),
        language if language in LANGUAGES else "",
        list(sheets),
        blocks,
        labels,
        blocks_read(properties),
        properties,
        hidden,
    )


def _opened(file: BinaryIO) -> tuple[Any, dict[str, str], list[str]]:
    """Let openpyxl read what is small: names, styles, properties; return it, the sheets with their parts, the hidden ones."""
    from openpyxl.reader.excel import ExcelReader  # it takes a while, and those who only ask `was_edited` need not wait
    from openpyxl.styles.stylesheet import apply_stylesheet

    reader = ExcelReader(file, read_only=True, keep_links=False)
    reader.read_manifest()
    reader.read_workbook()
    reader.read_custom()
    apply_stylesheet(reader.archive, reader.wb)
    found = list(reader.parser.find_sheets())
    sheets = {
        sheet.name: relation.target
        for sheet, relation in found
        if relation.target in reader.valid_files and "chartsheet" not in relation.Type
    }
    reader.parser.assign_names()
    return reader, sheets, [sheet.name for sheet, _relation in found if sheet.state != "visible"]


def read_texts(archive: zipfile.ZipFile) -> list[str]:
    """Read the shared strings, as a stream; openpyxl takes thirty times as long."""
    part = next((name for name in archive.namelist() if name.lower() == "xl/sharedstrings.xml"), None)
    if part is None:
        return []
    texts: list[str] = []
    with archive.open(part) as source:
        for _event, element in ElementTree.iterparse(source):
            if _local(element.tag) == "si":
                texts.append(_words(element))
                element.clear()
    return texts


def _words(element: ElementTree.Element) -> str:
    """Return what a shared string says; how Chinese is pronounced is no part of it."""
    parts = []
    for child in element:
        if _local(child.tag) == "t":
            parts.append(child.text or "")
        elif _local(child.tag) == "r":
            parts += [run.text or "" for run in child if _local(run.tag) == "t"]
    return "".join(parts)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _named_areas(book: Any, sheets: dict[str, _Cells]) -> dict[str, Area]:
    """Return the areas of our blocks by their ids."""
    found = {}
    for name, defined in book.defined_names.items():
        if not name.lower().startswith(NAME_PREFIX):
            continue
        areas = areas_read(defined.attr_text or "", "")
        if len(areas) == 1 and areas[0].sheet in sheets:
            found[name[len(NAME_PREFIX) :]] = areas[0]
    return found


def _other_cells(name: str, cells: _Cells, named: Mapping[str, Area]) -> Area | None:
    """Return the area of the cells outside the blocks: in a file of ours only those with formulas count."""
    inside = _Inside(area for area in named.values() if area.sheet == name)
    outside = [at for at in (cells.formulas if named else {**cells.values, **cells.formulas}) if at not in inside]
    if not outside:
        return None
    rows, columns = [row for row, _column in outside], [column for _row, column in outside]
    return Area(name, min(rows), min(columns), max(rows), max(columns))


def _check_spread(path: Path, areas: Iterable[Area]) -> None:
    spread = 0
    for area in areas:
        rows, columns = area.bottom - area.top + 1, area.right - area.left + 1
        spread += rows * columns
        if spread > MOST_SPREAD:
            where = f"{cell_name(area.top, area.left)}:{cell_name(area.bottom, area.right)}"
            raise FileError(f"{path}: the cells of {area.sheet} are spread too far ({where}); delete those far outside")


class _Inside:
    """Whether a cell lies in one of some areas; looked up by row."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self._spans: dict[int, list[tuple[int, int]]] = {}
        for area in areas:
            for row in range(area.top, area.bottom + 1):
                self._spans.setdefault(row, []).append((area.left, area.right))

    def __contains__(self, at: At) -> bool:
        row, column = at
        return any(left <= column <= right for left, right in self._spans.get(row, ()))


def _block(id: str, area: Area, cells: _Cells, without: _Inside | None = None) -> BlockCells:
    """Gather a block; with `without`, only the formulas outside of the other blocks."""
    rows, columns = area.bottom - area.top + 1, area.right - area.left + 1
    values = np.full((rows, columns), None, dtype=object)
    computed = np.zeros((rows, columns), dtype=bool)
    for row in range(area.top, area.bottom + 1):
        for column in range(area.left, area.right + 1):
            at = row, column
            has_formula = at in cells.formulas
            if without is None or (has_formula and at not in without):
                values[row - area.top, column - area.left] = cells.values.get(at)
                computed[row - area.top, column - area.left] = has_formula

    def formula(row: int, column: int) -> str | None:
        return cells.formulas.get((area.top + row, area.left + column))

    if set(map(type, values.flat)) == {float}:
        values = values.astype(float)
    return BlockCells(id, area.sheet, area.top, area.left, values, computed, formula)


def _labels(cells: _Cells, book: Any, areas: Iterable[Area], sheet: str) -> Labels:
    inside = _Inside(area for area in areas if area.sheet == sheet)
    labels = {}
    for at, value in cells.values.items():
        if at in inside or at in cells.formulas:
            continue
        if isinstance(value, float):
            labels[at] = shown(_prefix(book, cells.styles.get(at, 0)), value)
        else:
            labels[at] = str(value)
    return labels


def _prefix(book: Any, style: int) -> str:
    """Return the words that a counter's number format puts before its number."""
    code = book._number_formats
    number = book._cell_styles[style].numFmtId - 164
    match = _PREFIX_FORMAT.fullmatch(code[number]) if 0 <= number < len(code) else None
    return "".join(quoted + single for quoted, single in _PREFIX_PART.findall(match[1])) if match else ""


# ---------------------------------------------------------------------------------------------- a sheet


@dataclass
class Allowance:
    """How many characters the formulas of a file's sheets may still have, all together."""

    characters: int = MOST_CHARACTERS


class SheetParser:
    """Reads the cells of a sheet as a stream; nothing else of it is kept."""

    def __init__(self, path: Path, sheet: str, texts: list[str], allowance: Allowance) -> None:
        self.path, self.sheet, self.texts, self.allowance = path, sheet, texts, allowance
        self.cells = _Cells()
        self._row, self._column = -1, -1
        self._kind = "n"
        self._style = 0
        self._formula: dict[str, str] | None = None
        self._formula_text: list[str] = []
        self._value: list[str] = []
        self._words: list[str] | None = None
        self._has_value = False
        self._taking: list[str] | None = None
        self._shared: dict[str, tuple[str, At]] = {}
        self._local: dict[str, str] = {}
        self._in_cell = False

    def parse(self, source: Any) -> _Cells:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        while chunk := source.read(CHUNK):  # what is fed in small pieces takes a time that grows with its square
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
        self._check_reach()
        return self.cells

    def _check_reach(self) -> None:
        """Refuse formulas that together ask for more additions than an engine makes in some seconds."""
        formulas = self.cells.formulas
        if not formulas:
            return
        last = max(row for row, _column in formulas) + 1, max(column for _row, column in formulas) + 1
        reach = 0
        for at, formula in formulas.items():
            if ":" in formula:
                reach += sum(_reach(match, last) for match in _RANGE.finditer(formula))
                if reach > MOST_READ:
                    where = f"{self.path}: {self.sheet}!{cell_name(*at)}"
                    raise FileError(f"{where}: the formulas up to here read too many cells ({MOST_READ:,}); read fewer")

    def _name(self, tag: str) -> str:
        if tag not in self._local:
            self._local[tag] = tag.rpartition(":")[2]
        return self._local[tag]

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self._name(tag)
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
        elif not self._in_cell:
            return
        elif name == "v":
            self._has_value = True
            self._taking = self._value
        elif name == "f":
            self._formula = attributes
            self._taking = self._formula_text
        elif name == "is":
            self._words = []
        elif name == "t" and self._words is not None:
            self._taking = self._words

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._in_cell = True
        at = attributes.get("r")
        if at is None:
            self._column += 1
        else:
            self._row, self._column = self._place(at)
        if not (0 <= self._row <= LAST_ROW and 0 <= self._column <= LAST_COLUMN):
            raise ValueError("a cell lies outside the sheet")
        self._kind = attributes.get("t", "n")
        self._style = int(attributes.get("s", "0"))
        self._formula, self._has_value, self._words = None, False, None
        self._formula_text, self._value = [], []

    def _place(self, at: str) -> At:
        match = _CELL_NAME.fullmatch(at)
        if match is None:
            raise ValueError("a cell's name is not one")
        return int(match[2]) - 1, _column_number(match[1]) - 1

    def _text(self, text: str) -> None:
        if self._taking is not None:
            self._taking.append(text)

    def _end(self, tag: str) -> None:
        name = self._name(tag)
        if name in ("v", "f", "t"):
            self._taking = None
        elif name == "c" and self._in_cell:
            self._in_cell = False
            self._end_cell()

    def _end_cell(self) -> None:
        at = self._row, self._column
        formula = self._formula_of_cell(at)
        if formula is not None:
            self._check_formula(formula, at)
            self.cells.formulas[at] = formula
        value = self._value_of_cell()
        if value is not None:
            self.cells.values[at] = value
            if self._style:
                self.cells.styles[at] = self._style

    def _formula_of_cell(self, at: At) -> str | None:
        formula = self._formula_text_of_cell(at)
        if formula is not None:
            self.allowance.characters -= len(formula)
            if self.allowance.characters < 0:
                where = f"{self.path}: {self.sheet}!{cell_name(*at)}"
                raise FileError(
                    f"{where}: the formulas up to here have {MOST_CHARACTERS:,} characters; split the workbook"
                )
        return formula

    def _formula_text_of_cell(self, at: At) -> str | None:
        if self._formula is None:
            return None
        text, kind = "".join(self._formula_text), self._formula.get("t", "normal")
        if kind == "dataTable":
            return None
        if kind == "shared":
            key = self._formula.get("si", "")
            if text:
                self._shared[key] = text, at
            else:
                text, origin = self._shared[key]
                return moved(text, at[0] - origin[0], at[1] - origin[1])
        return text.removeprefix("=") or None

    def _check_formula(self, formula: str, at: At) -> None:
        where = f"{self.path}: {self.sheet}!{cell_name(*at)}"
        if len(formula) > LONGEST_FORMULA:
            raise FileError(f"{where}: the formula is longer than {LONGEST_FORMULA} characters; split it")
        if formula.count("(") > DEEPEST_FORMULA and _depth(formula) > DEEPEST_FORMULA:
            raise FileError(f"{where}: the formula nests deeper than {DEEPEST_FORMULA} brackets; split it")

    def _value_of_cell(self) -> Any:
        kind = self._kind
        if kind == "inlineStr":
            return "".join(self._words or ())
        if not self._has_value:
            return None
        text = "".join(self._value)
        if kind == "n":
            return float(text) if text else None
        if kind == "s":
            return self.texts[int(text)]
        if kind == "b":
            return text.strip() in ("1", "true")
        return ErrorValue(text) if kind == "e" else text


def _reach(match: re.Match[str], last: tuple[int, int]) -> int:
    """Return how many cells a range holds, whole columns and rows as far as their sheet goes; INDEX takes few of them."""
    index, left, top, right, bottom = match.groups()
    if index:
        return 1
    rows = int(bottom) - int(top) + 1 if top and bottom else last[0]
    columns = _column_number(right) - _column_number(left) + 1 if left and right else last[1]
    return abs(min(rows, last[0]) * min(columns, last[1]))


def _column_number(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column


def _depth(formula: str) -> int:
    deepest = depth = 0
    for char in formula:
        depth += (char == "(") - (char == ")")
        deepest = max(deepest, depth)
    return deepest
