"""An LSTM through time, forward and back; a GRU as a choice: gates that keep what came in first.

Symbols and shapes; T = 4 moments, one a row, one number in, n = 2 neurons; H₋ is H of the moment before, h₀ before the first

    X            (4, 1)   what comes in          W, U, b     (1, 2), (2, 2), (2,)   weights and biases of a gate
    Z            (4, 2)   X·W + H₋·U + b         m, P, Y     (4, 2)   1 where an output counts; m ∗ H; target
    LSTM: A = tanh(ZA)    I, F, O = σ(Z)         S = A ∗ I + F ∗ S₋         H = tanh(S) ∗ O
    GRU:  K, R = σ(Z)     C = tanh(X·WC + (R ∗ H₋)·UC + bC)                 H = K ∗ H₋ + (1 − K) ∗ C
    L = ½ Σ (P − Y)²

Sources: Hochreiter and Schmidhuber, “Long Short-Term Memory”, 1997; Gers, Schmidhuber and Cummins, “Learning to Forget”, 2000,
for the gate F; Cho et al., “Learning Phrase Representations using RNN Encoder–Decoder”, 2014, for the GRU. All numbers are
chosen here; the tests hold those of A. Gomez, “Backpropogating an LSTM: A Numerical Example”, 2016, against the same graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.graph.pages import ETA, Whole, graph_page, network_page
from scenarios.graph.trial import deeper_pages
from scenarios.lstm.cells import PARTS, Parts, graph
from scenarios.lstm.fade import fade_page
from scenarios.lstm.kept import kept_page
from workbook.book import Book
from workbook.page import Page
from workbook.parameter import Parameter
from workbook.scenario import Scenario
from workbook.text import N_, _

CELL = Parameter("cell", "lstm", N_("the cell: an LSTM or a GRU"), choices=("lstm", "gru"))
LAST = np.array([[0, 0], [0, 0], [0, 0], [1, 1]])
COMMON = {"X": [[1], [0], [0], [0]], "m": LAST, "Y": LAST * [1, -1], "h0": [0, 0]}
WEIGHTS: dict[str, dict[str, Any]] = {
    "lstm": {
        "s0": [0, 0],
        "WA": [[1.2, -0.8]], "UA": [[0.3, -0.2], [0.1, 0.4]], "bA": [0.1, 0], "WI": [[2, 1.5]], "UI": [[0.2, 0.1], [-0.3, 0.2]], "bI": [-1, -0.5],
        "WF": [[0.5, -0.3]], "UF": [[0.2, -0.1], [0.1, 0.3]], "bF": [2, 1.5], "WO": [[0.4, 0.6]], "UO": [[0.1, 0.2], [-0.2, 0.3]], "bO": [0.5, 1],
    },
    "gru": {
        "WK": [[-3, -2]], "UK": [[0.2, -0.1], [0.1, 0.3]], "bK": [2, 1.5], "WR": [[0.4, 0.6]], "UR": [[0.1, 0.2], [-0.2, 0.3]], "bR": [0.5, 1],
        "WC": [[1.2, -0.8]], "UC": [[0.3, -0.2], [0.1, 0.4]], "bC": [0.1, 0],
    },
}  # fmt: skip


class Lstm(Scenario):
    """A cell with gates over four moments, forward and back through time."""

    name = "lstm"
    title = N_("LSTM and GRU: what came in first is still known at the end")
    article = N_("Hochreiter and Schmidhuber, “Long Short-Term Memory” (1997); Gers et al. (2000); Cho et al. (2014)")
    summary = N_("Gates say what is let in, kept and shown. So a number of the first moment reaches the last, and its slope comes all the way back.")  # fmt: skip
    order = 270
    locale = Path(__file__).parent.parent / "locale"
    parameters = (ETA, CELL)
    ask = ("H[3,:]=2", "L=2", "d_P=2")

    def build(self, book: Book, settings: Mapping[str, Any], data: Array | None) -> None:
        """The whole on one page; then the gates at a moment, how the slopes fade, the first cells, and a trial."""
        cell, parts = settings["cell"], PARTS[settings["cell"]]
        book.first_change = _("on the sheet Whole, type −2 for both numbers of {bias}: the gate that keeps closes, and the blue columns on this sheet shrink like the grey ones.").format(bias=parts.bias)  # fmt: skip
        page = graph_page(
            book, _("Four moments and their gates on one page"),
            _("Each gate is σ of its sums X·W + H₋·U + b, where ₋ is the moment before. {formula}.").format(formula=parts.formula),
            _("If only the last moment counts, will changing the first number of X still move the loss?"),
        )  # fmt: skip
        kept = book.page(
            "Kept", _("What goes through the gates?"),
            _("Multiplied by 0 nothing goes through, by 1 everything: a gate chooses for every neuron and every moment."),
            _("To keep a number over many moments, near what should the gate that keeps it be?"),
        )  # fmt: skip
        fade = book.page(
            "Fade", _("How much of the slope comes back to the first moment?"),
            _("Through tanh and weights the slopes fade; through the gate that keeps, they are only multiplied by it."),
            _("If a gate lets through nine tenths at each moment, how much is left after three?"),
        )  # fmt: skip
        numbers = {name: np.array(value, float) for name, value in {**COMMON, **WEIGHTS[cell]}.items()}
        whole = network_page(page, graph(cell, numbers))
        _whole_ends(page, whole, parts)
        kept_page(kept, whole, parts)
        fade_page(fade, whole, parts)
        deeper_pages(book, whole, parts.bias.replace("b", "U"))


def _whole_ends(page: Page, whole: Whole, parts: Parts) -> None:
    page.try_(_("Type 1 into the last row of X: something new comes in just when it counts."))
    slope, gate, last = whole.slope(parts.memory), whole[parts.keeps], len(LAST) - 1
    page.turn(
        "whole_turn",
        _("What comes back through the gate? Multiply the first numbers of the last rows of ∂{memory} and {gate}. (0.01 off is close enough)").format(memory=parts.memory, gate=parts.keeps),
        page.offstage_block(
            "whole_back", slope.value[-1, 0] * gate.value[-1, 0], lambda: slope[last, 0] * gate[last, 0],
            title=_("what comes back through the gate"),
        ),
        0.01,
        _("The rest of the row above comes through the weights U."),
        _("two numbers of the last rows, one violet and one white."),
    )  # fmt: skip
    page.remember(_("A gate near 1 keeps a number, and lets its slope back; a gate near 0 forgets both."))
    page.source(_("Chosen here: every number."))
