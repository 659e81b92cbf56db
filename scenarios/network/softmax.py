"""Softmax: a column of weighted sums becomes a column of probabilities.

Z, P are (n, m), one column an example. It is the one activation in which every unit hears all others: its derivative is a
matrix for each example, ∂pⱼ/∂zₖ = pⱼ·([j = k] − pₖ).

Exponents count from the column's largest z, so that EXP does not overflow, and are held at −700, so that no p is 0 and 1/p is a number.
ln p never comes from p: it is z − max z − ln Σₖ e^(zₖ − max z), which is exact however far the z lie apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.layer import INPUTS, NEURONS
from workbook.block import Between, Block
from workbook.formula import dot, equal, if_, number_of, pick
from workbook.page import Page
from workbook.text import _

LOWEST_EXPONENT = -700


def exponentials(Z: Array) -> Array:
    """Return e to each z, counted from its column's largest, (n, m)."""
    held: Array = np.exp(np.maximum(Z - Z.max(axis=0), LOWEST_EXPONENT))
    return held


def softmax(Z: Array) -> Array:
    """Return the probabilities of every column, (n, m)."""
    E = exponentials(Z)
    P: Array = E / E.sum(axis=0)
    return P


def log_softmax(Z: Array) -> Array:
    """Return the logarithms of the probabilities of every column, (n, m)."""
    logs: Array = Z - Z.max(axis=0) - np.log(exponentials(Z).sum(axis=0))
    return logs


def pulled_back(P: Array, dP: Array) -> Array:
    """Return ∂C/∂Z from ∂C/∂P: for each column Jᵀ·∂C/∂p, (n, m)."""
    pulled: Array = P * (dP - np.sum(P * dP, axis=0))
    return pulled


def jacobian_of_one_example(page: Page, P: Block, dP: Block) -> None:
    """Add the Jacobian of one example, which the reader chooses, and its product with ∂L/∂p."""
    chosen = page.given("jac_example", 1.0, "i", _("column to look at"), valid=Between(1, P.shape[1], whole=True))
    at = int(chosen.value) - 1
    p_value, dp_value = P.value[:, at], dP.value[:, at]
    with page.beside():
        heads: dict[str, Any] = {"rows": NEURONS, "columns": [""]}
        p = page.derived(
            "jac_p", p_value, lambda j: pick(P, number_of(j), chosen), "p", _("its probabilities"), **heads
        )
        J = page.derived(
            "jac_J", np.diag(p_value) - np.outer(p_value, p_value),
            lambda j, k: if_(equal(number_of(j), number_of(k)), p[j] * (1 - p[j]), -p[j] * p[k]), "J", _("Jacobian"),
            math="∂pⱼ/∂zₖ = pⱼ·([j = k] − pₖ)", rows=NEURONS, columns=INPUTS,
        )  # fmt: skip
        g = page.gradient("jac_dp", dp_value, lambda j: pick(dP, number_of(j), chosen), "∂L/∂p", **heads)
        page.gradient(  # J is symmetric
            "jac_dz",
            J.value.T @ dp_value,
            lambda k: dot(J[k, :], g[:]),
            "∂L/∂z",
            math="Jᵀ·∂L/∂p",
            rows=INPUTS,
            columns=[""],
        )
