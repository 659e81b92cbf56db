"""Equation 1 of “Attention Is All You Need” in plain NumPy, softmax(Q·Kᵀ/√d)·V, or MultiHead of section 3.2.2; half the squared distance to Y."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def attended(np: Any, p: Mapping[str, Any], head: str) -> Any:
    """Return what a head takes home, a word a row."""
    queries, keys, values = (np.einsum("tk,kd->td", p["X"], p[f"{name}{head}"]) for name in ("Wq", "Wk", "Wv"))
    root, found = float(queries.shape[1]) ** 0.5, []
    for t in range(len(p["X"])):
        scores = np.array([np.sum(queries[t] * keys[u]) / root + p["M"][t][u] for u in range(len(p["X"]))])
        weights = np.exp(scores) / np.sum(np.exp(scores))
        found.append(sum(weights[u] * values[u] for u in range(len(p["X"]))))
    return np.array(found)


def loss(np: Any, p: Mapping[str, Any]) -> Any:
    """Return the loss; `np` is NumPy, or autograd's."""
    if "Wo" in p:
        both = np.concatenate([attended(np, p, "1"), attended(np, p, "2")], 1)
        output = np.einsum("tk,kd->td", both, p["Wo"])
    else:
        output = attended(np, p, "")
    return np.sum((output - p["Y"]) ** 2) / 2
