"""Sheet Article: the article's columns A to F in the sheet's own columns A to F, and the repeated rows with the changed w1."""

from __future__ import annotations

import numpy as np

from scenarios.chain_rule.comparison import EXACT, yardstick
from scenarios.chain_rule.forward import Pass, forward, forward_columns
from scenarios.chain_rule.network import DATA, LONG, NAMES, NUDGE, TYPED, Network, Node
from scenarios.common.activations import Array
from scenarios.common.columns import caption, shown_again
from workbook.block import Block, Formula
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet, Table
from workbook.formula import call, sqrt
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _

X = np.array([2.0, 4.0, 6.0, 8.0, 10.0])
"""Inputs chosen here; x = 2 makes every neuron of the network that we start with give exactly 1."""


def article_table_sheet(book: Book, rates: Page, net: Network, dw1: float, x: Array) -> tuple[Pass, Block, Block]:
    """Add the article's table and the repeated rows; return the pass, Δw1 and the rate ∂O/∂w1.

    Its checks show on the page of the rates.
    """
    sheet = book.sheet("Article", _("The article's table: predict the output, then compute it"), kind=Kind.ARTICLE)
    sheet.step(
        _("Columns A to F: forward, a prediction, and the derivative by approximation"),
        _(
            "A change of w₁ is scaled by every neuron on its way to O: multiply the three rates and you know what O "
            "will do before you compute it."
        ),
        "∂h₃/∂w₁ = ∂h₃/∂h₂ · ∂h₂/∂h₁ · ∂h₁/∂w₁ = (w₃/d₃)·(w₂/d₂)·(x/d₁)          E = h₃ + ∂h₃/∂w₁ · Δw₁",
    )
    fields = caption(_("change of w₁"), "Δw₁", TYPED, remark=_("chosen here; not 0"))
    delta_w1 = sheet.given("delta_w1", dw1, valid=NUDGE, **fields)
    sheet.gap()
    lines = lines_above(sheet, 4)
    w1 = float(net.w.value[0] + delta_w1.value)
    new = forward(np.array([w1, *net.theta[1:]]), net.d.value, x)
    with _lettered(sheet, len(x)) as table:
        A = table.given("x", x, valid=DATA, **caption(_("A · input"), "x", TYPED))
        titles = (_("B · first neuron"), _("C · second neuron"), _("D · output"))
        h1, h2, h3 = forward_columns(table, net.nodes, forward(net.theta, net.d.value, x), A, titles)
        product = net.w.value[2] / net.d.value[2] * (net.w.value[1] / net.d.value[1]) * (x / net.d.value[0])
        E = table.derived(
            "h3_predicted",
            h3.value + product * delta_w1.value,
            lambda i: h3[i] + rate[i] * delta_w1,
            **caption(_("E · new h₃, predicted"), "E", LONG, math="D + ∂h₃/∂w₁·Δw₁"),
        )
        F = table.gradient(
            "quotient_w1",
            (new[2] - h3.value) / delta_w1.value,
            lambda i: (h3_new[i] - h3[i]) / delta_w1,
            **caption(_("F · derivative by approximation"), "Δh₃/Δw₁", LONG, math="(h₃′ − h₃)/Δw₁"),
        )
        table.skip()
        rate = _rate_of_w1(table, net, A)
    sheet.remark(_("F reads the new D of the repeated rows below. Chosen here: the inputs."))
    passed = Pass(A, h1, h2, h3)
    _first_row_written_out(sheet, lines, net, passed, delta_w1, rate, E)
    h3_new = _repeated_rows(sheet, rates, net, passed, delta_w1, (rate, E, F), new)
    return passed, delta_w1, rate


def lines_above(sheet: Sheet, count: int) -> list[int]:
    """Keep rows free above a table for sentences about its first row."""
    rows = [sheet.reserve() for _line in range(count)]
    sheet.gap()
    return rows


def _lettered(sheet: Sheet, length: int) -> Table:
    """Begin a table without a heading column: what the article calls A stands in the sheet's column A."""
    table = sheet.table(None, length)
    table.column = 0
    return table


def _rate_of_w1(table: Table, net: Network, x: Block) -> Block:
    """Add how each neuron passes a change on, and return the product."""
    one, two, three = net.nodes
    (_w1, w2, w3), (d1, d2, d3) = net.w.value, net.d.value

    def add(id: str, value: Array, formula: Formula, node: Node, symbol: str, math: str) -> Block:
        title = _("rate of neuron {neuron}").format(neuron=node.number)
        return table.gradient(id, value, formula, **caption(title, symbol, math=math))

    n = len(x.value)
    by_h2 = add("dh3_dh2", np.full(n, w3 / d3), lambda i: three.w / three.d, three, "∂h₃/∂h₂", "w₃/d₃")
    by_h1 = add("dh2_dh1", np.full(n, w2 / d2), lambda i: two.w / two.d, two, "∂h₂/∂h₁", "w₂/d₂")
    by_w1 = add("dh1_dw1", x.value / d1, lambda i: x[i] / one.d, one, "∂h₁/∂w₁", "x/d₁")
    return table.gradient(
        "dh3_dw1",
        w3 / d3 * (w2 / d2) * (x.value / d1),
        lambda i: by_h2[i] * by_h1[i] * by_w1[i],
        **caption(_("product of the three"), "∂h₃/∂w₁", LONG),
    )


def _first_row_written_out(
    sheet: Sheet, lines: list[int], net: Network, passed: Pass, delta_w1: Block, rate: Block, E: Block
) -> None:
    one, two, three = net.nodes
    outputs = (passed.h1, passed.h2, passed.h3)
    for node, x, h, line in zip(net.nodes, passed.incoming, outputs, lines, strict=False):
        digits = 2 if node.number == 1 else 4
        words = f"h{node.sub} = ({{w:2p}}·{{x:{digits}p}} + {{b:2p}})/{{d:2}} = {{h:4}}"
        sheet.sentence(f"say_h{node.number}", words, line, w=node.w, x=x[0], b=node.b, d=node.d, h=h[0])
    sheet.sentence(
        "say_predicted",
        "E = {h3:4} + ({w3:2}/{d3:2})·({w2:2}/{d2:2})·({x:2}/{d1:2})·{dw:3p} = {h3:4} + {rate:6p}·{dw:3p} = {e:6}",
        lines[-1],
        **{"h3": passed.h3[0], "x": passed.x[0], "dw": delta_w1, "rate": rate[0], "e": E[0]},
        **{"w3": three.w, "d3": three.d, "w2": two.w, "d2": two.d, "d1": one.d},
    )


def _repeated_rows(
    sheet: Sheet,
    page: Page,
    net: Network,
    passed: Pass,
    delta_w1: Block,
    before: tuple[Block, Block, Block],
    values: Array,
) -> Block:
    """Add the rows once more with the changed w1; return their column D. `before` are the rates' product, E and F."""
    sheet.step(
        _("The repeated rows: turn w₁ for real. Was the prediction right?"),
        _(
            "The new w₁ goes through the whole network: the new column D is the E that was predicted, and the change "
            "of h₃ over the change of w₁ is the product of the rates."
        ),
        "∂O/∂w₁ ≈ Δh₃/Δw₁ = (h₃′ − h₃)/Δw₁          (w₃/d₃)·(w₂/d₂)·(x/d₁) = w₂·w₃·x/(d₁·d₂·d₃)",
    )
    rate, E, F = before
    w, d, x, h3 = net.w, net.d, passed.x, passed.h3
    D = np.prod(d.value)
    fields = caption(_("new w₁"), "w₁′", TYPED, math="w₁ + Δw₁")
    new_w1 = sheet.derived("w1_new", w.value[0] + delta_w1.value, lambda: w[0] + delta_w1, **fields)
    fields = caption("", "d₁·d₂·d₃", "#,##0.####", remark=_("with the article's divisors 504"))
    divisors = sheet.derived("divisors", D, lambda: d[0] * d[1] * d[2], **fields)
    sheet.gap()
    (line,) = lines_above(sheet, 1)
    nodes = net.nodes_with([new_w1.whole(), *net.cells[1:]], ["w₁′", *NAMES[1:]])
    with _lettered(sheet, len(x.value)) as table:
        A = shown_again(table, "x_again", x, _("A · input"), "x")
        titles = (_("B · first neuron"), _("C · second neuron"), _("D · new h₃"))
        *_hidden, h3_new = forward_columns(table, nodes, values, A, titles, "_new")
        E_again = shown_again(table, "h3_predicted_again", E, _("E · predicted above"), "E")
        F_again = shown_again(table, "quotient_w1_again", F, _("F · derivative by approximation"), "Δh₃/Δw₁")
        table.skip()
        chain = shown_again(table, "dh3_dw1_again", rate, _("by the chain rule"), "∂h₃/∂w₁")
        closed = table.gradient(
            "dh3_dw1_closed",
            w.value[1] * w.value[2] * x.value / D,
            lambda i: w[1] * w[2] * A[i] / divisors,
            **caption(_("by one formula"), "w₂·w₃·x/(d₁d₂d₃)", LONG),
        )
    sheet.sentence(
        "say_quotient",
        "F = ({new:6} − {old:6p})/{dw:3p} = {f:6}        ({w3:2}/{d3:2})·({w2:2}/{d2:2})·({x:2}/{d1:2}) = "
        "{w2:2p}·{w3:2p}·{x:2p}/{D:2} = {rate:6}",
        line,
        **{"new": h3_new[0], "old": h3[0], "dw": delta_w1, "f": F[0], "x": x[0], "D": divisors, "rate": closed[0]},
        **{"w3": w[2], "d3": d[2], "w2": w[1], "d2": d[1], "d1": d[0]},
    )
    sheet.text(
        _(
            "They agree to the last digit, and for any Δw₁, because h₃ is a straight line in w₁ when nothing else "
            "moves. With a bent activation function the approximation would only come close, the closer the smaller "
            "Δw₁."
        )
    )
    sheet.gap()
    size, math = 1 + np.sqrt(np.sum(h3_new.value**2)), "1 + ‖D‖"
    size_D = yardstick(page, "size_h3", size, lambda: 1 + sqrt(call("SUMSQ", h3_new)), math)
    page.check("check_DE", _("new D meets the earlier E"), h3_new, E_again, EXACT, size_D)
    title, remark = _("yardstick for column F"), _("dividing by Δw₁ enlarges what rounding leaves")
    size, math = size / delta_w1.value, "(1 + ‖D‖)/Δw₁"
    size_F = yardstick(page, "size_quotient", size, lambda: size_D / delta_w1, math, title, remark)
    page.check("check_F", _("F meets the product"), F_again, chain, EXACT, size_F)
    page.check("check_closed", _("product = w₂·w₃·x/(d₁·d₂·d₃)"), closed, chain, EXACT, size_F)
    sheet.gap()
    _chart(sheet, x, h3, E, h3_new)
    return h3_new


def _chart(sheet: Sheet, x: Block, h3: Block, E: Block, h3_new: Block) -> None:
    sheet.chart(
        Chart(
            _("The output before the change, predicted, and recomputed"),
            (
                Series(_("h₃ (column D)"), x[:], h3[:]),
                Series(_("predicted (column E)"), x[:], E[:], dashed=True),
                Series(_("recomputed (new column D)"), x[:], h3_new[:], mark=Mark.POINTS),
            ),
            "x",
            "h₃",
            _(
                "Three series over the input x: the output as a line, the predicted new output as a dashed line, and "
                "the recomputed new output as points that lie on the dashed line."
            ),
        )
    )
