"""Backpropagation with two neurons in each of four layers: every sum over j written out, then the same as matrices.

Symbols, as in the article; l = 1 … 4 is the layer, j a neuron in it, k one in the layer before; layer 1 only passes the input on
    x, a¹      (2, 1)  input                          y    (2, 1)  target
    Wˡ         (2, 2)  weights, row j of neuron j     bˡ   (2,)    biases                l = 2, 3, 4
    zˡ, aˡ     (2, 1)  weighted sums, activations     δˡ   (2, 1)  blame, ∂L/∂zˡ
    L                  loss, ½ Σⱼ (aⱼ − yⱼ)² (the article's cost C)
    δˡₖ = (Σⱼ w(l+1)ⱼₖ · δ(l+1)ⱼ) · σ′(zˡₖ), or δˡ = (W(l+1))ᵀ·δ(l+1) ∗ σ′(zˡ)

Article: fathoming-the-deep (BP2, two rows and four layers). It prints no numbers; all of these are chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.backprop_two_rows.matrices import matrices_page
from scenarios.backprop_two_rows.terms import backward_page, forward_page
from scenarios.common.activations import SIGMOID
from scenarios.common.layer import Parameters, given_layers
from scenarios.common.losses import HALF_SQUARED
from scenarios.common.net import Net
from scenarios.common.network_page import Held, Shown, network_face, network_page, whole_page
from scenarios.common.nudge import nudge_every, nudge_size
from scenarios.common.start import SEED, start_parameters
from workbook.block import Between
from workbook.book import Book
from workbook.scenario import Parameter, Scenario
from workbook.sheet import Kind
from workbook.text import N_, _

SIGNAL, FRACTION = Between(-10, 10), Between(0, 1)
ETA = Parameter("lr", 0.5, N_("learning rate"), 0.0001, 10, symbol="η")

CHOSEN: Parameters = [
    (np.array([[0.5, -0.3], [0.8, 0.2]]), np.array([0.1, -0.2])),
    (np.array([[-0.6, 0.9], [0.4, 0.7]]), np.array([0.3, -0.1])),
    (np.array([[1.1, -0.5], [-0.7, 0.6]]), np.array([0.2, -0.4])),
]
"""W and b of layers 2, 3 and 4: no two numbers alike, so that a mix-up would show."""


class BackpropTwoRows(Scenario):
    """Two neurons in each of four layers."""

    name = "backprop-two-rows"
    licence = "MIT"
    title = N_("Backpropagation on two rows of four neurons: every sum written out")
    article = N_("Fathoming the Deep in Deep Learning – A Practical Approach (BP2: two rows, four layers)")
    summary = N_(
        "With two neurons in a layer, a neuron moves the loss along two paths, and the paths are added. Here every sum stands "
        "term by term, forward and backward; then the same again as matrices, where (W)ᵀ and δ do all of it in one product."
    )
    order = 120
    locale = Path(__file__).parent.parent / "locale"
    ask = ("t4_dA[0]=2", "t4_slope", "t4_delta", "t3_dA", "t3_delta=2", "t2_dA", "t2_delta=2", "t4_dW1=2")
    parameters = (
        Parameter("x1", 0.6, N_("input x₁"), SIGNAL.low, SIGNAL.high),
        Parameter("x2", 0.9, N_("input x₂"), SIGNAL.low, SIGNAL.high),
        Parameter("y1", 1.0, N_("target y₁"), FRACTION.low, FRACTION.high),
        Parameter("y2", 0.0, N_("target y₂"), FRACTION.low, FRACTION.high), ETA, SEED,
    )  # fmt: skip

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        """Lay the article's section out: the whole network, then term by term, then as matrices."""
        book.first_change = _(
            "on the sheet Whole, make a weight of layer 4 zero: one of the two paths closes, and blame comes back along the other alone."
        )
        whole, held = whole_page(book), Held(book)
        X = held.given("X", [[settings["x1"]], [settings["x2"]]], "x", _("input"), valid=SIGNAL)
        Y = held.given("Y", [[settings["y1"]], [settings["y2"]]], "y", _("target"), valid=FRACTION)
        layers = given_layers(held, start_parameters(CHOSEN, settings["seed"]), SIGMOID, first=2)
        eta = held.setting(ETA, "eta", valid=Between(0, 10))
        made = network_page(whole, Shown(layers, X, Y, HALF_SQUARED, eta))
        whole.try_(
            _("Make both weights that leave a neuron 0: nothing comes back to it, and its own weights have no slope.")
        )
        whole.source(_("Chosen here: every number. The article draws this network, but prints no numbers for it."))
        forward_page(book, layers, Y)
        backward_page(book, layers, Y)
        net = Net(layers, X, Y, HALF_SQUARED)
        matrices_page(book, net)
        made.lead_to(net)
        _trial_page(book, net)
        network_face(book.start, made)


def _trial_page(book: Book, net: Net) -> None:
    page = book.page("Nudge", _("Is every derivative right? Change it a little"), kind=Kind.DEEPER)
    page.step(
        _("All 18 weights and biases, up and down by h"),
        _("Change one parameter at a time, run the network again, and the loss must change as backpropagation said."),
        "∂L/∂w ≈ (L(w + h) − L(w − h)) / 2h",
    )
    h = nudge_size(page)
    page.gap()
    nudge_every(page, net, h)
