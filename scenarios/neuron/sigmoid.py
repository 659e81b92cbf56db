"""Page Sigmoid: the threshold as a bias, and a smooth output in place of the step."""

from __future__ import annotations

import numpy as np

from scenarios.common.activations import sigmoid, sigmoid_formula, unit_step, unit_step_formula
from scenarios.common.columns import yes_no
from workbook.block import Between, Counter
from workbook.chart import Chart, Mark, Series
from workbook.formula import absolute, as_expr, dot, number_of
from workbook.page import Page
from workbook.parameter import Parameter
from workbook.text import N_, _

STEEP = Parameter("k", 5.0, N_("steepness of the second sigmoid"), 0.1, 20, symbol="k")
GRID = 25


def sigmoid_page(page: Page) -> None:
    """Move the threshold to the other side of the comparison; set the step and two sigmoids side by side."""
    _bias(page)
    page.step(
        _("From all or nothing to more or less"),
        _("The step does not tell how near the sum was; the sigmoid does, and has a slope from which to learn."),
        "u(z) = 1 (z ≥ 0), 0 (z < 0)        σ(z) = 1 / (1 + e⁻ᶻ)",
    )
    own, title = page.book["z"], _("smooth output of the neuron")
    page.derived("own_sigma", sigmoid(own.value), lambda: sigmoid_formula(as_expr(own)), "σ(z)", title)
    page.sentence(
        "own_words", _("The neuron: z = {z:2}, step output u(z) = {y:0}, smooth output σ(z) = {own_sigma:4}.")
    )
    k = page.setting(STEEP, remark=_("chosen here; the larger, the nearer to a step"))
    start = page.given("z_from", -6.0, title=_("first z"), valid=Between(-10, 0))
    by = page.given("z_step", 0.5, title=_("from row to row"), valid=Between(0.1, 1))
    said = page.keep()
    page.gap()
    zs = np.asarray(start.value + by.value * np.arange(GRID), dtype=np.float64)
    with page.beside():
        with page.table(Counter(""), GRID) as t:
            z = t.derived("grid_z", zs, lambda i: start + by * (number_of(i) - 1), "z", _("weighted sum with bias"))
            jumps, title = unit_step(zs), _("unit step")
            u = t.derived("grid_u", jumps, lambda i: unit_step_formula(z[i]), "u(z)", title, number_format="0")
            smooth = t.derived("grid_sigma", sigmoid(zs), lambda i: sigmoid_formula(z[i]), "σ(z)", _("sigmoid"))
            curve, title = sigmoid(k.value * zs), _("second sigmoid")
            steep = t.derived("grid_steep", curve, lambda i: sigmoid_formula(k * z[i]), "σ(k·z)", title)
            apart, title = np.abs(u.value - curve), _("second sigmoid's distance from the step")
            t.derived("grid_gap", apart, lambda i: absolute(u[i] - steep[i]), "|u − σ(k·z)|", title)
            reached = unit_step(4 * (smooth.value - 0.5))
            formula = lambda i: unit_step_formula(4 * (smooth[i] - 0.5))  # noqa: E731
            half = t.derived("grid_half", reached, formula, "σ(z) ≥ ½", _("does σ reach ½?"), number_format=yes_no())
        curves = (
            Series("u(z)", z[:], u[:], Mark.POINTS),
            Series("σ(z)", z[:], smooth[:]),
            Series("σ(k·z)", z[:], steep[:], dashed=True),
        )
        alt = _("The step as points on 0 and 1; the sigmoid rises smoothly between them, with a larger k more steeply.")
        page.chart(Chart(_("Step and sigmoid"), curves, "z", "y", alt, columns=7, rows=20))
    page.check("half_is_step", _("σ(z) ≥ ½ exactly where u(z) = 1"), half, u, 0.0)
    with page.into(said):
        page.sentence(
            "gap_words",
            _("At z = {grid_z[14]:1}, with k = {k:1}, the second sigmoid is {grid_gap[14]:4} away from the step."),
        )


def _bias(page: Page) -> None:
    x, w, theta, fires = (page.book[id] for id in ("x", "w", "theta", "fires"))
    page.step(
        _("Move the threshold to the other side: the bias"),
        _("With b = −θ the comparison is always with 0, so that one function, the unit step u, serves every neuron."),
        "b = −θ        z = w·x + b        y = u(z),   u(z) = 1 (z ≥ 0), 0 (z < 0)",
    )
    b = page.derived("b", -theta.value, lambda: -theta, "b", _("bias"), math="−θ")
    weighed, title = w.value @ x.value - theta.value, _("weighted sum with bias")
    z = page.derived("z", weighed, lambda: dot(w[:], x[:]) + b, "z", title, math="w·x + b")
    fired = unit_step(weighed)
    y = page.derived("y", fired, lambda: unit_step_formula(z), "y", _("output"), math="u(z)", number_format="0")
    page.sentence("z_words", "z = {s:2p} + {b:2p} = {z:2},   y = u({z:2}) = {y:0}")
    page.remark(_("The M–P article calls T “a threshold, or bias”; but b = −θ: a high threshold, a low bias."))
    page.check("same_decision", _("s against θ and z against 0 decide alike"), y, fires, 0.0)
