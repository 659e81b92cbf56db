"""Reads the TOML file of a specification; every fault is one line that names the file, the key, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from scenarios.common.activations import LEAK, Array
from scenarios.common.examples import LARGEST_NUMBER, MOST_EXAMPLES, Examples
from scenarios.common.optimizers import OPTIMIZERS, WEIGHT_DECAY, Hyper, Optimizer, decayed
from scenarios.common.reading import Reader
from scenarios.common.toml import read_tables, shortened, shown
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


def read_spec(path: Path) -> Spec:
    """Read a specification.

    Raises
    ------
    UsageError
        In one line, naming file and key.
    """
    return SpecReader(str(path)).spec(read_tables(path))


class SpecReader(Reader):
    """Reads the tables of a specification."""

    keys = KEYS

    def spec(self, raw: dict[str, Any]) -> Spec:
        self.known("", raw, KEYS[""])
        network, loss = self.table(raw, "network"), self.table(raw, "loss")
        training, data = self.table(raw, "training", needed=False), self.table(raw, "data", needed=False)
        sizes = self.sizes(network)
        activations = self.activations(network, len(sizes) - 1)
        biases = self.biases(network, len(sizes) - 1)
        if "leaky_slope" in network and "leaky_relu" not in activations:
            self.fail("network.leaky_slope", "no layer has leaky_relu; delete the line, or give one that activation")
        name = self.choice("loss.name", loss.get("name"), LOSS_NAMES)
        self.fitting(name, activations[-1])
        over = self.choice("loss.over_examples", self.said(loss, "loss.over_examples", "mean"), ("mean", "sum"))
        mean_outputs = self.mean_outputs(loss, name, sizes[-1])
        optimizer, hyper = self.optimizer(raw)
        spec = Spec(
            source=self.source, title=self.title(raw.get("title", "")), sizes=sizes, activations=activations,
            biases=biases, input_slopes=self.yes_no("network.input_slopes", network.get("input_slopes", False)), leak=self.number("network.leaky_slope", network.get("leaky_slope", LEAK), 0, 1), loss=name, mean=over == "mean", mean_outputs=mean_outputs, optimizer=optimizer, hyper=hyper,
            batch=self.whole("training.batch", training["batch"], 1, MOST_BATCH) if "batch" in training else None,
            epochs=self.whole("training.epochs", self.said(training, "training.epochs", 20), 1, MOST_EPOCHS),
            seed=self.whole("training.seed", self.said(training, "training.seed", 1), 0, 2**32 - 1),
            shuffle=self.yes_no("training.shuffle", self.said(training, "training.shuffle", True)), weights={},
            classes=self.classes(data, sizes[-1]), frozen=self.frozen(training, biases), unseen=self.unseen(data, sizes[0]), table=data if "data" in raw else None, untyped=tuple(self.untyped),
        )  # fmt: skip
        if spec.parameter_count > MOST_PARAMETERS:
            self.fail(
                "network.layers",
                f"{spec.parameter_count:,} weights and biases are too many for a sheet; at most {MOST_PARAMETERS:,}, so take fewer units",
            )
        return replace(spec, weights=self.weights(raw, spec))

    # -- pieces ------------------------------------------------------------------------------------------

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
        if WEIGHT_DECAY.key in table:
            found = decayed(found)
        keys = [
            "name",
            *(hyper.key for hyper in found.hyper),
            *([] if WEIGHT_DECAY.key in table else [WEIGHT_DECAY.key]),
        ]
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

    # -- examples ----------------------------------------------------------------------------------------

    def frozen(self, training: Mapping[str, Any], biases: Sequence[bool]) -> tuple[str, ...]:
        """Read which tables of parameters stay as they are."""
        value = training.get("frozen", [])
        there = [name for n, bias in enumerate(biases, 1) for name in ([f"W{n}", f"b{n}"] if bias else [f"W{n}"])]
        if not isinstance(value, list):
            self.fail("training.frozen", f"{shown(value)}: list some of {', '.join(there)}")
        return tuple(self.choice(f"training.frozen, number {n}", name, there) for n, name in enumerate(value, 1))

    def unseen(self, table: Mapping[str, Any], inputs: int) -> Array | None:
        """Read inputs without targets."""
        if "unseen" not in table:
            return None
        found = self.array("data.unseen", table["unseen"], (None, inputs), LARGEST_NUMBER)
        if len(found) > MOST_BATCH:
            self.fail("data.unseen", f"{len(found)} examples do not fit side by side; at most {MOST_BATCH}")
        return found

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
        y, classes, counted = self.labelled(table, len(x), spec.sizes[-1], spec.classes)
        return Examples(x, y, classes, counted=counted)
