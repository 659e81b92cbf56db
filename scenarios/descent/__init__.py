"""Gradient descent in one variable and in two: y = x², x⁴ − 4x² + x, 1 + 2x − x², x + y, and the saddle x² − y².

Symbols, as in the article:
    x, y         ()   the position
    f(x), f(x,y) ()   the height there
    slope        ()   f′(x); in two variables the partial derivatives ∂f/∂x, ∂f/∂y
    η            ()   the step size (the article's "small constant", later the learning rate)
One step of descent: x ← x − η·f′(x); of ascent: x ← x + η·f′(x). A run is a table with one row a step, row 0 the start.

The story, page by page:
    Bowl        Walk downhill: how long may the step be? Yellow η; the path on y = x² and the height by step beside it.
                Try 0.1, 0.5, 0.9, 1.05. Turn: by what does a step with η = 0.25 multiply x?
    TwoValleys  Where you start decides where you end. Three yellow starts on x⁴ − 4x² + x, two valleys, one ridge between;
                a recorded noise, as strong as a yellow cell says, carries one run over the ridge. Turn: the slope at 1.
    deeper      BowlSteps (the run with its slopes held to quotients), ValleySteps, StepSize, Hill, Plane, Saddle
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenarios.descent.bowl import RATE, bowl, bowl_page
from scenarios.descent.one_variable import HILL, HILL_RATE, HILL_START, LARGEST_RATE, SQUARE, STEPS, hill, walk
from scenarios.descent.step_sizes import SIZES, START, step_sizes
from scenarios.descent.two_valleys import two_valleys, valleys_page
from scenarios.descent.two_variables import PLANE, plane, saddle
from workbook.book import Book
from workbook.scenario import Scenario
from workbook.text import N_, _

__all__ = ["HILL", "LARGEST_RATE", "SQUARE", "STEPS", "Descent", "walk"]


class Descent(Scenario):
    """Walk downhill: the step, the step size, two valleys, the plane that has no bottom, the saddle."""

    name = "descent"
    licence = "MIT"
    title = N_("Gradient descent, step by step")
    article = N_("Fathoming the Deep in Deep Learning – A Practical Approach (gradient descent)")
    summary = N_(
        "Walk downhill by the slope alone: on y = x² and, uphill, on 1 + 2x − x²; with steps too small, right and too"
        " large; on the plane x + y for the article's 300 steps and beyond; and past a saddle."
    )
    order = 100
    locale = Path(__file__).parent.parent / "locale"
    ask = (
        "sizes_factor=2",
        "sizes_share=2",
        "sizes_left=2",
        "bowl_tangent_y[0]",
        "bowl_tangent_y[2]=3",
        "hill_tangent_y[0]",
        "hill_tangent_y[2]=3",
        "valley_flat_y=3",
    )
    parameters = (START, RATE, *SIZES, HILL_START, HILL_RATE, *PLANE)

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        book.first_change = _(
            "on the sheet Bowl, the yellow step size η: 0.1 creeps, 0.5 arrives at once, 0.9 zigzags, 1.05 runs away."
        )
        first, second = bowl_page(book), valleys_page(book)
        bowl(first)
        two_valleys(second)
        step_sizes(book)
        hill(book)
        plane(book)
        saddle(book)
