"""The perceptron: the cinema decision, gates and their lines, XOR and XNOR; proof of every cell."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scenarios.perceptron import Perceptron, parts
from scenarios.perceptron.parts import PATTERNS
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
    gates = [replace(g, w=tuple(rng.normal(size=2)), b=float(rng.normal())) for g in parts.GATES]
    monkeypatch.setattr(parts, "GATES", tuple(gates))
    for name in ("XOR", "XNOR"):
        network = getattr(parts, name)
        parameters = {
            "W1": rng.normal(size=(2, 2)), "b1": rng.normal(size=2), "W2": rng.normal(size=(1, 2)), "b2": rng.normal(size=1)
        }  # fmt: skip
        monkeypatch.setattr(parts, name, replace(network, **parameters))
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
        assert book[f"T_{gate}"].value[0].tolist() == list(TRUTH[gate])
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
    monkeypatch.setattr(parts, "GATES", tuple(replace(g, w=(0.0, 0.0)) for g in parts.GATES))
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


@pytest.mark.parametrize(
    ("w", "b", "gate"),
    [((1, 1), -1.5, "AND"), ((1, 1), -0.5, "OR"), ((-2, -2), 3, "NAND"), ((1, -1), -0.5, "x₁, but not x₂"), ((0, 0), 0, "always")],
)  # fmt: skip
def test_the_line_names_the_gate_that_it_makes(w: tuple[float, float], b: float, gate: str) -> None:
    book = Perceptron().make(given={"own_w": np.array(w, dtype=float), "own_b": np.array([float(b)])})
    assert str(book["own_gate"].value) == gate
    assert f"This is: {gate}." in str(book["own_says"].value)
    assert_proven(book)


def test_learning_comes_to_rest_on_and_but_never_on_xor(book: Book) -> None:
    assert book["step_right"].value[18:].tolist() == [4] * 23
    assert book["step_b"].value[-1] == -1.5
    xor = Perceptron().make(given={"learn_t": np.array([0.0, 1.0, 1.0, 0.0]), "learn_shown": np.array(40.0)})
    assert xor["step_right"].value.max() < 4
    assert np.abs(xor["step_e"].value[-4:]).sum() > 0
    assert_proven(xor)


def test_the_core_page_of_two_layers_says_what_the_steps_say(random_weights: np.random.Generator) -> None:
    book = Perceptron().make(given={"xor_shown": np.array(3.0)})
    hidden = np.array([book["xor_h1"].value, book["xor_h2"].value])
    assert hidden.tolist() == book["A1_xor"].value.tolist()
    assert book["xor_y"].value.tolist() == book["A2_xor"].value[0].tolist()


def test_values_follow_given_numbers_not_the_settings_beside_them() -> None:
    given = {
        "low": np.array([-10.0, 0.0, -1.0]), "high": np.array([200.0, 2.0, 12.0]), "w": np.array([-1.0, 0.5, 2.0]),
        "theta": np.array(1.0), "search_b": np.array(-0.5), "search_from": np.array(-1.0), "learn_eta": np.array(0.3),
    }  # fmt: skip
    assert_proven(Perceptron().make(given=given))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_number_stands_in_a_row_too_low_to_read(lang: str) -> None:
    for sheet in made_once("perceptron", lang).sheets:
        for block in sheet.blocks:
            rows = range(block.place.row, block.place.row + block.place.rows)
            assert min(sheet.row_heights.get(row, 15) for row in rows) >= 12, (sheet.name, block.id)
