"""An LSTM and a GRU: numbers that others computed, the plain oracle for both, and what the gates do to the slopes."""

from __future__ import annotations

from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from graph_cases import normal, sizes
from proof import assert_proven
from test_graph import book_of

from scenarios.lstm import COMMON, WEIGHTS
from scenarios.lstm.cells import graph
from scenarios.lstm.oracle import loss
from tests.books import made_once
from tests.typed import typed

GOMEZ = {
    "X": [[1, 2], [0.5, 3]], "Y": [[0.5], [1.25]], "m": [[1], [1]], "h0": [0], "s0": [0],
    "WA": [[0.45], [0.25]], "UA": [[0.15]], "bA": [0.2], "WI": [[0.95], [0.8]], "UI": [[0.8]], "bI": [0.65],
    "WF": [[0.7], [0.45]], "UF": [[0.1]], "bF": [0.15], "WO": [[0.6], [0.4]], "UO": [[0.25]], "bO": [0.1],
}  # fmt: skip
"""The inputs of A. Gomez, “Backpropogating an LSTM: A Numerical Example”, 2016: one neuron, two moments, two numbers in."""


def test_the_numbers_of_gomez() -> None:
    network = graph("lstm", {name: np.array(value, float) for name, value in GOMEZ.items()})
    given = {node.name: node.start for node in network.given}
    values, slopes = network.values(given), network.slopes(given)
    np.testing.assert_allclose(values["H"].ravel(), [0.53631, 0.77198], atol=5e-6)
    np.testing.assert_allclose(values["S"].ravel(), [0.78572, 1.5176], atol=5e-5)
    np.testing.assert_allclose(slopes["WA"].ravel(), [-0.02672, -0.0922], atol=5e-6)
    assert_proven(book_of(network))


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_cell_of_any_shape_is_the_oracles(cell: str) -> None:
    rng = np.random.default_rng(7)
    t, k, n = sizes(rng)
    shapes = {"X": (t, k), "m": (t, n), "Y": (t, n), "h0": (n,), "s0": (n,), "W": (k, n), "U": (n, n), "b": (n,)}
    names = [*COMMON, *WEIGHTS[cell]]
    numbers = {name: normal(rng, *(shapes.get(name) or shapes[name[0]])) for name in names}
    numbers["m"] = np.abs(numbers["m"]) / 2
    network = graph(cell, numbers)
    assert_proven(book_of(network))
    slopes = network.slopes(numbers)
    assert float(slopes["L"]) == 1 and network.values(numbers)["L"] == pytest.approx(float(loss(np, numbers)))
    for name in names:
        expected = grad(lambda x, name=name: loss(anp, {**numbers, name: x}))(numbers[name])
        np.testing.assert_allclose(slopes[name], expected, atol=1e-12)


def test_a_gru_is_proven_and_the_oracles() -> None:
    book = made_once("lstm", cell="gru")
    assert_proven(book)
    given = {block.id: block.value for block in book.blocks() if block.id in {*COMMON, *WEIGHTS["gru"]}}
    assert float(book["L"].value) == pytest.approx(float(loss(np, given)))


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_slopes_come_back_through_the_gate_that_keeps(tmp_path: Path, cell: str) -> None:
    book, bias = made_once("lstm", cell=cell), {"lstm": "bF", "gru": "bK"}[cell]
    assert book["left_gates"].value[0] > 10 * book["left_plain"].value[0]
    shut = typed(book, tmp_path, {bias: -2})
    assert shut["left_gates"][0][0] < 20 and shut["left_plain"][0][0] == pytest.approx(book["left_plain"].value[0])
    assert not shut.failing and not shut.errors


def test_the_sentence_works_out_the_state(tmp_path: Path) -> None:
    said = typed(made_once("lstm"), tmp_path, {"neuron": 2, "X": [[1], [0], [0], [1]]})
    numbers = {name: said[f"gate_{name}"][3][0] for name in ("F", "before", "I", "A", "S")}
    assert "{F:.3f}·".format(**numbers) in said["kept_says"]
    assert numbers["S"] == pytest.approx(numbers["F"] * numbers["before"] + numbers["I"] * numbers["A"])
    assert not said.failing and not said.errors
