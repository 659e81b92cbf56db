"""Reads what a student has handed in: formulas and typed cells, and nothing of looks, charts or cached numbers.

Read-only and light, since a thousand of them come at once; it takes whatever spreadsheet saved the file last.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from workbook.desk.contents import At, Contents
from workbook.foreign import MOST_IN_ARRAY
from workbook.guard import FileError, guard
from workbook.precedents import areas_read
from workbook.reader import damage_told, read_texts
from workbook.sheet_parser import Allowance, Batch, SheetParser

_ID = re.compile(r"\{.*/relationships\}id")


@dataclass(frozen=True)
class HandIn:
    """A file that was handed in.

    Attributes
    ----------
    path : where it lies
    sheets : the cells of each sheet, in the order of the tabs
    names : the areas that are named in it, by their names
    parts : the part of the file in which each sheet lies
    """

    path: Path
    sheets: Mapping[str, Contents]
    names: Mapping[str, str]
    parts: Mapping[str, str]

    def text(self, sheet: str, at: At) -> str:
        """Return the text that is typed into a cell; nothing else is one."""
        value = self.sheets[sheet].values.get(at)
        return value.strip() if isinstance(value, str) and at not in self.sheets[sheet].formulas else ""


def read_handin(path: Path) -> HandIn:
    """Read a file that was handed in; what its formulas would fetch is refused when they are calculated.

    Raises
    ------
    FileError
        If it is no sound and harmless .xlsx workbook; one line.
    """
    guard(path)
    with damage_told(path), zipfile.ZipFile(path) as archive:
        parts, names = _outline(path, archive)
    return HandIn(path, _SheetsRead(path, parts), names, parts)


class _SheetsRead(Mapping[str, Contents]):
    """The sheets of a file, each read when it is first asked for: most are never."""

    def __init__(self, path: Path, parts: Mapping[str, str]) -> None:
        self._path, self._parts = path, parts
        self._read: dict[str, Contents] = {}
        self._texts: list[str] | None = None
        self._allowance = Allowance()

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def __contains__(self, name: object) -> bool:
        return name in self._parts

    def __getitem__(self, name: str) -> Contents:
        if name not in self._read:
            part = self._parts[name]
            with damage_told(self._path), zipfile.ZipFile(self._path) as archive:
                if self._texts is None:
                    self._texts = read_texts(archive)
                parser = _Parser(self._path, name, self._texts, self._allowance)
                with archive.open(part) as source:
                    parser.parse(source)
            self._read[name] = parser.contents()
        return self._read[name]


def _outline(path: Path, archive: zipfile.ZipFile) -> tuple[dict[str, str], dict[str, str]]:
    """Return the parts of the sheets by their names, and what is named."""
    book = _part(archive, "xl/workbook.xml")
    relations = _part(archive, "xl/_rels/workbook.xml.rels")
    if book is None or relations is None:
        raise FileError(f"{path}: the file is damaged (its list of sheets is missing); get it again")
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    present, parts = {name.lower(): name for name in archive.namelist()}, {}
    names: dict[str, str] = {}
    for element in book.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "sheet":
            id = next((value for key, value in element.attrib.items() if _ID.fullmatch(key)), "")
            target = targets.get(id, "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part.lower() in present and "worksheets/" in part:
                parts[element.get("name", "")] = present[part.lower()]
        elif tag == "definedName" and element.get("localSheetId") is None:
            names[element.get("name", "")] = element.text or ""
    return parts, names


def _part(archive: zipfile.ZipFile, name: str) -> ElementTree.Element | None:
    found = next((each for each in archive.namelist() if each.lower() == name.lower()), None)
    return None if found is None else ElementTree.fromstring(archive.read(found))


class _Parser(SheetParser):
    """Keeps each cell as it is written."""

    def __init__(self, path: Path, sheet: str, texts: list[str], allowance: Allowance) -> None:
        super().__init__(path, sheet, texts, allowance)
        self._kept = Contents()

    def _take(self, batch: Batch) -> None:
        super()._take(batch)
        kept = self._kept
        cells = zip(batch.rows.tolist(), batch.columns.tolist(), batch.kinds, batch.formulas, batch.texts, strict=True)
        for row, column, kind, formula, text in cells:
            if formula:
                kept.formulas[row, column] = formula
            elif text is not None:
                value = self._value_of(kind, text)
                if value is not None and value != "":
                    kept.values[row, column] = value

    def contents(self) -> Contents:
        """Return the sheet's cells."""
        for at, reference in self.arrays.items():
            size = _size(reference, at)
            if size != (1, 1) and at in self._kept.formulas:
                self._kept.arrays[at] = size
        return self._kept


def _size(reference: str, at: Any) -> At:
    """Return how many rows and columns an array formula fills; only one that begins in its own cell fills others."""
    for area in areas_read(reference, ""):
        rows, columns = area.bottom - area.top + 1, area.right - area.left + 1
        if (area.top, area.left) == at and rows * columns <= MOST_IN_ARRAY:
            return rows, columns
    return 1, 1
