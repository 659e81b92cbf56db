"""Two circles of points, one inside the other, and the training of a network that tells them apart; all by NumPy.

The points follow the rule of scikit-learn's ``make_circles``: equal angles on two circles around the origin, the inner one
smaller by a factor, and normal noise on both coordinates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scenarios.common.activations import Activation, Array
from scenarios.common.losses import BINARY_CROSS_ENTROPY
from scenarios.common.training import Parameters, Run, gradients_of, propagate, stepped
from workbook.scenario import UsageError

FACTOR, NOISE, POINTS = 0.3, 0.1, 1000
OUTER, INNER = 0, 1
FIRST_BIAS = 0.1
LARGEST_WEIGHT = 1e3


@dataclass(frozen=True)
class Points:
    """Labelled points: coordinates (N, 2), labels (N,), sorted; the first `training` of them are trained with.

    Sorted by use and class (training 0, training 1, held out 0, held out 1), so that each group is one range of cells.
    """

    xy: Array
    labels: Array
    training: int

    @property
    def groups(self) -> list[slice]:
        """Return where the four groups lie."""
        zeros = int(np.sum(self.labels[: self.training] == OUTER))
        held_zeros = int(np.sum(self.labels[self.training :] == OUTER))
        edges = [0, zeros, self.training, self.training + held_zeros, len(self.labels)]
        return [slice(a, b) for a, b in pairwise(edges)]


def make_circles(random: np.random.Generator) -> tuple[Array, Array]:
    """Return the coordinates (1000, 2) and labels (1000,) of two noisy circles: 0 outside, 1 inside."""
    angles = np.linspace(0, 2 * np.pi, POINTS // 2, endpoint=False)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    xy = np.vstack([circle, FACTOR * circle]) + random.normal(scale=NOISE, size=(POINTS, 2))
    return xy, np.repeat([float(OUTER), float(INNER)], POINTS // 2)


def split(xy: Array, labels: Array, random: np.random.Generator) -> Points:
    """Hold a tenth of each class out, drawn at random (at least one point), and sort the points into the four groups."""
    used: list[NDArray[np.int64]] = []
    held: list[NDArray[np.int64]] = []
    for label in (OUTER, INNER):
        rows = random.permutation(np.flatnonzero(labels == label))
        count = max(1, len(rows) // 10)
        held.append(np.sort(rows[:count]))
        used.append(np.sort(rows[count:]))
    order = np.concatenate([*used, *held])
    return Points(xy[order], labels[order], sum(map(len, used)))


def start(sizes: Sequence[int], random: np.random.Generator) -> Parameters:
    """Return random weights, normal with variance 2/k for a unit of k inputs (He's rule for ReLU), and small biases.

    With biases 0, a narrow layer may be born dead, all its ReLUs shut for every point: of 40 seeds two then never learn.
    """
    return [(random.standard_normal((n, k)) * np.sqrt(2 / k), np.full(n, FIRST_BIAS)) for k, n in pairwise(sizes)]


def train(
    first: Parameters,
    activations: Sequence[Activation],
    points: Points,
    eta: float,
    batch: int,
    epochs: int,
    random: np.random.Generator,
) -> Run:
    """Descend by mini-batches: each epoch shuffles, then takes slices of `batch` points; the last may be shorter.

    Raises
    ------
    UsageError
        If the weights grow without bound.
    """
    n = points.training
    xy, labels = points.xy[:n], points.labels[:n, None]
    states = [first]
    for _epoch in range(epochs):
        now, order = states[-1], random.permutation(n)
        for rows in (order[at : at + batch] for at in range(0, n, batch)):
            now = stepped(now, gradients_of(now, activations, BINARY_CROSS_ENTROPY, xy[rows], labels[rows]), eta)
        if not all(np.abs(W).max() < LARGEST_WEIGHT for W, _b in now):
            raise UsageError(f"--set lr={eta:g}: the training diverges with these points; set a smaller lr")
        states.append(now)
    used = [measured(state, activations, xy, labels) for state in states]
    held = [measured(state, activations, points.xy[n:], points.labels[n:, None]) for state in states]
    return Run(states, *map(np.array, zip(*used, strict=True)), *map(np.array, zip(*held, strict=True)))


def measured(state: Parameters, activations: Sequence[Activation], xy: Array, labels: Array) -> tuple[float, float]:
    """Return the mean cost and the share of points that are right."""
    output = propagate(state, activations, xy)[-1][1]
    cost = BINARY_CROSS_ENTROPY.value(output.T, labels.T).mean()
    return float(cost), float(np.mean((output >= 0.5) == (labels == INNER)))
