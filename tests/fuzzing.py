"""Small workbooks spoilt at random: every command ends with exit code 0, 1 or 2, and says in one line why it refuses a file.

Run as a program for more than a test has time for: ``python tests/fuzzing.py FIRST LAST`` tries the files of these numbers,
prints each that was not taken well, and what the dearest one cost. File n is always the same file.

Each file has a forked process, in which a command runs as the program runs it.
"""

from __future__ import annotations

import io
import os
import random
import re
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from warnings import catch_warnings

import ironcalc  # noqa: F401 - what the commands import when they need it, loaded before the forks
import pandas as pd  # noqa: F401
import xlsxwriter
from memory import held
from network import network

from workbook.cli import run, work
from workbook.writer import write

COMMANDS = ("check", "lint", "numbers", "diff")
MEGABYTES, SECONDS = 500, 10

NUMBERS = b"0 -1 1 2 3 9 255 65536 1048576 1048577 16384 4294967296 -0 1e308 1e309 nan inf 1e-320 99999999999999999999 A1 XFD1048576".split()
FORMULAS = [
    b"1/0", b"A1", b"SUM(A:XFD)", b"#REF!+1", b"IF(1,2", b'"', b"'", b"((((", b"{1,2", b"1E400", b'REPT("x",9)', b"A1:B2:C3", b"Nope!A1",
    b"INDIRECT(A1)", b"NOSUCH(1)", b"-+-+1", b"1,2", b"A0", b"XFE1", b"Table1[x]", b"@A1", b"SUM()", b"LAMBDA(x,x)(1)", b"[1]a!B2", b"\xe8\xa1\xa8", b"&#0;", b"=1",
]  # fmt: skip
TEXTS = [b"", b" ", b"\xff\xfe", b"<", b"&amp;", b"&#x202E;", b"]]>", b"<!--", b"\0", b"x" * 40_000, b"true", b"s", b"str", b"e", b"b", b"array", b"shared", b"dataTable"]  # fmt: skip

Parts = list[tuple[str, bytes]]


def seeds(folder: Path) -> list[Parts]:
    """Return small sound workbooks as their parts: ours, and one with what others put into theirs."""
    write(network(), folder / "ours.xlsx")
    with xlsxwriter.Workbook(folder / "other.xlsx") as book:
        sheet = book.add_worksheet("A")
        sheet.write_column("A1", [1, 2, 3])
        sheet.write_column("C1", ["a", "b"])
        sheet.write_formula("B1", "=SUM(A1:A3)*2", None, 12)
        sheet.write_array_formula("B2:B3", "{=A1:A2*2}", None, 2)
        sheet.add_table("E1:F3", {"data": [[1, 2], [3, 4]], "columns": [{"header": "Age"}, {"header": "n"}]})
        sheet.write_formula("G1", "=SUM(Table1[Age])", None, 4)
        sheet.write_url("H1", "https://a.example")
        sheet.write_comment("A1", "a note")
        sheet.conditional_format("A1:A3", {"type": "formula", "criteria": "=A1>1"})
        sheet.data_validation("A1", {"validate": "list", "source": "=C1:C2"})
        sheet.merge_range("A6:B7", "m")
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=A!$A$1:$A$3"})
        sheet.insert_chart("J1", chart)
        book.define_name("n", "=A!$A$1")
    return [_parts(folder / name) for name in ("ours.xlsx", "other.xlsx")]


def _parts(path: Path) -> Parts:
    with zipfile.ZipFile(path) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def spoilt(number: int, sound: Sequence[Parts]) -> bytes:
    """Return the spoilt file of a number."""
    chance = random.Random(number)
    parts = list(chance.choice(sound))
    if chance.random() < 0.1:
        return _bytes_changed(_packed(parts), chance)
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = _any_part(parts, chance)
        name, contents = parts[at]
        change = chance.choice(CHANGES)
        parts[at] = name, change(contents, chance)
    if chance.random() < 0.05:
        at = _any_part(parts, chance)
        parts[at : at + 1] = chance.choice(([], [parts[at]] * 2, [(parts[at][0] + "x", parts[at][1])]))
    return _packed(parts)


def _any_part(parts: Parts, chance: random.Random) -> int:
    """Choose a part; more often a sheet, where most of what is read stands."""
    cells = [n for n, (name, _) in enumerate(parts) if "worksheets/sheet" in name]
    return chance.choice(cells) if cells and chance.random() < 0.6 else chance.randrange(len(parts))


def _packed(parts: Parts) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, catch_warnings(action="ignore"):
        for name, contents in parts:
            archive.writestr(name, contents)
    return out.getvalue()


def _bytes_changed(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 20))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed[: chance.randrange(len(changed))] if chance.random() < 0.2 else changed)


def _slice_moved(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    end = min(len(data), start + chance.choice((1, 10, 100, 1000)))
    if chance.random() < 0.5:
        return data[:start] + data[end:]
    to = chance.randrange(len(data) + 1)
    return data[:to] + data[start:end] * chance.choice((1, 2, 50)) + data[to:]


def _replaced(pattern: bytes, others: Sequence[bytes]) -> Callable[[bytes, random.Random], bytes]:
    def change(data: bytes, chance: random.Random) -> bytes:
        found = list(re.finditer(pattern, data))
        if not found:
            return _bytes_changed(data, chance) if data else data
        match = chance.choice(found)
        return data[: match.start(1)] + chance.choice(others) + data[match.end(1) :]

    return change


def _tag_dropped(data: bytes, chance: random.Random) -> bytes:
    found = list(re.finditer(rb"<[^<>]*>", data))
    match = chance.choice(found) if found else None
    return data[: match.start()] + chance.choice((b"", match[0] * 2)) + data[match.end() :] if match else data


CHANGES: list[Callable[[bytes, random.Random], bytes]] = [
    lambda data, chance: _bytes_changed(data, chance) if data else data,
    _slice_moved,
    _tag_dropped,
    _replaced(rb"<f[^>]*>([^<]*)<", FORMULAS),
    _replaced(rb"<v>([^<]*)<", [*NUMBERS, *TEXTS]),
    _replaced(rb'="([^"]*)"', [*NUMBERS, *TEXTS]),
    _replaced(rb'="([^"]*)"', [*NUMBERS, *TEXTS]),
    _replaced(rb"<([\w:]+)[ />]", [b"c", b"row", b"f", b"v", b"is", b"t", b"sheet", b"definedName", b"x:c"]),
    _replaced(rb">([^<]*)<", [*NUMBERS, *TEXTS, *FORMULAS]),
]


# ---------------------------------------------------------------------------------------------- trying


@dataclass(frozen=True)
class Tried:
    """What a command did with a file."""

    number: int
    command: str
    code: int
    said: str
    seconds: float
    megabytes: float

    @property
    def fault(self) -> str:
        """Say what was not as it must be; empty if nothing."""
        lines = self.said.splitlines()
        if self.code not in (0, 1, 2) or "Traceback" in self.said:
            return f"exit code {self.code}"
        if self.code == 2 and not (len(lines) == 1 and lines[0].startswith("workbook: ")):
            return "not one line"
        if self.megabytes > MEGABYTES or self.seconds > SECONDS:
            return "too dear"
        return ""


def tried(number: int, sound: Sequence[Parts], folder: Path) -> Tried:
    """Let a command of the program work on a file, in a process of its own."""
    path, said = folder / "file.xlsx", folder / "said"
    path.write_bytes(spoilt(number, sound))
    command = COMMANDS[zlib.crc32(b"%d" % number) % len(COMMANDS)]
    said.write_text("")
    born_with = held()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            with said.open("w") as out, redirect_stdout(out), redirect_stderr(out):
                work.do_all = _at_once
                work._limit_time(SECONDS)
                code = run([command, str(path), *([str(path)] if command == "diff" else [])])
        except BaseException as error:
            said.write_text(f"Traceback: {error!r}")
        finally:
            os._exit(code)
    _, status, used = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    text = said.read_text(errors="replace")
    if code in (-6, -9, -11, -24) and command in ("check", "lint"):  # the program's own parent says one line then
        code, text = 2, "workbook: the process ended by itself"
    return Tried(
        number, command, code, text, used.ru_utime + used.ru_stime, max(0.0, used.ru_maxrss / 1024 - born_with)
    )


def _at_once(act: work.Work, jobs: Sequence[work.Job], tell: work.Tell, alone: bool = False) -> None:
    for job in jobs:
        tell(work.attempt(act, job))


def try_all(numbers: range) -> list[Tried]:
    """Try the files of some numbers."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sound = seeds(folder)
        return [tried(number, sound, folder) for number in numbers]


if __name__ == "__main__":
    everything = try_all(range(int(sys.argv[1]), int(sys.argv[2])))
    for one in everything:
        if one.fault:
            print(one.number, one.command, one.fault, f"{one.seconds:.1f} s {one.megabytes:.0f} MB", one.said[-300:])
    codes = {code: sum(one.code == code for one in everything) for code in (0, 1, 2)}
    print(f"{len(everything)} files: exit codes {codes}, {sum(bool(one.fault) for one in everything)} not taken well;")
    print(f"at most {max(one.seconds for one in everything):.1f} s, {max(one.megabytes for one in everything):.0f} MB")
