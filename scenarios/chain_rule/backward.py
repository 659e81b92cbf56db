"""Sheet EveryRow: a cost on the end of the line, and the derivatives of all parameters, row by row and summed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from scenarios.chain_rule.forward import Pass
from scenarios.chain_rule.network import DATA, SUBSCRIPTS, TYPED, Network, Node
from scenarios.common.activations import Array
from scenarios.common.columns import caption, shown_again
from workbook.block import Block, Counter, Role
from workbook.book import Book
from workbook.formula import total
from workbook.page import Page, Table, Voice
from workbook.sheet import Kind, value_of
from workbook.text import _


@dataclass(frozen=True)
class Backward:
    """The cost and its derivatives, (n,) each, by the number of the neuron; the sums over the rows are the gradient."""

    y: Block
    C: Block
    cost: Block
    dh: dict[int, Block] = field(default_factory=dict)  # dh[3] is ∂C/∂O
    delta: dict[int, Block] = field(default_factory=dict)
    dw: dict[int, Block] = field(default_factory=dict)
    dw_sum: dict[int, Block] = field(default_factory=dict)
    db_sum: dict[int, Block] = field(default_factory=dict)

    @property
    def sums(self) -> list[Block]:
        """The gradient in theta's order."""
        return [sums[node] for node in (1, 2, 3) for sums in (self.dw_sum, self.db_sum)]

    @property
    def gradient(self) -> Array:
        """The values of the same, (6,)."""
        return np.array([block.value for block in self.sums])


def backward_sheet(book: Book, net: Network, passed: Pass, rate_of_w1: Block, y: Array) -> Backward:
    """Add the cost and the reverse pass for every row."""
    page = book.page("EveryRow", _("Backwards for every row"), kind=Kind.DEEPER)
    page.step(
        _("The loss: how far the output is from the target"),
        _("One more function at the end of the line; the chain simply gets one link longer."),
        "L = Σ ½·(O − y)²,  "
        + _("the sum over the rows, not the mean")
        + "          ∂L/∂w₁ = ∂L/∂O · ∂h₃/∂h₂ · ∂h₂/∂h₁ · ∂h₁/∂w₁",
    )
    Y, C, cost = _cost(page, passed, y)
    page.step(
        _("Backwards through every neuron"),
        _(
            "Walk back from the loss. At each neuron do three things: divide by d; note the slopes of w and b; multiply "
            "by w and go on."
        ),
        "∂L/∂O = O − y      δ = ∂L/∂z = ∂L/∂h / d      ∂L/∂w = δ · "
        + _("what came in")
        + "      ∂L/∂b = δ      ∂L/∂h"
        + _("(below)")
        + " = w·δ",
    )
    back = Backward(Y, C, cost)
    _reverse_pass(page, net, passed, rate_of_w1, back)
    return back


def _cost(page: Page, passed: Pass, y: Array) -> tuple[Block, Block, Block]:
    """Return the targets, the cost of each row, and their sum."""
    h3 = passed.h3
    said = page.keep()
    page.gap()
    with page.table(Counter("i = "), len(h3.value)) as table:
        shown_again(table, "x_cost", passed.x, _("input"), "x")
        O = shown_again(table, "O", h3, _("output"), "O = h₃", "0.0000")
        Y = table.given("y", y, valid=DATA, **caption(_("target"), "y", TYPED))
        error = table.derived("error", h3.value - Y.value, lambda i: O[i] - Y[i], **caption(_("error"), "O − y"))
        fields = caption(_("half squared error"), "½(O − y)²")
        C = table.derived("C_rows", 0.5 * (h3.value - Y.value) ** 2, lambda i: 0.5 * error[i] ** 2, **fields)
        cost = table.total(C, Block("C", Role.DERIVED, np.sum(C.value), symbol="L", formula=lambda: total(C)))
    words = "L₁ = ½·({o:4} − {y:4p})² = {c:4}        L = ΣL = {C:4}"
    with page.into(said):
        page.sentence("say_cost", words, o=O[0], y=Y[0], c=C[0], C=cost)
    return Y, C, cost


def _reverse_pass(page: Page, net: Network, passed: Pass, rate_of_w1: Block, back: Backward) -> None:
    h3, y = passed.h3, back.y
    said = page.keep()
    page.gap()
    with page.table(Counter("i = "), len(y.value)) as table:
        fields = caption(_("at the output"), "∂L/∂O", math="O − y")
        back.dh[3] = table.gradient("dC_dO", h3.value - y.value, lambda i: h3[i] - y[i], **fields)
        for node, came in zip(reversed(net.nodes), reversed(passed.incoming), strict=True):
            _through_node(table, node, came, back)
    page.remark(_("The sums under the columns are the gradient: ∂L/∂b under δ, ∂L/∂w under its column."))
    one, two, three = net.nodes
    with page.into(said):
        page.sentence(
            "say_delta1",
            "δ₁ = ({o:4} − {y:4p})/{d3:2} · {w3:2p}/{d2:2} · {w2:2p}/{d1:2} = {delta:4}",
            Voice.PLAIN,
            **{"o": h3[0], "y": y[0], "d3": three.d, "w3": three.w, "d2": two.d, "w2": two.w, "d1": one.d},
            delta=back.delta[1][0],
        )
        words = "∂L₁/∂w₁ = δ₁·x = {delta:4p}·{x:2p} = {dw:4}"
        page.sentence("say_dw1", words, delta=back.delta[1][0], x=passed.x[0], dw=back.dw[1][0])
        words = _("with ∂O/∂w₁ from the sheet Article: ∂L₁/∂w₁ = (O − y)·∂O/∂w₁ = {dO:4p}·{rate:6p} = {dw:4}")
        page.sentence("say_link", words, dO=back.dh[3][0], rate=rate_of_w1[0], dw=back.dw[1][0])


def _through_node(table: Table, node: Node, came: Block, back: Backward) -> None:
    """Add δ of a neuron, its weight's derivative, and what it hands to the neuron before it."""
    k, sub, above = node.number, node.sub, back.dh[node.number]
    w, d = value_of(node.w), value_of(node.d)
    fields = caption(
        _("neuron {neuron} and its bias").format(neuron=k), f"δ{sub} = ∂L/∂b{sub}", math=f"{above.symbol} / d{sub}"
    )
    delta = table.gradient(f"delta{k}", above.value / d, lambda i: above[i] / node.d, **fields)
    fields = caption(_("weight {neuron}").format(neuron=k), f"∂L/∂w{sub}", math=f"δ{sub}·{came.symbol}")
    dw = table.gradient(f"dC_dw{k}_rows", delta.value * came.value, lambda i: delta[i] * came[i], **fields)
    back.delta[k], back.dw[k] = delta, dw
    for name, column, sums in (("b", delta, back.db_sum), ("w", dw, back.dw_sum)):
        sums[k] = _sum(table, f"dC_d{name}{k}", column, f"∂L/∂{name}{sub}")
    if k > 1:
        title = _("passed on to neuron {neuron}").format(neuron=k - 1)
        fields = caption(title, f"∂L/∂h{SUBSCRIPTS[k - 1]}", math=f"w{sub}·δ{sub}")
        back.dh[k - 1] = table.gradient(f"dC_dh{k - 1}", delta.value * w, lambda i: node.w * delta[i], **fields)


def _sum(table: Table, id: str, column: Block, symbol: str) -> Block:
    value = np.sum(column.value)
    return table.total(column, Block(id, Role.GRADIENT, value, symbol=symbol, formula=lambda: total(column)))
