"""Two circles of points, told apart by a 2-4-6-6-4-1 network: ReLU on the hidden layers, sigmoid at the end, cross-entropy.

Symbols and shapes (n[l] neurons in layer l, m examples; the article's convention, one column per example)

    W[l]  (n[l], n[l−1])   weights            b[l]  (n[l], 1)   biases
    Z[l]  (n[l], m)        weighted sums      A[l]  (n[l], m)   activations; A[0] = X, A[5] = Ŷ
    dZ, dA, dW, db         ∂L/∂Z, ∂L/∂A, ∂L/∂W, ∂L/∂b, each in the shape of what it belongs to

    L  = −mean of Y·ln Ŷ + (1 − Y)·ln(1 − Ŷ)
    dA[L] = −(Y/Ŷ − (1 − Y)/(1 − Ŷ)),  dZ = dA ∗ g′(Z),  dW = dZ·A[l−1]ᵀ/m,  db = mean of dZ,  dA[l−1] = Wᵀ·dZ

Tables with one example per row hold the transposes of Z, A, dZ and dA. Article: deep-networks-maths; its notebook sets no seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.circles.article import SIZES, article_page, one_point
from scenarios.circles.cycle import BATCH, RATE, cycle_page, trial_page
from scenarios.circles.points import data_page, make_circles, points_page, split
from scenarios.circles.region import region_page
from scenarios.circles.training import run_page, start, train, training_page
from scenarios.common.activations import RELU, Array, clipped_sigmoid
from scenarios.common.network_page import Shown, network_page, whole_page
from scenarios.common.rows import require
from scenarios.common.training import epoch_cell
from workbook.book import Book
from workbook.data import read_numbers
from workbook.page import Page
from workbook.scenario import Parameter, Scenario, UsageError
from workbook.sheet import Kind
from workbook.text import N_, _

EPSILON = 1e-7
"""Keras's own: it holds a prediction between this and 1 minus this before it takes the logarithm."""

SHOWN_EPOCH = 8


class Circles(Scenario):
    """The 2-4-6-6-4-1 network that tells two circles apart."""

    name = "circles"
    licence = "MIT"
    title = N_("Two circles of points: a 2-4-6-6-4-1 network learns the border between them")
    article = N_("The mathematics behind deep networks (deep-networks-maths)")
    summary = N_(
        "A thousand points in two circles that no straight line divides. Follow one point through five layers and back, then a "
        "whole mini-batch at once; pick any of the epochs and see the region that the network has carved out by then.",
    )  # fmt: skip
    order = 150
    large = True
    locale = Path(__file__).parent.parent / "locale"
    ask = ("page_gW5=2", "page_gW1[:2,:]=3", "page_C", "page_W5_new[0,:2]=2", "page_W1_new[:2,:]=2", "page_b5_new")
    parameters = (
        RATE, BATCH, Parameter("epochs", 50, N_("epochs of the recorded training run"), 5, 200, whole=True),
        Parameter("optimizer", "sgd", N_("what takes the steps of the recorded run"), choices=("sgd", "adam")),
        Parameter("seed", 11, N_("seed of the points, the start and the shuffling"), 0, 2**32 - 1, whole=True),
    )  # fmt: skip
    data_columns = N_("x, y (−10 … 10), label (0 or 1): one point a row, at least 40 of each label")

    def read_data(self, path: Path) -> tuple[Array, Array]:
        frame = read_numbers(path, ["x", "y", "label"], min_rows=80, max_rows=5000, low=-10, high=10)
        require(path, frame, ["label"], lambda label: label.isin((0, 1)), "a label is 0 or 1")
        labels = frame["label"].to_numpy(float)
        for label in (0, 1):
            if (count := int(np.sum(labels == label))) < 40:
                raise UsageError(f"{path}: only {count} points have the label {label}; give at least 40 of each")
        return frame[["x", "y"]].to_numpy(float), labels

    def own_rows(self) -> list[Sequence[Any]]:
        xy, labels = make_circles(np.random.default_rng(int(self.defaults()["seed"])))
        return [("x", "y", "label"), *((*point, int(label)) for point, label in zip(xy.round(4), labels, strict=True))]

    def build(self, book: Book, settings: Mapping[str, Any], data: tuple[Array, Array] | None) -> None:
        """Train beforehand; then see the region, all of the network for one point, and a mini-batch step by step."""
        book.first_change = _("on the sheet Region, type 0 into the yellow cell, then 1, 2, 3, …: the blue region closes around the inner circle.")  # fmt: skip
        whole = whole_page(book)
        region = book.page(
            "Region", _("What the network says everywhere, epoch by epoch"),
            _("Every coloured cell is a point of the plane: orange says class 0, blue class 1, and pale is unsure."),
            _("No straight line parts the two circles. After how many epochs will the blue region be closed?"),
        )  # fmt: skip
        pages = _pages(book)
        random = np.random.default_rng(settings["seed"])
        points = split(*(data if data is not None else make_circles(random)), random)
        data_page(pages["Data"], points, random.permutation(points.training))
        points_page(pages["Points"], points, own=data is not None)
        epsilon = book.helpers.recorded("epsilon", EPSILON, "ε", _("how near to 0 or 1 a prediction may come"))
        activations = (RELU,) * (len(SIZES) - 2) + (clipped_sigmoid(epsilon),)
        usual = {key: settings[key] for key in ("lr", "batch", "epochs", "optimizer")}
        run = train(start(SIZES, random), activations, points, random, **usual)
        record = run_page(pages["Run"], run)
        last = len(run.states) - 1
        with region.left():
            epoch_cell(region, last, min(SHOWN_EPOCH, last))
        layers = training_page(pages["Training"], pages["Heldout"], points, run, record, activations, settings)
        region_page(region, pages["Grid"], points, layers)
        n, X, Y = one_point(book, points.training)
        batch = cycle_page(pages["Cycle"], points, layers)
        made = network_page(whole, Shown(layers, X, Y, batch.loss, book["alpha"], example=n))
        made.lead_to(batch)
        article_page(pages["Article"], made.net)
        trial_page(pages["Trial"], batch)


def _pages(book: Book) -> dict[str, Page]:
    """Add the pages behind the story."""
    titles = {
        Kind.ARTICLE: {"Article": _("The article's Keras lines, and what lies under them")},
        Kind.DEEPER: {
            "Cycle": _("One cycle: a mini-batch forward, backward, and one step"),
            "Training": _("Training: the picked epoch against the recorded run"),
            "Points": _("The points: two classes, no straight line between them"),
            "Trial": _("Check by trial: does the loss move as the slopes say?"),
        },
        Kind.DATA: {
            "Heldout": _("The held-out points: right on what it never saw?"),
            "Grid": _("The grid behind the region: a forward pass for each of its points"),
            "Run": _("The training run, epoch by epoch, recorded by NumPy"),
            "Data": _("The points, one per row"),
        },
    }
    return {
        name: book.page(name, title, kind=kind, landscape=True)
        for kind, names in titles.items()
        for name, title in names.items()
    }
