"""The functions that the learner may pick: value, slope and second derivative, by NumPy and for a cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scenarios.common.activations import Array, sigmoid, sigmoid_formula
from workbook.formula import (
    Expr,
    Operand,
    call,
    exp,
    sqrt,
)


@dataclass(frozen=True)
class Function:
    """A function that the learner may pick: value, slope and second derivative, for NumPy and for a cell.

    `lowest` is the smallest x at which it is used here: √x and 1/x have no slope at 0.
    """

    key: str
    label: str
    slope_label: str
    numpy: tuple[Callable[[Array], Array], Callable[[Array], Array], Callable[[Array], Array]]
    cell: tuple[Callable[[Expr], Operand], Callable[[Expr], Operand], Callable[[Expr], Operand]]
    lowest: float = -10.0


FUNCTIONS = (
    Function(
        "x^2",
        "x²",
        "2x",
        (np.square, lambda x: 2 * x, lambda x: np.full_like(x, 2.0)),
        (lambda x: x**2, lambda x: 2 * x, lambda x: 2),
    ),
    Function(
        "x^3",
        "x³",
        "3x²",
        (lambda x: x**3, lambda x: 3 * x**2, lambda x: 6 * x),
        (lambda x: x**3, lambda x: 3 * x**2, lambda x: 6 * x),
    ),
    Function(
        "1+2x-x^2",
        "1 + 2x − x²",
        "2 − 2x",
        (lambda x: 1 + 2 * x - x * x, lambda x: 2 - 2 * x, lambda x: np.full_like(x, -2.0)),
        (lambda x: 1 + 2 * x - x**2, lambda x: 2 - 2 * x, lambda x: -2),
    ),
    Function(
        "sqrt",
        "√x",
        "1/(2√x)",
        (np.sqrt, lambda x: 0.5 / np.sqrt(x), lambda x: -0.25 * x**-1.5),
        (sqrt, lambda x: 1 / (2 * sqrt(x)), lambda x: -(1 / (4 * x * sqrt(x)))),
        lowest=0.25,
    ),
    Function(
        "1/x",
        "1/x",
        "−1/x²",
        (np.reciprocal, lambda x: -(x**-2.0), lambda x: 2 * x**-3.0),
        (lambda x: 1 / x, lambda x: -(1 / x**2), lambda x: 2 / x**3),
        lowest=0.25,
    ),
    Function("exp", "eˣ", "eˣ", (np.exp, np.exp, np.exp), (exp, exp, exp)),
    Function(
        "sin",
        "sin x",
        "cos x",
        (np.sin, np.cos, lambda x: -np.sin(x)),
        (lambda x: call("SIN", x), lambda x: call("COS", x), lambda x: -call("SIN", x)),
    ),
    Function(
        "sigmoid",
        "σ(x)",
        "σ(x)·(1 − σ(x))",
        (sigmoid, lambda x: sigmoid(x) * sigmoid(-x), lambda x: sigmoid(x) * sigmoid(-x) * (1 - 2 * sigmoid(x))),
        (
            sigmoid_formula,
            lambda x: sigmoid_formula(x) * (1 - sigmoid_formula(x)),
            lambda x: sigmoid_formula(x) * (1 - sigmoid_formula(x)) * (1 - 2 * sigmoid_formula(x)),
        ),
    ),
)
