"""The small network of the well-known Python class: 3-4-1, no biases, sigmoid twice, 1500 iterations, all of them live.

Symbols and shapes

    X   (3, 4)   inputs, one column an example; x₃ is always 1        Y   (1, 4)   targets: x₁ XOR x₂
    W¹  (4, 3)   weights of the hidden layer, one row a unit          W²  (1, 4)   weights of the output
    Z, A         weighted sums and activations, A = σ(Z)              Ŷ = A²       predictions
    C            SSE, Σ (ŷ − y)², summed over the four examples

The article's code lays one example a row and one unit a column, so each of its arrays is the transpose of the one
here: input = Xᵀ, weights1 = (W¹)ᵀ, layer1 = (A¹)ᵀ, output = Ŷᵀ. Its d_weights point downhill, −∂C/∂W, and are added.

Article: neural-network-in-python. It sets no seed; the start here is chosen so that its four printed predictions come out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import SIGMOID, Array
from scenarios.common.dense import (
    Backward,
    Forward,
    Layer,
    activation,
    cost,
    given_layer,
    hidden_delta,
    output_delta,
    pre_activation,
    slopes,
    sup,
    update,
    weight_gradient,
)
from scenarios.common.gradient_check import check_chosen_parameter
from scenarios.common.losses import SQUARED
from scenarios.common.network_map import network_map
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Direction, Expr, Operand, call, dot, if_, number_of, pick, total
from workbook.scenario import Parameter, Scenario
from workbook.sheet import Sheet, Table
from workbook.text import N_, _

INPUTS, HIDDEN, EXAMPLES = 3, 4, 4
X_ROWS = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], dtype=float)
TARGETS = np.array([0, 1, 1, 0], dtype=float)
PRINTED = (0.023, 0.979, 0.975, 0.025)
ARTICLE_ITERATIONS, ARTICLE_SEED, ARTICLE_RATE = 1500, 147615, 1.0
RATE_BOUNDS = Between(0, 5)


def start_weights(seed: int) -> tuple[Array, Array]:
    """Return W¹ (4, 3) and W² (1, 4) as the article's code draws them: rand(3, 4), then rand(4, 1), transposed."""
    random = np.random.RandomState(seed)  # noqa: NPY002 - the article's code uses NumPy's old generator
    return random.rand(INPUTS, HIDDEN).T, random.rand(HIDDEN, 1).T


@dataclass(frozen=True)
class Run:
    """Every iteration's numbers; the first axis counts iterations, one more than there are updates."""

    W1: Array  # (T, 4, 3)
    W2: Array  # (T, 4)
    A1: Array  # (T, 4 examples, 4 units)
    output: Array  # (T, 4)
    delta1: Array  # (T, 4 examples, 4 units)
    delta2: Array  # (T, 4)
    dW1: Array  # (T, 4, 3)
    dW2: Array  # (T, 4)

    @property
    def loss(self) -> Array:
        return np.sum((self.output - TARGETS) ** 2, axis=1)


def train(W1: Array, W2: Array, eta: float, iterations: int) -> Run:
    """Run the article's loop: feedforward, backprop, update; all four examples in every iteration."""
    numbers: list[tuple[Array, ...]] = []
    W2 = W2[0]
    for _iteration in range(iterations + 1):
        A1 = 1 / (1 + np.exp(-X_ROWS @ W1.T))
        output = 1 / (1 + np.exp(-A1 @ W2))
        delta2 = 2 * (output - TARGETS) * output * (1 - output)
        delta1 = np.outer(delta2, W2) * A1 * (1 - A1)
        dW1, dW2 = delta1.T @ X_ROWS, A1.T @ delta2
        numbers.append((W1, W2, A1, output, delta1, delta2, dW1, dW2))
        W1, W2 = W1 - eta * dW1, W2 - eta * dW2
    return Run(*(np.array(series) for series in zip(*numbers, strict=True)))


@dataclass(frozen=True)
class Inputs:
    """The blocks of the first sheet that everything else reads."""

    X: Block
    Y: Block
    layers: list[Layer]
    eta: Block
    iterations: Block


@dataclass(frozen=True)
class Unrolled:
    """The blocks of the unrolled run that other sheets read: a row an iteration."""

    iteration: Block
    W1: list[Block]  # one an input: the weights from input k to the four hidden units
    W2: Block
    output: list[Block]  # one an example
    loss: Block
    rose: Block


class Xor(Scenario):
    """The 3-4-1 network of the Python class."""

    name = "xor"
    title = N_("A neural network in a few lines of Python: 3-4-1, learning XOR in 1500 iterations")
    article = N_("Introduction to neural networks and a Python implementation (neural-network-in-python)")
    summary = N_(
        "The article's class with its two functions, feedforward and backprop, as a spreadsheet: every one of the 1500 "
        "iterations is a row of live formulas, and any of them opens up into its matrices beside the lines of code."
    )
    order = 140
    locale = Path(__file__).parent / "locale"
    parameters = (
        Parameter("lr", ARTICLE_RATE, N_("learning rate η"), 0, 5),
        Parameter("iterations", ARTICLE_ITERATIONS, N_("iterations of the training loop"), 10, 3000, whole=True),
        Parameter("seed", ARTICLE_SEED, N_("seed of the random start"), 0, 2**32 - 1, whole=True),
    )

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        book.first_change = _(
            "on the sheet Iteration, type another number into the yellow cell “iteration to look at” (1, 100, 1500) and "
            "watch the matrices; then, on the sheet Network, try the learning rate 0.1."
        )
        network = book.sheet("Network", _("The network: four examples, sixteen weights, no biases"))
        result = book.sheet("Result", _("The result: loss curve and predictions"))
        one = book.sheet("Iteration", _("One iteration: feedforward and backprop, line by line"))
        map_sheet = book.sheet("Map", _("Map: the whole network on one page"), column_width=8)
        table_sheet = book.sheet("Run", _("The whole run: one iteration a row, every cell a formula"))

        inputs = _network_sheet(network, settings)
        run = train(*start_weights(settings["seed"]), settings["lr"], settings["iterations"])
        unrolled = _run_sheet(table_sheet, inputs, run)
        _result_sheet(result, inputs, unrolled, run)
        layers, passed, back, whole = _iteration_sheet(one, inputs, unrolled, run)
        map_sheet.step(
            _("The map"),
            _("The picked iteration: every Z lies where its row of W (left) meets its column of activations (above). Click a name to go to its step."),
        )
        network_map(map_sheet, layers, passed, inputs.Y, whole, back)


# ------------------------------------------------------------------------------------------------ the network


def _network_sheet(sheet: Sheet, settings: Mapping[str, Any]) -> Inputs:
    sheet.step(
        _("The four examples"),
        _("The target is x₁ XOR x₂: 1 where exactly one of the two is 1. One example a column."),
        "y = x₁ XOR x₂,   x₃ = 1",
    )
    bits = {"number_format": "0", "columns": Counter("i = "), "valid": Between(-10, 10)}
    X = sheet.given(
        "X", X_ROWS.T, symbol="X", title=_("inputs: one column an example"), rows=Counter("k = "), article=X_ROWS.T, **bits
    )
    Y = sheet.given(
        "Y", TARGETS[None, :], symbol="Y", title=_("targets"), rows=Counter("j = "), article=TARGETS[None, :], **bits
    )
    sheet.remark(_("Printed in the article: the four rows 001→0, 011→1, 101→1, 111→0."))
    sheet.remark(
        _("The network has no biases, but x₃ is 1 in every example: its weight adds the same number each time, so it is the bias of the hidden units. The output has none.")
    )
    sheet.step(
        _("The class"),
        _("What the article's code keeps: the examples, two tables of weights that start at random, and the output."),
    )
    for line in (
        "self.input = x                                  # (4, 3)",
        "self.weights1 = np.random.rand(3, 4)",
        "self.weights2 = np.random.rand(4, 1)",
        "self.y = y                                      # (4, 1)",
    ):
        sheet.math(line)
    sheet.remark(
        _("The code's listings are lost from the article's text; the lines here are those of the class that it retells. The code lays one example a row and one unit a column, so each of its arrays is the transpose of the table here: input = Xᵀ, weights1 = (W¹)ᵀ, layer1 = (A¹)ᵀ, output = Ŷᵀ.")
    )
    sheet.step(
        _("Where it starts"),
        _("Sixteen random numbers between 0 and 1: nothing about XOR is in them yet. Change any of them, and all iterations follow."),
    )
    W1, W2 = start_weights(settings["seed"])
    article_W1, article_W2 = start_weights(ARTICLE_SEED)
    layers = [
        given_layer(sheet, 1, W1, None, SIGMOID, article_W=article_W1, number_format="0.000000"),
        given_layer(sheet, 2, W2, None, SIGMOID, article_W=article_W2, number_format="0.000000"),
    ]
    sheet.remark(
        _("Chosen here: the article sets no seed. NumPy's RandomState({seed}), rand(3, 4) and then rand(4, 1), gives all four predictions that it prints.").format(seed=ARTICLE_SEED)
    )
    sheet.step(
        _("How it learns"),
        _("Each iteration takes one step of gradient descent with all four examples; the code adds its d_weights unscaled, which is the learning rate 1."),
        "W ← W − η·∂C/∂W",
    )
    eta = sheet.given(
        "eta", settings["lr"], symbol="η", title=_("learning rate"), valid=RATE_BOUNDS, number_format="0.000",
        article=np.asarray(ARTICLE_RATE),
    )  # fmt: skip
    iterations = sheet.recorded(
        "iterations", float(settings["iterations"]), symbol="N", title=_("iterations of the training loop"), number_format="0",
        article=np.asarray(float(ARTICLE_ITERATIONS)),
    )  # fmt: skip
    return Inputs(X, Y, layers, eta, iterations)


# ------------------------------------------------------------------------------------------------ the unrolled run


def _run_sheet(sheet: Sheet, inputs: Inputs, run: Run) -> Unrolled:
    sheet.step(
        _("Every iteration"),
        _("Read a row from left to right: weights, hidden activations, predictions, errors, loss, gradients. The next row's weights come from this row's gradients."),
        "A¹ = σ(W¹·X) → Ŷ = σ(W²·A¹) → δ² = 2(Ŷ − Y) ∗ Ŷ ∗ (1 − Ŷ) → δ¹ = (W²)ᵀ·δ² ∗ A¹ ∗ (1 − A¹) → ∂C/∂W² = Σ δ²·a¹, ∂C/∂W¹ = Σ δ¹·x",
    )
    sheet.remark(
        _("The last row holds the weights after the last update; the article stops before using them. Columns are grouped: x₁→ holds the weights from x₁ to the four hidden units.")
    )
    units = Counter("j = ")
    with sheet.table(Counter("n = "), len(run.loss), freeze=True) as table:
        iteration = table.recorded(
            "run_n", np.arange(1.0, len(run.loss) + 1), title=_("iteration"), symbol="n", number_format="0"
        )
        gradients1: list[Block] = []
        gradients2: list[Block] = []
        W1, W2 = inputs.layers[0].W, inputs.layers[1].W
        weights1 = [
            table.updated(
                f"run_W1_x{k + 1}",
                run.W1[:, :, k],
                _descend(gradients1, k, inputs.eta),
                first=_column_of(W1, k),
                title=_("W¹: weights from x{input}").format(input=k + 1),
                columns=units,
            )
            for k in range(INPUTS)
        ]
        _state_updates(weights1, gradients1, inputs.eta)
        weights2 = table.updated(
            "run_W2",
            run.W2,
            lambda t, j: weights2[t - 1, j] - inputs.eta * gradients2[0][t - 1, j],
            first=lambda j: W2[0, j],
            title=_("W²: weights from the hidden units"),
            columns=units,
        )
        hidden = [_hidden_columns(table, inputs.X, weights1, run, i) for i in range(EXAMPLES)]
        output = [_output_column(table, hidden[i], weights2, run, i) for i in range(EXAMPLES)]
        errors = [_error_column(table, output[i], inputs.Y, run, i) for i in range(EXAMPLES)]
        loss = table.derived(
            "run_loss",
            run.loss,
            lambda t: _sum([error[t] ** 2 for error in errors]),
            title=_("loss (SSE)"),
            symbol="C",
            math="Σ (ŷ − y)²",
            number_format="0.000000",
        )
        delta2 = [_output_delta_column(table, errors[i], output[i], run, i) for i in range(EXAMPLES)]
        gradients2.append(
            table.gradient(
                "run_dW2",
                run.dW2,
                lambda t, j: _sum([delta2[i][t] * hidden[i][t, j] for i in range(EXAMPLES)]),
                title="∂C/∂W²",
                math="Σᵢ δ²ᵢ·a¹ᵢⱼ",
                columns=units,
                number_format="0.000000",
            )
        )
        delta1 = [_hidden_delta_columns(table, delta2[i], weights2, hidden[i], run, i) for i in range(EXAMPLES)]
        gradients1 += [_first_gradient_columns(table, inputs.X, delta1, run, k) for k in range(INPUTS)]
        rises = np.concatenate([[0.0], (np.diff(run.loss) > 0).astype(float)])
        rose = table.derived(
            "run_rose",
            rises,
            lambda t: if_(loss[t] > loss[t - 1], 1, 0),
            first=lambda: 0,
            title=_("did the loss rise? 1 yes"),
            number_format="0",
        )
    return Unrolled(iteration, weights1, weights2, output, loss, rose)


def _sum(terms: list[Expr]) -> Expr:
    whole = terms[0]
    for term in terms[1:]:
        whole = whole + term
    return whole
