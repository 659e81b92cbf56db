"""Numbers as people type them, in a cell of a file or behind ``--set``."""

from __future__ import annotations

import re

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
WHOLE = re.compile(r"[+-]?\d{1,300}", re.ASCII)

TINIEST = 1e-100
"""The smallest size of a number that is not 0: a square of a smaller one ends where numbers do."""

_TYPOGRAPHIC = str.maketrans("−０１２３４５６７８９．，＋－Ｅｅ", "-0123456789.,+-Ee")


def plain(text: str) -> str:
    """Return a number with the signs of a keyboard instead of a typesetter's minus and full-width digits."""
    return text.strip().translate(_TYPOGRAPHIC)


def is_tiny(value: float) -> bool:
    """Tell whether a number is so small that 0 was meant, or another unit."""
    return 0 < abs(value) < TINIEST


def real(text: str) -> float:
    """Return a number that is written with digits and a decimal point.

    Raises
    ------
    ValueError
        For anything else that Python would take: digits of other scripts, underscores, nan, infinity.
    """
    text = plain(text)
    if not NUMBER.fullmatch(text):
        raise ValueError(f'"{text[:30]}" is not a number')
    return float(text)


def whole(text: str) -> int:
    """Return a whole number that is written with digits.

    Raises
    ------
    ValueError
        For anything else that Python would take: digits of other scripts, underscores.
    """
    text = plain(text)
    if not WHOLE.fullmatch(text):
        raise ValueError(f'"{text[:30]}" is not a whole number')
    return int(text)
