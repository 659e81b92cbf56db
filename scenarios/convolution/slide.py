"""Page Slide: the window that the reader chooses, pixel by pixel."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.graph.pages import Whole
from workbook.block import Between, Counter, Shading
from workbook.formula import number_of, pick, total
from workbook.page import Page
from workbook.text import _


def slide_page(page: Page, whole: Whole) -> None:
    """Let the reader move the window; show what it sees, the nine products, and their sum."""
    X, K, b, Z = whole["X"], whole["K"], whole["b"], whole["Z"]
    most = len(Z.value)
    with page.left():
        with page.beside():
            row = page.given("window_row", 2.0, "i", _("row of the window"), valid=Between(1, most, whole=True))
            column = page.given("window_column", 2.0, "j", _("column"), valid=Between(1, most, whole=True))
        page.gap()
        said = page.keep()
        page.gap()
        top, left = int(row.value) - 1, int(column.value) - 1
        counters: dict[str, Any] = {"rows": Counter(""), "columns": Counter("")}
        seen = X.value[top : top + 3, left : left + 3]
        with page.beside():
            window = page.derived(
                "window", seen, lambda i, j: pick(X, row + number_of(i) - 1, column + number_of(j) - 1), "",
                _("what the window sees"), shading=Shading.PIXELS, number_format="0.0", **counters,
            )  # fmt: skip
            kernel = page.derived(
                "kernel",
                K.value,
                lambda i, j: K[i, j],
                "",
                _("the kernel"),
                shading=Shading.DIVERGING,
                number_format="0.00",
            )
            products = page.derived(
                "products", seen * K.value, lambda i, j: window[i, j] * kernel[i, j], "", _("products"),
                shading=Shading.DIVERGING, number_format="0.00",
            )  # fmt: skip
        page.gap()
        with page.beside():
            with page.column():
                whole_sum = page.derived(
                    "window_sum", products.value.sum(), lambda: total(products), "Σ", _("sum of the products")
                )
                z = page.derived(
                    "window_z", whole_sum.value + b.value, lambda: whole_sum + b, "z", _("with the bias b")
                )
            alike = page.derived(
                "Z_shown",
                Z.value,
                lambda i, j: Z[i, j],
                "Z",
                _("the sums of all windows"),
                shading=Shading.HEAT,
                number_format="0.00",
            )
        with page.into(said):
            page.live("slide_says", _("▶ The window at row {window_row:0}, column {window_column:0}: the products add up to {window_sum:2}, with the bias {b:2} that is z = {window_z:2}."))  # fmt: skip
    here = page.offstage_block("Z_here", Z.value[top, left], lambda: pick(Z, row, column), title=_("Z at the window"))
    page.check("slide", _("the window's sum = Z"), z, here, 1e-9)
    page.try_(_("Type 1, 2, 3 for row and column, and find the window whose sum is largest."))
    page.turn(
        "slide_turn",
        _("Suppose every pixel of the window were 1. What would z be? (0.01 off is close enough)"),
        page.offstage_block("all_dark", K.value.sum() + b.value, lambda: total(K) + b, title=_("z of a dark window")),
        0.01,
        _("Then each product is the weight itself."),
        _("add up the nine weights, and the bias."),
    )  # fmt: skip
    page.remember(_("A kernel is one neuron that looks at every window in turn, always with the same weights."))
    assert np.shape(alike.value) == Z.shape
