"""Sheet Tree: what moves what; a rate on every arrow, and at the right the influence on the loss."""

from __future__ import annotations

import numpy as np

from scenarios.backprop_chain.backward import below
from scenarios.common.layer import Layer, sup
from scenarios.common.net import Net
from workbook.block import Block, Role
from workbook.book import Book
from workbook.formula import Ref
from workbook.page import Grid, Words
from workbook.sheet import Kind, Style, value_of
from workbook.text import _

LEFT, MIDDLE, RIGHT, FAR = 0, 1, 2, 3
"""Lanes: w, the chain itself, b, and the influence."""


def tree_page(book: Book, net: Net, loss: Block) -> None:
    page = book.page("Tree", _("The tree of influences"), kind=Kind.DEEPER, column_width=24.0)
    page.step(
        _("Who moves whom"),
        _("Read down: each number is moved by those above it, and the rate on the arrow says how strongly; multiply the rates on a path and you have the influence on L."),
        "∂L/∂w³ = ∂z³/∂w³ · ∂a³/∂z³ · ∂L/∂a³",
    )  # fmt: skip
    tree = _Tree(page.grid(tight=True))
    tree.grid.put(0, FAR, Words(_("influence on L"), Style.NAME))
    for layer in net.layers:
        tree.branch(net, layer)
    dA = book["behind3"][0]
    tree.node(MIDDLE, "a³", net.output[0, 0])
    tree.node(RIGHT, "y", net.Y[0, 0])
    tree.node(FAR, "∂L/∂a³", dA, Role.GRADIENT)
    tree.band += 1
    tree.node(MIDDLE, "↓ ∂L/∂a³ = 2(a³ − y)", dA, Role.GRADIENT)
    tree.band += 1
    tree.node(MIDDLE, "L", loss.whole())


class _Tree:
    """Where the next row of the tree goes."""

    def __init__(self, grid: Grid) -> None:
        self.grid, self.band = grid, 1

    def node(self, lane: int, name: str, cell: Ref, role: Role = Role.DERIVED) -> None:
        """Show a number with its name above it, or a rate with its arrow."""
        shown = Block(f"tree_{self.band}_{lane}", role, np.asarray(value_of(cell)), formula=lambda: cell)
        self.grid.put(self.band, lane, Words(name, Style.NAME))
        self.grid.put(self.band, lane, shown)

    def branch(self, net: Net, layer: Layer) -> None:
        """Draw a layer: w, what comes in and b, the arrows to z, and the arrow to a."""
        n, l, s, b, book = layer.number, sup(layer.number), layer.activation.symbol, layer.b, self.grid.page.book
        assert b is not None
        under, name = net.A[n - 1][0, 0], below(n)
        self.node(LEFT, f"w{l}", layer.W[0, 0])
        self.node(MIDDLE, name, under)
        self.node(RIGHT, f"b{l}", b[0])
        self.node(FAR, f"∂L/∂{name}", book[f"influence{n}"][2], Role.GRADIENT)
        self.band += 1
        self.node(LEFT, f"↘ ∂z{l}/∂w{l} = {name}", under, Role.GRADIENT)
        self.node(MIDDLE, f"↓ ∂z{l}/∂{name} = w{l}", layer.W[0, 0], Role.GRADIENT)
        self.grid.put(self.band, RIGHT, Words(f"↙ ∂z{l}/∂b{l} = 1", Style.NAME))
        self.band += 1
        self.node(MIDDLE, f"z{l}", net.Z[n][0, 0])
        self.node(FAR, f"∂L/∂z{l} = δ{l}", net.delta[n][0, 0], Role.GRADIENT)
        self.band += 1
        self.node(MIDDLE, f"↓ ∂a{l}/∂z{l} = {s}′(z{l})", book[f"slope{n}"][0], Role.GRADIENT)
        self.band += 1
