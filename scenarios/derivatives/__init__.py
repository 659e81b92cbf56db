"""Differential calculus, as far as gradient descent needs it: the article's detour over derivatives.

Symbols
-------
f, x₀      the picked function and the point where its slope is wanted
h          the step from x₀ to the chord's second point; smaller in every row
f′, f″     first derivative (slope) and second derivative (how the slope changes)
u, v       two functions of x that the rules put together: u = x², v = sin x
∂f/∂x      a partial derivative: one input moves, the others stay
K [3×3]    one parabola c + b·x + a·x² a row: the columns are c, b, a

One module a sheet, or two that belong together. The story, page by page:

Tangent         How steep is a curve at one point? Yellow function, x₀ and h₁; chord and tangent, and the first six quotients.
Motion          From home to the destination: yellow moment t; average speed, speed, acceleration, jerk. Turn: the top speed.
Cylinder        V = πr²h: yellow r, h and Δ; two slopes, 94.25 and 28.27 at (3, 5). Turn: what does 0.1 more height bring?
Differentiable  Does a corner have a slope? Left and right quotients of x², |x|, ReLU, step; how the gap answers to a smaller h.
deeper          Chords, Rounding, Rules, Partial, and minimum and maximum
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenarios.derivatives.cylinder import cylinder
from scenarios.derivatives.differentiable import differentiable
from scenarios.derivatives.extremes import extremes
from scenarios.derivatives.motion import motion
from scenarios.derivatives.partials import POINT, partials
from scenarios.derivatives.rounding import rounding
from scenarios.derivatives.rules import rules
from scenarios.derivatives.tangent import INPUTS, tangent
from workbook.book import Book
from workbook.scenario import Scenario
from workbook.text import N_, _


class Derivatives(Scenario):
    """Slopes of chords and of the tangent, the rules, partial derivatives, minimum and maximum."""

    name = "derivatives"
    licence = "MIT"
    title = N_("Derivatives: from a chord's slope to minimum and maximum")
    article = N_(
        "Fathoming the Deep in Deep Learning: A Practical Approach, the detour over differential calculus and gradient descent's warm-up"
    )
    summary = N_(
        "A derivative is a rate of change: the slope that a chord's slope closes in on. Here the chord closes in row by row, the rules are held against difference quotients, a function of three inputs gets its three partial derivatives, and first and second derivative tell minimum from maximum: all that gradient descent and backpropagation use."
    )
    order = 70
    parameters = (*INPUTS, *POINT)
    locale = Path(__file__).parent.parent / "locale"
    ask = ("volume", "volume_slope", "volume_foreseen", "du", "dv", "rule_slope=4", "f_point", "partial_slope=3")

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        book.first_change = _(
            "on the sheet Tangent, type 0.1 for h₁: the chord turns into the tangent. Then pick another function."
        )
        for add in (tangent, motion, cylinder, differentiable, rounding, rules, partials, extremes):
            add(book)
