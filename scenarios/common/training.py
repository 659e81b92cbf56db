"""Training runs that NumPy records: every epoch's parameters stand in a table, and a cell with the epoch number
picks the state that the live formulas start from. So each epoch's step can be looked at and proven, one at a time.

    states = list(islice(descend(start, [SIGMOID] * 2, HALF_SQUARED, X, Y, eta), epochs + 1))     by NumPy
    run = Run(states, *measured(states, [SIGMOID] * 2, HALF_SQUARED, X, Y, right))
    record = add_run(data_page, run)                                        a row per epoch
    epoch = epoch_cell(page, last, start)                                   the reader scrubs
    layers = picked_layers(page, record, run.states[start], activations, epoch)     and Net(layers, …) is live
    charts_of_run(page, record, epoch, loss, accuracy)
    check_step(page, record, run, epoch, loss, net.update(page, eta).layers)

NumPy's examples lie in the rows of X (m, k) and Y (m, n).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np

from scenarios.common.activations import Activation, Array
from scenarios.common.layer import INPUTS, NEURONS, Layer, sup
from scenarios.common.layer import Parameters as Parameters  # noqa: PLC0414 - for those that have not moved to it
from scenarios.common.losses import Loss
from workbook.block import Between, Block, Counter, Formula
from workbook.chart import Chart, Mark, Series
from workbook.formula import Index, Operand, number_of, pick
from workbook.page import Page
from workbook.sheet import Adder
from workbook.text import _


@dataclass(frozen=True)
class Run:
    """A recorded training run: the parameters before every epoch and after the last, and cost and accuracy of each.

    Where some examples are held out of the training, cost and accuracy of these stand beside.
    """

    states: list[Parameters]
    cost: Array
    accuracy: Array
    held_cost: Array | None = None
    held_accuracy: Array | None = None


Step = Callable[[Parameters, Parameters, float], Parameters]
"""Takes parameters, their slopes and a learning rate to the next parameters."""

Product = Callable[[Array, Array], Array]
"""How matrices are multiplied: `np.matmul`, or `in_order` where the last digit of a sum matters."""


def in_order(A: Array, B: Array) -> Array:
    """Return A·B with every sum taken term by term from left to right, as a spreadsheet takes it.

    A large learning rate makes a run chaotic: the last bit of a sum grows until nothing agrees.
    """
    terms = (np.multiply.outer(A[:, k], B[k]) for k in range(A.shape[1]))
    summed: Array = reduce(add, terms)
    return summed


def propagate(
    parameters: Parameters, activations: Sequence[Activation], X: Array, product: Product = np.matmul
) -> list[tuple[Array, Array]]:
    """Return z and a of every layer, (m, n) each, for the examples in the rows of X; layer 0 is X itself."""
    passed = [(X, X)]
    for (W, b), g in zip(parameters, activations, strict=True):
        z = product(passed[-1][1], W.T) + (0 if b is None else b)
        passed.append((z, g.value(z)))
    return passed


def gradients_of(
    parameters: Parameters,
    activations: Sequence[Activation],
    loss: Loss,
    X: Array,
    Y: Array,
    product: Product = np.matmul,
) -> Parameters:
    """Return dW and db of every layer for the examples in the rows of X and Y; a mean where the loss is one."""
    passed = propagate(parameters, activations, X, product)
    share = len(X) if loss.mean else 1
    z, a = passed[-1]
    delta = loss.slope(a, Y) * activations[-1].slope(z, a)
    found: Parameters = []
    for layer in range(len(parameters) - 1, -1, -1):
        W, b = parameters[layer]
        below_z, below_a = passed[layer]
        found.insert(0, (product(delta.T, below_a) / share, None if b is None else delta.sum(axis=0) / share))
        if layer:
            delta = product(delta, W) * activations[layer - 1].slope(below_z, below_a)
    return found


def stepped(parameters: Parameters, gradient: Parameters, eta: float) -> Parameters:
    """Return the parameters after one step of descent."""
    return [
        (W - eta * dW, None if b is None or db is None else b - eta * db)
        for (W, b), (dW, db) in zip(parameters, gradient, strict=True)
    ]


def descend(
    start: Parameters,
    activations: Sequence[Activation],
    loss: Loss,
    X: Array,
    Y: Array,
    eta: float,
    *,
    batch: int | None = None,
    random: np.random.Generator | None = None,
    product: Product = np.matmul,
    step: Step | None = None,
) -> Iterator[Parameters]:
    """Yield the parameters before the first epoch and after each, without end; the caller takes as many as it wants.

    An epoch is one step with all examples, or where `batch` is stated a step for each slice of so many of them; with
    `random` they are shuffled before every epoch. The last slice may be shorter. `step` takes another step than plain descent.
    """
    now, m = start, len(X)
    while True:
        yield now
        order = np.arange(m) if random is None else random.permutation(m)
        for rows in (order[at : at + (batch or m)] for at in range(0, m, batch or m)):
            now = (step or stepped)(now, gradients_of(now, activations, loss, X[rows], Y[rows], product), eta)


def measured(
    states: Sequence[Parameters],
    activations: Sequence[Activation],
    loss: Loss,
    X: Array,
    Y: Array,
    right: Callable[[Array, Array], Array],
) -> tuple[Array, Array]:
    """Return the loss and the share of examples that are right, of every state; `right` tells by outputs and targets."""
    outputs = [propagate(state, activations, X)[-1][1] for state in states]
    share = len(X) if loss.mean else 1
    losses = np.array([loss.value(output.T, Y.T).sum() / share for output in outputs])
    return losses, np.array([np.mean(right(output, Y)) for output in outputs])


@dataclass(frozen=True)
class Record:
    """A run on a page: a row per epoch."""

    epochs: Block
    cost: Block
    accuracy: Block
    layers: list[tuple[Block, Block | None]]
    held_cost: Block | None = None
    held_accuracy: Block | None = None


def add_run(page: Page, run: Run) -> Record:
    """Add the table of a run: epoch, loss, accuracy, and every parameter, each layer's W row by row."""
    layers: list[tuple[Block, Block | None]] = []
    with page.table(Counter("t = ", start=0), len(run.states), freeze=True) as t:

        def share(id: str, value: Array, title: str) -> Block:
            return t.recorded(id, value, title=title, number_format="0.0%")

        epochs = t.recorded("run_epoch", np.arange(len(run.states)), "t", _("epoch"), number_format="0")
        cost = t.recorded("run_cost", run.cost, "L", _("loss before this epoch's step"))
        accuracy = share("run_accuracy", run.accuracy, _("share that is right"))
        held_cost = held_accuracy = None
        if run.held_cost is not None and run.held_accuracy is not None:
            held_cost = t.recorded("run_held_cost", run.held_cost, title=_("loss on the held-out examples"))
            held_accuracy = share("run_held_accuracy", run.held_accuracy, _("share of the held-out that is right"))
        for n, (W, b) in enumerate(run.states[0]):
            s = sup(n + 1)
            names = [f"w{s} {j + 1},{k + 1}" for j in range(W.shape[0]) for k in range(W.shape[1])]
            title = _("W{layer}, row by row").format(layer=s)
            flat = np.array([state[n][0].ravel() for state in run.states])
            weights, biases = t.recorded(f"run_W{n + 1}", flat, title=title, columns=names), None
            if b is not None:
                rows, names = np.array([state[n][1] for state in run.states]), [f"b{s} {j + 1}" for j in range(len(b))]
                biases = t.recorded(f"run_b{n + 1}", rows, title=f"b{s}", columns=names)
            layers.append((weights, biases))
    return Record(epochs, cost, accuracy, layers, held_cost, held_accuracy)


def charts_of_run(page: Page, record: Record, epoch: Block, cost: Block, accuracy: Block) -> None:
    """Draw loss and accuracy by epoch, of the held-out examples too if there are any; a dot marks the picked epoch.

    `cost` and `accuracy` are those of the picked epoch, of the held-out examples if there are any.
    """
    with page.beside():
        for title, name, held, all_, here, alt, limits in (
            (
                _("Loss by epoch"), _("loss L"), record.held_cost, record.cost, cost,
                _("A line of the loss by epoch, from the first weights on. A dot marks the picked epoch."), (None, None),
            ),
            (
                _("Accuracy by epoch"), _("share that is right"), record.held_accuracy, record.accuracy, accuracy,
                _("A line of the share of examples that are right, by epoch; a dot marks the picked epoch."), (0.0, 1.0),
            ),
        ):  # fmt: skip
            lines = [Series(name if held is None else _("training"), record.epochs[:], all_[:])]
            if held is not None:
                lines.append(Series(_("held out"), record.epochs[:], held[:], colour="#D1711B", dashed=True))
            dot = Series(_("the picked epoch"), epoch.whole(), here.whole(), Mark.POINTS, "#B3261E")
            page.chart(Chart(title, (*lines, dot), _("epoch"), name, alt, columns=5, y_range=limits))


def epoch_cell(place: Adder, last: int, start: int) -> Block:
    """Add the cell with the epoch number that the reader scrubs with, from 0 to `last`."""
    return place.given("epoch", float(start), "t", _("epoch to look at"), valid=Between(0, last, whole=True))


def picked_layers(
    page: Page,
    record: Record,
    parameters: Parameters,
    activations: Sequence[Activation],
    epoch: Block,
    suffix: str = "",
    later: int = 0,
) -> list[Layer]:
    """Add the parameters of the picked epoch, or of `later` epochs after it, looked up in the recorded run.

    `parameters` are NumPy's of that epoch.
    """
    title = _("weights at the picked epoch") if not later else _("recorded weights of the next epoch")
    layers = []
    for n, ((W_states, b_states), (W, b), g) in enumerate(zip(record.layers, parameters, activations, strict=True), 1):
        inputs = _("inputs of a neuron in layer {layer}").format(layer=n)
        count = page.offstage_block(f"inputs{n}{suffix}", float(W.shape[1]), title=inputs, number_format="0")
        with page.beside():
            weights = page.derived(
                f"W{n}{suffix}", W, _flat_look_up(W_states, epoch, count, later + 1), f"W{sup(n)}", title,
                rows=NEURONS, columns=INPUTS,
            )  # fmt: skip
            biases = None
            if b is not None and b_states is not None:
                found = _look_up(b_states, epoch, later + 1)
                biases = page.derived(f"b{n}{suffix}", b, found, f"b{sup(n)}", _("biases"), rows=NEURONS, columns=[""])
        layers.append(Layer(n, weights, biases, g))
    return layers


def _flat_look_up(states: Block, epoch: Block, inputs: Block, row: int) -> Formula:
    def formula(j: Index, k: Index) -> Operand:
        return pick(states, epoch + row, (number_of(j) - 1) * inputs + number_of(k))

    return formula


def _look_up(states: Block, epoch: Block, row: int) -> Formula:
    return lambda j: pick(states, epoch + row, number_of(j))


def check_step(page: Page, record: Record, run: Run, epoch: Block, cost: Block, moved: Sequence[Layer]) -> None:
    """Hold the picked epoch's live loss and its updated weights against the recorded run."""
    t = int(epoch.value)
    met = page.offstage_block(
        "recorded_cost", run.cost[t], lambda: pick(record.cost, epoch + 1), title=_("recorded loss of this epoch")
    )
    page.check("cost_met", _("the live loss is the recorded one"), cost, met, 1e-9)
    following = picked_layers(page, record, run.states[t + 1], [layer.activation for layer in moved], epoch, "_rec", 1)
    for new, recorded in zip(moved, following, strict=True):
        n = new.number
        title = _("the step of W{layer} arrives as recorded").format(layer=sup(n))
        page.check(f"step_W{n}", title, new.W, recorded.W, 1e-9)
        if new.b is not None and recorded.b is not None:
            title = _("the step of b{layer} arrives as recorded").format(layer=sup(n))
            page.check(f"step_b{n}", title, new.b, recorded.b, 1e-9)
