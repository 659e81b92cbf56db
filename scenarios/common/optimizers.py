"""Optimizers: NumPy's step for whole arrays beside the formula of each column of a table with a row a parameter.

Symbols, all of a parameter's shape

    w   a parameter                          g   its gradient ∂C/∂w
    v   velocity (momentum, Nesterov); in Adam the mean of the squared gradients
    s   mean of the squared gradients (RMSprop)            m   mean of the gradients (Adam)
    t   number of the update, from 1

Each is the textbook's: momentum and Nesterov as in Sutskever et al. (2013), RMSprop as in Hinton's lecture, Adam as in Kingma and
Ba (2015). A state begins at 0. Nesterov's gradient is taken at the look-ahead point w + μ·v, the others' at w.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from scenarios.common.activations import Array
from workbook.block import Block
from workbook.formula import Index, Operand, power, sqrt
from workbook.text import N_

Cells = Mapping[str, Block]
"""The columns w, g, the states, and the scalars: hyperparameters and t."""

Arrays = dict[str, Array]


@dataclass(frozen=True)
class Hyper:
    """A hyperparameter: its key in a specification, symbol, title, usual value and bounds; and why it may not be 0."""

    key: str
    symbol: str
    title: str
    default: float
    low: float
    high: float
    never_zero: str = ""


@dataclass(frozen=True)
class Column:
    """A column of the table: what NumPy's step returns under this id, and the same as a formula for parameter p.

    `written` is the substitution with numbers, its fields named as the cells are.
    """

    id: str
    symbol: str
    title: str
    math: str
    written: str
    formula: Callable[[Index, Cells], Operand]


@dataclass(frozen=True)
class Optimizer:
    """A rule that turns gradients into steps.

    Attributes
    ----------
    hyper : its hyperparameters
    states : the ids of what it remembers of each parameter, with symbol and title
    step : NumPy: w, g, the states by id, t and the hyperparameters → every column by id, `w_new` and each `…_new` state among them
    columns : the same as formulas, in reading order
    looks_ahead : whether g is the gradient at w + μ·v
    """

    name: str
    title: str
    math: str
    hyper: tuple[Hyper, ...]
    states: dict[str, tuple[str, str]]
    step: Callable[[Array, Array, Arrays, int, Mapping[str, float]], Arrays]
    columns: tuple[Column, ...]
    looks_ahead: bool = False


RATE = Hyper("lr", "η", N_("learning rate"), 0.1, 1e-6, 100.0)
MOMENTUM_SHARE = Hyper("mu", "μ", N_("share of the velocity that is kept"), 0.9, 0.0, 0.9999)
DECAY = Hyper("rho", "ρ", N_("share of the old mean that is kept"), 0.9, 0.0, 0.9999)
BETA1 = Hyper("beta1", "β₁", N_("share of the old mean gradient that is kept"), 0.9, 0.0, 0.9999)
BETA2 = Hyper("beta2", "β₂", N_("share of the old mean square that is kept"), 0.999, 0.0, 0.99999)
EPSILON = Hyper(
    "epsilon", "ε", N_("keeps the divisor above 0"), 1e-8, 1e-8, 0.1,
    "a parameter whose gradient is 0 would move by 0 / 0",
)  # fmt: skip

_STEP = N_("the step")
_NEW = N_("the parameter after the update")


def _sgd(w: Array, g: Array, _states: Arrays, _t: int, h: Mapping[str, float]) -> Arrays:
    step = -h["lr"] * g
    return {"step": step, "w_new": w + step}


SGD = Optimizer(
    "sgd",
    N_("plain gradient descent (SGD)"),
    "w ← w − η·g",
    (RATE,),
    {},
    _sgd,
    (
        Column("step", "Δw", _STEP, "−η·g", "−{lr:4}·{g:6p}", lambda p, c: -c["lr"] * c["g"][p]),
        Column("w_new", "w′", _NEW, "w + Δw", "{w:4} + {step:6p}", lambda p, c: c["w"][p] + c["step"][p]),
    ),
)


def _momentum(w: Array, g: Array, states: Arrays, _t: int, h: Mapping[str, float]) -> Arrays:
    v = h["mu"] * states["v"] - h["lr"] * g
    return {"v_new": v, "w_new": w + v}


_VELOCITY = (
    Column(
        "v_new",
        "v′",
        N_("the new velocity"),
        "μ·v − η·g",
        "{mu:4}·{v:6p} − {lr:4}·{g:6p}",
        lambda p, c: c["mu"] * c["v"][p] - c["lr"] * c["g"][p],
    ),
    Column("w_new", "w′", _NEW, "w + v′", "{w:4} + {v_new:6p}", lambda p, c: c["w"][p] + c["v_new"][p]),
)

MOMENTUM = Optimizer(
    "momentum", N_("gradient descent with momentum"), "v ← μ·v − η·g,   w ← w + v", (RATE, MOMENTUM_SHARE),
    {"v": ("v", N_("velocity before"))}, _momentum, _VELOCITY,
)  # fmt: skip


def _nesterov(w: Array, g: Array, states: Arrays, t: int, h: Mapping[str, float]) -> Arrays:
    return {"ahead": w + h["mu"] * states["v"], **_momentum(w, g, states, t, h)}


NESTEROV = Optimizer(
    "nesterov",
    N_("Nesterov's momentum"),
    "g = ∂C/∂w at w + μ·v,   v ← μ·v − η·g,   w ← w + v",
    (RATE, MOMENTUM_SHARE),
    {"v": ("v", N_("velocity before"))},
    _nesterov,
    (
        Column(
            "ahead",
            "w̃",
            N_("the point ahead, where g is taken"),
            "w + μ·v",
            "{w:4} + {mu:4}·{v:6p}",
            lambda p, c: c["w"][p] + c["mu"] * c["v"][p],
        ),
        *_VELOCITY,
    ),
    looks_ahead=True,
)


def _rmsprop(w: Array, g: Array, states: Arrays, _t: int, h: Mapping[str, float]) -> Arrays:
    s = h["rho"] * states["s"] + (1 - h["rho"]) * g**2
    step = -h["lr"] * g / (np.sqrt(s) + h["epsilon"])
    return {"s_new": s, "step": step, "w_new": w + step}


RMSPROP = Optimizer(
    "rmsprop",
    N_("RMSprop: steps divided by the root mean square"),
    "s ← ρ·s + (1 − ρ)·g²,   w ← w − η·g / (√s + ε)",
    (RATE, DECAY, EPSILON),
    {"s": ("s", N_("mean square before"))},
    _rmsprop,
    (
        Column(
            "s_new", "s′", N_("new mean square"), "ρ·s + (1 − ρ)·g²", "{rho:4}·{s:8} + (1 − {rho:4})·{g:6p}²",
            lambda p, c: c["rho"] * c["s"][p] + (1 - c["rho"]) * c["g"][p] ** 2,
        ),
        Column(
            "step", "Δw", _STEP, "−η·g / (√s′ + ε)", "−{lr:4}·{g:6p} / (√{s_new:8} + {epsilon:8})", lambda p, c: -c["lr"] * c["g"][p] / (sqrt(c["s_new"][p]) + c["epsilon"])
        ),
        Column("w_new", "w′", _NEW, "w + Δw", "{w:4} + {step:6p}", lambda p, c: c["w"][p] + c["step"][p]),
    ),
)  # fmt: skip


def _adam(w: Array, g: Array, states: Arrays, t: int, h: Mapping[str, float]) -> Arrays:
    m = h["beta1"] * states["m"] + (1 - h["beta1"]) * g
    v = h["beta2"] * states["v"] + (1 - h["beta2"]) * g**2
    m_hat, v_hat = m / (1 - h["beta1"] ** t), v / (1 - h["beta2"] ** t)
    step = -h["lr"] * m_hat / (np.sqrt(v_hat) + h["epsilon"])
    return {"m_new": m, "v_new": v, "m_hat": m_hat, "v_hat": v_hat, "step": step, "w_new": w + step}


ADAM = Optimizer(
    "adam",
    N_("Adam: momentum and RMSprop, bias corrected"),
    "m ← β₁·m + (1 − β₁)·g,   v ← β₂·v + (1 − β₂)·g²,   m̂ = m / (1 − β₁ᵗ),   v̂ = v / (1 − β₂ᵗ),   w ← w − η·m̂ / (√v̂ + ε)",
    (RATE, BETA1, BETA2, EPSILON),
    {"m": ("m", N_("mean gradient before")), "v": ("v", N_("mean square before"))},
    _adam,
    (
        Column(
            "m_new", "m′", N_("new mean gradient"), "β₁·m + (1 − β₁)·g", "{beta1:4}·{m:6p} + (1 − {beta1:4})·{g:6p}",
            lambda p, c: c["beta1"] * c["m"][p] + (1 - c["beta1"]) * c["g"][p],
        ),
        Column(
            "v_new", "v′", N_("new mean square"), "β₂·v + (1 − β₂)·g²", "{beta2:5}·{v:8} + (1 − {beta2:5})·{g:6p}²",
            lambda p, c: c["beta2"] * c["v"][p] + (1 - c["beta2"]) * c["g"][p] ** 2,
        ),
        Column(
            "m_hat", "m̂", N_("mean gradient, bias corrected"), "m′ / (1 − β₁ᵗ)", "{m_new:6} / (1 − {beta1:4}^{t:0})",
            lambda p, c: c["m_new"][p] / (1 - power(c["beta1"], c["t"])),
        ),
        Column(
            "v_hat", "v̂", N_("mean square, bias corrected"), "v′ / (1 − β₂ᵗ)", "{v_new:8} / (1 − {beta2:5}^{t:0})",
            lambda p, c: c["v_new"][p] / (1 - power(c["beta2"], c["t"])),
        ),
        Column(
            "step", "Δw", _STEP, "−η·m̂ / (√v̂ + ε)", "−{lr:4}·{m_hat:6p} / (√{v_hat:8} + {epsilon:8})",
            lambda p, c: -c["lr"] * c["m_hat"][p] / (sqrt(c["v_hat"][p]) + c["epsilon"]),
        ),
        Column("w_new", "w′", _NEW, "w + Δw", "{w:4} + {step:6p}", lambda p, c: c["w"][p] + c["step"][p]),
    ),
)  # fmt: skip


def _averaged(w: Array, g: Array, states: Arrays, _t: int, h: Mapping[str, float]) -> Arrays:
    v = h["beta"] * states["v"] + (1 - h["beta"]) * g
    return {"v_new": v, "w_new": w - h["lr"] * v}


AVERAGED = Optimizer(
    "averaged_momentum",
    N_("gradient descent along the mean gradient"),
    "v ← β·v + (1 − β)·g,   w ← w − η·v",
    (RATE, replace(BETA1, key="beta", symbol="β")),
    {"v": ("v", N_("mean gradient before"))},
    _averaged,
    (
        Column(
            "v_new", "v′", N_("new mean gradient"), "β·v + (1 − β)·g", "{beta:4}·{v:6p} + (1 − {beta:4})·{g:6p}",
            lambda p, c: c["beta"] * c["v"][p] + (1 - c["beta"]) * c["g"][p],
        ),
        Column("w_new", "w′", _NEW, "w − η·v′", "{w:4} − {lr:4}·{v_new:6p}", lambda p, c: c["w"][p] - c["lr"] * c["v_new"][p]),
    ),
)  # fmt: skip


def _uncorrected(w: Array, g: Array, states: Arrays, _t: int, h: Mapping[str, float]) -> Arrays:
    m = h["beta1"] * states["m"] + (1 - h["beta1"]) * g
    v = h["beta2"] * states["v"] + (1 - h["beta2"]) * g**2
    step = -h["lr"] * m / (np.sqrt(v) + h["epsilon"])
    return {"m_new": m, "v_new": v, "step": step, "w_new": w + step}


UNCORRECTED = Optimizer(
    "adam_uncorrected",
    N_("Adam without the correction of its means"),
    "m ← β₁·m + (1 − β₁)·g,   v ← β₂·v + (1 − β₂)·g²,   w ← w − η·m / (√v + ε)",
    ADAM.hyper,
    ADAM.states,
    _uncorrected,
    (
        *ADAM.columns[:2],
        Column(
            "step", "Δw", _STEP, "−η·m′ / (√v′ + ε)", "−{lr:4}·{m_new:6p} / (√{v_new:8} + {epsilon:8})",
            lambda p, c: -c["lr"] * c["m_new"][p] / (sqrt(c["v_new"][p]) + c["epsilon"]),
        ),
        ADAM.columns[-1],
    ),
)  # fmt: skip


WEIGHT_DECAY = Hyper(
    "weight_decay", "λ", N_("share of each weight that is added to its slope (L2)"), 0.0, 0.0, 10.0
)  # fmt: skip


def decayed(optimizer: Optimizer) -> Optimizer:
    """Return the optimizer with L2: λ·w is added to each weight's slope, not to a bias's, before the step is made of it."""
    math = f"g ← ∂L/∂w + λ·w,   {optimizer.math}"
    return replace(optimizer, math=math, hyper=(*optimizer.hyper, WEIGHT_DECAY))


OPTIMIZERS = {o.name: o for o in (SGD, MOMENTUM, AVERAGED, NESTEROV, RMSPROP, ADAM, UNCORRECTED)}
