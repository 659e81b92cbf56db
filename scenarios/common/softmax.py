"""Softmax: a column of weighted sums becomes a column of probabilities.

Z, P are (n, m), one column an example. It is the one activation in which every unit hears all others: its derivative is a
matrix for each example, ∂pⱼ/∂zₖ = pⱼ·([j = k] − pₖ).

Exponents count from the column's largest z, so that EXP does not overflow, and are held at −700, so that no p is 0 and 1/p is a number.
ln p never comes from p: it is z − max z − ln Σₖ e^(zₖ − max z), which is exact however far the z lie apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.dense import examples, sup
from workbook.block import Between, Block, Counter
from workbook.eager import Sheet, Table
from workbook.formula import Direction, dot, equal, exp, if_, largest, ln, number_of, pick, total
from workbook.text import _

LOWEST_EXPONENT = -700


def _exponentials(Z: Array) -> Array:
    held: Array = np.exp(np.maximum(Z - Z.max(axis=0), LOWEST_EXPONENT))
    return held


def softmax(Z: Array) -> Array:
    """Return the probabilities of every column, (n, m)."""
    E = _exponentials(Z)
    P: Array = E / E.sum(axis=0)
    return P


def log_softmax(Z: Array) -> Array:
    """Return the logarithms of the probabilities of every column, (n, m)."""
    logs: Array = Z - Z.max(axis=0) - np.log(_exponentials(Z).sum(axis=0))
    return logs


def pulled_back(P: Array, dP: Array) -> Array:
    """Return ∂C/∂Z from ∂C/∂P: for each column Jᵀ·∂C/∂p, (n, m)."""
    pulled: Array = P * (dP - np.sum(P * dP, axis=0))
    return pulled


# ---------------------------------------------------------------------------------------------- on a sheet


@dataclass(frozen=True)
class Probabilities:
    """Softmax on a sheet: z (n, m), the largest of each column (m,), the sums of the exponentials (m,), and P (n, m)."""

    Z: Block
    top: Block
    S: Block
    P: Block

    def logarithms(self, sheet: Sheet, suffix: str) -> Block:
        """Add ln P, (n, m), from z."""
        Z, top, S = self.Z, self.top, self.S
        return sheet.derived(
            f"ln_P{suffix}",
            log_softmax(Z.value),
            lambda j, i: Z[j, i] - top[i] - ln(S[i]),
            symbol="ln P",
            title=_("logarithms of the probabilities, from z: exact also where p is too small for a number"),
            math="ln p = z − max z − ln S",
            rows=Counter("j = "),
            columns=examples(),
            number_format="0.000000",
        )


def softmax_blocks(sheet: Sheet, Z: Block, number: int, suffix: str = "") -> Probabilities:
    """Add the largest z, the exponentials, their sums, and the probabilities of every column."""
    top = sheet.derived(
        f"z_max{suffix}",
        Z.value.max(axis=0),
        lambda i: largest(Z[:, i]),
        title=_("largest weighted sum of each example"),
        symbol="max z",
        along=Direction.RIGHT,
        columns=examples(),
    )
    with sheet.beside():
        E = sheet.derived(
            f"E{suffix}",
            _exponentials(Z.value),
            lambda j, i: exp(largest(Z[j, i] - top[i], LOWEST_EXPONENT)),
            symbol="E",
            title=_("exponentials, counted from the largest"),
            math="e^max(z − max z, −700)",
            rows=Counter("j = "),
            columns=examples(),
            number_format="0.000000",
        )
        S = sheet.derived(
            f"E_sum{suffix}",
            E.value.sum(axis=0),
            lambda i: total(E[:, i]),
            symbol="S",
            title=_("sum of each column"),
            math="S = Σⱼ eⱼ",
            along=Direction.RIGHT,
            columns=examples(),
        )
    P = sheet.derived(
        f"A{number}{suffix}",
        softmax(Z.value),
        lambda j, i: E[j, i] / S[i],
        symbol=f"P = A{sup(number)}",
        title=_("probabilities: softmax"),
        math="P = E / S",
        rows=Counter("j = "),
        columns=examples(),
        number_format="0.000000",
    )
    sheet.sentence(f"written_P{suffix}", "p₁ = {e:6} / {S:6} = {p:6}", e=E[0, 0], S=S[0], p=P[0, 0])
    return Probabilities(Z, top, S, P)


def jacobian_of_one_example(sheet: Sheet, P: Block, dP: Block) -> None:
    """Add the Jacobian of one example, which the reader chooses, and its product with ∂C/∂p."""
    m = P.shape[1]
    chosen = sheet.given(
        "jac_example", 1.0, symbol="i", title=_("column to look at"), number_format="0", valid=Between(1, m, whole=True)
    )
    p_value, dp_value = P.value[:, 0], dP.value[:, 0]
    with sheet.beside():
        p = sheet.derived(
            "jac_p", p_value, lambda j: pick(P, number_of(j), chosen), symbol="p", title=_("its probabilities"),
            rows=Counter("j = "), columns=[""], number_format="0.000000",
        )  # fmt: skip
        J = sheet.derived(
            "jac_J",
            np.diag(p_value) - np.outer(p_value, p_value),
            lambda j, k: if_(equal(number_of(j), number_of(k)), p[j] * (1 - p[j]), -p[j] * p[k]),
            symbol="J",
            title=_("Jacobian"),
            math="∂pⱼ/∂zₖ = pⱼ·([j = k] − pₖ)",
            rows=Counter("j = "),
            columns=Counter("k = "),
            number_format="0.000000",
        )
        g = sheet.gradient(
            "jac_dp", dp_value, lambda j: pick(dP, number_of(j), chosen), symbol="∂C/∂p", title="",
            rows=Counter("j = "), columns=[""], number_format="0.000000",
        )  # fmt: skip
        sheet.gradient(
            "jac_dz",
            J.value.T @ dp_value,
            lambda k: dot(J[k, :], g[:]),  # J is symmetric
            symbol="∂C/∂z",
            title="",
            math="Jᵀ·∂C/∂p",
            rows=Counter("k = "),
            columns=[""],
            number_format="0.000000",
        )


def softmax_columns(table: Table, z: Block, id: str, subscript: str, number: int) -> tuple[Block, Block]:
    """Add the softmax of a table's columns z, (rows, n), one example a row; return the exponentials and the probabilities."""
    e = table.derived(
        f"{id}_e",
        _exponentials(z.value.T).T,
        lambda p, j: exp(largest(z[p, j] - largest(z[p, :]), LOWEST_EXPONENT)),
        title=f"e{subscript}",
        columns=Counter("j = "),
        number_format="0.0000",
    )
    P = table.derived(
        id,
        softmax(z.value.T).T,
        lambda p, j: e[p, j] / total(e[p, :]),
        title=f"a{sup(number)}{subscript}",
        columns=Counter("j = "),
        number_format="0.0000",
    )
    return e, P


def log_sum_column(table: Table, z: Block, e: Block, id: str, subscript: str) -> Block:
    """Add ln Σ e^z of every row, (rows,), from z and its exponentials `e`, (rows, n)."""
    return table.derived(
        id,
        z.value.max(axis=1) + np.log(e.value.sum(axis=1)),
        lambda p: largest(z[p, :]) + ln(total(e[p, :])),
        title=f"ln Σⱼ e^zⱼ{subscript}",
        number_format="0.000000",
    )
