"""Judges the cells whose two entries differ: what rounding explains, what is wrong, and what only follows from that."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbook.engines import Cells, ErrorValue, Sheets
from workbook.fills import TYPED
from workbook.ledger import BlockCells
from workbook.normal import Layout
from workbook.precedents import areas_read
from workbook.proof.arithmetic import FAULTS, RANGE
from workbook.proof.cells import UNKNOWN, CellValues, Numbers, Operand, Places
from workbook.proof.evaluate import Evaluation
from workbook.proof.fills import Fill, fills
from workbook.proof.graph import Graph
from workbook.proof.report import MOST_FAILURES, Failure, is_number
from workbook.proof.texts import agree
from workbook.proof.whole import whole_cells

ALIKE = 1e-12
"""Numbers so close, relative to their size, need no closer look."""

LOOSE = 1e-10
"""How far numbers may lie apart, relative to what is read, where a formula has a function that is not followed."""

MOST_TEXTS, MOST_ROUNDS = 3, 20

_MAY_BE_REFUSED = re.compile(
    r"\^|EXP\(|LN\(|LOG|SQRT\(|POWER\(|COSH\(|SINH\(|:\$?[A-Z]{1,3}\$?\d+[-+*/^<>=&]|[-+*/^<>=&][\w.$!']*:|IF\([\w.$!']+:"
)
"""What can be an error elsewhere though the engine lets it pass, or a range in a cell's place."""

LARGEST_SHOWN = 2.0**64
CLOSE = "it compares numbers less than 2.2E-16 apart, which IronCalc takes as equal; give larger ones, in another unit"
LARGE = "it shows a number beyond 2^64, which IronCalc cannot write as a text; give smaller ones, in another unit"

HUGE, TINY = 1e60, 1e-60
"""Between these sizes no product or quotient that fits into a formula here overflows."""

Mask = NDArray[np.bool_]


class Entry:
    """A block with both its entries, and which of its cells need a closer look.

    Parameters
    ----------
    sheet : the engine's cells
    is_computed : whether each cell must hold a formula
    """

    def __init__(self, block: BlockCells, sheet: Cells, is_computed: bool) -> None:
        self.block = block
        self.suspects: Mask = np.zeros(block.shape, dtype=bool)
        self.deltas: Numbers = np.zeros(block.shape)
        self.found: NDArray[Any] = np.full(block.shape, None, dtype=object)
        if not is_computed and not block.computed.any():
            return
        self.found = sheet.area(block.row, block.column, *block.shape)
        if block.values.dtype.kind == self.found.dtype.kind == "f":
            self._compare_numbers(self.found)
        else:
            self._compare_anything()
        if is_computed:
            self.suspects |= ~block.computed

    def _compare_numbers(self, found: Numbers) -> None:
        with np.errstate(invalid="ignore"):
            self.deltas = np.abs(found - self.block.values)
        # "not at most", so that nan fails; an infinite number is within any bound of its own size
        alike = (self.deltas <= ALIKE * np.abs(self.block.values)) & np.isfinite(self.deltas)
        self.suspects = ~alike & self.block.computed

    def _compare_anything(self) -> None:
        expected, found = self.block.values.ravel().tolist(), self.found.ravel().tolist()
        for n in np.flatnonzero(self.block.computed):
            ours, theirs = expected[n], found[n]
            self.suspects.flat[n] = not _plainly_equal(ours, theirs)
            if is_number(ours) and is_number(theirs):
                self.deltas.flat[n] = abs(ours - theirs)

    def found_at(self, row: int, column: int) -> Any:
        value = self.found[row, column]
        return float(value) if isinstance(value, float) else value


def _plainly_equal(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, ErrorValue) or isinstance(theirs, ErrorValue):
        return False
    if is_number(ours) and is_number(theirs):
        return bool(abs(ours - theirs) <= ALIKE * abs(ours) < np.inf)
    if isinstance(ours, bool):
        return isinstance(theirs, bool | float) and float(ours) == float(theirs)
    if isinstance(ours, str):
        return (isinstance(theirs, str) and ours == theirs) or (ours == "" and theirs is None)
    # a formula whose cached value is missing from the file: nothing to compare it with
    return False


class Judge:
    """Judges all cells of a workbook.

    Parameters
    ----------
    sheets : the engine's cells
    engine : which it is
    is_ours : whether the workbook is one of this program's, in which no range stands where one cell is meant
    """

    def __init__(self, entries: Sequence[Entry], sheets: Sheets, engine: str, is_ours: bool) -> None:
        self.entries = entries
        self.sheets = sheets
        self.engine = engine
        self.is_ours = is_ours
        self._fills: dict[int, list[Fill]] = {}

    def failures(self) -> list[Failure]:
        """Return the cells that fail, those that follow from no other failure first."""
        values = self._values([entry.deltas for entry in self.entries])
        refused = self._refused(values)
        wrong = [~self._explained(n, entry.suspects, values) & entry.suspects for n, entry in enumerate(self.entries)]
        failing = [mask | (codes > 0) for mask, codes in zip(wrong, refused, strict=True)]
        if not any(mask.any() for mask in failing):
            return []
        graph = Graph([entry.block for entry in self.entries], [self._all_fills(n) for n in range(len(self.entries))])
        follows = graph.readers_of(failing)
        failing = self._with_followers(failing, follows)
        found = [*self._listed(failing, refused, follows)]
        roots = [failure for failure in found if failure.is_root]
        if not roots:  # a circle: none is the first
            found[0] = replace(found[0], is_root=True)
        if isinstance(found[0].found, ErrorValue):
            found[0] = replace(found[0], texts=self._texts_read(found[0]))
        elif not found[0].reason and not found[0].is_gone and self.engine == "ironcalc":
            found[0] = replace(found[0], reason=self._weakness(found[0], values))
        return found

    def _values(self, deltas: Sequence[Numbers]) -> CellValues:
        finite = [np.where(np.isfinite(delta), delta, 0.0) for delta in deltas]
        return CellValues([entry.block for entry in self.entries], finite, self.sheets, self._counts)

    @cached_property
    def _counts(self) -> list[Mask]:
        return [whole_cells(entry.block) for entry in self.entries]

    def _all_fills(self, n: int) -> list[Fill]:
        if n not in self._fills:
            block = self.entries[n].block
            self._fills[n] = [*fills(block, block.computed)]
        return self._fills[n]

    def _evaluated(self, n: int, where: Mask, values: CellValues) -> Iterator[_Piece]:
        """Evaluate some formulas of a block, those that are alike together."""
        if not where.any():
            return
        known = self._fills.get(n)
        made = fills(self.entries[n].block, where) if known is None else (fill.within(where) for fill in known)
        for fill in made:
            for part, places in fill.pieces():
                evaluation = Evaluation(values, places)
                yield _Piece(fill.rows[part], fill.columns[part], evaluation.result(fill.tree), places, evaluation)

    # -- what rounding explains ------------------------------------------------------------------------

    def _explained(self, n: int, where: Mask, values: CellValues) -> Mask:
        """Return which cells differ by no more than the bounds of their formulas' errors."""
        entry = self.entries[n]
        explained: Mask = np.zeros(where.shape, dtype=bool)
        for piece in self._evaluated(n, where & entry.block.computed, values):
            error = piece.flat(piece.result.error)
            loose = piece.flat(piece.result.kind) == UNKNOWN
            if loose.any():
                error = np.where(loose, self._loosely(piece, values), error)
            for at, (row, column) in enumerate(zip(piece.rows, piece.columns, strict=True)):
                ours, theirs = entry.block.values[row, column], entry.found[row, column]
                if isinstance(ours, ErrorValue) or isinstance(theirs, ErrorValue):
                    continue
                if is_number(ours) and is_number(theirs):
                    # an unknown function's result is also exact to its own size
                    allowed = max(error[at], LOOSE * abs(ours) if loose[at] else 0.0)
                    possible = not self._counts[n][row, column] or ours % 1 == theirs % 1 == 0
                    explained[row, column] = possible and abs(ours - theirs) <= allowed < np.inf
                elif isinstance(ours, str) and isinstance(theirs, str):
                    explained[row, column] = agree(ours, theirs, piece.shown(at))
        return explained

    def _loosely(self, piece: _Piece, values: CellValues) -> Numbers:
        """Return a bound for formulas that are not followed: of the size of all that they read."""
        bound = np.zeros(len(piece.rows))
        for place in piece.places:
            read = values.read(place)
            sizes = (LOOSE * np.abs(read.value) + 10 * read.error).sum(axis=(1, 2))
            bound = bound + sizes
        return bound

    def _with_followers(self, wrong: list[Mask], follows: list[Mask]) -> list[Mask]:
        """Add the cells that differ only because of what they read; what agrees without that is only noise."""
        open_ = [
            entry.suspects & reads & ~mask for entry, reads, mask in zip(self.entries, follows, wrong, strict=True)
        ]
        for _round in range(MOST_ROUNDS):
            deltas = [
                np.where(mask | left, 0.0, entry.deltas)
                for entry, mask, left in zip(self.entries, wrong, open_, strict=True)
            ]
            values = self._values(deltas)
            closed = [self._explained(n, left, values) for n, left in enumerate(open_)]
            open_ = [left & ~mask for left, mask in zip(open_, closed, strict=True)]
            if not any(mask.any() for mask in closed):
                break
        return [mask | left for mask, left in zip(wrong, open_, strict=True)]

    # -- what other spreadsheets refuse ----------------------------------------------------------------

    def _refused(self, values: CellValues) -> list[NDArray[np.uint8]]:
        """Return for each cell why a stricter spreadsheet shows an error in it, as a code; 0 where none does."""
        extreme = any(_is_extreme(entry.block) for entry in self.entries)
        found = []
        for n, entry in enumerate(self.entries):
            codes = np.zeros(entry.block.shape, np.uint8)
            where = entry.block.computed if extreme else _may_be_refused(entry.block)
            for piece in self._evaluated(n, where, values):
                kind = piece.flat(piece.result.kind)
                kind = np.where((kind > UNKNOWN) & (self.is_ours | (kind != RANGE)), kind, 0)
                codes[piece.rows, piece.columns] = kind
            found.append(codes)
        return found

    def _weakness(self, failure: Failure, values: CellValues) -> str:
        """Return why IronCalc is known to differ here; empty where it is not."""
        n = next(n for n, entry in enumerate(self.entries) if entry.block is failure.block)
        where: Mask = np.zeros(failure.block.shape, dtype=bool)
        where[failure.row, failure.column] = True
        for piece in self._evaluated(n, where, values):
            if piece.evaluation.is_close:
                return CLOSE
            if any(max(abs(low), abs(high)) >= LARGEST_SHOWN for low, high, _digits in piece.shown(0)):
                return LARGE
        return ""

    # -- the list --------------------------------------------------------------------------------------

    def _listed(self, failing: list[Mask], refused: list[NDArray[np.uint8]], follows: list[Mask]) -> Iterator[Failure]:
        left = MOST_FAILURES + 1
        for is_root in (True, False):
            for entry, mask, codes, reads in zip(self.entries, failing, refused, follows, strict=True):
                wanted = mask & (~reads if is_root else reads)
                for r, c in zip(*np.nonzero(wanted), strict=True):
                    if not left:
                        return
                    left -= 1
                    row, column = int(r), int(c)
                    expected = entry.block.values[row, column]
                    expected = float(expected) if isinstance(expected, float) else expected
                    why = FAULTS.get(int(codes[row, column]), "")
                    found = entry.found_at(row, column)
                    yield Failure(entry.block, row, column, expected, found, is_root, reason=why)

    def _texts_read(self, failure: Failure) -> tuple[str, ...]:
        """Return the texts that somebody typed among the numbers that a cell reads."""
        found: list[str] = []
        layout = Layout([entry.block for entry in self.entries])
        formula = failure.block.formula(failure.row, failure.column) or ""
        for area in dict.fromkeys(areas_read(formula, failure.block.sheet)):
            for n, rows, columns in layout.within(area):
                block = self.entries[n].block
                for row in range(rows.start, rows.stop):
                    for column in range(columns.start, columns.stop):
                        value = block.values[row, column]
                        if not block.computed[row, column] and type(value) is str and len(found) < MOST_TEXTS:
                            found.append(f"{block.sheet}!{block.cell(row, column)}, which holds the text {value!r:.99}")
        return tuple(found)


class _Piece:
    """Cells that were evaluated together, and what came of it."""

    def __init__(
        self,
        rows: NDArray[np.int64],
        columns: NDArray[np.int64],
        result: Operand,
        places: list[Places],
        evaluation: Evaluation,
    ) -> None:
        self.rows, self.columns = rows, columns
        self.result = result
        self.places = places
        self.evaluation = evaluation

    def flat(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return one value a cell; of a range its first."""
        return np.broadcast_to(values[:, 0, 0], (len(self.rows),))

    def shown(self, at: int) -> list[tuple[float, float, int]]:
        """Return the numbers that the formula shows in one of the cells."""
        return [
            (float(self.flat(number.low)[at]), float(self.flat(number.high)[at]), number.digits)
            for number in self.evaluation.shown
        ]


def _is_extreme(block: BlockCells) -> bool:
    sizes = np.abs(block.numbers)
    sizes = sizes[(sizes > 0) & np.isfinite(sizes)]
    return bool(sizes.size) and not (float(sizes.min()) > TINY and float(sizes.max()) < HUGE)


def _may_be_refused(block: BlockCells) -> Mask:
    used, first = np.unique(block.which, return_index=True)
    suspects = [
        n
        for n, at in zip(used.tolist(), first.tolist(), strict=True)
        if n != TYPED and _MAY_BE_REFUSED.search(block.templates[n].at(*divmod(at, block.shape[1])))
    ]
    return np.isin(block.which, suspects)
