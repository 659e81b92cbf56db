"""Whether what stands in two cells is the same: values within a tolerance, formulas in normal form.

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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbook.canonical import same_formula
from workbook.errors import UsageError
from workbook.fills import TYPED
from workbook.ledger import BlockCells, Labels
from workbook.normal import Layout, Normalizer, without_labels, wordless
from workbook.numbers import plain
from workbook.render import Template
from workbook.source import HAN

_DECIMAL = re.compile(r"\d+\.\d+|[✓✗]")
_OTHER_HEADING = re.compile(r"\{[<^][^\[]")  # between two of them may stand a third
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


class _Fill(NamedTuple):
    """A block and the number of one of its templates."""

    block: BlockCells
    number: int

    @property
    def template(self) -> Template:
        return self.block.templates[self.number]


class Alike:
    """Tells whether cells are alike.

    Parameters
    ----------
    layouts : which block lies where, on the left and on the right
    translated : whether the two are in different languages
    labels : what the headings of each say, by their sheets
    """

    def __init__(
        self,
        layouts: tuple[Layout, Layout],
        translated: bool,
        labels: tuple[Mapping[str, Labels], Mapping[str, Labels]] = ({}, {}),
    ) -> None:
        self.translated = translated
        first, second = (
            {block.id.lower(): _place(block) for block in layout.blocks if not block.is_loose} for layout in layouts
        )
        self._lie_alike = first == second
        """Whether every block lies in the same place on both sides, so that equal formulas need no closer look."""
        known = all(any(sheets.values()) for sheets in labels)
        left, right = (
            Normalizer(layout, in_place=self._lie_alike, labels=sheets if known else {})
            for layout, sheets in zip(layouts, labels, strict=True)
        )
        self.normalizers = left, right

    def values(self, old: BlockCells, new: BlockCells, tolerance: Tolerance) -> NDArray[np.bool_]:
        """Tell of each cell whether its values agree."""
        if old.values.dtype.kind == "f" and new.values.dtype.kind == "f":
            with np.errstate(invalid="ignore", over="ignore"):
                apart = np.abs(new.values - old.values)
                size = np.maximum(np.abs(old.values), np.abs(new.values))
                near: NDArray[np.bool_] = apart <= tolerance.of(size)
            if np.isfinite(size).all():
                return near
        pairs = zip(old.values.ravel().tolist(), new.values.ravel().tolist(), strict=True)
        alike = [self._same_value(plain_value(a), plain_value(b), tolerance) for a, b in pairs]
        return np.array(alike, dtype=bool).reshape(new.shape)

    def _same_value(self, old: Any, new: Any, tolerance: Tolerance) -> bool:
        if type(old) is not type(new):
            return False
        if isinstance(old, float):
            return bool(abs(new - old) <= tolerance.of(max(abs(old), abs(new))))
        if type(old) is str and self.translated and bool(HAN.search(old)) != bool(HAN.search(new)):
            return sorted(_DECIMAL.findall(old)) == sorted(_DECIMAL.findall(new))
        if type(old) is str and old != new:
            return numerals_agree(old, new, lambda a, b, _decimals: float(tolerance.of(max(a, b))), as_typed=True)
        return bool(old == new)

    def formulas(self, old: BlockCells, new: BlockCells) -> NDArray[np.bool_]:
        """Tell of each cell whether both sides have the same formula, or none."""
        same: NDArray[np.bool_] = old.computed == new.computed
        pairs = old.which.astype(np.int64) * (1 + len(new.templates)) + new.which
        pairs[~(old.computed & new.computed)] = TYPED
        for pair in np.unique(pairs).tolist():
            if pair == TYPED:
                continue
            rows, columns = np.nonzero(pairs == pair)
            first, second = divmod(pair, 1 + len(new.templates))
            if not self._fills_alike(_Fill(old, first), _Fill(new, second), rows, columns):
                for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
                    same[row, column] = self._same_formula(old, new, row, column)
        return same

    def _fills_alike(self, old: _Fill, new: _Fill, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> bool:
        """Whether two templates are known to be the same in all of some cells, without looking at each."""
        if self._lie_alike or new.block.is_loose:
            first, second = old.template, new.template
            return first.bases == second.bases and all(
                first.column(column) == second.column(column) for column in np.unique(columns).tolist()
            )
        # blocks are rectangles: a reference that points into the same one from all corners does so from between them
        corners = [
            (int(row), int(column)) for row in (rows.min(), rows.max()) for column in (columns.min(), columns.max())
        ]
        before, after = (
            [normalizer.normal(fill.template.at(*corner), fill.block, *corner) for corner in corners]
            for normalizer, fill in zip(self.normalizers, (old, new), strict=True)
        )
        found = set(map(without_labels, before))
        return before == after and len(found) == 1 and not _OTHER_HEADING.search(found.pop())

    def _same_formula(self, old: BlockCells, new: BlockCells, row: int, column: int) -> bool:
        before, after = old.formula(row, column) or "", new.formula(row, column) or ""
        if before == after and (self._lie_alike or new.is_loose):
            return True
        first, second = (
            normalizer.normal(text, block, row, column)
            for normalizer, text, block in zip(self.normalizers, (before, after), (old, new), strict=True)
        )
        return same_formula(before, after, first, second) or (
            self.translated and '"' in first and wordless(first) == wordless(second)
        )


def plain_value(value: Any) -> Any:
    """Return a value to compare: a damaged number is an error, and the empty text is a blank."""
    value = plain(value)
    return None if type(value) is str and not value else value


def _place(block: BlockCells) -> tuple[Any, ...]:
    return block.sheet, block.row, block.column, block.shape


def numerals_agree(
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


def one_unit(_old: float, _new: float, decimals: int) -> float:
    return 1.01 * 10.0**-decimals


def _decimals(numeral: str) -> int:
    return len(numeral.partition(".")[2])
