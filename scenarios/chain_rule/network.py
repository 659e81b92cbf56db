"""Sheet Network: three nodes in a line, and the nine numbers that they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.columns import caption
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.formula import Expr, Operand, Ref, cell_name
from workbook.sheet import Sheet
from workbook.text import _

DIVISORS = np.array([8.0, 7.0, 9.0])
NAMES = ["w₁", "b₁", "w₂", "b₂", "w₃", "b₃"]
IDS = ["w1", "b1", "w2", "b2", "w3", "b3"]
SUBSCRIPTS = "₀₁₂₃"

WEIGHT = Between(-20, 20)
DIVISOR = Between(0.5, 1000)
NUDGE = Between(0.001, 10)
DATA = Between(-1e4, 1e4)
"""Wide enough to play; beyond, the numbers in the sentences would have more digits than a spreadsheet keeps."""

TYPED, LONG = "0.0###", "0.000000"


@dataclass(frozen=True)
class Node:
    """A node's cells; `names` are those of its weight and its bias."""

    number: int
    w: Ref
    b: Ref
    d: Ref
    names: Sequence[str]

    @property
    def sub(self) -> str:
        """The number as a subscript."""
        return SUBSCRIPTS[self.number]

    def output(self, incoming: Operand) -> Expr:
        """Return the formula of what the node gives: weigh, shift and shrink."""
        return (self.w * incoming + self.b) / self.d

    def math(self, incoming: str) -> str:
        """Return the same for the reader."""
        weight, bias = self.names
        return f"({weight}·{incoming} + {bias})/d{self.sub}"


@dataclass(frozen=True)
class Network:
    """The parameters: one row a node in each block; `link` is the cell of the step that introduces them."""

    w: Block
    b: Block
    d: Block
    link: str

    @property
    def cells(self) -> list[Ref]:
        """The cells of w1, b1, w2, b2, w3, b3."""
        return [block[k] for k in range(3) for block in (self.w, self.b)]

    @property
    def theta(self) -> Array:
        """Their values, (6,)."""
        return np.column_stack([self.w.value, self.b.value]).ravel()

    @property
    def nodes(self) -> list[Node]:
        """The three nodes, from the input on."""
        return self.nodes_with(self.cells)

    def nodes_with(self, cells: Sequence[Ref], names: Sequence[str] = NAMES) -> list[Node]:
        """Return the nodes with other parameters, in theta's order."""
        return [Node(k + 1, cells[2 * k], cells[2 * k + 1], self.d[k], names[2 * k : 2 * k + 2]) for k in range(3)]


def network_sheet(book: Book, settings: Mapping[str, Any]) -> Network:
    """The equations, and the nine numbers that they hold."""
    sheet = book.sheet("Network", _("The network: three nodes in a line"))
    sheet.step(
        _("Three nodes, each weighs, shifts and shrinks"),
        _(
            "Every node multiplies what comes in by its weight, adds its bias, and divides; what it gives is what "
            "the next node gets."
        ),
        "x → h₁ → h₂ → h₃ = O",
    )
    sheet.math("z₁ = w₁·x + b₁       h₁ = f₁(z₁) = z₁/d₁")
    sheet.math("z₂ = w₂·h₁ + b₂      h₂ = f₂(z₂) = z₂/d₂")
    sheet.math("z₃ = w₃·h₂ + b₃      h₃ = f₃(z₃) = z₃/d₃ = O")
    sheet.gap()
    three = {letter: np.array([settings[f"{letter}{node}"] for node in (1, 2, 3)]) for letter in "wbd"}
    with sheet.table(Counter(_("node ")), 3) as table:
        w = table.given("w", three["w"], valid=WEIGHT, **caption(_("weight"), "w", TYPED))
        b = table.given("b", three["b"], valid=WEIGHT, **caption(_("bias"), "b", TYPED))
        d = table.given("d", three["d"], valid=DIVISOR, article=DIVISORS, **caption(_("divisor"), "d", TYPED))
    sheet.remark(_("Printed in the article: the divisors 8, 7 and 9 (the activation functions 1/8, 1/7 and 1/9)."))
    sheet.remark(
        _(
            "Chosen here, since the article's picture is lost: weights and biases, the numbers 1 to 6, placed so "
            "that the input 2 gives h₁ = h₂ = O = 1."
        )
    )
    return Network(w, b, d, step_link(sheet))


def step_link(sheet: Sheet) -> str:
    """Return the cell of the sheet's step that was begun last, for a link."""
    _title, index = sheet.step_labels[-1]
    return f"{sheet.name}!{cell_name(sheet.labels[index].row, 0)}"
