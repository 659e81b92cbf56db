"""The threshold neuron: what it decides, on the defaults and on random numbers; the restaurant choice; proof of every cell."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from scenarios.common.activations import unit_step
from scenarios.neuron import Neuron
from tests.books import made_once
from tests.proof import assert_proven, formula_texts
from tests.typed import typed
from workbook.book import Book
from workbook.scenario import Setting, UsageError
from workbook.sheet import HOLDS

RANDOM: dict[str, Setting] = {
    "w1": 1.37, "w2": -2.11, "w3": 0.83, "theta": -0.46, "k": 2.9,
    "taste": -0.31, "location": 1.7, "decor": 0.23, "price": 0.9, "enough": 12.5,
}  # fmt: skip


@pytest.fixture(scope="module")
def book() -> Book:
    return made_once("neuron")


def test_the_step_includes_the_threshold_in_spite_of_rounding() -> None:
    assert 0.9 + 0.5 - 0.6 - 0.8 < 0  # what floating point makes of 0
    assert unit_step(0.9 + 0.5 - 0.6 - 0.8) == 1
    assert unit_step(np.array([-1e-6, 0.0, 1e-6])).tolist() == [0, 1, 1]


def test_a_sum_that_meets_the_threshold_fires_in_the_spreadsheet_too() -> None:
    book = made_once("neuron", theta=0.8)
    assert book["pattern_y"].value[7] == 1
    assert_proven(book)


@pytest.mark.parametrize("settings", [{}, RANDOM])
def test_all_patterns(settings: dict[str, Setting]) -> None:
    book = made_once("neuron", **settings)
    used = Neuron().settings() | settings
    for row, x in enumerate(product((0, 1), repeat=3)):
        weighted = sum(float(used[f"w{n + 1}"]) * bit for n, bit in enumerate(x))
        assert book["pattern_s"].value[row] == pytest.approx(weighted)
        assert book["pattern_y"].value[row] == (weighted >= float(used["theta"]))
    assert book["b"].value == -float(used["theta"])


def test_the_chosen_neuron_tells_strong_from_weak_and_is_inhibited(book: Book) -> None:
    assert book["pattern_y"].value.tolist() == [0, 0, 0, 0, 1, 0, 1, 1]


def test_the_steep_sigmoid_nears_the_step() -> None:
    gaps = [made_once("neuron", k=k)["grid_gap"].value for k in (1.0, 5.0, 20.0)]
    away = gaps[0] != 0.5  # at z = 0 every sigmoid is a half
    assert (gaps[1][away] < gaps[0][away]).all()
    assert gaps[2][away].max() < 1e-4


def test_the_restaurant_with_the_highest_score_is_named(book: Book) -> None:
    marks, weights = book["marks"].value, np.array([0.4, 0.2, 0.1, 0.3])
    scores = [sum(m * w for m, w in zip(row, weights, strict=True)) for row in marks]
    assert book["score"].value == pytest.approx(scores)
    assert str(book["best_name"].value) == book["restaurant"].value[int(np.argmax(scores))]
    assert book["price_best"].value[0] != book["price_best"].value[-1]  # the weight of price decides


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_cell_is_proven_with_other_settings(lang: str) -> None:
    book = made_once("neuron", lang, **RANDOM)
    assert assert_proven(book) > 300
    assert all(str(check.verdict.value) == HOLDS for check in book.checks)


def test_formulas_do_not_change_with_the_numbers(book: Book) -> None:
    assert formula_texts(made_once("neuron", **RANDOM)) == formula_texts(book)


def test_own_restaurants(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "price,name,taste,location,decor\n4,=Tom's,1,2,3\n8.5,+86,8,7,1\n8.5,twin,8,7,1\n", encoding="utf-8"
    )
    book = Neuron().make(data=path)
    assert book["marks"].value.tolist() == [[1, 2, 3, 4], [8, 7, 1, 8.5], [8, 7, 1, 8.5]]
    assert str(book["best_name"].value) == "+86"  # of equals the first
    assert_proven(book)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("name,taste,location,decor,price\nA,1,2,3,11\nB,1,2,3,4\n", "row 2, column price"),
        ("name,taste,location,decor,price\nA,1,2,3,4\n,1,2,3,4\n", "row 3, column name"),
        ("taste,location,decor,price\n1,2,3,4\n1,2,3,4\n", "name"),
    ],
)
def test_bad_restaurants_are_refused(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=where):
        Neuron().make(data=path)


def test_the_bucket_runs_over_where_the_neuron_fires_and_with_water_poured_in(book: Book) -> None:
    assert (book["level"].value[-1], book["over"].value) == (pytest.approx(book["s"].value), book["fires"].value)
    assert book["spout_x"].value.tolist() == [1, 1, 1]  # nothing runs
    full = Neuron().make(given={"poured": np.array(0.4)})
    assert full["over"].value == 1
    assert "0.00 above the mark or at it" in str(full["bucket_says"].value)
    assert full["spout_x"].value.tolist() == [1, 1.5, 1.5]
    assert_proven(full)


def test_the_articles_comparison_follows_the_inputs(book: Book) -> None:
    other = Neuron().make(given={"x": np.array([1.0, 0.0, 0.0])})
    assert book["live_part"].value.tolist()[:6] == ["1", "1,  0,  1", "0.90,  0.50,  −0.60", "0.30", "0.70", "0"]
    assert other["live_part"].value.tolist()[:6] == ["1", "1,  0,  0", "0.90,  0.50,  −0.60", "0.90", "0.70", "1"]
    assert "FIRES" in str(other["fires_says"].value)
    assert_proven(other)


def test_a_raised_threshold_moves_the_table_and_suspends_its_comparison_with_the_single_neuron() -> None:
    book = Neuron().make(given={"lift": np.array(0.3)})
    assert book["firing"].value == 1
    assert str(book["lookup_same_verdict"].value) == "–"
    assert_proven(book)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_number_stands_in_a_row_too_low_to_read(lang: str) -> None:
    for sheet in made_once("neuron", lang).sheets:
        for block in sheet.blocks:
            rows = range(block.place.row, block.place.row + block.place.rows)
            assert min(sheet.row_heights.get(row, 15) for row in rows) >= 12, (sheet.name, block.id)


def test_values_follow_given_numbers_not_the_settings_beside_them() -> None:
    given = {
        "w": np.array([1.0, -2.0, 0.0]), "theta": np.array(-0.5), "importance": np.array([0.0, 0.1, -0.3, 2.0]),
        "price_step": np.array(0.25), "k": np.array(2.0), "z_from": np.array(-4.0), "z_step": np.array(0.25),
    }  # fmt: skip
    assert_proven(Neuron().make(given=given))


def test_the_yellow_cells_move_sentences_and_replies(book: Book, tmp_path: Path) -> None:
    off = typed(book, tmp_path, {"x": [1, 0, 0]})
    assert str(off["fires_says"]) == "▶ The sum 0.90, with θ = 0.7, reaches θ: the neuron FIRES."
    assert str(typed(book, tmp_path, {"poured": 0.4})["bucket_says"]).startswith(
        "▶ The water stands at 0.70, 0.00 above"
    )
    assert "at 1.00 the neuron fires for 1 of the 8" in str(typed(book, tmp_path, {"lift": 0.3})["patterns_say"])
    dear = typed(book, tmp_path, {"importance": [0.4, 0.2, 0.1, 2]})
    assert str(dear["decision"]).startswith("▶ Canteen: 23.60 points")
    for turn, right in (("unit_turn", 0.8), ("bucket_turn", 0.4), ("patterns_turn", -0.6), ("restaurant_turn", 0.4)):
        for answer, starts in ((right, "✓"), (right + 1, "Not yet"), ("", "←")):
            assert str(typed(book, tmp_path, {f"{turn}_answer": answer})[f"{turn}_reply"]).startswith(starts)
