"""One block of a GPT in plain NumPy, as GPT-2 has it: norms before attention and before the layers; logits from the embedding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def norm(np: Any, x: Any, gain: Any, bias: Any, epsilon: Any) -> Any:
    """Return every row with mean 0 and variance 1, then scaled."""
    return gain * (x - np.mean(x, axis=1)[:, None]) / np.sqrt(np.var(x, axis=1) + epsilon)[:, None] + bias


def softmax(np: Any, z: Any) -> Any:
    """Return shares, row by row."""
    e = np.exp(z)
    return e / np.sum(e, axis=1)[:, None]


def loss(np: Any, p: Mapping[str, Any]) -> Any:
    """Return the loss; `np` is NumPy, or autograd's."""
    x = np.array([p["E"][int(token) - 1] for token in p["tokens"]]) + p["Pos"]
    n, heads = norm(np, x, p["g1"], p["h1"], p["eps"]), []
    for k in (name[2:] for name in p if name.startswith("Wq")):
        q, key, v = (np.einsum("tk,kd->td", n, p[f"W{name}{k}"]) for name in "qkv")
        scores = np.einsum("td,ud->tu", q, key) / q.shape[1] ** 0.5 + p["M"]
        heads.append(np.einsum("tu,ud->td", softmax(np, scores), v))
    x = x + np.einsum("tk,kd->td", np.concatenate(heads, 1), p["Wo"])
    hidden = np.maximum(np.einsum("tk,kf->tf", norm(np, x, p["g2"], p["h2"], p["eps"]), p["W1"]) + p["b1"], 0.0)
    x = x + np.einsum("tf,fd->td", hidden, p["W2"])
    return -np.mean(np.sum(p["Next"] * np.log(softmax(np, np.einsum("td,vd->tv", x, p["E"]))), axis=1))
