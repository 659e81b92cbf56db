"""Page Rates: each neuron passes its share of a change on; the product of the shares tells the result beforehand."""

from __future__ import annotations

import numpy as np

from scenarios.chain_rule.chain import shrinking
from scenarios.chain_rule.network import EXACT, Network, Pass, size_of
from workbook.block import Block, Shading
from workbook.page import Flow, Page, Table
from workbook.text import _

BOXES = "x/d₁ = {x[0]:0p}/{d[0]:0} = {rate[0]:3}   →   w₂/d₂ = {w[1]:0p}/{d[1]:0} = {rate[1]:3}   →   w₃/d₃ = {w[2]:0p}/{d[2]:0} = {rate[2]:3}"


def rates_page(page: Page, said: Flow, neurons: Table, net: Network, passed: Pass, turned: tuple[Block, Block]) -> None:
    """Add the rates beside the parameters, their product, and the output that they predict."""
    (_w1, w2, w3), (d1, d2, d3) = net.w.value, net.d.value
    one, two, three = net.nodes
    x, h3, (turn, O) = passed.x, passed.h3, turned
    own, each = np.array([x.value[0] / d1, w2 / d2, w3 / d3]), [x[0] / one.d, two.w / two.d, three.w / three.d]
    rate = neurons.gradient("rate", own, None, "(x, w₂, w₃)/d", _("passes on"), each=each, number_format="0.000")
    change = turn.value * np.cumprod(own)
    looks = {"first": lambda: turn * rate[0], "number_format": "0.0000", "shading": Shading.BAR}
    symbol = "Δh₁, Δh₂, ΔO"
    came = neurons.derived("passed_on", change, lambda k: came[k - 1] * rate[k], symbol, _("change"), **looks)
    with page.left():
        page.sentence("rates_boxes", BOXES)
        page.gap()
        digits, value, title = {"number_format": "0.0000"}, np.prod(own), _("product of the three")
        product = page.gradient("rate_product", value, lambda: rate[0] * rate[1] * rate[2], "", title, **digits)
        value, title, math = (
            h3.value[0] + value * turn.value,
            _("output, predicted"),
            _("output now + product · turn of w₁"),
        )
        predicted = page.derived(
            "rates_predicted", value, lambda: h3[0] + product * turn, "", title, math=math, **digits
        )
        title, math = _("output, computed"), _("the whole network again (page Chain)")
        computed = page.derived("rates_computed", O.value, lambda: O, "", title, math=math, **digits)
        words = _("▶ {r1:3p} · {r2:3p} · {r3:3p} = {product:3}: that share of a turn of w₁ reaches the output.")
        with page.into(said):
            page.live("rates_say", words, r1=rate[0], r2=rate[1], r3=rate[2], product=product)
    size = size_of(page, "size_predicted", computed)
    page.check("check_predicted", _("the predicted output is the computed one"), predicted, computed, EXACT * 10, size)
    with page.right():
        cells, alt = (
            [turn.whole(), *(came[k] for k in range(3))],
            _("Columns: the turn of w₁, and what is left of it after each neuron."),
        )
        page.chart(shrinking(page, "rates", ("Δw₁", "Δh₁", "Δh₂", "ΔO"), cells, _("after each neuron"), alt, columns=7))
    page.try_(_("Type 0 for the weight of neuron 2: the product is 0. Whatever w₁ does, the output stands still."))
    title = _("product if d₃ is twice as large")
    half = rate[0] * rate[1] * rate[2] / 2
    page.turn(
        "rates_turn",
        _("d₃ becomes twice as large. What is the product then? Do not type it above. (0.001 off is close enough)"),
        page.offstage_block("rates_half", product.value / 2, lambda: half, title=title),
        0.001,
        _("One factor is halved, and so is the product."),
        _("one factor is halved."),
    )
    page.remember(_("A chain of changes is a product of rates; a single zero stops it."))
