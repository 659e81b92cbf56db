"""Sheet Variants: batch, mini-batch and stochastic descent side by side."""

from __future__ import annotations

import numpy as np

from scenarios.rent_yield.survey import Scaled, Start, Sums, going_back, keep_free, loss
from scenarios.rent_yield.updates import (
    Path,
    epochs_compared,
    step_column,
    unless_wild,
    walk,
)
from workbook.block import Block, Counter, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet, Table
from workbook.formula import equal, if_, pick
from workbook.text import _


def variants_sheet(book: Book, scaled: Scaled, start: Start, sums: Sums, mini: Path, stochastic: Path) -> None:
    """Add weights and total of the three variants after every epoch, and their charts."""
    sheet = book.sheet("Variants", _("Three variants side by side: batch, mini-batch, stochastic"), landscape=False)
    epochs = epochs_compared(scaled.n)
    sheet.step(
        _("Compare them after the same number of epochs"),
        _("An epoch shows every row once to each of them; they differ in how often they update meanwhile."),
        "L = ΣHSE",
    )
    sheet.text(
        _(
            "All three use the learning rate of the sheet FirstPass. As gradients are sums, an "
            "epoch of small steps goes about as far as one big step."
        )
    )
    sheet.text(_("With a learning rate far too large, weights that have run beyond a million stand still."))
    sheet.text(
        _("{epochs} epochs of {rows} rows: 1, {batches} and {rows} updates an epoch.").format(
            epochs=epochs, rows=scaled.n, batches=int(mini.per_epoch.value)
        )
    )
    sheet.remark(
        _(
            "The article counts how much faster mini-batches of 10K learn from 1M rows as 1M/1K = 1000. The updates an epoch are "
            "rows / mini-batch: 1M/10K = 100."
        )
    )
    chart_row = keep_free(sheet, 19)
    with sheet.table(Counter("", start=0), epochs + 1) as t:
        epoch = t.derived(
            "compare_epoch",
            np.arange(epochs + 1),
            lambda e: epoch[e - 1] + 1,
            first=lambda: 0,
            title=_("epoch"),
            number_format="0",
        )
        batch = _batch_columns(t, scaled, start, sums, epochs)
        columns = [batch] + [
            _picked_columns(t, id, title, scaled, start, sums, path, epoch)
            for id, title, path in (("mini", _("mini-batch"), mini), ("stochastic", _("stochastic"), stochastic))
        ]
    _charts(
        sheet,
        chart_row,
        epoch,
        [L for _C, _m, L in columns],
        [batch[:2], (mini.C, mini.m), (stochastic.C, stochastic.m)],
    )


Columns = tuple[Block, Block, Block]


def _batch_columns(t: Table, scaled: Scaled, start: Start, sums: Sums, epochs: int) -> Columns:
    everything = np.arange(scaled.n)
    C_after, m_after = walk(scaled.x.value, scaled.y.value, start, [everything] * epochs)
    C_value, m_value = np.append(start.C.value, C_after), np.append(start.m.value, m_after)
    C = step_column(
        t,
        Role.UPDATED,
        "compare_batch_C",
        C_value,
        "C",
        _("full batch"),
        lambda e: unless_wild(C[e - 1], m[e - 1], C[e - 1], start.lr * sums.dC(C[e - 1], m[e - 1])),
        lambda: start.C,
    )
    m = step_column(
        t,
        Role.UPDATED,
        "compare_batch_m",
        m_value,
        "m",
        _("full batch"),
        lambda e: unless_wild(C[e - 1], m[e - 1], m[e - 1], start.lr * sums.dm(C[e - 1], m[e - 1])),
        lambda: start.m,
    )
    return C, m, _loss_column(t, "compare_batch_loss", _("full batch"), scaled, sums, C, m)


def _picked_columns(
    t: Table, id: str, title: str, scaled: Scaled, start: Start, sums: Sums, path: Path, epoch: Block
) -> Columns:
    """Add the weights after each whole epoch, picked from the table of updates."""
    ends = epoch.value[1:].astype(int) * int(path.per_epoch.value) - 1
    C = t.updated(
        f"compare_{id}_C",
        np.append(start.C.value, path.C.value[ends]),
        lambda e: if_(equal(epoch[e], 0), start.C, pick(path.C, epoch[e] * path.per_epoch)),
        symbol="C",
        title=title,
        number_format="0.000000",
    )
    m = t.updated(
        f"compare_{id}_m",
        np.append(start.m.value, path.m.value[ends]),
        lambda e: if_(equal(epoch[e], 0), start.m, pick(path.m, epoch[e] * path.per_epoch)),
        symbol="m",
        title=title,
        number_format="0.000000",
    )
    return C, m, _loss_column(t, f"compare_{id}_loss", title, scaled, sums, C, m)


def _loss_column(t: Table, id: str, title: str, scaled: Scaled, sums: Sums, C: Block, m: Block) -> Block:
    value = [loss(scaled.x.value, scaled.y.value, c, k) for c, k in zip(C.value, m.value, strict=True)]
    return t.derived(id, value, lambda e: sums.loss(C[e], m[e]), symbol="L", title=title, number_format="0.000000")


def _charts(sheet: Sheet, row: int, epoch: Block, losses: list[Block], paths: list[tuple[Block, Block]]) -> None:
    looks = ((_("full batch"), "#1F6FB2"), (_("mini-batch"), "#D1711B"), (_("stochastic"), "#7A3EA8"))
    with going_back(sheet, row), sheet.beside():
        sheet.chart(
            Chart(
                title=_("Total after each epoch"),
                series=tuple(
                    Series(name, epoch[:], L[:], Mark.BOTH, c) for (name, c), L in zip(looks, losses, strict=True)
                ),
                x_title=_("epoch"),
                y_title="L",
                columns=4,
                rows=18,
                alt=_("All three totals fall along nearly the same curve."),
            )
        )
        sheet.chart(
            Chart(
                title=_("The three paths of (C, m), update by update"),
                series=tuple(
                    Series(name, C[:], m[:], Mark.LINE, c) for (name, c), (C, m) in zip(looks, paths, strict=True)
                ),
                x_title=_("intercept C"),
                y_title=_("slope m"),
                columns=4,
                rows=18,
                alt=_("Three paths from the same start into the same valley; the stochastic one trembles."),
            )
        )
