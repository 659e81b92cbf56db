"""The two circles: near-perfect on held-out points, gradients right, live sheets meet the recorded run at any epoch."""

from __future__ import annotations

from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from scenarios import circles
from scenarios.circles import SIZES, Circles
from scenarios.circles.points import make_circles, split
from scenarios.circles.training import start, train
from scenarios.common.activations import RELU, clipped_sigmoid
from scenarios.common.losses import BINARY_CROSS_ENTROPY
from scenarios.common.training import gradients_of, propagate
from tests.books import made_once
from tests.proof import assert_proven, formula_texts
from workbook.block import Block, Role
from workbook.scenario import UsageError

SCENARIO = Circles()
QUICK = {"epochs": 5}
EPSILON = Block("epsilon", Role.RECORDED, np.asarray(1e-7))
ACTIVATIONS = (RELU,) * 4 + (clipped_sigmoid(EPSILON),)


def test_points_follow_the_rule_of_make_circles() -> None:
    """deep-networks-maths: make_circles(1000, factor=.3, noise=.10)."""
    xy, labels = make_circles(np.random.default_rng(4))
    radius = np.hypot(*xy.T)
    assert xy.shape == (1000, 2)
    assert np.bincount(labels.astype(int)).tolist() == [500, 500]
    assert radius[labels == 0].mean() == pytest.approx(1, abs=0.02)
    assert radius[labels == 1].mean() == pytest.approx(0.3, abs=0.03)


def test_a_tenth_of_each_class_is_held_out() -> None:
    random = np.random.default_rng(4)
    points = split(*make_circles(random), random)
    assert [group.stop - group.start for group in points.groups] == [450, 450, 50, 50]
    assert [set(points.labels[group]) for group in points.groups] == [{0}, {1}, {0}, {1}]


@pytest.mark.parametrize("seed", [11, 0, 9])
def test_training_is_near_perfect_on_held_out_points(seed: int) -> None:
    """deep-networks-maths: close to 100 % after 50 epochs. Seed 9 draws a start that dies where biases begin at 0."""
    book = made_once("circles", seed=seed)
    assert len(book["run_epoch"].value) == 51
    assert book["run_held_accuracy"].value[-1] >= 0.99
    assert book["run_held_cost"].value[-1] < 0.1 * book["run_held_cost"].value[0]


def test_adam_takes_the_steps_where_it_is_chosen() -> None:
    """deep-networks-maths: optimizer='adam', 50 epochs, almost 100 %; a first step of Adam moves each parameter by α."""
    book = made_once("circles", optimizer="adam")
    assert book["run_held_accuracy"].value[-1] >= 0.99
    assert "almost 100" in str(book["last_says"].value)
    assert_proven(made_once("circles", **QUICK, optimizer="adam", lr=0.01, seed=4))
    random = np.random.default_rng(1)
    points, first = split(*make_circles(random), random), start(SIZES, random)
    whole = {"batch": points.training, "epochs": 1, "lr": 0.01}
    after = train(first, ACTIVATIONS, points, random, **whole, optimizer="adam").states[1]
    slopes = gradients_of(first, ACTIVATIONS, BINARY_CROSS_ENTROPY, points.xy[:900], points.labels[:900, None])
    for (W, _b), (W1, _b1), (dW, _db) in zip(first, after, slopes, strict=True):
        np.testing.assert_allclose(W1 - W, -0.01 * dW / (np.abs(dW) + 1e-8), rtol=1e-6, atol=1e-12)


def test_layer_two_neuron_by_neuron_is_the_matrices() -> None:
    book = made_once("circles", **QUICK)
    np.testing.assert_allclose(book["layer2_a"].value, book["page_A2"].value[:, 0], rtol=1e-12)
    other = SCENARIO.make(settings=QUICK, given={"example": 700, "batch": 3, "shape_m": 5})
    np.testing.assert_array_equal(other["X_one"].value[:, 0], other["points"].value[699])
    assert_proven(other)


def test_parameters_number_117() -> None:
    book = made_once("circles", **QUICK)
    assert book["parameters"].value == book["shape_count"].value.sum() == 117


def test_a_dot_marks_the_picked_epoch_on_every_chart_of_the_run() -> None:
    book = made_once("circles", **QUICK)
    (sheet,) = (sheet for sheet in book.sheets if sheet.name == "Training")
    dots = [series for placed in sheet.charts for series in placed.chart.series if series.x.block.id == "epoch"]
    assert [dot.y.block.id for dot in dots] == ["recorded_loss", "recorded_accuracy"]


def test_the_region_is_the_second_sheet_and_moves_with_its_own_epoch_cell() -> None:
    book = made_once("circles", **QUICK)
    assert [sheet.name for sheet in book.sheets][:3] == ["Start", "Whole", "Region"]
    assert book["epoch"].place.sheet == book["region"].place.sheet == "Region"
    np.testing.assert_array_equal(book["region"].value.ravel(), book["A5_g"].value[0])
    assert book["held_fall"].value == book["run_held_cost"].value[0] - book["run_held_cost"].value[5]


def test_the_grid_is_drawn_across_and_up() -> None:
    book = made_once("circles", **QUICK)
    (placed,) = book.sheets[0].charts
    for series, id in zip(placed.chart.series, ("grid_zero", "grid_one"), strict=False):
        assert (series.x.block.id, series.x.keys[0], series.y.block.id) == ("X_g", 0, id)
    shown = np.minimum(book["grid_zero"].value, book["grid_one"].value)
    np.testing.assert_array_equal(shown, book["X_g"].value[1])


def _cost(parameters: list[tuple[np.ndarray, np.ndarray]], X: np.ndarray, Y: np.ndarray) -> float:
    a = X
    for n, (W, b) in enumerate(parameters):
        z = anp.dot(a, W.T) + b
        a = anp.maximum(0, z) if n < 4 else 1 / (1 + anp.exp(-z))
    return -anp.mean(Y * anp.log(a) + (1 - Y) * anp.log(1 - a))


def test_gradients_meet_autograd_and_difference_quotients() -> None:
    random = np.random.default_rng(3)
    parameters = [(W, b + random.normal(size=b.shape)) for W, b in start(SIZES, random)]
    X, Y = random.normal(size=(12, 2)), (random.random((12, 1)) < 0.5).astype(float)
    output = propagate(parameters, ACTIVATIONS, X)[-1][1]
    assert BINARY_CROSS_ENTROPY.value(output.T, Y.T).mean() == pytest.approx(_cost(parameters, X, Y), rel=1e-12)
    found = gradients_of(parameters, ACTIVATIONS, BINARY_CROSS_ENTROPY, X, Y)
    expected = grad(_cost)(parameters, X, Y)
    for (dW, db), (auto_dW, auto_db) in zip(found, expected, strict=True):
        np.testing.assert_allclose(dW, auto_dW, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(db, auto_db, rtol=1e-9, atol=1e-12)
    h, b = 1e-6, parameters[4][1]
    up, down = ([*parameters[:4], (parameters[4][0], b + way * h)] for way in (1, -1))
    assert found[4][1][0] == pytest.approx((_cost(up, X, Y) - _cost(down, X, Y)) / (2 * h), rel=1e-6)


def test_the_sheets_gradient_is_autograds() -> None:
    book = made_once("circles", **QUICK)
    parameters = [(book[f"W{n}_t"].value, book[f"b{n}_t"].value) for n in range(1, 6)]
    expected = grad(_cost)(parameters, book["X_c"].value.T, book["Y_c"].value.T)
    for n, (dW, db) in enumerate(expected, 1):
        np.testing.assert_allclose(book[f"gW{n}_c"].value, dW, rtol=1e-8, atol=1e-12)
        np.testing.assert_allclose(book[f"gb{n}_c"].value, db, rtol=1e-8, atol=1e-12)


def test_certain_predictions_break_no_logarithm() -> None:
    """At z = 800 the sigmoid is 1 to the last bit: held at 1 − ε, cost and slope stay finite and dZ is ŷ − y."""
    g, z, y = ACTIVATIONS[-1], np.array([[800.0, -800.0]]), np.array([[0.0, 1.0]])
    a = g.value(z)
    assert np.isfinite(BINARY_CROSS_ENTROPY.value(a, y)).all()
    np.testing.assert_allclose(BINARY_CROSS_ENTROPY.slope(a, y) * g.slope(z, a), a - y, rtol=1e-6)


@pytest.mark.parametrize("epoch", [0, 8, 50])
def test_every_check_holds_and_every_cell_is_proven_at_any_epoch(epoch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circles, "SHOWN_EPOCH", epoch)
    book = SCENARIO.make()
    assert {str(check.verdict.value) for check in book.checks} == {"✓"}
    assert_proven(book)


def test_other_settings_are_proven_by_each_engine(engine: str) -> None:
    assert_proven(made_once("circles", **QUICK, seed=3, lr=0.2, batch=7), engine)


def test_own_points(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    xy = 3 * random.normal(size=(120, 2))
    label = (xy[:, 0] * xy[:, 1] > 0) ^ (random.random(120) < 0.1)
    path = tmp_path / "points.csv"
    np.savetxt(path, np.column_stack([xy, label]), delimiter=",", header="x,y,label", comments="")
    book = SCENARIO.make(settings=QUICK, data=path)
    assert len(book["labels"].value) == 120
    assert_proven(book)


@pytest.mark.parametrize(
    ("last", "message"), [("1,2,3", "row 91, column label"), ("20,1,1", "row 91"), ("a,1,1", "row 91")]
)
def test_wrong_points_are_refused_in_one_line(tmp_path: Path, last: str, message: str) -> None:
    path = tmp_path / "points.csv"
    rows = [f"{n / 100},{(n % 7) / 10},{n % 2}" for n in range(89)]
    path.write_text("\n".join(["x,y,label", *rows, last]) + "\n")
    with pytest.raises(UsageError, match=message) as caught:
        SCENARIO.read_data(path)
    assert "\n" not in str(caught.value)


def test_too_few_points_of_a_class_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("x,y,label\n" + "\n".join(f"{n / 100},{(n % 7) / 10},{int(n == 3)}" for n in range(90)) + "\n")
    with pytest.raises(UsageError, match="only 1 points have the label 1"):
        SCENARIO.read_data(path)


def test_chinese_is_complete() -> None:
    assert not made_once("circles", "zh", **QUICK).translator.missing


def test_formulas_do_not_depend_on_the_numbers() -> None:
    first = formula_texts(made_once("circles", **QUICK))
    assert first == formula_texts(made_once("circles", **QUICK, lr=0.3, seed=8))
