"""Self-attention with one head: who looks at whom, and how the loss comes back.

Symbols and shapes; T = 4 words, one a row, d = 3 numbers a word

    X            (T, d)   words                               Wq, Wk, Wv   (d, d)   weights
    Q, K, V      (T, d)   X·Wq, X·Wk, X·Wv                    M            (T, T)   mask: 0, or −40 where a word may not look
    S            (T, T)   Q·Kᵀ/√d + M: row t asks, column u answers
    A            (T, T)   softmax of each row of S: shares that add up to 1
    O            (T, d)   A·V                                 L            ½ Σ (O − Y)²

With two heads, each has its own Wq, Wk, Wv (d, 2) and takes its own Oₖ = Aₖ·Vₖ; then O = [O1 O2]·Wo.

Source: Vaswani et al., “Attention Is All You Need”, 2017, section 3.2.1, equation 1, and section 3.2.2. All numbers are chosen here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.attention.heads import heads_graph, heads_network, heads_pages
from scenarios.attention.look import look_page
from scenarios.common.activations import Array
from scenarios.graph.graph import Graph
from scenarios.graph.linear import MatMul, Scores
from scenarios.graph.losses import HalfSquared, Softmax
from scenarios.graph.pages import ETA, graph_page, network_page
from scenarios.graph.trial import deeper_pages
from workbook.block import Between, Block, OneOf, Shading
from workbook.book import Book
from workbook.formula import total
from workbook.page import Page
from workbook.parameter import Parameter
from workbook.scenario import Scenario
from workbook.text import N_, _

X = np.array([[1, 0, 1], [0, 2, 0], [1, 1, 1], [0, 1, -1]])
WQ = np.array([[0.6, -0.2, 0.3], [0.1, 0.5, -0.4], [-0.3, 0.2, 0.7]])
WK = np.array([[0.4, 0.1, -0.5], [0.2, -0.3, 0.6], [0.5, 0.4, 0.1]])
WV = np.array([[0.3, 0.8, -0.1], [-0.6, 0.2, 0.5], [0.7, -0.4, 0.9]])
Y = np.array([[0.5, 0.5, 0.5], [0, 1, 0], [1, 0, 0.5], [0, 0.5, 1]])
CLOSED = -40
"""Added to a score, it leaves e⁻⁴⁰ of its share: nothing that anybody sees."""

WORDS = (N_("we"), N_("all"), N_("like"), N_("tea"))
MASK = np.where(np.tri(len(X)) > 0, 0, CLOSED)


class Attention(Scenario):
    """Scaled dot-product attention with a mask."""

    name = "attention"
    title = N_("Attention: four words look at one another")
    article = N_("Vaswani et al., “Attention Is All You Need” (2017): scaled dot-product attention")
    summary = N_("Each word asks, every word answers, and the answers are mixed by how well they fit. Then the loss comes back.")  # fmt: skip
    order = 200
    locale = Path(__file__).parent.parent / "locale"
    parameters = (Parameter("heads", 1, N_("heads of attention"), 1, 2, whole=True), ETA)

    def build(self, book: Book, settings: Mapping[str, Any], data: Array | None) -> None:
        """The whole on one page; then one word's look around, the first cells, and a trial."""
        book.first_change = _(
            "on the sheet Look, type 0 into the upper right corner of the mask: the first word now looks at the last, too."
        )
        heads = int(settings["heads"])
        pages = heads_pages(book) if heads > 1 else (_one_page(book),)
        look = book.page(
            "Look",
            _("Where does a word look?"),
            _("A score says how well a question fits an answer; softmax makes shares of the scores, and the shares mix the values."),
            _("If one score is much larger than the others, what happens to its share?"),
        )  # fmt: skip
        words = [_(word) for word in WORDS]
        with look.right():
            picture = look.keep()
            mask = look.given(
                "M", MASK, "M", _("mask: 0 look, −40 do not"), valid=OneOf((0, CLOSED)), rows=words, columns=words
            )
        if len(pages) == 3:
            whole = heads_network(pages, heads_graph(X, Y, MASK, words, heads), mask)
        else:
            whole = network_page(pages[0], graph(words), given={"M": mask})
            _whole_ends(pages[0], whole["A"])
        look_page(look, whole, words, picture)
        deeper_pages(book, whole, "Wk1" if heads > 1 else "Wk")


def _one_page(book: Book) -> Page:
    return graph_page(
        book,
        _("Attention on one page"),
        _("Every word asks with Q, is found by its K, and hands over its V: the table A says who takes how much from whom."),
        _("As the mask is given, the first word may look at nobody but itself. What stands in the first row of A?"),
    )  # fmt: skip


def graph(words: Sequence[str]) -> Graph:
    """Return the network: the tables of each word's question, key and value on the left, what comes of them on the right."""
    g = Graph()
    weight: dict[str, Any] = {"learns": True, "valid": Between(-5, 5), "shading": Shading.DIVERGING}
    x = g.give("X", X, title=_("words"), rows=words, valid=Between(-10, 10), wants_slope=True, at=(1, 0))
    wq, wk, wv = (g.give(f"W{n}", w, at=(0, lane), **weight) for lane, (n, w) in enumerate(zip("qkv", (WQ, WK, WV), strict=True), 1))  # fmt: skip
    q, k, v = (g.put(n, MatMul(), x, w, at=(1, lane)) for lane, (n, w) in enumerate(zip("QKV", (wq, wk, wv), strict=True), 1))  # fmt: skip
    mask = g.give("M", MASK)
    s = g.put("S", Scores(), q, k, mask, at=(2, 0))
    a = g.put("A", Softmax(), s, at=(2, 1))
    o = g.put("O", MatMul(), a, v, at=(2, 2))
    y = g.give("Y", Y, title=_("targets"), valid=Between(-10, 10), at=(2, 3))
    g.put("L", HalfSquared(), o, y)
    return g


def _whole_ends(page: Page, A: Block) -> None:
    page.try_(_("Type 3 for the last number of the last word. With the mask as given only the last row of O moves: no other may look there."))  # fmt: skip
    page.turn(
        "whole_turn",
        _("Each row of A adds up to the same number. Which? (0.01 off is close enough)"),
        page.offstage_block(
            "A_row", A.value[0].sum(), lambda: total(A[0, :]), title=_("sum of the first row of A")
        ),
        0.01,
        _("They are shares: a word takes more from one only by taking less from the others."),
        _("add up a row."),
    )  # fmt: skip
    page.remember(_("Attention is a weighted mean of the values, and the weights come from the words themselves."))
    page.source(_("Chosen here: every number. The paper gives the formula softmax(Q·Kᵀ/√d)·V and no numbers."))
