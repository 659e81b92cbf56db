"""Layers on tables, one example a row: dense, activation functions, normalization, dropout, and what joins two layers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.common.examples import LARGEST_NUMBER
from scenarios.graph.linear import Concat, MatMul, Scaled, Skip, Split, Times
from scenarios.graph.losses import Softmax
from scenarios.graph.norms import Centred, Gain, Standardised
from scenarios.graph.operation import Operation
from scenarios.graph.pointwise import Applied, Leaky, Softplus
from scenarios.layers.stack import MOST_UNITS, Flow, Form, Stack
from workbook.block import Between, OneOf

ACTIVATIONS = ("identity", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "softmax")


def dense(s: Stack, x: Flow) -> Flow:
    """Z = X·W + b."""
    a, o = s.rows(x), s.options
    units = o.whole("units", 1, MOST_UNITS)
    given = [s.product(s.name("W"), "weights", units, x.columns), *s.biases(units)]
    z = s.put(s.name("Z"), MatMul(), a, *given, shape=(x.rows, units))
    s.lane(given, [z])
    return activated(s, replace(x, nodes=(z,), columns=units, form=Form.ROWS))


def activated(s: Stack, x: Flow) -> Flow:
    """Apply the activation that a layer of weights names, if it does."""
    return activation(s, x, s.options.choice("activation", ACTIVATIONS)) if "activation" in s.options else x


def activation(s: Stack, x: Flow, name: str) -> Flow:
    """Apply a function to every number, or softmax to every row."""
    nodes = (s.rows(x),) if name == "softmax" else s.numbers(x)
    own: dict[str, Operation] = {"softmax": Softmax(), "softplus": Softplus(), "leaky_relu": Leaky()}
    operation, given = own[name] if name in own else Applied(name), []
    if name == "leaky_relu":
        slope = s.options.number("slope", 0, 1, 0.01)
        given = [s.give(s.name("c"), (), slope, valid=Between(0, 1), number_format="0.0##")]
    letter = "P" if name == "softmax" else "A"
    made = [
        s.put(s.name(letter, *_part(n, nodes)), operation, node, *given, shape=x.shape) for n, node in enumerate(nodes)
    ]
    s.lane(given, made)
    if name in ("sigmoid", "softmax"):
        s.before[made[0].name] = name, nodes[0]
    return replace(x, nodes=tuple(made))


def _part(n: int, nodes: tuple[object, ...]) -> tuple[int, ...]:
    return (n,) if len(nodes) > 1 else ()


def _normalized(s: Stack, x: Flow, of: str) -> Flow:
    a, o = s.rows(x), s.options
    epsilon = o.number("epsilon", 1e-8, 1, 1e-5)
    eps = s.give(s.name("eps"), (), epsilon, valid=Between(1e-8, 1))
    eps.symbol = "ε"
    gamma = s.weights((s.name("g")[0], f"γ{s.number}"), "gamma", (x.columns,), usual=1.0)
    beta = s.weights((s.name("beta")[0], f"β{s.number}"), "beta", (x.columns,))
    centred = s.put(s.name("C"), Centred(of), a, shape=x.shape)
    spread = s.put(s.name("N"), Standardised(of), centred, eps, shape=x.shape)
    out = s.put(s.name("O"), Gain(), spread, gamma, beta, shape=x.shape)
    s.lane([eps], [centred])
    s.lane([], [spread])
    s.lane([gamma, beta], [out])
    return replace(x, nodes=(out,), form=Form.ROWS)


def layernorm(s: Stack, x: Flow) -> Flow:
    """Each row loses its mean, and its spread becomes 1; then γ and β."""
    if x.columns < 2 and x.form is not Form.TOKENS:
        s.options.fail(f"a row's mean needs at least 2 numbers, but {x.who} gives {x}; give it more units")
    return _normalized(s, x, "row")


def batchnorm(s: Stack, x: Flow) -> Flow:
    """Each column loses its mean over the examples, and its spread becomes 1; then γ and β."""
    if x.rows < 2 and x.form is not Form.TOKENS:
        s.options.fail(f"a mean over examples needs at least 2 of them, but {x.who} gives {x}; give x more rows")
    return _normalized(s, x, "column")


def dropout(s: Stack, x: Flow) -> Flow:
    """Some numbers become 0, as a mask of 0 and 1 says, and the others grow by 1/(1 − rate)."""
    rate, nodes = s.options.number("rate", 0, 0.9, 0.5), s.numbers(x)
    if "mask" in s.options and len(nodes) > 1:
        s.options.fail("a mask can be given for one table only; leave it out, and it is drawn from the seed")
    c = s.give(s.name("c"), (), 1 / (1 - rate), valid=Between(1, 20))
    made = []
    for n, node in enumerate(nodes):
        part = _part(n, nodes)
        drawn = (s.random.random(x.shape) >= rate).astype(float)
        given = s.options.array("mask", x.shape, 1.0)
        if given is None:
            s.drawn = True
        elif not np.isin(given, (0, 1)).all():
            s.options.fail("mask: give 0 and 1 only")
        mask = s.give(s.name("M", *part), x.shape, drawn if given is None else given, valid=OneOf((0, 1)))
        masked = s.put(s.name("E", *part), Times(), node, mask, shape=x.shape)
        out = s.put(s.name("D", *part), Scaled(), masked, c, shape=x.shape)
        s.lane([mask] if n else [c, mask], [masked, out])
        made.append(out)
    return replace(x, nodes=tuple(made))


# ---------------------------------------------------------------------------------------------- two layers joined


def residual(s: Stack, x: Flow) -> Flow:
    """What the layer before gives, and c times what an earlier one gave: a skip connection; c is 1, or 0 without it."""
    a, other = s.rows(x), s.other(x)
    s.same_shape(x, other)
    c = s.give(s.name("c"), (), 1.0, valid=Between(0, 1))
    out = s.put(s.name("R"), Skip(), a, other.nodes[0], c, shape=x.shape)
    s.lane([c], [out])
    return replace(x, nodes=(out,), form=Form.ROWS)


def multiply(s: Stack, x: Flow) -> Flow:
    """The products of what two layers give, cell by cell: a gate."""
    a, other = s.rows(x), s.other(x)
    s.same_shape(x, other)
    out = s.put(s.name("G"), Times(), a, other.nodes[0], shape=x.shape)
    s.lane([], [out])
    return replace(x, nodes=(out,), form=Form.ROWS)


def concat(s: Stack, x: Flow) -> Flow:
    """What two layers give, next to one another."""
    a, other = s.rows(x), s.other(x)
    if x.rows != other.rows:
        s.options.fail(f"{x.who} gives {x}, but {other.who} gives {other}; both must have as many rows")
    columns = other.columns + x.columns
    operation = Concat(other.columns, x.columns)
    out = s.put(s.name("J"), operation, other.nodes[0], a, shape=(x.rows, columns))
    s.lane([], [out])
    return replace(x, nodes=(out,), columns=columns, form=Form.ROWS)


def split(s: Stack, x: Flow) -> Flow:
    """Some of the columns, from the first to the last that are named, counted from 1."""
    a, o = s.rows(x), s.options
    first = o.whole("first", 1, x.columns)
    last = o.whole("last", first, x.columns, x.columns)
    out = s.put(s.name("J"), Split(first - 1, last), a, shape=(x.rows, last - first + 1))
    s.lane([], [out])
    return replace(x, nodes=(out,), columns=last - first + 1, form=Form.ROWS)


def scale(s: Stack, x: Flow) -> Flow:
    """Every number times a factor that stands in a cell."""
    nodes = s.numbers(x)
    factor = s.options.number("factor", -LARGEST_NUMBER, LARGEST_NUMBER)
    c = s.give(s.name("c"), (), factor, valid=Between(-LARGEST_NUMBER, LARGEST_NUMBER))
    made = [s.put(s.name("G", *_part(n, nodes)), Scaled(), node, c, shape=x.shape) for n, node in enumerate(nodes)]
    s.lane([c], made)
    return replace(x, nodes=tuple(made))
