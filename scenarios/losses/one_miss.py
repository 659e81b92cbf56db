"""Page OneMiss: what one big miss does to a loss."""

from __future__ import annotations

import numpy as np

from scenarios.common.columns import sum_under
from workbook.block import Between, Block, Counter
from workbook.chart import Chart, Mark, Series
from workbook.formula import absolute, sqrt, total
from workbook.page import Page, Table
from workbook.text import _

MISSES = np.array([1.0, 1.0, 1.0, 1.0, 4.0])
OTHERS = len(MISSES) - 1


def one_miss_page(page: Page) -> None:
    """Put one big miss beside four small ones."""
    with page.left():
        said = page.keep()
        page.gap()
        with page.table(Counter(_("row ")), OTHERS + 1) as t:
            e = t.given("miss_e", MISSES, "e", _("misses by"), valid=Between(0.1, 1000))
            v, big = e.value, e[OTHERS]
            sizes = t.derived("miss_abs", np.abs(v), lambda i: absolute(e[i]), "|e|", _("absolute"))
            squares = t.derived("miss_sq", v**2, lambda i: e[i] ** 2, "e²", _("squared"))
            shares = (
                _share(t, sizes, _("share of the absolute loss")),
                _share(t, squares, _("share of the squared loss")),
            )
        twice = page.offstage_block("miss_twice", 2 * v[OTHERS], lambda: 2 * big, title=_("twice the miss of row 5"))
        page.offstage_block("miss_twice_sq", 4 * v[OTHERS] ** 2, lambda: twice**2, title=_("its square"))
        others, title = np.sqrt(np.sum(v[:OTHERS] ** 2)), _("the miss of half the squared loss")
        half = page.offstage_block("miss_half", others, lambda: sqrt(total(squares[:OTHERS])), title=title)
        with page.into(said):
            words = _("▶ The miss of row 5, {e:1}, makes {a:0} % of the absolute loss and {q:0} % of the squared one.")
            page.live("miss_says", words, e=big, a=shares[0][OTHERS], q=shares[1][OTHERS])
            page.sentence(
                "miss_doubled",
                _(
                    "Twice as far off: {miss_e[4]:1} → {miss_twice:1t}, but squared {miss_sq[4]:2t} → {miss_twice_sq:2t}."
                ),
            )
    rows = page.offstage_block("miss_row", np.arange(1.0, OTHERS + 2), title=_("row"), number_format="0")
    names = (_("of the absolute loss"), _("of the squared loss"))
    series = [Series(name, rows[:], share[:], Mark.COLUMNS) for name, share in zip(names, shares, strict=True)]
    title, alt = (
        _("Which row makes the loss"),
        _("Two columns a row: its share of the absolute and of the squared loss."),
    )
    with page.right():
        page.chart(Chart(title, tuple(series), _("row"), _("share, %"), alt, columns=8, rows=18, y_range=(0, 100)))
    page.try_(_("Type 8 for row 5: its share of the squared loss nears 100 %. Then make all five misses equal."))
    page.turn(
        "miss_turn",
        _("Which miss in row 5 makes exactly half of the squared loss? (two decimals)"),
        half,
        0.0051,
        _("Its square is as large as the squares of the four others together."),
        _("its square must equal the sum of the four other squares."),
    )
    page.remember(_("Squares listen to the largest miss; absolute values listen to all alike."))
    page.source(_("The five misses are chosen here."))


def _share(table: Table, column: Block, title: str) -> Block:
    """Put a column's sum under it, and add each row's share of that in percent."""
    sum_, value = sum_under(table, column, number_format="0.0#"), 100 * column.value / column.value.sum()
    id = f"{column.id}_share"
    return table.derived(id, value, lambda i: 100 * column[i] / sum_, "%", title, number_format="0")
