"""Sheet Article: the article's columns A to F in the sheet's own columns A to F, and the repeated rows with the changed w1."""

from __future__ import annotations

import numpy as np

from scenarios.chain_rule.network import DATA, EXACT, NAMES, TURN, TYPED, Array, Network, Pass, forward, forward_columns
from scenarios.common.columns import shown_again
from workbook.block import Block, Formula
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import call, sqrt
from workbook.page import Flow, Page, Table
from workbook.sheet import Kind
from workbook.text import _

X = np.array([2.0, 4.0, 6.0, 8.0, 10.0])
"""Inputs chosen here; x = 2 makes every neuron of the network that we start with give exactly 1."""

PRODUCT = "∂h₃/∂w₁ = ∂h₃/∂h₂ · ∂h₂/∂h₁ · ∂h₁/∂w₁ = (w₃/d₃)·(w₂/d₂)·(x/d₁)          E = h₃ + ∂h₃/∂w₁ · Δw₁"
LONG = {"number_format": "0.0000"}


def article_page(book: Book, rates: Page, net: Network, x: Array) -> tuple[Pass, Block]:
    """Add the article's table and the repeated rows; return the pass and the rate ∂O/∂w1.

    Its checks show on the page of the rates.
    """
    title = _("The article's table: predict the output, then compute it")
    page = book.page("Article", title, kind=Kind.ARTICLE, margin=False)
    claim = _("Multiply the three rates, and you know what O will do before you compute it.")
    page.step(_("Columns A to F: forward, a prediction, and the derivative by approximation"), claim, PRODUCT)
    turn = page.setting(TURN, "delta_w1", title=_("change of w₁"))
    page.gap()
    said = page.keep()
    page.gap()
    changed = np.array([net.theta[0] + turn.value, *net.theta[1:]])
    with page.table(None, len(x)) as t:
        A = t.given("x", x, "x", _("A · input"), valid=DATA)
        names = (_("B · first neuron"), _("C · second neuron"), _("D · output"))
        new = forward(changed, net.d.value, A.value)
        passed = forward_columns(t, net.nodes, forward(net.theta, net.d.value, A.value), A, names)
        h3, product = passed.h3, A.value / net.d.value[0] * np.prod(net.w.value[1:] / net.d.value[1:])
        E_value, title = h3.value + product * turn.value, _("E · new h₃, predicted")
        math = "D + ∂h₃/∂w₁·Δw₁"
        E = t.derived("h3_predicted", E_value, lambda i: h3[i] + rate[i] * turn, "E", title, math=math, **LONG)
        F_value, title, math = (new[2] - h3.value) / turn.value, _("F · derivative by approximation"), "(h₃′ − h₃)/Δw₁"
        F = t.gradient("quotient_w1", F_value, lambda i: (D[i] - h3[i]) / turn, "Δh₃/Δw₁", title, math=math, **LONG)
        t.skip()
        rate = _rate_of_w1(t, net, A)
    with page.into(said):
        _first_row(page)
    picture = page.keep()
    D = _repeated_rows(page, rates, net, passed, turn, (rate, E, F), new)
    _chart(page, picture, passed, E, D)
    page.source(_("Chosen here: the inputs and Δw₁. F reads the new D of the repeated rows."))
    return passed, rate


def _rate_of_w1(t: Table, net: Network, x: Block) -> Block:
    """Add how each neuron passes a change on, and return the product."""
    one, two, three = net.nodes
    (_w1, w2, w3), (d1, d2, d3), n = net.w.value, net.d.value, len(x.value)

    def add(id: str, value: Array, formula: Formula, neuron: int, symbol: str, math: str) -> Block:
        title = _("rate of neuron {neuron}").format(neuron=neuron)
        return t.gradient(id, value, formula, symbol, title, math=math, **LONG)

    by_h2 = add("dh3_dh2", np.full(n, w3 / d3), lambda i: three.w / three.d, 3, "∂h₃/∂h₂", "w₃/d₃")
    by_h1 = add("dh2_dh1", np.full(n, w2 / d2), lambda i: two.w / two.d, 2, "∂h₂/∂h₁", "w₂/d₂")
    by_w1 = add("dh1_dw1", x.value / d1, lambda i: x[i] / one.d, 1, "∂h₁/∂w₁", "x/d₁")
    value = w3 / d3 * (w2 / d2) * (x.value / d1)
    title = _("product of the three")
    return t.gradient("dh3_dw1", value, lambda i: by_h2[i] * by_h1[i] * by_w1[i], "∂h₃/∂w₁", title, **LONG)


def _first_row(page: Page) -> None:
    """Write the first row out."""
    page.sentence("say_h1", "h₁ = ({w[0]:2p}·{x[0]:2p} + {b[0]:2p})/{d[0]:2} = {h1[0]:4}")
    page.sentence("say_h2", "h₂ = ({w[1]:2p}·{h1[0]:4p} + {b[1]:2p})/{d[1]:2} = {h2[0]:4}")
    page.sentence("say_h3", "h₃ = ({w[2]:2p}·{h2[0]:4p} + {b[2]:2p})/{d[2]:2} = {h3[0]:4}")
    page.sentence(
        "say_predicted",
        "E = {h3[0]:4} + ({w[2]:2}/{d[2]:2})·({w[1]:2}/{d[1]:2})·({x[0]:2}/{d[0]:2})·{delta_w1:3p}"
        " = {h3[0]:4} + {dh3_dw1[0]:4p}·{delta_w1:3p} = {h3_predicted[0]:4}",
    )


def _repeated_rows(
    page: Page, rates: Page, net: Network, passed: Pass, turn: Block, before: tuple[Block, Block, Block], new: Array
) -> Block:
    """Add the rows once more with the changed w1; return their column D. `before` are the rates' product, E and F."""
    page.step(
        _("The repeated rows: turn w₁ for real. Was the prediction right?"),
        _("The new w₁ goes through the whole network: the new D is the E that was predicted, and F is the product."),
        "∂O/∂w₁ ≈ Δh₃/Δw₁ = (h₃′ − h₃)/Δw₁          (w₃/d₃)·(w₂/d₂)·(x/d₁) = w₂·w₃·x/(d₁·d₂·d₃)",
    )
    (rate, E, F), w, d, x = before, net.w, net.d, passed.x
    new_w1 = page.derived(
        "w1_new", w.value[0] + turn.value, lambda: w[0] + turn, "w₁′", _("new w₁"), number_format="0.0###"
    )
    divisors = page.derived(
        "divisors", np.prod(d.value), lambda: d[0] * d[1] * d[2], "d₁·d₂·d₃", number_format="#,##0.0###"
    )
    page.gap()
    said = page.keep()
    page.gap()
    nodes = net.nodes_with([new_w1.whole(), *net.cells[1:]], ["w₁′", *NAMES[1:]])
    with page.table(None, len(x.value)) as t:
        A = shown_again(t, "x_again", x, _("A · input"), "x", TYPED)
        names = (_("B · first neuron"), _("C · second neuron"), _("D · new h₃"))
        D = forward_columns(t, nodes, new, A, names, "_new").h3
        E_again = shown_again(t, "h3_predicted_again", E, _("E · predicted above"), "E")
        F_again = shown_again(t, "quotient_w1_again", F, _("F · derivative by approximation"), "Δh₃/Δw₁")
        t.skip()
        chain = shown_again(t, "dh3_dw1_again", rate, _("by the chain rule"), "∂h₃/∂w₁")
        value, title, symbol = (
            w.value[1] * w.value[2] * x.value / divisors.value,
            _("by one formula"),
            "w₂·w₃·x/(d₁d₂d₃)",
        )
        closed = t.gradient("dh3_dw1_closed", value, lambda i: w[1] * w[2] * A[i] / divisors, symbol, title, **LONG)
    with page.into(said):
        page.sentence(
            "say_quotient",
            "F = ({h3_new[0]:4} − {h3[0]:4p})/{delta_w1:3p} = {quotient_w1[0]:4}",
        )
        page.sentence(
            "say_factors",
            "({w[2]:2}/{d[2]:2})·({w[1]:2}/{d[1]:2})·({x[0]:2}/{d[0]:2}) = {dh3_dw1_closed[0]:4}",
        )
        page.sentence("say_closed", "{w[1]:2p}·{w[2]:2p}·{x[0]:2p}/{divisors:2} = {dh3_dw1_closed[0]:4}")
    page.text(_("They agree for any Δw₁: h₃ is a straight line in w₁. With a bent activation they only come close."))
    page.gap()
    length, title = 1 + np.sqrt(np.sum(D.value**2)), _("what a check's differences are divided by")
    size = rates.offstage_block("size_h3", length, lambda: 1 + sqrt(call("SUMSQ", D)), title=title)
    size_F = rates.offstage_block("size_quotient", length / turn.value, lambda: size / turn, title=title)
    rates.check("check_DE", _("new D meets the earlier E"), D, E_again, EXACT, size)
    rates.check("check_F", _("F meets the product"), F_again, chain, EXACT, size_F)
    rates.check("check_closed", _("product = w₂·w₃·x/(d₁·d₂·d₃)"), closed, chain, EXACT, size_F)
    return D


def _chart(page: Page, place: Flow, passed: Pass, E: Block, D: Block) -> None:
    x, h3 = passed.x, passed.h3
    series = (
        Series(_("h₃ (column D)"), x[:], h3[:]),
        Series(_("predicted (column E)"), x[:], E[:], dashed=True),
        Series(_("recomputed (new column D)"), x[:], D[:], mark=Mark.POINTS),
    )
    alt = _("Over the input x: the output as a line, the predicted one dashed, the recomputed one as points on it.")
    with page.into(place):
        page.chart(Chart(_("The output before the change, predicted, and recomputed"), series, "x", "h₃", alt))
