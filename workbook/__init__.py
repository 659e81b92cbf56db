"""Worked examples of neural-network mathematics as spreadsheets: every number live, every cell proven.

What an author needs stands here, and is imported when it is asked for: ``from workbook import Scenario, Parameter, _``.
Formulas are written with the functions of `workbook.formula`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbook.block import Between, Block, Counter, OneOf, Role, Shading
    from workbook.book import Book
    from workbook.chart import Chart, Mark, Series
    from workbook.discovery import find_scenario, scenarios
    from workbook.errors import UsageError
    from workbook.page import Page, Voice
    from workbook.parameter import Parameter
    from workbook.scenario import Scenario
    from workbook.sheet import Kind
    from workbook.testing import assert_proven
    from workbook.text import N_, _

__version__ = "0.1.0"

__all__ = [
    "N_",
    "Between",
    "Block",
    "Book",
    "Chart",
    "Counter",
    "Kind",
    "Mark",
    "OneOf",
    "Page",
    "Parameter",
    "Role",
    "Scenario",
    "Series",
    "Shading",
    "UsageError",
    "Voice",
    "_",
    "__version__",
    "assert_proven",
    "find_scenario",
    "scenarios",
]

_HOMES = {
    "block": ("Between", "Block", "Counter", "OneOf", "Role", "Shading"),
    "book": ("Book",),
    "chart": ("Chart", "Mark", "Series"),
    "discovery": ("find_scenario", "scenarios"),
    "errors": ("UsageError",),
    "page": ("Page", "Voice"),
    "parameter": ("Parameter",),
    "scenario": ("Scenario",),
    "sheet": ("Kind",),
    "testing": ("assert_proven",),
    "text": ("N_", "_"),
}
"""Which module holds what; ``workbook --version`` must not wait for any of them."""


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"workbook.{module}"), name)
    raise AttributeError(f"module 'workbook' has no attribute {name!r}")
