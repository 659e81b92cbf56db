"""ReLU's mask: what it leaves, and that a forgotten one is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.books import made_once
from tests.typed import typed


def test_no_slope_comes_back_through_a_neuron_that_is_off() -> None:
    book = made_once("backprop-relu")
    off = book["Z2"].value[0] <= 0
    assert off.tolist() == [True, False, False, False]
    assert not book["d_Z2"].value[0, off].any() and not book["d_W2"].value[:, off].any()
    assert book["d_A2"].value[0, off].all(), "without the mask something would have come back"


def test_the_sentence_counts_what_is_off(tmp_path: Path) -> None:
    book = made_once("backprop-relu")
    assert "are off: 1 of 4. Slopes of W2 that are wrong if the mask is forgotten: 3." in str(book["mask_says"].value)
    b2 = np.array([-1, 0.5, -5, 0])
    said = typed(book, tmp_path, {"b2": b2})
    assert "are off: 2 of 4" in said["mask_says"]
    assert not said.failing and not said.errors
