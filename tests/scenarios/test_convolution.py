"""Convolution: the numbers that another program found, and what is typed into the window, padding and stride."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.books import made_once
from tests.typed import typed


def test_numbers_of_another_program() -> None:
    book = made_once("convolution")
    assert book["Z"].value[1, 1] == pytest.approx(2.6)
    assert (book["P"].value == book["Z"].value[1, 1]).all(), "one window wins four times"
    assert float(book["o"].value) == pytest.approx(2.92)
    assert float(book["L"].value) == pytest.approx(1.8432)
    assert book["d_K"].value[0, 0] == pytest.approx(2.304)


@pytest.mark.parametrize(("padding", "stride"), [(0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 4)])
def test_as_many_rows_are_left_as_the_formula_says(tmp_path: Path, padding: int, stride: int) -> None:
    said = typed(made_once("convolution"), tmp_path, {"padding": padding, "stride": stride, "X": 1, "K": 1})
    left = (5 + 2 * padding - 3) // stride + 1
    assert said["side"] == left
    assert np.count_nonzero(said["kept"]) == left**2
    assert not said.failing and not said.errors


def test_a_window_is_what_stands_in_the_picture(tmp_path: Path) -> None:
    said = typed(made_once("convolution"), tmp_path, {"window_row": 1, "window_column": 3})
    assert "row 1, column 3: the products add up to −0.40, with the bias 0.1 that is z = −0.30" in said["slide_says"]
    assert not said.failing


def test_each_kernel_answers_where_its_stroke_is_drawn(tmp_path: Path) -> None:
    book = made_once("convolution")
    pad, kernel = book["pad"].value, book["kernel_slanting"].value
    for i, j in np.ndindex(8, 8):
        there = max(0.0, float((pad[i : i + 3, j : j + 3] * kernel).sum()) - 4)
        assert book["map_slanting"].value[i, j] == there
    said = typed(book, tmp_path, {"pad": np.eye(10)[:, ::-1]})
    assert said["draw_places"] == [[0], [0], [8]] and "the slanting one at 8." in str(said["draw_says"])
    assert not said.failing and not said.errors
    erased = typed(book, tmp_path, {"pad": np.where(np.arange(10)[:, None] == 6, 0, pad)})
    assert [count > 0 for (count,) in erased["draw_places"]] == [True, False, True]
