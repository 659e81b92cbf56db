"""Every worked example as it ships: recalculated by every engine in both languages, and what a reader must find in it."""

from __future__ import annotations

import re

import pytest

from tests.books import by_size, made_once, written_once
from workbook.check import prove
from workbook.discovery import scenarios
from workbook.engines import available, recalculate
from workbook.sheet import HOLDS
from workbook.text import languages


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", by_size())
def test_every_cell_holds(name: str, lang: str, engine: str) -> None:
    book = made_once(name, lang)
    proof = prove(written_once(name, lang), book, engine=engine)
    assert proof.holds, proof.report()
    assert proof.cells == sum(block.value.size for block in book.blocks() if block.patterns)


@pytest.mark.slow
def test_libreoffice_calculates_the_largest_workbook_again_and_again() -> None:
    """It keeps much of what a file took, and may hold only so much: what has no room any more gets a fresh one."""
    if reason := available("libreoffice"):
        pytest.skip(reason)
    largest = written_once("digits")
    first, second = (recalculate(largest, "libreoffice") for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", scenarios())
def test_a_reader_is_led_from_step_to_step(name: str) -> None:
    book = made_once(name)
    assert [sheet.name for sheet in book.sheets][:: len(book.sheets) - 1] == ["Start", "Checks"]
    assert book.first_change
    assert [step.number for step in book.steps] == list(range(1, len(book.steps) + 1))
    assert {str(check.verdict.value) for check in book.checks} == {HOLDS}
    assert all(placed.chart.alt for sheet in book.sheets for placed in sheet.charts)
    assert all(block.number_format != "General" for block in book.blocks() if block.patterns), "only typed numbers"
    assert not [b.id for b in book.blocks() if ".#" in b.number_format], "Excel would show 1 as 1."


@pytest.mark.parametrize("name", scenarios())
def test_no_formula_takes_a_whole_row_by_index(name: str) -> None:
    """INDEX(table, n, 0) is an error in Gnumeric."""
    book = made_once(name)
    formulas = [template.at(0, 0) for block in book.blocks() for _rows, template in block.patterns]
    assert not [text for text in formulas if re.search(r"INDEX\([^()]*,0[,)]", text)]
