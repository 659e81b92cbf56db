"""The worked examples, each made and written once a process. Nobody changes them: who must makes a book of their own."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from workbook.book import Book
from workbook.discovery import find_scenario, scenarios
from workbook.scenario import Setting
from workbook.text import DEFAULT_LANGUAGE
from workbook.writer import write

LARGE = frozenset({"xor", "circles", "digits"})
"""Ten times the formulas of all the others."""


def by_size() -> list[Any]:
    """Return the names of all worked examples as parameters of a test that takes long where the example is large."""
    return [pytest.param(name, marks=[pytest.mark.slow] * (name in LARGE)) for name in scenarios()]


@cache
def made_once(name: str, lang: str = DEFAULT_LANGUAGE, **settings: Setting) -> Book:
    """Return the book of a worked example; its values cannot be written to."""
    book = find_scenario(name).make(lang, settings)
    for block in book.blocks():
        block.value.flags.writeable = False
    return book


@cache
def written_once(name: str, lang: str = DEFAULT_LANGUAGE, **settings: Setting) -> Path:
    """Return the file of a worked example; who changes it takes a copy."""
    path = Path(tempfile.mkdtemp(dir=_folder().name)) / f"{name}.xlsx"
    write(made_once(name, lang, **settings), path)
    path.chmod(0o444)
    return path


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that goes when the process ends."""
    return tempfile.TemporaryDirectory(prefix="workbook-tests-")
