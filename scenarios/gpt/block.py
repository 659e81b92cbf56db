"""The block as a graph: its weights, and where every table stands on the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

import numpy as np

from scenarios.graph.graph import At, Graph, Node
from scenarios.graph.linear import Concat, Embedding, MatMul, MatMulT, Plus, Scores
from scenarios.graph.losses import CrossEntropy, Softmax
from scenarios.graph.moved import OneHot
from scenarios.graph.norms import Centred, Gain, Standardised
from scenarios.graph.pointwise import Applied
from workbook.block import Between, OneOf, Shading
from workbook.text import _

CLOSED = -40

FEW_LETTERS = 10
"""Of more letters, each that is read is a row of zeros with a single 1, and a product looks it up."""

FEW_HEADS = 2
"""Of more heads each has what it reads in a table of its own: the sum of all slopes that come back is too long for a cell."""


@dataclass(frozen=True)
class Size:
    """How large the network is: which letters it knows and which name it reads, numbers a letter, heads, hidden neurons,
    and how far from 0 its weights are drawn."""

    letters: Sequence[str]
    name: str
    numbers: int
    heads: int
    hidden: int
    spread: float

    @property
    def name_by_number(self) -> np.ndarray[Any, Any]:
        """The name's letters by their numbers: each but the last is read, each but the first comes next."""
        return np.array([self.letters.index(letter) + 1 for letter in self.name])


SMALL, MICROGPT = "small", "microgpt"
SIZES = {
    SMALL: Size(("a", "e", "m", "."), "emma.", 4, 2, 4, 0.8),
    MICROGPT: Size((*ascii_lowercase, "."), "isabella.", 16, 4, 64, 0.3),
}


def graph(size: Size) -> Graph:
    """Return the network, as a page is read: line by line."""
    g, draws = Graph(), np.random.default_rng(3)
    name, D = size.name_by_number, size.numbers
    T, V, width, hidden_count = len(name) - 1, len(size.letters), D // size.heads, size.hidden

    def weight(table: str, *shape: int, at: At, start: float | None = None, symbol: str = "") -> Node:
        value = draws.uniform(-size.spread, size.spread, shape).round(2) if start is None else np.full(shape, start)
        looks: dict[str, Any] = {"learns": True, "valid": Between(-5, 5), "shading": Shading.DIVERGING}
        return g.give(table, value, symbol, at=at, **looks)

    tokens = g.give("tokens", name[:-1], "x", _("letters read"), valid=Between(1, V, whole=True), at=(0, 0))
    E, pos = weight("E", V, D, at=(0, 1)), weight("Pos", T, D, at=(0, 2))
    eps = g.give("eps", 0.001, "ε", valid=Between(0.0001, 1))
    mask = g.give("M", np.where(np.tri(T) > 0, 0, CLOSED), title=_("mask"), valid=OneOf((0, CLOSED)), at=(1, 6))
    if V > FEW_LETTERS:
        embedded = g.put("Emb", MatMul(), g.put("Hot", OneHot(V), tokens), E)
    else:
        embedded = g.put("Emb", Embedding(), tokens, E)
    x0 = g.put("X0", Plus(), embedded, pos, at=(0, 3))
    n1 = _normalized(g, x0, 1, (eps, D), weight, ((0, 4), (0, 5), (0, 6)))
    seen = {
        k: g.put(f"In{k}", Applied("identity"), n1) if size.heads > FEW_HEADS else n1 for k in range(1, size.heads + 1)
    }
    heads = [_head(g, seen[k], k, (mask, width, D), weight) for k in range(1, size.heads + 1)]
    h = g.put("Heads", Concat(*[width] * size.heads), *heads)
    mixed = g.put("Mix", MatMul(), h, weight("Wo", D, D, at=(2, 5)), at=(2, 6))
    x1 = g.put("X1", Plus(), x0, mixed, at=(3, 0))
    n2 = _normalized(g, x1, 2, (eps, D), weight, ((3, 1), (3, 2), (3, 3)))
    w1, b1 = weight("W1", D, hidden_count, at=(3, 4)), weight("b1", hidden_count, at=(3, 5), start=0.1)
    z1 = g.put("Z1", MatMul("column"), n2, w1, b1, at=(3, 6))
    hidden = g.put("Hid", Applied("relu"), z1, at=(4, 0))
    z2 = g.put("Z2", MatMul(), hidden, weight("W2", hidden_count, D, at=(4, 1)), at=(4, 2))
    x2 = g.put("X2", Plus(), x1, z2, at=(4, 3))
    logits = g.put("R", MatMulT(), x2, E, at=(4, 4))
    g.put("P", Softmax(), logits, at=(4, 5))
    following = g.give("Next", np.eye(V)[name[1:] - 1], title=_("letters that follow"), valid=Between(0, 1), at=(4, 6))
    g.put("L", CrossEntropy(), logits, following)
    return g


def parts(size: Size) -> list[tuple[str, list[str]]]:
    """Return the network's parts in the order in which they are computed: a title, and the names of the tables."""
    heads = [
        (_("Head {k}").format(k=k), [f"{name}{k}" for name in ("In", "Wq", "Q", "Wk", "K", "Wv", "V", "S", "A", "O")])
        for k in range(1, size.heads + 1)
    ]
    return [
        (_("Letters become rows of numbers"), ["tokens", "Hot", "E", "Emb", "Pos", "X0"]),
        (_("Every row gets mean 0 and spread 1"), ["C1", "N1", "g1", "h1", "F1", "M"]),
        *heads,
        (_("The heads are joined, mixed, and added to the letters"), ["Heads", "Wo", "Mix", "X1"]),
        (_("Once more, every row gets mean 0 and spread 1"), ["C2", "N2", "g2", "h2", "F2"]),
        (_("Two layers, added as well"), ["W1", "b1", "Z1", "Hid", "W2", "Z2", "X2"]),
        (_("Every letter gets a share, and the loss says how surprised the network is"), ["R", "P", "Next"]),
    ]


def _normalized(g: Graph, x: Node, n: int, eps: tuple[Node, int], weight: Any, at: Sequence[At]) -> Node:
    """Add layer normalization in three steps; `at` are the places of what is standardized, of γ and β, and of the result."""
    epsilon, D = eps
    c = g.put(f"C{n}", Centred(), x)
    s = g.put(f"N{n}", Standardised(), c, epsilon, at=at[0])
    gamma = weight(f"g{n}", D, at=at[1], start=1.0, symbol=f"γ{n}")
    beta = weight(f"h{n}", D, at=at[1], start=0.0, symbol=f"β{n}")
    return g.put(f"F{n}", Gain(), s, gamma, beta, at=at[2])


def _head(g: Graph, x: Node, k: int, about: tuple[Node, int, int], weight: Any) -> Node:
    """Add one head of attention: its half of the lanes that both heads share, and a lane each of scores and of shares."""
    mask, width, D = about
    rows = {}
    for lane, name in enumerate("qkv"):
        w = weight(f"W{name}{k}", D, width, at=(1, lane, k))
        rows[name] = g.put(f"{name.upper()}{k}", MatMul(), x, w, at=(1, lane + 3, k))
    s = g.put(f"S{k}", Scores(), rows["q"], rows["k"], mask, at=(2, k - 1))
    a = g.put(f"A{k}", Softmax(), s, at=(2, k + 1))
    return g.put(f"O{k}", MatMul(), a, rows["v"], at=(2, 4, k))
