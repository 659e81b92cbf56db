"""Sheet Days: the same perceptron on several days, and the curve of its smooth output."""

from __future__ import annotations

import numpy as np

from scenarios.common.activations import Array, sigmoid, sigmoid_formula, unit_step, unit_step_formula
from scenarios.common.columns import caption
from scenarios.perceptron.cinema import HIGHS, Decision, verdicts
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet, Table
from workbook.formula import equal, if_, number_of
from workbook.text import _


def days_sheet(book: Book, decision: Decision, days: Array, *, own: bool) -> None:
    """Decide for every day."""
    sheet = book.sheet("Days", _("The same perceptron, day after day"))
    sheet.step(
        _("Several days at once"),
        _("Weights and bias stay; only the inputs change. A model is one rule for every case."),
        "z = w₁·x₁ + w₂·x₂ + w₃·x₃ + b        y = u(z)        p = σ(z)",
    )
    sheet.remark(
        _("These days are your own data.")
        if own
        else _("Seven days chosen here. Weights, bias and scaling come from the sheet Cinema.")
    )
    low, high, w, b = decision.low, decision.high, decision.w, decision.b
    X = (days - low.value) / (high.value - low.value)
    z_value = X @ w.value + b.value
    with sheet.table(Counter(""), len(days)) as table:
        raw = [
            table.given(
                f"day_{id}", days[:, i], title=title, symbol=unit, number_format=fmt, valid=Between(0, float(HIGHS[i]))
            )
            for i, (id, title, unit, fmt) in enumerate(
                (
                    ("cloud", _("cloud cover"), "%", "0"),
                    ("holiday", _("holiday"), "0…1", "0.0"),
                    ("hour", _("time of day"), "h", "0.0"),
                )
            )
        ]
        x1, x2, x3 = (_scaled_column(table, raw[i], decision, i, X[:, i]) for i in range(3))
        fields = caption(_("weighted input"), "z", "0.000")
        z = table.derived("day_z", z_value, lambda i: w[0] * x1[i] + w[1] * x2[i] + w[2] * x3[i] + b, **fields)
        fields = caption(_("step output"), "u(z)", "0")
        y = table.derived("day_y", unit_step(z_value), lambda i: unit_step_formula(z[i]), **fields)
        fields = caption(_("smooth output"), "σ(z)", "0.000")
        p = table.derived("day_p", sigmoid(z_value), lambda i: sigmoid_formula(z[i]), **fields)
        go, stay = verdicts()
        table.derived(
            "day_words",
            np.where(y.value == 1, go, stay).astype(object),
            lambda i: if_(equal(y[i], 1), go, stay),
            **caption(_("decision"), number_format="@"),
        )
    sheet.sentence(
        "day_first",
        "z₁ = {w1:2p}·{x1:3} + {w2:2p}·{x2:3} + {w3:2p}·{x3:3} + {b:2p} = {z:3}",
        w1=w[0],
        w2=w[1],
        w3=w[2],
        x1=x1[0],
        x2=x2[0],
        x3=x3[0],
        b=b,
        z=z[0],
    )
    _curve(sheet, z, y, p)


def _scaled_column(table: Table, raw: Block, decision: Decision, k: int, value: Array) -> Block:
    low, high = decision.low, decision.high
    block: Block = table.derived(
        f"day_x{k + 1}",
        value,
        lambda i: (raw[i] - low[k]) / (high[k] - low[k]),
        title=_("scaled input"),
        symbol="x" + "₁₂₃"[k],
        number_format="0.000",
    )
    return block


def _curve(sheet: Sheet, z: Block, y: Block, p: Block) -> None:
    sheet.step(
        _("Step and smooth output over z"),
        _("Every day lies on the S curve at its own z; the step only asks on which side of 0 it lies."),
    )
    top = sheet.cursor
    grid_value = np.arange(-6.0, 6.5, 1.0)
    with sheet.table(Counter(""), 13) as table:
        grid = table.derived(
            "curve_z", grid_value, lambda i: number_of(i) - 7, title=_("weighted input"), symbol="z", number_format="0"
        )
        fields = caption(_("smooth output"), "σ(z)", "0.000")
        curve = table.derived("curve_p", sigmoid(grid_value), lambda i: sigmoid_formula(grid[i]), **fields)
    sheet.chart(
        Chart(
            _("The days on the curve"),
            (
                Series("σ(z)", grid[:], curve[:]),
                Series(_("the days, smooth"), z[:], p[:], Mark.POINTS),
                Series(_("the days, step"), z[:], y[:], Mark.POINTS),
            ),
            "z",
            _("output"),
            _(
                "The S-shaped sigmoid with a point on it for each day; the step output of the same days lies at "
                "0 or at 1."
            ),
            columns=7,
            rows=17,
        ),
        at=(top, 4),
    )
    sheet.cursor = max(sheet.cursor, top + 18)
