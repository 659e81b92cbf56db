"""Formulas of a file are found again as the fill handle made them, and each comes back letter by letter."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import numpy as np
import pytest
from network import network

from workbook import fills
from workbook.fills import TYPED, Fills, fills_of, template_of
from workbook.precedents import moved
from workbook.reader import property_of, read_ledger, was_edited
from workbook.signature import SCENARIO_PROPERTY
from workbook.writer import write

MOVING = [
    "A1*2+1",
    "$A$1+A$2+$A3",
    "SUM($B$2:B2)",
    "Data!C7+'other sheet'!D8",
    'IF(A1>0,"A1 & ""B2""",B2)',
    "LOG10(A1)+ATAN2(B1,C1)",
    "'A1'!A1",
    "100%*A1",
    "TRUE",
]
LETTER_BY_LETTER = ["SUM(A:A)+SUM(1:1)", "a1+A01", '"unmatched']


@pytest.mark.parametrize("formula", MOVING)
def test_a_template_is_what_the_fill_handle_makes(formula: str) -> None:
    template = template_of(formula, 3, 2)
    assert template.at(9, 5) == moved(formula, 6, 3)


@pytest.mark.parametrize("formula", MOVING + LETTER_BY_LETTER)
def test_a_template_gives_its_own_formula_back(formula: str) -> None:
    template = template_of(formula, 3, 2)
    assert template.at(3, 2) == formula
    assert template.column(2) % tuple(base + 3 for base in template.bases) == formula


def test_what_a_fill_has_made_is_one_template() -> None:
    cells = {(row, column): moved("$A1*B$1+C2", row, column) for row in range(300) for column in range(9)}
    which, templates = fills_of(cells, (300, 9))
    assert len(templates) == 1 and not which.any()
    assert all(templates[0].at(*at) == formula for at, formula in cells.items())


def test_whatever_stands_in_the_cells_comes_back_letter_by_letter() -> None:
    chance = random.Random(1)
    for _round in range(30):
        rows, columns = chance.randint(1, 60), chance.randint(1, 5)
        cells = {
            (row, column): moved(chance.choice((MOVING + LETTER_BY_LETTER)[: chance.randint(1, 12)]), row, column)
            for row in range(rows)
            for column in range(columns)
            if chance.random() < 0.9
        }
        which, templates = fills_of(cells, (rows, columns))
        found = {
            (int(row), int(column)): templates[int(which[row, column])].at(int(row), int(column))
            for row, column in zip(*np.nonzero(which != TYPED), strict=True)
        }
        assert found == cells


def test_formulas_that_take_turns_are_not_foretold_over_and_over(monkeypatch: pytest.MonkeyPatch) -> None:
    foretold: list[int] = []
    whole = fills._Known.foretold
    monkeypatch.setattr(
        fills._Known,
        "foretold",
        lambda known, rows: foretold.append(len(rows)) or whole(known, rows),  # type: ignore[func-returns-value]
    )
    count = 5_000
    texts = [f"A{row + 1}*{row % 2 + 2}" for row in range(count)]
    numbers = Fills().numbers(np.arange(count, dtype=np.int32), np.zeros(count, dtype=np.int32), texts)
    assert numbers.tolist() == [row % 2 for row in range(count)]
    assert sum(foretold) < 10 * count  # what is wrong with the first is wrong with few


def test_a_block_counts_its_formulas_from_its_own_corner(tmp_path: Path) -> None:
    book = network()
    write(book, tmp_path / "book.xlsx")
    for block in read_ledger(tmp_path / "book.xlsx").blocks:
        for row, column in np.ndindex(block.shape):
            assert block.formula(row, column) == book[block.id].formula_at(row, column)


def test_properties_beyond_the_limit_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docProps/custom.xml", b'name="scenario"><vt:lpwstr>xor<' + b" " * (1 << 24))
    assert property_of(path, SCENARIO_PROPERTY) == "" and was_edited(path)
