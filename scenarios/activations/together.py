"""Sheets NearLinear and Compare: how straight the sigmoid is, and all functions together."""

from __future__ import annotations

import numpy as np

from scenarios.activations.functions import Shown
from scenarios.common.activations import sigmoid, sigmoid_formula
from scenarios.common.columns import sum_under
from workbook.block import Counter
from workbook.book import Book
from workbook.chart import Chart, Series
from workbook.formula import absolute, largest, number_of, smallest
from workbook.parameter import Parameter
from workbook.sheet import Kind
from workbook.text import N_, _

WIDTH = Parameter(
    "width", 3.0, N_("the sigmoid's near-linear part reaches from minus this to this"), 0.1, 10, symbol="a"
)
ROWS = 25


def near_linear(book: Book) -> None:
    """Compare the sigmoid with its tangent at 0, and with the straight line that fits best."""
    page = book.page("NearLinear", _("How straight is the sigmoid from −3 to 3?"), kind=Kind.DEEPER, landscape=False)
    why = _("The article calls the sigmoid linear from −3 to 3. Compare it with its tangent at 0, and with the straight line that fits best.")  # fmt: skip
    page.step(_("The near-linear part"), why, _("tangent: ½ + x/4        line: ½ + m·x,   m = Σ x·(σ(x) − ½) / Σ x²"))
    said = page.keep()
    page.gap()
    a = page.setting(WIDTH, title=_("from −a to a"), remark=_("printed in the article: 3"))
    slope, picture = page.keep(), page.keep()
    v = float(a.value) * (np.arange(ROWS) / 12 - 1)
    s = sigmoid(v)
    with page.table(Counter(""), ROWS) as t:
        fields = {"math": "a·((i − 1)/12 − 1)"}
        x = t.derived("line_x", v, lambda i: a * ((number_of(i) - 1) / 12 - 1), "x", _("input"), **fields)
        f = t.derived("line_f", s, lambda i: sigmoid_formula(x[i]), "σ(x)", _("sigmoid"))
        tangent = t.derived("line_tangent", 0.5 + v / 4, lambda i: 0.5 + x[i] / 4, "½ + x/4", _("tangent at 0"))
        value, title = np.abs(s - tangent.value), _("tangent's distance")
        off_tangent = t.derived("line_tangent_off", value, lambda i: absolute(f[i] - tangent[i]), "", title)
        title = _("for the slope")
        up = t.derived("line_rise", v * (s - 0.5), lambda i: x[i] * (f[i] - 0.5), "x·(σ − ½)", title)
        square = t.derived("line_square", v**2, lambda i: x[i] ** 2, "x²", title)
        rise, run = sum_under(t, up, number_format=""), sum_under(t, square, number_format="")
        with page.into(slope):
            best = rise.value / run.value
            m = page.derived("line_m", best, lambda: rise / run, "m", _("slope of the best line"))
            page.sentence("line_m_words", "m = {line_rise_sum:4} / {line_square_sum:4} = {line_m:4}")
        line = t.derived("line_best", 0.5 + best * v, lambda i: 0.5 + m * x[i], "½ + m·x", _("best line"))
        value, title = np.abs(s - line.value), _("line's distance")
        off_line = t.derived("line_best_off", value, lambda i: absolute(f[i] - line[i]), "", title)
    title = _("tangent: largest distance")
    page.derived("line_worst_tangent", off_tangent.value.max(), lambda: largest(off_tangent), "", title)
    page.derived("line_worst", off_line.value.max(), lambda: largest(off_line), "", _("best line: largest distance"))
    with page.into(said):
        page.sentence("line_words1", _("▶ From −{width:1} to {width:1} the tangent misses the sigmoid by up to {line_worst_tangent:4}, the best line by up to {line_worst:4}."))  # fmt: skip
        page.text(_("So the article's “linear from −3 to 3” is a rough picture. Set a = 1, and the tangent is nearly exact."))  # fmt: skip
    lines = (
        Series("σ(x)", x[:], f[:]),
        Series(_("tangent"), x[:], tangent[:], dashed=True),
        Series(_("best line"), x[:], line[:]),
    )
    alt = _("The sigmoid between its tangent at 0, which leaves it early, and the flatter straight line that fits best.")  # fmt: skip
    with page.into(picture):
        page.chart(Chart(_("Sigmoid, tangent and best line"), lines, "x", "", alt))


LEFT_OUT = ("linear", "logistic")
"""They have numbers of their own, and would stand out of the charts."""


def compare(book: Book, shown: tuple[Shown, ...]) -> None:
    """Show how slopes multiply through layers, and the curves side by side."""
    page = book.page("Compare", _("All of them together"), kind=Kind.DEEPER)
    why = _("Going back through layers multiplies slopes: below 1 they die away, above 1 they grow. Ten layers show it, the weights left aside.")  # fmt: skip
    page.step(_("How steep can each be?"), why, "(max |f′|)¹⁰")
    slopes = [book[f"{f.name}_slope"] for f in shown]
    steepest = np.array([np.abs(slope.value).max() for slope in slopes])
    with page.table([_(f.title) for f in shown], len(shown)) as t:
        each, title = [largest(largest(slope), -smallest(slope)) for slope in slopes], _("steepest slope on the grid")
        top = t.derived("steepest", steepest, None, "max |f′|", title, each=each)
        # ten factors: a power that underflows is an error in LibreOffice, a product is 0
        formula, fields = lambda i: top[i] ** 4 * top[i] ** 4 * top[i] ** 2, {"number_format": "#,##0.0000"}
        t.derived("ten_layers", steepest**10, formula, "(max |f′|)¹⁰", _("through ten layers"), **fields)
    page.sentence("ten_words", _("Sigmoid: {steepest[2]:4} to the power of 10 is only {ten_layers[2]:9}. This is the vanishing gradient, and why hidden layers prefer ReLU."))  # fmt: skip
    words = _("The linear and the logistic function are left out here: they have numbers of their own.")
    page.step(_("Side by side"), words)
    x = book["x"]
    with page.beside():
        for kind, title, alt in (
            ("f", _("The functions"), _("Step, sigmoid, tanh, ReLU and leaky ReLU over the same x.")),
            ("slope", _("Their derivatives"), _("The derivatives: zero, two bells, and two that jump at 0.")),
        ):
            lines = tuple(
                Series(_(f.title), x[:], book[f"{f.name}_{kind}"][:], f.mark if kind == "f" else f.slope_mark)
                for f in shown
                if f.name not in LEFT_OUT
            )
            limits = (-1.5, 3) if kind == "f" else (None, None)
            page.chart(Chart(title, lines, "x", "", alt, columns=7, rows=20, y_range=limits))
