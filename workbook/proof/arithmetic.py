"""Operators and functions on operands: values, the bounds of their errors, and what a strict spreadsheet would refuse.

An error is carried through each step to first order or by the ends of its interval, and each step adds its own rounding.
IronCalc lets an overflow pass where it is divided by (1/(1+EXP(710)) is 0); Excel and LibreOffice show an error. Here
every step that overflows, every logarithm of 0 and every power that underflows is a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from workbook.proof.cells import BLANK, NUMBER, ROUNDING, TEXT, TRUTH, UNKNOWN, Codes, Numbers, Operand, simple

OVERFLOW, UNDERFLOW, DOMAIN, DIVISION, WORDS, RANGE = 11, 12, 13, 14, 15, 16

FAULTS = {
    OVERFLOW: "a step of it overflows: #NUM! in Excel and LibreOffice",
    UNDERFLOW: "a power underflows: #NUM! in LibreOffice; multiply instead",
    DOMAIN: "the function is not defined there: #NUM! in Excel and LibreOffice",
    DIVISION: "a step of it divides by 0: #DIV/0! in Excel and LibreOffice",
    WORDS: "a text stands where a number is meant: #VALUE! in Excel and LibreOffice",
    RANGE: "a range stands where one cell is meant: #SPILL! in newer Excel",
}

SMALLEST = 2.2250738585072014e-308

Steps = Callable[[Numbers], Numbers]


def as_number(x: Operand) -> Operand:
    """Return what arithmetic makes of an operand: a blank is 0, a text a fault."""
    if not x.kind.any():
        return x
    kind = np.where((x.kind == TRUTH) | (x.kind == BLANK), NUMBER, x.kind).astype(np.uint8)
    if (kind == TEXT).any():
        kind[kind == TEXT] = _kind_of_text(x, kind)[kind == TEXT]
    return Operand(x.value, kind, x.error, exact=x.exact)


def _kind_of_text(x: Operand, kind: Codes) -> Codes:
    """A text of digits is a number to most programs, each in its own way; any other is none to all."""
    if x.text is None:
        return np.full(kind.shape, UNKNOWN, np.uint8)
    digits = [text[:1] in "+-.,0123456789" and text != "" for text in x.text().flat]
    return np.where(np.reshape(digits, kind.shape), UNKNOWN, WORDS).astype(np.uint8)


def _made(value: Numbers, error: Numbers, kind: Codes, fault: int = OVERFLOW) -> Operand:
    """Return a result; one that is not finite, of operands that are, is a fault."""
    wrong = ~np.isfinite(value)
    if wrong.any():
        kind = np.where(wrong & (kind < UNKNOWN), fault, kind).astype(np.uint8)
        value = np.where(wrong, 0.0, value)
    # below the smallest normal number digits are lost, and some programs make it 0
    return Operand(value, kind, error + ROUNDING * np.abs(value) + SMALLEST)


def binary(operator: str, left: Operand, right: Operand) -> Operand:
    """Return the result of + - * / ^."""
    a, b = as_number(left), as_number(right)
    made = _result(operator, a, b)
    with_all_digits = {"/": made.value * b.value == a.value, "^": (b.value >= 0) & (b.value % 1 == 0)}.get(
        operator, True
    )
    made.exact = a.exact & b.exact & with_all_digits & simple(made.value)
    return made


def _result(operator: str, a: Operand, b: Operand) -> Operand:
    kind = np.maximum(a.kind, b.kind)
    if operator in "+-":
        value = a.value + b.value if operator == "+" else a.value - b.value
        # the terms may have been added in another order: where they cancel, their roundings are what is left
        terms = ROUNDING * (np.abs(a.value) + np.abs(b.value))
        return _made(value, a.error + b.error + terms, kind)
    if operator == "*":
        error = np.abs(a.value) * b.error + np.abs(b.value) * a.error + a.error * b.error
        return _made(a.value * b.value, error, kind)
    if operator == "/":
        room = np.maximum(np.abs(b.value) - b.error, 0)
        value = a.value / b.value
        error = np.where(a.error + b.error > 0, (a.error + np.abs(value) * b.error) / room, 0.0)
        return _made(value, error, kind, DIVISION)
    return _power(a, b, kind)


def _power(a: Operand, b: Operand, kind: Codes) -> Operand:
    value = a.value**b.value
    kind = np.where((a.value == 0) & (b.value <= 0) & (kind < UNKNOWN), DOMAIN, kind).astype(np.uint8)
    undefined = (a.value < 0) & (b.value != np.round(b.value))  # (-8)^(1/3): every program has its own way
    kind = np.where(undefined & (kind < UNKNOWN), UNKNOWN, kind).astype(np.uint8)
    under = (np.abs(value) < SMALLEST) & (a.value != 0)
    kind = np.where(under & (kind < UNKNOWN), UNDERFLOW, kind).astype(np.uint8)
    error = np.zeros(np.broadcast_shapes(value.shape, a.error.shape, b.error.shape))
    for x in (a.value - a.error, a.value + a.error):
        for y in (b.value - b.error, b.value + b.error):
            error = np.fmax(error, np.abs(x**y - value))
    return _made(value, error, kind)


def negative(x: Operand) -> Operand:
    """Return the negative."""
    a = as_number(x)
    return Operand(-a.value, a.kind, a.error, exact=a.exact)


def monotone(x: Operand, function: Steps, undefined: Callable[[Numbers], NDArray[np.bool_]] | None = None) -> Operand:
    """Apply a function that rises all along, so that the ends of an interval bound it."""
    a = as_number(x)
    value, kind = function(a.value), a.kind
    if undefined is not None:
        kind = np.where(undefined(a.value) & (kind < UNKNOWN), DOMAIN, kind).astype(np.uint8)
    low, high = function(a.value - a.error), function(a.value + a.error)
    error = np.fmax(np.abs(high - value), np.abs(value - low))
    return _made(value, np.where(a.error > 0, error, 0.0), kind)


def gentle(x: Operand, function: Steps) -> Operand:
    """Apply a function whose slope is at most 1: a sine, an absolute value."""
    a = as_number(x)
    return _made(function(a.value), a.error, a.kind)


def stepped(x: Operand, function: Steps, near: Numbers | None = None) -> Operand:
    """Apply a function that jumps, as rounding does: where a jump is within the bound (or `near`), either side is right."""
    a = as_number(x)
    near = np.where(a.exact, 0.0, a.error) if near is None else near
    value = function(a.value)
    error = np.fmax(np.abs(function(a.value + near) - value), np.abs(value - function(a.value - near)))
    return Operand(value, a.kind, error, exact=a.exact & (error == 0) & simple(value))


def exact(x: Operand, function: Steps) -> Operand:
    """Apply a function whose jumps are verdicts: a sign that flips is another answer."""
    a = as_number(x)
    return Operand(function(a.value), a.kind, np.zeros((1, 1, 1)))


def rounded(x: Numbers, digits: Numbers) -> Numbers:
    """Round as spreadsheets do: the half away from zero."""
    scale = 10.0**digits
    scaled = np.abs(x) * scale
    near = np.floor(scaled + 0.5)
    return np.where(np.isfinite(scaled) & (scaled < 2.0**52), np.sign(x) * near / scale, x)


# ---------------------------------------------------------------------------------------------- many numbers


def counted(operands: Sequence[tuple[Operand, bool]]) -> Operand:
    """Join the numbers that a function of ranges takes; in a range texts and blanks are passed over.

    Parameters
    ----------
    operands : each with whether it is a range or cell that the formula refers to
    """
    parts = []
    for x, is_reference in operands:
        if is_reference:
            left_out = (x.kind > NUMBER) & (x.kind < UNKNOWN)
            # what is passed over is marked by a size that no number has: nan
            value = np.where(left_out, np.nan, x.value)
            parts.append(Operand(value, np.where(left_out, NUMBER, x.kind).astype(np.uint8), x.error))
        else:
            parts.append(as_number(x))
    count = max(len(part.value) for part in parts)

    def flat(of: Callable[[Operand], NDArray[np.generic]]) -> NDArray[np.generic]:
        shapes = [np.broadcast_shapes(part.value.shape, part.kind.shape, part.error.shape) for part in parts]
        wide = [np.broadcast_to(of(part), shape) for part, shape in zip(parts, shapes, strict=True)]
        lines = [np.broadcast_to(part.reshape(len(part), 1, -1), (count, 1, part[0].size)) for part in wide]
        return lines[0] if len(lines) == 1 else np.concatenate(lines, axis=2)

    return Operand(flat(lambda x: x.value), flat(lambda x: x.kind), flat(lambda x: x.error))  # type: ignore[arg-type]


def _worst(kind: Codes) -> Codes:
    worst: Codes = kind.max(axis=(1, 2), keepdims=True)
    return worst


def summed(x: Operand) -> Operand:
    """Add all numbers up; the bound grows with the sum of their sizes and with how many they are."""
    value = np.nansum(x.value, axis=(1, 2), keepdims=True)
    sizes = np.nansum(np.abs(x.value), axis=(1, 2), keepdims=True)
    steps = np.sqrt(x.value[0].size)  # the roundings of a long sum go both ways
    error = np.nansum(x.error, axis=(1, 2), keepdims=True) + steps * ROUNDING * sizes
    return _made(value, error, _worst(x.kind))


def mean(x: Operand) -> Operand:
    """Return the average."""
    found, count = summed(x), how_many(x)
    return binary("/", found, count)


def how_many(x: Operand) -> Operand:
    """Count the numbers."""
    value = np.count_nonzero(~np.isnan(x.value) & (x.kind == NUMBER), axis=(1, 2), keepdims=True).astype(float)
    return Operand(value, np.zeros((1, 1, 1), np.uint8), np.zeros((1, 1, 1)), exact=True)


def squares(x: Operand) -> Operand:
    """Add the squares up."""
    return summed(binary("*", x, x))


def products(factors: Sequence[Operand]) -> Operand:
    """Multiply ranges cell by cell and add up; what is no number counts as 0."""
    cleaned = [_zeroed(factor) for factor in factors]
    if len({factor.value.shape[1:] for factor in cleaned}) != 1:
        return Operand(*(np.zeros((1, 1, 1)), np.full((1, 1, 1), UNKNOWN, np.uint8), np.zeros((1, 1, 1))))
    found = cleaned[0]
    for factor in cleaned[1:]:
        found = binary("*", found, factor)
    return summed(found)


def _zeroed(x: Operand) -> Operand:
    plain = (x.kind == NUMBER) | (x.kind >= UNKNOWN)
    if plain.all():
        return x
    return Operand(np.where(plain, x.value, 0.0), np.where(plain, x.kind, NUMBER).astype(np.uint8), x.error)


def matrix_product(a: Operand, b: Operand) -> Operand:
    """Return MMULT."""
    left, right = as_number(a), as_number(b)
    if left.value.shape[2] != right.value.shape[1]:
        return Operand(np.zeros((1, 1, 1)), np.full((1, 1, 1), UNKNOWN, np.uint8), np.zeros((1, 1, 1)))
    sizes = np.abs(left.value) @ np.abs(right.value)
    error = np.abs(left.value) @ right.error + left.error @ np.abs(right.value) + left.error @ right.error
    error = error + np.sqrt(left.value.shape[2]) * ROUNDING * sizes
    kind = np.maximum(_worst(left.kind), _worst(right.kind))
    return _made(left.value @ right.value, error, kind)


def extreme(x: Operand, pick: Callable[..., Numbers]) -> Operand:
    """Return what `pick` takes of the numbers (the largest, the median): it moves no further than the one that moves most."""
    empty = np.isnan(x.value).all(axis=(1, 2), keepdims=True)
    value = pick(np.where(empty, 0.0, x.value), axis=(1, 2), keepdims=True)
    error = np.broadcast_to(x.error, np.broadcast_shapes(x.error.shape, x.value.shape))
    return Operand(value, _worst(x.kind), error.max(axis=(1, 2), keepdims=True))


def ordered(x: Operand, n: Operand, largest: bool) -> Operand:
    """Return the n-th largest or smallest."""
    count = x.value.shape[2]
    line = np.sort(np.where(np.isnan(x.value), np.inf, x.value), axis=2)
    numbers = np.count_nonzero(~np.isnan(x.value), axis=(1, 2), keepdims=True)
    at = (numbers - n.value if largest else n.value - 1).astype(int)
    at = np.broadcast_to(at, (max(len(at), len(line)), 1, 1))
    line = np.broadcast_to(line, (len(at), 1, count))
    value = np.take_along_axis(line, np.clip(at, 0, count - 1), axis=2)
    error = np.broadcast_to(x.error, np.broadcast_shapes(x.error.shape, x.value.shape))
    kind = np.maximum(_worst(x.kind), n.kind)
    kind = np.where((at < 0) | (at >= numbers), DOMAIN, kind).astype(np.uint8)
    return Operand(np.where(np.isfinite(value), value, 0.0), kind, error.max(axis=(1, 2), keepdims=True))
