"""Where two ways to the same numbers are compared: how far they are apart, and how far they may be."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.columns import caption
from workbook.block import Block, Formula
from workbook.formula import absolute
from workbook.page import Page, Table
from workbook.text import _

EXACT = 1e-12
"""Bound of the differences, in proportion to the numbers that they are differences of: rounding and nothing else."""


def yardstick(page: Page, id: str, value: Any, formula: Formula, math: str, title: str = "", remark: str = "") -> Block:
    """Add the size that a check's differences are divided by."""
    title, remark = title or _("yardstick for rounding"), remark or _("the differences below are divided by it")
    return page.offstage_block(id, value, formula, **caption(title, number_format="0.00", math=math, remark=remark))


def apart(table: Table, id: str, left: Block, right: Block) -> None:
    """Add how far two columns are apart."""
    gap = np.abs(left.value - right.value)
    table.derived(id, gap, lambda p: absolute(left[p] - right[p]), **caption(_("apart by"), number_format="0.0E+00"))
