"""Page Xor: two neurons draw two lines, a third asks for both."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.activations import STEP, Array, unit_step, unit_step_formula
from scenarios.common.columns import caption
from scenarios.common.dense import Layer, given_layer
from scenarios.common.drawing import Column, drawing
from scenarios.perceptron import parts
from scenarios.perceptron.parts import PATTERNS, corners, line_of, pattern_columns, plane, right_column
from workbook.block import Between, Block, Counter, Role
from workbook.formula import Expr, call, equal, if_
from workbook.page import Page
from workbook.sheet import HOLDS
from workbook.text import _


def xor_page(page: Page) -> list[Layer]:
    """Let the reader change the three neurons; show both planes and the network drawn. Return the layers."""
    network = parts.XOR
    with page.left():
        shown = page.given(
            "xor_shown",
            2.0,
            valid=Between(1, 4, whole=True),
            **caption(_("row drawn"), number_format="0"),
        )
        said = page.keep()
        layers = [
            given_layer(page, 1, network.W1, network.b1, STEP, suffix="_own"),
            given_layer(page, 2, network.W2, network.b2, STEP, suffix="_own"),
        ]
        page.gap()
        x1, x2, h1, h2, y = _table(page, layers, said)
    with page.right():
        page.chart(_picture(page, layers, shown, (x1, x2, h1, h2, y)))
        with page.beside():
            for chart in _planes(page, layers, (x1, x2, h1, h2, y)):
                page.chart(chart)
    _questions(page)
    return layers


def _table(page: Page, layers: list[Layer], said: Any) -> tuple[Block, ...]:
    (W1, b1), (W2, b2) = ((layer.W, layer.b) for layer in layers)
    assert b1 is not None
    assert b2 is not None
    first, second, last = parts.XOR.hidden[0], parts.XOR.hidden[1], parts.XOR.output
    with page.table(Counter(""), 4) as table:
        x1, x2 = pattern_columns(table, "xor")

        def neuron(id: str, W: Block, b: Block, j: int, below: tuple[Block, Block], title: str, symbol: str) -> Block:
            p, q = below
            value: Array = unit_step(W.value[j, 0] * p.value + W.value[j, 1] * q.value + b.value[j])

            def formula(i: Any) -> Expr:
                return unit_step_formula(W[j, 0] * p[i] + W[j, 1] * q[i] + b[j])

            block: Block = table.derived(id, value, formula, **caption(title, symbol, "0"))
            return block

        h1 = neuron("xor_h1", W1, b1, 0, (x1, x2), _("hidden neuron 1"), "a₁")
        h2 = neuron("xor_h2", W1, b1, 1, (x1, x2), _("hidden neuron 2"), "a₂")
        y = neuron("xor_y", W2, b2, 0, (h1, h2), _("output neuron"), "y")
        t = table.derived(
            "xor_t",
            parts.XOR.target(*PATTERNS.T),
            lambda i: parts.XOR.target_formula(x1[i], x2[i]),
            **caption(_("should be"), "XOR", "0"),
        )
    with page.book.helpers.table(Counter(), 4) as behind:
        right = right_column(behind, "xor", y, t)
    hits_value = float(np.sum(right.value == HOLDS))
    hits = page.offstage_block(
        "xor_hits", hits_value, lambda: call("COUNTIF", right, HOLDS), title=_("rows right"), number_format="0"
    )
    good, bad = (str(words.format(gate="XOR")) for words in (_("this is {gate}"), _("this is not {gate}")))
    verdict = page.offstage_block(
        "xor_verdict",
        np.asarray(good if hits_value == 4 else bad, dtype=object),
        lambda: if_(equal(hits, 4), good, bad),
        title=_("verdict"),
        number_format="@",
    )
    page.text(
        _(
            "As given, hidden neuron 1 computes {first}, hidden neuron 2 {second}, and the output neuron {last} of the two."
        ).format(first=first, second=second, last=last)
    )
    with page.into(said):
        page.live("xor_says", _("▶ {n:0} of 4 rows are right: {verdict}."), n=hits, verdict=verdict)
    return x1, x2, h1, h2, y


def _picture(page: Page, layers: list[Layer], shown: Block, columns: tuple[Block, ...]) -> Any:
    """Draw the network with the chosen row."""

    def across(id: str, *blocks: Block) -> Block:
        return page.offstage(
            Block(
                id,
                Role.DERIVED,
                np.array([block.value for block in blocks]),
                each=[lambda i, block=block: block[i] for block in blocks],
                title=_("outputs, one column for each row"),
                rows=Counter(),
                columns=Counter(),
                number_format="0",
            )
        )

    x1, x2, h1, h2, y = columns
    layer = [across("xor_in", x1, x2), across("xor_hidden", h1, h2), across("xor_out", y)]
    return drawing(
        page,
        "xor",
        [Column(layer[0]), Column(layer[1], layers[0].W), Column(layer[2], layers[1].W)],
        shown,
        width=7,
        rows=10,
        digits=0,
    )


def _planes(page: Page, layers: list[Layer], columns: tuple[Block, ...]) -> list[Any]:
    x1, x2, h1, h2, y = columns
    helpers, network = page.book.helpers, parts.XOR
    inputs, hidden = (
        corners(helpers, f"own_xor_{where}", *([block[i] for i in range(4)] for block in (p, q, y)))
        for where, p, q in (("x", x1, x2), ("a", h1, h2))
    )
    lines = []
    for layer, unit, name in ((0, 0, network.hidden[0]), (0, 1, network.hidden[1]), (1, 0, network.output)):
        W, b = layers[layer].W, layers[layer].b
        assert b is not None
        cells = (W[unit, 0], W[unit, 1], b[unit])
        lines.append((name, line_of(helpers, f"own_xor_{layer + 1}{unit + 1}", cells)))
    return [
        plane(_("Input plane: two lines"), *inputs, lines[:2], columns=3, rows=13),
        plane(_("Hidden plane: one line"), *hidden, lines[2:], ("a₁", "a₂"), columns=3, rows=13),
    ]


def _questions(page: Page) -> None:
    page.try_(
        _("Type 1, 2, 3, 4 for the row: the drawing shows which neurons fire. Then change a bias, and see a line move.")
    )
    page.turn(
        "xor_turn",
        _("Both inputs are 1. With the numbers as given, what does the NAND neuron say: z = −1 − 1 + 1.5 = ?"),
        page.offstage_block("xor_nand", -0.5, title=_("the weighted sum of NAND for two ones")),
        0.005,
        _("Below 0: it is quiet, and so is the output."),
        _("add up the three numbers."),
    )
    page.remember(_("A hidden layer moves the corners to where one line is enough."))
    page.source(_("All weights and biases are chosen here."))
