"""A stack of layers as it grows: its graph, what each layer gives, and where the tables stand on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, NoReturn

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.reading import Reader
from scenarios.graph.graph import Graph, Node
from scenarios.graph.operation import Operation
from workbook.block import Between, Counter, Shading

MOST_CELLS = 6000
"""Numbers of the forward pass, given and computed; the whole workbook has about eight times as many."""
MOST_UNITS = 64
LARGEST_WEIGHT = 50.0
LONGEST_PICKED = 4
"""A row that is picked by a number is written out cell by cell up to this length."""
WIDE = 23
"""So many columns of tables stand side by side; then the next layer begins below."""

_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class Form(Enum):
    """What a table is: a row for each example or moment, a picture, token numbers; a file's table may be the first or second."""

    ROWS = "a table"
    PICTURE = "a picture"
    EITHER = "a table or picture"
    TOKENS = "tokens"


@dataclass(frozen=True)
class Flow:
    """What a layer gives to the next: one table, or several pictures of one size; `who` gives it."""

    nodes: tuple[Node, ...]
    rows: int
    columns: int
    form: Form
    who: str = ""

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows, self.columns

    def __str__(self) -> str:
        if self.form is Form.TOKENS:
            return f"{self.rows} tokens"
        if len(self.nodes) > 1:
            return f"{len(self.nodes)} pictures of {self.rows}×{self.columns}"
        return f"a {'picture' if self.form is Form.PICTURE else 'table'} of {self.rows}×{self.columns}"


class Options:
    """What a file says of one layer; a fault names the layer's number and kind."""

    def __init__(self, reader: Reader, number: int, kind: str, said: Mapping[str, Any]) -> None:
        self.reader, self.kind, self.table = reader, kind, said
        self.who = f"layer {number} ({kind})"

    def __contains__(self, key: str) -> bool:
        return key in self.table

    def fail(self, problem: str) -> NoReturn:
        self.reader.fail(self.who, problem)

    def _key(self, key: str) -> str:
        return f"{self.who}: {key}"

    def _found(self, key: str, usual: Any, wanted: str) -> Any:
        if key not in self.table and usual is None:
            self.reader.fail(self._key(key), f"missing; give {wanted}")
        return self.table.get(key, usual)

    def whole(self, key: str, low: int, high: int, usual: int | None = None) -> int:
        value = self._found(key, usual, f"a whole number from {low:,} to {high:,}")
        return self.reader.whole(self._key(key), value, low, high)

    def number(self, key: str, low: float, high: float, usual: float | None = None) -> float:
        value = self._found(key, usual, f"a number from {low:g} to {high:g}")
        return self.reader.number(self._key(key), value, low, high)

    def flag(self, key: str, *, usual: bool) -> bool:
        return self.reader.yes_no(self._key(key), self.table.get(key, usual))

    def choice(self, key: str, options: Sequence[str]) -> str:
        return self.reader.choice(self._key(key), self.table.get(key), options)

    def refuse_transposed(self, key: str, shape: tuple[int, ...]) -> None:
        """Say what is wrong with weights that lie with a row an input."""
        if key in self.table:
            self.reader.refuse_transposed(self._key(key), self.table[key], shape)

    def array(self, key: str, shape: tuple[int, ...], largest: float = LARGEST_WEIGHT) -> Array | None:
        """Return numbers of a shape; None where the file gives none."""
        if key not in self.table:
            return None
        value = self.table[key]
        if not shape:
            return np.asarray(self.reader.number(self._key(key), value, -largest, largest))
        return self.reader.array(self._key(key), value, shape, largest)


class Stack:
    """The layers so far.

    Attributes
    ----------
    graph : their tables
    flows : what the input and each layer give, by the layer's number
    number, options : the layer that is being added
    before : softmax and sigmoid by the name of their table: which of the two it is, and the table it is made from
    """

    def __init__(self, reader: Reader, seed: int) -> None:
        self.reader, self.random = reader, np.random.default_rng(seed)
        self.graph = Graph()
        self.flows: list[Flow] = []
        self.number = 0
        self.options = Options(reader, 0, "input", {})
        self.before: dict[str, tuple[str, Node]] = {}
        self.cells = 0
        self.drawn = False
        self._lanes: list[tuple[list[Node], list[Node]]] = []
        self._sizes: dict[str, tuple[int, ...]] = {}

    # -- tables ------------------------------------------------------------------------------------------

    def name(self, letter: str, *part: int) -> tuple[str, str]:
        """Return a table's id and symbol: of the layer, or of one of its planes."""
        plain = f"{letter}{self.number}"
        below = "".join(str(n + 1) for n in part)
        return (f"{plain}_{'_'.join(str(n + 1) for n in part)}", plain + below.translate(_LOWERED)) if part else (plain, plain)  # fmt: skip

    def _count(self, name: str, shape: tuple[int, ...]) -> None:
        self.cells += int(np.prod(shape))
        self._sizes[name] = shape
        if self.cells > MOST_CELLS:
            self.options.fail(
                f"with it the network has {self.cells:,} numbers; a sheet takes {MOST_CELLS:,}: take fewer units or filters, or a smaller input"
            )

    def give(self, name: tuple[str, str], shape: tuple[int, ...], start: Any, **more: Any) -> Node:
        """Add a table that is typed in; `start` may be a function that makes it, called when there is room."""
        self._count(name[0], shape)
        return self.graph.give(name[0], start() if callable(start) else start, name[1], **more)

    def weights(
        self, name: tuple[str, str], key: str, shape: tuple[int, ...], fan_in: int = 0, usual: float = 0.0
    ) -> Node:
        """Add parameters: as the file gives them, else drawn with variance 1/fan_in, or all of them `usual`."""
        self._count(name[0], shape)
        start = np.full(shape, usual)
        if fan_in:  # drawn in any case: what one layer's file says must not change what others draw
            start = (self.random.normal(size=shape) / np.sqrt(fan_in)).round(3) + 0.0
        given = self.options.array(key, shape)
        self.drawn = self.drawn or (given is None and fan_in > 0)
        looks: dict[str, Any] = {"shading": Shading.DIVERGING} if len(shape) == 2 else {}
        return self.graph.give(
            name[0], start if given is None else given, name[1], learns=self.options.flag("trainable", usual=True),
            valid=Between(-LARGEST_WEIGHT, LARGEST_WEIGHT), **looks,
        )  # fmt: skip

    def product(self, name: tuple[str, str], key: str, units: int, columns: int) -> Node:
        """Add the weights of a product X·W: a file has a row a unit, the sheet a column a unit, above what it makes."""
        self.options.refuse_transposed(key, (units, columns))
        node = self.weights(name, key, (units, columns), columns)
        node.start = node.start.T
        self.count_rows(node, units)
        self._sizes[name[0]] = node.start.shape
        return node

    def count_rows(self, node: Node, columns: int) -> None:
        """Number the rows of a table that is wide: a formula picks a row by its number then."""
        if columns > LONGEST_PICKED:
            node.looks["rows"] = Counter("")

    def biases(self, units: int) -> list[Node]:
        """Add a bias a unit: from 0 on, or as the list ``bias`` says; ``bias = false`` leaves them out."""
        said = self.options.table.get("bias", True)
        if said is False:
            return []
        return [self.weights(self.name("b"), "" if said is True else "bias", (units,))]

    def put(self, name: tuple[str, str], operation: Operation, *inputs: Node, shape: tuple[int, ...]) -> Node:
        """Add a computed table."""
        self._count(name[0], shape)
        return self.graph.put(name[0], operation, *inputs, symbol=name[1])

    def lane(self, given: Sequence[Node], made: Sequence[Node]) -> None:
        """Put tables onto the page: parameters above what they make; what needs none below what it is made from, if it fits there."""
        left = [node for node in made if given or not self._hang(node)]
        last = self._lanes[-1] if self._lanes else ([], [])
        if left and not last[0] and last[1] and last[1][-1].operation is not None and last[1][-1] in left[0].inputs:
            last[0].extend(given)
            last[1].extend(left)
        elif left:
            self._lanes.append((list(given), left))

    def _hang(self, node: Node) -> bool:
        """Put a table below the first that it is made from; tell whether there was room."""
        for given, made in self._lanes:
            wide = max(map(self.width, [*given, *made]))
            if (
                made
                and node.inputs
                and made[-1] is node.inputs[0]
                and node.inputs[0].operation
                and self.width(node) <= wide
            ):
                made.append(node)
                return True
        return False

    # -- what a layer takes ------------------------------------------------------------------------------

    def rows(self, x: Flow) -> Node:
        """Return the one table of rows that the layer takes."""
        if x.form is Form.TOKENS:
            self.options.fail(f"it takes a table, but {x.who} gives {x}; put an embedding between them")
        if x.form is Form.PICTURE or len(x.nodes) > 1:
            self.options.fail(f"it takes a table, one example a row, but {x.who} gives {x}; put a flatten between them")
        return x.nodes[0]

    def pictures(self, x: Flow) -> tuple[Node, ...]:
        """Return the pictures that the layer takes."""
        if x.form not in (Form.PICTURE, Form.EITHER):
            self.options.fail(
                f"it takes pictures, but {x.who} gives {x}; put it before the flatten or the dense layers"
            )
        return x.nodes

    def numbers(self, x: Flow) -> tuple[Node, ...]:
        """Return the tables of a layer that takes each number by itself."""
        if x.form is Form.TOKENS:
            self.rows(x)
        return x.nodes

    def other(self, x: Flow) -> Flow:
        """Return what the layer named by `from` gives."""
        number = self.options.whole("from", 0, self.number - 1)
        found = self.flows[number]
        self.rows(found if number else replace(found, who="the input"))
        return found

    def same_shape(self, x: Flow, other: Flow) -> None:
        if x.shape != other.shape:
            self.options.fail(f"{x.who} gives {x}, but {other.who} gives {other}; both must have one shape")

    # -- the page ----------------------------------------------------------------------------------------

    def width(self, node: Node) -> int:
        """Return how many columns a table takes."""
        shape = self._sizes[node.name]
        across = "along" in node.looks
        return shape[0] if across else shape[1] if len(shape) == 2 else 1

    def arrange(self) -> None:
        """Give every table its place: layers from left to right, parameters above what they make; further layers below."""
        band, line, used = 0, list[tuple[list[Node], list[Node]]](), 0
        for lane in [*self._lanes, None]:
            wide = 0 if lane is None else 1 + max(map(self.width, [*lane[0], *lane[1]]))
            if lane is None or (line and used + wide > WIDE):
                top = max(len(given) for given, _made in line)
                for number, (given, made) in enumerate(line):
                    for n, node in enumerate(given):
                        node.at = (band + n, number)
                    for n, node in enumerate(made):
                        node.at = (band + top + n, number)
                band, line, used = band + top + max(len(made) for _given, made in line), [], 0
            if lane is not None:
                line.append(lane)
                used += wide
