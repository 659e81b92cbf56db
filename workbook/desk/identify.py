"""Whose a hand-in is: by the code on its first sheet, by the id there, by the name of the file, by the given numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

import numpy as np

from workbook.desk.handin import HandIn
from workbook.desk.key import Key, Student
from workbook.desk.submissions import Submission
from workbook.guard import printable
from workbook.text import _

MOST_CELLS = 5_000
"""Cells of a sheet that may bear a code."""
FILE_NAME = "file name"
"""How it is called in tables that nothing in a file, but its name tells whose it is."""
MOST_LETTERS = 100
"""So much of what is typed as an id or a name is read."""
LEAST_VOTES = 3
"""So many given numbers at least tell whose they are, and half of all."""

_WORD = re.compile(r"[\w.@+-]+")


@dataclass(frozen=True)
class Owner:
    """Whose a hand-in is, and what showed it: code, id, name, file name or numbers."""

    student: Student
    by: str


class Register:
    """The students of a key, by all that tells them apart."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self._codes = {student.code.lower(): student for student in key.students.values() if student.code}
        self._ids = {student.id.lower(): student for student in key.students.values()}

    def owner(self, handin: HandIn, submission: Submission) -> Owner | None:
        """Return whose a hand-in is; None where nothing tells."""
        for by, known, sheets in (("code", self._codes, [*handin.sheets]), ("id", self._ids, [*handin.sheets][:1])):
            for text in _texts(handin, sheets) if known else ():
                if text.lower() in known:
                    return Owner(known[text.lower()], by)
        typed = typed_on(handin)
        if typed.lower() in self._ids:
            return Owner(self._ids[typed.lower()], "id")
        called = [student for student in self.key.students.values() if spelled(student.name) == spelled(typed) != ""]
        if len(called) == 1:
            return Owner(called[0], "name")
        student = self.named(submission)
        return None if student is None else Owner(student, FILE_NAME)

    def named(self, submission: Submission) -> Student | None:
        """Return the student whose id, or name, is in a file's name, if only one is."""
        platform, number = submission.platform
        stem = PurePosixPath(submission.name).stem.lower()
        words = {stem, *(word.lower() for word in _WORD.findall(stem)), number, *stem.split("_")}
        found = {self._ids[word].id for word in words if word in self._ids}
        if not found:
            wanted = {spelled(platform), spelled(submission.name.partition("/")[0]), spelled(stem)} - {""}
            found = {each.id for each in self.key.students.values() if spelled(each.name) in wanted}
        return self.key.students[found.pop()] if len(found) == 1 else None

    @cached_property
    def _numbers(self) -> Mapping[tuple[str, float], list[str]]:
        """Which students have a given number, by its block and value; numbers that all have tell nothing."""
        found: dict[tuple[str, float], list[str]] = {}
        for student in self.key.students.values():
            for id, values in student.given.items():
                for value in set(np.asarray(values, dtype=float).ravel().round(6).tolist()):
                    found.setdefault((id.lower(), value), []).append(student.id)
        return {at: ids for at, ids in found.items() if len(ids) < max(2, len(self.key.students))}

    def whose_numbers(self, typed: Mapping[str, tuple[float | None, ...]]) -> str:
        """Return the id of the only student who has most of some given numbers; "" where none has.

        Parameters
        ----------
        typed : by the ids of their blocks
        """
        votes: Counter[str] = Counter()
        for id, values in typed.items():
            for value in {round(value, 6) for value in values if value is not None}:
                votes.update(self._numbers.get((id.lower(), value), ()))
        ranked = votes.most_common(2)
        if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
            return ""
        id, count = ranked[0]
        own = sum(np.asarray(values).size for values in self.key.students[id].given.values())
        return id if count >= LEAST_VOTES and 2 * count > own else ""


def typed_on(handin: HandIn) -> str:
    """Return what stands on the first sheet beside the word Student, in the language in force: a number or a name, typed."""
    for name in [*handin.sheets][:1]:
        values, words = handin.sheets[name].values, str(_("Student"))
        for row, column in [at for at, value in values.items() if len(values) <= MOST_CELLS and value == words]:
            value = next((values[row, right] for right in range(column + 1, column + 4) if (row, right) in values), "")
            if isinstance(value, float):
                return f"{value:.15g}"
            return printable(str(value).strip())[:MOST_LETTERS]
    return ""


def spelled(name: str) -> str:
    """Return a name's letters in the order of the alphabet of its words: platforms turn first and last names round."""
    return " ".join(sorted(re.findall(r"\w+", name.lower())))


def _texts(handin: HandIn, sheets: Sequence[str]) -> Iterator[str]:
    """Yield the texts of some sheets; a sheet of very many is none that we have made."""
    for name in sheets:
        values = handin.sheets[name].values
        if len(values) <= MOST_CELLS:
            yield from filter(None, (handin.text(name, at) for at in values))
