"""An autoencoder: four numbers through two and back, forward and backward, with one step.

Symbols and shapes; three pictures, one a row

    X        (3, 4)   four pixels, which are the target, too      W1…W4, b1…b4   weights and biases: 4-3-2-3-4
    A1, C    (3, 3), (3, 2)   encoder: ReLU(X·W1 + b1), then the code ReLU(A1·W2 + b2)
    A3, Y    (3, 3), (3, 4)   decoder: ReLU(C·W3 + b3), then A3·W4 + b4
    L        scalar   the mean of (Y − X)²

Sources: Hinton and Salakhutdinov, “Reducing the Dimensionality of Data with Neural Networks”, 2006; the shape is that of the
exercise “Autoencoder” in T. Yeh's AI by Hand, which ends at the loss. All numbers are chosen here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.autoencoder.squeeze import squeeze_page
from scenarios.common.activations import Array
from scenarios.graph.graph import Graph
from scenarios.graph.linear import MatMul
from scenarios.graph.losses import MeanSquared
from scenarios.graph.pages import ETA, Whole, graph_page, network_page
from scenarios.graph.pointwise import Applied
from scenarios.graph.trial import deeper_pages
from workbook.block import Between, Shading
from workbook.book import Book
from workbook.page import Page
from workbook.scenario import Scenario
from workbook.text import N_, _

X = np.array([[1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 1]])
LAYERS = (
    (np.array([[0.6, 0, 0.4], [0.4, 0.1, 0.5], [0, 0.5, -0.6], [0.1, 0.6, -0.4]]), np.array([0, 0, -0.1])),
    (np.array([[0.8, 0.1], [-0.1, 1], [0.2, -0.1]]), np.array([0, 0.1])),
    (np.array([[1, -0.2, 0.5], [0, 0.9, -0.6]]), np.array([0, 0.1, 0])),
    (np.array([[0.9, 0.7, 0, 0.1], [0.1, 0, 0.8, 0.9], [0.2, 0.1, 0, -0.1]]), np.array([0, 0, 0.1, 0])),
)


class Autoencoder(Scenario):
    """Four pixels through a bottleneck of two, and back."""

    name = "autoencoder"
    title = N_("An autoencoder: four pixels through two numbers, and back")
    article = N_(
        "Hinton and Salakhutdinov, “Reducing the Dimensionality of Data with Neural Networks” (2006); T. Yeh's AI by Hand"
    )
    summary = N_("The target is the input itself. What does not fit through the middle is lost, so the network keeps what its pictures have in common.")  # fmt: skip
    order = 280
    locale = Path(__file__).parent.parent / "locale"
    parameters = (ETA,)
    ask = ("Z1=2", "Z2=2", "Y[0,:]=2", "L=2", "d_Y[0,:]=2")

    def build(self, book: Book, settings: Mapping[str, Any], data: Array | None) -> None:
        """A picture of one's own first; then the whole on one page, the first cells, and a trial."""
        book.first_change = _(
            "on the sheet Squeeze, type 1, 1, 0, 0 for your picture: both halves are of one kind, and the grey columns come near the blue ones."
        )
        squeeze = book.page(
            "Squeeze",
            _("Does your picture come back?"),
            _("Four pixels become a code of two numbers, and the code becomes four pixels again: what it could not carry is lost."),
            _("The network has learned pictures whose halves are dark or light. Will 1, 0, 0, 1 come back?"),
        )  # fmt: skip
        page = graph_page(
            book,
            _("Encoder, code and decoder on one page"),
            _("Two layers down to the code C, two layers up to Y; the loss compares Y with X, so nobody needs to say what is right."),
            _("The code has two numbers a picture, and a picture four pixels. What must the pictures have in common?"),
        )  # fmt: skip
        whole = network_page(page, graph())
        _whole_ends(page, whole)
        squeeze_page(squeeze, whole)
        deeper_pages(book, whole, "W1")


def graph() -> Graph:
    """Return the network: a lane for every layer."""
    g = Graph()
    weight: dict[str, Any] = {"learns": True, "valid": Between(-5, 5)}
    a = x = g.give("X", X, title=_("pixels"), valid=Between(0, 1), at=(2, 0))
    for n, (W, b) in enumerate(LAYERS, 1):
        w = g.give(f"W{n}", W, at=(0, n), shading=Shading.DIVERGING, **weight)
        bias, is_last = g.give(f"b{n}", b, at=(1, n), **weight), n == len(LAYERS)
        z = g.put("Y" if is_last else f"Z{n}", MatMul(), a, w, bias, at=(2, n))
        code = {"title": _("code")} if n == 2 else {}
        a = z if is_last else g.put("C" if code else f"A{n}", Applied("relu"), z, at=(3, n), **code)
    g.put("L", MeanSquared(), a, x)
    return g


def _whole_ends(page: Page, whole: Whole) -> None:
    page.try_(_("Type 1, 0, 0, 1 into the first row of X: one step is not enough to learn it."))
    page.turn(
        "whole_turn",
        _("The last number of ∂Y is 2·(y − x)/n, with n = {n} pixels in all. What is it? (0.01 off is close enough)").format(n=X.size),
        whole.slope("Y")[len(X) - 1, X.shape[1] - 1],
        0.01,
        _("From here the slopes go back through decoder and encoder."),
        _("the last number of Y minus the last of X, times 2, divided by n."),
    )  # fmt: skip
    page.remember(_("An autoencoder learns from its inputs alone: the loss is what did not come back."))
    page.source(_("Chosen here: every number. The exercise of the same shape has numbers of its own, which cannot be read any more."))  # fmt: skip
