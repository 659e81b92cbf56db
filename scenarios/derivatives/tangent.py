"""Page Tangent, with the sheets Chords and Drawing: a chord closes in on the tangent of the function that the learner picks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.columns import caption
from scenarios.derivatives.differences import APART, STEP
from scenarios.derivatives.functions import FUNCTIONS, Function
from workbook.block import Between, Block, Counter, OneOf, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import (
    Expr,
    Operand,
    as_expr,
    call,
    largest,
    number_of,
    pick,
)
from workbook.page import Page, Voice
from workbook.text import _

CHORDS = 11
"""Rows of the table of chords: with h divided by 3 at the most, h stays above a millionth, clear of rounding noise."""

SHOWN = 6
"""How many of them stand on the page."""

SIX = {"number_format": "0.000000"}


@dataclass(frozen=True)
class Picked:
    """The function that the learner picks, its number in the list, all slopes by the rules, the point x₀, the first h and what divides it."""

    function: Function
    number: Block
    rules: Block
    lowest: Block
    x0: Block
    h0: Block
    divisor: Block

    def numpy(self, derivative: int, x: Any) -> Array:
        """Return the picked function's value (0), slope (1) or second derivative (2)."""
        return self.function.numpy[derivative](np.asarray(x, dtype=float))

    def cell(self, derivative: int, x: Operand) -> Expr:
        """Return the same for a cell: CHOOSE takes the picked function's formula out of all of them."""
        return call("CHOOSE", self.number, *(f.cell[derivative](as_expr(x)) for f in FUNCTIONS))


@dataclass(frozen=True)
class AtPoint:
    """Value, slope and second derivative at x₀."""

    f: Block
    slope: Block
    bend: Block


@dataclass(frozen=True)
class Chords:
    """The chords' steps, their second points, the function there, and their slopes."""

    h: Block
    ends: Block
    f_ends: Block
    slopes: Block


def tangent_page(book: Book) -> Page:
    """Add the page, empty."""
    return book.page(
        "Tangent",
        _("How steep is a curve at one point?"),
        _("A slope needs two points; the derivative is what it closes in on as they meet."),
        _("Will the chord be steeper than the tangent, or flatter?"),
    )


def tangent_sheets(page: Page, settings: Mapping[str, Any]) -> None:
    """Let a chord close in on the tangent: on the page, as a table and as a drawing."""
    book = page.book
    with page.left():
        choice, wish, h0 = _inputs(page, settings)
        page.gap()
        said = page.keep()
        page.gap()
        quotients = page.keep()
    sheet = book.sheet("Chords", _("A chord closes in on the tangent"), landscape=False)
    picked = _choose(sheet, settings, (choice, wish, h0))
    at_point, chords = _close_in(sheet, picked)
    drawn = _draw(book, picked, at_point, chords)
    with page.into(said):
        page.live(
            "tangent_says",
            _("▶ From x₀ = {x:2} to {end:2} the chord's slope is {m:3}; at x₀ itself the slope is {s:3}."),
            x=picked.x0,
            end=chords.ends[0],
            m=chords.slopes[0],
            s=at_point.slope,
        )
    with page.into(quotients):
        _quotients(page, picked, at_point, chords)
    _picture_and_questions(page, at_point, chords, drawn, picked)


def _inputs(page: Page, settings: Mapping[str, Any]) -> tuple[Block, Block, Block]:
    """Make the yellow cells: the function, the point, the first step."""
    function, labels = next(f for f in FUNCTIONS if f.key == settings["function"]), [f.label for f in FUNCTIONS]
    label, fields = np.asarray(function.label, dtype=object), caption(_("function"), "f", "@")
    with page.beside():
        choice = page.given("function", label, valid=OneOf(tuple(labels)), **fields)
        fields = caption(_("the point"), "x₀", "0.00")
        wish = page.given("x_wish", settings["x0"], valid=Between(-3, 3), **fields)
    with page.beside():
        h0 = page.given("h_first", settings["h"], valid=Between(0.1, 2), **caption(_("first step"), "h₁", "0.00"))
    return choice, wish, h0


def _quotients(page: Page, p: Picked, at_point: AtPoint, chords: Chords) -> None:
    """Show the first rows of the table of chords: the slopes close in."""
    page.math("f′(x₀) = lim (f(x₀ + h) − f(x₀)) / h   (h → 0)")
    shown = range(SHOWN)
    with page.table(None, SHOWN) as t:
        for id, column, title, symbol in (
            ("shown_h", chords.h, _("step"), "h"),
            ("shown_end", chords.ends, _("second point"), "x₀ + h"),
            ("shown_slope", chords.slopes, _("slope of the chord"), "Δf / h"),
        ):
            each = [column[i] for i in shown]
            t.derived(id, column.value[:SHOWN], None, each=each, **caption(title, symbol, "0.000"))
    page.sentence(
        "shown_first",
        "({f1:3} − {f0:3p}) / {h:2} = {m:3}",
        f1=chords.f_ends[0],
        f0=at_point.f,
        h=chords.h[0],
        m=chords.slopes[0],
    )


def _picture_and_questions(
    page: Page, at_point: AtPoint, chords: Chords, drawn: tuple[Block, Block, Block], p: Picked
) -> None:
    x, y, tangent = drawn
    with page.book.helpers.table([_("first point"), _("second point")], 2) as t:
        value = np.array([float(p.x0.value), chords.ends.value[0]])
        cx = t.derived("secant_x", value, None, each=[p.x0.whole(), chords.ends[0]], **caption(_("chord"), "x"))
        value = np.array([float(at_point.f.value), chords.f_ends.value[0]])
        cy = t.derived(
            "secant_y", value, None, each=[at_point.f.whole(), chords.f_ends[0]], **caption(_("chord"), "f(x)")
        )

    def picture(columns: int, rows: int) -> Chart:
        return Chart(
            "",
            (
                Series("f(x)", x[:], y[:], width=2.25),
                Series(_("tangent"), x[:], tangent[:], colour="#3A8F4A"),
                Series(_("chord"), cx[:], cy[:], Mark.BOTH, colour="#D1711B"),
            ),
            "x",
            "f(x)",
            _("The picked function, its tangent at x₀ in green, and the chord from x₀ to x₀ + h in orange."),
            columns=columns,
            rows=rows,
        )

    with page.right():
        page.chart(picture(9, 21))
    start = page.book.start
    with start.left():
        start.sentence("face", _("Chord {m:3}, tangent {s:3}"), Voice.HEADLINE, m=chords.slopes[0], s=at_point.slope)
    with start.right():
        start.chart(picture(8, 12))
    asked = page.offstage_block("tangent_asked", 3.0, title=_("the point that is asked for"))
    answer = page.offstage_block("tangent_asked_slope", 6.0, lambda: 2 * asked, title=_("the slope of x² there"))
    page.try_(_("Type 0.5 and 0.1 for h₁: the chord turns into the tangent. Then pick another function."))
    page.turn(
        "tangent_turn",
        _("What is the slope of x² at x = 3?"),
        answer,
        0.05,
        _("The slope of x² is 2x everywhere."),
        _("pick x², type 3 for x₀, and read what the quotients close in on."),
    )
    page.remember(_("The derivative is the slope that ever shorter chords close in on."))


def _choose(sheet: Sheet, settings: Mapping[str, Any], inputs: tuple[Block, Block, Block]) -> Picked:
    """Take the page's inputs, and make what follows from them: which function, which point, which steps."""
    sheet.step(
        _("Pick a function and a point"),
        _("A derivative answers one question: if x moves a little, how much does f(x) move for each unit of it?"),
    )
    choice, wish, h0 = inputs
    function, labels = next(f for f in FUNCTIONS if f.key == settings["function"]), [f.label for f in FUNCTIONS]
    fields = caption(_("h is divided by"), number_format="0.0")
    divisor = sheet.given("divisor", settings["divisor"], valid=Between(1.5, 3), **fields)
    sheet.remark(
        _("Function, point and first step are on the sheet Tangent; the article leaves the examples to a linked site.")
    )
    sheet.gap()
    names, rules, lowest = _list_of_functions(sheet, labels)
    value, fields = FUNCTIONS.index(function) + 1, caption(_("number of your function"), number_format="0")
    number = sheet.derived("function_number", value, lambda: call("MATCH", choice, names, 0), **fields)
    remark = _("√x and 1/x have no slope at 0: x₀ and the chart stay right of this")
    fields = caption(_("x at least"), number_format="0.00", remark=remark)
    lowest_here = sheet.derived("lowest_here", function.lowest, lambda: pick(lowest, number), **fields)
    value, fields = max(settings["x0"], function.lowest), caption(_("the point, as used"), "x₀", "0.00")
    x0 = sheet.derived("x0", value, lambda: largest(wish, lowest_here), **fields)
    return Picked(function, number, rules, lowest_here, x0, h0, divisor)


def _list_of_functions(sheet: Sheet, labels: list[str]) -> tuple[Block, Block, Block]:
    """List the functions beside their slopes and the smallest x; return all three."""
    fields = caption(_("functions to pick from"), number_format="@", rows=Counter(""))
    names = sheet.recorded("function_names", np.array(labels, dtype=object), **fields)
    slopes, rules = np.array([f.slope_label for f in FUNCTIONS], dtype=object), _("f′(x) by the rules")
    fields = caption(_("derivative"), number_format="@", columns=[rules])
    by_rule = sheet.add(Block("slope_names", Role.RECORDED, slopes, **fields), at=(names.place.row, 2))
    fields = caption(_("x at least"), number_format="0.00", columns=[_("x at least")])
    lowest = Block("lowest_x", Role.RECORDED, np.array([f.lowest for f in FUNCTIONS]), **fields)
    return names, by_rule, sheet.add(lowest, at=(names.place.row, 3))


def _close_in(sheet: Sheet, p: Picked) -> tuple[AtPoint, Chords]:
    """Make the table of chords beside the derivative."""
    sheet.step(
        _("Let the second point come closer"),
        _(
            "Between two points a slope can be measured; at one point it is what the measured slopes close in on "
            "as h shrinks."
        ),
        "f′(x₀) = lim (f(x₀ + h) − f(x₀)) / h   (h → 0)",
    )
    x0, at = p.x0, float(p.x0.value)
    f0 = sheet.derived("f_x0", p.numpy(0, at), lambda: p.cell(0, x0), symbol="f(x₀)", **SIX)
    label, fields = np.asarray(p.function.slope_label, dtype=object), caption(_("by the rules"), "f′(x)", "@")
    sheet.derived("slope_rule", label, lambda: pick(p.rules, p.number), **fields)
    fields = caption(_("by the rules"), "f′(x₀)", "0.000000")
    slope = sheet.gradient("slope_x0", p.numpy(1, at), lambda: p.cell(1, x0), **fields)
    bend = sheet.gradient("bend_x0", p.numpy(2, at), lambda: p.cell(2, x0), symbol="f″(x₀)", **SIX)
    steps = np.divide.accumulate(np.array([float(p.h0.value)] + [float(p.divisor.value)] * (CHORDS - 1)))
    ends_value = at + steps
    rises = p.numpy(0, ends_value) - f0.value
    sheet.gap()
    top = sheet.cursor
    sheet.gap(18)
    with sheet.table(Counter(""), CHORDS) as t:
        fields = caption(_("step"), "h", "0.000000")
        h = t.derived("h", steps, lambda t: h[t - 1] / p.divisor, first=lambda: p.h0, **fields)
        fields = caption(_("second point"), "x₀ + h", "0.000000")
        ends = t.derived("x_end", ends_value, lambda t: x0 + h[t], **fields)
        fields = caption(_("value there"), "f(x₀ + h)", "0.000000")
        f_ends = t.derived("f_end", p.numpy(0, ends_value), lambda t: p.cell(0, ends[t]), **fields)
        t.derived("rise", rises, lambda t: f_ends[t] - f0, title=_("rise"), math="f(x₀+h) − f(x₀)", **SIX)
        fields = caption(_("slope of the chord"), math=_("rise / h"), **SIX)
        slopes = t.derived("chord_slope", rises / steps, lambda t: (f_ends[t] - f0) / h[t], **fields)
        fields = caption(_("error"), math=_("chord − f′(x₀)"), **SIX)
        errors = t.derived("chord_error", rises / steps - slope.value, lambda t: slopes[t] - slope, **fields)
        fields = caption(_("error foreseen"), math="h/2 · f″(x₀)", **SIX)
        foreseen = t.derived("error_foreseen", steps / 2 * bend.value, lambda t: h[t] / 2 * bend, **fields)
    sheet.sentence("first_chord", "({f1:4} − {f0:4p}) / {h:2} = {m:4}", f1=f_ends[0], f0=f0, h=h[0], m=slopes[0])
    sheet.text(
        _(
            "The error is h/2 times the second derivative, and a little that vanishes faster: where f″(x₀) is not 0, half "
            "the h leaves about half the error."
        )
    )
    _confirm(sheet, p, slope)
    sheet.chart(
        Chart(
            _("The chord's slope closes in on the derivative"),
            (
                Series(_("error of the chord's slope"), h[:], errors[:], Mark.BOTH),
                Series(_("foreseen: h/2 · f″(x₀)"), h[:], foreseen[:], dashed=True),
            ),
            "h",
            _("slope of the chord − f′(x₀)"),
            _(
                "The error of the chord's slope against h: it goes to 0 as h does, along the straight line h/2 "
                "times the second derivative."
            ),
        ),
        at=(top, 0),
    )
    return AtPoint(f0, slope, bend), Chords(h, ends, f_ends, slopes)


def _confirm(sheet: Sheet, p: Picked, slope: Block) -> None:
    """Hold the slope by the rules against a central difference."""
    h, x0, at = STEP, p.x0, float(p.x0.value)
    step = sheet.recorded("h_check", h, **caption(_("step of the check"), "h"))
    central = sheet.derived(
        "central_x0",
        (p.numpy(0, at + h) - p.numpy(0, at - h)) / (2 * h),
        lambda: (p.cell(0, x0 + step) - p.cell(0, x0 - step)) / (2 * step),
        title=_("central difference"),
        **SIX,
    )
    sheet.check("slope_holds", _("f′(x₀) by the rules = central difference"), slope, central, APART)


def _draw(book: Book, p: Picked, at_point: AtPoint, chords: Chords) -> tuple[Block, Block, Block]:
    """Draw the function with its tangent and the chord of the row that the learner picks; return x, f and tangent."""
    sheet = book.sheet("Drawing", _("The function with its tangent and a chord"), landscape=False)
    sheet.step(
        _("Watch the chord turn into the tangent"),
        _("Type 1, 2, 3 … into the yellow cell: the chord turns about its first point until it lies on the tangent."),
    )
    fields = caption(_("which chord (row of the table of chords)"), number_format="0")
    row = sheet.given("chord_row", 1, valid=Between(1, CHORDS, whole=True), **fields)
    fields = caption(_("how far the chart reaches to each side"), number_format="0.0")
    width = sheet.given("half_width", 1.5, valid=Between(0.5, 5), **fields)
    count = sheet.recorded("intervals", 40, title=_("intervals of the chart"), number_format="0")
    x0, at, f0, slope = p.x0, float(p.x0.value), at_point.f, at_point.slope
    low, high = max(at - 1.5, p.function.lowest), at + 1.5
    fields = caption(_("left end"), number_format="0.00")
    left = sheet.derived("x_left", low, lambda: largest(x0 - width, p.lowest), **fields)
    right = sheet.derived("x_right", high, lambda: x0 + width, title=_("right end"), number_format="0.00")
    first, fields = chords.slopes.value[0], caption(_("slope of this chord"), **SIX)
    m = sheet.derived("picked_slope", first, lambda: pick(chords.slopes, row), **fields)
    sheet.sentence("picked_says", _("chord {m:6}, tangent {s:6}"), m=m, s=slope)
    top = sheet.cursor
    sheet.gap(20)
    with sheet.beside():
        value, each = np.array([at, chords.ends.value[0]]), [x0.whole(), pick(chords.ends, row)]
        px = sheet.derived("chord_x", value, None, each=each, **caption(_("the chord's two points"), "x"))
        value, each = np.array([f0.value, chords.f_ends.value[0]]), [f0.whole(), pick(chords.f_ends, row)]
        py = sheet.derived("chord_y", value, None, each=each, symbol="f(x)")
    grid = np.linspace(low, high, 41)
    along_tangent, along_chord = f0.value + slope.value * (grid - at), f0.value + m.value * (grid - at)
    with sheet.table(Counter(""), 41) as t:
        fields = caption(_("where"), "x", "0.000")
        x = t.derived("x_grid", grid, lambda t: left + (number_of(t) - 1) * (right - left) / count, **fields)
        y = t.derived("f_grid", p.numpy(0, grid), lambda t: p.cell(0, x[t]), **caption(_("function"), "f(x)"))
        fields = caption(_("tangent"), math="f(x₀) + f′(x₀)·(x − x₀)")
        tangent = t.derived("tangent_grid", along_tangent, lambda t: f0 + slope * (x[t] - x0), **fields)
        fields = caption(_("chord"), math=_("f(x₀) + chord's slope·(x − x₀)"))
        chord = t.derived("chord_grid", along_chord, lambda t: f0 + m * (x[t] - x0), **fields)
    sheet.chart(
        Chart(
            _("f with its tangent and a chord"),
            (
                Series("f(x)", x[:], y[:]),
                Series(_("tangent"), x[:], tangent[:], colour="#3A8F4A"),
                Series(_("chord"), x[:], chord[:], colour="#D1711B", dashed=True),
                Series(_("the chord's two points"), px[:], py[:], Mark.POINTS, colour="#D1711B"),
            ),
            "x",
            "f(x)",
            _(
                "The picked function, its tangent at x₀ and the picked chord through x₀ and x₀ + h, with its two "
                "points marked."
            ),
            rows=19,
        ),
        at=(top, 0),
    )
    return x, y, tangent
