"""Sheet Several: a last layer of three neurons fed by two, in the article's form; and how many numbers its network has."""

from __future__ import annotations

import numpy as np

from scenarios.common.activations import SIGMOID
from workbook.block import Between, Block, Formula, Role
from workbook.book import Book
from workbook.formula import total
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _

BELOW = np.array([0.48, 0.9])
W = np.array([[0.9, -0.5], [-0.7, 0.4], [0.3, 1.1]])
B, TARGETS = np.array([0.2, -0.1, -0.6]), np.array([1.0, 0.0, 0.0])
SIZES = np.array([784.0, 16, 16, 10])
OUT, IN = ["j = 0", "j = 1", "j = 2"], ["k = 0", "k = 1"]


def several_page(book: Book) -> None:
    page = book.page("Several", _("Several neurons in a layer: a sum for every path"), kind=Kind.DEEPER)
    page.step(
        _("Three outputs, fed by two neurons"),
        _("Every output has a target; the loss adds their squared distances. j counts the outputs, k the neurons before them, both from 0."),
        "L = Σⱼ (aⱼ − yⱼ)²,   zⱼ = Σₖ wⱼₖ·aₖ + bⱼ,   aⱼ = σ(zⱼ)",
    )  # fmt: skip
    below = page.given(
        "several_a", BELOW, "aₖ", _("activations of the layer before"), rows=IN, columns=[""], valid=Between(0, 1)
    )
    with page.table(OUT, 3) as t:
        w = [t.given(f"several_w{k}", W[:, k], f"wⱼ{'₀₁'[k]}", _("weight"), valid=Between(-10, 10)) for k in range(2)]
        b = t.given("several_b", B, "bⱼ", _("bias"), valid=Between(-10, 10))
        y = t.given("several_y", TARGETS, "yⱼ", _("target"), valid=Between(0, 1))
        z_value = w[0].value * below.value[0] + w[1].value * below.value[1] + b.value
        z = t.derived(
            "several_z", z_value, lambda j: w[0][j] * below[0] + w[1][j] * below[1] + b[j], "zⱼ",
            _("weighted sum, with its bias"), math="Σₖ wⱼₖ·aₖ + bⱼ",
        )  # fmt: skip
        a = t.derived(
            "several_out", SIGMOID.value(z.value), lambda j: SIGMOID.value_formula(z[j]), "aⱼ", _("activation")
        )
        each = t.derived(
            "several_each", (a.value - y.value) ** 2, lambda j: (a[j] - y[j]) ** 2, "(aⱼ − yⱼ)²", _("its share")
        )
        t.total(each, Block("several_L", Role.DERIVED, each.value.sum(), formula=lambda: total(each)), "L")
    page.step(
        _("Backward: one path to a weight, three to a neuron"),
        _("A weight moves the loss through its own output alone; a neuron of the layer before moves all three outputs, so its influence is a sum over j."),
        "∂L/∂wⱼₖ = aₖ·σ′(zⱼ)·2(aⱼ − yⱼ),   ∂L/∂aₖ = Σⱼ wⱼₖ·σ′(zⱼ)·2(aⱼ − yⱼ)",
    )  # fmt: skip
    with page.table(OUT, 3) as t:
        delta = t.gradient(
            "several_delta", a.value * (1 - a.value) * 2 * (a.value - y.value),
            lambda j: a[j] * (1 - a[j]) * 2 * (a[j] - y[j]), "δⱼ", _("blame"), math="σ′(zⱼ)·2(aⱼ − yⱼ)",
        )  # fmt: skip
        for k in range(2):
            t.gradient(
                f"several_gw{k}", below.value[k] * delta.value, _scaled(delta, below, k), f"∂L/∂wⱼ{'₀₁'[k]}",
                _("slope of the weight"), math=f"a{'₀₁'[k]}·δⱼ",
            )  # fmt: skip
        paths = [
            t.gradient(
                f"several_path{k}", w[k].value * delta.value, _product(w[k], delta), f"wⱼ{'₀₁'[k]}·δⱼ",
                _("path to neuron {number}").format(number=k),
            )
            for k in range(2)
        ]  # fmt: skip
        for k, path in enumerate(paths):
            block = Block(f"several_da{k}", Role.GRADIENT, path.value.sum(), formula=_sum(path))
            t.total(path, block, "Σⱼ = ∂L/∂aₖ")
    page.sentence(
        "several_says",
        "∂L/∂a₀ = {several_path0[0]:4p} + {several_path0[1]:4p} + {several_path0[2]:4p} = {several_da0:4}",
    )
    _count(page)
    page.source(
        _("Chosen here: the numbers of this layer; 0.48 is the article's activation of the last layer but one.")
    )


def _scaled(delta: Block, below: Block, k: int) -> Formula:
    return lambda j: below[k] * delta[j]


def _product(w: Block, delta: Block) -> Formula:
    return lambda j: w[j] * delta[j]


def _sum(path: Block) -> Formula:
    return lambda: total(path)


def _count(page: Page) -> None:
    """Count the numbers of the article's network, and the axes of the space that it pictures."""
    page.step(
        _("How many such numbers?"),
        _("The article's network has 13,002 of them. Take each for an axis and the loss for the height: two numbers and the loss make a space of three dimensions."),
        "784·16 + 16 + 16·16 + 16 + 16·10 + 10 = 13,002;   13,002 + 1 = 13,003",
    )  # fmt: skip
    with page.table([f"{k} → {n}" for k, n in ((784, 16), (16, 16), (16, 10))], 3) as t:
        k = t.recorded("count_k", SIZES[:-1], "k", _("neurons before"), number_format="0")
        n = t.recorded("count_n", SIZES[1:], "n", _("neurons"), number_format="0")
        numbers = t.derived(
            "count_each", SIZES[1:] * SIZES[:-1] + SIZES[1:], lambda i: n[i] * k[i] + n[i], "n·k + n",
            _("weights and biases"), number_format="#,##0",
        )  # fmt: skip
        whole = t.total(
            numbers, Block("count_all", Role.DERIVED, numbers.value.sum(), formula=lambda: total(numbers), number_format="#,##0")
        )  # fmt: skip
    axes = page.derived(
        "count_axes", whole.value + 1, lambda: whole + 1, title=_("dimensions, with the loss"), number_format="#,##0"
    )
    page.printed("count_printed", _("weights and biases of the article's network"), whole, 13002, 0)
    page.sentence(
        "count_says", _("{whole:0} numbers and one loss: a landscape in {axes:0} dimensions."), whole=whole, axes=axes
    )
    page.source(
        _("13,002 is printed in the article; 784-16-16-10 is inferred: it is the known network that has so many.")
    )
