"""Whatever happens while a workbook is written, and whatever a reader's data hold: nothing is lost, nothing is a formula."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbook.cli import run
from workbook.discovery import scenarios
from workbook.reader import read_ledger, was_edited
from workbook.scenario import Scenario

CASES = int(os.environ.get("WORKBOOK_FUZZ_CASES", "200"))
"""How many random files are built from; CI and the curious set 10,000."""

NAME = "neuron"
"""A small worked example."""


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "workbook", *arguments]


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder with a workbook in it."""
    folder = tmp_path / "output"
    assert run(["build", NAME, "--output", str(folder)]) == 0
    return folder


# ---------------------------------------------------------------------------------------------- trouble


@contextlib.contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """Mount a disk of a few kilobytes; skip where that is not allowed."""
    folder.mkdir()
    size = f"size={kilobytes}k"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "none", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_leaves_the_old_file(built: Path, tmp_path: Path) -> None:
    before = (built / f"{NAME}.xlsx").read_bytes()
    with small_disk(tmp_path / "disk", len(before) // 1024 + 12) as disk:
        (disk / f"{NAME}.xlsx").write_bytes(before)
        done = subprocess.run(
            command("build", NAME, "--set", "w1=0.8", "--output", str(disk), "--force"),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        assert re.fullmatch(r"workbook: .*No space left on device; free some space.*\n", done.stderr), done.stderr
        assert (disk / f"{NAME}.xlsx").read_bytes() == before
        assert files(disk) == {f"{NAME}.xlsx"}


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_disk_that_is_full_from_the_beginning_gets_no_half_file(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 16) as disk:
        assert run(["build", NAME, "--output", str(disk)]) == 2
        assert files(disk) == set()


def test_a_killed_build_leaves_the_old_file_or_the_new_one(built: Path) -> None:
    target = built / f"{NAME}.xlsx"
    wholes = {target.read_bytes()}
    assert run(["build", NAME, "--set", "w1=0.8", "--output", str(built), "--force"]) == 0
    wholes.add(target.read_bytes())
    assert len(wholes) == 2
    killed = 0
    for tenths in range(2, 14, 2):
        w1 = "0.9" if killed % 2 else "0.8"
        process = subprocess.Popen(
            command("build", NAME, "--set", f"w1={w1}", "--output", str(built), "--force"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(tenths / 10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        assert not was_edited(target), "half a file would not have the digest of a whole one"
        read_ledger(target)
    assert killed
    assert run(["build", NAME, "--output", str(built), "--force"]) == 0, (
        "what a killed build has left is not in the way"
    )


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are counted in /proc")
def test_nobody_stays_behind_when_the_parent_is_killed(tmp_path: Path) -> None:
    mark = str(tmp_path / "output")
    process = subprocess.Popen(
        command("build", NAME, "rent-yield", "xor", "--output", mark),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(2)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 60
    while members := session(process.pid):
        assert time.monotonic() < deadline, members
        time.sleep(0.2)


def session(leader: int) -> list[str]:
    """Return the processes of a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] != "Z":
                found.append(stat.parent.name)
    return found


def test_two_builds_at_once_leave_one_of_the_two_files_whole(built: Path) -> None:
    target = built / f"{NAME}.xlsx"
    wholes = set()
    for w1 in ("0.9", "0.8"):
        assert run(["build", NAME, "--set", f"w1={w1}", "--output", str(built), "--force"]) == 0
        wholes.add(target.read_bytes())
    both = [
        subprocess.Popen(
            command("build", NAME, "--set", f"w1={w1}", "--output", str(built), "--force"), stdout=subprocess.DEVNULL
        )
        for w1 in ("0.9", "0.8")
    ]
    assert [process.wait(120) for process in both] == [0, 0]
    assert target.read_bytes() in wholes
    assert files(built) == {f"{NAME}.xlsx"}


# ---------------------------------------------------------------------------------------------- a reader's data

TAKES_DATA = [name for name, scenario in scenarios().items() if type(scenario).read_data is not Scenario.read_data]
SAMPLES = {
    "statistics": "height,weight\n150,1\n160,2\n171.5,1\n",
    "rent-yield": "rent,yield\n30,4.1\n42,4.7\n55,5.2\n61,5.0\n",
    "neuron": "name,taste,location,decor,price\nMing,8,3,5,2\nRosa,6,7,2,9\n",
    "perceptron": "cloud,holiday,hour\n30,1,20\n80,0,9\n",
    "losses": "actual,predicted\n3,2.5\n5,6\n7,7.5\n",
    "chain-rule": "x,y\n0.5,1\n0.25,2\n",
    "backprop-chain": "x,y\n0.5,1\n0.25,0\n",
    "backprop-3-4-3-2": "x1,x2,x3,y1,y2\n1,2,3,0,1\n2,1,0,1,0\n",
    "network": "x1,x2,label\n" + "".join(f"{n % 4},{n % 3},{n % 3}\n" for n in range(12)),
    "demon-net": "label," + ",".join(f"p{n}" for n in range(1, 13)) + "\n0" + ",1" * 12 + "\n1" + ",0" * 12 + "\n",
    "circles": "x,y,label\n" + "\n".join(f"{n % 9 / 3},{n % 7 / 3},{n % 2}" for n in range(100)) + "\n",
}
HEAVY = {"digits", "circles"}
"""Built from random data too slowly to be built from hundreds of them; digits takes images, not a table."""

DANGERS = ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "=1+1", "\t=1+1", '=HYPERLINK("http://x")')


def test_every_example_that_takes_data_has_a_sample() -> None:
    assert set(TAKES_DATA) - {"digits"} <= SAMPLES.keys()


def build(name: str, data: Path, folder: Path, capfd: pytest.CaptureFixture[str]) -> Path | None:
    """Build from data through the command line; return the file, or None if the data were refused in one line."""
    capfd.readouterr()
    code = run(["build", name, "--data", str(data), "--output", str(folder), "--force"])
    _out, err = capfd.readouterr()
    if code == 0:
        return folder / f"{name}.xlsx"
    assert code == 2, err
    assert err.startswith("workbook: ") and err.count("\n") == 1 and err.rstrip("\n").isprintable(), err
    return None


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@pytest.mark.parametrize("danger", DANGERS)
@pytest.mark.parametrize("name", sorted(SAMPLES.keys() & set(TAKES_DATA)))
def test_a_label_that_looks_like_a_formula_stays_text(
    name: str, danger: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    header, _newline, rows = SAMPLES[name].partition("\n")
    columns = header.split(",")
    headers = [[danger if n == at else column for n, column in enumerate(columns)] for at in (0, len(columns) - 1)]
    texts = [",".join(map(quoted, head)) + "\n" + rows for head in headers]
    if name == "neuron":
        texts.append(header + "\n" + rows.replace("Ming", quoted(danger)))
    for number, text in enumerate(texts):
        data = tmp_path / f"{number}.csv"
        data.write_text(text)
        path = build(name, data, tmp_path / "output", capfd)
        if path is not None:
            assert_inert(path, danger.strip())


def assert_inert(path: Path, danger: str) -> None:
    """Every cell that shows the danger is a text; and no formula is the danger."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/charts/"):
                for reference in re.findall(r"<c:f>(.*?)</c:f>", archive.read(name).decode()):
                    assert re.fullmatch(r"\w+!\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?", reference), reference
    for page in openpyxl.load_workbook(path):
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert str(cell.value) != danger and "cmd|" not in re.sub(r'"[^"]*"', "", str(cell.value))
                    assert not str(cell.value).startswith("=HYPERLINK")


def test_samples_are_built(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    refused = [
        name for name in SAMPLES if name in TAKES_DATA and not build(name, sample(name, tmp_path), tmp_path, capfd)
    ]
    assert refused == []


def sample(name: str, folder: Path) -> Path:
    path = folder / f"{name}.csv"
    path.write_text(SAMPLES[name])
    return path


SCRAPS = st.sampled_from(
    [
        ",",
        ";",
        "\t",
        "\n",
        "\r\n",
        '"',
        "=1",
        "-1",
        "1e9",
        "1e-9",
        "1e308",
        "nan",
        "inf",
        "",
        " ",
        "\0",
        "面",
        "💥",
        "0",
        "x",
    ]
)


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, bytes]:
    """An example's name and its sample, changed in a few places, or something that never was one."""
    name = draw(st.sampled_from(sorted((SAMPLES.keys() & set(TAKES_DATA)) - HEAVY)))
    if draw(st.integers(0, 9)) == 0:
        return name, draw(st.binary(max_size=200))
    text = SAMPLES[name]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(SCRAPS | st.floats().map(repr)) + text[at + draw(st.integers(0, 3)) :]
    return name, text.encode()


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=spoiled())
def test_whatever_a_csv_holds_there_is_a_workbook_or_a_line(
    case: tuple[str, bytes], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    name, contents = case
    data = tmp_path / "data.csv"
    data.write_bytes(contents)
    build(name, data, tmp_path / "output", capfd)
