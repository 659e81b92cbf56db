"""Sheets Backward and Influence: three factors for every derivative, and which number moves the loss most."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import mul

import numpy as np

from scenarios.common.layer import Layer, sup
from scenarios.common.net import Net
from workbook.block import Block, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Ref, absolute, call, largest, rounded
from workbook.page import Page
from workbook.sheet import Kind, value_of
from workbook.text import _

LAST = 3


def below(number: int) -> str:
    """Return the name of what comes into a layer."""
    return "x" if number == 1 else f"a{sup(number - 1)}"


def backward_page(book: Book, net: Net) -> list[Block]:
    """Add the page; return the influences of w, b and what comes in, (3,) each, the last layer first."""
    page = book.page("Backward", _("Backward: three factors for every derivative"), kind=Kind.DEEPER)
    found: list[Block] = []
    for layer in reversed(net.layers):
        found.append(_layer(page, net, layer, found[-1] if found else None))
    _at_once(page, net, found[-1])
    page.source(
        _("The article writes C₀ for this loss, and (L) for the last layer, here 3. It says that dy/dx divides the dependent variable by the independent one; it is their small changes that are divided. It once says to add the gradient to the weights; it is the negative gradient that is added, as its summary says.")
    )  # fmt: skip
    return found


def _layer(page: Page, net: Net, layer: Layer, after: Block | None) -> Block:
    n, l, g, W, b = layer.number, sup(layer.number), layer.activation, layer.W, layer.b
    z, a, under = net.Z[n], net.A[n], net.A[n - 1]
    assert b is not None
    if after is None:
        page.step(
            _("The last layer: three influences in a row"),
            _("A change of w³ moves z³, z³ moves a³, and a³ moves the loss: multiply the three rates."),
            f"∂L/∂w³ = ∂z³/∂w³ · ∂a³/∂z³ · ∂L/∂a³ = a² · {g.symbol}′(z³) · 2(a³ − y)",
        )
    else:
        page.step(
            _("Layer {layer}: the same three factors").format(layer=n),
            _("The last factor is what the layer after it handed back, ∂L/∂a{layer}; nothing else is new.").format(
                layer=l
            ),
            f"∂L/∂w{l} = {below(n)} · {g.symbol}′(z{l}) · ∂L/∂a{l}",
        )
    back = net.dA[n].value[0, 0]
    with page.table([f"∂L/∂w{l}", f"∂L/∂b{l}", f"∂L/∂{below(n)}"], 3) as t:
        own = t.gradient(
            f"own{n}", [under.value[0, 0], 1, W.value[0, 0]], None, f"∂z{l}/∂…", _("own factor"),
            each=[under[0, 0], 1, W[0, 0]], math=f"{below(n)}, 1, w{l}",
        )  # fmt: skip
        slope = t.gradient(
            f"slope{n}", np.full(3, g.slope(z.value, a.value)), lambda i: g.slope_formula(z[0, 0], a[0, 0]),
            f"∂a{l}/∂z{l}", _("slope of the activation"), math=g.slope_math,
        )  # fmt: skip
        y = net.Y
        behind = t.gradient(
            f"behind{n}", np.full(3, back), lambda i: 2 * (a[0, 0] - y[0, 0]) if after is None else after[2],
            f"∂L/∂a{l}", _("from behind"), math="2·(a³ − y)" if after is None else "",
        )  # fmt: skip
        product = t.gradient(
            f"influence{n}", own.value * slope.value * behind.value, lambda i: own[i] * slope[i] * behind[i],
            "∂L/∂…", _("product"),
        )  # fmt: skip
    page.sentence(
        f"gW{n}_written", f"∂L/∂w{l} = {{own{n}[0]:4p}}·{{slope{n}[0]:4}}·{{behind{n}[0]:4p}} = {{influence{n}[0]:4p}}"
    )
    title = _("layer {layer}: three factors = the slopes on the sheet Whole").format(layer=n)
    page.check(f"factors_w{n}", title, product[0], net.dW[n][0, 0], 1e-12)
    page.check(f"factors_b{n}", title, product[1], net.db[n][0], 1e-12)
    return product


def _at_once(page: Page, net: Net, first: Block) -> None:
    """Write ∂L/∂w¹ as the product along the whole chain."""
    s = net.layers[0].activation.symbol
    names = ["x", f"{s}′(z¹)", "w²", f"{s}′(z²)", "w³", f"{s}′(z³)", "2(a³ − y)"]
    page.step(
        _("The first weight, all the way at once"),
        _("Put into one another, the three steps are one product along the whole chain: seven factors for w¹."),
        f"∂L/∂w¹ = {' · '.join(names)}",
    )
    book, W = page.book, [layer.W for layer in net.layers]
    cells = [
        net.X[0, 0], book["slope1"][0], W[1][0, 0], book["slope2"][0], W[2][0, 0], book["slope3"][0], book["behind3"][0],
    ]  # fmt: skip
    value = [float(value_of(ref)) for ref in cells]
    with page.table(names, 7) as t:
        factors = t.gradient("factors7", value, None, title=_("factor"), each=cells)
        product = Block(
            "product7", Role.GRADIENT, np.asarray(np.prod(value)),
            formula=lambda: reduce(mul, [factors[n] for n in range(7)]),
        )  # fmt: skip
        t.total(factors, product, "∂L/∂w¹")
    page.check("chain7", _("seven factors at once = layer by layer"), product, first[0], 1e-12)


def influence_page(book: Book, net: Net, influences: Sequence[Block]) -> None:
    """Say of every number how strongly it moves the loss, the strongest by name."""
    page = book.page("Influence", _("Who moves the loss most?"), kind=Kind.DEEPER)
    page.step(
        _("All seven numbers, side by side"),
        _("Know which number moves the loss most, and you know where a small change pays; descent changes each as strongly as it moves the loss."),
        "ΔL ≈ ∂L/∂w · Δw",
    )  # fmt: skip
    cells: list[tuple[str, Ref, Ref]] = []
    for layer, product in zip(reversed(net.layers), influences, strict=True):
        l, b = sup(layer.number), layer.b
        assert b is not None
        cells += [(f"w{l}", layer.W[0, 0], product[0]), (f"b{l}", b[0], product[1])]
    cells.append(("x", net.X[0, 0], influences[-1][2]))
    names = np.array([name for name, _n, _i in cells], dtype=object)
    numbers = [float(value_of(cell)) for _name, cell, _moves in cells]
    moves = [float(value_of(cell)) for _name, _cell, cell in cells]
    said = page.keep()
    with page.beside():
        with page.table(None, len(cells)) as t:
            name = t.recorded("who", names, title=_("who"), number_format="@")
            t.derived("who_is", numbers, None, title=_("its number"), each=[n for _name, n, _i in cells])
            moved = t.gradient("who_moves", moves, None, "∂L/∂…", _("influence"), each=[i for _name, _n, i in cells])
            size = t.derived("who_size", np.abs(moved.value), lambda i: absolute(moved[i]), "|∂L/∂…|", _("its size"))
            t.derived(
                "who_tenth", moved.value / 10, lambda i: moved[i] / 10, "ΔL", _("raised by 0.1, it moves the loss by about")
            )  # fmt: skip
        page.chart(
            Chart(
                _("Influence on the loss"), (Series("∂L/∂…", name[:], moved[:], Mark.COLUMNS),), "", "∂L/∂…",
                _("Seven columns, one for each number of the chain: upwards where a larger number makes the loss larger."),
                columns=6, rows=14, legend=False,
            )
        )  # fmt: skip
    at = int(np.argmax(np.round(size.value, 10)))
    with page.into(said):
        # the first of several that are alike, whatever the last digits are
        even = page.offstage_block(
            "who_even", np.round(size.value, 10), lambda i: rounded(size[i], 10), title=_("its size")
        )
        formula = call("INDEX", name, call("MATCH", largest(even), even, 0))
        strongest = page.offstage_block(
            "strongest", np.asarray(names[at], dtype=object), lambda: formula, title=_("who"), number_format="@"
        )
        page.live("influence_says", _("▶ The loss answers most strongly to {who}."), who=strongest)
