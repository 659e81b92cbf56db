"""Two heads: each asks in its own way; what they take home stands side by side and is mixed by Wo (section 3.2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from scenarios.graph.graph import Graph
from scenarios.graph.linear import Concat, MatMul, Scores
from scenarios.graph.losses import HalfSquared, Softmax
from scenarios.graph.pages import COLUMN, Whole, graph_page, three_pages
from workbook.block import Between, Block, Shading
from workbook.book import Book
from workbook.formula import total
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _

WIDTH = 2
"""So many numbers has a question, a key and a value of each head."""


def heads_graph(
    X: np.ndarray[Any, Any], Y: np.ndarray[Any, Any], mask: np.ndarray[Any, Any], words: Sequence[str], heads: int
) -> Graph:
    """Return the network: each head's tables share the lanes with the other's."""
    g, draws = Graph(), np.random.default_rng(2)
    weight: dict[str, Any] = {"learns": True, "valid": Between(-5, 5), "shading": Shading.DIVERGING}
    d = X.shape[1]
    x = g.give("X", X, title=_("words"), rows=words, valid=Between(-10, 10), wants_slope=True, at=(1, 0))
    m, taken = g.give("M", mask), []
    for k in range(1, heads + 1):
        rows = {}
        for lane, name in enumerate("qkv", 1):
            w = g.give(f"W{name}{k}", draws.uniform(-1, 1, (d, WIDTH)).round(1), at=(0, lane, k), **weight)
            rows[name] = g.put(f"{name.upper()}{k}", MatMul(), x, w, at=(1, lane, k))
        s = g.put(f"S{k}", Scores(), rows["q"], rows["k"], m, at=(1 + k, 0))
        a = g.put(f"A{k}", Softmax(), s, at=(1 + k, 1))
        taken.append(g.put(f"O{k}", MatMul(), a, rows["v"], at=(1 + k, 2)))
    joined = g.put("Heads", Concat(*[WIDTH] * heads), *taken, at=(2, 3))
    wo = g.give("Wo", draws.uniform(-1, 1, (WIDTH * heads, d)).round(1), at=(0, 4), **weight)
    o = g.put("O", MatMul(), joined, wo, at=(2, 4))
    y = g.give("Y", Y, title=_("targets"), valid=Between(-10, 10), at=(3, 4))
    g.put("L", HalfSquared(), o, y)
    return g


def heads_pages(book: Book) -> tuple[Page, Page, Page]:
    """Add the pages of the network in their places in the story: forward, backward, and one step."""
    forward = graph_page(
        book,
        _("Attention with two heads"),
        _("Each head asks with its own Q, and looks where it will; what both take home stands side by side, and Wo mixes it."),
        _("As the mask is given, the first word may look at nobody but itself. What stands in the first row of A1 and of A2?"),
    )  # fmt: skip
    back = graph_page(
        book,
        _("The way back through both heads"),
        _("Every violet table stands where its own stood: so does the loss move when that table moves."),
        _("Both heads read the same words. From how many tables do slopes come back to X?"),
        "Backward",
    )
    step = book.page("Step", _("All weights after one step"), _("Each is the old one less η times its slope, in the same place as its slope."), kind=Kind.DEEPER, column_width=COLUMN)  # fmt: skip
    return forward, back, step


def heads_network(pages: tuple[Page, Page, Page], graph: Graph, mask: Block) -> Whole:
    """Fill the pages."""
    forward, back, step = pages
    whole = three_pages(forward, back, step, graph, given={"M": mask})
    A = whole["A1"]
    forward.try_(_("Type 0 for every number of the first head's Wv1: whatever it looks at, O1 stays 0, and the other head works alone."))  # fmt: skip
    forward.turn(
        "whole_turn",
        _("Each row of A1 and of A2 adds up to the same number. Which? (0.01 off is close enough)"),
        forward.offstage_block("A_row", A.value[0].sum(), lambda: total(A[0, :]), title=_("sum of the first row of A1")),
        0.01,
        _("They are shares: a word takes more from one only by taking less from the others."),
        _("add up a row."),
    )  # fmt: skip
    forward.remember(
        _("Heads look at the same words in different ways; a last table of weights mixes what they found.")
    )
    forward.source(_("Chosen here: every number; the weights at random, with one decimal."))
    back.try_(_("Type a larger learning rate, and a still larger one: from which on does the loss no longer fall?"))
    back.remember(_("Each head gets its own slopes; at the words, the slopes of all heads add up."))
    return whole
