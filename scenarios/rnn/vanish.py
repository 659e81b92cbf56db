"""Page Vanish: how large the slopes of each moment are."""

from __future__ import annotations

import numpy as np

from scenarios.graph.pages import Whole
from workbook.block import Counter, Shading
from workbook.chart import BLUE, Chart, Mark, Series
from workbook.formula import call, sqrt
from workbook.page import Page
from workbook.text import _

LEAST = 1e-9


def vanish_page(page: Page, whole: Whole) -> None:
    """Show the size of each row of ∂U, moment by moment, and how much of the last is left at the first."""
    dU, Wh = whole.slope("U"), whole["Wh"]
    T = len(dU.value)
    least = page.offstage_block("vanish_least", LEAST, title=_("no quotient by less than this"))
    with page.left():
        said = page.keep()
        page.gap()
        with page.table(Counter("t = "), T) as t:
            moment = t.recorded("moment", np.arange(1.0, T + 1), title=_("moment"))
            value = np.linalg.norm(dU.value, axis=1)
            size = t.gradient("moment_size", value, lambda i: sqrt(call("SUMSQ", dU[i, :])), title=_("size of ∂U"), shading=Shading.BAR, number_format="0.0000")  # fmt: skip
        page.text(_("The size of a row is the square root of the sum of its squares."))
        weights = np.linalg.norm(Wh.value)
        page.derived("size_Wh", weights, lambda: sqrt(call("SUMSQ", Wh)), "", _("size of Wh"))
        left = page.offstage_block(
            "left_percent", 100 * value[0] / max(value[-1], LEAST), lambda: 100 * size[0] / call("MAX", size[T - 1], least),
            title=_("what is left at the first moment, in percent"),
        )  # fmt: skip
        with page.into(said):
            page.live(
                "vanish_says", _("▶ Of the last moment's slopes {left:1}% are left at the first moment."), left=left
            )
    with page.right():
        alt = _("The size of the slopes of each moment, as columns.")
        series = Series(_("size of ∂U"), moment[:], size[:], Mark.COLUMNS, BLUE)
        chart = Chart("", (series,), _("moment"), "", alt, columns=6, rows=13, legend=False)
        page.chart(chart)
    with page.book.start.right():
        page.book.start.chart(chart)
    page.try_(
        _("On the sheet Whole, double every number of Wh: more of the slopes survives. Halve them: almost nothing.")
    )
    page.turn(
        "vanish_turn",
        _("Divide the size of the last moment by that of the moment before it. What do you get? (0.1 off is close enough)"),
        page.offstage_block(
            "vanish_ratio", value[-1] / max(value[-2], LEAST), lambda: size[T - 1] / call("MAX", size[T - 2], least),
            title=_("the last moment to the one before"),
        ),
        0.1,
        _("So much fades with every moment, more or less."),
        _("the last number of the table by the one above it."),
    )  # fmt: skip
    page.remember(
        _("Over many moments the slopes vanish, or explode where the weights are large: why gates were invented.")
    )
