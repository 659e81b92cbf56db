"""Fixtures that several test modules share."""

import os

import pytest

from workbook.engines import ENGINES, available


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine in turn; one that is a program may be missing, unless WORKBOOK_REQUIRE_LIBREOFFICE=1 (…_GNUMERIC)."""
    name: str = request.param
    reason = available(name)
    if reason is None:
        return name
    if name == "ironcalc" or os.environ.get(f"WORKBOOK_REQUIRE_{name.upper()}") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
