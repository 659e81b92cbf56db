"""An exercise: which cells of a book are asked, for how many points, and what is given. A projection of a book.

What is asked is said in a few words, by a scenario (``ask = ("error", "W1_new[0,:]=3")``) or with ``--ask``:

    D3              all cells of the block D3
    gW2[1,:]        some of them, counted from 0 as NumPy does
    D3=4            for 4 points; else one for each cell, MOST_POINTS at most
    role:gradient   all blocks of a role that could be asked
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from workbook.block import Between, Block, Role
from workbook.book import Book
from workbook.desk.choice import chosen, may_be_asked
from workbook.desk.reads import closure, in_order, reads_of
from workbook.errors import UsageError, nearest
from workbook.parameter import Setting

MODES = ("practice", "exam")

MOST_POINTS = 4.0
"""What a question earns at most where nobody says how much."""

LEAST_DIGITS = 3
"""So many digits of the largest number of a question count, however few are shown."""

Cell = tuple[int, int]

_ASKED = re.compile(r"(?P<id>\w+)(?:\[(?P<keys>[^\]]*)\])?(?:=(?P<points>\d+(?:\.\d+)?))?")
_KEY = re.compile(r"-?\d+|(?:-?\d+)?:(?:-?\d+)?")


@dataclass(frozen=True)
class Question:
    """One question: some cells of a block.

    Attributes
    ----------
    number : from 1, in the order in which one follows from another
    block : the block's id
    cells : row and column of each within the block as it lies on the sheet (`Block.grid`), from 0
    points : what it earns
    unit : one unit of the last digit that counts
    """

    number: int
    block: str
    cells: tuple[Cell, ...]
    points: float
    unit: float


@dataclass(frozen=True)
class Exercise:
    """What is asked of a book.

    Attributes
    ----------
    scenario, settings, lang : what the book is made from; given numbers may differ from student to student
    mode : one of `MODES`
    questions : in the order in which one follows from another
    givens : ids of the given blocks that the answers hang on, in reading order
    varied : those of them that may differ from student to student
    mistakes : kinds of mistakes that marking tells apart by name; () means every kind that it knows
    tolerance : how far a right number may lie from the answer, in units of the last digit that counts
    """

    scenario: str
    settings: Mapping[str, Setting]
    lang: str
    mode: str
    questions: tuple[Question, ...]
    givens: tuple[str, ...]
    varied: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()
    tolerance: float = 0.5

    @classmethod
    def of(cls, book: Book, ask: Sequence[str] = (), mode: str = "practice") -> Exercise:
        """Return the exercise of a book: what `ask` says, else its scenario, else what follows from the book.

        Raises
        ------
        UsageError
            If something cannot be asked.
        """
        asked = _Asked.of(book, ask or book.ask or chosen(book))
        reads = reads_of(book)
        ordered = in_order(reads, asked.cells)
        questions = tuple(
            Question(number, id, tuple(sorted(asked.cells[id])), asked.points_of(id), unit_of(book[id]))
            for number, id in enumerate(ordered, 1)
        )
        needed = closure(reads, ordered)
        givens = [block for block in book.blocks() if block.id in needed and block.role is Role.GIVEN]
        numbers = tuple(block.id for block in givens if not block.is_text)
        varied = tuple(block.id for block in givens if varies(block))
        settings = book.recipe.settings if book.recipe is not None else {}
        return cls(book.name, dict(settings), book.language, mode, questions, numbers, varied)

    @cached_property
    def points(self) -> float:
        """What the exercise earns in all."""
        return math.fsum(question.points for question in self.questions)

    def allowed(self, question: Question) -> float:
        """Return how far a right number of a question may lie from the answer."""
        return self.tolerance * question.unit


SMALLEST_RANGE = 0.01
"""What may be typed only up to here is a step by which something is measured, and differs for nobody."""


def varies(block: Block) -> bool:
    """Tell whether given numbers may differ from student to student.

    Where nobody says so, measures do; choices, counts, truth values and tiny steps do not.
    """
    if block.role is not Role.GIVEN or block.is_text or not block.vary:
        return False
    if isinstance(block.vary, Between):
        return True
    is_measure = isinstance(block.valid, Between) and not block.valid.whole and block.valid.high > SMALLEST_RANGE
    return is_measure and not set(block.value.ravel().tolist()) <= {0.0, 1.0}


_DECIMALS = re.compile(r"\.([0#?]+)")


def unit_of(block: Block) -> float:
    """Return one unit of the last digit that counts: the last one shown, and LEAST_DIGITS of the largest number at least."""
    largest = float(np.abs(block.value).max())
    first = block.number_format.split(";")[0]
    shown = _DECIMALS.search(first)
    is_plain = "%" not in first and "E" not in first and first not in ("General", "@", "")
    decimals = (len(shown[1]) if shown else 0) if is_plain else 0
    if largest > 0:
        decimals = max(decimals, LEAST_DIGITS - 1 - math.floor(math.log10(largest)))
    return 10.0**-decimals


@dataclass
class _Asked:
    """What is asked, while it is read: cells and points, by the ids of blocks."""

    cells: dict[str, set[Cell]] = field(default_factory=dict)
    points: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, book: Book, ask: Iterable[str]) -> _Asked:
        asked = cls()
        for words in ask:
            for item in split(words):
                asked._add(book, item)
        if not asked.cells:
            raise UsageError(f"{book.name}: no block of it can be asked; name some with --ask")
        return asked

    def points_of(self, id: str) -> float:
        return self.points.get(id, min(float(len(self.cells[id])), MOST_POINTS))

    def _add(self, book: Book, item: str) -> None:
        if item.startswith("role:"):
            for block in _of_role(book, item):
                self.cells[block.id] = set(np.ndindex(block.grid().shape))
            return
        match = _ASKED.fullmatch(item)
        if match is None:
            raise UsageError(f"--ask {item}: write a block's id, such as D3, gW2[1,:] or D3=4 (for 4 points)")
        if match["id"] not in book:
            known = [block.id for block in book.blocks() if may_be_asked(block)]
            raise UsageError(
                f"--ask {item}: {book.name} has no block {match['id']}; "
                f"{nearest(match['id'], known)}`workbook numbers {book.name}` lists them"
            )
        block = book[match["id"]]
        if not may_be_asked(block):
            raise UsageError(f"--ask {item}: {block.id} holds no numbers that a formula computes; name another block")
        self.cells.setdefault(block.id, set()).update(_cells(block, match["keys"], item))
        if match["points"]:
            self.points[block.id] = float(match["points"])


def split(words: str) -> list[str]:
    """Return the items of a list with commas, which may also stand within brackets."""
    return [item.strip() for item in re.split(r",(?![^\[]*\])", words) if item.strip()]


def _of_role(book: Book, item: str) -> list[Block]:
    roles = {role.value: role for role in (Role.DERIVED, Role.GRADIENT, Role.UPDATED)}
    name = item.removeprefix("role:")
    if name not in roles:
        raise UsageError(f"--ask {item}: there is no such role; {nearest(name, roles)}there are {', '.join(roles)}")
    found = [block for block in book.blocks() if block.role is roles[name] and may_be_asked(block)]
    if not found:
        raise UsageError(f"--ask {item}: {book.name} has no blocks of this role that can be asked; name others")
    return found


def _cells(block: Block, keys: str | None, item: str) -> Iterable[Cell]:
    """Return the cells of a block that NumPy's keys pick, as they lie on the sheet."""
    numbers = np.arange(block.value.size).reshape(block.shape)
    picked: Any = numbers
    if keys is not None:
        parts = [part.strip() for part in keys.split(",")]
        if len(parts) != block.value.ndim or not all(map(_KEY.fullmatch, parts)):
            raise UsageError(f"--ask {item}: {block.id} is of shape {block.shape}; write one index or : for each axis")
        index = tuple(_slice(part) if ":" in part else int(part) for part in parts)
        try:
            picked = numbers[index]
        except IndexError:
            raise UsageError(f"--ask {item}: {block.id} is of shape {block.shape}, counted from 0") from None
    wanted = np.isin(numbers, picked)
    lies = Block(f"{block.id}_asked", Role.RECORDED, wanted.astype(float), along=block.along).grid()
    found = [(int(row), int(column)) for row, column in zip(*np.nonzero(lies), strict=True)]
    if not found:
        raise UsageError(f"--ask {item}: no cell of {block.id} is meant; its shape is {block.shape}")
    return found


def _slice(part: str) -> slice:
    start, stop = (int(end) if end else None for end in part.split(":"))
    return slice(start, stop)
