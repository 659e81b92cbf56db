"""Sheet Differences: the six gradients held against central differences of the cost, all of it in the sheet."""

from __future__ import annotations

import numpy as np

from scenarios.chain_rule.backward import Backward
from scenarios.chain_rule.comparison import EXACT, apart, yardstick
from scenarios.chain_rule.every_weight import nudged
from scenarios.chain_rule.forward import Pass, forward
from scenarios.chain_rule.network import LONG, NAMES, NUDGE, TYPED, Network
from scenarios.common.columns import caption
from workbook.block import Block, Counter
from workbook.book import Book
from workbook.formula import Index, Operand, largest, squared_distance
from workbook.page import Page, Table
from workbook.sheet import Kind
from workbook.text import _


def differences_sheet(book: Book, net: Network, passed: Pass, back: Backward, which: Block) -> None:
    """Move every parameter up and down by h, run all rows again, and compare with the reverse pass."""
    page = book.page("Differences", _("Check by trial: the six slopes of the loss"), kind=Kind.DEEPER)
    page.step(
        _("Every parameter up by h, and down by h"),
        _(
            "Whoever mistrusts the chain rule can ask the loss itself: move one parameter, run all rows again, and "
            "compare."
        ),
        "∂L/∂θ ≈ (L(θ + h) − L(θ − h)) / 2h",
    )
    remark = _("chosen here; L is a parabola along each parameter, so that any h gives the true derivative")
    fields = caption(_("step to either side"), "h", TYPED, remark=remark)
    h = page.given("h_step", 0.1, valid=NUDGE, **fields)
    page.gap()
    title = _("the six parameters, one of them up in each column")
    up = nudged(page, "theta_up", net, which, h, 1, title)
    title = _("the six parameters, one of them down in each column")
    down = nudged(page, "theta_down", net, which, h, -1, title)
    page.step(
        _("Twelve forward passes over all rows"),
        _("Each cell is a whole forward pass of its row: three neurons, one inside the other."),
        "O = (w₃·((w₂·((w₁·x + b₁)/d₁) + b₂)/d₂) + b₃)/d₃",
    )
    with page.table(Counter("i = "), len(passed.x.value)) as table:
        O_up = _whole_passes(table, "O_up", net, up, passed.x, _("O, parameter up"))
        O_down = _whole_passes(table, "O_down", net, down, passed.x, _("O, parameter down"))
    _compare(page, back, h, O_up, O_down)


def _whole_passes(table: Table, id: str, net: Network, theta: Block, x: Block, title: str) -> Block:
    """Add O of every row for each column of parameters, (n, 6)."""

    def whole_pass(i: Index, p: Index) -> Operand:
        h: Operand = x[i]
        for node in net.nodes_with([theta[q, p] for q in range(6)]):
            h = node.output(h)
        return h

    value = forward(theta.value[:, None, :], net.d.value, x.value[:, None])[-1]
    return table.derived(id, value, whole_pass, title=title, columns=NAMES)


def _compare(page: Page, back: Backward, h: Block, O_up: Block, O_down: Block) -> None:
    page.step(
        _("Twelve losses, six differences"),
        _("Each column's outputs have a loss; loss up minus loss down, over 2h, must be what the reverse pass found."),
        "L(θ ± h) = Σ ½·(O − y)²",
    )
    said = page.keep()
    page.gap()
    with page.table(NAMES, 6) as table:
        C_up = _costs(table, "C_up", O_up, back.y, _("loss, parameter up"), "L(θ + h)")
        C_down = _costs(table, "C_down", O_down, back.y, _("loss, parameter down"), "L(θ − h)")
        quotient = table.gradient(
            "central",
            (C_up.value - C_down.value) / (2 * h.value),
            lambda p: (C_up[p] - C_down[p]) / (2 * h),
            **caption(_("central difference"), "ΔL/2h", LONG),
        )
        fields = caption(_("chain rule, backwards"), "∂L/∂θ", LONG)
        chain = table.gradient("gradient_again", back.gradient, None, each=[s.whole() for s in back.sums], **fields)
        apart(table, "central_gap", quotient, chain)
    words = "∂L/∂w₁ ≈ ({up:6} − {down:6})/(2·{h:3}) = {quotient:6}"
    with page.into(said):
        page.sentence("say_central", words, up=C_up[0], down=C_down[0], h=h, quotient=quotient[0])
    value = (1 + max(C_up.value.max(), C_down.value.max())) / h.value
    size = yardstick(page, "size_central", value, lambda: (1 + largest(C_up, C_down)) / h, "(1 + max L)/h")
    title = _("gradient meets differences")
    page.check("check_gradient", title, chain, quotient, EXACT * 10, size)


def _costs(table: Table, id: str, O: Block, y: Block, title: str, symbol: str) -> Block:
    value = 0.5 * np.sum((O.value - y.value[:, None]) ** 2, axis=0)
    each = [0.5 * squared_distance(O[:, p], y[:]) for p in range(6)]
    return table.derived(id, value, None, each=each, **caption(title, symbol, LONG))
