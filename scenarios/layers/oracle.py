"""The example's network in plain NumPy: two kernels, ReLU, 2×2 maxima of the tiles, a dense layer, softmax and cross-entropy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def loss(np: Any, p: Mapping[str, Any]) -> Any:
    """Return the loss; `np` is NumPy, or autograd's."""
    features = []
    for K, b in ((p["K1_1"], p["b1_1"]), (p["K1_2"], p["b1_2"])):
        Z = [[np.sum(p["X"][i : i + 3, j : j + 3] * K) + b for j in range(4)] for i in range(4)]
        A = [[np.maximum(z, 0.0) for z in row] for row in Z]
        for i in (0, 2):
            for j in (0, 2):
                window = [A[i][j], A[i][j + 1], A[i + 1][j], A[i + 1][j + 1]]
                features.append(window[np.argmax(np.round(np.array(window), 12))])  # the first of equals
    z = np.dot(np.array(features), p["W5"]) + p["b5"]
    return np.sum(p["Y"][0]) * np.log(np.sum(np.exp(z))) - np.sum(p["Y"][0] * z)
