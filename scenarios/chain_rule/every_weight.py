"""Sheet EveryWeight: for a chosen row, six nudged forward passes beside six products."""

from __future__ import annotations

import numpy as np

from scenarios.chain_rule.comparison import EXACT, apart, yardstick
from scenarios.chain_rule.forward import Pass, forward, in_row, row_chooser
from scenarios.chain_rule.network import LONG, NAMES, TYPED, Network
from scenarios.common.columns import caption
from workbook.block import Block, Formula, Role
from workbook.book import Book
from workbook.eager import Sheet
from workbook.formula import Direction, absolute, as_expr
from workbook.text import _


def every_weight_sheet(book: Book, net: Network, passed: Pass, delta_w1: Block) -> Block:
    """Add both ways to the six derivatives of O; return the table that says which parameter a column nudges."""
    sheet = book.sheet("EveryWeight", _("Every weight and every bias, for one input row"))
    sheet.step(
        _("Six difference quotients: six whole forward passes"),
        _(
            "Nudge one parameter at a time by the same Δ, run the whole network again, and see how far the output "
            "moved."
        ),
        "∂O/∂θ ≈ (O(θ + Δ) − O(θ)) / Δ          θ = w₁, b₁, w₂, b₂, w₃, b₃",
    )
    row = row_chooser(sheet, "row", passed)
    x = _chosen(sheet, row, "x", passed.x, "x", _("input"))
    h1 = _chosen(sheet, row, "h1", passed.h1, "h₁", _("first node"))
    h2 = _chosen(sheet, row, "h2", passed.h2, "h₂", _("second node"))
    O = _chosen(sheet, row, "h3", passed.h3, "O", _("output"))
    fields = caption(_("change of each"), "Δ", TYPED, remark=_("the Δw₁ of the sheet ArticleTable"))
    sheet.derived("delta_every", delta_w1.value, lambda: delta_w1, **fields)
    sheet.gap()
    fields = caption(_("1 marks the parameter that a column nudges"), number_format="0", rows=NAMES, columns=NAMES)
    which = sheet.recorded("which", np.eye(6), **fields)
    title = _("the six parameters, one of them nudged in each column")
    O_nudged = _nudged_pass(sheet, net, nudged(sheet, "nudged", net, which, delta_w1, 1, title), x)
    quotient = sheet.gradient(
        "quotients",
        (O_nudged.value[2] - O.value) / delta_w1.value,
        lambda p: (O_nudged[2, p] - O) / delta_w1,
        **caption(_("difference quotient"), number_format=LONG, math="(O(θ + Δ) − O)/Δ"),
        along=Direction.RIGHT,
        rows=["ΔO/Δ"],
        columns=NAMES,
    )
    words = "ΔO/Δb₁ = ({new:6} − {old:6p})/{delta:3} = {q:6}"
    sheet.sentence("say_quotient_b1", words, new=O_nudged[2, 1], old=O.whole(), delta=delta_w1.whole(), q=quotient[1])
    _six_products(sheet, net, (x, h1, h2), O, quotient, delta_w1)
    return which


def _chosen(sheet: Sheet, row: Block, name: str, column: Block, symbol: str, title: str) -> Block:
    value, cell = in_row(column, row)
    return sheet.derived(f"row_{name}", value, lambda: cell, **caption(title, symbol))


def nudged(sheet: Sheet, id: str, net: Network, which: Block, h: Block, sign: int, title: str) -> Block:
    """Add the six parameters six times over, (6, 6): in column p, h is added to parameter p or, by sign −1, taken away."""

    def entry(q: int) -> Formula:
        if sign > 0:
            return lambda p: net.cells[q] + which[q, p] * h
        return lambda p: net.cells[q] - which[q, p] * h

    value = net.theta[:, None] + sign * float(h.value) * np.eye(6)
    fields = caption(title, number_format=TYPED, rows=NAMES, columns=NAMES)
    return sheet.derived(id, value, None, each=[entry(q) for q in range(6)], **fields)


def _nudged_pass(sheet: Sheet, net: Network, theta: Block, x: Block) -> Block:
    """Add h1, h2 and O of the chosen row for each column of parameters, (3, 6)."""

    def output(k: int) -> Formula:
        return lambda p: net.nodes_with([theta[q, p] for q in range(6)])[k].output(h[k - 1, p] if k else x)

    h = Block(
        "h_nudged",
        Role.DERIVED,
        forward(theta.value, net.d.value, float(x.value)),
        title=_("the chosen row, forward through the network with each column's parameters"),
        math="h₁ = (w₁·x + b₁)/d₁     h₂ = (w₂·h₁ + b₂)/d₂     O = (w₃·h₂ + b₃)/d₃",
        each=[output(k) for k in range(3)],
        rows=["h₁", "h₂", "O"],
        columns=NAMES,
        number_format=LONG,
    )
    return sheet.add(h)


def _six_products(
    sheet: Sheet, net: Network, incoming: tuple[Block, ...], O: Block, quotient: Block, delta: Block
) -> None:
    sheet.step(
        _("The same six by the chain rule: products, no forward pass"),
        _(
            "Walk back from O to the node that holds the parameter, multiplying w/d for every node that is passed, "
            "and end with the node's own rate."
        ),
        "∂O/∂w₁ = (w₃/d₃)·(w₂/d₂)·(x/d₁)          ∂O/∂w₂ = (w₃/d₃)·(h₁/d₂)          ∂O/∂w₃ = h₂/d₃",
    )
    sheet.math("∂O/∂b₁ = (w₃/d₃)·(w₂/d₂)·(1/d₁)          ∂O/∂b₂ = (w₃/d₃)·(1/d₂)          ∂O/∂b₃ = 1/d₃")
    sheet.gap()
    w, d = net.w.value, net.d.value
    node_of = np.repeat([1, 2, 3], 2)
    with sheet.table(NAMES, 6) as table:
        factors = []
        for node, symbol in ((net.nodes[2], "∂O/∂h₂"), (net.nodes[1], "∂h₂/∂h₁")):
            k = node.number
            title = _("back through node {node}").format(node=k)
            math = _("{ratio}, else 1").format(ratio=f"w{node.sub}/d{node.sub}")
            value = np.where(node_of < k, w[k - 1] / d[k - 1], 1.0)
            each = [node.w / node.d if holder < k else as_expr(1) for holder in node_of]
            factors.append(table.gradient(f"factor{k}", value, None, each=each, **caption(title, symbol, math=math)))
        node3, node2 = factors
        own = np.array([[block.value, 1.0] for block in incoming]).ravel() / np.repeat(d, 2)
        each = [came / node.d for node, block in zip(net.nodes, incoming, strict=True) for came in (block, as_expr(1))]
        fields = caption(_("the node's own rate"), "∂h/∂θ", math=_("what comes in / d"))
        mine = table.gradient("factor_own", own, None, each=each, **fields)
        product = table.gradient(
            "products",
            node3.value * node2.value * own,
            lambda p: node3[p] * node2[p] * mine[p],
            **caption(_("chain rule: the product"), "∂O/∂θ", LONG),
        )
        fields = caption(_("difference quotient"), "ΔO/Δ", LONG)
        again = table.gradient("quotients_again", quotient.value, None, each=[quotient[p] for p in range(6)], **fields)
        apart(table, "quotients_gap", product, again)
    sheet.remark(_("A factor 1 stands where the way back is shorter and there is nothing to multiply."))
    _one, two, three = net.nodes
    _one, two, three = net.nodes
    words = "∂O/∂w₂ = ({w3:2}/{d3:2})·({h1:4}/{d2:2}) = {f3:4p}·{own:4p} = {product:6}"
    factors_of_w2 = {
        "w3": three.w,
        "d3": three.d,
        "h1": incoming[1].whole(),
        "d2": two.d,
        "f3": node3[2],
        "own": mine[2],
    }
    sheet.sentence("say_product", words, None, **factors_of_w2, product=product[2])
    value = (1 + abs(O.value)) / delta.value
    size = yardstick(sheet, "size_quotients", value, lambda: (1 + absolute(O)) / delta, "(1 + |O|)/Δ")
    title = _("products meet quotients")
    sheet.check("check_six", title, product, again, EXACT * 10, size)
