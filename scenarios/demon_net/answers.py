"""One rule for the answer: the louder output demon gives it; if neither reaches ½, or both are alike, they are unsure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from workbook.formula import Expr, Operand, both, if_
from workbook.text import _

T = TypeVar("T")

AWAKE = 0.5
"""How loud an output demon must be to be believed."""

UNSURE = 9
"""What stands for no digit where the answer is a number."""


def chosen(zero: float, one: float, words: Sequence[T]) -> T:
    """Return the first of three words for a 0, the second for a 1, the third for unsure."""
    return words[0] if zero > one and zero >= AWAKE else words[1] if one > zero and one >= AWAKE else words[2]


def choice(zero: Operand, one: Operand, words: Sequence[Operand]) -> Expr:
    """Return the formula of `chosen`."""
    zero_wins = both(zero > one, zero >= AWAKE)  # type: ignore[operator]
    one_wins = both(one > zero, one >= AWAKE)  # type: ignore[operator]
    return if_(zero_wins, words[0], if_(one_wins, words[1], words[2]))


def answer_words() -> tuple[str, str, str]:
    """Return what is said of a drawing: it is a 0, it is a 1, unsure."""
    return str(_("it is a 0")), str(_("it is a 1")), str(_("unsure"))
