"""The map: a whole network on one page, where every table lies so that row meets column.

Down the middle the forward pass: a row of W (left) meets a column of activations (above) at their Z. Beside it, going
up, the backward pass: a row of δ (left) meets a column of Aᵀ (above) at their ∂C/∂W, which lies as W lies. Signs and
arrows stand between the tables, the tint of a weight is its sign and size, and each table's name leads by link to the
step that explains it.

Symbols and shapes are those of `dense`: W (n, k), b (n,), Z, A, δ (n, m).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from scenarios.common.dense import Backward, Forward, Layer, examples, sup
from workbook.addresses import cell_name
from workbook.block import Block, Counter, Headings, Role, Shading
from workbook.eager import Sheet
from workbook.fit import shown_width
from workbook.sheet import Style, named
from workbook.text import _

FORMAT = "0.000"
SIGN, COUNTER = 3.0, 9.0
"""The widths, in characters, of a column that holds only + or =, and of the one with i = 1, 2, …"""
LARGEST = 9999.0
"""What a cell has room for with either sign, whatever is typed: a number ten times the largest that is there, and this."""
PRODUCT = 25.0
"""How many characters the name of a table takes that says what it is computed from."""


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
        self.examples = passed.A[0].shape[1]
        self.plus = 1 + max(layer.inputs for layer in layers)
        self.equals = self.plus + (2 if any(layer.b is not None for layer in layers) else 0)
        self.values = self.equals + 1
        self.deltas = self.values + self.examples + 1
        self.db = self.deltas + self.examples + 1
        self.dW = self.db + 2
        if sheet.column_width is not None:
            sheet.column_width = max(sheet.column_width, self.room())
            written = self.examples * sheet.column_width
            sheet.widths |= {0: SIGN, self.plus: SIGN, self.equals: SIGN, self.dW - 1: COUNTER}
            sheet.widths |= {column: max(SIGN, PRODUCT - written) for column in (self.deltas - 1, self.db - 1)}

    def room(self) -> float:
        """Return the width, in characters, that holds every number of the map, and larger ones that may be typed."""
        tables = [*self.passed.A, *self.passed.Z, *(layer.W for layer in self.layers)]
        if self.back is not None:
            tables += [*self.back.delta.values(), *self.back.dW.values()]
        largest = max(LARGEST, *(10 * float(np.abs(table.value).max()) for table in tables if table is not None))
        return shown_width(-largest, FORMAT) + 1.0

    def draw(self, Y: Block, cost: Block) -> None:
        self.legend()
        row = self.sheet.cursor
        self.sheet.label(row, self.values, _("forward ↓"), Style.ARROW)
        if self.back is not None:
            self.sheet.label(row, self.deltas, _("backward ↑"), Style.ARROW)
        row = self.inputs(row + 2)
        for layer, above in [*pairwise(self.layers), (self.layers[-1], None)]:
            row = self.layer(layer, above, row + 2)
        for block in (Y, cost):
            row = self.copy(block, row + 2, self.values, named(block))
        self.sheet.cursor = row + 2
        self.sheet.one_page = self.sheet.column_width is not None

    def legend(self) -> None:
        """Say what the places and the tints mean."""
        if self.back is not None:
            self.sheet.remark(_("On the right a row of δ meets a column of Aᵀ (above) at ∂C/∂W, which lies as W lies."))
        self.sheet.remark(_("The tint of a weight is its sign: blue is positive, red negative."))
        if any(layer.activation.name == "relu" for layer in self.layers):
            self.sheet.remark(_("Grey is what ReLU shut off."))
        self.sheet.gap()

    def inputs(self, row: int) -> int:
        """Show the input, with the numbers of the examples above it; return the row from which layer 1 counts."""
        X = self.passed.A[0]
        below = self.copy(
            X, row + 1, self.values, " — ".join(filter(None, ["X", X.title])) + f" {_shape(X)}", columns=examples()
        )
        return max(below, self.below_transposed(row - 1))

    def below_transposed(self, free: int) -> int:
        """Return the first row that a layer can count from when the rows from `free` on hold its input, transposed."""
        return free + 2 + self.examples if self.back is not None else free

    def layer(self, layer: Layer, above: Layer | None, row: int) -> int:
        """Lay out a layer from a row on; return the row from which the next one counts."""
        number = layer.number
        s, before = sup(number), "X" if number == self.layers[0].number else f"A{sup(number - 1)}"
        middle = row + (layer.units - 1) // 2
        self.copy(layer.W, row, self.plus - layer.inputs, f"W{s} {_shape(layer.W)}", shading=Shading.DIVERGING)
        if layer.b is not None:
            self.copy(layer.b, row, self.plus + 1, f"b{s}", shading=Shading.DIVERGING)
            self.sheet.label(middle, self.plus, "+", Style.ARROW)
        self.sheet.label(middle, self.equals, "=", Style.ARROW)
        plus_b = f" + b{s}" if layer.b is not None else ""
        Z = self.passed.z(number)
        below = self.copy(Z, row, self.values, f"↓ Z{s} = W{s}·{before}{plus_b} {_shape(Z)}")
        shared = self.back is not None and number not in self.back.slope  # softmax has no slope for each unit alone
        g = "softmax" if shared else layer.activation.symbol
        bottom = self.copy(self.passed.A[number], below + 1, self.values, f"↓ A{s} = {g}(Z{s})")
        if self.back is None:
            return bottom
        self.gradients(layer, above, self.back, row, below + 1)
        return bottom if above is None else max(bottom, self.below_transposed(below + 1))

    def gradients(self, layer: Layer, above: Layer | None, back: Backward, row: int, below: int) -> None:
        """Lay out a layer's backward pass beside it: δ from a row on, g′ further `below`."""
        number = layer.number
        s = sup(number)
        delta = back.delta[number]
        if above is None:
            made_of = delta.math.split(",  ")[0].removeprefix(f"δ{s} = ")
        else:
            made_of = f"(W{sup(above.number)})ᵀ·δ{sup(above.number)} ∗ {layer.activation.symbol}′(Z{s})"
        self.copy(delta, row, self.deltas, f"↑ δ{s} = {made_of}")
        if number in back.slope:
            self.copy(back.slope[number], below, self.deltas, f"{layer.activation.symbol}′(Z{s})")
        if number in back.db:
            db = back.db[number]
            self.copy(db, row, self.db, " = ".join(filter(None, [f"∂C/∂b{s}", db.math])))
        dW = back.dW[number]
        self.copy(dW, row, self.dW, " = ".join(filter(None, [f"∂C/∂W{s}", dW.math])) + f" {_shape(dW)}")
        A = self.passed.A[number - 1]
        self.transposed(A, row - 1 - self.examples, "Xᵀ" if layer is self.layers[0] else f"(A{sup(number - 1)})ᵀ")

    def transposed(self, A: Block, row: int, name: str) -> None:
        """Show a layer's input once more, from a row on above its ∂C/∂W: one example a row."""
        self.link(A, row - 2, self.dW, f"{name} [{self.examples}×{len(A.value)}]")
        self.sheet.add(
            Block(
                f"map_{A.id}_T",
                Role.DERIVED,
                A.value.T,
                formula=lambda i, k: A[k, i],
                number_format=FORMAT,
                rows=examples(),
                columns=Counter("k = "),
            ),
            at=(row, self.dW),
        )

    def copy(
        self,
        block: Block,
        row: int,
        column: int,
        name: str,
        shading: Shading | None = None,
        columns: Headings = None,
    ) -> int:
        """Show a block's cells again, with its name above as a link to where it is made; return the row below."""
        self.link(block, row - (1 if columns is None else 2), column, name)
        role = Role.DERIVED if block.role is Role.GIVEN else block.role
        shown = Block(
            f"map_{block.id}",
            role,
            block.value,
            formula=lambda *at: block[at],
            along=block.along,
            number_format=FORMAT,
            columns=columns,
            shading=Shading.MASK if block.shading is Shading.MASK else shading,
        )
        self.sheet.add(shown, at=(row, column))
        return row + block.place.rows

    def link(self, block: Block, row: int, column: int, name: str) -> None:
        place = block.place
        self.sheet.label(row, column, name, Style.LINK, link=f"{place.sheet}!{cell_name(place.row, place.column)}")


def _shape(block: Block) -> str:
    return "[{}×{}]".format(*block.grid().shape)
