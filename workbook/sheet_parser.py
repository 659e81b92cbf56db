"""Reads the cells of one sheet from its XML, as a stream.

Nearly every row of a file, ours or saved by a spreadsheet program, is of one plain form: a regular expression finds its
cells, in a third of the time that an XML parser and a call for each of its tags take. All else, the rows of another form
too, goes to the parser, which sees a sheet without the plain rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any
from xml.parsers import expat

from workbook.engines import ErrorValue
from workbook.formula import cell_name
from workbook.guard import CHUNK, LONGEST_HEAD, FileError, shown_name
from workbook.precedents import LAST_COLUMN, LAST_ROW, moved

LONGEST_FORMULA = 8_192
DEEPEST_FORMULA = 64
MOST_CHARACTERS = 60_000_000
MOST_READ = 300_000_000
SHEET_SIZE = LAST_ROW + 1, LAST_COLUMN + 1
LARGEST_RANGE = 32 * SHEET_SIZE[0]
"""Cells of one range: 32 whole columns."""

_CELL_NAME = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_RANGE = re.compile(r"\$?([A-Za-z]{1,3})?\$?(\d{1,7})?:\$?([A-Za-z]{1,3})?\$?(\d{1,7})?")
_WHOLE_RANGE = re.compile(
    r"(?<![\w$.])(?:\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6}):\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})"
    r"|\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})|\$?([1-9]\d{0,6}):\$?([1-9]\d{0,6}))(?![\w.!(])"
)
_TEXT = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'')
_AROUND_COLON = re.compile(r"(?<![A-Za-z0-9$])[A-Za-z0-9$]*+:[A-Za-z0-9$]*+")
_UNDER_INDEX = re.compile(r"INDEX\((?:'[^']{1,99}'!|[^\W\d][\w.]{0,99}!)?" + _AROUND_COLON.pattern)
_PLAIN = re.compile(
    r'(?:<row r="([1-9][0-9]{0,6})"(?: (?:(?:spans|ht|customHeight|s|customFormat|x14ac:dyDescent|outlineLevel|collapsed)'
    r'="[^"<>&]*"|hidden="(?:0|false)"))*>)?'
    r'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="([0-9]{1,6})")?(?: t="(n|s|str|b|e)")?'
    r'(?:/>|>(?:<f(?: aca="(?:0|false)")?>([^<>]*)</f>)?(?:<v>([^<>]*)</v>)?</c>)(</row>)?'
)
"""A cell of a plain row: the row's beginning, if it is the first; its column, row, style, kind, formula, value; the end."""

_CONTROLS = bytes(n for n in range(32) if n not in b"\t\n")
"""What no XML may hold, and a line's end that a parser would change."""

_ODD_HEAD = re.compile(rb"<!|<\?(?!xml\s)")
"""What may hide where the cells begin."""

_ENTITY = re.compile("&(amp|lt|gt|quot|apos);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_CELLS, _CELLS_END, _ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"

At = tuple[int, int]


@dataclass
class Cells:
    """What the cells of one sheet hold; of their looks only what may be part of a heading."""

    values: dict[At, Any] = field(default_factory=dict)
    formulas: dict[At, str] = field(default_factory=dict)
    styles: dict[At, int] = field(default_factory=dict)


@dataclass
class Allowance:
    """How many characters the formulas of a file's sheets may still have, all together."""

    characters: int = MOST_CHARACTERS


class _Columns(dict[str, int]):
    """The numbers of columns by their letters, from 0."""

    def __missing__(self, letters: str) -> int:
        column = self[letters] = _column_number(letters) - 1
        if column > LAST_COLUMN:
            raise ValueError("a cell lies outside the sheet")
        return column


class SheetParser:
    """Reads the cells of a sheet as a stream; nothing else of it is kept."""

    def __init__(self, path: Path, sheet: str, texts: list[str], allowance: Allowance) -> None:
        self.path, self.sheet, self.texts, self.allowance = path, sheet, texts, allowance
        self.cells = Cells()
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
        self._columns = _Columns()

    def parse(self, source: Any) -> Cells:
        """Read a sheet's part of a file from its beginning to its end."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        head = b""
        while (begin := head.find(_CELLS)) < 0 and len(head) <= LONGEST_HEAD and (chunk := source.read(CHUNK)):
            head += chunk
        rest = head
        if begin >= 0 and not _ODD_HEAD.search(head[:begin]):
            parser.Parse(head[: begin + len(_CELLS)], False)
            rest = self._plain_rows(parser, source, head[begin + len(_CELLS) :])
        parser.Parse(rest, False)
        while chunk := source.read(CHUNK):  # what is fed in small pieces takes a time that grows with its square
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
        self._check_reach()
        return self.cells

    def _plain_rows(self, parser: expat.XMLParserType, source: Any, rest: bytes) -> bytes:
        """Read rows as long as they may be plain; return what has been taken from the source and not been read."""
        while not rest.startswith(_CELLS_END) and len(rest) <= LONGEST_HEAD:
            end = rest.rfind(_ROW_END) + len(_ROW_END)
            if end >= len(_ROW_END):
                rows, rest = rest[:end], rest[end:]
                if not _may_be_plain(rows):
                    return rows + rest
                self._rows(parser, rows.decode())
            elif chunk := source.read(CHUNK):
                rest += chunk
            else:
                break
        return rest

    def _rows(self, parser: expat.XMLParserType, text: str) -> None:
        """Read whole rows, and let the parser have those that are not plain."""
        at = 0
        while at < len(text):
            at = self._rows_alike(text, at)
            if at < len(text):
                end = text.find("</row>", at) + len("</row>")
                parser.Parse(text[at:end].encode(), False)
                at = end

    def _rows_alike(self, text: str, start: int) -> int:
        """Read plain rows from a place on; return where the first one begins that is not, or the text's end."""
        if _PLAIN.match(text, start) is None:
            return start  # or each row that is not plain would have all after it looked through
        self._formula = None
        columns, take = self._columns, self._take
        row, number, at = -1, "", start
        for match in _PLAIN.finditer(text, start):
            if match.start() != at:
                break
            at = match.end()
            begun, letters, of_row, style, kind, formula, value, ended = match.groups()
            if begun is not None:
                if number:
                    break
                number, row = begun, int(begun) - 1
            if of_row != number:
                break
            if formula is not None:
                if "&" in formula and (formula := _unescaped(formula)) is None:
                    break
                formula = formula.removeprefix("=") or None
                self._spend(formula, (row, columns[letters]))
            if value is not None and "&" in value and (value := _unescaped(value)) is None:
                break
            take((row, columns[letters]), kind or "n", int(style or 0), formula, value)
            if ended is not None:
                self._row, number, start = row, "", at
        if row > LAST_ROW:
            raise ValueError("a cell lies outside the sheet")
        return start

    def _check_reach(self) -> None:
        """Refuse formulas that together ask for more additions than an engine makes in some seconds."""
        formulas = self.cells.formulas
        if not formulas:
            return
        last = max(row for row, _column in formulas) + 1, max(column for _row, column in formulas) + 1
        known: dict[str, int] = {}
        extents: dict[str, int] = {}
        reach = 0
        for at, formula in formulas.items():
            if ":" not in formula:
                continue
            for area in _AROUND_COLON.findall(formula):
                if area not in extents:
                    extents[area] = max((_reach(match, SHEET_SIZE) for match in _RANGE.finditer(area)), default=0)
                if extents[area] > LARGEST_RANGE:
                    self._check_ranges(formula, at)
            if "INDEX" in formula:  # it takes few cells of its range
                ranges, count = _UNDER_INDEX.subn("", formula)
                reach += count
            else:
                ranges = formula
            for area in _AROUND_COLON.findall(ranges):
                if area not in known:  # many formulas have the same
                    known[area] = sum(_reach(match, last) for match in _RANGE.finditer(area))
                reach += known[area]
            if reach > MOST_READ:
                where = f"{self.path}: {self.sheet}!{cell_name(*at)}"
                raise FileError(f"{where}: the formulas up to here read too many cells ({MOST_READ:,}); read fewer")

    def _check_ranges(self, formula: str, at: At) -> None:
        """Refuse a range of so many cells that an engine which makes an array of it takes all memory."""
        for match in _WHOLE_RANGE.finditer(_TEXT.sub('""', formula)):
            if (size := _size(match)) > LARGEST_RANGE:
                where = f"{self.path}: {self.sheet}!{cell_name(*at)}"
                raise FileError(
                    f"{where}: the range {match[0]} has {size:,} cells; at most {LARGEST_RANGE:,} are read; name fewer"
                )

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
        formula = self._formula_text_of_cell(at)
        self._spend(formula, at)
        text = "".join(self._value) if self._has_value else None
        if self._kind == "inlineStr":
            text = "".join(self._words or ())
        self._take(at, self._kind, self._style, formula, text)

    def _take(self, at: At, kind: str, style: int, formula: str | None, text: str | None) -> None:
        """Keep a cell: its kind as the file says it, its formula and its value as it is written there."""
        if formula is not None:
            if len(formula) > DEEPEST_FORMULA:
                self._check_formula(formula, at)
            self.cells.formulas[at] = formula
        if text is None:
            return
        value = float(text) if kind == "n" and text else self._value_of(kind, text)
        if kind == "n" and (not text.isascii() or "_" in text or (formula is None and not isfinite(value or 0))):
            raise FileError(f"{self.path}: {self.sheet}!{cell_name(*at)}: {shown_name(text)} is no number; type one")
        if value is not None:
            self.cells.values[at] = value
            if style and formula is None:
                self.cells.styles[at] = style

    def _spend(self, formula: str | None, at: At) -> None:
        if formula is None:
            return
        self.allowance.characters -= len(formula)
        if self.allowance.characters < 0:
            where = f"{self.path}: {self.sheet}!{cell_name(*at)}"
            raise FileError(f"{where}: the formulas up to here have {MOST_CHARACTERS:,} characters; split the workbook")

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

    def _value_of(self, kind: str, text: str) -> Any:
        if kind == "n":
            return float(text) if text else None
        if kind == "s":
            number = int(text)
            if number < 0:
                raise ValueError("a text has a number below 0")
            return self.texts[number]
        if kind == "b":
            return text.strip() in ("1", "true")
        return ErrorValue(text) if kind == "e" else text


def _may_be_plain(rows: bytes) -> bool:
    """Whether there are no comments and the like, and nothing that no XML may hold."""
    odd = b"<!" in rows or b"<?" in rows or b"\xef\xbf\xbe" in rows or b"\xef\xbf\xbf" in rows
    return not odd and len(rows.translate(None, _CONTROLS)) == len(rows)


def _unescaped(text: str) -> str | None:
    """Return a text without XML's own entities; None where others stand in it, or characters by their numbers."""
    plain, count = _ENTITY.subn(lambda match: _ENTITIES[match[1]], text)
    return plain if count == text.count("&") else None


def _reach(match: re.Match[str], last: tuple[int, int]) -> int:
    """Return how many cells a range holds, whole columns and rows as far as their sheet goes."""
    left, top, right, bottom = match.groups()
    rows = int(bottom) - int(top) + 1 if top and bottom else last[0]
    columns = _column_number(right) - _column_number(left) + 1 if left and right else last[1]
    return abs(min(rows, last[0]) * min(columns, last[1]))


def _size(match: re.Match[str]) -> int:
    """Return how many cells a range has, whether or not there is anything in them."""
    left, top, right, bottom, first, last, upper, lower = match.groups()
    left, right, top, bottom = left or first, right or last, top or upper, bottom or lower
    rows = abs(int(bottom) - int(top)) + 1 if top else SHEET_SIZE[0]
    columns = abs(_column_number(right) - _column_number(left)) + 1 if left else SHEET_SIZE[1]
    return rows * columns


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
