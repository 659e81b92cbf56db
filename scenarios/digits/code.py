"""Nielsen's network.py beside the tables: which line makes which table, and what shapes meet in it.

The program carries one image at a time as a column, (n, 1); the tables hold the m images of a mini-batch as rows, (m, n).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scenarios.common import network_py
from scenarios.common.dense import Backward, Forward, Layer, sup
from workbook.block import Block
from workbook.eager import Sheet
from workbook.formula import cell_name
from workbook.sheet import Style
from workbook.text import _, display_width


@dataclass(frozen=True)
class Line:
    """A line of the program, the shapes in it for one image, and the tables that it makes here, by their names."""

    code: str
    shapes: str
    here: tuple[tuple[str, Block], ...] = ()


@dataclass(frozen=True)
class Tables:
    """What the lines make: the network before and after the step, and the mini-batch on its way through it."""

    layers: list[Layer]
    new_layers: list[Layer]
    passed: Forward
    back: Backward
    X: Block
    Y: Block
    slices: Block
    right: Block


def code_lines(sheet: Sheet, lines: Iterable[str]) -> None:
    """Write lines of the program under a step."""
    for line in lines:
        sheet.math(line)


def code_sheet(sheet: Sheet, tables: Tables, images: int, size: int) -> None:
    """Walk through the program from SGD to evaluate; `images` are trained on, `size` of them at a time."""
    layers = tables.layers
    sizes = [layers[0].inputs, *(layer.units for layer in layers)]
    sheet.step(
        _("How to read this page"),
        _(
            "Each row is a line of the program that the article walks through, the shapes that meet in it for one image, and the table of this workbook that it makes: click its name to go there."
        ),
    )
    sheet.remark(
        _(
            "The program is Michael Nielsen's network.py. The lines are said here in our own words, unrolled layer by layer, with his names: zs, activations, delta, nabla_b, nabla_w, eta; @ is the matrix product, .T the transpose."
        )
    )
    sheet.remark(
        _(
            "Python counts from 0 and reads [-1] as the last: weights[0] is W¹, zs[-1] is zᴸ. The program takes one image at a time, a column n×1; here all {m} images of the mini-batch go at once, one a row, so that the sums over images are sums down a column."
        ).format(m=size)
    )
    sheet.step(
        _("The start: biases first, then weights"),
        _("All biases of all layers are drawn before any weight, each number from the standard normal distribution."),
    )
    below = list(zip(layers, sizes, strict=False))
    _rows(
        sheet,
        [
            Line(f"sizes = {sizes}", " → ".join(map(str, sizes))),
            Line(
                network_py.START[0],
                ", ".join(f"{n}×1" for n in sizes[1:]),
                tuple((f"b{sup(layer.number)}", _bias(layer)) for layer in layers),
            ),
            Line(
                network_py.START[1],
                ", ".join(f"{layer.units}×{k}" for layer, k in below),
                tuple((f"W{sup(layer.number)}", layer.W) for layer in layers),
            ),
        ],
    )
    sheet.step(
        _("SGD: shuffle, slice, one update for each slice"),
        _(
            "Each epoch shuffles the images and cuts them into consecutive slices of the mini-batch size; the last slice may be shorter."
        ),
    )
    _rows(
        sheet,
        [
            Line(network_py.SHUFFLE, f"{images} × ({sizes[0]}×1, {sizes[-1]}×1)"),
            Line(
                network_py.SLICES.replace("size", str(size)).replace("n,", f"{images},"),
                f"{-(-images // size)} × {size}",
                ((_("slices"), tables.slices),),
            ),
            Line("x, y = mini_batch[0]", f"{sizes[0]}×1, {sizes[-1]}×1", (("X", tables.X), ("Y", tables.Y))),
        ],
    )
    _backprop(sheet, tables)
    sheet.step(
        _("update_mini_batch: add up, then step"),
        _(
            "The gradients of the images are added up, and every number moves by eta / len(mini_batch) times its sum: η times the mean."
        ),
    )
    _rows(sheet, [line for layer in layers for line in _update(tables, layer)])
    sheet.step(
        _("evaluate: count what is read right"),
        _("A digit is the position of the largest output; the program counts how often that is the true one."),
    )
    _rows(sheet, [Line(network_py.EVALUATE, f"{sizes[-1]}×1 → 0 … 9", ((_("right? 1 yes"), tables.right),))])


def _backprop(sheet: Sheet, tables: Tables) -> None:
    layers, passed, back = tables.layers, tables.passed, tables.back
    last = len(layers)
    sheet.step(
        _("backprop, forward: feedforward that keeps everything"),
        _("Layer by layer, z and a are kept in two lists, because the way back needs both."),
        "zˡ = Wˡ·aˡ⁻¹ + bˡ,   aˡ = σ(zˡ)",
    )
    rows = [Line("activations[0] = x", f"{layers[0].inputs}×1", (("X", tables.X),))]
    for layer in layers:
        n, k, s = layer.units, layer.inputs, sup(layer.number)
        weighted, squeezed = network_py.forward(layer.number)
        rows.append(Line(weighted, f"{n}×{k} · {k}×1 + {n}×1 = {n}×1", ((f"z{s}", passed.z(layer.number)),)))
        rows.append(Line(squeezed, f"{n}×1", ((f"a{s}", passed.A[layer.number]),)))
    _rows(sheet, rows)
    sheet.step(
        _("backprop, backward: delta, last layer first"),
        _("One delta a layer; what it leaves behind for the weights is a column times a row, in the shape of W."),
        "δᴸ = (aᴸ − y) ∗ σ′(zᴸ),   δˡ = (Wˡ⁺¹)ᵀ·δˡ⁺¹ ∗ σ′(zˡ),   ∂C/∂bˡ = δˡ,   ∂C/∂Wˡ = δˡ·(aˡ⁻¹)ᵀ",
    )
    n = layers[-1].units
    rows = [Line(network_py.COST_DERIVATIVE, f"{n}×1 − {n}×1 = {n}×1")]
    for layer in reversed(layers):
        n, k, s = layer.units, layer.inputs, sup(layer.number)
        above = layers[layer.number].units if layer.number < last else 0
        shapes = f"{n}×{above} · {above}×1 ∗ {n}×1 = {n}×1" if above else f"{n}×1 ∗ {n}×1 = {n}×1"
        rows.append(Line(network_py.delta(layer.number, last), shapes, ((f"δ{s}", back.delta[layer.number]),)))
        rows.append(Line(network_py.bias_gradient(layer.number, last), f"{n}×1"))
        rows.append(Line(network_py.weight_gradient(layer.number, last), f"{n}×1 · 1×{k} = {n}×{k}"))
    _rows(sheet, rows)


def _update(tables: Tables, layer: Layer) -> list[Line]:
    number = layer.number
    s, shapes = sup(number), (f"{layer.units}×1", f"{layer.units}×{layer.inputs}")
    gradients = ((f"∂C/∂b{s}", tables.back.db[number]), (f"∂C/∂W{s}", tables.back.dW[number]))
    new = tables.new_layers[number - 1]
    moved = ((f"b{s}′", _bias(new)), (f"W{s}′", new.W))
    added = zip(network_py.sums(number), shapes, gradients, strict=True)
    stepped = zip(network_py.update(number), shapes, moved, strict=True)
    return [Line(code, shape, (here,)) for code, shape, here in [*added, *stepped]]


def _rows(sheet: Sheet, lines: list[Line]) -> None:
    """Write the lines below one another: code, shapes, and links to the tables."""
    top = sheet.cursor
    for column, title in enumerate((_("line of network.py"), _("shapes, for one image"), _("table here"))):
        sheet.label(top, column, title, Style.COLUMN)
    for row, line in enumerate(lines, top + 1):
        sheet.label(row, 0, line.code, Style.MATH)
        sheet.label(row, 1, line.shapes, Style.UNIT)
        for column, (name, block) in enumerate(line.here, 2):
            place = block.place
            shape = "" if block.value.ndim == 0 else " [{}×{}]".format(*block.grid().shape)
            target = f"{place.sheet}!{cell_name(place.row, place.column)}"
            sheet.label(row, column, name + shape, Style.LINK, link=target)
    sheet.widths[0] = max([sheet.widths.get(0, 0), *(1.12 * display_width(line.code) + 3 for line in lines)])
    sheet.widths[1] = max([sheet.widths.get(1, 0), *(1.15 * display_width(line.shapes) + 3 for line in lines)])
    sheet.widths |= dict.fromkeys((2, 3, 4), 17.0)
    sheet.cursor = top + len(lines) + 2


def _bias(layer: Layer) -> Block:
    assert layer.b is not None
    return layer.b
