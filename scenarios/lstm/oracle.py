"""An LSTM, or a GRU, in plain NumPy, moment by moment; half the squared error of the outputs that count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def loss(np: Any, p: Mapping[str, Any]) -> Any:
    """Return the loss; `np` is NumPy, or autograd's."""
    h, state, total = p["h0"], p.get("s0"), 0.0

    def layer(gate: str, x: Any, left: Any) -> Any:
        return np.einsum("k,kj->j", x, p[f"W{gate}"]) + np.einsum("k,kj->j", left, p[f"U{gate}"]) + p[f"b{gate}"]

    def opened(gate: str, x: Any, left: Any) -> Any:
        return 1 / (1 + np.exp(-layer(gate, x, left)))

    for x, counts, y in zip(p["X"], p["m"], p["Y"], strict=True):
        if "WF" in p:
            new = np.tanh(layer("A", x, h)) * opened("I", x, h)
            state = opened("F", x, h) * state + new
            h = opened("O", x, h) * np.tanh(state)
        else:
            keep, candidate = opened("K", x, h), np.tanh(layer("C", x, opened("R", x, h) * h))
            h = keep * h + (1 - keep) * candidate
        total = total + np.sum((counts * h - y) ** 2) / 2
    return total
