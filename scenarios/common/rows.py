"""What the rows of a reader's data may hold, and the one line that says which of them does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from workbook.scenario import UsageError

NO_FRACTION = "a sigmoid gives numbers from 0 to 1; give a target from 0 to 1"
"""What is wrong with a target that a sigmoid cannot reach."""


def require(path: Path, frame: Any, columns: Iterable[str], allowed: Callable[[Any], Any], problem: str) -> None:
    """Refuse the first row, column by column, whose number is not allowed; row 1 of the file has the names."""
    for name in columns:
        wrong = np.flatnonzero(~np.asarray(allowed(frame[name])))
        if len(wrong):
            raise UsageError(f"{path}: row {int(wrong[0]) + 2}, column {name}: {problem}")
