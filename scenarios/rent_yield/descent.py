"""Sheets Descent and Training: repeat the step until the total no longer falls, and scrub through the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.common.outcome import nothing_moves, unless_still
from scenarios.rent_yield.survey import (
    Array,
    Scaled,
    Start,
    Sums,
    Survey,
    Weights,
    going_back,
    gradient,
    keep_free,
    loss,
)
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import Number, Operand, as_expr, call, either, if_, pick, total
from workbook.text import _

THRESHOLD_BOUNDS = Between(1e-8, 1)
FIRST, SHOWN, LAST, TRUTH = "#D1711B", "#7A3EA8", "#1F6FB2", "#3A8F4A"


@dataclass(frozen=True)
class History:
    """The training run by NumPy: one entry an epoch, (T + 1,)."""

    C: Array
    m: Array
    loss: Array
    fall: Array
    dC: Array
    dm: Array
    stopped: Array


@dataclass(frozen=True)
class Run:
    """The training table's columns, (T + 1,); row 0 is the start."""

    t: Block
    C: Block
    m: Block
    loss: Block
    fall: Block
    stopped: Block

    @property
    def last(self) -> int:
        return int(self.C.shape[0]) - 1


@dataclass(frozen=True)
class Rule:
    """The article's stop rule: the least fall that counts, and the most epochs."""

    threshold: Block
    epochs: Block


@dataclass(frozen=True)
class Shown:
    """First, scrubbed and last state: intercepts, slopes and totals (3,), and the epochs they belong to."""

    epochs: Block
    C: Block
    m: Block
    loss: Block


@dataclass(frozen=True)
class Descent:
    """The whole run, where it came to, the states that the charts show, and both ends (X, Y) of the last line."""

    run: Run
    end: Weights
    shown: Shown
    line: tuple[Block, Block]


def train(x: Array, y: Array, C: float, m: float, lr: float, threshold: float, epochs: int) -> History:
    """Descend by NumPy until the total falls by less than the threshold, or all epochs are used up; then stand still."""
    rows = []
    before, stopped = np.nan, False
    for epoch in range(epochs + 1):
        now = loss(x, y, C, m)
        fall = 0.0 if epoch == 0 else before - now
        stopped = stopped or epoch >= epochs or (epoch > 0 and fall < threshold)
        slope = gradient(x, y, C, m)
        rows.append((C, m, now, fall, slope.dC, slope.dm, float(stopped)))
        if not stopped:
            C, m = C - lr * slope.dC, m - lr * slope.dm
        before = now
    return History(*np.array(rows).T)


def descent_sheets(
    book: Book, survey: Survey, scaled: Scaled, start: Start, sums: Sums, threshold: float, epochs: int
) -> Descent:
    """Add stop rule, scrubber and charts (Descent), and the table with one epoch a row (Training)."""
    sheet = book.sheet("Descent", _("Descent: watch the line learn"), landscape=False)
    rule = _stop_rule(sheet, threshold, epochs)
    ending = keep_free(sheet, 6)
    epoch = _scrubbed_epoch(sheet, epochs)
    states = keep_free(sheet, 50)
    first = (float(start.C.value), float(start.m.value))
    history = train(scaled.x.value, scaled.y.value, *first, float(start.lr.value), threshold, epochs)
    run = _training_sheet(book, start, sums, rule, history)
    with going_back(sheet, ending):
        stop, end = _ending(sheet, rule, run, start.lr)
    with going_back(sheet, states):
        shown = _states(sheet, run, epoch, stop)
        lines = _lines(sheet, scaled, shown)
        _charts(sheet, survey, scaled, run, shown, lines)
    return Descent(run, end, shown, (lines[0], lines[1][-1]))


def _scrubbed_epoch(sheet: Sheet, epochs: int) -> Block:
    sheet.step(
        _("Scrub through the run"),
        _("Type an epoch, and see the line as it was then, between the first and the last."),
    )
    epoch = sheet.given(
        "epoch",
        min(5, epochs),
        symbol="t",
        title=_("epoch to show"),
        valid=Between(0, epochs, whole=True),
        number_format="0",
        remark=_("try 0, 1, 5, 20 and the last"),
    )
    sheet.gap()
    return epoch


def _stop_rule(sheet: Sheet, threshold: float, epochs: int) -> Rule:
    sheet.step(
        _("When to stop"),
        _(
            "Repeat until the total no longer falls noticeably, or a largest number of epochs is "
            "reached, whichever is first."
        ),
        _("stop when   L(t − 1) − L(t) < threshold   or   t = most epochs"),
    )
    return Rule(
        sheet.given(
            "threshold",
            threshold,
            symbol="ε",
            title=_("threshold"),
            valid=THRESHOLD_BOUNDS,
            number_format="0.0E+00",
            remark=_("chosen here: the article says “noticeably”"),
        ),
        sheet.given(
            "epochs",
            epochs,
            symbol="T",
            title=_("most epochs"),
            valid=Between(1, epochs, whole=True),
            number_format="0",
            remark=_("chosen here; at most {rows}, the rows of the table").format(rows=epochs),
        ),
    )


def _training_sheet(book: Book, start: Start, sums: Sums, rule: Rule, history: History) -> Run:
    sheet = book.sheet("Training", _("Training: one epoch a row"), landscape=False)
    sheet.step(
        _("Repeat the step, epoch by epoch"),
        _(
            "Each row makes its totals from the five sums and hands the next row its new weights; "
            "after the stop (■) they stand still."
        ),
        "C(t) = C(t−1) − lr·dC(t−1)        m(t) = m(t−1) − lr·dm(t−1)",
    )
    h, lr = history, start.lr
    with sheet.table(Counter("", start=0), len(h.C), freeze=True) as t:
        epoch = t.derived(
            "epoch_t",
            np.arange(len(h.C)),
            lambda t: epoch[t - 1] + 1,
            first=lambda: 0,
            symbol="t",
            title=_("epoch"),
            number_format="0",
        )
        C = t.updated(
            "C_t",
            h.C,
            lambda t: if_(stopped[t - 1] > 0, C[t - 1], C[t - 1] - lr * dC[t - 1]),
            first=lambda: start.C,
            symbol="C",
            title=_("intercept"),
            number_format="0.000000",
        )
        m = t.updated(
            "m_t",
            h.m,
            lambda t: if_(stopped[t - 1] > 0, m[t - 1], m[t - 1] - lr * dm[t - 1]),
            first=lambda: start.m,
            symbol="m",
            title=_("slope"),
            number_format="0.000000",
        )
        L = t.derived(
            "loss_t",
            h.loss,
            lambda t: sums.loss(C[t], m[t]),
            symbol="L",
            title=_("total loss"),
            math="ΣHSE",
            number_format="0.000000",
        )
        fall = t.derived(
            "fall_t",
            h.fall,
            lambda t: L[t - 1] - L[t],
            first=lambda: 0,
            symbol="L(t−1) − L(t)",
            title=_("fall of the total"),
            number_format='0.0E+00;-0.0E+00;""',
        )
        dC = t.gradient(
            "dC_t",
            h.dC,
            lambda t: sums.dC(C[t], m[t]),
            symbol="dC",
            title=_("total slope in C"),
            math="C·n + m·Σx − Σy",
            number_format="0.000000",
        )
        dm = t.gradient(
            "dm_t",
            h.dm,
            lambda t: sums.dm(C[t], m[t]),
            symbol="dm",
            title=_("total slope in m"),
            math="C·Σx + m·Σx² − Σxy",
            number_format="0.000000",
        )
        stopped = t.derived(
            "stopped_t",
            h.stopped,
            lambda t: if_(either(stopped[t - 1] > 0, fall[t] < rule.threshold, epoch[t] >= rule.epochs), 1, 0),
            first=lambda: 0,
            title=_("stopped"),
            symbol="■",
            number_format='"■";"■";"·"',
        )
    return Run(epoch, C, m, L, fall, stopped)


def _ending(sheet: Sheet, rule: Rule, run: Run, lr: Block) -> tuple[Block, Weights]:
    """Add where the run came to, and why it stopped there."""
    stopped, last = run.stopped, run.last
    stop = sheet.derived(
        "stop_epoch",
        np.sum(stopped.value == 0),
        lambda: call("COUNT", stopped) - total(stopped),
        symbol="■",
        title=_("stopped at epoch"),
        number_format="0",
    )

    def reached(id: str, column: Block, symbol: str, title: str) -> Block:
        return sheet.updated(
            id, column.value[-1], lambda: column[last], symbol=symbol, title=title, number_format="0.000000"
        )

    end = Weights(
        reached("C_end", run.C, "C", _("intercept reached")), reached("m_end", run.m, "m", _("slope reached"))
    )
    reached("loss_end", run.loss, "L", _("total reached"))
    rose = str(
        _("The total rose: the learning rate is too large, and the rule stops at once. Make lr on FirstPass smaller.")
    )
    settled = str(_("✓ The total no longer falls noticeably."))
    all_used = str(_("All epochs are used up while the total still fell."))
    fall = run.fall.value[int(stop.value)]
    said = rose if fall < 0 else settled if fall < rule.threshold.value else all_used
    at_stop = pick(run.fall, stop + 1)
    sheet.derived(
        "stop_reason",
        np.asarray(said if lr.value else nothing_moves(lr), dtype=object),
        lambda: unless_still(lr, if_(at_stop < 0, rose, if_(at_stop < rule.threshold, settled, all_used))),
        title=_("why"),
        number_format="@",
    )
    return stop, end


def _states(sheet: Sheet, run: Run, epoch: Block, stop: Block) -> Shown:
    """Add weights and total at the first, the scrubbed and the last epoch."""
    rows = [0, int(epoch.value), int(stop.value)]
    where: list[Operand] = [Number(0), epoch, stop]
    with sheet.table([_("first"), _("shown"), _("last")], 3) as t:
        epochs = t.add(_gathered("shown_epoch", rows, where, _("epoch"), "t", "0"))
        C, m, L = (
            t.add(
                _gathered(
                    f"shown_{id}", column.value[rows], [pick(column, as_expr(e) + 1) for e in where], title, symbol
                )
            )
            for id, column, title, symbol in (
                ("C", run.C, _("intercept"), "C"),
                ("m", run.m, _("slope"), "m"),
                ("loss", run.loss, _("total loss"), "L"),
            )
        )
    return Shown(epochs, C, m, L)


def _gathered(
    id: str, value: Any, each: Sequence[Operand], title: str, symbol: str, number_format: str = "0.000000"
) -> Block:
    return Block(
        id,
        Role.DERIVED,
        np.asarray(value, dtype=float),
        each=each,
        title=title,
        symbol=symbol,
        number_format=number_format,
    )


def _lines(sheet: Sheet, scaled: Scaled, shown: Shown) -> tuple[Block, list[Block]]:
    """Add the ends of the three lines in the units of the data."""
    sheet.text(
        _(
            "The three lines in the units of the data, at the smallest and the largest x (where "
            "the scaled x is 0 and 1):"
        )
    )
    C, m, rows = shown.C, shown.m, scaled.area.number_format
    with sheet.table(["x = 0", "x = 1"], 2) as t:
        ends = [scaled.x_min.value, scaled.x_max.value]
        X = t.add(_gathered("line_X", ends, [scaled.x_min, scaled.x_max], "X", "", rows))
        lines = [
            t.add(
                _gathered(
                    f"line_{id}",
                    scaled.raw_y_value(np.array([C.value[k], C.value[k] + m.value[k]])),
                    [scaled.raw_y(C[k]), scaled.raw_y(C[k] + m[k])],
                    title,
                    "",
                    "#,##0.00",
                )
            )
            for k, (id, title) in enumerate(
                (("first", _("first line")), ("shown", _("line shown")), ("last", _("last line")))
            )
        ]
    return X, lines


def _charts(
    sheet: Sheet, survey: Survey, scaled: Scaled, run: Run, shown: Shown, lines: tuple[Block, list[Block]]
) -> None:
    X, (first, now, last) = lines
    with sheet.beside():
        sheet.chart(
            Chart(
                title=_("The line learns"),
                series=(
                    Series(survey.y_name, scaled.area[:], scaled.rent[:], Mark.POINTS, TRUTH),
                    Series(_("first line"), X[:], first[:], Mark.LINE, FIRST, dashed=True),
                    Series(_("line shown"), X[:], now[:], Mark.LINE, SHOWN),
                    Series(_("last line"), X[:], last[:], Mark.LINE, LAST),
                ),
                x_title=survey.x_label,
                y_title=survey.y_label,
                alt=_("The rows as green points, with the first line, the line of the chosen epoch and the last line."),
                columns=4,
                rows=18,
            )
        )
        sheet.chart(_loss_chart(run, shown))
    sheet.chart(_weights_chart(run, shown))


def _loss_chart(run: Run, shown: Shown) -> Chart:
    return Chart(
        title=_("The total by epoch"),
        series=(
            Series(_("total loss L"), run.t[:], run.loss[:], Mark.LINE, LAST),
            Series(_("epoch shown"), shown.epochs[1:2], shown.loss[1:2], Mark.POINTS, SHOWN),
        ),
        x_title=_("epoch t"),
        y_title="L",
        columns=5,
        rows=18,
        alt=_(
            "The total falls steeply at first, then ever more slowly, until it stands still; a dot "
            "marks the epoch shown."
        ),
    )


def _weights_chart(run: Run, shown: Shown) -> Chart:
    return Chart(
        title=_("The weights by epoch"),
        series=(
            Series(_("intercept C"), run.t[:], run.C[:], Mark.LINE, FIRST),
            Series(_("slope m"), run.t[:], run.m[:], Mark.LINE, LAST),
            Series(_("C shown"), shown.epochs[1:2], shown.C[1:2], Mark.POINTS, SHOWN),
            Series(_("m shown"), shown.epochs[1:2], shown.m[1:2], Mark.POINTS, SHOWN),
        ),
        x_title=_("epoch t"),
        y_title="C, m",
        columns=4,
        rows=18,
        alt=_("Both weights fall at first; then the slope turns and climbs back while the intercept goes on falling."),
    )
