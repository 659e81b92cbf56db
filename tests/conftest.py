"""Fixtures that several test modules share."""

import os

import pytest

from workbook.engines import ENGINES, available


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine in turn; LibreOffice may be missing, unless WORKBOOK_REQUIRE_LIBREOFFICE=1."""
    name: str = request.param
    reason = available(name)
    if reason is None:
        return name
    if name != "libreoffice" or os.environ.get("WORKBOOK_REQUIRE_LIBREOFFICE") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
