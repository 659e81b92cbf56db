"""Sheets LossChoice and LossTraining: the run with the loss that the reader chooses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scenarios.rent_yield.losses import HSE, LOSSES, MAE, log_cosh, loss_slope, loss_value, slope_of_absolute
from scenarios.rent_yield.survey import Array, Scaled, Start, Weights, going_back, keep_free
from workbook.block import Between, Block, Counter, OneOf, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet, Table
from workbook.formula import (
    Direction,
    Expr,
    Index,
    Key,
    Number,
    Operand,
    absolute,
    dot,
    equal,
    if_,
    tanh,
    total,
)
from workbook.text import _


@dataclass(frozen=True)
class Choice:
    """What the reader chooses: the loss, by name, and its learning rate."""

    name: Block
    lr: Block

    def pick(self, HSE_: Operand, log_cosh_: Operand, MAE_: Operand) -> Expr:
        """Return the formula that takes one of three by the chosen name."""
        return if_(equal(self.name, HSE), HSE_, if_(equal(self.name, MAE), MAE_, log_cosh_))


def epochs_shown(n: int) -> int:
    """Return over how many epochs a run is unrolled, with a cell for every row in each."""
    return max(20, min(100, 1200 // n))


def train(x: Array, y: Array, C: float, m: float, lr: float, name: str, epochs: int) -> tuple[Array, Array, Array]:
    """Descend by NumPy with a loss; return errors (epochs + 1, n) and weights (epochs + 1,).

    A total beyond a hundred times the first means that the rate is too large; the weights then stand still.
    """
    errors, Cs, ms = [], [], []
    for _epoch in range(epochs + 1):
        r = C + m * x - y
        errors.append(r)
        Cs.append(C)
        ms.append(m)
        if loss_value(name, r).sum() <= 100 * loss_value(name, errors[0]).sum():
            slope = loss_slope(name, r)
            C, m = C - lr * float(slope.sum()), m - lr * float(slope @ x)
    return np.array(errors), np.array(Cs), np.array(ms)


def training_sheets(book: Book, scaled: Scaled, start: Start, best: Weights, chosen: str, nearly_zero: Block) -> None:
    """Add the choice of a loss with its outcome, and the run that it leads to."""
    sheet = book.sheet("LossChoice", _("Swap the loss, and descend again"), landscape=False)
    sheet.step(
        _("Choose a loss"),
        _("The same start and the same rows: see what another loss makes of the path, and of the line."),
    )
    choice = Choice(
        sheet.given(
            "loss_choice",
            np.asarray(chosen, dtype=object),
            title=_("loss"),
            valid=OneOf(LOSSES),
            number_format="@",
            remark=_("HSE, log-cosh or MAE"),
        ),
        sheet.given(
            "loss_lr",
            float(start.lr.value),
            symbol="lr",
            title=_("learning rate for this run"),
            valid=Between(0, 1),
            number_format="0.00####",
            remark=_("with MAE also try 0.001: a smaller rate, a smaller zigzag"),
        ),
    )
    sheet.gap()
    above = keep_free(sheet, 30)
    epochs = epochs_shown(scaled.n)
    t, C, m, L = _training_table(book, scaled, start, choice, nearly_zero, epochs)
    with going_back(sheet, above):
        _outcome(sheet, scaled, best, t, C, m, L)


def _training_table(
    book: Book, scaled: Scaled, start: Start, choice: Choice, nearly_zero: Block, epochs: int
) -> tuple[Block, Block, Block, Block]:
    sheet = book.sheet("LossTraining", _("The run with the chosen loss: a cell for every row in every epoch"))
    sheet.step(
        _("Unroll the run"),
        _(
            "Only the square multiplies out into five sums; for another loss each row's error must "
            "be seen again in each epoch."
        ),
        "r = C + m·x − y        dC = Σ ℓ′(r)        dm = Σ ℓ′(r)·x",
    )
    sheet.text(
        _("Beyond a hundred times the first total the weights stand still: the learning rate is then far too large.")
    )
    X, Y, name = scaled.x.value, scaled.y.value, str(choice.name.value)
    R, C_value, m_value = train(X, Y, float(start.C.value), float(start.m.value), float(choice.lr.value), name, epochs)
    values, slope_values = loss_value(name, R), loss_slope(name, R)
    first_matrix = 7
    top = keep_free(sheet, 5)
    x = _across(sheet, "x_across", scaled.x, "x", top + 1, first_matrix)
    y = _across(sheet, "y_across", scaled.y, "y", top + 3, first_matrix)
    with sheet.table(Counter("", start=0), epochs + 1) as t:
        sheet.freeze = (t.first_row, 1)
        epoch = t.derived(
            "loss_epoch",
            np.arange(epochs + 1),
            lambda t: epoch[t - 1] + 1,
            first=lambda: 0,
            title=_("epoch"),
            symbol="t",
            number_format="0",
        )

        def step(old: Block, slope: Block, t: Index) -> Expr:
            return if_(L[t - 1] > 100 * L[0], old[t - 1], old[t - 1] - choice.lr * slope[t - 1])

        C = t.updated(
            "loss_C",
            C_value,
            lambda t: step(C, dC, t),
            first=lambda: start.C,
            symbol="C",
            title=_("intercept"),
            number_format="0.000000",
        )
        m = t.updated(
            "loss_m",
            m_value,
            lambda t: step(m, dm, t),
            first=lambda: start.m,
            symbol="m",
            title=_("slope"),
            number_format="0.000000",
        )
        L = _from_the_right(
            t, Role.DERIVED, "loss_total", values.sum(axis=1), "L", _("total loss"), lambda t: total(losses[t, :])
        )
        dC = _from_the_right(
            t,
            Role.GRADIENT,
            "loss_dC",
            slope_values.sum(axis=1),
            "dC",
            _("total slope in C"),
            lambda t: total(slopes[t, :]),
        )
        dm = _from_the_right(
            t,
            Role.GRADIENT,
            "loss_dm",
            slope_values @ X,
            "dm",
            _("total slope in m"),
            lambda t: dot(slopes[t, :], x[:]),
        )
        r = t.derived(
            "loss_r",
            R,
            lambda t, i: C[t] + m[t] * x[i] - y[i],
            title=_("error r of every row"),
            columns=Counter("i = "),
            number_format="0.000",
        )
        losses = t.derived(
            "loss_each",
            values,
            lambda t, i: choice.pick(r[t, i] ** 2 / 2, log_cosh(r[t, i]), absolute(r[t, i])),
            title=_("its loss ℓ(r)"),
            number_format="0.000",
            columns=Counter("i = "),
        )
        slopes = t.gradient(
            "loss_slope",
            slope_values,
            lambda t, i: choice.pick(r[t, i], tanh(r[t, i]), slope_of_absolute(r[t, i], nearly_zero)),
            title=_("the slope ℓ′(r)"),
            number_format="0.000",
            columns=Counter("i = "),
        )
    return epoch, C, m, L


def _across(sheet: Sheet, id: str, column: Block, symbol: str, row: int, at: int) -> Block:
    """Lay a column out in a row, so that a table with one row an epoch can have it above itself."""
    block = Block(
        id,
        Role.DERIVED,
        column.value,
        formula=lambda i: column[i],
        along=Direction.RIGHT,
        rows=[symbol],
        columns=Counter(),
    )
    return sheet.add(block, at=(row, at))


def _from_the_right(
    t: Table, role: Role, id: str, value: Array, symbol: str, title: str, formula: Callable[[Key], Operand]
) -> Block:
    """Add a column that reads columns further right, not there yet: its formula is stated when the table ends."""
    return t.add(
        Block(
            id,
            role,
            value,
            formula=formula,
            first=lambda: formula(0),
            symbol=symbol,
            title=title,
            number_format="0.000000",
        )
    )


def _outcome(sheet: Sheet, scaled: Scaled, best: Weights, epoch: Block, C: Block, m: Block, L: Block) -> None:
    """Add both ends of the line that the run came to, beside the least squares line, and the charts."""
    last = len(C.value) - 1
    sheet.text(_("The line at x = 0 and at x = 1, after the last epoch and by least squares:"))
    with sheet.table(["x = 0", "x = 1"], 2) as t:
        ends = t.add(
            Block(
                "loss_line_x",
                Role.DERIVED,
                np.array([0.0, 1.0]),
                each=[Number(0), Number(1)],
                symbol="x",
                title=_("x, scaled"),
                number_format="0",
            )
        )
        lines = [
            t.add(
                Block(
                    f"loss_line_{id}",
                    Role.DERIVED,
                    np.array([float(c), float(c) + float(k)]),
                    each=[C_end, C_end + m_end],
                    symbol="y",
                    title=title,
                )
            )
            for id, title, C_end, m_end, c, k in (
                ("chosen", _("the chosen loss"), C[last], m[last], C.value[last], m.value[last]),
                ("best", _("least squares"), best.C.whole(), best.m.whole(), best.C.value, best.m.value),
            )
        ]
    with sheet.beside():
        sheet.chart(
            Chart(
                title=_("The line of the chosen loss"),
                series=(
                    Series(_("actual y"), scaled.x[:], scaled.y[:], Mark.POINTS, "#3A8F4A"),
                    Series(_("the chosen loss"), ends[:], lines[0][:], Mark.LINE, "#7A3EA8"),
                    Series(_("least squares"), ends[:], lines[1][:], Mark.LINE, "#B3261E", dashed=True),
                ),
                x_title="x",
                y_title="y",
                columns=4,
                rows=18,
                alt=_("The rows with the line that the chosen loss came to, and the least squares line."),
            )
        )
        sheet.chart(
            Chart(
                title=_("Total of the chosen loss by epoch"),
                series=(Series(_("total loss L"), epoch[:], L[:], Mark.LINE, "#7A3EA8"),),
                x_title=_("epoch t"),
                y_title="L",
                columns=5,
                rows=18,
                alt=_(
                    "The total of the chosen loss: smooth for HSE and log-cosh, a zigzag for MAE "
                    "once it is near the floor."
                ),
            )
        )
    sheet.remark(_("Totals of different losses are different quantities: compare the lines, not the totals."))
