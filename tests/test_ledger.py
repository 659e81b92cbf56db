"""A ledger says of every cell what the book says, without an object a cell."""

from __future__ import annotations

import numpy as np
from network import network

from workbook.block import Counter
from workbook.book import Book
from workbook.ledger import ledger_of


def test_a_ledger_has_every_block_in_reading_order() -> None:
    book = network()
    ledger = ledger_of(book)
    assert (ledger.scenario, ledger.language) == ("network", "en")
    assert [block.id for block in ledger.blocks] == [block.id for block in book.blocks()]
    assert list(ledger.sheets) == ["Start", "Inputs", "Forward", "Backward", "Update", "Checks"]


def test_values_lie_as_on_the_sheet() -> None:
    book = network()
    for cells in ledger_of(book).blocks:
        block = book[cells.id]
        assert cells.shape == (block.place.rows, block.place.columns)
        assert (cells.sheet, cells.row, cells.column) == (block.place.sheet, block.place.row, block.place.column)
        assert cells.role == block.role.value
        assert cells.values.tolist() == block.grid().tolist()


def test_formulas_are_those_of_the_block() -> None:
    book = network()
    ledger = ledger_of(book)
    count = 0
    for cells in ledger.blocks:
        for row, column in np.ndindex(cells.shape):
            formula = cells.formula(row, column)
            assert formula == book[cells.id].formula_at(row, column)
            assert (formula is not None) == cells.computed[row, column]
            count += formula is not None
    assert ledger.formula_count == count


def test_texts_are_no_numbers() -> None:
    blocks = {cells.id: cells for cells in ledger_of(network()).blocks}
    assert np.isnan(blocks["first"].numbers).all()
    assert blocks["loss"].numbers.tolist() == blocks["loss"].values.tolist()


def test_a_table_has_its_columns_titles_and_its_rows_counters() -> None:
    book = Book("s", "t", "a", "s")
    sheet = book.page("S", "S")
    with sheet.table(Counter("epoch "), 3) as table:
        table.given("x", np.arange(3.0), title="input", symbol="x")
        table.given("y", np.arange(3.0), title="output", symbol="y", math="y = x")
    ledger = ledger_of(book.finish())
    x, y = (cells for cells in ledger.blocks if cells.id in ("x", "y"))
    assert [ledger.row_label(y, row) for row in range(3)] == ["epoch 1", "epoch 2", "epoch 3"]
    assert ledger.column_label(x, 0) == "input"
    assert ledger.column_label(y, 0) == "output"


def test_formulas_are_written_when_asked_for() -> None:
    book = Book("large", "t", "a", "s")
    sheet = book.page("S", "S")
    a = sheet.given("a", np.zeros((500, 500)))
    sheet.derived("b", np.zeros((500, 500)), lambda i, j: a[i, j] * 2)
    book.finish()
    ledger = ledger_of(book)
    assert ledger.formula_count == 250_000
    assert ledger.blocks[1].formula(499, 499) is not None
