"""`check` alone notices what was changed: a few dozen mutations of all workbooks; all of them, WORKBOOK_ALL_MUTATIONS=1."""

from __future__ import annotations

import os

import pytest
from mutations import Mutation, mutations

from workbook.discovery import scenarios

ALL = os.environ.get("WORKBOOK_ALL_MUTATIONS") == "1"
SLOW = {"circles": 28, "xor": 24, "digits": 16}
NOT_CAUGHT = 0.01
"""The share of mutations that may pass."""


def made(name: str) -> list[Mutation]:
    few = 1 if name in SLOW else 3
    return list(mutations(name, SLOW.get(name, 43) if ALL else few))


@pytest.mark.parametrize("name", [name for name in scenarios() if ALL or name != "digits"])
def test_check_notices(name: str) -> None:
    found = made(name)
    passed = [mutation for mutation in found if not mutation.caught]
    assert len(passed) <= NOT_CAUGHT * len(found), passed
