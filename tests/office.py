"""Edits workbooks in LibreOffice as a person would: insert rows, type into cells, save. Run by a Python that has ``uno``.

``python office.py SOFFICE HOME`` reads one JSON document from its input: ``{"from": path, "to": path, "steps": [step…]}``,
where a step is ``["rows", sheet, before row, count]``, ``["columns", sheet, before column, count]``, ``["delete", sheet,
row, count]`` or ``["type", sheet, cell, what]``. Rows and columns count from 0; what is typed may be a formula with its =.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "workbook" / "engines"))

import uno
import uno_script


def main(soffice: str, home: Path) -> None:
    work = json.load(sys.stdin)
    office = uno_script.Office(soffice, home)
    try:
        document = uno_script.load(office, work["from"])
        for step in work["steps"]:
            edit(document, *step)
        document.calculateAll()
        options = uno_script.properties(FilterName="Calc MS Excel 2007 XML")
        document.storeToURL(uno.systemPathToFileUrl(work["to"]), options)
        document.close(True)
    finally:
        office.stop()
        shutil.rmtree(home, ignore_errors=True)


def edit(document: Any, what: str, name: str, *where: Any) -> None:
    sheet = document.Sheets.getByName(name)
    sheet.unprotect("")
    if what == "rows":
        sheet.Rows.insertByIndex(*where)
    elif what == "delete":
        sheet.Rows.removeByIndex(*where)
    elif what == "columns":
        sheet.Columns.insertByIndex(*where)
    else:
        cell, content = where
        found = sheet.getCellRangeByName(cell)
        if isinstance(content, str):
            found.setFormula(content)
        else:
            found.setValue(content)


main(sys.argv[1], Path(sys.argv[2]))
