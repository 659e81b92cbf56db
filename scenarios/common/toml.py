"""A TOML file as tables, and its values as error messages show them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from workbook.files import is_workbook, read_text
from workbook.guard import FileError
from workbook.scenario import UsageError

LARGEST_FILE = 1 << 20
LONGEST_LINE = 100_000
MOST_DOTS = 8
"""Parts of a dotted name: the parser makes a table of each, and again for every name below it."""

_DOTTED = re.compile(rf"(?<![^.,\s])(?:[^.,\s]++[ \t]*+\.[ \t]*+){{{MOST_DOTS}}}[^.,\s]")


def read_tables(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    UsageError
        In one line, if it cannot be read or is no TOML.
    """
    try:
        if is_workbook(path):
            raise UsageError(f"{path}: this is a workbook, no specification; `workbook example network` prints one")
        text = read_text(path, LARGEST_FILE, "put the examples into a CSV file and give it with --data")
    except FileError as error:
        raise UsageError(str(error)) from None
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > LONGEST_LINE or _DOTTED.search(line):
            raise UsageError(
                f"{path}: line {number}: longer than {LONGEST_LINE:,} characters, or a name of more than {MOST_DOTS} parts; break the line"
            )
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise UsageError(f"{path}: brackets are nested too deeply; a table here is a list of lists") from None
    except ValueError as error:
        reason = shortened(" ".join(str(error).split()), 120)
        raise UsageError(f"{path}: not a TOML file ({reason}); `workbook example network` prints one") from None


def shortened(text: str, longest: int = 40) -> str:
    """Return a text on one line, and not longer than `longest`."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return printable if len(printable) <= longest else printable[: longest - 1] + "…"


def shown(value: Any) -> str:
    """Return a value as an error message shows it: short, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, int) and abs(value) > 10**15:
        return "a very large number"
    return shortened(f'"{value}"' if isinstance(value, str) else str(value))
