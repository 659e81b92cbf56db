"""Who the students are: a CSV file with a column of ids and, if it has one, a column of names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workbook.data import read_header, read_texts
from workbook.errors import UsageError
from workbook.files import is_device

IDS = (
    "id",
    "student id",
    "sis user id",
    "login id",
    "username",
    "user",
    "student number",
    "number",
    "email",
    "学号",
    "编号",
)
NAMES = ("name", "full name", "student", "student name", "姓名", "名字")
MOST_STUDENTS = 20_000

_UNSAFE = re.compile(r"[^\w.@+-]+")


@dataclass(frozen=True)
class Entry:
    """A line of a roster."""

    id: str
    name: str = ""

    @property
    def file(self) -> str:
        """The name of the student's file, without its ending."""
        name = _UNSAFE.sub("_", self.id).strip(".") or "student"
        return f"_{name}" if is_device(name) else name


def read_roster(path: Path) -> list[Entry]:
    """Read a roster: the ids in a column that is called so, or in the first one.

    Raises
    ------
    UsageError
        If it cannot be read, has nobody in it, or one twice.
    """
    header = read_header(path)
    column = _column(header, IDS) or header[0]
    ids = [text.strip() for text in read_texts(path, column, MOST_STUDENTS)]
    named = _column(header, NAMES)
    names = [text.strip() for text in read_texts(path, named, MOST_STUDENTS)] if named else [""] * len(ids)
    entries = [Entry(id, name) for id, name in zip(ids, names, strict=True) if id]
    if not entries:
        raise UsageError(f"{path}: nobody is in it; write a heading such as id, and below it an id a line")
    seen: dict[str, Entry] = {}
    for entry in entries:
        other = seen.setdefault(entry.file.lower(), entry)
        if other is not entry:
            same = "stands in it twice" if other.id == entry.id else f"and {other.id} would have one file"
            raise UsageError(f"{path}: {entry.id} {same}; give each student an id of letters and digits")
    return entries


def _column(header: Sequence[str], known: Sequence[str]) -> str | None:
    """Return the column of a header that is called one of some names."""
    spelled = {name.strip().lower().replace("_", " "): name for name in reversed(header)}
    return next((spelled[name] for name in known if name in spelled), None)
