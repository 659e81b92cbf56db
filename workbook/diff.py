"""What differs between two workbooks, and which of it was entered and which only follows.

Cells are aligned by block and by place within the block, never by address, and formulas are compared in normal form
(`workbook.normal`): an inserted row or another language is no difference. Headings, titles and other words outside of
the blocks are compared where both sides have them in one language (`workbook.words`). A file that is not ours has no
blocks; there the address is all there is.

A difference is of one kind (`Kind`). What only follows from others, because its formula is the same and reads a cell
whose value differs, is counted and not listed.

When two values agree
---------------------
Numbers agree when they differ by at most ``atol + rtol · max(|left|, |right|)``. A computed number that only reads cells
which agree, but not to the last bit, may differ by rtol of the sum of their sizes and by ten times their own
differences: a difference of large numbers cannot be more exact than they are. A sentence may then show a number that is
one unit of its last digit apart. Everything else must be equal: a number is not a text, not a truth value, not an error
and not a blank; only the empty text looks like a blank and counts as one. Between two languages sentences are compared
by the decimal numbers and the signs ✓ ✗ in them. Numbers in a text agree as numbers do.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbook.canonical import same_formula
from workbook.difference import Change, Diff, Kind, Spelled
from workbook.errors import UsageError
from workbook.formula import cell_name
from workbook.guard import MOST_CELLS
from workbook.ledger import BlockCells, Ledger
from workbook.normal import Layout, Normalizer, wordless
from workbook.numbers import plain
from workbook.precedents import areas_read
from workbook.source import HAN, language_of
from workbook.words import words_changed

INHERITED = 10.0
MOST_PASSES = 100

__all__ = ["Change", "Diff", "Kind", "Tolerance", "diff", "entered"]

_DECIMAL = re.compile(r"\d+\.\d+|[✓✗]")
_NUMERAL = re.compile(r"\d+(?:[.,]\d+)?")  # FIXED writes the decimal mark of whoever saved the file


@dataclass(frozen=True)
class Tolerance:
    """How far two numbers may lie apart, relative to the larger and absolutely."""

    rtol: float = 1e-9
    atol: float = 1e-12

    def __post_init__(self) -> None:
        for name, value in (("rtol", self.rtol), ("atol", self.atol)):
            if not (0 <= value < math.inf):
                raise UsageError(f"{name} {value}: give a number that is 0 or more, such as 1e-9")

    def of(self, size: Any) -> Any:
        return self.atol + self.rtol * size


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


@dataclass
class _Pair:
    """A block on both sides, cell beside cell, and what is known of each cell."""

    n: int  # its number on the right
    left: BlockCells
    right: BlockCells
    tolerance: Tolerance
    entered: NDArray[np.bool_]  # typed in, or the formula is another
    formulas: NDArray[np.bool_]  # of these, those with a formula on either side
    differs: NDArray[np.bool_]  # the values do not agree

    def values(self, row: int, column: int) -> tuple[Any, Any]:
        return _plain(self.left.values[row, column]), _plain(self.right.values[row, column])


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
        self.pairs: dict[int, _Pair] = {}
        self.layouts = Layout(left.blocks), Layout(self.blocks)
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
                    self.whole.append(_whole(Kind.REMOVED, self.left, block, _shape(block), None))
        for id, block in new.items():
            before = old.get(id)
            if before is None and self._has_sheet(self.left, block):
                before = _hollow(block)
            if before is None:
                self.whole.append(_whole(Kind.ADDED, self.right, block, None, _shape(block)))
                yield None, block
            elif block.is_loose:
                yield _widened(before, block)
            elif before.shape != block.shape:
                self.whole.append(_whole(Kind.RESHAPED, self.right, block, _shape(before), _shape(block)))
                yield None, block
            else:
                yield before, block

    @staticmethod
    def _has_sheet(ledger: Ledger, block: BlockCells) -> bool:
        """Whether loose cells can be compared with the other side's empty ones."""
        return block.is_loose and block.sheet in ledger.sheets

    # -- cell by cell --------------------------------------------------------------------------------

    @cached_property
    def _normalizers(self) -> tuple[Normalizer, Normalizer]:
        return Normalizer(self.layouts[0]), Normalizer(self.layouts[1])

    @cached_property
    def _lie_alike(self) -> bool:
        """Whether every block lies in the same place on both sides, so that equal formulas need no closer look."""
        old, new = (
            {
                block.id.lower(): (block.sheet, block.row, block.column, block.shape)
                for block in ledger.blocks
                if not block.is_loose
            }
            for ledger in (self.left, self.right)
        )
        return old == new

    def _compared(self, n: int, old: BlockCells, new: BlockCells) -> _Pair:
        tolerance = self.own.get(new.id.lower(), self.tolerance)
        both = old.computed & new.computed
        if self.with_values or not both.all():
            differs = ~self._agree(old, new, tolerance)
        else:
            differs = np.zeros(new.shape, dtype=bool)
        if not all(self.calculated):
            differs &= ~both
        formulas = old.computed ^ new.computed
        for row, column in zip(*np.nonzero(both), strict=True):
            formulas[row, column] = not self._same_formula(old, new, int(row), int(column))
        typed = ~old.computed & ~new.computed
        self.compared += new.values.size
        return _Pair(n, old, new, tolerance, (typed & differs) | formulas, formulas, differs)

    def _agree(self, old: BlockCells, new: BlockCells, tolerance: Tolerance) -> NDArray[np.bool_]:
        if old.values.dtype.kind == "f" and new.values.dtype.kind == "f":
            with np.errstate(invalid="ignore", over="ignore"):
                apart = np.abs(new.values - old.values)
                size = np.maximum(np.abs(old.values), np.abs(new.values))
                near: NDArray[np.bool_] = apart <= tolerance.of(size)
            if np.isfinite(size).all():
                return near
        pairs = zip(old.values.ravel().tolist(), new.values.ravel().tolist(), strict=True)
        alike = [self._same_value(_plain(a), _plain(b), tolerance) for a, b in pairs]
        return np.array(alike, dtype=bool).reshape(new.shape)

    def _same_value(self, old: Any, new: Any, tolerance: Tolerance) -> bool:
        if type(old) is not type(new):
            return False
        if isinstance(old, float):
            return bool(abs(new - old) <= tolerance.of(max(abs(old), abs(new))))
        if type(old) is str and self.translated and bool(HAN.search(old)) != bool(HAN.search(new)):
            return sorted(_DECIMAL.findall(old)) == sorted(_DECIMAL.findall(new))
        if type(old) is str and old != new:
            return _numerals_agree(old, new, lambda a, b, _decimals: float(tolerance.of(max(a, b))), as_typed=True)
        return bool(old == new)

    def _same_formula(self, old: BlockCells, new: BlockCells, row: int, column: int) -> bool:
        before, after = old.formula(row, column) or "", new.formula(row, column) or ""
        if before == after and (self._lie_alike or new.is_loose):
            return True
        first, second = (
            normalizer.normal(text, block, row, column)
            for normalizer, text, block in zip(self._normalizers, (before, after), (old, new), strict=True)
        )
        return same_formula(before, after, first, second) or (
            self.translated and '"' in first and wordless(first) == wordless(second)
        )

    # -- what follows from what ----------------------------------------------------------------------

    def result(self, names: tuple[str, str]) -> Diff:
        """Return what differs."""
        downstream, by_itself = self._sorted_out()
        values: list[Change] = []
        for n, where in by_itself.items():
            values += self._listed(self.pairs[n], where)
        uncalculated = tuple(name for name, known in zip(names, self.calculated, strict=True) if not known)
        return Diff(names[0], names[1], self.entered() + values, downstream, self.compared, uncalculated)

    def entered(self) -> list[Change]:
        """Return what was entered differently, in reading order."""
        changes = [*self.whole]
        for pair in self.pairs.values():
            changes += self._listed(pair, pair.entered)
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
        return type(old) is str and type(new) is str and _numerals_agree(old, new, _one_unit)

    # -- as rows -------------------------------------------------------------------------------------

    def _listed(self, pair: _Pair, where: NDArray[np.bool_]) -> list[Change]:
        """Return the changes of a block; formulas that changed alike along a fill are one."""
        found: list[Change] = []
        alike: dict[tuple[str, str], int] = {}
        for r, c in zip(*np.nonzero(where), strict=True):
            row, column = int(r), int(c)
            change = self._change(pair, row, column)
            key = self._fill(pair, row, column) if change.kind is Kind.FORMULA else None
            if key is not None and key in alike:
                first = found[alike[key]]
                found[alike[key]] = replace(
                    first,
                    cells=first.cells + 1,
                    absolute=_largest(first.absolute, change.absolute),
                    relative=_largest(first.relative, change.relative),
                )
                continue
            if key is not None:
                alike[key] = len(found)
            found.append(change)
        return found

    def _fill(self, pair: _Pair, row: int, column: int) -> tuple[str, str] | None:
        """Return the formulas of a cell as the fill handle sees them."""
        before, after = pair.left.formula(row, column), pair.right.formula(row, column)
        if before is None or after is None or pair.right.is_loose:
            return None
        first, second = self._normalizers
        return first.normal(before, pair.left, row, column), second.normal(after, pair.right, row, column)

    def _change(self, pair: _Pair, row: int, column: int) -> Change:
        old, new = pair.values(row, column)
        absolute = relative = None
        if isinstance(old, float) and isinstance(new, float):
            absolute = abs(new - old)
            relative = absolute / abs(old) if old else None
        kind = Kind.VALUE
        if pair.formulas[row, column]:
            kind = Kind.FORMULA
            old, new = _formula_or(pair.left, row, column, old), _formula_or(pair.right, row, column, new)
        elif pair.entered[row, column]:
            kind = Kind.GIVEN
        label = _label(self.right, pair.right, row, column) or _label(self.left, pair.left, row, column)
        at = pair.right.cell(row, column)
        return Change(kind, pair.right.sheet, at, pair.right.id, label, old, new, absolute, relative)


_CELLS = frozenset({Kind.GIVEN, Kind.FORMULA, Kind.WORDS, Kind.VALUE})


def _is_calculated(ledger: Ledger) -> bool:
    """Whether a formula carries a value; in a file that a library saved none does, of however many."""
    return ledger.formula_count < 2 or any(
        value is not None for block in ledger.blocks for value in block.values[block.computed].tolist()
    )


def _plain(value: Any) -> Any:
    """Return a value to compare: a damaged number is an error, and the empty text is a blank."""
    value = plain(value)
    return None if type(value) is str and not value else value


def _hollow(block: BlockCells) -> BlockCells:
    """Return a block's cells without anything in them."""
    empty = np.full(block.shape, None, dtype=object)
    return replace(block, values=empty, computed=np.zeros(block.shape, dtype=bool), formula=lambda _row, _column: None)


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
    values, computed = np.full(shape, None, dtype=object), np.zeros(shape, dtype=bool)
    down, right = block.row - top, block.column - left
    inside = slice(down, down + block.shape[0]), slice(right, right + block.shape[1])
    values[inside], computed[inside] = block.values, block.computed

    def formula(row: int, column: int) -> str | None:
        return block.formula(row - down, column - right) if computed[row, column] else None

    return replace(block, row=top, column=left, values=values, computed=computed, formula=formula)


def _shape(block: BlockCells) -> Spelled:
    return Spelled("×".join(map(str, block.shape)))


def _whole(kind: Kind, ledger: Ledger, block: BlockCells, old: Any, new: Any) -> Change:
    size = block.shape
    return Change(kind, block.sheet, _area(block.row, block.column, size), block.id, block.title, old, new)


def _area(row: int, column: int, shape: tuple[int, int]) -> str:
    first, last = cell_name(row, column), cell_name(row + shape[0] - 1, column + shape[1] - 1)
    return first if first == last else f"{first}:{last}"


def _label(ledger: Ledger, block: BlockCells, row: int, column: int) -> str:
    labels = (ledger.row_label(block, row), ledger.column_label(block, column))
    return " / ".join(label for label in dict.fromkeys(labels) if label)


def _formula_or(block: BlockCells, row: int, column: int, value: Any) -> Any:
    formula = block.formula(row, column)
    return value if formula is None else Spelled(f"={formula}")


def _largest(*numbers: float | None) -> float | None:
    return max((number for number in numbers if number is not None), default=None)


def _numerals_agree(
    old: str, new: str, allowed: Callable[[float, float, int], float], *, as_typed: bool = False
) -> bool:
    """Whether two texts differ only in numbers; `allowed` says how far two may be apart, and is told their decimals.

    Where they are shown `as_typed`, two that differ may have as many decimals as they need: 0.50, 0.5000001.
    """
    if _NUMERAL.split(old) != _NUMERAL.split(new):
        return False
    sides = ([numeral.replace(",", ".") for numeral in _NUMERAL.findall(text)] for text in (old, new))
    for a, b in zip(*sides, strict=True):
        decimals = _decimals(a)
        reformatted = decimals != _decimals(b) and not (as_typed and float(a) != float(b))
        if reformatted or abs(float(a) - float(b)) > allowed(float(a), float(b), decimals):
            return False
    return True


def _one_unit(_old: float, _new: float, decimals: int) -> float:
    return 1.01 * 10.0**-decimals


def _decimals(numeral: str) -> int:
    return len(numeral.partition(".")[2])
