"""Positions: the paper's sinusoids, scores that depend on the distance alone, and slopes that turn back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.books import made_once
from tests.typed import typed


def test_sinusoids_by_the_papers_formula() -> None:
    PE = made_once("positions")["PE"].value
    for p, two_i in np.ndindex(6, 2):
        angle = p / 10000 ** (2 * two_i / 4)
        np.testing.assert_allclose(PE[p, 2 * two_i : 2 * two_i + 2], [np.sin(angle), np.cos(angle)], atol=1e-12)


def test_a_score_depends_on_the_distance_alone() -> None:
    S, book = made_once("positions")["S"].value, made_once("positions")
    for distance in range(-3, 4):
        assert np.ptp(np.diag(S, distance)) < 1e-12
    assert S[0, 0] == pytest.approx(float((book["q"].value @ book["k"].value.T)[0, 0]))


@pytest.mark.parametrize("shift", [1, 100])
def test_a_shift_changes_what_is_added_and_not_what_is_turned(tmp_path: Path, shift: int) -> None:
    book = made_once("positions")
    said = typed(book, tmp_path, {"shift": shift})
    assert said["change_turned"] < 1e-20
    assert said["change_added"] > 1
    np.testing.assert_allclose(said["S_moved"], book["S"].value, atol=1e-12)
    assert "0.000" in said["shift_says"]
    assert not said.failing and not said.errors


def test_one_step_brings_the_scores_nearer() -> None:
    book = made_once("positions")
    assert book["L_new"].value < book["L"].value
