"""Activation functions: values, derivatives, and a difference quotient beside every derivative.

Symbols and shapes:
    x      (n,)   the grid: `from`, `from` + step, …
    f(x)   (n,)   the function;  f′(x) (n,) its derivative
    q      (n,)   central difference quotient, (f(x + h) − f(x − h)) / 2h
    L, k, x0  ()  maximum, steepness and midpoint of the logistic family L / (1 + e^(−k(x − x0)))
Where a function has a kink or a jump there is no derivative: rows within h of it are marked and not compared.

The core pages are `curve`, `bend`, `scale` and `campaign`; the script of each stands there. Deeper: every function in a
step of its own (`explained`), `near_linear`, `compare`; the tables stand on the data page (`values`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenarios.activations.bend import bend
from scenarios.activations.campaign import campaign
from scenarios.activations.curve import curve
from scenarios.activations.explained import explain
from scenarios.activations.functions import OWN
from scenarios.activations.scale import scale
from scenarios.activations.together import WIDTH, compare, near_linear
from scenarios.activations.values import GRID
from workbook.book import Book
from workbook.scenario import Scenario
from workbook.text import N_, _


class Activations(Scenario):
    """Seven activation functions over a grid, each derivative beside its difference quotient."""

    name = "activations"
    licence = "MIT"
    title = N_("Activation functions and their derivatives")
    article = N_("Fathoming the Deep in Deep Learning – A Practical Approach (activation functions); The maths behind deep networks (activation functions)")  # fmt: skip
    summary = N_("Step, linear, the logistic family with L, k and x0 to play with, sigmoid, tanh, ReLU and leaky ReLU: what each does to its input, how steep it is there, and a difference quotient beside every derivative to prove it.")  # fmt: skip
    order = 60
    locale = Path(__file__).parent.parent / "locale"
    ask = ("stack_first=2", "stack_bent=3", "toy_sales=3", "toy_marginal=3", "camp_wins=2")
    parameters = (*GRID, *OWN, WIDTH)

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        book.first_change = _("on the sheet Curve, choose tanh, then type 3 for z: the output comes close to 1, and the slope all but vanishes.")  # fmt: skip
        shown, own = curve(book)
        explain(book, shown, own)
        near_linear(book)
        compare(book, shown)
        bend(book)
        scale(book)
        campaign(book)
