"""A file that is written once, and filled in for each student: its cells are patched, and an engine says what they hold.

Building a workbook takes ten times as long. What no student's numbers change is compressed once.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from workbook.engines import Cells, ErrorValue, Value
from workbook.engines.ironcalc import Session
from workbook.package import Package
from workbook.precedents import column_number
from workbook.signature import DIGEST_PROPERTY, digest_of

_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_FORMULA = re.compile(rb"<f>.*?</f>", re.DOTALL)
_KIND = re.compile(rb' t="\w+"')
_DIGEST = re.compile(rb'(name="' + DIGEST_PROPERTY.encode() + rb'"><vt:lpwstr>)[0-9a-f]*')

STAMP = (2024, 1, 1, 0, 0, 0)
"""The time of every part, so that the same numbers make the same file."""

TEXTS, PROPERTIES = "xl/sharedStrings.xml", "docProps/custom.xml"

At = tuple[int, int]


@dataclass(frozen=True)
class _Part:
    """A sheet's part, cut at the cells that change: what lies between, and of each cell its beginning and its formula."""

    name: str
    sheet: str
    between: list[bytes]
    cells: list[tuple[At, bytes, bytes]]

    def filled(self, cells: Cells) -> bytes:
        """Return the part with what an engine has in its cells."""
        pieces = [self.between[0]]
        for ((row, column), head, formula), after in zip(self.cells, self.between[1:], strict=True):
            pieces.append(_written(head, formula, cells.at(row, column)))
            pieces.append(after)
        return b"".join(pieces)


def _written(head: bytes, formula: bytes, value: Value | None) -> bytes:
    """Return a cell with its formula and what the engine says of it."""
    if value is None or (not formula and value == ""):
        return b"<c " + head + (b">" + formula + b"</c>" if formula else b"/>")
    if isinstance(value, bool):
        kind, text = b' t="b"', b"%d" % value
    elif isinstance(value, ErrorValue):
        kind, text = b' t="e"', value.encode()
    elif isinstance(value, str):
        kind, text = b' t="str"', escape(value, quote=False).encode()
    else:
        kind, text = b"", repr(value + 0.0).encode()
    return b"<c " + head + kind + b">" + formula + b"<v>" + text + b"</v></c>"


class Template:
    """A file in which some cells change.

    Parameters
    ----------
    packed : the file
    changing : for each sheet the cells that change, by row and column from 0; cells with a formula, or typed numbers
    """

    def __init__(self, packed: bytes, changing: Mapping[str, Collection[At]]) -> None:
        self._changing: list[_Part] = []
        self._small: dict[str, bytes] = {}
        self._fixed: dict[str, bytes] = {}
        static = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(packed)) as archive, zipfile.ZipFile(static, "w", zipfile.ZIP_DEFLATED) as kept:
            sheets = {part: name for name, part in Package(archive).sheets}
            for name in archive.namelist():
                contents = archive.read(name)
                if changing.get(sheets.get(name, "")):
                    self._changing.append(_cut(name, sheets[name], contents, changing[sheets[name]]))
                elif name in (TEXTS, PROPERTIES):
                    self._small[name] = contents
                else:
                    self._fixed[name] = contents
                    kept.writestr(zipfile.ZipInfo(name, STAMP), contents, zipfile.ZIP_DEFLATED, 6)
        self._static = static.getvalue()
        with tempfile.TemporaryDirectory(prefix="workbook-") as folder:
            path = Path(folder) / "template.xlsx"
            path.write_bytes(packed)
            self.session = Session.loaded(path)

    def fill(self, words: Mapping[str, str]) -> bytes:
        """Return the file as the engine has it now; `words` replace texts that stand alone in their cells."""
        self.session.evaluate()
        cells = self.session.cells()
        parts = {part.name: part.filled(cells[part.sheet]) for part in self._changing}
        texts = self._small[TEXTS]
        for old, new in words.items():
            texts = texts.replace(f">{escape(old)}<".encode(), f">{escape(new, quote=False)}<".encode())
        parts[TEXTS] = texts
        whole = {**self._fixed, **parts}
        digest = digest_of(whole, lambda name: io.BytesIO(whole[name])).encode()
        parts[PROPERTIES] = _DIGEST.sub(lambda match: match[1] + digest, self._small[PROPERTIES])
        buffer = io.BytesIO(self._static)
        with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
            for name, contents in parts.items():
                archive.writestr(zipfile.ZipInfo(name, STAMP), contents, zipfile.ZIP_DEFLATED, 6)
        return buffer.getvalue()


def _cut(name: str, sheet: str, contents: bytes, changing: Collection[At]) -> _Part:
    wanted = set(changing)
    between: list[bytes] = []
    cells: list[tuple[At, bytes, bytes]] = []
    last = 0
    for match in _CELL.finditer(contents):
        at = int(match[2]) - 1, column_number(match[1].decode())
        if at not in wanted:
            continue
        formula = _FORMULA.search(match[4] or b"")
        if formula is None and not match[4]:
            continue  # an open cell stays empty
        head = b'r="' + match[1] + match[2] + b'"' + _KIND.sub(b"", match[3])
        between.append(contents[last : match.start()])
        cells.append((at, head, formula[0] if formula else b""))
        last = match.end()
    between.append(contents[last:])
    return _Part(name, sheet, between, cells)


def areas(blocks: Iterable[tuple[str, int, int, int, int]]) -> dict[str, set[At]]:
    """Return the cells of some rectangles (sheet, row, column, rows, columns), by sheet."""
    found: dict[str, set[At]] = {}
    for sheet, row, column, rows, columns in blocks:
        here = found.setdefault(sheet, set())
        here.update((down, right) for down in range(row, row + rows) for right in range(column, column + columns))
    return found
