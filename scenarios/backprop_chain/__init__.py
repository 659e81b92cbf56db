"""Backpropagation along a chain: one neuron a layer, and three factors for every derivative.

Symbols; l = 1, 2, 3 is the layer (the article's L is 3), a⁰ = x the input
    wˡ, bˡ   weight and bias         zˡ   wˡ·a(l−1) + bˡ      aˡ   g(zˡ), g is the sigmoid, or ReLU
    y        what a³ should be       L    loss of one example, (a³ − y)² (the article's cost C₀)
    ∂L/∂wˡ = a(l−1) · g′(zˡ) · ∂L/∂aˡ       ∂L/∂bˡ: 1 instead of a(l−1)      ∂L/∂a(l−1): wˡ instead
    for a layer of several neurons j, fed by neurons k (both from 0):  ∂L/∂aₖ = Σⱼ wⱼₖ·g′(zⱼ)·2(aⱼ − yⱼ)
Shapes: every number of the chain is a matrix of one cell, so that its layers are those of every other network here.

Article: backpropagation-13002; it prints the last two activations, 0.48 and 0.66, the target 1.0, and 13,002.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.backprop_chain.backward import backward_page, influence_page
from scenarios.backprop_chain.examples import examples_page
from scenarios.backprop_chain.learn import learn_page, steps_page
from scenarios.backprop_chain.several import several_page
from scenarios.backprop_chain.slope import slope_page
from scenarios.backprop_chain.tree import tree_page
from scenarios.common.activations import ACTIVATIONS, SIGMOID, Array
from scenarios.common.layer import Parameters, given_layers
from scenarios.common.losses import SQUARED
from scenarios.common.net import Net
from scenarios.common.network_page import Held, Made, Shown, network_face, network_page, whole_page
from scenarios.common.nudge import choose, nudge_every, nudge_one, nudge_size
from scenarios.common.rows import NO_FRACTION, require
from workbook.block import Between
from workbook.book import Book
from workbook.data import read_numbers
from workbook.formula import rounded
from workbook.page import Page
from workbook.scenario import Parameter, Scenario
from workbook.sheet import Kind
from workbook.text import N_, _, fixed_text

INPUT, TARGET = 0.5, 1.0
WEIGHTS = (-0.899092, -2.486781, 0.913252)
BIASES = (-0.311784, 0.729004, 0.217821)
"""Chosen so that the last two activations are the article's 0.48 and 0.66."""

EXAMPLES = np.array([[0.5, 1.0], [0.9, 0.2], [0.1, 0.7], [0.3, 0.9]])
MOST_EXAMPLES = 50
WEIGHT, SIGNAL, FRACTION = Between(-10, 10), Between(-5, 5), Between(0, 1)
ETA = Parameter("lr", 1.0, N_("learning rate"), 0.0001, 10, symbol="η")


class BackpropChain(Scenario):
    """One neuron a layer."""

    name = "backprop-chain"
    licence = "MIT"
    title = N_("Backpropagation along a chain: one neuron a layer")
    article = N_("The neural network algorithm: backpropagation (backpropagation-13002)")
    summary = N_(
        "Three neurons in a row, and a loss at their end. Every derivative is a product of three factors, each in a cell of "
        "its own; what one layer hands back is what the layer before it begins with. Then 200 steps of descent, a layer of "
        "several neurons, and several examples, averaged."
    )
    order = 110
    locale = Path(__file__).parent.parent / "locale"
    ask = ("page_gW3", "page_gW2=2", "page_gW1=3", "page_W3_new", "several_delta=3", "several_gw0=2", "several_da0=2")
    parameters = (
        Parameter("x", INPUT, N_("input x"), SIGNAL.low, SIGNAL.high),
        Parameter("y", TARGET, N_("target y"), FRACTION.low, FRACTION.high),
        Parameter("w1", WEIGHTS[0], N_("weight of layer 1"), WEIGHT.low, WEIGHT.high),
        Parameter("w2", WEIGHTS[1], N_("weight of layer 2"), WEIGHT.low, WEIGHT.high),
        Parameter("w3", WEIGHTS[2], N_("weight of layer 3"), WEIGHT.low, WEIGHT.high),
        Parameter("b1", BIASES[0], N_("bias of layer 1"), WEIGHT.low, WEIGHT.high),
        Parameter("b2", BIASES[1], N_("bias of layer 2"), WEIGHT.low, WEIGHT.high),
        Parameter("b3", BIASES[2], N_("bias of layer 3"), WEIGHT.low, WEIGHT.high),
        ETA,
        Parameter("activation", "sigmoid", N_("activation function of all neurons"), choices=("sigmoid", "relu")),
    )
    data_columns = N_("x (−5 to 5), y (0 to 1): one example a row, 1 to 50 rows")

    def read_data(self, path: Path) -> Array:
        """Read the examples to average over, (n, 2)."""
        low, high = SIGNAL.low, SIGNAL.high
        frame = read_numbers(
            path, ("x", "y"), min_rows=1, max_rows=MOST_EXAMPLES, low=low, high=high, not_constant=False
        )
        require(path, frame, ["y"], lambda y: y.between(FRACTION.low, FRACTION.high), NO_FRACTION)
        return frame.to_numpy(float)

    def own_rows(self) -> list[Sequence[Any]]:
        return [("x", "y"), *EXAMPLES]

    def build(self, book: Book, settings: Mapping[str, Any], data: Array | None) -> None:
        """The chain on one page, its slope, its steps; then every factor, several neurons, several examples."""
        book.first_change = _(
            "on the sheet Whole, type 2 for the first weight of layer 3: the last neuron says more, and the loss falls."
        )
        whole = whole_page(book)
        learn = learn_page(book)
        held, g = Held(book), ACTIVATIONS[settings["activation"]]
        given: Parameters = [(np.array([[settings[f"w{n}"]]]), np.array([settings[f"b{n}"]])) for n in (1, 2, 3)]
        article: Parameters = [(np.array([[w]]), np.array([b])) for w, b in zip(WEIGHTS, BIASES, strict=True)]
        X = held.given("X", [[settings["x"]]], "x", _("input"), valid=SIGNAL, article=np.array([[INPUT]]))
        Y = held.given("Y", [[settings["y"]]], "y", _("target"), valid=FRACTION, article=np.array([[TARGET]]))
        layers = given_layers(held, given, g, article, valid=WEIGHT)
        eta = held.setting(ETA, "eta", valid=Between(0, 10))
        made = network_page(whole, Shown(layers, X, Y, SQUARED, eta))
        if g is SIGMOID:
            _figures(whole, made)
        net = made.net
        steps = steps_page(book, net, eta)
        learn.fill(net, steps)
        slope_page(book, net, made)
        influence_page(book, net, backward_page(book, net))
        tree_page(book, net, made.before)
        several_page(book)
        examples = examples_page(book, layers, EXAMPLES if data is None else data, eta)
        _trial_page(book, net, examples)
        network_face(book.start, made)


def _figures(page: Page, made: Made) -> None:
    """Hold the activations against the article's, and say what follows from them."""
    A, Y = made.net.A, made.net.Y
    page.printed("a2_printed", _("a², the last neuron but one"), A[2][0, 0], 0.48, 2)
    page.printed("a3_printed", _("a³, the last neuron"), A[3][0, 0], 0.66, 2)
    a3 = A[3]
    short = page.offstage_block(
        "a3_rounded", float(fixed_text(float(a3.value[0, 0]), 2)), lambda: rounded(a3[0, 0], 2),
        title=_("a³ with two decimals"),
    )  # fmt: skip
    loss = page.offstage_block(
        "C_rounded", (short.value - Y.value[0, 0]) ** 2, lambda: (short - Y[0, 0]) ** 2,
        title=_("loss from these two decimals"),
    )  # fmt: skip
    page.source(
        _("Printed in the article: the target 1.0, the last two activations 0.48 and 0.66, and the form (a − y)². Chosen here, since the article names no others: x, every weight and every bias, so that the printed activations come out.")
    )  # fmt: skip
    page.sentence(
        "C_follows",
        _(
            "From a³ with two decimals, ({a3_rounded:2} − {Y[0,0]:2})² = {C_rounded:4} follows; all digits give {page_C:4}."
        ),
    )
    assert loss.value >= 0


def _trial_page(book: Book, net: Net, examples: Net) -> None:
    page = book.page("Nudge", _("Is every derivative right? Change it a little"), kind=Kind.DEEPER)
    page.step(
        _("Every weight and bias, up and down by h"),
        _(
            "Change one parameter at a time, run the whole chain again, and the loss must change as the three factors said."
        ),
        "∂L/∂w ≈ (L(w + h) − L(w − h)) / 2h",
    )
    h = nudge_size(page)
    page.gap()
    nudge_every(page, net, h)
    page.step(
        _("One averaged derivative"),
        _("Choose a layer, and 1 for its weight or 0 for its bias: the mean loss must answer to a change as the mean derivative says."),
        "∂L/∂w ≈ (L(w + h) − L(w − h)) / 2h",
    )  # fmt: skip
    chosen = choose(page, examples, (1, 1, 1))
    nudge_one(page, examples, chosen, nudge_size(page, "h_all"), name="fd_all")
