"""The training run that NumPy recorded, and pages OneEpoch, Epoch, FirstEpoch, Weights: its epochs, computed again."""

from __future__ import annotations

from itertools import islice
from typing import Any

from scenarios.common.activations import Array
from scenarios.common.layer import Layer, Parameters
from scenarios.common.losses import HALF_SQUARED
from scenarios.common.net import Net
from scenarios.common.training import Record, Run, add_run, charts_of_run, check_step, descend, measured, picked_layers
from scenarios.demon_net.board import right_of
from scenarios.demon_net.images import Images
from scenarios.demon_net.weights import ACTIVATIONS, LR
from workbook.block import Block, Counter, Shading
from workbook.book import Book
from workbook.formula import Direction, pick
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _


def train(start: Parameters, images: Images, eta: float, epochs: int) -> Run:
    """Descend for so many epochs, every image in every step, and record each state."""
    example = (ACTIVATIONS, HALF_SQUARED, images.pixels, images.targets)
    states = list(islice(descend(start, *example, eta), epochs + 1))
    return Run(states, *measured(states, *example, _right))


def _right(output: Array, target: Array) -> Array:
    right: Array = (output[:, 1] > output[:, 0]) == target[:, 1]
    return right


def training_pages(book: Book, page: Page, images: Images, run: Run, epoch: Block) -> Net:
    """Add the recorded run, and live its picked, its first and its last epoch; return the net of the picked one."""
    data = book.page("Run", _("The training run, epoch by epoch, recorded by NumPy"), kind=Kind.DATA)
    data.step(_("Every epoch's weights"), _("NumPy ran the whole training beforehand; the sheet Learning picks an epoch, which is then computed live."))  # fmt: skip
    record = add_run(data, run)
    page.step(_("The weights of the picked epoch"), _("The yellow cell of the sheet Learning picks them from the run."))
    here = page.derived("epoch_here", epoch.value, lambda: epoch, "t", _("epoch"), number_format="0")
    eta = page.recorded("eta_run", float(book.settings[LR.key]), "η", _("learning rate of the run"))
    layers = picked_layers(page, record, run.states[int(epoch.value)], ACTIVATIONS, here, "_t")
    net = _all_images(book, layers, images)
    share = page.derived(
        "recorded_accuracy", run.accuracy[int(epoch.value)], lambda: pick(record.accuracy, here + 1),
        title=_("recorded share that is right"), number_format="0.0%",
    )  # fmt: skip
    assert net.whole is not None
    charts_of_run(page, record, here, net.whole, share)
    page.step(
        _("The slopes: summed over all images"),
        _("Each has the shape of its weights; it is the sum of blame times input over all images (sheet Epoch)."),
        "∂L/∂W = Σᵢ δᵢ·inputᵢ",
    )
    net.gradients(page)
    page.step(_("One step"), _("Against the slopes: these are the weights of the next epoch."), "W ← W − η·∂L/∂W")
    moved = net.update(page, eta, "_next")
    page.sentence(
        "next_written", _("Demon 1, pixel 1: w = {W1_t[0,0]:4} − {eta_run:3}·{gW1_t[0,0]:4p} = {W1_next[0,0]:4}")
    )
    page.step(_("Does it hold?"), _("Computed live, this epoch and the next must meet what NumPy recorded."))
    check_step(page, record, run, here, net.whole, moved.layers)
    _first_and_last(book, record, run, net)
    return net


def _all_images(book: Book, layers: list[Layer], images: Images) -> Net:
    """Add forward and backward pass over all images, one row each."""
    page = book.page("Epoch", _("One epoch: forward and backward for every image"), kind=Kind.DATA)
    page.step(
        _("Forward, loss and backward, one row per image"),
        _("From left to right: target, pixels, forward pass, loss, then the blames δ, last layer first."),
    )
    lies: dict[str, Any] = {"along": Direction.RIGHT, "number_format": "0"}
    with page.table(Counter("i = "), len(images.labels), freeze=True) as t:
        # recorded, not given: the run was made with these images, and would not follow a change
        Y = t.recorded("targets", images.targets.T, title=_("target y"), columns=Counter("j = "), **lies)
        look: dict[str, Any] = {"columns": Counter("x"), "shading": Shading.PIXELS, **lies}
        X = t.recorded("X_all", images.pixels.T, title=_("pixels x"), **look)
        net = Net(layers, X, Y, HALF_SQUARED, "_t").forward(t)
        net.measure(t)
        right_of(t, "right_t", net.output, Y)
        net.backward(t)
    return net


def _first_and_last(book: Book, record: Record, run: Run, net: Net) -> None:
    """Add the weights before the first epoch and at the last, and what the first say to every image."""
    page = book.page("Weights", _("The first and the last weights of the run"), kind=Kind.DATA)
    ends = ((0, "_first", _("Before the first epoch")), (len(run.states) - 2, "_last", _("At the last epoch")))
    layers = []
    for epoch, suffix, title in ends:
        page.step(title, _("Looked up in the sheet Run."))
        at = page.recorded(f"epoch{suffix}", float(epoch), "t", _("epoch"))
        layers.append(picked_layers(page, record, run.states[epoch], ACTIVATIONS, at, suffix))
    page = book.page("FirstEpoch", _("What the first weights say to every image"), kind=Kind.DATA)
    page.step(
        _("Forward and loss, one row per image"), _("The same columns as on the sheet Epoch, always for epoch 0.")
    )
    first = net.with_layers(layers[0], "_first")
    with page.table(Counter("i = "), net.examples, freeze=True) as t:
        first.forward(t).measure(t)
        right_of(t, "right_first", first.output, net.Y)
