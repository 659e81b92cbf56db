"""Reads the cells of one sheet from its XML, as a stream.

Nearly every row of a file, ours or saved by a spreadsheet program, is of one plain form: a regular expression finds its
cells, in a third of the time that an XML parser and a call for each of its tags take. All else, the rows of another form
too, goes to the parser, which sees a sheet without the plain rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from workbook.addresses import cell_name
from workbook.cells import At, Cells, Gatherer
from workbook.engines import ErrorValue
from workbook.fills import TYPED, Ints
from workbook.guard import CHUNK, LONGEST_HEAD, FileError, shown_name
from workbook.precedents import LAST_COLUMN, LAST_ROW, moved

LONGEST_FORMULA = 8_192
DEEPEST_FORMULA = 64
MOST_CHARACTERS = 60_000_000
MOST_READ = 300_000_000
SHEET_SIZE = LAST_ROW + 1, LAST_COLUMN + 1
LARGEST_RANGE = 32 * SHEET_SIZE[0]
"""Cells of one range: 32 whole columns."""
BATCH = 1 << 20
"""So many bytes of plain rows are looked at together."""
MOST_PARSED = 10_000
"""So many cells wait at most between the XML parser and the arrays."""

_CELL_NAME = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_RANGE = re.compile(r"\$?([A-Za-z]{1,3})?\$?(\d{1,7})?:\$?([A-Za-z]{1,3})?\$?(\d{1,7})?")
_WHOLE_RANGE = re.compile(
    r"(?<![\w$.])(?:\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6}):\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})"
    r"|\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})|\$?([1-9]\d{0,6}):\$?([1-9]\d{0,6}))(?![\w.!(])"
)
_TEXT = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'')
_AROUND_COLON = re.compile(r"(?<![A-Za-z0-9$])[A-Za-z0-9$]*+:[A-Za-z0-9$]*+")
_GROWING = re.compile(r"(?!(\$?)[A-Za-z]*(\$?)[0-9]*:\1[A-Za-z]*\2[0-9]*$).*")
_UNDER_INDEX = re.compile(r"INDEX\((?:'[^']{1,99}'!|[^\W\d][\w.]{0,99}!)?" + _AROUND_COLON.pattern)

_XML_TEXT = r"[^<>&]*+(?:&(?:amp|lt|gt|quot|apos);[^<>&]*+)*+"
_PLAIN_CELL = (
    r'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="([0-9]{1,6})")?(?: t="(n|s|str|b|e)")?'
    rf'(?:/>|>(?:<f(?: aca="(?:0|false)")?>({_XML_TEXT})</f>)?(?:<v>({_XML_TEXT})</v>)?</c>)'
)
_CELL = re.compile(_PLAIN_CELL)
"""A plain cell: its column, row, style, kind, formula, value."""
_GROUPS = _CELL.groups + 1
_PLAIN_ROW = (
    r'<row r="[1-9][0-9]{0,6}"(?: (?:(?:spans|ht|customHeight|s|customFormat|x14ac:dyDescent|outlineLevel|collapsed)'
    r'="[^"<>&]*"|hidden="(?:0|false)"))*+>'
)
_ROWS = re.compile(rf"(?:{_PLAIN_ROW}(?:{re.sub(r'[(](?![?])', '(?:', _PLAIN_CELL)})++</row>)*+")
"""Plain rows, as many as follow one another."""
_BETWEEN = re.compile(rf"{_PLAIN_ROW}\n(?:</row>{_PLAIN_ROW}\n)*+</row>")
"""What stands before, between and after the cells of plain rows, a line each; between cells of one row there is nothing."""

_CONTROLS = bytes(n for n in range(32) if n not in b"\t\n")
"""What no XML may hold, and a line's end that a parser would change."""

_ODD_HEAD = re.compile(rb"<!|<\?(?!xml\s)")
"""What may hide where the cells begin."""

_ENTITY = re.compile("&(amp|lt|gt|quot|apos);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_CELLS, _CELLS_END, _ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"

Texts = list[str | None]
NAN = float("nan")


class Batch(NamedTuple):
    """Some cells as they stand in a file, in its order.

    Attributes
    ----------
    rows, columns, styles : their places, counted from 0, and the numbers of their styles
    kinds : what each value is: n, s, str, inlineStr, b, e; None is n
    formulas : without =; None where there is none
    texts : the values as they are written; None where there is none
    """

    rows: Ints
    columns: Ints
    styles: Ints
    kinds: Texts
    formulas: Texts
    texts: Texts


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


class _Styles(dict[str | None, int]):
    """The numbers of styles as they are written."""

    def __missing__(self, written: str | None) -> int:
        style = self[written] = int(written or 0)
        return style


class SheetParser:
    """Reads the cells of a sheet as a stream; nothing else of it is kept."""

    def __init__(self, path: Path, sheet: str, texts: list[str], allowance: Allowance) -> None:
        self.path, self.sheet, self.texts, self.allowance = path, sheet, texts, allowance
        self.gathered = Gatherer()
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
        self.arrays: dict[At, str] = {}  # the area that an array formula fills, by its first cell
        self._since_taken = 0
        self._local: dict[str, str] = {}
        self._in_cell = False
        self._columns, self._styles = _Columns(), _Styles()
        self._parsed: list[tuple[int, int, int, str, str | None, str | None]] = []

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
        self._take_parsed()
        cells = self.gathered.cells()
        self._check_reach(cells)
        return cells

    def _plain_rows(self, parser: expat.XMLParserType, source: Any, rest: bytes) -> bytes:
        """Read rows as long as they may be plain; return what has been taken from the source and not been read."""
        while not rest.startswith(_CELLS_END) and len(rest) <= LONGEST_HEAD:
            end = rest.rfind(_ROW_END) + len(_ROW_END)
            if end >= len(_ROW_END):
                rows, rest = rest[:end], rest[end:]
                if not _may_be_plain(rows):
                    return rows + rest
                if odd := self._rows(parser, rows.decode()):
                    return odd.encode() + rest
            elif chunk := source.read(BATCH):
                rest += chunk
            else:
                break
        return rest

    def _rows(self, parser: expat.XMLParserType, text: str) -> str:
        """Read whole rows, and let the parser have those that are not plain; return what none but it can go on with."""
        pieces = _CELL.split(text)
        if _BETWEEN.fullmatch("\n".join(filter(None, pieces[::_GROUPS]))):  # all are plain, as nearly always
            self._take_plain(text, pieces)
            return ""
        at = 0
        while at < len(text):
            plain = _ROWS.match(text, at)
            if plain is not None and plain.end() > at:
                self._take_plain(plain[0], _CELL.split(plain[0]))
                at = plain.end()
            if at < len(text):
                end = text.find("</row>", at) + len("</row>")
                row = text[at:end]
                if "<!" in row or "<?" in row:  # it may not end where it seems to
                    return text[at:]
                parser.Parse(row.encode(), False)
                at = end
        return ""

    def _take_plain(self, text: str, pieces: list[Any]) -> None:
        """Read plain rows, which `_CELL` has split."""
        self._take_parsed()
        letters, rows, styles, kinds, formulas, texts = (pieces[n::_GROUPS] for n in range(1, _GROUPS))
        if "&" in text:
            formulas, texts = (
                [part and _ENTITY.sub(_unescaped, part) for part in parts] for parts in (formulas, texts)
            )
        if ">=" in text:
            formulas = [formula and formula.removeprefix("=") for formula in formulas]
        places = np.array([*map(int, rows)], dtype=np.int32) - 1, _ints(map(self._columns.__getitem__, letters))
        self._row = int(rows[-1]) - 1
        self._take(Batch(*places, _ints(map(self._styles.__getitem__, styles)), kinds, formulas, texts))

    def _take_parsed(self) -> None:
        """Take what the parser has found."""
        if self._parsed:
            rows, columns, styles, *others = zip(*self._parsed, strict=True)
            self._parsed.clear()
            self._take(Batch(_ints(rows), _ints(columns), _ints(styles), *map(list, others)))

    def _take(self, batch: Batch) -> None:
        """Keep cells."""
        if batch.rows.max() > LAST_ROW:
            raise ValueError("a cell lies outside the sheet")
        at = [n for n, formula in enumerate(batch.formulas) if formula]
        formulas = [formula for formula in batch.formulas if formula]
        self._check_formulas(batch, at, formulas)
        numbers = self._numbers(batch)
        nameless = np.flatnonzero(np.isnan(numbers)).tolist()
        others = {n: self._value_of(batch.kinds[n], batch.texts[n]) for n in nameless}
        others = {n: value for n, value in others.items() if value is not None}
        self.gathered.add(batch.rows, batch.columns, batch.styles, numbers, others, at, formulas)

    def _numbers(self, batch: Batch) -> NDArray[np.float64]:
        """Return the cells' numbers; nan where they hold none."""
        numbers = np.array(
            [
                float(text) if text and (kind is None or kind == "n") else NAN
                for kind, text in zip(batch.kinds, batch.texts, strict=True)
            ]
        )
        self._check_numbers(batch, numbers)
        return numbers

    def _check_numbers(self, batch: Batch, numbers: NDArray[np.float64]) -> None:
        """Refuse what Python takes for a number and a spreadsheet does not."""
        written = "".join(filter(None, batch.texts))
        is_plain = written.isascii() and "_" not in written
        for n in np.flatnonzero(~np.isfinite(numbers)).tolist() if is_plain else range(len(numbers)):
            kind, text = batch.kinds[n], batch.texts[n]
            if not text or (kind or "n") != "n":
                continue
            is_finite = batch.formulas[n] or np.isfinite(numbers[n])
            if not text.isascii() or "_" in text or not is_finite:
                raise FileError(f"{self._where(batch, n)}: {shown_name(text)} is no number; type one")

    def _check_formulas(self, batch: Batch, at: Sequence[int], formulas: Sequence[str]) -> None:
        """Refuse formulas that are too long or too deep, or that are too many."""
        lengths = [*map(len, formulas)]
        if sum(lengths) > self.allowance.characters:
            n = at[int(np.argmax(np.cumsum(lengths) > self.allowance.characters))]
            raise FileError(
                f"{self._where(batch, n)}: the formulas up to here have {MOST_CHARACTERS:,} characters; split the workbook"
            )
        self.allowance.characters -= sum(lengths)
        for n, formula in zip(at, formulas, strict=True):
            if len(formula) > DEEPEST_FORMULA:
                self._check_formula(formula, batch, n)

    def _where(self, cells: Batch | Cells, n: int) -> str:
        return f"{self.path}: {self.sheet}!{cell_name(int(cells.rows[n]), int(cells.columns[n]))}"

    def _check_reach(self, cells: Cells) -> None:
        """Refuse formulas that together ask for more additions than an engine makes in some seconds."""
        computed = np.flatnonzero(cells.which != TYPED)
        if not len(computed):
            return
        last = int(cells.rows[computed].max()) + 1, int(cells.columns[computed].max()) + 1
        used, first, which = np.unique(cells.which[computed], return_index=True, return_inverse=True)
        of_fill = [cells.formula(int(computed[n])) for n in first]
        reach = np.array([_reach(formula, last) for formula in of_fill])[which]
        looked_at = {int(n): formula for n, formula in zip(first, of_fill, strict=True) if ":" in formula}
        for n in np.flatnonzero(np.isin(which, [n for n in range(len(used)) if _grows(of_fill[n])])).tolist():
            looked_at[n] = cells.formula(int(computed[n]))
            reach[n] = _reach(looked_at[n], last)
        for n, formula in sorted(looked_at.items()):
            self._check_ranges(formula, cells, int(computed[n]))
        if reach.sum() > MOST_READ:
            where = self._where(cells, int(computed[np.argmax(np.cumsum(reach) > MOST_READ)]))
            raise FileError(f"{where}: the formulas up to here read too many cells ({MOST_READ:,}); read fewer")

    def _check_ranges(self, formula: str, cells: Cells, n: int) -> None:
        """Refuse a range of so many cells that an engine which makes an array of it takes all memory."""
        if all(_reach_of(area, SHEET_SIZE) <= LARGEST_RANGE for area in _AROUND_COLON.findall(formula)):
            return
        for match in _WHOLE_RANGE.finditer(_TEXT.sub('""', formula)):
            if (size := _size(match)) > LARGEST_RANGE:
                raise FileError(
                    f"{self._where(cells, n)}: the range {match[0]} has {size:,} cells; "
                    f"at most {LARGEST_RANGE:,} are read; name fewer"
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
        formula = self._formula_text_of_cell((self._row, self._column))
        text = "".join(self._value) if self._has_value else None
        if self._kind == "inlineStr":
            text = "".join(self._words or ())
        self._parsed.append((self._row, self._column, self._style, self._kind, formula, text))
        if len(self._parsed) == MOST_PARSED or self._since_taken > CHUNK:
            self._since_taken = 0  # characters that a few bytes of the file stand for
            self._take_parsed()

    def _formula_text_of_cell(self, at: At) -> str | None:
        if self._formula is None:
            return None
        text, kind = "".join(self._formula_text), self._formula.get("t", "normal")
        if kind == "dataTable":
            return None
        if kind == "array":
            self.arrays[at] = self._formula.get("ref", "")
        if kind == "shared":
            key = self._formula.get("si", "")
            if text:
                self._shared[key] = text, at
            else:
                text, origin = self._shared[key]
                self._since_taken += len(text)
                return moved(text, at[0] - origin[0], at[1] - origin[1])
        return text.removeprefix("=") or None

    def _check_formula(self, formula: str, batch: Batch, n: int) -> None:
        if len(formula) > LONGEST_FORMULA:
            raise FileError(
                f"{self._where(batch, n)}: the formula is longer than {LONGEST_FORMULA} characters; split it"
            )
        if formula.count("(") > DEEPEST_FORMULA and _depth(formula) > DEEPEST_FORMULA:
            raise FileError(
                f"{self._where(batch, n)}: the formula nests deeper than {DEEPEST_FORMULA} brackets; split it"
            )

    def _value_of(self, kind: str | None, text: str | None) -> Any:
        """Return what a cell holds that may be no number."""
        if text is None:
            return None
        if kind is None or kind == "n":
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
    """Whether there is nothing that no XML may hold, or that a parser would change."""
    return b"\xef\xbf" not in rows and len(rows.translate(None, _CONTROLS)) == len(rows)


def _unescaped(entity: re.Match[str]) -> str:
    return _ENTITIES[entity[1]]


def _ints(numbers: Iterable[int]) -> Ints:
    return np.array([*numbers], dtype=np.int32)


def _reach(formula: str, last: tuple[int, int]) -> int:
    """Return how many cells the ranges of a formula hold, whole columns and rows as far as their sheet goes."""
    if ":" not in formula:
        return 0
    # INDEX takes few cells of its range
    ranges, reach = _UNDER_INDEX.subn("", formula) if "INDEX" in formula else (formula, 0)
    return int(reach) + sum(_reach_of(area, last) for area in _AROUND_COLON.findall(ranges))


def _reach_of(area: str, last: tuple[int, int]) -> int:
    """Return how many cells an area such as A1:B2, $A:$B or 3:4 holds."""
    reach = 0
    for match in _RANGE.finditer(area):
        left, top, right, bottom = match.groups()
        rows = int(bottom) - int(top) + 1 if top and bottom else last[0]
        columns = _column_number(right) - _column_number(left) + 1 if left and right else last[1]
        reach += abs(min(rows, last[0]) * min(columns, last[1]))
    return reach


def _size(match: re.Match[str]) -> int:
    """Return how many cells a range has, whether or not there is anything in them."""
    left, top, right, bottom, first, last, upper, lower = match.groups()
    left, right, top, bottom = left or first, right or last, top or upper, bottom or lower
    rows = abs(int(bottom) - int(top)) + 1 if top else SHEET_SIZE[0]
    columns = abs(_column_number(right) - _column_number(left)) + 1 if left else SHEET_SIZE[1]
    return rows * columns


def _grows(formula: str) -> bool:
    """Whether a fill may change how many cells a range of the formula holds."""
    return ":" in formula and any(_GROWING.fullmatch(area) for area in _AROUND_COLON.findall(formula))


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
