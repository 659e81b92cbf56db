"""Formulas in the cells of a sheet, found again as the fill handle made them: copies of one another are one template.

A column is looked at from above: the template of the cell above foretells the formulas below, as many at once as may be,
and only a formula that it does not foretell is taken apart. So a million of them cost little more than to write them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from operator import eq
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbook.expression import Direction
from workbook.precedents import column_number
from workbook.render import Part, Slot, Template

TYPED = -1
"""Stands in the place of a template's number where a cell has no formula."""

MOST_MADE = 1_000
"""So many templates of a block are kept at a time: there may be as many as formulas."""

LONGEST, MOST_QUOTES = 8_192, 200

_REFERENCE = re.compile(
    r"""("(?:[^"]|"")*"|'(?:[^']|'')*'!)|(?<![\w.$])(\$?)([A-Z]{1,3})(\$?)([1-9][0-9]{0,6})(?![\w(.!])"""
)
_GROUPS = _REFERENCE.groups + 1
_FEW, _MORE = 8, 4

LONG, MOST_OF_LONG = 1_000, 300_000
"""Formulas of more characters are taken apart up to so many characters in all."""

Ints = NDArray[np.int32]


def is_sane(formula: str) -> bool:
    """Whether a formula can be taken apart in a time that grows with its length; one of unmatched quotes cannot."""
    return len(formula) <= LONGEST and formula.count('"') % 2 == 0 and formula.count("'") <= MOST_QUOTES


def template_of(formula: str, row: int, column: int) -> Template:
    """Return the template of a formula (without =) as it stands in a cell, for cells counted from where that one is."""
    if not is_sane(formula):
        return Template((formula,))
    parts: list[Part] = []
    pieces = _REFERENCE.split(formula)
    text = pieces[0]
    for n in range(1, len(pieces), _GROUPS):
        passed_over, column_pin, letters, row_pin, number, after = pieces[n : n + _GROUPS]
        if passed_over is not None:
            text += passed_over + after
            continue
        if column_pin:
            text += column_pin + letters
        else:
            parts += [text, Slot(Direction.RIGHT, column_number(letters) - column, True)]
            text = ""
        if row_pin:
            text += row_pin + number
        else:
            parts += [text, Slot(Direction.DOWN, int(number) - 1 - row, True)]
            text = ""
        text += after
    return Template((*parts, text))


class _Known(NamedTuple):
    """A template as it foretells a column: a format string, and the numbers that it takes in row 0."""

    number: int
    template: Template
    text: str
    bases: list[int]

    def foretold(self, rows: list[int]) -> list[str]:
        if not self.bases:
            return [self.text % ()] * len(rows)
        return list(map(self.text.__mod__, zip(*([row + base for row in rows] for base in self.bases), strict=True)))


class Fills:
    """The formulas of a sheet; those that a fill makes of one another have one number, counted from 0."""

    def __init__(self) -> None:
        self._first: list[tuple[str, int, int]] = []
        self._numbers: dict[int, int] = {}
        self._latest: dict[int, _Known] = {}
        self._whole: set[int] = set()
        self._left = MOST_OF_LONG

    def __len__(self) -> int:
        return len(self._first)

    def first(self, number: int) -> tuple[str, int, int]:
        """Return a template's first formula, and the row and column of its cell."""
        return self._first[number]

    def template(self, number: int, row: int = 0, column: int = 0) -> Template:
        """Return a template, for cells that are counted from a row and a column of the sheet."""
        formula, first_row, first_column = self._first[number]
        if number in self._whole:
            return Template((formula,))
        return template_of(formula, first_row - row, first_column - column)

    def numbers(self, rows: Ints, columns: Ints, formulas: Sequence[str]) -> Ints:
        """Return the number of each formula's template; those of a column come from above to below.

        Parameters
        ----------
        rows, columns : the formulas' cells
        formulas : the formulas, without =
        """
        found = np.empty(len(formulas), dtype=np.int32)
        order = np.lexsort((rows, columns))
        below, across = rows[order].tolist(), columns[order]
        texts = [formulas[n] for n in order.tolist()]
        numbers: list[int] = []
        for start, stop in pairwise(np.flatnonzero(np.diff(across, prepend=-1, append=-1)).tolist()):
            numbers += self._column(int(across[start]), below[start:stop], texts[start:stop])
        found[order] = numbers
        return found

    def _column(self, column: int, rows: list[int], texts: list[str]) -> list[int]:
        """Return the numbers of a column's formulas."""
        numbers: list[int] = []
        while (at := len(numbers)) < len(texts):
            known = self._latest.get(column)
            count = 0 if known is None else _count_foretold(known, rows, texts, at)
            if known is None or not count:
                known, count = self._known(texts[at], rows[at], column), 1
                self._latest[column] = known
            numbers += [known.number] * count
        return numbers

    def _known(self, formula: str, row: int, column: int) -> _Known:
        """Return what a formula that was not foretold is a fill of: of the one to the left, another one, or of none."""
        left = self._latest.get(column - 1)
        if left is not None and left.template.at(row, column) == formula:
            return _Known(left.number, left.template, left.template.column(column), left.bases)
        template = self._taken_apart(formula, row, column)
        key = hash(template)
        number = self._numbers.get(key)
        if number is None or self.template(number) != template:
            number = self._numbers[key] = len(self._first)
            self._first.append((formula, row, column))
            if len(template.parts) == 1:
                self._whole.add(number)
        return _Known(number, template, template.column(column), template.bases)

    def _taken_apart(self, formula: str, row: int, column: int) -> Template:
        """Return a formula's template; of long ones only the first are taken apart, since nobody wrote thousands of them."""
        if len(formula) > LONG:
            self._left -= len(formula)
            if self._left < 0:
                return Template((formula,))
        return template_of(formula, row, column)


def _count_foretold(known: _Known, rows: list[int], texts: list[str], begin: int) -> int:
    """Return how many formulas, from one on, are as foretold; few are tried first, since it may be none."""
    at, step = begin, _FEW
    while at < len(texts):
        wanted = texts[at : at + step]
        made = known.foretold(rows[at : at + step])
        if made != wanted:
            return at - begin + [*map(eq, made, wanted)].index(False)
        at += len(wanted)
        step *= _MORE
    return at - begin


class Templates(Sequence[Template]):
    """The templates of some cells, made when they are asked for, and counted from the cells' own corner."""

    def __init__(self, fills: Fills, numbers: Sequence[int], row: int, column: int) -> None:
        self._fills, self._numbers, self._row, self._column = fills, numbers, row, column
        self._made: dict[int, Template] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, n: Any) -> Any:
        if n not in self._made:
            if len(self._made) == MOST_MADE:
                self._made.clear()
            self._made[n] = self._fills.template(self._numbers[n], self._row, self._column)
        return self._made[n]


def fills_of(formulas: Mapping[tuple[int, int], str], shape: tuple[int, int]) -> tuple[Ints, Templates]:
    """Return the templates of formulas that are held by row and column, and of each cell which is its own."""
    fills, which = Fills(), np.full(shape, TYPED, dtype=np.int32)
    if formulas:
        rows, columns = np.array([*formulas], dtype=np.int32).T
        which[rows, columns] = fills.numbers(rows, columns, [*formulas.values()])
    return which, Templates(fills, range(len(fills)), 0, 0)
