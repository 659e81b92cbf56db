"""The map: a whole network on one page.

Down the middle the forward pass: every Z lies where its row of W (to the left) meets its column of activations (above).
Beside it, going up, the backward pass: δ beside Z, dW to its right. Each table's name leads by link to the step that
explains it.
"""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.common.dense import Backward, Forward, Layer, sup
from workbook.block import Block, Counter, Role, Shading
from workbook.formula import cell_name
from workbook.sheet import Sheet, Style
from workbook.text import _

FORMAT = "0.000"


def network_map(
    sheet: Sheet, layers: Sequence[Layer], passed: Forward, Y: Block, cost: Block, back: Backward | None = None
) -> None:
    """Lay the network out on the sheet: Y is the target, `cost` one number or one for each example."""
    _Map(sheet, layers, passed, back).draw(Y, cost)


class _Map:
    """The columns where each kind of table lies, and what is put there."""

    def __init__(self, sheet: Sheet, layers: Sequence[Layer], passed: Forward, back: Backward | None) -> None:
        self.sheet = sheet
        self.layers = layers
        self.passed = passed
        self.back = back
        self.widest = max(layer.inputs for layer in layers)
        examples = passed.A[0].shape[1]
        self.bias = 1 + self.widest
        self.values = self.bias + 1
        self.deltas = self.values + examples + 1
        self.db = self.deltas + examples
        self.dW = self.db + 1

    def draw(self, Y: Block, cost: Block) -> None:
        sheet = self.sheet
        row = sheet.cursor
        self.arrow(row, self.values, _("forward ↓"))
        if self.back is not None:
            self.arrow(row, self.deltas, _("backward ↑"))
        row = self.copy(self.passed.A[0], row + 2, self.values, "X", Counter("k = "))
        for layer in self.layers:
            row = self.layer(layer, row + 2)
        row = self.copy(Y, row + 2, self.values, "Y", Counter("j = "))
        self.copy(cost, row + 2, self.values, "C", None)
        sheet.cursor = row + 4

    def arrow(self, row: int, column: int, text: str) -> None:
        self.sheet.label(row, column, text, Style.ARROW)

    def layer(self, layer: Layer, row: int) -> int:
        """Lay out a layer from a row on; return the row below it."""
        number = layer.number
        s = sup(number)
        self.copy(layer.W, row, self.bias - layer.inputs, f"W{s}", None)
        if layer.b is not None:
            self.copy(layer.b, row, self.bias, f"b{s}", None)
        if self.back is not None:
            self.copy(self.back.delta[number], row, self.deltas, f"δ{s}", None)
            if number in self.back.db:
                self.copy(self.back.db[number], row, self.db, f"∂b{s}", None)
            self.copy(self.back.dW[number], row, self.dW, f"∂W{s}", None)
        below = self.copy(self.passed.z(number), row, self.values, f"Z{s}", None)
        if self.back is not None and number in self.back.slope:  # softmax has no slope of its own for each unit
            self.copy(self.back.slope[number], below + 1, self.deltas, "g′", None)
        return self.copy(self.passed.A[number], below + 1, self.values, f"A{s}", None)

    def copy(self, block: Block, row: int, column: int, name: str, rows: Counter | None) -> int:
        """Show a block's cells again, with its name above as a link to where it is made; return the row below."""
        place = block.place
        self.sheet.label(row - 1, column, name, Style.LINK, link=f"{place.sheet}!{cell_name(place.row, place.column)}")
        role = Role.DERIVED if block.role is Role.GIVEN else block.role
        shown = Block(
            f"map_{block.id}",
            role,
            block.value,
            formula=lambda *at: block[at],
            along=block.along,
            number_format=FORMAT,
            shading=Shading.MASK if block.shading is Shading.MASK else None,
        )
        self.sheet.add(shown, at=(row, column))
        return row + place.rows
