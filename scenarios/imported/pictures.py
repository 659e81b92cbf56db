"""Convolution and pooling: planes of pictures. A line of numbers is a picture of one row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from scenarios.graph.functions import Combined, Reduced
from scenarios.graph.graph import Node
from scenarios.graph.moved import NOWHERE
from scenarios.graph.operation import Operation
from scenarios.graph.planes import AvgPool, Conv2d, Every, MaxPool
from scenarios.imported.building import Building, Tensor
from scenarios.imported.reading import Step

Sides = tuple[int, int, int, int]
"""What is added above, on the left, below and on the right."""


def _picture(b: Building, x: Tensor) -> Tensor:
    """Return an input as pictures of two axes."""
    if x.value.ndim == 3:
        return b.moved(b.as_places(x)[:, :, None, :], [x])
    if x.value.ndim != 4:
        b.fail(f"has {x.value.ndim - 2} space axes, and a sheet has two")
    return x


def _line_again(b: Building, made: Tensor, step: Step) -> Tensor:
    """Return an output with as many axes as the model gives it."""
    shape = np.shape(b.values[step.outputs[0]])
    return made if len(shape) == 4 else b.moved(b.as_places(made).reshape(shape), [made])


def _two(values: Any, usual: int = 1) -> tuple[int, int]:
    """Return an attribute of one or two space axes for two."""
    given = [int(value) for value in values] if values else [usual, usual]
    return (given[0], given[1]) if len(given) == 2 else (usual, given[0])


def _sides(step: Step, shape: tuple[int, ...], window: tuple[int, int], strides: tuple[int, int]) -> Sides:
    """Return the padding, as it is said or as `auto_pad` asks for it."""
    auto = step.attributes.get("auto_pad", "NOTSET")
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        needed = [max((-(-size // s) - 1) * s + k - size, 0) for size, k, s in zip(shape, window, strides, strict=True)]
        low = [n // 2 if auto == "SAME_UPPER" else -(-n // 2) for n in needed]
        return low[0], low[1], needed[0] - low[0], needed[1] - low[1]
    pads = [] if auto == "VALID" else [int(n) for n in step.attributes.get("pads", [])]
    if len(pads) == 2:
        return 0, pads[0], 0, pads[1]
    return (pads[0], pads[1], pads[2], pads[3]) if pads else (0, 0, 0, 0)


def _padded(b: Building, x: Tensor, sides: Sides, *, least: bool = False) -> Tensor:
    """Return pictures with a border."""
    if not any(sides):
        return x
    if min(sides) < 0:
        b.fail("cuts its input by padding below 0")
    top, left, bottom, right = sides
    places = np.pad(b.as_places(x), ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=NOWHERE)
    return b.moved(places, [x], "P", "{0}", 0.0, least=least)


def _every(b: Building, x: Tensor, strides: tuple[int, int], letter: str) -> Tensor:
    """Return every s-th row and column."""
    if strides == (1, 1):
        return x
    if strides[0] == strides[1] and min(x.shape[2:]) > 1:
        every = Every(strides[0])
        return b.each(letter, x.planes.shape, lambda symbol, at: b.put(symbol, every, x.plane(*at)))
    return b.moved(b.as_places(x)[:, :, :: strides[0], :: strides[1]], [x], letter)


def _margin(nodes: list[Node], sides: Sides, window: tuple[int, int]) -> bool:
    """Tell whether a padding can be a visible margin of zeros around the tables themselves."""
    return (
        len(set(sides)) == 1
        and sides[0] < min(window)
        and all(n.looks.get("margin", sides[0]) == sides[0] for n in nodes)
    )


def _kernels(b: Building, step: Step) -> Tensor:
    K = b.of(step.inputs[1], "K", learns=True)
    return b.moved(b.as_places(K)[:, :, None, :], [K]) if K.value.ndim == 3 else K


def _biases(b: Building, step: Step, count: int) -> list[Node]:
    """Return a number for each channel; one zero for all where there is no bias."""
    if len(step.inputs) < 3 or not step.inputs[2]:
        return [b.number_of("zero", 0.0)] * count
    if step.inputs[2] in b.live:
        b.fail("takes its bias from the data")
    values = b.values[step.inputs[2]]
    return [b.give(f"b{b.number}[{n + 1}]", np.asarray(v), f"{step.inputs[2]}[{n + 1}]", learns=True).plane() for n, v in enumerate(values)]  # fmt: skip


def _convolved(b: Building, x: Tensor, K: Tensor, biases: list[Node], groups: int, padding: int) -> Tensor:
    """Return the sum over the planes of a group, of stride 1; K (out, in a group, a, b)."""
    out, per, *size = K.shape
    kernel = (int(size[0]), int(size[1]))

    def make(symbol: str, at: tuple[int, ...]) -> Node:
        n, channel = at
        first = channel // (out // groups) * per
        pictures = [x.plane(n, first + k) for k in range(per)]
        kernels = [K.plane(channel, k) for k in range(per)]
        return b.put(symbol, Conv2d(kernel, per, padding), *pictures, *kernels, biases[channel])

    return b.each("Z", (x.shape[0], out), make)


def convolution(b: Building, step: Step) -> Tensor:
    """Conv: padding as a margin of zeros; a stride keeps every s-th cell; gaps are zeros in the kernel."""
    b.number += 1
    x, K = _picture(b, b.of(step.inputs[0])), _kernels(b, step)
    biases = _biases(b, step, K.shape[0])
    strides, gaps = _two(step.attributes.get("strides")), _two(step.attributes.get("dilations"))
    K = _widened(b, K, gaps)
    window = (K.shape[2], K.shape[3])
    sides = _sides(step, x.shape[2:], window, strides)
    margin = _margin(x.nodes(), sides, window)
    pictures = x if margin else _padded(b, x, sides)
    made = _convolved(b, pictures, K, biases, int(step.attributes.get("group", 1)), sides[0] if margin else 0)
    return _line_again(b, _every(b, made, strides, "Z"), step)


def _widened(b: Building, x: Tensor, by: tuple[int, int], more: tuple[int, int] = (0, 0)) -> Tensor:
    """Return pictures, or kernels, with zeros between their rows and columns, and `more` of them at the end."""
    if by == (1, 1) and more == (0, 0):
        return x
    rows, columns = ((size - 1) * gap + 1 + end for size, gap, end in zip(x.shape[2:], by, more, strict=True))
    places = np.full((*x.shape[:2], rows, columns), float(NOWHERE))
    places[:, :, : rows - more[0] : by[0], : columns - more[1] : by[1]] = b.as_places(x)
    return b.moved(places, [x], "M", fill=0.0)


def transposed_convolution(b: Building, step: Step) -> Tensor:
    """ConvTranspose: a convolution of the picture with zeros between its cells, by the kernel turned by 180°."""
    known = step.attributes
    if known.get("group", 1) != 1 or known.get("output_shape") or known.get("auto_pad", "NOTSET") != "NOTSET":
        b.fail("has groups, or a size of its own")
    b.number += 1
    x, K = _picture(b, b.of(step.inputs[0])), _kernels(b, step)
    strides, gaps, more = (
        _two(known.get(key), usual) for key, usual in (("strides", 1), ("dilations", 1), ("output_padding", 0))
    )
    biases = _biases(b, step, K.shape[1])
    turned = b.moved(b.as_places(K).swapaxes(0, 1)[:, :, ::-1, ::-1], [K], "K", "{0}↻")
    turned = _widened(b, turned, gaps)
    top, left, bottom, right = _sides(step, x.shape[2:], (1, 1), (1, 1))
    rows, columns = turned.shape[2] - 1, turned.shape[3] - 1
    border = rows - top, columns - left, rows - bottom + more[0], columns - right + more[1]
    return _line_again(b, _convolved(b, _padded(b, _widened(b, x, strides), border), turned, biases, 1, 0), step)


def _pool(kind: Callable[[tuple[int, int]], Operation], *, least: bool) -> Callable[[Building, Step], Tensor]:
    """Return what takes the largest, or the mean, of every window: of all, of which a stride keeps every s-th."""

    def handle(b: Building, step: Step) -> Tensor:
        known = step.attributes
        if len(known["kernel_shape"]) > 2:
            b.fail(f"has {len(known['kernel_shape'])} space axes, and a sheet has two")
        x = _picture(b, b.of(step.inputs[0]))
        window, strides = _two(known["kernel_shape"]), _two(known.get("strides"))
        if _two(known.get("dilations")) != (1, 1) or len([name for name in step.outputs if name]) > 1:
            b.fail("has gaps in its window, or gives the places too")
        sides = _sides(step, x.shape[2:], window, strides)
        top, left, bottom, right = sides
        out = np.shape(b.values[step.outputs[0]])[2:]
        rows, columns = out if len(out) == 2 else (1, out[0])
        # a last window that begins inside, and ends outside, is allowed by ceil_mode
        bottom = max(bottom, (rows - 1) * strides[0] + window[0] - top - x.shape[2])
        right = max(right, (columns - 1) * strides[1] + window[1] - left - x.shape[3])
        border = (top, left, bottom, right)
        pictures = _padded(b, x, border, least=least)
        made = b.each("P", x.planes.shape, lambda symbol, at: b.put(symbol, kind(window), pictures.plane(*at)))
        made = _every(b, made, strides, "P")
        made = b.moved(b.as_places(made)[:, :, :rows, :columns], [made], "P")
        if not least and any(border) and not known.get("count_include_pad", 0):
            made = _without_border(b, made, x.shape[2:], border, window, strides)
        return _line_again(b, made, step)

    return handle


def _without_border(
    b: Building, made: Tensor, shape: tuple[int, ...], border: Sides, window: tuple[int, int], strides: tuple[int, int]
) -> Tensor:
    """Return means in which the cells of the border do not count: those with them, times all cells over the inner ones."""
    ones = np.pad(np.ones(shape), ((border[0], border[2]), (border[1], border[3])))
    seen = np.lib.stride_tricks.sliding_window_view(ones, window)[:: strides[0], :: strides[1]].sum(axis=(2, 3))
    if not seen.all():
        b.fail("has windows that see nothing but the border")
    more = b.give("share", window[0] * window[1] / seen[: made.shape[2], : made.shape[3]]).plane()
    return b.each("P", made.planes.shape, lambda symbol, at: b.put(symbol, Combined("times"), made.plane(*at), more))


max_pool = _pool(MaxPool, least=True)
average_pool = _pool(AvgPool, least=False)


def global_average(b: Building, step: Step) -> Tensor:
    """GlobalAveragePool: one mean a plane."""
    x = b.of(step.inputs[0])
    if x.value.ndim != 4:
        b.fail(f"has {x.value.ndim - 2} space axes, and a sheet has two")
    return b.each("P", x.planes.shape, lambda symbol, at: b.put(symbol, Reduced("mean", "table"), x.plane(*at)))
