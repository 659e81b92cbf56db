"""An autoencoder: what the code can carry comes back, and what it cannot does not; one step brings the pictures nearer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.books import made_once
from tests.typed import typed


def test_back_through_the_bottleneck_by_hand() -> None:
    book = made_once("autoencoder")
    delta = 2 * (book["Y"].value - book["X"].value) / book["X"].value.size
    for layer, below in ((4, "A3"), (3, "C"), (2, "A1"), (1, "X")):
        np.testing.assert_allclose(book[f"d_W{layer}"].value, book[below].value.T @ delta, atol=1e-12)
        np.testing.assert_allclose(book[f"d_b{layer}"].value, delta.sum(axis=0), atol=1e-12)
        delta = (delta @ book[f"W{layer}"].value.T) * (book[below].value > 0)
    assert book["L_new"].value < 0.6 * book["L"].value


@pytest.mark.parametrize("picture", [[1, 1, 0, 0], [0, 0, 1, 1], [0.5, 0.5, 1, 1]])
def test_a_picture_of_two_halves_comes_back_and_another_does_not(tmp_path: Path, picture: list[float]) -> None:
    book = made_once("autoencoder")
    said = typed(book, tmp_path, {"own": [picture]})
    assert 3 * said["L_own"] < float(book["L_own"].value)
    assert f"{said['L_own']:.3f}" in said["squeeze_says"]
    assert not said.failing and not said.errors
