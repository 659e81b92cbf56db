"""What differs between two workbooks, and which of it was entered and which only follows.

Cells are aligned by block and by place within the block, never by address, and formulas are compared in normal form
(`workbook.normal`): an inserted row or another language is no difference. Headings, titles and other words outside of
the blocks are compared where both sides have them in one language (`workbook.words`). A file that is not ours has no
blocks; there the address is all there is.

A difference is of one kind (`Kind`). What only follows from others, because its formula is the same and reads a cell
whose value differs, is counted and not listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from workbook.alike import Alike, Tolerance, numerals_agree, one_unit
from workbook.changes import Lister, Pair, shape_told, whole
from workbook.difference import Change, Diff, Kind
from workbook.errors import UsageError
from workbook.fills import TYPED
from workbook.guard import MOST_CELLS
from workbook.ledger import BlockCells, Ledger
from workbook.normal import Layout
from workbook.precedents import areas_read
from workbook.source import language_of
from workbook.words import words_changed

INHERITED = 10.0
MOST_PASSES = 100

__all__ = ["Change", "Diff", "Kind", "Tolerance", "diff", "entered"]


def diff(
    left: Ledger,
    right: Ledger,
    names: tuple[str, str] = ("left", "right"),
    tolerance: Tolerance | None = None,
    blocks: Mapping[str, Tolerance] | None = None,
) -> Diff:
    """Compare two ledgers.

    Parameters
    ----------
    left, right : the old and the new
    names : what the report calls them
    tolerance : how far numbers may lie apart
    blocks : for some blocks, by their ids, a tolerance of their own

    Raises
    ------
    UsageError
        If there is nothing to compare: other examples, no block in common, or a tolerance for a block that is not there.
    """
    _check_comparable(left, right, names)
    own = _by_id(blocks)
    known = {block.id.lower() for ledger in (left, right) for block in ledger.blocks}
    for id in own:
        if id not in known:
            raise UsageError(f"a tolerance is given for the block {id}, but there is none of that name")
    return _Comparison(left, right, tolerance or Tolerance(), own).result(names)


def entered(left: Ledger, right: Ledger, blocks: Mapping[str, Tolerance] | None = None) -> list[Change]:
    """Return only what was entered differently; what the formulas come to is not looked at.

    Parameters
    ----------
    left, right, blocks : as for `diff`, which see
    """
    return _Comparison(left, right, Tolerance(), _by_id(blocks), values=False).entered()


def _by_id(blocks: Mapping[str, Tolerance] | None) -> dict[str, Tolerance]:
    return {id.lower(): tolerance for id, tolerance in (blocks or {}).items()}


def _check_comparable(left: Ledger, right: Ledger, names: tuple[str, str]) -> None:
    if left.scenario and right.scenario and left.scenario != right.scenario:
        what = f"{names[0]} is {left.scenario}, {names[1]} is {right.scenario}"
        raise UsageError(f"{what}: these cannot be compared; name two of the same example")
    if not left.blocks or not right.blocks:
        empty = names[0] if not left.blocks else names[1]
        raise UsageError(f"{empty}: no cell to compare; name a workbook that holds something")
    ours = [
        {block.id.lower() for block in ledger.blocks} | {f"{s}!cells".lower() for s in ledger.sheets}
        for ledger in (left, right)
    ]
    if not ours[0] & ours[1]:
        raise UsageError(f"{names[0]} and {names[1]} have nothing in common; name two of the same example")


class _Comparison:
    """Compares two ledgers: first cell by cell, then what follows from what."""

    def __init__(
        self, left: Ledger, right: Ledger, tolerance: Tolerance, own: Mapping[str, Tolerance], *, values: bool = True
    ) -> None:
        self.with_values = values
        self.left, self.right = left, right
        self.tolerance, self.own = tolerance, own
        named = any(not block.is_loose for ledger in (left, right) for block in ledger.blocks)
        self.translated = named and language_of(left) != language_of(right)
        self.calculated = _is_calculated(left), _is_calculated(right)
        self.whole: list[Change] = []  # changes of whole blocks
        self.compared = 0
        pairs = list(self._aligned())
        # what follows is looked up on the right, among the blocks of the pairs
        self.blocks = [new for _old, new in pairs]
        self.pairs: dict[int, Pair] = {}
        self.layouts = Layout(left.blocks), Layout(self.blocks)
        self.alike = Alike(self.layouts, self.translated, (left.labels, right.labels))
        self.lister = Lister(left, right, self.alike.normalizers)
        self.changed = [np.ones(new.shape, dtype=bool) for _old, new in pairs]  # reshaped or added, unless compared
        for n, (old, new) in enumerate(pairs):
            if old is not None:
                self.pairs[n] = self._compared(n, old, new)
                self.changed[n] = self.pairs[n].differs

    # -- alignment -----------------------------------------------------------------------------------

    def _aligned(self) -> Iterator[tuple[BlockCells | None, BlockCells]]:
        """Yield the blocks of the right with those of the left, or None; note what is added, removed or reshaped."""
        old = {block.id.lower(): block for block in self.left.blocks}
        new = {block.id.lower(): block for block in self.right.blocks}
        for id, block in old.items():
            if id not in new:
                if self._has_sheet(self.right, block):
                    new[id] = _hollow(block)
                else:
                    self.whole.append(whole(Kind.REMOVED, self.left, block, shape_told(block), None))
        for id, block in new.items():
            before = old.get(id)
            if before is None and self._has_sheet(self.left, block):
                before = _hollow(block)
            if before is None:
                self.whole.append(whole(Kind.ADDED, self.right, block, None, shape_told(block)))
                yield None, block
            elif block.is_loose:
                yield _widened(before, block)
            elif before.shape != block.shape:
                self.whole.append(whole(Kind.RESHAPED, self.right, block, shape_told(before), shape_told(block)))
                yield None, block
            else:
                yield before, block

    @staticmethod
    def _has_sheet(ledger: Ledger, block: BlockCells) -> bool:
        """Whether loose cells can be compared with the other side's empty ones."""
        return block.is_loose and block.sheet in ledger.sheets

    # -- cell by cell --------------------------------------------------------------------------------

    def _compared(self, n: int, old: BlockCells, new: BlockCells) -> Pair:
        tolerance = self.own.get(new.id.lower(), self.tolerance)
        both = old.computed & new.computed
        if self.with_values or not both.all():
            differs = ~self.alike.values(old, new, tolerance)
        else:
            differs = np.zeros(new.shape, dtype=bool)
        if not all(self.calculated):
            differs &= ~both
        formulas = ~self.alike.formulas(old, new)
        typed = ~old.computed & ~new.computed
        self.compared += new.values.size
        return Pair(n, old, new, tolerance, (typed & differs) | formulas, formulas, differs)

    # -- what follows from what ----------------------------------------------------------------------

    def result(self, names: tuple[str, str]) -> Diff:
        """Return what differs."""
        downstream, by_itself = self._sorted_out()
        values: list[Change] = []
        for n, where in by_itself.items():
            values += self.lister.changes(self.pairs[n], where)
        uncalculated = tuple(name for name, known in zip(names, self.calculated, strict=True) if not known)
        return Diff(names[0], names[1], self.entered() + values, downstream, self.compared, uncalculated)

    def entered(self) -> list[Change]:
        """Return what was entered differently, in reading order."""
        changes = [*self.whole]
        for pair in self.pairs.values():
            changes += self.lister.changes(pair, pair.entered)
        if not self.translated:
            changes += words_changed(self.left, self.right, {change.sheet for change in self.whole})
        order = {sheet: n for n, sheet in enumerate([*self.right.sheets, *self.left.sheets])}
        kinds = [*Kind]
        changes.sort(
            key=lambda change: (
                kinds.index(change.kind) if change.kind not in _CELLS else 99,
                order.get(change.sheet, 0),
            )
        )
        return changes

    def _sorted_out(self) -> tuple[int, dict[int, NDArray[np.bool_]]]:
        """Return how many values only follow from others, and which changed by themselves."""
        suspects = [
            (n, int(row), int(column))
            for n, pair in self.pairs.items()
            for row, column in zip(*np.nonzero(pair.differs & ~pair.entered), strict=True)
        ]
        roots: list[tuple[int, int, int]] = []
        followers = suspects
        for _pass in range(MOST_PASSES):
            # a cell that is excused no longer excuses those that read it, so that they must be looked at again
            followers, excused = [], False
            roots = []
            for node in suspects:
                if self._reads_a_change(*node):
                    followers.append(node)
                elif self._is_noise(*node):
                    self.changed[node[0]][node[1], node[2]] = False
                    excused = True
                else:
                    roots.append(node)
            suspects = roots + followers
            if not excused:
                break
        entered = any(pair.entered.any() for pair in self.pairs.values()) or self.whole
        if followers and not roots and not entered:  # a circle: none is the first
            roots, followers = followers[:1], followers[1:]
        by_itself: dict[int, NDArray[np.bool_]] = {}
        for n, row, column in roots:
            by_itself.setdefault(n, np.zeros(self.blocks[n].shape, dtype=bool))[row, column] = True
        return len(followers), dict(sorted(by_itself.items()))

    def _parts_read(self, n: int, row: int, column: int) -> Iterator[tuple[int, slice, slice]]:
        block = self.blocks[n]
        for area in areas_read(block.formula(row, column) or "", block.sheet):
            yield from self.layouts[1].within(area)

    def _reads_a_change(self, n: int, row: int, column: int) -> bool:
        return any(self.changed[m][rows, columns].any() for m, rows, columns in self._parts_read(n, row, column))

    def _is_noise(self, n: int, row: int, column: int) -> bool:
        """Whether a value differs no more than the last bits of what it reads explain."""
        size = inherited = 0.0
        for m, rows, columns in self._parts_read(n, row, column):
            if m in self.pairs:
                read = self.pairs[m]
                before, after = read.left.numbers[rows, columns], read.right.numbers[rows, columns]
                apart = np.abs(after - before)
                far = apart > self.tolerance.of(np.maximum(np.abs(before), np.abs(after)))
                if read.tolerance != self.tolerance and far.any():
                    return False  # that cell agrees only by a tolerance of its own
                size += float(np.nansum(np.abs(after)))
                inherited += float(np.nansum(apart))
        if not inherited:
            return False
        pair = self.pairs[n]
        old, new = pair.values(row, column)
        if isinstance(old, float) and isinstance(new, float):
            return bool(abs(new - old) <= pair.tolerance.of(size) + INHERITED * inherited)
        return type(old) is str and type(new) is str and numerals_agree(old, new, one_unit)

    # -- as rows -------------------------------------------------------------------------------------


_CELLS = frozenset({Kind.GIVEN, Kind.FORMULA, Kind.WORDS, Kind.VALUE})


def _is_calculated(ledger: Ledger) -> bool:
    """Whether a formula carries a value; in a file that a library saved none does, of however many."""
    return ledger.formula_count < 2 or any(block.is_calculated for block in ledger.blocks)


def _hollow(block: BlockCells) -> BlockCells:
    """Return a block's cells without anything in them."""
    empty = np.full(block.shape, None, dtype=object)
    return replace(block, values=empty, which=np.full(block.shape, TYPED, dtype=np.int32))


def _widened(old: BlockCells, new: BlockCells) -> tuple[BlockCells, BlockCells]:
    """Return two areas of loose cells as the same rectangle of the sheet."""
    top, left = min(old.row, new.row), min(old.column, new.column)
    bottom = max(block.row + block.shape[0] for block in (old, new))
    right = max(block.column + block.shape[1] for block in (old, new))
    if (bottom - top) * (right - left) > 3 * MOST_CELLS:
        raise UsageError(f"the cells of {new.sheet} lie too far apart to be compared; delete those far outside")
    shape = bottom - top, right - left
    return _placed(old, top, left, shape), _placed(new, top, left, shape)


def _placed(block: BlockCells, top: int, left: int, shape: tuple[int, int]) -> BlockCells:
    if (block.row, block.column, block.shape) == (top, left, shape):
        return block
    values, which = np.full(shape, None, dtype=object), np.full(shape, TYPED, dtype=np.int32)
    down, right = block.row - top, block.column - left
    inside = slice(down, down + block.shape[0]), slice(right, right + block.shape[1])
    values[inside], which[inside] = block.values, block.which
    templates = [template.shifted(-down, -right) for template in block.templates]
    return replace(block, row=top, column=left, values=values, which=which, templates=templates)
