"""Sheets NearLinear and Compare: how straight the sigmoid is, and all functions together."""

from __future__ import annotations

import numpy as np

from scenarios.activations.functions import (
    CHART_ROWS,
    FUNCTIONS,
    LINEAR,
    LINEAR_ROWS,
    LOGISTIC,
    SIGMOID,
    Inputs,
)
from scenarios.common.activations import sigmoid, sigmoid_formula
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import (
    absolute,
    largest,
    number_of,
    smallest,
    total,
)
from workbook.sheet import Style
from workbook.text import _


def near_linear(book: Book, width: float) -> None:
    sheet = book.sheet("NearLinear", _("How straight is the sigmoid from −3 to 3?"), landscape=False)
    sheet.step(
        _("The near-linear part"),
        _(
            "The article calls the sigmoid linear from −3 to 3. Compare it with its tangent at 0, and with the "
            "straight line that fits best."
        ),
        _("tangent: ½ + x/4        line: ½ + m·x,   m = Σ x·(σ(x) − ½) / Σ x²"),
    )
    news = sheet.reserve()
    sheet.text(
        _("▶ So the article's “linear from −3 to 3” is a rough picture. Set a = 1, and the tangent is nearly exact.")
    )
    slope_words = sheet.reserve()
    sheet.gap()
    a = sheet.given(
        "width",
        width,
        symbol="a",
        title=_("from −a to a"),
        number_format="0.00",
        valid=Between(0.1, 10),
        remark=_("printed in the article: 3"),
    )
    slope_row = sheet.reserve()
    picture = sheet.cursor
    sheet.gap(CHART_ROWS + 1)
    v = width * (np.arange(LINEAR_ROWS) / 12 - 1)
    s = sigmoid(v)
    rise = v * (s - 0.5)
    m_value = rise.sum() / (v**2).sum()
    with sheet.table(Counter(""), LINEAR_ROWS) as table:
        x = table.derived(
            "line_x",
            v,
            lambda i: a * ((number_of(i) - 1) / 12 - 1),
            title=_("input"),
            symbol="x",
            math="a·((i − 1)/12 − 1)",
            number_format="0.00",
        )
        f = table.derived(
            "line_f", s, lambda i: sigmoid_formula(x[i]), title=_("sigmoid"), symbol="σ(x)", number_format="0.0000"
        )
        tangent = table.derived(
            "line_tangent",
            0.5 + v / 4,
            lambda i: 0.5 + x[i] / 4,
            title=_("tangent at 0"),
            symbol="½ + x/4",
            number_format="0.0000",
        )
        off_tangent = table.derived(
            "line_tangent_off",
            np.abs(s - tangent.value),
            lambda i: absolute(f[i] - tangent[i]),
            title=_("tangent's distance"),
            number_format="0.0000",
        )
        up = table.derived(
            "line_rise",
            rise,
            lambda i: x[i] * (f[i] - 0.5),
            title=_("for the slope"),
            symbol="x·(σ − ½)",
            number_format="0.0000",
        )
        square = table.derived(
            "line_square", v**2, lambda i: x[i] ** 2, title=_("for the slope"), symbol="x²", number_format="0.0000"
        )
        up_sum = table.total(up, Block("line_rise_sum", Role.DERIVED, rise.sum(), formula=lambda: total(up)))
        square_sum = table.total(
            square, Block("line_square_sum", Role.DERIVED, (v**2).sum(), formula=lambda: total(square))
        )
        m = Block(
            "line_m",
            Role.DERIVED,
            np.asarray(m_value),
            symbol="m",
            title=_("slope of the best line"),
            formula=lambda: up_sum / square_sum,
        )
        sheet.add(m, at=(slope_row, 1))
        sheet.label(slope_row, 0, "ƒ m — " + _("slope of the best line"), Style.LABEL, role=Role.DERIVED)
        line = table.derived(
            "line_best",
            0.5 + m_value * v,
            lambda i: 0.5 + m * x[i],
            title=_("best line"),
            symbol="½ + m·x",
            number_format="0.0000",
        )
        off_line = table.derived(
            "line_best_off",
            np.abs(s - line.value),
            lambda i: absolute(f[i] - line[i]),
            title=_("line's distance"),
            number_format="0.0000",
        )
    chart = Chart(
        _("Sigmoid, tangent and best line"),
        (
            Series("σ(x)", x[:], f[:]),
            Series(_("tangent"), x[:], tangent[:], dashed=True),
            Series(_("best line"), x[:], line[:]),
        ),
        "x",
        "",
        _("The sigmoid between its tangent at 0, which leaves it early, and the flatter straight line that fits best."),
        rows=CHART_ROWS,
    )
    sheet.chart(chart, at=(picture, 0))
    worst = [
        sheet.derived(id, off.value.max(), lambda off=off: largest(off), title=title, number_format="0.0000")
        for id, off, title in (
            ("line_worst_tangent", off_tangent, _("tangent: largest distance")),
            ("line_worst", off_line, _("best line: largest distance")),
        )
    ]
    sheet.sentence("line_m_words", "m = {r:4} / {s:4} = {m:4}", row=slope_words, r=up_sum, s=square_sum, m=m)
    sheet.sentence(
        "line_words1",
        _("▶ From −{a:1} to {a:1} the tangent misses the sigmoid by up to {t:4}, the best line by up to {b:4}."),
        row=news,
        a=a,
        t=worst[0],
        b=worst[1],
    )


# ------------------------------------------------------------------------------------------------ all together


def compare(book: Book, p: Inputs, grid: Block) -> None:
    sheet = book.sheet("Compare", _("All of them together"))
    sheet.step(
        _("How steep can each be?"),
        _(
            "Going back through layers multiplies slopes: below 1 they die away, above 1 they grow. Ten layers show it, the "
            "weights left aside."
        ),
        "(max |f′|)¹⁰",
    )
    slopes = [book[f"{f.id}_slope"] for f in FUNCTIONS]
    steepest = np.array([np.abs(slope.value).max() for slope in slopes])
    with sheet.table([_(f.title) for f in FUNCTIONS], len(FUNCTIONS)) as table:
        top_slope = table.add(
            Block(
                "steepest",
                Role.DERIVED,
                steepest,
                each=[largest(largest(slope), -smallest(slope)) for slope in slopes],
                title=_("steepest slope on the grid"),
                symbol="max |f′|",
                number_format="0.0000",
            )
        )
        ten = table.derived(
            "ten_layers",
            steepest**10,
            # ten factors: a power that underflows is an error in LibreOffice, a product is 0
            lambda i: top_slope[i] ** 4 * top_slope[i] ** 4 * top_slope[i] ** 2,
            title=_("through ten layers"),
            symbol="(max |f′|)¹⁰",
            number_format="0.00E+00",
        )
    sheet.sentence(
        "ten_words",
        _(
            "Sigmoid: {s:4} to the power of 10 is only {t:9}. This is the vanishing gradient, and why hidden "
            "layers prefer ReLU."
        ),
        s=top_slope[FUNCTIONS.index(SIGMOID)],
        t=ten[FUNCTIONS.index(SIGMOID)],
    )
    s_curves = [f for f in FUNCTIONS if f is not LINEAR and f is not LOGISTIC]
    sheet.step(
        _("Side by side"), _("The linear and the logistic function are left out here: they have numbers of their own.")
    )
    for kind, title, alt in (
        ("f", _("The functions"), _("Step, sigmoid, tanh, ReLU and leaky ReLU over the same x.")),
        ("slope", _("Their derivatives"), _("The derivatives: zero, two bells, and two that jump at 0.")),
    ):
        series = tuple(
            Series(
                _(f.title),
                grid[:],
                book[f"{f.id}_{kind}"][:],
                Mark.POINTS
                if (f.points and kind == "f") or (f.kink and not f.points and kind == "slope")
                else Mark.LINE,
            )
            for f in s_curves
        )
        sheet.chart(
            Chart(title, series, "x", "", alt, columns=8, rows=20, y_range=(-1.5, 3) if kind == "f" else (None, None))
        )
