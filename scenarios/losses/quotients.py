"""Gradients beside difference quotients, with the check that both agree: every loss of this book ends so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from workbook.block import Between, Block, Formula, Role
from workbook.formula import Operand, call, rounded, sqrt, squared_distance
from workbook.page import Page, Table
from workbook.text import _

GAP = 1e-4
"""How far difference quotients may lie from a gradient, as a part of its length."""

PROBABILITY_STEP = 1e-4
"""A step for probabilities, whose logarithms bend sharply near 0."""

LEAST_STEP, LARGEST_STEP = 1e-5, 1e-3
"""A smaller step drowns in rounding, a larger one in curvature."""


def difference_step(errors: Array) -> float:
    """Return a step for difference quotients that is small beside the root mean square of the errors, within bounds."""
    rmse = float(np.sqrt(np.mean(errors**2)))
    return float(np.clip(10.0 ** (np.floor(np.log10(max(rmse, LEAST_STEP))) - 3), LEAST_STEP, LARGEST_STEP))


def step_given(page: Page, id: str, step: float = PROBABILITY_STEP, largest: float = 0.0003) -> Block:
    """Add the step h that difference quotients take; unless it is stated, one for probabilities."""
    title, remark = _("step of the quotients"), _("chosen here")
    return page.given(id, step, "h", title, valid=Between(LEAST_STEP, largest), remark=remark, number_format="General")


def central(f: Callable[[float], Any], step: float) -> Any:
    """Return NumPy's central difference quotient of f at 0."""
    return (f(step) - f(-step)) / (2 * step)


def quotient_column(table: Table, id: str, value: Array, formula: Formula, **fields: Any) -> Block:
    """Add a column of difference quotients."""
    fields = {"title": _("difference quotient"), "symbol": "(L(ŷ+h) − L(ŷ−h))/2h", **fields}
    return table.add(Block(id, Role.CHECK, value, formula=formula, **fields))


def check_gradient(
    page: Page, id: str, loss: str, near: Block, exact: Block, h: Block, applies: Block | None = None
) -> None:
    """Hold a gradient against its difference quotients, relative to its length, whatever the size of the numbers.

    A gradient that vanishes has no length to be relative to: 10h stands in, for a quotient tells no smaller slopes apart.
    """
    apart, length = np.linalg.norm(near.value - exact.value), np.linalg.norm(exact.value)

    def formula() -> Operand:
        # rounded, since below lies only noise, in which engines differ
        return rounded(sqrt(squared_distance(near, exact)) / (sqrt(call("SUMSQ", exact)) + 10 * h), 6)

    value, title = np.round(apart / (length + 10 * float(h.value)), 6), _("{loss}: gradient = quotients")
    gap = page.offstage(Block(f"{id}_gap", Role.CHECK, value, _("gap"), formula=formula, number_format="0.0E+00"))
    page.check(f"{id}_gradient", title.format(loss=loss), gap, page.book["no_gap"], GAP, applies=applies)
