"""Sheet EveryWeight: the six rates of the chosen row by trial: six forward passes, a knob turned in each."""

from __future__ import annotations

import numpy as np

from scenarios.chain_rule.comparison import EXACT, apart, yardstick
from scenarios.chain_rule.forward import forward
from scenarios.chain_rule.knobs import Knobs
from scenarios.chain_rule.network import LONG, NAMES, TYPED, Network
from scenarios.common.columns import caption, shown_again
from workbook.block import Block, Formula, Role
from workbook.book import Book
from workbook.formula import Direction, absolute
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _


def every_weight_sheet(book: Book, net: Network, knobs: Knobs, delta_w1: Block) -> Block:
    """Measure the six rates of the page Knobs by trial; return the table that says which parameter a column nudges."""
    page = book.page("EveryWeight", _("Check by trial, one knob at a time"), kind=Kind.DEEPER)
    page.step(
        _("Turn one knob, run the whole network again"),
        _(
            "In column w₁ only w₁ is changed, and so on: six whole forward passes for six rates, for the row of the page Knobs."
        ),
        "∂O/∂θ ≈ (O(θ + Δ) − O(θ)) / Δ          θ = w₁, b₁, w₂, b₂, w₃, b₃",
    )
    O = knobs.O
    x = page.derived("trial_x", knobs.x.value, lambda: knobs.x, **caption(_("input"), "x"))
    page.derived("trial_O", O.value, lambda: O, **caption(_("output"), "O"))
    fields = caption(_("change of each"), "Δ", TYPED, remark=_("the Δw₁ of the sheet Article"))
    page.derived("delta_every", delta_w1.value, lambda: delta_w1, **fields)
    page.gap()
    fields = caption(_("1 marks the parameter that a column changes"), number_format="0", rows=NAMES, columns=NAMES)
    which = book.helpers.recorded("which", np.eye(6), **fields)
    title = _("the six parameters, one of them changed in each column")
    O_nudged = _nudged_pass(page, net, nudged(page, "nudged", net, which, delta_w1, 1, title), x)
    quotient = page.gradient(
        "quotients",
        (O_nudged.value[2] - O.value) / delta_w1.value,
        lambda p: (O_nudged[2, p] - O) / delta_w1,
        **caption(_("difference quotient"), number_format=LONG, math="(O(θ + Δ) − O)/Δ"),
        along=Direction.RIGHT,
        rows=["ΔO/Δ"],
        columns=NAMES,
    )
    words = "ΔO/Δb₁ = ({new:6} − {old:6p})/{delta:3} = {q:6}"
    page.sentence("say_quotient_b1", words, new=O_nudged[2, 1], old=O.whole(), delta=delta_w1.whole(), q=quotient[1])
    _compare(page, O, knobs.rates, quotient, delta_w1)
    return which


def nudged(page: Page, id: str, net: Network, which: Block, h: Block, sign: int, title: str) -> Block:
    """Add the six parameters six times over, (6, 6): in column p, h is added to parameter p or, by sign −1, taken away."""

    def entry(q: int) -> Formula:
        if sign > 0:
            return lambda p: net.cells[q] + which[q, p] * h
        return lambda p: net.cells[q] - which[q, p] * h

    value = net.theta[:, None] + sign * float(h.value) * np.eye(6)
    fields = caption(title, number_format=TYPED, rows=NAMES, columns=NAMES)
    return page.derived(id, value, None, each=[entry(q) for q in range(6)], **fields)


def _nudged_pass(page: Page, net: Network, theta: Block, x: Block) -> Block:
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
    return page.add(h)


def _compare(page: Page, O: Block, rates: Block, quotient: Block, delta: Block) -> None:
    page.step(
        _("The same six by the chain rule: products, no forward pass"),
        _("The page Knobs multiplies rates; measured and multiplied, the six are equal."),
        "∂O/∂w₁ = (w₃/d₃)·(w₂/d₂)·(x/d₁)          ∂O/∂w₂ = (w₃/d₃)·(h₁/d₂)          ∂O/∂w₃ = h₂/d₃",
    )
    page.math("∂O/∂b₁ = (w₃/d₃)·(w₂/d₂)·(1/d₁)          ∂O/∂b₂ = (w₃/d₃)·(1/d₂)          ∂O/∂b₃ = 1/d₃")
    page.gap()
    with page.table(NAMES, 6) as table:
        product = shown_again(table, "products_again", rates, _("chain rule: the product"), "∂O/∂θ", LONG)
        fields = caption(_("difference quotient"), "ΔO/Δ", LONG)
        again = table.gradient("quotients_again", quotient.value, None, each=[quotient[p] for p in range(6)], **fields)
        apart(table, "quotients_gap", product, again)
    value = (1 + abs(O.value)) / delta.value
    size = yardstick(page, "size_quotients", value, lambda: (1 + absolute(O)) / delta, "(1 + |O|)/Δ")
    title = _("products meet quotients")
    page.check("check_six", title, product, again, EXACT * 10, size)
