"""Sheets OneEpoch, Epoch, NudgeAll and Run: the recorded training run, and any one of its epochs live."""

from __future__ import annotations

import numpy as np

from scenarios.common.batch import cost_column, delta_columns, forward_columns, gradients, total_cost
from scenarios.common.dense import Backward, Forward, Layer, update
from scenarios.common.gradient_check import check_chosen_parameter
from scenarios.common.losses import HALF_SQUARED
from scenarios.common.outcome import nudge_size
from scenarios.common.training import (
    Parameters,
    Record,
    Run,
    add_run,
    charts_of_run,
    check_step,
    gradients_of,
    picked_layers,
    propagate,
    stepped,
)
from scenarios.demon_net.backward import chosen_parameter
from scenarios.demon_net.board import right_formula, right_value
from scenarios.demon_net.images import Images
from scenarios.demon_net.states import Pass
from scenarios.demon_net.weights import ACTIVATIONS
from workbook.block import Block, Counter, Shading
from workbook.book import Book
from workbook.eager import Sheet
from workbook.formula import pick
from workbook.sheet import Kind
from workbook.text import _


def train(start: Parameters, images: Images, eta: float, epochs: int) -> Run:
    """Descend for so many epochs, every image in every step, and record each state."""
    states, costs, accuracy = [start], [], []
    for _epoch in range(epochs + 1):
        output = propagate(states[-1], ACTIVATIONS, images.pixels)[-1][1]
        costs.append(0.5 * np.sum((output - images.targets) ** 2))
        accuracy.append(np.mean((output[:, 1] > output[:, 0]) == images.labels))
        step = gradients_of(states[-1], ACTIVATIONS, HALF_SQUARED, images.pixels, images.targets)
        states.append(stepped(states[-1], step, eta))
    return Run(states[:-1], np.array(costs), np.array(accuracy))


def training_sheets(book: Book, images: Images, run: Run, eta_value: float, picked: Block) -> tuple[Record, Pass]:
    """Add the recorded run, and the epoch that the page Learning has picked, live."""
    learning = book.sheet("OneEpoch", _("One epoch's step: gradient and update"))
    batch = book.sheet("Epoch", _("One epoch: forward and backward for every image"), kind=Kind.DATA)
    nudge = book.sheet("NudgeAll", _("Nudge: is the gradient over all images right?"))
    record_sheet = book.sheet("Run", _("The training run, epoch by epoch, recorded by NumPy"), kind=Kind.DATA)
    record_sheet.step(
        _("Every epoch's weights"),
        _(
            "NumPy ran the whole training beforehand; the sheet Learning takes any one epoch from here and computes it live."
        ),
    )
    record = add_run(record_sheet, run)
    learning.step(
        _("The weights of the picked epoch"), _("The yellow cell of the sheet Learning picks them from the sheet Run.")
    )
    epoch = learning.derived(
        "epoch_here", picked.value, lambda: picked, title=_("epoch"), symbol="t", number_format="0"
    )
    eta = learning.recorded(
        "eta_run",
        eta_value,
        symbol="η",
        title=_("learning rate of the run"),
        number_format="0.000",
        remark=_("chosen here"),
    )
    layers = picked_layers(learning, record, run.states[0], ACTIVATIONS, epoch, "_t")
    now, back = _epoch_table(batch, layers, images)
    right_now = learning.derived(
        "recorded_accuracy",
        run.accuracy[0],
        lambda: pick(record.accuracy, epoch + 1),
        title=_("recorded share that is right"),
        number_format="0.0%",
    )
    charts_of_run(learning, record, epoch, now.loss, right_now)
    learning.step(
        _("The gradient: summed over all images"),
        _("Every gradient has the shape of its weights; it is the sum of δ·input over all images (sheet Epoch)."),
        _("∂C/∂W = Σᵢ δᵢ·inputᵢ"),
    )
    gradients(learning, layers, now.passed, back, None, "_t")
    learning.step(
        _("Update"), _("One step against the gradient gives the weights of the next epoch."), "W ← W − η·∂C/∂W"
    )
    new_layers = update(learning, layers, back, eta, "_next")
    learning.sentence(
        "next_written",
        _("Demon 1, pixel 1: w = {w:4} − {eta:3}·{g:4p} = {new:4}"),
        w=layers[0].W[0, 0], eta=eta, g=back.dW[1][0, 0], new=new_layers[0].W[0, 0],
    )  # fmt: skip
    learning.step(_("Does it hold?"), _("The live numbers must meet what NumPy recorded for this epoch and the next."))
    check_step(learning, record, run, epoch, now.loss, new_layers)
    _nudge_all_sheet(nudge, layers, now.passed, now.Y, back)
    return record, now


def _epoch_table(sheet: Sheet, layers: list[Layer], images: Images) -> tuple[Pass, Backward]:
    """Add forward and backward pass over all images, one a row."""
    sheet.step(
        _("Forward, cost and backward, one image a row"),
        _("Read a row from left to right: pixels, forward pass, cost, then the blames δ, last layer first."),
    )
    with sheet.table(Counter(""), len(images.labels), freeze=True) as table:
        # recorded, not given: the run was made with these images, and would not follow a change
        Y = table.recorded("targets", images.targets, title=_("target y"), columns=Counter("j = "), number_format="0")
        X = table.recorded(
            "X_all", images.pixels, title=_("pixels x"), columns=Counter("x"), number_format="0", shading=Shading.PIXELS
        )
        passed = forward_columns(table, layers, X, "_t")
        each = cost_column(table, HALF_SQUARED, passed.output, Y, "_t")
        out = passed.output
        right = table.derived(
            "right_t",
            right_value(out.value, Y.value),
            lambda i: right_formula(out, Y, i),
            title=_("right? 1 yes"),
            number_format="0",
        )
        back = delta_columns(table, layers, HALF_SQUARED, passed, Y, "_t")
        whole = total_cost(table, HALF_SQUARED, each, "_t")
    return Pass(layers, X, Y, passed, each, whole, right), back


def _nudge_all_sheet(sheet: Sheet, layers: list[Layer], passed: Forward, T: Block, back: Backward) -> None:
    sheet.step(
        _("Check one gradient of the picked epoch by trial"),
        _(
            "Choose any weight or bias of the epoch that the sheet Learning has picked: nudged up and down by h, it moves the cost of every image, and the sum must be what backpropagation said."
        ),
        "∂C/∂w ≈ Σᵢ (Cᵢ(w + h) − Cᵢ(w − h)) / 2h",
    )
    chosen = chosen_parameter(sheet, "_all")
    h = nudge_size(sheet, "h_all")
    sheet.gap()
    check_chosen_parameter(sheet, layers, HALF_SQUARED, passed, T, back, h, chosen, by_row=True, name="fd_all")
