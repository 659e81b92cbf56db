"""Backpropagation on the 3-4-3-2 network: forward pass, cost, and the four equations BP1 to BP4, each beside its table.

Symbols, as in the article; l = 0 … 3 is the layer (0 the input, 3 = L the output), j a neuron in it, k one in layer l − 1
    x = a⁰   (3, 1)              input of one example             y   (2, 1)  what a³ should be
    Wˡ       (4,3) (3,4) (2,3)   weights, wˡⱼₖ from k to j         bˡ  (4,) (3,) (2,)  biases
    zˡ, aˡ   (n, 1)              Wˡ·a(l−1) + bˡ, and σ of it      δˡ  (n, 1)  ∂C/∂zˡ
    C        ½‖y − aᴸ‖² of one example; of a mini-batch the mean of its examples' costs
    BP1  δᴸ = (aᴸ − y) ∗ σ′(zᴸ)                BP2  δˡ = (W(l+1))ᵀ·δ(l+1) ∗ σ′(zˡ)
    BP3  ∂C/∂bˡⱼ = δˡⱼ                         BP4  ∂C/∂wˡⱼₖ = a(l−1)ₖ·δˡⱼ
For the mini-batch the examples stand in rows: Z, A and δ are (m, n).

Article: fathoming-the-deep (the neural network; BP1 to BP4). It prints no numbers; all of these are chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common import network_py
from scenarios.common.activations import SIGMOID, Array
from scenarios.common.batch import cost_column, delta_columns, forward_columns, gradients, total_cost
from scenarios.common.dense import (
    Backward,
    Forward,
    Layer,
    before_first,
    bias_gradient,
    cost_of_one,
    delta_in_parts,
    forward,
    forward_layer,
    given_layer,
    sup,
    update,
    weight_gradient,
)
from scenarios.common.gradient_check import Chosen, check_chosen_parameter, check_every_parameter
from scenarios.common.losses import HALF_SQUARED, averaged
from scenarios.common.network_page import Shown, network_face, network_page, whole_page
from scenarios.common.outcome import cost_verdict, nudge_size
from scenarios.common.start import SEED, start_parameters
from scenarios.common.training import Parameters
from workbook.block import Between, Block, Counter, Formula
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.data import read_numbers
from workbook.eager import Sheet
from workbook.formula import dot, mean, number_of, pick
from workbook.scenario import Parameter, Scenario, UsageError
from workbook.sheet import Kind
from workbook.text import N_, _

LAST = 3
INPUTS, OUTPUTS = ("x1", "x2", "x3"), ("y1", "y2")
MOST_EXAMPLES = 50
SIGNAL, FRACTION = Between(-10, 10), Between(0, 1)
SHOWN = "0.000000"
BATCH = averaged(HALF_SQUARED)

CHOSEN: Parameters = [
    (
        np.array([[0.2, -0.4, 0.5], [-0.3, 0.6, 0.1], [0.7, 0.25, -0.6], [-0.5, 0.35, 0.8]]),
        np.array([0.1, -0.2, 0.3, -0.1]),
    ),
    (
        np.array([[0.4, -0.7, 0.2, 0.6], [-0.2, 0.5, 0.9, -0.3], [0.8, 0.1, -0.4, 0.3]]),
        np.array([-0.3, 0.2, 0.1]),
    ),
    (np.array([[1.2, -0.8, 0.5], [-0.6, 0.9, -0.4]]), np.array([0.2, -0.5])),
]
"""W and b of layers 1, 2 and 3."""

EXAMPLES = np.array(
    [[0.9, 0.1, 0.4, 1, 0], [0.2, 0.8, 0.5, 0, 1], [0.7, 0.3, 0.9, 1, 0], [0.1, 0.6, 0.2, 0, 1]], dtype=float
)
"""x₁ x₂ x₃ y₁ y₂ of each example."""


class Backprop3432(Scenario):
    """The article's network and notation."""

    name = "backprop-3-4-3-2"
    title = N_("Backpropagation on the 3-4-3-2 network: the equations BP1 to BP4")
    article = N_("Fathoming the Deep in Deep Learning – A Practical Approach (the neural network; BP1 to BP4)")
    summary = N_(
        "Three inputs, two hidden layers of four and three neurons, two outputs: 39 weights and biases, and four equations that "
        "give the derivative of every one. First for one example, as matrices and neuron by neuron; then for a mini-batch, "
        "whose gradient is the mean of its examples' gradients."
    )
    order = 130
    locale = Path(__file__).parent / "locale"
    parameters = (
        Parameter("lr", 0.5, N_("learning rate η"), 0.0001, 10),
        SEED,
    )
    data_columns = N_("x1, x2, x3 (−10 to 10), y1, y2 (0 to 1): one example a row, 1 to 50 rows")

    def read_data(self, path: Path) -> Array:
        """Read the mini-batch, (m, 5)."""
        frame = read_numbers(
            path,
            (*INPUTS, *OUTPUTS),
            min_rows=1,
            max_rows=MOST_EXAMPLES,
            low=SIGNAL.low,
            high=SIGNAL.high,
            not_constant=False,
        )
        for name in OUTPUTS:
            wrong = ~frame[name].between(FRACTION.low, FRACTION.high)
            if wrong.any():
                row = int(np.flatnonzero(wrong)[0]) + 2
                raise UsageError(
                    f"{path}: row {row}, column {name}: a sigmoid gives numbers from 0 to 1; give a target from 0 to 1"
                )
        return frame.to_numpy(float)

    def build(self, book: Book, settings: Mapping[str, Any], data: Array | None) -> None:
        """One example first, then the mini-batch."""
        whole_network = whole_page(book)
        book.first_change = _(
            "on the sheet Network, choose another example in the yellow cell, and watch its error run back on the sheet Backward."
        )
        batch = _data_sheet(book, EXAMPLES if data is None else data)
        net = _network_sheet(book, batch, start_parameters(CHOSEN, settings["seed"]))
        passed, whole = _forward_sheet(book, net)
        back = _backward_sheet(book, net, passed)
        _neurons_sheet(book, net, passed, back)
        eta = _update_sheet(book, net, back, whole, settings["lr"])
        batch_passed, batch_back = _batch_sheets(book, net, batch, whole, eta)
        _nudge_sheet(book, net, passed, back)
        _batch_nudge_sheet(book, net, batch, batch_passed, batch_back)
        network_face(book.start, network_page(whole_network, Shown(net.layers, net.X, net.Y, HALF_SQUARED, eta)))


@dataclass(frozen=True)
class Batch:
    """The examples, one a row: X (m, 3), Y (m, 2)."""

    X: Block
    Y: Block

    @property
    def m(self) -> int:
        return len(self.X.value)


@dataclass(frozen=True)
class Network:
    """The example that is looked at, X (3, 1) and Y (2, 1), its number in the mini-batch, and the three layers."""

    X: Block
    Y: Block
    example: Block
    layers: list[Layer]


def _subs(n: int) -> str:
    return "₁₂₃₄"[n]


def _below(number: int, k: int | None = None) -> str:
    """Return the symbol of what comes into a layer, of one neuron or of all."""
    symbol = "x" if number == 1 else f"a{sup(number - 1)}"
    return symbol if k is None else symbol + _subs(k)


# ------------------------------------------------------------------------------------------------ examples and network


def _data_sheet(book: Book, examples: Array) -> Batch:
    sheet = book.sheet("Data", _("The examples of the mini-batch"), kind=Kind.DATA)
    sheet.step(
        _("Three inputs, two targets, one example a row"),
        _("A network learns from examples; here each wants one of the two outputs near 1 and the other near 0."),
        "x = (x₁, x₂, x₃),   y = (y₁, y₂)",
    )
    sheet.remark(
        _(
            "Chosen here: every number, as far as the rows are not your own. The article prints no numbers for this network."
        )
    )
    with sheet.table(Counter("i = "), len(examples), freeze=True) as table:
        X = table.given(
            "X_all", examples[:, :3], title=_("input"), columns=Counter("x"), valid=SIGNAL, number_format="0.00##"
        )
        Y = table.given(
            "Y_all", examples[:, 3:], title=_("target"), columns=Counter("y"), valid=FRACTION, number_format="0.00##"
        )
    return Batch(X, Y)


def _network_sheet(book: Book, batch: Batch, parameters: Parameters) -> Network:
    sheet = book.sheet("Network", _("The network and its symbols"), column_width=12, landscape=False)
    sheet.step(
        _("Layers 0 to 3"),
        _("Layer 0 only passes the input on; every other neuron weighs all the neurons of the layer before it."),
        "x = a⁰ (3)  →  a¹ (4)  →  a² (3)  →  a³ (2) ⇢ y",
    )
    sheet.math("wˡⱼₖ : k → j        zˡⱼ = Σₖ wˡⱼₖ·a(l−1)ₖ + bˡⱼ        aˡⱼ = σ(zˡⱼ)        δˡⱼ = ∂C/∂zˡⱼ")
    sheet.remark(
        _(
            "The article says that layer 0 has no activations, weights or biases and that all of them are zero. It has no weights and biases; but its activation is not zero, it is the input itself, a⁰ = x."
        )
    )
    sheet.remark(
        _(
            "Beside the tables stand the lines of Michael Nielsen's network.py that make them, in our own words with his names. Python counts from 0 and reads [-1] as the last: weights[0] is W¹, zs[-1] is z³; @ is the matrix product, .T the transpose. The program, like this sheet, has one example as a column. The workbook digits shows all of the program."
        )
    )
    sheet.step(
        _("The example to look at"),
        _("All sheets up to Update follow one example; its number picks a row of the sheet Data."),
    )
    example = sheet.given(
        "example",
        1.0,
        symbol="i",
        title=_("example to look at"),
        valid=Between(1, batch.m, whole=True),
        number_format="0",
    )
    sheet.gap()
    with sheet.beside():
        X = _picked(sheet, "X", batch.X, example, "x", _("input"))
        Y = _picked(sheet, "Y", batch.Y, example, "y", _("target"))
    sheet.step(
        _("Weights and biases"),
        _("Row j of W holds what neuron j weighs with; its bias stands in the same row."),
        "4·3 + 4 + 3·4 + 3 + 2·3 + 2 = 39",
    )
    layers = [given_layer(sheet, number, W, b, SIGMOID) for number, (W, b) in enumerate(parameters, 1)]
    sheet.remark(
        _("Chosen here: weights and biases, or drawn from the standard normal distribution where a seed is set.")
    )
    return Network(X, Y, example, layers)


def _picked(sheet: Sheet, id: str, rows: Block, example: Block, symbol: str, title: str) -> Block:
    return sheet.derived(
        id,
        rows.value[int(example.value) - 1].reshape(-1, 1),
        lambda k, i: pick(rows, example, number_of(k)),
        symbol=symbol,
        title=title,
        rows=Counter("k = " if id == "X" else "j = "),
        columns=[""],
        number_format="0.00##",
    )


# ------------------------------------------------------------------------------------------------ forward


def _forward_sheet(book: Book, net: Network) -> tuple[Forward, Block]:
    sheet = book.sheet("Forward", _("Forward, layer by layer, to the cost"), column_width=14, landscape=False)
    passed = before_first(net.layers, net.X)
    for layer in net.layers:
        _forward_step(sheet, layer, passed)
    sheet.step(
        _("The cost of this example"),
        _("Half the squared distance between the output and the target; the half makes the derivative plain."),
        "C = ½‖y − a³‖² = ½·[(y₁ − a³₁)² + (y₂ − a³₂)²]",
    )
    whole = cost_of_one(sheet, HALF_SQUARED, passed.output, net.Y, "", _("cost of this example"))
    a, Y = passed.output, net.Y
    sheet.sentence(
        "C_written",
        "C = ½·[({y1:2} − {a1:4})² + ({y2:2} − {a2:4})²] = {C:6}",
        y1=Y[0, 0], a1=a[0, 0], y2=Y[1, 0], a2=a[1, 0], C=whole,
    )  # fmt: skip
    return passed, whole


def _code(sheet: Sheet, *lines: str) -> None:
    """Write lines of network.py under a step."""
    for line in lines:
        sheet.math(line)
    sheet.gap()


def _forward_step(sheet: Sheet, layer: Layer, passed: Forward) -> None:
    number, W, b = layer.number, layer.W, layer.b
    assert b is not None
    l, under = sup(number), passed.output
    sheet.step(
        _("Layer {layer}: from {below} to {here} neurons").format(layer=number, below=layer.inputs, here=layer.units),
        _("Every neuron weighs what comes in, adds its bias, and squeezes the sum between 0 and 1 with the sigmoid."),
        f"z{l}ⱼ = Σₖ w{l}ⱼₖ·{_below(number)}ₖ + b{l}ⱼ,   a{l}ⱼ = σ(z{l}ⱼ)",
    )
    _code(sheet, *network_py.forward(number))
    forward_layer(sheet, layer, passed)
    products = " + ".join(f"{{w{k}:2p}}·{{a{k}:4p}}" for k in range(layer.inputs))
    cells = {f"w{k}": W[0, k] for k in range(layer.inputs)} | {f"a{k}": under[k, 0] for k in range(layer.inputs)}
    sheet.sentence(
        f"z{number}_written",
        f"z{l}₁ = {products} + {{b:2p}} = {{z:4p}},   a{l}₁ = σ({{z:4}}) = {{a:4}}",
        None,
        b=b[0], z=passed.z(number)[0, 0], a=passed.output[0, 0], **cells,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ backward


def _backward_sheet(book: Book, net: Network, passed: Forward) -> Backward:
    sheet = book.sheet("Backward", _("Backward: the equations BP1 to BP4"), column_width=14, landscape=False)
    back = Backward()
    _bp1(sheet, net, passed, back)
    for number in (2, 1):
        _bp2(sheet, net, number, passed, back)
    _bp3(sheet, net, back)
    _bp4(sheet, net, passed, back)
    return back


def _bp1(sheet: Sheet, net: Network, passed: Forward, back: Backward) -> None:
    sheet.step(
        _("BP1: the error of the output layer"),
        _(
            "How strongly the cost answers to the last weighted inputs: its slope times the sigmoid's, element by element (∗, the Hadamard product)."
        ),
        "δᴸ = (aᴸ − y) ∗ σ′(zᴸ)        δ³ⱼ = (a³ⱼ − yⱼ)·σ′(z³ⱼ)",
    )
    sheet.remark(
        _(
            "The four equations are numbered as in Michael Nielsen's book, which the article follows; the article derives the one for the weights (BP4) first."
        )
    )
    _code(sheet, network_py.COST_DERIVATIVE, network_py.delta(LAST, LAST))
    delta_in_parts(sheet, net.layers[-1], None, HALF_SQUARED, passed, net.Y, back)
    sheet.sentence(
        "bp1_written",
        "δ³₁ = ({a:4} − {y:2})·{slope:4} = {delta:6p}",
        a=passed.output[0, 0], y=net.Y[0, 0], slope=back.slope[LAST][0, 0], delta=back.delta[LAST][0, 0],
    )  # fmt: skip


def _bp2(sheet: Sheet, net: Network, number: int, passed: Forward, back: Backward) -> None:
    layer, above = net.layers[number - 1], net.layers[number]
    l, u, W = sup(number), sup(number + 1), above.W
    sheet.step(
        _("BP2: the error carried back from layer {above} to layer {layer}").format(above=number + 1, layer=number),
        _(
            "Each neuron is to blame for the errors of all the neurons it feeds, each weighed with the weight on the way."
        ),
        f"δ{l} = (W{u})ᵀ·δ{u} ∗ σ′(z{l})        δ{l}ₖ = (Σⱼ w{u}ⱼₖ·δ{u}ⱼ)·σ′(z{l}ₖ)",
    )
    _code(sheet, network_py.delta(number, LAST))
    sheet.derived(
        f"W{number + 1}_T",
        W.value.T,
        lambda k, j: W[j, k],
        symbol=f"(W{u})ᵀ",
        title=_("weights of layer {layer}, transposed: one row a neuron k before it").format(layer=number + 1),
        rows=Counter("k = "),
        columns=Counter("j = "),
        number_format="0.00",
    )
    delta_in_parts(sheet, layer, above, HALF_SQUARED, passed, net.Y, back)
    delta = back.delta[number + 1]
    products = " + ".join(f"{{w{j}:2p}}·{{d{j}:4p}}" for j in range(above.units))
    cells = {f"w{j}": W[j, 0] for j in range(above.units)} | {f"d{j}": delta[j, 0] for j in range(above.units)}
    sheet.sentence(
        f"bp2_{number}_written",
        f"δ{l}₁ = ({products})·{{slope:4}} = {{delta:6p}}",
        None,
        slope=back.slope[number][0, 0], delta=back.delta[number][0, 0], **cells,
    )  # fmt: skip


def _bp3(sheet: Sheet, net: Network, back: Backward) -> None:
    sheet.step(
        _("BP3: the biases"),
        _("A bias goes into the weighted input as it is, so its derivative is the error itself."),
        "∂C/∂bˡⱼ = δˡⱼ",
    )
    _code(sheet, ",   ".join(network_py.bias_gradient(layer.number, LAST) for layer in reversed(net.layers)))
    with sheet.beside():
        for layer in reversed(net.layers):
            back.db[layer.number] = bias_gradient(sheet, layer, back.delta[layer.number], None)


def _bp4(sheet: Sheet, net: Network, passed: Forward, back: Backward) -> None:
    sheet.step(
        _("BP4: the weights"),
        _("A weight's derivative is what came in through it times the error of the neuron it leads to."),
        "∂C/∂wˡⱼₖ = a(l−1)ₖ·δˡⱼ        ∂C/∂Wˡ = δˡ·(a(l−1))ᵀ",
    )
    for layer in reversed(net.layers):
        number = layer.number
        sheet.math(network_py.weight_gradient(number, LAST))
        back.dW[number] = weight_gradient(sheet, layer, back.delta[number], passed.A[number - 1], None)
    sheet.sentence(
        "bp4_written",
        "∂C/∂w³₁₂ = a²₂·δ³₁ = {a:4}·{delta:6p} = {g:6p}",
        a=passed.A[2][1, 0], delta=back.delta[LAST][0, 0], g=back.dW[LAST][0, 1],
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ neuron by neuron


def _neurons_sheet(book: Book, net: Network, passed: Forward, back: Backward) -> None:
    sheet = book.sheet("Neurons", _("Neuron by neuron: everything that belongs to one, in a row"))
    for layer in net.layers:
        l = sup(layer.number)
        sheet.step(
            _("The {count} neurons of layer {layer}").format(count=layer.units, layer=layer.number),
            _(
                "Read a row from left to right: a neuron's weights, its weighted input, its activation, and the error that came back to it."
            ),
            f"z{l}ⱼ = Σ + b{l}ⱼ,   a{l}ⱼ = σ(z{l}ⱼ),   δ{l}ⱼ = ∂C/∂a{l}ⱼ·σ′(z{l}ⱼ)",
        )
        delta = _neuron_table(sheet, layer, passed, back)
        sheet.check(
            f"row_delta{layer.number}",
            _("δ{layer}: row by row = as a matrix").format(layer=l),
            delta,
            back.delta[layer.number][:, 0],
            1e-12,
        )


def _neuron_table(sheet: Sheet, layer: Layer, passed: Forward, back: Backward) -> Block:
    """Add a row a neuron of one layer, (n,) each; return δ as the rows give it."""
    number, W, b = layer.number, layer.W, layer.b
    assert b is not None
    A, dA = passed.A[number - 1], back.dA[number]
    l, name = sup(number), f"n{number}"
    with sheet.table(Counter("j = "), layer.units) as table:
        w = table.derived(
            f"{name}_w",
            W.value,
            lambda j, k: W[j, k],
            title=_("weights"),
            columns=[f"w{l}ⱼ{_subs(k)}" for k in range(layer.inputs)],
            number_format="0.00",
        )
        weighed = table.derived(
            f"{name}_sum",
            W.value @ A.value[:, 0],
            lambda j: dot(w[j, :], A[:, 0]),
            title=_("weighed sum"),
            symbol=f"Σₖ w{l}ⱼₖ·{_below(number)}ₖ",
        )
        bias = table.derived(
            f"{name}_b", b.value, lambda j: b[j], title=_("bias"), symbol=f"b{l}ⱼ", number_format="0.00"
        )
        z = table.derived(
            f"{name}_z",
            weighed.value + b.value,
            lambda j: weighed[j] + bias[j],
            title=_("weighted input"),
            symbol=f"z{l}ⱼ",
            math="Σ + b",
        )
        a = table.derived(
            f"{name}_a",
            SIGMOID.value(z.value),
            lambda j: SIGMOID.value_formula(z[j]),
            title=_("activation"),
            symbol=f"a{l}ⱼ",
            math="σ(z)",
        )
        slope = table.gradient(
            f"{name}_slope",
            a.value * (1 - a.value),
            lambda j: a[j] * (1 - a[j]),
            title=_("slope of the sigmoid"),
            symbol=f"σ′(z{l}ⱼ)",
            math="a·(1 − a)",
        )
        behind = table.gradient(
            f"{name}_dA",
            dA.value[:, 0],
            lambda j: dA[j, 0],
            title=_("from behind"),
            symbol=f"∂C/∂a{l}ⱼ",
            number_format=SHOWN,
        )
        return table.gradient(
            f"{name}_delta",
            behind.value * slope.value,
            lambda j: behind[j] * slope[j],
            title=_("error"),
            symbol=f"δ{l}ⱼ",
            math="∂C/∂a·σ′",
            number_format=SHOWN,
        )


# ------------------------------------------------------------------------------------------------ update


def _update_sheet(book: Book, net: Network, back: Backward, before: Block, lr: float) -> Block:
    sheet = book.sheet("Update", _("Update, and a second forward pass"), column_width=13, landscape=False)
    sheet.step(
        _("One step against the gradient"),
        _("Every weight and bias takes a step against its derivative."),
        "w ← w − η·∂C/∂w,   b ← b − η·∂C/∂b",
    )
    eta = sheet.given(
        "eta",
        lr,
        symbol="η",
        title=_("learning rate"),
        valid=Between(0, 10),
        number_format="0.0###",
        remark=_("chosen here"),
    )
    sheet.gap()
    new_layers = update(sheet, net.layers, back, eta)
    W, new = net.layers[-1].W, new_layers[-1].W
    sheet.sentence(
        "w_written",
        "w³₁₁ ← {w:2p} − {eta:2}·{g:6p} = {new:6p}",
        w=W[0, 0], eta=eta, g=back.dW[LAST][0, 0], new=new[0, 0],
    )  # fmt: skip
    sheet.step(
        _("Does the cost fall?"), _("The same input through the same formulas, with the new weights and biases.")
    )
    again = forward(sheet, new_layers, net.X, "_new")
    after = cost_of_one(sheet, HALF_SQUARED, again.output, net.Y, "_new", _("cost after the step"))
    cost_verdict(sheet, "cost", before, after, eta)
    return eta


# ------------------------------------------------------------------------------------------------ the mini-batch


def _batch_sheets(book: Book, net: Network, batch: Batch, one: Block, eta: Block) -> tuple[Forward, Backward]:
    passed, each, whole = _batch_forward(book, net, batch, one)
    back = _batch_backward(book, net, batch, passed)
    means = _per_example_sheet(book, net, batch, passed, back)
    _batch_gradient(book, net, batch, passed, back, means)
    _batch_update(book, net, batch, back, (each, whole), eta)
    return passed, back


def _batch_forward(book: Book, net: Network, batch: Batch, one: Block) -> tuple[Forward, Block, Block]:
    sheet = book.sheet("BatchForward", _("The mini-batch forward: one example a row"))
    sheet.step(
        _("Every example through the same network"),
        _("The same forward pass in every row; the cost of the mini-batch is the mean of its examples' costs."),
        "C = (1/m)·Σᵢ ½‖yᵢ − a³ᵢ‖²",
    )
    picked = sheet.reserve()
    sheet.gap()
    with sheet.table(Counter("i = "), batch.m, freeze=True) as table:
        X = table.derived(
            "X_rows",
            batch.X.value,
            lambda i, k: batch.X[i, k],
            title="x",
            columns=Counter("k = "),
            number_format="0.00##",
        )
        passed = forward_columns(table, net.layers, X, "_batch")
        Y = table.derived(
            "Y_rows",
            batch.Y.value,
            lambda i, k: batch.Y[i, k],
            title="y",
            columns=Counter("j = "),
            number_format="0.00##",
        )
        each = cost_column(table, BATCH, passed.output, Y, "_batch")
        whole = total_cost(table, BATCH, each, "_batch")
    sheet.sentence("C_batch_written", _("The cost of the mini-batch is {C:6}."), row=picked, C=whole)
    again = sheet.derived(
        "C_picked",
        each.value[int(net.example.value) - 1],
        lambda: pick(each, net.example),
        title=_("cost of the example looked at, from this table"),
        number_format=SHOWN,
    )
    sheet.check("C_same", _("it is the cost on the sheet Forward"), again, one, 1e-12)
    return passed, each, whole


def _batch_backward(book: Book, net: Network, batch: Batch, passed: Forward) -> Backward:
    sheet = book.sheet("BatchBackward", _("The mini-batch backward: one example a row"))
    sheet.step(
        _("BP1 and BP2 in every row"),
        _("Each example sends back an error of its own, from the last layer to the first."),
        "δ³ = (a³ − y) ∗ σ′(z³),   δˡ = (W(l+1))ᵀ·δ(l+1) ∗ σ′(zˡ)",
    )
    with sheet.table(Counter("i = "), batch.m, freeze=True) as table:
        back = delta_columns(table, net.layers, BATCH, passed, batch.Y, "_batch")
    sheet.sentence(
        "delta_batch_written",
        "i = 1:   δ³₁ = ({a:4} − {y:2})·{slope:4} = {delta:6p}",
        a=passed.output[0, 0], y=batch.Y[0, 0], slope=back.slope[LAST][0, 0], delta=back.delta[LAST][0, 0],
    )  # fmt: skip
    return back


def _per_example_sheet(book: Book, net: Network, batch: Batch, passed: Forward, back: Backward) -> dict[int, Block]:
    """Add ∂Cᵢ/∂w of every example and weight, and their means, laid out as W lies."""
    sheet = book.sheet("PerExample", _("The gradient of every single example, and the mean"))
    means = {}
    for layer in reversed(net.layers):
        number = layer.number
        l = sup(number)
        sheet.step(
            _("The weights of layer {layer}: BP4 in every row").format(layer=number),
            _("Every example would like its own change of every weight; the mini-batch makes the mean of these."),
            f"∂Cᵢ/∂w{l}ⱼₖ = {_below(number)}ₖ·δ{l}ⱼ",
        )
        delta, A = back.delta[number], passed.A[number - 1]
        columns = []
        with sheet.table(Counter("i = "), batch.m) as table:
            for j in range(layer.units):
                columns.append(
                    table.gradient(
                        f"each_W{number}_{j + 1}",
                        delta.value[:, [j]] * A.value,
                        _row_of_gradient(delta, A, j),
                        title=f"∂Cᵢ/∂w{l}{_subs(j)}ₖ",
                        columns=[f"k = {k + 1}" for k in range(layer.inputs)],
                        number_format=SHOWN,
                    )
                )
        means[number] = sheet.gradient(
            f"mean_W{number}",
            np.array([block.value.mean(axis=0) for block in columns]),
            None,
            each=[_column_mean(block) for block in columns],
            title=_("mean of every column, one row a neuron j"),
            symbol=f"∂C/∂W{l}",
            rows=Counter("j = "),
            columns=Counter("k = "),
            number_format=SHOWN,
        )
        sheet.sentence(
            f"each_W{number}_written",
            f"∂C₁/∂w{l}₁₁ = {{a:4}}·{{d:6p}} = {{each:6p}};   ∂C/∂w{l}₁₁ = Σᵢ ∂Cᵢ/∂w{l}₁₁ / m = {{mean:6p}}",
            a=A[0, 0], d=delta[0, 0], each=columns[0][0, 0], mean=means[number][0, 0],
        )  # fmt: skip
    return means


def _row_of_gradient(delta: Block, A: Block, j: int) -> Formula:
    return lambda i, k: A[i, k] * delta[i, j]


def _column_mean(block: Block) -> Formula:
    return lambda k: mean(block[:, k])


def _batch_gradient(
    book: Book, net: Network, batch: Batch, passed: Forward, back: Backward, means: dict[int, Block]
) -> None:
    sheet = book.sheet(
        "BatchGradient", _("The gradient of the mini-batch, all at once"), column_width=14, landscape=False
    )
    sheet.step(
        _("BP3 and BP4 as one product of matrices"),
        _(
            "Rows times columns sums over the examples, and division by m makes it a mean: no example's gradient need be written out."
        ),
        "∂C/∂Wˡ = (1/m)·Σᵢ δˡᵢ·(a(l−1)ᵢ)ᵀ,   ∂C/∂bˡ = (1/m)·Σᵢ δˡᵢ",
    )
    _code(sheet, *(",   ".join(network_py.sums(layer.number)) for layer in net.layers))
    m = sheet.recorded("m", float(batch.m), symbol="m", title=_("examples in the mini-batch"), number_format="0")
    sheet.gap()
    gradients(sheet, net.layers, passed, back, m, "_batch")
    sheet.step(
        _("Is it the mean of the single gradients?"),
        _("The gradient of a mean is the mean of the gradients: both ways must agree."),
    )
    for layer in net.layers:
        number = layer.number
        sheet.check(
            f"mean_is_batch{number}",
            _("∂C/∂W{layer}: batch = mean of single").format(layer=sup(number)),
            back.dW[number],
            means[number],
            1e-12,
        )


def _batch_update(
    book: Book, net: Network, batch: Batch, back: Backward, before: tuple[Block, Block], eta: Block
) -> None:
    sheet = book.sheet("BatchUpdate", _("One step for the whole mini-batch"), column_width=13, landscape=False)
    sheet.step(
        _("One step with the mean gradient"),
        _(
            "One step of mini-batch descent: the same η as on the sheet Update, the mean of the gradients instead of one."
        ),
        "w ← w − η·∂C/∂w = w − (η/m)·Σᵢ ∂Cᵢ/∂w",
    )
    _code(sheet, *(line for layer in net.layers for line in network_py.update(layer.number)))
    new_layers = update(sheet, net.layers, back, eta, "_batch_new")
    after = book.sheet("BatchAgain", _("The mini-batch a second time"))
    after.step(
        _("Second forward pass: did the cost fall?"),
        _("With a small enough η the mean cost falls; a single example's may rise."),
        "C = (1/m)·Σᵢ ½‖yᵢ − a³ᵢ‖²",
    )
    news = after.reserve()
    after.gap()
    each, whole = before
    with after.table(Counter("i = "), batch.m, freeze=True) as table:
        order = table.recorded("order", np.arange(1, batch.m + 1), title=_("example"), symbol="i", number_format="0")
        again = forward_columns(table, new_layers, batch.X, "_again")
        was = table.derived(
            "C_before", each.value, lambda i: each[i], title=_("cost before the step"), symbol="Cᵢ", number_format=SHOWN
        )
        each_again = cost_column(table, BATCH, again.output, batch.Y, "_again")
        whole_again = total_cost(table, BATCH, each_again, "_again")
    after.sentence(
        "batch_fell", _("▶ Mean cost before: {before:6}, after: {after:6}."), row=news, before=whole, after=whole_again
    )
    cost_verdict(after, "batch_cost", whole, whole_again, eta)
    after.gap()
    after.chart(
        Chart(
            _("Cost of each example, before and after the step"),
            (
                Series(_("before the step"), order[:], was[:], Mark.COLUMNS, "#9AA5B1"),
                Series(_("after the step"), order[:], each_again[:], Mark.COLUMNS, "#1F5FA8"),
            ),
            _("example"),
            _("cost C"),
            _("Two columns for each example: its cost before the step and after it."),
            columns=8,
        )
    )


# ------------------------------------------------------------------------------------------------ checks and map


def _nudge_sheet(book: Book, net: Network, passed: Forward, back: Backward) -> None:
    sheet = book.sheet("Nudge", _("Nudge: is every derivative right?"))
    sheet.step(
        _("All 39 weights and biases, up and down by h"),
        _("Nudge one parameter at a time, run the network again, and the cost must change as backpropagation said."),
        "∂C/∂w ≈ (C(w + h) − C(w − h)) / 2h",
    )
    h = nudge_size(sheet)
    sheet.gap()
    check_every_parameter(sheet, net.layers, HALF_SQUARED, passed, net.Y, back, h)


def _batch_nudge_sheet(book: Book, net: Network, batch: Batch, passed: Forward, back: Backward) -> None:
    sheet = book.sheet("BatchNudge", _("Nudge: is the mini-batch's gradient right?"))
    sheet.step(
        _("One weight or bias, and all examples"),
        _(
            "Choose any weight or bias by layer, neuron and input: the mean of the difference quotients must be the mean gradient."
        ),
        "∂C/∂w ≈ (1/m)·Σᵢ (Cᵢ(w + h) − Cᵢ(w − h)) / 2h",
    )
    chosen = _chosen_parameter(sheet, net.layers)
    h = nudge_size(sheet, "h_batch")
    sheet.gap()
    check_chosen_parameter(sheet, net.layers, BATCH, passed, batch.Y, back, h, chosen, by_row=True, name="fd_batch")


def _chosen_parameter(sheet: Sheet, layers: Sequence[Layer]) -> Chosen:
    """Add the cells that choose layer, neuron and input."""
    units, inputs = max(layer.units for layer in layers), max(layer.inputs for layer in layers)
    return (
        _whole(sheet, "choose_layer", 2, "l", _("layer"), 1, LAST),
        _whole(sheet, "choose_unit", 1, "j", _("neuron"), 1, units),
        _whole(sheet, "choose_input", 3, "k", _("input (0: bias)"), 0, inputs),
    )


def _whole(sheet: Sheet, id: str, start: int, symbol: str, title: str, low: int, high: int) -> Block:
    return sheet.given(
        id, float(start), symbol=symbol, title=title, valid=Between(low, high, whole=True), number_format="0"
    )
