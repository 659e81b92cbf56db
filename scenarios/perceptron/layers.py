"""Sheets XorSteps and Xnor: a network of two layers worked out step by step, and drawn as two planes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.common.activations import STEP
from scenarios.common.columns import caption
from scenarios.common.dense import Forward, Layer, forward, given_layer
from scenarios.common.network_map import network_map
from scenarios.perceptron.parts import PATTERNS, Network, corners, line_of, plane
from workbook.block import Block, Counter
from workbook.book import Book
from workbook.eager import Sheet
from workbook.formula import Direction, absolute, call, equal, if_, number_of, total
from workbook.text import N_, _


def two_layers_sheet(book: Book, network: Network, core: list[Layer] | None = None) -> Block:
    """Work a network out step by step; return its output (1, 4).

    Its weights are typed here, or on a core page, whose layers are shown again then.
    """
    key = network.name.lower()
    name = network.name.capitalize() + ("" if core is None else "Steps")
    sheet = book.sheet(name, _("{gate} from two layers").format(gate=network.name))
    sheet.step(
        _("Three perceptrons for {gate}").format(gate=network.name),
        _(network.why),
        "A¹ = u(W¹·X + b¹)        A² = u(W²·A¹ + b²)",
    )
    news = sheet.reserve()
    sheet.text(
        _(
            "The plan: hidden unit 1 computes {first}, hidden unit 2 {second}; the output unit {output} of the two."
        ).format(first=network.hidden[0], second=network.hidden[1], output=network.output)
    )
    layers = (
        [
            given_layer(sheet, 1, network.W1, network.b1, STEP, suffix=f"_{key}"),
            given_layer(sheet, 2, network.W2, network.b2, STEP, suffix=f"_{key}"),
        ]
        if core is None
        else [_shown(sheet, layer, f"_{key}") for layer in core]
    )
    sheet.remark(_("The weights are chosen here; one column below is one input pattern."))
    X = sheet.derived(
        f"X_{key}",
        PATTERNS.T,
        lambda k, i: call("MOD", call("INT", (number_of(i) - 1) / (3 - number_of(k))), 2),
        **caption(_("all input patterns"), "X", "0", columns=Counter("i = "), rows=Counter("k = ")),
    )
    passed = forward(sheet, layers, X, f"_{key}")
    for layer in layers:
        passed.z(layer.number).number_format, passed.A[layer.number].number_format = "0.00", "0"
    T, wrong = _targets(sheet, network, X, passed, news)
    _pattern_words(sheet, key, layers, passed)
    _planes(sheet, network, layers, passed)
    sheet.step(
        _("The whole network on one page"),
        _(
            "Every weighted sum lies where its row of weights meets its column of activations; each name leads "
            "to its table."
        ),
    )
    network_map(sheet, layers, passed, T, wrong)
    return passed.output


def _shown(sheet: Sheet, layer: Layer, suffix: str) -> Layer:
    """Show a layer of another page again."""
    W, b = layer.W, layer.b
    assert b is not None
    fields = {"number_format": "0.00", "rows": Counter("j = ")}
    with sheet.beside():
        weights = sheet.derived(
            f"W{layer.number}{suffix}",
            W.value,
            lambda j, k: W[j, k],
            symbol=W.symbol,
            title=W.title,
            columns=Counter("k = "),
            **fields,
        )
        biases = sheet.derived(
            f"b{layer.number}{suffix}", b.value, lambda j: b[j], symbol=b.symbol, title=b.title, columns=[""], **fields
        )
    return replace(layer, W=weights, b=biases)


def _targets(sheet: Sheet, network: Network, X: Block, passed: Forward, news: int) -> tuple[Block, Block]:
    key = network.name.lower()
    said = passed.output
    target = network.target(*PATTERNS.T)
    fields = caption(_("should be"), "Y", "0", along=Direction.RIGHT, columns=Counter("i = "))
    T = sheet.derived(f"T_{key}", target, lambda i: network.target_formula(X[0, i], X[1, i]), **fields)
    apart = np.abs(said.value[0] - target)
    fields = caption(_("wrong?"), number_format="0", along=Direction.RIGHT, columns=Counter("i = "))
    misses = sheet.derived(f"misses_{key}", apart, lambda i: absolute(said[0, i] - T[i]), **fields)
    wrong = sheet.derived(
        f"wrong_{key}", apart.sum(), lambda: total(misses), symbol="C", title=_("patterns wrong"), number_format="0"
    )
    good, bad = (str(_(words).format(gate=network.name)) for words in (N_("this is {gate}"), N_("this is not {gate}")))
    verdict = sheet.derived(
        f"verdict_{key}",
        np.asarray(bad if apart.any() else good, dtype=object),
        lambda: if_(equal(wrong, 0), good, bad),
        **caption(_("verdict"), number_format="@"),
    )
    sheet.sentence(f"news_{key}", _("▶ {n:0} of 4 patterns are wrong: {verdict}."), row=news, n=wrong, verdict=verdict)
    return T, wrong


def _pattern_words(sheet: Sheet, key: str, layers: list[Layer], passed: Forward) -> None:
    """Write out pattern 2, (0, 1), through both layers."""
    (W1, b1), (W2, b2) = ((layer.W, layer.b) for layer in layers)
    assert b1 is not None
    assert b2 is not None
    X, A, Z1, Z2 = passed.A[0], passed.A[1], passed.z(1), passed.z(2)
    sheet.sentence(
        f"words1_{key}",
        _("Pattern 2, hidden unit 1: z = {w1:2p}·{x1:0} + {w2:2p}·{x2:0} + {b:2p} = {z:2}, output {a:0}."),
        w1=W1[0, 0],
        x1=X[0, 1],
        w2=W1[0, 1],
        x2=X[1, 1],
        b=b1[0],
        z=Z1[0, 1],
        a=A[0, 1],
    )
    sheet.sentence(
        f"words2_{key}",
        _("Pattern 2, output unit: z = {w1:2p}·{a1:0} + {w2:2p}·{a2:0} + {b:2p} = {z:2}, output {a:0}."),
        w1=W2[0, 0],
        a1=A[0, 1],
        w2=W2[0, 1],
        a2=A[1, 1],
        b=b2[0],
        z=Z2[0, 1],
        a=passed.output[0, 1],
    )


def _planes(sheet: Sheet, network: Network, layers: list[Layer], passed: Forward) -> None:
    key = network.name.lower()
    sheet.step(
        _("Two lines, then one"),
        _(
            "The hidden layer moves the four patterns to new places; if it does so well, a single line parts them there."
        ),
        "(x₁, x₂) → (a₁, a₂)",
    )
    out = passed.output
    points = []
    for where, block_of in (("x", passed.A[0]), ("a", passed.A[1])):
        cells = ([block[k, i] for i in range(4)] for block, k in ((block_of, 0), (block_of, 1), (out, 0)))
        points.append(corners(sheet.book.helpers, f"{key}_{where}", *cells))
    lines = []
    for layer, unit, name in ((0, 0, network.hidden[0]), (0, 1, network.hidden[1]), (1, 0, network.output)):
        W, b = layers[layer].W, layers[layer].b
        assert b is not None
        lines.append(
            (name, line_of(sheet.book.helpers, f"{key}_{layer + 1}{unit + 1}", (W[unit, 0], W[unit, 1], b[unit])))
        )
    with sheet.beside():
        sheet.chart(plane(_("Input plane: two lines"), *points[0], lines[:2]))
        sheet.chart(plane(_("Hidden plane: one line"), *points[1], lines[2:], ("a₁", "a₂")))
    A = passed.A[1]
    sheet.sentence(
        f"moved_{key}",
        _(
            "Pattern 2 moves to ({a2:0}, {b2:0}), pattern 3 to ({a3:0}, {b3:0}): where two meet, the chart shows one point."
        ),
        a2=A[0, 1],
        b2=A[1, 1],
        a3=A[0, 2],
        b3=A[1, 2],
    )
