"""Sheet Rounding: why h cannot shrink for ever."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.activations import Array
from workbook.block import Between, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import as_expr, ln, number_of, sqrt
from workbook.sheet import Kind
from workbook.text import _

EPSILON = 2.0**-52
"""The spacing of the numbers at 1."""
MEASURED_AT = 1.1
POWERS: dict[str, Any] = {"number_format": "0.0E+00"}
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
    said, picture = page.keep(), page.keep()
    k, at = np.arange(1.0, 16.0), x.value
    h = 10.0**-k
    epsilon = page.offstage_block("epsilon", EPSILON, symbol="ε", title=_("spacing of the numbers at 1"), **POWERS)
    with book.helpers.table(Counter(), len(k)) as t:
        digits = t.derived("h_digits", k, number_of, "k", _("decimals"), number_format="0")
        step = t.derived("h_tiny", h, lambda t: 1 / as_expr(10) ** digits[t], "h", _("step"), **POWERS)
        value, title = h / 2 * 6 * at, _("the chord's error")
        missed = t.derived("chord_misses", value, lambda t: step[t] / 2 * (6 * x), "h/2 · 6x", title, **POWERS)
        value, title = EPSILON * at**3 / h, _("rounding's error")
        spoiled = t.derived("rounding_spoils", value, lambda t: epsilon * x**3 / step[t], "ε·x³/h", title, **POWERS)
        value = missed.value + spoiled.value
        sums = t.derived("errors_together", value, lambda t: missed[t] + spoiled[t], "", _("together"), **POWERS)
        value, symbol = measured_errors(MEASURED_AT, h), _("|chord − 3x²|")
        seen = t.recorded("error_measured", value, symbol, _("measured"), **POWERS)
    value, title = np.sqrt(EPSILON * at**3 / (3 * at)), _("the best step: both errors equal")
    best = page.offstage_block("best_h", value, lambda: sqrt(epsilon * x**3 / (3 * x)), title=title, **POWERS)
    value, title = -np.log10(value), _("its decimals")
    page.offstage_block("best_k", value, lambda: -(ln(best) / ln(10)), title=title)
    with page.into(said):
        page.sentence("rounding_says", _("▶ Both errors are equal at h* = 10^(−{best_k:1}): smaller is better only down to there. The rules have no such limit."))  # fmt: skip
    page.remark(_("ε is 2⁻⁵², the spacing of the numbers at 1. “Measured” was computed beforehand by NumPy at x = 1.1: the last digits of such differences are noise, which no two programs need share."))  # fmt: skip
    page.link(_("The numbers behind the picture, as powers of ten"), missed)
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
