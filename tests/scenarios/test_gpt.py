"""A GPT block: causal, tied, and as surprised as its loss says; every slope that of the plain oracle (test_oracles)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.books import made_once, written_once
from tests.typed import typed
from workbook.block import Role
from workbook.check import prove
from workbook.lint import lint


def test_no_place_sees_what_comes_after_it(tmp_path: Path) -> None:
    book = made_once("gpt")
    said = typed(book, tmp_path, {"tokens": [2, 3, 3, 4]})
    np.testing.assert_allclose(np.array(said["P"])[:3], book["P"].value[:3], atol=1e-12)
    assert np.abs(np.array(said["P"])[3] - book["P"].value[3]).max() > 0.01
    assert not said.failing and not said.errors


def test_slopes_come_back_to_the_embedding_from_both_ends() -> None:
    book = made_once("gpt")
    tokens, T = book["tokens"].value.astype(int) - 1, len(book["tokens"].value)
    from_logits = (book["P"].value - book["Next"].value).T @ book["X2"].value / T
    from_letters = np.zeros_like(book["E"].value)
    np.add.at(from_letters, tokens, book["d_Emb"].value)
    np.testing.assert_allclose(book["d_E"].value, from_logits + from_letters, atol=1e-12)


def test_the_loss_is_the_mean_surprise_and_one_step_lowers_it() -> None:
    book = made_once("gpt")
    right = (book["P"].value * book["Next"].value).sum(1)
    assert float(book["L"].value) == pytest.approx(-np.log(right).mean())
    assert book["L_new"].value < book["L"].value


def test_the_size_of_microgpt() -> None:
    book = made_once("gpt", size="microgpt")
    learning = [block for block in book.blocks() if block.id.endswith("_new") and block.role is Role.UPDATED]
    assert sum(block.value.size for block in learning) == 3760
    assert book["P"].value.shape == (8, 27)
    assert book["L_new"].value < book["L"].value < np.log(27) + 1
    assert {str(check.verdict.value) for check in book.checks} == {"✓"}


def test_the_large_block_is_proven_and_clean() -> None:
    book, path = made_once("gpt", size="microgpt"), written_once("gpt", size="microgpt")
    assert prove(path, book).holds
    assert not lint(path, book)
