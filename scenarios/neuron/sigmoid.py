"""Sheets Bias and Sigmoid: the threshold as a bias, and a smooth output in place of the step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.activations import sigmoid, sigmoid_formula, unit_step, unit_step_formula
from scenarios.common.columns import caption
from scenarios.neuron.unit import Unit
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import absolute, as_expr, dot, number_of
from workbook.text import _

GRID = 25


@dataclass(frozen=True)
class Biased:
    """The neuron with its threshold as a bias: b, z and y."""

    b: Block
    z: Block
    y: Block


def bias_sheet(book: Book, unit: Unit) -> Biased:
    """Move the threshold to the other side of the comparison."""
    x, w, s, theta = unit.x, unit.w, unit.s, unit.theta
    sheet = book.sheet("Bias", _("The threshold as a bias"))
    sheet.step(
        _("Move the threshold to the other side: the bias"),
        _("With b = −θ the comparison is always with 0, so that one function, the unit step u, serves every neuron."),
        "b = −θ        z = w·x + b        y = u(z),   u(z) = 1 (z ≥ 0), 0 (z < 0)",
    )
    bias, z_value = -theta.value, w.value @ x.value - theta.value
    b = sheet.derived("b", bias, lambda: -theta, symbol="b", title=_("bias"), math="−θ", number_format="0.00")
    fields = caption(_("weighted input"), "z", "0.00", math="w·x + b")
    z = sheet.derived("z", z_value, lambda: dot(w[:], x[:]) + b, **fields)
    fields = caption(_("output"), "y", "0", math="u(z)")
    y = sheet.derived("y", unit_step(z_value), lambda: unit_step_formula(z), **fields)
    sheet.sentence("z_words", "z = {s:2p} + {b:2p} = {z:2},   y = u({z:2}) = {y:0}", s=s, b=b, z=z, y=y)
    sheet.remark(
        _(
            "The M–P article calls its T “a threshold, or bias”. They have opposite signs: a high threshold is a "
            "very negative bias."
        )
    )
    sheet.check("same_decision", _("s against θ and z against 0 decide alike"), y, unit.fires, 0.0)
    return Biased(b, z, y)


def sigmoid_sheet(book: Book, unit: Biased, k_value: float) -> None:
    """Set the step and two sigmoids side by side."""
    sheet = book.sheet("Sigmoid", _("Step against sigmoid"))
    sheet.step(
        _("From all or nothing to more or less"),
        _(
            "The step jumps, and tells nothing of how near the sum was; the sigmoid says it smoothly, and has a "
            "slope from which to learn."
        ),
        "u(z) = 1 (z ≥ 0), 0 (z < 0)        σ(z) = 1 / (1 + e⁻ᶻ)",
    )
    k = sheet.given(
        "k",
        k_value,
        valid=Between(0.1, 20),
        **caption(
            _("steepness of the second sigmoid"), "k", "0.0", remark=_("chosen here; the larger, the nearer to a step")
        ),
    )
    start = sheet.given("z_from", -6.0, title=_("first z"), valid=Between(-10, 0), number_format="0.0")
    by = sheet.given("z_step", 0.5, title=_("from row to row"), valid=Between(0.1, 1), number_format="0.0")
    _own_output(sheet, unit)
    top = sheet.cursor
    z_value = np.asarray(start.value + by.value * np.arange(GRID), dtype=np.float64)
    with sheet.table(Counter(""), GRID) as table:
        fields = caption(_("weighted input"), "z", "0.0")
        z = table.derived("grid_z", z_value, lambda i: start + by * (number_of(i) - 1), **fields)
        fields = caption(_("unit step"), "u(z)", "0")
        u = table.derived("grid_u", unit_step(z_value), lambda i: unit_step_formula(z[i]), **fields)
        fields = caption(_("sigmoid"), "σ(z)", "0.0000")
        smooth = table.derived("grid_sigma", sigmoid(z_value), lambda i: sigmoid_formula(z[i]), **fields)
        fields = caption(_("second sigmoid"), "σ(k·z)", "0.0000")
        steep = table.derived("grid_steep", sigmoid(k.value * z_value), lambda i: sigmoid_formula(k * z[i]), **fields)
        fields = caption(_("second sigmoid's distance from the step"), "|u − σ(k·z)|", "0.0000")
        gap = table.derived("grid_gap", np.abs(u.value - steep.value), lambda i: absolute(u[i] - steep[i]), **fields)
        half = table.add(
            Block(
                "grid_half",
                Role.CHECK,
                unit_step(4 * (smooth.value - 0.5)),
                title=_("does σ reach ½?"),
                symbol="σ(z) ≥ ½",
                number_format="0",
                formula=lambda i: unit_step_formula(4 * (smooth[i] - 0.5)),
            )
        )
        right = table.column + 1
    sheet.chart(
        Chart(
            _("Step and sigmoid"),
            (
                Series("u(z)", z[:], u[:], Mark.POINTS),
                Series("σ(z)", z[:], smooth[:]),
                Series("σ(k·z)", z[:], steep[:], dashed=True),
            ),
            "z",
            "y",
            _(
                "The step as points on 0 and 1; the sigmoid rises smoothly between them, and with a larger k "
                "hugs the step."
            ),
            columns=7,
            rows=20,
        ),
        at=(top, right),
    )
    sheet.check("half_is_step", _("σ(z) ≥ ½ exactly where u(z) = 1"), half, u, 0.0)
    sheet.sentence(
        "gap_words",
        _(
            "At z = {z:1}, with k = {k:1}, the second sigmoid is {gap:4} away from the step; a larger k brings it nearer."
        ),
        z=z[14],
        k=k,
        gap=gap[14],
    )


def _own_output(sheet: Sheet, unit: Biased) -> None:
    z = unit.z
    fields = caption(_("smooth output of the neuron"), "σ(z)", "0.0000", math="1/(1 + e⁻ᶻ)")
    smooth = sheet.derived("own_sigma", sigmoid(z.value), lambda: sigmoid_formula(as_expr(z)), **fields)
    sheet.sentence(
        "own_words",
        _("The neuron of the sheet Neuron: z = {z:2}, step output u(z) = {y:0}, smooth output σ(z) = {a:4}."),
        z=z,
        y=unit.y,
        a=smooth,
    )
