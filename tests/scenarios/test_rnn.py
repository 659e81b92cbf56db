"""A recurrent network: back through time by hand, and how the slopes fade."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.books import made_once
from tests.typed import typed


def test_back_through_time_by_hand() -> None:
    book = made_once("rnn")
    H, dH, Wh = (book[id].value for id in ("H", "d_H", "Wh"))
    later, expected = np.zeros(3), np.zeros_like(H)
    for t in reversed(range(len(H))):
        expected[t] = (dH[t] + Wh @ later) * (1 - H[t] ** 2)
        later = expected[t]
    np.testing.assert_allclose(book["d_U"].value, expected, atol=1e-12)
    np.testing.assert_allclose(book["d_Wh"].value, H[:-1].T @ expected[1:], atol=1e-12)


def test_slopes_fade_with_the_way_back_and_less_with_larger_weights(tmp_path: Path) -> None:
    book = made_once("rnn")
    assert (np.diff(book["moment_size"].value) > 0).all()
    said = typed(book, tmp_path, {"Wh": 2 * book["Wh"].value})
    assert said["left_percent"] > float(book["left_percent"].value)
    assert not said.failing and not said.errors
