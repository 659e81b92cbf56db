"""Sheet Compare: all functions together, and how steep each can be."""

from __future__ import annotations

import numpy as np

from scenarios.activations.functions import Shown
from workbook.book import Book
from workbook.chart import Chart, Series
from workbook.formula import largest, smallest
from workbook.sheet import Kind
from workbook.text import _

LEFT_OUT = ("linear", "logistic")
"""They have numbers of their own, and would stand out of the charts."""


def compare(book: Book, shown: tuple[Shown, ...]) -> None:
    """Show how slopes multiply through layers, and the curves side by side."""
    page = book.page("Compare", _("All of them together"), kind=Kind.DEEPER)
    why = _("Going back through layers multiplies slopes: below 1 they die away, above 1 they grow. Ten layers show it, the weights left aside.")  # fmt: skip
    page.step(_("How steep can each be?"), why, "(max |f′|)¹⁰")
    slopes = [book[f"{f.name}_slope"] for f in shown]
    steepest = np.array([np.abs(slope.value).max() for slope in slopes])
    with page.table([_(f.title) for f in shown], len(shown)) as t:
        each, title = [largest(largest(slope), -smallest(slope)) for slope in slopes], _("steepest slope on the grid")
        top = t.derived("steepest", steepest, None, "max |f′|", title, each=each)
        # ten factors: a power that underflows is an error in LibreOffice, a product is 0
        formula, fields = lambda i: top[i] ** 4 * top[i] ** 4 * top[i] ** 2, {"number_format": "#,##0.0000"}
        t.derived("ten_layers", steepest**10, formula, "(max |f′|)¹⁰", _("through ten layers"), **fields)
    page.sentence("ten_words", _("Sigmoid: {steepest[2]:4} to the power of 10 is only {ten_layers[2]:9}. This is the vanishing gradient, and why hidden layers prefer ReLU."))  # fmt: skip
    words = _("The linear and the logistic function are left out here: they have numbers of their own.")
    page.step(_("Side by side"), words)
    x = book["x"]
    with page.beside():
        for kind, title, alt in (
            ("f", _("The functions"), _("Step, sigmoid, tanh, ReLU and leaky ReLU over the same x.")),
            ("slope", _("Their derivatives"), _("The derivatives: zero, two bells, and two that jump at 0.")),
        ):
            lines = tuple(
                Series(_(f.title), x[:], book[f"{f.name}_{kind}"][:], f.mark if kind == "f" else f.slope_mark)
                for f in shown
                if f.name not in LEFT_OUT
            )
            limits = (-1.5, 3) if kind == "f" else (None, None)
            page.chart(Chart(title, lines, "x", "", alt, columns=7, rows=20, y_range=limits))
