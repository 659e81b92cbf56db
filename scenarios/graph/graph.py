"""The graph: nodes in order, their values by NumPy, and the slopes of the last by automatic differentiation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.graph.operation import Operation
from workbook.block import Block, Valid
from workbook.formula import Direction
from workbook.sheet import Adder

At = tuple[int, int] | tuple[int, int, int]
"""Where a table stands on the network page: its band, from top to bottom, and its lane, from left to right; and which part of
the lane it is, where tables share it side by side.
"""


@dataclass(eq=False)
class Node:
    """A table of the network: given (`operation` is None) or computed.

    Attributes
    ----------
    name, symbol : the id of its block, and how mathematics calls it
    inputs : what its operation takes
    start : what a given one holds at first; zeros, of one that is promised (`Graph.later`)
    learns : whether a step of descent changes it
    wants_slope : whether the slopes of a given one are shown though it does not learn
    at : its place on the network page; None for one that no page shows
    title : what it is, for the reader
    looks : fields of its block, such as valid, shading, along
    """

    name: str
    symbol: str
    operation: Operation | None = None
    inputs: tuple[Node, ...] = ()
    start: Any = None
    learns: bool = False
    wants_slope: bool = False
    at: At | None = None
    title: str = ""
    looks: dict[str, Any] = field(default_factory=dict)

    @property
    def has_slope(self) -> bool:
        """Whether its slopes are computed."""
        return self.operation is not None or self.learns or self.wants_slope


class Graph:
    """Nodes in the order in which they are computed; the last is the loss, a scalar."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._promised: dict[str, Node] = {}

    def give(self, name: str, start: Any, symbol: str = "", title: str = "", **more: Any) -> Node:
        """Add a table that is typed in; `more` are other attributes of `Node`, or fields of its block."""
        return self._add(Node(name, symbol or name, start=np.asarray(start, float), title=title), more)

    def put(
        self, name: str, operation: Operation, *inputs: Node, symbol: str = "", title: str = "", **more: Any
    ) -> Node:
        """Add a table that an operation computes from others. Raises ValueError for inputs that come later, unpromised."""
        if unknown := {node.name for node in inputs if node not in (*self.nodes, *self._promised.values())}:
            raise ValueError(f"{name} reads {', '.join(sorted(unknown))}, which this graph has not")
        for n in operation.across & set(range(len(inputs))):
            inputs[n].looks.setdefault("along", Direction.RIGHT)
        for node in inputs[: operation.planes] if operation.padding else ():
            node.looks.setdefault("margin", operation.padding)
        node = self._promised.pop(name) if name in self._promised else Node(name, name)
        node.symbol, node.operation, node.inputs, node.title = symbol or name, operation, inputs, title
        return self._add(node, more)

    def later(self, name: str, shape: tuple[int, int]) -> Node:
        """Promise a table that is put further down: operations over time read it one row back, at the moment before."""
        self._promised[name] = Node(name, name, start=np.zeros(shape))
        return self._promised[name]

    def _add(self, node: Node, more: Mapping[str, Any]) -> Node:
        for key, value in more.items():
            if key in ("learns", "wants_slope", "at"):
                setattr(node, key, value)
            else:
                node.looks[key] = value
        if node.name.lower() in {other.name.lower() for other in self.nodes}:
            raise ValueError(f"two tables are called {node.name}, whatever the case")
        self.nodes.append(node)
        return node

    def __getitem__(self, name: str) -> Node:
        return next(node for node in self.nodes if node.name == name)

    @property
    def loss(self) -> Node:
        """The last node."""
        return self.nodes[-1]

    @property
    def given(self) -> list[Node]:
        """The tables that are typed in."""
        return [node for node in self.nodes if node.operation is None]

    @property
    def computed(self) -> list[Node]:
        """The tables that operations compute, in order."""
        return [node for node in self.nodes if node.operation is not None]

    @property
    def learning(self) -> list[Node]:
        """The parameters."""
        return [node for node in self.nodes if node.learns]

    def behind(self, name: str) -> set[str]:
        """Return the names of a table and of all that depend on it."""
        moved = {name}
        while more := {n.name for n in self.computed if moved & {x.name for x in n.inputs}} - moved:
            moved |= more
        return moved

    # -- values -----------------------------------------------------------------------------------------

    def values(self, given: Mapping[str, Array]) -> dict[str, Array]:
        """Return the value of every node, by NumPy."""
        return self._run(np, given, {})

    def _run(self, np: Any, given: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
        out = {node.name: node.start for node in self.computed if node.start is not None}
        moments = max(map(len, out.values()), default=1)
        for node in self.nodes * moments:  # of a promised table, one more row is right after each time
            if node.operation is None:
                value = given[node.name]
            else:
                value = node.operation.value(np, *(out[x.name] for x in node.inputs))
            out[node.name] = value + added[node.name] if node.name in added else value
        return out

    def slopes(self, given: Mapping[str, Array]) -> dict[str, Array]:
        """Return the slopes of the loss in every node: by a zero that is added to each, differentiated by autograd."""
        import autograd.numpy
        from autograd import grad

        zeros = {name: np.zeros_like(value) for name, value in self.values(given).items()}
        last = self.loss.name
        found: dict[str, Array] = grad(lambda added: self._run(autograd.numpy, given, added)[last])(zeros)
        return found

    # -- blocks -----------------------------------------------------------------------------------------

    def blocks(self, place: Adder, nodes: Iterable[Node] | None = None, valid: Valid | None = None) -> dict[str, Block]:
        """Return a yellow block for every given node, made by `place`: a page, or what holds blocks for one."""
        made = {}
        for node in nodes or self.given:
            looks = {**({} if valid is None else {"valid": valid}), **node.looks}
            made[node.name] = place.given(node.name, node.start, node.symbol, node.title, **looks)
        return made
