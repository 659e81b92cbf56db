"""Files changed behind a spreadsheet's back, to see that it is noticed."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path


def rewrite(path: Path, change: Callable[[str, bytes], bytes | None], to: Path | None = None) -> Path:
    """Write a file again with each part as `change(name, contents)` returns it; None drops it."""
    with zipfile.ZipFile(path) as archive:
        parts = [(info, archive.read(info)) for info in archive.infolist()]
    target = to or path
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, contents in parts:
            changed = change(info.filename, contents)
            if changed is not None:
                archive.writestr(info.filename, changed)
    return target


def sheet_part(path: Path, sheet: str) -> str:
    """Return the name of the part that holds a sheet."""
    with zipfile.ZipFile(path) as archive:
        names = re.findall(r'<sheet name="(\w+)"', archive.read("xl/workbook.xml").decode())
    return f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"


def replace_cell(path: Path, sheet: str, cell: str, pattern: str, text: str) -> None:
    """Replace what matches a pattern in the XML of one cell."""
    part = sheet_part(path, sheet)

    def change(name: str, contents: bytes) -> bytes:
        if name != part:
            return contents
        xml = contents.decode()
        whole = re.search(rf'<c r="{cell}".*?</c>', xml)
        assert whole, f"{sheet} has no cell {cell}"
        new, count = re.subn(pattern, text, whole[0])
        assert count == 1, whole[0]
        return xml.replace(whole[0], new).encode()

    rewrite(path, change)


def poison(path: Path, sheet: str, cell: str, value: str) -> None:
    """Put a wrong cached value into a cell."""
    replace_cell(path, sheet, cell, r"<v>.*?</v>", f"<v>{value}</v>")
