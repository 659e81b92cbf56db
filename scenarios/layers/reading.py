"""Reads a file with a list of layers, builds their graph layer by layer, and checks that each fits the one before.

What a file may say, with what holds where it says nothing:

    title = "…"                                     words for the head of the workbook
    [[layers]]                                      one for each layer, in order
    kind = "conv2d"                                 and the keys of that kind (see KINDS)
    [loss]
    name = "categorical_cross_entropy"              or binary_cross_entropy, half_squared, mean_squared
    [optimizer]
    lr = 0.1                                        of the one step that is shown: w − η·g
    [training]
    seed = 1                                        of the weights and masks that are drawn
    [data]
    x = [[…], …]                                    one row an example or a moment, or a picture; tokens: [1, 3, 2]
    y = [[…], …]                                    of the shape of what the last layer gives; or labels, one a row

Every fault is one line that names the file, the layer's number and kind, the key, and how to mend it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.examples import LARGEST_NUMBER, RawData
from scenarios.common.reading import Reader
from scenarios.common.toml import read_tables, shortened, shown
from scenarios.graph.graph import Graph, Node
from scenarios.graph.losses import BinaryCrossEntropy, CrossEntropy, HalfSquared, MeanSquared
from scenarios.graph.operation import Operation
from scenarios.layers import pictures, plain, sequences
from scenarios.layers.stack import Flow, Form, Options, Stack
from scenarios.layers.weights import with_weights
from workbook.block import Between, Counter, Shading
from workbook.errors import UsageError, nearest

Layer = Callable[[Stack, Flow], Flow]

MOST_LAYERS, MOST_ROWS = 24, 40
BINARY, CATEGORICAL = "binary_cross_entropy", "categorical_cross_entropy"
LOSSES: dict[str, Operation] = {
    "half_squared": HalfSquared(), "mean_squared": MeanSquared(), BINARY: BinaryCrossEntropy(), CATEGORICAL: CrossEntropy(),
}  # fmt: skip
ENDS = {BINARY: "sigmoid", CATEGORICAL: "softmax"}
"""What stands last before a loss; the loss is computed from what goes into it, so that no logarithm of 0 arises."""

WEIGHTS = ("weights", "bias", "trainable")
KINDS: dict[str, tuple[Layer, tuple[str, ...]]] = {
    "dense": (plain.dense, ("units", "activation", "slope", *WEIGHTS)),
    "conv2d": (pictures.conv2d, ("filters", "kernel_size", "padding", "stride", "activation", "slope", *WEIGHTS)),
    "maxpool": (pictures.maxpool, ("size", "stride")),
    "avgpool": (pictures.avgpool, ("size", "stride")),
    "flatten": (pictures.flatten, ()),
    "embedding": (sequences.embedding, ("vocabulary", "units", "weights", "trainable")),
    "positions": (sequences.positions, ("weights", "trainable")),
    "attention": (sequences.attention, ("heads", "causal", "project", "Wq", "Wk", "Wv", "Wo", "trainable")),
    "rnn": (sequences.rnn, ("units", "recurrent", *WEIGHTS)),
    "layernorm": (plain.layernorm, ("epsilon", "gamma", "beta", "trainable")),
    "batchnorm": (plain.batchnorm, ("epsilon", "gamma", "beta", "trainable")),
    "dropout": (plain.dropout, ("rate", "mask")),
    "residual": (plain.residual, ("from",)),
    "multiply": (plain.multiply, ("from",)),
    "concat": (plain.concat, ("from",)),
    "split": (plain.split, ("first", "last")),
    "scale": (plain.scale, ("factor",)),
    **{
        name: (partial(plain.activation, name=name), ("slope",) if name == "leaky_relu" else ())
        for name in plain.ACTIVATIONS
    },
}
OTHER_NAMES = {"linear": "dense", "fc": "dense", "add": "residual", "skip": "residual", "convolution": "conv2d"}


@dataclass(frozen=True)
class Outline:
    """What a file says apart from its data; `layers` are the kind and the table of each."""

    title: str
    layers: list[tuple[str, dict[str, Any]]]
    loss: str
    rate: float
    seed: int


@dataclass(frozen=True)
class Row:
    """A layer's kind, how many tables of which shape it gives, and how many of its numbers learn."""

    kind: str
    tables: int
    shape: tuple[int, int]
    learns: int


@dataclass(frozen=True)
class Stacked:
    """A network of layers as a file describes it.

    Attributes
    ----------
    rows : what each layer is and gives
    classes : what the columns of the targets stand for, where labels say it
    data : the name of the CSV file that the examples come from
    untyped : keys that the file does not say, each with what is taken
    drawn : whether weights or masks are drawn from the seed
    """

    source: str
    title: str
    graph: Graph
    rows: tuple[Row, ...]
    loss: str
    rate: float
    classes: tuple[str, ...] = ()
    untyped: tuple[str, ...] = ()
    drawn: bool = False
    data: str = ""


def is_stack(path: Path) -> bool:
    """Tell whether a file describes a list of layers, and not a dense network by its numbers of units."""
    return "layers" in read_tables(path)


def check_stack(path: Path, weights: Path | None = None) -> None:
    """Check what can be checked without the data; `weights` is a file of them.

    Raises
    ------
    UsageError
        As `read_stack` does.
    """
    StackReader(str(path)).outline(_tables(path, weights))


def read_stack(path: Path, data: RawData | None = None, weights: Path | None = None) -> Stacked:
    """Read a file with a list of layers, with the examples of a CSV file in place of its own if there are any.

    `weights` is a file of those that the layers begin with.

    Raises
    ------
    UsageError
        In one line, naming the file, the layer and the key.
    """
    return StackReader(str(path)).stacked(_tables(path, weights), data)


def _tables(path: Path, weights: Path | None) -> dict[str, Any]:
    tables = read_tables(path)
    if "layers" not in tables:
        raise UsageError(
            f"{path}: layers: missing; write [[layers]] for each layer; `workbook example layers` prints a file to begin with"
        )
    if weights is None:
        return tables
    StackReader(str(path)).outline(tables)  # so that what takes the weights is a list of layers of known kinds
    return with_weights(tables, weights)


class StackReader(Reader):
    """Reads the tables of a file with a list of layers."""

    keys: ClassVar = {
        "": ("title", "layers", "loss", "optimizer", "training", "data"),
        "loss": ("name",),
        "optimizer": ("name", "lr"),
        "training": ("seed",),
        "data": ("x", "y", "labels", "classes"),
    }

    def outline(self, raw: dict[str, Any]) -> Outline:
        """Read what can be read without data."""
        self.known("", raw, self.keys[""])
        title = self.title(raw.get("title", ""))
        loss_table, optimizer = self.table(raw, "loss"), self.table(raw, "optimizer", needed=False)
        training = self.table(raw, "training", needed=False)
        loss = self.choice("loss.name", loss_table.get("name"), tuple(LOSSES))
        self.choice("optimizer.name", optimizer.get("name", "sgd"), ("sgd",))
        rate = self.number("optimizer.lr", self.said(optimizer, "optimizer.lr", 0.1), 1e-6, 100)
        seed = self.whole("training.seed", self.said(training, "training.seed", 1), 0, 2**32 - 1)
        return Outline(title, self.layers(raw["layers"]), loss, rate, seed)

    def stacked(self, raw: dict[str, Any], data: RawData | None) -> Stacked:
        """Stack the layers up on the data."""
        outline = self.outline(raw)
        table, loss = self.table(raw, "data", needed=data is None), outline.loss
        stack = Stack(self, outline.seed)
        rows, last = self.stack_up(stack, outline.layers, self.input(stack, table, data))
        end = stack.flows[-1]
        if len(end.nodes) > 1 or end.form is Form.TOKENS:
            stack.options.fail(f"it is the last and gives {end}, but a loss takes one table; put a flatten behind it")
        y, classes = self.targets(table, data, end)
        self.check_targets(y, loss, "" if data is None else str(data.path))
        valid = Between(0, 1) if loss in ENDS else Between(-LARGEST_NUMBER, LARGEST_NUMBER)
        Y = stack.give(("Y", "Y"), y.shape, y, valid=valid)
        stack.graph.put("L", LOSSES[loss], self.judged(stack, last, loss), Y)
        stack.lane([], [Y])
        if not stack.graph.learning:
            self.fail("layers", "no layer has anything that learns; add a dense layer, or leave trainable = false out")
        stack.arrange()
        untyped = tuple(key for key in self.untyped if stack.drawn or not key.startswith("training.seed"))
        return Stacked(
            self.source, outline.title, stack.graph, tuple(rows), loss, outline.rate, classes, untyped, stack.drawn,
            "" if data is None else data.path.name,
        )  # fmt: skip

    # -- layers ------------------------------------------------------------------------------------------

    def layers(self, value: Any) -> list[tuple[str, dict[str, Any]]]:
        """Return the kind and the table of each layer; every key is one that the kind has."""
        if not isinstance(value, list) or not value or not all(isinstance(each, dict) for each in value):
            self.fail("layers", f"{shown(value)}: write [[layers]] for each layer, and below it its kind and keys")
        if len(value) > MOST_LAYERS:
            self.fail("layers", f"{len(value)} layers are too many; at most {MOST_LAYERS}")
        found = []
        for number, said in enumerate(value, 1):
            kind = self.kind(number, said)
            _build, keys = KINDS[kind]
            for key in said:
                if key not in ("kind", *keys):
                    has = f"it has {', '.join(keys)}" if keys else "it has none"
                    self.fail(f"layer {number} ({kind})", f"{shortened(key)}: no such key; {nearest(key, keys)}{has}")
            found.append((kind, said))
        return found

    def kind(self, number: int, said: Mapping[str, Any]) -> str:
        kind = said.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            typed = kind.lower() if isinstance(kind, str) else ""
            meant = f"did you mean {OTHER_NAMES[typed]}? " if typed in OTHER_NAMES else nearest(typed, KINDS)
            wrong = "missing" if kind is None else f"{shown(kind)} is not known"
            self.fail(f"layer {number}", f"kind: {wrong}; {meant}there are {', '.join(KINDS)}")
        return kind

    def stack_up(
        self, stack: Stack, layers: Sequence[tuple[str, Mapping[str, Any]]], x: Flow
    ) -> tuple[list[Row], Node]:
        """Add one layer after the other."""
        stack.flows.append(x)
        rows = []
        for number, (kind, said) in enumerate(layers, 1):
            stack.number, stack.options = number, Options(self, number, kind, said)
            learning = {node.name for node in stack.graph.learning}
            build, _keys = KINDS[kind]
            x = replace(build(stack, x), who=stack.options.who)
            stack.flows.append(x)
            new = [node for node in stack.graph.learning if node.name not in learning]
            rows.append(Row(kind, len(x.nodes), x.shape, sum(node.start.size for node in new)))
        return rows, x.nodes[0]

    # -- data --------------------------------------------------------------------------------------------

    def input(self, stack: Stack, table: Mapping[str, Any], data: RawData | None) -> Flow:
        """Add what goes in: a table or picture, several pictures, or tokens."""
        who = "the input"
        if data is not None:
            if len(data.x) > MOST_ROWS:
                self.fail(str(data.path), f"{len(data.x)} examples are too many side by side; at most {MOST_ROWS}")
            return self.planes(stack, [data.x], Form.ROWS, who)
        if "x" not in table or ("y" in table) == ("labels" in table):
            self.fail("data", "give x, and either y or labels")
        x = table["x"]
        if isinstance(x, list) and x and not isinstance(x[0], list):
            return self.tokens(stack, x, who)
        if isinstance(x, list) and x and isinstance(x[0], list) and x[0] and isinstance(x[0][0], list):
            size = len(x[0]), len(x[0][0])
            self.bounded(len(x), 8, "data.x", "pictures")
            found = [self.array(f"data.x, picture {n}", each, size, LARGEST_NUMBER) for n, each in enumerate(x, 1)]
            return self.planes(stack, found, Form.PICTURE, who)
        columns = len(x[0]) if isinstance(x, list) and x else None
        return self.planes(stack, [self.array("data.x", x, (None, columns), LARGEST_NUMBER)], Form.EITHER, who)

    def tokens(self, stack: Stack, x: Sequence[Any], who: str) -> Flow:
        self.bounded(len(x), MOST_ROWS, "data.x", "tokens")
        value = np.array([self.whole(f"data.x, number {n}", each, 1, 64) for n, each in enumerate(x, 1)], float)
        node = stack.give(("X", "X"), value.shape, value, valid=Between(1, 64, whole=True), number_format="0")
        stack.lane([], [node])
        return Flow((node,), len(x), 1, Form.TOKENS, who)

    def planes(self, stack: Stack, found: Sequence[Array], form: Form, who: str) -> Flow:
        rows, columns = found[0].shape
        self.bounded(rows, MOST_ROWS, "data.x", "rows")
        self.bounded(columns, MOST_ROWS, "data.x", "columns")
        nodes = []
        for n, value in enumerate(found, 1):
            name = ("X", "X") if len(found) == 1 else (f"X_{n}", f"X{'₀₁₂₃₄₅₆₇₈'[n]}")
            looks: dict[str, Any] = {"valid": Between(-LARGEST_NUMBER, LARGEST_NUMBER)}
            if form is not Form.ROWS and np.isin(value, (0, 1)).all():
                looks["shading"] = Shading.PIXELS
            if form is Form.ROWS:
                looks["rows"] = Counter("")
            nodes.append(stack.give(name, value.shape, value, wants_slope=True, **looks))
        stack.lane([], nodes)
        return Flow(tuple(nodes), rows, columns, form, who)

    def bounded(self, count: int, most: int, key: str, what: str) -> None:
        if count > most:
            self.fail(key, f"{count:,} {what} are too many side by side; at most {most}")

    def targets(self, table: Mapping[str, Any], data: RawData | None, end: Flow) -> tuple[Array, tuple[str, ...]]:  # fmt: skip
        """Return the targets, of the shape of what the last layer gives, and what labels stand for."""
        rows, columns = end.shape
        labels = data.labels if data is not None else table.get("labels")
        if data is not None and data.y is not None:
            if data.y.shape != end.shape:
                self.fail(str(data.path), f"{data.y.shape[0]}×{data.y.shape[1]} targets, but {end.who} gives {end}")
            return data.y, ()
        if not labels:
            y = table.get("y")
            if not isinstance(y, list) or len(y) != rows or not all(isinstance(r, list) and len(r) == columns for r in y):  # fmt: skip
                have = f"{len(y)} rows" if isinstance(y, list) and y else shown(y)
                self.fail("data.y", f"{have}: give {rows} rows of {columns}, for {end.who} gives {end}")
            return self.array("data.y", y, end.shape, LARGEST_NUMBER), ()
        stated = self.classes(table, columns)
        listed = {"labels": list(labels)} if data is not None else table
        y, classes, _counted = self.labelled(listed, rows, columns, stated)
        return y, classes

    def check_targets(self, y: Array, loss: str, source: str) -> None:
        where = source or "data.y"
        if loss in ENDS and ((y < 0) | (y > 1)).any():
            self.fail(where, f"{loss} takes targets from 0 to 1; change them, or the loss")
        if loss == CATEGORICAL and (wrong := np.flatnonzero(np.abs(y.sum(axis=1) - 1) > 1e-9)).size:
            self.fail(where, f"row {wrong[0] + 1} adds up to {y[wrong[0]].sum():g}; {loss} takes targets that add up to 1")  # fmt: skip

    def judged(self, stack: Stack, last: Node, loss: str) -> Node:
        """Return the table that the loss takes: of cross-entropy what goes into the last softmax or sigmoid."""
        if loss not in ENDS or last.name not in stack.before:
            return last
        name, before = stack.before[last.name]
        if name != ENDS[loss]:
            stack.options.fail(f"{loss} needs {ENDS[loss]} in the last layer, which has {name}; change one of the two")
        return before
