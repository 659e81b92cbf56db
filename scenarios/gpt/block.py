"""The block as a graph: its weights, and where every table stands on the page."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.graph.graph import Graph, Node
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
    """Return the network, one band of the page after the other."""
    g, draws = Graph(), np.random.default_rng(3)
    T, V = len(EMMA) - 1, len(LETTERS)

    def weight(name: str, *shape: int, at: tuple[int, int], start: float | None = None, symbol: str = "") -> Node:
        value = draws.uniform(-0.8, 0.8, shape).round(2) if start is None else np.full(shape, start)
        looks: dict[str, Any] = {"learns": True, "valid": Between(-5, 5), "shading": Shading.DIVERGING}
        return g.give(name, value, symbol, at=at, **looks)

    tokens = g.give("tokens", EMMA[:-1], "x", _("letters read"), valid=Between(1, V, whole=True), at=(0, 2))
    E, pos = weight("E", V, D, at=(0, 0)), weight("Pos", T, D, at=(0, 1))
    eps = g.give("eps", 0.001, "ε", valid=Between(0.0001, 1), at=(1, 3))
    mask = g.give("M", np.where(np.tri(T) > 0, 0, CLOSED), title=_("mask"), valid=OneOf((0, CLOSED)), at=(0, 3))
    x0 = g.put("X0", Plus(), g.put("Emb", Embedding(), tokens, E, at=(1, 0)), pos, at=(1, 1))
    n1 = _normalized(g, x0, 1, eps, weight, 2)
    heads = [_head(g, n1, k, mask, weight) for k in (1, 2)]
    h = g.put("Heads", Concat(WIDTH, WIDTH), *heads, at=(8, 0))
    mixed = g.put("Mix", MatMul(), h, weight("Wo", D, D, at=(8, 1)), at=(8, 2))
    x1 = g.put("X1", Plus(), x0, mixed, at=(8, 3))
    n2 = _normalized(g, x1, 2, eps, weight, 9)
    w1, b1 = weight("W1", D, HIDDEN, at=(10, 0)), weight("b1", HIDDEN, at=(10, 1), start=0.1)
    z1 = g.put("Z1", MatMul("column"), n2, w1, b1, at=(11, 0))
    hidden = g.put("Hid", Applied("relu"), z1, at=(11, 1))
    z2 = g.put("Z2", MatMul(), hidden, weight("W2", HIDDEN, D, at=(10, 2)), at=(11, 2))
    x2 = g.put("X2", Plus(), x1, z2, at=(11, 3))
    logits = g.put("R", MatMulT(), x2, E, at=(12, 0))
    g.put("P", Softmax(), logits, at=(12, 1))
    following = g.give("Next", np.eye(V)[EMMA[1:] - 1], title=_("letters that follow"), valid=Between(0, 1), at=(12, 2))
    g.put("L", CrossEntropy(), logits, following)
    return g


def _normalized(g: Graph, x: Node, n: int, eps: Node, weight: Any, band: int) -> Node:
    """Add layer normalization in three steps, in a band of its own."""
    c = g.put(f"C{n}", Centred(), x, at=(band, 0))
    s = g.put(f"N{n}", Standardised(), c, eps, at=(band, 1))
    gamma = weight(f"g{n}", D, at=(band, 2), start=1.0, symbol=f"γ{n}")
    beta = weight(f"h{n}", D, at=(band, 2), start=0.0, symbol=f"β{n}")
    return g.put(f"F{n}", Gain(), s, gamma, beta, at=(band, 3))


def _head(g: Graph, x: Node, k: int, mask: Node, weight: Any) -> Node:
    """Add one head of attention: a band of weights, one of scores, and half of the band that both heads share."""
    band = 3 if k == 1 else 5
    rows = {}
    for lane, name in enumerate("qkv"):
        w = weight(f"W{name}{k}", D, WIDTH, at=(band, lane))
        rows[name] = g.put(f"{name.upper()}{k}", MatMul(), x, w, at=(band + 1, lane))
    s = g.put(f"S{k}", Scores(), rows["q"], rows["k"], mask, at=(band + 1, 3))
    a = g.put(f"A{k}", Softmax(), s, at=(7, 2 * k - 2))
    return g.put(f"O{k}", MatMul(), a, rows["v"], at=(7, 2 * k - 1))
