"""The 3-4-3-2 network: BP1 to BP4 are right by autograd, the mini-batch is a mean, and every cell is proven."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from scenarios.backprop_3_4_3_2 import CHOSEN, Backprop3432
from scenarios.common.start import start_parameters
from tests.books import made_once
from tests.proof import assert_proven, formula_texts
from workbook.book import Book
from workbook.scenario import UsageError
from workbook.sheet import FAILS

HEADER = "x1,x2,x3,y1,y2\n"
LAYERS = (1, 2, 3)


@pytest.fixture(scope="module")
def book() -> Book:
    return made_once("backprop-3-4-3-2")


@pytest.fixture(scope="module")
def odd() -> Book:
    return made_once("backprop-3-4-3-2", seed=7, lr=1.3)


def csv_file(folder: Path, rows: int, seed: int) -> Path:
    """Write a data file of random examples."""
    random = np.random.default_rng(seed)
    data = np.hstack([random.normal(size=(rows, 3)), random.uniform(size=(rows, 2))])
    path = folder / "rows.csv"
    path.write_text(HEADER + "".join(",".join(map(repr, row)) + "\n" for row in data.tolist()))
    return path


def parts(book: Book, W: str, b: str, suffix: str = "") -> Any:
    return np.concatenate([book[f"{name}{l}{suffix}"].value.ravel() for l in LAYERS for name in (W, b)])


def mean_cost(theta: Any, X: Any, Y: Any) -> Any:
    """Return the mean of ½‖a − y‖² over the rows of X, for autograd."""
    a, at = X, 0
    for n, k in ((4, 3), (3, 4), (2, 3)):
        W, b = theta[at : at + n * k].reshape(n, k), theta[at + n * k : at + n * k + n]
        a, at = 1 / (1 + anp.exp(-(anp.dot(a, W.T) + b))), at + n * k + n
    return 0.5 * anp.mean(anp.sum((a - Y) ** 2, axis=1))


@pytest.mark.parametrize("which", ["book", "odd"])
def test_derivatives_match_autograd_and_differences(which: str, request: pytest.FixtureRequest) -> None:
    each: Book = request.getfixturevalue(which)
    theta, X, Y = parts(each, "W", "b"), each["X"].value.T, each["Y"].value.T
    ours = parts(each, "gW", "gb")
    assert theta.shape == (39,)
    assert float(each["C"].value) == pytest.approx(float(mean_cost(theta, X, Y)), rel=1e-13)
    np.testing.assert_allclose(ours, grad(mean_cost)(theta, X, Y), rtol=1e-11)
    h = 1e-6
    differences = [(mean_cost(theta + step, X, Y) - mean_cost(theta - step, X, Y)) / (2 * h) for step in h * np.eye(39)]
    np.testing.assert_allclose(ours, differences, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("which", ["book", "odd"])
def test_the_batch_is_the_mean_of_its_examples(which: str, request: pytest.FixtureRequest) -> None:
    each: Book = request.getfixturevalue(which)
    theta, X, Y = parts(each, "W", "b"), each["X_all"].value, each["Y_all"].value
    batch = parts(each, "gW", "gb", "_batch")
    np.testing.assert_allclose(batch, grad(mean_cost)(theta, X, Y), rtol=1e-11)
    single = [grad(mean_cost)(theta, X[[i]], Y[[i]]) for i in range(len(X))]
    np.testing.assert_allclose(batch, np.mean(single, axis=0), rtol=1e-10)
    for l in LAYERS:
        np.testing.assert_allclose(each[f"mean_W{l}"].value, each[f"gW{l}_batch"].value, rtol=1e-11)
    after = theta - each["eta"].value * batch
    assert float(each["C_again"].value) == pytest.approx(float(mean_cost(after, X, Y)), rel=1e-12)


def test_a_step_lowers_both_costs(book: Book) -> None:
    assert book["page_C_new"].value < book["page_C"].value == pytest.approx(float(book["C"].value), rel=1e-13)
    assert book["C_again"].value < book["C_batch"].value


def test_the_page_of_the_network_follows_the_chosen_example() -> None:
    """The one example that the page has room for is picked from the data; another one runs through all sheets."""
    other = Backprop3432().make(given={"example": 3.0})
    np.testing.assert_array_equal(other["X"].value[:, 0], other["X_all"].value[2])
    assert other["page_C"].value == pytest.approx(float(other["C_each_batch"].value[2]), rel=1e-13)
    assert_proven(other)
    assert FAILS not in [str(check.verdict.value) for check in other.checks]


def test_a_seed_draws_other_weights_of_the_same_shapes() -> None:
    drawn = start_parameters(CHOSEN, 5)
    assert [(W.shape, b.shape) for W, b in drawn if b is not None] == [((4, 3), (4,)), ((3, 4), (3,)), ((2, 3), (2,))]
    assert not any(np.array_equal(W, chosen) for (W, _b), (chosen, _c) in zip(drawn, CHOSEN, strict=True))


@pytest.mark.parametrize(("rows", "seed"), [(1, 3), (2, 4), (50, 5)])
def test_it_holds_on_the_readers_examples(rows: int, seed: int, tmp_path: Path) -> None:
    made = Backprop3432().make(settings={"seed": seed, "lr": 2.5}, data=csv_file(tmp_path, rows, seed))
    assert made["X_all"].shape == (rows, 3)
    assert_proven(made)
    assert FAILS not in [str(check.verdict.value) for check in made.checks]


def test_formulas_do_not_change_with_the_numbers(book: Book, odd: Book) -> None:
    assert formula_texts(book) == formula_texts(odd)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (HEADER + "1,2,3,1,0\n1,2,3,1,2\n", "row 3, column y2"),
        (HEADER + "1,200,3,1,0\n", "row 2, column x2"),
        ("x1,x2,x3,y1\n1,2,3,1\n", "y2"),
        (HEADER, "no row"),
        (HEADER + "1,2,3,1,0\n" * 51, "more than 50 rows"),
    ],
)
def test_bad_data_is_refused_in_one_line(text: str, where: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=where) as error:
        Backprop3432().read_data(path)
    assert "\n" not in str(error.value)


def test_start_shows_the_drawn_network_and_what_one_step_does() -> None:
    book = made_once("backprop-3-4-3-2")
    start = book.sheets[0]
    assert len(start.charts) == 1
    assert str(book["face"].value) == f"One step: loss {book['page_C'].value:.4f} → {book['page_C_new'].value:.4f}"
    assert book["page_C_new"].value < book["page_C"].value
