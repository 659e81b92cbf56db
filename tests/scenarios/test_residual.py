"""Skip connections: the slopes of the first layer are larger with them, and c switches them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.books import made_once
from tests.typed import typed


def test_more_of_the_loss_reaches_the_first_layer_with_skip_connections() -> None:
    book = made_once("residual")
    skip, plain = book["size_skip"].value, book["size_plain"].value
    assert (skip > 10 * plain).all()


@pytest.mark.parametrize(("c", "way"), [(1, "skip"), (0, "plain")])
def test_the_switch_gives_what_is_compared(tmp_path: Path, c: float, way: str) -> None:
    said = typed(made_once("residual"), tmp_path, {"c": c})
    assert said["L"] == pytest.approx(said[f"L_{way}"])
    assert not said.failing and not said.errors
