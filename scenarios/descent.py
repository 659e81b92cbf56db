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
from workbook.formula import Expr, absolute, call, equal, if_, largest, pick, smallest
from workbook.scenario import Parameter, Scenario
from workbook.sheet import Sheet
from workbook.text import Message, N_, _

Array = NDArray[np.float64]

STEPS = 30
"""Steps of each run in one variable."""
ARTICLE_STEPS, PLANE_STEPS = 300, 400
CURVE_POINTS = 41
LARGEST_RATE = 1.1
"""With η = 1.1 a step multiplies the distance by −1.2: thirty of them by 237, so that no run can overflow."""
H = 0.001
ORANGE, RED, GREY, BLUE, GREEN = "#D1711B", "#B3261E", "#555B66", "#1F6FB2", "#3A8F4A"


def start_range() -> Between:
    return Between(-10, 10)


def rate_range() -> Between:
    return Between(0, LARGEST_RATE)


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
        book.first_change = _("on the sheet Bowl, the yellow step size η: 0.1 creeps, 0.5 arrives at once, 0.9 zigzags, 1.05 runs away.")
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


SQUARE = Function(
    "bowl", "x²", "2x", np.square, lambda x: 2 * x, lambda x: x**2, lambda x: 2 * x
)
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
    """The columns of a run: position, slope, height."""

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


def run_table(sheet: Sheet, f: Function, path: Array, start: Block, rate: Block, h: Block) -> Run:
    """Lay out a run, with the slope checked by a difference quotient at every step."""
    step = float(h.value)
    quotients = (f.value(path + step) - f.value(path - step)) / (2 * step)
    moves = (1.0 if f.uphill else -1.0) * float(rate.value) * f.slope(path)
    with sheet.table(Counter("t = ", start=0), len(path)) as table:
        x = table.updated(
            f"{f.id}_x",
            path,
            lambda t: x[t - 1] + move[t - 1],
            first=start.whole,
            title=_("position"),
            symbol="x",
            math="x + Δx",
        )
        y = table.derived(f"{f.id}_y", f.value(path), lambda t: f.value_formula(x[t]), title=_("height"), symbol="y", math=f.math)
        slope = table.gradient(
            f"{f.id}_slope", f.slope(path), lambda t: f.slope_formula(x[t]), title=_("slope"), symbol="f′(x)", math=f.slope_math
        )
        near = table.add(
            Block(
                f"{f.id}_quotient",
                Role.CHECK,
                quotients,
                title=_("difference quotient"),
                symbol="(f(x+h) − f(x−h))/2h",
                formula=lambda t: (f.value_formula(x[t] + h) - f.value_formula(x[t] - h)) / (2 * h),
            )
        )
        move = table.derived(
            f"{f.id}_move",
            moves,
            lambda t: rate * slope[t] if f.uphill else -(rate * slope[t]),
            title=_("next move"),
            symbol="Δx",
            math="+η·f′(x)" if f.uphill else "−η·f′(x)",
        )
    sheet.check(f"{f.id}_gradient", _("slope of {function} = quotients").format(function=f.math), near, slope, 1e-4)
    return Run(x, slope, y)


def drawn_curve(sheet: Sheet, f: Function, reach: Block, middle: int, intervals: Block) -> tuple[Block, Block]:
    """Tabulate the curve to be drawn: from the middle as far as the run reaches, to both sides."""
    wide = float(reach.value)
    values = middle + wide * np.linspace(-1, 1, CURVE_POINTS)
    with sheet.table(None, CURVE_POINTS) as table:
        x = table.derived(
            f"{f.id}_curve_x",
            values,
            lambda i: x[i - 1] + 2 * reach / intervals,
            first=lambda: middle - reach if middle else -reach,
            title=_("curve"),
            symbol="x",
            number_format="0.00",
        )
        y = table.derived(f"{f.id}_curve_y", f.value(values), lambda i: f.value_formula(x[i]), title=_("curve"), symbol=f.math, number_format="0.00")
    return x, y


def reach_of(sheet: Sheet, f: Function, run: Run, middle: int) -> Block:
    """Add the farthest distance of a run from the middle of the curve; at least 1, so that there is a curve to draw."""
    return sheet.derived(
        f"{f.id}_reach",
        max(1.0, float(np.abs(run.x.value - middle).max())),
        lambda: largest(call("MAX", run.x) - middle, middle - call("MIN", run.x), 1),
        title=_("the drawn curve reaches as far as"),
        number_format="0.00",
    )


def scrubber(sheet: Sheet, f: Function, run: Run, at: int) -> tuple[Block, Block]:
    """Let a cell choose a step; return the three points of the tangent there (the middle one is the point itself)."""
    sheet.step(
        _("Scrub through the run"),
        _("Type a step number: the red point moves along the path, and its tangent shows the slope that decides the next move."),
        "y + f′(x)·(± 1)",
    )
    step = sheet.given(
        f"{f.id}_step",
        float(at),
        symbol="t",
        title=_("step to look at"),
        number_format="0",
        valid=Between(0, STEPS, whole=True),
        remark=_("chosen here: 0 … 30"),
    )
    here = [float(column.value[at]) for column in (run.x, run.y, run.slope)]
    x, y, slope = (
        sheet.derived(f"{f.id}_here_{name}", value, lambda c=column: pick(c, step + 1), symbol=name, title=title)
        for name, title, column, value in zip(
            ("x", "y", "slope"), (_("position"), _("height"), _("slope")), (run.x, run.y, run.slope), here, strict=True
        )
    )
    sheet.sentence(f"{f.id}_here_words", _("After {t:0} steps: x = {x:4}, y = {y:4}, slope {s:4}."), t=step, x=x, y=y, s=slope)
    with sheet.table([_("left"), _("point"), _("right")], 3) as table:
        tx = table.add(
            Block(f"{f.id}_tangent_x", Role.DERIVED, here[0] + np.array([-1.0, 0.0, 1.0]), title=_("tangent"), symbol="x", each=[x - 1, x.whole(), x + 1])
        )
        ty = table.add(
            Block(
                f"{f.id}_tangent_y",
                Role.DERIVED,
                here[1] + here[2] * np.array([-1.0, 0.0, 1.0]),
                title=_("tangent"),
                symbol="y",
                each=[y - slope, y.whole(), y + slope],
            )
        )
    return tx, ty


def path_chart(title: str, f: Function, curve: tuple[Block, Block], run: Run, tangent: tuple[Block, Block]) -> Chart:
    """Draw the curve, the path on it, and the chosen point with its tangent."""
    tx, ty = tangent
    return Chart(
        title,
        (
            Series(f"y = {f.math}", curve[0][:], curve[1][:], colour=BLUE),
            Series(_("path"), run.x[:], run.y[:], Mark.BOTH, ORANGE),
            Series(_("tangent"), tx[:], ty[:], colour=GREY, dashed=True),
            Series(_("chosen step"), tx[1:2], ty[1:2], Mark.POINTS, RED),
        ),
        "x",
        "y",
        _("The curve with the steps of the run as points joined by lines, and the chosen step in red with its tangent."),
        columns=3,
        rows=18,
    )


def value_chart(f: Function, run: Run, t: Block) -> Chart:
    """Draw the height by step."""
    return Chart(
        _("Height by step"),
        (Series(f"y = {f.math}", t[:], run.y[:], Mark.BOTH),),
        _("step t"),
        "y",
        _("The height after each step of the run."),
        columns=3,
        rows=18,
    )


def step_numbers(sheet: Sheet, id: str) -> Block:
    """Recorded numbers 0, 1, 2 … for the charts' axes."""
    return sheet.recorded(id, np.arange(STEPS + 1.0), title=_("step t"), number_format="0")


def one_variable(sheet: Sheet, f: Function, start: Block, rate: Block, middle: int) -> Run:
    """The run, its scrubber and its charts."""
    h = sheet.given(
        f"{f.id}_h",
        H,
        symbol="h",
        title=_("step of the quotients"),
        number_format="0.000",
        valid=Between(0.0001, 0.1),
        remark=_("chosen here; it checks the slope"),
    )
    path = walk(f, float(start.value), float(rate.value))
    run = run_table(sheet, f, path, start, rate, h)
    first = "x₁ = {x:4} + {r:4}·{s:4p} = {y:4}" if f.uphill else "x₁ = {x:4} − {r:4}·{s:4p} = {y:4}"
    sheet.sentence(f"{f.id}_first", first, x=run.x[0], r=rate, s=run.slope[0], y=run.x[1])
    tangent = scrubber(sheet, f, run, 3)
    charts_at = sheet.cursor
    sheet.gap(19)
    sheet.step(_("What the charts draw"), _("The curve is tabulated as far as the run reaches, so the charts follow every change."))
    reach = reach_of(sheet, f, run, middle)
    intervals = sheet.recorded(f"{f.id}_intervals", CURVE_POINTS - 1.0, title=_("intervals of the drawn curve"), number_format="0")
    with_numbers = sheet.cursor
    curve = drawn_curve(sheet, f, reach, middle, intervals)
    t = Block(f"{f.id}_t", Role.RECORDED, np.arange(STEPS + 1.0), title=_("step t"), number_format="0")
    sheet.label(with_numbers, 4, _("step t"), curve_style())
    sheet.add(t, at=(with_numbers + 3, 4))
    sheet.chart(path_chart(_("The path on the curve"), f, curve, run, tangent), at=(charts_at, 0))
    sheet.chart(value_chart(f, run, t), at=(charts_at, 3))
    return run
