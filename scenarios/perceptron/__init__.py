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

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.perceptron import parts
from scenarios.perceptron.cinema import DAY, HIGHS, THETA, WEIGHTS, cinema, product
from scenarios.perceptron.days import days
from scenarios.perceptron.gates import gates, nand_only
from scenarios.perceptron.layers import two_layers
from scenarios.perceptron.learning import learning
from scenarios.perceptron.line import line
from scenarios.perceptron.why_not import search, why_not
from scenarios.perceptron.xor import xor
from workbook.book import Book
from workbook.data import read_numbers
from workbook.scenario import Scenario, UsageError
from workbook.text import N_, _

DAYS = np.array([(80, 1, 19), (10, 0, 9), (95, 0, 20), (40, 1, 14), (60, 0, 18), (100, 0, 12), (0, 1, 22)], dtype=float)


class Perceptron(Scenario):
    """The cinema decision, one-perceptron gates with their dividing lines, XOR and XNOR from two layers."""

    name = "perceptron"
    licence = "MIT"
    title = N_("Shall we go to the cinema? A perceptron decides")
    article = N_("Fathoming the Deep in Deep Learning – A Practical Approach (simulating decisions with perceptrons)")
    summary = N_("Cloud cover, holiday and time of day, each times its weight, plus a bias: shall we go to the cinema? Then AND, OR and NAND as one perceptron each, why one cannot do XOR, and how two layers can.")  # fmt: skip
    order = 50
    locale = Path(__file__).parent.parent / "locale"
    ask = ("x", "terms", "terms_sum", "z", "p=2", "own_z=2")
    data_columns = N_("cloud (0 to 100 %), holiday (0 to 1), hour (0 to 24): 1 to 200 days")
    parameters = (*DAY, *WEIGHTS, THETA)

    def read_data(self, path: Path) -> Array:
        """Read days, (m, 3): cloud, holiday, hour."""
        names = ("cloud", "holiday", "hour")
        frame = read_numbers(path, names, min_rows=1, max_rows=200, low=0, high=100, not_constant=False)
        numbers = frame.to_numpy(dtype=float)
        for row, column in np.argwhere(numbers > HIGHS):
            raise UsageError(
                f"{path}: row {row + 2}, column {names[column]}: {numbers[row, column]:g} is too large; give a number from 0 to {HIGHS[column]:g}"
            )
        return numbers

    def own_rows(self) -> list[Sequence[Any]]:
        return [("cloud", "holiday", "hour"), *DAYS]

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        """Walk from one decision to gates, to what one perceptron cannot do, to two layers, and to learning."""
        book.first_change = _("on the sheet Cinema, type 0 for holiday: a working day. Does the decision turn?")
        cinema(book)
        product(book)
        days(book, DAYS if data is None else data, own=data is not None)
        line(book)
        gates(book)
        learning(book)
        why_not(book)
        search(book)
        layers = xor(book)
        two_layers(book, parts.XOR, layers)
        two_layers(book, parts.XNOR)
        nand_only(book)
