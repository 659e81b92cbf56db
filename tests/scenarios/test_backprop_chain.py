"""The chain of single neurons: the article's figures, every derivative, and the proof on other numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from scenarios.backprop_chain import BackpropChain
from tests.books import made_once
from tests.proof import assert_proven, formula_texts
from workbook.book import Book
from workbook.scenario import UsageError
from workbook.sheet import FAILS

ODD = {"x": -1.7, "y": 0.23, "w1": 1.31, "w2": -2.17, "w3": 0.77, "b1": -0.41, "b2": 1.09, "b3": -0.63, "lr": 1.9}


@pytest.fixture(scope="module")
def book() -> Book:
    """The article's example."""
    return made_once("backprop-chain")


@pytest.fixture(scope="module")
def odd() -> Book:
    """No two parameters alike."""
    return made_once("backprop-chain", **ODD)


def parameters(book: Book) -> Any:
    """Return w1, w2, w3, b1, b2, b3."""
    return np.concatenate([book[f"{name}{l}"].value.ravel() for name in "Wb" for l in (1, 2, 3)])


def mean_cost(theta: Any, x: Any, y: Any) -> Any:
    """Return the mean of (a − y)², for autograd."""
    a = x
    for l in range(3):
        a = 1 / (1 + anp.exp(-(theta[l] * a + theta[3 + l])))
    return anp.mean((a - y) ** 2)


def gradient(book: Book, prefix: str = "page_", suffix: str = "") -> Any:
    return np.concatenate(
        [book[f"{prefix}{name}{l}{suffix}"].value.ravel() for name in ("gW", "gb") for l in (1, 2, 3)]
    )


def test_it_meets_the_printed_figures(book: Book) -> None:
    """backpropagation-13002: a(L−1) = 0.48, a(L) = 0.66, y = 1.0; (0.66 − 1)² = 0.1156 follows; figures.md: all six digits."""
    activations = [float(book[f"page_A{l}"].value[0, 0]) for l in (1, 2, 3)]
    assert activations == pytest.approx([0.318358, 0.484335, 0.659292], abs=5e-7)
    assert float(book["C_rounded"].value) == pytest.approx(0.1156, abs=1e-12)
    assert float(book["page_C"].value) == pytest.approx(0.1161, abs=5e-5)
    assert all(holds for _verdict, holds in book.checks_page.printed)


@pytest.mark.parametrize("which", ["book", "odd"])
def test_derivatives_match_autograd_and_differences(which: str, request: pytest.FixtureRequest) -> None:
    each: Book = request.getfixturevalue(which)
    theta, x, y = parameters(each), each["X"].value[0], each["Y"].value[0]
    np.testing.assert_allclose(gradient(each), grad(mean_cost)(theta, x, y), rtol=1e-12)
    h = 1e-6
    differences = [(mean_cost(theta + step, x, y) - mean_cost(theta - step, x, y)) / (2 * h) for step in h * np.eye(6)]
    np.testing.assert_allclose(gradient(each), differences, rtol=1e-6, atol=1e-10)
    assert float(each["influence1"].value[2]) == pytest.approx(grad(mean_cost, 1)(theta, x, y)[0], rel=1e-12)


@pytest.mark.parametrize("which", ["book", "odd"])
def test_averaged_derivatives_match_autograd(which: str, request: pytest.FixtureRequest) -> None:
    each: Book = request.getfixturevalue(which)
    x, y = each["X_all"].value[0], each["Y_all"].value[0]
    np.testing.assert_allclose(gradient(each, "", "_mean"), grad(mean_cost)(parameters(each), x, y), rtol=1e-12)
    after = parameters(each) - each["eta"].value * gradient(each, "", "_mean")
    assert float(each["C_after"].value) == pytest.approx(float(mean_cost(after, x, y)), rel=1e-12)


@pytest.mark.parametrize("which", ["book", "odd"])
def test_the_tangent_touches_the_curve(which: str, request: pytest.FixtureRequest) -> None:
    """At w³ curve and tangent meet, and near it they part with the square of the distance only."""
    book: Book = request.getfixturevalue(which)
    gap = book["tried_C"].value - book["tried_tangent"].value
    middle = len(gap) // 2
    assert book["tried_w3"].value[middle] == pytest.approx(book["W3"].value[0, 0], abs=1e-12)
    assert gap[middle] == pytest.approx(0, abs=1e-12)
    away = np.abs(book["tried_w3"].value - book["W3"].value[0, 0])
    assert np.all(np.abs(gap) <= away**2)
    assert book["step_C"].value[0] == pytest.approx(float(book["page_C"].value))


def test_a_step_lowers_both_costs(book: Book) -> None:
    assert book["page_C_new"].value < book["page_C"].value
    assert book["C_after"].value < book["C_all"].value


@pytest.mark.parametrize("seed", range(4))
def test_it_holds_on_settings_drawn_within_their_bounds(seed: int) -> None:
    random = np.random.default_rng(seed)
    drawn = {p.key: float(random.uniform(p.low, p.high)) for p in BackpropChain.parameters if not p.choices}
    made = BackpropChain().make(settings=drawn)
    assert_proven(made)
    assert FAILS not in [str(check.verdict.value) for check in made.checks]


@pytest.mark.parametrize("rows", [1, 50])
def test_it_averages_over_the_readers_rows(rows: int, tmp_path: Path) -> None:
    random = np.random.default_rng(rows)
    data = np.column_stack([random.normal(size=rows), random.uniform(size=rows)]).clip(-5, 5)
    path = tmp_path / "rows.csv"
    path.write_text("x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in data.tolist()))
    made = BackpropChain().make(settings=ODD, data=path)
    np.testing.assert_array_equal(made["X_all"].value[0], data[:, 0])
    assert_proven(made)
    assert FAILS not in [str(check.verdict.value) for check in made.checks]


def test_formulas_do_not_change_with_the_numbers(book: Book, odd: Book) -> None:
    assert formula_texts(book) == formula_texts(odd)


def test_a_target_that_no_sigmoid_reaches_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("x,y\n1,0.5\n2,3\n")
    with pytest.raises(UsageError, match=r"rows\.csv: row 3, column y"):
        BackpropChain().read_data(path)


def test_a_cost_that_changes_only_in_its_last_digits_has_not_changed() -> None:
    saturated = made_once("backprop-chain", b3=10.0)
    assert "hardly changed" in saturated["page_says"].value.item()
    assert_proven(saturated)


@pytest.mark.parametrize("seed", range(3))
def test_with_relu_every_derivative_is_right_and_every_cell_proven(seed: int) -> None:
    """Dark neurons, large steps: ReLU has no bound of its own, the weights of the run stay within theirs."""
    random = np.random.default_rng(seed)
    drawn = {p.key: float(random.uniform(p.low, p.high)) for p in BackpropChain.parameters if not p.choices}
    made = BackpropChain().make(settings={**drawn, "activation": "relu"})

    def loss(theta: Any) -> Any:
        a = drawn["x"]
        for l in range(3):
            a = anp.maximum(0, theta[l] * a + theta[3 + l])
        return (a - drawn["y"]) ** 2

    np.testing.assert_allclose(gradient(made), grad(loss)(parameters(made)), rtol=1e-12)
    assert_proven(made)
    assert FAILS not in [str(check.verdict.value) for check in made.checks]


def test_two_hundred_steps_come_near_the_target(book: Book) -> None:
    """Each step by autograd, on its own; the last neuron ends where the page says."""
    theta, x, y = parameters(book), book["X"].value[0], book["Y"].value[0]
    for _step in range(200):
        theta = theta - grad(mean_cost)(theta, x, y)
    ends = np.concatenate([[book[f"run_{name}{l}"].value[-1] for l in (1, 2, 3)] for name in "wb"])
    np.testing.assert_allclose(ends, theta, rtol=1e-9)
    assert book["run_a3"].value[-1] == pytest.approx(0.97, abs=0.005)


def test_several_neurons_add_their_paths(book: Book) -> None:
    """The article's form for a layer of several neurons, by autograd: every weight, and every neuron before."""
    W = np.column_stack([book[f"several_w{k}"].value for k in range(2)])
    a, b, y = (book[f"several_{name}"].value for name in ("a", "b", "y"))

    def loss(W: Any, a: Any) -> Any:
        return anp.sum((1 / (1 + anp.exp(-(anp.dot(W, a) + b))) - y) ** 2)

    slopes = np.column_stack([book[f"several_gw{k}"].value for k in range(2)])
    np.testing.assert_allclose(slopes, grad(loss)(W, a), rtol=1e-12)
    np.testing.assert_allclose([book[f"several_da{k}"].value for k in range(2)], grad(loss, 1)(W, a), rtol=1e-12)
    assert book["count_all"].value == 13_002
    assert book["count_axes"].value == 13_003


def test_the_strongest_influence_is_named(book: Book, odd: Book) -> None:
    for each in (book, odd):
        size = np.abs(each["who_moves"].value)
        assert str(each["strongest"].value) == each["who"].value[size.argmax()]
