"""A convolutional network small enough to read: a kernel slides over a digit, and the slopes come back the same way.

Symbols and shapes

    X    (5, 5)   pixels, 1 dark                      K, b  (3, 3), scalar   kernel and its bias
    Z    (3, 3)   X ⋆ K + b, a sum for every window   A     (3, 3)           ReLU(Z)
    P    (2, 2)   the largest of every 2×2 window     w, c  (2, 2), scalar   weights and bias of the output
    o    scalar   Σ w ∗ P + c                         L     scalar           ½ (o − y)²
    K↻   (3, 3)   the kernel turned by 180°: ∂X = ∂Z ⋆ K↻, with two rows of zeros around ∂Z;  ∂K = X ⋆ ∂Z

Source: LeCun et al., “Gradient-based learning applied to document recognition”, 1998. All numbers are chosen here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.convolution.draw import draw_page
from scenarios.convolution.slide import slide_page
from scenarios.convolution.stride import stride_page
from scenarios.graph.graph import Graph
from scenarios.graph.losses import HalfSquared
from scenarios.graph.pages import ETA, Whole, graph_page, network_page
from scenarios.graph.planes import Conv2d, Inner, MaxPool
from scenarios.graph.pointwise import Applied
from scenarios.graph.trial import deeper_pages
from workbook.block import Between, Shading
from workbook.book import Book
from workbook.page import Page
from workbook.scenario import Scenario
from workbook.text import N_, _

X = np.array([[0, 0, 1, 0, 0], [0, 1, 1, 0, 0], [0, 0, 1, 0, 1], [1, 0, 1, 0, 0], [0, 1, 1, 1, 0]])
K = np.array([[0.2, 0.7, -0.4], [-0.5, 1, -0.3], [0.1, 0.6, -0.2]])
W = np.array([[0.9, -0.6], [0.4, 0.5]])

RATE = replace(ETA, default=0.02)
"""A step of 0.1 leaps over the bottom."""


class Convolution(Scenario):
    """Convolution, ReLU, maximum pooling and one output, forward and backward."""

    name = "convolution"
    title = N_("Convolution: a small window slides over a picture")
    article = N_("LeCun et al., “Gradient-based learning applied to document recognition” (1998)")
    summary = N_("One small table of weights looks at every part of a picture. Where the picture resembles it, a large number appears; the largest goes on.")  # fmt: skip
    order = 220
    locale = Path(__file__).parent.parent / "locale"
    parameters = (RATE,)

    def build(self, book: Book, settings: Mapping[str, Any], data: Array | None) -> None:
        """A pad to draw on; the whole on one page; then one window by itself, stride and padding, the first cells, and a trial."""
        book.first_change = _("on the sheet Draw, type 1 and 0 into the pad's pixels: three kernels say where they find their strokes.")  # fmt: skip
        draw = book.page(
            "Draw",
            _("Draw a digit: three kernels look for strokes"),
            _("A kernel is laid on every place of the picture, and answers where it finds its own stroke."),
            _("The pad shows a 4. Which of the three kernels will answer most often?"),
        )
        page = graph_page(
            book,
            _("A convolutional network on one page"),
            _("The same nine weights are laid on every window of the picture; pooling keeps the largest answer of each neighbourhood."),
            _("Where does the kernel find an upright stroke: left, in the middle, or right?"),
        )  # fmt: skip
        slide = book.page(
            "Slide",
            _("One window, nine products"),
            _("A convolution is one weighted sum, again and again: the window moves, the weights stay."),
            _("If all nine pixels of a window are 0, what is its sum?"),
        )
        stride = book.page(
            "Stride",
            _("Padding and stride: how large is what comes out?"),
            _("Zeros around the picture let the kernel look at its edge; a stride leaves windows out."),
            _("A stride of 2 instead of 1: how many numbers are left, of 25?"),
        )
        draw_page(draw)
        whole = network_page(page, graph(), RATE)
        _whole_ends(page, whole)
        slide_page(slide, whole)
        stride_page(stride, whole)
        deeper_pages(book, whole, "K")


def graph() -> Graph:
    """Return the network: the picture and what the kernel finds above, pooling and the output below."""
    g = Graph()
    weight: dict[str, Any] = {"learns": True, "valid": Between(-5, 5)}
    signed = {**weight, "shading": Shading.DIVERGING}
    x = g.give("X", X, title=_("pixels"), valid=Between(0, 1), shading=Shading.PIXELS, margin=1, wants_slope=True, at=(0, 0))  # fmt: skip
    k = g.give("K", K, at=(0, 1), **signed)
    b = g.give("b", 0.1, at=(0, 1), **weight)
    z = g.put("Z", Conv2d((3, 3)), x, k, b, at=(0, 2))
    a = g.put("A", Applied("relu"), z, at=(1, 0))
    p = g.put("P", MaxPool(2), a, at=(1, 1))
    w = g.give("w", W, at=(1, 2), **signed)
    c = g.give("c", -0.2, at=(1, 2), **weight)
    o = g.put("o", Inner(), w, p, c, at=(2, 1))
    y = g.give("y", 1.0, title=_("target"), valid=Between(-10, 10), at=(2, 2))
    g.put("L", HalfSquared(), o, y)
    return g


def _whole_ends(page: Page, whole: Whole) -> None:
    page.try_(
        _("Type 0 for the pixel in the middle: watch which windows of Z lose their sum, and whether pooling notices.")
    )
    page.turn(
        "whole_turn",
        _("The slope of b, the kernel's bias, is the sum of one violet table. What is it? (0.01 off is close enough)"),
        whole.slope("b").whole(),
        0.01,
        _("The bias is added to every window, so it is to blame for all of them together."),
        _("add up all of ∂Z."),
    )
    page.remember(
        _("Forward, a kernel slides over the picture; backward, slopes slide over the kernel: both are convolutions.")
    )
    page.source(_("Chosen here: every number."))
