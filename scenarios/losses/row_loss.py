"""A loss that adds one term a row: declared by its mathematics, laid out in three columns and a step."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.columns import sum_under
from scenarios.losses.quotients import central, check_gradient, quotient_column
from workbook.block import Block
from workbook.formula import Expr, Index, Operand, absolute, if_
from workbook.page import Page, Table
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
    id : of its blocks
    why : a sentence for its step
    term, slope : one row's term, and its derivative by ŷ (the reader's formula has the 1/n of a mean)
    averaged : whether L is the mean of the terms (else their sum)
    kinked : whether the term has a kink at ŷ = y, where it has no derivative
    letters, digits : how the mathematics calls y and ŷ, and how many decimals the first row shows of them
    """

    id: str
    symbol: str
    title: str
    why: str
    term: Stated
    slope: Stated
    averaged: bool = True
    kinked: bool = False
    remarks: tuple[str, ...] = ()
    letters: tuple[str, str] = ("y", "ŷ")
    digits: int = 2

    @property
    def formula(self) -> str:
        """The loss of all rows."""
        return f"{self.symbol} = {'(1/n) · ' if self.averaged else ''}Σ {self.term.math}"

    @property
    def gradient(self) -> str:
        """Its derivative by one prediction."""
        return f"∂{self.symbol}/∂{self.letters[1]} = {self.slope.math}"

    def first_row(self) -> str:
        """The first row's term and gradient as a sentence, with the numbers y, p, n, term and slope in it."""
        fields = dict(zip(self.letters, "yp", strict=True))

        def filled(math: str) -> str:
            # what follows on a bracket or bar needs no brackets of its own
            letters = re.sub(
                rf"((?:^|[(|])?)({'|'.join(self.letters)})",
                lambda m: f"{m[1]}{{{fields[m[2]]}:{self.digits}{'' if m[1] else 'p'}}}",
                math,
            )
            return letters.replace("/n", "/{n:0}")

        return (
            f"{filled(self.term.math)} = {{term:4}},   ∂L/∂{self.letters[1]}₁ = {filled(self.slope.math)} = {{slope:6}}"
        )


def row_loss_columns(
    table: Table, loss: RowLoss, y: Block, p: Block, h: Block, n: Block | None = None, *, named: bool = False
) -> None:
    """Add a loss's columns to a table that has y and ŷ: term, gradient, difference quotient; `named` if losses share it.

    A mean needs `n`.
    """
    step, share, before = float(h.value), 1 if n is None else len(y.value), f"{loss.symbol}: " if named else ""
    terms, slopes = loss.term.value(y.value, p.value), loss.slope.value(y.value, p.value) / share
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

    id, title = loss.id, before + _("the row's term")
    term = table.derived(f"{id}_term", terms, lambda i: loss.term.formula(y[i], p[i]), loss.term.math, title)
    math, title = loss.slope.math, before + _("gradient by the prediction")
    slope = table.gradient(f"{id}_grad", slopes, lambda i: per_row(loss.slope.formula(y[i], p[i])), math, title)
    quotient_column(table, f"{id}_quotient", quotients, quotient, title=before + _("difference quotient"))
    sum_under(table, term, f"{id}_sum", "")


def row_loss_result(page: Page, loss: RowLoss, y: Block, p: Block, h: Block, n: Block | None = None) -> Block:
    """Write out the first row and the loss as sum or mean; hold the gradient against its quotients."""
    id, book = loss.id, page.book
    term, slope, near, sum_ = (book[f"{id}_{part}"] for part in ("term", "grad", "quotient", "sum"))
    words = _("Row 1: {formula}").format(formula=loss.first_row())
    page.sentence(f"{id}_first", words, y=y[0], p=p[0], term=term[0], slope=slope[0], n=n or 1)
    title = _("SUM over the rows") if n is None else _("MEAN over the rows")
    value, math = (np.sum(term.value), "L = Σ") if n is None else (np.mean(term.value), "L = Σ / n")
    formula = sum_.whole() if n is None else sum_ / n
    result = page.derived(f"{id}_loss", value, lambda: formula, loss.symbol, title, math=math)
    if n is not None:
        mean = f"{loss.symbol} = {{sum:4t}} / {{n:0}} = {{mean:4}}"
        page.sentence(f"{id}_mean", mean, sum=sum_, n=n, mean=result)
    check_gradient(page, id, loss.symbol, near, slope, h)
    if loss.kinked:
        page.remark(
            _("Within h of ŷ = y lies the kink, which has no derivative: there the column repeats the gradient.")
        )
    for remark in loss.remarks:
        page.remark(_(remark))
    return result
