"""The training by NumPy, and pages Run, Training and Heldout: the picked epoch, live, against what was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise
from typing import Any

import numpy as np

from scenarios.circles.points import INNER, Points
from scenarios.common.activations import Activation, Array
from scenarios.common.columns import yes_no
from scenarios.common.layer import Layer, Parameters
from scenarios.common.losses import BINARY_CROSS_ENTROPY
from scenarios.common.net import Net
from scenarios.common.optimizers import ADAM, OPTIMIZERS
from scenarios.common.training import Record, Run, add_run, charts_of_run, descend, measured, picked_layers
from workbook.block import Block, Counter, Role
from workbook.formula import Direction, equal, if_, mean, pick
from workbook.page import Page
from workbook.scenario import UsageError
from workbook.text import _

FIRST_BIAS = 0.1
LARGEST_WEIGHT = 1e3


def start(sizes: Sequence[int], random: np.random.Generator) -> Parameters:
    """Return random weights, normal with variance 2/k for a neuron of k inputs (He's rule for ReLU), and small biases.

    With biases 0, a narrow layer may be born dead, all its ReLUs shut for every point: of 40 seeds two then never learn.
    """
    return [(random.standard_normal((n, k)) * np.sqrt(2 / k), np.full(n, FIRST_BIAS)) for k, n in pairwise(sizes)]


def train(
    first: Parameters,
    activations: Sequence[Activation],
    points: Points,
    random: np.random.Generator,
    *,
    lr: float,
    batch: int,
    epochs: int,
    optimizer: str = "sgd",
) -> Run:
    """Descend by mini-batches: each epoch shuffles, then takes slices of `batch` points; the last may be shorter.

    Raises
    ------
    UsageError
        If the weights grow without bound.
    """
    n, step = points.training, AdamSteps(first) if optimizer == "adam" else None
    xy, labels = points.xy, points.labels[:, None]
    example, states = (activations, BINARY_CROSS_ENTROPY), []
    run = descend(first, *example, xy[:n], labels[:n], lr, batch=batch, random=random, step=step)
    for state in islice(run, epochs + 1):
        if not all(np.abs(W).max() < LARGEST_WEIGHT for W, _b in state):
            raise UsageError(f"--set lr={lr:g}: the training diverges with these points; set a smaller lr")
        states.append(state)
    used, held = (measured(states, *example, xy[part], labels[part], _right) for part in (slice(n), slice(n, None)))
    return Run(states, *used, *held)


def _right(output: Array, target: Array) -> Array:
    right: Array = (output >= 0.5) == (target == INNER)
    return right


class AdamSteps:
    """Takes steps as Adam does, with its usual shares; it remembers the means of the slopes that it has seen."""

    def __init__(self, first: Parameters) -> None:
        self.taken = 0
        self.memory = [[{id: np.zeros_like(w) for id in ADAM.states} for w in layer] for layer in first]
        self.usual = {hyper.key: hyper.default for hyper in ADAM.hyper}

    def __call__(self, now: Parameters, slopes: Parameters, eta: float) -> Parameters:
        """Return the parameters after one step."""
        self.taken += 1
        moved: Parameters = []
        for layer, found, states in zip(now, slopes, self.memory, strict=True):
            new = []
            for w, g, state in zip(layer, found, states, strict=True):
                step = ADAM.step(w, g, state, self.taken, {**self.usual, "lr": eta})  # type: ignore[arg-type]
                state.update({id: step[f"{id}_new"] for id in state})
                new.append(step["w_new"])
            moved.append((new[0], new[1]))
        return moved


def run_page(page: Page, run: Run) -> Record:
    """Add the recorded run."""
    page.step(
        _("Every epoch's weights"),
        _("NumPy ran the whole training beforehand; the sheet Region picks an epoch, which is then computed live."),
    )
    return add_run(page, run)


def training_page(
    page: Page,
    held_page: Page,
    points: Points,
    run: Run,
    record: Record,
    activations: Sequence[Activation],
    settings: Any,
) -> list[Layer]:
    """Look the picked epoch up, and hold a live pass of the held-out points against the recorded one."""
    epoch = page.book["epoch"]
    t, last = int(epoch.value), len(run.states) - 1
    page.step(_("The picked epoch"), _("Epoch 0 is the random start, {last} the end. All that is live uses the weights of the picked one.").format(last=last))  # fmt: skip
    page.derived("epoch_here", epoch.value, lambda: epoch, "t", _("epoch, from the sheet Region"), number_format="0")
    cost, share = page.book["run_held_cost"], page.book["run_held_accuracy"]
    title = _("loss on the held-out points, as recorded")
    held_loss = page.derived("recorded_loss", cost.value[t], lambda: pick(cost, epoch + 1), title=title)
    title = _("share of them that is right, as recorded")
    held_share = page.derived("recorded_accuracy", share.value[t], lambda: pick(share, epoch + 1), title=title, number_format="0.0%")  # fmt: skip
    charts_of_run(page, record, epoch, held_loss, held_share)
    page.step(_("The weights of that epoch"), _("Looked up in the sheet Run; every other sheet reads them here."))
    layers = picked_layers(page, record, run.states[t], activations, epoch, "_t")
    loss, right = _heldout(held_page, points, layers)
    page.check("loss_met", _("the live loss is the recorded one"), loss, held_loss, 1e-9)
    page.check("accuracy_met", _("the live accuracy is the recorded one"), right, held_share, 1e-12)
    rule = _(OPTIMIZERS[settings["optimizer"]].title)
    for words in (
        _("By NumPy: {rule}, learning rate {lr:g}, mini-batches of {batch}, reshuffled every epoch. The article's Keras code lets Adam do it (--set optimizer=adam); what its text follows is plain descent, W ← W − α·dW (the formula's picture is lost).").format(rule=rule, lr=settings["lr"], batch=settings["batch"]),
        _("Printed in the article: 50 epochs. Chosen here: the tenth held out (as in its author's notebook), learning rate, mini-batches, seed."),
        _("Chosen here: weights start normal with variance 2/k for a neuron of k inputs, biases at {bias:g}, so that no ReLU is shut for every point from the beginning.").format(bias=FIRST_BIAS),
        _("A prediction is held between ε = 1e−7 and 1 − ε, as Keras does, so that no logarithm meets a 0; its slope stays ŷ·(1 − ŷ)."),
    ):  # fmt: skip
        page.source(words)
    return layers


def _heldout(page: Page, points: Points, layers: list[Layer]) -> tuple[Block, Block]:
    """Add the forward pass of the held-out points; return their mean loss and the share that is right."""
    page.step(
        _("Every held-out point through the network"),
        _("One row per point, from its coordinates to the prediction; ŷ ≥ 0.5 counts as class 1."), "ŷ = a⁵",
    )  # fmt: skip
    xy, labels, first = page.book["points"], page.book["labels"], points.training
    lies: dict[str, Any] = {"along": Direction.RIGHT}
    with page.table(Counter(""), len(points.labels) - first, freeze=True) as t:
        X = t.derived(
            "X_h", points.xy[first:].T, lambda k, i: xy[i + first, k], title="x", columns=Counter("x"), **lies
        )
        Y = t.derived(
            "Y_h", points.labels[None, first:], lambda j, i: labels[i + first], "y", _("its class"), number_format="0",
            **lies,
        )  # fmt: skip
        net = Net(layers, X, Y, BINARY_CROSS_ENTROPY, "_h").forward(t)
        loss, a = net.measure(t), net.output
        said = t.derived(
            "said_h", a.value[0] >= 0.5, lambda i: if_(a[0, i] >= 0.5, 1, 0), title=_("answer"), number_format="0"
        )
        right = t.derived(
            "right_h", said.value == Y.value[0], lambda i: if_(equal(said[i], Y[0, i]), 1, 0),
            title=_("right?"), number_format=yes_no(),
        )  # fmt: skip
        share = Block("accuracy_h", Role.DERIVED, right.value.mean(), formula=lambda: mean(right), number_format="0.0%")
        return loss, t.total(right, share, label=_("mean"))
