"""The losses workbook: every gradient against autograd and differences, on its own numbers, random ones and the reader's."""

from collections.abc import Callable
from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from numpy.typing import NDArray

from scenarios.losses import Losses
from scenarios.losses.constant import TARGETS
from scenarios.losses.probabilities import ANSWERS, softmax
from scenarios.losses.table import BCE, HALF_MSE, KL, LOG_COSH, MAE, MAPE, MSE, MSLE, SAE, SHARED, SSE
from tests.books import made_once
from tests.proof import assert_proven, formula_texts
from tests.typed import typed
from workbook.block import OneOf
from workbook.book import Book
from workbook.scenario import UsageError

SCENARIO = Losses()
Array = NDArray[np.float64]
Total = Callable[[Array, Array], float]

# each loss as a total of all rows, written a third time, for autograd
TOTALS: dict[str, Total] = {
    "mse": lambda y, p: anp.mean((y - p) ** 2),
    "half_mse": lambda y, p: anp.mean((y - p) ** 2) / 2,
    "sse": lambda y, p: anp.sum((y - p) ** 2),
    "msle": lambda y, p: anp.mean((anp.log(1 + y) - anp.log(1 + p)) ** 2),
    "mae": lambda y, p: anp.mean(anp.abs(y - p)),
    "mape": lambda y, p: 100 * anp.mean(anp.abs((y - p) / y)),
    "sae": lambda y, p: anp.sum(anp.abs(y - p)),
    "bce": lambda y, p: -anp.mean(y * anp.log(p) + (1 - y) * anp.log(1 - p)),
    "kl": lambda y, p: anp.sum(y * anp.log(y / p)),
    "log_cosh": lambda y, p: anp.mean(anp.log(anp.cosh(p - y))),
    "cosine": lambda y, p: -anp.sum(y * p) / anp.sqrt(anp.sum(y**2) * anp.sum(p**2)),
}


def from_csv(folder: Path, rows: Array, header: str = "actual,predicted") -> Book:
    path = folder / "data.csv"
    path.write_text("\n".join([header, *(",".join(map(repr, row)) for row in rows.tolist())]) + "\n")
    return SCENARIO.make("en", None, path)


def test_numbers_with_more_digits_than_a_spreadsheet_keeps_are_proven() -> None:
    assert_proven(SCENARIO.make("en", {"outlier1": 66930.0, "outlier2": 6.757}))


def random_rows(seed: int, count: int) -> Array:
    return np.random.default_rng(seed).uniform(0.5, 20, (count, 2))


@pytest.mark.parametrize(
    "loss", (MSE, HALF_MSE, SSE, MSLE, MAE, MAPE, SAE, BCE, KL, LOG_COSH), ids=lambda loss: loss.id
)
def test_terms_and_slopes_are_autograds(loss):
    rng = np.random.default_rng(1)
    y, p = rng.uniform(0.05, 0.95, (2, 9))
    if loss is BCE:
        y = np.round(y)
    total = TOTALS[loss.id]
    share = len(y) if loss.averaged else 1
    assert loss.term.value(y, p).sum() / share == pytest.approx(total(y, p))
    assert loss.slope.value(y, p) / share == pytest.approx(grad(total, 1)(y, p))
    h = 1e-6
    assert loss.slope.value(y, p) == pytest.approx(
        (loss.term.value(y, p + h) - loss.term.value(y, p - h)) / (2 * h), rel=1e-5
    )


@pytest.mark.parametrize("name", TOTALS)
def test_the_book_says_autograds_loss_and_gradient(tmp_path, name):
    for book in (made_once("losses"), from_csv(tmp_path, random_rows(2, 6))):
        of = "each" if name in {loss.id for loss in SHARED} else name
        y, p = book[f"{of}_y"].value, book[f"{of}_yhat"].value
        assert float(book[f"{name}_loss"].value) == pytest.approx(TOTALS[name](y, p))
        assert book[f"{name}_grad"].value == pytest.approx(grad(TOTALS[name], 1)(y, p))


def test_rmse_is_no_constant_pull():
    book = made_once("losses")
    y, p = book["y"].value, book["yhat"].value

    def rmse(p: Array) -> float:
        root: float = anp.sqrt(anp.mean((y - p) ** 2))
        return root

    assert float(book["rmse"].value) == pytest.approx(rmse(p))
    assert book["grad_rmse"].value == pytest.approx(grad(rmse)(p))
    assert np.ptp(np.abs(book["grad_rmse"].value)) > 0.2
    assert np.ptp(np.abs(book["grad_mae_here"].value)) == 0


def test_negative_log_likelihood_through_softmax():
    book = made_once("losses")
    Z, P = book["nll_z"].value, book["nll_p"].value
    hot = np.eye(3)[ANSWERS - 1]
    assert pytest.approx(softmax(Z)) == P
    assert P.sum(axis=1) == pytest.approx(1)

    def by_scores(z: Array) -> float:
        loss: float = anp.mean(anp.log(anp.sum(anp.exp(z), axis=1)) - anp.sum(hot * z, axis=1))
        return loss

    def by_probabilities(p: Array) -> float:
        loss: float = -anp.mean(anp.log(anp.sum(hot * p, axis=1)))
        return loss

    assert float(book["nll_loss"].value) == pytest.approx(by_scores(Z))
    assert book["nll_grad_z"].value == pytest.approx(grad(by_scores)(Z))
    assert book["nll_grad_p"].value == pytest.approx(grad(by_probabilities)(P))


def test_outliers_weigh_more_in_mse():
    book = made_once("losses")
    mae, mse = book["largest_share"].value
    assert mae == pytest.approx(34 / 40.5)
    assert mse == pytest.approx(596 / 601.75)


def test_no_mean_is_taken_of_no_rows(tmp_path):
    two, three = from_csv(tmp_path, random_rows(8, 2)), from_csv(tmp_path, random_rows(8, 3))
    assert "mean_rest" not in two
    assert float(three["mean_rest"].value[0]) == pytest.approx(np.sort(np.abs(three["e"].value))[0])
    assert_proven(two)


def test_the_first_row_is_written_out_from_the_losss_own_mathematics():
    assert MAPE.first_row() == (
        "100·|{y:2} − {p:2p}|/|{y:2}| = {term:4},   ∂L/∂ŷ₁ = −100·sign({y:2} − {p:2p})/|{y:2}|/{n:0} = {slope:6}"
    )
    assert KL.first_row() == "{y:4p}·ln({y:4}/{p:4p}) = {term:4},   ∂L/∂q₁ = −{y:4p}/{p:4p} = {slope:6}"


def test_values_follow_given_numbers_not_the_settings_beside_them():
    given = {
        "x": np.arange(2.0, 12.0), "yhat": np.arange(3.0, 33.0, 3), "target": np.array(7.0), "guess_step": np.array(50.0),
        "targets": np.array([1.0, 2.0, 3.0, 4.0, 9.0]), "nll_z": np.ones((4, 3)), "nll_answer": np.array([3.0, 3, 1, 1]),
        "kl_seen": np.array([2.0, 2.0, 1.0]), "bce_yhat": np.full(6, 0.25), "factor": np.full(7, 0.3), "miss": np.full(9, 9.0),
    }  # fmt: skip
    book = SCENARIO.make("en", given=given)
    assert_proven(book)
    assert book["far_mse"].value[0] == (7 - -10_000) ** 2


def test_log_cosh_does_not_overflow():
    book = SCENARIO.make("en", {**SCENARIO.settings(), "outlier1": 1e6})
    assert book["log_cosh_term"].value[3] == pytest.approx(1e6 - 16 - np.log(2))
    assert_proven(book)


@pytest.mark.parametrize("loss", SHARED, ids=lambda loss: loss.id)
def test_the_choice_brings_the_losss_own_table(loss):
    book = SCENARIO.make("en", given={"loss_choice": np.asarray(loss.symbol, dtype=object)})
    assert book["chosen_term"].value == pytest.approx(book[f"{loss.id}_term"].value)
    assert book["chosen_slope"].value == pytest.approx(book[f"{loss.id}_grad"].value)
    assert float(book["chosen_loss"].value) == pytest.approx(TOTALS[loss.id](book["y"].value, book["yhat"].value))
    assert str(book["loss_says"].value).startswith(f"▶ {loss.symbol} of these 10 predictions is ")
    assert_proven(book)


def test_one_big_miss_rules_the_squared_loss():
    book = made_once("losses")
    assert str(book["miss_says"].value) == (
        "▶ The miss of row 5, 4, makes 50 % of the absolute loss and 80 % of the squared one."
    )
    assert float(book["miss_half"].value) == 2
    twice = SCENARIO.make("en", given={"miss_e": np.array([1, 1, 1, 1, 8.0])})
    assert twice["miss_abs"].value[4] == 2 * book["miss_abs"].value[4]
    assert twice["miss_sq"].value[4] == 4 * book["miss_sq"].value[4]
    assert_proven(twice)


def test_the_best_constants():
    book = made_once("losses")
    mse_at, mae_at, mape_at = book["least_at"].value
    assert mse_at == pytest.approx(TARGETS.mean())
    assert mae_at == np.median(TARGETS)
    assert mape_at < mae_at < mse_at


def test_mse_is_least_at_the_articles_target():
    book = made_once("losses")
    assert float(book["far_best"].value) == 100
    assert [str(c.verdict.value) for c in book.checks] == ["✓"] * len(book.checks)
    other = SCENARIO.make("en", {**SCENARIO.settings(), "target": -700.0})
    assert str(other["far_best_verdict"].value) == "–"


def test_every_cell_is_recalculated_with_other_settings():
    assert assert_proven(made_once("losses", outlier1=16.0, outlier2=0.01, target=-7777.0)) > 2000


def test_random_data_are_recalculated_and_every_gradient_holds(tmp_path):
    for seed, count in ((3, 2), (4, 37)):
        book = from_csv(tmp_path, random_rows(seed, count))
        assert_proven(book)
        assert not [check.title for check in book.checks if str(check.verdict.value) == "✗"]


def test_formulas_do_not_depend_on_the_numbers(tmp_path):
    other = {"outlier1": 3.25, "outlier2": 55.5, "target": 12.0}
    assert formula_texts(made_once("losses")) == formula_texts(SCENARIO.make("en", other))
    assert formula_texts(from_csv(tmp_path, random_rows(5, 7))) == formula_texts(from_csv(tmp_path, random_rows(6, 7)))


def test_perfect_predictions_divide_by_no_zero(tmp_path):
    book = from_csv(tmp_path, np.array([[3.0, 3.0], [900000.5, 900000.5]]))
    assert_proven(book)
    assert not [check.title for check in book.checks if str(check.verdict.value) == "✗"]


@pytest.mark.parametrize(
    "rows",
    [
        [[0.01, 1e6], [1e6, 0.01]],  # residuals so large that a difference of squares keeps few digits
        [[1, 2], [2, 4], [3, 6]],  # parallel: the cosine's gradient vanishes
        [[1, 1.0000001], [2, 2], [3, 3]],  # closer to RMSE's tip than any step
        [[1e6, 999_990], [1e6, 1e6], [0.01, 0.01]],
    ],
)
def test_no_check_fails_where_a_gradient_vanishes_or_numbers_are_extreme(tmp_path, rows):
    book = from_csv(tmp_path, np.array(rows))
    assert_proven(book)
    assert not [check.title for check in book.checks if check.verdict.value == "✗"]


def test_columns_are_found_by_name(tmp_path):
    book = from_csv(tmp_path, np.array([[1.5, 2.0], [4.0, 7.0]]), "predicted,actual")
    assert book["y"].value.tolist() == [2, 7]
    assert book["yhat"].value.tolist() == [1.5, 4]


@pytest.mark.parametrize(
    ("rows", "mse"),
    [
        ([[-0.5, 0], [0, 0]], 0.125),
        ([[3.0, 2.5], [0.7, -4.0]], (0.25 + 4.7**2) / 2),
        ([[0, 0], [0, 0]], 0),
        ([[0.001, 0.002], [0.003, 0.001]], 2.5e-6),
        ([[1, 0], [2, 0]], 2.5),
        ([[1, -1], [-1, 1]], 4),
        ([[-1e6, 1e6], [1e6, -1e6]], 4e12),
    ],
)
def test_numbers_of_any_sign_have_every_loss_that_can_take_them(tmp_path, rows, mse):
    book = from_csv(tmp_path, np.array(rows, dtype=float))
    assert float(book["mse_loss"].value) == pytest.approx(mse, rel=1e-12)
    assert {"mae_loss", "sae_loss", "log_cosh_loss", "cosine_loss"} <= {block.id for block in book.blocks()}
    assert {block.id for block in book.blocks()}.isdisjoint({"msle_loss", "mape_loss"})
    assert book["loss_choice"].valid == OneOf(("MSE", "½MSE", "SSE", "MAE", "SAE", "log-cosh"))
    said = [label.text for sheet in book.sheets for label in sheet.labels]
    assert any("MSLE takes the logarithm of 1 + y and MAPE divides by y" in str(text) for text in said)
    assert book["yhat"].valid.low == -1e6
    assert_proven(book)
    assert not [check.title for check in book.checks if check.verdict.value == "✗"]


def test_the_first_row_puts_what_is_negative_into_parentheses(tmp_path):
    book = from_csv(tmp_path, np.array([[-0.5, -0.25], [1, 2]]))
    said = "Row 1: (−0.50 − (−0.25))² = 0.0625,   ∂L/∂ŷ₁ = −2·(−0.50 − (−0.25))/2 = 0.250000"
    assert str(book["mse_first"].value) == said


def test_too_many_rows_are_refused(tmp_path):
    with pytest.raises(UsageError):
        from_csv(tmp_path, random_rows(7, 2001))


def test_the_yellow_cells_move_sentences_and_replies(tmp_path):
    book = made_once("losses")
    chosen = typed(book, tmp_path, {"loss_choice": "log-cosh"})
    assert str(chosen["loss_says"]).startswith("▶ log-cosh of these 10 predictions is 3.514.")
    assert str(chosen["loss_formula"]).startswith("log-cosh = (1/n) · Σ ln(cosh(ŷ − y))")
    missed = typed(book, tmp_path, {"miss_e": [1, 1, 1, 1, 8]})
    assert "makes 67 % of the absolute loss and 94 % of the squared one" in str(missed["miss_says"])
    for turn, right in (("loss_turn", 10.0), ("miss_turn", 2.0)):
        for answer, starts in ((right, "✓"), (right + 1, "Not yet"), ("", "←")):
            assert str(typed(book, tmp_path, {f"{turn}_answer": answer})[f"{turn}_reply"]).startswith(starts)
