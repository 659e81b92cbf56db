"""Sheet StepSize: the same start with a step size too small, right and too large."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.curves import counted, curve
from scenarios.descent.one_variable import LARGEST_RATE, SQUARE, STEPS, walk
from workbook.block import Between, Block
from workbook.book import Book
from workbook.chart import BLUE, GREEN, GREY, RED, Chart, Mark, Series
from workbook.formula import Direction, Expr, absolute, call, equal, if_, largest, power
from workbook.page import Page
from workbook.parameter import Parameter
from workbook.sheet import Kind
from workbook.text import N_, Message, _

START = Parameter("x0", 3.0, N_("start on y = x²"), -10, 10, symbol="x₀")
SIZES = (
    Parameter("small", 0.01, N_("step size that is too small"), 0, LARGEST_RATE),
    Parameter("right", 0.3, N_("step size that is right"), 0, LARGEST_RATE),
    Parameter("large", 1.05, N_("step size that diverges"), 0, LARGEST_RATE),
)


def step_sizes(book: Book) -> None:
    """The same start with three step sizes."""
    page = book.page("StepSize", _("Too small, right, too large"), kind=Kind.DEEPER, landscape=False)
    page.step(
        _("Three step sizes side by side"),
        _("On y = x² every step multiplies x by the same factor 1 − 2η; its size decides everything."),
        "x − η·2x = (1 − 2η)·x        |1 − 2η| < 1:  x → 0        |1 − 2η| > 1:  |x| → ∞",
    )
    with page.beside():
        with page.column():
            x0 = page.setting(START, "sizes_x0", title=_("start"), remark=_("from −10 to 10"))
            n = page.recorded("sizes_steps", float(STEPS), "n", _("steps"), number_format="0")
            names = [_("small η"), _("middle η"), _("large η")]
            across = {"along": Direction.RIGHT}
            sizes = np.array([book.settings.get(size.key, size.default) for size in SIZES], dtype=float)
            words = _("chosen here; from 0 to 1.1, so that a run that diverges still fits")
            fields = {"columns": names, "valid": Between(0, LARGEST_RATE), "remark": words, **across}
            eta = page.given("sizes_lr", sizes, "η", _("step size"), **fields)
            value, title = 1 - 2 * eta.value, _("factor of each step")
            factor = page.derived("sizes_factor", value, lambda k: 1 - 2 * eta[k], "1 − 2η", title, **across)
            so = np.array([verdict(float(f)) for f in value], dtype=object)
            page.derived("sizes_verdict", so, lambda k: verdict_formula(factor[k]), "", _("so the run"), **across)
            value, title = np.abs(factor.value) ** STEPS, _("of the way is left after n steps")
            fields = {"number_format": "0.0%", **across}
            page.derived("sizes_share", value, lambda k: power(absolute(factor[k]), n), "|1 − 2η|ⁿ", title, **fields)
            value, title = x0.value * factor.value**STEPS, _("so after n steps x is")
            left = page.derived(
                "sizes_left", value, lambda k: power(factor[k], n) * x0, "(1 − 2η)ⁿ·x₀", title, **across
            )
        pictures = page.keep()
    X, Y, t = _three_runs(page, x0, eta, names)
    page.sentence(
        "sizes_words",
        "x₁ = (1 − 2·{sizes_lr[0]:3})·{sizes_x0:2p} = {sizes_factor[0]:4p}·{sizes_x0:2p} = {sizes_x[1,0]:4}",
    )
    page.check("sizes_closed", _("the run ends at (1 − 2η)ⁿ·x₀"), X[STEPS, :], left, 1e-6)
    charts = _three_charts(page, X, Y, t, names)
    with page.into(pictures):
        for left_chart, right_chart in (charts[:2], charts[2:]):
            with page.beside():
                page.chart(left_chart)
                page.chart(right_chart)


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


def _three_runs(page: Page, x0: Block, eta: Block, names: list[Message]) -> tuple[Block, Block, Block]:
    page.step(_("The three runs"), _("The same rule three times; only η differs."), "x ← x − η·2x        y = x²")
    paths = np.stack([walk(SQUARE, float(x0.value), float(rate)) for rate in eta.value], axis=1)
    fields: dict[str, Any] = {"columns": names, "number_format": "0.0000"}
    first = {"first": lambda k: x0.whole(), **fields}
    with page.table(None, STEPS + 1) as table:
        t = counted(table, "sizes_t", STEPS)
        X = table.updated(
            "sizes_x", paths, lambda t, k: X[t - 1, k] - eta[k] * 2 * X[t - 1, k], "", _("position x"), **first
        )
        Y = table.derived("sizes_y", paths**2, lambda t, k: X[t, k] ** 2, "", _("height y = x²"), **fields)
    return X, Y, t


def _three_charts(page: Page, X: Block, Y: Block, t: Block, names: list[Message]) -> list[Chart]:
    """Return the chart of each run on its piece of the curve, and the heights by step."""
    charts, heights = [], []
    alt = _("The parabola with the steps of this run on it.")
    for k, (name, colour) in enumerate(zip(names, (BLUE, GREEN, RED), strict=True)):
        value, ends = max(1.0, np.abs(X.value[:, k]).max()), (call("MAX", X[:, k]), -call("MIN", X[:, k]))
        reach = page.offstage_block(
            f"sizes_reach{k + 1}", value, lambda ends=ends: largest(*ends, 1), title=_("it reaches as far as")
        )
        x, y = curve(page.book, f"sizes_curve{k + 1}", SQUARE, 0, reach)
        run = Series(_("path"), X[:, k], Y[:, k], Mark.BOTH, colour)
        charts.append(Chart(name, (Series("y = x²", x[:], y[:], colour=GREY), run), "x", "y", alt, columns=4, rows=12))
        heights.append(Series(name, t[:], Y[:, k], colour=colour))
    alt = _("Straight lines on a logarithmic scale: the first falls slowly, the second fast, the third rises.")
    title, log = _("Height by step (logarithmic)"), (1e-6, None)
    charts.append(Chart(title, tuple(heights), _("step t"), "y", alt, 4, 12, y_range=log, log_y=True))
    return charts
