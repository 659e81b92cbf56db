"""Sheet Rules: sum, product, power and chain rule, each against a difference quotient, in a table that Partial has too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from scenarios.common.activations import Array, sigmoid, sigmoid_formula
from workbook.block import Between, Block
from workbook.book import Book
from workbook.formula import Expr, Operand, call, power
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _

RULES = (
    ("sum_says", "(u + v)′ = {du:4} + {dv:4p} = {rule_slope[0]:4}"),
    ("product_says", "(u·v)′ = {du:4p}·{v:4p} + {u:4}·{dv:4p} = {rule_slope[1]:4}"),
    ("power_says", "(xⁿ)′ = {n:0}·{x_rules:2p}^({n:0} − 1) = {rule_slope[2]:4}"),
    ("chain_says", "(sin u)′ = cos({u:4})·{du:4p} = {rule_slope[3]:4}"),
    ("neuron_says", "σ(w·x + b)′ = {a:4}·(1 − {a:4})·{w:2p} = {rule_slope[4]:4}"),
)


def rules(book: Book) -> None:
    """Check the rules at a point: by the rule, and by a difference quotient."""
    title = _("Sum, product, power and chain rule, checked numerically")
    page = book.page("Rules", title, kind=Kind.DEEPER, landscape=False)
    why = _("Big functions are put together from small ones; the rules give the slope of the whole from the slopes of the parts.")  # fmt: skip
    page.step(_("The building blocks u and v"), why)
    x = page.given("x_rules", 1.3, "x", _("where the slopes are taken"), valid=Between(-2, 2))
    n = page.given("n", 3.0, "n", _("power"), valid=Between(2, 5, whole=True))
    w = page.given("w", 2.0, "w", _("weight of the neuron"), valid=Between(-5, 5))
    b = page.given("b", -1.0, "b", _("bias of the neuron"), valid=Between(-5, 5))
    h = step_given(page, "h_rules")
    page.remark(_("All of these are chosen here; the article names the rules and links to pages about them."))
    at, exponent, weight, bias = (float(block.value) for block in (x, n, w, b))
    u = page.derived("u", at**2, lambda: x**2, "u = x²")
    du = page.gradient("du", 2 * at, lambda: 2 * x, "u′ = 2x")
    v = page.derived("v", np.sin(at), lambda: call("SIN", x), "v = sin x")
    dv = page.gradient("dv", np.cos(at), lambda: call("COS", x), "v′ = cos x")
    z = page.derived("z", weight * at + bias, lambda: w * x + b, "z = w·x + b")
    a = page.derived("a", sigmoid(z.value), lambda: sigmoid_formula(z.whole()), "a = σ(z)")

    def wholes(s: float) -> Array:
        return np.array(
            [s**2 + np.sin(s), s**2 * np.sin(s), s**exponent, np.sin(s**2), sigmoid(np.array(weight * s + bias))]
        )

    def whole_formulas(s: Expr) -> list[Expr]:
        sine = call("SIN", s)
        return [s**2 + sine, s**2 * sine, power(s, n), call("SIN", s**2), sigmoid_formula(w * s + b)]

    y, product = float(a.value), 2 * at * np.sin(at) + at**2 * np.cos(at)
    value = [
        2 * at + np.cos(at),
        product,
        exponent * at ** (exponent - 1),
        np.cos(at**2) * 2 * at,
        y * (1 - y) * weight,
    ]
    by_rule = np.array(value), [du + dv, du * v + u * dv, n * power(x, n - 1), call("COS", u) * du, a * (1 - a) * w]
    page.step(
        _("Each rule against a difference quotient"),
        _("Left the slope by the rule, right a chord from x − h to x + h; they must agree, whatever x you type."),
    )
    for line in (
        _("sum: (u + v)′ = u′ + v′"),
        _("product: (u·v)′ = u′·v + u·v′"),
        _("power: (xⁿ)′ = n·xⁿ⁻¹"),
        _("chain: (sin u)′ = cos u · u′   (outer slope times inner slope)"),
        _("chain, as in a neuron: σ(w·x + b)′ = a·(1 − a) · w"),
    ):
        page.math(line)
    page.gap()
    names = [_("sum u + v"), _("product u·v"), _("power xⁿ"), _("chain sin(x²)"), _("chain σ(w·x + b)")]
    after, before = wholes(at + float(h.value)), wholes(at - float(h.value))
    held_to_differences(
        page, "rule", names, by_rule, (after, whole_formulas(x + h)), (before, whole_formulas(x - h)), h
    )
    for id, words in RULES:
        page.sentence(id, words)
    page.derived("product_slip", 2 * at * np.cos(at), lambda: du * dv, "u′·v′", _("a common slip"))
    words = _("The slip gives u′·v′ = {product_slip:4}; the slope of the product is {rule_slope[1]:4}.")
    page.sentence("slip_says", words)


STEP = 1e-4
"""A step for difference quotients that are checks: small against the curve, large against rounding."""
APART = 1e-4
"""How far a derivative by rule and a central difference with such a step may lie apart here."""
SIX: dict[str, Any] = {"number_format": "0.000000"}
"""A function a little to both sides differs in the fourth decimal, and its differences count."""
Numbers = tuple[Array, Sequence[Operand]]


def step_given(page: Page, id: str) -> Block:
    """Add the step h of a sheet's difference quotients."""
    return page.given(id, STEP, "h", _("step of the difference quotients"), valid=Between(1e-5, 1e-3))


def held_to_differences(
    page: Page, id: str, names: Sequence[str], rule: Numbers, after: Numbers, before: Numbers, h: Block
) -> None:
    """Show slopes by rule beside central differences, each as values and formulas, and hold one against the other."""
    with page.table(names, len(names)) as t:
        slope = t.gradient(f"{id}_slope", rule[0], None, "", _("slope by the rule"), each=rule[1], **SIX)
        right = t.derived(f"{id}_after", after[0], None, "", _("function, this input + h"), each=after[1], **SIX)
        left = t.derived(f"{id}_before", before[0], None, "", _("function, this input − h"), each=before[1], **SIX)
        value, fields = (after[0] - before[0]) / (2 * h.value), {"math": _("(after − before)/2h"), **SIX}
        title = _("difference quotient")
        central = t.derived(f"{id}_central", value, lambda i: (right[i] - left[i]) / (2 * h), "", title, **fields)
    page.remark(_("Six decimals: a little to both sides a function differs only in the fourth."))
    page.check(f"{id}_holds", _("slopes by the rules = difference quotients"), slope[:], central[:], APART)
