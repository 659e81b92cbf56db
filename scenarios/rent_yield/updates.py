"""What the three variants of descent share: a run of updates, and how long it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.rent_yield.survey import Array, Start, gradient
from workbook.block import Block, Formula, Role
from workbook.eager import Table
from workbook.formula import Expr, Number, absolute, if_, largest

Rows = NDArray[np.intp]
"""Numbers of rows, from 0."""

BATCH = 4
UPDATES = 240
"""Stochastic descent is unrolled for about so many updates; many rows mean fewer epochs, but always a whole one."""
MOST_EPOCHS = 20
SEED = 1
RUNAWAY = 1e6
"""Weights beyond this are not moved any further."""


@dataclass(frozen=True)
class Path:
    """The weights after each update, (updates,), and how many updates an epoch has."""

    C: Block
    m: Block
    per_epoch: Block


def epochs_compared(n: int) -> int:
    """Return over how many epochs the three variants are compared."""
    return max(1, min(MOST_EPOCHS, UPDATES // n))


def walk(x: Array, y: Array, start: Start, batches: list[Rows]) -> tuple[Array, Array]:
    """Update by NumPy once for every batch of row numbers (from 0); return the weights after each.

    Weights that have run away stand still, or a rate far too large would end in numbers that no cell can hold.
    """
    C, m, lr = float(start.C.value), float(start.m.value), float(start.lr.value)
    after = []
    for rows in batches:
        slope = gradient(x[rows], y[rows], C, m)
        if max(abs(C), abs(m)) <= RUNAWAY:
            C, m = C - lr * slope.dC, m - lr * slope.dm
        after.append((C, m))
    C_after, m_after = np.array(after).T
    return C_after, m_after


def unless_wild(C: Expr, m: Expr, old: Expr, step: Expr) -> Expr:
    """The formula of an update that leaves weights alone once they have run away beyond a million."""
    return if_(largest(absolute(C), absolute(m)) > Number(100) ** 3, old, old - step)


def step_column(
    t: Table, role: Role, id: str, value: Array, symbol: str, title: str, formula: Formula, first: Formula
) -> Block:
    """Add a column that continues what stands a row above."""
    return t.add(
        Block(id, role, value, formula=formula, first=first, symbol=symbol, title=title, number_format="0.000000")
    )
