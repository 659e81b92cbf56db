"""How cells are called."""

from __future__ import annotations

from functools import cache


@cache
def column_letters(column: int) -> str:
    """Return a column's letters; columns count from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Return a cell's name, such as B5; rows and columns count from 0."""
    return f"{column_letters(column)}{row + 1}"
