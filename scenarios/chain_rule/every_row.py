"""Sheets EveryRow and SecondPass: the loss of all rows, the walk back for each of them, and the rows after the step."""

from __future__ import annotations

import numpy as np

from scenarios.chain_rule.network import (
    DATA,
    IDS,
    NAMES,
    SUBSCRIPTS,
    TYPED,
    Array,
    Network,
    Node,
    Pass,
    forward,
    forward_columns,
)
from scenarios.common.columns import shown_again, sum_under
from workbook.block import Block, Counter, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import total
from workbook.page import Page, Table
from workbook.sheet import Kind, value_of
from workbook.text import _

LONG = {"number_format": "0.0000"}


def every_row_page(book: Book, net: Network, passed: Pass, y: Array) -> list[Block]:
    """Add the loss, and the walk back of every row; return the six slopes, summed over the rows, in theta's order."""
    page = book.page("EveryRow", _("Backwards for every row"), kind=Kind.DEEPER)
    page.step(
        _("The loss: how far the output is from the target"),
        _("One more function at the end of the line; the chain simply gets one link longer."),
        "L = Σ ½·(O − y)²,  "
        + _("the sum over the rows, not the mean")
        + "          ∂L/∂w₁ = ∂L/∂O · ∂h₃/∂h₂ · ∂h₂/∂h₁ · ∂h₁/∂w₁",
    )
    said = page.keep()
    page.gap()
    h3 = passed.h3
    with page.table(Counter("i = "), len(h3.value)) as t:
        shown_again(t, "x_cost", passed.x, _("input"), "x", TYPED)
        O = shown_again(t, "O", h3, _("output"), "O = h₃", "0.0000")
        Y = t.given("y", y, "y", _("target"), valid=DATA)
        off = h3.value - Y.value
        error = t.derived("error", off, lambda i: O[i] - Y[i], "O − y", _("error"), **LONG)
        C = t.derived(
            "C_rows", 0.5 * off**2, lambda i: 0.5 * error[i] ** 2, "½(O − y)²", _("half squared error"), **LONG
        )
        t.total(C, Block("C", Role.DERIVED, np.sum(C.value), symbol="L", formula=lambda: total(C)))
    with page.into(said):
        page.sentence("say_cost", "L₁ = ½·({O[0]:4} − {y[0]:4p})² = {C_rows[0]:4}        L = ΣL = {C:4}")
    page.step(
        _("Backwards through every neuron"),
        _("Walk back from the loss: at each neuron divide by d, note the slopes of w and b, multiply by w, go on."),
        "∂L/∂O = O − y      δ = ∂L/∂z = ∂L/∂h / d      ∂L/∂w = δ · "
        + _("what came in")
        + "      ∂L/∂b = δ      ∂L/∂h"
        + _("(below)")
        + " = w·δ",
    )
    _walk_back(page, net, passed, Y)
    return [book[f"dC_d{id}"] for id in IDS]


def _walk_back(page: Page, net: Network, passed: Pass, y: Block) -> None:
    h3, said = passed.h3, page.keep()
    page.gap()
    with page.table(Counter("i = "), len(y.value)) as t:
        title, math = _("at the output"), "O − y"
        above = t.gradient("dC_dO", h3.value - y.value, lambda i: h3[i] - y[i], "∂L/∂O", title, math=math, **LONG)
        for node, came in zip(reversed(net.nodes), reversed(passed.incoming), strict=True):
            above = _through(t, node, came, above)
    page.remark(_("The sums under the columns are the gradient: ∂L/∂b under δ, ∂L/∂w under its column."))
    with page.into(said):
        page.sentence(
            "say_delta1",
            "δ₁ = ({h3[0]:4} − {y[0]:4p})/{d[2]:2} · {w[2]:2p}/{d[1]:2} · {w[1]:2p}/{d[0]:2} = {delta1[0]:4}",
        )
        page.sentence("say_dw1", "∂L₁/∂w₁ = δ₁·x = {delta1[0]:4p}·{x[0]:2p} = {dC_dw1_rows[0]:4}")
        words = _(
            "with ∂O/∂w₁ from the sheet Article: ∂L₁/∂w₁ = (O − y)·∂O/∂w₁ = {dC_dO[0]:4p}·{dh3_dw1[0]:4p} = {dC_dw1_rows[0]:4}"
        )
        page.sentence("say_link", words)


def _through(t: Table, node: Node, came: Block, above: Block) -> Block:
    """Add δ of a neuron, its weight's slope, and what it hands to the neuron before it; return that."""
    k, sub, w, d = node.number, node.sub, value_of(node.w), value_of(node.d)
    title, math = _("neuron {neuron} and its bias").format(neuron=k), f"{above.symbol} / d{sub}"
    value, symbol = above.value / d, f"δ{sub} = ∂L/∂b{sub}"
    delta = t.gradient(f"delta{k}", value, lambda i: above[i] / node.d, symbol, title, math=math, **LONG)
    title, math = _("weight {neuron}").format(neuron=k), f"δ{sub}·{came.symbol}"
    value = delta.value * came.value
    dw = t.gradient(f"dC_dw{k}_rows", value, lambda i: delta[i] * came[i], f"∂L/∂w{sub}", title, math=math, **LONG)
    for name, column in (("b", delta), ("w", dw)):
        value, formula = np.sum(column.value), total(column)
        sums = Block(f"dC_d{name}{k}", Role.GRADIENT, value, "", f"∂L/∂{name}{sub}", formula=lambda f=formula: f)
        t.total(column, sums)
    if k == 1:
        return delta
    title, symbol = _("passed on to neuron {neuron}").format(neuron=k - 1), f"∂L/∂h{SUBSCRIPTS[k - 1]}"
    value, math = delta.value * w, f"w{sub}·δ{sub}"
    return t.gradient(f"dC_dh{k - 1}", value, lambda i: node.w * delta[i], symbol, title, math=math, **LONG)


def second_pass_page(book: Book, net: Network, passed: Pass) -> None:
    """Run the rows through the parameters after the step: their losses before and after, and both sums."""
    new, y = book["theta_new"], book["y"]
    page = book.page("SecondPass", _("The step, row by row"), kind=Kind.DEEPER)
    page.step(_("Second forward pass: did the loss fall?"), _("The same inputs through the new parameters."))
    nodes = net.nodes_with([new[q] for q in range(6)], [f"{name}′" for name in NAMES])
    values = forward(new.value, net.d.value, passed.x.value)
    with page.table(Counter("i = "), len(y.value)) as t:
        x = shown_again(t, "x_second", passed.x, _("input"), "x", TYPED)
        titles = (_("first neuron"), _("second neuron"), _("output"))
        O = forward_columns(t, nodes, values, x, titles, "_second").h3
        again = shown_again(t, "y_second", y, _("target"), "y", "0.0000")
        before = shown_again(t, "C_before_rows", book["C_rows"], _("loss before"), "L")
        value, title, math = 0.5 * (O.value - y.value) ** 2, _("loss after"), "½(h₃′ − y)²"
        after = t.derived("C_after_rows", value, lambda i: 0.5 * (O[i] - again[i]) ** 2, "L′", title, math=math, **LONG)
        sum_under(t, before, "C_before")
        sum_under(t, after, "C_after")
    page.gap()
    series = (
        Series(_("target y"), passed.x[:], y[:], mark=Mark.POINTS),
        Series(_("O before"), passed.x[:], passed.h3[:]),
        Series(_("O after"), passed.x[:], O[:], dashed=True),
    )
    alt = _("The targets as points over x, the output before the step as a line, and after it as a dashed line.")
    page.chart(Chart(_("Output before and after the step, and the targets"), series, "x", "O, y", alt))
