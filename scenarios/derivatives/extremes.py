"""Sheet Extremes: how first and second derivative tell minimum from maximum."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.columns import caption
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Series
from workbook.eager import Sheet, Table
from workbook.formula import Expr, Index, Key, absolute, as_expr, both, equal, fixed, if_, joined, number_of, total
from workbook.text import _, fixed_text

CURVES = np.array([[0.0, 0.0, 1.0], [1.0, 2.0, -1.0], [0.0, 1.0, 0.0]])
"""c, b, a of the article's y = x², y = 1 + 2x − x² and y = x."""

FLAT_BENDS = ("y = x³", "y = x⁴", "y = −x⁴", "y = x")
"""Curves whose second derivative is zero at 0."""

ASIDE = 0.5
"""How far the tests look left and right."""


def extremes_sheet(book: Book) -> None:
    """Test the article's three curves, then show what a second derivative of zero can mean."""
    sheet = book.sheet("Extremes", _("Minimum or maximum? The first and the second derivative"))
    sheet.step(
        _("Three curves"),
        _("Gradient descent looks for a valley floor, so we first ask how a slope tells a floor from a top."),
        "y = c + b·x + a·x²        y′ = b + 2a·x        y″ = 2a",
    )
    names = [
        _("curve {number} ({formula})").format(number=n + 1, formula=f)
        for n, f in enumerate(("y = x²", "y = 1 + 2x − x²", "y = x"))
    ]
    remark = _("printed in the article: the three curves in brackets")
    fields = caption(_("the coefficients"), number_format="0.00", rows=names, columns=["c", "b", "a"], remark=remark)
    K = sheet.given("K", CURVES, article=CURVES, valid=Between(-10, 10), **fields)
    _draw_curves(sheet, K)
    _test_curves(sheet, K, names)
    _flat_bends(sheet)


# a row of K as cells, n its number: y, y′ and y″


def _y(K: Block, n: Key, x: Expr) -> Expr:
    return K[n, 0] + K[n, 1] * x + K[n, 2] * x**2


def _slope(K: Block, n: Key, x: Expr) -> Expr:
    return K[n, 1] + 2 * K[n, 2] * x


def _bend(K: Block, n: Key) -> Expr:
    return 2 * K[n, 2]


def _draw_curves(sheet: Sheet, K: Block) -> None:
    sheet.step(
        _("Function, slope, second derivative"),
        _(
            "Where the curve is lowest or highest, the line of the slope crosses zero; the second derivative says in "
            "which direction."
        ),
    )
    low = sheet.given("curve_left", -3.0, title=_("left end"), number_format="0.0", valid=Between(-10, 10))
    high = sheet.given("curve_right", 3.0, title=_("right end"), number_format="0.0", valid=Between(-10, 10))
    count = sheet.recorded("curve_intervals", 24, title=_("intervals"), number_format="0")
    top = sheet.cursor
    sheet.gap(18)
    grid = np.linspace(-3, 3, 25)
    charts = []
    with sheet.table(Counter(""), len(grid)) as t:
        fields = caption(_("where"), "x", "0.00")
        x = t.derived("curve_x", grid, lambda t: low + (number_of(t) - 1) * (high - low) / count, **fields)
        for n in range(len(CURVES)):
            charts.append(_curve(t, K, n, x))
    for left, chart in zip((0, 3, 8), charts, strict=True):
        sheet.chart(chart, at=(top, left))


def _curve(table: Table, K: Block, n: int, x: Block) -> Chart:
    """Add the columns of one curve; return their chart."""
    id, title, grid, (c, b, a) = f"curve{n + 1}", _("curve {number}").format(number=n + 1), x.value, CURVES[n]
    y = table.derived(f"{id}_y", c + b * grid + a * grid**2, lambda t: _y(K, n, x[t]), **caption(title, "y"))
    fields = caption(_("slope"), "y′")
    slope = table.gradient(f"{id}_slope", b + 2 * a * grid, lambda t: _slope(K, n, x[t]), **fields)
    fields = caption(_("second derivative"), "y″", "0.00")
    bend = table.gradient(f"{id}_bend", np.full_like(grid, 2 * a), lambda t: _bend(K, n), **fields)
    lines = (Series("y", x[:], y[:]), Series("y′", x[:], slope[:]), Series("y″", x[:], bend[:], dashed=True))
    alt = _("Curve {number} with its slope and its second derivative against x.").format(number=n + 1)
    return Chart(title, lines, "x", "", alt, columns=3 if n == 0 else 5)


# ---------------------------------------------------------------------------------------------- the two tests


def _aside_given(sheet: Sheet, id: str) -> Block:
    fields = caption(_("how far to look left and right"), "d", "0.00")
    return sheet.given(id, ASIDE, valid=Between(0.1, 2), **fields)


def _words(*words: object) -> Array:
    return np.array([str(word) for word in words], dtype=object)


def _sign_change(left: Expr, right: Expr) -> Expr:
    """Say what a change of the slope's sign means."""
    rises, falls = both(left < 0, right > 0), both(left > 0, right < 0)
    return if_(rises, str(_("minimum")), if_(falls, str(_("maximum")), str(_("neither"))))


def _test_curves(sheet: Sheet, K: Block, names: Sequence[str]) -> None:
    """Apply both tests where the slope is zero."""
    sheet.step(
        _("Where the slope is zero: the two tests"),
        _(
            "First test: does the slope go from falling to rising (minimum) or from rising to falling (maximum)? "
            "Second test: the sign of y″."
        ),
        "y′ = b + 2a·x = 0   →   x* = −b / (2a)",
    )
    d = _aside_given(sheet, "d")
    minimum, maximum, neither, nowhere = (str(w) for w in (_("minimum"), _("maximum"), _("neither"), _("nowhere")))
    c, b, a = CURVES.T
    bent = a != 0
    at = np.where(bent, -b / (2 * np.where(bent, a, 1)), 0.0) + 0.0
    falls, rises = b + 2 * a * (at - ASIDE), b + 2 * a * (at + ASIDE)
    flat_at = [f"x = {fixed_text(float(x), 2)}" if some else nowhere for x, some in zip(at, bent, strict=True)]
    first = [minimum if p < 0 < q else maximum if p > 0 > q else neither for p, q in zip(falls, rises, strict=True)]
    second = [minimum if k > 0 else maximum if k < 0 else neither for k in a]

    def y_of(x: Array) -> Array:
        value: Array = c + b * x + a * x**2
        return value

    def straight(i: Index) -> Expr:
        return equal(K[i, 2], 0)

    def from_three(i: Index) -> Expr:
        return (_y(K, i, where[i] + d) - 2 * _y(K, i, where[i]) + _y(K, i, where[i] - d)) / d**2

    with sheet.table(names, 3) as t:
        fields = caption(_("where we look"), "x*", "0.00")
        where = t.derived("x_flat", at, lambda i: if_(straight(i), 0, (0 - K[i, 1]) / (2 * K[i, 2])), **fields)
        says = t.derived(
            "flat_says",
            _words(*flat_at),
            lambda i: if_(
                straight(i),
                if_(equal(K[i, 1], 0), str(_("everywhere")), nowhere),
                joined("x = ", fixed(where[i], 2)),
            ),
            **caption(_("slope zero"), number_format="@"),
        )
        fields = caption(_("slope on the left"), "y′(x* − d)", "0.00")
        left = t.gradient("slope_left", falls, lambda i: _slope(K, i, where[i] - d), **fields)
        fields = caption(_("slope on the right"), "y′(x* + d)", "0.00")
        right = t.gradient("slope_right", rises, lambda i: _slope(K, i, where[i] + d), **fields)
        fields = caption(_("first test"), number_format="@")
        t.derived("first_test", _words(*first), lambda i: _sign_change(left[i], right[i]), **fields)
        bend = t.gradient("bend", 2 * a, lambda i: _bend(K, i), **caption(_("second derivative"), "y″", "0.00"))
        t.derived(
            "second_test",
            _words(*second),
            lambda i: if_(bend[i] > 0, minimum, if_(bend[i] < 0, maximum, neither)),
            **caption(_("second test"), number_format="@"),
        )
        value = (y_of(at + ASIDE) - 2 * y_of(at) + y_of(at - ASIDE)) / ASIDE**2
        fields = caption(_("y″ from three points"), number_format="0.000000", math="(y₊ − 2y + y₋)/d²")
        measured = t.derived("bend_measured", value, from_three, **fields)
        sizes = np.abs(c) + np.abs(b * at) + np.abs(a) * at**2
        fields = caption(_("size of the terms of y"), "|c| + |b·x*| + |a|·x*²", "0.00")
        size = t.derived(
            "flat_size",
            sizes,
            lambda i: absolute(K[i, 0]) + absolute(K[i, 1] * where[i]) + absolute(K[i, 2]) * where[i] ** 2,
            **fields,
        )
    words = _("Curve 2: x* = −b/(2a) = −{b:2p} / (2·{a:2p}), so slope zero: {says};   y″ = 2a = 2·{a:2p} = {bend:2}")
    sheet.sentence("flat_words", words, b=K[1, 1], a=K[1, 2], says=says[1], bend=bend[1])
    sheet.remark(_("Where there is no zero of the slope (a = 0), the row looks at x = 0 and both tests say “neither”."))
    sheet.gap()
    fields = caption(_("size of the numbers compared"), math="1 + Σ(|c| + |b·x*| + |a|·x*²)/d²", number_format="0.00")
    scale = sheet.derived("bend_scale", 1 + sizes.sum() / ASIDE**2, lambda: 1 + total(size) / d**2, **fields)
    title = _("second derivative by the rule = from three points")
    sheet.check("bend_holds", title, bend[:], measured[:], 1e-9, scale=scale)
    sheet.printed("flat_1", _("y = x²: slope zero at x"), where[0], 0.0, 0)
    sheet.printed("bend_1", _("y = x²: second derivative"), bend[0], 2.0, 0)
    sheet.printed("flat_2", _("y = 1 + 2x − x²: slope zero at x"), where[1], 1.0, 0)
    sheet.printed("bend_2", _("y = 1 + 2x − x²: second derivative"), bend[1], -2.0, 0)
    sheet.gap()
    sheet.remark(
        _(
            "The article calls 2 − 2x the second derivative of 1 + 2x − x². It is the first; the second is −2, as "
            "the article's own test then says."
        )
    )
    sheet.remark(
        _(
            "The article says the lowest point is where the slope is smallest. It is where the slope is zero, going "
            "from minus to plus."
        )
    )


def _flat_bends(sheet: Sheet) -> None:
    """Show four curves whose second derivative is zero: it decides nothing."""
    sheet.step(
        _("When the second derivative is zero, it decides nothing"),
        _(
            "All four curves have y″(0) = 0, and yet one has a minimum there, one a maximum, two neither: ask the "
            "slope on both sides."
        ),
    )
    d = _aside_given(sheet, "d_zero")
    at = sheet.recorded("zero", 0, symbol="x", title=_("where"), number_format="0")

    def slopes(x: float) -> Array:
        return np.array([3 * x**2, 4 * x**3, -4 * x**3 + 0.0, 1.0])

    def slope_formulas(x: Expr) -> list[Expr]:
        return [3 * x**2, 4 * x**3, 0 - 4 * x**3, as_expr(1)]

    with sheet.table(FLAT_BENDS, len(FLAT_BENDS)) as t:
        fields = caption(_("slope on the left"), "y′(−d)", "0.00")
        before = t.gradient("zero_left", slopes(-ASIDE), None, each=slope_formulas(at - d), **fields)
        fields = caption(_("slope there"), "y′(0)", "0.00")
        t.gradient("zero_here", slopes(0.0), None, each=slope_formulas(at.whole()), **fields)
        fields = caption(_("slope on the right"), "y′(d)", "0.00")
        after = t.gradient("zero_right", slopes(ASIDE), None, each=slope_formulas(at + d), **fields)
        each, fields = (
            [6 * at, 12 * at**2, 0 - 12 * at**2, as_expr(0)],
            caption(_("second derivative"), "y″(0)", "0.00"),
        )
        bend = t.gradient("zero_bend", np.zeros(4), None, each=each, **fields)
        found, fields = (
            _words(_("neither"), _("minimum"), _("maximum"), _("neither")),
            caption(_("first test"), number_format="@"),
        )
        t.derived("zero_test", found, lambda i: _sign_change(before[i], after[i]), **fields)
        decides, nothing = str(_("decides")), str(_("decides nothing"))
        fields = caption(_("second test"), number_format="@")
        t.derived(
            "zero_second_test", _words(*[nothing] * 4), lambda i: if_(equal(bend[i], 0), nothing, decides), **fields
        )
    sheet.remark(
        _(
            "The article says the second derivative cannot be zero unless y = x. It is zero on every straight line, "
            "and at x = 0 for x³ and x⁴."
        )
    )
    sheet.remark(
        _(
            "The article calls y = x a saddle point. A saddle needs a point where the slope is zero, as x² − y² has "
            "at (0, 0): lowest along x, highest along y."
        )
    )
    sheet.remark(_("y = x has slope 1 everywhere: no point of it is flat, so there is nothing to test."))
