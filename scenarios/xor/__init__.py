"""The small network of the well-known Python class: 3-4-1, no biases, sigmoid twice, 1500 iterations, all of them live.

Symbols and shapes

    X   (3, 4)   inputs, one column per example; x₃ is always 1       Y   (1, 4)   targets: x₁ XOR x₂
    W¹  (4, 3)   weights of the hidden layer, one row per neuron      W²  (1, 4)   weights of the output
    Z, A         weighted sums and activations, A = σ(Z)              Ŷ = A²       predictions
    L            SSE, Σ (ŷ − y)², summed over the four examples

The article's code lays one example per row and one neuron per column, so each of its arrays is the transpose of the one
here: input = Xᵀ, weights1 = (W¹)ᵀ, layer1 = (A¹)ᵀ, output = Ŷᵀ. Its d_weights point downhill, −∂L/∂W, and are added.

Article: neural-network-in-python. It sets no seed; the start here is chosen so that its four printed predictions come out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenarios.common.network_page import Shown, network_face, network_page, whole_page
from scenarios.common.nudge import choose, nudge_one, nudge_size
from scenarios.xor.article import ITERATIONS, PRINTED, SEED, article_page, begin_article
from scenarios.xor.learning import RATE, begin_learning, learning_page
from scenarios.xor.run import TARGETS, X_ROWS, run_page, start_weights, train
from workbook.book import Book
from workbook.scenario import Scenario
from workbook.sheet import Kind
from workbook.text import N_, _

__all__ = ["PRINTED", "TARGETS", "X_ROWS", "Xor", "start_weights", "train"]


class Xor(Scenario):
    """The 3-4-1 network of the Python class."""

    name = "xor"
    licence = "MIT"
    title = N_("A neural network in a few lines of Python: 3-4-1 learns XOR")
    article = N_("Introduction to neural networks and a Python implementation (neural-network-in-python)")
    summary = N_(
        "The article's class with its two functions, feedforward and backprop, as a spreadsheet: every one of its "
        "iterations is a row of live formulas, and any of them opens up into its matrices beside the lines of code.",
    )  # fmt: skip
    order = 140
    large = True
    locale = Path(__file__).parent.parent / "locale"
    ask = ("Z2_t=3", "C_each_t=3", "C_t=2", "G2_t=3")
    parameters = (RATE, ITERATIONS, SEED)

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        """Watch it learn, see all of it at once, read it line by line, and check a slope by trial."""
        book.first_change = _("on the sheet Learning, type 400, then 800 into the yellow cell “iteration to look at”: the four points part. " "Then try the learning rate 0.1.")  # fmt: skip
        whole = whole_page(book)
        learning = book.page(
            "Learning", _("Watch four predictions part"),
            _("Each iteration moves every weight a little downhill, with all four examples at once."),
            _("Will the loss fall evenly, or in a rush?"),
        )  # fmt: skip
        article = book.page(
            "Article", _("The article's class, line by line"),
            _("Its two functions, feedforward and backprop, for one iteration, and what it prints in the end."),
            kind=Kind.ARTICLE,
        )  # fmt: skip
        trial = book.page("Trial", _("Check by trial: does the loss move as the slopes say?"), kind=Kind.DEEPER)
        table = book.page("Run", _("The whole run: one row per iteration, every cell a formula"), kind=Kind.DATA)

        iterations = int(settings[ITERATIONS.key])
        _n, eta = begin_learning(learning, iterations)
        begin_article(article)
        X, Y, W1, W2 = (book[id].value for id in ("X", "Y", "W1", "W2"))
        run = train(W1, W2, X.T, Y.T, float(eta.value), iterations)
        run_page(table, run)
        learning_page(learning, run)
        net = article_page(article, run)
        trial.step(
            _("One weight changed a little"),
            _("Move any weight up and down by h and run the network again: does the loss move as its slope says?"),
            "∂L/∂w ≈ (L(w + h) − L(w − h)) / 2h",
        )
        nudge_one(trial, net, choose(trial, net, (1, 1, 3)), nudge_size(trial))
        network_face(book.start, network_page(whole, Shown(net.layers, net.X, net.Y, net.loss, eta)))
        whole.link(_("Another iteration: sheet Learning"), learning)
