"""The training by NumPy, every iteration of it, and page Run: the same, a row of live formulas per iteration.

Lists hold a block per input (k) or per example (i). The weights of a row read the slopes of the row above, which stand
further to the right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from math import exp
from operator import add

import numpy as np

from scenarios.common.activations import SIGMOID, Array
from scenarios.common.columns import yes_no
from scenarios.common.layer import Parameters
from scenarios.common.training import in_order, propagate, stepped
from workbook.block import Counter
from workbook.formula import Expr, if_
from workbook.page import Page
from workbook.text import _

INPUTS, HIDDEN, EXAMPLES = range(3), range(4), range(4)
X_ROWS = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], dtype=float)
TARGETS = np.array([0, 1, 1, 0], dtype=float)


def _sigmoid(z: Array) -> Array:
    powers: Array = np.array([exp(min(-x, 700)) for x in z.ravel()]).reshape(
        z.shape
    )  # the C library's, as spreadsheets have it
    return 1 / (1 + powers)


LAYERS = (replace(SIGMOID, value=_sigmoid),) * 2


def start_weights(seed: int) -> tuple[Array, Array]:
    """Return W¹ (4, 3) and W² (1, 4) as the article's code draws them: rand(3, 4), then rand(4, 1), transposed."""
    random = np.random.RandomState(seed)  # the article's code draws from NumPy's old generator
    return random.rand(len(INPUTS), len(HIDDEN)).T, random.rand(len(HIDDEN), 1).T


@dataclass(frozen=True)
class Run:
    """Every iteration's numbers; the first axis counts iterations, one more than there are updates."""

    W1: Array  # (T, 4, 3)
    W2: Array  # (T, 4)
    A1: Array  # (T, 4 examples, 4 neurons)
    output: Array  # (T, 4)
    delta1: Array  # (T, 4 examples, 4 neurons)
    delta2: Array  # (T, 4)
    dW1: Array  # (T, 4, 3)
    dW2: Array  # (T, 4)
    loss: Array  # (T,)


def train(W1: Array, W2: Array, X: Array, Y: Array, eta: float, iterations: int) -> Run:
    """Run the article's loop, feedforward, backprop, update, with all four examples in every iteration.

    X (4, 3) and Y (4, 1) have an example per row. Sums are taken from left to right, and products as the cells take them:
    a large learning rate makes the loop chaotic, and the last bit of a number would grow until nothing agrees.
    """
    state: Parameters = [(W1, None), (W2, None)]
    rows = []
    for _iteration in range(iterations + 1):
        _inputs, (_z1, a1), (_z2, a2) = propagate(state, LAYERS, X, in_order)
        d2 = 2 * (a2 - Y) * a2 * (1 - a2)
        d1 = in_order(d2, state[1][0]) * a1 * (1 - a1)
        dW1, dW2 = in_order(d1.T, X), in_order(d2.T, a1)
        loss = reduce(add, (a2[:, 0] - Y[:, 0]) ** 2)
        rows.append((state[0][0], state[1][0][0], a1, a2[:, 0], d1, d2[:, 0], dW1, dW2[0], loss))
        state = stepped(state, [(dW1, None), (dW2, None)], eta)
    return Run(*(np.array(column) for column in zip(*rows, strict=True)))


def run_page(page: Page, run: Run) -> None:
    """Add a row per iteration: weights, activations, predictions, errors, loss, blames, slopes."""
    page.step(
        _("Every iteration"), _("Read a row from left to right. The next row's weights come from this row's slopes."),
        "A¹ = σ(W¹·X) → Ŷ = σ(W²·A¹) → δ² = 2(Ŷ − Y) ∗ Ŷ ∗ (1 − Ŷ) → δ¹ = (W²)ᵀ·δ² ∗ A¹ ∗ (1 − A¹)",
    )  # fmt: skip
    page.math("∂L/∂W² = Σ δ²·a¹,   ∂L/∂W¹ = Σ δ¹·x,   W ← W − η·∂L/∂W")
    page.source(_("The last row holds the weights after the last update; the article stops before using them."))
    X, Y, first, second, eta = (page.book[id] for id in ("X", "Y", "W1", "W2", "eta"))
    units, count = {"columns": Counter("j = ")}, len(run.loss)
    with page.table(Counter("n = "), count, freeze=True) as t:
        t.recorded("run_n", np.arange(1.0, count + 1), "n", _("iteration"))
        W1 = [
            t.updated(
                f"run_W1_x{k + 1}", run.W1[:, :, k], lambda t, j, k=k: W1[k][t - 1, j] - eta * dW1[k][t - 1, j],
                "", _("W¹ from x{input}").format(input=k + 1), first=lambda j, k=k: first[j, k], **units,
            )
            for k in INPUTS
        ]  # fmt: skip
        W2 = t.updated(
            "run_W2", run.W2, lambda t, j: W2[t - 1, j] - eta * dW2[t - 1, j], "", "W²", first=lambda j: second[0, j],
            **units,
        )  # fmt: skip
        hidden = [
            t.derived(
                f"run_A1_{i + 1}", run.A1[:, i],
                lambda t, j, i=i: SIGMOID.value_formula(_sum([W1[k][t, j] * X[k, i] for k in INPUTS])),
                "", _("a¹ of example {example}").format(example=i + 1), **units,
            )
            for i in EXAMPLES
        ]  # fmt: skip
        output = [
            t.derived(
                f"run_output_{i + 1}", run.output[:, i],
                lambda t, i=i: SIGMOID.value_formula(_sum([hidden[i][t, j] * W2[t, j] for j in HIDDEN])),
                f"ŷ{'₁₂₃₄'[i]}", _("prediction {example}").format(example=i + 1),
            )
            for i in EXAMPLES
        ]  # fmt: skip
        error = [
            t.derived(
                f"run_error_{i + 1}", run.output[:, i] - Y.value[0, i], lambda t, i=i: output[i][t] - Y[0, i],
                f"ŷ{'₁₂₃₄'[i]} − y{'₁₂₃₄'[i]}", _("error {example}").format(example=i + 1),
            )
            for i in EXAMPLES
        ]  # fmt: skip
        loss = t.derived(
            "run_loss", run.loss, lambda t: _sum([e[t] ** 2 for e in error]), "Σ (ŷ − y)²", _("loss (SSE)")
        )
        t.derived(
            "run_rose", np.concatenate([[0.0], np.diff(run.loss) > 0]), lambda t: if_(loss[t] > loss[t - 1], 1, 0),
            "", _("did the loss rise?"), first=lambda: 0, number_format=yes_no(),
        )  # fmt: skip
        delta2 = [
            t.gradient(
                f"run_D2_{i + 1}", run.delta2[:, i],
                lambda t, i=i: 2 * error[i][t] * SIGMOID.slope_formula(output[i][t], output[i][t]),
                "2(ŷ − y)·σ′", _("δ² of example {example}").format(example=i + 1),
            )
            for i in EXAMPLES
        ]  # fmt: skip
        dW2 = t.gradient(
            "run_dW2", run.dW2, lambda t, j: _sum([delta2[i][t] * hidden[i][t, j] for i in EXAMPLES]), "", "∂L/∂W²",
            **units,
        )  # fmt: skip
        delta1 = [
            t.gradient(
                f"run_D1_{i + 1}", run.delta1[:, i],
                lambda t, j, i=i: delta2[i][t] * W2[t, j] * SIGMOID.slope_formula(hidden[i][t, j], hidden[i][t, j]),
                "", _("δ¹ of example {example}").format(example=i + 1), **units,
            )
            for i in EXAMPLES
        ]  # fmt: skip
        dW1 = [
            t.gradient(
                f"run_dW1_x{k + 1}", run.dW1[:, :, k],
                lambda t, j, k=k: _sum([delta1[i][t, j] * X[k, i] for i in EXAMPLES]),
                "", _("∂L/∂W¹ from x{input}").format(input=k + 1), **units,
            )
            for k in INPUTS
        ]  # fmt: skip


def _sum(terms: list[Expr]) -> Expr:
    return reduce(add, terms)
