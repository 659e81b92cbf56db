"""Marks a hand-in: its formulas are evaluated by an engine with the student's own given numbers, and in other worlds.

Neither a cached value nor a formula's text earns anything. What counts is what a cell comes to: where all is as given,
and, if it is a formula, where the given numbers are others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbook.desk.contents import Reach, session_of, type_value
from workbook.desk.handin import HandIn, read_handin
from workbook.desk.locate import Found, How
from workbook.desk.marker import Answers, Asked, Marker, Number, World, number
from workbook.desk.mistakes import Kind, said
from workbook.desk.states import BAD, CLOSE, CLOSE_PART, ORDER, PARTLY, SHARES, SOME, Shares, State, said_of
from workbook.desk.worlds import Given
from workbook.engines import ErrorValue, Value
from workbook.engines.ironcalc import Cell, Session
from workbook.guard import FileError
from workbook.text import _

SAME = 1e-9
"""Numbers of about 1 that differ by no more are the same."""

BARE = (0.0, 1.0, -1.0)
"""Numbers that come of themselves where one of them was typed before."""

MOST_SHIFTED = 9
"""So many decimals a lost decimal sign may have hidden."""


@dataclass(frozen=True)
class CellMark:
    """What became of one cell that was asked for.

    Attributes
    ----------
    cell : where it stands in the hand-in; None if it is gone
    state : what it is found to be
    share : what part of its points it earns
    value : what it comes to in the student's own world
    expected : what the right method makes of what stands before it
    is_formula : whether it is one
    """

    cell: Cell | None
    state: State
    share: float
    value: Value | None
    expected: Number
    is_formula: bool


@dataclass(frozen=True)
class QuestionMark:
    """What became of a question.

    Attributes
    ----------
    number, block : which it is
    cells : its cells, in their order
    points, of : what it earns, of how many
    before : the questions that it hangs on and that are not right
    mistake : the key of the mistake that gives just these numbers; "" where none is known
    said : the sentences that the student reads
    how : how its cells were found
    """

    number: int
    block: str
    cells: tuple[CellMark, ...]
    points: float
    of: float
    before: tuple[int, ...]
    mistake: str
    said: tuple[str, ...]
    how: How | None


@dataclass(frozen=True)
class Marks:
    """What became of a hand-in.

    Attributes
    ----------
    questions : one after the other
    changed : the ids of given blocks that hold other numbers than the student's own
    typed : the given numbers as they stand in the file, by their blocks' ids and in the order of their cells
    """

    questions: tuple[QuestionMark, ...]
    changed: tuple[str, ...]
    typed: Mapping[str, tuple[Number, ...]]

    @property
    def points(self) -> float:
        """What it earns in all."""
        return sum(question.points for question in self.questions)

    @property
    def of(self) -> float:
        """What there was to earn."""
        return sum(question.of for question in self.questions)


def mark(
    marker: Marker,
    handin: HandIn | Path,
    given: Given | None = None,
    shares: Mapping[State, float] = SHARES,
    found: Mapping[str, Found] | None = None,
) -> Marks:
    """Mark a hand-in; sentences are in the language in force.

    Parameters
    ----------
    marker : of the exercise
    handin : the file
    given : the numbers that are this student's own, by the ids of their blocks; None takes those of the book
    shares : what part of its points a cell earns in each state; a state that is not named earns nothing
    found : where its blocks lie, if that is known

    Raises
    ------
    FileError
        If the file cannot be read, or none of the questions is in it.
    EngineError
        If the engine breaks down over it.
    """
    read = handin if isinstance(handin, HandIn) else read_handin(handin)
    return _Marking(marker, read, found or located(marker, read), given or {}, Shares(shares)).marks()


def located(marker: Marker, handin: HandIn) -> dict[str, Found]:
    """Return where the blocks of an exercise lie in a file. Raises FileError if nothing shows that it is one of its."""
    found = marker.locator.locate(handin)
    if all(each.how is How.ADDRESS for each in found.values()):
        raise FileError(f"{handin.path}: none of the questions is in this file; ask for the exercise's own workbook")
    return found


@dataclass(frozen=True)
class _Evaluated:
    """A world as the student's file sees it.

    Attributes
    ----------
    world : what is right in it
    answers : what the answers come to; right numbers stand in the place of those that are none
    expected : what the right method, and each mistake, make of these answers
    """

    world: World
    answers: Mapping[Cell, float]
    expected: Mapping[Cell, Number]


class _Marking:
    def __init__(
        self, marker: Marker, handin: HandIn, found: Mapping[str, Found], given: Given, shares: Shares
    ) -> None:
        self.marker, self.handin, self.found, self.given, self.shares = marker, handin, found, given, shares
        self.cells = dict(self._answered())
        self.given_cells = dict(_given_cells(marker, found))
        self.formulas = {cell for cell, at in self.cells.items() if self._is_formula(at)}
        self.session, self.known = self._opened()
        self.broken: dict[Cell, Value | None] = {}  # answers that are no numbers in some world, and what they are
        self.no_numbers: Mapping[Cell, Value | None] = {}  # those in the student's own
        self.states: dict[int, list[State]] = {}
        self.before: dict[int, tuple[int, ...]] = {}

    def _answered(self) -> Iterator[tuple[Cell, Cell]]:
        """Yield where each cell that was asked for is in the hand-in."""
        for asked in self.marker.asked:
            found = self.found.get(asked.question.block)
            if found is not None:
                yield from ((cell, found.cell(at)) for cell, at in zip(asked.cells, asked.question.cells, strict=True))

    def _is_formula(self, at: Cell) -> bool:
        sheet, row, column = at
        here = self.handin.sheets[sheet]
        return (row, column) in here.formulas or (row, column) in here.filled

    def _opened(self) -> tuple[Session, set[Cell]]:
        """Open what the answers hang on in the engine; also return the cells whose values are known in each world."""
        reach = Reach(self.handin.sheets, self.handin.names)
        needed, known = reach.needed(self.cells.values(), self.marker.upstream if self._is_as_handed_out() else ())
        if known:
            self.given_cells = {}  # they are known, too
        return session_of(self.handin.sheets, needed, self.handin.names), known

    def _is_as_handed_out(self) -> bool:
        """Tell whether all that stands before the questions, and they themselves, are where they were, and as they were."""
        stay = all(cell == at for cell, at in self.cells.items()) and all(
            [*self.marker.upstream.cells(id)] == cells for id, cells in self.given_cells.items()
        )
        return stay and self.marker.upstream.is_in(self.handin.sheets)

    # -- evaluating -----------------------------------------------------------------------------------

    def marks(self) -> Marks:
        typed = typed_given(self.marker, self.handin, self.found)
        own = self._evaluated(self.marker.world(self.given), {})
        self.no_numbers = dict(self.broken)
        as_made = [self._elsewhere(world, self.formulas) for world in self.marker.worlds]
        found = [[self._state(asked, n, own) for n in range(len(asked.cells))] for asked in self.marker.asked]
        good = {
            cell
            for asked, states in zip(self.marker.asked, found, strict=True)
            for cell, state in zip(asked.cells, states, strict=True)
            if cell in self.formulas and state in (State.RIGHT, State.FOLLOWS)
        }
        mended = as_made if good == self.formulas else [self._elsewhere(world, good) for world in self.marker.worlds]
        questions = tuple(
            self._question(asked, states, own, as_made, mended)
            for asked, states in zip(self.marker.asked, found, strict=True)
        )
        return Marks(questions, tuple(self._changed(typed)), typed)

    def _changed(self, typed: Mapping[str, tuple[Number, ...]]) -> Iterator[str]:
        for id, numbers in typed.items():
            own = self.marker.upstream.grid_of(id, self.given).ravel().tolist()
            if any(n is None or abs(n - mine) > SAME * max(1, abs(mine)) for n, mine in zip(numbers, own, strict=True)):
                yield id

    def _elsewhere(self, world: World, formulas: AbstractSet[Cell]) -> _Evaluated:
        """Evaluate formulas where the given numbers are others; in the place of all other answers stand right ones."""
        return self._evaluated(world, {cell: _right(world, cell) for cell in self.cells.keys() - formulas})

    def _evaluated(self, world: World, filled: Answers) -> _Evaluated:
        """Evaluate the hand-in in a world, with right numbers in the place of some answers and of those that are none.

        Blanks and texts are filled in first, then errors, the first ones first: an error may come of one before it.
        """
        self._enter(world)
        filled = {**filled, **{cell: _right(world, cell) for cell in self.broken}}
        fresh: Sequence[Cell] = [*filled]
        while True:
            for cell in fresh:
                self.session.type(self.cells[cell], filled[cell])
            self.session.evaluate()
            values = dict(zip(self.cells, self.session.values(self.cells.values()), strict=True))
            fresh = self._to_fill([cell for cell in self.cells if number(values[cell]) is None and cell not in filled])
            if not fresh:
                break
            filled.update({cell: _right(world, cell) for cell in fresh})
            self.broken.update({cell: values[cell] for cell in fresh})
        answers = {cell: filled.get(cell, number(value) or 0.0) for cell, value in values.items()}
        return _Evaluated(world, answers, self.marker.expected(world, answers))

    def _enter(self, world: World) -> None:
        """Type the numbers of a world: the given ones, and whatever else is known."""
        for id, cells in self.given_cells.items():
            for at, value in zip(cells, self.marker.upstream.grid_of(id, world.given).ravel().tolist(), strict=True):
                self.session.type(at, value)
        for cell, known in self.marker.before(world, self.known).items():
            type_value(self.session, cell, known)

    def _to_fill(self, broken: Sequence[Cell]) -> Sequence[Cell]:
        """Return which of the answers that are no numbers are filled in next."""
        if plain := [cell for cell in broken if cell not in self.formulas]:
            return plain
        first = next((asked for asked in self.marker.asked if set(asked.cells) & set(broken)), None)
        here = [] if first is None else [cell for cell in first.cells if cell in broken]
        return here[:1] if first is not None and first.block.first is not None else here

    # -- judging ----------------------------------------------------------------------------------------

    def _question(
        self,
        asked: Asked,
        states: list[State],
        own: _Evaluated,
        as_made: Sequence[_Evaluated],
        mended: Sequence[_Evaluated],
    ) -> QuestionMark:
        """Mark a question.

        Parameters
        ----------
        states : what its cells are found to be in the student's own world
        as_made, mended : the other worlds, with every formula as it is, and with right numbers in the place of wrong ones
        """
        self._mark_trivial(asked, states, own, mended)
        mistake, sentence = self._named(asked, states, own, as_made)
        for n, cell in enumerate(asked.cells):
            states[n] = self._earned(asked, n, cell, states[n], mended)
        number = asked.question.number
        self.states[number] = states
        self.before[number] = self._hangs_on(asked, State.FOLLOWS in states)
        cells = tuple(
            CellMark(
                self.cells.get(cell),
                state,
                self.shares[state],
                self.no_numbers.get(cell, own.answers.get(cell)),
                own.expected[asked.expected[n]],
                cell in self.formulas,
            )
            for n, (cell, state) in enumerate(zip(asked.cells, states, strict=True))
        )
        points = asked.question.points * sum(cell.share for cell in cells) / len(cells)
        found = self.found.get(asked.question.block)
        words = tuple(self._words(number, states, sentence))
        return QuestionMark(
            number,
            asked.question.block,
            cells,
            points,
            asked.question.points,
            self.before[number],
            mistake,
            words,
            found.how if found else None,
        )

    def _state(self, asked: Asked, n: int, own: _Evaluated) -> State:
        """Return what a cell is found to be, whether it is a formula or typed."""
        cell = asked.cells[n]
        if cell not in self.cells:
            return State.LOST
        if cell in self.no_numbers:
            return _state_of_no_number(self.no_numbers[cell])
        value, truth, expected = own.answers[cell], own.world.truth[cell], own.expected[asked.expected[n]]
        if asked.near(value, truth):
            return State.RIGHT
        if asked.near(value, expected):
            return State.FOLLOWS
        if asked.near(-value, truth) or asked.near(-value, expected):
            return State.SIGN
        return State.CLOSE if _is_close(asked, value, truth) or _is_close(asked, value, expected) else State.WRONG

    def _mark_trivial(self, asked: Asked, states: list[State], own: _Evaluated, worlds: Sequence[_Evaluated]) -> None:
        """Where all that follows would follow by a wrong method too, it shows nothing; nor does a typed 0 or 1."""
        follows = [n for n, state in enumerate(states) if state is State.FOLLOWS]
        for n in [n for n in follows if asked.cells[n] not in self.formulas]:
            if own.answers[asked.cells[n]] in BARE:
                states[n] = State.TRIVIAL
                follows.remove(n)
        for mistake, wrong in asked.wrong if follows else ():
            if mistake.kind is Kind.EARLY:
                continue
            seen = [
                (world, n) for n in follows for world in (own, *(worlds if asked.cells[n] in self.formulas else ()))
            ]
            same = all(_same(world.expected[wrong[n]], world.expected[asked.expected[n]]) for world, n in seen)
            if same and any(not _same(own.world.truth[wrong[n]], own.world.truth[asked.cells[n]]) for n in follows):
                for n in follows:
                    states[n] = State.TRIVIAL
                return

    def _named(
        self, asked: Asked, states: list[State], own: _Evaluated, worlds: Sequence[_Evaluated]
    ) -> tuple[str, str]:
        """Return the mistake that gives just the numbers that are wrong, and how it is said; nothing where none does."""
        wrong = [n for n, state in enumerate(states) if state in (State.WRONG, State.SIGN, State.CLOSE)]
        if not wrong:
            return "", ""
        for mistake, cells in asked.wrong:
            seen = [(world, n) for n in wrong for world in (own, *(worlds if asked.cells[n] in self.formulas else ()))]
            if all(asked.near(world.answers[asked.cells[n]], world.expected[cells[n]]) for world, n in seen):
                for n in wrong:
                    states[n] = State.SIGN if states[n] is State.SIGN else State.WRONG
                return mistake.key, mistake.said()
        typed = [asked.cells[n] not in self.formulas for n in wrong]
        if all(typed) and all(self._lost_its_point(asked, n, own) for n in wrong):
            return Kind.DECIMAL.value, said(Kind.DECIMAL)
        return "", ""

    @staticmethod
    def _lost_its_point(asked: Asked, n: int, own: _Evaluated) -> bool:
        value = own.answers[asked.cells[n]]
        goals = own.world.truth[asked.cells[n]], own.expected[asked.expected[n]]
        shifted = [value / 10**places for places in range(1, MOST_SHIFTED + 1)]
        return value == round(value) != 0 and any(asked.near(number, goal) for number in shifted for goal in goals)

    def _earned(self, asked: Asked, n: int, cell: Cell, state: State, worlds: Sequence[_Evaluated]) -> State:
        """Return the state of a good cell once it is looked at how it came about."""
        if state not in (State.RIGHT, State.FOLLOWS):
            return state
        if cell not in self.formulas:
            return State.TYPED
        holds = cell not in self.broken and all(
            asked.near(world.answers[cell], world.expected[asked.expected[n]]) for world in worlds
        )
        return state if holds else State.ELSEWHERE

    def _hangs_on(self, asked: Asked, follows: bool) -> tuple[int, ...]:
        """Return the questions that are not right and that this one hangs on, the nearest ones.

        What follows may do so from answers that are right as far as they go: then it is these that are named.
        """
        found: set[int] = set()
        for earlier in asked.sources:
            states = self.states.get(earlier, [])
            if any(state in BAD for state in states):
                found.add(earlier)
            elif State.FOLLOWS in states:
                found.update(self.before[earlier])
        if follows and not found:
            found = {number for earlier in asked.sources for number in self.before.get(earlier, ())} or set(
                asked.sources
            )
        return tuple(sorted(found))

    def _words(self, number: int, states: Sequence[State], mistake: str) -> Iterator[str]:
        """Yield what the student reads of a question."""
        before = self.before[number] or (number,)
        blank = states.count(State.BLANK)
        if 0 < blank < len(states):
            yield f"– {_(PARTLY).format(there=len(states) - blank, all=len(states))}"
        for state in ORDER:
            count = states.count(state)
            if not count or (state is State.BLANK and blank < len(states)):
                continue
            named = mistake and state in (State.WRONG, State.SIGN)
            text = f"✗ {mistake}" if named else said_of(state, before, bool(self.before[number]))
            yield text if count == len(states) else _(SOME).format(count=count, all=len(states), said=text)


def typed_given(marker: Marker, handin: HandIn, found: Mapping[str, Found]) -> dict[str, tuple[Number, ...]]:
    """Return the given numbers as they stand in a file, by their blocks' ids; None for what is no number."""
    return {
        id: tuple(number(handin.sheets[sheet].values.get((row, column))) for sheet, row, column in cells)
        for id, cells in _given_cells(marker, found)
    }


def _given_cells(marker: Marker, found: Mapping[str, Found]) -> Iterator[tuple[str, list[Cell]]]:
    """Yield where the cells of each given block are in a file, row by row."""
    for id in marker.exercise.givens:
        if id in found:
            place = marker.book[id].place
            yield id, [found[id].cell(at) for at in np.ndindex(place.rows, place.columns)]


def _right(world: World, cell: Cell) -> float:
    return world.truth[cell] or 0.0


def _state_of_no_number(value: Value | None) -> State:
    if value is None:
        return State.BLANK
    if isinstance(value, bool):
        return State.TRUTH
    return State.TEXT if isinstance(value, str) and not isinstance(value, ErrorValue) else State.ERROR


def _is_close(asked: Asked, value: float, goal: Number) -> bool:
    most = CLOSE * asked.allowed
    return goal is not None and abs(value - goal) <= min(most, CLOSE_PART * abs(goal))


def _same(one: Number, other: Number) -> bool:
    return one == other or (one is not None and other is not None and abs(one - other) <= SAME * max(1, abs(one)))
