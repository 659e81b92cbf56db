"""Sheet Examples: the loss of several examples and its gradient, averaged."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.backprop_chain.backward import below
from scenarios.common.activations import Array
from scenarios.common.layer import Layer, sup
from scenarios.common.losses import SQUARED, averaged
from scenarios.common.net import EXAMPLES, Net
from scenarios.common.outcome import step_says
from workbook.block import Between, Block, Formula, Role
from workbook.book import Book
from workbook.formula import Direction, mean
from workbook.page import Page, Table
from workbook.sheet import Kind
from workbook.text import _


def examples_page(book: Book, layers: Sequence[Layer], examples: Array, eta: Block) -> Net:
    """Add the page; return the net that sees all examples."""
    page, m = book.page("Examples", _("Several examples: the mean decides"), kind=Kind.DEEPER), len(examples)
    page.step(
        _("Forward, one example a row"),
        _("A network is judged by all its examples: each has a loss of its own, and the loss of them all is the mean."),
        "L = (L₁ + L₂ + … + Lₙ) / n",
    )
    said = page.keep()
    down: dict[str, object] = {"along": Direction.RIGHT}
    with page.table(EXAMPLES, m) as t:
        X = t.given("X_all", examples[:, :1].T, "x", _("input"), valid=Between(-5, 5), **down)
        Y = t.given("Y_all", examples[:, 1:].T, "y", _("target"), valid=Between(0, 1), **down)
        net = Net(layers, X, Y, averaged(SQUARED), "_all")
        net.forward(t)
        before = net.measure(t)
    page.sentence("C1_written", "L₁ = (a³ − y)² = ({A3_all[0,0]:4} − {Y_all[0,0]:2})² = {C_each_all[0]:4}")
    page.step(
        _("Backward, one example a row"),
        _("The same three factors for every row, from the last layer to the first: δ is the product of the last two."),
        "δ³ = 2(a³ − y)·g′(z³),   δˡ = w(l+1)·δ(l+1)·g′(zˡ)",
    )
    with page.table(EXAMPLES, m) as t:
        net.backward(t)
    page.sentence(
        "delta3_written", "i = 1:   δ³ = 2·({A3_all[0,0]:4} − {Y_all[0,0]:2})·{G3_all[0,0]:4} = {D3_all[0,0]:4}"
    )
    page.sentence(
        "delta2_written", "δ² = w³·δ³·g′(z²) = {W3[0,0]:4p}·{D3_all[0,0]:4p}·{G2_all[0,0]:4} = {D2_all[0,0]:4}"
    )
    _gradient(page, net)
    page.step(
        _("One step with the averaged gradient"),
        _("The same rule and the same η as on the sheet Whole; only the derivatives are means now."),
        "w ← w − η·∂L/∂w,   b ← b − η·∂L/∂b",
    )
    moved = net.update(page, eta, "_mean")
    page.sentence("w3_mean_written", "w³ ← {W3[0,0]:4p} − {eta:2}·{gW3_mean[0,0]:4p} = {W3_mean[0,0]:4}")
    page.step(
        _("A second forward pass over all rows"),
        _("With a small enough η the mean loss falls; a single row's may rise."),
    )
    again = Net(moved.layers, X, Y, net.loss, "_after")
    with page.table(EXAMPLES, m) as t:
        again.forward(t)
        after = again.measure(t)
    with page.into(said):
        template = _("▶ One step for all of them takes the mean loss from {before:4} to {after:4}: {verdict}.")
        step_says(page, "all_says", template, before, after, eta)
    page.source(
        _("Chosen here: these rows, as far as they are not your own; the first is at first the example of the sheets before. The article pictures stochastic descent as turning around a hundred times and taking the steepest of the slopes. In truth nothing is picked: the gradients of the few examples in a mini-batch are averaged, as here, and the next mini-batch takes others.")
    )  # fmt: skip
    return net


def _gradient(page: Page, net: Net) -> None:
    """Add every example's six derivatives, and under each column its mean, which is the net's gradient."""
    page.step(
        _("The gradient: a mean under every column"),
        _("Each example would like other changes; their mean is the derivative of the mean loss."),
        "∂L/∂w = (∂L₁/∂w + ∂L₂/∂w + … + ∂Lₙ/∂w) / n",
    )
    with page.table(EXAMPLES, net.examples) as t:
        for layer in reversed(net.layers):
            n, l, d = layer.number, sup(layer.number), net.delta[layer.number]
            name = _("weight of layer {layer}").format(layer=n)
            net.dW[n] = _column(t, f"gW{n}", d, net.A[n - 1], f"∂Lᵢ/∂w{l}", name, f"δ{l}·{below(n)}")
            net.db[n] = _column(t, f"gb{n}", d, None, f"∂Lᵢ/∂b{l}", _("bias of layer {layer}").format(layer=n), f"δ{l}")
    page.sentence(
        "gW3_mean_written",
        "∂L₁/∂w³ = δ³·a² = {D3_all[0,0]:4p}·{A2_all[0,0]:4} = {gW3_each[0,0]:4};   ∂L/∂w³ = Σᵢ ∂Lᵢ/∂w³ / n = {gW3_mean[0,0]:4}",
    )


def _column(t: Table, id: str, delta: Block, A: Block | None, symbol: str, title: str, math: str) -> Block:
    """Add a derivative of every example, and its mean below it; return this."""
    value = delta.value if A is None else delta.value * A.value
    each = t.gradient(f"{id}_each", value, _product(delta, A), symbol, title, math=math, along=Direction.RIGHT)
    whole = each.value.mean().reshape((1,) if A is None else (1, 1))
    block = Block(f"{id}_mean", Role.GRADIENT, whole, formula=lambda *at: mean(each[0, :]))
    return t.total(each, block, _("mean"))


def _product(delta: Block, A: Block | None) -> Formula:
    return lambda j, i: delta[j, i] * A[j, i] if A is not None else delta[j, i]
