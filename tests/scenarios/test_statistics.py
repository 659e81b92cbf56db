"""The statistics workbook: against Python's own statistics module, on the reader's data, and recalculated."""

import statistics
from pathlib import Path

import numpy as np
import pytest

from scenarios.statistics import Statistics
from scenarios.statistics.data import AREAS, RENTS
from tests.books import made_once
from tests.proof import assert_proven, formula_texts
from workbook.book import Book
from workbook.engines import recalculate
from workbook.scenario import UsageError
from workbook.writer import write

SCENARIO = Statistics()


def from_csv(folder: Path, rows: np.ndarray, **settings: float) -> Book:
    path = folder / "data.csv"
    header = ["value", "weight"][: rows.shape[1]]
    path.write_text("\n".join([",".join(header), *(",".join(map(repr, row)) for row in rows.tolist())]) + "\n")
    return SCENARIO.make("en", settings, path)


def value(book: Book, id: str) -> float:
    return float(book[id].value)


def test_the_default_numbers_are_pythons():
    book, x = made_once("statistics"), RENTS.tolist()
    assert value(book, "x_mean") == pytest.approx(statistics.fmean(x))
    assert value(book, "w_mean") == pytest.approx(statistics.fmean(x, AREAS.tolist()))
    assert value(book, "x_median") == pytest.approx(statistics.median(x))
    assert value(book, "variance") == pytest.approx(statistics.pvariance(x))
    assert value(book, "variance_sample") == pytest.approx(statistics.variance(x))
    assert value(book, "mean_abs_dev") == pytest.approx(sum(abs(v - statistics.fmean(x)) for v in x) / 12)
    quartiles = statistics.quantiles(x, n=4, method="inclusive")
    assert book["P_value"].value[:3] == pytest.approx(quartiles)
    assert value(book, "iqr") == pytest.approx(quartiles[2] - quartiles[0])
    assert all(check.verdict.value.item() == "✓" for check in book.checks)


def test_the_outlier_drags_the_mean_and_not_the_median():
    book = made_once("statistics")
    with_it = [*RENTS.tolist(), float(book["outlier"].value)]
    mean, median, spread = book["with_outlier"].value
    assert mean == pytest.approx(statistics.fmean(with_it))
    assert median == statistics.median(with_it)
    assert spread == max(with_it) - min(with_it)
    assert abs(book["moved"].value[0]) > 5 * abs(book["moved"].value[1])


def test_the_weighted_median_is_the_median_of_rows_repeated_by_weight(tmp_path):
    rng = np.random.default_rng(5)
    for _ in range(25):
        count = int(rng.integers(2, 12))
        x = rng.integers(0, 6, count).astype(float)  # many ties
        x[:2] = (0, 1)
        w = rng.integers(0, 5, count).astype(float)
        w[0] += 1
        book = from_csv(tmp_path, np.column_stack([x, w]))
        assert value(book, "w_median") == np.median(np.repeat(x, w.astype(int))), (x, w)


@pytest.mark.parametrize("seed", range(4))
def test_random_data_with_ties_are_recalculated(tmp_path, seed):
    rng = np.random.default_rng(seed)
    count = (2, 7, 20, 41)[seed]
    x = np.round(rng.normal(50, 20, count), seed)
    x[-1] = x[0] + 1.5
    w = np.round(rng.uniform(0, 3, count), 1)
    w[0] = 0.7
    book = from_csv(tmp_path, np.column_stack([x, w]), percentile=float(np.round(rng.uniform(0, 100), 1)), outlier=1.3)
    assert_proven(book)
    assert not value(book, "checks_failing")


@pytest.mark.parametrize("offset", [0.0, 1e3, 999_000.0])
def test_large_means_lose_no_digits(tmp_path, offset):
    x = offset + np.random.default_rng(1).uniform(0, 10, 60)
    book = from_csv(tmp_path, x[:, None])
    assert value(book, "variance") == pytest.approx(statistics.pvariance(x.tolist()), rel=1e-9)
    assert_proven(book)
    assert not value(book, "checks_failing")


def test_one_column_counts_every_row_alike(tmp_path):
    book = from_csv(tmp_path, np.array([[3.0], [1.0], [7.0], [4.0]]))
    assert value(book, "w_mean") == value(book, "x_mean") == 3.75
    assert value(book, "w_median") == value(book, "x_median") == 3.5


@pytest.mark.parametrize("percentile", [0.0, 25.0, 33.3, 70.0, 100.0])
def test_percentiles_are_numpys(percentile):
    book = SCENARIO.make("en", {"percentile": percentile})
    assert book["P_value"].value[3] == pytest.approx(np.percentile(RENTS, percentile))
    assert_proven(book)


def test_scaled_values_keep_what_they_promise():
    book = made_once("statistics")
    for low, high, id in ((0, 1, "x_01"), (-1, 1, "x_11")):
        scaled = book[id].value
        assert (scaled.min(), scaled.max()) == (low, high)
    assert np.linalg.norm(book["x_unit"].value) == pytest.approx(1)
    assert np.linalg.norm(book["x_unit_centred"].value) == pytest.approx(1)
    assert book["z"].value.mean() == pytest.approx(0, abs=1e-12)
    assert statistics.pvariance(book["z"].value.tolist()) == pytest.approx(1)
    for id in ("x_01", "x_11", "x_unit", "x_unit_centred", "z"):  # the shape stays: a straight line over x
        assert np.corrcoef(book[id].value, RENTS)[0, 1] == pytest.approx(1)


def test_formulas_do_not_change_with_the_numbers(tmp_path):
    rng = np.random.default_rng(9)
    other = from_csv(tmp_path, rng.uniform(0, 9, (12, 2)), percentile=12.5)
    assert formula_texts(made_once("statistics"))["P_value"] == formula_texts(other)["P_value"]
    ours, theirs = formula_texts(made_once("statistics")), formula_texts(other)
    for sentence in [id for id in ours if id.endswith("_says") or id.startswith("first_")]:
        del ours[sentence], theirs[sentence]  # these show as many decimals as the data have
    assert ours == theirs


def test_two_thousand_rows(tmp_path):
    rng = np.random.default_rng(2)
    book = from_csv(tmp_path, rng.uniform(1, 9, (2000, 2)))
    assert book["z"].shape == (2000,)
    assert value(book, "x_median") == statistics.median(book["x"].value.tolist())


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a,b,c\n1,2,3\n2,3,4\n", "3 columns"),
        ("a,w\n1,0\n2,0\n", "column w"),
        ("a,w\n1,1\n2,-1\n", "column w"),
        ("a\n4\n4\n", "column a"),
        ("a\n4\n", "row"),
        ("a\n4\nx\n", "column a"),
        ("a\n" + "1\n2\n" * 1001, "2,000"),
        ("a\n1\n5e7\n", "column a"),
    ],
)
def test_data_that_cannot_be_used_are_refused_in_one_line(tmp_path, text, named):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(UsageError) as refusal:
        SCENARIO.read_data(path)
    assert named in str(refusal.value)
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_each_features_share_of_the_distance_before_and_after_scaling():
    book = made_once("statistics")
    a, b = (int(book[f"office_{name}"].value) - 1 for name in "ab")
    for id, features in (
        ("raw_share", (AREAS, RENTS)),
        ("scaled_share", [(x - x.min()) / (x.max() - x.min()) for x in (AREAS, RENTS)]),
    ):
        squares = np.array([(x[a] - x[b]) ** 2 for x in features])
        assert book[id].value == pytest.approx(100 * squares / squares.sum())
    assert book["raw_share"].value[0] > 99.9, "unscaled, the area decides alone"
    assert book["scaled_share"].value.min() > 10


def test_the_yellow_cells_move_sentences_and_replies(tmp_path):
    book, path = made_once("statistics"), tmp_path / "statistics.xlsx"
    write(book, path)

    def said(typed: dict[str, float | str], id: str) -> str:
        places = {name: book[name].place for name in typed}
        edits = {(p.sheet, p.row, p.column): typed[name] for name, p in places.items()}
        at = book[id].place
        return str(recalculate(path, edits=edits)[at.sheet][at.row, at.column])

    mean = statistics.fmean([*RENTS.tolist(), 531.0])
    assert f"to {mean:.2f}" in said({"outlier": 531.0}, "moved_says")
    assert "comes from the area; after scaling 50.00 %" in said({"office_a": 1, "office_b": 12}, "distance_says")
    assert "0.00 %" in said({"office_a": 4, "office_b": 4}, "distance_says"), "the same office twice"
    for turn, right in (("outlier_turn", 2.5), ("distance_turn", 0.5)):
        for typed, starts in ((right, "✓"), (right + 1, "Not yet"), ("abc", "✗")):
            assert said({f"{turn}_answer": typed}, f"{turn}_reply").startswith(starts)


def test_values_follow_given_numbers_not_the_sample_that_they_came_from():
    given = {"x": np.arange(12.0) ** 2, "w": np.ones(12), "P": np.array(50.0), "office_b": np.array(3.0)}
    book = SCENARIO.make("en", given=given)
    assert value(book, "w_mean") == value(book, "x_mean") == pytest.approx(statistics.fmean(given["x"]))
    assert book["P_value"].value[3] == value(book, "x_median")
    assert_proven(book)
    assert_proven(SCENARIO.make("en", given={"x": np.full(12, 4.0), "w": np.zeros(12)}))
