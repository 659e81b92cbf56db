"""Sheet Extremes: how first and second derivative tell minimum from maximum."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.curves import grid
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Series
from workbook.formula import Expr, Index, Key, absolute, as_expr, both, equal, fixed, if_, joined, total
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _, shown_text

CURVES = np.array([[0.0, 0.0, 1.0], [1.0, 2.0, -1.0], [0.0, 1.0, 0.0]])
"""c, b, a of the article's y = x², y = 1 + 2x − x² and y = x."""

FLAT_BENDS = ("y = x³", "y = x⁴", "y = −x⁴", "y = x")
"""Curves whose second derivative is zero at 0."""


def extremes(book: Book) -> None:
    """Test the article's three curves, then show what a second derivative of zero can mean."""
    page = book.page("Extremes", _("Minimum or maximum? The first and the second derivative"), kind=Kind.DEEPER)
    page.step(
        _("Three curves"),
        _("Gradient descent looks for a valley floor, so we first ask how a slope tells a floor from a top."),
        "y = c + b·x + a·x²        y′ = b + 2a·x        y″ = 2a",
    )
    names = [
        _("curve {number} ({formula})").format(number=n + 1, formula=f)
        for n, f in enumerate(("y = x²", "y = 1 + 2x − x²", "y = x"))
    ]
    fields = {"rows": names, "columns": ["c", "b", "a"], "valid": Between(-10, 10), "article": CURVES}
    remark = _("printed in the article: the three curves in brackets")
    K = page.given("K", CURVES, "", _("the coefficients"), remark=remark, **fields)
    _draw_curves(page, K)
    _test_curves(page, K, names)
    _flat_bends(page)


# a row of K as cells, n its number: y, y′ and y″


def _y(K: Block, n: Key, x: Expr) -> Expr:
    return K[n, 0] + K[n, 1] * x + K[n, 2] * x**2


def _slope(K: Block, n: Key, x: Expr) -> Expr:
    return K[n, 1] + 2 * K[n, 2] * x


def _bend(K: Block, n: Key) -> Expr:
    return 2 * K[n, 2]


def _draw_curves(page: Page, K: Block) -> None:
    why = _("Where the curve is lowest or highest, the line of the slope crosses zero; the second derivative says in which direction.")  # fmt: skip
    page.step(_("Function, slope, second derivative"), why)
    low = page.given("curve_left", -3.0, "", _("left end"), valid=Between(-10, 10))
    high = page.given("curve_right", 3.0, "", _("right end"), valid=Between(-10, 10))
    middle = page.offstage_block(
        "curve_middle", (low.value + high.value) / 2, lambda: (low + high) / 2, title=_("middle")
    )
    title = _("half its width")
    reach = page.offstage_block("curve_reach", (high.value - low.value) / 2, lambda: (high - low) / 2, title=title)
    lines = []
    with page.book.helpers.table(Counter(), 21) as t:
        x = grid(t, "curve_x", middle, reach, 21)
        at = x.value
        for n, (c, b, a) in enumerate(K.value):
            id, title = f"curve{n + 1}", _("curve {number}").format(number=n + 1)
            y = t.derived(f"{id}_y", c + b * at + a * at**2, lambda t, n=n: _y(K, n, x[t]), "y", title)
            slope = t.gradient(f"{id}_slope", b + 2 * a * at, lambda t, n=n: _slope(K, n, x[t]), "y′", title)
            bend = t.gradient(f"{id}_bend", np.full_like(at, 2 * a), lambda t, n=n: _bend(K, n), "y″", title)
            lines.append((y, slope, bend))
    with page.beside():
        for n, (y, slope, bend) in enumerate(lines):
            alt = _("Curve {number} with its slope and its second derivative against x.").format(number=n + 1)
            three = Series("y", x[:], y[:]), Series("y′", x[:], slope[:]), Series("y″", x[:], bend[:], dashed=True)
            page.chart(Chart(y.title, three, "x", "", alt, columns=4))


# ---------------------------------------------------------------------------------------------- the two tests


def _aside_given(page: Page, id: str) -> Block:
    return page.given(id, 0.5, "d", _("how far to look left and right"), valid=Between(0.1, 2))


def _words(*words: object) -> Array:
    return np.array([str(word) for word in words], dtype=object)


def _first_test(left: float, right: float) -> str:
    """Say what a change of the slope's sign means."""
    return str(_("minimum") if left < 0 < right else _("maximum") if left > 0 > right else _("neither"))


def _first_test_formula(left: Expr, right: Expr) -> Expr:
    """The same for cells."""
    rises, falls = both(left < 0, right > 0), both(left > 0, right < 0)
    return if_(rises, str(_("minimum")), if_(falls, str(_("maximum")), str(_("neither"))))


def _test_curves(page: Page, K: Block, names: Sequence[str]) -> None:
    """Apply both tests where the slope is zero."""
    why = _("First test: does the slope go from falling to rising (minimum) or from rising to falling (maximum)? Second test: the sign of y″.")  # fmt: skip
    page.step(_("Where the slope is zero: the two tests"), why, "y′ = b + 2a·x = 0   →   x* = −b / (2a)")
    d = _aside_given(page, "d")
    aside = float(d.value)
    minimum, maximum, neither, nowhere = (str(w) for w in (_("minimum"), _("maximum"), _("neither"), _("nowhere")))
    everywhere = str(_("everywhere"))
    c, b, a = K.value.T
    bent = a != 0
    at = np.where(bent, -b / (2 * np.where(bent, a, 1)), 0.0) + 0.0
    before, after = b + 2 * a * (at - aside), b + 2 * a * (at + aside)

    def y_of(x: Array) -> Array:
        value: Array = c + b * x + a * x**2
        return value

    def straight(i: Index) -> Expr:
        return equal(K[i, 2], 0)

    def says(i: Index) -> Expr:
        return if_(straight(i), if_(equal(K[i, 1], 0), everywhere, nowhere), joined("x = ", fixed(where[i], 2)))

    def from_three(i: Index) -> Expr:
        return (_y(K, i, where[i] + d) - 2 * _y(K, i, where[i]) + _y(K, i, where[i] - d)) / d**2

    with page.table(names, 3) as t:
        title = _("where we look")
        where = t.derived("x_flat", at, lambda i: if_(straight(i), 0, (0 - K[i, 1]) / (2 * K[i, 2])), "x*", title)
        flat = [
            f"x = {shown_text(float(x), 2)}" if some else nowhere if s else everywhere
            for x, some, s in zip(at, bent, b, strict=True)
        ]
        t.derived("flat_says", _words(*flat), says, "", _("slope zero"))
        title = _("slope on the left")
        left = t.gradient("slope_left", before, lambda i: _slope(K, i, where[i] - d), "y′(x* − d)", title)
        title = _("slope on the right")
        right = t.gradient("slope_right", after, lambda i: _slope(K, i, where[i] + d), "y′(x* + d)", title)
        value = _words(*map(_first_test, before, after))
        t.derived("first_test", value, lambda i: _first_test_formula(left[i], right[i]), "", _("first test"))
        bend = t.gradient("bend", 2 * a, lambda i: _bend(K, i), "y″", _("second derivative"))
        value = _words(*(minimum if k > 0 else maximum if k < 0 else neither for k in a))
        formula = lambda i: if_(bend[i] > 0, minimum, if_(bend[i] < 0, maximum, neither))  # noqa: E731
        t.derived("second_test", value, formula, "", _("second test"))
        value, title = (y_of(at + aside) - 2 * y_of(at) + y_of(at - aside)) / aside**2, _("y″ from three points")
        measured = t.derived("bend_measured", value, from_three, "", title, math="(y₊ − 2y + y₋)/d²")
    # how large the numbers are whose differences the check compares
    size = np.abs(c) + np.abs(b * at) + np.abs(a) * at**2
    with page.book.helpers.table(names, 3) as t:
        sizes = t.derived(
            "flat_size",
            size,
            lambda i: absolute(K[i, 0]) + absolute(K[i, 1] * where[i]) + absolute(K[i, 2]) * where[i] ** 2,
            "|c| + |b·x*| + |a|·x*²",
            _("size of the terms of y"),
        )
    value, title = 1 + size.sum() / aside**2, _("size of the numbers compared")
    scale = page.offstage_block("bend_scale", value, lambda: 1 + total(sizes) / d**2, title=title)
    page.sentence("flat_words", _("Curve 2: x* = −b/(2a) = −{K[1,1]:2p} / (2·{K[1,2]:2p}), so slope zero: {flat_says[1]};   y″ = 2a = 2·{K[1,2]:2p} = {bend[1]:2}"))  # fmt: skip
    page.remark(_("Where there is no zero of the slope (a = 0), the row looks at x = 0 and both tests say “neither”."))
    page.gap()
    title = _("second derivative by the rule = from three points")
    page.check("bend_holds", title, bend[:], measured[:], 1e-9, scale=scale)
    page.printed("flat_1", _("y = x²: slope zero at x"), where[0], 0.0, 0)
    page.printed("bend_1", _("y = x²: second derivative"), bend[0], 2.0, 0)
    page.printed("flat_2", _("y = 1 + 2x − x²: slope zero at x"), where[1], 1.0, 0)
    page.printed("bend_2", _("y = 1 + 2x − x²: second derivative"), bend[1], -2.0, 0)
    page.remark(_("The article calls 2 − 2x the second derivative of 1 + 2x − x². It is the first; the second is −2, as the article's own test then says."))  # fmt: skip
    page.remark(_("The article says the lowest point is where the slope is smallest. It is where the slope is zero, going from minus to plus."))  # fmt: skip


def _flat_bends(page: Page) -> None:
    """Show four curves whose second derivative is zero: it decides nothing."""
    why = _("All four curves have y″(0) = 0, and yet one has a minimum there, one a maximum, two neither: ask the slope on both sides.")  # fmt: skip
    page.step(_("When the second derivative is zero, it decides nothing"), why)
    d = _aside_given(page, "d_zero")
    at = page.recorded("zero", 0.0, "x", _("where"), number_format="0")
    aside = float(d.value)

    def slopes(x: float) -> Array:
        return np.array([3 * x**2, 4 * x**3, -4 * x**3 + 0.0, 1.0])

    def slope_formulas(x: Expr) -> list[Expr]:
        return [3 * x**2, 4 * x**3, 0 - 4 * x**3, as_expr(1)]

    with page.table(FLAT_BENDS, len(FLAT_BENDS)) as t:
        title, each = _("slope on the left"), slope_formulas(at - d)
        before = t.gradient("zero_left", slopes(-aside), None, "y′(−d)", title, each=each)
        t.gradient("zero_here", slopes(0.0), None, "y′(0)", _("slope there"), each=slope_formulas(at.whole()))
        title, each = _("slope on the right"), slope_formulas(at + d)
        after = t.gradient("zero_right", slopes(aside), None, "y′(d)", title, each=each)
        title, each = _("second derivative"), [6 * at, 12 * at**2, 0 - 12 * at**2, as_expr(0)]
        bend = t.gradient("zero_bend", np.zeros(4), None, "y″(0)", title, each=each)
        value = _words(*map(_first_test, before.value, after.value))
        t.derived("zero_test", value, lambda i: _first_test_formula(before[i], after[i]), "", _("first test"))
        decides, nothing = str(_("decides")), str(_("decides nothing"))
        value, title = _words(*[nothing] * 4), _("second test")
        t.derived("zero_second_test", value, lambda i: if_(equal(bend[i], 0), nothing, decides), "", title)
    page.remark(_("The article says the second derivative cannot be zero unless y = x. It is zero on every straight line, and at x = 0 for x³ and x⁴."))  # fmt: skip
    page.remark(_("The article calls y = x a saddle point. A saddle needs a point where the slope is zero, as x² − y² has at (0, 0): lowest along x, highest along y."))  # fmt: skip
    page.remark(_("y = x has slope 1 everywhere: no point of it is flat, so there is nothing to test."))
