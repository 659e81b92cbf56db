"""The folder of an assignment: a workbook for each student, and what only the teacher sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from workbook.book import Book
from workbook.desk.key import Key, new_secret
from workbook.desk.paper import Paper
from workbook.desk.variants import Variant
from workbook.desk.workers import each_alone
from workbook.errors import UsageError
from workbook.files import write_whole
from workbook.writer import packed

STUDENTS, TEACHER, SOLUTIONS = "students", "teacher", "solutions"
KEY, REPORT, VARIANTS = "key.json", "report.txt", "variants.csv"

AT_A_TIME = 10
"""So many workbooks are filled in by a process."""


def secret_of(folder: Path) -> str:
    """Return the secret of an assignment that is there already, so that nobody's numbers change; else a new one."""
    path = folder / TEACHER / KEY
    return Key.read(path).secret if path.exists() else new_secret()


def refuse_other_exercise(folder: Path, key: Key) -> None:
    """Raise UsageError if students have got another exercise from this folder."""
    path = folder / TEACHER / KEY
    if not path.exists():
        return
    there = Key.read(path)
    if replace(there, students={}) != replace(key, students={}):
        raise UsageError(
            f"{folder}: another exercise was made here ({there.scenario}, {there.assignment}), and its key would be lost; "
            "choose another folder with --output, or use --force"
        )


def write_students(folder: Path, paper: Paper, variants: Sequence[Variant]) -> list[str]:
    """Write each student's workbook, on all processors; return what went wrong, a line each."""
    folder.mkdir(parents=True, exist_ok=True)
    lots = [variants[n : n + AT_A_TIME] for n in range(0, len(variants), AT_A_TIME)]

    def work(lot: Sequence[Variant]) -> None:
        for variant in lot:
            student = variant.student
            write_whole(folder / f"{variant.file}.xlsx", paper.filled(student.given, student.id, student.code))

    return [
        f"{', '.join(variant.student.id for variant in lots[ended.item])}: not written: {ended.trouble}"
        for ended in each_alone(work, lots)
        if ended.trouble
    ]


def write_solutions(folder: Path, key: Key, variants: Sequence[Variant]) -> None:
    """Write each student's solution: the whole workbook, with that student's numbers."""
    folder.mkdir(parents=True, exist_ok=True)

    def work(variant: Variant) -> None:
        write_solution(folder / f"{variant.file}.xlsx", key.book(variant.student))

    for ended in each_alone(work, list(variants)):
        if ended.trouble:
            raise UsageError(f"{variants[ended.item].student.id}: no solution was written: {ended.trouble}")


def write_solution(path: Path, book: Book) -> None:
    """Write the whole workbook, with every answer in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, packed(book))
