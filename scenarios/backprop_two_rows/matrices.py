"""Sheet Matrices: the two sums of a layer in one product, forward and backward, held against the terms."""

from __future__ import annotations

from scenarios.backprop_two_rows.terms import INPUT, OUTPUT, SUB
from scenarios.common.layer import INPUTS, NEURONS, Layer, sup
from scenarios.common.net import Net
from workbook.book import Book
from workbook.formula import dot
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _


def matrices_page(book: Book, net: Net) -> None:
    title = _("The same as matrices: another way to look at it")
    page = book.page("Matrices", title, kind=Kind.DEEPER, column_width=11.0)
    page.step(
        _("Forward: W times a, plus b"),
        _("A layer's two sums are one product: row j of W meets the column of activations."),
        "zˡ = Wˡ·a(l−1) + bˡ,   aˡ = σ(zˡ)",
    )
    net.forward(page, seen=True)
    page.step(
        _("Backward: the blame of layer 4"),
        _(
            "The slope of the loss and the slope of the sigmoid, multiplied element by element (∗, the Hadamard product)."
        ),
        "δ⁴ = (a⁴ − y) ∗ σ′(z⁴)",
    )
    net.backward(page, net.last, parts=True)
    for layer, above in ((net.layer(3), net.layer(4)), (net.layer(2), net.layer(3))):
        l, u = sup(layer.number), sup(above.number)
        page.step(
            _("Backward, from layer {above} to layer {layer}").format(above=above.number, layer=layer.number),
            _("Transposed, W leads back: its row k holds the weights that leave neuron k; then the slopes, element by element."),
            f"δ{l} = (W{u})ᵀ·δ{u} ∗ σ′(z{l})",
        )  # fmt: skip
        _transposed(page, above)
        net.backward(page, layer, parts=True)
    page.step(
        _("Backward, from layer 2 to the input"),
        _("No activation function, no slope: the product with (W²)ᵀ is all."),
        "∂L/∂x = (W²)ᵀ·δ²",
    )
    W, d = net.layers[0].W, net.delta[INPUT + 1]
    with page.beside():
        _transposed(page, net.layers[0])
        page.gradient(
            f"dA{INPUT}", W.value.T @ d.value, lambda k, i: dot(W[:, k], d[:, i]), "∂L/∂x", _("handed back through Wᵀ"),
            math="(W²)ᵀ·δ²", rows=INPUTS,
        )  # fmt: skip
    page.step(
        _("The gradient: δ times the row of activations"),
        _("The column δ times the row (a)ᵀ gives a table of the same shape as W: row j, column k."),
        "∂L/∂Wˡ = δˡ·(a(l−1))ᵀ,   ∂L/∂bˡ = δˡ",
    )
    net.gradients(page)
    page.sentence("w_written", "w⁴₁₁ ← {W4[0,0]:2p} − {eta:2}·{gW4[0,0]:4p} = {page_W4_new[0,0]:4}")
    _checks(page, net)
    page.source(
        _("The article's text calls δ⁴ the change of the cost with respect to layer 4's output; it is with respect to its weighted sum z⁴. With respect to the output a⁴ the slope σ′(z⁴) would be missing. Its cost C is the loss L here.")
    )  # fmt: skip


def _transposed(page: Page, layer: Layer) -> None:
    W, l = layer.W, sup(layer.number)
    title = _("weights of layer {layer}, transposed: one row per neuron k before it").format(layer=layer.number)
    page.derived(
        f"W{layer.number}_T", W.value.T, lambda k, j: W[j, k], f"(W{l})ᵀ", title, rows=INPUTS, columns=NEURONS,
        number_format="0.0#",
    )  # fmt: skip


def _checks(page: Page, net: Net) -> None:
    page.step(_("Term by term and as matrices: the same"), _("Both ways must give every number alike."))
    words, book = _("{symbol}: term by term = as a matrix"), page.book
    for n in range(INPUT + 1, OUTPUT + 1):
        l = sup(n)
        page.check(f"same_a{n}", words.format(symbol=f"a{l}"), book[f"t{n}_a"], net.A[n][:, 0], 1e-12)
        page.check(f"same_delta{n}", words.format(symbol=f"δ{l}"), book[f"t{n}_delta"], net.delta[n][:, 0], 1e-12)
        for k in range(2):
            title = words.format(symbol=f"∂L/∂w{l}ⱼ{SUB[k]}")
            page.check(f"same_dW{n}_{k + 1}", title, book[f"t{n}_dW{k + 1}"], net.dW[n][:, k], 1e-12)
