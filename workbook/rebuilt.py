"""Whether a file of ours is what it was built as: its book is made again from the recipe in it, and compared.

That the values of a file follow from its formulas is the proof's business (`workbook.check`). Whether these formulas are the
right ones, and the numbers beside them and the words too, can only be known from the book itself. What may be changed in a
file are the yellow cells, as far as they allow it; what follows from these then differs from the book, and the formulas,
which are the same, vouch for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from workbook import __version__
from workbook.block import Between, Block, OneOf, Role
from workbook.book import Book
from workbook.diff import Tolerance, entered
from workbook.difference import Change, Kind, Spelled, written
from workbook.discovery import find_scenario, scenarios
from workbook.errors import UsageError
from workbook.ledger import BlockCells, ledger_of
from workbook.precedents import areas_read
from workbook.reader import FileLedger, was_edited
from workbook.recipe import Recipe, recipe_read
from workbook.scenario import Scenario
from workbook.sheet import FAILS
from workbook.source import language_of
from workbook.text import language

MOST_LISTED = 20
LONGEST = 120
RECORDED_RELATIVE, RECORDED_FLOOR = 1e-10, 1e-14
"""How far a recorded number may lie from the book's: another processor adds in another order."""

HAPPENED = {
    Kind.ADDED: "a block that there was not",
    Kind.REMOVED: "a block is gone",
    Kind.RESHAPED: "a block of another size",
    Kind.WORDS: "other words",
}


@dataclass
class Judgement:
    """What is known of a file beside that its values follow from its formulas.

    Attributes
    ----------
    faults : what is not as it was built, a line each; the first says how much it is
    remarks : what else there is to know, a line each
    """

    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class CannotRebuildError(Exception):
    """The book cannot be made again; one line: why."""


def judge(path: Path, ledger: FileLedger) -> Judgement:
    """Compare a file with the book that it was built as.

    Parameters
    ----------
    path : the file, for what is said
    ledger : its cells
    """
    judgement = Judgement(_verdict(path, ledger))
    if not ledger.scenario and all(block.is_loose for block in ledger.blocks):
        known = "its values were compared with its formulas, but nothing tells whether these are the right ones"
        judgement.remarks.append(f"{path}: this is none of our workbooks; {known}")
        return judgement
    try:
        origin = _Origin.of(ledger)
        book = origin.make()
    except _UnknownError as reason:
        edited = (
            "it was edited, or saved by another program, since" if was_edited(path) else "nobody has edited it since"
        )
        judgement.remarks.append(f"{path}: {reason}, so nothing tells whether its formulas are as they were; {edited}")
        return judgement
    except CannotRebuildError as reason:
        judgement.faults.append(f"{path}: it cannot be compared with what it was built as: {reason}")
        return judgement
    comparison = _Comparison(ledger, book)
    if origin.is_guessed and comparison.is_another:
        judgement.remarks.append(
            f"{path}: the program that saved it dropped what it was built from, and it is not {origin.scenario.name} as "
            f"it comes; `workbook diff {origin.scenario.name} FILE` compares it with settings and data of your choice"
        )
        return judgement
    judgement.faults += comparison.faults(path, origin.told)
    judgement.remarks += comparison.remarks(path)
    return judgement


def rebuild(ledger: FileLedger) -> Book:
    """Make the book of a file again, from what the file says, whichever version of this program built it.

    Raises
    ------
    CannotRebuildError
        If that cannot be done; one line: why.
    """
    origin = _Origin.of(ledger, any_version=True)
    if origin.is_guessed:
        how = f"`workbook build {origin.told}` makes it as it comes"
        raise CannotRebuildError(f"the program that saved it dropped what it was built from; {how}")
    return origin.make()


def _verdict(path: Path, ledger: FileLedger) -> list[str]:
    """Say that the file's own checks fail, and which."""
    blocks = {block.id: block for block in ledger.blocks}
    verdict = blocks.get("verdict")
    if verdict is None or not str(verdict.values.flat[0]).startswith(FAILS):
        return []
    lines = [f"{path}: its own verdict is {FAILS}: {verdict.sheet}!{verdict.cell(0, 0)} says that a check fails"]
    each = blocks.get("check_verdicts")
    if each is not None:
        failing = [row for row, value in enumerate(each.values[:, 0]) if str(value).startswith(FAILS)]
        lines += [f"  {each.sheet}!{each.cell(row, 0)}  {ledger.row_label(each, row)}" for row in failing[:MOST_LISTED]]
    return lines


# ---------------------------------------------------------------------------------------------- making it again


class _UnknownError(CannotRebuildError):
    """What is needed to make the book again is not here, which is nobody's fault."""


@dataclass(frozen=True)
class _Origin:
    """What a file was built as; `is_guessed` where the file has lost its properties."""

    scenario: Scenario
    language: str
    recipe: Recipe
    is_guessed: bool = False

    @classmethod
    def of(cls, ledger: FileLedger, any_version: bool = False) -> _Origin:
        """Return what a file says that it was built as, or what its first sheet shows where it says nothing.

        What another version has built it can be compared with no longer, but it can be made again (`any_version`).
        """
        try:
            recipe = recipe_read(ledger.properties)
        except ValueError as error:
            raise CannotRebuildError(str(error)) from error
        found = cls._named(ledger) if ledger.scenario else cls._titled(ledger)
        if recipe is None:
            return cls(found, language_of(ledger), Recipe(__version__), is_guessed=True)
        if recipe.version != __version__ and not any_version:
            raise _UnknownError(f"version {recipe.version} built it, and this is {__version__}")
        if recipe.left_out:
            raise _UnknownError(f"it was built with {', '.join(recipe.left_out)}, too large to be kept in it")
        return cls(found, language_of(ledger), recipe)

    @staticmethod
    def _named(ledger: FileLedger) -> Scenario:
        try:
            return find_scenario(ledger.scenario)
        except UsageError as error:
            raise _UnknownError(f"it was built as {ledger.scenario}, which is not installed here") from error

    @staticmethod
    def _titled(ledger: FileLedger) -> Scenario:
        code, shown = language_of(ledger), set(ledger.labels.get(ledger.sheets[0], {}).values())
        for scenario in scenarios(lambda _line: None).values():
            with language(code, scenario.locale) as words:
                if words.translate(scenario.title) in shown:
                    return scenario
        raise _UnknownError("the program that saved it dropped what it was built from")

    @property
    def told(self) -> str:
        """How to build it."""
        defaults = {parameter.key: parameter.default for parameter in self.scenario.parameters}
        return " ".join([self.scenario.name, *self.recipe.options(self.language, defaults)])

    def make(self) -> Book:
        """Make the book; files that were kept are laid into a folder for the while."""
        try:
            return self.scenario.remake(self.language, self.recipe)
        except UsageError as error:
            raise CannotRebuildError(str(error)) from error
        except Exception as error:  # whatever a damaged recipe makes an example raise
            raise CannotRebuildError(f"{type(error).__name__}: {error}".replace("\n", " ")) from error


# ---------------------------------------------------------------------------------------------- comparing


class _Comparison:
    """A file beside the book that it was built as."""

    def __init__(self, ledger: FileLedger, book: Book) -> None:
        self.ledger, self.book = ledger, book
        self.expected = ledger_of(book)
        self.blocks = {block.id.lower(): block for block in book.blocks()}
        self.found = {block.id.lower(): block for block in ledger.blocks}
        blocks = [block for block in self.expected.blocks if block.role == Role.RECORDED.value]
        changes = entered(self.expected, ledger, {block.id: _tolerance(block) for block in blocks})
        self.own = [change for change in changes if self._is_beside(change)]
        self.givens = [change for change in changes if self._is_given(change) and self._is_valid(change)]
        allowed = {id(change) for change in (*self.own, *self.givens)}
        self.changes = [change for change in changes if id(change) not in allowed]

    @property
    def is_another(self) -> bool:
        """Whether the file cannot be the book that is guessed: blocks are there, or of a size, that it does not have."""
        return any(change.kind in (Kind.ADDED, Kind.RESHAPED) for change in self.changes)

    @staticmethod
    def _is_beside(change: Change) -> bool:
        """Whether somebody wrote something of their own into a cell that was empty."""
        return "!" in change.block or (change.kind is Kind.WORDS and change.old is None)

    def _block(self, change: Change) -> Block | None:
        return self.blocks.get(change.block.lower())

    def _is_given(self, change: Change) -> bool:
        block = self._block(change)
        return block is not None and block.role is Role.GIVEN and change.kind in (Kind.GIVEN, Kind.FORMULA)

    def _is_valid(self, change: Change) -> bool:
        """Whether what is in a yellow cell now may be there."""
        block, value = self.book[change.block], self._value(change)
        if not isinstance(value, str if block.is_text else float):
            return False
        return block.valid is None or block.valid.allows(np.array([value], dtype=object if block.is_text else float))

    def _value(self, change: Change) -> Any:
        cells = self.found[change.block.lower()]
        (at,) = areas_read(change.cell, change.sheet)
        return cells.values[at.top - cells.row, at.left - cells.column]

    # -- what is said ------------------------------------------------------------------------------

    def faults(self, path: Path, told: str) -> list[str]:
        """Say what is not as it was built."""
        hidden = [f"  the sheet {sheet} is hidden" for sheet in self.ledger.hidden]
        if not self.changes and not hidden:
            return []
        counts = Counter[str]()
        for change in self.changes:
            counts[self._what(change)] += change.cells
        parts = [f"{count:,} × {what}" for what, count in counts.items()]
        parts += [f"{len(hidden)} × a hidden sheet"] if hidden else []
        lines = [f"{path}: it is not as it was built ({told}): {', '.join(parts)}"]
        lines += [f"  {self._line(change)}" for change in self.changes[:MOST_LISTED]]
        more = len(self.changes) - MOST_LISTED
        return [*lines, *([f"  … and {more:,} more places"] if more > 0 else []), *hidden[:MOST_LISTED]]

    def _what(self, change: Change) -> str:
        block = self._block(change)
        if change.kind in HAPPENED:
            return HAPPENED[change.kind]
        if block is not None and block.role is Role.GIVEN:
            return "a yellow cell that holds what it must not"
        if change.kind is Kind.GIVEN:
            return "another recorded number"
        if not isinstance(change.old, Spelled):
            return "a formula in the place of a recorded number"
        if isinstance(change.new, Spelled):
            return "another formula"
        return "an empty cell in the place of a formula" if change.new is None else "a formula typed over"

    def _line(self, change: Change) -> str:
        at = f"{change.sheet}!{change.cell}" if change.cell else change.sheet
        whose = f", block {change.block}" if change.block else ""
        whose += f" ({_short(change.label)})" if change.label else ""
        more = f" (and {change.cells - 1:,} more cells alike)" if change.cells > 1 else ""
        block = self._block(change)
        bounds = f" ({_allowed(block)})" if block is not None and self._is_given(change) else ""
        return (
            f"{at}{whose}: {self._what(change)}{more}: built as {_told(change.old)}, found {_told(change.new)}{bounds}"
        )

    def remarks(self, path: Path) -> list[str]:
        """Say what was changed that may be."""
        return [*self._givens_told(path), *self._own_told(path)]

    def _givens_told(self, path: Path) -> Iterator[str]:
        if self.givens:
            shown = [f"{c.sheet}!{c.cell} {_told(c.old)} → {_told(c.new)}" for c in self.givens[:8]]
            more = ", …" if len(self.givens) > len(shown) else ""
            verb = "cell is" if len(self.givens) == 1 else "cells are"
            yield f"{path}: {len(self.givens)} yellow {verb} not as built ({', '.join(shown)}{more}); the formulas, which are, vouch for what follows"

    def _own_told(self, path: Path) -> Iterator[str]:
        if self.own:
            places = [f"{change.sheet}!{change.cell}" for change in self.own]
            shown = ", ".join(places[:8]) + (", …" if len(places) > 8 else "")
            yield f"{path}: written beside what was built, and not judged: {shown}"


def _tolerance(block: BlockCells) -> Tolerance:
    largest = float(np.abs(block.values).max()) if block.values.dtype.kind == "f" else 0.0
    return Tolerance(RECORDED_RELATIVE, RECORDED_FLOOR * largest)


def _allowed(block: Block) -> str:
    if isinstance(block.valid, OneOf):
        return f"one of {', '.join(map(str, block.valid.options))} may be there"
    if isinstance(block.valid, Between):
        kind = "a whole number" if block.valid.whole else "a number"
        return f"{kind} from {block.valid.low:g} to {block.valid.high:g} may be there"
    return f"a {'text' if block.is_text else 'number'} may be there"


def _told(value: Any) -> str:
    return _short(written(value))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
