"""Sheet Losses: the half squared error, log-cosh and the absolute error, row by row, and their gradients."""

from __future__ import annotations

import numpy as np

from scenarios.rent_yield.survey import Array, Scaled, Start, going_back, keep_free
from workbook.block import Block, Counter, Role
from workbook.book import Book
from workbook.eager import Sheet, Table
from workbook.formula import (
    Expr,
    Operand,
    absolute,
    call,
    dot,
    exp,
    if_,
    ln,
    tanh,
    total,
)
from workbook.text import _

HSE, LOG_COSH, MAE = LOSSES = ("HSE", "log-cosh", "MAE")
NEARLY_ZERO = 1e-9
"""An error below this counts as none, for the sign: rounding could turn it either way."""

MOST_ROWS = 60
"""For more rows, the run with another loss is left out: it needs a cell for every row in every epoch."""


def loss_value(name: str, r: Array) -> Array:
    """Return a loss of every error by NumPy."""
    size = np.abs(r)
    values: dict[str, Array] = {HSE: r**2 / 2, MAE: size, LOG_COSH: size + np.log1p(np.exp(-2 * size)) - np.log(2)}
    return values[name]


def loss_slope(name: str, r: Array) -> Array:
    """Return its derivative by NumPy."""
    return {HSE: r, MAE: np.where(np.abs(r) <= NEARLY_ZERO, 0.0, np.sign(r)), LOG_COSH: np.tanh(r)}[name]


def log_cosh(r: Operand) -> Expr:
    """The formula of ln(cosh r) in a form that cannot overflow: COSH(711) is an error, |r| is not."""
    size = absolute(r)
    return size + ln(1 + exp(-2 * size)) - ln(2)


# ---------------------------------------------------------------------------------------------- the sheet


def losses_sheet(book: Book, scaled: Scaled, start: Start) -> Block:
    """Add the three losses of the first errors, their slopes and gradients; return what counts as an error of 0."""
    sheet = book.sheet("Losses", _("Other losses: the same errors, weighed differently"), landscape=False)
    sheet.step(
        _("Weigh the first errors in three ways"),
        _(
            "The loss decides how much a big miss counts: squared it shouts, absolute it speaks, "
            "log-cosh turns from one to the other."
        ),
        "HSE = ½·r²        MAE: |r|        log-cosh = ln(cosh r)        r = Y_pred − y",
    )
    sheet.text(
        _(
            "Here r is the error with its sign turned, so that a slope of the loss in r is a slope "
            "in Y_pred, without a minus."
        )
    )
    sheet.math("ln(cosh r) = |r| + ln(1 + e^(−2|r|)) − ln 2")
    sheet.text(
        _(
            "The second form is the same number, but its exponential never overflows. All three "
            "are summed over the rows, as before."
        )
    )
    sheet.remark(
        _(
            "The article says that MAE and RMSE both have a constant gradient and that this helps. "
            "Only MAE's is constant, ±1 for every miss, and it hinders: steps do not shorten near "
            "the floor. RMSE's gradient, Σr·∂r / "
            "(n·RMSE), gives every row a share that grows with its miss."
        )
    )
    nearly_zero = sheet.recorded("nearly_zero", NEARLY_ZERO, title=_("errors that count as 0"), number_format="0.0E+00")
    sheet.gap()
    above = keep_free(sheet, 3)
    with sheet.table(Counter("i = "), scaled.n) as t:
        r = _first_errors(t, scaled, start)
        slopes = _loss_columns(t, r, nearly_zero)
    with going_back(sheet, above):
        sheet.sentence(
            "loss_first",
            "i = 1:   r = {r:4}        ½·r² = {H:4}        |r| = {A:4}        ln(cosh r) = {L:4}        tanh r = {s:4}",
            r=r[0],
            H=book["loss_HSE"][0],
            A=book["loss_MAE"][0],
            L=book["loss_log_cosh"][0],
            s=slopes[LOG_COSH][0],
        )
    _gradients(sheet, scaled, slopes)
    return nearly_zero


def _first_errors(t: Table, scaled: Scaled, start: Start) -> Block:
    value = start.C.value + start.m.value * scaled.x.value - scaled.y.value
    return t.derived(
        "r",
        value,
        lambda i: start.C + start.m * scaled.x[i] - scaled.y[i],
        title=_("error"),
        symbol="r",
        math="Y_pred − y",
    )


def _loss_columns(t: Table, r: Block, nearly_zero: Block) -> dict[str, Block]:
    """Add the three losses and their first derivatives, then log-cosh's second; return the first derivatives."""
    R = r.value
    losses = (
        ("loss_HSE", HSE, lambda i: r[i] ** 2 / 2, "½·r²"),
        ("loss_MAE", MAE, lambda i: absolute(r[i]), "|r|"),
        ("loss_log_cosh", LOG_COSH, lambda i: log_cosh(r[i]), "ln(cosh r)"),
    )
    for id, name, formula, math in losses:
        column = t.derived(id, loss_value(name, R), formula, title=_("loss {name}").format(name=name), math=math)
        _sum(t, column, Role.DERIVED)
    derivatives = (
        ("slope_HSE", HSE, lambda i: r[i], "r"),
        ("slope_MAE", MAE, lambda i: slope_of_absolute(r[i], nearly_zero), "sign r"),
        ("slope_log_cosh", LOG_COSH, lambda i: tanh(r[i]), "tanh r"),
    )
    slopes = {}
    for id, name, formula, math in derivatives:
        slopes[name] = t.gradient(
            id, loss_slope(name, R), formula, title=_("slope of {name}").format(name=name), math=math
        )
        _sum(t, slopes[name], Role.GRADIENT)
    tanh_r = slopes[LOG_COSH]
    t.gradient(
        "second_log_cosh",
        1 - np.tanh(R) ** 2,
        lambda i: 1 - tanh_r[i] ** 2,
        title=_("second derivative of log-cosh"),
        math="1 − tanh² r",
    )
    return slopes


def slope_of_absolute(r: Operand, nearly_zero: Block) -> Expr:
    """The formula of the derivative of |r|: its sign."""
    return if_(absolute(r) <= nearly_zero, 0, call("SIGN", r))


def _sum(t: Table, column: Block, role: Role) -> None:
    t.total(column, Block(f"{column.id}_total", role, column.value.sum(), formula=lambda: total(column)))


def _gradients(sheet: Sheet, scaled: Scaled, slopes: dict[str, Block]) -> None:
    sheet.step(
        _("The chain rule gives each loss its gradient"),
        _("Only the slope of the loss changes; what C and m do to the prediction stays as it was: 1 and x."),
        "dC = Σ ℓ′(r)        dm = Σ ℓ′(r)·x",
    )
    columns = [slopes[name] for name in LOSSES]
    with sheet.table(list(LOSSES), len(LOSSES)) as t:
        t.add(
            Block(
                "losses_dC",
                Role.GRADIENT,
                np.array([c.value.sum() for c in columns]),
                each=[total(c) for c in columns],
                title=_("total slope in C"),
                symbol="dC",
            )
        )
        t.add(
            Block(
                "losses_dm",
                Role.GRADIENT,
                np.array([c.value @ scaled.x.value for c in columns]),
                each=[dot(c, scaled.x) for c in columns],
                title=_("total slope in m"),
                symbol="dm",
            )
        )
    if scaled.n > MOST_ROWS:
        sheet.remark(
            _(
                "With more than {rows} rows the run with another loss is left out: it needs a cell "
                "for every row in every epoch."
            ).format(rows=MOST_ROWS)
        )
