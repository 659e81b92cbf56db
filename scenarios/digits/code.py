"""Page Code: Nielsen's network.py in the article's order and letters, the shapes in each line, and the table it makes.

The program carries one image at a time as a column, (n, 1); the tables hold the m images of a mini-batch as rows.
"""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.common import network_py
from scenarios.common.layer import Layer, sup
from scenarios.common.net import Net
from workbook.block import Block
from workbook.page import Page
from workbook.text import _

Links = Sequence[tuple[str, Block]]
Line = tuple[str, str, str, Links]
"""The article's letter, the line of code, the shapes in it for one image, and the tables that it makes, by their names."""

WIDE = (4, 98, 40)
"""How many characters letter, code and shapes take."""


def code_page(page: Page, net: Net, moved: Net, eta: Block, slices: Block, right: Block) -> None:
    """Walk through the program: SGD → update_mini_batch → backprop → evaluate."""
    book, layers, last = page.book, net.layers, len(net.layers)
    sizes = [layers[0].inputs, *(layer.units for layer in layers)]
    below = list(zip(layers, sizes, strict=False))
    page.text(
        _(
            "Each row is a line of the program, the shapes that meet in it for one image, and the table here that it makes: click its name."
        )
    )
    page.source(
        _(
            "The program is Michael Nielsen's network.py. The lines are said in our own words, unrolled layer by layer, with his names; the letters are the article's."
        )
    )
    page.source(
        _(
            "Python counts from 0 and reads [-1] as the last: weights[0] is W¹, zs[-1] is zᴸ. The program takes one image at a time, a column; here all images of the mini-batch go at once, one a row."
        )
    )
    shapes = ", ".join(f"{layer.units}×{k}" for layer, k in below)
    _part(page, "", _("First the network is made: all biases of all layers are drawn before any weight, each number from the standard normal distribution."), [
        ("", f"sizes = {sizes}", " → ".join(map(str, sizes)), ()),
        ("", network_py.START[0], ", ".join(f"{n}×1" for n in sizes[1:]), [(f"b{sup(l.number)}", l.b) for l in layers if l.b]),
        ("", network_py.START[1], shapes, [(f"W{sup(l.number)}", l.W) for l in layers]),
    ])  # fmt: skip
    images = f"{book['images'].value:.0f} × ({sizes[0]}×1, {sizes[-1]}×1)"
    _part(page, _("SGD: loops over the epochs"), _("It takes the data and the numbers that steer the learning; every epoch shuffles, slices, and updates once for each slice."), [
        ("a", "SGD(training_data, epochs, mini_batch_size, eta, test_data)", "", [(_("epochs"), book["epoch_number"]), ("η", eta), ("m", book["m"])]),
        ("a", "for epoch in range(epochs):", "", [("t", book["epoch"])]),
        ("b", network_py.SHUFFLE, images, ()),
        ("b", network_py.SLICES.replace("size", "mini_batch_size"), "", [(_("slices"), slices)]),
        ("b", "for mini_batch in mini_batches: update_mini_batch(mini_batch, eta)", "", ()),
    ])  # fmt: skip
    zeros = ", ".join(f"{n}×1" for n in sizes[1:])
    _part(page, _("update_mini_batch: loops over the images of a slice"), _("Sums begin at zero, every image adds its slopes, and the parameters step by eta / len(mini_batch) times the sums."), [
        ("a", "nabla_b = [zeros(b.shape) for b in biases]", zeros, ()),
        ("a", "nabla_w = [zeros(w.shape) for w in weights]", shapes, ()),
        ("b", "for x, y in mini_batch: delta_nabla_b, delta_nabla_w = backprop(x, y)", f"{sizes[0]}×1, {sizes[-1]}×1", [("X", net.X), ("Y", net.Y)]),
        *(("c", code, shape, [table]) for layer in layers for code, shape, table in _summed(net, layer.number)),
        *(("d", code, "", [table]) for layer in moved.layers for code, table in _stepped(layer)),
    ])  # fmt: skip
    forward: list[Line] = [("a", "activations[0] = x", f"{sizes[0]}×1", [("X", net.X)])]
    for layer, k in below:
        n, s, (weighted, squeezed) = layer.units, sup(layer.number), network_py.forward(layer.number)
        forward.append(("a", weighted, f"{n}×{k} · {k}×1 + {n}×1 = {n}×1", [(f"z{s}", net.Z[layer.number])]))
        forward.append(("a", squeezed, f"{n}×1", [(f"a{s}", net.A[layer.number])]))
    _part(
        page, _("backprop, forward: feedforward that keeps everything"),
        _("Layer by layer z and a are kept in two lists, because the way back needs both."), forward,
    )  # fmt: skip
    n = sizes[-1]
    back: list[Line] = [("c", network_py.COST_DERIVATIVE, f"{n}×1 − {n}×1 = {n}×1", ())]
    for layer, k in reversed(below):
        n, number, letter = layer.units, layer.number, "c" if layer is net.last else "d"
        above = "" if layer is net.last else f"{n}×{sizes[number + 1]} · {sizes[number + 1]}×1 ∗ "
        made = f"{above or f'{n}×1 ∗ '}{n}×1 = {n}×1"
        back.append((letter, network_py.delta(number, last), made, [(f"δ{sup(number)}", net.delta[number])]))
        back.append((letter, network_py.bias_gradient(number, last), f"{n}×1", ()))
        back.append((letter, network_py.weight_gradient(number, last), f"{n}×1 · 1×{k} = {n}×{k}", ()))
    _part(
        page,
        _("backprop, backward: delta, last layer first"),
        _("One delta a layer; what it leaves behind for the weights is a column times a row, in the shape of W."),
        back,
    )
    _part(page, _("evaluate: counts what is read right"), _("Forward with the learned parameters; the digit is the place of the largest output, and the right ones are counted."), [
        ("a–c", network_py.EVALUATE, f"{sizes[-1]}×1 → 0 … 9", [(_("right?"), right)]),
    ])  # fmt: skip


def _summed(net: Net, number: int) -> list[tuple[str, str, tuple[str, Block]]]:
    s, (n, k) = sup(number), net.layer(number).W.shape
    tables = ((f"∂L/∂b{s}", net.db[number]), (f"∂L/∂W{s}", net.dW[number]))
    return list(zip(network_py.sums(number), (f"{n}×1", f"{n}×{k}"), tables, strict=True))


def _stepped(layer: Layer) -> list[tuple[str, tuple[str, Block]]]:
    assert layer.b is not None
    s = sup(layer.number)
    return list(zip(network_py.update(layer.number), ((f"b{s}′", layer.b), (f"W{s}′", layer.W)), strict=True))


def _part(page: Page, title: str, why: str, lines: Sequence[Line]) -> None:
    """Write a part of the program: letters, code, shapes and links, one line below the other."""
    if title:
        page.step(title, why)
    else:
        page.text(why)
    with page.beside():
        for at, wide in enumerate(WIDE):
            with page.column(unit=wide):
                for line in lines:
                    page.code(str(line[at]) or " ")
        for at in range(max(len(line[3]) for line in lines)):
            with page.column(unit=16):
                for line in lines:
                    if at < len(line[3]):
                        name, block = line[3][at]
                        page.link(
                            name + ("" if block.value.ndim == 0 else " [{}×{}]".format(*block.grid().shape)), block
                        )
                    else:
                        page.gap()
