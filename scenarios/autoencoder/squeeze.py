"""Page Squeeze: a picture of the reader's own goes through the network."""

from __future__ import annotations

import numpy as np

from scenarios.graph.pages import Whole
from scenarios.graph.run import Run
from workbook.block import Between, Counter, Shading
from workbook.chart import BLUE, GREY, Chart, Mark, Series
from workbook.formula import call, total
from workbook.page import Page
from workbook.text import _

OWN = np.array([[1.0, 0, 0, 1]])
LEAST = 1e-9


def squeeze_page(page: Page, whole: Whole) -> None:
    """Send the typed picture through; show its code, what comes back, and the error beside that of the learned pictures."""
    n, least = OWN.shape[1], page.offstage_block("squeeze_least", LEAST, title=_("no quotient by less than this"))
    with page.left():
        own = page.given("own", OWN, "x", _("your picture"), valid=Between(0, 1), shading=Shading.PIXELS)
        said = page.keep()
        page.gap()
        run = Run(whole.graph, {**whole.run.blocks, "X": own}, "_own")
        code, back, loss = run.blocks["C"], run.blocks["Y"], run.loss
        code.title, back.title, loss.title, loss.symbol = _("its code"), _("what comes back"), _("its loss"), "L"
        page.add(code)
        with page.table(Counter(_("pixel") + " "), n) as t:
            pixel = t.recorded("pixel", np.arange(1.0, n + 1), title=_("pixel"))
            goes_in = t.derived("goes_in", own.value[0], None, "x", _("goes in"), each=[own[0, i] for i in range(n)])
            comes = t.derived("comes_back", back.value[0], None, "y", _("comes out"), each=[back[0, i] for i in range(n)], number_format="0.00")  # fmt: skip
            squares = t.derived("own_square", (comes.value - goes_in.value) ** 2, lambda i: (comes[i] - goes_in[i]) ** 2, title=_("squared error"), number_format="0.000")  # fmt: skip
        page.add(loss)
    for block in run.made():
        if block.id not in page.book:
            page.offstage(block)
    with page.into(said):
        usual = page.offstage_block(
            "own_ratio", loss.value / max(float(whole.run.loss.value), LEAST),
            lambda: loss / call("MAX", whole.run.loss, least), title=_("its loss to that of the learned pictures"),
        )  # fmt: skip
        template = _("▶ Through the code ({c1:2}, {c2:2}) your picture comes back with the loss {loss:3}: {ratio:1} times that of the learned ones.")  # fmt: skip
        page.live("squeeze_says", template, c1=code[0, 0], c2=code[0, 1], loss=loss, ratio=usual)
    alt = _("Four pixels as they go in and as they come back, as columns.")
    with page.right():
        series = (
            Series(_("goes in"), pixel[:], goes_in[:], Mark.COLUMNS, BLUE),
            Series(_("comes out"), pixel[:], comes[:], Mark.COLUMNS, GREY),
        )
        chart = Chart("", series, _("pixel"), "", alt, columns=6, rows=13)
        page.chart(chart)
    with page.book.start.right():
        page.book.start.chart(chart)
    page.try_(_("Type 1, 1, 0, 0, then 0.5, 0.5, 1, 1: grey halves come back, too, though it has learned none."))
    page.turn(
        "squeeze_turn",
        _("The loss is the mean of the squared errors. What do they add up to? (0.01 off is close enough)"),
        page.offstage_block(
            "own_sum", squares.value.sum(), lambda: total(squares), title=_("sum of the squared errors")
        ),
        0.01,
        _("Divided by the number of pixels, it is the loss."),
        _("add up the last column."),
    )
    page.remember(
        _("A bottleneck keeps what the learned pictures have in common; what is unlike them comes back wrong.")
    )
