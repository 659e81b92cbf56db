"""Defaults of a folder: the file ``workbook.toml``, or ``[tool.workbook]`` in ``pyproject.toml``, there or further up.

lang = "zh"            # of workbooks and messages
output = "handouts"    # where build writes, beside this file
engine = "libreoffice" # who recalculates where check is asked
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

FILE, SHARED_FILE, TABLE = "workbook.toml", "pyproject.toml", "tool.workbook"
KEYS = ("lang", "output", "engine")


class Stated:
    """What the folder's file says, and its name as it is told."""

    file = ""
    values: ClassVar[dict[str, str]] = {}


def read_stated() -> None:
    """Read what the folder's file says, into `Stated`.

    Raises
    ------
    UsageError
        If the file is no TOML, or says what cannot be said.
    """
    Stated.file, Stated.values = "", {}
    for folder in (here := Path.cwd(), *here.parents):
        if (folder / FILE).is_file():
            _state(_read(folder / FILE), folder / FILE)
            return
        shared = folder / SHARED_FILE
        if shared.is_file():
            tool = _read(shared).get("tool")
            if isinstance(tool, dict) and "workbook" in tool:
                _state(tool["workbook"], shared)
                return


def defaults(commands: Sequence[str], lang: str | None) -> dict[str, dict[str, str]]:
    """Return what options of each command stand where none is typed; `lang` stands before the file's."""
    stated = Stated.values if lang is None else {**Stated.values, "lang": lang}
    found = {command: {"lang": stated["lang"]} if "lang" in stated else {} for command in commands}
    for key, command in (("output", "build"), ("engine", "check")):
        if key in stated:
            found[command][key] = stated[key]
    return found


def restated(line: str) -> str:
    """Return what is wrong with an option, as what is wrong with the file where that says it, and nobody has typed it."""
    for key, value in Stated.values.items():
        if line.startswith((f"--{key} {value}: ", f"--{key}: '{value}' ")):
            return f"{Stated.file}: " + line.removeprefix("--").replace(f"write --{key} ", "write ")
    return line


def _read(path: Path) -> dict[str, Any]:
    import tomllib

    from workbook.errors import UsageError

    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except (ValueError, RecursionError) as error:
        if path.name != FILE:
            return {}  # it is somebody else's, who will say so
        reason = " ".join(str(error).split())
        raise UsageError(f'{_shown(path)}: not a TOML file ({reason}); write lines such as lang = "zh"') from None


def _state(stated: Any, path: Path) -> None:
    from workbook.errors import UsageError, nearest

    if not isinstance(stated, dict):
        raise UsageError(f"{_shown(path)}: {TABLE} is a table; write [{TABLE}] above its lines")
    for key, value in stated.items():
        if key not in KEYS:
            raise UsageError(f"{_shown(path)}: {key}: no such default; {nearest(key, KEYS)}there are {', '.join(KEYS)}")
        if not isinstance(value, str) or not value:
            raise UsageError(f'{_shown(path)}: {key}: give a text in quotation marks, such as {key} = "…"')
    Stated.file, Stated.values = _shown(path), dict(stated)
    if "output" in stated:
        Stated.values["output"] = os.path.relpath(path.parent / stated["output"])


def _shown(path: Path) -> str:
    return os.path.relpath(path)
