"""What follows from a function's form, a step each below its table."""

from __future__ import annotations

import numpy as np

from scenarios.activations.functions import (
    CHART_ROWS,
    ROWS,
    TOLERANCE,
    Inputs,
    logistic_formula,
    logistic_slope,
    logistic_value,
)
from scenarios.common.activations import sigmoid, sigmoid_formula
from workbook.block import Block, Counter, Role
from workbook.chart import Chart, Series
from workbook.eager import Sheet
from workbook.formula import (
    Expr,
    if_,
    rounded,
)
from workbook.text import _


def midpoint(sheet: Sheet, p: Inputs) -> None:
    """The middle of the S: half the height, the steepest slope."""
    sheet.step(
        _("The middle of the S curve"),
        _(
            "At x0 the curve has half its height and is at its steepest; there it turns from bending up to "
            "bending down."
        ),
        "f(x0) = L/2        f′(x0) = k·L/4",
    )
    middle = logistic_value(p, np.asarray(p.x0.value))
    steep = logistic_slope(p, np.asarray(p.x0.value))
    at = sheet.derived(
        "middle_f",
        middle,
        lambda: logistic_formula(p, p.x0.whole()),
        symbol="f(x0)",
        title=_("value in the middle"),
        number_format="0.0000",
    )
    half = sheet.derived(
        "middle_half",
        p.L.value / 2,
        lambda: p.L / 2,
        symbol="L/2",
        title=_("half of the maximum"),
        number_format="0.0000",
    )
    slope = sheet.gradient(
        "middle_slope",
        steep,
        lambda: p.k * at * (1 - at / p.L),
        symbol="f′(x0)",
        title=_("slope in the middle"),
        number_format="0.0000",
    )
    quarter = sheet.derived(
        "middle_quarter",
        p.k.value * p.L.value / 4,
        lambda: p.k * p.L / 4,
        symbol="k·L/4",
        title=_("a quarter of k·L"),
        number_format="0.0000",
    )
    sheet.sentence(
        "middle_words",
        "f({m:2}) = {L:2} / 2 = {f:4},   f′({m:2}) = {k:2p}·{L:2} / 4 = {s:4}",
        m=p.x0,
        L=p.L,
        f=at,
        k=p.k,
        s=slope,
    )
    sheet.check("middle_is_half", _("the middle has half the height"), at, half, 1e-9)
    sheet.check("middle_is_steep", _("the slope in the middle is k·L/4"), slope, quarter, 1e-9)
    sheet.printed("inflection", _("output at the point of inflection"), at, 0.5, 1)


def concavity(sheet: Sheet, p: Inputs, grid: Block) -> None:
    """The second derivative: where the S bends up, and where down."""
    sheet.step(
        _("Bending up, bending down"),
        _(
            "The second derivative says how the curve bends: convex (upwards) where it is positive, concave "
            "where it is negative."
        ),
        "σ″(x) = σ′(x)·(1 − 2·σ(x))",
    )
    v, h = p.x, float(p.h.value)
    s, slope = sigmoid(v), sheet.book["sigmoid_slope"]
    f = sheet.book["sigmoid_f"]
    bend_value = s * (1 - s) * (1 - 2 * s)
    up, down = sigmoid(v + h), sigmoid(v - h)
    quotient = (up * (1 - up) - down * (1 - down)) / (2 * h)
    convex, concave, neither = str(_("convex")), str(_("concave")), str(_("inflection"))
    words = np.where(np.round(v, 9) < 0, convex, np.where(np.round(v, 9) > 0, concave, neither)).astype(object)
    top = sheet.cursor
    sheet.gap(CHART_ROWS + 1)
    with sheet.table(Counter(""), ROWS) as table:
        x = table.derived("bend_x", v, lambda i: grid[i], title=_("input"), symbol="x", number_format="0.00")
        bend = table.gradient(
            "bend",
            bend_value,
            lambda i: slope[i] * (1 - 2 * f[i]),
            title=_("second derivative"),
            symbol="σ″(x)",
            number_format="0.0000",
        )
        left = table.derived(
            "bend_before",
            down * (1 - down),
            lambda i: _sigmoid_slope(x[i] - p.h),
            title=_("slope h to the left"),
            symbol="σ′(x − h)",
            number_format="0.000000",
        )
        ahead = table.derived(
            "bend_after",
            up * (1 - up),
            lambda i: _sigmoid_slope(x[i] + p.h),
            title=_("slope h to the right"),
            symbol="σ′(x + h)",
            number_format="0.000000",
        )
        q = table.add(
            Block(
                "bend_q",
                Role.CHECK,
                quotient,
                title=_("difference quotient"),
                symbol="q",
                number_format="0.0000",
                formula=lambda i: (ahead[i] - left[i]) / (2 * p.h),
            )
        )
        table.derived(
            "bend_words",
            words,
            lambda i: if_(rounded(f[i] - 0.5, 9) < 0, convex, if_(rounded(f[i] - 0.5, 9) > 0, concave, neither)),
            title=_("how the curve bends"),
            number_format="@",
        )
    sheet.chart(
        Chart(
            _("Slope and bend of the sigmoid"),
            (Series("σ′(x)", x[:], slope[:]), Series("σ″(x)", x[:], bend[:], dashed=True)),
            "x",
            "",
            _(
                "The bell-shaped slope with its top at x = 0, and the second derivative, positive left of 0 and "
                "negative right of it."
            ),
            rows=CHART_ROWS,
        ),
        at=(top, 0),
    )
    sheet.sentence("bend_first", "σ″({x:2}) = {s:4}·(1 − 2·{f:4}) = {b:4}", x=x[0], s=slope[0], f=f[0], b=bend[0])
    sheet.check("bend_holds", _("σ″ against quotient"), bend, q, TOLERANCE)


def _sigmoid_slope(x: Expr) -> Expr:
    return sigmoid_formula(x) * (1 - sigmoid_formula(x))


def tanh_from_sigmoid(sheet: Sheet, p: Inputs, grid: Block) -> None:
    sheet.step(
        _("tanh is a stretched sigmoid"),
        _("Twice as steep, twice as high, moved down by one: the two S curves are the same family."),
        "tanh(x) = 2·σ(2x) − 1",
    )
    v, f = p.x, sheet.book["tanh_f"]
    with sheet.table(Counter(""), ROWS) as table:
        table.derived("stretch_x", v, lambda i: grid[i], title=_("input"), symbol="x", number_format="0.00")
        s = table.derived(
            "stretch_sigma",
            sigmoid(2 * v),
            lambda i: sigmoid_formula(2 * grid[i]),
            title=_("sigmoid"),
            symbol="σ(2x)",
            number_format="0.0000",
        )
        t = table.derived(
            "stretch",
            2 * s.value - 1,
            lambda i: 2 * s[i] - 1,
            title=_("stretched"),
            symbol="2·σ(2x) − 1",
            number_format="0.0000",
        )
    sheet.check("stretch_same", _("the stretched sigmoid is tanh"), t, f, 1e-9)
