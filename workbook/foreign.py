"""What a file from outside may ask of an engine: to calculate, and nothing else.

An engine obeys a formula that reads another file or fetches from the network, and may give away what it read. So every
formula of a foreign file, wherever it stands (cells, names, conditional formats, validations, tables, charts, controls),
is looked at before any engine sees it. HYPERLINK is none of these: it goes nowhere until somebody clicks.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO
from xml.parsers import expat

from workbook.engines import Sheets, recalculate
from workbook.guard import CHUNK, FileError, looks_like_xml, open_file, shown_name
from workbook.limits import time_limited

MOST_IN_ARRAY = 100_000
"""Cells that one array formula may fill: an engine makes all of them, whether or not there is anything in them."""
LONGEST_REPEAT = 1_000
"""How often REPT may be told to repeat: what it makes is joined and joined again."""

FETCHING = frozenset(["DDE", "FILTERXML", "INDIRECT", "RTD", "WEBSERVICE"])
"""What fetches, or may be made to by a text that is not known before it is calculated."""
FETCHING_CALLS = FETCHING | frozenset(
    [
        "CUBEKPIMEMBER",
        "CUBEMEMBER",
        "CUBEMEMBERPROPERTY",
        "CUBERANKEDMEMBER",
        "CUBESET",
        "CUBESETCOUNT",
        "CUBEVALUE",
        "ENCODEURL",
        "EXEC",
        "EXECSQL",
        "IMAGE",
        "IMPORTDATA",
        "IMPORTFEED",
        "IMPORTHTML",
        "IMPORTRANGE",
        "IMPORTXML",
        "READDBTABLE",
        "STOCKHISTORY",
    ]
)
"""The same, and names that may as well be a sheet's or a range's: these count where they are called."""

_FETCHING_PARTS = re.compile(
    r"xl/(?:connections\.xml|querytables/|activex/|embeddings/|vbaproject|webextensions/|model/|macrosheets/|dialogsheets/)",
    re.IGNORECASE,
)
_SUSPECT = tuple(
    b"INDIRECT EBSERV ILTERX DDE RTD CUBE ENCODEU EXEC IMAGE IMPORT READDB TOCKHIS REPT TARRAY DATATAB [ | # \\ // <! <?".split()
)
"""What makes a sheet worth parsing: a piece of a word of the above, or what such a word could be hidden with."""
_UPPER = bytes(range(256)).upper()
_DROPPED = bytes(n for n in range(256) if not (chr(n).isascii() and chr(n).isalpha()) and n not in b"[|#\\/<!?:")
_BETWEEN = bytes(n for n in range(256) if not 32 < n < 127 or n in b"=\"'")
"""What may stand within one of these pieces: it is no word that t="array" makes."""
_NAMESPACE = re.compile(rb"xmlns(?::\w+)?=(?:\"[^\"]*\"|'[^']*')")
_DECLARATION = re.compile(rb"\A(?:\xef\xbb\xbf)?<\?xml\s[^>]*\?>")
_OVERLAP = 16

_FORMULA_ELEMENTS = frozenset(
    [
        "f",
        "formula",
        "formula1",
        "formula2",
        "definedname",
        "calculatedcolumnformula",
        "totalsrowformula",
        "fmlalink",
        "fmlarange",
        "fmlamacro",
        "fmlatxbx",
        "fmlagroup",
    ]
)
_FORMULA_ATTRIBUTES = frozenset(["formula", "textlink", "fmlalink", "fmlarange", "fmlamacro", "fmlatxbx", "fmlagroup"])
_CLICKED = frozenset(["hyperlink", "hlinkclick", "hlinkhover", "hlinkmouseover"])

_TEXT = re.compile(r'"(?:[^"]|"")*"')
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_WORD = re.compile(r"[^\W\d][\w.]*(?=\s*(.?))", re.DOTALL)
_OTHER_BOOK = re.compile(r"(?:^|[^\w\]\[])\[[^\[\]]*\][^\s\[\]!'\"()+\-*/^&=<>,;{}]*!")
_REPEATED = re.compile(r"REPT\s*\([^()]*,\s*\(*\s*(\d+(?:\.\d*)?(?:E\+?\d+)?)", re.IGNORECASE)
_AREA = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")


def recalculate_foreign(path: Path, engine: str, formulas: int) -> Sheets:
    """Recalculate a file that asks for nothing else; `workbook.reader.read_ledger` has counted its formulas.

    Raises
    ------
    FileError
        If it asks for more.
    EngineError
        If the engine is missing or refuses the file.
    """
    check_asks(path)
    with time_limited(formulas):
        return recalculate(path, engine)


def check_asks(path: Path) -> None:
    """Refuse a file that asks an engine for more than to calculate; `workbook.guard.guard` has found it sound.

    Raises
    ------
    FileError
        Naming in one line the first cell, name, chart or part that does.
    """
    with open_file(path) as file, zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        for name in names:
            if _FETCHING_PARTS.match(name):
                raise FileError(
                    f"{path}: the file brings {shown_name(name)}, which is more than cells; save it without macros, "
                    "embedded objects and data connections"
                )
        sheets = _sheet_names(archive, names)
        outside = {part: ids for part in names if (ids := _outside(archive, names, part))}
        for name in names:
            is_large = name in sheets or name.lower() == "xl/sharedstrings.xml"
            if _is_xml(archive, name) and (not is_large or name in outside or _is_suspect(archive, name)):
                with archive.open(name) as source:
                    _Walk(path, name, sheets.get(name), outside.get(name, frozenset())).through(source)


def fetched_by(formula: str) -> str:
    """Return what a formula (without =) names that would be fetched from outside the file; empty if nothing is."""
    code = _TEXT.sub('""', formula)
    bare = _QUOTED.sub("''", code)
    for match in _WORD.finditer(bare):
        for word in match[0].upper().split("."):
            if (word in FETCHING and match[1] != "!") or (word in FETCHING_CALLS and match[1] == "("):
                return word
    if any(set(quoted[0]) & set("[]/\\?*") for quoted in _QUOTED.finditer(code)) or _OTHER_BOOK.search(bare):
        return "another file"
    for sign in ("://", "\\\\", "|", "#$", "''#"):
        if sign in bare:
            return sign.strip("'")
    if "://" in formula and "HYPERLINK(" not in bare.upper():
        return "://"
    return ""


def _is_xml(archive: zipfile.ZipFile, name: str) -> bool:
    if name.lower().endswith((".xml", ".vml")):
        return True
    with archive.open(name) as source:
        return not name.endswith(".rels") and looks_like_xml(source.read(512))


def _sheet_names(archive: zipfile.ZipFile, names: list[str]) -> dict[str, str]:
    """Return the parts that are sheets, each with the name that its tab bears, or its own where that is not known."""
    found = {name: shown_name(name) for name in names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name, re.IGNORECASE)}
    tabs: dict[str, str] = {}
    targets: dict[str, str] = {}

    def tab(tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "sheet":
            tabs.update({value: attributes.get("name", "") for key, value in attributes.items() if _local(key) == "id"})

    def target(tag: str, attributes: dict[str, str]) -> None:
        targets[attributes.get("Id", "")] = attributes.get("Target", "")

    for part, start in (("xl/workbook.xml", tab), ("xl/_rels/workbook.xml.rels", target)):
        if part in names:
            _parse(archive, part, start)
    for key, tab_name in tabs.items():
        part = targets.get(key, "").removeprefix("/xl/")
        if f"xl/{part}" in found:
            found[f"xl/{part}"] = shown_name(tab_name)
    return found


def _outside(archive: zipfile.ZipFile, names: list[str], part: str) -> frozenset[str]:
    """Return the ids of a part's relations that lead out of the file: links to click, or the guard had refused them."""
    folder, _, name = part.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    found = set()

    def start(_tag: str, attributes: dict[str, str]) -> None:
        if attributes.get("TargetMode", "").lower() == "external":
            found.add(attributes.get("Id", ""))

    if relations in names:
        _parse(archive, relations, start)
    return frozenset(found)


def _parse(archive: zipfile.ZipFile, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(archive.read(part), True)
    except expat.ExpatError:
        return  # what is not XML is damaged, and whoever reads it says so


def _is_suspect(archive: zipfile.ZipFile, part: str) -> bool:
    """Whether a sheet may hold one of the words: hardly any does, and parsing a large one takes seconds."""
    tail = before = b""
    with archive.open(part) as source:
        text = _DECLARATION.sub(b"", source.read(CHUNK))
        while text:
            if b"//" in text:
                text = _NAMESPACE.sub(b"", text)
            letters = tail + text.translate(_UPPER, _DROPPED)
            # ADD3*EXP(1) has the letters of DDE in a row
            if any(word in letters for word in _SUSPECT) and _has_a_word(before + text):
                return True
            tail, before = letters[-_OVERLAP:], text[-_OVERLAP:]
            text = source.read(CHUNK)
    return False


def _has_a_word(text: bytes) -> bool:
    shown = text.translate(_UPPER, _BETWEEN)
    return any(word in shown for word in _SUSPECT)


class _Walk:
    """Goes through a part and refuses the first formula that is not for calculating."""

    def __init__(self, path: Path, part: str, sheet: str | None, outside: frozenset[str]) -> None:
        self.path, self.part, self.sheet, self.outside = path, part, sheet, outside
        self._cell = ""
        self._row = self._column = 0
        self._place = ""
        self._taking: list[str] | None = None

    def through(self, source: IO[bytes]) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            while chunk := source.read(CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            if not self.part.lower().endswith(".vml"):  # these are often no XML
                raise FileError(
                    f"{self.path}: the file is damaged ({shown_name(self.part)} is not XML); get it again"
                ) from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "c" and self.sheet:
            self._column += 1
            self._cell = attributes.get("r", f"row {self._row}, column {self._column}")
        elif name == "row":
            self._row, self._column = self._row + 1, 0
        elif name in ("conditionalformatting", "datavalidation"):
            self._cell = ""
            self._place = f"{attributes.get('sqref', '').split(' ')[0]} ({'validation' if name[0] == 'd' else 'conditional format'})"
        elif name == "definedname":
            self._place = f"the name {attributes.get('name', '')}"
        elif name == "sheetdata":
            self._place = ""
        if name in _FORMULA_ELEMENTS:
            self._taking = []
            if self._cell and attributes.get("t") in ("array", "dataTable"):
                self._check_array(attributes.get("ref", ""))
        for key, value in attributes.items():
            attribute = _local(key)
            if attribute in _FORMULA_ATTRIBUTES or (name == "cfvo" and attribute == "val"):
                self._check(value)
            if value in self.outside and ":" in key and name not in _CLICKED:
                raise FileError(f"{self._where()}: it shows what lies outside the file; put the picture itself there")

    def _text(self, text: str) -> None:
        if self._taking is not None:
            self._taking.append(text)

    def _end(self, tag: str) -> None:
        name = _local(tag)
        if name in _FORMULA_ELEMENTS and self._taking is not None:
            self._check("".join(self._taking))
            self._taking = None
        elif name == "sheetdata":
            self._cell = ""

    def _check(self, formula: str) -> None:
        if fetched := fetched_by(formula):
            raise FileError(
                f"{self._where()}: the formula reads what lies outside the file ({fetched}), and is not calculated; "
                "put the value itself there"
            )
        repeated = _REPEATED.search(formula)
        if repeated and float(repeated[1]) > LONGEST_REPEAT:
            raise FileError(f"{self._where()}: REPT repeats more than {LONGEST_REPEAT:,} times; repeat less")

    def _check_array(self, area: str) -> None:
        match = _AREA.fullmatch(area)
        if match is None:
            return
        rows = abs(int(match[4]) - int(match[2])) + 1
        columns = abs(_column(match[3]) - _column(match[1])) + 1
        if rows * columns > MOST_IN_ARRAY:
            raise FileError(
                f"{self._where()}: an array formula fills {rows * columns:,} cells ({area}); at most {MOST_IN_ARRAY:,} are calculated"
            )

    def _where(self) -> str:
        place = self._cell or self._place
        if self.sheet:
            return f"{self.path}: {self.sheet}!{place}" if place else f"{self.path}: {self.sheet}"
        return f"{self.path}: {place or shown_name(self.part)}"


def _local(tag: str) -> str:
    return tag.rpartition(":")[2].lower()


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column
