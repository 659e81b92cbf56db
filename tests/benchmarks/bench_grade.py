"""How fast hand-ins are graded: ``python tests/benchmarks/bench_grade.py --hand-ins 1000``.

A pile of workbooks of 3-4-3-2, of which some hold a mistake, typed answers or nothing, is graded with feedback by the command, in
a process of its own. Aims, on two processors that have nothing else to do: 1,000 hand-ins in 120 s and 300 MB. Beside it
stands what the steps of one hand-in take.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

ASK = ("A1", "A2", "A3", "dA3", "D3", "dA2", "D2", "dA1", "D1", "gW3", "gW2", "gW1", "gb3", "gb2", "gb1")
NAME = "backprop-3-4-3-2"
KINDS = 5

T = TypeVar("T")


def pile_of(count: int, folder: Path) -> None:
    """Write a key and so many hand-ins; a fifth of each kind, each with a code of its own in its name."""
    import numpy as np

    from workbook.desk.exercise import Exercise
    from workbook.desk.key import Key, Student
    from workbook.desk.worlds import moves
    from workbook.discovery import find_scenario
    from workbook.writer import packed

    book = find_scenario(NAME).make()
    exercise = Exercise.of(book, ASK)
    assert book.recipe is not None
    students = {}
    for n in range(count):
        given = {id: np.round(book[id].value * (1 - n / (7 * count)), 4) for id in exercise.varied if moves(book[id])}
        students[f"s{n:05}"] = Student(f"s{n:05}", f"CODE-{n:05}", given, f"Student {n}")
    key = Key("benchmark", "00" * 32, exercise, book.recipe, students)
    key.write(folder / "key.json")
    (folder / "in").mkdir()
    bases = [packed(key.book(students[f"s{n:05}"])) for n in range(min(count, KINDS))]
    for n, id in enumerate(students):
        (folder / "in" / f"{id}.xlsx").write_bytes(bases[n % KINDS])


def spoil(folder: Path) -> None:
    """Make a mistake in a fifth of the hand-ins, and leave another fifth blank, in the sheet's own XML."""
    for path in sorted((folder / "in").iterdir()):
        kind = int(path.stem[1:]) % KINDS
        if kind in (1, 2):
            with zipfile.ZipFile(path) as old:
                parts = {name: old.read(name) for name in old.namelist()}
            for name, data in parts.items():
                if name.startswith("xl/worksheets/sheet") and b"<f>Forward!" in data:
                    new = re.sub(rb"<f>(Forward!\w+)-", rb"<f>-\1+" if kind == 1 else rb"<f>2*\1-", data)
                    parts[name] = new
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
                for name, data in parts.items():
                    out.writestr(name, data)


def command(folder: Path) -> tuple[float, float, float]:
    """Grade the pile; return seconds of the clock, seconds of processors, and megabytes at most of one process."""
    arguments = [
        sys.executable,
        "-m",
        "workbook",
        "grade",
        str(folder / "key.json"),
        str(folder / "in"),
        "-o",
        str(folder / "out"),
    ]
    start = time.monotonic()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    _pid, _status, used = os.wait4(process.pid, 0)
    return time.monotonic() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def steps(folder: Path) -> None:
    """Print what the steps of one hand-in take, in milliseconds of a processor."""
    from workbook.desk.feedback import lines_of, marked
    from workbook.desk.handin import read_handin
    from workbook.desk.key import Key
    from workbook.desk.marker import Marker
    from workbook.desk.marking import located, mark
    from workbook.desk.record import recorded
    from workbook.guard import guard

    key = Key.read(folder / "key.json")
    book = key.book()
    path = folder / "in" / "s00001.xlsx"
    marker = timed("make ready", lambda: Marker(key.exercise, book))
    timed("guard", lambda: guard(path))
    handin = timed("guard and read the outline", lambda: read_handin(path))
    found = timed("find the blocks", lambda: located(marker, handin))
    marks = timed("mark", lambda: mark(marker, handin, key.students["s00001"].given, found=found))
    record = recorded(marks, path.name, "", "s00001", "", "")
    timed("feedback", lambda: marked(handin, record, lines_of(record, book, "")))


def timed(what: str, act: Callable[[], T]) -> T:
    """Do something and print what it took."""
    start = time.process_time()
    result = act()
    print(f"{what:32} {1000 * (time.process_time() - start):8.1f} ms")
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hand-ins", type=int, default=200)
    count = parser.parse_args().hand_ins
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pile_of(count, folder)
        spoil(folder)
        steps(folder)
        clock, processors, megabytes = command(folder)
        print(
            f"{count} hand-ins: {clock:.1f} s by the clock, {processors:.1f} s of processors, {megabytes:.0f} MB at most"
        )
        print(f"on two idle processors 1,000 take about {1000 / count * processors / 2:.0f} s (aim: 120 s, 300 MB)")


if __name__ == "__main__":
    main()
