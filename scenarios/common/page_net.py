"""A net as the page of the network shows it: tables without headings, where row meets column. Symbols and shapes as in `net`."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.layer import Layer
from scenarios.common.net import Net
from workbook.block import Block, Counter, Formula, Role, Shading
from workbook.formula import Operand, added, dot

SLOPE = "0.000"
"""Slopes are small: three decimals show them."""


class PageNet(Net):
    """A net whose tables stand without headings, where row meets column."""

    def _table(
        self, role: Role, name: str, layer: Layer, value: Array, formula: Formula, symbol: str, title: str, math: str,
        *, masked: bool = False,
    ) -> Block:  # fmt: skip
        shading = Shading.MASK if masked and layer.activation.name == "relu" else None
        id, form = self._id(f"{name}{layer.number}"), SLOPE if role is Role.GRADIENT else "0.00"
        if name == "dA" and layer is not self.last:  # a column of W for every row, so each row has a formula of its own
            W, d = self.layer(layer.number + 1).W, self.delta[layer.number + 1]
            rows = [_column_of(W, d, k) for k in range(layer.units)]
            return Block(id, role, value, each=rows, number_format=form)
        return Block(id, role, value, formula=formula, number_format=form, shading=shading)

    def _heads(self, slopes: bool, vector: bool = False) -> dict[str, Any]:
        return {
            "columns": Counter("∂w") if slopes and not vector else None,
            "number_format": SLOPE if slopes else "0.00",
        }

    def loss_of_all(self, title: str) -> Block:
        """Return the loss of all examples together, (), in one cell."""
        each = self.loss.value(self.output.value, self.Y.value)

        def formula() -> Operand:
            return self.shared(added(*(self.unit_losses(i) for i in range(self.examples))), self.Y[0, :])

        value = each.mean() if self.loss.mean else each.sum()
        return Block(
            self._id("C"), Role.DERIVED, np.asarray(value), title, "L", formula=formula, number_format="0.0000"
        )


def _column_of(W: Block, d: Block, k: int) -> Formula:
    return lambda i: dot(W[:, k], d[:, i])
