"""Operations over time: each row is a moment that reads the one before; backward each reads the one after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scenarios.graph.operation import Operation, Pull, Slopes, cell
from workbook.block import Block
from workbook.formula import dot, tanh


class Recurrent(Operation):
    """H: row t is tanh(U[t] + H[t − 1]·W), with zeros before the first; U is what comes in, and nothing else reads it."""

    def value(self, np: Any, *x: Any) -> Any:
        U, W = x
        rows = [np.tanh(U[0])]
        for t in range(1, len(U)):
            rows.append(np.tanh(U[t] + np.dot(rows[-1], W)))
        return np.array(rows)

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        U, W = X
        return {
            "formula": lambda t, j: tanh(U[t, j] + dot(Y[t - 1, :], W[:, j])),
            "first": lambda j: tanh(U[0, j]),
        }

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        W, T = X[1], len(Y.value)

        def later(t: Any, j: Any) -> Any:
            return dot(dX(0)[t + 1, :], W[j, :])

        delta = Pull(
            lambda t, j: (dY[t, j] + later(t, j)) * (1 - Y[t, j] ** 2),
            f"({dY.symbol} + ∂{X[0].symbol}[t+1]·{W.symbol}ᵀ) ∗ (1 − {Y.symbol}²)",
            counted=True,
            last=lambda j: dY[T - 1, j] * (1 - Y[T - 1, j] ** 2),
        )
        weights = Pull(
            lambda k, j: dot(Y[0 : T - 1, k], dX(0)[1:T, j]), f"Σₜ {Y.symbol}[t−1]ᵀ·∂{X[0].symbol}[t]", by_row=True
        )
        return [delta, weights]

    def math(self, *x: str) -> str:
        return f"tanh({x[0]} + H₋₁·{x[1]})"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        return f"tanh({cell(X[0], 0, 0, digits=3).replace('p}', '}')})"
