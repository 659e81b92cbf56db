"""Which worked examples there are: ours, by the folders of `scenarios`, and those that other packages offer."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any
from warnings import warn

from workbook.errors import UsageError, nearest, own_line

if TYPE_CHECKING:
    from workbook.book import Book
    from workbook.scenario import Scenario

ENTRY_POINTS = "neural_workbook.scenarios"
"""The group of entry points by which a package offers its examples."""

OURS, OUR_PACKAGE = "scenarios", "neural-workbook"
SHARED = frozenset({"common", "data", "graph"})
"""The folders of `scenarios` that hold no example."""
UNLISTED = frozenset({"imported"})
"""What is made of a file of the reader's only, with a library of its own: found by its name, but in no list."""


@dataclass(frozen=True)
class Found:
    """An example that is not loaded yet.

    Attributes
    ----------
    package : who offers it
    origin : where in the package it is said to be, for errors
    load : returns its class
    """

    package: str
    origin: str
    load: Callable[[], Any]


def scenarios(complain: Callable[[str], None] = warn) -> dict[str, Scenario]:
    """Return every scenario that is installed, by name, in the order of their articles and then by name.

    What another's package offers and cannot be loaded is left out; `complain` is given a line that says so.
    """
    loaded: list[Scenario] = []
    for name, found in _all_found().items():
        if name in UNLISTED:
            continue
        try:
            loaded.append(_loaded(name, found))
        except UsageError as error:
            complain(str(error))
    return {scenario.name: scenario for scenario in sorted(loaded, key=lambda s: (s.order, s.name))}


def find_scenario(name: str) -> Scenario:
    """Return a scenario by its name.

    Raises
    ------
    UsageError
        If there is none of that name, there are two, or it cannot be loaded.
    """
    found = _all_found()
    if name not in found:
        if os.path.isfile(Path(name, "pyproject.toml")):  # False for a name that no folder can have
            raise UsageError(f"{name}: its package lies here, but is not installed; write pip install -e {name}")
        there = f"there are {', '.join(names())}"
        raise UsageError(f"{name}: no such worked example; {nearest(name, names())}{there}")
    return _loaded(name, found[name])


def names() -> list[str]:
    """Return the names of all worked examples, in the order of the alphabet, without loading any."""
    return sorted(_all_found().keys() - UNLISTED)


def is_example(name: str) -> bool:
    """Tell whether there is a worked example of a name."""
    return name in _all_found()


def made(scenario: Scenario, lang: str, typed: Mapping[str, str] | None, data: Path | None) -> Book:
    """Make a book; what is wrong in another package's example is said in one line, a mistake of ours keeps its traceback.

    Raises
    ------
    UsageError
        As `Scenario.make` does, and in place of any error in another package's example: its author's file and line first.
    """
    try:
        return scenario.make(lang, scenario.typed(typed), data)
    except Exception as error:
        from workbook.guard import FileError

        if isinstance(error, UsageError | FileError | OSError) or type(scenario).__module__.split(".")[0] == OURS:
            raise
        kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
        raise UsageError(f"{own_line(error)}{kind}{error}") from error


def _all_found() -> Mapping[str, list[Found]]:
    """Return what there is, by name."""
    found: dict[str, list[Found]] = {}
    ours = find_spec(OURS)
    for module in iter_modules(ours.submodule_search_locations if ours else ()):
        if module.name not in SHARED:
            where = f"{OURS}.{module.name}"
            name = module.name.replace("_", "-")
            found.setdefault(name, []).append(Found(OUR_PACKAGE, where, partial(_scenario_in, where)))
    for point in entry_points(group=ENTRY_POINTS):
        if _package(point) == OUR_PACKAGE:
            continue  # an older version of ours offered its examples so
        found.setdefault(point.name, []).append(Found(_package(point), f"entry point {point.name}", point.load))
    return found


def _scenario_in(module: str) -> type[Scenario]:
    """Return the one scenario that a module of ours holds."""
    from workbook.scenario import Scenario  # with all that it takes: those who only ask for a name need not wait

    members = vars(import_module(module)).values()
    held = [m for m in members if isinstance(m, type) and issubclass(m, Scenario) and m.__module__ == module]
    if len(held) != 1:
        raise TypeError(f"{module} holds {len(held)} scenarios")
    return held[0]


def _loaded(name: str, found: list[Found]) -> Scenario:
    """Make the scenario that stands behind a name; a package that is not sound is an error of one line."""
    from workbook.scenario import Scenario

    first = found[0]
    if len(found) > 1:
        packages = " and ".join(sorted(each.package for each in found))
        raise UsageError(f"{name}: offered by two packages, {packages}; uninstall one, or rename its example")
    where = f"{first.package}: {first.origin}"
    try:
        held = first.load()
        scenario = held()
    except (Exception, SystemExit) as error:
        reason = " ".join(f"{own_line(error)}{type(error).__name__}: {error}".split())
        raise UsageError(f"{where}: cannot be loaded ({reason}); mend or uninstall the package") from error
    if not isinstance(scenario, Scenario):
        raise UsageError(
            f"{where}: {held.__module__}:{held.__qualname__} is no Scenario; mend or uninstall the package"
        )
    if scenario.name != name:
        raise UsageError(f"{where}: the example behind it is called {scenario.name}; give both the same name")
    return scenario


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "an unknown package"
