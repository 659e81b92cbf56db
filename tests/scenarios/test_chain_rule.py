"""The chain-rule network: the article's table, every gradient, and the proof on other numbers."""

from pathlib import Path
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad, jacobian

from scenarios.chain_rule import ChainRule
from scenarios.chain_rule.network import IDS
from tests.books import made_once
from tests.proof import assert_proven, formula_texts
from tests.typed import typed
from workbook.book import Book
from workbook.scenario import UsageError
from workbook.sheet import FAILS

SETTINGS = {
    "w1": -1.3, "w2": 2.7, "w3": 0.45, "b1": 0.8, "b2": -3.1, "b3": 5.9, "d1": 2.5, "d2": 11.0, "d3": 0.7,
    "dw1": 0.037, "lr": 0.013,
}  # fmt: skip


@pytest.fixture(scope="module")
def book() -> Book:
    """The article's example."""
    return made_once("chain-rule")


@pytest.fixture(scope="module")
def odd() -> Book:
    """No two parameters alike, none of them whole."""
    return made_once("chain-rule", **SETTINGS)


def csv_file(folder: Path, x: Any, y: Any) -> Path:
    """Write a data file."""
    path = folder / "rows.csv"
    path.write_text("x,y\n" + "".join(f"{a!r},{b!r}\n" for a, b in zip(map(float, x), map(float, y), strict=True)))
    return path


def output(theta: Any, d: Any, x: Any) -> Any:
    """Return O, for autograd."""
    return (theta[4] * ((theta[2] * ((theta[0] * x + theta[1]) / d[0]) + theta[3]) / d[1]) + theta[5]) / d[2]


def cost(theta: Any, d: Any, x: Any, y: Any) -> Any:
    """Return C, the sum over the rows."""
    return 0.5 * anp.sum((output(theta, d, x) - y) ** 2)


def parameters(book: Book) -> Any:
    """Return w1, b1, w2, b2, w3, b3 as the book holds them."""
    return np.column_stack([book["w"].value, book["b"].value]).ravel()


def test_the_input_2_gives_one_at_every_node(book: Book) -> None:
    assert book["x"].value[0] == 2
    assert [book[name].value[0] for name in ("h1", "h2", "h3")] == [1, 1, 1]


def test_new_column_d_meets_column_e(book: Book, odd: Book) -> None:
    for each in (book, odd):
        assert each["h3_new"].value == pytest.approx(each["h3_predicted"].value, rel=1e-13)
        assert not np.allclose(each["h3_new"].value, each["h3"].value)


def test_the_product_is_w2_w3_x_over_504(book: Book) -> None:
    # figures of fathoming-the-deep: divisors 8, 7 and 9
    assert book["divisors"].value == 504
    w, x = book["w"].value, book["x"].value
    assert book["dh3_dw1"].value == pytest.approx(w[1] * w[2] * x / 504, rel=1e-14)
    assert book["quotient_w1"].value == pytest.approx(book["dh3_dw1"].value, rel=1e-12)


@pytest.mark.parametrize("which", ["book", "odd"])
def test_a_change_of_x_reaches_the_output_as_the_rates_say(which: str, request: pytest.FixtureRequest) -> None:
    each: Book = request.getfixturevalue(which)
    theta, d, change = parameters(each), each["d"].value, float(each["delta_x"].value)
    assert float(each["dO_dx"].value) == pytest.approx(grad(output, 2)(theta, d, 1.7), rel=1e-13)
    moved = output(theta, d, 1.7 + change) - output(theta, d, 1.7)
    assert each["wriggle_out"].value[-1] == pytest.approx(moved, rel=1e-12)


def test_the_cost_only_makes_the_chain_one_link_longer(book: Book, odd: Book) -> None:
    for each in (book, odd):
        error = each["h3"].value - each["y"].value
        assert each["dC_dw1_rows"].value == pytest.approx(error * each["dh3_dw1"].value, rel=1e-12)


@pytest.mark.parametrize("which", ["book", "odd"])
def test_derivatives_of_the_output_match_autograd(which: str, request: pytest.FixtureRequest) -> None:
    each: Book = request.getfixturevalue(which)
    theta, d, x = parameters(each), each["d"].value, each["x"].value
    slopes = jacobian(output)(theta, d, x)
    row = int(each["row"].value) - 1
    assert each["products"].value == pytest.approx(slopes[row], rel=1e-13)
    assert each["quotients"].value == pytest.approx(slopes[row], rel=1e-10)
    assert each["dh3_dw1"].value == pytest.approx(slopes[:, 0], rel=1e-13)


@pytest.mark.parametrize("which", ["book", "odd"])
def test_gradients_of_the_cost_match_autograd_and_differences(which: str, request: pytest.FixtureRequest) -> None:
    each: Book = request.getfixturevalue(which)
    theta, d, x, y = parameters(each), each["d"].value, each["x"].value, each["y"].value
    ours = np.array([float(each[f"dC_d{name}"].value) for name in IDS])
    assert float(each["C"].value) == pytest.approx(cost(theta, d, x, y), rel=1e-13)
    assert ours == pytest.approx(grad(cost)(theta, d, x, y), rel=1e-12)
    h = 1e-5
    differences = [(cost(theta + step, d, x, y) - cost(theta - step, d, x, y)) / (2 * h) for step in h * np.eye(6)]
    assert ours == pytest.approx(differences, rel=1e-6)
    assert each["central"].value == pytest.approx(ours, rel=1e-9)


def test_one_step_lowers_the_cost(book: Book) -> None:
    theta = parameters(book) - book["lr"].value * book["gradient"].value
    assert book["theta_new"].value == pytest.approx(theta, rel=1e-14)
    after = cost(theta, book["d"].value, book["x"].value, book["y"].value)
    assert float(book["C_after"].value) == pytest.approx(after, rel=1e-13)
    assert after < float(book["C"].value)


def test_a_step_too_far_is_called_so() -> None:
    far = made_once("chain-rule", lr=10.0)
    assert float(far["C_after"].value) > float(far["C"].value)
    assert str(far["cost_verdict"].value) == "the loss RISES, the step was too large"


def test_no_step_is_no_fall() -> None:
    assert str(made_once("chain-rule", lr=0.0)["cost_verdict"].value) == "η is 0, so nothing moves"


def test_the_turn_on_the_first_page_is_what_the_rates_predict(book: Book, odd: Book) -> None:
    assert float(book["chain_change6"].value) == pytest.approx(0.5 * 60 / 504)
    for each in (book, odd):
        assert float(each["rates_predicted"].value) == pytest.approx(float(each["rates_computed"].value), rel=1e-12)


@pytest.mark.parametrize("which", ["book", "odd"])
def test_slopes_walked_back_on_the_strip_match_autograd(which: str, request: pytest.FixtureRequest) -> None:
    each: Book = request.getfixturevalue(which)
    x, y = each["x"].value[:1], float(each["target"].value)
    slopes = grad(cost)(parameters(each), each["d"].value, x, y)
    assert [float(each[f"back_d{name}"].value) for name in IDS] == pytest.approx(slopes, rel=1e-12)


def test_targets_are_typed(book: Book) -> None:
    assert book["y"].value.tolist() == [2, 3, 4, 5, 6]
    assert book["y"].valid is not None
    assert float(book["target"].value) == 2


def test_the_articles_letters_are_the_columns_of_its_sheet(book: Book) -> None:
    first = ("x", "h1", "h2", "h3", "h3_predicted", "quotient_w1")
    again = ("x_again", "h1_new", "h2_new", "h3_new", "h3_predicted_again", "quotient_w1_again")
    for row in (first, again):
        assert [book[id].place.column for id in row] == [0, 1, 2, 3, 4, 5]
        assert {book[id].place.sheet for id in row} == {"Article"}


def test_counts_of_parameters_and_passes(book: Book) -> None:
    names = book["network_name"].value.tolist()
    counts = dict(zip(names, book["parameter_count"].value, strict=True))
    assert counts["1-1-1-1"] == 6
    assert counts["784-16-16-10"] == 13_002  # printed in backpropagation-13002
    assert counts["784-100-40-10"] == 82_950
    assert (book["quotient_passes"].value == book["parameter_count"].value + 1).all()
    assert (book["chain_passes"].value == 2).all()


def test_it_holds_on_odd_settings(odd: Book) -> None:
    assert_proven(odd)
    assert FAILS not in [str(check.verdict.value) for check in odd.checks]


@pytest.mark.parametrize("seed", range(4))
def test_it_holds_on_settings_drawn_within_their_bounds(seed: int) -> None:
    random = np.random.default_rng(seed)
    drawn = {p.key: float(random.uniform(p.low, p.high)) for p in ChainRule.parameters}
    made = ChainRule().make(settings=drawn)
    assert_proven(made)
    assert FAILS not in [str(check.verdict.value) for check in made.checks]


@pytest.mark.parametrize("sign", [1, -1])
def test_it_holds_where_every_setting_is_as_large_as_it_may_be(sign: int) -> None:
    largest = {p.key: max(p.low, min(sign * p.high, p.high)) for p in ChainRule.parameters}
    largest |= {"d1": 0.5, "d2": 0.5, "d3": 0.5}  # the smallest divisors make the largest numbers
    assert_proven(ChainRule().make(settings=largest))


@pytest.mark.parametrize("rows", [1, 2, 100])
def test_it_holds_on_the_readers_rows(rows: int, tmp_path: Path) -> None:
    random = np.random.default_rng(rows)
    x, y = random.normal(3, 40, rows), random.normal(-5, 300, rows)
    made = ChainRule().make(settings=SETTINGS, data=csv_file(tmp_path, x, y))
    assert made["x"].value == pytest.approx(x)
    assert made["y"].value == pytest.approx(y)
    assert_proven(made)
    assert FAILS not in [str(check.verdict.value) for check in made.checks]


def test_formulas_do_not_change_with_the_numbers(book: Book, odd: Book) -> None:
    assert formula_texts(book) == formula_texts(odd)


@pytest.mark.parametrize("typed", [{"d1": "0"}, {"dw1": "0"}, {"w1": "nan"}, {"w9": "1"}])
def test_impossible_settings_are_refused(typed: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        ChainRule().settings(typed)


SAID: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"turn": 1}, {"chain_says": "the output changes by 0.1190", "face": "moves by 0.1190"}),
    ({"turn": 0}, {"chain_says": "the output changes by 0.0000, that is 0.1190 for each 1"}),
    ({"w": [3, 0, 5]}, {"rates_say": "0.250 · 0.000 · 0.556 = 0.000", "back_says": "Negative slope: that knob"}),
    ({"row": 5}, {"knobs_say": "For x = 10 the knob that moves the output most is w₁: 0.595"}),
    ({"target": 1}, {"back_says": "nothing to learn"}),
    ({"target": 0}, {"back_says": "error 1.000, loss 0.500. All six slopes are positive"}),
    ({"lr": 0.5}, {"step_says": "the loss falls. From 15.13 to 0.02"}),
    ({"lr": 1}, {"step_says": "the loss RISES, the step was too large. From 15.13 to 47.44"}),
    ({"layers": [784, 100, 16, 10]}, {"count_says": "one by one 80287 passes, backwards 2", "count_large": "80286"}),
]

ANSWERS = {"chain": 0.238, "rates": 0.0595, "knobs": 0.3175, "back": -0.2381, "step": 5.672, "count": 61}
"""The answers on the six pages."""


@pytest.mark.parametrize(("numbers", "words"), SAID, ids=[str(numbers) for numbers, _words in SAID])
def test_the_live_sentences_follow_what_is_typed(
    numbers: dict[str, Any], words: dict[str, str], book: Book, tmp_path: Path
) -> None:
    reading = typed(book, tmp_path, numbers)
    assert reading.failing == []
    assert reading.errors == []
    for id, part in words.items():
        assert part in reading[id], reading[id]


@pytest.mark.parametrize(("off", "begins"), [(0.0, "✓ Yes."), (0.3, "Not yet."), (-0.3, "Not yet.")])
def test_every_page_replies_to_an_answer(off: float, begins: str, book: Book, tmp_path: Path) -> None:
    reading = typed(book, tmp_path, {f"{page}_turn_answer": answer + off for page, answer in ANSWERS.items()})
    for page in ANSWERS:
        assert reading[f"{page}_turn_reply"].startswith(begins), page
