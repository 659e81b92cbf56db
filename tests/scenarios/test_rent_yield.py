"""rent-yield: the printed figures, gradients against autograd and differences, and every cell against an engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from scenarios.rent_yield import RentYield
from scenarios.rent_yield.descent import CAP
from scenarios.rent_yield.losses import LOSSES, MOST_ROWS, loss_slope, loss_value
from scenarios.rent_yield.step import rate_for
from scenarios.rent_yield.survey import ARTICLE_AREA, ARTICLE_RENT, gradient, loss
from tests.books import made_once
from tests.proof import assert_proven, formula_texts
from workbook.book import Book
from workbook.cli.work import Job
from workbook.cli.work import make as make_job
from workbook.engines import recalculate
from workbook.scenario import UsageError
from workbook.source import read_source
from workbook.writer import write

RNG = np.random.default_rng(20240501)


def make(**settings: float | str) -> Book:
    return made_once("rent-yield", **settings)


def survey_file(folder: Path, rows: int, header: str = "size (m²),price [k€]") -> Path:
    """Write rows around a line, unsorted, in sizes of their own."""
    x = RNG.uniform(20, 300, rows)
    y = 40 + 3.3 * x + RNG.normal(0, 60, rows)
    path = folder / f"{rows}.csv"
    path.write_text(header + "\n" + "\n".join(f"{a:.2f},{b:.2f}" for a, b in zip(x, y, strict=True)) + "\n")
    return path


# ---------------------------------------------------------------------------------------------- mathematics


def test_figures_that_the_article_prints() -> None:
    """“Fathoming the Deep in Deep Learning”, step 4: New C = 0.52 − 0.01·5.040 = 0.47, New m = 0.81 − 0.01·2.279 = 0.79."""
    book = make()
    assert round(float(book["pass1_dC_total"].value), 3) == 5.040
    assert round(float(book["pass1_dm_total"].value), 3) == 2.279
    assert round(float(book["C1"].value), 2) == 0.47
    assert round(float(book["m1"].value), 2) == 0.79
    assert all(check.verdict.value == "✓" for check in book.checks)


def test_the_rows_are_the_stand_ins_of_figures_md() -> None:
    book = make()
    assert np.array_equal(book["area"].value, ARTICLE_AREA)
    assert np.array_equal(book["rent"].value, ARTICLE_RENT)


@pytest.mark.parametrize("_trial", range(5))
def test_gradient_of_the_total_is_autograds_and_the_difference_quotients(_trial: int) -> None:
    x, y = RNG.normal(size=9), RNG.normal(size=9)
    weights = RNG.normal(size=2)

    def total(w: anp.ndarray) -> anp.ndarray:
        return anp.sum((y - w[0] - w[1] * x) ** 2) / 2

    ours = gradient(x, y, *weights)
    assert np.allclose(ours, grad(total)(weights), rtol=1e-12)
    h = 1e-5
    steps = np.eye(2) * h
    quotient = [(loss(x, y, *(weights + step)) - loss(x, y, *(weights - step))) / (2 * h) for step in steps]
    assert np.allclose(ours, quotient, rtol=1e-7)


@pytest.mark.parametrize("name", LOSSES)
def test_slope_of_every_loss_is_autograds(name: str) -> None:
    r = RNG.normal(scale=3, size=20)
    plain = {
        "HSE": lambda e: anp.sum(e**2) / 2,
        "log-cosh": lambda e: anp.sum(anp.log(anp.cosh(e))),
        "MAE": lambda e: anp.sum(anp.abs(e)),
    }[name]
    assert np.isclose(loss_value(name, r).sum(), plain(r), rtol=1e-12)
    assert np.allclose(loss_slope(name, r), grad(plain)(r), rtol=1e-12)


def test_log_cosh_does_not_overflow() -> None:
    assert loss_value("log-cosh", np.array([-1e6, 1e6])) == pytest.approx(1e6 - np.log(2))


def test_second_derivative_of_log_cosh_is_not_the_first_times_r() -> None:
    book = make()
    second, wrong, r = (book[id].value for id in ("curve_second", "curve_wrong", "curve_r"))
    exact = [grad(grad(lambda e: anp.log(anp.cosh(e))))(float(e)) for e in r]
    assert np.allclose(second, exact, rtol=1e-9)
    assert np.abs(wrong - exact).max() > 1


def test_descent_arrives_at_the_least_squares_line() -> None:
    book = make(epochs=2000, threshold=1e-8)
    slope, intercept = np.polyfit(book["x"].value, book["y"].value, 1)
    assert float(book["m_best"].value) == pytest.approx(slope, rel=1e-9)
    assert float(book["C_best"].value) == pytest.approx(intercept, rel=1e-9)
    assert float(book["C_end"].value) == pytest.approx(intercept, abs=1e-3)
    assert float(book["own_slope"].value[1]) == pytest.approx(np.polyfit(ARTICLE_AREA, ARTICLE_RENT, 1)[0], rel=1e-9)


def test_the_run_stops_by_the_articles_rule_and_then_stands_still() -> None:
    book = make(threshold=0.001)
    stop = int(book["stop_epoch"].value)
    falls, C = book["fall_t"].value, book["C_t"].value
    assert 0 < stop < 400
    assert (falls[1:stop] >= 0.001).all()
    assert falls[stop] < 0.001
    assert (C[stop:] == C[stop]).all()


def test_a_rate_that_diverges_is_stopped_and_said() -> None:
    book = make(lr=1.0)
    stop, loss = int(book["stop_epoch"].value), book["loss_t"].value
    assert (np.diff(loss[: stop + 1]) > 0).all(), "the run is seen to leap"
    assert loss[stop - 1] <= CAP < loss[stop]
    assert "too large" in str(book["stop_reason"].value)


def test_a_rate_of_0_is_not_said_to_leap() -> None:
    book = make(lr=0)
    assert "nothing moves" in str(book["loss_verdict"].value)
    assert "nothing moves" in str(book["lr_verdict"].value)


def test_a_rate_too_large_is_said_to_leap() -> None:
    book = make(lr=0.2)
    assert "rose" in str(book["loss_verdict"].value)
    assert abs(book["lr_factor"].value) > 1


def test_the_contours_have_the_heights_they_claim() -> None:
    book = make(C=-1.3, m=2.2)
    x, y = book["x"].value, book["y"].value
    floor, height = float(book["loss_best"].value), float(book["height"].value)
    for j, share in enumerate(book["shares"].value):
        on_it = [
            loss(x, y, c, m) for c, m in zip(book["contour_C"].value[:, j], book["contour_m"].value[:, j], strict=True)
        ]
        assert np.allclose(on_it, floor + share * height, rtol=1e-9)


def test_unscaled_rows_diverge_at_the_articles_rate_and_need_a_million_times_the_epochs() -> None:
    book = make()
    X = np.column_stack([np.ones(12), ARTICLE_AREA])
    raw, scaled = (
        np.linalg.eigvalsh(design.T @ design) for design in (X, np.column_stack([np.ones(12), book["x"].value]))
    )
    assert book["steepest"].value == pytest.approx([scaled[1], raw[1]])
    assert book["flattest"].value == pytest.approx([scaled[0], raw[0]], rel=1e-6)
    assert float(book["lr"].value) > 2 / raw[1], "beyond the limit, so it diverges"
    for design, rate, epochs in ((X, 1 / raw[1], book["epochs_needed"].value[1]),):
        slowest = (1 - rate * np.linalg.eigvalsh(design.T @ design)[0]) ** epochs
        assert slowest == pytest.approx(0.01, rel=1e-3)
    w, losses = np.zeros(2), []
    for _epoch in range(5):
        losses.append(np.sum((X @ w - ARTICLE_RENT) ** 2) / 2)
        w = w - 0.01 * X.T @ (X @ w - ARTICLE_RENT)
    assert book["raw_digits"].value.tolist() == [len(str(int(loss))) for loss in losses]


def test_shuffled_batches_of_four_and_both_extremes() -> None:
    shuffled = RentYield().make(given={"batch_order": np.asarray("shuffled", dtype=object)})
    x, y, order = (shuffled[id].value for id in ("x", "y", "order"))
    C, m, after = 0.52, 0.81, []
    for rows in order.reshape(-1, 4).astype(int) - 1:
        dC, dm = gradient(x[rows], y[rows], C, m)
        C, m = C - 0.01 * dC, m - 0.01 * dm
        after.append(loss(x, y, C, m))
    assert shuffled["compare_mini_loss"].value[1:] == pytest.approx(after[2::3], rel=1e-12)
    all_rows = RentYield().make(given={"batch_size": 12.0})
    assert all_rows["compare_mini_C"].value == pytest.approx(all_rows["compare_batch_C"].value, rel=1e-12)
    single = RentYield().make(given={"batch_size": 1.0, "batch_order": np.asarray("shuffled", dtype=object)})
    assert (single["compare_mini_m"].value == single["compare_stochastic_m"].value).all()


def test_a_falling_rate_lets_the_absolute_error_settle() -> None:
    book = make(loss="MAE")
    fixed, falling = (np.abs(np.diff(book[id].value[-20:])).max() for id in ("loss_total", "falling_total"))
    assert falling < fixed / 3
    t, C, dC = (book[f"falling_{id}"].value for id in ("epoch", "C", "dC"))
    assert C[1:] == pytest.approx(C[:-1] - 0.05 / (1 + t[:-1] * 0.1) * dC[:-1], rel=1e-12)


# ---------------------------------------------------------------------------------------------- the sheets


@pytest.mark.parametrize(
    "settings",
    [
        {"C": -2.7, "m": 3.9, "lr": 0.037, "epochs": 90, "threshold": 1e-4, "loss": "MAE"},
        {"C": 1.9, "m": -0.8, "lr": 1.0, "epochs": 25, "loss": "HSE"},
    ],
)
def test_every_cell_is_recalculated_with_other_settings(settings: dict[str, float | str]) -> None:
    assert assert_proven(make(**settings)) > 5000


@pytest.mark.parametrize("rows", [2, 3, 7, MOST_ROWS + 1])
def test_every_cell_is_recalculated_on_the_readers_rows(tmp_path: Path, rows: int) -> None:
    book = RentYield().make("zh", data=survey_file(tmp_path, rows), settings={"epochs": 60, "C": 0.31, "m": -0.44})
    assert assert_proven(book) > 1000
    assert ("loss_choice" in book) == (rows <= MOST_ROWS)


def test_formulas_do_not_change_with_the_numbers() -> None:
    assert formula_texts(make()) == formula_texts(make(C=-3.3, m=0.77, lr=0.02, threshold=1e-3, loss="MAE"))


# ---------------------------------------------------------------------------------------------- the reader's data


def test_headings_become_names_and_units(tmp_path: Path) -> None:
    book = RentYield().make(data=survey_file(tmp_path, 5))
    assert book["area"].title == "A · size"
    assert book["area"].unit == "m²"
    assert book["rent"].unit == "k€"


def test_headings_that_look_like_formulas_and_fields_stay_text(tmp_path: Path) -> None:
    book = RentYield().make(data=survey_file(tmp_path, 5, header='"=A1+{x}",-{0}'), settings={"epochs": 5})
    assert book["area"].title == "A · =A1+{x}"
    assert_proven(book)


def test_more_rows_take_a_smaller_rate_since_gradients_are_sums() -> None:
    assert rate_for(12) == 0.01
    assert rate_for(10) == 0.012
    assert rate_for(1200) == 0.0001


@pytest.mark.parametrize("typed", ["0.01", "0.010000000000000002", "0.02", "0.012"])
def test_a_typed_rate_is_law(tmp_path: Path, typed: str) -> None:
    """With 10 rows an untyped rate is 0.012; a typed one is what was typed, 0.01 too, by every way that leads to a book."""
    data = survey_file(tmp_path, 10)
    assert make_job(Job("rent-yield", typed={"lr": typed}, data=data))["lr"].value == float(typed)
    ledger = read_source("rent-yield", settings={"lr": typed}, data=data)
    assert [block.values.item() for block in ledger.blocks if block.id == "lr"] == [float(typed)]
    assert RentYield().make(settings={"lr": float(typed)}, data=data)["lr"].value == float(typed)


def test_a_scaled_rate_says_so_on_the_sheet(tmp_path: Path) -> None:
    def said(**fields: Any) -> list[str]:
        book = RentYield().make(**fields)
        sheet = next(sheet for sheet in book.sheets if sheet.name == "Step")
        return [label.text for label in sheet.labels if "0.01·12/" in label.text]

    data = survey_file(tmp_path, 10)
    assert RentYield().make(data=data)["lr"].value == 0.012
    assert len(said(data=data)) == 1
    assert "0.01·12/10 = 0.012" in said(data=data)[0]
    assert said(data=data, settings={"lr": 0.01}) == said() == []


@pytest.mark.parametrize("rows", ["1,5\n2,5\n3,5\n", "1000000,1\n1000000.0001,2\n", "1,2\n", "1,x\n2,3\n", "1,\n2,3\n"])
def test_rows_that_cannot_be_scaled_are_refused_in_one_line(tmp_path: Path, rows: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("a,b\n" + rows)
    with pytest.raises(UsageError, match=r"bad\.csv") as refused:
        RentYield().make(data=path)
    assert "\n" not in str(refused.value)


# ---------------------------------------------------------------------------------------------- the reader's hand


@pytest.mark.parametrize(
    ("typed", "settings"),
    [
        ({"loss_choice": "MAE", "threshold": 1e-3}, {"loss": "MAE", "threshold": 1e-3}),
        ({"C": -1.3, "m": 2.2, "lr": 0.15, "loss_lr": 0.75}, {"C": -1.3, "m": 2.2, "lr": 0.15}),
    ],
)
def test_typing_into_the_yellow_cells_is_the_same_as_setting(
    tmp_path: Path, typed: dict[str, float | str], settings: dict[str, float | str]
) -> None:
    path = tmp_path / "rent-yield.xlsx"
    book, wanted = make(), make(**settings)
    write(book, path)
    places = {id: book[id].place for id in typed}
    edits = {(places[id].sheet, places[id].row, places[id].column): value for id, value in typed.items()}
    cells = recalculate(path, edits=edits)
    for id in ("C_end", "stop_epoch", "loss_line_chosen", "compare_mini_loss", "surface", "stop_reason"):
        block = wanted[id]
        place = block.place
        for row, values in enumerate(block.grid()):
            for column, value in enumerate(values):
                found = cells[place.sheet][place.row + row, place.column + column]
                assert found == (value if block.is_text else pytest.approx(value, rel=1e-8)), id
