"""Which worked examples a command means."""

from __future__ import annotations

from collections.abc import Sequence

from workbook.scenario import Scenario, find_scenario, scenarios


def chosen(names: Sequence[str]) -> list[Scenario]:
    """Return the named examples, each once, or all of them.

    Raises
    ------
    UsageError
        If there is none of a name.
    """
    if not names:
        return list(scenarios().values())
    return [find_scenario(name) for name in dict.fromkeys(names)]
