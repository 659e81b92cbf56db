"""Residual connections: why a layer that only adds lets the slopes through.

Symbols and shapes; two examples, one a row

    X = A0 (2, 3)   input             Y        (2, 3)   target
    W1…W4  (3, 3)   weights           Z1…Z4    (2, 3)   A·W
    B1…B4  (2, 3)   tanh(Z)           A1…A4    (2, 3)   B + c·A of the layer before
    c      scalar   1 with skip connections, 0 without      L   scalar   ½ Σ (A4 − Y)²

Source: He et al., “Deep Residual Learning for Image Recognition”, 2015, section 3.1. All numbers are chosen here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.graph.graph import Graph
from scenarios.graph.linear import MatMul, Skip
from scenarios.graph.losses import HalfSquared
from scenarios.graph.pages import ETA, Whole, graph_page, network_page
from scenarios.graph.pointwise import Applied
from scenarios.graph.trial import deeper_pages
from scenarios.residual.depth import depth_page
from workbook.block import Between, Shading
from workbook.book import Book
from workbook.page import Page
from workbook.scenario import Scenario
from workbook.text import N_, _

X, Y = np.array([[1, 0.5, -1], [-0.5, 1, 0]]), np.array([[1, 1, 0], [0, 1, 1]])
WEIGHTS = (
    np.array([[0.3, -0.2, 0.1], [0.2, 0.4, -0.3], [-0.1, 0.2, 0.3]]),
    np.array([[0.4, 0.1, -0.2], [-0.3, 0.2, 0.2], [0.1, -0.2, 0.3]]),
    np.array([[-0.2, 0.3, 0.2], [0.4, -0.1, 0.1], [0.2, 0.3, -0.2]]),
    np.array([[0.3, 0.2, -0.1], [-0.1, 0.4, 0.2], [0.2, -0.3, 0.4]]),
)
LAYERS = range(1, len(WEIGHTS) + 1)


class Residual(Scenario):
    """Four layers with skip connections, and without."""

    name = "residual"
    title = N_("Skip connections: a short way back for the slopes")
    article = N_("He et al., “Deep Residual Learning for Image Recognition” (2015)")
    summary = N_("Four layers of tanh. If each adds to what it was given, the loss reaches the first layer; if each replaces it, little comes back.")  # fmt: skip
    order = 240
    locale = Path(__file__).parent.parent / "locale"
    parameters = (ETA,)

    def build(self, book: Book, settings: Mapping[str, Any], data: Array | None) -> None:
        """The whole on one page; then both ways compared, the first cells, and a trial."""
        book.first_change = _(
            "on the sheet Whole, type 0 for c: the skip connections are gone, and the slopes of the first layers shrink."
        )
        page = graph_page(
            book,
            _("Four layers and their short cuts on one page"),
            _("Each layer adds tanh of its sums to what it was given: with c = 1 the input itself goes on, too."),
            _("With c = 0, each layer's slopes come through the weights of all layers behind it. Which layer's are smallest?"),
        )  # fmt: skip
        depth = book.page(
            "Depth",
            _("How much of the loss reaches each layer?"),
            _(
                "Without skip connections the slopes pass every layer's weights on the way back, and small weights make them small."
            ),
            _("Will the first layer's slopes be larger with skip connections, or without?"),
        )
        whole = network_page(page, graph(), out_of_sight=("X",))
        _whole_ends(page, whole)
        depth_page(depth, whole, LAYERS)
        deeper_pages(book, whole, "W1")


def graph() -> Graph:
    """Return the network: a lane for every layer."""
    g = Graph()
    a = g.give("X", X, title=_("input"), valid=Between(-10, 10), wants_slope=True, at=(3, 0))
    c = g.give("c", 1.0, title=_("1 skip, 0 none"), valid=Between(0, 1), at=(1, 0))
    for n in LAYERS:
        w = g.give(f"W{n}", WEIGHTS[n - 1], learns=True, valid=Between(-5, 5), shading=Shading.DIVERGING, at=(0, n))
        b = g.put(f"B{n}", Applied("tanh"), g.put(f"Z{n}", MatMul(), a, w, at=(1, n)), at=(2, n))
        a = g.put(f"A{n}", Skip(), b, a, c, at=(3, n))
    y = g.give("Y", Y, title=_("target"), valid=Between(-10, 10), at=(0, 0))
    g.put("L", HalfSquared(), a, y)
    return g


def _whole_ends(page: Page, whole: Whole) -> None:
    page.try_(_("Type 0, 0.5 and 1 for c, and watch the violet cells of the first lane."))
    page.turn(
        "whole_turn",
        _("∂B4 is the same table as ∂A4, since A4 = B4 + c·A3. What is its first number? (0.01 off is close enough)"),
        whole.slope("A4")[0, 0],
        0.01,
        _("A sum hands its slope on to both of its terms."),
        _("look at the first cell of ∂A4."),
    )
    page.remember(_("A sum passes slopes on unchanged; a product with small weights makes them smaller."))
    page.source(_("Chosen here: every number."))
