"""Page Stride: zeros around the picture, and windows left out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from scenarios.graph.pages import Whole
from workbook.block import Between, Counter, Shading
from workbook.formula import both, call, dot, equal, if_, number_of
from workbook.page import Page
from workbook.text import _


def stride_page(page: Page, whole: Whole) -> None:
    """Show every window of the picture with its zeros, and which of them padding and stride leave."""
    X, K, b = whole["X"], whole["K"], whole["b"]
    size = len(X.value)
    with page.left():
        with page.beside():
            padding = page.given("padding", 1.0, "p", _("zeros around"), valid=Between(0, 1, whole=True))
            stride = page.given("stride", 2.0, "s", _("stride"), valid=Between(1, 4, whole=True))
        page.gap()
        said = page.keep()
        page.gap()
        edge, step = 1 - int(padding.value), int(stride.value)
        kept = np.array([edge <= n < size - edge and (n - edge) % step == 0 for n in range(size)])
        value = np.einsum("ijab,ab->ij", sliding_window_view(np.pad(X.value, 1), K.shape), K.value) + b.value

        def stays(index: Any) -> Any:
            n = number_of(index)
            inside = both(n > 1 - padding, n < size + padding)
            return both(inside, equal(call("MOD", n - 2 + padding, stride), 0))

        with page.beside():
            every = page.derived(
                "every", value, lambda i, j: dot(X[i - 1 : i + 2, j - 1 : j + 2], K) + b, "",
                _("a sum for every pixel, zeros outside"),
            )  # fmt: skip
            page.derived(
                "kept", np.where(np.outer(kept, kept), value, 0.0), lambda i, j: if_(both(stays(i), stays(j)), every[i, j], 0),
                "", _("what padding and stride leave"), rows=Counter(""), columns=Counter(""),
                shading=Shading.MASK, number_format="0.00;−0.00;0",
            )  # fmt: skip
        side = page.derived(
            "side", float(kept.sum()), lambda: call("INT", (size + 2 * padding - len(K.value)) / stride) + 1, "n",
            _("rows left"), number_format="0",
        )  # fmt: skip
        with page.into(said):
            page.live(
                "stride_says", _("▶ Rows left: (5 + 2·{padding:0} − 3) / {stride:0} + 1, rounded down: {side:0}.")
            )
    page.try_(_("Type 0 and 1 for p, and 1 to 4 for s."))
    page.turn(
        "stride_turn",
        _("How many numbers are left in all, with your p and s?"),
        page.offstage_block("left_in_all", side.value**2, lambda: side * side, title=_("numbers left")),
        0.01,
        _("As many rows as columns."),
        _("n rows, and n columns."),
    )
    page.remember(_("Padding keeps the edge, a stride makes the picture smaller: (size + 2p − kernel) / s + 1."))
