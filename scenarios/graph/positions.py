"""Rotary positions: pairs of numbers are turned by an angle, by sines and cosines that are given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy

from scenarios.graph.operation import Operation, Pull, Slopes, cell
from workbook.block import Block
from workbook.formula import call, dot, equal, if_, largest, number_of, pick, smallest


def _partner(x: Block, i: Any, j: Any, sign: int) -> Any:
    """Return the other number of a pair; `sign` is that of the second, where the first is asked for, and the first's is opposite."""
    n = number_of(j)
    second, first = pick(x[i, :], smallest(n + 1, x.shape[1])), pick(x[i, :], largest(n - 1, 1))
    return if_(equal(call("MOD", n, 2), 1), sign * second, -sign * first)


class RightAngle(Operation):
    """x⊥ = (−x₂, x₁, −x₄, x₃ …): every pair of a row turned by a right angle."""

    counted = True

    def value(self, np: Any, *x: Any) -> Any:
        pairs = np.reshape(x[0], (-1, 2))
        return np.reshape(np.dot(pairs, numpy.array([[0.0, 1.0], [-1.0, 0.0]])), x[0].shape)

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        return {"formula": lambda i, j: _partner(X[0], i, j, -1)}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        return [Pull(lambda i, j: _partner(dY, i, j, 1), f"−({dY.symbol})⊥", counted=True)]

    def math(self, *x: str) -> str:
        return f"(−{x[0]}₂, {x[0]}₁, …)"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        return f"−{cell(X[0], 0, 1)}"


class Turned(Operation):
    """Y: row t is the row x turned by the angles of position t: x ∗ cos + x⊥ ∗ sin, every pair by an angle of its own."""

    def value(self, np: Any, *x: Any) -> Any:
        row, quarter, cos, sin = x
        return row * cos + quarter * sin

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        row, quarter, cos, sin = X
        return {"formula": lambda t, j: row[0, j] * cos[t, j] + quarter[0, j] * sin[t, j]}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        cos, sin = X[2:]
        return [
            Pull(lambda _row, j: dot(dY[:, j], cos[:, j]), f"Σₜ {dY.symbol} ∗ {cos.symbol}"),
            Pull(lambda _row, j: dot(dY[:, j], sin[:, j]), f"Σₜ {dY.symbol} ∗ {sin.symbol}"),
            None,  # the angles are given
            None,
        ]

    def math(self, *x: str) -> str:
        return f"{x[0]} ∗ {x[2]} + {x[1]} ∗ {x[3]}"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        row, quarter, cos, sin = X
        return f"{cell(row, 0, 0)}·{cell(cos, 0, 0)} + {cell(quarter, 0, 0)}·{cell(sin, 0, 0)}"
