"""The reader's rows for a model: its inputs and, where a loss is named, the targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.imported.reading import LARGEST_NUMBER, MOST_CELLS, Model, shown
from workbook.data import read_numbers
from workbook.scenario import UsageError

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 200
NONE, SQUARED, CATEGORICAL, BINARY = "none", "squared-error", "cross-entropy", "binary-cross-entropy"
LOSSES = (NONE, SQUARED, CATEGORICAL, BINARY)


@dataclass(frozen=True)
class Rows:
    """A table of numbers, and the file that it comes from."""

    source: str
    frame: pd.DataFrame


def read_rows(path: Path) -> Rows:
    """Read a table: one example a row."""
    frame = read_numbers(
        path, min_rows=1, max_rows=MOST_ROWS, low=-LARGEST_NUMBER, high=LARGEST_NUMBER, not_constant=False
    )
    return Rows(str(path), frame)


def split(rows: Rows | None, loss: str, target: str) -> tuple[Rows | None, Array | None]:
    """Return the rows without the columns that hold targets, and these; they are the last, unless they are named.

    Raises
    ------
    UsageError
        If a loss has no target, a target no loss, or a column is not there.
    """
    if loss == NONE:
        if target:
            raise UsageError(
                f"--target {target}: nothing is compared with it; name a loss: --loss {' or '.join(LOSSES[1:])}"
            )
        return rows, None
    if rows is None:
        raise UsageError(
            f"--loss {loss}: it needs targets; give --data FILE.csv with a column for them, and --target its name"
        )
    names = [name.strip() for name in target.split(",")] if target else [str(rows.frame.columns[-1])]
    for name in names:
        if name not in rows.frame.columns:
            raise UsageError(
                f"--target {name}: {rows.source} has no such column; it has {', '.join(map(str, rows.frame.columns))}"
            )
    rest = rows.frame[[name for name in rows.frame.columns if name not in names]]
    return Rows(rows.source, rest), rows.frame[names].to_numpy(float)


def fed(model: Model, rows: Rows | None) -> dict[str, Any]:
    """Return what the model reads: the reader's rows, or a few numbers of ours where there are none.

    Raises
    ------
    UsageError
        If the rows do not fit the model.
    """
    if not model.inputs:
        raise UsageError(
            f"{model.source}: it reads nothing, so nothing in it could be changed; export it with its input"
        )
    if rows is None:
        return {name: _some(shape, name in model.whole) for name, shape in _sized(model, 2).items()}
    if len(model.inputs) > 1:
        raise UsageError(
            f"{model.source}: it reads {len(model.inputs)} tables ({', '.join(map(shown, model.inputs))}), and --data gives one; leave it out"
        )
    ((name, shape),) = _sized(model, len(rows.frame)).items()
    values = rows.frame.to_numpy(float)
    wanted = prod(shape[1:]) if len(shape) > 1 else 1
    if values.shape[1] != wanted:
        raise UsageError(
            f"{rows.source}: {values.shape[1]} columns of inputs, but {model.source} reads {wanted}; give as many, and name those of targets with --target"
        )
    count = shape[0] if shape else 1
    if len(values) < count:
        raise UsageError(f"{rows.source}: {len(values)} rows, but {model.source} reads {count} at once; give as many")
    value = values[:count].reshape(shape)
    return {name: value.astype(int) if name in model.whole else value}


def _sized(model: Model, rows: int) -> Mapping[str, tuple[int, ...]]:
    """Return the shape of each input for so many rows; an axis of any size that is not the first has one place."""
    sizes = {}
    for name, shape in model.inputs.items():
        large = prod(n or 1 for n in shape)
        first = 1 if large > 100 else rows
        sizes[name] = tuple(n or (first if axis == 0 else 1) for axis, n in enumerate(shape))
        if prod(sizes[name]) > MOST_CELLS:
            raise UsageError(
                f"{model.source}: the input {shown(name)} has {' × '.join(map(str, sizes[name]))} numbers, and a workbook holds {MOST_CELLS:,}; import a smaller model"
            )
    return sizes


def _some(shape: tuple[int, ...], whole: bool) -> Any:
    """Return numbers between −1 and 1 with one decimal; whole ones are 0."""
    count = prod(shape)
    value = np.round(np.sin(1.7 * np.arange(1, count + 1)), 1).reshape(shape)
    return np.zeros(shape, int) if whole else value
