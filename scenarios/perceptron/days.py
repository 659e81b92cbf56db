"""Sheet Days: the same perceptron on several days, and the curve of its smooth output."""

from __future__ import annotations

import numpy as np

from scenarios.common.activations import Array, sigmoid, sigmoid_formula, unit_step, unit_step_formula
from scenarios.perceptron.cinema import HIGHS, INPUTS, verdicts
from workbook.block import Between, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import equal, if_, number_of
from workbook.sheet import Kind
from workbook.text import _

IDS, UNITS = ("cloud", "holiday", "hour"), ("%", "0…1", "h")


def days(book: Book, numbers: Array, *, own: bool) -> None:
    """Decide for every day."""
    page = book.page("Days", _("The same perceptron, day after day"), kind=Kind.DEEPER)
    page.step(
        _("Several days at once"),
        _("Weights and bias stay; only the inputs change. A model is one rule for every case."),
        "z = w₁·x₁ + w₂·x₂ + w₃·x₃ + b        y = u(z)        p = σ(z)",
    )
    chosen = _("Seven days chosen here. Weights, bias and scaling come from the sheet Cinema.")
    page.remark(_("These days are your own data.") if own else chosen)
    low, high, w, b = (book[id] for id in ("low", "high", "w", "b"))
    with page.table(Counter(""), len(numbers)) as t:
        raw = [
            t.given(f"day_{id}", numbers[:, n], unit, _(name), valid=Between(0, float(HIGHS[n])))
            for n, (id, unit, name) in enumerate(zip(IDS, UNITS, INPUTS, strict=True))
        ]
        X = (np.stack([column.value for column in raw], axis=1) - low.value) / (high.value - low.value)
        x = [
            t.derived(
                f"day_x{n + 1}",
                X[:, n],
                lambda i, n=n: (raw[n][i] - low[n]) / (high[n] - low[n]),
                f"x{'₁₂₃'[n]}",
                _("scaled input"),
            )
            for n in range(3)
        ]
        value, title = X @ w.value + b.value, _("weighted input")
        z = t.derived("day_z", value, lambda i: w[0] * x[0][i] + w[1] * x[1][i] + w[2] * x[2][i] + b, "z", title)
        y = t.derived("day_y", unit_step(value), lambda i: unit_step_formula(z[i]), "u(z)", _("step output"))
        p = t.derived("day_p", sigmoid(value), lambda i: sigmoid_formula(z[i]), "σ(z)", _("smooth output"))
        go, stay = verdicts()
        words = np.where(y.value == 1, go, stay).astype(object)
        t.derived("day_words", words, lambda i: if_(equal(y[i], 1), go, stay), "", _("decision"))
    page.sentence("day_first", "z₁ = {w[0]:2p}·{day_x1[0]:3} + {w[1]:2p}·{day_x2[0]:3} + {w[2]:2p}·{day_x3[0]:3} + {b:2p} = {day_z[0]:3}")  # fmt: skip
    page.step(
        _("Step and smooth output over z"),
        _("Every day lies on the S curve at its own z; the step only asks on which side of 0 it lies."),
    )
    grid = np.arange(-6.0, 6.5, 1.0)
    with page.book.helpers.table(Counter(), 13) as t:
        at = t.derived("curve_z", grid, lambda i: number_of(i) - 7, "z", _("weighted input"))
        curve = t.derived("curve_p", sigmoid(grid), lambda i: sigmoid_formula(at[i]), "σ(z)", _("smooth output"))
    lines = (
        Series("σ(z)", at[:], curve[:]),
        Series(_("the days, smooth"), z[:], p[:], Mark.POINTS),
        Series(_("the days, step"), z[:], y[:], Mark.POINTS),
    )
    alt = _("The S-shaped sigmoid with a point on it for each day; the step output of the same days lies at 0 or at 1.")
    page.chart(Chart(_("The days on the curve"), lines, "z", _("output"), alt))
