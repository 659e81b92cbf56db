"""Page OneMiss: what one big miss does to a loss.

Guess first   the miss doubles: does its square double, too?
Yellow        five misses, the last one big
Live          the share of the absolute and of the squared loss that it makes; the same, twice as far off
Picture       both shares of every row, as columns
Try           a larger miss: the squared share nears 100 %
Your turn     which big miss makes exactly half of the squared loss? (√ of the other squares' sum)
Remember      squares listen to the largest miss
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workbook.block import Between, Block, Counter, Role
from workbook.chart import Chart, Mark, Series
from workbook.formula import Operand, absolute, sqrt, total
from workbook.page import Page
from workbook.text import _

MISSES = np.array([1.0, 1.0, 1.0, 1.0, 4.0])
OTHERS = len(MISSES) - 1


def one_miss_page(page: Page) -> None:
    """Put one big miss beside four small ones."""
    with page.left():
        said = page.keep()
        page.gap()
        with page.table(Counter(_("row ")), OTHERS + 1) as t:
            e = t.given(
                "miss_e", MISSES, title=_("misses by"), symbol="e", valid=Between(0.1, 1000), number_format="0.0#"
            )
            e_value = e.value
            big = e[OTHERS]
            sizes = t.derived(
                "miss_abs",
                np.abs(e_value),
                lambda i: absolute(e[i]),
                title=_("absolute"),
                symbol="|e|",
                number_format="0.0#",
            )
            squares = t.derived(
                "miss_sq", e_value**2, lambda i: e[i] ** 2, title=_("squared"), symbol="e²", number_format="0.0#"
            )
            sums = [_sum(f"{column.id}_sum", column) for column in (sizes, squares)]
            for column, sum_ in zip((sizes, squares), sums, strict=True):
                t.total(column, sum_)
            of_abs, of_sq = (
                t.derived(
                    f"{column.id}_share",
                    100 * column.value / column.value.sum(),
                    lambda i, column=column, sum_=sum_: 100 * column[i] / sum_,
                    title=title,
                    symbol="%",
                    number_format="0",
                )
                for column, sum_, title in zip(
                    (sizes, squares),
                    sums,
                    (_("share of the absolute loss"), _("share of the squared loss")),
                    strict=True,
                )
            )
        twice = page.offstage_block(
            "miss_twice", 2 * e_value[OTHERS], lambda: 2 * big, title=_("twice the miss of row 5")
        )
        twice_sq = page.offstage_block(
            "miss_twice_sq", 4 * e_value[OTHERS] ** 2, lambda: twice**2, title=_("its square")
        )
        half = page.offstage_block(
            "miss_half",
            np.sqrt(np.sum(e_value[:OTHERS] ** 2)),
            lambda: sqrt(total(squares[:OTHERS])),
            title=_("the miss of half the squared loss"),
        )
        with page.into(said):
            page.live(
                "miss_says",
                _("▶ The miss of row 5, {e:1}, makes {a:0} % of the absolute loss and {q:0} % of the squared one."),
                e=big,
                a=of_abs[OTHERS],
                q=of_sq[OTHERS],
            )
            page.sentence(
                "miss_doubled",
                _(
                    "Were row 5 twice as far off, its absolute value would go from {e:1} to {e2:1t}, twice as much, and its square from {q:2t} to {q2:2t}, four times."
                ),
                e=big,
                e2=twice,
                q=squares[OTHERS],
                q2=twice_sq,
            )
    _picture(page, of_abs, of_sq)
    page.try_(
        _(
            "Type 8 into the yellow cell of row 5: its share of the squared loss nears 100 %. Then make all five misses equal."
        )
    )
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


def _sum(id: str, column: Block) -> Block:
    def formula() -> Operand:
        return total(column)

    fields: dict[str, Any] = {"number_format": "0.0#"}
    return Block(id, Role.DERIVED, np.asarray(column.value.sum()), formula=formula, **fields)


def _picture(page: Page, of_abs: Block, of_sq: Block) -> None:
    rows = page.offstage_block("miss_row", np.arange(1.0, OTHERS + 2), title=_("row"), number_format="0")
    series = (
        Series(_("of the absolute loss"), rows[:], of_abs[:], Mark.COLUMNS),
        Series(_("of the squared loss"), rows[:], of_sq[:], Mark.COLUMNS),
    )
    alt = _(
        "Two columns a row: the share of the absolute and of the squared loss; in the last row as given they differ most."
    )
    with page.right():
        page.chart(
            Chart(
                _("Which row makes the loss"),
                series,
                _("row"),
                _("share, %"),
                alt,
                columns=8,
                rows=18,
                y_range=(0, 100),
            )
        )
