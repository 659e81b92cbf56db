"""How fast hand-ins are graded: ``python tests/benchmarks/bench_grade.py --hand-ins 1000``.

A pile of workbooks of 3-4-3-2, of which some hold a mistake, typed answers or nothing, is graded with feedback by the command, in
a process of its own. Aims, on two processors that have nothing else to do: 1,000 hand-ins in 120 s and 300 MB. Beside it
stands what the steps of one hand-in take.
"""

from __future__ import annotations

import argparse
import io
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

ASK = ("A1", "A2", "A3", "dA3", "D3", "dA2", "D2", "dA1", "D1", "gW3", "gW2", "gW1", "gb3", "gb2", "gb1")
NAME = "backprop-3-4-3-2"
KINDS: dict[str, Callable[[str, str], Any]] = {
    "right": lambda _id, formula: formula,
    "a wrong sign": lambda id, formula: f"=-({formula[1:]})" if id == "dA3" else formula,
    "a factor forgotten": lambda id, formula: formula.partition("*")[0] if id == "D3" else formula,
    "typed": lambda id, formula: 0.5 if id in ("A1", "A2") else formula,
    "blank": lambda _id, _formula: None,
}

T = TypeVar("T")


def pile_of(count: int, folder: Path) -> None:
    """Write a key and so many hand-ins, each of a student with numbers of their own: right, a wrong sign, a factor, typed, blank."""
    from workbook.desk.draws import code_of, drawn
    from workbook.desk.exercise import Exercise
    from workbook.desk.key import Key, Student, new_secret
    from workbook.desk.paper import Paper
    from workbook.discovery import find_scenario

    book = find_scenario(NAME).make()
    exercise, secret = Exercise.of(book, ASK), new_secret()
    varied = [book[id] for id in exercise.varied]
    ids = [f"s{n:05}" for n in range(count)]
    students = {
        id: Student(id, code_of(secret, "benchmark", id), drawn(varied, secret, "benchmark", id, 0)) for id in ids
    }
    assert book.recipe is not None
    Key("benchmark", secret, exercise, book.recipe, students).write(folder / "key.json")
    (folder / "in").mkdir()
    paper = Paper(book, exercise, secret)
    for student, change in zip(students.values(), itertools.cycle(KINDS.values()), strict=False):
        handed_in = filled_in(paper.filled(student.given, student.id, student.code), book, change)
        (folder / "in" / f"{student.id}.xlsx").write_bytes(handed_in)


def filled_in(contents: bytes, book: Any, change: Callable[[str, str], Any]) -> bytes:
    """Fill in a student's workbook: with the right formulas, changed."""
    from openpyxl import load_workbook

    file = load_workbook(io.BytesIO(contents))
    for id in ASK:
        place = book[id].place
        for row in range(place.rows):
            for column in range(place.columns):
                cell = file[place.sheet].cell(place.row + row + 1, place.column + column + 1)
                cell.value = change(id, f"={book[id].formula_at(row, column)}")
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


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
        steps(folder)
        clock, processors, megabytes = command(folder)
        print(
            f"{count} hand-ins: {clock:.1f} s by the clock, {processors:.1f} s of processors, {megabytes:.0f} MB at most"
        )
        print(f"on two idle processors 1,000 take about {1000 / count * processors / 2:.0f} s (aim: 120 s, 300 MB)")


if __name__ == "__main__":
    main()
