"""Reads the tensors of a .safetensors file: eight bytes that say how long the header is, the header as JSON, then the numbers.

Nothing in such a file can run. Whatever is wrong with it is one line that names the file and how to mend it.
"""

from __future__ import annotations

import json
from math import prod
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.toml import shortened
from workbook.guard import MEGABYTE, open_file
from workbook.scenario import UsageError

LARGEST_FILE, LARGEST_HEADER = 8 * MEGABYTE, MEGABYTE
MOST_NUMBERS = 200_000
TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}


def read_tensors(path: Path) -> dict[str, Array]:
    """Return the tensors of a file by their names.

    Raises
    ------
    UsageError
        In one line, naming the file.
    """

    def fail(problem: str) -> NoReturn:
        raise UsageError(f"{path}: {problem}")

    with open_file(path) as file:
        raw = file.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        fail(f"the file is larger than {LARGEST_FILE // MEGABYTE} MB; take a smaller model")
    length = int.from_bytes(raw[:8], "little")
    if len(raw) < 8 or not 2 <= length <= min(LARGEST_HEADER, len(raw) - 8):
        fail("no .safetensors file, or a damaged one; save the weights again")
    try:
        header = json.loads(raw[8 : 8 + length].decode("utf-8"))
    except (ValueError, RecursionError):
        fail("no .safetensors file, or a damaged one; save the weights again")
    numbers = raw[8 + length :]
    if not isinstance(header, dict):
        fail("no .safetensors file, or a damaged one; save the weights again")
    found = {}
    for name, said in header.items():
        if name == "__metadata__":
            continue
        value = _tensor(said, numbers)
        if value is None:
            fail(f"{shortened(name)}: damaged, or no numbers of floating point; save the weights again")
        if not np.isfinite(value).all():
            fail(f"{shortened(name)}: holds a number that is not finite (NaN or infinity); train or save it again")
        found[name] = value
    if not found:
        fail("there are no weights in it; save them again")
    return found


def _tensor(said: Any, numbers: bytes) -> Array | None:
    """Return one tensor; None if what the header says of it cannot be."""
    try:
        kind, shape, (start, end) = said["dtype"], [int(n) for n in said["shape"]], said["data_offsets"]
        fits = min([0, *shape]) >= 0 and len(shape) <= 4 and prod(shape) <= MOST_NUMBERS
        if not fits or not 0 <= start <= end <= len(numbers):
            return None
        values = np.frombuffer(numbers[start:end], TYPES[kind])
        if kind == "BF16":  # the upper half of a number of single precision
            values = (values.astype("<u4") << 16).view("<f4")
        return as_written(values).reshape(shape)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def as_written(value: Any) -> Array:
    """Return numbers of single precision as the shortest decimals that mean the same: 0.14 and not 0.14000000059604645."""
    if value.dtype.kind == "f" and value.dtype.itemsize < 8:
        return np.array([float(str(number)) for number in value.ravel()]).reshape(value.shape)
    return np.asarray(value, float)
