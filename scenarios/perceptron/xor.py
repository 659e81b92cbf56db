"""Page Xor: two neurons draw two lines, a third asks for both."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.activations import STEP, unit_step, unit_step_formula
from scenarios.common.drawing import Column, drawing
from scenarios.common.layer import Layer, given_layers
from scenarios.perceptron import parts
from scenarios.perceptron.parts import (
    cells,
    pattern_columns,
    right_column,
    rows_right,
    target_column,
    two_planes,
    verdict_on,
)
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.formula import Expr
from workbook.page import Page
from workbook.text import _


def xor(book: Book) -> list[Layer]:
    """Let the reader change the three neurons; show both planes and the network drawn. Return the layers."""
    page = book.page(
        "Xor",
        _("Two layers can: XOR"),
        _("Two neurons draw two lines, and a third asks for both: what one line cannot part, two can."),
        _("Which two of AND, OR, NAND make XOR, if a third neuron asks for both?"),
    )
    network = parts.XOR
    with page.left():
        shown = page.given("xor_shown", 2.0, "", _("row in the picture"), valid=Between(1, 4, whole=True))
        said = page.keep()
        parameters: Any = [(network.W1, network.b1), (network.W2, network.b2)]
        layers = given_layers(page, parameters, STEP, suffix="_own")
        page.gap()
        x1, x2, h1, h2, y = _table(page, layers)
        with page.into(said):
            page.live("xor_says", _("▶ {xor_hits:0} of 4 rows are right: {xor_verdict}."))
    columns = [_across(page, "xor_in", x1, x2), _across(page, "xor_hidden", h1, h2), _across(page, "xor_out", y)]
    drawn = [Column(columns[0]), Column(columns[1], layers[0].W), Column(columns[2], layers[1].W)]
    places = cells(x1), cells(x2), cells(h1), cells(h2)
    with page.right():
        page.chart(drawing(page, "xor", drawn, shown, width=7, rows=10, digits=0))
        with page.beside():
            for chart in two_planes(page, "own_xor", network, layers, places, cells(y), (3, 13)):
                page.chart(chart)
    page.try_(_("Type 1, 2, 3, 4 for the row: the drawing shows which neurons fire. Then change a bias, and see a line move."))  # fmt: skip
    question = _("Both inputs are 1. With the numbers as given, what does the NAND neuron say: z = −1 − 1 + 1.5 = ?")
    answer = page.offstage_block("xor_nand", -0.5, title=_("the weighted sum of NAND for two ones"))
    yes = _("Below 0: it is quiet, and so is the output.")
    page.turn("xor_turn", question, answer, 0.005, yes, _("add up the three numbers."))
    page.remember(_("A hidden layer moves the corners to where one line is enough."))
    page.source(_("All weights and biases are chosen here."))
    return layers


def _table(page: Page, layers: list[Layer]) -> tuple[Block, ...]:
    """Add the truth table of all three neurons."""
    (W1, b1), (W2, b2) = ((layer.W, layer.b) for layer in layers)
    with page.table(Counter(""), 4) as t:
        x1, x2 = pattern_columns(t, "xor")

        def neuron(
            id: str, W: Block, b: Block | None, j: int, below: tuple[Block, Block], title: str, symbol: str
        ) -> Block:
            assert b is not None
            p, q = below
            value = unit_step(W.value[j, 0] * p.value + W.value[j, 1] * q.value + b.value[j])

            def formula(i: Any) -> Expr:
                return unit_step_formula(W[j, 0] * p[i] + W[j, 1] * q[i] + b[j])

            return t.derived(id, value, formula, symbol, title)

        h1 = neuron("xor_h1", W1, b1, 0, (x1, x2), _("hidden neuron 1"), "a₁")
        h2 = neuron("xor_h2", W1, b1, 1, (x1, x2), _("hidden neuron 2"), "a₂")
        y = neuron("xor_y", W2, b2, 0, (h1, h2), _("output neuron"), "y")
        target = target_column(t, "xor_t", parts.XOR, x1, x2)
    with page.book.helpers.table(Counter(), 4) as behind:
        right = right_column(behind, "xor", y, target)
    verdict_on(page, "xor_verdict", parts.XOR, rows_right(page, "xor", right), 4)
    words = _("As given, hidden neuron 1 computes {first}, hidden neuron 2 {second}, and the output neuron {last} of the two.")  # fmt: skip
    page.text(words.format(first=parts.XOR.hidden[0], second=parts.XOR.hidden[1], last=parts.XOR.output))
    return x1, x2, h1, h2, y


def _across(page: Page, id: str, *columns: Block) -> Block:
    """Lay columns down as rows, out of sight: a row a neuron, a column a pattern."""
    value, heads = np.array([column.value for column in columns]), {"rows": Counter(), "columns": Counter()}
    each, title = [lambda i, c=column: c[i] for column in columns], _("outputs, one column for each row")
    return page.offstage_block(id, value, lambda j, i: columns[0][i], each=each, title=title, **heads)
