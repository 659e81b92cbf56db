"""Backpropagation through ReLU, by hand: a 4-3-4-3 network with softmax, and the mask that is so easily forgotten.

Symbols and shapes; one example, a row

    X          (1, 4)                   input                  Y          (1, 3)    target, 1 for the right class
    W1, W2, W3 (4, 3), (3, 4), (4, 3)   weights                b1, b2, b3 (n,)      biases
    Z1, Z2, Z3 (1, n)                   A·W + b                A1, A2     (1, n)    ReLU(Z)
    P          (1, 3)                   softmax(Z3)            L          scalar    −ln of the right class's share
    ∂Z = ∂A where Z > 0, else 0: ReLU's mask.

A 4-3-4-3 exercise of this kind is in “AI by Hand” (T. Yeh). All numbers are chosen here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.backprop_relu.mask import mask_page
from scenarios.common.activations import Array
from scenarios.graph.graph import Graph
from scenarios.graph.linear import MatMul
from scenarios.graph.losses import CrossEntropy, Softmax
from scenarios.graph.pages import ETA, Whole, graph_page, network_page
from scenarios.graph.pointwise import Applied
from scenarios.graph.trial import deeper_pages
from workbook.block import Between, Shading
from workbook.book import Book
from workbook.page import Page
from workbook.scenario import Scenario
from workbook.text import N_, _

X, Y = np.array([[2, 1, 0, 1]]), np.array([[0, 1, 0]])
WEIGHTS = (
    np.array([[1, 0, -1], [0, 1, 1], [1, -1, 0], [-1, 1, 1]]),
    np.array([[1, -1, 0, 0.5], [-1, 0, 1, 0.5], [0, 1, -1, 1]]),
    np.array([[1, 0, -1], [0.5, 1, 0], [0, -1, 1], [0.5, 0.5, -0.5]]),
)
BIASES = (np.array([0, 0, 1]), np.array([-1, 0.5, 0, 0]), np.array([0, 0.5, 0]))


class BackpropRelu(Scenario):
    """Two layers of ReLU and a softmax, forward and backward."""

    name = "backprop-relu"
    title = N_("Backpropagation through ReLU: where nothing went through, nothing comes back")
    article = N_("Backpropagation by hand on a 4-3-4-3 network, in the manner of “AI by Hand” (T. Yeh)")
    summary = N_("A network of 46 weights and biases in small numbers. ReLU turns some neurons off, and their weights must not be blamed.")  # fmt: skip
    order = 210
    locale = Path(__file__).parent.parent / "locale"
    parameters = (ETA,)

    def build(self, book: Book, settings: Mapping[str, Any], data: Array | None) -> None:
        """The whole on one page; then the mask by itself, the first cells, and a trial."""
        book.first_change = _(
            "on the sheet Whole, type −3 for the first number of b1: the neuron goes dark, and its slopes become 0."
        )
        page = graph_page(
            book,
            _("Two ReLU layers and a softmax on one page"),
            _("A neuron whose sum is not above 0 is off: it sends nothing on, so no slope comes back through it."),
            _("If a cell of A1 or A2 is grey, which violet cells must be 0?"),
        )  # fmt: skip
        mask = book.page(
            "Mask",
            _("The mask that is so easily forgotten"),
            _("Going back through ReLU multiplies by 1 where the sum was above 0, and by 0 where it was not."),
            _("If a neuron was off, how much would a slightly larger weight have changed?"),
        )
        whole = network_page(page, graph(), out_of_sight=("X",))
        _whole_ends(page, whole)
        mask_page(mask, whole)
        deeper_pages(book, whole, "W2")


def graph() -> Graph:
    """Return the network as a staircase: each Z stands under its weights, right of the row that it reads."""
    g = Graph()
    weight: dict[str, Any] = {"learns": True, "valid": Between(-10, 10), "shading": Shading.DIVERGING}
    a = g.give("X", X, title=_("input"), valid=Between(-10, 10), wants_slope=True, at=(2, 0))
    for n, (W, b) in enumerate(zip(WEIGHTS, BIASES, strict=True), 1):
        w, bias = g.give(f"W{n}", W, at=(0, n), **weight), g.give(f"b{n}", b, at=(1, n), **weight)
        z = g.put(f"Z{n}", MatMul("column"), a, w, bias, at=(n + 1, n))
        a = g.put(f"A{n}", Applied("relu"), z, at=(n + 2, n)) if n < len(WEIGHTS) else z
    g.put("P", Softmax(), a, at=(5, 3))
    y = g.give("Y", Y, title=_("target"), valid=Between(0, 1), at=(5, 2))
    g.put("L", CrossEntropy(), a, y)
    return g


def _whole_ends(page: Page, whole: Whole) -> None:
    page.try_(
        _(
            "Type larger and smaller numbers into b2, one at a time: when a cell of A2 turns grey, a whole column of ∂W2 turns 0."
        )
    )
    page.turn(
        "whole_turn",
        _("What is ∂Z3 of the second output, its share minus its target? (0.01 off is close enough)"),
        whole.slope("Z3")[0, 1],
        0.01,
        _("Softmax and −ln together leave nothing but share − target."),
        _("subtract Y from P in the second column."),
    )
    page.remember(_("Blame runs back only through neurons that were on."))
    page.source(_("Chosen here: every number."))
