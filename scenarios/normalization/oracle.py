"""Batch normalization of every column, then layer normalization of every row, in plain NumPy, number by number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def normal(np: Any, numbers: Any, epsilon: Any) -> Any:
    """Return some numbers with mean 0 and a mean square of 1."""
    middle = sum(numbers) / len(numbers)
    variance = sum((x - middle) ** 2 for x in numbers) / len(numbers)
    return [(x - middle) / np.sqrt(variance + epsilon) for x in numbers]


def loss(np: Any, p: Mapping[str, Any]) -> Any:
    """Return the loss; `np` is NumPy, or autograd's."""
    rows, columns = len(p["Y"]), len(p["Y"][0])
    batch = [normal(np, [p["X"][i, j] for i in range(rows)], p["eps"]) for j in range(columns)]
    total = 0.0
    for i in range(rows):
        row = [p["g1"][j] * batch[j][i] + p["b1"][j] for j in range(columns)]
        for j, x in enumerate(normal(np, row, p["eps"])):
            total = total + (p["g2"][j] * x + p["b2"][j] - p["Y"][i, j]) ** 2 / 2
    return total
