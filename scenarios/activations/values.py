"""Data page Values: every function over one grid of x, each derivative beside its difference quotient."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.activations.functions import Shown
from scenarios.common.activations import Array, sigmoid, sigmoid_formula
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.formula import Expr, Index, absolute, as_expr, if_, largest, number_of, rounded, smallest
from workbook.page import Page, Table
from workbook.parameter import Parameter
from workbook.sheet import Kind
from workbook.text import N_, _

GRID = (
    Parameter("start", -6.0, N_("first x of the grid"), -50, 50, symbol="x₁"),
    Parameter("step", 0.25, N_("from x to x"), 0.01, 2, symbol="Δ"),
)
ROWS = 49
TOLERANCE = 1e-6
TINY: dict[str, Any] = {"number_format": "0.0E+00"}
"""How far derivative and quotient are apart: a matter of powers of ten."""


def values(book: Book, shown: tuple[Shown, ...]) -> None:
    """Tabulate the functions, their derivatives and the quotients that hold them."""
    page = book.page("Values", _("Values, derivatives and difference quotients"), kind=Kind.DATA, landscape=True)
    page.step(
        _("The grid of x"),
        _("Every function is shown for the same 49 values of x: the first, and the distance to the next."),
        "xᵢ = x₁ + (i − 1)·Δ",
    )
    start, by = page.setting(GRID[0], "x_start"), page.setting(GRID[1], "x_step")
    why = _("A slope can be measured without any rule of differentiation: go h to the right and h to the left, and divide rise by run.")  # fmt: skip
    page.step(_("The difference quotient"), why, "q = (f(x + h) − f(x − h)) / 2h")
    h = page.given("h", 1e-4, "h", _("small step"), valid=Between(1e-5, 2e-4), **TINY)
    page.remark(_("Where a function has a kink or a jump there is no derivative: rows within h of it are marked, and not compared."))  # fmt: skip
    v: Array = start.value + by.value * np.arange(ROWS)
    with page.table(Counter("i = "), ROWS) as t:
        x = t.derived("x", v, lambda i: start + by * (number_of(i) - 1), "x", _("input"))
        for f in shown:
            _columns(t, f, x, h)
    for f in shown:
        _hold(page, f)
    page.step(
        _("The sigmoid's bend, and tanh from the sigmoid"),
        "",
        "σ″(x) = σ′(x)·(1 − 2·σ(x))        tanh(x) = 2·σ(2x) − 1",
    )
    _bend_and_stretch(page, x, h)


def _columns(t: Table, f: Shown, x: Block, h: Block) -> None:
    """Add a function's value, derivative, quotient and how far the last two are apart."""
    v, d, name = x.value, float(h.value), _(f.title)
    at = f.value(v)
    y = t.derived(f"{f.name}_f", at, lambda i: f.value_formula(x[i]), f.symbol, name)
    slope = t.gradient(f"{f.name}_slope", f.slope(v, at), lambda i: f.slope_formula(x[i], y[i]), f.prime, name)
    quotient = (f.value(v + d) - f.value(v - d)) / (2 * d)
    q = Block(f"{f.name}_q", Role.CHECK, quotient, name, "q")
    q.formula = lambda i: (as_expr(f.value_formula(x[i] + h)) - f.value_formula(x[i] - h)) / (2 * h)
    t.add(q)
    near = np.round(np.abs(v) - d, 9) <= 0

    def apart(i: Index) -> Expr:
        return absolute(q[i] - slope[i])

    off = Block(f"{f.name}_off", Role.CHECK, np.abs(quotient - slope.value), name, "|q − f′|", formula=apart, **TINY)
    if f.kink:
        fields: dict[str, Any] = {"number_format": '"●";;"·"'}
        formula = lambda i: if_(rounded(absolute(x[i]) - h, 9) <= 0, 1, 0)  # noqa: E731
        kink = t.derived(f"{f.name}_kink", near.astype(float), formula, "|x| ≤ h", name, **fields)
        off.value = np.where(near, 0.0, off.value)
        off.formula = lambda i: if_(kink[i] > 0, 0, apart(i))
    t.add(off)


def _hold(page: Page, f: Shown) -> None:
    """Hold the derivative against the quotient, in proportion to the steepest slope."""
    off, slope = page.book[f"{f.name}_off"], page.book[f"{f.name}_slope"]
    steepest, title = max(1.0, float(np.abs(slope.value).max())), _("steepest slope, at least 1")
    formula = largest(1, largest(slope), -smallest(slope))
    scale = page.offstage_block(f"{f.name}_scale", steepest, lambda: formula, title=title)
    title = _("largest distance")
    worst = page.offstage_block(f"{f.name}_worst", off.value.max(), lambda: largest(off), title=title, **TINY)
    none = page.offstage_block(f"{f.name}_none", 0.0, title=_("what a difference should be"))
    title = _("{name}: f′ against quotient").format(name=_(f.title))
    page.check(f"{f.name}_holds", title, worst, none, TOLERANCE, scale=scale)


def _bend_and_stretch(page: Page, x: Block, h: Block) -> None:
    """Add the sigmoid's second derivative beside its quotient, and tanh as a stretched sigmoid."""
    f, slope, tangent = (page.book[id] for id in ("sigmoid_f", "sigmoid_slope", "tanh_f"))
    v, d = x.value, float(h.value)
    s, up, down = sigmoid(v), sigmoid(v + d), sigmoid(v - d)
    convex, concave, neither = str(_("convex")), str(_("concave")), str(_("inflection"))
    words = np.where(np.round(v, 9) < 0, convex, np.where(np.round(v, 9) > 0, concave, neither)).astype(object)

    def steep(x: Expr) -> Expr:
        return sigmoid_formula(x) * (1 - sigmoid_formula(x))

    def bends(i: Index) -> Expr:
        return if_(rounded(f[i] - 0.5, 9) < 0, convex, if_(rounded(f[i] - 0.5, 9) > 0, concave, neither))

    with page.table(Counter("i = "), ROWS) as t:
        title = _("second derivative")
        bend = t.gradient("bend", s * (1 - s) * (1 - 2 * s), lambda i: slope[i] * (1 - 2 * f[i]), "σ″(x)", title)
        value = (up * (1 - up) - down * (1 - down)) / (2 * d)
        q = Block("bend_q", Role.CHECK, value, _("difference quotient"), "q")
        q.formula = lambda i: (steep(x[i] + h) - steep(x[i] - h)) / (2 * h)
        t.add(q)
        t.derived("bend_words", words, bends, "", _("how the curve bends"))
        wide = t.derived("stretch_sigma", sigmoid(2 * v), lambda i: sigmoid_formula(2 * x[i]), "σ(2x)", _("sigmoid"))
        value = 2 * wide.value - 1
        stretched = t.derived("stretch", value, lambda i: 2 * wide[i] - 1, "2·σ(2x) − 1", _("stretched"))
    page.check("bend_holds", _("σ″ against quotient"), bend, q, TOLERANCE)
    page.check("stretch_same", _("the stretched sigmoid is tanh"), stretched, tangent, 1e-9)
