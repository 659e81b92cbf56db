"""The tables that a teacher gets: grades, cells, questions, what was set aside, and what looks odd."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from workbook.desk.feedback import shown
from workbook.desk.grading import FEEDBACK, Grading
from workbook.desk.identify import FILE_NAME, Register
from workbook.desk.integrity import Oddity
from workbook.desk.key import Key, Student
from workbook.desk.record import Record
from workbook.desk.states import EMPTY, State
from workbook.desk.submissions import Submission
from workbook.files import replacing
from workbook.numbers import harmless


@dataclass(frozen=True)
class Graded:
    """What became of a student.

    Attributes
    ----------
    student : who; of an exercise without a roster what is typed on HandIn, else whom the platform names, or the file's name
    record : what counts; None where nothing could be marked
    attempts : how many files could be marked
    submission : the file that counts
    note : what the teacher should know
    """

    student: Student
    record: Record | None = None
    attempts: int = 0
    submission: Submission | None = None
    note: str = "not handed in"


def graded(
    register: Register, pile: Sequence[Submission], records: Sequence[Record], attempts: str = "last"
) -> list[Graded]:
    """Return what became of each student, in the roster's order; of several attempts one counts."""
    tried: dict[str, list[tuple[Submission, Record]]] = {}
    aside: dict[str, str] = {}
    names: dict[str, str] = {}
    for submission, record in zip(pile, records, strict=True):
        platform, number = submission.platform
        if record.trouble:
            owner = register.named(submission)
            aside[owner.id if owner else ""] = f"{record.name} was set aside: {record.trouble}"
        else:
            id = record.student or number or submission.name
            names.setdefault(id, platform)
            tried.setdefault(id, []).append((submission, record))
    students = register.key.students or {id: Student(id, "", name=names[id]) for id in sorted(tried)}
    found = []
    for id, student in students.items():
        if id not in tried:
            found.append(Graded(student, note=aside.get(id, "not handed in")))
            continue
        those = [pair for pair in tried[id] if not _is_mere_copy(pair[1])] or tried[id]
        submission, record = max(those, key=_best if attempts == "best" else _last)
        note = "the given numbers were changed" if record.changed else ""
        found.append(Graded(student, record, len(those), submission, note))
    return found


def _is_mere_copy(record: Record) -> bool:
    """Tell whether nobody has typed anything into a file, an id neither: beside others it is no attempt."""
    return record.is_untouched and record.by in ("", FILE_NAME)


def _last(pair: tuple[Submission, Record]) -> tuple[float, tuple[float, int, str]]:
    return 0.0, pair[0].order


def _best(pair: tuple[Submission, Record]) -> tuple[float, tuple[float, int, str]]:
    return pair[1].points, pair[0].order


def write_gradebook(path: Path, key: Key, rows: Iterable[Graded]) -> None:
    """Write a row a student; what was not marked is empty, never 0."""
    numbers = [question.number for question in key.questions]
    head = ["id", "name", "points", "of", "percent", *(f"question {n}" for n in numbers), "attempts", "file", "note"]
    table: list[list[Any]] = [head]
    for row in rows:
        record = row.record
        if record is None:
            nothing = ["", "", "", *("" for _ in numbers), 0, ""]
            table.append([row.student.id, row.student.name, *nothing, row.note])
            continue
        points = {question.number: question.points for question in record.questions}
        percent = 100 * record.points / record.of if record.of else 0.0
        table.append(
            [row.student.id, row.student.name, shown(record.points), shown(record.of), shown(percent)]
            + [shown(points[n]) for n in numbers]
            + [row.attempts, record.name, row.note]
        )
    write_table(path, table)


def write_cells(path: Path, records: Iterable[Record]) -> None:
    """Write a row for each cell that was asked for."""
    head = [
        "student",
        "file",
        "question",
        "block",
        "cell",
        "found by",
        "state",
        "share",
        "value",
        "expected",
        "formula",
        "mistake",
    ]
    table: list[list[Any]] = [head]
    for record in records:
        for question in record.questions:
            for cell in question.cells:
                value = cell.value if isinstance(cell.value, float | None) else str(cell.value)
                wrong = question.mistake if cell.state in (State.WRONG, State.SIGN) else ""
                told = [record.student, record.name, question.number, question.block, cell.cell, question.how]
                table.append([*told, cell.state.value, cell.share, value, cell.expected, int(cell.is_formula), wrong])
    write_table(path, table)


def write_questions(path: Path, key: Key, records: Sequence[Record]) -> None:
    """Write for each question how hard it was, and which mistake was made most."""
    head = [
        "question",
        "block",
        "points",
        "hand-ins",
        "mean",
        "all right",
        "nothing there",
        "found by pointer",
        "most frequent mistake",
        "times",
    ]
    table: list[list[Any]] = [head]
    for asked in key.questions:
        marks = [question for record in records for question in record.questions if question.number == asked.number]
        mistakes = Counter(mark.mistake for mark in marks if mark.mistake)
        (mistake, times), *_rest = [*mistakes.most_common(1), ("", 0)]
        mean = shown(sum(mark.points for mark in marks) / len(marks)) if marks else ""
        full = sum(mark.points == mark.of for mark in marks)
        blank = sum(all(cell.state in EMPTY for cell in mark.cells) for mark in marks)
        pointed = sum(mark.how == "pointer" for mark in marks)
        table.append(
            [
                asked.number,
                asked.block,
                shown(asked.points),
                len(marks),
                mean,
                full,
                blank,
                pointed,
                mistake,
                times or "",
            ]
        )
    write_table(path, table)


def write_quarantine(path: Path, records: Iterable[Record]) -> None:
    """Write a row for each file that could not be marked, and why."""
    write_table(path, [["file", "why"], *([record.name, record.trouble] for record in records if record.trouble)])


def write_integrity(path: Path, oddities: Iterable[Oddity]) -> None:
    """Write a row for each thing that looks odd; none of them changes a mark."""
    write_table(
        path, [["student", "file", "what", "in detail"], *([o.student, o.file, o.what, o.detail] for o in oddities)]
    )


def write_feedback_archive(path: Path, grading: Grading, rows: Iterable[Graded]) -> None:
    """Pack the feedback to what counts in the folder names of the platform that the hand-ins came from."""
    folder = grading.folder / FEEDBACK
    with replacing(path) as temporary, ZipFile(temporary, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for row in rows:
            if row.submission is not None:
                for file in grading.feedback_of(row.submission):
                    archive.write(file, file.relative_to(folder).as_posix())


def write_table(path: Path, table: Iterable[Sequence[Any]]) -> None:
    """Write a table as CSV; no spreadsheet that opens it calculates what a student has typed."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(
        [harmless(value) if isinstance(value, str) else value for value in row] for row in table
    )
    with replacing(path) as temporary:
        temporary.write_text(out.getvalue(), encoding="utf-8-sig")
