"""A run of a graph on the sheets: the blocks of its forward pass, of the slopes, and of one step. Pages give them places."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from scenarios.graph.graph import Graph, Node
from scenarios.graph.operation import Pull
from workbook.block import Block, Counter, Role, Shading
from workbook.formula import Direction, Number, added

PLAIN, FINE, MASKED = "0.00", "0.000", "0.00;-0.00;0"
SMALL = 0.01
"""Where no slope of a table is larger, three decimals show them."""


class Run:
    """The forward pass from given blocks.

    Parameters
    ----------
    graph, given : the network, and the blocks of its given nodes by name
    suffix : what stands behind the ids of its blocks, where a book holds several runs
    shared : blocks of another run, for what does not depend on what is different here

    Attributes
    ----------
    blocks : by the name of the node
    inner : the tables in between that an operation needs, by the name of its node
    """

    def __init__(
        self, graph: Graph, given: Mapping[str, Block], suffix: str = "", shared: Run | None = None, moved: str = ""
    ) -> None:
        self.graph, self.suffix = graph, suffix
        self.blocks: dict[str, Block] = dict(given)
        self.inner: dict[str, list[Block]] = {}
        self.values = graph.values({node.name: given[node.name].value for node in graph.given})
        anew = {node.name for node in graph.nodes} if shared is None else graph.behind(moved)
        for node in graph.computed:
            self.blocks[node.name] = (
                self._block(node) if shared is None or node.name in anew else shared.blocks[node.name]
            )
        for node in graph.computed:  # some read what is computed further down
            if shared is None or node.name in anew:
                self._compute(node)
            else:
                self.inner[node.name] = shared.inner[node.name]

    def _block(self, node: Node) -> Block:
        operation = node.operation
        assert operation is not None
        form = MASKED if operation.shading is Shading.MASK else PLAIN
        looks: dict[str, Any] = {"number_format": form, "shading": operation.shading, **node.looks}
        if operation.counted:
            looks.setdefault("columns", Counter(""))
        if operation.numbered:
            looks.setdefault("rows", Counter(""))
        value = self.values[node.name]
        if value.ndim == 0:
            looks["number_format"] = PLAIN if node is not self.graph.loss else FINE
        return Block(node.name + self.suffix, Role.DERIVED, value, node.title, node.symbol, **looks)

    def _compute(self, node: Node) -> None:
        """Give a block its formula, and make the tables in between."""
        assert node.operation is not None
        block, X = self.blocks[node.name], [self.blocks[x.name] for x in node.inputs]
        inner = self.inner[node.name] = node.operation.inner(block.id, X)
        for key, formula in node.operation.formula(block, X, inner).items():
            setattr(block, key, formula)

    @property
    def loss(self) -> Block:
        """The loss."""
        return self.blocks[self.graph.loss.name]

    def made(self) -> list[Block]:
        """Return the computed blocks of this run, those in between first."""
        return [block for node in self.graph.computed for block in (*self.inner[node.name], self.blocks[node.name])]

    # -- backward -----------------------------------------------------------------------------------------

    def backward(self) -> Slopes:
        """Return the slopes of the loss in every node that has them."""
        return Slopes(self)

    def step(self, slopes: Slopes, eta: Block) -> dict[str, Block]:
        """Return the parameters after one step of descent, by name."""
        moved = {}
        for node in self.graph.learning:
            old, slope = self.blocks[node.name], slopes.blocks[node.name]

            def formula(*at: Any, old: Block = old, slope: Block = slope) -> Any:
                return (old[at] if at else old.whole()) - eta * (slope[at] if at else slope.whole())

            value = old.value - eta.value * slope.value
            looks: dict[str, Any] = {"along": old.along, "number_format": PLAIN}
            moved[node.name] = Block(
                f"{node.name}_new", Role.UPDATED, value, "", f"{node.symbol}′", formula=formula, **looks
            )
        return moved


class Slopes:
    """The slopes of the loss: the last node first; a table that several read gets the sum of what they send back.

    Attributes
    ----------
    blocks : the slopes by the name of the node
    pulls : what they are the sum of
    """

    def __init__(self, run: Run) -> None:
        self.run, graph = run, run.graph
        self.values = graph.slopes({node.name: run.blocks[node.name].value for node in graph.given})
        self.blocks: dict[str, Block] = {}
        self.pulls: dict[str, list[Pull]] = {node.name: [] for node in graph.nodes}
        computed_last = [*graph.given, *graph.computed]
        for node in reversed(computed_last):
            self._back(node)
        for node in computed_last:  # what runs back through time comes from tables further up
            if node.name in self.blocks:
                self._state(node)

    def _back(self, node: Node) -> None:
        """Make one node's slopes, and note what its operation sends to its inputs."""
        block, is_loss = self.run.blocks[node.name], node is self.run.graph.loss
        if not is_loss and node.has_slope and self.pulls[node.name]:
            id, value = f"d_{node.name}{self.run.suffix}", self.values[node.name]
            self.blocks[node.name] = Block(
                id, Role.GRADIENT, value, "", f"∂{node.symbol}", along=block.along, number_format=self._format(node)
            )
        if node.operation is None or not (is_loss or node.name in self.blocks):
            return
        X = [self.run.blocks[x.name] for x in node.inputs]
        up = block if is_loss else self.blocks[node.name]
        names = [x.name for x in node.inputs]
        pulls = node.operation.pulls(block, X, self.run.inner[node.name], up, lambda n: self.blocks[names[n]])
        for x, pull in zip(node.inputs, pulls, strict=True):
            if pull is not None:
                self.pulls[x.name].append(pull)

    def _format(self, node: Node) -> str:
        return PLAIN if np.abs(self.values[node.name]).max() >= SMALL else FINE

    def _state(self, node: Node) -> None:
        """Give a node's slopes their formula: the sum of what is sent to them."""
        block, parts = self.blocks[node.name], self.pulls[node.name]
        T = len(block.value) if block.value.ndim else 1

        def sent(*at: Any) -> Any:
            return added(*(part.formula(*at) for part in parts))

        def first(*at: Any) -> Any:
            return added(*(part.formula(0, *at) if part.first is None else part.first(*at) for part in parts))

        def last(*at: Any) -> Any:
            here = [part for part in parts if not part.later]
            return (
                added(*(p.formula(T - 1, *at) if p.last is None else p.last(*at) for p in here)) if here else Number(0)
            )

        if any(part.by_row for part in parts):
            block.each = [partial(sent, i) for i in range(T)]
            if block.along is Direction.RIGHT and block.value.ndim == 2:  # its one row lies down
                block.each = [lambda _i, j=j: sent(0, j) for j in range(block.shape[1])]
        else:
            block.formula = sent
        if any(part.first for part in parts):
            block.first = first
        if any(part.last or part.later for part in parts):
            block.last = last
        if any(part.counted for part in parts):
            block.columns = Counter("")
        if any(part.numbered for part in parts):
            block.rows = Counter("")
        if node.operation is not None:
            block.margin = node.operation.slope_margin
        block.math = " + ".join(part.math for part in parts)
