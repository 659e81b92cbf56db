"""Sheet Rules: sum, product, power and chain rule, each against a difference quotient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.activations import Array, sigmoid_formula
from scenarios.common.columns import caption
from scenarios.derivatives.differences import APART, STEP, step_given
from workbook.block import Between, Block
from workbook.book import Book
from workbook.eager import Sheet
from workbook.formula import (
    Expr,
    call,
)
from workbook.text import _

AT, POWER, WEIGHT, BIAS = 1.3, 3, 2.0, -1.0
"""Where the slopes are taken, the power, and the neuron: chosen here."""


@dataclass(frozen=True)
class Parts:
    """What the rules put together: x, the power n, u = x² and v = sin x with their slopes, the neuron a = σ(w·x + b)."""

    x: Block
    n: Block
    u: Block
    du: Block
    v: Block
    dv: Block
    w: Block
    b: Block
    a: Block


def rules_sheet(book: Book) -> None:
    """Check the rules at a point: by the rule, and by a difference quotient."""
    sheet = book.sheet("Rules", _("Sum, product, power and chain rule, checked numerically"), landscape=False)
    parts, h = _parts(sheet)
    _compare(sheet, parts, h)


def _parts(sheet: Sheet) -> tuple[Parts, Block]:
    sheet.step(
        _("The building blocks u and v"),
        _(
            "Big functions are put together from small ones; the rules give the slope of the whole from the slopes of the parts."
        ),
    )
    x = sheet.given("x_rules", AT, valid=Between(-2, 2), **caption(_("where the slopes are taken"), "x", "0.00"))
    n = sheet.given("n", POWER, valid=Between(2, 5, whole=True), **caption(_("power"), "n", "0"))
    w = sheet.given("w", WEIGHT, valid=Between(-5, 5), **caption(_("weight of the neuron"), "w", "0.00"))
    b = sheet.given("b", BIAS, valid=Between(-5, 5), **caption(_("bias of the neuron"), "b", "0.00"))
    h = step_given(sheet, "h_rules")
    sheet.remark(_("All of these are chosen here; the article names the rules and links to pages about them."))
    u = sheet.derived("u", AT**2, lambda: x**2, symbol="u = x²")
    du = sheet.gradient("du", 2 * AT, lambda: 2 * x, symbol="u′ = 2x")
    v = sheet.derived("v", np.sin(AT), lambda: call("SIN", x), symbol="v = sin x")
    dv = sheet.gradient("dv", np.cos(AT), lambda: call("COS", x), symbol="v′ = cos x")
    z_value = WEIGHT * AT + BIAS
    z = sheet.derived("z", z_value, lambda: w * x + b, symbol="z = w·x + b")
    a = sheet.derived("a", 1 / (1 + np.exp(-z_value)), lambda: sigmoid_formula(z.whole()), symbol="a = σ(z)")
    return Parts(x, n, u, du, v, dv, w, b, a), h


def _wholes(s: float) -> Array:
    """Return the five functions that the rules put together, at s."""
    return np.array(
        [s**2 + np.sin(s), s**2 * np.sin(s), s**POWER, np.sin(s**2), 1 / (1 + np.exp(-(WEIGHT * s + BIAS)))]
    )


def _whole_formulas(p: Parts, s: Expr) -> list[Expr]:
    """The same for cells."""
    return [s**2 + call("SIN", s), s**2 * call("SIN", s), s**p.n, call("SIN", s**2), sigmoid_formula(p.w * s + p.b)]


def _slopes() -> Array:
    """Return the slope of each by its rule."""
    a = 1 / (1 + np.exp(-(WEIGHT * AT + BIAS)))
    product = 2 * AT * np.sin(AT) + AT**2 * np.cos(AT)
    return np.array(
        [2 * AT + np.cos(AT), product, POWER * AT ** (POWER - 1), np.cos(AT**2) * 2 * AT, a * (1 - a) * WEIGHT]
    )


def _slope_formulas(p: Parts) -> list[Expr]:
    """The same for cells."""
    x, n, u, du, v, dv, a = p.x, p.n, p.u, p.du, p.v, p.dv, p.a
    return [du + dv, du * v + u * dv, n * x ** (n - 1), call("COS", u) * du, a * (1 - a) * p.w]


def _compare(sheet: Sheet, p: Parts, h: Block) -> None:
    sheet.step(
        _("Each rule against a difference quotient"),
        _("Left the slope by the rule, right a chord from x − h to x + h; they must agree, whatever x you type."),
    )
    for rule in (
        _("sum: (u + v)′ = u′ + v′"),
        _("product: (u·v)′ = u′·v + u·v′"),
        _("power: (xⁿ)′ = n·xⁿ⁻¹"),
        _("chain: (sin u)′ = cos u · u′   (outer slope times inner slope)"),
        _("chain, as in a neuron: σ(w·x + b)′ = a·(1 − a) · w"),
    ):
        sheet.math(rule)
    sheet.gap()
    after, before = _wholes(AT + STEP), _wholes(AT - STEP)
    names = [_("sum u + v"), _("product u·v"), _("power xⁿ"), _("chain sin(x²)"), _("chain σ(w·x + b)")]
    eight = {"number_format": "0.00000000"}
    with sheet.table(names, len(names)) as t:
        slopes = t.gradient(
            "rule_slope", _slopes(), None, each=_slope_formulas(p), title=_("slope by the rule"), **eight
        )
        each, fields = _whole_formulas(p, p.x + h), caption(_("function at x + h"), **eight)
        right = t.derived("rule_after", after, None, each=each, **fields)
        each, fields = _whole_formulas(p, p.x - h), caption(_("function at x − h"), **eight)
        left = t.derived("rule_before", before, None, each=each, **fields)
        fields = caption(_("difference quotient"), math=_("(after − before)/2h"), **eight)
        value = (after - before) / (2 * STEP)
        central = t.derived("rule_central", value, lambda i: (right[i] - left[i]) / (2 * h), **fields)
    parts = {"x": p.x, "n": p.n, "u": p.u, "du": p.du, "v": p.v, "dv": p.dv, "w": p.w, "a": p.a}
    for k, (id, words) in enumerate(
        (
            ("sum_says", "(u + v)′ = {du:4} + {dv:4p} = {slope:4}"),
            ("product_says", "(u·v)′ = {du:4p}·{v:4p} + {u:4}·{dv:4p} = {slope:4}"),
            ("power_says", "(xⁿ)′ = {n:0}·{x:2p}^({n:0} − 1) = {slope:4}"),
            ("chain_says", "(sin u)′ = cos({u:4})·{du:4p} = {slope:4}"),
            ("neuron_says", "σ(w·x + b)′ = {a:4}·(1 − {a:4})·{w:2p} = {slope:4}"),
        )
    ):
        sheet.sentence(id, words, row=None, **parts, slope=slopes[k])
    fields = caption(_("a common slip"), "u′·v′")
    slip = sheet.derived("product_slip", 2 * AT * np.cos(AT), lambda: p.du * p.dv, **fields)
    words = _("The slip gives u′·v′ = {slip:4}; the slope of the product is {right:4}.")
    sheet.sentence("slip_says", words, slip=slip, right=slopes[1])
    sheet.check("rules_hold", _("slopes by the rules = difference quotients"), slopes[:], central[:], APART)
