"""Losses that a network is trained with: NumPy's value and slope beside the formulas of a cell.

A is the output (n, m), Y the target (n, m), one column an example. Whether the examples are summed or averaged is
stated with the loss (`mean`), never hidden in a factor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from scenarios.common.activations import Array
from workbook.block import Block
from workbook.formula import Expr, Ref, ln, squared_distance
from workbook.text import N_


@dataclass(frozen=True)
class Loss:
    """A loss.

    Attributes
    ----------
    value : NumPy: (n, m), (n, m) → (m,), the loss of each example
    slope : NumPy: ∂L/∂A of each example's loss, (n, m)
    unit_formula : what one output adds to its example's loss, from the cells a and y
    slope_formula : ∂L/∂a of one output from the cells a and y
    range_formula : the loss of an example from the ranges of its outputs and targets, where these lie alike
    mean : whether the loss of several examples is their mean (else their sum)
    outputs : the number of outputs, where the loss of an example is the mean over them and its layer has to divide by it
    """

    name: str
    title: str
    value: Callable[[Array, Array], Array]
    slope: Callable[[Array, Array], Array]
    unit_formula: Callable[[Expr, Expr], Expr]
    slope_formula: Callable[[Expr, Expr], Expr]
    math: str
    slope_math: str
    range_formula: Callable[[Ref, Ref], Expr] | None = None
    mean: bool = False
    outputs: Block | None = None


HALF_SQUARED = Loss(
    "half_squared", N_("half squared error"),
    lambda A, Y: 0.5 * np.sum((A - Y) ** 2, axis=0), lambda A, Y: A - Y,
    lambda a, y: 0.5 * (a - y) ** 2, lambda a, y: a - y,
    "L = ½ Σⱼ (aⱼ − yⱼ)²", "∂L/∂A = A − Y", lambda a, y: 0.5 * squared_distance(a, y),
)  # fmt: skip
SQUARED = Loss(
    "squared", N_("sum of squared errors (SSE)"),
    lambda A, Y: np.sum((A - Y) ** 2, axis=0), lambda A, Y: 2 * (A - Y),
    lambda a, y: (a - y) ** 2, lambda a, y: 2 * (a - y),
    "L = Σⱼ (aⱼ − yⱼ)²", "∂L/∂A = 2·(A − Y)", squared_distance,
)  # fmt: skip
BINARY_CROSS_ENTROPY = Loss(
    "binary_cross_entropy", N_("binary cross-entropy"),
    lambda A, Y: -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A), axis=0),
    lambda A, Y: -(Y / A - (1 - Y) / (1 - A)),
    lambda a, y: -(y * ln(a) + (1 - y) * ln(1 - a)), lambda a, y: -(y / a - (1 - y) / (1 - a)),
    "L = −(y·ln ŷ + (1 − y)·ln(1 − ŷ))", "∂L/∂A = −(Y/Ŷ − (1 − Y)/(1 − Ŷ))", mean=True,
)  # fmt: skip
CATEGORICAL_CROSS_ENTROPY = Loss(
    "categorical_cross_entropy", N_("categorical cross-entropy"),
    lambda A, Y: -np.sum(Y * np.log(A), axis=0), lambda A, Y: -Y / A,
    lambda a, y: -y * ln(a), lambda a, y: -y / a,
    "L = −Σⱼ yⱼ·ln pⱼ", "∂L/∂P = −Y/P", mean=True,
)  # fmt: skip
LOSSES = {loss.name: loss for loss in (HALF_SQUARED, SQUARED, BINARY_CROSS_ENTROPY, CATEGORICAL_CROSS_ENTROPY)}


def mean_squared(outputs: Block) -> Loss:
    """Return the squared error averaged over the outputs; their number n stands in a cell."""
    n = float(outputs.value)
    return Loss(
        "mean_squared", N_("mean squared error (MSE)"),
        lambda A, Y: np.sum((A - Y) ** 2, axis=0) / n, lambda A, Y: 2 * (A - Y) / n,
        lambda a, y: (a - y) ** 2 / outputs, lambda a, y: 2 * (a - y) / outputs,
        "L = Σⱼ (aⱼ − yⱼ)² / n", "∂L/∂A = 2·(A − Y) / n", lambda a, y: squared_distance(a, y) / outputs,
    )  # fmt: skip


def binary_cross_entropy(outputs: Block, *, mean: bool) -> Loss:
    """Return binary cross-entropy of several outputs: their sum, or their mean, as Keras has it; their number n stands in a cell."""
    if outputs.value == 1:
        return BINARY_CROSS_ENTROPY
    each = "Σⱼ (yⱼ·ln aⱼ + (1 − yⱼ)·ln(1 − aⱼ))"
    if not mean:
        return replace(BINARY_CROSS_ENTROPY, math=f"L = −{each}")
    n, whole = float(outputs.value), BINARY_CROSS_ENTROPY
    return replace(
        whole, value=lambda A, Y: whole.value(A, Y) / n, slope=lambda A, Y: whole.slope(A, Y) / n,
        unit_formula=lambda a, y: whole.unit_formula(a, y) / outputs,
        slope_formula=lambda a, y: whole.slope_formula(a, y) / outputs, math=f"L = −{each} / n",
        slope_math="∂L/∂A = −(Y/A − (1 − Y)/(1 − A)) / n", outputs=outputs,
    )  # fmt: skip


def averaged(loss: Loss) -> Loss:
    """Return the same loss as a mean over the examples."""
    return replace(loss, mean=True)


def summed(loss: Loss) -> Loss:
    """Return the same loss as a sum over the examples."""
    return replace(loss, mean=False)
