"""Sheets OtherLoss and LossTraining: the run with the loss that the reader chooses, its rate fixed or falling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from scenarios.rent_yield.losses import HSE, LOG_COSH, LOSSES, MAE, loss_formula, loss_slope, loss_value, slope_formula
from scenarios.rent_yield.survey import BEST, LEARNED, POINTS, SHOWN, Array, Fit, Line, counted, drawn_lines
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, Index, dot, equal, if_, total
from workbook.page import Page
from workbook.parameter import Parameter
from workbook.sheet import Kind
from workbook.text import N_, _

LOSS = Parameter("loss", MAE, N_("loss that is swapped in for the half squared error"), choices=LOSSES)

Run = tuple[Block, Line, Block]
"""Epochs, lines and losses of a run."""


def epochs_shown(n: int) -> int:
    """Return over how many epochs a run is unrolled, with a cell for every row in each."""
    return max(20, min(100, 1200 // n))


def train(fit: Fit, lr: float, falling: float, name: str, epochs: int) -> tuple[Array, Array]:
    """Descend by NumPy with a loss and the rate lr/(1 + t·falling); return errors (epochs + 1, n) and lines (2, epochs + 1).

    A loss beyond a hundred times the first means that the rate is too large; the line then stands still.
    """
    x, y, C, m = fit.x.value, fit.y.value, float(fit.C.value), float(fit.m.value)
    errors, lines = [], []
    for t in range(epochs + 1):
        e = C + m * x - y
        errors.append(e)
        lines.append((C, m))
        if loss_value(name, e).sum() <= 100 * loss_value(name, errors[0]).sum():
            slope, rate = loss_slope(name, e), lr / (1 + t * falling)
            C, m = C - rate * float(slope.sum()), m - rate * float(slope @ x)
    return np.array(errors), np.array(lines).T


def other_loss_page(book: Book, fit: Fit, best: Line) -> None:
    """Add the choice of a loss with its outcome, and the two runs that it leads to."""
    page = book.page("OtherLoss", _("Swap the loss, and descend again"), landscape=False, kind=Kind.DEEPER)
    page.step(
        _("Choose a loss, and let its rate fall"),
        _("The same start and the same rows: what does another loss make of the path, and of the line?"),
        "η_t = η / (1 + t·d)",
    )
    name = page.setting(LOSS, "loss_choice", title=_("loss"), remark=_("HSE, log-cosh or MAE"))
    bounds, rate = Between(0, 1), min(1.0, float(f"{5 * fit.lr.value:.4g}"))  # so large that the absolute error leaps
    lr = page.given("loss_lr", rate, "η", _("learning rate for this run"), valid=bounds, number_format="General")
    falling = page.given("loss_fall", 0.1, "d", _("how fast the other run's rate falls"), valid=Between(0, 10))
    page.gap()
    said, pictures = page.keep(), page.keep()
    title = _("The runs with the chosen loss: a cell for every row in every epoch")
    data = book.page("LossTraining", title, kind=Kind.DATA)
    data.step(
        _("Unroll the runs"),
        _("Only the square multiplies out into sums; for another loss each row's error is needed in each epoch."),
        "e = C + m·x − y        dC = Σ ℓ′(e)        dm = Σ ℓ′(e)·x",
    )
    data.source(_("Beyond a hundred times the first loss the line stands still: the rate is then far too large."))
    runs = [_run(data, fit, id, name, lr, d) for id, d in (("loss", None), ("falling", falling))]
    last = len(runs[0][1].C.value) - 1
    ends = {
        id: L[k] for id, L, k in zip("abcd", [runs[0][2]] * 2 + [runs[1][2]] * 2, [last - 1, last] * 2, strict=True)
    }
    words = _(
        "▶ {loss_choice}, the last two epochs: loss {a:4}, {b:4} with the fixed rate; {c:4}, {d:4} with the falling one."
    )
    with page.into(said):
        page.live("other_says", words, **ends)
    with page.into(pictures):
        _pictures(page, fit, runs, best)
    page.text(_("MAE's slope is ±1 however near the floor: steps of one size leap to and fro, smaller ones settle."))
    page.source(_("Losses of different kinds are different quantities: compare the lines, not the losses."))


def _run(page: Page, fit: Fit, id: str, name: Block, lr: Block, falling: Block | None) -> Run:
    """Add one run: a line an epoch, with the errors of all rows, their losses and slopes."""
    epochs, kind, zero = epochs_shown(fit.survey.n), str(name.value), page.book["nearly_zero"]
    e_value, line = train(fit, float(lr.value), 0.0 if falling is None else float(falling.value), kind, epochs)
    slope_value, values = loss_slope(kind, e_value), loss_value(kind, e_value)
    each_row: dict[str, Any] = {"columns": Counter("i = ")}

    def chosen(formula: Callable[[str], Expr]) -> Expr:
        return if_(equal(name, HSE), formula(HSE), if_(equal(name, MAE), formula(MAE), formula(LOG_COSH)))

    def moved(t: Index, old: Block, slope: Block) -> Expr:
        rate = lr.whole() if falling is None else lr / (1 + epoch[t - 1] * falling)
        return if_(L[t - 1] > 100 * L[0], old[t - 1], old[t - 1] - rate * slope[t - 1])

    def weighed(t: Index, i: Index) -> Expr:
        return chosen(lambda kind: loss_formula(kind, e[t, i]))

    def sloping(t: Index, i: Index) -> Expr:
        return chosen(lambda kind: slope_formula(zero, kind, e[t, i]))

    with page.table(Counter("", start=0), epochs + 1, freeze=falling is None) as t:
        epoch = counted(t, f"{id}_epoch", "t")
        C = t.updated(f"{id}_C", line[0], lambda t: moved(t, C, dC), "C", _("left end"), first=lambda: fit.C)
        m = t.updated(f"{id}_m", line[1], lambda t: moved(t, m, dm), "m", _("rise"), first=lambda: fit.m)
        L = t.derived(f"{id}_total", values.sum(axis=1), lambda t: total(each[t, :]), "L", _("loss"))
        dC = t.gradient(f"{id}_dC", slope_value.sum(axis=1), lambda t: total(slopes[t, :]), "dC", _("slope in C"))
        dm_value = slope_value @ fit.x.value
        dm = t.gradient(f"{id}_dm", dm_value, lambda t: dot(slopes[t, :], fit.x), "dm", _("slope in m"))
        error = lambda t, i: C[t] + m[t] * fit.x[i] - fit.y[i]  # noqa: E731
        e = t.derived(f"{id}_r", e_value, error, "", _("error e of every row"), **each_row)
        each = t.derived(f"{id}_each", values, weighed, "", _("its loss ℓ(e)"), **each_row)
        slopes = t.gradient(f"{id}_slope", slope_value, sloping, "", _("the slope ℓ′(e)"), **each_row)
    return epoch, Line(C, m), L


def _pictures(page: Page, fit: Fit, runs: list[Run], best: Line) -> None:
    """Draw where the runs came to, beside the least squares line, and their losses."""
    last, colours = len(runs[0][0].value) - 1, (LEARNED, SHOWN, BEST)
    names = (_("fixed rate"), _("falling rate"), _("least squares"))
    ids, lines = ("chosen", "falling", "best"), [(line.C[last], line.m[last]) for _t, line, _L in runs]
    lines.append((best.C.whole(), best.m.whole()))
    ends = [(id, name, *line) for id, name, line in zip(ids, names, lines, strict=True)]
    x = drawn_lines(page.book, fit, "loss_line", ends, scaled=True)
    looks = [(name, colour, page.book[f"loss_line_{id}"]) for id, name, colour in zip(ids, names, colours, strict=True)]
    with page.beside():
        losses = (Series(n, t[:], L[:], Mark.LINE, c) for (n, c, _y), (t, _l, L) in zip(looks, runs, strict=False))
        alt = _("The loss by epoch with both rates: for MAE the fixed one leaps, the falling one settles.")
        page.chart(Chart(_("The chosen loss by epoch"), tuple(losses), _("epoch t"), "L", alt, columns=5, rows=18))
        points = Series(fit.survey.points_name, fit.x[:], fit.y[:], Mark.POINTS, POINTS)
        drawn = (Series(name, x[:], y[:], Mark.LINE, c, dashed=c is BEST) for name, c, y in looks)
        alt = _("The rows with the lines that both runs came to, and the least squares line.")
        page.chart(Chart(_("The lines of the chosen loss"), (points, *drawn), "x", "y", alt, columns=5, rows=18))
