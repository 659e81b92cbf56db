"""Page Numbers: four numbers, step by step."""

from __future__ import annotations

import numpy as np

from workbook.block import Between, Block, Counter, Role
from workbook.chart import BLUE, GREY, Chart, Mark, Series
from workbook.formula import call, mean, sqrt, total
from workbook.page import Page
from workbook.text import _

NUMBERS = np.array([1.0, 2, 3, 6])


def numbers_page(page: Page) -> None:
    """Let the reader type four numbers; show their deviations, squares, and what they become."""
    count = len(NUMBERS)
    with page.left():
        said = page.keep()
        page.gap()
        with page.table(Counter("k = "), count) as t:
            place = t.recorded("place", np.arange(1.0, count + 1), title=_("place"))
            x = t.given("four", NUMBERS, "x", _("number"), valid=Between(-1000, 1000))
            middle, spread = x.value.mean(), np.sqrt(x.value.var() + 1e-5)
            d = t.derived("deviation", x.value - middle, lambda k: x[k] - m, "x − m", _("from the mean"))
            square = t.derived("square", d.value**2, lambda k: d[k] ** 2, "(x − m)²", _("squared"))
            y = t.derived(
                "normal", d.value / spread, lambda k: d[k] / s, "(x − m)/s", _("normalized"), number_format="0.000"
            )
            sums = Block(
                "squares",
                Role.DERIVED,
                np.asarray(square.value.sum()),
                formula=lambda: total(square),
            )
            t.total(square, sums)
        epsilon = page.offstage_block("small", 1e-5, title=_("ε, so that nothing is divided by 0"))
        m = page.derived("mean", middle, lambda: mean(x), "m", _("mean"))
        v = page.derived(
            "variance",
            x.value.var(),
            lambda: sums / call("COUNT", d),
            "v",
            _("variance (÷ n)"),
        )
        s = page.derived("spread", spread, lambda: sqrt(v + epsilon), "s", "√(v + ε)")
        with page.into(said):
            page.live(
                "numbers_say",
                _(
                    "▶ The mean {mean:2} goes, and what is left is divided by {spread:2}: the first number becomes {normal[0]:3}."
                ),
            )
    with page.right():
        alt = _("The four numbers as columns, and beside them what they become.")
        series = (
            Series(_("number"), place[:], x[:], Mark.COLUMNS, GREY),
            Series(_("normalized"), place[:], y[:], Mark.COLUMNS, BLUE),
        )
        chart = Chart("", series, "", "", alt, columns=6, rows=13)
        page.chart(chart)
    with page.book.start.right():
        page.book.start.chart(chart)
    page.try_(
        _("Double all four numbers, or add 100 to each: the last column stays, but for the fourth decimal perhaps.")
    )
    page.turn(
        "numbers_turn",
        _("What would the variance be with n − 1 in place of n? (0.01 off is close enough)"),
        page.offstage_block(
            "unbiased", sums.value / (count - 1), lambda: sums / (call("COUNT", d) - 1), title=_("variance with n − 1")
        ),
        0.01,
        _("Statistics uses it to estimate; normalization uses n."),
        _("divide the sum of the squares by 3."),
    )
    page.remember(_("Normalizing forgets where the numbers were and how large; only their pattern stays."))
