"""The quick way through a sheet's XML finds what an XML parser finds, and leaves to it what is not plain."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

import numpy as np
import pytest
from network import network

from workbook import sheet_parser
from workbook.book import Book
from workbook.cells import NOTHING
from workbook.fills import TYPED
from workbook.guard import FileError
from workbook.sheet_parser import Allowance, SheetParser
from workbook.writer import write

TEXTS = ["zero", "one", "two"]
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="x"><cols><col min="1" max="2" width="9"/></cols><sheetData>'
TAIL = '</sheetData><mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells></worksheet>'

PLAIN = '<row r="1" ht="30" customHeight="1"><c r="A1" s="3" t="s"><v>1</v></c><c r="AB1"><v>-1.5e-3</v></c></row>'
FORMULAS = '<row r="2"><c r="A2" s="4"><f>A1&amp;"&lt;"</f><v>1</v></c><c r="B2" t="str"><f>=A1</f><v>&quot;é 中 💥</v></c></row>'
SAVED_BY_OTHERS = (
    '<row r="3" customFormat="false" ht="12.8" hidden="false" outlineLevel="0" collapsed="false"><c r="A3" s="1"/>'
    '<c r="B3" s="0" t="n"><f aca="false">1/0</f><v>2</v></c><c r="C3" t="b"><v>1</v></c><c r="D3" t="e"><v>#N/A</v></c></row>'
)
NOT_PLAIN = [
    '<row r="4" hidden="1"><c r="A4"><v>4</v></c></row>',
    '<row r="4"><c r="A4"><v>4</v></c><c t="inlineStr" r="B4"><is><t>inline</t></is></c></row>',
    '<row r="4"><c r="A4"><f t="shared" ref="A4:B4" si="0">A1+1</f><v>1</v></c><c r="B4"><f t="shared" si="0"/><v>2</v></c></row>',
    '<row r="4"><c r="A4" t="str"><f>CHAR(10)&amp;"&#233;"</f><v>a&#10;b</v></c></row>',
    "<row><c><v>4</v></c><c><v>5</v></c></row>",
    '<row r="4" ht="3"/><row r="5"><c r="A5"><v>5</v></c></row>',
    '<row r="4"><c r="A4" ><v>4</v></c >  </row >',
    '<row r="4"><c r="A9"><v>in the row of another</v></c></row>'.replace("in the row of another", "9"),
    "<row r='4'><c r='A4' t='str'><v>a > b</v></c></row>",
    "<!-- <row> --><row r='4'><c r='A4'><v>4</v></c></row>",
    '<row r="4"><c r="A4" t="str"><v><![CDATA[</row><row r="4"><c r="A4"><v>9</v></c></row>]]></v></c></row>',
    '<row r="4"><c r="A4" t="str"><v>line\r\nline</v></c></row>',
]


@dataclass
class Found:
    """What was read, by row and column; styles only of typed cells that hold something."""

    values: dict[tuple[int, int], Any]
    formulas: dict[tuple[int, int], str]
    styles: dict[tuple[int, int], int]


def read(xml: str, *, quickly: bool = True) -> Found:
    """Read a sheet the quick way, or by the XML parser alone."""
    with pytest.MonkeyPatch.context() as patch:
        if not quickly:
            patch.setattr(sheet_parser, "_CELLS", b"<nothing>")
        cells = SheetParser(Path("x.xlsx"), "S", TEXTS, Allowance()).parse(io.BytesIO(xml.encode()))
    found = Found({}, {}, {})
    for n, at in enumerate(zip(cells.rows.tolist(), cells.columns.tolist(), strict=True)):
        if cells.which[n] != TYPED:
            found.formulas[at] = cells.formula(n)
        if cells.holds[n] != NOTHING:
            found.values[at] = cells.value(n)
            if cells.which[n] == TYPED and cells.styles[n]:
                found.styles[at] = int(cells.styles[n])
    return found


def alike(found: Found, expected: Found) -> bool:
    kinds = [[*map(type, cells.values.values())] for cells in (found, expected)]
    return found == expected and kinds[0] == kinds[1]


@pytest.mark.parametrize("odd", ["", *NOT_PLAIN])
def test_both_ways_find_the_same(odd: str) -> None:
    xml = HEAD + PLAIN + FORMULAS + SAVED_BY_OTHERS + odd + '<row r="20"><c r="A20"><v>20</v></c></row>' + TAIL
    found = read(xml)
    assert alike(found, read(xml, quickly=False))
    assert found.values[0, 0] == "one" and found.values[0, 27] == -0.0015
    assert found.formulas == {**found.formulas, (1, 0): 'A1&"<"', (1, 1): "A1", (2, 1): "1/0"}
    assert found.values[1, 1] == '"é 中 💥' and found.values[19, 0] == 20.0


@pytest.mark.parametrize("chunk", [1, 7, 64, 1000])
def test_rows_that_lie_across_chunks(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_parser, "CHUNK", chunk)
    monkeypatch.setattr(sheet_parser, "BATCH", chunk)
    xml = HEAD + PLAIN + FORMULAS + NOT_PLAIN[2] + SAVED_BY_OTHERS.replace('3"', '5"', 1).replace('3"', '5"') + TAIL
    assert alike(read(xml), read(xml, quickly=False))


@pytest.mark.parametrize(
    "damaged",
    [
        PLAIN.replace("</row>", ""),
        '<row r="7"><row r="8"><c r="A8"><v>1</v></c></row>',
        PLAIN + "</row>",
        PLAIN + "</c>",
        PLAIN.replace("-1.5e-3", "one"),
        PLAIN.replace(">1</v>", ">9</v>"),
        PLAIN.replace("AB1", "ZZZ1"),
        PLAIN.replace('r="1"', 'r="9999999"').replace('A1"', 'A9999999"').replace('AB1"', 'AB9999999"'),
        PLAIN.replace("-1.5e-3", "1\x01"),
        PLAIN.replace("-1.5e-3", "&bogus;"),
        PLAIN.replace("-1.5e-3", "1\ufffe"),
    ],
)
def test_both_ways_refuse_what_is_damaged(damaged: str) -> None:
    for quickly in (True, False):
        with pytest.raises((ValueError, IndexError, ExpatError)):
            read(HEAD + damaged + TAIL, quickly=quickly)


def test_formulas_have_limits_either_way() -> None:
    for formula, limit in (("1+" * 4100 + "1", "longer"), ("(" * 70 + "1" + ")" * 70, "deeper")):
        xml = HEAD + f'<row r="1"><c r="A1"><f>{formula}</f><v>1</v></c></row>' + TAIL
        for quickly in (True, False):
            with pytest.raises(FileError, match=limit):
                read(xml, quickly=quickly)


def files(folder: Path) -> Iterator[Path]:
    book = Book("tall", "t", "a", "s")
    sheet = book.page("S", "S")
    x = sheet.given("x", np.linspace(-1, 1, 5000))
    sheet.derived("y", x.value**2, lambda i: x[i] * x[i])
    for name, made in (("tall", book.finish()), ("network", network())):
        write(made, folder / f"{name}.xlsx")
        yield folder / f"{name}.xlsx"


def test_every_row_of_a_file_of_ours_that_has_cells_is_plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import zipfile

    seen: list[str] = []
    start = SheetParser._start_cell
    monkeypatch.setattr(SheetParser, "_start_cell", lambda parser, at: (seen.append(str(at)), start(parser, at)))
    for path in files(tmp_path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.startswith("xl/worksheets/sheet"):
                    with archive.open(name) as source:
                        SheetParser(path, name, ["text"] * 999, Allowance()).parse(source)
    assert not seen
