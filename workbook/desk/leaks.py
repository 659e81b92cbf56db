"""Which blocks would tell an answer, and are withheld.

A block leaks if some cell of it holds an answer, though it does not hang on the question's own cells; or if it still
holds it when all that is asked is blank. It is looked for in the book as it comes, to all digits, and in several worlds
of given numbers, where a measured slope is as good as the slope. What reads a block that is withheld is withheld with it,
and so is what shows an error while cells are blank.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbook.block import Block, Role
from workbook.book import Book
from workbook.desk.choice import ALIKE, NOTHING
from workbook.desk.draws import drawn
from workbook.desk.exercise import Exercise, Question
from workbook.desk.reads import closure, reads_of, reversed_reads
from workbook.engines import ErrorValue
from workbook.engines.ironcalc import Formula, Session
from workbook.writer import packed

WORLDS = 3
"""In so many worlds a number must meet an answer to be one; the first is that of the book."""

SAME = 1e-9
"""How near, relative to its size, a number comes to an answer that does not move with the given numbers."""

LEAST_DIGITS = 4
"""A typed number or a word tells an answer if so many of its digits are the answer's."""

_NUMBER = re.compile(r"\d+\.\d+")

Numbers = NDArray[np.float64]
Cell = tuple[str, int, int]


@dataclass(frozen=True)
class Why:
    """Why a block is withheld: the questions whose answers it tells, the blocks that it reads, or that it shows an error."""

    tells: tuple[int, ...] = ()
    reads: tuple[str, ...] = ()
    shows_error: bool = False
    judges: bool = False


@dataclass
class Leaks:
    """What an exercise must not show.

    Attributes
    ----------
    withheld : why each block says nothing, by id
    needed : blocks that tell an answer, and cannot be withheld, since a question reads them
    answers : the numbers that are asked in the book as it comes, by question
    hanging : ids of the blocks that hang on what is asked
    """

    book: Book
    exercise: Exercise
    show: Sequence[str] = ()
    withheld: dict[str, Why] = field(default_factory=dict)
    needed: dict[str, tuple[int, ...]] = field(default_factory=dict)
    answers: dict[int, Numbers] = field(default_factory=dict)
    hanging: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._reads = reads_of(self.book)
        self._readers = reversed_reads(self._reads)
        self._asked = {question.block: question for question in self.exercise.questions}
        self.hanging = closure(self._readers, self._asked) - set(self._asked)
        worlds, blanks, errors = self._evaluated()
        self.answers = {number: values[0] for number, values in worlds.answers.items()}
        self._find(worlds, blanks)
        self._withhold(errors)

    # -- evaluating -----------------------------------------------------------------------------------

    def _evaluated(self) -> tuple[_Worlds, _Worlds, set[str]]:
        """Return what is where all is filled in, what is where nothing is, and the blocks that show errors then."""
        varied = [self.book[id] for id in self.exercise.varied]
        givens = [{}, *(drawn(varied, "00", self.book.name, str(n), 0) for n in range(1, WORLDS))]
        with tempfile.TemporaryDirectory(prefix="workbook-") as folder:
            path = Path(folder) / "whole.xlsx"
            path.write_bytes(packed(self.book))
            session = Session.loaded(path)
        computed = [block for block in self.book.blocks() if block.patterns and not block.is_text]
        whole, blank = _Worlds(computed), _Worlds([block for block in computed if block.id in self.hanging])
        errors: set[str] = set()
        for given in givens:
            for id in given:
                type_grid(session, self.book[id], given[id])
            session.evaluate()
            whole.read(session, self.exercise.questions)
            for question in self.exercise.questions:
                for cell in cells_of(self.book, question):
                    session.type(cell, None)
            session.evaluate()
            blank.read(session, ())
            if not given:
                errors = self._errors(session)
            for question in self.exercise.questions:
                block = self.book[question.block]
                for cell, (row, column) in zip(cells_of(self.book, question), question.cells, strict=True):
                    session.type(cell, Formula(block.formula_at(row, column) or ""))
        return whole, blank, errors

    def _errors(self, session: Session) -> set[str]:
        cells = session.cells()
        found = set()
        for id in self.hanging:
            place = self.book[id].place
            area = cells[place.sheet].area(place.row, place.column, place.rows, place.columns)
            if area.dtype != float and any(isinstance(value, ErrorValue) for value in area.ravel()):
                found.add(id)
        return found

    # -- finding --------------------------------------------------------------------------------------

    def _find(self, worlds: _Worlds, blanks: _Worlds) -> None:
        """Note the blocks that tell an answer."""
        needed = closure(self._reads, self._asked)
        found: dict[str, set[int]] = {}
        for question in self.exercise.questions:
            after = closure(self._readers, [question.block])
            tell = worlds.telling(question.number, worlds) - after
            tell |= blanks.telling(question.number, worlds)
            tell |= self._typed(question, worlds.answers[question.number][0])
            for id in tell - set(self._asked):
                found.setdefault(id, set()).add(question.number)
        for id, numbers in found.items():
            if id in needed or id in self.show:
                self.needed[id] = tuple(sorted(numbers))
            else:
                self.withheld[id] = Why(tells=tuple(sorted(numbers)))

    def _typed(self, question: Question, answers: Numbers) -> set[str]:
        """Return the blocks of recorded numbers that hold an answer, rounded as they are."""
        blocks = [block for block in self.book.blocks() if block.role is Role.RECORDED and not block.is_text]
        return {block.id for block in blocks if any(_rounds(value, answers) for value in _distinct(block.value))}

    def _withhold(self, errors: set[str]) -> None:
        """Withhold what reads what is withheld, what shows an error, and what judges: of a blank it would say that all is well."""
        needed = closure(self._reads, self._asked)
        for id in errors - set(self.withheld) - needed:
            self.withheld[id] = Why(shows_error=True)
        for block in self.book.blocks():
            if block.role is Role.CHECK and block.id in self.hanging and block.id not in self.withheld:
                self.withheld[block.id] = Why(judges=True)
        waiting = list(self.withheld)
        while waiting:
            source = waiting.pop()
            for id in self._readers[source] - set(self.withheld) - needed - set(self.show):
                self.withheld[id] = Why(reads=(source,))
                waiting.append(id)

    def without_answers(self, text: str) -> str:
        """Return a text in which numbers that are an answer are left out."""
        answers = np.concatenate(list(self.answers.values()))
        return _NUMBER.sub(lambda match: "…" if _rounds(float(match[0]), answers, match[0]) else match[0], text)


class _Worlds:
    """The numbers of some blocks in several worlds: one row a world, one column a cell."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = blocks
        self.ids = [block.id for block in blocks]
        self.owner = np.repeat(np.arange(len(blocks)), [block.value.size for block in blocks])
        self.rows: list[Numbers] = []
        self.answers: dict[int, list[Numbers]] = {}

    def read(self, session: Session, questions: Iterable[Question]) -> None:
        """Note what an engine holds now."""
        cells = session.cells()
        grids: dict[str, Numbers] = {}
        for block in self.blocks:
            place = block.place
            area = cells[place.sheet].area(place.row, place.column, place.rows, place.columns)
            grids[block.id] = area if area.dtype == float else _numbers(area)
        self.rows.append(np.concatenate([grids[id].ravel() for id in self.ids]) if self.ids else np.empty(0))
        for question in questions:
            values = [grids[question.block][cell] for cell in question.cells]
            self.answers.setdefault(question.number, []).append(np.array(values))

    def telling(self, number: int, worlds: _Worlds) -> set[str]:
        """Return the ids of the blocks that hold an answer of a question, or its negative, in every world."""
        found: set[str] = set()
        for values in np.array(worlds.answers[number]).T:
            if not _is_telling(values):
                continue
            near = ALIKE if np.ptp(values) > SAME * np.abs(values).max() else SAME
            hits = self._hits(0, values[0], SAME) if _is_telling(values[:1]) else np.zeros(len(self.owner), dtype=bool)
            hits |= np.logical_and.reduce([self._hits(n, value, near) for n, value in enumerate(values)])
            found |= {self.ids[n] for n in set(self.owner[hits].tolist())}
        return found

    def _hits(self, world: int, value: float, near: float) -> NDArray[np.bool_]:
        with np.errstate(invalid="ignore"):
            hits: NDArray[np.bool_] = np.abs(np.abs(self.rows[world]) - abs(value)) <= near * abs(value)
        return hits


def _is_telling(values: Numbers) -> bool:
    """Tell whether an answer is one that nobody meets by chance: no number of few digits in every world."""
    telling = [abs(value) > NOTHING and _digits(repr(float(abs(value)))) >= LEAST_DIGITS for value in values]
    return bool(np.isfinite(values).all()) and any(telling)


def _digits(text: str) -> int:
    """Return how many digits a number is written with, without leading zeros."""
    return len(text.partition("e")[0].replace(".", "").lstrip("0").removesuffix("0" if text.endswith(".0") else ""))


def significant(value: float) -> str:
    """Return a number's size to six digits, as numbers are looked for."""
    return f"{abs(float(value)):.5e}"


def _rounds(value: float, answers: Numbers, text: str = "") -> bool:
    """Tell whether a number as it is written is one of some answers, rounded."""
    text = text or repr(abs(value))
    if "e" in text or _digits(text) < LEAST_DIGITS:
        return False
    half = 0.5 * 10.0 ** -len(text.partition(".")[2].removesuffix("0" if text.endswith(".0") else ""))
    telling = answers[[_digits(repr(float(abs(answer)))) >= LEAST_DIGITS for answer in answers]]
    return bool((np.abs(np.abs(telling) - abs(value)) <= half * (1 + 1e-9)).any())


MOST_RECORDED = 5000
"""Of a larger block of recorded numbers, such as a training's, the first ones are looked at."""


def _distinct(values: NDArray[np.float64]) -> list[float]:
    return list(dict.fromkeys(values.ravel()[:MOST_RECORDED].tolist()))


def _numbers(area: NDArray[np.object_]) -> Numbers:
    """Return numbers; what is none is nan."""
    values = [value if isinstance(value, float) and not isinstance(value, bool) else np.nan for value in area.ravel()]
    return np.array(values, dtype=float).reshape(area.shape)


def cells_of(book: Book, question: Question) -> list[Cell]:
    """Return where the cells of a question stand."""
    place = book[question.block].place
    return [(place.sheet, place.row + row, place.column + column) for row, column in question.cells]


def type_grid(session: Session, block: Block, value: Numbers) -> None:
    """Type given numbers into an engine."""
    place = block.place
    for (row, column), number in np.ndenumerate(block.laid(value)):
        session.type((place.sheet, place.row + row, place.column + column), float(number))
