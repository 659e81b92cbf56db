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
Differentiable  Has a corner a slope? Left and right quotients of x², |x|, ReLU, step; how the gap answers to a smaller h.
deeper          Chords, Drawing, Rounding, Rules, Partial, and minimum and maximum
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenarios.derivatives.cylinder import cylinder, cylinder_page
from scenarios.derivatives.differentiable import differentiable, differentiable_page
from scenarios.derivatives.extremes import extremes_sheet
from scenarios.derivatives.functions import FUNCTIONS
from scenarios.derivatives.motion import motion, motion_page
from scenarios.derivatives.partials import partials_sheet
from scenarios.derivatives.rounding import rounding_sheet
from scenarios.derivatives.rules import rules_sheet
from scenarios.derivatives.tangent import tangent_page, tangent_sheets
from workbook.book import Book
from workbook.scenario import Parameter, Scenario
from workbook.text import N_, _


class Derivatives(Scenario):
    """Slopes of chords and of the tangent, the rules, partial derivatives, minimum and maximum."""

    name = "derivatives"
    title = N_("Derivatives: from a chord's slope to minimum and maximum")
    article = N_(
        "Fathoming the Deep in Deep Learning: A Practical Approach, the detour over differential calculus and "
        "gradient descent's warm-up"
    )
    summary = N_(
        "A derivative is a rate of change: the slope that a chord's slope closes in on. Here the chord closes in row by row, "
        "the rules are held against difference quotients, a function of three inputs gets its three partial derivatives, "
        "and first and second derivative tell minimum from maximum: all that gradient descent and backpropagation use."
    )
    order = 70
    parameters = (
        Parameter("function", "x^2", N_("the function whose slope is taken"), choices=tuple(f.key for f in FUNCTIONS)),
        Parameter("x0", 1.0, N_("the point at which its slope is taken"), -3, 3),
        Parameter("h", 1.0, N_("the first step of the chord"), 0.1, 2),
        Parameter("divisor", 2.0, N_("what h is divided by from row to row"), 1.5, 3),
        Parameter("x", 2.0, N_("x of the point for the partial derivatives"), -5, 5),
        Parameter("y", 1.0, N_("y of the point for the partial derivatives"), -5, 5),
        Parameter("z", 3.0, N_("z of the point for the partial derivatives"), -5, 5),
    )
    locale = Path(__file__).parent.parent / "locale"

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        """Lay out the four core pages, then the six sheets."""
        book.first_change = _(
            "on the sheet Tangent, type 0.1 for h₁: the chord turns into the tangent. Then pick another function."
        )
        pages = tangent_page(book), motion_page(book), cylinder_page(book), differentiable_page(book)
        tangent_sheets(pages[0], settings)
        motion(pages[1])
        cylinder(pages[2])
        differentiable(pages[3])
        rounding_sheet(book)
        rules_sheet(book)
        partials_sheet(book, [float(settings[key]) for key in "xyz"])
        extremes_sheet(book)
