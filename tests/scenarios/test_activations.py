"""Activation functions: derivatives against autograd and finite differences; proof of every cell."""

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad

from scenarios.activations import Activations
from scenarios.activations.functions import IDS, names
from tests.books import made_once
from tests.proof import assert_proven, formula_texts
from workbook.book import Book
from workbook.scenario import Setting
from workbook.sheet import HOLDS, NOT_APPLICABLE

RANDOM: dict[str, Setting] = {
    "start": -3.13, "step": 0.137, "slope": -2.3, "L": 3.7, "k": -1.9, "x0": 0.6, "leak": 0.27, "width": 1.7
}  # fmt: skip
STEEP: dict[str, Setting] = {"start": -50, "step": 2, "L": 1000, "k": 10, "x0": 50}


def outside(settings: dict[str, Setting]) -> dict[str, Callable[[Any], Any]]:
    """Every function once more, written with autograd's NumPy."""
    s = {key: float(value) for key, value in (Activations().settings() | settings).items()}
    return {
        "step": lambda x: anp.where(x >= 0, 1.0, 0.0) + 0 * x,
        "linear": lambda x: s["slope"] * x,
        "logistic": lambda x: s["L"] / (1 + anp.exp(-s["k"] * (x - s["x0"]))),
        "sigmoid": lambda x: 1 / (1 + anp.exp(-x)),
        "tanh": lambda x: (anp.exp(x) - anp.exp(-x)) / (anp.exp(x) + anp.exp(-x)),
        "relu": lambda x: anp.where(x > 0, x, 0 * x),
        "leaky": lambda x: anp.where(x > 0, x, s["leak"] * x),
    }


@pytest.fixture(scope="module")
def book() -> Book:
    return made_once("activations")


@pytest.mark.parametrize("settings", [{}, RANDOM])
@pytest.mark.parametrize("id", IDS)
def test_values_and_derivatives(id: str, settings: dict[str, Setting]) -> None:
    book = made_once("activations", **settings)
    f = outside(settings)[id]
    x = book["x"].value
    smooth = np.abs(x) > 1e-3 if f"{id}_kink" in book else np.full(len(x), True)
    assert smooth.sum() >= 48
    assert book[f"{id}_f"].value == pytest.approx(f(x), abs=1e-12)
    assert book[f"{id}_slope"].value[smooth] == pytest.approx(elementwise_grad(f)(x)[smooth], abs=1e-12)
    quotient = (f(x + 1e-5) - f(x - 1e-5)) / 2e-5
    assert book[f"{id}_slope"].value[smooth] == pytest.approx(quotient[smooth], abs=1e-7)


def test_the_second_derivative(book: Book) -> None:
    slope = elementwise_grad(elementwise_grad(outside({})["sigmoid"]))
    assert book["bend"].value == pytest.approx(slope(book["x"].value), abs=1e-12)


def test_no_derivative_is_claimed_at_a_kink(book: Book) -> None:
    at_zero = int(np.argmin(np.abs(book["x"].value)))
    for id in ("step", "relu", "leaky"):
        assert np.flatnonzero(book[f"{id}_kink"].value).tolist() == [at_zero]
    assert book["relu_q"].value[at_zero] == pytest.approx(0.5)
    assert book["step_q"].value[at_zero] == pytest.approx(5000)


def test_the_inflection_that_fathoming_the_deep_prints(book: Book) -> None:
    assert round(float(book["middle_f"].value), 1) == 0.5
    assert str(book["inflection_verdict"].value) == HOLDS
    assert str(made_once("activations", L=2)["inflection_verdict"].value) == NOT_APPLICABLE


def test_the_sigmoid_is_at_least_a_half_where_x_is_not_negative(book: Book) -> None:
    x, sigmoid = book["x"].value, book["sigmoid_f"].value
    assert (sigmoid[x >= 0] >= 0.5).all()
    assert (sigmoid[x > 0] > 0.5).all()
    assert sigmoid.max() < 1


def test_the_best_line_is_the_least_squares_line(book: Book) -> None:
    x, f = book["line_x"].value, book["line_f"].value
    slope, middle = np.polyfit(x, f, 1)
    assert book["line_m"].value == pytest.approx(slope)
    assert middle == pytest.approx(0.5)
    assert book["line_worst_tangent"].value == pytest.approx(0.2974, abs=5e-5)
    assert book["line_worst"].value == pytest.approx(0.0777, abs=5e-5)


@pytest.mark.parametrize("id", IDS)
def test_the_curve_follows_the_choice_and_the_dot_follows_z(id: str) -> None:
    name = names()[IDS.index(id)]
    book = Activations().make(
        "en", given={"curve_choice": np.asarray(name, dtype=object), "curve_z": np.asarray(-2.25)}
    )
    assert book["curve_f"].value == pytest.approx(book[f"{id}_f"].value)
    assert book["curve_f_slope"].value == pytest.approx(book[f"{id}_slope"].value)
    f = outside({})[id]
    assert float(book["curve_a"].value) == pytest.approx(f(np.array(-2.25)))
    assert float(book["curve_s"].value) == pytest.approx(elementwise_grad(f)(np.array(-2.25)))
    assert_proven(book)


def test_two_linear_layers_are_one(book: Book) -> None:
    assert book["stack_two"].value == pytest.approx(book["stack_one"].value)
    assert str(book["stack_same_verdict"].value) == HOLDS
    rises = np.diff(book["stack_bent"].value)
    assert rises[0] == 0
    assert rises[-1] == pytest.approx(np.diff(book["stack_one"].value)[-1])


def test_the_marginal_sale_is_highest_at_the_inflection(book: Book) -> None:
    spent, sales, marginal = (book[f"toy_{id}"].value for id in ("spent", "sales", "marginal"))
    assert sales == pytest.approx(100 / (1 + np.exp(-(spent - 5))))
    assert spent[np.argmax(marginal)] == float(book["toy_x0"].value) == 5
    assert marginal.max() == pytest.approx(float(book["toy_top"].value)) == pytest.approx(25)


def test_a_small_budget_wins_one_state_and_split_wins_none(book: Book) -> None:
    assert float(book["camp_first"].value[-1]) == pytest.approx(0.992, abs=5e-4)
    assert float(book["camp_wins"].value[5]) == pytest.approx(0.463, abs=5e-4)
    assert book["camp_wins"].value == pytest.approx(book["camp_wins"].value[::-1])
    large = Activations().make("en", given={"camp_budget": np.asarray(20.0)})
    assert large["camp_wins"].value[5] > large["camp_wins"].value[0]
    assert_proven(large)


@pytest.mark.parametrize("settings", [RANDOM, STEEP])
def test_every_cell_is_proven_with_other_settings(settings: dict[str, Setting]) -> None:
    book = made_once("activations", **settings)
    assert assert_proven(book) > 2300
    verdicts = {str(check.verdict.value) for check in book.checks}
    assert verdicts <= {HOLDS, NOT_APPLICABLE}


def test_formulas_do_not_change_with_the_numbers(book: Book) -> None:
    assert formula_texts(made_once("activations", **RANDOM)) == formula_texts(book)


def test_every_function_is_written_out_at_the_readers_z() -> None:
    given = {"curve_z": -0.75, "L": 3.0, "k": 2.0, "x0": 0.5, "slope": -2.0, "leak": 0.2, "h": 2e-5, "stack_w2": -1.5}
    book = Activations().make("en", given={id: np.asarray(value) for id, value in given.items()})
    assert_proven(book)
    assert str(book["linear_words"].value) == "f(−0.75) = (−2)·(−0.75) = 1.5000,   f′(−0.75) = c = −2.0000"
    assert str(book["leaky_words"].value).startswith("f(−0.75) = max(−0.75, 0.2·(−0.75)) = −0.1500")
    assert book["curve_tangent"].value[0] == pytest.approx(float(book["curve_a"].value) - float(book["curve_s"].value))
