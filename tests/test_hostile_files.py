"""Files from outside, as whoever means harm would make them: every command refuses them in one line, quickly and cheaply.

Run this file as a program for a table of what each attack costs: ``python tests/test_hostile_files.py``.
"""

from __future__ import annotations

import io
import json
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from attacks import ATTACKS, Attack, in_sheet, replacing_in, sheet_of, with_part
from network import network

from workbook.writer import write

COMMANDS = ("check", "lint", "numbers", "diff")
MEGABYTES = 500

NOISE = random.Random(1)


def nested_bomb(path: Path) -> None:
    """An archive of archives of archives, each a thousand times as large inside."""
    inner = b"\0" * (8 << 20)
    for _ in range(3):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for n in range(4):
                archive.writestr(f"{n}.zip", inner)
        inner = buffer.getvalue()
    with_part("xl/embeddings/a.zip", inner)(path)


def overlapping_entries(path: Path) -> None:
    """Five hundred directory entries for one compressed part."""
    with_part("xl/media/a.txt", NOISE.randbytes(400_000).hex().encode())(path)
    data = path.read_bytes()
    end = data.rfind(b"PK\x05\x06")
    start, count = struct.unpack_from("<I", data, end + 16)[0], struct.unpack_from("<H", data, end + 10)[0]
    directory = data[start:end]
    last = directory[directory.rfind(b"PK\x01\x02") :]
    more = b"".join(last.replace(b"a.txt", b"b%03d" % n) for n in range(500))
    tail = bytearray(data[end:])
    struct.pack_into("<HHI", tail, 8, count + 500, count + 500, len(directory) + len(more))
    path.write_bytes(data[:start] + directory + more + bytes(tail))


def row_of(cells: bytes) -> bytes:
    return b'<row r="999">' + cells + b"</row>"


def long_attribute(path: Path) -> None:
    in_sheet(row_of(b'<c r="' + NOISE.randbytes(15_000_000).hex().encode() + b'"><v>1</v></c>'))(path)


def huge_texts(path: Path) -> None:
    """Half a million shared strings."""
    texts = b"".join(b"<si><t>%x</t></si>" % NOISE.getrandbits(64) for _ in range(500_000))
    xml = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + texts + b"</sst>"
    with_part("xl/sharedStrings.xml", xml)(path)


def formulas(count: int, text: Callable[[int], str]) -> Attack:
    """Many formulas in one column."""

    def attack(path: Path) -> None:
        cells = "".join(f'<row r="{n}"><c r="A{n}"><f>{text(n)}</f><v>{n}</v></c></row>' for n in range(1, count + 1))
        with_part("xl/worksheets/sheet2.xml", sheet_of(cells.encode()))(path)

    return attack


def quotes(_n: int) -> str:
    """A formula of unmatched quotation marks, on which careless patterns take a time that grows with its square."""
    return '"' * 7_001 + NOISE.randbytes(60).hex()


CELLS = [f"B{row}" for row in range(1, 10_000)]


def long_sum(_n: int) -> str:
    return "+".join(NOISE.choices(CELLS, k=1_200))


def doubling(n: int) -> str:
    """A text that is twice as long in every cell."""
    return f"A{n - 1}&amp;A{n - 1}" if n > 1 else 'REPT("x",999)'


def names(count: int) -> Attack:
    def attack(path: Path) -> None:
        xml = "".join(f'<definedName name="wb.n{n}">Inputs!$A$1:$J$900</definedName>' for n in range(count))
        replacing_in("xl/workbook.xml", b"</definedNames>", xml.encode() + b"</definedNames>")(path)

    return attack


def areas(element: str, count: int) -> Attack:
    def attack(path: Path) -> None:
        refs = " ".join(f"A{n}:XFD{n}" for n in range(1, count))
        areas_after = f'</sheetData><{element} sqref="{refs}"/>'.encode()
        replacing_in("xl/worksheets/sheet2.xml", b"</sheetData>", areas_after)(path)

    return attack


@dataclass(frozen=True)
class Hostile:
    """An attack, and what the refusal says; None where it may as well be read, if only within the bounds."""

    spoil: Attack
    says: str | None


FURTHER: dict[str, Hostile] = {
    "nested archives": Hostile(nested_bomb, "file within the file|of air|larger"),
    "overlapping entries": Hostile(overlapping_entries, "more than|damaged"),
    "a very long attribute": Hostile(long_attribute, "."),
    "half a million strings": Hostile(huge_texts, "."),
    "quotation marks": Hostile(formulas(5_000, quotes), None),
    "long formulas": Hostile(formulas(10_000, long_sum), "characters"),
    "whole columns": Hostile(formulas(100_000, lambda n: f"SUM(B:XFD)+{n}"), "."),
    "columns upon columns": Hostile(formulas(60_000, lambda n: f"SUM(A1:A{n - 1})"), "."),
    "a chain": Hostile(formulas(60_000, lambda n: f"A{n + 1}+1"), None),
    "many names": Hostile(names(90_000), "."),
    "many areas": Hostile(areas("conditionalFormatting", 200_000), "."),
    "a text that doubles": Hostile(formulas(30, doubling), None),
    "large products": Hostile(formulas(2, lambda n: "SUMPRODUCT(B1:T1048576*1,B1:T1048576*1)"), None),
    "an array without end": Hostile(in_sheet(row_of(b'<c r="A999"><f t="array" ref="A1:XFD1048576">1</f></c>')), None),
    "deep formula": Hostile(in_sheet(row_of(b'<c r="A999"><f>' + b"ABS(" * 2000 + b"1</f></c>")), "brackets"),
}
HOSTILE = {
    **{name: Hostile(attack, None if name == "a missing sheet" else says) for name, (attack, says) in ATTACKS.items()},
    **FURTHER,
}


@dataclass(frozen=True)
class Run:
    """What a command did with a file, and what it cost."""

    code: int
    out: str
    err: str
    seconds: float
    processor: float
    megabytes: float


MEASURE = """
import json, resource, subprocess, sys, time
with open(sys.argv[1] + ".out", "w") as out, open(sys.argv[1] + ".err", "w") as err:
    start = time.perf_counter()
    try:
        code = subprocess.run(sys.argv[2:], stdout=out, stderr=err, stdin=subprocess.DEVNULL, timeout=200).returncode
    except subprocess.TimeoutExpired:
        code = -9
    seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


def run(command: str, path: Path) -> Run:
    """Run a command on a file, and measure it from a small process: a child's peak of memory begins with its parent's."""
    arguments = [sys.executable, "-m", "workbook", command, str(path), *([str(path)] if command == "diff" else [])]
    with tempfile.TemporaryDirectory() as folder:
        said = f"{folder}/said"
        measured = subprocess.run(
            [sys.executable, "-c", MEASURE, said, *arguments], capture_output=True, text=True, check=True
        )
        code, *used = json.loads(measured.stdout)
        return Run(code, Path(said + ".out").read_text(), Path(said + ".err").read_text(), *used)


def assert_refused(done: Run, says: str) -> None:
    assert done.code == 2, done
    assert done.err.startswith("workbook: ") and done.err.count("\n") == 1, done.err
    assert re.search(says, done.err), done.err
    assert done.out == ""
    assert done.megabytes < MEGABYTES, done


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "network.xlsx"
    write(network(), path)
    return path


def turns() -> Iterator[Any]:
    """Every attack on one command, on each of them in turn; and, which takes long, on the others."""
    for n, attack in enumerate(HOSTILE):
        one = COMMANDS[n % len(COMMANDS)]
        others = tuple(command for command in COMMANDS if command != one)
        yield pytest.param(attack, (one,), id=f"{attack}-{one}")
        yield pytest.param(attack, others, id=f"{attack}-others", marks=pytest.mark.slow)


@pytest.mark.parametrize(("attack", "commands"), list(turns()))
def test_a_hostile_file_is_refused_in_one_line(attack: str, commands: tuple[str, ...], path: Path) -> None:
    hostile = HOSTILE[attack]
    hostile.spoil(path)
    for command in commands:
        done = run(command, path)
        assert done.megabytes < MEGABYTES, done
        if command == "lint" and done.code == 1:
            assert f"{path}: " in done.out and done.err == "", "what other commands refuse, a rule may find"
        elif hostile.says is not None:
            assert_refused(done, hostile.says)
        else:
            assert "Traceback" not in done.err and done.err.count("\n") == (done.code == 2), done


def special(folder: Path) -> dict[str, tuple[Path, str]]:
    """What is no file, and what the refusal says."""
    loop, pipe, elsewhere = folder / "loop.xlsx", folder / "pipe.xlsx", folder / "zero.xlsx"
    loop.symlink_to(loop)
    os.mkfifo(pipe)
    elsewhere.symlink_to("/dev/zero")
    (folder / "folder.xlsx").mkdir()
    return {
        "a loop of links": (loop, "cannot be opened"),
        "a pipe": (pipe, "pipe"),
        "a folder": (folder / "folder.xlsx", "folder"),
        "/dev/zero": (Path("/dev/zero"), "device"),
        "a link to /dev/zero": (elsewhere, "device"),
        "/proc/self/mem": (Path("/proc/self/mem"), "."),
        "a name too long": (folder / ("x" * 300 + ".xlsx"), "cannot be opened"),
        "nothing there": (folder / "missing.xlsx", "no such file"),
    }


@pytest.mark.parametrize(
    "command", [COMMANDS[0], *(pytest.param(name, marks=pytest.mark.slow) for name in COMMANDS[1:])]
)
def test_what_is_no_file_is_refused_in_one_line(command: str, tmp_path: Path) -> None:
    for target, says in special(tmp_path).values():
        assert_refused(run(command, target), says)


# ---------------------------------------------------------------------------------------------- the table


def table(chosen: list[str]) -> None:
    """Print what each attack costs each command."""
    which = [command for command in COMMANDS if command in chosen] or COMMANDS
    chosen = [name for name in chosen if name not in COMMANDS]
    print(f"{'attack':40}" + "".join(f"{command:>26}" for command in which))
    for name, hostile in HOSTILE.items():
        if chosen and name not in chosen:
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file.xlsx"
            write(network(), path)
            hostile.spoil(path)
            runs = [run(command, path) for command in COMMANDS if command in which]
        print(
            f"{name:40}" + "".join(f"{r.code:>8} {r.processor:6.2f} s {r.megabytes:5.0f} MB" for r in runs), flush=True
        )
        lines = {r.err.strip()[:150] for r in runs}
        print("    " + "\n    ".join(sorted(lines)))


if __name__ == "__main__":
    table(sys.argv[1:])
