"""Gradient descent in one variable and in two: y = x², 1 + 2x − x², x + y, and the saddle x² − y².

Symbols, as in the article:
    x, y         ()   the position
    f(x), f(x,y) ()   the height there
    slope        ()   f′(x); in two variables the partial derivatives ∂f/∂x, ∂f/∂y
    η            ()   the step size (the article's "small constant", later the learning rate)
One step of descent: x ← x − η·f′(x); of ascent: x ← x + η·f′(x). A run is a table with one row a step, row 0 the start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet, Table
from workbook.formula import (
    Direction,
    Expr,
    absolute,
    as_expr,
    call,
    equal,
    if_,
    largest,
    number_of,
    pick,
    rounded,
    smallest,
)
from workbook.scenario import Parameter, Scenario
from workbook.text import N_, Message, _

Array = NDArray[np.float64]

STEPS = 30
"""Steps of each run in one variable."""
PLANE_STEPS = 400
"""Steps on the plane: the article's 300, and a hundred more."""
LEVEL_STEPS = (0, 150, 300, 400)
"""Steps at whose height the chart draws a level line."""
CURVE_POINTS = 41
LARGEST_RATE = 1.1
"""With η = 1.1 a step multiplies the distance by −1.2: thirty of them by 237, so that no run can overflow."""
H = 0.001
ORANGE, RED, GREY, BLUE, GREEN = "#D1711B", "#B3261E", "#555B66", "#1F6FB2", "#3A8F4A"


class Descent(Scenario):
    """Walk downhill: the step, the step size, the plane that has no bottom, the saddle."""

    name = "descent"
    title = N_("Gradient descent, step by step")
    article = N_("Fathoming the Deep in Deep Learning – A Practical Approach (gradient descent)")
    summary = N_(
        "Walk downhill by the slope alone: on y = x² and, uphill, on 1 + 2x − x²; with steps too small, right and too"
        " large; on the plane x + y for the article's 300 steps and beyond; and past a saddle."
    )
    order = 100
    locale = Path(__file__).parent / "locale"
    parameters = (
        Parameter("x0", 3.0, N_("start on y = x²"), -10, 10),
        Parameter("lr", 0.1, N_("step size on y = x²"), 0, LARGEST_RATE),
        Parameter("small", 0.01, N_("step size that is too small"), 0, LARGEST_RATE),
        Parameter("right", 0.3, N_("step size that is right"), 0, LARGEST_RATE),
        Parameter("large", 1.05, N_("step size that diverges"), 0, LARGEST_RATE),
        Parameter("ascent_x0", -1.5, N_("start on 1 + 2x − x²"), -10, 10),
        Parameter("ascent_lr", 0.1, N_("step size on 1 + 2x − x²"), 0, LARGEST_RATE),
        Parameter("plane_x0", 2.0, N_("start on x + y: x"), -100, 100),
        Parameter("plane_y0", 4.0, N_("start on x + y: y"), -100, 100),
        Parameter("plane_lr", 0.01, N_("step size on x + y"), 0, 1),
    )

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        book.first_change = _(
            "on the sheet Bowl, the yellow step size η: 0.1 creeps, 0.5 arrives at once, 0.9 zigzags, 1.05 runs away."
        )
        numbers = {key: float(value) for key, value in settings.items()}
        bowl(book, numbers["x0"], numbers["lr"])
        step_sizes(book, numbers["x0"], (numbers["small"], numbers["right"], numbers["large"]))
        ascent(book, numbers["ascent_x0"], numbers["ascent_lr"])
        plane(book, (numbers["plane_x0"], numbers["plane_y0"]), numbers["plane_lr"])
        saddle(book)


# ------------------------------------------------------------------------------------------ one variable


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


def counted(table: Table, id: str, steps: int) -> Block:
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


def one_variable(sheet: Sheet, f: Function, givens: tuple[Block, Block], middle: int, remark: str) -> None:
    """The scrubber, the charts, the run, and what the charts draw."""
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


def bowl(book: Book, start: float, rate: float) -> None:
    """Descent on y = x²."""
    sheet = book.sheet("Bowl", _("Descent on y = x²"), landscape=False)
    sheet.step(
        _("Downhill by the slope"),
        _(
            "Where the slope is positive, down lies to the left; where it is negative, to the right: so step against"
            " it."
        ),
        "y = x²        f′(x) = 2x        x ← x − η·f′(x)",
    )
    givens = start_and_rate(sheet, "bowl", start, rate)
    one_variable(
        sheet,
        SQUARE,
        givens,
        0,
        _(
            "The article says that a function of one variable has no gradient descent, since setting the slope to"
            " 0 gives"
            " the minimum at once. That shortcut is right (2x = 0 at x = 0), but descent works in one variable just the"
            " same, as this table shows; networks need it because there the equation cannot be solved."
        ),
    )


def ascent(book: Book, start: float, rate: float) -> None:
    """Ascent on 1 + 2x − x²."""
    sheet = book.sheet("Hill", _("Ascent on 1 + 2x − x²"), landscape=False)
    sheet.step(
        _("Uphill: the other sign"),
        _("To find a maximum step along the slope instead of against it: one sign is all that changes."),
        "y = 1 + 2x − x²        f′(x) = 2 − 2x        x ← x + η·f′(x)",
    )
    one_variable(
        sheet,
        HILL,
        start_and_rate(sheet, "hill", start, rate),
        1,
        _(
            "The article gives 2 − 2x as the second derivative. That is the first; the second is −2 everywhere,"
            " and being"
            " negative makes x = 1 a maximum."
        ),
    )


# ------------------------------------------------------------------------------------- three step sizes


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


# ------------------------------------------------------------------------------------------- two variables


def plane(book: Book, start: tuple[float, float], rate: float) -> None:
    """f(x, y) = x + y: the article's 300 steps, and the hundred after them."""
    sheet = book.sheet("Plane", _("Descent on f(x, y) = x + y"), landscape=False)
    sheet.step(
        _("Two variables, one step each"),
        _("Each variable steps against its own partial derivative; here both are 1, wherever we stand."),
        "f(x, y) = x + y        ∂f/∂x = 1        ∂f/∂y = 1        x ← x − η·1        y ← y − η·1",
    )
    printed = _("printed in the article: {number}")
    near = {"number_format": "0.00", "valid": Between(-100, 100)}
    x0 = sheet.given(
        "plane_x0", start[0], symbol="x₀", title=_("start"), article=2.0, remark=printed.format(number=2), **near
    )
    y0 = sheet.given(
        "plane_y0", start[1], symbol="y₀", title=_("start"), article=4.0, remark=printed.format(number=4), **near
    )
    eta = sheet.given(
        "plane_lr",
        rate,
        symbol="η",
        title=_("step size"),
        number_format="0.000",
        valid=Between(0, 1),
        article=0.01,
        remark=printed.format(number=0.01),
    )
    slopes = partial_derivatives(sheet, x0, y0)
    looked_at = sheet.cursor
    charts_at = looked_at + 20
    sheet.cursor = charts_at + 20
    x, y, f, t = plane_run(sheet, (x0, y0), eta, slopes)
    level_x, level_y = level_lines(sheet, x, f)
    bottom, sheet.cursor = sheet.cursor, looked_at
    looked_steps(sheet, (x0, y0), eta, (x, y, f))
    sheet.cursor = bottom
    lines = [
        Series(_("level at step {step}").format(step=t), level_x[k, :], level_y[k, :], colour=colour, dashed=True)
        for k, (t, colour) in enumerate(zip(LEVEL_STEPS, (GREY, GREEN, BLUE, RED), strict=True))
    ]
    chart = Chart(
        _("The path across the level lines"),
        (Series(_("path"), x[:], y[:], colour=ORANGE), *lines),
        "x",
        "y",
        _("The path as a straight line to the lower left, across the lines on which x + y is constant."),
        columns=4,
        rows=19,
    )
    sheet.chart(chart, at=(charts_at, 0))
    sheet.chart(height_chart("x + y", t, f, columns=3), at=(charts_at, 4))


def partial_derivatives(sheet: Sheet, x0: Block, y0: Block) -> tuple[Block, Block]:
    """Both partial derivatives are 1; difference quotients at the start hold them to it."""
    h = sheet.given(
        "plane_h", H, symbol="h", title=_("step of the quotients"), number_format="0.000", valid=Between(0.0001, 0.1)
    )
    by_x = sheet.gradient("plane_dx", 1.0, lambda: 1, symbol="∂f/∂x", title=_("slope by x"), number_format="0")
    by_y = sheet.gradient("plane_dy", 1.0, lambda: 1, symbol="∂f/∂y", title=_("slope by y"), number_format="0")
    a, b, d = float(x0.value), float(y0.value), float(h.value)
    near = (
        Block(
            "plane_dx_quotient",
            Role.CHECK,
            np.asarray(((a + d + b) - (a - d + b)) / (2 * d)),
            title=_("quotient by x"),
            math="((x+h + y) − (x−h + y)) / 2h",
            formula=lambda: ((x0 + h + y0) - (x0 - h + y0)) / (2 * h),
        ),
        Block(
            "plane_dy_quotient",
            Role.CHECK,
            np.asarray(((a + (b + d)) - (a + (b - d))) / (2 * d)),
            title=_("quotient by y"),
            math="((x + y+h) − (x + y−h)) / 2h",
            formula=lambda: ((x0 + (y0 + h)) - (x0 + (y0 - h))) / (2 * h),
        ),
    )
    for id, name, quotient, slope in zip(("dx", "dy"), ("∂f/∂x", "∂f/∂y"), near, (by_x, by_y), strict=True):
        sheet.add(quotient)
        sheet.check(f"plane_{id}", _("{slope} = quotient").format(slope=name), quotient, slope, 1e-6)
    return by_x, by_y


def plane_run(sheet: Sheet, start: tuple[Block, Block], eta: Block, slopes: tuple[Block, Block]) -> tuple[Block, ...]:
    """Lay out 400 steps."""
    sheet.step(
        _("The run, and on"),
        _("The article repeats the step 300 times and stops at 0; nothing in the rule stops there."),
        "x ← x − η·∂f/∂x        y ← y − η·∂f/∂y",
    )
    x0, y0 = start
    by_x, by_y = slopes
    path = np.empty((PLANE_STEPS + 1, 2))
    path[0] = float(x0.value), float(y0.value)
    for k in range(PLANE_STEPS):
        path[k + 1] = path[k] - float(eta.value) * np.ones(2)
    two = {"number_format": "0.00"}
    with sheet.table(None, PLANE_STEPS + 1) as table:
        t = counted(table, "plane_t", PLANE_STEPS)
        x = table.updated(
            "plane_x", path[:, 0], lambda i: x[i - 1] - eta * by_x, first=x0.whole, title="x", math="x − η·1", **two
        )
        y = table.updated(
            "plane_y", path[:, 1], lambda i: y[i - 1] - eta * by_y, first=y0.whole, title="y", math="y − η·1", **two
        )
        # rounded to nine places: three hundred times 0.01 is not exactly 3 in a computer's arithmetic
        f = table.derived(
            "plane_f",
            np.round(path.sum(axis=1), 9),
            lambda i: rounded(x[i] + y[i], 9),
            title=_("height"),
            symbol="f",
            math="x + y",
            **two,
        )
    return x, y, f, t


def looked_steps(sheet: Sheet, start: tuple[Block, Block], eta: Block, run: tuple[Block, Block, Block]) -> None:
    """The start, the article's steps 1 and 300, the one after, and the last, or others of the reader's choice."""
    x, y, f = run
    at = np.array([0, 1, 300, 301, 400])
    with sheet.table(None, len(at)) as table:
        t = table.given(
            "plane_at",
            at,
            title=_("step to look at"),
            symbol="t",
            number_format="0",
            valid=Between(0, PLANE_STEPS, whole=True),
        )
        names = (("plane_at_x", x, "x"), ("plane_at_y", y, "y"), ("plane_at_f", f, "x + y"))
        for id, column, title in names:
            table.derived(
                id, column.value[at], lambda i, c=column: pick(c, t[i] + 1), title=title, number_format="0.00"
            )
    words = "x₁ = {x0:3} − {eta:3}·1 = {x:3}        y₁ = {y0:3} − {eta:3}·1 = {y:3}        f₁ = {x:3} + {y:3p} = {f:3}"
    x0, y0 = start
    sheet.sentence("plane_first", words, x0=x0, y0=y0, eta=eta, x=x[1], y=y[1], f=f[1])
    figures = (
        ("x1", "x₁", x[1], 1.99),
        ("y1", "y₁", y[1], 3.99),
        ("f1", "f₁", f[1], 5.98),
        ("x300", "x₃₀₀", x[300], -1.0),
        ("y300", "y₃₀₀", y[300], 1.0),
        ("f300", "f₃₀₀", f[300], 0.0),
    )
    for id, name, ours, printed in figures:
        sheet.printed(f"plane_{id}", _("{name} as the article has it").format(name=name), ours, printed, 2)
    sheet.remark(
        _(
            "The article stops at 0, calls it the minimum, and says that the slopes are zero there. They are 1"
            " everywhere:"
            " x + y has no minimum. With the article's numbers step 301 goes below 0; the run falls for ever."
        )
    )


def level_lines(sheet: Sheet, x: Block, f: Block) -> tuple[Block, Block]:
    """Tabulate the ends of four lines on which x + y is constant: as high as the run is at four of its steps."""
    sheet.step(
        _("Level lines"),
        _(
            "On each of these lines f is the same. Descent crosses them at a right angle, the steepest way down (the"
            " chart shows it where both axes have one scale)."
        ),
        "y = L − x",
    )
    value = f.value[list(LEVEL_STEPS)]
    ends = np.tile([x.value.min() - 1, x.value.max() + 1], (4, 1))
    two = {"columns": Counter(_("end ")), "number_format": "0.00"}
    with sheet.table([_("step {step}").format(step=t) for t in LEVEL_STEPS], len(value)) as table:
        level = table.derived(
            "level",
            value,
            None,
            each=[f[t] for t in LEVEL_STEPS],
            title=_("level"),
            symbol="L = x + y",
            number_format="0.00",
        )
        lx = table.derived(
            "level_x", ends, lambda k, e: if_(equal(number_of(e), 1), smallest(x) - 1, largest(x) + 1), title="x", **two
        )
        ly = table.derived("level_y", value[:, None] - ends, lambda k, e: level[k] - lx[k, e], title="y", **two)
    return lx, ly


# -------------------------------------------------------------------------------------------------- saddle


def saddle(book: Book) -> None:
    """x² − y²: down one way, up the other."""
    sheet = book.sheet("Saddle", _("A true saddle: x² − y²"), landscape=False)
    sheet.step(
        _("Past a saddle"),
        _(
            "At (0, 0) both slopes are 0, yet it is no minimum: x² rises to both sides, −y² falls. Descent lingers,"
            " then slides off."
        ),
        "f(x, y) = x² − y²        ∂f/∂x = 2x        ∂f/∂y = −2y",
    )
    chosen = _("chosen here")
    x0 = sheet.given(
        "saddle_x0", 2.0, symbol="x₀", title=_("start"), number_format="0.00", valid=Between(-10, 10), remark=chosen
    )
    y0 = sheet.given(
        "saddle_y0",
        0.01,
        symbol="y₀",
        title=_("start"),
        number_format="0.00",
        valid=Between(-1, 1),
        remark=_("chosen here; with 0 the run ends on the saddle and stays"),
    )
    eta = sheet.given(
        "saddle_lr", 0.1, symbol="η", title=_("step size"), number_format="0.000", valid=Between(0, 0.15), remark=chosen
    )
    h = sheet.given(
        "saddle_h", H, symbol="h", title=_("step of the quotients"), number_format="0.000", valid=Between(0.0001, 0.1)
    )
    charts_at = sheet.cursor + 1
    sheet.cursor = charts_at + 20
    sheet.remark(
        _(
            "The article calls the straight line y = x a saddle point. It has none: its slope is 1 everywhere,"
            " and a saddle"
            " needs all slopes to be 0, with a rise in one direction and a fall in another."
        )
    )
    sheet.remark(
        _(
            "The article also says that only y = x has a second derivative of 0. So have x³ and x⁴ at x = 0, and"
            " x⁴ even has"
            " its minimum there: where the second derivative is 0, the test says nothing."
        )
    )
    x, y, f, t = saddle_run(sheet, (x0, y0), eta, h)
    chart = Chart(
        _("The path, seen from above"),
        (Series(_("path"), x[:], y[:], Mark.BOTH, ORANGE),),
        "x",
        "y",
        _("The path runs along the x axis towards (0, 0) and then turns away along y."),
        columns=4,
        rows=19,
    )
    sheet.chart(chart, at=(charts_at, 0))
    sheet.chart(height_chart("x² − y²", t, f), at=(charts_at, 4))


def saddle_run(sheet: Sheet, start: tuple[Block, Block], eta: Block, h: Block) -> tuple[Block, ...]:
    """Lay out the run with both partial derivatives and their difference quotients."""
    sheet.step(_("The run"), _("x shrinks by the factor 1 − 2η each step, y grows by 1 + 2η."))
    x0, y0 = start
    rate, d = float(eta.value), float(h.value)
    path = np.empty((STEPS + 1, 2))
    path[0] = float(x0.value), float(y0.value)
    for k in range(STEPS):
        path[k + 1] = path[k] - rate * np.array([2.0, -2.0]) * path[k]
    xs, ys = path.T
    with sheet.table(None, STEPS + 1) as table:
        t = counted(table, "saddle_t", STEPS)
        x = table.updated(
            "saddle_x", xs, lambda i: x[i - 1] - eta * dx[i - 1], first=x0.whole, title="x", math="x − η·∂f/∂x"
        )
        y = table.updated(
            "saddle_y", ys, lambda i: y[i - 1] - eta * dy[i - 1], first=y0.whole, title="y", math="y − η·∂f/∂y"
        )
        f = table.derived(
            "saddle_f", xs**2 - ys**2, lambda i: x[i] ** 2 - y[i] ** 2, title=_("height"), symbol="f", math="x² − y²"
        )
        dx = table.gradient("saddle_dx", 2 * xs, lambda i: 2 * x[i], title=_("slope by x"), symbol="∂f/∂x", math="2x")
        dy = table.gradient(
            "saddle_dy", -2 * ys, lambda i: -2 * y[i], title=_("slope by y"), symbol="∂f/∂y", math="−2y"
        )
        near_x = table.add(
            Block(
                "saddle_dx_quotient",
                Role.CHECK,
                ((xs + d) ** 2 - ys**2 - ((xs - d) ** 2 - ys**2)) / (2 * d),
                title=_("quotient by x"),
                symbol="Δf / 2h",
                formula=lambda i: ((x[i] + h) ** 2 - y[i] ** 2 - ((x[i] - h) ** 2 - y[i] ** 2)) / (2 * h),
            )
        )
        near_y = table.add(
            Block(
                "saddle_dy_quotient",
                Role.CHECK,
                (xs**2 - (ys + d) ** 2 - (xs**2 - (ys - d) ** 2)) / (2 * d),
                title=_("quotient by y"),
                symbol="Δf / 2h",
                formula=lambda i: (x[i] ** 2 - (y[i] + h) ** 2 - (x[i] ** 2 - (y[i] - h) ** 2)) / (2 * h),
            )
        )
    words = "x₁ = {x0:4} − {eta:3}·{dx:4p} = {x1:4}        y₁ = {y0:4} − {eta:3}·{dy:4p} = {y1:4}"
    sheet.sentence("saddle_first", words, x0=x[0], eta=eta, dx=dx[0], x1=x[1], y0=y[0], dy=dy[0], y1=y[1])
    sheet.check("saddle_x_gradient", _("{slope} = quotient").format(slope="∂f/∂x"), near_x, dx, 1e-4)
    sheet.check("saddle_y_gradient", _("{slope} = quotient").format(slope="∂f/∂y"), near_y, dy, 1e-4)
    return x, y, f, t
