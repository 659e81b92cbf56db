"""Gnumeric: the third engine, whose converter recalculates a file and writes it again with all its digits.

Debian's Gnumeric computes with more digits than a double has (an x87's 64 bits), so it agrees with the other two where a
result does not hang on the last bits. What it differs in:

* a number beyond the largest double is none of its errors: it is given as ``#NUM!``, which the others say at once;
* a circle it computes a hundred times and gives a number, where the others give an error;
* a reference to a sheet with an apostrophe in its name is an error;
* a control character in a text is dropped, and ``_x0041_`` in a file's text is not read as the letter A.
"""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import ascii_uppercase
from typing import IO
from xml.etree import ElementTree as ET

from workbook.addresses import cell_name
from workbook.engines import EngineError, ErrorValue, HeldCells, Sheets, Value
from workbook.engines.libreoffice import check_file, without_network
from workbook.package import Package, local
from workbook.precedents import column_number, moved

TIME_LIMIT = 300.0  # seconds for one file; our largest takes three
MISSING = "Gnumeric is not installed: there is no ssconvert on the PATH (Debian: apt install gnumeric)"
READER, WRITER = "Gnumeric_Excel:xlsx", "Gnumeric_Excel:xlsx2"

Edits = Mapping[tuple[str, int, int], float | str]


def available() -> str | None:
    """Say why Gnumeric cannot run here, or None when it can."""
    return None if shutil.which("ssconvert") else MISSING


def recalculate(path: Path, edits: Edits) -> Sheets:
    """Recalculate a workbook with Gnumeric; see `workbook.engines.recalculate`.

    Raises
    ------
    EngineError
        If Gnumeric is missing, takes longer than TIME_LIMIT, or refuses the file or an edit.
    """
    program = shutil.which("ssconvert")
    if program is None:
        raise EngineError(MISSING)
    check_file(path)
    with tempfile.TemporaryDirectory(prefix="workbook-gnumeric-") as folder:
        home = Path(folder)
        typed, made = home / "typed.xlsx", home / "made.xlsx"
        try:
            if edits:
                _type(path, typed, edits)
            else:
                shutil.copyfile(path, typed)
        except OSError as error:
            raise EngineError(f"{path}: {error.strerror}") from error
        try:
            kinds = [f"--import-type={READER}", f"--export-type={WRITER}"]
            _run([*without_network(), program, "--recalc", *kinds, typed.name, made.name], home)
            if not made.is_file():
                raise EngineError("Gnumeric cannot read it as an .xlsx file")
        except EngineError as error:
            raise EngineError(f"{path}: {error}") from error
        with zipfile.ZipFile(made) as archive:
            return _read(archive)


def _run(command: list[str], home: Path) -> None:
    """Run Gnumeric with a home of its own; raise EngineError if it does not come to an end."""
    process = subprocess.Popen(
        command,
        cwd=home,
        env=_environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # a group of its own, which can be killed as one
    )
    try:
        process.wait(TIME_LIMIT)
    except subprocess.TimeoutExpired:
        raise EngineError(f"Gnumeric did not finish within {TIME_LIMIT:.0f} s") from None
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                process.kill() if sys.platform == "win32" else os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _environment(home: Path) -> dict[str, str]:
    """Return an environment in which the user's settings, language and display have no say."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    folders = dict.fromkeys(("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"), str(home))
    return {**kept, **folders, "LC_ALL": "C.UTF-8", "GSETTINGS_BACKEND": "memory"}


# ---------------------------------------------------------------------------------------------- what is typed


def _type(path: Path, to: Path, edits: Edits) -> None:
    """Write a copy of a file with the edits in its cells; raise EngineError if a sheet does not exist."""
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
        parts = dict(Package(archive).sheets)
        by_part: dict[str, dict[tuple[int, int], float | str]] = {}
        for (sheet, row, column), value in edits.items():
            if sheet not in parts:
                raise EngineError(f"{path}: there is no sheet {sheet!r}; there are: {', '.join(parts)}")
            by_part.setdefault(parts[sheet], {})[row, column] = value
        for name in archive.namelist():
            contents = archive.read(name)
            copy.writestr(name, _typed(contents, by_part[name]) if name in by_part else contents)


def _typed(contents: bytes, edits: Mapping[tuple[int, int], float | str]) -> bytes:
    """Return a sheet's part with other contents in some of its cells."""
    root = ET.fromstring(contents)
    space = root.tag.removesuffix("worksheet")
    data = root.find(f"{space}sheetData")
    if data is None:
        return contents
    cells = {cell.get("r", ""): cell for cell in data.iter(f"{space}c")}
    for (row, column), value in edits.items():
        cell = cells.get(cell_name(row, column))
        if cell is None:
            cell = ET.SubElement(
                ET.SubElement(data, f"{space}row", r=str(row + 1)), f"{space}c", r=cell_name(row, column)
            )
        _hand_down(cell, cells, space)
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        if isinstance(value, float):
            ET.SubElement(cell, f"{space}v").text = repr(value)
        elif value:
            cell.set("t", "inlineStr")
            ET.SubElement(ET.SubElement(cell, f"{space}is"), f"{space}t").text = value
    made: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _hand_down(first: ET.Element, cells: Mapping[str, ET.Element], space: str) -> None:
    """Give the cells that share a formula with the first of them, which is about to lose it, a copy of their own."""
    shared = first.find(f"{space}f")
    if shared is None or shared.get("t") != "shared" or not shared.text:
        return
    row, column = _place(first.get("r", ""))
    for name, cell in cells.items():
        formula = cell.find(f"{space}f")
        if formula is not None and formula is not shared and formula.get("si") == shared.get("si"):
            here = _place(name)
            formula.attrib.clear()
            formula.text = moved(shared.text, here[0] - row, here[1] - column)


# ---------------------------------------------------------------------------------------------- what is computed


def _read(archive: zipfile.ZipFile) -> Sheets:
    """Return the contents of the cells of a file that Gnumeric has written."""
    package = Package(archive)
    texts = [_words(item) for item in package.xml("xl/sharedStrings.xml")]
    sheets: Sheets = {}
    for name, part in package.sheets:
        with archive.open(part) as source:
            sheets[name] = HeldCells(dict(_cells(source, texts)))
    return sheets


def _cells(source: IO[bytes], texts: list[str]) -> Iterator[tuple[tuple[int, int], Value]]:
    """Yield the place and the value of each cell of a sheet that is not empty."""
    for _event, element in ET.iterparse(source):
        kind = local(element.tag)
        if kind == "c":
            value = _value(element, texts)
            if value is not None:
                yield _place(element.get("r", "")), value
        elif kind == "row":
            element.clear()


def _value(cell: ET.Element, texts: list[str]) -> Value | None:
    """Return what a cell holds; None if it is empty."""
    parts = {local(child.tag): child for child in cell}
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _words(parts["is"]).replace("_x005F_", "_")
    if "v" not in parts:
        return None
    text = parts["v"].text or ""
    if kind == "n":
        number = float(text)
        return number if math.isfinite(number) else ErrorValue("#NUM!")
    if kind == "b":
        return text == "1"
    if kind == "e":
        return ErrorValue(text)
    text = texts[int(text)] if kind == "s" else text
    return text if text or "f" in parts else None


def _words(element: ET.Element) -> str:
    return "".join(text.text or "" for text in element.iter() if local(text.tag) == "t")


def _place(name: str) -> tuple[int, int]:
    """Return the row and the column, from 0, of a cell's name."""
    digits = name.lstrip(ascii_uppercase)
    return int(digits) - 1, column_number(name.removesuffix(digits))
