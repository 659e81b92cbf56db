"""Whether what NumPy recorded still applies: it does until the reader changes a weight, a pixel or a target.

u is a row of numbers √1, √2, √3 …: every row of W, X or Y has a fingerprint, its product with u.
"""

from __future__ import annotations

import numpy as np

from scenarios.common.columns import yes_no
from scenarios.common.layer import NEURONS
from scenarios.common.net import Net
from workbook.block import Block, Formula, Role
from workbook.book import Book
from workbook.formula import Direction, Operand, added, dot, equal, if_, rounded, squared_distance
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _


def unchanged_page(book: Book, net: Net) -> Block:
    """Add every row's fingerprint beside the one that NumPy recorded; return 1 as long as they are the same, else 0."""
    page = book.page("Unchanged", _("Is anything changed since NumPy's recording?"), kind=Kind.DATA)
    page.step(
        _("Is anything changed?"),
        _(
            "What NumPy recorded holds for the weights and images of the beginning only. Each row of a table is multiplied by the row u of the sheet Input; a changed number changes the product."
        ),
        "W·u,   X·u,   Y·u",
    )
    u, said = book["fingerprint"], page.keep()
    page.gap()
    products: list[Operand] = []
    biases: list[Operand] = []
    with page.beside():
        for block in (net.X, net.Y, *(layer.W for layer in net.layers)):
            product = block.grid() @ u.value[: block.grid().shape[1]]
            now = page.derived(
                f"print_{block.id}", product, _product(block, u), f"{block.symbol}·u", _("now"), rows=NEURONS,
                columns=[""],
            )  # fmt: skip
            products.append(_kept(page, now))
        biases += [_kept(page, layer.b) for layer in net.layers if layer.b is not None]
    with page.into(said):
        title = _("squared distance of the products from the recorded")
        moved = page.add(Block("moved", Role.CHECK, np.asarray(0.0), title, formula=lambda: added(*products)))
        same = if_(equal(rounded(added(moved, *biases), 12), 0), 1, 0)
        title = _("nothing is changed")
        return page.add(
            Block("unchanged", Role.CHECK, np.asarray(1.0), title, formula=lambda: same, number_format=yes_no())
        )


def _product(block: Block, u: Block) -> Formula:
    if block.along is Direction.RIGHT:
        return lambda i: dot(block[:, i], u[: block.shape[0]])
    return lambda j: dot(block[j, :], u[: block.shape[1]])


def _kept(page: Page, now: Block) -> Operand:
    """Add what a vector was at the beginning, and return the squared distance to it."""
    kept = page.recorded(f"{now.id}_kept", now.value, now.symbol, _("as recorded"), rows=NEURONS, columns=[""])
    return squared_distance(now, kept)
