"""What the cells of a sheet hold, as arrays: one entry a cell, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbook.fills import TYPED, Fills, Ints, Templates
from workbook.ledger import BlockCells
from workbook.precedents import Area

NOTHING, NUMBER, OTHER = 0, 1, 2

At = tuple[int, int]


@dataclass(eq=False)
class Cells:
    """The cells of one sheet; of their looks only what may be part of a heading.

    Attributes
    ----------
    rows, columns : where each lies
    styles : the number of its style
    holds : whether it holds a `NUMBER`, something `OTHER`, or `NOTHING`; it may have a formula all the same
    numbers : its number; nan where it holds none
    others : what is no number, by its cell's place in the arrays
    which : the number of its formula's template; `TYPED` where it has none
    fills : the templates
    """

    rows: Ints
    columns: Ints
    styles: Ints
    holds: NDArray[np.int8]
    numbers: NDArray[np.float64]
    which: Ints
    others: Mapping[int, Any]
    fills: Fills

    @cached_property
    def _order(self) -> NDArray[np.intp]:
        return np.argsort(self.rows, kind="stable")

    @cached_property
    def _rows_in_order(self) -> Ints:
        return self.rows[self._order]

    def within(self, area: Area) -> NDArray[np.intp]:
        """Return which cells lie in an area, by their places."""
        first, last = np.searchsorted(self._rows_in_order, (area.top, area.bottom + 1))
        here = self._order[first:last]
        columns = self.columns[here]
        return here[(columns >= area.left) & (columns <= area.right)]

    def inside(self, areas: Iterable[Area]) -> NDArray[np.bool_]:
        """Tell of each cell whether it lies in one of some areas."""
        found = np.zeros(len(self.rows), dtype=bool)
        for area in areas:
            found[self.within(area)] = True
        return found

    def value(self, n: int) -> Any:
        """Return what the n-th cell holds; None where it is nothing."""
        return float(self.numbers[n]) if self.holds[n] == NUMBER else self.others.get(n)

    def formula(self, n: int) -> str:
        """Return the formula of the n-th cell, which has one."""
        row, column = int(self.rows[n]), int(self.columns[n])
        return self.fills.template(int(self.which[n])).at(row, column)

    def block(self, id: str, area: Area, without: NDArray[np.bool_] | None = None) -> BlockCells:
        """Return the cells of an area as a block; with `without`, only those with formulas that it does not take out."""
        here = self.within(area)
        if without is not None:
            here = here[(self.which[here] != TYPED) & ~without[here]]
        rows, columns = self.rows[here] - area.top, self.columns[here] - area.left
        shape = area.bottom - area.top + 1, area.right - area.left + 1
        computed = self.which[here] != TYPED
        which = np.full(shape, TYPED, dtype=np.int32)
        used, which[rows[computed], columns[computed]] = np.unique(self.which[here[computed]], return_inverse=True)
        valued = self.holds[here] != NOTHING
        values = self._values(here[valued], rows[valued], columns[valued], shape)
        templates = Templates(self.fills, used.tolist(), area.top, area.left)
        return BlockCells(id, area.sheet, area.top, area.left, values, which, templates)

    def _values(self, here: NDArray[np.intp], rows: Ints, columns: Ints, shape: At) -> NDArray[Any]:
        """Return values in their places: of floats where all are numbers, else of objects."""
        numbers = np.full(shape, np.nan)
        numbers[rows, columns] = self.numbers[here]
        if not np.isnan(numbers).any():
            return numbers
        held = self.numbers[here].astype(object)
        for n in np.flatnonzero(self.holds[here] == OTHER).tolist():
            held[n] = self.others[int(here[n])]
        values = np.full(shape, None, dtype=object)
        values[rows, columns] = held
        return values


@dataclass
class Gatherer:
    """Gathers the cells of a sheet, some at a time."""

    others: dict[int, Any] = field(default_factory=dict)
    fills: Fills = field(default_factory=Fills)
    count: int = 0
    _parts: list[tuple[NDArray[Any], ...]] = field(default_factory=list)

    def add(
        self,
        rows: Ints,
        columns: Ints,
        styles: Ints,
        numbers: NDArray[np.float64],
        others: Mapping[int, Any],
        at: Sequence[int],
        formulas: Sequence[str],
    ) -> None:
        """Add cells.

        Parameters
        ----------
        rows, columns, styles, numbers : for each of them
        others : what is no number, by its cell's place among these
        at, formulas : the places of those with a formula, and the formulas
        """
        holds = np.where(np.isnan(numbers), NOTHING, NUMBER).astype(np.int8)
        holds[[*others]] = OTHER
        which = np.full(len(rows), TYPED, dtype=np.int32)
        if formulas:
            which[at] = self.fills.numbers(rows[at], columns[at], formulas)
        self.others.update((self.count + n, value) for n, value in others.items())
        self.count += len(rows)
        self._parts.append((rows, columns, styles, holds, numbers, which))

    @property
    def latest(self) -> tuple[NDArray[np.float64], Ints]:
        """The numbers of the cells that were added last, and which templates they have."""
        _rows, _columns, _styles, _holds, numbers, which = self._parts[-1]
        return numbers, which

    def cells(self) -> Cells:
        """Return all that has been gathered."""
        kinds = (np.int32, np.int32, np.int32, np.int8, np.float64, np.int32)
        empty = tuple(np.empty(0, dtype=kind) for kind in kinds)
        rows, columns, styles, holds, numbers, which = map(np.concatenate, zip(empty, *self._parts, strict=True))
        return Cells(rows, columns, styles, holds, numbers, which, self.others, self.fills)
