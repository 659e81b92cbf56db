"""Page Tangent, with the sheet Chords: a chord closes in on the tangent of the function that the learner picks."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.curves import central, curve, gathered
from scenarios.derivatives.functions import FUNCTIONS, LABELS, Bent, picked
from scenarios.derivatives.rules import APART, STEP
from workbook.block import Between, Block, Counter, OneOf
from workbook.book import Book
from workbook.chart import GREEN, ORANGE, Chart, Mark, Series
from workbook.formula import call, largest, pick
from workbook.page import Page, Voice
from workbook.parameter import Parameter
from workbook.sheet import Kind
from workbook.text import N_, _

FUNCTION = Parameter(
    "function", "x^2", N_("the function whose slope is taken"), choices=tuple(f.key for f in FUNCTIONS)
)
X0 = Parameter("x0", 1.0, N_("the point at which its slope is taken"), -3, 3, symbol="x₀")
H = Parameter("h", 1.0, N_("the first step of the chord"), 0.1, 2, symbol="h₁")
DIVISOR = Parameter("divisor", 2.0, N_("what h is divided by from row to row"), 1.5, 3)
INPUTS = (FUNCTION, X0, H, DIVISOR)
CHORDS = 11
"""Rows of the table of chords: with h divided by 3 at the most, h stays above a millionth, clear of rounding noise."""
SHOWN = 6
"""How many of them stand on the page."""
FOUR: dict[str, Any] = {"number_format": "0.0000"}
"""The chords' slopes and errors show how they close in."""


def tangent(book: Book) -> None:
    """Let a chord close in on the tangent: on the page, and as a table."""
    page = book.page(
        "Tangent",
        _("How steep is a curve at one point?"),
        _("A slope needs two points; the derivative is what it closes in on as they meet."),
        _("Will the chord be steeper than the tangent, or flatter?"),
    )
    function = next(f for f in FUNCTIONS if f.key == book.settings.get("function", FUNCTION.default))
    with page.left():
        with page.beside():
            label = np.asarray(function.math, dtype=object)
            choice = page.given("function", label, "f", _("function"), valid=OneOf(LABELS))
            wish = page.setting(X0, "x_wish", title=_("the point"))
        with page.beside():
            h0 = page.setting(H, "h_first", title=_("first step"))
            width = page.given("half_width", 1.5, "", _("chart to each side"), valid=Between(0.5, 5))
        page.gap()
        said = page.keep()
        page.gap()
        page.math("f′(x₀) = lim (f(x₀ + h) − f(x₀)) / h   (h → 0)")
        sheet = book.page("Chords", _("A chord closes in on the tangent"), kind=Kind.DEEPER, landscape=False)
        f, x0 = _choose(sheet, choice, wish)
        _close_in(sheet, f, x0, h0)
        with page.table(None, SHOWN) as t:
            for id, column, title, symbol in (
                ("shown_h", "h", _("step"), "h"),
                ("shown_end", "x_end", _("second point"), "x₀ + h"),
                ("shown_slope", "chord_slope", _("slope of the chord"), "Δf / h"),
            ):
                gathered(t, id, [book[column][i] for i in range(SHOWN)], symbol, title)
        page.sentence("shown_first", "({f_end[0]:3} − {f_x0:3p}) / {h[0]:2} = {chord_slope[0]:3}")
        with page.into(said):
            words = _("▶ From x₀ = {x0:2} to {x_end[0]:2} the chord's slope is {chord_slope[0]:3}; at x₀ itself the slope is {slope_x0:3}.")  # fmt: skip
            page.live("tangent_says", words)
    lines = _picture(book, f, x0, width)
    alt = _("The picked function, its tangent at x₀ in green, and the chord from x₀ to x₀ + h in orange.")
    with page.right():
        page.chart(Chart("", lines, "x", "f(x)", alt, columns=9, rows=21))
    with book.start.left():
        book.start.sentence("face", _("Chord {chord_slope[0]:3}, tangent {slope_x0:3}"), Voice.HEADLINE)
    with book.start.right():
        book.start.chart(Chart("", lines, "x", "f(x)", alt, columns=8, rows=12))
    asked = page.offstage_block("tangent_asked", 3.0, title=_("the point that is asked for"))
    title = _("the slope of x² there")
    answer = page.offstage_block("tangent_asked_slope", 2 * asked.value, lambda: 2 * asked, title=title)
    page.try_(_("Type 0.5 and 0.1 for h₁: the chord turns into the tangent. Then pick another function."))
    yes = _("The slope of x² is 2x everywhere.")
    hint = _("pick x², type 3 for x₀, and read what the quotients close in on.")
    page.turn("tangent_turn", _("What is the slope of x² at x = 3?"), answer, 0.05, yes, hint)
    page.remember(_("The derivative is the slope that ever shorter chords close in on."))


def _choose(page: Page, choice: Block, wish: Block) -> tuple[Bent, Block]:
    """Take the page's inputs, and make what follows from them: which function, which point."""
    page.step(
        _("Pick a function and a point"),
        _("A derivative answers one question: if x moves a little, how much does f(x) move for each unit of it?"),
    )
    page.remark(_("Function, point and first step are on the sheet Tangent; the article leaves the examples to a linked site."))  # fmt: skip
    page.gap()
    with page.table(Counter(""), len(FUNCTIONS)) as t:
        names = t.recorded("function_names", np.array(LABELS, dtype=object), "f", _("functions to pick from"))
        slopes = np.array([f.slope_math for f in FUNCTIONS], dtype=object)
        t.recorded("slope_names", slopes, "f′", _("f′(x) by the rules"))
        lowest = t.recorded("lowest_x", [f.lowest for f in FUNCTIONS], "", _("x at least"))
    value, title = float(LABELS.index(str(choice.value)) + 1), _("number of your function")
    number = page.derived(
        "function_number", value, lambda: call("MATCH", choice, names, 0), "", title, number_format="0"
    )
    f = picked(choice, number)
    remark = _("√x and 1/x have no slope at 0: x₀ and the chart stay right of this")
    least = page.derived("lowest_here", f.lowest, lambda: pick(lowest, number), "", _("x at least"), remark=remark)
    value, title = max(float(wish.value), f.lowest), _("the point, as used")
    return f, page.derived("x0", value, lambda: largest(wish, least), "x₀", title)


def _close_in(page: Page, f: Bent, x0: Block, h0: Block) -> None:
    """Make the table of chords beside the derivative."""
    why = _("Between two points a slope can be measured; at one point it is what the measured slopes close in on as h shrinks.")  # fmt: skip
    page.step(_("Let the second point come closer"), why, "f′(x₀) = lim (f(x₀ + h) − f(x₀)) / h   (h → 0)")
    book, at = page.book, x0.value
    f0 = page.derived("f_x0", f.value(at), lambda: f.value_formula(x0.whole()), "f(x₀)")
    value = np.asarray(f.key and FUNCTIONS[int(book["function_number"].value) - 1].slope_math, object)
    rules = book["slope_names"]
    page.derived("slope_rule", value, lambda: pick(rules, book["function_number"]), "f′(x)", _("by the rules"))
    slope = page.gradient("slope_x0", f.slope(at), lambda: f.slope_formula(x0.whole()), "f′(x₀)", _("by the rules"))
    bend = page.gradient("bend_x0", f.bend(at), lambda: f.bend_formula(x0.whole()), "f″(x₀)")
    divisor = page.setting(DIVISOR, title=_("h is divided by"))
    page.gap()
    picture = page.keep()
    steps = np.divide.accumulate(np.array([float(h0.value)] + [float(divisor.value)] * (CHORDS - 1)))
    with page.table(Counter(""), CHORDS) as t:
        h = t.derived("h", steps, lambda t: h[t - 1] / divisor, "h", _("step"), first=lambda: h0, **FOUR)
        ends = t.derived("x_end", at + steps, lambda t: x0 + h[t], "x₀ + h", _("second point"), **FOUR)
        value, title = f.value(ends.value), _("value there")
        f_ends = t.derived("f_end", value, lambda t: f.value_formula(ends[t]), "f(x₀ + h)", title, **FOUR)
        rises, math = value - f0.value, {"math": "f(x₀+h) − f(x₀)", **FOUR}
        t.derived("rise", rises, lambda t: f_ends[t] - f0, "", _("rise of f"), **math)
        value, math = rises / steps, {"math": _("rise / h"), **FOUR}
        chords = t.derived("chord_slope", value, lambda t: (f_ends[t] - f0) / h[t], "", _("slope of the chord"), **math)
        value, math = value - slope.value, {"math": _("chord − f′(x₀)"), **FOUR}
        errors = t.derived("chord_error", value, lambda t: chords[t] - slope, "", _("error"), **math)
        value, math = steps / 2 * bend.value, {"math": "h/2 · f″(x₀)", **FOUR}
        foreseen = t.derived("error_foreseen", value, lambda t: h[t] / 2 * bend, "", _("error foreseen"), **math)
    page.sentence("first_chord", "({f_end[0]:4} − {f_x0:4p}) / {h[0]:2} = {chord_slope[0]:4}")
    page.text(_("The error is h/2 times the second derivative, and a little that vanishes faster: where f″(x₀) is not 0, half the h leaves about half the error."))  # fmt: skip
    step = page.offstage_block("h_check", STEP, title=_("step of the check"))
    quotient = central(page, "central_x0", f.value, f.value_formula, x0, step)
    page.check("slope_holds", _("f′(x₀) by the rules = central difference"), slope, quotient, APART)
    lines = (
        Series(_("error of the chord's slope"), h[:], errors[:], Mark.BOTH),
        Series(_("foreseen: h/2 · f″(x₀)"), h[:], foreseen[:], dashed=True),
    )
    alt = _("The error of the chord's slope against h: it goes to 0 as h does, along the straight line h/2 times the second derivative.")  # fmt: skip
    with page.into(picture):
        title = _("The chord's slope closes in on the derivative")
        page.chart(Chart(title, lines, "h", _("slope of the chord − f′(x₀)"), alt))


def _picture(book: Book, f: Bent, x0: Block, width: Block) -> tuple[Series, ...]:
    """Draw the function with its tangent at x₀ and the first chord."""
    page, at, half, least = book.helpers, float(x0.value), float(width.value), book["lowest_here"]
    low = max(at - half, f.lowest)
    f0, slope = book["f_x0"], book["slope_x0"]
    left = page.derived("x_left", low, lambda: largest(x0 - width, least), "", _("left end"))
    middle = page.derived("x_middle", (low + at + half) / 2, lambda: (left + x0 + width) / 2, "", _("middle"))
    reach = page.derived("x_reach", (at + half - low) / 2, lambda: (x0 + width - left) / 2, "", _("half its width"))
    x, y = curve(book, "tangent_curve", f, middle, reach)
    ends = [middle - reach, middle + reach]
    with page.table([_("left end"), _("right end")], 2) as t:
        value = np.array([low, at + half])
        tx = t.derived("tangent_x", value, None, "x", _("tangent"), each=ends)
        value = f0.value + slope.value * (value - at)
        ty = t.derived("tangent_y", value, lambda i: f0 + slope * (tx[i] - x0), "y", _("tangent"))
    with page.table([_("first point"), _("second point")], 2) as t:
        cx = gathered(t, "secant_x", [x0, book["x_end"][0]], "x", _("chord"))
        cy = gathered(t, "secant_y", [f0, book["f_end"][0]], "f(x)", _("chord"))
    return (
        Series("f(x)", x[:], y[:], width=2.25),
        Series(_("tangent"), tx[:], ty[:], colour=GREEN),
        Series(_("chord"), cx[:], cy[:], Mark.BOTH, colour=ORANGE),
    )
