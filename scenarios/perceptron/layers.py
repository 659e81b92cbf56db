"""Sheets XorSteps and Xnor: a network of two layers worked out step by step."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.activations import STEP
from scenarios.common.layer import Layer, given_layers
from scenarios.common.losses import HALF_SQUARED
from scenarios.common.net import Net
from scenarios.perceptron.parts import PATTERNS, Network, cells, two_planes, verdict_on
from workbook.block import Counter
from workbook.book import Book
from workbook.formula import absolute, call, number_of, total
from workbook.page import Page, Voice
from workbook.sheet import Kind
from workbook.text import _


def two_layers(book: Book, network: Network, core: list[Layer] | None = None) -> None:
    """Work a network out step by step, all patterns at once.

    Its weights are typed here, with both planes drawn, or on a core page, whose layers are shown again then.
    """
    key = network.name.lower()
    name, title = network.name.capitalize() + ("" if core is None else "Steps"), _("{gate} from two layers")
    page = book.page(name, title.format(gate=network.name), kind=Kind.DEEPER)
    title, math = _("Three perceptrons for {gate}"), "A¹ = u(W¹·X + b¹)        A² = u(W²·A¹ + b²)"
    page.step(title.format(gate=network.name), _(network.why), math)
    said = page.keep()
    plan = _("The plan: hidden unit 1 computes {first}, hidden unit 2 {second}; the output unit {output} of the two.")
    page.text(plan.format(first=network.hidden[0], second=network.hidden[1], output=network.output))
    layers, pictures = core, None
    if layers is None:
        parameters: Any = [(network.W1, network.b1), (network.W2, network.b2)]
        with page.beside():
            with page.column():
                layers = given_layers(page, parameters, STEP, suffix=f"_{key}")
            pictures = page.keep()
    page.remark(_("The weights are chosen here; one column below is one input pattern."))
    heads: dict[str, Any] = {"columns": Counter("i = ")}
    with page.beside():
        formula = lambda k, i: call("MOD", call("INT", (number_of(i) - 1) / (3 - number_of(k))), 2)  # noqa: E731
        title, rows = _("all input patterns"), Counter("k = ")
        X = page.derived(f"X_{key}", PATTERNS.T, formula, "X", title, rows=rows, **heads)
        value, target = network.target(*PATTERNS.T)[None, :], lambda j, i: network.target_formula(X[0, i], X[1, i])
        T = page.derived(f"T_{key}", value, target, "Y", _("should be"), **heads)
    net = Net(layers, X, T, HALF_SQUARED, f"_{key}").forward(page, seen=core is not None)
    out, title = net.output, _("wrong?")
    apart = np.abs(out.value - T.value)
    misses = page.derived(f"misses_{key}", apart, lambda j, i: absolute(out[j, i] - T[j, i]), "", title, **heads)
    wrong = page.derived(f"wrong_{key}", apart.sum(), lambda: total(misses), "", _("patterns wrong"))
    verdict = verdict_on(page, f"verdict_{key}", network, wrong, 0)
    with page.into(said):
        page.sentence(f"news_{key}", _("▶ {n:0} of 4 patterns are wrong: {verdict}."), n=wrong, verdict=verdict)
    _pattern_words(page, key, net)
    why = _("The hidden layer moves the four patterns to new places; if it does so well, a single line parts them there.")  # fmt: skip
    page.step(_("Two lines, then one"), why, "(x₁, x₂) → (a₁, a₂)")
    if pictures is not None:
        places = cells(X, 0), cells(X, 1), cells(net.A[1], 0), cells(net.A[1], 1)
        with page.into(pictures), page.beside():
            for chart in two_planes(page, key, network, layers, places, cells(out, 0), (4, 14)):
                page.chart(chart)
    words = _("Pattern 2 moves to ({a2:0}, {b2:0}), pattern 3 to ({a3:0}, {b3:0}): where two meet, the chart shows one point.")  # fmt: skip
    A = net.A[1]
    page.sentence(f"moved_{key}", words, a2=A[0, 1], b2=A[1, 1], a3=A[0, 2], b3=A[1, 2])


def _pattern_words(page: Page, key: str, net: Net) -> None:
    """Write out pattern 2, (0, 1), through both layers."""
    hidden = _("Pattern 2, hidden unit 1: z = {w1:2p}·{x1:0} + {w2:2p}·{x2:0} + {b:2p} = {z:2}, output {a:0}.")
    output = _("Pattern 2, output unit: z = {w1:2p}·{x1:0} + {w2:2p}·{x2:0} + {b:2p} = {z:2}, output {a:0}.")
    for layer, words in zip(net.layers, (hidden, output), strict=True):
        n, W, b = layer.number, layer.W, layer.b
        assert b is not None
        x, z, a = net.A[n - 1], net.Z[n], net.A[n]
        cells = {"x1": x[0, 1], "x2": x[1, 1], "z": z[0, 1], "a": a[0, 1]}
        page.sentence(f"words{n}_{key}", words, Voice.PLAIN, w1=W[0, 0], w2=W[0, 1], b=b[0], **cells)
