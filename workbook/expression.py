"""Expressions over blocks in index notation: what a formula says before it has a place.

An expression has no truth value and no value in Python. It refers to blocks by typed keys: numbers, slices, and symbolic
indices that move as the formula is filled over its block.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import reduce
from typing import TYPE_CHECKING, Any, NoReturn, TypeGuard, Union

if TYPE_CHECKING:
    from workbook.block import Block

UNIVERSAL_NUMBERS = frozenset({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 100, 0.5, 700})
"""The only numbers that may stand in a formula; every other one belongs into a cell of its own.

700 is the largest exponent that every spreadsheet's EXP takes.
"""

LONGEST_SPELLED_SUM = 12
"""A product of a row with a column is written out term by term up to this many terms, and so is a power."""


class FormulaError(ValueError):
    """A formula that cannot be stated: says which block, and what to do instead."""


class Direction(Enum):
    """Where an axis of a table runs on the sheet."""

    DOWN = "down"
    RIGHT = "right"


@dataclass(frozen=True)
class Index:
    """A symbolic position along one axis of the block that is being filled, plus a constant offset."""

    direction: Direction
    offset: int = 0

    def __add__(self, steps: int) -> Index:
        return Index(self.direction, self.offset + steps)

    def __sub__(self, steps: int) -> Index:
        return Index(self.direction, self.offset - steps)


Key = Union[int, Index, slice]  # noqa: UP007 - a runtime alias that mypy can see through


def is_window(key: Key) -> TypeGuard[slice[Index, Index, None]]:
    """Tell whether a slice moves with the fill, as `X[i : i + 3]` does."""
    return isinstance(key, slice) and isinstance(key.start, Index)


class Arithmetic(ABC):
    """What formulas are made of, expressions and blocks: combine with + - * / ** and the functions of this module.

    It cannot be iterated over: Python would ask for element 0, 1, 2 … without end.
    """

    __iter__ = None

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse to become an array: NumPy would make an object of it, and say so far from here."""
        raise FormulaError(
            "a block met NumPy: a value is computed from block.value; a formula takes the block itself (w, not w.value) "
            "and the functions of workbook.formula (exp, ln, total, largest, if_, …)"
        )

    @abstractmethod
    def as_operand(self) -> Expr:
        """Return it as an expression; a block is then a reference to all of it."""

    def __add__(self, other: Operand) -> Expr:
        return Binary("+", self.as_operand(), as_expr(other))

    def __radd__(self, other: Operand) -> Expr:
        return Binary("+", as_expr(other), self.as_operand())

    def __sub__(self, other: Operand) -> Expr:
        return Binary("-", self.as_operand(), as_expr(other))

    def __rsub__(self, other: Operand) -> Expr:
        return Binary("-", as_expr(other), self.as_operand())

    def __mul__(self, other: Operand) -> Expr:
        return Binary("*", self.as_operand(), as_expr(other))

    def __rmul__(self, other: Operand) -> Expr:
        return Binary("*", as_expr(other), self.as_operand())

    def __truediv__(self, other: Operand) -> Expr:
        return Binary("/", self.as_operand(), as_expr(other))

    def __rtruediv__(self, other: Operand) -> Expr:
        return Binary("/", as_expr(other), self.as_operand())

    def __pow__(self, other: Operand) -> Expr:
        """Return a power; of a whole number it is a product: LibreOffice's 1E-200^2 is an error, 1E-200*1E-200 is 0."""
        base = self.as_operand()
        if type(other) is not int or not 2 <= other <= LONGEST_SPELLED_SUM:
            return Binary("^", base, as_expr(other))
        if _is_short(base):
            return reduce(lambda product, factor: Binary("*", product, factor), [base] * other)
        square = Call("SUMSQ", (base if other < 4 else base ** (other // 2),))
        return square * base if other % 2 else square

    def __neg__(self) -> Expr:
        return Negative(self.as_operand())

    def __lt__(self, other: Operand) -> Expr:
        return Binary("<", self.as_operand(), as_expr(other))

    def __le__(self, other: Operand) -> Expr:
        return Binary("<=", self.as_operand(), as_expr(other))

    def __gt__(self, other: Operand) -> Expr:
        return Binary(">", self.as_operand(), as_expr(other))

    def __ge__(self, other: Operand) -> Expr:
        return Binary(">=", self.as_operand(), as_expr(other))


class Expr(Arithmetic):
    """A formula, or a part of one."""

    def as_operand(self) -> Expr:
        return self

    def __bool__(self) -> bool:
        raise FormulaError("a formula has no truth value: branch with if_() in the sheet, or make two blocks")


@dataclass(frozen=True, eq=False)
class Number(Expr):
    """A universal constant, such as the 2 of a square."""

    value: int | float


@dataclass(frozen=True, eq=False)
class Text(Expr):
    """A string that a formula shows."""

    value: str


@dataclass(frozen=True, eq=False)
class Binary(Expr):
    """An operator between two expressions; ``&`` joins texts."""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, eq=False)
class Negative(Expr):
    """The negative of an expression."""

    operand: Expr


@dataclass(frozen=True, eq=False)
class Call(Expr):
    """A spreadsheet function."""

    function: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, eq=False)
class Dot(Expr):
    """The sum of the products of two ranges of equal length."""

    left: Ref
    right: Ref


@dataclass(frozen=True, eq=False)
class Position(Expr):
    """The number, counted from 1, of the row or column that is being filled: the counter in its heading."""

    index: Index


@dataclass(frozen=True, eq=False)
class Ref(Expr):
    """A reference to a cell or a range of a block: one key an axis.

    Attributes
    ----------
    as_it_is : whether an empty cell is left empty, and not taken for the number that it counts as
    """

    block: Block
    keys: tuple[Key, ...]
    as_it_is: bool = False

    def extent(self, axis: int) -> int:
        """Return how many cells the reference spans along an axis."""
        key = self.keys[axis]
        if is_window(key):
            return int(key.stop.offset - key.start.offset)
        return len(range(*key.indices(self.block.shape[axis]))) if isinstance(key, slice) else 1

    @property
    def spans(self) -> list[int]:
        """How many cells it spans along each axis that is sliced; a single cell has none."""
        return [self.extent(axis) for axis, key in enumerate(self.keys) if isinstance(key, slice)]

    @property
    def lies(self) -> tuple[Direction, ...]:
        """Which way each axis that is sliced runs on the sheet."""
        axes = self.block.directions
        return tuple(axes[axis] for axis, key in enumerate(self.keys) if isinstance(key, slice))

    def element(self, n: int) -> Ref:
        """Return the n-th cell of a range along one axis."""
        keys: list[Key] = []
        for axis, key in enumerate(self.keys):
            if is_window(key):
                keys.append(key.start + n)
            else:
                keys.append(range(*key.indices(self.block.shape[axis]))[n] if isinstance(key, slice) else key)
        return Ref(self.block, tuple(keys))


Operand = Union[Arithmetic, int, float, str]  # noqa: UP007


def refs(expr: Expr) -> Iterator[Ref]:
    """Yield every reference in an expression, those of conditions too."""
    waiting = [expr]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Ref):
            yield node
        elif isinstance(node, Binary):
            waiting += [node.right, node.left]
        elif isinstance(node, Negative):
            waiting.append(node.operand)
        elif isinstance(node, Call):
            waiting += reversed(node.arguments)
        elif isinstance(node, Dot):
            waiting += [node.right, node.left]


def blocks_read(expr: Expr) -> list[Block]:
    """Return the blocks that an expression reads, each once, in its order."""
    return list(dict.fromkeys(ref.block for ref in refs(expr)))


def as_expr(operand: Operand) -> Expr:
    """Turn a block (all of it), a universal number or a text into an expression.

    Raises
    ------
    FormulaError
        For any other number: a measured or chosen number belongs into a cell, where a reader sees it.
    """
    if isinstance(operand, Arithmetic):
        return operand.as_operand()
    if isinstance(operand, str):
        return Text(operand)
    if isinstance(operand, int | float) and type(operand) in (int, float):  # neither a bool nor a number of NumPy's
        if abs(operand) not in UNIVERSAL_NUMBERS:
            raise FormulaError(f"the number {operand!r} is typed into a formula: give it a cell of its own")
        return Number(operand)
    if isinstance(operand, bool):
        raise FormulaError(f"a formula holds Python's {operand}: write equal(a, b) for a == b, and refer to blocks")
    raise FormulaError(f"{operand!r} cannot stand in a formula: refer to a block")


def _is_short(expr: Expr) -> bool:
    """Tell whether an expression may be written several times: a cell, or two of them with a + or − between."""
    cell = (Ref, Number)
    if isinstance(expr, Binary):
        return expr.operator in "+-" and isinstance(expr.left, cell) and isinstance(expr.right, cell)
    return isinstance(expr, cell)


def as_ref(operand: Operand) -> Ref:
    """Like `as_expr`, for functions that need a range.

    Raises
    ------
    FormulaError
        If the operand is no reference.
    """
    ref = as_expr(operand)
    if not isinstance(ref, Ref):
        raise FormulaError("this function takes a range of a block, such as W[j, :]")
    return ref


def may_seem_empty(block: Block) -> bool:
    """Tell whether a product may meet an empty cell: a yellow one or, in LibreOffice, one that only says what stands in such a cell."""
    if block.may_be_empty:
        return True
    said = [
        expr.arguments[0] if isinstance(expr, Call) and expr.function == "INDEX" else expr
        for _rows, expr in block.expressions()
    ]
    return any(isinstance(expr, Ref) and expr.block.may_be_empty for expr in said)
