"""Softmax, and the losses: what a whole network comes to in one number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy

from scenarios.common.activations import sigmoid_formula
from scenarios.graph.operation import Operation, Pull, Slopes, cell, held
from workbook.block import Block, Role, Shading
from workbook.formula import absolute, call, dot, exp, largest, ln, mean, squared_distance, total


def exponentials(name: str, S: Block) -> Block:
    """Return eˢ of every cell, counted from the largest of its row: no exponent is above 0, and none so low that it is an error."""
    value = numpy.exp(numpy.maximum(S.value - S.value.max(axis=1, keepdims=True), -700))
    formula = lambda i, j: exp(largest(S[i, j] - largest(S[i, :]), -700))  # noqa: E731
    return Block(f"{name}_exp", Role.DERIVED, value, "", "E", formula=formula, shading=Shading.MASK)


class Softmax(Operation):
    """Each row becomes shares that add up to 1: E = e^(S − max), divided by the row's sum."""

    shading = Shading.MASK

    def value(self, np: Any, *x: Any) -> Any:
        s = x[0] - held(x[0]).max(axis=1, keepdims=True)
        E = np.exp(np.maximum(s, -700))
        return E / np.sum(E, axis=1, keepdims=True)

    def inner(self, name: str, X: Sequence[Block]) -> list[Block]:
        return [exponentials(name, X[0])]

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        (E,) = inner
        return {"formula": lambda i, j: E[i, j] / total(E[i, :])}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        products = " + ".join(f"{cell(Y, 0, u)}·{cell(dY, 0, u, digits=3)}" for u in range(Y.shape[1]))
        written = f"{cell(Y, 0, 0)}·({cell(dY, 0, 0, digits=3)} − ({products}))"
        math = f"{Y.symbol} ∗ ({dY.symbol} − Σ {Y.symbol}∗{dY.symbol})"
        return [Pull(lambda i, j: Y[i, j] * (dY[i, j] - dot(Y[i, :], dY[i, :])), math, written)]

    def math(self, *x: str) -> str:
        return f"softmax({x[0]})"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        (E,) = inner
        return f"{cell(E, 0, 0, digits=3)} / ({' + '.join(cell(E, 0, u, digits=3) for u in range(E.shape[1]))})"


class HalfSquared(Operation):
    """L = ½ Σ (A − Y)²."""

    def value(self, np: Any, *x: Any) -> Any:
        return 0.5 * np.sum((x[0] - x[1]) ** 2)

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        return {"formula": lambda: 0.5 * squared_distance(X[0], X[1])}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        A, target = X
        at = (0,) * A.value.ndim
        written = f"{cell(A, *at)} − {cell(target, *at)}"
        return [Pull(lambda *at: A[at] - target[at], f"{A.symbol} − {target.symbol}", written), None]

    def math(self, *x: str) -> str:
        return f"½ Σ ({x[0]} − {x[1]})²"


class MeanSquared(Operation):
    """L = the mean of (A − Y)² over all cells."""

    def value(self, np: Any, *x: Any) -> Any:
        return np.mean((x[0] - x[1]) ** 2)

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        return {"formula": lambda: squared_distance(X[0], X[1]) / call("COUNT", X[1])}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        A, target = X
        written = f"2·({cell(A, 0, 0)} − {cell(target, 0, 0)}) / {A.value.size}"
        math = f"2·({A.symbol} − {target.symbol}) / n"
        return [Pull(lambda i, j: 2 * (A[i, j] - target[i, j]) / call("COUNT", target), math, written), None]

    def math(self, *x: str) -> str:
        return f"Σ ({x[0]} − {x[1]})² / n"


class CrossEntropy(Operation):
    """L = the mean over the rows of −Σ Y ln softmax(S), as ln Σ eˢ − Σ Y∗S: no logarithm of 0."""

    def value(self, np: Any, *x: Any) -> Any:
        top = held(x[0]).max(axis=1, keepdims=True)
        whole = top[:, 0] + np.log(np.sum(np.exp(np.maximum(x[0] - top, -700)), axis=1))
        return np.mean(np.sum(x[1], axis=1) * whole - np.sum(x[1] * x[0], axis=1))

    def inner(self, name: str, X: Sequence[Block]) -> list[Block]:
        S, Y = X
        E = exponentials(name, S)
        whole = S.value.max(axis=1) + numpy.log(E.value.sum(axis=1))
        each = Block(
            f"{name}_each", Role.DERIVED, Y.value.sum(axis=1) * whole - (Y.value * S.value).sum(axis=1), "", "−ln p",
            formula=lambda i: total(Y[i, :]) * (largest(S[i, :]) + ln(total(E[i, :]))) - dot(Y[i, :], S[i, :]),
        )  # fmt: skip
        return [E, each]

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        return {"formula": lambda: mean(inner[1])}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        S, target = X
        E, each = inner

        def formula(i: Any, j: Any) -> Any:
            return (total(target[i, :]) * E[i, j] / total(E[i, :]) - target[i, j]) / call("COUNT", each)

        return [Pull(formula, f"(softmax({S.symbol}) − {target.symbol}) / T"), None]

    def math(self, *x: str) -> str:
        return f"−Σ {x[1]} ∗ ln softmax({x[0]}) / T"


class BinaryCrossEntropy(Operation):
    """L = the mean of −Y ln σ(Z) − (1 − Y) ln(1 − σ(Z)), as max(Z, 0) − Z·Y + ln(1 + e^−|Z|): no logarithm of 0."""

    def value(self, np: Any, *x: Any) -> Any:
        return np.mean(np.logaddexp(0.0, x[0]) - x[0] * x[1])

    def inner(self, name: str, X: Sequence[Block]) -> list[Block]:
        Z, Y = X
        value = numpy.logaddexp(0, Z.value) - Z.value * Y.value

        def formula(*at: Any) -> Any:
            z = Z[at]
            return largest(z, 0) - z * Y[at] + ln(1 + exp(largest(-absolute(z), -700)))

        return [Block(f"{name}_each", Role.DERIVED, value, "", "−ln p", formula=formula)]

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        return {"formula": lambda: mean(inner[0])}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        Z, target = X
        math = f"(σ({Z.symbol}) − {target.symbol}) / n"
        return [Pull(lambda *at: (sigmoid_formula(Z[at]) - target[at]) / call("COUNT", inner[0]), math), None]

    def math(self, *x: str) -> str:
        return f"−Σ ({x[1]} ln σ({x[0]}) + (1 − {x[1]}) ln σ(−{x[0]})) / n"
