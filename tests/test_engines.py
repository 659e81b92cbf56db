"""The engines really recalculate, exactly, say what is wrong in one line and leave nothing behind."""

import contextlib
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

import workbook.engines.ironcalc as ironcalc_engine
from workbook.engines import ENGINES, EngineError, ErrorValue, Value, available, gnumeric, libreoffice, recalculate

POISON = 99.0  # every cached value, and the result of no formula here
Fill = Callable[[Worksheet], None]


class Exact(float):
    """A number that XlsxWriter writes with all its digits."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


def write(path: Path, **sheets: Fill) -> Path:
    """Write a workbook with a sheet for each keyword."""
    with xlsxwriter.Workbook(path) as book:
        for name, fill in sheets.items():
            fill(book.add_worksheet(name))
    return path


def with_formulas(*formulas: str, first: float = 2.0) -> Fill:
    """Fill a sheet with a number in A1 and poisoned formulas down column B."""

    def fill(sheet: Worksheet) -> None:
        sheet.write_number(0, 0, Exact(first))
        for row, formula in enumerate(formulas):
            sheet.write_formula(row, 1, formula, None, POISON)

    return fill


def results(path: Path, engine: str, *formulas: str) -> list[Value]:
    """Return what an engine makes of formulas, where A1 is 2."""
    cells = recalculate(write(path, Sheet=with_formulas(*formulas)), engine)["Sheet"]
    return [cells[row, 1] for row in range(len(formulas))]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "Büro 表.xlsx"


def test_poisoned_cached_values_are_not_believed(path: Path, engine: str) -> None:
    assert results(path, engine, "=A1*3", "=B1+1", "=SUM(A1:B2)") == [6.0, 7.0, 22.0 - 7.0]


def test_file_is_not_modified(path: Path, engine: str) -> None:
    write(path, Sheet=with_formulas("=A1*3"))
    before = path.read_bytes(), path.stat().st_mtime_ns
    recalculate(path, engine, {("Sheet", 0, 0): 5.0})
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(path.parent.iterdir()) == [path]


def test_an_edit_moves_what_depends_on_it_on_every_sheet(path: Path, engine: str) -> None:
    write(path, Main=with_formulas("=A1*3", "=B1*B1"), Other=with_formulas("=Main!B2+A1"))
    cells = recalculate(path, engine, {("Main", 0, 0): 0.5, ("Other", 0, 0): np.float64(10)})
    assert cells == {"Main": {(0, 0): 0.5, (0, 1): 1.5, (1, 1): 2.25}, "Other": {(0, 0): 10.0, (0, 1): 12.25}}


def test_an_edit_does_not_outlive_the_call(path: Path, engine: str) -> None:
    write(path, Sheet=with_formulas("=A1*3"))
    assert recalculate(path, engine, {("Sheet", 0, 0): 5.0})["Sheet"][0, 1] == 15.0
    assert recalculate(path, engine)["Sheet"][0, 1] == 6.0


@pytest.mark.parametrize("text", ["12", "=1+1", "TRUE", "'quoted", "5%", "#DIV/0!", "1/2/2020", "中文 ✓ 😀", " a\nb "])
def test_a_text_typed_stays_that_text(path: Path, engine: str, text: str) -> None:
    write(path, Sheet=with_formulas("=ISTEXT(A1)", '=A1&"|"'))
    cells = recalculate(path, engine, {("Sheet", 0, 0): text})["Sheet"]
    assert cells == {(0, 0): text, (0, 1): True, (1, 1): text + "|"}
    assert not isinstance(cells[0, 0], ErrorValue)


def test_the_empty_text_clears_a_cell(path: Path, engine: str) -> None:
    write(path, Sheet=with_formulas("=ISBLANK(A1)"))
    assert recalculate(path, engine, {("Sheet", 0, 0): ""})["Sheet"] == {(0, 1): True}


def test_an_unlocked_cell_of_a_protected_sheet_takes_an_edit(path: Path, engine: str) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sheet")
        sheet.protect()
        sheet.write_number(0, 0, 1.0, book.add_format({"locked": False}))
        sheet.write_formula(0, 1, "=A1*3", None, POISON)
    assert recalculate(path, engine, {("Sheet", 0, 0): 5.0})["Sheet"][0, 1] == 15.0


def test_sheets_come_in_the_order_of_the_file_with_their_names(path: Path, engine: str) -> None:
    write(
        path, **{"Überblick ✓": with_formulas("='It''s'!A1+1"), "It's": with_formulas(first=5.0), "空": lambda _: None}
    )
    cells = recalculate(path, engine)
    assert list(cells) == ["Überblick ✓", "It's", "空"]
    if engine == "gnumeric":  # takes no apostrophe in the name of a sheet that a formula reads, and says so
        assert isinstance(cells["Überblick ✓"][0, 1], ErrorValue)
    else:
        assert cells["Überblick ✓"][0, 1] == 6.0
    assert cells["空"] == {}


def test_errors_are_errors_and_texts_that_look_like_errors_are_texts(path: Path, engine: str) -> None:
    formulas = ("=1/0", "=NA()", '="a"+1', "=nosuchname", "=EXP(1000)", "=B1+1", '="#DIV/0!"', "=ISERROR(B7)")
    *errors, text, is_error = results(path, engine, *formulas)
    assert errors == ["#DIV/0!", "#N/A", "#VALUE!", "#NAME?", "#NUM!", "#DIV/0!"]
    assert all(isinstance(error, ErrorValue) for error in errors)
    assert text == "#DIV/0!"
    assert not isinstance(text, ErrorValue)
    assert is_error == False  # noqa: E712 - LibreOffice gives 0.0


def test_truth_values_are_bool_where_the_engine_knows_them(path: Path, engine: str) -> None:
    values = results(path, engine, "=A1>1", "=A1<1", "=A1*1")
    assert values == [True, False, 2.0]
    assert [type(value) for value in values] == ([float] * 3 if engine == "libreoffice" else [bool, bool, float])


def test_texts(path: Path, engine: str) -> None:
    formulas = ('=IF(A1>1,"是 ✓","否")', '="é😀"&"x"', "=A1&A1", '=REPT("ab",3)', '=""', '=" a "')
    assert results(path, engine, *formulas) == ["是 ✓", "é😀x", "22", "ababab", "", " a "]


def test_numbers_are_written_in_english_whatever_the_locale(path: Path, engine: str) -> None:
    assert results(path, engine, "=FIXED(1234.5,2,TRUE)", '=1/4&""') == ["1234.50", "0.25"]


DOUBLES = [
    0.1 + 0.2,
    1 / 3,
    1e-300,
    1.7976931348623157e308,
    2.2250738585072014e-308,
    5e-324,
    -math.pi * 1e17,
    2.0**53 - 1,
]


def test_doubles_come_back_to_the_last_bit(path: Path, engine: str) -> None:
    numbers = [*DOUBLES, *np.random.default_rng(1).standard_normal(200).tolist()]

    def fill(sheet: Worksheet) -> None:
        for row, number in enumerate(numbers):
            sheet.write_number(row, 0, Exact(number))
            sheet.write_formula(row, 1, f"=A{row + 1}", None, POISON)
            sheet.write_number(row, 2, 0.0)
            sheet.write_formula(row, 3, f"=C{row + 1}", None, POISON)

    typed = {("Sheet", row, 2): number for row, number in enumerate(numbers)}
    cells = recalculate(write(path, Sheet=fill), engine, typed)["Sheet"]
    for column in range(4):
        assert [cells[row, column] for row in range(len(numbers))] == numbers
    assert {type(value) for value in cells.values()} == {float}


def test_empty_and_merely_formatted_cells_are_absent(path: Path, engine: str) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sheet")
        sheet.write_blank(3, 3, None, book.add_format({"bg_color": "yellow"}))
        sheet.write_string(5, 4, "x")
    assert recalculate(path, engine) == {"Sheet": {(5, 4): "x"}}


def test_a_long_chain_of_cells_in_reverse_order(path: Path, engine: str) -> None:
    formulas = [f"=B{row + 2}+1" for row in range(5000)]
    assert recalculate(write(path, Sheet=with_formulas(*formulas)), engine)["Sheet"][0, 1] == 5000.0


def broken(path: Path, part: str, content: bytes | None) -> None:
    """Write a workbook of which one part is replaced, or left out."""
    whole = write(path.with_name("whole.xlsx"), Sheet=with_formulas("=A1*3"))
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            if name != part:
                target.writestr(name, source.read(name))
            elif content is not None:
                target.writestr(name, content)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(b"a,b\n1,2\n"), id="text"),
        pytest.param(lambda path: path.write_bytes(b"PK\x03\x04" + bytes(500)), id="garbage"),
        pytest.param(lambda path: zipfile.ZipFile(path, "w").writestr("a", "b"), id="other zip"),
        pytest.param(lambda path: broken(path, "xl/workbook.xml", None), id="no workbook part"),
        pytest.param(
            lambda path: broken(path, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"), id="broken xml"
        ),
        pytest.param(lambda path: path.mkdir(), id="directory"),
        pytest.param(lambda path: None, id="missing"),
    ],
)
def test_an_unreadable_file_is_reported_in_one_line(path: Path, engine: str, spoil: Callable[[Path], object]) -> None:
    spoil(path)
    with pytest.raises(EngineError) as caught:
        recalculate(path, engine)
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)
    good = write(path.with_name("good.xlsx"), Sheet=with_formulas("=A1*3"))
    assert recalculate(good, engine)["Sheet"][0, 1] == 6.0


def test_an_edit_on_an_unknown_sheet_is_reported(path: Path, engine: str) -> None:
    write(path, Main=with_formulas("=A1*3"))
    with pytest.raises(EngineError, match="there is no sheet 'Mian'; there are: Main"):
        recalculate(path, engine, {("Mian", 0, 0): 1.0})


@pytest.mark.parametrize("value", [math.nan, math.inf, True, None])
def test_what_no_cell_can_hold_is_refused(path: Path, value: float) -> None:
    write(path, Main=with_formulas("=A1*3"))
    with pytest.raises(EngineError, match="cannot be typed"):
        recalculate(path, edits={("Main", 0, 0): value})


@pytest.mark.parametrize("cell", [(-1, 0), (0, -1), (1_048_576, 0), (0, 16_384)])
def test_an_edit_outside_the_sheet_is_refused(path: Path, cell: tuple[int, int]) -> None:
    write(path, Main=with_formulas("=A1*3"))
    with pytest.raises(EngineError, match="is not a cell"):
        recalculate(path, edits={("Main", *cell): 1.0})


def test_unknown_engine(path: Path) -> None:
    with pytest.raises(EngineError, match="unknown engine 'excel'; there are: ironcalc, libreoffice, gnumeric"):
        recalculate(path, "excel")
    with pytest.raises(EngineError, match="unknown engine"):
        available("excel")


def test_a_panic_in_rust_becomes_an_engine_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ironcalc

    monkeypatch.setattr(ironcalc, "load_from_xlsx", lambda *_: ironcalc.test_panic())
    write(path, Sheet=with_formulas("=A1*3"))
    with pytest.raises(EngineError, match="IronCalc broke down"):
        recalculate(path)


def test_an_engine_prints_nothing(path: Path, engine: str, capfd: pytest.CaptureFixture[str]) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Sheet").write_number(0, 0, 1.0, book.add_format({"font_script": 1}))
    assert recalculate(path, engine) == {"Sheet": {(0, 0): 1.0}}
    broken(path, "xl/_rels/workbook.xml.rels", b"<Relationships/>")
    with contextlib.suppress(EngineError):
        recalculate(path, engine)
    print("still heard")
    assert capfd.readouterr() == ("still heard\n", "")


def test_ironcalc_missing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ironcalc_engine, "find_spec", lambda _: None)
    write(path, Sheet=with_formulas("=A1*3"))
    assert available("ironcalc") == "IronCalc is not installed: pip install ironcalc"
    with pytest.raises(EngineError, match="pip install ironcalc"):
        recalculate(path)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere LibreOffice is not looked for on the PATH alone")
def test_libreoffice_missing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    write(path, Sheet=with_formulas("=A1*3"))
    assert available("libreoffice") == "LibreOffice is not installed: there is no soffice on the PATH"
    with pytest.raises(EngineError, match="no soffice on the PATH"):
        recalculate(path, "libreoffice")


def test_no_python_with_uno(path: Path, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libreoffice, "_find_python", lambda _: None)
    write(path, Sheet=with_formulas("=A1*3"))
    if engine == "libreoffice":
        assert "python3-uno" in (available(engine) or "")
        with pytest.raises(EngineError, match="uno"):
            recalculate(path, engine)


SCRIPT = """
import os, signal, subprocess, sys
from pathlib import Path
from workbook.engines import EngineError, libreoffice, recalculate

path, engine, end = sys.argv[1:]
recalculate(Path(path), engine)
print("busy" if os.listdir(os.environ["TMPDIR"]) else "nothing there", flush=True)
if end == "hung":
    listing = subprocess.run(["ps", "-eo", "pid=,args=", "-ww"], capture_output=True, text=True).stdout
    ours = [line for line in listing.splitlines() if os.environ["TMPDIR"] in line]
    for line in ours:
        os.kill(int(line.split()[0]), signal.SIGSTOP)
    libreoffice.TIME_LIMIT = 1.0
    try:
        recalculate(Path(path), engine)
    except EngineError as error:
        print(error, flush=True)
    print(os.listdir(os.environ["TMPDIR"]), flush=True)
elif end == "killed":
    os.kill(os.getpid(), 9)
"""


def office_processes(folder: Path) -> list[str]:
    """Return the command lines of running processes that mention a folder."""
    listing = subprocess.run(["ps", "-eo", "args", "-ww"], capture_output=True, text=True, check=True).stdout
    return [line for line in listing.splitlines() if str(folder) in line]


@pytest.mark.skipif(os.name != "posix", reason="looks at the processes with ps")
@pytest.mark.parametrize("end", ["normal", "hung", "killed"])
def test_libreoffice_leaves_nothing_behind(path: Path, tmp_path: Path, engine: str, end: str) -> None:
    if engine != "libreoffice":
        return
    home = tmp_path / "home"  # in the command line of all that is started, LibreOffice included
    home.mkdir()
    write(path, Sheet=with_formulas("=A1*3"))
    root = str(Path(__file__).parents[1])
    environment = {**os.environ, "TMPDIR": str(home), "PYTHONPATH": root}
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path), engine, end],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.stdout.startswith("busy"), run.stderr
    if end == "hung":
        assert run.stdout.splitlines()[1:] == [f"{path}: LibreOffice did not finish within 1 s", "[]"]
    assert run.returncode == (-signal.SIGKILL if end == "killed" else 0)
    deadline = time.monotonic() + 20
    while (office_processes(home) or any(home.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert office_processes(home) == []
    assert list(home.iterdir()) == []


def test_every_engine_is_tested() -> None:
    assert ENGINES == ("ironcalc", "libreoffice", "gnumeric")


# ---------------------------------------------------------------------------------------------- Gnumeric alone


@pytest.fixture
def _has_gnumeric() -> None:
    if reason := available("gnumeric"):
        pytest.skip(reason)  # where it is required, the fixture `engine` fails


def test_gnumeric_missing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    write(path, Sheet=with_formulas("=A1*3"))
    assert (available("gnumeric") or "").startswith("Gnumeric is not installed: there is no ssconvert on the PATH")
    with pytest.raises(EngineError, match="apt install gnumeric"):
        recalculate(path, "gnumeric")


@pytest.mark.usefixtures("_has_gnumeric")
def test_gnumeric_that_takes_too_long_is_ended(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gnumeric, "TIME_LIMIT", 0.01)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    write(path, Sheet=with_formulas("=A1*3"))
    with pytest.raises(EngineError, match=re.escape(f"{path}: Gnumeric did not finish within 0 s")):
        recalculate(path, "gnumeric")
    assert office_processes(tmp_path / "home") == []
    assert list((tmp_path / "home").iterdir()) == []


@pytest.mark.usefixtures("_has_gnumeric")
def test_gnumeric_takes_no_part_in_the_users_settings(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("DISPLAY", ":99")
    monkeypatch.setenv("HOME", "/nonexistent")
    assert results(path, "gnumeric", "=FIXED(1234.5,2)", '=1/4&""', '="0.5"*2') == ["1,234.50", "0.25", 1.0]


def test_a_cell_whose_formula_others_share_is_typed_over(path: Path, engine: str) -> None:
    """Spreadsheet programs store a filled formula once; what is typed over its first cell is not the others' loss."""
    whole = write(path.with_name("whole.xlsx"), Sheet=with_formulas("=A1*3", "=A2*3", "=A3*3", first=2.0))
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            xml = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                xml = xml.replace(b"<f>A1*3</f>", b'<f t="shared" ref="B1:B3" si="0">A1*3</f>')
                xml = xml.replace(b"<f>A2*3</f>", b'<f t="shared" si="0"/>').replace(
                    b"<f>A3*3</f>", b'<f t="shared" si="0"/>'
                )
            target.writestr(name, xml)
    edits = {("Sheet", 0, 1): 5.0, ("Sheet", 1, 0): 4.0, ("Sheet", 2, 0): 1.0}
    cells = recalculate(path, engine, edits)["Sheet"]
    assert [cells[row, 1] for row in range(3)] == [5.0, 12.0, 3.0]
