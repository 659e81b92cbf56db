"""Activation functions: values, derivatives, and a difference quotient beside every derivative.

Symbols and shapes:
    x      (n,)   the grid: `from`, `from` + step, …
    f(x)   (n,)   the function;  f′(x) (n,) its derivative
    q      (n,)   central difference quotient, (f(x + h) − f(x − h)) / 2h
    L, k, x0  ()  maximum, steepness and midpoint of the logistic family L / (1 + e^(−k(x − x0)))
Where a function has a kink or a jump there is no derivative: rows within h of it are marked and not compared.

The core pages are `curve`, `bend`, `scale` and `campaign`; the script of each stands there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenarios.activations.bend import bend_page
from scenarios.activations.campaign import campaign_page
from scenarios.activations.curve import curve_page
from scenarios.activations.function_sheet import function_sheet
from scenarios.activations.functions import FUNCTIONS, LOGISTIC, SIGMOID, TANH
from scenarios.activations.inputs import grid_of_x, inputs_sheet
from scenarios.activations.more import concavity, midpoint, tanh_from_sigmoid
from scenarios.activations.scale import scale_page
from scenarios.activations.together import compare, near_linear
from workbook.book import Book
from workbook.scenario import Parameter, Scenario
from workbook.text import N_, _


class Activations(Scenario):
    """Seven activation functions over a grid, each derivative beside its difference quotient."""

    name = "activations"
    title = N_("Activation functions and their derivatives")
    article = N_(
        "Fathoming the Deep in Deep Learning – A Practical Approach (activation functions); The maths behind "
        "deep networks (activation functions)"
    )
    summary = N_(
        "Step, linear, the logistic family with L, k and x0 to play with, sigmoid, tanh, ReLU and leaky ReLU: "
        "what each does to its input, how"
        " steep it is there, and a difference quotient beside every derivative to prove it."
    )
    order = 60
    locale = Path(__file__).parent.parent / "locale"
    parameters = (
        Parameter("start", -6.0, N_("first x of the grid"), -50, 50),
        Parameter("step", 0.25, N_("from x to x"), 0.01, 2),
        Parameter("slope", 4.0, N_("slope c of the linear function"), -100, 100),
        Parameter("L", 1.0, N_("logistic family: maximum L"), 0.01, 1000),
        Parameter("k", 1.0, N_("logistic family: steepness k"), -10, 10),
        Parameter("x0", 0.0, N_("logistic family: midpoint x0"), -50, 50),
        Parameter("leak", 0.1, N_("leaky ReLU: slope below zero"), 0, 0.99),
        Parameter("width", 3.0, N_("the sigmoid's near-linear part reaches from minus this to this"), 0.1, 10),
    )

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        book.first_change = _(
            "on the sheet Curve, choose tanh, then type 3 for z: the output comes close to 1, and the slope all but vanishes."
        )
        curve = book.page(
            "Curve",
            _("Bend a number: choose an activation"),
            _("A neuron's sum can be any number; the activation bends it, and its slope is what learning feels."),
            _("Where is the sigmoid steepest: far left, in the middle, or far right?"),
        )
        bend = book.page(
            "Bend",
            _("Why not only straight lines?"),
            _("Linear layers in a row are one linear layer; only a bend in between lets depth gain anything."),
            _("Two straight layers, one after the other: is the result bent or straight?"),
        )
        scale = book.page(
            "Scale",
            _("The toy maker: what does one more coin sell?"),
            _("Sales follow an S: at first few hear of the toy, later all have it; money works best in between."),
            _("Where does one more coin sell most: at the start, in the middle, or at the end?"),
        )
        campaign = book.page(
            "Campaign",
            _("One state or two? The S curve decides"),
            _("Below the threshold money buys almost nothing, so a small budget that is split can be lost twice."),
            _("Ten to spend in two states: half and half, or all in one?"),
        )
        p = inputs_sheet(book, settings)
        x = grid_of_x(book, p)
        for function in FUNCTIONS:
            sheet = function_sheet(book, p, x, function)
            if function is LOGISTIC:
                midpoint(sheet, p)
            elif function is SIGMOID:
                concavity(sheet, p, x)
            elif function is TANH:
                tanh_from_sigmoid(sheet, p, x)
        near_linear(book, float(settings["width"]))
        compare(book, p, x)
        curve_page(curve, p, x)
        bend_page(bend)
        scale_page(scale)
        campaign_page(campaign)
