"""Page Rates: each neuron passes its share of a change on; the product of the shares tells the result beforehand."""

from __future__ import annotations

import numpy as np

from scenarios.chain_rule.chain import CHANGES, Turned
from scenarios.chain_rule.comparison import EXACT
from scenarios.chain_rule.forward import Pass
from scenarios.chain_rule.network import Network
from workbook.block import Block, Shading
from workbook.chart import Chart, Mark, Series
from workbook.formula import absolute
from workbook.page import Flow, Page, Table, Voice
from workbook.text import _

SHORT = "0.000"


def rates_page(page: Page, said: Flow, neurons: Table, net: Network, passed: Pass, turned: Turned) -> None:
    """Add the rates beside the parameters, their product, and the output that they predict."""
    (_w1, w2, w3), (d1, d2, d3) = net.w.value, net.d.value
    one, two, three = net.nodes
    x, turn = passed.x, turned.turn
    own = np.array([x.value[0] / d1, w2 / d2, w3 / d3])
    rate = neurons.gradient(
        "rate",
        own,
        None,
        each=[x[0] / one.d, two.w / two.d, three.w / three.d],
        title=_("passes on"),
        symbol="(x, w₂, w₃)/d",
        number_format=SHORT,
    )
    change = turn.value * np.cumprod(own)
    came = neurons.derived(
        "passed_on",
        change,
        lambda k: came[k - 1] * rate[k],
        first=lambda: turn * rate[0],
        title=_("change"),
        symbol="Δh₁, Δh₂, ΔO",
        number_format="0.0000",
        shading=Shading.BAR,
    )
    with page.left():
        page.sentence(
            "rates_boxes",
            "x/d₁ = {x:0p}/{d1:0} = {r1:3}   →   w₂/d₂ = {w2:0p}/{d2:0} = {r2:3}   →   w₃/d₃ = {w3:0p}/{d3:0} = {r3:3}",
            Voice.PLAIN,
            **{"x": x[0], "w2": two.w, "w3": three.w, "d1": one.d, "d2": two.d, "d3": three.d},
            **{f"r{k + 1}": rate[k] for k in range(3)},
        )
        page.gap()
        product = page.gradient(
            "rate_product",
            np.prod(own),
            lambda: rate[0] * rate[1] * rate[2],
            title=_("product of the three"),
            number_format="0.0000",
        )
        predicted = page.derived(
            "rates_predicted",
            passed.h3.value[0] + product.value * turn.value,
            lambda: passed.h3[0] + product * turn,
            title=_("output, predicted"),
            number_format="0.0000",
            math=_("output now + product · turn of w₁"),
        )
        computed = page.derived(
            "rates_computed",
            turned.after.h[2].value,
            lambda: turned.after.h[2],
            title=_("output, computed"),
            number_format="0.0000",
            math=_("the whole network again (page Chain)"),
        )
        with page.into(said):
            page.live(
                "rates_say",
                _("▶ {r1:3p} · {r2:3p} · {r3:3p} = {product:3}: that share of a turn of w₁ reaches the output."),
                r1=rate[0],
                r2=rate[1],
                r3=rate[2],
                product=product,
            )
    _check(page, predicted, computed)
    with page.right():
        page.chart(_shrinking(page, turn, came))
    _questions(page, rate, product)


def _check(page: Page, predicted: Block, computed: Block) -> None:
    size = page.offstage_block(
        "size_predicted",
        1 + abs(computed.value),
        lambda: 1 + absolute(computed),
        title=_("size of the output, for rounding"),
    )
    page.check("check_predicted", _("the predicted output is the computed one"), predicted, computed, EXACT * 10, size)


def _shrinking(page: Page, turn: Block, came: Block) -> Chart:
    names = np.array(["Δw₁", "Δh₁", "Δh₂", "ΔO"], dtype=object)
    with page.book.helpers.table(None, len(names)) as t:
        places = t.recorded("rates_places", names, title=_("place"))
        sizes = t.derived(
            "rates_sizes",
            [float(turn.value), *came.value],
            None,
            each=[turn.whole(), *(came[k] for k in range(3))],
            title=_("change there"),
        )
    return Chart(
        "",
        (Series(_("change"), places[:], sizes[:], Mark.COLUMNS, CHANGES),),
        _("after each neuron"),
        _("change"),
        _("Columns: the turn of w₁, and what is left of it after each neuron."),
        columns=7,
        rows=17,
        legend=False,
    )


def _questions(page: Page, rate: Block, product: Block) -> None:
    page.try_(_("Type 0 for the weight of neuron 2: the product is 0. Whatever w₁ does, the output stands still."))
    page.turn(
        "rates_turn",
        _("d₃ becomes twice as large. What is the product then? Do not type it above. (0.001 off is close enough)"),
        page.offstage_block(
            "rates_half",
            product.value / 2,
            lambda: rate[0] * rate[1] * rate[2] / 2,
            title=_("product if d₃ is twice as large"),
        ),
        0.001,
        _("One factor is halved, and so is the product."),
        _("one factor is halved."),
    )
    page.remember(_("A chain of changes is a product of rates; a single zero stops it."))
