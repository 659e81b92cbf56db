"""Page Differentiable: quotients from the left and from the right; where they do not meet there is no slope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from scenarios.common.columns import caption
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, Operand, absolute, as_expr, both, equal, if_, largest, number_of, rounded
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


def differentiable_page(book: Book) -> Page:
    """Add the page, empty."""
    return book.page(
        "Differentiable",
        _("Has a corner a slope?"),
        _("A slope exists only where the chords from the left and from the right agree in the end."),
        _("Which of x², |x|, ReLU and the step have one slope at 0?"),
    )


def quotients(at: float, step: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the quotients from the left and from the right of the four functions, by NumPy."""
    left = np.array([(f(at) - f(at - step)) / step for f in NUMPY], dtype=float)
    return left, np.array([(f(at + step) - f(at)) / step for f in NUMPY], dtype=float)


def verdicts() -> tuple[Message, Message, Message, Message]:
    """Return what is said of a gap that is none, closes, stays, grows."""
    return (
        _("no gap: one slope"),
        _("the gap closes: one slope"),
        _("the gap stays: a corner"),
        _("the gap grows: a jump"),
    )


def differentiable(page: Page, at: float = 0.0, step: float = 0.1) -> None:
    """Compare the quotients of four functions at one point, with h and with a tenth of it."""
    names = ["x²", "|x|", "ReLU", _("step")]
    with page.left():
        with page.beside():
            x = page.given("diff_x", at, valid=Between(-2, 2), **caption(_("the point"), "x₀", "0.00"))
            h = page.given("diff_h", step, valid=Between(0.001, 1), **caption(_("step"), "h", "0.000"))
        page.gap()
        said = page.keep()
        page.gap()
        page.math(_("left (f(x₀) − f(x₀ − h)) / h        right (f(x₀ + h) − f(x₀)) / h"))
        left, right = quotients(at, step)
        near_left, near_right = quotients(at, step / 10)
        gaps = np.round(right - left, DIGITS), np.round(near_right - near_left, DIGITS)
        digits = page.offstage_block("diff_digits", float(DIGITS), title=_("places to which gaps are rounded"))
        ten = as_expr(10)
        with page.table(names, 4) as t:
            fields = caption(_("left quotient"), "", "0.000")
            a = t.derived("diff_left", left, None, each=[_left(f, x, h) for f in CELL], **fields)
            fields = caption(_("right quotient"), "", "0.000")
            b = t.derived("diff_right", right, None, each=[_right(f, x, h) for f in CELL], **fields)
            gap = t.derived(
                "diff_gap", gaps[0], lambda i: rounded(b[i] - a[i], digits), **caption(_("gap"), "", "0.000")
            )
            near = t.derived(
                "diff_near",
                gaps[1],
                None,
                each=[rounded(_right(f, x, h / ten) - _left(f, x, h / ten), digits) for f in CELL],
                **caption(_("gap with h / 10"), "", "0.000"),
            )
        page.gap()
        said_of = np.array([str(_verdict(g, n)) for g, n in zip(*gaps, strict=True)], dtype=object)
        with page.table(names, 4) as t:
            t.derived("diff_verdict", said_of, lambda i: _verdict_formula(gap[i], near[i]), **caption(_("so"), "", "@"))
        with page.into(said):
            page.live(
                "diff_says",
                _("▶ At x₀ = {x:2}: |x| has {a:2} from the left and {b:2} from the right; x² has {c:2} and {d:2}."),
                x=x,
                a=a[1],
                b=b[1],
                c=a[0],
                d=b[0],
            )
    _picture(page, names, x, h)
    asked = page.offstage_block("diff_asked", -1.0, title=_("the point that is asked for"))
    answer = page.offstage_block(
        "diff_asked_slope", -1.0, lambda: asked / absolute(asked), title=_("the slope of |x| there")
    )
    page.try_(
        _(
            "Type 0.01 for h: the gap of x² closes, the others do not. Then type 1 for x₀: every function has a slope there."
        )
    )
    page.turn(
        "diff_turn",
        _("What is the slope of |x| at x = −1?"),
        answer,
        0.01,
        _("Away from its corner |x| is a straight line."),
        _("type −1 for x₀ and read both quotients."),
    )
    page.remember(_("Left and right agree: a slope. At a corner or a jump: none."))


def _left(f: Callable[[Expr], Expr], x: Block, h: Operand) -> Expr:
    return (f(x.whole()) - f(x - h)) / h


def _right(f: Callable[[Expr], Expr], x: Block, h: Operand) -> Expr:
    return (f(x + h) - f(x.whole())) / h


def _verdict(gap: float, near: float) -> Message:
    none, closes, stays, grows = verdicts()
    if gap == near == 0:
        return none
    return closes if abs(near) < abs(gap) else stays if abs(near) == abs(gap) else grows


def _verdict_formula(gap: Operand, near: Operand) -> Expr:
    none, closes, stays, grows = map(str, verdicts())
    smaller, same = absolute(near) < absolute(gap), equal(absolute(near), absolute(gap))
    return if_(both(equal(gap, 0), equal(near, 0)), none, if_(smaller, closes, if_(same, stays, grows)))


def _picture(page: Page, names: list[Message] | list[str], x: Block, h: Block) -> None:
    far = np.arange(-20, 21) / 10
    with page.book.helpers.table(Counter(), len(far)) as t:
        at = t.derived("diff_curve_x", far, lambda i: (number_of(i) - 1) / 10 - 2, **caption("x", "", "0.0"))
        curves = [
            t.derived(f"diff_curve_{n}", f(far), lambda i, g=g: g(at[i]), **caption(name, "", "0.00"))
            for n, (name, f, g) in enumerate(zip(names, NUMPY, CELL, strict=True))
        ]
    start = float(x.value)
    places = np.array([start - float(h.value), start, start + float(h.value)])
    with page.book.helpers.table([_("left"), _("the point"), _("right")], 3) as t:
        px = t.derived("diff_mark_x", places, None, each=[x - h, x.whole(), x + h], **caption("x", "", "0.00"))
        py = t.derived("diff_mark_y", np.abs(places), lambda i: absolute(px[i]), **caption("|x|", "", "0.00"))
    colours = ("#1F6FB2", "#D1711B", "#3A8F4A", "#555B66")
    with page.right():
        page.chart(
            Chart(
                "",
                (
                    *(
                        Series(name, at[:], curve[:], Mark.POINTS if curve is curves[-1] else Mark.LINE, colour, size=4)
                        for name, curve, colour in zip(names, curves, colours, strict=True)
                    ),
                    Series(_("two chords on |x|"), px[:], py[:], Mark.BOTH, "#B3261E"),
                ),
                "x",
                "f(x)",
                _(
                    "x², |x|, ReLU and the step around 0, and on |x| the chords to the left and to the right of the point."
                ),
                columns=9,
                rows=21,
            )
        )
