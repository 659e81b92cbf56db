"""Sheets Losses, LossCurves, LossChoice and LossTraining: log-cosh and absolute error in place of the half squared error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.rent_yield.survey import Array, Scaled, Start, Weights, going_back, keep_free
from workbook.block import Between, Block, Counter, OneOf, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import (
    Direction,
    Expr,
    Operand,
    absolute,
    as_expr,
    call,
    dot,
    equal,
    exp,
    if_,
    ln,
    number_of,
    tanh,
    total,
)
from workbook.sheet import Sheet, Table
from workbook.text import _

HSE, LOG_COSH, MAE = LOSSES = ("HSE", "log-cosh", "MAE")
NEARLY_ZERO = 1e-9
"""An error below this counts as none, for the sign: rounding could turn it either way."""

MOST_ROWS = 60
"""For more rows, the run with another loss is left out: it needs a cell for every row in every epoch."""


def loss_value(name: str, r: Array) -> Array:
    """Return a loss of every error by NumPy."""
    size = np.abs(r)
    return {HSE: r**2 / 2, MAE: size, LOG_COSH: size + np.log1p(np.exp(-2 * size)) - np.log(2)}[name]


def loss_slope(name: str, r: Array) -> Array:
    """Return its derivative by NumPy."""
    return {HSE: r, MAE: np.where(np.abs(r) <= NEARLY_ZERO, 0.0, np.sign(r)), LOG_COSH: np.tanh(r)}[name]


def log_cosh(r: Operand) -> Expr:
    """The formula of ln(cosh r) in a form that cannot overflow: COSH(711) is an error, |r| is not."""
    size = absolute(r)
    return size + ln(1 + exp(-2 * size)) - ln(2)


def losses_sheets(book: Book, scaled: Scaled, start: Start, best: Weights, chosen: str) -> None:
    """Add the three losses row by row, their curves, and a training run with the one that the reader chooses."""
    nearly_zero = _losses_sheet(book, scaled, start)
    _curves_sheet(book)
    if scaled.n <= MOST_ROWS:
        _training_sheets(book, scaled, start, best, chosen, nearly_zero)


# ---------------------------------------------------------------------------------------------- row by row


def _losses_sheet(book: Book, scaled: Scaled, start: Start) -> Block:
    sheet = book.sheet("Losses", _("Other losses: the same errors, weighed differently"))
    sheet.step(
        _("Weigh the first errors in three ways"),
        _("The loss decides how much a big miss counts: squared it shouts, absolute it speaks, log-cosh turns from one to the other."),
        "HSE = ½·r²        MAE: |r|        log-cosh = ln(cosh r)        r = Y_pred − y",
    )
    sheet.text(_("Here r is the error with its sign turned, so that a slope of the loss in r is a slope in Y_pred, without a minus."))
    sheet.math("ln(cosh r) = |r| + ln(1 + e^(−2|r|)) − ln 2")
    sheet.text(_("The second form is the same number, but its exponential never overflows. All three are summed over the rows, as before."))
    sheet.remark(_("The article says that MAE and RMSE both have a constant gradient and that this helps. Only MAE's is constant, ±1 for every miss,"))
    sheet.remark(_("and it hinders: steps do not shorten near the floor. RMSE's gradient is Σr·∂r divided by n·RMSE, and changes with the errors."))
    nearly_zero = sheet.recorded("nearly_zero", NEARLY_ZERO, title=_("an error this small counts as 0 for the sign"), number_format="0.0E+00")
    sheet.gap()
    above = keep_free(sheet, 3)
    with sheet.table(Counter("i = "), scaled.n) as t:
        r = _first_errors(t, scaled, start)
        slopes = _loss_columns(t, r, nearly_zero)
    with going_back(sheet, above):
        sheet.sentence("loss_first", "i = 1:   r = {r:4}        ½·r² = {H:4}        |r| = {A:4}        ln(cosh r) = {L:4}        tanh r = {s:4}",
                       r=r[0], H=book["loss_HSE"][0], A=book["loss_MAE"][0], L=book["loss_log_cosh"][0], s=slopes[LOG_COSH][0])  # fmt: skip
    _gradients(sheet, scaled, slopes)
    return nearly_zero


def _first_errors(t: Table, scaled: Scaled, start: Start) -> Block:
    value = start.C.value + start.m.value * scaled.x.value - scaled.y.value
    return t.derived("r", value, lambda i: start.C + start.m * scaled.x[i] - scaled.y[i], title=_("error"), symbol="r", math="Y_pred − y")


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
        slopes[name] = t.gradient(id, loss_slope(name, R), formula, title=_("slope of {name}").format(name=name), math=math)
        _sum(t, slopes[name], Role.GRADIENT)
    tanh_r = slopes[LOG_COSH]
    t.gradient("second_log_cosh", 1 - np.tanh(R) ** 2, lambda i: 1 - tanh_r[i] ** 2,
               title=_("second derivative of log-cosh"), math="1 − tanh² r")  # fmt: skip
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
        t.add(Block("losses_dC", Role.GRADIENT, np.array([c.value.sum() for c in columns]), each=[total(c) for c in columns],
                    title=_("total slope in C"), symbol="dC"))  # fmt: skip
        t.add(Block("losses_dm", Role.GRADIENT, np.array([c.value @ scaled.x.value for c in columns]),
                    each=[dot(c, scaled.x) for c in columns], title=_("total slope in m"), symbol="dm"))  # fmt: skip
    if scaled.n > MOST_ROWS:
        sheet.remark(_("With more than {rows} rows the run with another loss is left out: it needs a cell for every row in every epoch.").format(rows=MOST_ROWS))  # fmt: skip


# ---------------------------------------------------------------------------------------------- curves


def _curves_sheet(book: Book) -> None:
    sheet = book.sheet("LossCurves", _("Loss curves: the loss, its slope, and the slope's slope"))
    sheet.step(
        _("Draw the losses and their derivatives"),
        _("Near 0 log-cosh is half the square; far out it is a straight line whose slope never exceeds 1."),
        "(ln cosh r)′ = tanh r        (ln cosh r)″ = 1 − tanh² r",
    )
    sheet.remark(_("The article says that the second derivative is the first times x. It is 1 − tanh² r: the difference quotient of the slope agrees."))
    h = sheet.given("curve_h", 0.001, symbol="h", title=_("nudge"), valid=Between(0.0001, 0.1), number_format="0.0000", remark=_("chosen here"))
    sheet.gap()
    chart_row = keep_free(sheet, 19)
    R = np.arange(-12, 13) / 4
    with sheet.table(Counter(""), len(R)) as t:
        r = t.given("curve_r", R, title=_("error"), symbol="r", number_format="0.00", valid=Between(-300, 300))
        losses = [
            t.derived(f"curve_{id}", loss_value(name, R), formula, title=_("loss {name}").format(name=name), math=math)
            for id, name, formula, math in (
                ("HSE", HSE, lambda i: r[i] ** 2 / 2, "½·r²"),
                ("MAE", MAE, lambda i: absolute(r[i]), "|r|"),
                ("log_cosh", LOG_COSH, lambda i: log_cosh(r[i]), "ln(cosh r)"),
            )
        ]
        first = t.gradient("curve_first", np.tanh(R), lambda i: tanh(r[i]), title=_("slope of log-cosh"), math="tanh r")
        second = t.gradient("curve_second", 1 - np.tanh(R) ** 2, lambda i: 1 - first[i] ** 2,
                            title=_("second derivative of log-cosh"), math="1 − tanh² r")  # fmt: skip
        d = float(h.value)
        quotient = t.add(
            Block("curve_quotient", Role.CHECK, (np.tanh(R + d) - np.tanh(R - d)) / (2 * d),
                  formula=lambda i: (tanh(r[i] + h) - tanh(r[i] - h)) / (2 * h), title=_("quotient of the slope"))  # fmt: skip
        )
        wrong = t.derived("curve_wrong", R * np.tanh(R), lambda i: first[i] * r[i], title=_("“first times x”"), math="r·tanh r")
    sheet.check("second_check", _("1 − tanh² r against the difference quotient"), second, quotient, 1e-5)
    _curve_charts(sheet, chart_row, r, losses, [first, second, wrong])


def _curve_charts(sheet: Sheet, row: int, r: Block, losses: list[Block], slopes: list[Block]) -> None:
    with going_back(sheet, row), sheet.beside():
        sheet.chart(
            Chart(
                title=_("Three losses of an error r"),
                series=tuple(Series(name, r[:], column[:]) for name, column in zip(LOSSES, losses, strict=True)),
                x_title="r", y_title="ℓ(r)", columns=4, rows=18,
                alt=_("The square grows ever steeper, the absolute error is a V, log-cosh is round at the bottom and straight further out."),
            )  # fmt: skip
        )
        names = ("tanh r", "1 − tanh² r", _("“first times x”"))
        sheet.chart(
            Chart(
                title=_("Derivatives of log-cosh"),
                series=tuple(
                    Series(name, r[:], column[:], dashed=column is slopes[-1]) for name, column in zip(names, slopes, strict=True)
                ),
                x_title="r", y_title="", columns=4, rows=18,
                alt=_("The slope rises from −1 to 1; its slope is a hill of height 1 at 0; “first times x” is a valley there instead."),
            )  # fmt: skip
        )


# ---------------------------------------------------------------------------------------------- training


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


def _training_sheets(book: Book, scaled: Scaled, start: Start, best: Weights, chosen: str, nearly_zero: Block) -> None:
    sheet = book.sheet("LossChoice", _("Swap the loss, and descend again"))
    sheet.step(
        _("Choose a loss"),
        _("The same start and the same rows: see what another loss makes of the path, and of the line."),
    )
    choice = Choice(
        sheet.given("loss_choice", np.asarray(chosen, dtype=object), title=_("loss"), valid=OneOf(LOSSES), number_format="@",
                    remark=_("HSE, log-cosh or MAE")),
        sheet.given("loss_lr", float(start.lr.value), symbol="lr", title=_("learning rate for this run"), valid=Between(0, 1),
                    number_format="0.00####", remark=_("with MAE also try 0.001: a smaller rate, a smaller zigzag")),
    )  # fmt: skip
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
        _("Only the square multiplies out into five sums; for another loss each row's error must be seen again in each epoch."),
        "r = C + m·x − y        dC = Σ ℓ′(r)        dm = Σ ℓ′(r)·x",
    )
    sheet.text(_("Beyond a hundred times the first total the weights stand still: the learning rate is then far too large."))
    X, Y, n, name = scaled.x.value, scaled.y.value, scaled.n, str(choice.name.value)
    R, C_value, m_value = train(X, Y, float(start.C.value), float(start.m.value), float(choice.lr.value), name, epochs)
    values, slope_values = loss_value(name, R), loss_slope(name, R)
    first_matrix = 7
    top = keep_free(sheet, 2)
    x = _across(sheet, "x_across", scaled.x, "x", top, first_matrix)
    y = _across(sheet, "y_across", scaled.y, "y", top + 1, first_matrix)
    with sheet.table(Counter("t = ", start=0), epochs + 1) as t:
        sheet.freeze = (t.first_row, 1)
        epoch = t.derived("loss_epoch", np.arange(epochs + 1), lambda t: number_of(t), title=_("epoch"), symbol="t", number_format="0")
        wild: Expr
        C = _sequence(t, "loss_C", C_value, "C", _("intercept"), lambda t: if_(L[t - 1] > 100 * L[0], C[t - 1], C[t - 1] - choice.lr * dC[t - 1]), lambda: start.C)
        m = _sequence(t, "loss_m", m_value, "m", _("slope"), lambda t: if_(L[t - 1] > 100 * L[0], m[t - 1], m[t - 1] - choice.lr * dm[t - 1]), lambda: start.m)
        L = _sequence(t, "loss_total", values.sum(axis=1), "L", _("total loss"), lambda t: total(losses[t, :]), lambda: total(losses[0, :]))
        dC = _sequence(t, "loss_dC", slope_values.sum(axis=1), "dC", _("total slope in C"), lambda t: total(slopes[t, :]), lambda: total(slopes[0, :]))
        dm = _sequence(t, "loss_dm", slope_values @ X, "dm", _("total slope in m"), lambda t: dot(slopes[t, :], x[:]), lambda: dot(slopes[0, :], x[:]))
        r = t.derived("loss_r", R, lambda t, i: C[t] + m[t] * x[i] - y[i], title=_("error r of every row"), columns=Counter("i = "))
        losses = t.derived(
            "loss_each", values, lambda t, i: choice.pick(r[t, i] ** 2 / 2, log_cosh(r[t, i]), absolute(r[t, i])),
            title=_("its loss ℓ(r)"), columns=Counter("i = "),
        )  # fmt: skip
        slopes = t.gradient(
            "loss_slope", slope_values,
            lambda t, i: choice.pick(r[t, i], tanh(r[t, i]), slope_of_absolute(r[t, i], nearly_zero)),
            title=_("the slope ℓ′(r)"), columns=Counter("i = "),
        )  # fmt: skip
    return epoch, C, m, L
