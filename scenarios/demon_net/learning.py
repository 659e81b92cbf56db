"""Page Learning: pick an epoch, and see what the demons like, how many images are right, and the loss."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scenarios.common.dense import Layer
from scenarios.common.training import Record, Run, epoch_cell
from scenarios.demon_net.board import board, right_count
from scenarios.demon_net.pad import SQUARE, likes
from scenarios.demon_net.states import Pass
from workbook.block import Block, Role, Shading
from workbook.chart import Chart, Mark, Series
from workbook.formula import both, if_
from workbook.page import Flow, Page
from workbook.text import _


@dataclass(frozen=True)
class Picked:
    """The yellow epoch, and the place below it."""

    epoch: Block
    below: Flow


def begin_learning(page: Page, run: Run) -> Picked:
    """Begin the page with the yellow epoch."""
    with page.left():
        epoch = epoch_cell(page, last=len(run.states) - 2, start=0)
        page.gap()
        below = page.keep()
    return Picked(epoch, below)


def learning_page(
    page: Page, picked: Picked, now: Pass, record: Record, run: Run, last: list[Layer], weights: Path | None
) -> None:
    """Show likes, listening, board and loss at the picked epoch."""
    epoch, W2 = picked.epoch, now.layers[1].W
    with page.into(picked.below):
        hits = right_count(page, "learning_hits", now.right)
        page.live(
            "learning_says",
            _("▶ Epoch {t:0}: {hits:0} of {all:0} right, loss {loss:2}."),
            t=epoch,
            hits=hits,
            all=page.offstage_block("learning_count", float(len(now.Y.value)), title=_("images"), number_format="0"),
            loss=now.loss,
        )
        page.gap()
        with page.beside():
            with page.column():
                page.add(
                    Block(
                        "learning_listens",
                        Role.DERIVED,
                        W2.value,
                        formula=lambda j, k: W2[j, k],
                        rows=[_("output demon {digit}").format(digit=digit) for digit in (0, 1)],
                        columns=["1", "2", "3"],
                        number_format="0.00",
                        shading=Shading.DIVERGING,
                    )
                )
            for j in range(3):
                with page.column(unit=SQUARE, square=True):
                    page.add(likes(f"learned_{j + 1}", now.layers[0].W, j, _("{demon} likes").format(demon=j + 1)))
        page.gap()
        page.text(_("How the output demons listen to demons 1, 2, 3: blue gladly, red against."))
        page.chart(_losses(record, epoch, now.loss))
    with page.right():
        page.chart(board(page, "learning_board", now.passed.output, now.right, columns=5, rows=19))
    end = len(run.states) - 2
    page.source(
        _("Epoch 0 is the start, with the weights of the file {file}.").format(file=weights.name)
        if weights
        else _("Epoch 0 is the random start.")
    )
    perfect_from = int(np.flatnonzero(run.accuracy < 1).max(initial=-1)) + 1
    page.source(
        _("In this run all images are right from epoch {epoch} on.").format(epoch=perfect_from)
        if perfect_from < len(run.accuracy)
        else _("In this run not all images are right by the last epoch; set more epochs or another learning rate.")
    )
    page.source(
        _("The {epochs} epochs were computed beforehand with NumPy; the picked one is computed here again.").format(
            epochs=end + 1
        )
    )
    page.try_(
        _(
            "Type 1, then 5, then {end}: watch the board and the pictures. Which demon likes the middle, which the sides?"
        ).format(end=end)
    )
    W_end = last[1].W
    row = W_end.value[0]
    page.turn(
        "learning_turn",
        _("Type {end}. Which demon does output demon 0 like best to hear? (1, 2 or 3)").format(end=end),
        page.offstage(
            Block(
                "learning_favourite",
                Role.DERIVED,
                np.asarray(np.argmax(row) + 1.0),
                formula=lambda: if_(
                    both(W_end[0, 0] >= W_end[0, 1], W_end[0, 0] >= W_end[0, 2]),
                    1,
                    if_(W_end[0, 1] >= W_end[0, 2], 2, 3),
                ),
                title=_("the demon that output demon 0 likes best at the last epoch"),
                number_format="0",
            )
        ),
        0.1,
        _("Nobody told them to divide the work like this."),
        _("the largest number in the row of output demon 0."),
    )
    page.remember(_("Learning is changing the likes until the loss stops falling."))


def _losses(record: Record, epoch: Block, loss: Block) -> Chart:
    return Chart(
        "",
        (
            Series(_("loss L"), record.epochs[:], record.cost[:], Mark.LINE, "#1F4E9E", width=2.25),
            Series(_("the picked epoch"), epoch.whole(), loss.whole(), Mark.POINTS, "#D1711B", size=11),
        ),
        _("epoch"),
        _("loss L"),
        _("The loss by epoch as a line; a dot marks the picked epoch."),
        columns=9,
        rows=11,
    )
