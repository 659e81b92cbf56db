"""The descent workbook: printed figures, closed forms, slopes against autograd, and runs that diverge without overflow."""

from pathlib import Path

import numpy as np
import pytest
from autograd import elementwise_grad

from scenarios.descent import HILL, LARGEST_RATE, SQUARE, STEPS, Descent, walk
from scenarios.descent.two_valleys import VALLEYS, WIDEST, recorded_noise, walk_valleys
from tests.books import made_once
from tests.proof import assert_proven, formula_texts
from workbook.book import Book
from workbook.engines import recalculate
from workbook.writer import write

SCENARIO = Descent()


def with_settings(**settings: float) -> Book:
    return made_once("descent", **settings)


def test_the_articles_figures():
    """Fathoming the Deep: (1.99, 3.99) → 5.98 after one step, (−1, 1) → 0 after 300."""
    book = made_once("descent")
    x, y, f = (book[f"plane_{name}"].value for name in "xyf")
    assert (x[1], y[1], f[1]) == pytest.approx((1.99, 3.99, 5.98))
    assert (x[300], y[300]) == pytest.approx((-1, 1))
    assert f[300] == 0
    assert [str(check.verdict.value) for check in book.checks] == ["✓"] * len(book.checks)


def test_the_plane_has_no_minimum():
    f = made_once("descent")["plane_f"].value
    assert f[301] == pytest.approx(-0.02)
    assert np.diff(f) == pytest.approx(np.full(400, -0.02))


def test_level_lines_and_the_first_step_follow_the_run():
    book = with_settings(plane_x0=-7.25, plane_lr=0.5)
    assert book["level"].value == pytest.approx(book["plane_f"].value[[0, 150, 300, 400]])
    assert "−7.25 − 0.5·1 = −7.750" in str(book["plane_first"].value)


@pytest.mark.parametrize("function", (SQUARE, HILL), ids=lambda function: function.math)
def test_slopes_are_autograds_and_differences(function):
    x = np.random.default_rng(1).normal(0, 4, 50)
    assert function.slope(x) == pytest.approx(elementwise_grad(function.value)(x))
    assert function.slope(x) == pytest.approx((function.value(x + 1e-5) - function.value(x - 1e-5)) / 2e-5, abs=1e-6)


def test_runs_meet_their_closed_forms():
    for rate in (0.0, 0.01, 0.3, 0.5, 0.9, 1.0, LARGEST_RATE):
        t = np.arange(STEPS + 1)
        assert walk(SQUARE, -2.5, rate) == pytest.approx((1 - 2 * rate) ** t * -2.5)
        assert walk(HILL, 4.0, rate, uphill=True) == pytest.approx(1 + (1 - 2 * rate) ** t * 3.0)


def test_descent_falls_and_ascent_climbs():
    book = made_once("descent")
    assert (np.diff(book["bowl_y"].value) < 0).all()
    assert (np.diff(book["hill_y"].value) > 0).all()
    assert book["hill_y"].value[-1] == pytest.approx(2, abs=1e-4)


@pytest.mark.parametrize(
    ("rate", "verdict"),
    (
        (0.0, "comes no closer"),
        (0.1, "comes closer"),
        (0.5, "arrives at once"),
        (0.9, "zigzags closer"),
        (1.0, "comes no closer"),
        (1.05, "diverges"),
    ),
)
def test_the_factor_decides(rate, verdict):
    book = with_settings(right=rate)
    assert book["sizes_verdict"].value[1] == verdict
    assert book["sizes_x"].value[STEPS] == pytest.approx(book["sizes_left"].value, rel=1e-9, abs=1e-12)


def test_the_largest_steps_do_not_overflow():
    book = with_settings(x0=-10, lr=LARGEST_RATE, large=LARGEST_RATE, ascent_x0=-10, ascent_lr=LARGEST_RATE, plane_lr=1)
    assert np.abs(book["bowl_x"].value).max() < 2500
    assert_proven(book)
    assert not [check.title for check in book.checks if str(check.verdict.value) == "✗"]


def test_the_saddle_is_left_and_its_slopes_are_autograds():
    book = made_once("descent")
    x, y, f = (book[f"saddle_{name}"].value for name in "xyf")
    assert book["saddle_dx"].value == pytest.approx(elementwise_grad(lambda x: x**2 - y**2)(x))
    assert book["saddle_dy"].value == pytest.approx(elementwise_grad(lambda y: x**2 - y**2)(y))
    assert np.abs(f[10:18]).max() < 0.1
    assert f[-1] < -5


def test_the_scrubber_shows_its_step():
    book = made_once("descent")
    step = int(book["bowl_step"].value)
    assert float(book["bowl_here_x"].value) == book["bowl_x"].value[step]
    x, y = book["bowl_tangent_x"].value, book["bowl_tangent_y"].value
    assert np.diff(y) / np.diff(x) == pytest.approx(np.full(2, float(book["bowl_here_slope"].value)))


def test_every_cell_is_recalculated_on_random_settings():
    rng = np.random.default_rng(2)
    for _ in range(3):
        settings = {p.key: float(rng.uniform(p.low, p.high)) for p in SCENARIO.parameters}
        assert_proven(with_settings(**settings))


def test_formulas_do_not_depend_on_the_numbers():
    assert formula_texts(made_once("descent")) == formula_texts(
        with_settings(x0=-1.7, lr=0.77, small=0.2, plane_x0=9, plane_lr=0.3)
    )


def test_two_valleys_have_their_flat_places_where_the_cubic_is_zero():
    """x⁴ − 4x² + x: global minimum at −1.473 (−5.44), maximum at 0.126, local minimum at 1.347 (−2.62)."""
    book = made_once("descent")
    x, y = book["valley_flat_x"].value, book["valley_flat_y"].value
    assert x == pytest.approx((-1.473, 0.126, 1.347), abs=5e-4)
    assert (y[0], y[2]) == pytest.approx((-5.44, -2.62), abs=5e-3)
    assert book["valley_flat_slope"].value == pytest.approx(np.zeros(3), abs=1e-9)
    points = np.linspace(-2.2, 2.2, 20)
    assert VALLEYS.slope(points) == pytest.approx(elementwise_grad(VALLEYS.value)(points))


def test_the_noise_carries_one_run_over_the_ridge():
    book = made_once("descent")
    still, noisy = book["valley_end_x"].value, book["valley_noisy_end_x"].value
    assert still == pytest.approx((-1.473, 1.347, 1.347), abs=0.01)
    assert noisy == pytest.approx((-1.473, -1.473, 1.347), abs=0.03)
    assert (book["valley_noisy_x"].value[4:8, 1] > 0.5).all(), "it had come down into the right valley before"


def test_no_start_step_size_or_noise_lets_a_run_leave_the_valleys():
    starts = np.linspace(-WIDEST, WIDEST, 200)
    for rate in np.linspace(0, 0.1, 21):
        for noise in (0.6, -0.6):
            path = walk_valleys(starts, rate, 1.0, np.full((10, 1), noise))
            assert np.abs(path[-1]).max() < 9
        for k in range(3):
            assert np.abs(walk_valleys(starts, rate, 1.0, recorded_noise()[:, k : k + 1])).max() < 9


@pytest.mark.parametrize("rate", (0.1, 0.5, 0.9, 1.05))
def test_the_yellow_step_size_moves_sentence_and_picture(tmp_path: Path, rate: float) -> None:
    path = tmp_path / "descent.xlsx"
    book, wanted = made_once("descent"), with_settings(lr=rate)
    write(book, path)
    place = book["bowl_lr"].place
    cells = recalculate(path, edits={(place.sheet, place.row, place.column): rate})
    for id in ("bowl_says", "bowl_verdict", "bowl_y", "bowl_curve_x", "bowl_first_x", "bowl_worked"):
        block = wanted[id]
        at = block.place
        for row, values in enumerate(block.grid()):
            for column, value in enumerate(values):
                found = cells[at.sheet][at.row + row, at.column + column]
                assert found == (value if block.is_text else pytest.approx(value, rel=1e-8, abs=1e-12)), id


@pytest.mark.parametrize(("turn", "right"), (("bowl_turn", 0.5), ("valley_turn", -3.0)))
def test_a_reply_follows_the_answer(tmp_path: Path, turn: str, right: float) -> None:
    path = tmp_path / "descent.xlsx"
    book = made_once("descent")
    write(book, path)
    answer, reply = book[f"{turn}_answer"].place, book[f"{turn}_reply"].place
    for typed, said in ((right, "✓"), (right + 1, "Not yet"), ("abc", "✗")):
        cells = recalculate(path, edits={(answer.sheet, answer.row, answer.column): typed})
        assert str(cells[reply.sheet][reply.row, reply.column]).startswith(said)


def test_values_follow_given_numbers_not_the_constants_beside_them() -> None:
    given = {
        "plane_at": np.array([7.0, 8.0, 9.0, 10.0, 400.0]), "plane_h": 0.05, "saddle_x0": -1.5, "saddle_lr": 0.07,
        "saddle_h": 0.01, "bowl_step": 11.0, "hill_step": 0.0, "hill_h": 0.02, "valley_lr": 0.03,
        "valley_strength": 0.4, "valley_x0": np.array([-0.4, 0.3, 2.1]), "sizes_lr": np.array([0.0, 0.5, 1.1]),
    }  # fmt: skip
    book = SCENARIO.make("en", given={id: np.asarray(value) for id, value in given.items()})
    assert_proven(book)
    assert book["plane_at_x"].value == pytest.approx(book["plane_x"].value[[7, 8, 9, 10, 400]])
