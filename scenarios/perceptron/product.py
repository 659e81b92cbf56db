"""Sheet Product: weights and inputs as a row times a column."""

from __future__ import annotations

import numpy as np

from scenarios.perceptron.cinema import INPUTS
from workbook.block import Counter
from workbook.book import Book
from workbook.formula import Direction, call, total
from workbook.sheet import Kind
from workbook.text import _


def product(book: Book) -> None:
    """Weigh and add up as one matrix product, and show why the order matters."""
    page = book.page("Product", _("Weights and inputs: row times column"), kind=Kind.DEEPER)
    page.step(
        _("Three inputs, scaled"),
        _("Percent, yes or no and hours cannot be compared: each is brought to the range from 0 to 1."),
        _("x = (r − low) / (high − low)"),
    )
    page.sentence("x_words", "x₁ = ({cloud:0} − {low[0]:0p}) / ({high[0]:0} − {low[0]:0p}) = {x[0]:4}")
    page.step(
        _("Row times column"),
        _("The weights say how much each input matters; weighing and adding up is one product of a row with a column."),
        "w·x = (1×3)·(3×1) = (1×1)        w·x = w₁·x₁ + w₂·x₂ + w₃·x₃",
    )
    x, weights, whole = book["x"], book["w"], book["terms_sum"]
    names, title = [_(name) for name in INPUTS], _("weights, a row")
    with page.beside():
        lies = {"along": Direction.RIGHT, "columns": Counter("j = ")}
        w = page.derived("w_row", weights.value, lambda j: weights[j] + 0, "w", title, **lies)
        lies, title = {"columns": [""], "rows": names}, _("inputs, a column")
        column = page.derived("x_column", x.value, lambda i: x[i], "x", title, **lies)
        # an empty cell would be an error to MMULT: w adds 0
        value, formula = np.array([[w.value @ x.value]]), lambda i, j: total(call("MMULT", w, column))
        times = page.derived("wx", value, formula, "w·x", columns=[""])
    page.sentence("wx_words", "w·x = {w_row[0]:2p}·{x[0]:4} + {w_row[1]:2p}·{x[1]:4} + {w_row[2]:2p}·{x[2]:4} = {terms_sum:4}")  # fmt: skip
    page.check("mmult", _("matrix product = sum of the terms"), times[0, 0], whole, 1e-9)
    page.text(_("The order matters: column times row, (3×1)·(1×3), is a table (3×3) of every input times every weight. Only its diagonal is wanted here."))  # fmt: skip
    lies, title = {"columns": ["w₁", "w₂", "w₃"], "rows": names}, _("every input times every weight")
    outer = page.derived("outer", np.outer(x.value, w.value), lambda i, j: column[i] * w[j], "x·w", title, **lies)
    value, title = np.trace(outer.value), _("sum of the diagonal")
    trace = page.derived("trace", value, lambda: outer[0, 0] + outer[1, 1] + outer[2, 2], "", title)
    page.check("trace_is_product", _("the diagonal adds up to w·x"), trace, whole, 1e-9)
