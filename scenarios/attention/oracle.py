"""Equation 1 of “Attention Is All You Need” in plain NumPy: softmax(Q·Kᵀ/√d)·V, and half the squared distance to Y."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def loss(np: Any, p: Mapping[str, Any]) -> Any:
    """Return the loss; `np` is NumPy, or autograd's."""
    queries, keys, values = (np.einsum("tk,kd->td", p["X"], p[name]) for name in ("Wq", "Wk", "Wv"))
    total = 0.0
    for t in range(len(p["X"])):
        scores = np.array([np.sum(queries[t] * keys[u]) / np.sqrt(3.0) + p["M"][t][u] for u in range(len(p["X"]))])
        weights = np.exp(scores) / np.sum(np.exp(scores))
        output = sum(weights[u] * values[u] for u in range(len(p["X"])))
        total = total + np.sum((output - p["Y"][t]) ** 2) / 2
    return total
