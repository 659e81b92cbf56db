"""A block: a named array on a sheet, with its NumPy value and, where it is computed, its formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray

from workbook.formula import Direction, Expr, FormulaError, Index, Key, Operand, Ref, Template, as_expr, render

Value = NDArray[Any]
Formula = Callable[..., Operand]


class Role(Enum):
    """What a block is for. The sign stands beside the colour, for readers who cannot tell colours apart."""

    GIVEN = "given"  # typed in; the reader may change it
    RECORDED = "recorded"  # computed by NumPy alone, no formula: a long training run's end
    DERIVED = "derived"  # forward: computed from what stands before it
    GRADIENT = "gradient"  # backward: a derivative of the loss
    UPDATED = "updated"  # a parameter after a step
    CHECK = "check"  # holds the sheet to account


@dataclass(frozen=True)
class Counter:
    """A heading that counts 1, 2, 3 … (or from `start`), shown after a prefix; formulas can read it."""

    prefix: str = ""
    start: int = 1


Headings = Union[Counter, Sequence[str], None]  # noqa: UP007


@dataclass(frozen=True)
class Between:
    """What may be typed into a given cell: a number from `low` to `high`, whole or not."""

    low: float
    high: float
    whole: bool = False


@dataclass(frozen=True)
class OneOf:
    """What may be typed into a given cell: one of these."""

    options: tuple[str | int, ...]


Valid = Union[Between, OneOf]  # noqa: UP007


class Shading(Enum):
    """How a block's cells are coloured by their values."""

    PIXELS = "pixels"  # 1 dark, 0 light
    GREY = "grey"  # 0 white … 1 black, number hidden
    HEAT = "heat"  # low pale … high strong
    DIVERGING = "diverging"  # negative red, zero white, positive blue
    MASK = "mask"  # zeros greyed: what ReLU shut off
    TWO_CLASSES = "two classes"  # 0 orange … 1 blue, number hidden


@dataclass(frozen=True)
class Place:
    """Where a block's values lie; rows and columns count from 0."""

    sheet: str
    row: int
    column: int
    rows: int
    columns: int
    counter_row: int | None = None
    counter_column: int | None = None


@dataclass(eq=False)
class Block:
    """A named array on a sheet.

    Parameters
    ----------
    id : stable, the same in every language: the key of every diff
    role : what it is for
    value : float or text array of 0, 1 or 2 dimensions, computed by NumPy
    formula : for each index an argument; called once, with symbolic indices. None: the cells are typed in
    first : where the formula continues a sequence (row t reads row t - 1): the formula of the first row
    each : for a block that gathers from others: a formula for each row, instead of `formula`; in a matrix, a function
        of the column
    along : for a vector, whether it runs down or right on the sheet
    number_format : a spreadsheet number format, always stated
    valid : what may be typed in, for a given block
    article : the value that the article's example has, where the reader may change it
    """

    id: str
    role: Role
    value: Value
    title: str = ""
    symbol: str = ""
    math: str = ""
    unit: str = ""
    remark: str = ""
    formula: Formula | None = None
    first: Formula | None = None
    each: Sequence[Operand | Formula] = ()
    along: Direction = Direction.DOWN
    number_format: str = "0.0000"
    rows: Headings = None
    columns: Headings = None
    valid: Valid | None = None
    article: Value | None = None
    shading: Shading | None = None
    _place: Place | None = field(default=None, repr=False)
    _patterns: list[tuple[range, Template]] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        value = np.asarray(self.value)
        if value.ndim > 2 or value.size == 0:
            raise ValueError(f"{self.id}: a block is a scalar, a vector or a matrix, and not empty; got {value.shape}")
        if value.dtype.kind in "biu":
            value = value.astype(float)
        if value.dtype.kind == "f" and not np.isfinite(value).all():
            raise ValueError(f"{self.id}: a value is not a finite number")
        if value.dtype.kind not in "fUO":
            raise ValueError(f"{self.id}: values are numbers or texts, not {value.dtype}")
        self.value = value

    # -- the array -------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def is_text(self) -> bool:
        return self.value.dtype.kind != "f"

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Which way each axis runs on the sheet."""
        return {0: (), 1: (self.along,), 2: (Direction.DOWN, Direction.RIGHT)}[self.value.ndim]

    def grid(self) -> Value:
        """Return the values as they lie on the sheet: rows by columns."""
        if self.value.ndim == 1 and self.along is Direction.DOWN:
            return self.value.reshape(-1, 1)
        return np.atleast_2d(self.value)

    # -- as an operand of formulas ----------------------------------------------------------------

    def whole(self) -> Ref:
        """Return the reference to all of it."""
        return Ref(self, tuple(slice(None) for _ in self.shape))

    def __getitem__(self, keys: Key | tuple[Key, ...]) -> Ref:
        keys = keys if isinstance(keys, tuple) else (keys,)
        if len(keys) != self.value.ndim:
            raise FormulaError(f"{self.id} has {self.value.ndim} axes; {len(keys)} indices were given")
        counted = (k + n if isinstance(k, int) and k < 0 else k for k, n in zip(keys, self.shape, strict=True))
        return Ref(self, tuple(counted))

    def __add__(self, other: Operand) -> Expr:
        return self.whole() + other

    def __radd__(self, other: Operand) -> Expr:
        return as_expr(other) + self.whole()

    def __sub__(self, other: Operand) -> Expr:
        return self.whole() - other

    def __rsub__(self, other: Operand) -> Expr:
        return as_expr(other) - self.whole()

    def __mul__(self, other: Operand) -> Expr:
        return self.whole() * other

    def __rmul__(self, other: Operand) -> Expr:
        return as_expr(other) * self.whole()

    def __truediv__(self, other: Operand) -> Expr:
        return self.whole() / other

    def __rtruediv__(self, other: Operand) -> Expr:
        return as_expr(other) / self.whole()

    def __pow__(self, other: Operand) -> Expr:
        return self.whole() ** other

    def __neg__(self) -> Expr:
        return -self.whole()

    def __lt__(self, other: Operand) -> Expr:
        return self.whole() < other

    def __le__(self, other: Operand) -> Expr:
        return self.whole() <= other

    def __gt__(self, other: Operand) -> Expr:
        return self.whole() > other

    def __ge__(self, other: Operand) -> Expr:
        return self.whole() >= other

    # -- on the sheet --------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        if self._place is None:
            raise FormulaError(f"{self.id} has not been put on a sheet yet")
        return self._place

    def put(self, place: Place) -> None:
        """Fix the block's place; done once, by its sheet."""
        self._place = place

    def state(self) -> None:
        """Call the formula once with symbolic indices and render it; done once the block has its place."""
        rows = self.place.rows
        indices = [Index(direction) for direction in self.directions]
        if self.each:
            across = indices[1:]
            self._patterns = [
                self._pattern(formula(*across) if callable(formula) else formula, range(n, n + 1))
                for n, formula in enumerate(self.each)
            ]
        elif self.formula is None:
            self._patterns = []
        elif self.first is None:
            self._patterns = [self._pattern(self.formula(*indices), range(rows))]
        else:
            self._patterns = [self._pattern(self.first(*indices[1:]), range(1))]
            if rows > 1:
                self._patterns.append(self._pattern(self.formula(*indices), range(1, rows)))

    def _pattern(self, formula: Operand, rows: range) -> tuple[range, Template]:
        return rows, render(as_expr(formula), self, rows)

    @property
    def patterns(self) -> list[tuple[range, Template]]:
        """The formulas, each with the rows that it fills; empty for typed-in cells."""
        if self._patterns is None:
            raise FormulaError(f"{self.id}: its formula has not been stated yet")
        return self._patterns

    def formula_rows(self, *, escape: bool = False) -> Iterator[list[str] | None]:
        """Yield each row's formulas (without =), or None for a row of typed-in cells."""
        if not self.patterns:
            for _ in range(self.place.rows):
                yield None
        for rows, template in self.patterns:
            yield from template.fill(rows, self.place.columns, escape=escape)

    def formula_at(self, row: int, column: int) -> str | None:
        """Return the formula (without =) of one cell of the block, counted from 0."""
        for rows, template in self.patterns:
            if row in rows:
                return template.at(row, column)
        return None
