"""The block as a graph: its weights, and where every table stands on the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from scenarios.graph.graph import At, Graph, Node
from scenarios.graph.linear import Concat, Embedding, MatMul, MatMulT, Plus, Scores
from scenarios.graph.losses import CrossEntropy, Softmax
from scenarios.graph.norms import Centred, Gain, Standardised
from scenarios.graph.pointwise import Applied
from workbook.block import Between, OneOf, Shading
from workbook.text import _

LETTERS = ("a", "e", "m", ".")
EMMA = np.array([2, 3, 3, 1, 4])
"""“emma.” by the numbers of its letters: each but the last is read, each but the first comes next."""

D, WIDTH, HIDDEN, CLOSED = 4, 2, 4, -40


def graph() -> Graph:
    """Return the network, as a page is read: line by line."""
    g, draws = Graph(), np.random.default_rng(3)
    T, V = len(EMMA) - 1, len(LETTERS)

    def weight(name: str, *shape: int, at: At, start: float | None = None, symbol: str = "") -> Node:
        value = draws.uniform(-0.8, 0.8, shape).round(2) if start is None else np.full(shape, start)
        looks: dict[str, Any] = {"learns": True, "valid": Between(-5, 5), "shading": Shading.DIVERGING}
        return g.give(name, value, symbol, at=at, **looks)

    tokens = g.give("tokens", EMMA[:-1], "x", _("letters read"), valid=Between(1, V, whole=True), at=(0, 0))
    E, pos = weight("E", V, D, at=(0, 1)), weight("Pos", T, D, at=(0, 2))
    eps = g.give("eps", 0.001, "ε", valid=Between(0.0001, 1))
    mask = g.give("M", np.where(np.tri(T) > 0, 0, CLOSED), title=_("mask"), valid=OneOf((0, CLOSED)), at=(1, 6))
    x0 = g.put("X0", Plus(), g.put("Emb", Embedding(), tokens, E), pos, at=(0, 3))
    n1 = _normalized(g, x0, 1, eps, weight, ((0, 4), (0, 5), (0, 6)))
    heads = [_head(g, n1, k, mask, weight) for k in (1, 2)]
    h = g.put("Heads", Concat(WIDTH, WIDTH), *heads)
    mixed = g.put("Mix", MatMul(), h, weight("Wo", D, D, at=(2, 5)), at=(2, 6))
    x1 = g.put("X1", Plus(), x0, mixed, at=(3, 0))
    n2 = _normalized(g, x1, 2, eps, weight, ((3, 1), (3, 2), (3, 3)))
    w1, b1 = weight("W1", D, HIDDEN, at=(3, 4)), weight("b1", HIDDEN, at=(3, 5), start=0.1)
    z1 = g.put("Z1", MatMul("column"), n2, w1, b1, at=(3, 6))
    hidden = g.put("Hid", Applied("relu"), z1, at=(4, 0))
    z2 = g.put("Z2", MatMul(), hidden, weight("W2", HIDDEN, D, at=(4, 1)), at=(4, 2))
    x2 = g.put("X2", Plus(), x1, z2, at=(4, 3))
    logits = g.put("R", MatMulT(), x2, E, at=(4, 4))
    g.put("P", Softmax(), logits, at=(4, 5))
    following = g.give("Next", np.eye(V)[EMMA[1:] - 1], title=_("letters that follow"), valid=Between(0, 1), at=(4, 6))
    g.put("L", CrossEntropy(), logits, following)
    return g


def _normalized(g: Graph, x: Node, n: int, eps: Node, weight: Any, at: Sequence[At]) -> Node:
    """Add layer normalization in three steps; `at` are the places of what is standardized, of γ and β, and of the result."""
    c = g.put(f"C{n}", Centred(), x)
    s = g.put(f"N{n}", Standardised(), c, eps, at=at[0])
    gamma = weight(f"g{n}", D, at=at[1], start=1.0, symbol=f"γ{n}")
    beta = weight(f"h{n}", D, at=at[1], start=0.0, symbol=f"β{n}")
    return g.put(f"F{n}", Gain(), s, gamma, beta, at=at[2])


def _head(g: Graph, x: Node, k: int, mask: Node, weight: Any) -> Node:
    """Add one head of attention: its half of the lanes that both heads share, and a lane each of scores and of shares."""
    rows = {}
    for lane, name in enumerate("qkv"):
        w = weight(f"W{name}{k}", D, WIDTH, at=(1, lane, k))
        rows[name] = g.put(f"{name.upper()}{k}", MatMul(), x, w, at=(1, lane + 3, k))
    s = g.put(f"S{k}", Scores(), rows["q"], rows["k"], mask, at=(2, k - 1))
    a = g.put(f"A{k}", Softmax(), s, at=(2, k + 1))
    return g.put(f"O{k}", MatMul(), a, rows["v"], at=(2, 4, k))
