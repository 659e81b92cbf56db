"""The specification of a network: a TOML file, and the examples beside it in a CSV file.

What a file may say, with what holds where it says nothing:

    title = "…"                                     words for the head of the workbook
    [network]
    layers = [2, 3, 3]                              units: inputs, hidden layers, outputs
    activations = ["relu", "softmax"]               one a layer: identity, step, sigmoid, tanh, relu, leaky_relu, softmax (last only)
    biases = true                                   or one for each layer, such as [true, false]
    [loss]
    name = "categorical_cross_entropy"              or half_squared, squared (SSE), mean_squared (MSE), binary_cross_entropy
    over_examples = "mean"                          or "sum"
    [optimizer]
    name = "adam"                                   or sgd, momentum, nesterov, rmsprop
    lr = 0.1                                        and mu (momentum, nesterov), rho (rmsprop), beta1, beta2 (adam), epsilon
    [training]
    batch = 4                                       examples in a mini-batch, at most 32
    epochs = 20
    seed = 1                                        of the drawn weights and the order of the examples
    shuffle = true                                  whether each epoch has an order of its own
    [weights]                                       those that are not given are drawn
    W1 = [[…], …]                                   one row a unit
    b1 = […]
    [data]
    x = [[…], …]                                    one row an example
    y = [[…], …]                                    or labels = ["…", …], one class an output unit

Every fault is one line that names the file, the key, and how to mend it.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from scenarios.common.activations import ACTIVATIONS, Array
from scenarios.common.optimizers import OPTIMIZERS, Optimizer
from workbook.data import read_header, read_numbers, read_texts
from workbook.files import read_text
from workbook.guard import FileError
from workbook.scenario import UsageError

EXAMPLE = Path(__file__).parent / "data" / "network-example.toml"
"""What is built where no specification is given."""

SOFTMAX, BINARY, CATEGORICAL = "softmax", "binary_cross_entropy", "categorical_cross_entropy"
ACTIVATION_NAMES = (*ACTIVATIONS, SOFTMAX)
LOSS_NAMES = ("half_squared", "squared", "mean_squared", BINARY, CATEGORICAL)

LARGEST_FILE = 1 << 20
MOST_LAYERS, MOST_UNITS = 8, 100
MOST_PARAMETERS = 1000
MOST_BATCH = 32
MOST_EPOCHS = MOST_UPDATES = 10_000
MOST_RECORDED = 250_000
"""Numbers in the recorded run: parameters and the optimizer's states, at every update."""
MOST_EXAMPLES = 2000
LARGEST_NUMBER, LARGEST_WEIGHT = 1000.0, 50.0

KEYS = {
    "": ("title", "network", "loss", "optimizer", "training", "weights", "data"),
    "network": ("layers", "activations", "biases"),
    "loss": ("name", "over_examples"),
    "training": ("batch", "epochs", "seed", "shuffle"),
    "data": ("x", "y", "labels"),
}


@dataclass(frozen=True)
class Examples:
    """Examples: x (N, inputs), y (N, outputs), and the classes' names where y says which class it is."""

    x: Array
    y: Array
    classes: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class RawData:
    """What a CSV file holds: x (N, n), and either y (N, k) or labels."""

    path: Path
    x: Array
    y: Array | None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spec:
    """A network, its loss, its optimizer and its training; without `examples` until they are read."""

    source: str
    title: str
    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    biases: tuple[bool, ...]
    loss: str
    mean: bool
    optimizer: Optimizer
    hyper: Mapping[str, float]
    batch: int | None
    epochs: int
    seed: int
    shuffle: bool
    weights: Mapping[str, Array]
    examples: Examples | None

    @property
    def layer_count(self) -> int:
        return len(self.sizes) - 1

    @property
    def parameter_count(self) -> int:
        return sum(n * k + n * b for k, n, b in zip(self.sizes, self.sizes[1:], self.biases, strict=False))

    @property
    def data(self) -> Examples:
        assert self.examples is not None
        return self.examples

    @property
    def batch_size(self) -> int:
        assert self.batch is not None
        return self.batch

    @property
    def updates(self) -> int:
        return self.epochs * math.ceil(len(self.data.x) / self.batch_size)


def read_spec(path: Path) -> Spec:
    """Read a specification.

    Raises
    ------
    UsageError
        In one line, naming file and key.
    """
    return _Reader(str(path)).spec(_load(path))


def with_examples(spec: Spec, data: RawData | None) -> Spec:
    """Return the specification with the examples of a CSV file, or else its own, checked against network and loss.

    Raises
    ------
    UsageError
        If there are none, or they do not fit.
    """
    examples = spec.examples if data is None else _from_file(spec, data)
    if examples is None:
        raise UsageError(f"{spec.source}: no examples; give [data] with x and y (or labels), or a file with --data")
    _check_targets(spec, examples)
    count = len(examples.x)
    if spec.batch is not None and spec.batch > count:
        raise UsageError(f"{spec.source}: training.batch is {spec.batch}, but there are {count} examples; lower it")
    found = replace(spec, examples=examples, batch=spec.batch or min(MOST_BATCH, count))
    _check_size(found)
    return found


def read_examples(path: Path) -> RawData:
    """Read a CSV file with columns x1 … xn and y1 … yk, or x1 … xn and label.

    Raises
    ------
    UsageError
        Naming file, row and column.
    """
    header = [name.lower() for name in read_header(path)]
    inputs, outputs = _numbered(path, header, "x"), _numbered(path, header, "y")
    other = [name for name in header if name not in inputs + outputs and name != "label"]
    if other:
        raise UsageError(
            f"{path}: row 1: the column {other[0]} is none of x1, x2, …, y1, y2, … or label; rename or delete it"
        )
    if not inputs:
        raise UsageError(f"{path}: row 1 names no column x1; name the inputs x1, x2, …")
    if bool(outputs) == ("label" in header):
        raise UsageError(
            f"{path}: row 1: give either targets y1, y2, … or one column label, not {'both' if outputs else 'neither'}"
        )
    bounds: dict[str, Any] = {"min_rows": 1, "max_rows": MOST_EXAMPLES, "not_constant": False}
    bounds |= {"low": -LARGEST_NUMBER, "high": LARGEST_NUMBER}
    x = read_numbers(path, inputs, **bounds).to_numpy(float)
    if outputs:
        return RawData(path, x, read_numbers(path, outputs, **bounds).to_numpy(float))
    return RawData(path, x, None, tuple(read_texts(path, "label", MOST_EXAMPLES)))


def _numbered(path: Path, header: list[str], letter: str) -> list[str]:
    """Return the names x1, x2, … that a header has; they must be without a gap."""
    found = [name for name in header if re.fullmatch(rf"{letter}\d{{1,4}}", name, re.ASCII)]
    wanted = [f"{letter}{n}" for n in range(1, len(found) + 1)]
    missing = [name for name in wanted if name not in found]
    if missing:
        raise UsageError(
            f"{path}: row 1: no column {missing[0]}; number the columns {letter}1, {letter}2, … without a gap"
        )
    return wanted


# ---------------------------------------------------------------------------------------------- the file


def _load(path: Path) -> dict[str, Any]:
    try:
        text = read_text(path, LARGEST_FILE, "put the examples into a CSV file and give it with --data")
    except FileError as error:
        raise UsageError(str(error)) from None
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise UsageError(f"{path}: brackets are nested too deeply; a table here is a list of lists") from None
    except ValueError as error:
        reason = _short(" ".join(str(error).split()), 120)
        raise UsageError(
            f"{path}: not a TOML file ({reason}); `workbook build --help` tells where an example is"
        ) from None


def _short(text: str, longest: int = 40) -> str:
    printable = "".join(char if char.isprintable() else " " for char in text)
    return printable if len(printable) <= longest else printable[: longest - 1] + "…"


def _shown(value: Any) -> str:
    """Return a value as an error message shows it: short, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, int) and abs(value) > 10**15:
        return "a very large number"
    return _short(f'"{value}"' if isinstance(value, str) else str(value))


class _Reader:
    """Reads the tables of a specification; knows the file's name for its errors."""

    def __init__(self, source: str) -> None:
        self.source = source

    def fail(self, key: str, problem: str) -> NoReturn:
        raise UsageError(f"{self.source}: {key}: {problem}")

    def spec(self, raw: dict[str, Any]) -> Spec:
        self.known("", raw, KEYS[""])
        network, loss = self.table(raw, "network"), self.table(raw, "loss")
        training = self.table(raw, "training", needed=False)
        sizes = self.sizes(network)
        activations = self.activations(network, len(sizes) - 1)
        biases = self.biases(network, len(sizes) - 1)
        name = self.choice("loss.name", loss.get("name"), LOSS_NAMES)
        self.fitting(name, activations[-1])
        over = self.choice("loss.over_examples", loss.get("over_examples", "mean"), ("mean", "sum"))
        optimizer, hyper = self.optimizer(raw)
        spec = Spec(
            source=self.source,
            title=self.title(raw.get("title", "")),
            sizes=sizes,
            activations=activations,
            biases=biases,
            loss=name,
            mean=over == "mean",
            optimizer=optimizer,
            hyper=hyper,
            batch=self.whole("training.batch", training["batch"], 1, MOST_BATCH) if "batch" in training else None,
            epochs=self.whole("training.epochs", training.get("epochs", 20), 1, MOST_EPOCHS),
            seed=self.whole("training.seed", training.get("seed", 1), 0, 2**32 - 1),
            shuffle=self.yes_no("training.shuffle", training.get("shuffle", True)),
            weights={},
            examples=None,
        )
        if spec.parameter_count > MOST_PARAMETERS:
            self.fail(
                "network.layers",
                f"{spec.parameter_count:,} weights and biases are too many for a sheet; at most {MOST_PARAMETERS:,}, so take fewer units",
            )
        spec = replace(spec, weights=self.weights(raw, spec))
        return replace(spec, examples=self.examples(raw, spec))

    # -- pieces ------------------------------------------------------------------------------------------

    def known(self, table: str, found: Mapping[str, Any], keys: Sequence[str]) -> None:
        for key in found:
            if key not in keys:
                where = f"{table}.{_short(key)}" if table else _short(key)
                self.fail(where, f"no such key; there are {', '.join(keys)}")

    def table(self, raw: Mapping[str, Any], name: str, *, needed: bool = True) -> dict[str, Any]:
        if name not in raw and needed:
            self.fail(
                name,
                f"the table is missing; add a line [{name}] and below it its keys ({', '.join(KEYS.get(name, ('name',)))})",
            )
        found = raw.get(name, {})
        if not isinstance(found, dict):
            self.fail(name, f"{_shown(found)} is no table; write [{name}] and below it its keys")
        if name in KEYS:
            self.known(name, found, KEYS[name])
        return found

    def choice(self, key: str, value: Any, options: Sequence[str]) -> str:
        if value is None:
            self.fail(key, f"missing; choose one of {', '.join(options)}")
        if not isinstance(value, str) or value not in options:
            self.fail(key, f"{_shown(value)} is not known; choose one of {', '.join(options)}")
        return value

    def whole(self, key: str, value: Any, low: int, high: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fail(key, f"{_shown(value)}: give a whole number from {low:,} to {high:,}")
        return value

    def yes_no(self, key: str, value: Any) -> bool:
        if not isinstance(value, bool):
            self.fail(key, f"{_shown(value)}: write true or false")
        return value

    def number(self, key: str, value: Any, low: float, high: float) -> float:
        # comparing first: a whole number may be too large for a float
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.fail(key, f"{_shown(value)}: give a number from {low:g} to {high:g}")
        return float(value)

    def title(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > 100 or not value.isprintable():
            self.fail("title", f"{_shown(value)}: give one line of text of at most 100 characters")
        return value

    def sizes(self, network: Mapping[str, Any]) -> tuple[int, ...]:
        value = network.get("layers")
        if not isinstance(value, list) or not 2 <= len(value) <= MOST_LAYERS + 1:
            self.fail(
                "network.layers",
                f"{_shown(value) if value is not None else 'missing'}: list the units of the inputs and of 1 to {MOST_LAYERS} layers, such as [2, 3, 1]",
            )
        return tuple(self.whole(f"network.layers, number {n}", size, 1, MOST_UNITS) for n, size in enumerate(value, 1))

    def activations(self, network: Mapping[str, Any], count: int) -> tuple[str, ...]:
        value = network.get("activations")
        if not isinstance(value, list) or len(value) != count:
            have = "missing" if value is None else _shown(value)
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
        value = network.get("biases", True)
        if isinstance(value, bool):
            return (value,) * count
        if not isinstance(value, list) or len(value) != count:
            self.fail("network.biases", f"{_shown(value)}: write true or false, or {count} of them, one for each layer")
        return tuple(self.yes_no(f"network.biases, number {n}", each) for n, each in enumerate(value, 1))

    def fitting(self, loss: str, last: str) -> None:
        needs = {BINARY: "sigmoid", CATEGORICAL: SOFTMAX}.get(loss)
        if needs is not None and last != needs:
            self.fail("loss.name", f"{loss} needs {needs} in the last layer, which has {last}; change one of the two")

    def optimizer(self, raw: Mapping[str, Any]) -> tuple[Optimizer, dict[str, float]]:
        table = self.table(raw, "optimizer", needed=False)
        found = OPTIMIZERS[self.choice("optimizer.name", table.get("name", "sgd"), tuple(OPTIMIZERS))]
        keys = ["name", *(hyper.key for hyper in found.hyper)]
        for key in table:
            if key not in keys:
                self.fail(f"optimizer.{_short(key)}", f"{found.name} has no such key; it has {', '.join(keys)}")
        values = {
            hyper.key: self.number(f"optimizer.{hyper.key}", table.get(hyper.key, hyper.default), hyper.low, hyper.high)
            for hyper in found.hyper
        }
        return found, values

    def weights(self, raw: Mapping[str, Any], spec: Spec) -> dict[str, Array]:
        table = self.table(raw, "weights", needed=False)
        shapes: dict[str, tuple[int, ...]] = {}
        for number, (k, n, bias) in enumerate(zip(spec.sizes, spec.sizes[1:], spec.biases, strict=False), 1):
            shapes[f"W{number}"] = (n, k)
            if bias:
                shapes[f"b{number}"] = (n,)
        self.known("weights", table, list(shapes))
        return {key: self.array(f"weights.{key}", value, shapes[key], LARGEST_WEIGHT) for key, value in table.items()}

    def array(self, key: str, value: Any, shape: tuple[int | None, ...], largest: float) -> Array:
        """Read a list of numbers, or a list of such lists; a length that is None may be any."""
        size, *inner = shape
        what = "lists" if inner else "numbers"
        if not isinstance(value, list) or not value or (size is not None and len(value) != size):
            self.fail(key, f"{_shown(value)}: give a list of {size or 'at least 1'} {what}")
        if not inner:
            return np.array(
                [self.number(f"{key}, number {n}", each, -largest, largest) for n, each in enumerate(value, 1)]
            )
        return np.array([self.array(f"{key}, row {n}", row, tuple(inner), largest) for n, row in enumerate(value, 1)])

    def examples(self, raw: Mapping[str, Any], spec: Spec) -> Examples | None:
        if "data" not in raw:
            return None
        table = self.table(raw, "data")
        if "x" not in table or ("y" in table) == ("labels" in table):
            self.fail("data", "give x, and either y or labels")
        x = self.array("data.x", table["x"], (None, spec.sizes[0]), LARGEST_NUMBER)
        if len(x) > MOST_EXAMPLES:
            self.fail("data.x", f"{len(x):,} examples are too many; at most {MOST_EXAMPLES:,}")
        if "y" in table:
            y = self.array("data.y", table["y"], (len(x), spec.sizes[-1]), LARGEST_NUMBER)
            return Examples(x, y)
        labels = table["labels"]
        if not isinstance(labels, list) or len(labels) != len(x):
            self.fail("data.labels", f"{_shown(labels)}: give a list of {len(x)} labels, one for each row of x")
        for n, label in enumerate(labels, 1):
            whole = isinstance(label, int) and not isinstance(label, bool) and abs(label) < 10**15
            text = isinstance(label, str) and bool(label.strip()) and label.isprintable() and len(label) <= 40
            if not whole and not text:
                self.fail(f"data.labels, number {n}", f"{_shown(label)}: give a short text or a whole number")
        y, classes = _one_hot(spec, self.source, "data.labels", [str(label) for label in labels])
        return Examples(x, y, classes)


# ---------------------------------------------------------------------------------------------- examples


def _from_file(spec: Spec, data: RawData) -> Examples:
    n, k = spec.sizes[0], spec.sizes[-1]
    if data.x.shape[1] != n:
        raise UsageError(
            f"{data.path}: row 1 names {data.x.shape[1]} inputs x1 …; the network of {spec.source} has {n}; change one of the two"
        )
    if data.y is None:
        y, classes = _one_hot(spec, str(data.path), "column label", list(data.labels))
        return Examples(data.x, y, classes, str(data.path.name))
    if data.y.shape[1] != k:
        raise UsageError(
            f"{data.path}: row 1 names {data.y.shape[1]} targets y1 …; the network of {spec.source} has {k} outputs; change one of the two"
        )
    return Examples(data.x, data.y, (), str(data.path.name))


def _one_hot(spec: Spec, source: str, where: str, labels: list[str]) -> tuple[Array, tuple[str, ...]]:
    """Turn labels into targets: a 1 at the label's output; with one output, 0 and 1 for the first and second class."""
    classes = sorted(set(labels), key=_label_order)
    outputs = spec.sizes[-1]
    most = max(outputs, 2)
    if len(classes) > most or (len(classes) < 2 and outputs > 1):
        raise UsageError(
            f"{source}: {where}: {len(classes)} different labels, but the network has {outputs} outputs; give an output for each"
        )
    numbers = np.array([classes.index(label) for label in labels])
    if outputs == 1:
        return numbers[:, None].astype(float), tuple(classes)
    return np.eye(outputs)[numbers], tuple(classes)


def _label_order(label: str) -> tuple[bool, int, str]:
    """Whole numbers first, by size, then texts."""
    whole = label.isascii() and label.isdigit()
    return not whole, int(label) if whole else 0, label


def _check_targets(spec: Spec, examples: Examples) -> None:
    """Refuse targets that the loss cannot take: probabilities lie in 0 … 1, and those of softmax add up to 1."""
    y, where = examples.y, examples.source or spec.source
    if spec.loss in (BINARY, CATEGORICAL):
        wrong = np.flatnonzero(((y < 0) | (y > 1)).any(axis=1))
        if len(wrong):
            raise UsageError(
                f"{where}: targets, example {wrong[0] + 1}: {spec.loss} takes targets from 0 to 1; change them or the loss"
            )
    if spec.loss == CATEGORICAL:
        wrong = np.flatnonzero(np.abs(y.sum(axis=1) - 1) > 1e-9)
        if len(wrong):
            raise UsageError(
                f"{where}: targets, example {wrong[0] + 1}: they add up to {y[wrong[0]].sum():g}; {spec.loss} takes targets that add up to 1"
            )


def _check_size(spec: Spec) -> None:
    """Refuse a run that no sheet can hold."""
    if spec.updates > MOST_UPDATES:
        raise UsageError(
            f"{spec.source}: training: {spec.updates:,} updates are too many for a sheet (at most {MOST_UPDATES:,}); "
            "take fewer epochs or a larger batch"
        )
    recorded = spec.parameter_count * (1 + len(spec.optimizer.states)) * (spec.updates + 1)
    if recorded > MOST_RECORDED:
        raise UsageError(
            f"{spec.source}: training: {spec.parameter_count} parameters with what {spec.optimizer.name} remembers of each, over "
            f"{spec.updates:,} updates, are {recorded:,} numbers; a sheet takes {MOST_RECORDED:,}: take fewer epochs, a larger batch or fewer units"
        )
