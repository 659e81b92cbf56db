"""When two sentences say the same: letter by letter, but for the rounding of the numbers in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_ZERO_IN_BRACKETS = re.compile(r"\([-−]?(0(?:[.,]0+)?)\)")
_MINUS_ZERO = re.compile(r"[-−](0(?:[.,]0+)?)(?![\d.,])")

Interval = tuple[float, float, int]
"""A number that a formula has rounded: the least and the most that it may have been, and its decimals."""


def agree(ours: str, theirs: str, shown: Sequence[Interval]) -> bool:
    """Tell whether two texts differ only by the sign of a zero, the decimal mark, or by a rounding that may go either way.

    Parameters
    ----------
    shown : the numbers that the formula shows
    """
    ours, theirs = _without_signed_zeros(ours), _without_signed_zeros(theirs)
    if _NUMBER.split(ours) != _NUMBER.split(theirs):
        return False
    pairs = zip(_NUMBER.findall(ours), _NUMBER.findall(theirs), strict=True)
    return all(left == right or _may_both_be(left, right, shown) for left, right in pairs)


def _may_both_be(left: str, right: str, shown: Sequence[Interval]) -> bool:
    a, b = left.replace(",", "."), right.replace(",", ".")
    decimals = len(a.partition(".")[2])
    if decimals != len(b.partition(".")[2]):
        return False
    if a == b:  # a German spreadsheet writes 0,15 where an English one has 0.15
        return decimals > 0
    room = 0.5001 * 10.0**-decimals
    return any(
        digits == decimals and all(low - room <= float(number) <= high + room for number in (a, b))
        for low, high, digits in map(_sizes, shown)
    )


def _sizes(interval: Interval) -> Interval:
    """Return how large the number may be whatever its sign, which stands before it in the text."""
    low, high, digits = interval
    if low <= 0 <= high:
        return 0.0, max(-low, high), digits
    return min(abs(low), abs(high)), max(abs(low), abs(high)), digits


def _without_signed_zeros(text: str) -> str:
    return _MINUS_ZERO.sub(r"\1", _ZERO_IN_BRACKETS.sub(r"\1", text))
