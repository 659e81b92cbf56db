"""Sheet Trial: all slopes once more by trial, a knob turned at a time: twelve forward passes over all rows."""

from __future__ import annotations

import numpy as np

from scenarios.chain_rule.network import EXACT, NAMES, Network, forward, size_of
from scenarios.common.columns import shown_again
from workbook.block import Between, Block, Counter, Formula
from workbook.book import Book
from workbook.formula import Index, Operand, largest, pick, squared_distance
from workbook.page import Page, Table
from workbook.sheet import Kind
from workbook.text import _

LONG = {"number_format": "0.0000"}


def trial_page(book: Book, net: Network, slopes: list[Block]) -> None:
    """Move every parameter up and down by h, run all rows again, and compare with what the rates and the walk back found."""
    page = book.page("Trial", _("Check by trial, one knob at a time"), kind=Kind.DEEPER)
    page.step(
        _("Turn one knob, run the whole network again"),
        _("In column w₁ only w₁ is changed, and so on: six whole forward passes up by h, and six down."),
        "∂O/∂θ ≈ (O(θ + h) − O(θ)) / h          ∂L/∂θ ≈ (L(θ + h) − L(θ − h)) / 2h",
    )
    h = page.given("h_step", 0.1, "h", _("step to either side"), valid=Between(0.001, 10))
    page.gap()
    which = book.helpers.recorded(
        "which", np.eye(6), "", _("1 marks the parameter that a column changes"), rows=NAMES, columns=NAMES
    )
    title = _("the six parameters, one of them up in each column")
    up = _turned(page, "theta_up", net, which, h, 1, title)
    title = _("the six parameters, one of them down in each column")
    down = _turned(page, "theta_down", net, which, h, -1, title)
    page.step(
        _("Twelve forward passes over all rows"),
        _("Each cell is a whole forward pass of its row: three neurons, one inside the other."),
        "O = (w₃·((w₂·((w₁·x + b₁)/d₁) + b₂)/d₂) + b₃)/d₃",
    )
    x = book["x"]
    with page.table(Counter("i = "), len(x.value)) as t:
        O_up = _whole_passes(t, "O_up", net, up, x, _("O, parameter up"))
        O_down = _whole_passes(t, "O_down", net, down, x, _("O, parameter down"))
    _rates(page, h, O_up)
    _losses(page, h, (O_up, O_down), slopes)


def _turned(page: Page, id: str, net: Network, which: Block, h: Block, sign: int, title: str) -> Block:
    """Add the six parameters six times over, (6, 6): in column p, h is added to parameter p or, by sign −1, taken away."""

    def entry(q: int) -> Formula:
        if sign > 0:
            return lambda p: net.cells[q] + which[q, p] * h
        return lambda p: net.cells[q] - which[q, p] * h

    value, each = net.theta[:, None] + sign * float(h.value) * np.eye(6), [entry(q) for q in range(6)]
    return page.derived(id, value, None, "", title, each=each, rows=NAMES, columns=NAMES, number_format="0.0###")


def _whole_passes(t: Table, id: str, net: Network, theta: Block, x: Block, title: str) -> Block:
    """Add O of every row for each column of parameters, (n, 6)."""

    def whole_pass(i: Index, p: Index) -> Operand:
        h: Operand = x[i]
        for node in net.nodes_with([theta[q, p] for q in range(6)]):
            h = node.output(h)
        return h

    value = forward(theta.value[:, None, :], net.d.value, x.value[:, None])[-1]
    return t.derived(id, value, whole_pass, "", title, columns=NAMES, number_format="0.0000")


def _rates(page: Page, h: Block, O_up: Block) -> None:
    """Compare the rates of the row that the page Knobs shows."""
    book = page.book
    page.step(
        _("The rates of the output: measured, and multiplied"),
        _("For the row of the page Knobs, six forward passes give what the products of the rates gave without any."),
        "∂O/∂w₁ = (w₃/d₃)·(w₂/d₂)·(x/d₁)          ∂O/∂w₂ = (w₃/d₃)·(h₁/d₂)          ∂O/∂w₃ = h₂/d₃",
    )
    page.math("∂O/∂b₁ = (w₃/d₃)·(w₂/d₂)·(1/d₁)          ∂O/∂b₂ = (w₃/d₃)·(1/d₂)          ∂O/∂b₃ = 1/d₃")
    said = page.keep()
    page.gap()
    row, O = book["row"], book["row_h3"]
    value = (O_up.value[int(row.value) - 1] - O.value) / h.value
    each = [(pick(O_up[:, p], row) - O) / h for p in range(6)]
    with page.table(NAMES, 6) as t:
        quotient = t.gradient("quotients", value, None, "(O(θ + h) − O)/h", _("difference quotient"), each=each, **LONG)
        product = shown_again(
            t, "products_again", book["products"], _("chain rule: the product"), "∂O/∂θ", LONG["number_format"]
        )
    with page.into(said):
        page.sentence("say_quotient_b1", "b₁:   ΔO/h = {quotients[1]:4}        ∂O/∂b₁ = {products_again[1]:4}")
    size = size_of(page, "size_quotients", O, h)
    page.check("check_six", _("products meet quotients"), product, quotient, EXACT * 10, size)


def _losses(page: Page, h: Block, passes: tuple[Block, Block], slopes: list[Block]) -> None:
    page.step(
        _("Twelve losses, six differences"),
        _("Each column's outputs have a loss; loss up minus loss down, over 2h, must be what the reverse pass found."),
        "L(θ ± h) = Σ ½·(O − y)²",
    )
    said = page.keep()
    page.gap()
    y = page.book["y"]

    def losses(t: Table, id: str, O: Block, title: str, symbol: str) -> Block:
        value = 0.5 * np.sum((O.value - y.value[:, None]) ** 2, axis=0)
        each = [0.5 * squared_distance(O[:, p], y[:]) for p in range(6)]
        return t.derived(id, value, None, symbol, title, each=each, **LONG)

    with page.table(NAMES, 6) as t:
        up = losses(t, "C_up", passes[0], _("loss, parameter up"), "L(θ + h)")
        down = losses(t, "C_down", passes[1], _("loss, parameter down"), "L(θ − h)")
        value, title = (up.value - down.value) / (2 * h.value), _("central difference")
        quotient = t.gradient("central", value, lambda p: (up[p] - down[p]) / (2 * h), "ΔL/2h", title, **LONG)
        value, each = np.array([float(slope.value) for slope in slopes]), [slope.whole() for slope in slopes]
        chain = t.gradient("gradient_again", value, None, "∂L/∂θ", _("chain rule, backwards"), each=each, **LONG)
    with page.into(said):
        page.sentence("say_central", "∂L/∂w₁ ≈ ({C_up[0]:4} − {C_down[0]:4})/(2·{h_step:3}) = {central[0]:4}")
    most = max(up.value.max(), down.value.max())
    title = _("what a check's differences are divided by")
    size = page.offstage_block("size_central", (1 + most) / h.value, lambda: (1 + largest(up, down)) / h, title=title)
    page.check("check_gradient", _("gradient meets differences"), chain, quotient, EXACT * 10, size)
    page.source(_("L is a parabola along each parameter, so that any h gives the true slope."))
