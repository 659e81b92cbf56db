"""Layers on sequences, one token or moment a row: embedding, positions, attention, recurrence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.graph.graph import Node
from scenarios.graph.linear import Concat, Embedding, MatMul, Plus, Scores, Split
from scenarios.graph.losses import Softmax
from scenarios.graph.time import Recurrent
from scenarios.layers.stack import MOST_UNITS, Flow, Form, Stack
from workbook.block import OneOf

CLOSED = -40
"""Added to a score, it leaves e⁻⁴⁰ of its share: nothing that anybody sees."""


def embedding(s: Stack, x: Flow) -> Flow:
    """Row t is the row of the table that token t names."""
    o = s.options
    if x.form is not Form.TOKENS:
        o.fail(
            f"it takes token numbers, but {x.who} gives {x}; make it the first layer, and x a list such as [1, 3, 2]"
        )
    tokens = x.nodes[0]
    size, units = o.whole("vocabulary", 1, MOST_UNITS), o.whole("units", 1, MOST_UNITS)
    if tokens.start.max() > size:
        o.fail(f"vocabulary: {size}, but x has the token {tokens.start.max():g}; make it larger")
    tokens.looks["valid"] = OneOf(tuple(range(1, size + 1)))
    table = s.weights(s.name("E"), "weights", (size, units), units)
    out = s.put(s.name("T"), Embedding(), tokens, table, shape=(x.rows, units))
    s.lane([table], [out])
    return replace(x, nodes=(out,), columns=units, form=Form.ROWS)


def positions(s: Stack, x: Flow) -> Flow:
    """A row of numbers that can be learned is added to each place."""
    a = s.rows(x)
    table = s.weights(s.name("E"), "weights", x.shape, x.columns)
    out = s.put(s.name("T"), Plus(), a, table, shape=x.shape)
    s.lane([table], [out])
    return replace(x, nodes=(out,), form=Form.ROWS)


def attention(s: Stack, x: Flow) -> Flow:
    """softmax(Q·Kᵀ/√d + M)·V for every head; the heads next to one another, times Wo."""
    a, o = s.rows(x), s.options
    d, T = x.columns, x.rows
    heads = o.whole("heads", 1, 4, 1)
    if d % heads:
        o.fail(f"heads: {heads} heads cannot share the {d} columns that {x.who} gives; give a number that divides {d}")
    mask = np.where(np.tri(T) > 0, 0.0, CLOSED) if o.flag("causal", usual=False) else np.zeros((T, T))
    M = s.give(s.name("M"), (T, T), mask, valid=OneOf((0, CLOSED)))
    W = [s.product(s.name(f"W{letter}"), f"W{letter}", d, d) for letter in "qkv"]
    Q, K, V = (s.put(s.name(n), MatMul(), a, w, shape=(T, d)) for n, w in zip("QKV", W, strict=True))
    for w, made in zip(W, (Q, K, V), strict=True):
        s.lane([w], [made])
    taken = [_head(s, (Q, K, V), M, h, heads, (T, d // heads)) for h in range(heads)]
    out = taken[0]
    if heads > 1:
        out = s.put(s.name("H"), Concat(*[d // heads] * heads), *taken, shape=(T, d))
        s.lane([], [out])
    if o.flag("project", usual=True):
        Wo = s.product(s.name("Wo"), "Wo", d, d)
        out = s.put(s.name("Z"), MatMul(), out, Wo, shape=(T, d))
        s.lane([Wo], [out])
    return replace(x, nodes=(out,), form=Form.ROWS)


def _head(s: Stack, QKV: tuple[Node, Node, Node], M: Node, h: int, heads: int, shape: tuple[int, int]) -> Node:
    """Add one head: who asks, who answers, and what is taken."""
    T, width = shape
    part = (h,) if heads > 1 else ()
    parts = list(QKV)
    if heads > 1:
        cut = Split(h * width, (h + 1) * width)
        parts = [s.put(s.name(n, h), cut, whole, shape=shape) for n, whole in zip("QKV", QKV, strict=True)]
        s.lane([], parts)
    for node in parts[1:]:
        s.count_rows(node, width)
    scores = s.put(s.name("S", *part), Scores(), parts[0], parts[1], M, shape=(T, T))
    shares = s.put(s.name("A", *part), Softmax(), scores, shape=(T, T))
    out = s.put(s.name("O", *part), MatMul(), shares, parts[2], shape=shape)
    s.lane([] if h else [M], [scores, shares, out])
    return out


def rnn(s: Stack, x: Flow) -> Flow:
    """Each moment's tanh of what comes in and of what the moment before has left."""
    a, o = s.rows(x), s.options
    if x.rows < 2:
        o.fail(f"it takes at least 2 moments, one a row, but {x.who} gives {x}; give x more rows")
    units = o.whole("units", 1, MOST_UNITS)
    given = [s.product(s.name("Wx"), "weights", units, x.columns), *s.biases(units)]
    u = s.put(s.name("U"), MatMul(), a, *given, shape=(x.rows, units))
    s.lane(given, [u])
    Wh = s.product(s.name("Wh"), "recurrent", units, units)
    h = s.put(s.name("H"), Recurrent(), u, Wh, shape=(x.rows, units))
    s.lane([Wh], [h])
    return replace(x, nodes=(h,), columns=units, form=Form.ROWS)
