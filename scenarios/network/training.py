"""Page Training: the recorded run, and the yellow cell that picks the update which all other sheets show."""

from __future__ import annotations

import numpy as np

from scenarios.network.given import WHOLE
from scenarios.network.output import OutputNet
from scenarios.network.record import Record
from workbook.block import Between, Block
from workbook.chart import GREEN, GREY, RED, Chart, Mark, Series
from workbook.formula import Ref, pick
from workbook.page import Page
from workbook.text import _


def pick_update(page: Page, update: int, last: int) -> Block:
    """Begin the page with the yellow cell that picks an update."""
    with page.left():
        title = _("update to look at, from 1 to {last}").format(last=last)
        return page.given("update", float(update), "u", title, valid=Between(1, last, whole=True))


def training_page(page: Page, record: Record, u: Block, net: OutputNet, moved: OutputNet) -> Chart:
    """Show where in the run the picked update stands, and what it does; return the chart of the loss by epoch."""
    spec, at = record.spec, int(u.value) - 1
    assert net.whole is not None
    assert moved.whole is not None
    with page.left():
        page.gap()
        said = page.keep()
        page.gap()
        epoch = page.derived(
            "picked_epoch", record.batch_epoch.value[at], lambda: pick(record.batch_epoch, u), "", _("its epoch"),
            **WHOLE,
        )  # fmt: skip
        t = int(epoch.value)
        after = page.derived(
            "cost_of_epoch", record.cost.value[t], lambda: pick(record.cost, epoch + 1), "", _("loss of all examples after that epoch")
        )  # fmt: skip
        shares = record.accuracy
        if shares is not None:
            title = _("share that is right after that epoch")
            right = page.derived(
                "accuracy_of_epoch", shares.value[t], lambda: pick(shares, epoch + 1), "", title, number_format="0.0%"
            )
        page.gap()
        here = [Series(_("the picked update"), u.whole(), net.whole.whole(), Mark.POINTS, RED)]
        page.chart(
            _chart(
                _("Loss of each mini-batch, by update"), record.update[:], record.batch_cost[:], here, _("update"), GREY
            )
        )
    with page.right():
        here = [Series(_("its epoch"), epoch.whole(), after.whole(), Mark.POINTS, RED)]
        chart = _chart(_("Loss over all examples, by epoch"), record.epochs[:], record.cost[:], here, _("epoch"), None)
        page.chart(chart)
        if shares is not None:
            here = [Series(_("its epoch"), epoch.whole(), right.whole(), Mark.POINTS, RED)]
            title = _("Share of the examples that is right, by epoch")
            page.chart(_chart(title, record.epochs[:], shares[:], here, _("epoch"), GREEN, 1.0))
    with page.into(said):
        page.live(
            "training_says",
            _("▶ Update {update:0}, in epoch {picked_epoch:0}: its mini-batch's loss goes from {C:4} to {C_new:4}."),
        )
    page.try_(_("Type 1, then the last update: how far does one step go at the beginning, how far at the end?"))
    each = int(np.ceil(len(spec.data.x) / spec.batch_size))
    count = page.offstage_block("updates_of_epoch", float(each), title=_("updates in an epoch"), **WHOLE)
    page.turn(
        "training_turn", _("How many updates does one epoch make? (see how the epoch follows the update)"), count, 0.1,
        _("Each mini-batch of an epoch makes one."), _("type updates until the epoch becomes 2."),
    )  # fmt: skip
    page.remember(_("An epoch sees every example once; every mini-batch of it makes one update."))
    return chart


def _chart(
    title: str, x: Ref, y: Ref, here: list[Series], x_title: str, colour: str | None, most: float | None = None
) -> Chart:
    alt = _("A line: {title}; a dot marks what is picked.").format(title=title)
    series = (Series(title, x, y, colour=colour), *here)
    last = float(x.block.value.max())
    return Chart(
        title, series, x_title, "", alt, columns=6, rows=12, legend=False, x_range=(0, last), y_range=(0, most)
    )
