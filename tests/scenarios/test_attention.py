"""Attention: the numbers that another program found, and what the mask and the reader's choice do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.books import made_once
from tests.typed import typed


def test_numbers_of_another_program() -> None:
    book = made_once("attention")
    np.testing.assert_allclose(book["A"].value[3], [0.4360, 0.1162, 0.2962, 0.1516], atol=5e-5)
    assert float(book["L"].value) == pytest.approx(1.643845, abs=5e-7)
    np.testing.assert_allclose(book["A"].value.sum(axis=1), 1)


def test_who_may_not_look_sees_nothing() -> None:
    A = made_once("attention")["A"].value
    assert (A[np.triu_indices(4, 1)] < 1e-15).all()


def test_what_is_typed_moves_the_sentence(tmp_path: Path) -> None:
    book = made_once("attention")
    assert "“we” takes 100% from “we”, 0% from “all”" in typed(book, tmp_path, {"asks": 1})["look_says"]
    opened = typed(book, tmp_path, {"asks": 1, "M": 0})
    assert "“we” takes 100%" not in opened["look_says"]
    assert not opened.failing and not opened.errors


def test_two_heads_are_joined_and_mixed(tmp_path: Path) -> None:
    book = made_once("attention", heads=2)
    joined = np.hstack([book[f"A{k}"].value @ book[f"V{k}"].value for k in (1, 2)])
    np.testing.assert_allclose(book["O"].value, joined @ book["Wo"].value, atol=1e-12)
    assert book["L_new"].value < book["L"].value
    alone = typed(book, tmp_path, {"Wv1": 0})
    np.testing.assert_allclose(alone["O"], joined[:, 2:] @ book["Wo"].value[2:], atol=1e-9)
    assert not alone.failing and not alone.errors


def test_the_reader_chooses_the_head(tmp_path: Path) -> None:
    book = made_once("attention", heads=2)
    said = typed(book, tmp_path, {"head": 2, "asks": 3})
    np.testing.assert_allclose(np.ravel(said["look_A1"]), book["A2"].value[2], atol=1e-9)
    np.testing.assert_allclose(np.ravel(said["look_O"]), book["O2"].value[2], atol=1e-9)
    assert not said.failing and not said.errors
