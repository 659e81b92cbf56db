"""A 4-3-4-3 network in plain NumPy, neuron by neuron: ReLU, ReLU, softmax, and −ln of the right one's share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def loss(np: Any, p: Mapping[str, Any]) -> Any:
    """Return the loss; `np` is NumPy, or autograd's."""
    activations = [p["X"][0, k] for k in range(4)]
    for layer in (1, 2, 3):
        W, b = p[f"W{layer}"], p[f"b{layer}"]
        sums = [sum(a * W[k, j] for k, a in enumerate(activations)) + b[j] for j in range(len(b))]
        activations = sums if layer == 3 else [np.maximum(z, 0.0) for z in sums]
    shares = [np.exp(z) / sum(np.exp(other) for other in activations) for z in activations]
    return sum(-p["Y"][0, j] * np.log(share) for j, share in enumerate(shares))
