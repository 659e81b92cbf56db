"""Sheet Batch: the mini-batch forward and backward, one example a row; its gradient, and one step for all of it."""

from __future__ import annotations

import numpy as np

from scenarios.backprop_3_4_3_2.forward import WIDTH, below
from scenarios.common import network_py
from scenarios.common.layer import INPUTS, NEURONS, sup
from scenarios.common.losses import HALF_SQUARED, averaged
from scenarios.common.net import EXAMPLES, Net
from scenarios.common.outcome import step_says
from workbook.block import Block, Formula
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Direction, mean, pick
from workbook.page import Page, Table
from workbook.sheet import Kind
from workbook.text import _


def batch_page(book: Book, one: Net, X_all: Block, Y_all: Block, example: Block, eta: Block) -> Net:
    """Add the page; return the net that sees the whole mini-batch."""
    page = book.page(
        "Batch", _("A mini-batch: every example has a say, and the mean decides"), kind=Kind.DEEPER, column_width=WIDTH
    )
    page.step(
        _("Every example through the same network"),
        _("The same forward pass in every row; the loss of the mini-batch is the mean of its examples' losses."),
        "L = (1/m)·Σᵢ ½‖yᵢ − a³ᵢ‖²",
    )
    count = len(X_all.value)
    m = page.recorded("m", float(count), "m", _("examples in the mini-batch"), number_format="0")
    said = page.keep()
    with page.table(EXAMPLES, count) as table:
        X, Y = _turned(table, "X_rows", "x", X_all), _turned(table, "Y_rows", "y", Y_all)
        net = Net(one.layers, X, Y, averaged(HALF_SQUARED), "_batch", count=m)
        net.forward(table)
        whole = net.measure(table)
    each = net.each
    assert each is not None
    assert one.whole is not None
    value = each.value[int(example.value) - 1]
    again = page.offstage_block(
        "C_picked", value, lambda: pick(each, example), title=_("loss of the example looked at")
    )
    page.check(
        "C_same", _("the loss of the example looked at is the one on the sheet Forward"), again, one.whole, 1e-12
    )
    page.step(
        _("BP1 and BP2 in every row"),
        _("Each example sends back a blame of its own, from the last layer to the first."),
        "δ³ = (a³ − y) ∗ σ′(z³),   δˡ = (W(l+1))ᵀ·δ(l+1) ∗ σ′(zˡ)",
    )
    with page.table(EXAMPLES, count) as table:
        net.backward(table)
    page.sentence(
        "delta_batch_written",
        "i = 1:   δ³₁ = ({A3_batch[0,0]:4} − {Y_rows[0,0]:2})·{G3_batch[0,0]:4} = {D3_batch[0,0]:4}",
    )
    means = _per_example(page, net)
    _gradient(page, net, means)
    page.step(
        _("One step with the mean gradient"),
        _(
            "One step of mini-batch descent: the same η as on the sheet Whole, the mean of the gradients instead of one."
        ),
        "w ← w − η·∂L/∂w = w − (η/m)·Σᵢ ∂Lᵢ/∂w",
    )
    for layer in net.layers:
        for line in network_py.update(layer.number):
            page.code(line)
    moved = net.update(page, eta, "_batch_new")
    after = _again(page, Net(moved.layers, X, Y, net.loss, "_again", count=m), each)
    with page.into(said):
        template = _("▶ One step for all of them takes the mean loss from {before:4} to {after:4}: {verdict}.")
        step_says(page, "batch_fell", template, whole, after, eta)
    return net


def _turned(table: Table, id: str, title: str, rows: Block) -> Block:
    """Add the examples' inputs or targets as (k, m), one example a row."""
    headings = INPUTS if title == "x" else NEURONS
    return table.derived(
        id, rows.value.T, lambda k, i: rows[i, k], title=title, columns=headings, along=Direction.RIGHT,
        number_format="0.0#",
    )  # fmt: skip


def _per_example(page: Page, net: Net) -> dict[int, Block]:
    """Add ∂Lᵢ/∂w of every example and weight, and their means, laid out as W lies."""
    means = {}
    for layer in reversed(net.layers):
        n, l = layer.number, sup(layer.number)
        page.step(
            _("The weights of layer {layer}: BP4 in every row").format(layer=n),
            _("Every example would like its own change of every weight; the mini-batch makes the mean of these."),
            f"∂Lᵢ/∂w{l}ⱼₖ = {below(n)}ₖ·δ{l}ⱼ",
        )
        delta, A = net.delta[n], net.A[n - 1]
        with page.table(EXAMPLES, net.examples) as table:
            columns = [
                table.gradient(
                    f"each_W{n}_{j + 1}", delta.value[j] * A.value, _product(delta, A, j),
                    title=f"∂Lᵢ/∂w{l}{'₁₂₃₄'[j]}ₖ", columns=INPUTS, along=Direction.RIGHT,
                )
                for j in range(layer.units)
            ]  # fmt: skip
        means[n] = page.gradient(
            f"mean_W{n}", np.array([block.value.mean(axis=1) for block in columns]), None, f"∂L/∂W{l}",
            _("mean of every column, one row per neuron j"), each=[_column_mean(block) for block in columns],
            rows=NEURONS, columns=INPUTS,
        )  # fmt: skip
        under = "X_rows" if n == 1 else f"A{n - 1}_batch"
        page.sentence(
            f"each_W{n}_written",
            f"∂L₁/∂w{l}₁₁ = {{{under}[0,0]:4}}·{{D{n}_batch[0,0]:4p}} = {{each_W{n}_1[0,0]:4p}};   "
            f"∂L/∂w{l}₁₁ = Σᵢ ∂Lᵢ/∂w{l}₁₁ / m = {{mean_W{n}[0,0]:4p}}",
        )
    return means


def _product(delta: Block, A: Block, j: int) -> Formula:
    return lambda k, i: A[k, i] * delta[j, i]


def _column_mean(block: Block) -> Formula:
    return lambda k: mean(block[k, :])


def _gradient(page: Page, net: Net, means: dict[int, Block]) -> None:
    page.step(
        _("BP3 and BP4 as one product of matrices"),
        _("Rows times columns sums over the examples, and division by m makes it a mean: no example's gradient need be written out."),
        "∂L/∂Wˡ = (1/m)·Σᵢ δˡᵢ·(a(l−1)ᵢ)ᵀ,   ∂L/∂bˡ = (1/m)·Σᵢ δˡᵢ",
    )  # fmt: skip
    for layer in net.layers:
        for line in network_py.sums(layer.number):
            page.code(line)
    net.gradients(page)
    for n, one_by_one in means.items():
        title = _("∂L/∂W{layer}: batch = mean of single").format(layer=sup(n))
        page.check(f"mean_is_batch{n}", title, net.dW[n], one_by_one, 1e-12)


def _again(page: Page, net: Net, each: Block) -> Block:
    """Add the mini-batch's second forward pass, and every loss before and after; return the mean loss."""
    page.step(
        _("Second forward pass: did the loss fall?"),
        _("With a small enough η the mean loss falls; a single example's may rise."),
        "L = (1/m)·Σᵢ ½‖yᵢ − a³ᵢ‖²",
    )
    before, after = _("before the step"), _("after the step")
    with page.table(EXAMPLES, net.examples) as table:
        order = table.recorded("order", np.arange(1, net.examples + 1), "i", _("example"), number_format="0")
        net.forward(table)
        was = table.derived("C_before", each.value, lambda i: each[i], "Lᵢ", _("loss before the step"))
        whole = net.measure(table)
    assert net.each is not None
    page.chart(
        Chart(
            _("Loss of each example, before and after the step"),
            (
                Series(before, order[:], was[:], Mark.COLUMNS, "#9AA5B1"),
                Series(after, order[:], net.each[:], Mark.COLUMNS, "#1F5FA8"),
            ),
            _("example"),
            _("loss L"),
            _("Two columns for each example: its loss before the step and after it."),
            columns=8,
        )
    )
    return whole
