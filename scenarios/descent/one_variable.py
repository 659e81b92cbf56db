"""A function of one variable: its run, and the step to look at with its tangent; sheet Hill: ascent on 1 + 2x − x²."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.curves import Function, counted, curve
from workbook.block import Between, Block, Role
from workbook.book import Book
from workbook.chart import BLUE, GREY, ORANGE, RED, Chart, Mark, Series
from workbook.formula import call, largest, pick
from workbook.page import Page
from workbook.parameter import Parameter
from workbook.sheet import Kind
from workbook.text import N_, _

STEPS = 30
"""Steps of each run in one variable."""
LARGEST_RATE = 1.1
"""With η = 1.1 a step multiplies the distance by −1.2: thirty of them by 237, so that no run can overflow."""
H, H_BOUNDS = 0.001, Between(0.0001, 0.1)


SQUARE = Function("x²", "2x", np.square, lambda x: 2 * x, lambda x: x**2, lambda x: 2 * x)
HILL = Function(
    "1 + 2x − x²",
    "2 − 2x",
    lambda x: 2 - (x - 1) ** 2,
    lambda x: -2 * (x - 1),
    lambda x: 1 + 2 * x - x**2,
    lambda x: 2 - 2 * x,
)


def walk(f: Function, start: float, rate: float, steps: int = STEPS, *, uphill: bool = False) -> Array:
    """Return the positions from the start on."""
    x = np.full(steps + 1, start)
    for t in range(steps):
        move = rate * f.slope(x[t])
        x[t + 1] = x[t] + move if uphill else x[t] - move
    return x


def one_variable(
    page: Page, id: str, f: Function, start: Block, rate: Block, middle: int, remark: str, *, uphill: bool = False
) -> None:
    """Show the step to look at, the charts, the run, and the tangent; `id` is the prefix of the blocks."""
    words, bounds = _("from 0 to 30: the red point on the chart"), Between(0, STEPS, whole=True)
    step = page.given(f"{id}_step", 3.0, "t", _("step to look at"), valid=bounds, remark=words)
    words = _("chosen here; it checks the slope")
    h = page.given(f"{id}_h", H, "h", _("step of the quotients"), valid=H_BOUNDS, remark=words)
    said = page.keep()
    page.gap()
    pictures = page.keep()
    page.step(_("The run"), _("Every row is one step: the slope at the position, and the move that it orders."))
    t, x, y, slope = _run(page, id, f, start, rate, h, uphill)
    words = _("After {t:0} steps: x = {x:4}, y = {y:4}, slope {s:4}.")
    page.sentence(f"{id}_last", words, t=t[STEPS], x=x[STEPS], y=y[STEPS], s=slope[STEPS])
    page.remark(remark)
    here, tangent = _tangent(page, id, (x, y, slope), step)
    with page.into(said):
        page.sentence(f"{id}_here_words", words, t=step, x=here[0], y=here[1], s=here[2])
    value = max(1.0, float(np.abs(x.value - middle).max()))
    title, ends = _("it reaches as far as"), (call("MAX", x) - middle, middle - call("MIN", x))
    reach = page.offstage_block(f"{id}_reach", value, lambda: largest(*ends, 1), title=title)
    curve(page.book, f"{id}_curve", f, middle, reach)
    with page.into(pictures), page.beside():
        alt = _("The curve with the steps of the run on it, and the chosen step in red with its tangent.")
        lines = (*path(page, id, f), *tangent)
        page.chart(Chart(_("The path on the curve"), lines, "x", "y", alt, columns=5, rows=19))
        height_chart(page, f"y = {f.math}", t, y)


def _run(page: Page, id: str, f: Function, start: Block, rate: Block, h: Block, uphill: bool) -> tuple[Block, ...]:
    """Lay out a run, with the slope held against a difference quotient at every step."""
    at, d, sign = walk(f, float(start.value), float(rate.value), uphill=uphill), float(h.value), "+" if uphill else "−"
    with page.table(None, len(at)) as table:
        t = counted(table, f"{id}_t", STEPS)
        fields: dict[str, Any] = {"first": start.whole, "math": "x + Δx"}
        x = table.updated(f"{id}_x", at, lambda t: x[t - 1] + move[t - 1], "x", _("position"), **fields)
        y = table.derived(f"{id}_y", f.value(at), lambda t: f.value_formula(x[t]), "y", _("height"), math=f.math)
        fields = {"math": f.slope_math}
        slope = table.gradient(
            f"{id}_slope", f.slope(at), lambda t: f.slope_formula(x[t]), "f′(x)", _("slope"), **fields
        )
        value, fields = rate.value * (slope.value if uphill else -slope.value), {"math": f"{sign}η·f′(x)"}
        move = table.derived(
            f"{id}_move",
            value,
            lambda t: rate * slope[t] if uphill else -(rate * slope[t]),
            "Δx",
            _("next move"),
            **fields,
        )
        value = (f.value(at + d) - f.value(at - d)) / (2 * d)
        near = Block(f"{id}_quotient", Role.CHECK, value, _("difference quotient"), "Δf / 2h")
        near.formula = lambda t: (f.value_formula(x[t] + h) - f.value_formula(x[t] - h)) / (2 * h)
        table.add(near)
    words = f"x₁ = {{{id}_x[0]:4}} {sign} {{r:4}}·{{{id}_slope[0]:4p}} = {{{id}_x[1]:4}}"
    page.sentence(f"{id}_first", words, r=rate)
    page.check(f"{id}_gradient", _("slope of {function} = quotients").format(function=f.math), near, slope, 1e-4)
    return t, x, y, slope


def _tangent(page: Page, id: str, run: tuple[Block, ...], step: Block) -> tuple[list[Block], tuple[Series, Series]]:
    """Pick the chosen step; return its position, height and slope, and the drawing of its tangent."""
    page.step(
        _("The chosen step and its tangent"),
        _("The slope at the chosen point decides the next move: against it downhill, along it uphill."),
        "y + f′(x)·(−1),   y,   y + f′(x)·(+1)",
    )
    here = [
        page.derived(
            column.id.replace("_", "_here_"),
            column.value[int(step.value)],
            lambda column=column: pick(column, step + 1),
            column.symbol,
            column.title,
        )
        for column in run
    ]
    x, y, slope = here
    sides = np.array([-1.0, 0.0, 1.0])
    with page.table([_("left of it"), _("the point"), _("right of it")], 3) as t:
        each = [x - 1, x.whole(), x + 1]
        tx = t.derived(f"{id}_tangent_x", x.value + sides, None, "x", _("tangent"), each=each)
        each = [y - slope, y.whole(), y + slope]
        ty = t.derived(f"{id}_tangent_y", y.value + slope.value * sides, None, "y", _("tangent"), each=each)
    return here, (
        Series(_("tangent"), tx[:], ty[:], colour=GREY, dashed=True),
        Series(_("chosen step"), x.whole(), y.whole(), Mark.POINTS, RED, size=12, marker="diamond"),
    )


def path(page: Page, id: str, f: Function) -> tuple[Series, Series]:
    """Draw the curve, and the path on it."""
    x, y, curve_x, curve_y = (page.book[f"{id}_{name}"] for name in ("x", "y", "curve_x", "curve_y"))
    line = Series(f"y = {f.math}", curve_x[:], curve_y[:], colour=BLUE)
    return line, Series(_("path"), x[:], y[:], Mark.BOTH, ORANGE)


def height_chart(page: Page, name: str, t: Block, y: Block) -> None:
    """Draw the height by step."""
    series = Series(name, t[:], y[:], Mark.BOTH if len(t.value) < 100 else Mark.LINE)
    alt = _("The height after each step of the run.")
    page.chart(Chart(_("Height by step"), (series,), _("step t"), _("height"), alt, columns=5, rows=19))


HILL_START = Parameter("ascent_x0", -1.5, N_("start on 1 + 2x − x²"), -10, 10, symbol="x₀")
HILL_RATE = Parameter("ascent_lr", 0.1, N_("step size on 1 + 2x − x²"), 0, LARGEST_RATE, symbol="η")


def hill(book: Book) -> None:
    """Ascent on 1 + 2x − x²."""
    page = book.page("Hill", _("Ascent on 1 + 2x − x²"), kind=Kind.DEEPER, landscape=False)
    page.step(
        _("Uphill: the other sign"),
        _("To find a maximum step along the slope instead of against it: one sign is all that changes."),
        "y = 1 + 2x − x²        f′(x) = 2 − 2x        x ← x + η·f′(x)",
    )
    start = page.setting(HILL_START, "hill_x0", remark=_("from −10 to 10"))
    words = _("chosen here; from 0 to 1.1, so that a run that diverges still fits")
    rate = page.setting(HILL_RATE, "hill_lr", remark=words)
    remark = _("The article gives 2 − 2x as the second derivative. That is the first; the second is −2 everywhere, and being negative makes x = 1 a maximum.")  # fmt: skip
    one_variable(page, "hill", HILL, start, rate, 1, remark, uphill=True)
