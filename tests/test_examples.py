"""The smallest worked example does all that CONTRIBUTING says: it builds, is proven, obeys lint, and takes other numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from examples.spring import Spring
from proof import assert_proven

from workbook.block import Role
from workbook.lint.run import lint
from workbook.writer import write


def test_the_smallest_example_is_proven_and_obeys_lint(tmp_path: Path) -> None:
    book = Spring().make()
    assert assert_proven(book) > 10
    path = tmp_path / "spring.xlsx"
    write(book, path)
    assert not list(lint(path))


@pytest.mark.parametrize("k", [0.1, 3.0, 100.0])
def test_every_given_can_be_replaced(k: float) -> None:
    forces = np.arange(6.0) ** 2
    book = Spring().make(given={"F": forces, "k": np.asarray(k)})
    np.testing.assert_allclose(book["s"].value, forces / k)
    assert {block.id for block in book.blocks() if block.role is Role.GIVEN} == {"F", "k", "turn_answer"}
    assert_proven(book)
