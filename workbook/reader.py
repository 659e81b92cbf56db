"""Reads an .xlsx file as a ledger: every cell's formula and cached value.

In a file of ours each block is a defined name, so that it is found wherever it has moved. A formula that somebody added
outside the blocks belongs to a block of its own, ``<sheet>!cells``. A foreign file has one such block a sheet, all
of it: its cells' addresses are all that is stable there, and areas found by guessing would shift with every edit.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from workbook.addresses import cell_name
from workbook.cells import NOTHING, Cells
from workbook.fills import TYPED
from workbook.formats import NumberFormats, read_formats
from workbook.guard import LARGEST_PART, FileError, guard, open_file
from workbook.ledger import Labels, Ledger, shown
from workbook.package import Package, children
from workbook.precedents import Area, areas_read
from workbook.sheet_parser import Allowance, SheetParser
from workbook.signature import (
    DIGEST_PROPERTY,
    LANGUAGE_PROPERTY,
    LONGEST_PROPERTY,
    NAME_PREFIX,
    SCENARIO_PROPERTY,
    Built,
    blocks_read,
    digest_of,
)

__all__ = ["FileError", "FileLedger", "guard", "property_of", "read_ledger", "was_edited"]

MOST_SPREAD = 3_000_000
OTHER_CELLS = "cells"

LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4})?")
"""What can be a language's code."""

_PREFIX_FORMAT = re.compile(r'((?:"[^"]*"|\\.)*)0')
_PREFIX_PART = re.compile(r'"([^"]*)"|\\(.)')


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


def read_ledger(path: Path | str, read: Mapping[str, tuple[str, Cells]] | None = None) -> FileLedger:
    """Read a file's cells.

    Parameters
    ----------
    path : the file
    read : by the names of its sheets their parts and cells, where they have been read already

    Raises
    ------
    FileError
        If the file is not a sound, harmless .xlsx workbook; one line.
    """
    path = Path(path)
    if read is None:
        guard(path)
    with damage_told(path):
        return _read(path, read or {})


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
        OverflowError,
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
                    rf'name="{DIGEST_PROPERTY}"[^>]*>\s*<vt:lpwstr>([0-9a-f]{{64}})<', _properties(archive)
                )
                digest = digest_of(archive.namelist(), archive.open)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError, EOFError):
            return True
    return stored is None or stored[1] != digest


def _properties(archive: zipfile.ZipFile) -> str:
    """Return the part that holds the properties; ValueError if it is larger than the guard would let pass."""
    with archive.open("docProps/custom.xml") as source:
        text = source.read(LARGEST_PART + 1)
    if len(text) > LARGEST_PART:
        raise ValueError("the properties are too large")
    return text.decode()


def property_of(path: Path | str, name: str) -> str:
    """Return a document property that a file was given when it was built; empty where it says nothing.

    Raises
    ------
    FileError
        If it is missing, a folder, or may not be read.
    """
    with open_file(Path(path)) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                properties = _properties(archive)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError, EOFError):
            return ""
    stored = re.search(rf'name="{name}"[^>]*>\s*<vt:lpwstr>([^<]{{1,{2 * LONGEST_PROPERTY}}})<', properties)
    return "" if stored is None else unescape(stored[1])


# ---------------------------------------------------------------------------------------------- the workbook


def _read(path: Path, read: Mapping[str, tuple[str, Cells]]) -> FileLedger:
    with open_file(path) as file:
        package, parts, hidden = opened_workbook(file)
        archive = package.archive
        texts = read_texts(archive)
        sheets: dict[str, Cells] = {}
        allowance = Allowance()
        for name, part in parts.items():
            if read.get(name, ("",))[0] == part:
                sheets[name] = read[name][1]
                continue
            with archive.open(part) as source:
                sheets[name] = SheetParser(path, name, texts, allowance).parse(source)
        named = _named_areas(package, sheets)
        _check_spread(path, named.values())
        properties = _custom_properties(package)
        language = properties.get(LANGUAGE_PROPERTY, "")
        inside = {
            name: cells.inside(area for area in named.values() if area.sheet == name) for name, cells in sheets.items()
        }
        formats = read_formats(archive)
        labels = {name: _labels(cells, formats, ~inside[name]) for name, cells in sheets.items()} if named else {}
    areas = dict(named)
    for name, cells in sheets.items():
        other = _other_cells(name, cells, ~inside[name], named)
        if other is not None:
            areas[f"{name}!{OTHER_CELLS}"] = other
    _check_spread(path, areas.values())
    blocks = []
    for name, cells in sheets.items():
        here = [(id, area) for id, area in areas.items() if area.sheet == name]
        for id, area in sorted(here, key=lambda pair: (pair[0] not in named, pair[1].top, pair[1].left)):
            blocks.append(cells.block(id, area, inside[name] if named and id not in named else None))
    return FileLedger(
        properties.get(SCENARIO_PROPERTY, ""),
        language if LANGUAGE.fullmatch(language) else "",
        list(sheets),
        blocks,
        labels,
        blocks_read(properties),
        properties,
        hidden,
    )


def opened_workbook(file: BinaryIO) -> tuple[Package, dict[str, str], list[str]]:
    """Open a workbook; return its package, the sheets with their parts, and the names of the hidden ones.

    Raises
    ------
    KeyError
        If there is no sheet.
    """
    package = Package(zipfile.ZipFile(file))
    sheets = dict(package.sheets)
    if not sheets:
        raise KeyError("no sheet")
    listed = children(package.workbook, "sheets", "sheet")
    return package, sheets, [sheet.get("name", "") for sheet in listed if sheet.get("state", "visible") != "visible"]


def _custom_properties(package: Package) -> dict[str, str]:
    """Return the properties that a file was given, by their names."""
    return {element.get("name", ""): "".join(element.itertext()) for element in package.xml("docProps/custom.xml")}


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


def _named_areas(package: Package, sheets: dict[str, Cells]) -> dict[str, Area]:
    """Return the areas of our blocks by their ids."""
    found = {}
    for defined in children(package.workbook, "definedNames", "definedName"):
        name = defined.get("name", "")
        if not name.lower().startswith(NAME_PREFIX) or "localSheetId" in defined.attrib:
            continue
        areas = areas_read(defined.text or "", "")
        if len(areas) == 1 and areas[0].sheet in sheets:
            found[name[len(NAME_PREFIX) :]] = areas[0]
    return found


def _other_cells(name: str, cells: Cells, outside: NDArray[np.bool_], named: Mapping[str, Area]) -> Area | None:
    """Return the area of the cells outside the blocks: in a file of ours only those with formulas count."""
    counts = cells.which != TYPED
    here = outside & (counts if named else counts | (cells.holds != NOTHING))
    if not here.any():
        return None
    rows, columns = cells.rows[here], cells.columns[here]
    return Area(name, int(rows.min()), int(columns.min()), int(rows.max()), int(columns.max()))


def _check_spread(path: Path, areas: Iterable[Area]) -> None:
    spread = 0
    for area in areas:
        rows, columns = area.bottom - area.top + 1, area.right - area.left + 1
        spread += rows * columns
        if spread > MOST_SPREAD:
            where = f"{cell_name(area.top, area.left)}:{cell_name(area.bottom, area.right)}"
            raise FileError(f"{path}: the cells of {area.sheet} are spread too far ({where}); delete those far outside")


def _labels(cells: Cells, formats: NumberFormats, outside: NDArray[np.bool_]) -> Labels:
    labels = {}
    for n in np.flatnonzero(outside & (cells.which == TYPED) & (cells.holds != NOTHING)).tolist():
        value = cells.value(n)
        at = int(cells.rows[n]), int(cells.columns[n])
        labels[at] = (
            shown(_prefix(formats.own(int(cells.styles[n]))), value) if isinstance(value, float) else str(value)
        )
    return labels


def _prefix(code: str | None) -> str:
    """Return the words that a counter's number format puts before its number."""
    match = _PREFIX_FORMAT.fullmatch(code or "")
    return "".join(quoted + single for quoted, single in _PREFIX_PART.findall(match[1])) if match else ""


def date_of(formats: NumberFormats, style: int, value: float) -> str | None:
    """Return the date or time that a number is shown as; None where its format shows a number."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
    from openpyxl.utils.datetime import from_excel

    number = formats.numbers[style] if style < len(formats.numbers) else 0
    if not is_date_format(formats.codes.get(number) or BUILTIN_FORMATS.get(number, "General")):
        return None
    try:
        return str(from_excel(value)).removesuffix(" 00:00:00")
    except (ValueError, OverflowError):
        return "a date before all dates"
