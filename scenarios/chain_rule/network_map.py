"""Sheet Map: one input row on its way through the whole network, and the derivatives of its cost on their way back."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.chain_rule.backward import Backward
from scenarios.chain_rule.forward import Pass, in_row, row_chooser
from scenarios.chain_rule.network import SUBSCRIPTS, Network
from workbook.block import Block, Role
from workbook.book import Book
from workbook.eager import Sheet
from workbook.formula import Expr
from workbook.sheet import Style, value_of
from workbook.text import _


def map_sheet(book: Book, net: Network, passed: Pass, back: Backward) -> None:
    """Lay the whole network out on one page."""
    sheet = book.sheet("Map", _("The map: the whole network on one page"), column_width=9.5)
    sheet.step(
        _("Forward one way, backward the other"),
        _(
            "One input row runs through from left to right; the derivatives of its cost run back. A blue name leads "
            "to the step that explains it."
        ),
    )
    _Map(sheet, net, passed, back).draw()


class _Map:
    """The network in cells: numbers in every second column, and between them what happens on the way.

    Node k weighs and shifts in column 4k − 2, has z in 4k − 1, divides in 4k and has h in 4k + 1.
    """

    def __init__(self, sheet: Sheet, net: Network, passed: Pass, back: Backward) -> None:
        self.sheet, self.net, self.passed, self.back = sheet, net, passed, back
        self.row = row_chooser(sheet, "map_row", passed)
        self.top = sheet.cursor + 1

    def draw(self) -> None:
        """Draw the parameters on top, below them the nodes, then the derivatives of the nodes and of the parameters."""
        self.parameters(self.top)
        self.nodes(self.top + 6)
        self.derivatives(self.top + 9)
        self.gradients(self.top + 12)
        self.sheet.cursor = self.top + 18
        self.sheet.remark(
            _("These are the derivatives of one row's cost; the sums over all rows are on the sheet Backward.")
        )

    def caption(self, row: int, text: str) -> None:
        self.sheet.label(row, 0, text, Style.ROW)

    def arrow(self, row: int, column: int, text: str) -> None:
        self.sheet.label(row, column, text, Style.ARROW)

    def number(self, id: str, name: str, link: str, at: tuple[int, int], column: Block) -> Block:
        """Show a column's number in the chosen row."""
        role = Role.GRADIENT if column.role is Role.GRADIENT else Role.DERIVED
        return self.computed(id, name, link, at, *in_row(column, self.row), role)

    def computed(
        self, id: str, name: str, link: str, at: tuple[int, int], value: Any, cell: Expr, role: Role = Role.DERIVED
    ) -> Block:
        """Show a number, with its name above as a link."""
        row, column = at
        self.sheet.label(row - 1, column, name, Style.LINK, link=link)
        block = Block(f"map_{id}", role, np.asarray(value), formula=lambda: cell, number_format="0.000")
        return self.sheet.add(block, at=at)

    def parameters(self, top: int) -> None:
        self.caption(top + 1, _("parameters"))
        for node in self.net.nodes:
            column = 4 * node.number - 2
            places = ((top + 1, column), (top + 3, column), (top + 3, column + 2))
            for letter, cell, at in zip("wbd", (node.w, node.b, node.d), places, strict=True):
                id, name = f"{letter}{node.number}", f"{letter}{node.sub}"
                self.computed(id, name, self.net.link, at, value_of(cell), cell)
            self.arrow(top + 4, column, "↓")
            self.arrow(top + 4, column + 2, "↓")
        self.number("y", "y", self.back.cost_link, (top + 3, 14), self.back.y)
        self.arrow(top + 4, 14, "↓")

    def nodes(self, row: int) -> None:
        passed, link = self.passed, self.passed.link
        self.caption(row, _("forward →"))
        below = self.number("x", "x", link, (row, 1), passed.x)
        for node, h in zip(self.net.nodes, (passed.h1, passed.h2, passed.h3), strict=True):
            k, sub, column = node.number, node.sub, 4 * node.number - 1
            value, cell = value_of(node.w) * below.value + value_of(node.b), node.w * below + node.b
            self.computed(f"z{k}", f"z{sub}", self.net.link, (row, column), value, cell)
            below = self.number(f"h{k}", "h₃ = O" if k == 3 else f"h{sub}", link, (row, column + 2), h)
            self.arrow(row - 1, column - 1, f"·w{sub} + b{sub}")
            self.arrow(row - 1, column + 1, f"÷ d{sub}")
        self.number("C", "C", self.back.cost_link, (row, 15), self.back.C)
        self.arrow(row - 1, 14, "½(O − y)²")
        for column in range(2, 15, 2):
            self.arrow(row, column, "→")

    def derivatives(self, row: int) -> None:
        back, link = self.back, self.back.link
        self.caption(row, _("← backward"))
        self.number("dO", "∂C/∂O", link, (row, 13), back.dh[3])
        self.arrow(row - 1, 14, "O − y")
        self.arrow(row, 14, "←")
        for node in reversed(self.net.nodes):
            k, sub, column = node.number, node.sub, 4 * node.number - 1
            self.number(f"delta{k}", f"∂C/∂z{sub}", link, (row, column), back.delta[k])
            self.arrow(row - 1, column + 1, f"÷ d{sub}")
            self.arrow(row, column + 1, "←")
            if k > 1:
                self.number(f"dh{k - 1}", f"∂C/∂h{SUBSCRIPTS[k - 1]}", link, (row, column - 2), back.dh[k - 1])
                self.arrow(row - 1, column - 1, f"·w{sub}")
                self.arrow(row, column - 1, "←")

    def gradients(self, top: int) -> None:
        back, link = self.back, self.back.link
        self.caption(top + 1, _("for the parameters"))
        for node, came in zip(self.net.nodes, self.passed.incoming, strict=True):
            k, sub, column = node.number, node.sub, 4 * node.number - 2
            self.arrow(top - 1, column, f"·{came.symbol} ↙")
            self.number(f"dw{k}", f"∂C/∂w{sub}", link, (top + 1, column), back.dw[k])
            self.number(f"db{k}", f"∂C/∂b{sub}", link, (top + 3, column), back.delta[k])
