"""Sheets Losses, LossCurves, LossChoice, LossTraining: log-cosh and absolute error instead of the half square."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scenarios.rent_yield.survey import Array, Scaled, Start, Weights, going_back, keep_free
from workbook.block import Between, Block, Counter, OneOf, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import (
    Direction,
    Expr,
    Index,
    Key,
    Number,
    Operand,
    absolute,
    call,
    dot,
    equal,
    exp,
    if_,
    ln,
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
    values: dict[str, Array] = {HSE: r**2 / 2, MAE: size, LOG_COSH: size + np.log1p(np.exp(-2 * size)) - np.log(2)}
    return values[name]


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


# ---------------------------------------------------------------------------------------------- curves


def _curves_sheet(book: Book) -> None:
    sheet = book.sheet("LossCurves", _("Loss curves: the loss, its slope, and the slope's slope"), landscape=False)
    sheet.step(
        _("Draw the losses and their derivatives"),
        _("Near 0 log-cosh is half the square; far out it is a straight line whose slope never exceeds 1."),
        "(ln cosh r)′ = tanh r        (ln cosh r)″ = 1 − tanh² r",
    )
    sheet.remark(
        _(
            "The article says that the second derivative is the first times x. It is 1 − tanh² r: "
            "the difference quotient of the slope agrees."
        )
    )
    h = sheet.given(
        "curve_h",
        0.001,
        symbol="h",
        title=_("nudge"),
        valid=Between(0.0001, 0.1),
        number_format="0.0000",
        remark=_("chosen here"),
    )
    sheet.gap()
    chart_row = keep_free(sheet, 19)
    R = np.arange(-12, 13) / 4
    with sheet.table(Counter(""), len(R)) as t:
        r = t.given("curve_r", R, title=_("error"), symbol="r", number_format="0.00", valid=Between(-300, 300))
        losses = {
            name: t.derived(
                f"curve_{id}", loss_value(name, R), formula, title=_("loss {name}").format(name=name), math=math
            )
            for id, name, formula, math in (
                ("HSE", HSE, lambda i: r[i] ** 2 / 2, "½·r²"),
                ("MAE", MAE, lambda i: absolute(r[i]), "|r|"),
                ("log_cosh", LOG_COSH, lambda i: log_cosh(r[i]), "ln(cosh r)"),
            )
        }
        first = t.gradient("curve_first", np.tanh(R), lambda i: tanh(r[i]), title=_("slope of log-cosh"), math="tanh r")
        second = t.gradient(
            "curve_second",
            1 - np.tanh(R) ** 2,
            lambda i: 1 - first[i] ** 2,
            title=_("second derivative of log-cosh"),
            math="1 − tanh² r",
        )
        d = float(h.value)
        quotient = t.add(
            Block(
                "curve_quotient",
                Role.CHECK,
                (np.tanh(R + d) - np.tanh(R - d)) / (2 * d),
                formula=lambda i: (tanh(r[i] + h) - tanh(r[i] - h)) / (2 * h),
                title=_("quotient of the slope"),
            )
        )
        wrong = t.derived(
            "curve_wrong", R * np.tanh(R), lambda i: first[i] * r[i], title=_("“first times x”"), math="r·tanh r"
        )
    sheet.check("second_check", _("1 − tanh² r against the difference quotient"), second, quotient, 1e-5)
    _curve_charts(sheet, chart_row, r, losses, [first, second, wrong])


def _curve_charts(sheet: Sheet, row: int, r: Block, losses: dict[str, Block], slopes: list[Block]) -> None:
    with going_back(sheet, row), sheet.beside():
        sheet.chart(
            Chart(
                title=_("Three losses of an error r"),
                series=tuple(Series(name, r[:], column[:]) for name, column in losses.items()),
                x_title="r",
                y_title="ℓ(r)",
                columns=4,
                rows=18,
                alt=_(
                    "The square grows ever steeper, the absolute error is a V, log-cosh is round "
                    "at the bottom and straight further out."
                ),
            )
        )
        names = ("tanh r", "1 − tanh² r", _("“first times x”"))
        sheet.chart(
            Chart(
                title=_("Derivatives of log-cosh"),
                series=tuple(
                    Series(name, r[:], column[:], dashed=column is slopes[-1])
                    for name, column in zip(names, slopes, strict=True)
                ),
                x_title="r",
                y_title="",
                columns=4,
                rows=18,
                alt=_(
                    "The slope rises from −1 to 1; its slope is a hill of height 1 at 0; “first "
                    "times x” is a valley there instead."
                ),
            )
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
