"""Reads the TOML file of a specification; every fault is one line that names the file, the key, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.optimizers import OPTIMIZERS, Hyper, Optimizer
from scenarios.network.classes import class_count, same_class, targets_of
from scenarios.network.data import LARGEST_NUMBER, MOST_EXAMPLES, Examples
from scenarios.network.spec import (
    ACTIVATION_NAMES,
    BINARY,
    CATEGORICAL,
    KEYS,
    LARGEST_WEIGHT,
    LOSS_NAMES,
    MOST_BATCH,
    MOST_EPOCHS,
    MOST_LAYERS,
    MOST_PARAMETERS,
    MOST_UNITS,
    SOFTMAX,
    Spec,
)
from scenarios.network.toml import read_tables, shortened, shown
from workbook.numerals import TINIEST, is_tiny
from workbook.scenario import UsageError


def read_spec(path: Path) -> Spec:
    """Read a specification.

    Raises
    ------
    UsageError
        In one line, naming file and key.
    """
    return SpecReader(str(path)).spec(read_tables(path))


class SpecReader:
    """Reads the tables of a specification; knows the file's name for its errors."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.untyped: list[str] = []

    def fail(self, key: str, problem: str) -> NoReturn:
        raise UsageError(f"{self.source}: {key}: {problem}")

    def spec(self, raw: dict[str, Any]) -> Spec:
        self.known("", raw, KEYS[""])
        network, loss = self.table(raw, "network"), self.table(raw, "loss")
        training, data = self.table(raw, "training", needed=False), self.table(raw, "data", needed=False)
        sizes = self.sizes(network)
        activations = self.activations(network, len(sizes) - 1)
        biases = self.biases(network, len(sizes) - 1)
        name = self.choice("loss.name", loss.get("name"), LOSS_NAMES)
        self.fitting(name, activations[-1])
        over = self.choice("loss.over_examples", self.said(loss, "loss.over_examples", "mean"), ("mean", "sum"))
        mean_outputs = self.mean_outputs(loss, name, sizes[-1])
        optimizer, hyper = self.optimizer(raw)
        spec = Spec(
            source=self.source, title=self.title(raw.get("title", "")), sizes=sizes, activations=activations,
            biases=biases, loss=name, mean=over == "mean", mean_outputs=mean_outputs, optimizer=optimizer, hyper=hyper,
            batch=self.whole("training.batch", training["batch"], 1, MOST_BATCH) if "batch" in training else None,
            epochs=self.whole("training.epochs", self.said(training, "training.epochs", 20), 1, MOST_EPOCHS),
            seed=self.whole("training.seed", self.said(training, "training.seed", 1), 0, 2**32 - 1),
            shuffle=self.yes_no("training.shuffle", self.said(training, "training.shuffle", True)), weights={},
            classes=self.classes(data, sizes[-1]), table=data if "data" in raw else None, untyped=tuple(self.untyped),
        )  # fmt: skip
        if spec.parameter_count > MOST_PARAMETERS:
            self.fail(
                "network.layers",
                f"{spec.parameter_count:,} weights and biases are too many for a sheet; at most {MOST_PARAMETERS:,}, so take fewer units",
            )
        return replace(spec, weights=self.weights(raw, spec))

    # -- pieces ------------------------------------------------------------------------------------------

    def said(self, table: Mapping[str, Any], key: str, usual: Any) -> Any:
        """Return what a table says under the last part of `key`, or else what is usual; and note that it does not say it."""
        name = key.rpartition(".")[2]
        if name not in table:
            taken = shown(usual) if isinstance(usual, bool) else f"{usual}"
            self.untyped.append(f"{key} = {taken}")
        return table.get(name, usual)

    def known(self, table: str, found: Mapping[str, Any], keys: Sequence[str]) -> None:
        for key in found:
            if key not in keys:
                where = f"{table}.{shortened(key)}" if table else shortened(key)
                self.fail(where, f"no such key; there are {', '.join(keys)}")

    def table(self, raw: Mapping[str, Any], name: str, *, needed: bool = True) -> dict[str, Any]:
        if name not in raw and needed:
            self.fail(
                name,
                f"the table is missing; add a line [{name}] and below it its keys ({', '.join(KEYS.get(name, ('name',)))})",
            )
        found = raw.get(name, {})
        if not isinstance(found, dict):
            self.fail(name, f"{shown(found)} is no table; write [{name}] and below it its keys")
        if name in KEYS:
            self.known(name, found, KEYS[name])
        return found

    def choice(self, key: str, value: Any, options: Sequence[str]) -> str:
        if value is None:
            self.fail(key, f"missing; choose one of {', '.join(options)}")
        if not isinstance(value, str) or value not in options:
            self.fail(key, f"{shown(value)} is not known; choose one of {', '.join(options)}")
        return value

    def whole(self, key: str, value: Any, low: int, high: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fail(key, f"{shown(value)}: give a whole number from {low:,} to {high:,}")
        return value

    def yes_no(self, key: str, value: Any) -> bool:
        if not isinstance(value, bool):
            self.fail(key, f"{shown(value)}: write true or false")
        return value

    def number(self, key: str, value: Any, low: float, high: float) -> float:
        # comparing first: a whole number may be too large for a float
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.fail(key, f"{shown(value)}: give a number from {low:g} to {high:g}")
        if is_tiny(value):
            self.fail(key, f"{shown(value)}: give 0, or a number of at least {TINIEST:g} in size")
        return float(value)

    def title(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > 100 or not value.isprintable():
            self.fail("title", f"{shown(value)}: give one line of text of at most 100 characters")
        return value

    def sizes(self, network: Mapping[str, Any]) -> tuple[int, ...]:
        value = network.get("layers")
        if not isinstance(value, list) or not 2 <= len(value) <= MOST_LAYERS + 1:
            self.fail(
                "network.layers",
                f"{shown(value) if value is not None else 'missing'}: list the units of the inputs and of 1 to {MOST_LAYERS} layers, such as [2, 3, 1]",
            )
        return tuple(self.whole(f"network.layers, number {n}", size, 1, MOST_UNITS) for n, size in enumerate(value, 1))

    def activations(self, network: Mapping[str, Any], count: int) -> tuple[str, ...]:
        value = network.get("activations")
        if not isinstance(value, list) or len(value) != count:
            have = "missing" if value is None else shown(value)
            self.fail("network.activations", f"{have}; give {count}, one for each layer after the inputs")
        names = tuple(
            self.choice(f"network.activations, number {n}", name, ACTIVATION_NAMES) for n, name in enumerate(value, 1)
        )
        if SOFTMAX in names[:-1]:
            number = names.index(SOFTMAX) + 1
            self.fail(
                f"network.activations, number {number}",
                "softmax can only be the last; choose another for a hidden layer",
            )
        return names

    def biases(self, network: Mapping[str, Any], count: int) -> tuple[bool, ...]:
        value = self.said(network, "network.biases", True)
        if isinstance(value, bool):
            return (value,) * count
        if not isinstance(value, list) or len(value) != count:
            self.fail("network.biases", f"{shown(value)}: write true or false, or {count} of them, one for each layer")
        return tuple(self.yes_no(f"network.biases, number {n}", each) for n, each in enumerate(value, 1))

    def fitting(self, loss: str, last: str) -> None:
        needs = {BINARY: "sigmoid", CATEGORICAL: SOFTMAX}.get(loss)
        if needs is not None and last != needs:
            self.fail("loss.name", f"{loss} needs {needs} in the last layer, which has {last}; change one of the two")

    def optimizer(self, raw: Mapping[str, Any]) -> tuple[Optimizer, dict[str, float]]:
        table = self.table(raw, "optimizer", needed=False)
        found = OPTIMIZERS[self.choice("optimizer.name", self.said(table, "optimizer.name", "sgd"), tuple(OPTIMIZERS))]
        keys = ["name", *(hyper.key for hyper in found.hyper)]
        for key in table:
            if key not in keys:
                self.fail(f"optimizer.{shortened(key)}", f"{found.name} has no such key; it has {', '.join(keys)}")
        values = {
            hyper.key: self.hyper(hyper, self.said(table, f"optimizer.{hyper.key}", hyper.default))
            for hyper in found.hyper
        }
        return found, values

    def hyper(self, hyper: Hyper, value: Any) -> float:
        key = f"optimizer.{hyper.key}"
        if hyper.never_zero and value == 0 and not isinstance(value, bool):
            self.fail(key, f"{shown(value)}: {hyper.never_zero}; give a number from {hyper.low:g} to {hyper.high:g}")
        return self.number(key, value, hyper.low, hyper.high)

    def mean_outputs(self, loss: Mapping[str, Any], name: str, outputs: int) -> bool:
        """Tell whether an example's loss is the mean over its outputs: a choice that only binary cross-entropy leaves open."""
        key = "loss.over_outputs"
        if name != BINARY:
            if "over_outputs" in loss:
                self.fail(
                    key,
                    f"only {BINARY} leaves this open (mean_squared is the mean, the others are sums); delete the line",
                )
            return name == "mean_squared"
        usual = "sum" if outputs == 1 else self.said(loss, key, "sum")  # one output's sum is its mean
        return self.choice(key, loss.get("over_outputs", usual), ("sum", "mean")) == "mean"

    def weights(self, raw: Mapping[str, Any], spec: Spec) -> dict[str, Array]:
        table = self.table(raw, "weights", needed=False)
        shapes: dict[str, tuple[int, ...]] = {}
        for number, (k, n, bias) in enumerate(zip(spec.sizes, spec.sizes[1:], spec.biases, strict=False), 1):
            shapes[f"W{number}"] = (n, k)
            if bias:
                shapes[f"b{number}"] = (n,)
        self.known("weights", table, list(shapes))
        for key, value in table.items():
            self.refuse_transposed(f"weights.{key}", value, shapes[key])
        return {key: self.array(f"weights.{key}", value, shapes[key], LARGEST_WEIGHT) for key, value in table.items()}

    def refuse_transposed(self, key: str, value: Any, shape: tuple[int, ...]) -> None:
        """Say what is wrong with weights that lie the other way: one row an input, as Keras has them."""
        if len(shape) < 2 or shape[0] == shape[1] or not isinstance(value, list) or len(value) != shape[1]:
            return
        if all(isinstance(row, list) and len(row) == shape[0] for row in value):
            n, k = shape
            self.fail(
                key,
                f"{k} rows of {n}: these lie with one row an input; give one row a unit, {n} of {k} {'number' if k == 1 else 'numbers'} (transpose them)",
            )

    def array(self, key: str, value: Any, shape: tuple[int | None, ...], largest: float) -> Array:
        """Read a list of numbers, or a list of such lists; a length that is None may be any."""
        size, *inner = shape
        what = "lists" if inner else "numbers"
        if not isinstance(value, list) or not value or (size is not None and len(value) != size):
            self.fail(key, f"{shown(value)}: give a list of {size or 'at least 1'} {what}")
        if not inner:
            return np.array(
                [self.number(f"{key}, number {n}", each, -largest, largest) for n, each in enumerate(value, 1)]
            )
        return np.array([self.array(f"{key}, row {n}", row, tuple(inner), largest) for n, row in enumerate(value, 1)])

    # -- examples ----------------------------------------------------------------------------------------

    def classes(self, table: Mapping[str, Any], outputs: int) -> tuple[str, ...]:
        """Read which class each output unit is for; none where the file does not say it."""
        if "classes" not in table:
            return ()
        value, count = table["classes"], class_count(outputs)
        if not isinstance(value, list) or len(value) != count:
            which = "one for each output" if outputs > 1 else "the one whose target is 0 first"
            self.fail("data.classes", f"{shown(value)}: list {count} classes, {which}")
        names = [self.label(f"data.classes, number {n}", each) for n, each in enumerate(value, 1)]
        for n, name in enumerate(names):
            if any(same_class(name, other) for other in names[:n]):
                self.fail(f"data.classes, number {n + 1}", f"{shown(value[n])} is there twice; give every class once")
        return tuple(names)

    def label(self, key: str, value: Any) -> str:
        whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15
        text = isinstance(value, str) and bool(value.strip()) and value.isprintable() and len(value) <= 40
        if not whole and not text:
            self.fail(key, f"{shown(value)}: give a short text or a whole number")
        return str(value)

    def examples(self, spec: Spec) -> Examples:
        """Read the examples that stand in the file itself."""
        if spec.table is None:
            self.fail(
                "data", "no examples; add a line [data] and below it x and y (or labels), or give a file with --data"
            )
        table = spec.table
        if "x" not in table or ("y" in table) == ("labels" in table):
            self.fail("data", "give x, and either y or labels")
        x = self.array("data.x", table["x"], (None, spec.sizes[0]), LARGEST_NUMBER)
        if len(x) > MOST_EXAMPLES:
            self.fail("data.x", f"{len(x):,} examples are too many; at most {MOST_EXAMPLES:,}")
        if "y" in table:
            return Examples(x, self.array("data.y", table["y"], (len(x), spec.sizes[-1]), LARGEST_NUMBER))
        labels = table["labels"]
        if not isinstance(labels, list) or len(labels) != len(x):
            self.fail("data.labels", f"{shown(labels)}: give a list of {len(x)} labels, one for each row of x")
        texts = [self.label(f"data.labels, number {n}", label) for n, label in enumerate(labels, 1)]
        y, classes, counted = targets_of(texts, spec.sizes[-1], spec.classes, self.source, "data.labels")
        return Examples(x, y, classes, counted=counted)
