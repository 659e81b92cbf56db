"""Handwritten digits, 28×28 pixels: 784-100-40-10, or 784-16-16-10 with its 13,002 parameters.

Symbols and shapes, for a mini-batch of m images, one a row of the sheets

    X       (784, m)  grey values of the pixels, 0 white … 1 black, row by row
    Y       (10, m)   targets, one-hot
    W[l]    (n[l], n[l−1])   b[l]  (n[l],)     z, a, δ  (n[l], m),  a = σ(z)
    L       ½‖y − a‖², averaged over the mini-batch

Article: fathoming-the-deep, which walks through network.py (Nielsen): biases of all layers are drawn first, then the
weights, standard normal; each epoch shuffles and takes consecutive slices; the update is η/m × the sum of the
per-example gradients; the output error is (a − y)·σ′(z); a digit is read off as the largest output.

The story: one image through the whole network, pictures that it has never seen, learning, one neuron's weights, and
how many parameters there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.net import Net
from scenarios.digits.code import code_page
from scenarios.digits.count import count_page
from scenarios.digits.data import Digits as Data
from scenarios.digits.data import load_idx, load_uci_digits, split
from scenarios.digits.learning import learning_page
from scenarios.digits.neuron import neuron_page
from scenarios.digits.passes import batch_page, input_page, layer_page, next_page, nudge_page, step_pages
from scenarios.digits.training import CLASSES, LOSS, train
from scenarios.digits.unchanged import unchanged_page
from scenarios.digits.unseen import evaluate_page, held_out_page, unseen_page
from scenarios.digits.whole import whole_page
from workbook.book import Book
from workbook.page import Page
from workbook.scenario import Parameter, Scenario, UsageError
from workbook.sheet import Kind
from workbook.text import N_, _

NETS = ("784-100-40-10", "784-16-16-10")
HELD_OUT = 297
ETA = Parameter("lr", 2.0, N_("learning rate"), 0.001, 20, symbol="η")


class Digits(Scenario):
    """Handwritten digits."""

    name = "digits"
    licence = "MIT AND CC-BY-4.0"
    title = N_("A network reads handwriting, and every one of its parameters is here")
    article = N_("Fathoming the deep in deep learning (fathoming-the-deep), and backpropagation-13002")
    summary = N_(
        "Pixels go in, ten numbers come out, and between them stand thousands of weights, none left out: see what they say, "
        "and how one step of learning moves each of them."
    )
    order = 160
    large = True
    locale = Path(__file__).parent.parent / "locale"
    ask = ("C_each=2", "b3_new=3", "C_each_new=3", "count_weights=3", "other_parameters=3")
    parameters = (
        Parameter("net", NETS[0], N_("the network"), choices=NETS),
        ETA,
        Parameter("batch", 10, N_("images in a mini-batch"), 2, 20, whole=True),
        Parameter("epochs", 30, N_("epochs that NumPy trains beforehand"), 1, 100, whole=True),
        Parameter("seed", 5, N_("seed of the random start"), 0, 2**32 - 1, whole=True),
    )
    data_columns = N_(
        "MNIST's image file (…images-idx3-ubyte, also .gz); the label file beside it is found by its name"
    )

    def data_files(self, path: Path) -> tuple[Path, Path]:
        """Return the images and the labels that lie beside them."""
        return path, path.with_name(path.name.replace("images", "labels").replace("idx3", "idx1"))

    def read_data(self, path: Path) -> Data:
        _images, labels = self.data_files(path)
        if labels == path:
            raise UsageError(
                f"{path}: give MNIST's image file, named like train-images-idx3-ubyte, the label file beside it"
            )
        try:
            return load_idx(path, labels)
        except ValueError as error:
            raise UsageError(str(error)) from None

    def build(self, book: Book, settings: Mapping[str, Any], data: Data | None) -> None:
        """One image, then unseen ones; how it learned, one neuron, all parameters; the program; every table behind them."""
        sizes = [int(part) for part in settings["net"].split("-")]
        images = data or load_uci_digits()
        seen, held_out = split(*images, min(HELD_OUT, len(images.labels) // 5))
        trained = train(sizes, seen, held_out, *(settings[key] for key in ("lr", "batch", "epochs", "seed")))
        book.first_change = _("on the sheet Whole, type 2: another image, another answer.")
        whole, unseen, learning, neuron, count, code = _story(book, settings["net"])

        batch, labels = seen.images[trained.following], seen.labels[trained.following]
        pages = [
            book.page(f"Layer{n}", _("Layer {layer}: weights, gradient, update").format(layer=n), kind=Kind.DEEPER)
            for n in range(1, len(sizes))
        ]
        X, Y = input_page(book, batch, np.eye(CLASSES)[labels], own=data is not None)
        layers = [layer_page(page, n, *trained.parameters[n - 1]) for n, page in enumerate(pages, 1)]
        net = Net(layers, X, Y, LOSS)
        batch_page(book, net, pages[0], thirteen_thousand=settings["net"] == NETS[1])
        eta, moved = step_pages(net, pages, ETA)
        next_page(book, moved, pages[0])
        nudge_page(book, net)

        right = evaluate_page(book, net, unchanged_page(book, net))
        held = held_out_page(book, layers, held_out)
        whole_page(whole, net, moved)
        unseen_page(unseen, *held)
        slices = learning_page(learning, trained, len(seen.labels), len(labels), own=data is not None)
        neuron_page(neuron, net, moved, eta)
        count_page(count, settings["net"], NETS, layers)
        code_page(code, net, moved, eta, slices, right)


def _story(book: Book, net: str) -> tuple[Page, ...]:
    """Add the pages of the story, and the article's program."""
    core = (
        (
            "Whole",
            _("One picture through the whole network"),
            _(
                "Each square is a neuron, darker the more it answers; the squares below, blue or red, are its blame for the error."
            ),
            _("If every output were 0.1, would the network still name a digit?"),
            None,
        ),
        (
            "Unseen",
            _("Pictures that it has never seen"),
            _("What counts is not what it has seen, but what it makes of handwriting that is new to it."),
            _("How many of them will it read right?"),
            5.4,
        ),
        (
            "Learning",
            _("Epoch by epoch it learns to read"),
            _("Random weights know nothing; thousands of small steps against the slope of the loss make them read."),
            _("Of what it has never seen, will it ever read as much as of what it has?"),
            None,
        ),
        (
            "Neuron",
            _("What one hidden neuron looks for"),
            _("A neuron's 784 weights are a picture too: blue where ink wakes it, red where ink silences it."),
            _("Which weights will a step hardly move: those in the middle or those at the rim?"),
            None,
        ),
        (
            "Parameters",
            _("{net}: where do all the parameters sit?").format(net=net),
            _("Each neuron has a weight for everything below it and one bias, so the first layer holds almost all."),
            _("Which layer has the most weights, and how many?"),
            None,
        ),
    )
    pages = [book.page(*words, column_width=width, landscape=True, one_page=True) for *words, width in core]
    return *pages, book.page("Code", _("network.py, line by line, beside its tables"), kind=Kind.ARTICLE)
