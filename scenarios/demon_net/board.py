"""The board: one square for every image, green where the answer is right, red where it is wrong, hollow where unsure."""

from __future__ import annotations

import numpy as np

from scenarios.common.columns import yes_no
from scenarios.common.drawing import NOWHERE
from scenarios.demon_net.answers import AWAKE
from workbook.block import Block, Counter
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, Index, Operand, both, equal, if_, largest, total
from workbook.page import Page, Table
from workbook.text import _

SIDE = 8
"""The board is so many squares wide, and at most as high."""

RIGHT, WRONG = "#3A8F4A", "#B3261E"


def right_of(table: Table, id: str, out: Block, Y: Block) -> Block:
    """Add 1 for every image whose louder output demon is the one that the target asks for; both are (2, m)."""
    right = (out.value[1] > out.value[0]) == Y.value[1]

    def formula(i: Index) -> Expr:
        return if_(equal(if_(out[1, i] > out[0, i], 1, 0), Y[1, i]), 1, 0)

    return table.derived(id, right, formula, title=_("right?"), number_format=yes_no())


def right_count(page: Page, id: str, right: Block) -> Block:
    """Return how many images are right."""
    hits, title = right.value.sum(), _("images that are right")
    return page.book.helpers.derived(id, hits, lambda: total(right), title=title, number_format="0")


def board(page: Page, id: str, out: Block, right: Block, *, columns: int, rows: int) -> Chart:
    """Return the board of the first 64 images: `out` (2, m) are the outputs, `right` (m,) is 1 where they are right."""
    count = min(len(right.value), SIDE * SIDE)
    n = np.arange(count)
    y = (SIDE - 1 - n // SIDE).astype(float)
    is_right, is_sure = right.value[:count] == 1, out.value[:, :count].max(axis=0) >= AWAKE
    looks = (
        ("right", is_right & is_sure, 1, True, _("right"), RIGHT, False),
        ("right_unsure", is_right & ~is_sure, 1, False, _("right, but unsure"), RIGHT, True),
        ("wrong", ~is_right & is_sure, 0, True, _("wrong"), WRONG, False),
        ("wrong_unsure", ~is_right & ~is_sure, 0, False, _("wrong and unsure"), WRONG, True),
    )
    series = []
    with page.book.helpers.table(Counter(), count) as t:
        across = t.recorded(f"{id}_x", (n % SIDE).astype(float), title=_("column on the board"))
        up = t.recorded(f"{id}_y", y, title=_("row on the board"))
        for name, holds, hit, sure, title, colour, hollow in looks:

            def height(i: Index, hit: int = hit, sure: bool = sure) -> Operand:
                loud = largest(out[0, i], out[1, i])
                return if_(both(equal(right[i], hit), loud >= AWAKE if sure else loud < AWAKE), up[i], NOWHERE)

            at = t.derived(f"{id}_{name}", np.where(holds, y, NOWHERE), height, title=title, number_format="0")
            series.append(Series(title, across[:], at[:], Mark.POINTS, colour, marker="square", size=13, hollow=hollow))
    return Chart(
        "", tuple(series), "", "", _("A square for every image: green right, red wrong, hollow unsure."),
        columns=columns, rows=rows, x_range=(-0.7, SIDE - 0.3), y_range=(-0.7, SIDE - 0.3), axes=False,
    )  # fmt: skip
