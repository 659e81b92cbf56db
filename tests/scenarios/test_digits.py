"""The digit network: its sizes, its training, one step live for every parameter."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from scenarios.digits import Digits
from tests.proof import assert_proven, formula_texts
from workbook.book import Book

SCENARIO = Digits()
SMALL = {"net": "784-16-16-10", "lr": 1.0, "epochs": 3, "batch": 4}


def parameter_count(book: Book) -> int:
    return sum(
        block.value.size for block in book.blocks() if block.id in {f"{kind}{n}" for kind in "Wb" for n in (1, 2, 3)}
    )


@pytest.mark.parametrize(("net", "count"), [("784-100-40-10", 82_950), ("784-16-16-10", 13_002)])
def test_parameter_counts_are_the_articles(net: str, count: int) -> None:
    """fathoming-the-deep: 82,950; backpropagation-13002: 12,960 weights and 42 biases."""
    assert parameter_count(SCENARIO.make(settings={"net": net, "epochs": 1})) == count


def test_default_network_learns() -> None:
    book = SCENARIO.make()
    assert book["test_accuracy"].value[-1] > 0.9
    assert book["train_accuracy"].value[-1] > 0.97


def test_every_cell_is_proven(engine: str) -> None:
    assert assert_proven(SCENARIO.make(settings={**SMALL, "seed": 11}), engine) > 20_000


def test_step_is_nielsens() -> None:
    """The update is η/m times the sum of the per-example gradients of ½‖y − a‖²; autograd says the same of W²."""
    book = SCENARIO.make(settings=SMALL)
    X, Y = book["X"].value, book["Y"].value
    W = [book[f"W{n}"].value for n in (1, 2, 3)]
    b = [book[f"b{n}"].value for n in (1, 2, 3)]

    def mean_cost(W2):  # type: ignore[no-untyped-def]
        a = X
        for weights, biases in zip((W[0], W2, W[2]), b, strict=True):
            a = 1 / (1 + anp.exp(-(anp.dot(a, weights.T) + biases)))
        return 0.5 * anp.sum((a - Y) ** 2) / len(X)

    gradient = grad(mean_cost)(W[1])
    np.testing.assert_allclose(book["gW2"].value, gradient, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(book["W2_new"].value, W[1] - 1.0 * gradient, rtol=1e-12)


def test_formulas_do_not_change_with_the_numbers() -> None:
    one, other = (SCENARIO.make(settings={**SMALL, "seed": seed}) for seed in (1, 2))
    assert formula_texts(one) == formula_texts(other)


def test_mnist_files_are_read(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (40, 28, 28), dtype=np.uint8)
    labels = random.integers(0, 10, 40, dtype=np.uint8)
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(struct.pack(">4i", 2051, 40, 28, 28) + images.tobytes()))
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(
        gzip.compress(struct.pack(">2i", 2049, 40) + labels.tobytes())
    )
    book = SCENARIO.make(settings=SMALL, data=path)
    pixels = {tuple(row) for row in (images.reshape(40, -1) / 255).tolist()}
    assert all(tuple(row) in pixels for row in book["X"].value.tolist())
