"""A loss that adds one term a row: declared by its mathematics, laid out as a sheet by one builder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.columns import caption, sum_under
from scenarios.losses.quotients import central, check_gradient, quotient_column
from scenarios.losses.residuals import Points
from workbook.block import Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet, Table
from workbook.formula import Expr, Index, Operand, absolute, if_
from workbook.text import _


@dataclass(frozen=True)
class Stated:
    """A function of y and ŷ, stated for the reader, for NumPy's arrays and for the cells of a row."""

    math: str
    value: Callable[[Array, Array], Array]
    formula: Callable[[Expr, Expr], Expr]


@dataclass(frozen=True)
class RowLoss:
    """A loss that adds (or averages) one term a row.

    Attributes
    ----------
    id, sheet : of its blocks, and the name of its sheet, empty if it shares one
    why, math : a sentence for the step, and its formulas
    term, slope : one row's term, and its derivative by ŷ (the reader's formula has the 1/n of a mean)
    first_row, first_slope : the first row's term and gradient written out; fields are y, p (ŷ), n, term and slope
    averaged : whether C is the mean of the terms (else their sum)
    kinked : whether the term has a kink at ŷ = y, where it has no derivative
    """

    id: str
    sheet: str
    symbol: str
    title: str
    why: str
    math: str
    term: Stated
    slope: Stated
    first_row: str
    first_slope: str
    averaged: bool = True
    kinked: bool = False
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rows:
    """A loss's columns: y, ŷ, the terms with their sum, the gradient and its difference quotients with their step; n for a mean."""

    y: Block
    p: Block
    n: Block | None
    h: Block
    term: Block
    slope: Block
    quotient: Block
    sum: Block


def row_loss_sheet(book: Book, loss: RowLoss, points: Points) -> Sheet:
    """Make the sheet of a loss of the shared points."""
    sheet = open_sheet(book, loss)
    with sheet.table(Counter(""), len(points.y.value)) as table:
        pair = points.repeated(table, loss.id)
        rows = row_loss_columns(table, loss, pair, points.n if loss.averaged else None, points.h)
    row_loss_result(sheet, loss, rows)
    _term_charts(sheet, loss, rows, points.axis)
    return sheet


def open_sheet(book: Book, loss: RowLoss) -> Sheet:
    """Begin the sheet of a loss."""
    sheet = book.sheet(loss.sheet, _(loss.title), landscape=False)
    sheet.step(_(loss.title), _(loss.why), loss.math)
    return sheet


def row_loss_columns(
    table: Table, loss: RowLoss, pair: tuple[Block, Block], n: Block | None, h: Block, *, named: bool = False
) -> Rows:
    """Add a loss's columns to a table that has y and ŷ: term, gradient, difference quotient; `named` where losses share it."""
    y, p = pair
    step, share = float(h.value), 1 if n is None else len(y.value)
    terms = loss.term.value(y.value, p.value)
    slopes = loss.slope.value(y.value, p.value) / share
    quotients = central(lambda d: loss.term.value(y.value, p.value + d), step) / share
    if loss.kinked:
        quotients = np.where(np.abs(y.value - p.value) <= step, slopes, quotients)

    def per_row(expression: Expr) -> Expr:
        return expression if n is None else expression / n

    def quotient(i: Index) -> Operand:
        # both measured from the row's term: its cell shows the proof how large the numbers are that cancel
        up, down = (loss.term.formula(y[i], moved) - term[i] for moved in (p[i] + h, p[i] - h))
        plain = per_row((up - down) / (2 * h))
        return if_(absolute(y[i] - p[i]) <= h, slope[i], plain) if loss.kinked else plain

    def title(words: str) -> str:
        return f"{loss.symbol}: {words}" if named else words

    fields = caption(title(_("the row's term")), loss.term.math)
    term = table.derived(f"{loss.id}_term", terms, lambda i: loss.term.formula(y[i], p[i]), **fields)
    fields = caption(title(_("gradient by the prediction")), loss.slope.math, "0.000000")
    slope = table.gradient(f"{loss.id}_grad", slopes, lambda i: per_row(loss.slope.formula(y[i], p[i])), **fields)
    near = quotient_column(table, f"{loss.id}_quotient", quotients, quotient, title=title(_("difference quotient")))
    return Rows(y, p, n, h, term, slope, near, sum_under(table, term, f"{loss.id}_sum"))


def row_loss_result(sheet: Sheet, loss: RowLoss, rows: Rows) -> Block:
    """Write out the first row and the loss as sum or mean; hold the gradient against its quotients."""
    words = _("Row 1: {formula}").format(formula=f"{loss.first_row},   {loss.first_slope}")
    fields = {"y": rows.y[0], "p": rows.p[0], "n": rows.n, "term": rows.term[0], "slope": rows.slope[0]}
    first: dict[str, Operand] = {key: at for key, at in fields.items() if at is not None}
    sheet.sentence(f"{loss.id}_first", words, row=None, **first)
    result = sheet.derived(
        f"{loss.id}_loss",
        np.mean(rows.term.value) if loss.averaged else np.sum(rows.term.value),
        lambda: rows.sum.whole() if rows.n is None else rows.sum / rows.n,
        **caption(_("MEAN over the rows") if loss.averaged else _("SUM over the rows"), loss.symbol),
        math="C = Σ / n" if loss.averaged else "C = Σ",
    )
    if rows.n is not None:
        mean_words = f"{loss.symbol} = {{sum:4t}} / {{n:0}} = {{mean:4}}"
        sheet.sentence(f"{loss.id}_mean", mean_words, sum=rows.sum, n=rows.n, mean=result)
    check_gradient(sheet, loss.id, loss.symbol, rows.quotient, rows.slope, rows.h)
    if loss.kinked:
        sheet.remark(
            _(
                "Within h of ŷ = y the quotient would straddle the kink, where no derivative exists; there the"
                " column repeats sign(0) = 0 or ±1."
            )
        )
    for remark in loss.remarks:
        sheet.remark(_(remark))
    return result


def _term_charts(sheet: Sheet, loss: RowLoss, rows: Rows, axis: Block) -> None:
    """Chart what each row adds, and how each prediction is pulled."""
    adds = Series(_("the row's term"), axis[:], rows.term[:], Mark.COLUMNS)
    pull = Series(_("gradient"), axis[:], rows.slope[:], Mark.COLUMNS, "#7A3EA8")
    alts = (
        _("A column a row: its term of the loss."),
        _("A column a row: the gradient of the loss by that row's prediction."),
    )
    size: dict[str, Any] = {"columns": 3, "rows": 13}
    with sheet.beside():
        sheet.chart(Chart(_("What each row adds"), (adds,), axis.symbol, loss.term.math, alts[0], **size))
        sheet.chart(Chart(_("How each prediction is pulled"), (pull,), axis.symbol, "∂C/∂ŷ", alts[1], **size))
