"""A function of one variable: its run, the step to look at with its tangent, and the curve behind the chart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbook.block import Between, Block, Role
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import Expr, as_expr, call, largest, pick
from workbook.sheet import Adder
from workbook.text import _

Array = NDArray[np.float64]

STEPS = 30
"""Steps of each run in one variable."""
CURVE_POINTS = 41
LARGEST_RATE = 1.1
"""With η = 1.1 a step multiplies the distance by −1.2: thirty of them by 237, so that no run can overflow."""
H = 0.001
ORANGE, RED, GREY, BLUE, GREEN = "#D1711B", "#B3261E", "#555B66", "#1F6FB2", "#3A8F4A"


@dataclass(frozen=True)
class Function:
    """A function of one variable with its slope, in both notations.

    Attributes
    ----------
    id : prefix of its blocks
    uphill : whether a run climbs
    """

    id: str
    math: str
    slope_math: str
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    value_formula: Callable[[Expr], Expr]
    slope_formula: Callable[[Expr], Expr]
    uphill: bool = False


SQUARE = Function("bowl", "x²", "2x", np.square, lambda x: 2 * x, lambda x: x**2, lambda x: 2 * x)
HILL = Function(
    "hill",
    "1 + 2x − x²",
    "2 − 2x",
    lambda x: 2 - (x - 1) ** 2,
    lambda x: -2 * (x - 1),
    lambda x: 1 + 2 * x - x**2,
    lambda x: 2 - 2 * x,
    uphill=True,
)


@dataclass(frozen=True)
class Run:
    """The columns of a run: step, position, slope, height."""

    t: Block
    x: Block
    slope: Block
    y: Block


def walk(function: Function, start: float, rate: float, steps: int = STEPS) -> Array:
    """Return the positions from the start on."""
    x = np.full(steps + 1, start)
    for t in range(steps):
        move = rate * function.slope(x[t])
        x[t + 1] = x[t] + move if function.uphill else x[t] - move
    return x


def counted(table: Adder, id: str, steps: int) -> Block:
    """Add the column of step numbers 0, 1, 2 …"""
    t = table.derived(
        id,
        np.arange(steps + 1.0),
        lambda i: t[i - 1] + 1,
        first=lambda: 0,
        title=_("step t"),
        symbol="t",
        number_format="0",
    )
    return t


def run_table(sheet: Sheet, f: Function, start: Block, rate: Block, h: Block) -> Run:
    """Lay out a run, with the slope held against a difference quotient at every step."""
    path, step = walk(f, float(start.value), float(rate.value)), float(h.value)
    quotients = (f.value(path + step) - f.value(path - step)) / (2 * step)
    moves = (1 if f.uphill else -1) * float(rate.value) * f.slope(path)
    with sheet.table(None, len(path)) as table:
        t = counted(table, f"{f.id}_t", STEPS)
        x = table.updated(
            f"{f.id}_x",
            path,
            lambda t: x[t - 1] + move[t - 1],
            first=start.whole,
            title=_("position"),
            symbol="x",
            math="x + Δx",
        )
        height = {"title": _("height"), "symbol": "y", "math": f.math}
        y = table.derived(f"{f.id}_y", f.value(path), lambda t: f.value_formula(x[t]), **height)
        bend = {"title": _("slope"), "symbol": "f′(x)", "math": f.slope_math}
        slope = table.gradient(f"{f.id}_slope", f.slope(path), lambda t: f.slope_formula(x[t]), **bend)
        move = table.derived(
            f"{f.id}_move",
            moves,
            lambda t: rate * slope[t] if f.uphill else -(rate * slope[t]),
            title=_("next move"),
            symbol="Δx",
            math="+η·f′(x)" if f.uphill else "−η·f′(x)",
        )
        near = table.add(
            Block(
                f"{f.id}_quotient",
                Role.CHECK,
                quotients,
                title=_("difference quotient"),
                symbol="Δf / 2h",
                formula=lambda t: (f.value_formula(x[t] + h) - f.value_formula(x[t] - h)) / (2 * h),
            )
        )
    sign = "+" if f.uphill else "−"
    first = f"x₁ = {{x:4}} {sign} {{r:4}}·{{s:4p}} = {{y:4}}"
    sheet.sentence(f"{f.id}_first", first, x=x[0], r=rate, s=slope[0], y=x[1])
    last = _("After {t:0} steps: x = {x:4}, y = {y:4}, slope {s:4}.")
    sheet.sentence(f"{f.id}_last", last, t=t[STEPS], x=x[STEPS], y=y[STEPS], s=slope[STEPS])
    sheet.check(f"{f.id}_gradient", _("slope of {function} = quotients").format(function=f.math), near, slope, 1e-4)
    return Run(t, x, slope, y)


def drawn_curve(sheet: Sheet, f: Function, run: Run, middle: int) -> tuple[Block, Block]:
    """Tabulate the curve to be drawn: from its middle as far as the run reaches, to both sides."""
    sheet.step(
        _("The curve behind the chart"),
        _("It is tabulated as far to both sides as the run reaches, so that the chart follows every change."),
    )
    wide = max(1.0, float(np.abs(run.x.value - middle).max()))
    reach = sheet.derived(
        f"{f.id}_reach",
        wide,
        lambda: largest(call("MAX", run.x) - middle, middle - call("MIN", run.x), 1),
        title=_("it reaches as far as"),
        number_format="0.00",
    )
    intervals = intervals_of(sheet, f.id)
    u = np.linspace(-1, 1, CURVE_POINTS)
    two = {"number_format": "0.00"}
    with sheet.table(None, CURVE_POINTS) as table:
        part = table.derived(
            f"{f.id}_u",
            u,
            lambda i: part[i - 1] + 2 / intervals,
            first=lambda: -1,
            title=_("from −1 to 1"),
            symbol="u",
            **two,
        )
        x = table.derived(
            f"{f.id}_curve_x",
            middle + wide * u,
            lambda i: middle + reach * part[i],
            title=_("position"),
            symbol="x",
            **two,
        )
        y = table.derived(
            f"{f.id}_curve_y",
            f.value(middle + wide * u),
            lambda i: f.value_formula(x[i]),
            title=_("height"),
            symbol=f.math,
            **two,
        )
    return x, y


def intervals_of(sheet: Sheet, id: str) -> Block:
    """Add the number of pieces that a drawn curve has."""
    title = _("pieces of the drawn curve")
    return sheet.recorded(f"{id}_intervals", CURVE_POINTS - 1.0, title=title, number_format="0")


def tangent_of(sheet: Sheet, f: Function, run: Run, step: Block, words_at: int) -> tuple[Block, ...]:
    """Pick the chosen step; return x and y of its tangent, and of the line from it down to the axis."""
    sheet.step(
        _("The chosen step and its tangent"),
        _("The slope at the chosen point decides the next move: against it downhill, along it uphill."),
        "y + f′(x)·(−1),   y,   y + f′(x)·(+1)",
    )
    t = int(step.value)
    names = (
        ("x", "x", run.x, _("position")),
        ("y", "y", run.y, _("height")),
        ("slope", "f′(x)", run.slope, _("slope")),
    )
    x, y, slope = (
        sheet.derived(
            f"{f.id}_here_{id}", column.value[t], lambda c=column: pick(c, step + 1), symbol=symbol, title=title
        )
        for id, symbol, column, title in names
    )
    sides = np.array([-1.0, 0.0, 1.0])
    with sheet.table([_("left of it"), _("the point"), _("right of it")], 3) as table:
        tx = table.add(
            Block(
                f"{f.id}_tangent_x",
                Role.DERIVED,
                run.x.value[t] + sides,
                title=_("tangent"),
                symbol="x",
                each=[x - 1, x.whole(), x + 1],
            )
        )
        ty = table.add(
            Block(
                f"{f.id}_tangent_y",
                Role.DERIVED,
                run.y.value[t] + run.slope.value[t] * sides,
                title=_("tangent"),
                symbol="y",
                each=[y - slope, y.whole(), y + slope],
            )
        )
    # a red line down to the axis: a single point could be hidden by the path
    with sheet.table([_("the point"), _("on the axis")], 2) as table:
        down_x = table.add(
            Block(
                f"{f.id}_down_x",
                Role.DERIVED,
                np.full(2, run.x.value[t]),
                title=_("chosen step"),
                symbol="x",
                each=[x.whole(), x.whole()],
            )
        )
        down_y = table.add(
            Block(
                f"{f.id}_down_y",
                Role.DERIVED,
                np.array([run.y.value[t], 0.0]),
                title=_("chosen step"),
                symbol="y",
                each=[y.whole(), as_expr(0)],
            )
        )
    below, sheet.cursor = sheet.cursor, words_at
    words = _("After {t:0} steps: x = {x:4}, y = {y:4}, slope {s:4}.")
    sheet.sentence(f"{f.id}_here_words", words, t=step, x=x, y=y, s=slope)
    sheet.cursor = below
    return tx, ty, down_x, down_y


def one_variable(
    sheet: Sheet, f: Function, givens: tuple[Block, Block], middle: int, remark: str
) -> tuple[Run, tuple[Block, Block]]:
    """The scrubber, the charts, the run, and what the charts draw; return the run and the curve."""
    start, rate = givens
    step = sheet.given(
        f"{f.id}_step",
        3.0,
        symbol="t",
        title=_("step to look at"),
        number_format="0",
        valid=Between(0, STEPS, whole=True),
        remark=_("from 0 to 30: the red line on the chart"),
    )
    h = sheet.given(
        f"{f.id}_h",
        H,
        symbol="h",
        title=_("step of the quotients"),
        number_format="0.000",
        valid=Between(0.0001, 0.1),
        remark=_("chosen here; it checks the slope"),
    )
    words_at = sheet.cursor
    charts_at = words_at + 2
    sheet.cursor = charts_at + 20
    sheet.step(_("The run"), _("Every row is one step: the slope at the position, and the move that it orders."))
    run = run_table(sheet, f, start, rate, h)
    sheet.remark(remark)
    tangent = tangent_of(sheet, f, run, step, words_at)
    curve = drawn_curve(sheet, f, run, middle)
    sheet.chart(path_chart(f, curve, run, tangent), at=(charts_at, 0))
    sheet.chart(height_chart(f"y = {f.math}", run.t, run.y), at=(charts_at, 4))
    return run, curve


def path_chart(f: Function, curve: tuple[Block, Block], run: Run, tangent: tuple[Block, ...]) -> Chart:
    """Draw the curve, the path on it, and the chosen point with its tangent."""
    tx, ty, down_x, down_y = tangent
    return Chart(
        _("The path on the curve"),
        (
            Series(f"y = {f.math}", curve[0][:], curve[1][:], colour=BLUE),
            Series(_("path"), run.x[:], run.y[:], Mark.BOTH, ORANGE),
            Series(_("tangent"), tx[:], ty[:], colour=GREY, dashed=True),
            Series(_("chosen step"), down_x[:], down_y[:], Mark.BOTH, RED),
        ),
        "x",
        "y",
        _("The curve with the steps of the run on it, and the chosen step in red with its tangent."),
        columns=4,
        rows=19,
    )


def height_chart(name: str, t: Block, y: Block, columns: int = 4) -> Chart:
    """Draw the height by step."""
    return Chart(
        _("Height by step"),
        (Series(name, t[:], y[:], Mark.BOTH if len(t.value) < 100 else Mark.LINE),),
        _("step t"),
        _("height"),
        _("The height after each step of the run."),
        columns=columns,
        rows=19,
    )


def start_and_rate(sheet: Sheet, id: str, start: float, rate: float) -> tuple[Block, Block]:
    """Add the two numbers that decide a run."""
    x0 = sheet.given(
        f"{id}_x0",
        start,
        symbol="x₀",
        title=_("start"),
        number_format="0.00",
        valid=Between(-10, 10),
        remark=_("chosen here; from −10 to 10"),
    )
    eta = sheet.given(
        f"{id}_lr",
        rate,
        symbol="η",
        title=_("step size"),
        number_format="0.000",
        valid=Between(0, LARGEST_RATE),
        remark=_("chosen here; from 0 to 1.1, so that a run that diverges still fits"),
    )
    return x0, eta
