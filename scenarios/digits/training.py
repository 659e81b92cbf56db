"""The training that NumPy runs beforehand, as network.py has it: draw, shuffle, slice, step."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from scenarios.common.activations import SIGMOID, Array
from scenarios.common.layer import Parameters
from scenarios.common.losses import HALF_SQUARED, averaged
from scenarios.common.training import descend, propagate
from scenarios.digits.data import Digits

CLASSES = 10
LOSS = averaged(HALF_SQUARED)


@dataclass(frozen=True)
class Training:
    """The parameters after the last epoch, the accuracy after each, seen and held out, and the next mini-batch."""

    parameters: Parameters
    train_accuracy: Array
    test_accuracy: Array
    following: NDArray[np.int64]


def initial(sizes: list[int], random: np.random.Generator) -> Parameters:
    """Draw the biases of all layers first, then the weights, standard normal, as network.py does."""
    biases = [random.standard_normal(n) for n in sizes[1:]]
    return [(random.standard_normal((n, k)), b) for k, n, b in zip(sizes[:-1], sizes[1:], biases, strict=True)]


def answers(parameters: Parameters, images: Array) -> Array:
    """Return the ten outputs for every image, (m, 10)."""
    return propagate(parameters, [SIGMOID] * len(parameters), images)[-1][1]


def train(sizes: list[int], seen: Digits, held_out: Digits, eta: float, size: int, epochs: int, seed: int) -> Training:
    """Run Nielsen's SGD: every epoch shuffles, and steps once for each slice of `size` images."""
    random = np.random.default_rng(seed)
    start, targets = initial(sizes, random), np.eye(CLASSES)[seen.labels]
    run = descend(start, [SIGMOID] * len(start), LOSS, seen.images, targets, eta, batch=size, random=random)
    states = list(islice(run, 1, epochs + 1))
    train_accuracy, test_accuracy = (
        np.array([np.mean(answers(state, data.images).argmax(axis=1) == data.labels) for state in states])
        for data in (seen, held_out)
    )
    return Training(states[-1], train_accuracy, test_accuracy, random.permutation(len(targets))[:size])
