"""A book as a notebook shows it: its lessons' tables, in the colours of their roles."""

from __future__ import annotations

from html import escape
from typing import Any

from workbook.block import SIGNS, Block
from workbook.book import Book
from workbook.ledger import BlockCells, Ledger, ledger_of
from workbook.palette import LESSONS, LINE, ROLE_FILL, ROLE_INK
from workbook.sheet import named

MOST_ROWS, MOST_COLUMNS = 12, 12
"""A larger table is cut; the workbook has all of it."""

CELL = f"padding:2px 8px;border:1px solid {LINE};text-align:right"


def shown(book: Book) -> str:
    """Return a book as HTML: what it is, and every lesson folded, its blocks as tables."""
    ledger = ledger_of(book)
    cells = {each.id: each for each in ledger.blocks}
    parts = [f"<h3>{escape(book.title)}</h3><p>{escape(book.summary)}</p>"]
    for sheet in book.sheets:
        if sheet.kind in LESSONS:
            tables = "".join(_table(block, cells[block.id], ledger) for block in sheet.blocks)
            heading = f"{escape(sheet.name)} · {escape(sheet.title)}"
            parts.append(f"<details><summary>{heading}</summary>{tables}</details>")
    return "".join(parts)


def _table(block: Block, cells: BlockCells, ledger: Ledger) -> str:
    if block.is_text and block.value.ndim == 0:
        return f"<p>{escape(str(block.value))}</p>"
    rows, columns = cells.values.shape
    kept_rows, kept_columns = range(min(rows, MOST_ROWS)), range(min(columns, MOST_COLUMNS))
    colours = f"background:{ROLE_FILL[block.role]};color:{ROLE_INK[block.role]}"
    head = ""
    if columns > 1:
        names = "".join(f'<th style="{CELL}">{escape(ledger.column_label(cells, c))}</th>' for c in kept_columns)
        head = f"<tr><th></th>{names}</tr>"
    lines = []
    for row in kept_rows:
        numbers = "".join(f'<td style="{CELL};{colours}">{_number(cells.values[row, c])}</td>' for c in kept_columns)
        lines.append(f"<tr><th>{escape(ledger.row_label(cells, row))}</th>{numbers}</tr>")
    cut = "" if (rows, columns) == (len(kept_rows), len(kept_columns)) else f"<caption>{rows} × {columns}, …</caption>"
    title = f"{SIGNS[block.role]} {escape(named(block) or block.id)}"
    return f"<p><b>{title}</b></p><table>{cut}{head}{''.join(lines)}</table>"


def _number(value: Any) -> str:
    return escape("" if value is None else str(value)) if isinstance(value, str | None) else f"{value:.4g}"
