"""Sheets Backward and Neurons: the equations BP1 to BP4 as matrices, then all that belongs to a neuron in its row."""

from __future__ import annotations

from scenarios.backprop_3_4_3_2.forward import WIDTH, below
from scenarios.common import network_py
from scenarios.common.activations import SIGMOID
from scenarios.common.layer import INPUTS, NEURONS, Layer, sup
from scenarios.common.net import Net
from workbook.block import Block
from workbook.book import Book
from workbook.formula import dot
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _

LAST = 3


def backward_page(book: Book, net: Net) -> None:
    page = book.page("Backward", _("Backward: the equations BP1 to BP4"), kind=Kind.DEEPER, column_width=WIDTH)
    page.step(
        _("BP1: the blame of the output layer"),
        _("How strongly the loss answers to the last weighted sums: its slope times the sigmoid's, element by element (∗, the Hadamard product)."),
        "δ³ = (a³ − y) ∗ σ′(z³)        δ³ⱼ = (a³ⱼ − yⱼ)·σ′(z³ⱼ)",
    )  # fmt: skip
    page.code(network_py.COST_DERIVATIVE)
    page.code(network_py.delta(LAST, LAST))
    net.backward(page, net.last, parts=True)
    page.sentence("bp1_written", "δ³₁ = ({A3[0,0]:4} − {Y[0,0]:2})·{G3[0,0]:4} = {D3[0,0]:4}")
    for number in (2, 1):
        _bp2(page, net, number)
    page.step(
        _("BP3: the biases"),
        _("A bias goes into the weighted sum as it is, so its derivative is the blame itself."),
        "∂L/∂bˡⱼ = δˡⱼ",
    )
    for layer in reversed(net.layers):
        page.code(network_py.bias_gradient(layer.number, LAST))
    page.step(
        _("BP4: the weights"),
        _("A weight's derivative is what came in through it times the blame of the neuron it leads to."),
        "∂L/∂wˡⱼₖ = a(l−1)ₖ·δˡⱼ        ∂L/∂Wˡ = δˡ·(a(l−1))ᵀ",
    )
    for layer in reversed(net.layers):
        page.code(network_py.weight_gradient(layer.number, LAST))
        net.gradients(page, layer)
    page.sentence("bp4_written", "∂L/∂w³₁₂ = a²₂·δ³₁ = {A2[1,0]:4}·{D3[0,0]:4p} = {gW3[0,1]:4}")
    page.step(
        _("One step against the gradient"),
        _("Every weight and bias takes a step against its derivative; the sheet Whole takes it for all 39."),
        "w ← w − η·∂L/∂w,   b ← b − η·∂L/∂b",
    )
    page.sentence("w_written", "w³₁₁ ← {W3[0,0]:2p} − {eta:2}·{gW3[0,0]:4p} = {page_W3_new[0,0]:4}")
    page.source(
        _("The four equations are numbered as in Michael Nielsen's book, which the article follows; it writes L for the last layer, here 3, and derives the one for the weights (BP4) first.")
    )  # fmt: skip


def _bp2(page: Page, net: Net, number: int) -> None:
    layer, above = net.layer(number), net.layer(number + 1)
    l, u, W = sup(number), sup(number + 1), above.W
    page.step(
        _("BP2: the blame handed back from layer {above} to layer {layer}").format(above=number + 1, layer=number),
        _(
            "Each neuron is to blame for the errors of all the neurons it feeds, each weighed with the weight on the way."
        ),
        f"δ{l} = (W{u})ᵀ·δ{u} ∗ σ′(z{l})        δ{l}ₖ = (Σⱼ w{u}ⱼₖ·δ{u}ⱼ)·σ′(z{l}ₖ)",
    )
    page.code(network_py.delta(number, LAST))
    title = _("weights of layer {layer}, transposed: one row per neuron k before it").format(layer=number + 1)
    page.derived(
        f"W{number + 1}_T", W.value.T, lambda k, j: W[j, k], f"(W{u})ᵀ", title, rows=INPUTS, columns=NEURONS,
        number_format="0.0#",
    )  # fmt: skip
    net.backward(page, layer, parts=True)
    a = number + 1
    products = " + ".join(f"{{W{a}[{j},0]:2p}}·{{D{a}[{j},0]:4p}}" for j in range(above.units))
    page.sentence(f"bp2_{number}_written", f"δ{l}₁ = ({products})·{{G{number}[0,0]:4}} = {{D{number}[0,0]:4p}}")


def neurons_page(book: Book, net: Net) -> None:
    page = book.page(
        "Neurons", _("Neuron by neuron: everything that belongs to one, in a row"), kind=Kind.DEEPER, column_width=WIDTH
    )
    for layer in net.layers:
        l = sup(layer.number)
        page.step(
            _("The {count} neurons of layer {layer}").format(count=layer.units, layer=layer.number),
            _("Read a row from left to right: a neuron's weights, its weighted sum, its activation, and the blame that came back to it."),
            f"z{l}ⱼ = Σ + b{l}ⱼ,   a{l}ⱼ = σ(z{l}ⱼ),   δ{l}ⱼ = ∂L/∂a{l}ⱼ·σ′(z{l}ⱼ)",
        )  # fmt: skip
        delta, title = _neurons(page, net, layer), _("δ{layer}: row by row = as a matrix").format(layer=l)
        page.check(f"row_delta{layer.number}", title, delta, net.delta[layer.number][:, 0], 1e-12)


def _neurons(page: Page, net: Net, layer: Layer) -> Block:
    """Add a row per neuron of one layer, (n,) each; return δ as the rows give it."""
    number, W, b = layer.number, layer.W, layer.b
    assert b is not None
    A, dA = net.A[number - 1], net.dA[number]
    l, id = sup(number), f"n{number}"
    heads = [f"w{l}ⱼ{'₁₂₃₄'[k]}" for k in range(layer.inputs)]
    with page.table(NEURONS, layer.units) as t:
        w = t.derived(f"{id}_w", W.value, lambda j, k: W[j, k], "", _("weights"), columns=heads, number_format="0.0#")
        weighed = t.derived(
            f"{id}_sum", W.value @ A.value[:, 0], lambda j: dot(w[j, :], A[:, 0]), f"Σₖ w{l}ⱼₖ·{below(number)}ₖ",
            _("weighed without the bias"),
        )  # fmt: skip
        bias = t.derived(f"{id}_b", b.value, lambda j: b[j], f"b{l}ⱼ", _("bias"), number_format="0.0#")
        z = t.derived(
            f"{id}_z", weighed.value + bias.value, lambda j: weighed[j] + bias[j], f"z{l}ⱼ", _("weighted sum, with its bias"),
            math="Σ + b",
        )  # fmt: skip
        a = t.derived(
            f"{id}_a", SIGMOID.value(z.value), lambda j: SIGMOID.value_formula(z[j]), f"a{l}ⱼ", _("activation"),
            math="σ(z)",
        )  # fmt: skip
        slope = t.gradient(
            f"{id}_slope", a.value * (1 - a.value), lambda j: a[j] * (1 - a[j]), f"σ′(z{l}ⱼ)",
            _("slope of the sigmoid"), math="a·(1 − a)",
        )  # fmt: skip
        back = t.gradient(f"{id}_dA", dA.value[:, 0], lambda j: dA[j, 0], f"∂L/∂a{l}ⱼ", _("from behind"))
        return t.gradient(
            f"{id}_delta", back.value * slope.value, lambda j: back[j] * slope[j], f"δ{l}ⱼ", _("blame"),
            math="∂L/∂a·σ′",
        )  # fmt: skip
