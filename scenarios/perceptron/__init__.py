"""The perceptron: shall we go to the cinema? Then logic gates: one perceptron draws one line, two layers do XOR.

Symbols and shapes:
    x   (3,)    inputs scaled to 0…1: cloud cover, holiday, time of day
    w   (3,)    weights, a row;  w·x is 1×3 · 3×1 = 1×1
    θ   ()      threshold (`theta`);  b = −θ, the bias
    z   ()      w·x + b
    y   ()      step output u(z);  p = σ(z) the smooth output
A gate has two inputs of 0 or 1; its truth table has a row for each of the four patterns.
XOR and XNOR have two layers:  A¹ = u(W¹·X + b¹), A² = u(W²·A¹ + b²), one column of X (2, 4) a pattern.

One module a page, or sheets that belong together. The story is in SCRIPT.md beside this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.perceptron import parts
from scenarios.perceptron.cinema import HIGHS, cinema_page, product_sheet
from scenarios.perceptron.days import days_sheet
from scenarios.perceptron.gates import gates_sheet
from scenarios.perceptron.layers import two_layers_sheet
from scenarios.perceptron.learning import learning_page
from scenarios.perceptron.line import line_page
from scenarios.perceptron.nand_only import nand_only_sheet
from scenarios.perceptron.why_not import search_page, why_not_page
from scenarios.perceptron.xor import xor_page
from workbook.book import Book
from workbook.data import read_numbers
from workbook.scenario import Parameter, Scenario, UsageError
from workbook.sheet import Kind
from workbook.text import N_, _

DAYS = np.array([(80, 1, 19), (10, 0, 9), (95, 0, 20), (40, 1, 14), (60, 0, 18), (100, 0, 12), (0, 1, 22)], dtype=float)


class Perceptron(Scenario):
    """The cinema decision, one-perceptron gates with their dividing lines, XOR and XNOR from two layers."""

    name = "perceptron"
    title = N_("Shall we go to the cinema? A perceptron decides")
    article = N_("Fathoming the Deep in Deep Learning – A Practical Approach (simulating decisions with perceptrons)")
    summary = N_(
        "Cloud cover, holiday and time of day, each times its weight, plus a bias: shall we go to the cinema? "
        "Then AND, OR and NAND as one"
        " perceptron each, why one cannot do XOR, and how two layers can."
    )
    order = 50
    locale = Path(__file__).parent.parent / "locale"
    data_columns = N_("cloud (0 to 100 %), holiday (0 to 1), hour (0 to 24): 1 to 200 days")
    parameters = (
        Parameter("cloud", 80.0, N_("cloud cover in %"), 0, 100),
        Parameter("holiday", 1.0, N_("holiday: 1 yes, 0 no"), 0, 1),
        Parameter("hour", 19.0, N_("time of day in hours"), 0, 24),
        Parameter("w1", 2.0, N_("weight of cloud cover"), -20, 20),
        Parameter("w2", 3.0, N_("weight of the holiday"), -20, 20),
        Parameter("w3", 4.0, N_("weight of the time of day"), -20, 20),
        Parameter("theta", 5.0, N_("threshold θ from which we go"), -50, 50),
    )

    def read_data(self, path: Path) -> Array:
        """Read days, (m, 3): cloud, holiday, hour."""
        names = ("cloud", "holiday", "hour")
        days = read_numbers(path, names, min_rows=1, max_rows=200, low=0, high=100, not_constant=False).to_numpy(
            dtype=float
        )
        for row, column in np.argwhere(days > HIGHS):
            raise UsageError(
                f"{path}: row {row + 2}, column {names[column]}: {days[row, column]:g} is too large; give a number from 0 to {HIGHS[column]:g}"
            )
        return days

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        """Walk from one decision to gates, to what one perceptron cannot do, to two layers, and to learning."""
        book.first_change = _("on the sheet Cinema, type 0 for holiday: a working day. Does the decision turn?")
        cinema = book.page(
            "Cinema",
            _("Shall we go to the cinema?"),
            _("Each input counts as much as its weight says; if the sum reaches the threshold, we go."),
            _("Is a holiday alone enough to make you go?"),
        )
        line = book.page(
            "Line",
            _("One neuron draws one line"),
            _("With two inputs, weights and bias are a line: on one side the neuron fires, on the other it is quiet."),
            _("A larger bias: does the line leave more corners on the firing side, or fewer?"),
        )
        learning = book.page(
            "Learning",
            _("It learns the line from its mistakes"),
            _("Whenever it is wrong, each weight moves a little against the error; right answers move nothing."),
            _("Will it ever stop changing its weights?"),
        )
        why_not = book.page(
            "WhyNot",
            _("Why one perceptron cannot do XOR"),
            _("XOR fires for exactly one input: its corners lie crosswise, and no single line parts them."),
            _("How many of the four rows can you make right?"),
        )
        xor = book.page(
            "Xor",
            _("Two layers can: XOR"),
            _("Two neurons draw two lines, and a third asks for both: what one line cannot part, two can."),
            _("Which two of AND, OR, NAND make XOR, if a third neuron asks for both?"),
        )
        decision = cinema_page(cinema, settings)
        line_page(line)
        learning_page(learning)
        why_not_page(why_not)
        product_sheet(book, decision)
        days_sheet(book, decision, DAYS if data is None else data, own=data is not None)
        gates = gates_sheet(book)
        search_page(book.page("Search", _("Looking through many weights"), kind=Kind.DEEPER, column_width=7))
        layers = xor_page(xor)
        two_layers_sheet(book, parts.XOR, layers)
        two_layers_sheet(book, parts.XNOR)
        nand_only_sheet(book, *gates["NAND"])
