"""A student's own numbers: drawn, looked at, and drawn again until the questions can be told from one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from workbook.desk.draws import Given, code_of, drawn
from workbook.desk.key import Key, Student
from workbook.desk.marker import Asked, World
from workbook.desk.paper import Paper
from workbook.desk.rewrite import calls
from workbook.desk.roster import Entry

MOST_DRAWS = 60
"""So often numbers are drawn for a student; then the best of them are taken, and the report says what is wrong with them."""

SMALL = 2.0
"""A question all of whose answers are at most so many tolerances from 0 is too small to see."""

SATURATED = 0.995
"""An activation beyond this has no slope to speak of."""

SAME = 1e-9
"""NumPy's number and the engine's differ by no more, in parts of numbers above 1."""

EASY = 0.1
"""A number below this, or below 0, is where students slip: the share of these is the difficulty."""


@dataclass
class Variant:
    """A student with the numbers drawn.

    Attributes
    ----------
    student : with id, code and numbers
    file : the name of the student's file
    draws : how often numbers were drawn
    rejected : why some were not taken
    left : what is wrong with those that were taken, where no better ones were found
    difficulty : the share of answers that are negative or small
    """

    student: Student
    file: str
    draws: int
    rejected: Counter[str] = field(default_factory=Counter)
    left: tuple[str, ...] = ()
    difficulty: float = 0.0


class Variants:
    """Draws the numbers of the students of an assignment; the same secret, name and id give the same numbers again."""

    def __init__(self, paper: Paper, assignment: str) -> None:
        self.paper, self.assignment = paper, assignment
        self._blocks = [paper.book[id] for id in paper.exercise.varied]
        self._seen: dict[bytes, str] = {}

    def of(self, entries: Iterable[Entry]) -> Iterator[Variant]:
        """Yield the variant of each student."""
        for entry in entries:
            yield self._of(entry)

    def _of(self, entry: Entry) -> Variant:
        secret, rejected = self.paper.secret, Counter[str]()
        best: tuple[int, Given, tuple[str, ...]] | None = None
        for attempt in range(MOST_DRAWS):
            given = drawn(self._blocks, secret, self.assignment, entry.id, attempt)
            faults = tuple(self._faults(given))
            if best is None or len(faults) < len(best[2]):
                best = attempt, given, faults
            if not faults:
                break
            rejected.update(faults)
        assert best is not None
        attempt, given, left = best
        self._seen.setdefault(_bytes(given), entry.id)
        student = Student(entry.id, code_of(secret, self.assignment, entry.id), given, entry.name)
        return Variant(student, entry.file, attempt + 1, rejected, left, self._difficulty(given))

    # -- what is wrong with numbers -------------------------------------------------------------------

    def _faults(self, given: Given) -> Iterator[str]:
        """Yield why numbers are not fit, in a word or two each."""
        if other := self._seen.get(_bytes(given)):
            yield f"the numbers of {other}"
        world = self.paper.marker.world(given)
        for asked in self.paper.marker.asked:
            yield from self._faults_of(asked, world)

    def _faults_of(self, asked: Asked, world: World) -> Iterator[str]:
        name, base = asked.question.block, self._base.truth
        answers, first = [world.truth[cell] for cell in asked.cells], [base[cell] for cell in asked.cells]
        if any(answer is None for answer in answers):
            yield f"{name}: an error value"
            return
        numbers, before = np.array(answers, dtype=float), np.array([value or 0.0 for value in first])
        if np.abs(numbers).max() <= SMALL * asked.allowed < np.abs(before).max():
            yield f"{name}: too small to see"
        if ((numbers == 0) & (before != 0)).any():
            yield f"{name}: a zero"
        if name in self._squashed and (np.abs(numbers) > SATURATED).any() and not (np.abs(before) > SATURATED).any():
            yield f"{name}: saturated"
        if len(set(numbers.tolist())) < len(set(before.tolist())):
            yield f"{name}: a tie"
        for mistake, cells in asked.wrong:
            if _is_hidden(asked, world, cells) and not _is_hidden(asked, self._base, cells):
                yield f"{name}: the mistake {mistake.key} does not show"

    @cached_property
    def _base(self) -> World:
        return self.paper.marker.world({})

    @cached_property
    def _squashed(self) -> frozenset[str]:
        """The questions that ask for activations whose slope vanishes."""
        blocks = [self.paper.book[question.block] for question in self.paper.exercise.questions]
        return frozenset(
            block.id
            for block in blocks
            if any({"EXP", "TANH"} & set(calls(expr)) for _rows, expr in block.expressions())
        )

    def _difficulty(self, given: Given) -> float:
        values = [value for answers in self.paper.answers(given).values() for value in answers if value is not None]
        return sum(value < EASY for value in values) / max(1, len(values))


def _is_hidden(asked: Asked, world: World, cells: Sequence[tuple[str, int, int]]) -> bool:
    pairs = zip(asked.cells, cells, strict=True)
    return all(asked.near(world.truth[right], world.truth[wrong]) for right, wrong in pairs)


def _bytes(given: Given) -> bytes:
    return b"".join(given[id].tobytes() for id in sorted(given))


def agrees(key: Key, student: Student, paper: Paper) -> str:
    """Compute a student's answers by NumPy, and hold the engine's against them; return what differs, or nothing."""
    book, answers = key.book(student), paper.answers(student.given)
    for question in paper.exercise.questions:
        grid = book[question.block].grid()
        for cell, answer in zip(question.cells, answers[question.number], strict=True):
            if answer is None or abs(answer - grid[cell]) > SAME * max(1.0, abs(grid[cell])):
                number = question.number
                return f"{student.id}: question {number}: NumPy has {grid[cell]!r}, the engine {answer!r}"
    return ""
