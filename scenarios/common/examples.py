"""The examples that a network learns from, and how they are read from a CSV file: x1, x2, … and y1, y2, … or label."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.common.activations import Array
from workbook.data import read_header, read_numbers, read_texts
from workbook.scenario import UsageError

MOST_EXAMPLES = 2000
LARGEST_NUMBER = 1000.0


@dataclass(frozen=True)
class Examples:
    """Examples: x (N, inputs), y (N, outputs), and the classes' names where y says which class it is.

    `counted` tells that the labels were whole numbers that count the classes from 0.
    """

    x: Array
    y: Array
    classes: tuple[str, ...] = ()
    source: str = ""
    counted: bool = False


@dataclass(frozen=True)
class RawData:
    """What a CSV file holds: x (N, n), and either y (N, k) or labels."""

    path: Path
    x: Array
    y: Array | None
    labels: tuple[str, ...] = ()


def read_examples(path: Path) -> RawData:
    """Read a CSV file with columns x1 … xn and y1 … yk, or x1 … xn and label.

    Raises
    ------
    UsageError
        Naming file, row and column.
    """
    header = [name.lower() for name in read_header(path)]
    inputs, outputs = _numbered(path, header, "x"), _numbered(path, header, "y")
    other = [name for name in header if name not in inputs + outputs and name != "label"]
    if other:
        raise UsageError(
            f"{path}: row 1: the column {other[0]} is none of x1, x2, …, y1, y2, … or label; rename or delete it"
        )
    if not inputs:
        raise UsageError(f"{path}: row 1 names no column x1; name the inputs x1, x2, …")
    if bool(outputs) == ("label" in header):
        raise UsageError(
            f"{path}: row 1: give either targets y1, y2, … or one column label, not {'both' if outputs else 'neither'}"
        )
    bounds: dict[str, Any] = {"min_rows": 1, "max_rows": MOST_EXAMPLES, "not_constant": False}
    bounds |= {"low": -LARGEST_NUMBER, "high": LARGEST_NUMBER}
    x = read_numbers(path, inputs, **bounds).to_numpy(float)
    if outputs:
        return RawData(path, x, read_numbers(path, outputs, **bounds).to_numpy(float))
    return RawData(path, x, None, tuple(read_texts(path, "label", MOST_EXAMPLES)))


def _numbered(path: Path, header: list[str], letter: str) -> list[str]:
    """Return the names x1, x2, … that a header has; they must be without a gap."""
    found = [name for name in header if re.fullmatch(rf"{letter}\d{{1,4}}", name, re.ASCII)]
    wanted = [f"{letter}{n}" for n in range(1, len(found) + 1)]
    missing = [name for name in wanted if name not in found]
    if missing:
        raise UsageError(
            f"{path}: row 1: no column {missing[0]}; number the columns {letter}1, {letter}2, … without a gap"
        )
    return wanted
