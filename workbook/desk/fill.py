"""Puts grades into the teacher's own export of Canvas or Moodle: its cells of grades and comments, and not a byte else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbook.desk.feedback import shown
from workbook.desk.gradebook import Graded
from workbook.desk.identify import spelled
from workbook.errors import UsageError
from workbook.guard import MEGABYTE, FileError, open_file

LARGEST = 32 * MEGABYTE

_MOODLE_WHO = (
    "identifier",
    "id number",
    "username",
    "email address",
    "full name",
    "id",
    "编号",
    "学号",
    "全名",
    "邮箱",
)
_MOODLE_GRADE, _MOODLE_MOST = ("grade", "成绩"), ("maximum grade", "最高分")
_MOODLE_COMMENT = ("feedback comments", "反馈评论")
_CANVAS_WHO = ("id", "sis user id", "sis login id", "student", "integration id")
_CANVAS_ASSIGNMENT = re.compile(r".*\(\d+\)\s*")
_CANVAS_MOST = "points possible"
_PARTICIPANT = re.compile(r"\D*(\d+)")


@dataclass(frozen=True)
class _Field:
    """A field of a CSV file: where its bytes are, and what they say."""

    start: int
    stop: int
    text: str


@dataclass(frozen=True)
class _Columns:
    """Which columns of an export are which."""

    who: Sequence[int]
    grade: int
    comment: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Filled:
    """An export with grades in it, and whom it did not find a row for."""

    contents: bytes
    rows: int
    missing: Sequence[str]


def filled(path: Path, rows: Iterable[Graded], column: str = "", assignment: str = "") -> Filled:
    """Return an export with the grades of those who have one.

    Parameters
    ----------
    path : the export
    rows : what became of the students
    column : the heading of Canvas's column, or a part of it, where there are several assignments
    assignment : the name of ours, by which the column is looked for else

    Raises
    ------
    FileError, UsageError
        If it is no export of Canvas's or Moodle's, or it cannot be told which column is meant.
    """
    with open_file(path) as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST or raw.startswith((b"PK", b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw:
        raise FileError(f"{path}: this is no CSV file; export the grades as CSV (UTF-8)")
    text, encoding = _text(raw)
    lines = list(_lines(text))
    if not lines:
        raise FileError(f"{path}: the file is empty; export the grades again")
    columns = _columns(path, [field.text.strip().lstrip("\ufeff") for field in lines[0]], column, assignment)
    most = _canvas_most(lines, columns)
    changes: list[tuple[_Field, str]] = []
    there = _rows_of(lines, columns)
    missing, count = [], 0
    for row in rows:
        if row.record is None:
            continue
        line = _line_of(row, there)
        if line is None:
            missing.append(row.student.id)
            continue
        changes += _changes(row, line, columns, most)
        count += 1
    for field, new in sorted(changes, key=lambda change: change[0].start, reverse=True):
        text = text[: field.start] + new + text[field.stop :]
    return Filled(text.encode(encoding), count, missing)


def _text(raw: bytes) -> tuple[str, str]:
    """Return the text of some bytes, and an encoding that gives back the same bytes."""
    for encoding in ("utf-8", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.encode(encoding) == raw:
            return text, encoding
    return raw.decode("latin-1"), "latin-1"


def _lines(text: str) -> Iterator[list[_Field]]:
    """Yield the fields of each line of a CSV file; lines of nothing are left out."""
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    fields: list[_Field] = []
    at = 0
    while at < len(text):
        start = at
        if text.startswith('"', at):
            at += 1
            while at < len(text) and (text[at] != '"' or text.startswith('""', at)):
                at += 2 if text[at] == '"' else 1
            at = min(at + 1, len(text))
            said = text[start + 1 : at - 1].replace('""', '"')
        else:
            said = ""
        rest = at
        while at < len(text) and text[at] not in (separator, "\r", "\n"):
            at += 1
        fields.append(_Field(start, at, said + text[rest:at]))
        if at < len(text) and text[at] == separator:
            at += 1
            if at == len(text) or text[at] in "\r\n":
                fields.append(_Field(at, at, ""))
        if at >= len(text) or text[at] in "\r\n":
            while at < len(text) and text[at] in "\r\n":
                at += 1
            if any(field.text for field in fields):
                yield fields
            fields = []


def _columns(path: Path, head: Sequence[str], column: str, assignment: str) -> _Columns:
    names = [name.lower() for name in head]
    if ("identifier" in names and any(name in names for name in _MOODLE_GRADE)) or set(_MOODLE_GRADE) & set(names):
        who = [n for n, name in enumerate(names) if name in _MOODLE_WHO]
        grade = next(n for n, name in enumerate(names) if name in _MOODLE_GRADE)
        comment = next((n for n, name in enumerate(names) if name in _MOODLE_COMMENT), None)
        most = next((n for n, name in enumerate(names) if name in _MOODLE_MOST), None)
        return _Columns(who, grade, comment, most)
    if names[:2] == ["student", "id"]:
        who = [n for n, name in enumerate(names) if name in _CANVAS_WHO]
        return _Columns(who, _canvas_column(path, head, column, assignment))
    raise UsageError(
        f"{path}: neither Canvas (Student, ID, …) nor Moodle (Identifier, …, Grade, …) exported this; name one of these"
    )


def _canvas_column(path: Path, head: Sequence[str], column: str, assignment: str) -> int:
    there = [n for n, name in enumerate(head) if _CANVAS_ASSIGNMENT.fullmatch(name)]
    wanted = column or assignment
    named = [n for n in there if wanted and wanted.lower() in head[n].lower()]
    if len(named) == 1:
        return named[0]
    if len(there) == 1 and not column:
        return there[0]
    known = ", ".join(head[n] for n in there[:6]) or "none"
    raise UsageError(f"{path}: which column takes the grades? name it with --column (there are: {known})")


def _canvas_most(lines: Sequence[Sequence[_Field]], columns: _Columns) -> float | None:
    """Return how many points the assignment has on Canvas."""
    for line in lines[1:3]:
        if line[0].text.strip().lower() == _CANVAS_MOST and columns.grade < len(line):
            return _number(line[columns.grade].text)
    return None


def _rows_of(lines: Sequence[Sequence[_Field]], columns: _Columns) -> Mapping[str, Sequence[_Field]]:
    """Return the lines by all that names their student; what two lines have names neither."""
    found: dict[str, Sequence[_Field] | None] = {}
    for line in lines[1:]:
        names = set()
        for n in columns.who:
            text = line[n].text.strip().lower() if n < len(line) else ""
            participant = _PARTICIPANT.fullmatch(text)
            names |= {text, spelled(text), text.partition("@")[0]} | ({participant[1]} if participant else set())
        for name in names - {""}:
            found[name] = None if name in found else line
    return {name: line for name, line in found.items() if line is not None}


def _line_of(row: Graded, there: Mapping[str, Sequence[_Field]]) -> Sequence[_Field] | None:
    """Return a student's line: by the number on the platform, the id, or the name."""
    platform, number = row.submission.platform if row.submission else ("", "")
    student = row.student
    tried = [number, student.id.lower(), student.id.lower().partition("@")[0], spelled(student.name), spelled(platform)]
    return next((there[name] for name in tried if name and name in there), None)


def _changes(
    row: Graded, line: Sequence[_Field], columns: _Columns, most: float | None
) -> Iterator[tuple[_Field, str]]:
    record = row.record
    assert record is not None
    if columns.most is not None and columns.most < len(line):
        most = _number(line[columns.most].text)
    points = record.points * most / record.of if most and record.of else record.points
    if columns.grade < len(line):
        yield line[columns.grade], shown(points)
    if columns.comment is not None and columns.comment < len(line):
        said = "; ".join(f"{question.number}: {text}" for question in record.questions for text in question.said)
        yield line[columns.comment], '"' + said.replace('"', '""') + '"'


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None
