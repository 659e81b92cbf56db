"""Pages Descent, StopRule and Training: repeat the step, watch the line learn, and say when to stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.common.outcome import nothing_moves, unless_still
from scenarios.rent_yield.survey import (
    FIRST,
    LEARNED,
    POINTS,
    SHOWN,
    Array,
    Scaled,
    Start,
    Sums,
    Survey,
    Weights,
    gradient,
    loss,
)
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Number, Operand, as_expr, both, call, either, if_, pick, total
from workbook.page import Flow, Page
from workbook.sheet import Kind
from workbook.text import _

THRESHOLD_BOUNDS = Between(1e-8, 1)
CAP = 1e6
"""A run whose loss leaps beyond this is over."""


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
    """The stop rule: the least fall that counts, the most epochs, and the loss beyond which a run is over."""

    threshold: Block
    epochs: Block
    cap: Block


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
    lines: tuple[Block, list[Block]]
    said: Flow


def train(x: Array, y: Array, C: float, m: float, lr: float, threshold: float, epochs: int) -> History:
    """Descend by NumPy until the loss hardly falls, or has leapt beyond the cap, or all epochs are used; then stand still."""
    rows = []
    before, stopped = np.nan, False
    for epoch in range(epochs + 1):
        now = loss(x, y, C, m)
        fall = 0.0 if epoch == 0 else before - now
        stopped = stopped or epoch >= epochs or now > CAP or (epoch > 0 and 0 <= fall < threshold)
        slope = gradient(x, y, C, m)
        rows.append((C, m, now, fall, slope.dC, slope.dm, float(stopped)))
        if not stopped:
            C, m = C - lr * slope.dC, m - lr * slope.dm
        before = now
    return History(*np.array(rows).T)


def descend(page: Page, scaled: Scaled, start: Start, sums: Sums, settings: tuple[float, int]) -> Descent:
    """Add the run (Training), the rule that ends it (StopRule), and on the page the epoch to show and its states.

    `settings` are the threshold and the most epochs.
    """
    threshold, epochs = settings
    with page.left():
        epoch = page.given(
            "epoch", min(5, epochs), symbol="t", title=_("epoch to show"), valid=Between(0, epochs, whole=True)
        )
        page.gap()
        said = page.keep()
        page.gap()
    first = (float(start.C.value), float(start.m.value))
    history = train(scaled.x.value, scaled.y.value, *first, float(start.lr.value), threshold, epochs)
    stopping = page.book.page("StopRule", _("When to stop"), kind=Kind.DEEPER, landscape=False)
    rule = _stop_rule(stopping, threshold, epochs)
    run = _training_page(page.book, start, sums, rule, history)
    stop, end = _ending(stopping, rule, run, start.lr)
    with page.left():
        shown = _states(page, run, epoch, stop)
        lines = _lines(page, scaled, shown)
    return Descent(run, end, shown, (lines[0], lines[1][-1]), lines, said)


def draw_descent(page: Page, survey: Survey, scaled: Scaled, descent: Descent, least: Block, path: Chart) -> None:
    """Add the live sentence and the three pictures: the line, the loss by epoch, the valley from above with the path."""
    shown = descent.shown
    with page.into(descent.said):
        page.live(
            "descent_says",
            _("▶ After epoch {t:0} the loss is {L:3}; the best possible line has {least:3}."),
            t=shown.epochs[1],
            L=shown.loss[1],
            least=least,
        )
    with page.beside():
        page.chart(_line_chart(survey, scaled, descent.lines))
        page.chart(_loss_chart(descent.run, descent.shown))
        page.chart(path)
    page.try_(
        _(
            "Type 0, 1, 20 and the last epoch. Then make the learning rate on the sheet Step 0.13 (it zigzags, and arrives) and 0.15 (it runs away)."
        )
    )
    page.turn(
        "descent_turn",
        _("Which is the first epoch with a loss below 0.15? (if none is, 0)"),
        _first_below(page, descent.run),
        0.1,
        _("Below it for the first time."),
        _("try 10, then 20, then one between."),
    )
    page.remember(_("Guess, measure, step downhill, repeat: that is gradient descent."))


def _first_below(page: Page, run: Run) -> Block:
    """Return the first epoch whose loss is below a mark, 0 where none is; a run that falls has as many above it before."""
    mark = page.offstage(Block("loss_mark", Role.RECORDED, np.asarray(0.15), title=_("the loss that is asked for")))
    L = run.loss
    with page.book.helpers.table(Counter("", start=0), run.last + 1) as t:
        above = t.derived(
            "still_above",
            np.cumprod(L.value >= mark.value),
            lambda t: if_(L[t] < mark, 0, above[t - 1]),
            first=lambda: if_(L[0] < mark, 0, 1),
            title=_("1 while the loss has not been below"),
            number_format="0",
        )
    count = float(above.value.sum())
    return page.offstage(
        Block(
            "first_below",
            Role.DERIVED,
            np.asarray(count if count <= run.last else 0.0),
            formula=lambda: if_(above[run.last] > 0, 0, total(above)),
            title=_("first epoch with a loss below it"),
            number_format="0",
        )
    )


def _stop_rule(sheet: Page, threshold: float, epochs: int) -> Rule:
    sheet.step(
        _("When to stop"),
        _(
            "Repeat until the total no longer falls noticeably, or a largest number of epochs is "
            "reached, whichever is first."
        ),
        _("stop when   L(t − 1) − L(t) < threshold   or   t = most epochs"),
    )
    return Rule(
        threshold=sheet.given(
            "threshold",
            threshold,
            symbol="ε",
            title=_("threshold"),
            valid=THRESHOLD_BOUNDS,
            number_format="0.0E+00",
            remark=_("chosen here: the article says “noticeably”"),
        ),
        epochs=sheet.given(
            "epochs",
            epochs,
            symbol="T",
            title=_("most epochs"),
            valid=Between(1, epochs, whole=True),
            number_format="0",
            remark=_("chosen here; at most {rows}, the rows of the table").format(rows=epochs),
        ),
        cap=sheet.recorded("cap", CAP, title=_("a loss beyond this ends the run"), number_format="#,##0"),
    )


def _training_page(book: Book, start: Start, sums: Sums, rule: Rule, history: History) -> Run:
    sheet = book.page("Training", _("Training: one row per epoch"), kind=Kind.DATA, landscape=False)
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
            lambda t: if_(
                either(
                    stopped[t - 1] > 0,
                    both(fall[t] >= 0, fall[t] < rule.threshold),
                    L[t] > rule.cap,
                    epoch[t] >= rule.epochs,
                ),
                1,
                0,
            ),
            first=lambda: 0,
            title=_("stopped"),
            symbol="■",
            number_format='"■";"■";"·"',
        )
    return Run(epoch, C, m, L, fall, stopped)


def _ending(sheet: Page, rule: Rule, run: Run, lr: Block) -> tuple[Block, Weights]:
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
    rose = str(_("The loss rose: the learning rate is too large. Make η on the sheet Step smaller."))
    settled = str(_("✓ The loss no longer falls noticeably."))
    all_used = str(_("All epochs are used up while the loss still fell."))
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


def _states(sheet: Page, run: Run, epoch: Block, stop: Block) -> Shown:
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
                ("C", run.C, _("left end"), "C"),
                ("m", run.m, _("rise to the right"), "m"),
                ("loss", run.loss, _("loss"), "L"),
            )
        )
    return Shown(epochs, C, m, L)


def _gathered(
    id: str, value: Any, each: Sequence[Operand], title: str, symbol: str, number_format: str = "0.000"
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


def _lines(sheet: Page, scaled: Scaled, shown: Shown) -> tuple[Block, list[Block]]:
    """Add the ends of the three lines in the units of the data."""
    C, m, rows = shown.C, shown.m, scaled.area.number_format
    with sheet.book.helpers.table([_("smallest x"), _("largest x")], 2) as t:
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


def _line_chart(survey: Survey, scaled: Scaled, lines: tuple[Block, list[Block]]) -> Chart:
    X, (first, now, last) = lines
    return Chart(
        title=_("The line learns"),
        series=(
            Series(survey.points_name, scaled.area[:], scaled.rent[:], Mark.POINTS, POINTS),
            Series(_("first line"), X[:], first[:], Mark.LINE, FIRST, dashed=True),
            Series(_("line shown"), X[:], now[:], Mark.LINE, SHOWN, width=2.5),
            Series(_("last line"), X[:], last[:], Mark.LINE, LEARNED),
        ),
        x_title=survey.x_label,
        y_title=survey.y_label,
        alt=_("The rows as green points, with the first line, the line of the chosen epoch and the last line."),
        columns=5,
        rows=17,
    )


def _loss_chart(run: Run, shown: Shown) -> Chart:
    return Chart(
        title=_("The loss by epoch"),
        series=(
            Series(_("loss L"), run.t[:], run.loss[:], Mark.LINE, LEARNED),
            Series(_("epoch shown"), shown.epochs[1:2], shown.loss[1:2], Mark.POINTS, SHOWN),
        ),
        x_title=_("epoch t"),
        y_title="L",
        columns=5,
        rows=17,
        alt=_(
            "The total falls steeply at first, then ever more slowly, until it stands still; a dot "
            "marks the epoch shown."
        ),
    )
