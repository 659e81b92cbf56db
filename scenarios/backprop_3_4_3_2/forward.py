"""Sheet Forward: the network and its symbols, then layer by layer to the loss."""

from __future__ import annotations

from scenarios.common import network_py
from scenarios.common.layer import Layer, sup
from scenarios.common.net import Net
from workbook.book import Book
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _

WIDTH = 11.0
"""The width in characters of the columns of the step-by-step sheets: as wide for every matrix."""


def below(number: int, k: int | None = None) -> str:
    """Return the symbol of what comes into a layer, of one neuron or of all."""
    symbol = "x" if number == 1 else f"a{sup(number - 1)}"
    return symbol if k is None else symbol + "₁₂₃₄"[k]


def forward_page(book: Book, net: Net) -> None:
    page = book.page("Forward", _("Forward, layer by layer, to the loss"), kind=Kind.DEEPER, column_width=WIDTH)
    page.step(
        _("Layers 0 to 3"),
        _("Layer 0 only passes the input on; every other neuron weighs all the neurons of the layer before it."),
        "x = a⁰ (3)  →  a¹ (4)  →  a² (3)  →  a³ (2) ⇢ y",
    )
    page.math("wˡⱼₖ : k → j        zˡⱼ = Σₖ wˡⱼₖ·a(l−1)ₖ + bˡⱼ        aˡⱼ = σ(zˡⱼ)        δˡⱼ = ∂L/∂zˡⱼ")
    page.math("4·3 + 4 + 3·4 + 3 + 2·3 + 2 = 39")
    for layer in net.layers:
        _layer(page, net, layer)
    page.step(
        _("The loss of this example"),
        _("Half the squared distance between the output and the target; the half makes the derivative plain."),
        "L = ½‖y − a³‖² = ½·[(y₁ − a³₁)² + (y₂ − a³₂)²]",
    )
    net.measure(page)
    page.sentence("C_written", "L = ½·[({Y[0,0]:2} − {A3[0,0]:4})² + ({Y[1,0]:2} − {A3[1,0]:4})²] = {C:4}")
    page.source(
        _(
            "The article says that layer 0 has no activations, weights or biases and that all of them are zero. It has no weights and biases; but its activation is not zero, it is the input itself, a⁰ = x. What is called loss here is its cost C."
        )
    )
    page.source(
        _(
            "Beside the tables stand the lines of Michael Nielsen's network.py that make them, in our own words with his names. Python counts from 0 and reads [-1] as the last: weights[0] is W¹, zs[-1] is z³; @ is the matrix product, .T the transpose. The program, like this sheet, has one example as a column. The workbook digits shows all of the program."
        )
    )


def _layer(page: Page, net: Net, layer: Layer) -> None:
    n, l, p = layer.number, sup(layer.number), below(layer.number)
    page.step(
        _("Layer {layer}: from {below} to {here} neurons").format(layer=n, below=layer.inputs, here=layer.units),
        _("Every neuron weighs what comes in, adds its bias, and squeezes the sum between 0 and 1 with the sigmoid."),
        f"z{l}ⱼ = Σₖ w{l}ⱼₖ·{p}ₖ + b{l}ⱼ,   a{l}ⱼ = σ(z{l}ⱼ)",
    )
    for line in network_py.forward(n):
        page.code(line)
    net.forward(page, layer, seen=True)
    under = "X" if n == 1 else f"A{n - 1}"
    products = " + ".join(f"{{W{n}[0,{k}]:2p}}·{{{under}[{k},0]:4p}}" for k in range(layer.inputs))
    page.sentence(
        f"z{n}_written",
        f"z{l}₁ = {products} + {{b{n}[0]:2p}} = {{Z{n}[0,0]:4p}},   a{l}₁ = σ({{Z{n}[0,0]:4}}) = {{A{n}[0,0]:4}}",
    )
