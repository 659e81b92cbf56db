"""A page: what a sheet says, declared in reading order. Nothing here knows a row or a column: `workbook.layout` does.

A scenario declares words, blocks, tables, pictures and checks one after the other; ``with`` opens a place inside the
page that is filled before the page goes on:

    ``beside()``    its items stand next to one another; ``column()`` inside it stacks several in one of these places
    ``left()``, ``right()``    the two halves of a core page
    ``keep()``, ``into()``     a place that is kept now and filled later, with what is told further down
    ``table()``     columns of equal length under headings
    ``grid()``      a chart of lanes and bands, where row meets column

Blocks may be read by formulas that are declared before them or after them: formulas are rendered when the book is whole.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from workbook.block import Between, Block, Formula, Headings, Role
from workbook.chart import Chart
from workbook.expression import Operand, as_ref
from workbook.formula import absolute, call, equal, if_
from workbook.items import (
    ANSWER,
    Cue,
    Flow,
    Grid,
    Item,
    Picture,
    Sentence,
    Shown,
    Side,
    Space,
    Step,
    Table,
    Target,
    Turn,
    Voice,
    Words,
)
from workbook.sheet import (
    Adder,
    Check,
    Kind,
    Style,
    check_blocks,
    printed_blocks,
    sentence_block,
)
from workbook.text import _

if TYPE_CHECKING:
    from workbook.book import Book


__all__ = [
    "ANSWER",
    "Cue",
    "Flow",
    "Grid",
    "Item",
    "Page",
    "Picture",
    "Sentence",
    "Shown",
    "Side",
    "Space",
    "Step",
    "Table",
    "Target",
    "Turn",
    "Voice",
    "Words",
]


class Page(Adder):
    """One sheet of a book, declared; make it with `Book.page`.

    Parameters
    ----------
    name : in English, one word; the tab shows it in the book's language, and formulas name that
    title : what the reader sees on top: a claim or a question
    claim : one sentence under the title, why before how
    guess : a question that can be answered before anything is typed
    kind : what it is in the story
    column_width : the width of columns that ask for no more, in characters
    landscape : how it is printed; None as its width asks for
    one_page : whether it is printed on one page, however small
    margin : whether an empty column stands on its left; without it, its first column is the sheet's column A
    """

    def __init__(
        self,
        book: Book,
        name: str,
        title: str,
        claim: str = "",
        guess: str = "",
        kind: Kind = Kind.CORE,
        *,
        column_width: float | None = None,
        landscape: bool | None = None,
        one_page: bool = False,
        margin: bool = True,
    ) -> None:
        self.book = book
        self.key = name
        self.name = book.tab(name)
        self.title = title
        self.claim = claim
        self.guess = guess
        self.kind = kind
        self.column_width = column_width
        self.landscape = landscape
        self.one_page = one_page
        self.margin = margin
        self.body = Flow()
        self.end = Flow()
        self._ranks: list[int] = []
        self.sources: list[str] = []
        self.blocks: list[Block] = []
        self._open: list[Flow | Side] = [self.body]
        self._halves: Side | None = None
        self.steps: list[Step] = []
        self._step: Step | None = None

    @property
    def owner(self) -> Book:
        return self.book

    # -- places ---------------------------------------------------------------------------------------

    def put(self, item: Item) -> None:
        """Add an item where the page is being filled."""
        into = self._open[-1]
        if isinstance(into, Side):
            into.flows.append(Flow([item]))
        else:
            into.items.append(item)

    @contextmanager
    def _filling(self, place: Flow | Side) -> Iterator[None]:
        self._open.append(place)
        try:
            yield
        finally:
            self._open.pop()

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Put what is added in this context next to one another."""
        side = Side()
        self.put(side)
        with self._filling(side):
            yield

    @contextmanager
    def column(self, characters: float = 0, unit: float | None = None, *, square: bool = False) -> Iterator[None]:
        """Stack what is added in this context, as one of the places of `beside`; the arguments are those of `Flow`."""
        flow = Flow([], characters, unit, square)
        into = self._open[-1]
        if isinstance(into, Side):
            into.flows.append(flow)
        else:
            into.items.append(flow)
        with self._filling(flow):
            yield

    @contextmanager
    def left(self, characters: float = 62) -> Iterator[None]:
        """Fill the left half of the page: what to touch, and the numbers."""
        with self._half(0, characters):
            yield

    @contextmanager
    def right(self) -> Iterator[None]:
        """Fill the right half of the page: the picture that moves."""
        with self._half(1, 0):
            yield

    @contextmanager
    def _half(self, which: int, characters: float) -> Iterator[None]:
        if self._halves is None:
            self._halves = Side([Flow(), Flow()])
            self.put(self._halves)
        half = self._halves.flows[which]
        half.characters = max(half.characters, characters)
        with self._filling(half):
            yield

    def keep(self) -> Flow:
        """Keep a place for what is told further down, and return it for `into`; it takes the rows that it needs."""
        place = Flow()
        self.put(place)
        return place

    @contextmanager
    def into(self, place: Flow) -> Iterator[None]:
        """Fill a place that was kept."""
        with self._filling(place):
            yield

    # -- words ----------------------------------------------------------------------------------------

    def step(self, title: str, why: str = "", math: str = "") -> None:
        """Begin a numbered step: its title, a sentence of why, and the mathematics."""
        self._step = Step(title)
        self.steps.append(self._step)
        self.put(self._step)
        if why:
            self.text(why)
        if math:
            self.math(math)
        self.gap()

    def text(self, words: str) -> None:
        """Write a paragraph."""
        self.put(Words(words, Style.PROSE))

    def math(self, formula: str) -> None:
        """Write a line of mathematics."""
        self.put(Words(formula, Style.MATH))

    def code(self, line: str) -> None:
        """Write a line of a program."""
        self.put(Words(line, Style.CODE))

    def remark(self, words: str) -> None:
        """Write a remark."""
        self.put(Words(words, Style.REMARK))

    def source(self, words: str) -> None:
        """Say where a number comes from; it stands at the page's end, under "About the numbers"."""
        self.sources.append(words)

    def link(self, words: str, to: Target) -> None:
        """Write words that lead to a block or a page."""
        self.put(Words(words, Style.LINK, to))

    def gap(self, rows: int = 1) -> None:
        """Leave rows empty."""
        self.put(Space(rows))

    # -- blocks ---------------------------------------------------------------------------------------

    def register(self, block: Block) -> Block:
        """Take note of a block that stands on this page."""
        self.book.register(block)
        self.blocks.append(block)
        return block

    def add(self, block: Block) -> Block:
        """Put a block on the page, with its names."""
        self.put(Shown(self.register(block)))
        return block

    def bare(self, block: Block) -> Block:
        """Put a block on the page without names: only its headings, if it has any."""
        self.put(Shown(self.register(block), bare=True))
        return block

    def offstage(self, block: Block) -> Block:
        """Put a block that only pictures and sentences need onto a data page, out of the reader's sight."""
        return self.book.helpers.add(block)

    def offstage_block(self, id: str, value: Any, formula: Formula | None = None, **fields: Any) -> Block:
        """Put numbers onto a data page: recorded ones, or derived where there is a formula, or one for `each` row."""
        role = Role.RECORDED if formula is None and "each" not in fields else Role.DERIVED
        return self.offstage(Block.declared(id, role, value, formula=formula, **fields))

    def table(self, rows: Headings, length: int, *, freeze: bool = False) -> Table:
        """Begin a table whose columns are blocks of `length` rows; use it in a ``with`` statement."""
        table = Table(self, rows, length, freeze)
        self.put(table)
        return table

    def grid(
        self, ragged: Sequence[int] = (), close: Sequence[int] = (), *, tight: bool = False, thin: bool = False
    ) -> Grid:
        """Begin a chart of lanes and bands.

        `ragged` are the lanes whose items end at the right edge, `close` those that the next one touches; `tight` leaves no
        row between bands, `thin` only a narrow column between lanes, whose own are as narrow as can be.
        """
        grid = Grid(self, frozenset(ragged), frozenset(close), tight, thin)
        self.put(grid)
        return grid

    def chart(self, chart: Chart) -> None:
        """Draw a chart."""
        self.put(Picture(chart))

    def sentence(self, id: str, template: str, voice: Voice = Voice.PLAIN, **numbers: Operand) -> Block:
        """Write a sentence with live numbers, such as ``"z₁ = {w:2}·{x:2} = {z:3}"``.

        A field's format is its number of decimals; a ``p`` after it puts negative numbers in brackets. A yellow cell's
        number is shown as it was typed, whatever the format says; so is, with a ``t``, what another cell took from it.
        A field that is no argument names its cell itself, by the block's id: ``"z = {W1[0,0]:p}·{X[0,1]:p} = {Z1[0,1]}"``.
        """
        return self._say(sentence_block(self.book, id, template, numbers), voice)

    def live(self, id: str, template: str, **numbers: Operand) -> Block:
        """Write the sentence that answers to the yellow cell above it."""
        return self.sentence(id, template, Voice.LIVE, **numbers)

    def say(self, id: str, value: str, formula: Operand, voice: Voice = Voice.PLAIN) -> Block:
        """Write a sentence that a formula chooses or joins; `value` is what NumPy's numbers make of it."""
        words = np.asarray(value, dtype=object)
        return self._say(Block(id, Role.DERIVED, words, formula=lambda: formula, number_format="@"), voice)

    def _say(self, block: Block, voice: Voice) -> Block:
        self.put(Sentence(self.register(block), voice))
        return block

    # -- what a core page ends with -------------------------------------------------------------------

    def try_(self, words: str) -> None:
        """Say what to type, and what will be seen."""
        self._end_with(0, Cue(_("Try"), Words(words, Style.PROSE)))

    def turn(
        self,
        id: str,
        question: str,
        answer: Operand,
        tolerance: float,
        yes: str,
        hint: str,
        bounds: Between | None = None,
    ) -> Block:
        """Ask the reader for a number in one empty yellow cell, and reply to it.

        Parameters
        ----------
        answer : one cell; it follows the inputs
        tolerance : the largest difference that counts as right
        yes, hint : what is said after ✓ or when the number is not right
        """
        given = self.register(Block(f"{id}_answer", Role.GIVEN, np.asarray("", dtype=object), valid=bounds or ANSWER))
        slack = self.book.checks_page.tolerance(id, tolerance)
        ref = as_ref(answer)
        empty, not_number = str(_("← type your answer here")), str(_("✗ a number, please: check the decimal sign"))
        right, wrong = str(_("✓ Yes. {words}").format(words=yes)), str(_("Not yet. {words}").format(words=hint))

        def reply() -> Operand:
            close = absolute(given - ref) <= slack
            return if_(equal(given, ""), empty, if_(call("ISNUMBER", given), if_(close, right, wrong), not_number))

        words = Block(f"{id}_reply", Role.DERIVED, np.asarray(empty, dtype=object), formula=reply, number_format="@")
        self._end_with(1, Cue(_("Your turn"), Turn(question, given, self.register(words))))
        return given

    def remember(self, words: str) -> None:
        """Say in one sentence what to keep."""
        self._end_with(2, Cue(_("Remember"), Words(words, Style.PROSE)))

    @contextmanager
    def below(self) -> Iterator[None]:
        """Fill the place below all that the page ends with: what is there to look up."""
        place = Flow()
        self._end_with(3, place)
        with self._filling(place):
            yield

    def _end_with(self, rank: int, item: Item) -> None:
        """Put an item among those that the page ends with, in the order of their ranks."""
        at = bisect_right(self._ranks, rank)
        self._ranks.insert(at, rank)
        self.end.items.insert(at, item)

    # -- checks -----------------------------------------------------------------------------------------

    def check(
        self,
        id: str,
        title: str,
        ours: Operand,
        expected: Operand,
        tolerance: float,
        scale: Operand | None = None,
        applies: Operand | None = None,
    ) -> Block:
        """Hold one number or range against another; the numbers stand on the sheet Checks.

        Here it shows only as part of the step's ✓.
        """
        left, right, verdict = check_blocks(id, ours, expected, tolerance, scale, applies)
        return self._checked(Check(title, verdict, left, "≤", right, self))

    def printed(self, id: str, title: str, ours: Operand, printed: float, digits: int) -> Block:
        """Hold a number, rounded to so many digits, against the figure that the article prints."""
        left, right, verdict = printed_blocks(self.book, id, ours, printed, digits)
        return self._checked(Check(title, verdict, left, _("printed:"), right, self))

    def _checked(self, check: Check) -> Block:
        self.book.checks.append(check)
        if self._step is None:
            self._step = Step("")
            self.steps.append(self._step)
            self._end_with(4, self._step)
        self._step.checks.append(check)
        return check.verdict
