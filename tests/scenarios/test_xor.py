"""The 3-4-1 network: the article's predictions come out, gradients are right, and every row is proven."""

from __future__ import annotations

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from scenarios.xor import PRINTED, TARGETS, X_ROWS, Xor, start_weights, train
from tests.books import made_once
from tests.proof import assert_proven, formula_texts

SCENARIO = Xor()
SHORT = {"iterations": 40}


def test_article_predictions() -> None:
    """neural-network-in-python: 0.023, 0.979, 0.975, 0.025 after 1500 iterations."""
    book = made_once("xor")
    assert tuple(np.round(book["last_output"].value, 3)) == PRINTED
    assert [str(book[f"printed_{n}_verdict"].value) for n in (1, 2, 3, 4)] == ["✓"] * 4
    assert book["rises"].value == 0


def test_predictions_are_those_of_the_articles_code() -> None:
    """The class as it is written: examples in rows, weights (inputs, units), and d_weights added."""
    random = np.random.RandomState(147615)
    weights1, weights2, y = random.rand(3, 4), random.rand(4, 1), TARGETS[:, None]
    for _iteration in range(1500):
        layer1 = 1 / (1 + np.exp(-np.dot(X_ROWS, weights1)))
        output = 1 / (1 + np.exp(-np.dot(layer1, weights2)))
        slope = 2 * (y - output) * output * (1 - output)
        d_weights2 = np.dot(layer1.T, slope)
        d_weights1 = np.dot(X_ROWS.T, np.dot(slope, weights2.T) * layer1 * (1 - layer1))
        weights1 += d_weights1
        weights2 += d_weights2
    run = train(*start_weights(147615), X_ROWS, TARGETS[:, None], 1.0, 1500)
    np.testing.assert_allclose(run.output[1499], output[:, 0], rtol=1e-10)
    np.testing.assert_allclose(run.W1[1500], weights1.T, rtol=1e-10)


def _loss(W1: np.ndarray, W2: np.ndarray) -> float:
    hidden = 1 / (1 + anp.exp(-anp.dot(X_ROWS, W1.T)))
    output = 1 / (1 + anp.exp(-anp.dot(hidden, W2[0])))
    return anp.sum((output - TARGETS) ** 2)


def test_gradients_meet_autograd_and_difference_quotients() -> None:
    random = np.random.default_rng(3)
    W1, W2 = random.normal(size=(4, 3)), random.normal(size=(1, 4))
    run = train(W1, W2, X_ROWS, TARGETS[:, None], 0.7, 3)
    np.testing.assert_allclose(run.loss[0], _loss(W1, W2), rtol=1e-14)
    np.testing.assert_allclose(run.dW1[0], grad(_loss, 0)(W1, W2), rtol=1e-10)
    np.testing.assert_allclose(run.dW2[0], grad(_loss, 1)(W1, W2)[0], rtol=1e-10)
    nudge, h = np.zeros((4, 3)), 1e-5
    nudge[2, 1] = h
    quotient = (_loss(W1 + nudge, W2) - _loss(W1 - nudge, W2)) / (2 * h)
    assert run.dW1[0][2, 1] == pytest.approx(quotient, rel=1e-7)


def test_printed_figures_do_not_apply_to_other_inputs() -> None:
    book = made_once("xor", **SHORT, seed=2)
    assert str(book["printed_1_verdict"].value) == "–"


def test_other_examples_are_proven() -> None:
    """What is typed for the examples and the start is what the run is made with."""
    book = SCENARIO.make(
        settings={"iterations": 12}, given={"X": 2 * X_ROWS.T - 1, "iteration": 5, "W2": [[1, 0, -1, 2]]}
    )
    np.testing.assert_array_equal(book["run_W2"].value[0], [1, 0, -1, 2])
    assert book["row_loss"].value == book["run_loss"].value[4] == pytest.approx(float(book["C_t"].value))
    assert_proven(book)


def test_short_run_is_proven_by_each_engine(engine: str) -> None:
    assert_proven(made_once("xor", **SHORT, lr=3.0, seed=5), engine)


def test_chaotic_run_is_proven() -> None:
    """With a learning rate of 3 the last bits of a sum taken in another order would grow until nothing agrees."""
    assert_proven(made_once("xor", iterations=400, lr=3.0, seed=5))


def test_chinese_is_complete() -> None:
    assert not made_once("xor", "zh", **SHORT).translator.missing


def test_formulas_do_not_depend_on_the_numbers() -> None:
    first = formula_texts(made_once("xor", **SHORT))
    second = formula_texts(made_once("xor", **SHORT, lr=0.4, seed=8))
    assert first == second
