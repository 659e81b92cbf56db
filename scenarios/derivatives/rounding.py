"""Sheet Rounding: why h cannot shrink for ever."""

from __future__ import annotations

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.columns import caption
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import (
    as_expr,
    number_of,
    sqrt,
)
from workbook.text import _

EPSILON = 2.0**-52
"""The spacing of the numbers at 1."""


def rounding_sheet(book: Book) -> None:
    """Show why h cannot shrink for ever: what the chord misses falls, what rounding spoils grows."""
    sheet = book.sheet("Rounding", _("How small may h be?"), landscape=False)
    sheet.step(
        _("Two errors: one falls with h, one grows"),
        _(
            "A computer keeps about 16 digits: when h is tiny, f(x + h) and f(x) agree in nearly all of them, and "
            "little but rounding is left."
        ),
        _("chord's error ≈ h/2 · |f″(x)|        rounding's error ≈ ε · |f(x)| / h"),
    )
    x0, k = 1.1, np.arange(1.0, 16.0)
    h = 10.0**-k
    x = sheet.given("x_cube", x0, symbol="x", title="f(x) = x³", number_format="0.0", valid=Between(0.5, 3))
    epsilon = sheet.recorded(
        "epsilon", EPSILON, symbol="ε", title=_("spacing of the numbers at 1"), number_format="0.0E+00"
    )
    sheet.remark(
        _(
            "“Measured” was computed beforehand by NumPy at x = 1.1: the last digits of such differences are noise, "
            "which no two programs need share."
        )
    )
    top = sheet.cursor
    sheet.gap(20)
    with sheet.table(Counter(""), len(k)) as t:
        digits = t.derived("h_digits", k, number_of, symbol="k", title=_("decimals"), number_format="0")
        fields = caption(_("step"), "h", "0E+00", math="10⁻ᵏ")
        step = t.derived("h_tiny", h, lambda t: 1 / as_expr(10) ** digits[t], **fields)
        fields = caption(_("the chord's error"), number_format="0.0E+00", math="h/2 · 6x")
        missed = t.derived("chord_misses", h / 2 * 6 * x0, lambda t: step[t] / 2 * (6 * x), **fields)
        fields = caption(_("rounding's error"), number_format="0.0E+00", math="ε·x³/h")
        spoiled = t.derived("rounding_spoils", EPSILON * x0**3 / h, lambda t: epsilon * x**3 / step[t], **fields)
        both_errors = t.derived(
            "errors_together",
            h * 3 * x0 + EPSILON * x0**3 / h,
            lambda t: missed[t] + spoiled[t],
            **caption(_("together"), number_format="0.0E+00"),
        )
        fields = caption(_("measured"), number_format="0.0E+00", math=_("|chord − 3x²|"))
        seen = t.recorded("error_measured", _measured_errors(x0, h), **fields)
    fields = caption(_("the best step: both errors equal"), "h*", "0.0E+00")
    sheet.derived("best_h", np.sqrt(EPSILON * x0**3 / (3 * x0)), lambda: sqrt(epsilon * x**3 / (3 * x)), **fields)
    sheet.text(
        _(
            "Smaller is better only down to about h* ≈ 10⁻⁸; at 10⁻¹⁵ the difference quotient is worthless. The "
            "rules have no such limit."
        )
    )
    sheet.remark(
        _(
            "This is why the checks in these workbooks use steps of about 10⁻⁴, and why networks are trained with "
            "the rules."
        )
    )
    sheet.chart(_error_chart(digits, missed, spoiled, both_errors, seen), at=(top, 0))


def _measured_errors(x: float, h: Array) -> Array:
    """Return the measured errors of the chord of x³; by multiplication alone, the same on every machine."""
    end = x + h
    return np.abs((end * end * end - x * x * x) / h - 3 * x * x)


def _error_chart(k: Block, missed: Block, spoiled: Block, together: Block, seen: Block) -> Chart:
    return Chart(
        _("Errors of the chord's slope"),
        (
            Series(_("the chord's error"), k[:], missed[:], dashed=True),
            Series(_("rounding's error"), k[:], spoiled[:], dashed=True),
            Series(_("together"), k[:], together[:]),
            Series(_("measured"), k[:], seen[:], Mark.POINTS),
        ),
        "k: h = 10⁻ᵏ",
        _("error (each line ten times the one below)"),
        _(
            "On a logarithmic scale the chord's error falls and rounding's error rises as h shrinks; the measured "
            "errors follow their sum, lowest near k = 8."
        ),
        rows=19,
        log_y=True,
    )
