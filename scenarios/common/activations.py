"""Activation functions: NumPy's value and derivative beside the formulas of a cell.

z is the pre-activation, a = g(z) the activation. Derivatives are stated from z and a, whichever reads better.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbook.block import Block
from workbook.formula import Expr, Operand, absolute, as_expr, exp, if_, largest, ln, rounded, smallest, tanh
from workbook.formula import Number as Literal
from workbook.text import N_

Array = NDArray[np.float64]

LEAK = 0.1
"""The slope of leaky ReLU below zero."""


@dataclass(frozen=True)
class Activation:
    """An activation function.

    Attributes
    ----------
    value, slope : NumPy: a = value(z); g′ = slope(z, a); arrays of any shape
    value_formula, slope_formula : the same for one cell
    symbol, math, slope_math : for the reader
    """

    name: str
    title: str
    value: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array]
    value_formula: Callable[[Expr], Operand]
    slope_formula: Callable[[Expr, Expr], Operand]
    symbol: str
    math: str
    slope_math: str


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + e^−z), in a form that does not overflow; −z stops at 700, as in the cell."""
    z = np.maximum(z, -700)
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + small), small / (1 + small))


def sigmoid_formula(z: Expr) -> Expr:
    """The sigmoid of a cell: the exponent −z stops at 700, since EXP(710) is an error in a spreadsheet."""
    return 1 / (1 + exp(smallest(-z, 700)))


def unit_step(z: Any, places: int = 9) -> Array:
    """Return 1 where z ≥ 0, else 0.

    z counts to nine places: 0.9 + 0.5 − 0.6 − 0.8 is 0 on paper, but −1e-16 in floating point.
    """
    return np.asarray(np.round(z, places) >= 0, dtype=np.float64)


def unit_step_formula(z: Operand, places: int = 9) -> Expr:
    """The unit step of a cell."""
    return if_(rounded(z, places) >= 0, 1, 0)


SIGMOID = Activation(
    "sigmoid", N_("sigmoid"), sigmoid, lambda z, a: a * (1 - a), sigmoid_formula, lambda z, a: a * (1 - a), "σ",
    "σ(z) = 1 / (1 + e⁻ᶻ)", "σ′(z) = a·(1 − a)",
)  # fmt: skip


def clipped_sigmoid(epsilon: Block) -> Activation:
    """Return the sigmoid held between ε and 1 − ε, as Keras holds it before a logarithm.

    From z = 37 on a double rounds σ(z) to exactly 1, and cross-entropy's ln(1 − ŷ) and 1/(1 − ŷ) would be errors. The
    slope stays a·(1 − a), so that δ = ŷ − y also where ŷ is held.
    """
    bound = float(epsilon.value)
    return replace(
        SIGMOID,
        value=lambda z: np.clip(sigmoid(z), bound, 1 - bound),
        value_formula=lambda z: smallest(largest(sigmoid_formula(z), epsilon), 1 - epsilon),
        math="σ(z) = 1 / (1 + e⁻ᶻ), ε ≤ σ ≤ 1 − ε",
    )


TANH = Activation(
    "tanh", N_("hyperbolic tangent"), np.tanh, lambda z, a: 1 - a**2, tanh, lambda z, a: 1 - a**2, "tanh",
    "tanh(z) = (eᶻ − e⁻ᶻ) / (eᶻ + e⁻ᶻ)", "tanh′(z) = 1 − a²",
)  # fmt: skip
RELU = Activation(
    "relu", N_("ReLU"), lambda z: np.maximum(0, z), lambda z, a: (z > 0).astype(float), lambda z: largest(0, z),
    lambda z, a: if_(z > 0, 1, 0), "ReLU", "ReLU(z) = max(0, z)", "ReLU′(z) = 1 (z > 0), 0 (z ≤ 0)",
)  # fmt: skip
LEAKY_RELU = Activation(
    "leaky_relu", N_("leaky ReLU"), lambda z: np.where(z > 0, z, LEAK * z), lambda z, a: np.where(z > 0, 1.0, LEAK),
    lambda z: if_(z > 0, z, z / 10), lambda z, a: if_(z > 0, 1, as_expr(1) / 10), "g",
    "g(z) = z (z > 0), z/10 (z ≤ 0)", "g′(z) = 1 (z > 0), 1/10 (z ≤ 0)",
)  # fmt: skip
SOFTPLUS = Activation(
    "softplus", N_("softplus"), lambda z: np.logaddexp(0.0, z), lambda z, a: sigmoid(z),
    lambda z: largest(0, z) + ln(1 + exp(largest(-absolute(z), -700))), lambda z, a: sigmoid_formula(z),
    "softplus", "softplus(z) = ln(1 + eᶻ)", "softplus′(z) = σ(z)",
)  # fmt: skip
IDENTITY = Activation(
    "identity", N_("identity"), lambda z: z, lambda z, a: np.ones_like(z), lambda z: z, lambda z, a: Literal(1), "g",
    "g(z) = z", "g′(z) = 1",
)  # fmt: skip
STEP = Activation(
    "step", N_("unit step"), unit_step, lambda z, a: np.zeros_like(z), unit_step_formula, lambda z, a: Literal(0),
    "u", "u(z) = 1 (z ≥ 0), 0 (z < 0)", "u′(z) = 0",
)  # fmt: skip


def steadied(g: Activation) -> Activation:
    """Return the activation with its jump, or the jump of its slope, decided by z rounded to 12 places.

    Sums such as 0.1 + 0.2 − 0.3 are 0 in one program and 5E−17 in another; a jump at 0 would make much of that.
    """
    if g.name == "relu":
        return replace(
            g,
            slope=lambda z, a: (np.round(z, 12) > 0).astype(float),
            slope_formula=lambda z, a: if_(rounded(z, 12) > 0, 1, 0),
        )
    if g.name == "leaky_relu":
        return replace(
            g,
            slope=lambda z, a: np.where(np.round(z, 12) > 0, 1.0, LEAK),
            slope_formula=lambda z, a: if_(rounded(z, 12) > 0, 1, as_expr(1) / 10),
        )
    if g.name == "step":
        return replace(g, value=lambda z: unit_step(z, 12), value_formula=lambda z: unit_step_formula(z, 12))
    return g


def leaky_relu(c: Block) -> Activation:
    """Return the leaky ReLU whose slope below 0 stands in a cell; where it bends is decided by z rounded to 12 places."""
    leak = float(c.value)
    return replace(
        LEAKY_RELU,
        value=lambda z: np.where(np.round(z, 12) > 0, z, leak * z),
        slope=lambda z, a: np.where(np.round(z, 12) > 0, 1.0, leak),
        value_formula=lambda z: if_(rounded(z, 12) > 0, z, c * z),
        slope_formula=lambda z, a: if_(rounded(z, 12) > 0, 1, c),
        math="g(z) = z (z > 0), c·z (z ≤ 0)",
        slope_math="g′(z) = 1 (z > 0), c (z ≤ 0)",
    )


ACTIVATIONS = {a.name: a for a in (IDENTITY, STEP, SIGMOID, TANH, RELU, LEAKY_RELU, SOFTPLUS)}
