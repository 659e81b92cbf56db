"""What every test of a scenario needs: the proof of every formula cell, and the formulas' patterns."""

from __future__ import annotations

from workbook.book import Book
from workbook.testing import assert_proven

__all__ = ["assert_proven", "formula_texts"]


def formula_texts(book: Book) -> dict[str, list[str]]:
    """Return each block's formula patterns, to show that they do not change with the numbers."""
    return {block.id: [template.at(0, 0) for _rows, template in block.patterns] for block in book.blocks()}
