"""The descent workbook: printed figures, closed forms, slopes against autograd, and runs that diverge without overflow."""

import numpy as np
import pytest
from autograd import elementwise_grad

from scenarios.descent import HILL, LARGEST_RATE, SQUARE, STEPS, Descent, walk
from tests.books import made_once
from tests.proof import assert_proven, formula_texts
from workbook.book import Book

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
    assert "-7.250 − 0.500·1 = -7.750" in str(book["plane_first"].value)


@pytest.mark.parametrize("function", (SQUARE, HILL), ids=lambda function: function.id)
def test_slopes_are_autograds_and_differences(function):
    x = np.random.default_rng(1).normal(0, 4, 50)
    assert function.slope(x) == pytest.approx(elementwise_grad(function.value)(x))
    assert function.slope(x) == pytest.approx((function.value(x + 1e-5) - function.value(x - 1e-5)) / 2e-5, abs=1e-6)


def test_runs_meet_their_closed_forms():
    for rate in (0.0, 0.01, 0.3, 0.5, 0.9, 1.0, LARGEST_RATE):
        t = np.arange(STEPS + 1)
        assert walk(SQUARE, -2.5, rate) == pytest.approx((1 - 2 * rate) ** t * -2.5)
        assert walk(HILL, 4.0, rate) == pytest.approx(1 + (1 - 2 * rate) ** t * 3.0)


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
