"""The digit net: the article's statements hold, gradients are right, and every cell is proven on other numbers too."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from scenarios.common.activations import SIGMOID
from scenarios.common.losses import HALF_SQUARED
from scenarios.common.training import gradients_of, propagate
from scenarios.demon_net import DemonNet, chosen_parameters, read_weights
from scenarios.demon_net.examples import training_images
from tests.books import made_once
from tests.proof import assert_proven, formula_texts
from workbook.scenario import UsageError

SCENARIO = DemonNet()


def test_demons_wake_as_the_article_says() -> None:
    """maths-of-deep-learning-notes: the 0 excites A, C and output demon 0, not B; the 1 excites B and output demon 1."""
    book = made_once("demon-net")
    hidden, output = book["A1"].value, book["A2"].value
    (a0, b0, c0), (a1, b1, c1) = hidden[:, 1], hidden[:, 2]
    assert min(a0, c0) > 0.5 > b0
    assert b1 > 0.5 > max(a1, c1)
    assert output[0, 1] > output[1, 1]
    assert output[1, 2] > output[0, 2]


def test_images_are_64_of_both_digits_and_distinct() -> None:
    images, labels = training_images()
    assert images.shape == (64, 12)
    assert np.bincount(labels).tolist() == [32, 32]
    assert len({tuple(image) for image in images}) == 64


def test_hand_made_weights_read_every_image() -> None:
    book = made_once("demon-net")
    assert book["right_count"].value == 64
    assert book["said0"].value.tolist() == [32, 0]


def test_right_images_below_a_half_are_called_unsure() -> None:
    book = made_once("demon-net")
    assert book["unsure_count"].value == 18


def test_what_the_pages_ask_has_the_answers_of_the_story() -> None:
    book = made_once("demon-net")
    answers = {"dark_answer": 1, "one_asked": 0.1192, "wrong_asked": 0.26, "blame_asked": 0, "learning_favourite": 3}
    for id, answer in {**answers, "empty_answer": 0}.items():
        assert float(book[id].value) == pytest.approx(answer, abs=1e-4), id


def test_blame_of_the_first_image_is_its_share_of_the_gradient() -> None:
    """The page works δ out on its own; at epoch 0 it must be what the sheet Epoch has."""
    book = made_once("demon-net")
    np.testing.assert_allclose(book["blame_d2"].value, book["D2_t"].value[:, 0], rtol=1e-12)
    np.testing.assert_allclose(book["blame_d1"].value, book["D1_t"].value[:, 0], rtol=1e-12)


def test_training_gets_all_images_right() -> None:
    book = made_once("demon-net")
    assert book["run_accuracy"].value[-1] == 1
    assert book["run_cost"].value[-1] < 0.1 * book["run_cost"].value[0]


@pytest.mark.parametrize("rate", (0.3, 1.5, 2.5))
def test_all_right_from_an_epoch_on_means_from_there_to_the_end(rate: float) -> None:
    book = made_once("demon-net", lr=rate)
    wrong_at = np.flatnonzero(book["run_accuracy"].value < 1)
    words = " ".join(label.text for sheet in book.sheets for label in sheet.labels if sheet.name == "Learning")
    if wrong_at[-1] + 1 < len(book["run_accuracy"].value):
        assert f"right from epoch {wrong_at[-1] + 1} on" in words
    else:
        assert "not all images are right by the last epoch" in words


def test_the_article_says_what_happens_here() -> None:
    """maths-of-deep-learning-notes: w₄ and w₇ of demon A are high, the others low; pixels 2 and 11 hardly count."""
    book = made_once("demon-net")
    assert set(book["stated_holds"].value) == {"yes"}
    assert book["sum_zero_A"].value == 8
    low = SCENARIO.make(settings={"epochs": 10}, given={"low": 0.5})
    np.testing.assert_array_equal(low["W1"].value[0], [0.5, 0.5, 0.5, 4, 0.5, 0.5, 4, *[0.5] * 5])
    assert set(low["stated_holds"].value) == {"yes"}
    high = SCENARIO.make(settings={"epochs": 10}, given={"low": 1.5})
    assert high["stated_holds"].value.tolist() == ["yes", "yes", "no", "no", "yes"]
    assert_proven(high)


@pytest.mark.parametrize(("team", "right"), [(1, 64), (2, 17), (3, 64)])
def test_the_gallery_asks_the_team_that_is_chosen(team: int, right: int) -> None:
    book = made_once("demon-net") if team == 1 else SCENARIO.make(given={"gallery_team": team})
    assert book["right_count"].value == right


def test_other_labels_and_pixels_are_what_the_gallery_counts() -> None:
    random = np.random.default_rng(2)
    given = {"label": random.integers(0, 2, 64).astype(float), "images": random.integers(0, 2, (12, 64)).astype(float)}
    book = SCENARIO.make(settings={"epochs": 10}, given=given)
    assert book["right_count"].value == np.sum(book["said"].value == given["label"])
    assert_proven(book)


def test_the_whole_network_forward_and_backward_is_one_view() -> None:
    book = made_once("demon-net")
    shown = [book[f"page_{name}"].place for name in ("X", "W1", "b1", "A1", "A2", "Y", "gW1", "gb1", "gW2", "D2")]
    assert max(place.row + place.rows for place in shown) <= 38
    assert max(place.column + place.columns for place in shown) <= 24
    (chart,) = (chart for sheet in book.sheets if sheet.name == "Whole" for chart in sheet.charts)
    assert chart.row + chart.chart.rows <= book["page_W1"].place.row
    zero = SCENARIO.make(settings={"epochs": 10}, given={"whole_drawing": 3})
    assert zero["page_A2"].value[:, 0] == pytest.approx(zero["A2"].value[:, 2])


def test_learned_likes_are_the_weights_of_the_picked_epoch() -> None:
    book = made_once("demon-net")
    for j in range(3):
        assert book[f"learned_{j + 1}"].value.ravel() == pytest.approx(book["W1_t"].value[j])


def test_gradients_meet_autograd() -> None:
    random = np.random.default_rng(3)
    images, labels = training_images()
    targets = np.eye(2)[labels]
    parameters = [
        (random.normal(size=(3, 12)), random.normal(size=3)),
        (random.normal(size=(2, 3)), random.normal(size=2)),
    ]

    def whole_cost(flat):  # type: ignore[no-untyped-def]
        W1, b1, W2, b2 = flat[:36].reshape(3, 12), flat[36:39], flat[39:45].reshape(2, 3), flat[45:]
        a = 1 / (1 + anp.exp(-(images @ W1.T + b1)))
        o = 1 / (1 + anp.exp(-(a @ W2.T + b2)))
        return 0.5 * anp.sum((o - targets) ** 2)

    flat = np.concatenate([part.ravel() for layer in parameters for part in layer])
    ours = gradients_of(parameters, (SIGMOID, SIGMOID), HALF_SQUARED, images, targets)
    ours_flat = np.concatenate([part.ravel() for layer in ours for part in layer if part is not None])
    np.testing.assert_allclose(ours_flat, grad(whole_cost)(flat), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("suffix", ["", "_t"])
@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
def test_gradients_on_the_sheets_meet_autograd(name: str, suffix: str) -> None:
    """Of the pads (one a column) and of all images (one a row), for every layer."""
    book = made_once("demon-net", seed=5, epochs=10)
    X, T = (book["X"].value, book["T"].value) if not suffix else (book["X_all"].value, book["targets"].value)
    parameters = {key: book[key + suffix].value for key in ("W1", "b1", "W2", "b2")}

    def cost(changed):  # type: ignore[no-untyped-def]
        now = {**parameters, name: changed}
        a = 1 / (1 + anp.exp(-(anp.dot(now["W1"], X) + anp.reshape(now["b1"], (-1, 1)))))
        o = 1 / (1 + anp.exp(-(anp.dot(now["W2"], a) + anp.reshape(now["b2"], (-1, 1)))))
        return 0.5 * anp.sum((o - T) ** 2)

    np.testing.assert_allclose(book[f"g{name}{suffix}"].value, grad(cost)(parameters[name]), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("epoch", [0, 5])
def test_difference_quotients_over_all_images_agree_even_for_the_largest_nudge(epoch: int) -> None:
    """For every parameter, with h = 0.001, the sheet's quotient stays within the check's tolerance."""
    random, (images, labels) = np.random.default_rng(epoch), training_images()
    targets, h = np.eye(2)[labels], 1e-3
    flat = random.normal(size=47)

    def parts(v):  # type: ignore[no-untyped-def]
        return [(v[:36].reshape(3, 12), v[36:39]), (v[39:45].reshape(2, 3), v[45:])]

    def cost(v):  # type: ignore[no-untyped-def]
        return 0.5 * np.sum((propagate(parts(v), (SIGMOID, SIGMOID), images)[-1][1] - targets) ** 2)

    ours = gradients_of(parts(flat), (SIGMOID, SIGMOID), HALF_SQUARED, images, targets)
    analytic = np.concatenate([part.ravel() for layer in ours for part in layer if part is not None])
    numeric = np.array([(cost(flat + h * e) - cost(flat - h * e)) / (2 * h) for e in np.eye(47)])
    assert np.abs(analytic - numeric).max() < 1e-5


@pytest.mark.parametrize("seed", [1, 7])
def test_every_cell_is_proven(seed: int, engine: str) -> None:
    book = made_once("demon-net", seed=seed, lr=0.17, epochs=12)
    assert assert_proven(book, engine) > 3000


def test_formulas_do_not_change_with_the_numbers() -> None:
    one = made_once("demon-net", seed=1, epochs=12)
    other = made_once("demon-net", seed=2, lr=0.9, epochs=12)
    assert formula_texts(one) == formula_texts(other)


def test_own_images_are_read(tmp_path: Path) -> None:
    path = tmp_path / "images.csv"
    header = ",".join(["label", *(f"p{n}" for n in range(1, 13))])
    path.write_text(header + "\n0,1,1,1,1,0,1,1,0,1,1,1,1\n1,0,1,0,0,1,0,0,1,0,0,1,0\n")
    book = SCENARIO.make(settings={"epochs": 10}, data=path)
    assert book["label"].value.tolist() == [0, 1]
    assert_proven(book)


def test_a_pixel_that_is_not_0_or_1_is_named(tmp_path: Path) -> None:
    path = tmp_path / "images.csv"
    header = ",".join(["label", *(f"p{n}" for n in range(1, 13))])
    path.write_text(header + "\n0,1,1,1,1,0,1,1,0,1,1,1,1\n1,0,1,0,0,7,0,0,1,0,0,1,0\n")
    with pytest.raises(UsageError, match=r"images.csv.*row 3.*p5"):
        SCENARIO.make(data=path)


def test_initial_weights_from_json_and_csv_are_the_same(tmp_path: Path) -> None:
    (W1, b1), (W2, b2) = chosen_parameters()
    as_json = tmp_path / "weights.json"
    as_json.write_text(json.dumps({"W1": W1.tolist(), "b1": b1.tolist(), "W2": W2.tolist(), "b2": b2.tolist()}))
    as_csv = tmp_path / "weights.csv"
    rows = [*np.column_stack([W1, b1]).tolist(), *np.column_stack([W2, b2]).tolist()]
    as_csv.write_text("\n".join(",".join(map(str, row)) for row in rows))
    for path in (as_json, as_csv):
        for (W, b), (expected_W, expected_b) in zip(read_weights(path), chosen_parameters(), strict=True):
            np.testing.assert_array_equal(W, expected_W)
            np.testing.assert_array_equal(b, expected_b)


NUMBERS = [[0.5, -1.25, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -6.5]] * 3 + [[4, 0.5, 4, -6]] * 2


def weights_csv(mark: str, decimal: str = ".", heading: str = "", *, padded: bool = False) -> str:
    """Return weights as a spreadsheet saves them."""
    rows = [[str(number).replace(".", decimal) for number in row] for row in NUMBERS]
    if padded:
        rows = [row + [""] * (13 - len(row)) for row in rows]
    return heading + "\n".join(mark.join(row) for row in rows) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        weights_csv(","),
        weights_csv(";"),
        weights_csv(";", ","),
        weights_csv("\t", ","),
        weights_csv(";", ",", padded=True),
        weights_csv(",", padded=True),
        weights_csv(",", heading="w1,w2,w3,w4,w5,w6,w7,w8,w9,w10,w11,w12,b\n"),
        weights_csv(";", ",", "Gewicht;Größe\n", padded=True),
        "sep=;\n" + weights_csv(";", ","),
    ],
)
def test_weights_are_read_as_data_are(tmp_path: Path, text: str) -> None:
    path = tmp_path / "weights.csv"
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        path.write_bytes(text.encode(encoding))
        (W1, b1), (W2, b2) = read_weights(path)
        assert np.column_stack([W1, b1]).tolist() + np.column_stack([W2, b2]).tolist() == NUMBERS


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            weights_csv(",").replace("-6.5", "-65", 1),
            'row 1, column 13: "-65" is out of bounds; give a number from -50 to 50',
        ),
        (
            weights_csv(",", heading="a,b\n").replace("4,0.5,4,-6\n", "4,0.5,4\n", 1),
            "row 5: 3 numbers, but an output demon has 3 weights",
        ),
        ("\n".join(weights_csv(",").splitlines()[:4]), "4 rows of numbers; give 5, one for each demon"),
        (weights_csv(",").replace("0.5", "", 1), "row 1, column 1: the cell is empty"),
        (weights_csv(";", ",").replace("-6,5", "-6.500,5", 1), "row 1, column 13.*thousands"),
    ],
)
def test_what_is_wrong_with_weights_is_said_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "weights.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        read_weights(path)


@pytest.mark.parametrize(
    "text", ['{"W1": [[1e999]]}', '{"W1": ' + "9" * 400 + "}", "[" * 90_000, "[1, 2]", '{"W1": {}}', "null", "{"]
)
def test_bad_json_gets_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "weights.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"weights\.json") as error:
        read_weights(path)
    assert "\n" not in str(error.value)


def test_a_run_from_a_file_does_not_call_its_start_random(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(weights_csv(","))

    def said(**settings: Any) -> str:
        book = SCENARIO.make(settings={"epochs": 10, **settings})
        texts = [label.text for sheet in book.sheets if sheet.name == "Learning" for label in sheet.labels]
        charts = [placed.chart.alt for sheet in book.sheets for placed in sheet.charts]
        return "\n".join([*texts, *charts])

    assert "random" not in said(weights=str(path))
    assert "Epoch 0 is the start, with the weights of the file mine.csv." in said(weights=str(path))
    assert "Epoch 0 is the random start." in said()


@pytest.mark.parametrize("text", ["", "1,2,3", "x,y", '{"W1": 3}', "1," * 12 + "nan", "1_0," * 12 + "1"])
def test_bad_weights_get_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "weights.csv"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        read_weights(path)
    assert "\n" not in str(error.value)
    assert "weights.csv" in str(error.value)


def test_weights_are_read_from_ordinary_files_only(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b"1," * 2_000_000)
    refusals = {
        "pipe": "device or a pipe",
        "large": "row 1 is longer than 100,000",
        "none": "no such file",
        ".": "a folder",
    }
    for name, refusal in {**refusals, "/dev/zero": "device or a pipe"}.items():
        with pytest.raises(UsageError, match=refusal):
            read_weights(tmp_path / name)
