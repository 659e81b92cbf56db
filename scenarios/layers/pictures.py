"""Layers on pictures: convolution, pooling, and what makes a row of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.toml import shown
from scenarios.graph.graph import Node
from scenarios.graph.operation import Operation
from scenarios.graph.planes import AvgPool, Conv2d, Every, Flatten, MaxPool
from scenarios.layers.plain import activated
from scenarios.layers.stack import LARGEST_WEIGHT, Flow, Form, Stack
from workbook.block import Between

MOST_FILTERS, LARGEST_KERNEL, LARGEST_POOL = 8, 7, 3


def conv2d(s: Stack, x: Flow) -> Flow:
    """Each filter has a kernel for every picture; the sums are added up, with the filter's bias."""
    o, planes = s.options, s.pictures(x)
    filters, size = o.whole("filters", 1, MOST_FILTERS, 1), o.whole("kernel_size", 1, LARGEST_KERNEL, 3)
    padding, stride = _padding(s, size), o.whole("stride", 1, LARGEST_KERNEL, 1)
    rows, columns = (n + 2 * padding - size + 1 for n in x.shape)
    _fits(s, x, size, padding, rows, columns)
    kernels, biases = _kernels(s, filters, len(planes), size), _biases(s, filters)
    made, learns = [], o.flag("trainable", usual=True) and o.table.get("bias") is not False
    for f in range(filters):
        part = (f,) if filters > 1 else ()
        K = [_kernel(s, kernels, f, p, (filters, len(planes), size)) for p in range(len(planes))]
        b = s.give(s.name("b", *part), (), biases[f], learns=learns, valid=Between(-LARGEST_WEIGHT, LARGEST_WEIGHT))
        z = _strided(s, "Z", part, Conv2d((size, size), len(planes), padding), (*planes, *K, b), (rows, columns), stride)  # fmt: skip
        s.lane([*K, b], z)
        made.append(z[-1])
    found = replace(x, nodes=tuple(made), rows=-(-rows // stride), columns=-(-columns // stride), form=Form.PICTURE)
    return activated(s, found)


def _padding(s: Stack, size: int) -> int:
    said = s.options.table.get("padding", 0)
    if said in ("same", "valid"):
        if said == "same" and size % 2 == 0:
            s.options.fail(f'padding: "same" needs an odd kernel_size, not {size}; change one of the two')
        return (size - 1) // 2 if said == "same" else 0
    if isinstance(said, str):
        s.options.fail(f'padding: {shown(said)}: write "same", "valid", or how many zeros stand around the picture')
    return s.options.whole("padding", 0, max(size - 1, 0), 0)


def _fits(s: Stack, x: Flow, size: int, padding: int, rows: int, columns: int) -> None:
    if rows < 1 or columns < 1:
        around = f" with {padding} zeros around it" if padding else ""
        s.options.fail(f"a window of {size}×{size} does not fit into {x}{around}, which {x.who} gives; take a smaller one")  # fmt: skip


def _kernels(s: Stack, filters: int, planes: int, size: int) -> Array | None:
    """Return the kernels of the file: one, or a list of them for one picture, or lists for each filter and picture."""
    found, depth = s.options.table.get("weights"), 0
    inner: Any = found
    while isinstance(inner, list) and inner:
        depth, inner = depth + 1, inner[0]
    shape: tuple[int, ...] = (filters, planes, size, size)
    if depth == 2 and filters == planes == 1:
        shape = (size, size)
    elif depth == 3 and planes == 1:
        shape = (filters, size, size)
    given = s.options.array("weights", shape, LARGEST_WEIGHT)
    return None if given is None else given.reshape(filters, planes, size, size)


def _kernel(s: Stack, given: Array | None, f: int, p: int, sizes: tuple[int, int, int]) -> Node:
    filters, planes, size = sizes
    part = (*([f] if filters > 1 else []), *([p] if planes > 1 else []))
    node = s.weights(s.name("K", *part), "", (size, size), planes * size * size)
    if given is not None:
        node.start = given[f, p]
    return node


def _biases(s: Stack, filters: int) -> Array:
    said = s.options.table.get("bias", True)
    if isinstance(said, bool):
        return np.zeros(filters)
    given = s.options.array("bias", (filters,) if isinstance(said, list) else ())
    assert given is not None
    if given.ndim == 0 and filters > 1:
        s.options.fail(f"bias: {shown(said)}: give a list of {filters} numbers, one for each filter")
    return given.reshape(filters)


def _strided(
    s: Stack, letter: str, part: tuple[int, ...], operation: Operation, inputs: tuple[Node, ...], shape: tuple[int, int], stride: int
) -> list[Node]:  # fmt: skip
    """Add what a window finds everywhere; with a stride, of that every so many."""
    if stride == 1:
        return [s.put(s.name(letter, *part), operation, *inputs, shape=shape)]
    everywhere = s.put(s.name("V", *part), operation, *inputs, shape=shape)
    kept = (-(-shape[0] // stride), -(-shape[1] // stride))
    return [everywhere, s.put(s.name(letter, *part), Every(stride), everywhere, shape=kept)]


def _pooled(s: Stack, x: Flow, kind: type[MaxPool | AvgPool]) -> Flow:
    planes, size = s.pictures(x), s.options.whole("size", 2, LARGEST_POOL, 2)
    stride = s.options.whole("stride", 1, LARGEST_KERNEL, size)
    rows, columns = (n - size + 1 for n in x.shape)
    _fits(s, x, size, 0, rows, columns)
    made = []
    for n, plane in enumerate(planes):
        part = (n,) if len(planes) > 1 else ()
        p = _strided(s, "P", part, kind(size), (plane,), (rows, columns), stride)
        s.lane([], p)
        made.append(p[-1])
    return replace(x, nodes=tuple(made), rows=-(-rows // stride), columns=-(-columns // stride), form=Form.PICTURE)


def maxpool(s: Stack, x: Flow) -> Flow:
    """The largest number of every window."""
    return _pooled(s, x, MaxPool)


def avgpool(s: Stack, x: Flow) -> Flow:
    """The mean of every window."""
    return _pooled(s, x, AvgPool)


def flatten(s: Stack, x: Flow) -> Flow:
    """All rows of all pictures one after the other, as one row."""
    if x.form is Form.TOKENS:
        s.rows(x)
    columns = len(x.nodes) * x.rows * x.columns
    row = s.put(s.name("F"), Flatten(x.rows, x.columns), *x.nodes, shape=(1, columns))
    s.lane([], [row])
    return replace(x, nodes=(row,), rows=1, columns=columns, form=Form.ROWS)
