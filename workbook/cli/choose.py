"""Which worked examples a command means."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook.cli.speech import spoken
from workbook.discovery import find_scenario, is_example, scenarios
from workbook.errors import UsageError

if TYPE_CHECKING:
    from workbook.scenario import Scenario

TABLES = frozenset({".csv", ".tsv", ".txt", ".toml"})
"""How files of data end: no example's name does, whether the file is there or not."""


def chosen(names: Sequence[str]) -> list[Scenario]:
    """Return the named examples, each once, or all of them.

    Raises
    ------
    UsageError
        If there is none of a name.
    """
    if not names:
        return all_of_them()
    for name in names:
        if "=" in name:
            raise UsageError(f"{name}: a setting is typed after --set: --set {name}")
        if name in ("all", "*") and not is_example(name):
            raise UsageError(f"{name}: where no name is written all examples are meant; leave it out")
        if (Path(name).suffix.lower() in TABLES or ("." in name and os.path.isfile(name))) and not is_example(name):
            raise UsageError(f"{name}: this is a file, no worked example; {_meant(Path(name))}")
    return [find_scenario(name) for name in dict.fromkeys(names)]


def _meant(path: Path) -> str:
    """Say how to use a file that was named where an example's name belongs."""
    suffix = path.suffix.lower()
    if suffix == ".toml":
        return f"write network --spec {path}"
    if suffix == ".xlsx":
        return f"workbook check {path} looks at it, and --data {path} reads your own data from it"
    return f"write an example's name and --data {path}"


def names_and_files(targets: Sequence[str]) -> tuple[list[str], list[Path]]:
    """Tell the examples' names from the files; of a folder, its workbooks are meant, but none that waits to be saved.

    Raises
    ------
    UsageError
        If there is no workbook in a folder.
    """
    names: list[str] = []
    files: list[Path] = []
    for target in targets:
        path = Path(target)  # which refuses a name that is too long, where os.path says that there is none
        if os.path.isdir(target) and not is_example(target):
            found = sorted(
                each for each in path.iterdir() if each.suffix.lower() == ".xlsx" and each.name[0] not in ".~"
            )
            if not found:
                raise UsageError(f"{target}: there is no .xlsx file in this folder; name another")
            files += found
        elif path.suffix.lower().startswith(".xl") or set(target) & {"/", "\\"} or os.path.isfile(target):
            files.append(path)
        else:
            names.append(target)
    return names, files


def all_of_them() -> list[Scenario]:
    """Return every example; a package that offers one that cannot be loaded is complained of, in one line."""
    return list(scenarios(lambda line: click.echo(f"workbook: {spoken(line)}", err=True)).values())
