"""Sheets FirstPass and GradientCheck: predict, measure the error, and ask how it answers to C and m."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.rent_yield.survey import (
    ARTICLE_C,
    ARTICLE_LR,
    ARTICLE_M,
    Array,
    Scaled,
    Start,
    Survey,
    between,
    going_back,
    keep_free,
)
from workbook.block import Between, Block, Counter, Formula, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet, Table
from workbook.formula import Operand, as_expr, equal, if_, total
from workbook.sheet import Kind
from workbook.text import _


@dataclass(frozen=True)
class Pass:
    """One pass over the rows: per row (n,), and the totals beneath (scalars)."""

    prediction: Block
    error: Block
    HSE: Block
    dC_rows: Block
    dm_rows: Block
    loss: Block
    dC: Block
    dm: Block


def first_pass_sheet(book: Book, survey: Survey, scaled: Scaled, start: Start) -> Pass:
    """Add the article's table, columns A to F and what follows from them."""
    sheet = book.sheet("Article", _("The article's table: predict, measure, differentiate"), kind=Kind.ARTICLE)
    _weights(sheet, start)
    chart_row = sheet.cursor
    keep_free(sheet, 12)
    sheet.step(
        _("Predict every row and measure how far off the line is"),
        _("The half squared error weighs every miss; its derivatives tell which way C and m should move."),
        "Y_pred = C + m·x        e = y − Y_pred        HSE = ½·e²        ∂HSE/∂C = −e        ∂HSE/∂m = −e·x",
    )
    sheet.remark(
        _(
            "The article calls this loss RMSE and “quadratic loss”; what it computes is half the "
            "squared error: no mean, no root."
        )
    )
    sheet.remark(
        _("Totals are SUMS over the rows, not means: the article argues that a mean would only shrink each step.")
    )
    said = keep_free(sheet, 7)
    with sheet.table(Counter("i = "), survey.n) as t:
        E = _article_columns(t, survey, scaled, start)
        done = add_pass(t, "pass1", scaled, start.C, start.m, float(start.C.value), float(start.m.value))
    with going_back(sheet, said):
        _sentences(sheet, scaled, start, done)
        low, high = scaled.y_min, scaled.y_max
        apart = sheet.derived(
            "y_differ",
            1.0,
            lambda: if_(equal(high, low), 0, 1),
            title=_("do the values of column C differ? 1 yes"),
            number_format="0",
        )
        sheet.check("pass1_closed", _("column E is the prediction"), E, done.prediction, 1e-9, applies=apart)
    _chart(sheet, survey, scaled, done, chart_row)
    return done


def _weights(sheet: Sheet, start: Start) -> None:
    """Show the weights and the learning rate above the table, as the article does."""
    for id, block, title, article in (
        ("article_C", start.C, _("intercept"), ARTICLE_C),
        ("article_m", start.m, _("slope"), ARTICLE_M),
        ("article_lr", start.lr, _("learning rate"), ARTICLE_LR),
    ):
        sheet.derived(
            id,
            block.value,
            _same(block),
            symbol=block.symbol,
            title=title,
            number_format="0.00####",
            remark=_("printed in the article: {number}").format(number=article),
        )
    sheet.gap()


def _same(block: Block) -> Formula:
    return lambda: block


def _article_columns(t: Table, survey: Survey, scaled: Scaled, start: Start) -> Block:
    """Add columns A to F in the article's order; return column E, the scaled prediction."""
    C, m, x, low, high = start.C, start.m, scaled.x, scaled.y_min, scaled.y_max
    named = {"x": survey.x_name, "y": survey.y_name}
    _linked(t, "A", scaled.area, f"A · {survey.x_name}", survey.x_unit)
    raw = scaled.raw_y_value(C.value + m.value * x.value)
    B = t.derived(
        "pass1_B",
        raw,
        lambda i: scaled.raw_y(C + m * x[i]),
        title=_("B · {y}, predicted").format(**named),
        unit=survey.y_unit,
        number_format="#,##0.00",
    )
    _linked(t, "C", scaled.rent, _("C · {y}, actual").format(**named), survey.y_unit)
    _linked(t, "D", x, _("D · {x}, scaled").format(**named), "x")
    E = t.derived(
        "pass1_E",
        (raw - low.value) / (high.value - low.value),
        lambda i: between(low, high, B[i]),
        title=_("E · {y}, predicted, scaled").format(**named),
        symbol="y_pred",
    )
    _linked(t, "F", scaled.y, _("F · {y}, scaled").format(**named), "y")
    return E


def _linked(t: Table, letter: str, block: Block, title: str, symbol: str) -> None:
    t.derived(
        f"pass1_{letter}",
        block.value,
        lambda i: block[i],
        title=title,
        symbol=symbol,
        number_format=block.number_format,
    )


def add_pass(t: Table, id: str, scaled: Scaled, C: Block, m: Block, C_value: float, m_value: float) -> Pass:
    """Add prediction, error, half squared error and the two derivatives, with totals beneath."""
    x, y = scaled.x, scaled.y
    e = y.value - (C_value + m_value * x.value)
    prediction = t.derived(
        f"{id}_prediction",
        C_value + m_value * x.value,
        lambda i: C + m * x[i],
        title=_("prediction"),
        symbol="Y_pred",
        math="C + m·x",
    )
    error = t.derived(f"{id}_error", e, lambda i: y[i] - prediction[i], title=_("error"), symbol="e", math="y − Y_pred")
    HSE = t.derived(
        f"{id}_HSE", e**2 / 2, lambda i: error[i] ** 2 / 2, title=_("half the squared error"), symbol="HSE", math="½·e²"
    )
    dC = t.gradient(f"{id}_dC", -e, lambda i: -error[i], title=_("slope in C"), symbol="∂HSE/∂C", math="−e")
    dm = t.gradient(
        f"{id}_dm", -e * x.value, lambda i: -error[i] * x[i], title=_("slope in m"), symbol="∂HSE/∂m", math="−e·x"
    )
    return Pass(
        prediction,
        error,
        HSE,
        dC,
        dm,
        _total(t, f"{id}_loss", "ΣHSE", _("total loss"), HSE, Role.DERIVED),
        _total(t, f"{id}_dC_total", "ΣdHSE/dC", _("total slope in C"), dC, Role.GRADIENT),
        _total(t, f"{id}_dm_total", "ΣdHSE/dm", _("total slope in m"), dm, Role.GRADIENT),
    )


def _total(t: Table, id: str, symbol: str, title: str, column: Block, role: Role) -> Block:
    block = Block(id, role, column.value.sum(), formula=lambda: total(column), symbol=symbol, title=title)
    return t.total(under=column, block=block)


def _sentences(sheet: Sheet, scaled: Scaled, start: Start, done: Pass) -> None:
    sheet.sentence(
        "pass1_one_row",
        "i = 2:   Y_pred = {C:4} + {m:4p}·{x:4} = {p:4}        e = {y:4} − {p:4p} = {e:4}        "
        "HSE = ½·{e:4p}² = {H:4}"
        "        ∂HSE/∂C = {dC:4}        ∂HSE/∂m = {dC:4}·{x:4} = {dm:4}",
        C=start.C,
        m=start.m,
        x=scaled.x[1],
        y=scaled.y[1],
        p=done.prediction[1],
        e=done.error[1],
        H=done.HSE[1],
        dC=done.dC_rows[1],
        dm=done.dm_rows[1],
    )
    sheet.sentence(
        "pass1_total_sentence",
        _("All rows together:   ΣHSE = {loss:4}        ΣdHSE/dC = {dC:3}        ΣdHSE/dm = {dm:3}"),
        loss=done.loss,
        dC=done.dC,
        dm=done.dm,
    )
    sheet.printed("printed_dC", _("ΣdHSE/dC as printed"), done.dC, 5.040, 3)
    sheet.printed("printed_dm", _("ΣdHSE/dm as printed"), done.dm, 2.279, 3)


def _chart(sheet: Sheet, survey: Survey, scaled: Scaled, done: Pass, row: int) -> None:
    sheet.chart(
        Chart(
            title=_("The data, scaled, and the first line"),
            series=(
                Series(_("actual y"), scaled.x[:], scaled.y[:], Mark.POINTS, "#3A8F4A"),
                Series(_("first line C + m·x"), scaled.x[:], done.prediction[:], Mark.BOTH, "#D1711B"),
            ),
            x_title=_("x: {x}, scaled").format(x=survey.x_name),
            y_title=_("y: {y}, scaled").format(y=survey.y_name),
            alt=_("Green points: the rows. Orange: the first line's prediction for each; the gaps are the errors."),
            columns=6,
            rows=17,
        ),
        at=(row, 8),
    )


# ---------------------------------------------------------------------------------------------- gradient check


def gradient_check_sheet(book: Book, scaled: Scaled, start: Start, done: Pass) -> None:
    """Hold both derivatives against difference quotients of the total."""
    sheet = book.sheet("CheckByTrial", _("Check by trial: are the slopes right?"), landscape=False)
    sheet.step(
        _("Nudge C, then m, and watch the total"),
        _(
            "A derivative claims how fast the total changes; a small nudge both ways measures the "
            "same without any calculus."
        ),
        "∂L/∂C ≈ (L(C + h) − L(C − h)) / 2h        ∂L/∂m ≈ (L(m + h) − L(m − h)) / 2h        L = ΣHSE",
    )
    h = sheet.given(
        "h",
        0.001,
        symbol="h",
        title=_("nudge"),
        valid=Between(0.0001, 0.1),
        number_format="0.0000",
        remark=_("chosen here"),
    )
    sheet.gap()
    above = keep_free(sheet, 7)
    C, m = start.C, start.m
    with sheet.table(Counter("i = "), scaled.n) as t:
        L = {
            name: _nudged(t, scaled, name, title, where, value)
            for name, title, where, value in (
                ("C_up", "HSE(C + h, m)", (C + h, m), (C.value + h.value, m.value)),
                ("C_down", "HSE(C − h, m)", (C - h, m), (C.value - h.value, m.value)),
                ("m_up", "HSE(C, m + h)", (C, m + h), (C.value, m.value + h.value)),
                ("m_down", "HSE(C, m − h)", (C, m - h), (C.value, m.value - h.value)),
            )
        }
    with going_back(sheet, above):
        for weight, exact in (("C", done.dC), ("m", done.dm)):
            _quotient(sheet, weight, L[f"{weight}_up"], L[f"{weight}_down"], h, exact)


def _nudged(
    t: Table, scaled: Scaled, name: str, title: str, where: tuple[Operand, Operand], value: tuple[Array, Array]
) -> Block:
    """Add the half squared error of every row for one nudged weight; return its total."""
    C, m = (as_expr(operand) for operand in where)
    x, y = scaled.x, scaled.y
    column = t.derived(
        f"nudged_{name}",
        (y.value - value[0] - value[1] * x.value) ** 2 / 2,
        lambda i: (y[i] - (C + m * x[i])) ** 2 / 2,
        title=title,
        number_format="0.000000",
    )
    return t.total(
        column,
        Block(
            f"nudged_{name}_total",
            Role.DERIVED,
            column.value.sum(),
            formula=lambda: total(column),
            number_format="0.000000",
        ),
    )


def _quotient(sheet: Sheet, weight: str, up: Block, down: Block, h: Block, exact: Block) -> None:
    quotient = sheet.derived(
        f"quotient_{weight}",
        (up.value - down.value) / (2 * h.value),
        lambda: (up - down) / (2 * h),
        title=_("difference quotient in {weight}").format(weight=weight),
        number_format="0.000000",
    )
    sheet.sentence(
        f"quotient_{weight}_sentence",
        "({up:8} − {down:8}) / (2·{h:4}) = {quotient:4}",
        up=up,
        down=down,
        h=h,
        quotient=quotient,
    )
    sheet.check(
        f"gradient_{weight}",
        _("ΣdHSE/d{weight}: formula = quotient").format(weight=weight),
        exact,
        quotient,
        1e-6,
    )
