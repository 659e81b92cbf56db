"""Sheet Rounding: why h cannot shrink for ever."""

from __future__ import annotations

import numpy as np

from scenarios.common.activations import Array
from workbook.block import Between, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import as_expr, number_of, sqrt
from workbook.sheet import Kind
from workbook.text import _

EPSILON = 2.0**-52
"""The spacing of the numbers at 1."""
MEASURED_AT = 1.1
POWERS = {"number_format": "0.0E+00"}
"""Errors over fifteen powers of ten."""


def measured_errors(x: float, h: Array) -> Array:
    """Return the measured errors of the chord of x³; by multiplication alone, the same on every machine."""
    end = x + h
    return np.abs((end * end * end - x * x * x) / h - 3 * x * x)


def rounding(book: Book) -> None:
    """Show why h cannot shrink for ever: what the chord misses falls, what rounding spoils grows."""
    page = book.page("Rounding", _("How small may h be?"), kind=Kind.DEEPER, landscape=False)
    why = _("A computer keeps about 16 digits: when h is tiny, f(x + h) and f(x) agree in nearly all of them, and little but rounding is left.")  # fmt: skip
    page.step(
        _("Two errors: one falls with h, one grows"),
        why,
        _("chord's error ≈ h/2 · |f″(x)|        rounding's error ≈ ε · |f(x)| / h"),
    )
    x = page.given("x_cube", MEASURED_AT, "x", "f(x) = x³", valid=Between(0.5, 3))
    epsilon = page.recorded("epsilon", EPSILON, "ε", _("spacing of the numbers at 1"), **POWERS)
    page.remark(_("“Measured” was computed beforehand by NumPy at x = 1.1: the last digits of such differences are noise, which no two programs need share."))  # fmt: skip
    picture = page.keep()
    k, at = np.arange(1.0, 16.0), x.value
    h = 10.0**-k
    with page.table(Counter(""), len(k)) as t:
        digits = t.derived("h_digits", k, number_of, "k", _("decimals"), number_format="0")
        fields = {"math": "10⁻ᵏ", "number_format": "0E+00"}
        step = t.derived("h_tiny", h, lambda t: 1 / as_expr(10) ** digits[t], "h", _("step"), **fields)
        title, fields = _("the chord's error"), {"math": "h/2 · 6x", **POWERS}
        missed = t.derived("chord_misses", h / 2 * 6 * at, lambda t: step[t] / 2 * (6 * x), "", title, **fields)
        title, fields = _("rounding's error"), {"math": "ε·x³/h", **POWERS}
        value = EPSILON * at**3 / h
        spoiled = t.derived("rounding_spoils", value, lambda t: epsilon * x**3 / step[t], "", title, **fields)
        value = missed.value + spoiled.value
        sums = t.derived("errors_together", value, lambda t: missed[t] + spoiled[t], "", _("together"), **POWERS)
        fields = {"math": _("|chord − 3x²|"), **POWERS}
        seen = t.recorded("error_measured", measured_errors(MEASURED_AT, h), "", _("measured"), **fields)
    value, title = np.sqrt(EPSILON * at**3 / (3 * at)), _("the best step: both errors equal")
    page.derived("best_h", value, lambda: sqrt(epsilon * x**3 / (3 * x)), "h*", title, **POWERS)
    page.text(_("Smaller is better only down to about h* ≈ 10⁻⁸; at 10⁻¹⁵ the difference quotient is worthless. The rules have no such limit."))  # fmt: skip
    page.remark(_("This is why the checks in these workbooks use steps of about 10⁻⁴, and why networks are trained with the rules."))  # fmt: skip
    lines = (
        Series(_("the chord's error"), digits[:], missed[:], dashed=True),
        Series(_("rounding's error"), digits[:], spoiled[:], dashed=True),
        Series(_("together"), digits[:], sums[:]),
        Series(_("measured"), digits[:], seen[:], Mark.POINTS),
    )
    alt = _("On a logarithmic scale the chord's error falls and rounding's error rises as h shrinks; the measured errors follow their sum, lowest near k = 8.")  # fmt: skip
    title, height = _("Errors of the chord's slope"), _("error (each line ten times the one below)")
    with page.into(picture):
        page.chart(Chart(title, lines, "k: h = 10⁻ᵏ", height, alt, rows=19, log_y=True))
