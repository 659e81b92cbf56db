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
from functools import reduce
from math import exp
from operator import add
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
from scenarios.common.network_page import Shown, network_face, network_page, whole_page
from scenarios.common.outcome import nudge_size
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet, Table
from workbook.formula import Operand, call, if_, number_of, pick, total
from workbook.scenario import Parameter, Scenario
from workbook.sheet import Kind
from workbook.text import N_, _

INPUTS, HIDDEN, EXAMPLES = 3, 4, 4
X_ROWS = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], dtype=float)
TARGETS = np.array([0, 1, 1, 0], dtype=float)
PRINTED = (0.023, 0.979, 0.975, 0.025)
ARTICLE_ITERATIONS, ARTICLE_SEED, ARTICLE_RATE = 1500, 147615, 1.0
RATE_BOUNDS = Between(0, 5)

FEEDFORWARD = (
    "self.layer1 = sigmoid(np.dot(self.input, self.weights1))",
    "self.output = sigmoid(np.dot(self.layer1, self.weights2))",
)
D_WEIGHTS2 = (
    "d_weights2 = np.dot(self.layer1.T,",
    "                    2*(self.y - self.output) * sigmoid_derivative(self.output))",
)
D_WEIGHTS1 = (
    "d_weights1 = np.dot(self.input.T,",
    "                    np.dot(2*(self.y - self.output) * sigmoid_derivative(self.output), self.weights2.T)",
    "                    * sigmoid_derivative(self.layer1))",
)
UPDATE = ("self.weights1 += d_weights1", "self.weights2 += d_weights2")


def start_weights(seed: int) -> tuple[Array, Array]:
    """Return W¹ (4, 3) and W² (1, 4) as the article's code draws them: rand(3, 4), then rand(4, 1), transposed."""
    random = np.random.RandomState(seed)  # the article's code draws from NumPy's old generator
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
        loss: Array = np.sum((self.output - TARGETS) ** 2, axis=1)
        return loss


def train(W1: Array, W2: Array, eta: float, iterations: int) -> Run:
    """Run the article's loop: feedforward, backprop, update; all four examples in every iteration.

    A large learning rate makes the loop chaotic: the last bit of a sum would grow until nothing agrees. So sums are
    taken term by term from left to right, as a spreadsheet takes them, and the exponential is the C library's.
    """
    numbers: list[tuple[Array, ...]] = []
    W2 = W2[0]
    for _iteration in range(iterations + 1):
        A1 = _sigmoid(_in_order([np.outer(X_ROWS[:, k], W1[:, k]) for k in range(INPUTS)]))
        output = _sigmoid(_in_order([A1[:, j] * W2[j] for j in range(HIDDEN)]))
        delta2 = 2 * (output - TARGETS) * output * (1 - output)
        delta1 = np.outer(delta2, W2) * A1 * (1 - A1)
        dW1 = _in_order([np.outer(delta1[i], X_ROWS[i]) for i in range(EXAMPLES)])
        dW2 = _in_order([delta2[i] * A1[i] for i in range(EXAMPLES)])
        numbers.append((W1, W2, A1, output, delta1, delta2, dW1, dW2))
        W1, W2 = W1 - eta * dW1, W2 - eta * dW2
    return Run(*(np.array(series) for series in zip(*numbers, strict=True)))


def _in_order(terms: list[Any]) -> Any:
    """Return a sum taken from left to right: of arrays, or of a formula's terms."""
    return reduce(add, terms)


def _sigmoid(z: Array) -> Array:
    powers: Array = np.array([exp(-x) for x in z.ravel()]).reshape(z.shape)
    return 1 / (1 + powers)


@dataclass(frozen=True)
class Inputs:
    """The blocks of the first sheet that everything else reads."""

    X: Block
    Y: Block
    layers: list[Layer]
    eta: Block
    iterations: Block


class Xor(Scenario):
    """The 3-4-1 network of the Python class."""

    name = "xor"
    title = N_("A neural network in a few lines of Python: 3-4-1 learns XOR")
    article = N_("Introduction to neural networks and a Python implementation (neural-network-in-python)")
    summary = N_(
        "The article's class with its two functions, feedforward and backprop, as a spreadsheet: every one of the 1500 "
        "iterations is a row of live formulas, and any of them opens up into its matrices beside the lines of code."
    )
    order = 140
    large = True
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
        page = whole_page(book)
        network = book.sheet("Network", _("The network: four examples, sixteen weights, no biases"))
        result = book.sheet("Result", _("The result: loss curve and predictions"))
        one = book.sheet("Iteration", _("One iteration: feedforward and backprop, line by line"))
        nudge = book.sheet("Nudge", _("One weight held to account: nudge it and look"))
        table_sheet = book.sheet("Run", _("The whole run: one iteration a row, every cell a formula"), kind=Kind.DATA)

        inputs = _network_sheet(network, settings)
        run = train(*start_weights(settings["seed"]), settings["lr"], settings["iterations"])
        unrolled = _run_sheet(table_sheet, inputs, run)
        _result_sheet(result, inputs, unrolled, run)
        layers, passed, back, _whole = _iteration_sheet(one, inputs, unrolled, run)
        _nudge_sheet(nudge, inputs, layers, passed, back)
        network_face(book.start, network_page(page, Shown(layers, inputs.X, inputs.Y, SQUARED, inputs.eta)))


# ------------------------------------------------------------------------------------------------ the network


def _network_sheet(sheet: Sheet, settings: Mapping[str, Any]) -> Inputs:
    sheet.step(
        _("The four examples"),
        _("The target is x₁ XOR x₂: 1 where exactly one of the two is 1. One example a column."),
        "y = x₁ XOR x₂,   x₃ = 1",
    )
    bits = {"number_format": "0", "columns": Counter("i = "), "valid": Between(-10, 10)}
    X = sheet.given(
        "X",
        X_ROWS.T,
        symbol="X",
        title=_("inputs: one column an example"),
        rows=Counter("k = "),
        article=X_ROWS.T,
        **bits,
    )
    Y = sheet.given(
        "Y", TARGETS[None, :], symbol="Y", title=_("target"), rows=Counter("j = "), article=TARGETS[None, :], **bits
    )
    sheet.remark(_("Printed in the article: the four rows 001→0, 011→1, 101→1, 111→0."))
    sheet.remark(
        _(
            "The network has no biases, but x₃ is 1 in every example: its weight adds the same number each time, so it is the bias of the hidden units. The output has none."
        )
    )
    sheet.step(
        _("The class"),
        _("What the article's code keeps: the examples, two tables of weights that start at random, and the output."),
    )
    for line in (
        "self.input = x",
        "self.weights1 = np.random.rand(3, 4)",
        "self.weights2 = np.random.rand(4, 1)",
        "self.y = y",
        "self.output = np.zeros(self.y.shape)",
    ):
        sheet.math(line)
    sheet.remark(
        _(
            "The code's listings are lost from the article's text; the lines here are those of the class that it retells. The code lays one example a row and one unit a column, so each of its arrays is the transpose of the table here: input = Xᵀ, weights1 = (W¹)ᵀ, layer1 = (A¹)ᵀ, output = Ŷᵀ."
        )
    )
    sheet.step(
        _("Where it starts"),
        _(
            "Sixteen random numbers between 0 and 1: nothing about XOR is in them yet. Change any of them, and all iterations follow."
        ),
    )
    W1, W2 = start_weights(settings["seed"])
    article_W1, article_W2 = start_weights(ARTICLE_SEED)
    layers = [
        given_layer(sheet, 1, W1, None, SIGMOID, article_W=article_W1, number_format="0.000000"),
        given_layer(sheet, 2, W2, None, SIGMOID, article_W=article_W2, number_format="0.000000"),
    ]
    sheet.remark(
        _(
            "Chosen here: the article sets no seed. NumPy's RandomState({seed}), rand(3, 4) and then rand(4, 1), gives all four predictions that it prints."
        ).format(seed=ARTICLE_SEED)
    )
    sheet.step(
        _("How it learns"),
        _(
            "Each iteration takes one step of gradient descent with all four examples; the code adds its d_weights unscaled, which is the learning rate 1."
        ),
        "W ← W − η·∂C/∂W",
    )
    eta = sheet.given(
        "eta", settings["lr"], symbol="η", title=_("learning rate"), valid=RATE_BOUNDS, number_format="0.000",
        article=np.asarray(ARTICLE_RATE),
    )  # fmt: skip
    iterations = sheet.recorded(
        "iterations", float(settings["iterations"]), symbol="N", title=_("iterations of the training loop"), number_format="0",
        article=np.asarray(float(ARTICLE_ITERATIONS)), remark=_("printed in the article: 1500"),
    )  # fmt: skip
    return Inputs(X, Y, layers, eta, iterations)


# ------------------------------------------------------------------------------------------------ the unrolled run


def _run_sheet(sheet: Sheet, inputs: Inputs, run: Run) -> Unrolled:
    sheet.step(
        _("Every iteration"),
        _(
            "Read a row from left to right: weights, hidden activations, predictions, errors, loss, gradients. The next row's weights come from this row's gradients."
        ),
        "A¹ = σ(W¹·X) → Ŷ = σ(W²·A¹) → δ² = 2(Ŷ − Y) ∗ Ŷ ∗ (1 − Ŷ) → δ¹ = (W²)ᵀ·δ² ∗ A¹ ∗ (1 − A¹)",
    )
    sheet.math("∂C/∂W² = Σ δ²·a¹,   ∂C/∂W¹ = Σ δ¹·x,   W ← W − η·∂C/∂W")
    sheet.remark(_("The last row holds the weights after the last update; the article stops before using them."))
    with sheet.table(Counter("n = "), len(run.loss), freeze=True) as table:
        return Unrolled(table, inputs, run)


class Unrolled:
    """The columns of the run, a row an iteration; lists hold a block an input (k) or a block an example (i).

    The weights of a row read the gradients of the row above, which stand further to the right.
    """

    def __init__(self, table: Table, inputs: Inputs, run: Run) -> None:
        self.table, self.inputs, self.run = table, inputs, run
        self.iteration = table.recorded(
            "run_n", np.arange(1.0, len(run.loss) + 1), title=_("iteration"), symbol="n", number_format="0"
        )
        self.W1 = [self._first_weights(k) for k in range(INPUTS)]
        self.W2 = self._second_weights()
        self.hidden = [self._hidden(i) for i in range(EXAMPLES)]
        self.output = [self._output(i) for i in range(EXAMPLES)]
        self.error = [self._error(i) for i in range(EXAMPLES)]
        self.loss = self._loss()
        self.rose = self._rose()
        self.delta2 = [self._output_delta(i) for i in range(EXAMPLES)]
        self.dW2 = self._second_gradient()
        self.delta1 = [self._hidden_delta(i) for i in range(EXAMPLES)]
        self.dW1 = [self._first_gradient(k) for k in range(INPUTS)]

    def _first_weights(self, k: int) -> Block:
        W, eta = self.inputs.layers[0].W, self.inputs.eta
        return self.table.updated(
            f"run_W1_x{k + 1}",
            self.run.W1[:, :, k],
            lambda t, j: self.W1[k][t - 1, j] - eta * self.dW1[k][t - 1, j],
            first=lambda j: W[j, k],
            title=_("W¹ from x{input}").format(input=k + 1),
            columns=Counter("j = "),
        )

    def _second_weights(self) -> Block:
        W, eta = self.inputs.layers[1].W, self.inputs.eta
        return self.table.updated(
            "run_W2",
            self.run.W2,
            lambda t, j: self.W2[t - 1, j] - eta * self.dW2[t - 1, j],
            first=lambda j: W[0, j],
            title="W²",
            columns=Counter("j = "),
        )

    def _hidden(self, i: int) -> Block:
        X, W1 = self.inputs.X, self.W1
        return self.table.derived(
            f"run_A1_{i + 1}",
            self.run.A1[:, i],
            lambda t, j: SIGMOID.value_formula(_in_order([W1[k][t, j] * X[k, i] for k in range(INPUTS)])),
            title=_("a¹ of example {example}").format(example=i + 1),
            columns=Counter("j = "),
        )

    def _output(self, i: int) -> Block:
        hidden, W2 = self.hidden[i], self.W2
        return self.table.derived(
            f"run_output_{i + 1}",
            self.run.output[:, i],
            lambda t: SIGMOID.value_formula(_in_order([hidden[t, j] * W2[t, j] for j in range(HIDDEN)])),
            title=_("prediction {example}").format(example=i + 1),
            symbol=f"ŷ{_sub(i)}",
        )

    def _error(self, i: int) -> Block:
        output, Y = self.output[i], self.inputs.Y
        return self.table.derived(
            f"run_error_{i + 1}",
            self.run.output[:, i] - TARGETS[i],
            lambda t: output[t] - Y[0, i],
            title=_("error {example}").format(example=i + 1),
            symbol=f"ŷ{_sub(i)} − y{_sub(i)}",
        )

    def _loss(self) -> Block:
        return self.table.derived(
            "run_loss",
            self.run.loss,
            lambda t: _in_order([error[t] ** 2 for error in self.error]),
            title=_("loss (SSE)"),
            symbol="Σ (ŷ − y)²",
            number_format="0.000000",
        )

    def _rose(self) -> Block:
        loss = self.loss
        return self.table.derived(
            "run_rose",
            np.concatenate([[0.0], (np.diff(self.run.loss) > 0).astype(float)]),
            lambda t: if_(loss[t] > loss[t - 1], 1, 0),
            first=lambda: 0,
            title=_("did the loss rise? 1 yes"),
            number_format="0",
        )

    def _output_delta(self, i: int) -> Block:
        error, output = self.error[i], self.output[i]
        return self.table.gradient(
            f"run_D2_{i + 1}",
            self.run.delta2[:, i],
            lambda t: 2 * error[t] * output[t] * (1 - output[t]),
            title=_("δ² of example {example}").format(example=i + 1),
            symbol="2(ŷ − y)·σ′",
            number_format="0.000000",
        )

    def _second_gradient(self) -> Block:
        return self.table.gradient(
            "run_dW2",
            self.run.dW2,
            lambda t, j: _in_order([self.delta2[i][t] * self.hidden[i][t, j] for i in range(EXAMPLES)]),
            title="∂C/∂W²",
            columns=Counter("j = "),
            number_format="0.000000",
        )

    def _hidden_delta(self, i: int) -> Block:
        delta2, hidden, W2 = self.delta2[i], self.hidden[i], self.W2
        return self.table.gradient(
            f"run_D1_{i + 1}",
            self.run.delta1[:, i],
            lambda t, j: delta2[t] * W2[t, j] * hidden[t, j] * (1 - hidden[t, j]),
            title=_("δ¹ of example {example}").format(example=i + 1),
            columns=Counter("j = "),
            number_format="0.000000",
        )

    def _first_gradient(self, k: int) -> Block:
        X = self.inputs.X
        return self.table.gradient(
            f"run_dW1_x{k + 1}",
            self.run.dW1[:, :, k],
            lambda t, j: _in_order([self.delta1[i][t, j] * X[k, i] for i in range(EXAMPLES)]),
            title=_("∂C/∂W¹ from x{input}").format(input=k + 1),
            columns=Counter("j = "),
            number_format="0.000000",
        )


def _sub(example: int) -> str:
    return "₁₂₃₄"[example]


# ------------------------------------------------------------------------------------------------ the result


def _result_sheet(sheet: Sheet, inputs: Inputs, unrolled: Unrolled, run: Run) -> None:
    sheet.step(
        _("The loss, iteration by iteration"),
        _(
            "Every point of the curve is a live row of the sheet Run; the logarithmic scale shows whether the loss is still falling at the end."
        ),
        "C = Σ (ŷ − y)²",
    )
    _loss_charts(sheet, unrolled, len(run.loss) - 1)
    sheet.derived(
        "rises",
        unrolled.rose.value.sum(),
        lambda: total(unrolled.rose),
        title=_("iterations at which the loss rose"),
        number_format="0",
    )
    sheet.remark(
        _(
            "The article says that the loss falls monotonically to a minimum. With its settings it never rises; but it has not reached a minimum: with sigmoids the loss nears 0 for ever-growing weights and has no lowest point."
        )
    )
    sheet.step(
        _("The predictions after {iterations} iterations").format(iterations=len(run.loss) - 1),
        _("What the code prints is the output of its last feedforward, made before the last update."),
    )
    last = _predictions(sheet, inputs, unrolled, run)
    for i, printed in enumerate(PRINTED):
        title = _("example {example}: the article's prediction").format(example=i + 1)
        sheet.printed(f"printed_{i + 1}", title, last[i], printed, 3)
    sheet.step(
        _("How the four predictions part"),
        _(
            "With the article's settings the network at first says nearly the same to all four, which is the plateau of the loss; then it finds what tells them apart."
        ),
    )
    colours = ("#1F6FB2", "#D1711B", "#3A8F4A", "#7A3EA8")
    sheet.chart(
        Chart(
            _("The four predictions"),
            tuple(
                Series(
                    _("example {example}").format(example=i + 1), unrolled.iteration[:], output[:], colour=colours[i]
                )
                for i, output in enumerate(unrolled.output)
            ),
            _("iteration"),
            "ŷ",
            _("Four lines of the predictions by iteration: they start near each other and part to 0, 1, 1 and 0."),
            columns=6,
            x_range=(0, len(run.loss) - 1),
            y_range=(0, 1),
        )
    )
    sheet.remark(
        _(
            "The article takes the small differences from 0 and 1 for a guard against overfitting that helps with unseen data. They are no such thing: these four examples are all there are, nothing is held out, so nothing about generalisation is shown. A sigmoid reaches 0 and 1 only at infinity, and training simply stopped before."
        )
    )


def _loss_charts(sheet: Sheet, unrolled: Unrolled, iterations: int) -> None:
    series = (Series(_("loss (SSE)"), unrolled.iteration[:], unrolled.loss[:]),)
    with sheet.beside():
        for title, log in ((_("Loss by iteration"), False), (_("The same, on a logarithmic scale"), True)):
            sheet.chart(
                Chart(
                    title,
                    series,
                    _("iteration"),
                    _("loss (SSE)"),
                    _("A line of the loss by iteration: a plateau, a steep fall, a long tail."),
                    columns=4,
                    x_range=(0, iterations),
                    log_y=log,
                )
            )


def _predictions(sheet: Sheet, inputs: Inputs, unrolled: Unrolled, run: Run) -> Block:
    """Add the four examples with their last predictions, and what one more feedforward would give."""
    X, Y, n = inputs.X, inputs.Y, inputs.iterations
    with sheet.table(Counter("i = "), EXAMPLES) as table:
        table.derived("result_X", X_ROWS, lambda i, k: X[k, i], title="X", columns=Counter("x"), number_format="0")
        truth = table.derived("result_Y", TARGETS, lambda i: Y[0, i], title=_("target"), symbol="y", number_format="0")
        last = table.derived(
            "last_output",
            run.output[-2],
            None,
            each=[pick(output, n) for output in unrolled.output],
            title=_("prediction of the last feedforward"),
            symbol="ŷ",
            number_format="0.000000",
        )
        guess = (last.value >= 0.5).astype(float)
        table.derived("last_class", guess, lambda i: if_(last[i] >= 0.5, 1, 0), title=_("rounded"), number_format="0")
        table.derived(
            "last_error",
            last.value - TARGETS,
            lambda i: last[i] - truth[i],
            title=_("error"),
            symbol="ŷ − y",
            number_format="0.000000",
        )
        table.derived(
            "after_output",
            run.output[-1],
            None,
            each=[pick(output, n + 1) for output in unrolled.output],
            title=_("with the weights after the last update"),
            symbol="ŷ",
            number_format="0.000000",
        )
    return last


# ------------------------------------------------------------------------------------------------ one iteration


def _iteration_sheet(
    sheet: Sheet, inputs: Inputs, unrolled: Unrolled, run: Run
) -> tuple[list[Layer], Forward, Backward, Block]:
    sheet.step(
        _("Pick an iteration"),
        _("The yellow cell picks the row of the sheet Run whose weights everything below uses."),
    )
    iteration = sheet.given(
        "iteration",
        1.0,
        symbol="n",
        title=_("iteration to look at"),
        number_format="0",
        valid=Between(1, len(run.loss) - 1, whole=True),
    )
    row_loss = _where_it_stands(sheet, unrolled, run, iteration)
    sheet.text(
        _("The tables lie as in the other workbooks, one example a column; each is the code's array, transposed.")
    )
    layers = _picked_weights(sheet, unrolled, run, iteration)
    passed, whole = _feedforward(sheet, inputs, layers)
    back = _backprop(sheet, inputs, layers, passed)
    new_layers = _update(sheet, inputs, layers, back)
    _meet_the_run(sheet, unrolled, run, iteration, new_layers, whole, row_loss)
    return layers, passed, back, whole


def _where_it_stands(sheet: Sheet, unrolled: Unrolled, run: Run, iteration: Block) -> Block:
    """Mark the picked iteration on the curve of the loss; return its loss."""
    row_loss = sheet.derived(
        "row_loss",
        run.loss[int(iteration.value) - 1],
        lambda: pick(unrolled.loss, iteration),
        title=_("loss in the sheet Run"),
        number_format="0.000000",
    )
    sheet.chart(
        Chart(
            _("Where this iteration stands"),
            (
                Series(_("loss (SSE)"), unrolled.iteration[:], unrolled.loss[:]),
                Series(_("this iteration"), iteration.whole(), row_loss.whole(), Mark.POINTS, colour="#B3261E"),
            ),
            _("iteration"),
            _("loss (SSE)"),
            _("The loss by iteration, with a point at the iteration that the yellow cell picks."),
            columns=5,
            rows=14,
            x_range=(0, len(run.loss) - 1),
        )
    )
    return row_loss


def _picked_weights(
    sheet: Sheet, unrolled: Unrolled, run: Run, iteration: Block, later: int = 0, suffix: str = "_t"
) -> list[Layer]:
    """Add the weights of the picked iteration, or of `later` iterations after it, looked up in the unrolled run."""
    row: Operand = iteration + later if later else iteration
    t = int(iteration.value) - 1 + later
    title = _("weights of the next row of the sheet Run") if later else _("weights of this iteration")
    fields = {"rows": Counter("j = "), "columns": Counter("k = "), "number_format": "0.000000"}
    with sheet.beside():
        W1 = sheet.derived(
            f"W1{suffix}",
            run.W1[t],
            lambda j, k: call("CHOOSE", number_of(k), *[pick(w, row, number_of(j)) for w in unrolled.W1]),
            symbol=f"W{sup(1)}",
            title=title,
            **fields,
        )
        W2 = sheet.derived(
            f"W2{suffix}",
            run.W2[t][None, :],
            lambda j, k: pick(unrolled.W2, row, number_of(k)),
            symbol=f"W{sup(2)}",
            title=title,
            **fields,
        )
    return [Layer(1, W1, None, SIGMOID), Layer(2, W2, None, SIGMOID)]


def _feedforward(sheet: Sheet, inputs: Inputs, layers: list[Layer]) -> tuple[Forward, Block]:
    sheet.step(
        _("feedforward"),
        _("Two lines of code, two tables each: the weighted sums Z, and what the sigmoid makes of them."),
    )
    passed = Forward([inputs.X])
    for layer, line in zip(layers, FEEDFORWARD, strict=True):
        sheet.math(line)
        with sheet.beside():
            Z = pre_activation(sheet, layer, passed.output, "_t")
            A = activation(sheet, layer, Z, "_t")
        passed.Z.append(Z)
        passed.A.append(A)
    W1, X, Z1, A1 = layers[0].W, inputs.X, passed.z(1), passed.A[1]
    sheet.sentence(
        "z1_written",
        _("Hidden unit 1, example 2: z = {w1:4p}·{x1:2p} + {w2:4p}·{x2:2p} + {w3:4p}·{x3:2p} = {z:4}, and a = σ({z:4}) = {a:4}"),
        w1=W1[0, 0], w2=W1[0, 1], w3=W1[0, 2], x1=X[0, 1], x2=X[1, 1], x3=X[2, 1], z=Z1[0, 1], a=A1[0, 1],
    )  # fmt: skip
    sheet.step(
        _("The loss"),
        _("How far the predictions are from the targets: the errors squared and summed over the four examples."),
        "C = Σ (ŷ − y)²",
    )
    _each, whole = cost(sheet, SQUARED, passed.output, inputs.Y, "_t")
    Y, output = inputs.Y, passed.output
    sheet.sentence(
        "loss_written",
        "C = ({a1:4} − {y1:2p})² + ({a2:4} − {y2:2p})² + ({a3:4} − {y3:2p})² + ({a4:4} − {y4:2p})² = {c:6}",
        a1=output[0, 0], a2=output[0, 1], a3=output[0, 2], a4=output[0, 3],
        y1=Y[0, 0], y2=Y[0, 1], y3=Y[0, 2], y4=Y[0, 3], c=whole,
    )  # fmt: skip
    sheet.remark(
        _(
            "The article says that the square lets us measure by the absolute value. Squaring does make every difference positive, but it also makes large ones count more; the absolute value would not."
        )
    )
    return passed, whole


def _backprop(sheet: Sheet, inputs: Inputs, layers: list[Layer], passed: Forward) -> Backward:
    sheet.step(
        _("backprop: the output's weights"),
        _("The chain rule from the loss to W²: slope of the square, slope of the sigmoid, and what came in."),
        "∂C/∂W² = 2(Ŷ − Y) ∗ σ′(Z²) · (A¹)ᵀ",
    )
    back = Backward()
    first, second = layers
    _code(sheet, D_WEIGHTS2)
    with sheet.beside():
        back.slope[2] = slopes(sheet, second, passed, "_t")
        back.delta[2] = output_delta(sheet, second, SQUARED, passed, inputs.Y, back.slope[2], "_t")
    delta, A1, output = back.delta[2], passed.A[1], passed.output
    sheet.sentence(
        "delta2_written",
        _("Example 1: δ² = 2·({a:4} − {y:2p})·{a:4}·(1 − {a:4}) = {d:5}"),
        a=output[0, 0], y=inputs.Y[0, 0], d=delta[0, 0],
    )  # fmt: skip
    back.dW[2] = weight_gradient(sheet, second, back.delta[2], passed.A[1], None, "_t")
    dW2 = back.dW[2]
    sheet.sentence(
        "dW2_written",
        "∂C/∂w²₁ = {d1:5p}·{a1:4} + {d2:5p}·{a2:4} + {d3:5p}·{a3:4} + {d4:5p}·{a4:4} = {g:5}",
        d1=delta[0, 0], d2=delta[0, 1], d3=delta[0, 2], d4=delta[0, 3],
        a1=A1[0, 0], a2=A1[0, 1], a3=A1[0, 2], a4=A1[0, 3], g=dW2[0, 0],
    )  # fmt: skip
    sheet.remark(
        _(
            "The code writes 2·(y − output), the other way round: its d_weights are minus the gradient, and it adds them where the rule subtracts. Both are the same step downhill."
        )
    )
    sheet.step(
        _("backprop: the hidden weights"),
        _(
            "The error goes back through W² to the hidden units, each takes its share times its own slope, and meets the inputs."
        ),
        "∂C/∂W¹ = ((W²)ᵀ·δ² ∗ σ′(Z¹)) · Xᵀ",
    )
    _code(sheet, D_WEIGHTS1)
    with sheet.beside():
        back.slope[1] = slopes(sheet, first, passed, "_t")
        back.delta[1] = hidden_delta(sheet, first, second, back.delta[2], back.slope[1], "_t")
    hidden, X = back.delta[1], inputs.X
    sheet.sentence(
        "delta1_written",
        _("Unit 1, example 1: δ¹ = {w:4p}·{d2:5p}·{a:4}·(1 − {a:4}) = {d1:5}"),
        w=second.W[0, 0], d2=delta[0, 0], a=A1[0, 0], d1=hidden[0, 0],
    )  # fmt: skip
    back.dW[1] = weight_gradient(sheet, first, back.delta[1], inputs.X, None, "_t")
    sheet.sentence(
        "dW1_written",
        "∂C/∂w¹₁₃ = {d1:5p}·{x1:2p} + {d2:5p}·{x2:2p} + {d3:5p}·{x3:2p} + {d4:5p}·{x4:2p} = {g:5}",
        d1=hidden[0, 0], d2=hidden[0, 1], d3=hidden[0, 2], d4=hidden[0, 3],
        x1=X[2, 0], x2=X[2, 1], x3=X[2, 2], x4=X[2, 3], g=back.dW[1][0, 2],
    )  # fmt: skip
    return back


def _code(sheet: Sheet, lines: tuple[str, ...]) -> None:
    for line in lines:
        sheet.math(line)


def _update(sheet: Sheet, inputs: Inputs, layers: list[Layer], back: Backward) -> list[Layer]:
    sheet.step(
        _("The update"),
        _("Each weight takes a step against its gradient; the next iteration starts from here."),
        "W ← W − η·∂C/∂W",
    )
    _code(sheet, UPDATE)
    new_layers = update(sheet, layers, back, inputs.eta, "_next")
    sheet.sentence(
        "update_written",
        "w¹₁₃ ← {w:6} − {eta:3}·{g:6p} = {new:6}",
        w=layers[0].W[0, 2], eta=inputs.eta, g=back.dW[1][0, 2], new=new_layers[0].W[0, 2],
    )  # fmt: skip
    return new_layers


def _meet_the_run(
    sheet: Sheet,
    unrolled: Unrolled,
    run: Run,
    iteration: Block,
    new_layers: list[Layer],
    whole: Block,
    row_loss: Block,
) -> None:
    sheet.step(
        _("Does it hold?"),
        _("The matrices above must meet the row of the sheet Run, which was computed without them."),
    )
    sheet.check("loss_met", _("the loss is the one in the sheet Run"), whole, row_loss, 1e-12)
    for new, following in zip(new_layers, _picked_weights(sheet, unrolled, run, iteration, 1, "_row"), strict=True):
        title = _("the new W{layer} is the next row of the sheet Run").format(layer=sup(new.number))
        sheet.check(f"next_W{new.number}", title, new.W, following.W, 1e-12)


def _nudge_sheet(sheet: Sheet, inputs: Inputs, layers: list[Layer], passed: Forward, back: Backward) -> None:
    sheet.step(
        _("Nudge one weight"),
        _(
            "Choose any weight: it is moved up and down by h, the network runs again for the four examples, and the loss must change as backprop says."
        ),
        "∂C/∂w ≈ (C(w + h) − C(w − h)) / 2h",
    )
    h = nudge_size(sheet)
    chosen = (
        sheet.given(
            "choose_layer", 1.0, symbol="l", title=_("layer"), valid=Between(1, 2, whole=True), number_format="0"
        ),
        sheet.given(
            "choose_unit", 1.0, symbol="j", title=_("unit"), valid=Between(1, 4, whole=True), number_format="0"
        ),
        sheet.given(
            "choose_input", 3.0, symbol="k", title=_("input"), valid=Between(1, 4, whole=True), number_format="0"
        ),
    )
    sheet.remark(_("Layer 1 has 4 units with 3 inputs, layer 2 has 1 unit with 4 inputs."))
    sheet.gap()
    check_chosen_parameter(sheet, layers, SQUARED, passed, inputs.Y, back, h, chosen)
