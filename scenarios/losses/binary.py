"""Sheet BCE: six yes-or-no predictions, and what a probability costs when the event happens, and when it does not."""

from __future__ import annotations

import numpy as np

from scenarios.common.columns import caption
from scenarios.losses.quotients import probability_step
from scenarios.losses.row_loss import open_sheet, row_loss_columns, row_loss_result
from scenarios.losses.table import BCE
from workbook.block import SIGNS, Between, Block, Counter, Role
from workbook.book import Book
from workbook.chart import Chart, Series
from workbook.eager import Sheet
from workbook.formula import call, ln
from workbook.sheet import Style
from workbook.text import _

HAPPENED = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 0.0])
CHANCE = np.array([0.9, 0.2, 0.7, 0.4, 0.1, 0.6])


def binary_cross_entropy(book: Book) -> None:
    """Lay out the loss, then its curves."""
    sheet = open_sheet(book, BCE)
    sheet.remark(_("Here ŷ is a probability and y is 0 or 1, so this loss has rows of its own, chosen here."))
    h = probability_step(sheet, "bce_h")
    above = sheet.cursor
    sheet.gap(2)
    with sheet.table(Counter(""), len(CHANCE)) as table:
        fields = caption(_("happened (1) or not (0)"), "y", "0")
        y = table.given("bce_y", HAPPENED, valid=Between(0, 1, whole=True), **fields)
        p = table.given(
            "bce_yhat", CHANCE, valid=Between(0.02, 0.98), **caption(_("predicted probability"), "ŷ", "0.00")
        )
        rows = row_loss_columns(table, BCE, (y, p), _count_at(sheet, above, "bce_n", p), h)
    row_loss_result(sheet, BCE, rows)
    _price_of_a_probability(sheet)


def _count_at(sheet: Sheet, row: int, id: str, counted: Block) -> Block:
    """Put the number of rows of a column into a row that was left free above its table."""
    title = _("number of rows")
    sheet.label(row, 0, f"{SIGNS[Role.DERIVED]} n — {title}", Style.LABEL, role=Role.DERIVED)
    value, formula = np.asarray(float(len(counted.value))), lambda: call("COUNT", counted)
    return sheet.add(Block(id, Role.DERIVED, value, formula=formula, **caption(title, "n", "0")), at=(row, 1))


def _price_of_a_probability(sheet: Sheet) -> None:
    sheet.step(
        _("The price of a probability"),
        _(
            "A confident mistake is dear: the cost grows without bound as the probability of what really happened nears 0."
        ),
        "y = 1:  −ln ŷ        y = 0:  −ln(1 − ŷ)",
    )
    chances, top = np.arange(1, 20) / 20, sheet.cursor
    sheet.gap(18)
    with sheet.table(Counter(""), len(chances)) as table:
        fields = caption(_("predicted probability"), "ŷ", "0.00")
        p = table.given("price_p", chances, valid=Between(0.001, 0.999), **fields)
        fields = caption(_("cost if it happened"), "−ln ŷ")
        yes = table.derived("price_yes", -np.log(chances), lambda i: -ln(p[i]), **fields)
        fields = caption(_("cost if it did not"), "−ln(1 − ŷ)")
        no = table.derived("price_no", -np.log1p(-chances), lambda i: -ln(1 - p[i]), **fields)
    chart = Chart(
        _("The price of a probability"),
        (Series(_("it happened (y = 1)"), p[:], yes[:]), Series(_("it did not (y = 0)"), p[:], no[:])),
        "ŷ",
        _("cost"),
        _(
            "Two mirrored curves: the cost falls to 0 where the prediction was right and rises without bound where it was wrong."
        ),
        rows=17,
        x_range=(0, 1),
    )
    sheet.chart(chart, at=(top, 0))
