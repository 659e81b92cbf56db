"""Rotary positions in plain NumPy, pair by pair as points that turn in a plane; half the squared distance to the target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def loss(np: Any, p: Mapping[str, Any]) -> Any:
    """Return the loss; `np` is NumPy, or autograd's."""
    places = [float(row[0]) for row in p["p"]]
    total = 0.0
    for t, here in enumerate(places):
        for u, there in enumerate(places):
            score = 0.0
            for pair in (0, 1):
                angle = (here - there) / p["base"] ** (pair / 2)
                q, k = p["q"][0][2 * pair : 2 * pair + 2], p["k"][0][2 * pair : 2 * pair + 2]
                score = (
                    score + (q[0] * k[0] + q[1] * k[1]) * np.cos(angle) + (q[0] * k[1] - q[1] * k[0]) * np.sin(angle)
                )
            total = total + (score - p["Y"][t][u]) ** 2
    return total / 2
