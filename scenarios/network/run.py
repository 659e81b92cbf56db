"""The training of a specified network, all by NumPy: what the sheets' live updates are held against.

All parameters stand in one vector: layer by layer, W row by row, then b. Examples lie one a column: X (inputs, N), Y (outputs, N).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.common.activations import Activation, Array
from scenarios.common.layer import Parameters
from scenarios.common.optimizers import WEIGHT_DECAY
from scenarios.network.output import Output
from scenarios.network.spec import SOFTMAX, Spec
from workbook.scenario import UsageError

LARGEST_PARAMETER, LARGEST_COST = 1e5, 1e9
BIAS_SPREAD, DECIMALS = 0.1, 3


@dataclass(frozen=True)
class Place:
    """Where a layer's parameters stand in the vector: W from `weights`, b from `biases` (None: it has none)."""

    inputs: int
    units: int
    weights: int
    biases: int | None


@dataclass(frozen=True)
class Run:
    """A recorded run of U updates and E epochs with P parameters.

    Attributes
    ----------
    states : by id ("w" are the parameters), each (U + 1, P): before the first update and after each
    batches : the examples of every update, counted from 0
    batch_cost : (U,), cost of the mini-batch where the gradient is taken
    cost, accuracy : (E + 1,), over all examples, before the first epoch and after each; accuracy only for classes
    """

    states: dict[str, Array]
    batches: list[NDArray[np.int64]]
    batch_cost: Array
    cost: Array
    accuracy: Array | None


def places(spec: Spec) -> list[Place]:
    """Return where each layer's parameters stand."""
    found, at = [], 0
    for k, n, bias in zip(spec.sizes, spec.sizes[1:], spec.biases, strict=False):
        found.append(Place(k, n, at, at + n * k if bias else None))
        at += n * k + n * bias
    return found


def parameters_of(vector: Array, where: Sequence[Place]) -> Parameters:
    """Return W and b of every layer."""
    return [
        (
            vector[p.weights : p.weights + p.units * p.inputs].reshape(p.units, p.inputs),
            None if p.biases is None else vector[p.biases : p.biases + p.units],
        )
        for p in where
    ]


def vector_of(parameters: Parameters) -> Array:
    """Return all parameters as one vector."""
    return np.concatenate([part.ravel() for layer in parameters for part in layer if part is not None])


def learning(spec: Spec) -> Array:
    """Return 1 for each parameter that learns, 0 for one that is frozen, (P,)."""
    found: Parameters = []
    for n, p in enumerate(places(spec), 1):
        W = np.full((p.units, p.inputs), float(f"W{n}" not in spec.frozen))
        found.append((W, None if p.biases is None else np.full(p.units, float(f"b{n}" not in spec.frozen))))
    return vector_of(found)


def initial(spec: Spec, random: np.random.Generator) -> Parameters:
    """Return the weights that the specification gives, and draw the others.

    Weights are normal with variance 2/k below ReLU and 1/k else, for a unit of k inputs; biases with standard deviation 0.1;
    rounded to three decimals, so that the sheet shows all of them. Every layer is drawn, given or not, so that the seed
    means the same for the others.
    """
    found: Parameters = []
    for number, (place, name, bias) in enumerate(zip(places(spec), spec.activations, spec.biases, strict=True), 1):
        spread = np.sqrt((2 if name in ("relu", "leaky_relu") else 1) / place.inputs)
        W = np.round(random.normal(scale=spread, size=(place.units, place.inputs)), DECIMALS) + 0.0  # no −0
        b = np.round(random.normal(scale=BIAS_SPREAD, size=place.units), DECIMALS) + 0.0
        found.append((spec.weights.get(f"W{number}", W), spec.weights.get(f"b{number}", b) if bias else None))
    return found


def propagate(
    parameters: Parameters, hidden: Sequence[Activation], output: Output, X: Array
) -> list[tuple[Array, Array]]:
    """Return Z and A of every layer; layer 0 is X itself."""
    passed = [(X, X)]
    for (W, b), g in zip(parameters, [*hidden, None], strict=True):
        Z = W @ passed[-1][1]
        if b is not None:
            Z = Z + b[:, None]
        passed.append((Z, output.activate(Z) if g is None else g.value(Z)))
    return passed


def gradient_of(
    parameters: Parameters, hidden: Sequence[Activation], output: Output, X: Array, Y: Array
) -> tuple[float, Array]:
    """Return the cost and its gradient, (P,), for some examples: their sum, or mean where the loss is one."""
    passed = propagate(parameters, hidden, output, X)
    m = X.shape[1] if output.loss.mean else 1
    delta = output.delta(passed[-1][0], Y)
    found: Parameters = []
    for layer in range(len(parameters) - 1, -1, -1):
        W, b = parameters[layer]
        Z, A = passed[layer]
        found.insert(0, (delta @ A.T / m, None if b is None else delta.sum(axis=1) / m))
        if layer:
            delta = (W.T @ delta) * hidden[layer - 1].slope(Z, A)
    return float(output.cost(passed[-1][0], Y).sum() / m), vector_of(found)


def train(spec: Spec, hidden: Sequence[Activation], output: Output) -> Run:
    """Train as the specification says, and record everything.

    Raises
    ------
    UsageError
        If the training diverges.
    """
    with np.errstate(all="ignore"):  # what becomes of too large a learning rate is found and said below
        return _Training(spec, hidden, output).run()


class _Training:
    def __init__(self, spec: Spec, hidden: Sequence[Activation], output: Output) -> None:
        self.spec = spec
        self.hidden = hidden
        self.output = output
        self.where = places(spec)
        self.learns = learning(spec)
        self.is_weight = vector_of([(np.ones((p.units, p.inputs)), None if p.biases is None else np.zeros(p.units)) for p in self.where])  # fmt: skip
        self.X, self.Y = spec.data.x.T, spec.data.y.T
        self.random = np.random.default_rng(spec.seed)

    def run(self) -> Run:
        spec, step = self.spec, self.spec.optimizer.step
        w = vector_of(initial(spec, self.random))
        states = {"w": w, **{id: np.zeros_like(w) for id in spec.optimizer.states}}
        record = {id: [value] for id, value in states.items()}
        batches: list[NDArray[np.int64]] = []
        batch_cost: list[float] = []
        measured = [self.measure(w)]
        for _epoch in range(spec.epochs):
            for batch in self.mini_batches():
                point = self.point(states)
                cost, g = self.gradient(point, batch)
                if WEIGHT_DECAY.key in spec.hyper:
                    g = g + spec.hyper[WEIGHT_DECAY.key] * point * self.is_weight
                if spec.frozen:
                    g = g * self.learns
                batches.append(batch)
                batch_cost.append(cost)
                new = step(states["w"], g, states, len(batches), spec.hyper)
                states = {id: new[f"{id}_new"] for id in states}
                self.refuse_divergence(states, cost, len(batches))
                for id, value in states.items():
                    record[id].append(value)
            measured.append(self.measure(states["w"]))
        accuracy = [share for _cost, share in measured if share is not None]
        return Run(
            {id: np.array(values) for id, values in record.items()}, batches, np.array(batch_cost),
            np.array([cost for cost, _share in measured]), np.array(accuracy) if accuracy else None,
        )  # fmt: skip

    def point(self, states: dict[str, Array]) -> Array:
        """Return where the gradient is taken: at w, or for Nesterov at the point ahead."""
        if not self.spec.optimizer.looks_ahead:
            return states["w"]
        return states["w"] + self.spec.hyper["mu"] * states["v"]

    def mini_batches(self) -> list[NDArray[np.int64]]:
        """Return the examples of each mini-batch of an epoch; the last may be shorter."""
        count = self.X.shape[1]
        order = self.random.permutation(count) if self.spec.shuffle else np.arange(count)
        return [order[at : at + self.spec.batch_size] for at in range(0, count, self.spec.batch_size)]

    def gradient(self, w: Array, batch: NDArray[np.int64]) -> tuple[float, Array]:
        parameters = parameters_of(w, self.where)
        return gradient_of(parameters, self.hidden, self.output, self.X[:, batch], self.Y[:, batch])

    def measure(self, w: Array) -> tuple[float, float | None]:
        """Return cost and accuracy over all examples."""
        Z, A = propagate(parameters_of(w, self.where), self.hidden, self.output, self.X)[-1]
        costs = self.output.cost(Z, self.Y)
        right = right_ones(self.spec, A, self.Y)
        whole = costs.mean() if self.output.loss.mean else costs.sum()
        return float(whole), None if right is None else float(right.mean())

    def refuse_divergence(self, states: dict[str, Array], cost: float, update: int) -> None:
        finite = np.isfinite(cost) and all(np.isfinite(value).all() for value in states.values())
        largest = max(float(np.abs(value).max()) for value in states.values()) if finite else np.inf
        if largest > LARGEST_PARAMETER or not abs(cost) < LARGEST_COST:
            raise UsageError(
                f"{self.spec.source}: the training diverges (update {update}); take a smaller optimizer.lr than "
                f"{self.spec.hyper['lr']:g}, or scale the examples down"
            )


def tells_classes(spec: Spec) -> bool:
    """Tell whether an example can be right or wrong: its target is one of the classes."""
    y = spec.data.y
    binary = bool(np.isin(y, (0, 1)).all())
    if y.shape[1] == 1:
        return binary and spec.activations[-1] in ("sigmoid", "step")
    return binary and bool((y.sum(axis=1) == 1).all()) and (spec.activations[-1] == SOFTMAX or bool(spec.data.classes))


def right_ones(spec: Spec, A: Array, Y: Array) -> Array | None:
    """Return for each example 1 if it is right, else 0, (N,); None where there are no classes.

    With one output, a ≥ 0.5 says class 1. With several, the target's output must be greater than all others: a tie is wrong.
    """
    if not tells_classes(spec):
        return None
    if len(A) == 1:
        right = (np.round(A[0], 9) >= 0.5) == (Y[0] == 1)
    else:
        second = np.sort(A, axis=0)[-2]
        right = np.round(np.sum(A * Y, axis=0), 9) > np.round(second, 9)
    found: Array = right.astype(float)
    return found
