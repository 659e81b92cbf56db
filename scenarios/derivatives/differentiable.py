"""Page Differentiable: quotients from the left and from the right; where they do not meet there is no slope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from scenarios.common.curves import grid
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import BLUE, GREEN, GREY, ORANGE, RED, Chart, Mark, Series
from workbook.formula import Expr, Operand, absolute, as_expr, both, equal, if_, largest, rounded
from workbook.page import Page
from workbook.text import Message, _

NUMPY: tuple[Callable[[Any], Any], ...] = (
    np.square,
    np.abs,
    lambda x: np.maximum(x, 0.0),
    lambda x: np.where(np.asarray(x) >= 0, 1.0, 0.0),
)
CELL: tuple[Callable[[Expr], Expr], ...] = (
    lambda x: x**2,
    absolute,
    lambda x: largest(x, 0),
    lambda x: if_(x >= 0, 1, 0),
)
DIGITS = 6
"""Quotients are compared after rounding to so many places: differences of floating-point numbers are not exact."""


def quotients(at: float, step: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the quotients from the left and from the right of the four functions, by NumPy."""
    left = np.array([(f(at) - f(at - step)) / step for f in NUMPY], dtype=float)
    return left, np.array([(f(at + step) - f(at)) / step for f in NUMPY], dtype=float)


def differentiable(book: Book) -> None:
    """Compare the quotients of four functions at one point, with h and with a tenth of it."""
    page = book.page(
        "Differentiable",
        _("Does a corner have a slope?"),
        _("A slope exists only where the chords from the left and from the right agree in the end."),
        _("Which of x², |x|, ReLU and the step have one slope at 0?"),
    )
    names = ["x²", "|x|", "ReLU", _("unit step")]
    with page.left():
        with page.beside():
            x = page.given("diff_x", 0.0, "x₀", _("the point"), valid=Between(-2, 2))
            h = page.given("diff_h", 0.1, "h", _("step"), valid=Between(0.001, 1))
        page.gap()
        said = page.keep()
        page.gap()
        page.math(_("left (f(x₀) − f(x₀ − h)) / h"))
        page.math(_("right (f(x₀ + h) − f(x₀)) / h"))
        (left, right), (near_left, near_right) = (quotients(float(x.value), float(h.value) / by) for by in (1, 10))
        digits = page.offstage_block("diff_digits", float(DIGITS), title=_("places to which gaps are rounded"))
        tenth = h / as_expr(10)
        with page.table(names, 4) as t:
            each = [_left(f, x, h) for f in CELL]
            a = t.derived("diff_left", left, None, "", _("left quotient"), each=each)
            each = [_right(f, x, h) for f in CELL]
            b = t.derived("diff_right", right, None, "", _("right quotient"), each=each)
            value = np.round(right - left, DIGITS)
            gap = t.derived("diff_gap", value, lambda i: rounded(b[i] - a[i], digits), "", _("gap with h"))
            value = np.round(near_right - near_left, DIGITS)
            each = [rounded(_right(f, x, tenth) - _left(f, x, tenth), digits) for f in CELL]
            near = t.derived("diff_near", value, None, "", _("gap with h / 10"), each=each)
        page.gap()
        said_of = np.array(
            [str(_verdict(*both_gaps)) for both_gaps in zip(gap.value, value, strict=True)], dtype=object
        )
        with page.table(names, 4) as t:
            t.derived("diff_verdict", said_of, lambda i: _verdict_formula(gap[i], near[i]), "", _("so"))
        with page.into(said):
            words = _("▶ At x₀ = {diff_x:2}: |x| has {diff_left[1]:2} from the left and {diff_right[1]:2} from the right; x² has {diff_left[0]:2} and {diff_right[0]:2}.")  # fmt: skip
            page.live("diff_says", words)
    _picture(page, names, x, h)
    asked = page.offstage_block("diff_asked", -1.0, title=_("the point that is asked for"))
    title = _("the slope of |x| there")
    answer = page.offstage_block("diff_asked_slope", -1.0, lambda: asked / absolute(asked), title=title)
    page.try_(_("Type 0.01 for h: the gap of x² closes, the others do not. Then type 1 for x₀: every function has a slope there."))  # fmt: skip
    yes, hint = _("Away from its corner |x| is a straight line."), _("type −1 for x₀ and read both quotients.")
    page.turn("diff_turn", _("What is the slope of |x| at x = −1?"), answer, 0.01, yes, hint)
    page.remember(_("Left and right agree: a slope. At a corner or a jump: none."))


def _left(f: Callable[[Expr], Expr], x: Block, h: Operand) -> Expr:
    return (f(x.whole()) - f(x - h)) / h


def _right(f: Callable[[Expr], Expr], x: Block, h: Operand) -> Expr:
    return (f(x + h) - f(x.whole())) / h


def _verdicts() -> tuple[Message, Message, Message, Message]:
    """Return what is said of a gap that is none, closes, stays, grows."""
    none, closes = _("no gap: one slope"), _("the gap closes: one slope")
    return none, closes, _("the gap stays: a corner"), _("the gap grows: a jump")


def _verdict(gap: float, near: float) -> Message:
    none, closes, stays, grows = _verdicts()
    if gap == near == 0:
        return none
    return closes if abs(near) < abs(gap) else stays if abs(near) == abs(gap) else grows


def _verdict_formula(gap: Operand, near: Operand) -> Expr:
    none, closes, stays, grows = map(str, _verdicts())
    smaller, same = absolute(near) < absolute(gap), equal(absolute(near), absolute(gap))
    return if_(both(equal(gap, 0), equal(near, 0)), none, if_(smaller, closes, if_(same, stays, grows)))


def _picture(page: Page, names: list[Message] | list[str], x: Block, h: Block) -> None:
    drawn = []
    with page.book.helpers.table(Counter(), 41) as t:
        at = grid(t, "diff_curve_x", 0, 2)
        for n, (name, f, g) in enumerate(zip(names, NUMPY, CELL, strict=True)):
            drawn.append(t.derived(f"diff_curve_{n}", f(at.value), lambda i, g=g: g(at[i]), "", name))
    places = x.value + h.value * np.array([-1.0, 0.0, 1.0])
    with page.book.helpers.table([_("left end"), _("the point"), _("right end")], 3) as t:
        px = t.derived("diff_mark_x", places, None, "", "x", each=[x - h, x.whole(), x + h])
        py = t.derived("diff_mark_y", np.abs(places), lambda i: absolute(px[i]), "", "|x|")
    marks = (Mark.LINE, Mark.LINE, Mark.LINE, Mark.POINTS)
    lines = (
        Series(name, at[:], line[:], mark, colour, size=4)
        for name, line, mark, colour in zip(names, drawn, marks, (BLUE, ORANGE, GREEN, GREY), strict=True)
    )
    chords = Series(_("two chords on |x|"), px[:], py[:], Mark.BOTH, RED)
    alt = _("x², |x|, ReLU and the step around 0, and on |x| the chords to the left and to the right of the point.")
    with page.right():
        page.chart(Chart("", (*lines, chords), "x", "f(x)", alt, columns=9, rows=21))
