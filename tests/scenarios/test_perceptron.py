"""The perceptron: the cinema decision, gates and their lines, XOR and XNOR; proof of every cell."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scenarios import perceptron
from scenarios.perceptron import PATTERNS, Perceptron
from tests.books import made_once
from tests.proof import assert_proven, formula_texts
from workbook.book import Book
from workbook.scenario import Setting, UsageError

RANDOM: dict[str, Setting] = {
    "cloud": 37.0,
    "holiday": 0.4,
    "hour": 7.5,
    "w1": -1.3,
    "w2": 2.9,
    "w3": 0.77,
    "theta": -0.9,
}
TRUTH = {"and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "nand": (1, 1, 1, 0), "xor": (0, 1, 1, 0), "xnor": (1, 0, 0, 1)}


@pytest.fixture(scope="module")
def book() -> Book:
    return made_once("perceptron")


@pytest.fixture
def random_weights(monkeypatch: pytest.MonkeyPatch) -> np.random.Generator:
    """Unequal weights everywhere: equal ones would hide an exchange of two."""
    rng = np.random.default_rng(7)
    gates = [replace(g, w=tuple(rng.normal(size=2)), b=float(rng.normal())) for g in perceptron.GATES]
    monkeypatch.setattr(perceptron, "GATES", tuple(gates))
    for name in ("XOR", "XNOR"):
        network = getattr(perceptron, name)
        parameters = {
            "W1": rng.normal(size=(2, 2)), "b1": rng.normal(size=2), "W2": rng.normal(size=(1, 2)), "b2": rng.normal(size=1)
        }  # fmt: skip
        monkeypatch.setattr(perceptron, name, replace(network, **parameters))
    return rng


@pytest.mark.parametrize("settings", [{}, RANDOM])
def test_the_decision(settings: dict[str, Setting]) -> None:
    book = made_once("perceptron", **settings)
    s = {key: float(value) for key, value in (Perceptron().settings() | settings).items()}
    wx = s["w1"] * s["cloud"] / 100 + s["w2"] * s["holiday"] + s["w3"] * s["hour"] / 24
    assert book["wx"].value.shape == (1, 1)
    assert book["wx"].value.item() == pytest.approx(wx)
    assert book["trace"].value == pytest.approx(wx)
    assert book["y"].value == (wx - s["theta"] >= 0)
    assert book["p"].value == pytest.approx(1 / (1 + np.exp(s["theta"] - wx)))


def test_a_working_day_turns_the_decision(book: Book) -> None:
    assert book["y"].value == 1
    assert made_once("perceptron", holiday=0)["y"].value == 0


def test_the_truth_tables(book: Book) -> None:
    for gate in ("and", "or", "nand"):
        assert book[f"{gate}_y"].value.tolist() == list(TRUTH[gate])
        assert book[f"{gate}_t"].value.tolist() == list(TRUTH[gate])
    for gate in ("xor", "xnor"):
        assert book[f"A2_{gate}"].value[0].tolist() == list(TRUTH[gate])
        assert book[f"T_{gate}"].value.tolist() == list(TRUTH[gate])
    assert book["only_y"].value.tolist() == list(TRUTH["xor"])


def test_the_hidden_units_are_the_gates_they_are_called(book: Book) -> None:
    assert book["A1_xor"].value.tolist() == [list(TRUTH["or"]), list(TRUTH["nand"])]
    assert book["A1_xnor"].value.tolist() == [list(TRUTH["and"]), [1, 0, 0, 0]]


def test_the_drawn_line_is_where_z_is_zero(random_weights: np.random.Generator) -> None:
    book = Perceptron().make()
    for gate in ("and", "or", "nand"):
        w, b = book[f"{gate}_w"].value, book[f"{gate}_b"].value[0]
        x, y = book[f"{gate}_line_x"].value, book[f"{gate}_line_y"].value
        assert w[0] * x + w[1] * y + b == pytest.approx(0)
        assert np.hypot(*np.diff([x, y])) == pytest.approx(6)


def test_no_perceptron_does_xor_and_the_search_agrees(book: Book) -> None:
    rng = np.random.default_rng(1)
    w, b = rng.normal(size=(20_000, 2)) * 3, rng.normal(size=(20_000, 1)) * 3
    fires = w @ PATTERNS.T + b >= 0
    rows_right = {gate: (fires == np.array(TRUTH[gate], dtype=bool)).sum(axis=1).max() for gate in TRUTH}
    assert rows_right == {"and": 4, "or": 4, "nand": 4, "xor": 3, "xnor": 3}
    assert book["xor_best"].value == 3
    assert book["nand_best"].value == 4


def test_every_cell_is_proven_on_random_numbers(random_weights: np.random.Generator, book: Book) -> None:
    other = Perceptron().make(settings=RANDOM)
    assert_proven(other)
    assert formula_texts(other) == formula_texts(book)


def test_weights_of_zero_draw_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perceptron, "GATES", tuple(replace(g, w=(0.0, 0.0)) for g in perceptron.GATES))
    assert_proven(Perceptron().make())


def test_own_days(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("hour,cloud,holiday\n12,50,0.5\n", encoding="utf-8")
    book = Perceptron().make(data=path)
    assert book["day_z"].value == pytest.approx([2 * 0.5 + 3 * 0.5 + 4 * 0.5 - 5])
    assert_proven(book)


def test_an_hour_that_no_day_has(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("cloud,holiday,hour\n50,0,12\n50,0,25\n", encoding="utf-8")
    with pytest.raises(UsageError, match="row 3, column hour"):
        Perceptron().make(data=path)
