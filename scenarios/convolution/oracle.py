"""A small convolutional network in plain NumPy, window by window: convolve, ReLU, 2×2 maximum, one output, half a square."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def loss(np: Any, p: Mapping[str, Any]) -> Any:
    """Return the loss; `np` is NumPy, or autograd's."""
    X, K = p["X"], p["K"]
    feature = [[np.sum(X[i : i + 3, j : j + 3] * K) + p["b"] for j in range(3)] for i in range(3)]
    active = np.array([[np.maximum(z, 0.0) for z in row] for row in feature])
    output = p["c"]
    for i in range(2):
        for j in range(2):
            output = output + p["w"][i, j] * np.max(active[i : i + 2, j : j + 2])
    return (output - p["y"]) ** 2 / 2
