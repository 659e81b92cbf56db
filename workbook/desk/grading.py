"""Grades a pile of hand-ins: each is marked in a process of its own, and what it came to is saved at once."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from workbook.book import Book
from workbook.desk.feedback import lines_of, marked, write_text
from workbook.desk.handin import HandIn, read_handin
from workbook.desk.identify import Owner, Register, typed_on
from workbook.desk.key import Key
from workbook.desk.marker import Marker
from workbook.desk.marking import located, mark, typed_given
from workbook.desk.record import Record, digest_of_file, digest_of_run, recorded
from workbook.desk.states import State
from workbook.desk.submissions import Submission
from workbook.desk.workers import each_alone
from workbook.engines import EngineError
from workbook.guard import FileError, printable
from workbook.limits import memory_limited
from workbook.text import speaking

LENIENCE = 4
"""A hand-in of a large exercise may take so many times longer than it takes to be ready for it."""

RECORDS, FEEDBACK = "marks", "feedback"
"""The folders of what hand-ins came to, and of what students get back."""


@dataclass
class Grading:
    """The grading of a pile of hand-ins.

    Attributes
    ----------
    key : of the assignment
    folder : for all that comes of it
    shares : what part of its points a cell earns in each state
    """

    key: Key
    folder: Path
    shares: Mapping[State, float]

    @cached_property
    def book(self) -> Book:
        """The book without any student's numbers."""
        return self.key.book()

    @cached_property
    def marker(self) -> Marker:
        """What marks; made only when there is something to mark."""
        return Marker(self.key.exercise, self.book)

    @cached_property
    def register(self) -> Register:
        """Whose hand-ins there may be."""
        return Register(self.key)

    @cached_property
    def _run(self) -> str:
        shares = {state.value: share for state, share in self.shares.items()}
        students = [
            [
                student.id,
                student.code,
                student.name,
                [[id, list(map(float, value.ravel()))] for id, value in student.given.items()],
            ]
            for student in self.key.students.values()
        ]
        told = json.dumps([repr(self.key.exercise), self.key.recipe.text(), students, shares], sort_keys=True)
        return digest_of_run(told)

    def run(self, pile: Sequence[Submission], tell: Callable[[int], None] = lambda _count: None) -> list[Record]:
        """Mark what has changed since the last run; return what all of the pile came to.

        Parameters
        ----------
        pile : the hand-ins
        tell : is told how many are done, one after the other
        """
        (self.folder / RECORDS).mkdir(parents=True, exist_ok=True)
        digests = [digest_of_file(submission.path, self._run) for submission in pile]
        known = [self._known(submission, digest) for submission, digest in zip(pile, digests, strict=True)]
        todo = [n for n, record in enumerate(known) if record is None]
        done = len(pile) - len(todo)
        tell(done)
        began = time.process_time()
        if todo:
            _ = self.marker, self.register.whose_numbers({})  # made before the processes part
        more = LENIENCE * (time.process_time() - began)
        for ended in each_alone(lambda n: self._mark_one(pile[n], digests[n]), todo, more):
            number = todo[ended.item]
            submission = pile[number]
            if ended.trouble:
                self._save(submission, Record(submission.name, digests[number], trouble=ended.trouble))
            done += 1
            tell(done)
        records = []
        for n, submission in enumerate(pile):
            record = known[n] or Record.read(self._place(submission), digests[n])
            records.append(record or Record(submission.name, digests[n], trouble="its marks could not be saved"))
        return records

    def _known(self, submission: Submission, digest: str) -> Record | None:
        record = Record.read(self._place(submission), digest)
        is_whole = record is not None and (
            record.trouble or all(path.exists() for path in self.feedback_of(submission))
        )
        return record if is_whole else None

    def _place(self, submission: Submission) -> Path:
        return self.folder / RECORDS / f"{hashlib.sha256(submission.name.encode()).hexdigest()[:24]}.json"

    def feedback_of(self, submission: Submission) -> tuple[Path, Path]:
        """Return where the marked workbook and the text of a hand-in are put: under its own name."""
        path = self.folder / FEEDBACK / PurePosixPath(submission.name)
        return path.with_name(f"{PurePosixPath(submission.name).stem}.xlsx"), path.with_suffix(".txt")

    def _save(self, submission: Submission, record: Record) -> None:
        record.write(self._place(submission))

    # -- in a process of its own ---------------------------------------------------------------------------

    def _mark_one(self, submission: Submission, digest: str) -> None:
        try:
            with memory_limited(submission.path), speaking(self.book.translator):
                self._save(submission, self._marked(submission, digest))
        except (FileError, EngineError) as error:
            trouble = printable(" ".join(str(error).split())).removeprefix(f"{submission.path}: ")
            self._save(submission, Record(submission.name, digest, trouble=trouble))

    def _marked(self, submission: Submission, digest: str) -> Record:
        handin = read_handin(submission.path)
        found = located(self.marker, handin)
        numbers_of = self.register.whose_numbers(typed_given(self.marker, handin, found))
        owner = self._owner(handin, submission, numbers_of)
        if owner is None and self.key.students:
            raise FileError(
                "nothing in it tells whose it is (code, id, file name, numbers); put the student's id into its name"
            )
        given = owner.student.given if owner else {}
        marks = mark(self.marker, handin, given, self.shares, found)
        id, by = (owner.student.id, owner.by) if owner else (typed_on(handin), "")
        record = recorded(marks, submission.name, digest, id, by, numbers_of)
        self._give_back(handin, submission, record, owner.student.name or id if owner else id)
        return record

    def _owner(self, handin: HandIn, submission: Submission, numbers_of: str) -> Owner | None:
        owner = self.register.owner(handin, submission)
        return Owner(self.key.students[numbers_of], "numbers") if owner is None and numbers_of else owner

    def _give_back(self, handin: HandIn, submission: Submission, record: Record, name: str) -> None:
        lines = lines_of(record, self.book, name)
        workbook, text = self.feedback_of(submission)
        workbook.parent.mkdir(parents=True, exist_ok=True)
        write_text(text, lines)
        workbook.write_bytes(marked(handin, record, lines))
