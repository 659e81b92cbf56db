"""A dense network and its recipes: both ways of lying, both kinds of loss, with and without biases, proven by an engine."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import scenarios
from scenarios.common.activations import RELU, SIGMOID, STEP, TANH, Activation, Array
from scenarios.common.layer import Parameters, given_layers
from scenarios.common.losses import BINARY_CROSS_ENTROPY, HALF_SQUARED, SQUARED, Loss
from scenarios.common.net import Net
from scenarios.common.nudge import choose, nudge_every, nudge_one, nudge_size
from scenarios.common.training import descend, gradients_of, in_order, measured, propagate, stepped
from workbook.block import Counter
from workbook.book import Book
from workbook.formula import Direction
from workbook.scenario import Scenario
from workbook.sheet import HOLDS
from workbook.testing import assert_proven

RANDOM = np.random.default_rng(7)
X, Y = RANDOM.normal(size=(3, 5)).round(2), np.array([[1, 0, 1, 0, 1], [0, 1, 0, 0, 1]], dtype=float)


def parameters(sizes: Sequence[int], biases: bool = True) -> Parameters:
    return [
        (RANDOM.normal(size=(n, k)).round(2), RANDOM.normal(size=n).round(2) if biases else None)
        for k, n in pairwise(sizes)
    ]


def made(given: Parameters, gs: Sequence[Activation], loss: Loss, along: Direction, x: Array, y: Array) -> Book:
    """Return a book with a net's forward, backward and update, and a parameter changed a little."""

    class Small(Scenario):
        name = "small"
        title = "small"
        article = "none"
        summary = "none"
        order = 0
        locale = Path(scenarios.__file__).parent / "locale"

        def build(self, book: Book, settings: Any, data: Any) -> None:
            page = book.page("Net", "Net")
            layers = given_layers(page, given, gs)
            eta = page.given("eta", 0.5, "η", "learning rate")
            if along is Direction.DOWN:
                net = Net(layers, page.given("X", x, "X", "input"), page.given("Y", y, "Y", "target"), loss)
                net.forward(page)
                net.measure(page)
                net.backward(page, parts=True)
            else:
                with page.table(Counter("i = "), x.shape[1]) as table:
                    inputs = table.given("X", x, "X", "input", along=along)
                    net = Net(layers, inputs, table.given("Y", y, "Y", "target", along=along), loss)
                    net.forward(table)
                    net.backward(table)
                    net.measure(table)
            net.gradients(page)
            moved = net.update(page, eta)
            if along is Direction.DOWN:
                moved.forward(page).measure(page)
            nudge_one(page, net, choose(page, net, (1, 9, 2) if layers[0].units >= 9 else (1, 1, 2)), nudge_size(page))
            if x.shape[1] == 1:
                nudge_every(page, net, book["h"], name="every")

    return Small().make()


CASES = [
    ((3, 4, 2), True, (SIGMOID, SIGMOID), HALF_SQUARED),
    ((3, 4, 2), False, (TANH, SIGMOID), SQUARED),
    ((3, 4, 3, 1), True, (RELU, RELU, SIGMOID), BINARY_CROSS_ENTROPY),
    ((3, 1, 2), True, (SIGMOID, SIGMOID), HALF_SQUARED),
]


@pytest.mark.parametrize("along", list(Direction))
@pytest.mark.parametrize(("sizes", "biases", "gs", "loss"), CASES)
def test_a_net_is_proven_and_its_slopes_are_those_of_training(
    sizes: Sequence[int], biases: bool, gs: Sequence[Activation], loss: Loss, along: Direction
) -> None:
    """Forward, backward and update, by formulas; NumPy's training and a difference quotient agree."""
    given, y = parameters(sizes, biases), Y[: sizes[-1]]
    book = made(given, gs, loss, along, X, y)
    assert_proven(book)
    for layer, (dW, db) in enumerate(gradients_of(given, gs, loss, X.T, y.T), 1):
        np.testing.assert_allclose(book[f"gW{layer}"].value, dW, rtol=1e-12)
        if db is not None:
            np.testing.assert_allclose(book[f"gb{layer}"].value, db, rtol=1e-12)
    np.testing.assert_allclose(book[f"A{len(gs)}"].value, propagate(given, gs, X.T)[-1][1].T, rtol=1e-12)
    assert book["fd_verdict"].value == HOLDS


def test_both_ways_of_lying_hold_the_same_numbers() -> None:
    given = parameters((3, 4, 2))
    books = [made(given, (SIGMOID, SIGMOID), HALF_SQUARED, along, X, Y) for along in Direction]
    for id in ("Z1", "A1", "Z2", "A2", "D2", "D1", "gW1", "gb2", "C_each", "C", "W1_new", "fd_numeric"):
        np.testing.assert_array_equal(books[0][id].value, books[1][id].value)


def test_every_parameter_of_one_example() -> None:
    given = parameters((3, 4, 2))
    book = made(given, (SIGMOID, SIGMOID), HALF_SQUARED, Direction.DOWN, X[:, :1], Y[:, :1])
    assert_proven(book)
    assert len(book["every_quotient"].value) == 3 * 4 + 4 + 4 * 2 + 2
    assert book["every_verdict"].value == HOLDS


def test_at_a_jump_a_measured_slope_does_not_count() -> None:
    """The step function's weighted sum is 0 for the first example: any change carries it across."""
    given: Parameters = [(np.array([[1.0, -1.0, 0.0]]), np.array([0.0]))]
    x = np.array([[0.5, 1.0], [0.5, 0.2], [1.0, 1.0]])
    book = made(given, (STEP,), SQUARED, Direction.DOWN, x, np.array([[1.0, 0.0]]))
    assert_proven(book)
    assert book["fd_verdict"].value == "–"


def test_descent_by_batches_shuffles_before_every_epoch() -> None:
    """Two epochs by slices of two of five examples are six steps, in the order that the generator draws."""
    given, gs = parameters((3, 4, 2)), (SIGMOID, SIGMOID)
    run = descend(given, gs, SQUARED, X.T, Y.T, 0.1, batch=2, random=np.random.default_rng(3))
    states = list(islice(run, 3))
    random, now = np.random.default_rng(3), given
    for _epoch in range(2):
        order = random.permutation(5)
        for rows in (order[:2], order[2:4], order[4:]):
            now = stepped(now, gradients_of(now, gs, SQUARED, X.T[rows], Y.T[rows]), 0.1)
    for (W, b), (W_expected, b_expected) in zip(states[-1], now, strict=True):
        np.testing.assert_array_equal(W, W_expected)
        np.testing.assert_array_equal(b, b_expected)  # type: ignore[arg-type]
    losses, shares = measured(states, gs, SQUARED, X.T, Y.T, lambda a, y: a.argmax(1) == y.argmax(1))
    assert losses.shape == shares.shape == (3,)
    assert losses[0] > losses[-1]


def test_sums_in_order_are_taken_from_left_to_right() -> None:
    A, B = np.array([[1e16, 1.0, -1e16]]), np.ones((3, 1))
    assert in_order(A, B)[0, 0] == (1e16 + 1.0) - 1e16
    np.testing.assert_allclose(in_order(X, X.T), X @ X.T, rtol=1e-14)


def test_the_loss_of_many_outputs_is_no_formula_too_long() -> None:
    """A hundred outputs written out would be longer than the 8192 characters that a cell takes."""
    y = RANDOM.uniform(size=(100, 5)).round(1)
    for along in Direction:
        assert_proven(made(parameters((3, 100)), (TANH,), SQUARED, along, X, y))
