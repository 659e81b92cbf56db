"""Page Learning: accuracy epoch by epoch, as NumPy recorded it, on images that it has seen and on held-out ones."""

from __future__ import annotations

import numpy as np

from scenarios.digits.training import Training
from workbook.block import Between, Block
from workbook.chart import ORANGE, RED, Chart, Mark, Series
from workbook.formula import call, largest, pick
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _


def learning_page(page: Page, trained: Training, images: int, size: int, *, own: bool) -> Block:
    """Let the reader pick an epoch; return how many slices, and so updates, an epoch has."""
    data, count = (
        page.book.page("Epochs", _("Accuracy after each epoch, recorded by NumPy"), kind=Kind.DATA),
        len(trained.test_accuracy),
    )
    whole = {"number_format": "#,##0"}
    titles = _("training images read right"), _("held-out images read right")
    with data.table(None, count) as table:
        epochs = table.recorded("epoch_number", np.arange(1.0, count + 1), "", _("epoch"), **whole)
        seen = table.recorded("train_accuracy", trained.train_accuracy, "", titles[0], number_format="0.0%")
        held = table.recorded("test_accuracy", trained.test_accuracy, "", titles[1], number_format="0.0%")
    with page.left():
        epoch = page.given("epoch", 1.0, "t", _("epoch to look at"), valid=Between(1, count, whole=True))
        page.gap()
        said = page.keep()
        page.gap()
        at, here = int(epoch.value) - 1, []
        for block, title in zip((seen, held), titles, strict=True):
            fields = {"title": title, "number_format": "0.0%"}
            here.append(
                page.derived(f"{block.id}_here", block.value[at], lambda block=block: pick(block, epoch), **fields)
            )
        page.gap()
        n = page.recorded("images", float(images), "n", _("training images"), **whole)
        m = page.recorded("slice", float(size), "m", _("images in a slice"), **whole)
        slices = page.derived(
            "slices", np.ceil(n.value / m.value), lambda: call("INT", (n + m - 1) / m), "", _("updates in an epoch"),
            **whole,
        )  # fmt: skip
        rest = n.value - m.value * (slices.value - 1)
        page.derived("last_slice", rest, lambda: n - m * (slices - 1), "", _("images in the last slice"), **whole)
        page.derived(
            "steps_here", epoch.value * slices.value, lambda: epoch * slices, "", _("updates up to this epoch"), **whole
        )
    title = _("held-out images read wrong, of 100")
    page.offstage_block("missed_here", 100 * (1 - here[1].value), lambda: 100 * (1 - here[1]), title=title)
    with page.into(said):
        words = _(
            "▶ After epoch {epoch:0}, that is {steps_here:0} updates, it reads {missed_here:1} of 100 held-out images wrong."
        )
        page.live("learning_says", words)
    with page.right():
        series = (
            Series(titles[0], epochs[:], seen[:]),
            Series(titles[1], epochs[:], held[:], colour=ORANGE, dashed=True),
            *(Series(_("epoch t"), epoch.whole(), block.whole(), Mark.POINTS, RED) for block in here),
        )
        alt = _("Two rising lines: the share of digits read right, by epoch, on training and on held-out images.")
        page.chart(
            Chart(
                "",
                series,
                _("epoch"),
                _("share that is right"),
                alt,
                columns=8,
                rows=17,
                x_range=(0, count),
                y_range=(0, 1),
            )
        )
    if not own:
        page.source(
            _("The held-out images were written by other people than the training images, which makes them harder.")
        )
    page.try_(_("Type 2, then 5, then {last}: where does most of the learning happen?").format(last=count))
    title, place = _("best epoch"), held.value.argmax() + 1
    best = page.offstage_block("best_epoch", place, lambda: call("MATCH", largest(held), held, 0), title=title, **whole)
    page.turn(
        "learning_turn", _("After which epoch are the held-out images read best, for the first time? (1 off is close enough)"), best, 1,
        _("What comes later teaches it only the training images."), _("look for the highest place of the dashed line."),
    )  # fmt: skip
    page.remember(_("Judge learning by images that were held out, never by those it learned from."))
    return slices
