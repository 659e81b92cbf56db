"""The sheet of one function: an x of the reader's own, the curve, and the derivative beside its difference quotient."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.activations.functions import (
    CHART_ROWS,
    LOGISTIC,
    ROWS,
    TOLERANCE,
    Function,
    Inputs,
)
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import (
    absolute,
    equal,
    if_,
    largest,
    rounded,
    smallest,
)
from workbook.text import _


def function_sheet(book: Book, p: Inputs, grid: Block, f: Function) -> Sheet:
    sheet = book.sheet(f.sheet, _(f.title), landscape=False)
    sheet.step(_(f.title), _(f.why), f"{f.math}        {f.slope_math}")
    own = _own_x(sheet, p, f)
    picture = sheet.cursor
    sheet.gap(CHART_ROWS + 1)
    tangent = _tangent(sheet, p, f, own)
    for remark in f.remarks:
        sheet.remark(_(remark))
    sheet.gap()
    sheet.step(
        _("Values, derivatives and difference quotients"),
        _("The derivative by the rule must be what the quotient measures, row by row."),
        "q = (f(x + h) − f(x − h)) / 2h",
    )
    news = sheet.cursor
    sheet.gap(4)
    columns = _table(sheet, p, grid, f)
    bottom = sheet.cursor
    sheet.chart(_curves(sheet, f, columns, own, tangent), at=(picture, 0))
    sheet.cursor = news  # the verdict stands above the long table, where a reader sees it
    _hold(sheet, p, f)
    sheet.cursor = bottom
    return sheet


def _own_x(sheet: Sheet, p: Inputs, f: Function) -> tuple[Block, Block, Block]:
    """An x of the reader's own, worked through; return it with its value and its derivative."""
    at = np.array(1.5)
    x = sheet.given(
        f"{f.id}_own_x",
        at,
        symbol="x",
        title=_("an x of your own"),
        number_format="0.00",
        valid=Between(-50, 50),
        remark=_("chosen here"),
    )
    value = f.value(p, at)
    y = sheet.derived(
        f"{f.id}_own_f",
        value,
        lambda: f.value_formula(p, x.whole()),
        symbol=f.symbol,
        title=_("value"),
        number_format="0.0000",
    )
    slope = sheet.gradient(
        f"{f.id}_own_slope",
        f.slope(p, at),
        lambda: f.slope_formula(p, x.whole(), y.whole()),
        symbol=prime(f),
        title=_("derivative"),
        number_format="0.0000",
    )
    if f.kink:
        smooth, corner = str(_("yes")), str(_("no: above is what programs take"))
        sheet.derived(
            f"{f.id}_own_smooth",
            np.asarray(smooth, dtype=object),
            lambda: if_(equal(x, 0), corner, smooth),
            title=_("has it a derivative at x?"),
            number_format="@",
        )
    template = f"{f.written},   {prime(f).replace('(x)', '({x:2})')} = {f.slope_written}{{slope:4}}"
    fields: dict[str, Any] = {
        "x": x,
        "f": y,
        "c": p.slope,
        "L": p.L,
        "k": p.k,
        "m": p.x0,
        "leak": p.leak,
        "slope": slope,
    }
    used = {key: block for key, block in fields.items() if "{" + key + ":" in template}
    sheet.sentence(f"{f.id}_own_words", template, **used)
    return x, y, slope


def _tangent(sheet: Sheet, p: Inputs, f: Function, own: tuple[Block, Block, Block]) -> tuple[Block, Block]:
    """The two ends of the tangent at the reader's x: the derivative is its slope."""
    x, y, slope = own
    at = x.value + np.array([-1, 1]) * 4 * p.by.value
    with sheet.table([_("left end of the tangent"), _("right end of the tangent")], 2) as table:
        ends = table.derived(
            f"{f.id}_tangent_x",
            at,
            None,
            each=[x - 4 * p.by, x + 4 * p.by],
            title=_("input"),
            symbol="x ∓ 4Δ",
            number_format="0.00",
        )
        heights = table.derived(
            f"{f.id}_tangent_f",
            y.value + slope.value * (at - x.value),
            lambda i: y + slope * (ends[i] - x),
            title=_("height"),
            symbol="t",
            math=f"{f.symbol} ∓ 4Δ·{prime(f)}",
            number_format="0.0000",
        )
    return ends, heights


def prime(f: Function) -> str:
    return f.symbol.replace("(", "′(")


def _table(sheet: Sheet, p: Inputs, grid: Block, f: Function) -> tuple[Block, Block, Block]:
    """Values, derivatives and quotients over the grid; return x, f(x) and f′(x)."""
    v, h = p.x, float(p.h.value)
    values, slopes = f.value(p, v), f.slope(p, v)
    before, after = f.value(p, v - h), f.value(p, v + h)
    quotients = (after - before) / (2 * h)
    near = np.round(np.abs(v) - h, 9) <= 0
    with sheet.table(Counter(""), ROWS) as table:
        x = table.derived(f"{f.id}_x", v, lambda i: grid[i], title=_("input"), symbol="x", number_format="0.00")
        y = table.derived(
            f"{f.id}_f",
            values,
            lambda i: f.value_formula(p, x[i]),
            title=_("value"),
            symbol=f.symbol,
            number_format="0.0000",
        )
        slope = table.gradient(
            f"{f.id}_slope",
            slopes,
            lambda i: f.slope_formula(p, x[i], y[i]),
            title=_("derivative"),
            symbol=prime(f),
            number_format="0.0000",
        )
        left = table.derived(
            f"{f.id}_before",
            before,
            lambda i: f.value_formula(p, x[i] - p.h),
            title=_("value h to the left"),
            symbol=f.symbol.replace("x", "x − h"),
            number_format="0.000000",
        )
        ahead = table.derived(
            f"{f.id}_after",
            after,
            lambda i: f.value_formula(p, x[i] + p.h),
            title=_("value h to the right"),
            symbol=f.symbol.replace("x", "x + h"),
            number_format="0.000000",
        )
        q = table.add(
            Block(
                f"{f.id}_q",
                Role.CHECK,
                quotients,
                title=_("difference quotient"),
                symbol="q",
                number_format="0.0000",
                formula=lambda i: (ahead[i] - left[i]) / (2 * p.h),
            )
        )
        off = np.abs(quotients - slopes)
        if f.kink:
            kink = table.derived(
                f"{f.id}_kink",
                near.astype(float),
                lambda i: if_(rounded(absolute(x[i]) - p.h, 9) <= 0, 1, 0),
                title=_("no derivative here"),
                symbol="|x| ≤ h",
                number_format='"●";;"·"',
            )
            off = np.where(near, 0.0, off)
            formula = lambda i: if_(kink[i] > 0, 0, absolute(q[i] - slope[i]))  # noqa: E731
        else:
            formula = lambda i: absolute(q[i] - slope[i])  # noqa: E731
        table.add(
            Block(
                f"{f.id}_off",
                Role.CHECK,
                off,
                formula=formula,
                title=_("apart"),
                symbol="|q − f′|",
                number_format="0.0E+00",
            )
        )
    return x, y, slope


def _curves(
    sheet: Sheet,
    f: Function,
    columns: tuple[Block, Block, Block],
    own: tuple[Block, Block, Block],
    tangent: tuple[Block, Block],
) -> Chart:
    """The function and its derivative, with the reader's own x and the tangent there."""
    x, y, slope = columns
    jumps = f.kink and not f.points  # a line would join the slopes left and right of the kink
    series = [
        Series(f.symbol, x[:], y[:], Mark.POINTS if f.points else Mark.LINE),
        Series(prime(f), x[:], slope[:], Mark.POINTS if jumps else Mark.LINE, dashed=True),
        Series(_("tangent at your x"), tangent[0][:], tangent[1][:], colour="#B3261E"),
        Series(_("your x"), own[0].whole(), own[1].whole(), Mark.POINTS, colour="#B3261E"),
    ]
    if f is LOGISTIC:
        series.append(Series("σ(x)", x[:], sheet.book["sigmoid_f"][:], colour="#3A8F4A", dashed=True))
    return Chart(
        _("{name} and its derivative").format(name=_(f.title)),
        tuple(series),
        "x",
        "",
        _(
            "The function, its derivative, and at the reader's own x a point with the tangent, whose slope is the "
            "derivative there."
        ),
        rows=CHART_ROWS,
    )


def _hold(sheet: Sheet, p: Inputs, f: Function) -> None:
    """Hold the derivative against the quotient, in proportion to the steepest slope."""
    book = sheet.book
    off, slope = book[f"{f.id}_off"], book[f"{f.id}_slope"]
    steepest = max(1.0, float(slope.value.max()), -float(slope.value.min()))
    scale = sheet.derived(
        f"{f.id}_scale",
        steepest,
        lambda: largest(1, largest(slope), -smallest(slope)),
        title=_("steepest slope, at least 1"),
        number_format="0.0000",
    )
    worst = sheet.derived(
        f"{f.id}_worst", off.value.max(), lambda: largest(off), title=_("largest distance"), number_format="0.0E+00"
    )
    sheet.check(
        f"{f.id}_holds",
        _("{name}: f′ against quotient").format(name=_(f.title)),
        worst,
        p.zero,
        TOLERANCE,
        scale=scale,
    )
