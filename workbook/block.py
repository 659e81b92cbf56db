"""A block: a named array on a sheet, with its NumPy value and, where it is computed, its formula."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from enum import Enum
from functools import cached_property
from inspect import signature
from pathlib import Path
from types import FrameType
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray

from workbook.errors import nearest
from workbook.expression import (  # fmt: skip
    Arithmetic,
    Direction,
    Expr,
    FormulaError,
    Index,
    Key,
    Operand,
    Ref,
    as_expr,
    blocks_read,
    is_window,
)
from workbook.render import Template, render
from workbook.text import MINUS, utf16_length

LONGEST_CELL_TEXT = 32767
"""Excel's limit for the text of a cell, in UTF-16 units."""

LONGEST_LIST = 255
"""Excel's limit for the choices of a cell, written one after the other with commas between them."""

COUNTS_AS = {str(n): float(n) for n in (1, 0.5, 2, 3, 4, 5, 10, 100, -1)} | {f"1/10^{n}": 0.1**n for n in range(1, 10)}
"""What an empty cell may count as, the first of these that may be typed into it; numbers that formulas may hold."""

HIDDEN = ";;;"
"""The number format that shows nothing."""

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


HEADING_ROWS = 3
"""A column's heading is at most so many cells high: title, symbol, mathematics."""

SIGNS = {
    Role.GIVEN: "✎",
    Role.RECORDED: "■",
    Role.DERIVED: "ƒ",
    Role.GRADIENT: "∂",
    Role.UPDATED: "↻",
    Role.CHECK: "☑",
}
"""The second sign that each role carries beside its colour."""

TYPED_IN = frozenset({Role.GIVEN, Role.RECORDED})
"""The roles whose cells have no formula; all others must have one."""


class NotFiniteError(ArithmeticError, ValueError):
    """A block's value is no number that a cell can hold: what it was computed from is too large or too small."""


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

    def allows(self, value: Value) -> bool:
        """Tell whether every element of an array may be typed in; nothing typed yet is allowed."""
        if value.dtype.kind in "UO":
            return all(element == "" for element in value.flat)
        numbers = value.dtype.kind == "f" and bool(((self.low <= value) & (value <= self.high)).all())
        return numbers and not (self.whole and (value % 1).any())


@dataclass(frozen=True)
class OneOf:
    """What may be typed into a given cell: one of these. Raises ValueError for what Excel cannot hold as a list."""

    options: tuple[str | int, ...]

    def __post_init__(self) -> None:
        texts = [str(option) for option in self.options]
        if not texts or any("," in text for text in texts) or utf16_length(",".join(texts)) > LONGEST_LIST:
            raise ValueError(f"choices are texts without a comma, {LONGEST_LIST} characters in all: {texts}")

    def allows(self, value: Value) -> bool:
        """Tell whether every element of an array may be typed in."""
        return all(element in self.options for element in value.flat)


Valid = Union[Between, OneOf]  # noqa: UP007
Vary = Union[Between, bool]  # noqa: UP007
"""Whether given numbers may differ from student to student, and between which bounds; True: around what stands there."""


class Shading(Enum):
    """How a block's cells are coloured by their values."""

    PIXELS = "pixels"  # 1 dark, 0 light
    GREY = "grey"  # 0 white … 1 black, number hidden
    HEAT = "heat"  # low pale … high strong
    DIVERGING = "diverging"  # negative red, zero white, positive blue
    BAR = "bar"  # a bar as long as the number is large
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


TYPED_DECIMALS = 4
"""A number with more decimals was not typed by a person, and is not shown with all of them."""


def usual_format(role: Role, value: Value) -> str:
    """Return the number format that follows from what a block is for and how large its values are.

    A typed number shows as it was typed; a recorded whole one, which never moves, with no decimals; a computed one with
    two to four decimals, in thousands with none.
    """
    if value.dtype.kind != "f":
        return "@"
    if role is Role.GIVEN and np.array_equal(np.round(value, TYPED_DECIMALS), value):
        return "General"
    if role is Role.RECORDED and np.array_equal(np.round(value), value):
        return "0"
    largest = float(np.abs(value).max())
    if largest >= 1000:
        return "#,##0"
    decimals = 2 if largest >= 10 else 3 if largest >= 0.1 or largest == 0 else 4
    return "0." + "0" * decimals


def with_minus(number_format: str) -> str:
    """Return a number format that shows a true minus; one that has sections of its own stays."""
    return (
        number_format if ";" in number_format or number_format == "@" else f'{number_format};"{MINUS}"{number_format}'
    )


def without_minus(number_format: str) -> str:
    """Return the number format of which `with_minus` made another."""
    first, _, second = number_format.partition(";")
    return first if second == f'"{MINUS}"{first}' else number_format


_PADDING = re.compile(r"\.0+[#?]*")


def whole_format(number_format: str) -> str | None:
    """Return the format in which a whole number shows no decimals; None where it shows none anyway, or must."""
    if "%" in number_format or "E" in number_format:
        return None
    whole = _PADDING.sub("", number_format)
    return whole if whole != number_format else None


def _is_range(key: slice) -> bool:
    """Tell whether a slice is fixed, or a window that moves along one axis as a whole."""
    if is_window(key) and isinstance(key.stop, Index):
        return key.start.direction is key.stop.direction and key.stop.offset > key.start.offset and key.step is None
    return {type(key.start), type(key.stop)} <= {int, type(None)}


PACKAGE = str(Path(__file__).parent)


def _author() -> str:
    """Return the file and line outside of this package that declares a block."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and (frame.f_code.co_filename.startswith((PACKAGE, "<"))):
        frame = frame.f_back
    return "" if frame is None else f"{Path(frame.f_code.co_filename).name}, line {frame.f_lineno}"


@dataclass(eq=False)
class Block(Arithmetic):
    """A named array on a sheet.

    Parameters
    ----------
    id : stable, the same in every language: the key of every diff
    role : what it is for
    value : float or text array of 0, 1 or 2 dimensions, computed by NumPy
    formula : for each index an argument; called once, with symbolic indices. None: the cells are typed in
    first, last : where the formula continues a sequence (row t reads row t - 1, or t + 1): the formula of its end
    each : for a block that gathers from others: a formula for each row, instead of `formula`; in a matrix, a function
        of the column
    along : whether the first axis runs down or right on the sheet; a matrix whose rows run right lies transposed
    number_format : a spreadsheet number format; where it is not stated it follows from role and value
    rows, columns : the headings; formulas that count rows or columns read them
    valid : what may be typed in, for a given block
    margin : how many rows and columns of zeros stand around it, which windows may reach: X[i - 1 : i + 2]
    article : the value that the article's example has, where the reader may change it
    vary : which numbers an exercise may put in the place of given ones, for a student of its own
    author : the file and line that declares it, for errors

    Raises
    ------
    ValueError
        If the value is empty, of more than two dimensions, no finite number, a text too long for a cell, or what a
        reader could not type in its place.
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
    last: Formula | None = None
    each: Sequence[Operand | Formula] = ()
    along: Direction = Direction.DOWN
    number_format: str = ""
    rows: Headings = None
    columns: Headings = None
    valid: Valid | None = None
    margin: int = 0
    article: Value | None = None
    shading: Shading | None = None
    vary: Vary = True
    author: str = field(default="", repr=False)
    _place: Place | None = field(default=None, repr=False)
    _patterns: list[tuple[range, Template]] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.author = self.author or _author()
        value = np.asarray(self.value)
        if value.ndim > 2 or value.size == 0:
            raise ValueError(f"{self.id}: a block is a scalar, a vector or a matrix, and not empty; got {value.shape}")
        if value.dtype.kind in "biu":
            value = value.astype(float)
        if value.dtype.kind == "f" and not np.isfinite(value).all():
            raise NotFiniteError(f"{self.id}: a value is not a finite number")
        if value.dtype.kind not in "fUO":
            raise ValueError(f"{self.id}: values are numbers or texts, not {value.dtype}")
        self.value = value
        self.number_format = self.number_format or usual_format(self.role, value)
        if self.is_text and any(utf16_length(str(text)) > LONGEST_CELL_TEXT for text in value.flat):
            raise ValueError(f"{self.id}: a text is longer than a cell's {LONGEST_CELL_TEXT} characters")
        if not isinstance(self.valid, Between | OneOf | None):
            raise TypeError(f"{self.id}: valid={self.valid!r}: write Between(low, high) or OneOf((…))")
        if self.valid is not None and not self.valid.allows(value):
            raise ValueError(f"{self.id}: its value is none that may be typed in: {self.valid}")

    @classmethod
    def declared(cls, id: str, role: Role, value: Any, **stated: Any) -> Block:
        """Return a block of what an author has stated. Raises TypeError for a field that blocks have not."""
        known = [each.name for each in fields(cls) if not each.name.startswith("_")][3:]
        for name in stated:
            if name not in known:
                hint = "bounds are valid=Between(low, high); " if name in ("low", "high", "bounds", "whole") else ""
                raise TypeError(f"{id}: a block has no {name}; {hint or nearest(name, known)}it has {', '.join(known)}")
        return cls(id, role, np.asarray(value), **stated)

    # -- the array -------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """The value's shape, as NumPy has it."""
        return self.value.shape

    @property
    def is_text(self) -> bool:
        """Whether the cells hold texts; numbers else."""
        return self.value.dtype.kind != "f"

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Which way each axis runs on the sheet."""
        other = Direction.DOWN if self.along is Direction.RIGHT else Direction.RIGHT
        return (self.along, other)[: self.value.ndim]

    def grid(self) -> Value:
        """Return the values as they lie on the sheet: rows by columns."""
        return self.laid(self.value)

    def laid(self, value: Value) -> Value:
        """Return other values of the same shape as they would lie on the sheet."""
        lies = value.T if value.ndim == 2 and self.along is Direction.RIGHT else value
        return lies.reshape(-1, 1) if self.directions == (Direction.DOWN,) else np.atleast_2d(lies)

    # -- as an operand of formulas ----------------------------------------------------------------

    @property
    def may_be_empty(self) -> bool:
        """Whether a reader can leave cells empty that formulas read."""
        return self.role is Role.GIVEN and self.valid is not None

    @property
    def counts_as(self) -> str | None:
        """The number, as formulas write it, that an empty cell counts as; None: it is 0, as in every spreadsheet.

        Where 0 may not be typed in, it would be a divisor, a step or a choice that no formula can take.
        """
        if not self.may_be_empty or self.is_text or self.valid is None or self.valid.allows(np.zeros(1)):
            return None
        return next((text for text, n in COUNTS_AS.items() if self.valid.allows(np.array([n]))), "1")

    def whole(self) -> Ref:
        """Return the reference to all of it."""
        return Ref(self, tuple(slice(None) for _ in self.shape))

    def as_operand(self) -> Ref:
        return self.whole()

    def __getitem__(self, keys: Key | tuple[Key, ...]) -> Ref:
        keys = keys if isinstance(keys, tuple) else (keys,)
        if len(keys) != self.value.ndim:
            raise FormulaError(f"{self.id} has {self.value.ndim} axes; {len(keys)} indices were given")
        if any(isinstance(key, slice) and not _is_range(key) for key in keys):
            raise FormulaError(f"{self.id}: a range begins and ends at fixed numbers, or moves whole, as X[i : i + 3]")
        counted = (k + n if isinstance(k, int) and k < 0 else k for k, n in zip(keys, self.shape, strict=True))
        return Ref(self, tuple(counted))

    # -- on the sheet --------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Where its sheet has put it. Raises FormulaError before that: a formula reads what is not there yet."""
        if self._place is None:
            raise FormulaError(f"{self.id} has not been put on a sheet yet")
        return self._place

    def put(self, place: Place) -> None:
        """Fix the block's place; done once, by its sheet."""
        self._place = place

    def render(self) -> None:
        """Call the formula once with symbolic indices and render it; done once every block has its place.

        Raises
        ------
        FormulaError
            If the formula cannot be rendered, or there are not as many formulas as the block needs.
        """
        try:
            self._patterns = self._rendered()
        except FormulaError as error:
            raise FormulaError(f"{self.author}: {error}" if self.author else str(error)) from error

    def _rendered(self) -> list[tuple[range, Template]]:
        return [(rows, render(expr, self, rows)) for rows, expr in self.expressions()]

    def expressions(self) -> list[tuple[range, Expr]]:
        """Return its formulas in index notation, each with the rows that it fills; none for typed-in cells.

        Raises
        ------
        FormulaError
            If there are not as many formulas as the block needs.
        """
        rows = self.place.rows
        if self.each and len(self.each) != rows:
            raise FormulaError(f"{self.id}: {len(self.each)} formulas for {rows} rows")
        ends = (self.first, self.last)
        if ends != (None, None) and (self.formula is None or self.directions[:1] == (Direction.RIGHT,)):
            raise FormulaError(f"{self.id}: a sequence runs down, and needs the formula of its other rows")
        if not self.each and (self.formula is None) is not (self.role in TYPED_IN):
            raise FormulaError(
                f"{self.id}: {self.role.value} cells have {'no' if self.role in TYPED_IN else 'a'} formula"
            )
        indices = [Index(direction) for direction in self.directions]
        if self.each:
            across = indices[1:]
            return [
                (range(n, n + 1), as_expr(self._called(formula, across) if callable(formula) else formula))
                for n, formula in enumerate(self.each)
            ]
        if self.formula is None:
            return []
        low, high = int(self.first is not None), rows - int(self.last is not None)
        parts = [
            *([] if self.first is None else [(self.first, indices[1:], range(1))]),
            *([(self.formula, indices, range(low, high))] if high > low else []),
            *([] if self.last is None or rows == low else [(self.last, indices[1:], range(rows - 1, rows))]),
        ]
        return [(where, as_expr(self._called(formula, at))) for formula, at, where in parts]

    def _called(self, formula: Formula, indices: list[Index]) -> Operand:
        """Call a formula; whatever goes wrong in it is its author's to mend."""
        try:
            signature(formula).bind(*indices)
        except TypeError:
            parameters = ", ".join("ij"[: len(indices)])
            raise FormulaError(
                f"{self.id}: its formula is a function of one index for each axis of {self.shape}: "
                f"write {f'lambda {parameters}'.rstrip()}: …"
            ) from None
        try:
            return formula(*indices)
        except FormulaError:
            raise
        except Exception as error:
            raise FormulaError(
                f"{self.id}: its formula fails ({type(error).__name__}: {error}); "
                "it takes cells of blocks and the functions of workbook.formula (exp, ln, total, largest, if_, …)"
            ) from error

    @cached_property
    def reads(self) -> tuple[Block, ...]:
        """The blocks that its formulas read, each once; a sequence reads itself too."""
        return tuple(dict.fromkeys(read for _rows, expr in self.expressions() for read in blocks_read(expr)))

    @property
    def moves(self) -> bool:
        """Whether its numbers follow what a reader types in."""
        seen: set[Block] = set()
        waiting = [self]
        while waiting:
            block = waiting.pop()
            if block.role is Role.GIVEN:
                return True
            if block not in seen:
                seen.add(block)
                waiting += block.reads
        return False

    @property
    def patterns(self) -> list[tuple[range, Template]]:
        """The formulas, each with the rows that it fills; empty for typed-in cells."""
        if self._patterns is None:
            self.render()
            assert self._patterns is not None
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
