"""Sheet EachLoss: the losses from MSE to SAE in one table, a step for each, and all of them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.common.columns import caption
from scenarios.losses.residuals import Points
from scenarios.losses.row_loss import RowLoss, Rows, row_loss_columns, row_loss_result
from workbook.block import Block, Counter
from workbook.book import Book
from workbook.formula import equal, if_, largest
from workbook.text import _


@dataclass(frozen=True)
class EachLoss:
    """The losses, the columns of each, and by loss: its name, its formula, its value, its largest term's share."""

    losses: tuple[RowLoss, ...]
    columns: tuple[Rows, ...]
    name: Block
    formula: Block
    value: Block
    share: Block


def each_loss(book: Book, losses: Sequence[RowLoss], points: Points) -> EachLoss:
    """Lay out every loss of the shared points on one sheet."""
    sheet = book.sheet("EachLoss", _("From MSE to SAE: every row of every loss"), landscape=True)
    sheet.step(
        _("Every term, every gradient"),
        _("Three columns a loss: what each row adds, how its prediction is pulled, and the quotient that confirms it."),
    )
    with sheet.table(Counter(""), len(points.y.value)) as table:
        pair = points.repeated(table, "each")
        columns = [
            row_loss_columns(table, loss, pair, points.n if loss.averaged else None, points.h, named=True)
            for loss in losses
        ]
    results = []
    for loss, rows in zip(losses, columns, strict=True):
        sheet.step(_(loss.title), _(loss.why), loss.math)
        results.append(row_loss_result(sheet, loss, rows))
    sheet.step(
        _("The largest term"),
        _("The sheet Loss reads this table: which share of a loss its largest row makes."),
    )
    values = np.array([float(result.value) for result in results])
    tops = np.array([rows.term.value.max() for rows in columns])
    sums = np.array([rows.term.value.sum() for rows in columns])
    shares = np.array([0.0 if s == 0 else 100 * t / s for t, s in zip(tops, sums, strict=True)])
    with sheet.table(None, len(losses)) as table:
        words = {"number_format": "@"}
        names = np.array([loss.symbol for loss in losses], dtype=object)
        name = table.recorded("each_name", names, title=_("loss"), **words)
        maths = np.array([loss.math.split("   ")[0] for loss in losses], dtype=object)
        formula = table.recorded("each_formula", maths, title=_("formula"), **words)
        value = table.derived(
            "each_value", values, None, each=[result.whole() for result in results], **caption(_("loss"), "C")
        )
        top = table.derived(
            "each_top", tops, None, each=[largest(rows.term) for rows in columns], **caption(_("largest term"))
        )
        each = [if_(equal(rows.sum, 0), 0, 100 * top[k] / rows.sum) for k, rows in enumerate(columns)]
        share = table.derived("each_share", shares, None, each=each, **caption(_("its share"), "%", "0.0"))
    return EachLoss(tuple(losses), tuple(columns), name, formula, value, share)
