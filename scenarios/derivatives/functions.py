"""The functions that the learner may pick: value, slope and second derivative, by NumPy and for a cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scenarios.common.activations import Array, sigmoid, sigmoid_formula
from scenarios.common.curves import Function
from workbook.block import Block
from workbook.formula import Expr, as_expr, call, exp, sqrt


@dataclass(frozen=True)
class Bent(Function):
    """A function with its second derivative; `lowest` is the smallest x at which it is used: √x and 1/x have no slope at 0."""

    bend: Callable[[Array], Array]
    bend_formula: Callable[[Expr], Expr]
    key: str
    lowest: float = -10.0


def _sigma_slope(x: Expr) -> Expr:
    return sigmoid_formula(x) * (1 - sigmoid_formula(x))


ByNumPy = Callable[[Array], Array]
ByCell = Callable[[Expr], Expr]


def _bent(
    key: str,
    math: str,
    slope_math: str,
    numpy: tuple[ByNumPy, ByNumPy, ByNumPy],
    cell: tuple[ByCell, ByCell, ByCell],
    lowest: float = -10.0,
) -> Bent:
    """Return a function of its value, slope and second derivative, by NumPy and for a cell."""
    return Bent(math, slope_math, *numpy[:2], *cell[:2], numpy[2], cell[2], key, lowest)


FUNCTIONS = (
    _bent("x^2", "x²", "2x",
          (np.square, lambda x: 2 * x, lambda x: np.full_like(x, 2.0)),
          (lambda x: x**2, lambda x: 2 * x, lambda x: as_expr(2))),
    _bent("x^3", "x³", "3x²",
          (lambda x: x**3, lambda x: 3 * x**2, lambda x: 6 * x),
          (lambda x: x**3, lambda x: 3 * x**2, lambda x: 6 * x)),
    _bent("1+2x-x^2", "1 + 2x − x²", "2 − 2x",
          (lambda x: 1 + 2 * x - x * x, lambda x: 2 - 2 * x, lambda x: np.full_like(x, -2.0)),
          (lambda x: 1 + 2 * x - x**2, lambda x: 2 - 2 * x, lambda x: as_expr(-2))),
    _bent("sqrt", "√x", "1/(2√x)",
          (np.sqrt, lambda x: 0.5 / np.sqrt(x), lambda x: -0.25 * x**-1.5),
          (sqrt, lambda x: 1 / (2 * sqrt(x)), lambda x: -(1 / (4 * x * sqrt(x)))), lowest=0.25),
    _bent("1/x", "1/x", "−1/x²",
          (np.reciprocal, lambda x: -(x**-2.0), lambda x: 2 * x**-3.0),
          (lambda x: 1 / x, lambda x: -(1 / x**2), lambda x: 2 / x**3), lowest=0.25),
    _bent("exp", "eˣ", "eˣ", (np.exp, np.exp, np.exp), (exp, exp, exp)),
    _bent("sin", "sin x", "cos x",
          (np.sin, np.cos, lambda x: -np.sin(x)),
          (lambda x: call("SIN", x), lambda x: call("COS", x), lambda x: -call("SIN", x))),
    _bent("sigmoid", "σ(x)", "σ(x)·(1 − σ(x))",
          (sigmoid, lambda x: sigmoid(x) * sigmoid(-x), lambda x: sigmoid(x) * sigmoid(-x) * (1 - 2 * sigmoid(x))),
          (sigmoid_formula, _sigma_slope, lambda x: _sigma_slope(x) * (1 - 2 * sigmoid_formula(x)))),
)  # fmt: skip
LABELS = tuple(f.math for f in FUNCTIONS)


def picked(choice: Block, number: Block) -> Bent:
    """Return the function that the learner picks; in a cell CHOOSE takes its formula out of all of them."""
    now = FUNCTIONS[LABELS.index(str(choice.value))]

    def one_of(name: str) -> Callable[[Expr], Expr]:
        return lambda x: call("CHOOSE", number, *(getattr(f, name)(x) for f in FUNCTIONS))

    formulas = one_of("value_formula"), one_of("slope_formula")
    return Bent("f(x)", "f′(x)", now.value, now.slope, *formulas, now.bend, one_of("bend_formula"), now.key, now.lowest)
