"""Fixtures that several test modules share."""

import os

import pytest

from workbook.engines import ENGINES, available

WITHOUT_INDEX = {"test_engines.py", "test_every_workbook.py", "test_formula.py", "test_book.py"}
"""The tests whose books have no INDEX(range,k,0) within SUMPRODUCT, or that name those which have."""


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine in turn; one that is a program may be missing, unless WORKBOOK_REQUIRE_LIBREOFFICE=1 (…_GNUMERIC)."""
    name: str = request.param
    reason = available(name)
    if reason is None:
        if name == "gnumeric" and request.path.name not in WITHOUT_INDEX:
            request.applymarker(pytest.mark.xfail(reason="INDEX(range,k,0) within SUMPRODUCT is #REF! there"))
        return name
    if name == "ironcalc" or os.environ.get(f"WORKBOOK_REQUIRE_{name.upper()}") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
