"""Layer normalization and batch normalization in three steps each: the mean goes, the spread becomes 1, then γ and β.

Of a row (layer normalization) or of a column (batch normalization); the variance is the mean square, n and not n − 1. In the
mathematics μ is the mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scenarios.graph.operation import Operation, Pull, Slopes, cell
from workbook.block import Block
from workbook.formula import call, dot, mean, sqrt, total


class _Along(Operation):
    """An operation on whole rows, or on whole columns."""

    def __init__(self, of: str = "row") -> None:
        self.of_rows = of == "row"
        self.axis = 1 if self.of_rows else 0

    def line(self, x: Block, i: Any, j: Any) -> Any:
        """Return the row or column that a cell stands in."""
        return x[i, :] if self.of_rows else x[:, j]

    def _cells(self, x: Block, digits: int = 2) -> list[str]:
        count = x.shape[self.axis]
        return [cell(x, *((0, n) if self.of_rows else (n, 0)), digits=digits) for n in range(count)]


class Centred(_Along):
    """Y = X − its mean."""

    def value(self, np: Any, *x: Any) -> Any:
        return x[0] - np.mean(x[0], axis=self.axis, keepdims=True)

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        return {"formula": lambda i, j: X[0][i, j] - mean(self.line(X[0], i, j))}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        written = f"{cell(dY, 0, 0, digits=3)} − ({' + '.join(self._cells(dY, 3))}) / {dY.shape[self.axis]}"
        return [Pull(lambda i, j: dY[i, j] - mean(self.line(dY, i, j)), f"{dY.symbol} − μ({dY.symbol})", written)]

    def math(self, *x: str) -> str:
        return f"{x[0]} − μ({x[0]})"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        return f"{cell(X[0], 0, 0)} − ({' + '.join(self._cells(X[0]))}) / {Y.shape[self.axis]}"


class Standardised(_Along):
    """Y = X / √(mean of X² + ε), of what has been centred."""

    def value(self, np: Any, *x: Any) -> Any:
        return x[0] / np.sqrt(np.mean(x[0] ** 2, axis=self.axis, keepdims=True) + x[1])

    def _spread(self, X: Sequence[Block], i: Any, j: Any) -> Any:
        line = self.line(X[0], i, j)
        return sqrt(call("SUMSQ", line) / call("COUNT", line) + X[1])

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        return {"formula": lambda i, j: X[0][i, j] / self._spread(X, i, j)}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        def formula(i: Any, j: Any) -> Any:
            shared = dot(self.line(dY, i, j), self.line(Y, i, j)) / call("COUNT", self.line(Y, i, j))
            return (dY[i, j] - Y[i, j] * shared) / self._spread(X, i, j)

        math = f"({dY.symbol} − {Y.symbol} ∗ μ({dY.symbol}∗{Y.symbol})) / √(μ({X[0].symbol}²) + ε)"
        return [Pull(formula, math), None]

    def math(self, *x: str) -> str:
        return f"{x[0]} / √(μ({x[0]}²) + {x[1]})"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        squares = " + ".join(f"{field}²" for field in self._cells(X[0]))
        return f"{cell(X[0], 0, 0)} / √(({squares}) / {Y.shape[self.axis]} + ε)"


class Gain(Operation):
    """Y = γ ∗ X + β, with one γ and one β a column."""

    across = frozenset({1, 2})

    def value(self, np: Any, *x: Any) -> Any:
        return x[1] * x[0] + x[2]

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        return {"formula": lambda i, j: X[1][j] * X[0][i, j] + X[2][j]}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        x, gamma, _beta = X
        return [
            Pull(lambda i, j: dY[i, j] * gamma[j], f"{dY.symbol} ∗ {gamma.symbol}", f"{cell(dY, 0, 0, digits=3)}·{cell(gamma, 0)}"),
            Pull(lambda j: dot(dY[:, j], x[:, j]), f"Σᵢ {dY.symbol} ∗ {x.symbol}"),
            Pull(lambda j: total(dY[:, j]), f"Σᵢ {dY.symbol}"),
        ]  # fmt: skip

    def math(self, *x: str) -> str:
        return f"{x[1]} ∗ {x[0]} + {x[2]}"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        return f"{cell(X[1], 0)}·{cell(X[0], 0, 0)} + {cell(X[2], 0)}"
