"""Normalization: the variance is the mean square, training is not evaluation, and what all share has no slope."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.books import made_once
from tests.typed import typed


def test_the_variance_is_the_mean_square() -> None:
    book = made_once("normalization")
    assert float(book["mean"].value) == 3
    assert float(book["variance"].value) == 3.5
    np.testing.assert_allclose(book["normal"].value, np.array([-2, -1, 0, 3]) / np.sqrt(3.5), atol=1e-5)


def test_columns_and_rows_have_mean_0_and_slopes_that_add_up_to_0() -> None:
    book = made_once("normalization")
    for id, axis in (("N1", 0), ("N2", 1), ("d_X", 0), ("d_O1", 1)):
        np.testing.assert_allclose(book[id].value.sum(axis), 0, atol=1e-12)


def test_evaluation_uses_the_running_means(tmp_path: Path) -> None:
    book = made_once("normalization")
    said = typed(book, tmp_path, {"momentum": 0, "new_x": [2, 1, 4, 2]})
    np.testing.assert_allclose(np.ravel(said["new_mean"]), book["X"].value.mean(0))
    np.testing.assert_allclose(np.ravel(said["new_variance"]), book["X"].value.var(0))
    assert not said.failing and not said.errors
