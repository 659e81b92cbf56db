"""Defaults of a folder: the file ``workbook.toml``, or ``[tool.workbook]`` in ``pyproject.toml``, there or further up.

lang = "zh"            # of workbooks and messages
output = "handouts"    # where build writes, beside this file
engine = "libreoffice" # who recalculates where check is asked
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FILE, SHARED_FILE, TABLE = "workbook.toml", "pyproject.toml", "tool.workbook"
KEYS = ("lang", "output", "engine")


def defaults(commands: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return what options of each command stand where none is typed.

    Raises
    ------
    UsageError
        If the file is no TOML, or says what cannot be said.
    """
    for folder in (here := Path.cwd(), *here.parents):
        if (folder / FILE).is_file():
            return _of(_read(folder / FILE), folder / FILE, commands)
        shared = folder / SHARED_FILE
        if shared.is_file():
            tool = _read(shared).get("tool")
            if isinstance(tool, dict) and "workbook" in tool:
                return _of(tool["workbook"], shared, commands)
    return {}


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


def _of(stated: Any, path: Path, commands: Sequence[str]) -> dict[str, dict[str, str]]:
    from workbook.errors import UsageError, nearest

    if not isinstance(stated, dict):
        raise UsageError(f"{_shown(path)}: {TABLE} is a table; write [{TABLE}] above its lines")
    for key, value in stated.items():
        if key not in KEYS:
            raise UsageError(f"{_shown(path)}: {key}: no such default; {nearest(key, KEYS)}there are {', '.join(KEYS)}")
        if not isinstance(value, str) or not value:
            raise UsageError(f'{_shown(path)}: {key}: give a text in quotation marks, such as {key} = "…"')
    everywhere = {"lang": stated["lang"]} if "lang" in stated else {}
    found = {command: dict(everywhere) for command in commands}
    if "output" in stated:
        found["build"]["output"] = os.path.relpath(path.parent / stated["output"])
    if "engine" in stated:
        found["check"]["engine"] = stated["engine"]
    return found


def _shown(path: Path) -> str:
    return os.path.relpath(path)
