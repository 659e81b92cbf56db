"""A recurrent network in plain NumPy, moment by moment; half the squared error of the outputs that count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def loss(np: Any, p: Mapping[str, Any]) -> Any:
    """Return the loss; `np` is NumPy, or autograd's."""
    h, total = np.zeros(3), 0.0
    for x, counts, y in zip(p["X"], p["m"], p["Y"], strict=True):
        h = np.tanh(np.einsum("k,kj->j", x, p["Wx"]) + p["b"] + np.einsum("k,kj->j", h, p["Wh"]))
        output = np.einsum("j,jo->o", h, p["Wo"])
        total = total + np.sum((counts * output - y) ** 2) / 2
    return total
