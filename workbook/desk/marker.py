"""The model that marks: the book's own formulas in an engine, with two kinds of shadows.

Far below each asked cell stands its formula once more, reading the cells in which the student's numbers are typed: what
the right method makes of them. Below that stands each mistake that is known (`workbook.desk.mistakes`). Of what stands
before all that is asked (`workbook.desk.upstream`) only the numbers stand there that these formulas read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from workbook.block import Block
from workbook.book import Book
from workbook.desk.contents import contents_of, opened, type_value
from workbook.desk.exercise import Exercise, Question
from workbook.desk.locate import Locator
from workbook.desk.mistakes import Mistake, Mistakes
from workbook.desk.reads import Reads, closure, reads_of, reversed_reads
from workbook.desk.upstream import Upstream
from workbook.desk.worlds import Given, others
from workbook.engines import Value
from workbook.engines.ironcalc import Cell, Formula

WORLDS = 2
"""In so many worlds besides the student's own a formula must be right."""

TRIES = 24
GAP = 10

Number = float | None
Answers = dict[Cell, float]


def number(value: Value | None) -> Number:
    """Return a cell's value if it is a number; a truth value, a text or an error is none."""
    is_number = isinstance(value, float) and not isinstance(value, bool) and bool(np.isfinite(value))
    return value if is_number and isinstance(value, float) else None


@dataclass(frozen=True)
class Asked:
    """A question in the model.

    Attributes
    ----------
    cells : where its answers stand
    expected : where its formulas stand once more
    wrong : its mistakes, and where each stands
    sources : the numbers of the questions whose answers it reads, directly or through cells that are not asked
    allowed : how far a right number may lie from the answer
    """

    question: Question
    block: Block
    cells: tuple[Cell, ...]
    expected: tuple[Cell, ...]
    wrong: tuple[tuple[Mistake, tuple[Cell, ...]], ...]
    sources: frozenset[int]
    allowed: float

    @property
    def all_cells(self) -> Iterator[Cell]:
        """Its cells and their shadows."""
        yield from self.cells
        yield from self.expected
        for _mistake, cells in self.wrong:
            yield from cells

    def near(self, one: Number, other: Number) -> bool:
        """Tell whether two numbers are the same as far as this question goes."""
        return one is not None and other is not None and abs(one - other) <= self.allowed * (1 + 1e-9) + 1e-12


@dataclass(frozen=True)
class World:
    """One world of given numbers.

    Attributes
    ----------
    given : the numbers that are not the book's own, by the ids of their blocks
    before : what stands before all that is asked, as far as anybody has read it
    truth : the answers, and what each mistake comes to, where all before is right
    """

    given: Given
    before: dict[Cell, Value | None]
    truth: Mapping[Cell, Number]


@dataclass
class Marker:
    """Marks the hand-ins of one exercise; make one, and use it for all of them."""

    exercise: Exercise
    book: Book
    asked: tuple[Asked, ...] = field(init=False)
    worlds: tuple[World, ...] = field(init=False)

    def __post_init__(self) -> None:
        found, kinds = Mistakes(self.book), self.exercise.mistakes
        ids = [question.block for question in self.exercise.questions]
        mistakes = {
            id: [each for each in found.of(self.book[id]) if not kinds or each.kind.value in kinds] for id in ids
        }
        read = {block.id for each in mistakes.values() for mistake in each for block in mistake.reads}
        needed = closure(self._reads, [*ids, *read])
        after = closure(reversed_reads(self._reads), ids) & needed
        shown = closure(self._reads, ids) - after
        self.upstream = Upstream(self.book, self.exercise.givens, needed - after, shown)
        borders = (read.union(*(self._reads[id] for id in after)) - after) | set(self.exercise.givens)
        self._border = [cell for id in sorted(borders) for cell in self.upstream.cells(id)]
        self._sheets = contents_of(self.book, after)
        self._free = self._below()
        shadowed = tuple(self._shadowed(self._asked(each), mistakes[each.block]) for each in self.exercise.questions)
        self._session = opened(self._sheets)
        self._entered: World | None = None
        self.asked = shadowed
        self.base = self._made({})
        self.worlds = tuple(self._other_worlds())
        self.asked = tuple(self._visible(each) for each in shadowed)

    # -- making it ------------------------------------------------------------------------------------

    def _cells(self, question: Question) -> tuple[Cell, ...]:
        place = self.book[question.block].place
        return tuple((place.sheet, place.row + row, place.column + column) for row, column in question.cells)

    @cached_property
    def _reads(self) -> Reads:
        return reads_of(self.book)

    @cached_property
    def _answers(self) -> frozenset[Cell]:
        return frozenset(cell for question in self.exercise.questions for cell in self._cells(question))

    def _below(self) -> dict[str, int]:
        """Return for each sheet a row below everything that anybody reads."""
        ends = {name: [row for row, _ in [*here.formulas, *here.values]] for name, here in self._sheets.items()}
        for sheet, row, _column in self._border:
            ends[sheet].append(row)
        return {name: GAP + max(rows, default=0) for name, rows in ends.items()}

    def _asked(self, question: Question) -> Asked:
        block, allowed = self.book[question.block], self.exercise.allowed(question)
        return Asked(question, block, self._cells(question), (), (), self._sources(question), allowed)

    def _sources(self, question: Question) -> frozenset[int]:
        """Return the questions that one reads, directly or through blocks that are not asked for."""
        of = {each.block: each.number for each in self.exercise.questions}
        found: set[int] = set()
        seen: set[str] = set()
        waiting = [*self._reads[question.block]]
        while waiting:
            id = waiting.pop()
            if id in of:
                found.add(of[id])
            elif id not in seen:
                seen.add(id)
                waiting += self._reads[id]
        return frozenset(found) - {question.number}

    def _shadowed(self, asked: Asked, mistakes: Sequence[Mistake]) -> Asked:
        """Put its shadows below everything on its sheet."""
        expected = self._put(asked, lambda row, column: asked.block.formula_at(row, column) or "NA()")
        wrong = tuple((mistake, self._put(asked, mistake.formula_at)) for mistake in mistakes)
        return replace(asked, expected=expected, wrong=wrong)

    def _put(self, asked: Asked, formula_at: Callable[[int, int], str]) -> tuple[Cell, ...]:
        sheet, top = asked.block.place.sheet, self._free[asked.block.place.sheet]
        here = self._sheets[sheet]
        cells = []
        for row, column in asked.question.cells:
            at = top + row, asked.block.place.column + column
            here.formulas[at] = formula_at(row, column)
            cells.append((sheet, *at))
        self._free[sheet] = top + asked.block.place.rows + 1
        return tuple(cells)

    def _other_worlds(self) -> Iterator[World]:
        """Yield worlds in which every answer is a number."""
        blocks = [self.book[id] for id in self.exercise.givens]
        found = 0
        for given in others(blocks, len(self._answers), TRIES):
            world = self._made(given)
            if all(world.truth[cell] is not None for each in self.asked for cell in each.cells):
                yield world
                found += 1
            if found == WORLDS:
                return

    def _visible(self, asked: Asked) -> Asked:
        """Leave out mistakes that change nothing in any world, or that come to the same as one before."""
        kept: list[tuple[Mistake, tuple[Cell, ...]]] = []
        worlds = [self.base, *self.worlds]
        for mistake, cells in asked.wrong:
            same = [asked.cells, *(others for _mistake, others in kept)]
            if not any(all(self._alike(asked, world, cells, other) for world in worlds) for other in same):
                kept.append((mistake, cells))
        return replace(asked, wrong=tuple(kept))

    @staticmethod
    def _alike(asked: Asked, world: World, cells: Sequence[Cell], others: Sequence[Cell]) -> bool:
        pairs = zip(cells, others, strict=True)
        return all(
            asked.near(world.truth[one], world.truth[other]) or world.truth[one] == world.truth[other]
            for one, other in pairs
        )

    # -- using it ---------------------------------------------------------------------------------------

    @cached_property
    def locator(self) -> Locator:
        """Finds the exercise's blocks in a file."""
        return Locator(
            self.book, [*dict.fromkeys([*(q.block for q in self.exercise.questions), *self.exercise.givens])]
        )

    def world(self, given: Given) -> World:
        """Return what is right where numbers are given, by the ids of their blocks, in place of the book's own."""
        return self._made(given) if given else self.base

    def _made(self, given: Given) -> World:
        world = World(given, dict(self.upstream.values(given, self._border)), {})
        return replace(world, truth=self.expected(world, {}))

    def before(self, world: World, cells: Collection[Cell]) -> Mapping[Cell, Value | None]:
        """Return what stands in some cells before all that is asked."""
        if new := [cell for cell in cells if cell not in world.before]:
            world.before.update(self.upstream.values(world.given, new))
        return {cell: world.before[cell] for cell in cells}

    def expected(self, world: World, answers: Answers) -> dict[Cell, Number]:
        """Return what the right method, and each mistake, make of a student's answers in a world."""
        if world is not self._entered:
            for cell in self._border:
                type_value(self._session, cell, world.before[cell])
            self._entered = world
        for cell, value in answers.items():
            self._session.type(cell, value)
        self._session.evaluate()
        cells = [cell for each in self.asked for cell in each.all_cells]
        values = dict(zip(cells, map(number, self._session.values(cells)), strict=True))
        for sheet, row, column in answers:
            self._session.type((sheet, row, column), Formula(self._sheets[sheet].formulas[row, column]))
        return values
