"""Sheet StepSize: the same start with a step size too small, right and too large."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.descent.one_variable import (
    BLUE,
    CURVE_POINTS,
    GREEN,
    GREY,
    LARGEST_RATE,
    RED,
    SQUARE,
    STEPS,
    counted,
    intervals_of,
    walk,
)
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import Direction, Expr, absolute, call, equal, if_, largest, number_of
from workbook.text import Message, _


def step_sizes(book: Book, start: float, rates: tuple[float, float, float]) -> None:
    """The same start with three step sizes."""
    sheet = book.sheet("StepSize", _("Too small, right, too large"), landscape=False)
    sheet.step(
        _("Three step sizes side by side"),
        _("On y = x² every step multiplies x by the same factor 1 − 2η; its size decides everything."),
        "x − η·2x = (1 − 2η)·x        |1 − 2η| < 1:  x → 0        |1 − 2η| > 1:  |x| → ∞",
    )
    x0 = sheet.given(
        "sizes_x0",
        start,
        symbol="x₀",
        title=_("start"),
        number_format="0.00",
        valid=Between(-10, 10),
        remark=_("chosen here; from −10 to 10"),
    )
    n = sheet.recorded("sizes_steps", float(STEPS), symbol="n", title=_("steps"), number_format="0")
    names = [_("small η"), _("middle η"), _("large η")]
    row: dict[str, Any] = {"along": Direction.RIGHT}
    eta = sheet.given(
        "sizes_lr",
        np.array(rates),
        symbol="η",
        title=_("step size"),
        columns=names,
        number_format="0.000",
        valid=Between(0, LARGEST_RATE),
        remark=_("chosen here; from 0 to 1.1, so that a run that diverges still fits"),
        **row,
    )
    factors = 1 - 2 * np.array(rates)
    factor = sheet.derived(
        "sizes_factor", factors, lambda k: 1 - 2 * eta[k], symbol="1 − 2η", title=_("factor of each step"), **row
    )
    sheet.derived(
        "sizes_verdict",
        np.array([verdict(float(f)) for f in factors], dtype=object),
        lambda k: verdict_formula(factor[k]),
        title=_("so the run"),
        number_format="@",
        **row,
    )
    sheet.derived(
        "sizes_share",
        np.abs(factors) ** STEPS,
        lambda k: absolute(factor[k]) ** n,
        symbol="|1 − 2η|ⁿ",
        title=_("of the way is left after n steps"),
        number_format="0.0%",
        **row,
    )
    left = sheet.derived(
        "sizes_left",
        start * factors**STEPS,
        lambda k: factor[k] ** n * x0,
        symbol="(1 − 2η)ⁿ·x₀",
        title=_("so after n steps x is"),
        **row,
    )
    charts_at = sheet.cursor
    sheet.cursor += 39
    X, Y, t = three_runs(sheet, x0, eta, names)
    sheet.sentence(
        "sizes_words", "x₁ = (1 − 2·{r:3})·{x:2p} = {f:4p}·{x:2p} = {y:4}", r=eta[0], x=x0, f=factor[0], y=X[1, 0]
    )
    sheet.check("sizes_closed", _("the run ends at (1 − 2η)ⁿ·x₀"), X[STEPS, :], left, 1e-6)
    three_charts(sheet, charts_at, (X, Y, t), names)


def verdict(factor: float) -> str:
    """Say what a run on y = x² does whose steps multiply x by a factor."""
    if factor == 0:
        return _("arrives at once")
    if abs(factor) > 1:
        return _("diverges")
    if abs(factor) == 1:
        return _("comes no closer")
    return _("comes closer") if factor > 0 else _("zigzags closer")


def verdict_formula(factor: Expr) -> Expr:
    """The same for a cell."""
    closer = if_(factor > 0, _("comes closer"), _("zigzags closer"))
    bounded = if_(equal(absolute(factor), 1), _("comes no closer"), closer)
    return if_(equal(factor, 0), _("arrives at once"), if_(absolute(factor) > 1, _("diverges"), bounded))


def three_runs(sheet: Sheet, x0: Block, eta: Block, names: list[Message]) -> tuple[Block, Block, Block]:
    """Lay out the three runs."""
    sheet.step(_("The three runs"), _("The same rule three times; only η differs."), "x ← x − η·2x        y = x²")
    paths = np.stack([walk(SQUARE, float(x0.value), float(rate)) for rate in eta.value], axis=1)
    with sheet.table(None, STEPS + 1) as table:
        t = counted(table, "sizes_t", STEPS)
        X = table.updated(
            "sizes_x",
            paths,
            lambda t, k: X[t - 1, k] - eta[k] * 2 * X[t - 1, k],
            first=lambda k: x0.whole(),
            title=_("position x"),
            columns=names,
        )
        Y = table.derived(
            "sizes_y",
            paths**2,
            lambda t, k: X[t, k] ** 2,
            title=_("height y = x²"),
            columns=names,
            number_format="0.000000",
        )
    return X, Y, t


def three_charts(sheet: Sheet, top: int, runs: tuple[Block, Block, Block], names: list[Message]) -> None:
    """Chart each path on its piece of the curve, and the three heights by step."""
    X, Y, t = runs
    sheet.step(_("The curves behind the charts"), _("Each is tabulated as far to both sides as its run reaches."))
    wide = np.maximum(1.0, np.abs(X.value).max(axis=0))
    reach = sheet.derived(
        "sizes_reach",
        wide,
        lambda k: largest(call("MAX", X[:, k]), -call("MIN", X[:, k]), 1),
        title=_("it reaches as far as"),
        columns=names,
        number_format="0.00",
        along=Direction.RIGHT,
    )
    intervals = intervals_of(sheet, "sizes")
    u = np.linspace(-1, 1, CURVE_POINTS)
    two = {"number_format": "0.00"}
    with sheet.table(Counter(""), CURVE_POINTS) as table:
        part = table.derived(
            "sizes_u",
            u,
            lambda i: 2 * (number_of(i) - 1) / intervals - 1,
            title=_("from −1 to 1"),
            symbol="u",
            **two,
        )
        cx = table.derived(
            "sizes_curve_x",
            np.outer(u, wide),
            lambda i, k: reach[k] * part[i],
            title=_("position x"),
            columns=names,
            **two,
        )
        cy = table.derived(
            "sizes_curve_y",
            np.outer(u, wide) ** 2,
            lambda i, k: cx[i, k] ** 2,
            title=_("height y = x²"),
            columns=names,
            **two,
        )
    colours = (BLUE, GREEN, RED)
    for k, (name, colour) in enumerate(zip(names, colours, strict=True)):
        chart = Chart(
            name,
            (Series("y = x²", cx[:, k], cy[:, k], colour=GREY), Series(_("path"), X[:, k], Y[:, k], Mark.BOTH, colour)),
            "x",
            "y",
            _("The parabola with the steps of this run on it."),
            columns=4,
            rows=19,
        )
        sheet.chart(chart, at=(top + 19 * (k // 2), 4 * (k % 2)))
    sheet.chart(
        Chart(
            _("Height by step (logarithmic)"),
            tuple(Series(n, t[:], Y[:, k], colour=c) for k, (n, c) in enumerate(zip(names, colours, strict=True))),
            _("step t"),
            "y",
            _("Straight lines on a logarithmic scale: the first falls slowly, the second fast, the third rises."),
            columns=4,
            rows=19,
            y_range=(1e-6, None),
            log_y=True,
        ),
        at=(top + 19, 4),
    )
