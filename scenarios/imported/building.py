"""A graph is built from a model's steps: each tensor becomes tables, one for each place of its leading axes.

X       (n, c, h, w)    planes X[1,1] … of shape (h, w)
W, K    weights: yellow tables, made when an operation first reads them
values  what ONNX's reference implementation says; of what our operations have in between, their NumPy lines
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any, NoReturn

import numpy as np

from scenarios.common.activations import Array
from scenarios.graph.graph import Graph, Node
from scenarios.graph.moved import NOWHERE, Moved, TooManyPiecesError
from scenarios.graph.operation import Operation
from scenarios.imported.reading import MOST_CELLS, Model, Step, shown
from scenarios.imported.reference import Reference, too_large
from workbook.block import Between, Shading
from workbook.formula import Direction
from workbook.scenario import UsageError

MOST_TABLES = 2_000
SMALLEST_PICTURE = 7
WIDEST = 16_000
"""A spreadsheet has 16,384 columns."""


@dataclass(frozen=True)
class Tensor:
    """A tensor on the sheets: its value, and its tables over the leading axes.

    The table of a vector is a row of one axis, or of two.
    """

    value: Array
    planes: Any

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of its value."""
        return self.value.shape

    def plane(self, *lead: int) -> Node:
        """Return a table."""
        found: Node = self.planes[lead]
        return found

    def nodes(self) -> list[Node]:
        """Return all tables, each once."""
        return list(dict.fromkeys(self.planes.ravel().tolist()))


@dataclass(frozen=True)
class Layer:
    """What a step of the model became: the tables that it added to the graph, and the formula of the whole."""

    step: Step
    nodes: tuple[Node, ...]


class ModelGraph(Graph):
    """The graph of a model; for the numbers that it was made with, its values are those that ONNX gives.

    Attributes
    ----------
    known : these, by the names of the tables
    """

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Array] = {}

    def values(self, given: Mapping[str, Array]) -> dict[str, Array]:
        """Return the value of every node: ONNX's for the file's own numbers; for others, by our NumPy lines."""
        as_read = all(np.array_equal(given[node.name], node.start) for node in self.given)
        return {**super().values(given), **(self.known if as_read else {})}


@dataclass
class Building:
    """The graph of a model on some data.

    Attributes
    ----------
    layers : what became of each step that computes something
    inputs : the tables that are read in
    """

    model: Model
    data: Mapping[str, Array]
    graph: ModelGraph = field(default_factory=ModelGraph)
    values: dict[str, Any] = field(default_factory=dict)
    tensors: dict[str, Tensor] = field(default_factory=dict)
    layers: list[Layer] = field(default_factory=list)
    inputs: list[Node] = field(default_factory=list)
    number: int = 0
    cells: int = 0
    now: Step | None = None

    def __post_init__(self) -> None:
        self.reference = Reference(self.model)
        self.current: dict[str, Any] = {}
        self.values |= {**self.model.weights, **self.data}
        self.live = set(self.data)
        for name, value in self.data.items():
            made = self.give("X" if len(self.data) == 1 else f"X{len(self.inputs) + 1}", value, shown(name), read=True)
            self.tensors[name] = made
            self.inputs += made.nodes()

    def build(self, operations: Mapping[str, Callable[[Building, Step], Tensor | list[Tensor]]]) -> None:
        """Run every step, and make tables of those that depend on what is read in."""
        for step in self.model.steps:
            self.now = step
            inputs = [self.values[name] if name else None for name in step.inputs]
            outputs = self.reference.run(step, inputs)
            self.values.update(zip(step.outputs, outputs, strict=False))
            if step.op == "Shape" or not self.live & set(step.inputs):
                continue  # it follows from the model and the number of rows, and is shown where something reads it
            if step.op not in operations:
                self.fail("works here on numbers of the model only, and not on the data")
            self.live |= set(step.outputs)
            before = len(self.graph.nodes)
            made = self._made(operations[step.op], step)
            for name, tensor, value in zip(step.outputs, made, outputs, strict=False):
                self.tensors[name] = Tensor(np.asarray(value, float), tensor.planes)
                self._know(tensor, value)
            self.layers.append(Layer(step, tuple(self.graph.nodes[before:])))
        if not self.graph.computed:
            raise UsageError(
                f"{self.model.source}: no number in it is computed from what it reads; import a model that does"
            )

    def _made(self, operation: Callable[[Building, Step], Tensor | list[Tensor]], step: Step) -> list[Tensor]:
        try:
            made = operation(self, step)
        except TooManyPiecesError:
            self.fail("moves its cells about in a way that no formula of reasonable length says")
        return made if isinstance(made, list) else [made]

    def _know(self, tensor: Tensor, value: Any) -> None:
        """Note what ONNX says of the tables of an output."""
        shape = np.shape(value)
        if tensor.planes.shape != shape[:-2] or any(
            self.current[n.name].size != prod(shape[-2:]) for n in tensor.nodes()
        ):
            self.fail("puts tables together whose shapes do not meet")
        for lead in np.ndindex(tensor.planes.shape):
            node = tensor.planes[lead]
            if node.operation is not None and node.name not in self.graph.known:
                self.graph.known[node.name] = np.asarray(value, float)[lead].reshape(self.current[node.name].shape)

    def fail(self, problem: str) -> NoReturn:
        """Refuse the step that is being built, in one line."""
        assert self.now is not None
        raise UsageError(f"{self.model.source}: {self.now.op} {self.now.name} {problem}; import a model without it")

    # -- tables ----------------------------------------------------------------------------------------------

    def _named(self, base: str) -> str:
        taken = {node.name.lower() for node in self.graph.nodes}
        name, n = base, 1
        while name.lower() in taken:
            n += 1
            name = f"{base}_{n}"
        return name

    def _count(self, shape: tuple[int, ...], value: Array) -> None:
        self.cells += value.size
        if self.cells > MOST_CELLS or len(self.graph.nodes) >= MOST_TABLES or (value.ndim and value.shape[-1] > WIDEST):
            if self.now is None or self.cells <= MOST_CELLS:
                raise UsageError(f"{self.model.source}: a table of {' × '.join(map(str, shape))} numbers, or so many tables, are too much for a sheet; give fewer rows of data, or import a smaller model")  # fmt: skip
            raise UsageError(too_large(self.model, self.now, shape))

    def give(self, symbol: str, value: Array, title: str = "", *, learns: bool = False, read: bool = False) -> Tensor:
        """Add typed-in tables."""
        value = np.asarray(value, float)
        lead = value.shape[:-2]
        planes = np.empty(lead, object)
        for at in np.ndindex(lead):
            plane = value[at]
            self._count(value.shape, plane)
            mark = _mark(at, lead)
            shading = Shading.DIVERGING if (learns and plane.ndim == 2) or _is_picture(plane) else None
            node = self.graph.give(
                self._named(_id(f"{symbol}{mark}")),
                plane,
                f"{symbol}{mark}",
                f"{title}{mark}" if title else "",
                learns=learns,
                valid=Between(-1e9, 1e9),
                shading=shading,
                **({"along": Direction.RIGHT} if plane.ndim == 1 else {}),
            )
            self.current[node.name] = plane
            planes[at] = node
        return Tensor(value, planes)

    def put(self, symbol: str, operation: Operation, *inputs: Node, title: str = "", **looks: Any) -> Node:
        """Add a computed table; its value, for the time being, is our NumPy line's."""
        value = np.asarray(operation.value(np, *(self.current[x.name] for x in inputs)), float)
        self._count(value.shape, value)
        if value.ndim == 1:
            looks["along"] = Direction.RIGHT
        if _is_picture(value) and operation.shading is None:
            looks["shading"] = Shading.DIVERGING
        node = self.graph.put(self._named(_id(symbol)), operation, *inputs, symbol=symbol, title=title, **looks)
        self.current[node.name] = value
        return node

    def each(
        self, letter: str, shape: Iterable[int], make: Callable[[str, tuple[int, ...]], Node], value: Any = None
    ) -> Tensor:
        """Make a tensor of leading axes `shape`, table by table; `make` is given a table's symbol and place."""
        lead = tuple(shape)
        planes = np.empty(lead, object)
        for at in product(*map(range, lead)):
            planes[at] = make(f"{letter}{self.number or ''}{_mark(at, lead)}", at)
        return Tensor(self._value(planes) if value is None else np.asarray(value, float), planes)

    def tensor(self, planes: Any) -> Tensor:
        """Return a tensor of tables that are there."""
        return Tensor(self._value(planes), planes)

    def _value(self, planes: Any) -> Array:
        if not planes.shape:
            return np.asarray(self.current[planes[()].name])
        return np.array([self._value(planes[n]) if planes.ndim > 1 else self.current[planes[n].name] for n in range(len(planes))])  # fmt: skip

    def of(self, name: str, symbol: str = "c", *, learns: bool = False) -> Tensor:
        """Return a tensor by its name in the model; what follows from the weights alone becomes typed-in tables."""
        if name not in self.tensors:
            self.tensors[name] = self.give(
                f"{symbol}{self.number or ''}", self.values[name], shown(name), learns=learns
            )
        return self.tensors[name]

    def constant(self, step: Step, n: int, key: str = "", default: Any = None) -> Any:
        """Return the value of an input that follows from the model alone, or of the attribute that older versions had for it."""
        if n < len(step.inputs) and step.inputs[n]:
            if step.inputs[n] in self.live:
                self.fail(f"takes {shown(step.inputs[n])} from the data")
            return self.values[step.inputs[n]]
        return step.attributes.get(key or "_", default)

    def softmax_axis(self, step: Step) -> int:
        """Return the axis of a softmax: the last one where it is not said, the second before version 13."""
        return int(step.attributes.get("axis", -1 if self.model.opset >= 13 else 1))

    def attribute(self, symbol: str, key: str, usual: float) -> Tensor:
        """Return an attribute of the step as a typed-in number; ONNX holds these in single precision."""
        assert self.now is not None
        return self.give(symbol, np.asarray(float(np.float32(self.now.attributes.get(key, usual)))))

    def number_of(self, symbol: str, value: float) -> Node:
        """Return a typed-in number that is part of the model."""
        return self.give(symbol, np.asarray(float(value))).plane()

    # -- cells that move ---------------------------------------------------------------------------------------

    def moved(
        self,
        places: Any,
        tensors: list[Tensor],
        letter: str = "M",
        math: str = "{0}",
        fill: float | None = None,
        *,
        least: bool = False,
        down: bool = False,
    ) -> Tensor:
        """Return a tensor whose cells come from `places` of others, counted through all of them; a table that stays is the same one.

        `down`: a single row of several tables may lie down, where each cell has a short formula of its own.
        """
        places = np.asarray(places).astype(int)
        nodes = [node for tensor in tensors for node in tensor.planes.ravel().tolist()]
        sizes = [self.current[node.name].size for node in nodes]
        starts = np.cumsum([0, *sizes])
        filler: list[Node] = []

        def make(symbol: str, at: tuple[int, ...]) -> Node:
            plane = np.atleast_2d(places[at])
            used = np.unique(np.searchsorted(starts, plane[plane != NOWHERE], side="right") - 1)
            if len(used) == 1 and np.array_equal(plane.ravel(), np.arange(starts[used[0]], starts[used[0] + 1])):
                node: Node = nodes[used[0]]
                if plane.shape == self.current[node.name].shape or (1, *self.current[node.name].shape) == plane.shape:
                    return node
            if not len(used):
                self.fail("makes a table that reads nothing")
            local = np.full(plane.shape, NOWHERE)
            end = 0
            for k in used:
                here = (plane >= starts[k]) & (plane < starts[k + 1])
                local[here] = plane[here] - starts[k] + end
                end += sizes[k]
            across = {n for n, k in enumerate(used) if self.current[nodes[k].name].ndim == 1}
            operation = Moved(local, math, across, least=least)
            if operation.filled and not least and not filler:
                filler.append(self.number_of("fill", fill or 0.0))
            looks: dict[str, Any] = {"along": Direction.RIGHT} if down and len(plane) == 1 < len(used) else {}
            more = filler if operation.filled and not least else []
            return self.put(symbol, operation, *(nodes[k] for k in used), *more, **looks)

        flat = np.concatenate([np.ravel(tensor.value) for tensor in tensors])
        rest = flat.min() if least else (fill or 0.0)
        value = np.append(flat, rest)[np.where(places == NOWHERE, len(flat), places)]
        return self.each(letter, places.shape[:-2], make, value)

    def only_multiplied(self, name: str) -> bool:
        """Tell whether a tensor is read by nothing but products, on their left."""
        readers = [step for step in self.model.steps if name in step.inputs]
        return name not in self.model.outputs and all(
            step.op in ("Gemm", "MatMul") and name not in step.inputs[1:] and not step.attributes.get("transA")
            for step in readers
        )

    def as_places(self, tensor: Tensor, start: int = 0) -> Array:
        """Return the numbers of a tensor's places."""
        return np.arange(start, start + tensor.value.size, dtype=float).reshape(tensor.shape)


def _is_picture(value: Array) -> bool:
    """Tell whether a table is large enough that its colours say more than its numbers."""
    return value.ndim == 2 and min(value.shape) >= SMALLEST_PICTURE


def _id(symbol: str) -> str:
    """Return the id of a block from its symbol: Z1[2,3] is Z1_2_3."""
    return symbol.replace(",", "_").replace("[", "_").replace("]", "")


def _mark(at: tuple[int, ...], lead: tuple[int, ...]) -> str:
    """Return what stands behind a symbol to say which table it is; an axis of size 1 is not named."""
    named = [str(n + 1) for n, size in zip(at, lead, strict=True) if size > 1]
    return f"[{','.join(named)}]" if named else ""
