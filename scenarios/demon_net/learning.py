"""Page Learning: pick an epoch, and see what the demons like, how many images are right, and the loss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.training import Run
from scenarios.demon_net.board import board, right_count
from scenarios.demon_net.images import SQUARE, likes, output_names
from workbook.block import Block, Shading
from workbook.chart import Chart, Mark, Series
from workbook.formula import both, if_
from workbook.page import Page
from workbook.text import _


def learning_page(page: Page, run: Run, weights: Path | None) -> None:
    """Show likes, listening, board and loss at the picked epoch; `weights` is the file that the run started from."""
    book = page.book
    W1, W2, out, right = (book[id] for id in ("W1_t", "W2_t", "A2_t", "right_t"))
    right_count(page, "learning_hits", right)
    page.offstage_block("learning_count", float(len(right.value)), title=_("images"))
    with page.left():
        page.gap()
        page.live("learning_says", _("▶ Epoch {epoch:0}: {learning_hits:0} of {learning_count:0} right, loss {C_t:2}."))
        page.gap()
        with page.beside():
            with page.column():
                look: dict[str, Any] = {
                    "number_format": "0.00",
                    "shading": Shading.DIVERGING,
                    "columns": ["1", "2", "3"],
                }
                page.derived("learning_listens", W2.value, lambda j, k: W2[j, k], rows=output_names(), **look)
            for j in range(3):
                with page.column(unit=SQUARE, square=True):
                    page.add(likes(f"learned_{j + 1}", W1, j, _("{demon} likes").format(demon=j + 1)))
        page.gap()
        page.text(_("How the output demons listen to demons 1, 2, 3: blue gladly, red against."))
        page.chart(_losses(page))
    with page.right():
        page.chart(board(page, "learning_board", out, right, columns=5, rows=19))
    end = len(run.states) - 2
    page.source(_("Epoch 0 is the start, with the weights of the file {file}.").format(file=weights.name) if weights else _("Epoch 0 is the random start."))  # fmt: skip
    perfect_from = int(np.flatnonzero(run.accuracy < 1).max(initial=-1)) + 1
    page.source(
        _("In this run all images are right from epoch {epoch} on.").format(epoch=perfect_from) if perfect_from < len(run.accuracy) else _("In this run not all images are right by the last epoch; set more epochs or another learning rate."),
    )  # fmt: skip
    page.source(_("The {epochs} epochs were computed beforehand with NumPy; the picked one is computed here again.").format(epochs=end + 1))  # fmt: skip
    page.try_(_("Type 1, then 5, then {end}: watch the board and the pictures. Which demon likes the middle, which the sides?").format(end=end))  # fmt: skip
    page.turn(
        "learning_turn",
        _("Type {end}. Which demon does output demon 0 like best to hear? (1, 2 or 3)").format(end=end),
        _favourite(page, book["W2_last"]), 0.1, _("Nobody told them to divide the work like this."),
        _("the largest number in the row of output demon 0."),
    )  # fmt: skip
    page.remember(_("Learning is changing the likes until the loss stops falling."))


def _favourite(page: Page, W: Block) -> Block:
    """Return the demon that output demon 0 likes best at the last epoch."""
    first = both(W[0, 0] >= W[0, 1], W[0, 0] >= W[0, 2])
    return page.book.helpers.derived(
        "learning_favourite", np.argmax(W.value[0]) + 1.0, lambda: if_(first, 1, if_(W[0, 1] >= W[0, 2], 2, 3)),
        title=_("the demon that output demon 0 likes best at the last epoch"), number_format="0",
    )  # fmt: skip


def _losses(page: Page) -> Chart:
    epochs, losses, epoch, loss = (page.book[id] for id in ("run_epoch", "run_cost", "epoch", "C_t"))
    return Chart(
        "",
        (Series(_("loss L"), epochs[:], losses[:], Mark.LINE, "#1F4E9E", width=2.25), Series(_("the picked epoch"), epoch.whole(), loss.whole(), Mark.POINTS, "#D1711B", size=11)),
        _("epoch"), _("loss L"), _("The loss by epoch as a line; a dot marks the picked epoch."), columns=9, rows=11,
    )  # fmt: skip
