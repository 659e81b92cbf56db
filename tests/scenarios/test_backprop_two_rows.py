"""Two rows of four neurons: term by term and as matrices alike, right by autograd, and proven on other numbers."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from scenarios.backprop_two_rows import BackpropTwoRows
from tests.books import made_once
from tests.proof import assert_proven, formula_texts
from workbook.book import Book
from workbook.sheet import FAILS

ODD = {"x1": -1.3, "x2": 2.7, "y1": 0.31, "y2": 0.83, "lr": 0.9, "seed": 11}
LAYERS = (2, 3, 4)


@pytest.fixture(scope="module")
def book() -> Book:
    return made_once("backprop-two-rows")


@pytest.fixture(scope="module")
def odd() -> Book:
    return made_once("backprop-two-rows", **ODD)


def parts(book: Book, W: str, b: str, suffix: str = "") -> Any:
    """Return the numbers of every layer's W-like and b-like block in one list."""
    return np.concatenate([book[f"{name}{l}{suffix}"].value.ravel() for l in LAYERS for name in (W, b)])


def cost(theta: Any, x: Any, y: Any) -> Any:
    """Return ½‖a − y‖², for autograd."""
    a = x
    for n in range(3):
        W, b = theta[6 * n : 6 * n + 4].reshape(2, 2), theta[6 * n + 4 : 6 * n + 6]
        a = 1 / (1 + anp.exp(-(anp.dot(W, a) + b)))
    return 0.5 * anp.sum((a - y) ** 2)


@pytest.mark.parametrize("which", ["book", "odd"])
def test_derivatives_match_autograd_and_differences(which: str, request: pytest.FixtureRequest) -> None:
    each: Book = request.getfixturevalue(which)
    theta, x, y = parts(each, "W", "b"), each["X"].value[:, 0], each["Y"].value[:, 0]
    ours = parts(each, "gW", "gb")
    assert float(each["C"].value) == pytest.approx(float(cost(theta, x, y)), rel=1e-13)
    np.testing.assert_allclose(ours, grad(cost)(theta, x, y), rtol=1e-11)
    np.testing.assert_allclose(each["dA1"].value[:, 0], grad(cost, 1)(theta, x, y), rtol=1e-11)
    h = 1e-6
    differences = [(cost(theta + step, x, y) - cost(theta - step, x, y)) / (2 * h) for step in h * np.eye(18)]
    np.testing.assert_allclose(ours, differences, rtol=1e-5, atol=1e-9)


def test_the_terms_add_up_to_the_matrices(odd: Book) -> None:
    for l in LAYERS:
        np.testing.assert_allclose(odd[f"t{l}_a"].value, odd[f"A{l}"].value[:, 0], rtol=1e-14)
        np.testing.assert_allclose(odd[f"t{l}_delta"].value, odd[f"D{l}"].value[:, 0], rtol=1e-12)
        columns = np.column_stack([odd[f"t{l}_dW1"].value, odd[f"t{l}_dW2"].value])
        np.testing.assert_allclose(columns, odd[f"gW{l}"].value, rtol=1e-12)
    np.testing.assert_allclose(odd["t1_dA"].value, odd["dA1"].value[:, 0], rtol=1e-12)


def test_the_bars_are_the_gradient_in_the_order_of_their_names(odd: Book) -> None:
    assert odd["bar_name"].value.tolist()[:5] == ["w⁴₁₁", "w⁴₁₂", "w⁴₂₁", "w⁴₂₂", "w³₁₁"]
    matrices = np.concatenate([odd[f"gW{number}"].value.ravel() for number in (4, 3, 2)])
    np.testing.assert_allclose(odd["bar"].value, matrices, rtol=1e-12)


def test_a_step_lowers_the_cost(book: Book) -> None:
    theta = parts(book, "W", "b") - book["eta"].value * parts(book, "gW", "gb")
    moved = np.concatenate([book[f"page_{name}{l}_new"].value.ravel() for l in LAYERS for name in ("W", "b")])
    np.testing.assert_allclose(moved, theta, rtol=1e-14)
    assert book["page_C_new"].value < book["page_C"].value == pytest.approx(float(book["C"].value), rel=1e-13)


@pytest.mark.parametrize("seed", range(1, 5))
def test_it_holds_on_settings_drawn_within_their_bounds(seed: int) -> None:
    random = np.random.default_rng(seed)
    drawn = {p.key: float(random.uniform(p.low, p.high)) for p in BackpropTwoRows.parameters if not p.whole}
    made = BackpropTwoRows().make(settings={**drawn, "seed": seed})
    assert_proven(made)
    assert FAILS not in [str(check.verdict.value) for check in made.checks]


def test_formulas_do_not_change_with_the_numbers(book: Book, odd: Book) -> None:
    assert formula_texts(book) == formula_texts(odd)
