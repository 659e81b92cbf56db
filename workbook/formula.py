"""What authors write formulas with.

A scenario states a block's formula as a function of symbolic indices, for example
``lambda j: dot(W[j, :], a[:]) + b[j]``. It is called once; the expression that it returns is filled over the block as a
spreadsheet's fill handle would do it (`workbook.render`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, NoReturn

from workbook.expression import (
    Binary,
    Call,
    Direction,
    Dot,
    Expr,
    FormulaError,
    Index,
    Key,
    Number,
    Operand,
    Position,
    Ref,
    Text,
    as_expr,
    as_ref,
)
from workbook.text import MINUS, MORE_DECIMALS, MOST_DECIMALS, decimals_tried

__all__ = [
    "ALLOWED_FUNCTIONS",
    "Direction",
    "Expr",
    "FormulaError",
    "Index",
    "Key",
    "Number",
    "Operand",
    "Ref",
    "Text",
    "absolute",
    "added",
    "as_expr",
    "as_it_is",
    "as_ref",
    "both",
    "call",
    "dot",
    "either",
    "equal",
    "exp",
    "fixed",
    "fixed_size",
    "if_",
    "joined",
    "largest",
    "ln",
    "mean",
    "number_of",
    "pick",
    "power",
    "rounded",
    "rounded_as_shown",
    "size_as_typed",
    "smallest",
    "sqrt",
    "squared_distance",
    "tanh",
    "total",
]


_CALLED_HERE = {
    "abs": "absolute",
    "average": "mean",
    "log": "ln",
    "matmul": "dot",
    "max": "largest",
    "min": "smallest",
    "round": "rounded",
    "sum": "total",
    "where": "if_",
}
"""What NumPy calls by another name: a spreadsheet's LOG is to base 10, and some are Python's own."""


if not TYPE_CHECKING:  # a type checker is to know which names there are

    def __getattr__(name: str) -> NoReturn:
        if name in _CALLED_HERE:
            raise ImportError(f"workbook.formula has no {name}: it is called {_CALLED_HERE[name]} here")
        raise AttributeError(f"module 'workbook.formula' has no attribute {name!r}")


ALLOWED_FUNCTIONS = frozenset(
    [
        "ABS",
        "AND",
        "AVERAGE",
        "CHOOSE",
        "COS",
        "COSH",
        "COUNT",
        "COUNTIF",
        "EXP",
        "FIXED",
        "IF",
        "INDEX",
        "INT",
        "ISNUMBER",
        "LARGE",
        "LN",
        "MATCH",
        "MAX",
        "MEDIAN",
        "MIN",
        "MMULT",
        "MOD",
        "NOT",
        "OR",
        "PI",
        "REPT",
        "ROUND",
        "SIGN",
        "SIN",
        "SMALL",
        "SQRT",
        "SUM",
        "SUMPRODUCT",
        "SUMSQ",
        "TANH",
    ]
)
"""What Excel, LibreOffice, WPS, Google Sheets and IronCalc all compute alike."""


def call(function: str, *arguments: Operand) -> Expr:
    """Return a call of a spreadsheet function.

    Raises
    ------
    FormulaError
        If `ALLOWED_FUNCTIONS` does not list it.
    """
    if function not in ALLOWED_FUNCTIONS:
        raise FormulaError(f"the function {function} is not one that every spreadsheet has")
    return Call(function, tuple(as_expr(argument) for argument in arguments))


def exp(x: Operand) -> Expr:
    """e to the power of x; an error in a spreadsheet for x above 709."""
    return call("EXP", x)


def ln(x: Operand) -> Expr:
    """The natural logarithm; an error in a spreadsheet for x of 0 or less."""
    return call("LN", x)


def sqrt(x: Operand) -> Expr:
    """The square root."""
    return call("SQRT", x)


def power(x: Operand, n: Operand) -> Expr:
    """A power with an exponent above 0 that a cell holds; 0 where it is below e⁻⁷⁰⁰, which LibreOffice takes as an error."""
    return if_(absolute(x) < exp(-700 / as_expr(n)), 0, as_expr(x) ** n)


def absolute(x: Operand) -> Expr:
    """The value without its sign."""
    return call("ABS", x)


def tanh(x: Operand) -> Expr:
    """The hyperbolic tangent."""
    return call("TANH", x)


def total(x: Operand) -> Expr:
    """The sum of a range."""
    return call("SUM", x)


def mean(x: Operand) -> Expr:
    """The arithmetic mean of a range."""
    return call("AVERAGE", x)


def largest(*x: Operand) -> Expr:
    """The largest of some numbers and ranges."""
    return call("MAX", *x)


def smallest(*x: Operand) -> Expr:
    """The smallest of some numbers and ranges."""
    return call("MIN", *x)


def if_(condition: Operand, then: Operand, otherwise: Operand) -> Expr:
    """One of two values, as the sheet finds the condition."""
    return call("IF", condition, then, otherwise)


def both(*conditions: Operand) -> Expr:
    """Whether all conditions hold."""
    return call("AND", *conditions)


def either(*conditions: Operand) -> Expr:
    """Whether one condition or more holds."""
    return call("OR", *conditions)


def equal(left: Operand, right: Operand) -> Expr:
    """Whether two values are equal; texts whatever their case."""
    return Binary("=", as_expr(left), as_expr(right))


def rounded(x: Operand, digits: Operand) -> Expr:
    """A number rounded to so many decimals, the half away from zero."""
    return call("ROUND", x, digits)


def pick(table: Operand, *position: Operand) -> Expr:
    """The cell of a range at a position counted from 1 that the sheet itself knows, as a scrubber does.

    A range of one cell is that cell: IronCalc's INDEX refuses it.
    """
    ref = as_expr(table)
    if isinstance(ref, Ref) and all(ref.extent(axis) == 1 for axis in range(len(ref.keys))):
        return ref
    if isinstance(ref, Ref) and len(position) == 1 and ref.lies == (Direction.RIGHT,):
        return call("INDEX", table, 1, *position)  # of a row, Gnumeric wants both numbers
    if isinstance(ref, Ref) and ref.lies == (Direction.RIGHT, Direction.DOWN):
        position = position[::-1]  # INDEX takes the row first; the rows of this matrix run right
    return call("INDEX", table, *position)


def number_of(index: Index) -> Expr:
    """The number of the row or column being filled, counted from 1; its heading is a `Counter`."""
    return Position(index)


def joined(*parts: Operand) -> Expr:
    """Text parts written one after the other."""
    return _chained("&", parts)


def added(*terms: Operand) -> Expr:
    """The terms written out one after the other with + between them."""
    return _chained("+", terms)


def _chained(operator: str, operands: Iterable[Operand]) -> Expr:
    return reduce(lambda left, right: Binary(operator, left, right), map(as_expr, operands))


def rounded_as_shown(x: Operand, digits: Operand) -> Expr:
    """A number rounded as it is shown.

    It is first rounded to nine places: engines differ in the last bits of a sum, and would else print a decimal half
    differently.
    """
    return rounded(rounded(x, 9), digits)


def fixed(x: Operand, digits: Operand) -> Expr:
    """A number as text with so many decimals, and with a true minus where it is negative."""
    return joined(if_(rounded_as_shown(x, digits) < 0, MINUS, ""), fixed_size(x, digits))


def fixed_size(x: Operand, digits: Operand) -> Expr:
    """A number as text with so many decimals, without its sign."""
    return call("FIXED", rounded_as_shown(absolute(x), digits), digits, 1)  # 1: no thousands separators


def as_it_is(x: Operand) -> Expr:
    """Return a reference to a cell whether it is empty or not; else it counts as a number (`Block.counts_as`)."""
    expr = as_expr(x)
    return replace(expr, as_it_is=True) if isinstance(expr, Ref) else expr


def size_as_typed(x: Operand, digits: int, *, exact: bool = False, signed: bool = True) -> Expr:
    """A typed number as text without its sign: with so many decimals, or with more where it has more, up to `MOST_DECIMALS`.

    What was typed is `exact` and is not rounded before; what is not `signed` has no sign to lose.
    """
    typed = as_it_is(x)
    whole, places = rounded(typed, MOST_DECIMALS), as_expr(MOST_DECIMALS)
    for fewer in reversed(MORE_DECIMALS):  # each that is enough takes one away
        places = places - equal(rounded(typed, fewer), whole)
    for fewer in reversed(decimals_tried(digits)):
        places = if_(equal(rounded(typed, fewer), whole), fewer, places)
    size = absolute(x) if signed else x
    return call("FIXED", size if exact else rounded(size, MOST_DECIMALS), places, 1)


def dot(left: Operand, right: Operand) -> Expr:
    """The sum of products of two ranges, whichever way each lies on the sheet.

    Raises
    ------
    FormulaError
        If their lengths differ.
    """
    a, b = as_ref(left), as_ref(right)
    if a.spans != b.spans:
        raise FormulaError(f"dot of {a.block.id} {a.spans} and {b.block.id} {b.spans}: the lengths differ")
    if a.spans == [1]:
        return Binary("*", a.element(0), b.element(0))
    return Dot(a, b)


def squared_distance(left: Operand, right: Operand) -> Expr:
    """The sum of the squared differences of two ranges that lie alike (SUMXMY2 is not for ranges on two sheets).

    Raises
    ------
    FormulaError
        If they do not lie alike: a spreadsheet would take a row minus a column for a whole table of differences.
    """
    a, b = as_ref(left), as_ref(right)
    if a.spans != b.spans or (a.spans != [1] and a.lies != b.lies):
        raise FormulaError(f"the distance of {a.block.id} {a.spans} and {b.block.id} {b.spans}: they do not lie alike")
    return call("SUMPRODUCT", (a - b) ** 2)
