"""Backpropagation on the 3-4-3-2 network: forward pass, loss, and the four equations BP1 to BP4, each beside its table.

Symbols, as in the article; l = 0 … 3 is the layer (0 the input, 3 the output), j a neuron in it, k one in layer l − 1
    x = a⁰   (3, 1)              input of one example             y   (2, 1)  what a³ should be
    Wˡ       (4,3) (3,4) (2,3)   weights, wˡⱼₖ from k to j         bˡ  (4,) (3,) (2,)  biases
    zˡ, aˡ   (n, 1)              Wˡ·a(l−1) + bˡ, and σ of it      δˡ  (n, 1)  blame, ∂L/∂zˡ
    L        ½‖y − a³‖² of one example (the article's cost C); of a mini-batch the mean of its examples' losses
    BP1  δ³ = (a³ − y) ∗ σ′(z³)                BP2  δˡ = (W(l+1))ᵀ·δ(l+1) ∗ σ′(zˡ)
    BP3  ∂L/∂bˡⱼ = δˡⱼ                         BP4  ∂L/∂wˡⱼₖ = a(l−1)ₖ·δˡⱼ
For the mini-batch Z, A and δ are (n, m), and lie with one example per row.

Article: fathoming-the-deep (the neural network; BP1 to BP4). It prints no numbers; all of these are chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.backprop_3_4_3_2.backward import backward_page, neurons_page
from scenarios.backprop_3_4_3_2.batch import batch_page
from scenarios.backprop_3_4_3_2.forward import WIDTH, forward_page
from scenarios.common.activations import SIGMOID, Array
from scenarios.common.layer import Parameters, given_layers
from scenarios.common.losses import HALF_SQUARED
from scenarios.common.net import Net
from scenarios.common.network_page import Held, Shown, network_face, network_page, whole_page
from scenarios.common.nudge import choose, nudge_every, nudge_one, nudge_size
from scenarios.common.rows import NO_FRACTION, require
from scenarios.common.start import SEED, start_parameters
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.data import read_numbers
from workbook.formula import pick
from workbook.page import Page
from workbook.scenario import Parameter, Scenario
from workbook.sheet import Kind
from workbook.text import N_, _

COLUMNS = ("x1", "x2", "x3", "y1", "y2")
MOST_EXAMPLES = 50
SIGNAL, FRACTION = Between(-10, 10), Between(0, 1)
ETA = Parameter("lr", 0.5, N_("learning rate"), 0.0001, 10, symbol="η")

CHOSEN: Parameters = [
    (
        np.array([[0.2, -0.4, 0.5], [-0.3, 0.6, 0.1], [0.7, 0.25, -0.6], [-0.5, 0.35, 0.8]]),
        np.array([0.1, -0.2, 0.3, -0.1]),
    ),
    (np.array([[0.4, -0.7, 0.2, 0.6], [-0.2, 0.5, 0.9, -0.3], [0.8, 0.1, -0.4, 0.3]]), np.array([-0.3, 0.2, 0.1])),
    (np.array([[1.2, -0.8, 0.5], [-0.6, 0.9, -0.4]]), np.array([0.2, -0.5])),
]
"""W and b of layers 1, 2 and 3."""

EXAMPLES = np.array(
    [[0.9, 0.1, 0.4, 1, 0], [0.2, 0.8, 0.5, 0, 1], [0.7, 0.3, 0.9, 1, 0], [0.1, 0.6, 0.2, 0, 1]], dtype=float
)
"""x₁ x₂ x₃ y₁ y₂ of each example."""


class Backprop3432(Scenario):
    """The article's network and notation."""

    name = "backprop-3-4-3-2"
    licence = "MIT"
    title = N_("Backpropagation on the 3-4-3-2 network: the equations BP1 to BP4")
    article = N_("Fathoming the Deep in Deep Learning – A Practical Approach (the neural network; BP1 to BP4)")
    summary = N_(
        "Three inputs, two hidden layers of four and three neurons, two outputs: 39 weights and biases, and four equations that "
        "give the derivative of every one. First for one example, as matrices and neuron by neuron; then for a mini-batch, "
        "whose gradient is the mean of its examples' gradients."
    )
    order = 130
    locale = Path(__file__).parent.parent / "locale"
    ask = ("dA3[0,:]=2", "G3", "D3", "dA2=2", "D2=2", "dA1=2", "D1=2", "gW3=3", "gW1=3")
    parameters = (ETA, SEED)
    data_columns = N_("x1, x2, x3 (−10 to 10), y1, y2 (0 to 1): one example a row, 1 to 50 rows")

    def read_data(self, path: Path) -> Array:
        """Read the mini-batch, (m, 5)."""
        low, high = SIGNAL.low, SIGNAL.high
        frame = read_numbers(path, COLUMNS, min_rows=1, max_rows=MOST_EXAMPLES, low=low, high=high, not_constant=False)
        require(path, frame, COLUMNS[3:], lambda y: y.between(FRACTION.low, FRACTION.high), NO_FRACTION)
        return frame.to_numpy(float)

    def own_rows(self) -> list[Sequence[Any]]:
        return [COLUMNS, *EXAMPLES]

    def build(self, book: Book, settings: Mapping[str, Any], data: Array | None) -> None:
        """One example first, on one page and then step by step; then the mini-batch."""
        book.first_change = _(
            "on the sheet Whole, type 2 for the example: other numbers run through the same weights, and the blame runs back."
        )
        whole = whole_page(book)
        X_all, Y_all = _data_page(book, EXAMPLES if data is None else data)
        held = Held(book)
        example = held.given("example", 1.0, "i", _("row in Data"), valid=Between(1, len(X_all.value), whole=True))
        X, Y = _picked(held, "X", X_all, example), _picked(held, "Y", Y_all, example)
        layers = given_layers(held, start_parameters(CHOSEN, settings["seed"]), SIGMOID)
        eta = held.setting(ETA, "eta", valid=Between(0, 10))
        made = network_page(whole, Shown(layers, X, Y, HALF_SQUARED, eta, example=example))
        _ends(whole)
        net = Net(layers, X, Y, HALF_SQUARED)
        forward_page(book, net)
        backward_page(book, net)
        neurons_page(book, net)
        made.lead_to(net)
        batch = batch_page(book, net, X_all, Y_all, example, eta)
        _trial_page(book, net, batch)
        network_face(book.start, made)


def _data_page(book: Book, examples: Array) -> tuple[Block, Block]:
    """Add the examples, one a row: X (m, 3), Y (m, 2)."""
    page = book.page("Data", _("The examples of the mini-batch"), kind=Kind.DATA)
    page.step(
        _("Three inputs, two targets, one example a row"),
        _("A network learns from examples; here each wants one of the two outputs near 1 and the other near 0."),
        "x = (x₁, x₂, x₃),   y = (y₁, y₂)",
    )
    page.source(
        _(
            "Chosen here: every number, as far as the rows are not your own. The article prints no numbers for this network."
        )
    )
    with page.table(Counter("i = "), len(examples), freeze=True) as table:
        X = table.given("X_all", examples[:, :3], title=_("input"), columns=Counter("x"), valid=SIGNAL)
        Y = table.given("Y_all", examples[:, 3:], title=_("target"), columns=Counter("y"), valid=FRACTION)
    return X, Y


def _picked(held: Held, id: str, rows: Block, example: Block) -> Block:
    """Return the chosen example's input or target, one column."""
    value = rows.value[[int(example.value) - 1]].T
    cells = [pick(rows, example, k) for k in range(1, len(value) + 1)]
    return held.derived(id, value, None, each=cells, number_format="0.0#")


def _ends(page: Page) -> None:
    page.try_(
        _(
            "Type 0 for a weight of the last layer: one of the two paths along which blame runs back to its neuron closes."
        )
    )
    page.source(
        _("Chosen here: weights and biases, or drawn from the standard normal distribution where a seed is set.")
    )


def _trial_page(book: Book, net: Net, batch: Net) -> None:
    page = book.page("Nudge", _("Is every derivative right? Change it a little"), kind=Kind.DEEPER, column_width=WIDTH)
    page.step(
        _("All 39 weights and biases, up and down by h"),
        _("Change one parameter at a time, run the network again, and the loss must change as backpropagation said."),
        "∂L/∂w ≈ (L(w + h) − L(w − h)) / 2h",
    )
    h = nudge_size(page)
    page.gap()
    nudge_every(page, net, h)
    page.step(
        _("One weight or bias, and all examples"),
        _("Choose any by layer, neuron and input: the mean of the measured slopes must be the mean gradient."),
        "∂L/∂w ≈ (1/m)·Σᵢ (Lᵢ(w + h) − Lᵢ(w − h)) / 2h",
    )
    chosen = choose(page, batch, (2, 1, 3))
    nudge_one(page, batch, chosen, nudge_size(page, "h_batch"), name="fd_batch")
