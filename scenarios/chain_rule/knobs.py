"""Page Knobs: six knobs, six rates, for a row that the reader chooses."""

from __future__ import annotations

import numpy as np

from scenarios.chain_rule.network import NAMES, Network, Pass
from workbook.block import Between, Block
from workbook.chart import Chart, Mark, Series
from workbook.formula import absolute, as_expr, call, largest, pick
from workbook.page import Page
from workbook.text import _

NODE_OF = np.repeat([1, 2, 3], 2)
"""Which neuron holds each of the six parameters."""

RATES = "#2563EB"


def knobs_page(page: Page, net: Network, passed: Pass) -> None:
    """Let the reader choose a row; show how strongly each knob moves its output."""
    n = len(passed.x.value)
    with page.left():
        row = page.given("row", 1, "i", _("input row"), valid=Between(1, n, whole=True))
        at = int(row.value) - 1
        x = page.derived(
            "row_x", passed.x.value[at], lambda: pick(passed.x, row), "x", _("its input"), number_format="0.0###"
        )
        page.gap()
        said = page.keep()
        page.gap()
        come = [x]
        for id, column in (("h1", passed.h1), ("h2", passed.h2), ("h3", passed.h3)):
            title = _("{name} of the chosen row").format(name=column.symbol)
            cell = pick(column, row)
            come.append(page.offstage_block(f"row_{id}", column.value[at], lambda cell=cell: cell, title=title))
        rates = _products(page, net, come[:3])
        _strongest(page, rates)
        words = _("▶ For x = {row_x:0t} the knob that moves the output most is {name}: {rate:3} for each 1.")
        with page.into(said):
            page.live("knobs_say", words, name=page.book["knob_strongest"], rate=page.book["knob_strongest_rate"])
    series = Series(_("rate"), page.book["knob_names"][:], rates[:], Mark.COLUMNS, RATES)
    alt = _("Columns: how far the output moves for each 1 that a knob is turned, for the chosen input row.")
    with page.right():
        page.chart(Chart("", (series,), _("knob"), "∂O/∂θ", alt, columns=7, rows=17, legend=False))
    _questions(page, net, passed)


def _products(page: Page, net: Network, incoming: list[Block]) -> Block:
    """Add what comes in through each knob, its neuron's own rate, the rates of the neurons to come, and the product."""
    w, d, look = net.w.value, net.d.value, {"number_format": "0.000"}
    came = np.array([[float(block.value), 1.0] for block in incoming]).ravel()
    with page.table(NAMES, 6) as t:
        each = [cell for block in incoming for cell in (block.whole(), as_expr(1))]
        comes = t.derived("knob_in", came, None, "", _("what comes in"), each=each, number_format="0.0###")
        own_each = [comes[q] / net.d[q // 2] for q in range(6)]
        own = t.gradient("factor_own", came / np.repeat(d, 2), None, "÷ d", _("own rate"), each=own_each, **look)
        factors = {}
        for node in net.nodes[1:]:
            k, title = node.number, _("through neuron {neuron}").format(neuron=node.number)
            value, symbol = np.where(k > NODE_OF, w[k - 1] / d[k - 1], 1.0), f"w{node.sub}/d{node.sub}"
            each = [node.w / node.d if holder < k else as_expr(1) for holder in NODE_OF]
            factors[k] = t.gradient(f"factor{k}", value, None, symbol, title, each=each, **look)
        two, three = factors[2], factors[3]
        value = three.value * two.value * own.value
        return t.gradient("products", value, lambda p: three[p] * two[p] * own[p], "∂O/∂θ", _("product"), **look)


def _strongest(page: Page, rates: Block) -> None:
    """Find name and rate of the knob that moves the output most, whichever way."""
    with page.book.helpers.table(None, 6) as t:
        names = t.recorded("knob_names", np.array(NAMES, dtype=object), "", _("knob"))
        title = _("its rate without sign")
        sizes = t.derived("knob_sizes", np.abs(rates.value), lambda p: absolute(rates[p]), "", title)
    first, at = int(np.argmax(sizes.value)), call("MATCH", largest(sizes), sizes, 0)
    page.offstage_block("knob_strongest", names.value[first], lambda: pick(names, at), title=_("knob"))
    page.offstage_block("knob_strongest_rate", rates.value[first], lambda: pick(rates, at), title=_("its rate"))


def _questions(page: Page, net: Network, passed: Pass) -> None:
    n, h1, w, d = len(passed.x.value), passed.h1, net.w, net.d
    if n > 1:
        words = _("Type {last} for the row: the bars of the weights change with what comes in; the biases' stay.")
        page.try_(words.format(last=n))
    asked = _(
        "Without choosing it: what is the rate of w₂ in row {last}? Its x stands on the sheet Article. (0.002 off is close enough)"
    )
    value, title = w.value[2] / d.value[2] * (h1.value[-1] / d.value[1]), _("rate of w₂ in the last row")
    page.turn(
        "knobs_turn",
        asked.format(last=n),
        page.offstage_block("knobs_w2", value, lambda: w[2] / d[2] * (h1[n - 1] / d[1]), title=title),
        0.002,
        _("What came in, times the rest of the chain."),
        _("first h₁ = (w₁·x + b₁)/d₁, then (w₃/d₃)·(h₁/d₂)."),
    )
    page.remember(_("Weight: what came in times the rest of the chain. Bias: the same with 1."))
