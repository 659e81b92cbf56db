"""A forward pass, by NumPy and as columns of a sheet; and the cell that picks one row of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.chain_rule.network import LONG, Node
from scenarios.common.activations import Array
from scenarios.common.columns import caption
from workbook.block import Block
from workbook.eager import Table
from workbook.formula import Expr, pick
from workbook.page import Table as PageTable


@dataclass(frozen=True)
class Pass:
    """A forward pass over all rows, (n,) each."""

    x: Block
    h1: Block
    h2: Block
    h3: Block

    @property
    def incoming(self) -> list[Block]:
        """What comes into each neuron."""
        return [self.x, self.h1, self.h2]


def forward(theta: Array, d: Array, x: Array | float) -> Array:
    """Return h1, h2 and h3 for the inputs x, (3, …)."""
    w1, b1, w2, b2, w3, b3 = theta
    h1 = (w1 * x + b1) / d[0]
    h2 = (w2 * h1 + b2) / d[1]
    h3 = (w3 * h2 + b3) / d[2]
    return np.stack([h1, h2, h3])


def forward_columns(
    table: Table | PageTable, nodes: Sequence[Node], values: Array, x: Block, titles: Sequence[str], suffix: str = ""
) -> list[Block]:
    """Add h1, h2 and h3 as columns, each of which reads the one before; return them.

    With a `suffix` for their ids, they belong to changed parameters, and their symbols are primed.
    """
    passed = [x]
    for node, value, title in zip(nodes, values, titles, strict=True):
        passed.append(_output(table, node, value, passed[-1], title, suffix))
    return passed[1:]


def _output(table: Table | PageTable, node: Node, value: Array, incoming: Block, title: str, suffix: str) -> Block:
    symbol = f"h{node.sub}{'′' if suffix else ''}"
    fields = caption(title, symbol, LONG if node.number == 3 else "0.0000", math=node.math(incoming.symbol))
    return table.derived(f"h{node.number}{suffix}", value, lambda i: node.output(incoming[i]), **fields)


def in_row(column: Block, row: Block) -> tuple[Any, Expr]:
    """Return value and formula of a column's number in the chosen row."""
    return column.value[int(row.value) - 1], pick(column, row)
