"""The command line: what it writes, says and refuses, and that nothing is lost when it is stopped."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import openpyxl
import pytest
from click.shell_completion import ShellComplete
from tampering import poison, replace_cell, rewrite

import workbook.cli.choose
import workbook.discovery
from workbook import __version__
from workbook.block import Between
from workbook.book import Book
from workbook.cli import run
from workbook.cli.errors import explained
from workbook.cli.work import Job, Outcome, build_one, do_all
from workbook.data import read_numbers
from workbook.guard import FileError
from workbook.reader import was_edited
from workbook.scenario import Parameter, Scenario

# Small scenarios stand in for ours, so that these tests are of the command line alone. They are installed as a third
# party's would be: by a distribution's folder with entry points, which other processes find too.


class Line(Scenario):
    """y = m·x + c over the data."""

    name = "line"
    title = "A line"
    article = "an article"
    summary = "A line through points."
    data_columns = "two columns, x and y"
    locale = Path(__file__).parent / "locale"
    parameters: ClassVar = (
        Parameter("m", 2.0, "slope", -10, 10),
        Parameter("n", 3, "count", 1, 9, whole=True),
        Parameter("kind", "a", "kind", choices=("a", "b")),
    )

    def read_data(self, path: Path) -> Any:
        return read_numbers(path, 2)["x"].to_numpy()

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        sheet = book.page("Line", "Line")
        values = np.arange(1.0, settings["n"] + 1) if data is None else data
        x = sheet.given("x", values, valid=Between(-1e6, 1e6))
        m = sheet.given("m", settings["m"])
        sheet.derived("y", values * settings["m"], lambda i: m * x[i])


class Wrong(Scenario):
    """A formula that is not what NumPy computes."""

    name = "wrong"
    title = "A wrong one"
    article = "none"
    summary = "It does not hold."
    locale = Path(__file__).parent / "locale"

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        sheet = book.page("Sheet", "Sheet")
        x = sheet.given("x", 3.0)
        sheet.derived("double", 6.5, lambda: 2 * x)


class Slow(Line):
    """One that takes its time when it is told to."""

    name = "slow"

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        if os.environ.get("SLOW"):
            Path(os.environ["SLOW"]).touch()
            time.sleep(30)
        super().build(book, settings, data)


class Empty(Line):
    """One that computes nothing."""

    name = "empty"

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        book.page("Sheet", "Sheet").given("x", 3.0)


ENTRY_POINTS = f"[{workbook.discovery.ENTRY_POINTS}]\n" + "".join(
    f"{cls.name} = test_cli:{cls.__name__}\n" for cls in (Line, Wrong, Slow, Empty)
)


def install(site: Path, package: str, points: str) -> None:
    """Put the folder that tells of a package and its entry points where packages are installed."""
    info = site / f"{package.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(points)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with the scenarios of this module installed beside ours."""
    site = tmp_path / "site"
    install(site, "cli-scenarios", ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(site))
    paths = [str(site), str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return work


Said = tuple[int, str, str]


def said(capfd: pytest.CaptureFixture[str], *arguments: str) -> Said:
    """Run a command; return its exit code, what it printed and what it complained about."""
    code = run(arguments)
    out, err = capfd.readouterr()
    return code, out, err


def refused(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that must be refused; return its one line."""
    code, out, err = said(capfd, *arguments)
    assert code == 2
    assert out == ""
    assert err.startswith("workbook: ") and err.endswith("\n") and err.count("\n") == 1, err
    return err.strip()


def first_y(path: Path) -> str:
    """Return the name of the first cell of y."""
    area: str = openpyxl.load_workbook(path).defined_names["wb.y"].attr_text
    return area.split("!")[1].split(":", maxsplit=1)[0].replace("$", "")


def files(folder: Path) -> set[str]:
    """Every file below a folder, the hidden ones too."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


# ---------------------------------------------------------------------------------------------- build


def test_build_writes_a_proven_file_and_says_so(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capfd, "build", "line")
    assert (code, err) == (0, "")
    assert files(folder) == {"output/line.xlsx"}
    assert out.splitlines() == [
        "output/line.xlsx: 3 formula cells",
        "1 workbook written; the proof holds: IronCalc recalculated all 3 formula cells to NumPy's values.",
    ]


def test_build_says_how_many_texts_are_not_translated(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capfd, "build", "line", "--lang", "zh")
    assert code == 0 and err.count("\n") == 1
    assert out.startswith("output/line.zh.xlsx：3 个公式单元格\n")
    assert re.match(r"output/line\.zh\.xlsx：还有 [1-9] 条文字是英文；workbook lint 会指出它们", err)


def test_build_takes_settings_data_language_and_folder(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "my.csv").write_text("x,y\n5,1\n7,2\n")
    arguments = ("build", "line", "--set", "m=-1.5", "--data", "my.csv", "--lang", "zh", "--output", "deep/down")
    assert said(capfd, *arguments)[0] == 0
    assert files(folder) == {"my.csv", "deep/down/line.zh.xlsx"}
    page = openpyxl.load_workbook("deep/down/line.zh.xlsx", data_only=True)["Line"]
    numbers = [cell.value for row in page.iter_rows() for cell in row if isinstance(cell.value, int | float)]
    assert numbers == [5, 7, -1.5, -7.5, -10.5]


def test_data_may_come_from_the_standard_input(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for text, code in (("x,y\n5,1\n7,2\n", 0), ("x,y\n5,1\n7,two\n", 2)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert said(capfd, "numbers", "line", "--data", "-", "-o", "numbers.csv")[0] == code
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x,y\n5,1\n7,two\n")))
    assert refused(capfd, "build", "line", "slow", "--data", "-").startswith(
        'workbook: standard input: row 3, column y: "two" is not a number'
    )


def test_several_are_built_by_several_processes(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capfd, "build", "line", "slow", "line")
    assert (code, err) == (0, "")
    assert files(folder) == {"output/line.xlsx", "output/slow.xlsx"}
    assert out.splitlines()[-1].startswith("2 workbooks written; the proof holds")


def test_a_file_that_does_not_hold_is_not_written(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capfd, "build", "wrong", "line")
    assert code == 1
    assert files(folder) == {"output/line.xlsx"}
    assert "output/line.xlsx: 3 formula cells" in out
    assert "output/wrong.xlsx: 1 of 1 formula cells disagree" in err
    assert "block       double" in err and "=2*$D$3" in err


def test_a_book_without_formulas_proves_nothing(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capfd, "build", "empty")
    assert (code, out) == (1, "")
    assert err == (
        "workbook: not written, since it is not proven: "
        "output/empty.xlsx: there is no formula in it, so nothing is proven\n"
    )
    assert files(folder) == set()
    assert said(capfd, "check", "empty")[:2] == (1, "empty: there is no formula in it, so nothing is proven\n")


def test_two_builds_give_the_same_file(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said(capfd, "build", "line")
    first = Path("output/line.xlsx").read_bytes()
    assert said(capfd, "build", "line")[0] == 0, "a file that nobody has edited is simply built again"
    assert Path("output/line.xlsx").read_bytes() == first


def test_an_edited_file_is_overwritten_only_by_force(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said(capfd, "build", "line")
    target = Path("output/line.xlsx")
    poison(target, "Line", first_y(target), "42")
    edited = target.read_bytes()
    assert "output/line.xlsx: not overwritten, since somebody has edited it; --force" in refused(capfd, "build", "line")
    assert "not overwritten" in refused(capfd, "build", "slow", "line")
    assert target.read_bytes() == edited
    assert files(folder) == {"output/line.xlsx"}
    assert said(capfd, "build", "line", "--force")[0] == 0
    assert not was_edited(target)


def test_a_file_can_be_named(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert said(capfd, "build", "line", "-o", "deep/lesson.XLSX")[0] == 0
    assert said(capfd, "build", "line", "--name", "lesson", "-o", "deep")[0] == 0
    assert said(capfd, "build", "line", "--name", "lesson.xlsx", "--lang", "zh_CN", "-o", "deep")[0] == 0
    (folder / "old.xlsx").mkdir()  # a folder stays one, whatever it is called
    assert said(capfd, "build", "line", "-o", "old.xlsx")[0] == 0
    assert files(folder) == {"deep/lesson.XLSX", "deep/lesson.xlsx", "deep/lesson.zh.xlsx", "old.xlsx/line.xlsx"}
    assert "2 workbooks cannot have one name" in refused(capfd, "build", "line", "wrong", "-o", "both.xlsx")
    assert "2 workbooks cannot have one name" in refused(capfd, "build", "line", "wrong", "--name", "both")
    assert "names the file already" in refused(capfd, "build", "line", "-o", "a.xlsx", "--name", "b")
    assert "without a folder" in refused(capfd, "build", "line", "--name", "../b")
    assert "write --output a.xlsx" in refused(capfd, "build", "line", "-o", "a.ods")
    assert "no text that could be printed" in refused(capfd, "build", "line", "-o", "-")


def test_another_variant_is_overwritten_only_by_force(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "my.csv").write_text("x,y\n5,1\n7,2\n")
    variant = ("build", "line", "--set", "m=3", "--set", "n=2", "--data", "my.csv")
    assert said(capfd, *variant)[0] == 0
    (folder / "my.csv").write_text("x,y\n5,1\n7,3\n9,4\n")
    assert said(capfd, "build", "line", "--set", "n=2", "--set", "m=3", "--data", "my.csv")[0] == 0, "the same, mended"
    before = (folder / "output/line.xlsx").read_bytes()
    expected = (
        "(workbook build line --set n=2 --set m=3.0 --data my.csv); --name builds beside it, --force overwrites it"
    )
    for other in (["--set", "m=4"], []):
        assert expected in refused(capfd, "build", "line", *other)
    assert "它是另一种设置生成的" in refused(capfd, "build", "line", "--lang", "zh", "-o", "output/line.xlsx")
    assert expected in refused(capfd, "build", "slow", "-o", "output/line.xlsx")
    assert (folder / "output/line.xlsx").read_bytes() == before
    assert said(capfd, "build", "line", "--name", "plain")[0] == said(capfd, "build", "line", "--force")[0] == 0


@pytest.mark.parametrize(("lock", "program"), [(".~lock.line.xlsx#", "LibreOffice"), ("~$line.xlsx", "Excel")])
def test_a_file_that_is_open_is_not_overwritten(
    lock: str, program: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said(capfd, "build", "line")
    (folder / "output" / lock).touch()
    assert f"since it is open in {program}; close it there, or use --force" in refused(capfd, "build", "line")
    assert said(capfd, "build", "line", "--force")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["build", "nosuch"], "nosuch: no such worked example; there are "),
        (["build", "line", "--set", "m"], "--set m: write a key, = and a value without spaces, such as --set m=0.1"),
        (["build", "line", "--set", "m=1", "--set", "m=2"], "--set m: given twice"),
        (["build", "line", "--set", "q=1"], "--set q: line has no such setting; it has m, n, kind"),
        (["build", "line", "--set", "m=abc"], "--set m=abc: give a number from -10 to 10"),
        (["build", "line", "--set", "m=nan"], "--set m=nan: give a number from -10 to 10"),
        (["build", "line", "--set", "m=11"], "--set m=11: give a number from -10 to 10"),
        (["build", "line", "--set", "n=2.5"], "--set n=2.5: give a whole number from 1 to 9"),
        (["build", "line", "--set", "kind=c"], "--set kind=c: choose one of a, b"),
        (["build", "line", "wrong", "--set", "m=1"], "--set m: wrong cannot be set so; build line apart"),
        (["build", "line", "wrong", "--set", "z=1"], "--set z: none of line, wrong has it"),
        (["build", "line", "--data", "missing.csv"], "missing.csv: there is no such file"),
        (["build", "wrong", "--data", "my.csv"], "my.csv: wrong takes no data; leave --data out"),
        (["build", "line", "wrong", "--data", "my.csv"], "--data my.csv: wrong takes no data; build line apart"),
        (["build", "line", "--data", "bad.csv"], 'bad.csv: row 3, column y: "four" is not a number'),
        (["build", "line", "--lang", "fr"], "--lang fr: no such language; there are en, zh"),
        (["build", "line", "--colour"], "--colour: no such option; see workbook build --help"),
        (
            ["build", "line", "--outptu", "x"],
            "--outptu: no such option; did you mean --output? see workbook build --help",
        ),
        (["build", "line", "--m", "2"], "--m: no such option; a setting is typed as --set m=VALUE"),
        (["build", "line", "--set", "m", "2"], "--set m: write a key, = and a value without spaces, such as --set m=2"),
        (["build", "line", "--set", "m:2"], "--set m:2: write a key, = and a value without spaces, such as --set m=2"),
        (["build", "line", "m=2"], "m=2: a setting is typed after --set: --set m=2"),
        (["build", "line", "--set", "M=2"], "--set M: line has no such setting; did you mean m? it has"),
        (["build", "my.csv"], "my.csv: this is a file, no worked example; write an example's name and --data my.csv"),
        (["bild"], "bild: no such command; did you mean build? there are list, example, build, import, check"),
        (["build", "lnie"], "lnie: no such worked example; did you mean line? there are "),
        (["build", "line", "--set", "knd=a"], "line has no such setting; did you mean kind? it has m, n, kind"),
        (["check", "nosuch"], "nosuch: no such worked example"),
        (["check", "n" * 300], f"{'n' * 300}: no such worked example"),
        (["lint", "n" * 300], f"{'n' * 300}: no such worked example"),
        (["check", "missing.xlsx"], "missing.xlsx: there is no such file"),
        (["check", "my.csv"], "my.csv: this is not an .xlsx file"),
        (["check", "."], ".: there is no .xlsx file in this folder; name another"),
        (["check", "line", "--engine", "excel"], "'excel' is not one of"),
        (["gallery", "line", "-o", "site.xlsx"], "--output site.xlsx: this is no folder's name; name a folder"),
        (["exercise", "line", "-o", "-"], "--output -: this is no folder's name; name a folder"),
        (["grade", "key.json", "my.csv", "-o", "my.csv"], "--output my.csv: this is a file; name a folder"),
        (["variants", "line", "--roster", "my.csv", "-o", "v.CSV"], "--output v.CSV: this is no folder's name"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(
    arguments: list[str], line: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "my.csv").write_text("x,y\n5,1\n7,2\n")
    (folder / "bad.csv").write_text("x,y\n5,1\n7,four\n")
    assert line in refused(capfd, *arguments)
    assert files(folder) == {"my.csv", "bad.csv"}
    assert not (folder / "output").exists()


def test_pages_lie_beside_the_workbook(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from workbook.engines.printing import can_print

    if reason := can_print():
        pytest.skip(reason)
    code, out, err = said(capfd, "build", "line", "--pdf", "-o", "lesson.xlsx")
    assert (code, err) == (0, "") and "lesson.pdf: its pages" in out
    assert Path("lesson.pdf").read_bytes().startswith(b"%PDF") and files(folder) == {"lesson.xlsx", "lesson.pdf"}
    Path("lesson.xlsx").unlink()
    assert "lesson.pdf: not overwritten, since no workbook lies beside it" in refused(
        capfd, "build", "line", "--pdf", "-o", "lesson.xlsx"
    )


def test_without_libreoffice_there_are_no_pages(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbook.engines.printing.find_soffice", lambda: None)
    assert "--pdf: LibreOffice is not installed" in refused(capfd, "build", "line", "--pdf")
    assert files(folder) == set()


@pytest.mark.parametrize("system", ["nt", "posix"])
def test_a_file_that_a_program_holds_is_to_be_closed_there(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbook.guard.WINDOWS", system == "nt")
    line = str(explained(PermissionError(13, "Permission denied", "output/line.xlsx")))
    assert ("close it in Excel" in line) == (system == "nt")


# ---------------------------------------------------------------------------------------------- trouble


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "workbook", *arguments]


def test_a_place_that_cannot_be_written_to_is_one_line(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "file").write_text("x")
    assert "file" in refused(capfd, "build", "line", "--output", "file")
    assert "--output" in refused(capfd, "build", "line", "--output", "file/below")
    assert refused(capfd, "build", "line", "--output", "file").endswith("--output file: this is a file; name a folder")
    (folder / "dangling").symlink_to("nothing")
    assert "a link that leads nowhere; name a folder" in refused(capfd, "build", "line", "--output", "dangling")
    (folder / "output" / "line.xlsx").mkdir(parents=True)
    for force in ((), ("--force",)):
        line = refused(capfd, "build", "line", *force)
        assert "output/line.xlsx: " in line and "this is a folder" in line and "edited" not in line
    assert files(folder) == {"file"}


def test_a_file_that_may_not_be_read_is_not_called_edited(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said(capfd, "build", "line")

    def denied(path: Path) -> Any:
        raise FileError(f"{path}: you may not read this file; change its permissions or copy it")

    monkeypatch.setattr("workbook.cli.targets.open_file", denied)
    line = refused(capfd, "build", "line")
    assert "output/line.xlsx: not overwritten: you may not read this file; move it" in line


def test_a_link_stays_and_what_it_leads_to_is_replaced(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "output").mkdir()
    (folder / "shared").mkdir()
    link, real = folder / "output" / "line.xlsx", folder / "shared" / "real.xlsx"
    link.symlink_to("../shared/real.xlsx")
    for slope in ("m=2", "m=3"):  # first a link to nothing yet
        before = real.read_bytes() if real.exists() else b""
        assert said(capfd, "build", "line", "--set", slope, "--force")[0] == 0
        assert link.is_symlink() and real.read_bytes() not in (before, b"")
    assert files(folder) == {"output/line.xlsx", "shared/real.xlsx"}


@pytest.mark.parametrize("target", ["line.xlsx", "../nowhere/line.xlsx"])
def test_a_link_that_leads_nowhere_is_one_line(target: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "output").mkdir()
    (folder / "output" / "line.xlsx").symlink_to(target)
    assert "output/line.xlsx: this is a link that leads nowhere" in refused(capfd, "build", "line")
    assert files(folder) == set()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_stream_that_takes_nothing_is_told_the_right_remedy(folder: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command("list"), stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr == ("workbook: No space left on device; free some space, or let the output go elsewhere\n")


def test_a_device_is_not_replaced(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    os.mkfifo("pipe")
    assert "pipe: this is a device or a pipe" in refused(capfd, "numbers", "line", "--output", "pipe")
    assert Path("pipe").is_fifo()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_one_line(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "output").mkdir(mode=0o500)
    assert "Permission denied; choose another folder with --output" in refused(capfd, "build", "line")


def test_a_full_disk_leaves_the_old_file(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said(capfd, "build", "line")
    before = Path("output/line.xlsx").read_bytes()

    def full(_self: Path, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    line = refused(capfd, "build", "line", "--set", "m=5", "--force")
    assert "output/line.xlsx: No space left on device; free some space" in line
    assert Path("output/line.xlsx").read_bytes() == before
    assert files(folder) == {"output/line.xlsx"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_limit_of_the_file_size_is_one_line_without_a_trace(folder: Path) -> None:
    limited = ["bash", "-c", 'trap "" XFSZ; ulimit -f 4; exec "$@"', "limited", *command("build", "line")]
    done = subprocess.run(limited, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert re.fullmatch(r"workbook: .*File too large.*\n", done.stderr), done.stderr
    assert files(folder) == set()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let the processes that a test starts be interrupted: what a shell starts with & ignores it, and they inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("names", [("slow",), ("slow", "line")])
def test_an_interruption_leaves_nothing_behind(
    number: signal.Signals, names: tuple[str, ...], folder: Path, tmp_path: Path
) -> None:
    started = tmp_path / "started"
    environment = {**os.environ, "SLOW": str(started), "TMPDIR": str(tmp_path)}
    building = subprocess.Popen(
        command("build", *names), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    deadline = time.monotonic() + 90
    while not started.exists():
        assert time.monotonic() < deadline and building.poll() is None
        time.sleep(0.02)
    building.send_signal(number)
    _out, err = building.communicate(timeout=90)
    assert building.returncode == 130
    assert err.lstrip() == "workbook: interrupted; every file is as it was before or finished\n"
    assert files(folder) <= {"output/line.xlsx"}


def test_two_builds_at_once_lose_nothing(folder: Path) -> None:
    both = [subprocess.Popen(command("build", "line", "slow"), stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert files(folder) == {"output/line.xlsx", "output/slow.xlsx"}
    assert not was_edited("output/line.xlsx")


def test_a_reader_who_has_seen_enough_is_no_error(folder: Path) -> None:
    listing = subprocess.Popen(command("build", "line"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert listing.stdout is not None and listing.stderr is not None
    listing.stdout.close()
    assert listing.stderr.read() == ""
    assert listing.wait(20) == 0


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-"])
def test_a_closed_stream_is_no_error(redirection: str, folder: Path) -> None:
    built = subprocess.run(
        ["sh", "-c", f'"$@" {redirection}', "sh", *command("build", "line")], timeout=60, check=False
    )
    assert built.returncode == 0
    assert files(folder) == {"output/line.xlsx"}


def test_a_pipe_is_utf8_whatever_the_locale(folder: Path) -> None:
    env = {**os.environ, "PYTHONIOENCODING": "gbk"}
    built = subprocess.run(command("build", "line", "-o", "✓"), env=env, capture_output=True, timeout=60, check=True)
    assert built.stdout.decode("utf-8").startswith("✓/line.xlsx: ")


def test_without_a_command_the_help_is_shown(folder: Path) -> None:
    bare = subprocess.run(command(), capture_output=True, text=True, timeout=60, check=False)
    assert bare.returncode == 2
    assert "\n  Examples:\n" in bare.stderr


def dying(job: Job) -> Outcome:
    """Do a job, unless it brings the process down."""
    if job.name == "bad":
        os._exit(1)
    return Outcome(job, 7)


def test_a_process_that_dies_is_one_line_and_takes_no_other_along(folder: Path) -> None:
    outcomes: list[Outcome] = []
    do_all(dying, [Job("good"), Job("bad"), Job("better")], outcomes.append, alone=True)
    assert [outcome.cells for outcome in outcomes] == [7, 0, 7]
    assert str(outcomes[1].error).startswith("bad: the process ended by itself")


def waiting(job: Job) -> Outcome:
    """Do the first job at once, the others when the first has been told."""
    assert job.data is not None
    deadline = time.monotonic() + 60
    while job.name != "first" and not job.data.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    return Outcome(job, int(job.name == "first" or job.data.exists()))


def test_what_came_of_a_workbook_is_told_before_all_are_done(folder: Path) -> None:
    mark = folder / "told"
    cells: list[int] = []

    def tell(outcome: Outcome) -> None:
        cells.append(outcome.cells)
        mark.touch()

    do_all(waiting, [Job(name, data=mark) for name in ("first", "second", "third")], tell)
    assert cells == [1, 1, 1]


def started(job: Job) -> Outcome:
    assert job.data is not None
    with job.data.open("a") as log:
        log.write(f"{job.name} ")
    return Outcome(job)


def test_the_large_ones_begin_first_and_are_told_in_their_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0}, raising=False)
    log, small, big = folder / "log", folder / "small", folder / "big"
    small.write_bytes(b"1")
    big.write_bytes(b"123")
    jobs = [Job("a"), Job("b", target=small), Job("c", target=big), Job("d"), Job("e", large=True)]
    told: list[str] = []
    do_all(started, [replace(job, data=log) for job in jobs], lambda outcome: told.append(outcome.job.name))
    assert log.read_text().split() == ["e", "c", "b", "a", "d"]
    assert told == ["a", "b", "c", "d", "e"]


def test_nothing_of_the_processes_is_left_when_all_is_told(folder: Path) -> None:
    do_all(waiting, [Job("first", data=folder), Job("second", data=folder)], lambda _outcome: None)
    managers = [thread for thread in threading.enumerate() if "ExecutorManager" in type(thread).__name__]
    assert managers == [], "it would close the pipes that the end of the program writes to"


# ---------------------------------------------------------------------------------------------- others' packages

BROKEN = {
    "missing = mynets_missing:X": "mynets: entry point missing: cannot be loaded (ModuleNotFoundError: No module named",
    "missing = test_cli:Missing": "mynets: entry point missing: cannot be loaded (AttributeError: ",
    "missing = test_cli:files": "mynets: entry point missing: cannot be loaded (TypeError: ",
    "missing = pathlib:Path": "mynets: entry point missing: pathlib:Path is no Scenario",
    "missing = test_cli:Line": "mynets: entry point missing: the example behind it is called line; give both the same",
}


@pytest.mark.parametrize("point", BROKEN)
def test_a_broken_package_is_one_line_and_takes_no_other_along(
    point: str, folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    install(tmp_path / "site", "mynets", f"[{workbook.discovery.ENTRY_POINTS}]\n{point}\n")
    code, out, err = said(capfd, "list")
    assert code == 0
    assert "\nline  A line\n" in out
    assert err.startswith(f"workbook: {BROKEN[point]}") and err.count("\n") == 1
    assert BROKEN[point] in refused(capfd, "build", "missing")
    assert said(capfd, "build", "line")[0] == 0
    with pytest.warns(UserWarning, match="mynets"):
        assert "line" in workbook.discovery.scenarios()


def test_two_packages_with_one_name_are_refused(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    install(tmp_path / "site", "mynets", f"[{workbook.discovery.ENTRY_POINTS}]\nneuron = test_cli:Line\n")
    expected = (
        "workbook: neuron: offered by two packages, mynets and neural-workbook; uninstall one, or rename its example"
    )
    assert refused(capfd, "check", "neuron") == expected
    code, out, err = said(capfd, "list")
    assert (code, err.strip()) == (0, expected)
    assert "\nneuron  " not in out and "\nperceptron  " in out


# ---------------------------------------------------------------------------------------------- check


def test_check_takes_any_name_whatever_the_locale(folder: Path) -> None:
    subprocess.run(command("build", "line", "-o", "中"), capture_output=True, timeout=60, check=True)
    env = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    checked = subprocess.run(command("check", "中/line.xlsx"), env=env, capture_output=True, timeout=60, check=False)
    assert checked.returncode == 0, checked.stderr
    assert b"3 formula cells agree" in checked.stdout


def test_check_says_that_all_agree(folder: Path, capfd: pytest.CaptureFixture[str], engine: str) -> None:
    said(capfd, "build", "line")
    code, out, err = said(capfd, "check", "line", "output/line.xlsx", "--engine", engine)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"line: 3 formula cells agree with {engine}",
        f"output/line.xlsx: 3 formula cells agree with {engine}",
    ]


def test_check_names_the_cell_that_disagrees(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said(capfd, "build", "line")
    cell = first_y(Path("output/line.xlsx"))
    poison(Path("output/line.xlsx"), "Line", cell, "2.5")
    code, out, err = said(capfd, "check", "output/line.xlsx")
    assert (code, err) == (1, "")
    assert f"Line!{cell}" in out
    assert re.search(r"in the file +2\.5\n +ironcalc +2\.0\n +difference +-0\.5", out)


def test_check_names_a_formula_that_is_another_than_was_built(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said(capfd, "build", "line", "--set", "m=3")
    path = Path("output/line.xlsx")
    cell = first_y(path)
    replace_cell(path, "Line", cell, "</f>", "*1</f>")
    code, out, err = said(capfd, "check", str(path))
    assert (code, err) == (1, "")
    first, second = out.splitlines()
    assert first == f"{path}: it is not as it was built (line --set m=3.0): 1 × another formula"
    assert re.fullmatch(rf"  Line!{cell}, block y: another formula: built as =\S+, found =\S+\*1", second)


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/sharedStrings.xml", b"A line through points.", b"A line through nothing."),
        ("xl/styles.xml", b"Calibri", b"Courier"),
        ("xl/workbook.xml", b'<sheet name="Line"', b'<sheet name="Line" state="hidden"'),
    ],
)
def test_a_file_with_other_words_looks_or_hidden_sheets_is_not_overwritten(
    part: str, old: bytes, new: bytes, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said(capfd, "build", "line")
    path = Path("output/line.xlsx")
    rewrite(path, lambda name, xml: xml.replace(old, new) if name == part else xml)
    assert "not overwritten, since somebody has edited it" in refused(capfd, "build", "line")


def test_diff_names_other_words(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said(capfd, "build", "line")
    path = Path("output/line.xlsx")
    rewrite(path, lambda _name, xml: xml.replace(b"A line through points.", b"A line through nothing."))
    code, out, _err = said(capfd, "diff", "line", str(path))
    assert code == 1
    assert out.startswith(f"line → {path}: 1 text changed, and 0 cells downstream\n")
    assert re.search(r'^words +Start +\w+ .*"A line through points\." +"A line through nothing\."', out, re.MULTILINE)


def test_check_says_what_it_cannot_know_of_a_foreign_file(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said(capfd, "build", "line")
    path = Path("output/line.xlsx")
    rewrite(
        path, lambda name, xml: re.sub(rb"<definedNames>.*</definedNames>", b"", xml) if "workbook.xml" in name else xml
    )
    rewrite(path, lambda name, xml: re.sub(rb"<property .*</property>", b"", xml) if "custom" in name else xml)
    code, out, err = said(capfd, "check", str(path))
    assert (code, err) == (0, "")
    assert out.splitlines()[1:] == [
        f"{path}: this is none of our workbooks; its values were compared with its formulas, but nothing tells whether "
        "these are the right ones"
    ]


def test_check_takes_the_worst_of_several(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "text.xlsx").write_text("no workbook")
    assert said(capfd, "check", "wrong", "line")[0] == 1
    code, out, err = said(capfd, "check", "wrong", "text.xlsx", "line")
    assert code == 2
    assert "line: 3 formula cells agree" in out and "wrong: 1 of 1" in out
    assert err == "workbook: text.xlsx: this is not an .xlsx file; open it in a spreadsheet and save it as .xlsx\n"
    assert files(folder) == {"text.xlsx"}


def test_a_folder_means_its_workbooks(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said(capfd, "build", "line", "slow")
    for lock in ("~$line.xlsx", ".~lock.line.xlsx#", "notes.txt"):
        (folder / "output" / lock).write_text("x")
    (folder / "line").mkdir()  # a folder with the name of an example does not stand for it
    code, out, err = said(capfd, "check", "output", "line")
    assert (code, err) == (0, "")
    assert [line.split(":")[0] for line in out.splitlines()] == ["line", "output/line.xlsx", "output/slow.xlsx"]
    assert said(capfd, "lint", "output", "-q")[2] == ""


def test_what_came_of_it_as_json(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capfd, "build", "wrong", "line", "--json")
    assert code == 1 and "not written" in err
    wrong, line = json.loads(out)
    assert (wrong["holds"], line["holds"], line["cells"], line["file"]) == (False, True, 3, "output/line.xlsx")
    (folder / "text.xlsx").write_text("no workbook")
    code, out, err = said(capfd, "check", "output/line.xlsx", "wrong", "text.xlsx", "--json")
    assert code == 2 and err.count("\n") == 1
    found = {each["name"]: each for each in json.loads(out)}
    assert found["line"]["report"] == [] and found["wrong"]["report"] and found["wrong"]["error"] is None
    assert found["text"]["error"] == err.strip().removeprefix("workbook: ")


def test_it_says_less_and_more(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert said(capfd, "build", "line", "-q") == (0, "", "")
    assert said(capfd, "check", "line", "--quiet") == (0, "", "")
    assert said(capfd, "check", "wrong", "-q")[1].startswith("wrong: 1 of 1 formula cells disagree")
    assert re.search(r"agree with ironcalc\n    \d\.\d s\n", said(capfd, "check", "line", "-v")[1])
    assert said(capfd, "check", "line")[1].count("\n") == 1


def test_a_mistake_of_the_program_is_one_line_and_takes_no_other_along(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any) -> None:
        raise KeyError("nobody foresaw this")

    monkeypatch.setattr("workbook.cli.targets.refuse_edited", broken)
    code, out, err = said(capfd, "build", "line")
    assert (code, out) == (3, "") and err.count("\n") == 1
    assert err.startswith(
        "workbook: this is a mistake of the program, not yours (KeyError: 'nobody foresaw this', test_cli.py line "
    )
    assert "Traceback" in said(capfd, "build", "line", "-v")[2]
    monkeypatch.setattr("workbook.cli.work.write_proven", broken)
    monkeypatch.setattr("workbook.cli.targets.refuse_edited", lambda _files: None)
    outcomes: list[Outcome] = []
    do_all(build_one, [Job("line", target=folder / "line.xlsx")], outcomes.append)
    assert "mistake of the program" in str(outcomes[0].error)


# ---------------------------------------------------------------------------------------------- list and help


def listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook.cli.choose, "scenarios", lambda _complain: {"line": Line(), "wrong": Wrong()})


def test_list_shows_what_can_be_set(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    listed(monkeypatch)
    code, out, _err = said(capfd, "list")
    assert code == 0
    assert out.splitlines()[:6] == [
        "line  A line",
        "    beside  an article",
        "    --set   m=2.0  slope (-10 to 10)",
        "    --set   n=3  count (whole, 1 to 9)",
        "    --set   kind=a  kind (a or b)",
        "    --data  two columns, x and y",
    ]


def test_list_as_json(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    listed(monkeypatch)
    line, wrong = json.loads(said(capfd, "list", "--json")[1])
    assert (line["name"], line["title"], line["article"]) == ("line", "A line", "an article")
    assert line["settings"][0] == {"key": "m", "title": "slope", "default": 2.0, "low": -10, "high": 10, "whole": False}
    assert line["settings"][2] == {"key": "kind", "title": "kind", "default": "a", "choices": ["a", "b"]}
    assert (wrong["settings"], wrong["data"]) == ([], None)


@pytest.mark.parametrize("arguments", [[], ["list"], ["build"], ["check"]])
def test_every_command_has_help_with_examples(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    from workbook.cli import COMMANDS
    from workbook.cli import workbook as group

    code, out, _err = said(capfd, *arguments, "--help")
    assert code == 0
    assert re.search(r"Examples:\n +workbook ", out)
    assert set(COMMANDS) >= set(arguments)
    command = group if not arguments else group.commands.get(arguments[0]) or group.get_command(None, arguments[0])
    for parameter in command.params:
        is_option = parameter.param_type_name == "option"
        assert not is_option or parameter.help, f"{parameter.name} has no help"


def test_a_folder_has_its_defaults(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "workbook.toml").write_text('lang = "zh"\noutput = "handouts"\nengine = "ironcalc"\n')
    (folder / "deep").mkdir()
    assert said(capfd, "build", "line")[0] == 0
    assert said(capfd, "build", "line", "--lang", "en")[0] == 0
    os.chdir("deep")
    assert said(capfd, "build", "line", "--name", "other")[1].startswith("../handouts/other.zh.xlsx：")
    os.chdir("..")
    assert files(folder) - {"workbook.toml"} == {f"handouts/{name}.xlsx" for name in ("line", "line.zh", "other.zh")}
    assert said(capfd, "numbers", "handouts/line.xlsx", "-o", "n.csv")[0] == 0, (
        "what a file says for all is no contradiction"
    )
    (folder / "workbook.toml").rename("pyproject.toml")
    assert said(capfd, "build", "line", "-o", "plain")[0] == 0 and (folder / "plain/line.xlsx").exists()
    (folder / "pyproject.toml").write_text('[tool.workbook]\nlang = "zh"\n')
    assert said(capfd, "build", "line", "-o", "plain")[0] == 0 and (folder / "plain/line.zh.xlsx").exists()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("lang = zh", "workbook.toml: not a TOML file ("),
        ('langs = "zh"', "workbook.toml: langs: no such default; did you mean lang? there are lang, output, engine"),
        ("output = 3", 'workbook.toml: output: give a text in quotation marks, such as output = "…"'),
        ('lang = "fr"', "workbook.toml: lang fr: no such language; there are en, zh"),
    ],
)
def test_a_wrong_default_is_one_line(text: str, line: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "workbook.toml").write_text(text)
    assert refused(capfd, "build", "line").startswith(f"workbook: {line}")


@pytest.mark.parametrize(
    ("arguments", "typed", "expected"),
    [
        (["build"], "perc", {"perceptron"}),
        (["build"], "my-fi", {"my-fi"}),
        (["build", "line", "--set"], "", {"m=", "n=", "kind="}),
        (["numbers", "line", "--set"], "k", {"kind="}),
        (["exercise"], "perc", {"perceptron"}),
        (["variants"], "perc", {"perceptron"}),
        (["gallery"], "perc", {"perceptron"}),
        (["exercise", "line", "--set"], "", {"m=", "n=", "kind="}),
        (["build", "line", "--lang"], "", {"en", "zh"}),
        ([], "ch", {"check"}),
    ],
)
def test_the_shell_completes(arguments: list[str], typed: str, expected: set[str], folder: Path) -> None:
    from workbook.cli import workbook as group

    completion = ShellComplete(group, {}, "workbook", "_WORKBOOK_COMPLETE")
    assert {item.value for item in completion.get_completions(arguments, typed)} == expected


def test_the_version(capfd: pytest.CaptureFixture[str]) -> None:
    assert said(capfd, "--version") == (0, f"workbook {__version__}\n", "")


def test_help_waits_for_no_library() -> None:
    program = "import sys; from workbook.cli import run; run(['--help']); print(sorted({'numpy', 'pandas', 'ironcalc', 'rich'} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert shown.stdout.splitlines()[-1] == "[]"
