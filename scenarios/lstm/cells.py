"""The two cells as graphs. In every lane: the weights of a gate, its weighted sums Z, and below them the gate itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from scenarios.common.activations import Array
from scenarios.graph.graph import Graph, Node
from scenarios.graph.linear import Times
from scenarios.graph.losses import HalfSquared
from scenarios.graph.pointwise import Applied
from scenarios.graph.time import Blend, Kept, Reset, Shown, Sums
from workbook.block import Between, Counter, Shading
from workbook.text import _

Numbers = Mapping[str, Array]


class Parts(NamedTuple):
    """How a cell's tables are called: its memory and what stands before it, the gate that keeps, its bias, a row of them all; and its formula."""

    memory: str
    start: str
    keeps: str
    bias: str
    row: str
    formula: str


PARTS = {
    "lstm": Parts("S", "s0", "F", "bF", "AIFSOH", "S = A ∗ I + F ∗ S₋, H = tanh(S) ∗ O"),
    "gru": Parts("H", "h0", "K", "bK", "CKH", "H = K ∗ H₋ + (1 − K) ∗ C"),
}


def graph(cell: str, numbers: Numbers) -> Graph:
    """Return the network of a cell, ``"lstm"``, ``"gru"`` or ``"plain"``; `numbers` are the values of its given tables."""
    g = Graph()
    x = g.give("X", numbers["X"], title=_("in"), rows=Counter("t = "), valid=Between(-10, 10), at=(2, 0))
    h = g.later("H", numbers["Y"].shape)
    h0 = _start(g, "h0", "h₀", numbers, 6 if cell == "lstm" else 5)
    if cell == "lstm":
        s, s0 = g.later("S", numbers["Y"].shape), _start(g, "s0", "s₀", numbers, 5)
        a = _lane(g, 1, "A", "tanh", _("new"), numbers, x, h, h0)
        i = _lane(g, 2, "I", "sigmoid", _("lets in"), numbers, x, h, h0)
        f = _lane(g, 3, "F", "sigmoid", _("keeps"), numbers, x, h, h0)
        o = _lane(g, 4, "O", "sigmoid", _("shows"), numbers, x, h, h0)
        s = g.put("S", Kept(), a, i, f, s, s0, title=_("state"), at=(2, 5))
        h = g.put("H", Shown(), s, o, title=_("output"), at=(2, 6))
    elif cell == "gru":
        k = _lane(g, 1, "K", "sigmoid", _("keeps"), numbers, x, h, h0)
        r = _lane(g, 2, "R", "sigmoid", _("looks back"), numbers, x, h, h0)
        c = _lane(g, 4, "C", "tanh", _("new"), numbers, x, g.put("RH", Reset(), r, h, h0, at=(2, 3)))
        h = g.put("H", Blend(), k, c, h, h0, title=_("output"), at=(2, 5))
    else:
        h = _lane(g, 1, "H", "tanh", "", numbers, x, h, h0, letter="C" if "WC" in numbers else "A")
    m = g.give("m", numbers["m"], title=_("counts"), valid=Between(0, 1), at=(0, 5))
    y = g.give("Y", numbers["Y"], title=_("target"), valid=Between(-10, 10), at=(0, 6))
    g.put("L", HalfSquared(), g.put("P", Times(), h, m, at=(3, 6)), y)
    return g


def _start(g: Graph, name: str, symbol: str, numbers: Numbers, lane: int) -> Node:
    """Add what stands before the first moment."""
    return g.give(name, numbers[name], symbol, _("before"), valid=Between(-10, 10), at=(1, lane))


def _lane(g: Graph, lane: int, name: str, bend: str, title: str, numbers: Numbers, *x: Node, letter: str = "") -> Node:
    """Add a gate: its weights, the weighted sums of what comes in and of what is left, and the gate itself."""
    letter = letter or name
    weight: dict[str, Any] = {"learns": True, "valid": Between(-5, 5)}
    W, U = (g.give(n + letter, numbers[n + letter], at=(0, lane), shading=Shading.DIVERGING, **weight) for n in "WU")
    b = g.give(f"b{letter}", numbers[f"b{letter}"], at=(1, lane), **weight)
    comes, left, *start = x
    z = g.put(f"Z{letter}", Sums(), comes, W, left, U, b, *start, title=_("sums"), at=(2, lane))
    return g.put(name, Applied(bend), z, title=title, at=(3, lane))
