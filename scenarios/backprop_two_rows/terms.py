"""Sheets Forward and Backward: every product of every sum in a cell of its own.

The blocks of layer l are called t{l}_z, t{l}_a, t{l}_delta, … ; they are vectors of two, one number per neuron.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.common.activations import SIGMOID, Array
from scenarios.common.layer import INPUTS, NEURONS, Layer, sup
from workbook.block import Block, Formula, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, total
from workbook.page import Page, Table
from workbook.sheet import Kind
from workbook.text import _

INPUT, OUTPUT = 1, 4
"""The article counts the input as layer 1."""

SUB = "₁₂"


def into(book: Book, layer: Layer, k: int) -> Expr:
    """Return what neuron k of the layer before, counted from 0, hands to a layer."""
    below = layer.number - 1
    return book["X"][k, 0] if below == INPUT else book[f"t{below}_a"][k]


def into_value(book: Book, layer: Layer) -> Array:
    """Return NumPy's values of the same, (2,)."""
    below = layer.number - 1
    return book["X" if below == INPUT else f"t{below}_a"].value.ravel()


# ---------------------------------------------------------------------------------------------- forward


def forward_page(book: Book, layers: Sequence[Layer], Y: Block) -> None:
    page = book.page("Forward", _("Forward, term by term"), kind=Kind.DEEPER)
    for layer in layers:
        _forward(page, layer)
    page.step(
        _("The loss"),
        _("Each output adds half its squared distance from its target."),
        "L = ½(a⁴₁ − y₁)² + ½(a⁴₂ − y₂)²",
    )
    a = book[f"t{OUTPUT}_a"]
    with page.table(NEURONS, 2) as t:
        off = t.derived("off", a.value - Y.value[:, 0], lambda j: a[j] - Y[j, 0], "a⁴ⱼ − yⱼ", _("error"))
        half = t.derived(
            "half_square", 0.5 * off.value**2, lambda j: 0.5 * off[j] ** 2, "½(a⁴ⱼ − yⱼ)²", _("half its square")
        )
        t.total(half, Block("C", Role.DERIVED, half.value.sum(), _("loss"), "L", formula=lambda: total(half)))


def _forward(page: Page, layer: Layer) -> None:
    """Add the table of a layer: the two products, the bias, z and a of each neuron."""
    book, n, W, b = page.book, layer.number, layer.W, layer.b
    assert b is not None
    l, p, below = sup(n), sup(n - 1), into_value(book, layer)
    page.step(
        _("Layer {layer}: two products and a bias for every neuron").format(layer=n),
        _("Each neuron weighs both neurons of the layer before, adds its bias, and squeezes the sum with the sigmoid."),
        f"z{l}ⱼ = w{l}ⱼ₁·a{p}₁ + w{l}ⱼ₂·a{p}₂ + b{l}ⱼ,   a{l}ⱼ = σ(z{l}ⱼ) = 1 / (1 + e⁻ᶻ)",
    )
    with page.table(NEURONS, 2) as t:
        one, two = (
            t.derived(
                f"t{n}_{k + 1}", W.value[:, k] * below[k], _product(W, into(book, layer, k), k),
                f"w{l}ⱼ{SUB[k]}·a{p}{SUB[k]}", _("from neuron {number}").format(number=k + 1),
            )
            for k in range(2)
        )  # fmt: skip
        bias = t.derived(f"t{n}_b", b.value, _same(b), f"b{l}ⱼ", _("bias"))
        z = t.derived(
            f"t{n}_z", one.value + two.value + bias.value, lambda j: one[j] + two[j] + bias[j], f"z{l}ⱼ",
            _("weighted sum, with its bias"), math="Σ",
        )  # fmt: skip
        t.derived(
            f"t{n}_a", SIGMOID.value(z.value), lambda j: SIGMOID.value_formula(z[j]), f"a{l}ⱼ", _("activation"),
            math=f"σ(z{l}ⱼ)",
        )  # fmt: skip
    a1, a2 = ("X[0,0]", "X[1,0]") if n == INPUT + 1 else (f"t{n - 1}_a[0]", f"t{n - 1}_a[1]")
    page.sentence(
        f"z{n}_written",
        f"z{l}₁ = {{W{n}[0,0]:2p}}·{{{a1}:4p}} + {{W{n}[0,1]:2p}}·{{{a2}:4p}} + {{b{n}[0]:2p}} = {{t{n}_z[0]:4p}},   "
        f"a{l}₁ = σ({{t{n}_z[0]:4}}) = {{t{n}_a[0]:4}}",
    )


def _product(W: Block, a: Expr, k: int) -> Formula:
    return lambda j: W[j, k] * a


def _same(block: Block) -> Formula:
    return lambda j: block[j]


# ---------------------------------------------------------------------------------------------- backward


def backward_page(book: Book, layers: Sequence[Layer], Y: Block) -> None:
    page = book.page("Backward", _("Backward, term by term"), kind=Kind.DEEPER)
    a = book[f"t{OUTPUT}_a"]
    page.step(
        _("Layer 4: the blame of each output"),
        _(
            "δⱼ says how strongly the loss answers to zⱼ; an output has one path to the loss, so nothing is to be added."
        ),
        "δ⁴ⱼ = (a⁴ⱼ − yⱼ)·σ′(z⁴ⱼ)",
    )
    with page.table(NEURONS, 2) as t:
        dA = t.gradient(
            "t4_dA", a.value - Y.value[:, 0], lambda j: a[j] - Y[j, 0], "∂L/∂a⁴ⱼ", _("slope of the loss"),
            math="a⁴ⱼ − yⱼ",
        )  # fmt: skip
        _delta(t, OUTPUT, dA, "∂L/∂a⁴ⱼ")
    page.sentence("delta4_written", "δ⁴₁ = ({t4_a[0]:4} − {Y[0,0]:2})·{t4_slope[0]:4} = {t4_delta[0]:4}")
    for above in (layers[2], layers[1]):
        _hidden(page, above)
    page.step(
        _("From layer 2 to the input"),
        _("The same sum once more; an input has no activation function, so no slope follows."),
        "∂L/∂xₖ = w²₁ₖ·δ²₁ + w²₂ₖ·δ²₂",
    )
    with page.table(INPUTS, 2) as t:
        _paths(t, layers[0])
    _gradient(page, layers)
    _bars(page, layers)


def _delta(t: Table, n: int, dA: Block, handed: str) -> None:
    """Add the slope of the sigmoid and δ of a layer."""
    a, l, index = t.owner[f"t{n}_a"], sup(n), "ⱼ" if n == OUTPUT else "ₖ"
    slope = t.gradient(
        f"t{n}_slope", a.value * (1 - a.value), lambda j: a[j] * (1 - a[j]), f"σ′(z{l})", _("slope of the sigmoid"),
        math="a·(1 − a)",
    )  # fmt: skip
    t.gradient(
        f"t{n}_delta", dA.value * slope.value, lambda j: dA[j] * slope[j], f"δ{l}{index}", _("blame"),
        math=f"{handed}·σ′(z{l}{index})",
    )  # fmt: skip


def _paths(t: Table, above: Layer) -> Block:
    """Add the two products that come back to each neuron k of the layer before `above`, and their sum."""
    W, delta, l, n = above.W, t.owner[f"t{above.number}_delta"], sup(above.number), above.number - 1
    one, two = (
        t.gradient(
            f"t{n}_path{j + 1}", W.value[j] * delta.value[j], None, f"w{l}{SUB[j]}ₖ·δ{l}{SUB[j]}",
            _("through neuron {number}").format(number=j + 1), each=[W[j, k] * delta[j] for k in range(2)],
        )
        for j in range(2)
    )  # fmt: skip
    below = "xₖ" if n == INPUT else f"a{sup(n)}ₖ"
    return t.gradient(
        f"t{n}_dA", one.value + two.value, lambda k: one[k] + two[k], f"∂L/∂{below}", _("sum over j"), math="Σ"
    )


def _hidden(page: Page, above: Layer) -> None:
    n, m = above.number - 1, above.number
    l, u = sup(n), sup(m)
    page.step(
        _("From layer {above} to layer {layer}: two paths, added").format(above=m, layer=n),
        _("Neuron k feeds both neurons of the next layer; the loss answers along both paths, each weighed with the weight it went through."),
        f"δ{l}ₖ = (w{u}₁ₖ·δ{u}₁ + w{u}₂ₖ·δ{u}₂)·σ′(z{l}ₖ)",
    )  # fmt: skip
    with page.table(INPUTS, 2) as t:
        _delta(t, n, _paths(t, above), "Σ")
    page.sentence(
        f"delta{n}_written",
        f"δ{l}₁ = ({{W{m}[0,0]:2p}}·{{t{m}_delta[0]:4p}} + {{W{m}[1,0]:2p}}·{{t{m}_delta[1]:4p}})·{{t{n}_slope[0]:4}}"
        f" = {{t{n}_delta[0]:4p}}",
    )


def _gradient(page: Page, layers: Sequence[Layer]) -> None:
    page.step(
        _("Every weight and every bias"),
        _("A weight's derivative is what came in through it times the blame of the neuron it leads to; a bias has 1 coming in."),
        "∂L/∂wˡⱼₖ = a(l−1)ₖ·δˡⱼ,   ∂L/∂bˡⱼ = δˡⱼ",
    )  # fmt: skip
    book = page.book
    for layer in reversed(layers):
        n, l, p = layer.number, sup(layer.number), sup(layer.number - 1)
        delta, below = book[f"t{n}_delta"], into_value(book, layer)
        with page.table(NEURONS, 2) as t:
            for k in range(2):
                t.gradient(
                    f"t{n}_dW{k + 1}", delta.value * below[k], _scaled(delta, into(book, layer, k)),
                    f"a{p}{SUB[k]}·δ{l}ⱼ", f"∂L/∂w{l}ⱼ{SUB[k]}",
                )  # fmt: skip
            t.gradient(f"t{n}_db", delta.value, _same(delta), f"δ{l}ⱼ", f"∂L/∂b{l}ⱼ")
    page.sentence("gradient_written", "∂L/∂w⁴₁₁ = {t3_a[0]:4}·{t4_delta[0]:4p} = {t4_dW1[0]:4}")


def _scaled(delta: Block, a: Expr) -> Formula:
    return lambda j: a * delta[j]


def _bars(page: Page, layers: Sequence[Layer]) -> None:
    """Draw the derivatives of all weights, layer 4 first."""
    page.step(
        _("Every weight's derivative as a bar"),
        _("How strongly each weight moves the loss, from the last layer to the first: a bar upwards means that a larger weight makes it larger."),
    )  # fmt: skip
    page.remark(
        _("Each layer further back multiplies by one more slope of the sigmoid, which is ¼ at most: with small weights the bars shrink towards layer 2.")
    )  # fmt: skip
    places = [(layer.number, j, k) for layer in reversed(layers) for j in range(2) for k in range(2)]
    columns = {(n, k): page.book[f"t{n}_dW{k + 1}"] for n, _j, k in places}
    names = np.array([f"w{sup(n)}{SUB[j]}{SUB[k]}" for n, j, k in places], dtype=object)
    value = np.array([columns[n, k].value[j] for n, j, k in places])
    cells = [columns[n, k][j] for n, j, k in places]
    with page.beside():
        with page.table(None, len(places)) as t:
            name = t.recorded("bar_name", names, title=_("weight"), number_format="@")
            bars = t.gradient("bar", value, None, "∂L/∂w", _("derivative of the loss"), each=cells)
        page.chart(
            Chart(
                _("The twelve derivatives"),
                (Series("∂L/∂w", name[:], bars[:], Mark.COLUMNS),),
                _("weight"),
                "∂L/∂w",
                _(
                    "Twelve columns, layer 4 first: with these numbers the last layer's are the longest, since every layer further back multiplies by a slope of the sigmoid, at most ¼."
                ),
                columns=7,
                rows=15,
                legend=False,
            )
        )
