"""Types draw after draw into one open workbook in LibreOffice; run by a Python that has ``uno``.

``python sweep_office.py SOFFICE HOME`` reads one JSON document from its input: ``{"path": …, "draws": [[[sheet, row, column,
grid], …], …]}``, where each part of a draw is a rectangle of numbers and texts, ``null`` for an empty cell. For each draw it
answers with one line: ``[[sheet, cells, errors], …]`` as `uno_script.read` gives them. What a draw does not type stands as in
the file.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "workbook" / "engines"))

import uno_script


def main(soffice: str, home: Path) -> None:
    work = json.load(sys.stdin)
    office = uno_script.Office(soffice, home)
    try:
        document = uno_script.load(office, work["path"])
        for sheet in document.Sheets:
            sheet.unprotect("")
        asked: list[str] | None = work.get("sheets")
        for draw in work["draws"]:
            before = [type_in(document, *part) for part in draw]
            document.calculateAll()
            read = [[s.Name, *uno_script.read(s)] for s in document.Sheets if asked is None or s.Name in asked]
            sys.stdout.write(json.dumps(read) + "\n")
            sys.stdout.flush()
            for area, content in before:
                area.setDataArray(content)
        document.close(True)
    finally:
        office.stop()
        shutil.rmtree(home, ignore_errors=True)


def type_in(document: Any, name: str, row: int, column: int, grid: list[list[Any]]) -> tuple[Any, Any]:
    """Type a rectangle; return it with what stood there."""
    sheet = document.Sheets.getByName(name)
    area = sheet.getCellRangeByPosition(column, row, column + len(grid[0]) - 1, row + len(grid) - 1)
    before = area.getDataArray()
    area.setDataArray(tuple(tuple("" if value is None else value for value in line) for line in grid))
    return area, before


main(sys.argv[1], Path(sys.argv[2]))
