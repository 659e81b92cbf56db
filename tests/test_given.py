"""Whoever makes a book may replace every number that is given: values come from blocks, so the book is proven again."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from proof import assert_proven

from tests.books import by_size, made_once
from workbook.block import Between, Block, Role
from workbook.discovery import find_scenario


def another(block: Block) -> NDArray[np.float64]:
    """Return other numbers that may be typed into a block: a little larger, or smaller where they would be too large."""
    assert isinstance(block.valid, Between)
    step = 1.0 if block.valid.whole else 0.03 * np.abs(block.value) + 0.01
    up, down = block.valid.high - block.value, block.value - block.valid.low
    if not block.valid.whole:
        up, down = np.minimum(step, up / 2), np.minimum(step, down / 2)
        return np.where(up > 0, block.value + up, block.value - down)
    return np.where(up >= 1, block.value + 1, block.value - 1)


@pytest.mark.parametrize("name", by_size())
def test_every_given_number_may_be_another(name: str) -> None:
    given = [block for block in made_once(name).blocks() if block.role is Role.GIVEN]
    replaced = {block.id: another(block) for block in given if isinstance(block.valid, Between) and not block.is_text}
    assert replaced
    book = find_scenario(name).make(given=replaced)
    for id, value in replaced.items():
        np.testing.assert_array_equal(book[id].value, value)
    assert_proven(book)
