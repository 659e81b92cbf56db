"""Numbers of a student's own: drawn by a secret, so that nobody who has the program can draw them again."""

from __future__ import annotations

import hashlib
import hmac
import math
import random
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from workbook.block import Between, Block

NEAREST, FARTHEST = 0.6, 1.4
"""Where nobody says a range, a number is multiplied by something between these."""

FEWEST_STEPS = 3
"""So many steps of the last decimal lie within half of a range at least; else numbers get a decimal more."""

MOST_DECIMALS = 4

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of 32, none of which is taken for another."""

Given = dict[str, NDArray[np.float64]]


def digest(secret: str, *words: str) -> bytes:
    """Return what a secret makes of some words."""
    return hmac.new(bytes.fromhex(secret), "\0".join(words).encode(), hashlib.sha256).digest()


def code_of(secret: str, assignment: str, id: str) -> str:
    """Return the code by which a student's file is known, such as K7Q2-9M4X."""
    letters = [CODE_LETTERS[byte % len(CODE_LETTERS)] for byte in digest(secret, "code", assignment, id)[:8]]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


def drawn(blocks: Iterable[Block], secret: str, assignment: str, id: str, attempt: int) -> Given:
    """Return a student's numbers, by the ids of the given blocks that vary."""
    draw = random.Random(digest(secret, "given", assignment, id, str(attempt)))
    return {block.id: _moved(block, draw) for block in blocks}


def _moved(block: Block, draw: random.Random) -> NDArray[np.float64]:
    values = np.array(block.value, dtype=float)
    whole = isinstance(block.valid, Between) and block.valid.whole
    places = 0 if whole else decimals(block)
    for at, value in np.ndenumerate(values):
        values[at] = _number(block, float(value), places, draw)
    return values


def _number(block: Block, value: float, places: int, draw: random.Random) -> float:
    low, high = _range(block, value)
    for _try in range(20):
        number = round(draw.uniform(low, high), places)
        if (number or not value) and (block.valid is None or block.valid.allows(np.asarray(number))):
            return number
    return value


def _range(block: Block, value: float) -> tuple[float, float]:
    if isinstance(block.vary, Between):
        return block.vary.low, block.vary.high
    ends = sorted((NEAREST * value, FARTHEST * value))
    if isinstance(block.valid, Between):
        return max(ends[0], block.valid.low), min(ends[1], block.valid.high)
    return ends[0], ends[1]


def decimals(block: Block) -> int:
    """Return how many decimals a block's numbers have where they vary: as many as are typed, or as a range needs."""
    values = [abs(value) for value in block.value.ravel().tolist() if value]
    typed = max((_places(value) for value in values), default=1)
    if isinstance(block.vary, Between):
        half = (block.vary.high - block.vary.low) / 2
        typed = max(typed, _places(block.vary.low), _places(block.vary.high))
    else:
        half = (FARTHEST - NEAREST) / 2 * min(values, default=1.0)
    needed = math.ceil(math.log10(FEWEST_STEPS / half)) if half > 0 else 0
    return min(max(typed, needed, 0), max(MOST_DECIMALS, needed))


def _places(value: float) -> int:
    """Return how many decimals a number is typed with."""
    text = repr(round(value, MOST_DECIMALS))
    return 0 if "e" in text or text.endswith(".0") else len(text.partition(".")[2])
