"""Workbooks spoilt at random are taken well by every command; ``python tests/fuzzing.py`` tries more of them."""

from __future__ import annotations

import os

import pytest
from fuzzing import try_all


@pytest.mark.skipif(not hasattr(os, "fork"), reason="each file has a forked process")
def test_a_spoilt_file_is_taken_well() -> None:
    faults = [(number, one.command, one.fault, one.said[-500:]) for number, one in try_all(range(200)) if one.fault]
    assert not faults, faults
