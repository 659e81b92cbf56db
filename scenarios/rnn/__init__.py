"""A recurrent network: the same weights at every moment, and slopes that run back through time.

Symbols and shapes; T = 5 moments, one a row

    X       (5, 2)   what comes in               Wx, b   (2, 3), (3,)   weights and biases of the input
    U       (5, 3)   X·Wx + b                    Wh      (3, 3)         weights from the moment before
    H       (5, 3)   tanh(U + H of the moment before · Wh), with zeros before the first
    O       (5, 2)   H·Wo                        m       (5, 2)         1 where an output counts
    P       (5, 2)   m ∗ O                       L       scalar         ½ Σ (P − Y)²
    Backward, row t of ∂U reads row t + 1: ∂U = (∂H + ∂U₊₁·Whᵀ) ∗ (1 − H²)

Sources: Elman, “Finding Structure in Time”, 1990; Werbos, “Backpropagation through Time”, 1990. All numbers are chosen here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.graph.graph import Graph
from scenarios.graph.linear import MatMul, Times
from scenarios.graph.losses import HalfSquared
from scenarios.graph.pages import ETA, Whole, graph_page, network_page
from scenarios.graph.time import Recurrent
from scenarios.graph.trial import deeper_pages
from scenarios.rnn.vanish import vanish_page
from workbook.block import Between, Counter, Shading
from workbook.book import Book
from workbook.page import Page
from workbook.scenario import Scenario
from workbook.text import N_, _

X = np.array([[1, 0], [0, 1], [1, 1], [0, 0], [0, 1]])
WX, B = np.array([[0.6, -0.4, 0.3], [-0.5, 0.7, 0.2]]), np.array([0.1, 0, -0.1])
WH = np.array([[0.4, -0.2, 0.1], [0.2, 0.3, -0.3], [-0.1, 0.2, 0.4]])
WO = np.array([[0.8, -0.5], [-0.3, 0.9], [0.5, 0.4]])
COUNTS = np.array([[0, 0], [0, 0], [0, 0], [0, 0], [1, 1]])
Y = np.array([[0, 0], [0, 0], [0, 0], [0, 0], [1, 0]])


class Rnn(Scenario):
    """A recurrent layer over five moments, forward and back through time."""

    name = "rnn"
    title = N_("A recurrent network: what is left of the first moment?")
    article = N_("Elman, “Finding Structure in Time” (1990); Werbos, “Backpropagation through Time” (1990)")
    summary = N_("Each moment mixes what comes in with what the moment before has left. Back through time, the slopes of early moments fade.")  # fmt: skip
    order = 260
    locale = Path(__file__).parent.parent / "locale"
    parameters = (ETA,)

    def build(self, book: Book, settings: Mapping[str, Any], data: Array | None) -> None:
        """The whole on one page; then how the slopes fade, the first cells, and a trial."""
        book.first_change = _(
            "on the sheet Whole, change a number of the first row of X: every row of H below it moves, the last ones least."
        )
        page = graph_page(
            book,
            _("Five moments and their way back on one page"),
            _("A row of H reads the row above it; going back, a row of ∂U reads the row below it."),
            _("If only the last output counts, which row of ∂U is largest, and which smallest?"),
        )  # fmt: skip
        vanish = book.page(
            "Vanish",
            _("How far back does the loss reach?"),
            _("Every moment on the way back multiplies by Wh and by 1 − h²: what is smaller than 1 fades."),
            _("If all weights of Wh were 0, which moments would still get a slope?"),
        )
        whole = network_page(page, graph())
        _whole_ends(page, whole)
        vanish_page(vanish, whole)
        deeper_pages(book, whole, "Wh")


def graph() -> Graph:
    """Return the network, from what comes in on the left to what comes out on the right."""
    g = Graph()
    weight: dict[str, Any] = {"learns": True, "valid": Between(-3, 3), "shading": Shading.DIVERGING}
    x = g.give("X", X, title=_("comes in"), rows=Counter("t = "), valid=Between(-10, 10), wants_slope=True, at=(2, 0))
    wx, b = g.give("Wx", WX, at=(0, 1), **weight), g.give("b", B, at=(1, 1), **weight)
    u = g.put("U", MatMul("column"), x, wx, b, at=(2, 1))
    h = g.put("H", Recurrent(), u, g.give("Wh", WH, at=(0, 2), **weight), at=(2, 2))
    o = g.put("O", MatMul(), h, g.give("Wo", WO, at=(0, 3), **weight), at=(2, 3))
    m = g.give("m", COUNTS, title=_("counts"), valid=Between(0, 1), at=(0, 0))
    p = g.put("P", Times(), o, m, at=(2, 4))
    y = g.give("Y", Y, title=_("target"), valid=Between(-10, 10), at=(0, 4))
    g.put("L", HalfSquared(), p, y)
    return g


def _whole_ends(page: Page, whole: Whole) -> None:
    dU = whole.slope("U")
    page.try_(_("Type 1 into other rows of m: the loss then enters at these moments, too."))
    page.turn(
        "whole_turn",
        _("The last row of ∂U has no moment after it: ∂H ∗ (1 − H²). What is its first number? (0.01 off is close enough)"),
        dU[len(X) - 1, 0],
        0.01,
        _("Nothing comes back from a later moment."),
        _("multiply the first number of the last row of ∂H by 1 − H²."),
    )  # fmt: skip
    page.remember(
        _("Backpropagation through time is backpropagation: only that the same weights are met again and again.")
    )
    page.source(_("Chosen here: every number."))
