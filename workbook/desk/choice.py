"""Which blocks an exercise asks for where nobody says it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbook.block import HIDDEN, Block, Role
from workbook.book import Book
from workbook.desk.reads import Reads, closure, in_order, reads_of, reversed_reads
from workbook.expression import Ref
from workbook.sheet import Kind, Sheet

ASKABLE = frozenset({Role.DERIVED, Role.GRADIENT, Role.UPDATED})

MOST_CELLS, MOST_QUESTIONS, MOST_IN_ALL = 12, 8, 48
"""Cells of a question, questions, and cells of an exercise that nobody has declared."""

ALIKE, NOTHING = 1e-4, 1e-12
"""How near, relative to its size, a number comes to an answer that it tells; what is smaller than NOTHING is left of rounding."""

KINDS = {Kind.CORE: 2.0, Kind.ARTICLE: 1.5, Kind.DEEPER: 1.0}
"""The sheets on which a question may stand, and how much they count."""

WORTH = {Role.DERIVED: 1.0, Role.GRADIENT: 2.0, Role.UPDATED: 2.0}
"""How much a block counts when the sheet to ask about is chosen."""


def may_be_asked(block: Block) -> bool:
    """Tell whether a block holds numbers that formulas compute."""
    return block.role in ASKABLE and not block.is_text


def is_question(block: Block) -> bool:
    """Tell whether a block is worth asking: of moderate size, seen, and no mere copy of another's cells."""
    if not may_be_asked(block) or block.value.size > MOST_CELLS or block.number_format == HIDDEN or block.first:
        return False
    return not all(isinstance(expr, Ref) for _rows, expr in block.expressions())


def chosen(book: Book) -> tuple[str, ...]:
    """Return the ids of the blocks to ask: those of the sheet on which most hangs on the yellow cells."""
    reads = reads_of(book)
    given = {block.id for block in book.blocks() if block.role is Role.GIVEN and not block.is_text}

    def questions(sheet: Sheet) -> list[Block]:
        return [block for block in sheet.blocks if is_question(block) and closure(reads, [block.id]) & given]

    found = {sheet.name: questions(sheet) for sheet in book.sheets if sheet.kind in KINDS}
    kinds = {sheet.name: KINDS[sheet.kind] for sheet in book.sheets if sheet.kind in KINDS}
    if not any(found.values()):
        return tuple(block.id for block in book.blocks() if may_be_asked(block))[:MOST_QUESTIONS]
    best = max(found, key=lambda name: kinds[name] * sum(WORTH[block.role] for block in found[name][:MOST_QUESTIONS]))
    asked: list[str] = []
    left = MOST_IN_ALL
    given_away = _GivenAway(book, reads)
    for block in map(book.__getitem__, in_order(reads, [block.id for block in found[best]])):
        fits = len(asked) < MOST_QUESTIONS and block.value.size <= left
        if fits and not given_away.by([*asked, block.id]):
            asked.append(block.id)
            left -= block.value.size
    return tuple(asked) or (found[best][0].id,)


class _GivenAway:
    """Tells whether some questions give one another away: one reads a cell that holds the answer to another."""

    def __init__(self, book: Book, reads: Reads) -> None:
        self.book, self.reads, self.readers = book, reads, reversed_reads(reads)

    def by(self, asked: Sequence[str]) -> bool:
        needed = closure(self.reads, asked) - set(asked)
        # as long as the slopes are blank, the network after the step is the one before it, with all its answers
        if any(self.book[id].role is Role.UPDATED for id in needed & closure(self.readers, asked)):
            return True
        computed = [self.book[id] for id in needed if self.book[id].patterns and not self.book[id].is_text]
        for id in asked:
            after = closure(self.readers, [id])
            answers = np.abs(self.book[id].value.ravel())
            answers = answers[answers > NOTHING]
            for block in computed:
                if block.id not in after and _meets(np.abs(block.value.ravel()), answers):
                    return True
        return False


def _meets(numbers: NDArray[np.float64], answers: NDArray[np.float64]) -> bool:
    return any(bool((np.abs(numbers - answer) <= ALIKE * answer).any()) for answer in answers)
