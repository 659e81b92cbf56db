"""Operations over time: each row is a moment that reads the one before; backward each reads the one after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scenarios.graph.operation import Operation, Pull, Slopes, cell
from workbook.block import Block
from workbook.formula import dot, tanh


class Recurrent(Operation):
    """H: row t is tanh(U[t] + H[t − 1]·W), with zeros before the first; U is what comes in, and nothing else reads it.

    W has a row for each unit of the moment before; `by_unit` says that it has one for each unit of this moment: H[t − 1]·Wᵀ.
    """

    def __init__(self, *, by_unit: bool = False) -> None:
        self.by_unit = self.counted = by_unit

    def value(self, np: Any, *x: Any) -> Any:
        U, W = x[0], x[1].T if self.by_unit else x[1]
        rows = [np.tanh(U[0])]
        for t in range(1, len(U)):
            rows.append(np.tanh(U[t] + np.dot(rows[-1], W)))
        return np.array(rows)

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        U, W = X

        def later(t: Any, j: Any) -> Any:
            return tanh(U[t, j] + dot(Y[t - 1, :], W[j, :] if self.by_unit else W[:, j]))

        return {"formula": later, "first": lambda j: tanh(U[0, j])}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        W, T = X[1], len(Y.value)

        def later(t: Any, j: Any) -> Any:
            return dot(dX(0)[t + 1, :], W[:, j] if self.by_unit else W[j, :])

        delta = Pull(
            lambda t, j: (dY[t, j] + later(t, j)) * (1 - Y[t, j] ** 2),
            f"({dY.symbol} + ∂{X[0].symbol}[t+1]·{W.symbol}{'' if self.by_unit else 'ᵀ'}) ∗ (1 − {Y.symbol}²)",
            counted=True,
            last=lambda j: dY[T - 1, j] * (1 - Y[T - 1, j] ** 2),
        )

        def weight(k: Any, j: Any) -> Any:
            before, now = (j, k) if self.by_unit else (k, j)
            return dot(Y[0 : T - 1, before], dX(0)[1:T, now])

        math = f"∂{X[0].symbol}[t]ᵀ·{Y.symbol}[t−1]" if self.by_unit else f"{Y.symbol}[t−1]ᵀ·∂{X[0].symbol}[t]"
        return [delta, Pull(weight, f"Σₜ {math}", by_row=True)]

    def math(self, *x: str) -> str:
        return f"tanh({x[0]} + H₋₁·{x[1]}{'ᵀ' if self.by_unit else ''})"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        return f"tanh({cell(X[0], 0, 0, digits=3).replace('p}', '}')})"
