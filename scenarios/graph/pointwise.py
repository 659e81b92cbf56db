"""Activation functions, cell by cell: all that dense networks have, softplus, and leaky ReLU with a slope of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from scenarios.common.activations import ACTIVATIONS, Activation, sigmoid_formula, steadied
from scenarios.graph.operation import Operation, Pull, Slopes, cell, held
from workbook.block import Block, Shading
from workbook.formula import absolute, exp, if_, largest, ln, rounded

PLACES = 12
"""Where a slope jumps, z counts to so many places: 0.1 + 0.2 − 0.3 is 0 in one program and 5E−17 in another."""


def is_positive(np: Any, z: Any) -> Any:
    """Return where z is above 0; no slope flows through the answer."""
    return np.round(held(z), PLACES) > 0


VALUES: dict[str, Callable[[Any, Any], Any]] = {
    "identity": lambda np, z: z,
    "sigmoid": lambda np, z: 1 / (1 + np.exp(-np.maximum(z, -700))),
    "tanh": lambda np, z: np.tanh(z),
    "relu": lambda np, z: np.where(is_positive(np, z), z, 0.0),
    "leaky_relu": lambda np, z: np.where(is_positive(np, z), z, z / 10),
}
"""NumPy's lines, in a form that autograd takes: a jump is decided apart from the value."""


class Applied(Operation):
    """Y = g(A), cell by cell."""

    def __init__(self, name: str) -> None:
        self.g: Activation = steadied(ACTIVATIONS[name])
        self.shading = Shading.MASK if name == "relu" else None

    def value(self, np: Any, *x: Any) -> Any:
        return VALUES[self.g.name](np, x[0])

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        return {"formula": lambda *at: self.g.value_formula(X[0][at])}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        math = f"{dY.symbol} ∗ {self.g.symbol}′({X[0].symbol})"
        return [Pull(lambda *at: dY[at] * self.g.slope_formula(X[0][at], Y[at]), math)]

    def math(self, *x: str) -> str:
        return f"{self.g.symbol}({x[0]})"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        return f"{self.g.symbol}({cell(X[0], 0, 0, digits=3, brackets=False)})"


class Softplus(Operation):
    """Y = ln(1 + eᴬ), a smooth ReLU; its slope is the sigmoid."""

    def value(self, np: Any, *x: Any) -> Any:
        return np.logaddexp(0.0, x[0])

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        def formula(*at: Any) -> Any:
            z = X[0][at]
            return largest(0, z) + ln(1 + exp(largest(-absolute(z), -700)))

        return {"formula": formula}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        return [Pull(lambda *at: dY[at] * sigmoid_formula(X[0][at]), f"{dY.symbol} ∗ σ({X[0].symbol})")]

    def math(self, *x: str) -> str:
        return f"ln(1 + e^{x[0]})"


class Leaky(Operation):
    """Y = A where A is above 0, c·A elsewhere; c is a number of the sheet."""

    def value(self, np: Any, *x: Any) -> Any:
        return np.where(is_positive(np, x[0]), x[0], x[1] * x[0])

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        A, c = X
        return {"formula": lambda *at: if_(rounded(A[at], PLACES) > 0, A[at], c * A[at])}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        A, c = X
        math = f"{dY.symbol} ∗ (1, {c.symbol})"
        return [Pull(lambda *at: dY[at] * if_(rounded(A[at], PLACES) > 0, 1, c), math), None]

    def math(self, *x: str) -> str:
        return f"max({x[0]}, {x[1]}·{x[0]})"
