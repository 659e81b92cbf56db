"""Fixtures that several test modules share, and how the tests are spread over processes."""

import json
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from xdist.plugin import pytest_xdist_auto_num_workers as processors

from workbook.discovery import scenarios
from workbook.engines import ENGINES, available, libreoffice

OFFICE = Path(__file__).with_name("office.py")


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


@pytest.fixture
def edit(tmp_path: Path) -> Callable[..., Path]:
    """Change a file in LibreOffice, have it recalculated and saved; LibreOffice may be missing unless CI says otherwise."""
    reason = available("libreoffice")
    if reason is not None:
        if os.environ.get("WORKBOOK_REQUIRE_LIBREOFFICE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    soffice = libreoffice.find_soffice()
    assert soffice is not None
    python = libreoffice._find_python(soffice)
    assert python is not None

    def edit(path: Path, *steps: list[Any]) -> Path:
        home, to = (
            Path(tempfile.mkdtemp(prefix="workbook-office-")),
            tmp_path / "edited.xlsx",
        )  # its name is a pipe's too
        work = json.dumps({"from": str(path), "to": str(to), "steps": steps})
        subprocess.run([python, str(OFFICE), soffice, str(home)], input=work, text=True, check=True, timeout=120)
        return to

    return edit
