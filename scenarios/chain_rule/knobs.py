"""Page Knobs: six knobs, six rates, for a row that the reader chooses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.chain_rule.forward import Pass, in_row
from scenarios.chain_rule.network import NAMES, TYPED, Network
from workbook.block import Between, Block, Shading
from workbook.chart import Chart, Mark, Series
from workbook.formula import absolute, as_expr, call, largest, pick
from workbook.page import Page
from workbook.text import _

NODE_OF = np.repeat([1, 2, 3], 2)
"""Which neuron holds each of the six parameters."""

RATES = "#2563EB"


@dataclass(frozen=True)
class Knobs:
    """The chosen row's numbers, and the rate of each knob for it."""

    x: Block
    h1: Block
    h2: Block
    O: Block
    rates: Block


def knobs_page(page: Page, net: Network, passed: Pass) -> Knobs:
    """Let the reader choose a row; show how strongly each knob moves its output."""
    n = len(passed.x.value)
    with page.left():
        row = page.given("row", 1, valid=Between(1, n, whole=True), symbol="i", title=_("input row"), number_format="0")
        shown = page.keep()
        page.gap()
        said = page.keep()
        page.gap()
        with page.into(shown):
            value, cell = in_row(passed.x, row)
            x = page.derived(
                "row_x",
                value,
                lambda: cell,
                symbol="x",
                title=_("its input"),
                number_format=TYPED,
                shading=Shading.WHOLE,
            )
        h1, h2, O = (
            _chosen(page, row, id, column) for id, column in (("h1", passed.h1), ("h2", passed.h2), ("h3", passed.h3))
        )
        rates = _six_products(page, net, (x, h1, h2))
        with page.into(said):
            strongest = _strongest(page, rates)
            page.live(
                "knobs_say",
                _("▶ For x = {x:0t} the knob that moves the output most is {name}: {rate:3} for each 1."),
                x=x,
                name=strongest[0],
                rate=strongest[1],
            )
    with page.right():
        page.chart(_bars(page, rates))
    _questions(page, net, passed)
    return Knobs(x, h1, h2, O, rates)


def _chosen(page: Page, row: Block, name: str, column: Block) -> Block:
    value, cell = in_row(column, row)
    return page.offstage_block(
        f"row_{name}", value, lambda: cell, title=_("{name} of the chosen row").format(name=column.symbol)
    )


def _six_products(page: Page, net: Network, incoming: tuple[Block, ...]) -> Block:
    """Add what comes in through each knob, its neuron's own rate, the rates of the neurons to come, and the product."""
    w, d = net.w.value, net.d.value
    came = np.array([[float(block.value), 1.0] for block in incoming]).ravel()
    with page.table(NAMES, 6) as table:
        comes = table.derived(
            "knob_in",
            came,
            None,
            each=[cell for block in incoming for cell in (block.whole(), as_expr(1))],
            title=_("what comes in"),
            number_format=TYPED,
            shading=Shading.WHOLE,
        )
        own = table.gradient(
            "factor_own",
            came / np.repeat(d, 2),
            None,
            each=[comes[q] / net.d[q // 2] for q in range(6)],
            title=_("own rate"),
            symbol="÷ d",
            number_format="0.000",
        )
        factors = {}
        for node in net.nodes[1:]:
            k = node.number
            factors[k] = table.gradient(
                f"factor{k}",
                np.where(k > NODE_OF, w[k - 1] / d[k - 1], 1.0),
                None,
                each=[node.w / node.d if holder < k else as_expr(1) for holder in NODE_OF],
                title=_("through neuron {neuron}").format(neuron=k),
                symbol=f"w{node.sub}/d{node.sub}",
                number_format="0.000",
                shading=Shading.WHOLE,
            )
        return table.gradient(
            "products",
            factors[3].value * factors[2].value * own.value,
            lambda p: factors[3][p] * factors[2][p] * own[p],
            title=_("product"),
            symbol="∂O/∂θ",
            number_format="0.000",
        )


def _strongest(page: Page, rates: Block) -> tuple[Block, Block]:
    """Return name and rate of the knob that moves the output most, whichever way."""
    with page.book.helpers.table(None, 6) as t:
        names = t.recorded("knob_names", np.array(NAMES, dtype=object), title=_("knob"))
        sizes = t.derived(
            "knob_sizes", np.abs(rates.value), lambda p: absolute(rates[p]), title=_("its rate without sign")
        )
    first = int(np.argmax(sizes.value))

    name = page.offstage_block(
        "knob_strongest",
        names.value[first],
        lambda: pick(names, call("MATCH", largest(sizes), sizes, 0)),
        title=_("knob"),
    )
    rate = page.offstage_block(
        "knob_strongest_rate",
        rates.value[first],
        lambda: pick(rates, call("MATCH", largest(sizes), sizes, 0)),
        title=_("its rate"),
    )
    return name, rate


def _bars(page: Page, rates: Block) -> Chart:
    return Chart(
        "",
        (Series(_("rate"), page.book["knob_names"][:], rates[:], Mark.COLUMNS, RATES),),
        _("knob"),
        "∂O/∂θ",
        _("Columns: how far the output moves for each 1 that a knob is turned, for the chosen input row."),
        columns=7,
        rows=17,
        legend=False,
    )


def _questions(page: Page, net: Network, passed: Pass) -> None:
    n = len(passed.x.value)
    if n > 1:
        page.try_(
            _(
                "Type {last} for the row: the bars of the weights change with what comes in, those of the biases stay."
            ).format(last=n)
        )
    h1, w, d = passed.h1, net.w, net.d
    page.turn(
        "knobs_turn",
        _(
            "Without choosing it: what is the rate of w₂ in row {last}? Its x stands on the sheet Article. (0.002 off is close enough)"
        ).format(last=n),
        page.offstage_block(
            "knobs_w2",
            w.value[2] / d.value[2] * (h1.value[-1] / d.value[1]),
            lambda: w[2] / d[2] * (h1[n - 1] / d[1]),
            title=_("rate of w₂ in the last row"),
        ),
        0.002,
        _("What came in, times the rest of the chain."),
        _("first h₁ = (w₁·x + b₁)/d₁, then (w₃/d₃)·(h₁/d₂)."),
    )
    page.remember(_("Weight: what came in times the rest of the chain. Bias: the same with 1."))
