"""Fixtures that several test modules share, and how the tests are spread over processes."""

import os

import pytest
from xdist.plugin import pytest_xdist_auto_num_workers as processors

from workbook.discovery import scenarios
from workbook.engines import ENGINES, available


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """All processors for the whole suite; a few tests that somebody asks for are done sooner in one process."""
    whole = config.args_source is not pytest.Config.ArgsSource.ARGS
    return processors(config) if whole else 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a worked example in one process, so that its books are made once."""
    names = scenarios().keys()
    for item in items:
        called = getattr(item, "callspec", None)
        named = [called.params.get(key) for key in ("name",)] if called else []
        module = item.path.stem.removeprefix("test_").replace("_", "-")
        group = next((name for name in [*named, module] if name in names), None)
        if group:
            item.add_marker(pytest.mark.xdist_group(group))


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
