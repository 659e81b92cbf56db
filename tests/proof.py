"""What every test of a scenario needs: recalculate a book and compare every formula cell with NumPy's value."""

from __future__ import annotations

import tempfile
from pathlib import Path

from workbook.book import Book
from workbook.check import prove
from workbook.writer import write


def assert_proven(book: Book, engine: str = "ironcalc") -> int:
    """Write the book, recalculate it, and fail with the checker's report if a cell disagrees; return the cells compared."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{book.name}.xlsx"
        write(book, path)
        proof = prove(path, book, engine=engine)
    assert proof.holds, proof.report()
    return proof.cells


def formula_texts(book: Book) -> dict[str, list[str]]:
    """Return each block's formula patterns, to show that they do not change with the numbers."""
    return {block.id: [template.at(0, 0) for _rows, template in block.patterns] for block in book.blocks()}
