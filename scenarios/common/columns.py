"""What stands over a column (or any other block), and the sum under it."""

from __future__ import annotations

from typing import Any

from workbook.block import Block, Role
from workbook.formula import total
from workbook.items import Table
from workbook.text import _


def caption(title: str, symbol: str = "", number_format: str = "0.0000", **more: Any) -> dict[str, Any]:
    """Return a block's title, symbol and number format, with what else there is to say of it, as fields of `Block`."""
    return {"title": title, "symbol": symbol, "number_format": number_format, **more}


def yes_no() -> str:
    """Return the number format in which 1 reads yes, and 0 no."""
    return f'"{_("yes")}";;"{_("no")}"'


def sum_under(table: Table, column: Block, id: str = "", number_format: str = "0.0000") -> Block:
    """Put a column's sum under it; its id, unless another is given, is the column's with `_sum`."""
    value, formula = column.value.sum(), lambda: total(column)
    return table.total(
        column, Block(id or f"{column.id}_sum", Role.DERIVED, value, formula=formula, number_format=number_format)
    )


def shown_again(table: Table, id: str, column: Block, title: str, symbol: str = "", number_format: str = "") -> Block:
    """Show a column once more, beside what it is compared with."""
    role = Role.GRADIENT if column.role is Role.GRADIENT else Role.DERIVED
    fields = caption(title, symbol, number_format or column.number_format)
    return table.add(Block(id, role, column.value, formula=lambda i: column[i], **fields))
