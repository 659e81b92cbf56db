"""The network laid out from left to right: numbers in every second lane, and between them what happens on the way.

Neuron k weighs and shifts in lane 4k − 2, has z in 4k − 1, divides in 4k and has h in 4k + 1; x stands in lane 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.chain_rule.network import TYPED, Network, Node
from workbook.block import Block, Role, Shading
from workbook.formula import Expr, Ref
from workbook.page import Grid, Page, Words
from workbook.sheet import Style, value_of

LANES = range(17)


@dataclass(frozen=True)
class Passed:
    """One input on its way: z and h of each neuron, in order."""

    x: Ref
    z: tuple[Block, ...]
    h: tuple[Block, ...]

    @property
    def along(self) -> list[Block]:
        """All that is passed on, from z₁ to h₃."""
        return [block for pair in zip(self.z, self.h, strict=True) for block in pair]

    @property
    def incoming(self) -> list[Ref]:
        """What comes into each neuron."""
        return [self.x, self.h[0].whole(), self.h[1].whole()]


class Strips:
    """A grid of strips on a page; `id` begins the ids of its numbers."""

    def __init__(self, page: Page, id: str, net: Network) -> None:
        self.grid: Grid = page.grid(close=LANES)
        self.id = id
        self.net = net

    def words(self, band: int, lane: int, *texts: str, style: Style = Style.ARROW) -> None:
        """Put texts below one another."""
        for text in texts:
            self.grid.put(band, lane, Words(text, style))

    def number(self, band: int, lane: int, id: str, value: Any, formula: Expr, role: Role = Role.DERIVED) -> Block:
        """Put a number."""
        value = np.asarray(value, dtype=float)
        block = Block(
            f"{self.id}_{id}", role, value, formula=lambda: formula, number_format=TYPED, shading=Shading.WHOLE
        )
        self.grid.put(band, lane, block)
        return block

    def parameters(self, band: int) -> None:
        """Put weight, bias and divisor of each neuron over their places."""
        for node in self.net.nodes:
            lane = 4 * node.number - 2
            for letter, cell, at in (("w", node.w, lane), ("b", node.b, lane), ("d", node.d, lane + 2)):
                self.words(band, at, f"{letter}{node.sub}")
                self.number(band, at, f"{letter}{node.number}", value_of(cell), cell)
            self.words(band, lane, "↓")
            self.words(band, lane + 2, "", "", "↓")

    def names(self, band: int) -> None:
        """Put the names of the numbers over a strip."""
        self.words(band, 0, "")
        self.words(band, 1, "x")
        for node in self.net.nodes:
            k, sub, lane = node.number, node.sub, 4 * node.number - 2
            self.words(band, lane, f"·w{sub} + b{sub}")
            self.words(band, lane + 1, f"z{sub}")
            self.words(band, lane + 2, f"÷ d{sub}")
            self.words(band, lane + 3, "h₃ = O" if k == 3 else f"h{sub}")

    def forward(self, band: int, caption: str, nodes: list[Node], x: Ref, suffix: str = "") -> Passed:
        """Put a forward pass."""
        self.words(band, 0, caption, style=Style.ROW)
        came: Ref = self.number(band, 1, f"x{suffix}", value_of(x), x).whole()
        first, z, h = came, [], []
        for node in nodes:
            k, lane = node.number, 4 * node.number - 2
            weighed = value_of(node.w) * value_of(came) + value_of(node.b)
            z.append(self.number(band, lane + 1, f"z{k}{suffix}", weighed, node.w * came + node.b))
            h.append(self.number(band, lane + 3, f"h{k}{suffix}", weighed / value_of(node.d), z[-1] / node.d))
            self.words(band, lane, "→")
            self.words(band, lane + 2, "→")
            came = h[-1].whole()
        return Passed(first, tuple(z), tuple(h))

    def change(self, band: int, caption: str, turned: Passed, before: Passed) -> list[Block]:
        """Put how far each number moved."""
        self.words(band, 0, caption, style=Style.ROW)
        moved = []
        for number, (new, old) in enumerate(zip(turned.along, before.along, strict=True)):
            lane = 3 + 2 * number
            moved.append(self.number(band, lane, f"change{number + 1}", new.value - old.value, new - old))
            if number:
                self.words(band, lane - 1, "→")
        return moved
