"""The seven functions: each stated for NumPy, for a cell and in words; three have numbers of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.activations import Activation, Array, sigmoid, sigmoid_formula, unit_step, unit_step_formula
from workbook.block import Block
from workbook.chart import Mark
from workbook.formula import Expr, Number, as_expr, exp, if_, largest, rounded, smallest, tanh
from workbook.parameter import Parameter
from workbook.text import N_, Message, _

OWN = (
    Parameter("slope", 4.0, N_("slope c of the linear function"), -100, 100, symbol="c", printed=True),
    Parameter("L", 1.0, N_("logistic family: maximum L"), 0.01, 1000, symbol="L", printed=True),
    Parameter("k", 1.0, N_("logistic family: steepness k"), -10, 10, symbol="k", printed=True),
    Parameter("x0", 0.0, N_("logistic family: midpoint x0"), -50, 50, symbol="x0", printed=True),
    Parameter("leak", 0.1, N_("leaky ReLU: slope below zero"), 0, 0.99, symbol="c"),
)
IDS = ("step", "linear", "sigmoid", "logistic", "tanh", "relu", "leaky")


@dataclass(frozen=True)
class Own:
    """The functions' own numbers: the linear one's slope, the logistic family's three, leaky ReLU's slope below zero."""

    c: Block
    L: Block
    k: Block
    x0: Block
    leak: Block


@dataclass(frozen=True)
class Shown(Activation):
    """An activation function with what a sheet says of it.

    Attributes
    ----------
    written : f, and how f′ comes from it, written out at a z: the fields are x, f, slope and those of `Own`
    kink : whether it has a kink or a jump at x = 0
    points : whether its values jump there
    """

    why: str
    written: str
    remarks: tuple[str, ...] = ()
    kink: bool = False
    points: bool = False

    @property
    def prime(self) -> str:
        """The symbol of its derivative."""
        return self.symbol.replace("(", "′(")

    @property
    def mark(self) -> Mark:
        """How its values are drawn: no line joins the two sides of a jump."""
        return Mark.POINTS if self.points else Mark.LINE

    @property
    def slope_mark(self) -> Mark:
        """How its slopes are drawn: at a kink they jump."""
        return Mark.POINTS if self.kink and not self.points else Mark.LINE


def logistic(L: float, k: float, x0: float, x: Array) -> Array:
    """Return L / (1 + e^(−k(x − x0)))."""
    return L * sigmoid(k * (x - x0))


def logistic_formula(L: Block, k: Block, x0: Block, x: Expr) -> Expr:
    """The same for a cell; the exponent stops at 700, since EXP(710) is an error in a spreadsheet."""
    return L / (1 + exp(smallest(-k * (x - x0), 700)))


def names() -> tuple[str, ...]:
    """Return what the functions are called in a choice, in their order."""
    called: dict[str, Message] = {
        "step": _("unit step"),
        "linear": _("linear"),
        "logistic": _("logistic"),
        "leaky": _("Leaky ReLU"),
    }
    return tuple(str(called.get(id, "ReLU" if id == "relu" else id)) for id in IDS)


def functions(p: Own) -> tuple[Shown, ...]:
    """Return the seven functions, in the order of `IDS`."""
    c, L, k, x0, leak = (float(block.value) for block in (p.c, p.L, p.k, p.x0, p.leak))
    return (
        Shown(
            "step", N_("Step function"),
            unit_step, lambda x, f: np.zeros_like(x),
            unit_step_formula, lambda x, f: Number(0),
            "u(x)", "u(x) = 1 (x ≥ 0), 0 (x < 0)", "u′(x) = 0 (x ≠ 0)",
            N_("Yes or no: the perceptron's own activation. Flat on both sides, it gives gradient descent nothing to go by."),
            "u({x:2}) = {f:0},   u′({x:2}) = {slope:4}",
            (
                N_("At x = 0 the step jumps, and has no derivative: there the quotient is 1/(2h), and grows without bound as h shrinks."),
                N_("The article gives 0 for all negative and 1 for all positive inputs, and leaves 0 itself open. Here u(0) = 1, as in the notes' “≥ θ”."),
            ),
            kink=True, points=True,
        ),
        Shown(
            "linear", N_("Linear function"),
            lambda x: c * x, lambda x, f: np.full_like(x, c),
            lambda x: p.c * x, lambda x, f: as_expr(p.c),
            "f(x)", "f(x) = c·x,   c = 4", "f′(x) = c",
            N_("It only scales its input; its derivative is the same everywhere."),
            "f({x:2}) = {c:2p}·{x:2p} = {f:4},   f′({x:2}) = c = {slope:4}",
            (N_("f(x) = 4x is printed in the article. Its text says that a linear function “doubles” the input: it multiplies it by c, here by 4."),),
        ),
        Shown(
            "sigmoid", N_("Sigmoid"),
            sigmoid, lambda x, f: sigmoid(x) * sigmoid(-x),
            sigmoid_formula, lambda x, f: f * (1 - f),
            "σ(x)", "σ(x) = 1 / (1 + e⁻ˣ)", "σ′(x) = σ(x)·(1 − σ(x))",
            N_("The logistic function with L = k = 1 and x0 = 0: any number becomes one between 0 and 1, and the slope comes from the value itself."),
            "σ({x:2}) = 1 / (1 + e^(−{x:2p})) = {f:4},   σ′({x:2}) = {f:4}·(1 − {f:4}) = {slope:4}",
            (
                N_("The article says: for all positive values the output is “= 0.5”. It is at least 0.5 (exactly 0.5 only at x = 0); a “≥” was lost."),
                N_("The article puts “the inflection point at 0.5”: that is its output. It lies at x = 0, where σ(0) = 0.5 and σ′ has its maximum, 0.25."),
                N_("The article's “concave on top, convex at the bottom” is right: σ″ is positive for x < 0 and negative for x > 0."),
            ),
        ),
        Shown(
            "logistic", N_("Logistic family"),
            lambda x: logistic(L, k, x0, x), lambda x, f: k * L * sigmoid(k * (x - x0)) * (1 - sigmoid(k * (x - x0))),
            lambda x: logistic_formula(p.L, p.k, p.x0, x), lambda x, f: p.k * f * (1 - f / p.L),
            "f(x)", "f(x) = L / (1 + e^(−k·(x − x0)))", "f′(x) = k·f(x)·(1 − f(x)/L)",
            N_("The whole family of S curves: L is the height it tends to, k how steep it is, x0 where its middle lies."),
            "f(x) = {L:2p} / (1 + e^(−{k:2p}·({x:2} − {x0:2p}))) = {f:4},   f′ = {k:2p}·{f:4}·(1 − {f:4}/{L:2}) = {slope:4}",
            (N_("L = 1, k = 1, x0 = 0 are printed in the article: with these the logistic function is the sigmoid. The chart shows that sigmoid, too."),),
        ),
        Shown(
            "tanh", N_("Hyperbolic tangent"),
            np.tanh, lambda x, f: 1 / np.cosh(x) ** 2,
            tanh, lambda x, f: 1 - f**2,
            "tanh(x)", "tanh(x) = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)", "tanh′(x) = 1 − tanh²(x)",
            N_("An S curve from −1 to 1, centred on 0, and four times as steep in the middle as the sigmoid."),
            "tanh({x:2}) = (e^{x:2p} − e^(−{x:2p})) / (e^{x:2p} + e^(−{x:2p})) = {f:4},   tanh′({x:2}) = 1 − {f:4p}² = {slope:4}",
        ),
        Shown(
            "relu", N_("ReLU"),
            lambda x: np.maximum(0, x), lambda x, f: (np.round(x, 9) > 0).astype(float),
            lambda x: largest(0, x), lambda x, f: if_(rounded(x, 9) > 0, 1, 0),
            "ReLU(x)", "ReLU(x) = max(0, x)", "ReLU′(x) = 1 (x > 0), 0 (x < 0)",
            N_("Negative inputs are shut off, positive ones pass unchanged: cheap, and its slope does not fade for large inputs."),
            "ReLU({x:2}) = max(0, {x:2}) = {f:4},   ReLU′({x:2}) = {slope:4}",
            (N_("At x = 0 there is a kink: slope 0 from the left, 1 from the right, no derivative. The quotient says ½, between the two; programs simply take 0."),),
            kink=True,
        ),
        Shown(
            "leaky", N_("Leaky ReLU"),
            lambda x: np.where(x > 0, x, leak * x), lambda x, f: np.where(np.round(x, 9) > 0, 1.0, leak),
            lambda x: if_(x > 0, x, p.leak * x), lambda x, f: if_(rounded(x, 9) > 0, 1, p.leak),
            "f(x)", "f(x) = x (x > 0), c·x (x ≤ 0)", "f′(x) = 1 (x > 0), c (x < 0)",
            N_("A small slope c below zero keeps a unit from going silent for good."),
            "f({x:2}) = max({x:2}, {leak:2}·{x:2p}) = {f:4},   f′({x:2}) = {slope:4}",
            (N_("At x = 0 the slopes are c from the left and 1 from the right: no derivative. Programs take c there, and so does the table."),),
            kink=True,
        ),
    )  # fmt: skip
