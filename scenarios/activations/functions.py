"""The seven functions: each stated for NumPy, for a cell and in words, with the inputs that they share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scenarios.common.activations import Array, sigmoid, sigmoid_formula, unit_step, unit_step_formula
from workbook.block import Block
from workbook.formula import (
    Expr,
    Operand,
    as_expr,
    exp,
    if_,
    largest,
    rounded,
    smallest,
    tanh,
)
from workbook.text import N_

ROWS = 49
H = 1e-4
TOLERANCE = 1e-6
LINEAR_ROWS = 25
CHART_ROWS = 17


@dataclass(frozen=True)
class Inputs:
    """The yellow cells that all functions share."""

    start: Block
    by: Block
    h: Block
    slope: Block
    L: Block
    k: Block
    x0: Block
    leak: Block
    zero: Block

    @property
    def x(self) -> Array:
        """NumPy's grid."""
        return np.asarray(self.start.value + self.by.value * np.arange(ROWS), dtype=np.float64)


@dataclass(frozen=True)
class Function:
    """An activation function over the inputs.

    Attributes
    ----------
    value, slope : NumPy: f(x) and f′(x)
    value_formula, slope_formula : for one cell: f from x, f′ from x and f(x)
    written, slope_written : f, and how f′ comes from it, written out at the reader's own x: the fields are x, f and the
        inputs
    kink : whether it has a kink or a jump at x = 0
    """

    id: str
    sheet: str
    title: str
    symbol: str
    math: str
    slope_math: str
    why: str
    value: Callable[[Inputs, Array], Array]
    slope: Callable[[Inputs, Array], Array]
    value_formula: Callable[[Inputs, Expr], Expr]
    slope_formula: Callable[[Inputs, Expr, Expr], Operand]
    written: str
    slope_written: str = ""
    kink: bool = False
    points: bool = False
    remarks: tuple[str, ...] = ()


def logistic(L: float, k: float, x0: float, x: Array) -> Array:
    """Return L / (1 + e^(−k(x − x0)))."""
    return L * sigmoid(k * (x - x0))


def logistic_formula(p: Inputs, x: Expr) -> Expr:
    """The same for a cell; the exponent stops at 700, since EXP(710) is an error in a spreadsheet."""
    return p.L / (1 + exp(smallest(-p.k * (x - p.x0), 700)))


def logistic_value(p: Inputs, x: Array) -> Array:
    return logistic(float(p.L.value), float(p.k.value), float(p.x0.value), x)


def logistic_slope(p: Inputs, x: Array) -> Array:
    s = sigmoid(float(p.k.value) * (x - float(p.x0.value)))
    return np.asarray(p.L.value * p.k.value * s * (1 - s))


STEP = Function(
    "step",
    "Step",
    N_("Step function"),
    "u(x)",
    "u(x) = 1 (x ≥ 0), 0 (x < 0)",
    "u′(x) = 0 (x ≠ 0)",
    N_("Yes or no: the perceptron's own activation. Flat on both sides, it gives gradient descent nothing to go by."),
    lambda p, x: unit_step(x),
    lambda p, x: np.zeros_like(x),
    lambda p, x: unit_step_formula(x),
    lambda p, x, f: 0,
    "u({x:2}) = {f:0}",
    kink=True,
    points=True,
    remarks=(
        N_(
            "At x = 0 the step jumps, and has no derivative: there the quotient is 1/(2h), and grows without "
            "bound as h shrinks."
        ),
        N_(
            "The article gives 0 for all negative and 1 for all positive inputs, and leaves 0 itself open. Here "
            "u(0) = 1, as in the notes' “≥ θ”."
        ),
    ),
)
LINEAR = Function(
    "linear",
    "Linear",
    N_("Linear function"),
    "f(x)",
    "f(x) = c·x,   c = 4",
    "f′(x) = c",
    N_("It only scales its input; its derivative is the same everywhere."),
    lambda p, x: p.slope.value * x,
    lambda p, x: np.full_like(x, p.slope.value),
    lambda p, x: p.slope * x,
    lambda p, x, f: as_expr(p.slope),
    "f({x:2}) = {c:2p}·{x:2p} = {f:4}",
    "c = ",
    remarks=(
        N_(
            "f(x) = 4x is printed in the article. Its text says that a linear function “doubles” the input: it "
            "multiplies it by c, here by 4."
        ),
    ),
)
LOGISTIC = Function(
    "logistic",
    "Logistic",
    N_("Logistic family"),
    "f(x)",
    "f(x) = L / (1 + e^(−k·(x − x0)))",
    "f′(x) = k·f(x)·(1 − f(x)/L)",
    N_("The whole family of S curves: L is the height it tends to, k how steep it is, x0 where its middle lies."),
    logistic_value,
    logistic_slope,
    logistic_formula,
    lambda p, x, f: p.k * f * (1 - f / p.L),
    "f({x:2}) = {L:2p} / (1 + e^(−{k:2p}·({x:2} − {m:2p}))) = {f:4}",
    "{k:2p}·{f:4}·(1 − {f:4}/{L:2}) = ",
    remarks=(
        N_(
            "L = 1, k = 1, x0 = 0 are printed in the article: with these the logistic function is the sigmoid. "
            "The chart shows that sigmoid, too."
        ),
    ),
)
SIGMOID = Function(
    "sigmoid",
    "Sigmoid",
    N_("Sigmoid"),
    "σ(x)",
    "σ(x) = 1 / (1 + e⁻ˣ)",
    "σ′(x) = σ(x)·(1 − σ(x))",
    N_(
        "The logistic function with L = k = 1 and x0 = 0: any number becomes one between 0 and 1, and the slope "
        "comes from the value itself."
    ),
    lambda p, x: sigmoid(x),
    lambda p, x: sigmoid(x) * sigmoid(-x),
    lambda p, x: sigmoid_formula(x),
    lambda p, x, f: f * (1 - f),
    "σ({x:2}) = 1 / (1 + e^(−{x:2p})) = {f:4}",
    "{f:4}·(1 − {f:4}) = ",
    remarks=(
        N_(
            "The article says: for all positive values the output is “= 0.5”. It is at least 0.5 (exactly 0.5 "
            "only at x = 0); a “≥” was lost."
        ),
        N_(
            "The article puts “the inflection point at 0.5”: that is its output. It lies at x = 0, where σ(0) = "
            "0.5 and σ′ has its maximum, 0.25."
        ),
        N_(
            "The article's “concave on top, convex at the bottom” is right: σ″ is positive for x < 0 and "
            "negative for x > 0."
        ),
    ),
)
TANH = Function(
    "tanh",
    "Tanh",
    N_("Hyperbolic tangent"),
    "tanh(x)",
    "tanh(x) = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)",
    "tanh′(x) = 1 − tanh²(x)",
    N_("An S curve from −1 to 1, centred on 0, and four times as steep in the middle as the sigmoid."),
    lambda p, x: np.tanh(x),
    lambda p, x: 1 / np.cosh(x) ** 2,
    lambda p, x: tanh(x),
    lambda p, x, f: 1 - f**2,
    "tanh({x:2}) = (e^{x:2p} − e^(−{x:2p})) / (e^{x:2p} + e^(−{x:2p})) = {f:4}",
    "1 − {f:4p}² = ",
)
RELU = Function(
    "relu",
    "ReLU",
    N_("ReLU"),
    "ReLU(x)",
    "ReLU(x) = max(0, x)",
    "ReLU′(x) = 1 (x > 0), 0 (x < 0)",
    N_(
        "Negative inputs are shut off, positive ones pass unchanged: cheap, and its slope does not fade for "
        "large inputs."
    ),
    lambda p, x: np.maximum(0, x),
    lambda p, x: (np.round(x, 9) > 0).astype(float),
    lambda p, x: largest(0, x),
    lambda p, x, f: if_(rounded(x, 9) > 0, 1, 0),
    "ReLU({x:2}) = max(0, {x:2}) = {f:4}",
    kink=True,
    remarks=(
        N_(
            "At x = 0 there is a kink: slope 0 from the left, 1 from the right, no derivative. The quotient says "
            "½, between the two; programs simply take 0."
        ),
    ),
)
LEAKY = Function(
    "leaky",
    "LeakyReLU",
    N_("Leaky ReLU"),
    "f(x)",
    "f(x) = x (x > 0), c·x (x ≤ 0)",
    "f′(x) = 1 (x > 0), c (x < 0)",
    N_("A small slope c below zero keeps a unit from going silent for good."),
    lambda p, x: np.where(x > 0, x, p.leak.value * x),
    lambda p, x: np.where(np.round(x, 9) > 0, 1.0, p.leak.value),
    lambda p, x: if_(x > 0, x, p.leak * x),
    lambda p, x, f: if_(rounded(x, 9) > 0, 1, p.leak),
    "f({x:2}) = max({x:2}, {leak:2}·{x:2p}) = {f:4}",
    kink=True,
    remarks=(
        N_(
            "At x = 0 the slopes are c from the left and 1 from the right: no derivative. Programs take c there, "
            "and so does the table."
        ),
    ),
)
FUNCTIONS = (STEP, LINEAR, SIGMOID, LOGISTIC, TANH, RELU, LEAKY)
