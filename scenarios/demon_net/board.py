"""The board: one square for every image, green where the answer is right, red where it is wrong, hollow where unsure."""

from __future__ import annotations

import numpy as np

from scenarios.common.drawing import NOWHERE
from scenarios.demon_net.answers import AWAKE
from workbook.block import Block, Counter, Role
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, Index, Operand, both, equal, if_, largest, total
from workbook.page import Page
from workbook.text import _

SIDE = 8
"""The board is so many squares wide, and at most as high."""

RIGHT, WRONG = "#3A8F4A", "#B3261E"


def right_value(out: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return 1 for every row whose louder output demon is the one that the target asks for."""
    return np.asarray(((out[:, 1] > out[:, 0]) == targets[:, 1]).astype(float))


def right_formula(out: Block, targets: Block, i: Index) -> Expr:
    """Return the formula of `right_value` for one row."""
    return if_(equal(if_(out[i, 1] > out[i, 0], 1, 0), targets[i, 1]), 1, 0)


def right_count(page: Page, id: str, right: Block) -> Block:
    """Return how many images are right."""
    return page.offstage(
        Block(
            id,
            Role.DERIVED,
            right.value.sum(),
            formula=lambda: total(right),
            title=_("images that are right"),
            number_format="0",
        )
    )


def board(page: Page, id: str, out: Block, right: Block, *, columns: int, rows: int) -> Chart:
    """Return the board of the first 64 images: `out` (m, 2) are the outputs, `right` (m,) is 1 where they are right."""
    count = min(len(right.value), SIDE * SIDE)
    n = np.arange(count)
    y = (SIDE - 1 - n // SIDE).astype(float)
    is_right, is_sure = right.value[:count] == 1, out.value[:count].max(axis=1) >= AWAKE
    looks = (
        ("right", is_right & is_sure, 1, True, _("right"), RIGHT, False),
        ("right_unsure", is_right & ~is_sure, 1, False, _("right, but unsure"), RIGHT, True),
        ("wrong", ~is_right & is_sure, 0, True, _("wrong"), WRONG, False),
        ("wrong_unsure", ~is_right & ~is_sure, 0, False, _("wrong and unsure"), WRONG, True),
    )
    series = []
    with page.book.helpers.table(Counter(), count) as t:
        across = t.recorded(f"{id}_x", (n % SIDE).astype(float), title=_("column on the board"), number_format="0")
        up = t.recorded(f"{id}_y", y, title=_("row on the board"), number_format="0")
        for name, holds, hit, sure, title, colour, hollow in looks:

            def height(i: Index, hit: int = hit, sure: bool = sure) -> Operand:
                loud = largest(out[i, 0], out[i, 1])
                return if_(both(equal(right[i], hit), loud >= AWAKE if sure else loud < AWAKE), up[i], NOWHERE)

            at = t.derived(f"{id}_{name}", np.where(holds, y, NOWHERE), height, title=title, number_format="0")
            series.append(Series(title, across[:], at[:], Mark.POINTS, colour, marker="square", size=13, hollow=hollow))
    return Chart(
        "",
        tuple(series),
        "",
        "",
        _("A square for every image: green right, red wrong, hollow unsure."),
        columns=columns,
        rows=rows,
        x_range=(-0.7, SIDE - 0.3),
        y_range=(-0.7, SIDE - 0.3),
        axes=False,
    )
