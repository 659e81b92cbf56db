"""The derivatives workbook: every slope against autograd and finite differences, live formulas against NumPy."""

import tempfile
from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from scenarios.derivatives import Derivatives
from scenarios.derivatives.differentiable import quotients
from scenarios.derivatives.extremes import CURVES
from scenarios.derivatives.functions import FUNCTIONS
from scenarios.derivatives.motion import journey
from tests.books import made_once
from tests.proof import assert_proven, formula_texts
from workbook.book import Book
from workbook.engines import recalculate
from workbook.writer import write

SCENARIO = Derivatives()
AUTOGRAD = {
    "x^2": lambda x: x * x,
    "x^3": lambda x: x * x * x,
    "1+2x-x^2": lambda x: 1 + 2 * x - x * x,
    "sqrt": anp.sqrt,
    "1/x": lambda x: 1 / x,
    "exp": anp.exp,
    "sin": anp.sin,
    "sigmoid": lambda x: 1 / (1 + anp.exp(-x)),
}


def make(**settings: float | str) -> Book:
    return made_once("derivatives", **settings)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.key)
def test_slopes_and_second_derivatives_are_autograds_and_the_difference_quotients(function):
    f = AUTOGRAD[function.key]
    value, slope, bend = function.value, function.slope, function.bend
    for x in np.random.default_rng(7).uniform(max(function.lowest, -3), 3, 20):
        at = np.asarray(x)
        assert value(at) == pytest.approx(f(x), rel=1e-12)
        assert slope(at) == pytest.approx(grad(f)(x), rel=1e-10, abs=1e-12)
        assert bend(at) == pytest.approx(grad(grad(f))(x), rel=1e-9, abs=1e-12)
        assert slope(at) == pytest.approx((value(at + 1e-5) - value(at - 1e-5)) / 2e-5, rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.key)
def test_every_function_is_recalculated_to_numpys_values(function):
    assert assert_proven(make(function=function.key, x0=1.37, h=0.83, divisor=2.6, x=-1.7, y=2.3, z=0.9)) > 700


def test_points_where_a_function_has_no_slope_are_moved_to_where_it_has():
    for key in ("sqrt", "1/x"):
        book = make(function=key, x0=-2.0)
        assert book["x0"].value == 0.25
        assert_proven(book)


def test_the_smallest_steps_agree_too():
    for key in ("exp", "1/x", "sigmoid"):
        assert_proven(make(function=key, x0=3.0, h=0.1, divisor=3.0))


def test_picking_a_function_in_the_cell_gives_what_building_with_it_gives():
    book, wanted = make(), make(function="sigmoid", x0=-0.6)
    edits = {}
    for id, typed in (("function", "σ(x)"), ("x_wish", -0.6)):
        place = book[id].place
        edits[place.sheet, place.row, place.column] = typed
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "derivatives.xlsx"
        write(book, path)
        cells = recalculate(path, "ironcalc", edits)
    for id in ("f_end", "chord_slope", "tangent_curve_y", "error_foreseen"):
        block = wanted[id]
        place = block.place
        found = [cells[place.sheet][place.row + n, place.column] for n in range(place.rows)]
        assert found == pytest.approx(block.value.tolist(), rel=1e-9, abs=1e-12), id


def test_the_chords_slope_closes_in_as_foreseen():
    book = make(function="exp", x0=0.4)
    error, foreseen = book["chord_error"].value, book["error_foreseen"].value
    assert abs(error[-1]) < 0.002
    assert np.all(np.diff(np.abs(error)) < 0)
    assert error[-1] == pytest.approx(foreseen[-1], rel=1e-3)


def test_formulas_do_not_change_with_the_numbers():
    other = make(function="sin", x0=-0.7, h=0.3, divisor=1.7, x=0.4, y=-1.1, z=2.2)
    assert formula_texts(make()) == formula_texts(other)


def test_partial_derivatives_are_autograds():
    def f(p):
        return p[0] ** 4 - 3 * p[0] * p[1] * p[2]

    for point in np.random.default_rng(3).uniform(-4, 4, (5, 3)):
        book = make(**dict(zip("xyz", point.tolist(), strict=True)))
        assert book["partial_slope"].value == pytest.approx(grad(f)(point), rel=1e-12)
        assert book["partial_central"].value == pytest.approx(grad(f)(point), abs=1e-5)


def test_rules_are_autograds():
    book = make()
    wholes = [
        lambda x: x**2 + anp.sin(x),
        lambda x: x**2 * anp.sin(x),
        lambda x: x**3,
        lambda x: anp.sin(x**2),
        lambda x: 1 / (1 + anp.exp(-(2 * x - 1))),
    ]
    assert book["rule_slope"].value == pytest.approx([grad(f)(1.3) for f in wholes], rel=1e-12)


def test_the_articles_figures_for_minimum_and_maximum():
    """fathoming-the-deep: y = x² has its minimum at 0 with y″ = 2, y = 1 + 2x − x² its maximum at 1 with y″ = −2."""
    book = make()
    assert book["x_flat"].value[:2].tolist() == [0, 1]
    assert book["bend"].value.tolist() == [2, -2, 0]
    assert book["second_test"].value.tolist() == ["minimum", "maximum", "neither"]
    assert book["first_test"].value.tolist() == book["second_test"].value.tolist()
    assert all(check.verdict.value.item() == "✓" for check in book.checks)
    for c, b, a in CURVES[:2]:
        assert grad(lambda x, a=a, b=b, c=c: c + b * x + a * x * x)(-b / (2 * a)) == 0


def test_other_curves_typed_in_are_told_apart():
    book = make()
    place = book["K"].place
    typed = {(0, 0): 5.0, (0, 1): -3.0, (0, 2): -0.5, (1, 1): 0.0, (1, 2): 0.0}
    edits = {(place.sheet, place.row + r, place.column + c): value for (r, c), value in typed.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "derivatives.xlsx"
        write(book, path)
        sheet = recalculate(path, "ironcalc", edits)[place.sheet]

    def column(id: str) -> list[object]:
        at = book[id].place
        return [sheet[at.row + n, at.column] for n in range(3)]

    assert column("flat_says") == ["x = −3.00", "everywhere", "nowhere"]
    assert column("first_test") == ["maximum", "neither", "neither"]
    assert column("second_test") == ["maximum", "neither", "neither"]


def test_rounding_takes_over_where_foreseen():
    book = make()
    measured = book["error_measured"].value
    assert measured.argmin() in (7, 8)
    assert measured[-1] > 0.01
    assert book["best_h"].value == pytest.approx(1e-8, rel=0.2)


# ---------------------------------------------------------------------------------------------- the core pages


def test_the_cylinder_has_the_slopes_of_its_formula():
    book = make()
    assert book["volume_slope"].value == pytest.approx((94.25, 28.27), abs=0.005)
    assert grad(lambda r: anp.pi * r**2 * 5.0)(3.0) == pytest.approx(book["volume_slope"].value[0])
    assert grad(lambda h: anp.pi * 9.0 * h)(5.0) == pytest.approx(book["volume_slope"].value[1])


def test_the_motion_goes_from_rest_to_rest_and_its_derivatives_are_autograds():
    t = 20.0
    book = make()
    position, speed = journey(book["way"], book["duration"])
    first = grad(position.value)
    second = grad(first)
    now = book["motion_now"].value
    assert now == pytest.approx((600 * 7 / 27, 600 * 7 / 27 / t, 10, first(t), second(t), grad(second)(t)))
    assert speed.slope(t) == pytest.approx(second(t))
    assert speed.value(np.array([0.0, 30.0, 60.0])) == pytest.approx((0, 15, 0))


def edited(tmp_path: Path, typed: dict[str, float | str], wanted: tuple[str, ...]) -> dict[str, list[object]]:
    """Type into yellow cells through an engine, and return the columns asked for."""
    book, path = make(), tmp_path / "derivatives.xlsx"
    write(book, path)
    places = {id: book[id].place for id in typed}
    cells = recalculate(
        path, edits={(places[id].sheet, places[id].row, places[id].column): value for id, value in typed.items()}
    )
    at = {id: book[id].place for id in wanted}
    return {id: [cells[p.sheet][p.row + n, p.column] for n in range(p.rows)] for id, p in at.items()}


@pytest.mark.parametrize(
    ("at", "said"),
    (
        (0.0, ("closes", "stays", "stays", "grows")),
        (1.0, ("closes", "no gap", "no gap", "no gap")),
        (-1.0, ("closes", "no gap", "no gap", "no gap")),
    ),
)
def test_left_and_right_quotients_tell_slope_corner_and_jump(tmp_path: Path, at: float, said: tuple[str, ...]) -> None:
    found = edited(tmp_path, {"diff_x": at}, ("diff_verdict", "diff_left", "diff_right"))
    assert all(word in str(verdict) for word, verdict in zip(said, found["diff_verdict"], strict=True))
    left, right = quotients(at, 0.1)
    assert found["diff_left"] == pytest.approx(left, abs=1e-9)
    assert found["diff_right"] == pytest.approx(right, abs=1e-9)


def test_the_yellow_moment_moves_sentence_and_numbers(tmp_path: Path) -> None:
    found = edited(tmp_path, {"now_t": 30.0}, ("motion_now", "motion_says"))
    assert found["motion_now"] == pytest.approx((300, 10, 10, 15, 0, -1 / 30), abs=1e-9)
    assert "15.00 m/s" in str(found["motion_says"][0])
    assert edited(tmp_path, {"now_t": 0.0}, ("motion_now",))["motion_now"][:2] == [0, 0]


@pytest.mark.parametrize(
    ("turn", "right"), (("tangent_turn", 6.0), ("motion_turn", 15.0), ("cylinder_turn", 2.83), ("diff_turn", -1.0))
)
def test_a_reply_follows_the_answer(tmp_path: Path, turn: str, right: float) -> None:
    for typed, said in ((right, "✓"), (right + 1, "Not yet"), ("abc", "✗")):
        reply = edited(tmp_path, {f"{turn}_answer": typed}, (f"{turn}_reply",))[f"{turn}_reply"]
        assert str(reply[0]).startswith(said)


def test_values_follow_given_numbers_not_the_constants_beside_them() -> None:
    given = {
        "x_rules": 0.7, "n": 4.0, "w": -1.3, "b": 0.4, "h_rules": 2e-4, "h_partial": 3e-4, "reach": 0.6, "d": 0.8,
        "d_zero": 0.3, "curve_left": -1.0, "half_width": 2.5, "now_t": 41.0, "duration": 77.0, "height": 2.2,
        "K": np.array([[1.0, -2.0, 3.0], [0.0, 0.0, 0.0], [2.0, 1.0, -0.5]]),
    }  # fmt: skip
    book = SCENARIO.make("en", given={id: np.asarray(value) for id, value in given.items()})
    assert_proven(book)
    assert book["first_test"].value.tolist() == ["minimum", "neither", "maximum"]
    assert book["flat_says"].value.tolist() == ["x = 0.33", "everywhere", "x = 1.00"]
    assert not [check.title for check in book.checks if str(check.verdict.value) == "✗"]
