"""Pages Descent, StopRule and Training: repeat the step, watch the line learn, and say when to stop."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.outcome import nothing_moves, unless_still
from scenarios.rent_yield.survey import (
    FIRST,
    LEARNED,
    POINTS,
    SHOWN,
    Array,
    Fit,
    Line,
    counted,
    drawn_lines,
    gradient,
    loss,
)
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, Index, Number, as_expr, both, call, either, if_, pick, total
from workbook.page import Flow, Page
from workbook.parameter import Parameter
from workbook.sheet import Kind
from workbook.text import N_, _

EPOCHS = Parameter("epochs", 400, N_("most epochs: rows of the training table"), 1, 5000, whole=True, symbol="T")
THRESHOLD = Parameter("threshold", 1e-6, N_("stop when the loss falls by less than this"), 1e-8, 1, symbol="ε")

MARK = '"■";"■";"·"'

CAP = 1e6
"""A run whose loss leaps beyond this is over."""


def train(x: Array, y: Array, C: float, m: float, lr: float, threshold: float, epochs: int, rows: int) -> Array:
    """Descend by NumPy until the loss hardly falls, or has leapt beyond the cap, or all epochs are used; then stand still.

    Return C, m, loss, its fall, both slopes and whether the run has stopped, (7, rows).
    """
    run = []
    before, stopped = np.nan, False
    for epoch in range(rows):
        now = loss(x, y, C, m)
        fall = 0.0 if epoch == 0 else before - now
        stopped = stopped or epoch >= epochs or now > CAP or (epoch > 0 and 0 <= fall < threshold)
        dC, dm = gradient(x, y, C, m)
        run.append((C, m, now, fall, dC, dm, float(stopped)))
        if not stopped:
            C, m = C - lr * dC, m - lr * dm
        before = now
    return np.array(run).T


def descend(page: Page, fit: Fit, most: int) -> Flow:
    """Add the run (Training) of at most so many epochs, the rule that ends it (StopRule), and on the page the epoch to show.

    Return the place for the page's live sentence.
    """
    with page.left():
        bounds = Between(0, most, whole=True)
        epoch = page.given("epoch", min(5, most), "t", _("epoch to show"), valid=bounds)
        page.gap()
        said = page.keep()
        page.gap()
    rule = page.book.page("StopRule", _("When to stop"), landscape=False, kind=Kind.DEEPER)
    _stop_rule(rule, most)
    _training(page.book, fit, most)
    _ending(rule, fit.lr)
    with page.left():
        _states(page, epoch)
        _lines(page.book, fit)
    return said


def draw_descent(page: Page, fit: Fit, said: Flow, path: Chart) -> None:
    """Add the live sentence and the three pictures: the line, the loss by epoch, the valley from above with the path."""
    book = page.book
    t, L = book["shown_epoch"], book["shown_loss"]
    words = _(
        "▶ After epoch {shown_epoch[1]:0} the loss is {shown_loss[1]:3}; the best possible line has {loss_best:3}."
    )
    with page.into(said):
        page.live("descent_says", words)
    with page.beside():
        page.chart(_line_chart(book, fit))
        series = (
            Series(_("loss L"), book["epoch_t"][:], book["loss_t"][:], Mark.LINE, LEARNED),
            Series(_("epoch shown"), t[1:2], L[1:2], Mark.POINTS, SHOWN),
        )
        alt = _("The loss falls steeply at first, then ever more slowly; a dot marks the epoch shown.")
        page.chart(Chart(_("The loss by epoch"), series, _("epoch t"), "L", alt, columns=5, rows=15))
        page.chart(path)
    page.try_(_("Type 0, 1, 20. Then make the learning rate on Step 0.13 (it zigzags) and 0.15 (it runs away)."))
    page.turn(
        "descent_turn",
        _("Which is the first epoch with a loss below 0.15? (if none is, 0)"),
        _first_below(page),
        0.1,
        _("Below it for the first time."),
        _("try 10, then 20, then one between."),
    )
    page.remember(_("Guess, measure, step downhill, repeat: that is gradient descent."))


def _first_below(page: Page) -> Block:
    """Return the first epoch whose loss is below a mark, 0 where none is; a run that falls has as many above it before."""
    mark = page.offstage_block("loss_mark", 0.15, title=_("the loss that is asked for"))
    L = page.book["loss_t"]
    last = len(L.value) - 1
    value = np.cumprod(L.value >= mark.value)
    title = _("1 while the loss has not been below")
    begun: dict[str, Any] = {"first": lambda: if_(L[0] < mark, 0, 1), "number_format": "0"}
    with page.book.helpers.table(Counter("", start=0), last + 1) as t:
        above = t.derived("still_above", value, lambda t: if_(L[t] < mark, 0, above[t - 1]), "", title, **begun)
    count, title = float(value.sum()), _("first epoch with a loss below it")
    found = count if count <= last else 0.0
    return page.offstage_block("first_below", found, lambda: if_(above[last] > 0, 0, total(above)), title=title)


# ---------------------------------------------------------------------------------------------- the run


def _stop_rule(page: Page, most: int) -> None:
    page.step(
        _("Two rules end a run"),
        _("Repeat until the loss no longer falls noticeably, or the epochs are used up, whichever is first."),
        _("stop when   L(t − 1) − L(t) < threshold   or   t = most epochs"),
    )
    page.setting(THRESHOLD, number_format="0.0#######", title=_("threshold"))
    page.setting(EPOCHS, valid=Between(1, most, whole=True), title=_("most epochs"))
    page.recorded("cap", CAP, "", _("a loss beyond this ends the run"))
    page.remark(_("The threshold is small, so it is shown with all its decimals."))
    page.source(_("Threshold and most epochs are chosen here: the article says “noticeably”."))


def _training(book: Book, fit: Fit, most: int) -> None:
    page = book.page("Training", _("Training: one row per epoch"), kind=Kind.DATA, landscape=False)
    page.step(
        _("Repeat the step, epoch by epoch"),
        _("Each row makes its slopes from the five sums, and hands the next row its new line until the stop (■)."),
        "C ← C − η·dC        m ← m − η·dm",
    )
    threshold, epochs, cap = (book[id] for id in ("threshold", "epochs", "cap"))
    rule = (float(fit.lr.value), float(threshold.value), int(epochs.value), most + 1)
    run = train(fit.x.value, fit.y.value, float(fit.C.value), float(fit.m.value), *rule)
    with page.table(Counter("", start=0), most + 1, freeze=True) as t:
        epoch = counted(t, "epoch_t", "t")

        def moved(t: Index, weight: Block, slope: Block) -> Expr:
            return if_(stopped[t - 1] > 0, weight[t - 1], weight[t - 1] - fit.lr * slope[t - 1])

        C = t.updated("C_t", run[0], lambda t: moved(t, C, dC), "C", _("left end"), first=lambda: fit.C)
        m = t.updated("m_t", run[1], lambda t: moved(t, m, dm), "m", _("rise"), first=lambda: fit.m)
        L = t.derived("loss_t", run[2], lambda t: fit.loss(C[t], m[t]), "L", _("loss"))
        falls = {"first": lambda: 0, "number_format": "0.000000"}
        fall = t.derived("fall_t", run[3], lambda t: L[t - 1] - L[t], "L(t−1) − L(t)", _("fall of the loss"), **falls)
        dC = t.gradient("dC_t", run[4], lambda t: fit.dC(C[t], m[t]), "dC", _("slope in C"), math="C·n + m·Σx − Σy")
        dm = t.gradient("dm_t", run[5], lambda t: fit.dm(C[t], m[t]), "dm", _("slope in m"), math="C·Σx + m·Σx² − Σxy")

        def ended(t: Index) -> Expr:
            settled = both(fall[t] >= 0, fall[t] < threshold)
            return if_(either(stopped[t - 1] > 0, settled, L[t] > cap, epoch[t] >= epochs), 1, 0)

        stopped = t.derived("stopped_t", run[6], ended, "■", _("stopped"), first=lambda: 0, number_format=MARK)


def _ending(page: Page, lr: Block) -> None:
    """Add where the run came to, and why it stopped there."""
    book = page.book
    stopped, falls, threshold = book["stopped_t"], book["fall_t"], book["threshold"]
    value = np.sum(stopped.value == 0)
    whole, counts = {"number_format": "0"}, call("COUNT", stopped) - total(stopped)
    stop = page.derived("stop_epoch", value, lambda: counts, "■", _("stopped at epoch"), **whole)
    ends = (("C", "C", _("left end reached")), ("m", "m", _("rise reached")), ("loss", "L", _("loss reached")))
    for id, symbol, title in ends:
        column = book[f"{id}_t"]
        last = column[len(column.value) - 1]
        page.updated(f"{id}_end", column.value[-1], lambda last=last: last, symbol, title)
    rose = str(_("The loss rose: the learning rate is too large. Make η on the sheet Step smaller."))
    settled = str(_("✓ The loss no longer falls noticeably."))
    all_used = str(_("All epochs are used up while the loss still fell."))
    fall, at_stop = falls.value[int(value)], pick(falls, stop + 1)
    said = rose if fall < 0 else settled if fall < threshold.value else all_used
    why = if_(at_stop < 0, rose, if_(at_stop < threshold, settled, all_used))
    page.say("stop_reason", said if lr.value else nothing_moves(lr), unless_still(lr, why))


# ---------------------------------------------------------------------------------------------- what is shown of it


def _states(page: Page, epoch: Block) -> None:
    """Add line and loss at the first, the chosen and the last epoch."""
    book, stop = page.book, page.book["stop_epoch"]
    rows, where = [0, int(epoch.value), int(stop.value)], [as_expr(Number(0)), as_expr(epoch), as_expr(stop)]

    def picked(id: str, value: Array, each: list[Expr], symbol: str, title: str, **fields: Any) -> None:
        t.add(Block(f"shown_{id}", Role.DERIVED, value, title, symbol, each=each, **fields))

    with page.table([_("first"), _("shown"), _("last")], 3) as t:
        picked("epoch", np.array(rows, dtype=float), where, "t", _("epoch"), number_format="0")
        columns = (("C", "C", _("left end")), ("m", "m", _("rise to the right")), ("loss", "L", _("loss")))
        for id, symbol, title in columns:
            column = book[f"{id}_t"]
            picked(id, column.value[rows], [pick(column, e + 1) for e in where], symbol, title)


def _lines(book: Book, fit: Fit) -> None:
    C, m = book["shown_C"], book["shown_m"]
    names = (("first", _("first line")), ("shown", _("line shown")), ("last", _("last line")))
    drawn_lines(book, fit, "line", [(id, title, C[k], m[k]) for k, (id, title) in enumerate(names)])


def _line_chart(book: Book, fit: Fit) -> Chart:
    X, first, now, last = (book[f"line_{id}"][:] for id in ("X", "first", "shown", "last"))
    series = (
        Series(fit.survey.points_name, fit.area[:], fit.rent[:], Mark.POINTS, POINTS),
        Series(_("first line"), X, first, Mark.LINE, FIRST, dashed=True),
        Series(_("line shown"), X, now, Mark.LINE, SHOWN, width=2.5),
        Series(_("last line"), X, last, Mark.LINE, LEARNED),
    )
    alt = _("The rows as green points, with the first line, the line of the chosen epoch and the last line.")
    return Chart(_("The line learns"), series, fit.survey.x_label, fit.survey.y_label, alt, columns=5, rows=15)


def learned(book: Book) -> Line:
    """Return the line that descent came to."""
    return Line(book["C_end"], book["m_end"])
