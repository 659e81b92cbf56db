"""A relative error of a billionth is caught in any cell of any workbook whose number is no mere rounding."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest

from tests.books import LARGE, by_size, made_once, written_once
from workbook.check import compare
from workbook.engines import Sheets, recalculate
from workbook.ledger import BlockCells, Ledger, ledger_of

SAMPLE, TOGETHER = 60, 20
"""So many cells of each workbook get an error, a part of them at a time."""

ROUNDING = 1e-14
"""So small beside a table's largest, a number is what rounding left of a 0."""

CAUGHT = 0.75
"""The least share of them: a workbook that shows how small differences get has many that are rounding alone."""

NOISE = re.compile(r"-|\bMOD\(|\bINT\(|\bROUND\(|\bSTDEV")
"""What is left of large numbers, or jumps where they round to the one side or the other."""

Planted = tuple[BlockCells, int, int]


@pytest.mark.parametrize("name", by_size())
def test_an_error_of_a_billionth_is_caught(name: str) -> None:
    path, ledger = written_once(name), ledger_of(made_once(name))
    sheets = recalculate(path)
    for block in ledger.blocks:
        block.values = block.values.copy()
    cells = [
        (block, int(row), int(column))
        for block in ledger.blocks
        if block.values.dtype.kind == "f"
        for row, column in np.argwhere(block.computed & (np.abs(block.values) > ROUNDING * np.abs(block.values).max()))
    ]
    count = SAMPLE // 3 if name in LARGE else SAMPLE
    chosen = [cells[n] for n in np.random.default_rng(1).permutation(len(cells))[:count]]
    passed = [cell for n in range(0, count, TOGETHER) for cell in not_caught(ledger, sheets, chosen[n : n + TOGETHER])]
    # an error in a cell that another reads widens what is right there: alone it may be caught after all
    passed = [cell for cell in passed if not_caught(ledger, sheets, [cell])]
    assert len(passed) <= (1 - CAUGHT) * len(chosen), [(block.id, row, column) for block, row, column in passed]
    for block, row, column in passed:
        formula = block.formula(row, column) or ""
        assert NOISE.search(formula), f"{block.id} {block.cell(row, column)}: {formula}"


def not_caught(ledger: Ledger, sheets: Sheets, planted: Sequence[Planted]) -> list[Planted]:
    """Give cells an error and return those that the comparison with an engine's does not find; take the errors back."""
    right = [block.values[row, column] for block, row, column in planted]
    for block, row, column in planted:
        block.values[row, column] *= 1 + 1e-9
    failures = compare(written_once(ledger.scenario), ledger, sheets, "ironcalc").failures
    for (block, row, column), value in zip(planted, right, strict=True):
        block.values[row, column] = value
    found = {(failure.block.id, failure.row, failure.column) for failure in failures}
    return [(block, row, column) for block, row, column in planted if (block.id, row, column) not in found]
