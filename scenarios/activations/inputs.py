"""Sheet Inputs: the numbers that all functions share, and the grid of x."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios.activations.functions import (
    ROWS,
    H,
    Inputs,
)
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.formula import (
    number_of,
)
from workbook.text import _


def inputs_sheet(book: Book, settings: Mapping[str, Any]) -> Inputs:
    sheet = book.sheet("Inputs", _("What can be changed"), landscape=False)
    sheet.step(
        _("The grid of x"),
        _("Every function is shown for the same 49 values of x: the first, and the distance to the next."),
        "x₁, x₁ + Δ, x₁ + 2Δ, …",
    )
    value = {key: float(v) for key, v in settings.items()}
    start = sheet.given(
        "x_start",
        value["start"],
        symbol="x₁",
        title=_("first x"),
        number_format="0.00",
        valid=Between(-50, 50),
        remark=_("chosen here"),
    )
    by = sheet.given(
        "x_step",
        value["step"],
        symbol="Δ",
        title=_("from x to x"),
        number_format="0.00",
        valid=Between(0.01, 2),
        remark=_("chosen here"),
    )
    sheet.step(
        _("The difference quotient"),
        _(
            "A slope can be measured without any rule of differentiation: go h to the right and h to the left, "
            "and divide rise by run."
        ),
        "f′(x) ≈ (f(x + h) − f(x − h)) / 2h",
    )
    h = sheet.given(
        "h",
        H,
        symbol="h",
        title=_("small step"),
        number_format="0.0E+00",
        valid=Between(1e-5, 2e-4),
        remark=_("chosen here"),
    )
    zero = sheet.recorded("zero", 0.0, title=_("what a difference should be"), number_format="0")
    sheet.step(
        _("The functions' own numbers"),
        _("Each belongs to one function, on the sheet of that name."),
        "f(x) = c·x        f(x) = L / (1 + e^(−k·(x − x0)))",
    )
    printed = _("printed in the article")
    slope = sheet.given(
        "slope",
        value["slope"],
        symbol="c",
        title=_("slope of the linear function"),
        number_format="0.00",
        valid=Between(-100, 100),
        article=4.0,
        remark=printed,
    )
    L = sheet.given(
        "L",
        value["L"],
        symbol="L",
        title=_("maximum of the logistic function"),
        number_format="0.00",
        valid=Between(0.01, 1000),
        article=1.0,
        remark=printed,
    )
    k = sheet.given(
        "k",
        value["k"],
        symbol="k",
        title=_("steepness of the logistic function"),
        number_format="0.00",
        valid=Between(-10, 10),
        article=1.0,
        remark=printed,
    )
    x0 = sheet.given(
        "x0",
        value["x0"],
        symbol="x0",
        title=_("midpoint of the logistic function"),
        number_format="0.00",
        valid=Between(-50, 50),
        article=0.0,
        remark=printed,
    )
    leak = sheet.given(
        "leak",
        value["leak"],
        symbol="c",
        title=_("slope of leaky ReLU below zero"),
        number_format="0.00",
        valid=Between(0, 0.99),
        remark=_("chosen here; often 0.01, but then the chart hides it"),
    )
    return Inputs(start, by, h, slope, L, k, x0, leak, zero)


def grid_of_x(book: Book, p: Inputs) -> Block:
    """Put x beside the inputs once; every other sheet refers to it."""
    sheet = book.parts[-1]
    sheet.step(_("The values of x"), _("The sheets that follow read x from here."), "xᵢ = x₁ + (i − 1)·Δ")
    with sheet.table(Counter("i = "), ROWS) as table:
        return table.derived(
            "x", p.x, lambda i: p.start + p.by * (number_of(i) - 1), title=_("input"), symbol="x", number_format="0.00"
        )
