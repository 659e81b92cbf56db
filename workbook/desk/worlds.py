"""Other worlds: the same exercise with other given numbers, in which a formula must be right too."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from workbook.block import Between, Block, OneOf, Role

LEAST, MOST = 0.15, 0.45
"""How far a number is moved, in parts of its size; one near 0 as if it were SMALLEST."""
SMALLEST = 0.3
DECIMALS = 4

Given = Mapping[str, NDArray[np.float64]]


def moves(block: Block) -> bool:
    """Tell whether the numbers of a given block can be others: measures, not choices and not counts."""
    whole = isinstance(block.valid, Between) and block.valid.whole
    return block.role is Role.GIVEN and not block.is_text and not isinstance(block.valid, OneOf) and not whole


def others(blocks: Iterable[Block], seed: int, tries: int) -> Iterator[Given]:
    """Yield given numbers that differ from those of the blocks: bold ones first, then ever nearer to what they were."""
    blocks = list(blocks)
    for n in range(tries):
        draw = random.Random(f"{seed} {n}")
        shrink = 0.5 ** (n // 4)
        yield {block.id: _moved(block, draw, shrink) for block in blocks if moves(block)}


def _moved(block: Block, draw: random.Random, shrink: float) -> NDArray[np.float64]:
    values = np.array(block.value, dtype=float)
    low, high = (block.valid.low, block.valid.high) if isinstance(block.valid, Between) else (-np.inf, np.inf)
    for at, value in np.ndenumerate(values):
        step = shrink * draw.uniform(LEAST, MOST) * max(abs(value), SMALLEST)
        there = value + step * draw.choice((-1, 1))
        if not low <= there <= high:
            there = 2 * value - there
        if value and there * value < 0:
            there = value + abs(step) * np.sign(value)  # no sign changes: a logarithm or a divisor may hang on it
        values[at] = round(float(np.clip(there, low, high)), DECIMALS)
    return values
