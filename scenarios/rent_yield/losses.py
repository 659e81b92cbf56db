"""Sheet Losses: the half squared error, log-cosh and the absolute error, row by row, and as curves."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from scenarios.rent_yield.survey import Array, Fit
from workbook.block import Between, Block, Counter, Formula
from workbook.book import Book
from workbook.chart import Chart, Series
from workbook.formula import Expr, Operand, absolute, as_expr, call, dot, exp, if_, ln, tanh, total
from workbook.page import Page, Table
from workbook.sheet import Kind
from workbook.text import _

HSE, LOG_COSH, MAE = LOSSES = ("HSE", "log-cosh", "MAE")
IDS = {HSE: "HSE", MAE: "MAE", LOG_COSH: "log_cosh"}
NEARLY_ZERO = 1e-9
"""An error below this counts as none, for the sign: rounding could turn it either way."""

MOST_ROWS = 60
"""For more rows, the run with another loss is left out: it needs a cell for every row in every epoch."""


def loss_value(name: str, e: Array) -> Array:
    """Return a loss of every error by NumPy."""
    size = np.abs(e)
    values: dict[str, Array] = {HSE: e**2 / 2, MAE: size, LOG_COSH: size + np.log1p(np.exp(-2 * size)) - np.log(2)}
    return values[name]


def loss_slope(name: str, e: Array) -> Array:
    """Return its derivative by NumPy."""
    return {HSE: e, MAE: np.where(np.abs(e) <= NEARLY_ZERO, 0.0, np.sign(e)), LOG_COSH: np.tanh(e)}[name]


def loss_formula(name: str, e: Operand) -> Expr:
    """Return the formula of a loss; ln(cosh e) in a form that cannot overflow: COSH(711) is an error, |e| is not."""
    size = absolute(e)
    return {HSE: as_expr(e) ** 2 / 2, MAE: size, LOG_COSH: size + ln(1 + exp(-2 * size)) - ln(2)}[name]


def slope_formula(nearly_zero: Block, name: str, e: Operand) -> Expr:
    """Return the formula of its derivative."""
    sign = if_(absolute(e) <= nearly_zero, 0, call("SIGN", e))
    return {HSE: as_expr(e), MAE: sign, LOG_COSH: tanh(e)}[name]


# ---------------------------------------------------------------------------------------------- the sheet


def losses_page(book: Book, fit: Fit) -> None:
    """Add the three losses of the first errors, their slopes and gradients, and their curves."""
    title = _("Other losses: the same errors, weighed differently")
    page = book.page("Losses", title, landscape=False, kind=Kind.DEEPER)
    page.step(
        _("Weigh the first errors in three ways"),
        _("An error twice as big counts four times when squared, twice when absolute; log-cosh changes over."),
        "HSE = ½·e²        MAE: |e|        log-cosh = ln(cosh e) = |e| + ln(1 + e^(−2|e|)) − ln 2        e = C + m·x − y",
    )
    nearly_zero = page.offstage_block("nearly_zero", NEARLY_ZERO, title=_("errors that count as 0"))
    written = page.keep()
    page.gap()
    value = fit.C.value + fit.m.value * fit.x.value - fit.y.value
    with page.table(Counter("i = "), fit.survey.n) as t:
        e = t.derived("r", value, lambda i: fit.C + fit.m * fit.x[i] - fit.y[i], "e", _("error"), math="C + m·x − y")
        slopes = _loss_columns(t, e, nearly_zero)
    with page.into(written):
        page.sentence(
            "loss_first",
            "i = 1:   e = {r[0]:4}        ½·e² = {loss_HSE[0]:4}        |e| = {loss_MAE[0]:4}        ln(cosh e) = {loss_log_cosh[0]:4}        tanh e = {slope_log_cosh[0]:4}",
        )
    page.step(
        _("The chain rule gives each loss its slopes"),
        _("Only the slope of the loss in e changes; what C and m do to the line stays as it was: 1 and x."),
        "dC = Σ ℓ′(e)        dm = Σ ℓ′(e)·x",
    )
    with page.table(list(LOSSES), len(LOSSES)) as t:
        columns = [slopes[name] for name in LOSSES]
        values = [np.array([c.value.sum() for c in columns]), np.array([c.value @ fit.x.value for c in columns])]
        each = [[total(c) for c in columns], [dot(c, fit.x) for c in columns]]
        t.gradient("losses_dC", values[0], None, "dC", _("slope in C"), each=each[0])
        t.gradient("losses_dm", values[1], None, "dm", _("slope in m"), each=each[1])
    page.source(_("The article says that MAE's and RMSE's constant slopes help. Only MAE's are constant, and hinder."))
    page.source(_("RMSE's slopes, Σe/(n·RMSE) and Σe·x/(n·RMSE), give every row a share that grows with its error."))
    if fit.survey.n > MOST_ROWS:
        page.source(_("With more than {rows} rows there is no run with another loss.").format(rows=MOST_ROWS))
    _curves(page)


def _loss_columns(t: Table, e: Block, nearly_zero: Block) -> dict[str, Block]:
    """Add the three losses and their slopes, then log-cosh's second; return the slopes."""

    def by_row(formula: Callable[[str, Operand], Expr], name: str) -> Formula:
        return lambda i: formula(name, e[i])

    slopes = {}
    for name, math in ((HSE, "½·e²"), (MAE, "|e|"), (LOG_COSH, "ln(cosh e)")):
        title, value = _("loss {name}").format(name=name), loss_value(name, e.value)
        _summed(t, t.derived(f"loss_{IDS[name]}", value, by_row(loss_formula, name), "", title, math=math))
    for name, math in ((HSE, "e"), (MAE, "sign e"), (LOG_COSH, "tanh e")):
        title, formula = _("slope of {name}").format(name=name), by_row(partial(slope_formula, nearly_zero), name)
        slopes[name] = t.gradient(f"slope_{IDS[name]}", loss_slope(name, e.value), formula, "", title, math=math)
        _summed(t, slopes[name])
    return slopes


def _summed(t: Table, column: Block) -> None:
    t.total(column, Block(f"{column.id}_total", column.role, column.value.sum(), formula=lambda: total(column)))


def _curves(page: Page) -> None:
    """Add the losses and the derivatives of log-cosh over a range of errors; hold the second against a quotient."""
    page.step(
        _("Draw the losses and their slopes"),
        _("Near 0 log-cosh is half the square; far out it is a straight line whose slope never exceeds 1."),
        "(ln cosh e)′ = tanh e        (ln cosh e)″ = 1 − tanh² e",
    )
    page.source(_("The article takes the second derivative to be the first times x; the measured one is 1 − tanh² e."))
    h = page.offstage_block("curve_h", 0.001, title=_("how far errors are moved to measure the slope's slope"))
    pictures = page.keep()
    E, d = np.arange(-12, 13) / 4, float(h.value)
    with page.table(Counter(""), len(E)) as t:
        e = t.given("curve_r", E, "e", _("error"), valid=Between(-300, 300))

        def of(name: str) -> Block:
            title, value = _("loss {name}").format(name=name), loss_value(name, e.value)
            return t.derived(f"curve_{IDS[name]}", value, lambda i: loss_formula(name, e[i]), "", title)

        losses = {name: of(name) for name in (HSE, MAE, LOG_COSH)}
        first_value = np.tanh(e.value)
        first = t.gradient("curve_first", first_value, lambda i: tanh(e[i]), "tanh e", _("slope of log-cosh"))
        value, title = 1 - first_value**2, _("slope of that")
        second = t.gradient("curve_second", value, lambda i: 1 - first[i] ** 2, "1 − tanh² e", title)
        value = (np.tanh(e.value + d) - np.tanh(e.value - d)) / (2 * d)
        both_ways = lambda i: (tanh(e[i] + h) - tanh(e[i] - h)) / (2 * h)  # noqa: E731
        quotient = t.derived("curve_quotient", value, both_ways, "", _("the same, measured"))
        value, title = e.value * first_value, _("“first times x”")
        wrong = t.derived("curve_wrong", value, lambda i: first[i] * e[i], "e·tanh e", title)
    page.check("second_check", _("1 − tanh² e = difference quotient"), second, quotient, 1e-5)
    with page.into(pictures), page.beside():
        series = tuple(Series(name, e[:], column[:]) for name, column in losses.items())
        alt = _("The square grows ever steeper, the absolute error is a V, log-cosh is round below and straight above.")
        page.chart(Chart(_("Three losses of an error e"), series, "e", "ℓ(e)", alt, columns=5, rows=18))
        names = (("tanh e", first), ("1 − tanh² e", second), (_("“first times x”"), wrong))
        series = tuple(Series(name, e[:], column[:], dashed=column is wrong) for name, column in names)
        alt = _("The slope rises from −1 to 1; its slope is a hill at 0, where “first times x” is a valley.")
        page.chart(Chart(_("Slopes of log-cosh"), series, "e", "", alt, columns=5, rows=18))
