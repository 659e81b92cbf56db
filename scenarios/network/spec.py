"""The specification of a network: a TOML file, and the examples beside it in a CSV file.

What a file may say, with what holds where it says nothing:

    title = "…"                                     words for the head of the workbook
    [network]
    layers = [2, 3, 3]                              units: inputs, hidden layers, outputs
    activations = ["relu", "softmax"]               one a layer: identity, step, sigmoid, tanh, relu, leaky_relu, softplus, softmax (last only)
    leaky_slope = 0.1                               of leaky_relu below 0
    input_slopes = false                            whether ∂L/∂X is shown, too
    biases = true                                   or one for each layer, such as [true, false]
    [loss]
    name = "categorical_cross_entropy"              or half_squared, squared (SSE), mean_squared (MSE), binary_cross_entropy
    over_examples = "mean"                          or "sum"
    over_outputs = "sum"                            or "mean", of binary_cross_entropy with several outputs (Keras: mean)
    [optimizer]
    name = "adam"                                   or sgd, momentum, averaged_momentum, nesterov, rmsprop, adam_uncorrected
    lr = 0.1                                        and mu (momentum, nesterov), rho (rmsprop), beta1, beta2 (adam), epsilon
    weight_decay = 0.01                             L2: λ·w is added to each weight's slope, not to a bias's
    [training]
    batch = 4                                       examples in a mini-batch, at most 32; all of them, or 32 of more
    epochs = 20
    seed = 1                                        of the drawn weights and the order of the examples
    shuffle = true                                  whether each epoch has an order of its own
    frozen = ["W1", "b1"]                           parameters that stay as they are
    [weights]                                       those that are not given are drawn
    W1 = [[…], …]                                   one row a unit
    b1 = […]
    [data]
    x = [[…], …]                                    one row an example
    y = [[…], …]                                    or labels = ["…", …], one class an output unit (see `data`)
    classes = ["…", …]                              which class each output unit is for, where the labels do not say it
    unseen = [[…], …]                               inputs without a target: what does the network say of them?

Every fault is one line that names the file, the key, and how to mend it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.common.activations import ACTIVATIONS, Array
from scenarios.common.examples import Examples
from scenarios.common.optimizers import Optimizer

EXAMPLE = Path(__file__).parent.parent / "data" / "network-example.toml"
"""What is built where no specification is given."""

SOFTMAX, BINARY, CATEGORICAL = "softmax", "binary_cross_entropy", "categorical_cross_entropy"
ACTIVATION_NAMES = (*ACTIVATIONS, SOFTMAX)
LOSS_NAMES = ("half_squared", "squared", "mean_squared", BINARY, CATEGORICAL)

MOST_LAYERS, MOST_UNITS = 8, 100
MOST_PARAMETERS = 1000
MOST_BATCH = 32
MOST_EPOCHS = MOST_UPDATES = 10_000
MOST_RECORDED = 250_000
"""Numbers in the recorded run: parameters and the optimizer's states, at every update."""
LARGEST_WEIGHT = 50.0

KEYS = {
    "": ("title", "network", "loss", "optimizer", "training", "weights", "data"),
    "network": ("layers", "activations", "biases", "leaky_slope", "input_slopes"),
    "loss": ("name", "over_examples", "over_outputs"),
    "training": ("batch", "epochs", "seed", "shuffle", "frozen"),
    "data": ("x", "y", "labels", "classes", "unseen"),
}


@dataclass(frozen=True)
class Spec:
    """A network, its loss, its optimizer and its training; without `examples` until `with_examples` reads them.

    Attributes
    ----------
    leak : the slope of leaky ReLU below 0
    input_slopes : whether the slopes of the loss in the inputs are shown
    frozen : the tables of parameters that training leaves as they are, such as W1
    mean, mean_outputs : whether the loss is a mean over the examples, and over the outputs; else it is a sum
    classes : those that the file names, in the order of the outputs; empty where it names none
    unseen : inputs without targets, (N, inputs), for which the network is asked; None where there are none
    table : the file's own examples, as they stand there: they matter only where no others are given
    untyped : keys that the file does not say, each with what is taken, such as "training.epochs = 20"
    """

    source: str
    title: str
    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    biases: tuple[bool, ...]
    leak: float
    input_slopes: bool
    loss: str
    mean: bool
    mean_outputs: bool
    optimizer: Optimizer
    hyper: Mapping[str, float]
    batch: int | None
    epochs: int
    seed: int
    shuffle: bool
    weights: Mapping[str, Array]
    classes: tuple[str, ...]
    frozen: tuple[str, ...]
    unseen: Array | None
    table: Mapping[str, Any] | None
    untyped: tuple[str, ...]
    examples: Examples | None = None

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
