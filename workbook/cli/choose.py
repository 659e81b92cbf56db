"""Which worked examples a command means."""

from __future__ import annotations

from collections.abc import Sequence

import click

from workbook.discovery import find_scenario, scenarios
from workbook.scenario import Scenario


def chosen(names: Sequence[str]) -> list[Scenario]:
    """Return the named examples, each once, or all of them.

    Raises
    ------
    UsageError
        If there is none of a name.
    """
    if not names:
        return all_of_them()
    return [find_scenario(name) for name in dict.fromkeys(names)]


def all_of_them() -> list[Scenario]:
    """Return every example; a package that offers one that cannot be loaded is complained of, in one line."""
    return list(scenarios(lambda line: click.echo(f"workbook: {line}", err=True)).values())
