"""The student's workbook: made once for an exercise, filled in for each student."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from workbook.block import Block
from workbook.book import Book
from workbook.desk.exercise import Exercise, Question
from workbook.desk.front import CODE, HAND_IN, ID, MARKS, checksum, factors, seal, with_front
from workbook.desk.leaks import Leaks, type_grid
from workbook.desk.marker import Marker
from workbook.desk.reads import closure, reads_of, reversed_reads
from workbook.desk.states import CLOSE, CLOSE_PART
from workbook.desk.template import Template, areas
from workbook.signature import LANGUAGE_PROPERTY, SCENARIO_PROPERTY
from workbook.text import _, speaking
from workbook.view import NEVER, Seen, View
from workbook.writer import packed

NOT_CLOSE = -1.0

Given = Mapping[str, NDArray[np.float64]]


class Paper:
    """The workbook that a student gets, with everything that decides what it shows.

    Parameters
    ----------
    book : with the numbers of nobody in particular
    exercise : what is asked of it
    secret : decides the checksums
    show : ids of blocks that are shown although they tell an answer
    personal : whether each student has a workbook of their own
    """

    def __init__(
        self, book: Book, exercise: Exercise, secret: str, show: Sequence[str] = (), *, personal: bool = True
    ) -> None:
        self.book, self.exercise, self.secret = book, exercise, secret
        self.leaks = Leaks(book, exercise, show)
        self.marker = Marker(exercise, book)
        self.front = with_front(book, exercise, secret, personal=personal)
        self.view = self._view()
        self.template = Template(packed(self.front.book, self.view), self._changing())

    # -- making it ------------------------------------------------------------------------------------

    def _view(self) -> View:
        until = NEVER if self.exercise.mode == "exam" else self.front.done
        seen = {id: Seen() for id in self.leaks.hanging}
        seen |= {id: Seen(withheld=True, until=self._until(id, until)) for id in self.leaks.withheld}
        seen |= {block.id: Seen() for block in self._added() if block.patterns}
        with speaking(self.book.translator):
            seen |= {question.block: self._asked(question) for question in self.exercise.questions}
        properties = {SCENARIO_PROPERTY: self.book.name, LANGUAGE_PROPERTY: self.book.language}
        return View(seen, self.leaks.without_answers, properties)

    def _until(self, id: str, until: str) -> str:
        return until if self.book[id].patterns else NEVER

    @staticmethod
    def _asked(question: Question) -> Seen:
        heading = str(_("? Question {number}").format(number=question.number))
        return Seen(frozenset(question.cells), (heading, str(_("Write a formula that reads the cells before it."))))

    def _added(self) -> list[Block]:
        names = {self.book.tab(HAND_IN), self.book.tab(MARKS)}
        return [block for sheet in self.front.book.sheets if sheet.name in names for block in sheet.blocks]

    def _changing(self) -> dict[str, set[tuple[int, int]]]:
        """Return the cells whose values an engine fills in: those that hang on given numbers, on answers, on checksums."""
        reads = reads_of(self.book)
        moving = closure(reversed_reads(reads), self.exercise.varied) | self.leaks.hanging | set(self.leaks.withheld)
        typed = {"marks_left", "marks_close", "marks_seal"}
        blocks = [self.book[id] for id in moving]
        blocks = [block for block in blocks if block.patterns or block.id in self.exercise.varied]
        blocks += [block for block in self._added() if block.patterns or block.id in typed]
        asked = {question.block for question in self.exercise.questions}
        blocks += [self.book[id] for id in asked - {block.id for block in blocks}]
        places = [block.place for block in blocks]
        return areas((place.sheet, place.row, place.column, place.rows, place.columns) for place in places)

    # -- using it ---------------------------------------------------------------------------------------

    def answers(self, given: Given) -> dict[int, list[float | None]]:
        """Return the numbers that are right with a student's own, by question; None for what is no number."""
        truth = self.marker.world(given).truth
        return {asked.question.number: [truth[cell] for cell in asked.cells] for asked in self.marker.asked}

    def filled(self, given: Given, id: str, code: str) -> bytes:
        """Return the workbook of a student: an engine has calculated it with the student's numbers, and nothing filled in."""
        self.type(given)
        words = {ID: id, CODE: code}
        return self.template.fill(words)

    def type(self, given: Given) -> None:
        """Type a student's numbers, and the checksums that go with them, into the workbook that is open in the engine."""
        session = self.template.session
        for id in self.exercise.varied:
            type_grid(session, self.book[id], given.get(id, self.book[id].value))
        for id, cell in self.front.seals.items():
            session.type(cell, seal(np.asarray(given.get(id, self.book[id].value)), *factors(self.secret, id)))
        answers = self.answers(given) if self.front.checksums else {}
        for question in self.exercise.questions:
            allowed = self.exercise.allowed(question)
            for n, (left, close) in enumerate(self.front.checksums.get(question.number, ())):
                value, (a, b) = answers[question.number][n] or 0.0, factors(self.secret, question.number, n)
                is_apart = CLOSE * allowed <= CLOSE_PART * abs(value)
                session.type(left, float(checksum(value, allowed, a, b)))
                session.type(close, float(checksum(value, CLOSE * allowed, a, b)) if is_apart else NOT_CLOSE)
