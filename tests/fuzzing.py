"""Small workbooks spoilt at random: every command ends with exit code 0, 1 or 2, and says in one line why it refuses a file.

Run as a program for more than a test has time for: ``python tests/fuzzing.py FIRST LAST`` tries the files of these numbers,
prints each that was not taken well, and what the dearest one cost. File n is always the same file.

Each file has a forked process (see `forked`).
"""

from __future__ import annotations

import io
import random
import re
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from warnings import catch_warnings

import xlsxwriter
from forked import COMMANDS, Taken, take
from network import network

from workbook.discovery import find_scenario
from workbook.writer import write

EXAMPLE = "backprop-chain"
"""A small worked example, which `check` makes again from what the file keeps of its settings."""

NUMBERS = b"0 -1 1 2 3 9 255 65536 1048576 1048577 16384 4294967296 -0 1e308 1e309 nan inf 1e-320 99999999999999999999 A1 XFD1048576".split()
FORMULAS = [
    b"1/0", b"A1", b"SUM(A:XFD)", b"#REF!+1", b"IF(1,2", b'"', b"'", b"((((", b"{1,2", b"1E400", b'REPT("x",9)', b"A1:B2:C3", b"Nope!A1",
    b"INDIRECT(A1)", b"NOSUCH(1)", b"-+-+1", b"1,2", b"A0", b"XFE1", b"Table1[x]", b"@A1", b"SUM()", b"LAMBDA(x,x)(1)", b"[1]a!B2", b"\xe8\xa1\xa8", b"&#0;", b"=1",
]  # fmt: skip
TEXTS = [b"", b" ", b"\xff\xfe", b"<", b"&amp;", b"&#x202E;", b"]]>", b"<!--", b"\0", b"x" * 40_000, b"true", b"s", b"str", b"e", b"b", b"array", b"shared", b"dataTable"]  # fmt: skip

Parts = list[tuple[str, bytes]]


def seeds(folder: Path) -> list[Parts]:
    """Return small sound workbooks as their parts: two of ours, and one with what others put into theirs."""
    write(network(), folder / "ours.xlsx")
    write(find_scenario(EXAMPLE).make(), folder / "example.xlsx")
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
    return [_parts(folder / name) for name in ("ours.xlsx", "example.xlsx", "other.xlsx")]


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


def tried(number: int, sound: Sequence[Parts], folder: Path) -> Taken:
    """Let a command of the program work on a file."""
    path = folder / "file.xlsx"
    path.write_bytes(spoilt(number, sound))
    return take(COMMANDS[zlib.crc32(b"%d" % number) % len(COMMANDS)], path)


def try_all(numbers: range) -> list[tuple[int, Taken]]:
    """Try the files of some numbers."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sound = seeds(folder)
        return [(number, tried(number, sound, folder)) for number in numbers]


def main(first: int, last: int) -> None:
    """Try the files of some numbers; print those that were not taken well, and what the dearest cost."""
    codes, faults, dearest, largest = dict.fromkeys((0, 1, 2), 0), 0, 0.0, 0.0
    with tempfile.TemporaryDirectory() as name:
        sound = seeds(Path(name))
        for number in range(first, last):
            one = tried(number, sound, Path(name))
            codes[one.code] = codes.get(one.code, 0) + 1
            dearest, largest = max(dearest, one.seconds), max(largest, one.megabytes)
            if one.fault:
                faults += 1
                print(
                    number,
                    one.command,
                    one.fault,
                    f"{one.seconds:.1f} s {one.megabytes:.0f} MB",
                    one.said[-300:],
                    flush=True,
                )
    print(
        f"{last - first} files: exit codes {codes}, {faults} not taken well; at most {dearest:.1f} s, {largest:.0f} MB"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
