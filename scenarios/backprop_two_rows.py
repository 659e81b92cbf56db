"""Backpropagation with two neurons in each of four layers: every sum over j written out, then the same as matrices.

Symbols, as in the article; l = 1 … 4 is the layer, j a neuron in it, k one in the layer before; layer 1 only passes the input on
    x, a¹      (2, 1)  input                          y    (2, 1)  target
    Wˡ         (2, 2)  weights, row j of neuron j     bˡ   (2,)    biases                l = 2, 3, 4
    zˡ, aˡ     (2, 1)  weighted inputs, activations   δˡ   (2, 1)  ∂C/∂zˡ
    C                  cost, ½ Σⱼ (aⱼ − yⱼ)²
    δˡₖ = (Σⱼ w(l+1)ⱼₖ · δ(l+1)ⱼ) · σ′(zˡₖ), or δˡ = (W(l+1))ᵀ·δ(l+1) ∗ σ′(zˡ)

Article: fathoming-the-deep (BP2, two rows and four layers). It prints no numbers; all of these are chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import SIGMOID, Array
from scenarios.common.dense import (
    Backward,
    Forward,
    Layer,
    before_first,
    carried_back,
    cost_of_one,
    delta_in_parts,
    forward,
    forward_layer,
    given_layer,
    layer_gradients,
    sup,
    update,
)
from scenarios.common.gradient_check import check_every_parameter
from scenarios.common.losses import HALF_SQUARED
from scenarios.common.network_page import Shown, network_face, network_page, whole_page
from scenarios.common.outcome import cost_verdict, nudge_size
from scenarios.common.start import SEED, start_parameters
from scenarios.common.training import Parameters
from workbook.block import Between, Block, Counter, Formula, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet, Table
from workbook.formula import Expr, total
from workbook.scenario import Parameter, Scenario
from workbook.text import N_, _

INPUT, OUTPUT = 1, 4
"""The article counts the input as layer 1."""

SIGNAL, FRACTION = Between(-10, 10), Between(0, 1)
SHOWN = "0.000000"
CHOSEN: Parameters = [
    (np.array([[0.5, -0.3], [0.8, 0.2]]), np.array([0.1, -0.2])),
    (np.array([[-0.6, 0.9], [0.4, 0.7]]), np.array([0.3, -0.1])),
    (np.array([[1.1, -0.5], [-0.7, 0.6]]), np.array([0.2, -0.4])),
]
"""W and b of layers 2, 3 and 4: no two numbers alike, so that a mix-up would show."""


class BackpropTwoRows(Scenario):
    """Two neurons in each of four layers."""

    name = "backprop-two-rows"
    title = N_("Backpropagation on two rows of four neurons: every sum written out")
    article = N_("Fathoming the Deep in Deep Learning – A Practical Approach (BP2: two rows, four layers)")
    summary = N_(
        "With two neurons in a layer, a neuron moves the cost along two paths, and the paths are added. Here every sum stands "
        "term by term, forward and backward; then the same again as matrices, where (W)ᵀ and δ do all of it in one product."
    )
    order = 120
    locale = Path(__file__).parent / "locale"
    parameters = (
        Parameter("x1", 0.6, N_("input x₁"), SIGNAL.low, SIGNAL.high),
        Parameter("x2", 0.9, N_("input x₂"), SIGNAL.low, SIGNAL.high),
        Parameter("y1", 1.0, N_("target y₁"), FRACTION.low, FRACTION.high),
        Parameter("y2", 0.0, N_("target y₂"), FRACTION.low, FRACTION.high),
        Parameter("lr", 0.5, N_("learning rate η"), 0.0001, 10),
        SEED,
    )

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        """Lay the article's section out: term by term, then as matrices."""
        book.first_change = _(
            "on the sheet Network, make a weight of layer 4 zero: on the sheet Backward, one of the two paths closes."
        )
        page = whole_page(book)
        net = _network_sheet(book, settings)
        terms, whole = _forward_sheet(book, net)
        _backward_sheet(book, net, terms)
        passed, back = _matrices_sheet(book, net, terms)
        eta = _update_sheet(book, net, whole, back, settings["lr"])
        _nudge_sheet(book, net, passed, back)
        network_face(book.start, network_page(page, Shown(net.layers, net.X, net.Y, HALF_SQUARED, eta)))


@dataclass(frozen=True)
class Network:
    """The typed-in numbers: x and y, (2, 1), and layers 2, 3 and 4."""

    X: Block
    Y: Block
    layers: list[Layer]

    def layer(self, number: int) -> Layer:
        """Return a layer by the article's number."""
        return self.layers[number - 2]


@dataclass
class Terms:
    """What the sums written out give, by layer: vectors of two, a[1] is the input's block (2, 1)."""

    a: dict[int, Block]
    z: dict[int, Block] = field(default_factory=dict)
    delta: dict[int, Block] = field(default_factory=dict)
    dW: dict[int, tuple[Block, Block]] = field(default_factory=dict)


def _of(block: Block, k: int) -> Expr:
    """Return neuron k's cell, counted from 0, of a vector or of a column (2, 1)."""
    return block[k, 0] if block.value.ndim == 2 else block[k]


def _sub(n: int) -> str:
    return "₁₂"[n]


# ------------------------------------------------------------------------------------------------ the network


def _network_sheet(book: Book, settings: Mapping[str, Any]) -> Network:
    sheet = book.sheet("Network", _("The network: two rows of four neurons"), column_width=12, landscape=False)
    sheet.step(
        _("An example"),
        _("Two inputs go in, two activations come out, and each has a target; layer 1 only passes the inputs on."),
        "a¹ = x",
    )
    with sheet.beside():
        X = _column(sheet, "X", np.array([settings["x1"], settings["x2"]]), "x", _("input"), SIGNAL)
        Y = _column(sheet, "Y", np.array([settings["y1"], settings["y2"]]), "y", _("target"), FRACTION)
    sheet.step(
        _("Weights and biases"),
        _("wˡⱼₖ leads from neuron k of layer l − 1 to neuron j of layer l: row j holds all that neuron j weighs with."),
        "zˡⱼ = wˡⱼ₁·a(l−1)₁ + wˡⱼ₂·a(l−1)₂ + bˡⱼ",
    )
    layers = []
    for number, (W, b) in enumerate(start_parameters(CHOSEN, settings["seed"]), INPUT + 1):
        layers.append(given_layer(sheet, number, W, b, SIGMOID))
    sheet.remark(_("Chosen here: every number. The article draws this network, but prints no numbers for it."))
    return Network(X, Y, layers)


def _column(sheet: Sheet, id: str, value: Array, symbol: str, title: str, valid: Between) -> Block:
    return sheet.given(
        id,
        value.reshape(-1, 1),
        symbol=symbol,
        title=title,
        rows=Counter("j = "),
        columns=[""],
        valid=valid,
        number_format="0.00",
    )


# ------------------------------------------------------------------------------------------------ forward, term by term


def _forward_sheet(book: Book, net: Network) -> tuple[Terms, Block]:
    sheet = book.sheet("Forward", _("Forward, term by term"), landscape=False)
    terms = Terms({INPUT: net.X})
    for layer in net.layers:
        _forward_step(sheet, layer, terms)
    sheet.step(
        _("The cost"),
        _("Each output adds half its squared distance from its target."),
        "C = ½(a⁴₁ − y₁)² + ½(a⁴₂ − y₂)²",
    )
    a, Y = terms.a[OUTPUT], net.Y
    with sheet.table(Counter("j = "), 2) as table:
        off = table.derived(
            "off",
            a.value - Y.value[:, 0],
            lambda j: a[j] - Y[j, 0],
            title=_("off by"),
            symbol="a⁴ⱼ − yⱼ",
            number_format=SHOWN,
        )
        half = table.derived(
            "half_square",
            0.5 * off.value**2,
            lambda j: 0.5 * off[j] ** 2,
            title=_("half its square"),
            symbol="½(a⁴ⱼ − yⱼ)²",
            number_format=SHOWN,
        )
        whole = table.total(
            half,
            Block(
                "C",
                Role.DERIVED,
                half.value.sum(),
                title=_("cost"),
                symbol="C",
                formula=lambda: total(half),
                number_format=SHOWN,
            ),
        )
    return terms, whole


def _forward_step(sheet: Sheet, layer: Layer, terms: Terms) -> None:
    """Add the table of a layer: the two products, the bias, z and a of each neuron."""
    number, W, b, under = layer.number, layer.W, layer.b, terms.a[layer.number - 1]
    assert b is not None
    l, p = sup(number), sup(number - 1)
    below = under.value.ravel()
    sheet.step(
        _("Layer {layer}: two products and a bias for every neuron").format(layer=number),
        _("Each neuron weighs both neurons of the layer before, adds its bias, and squeezes the sum with the sigmoid."),
        f"z{l}ⱼ = w{l}ⱼ₁·a{p}₁ + w{l}ⱼ₂·a{p}₂ + b{l}ⱼ,   a{l}ⱼ = σ(z{l}ⱼ) = 1 / (1 + e⁻ᶻ)",
    )
    with sheet.table(Counter("j = "), 2) as table:
        products = [
            table.derived(
                f"t{number}_{k + 1}",
                W.value[:, k] * below[k],
                _forward_product(W, under, k),
                title=_("from neuron {number}").format(number=k + 1),
                symbol=f"w{l}ⱼ{_sub(k)}·a{p}{_sub(k)}",
                number_format=SHOWN,
            )
            for k in range(2)
        ]
        bias = table.derived(
            f"t{number}_b", b.value, lambda j: b[j], title=_("bias"), symbol=f"b{l}ⱼ", number_format=SHOWN
        )
        z = terms.z[number] = table.derived(
            f"t{number}_z",
            products[0].value + products[1].value + bias.value,
            lambda j: products[0][j] + products[1][j] + bias[j],
            title=_("weighted input"),
            symbol=f"z{l}ⱼ",
            math="Σ",
            number_format=SHOWN,
        )
        terms.a[number] = table.derived(
            f"t{number}_a",
            SIGMOID.value(z.value),
            lambda j: SIGMOID.value_formula(z[j]),
            title=_("activation"),
            symbol=f"a{l}ⱼ",
            math=f"σ(z{l}ⱼ)",
            number_format=SHOWN,
        )
    sheet.sentence(
        f"z{number}_written",
        f"z{l}₁ = {{w1:2p}}·{{a1:4p}} + {{w2:2p}}·{{a2:4p}} + {{b:2p}} = {{z:4p}},   a{l}₁ = σ({{z:4}}) = {{a:4}}",
        w1=W[0, 0], a1=_of(under, 0), w2=W[0, 1], a2=_of(under, 1), b=b[0], z=z[0], a=terms.a[number][0],
    )  # fmt: skip


def _forward_product(W: Block, under: Block, k: int) -> Formula:
    return lambda j: W[j, k] * _of(under, k)


# ------------------------------------------------------------------------------------------------ backward, term by term


def _backward_sheet(book: Book, net: Network, terms: Terms) -> None:
    sheet = book.sheet("Backward", _("Backward, term by term"), landscape=False)
    _output_step(sheet, net, terms)
    for number in (OUTPUT - 1, OUTPUT - 2):
        _hidden_step(sheet, net.layer(number + 1), terms)
    _input_step(sheet, net.layer(INPUT + 1), terms)
    _gradient_step(sheet, net, terms)
    _gradient_bars(sheet, net, terms)


def _output_step(sheet: Sheet, net: Network, terms: Terms) -> None:
    a, Y = terms.a[OUTPUT], net.Y
    sheet.step(
        _("Layer 4: the error of each output"),
        _(
            "δⱼ says how strongly the cost answers to zⱼ; an output has one path to the cost, so nothing is to be added."
        ),
        "δ⁴ⱼ = (a⁴ⱼ − yⱼ)·σ′(z⁴ⱼ)",
    )
    with sheet.table(Counter("j = "), 2) as table:
        dA = table.gradient(
            "t4_dA",
            a.value - Y.value[:, 0],
            lambda j: a[j] - Y[j, 0],
            title=_("slope of the cost"),
            symbol="∂C/∂a⁴ⱼ",
            math="a⁴ⱼ − yⱼ",
            number_format=SHOWN,
        )
        slope = _slope_column(table, OUTPUT, a)
        terms.delta[OUTPUT] = table.gradient(
            "t4_delta",
            dA.value * slope.value,
            lambda j: dA[j] * slope[j],
            title=_("error"),
            symbol="δ⁴ⱼ",
            math="∂C/∂a⁴ⱼ·σ′(z⁴ⱼ)",
            number_format=SHOWN,
        )
    sheet.sentence(
        "delta4_written",
        "δ⁴₁ = ({a:4} − {y:2})·{slope:4} = {delta:6p}",
        a=a[0], y=Y[0, 0], slope=slope[0], delta=terms.delta[OUTPUT][0],
    )  # fmt: skip


def _slope_column(table: Table, number: int, a: Block) -> Block:
    return table.gradient(
        f"t{number}_slope",
        a.value * (1 - a.value),
        lambda j: a[j] * (1 - a[j]),
        title=_("slope of the sigmoid"),
        symbol=f"σ′(z{sup(number)})",
        math="a·(1 − a)",
        number_format=SHOWN,
    )


def _path_columns(table: Table, above: Layer, terms: Terms) -> Block:
    """Add the two products that come back to each neuron k of the layer before `above`, and their sum."""
    W, delta, l = above.W, terms.delta[above.number], sup(above.number)
    number = above.number - 1
    below = "xₖ" if number == INPUT else f"a{sup(number)}ₖ"
    paths = [
        table.gradient(
            f"t{number}_path{j + 1}",
            W.value[j] * delta.value[j],
            None,
            each=[W[j, k] * delta[j] for k in range(2)],
            title=_("through neuron {number}").format(number=j + 1),
            symbol=f"w{l}{_sub(j)}ₖ·δ{l}{_sub(j)}",
            number_format=SHOWN,
        )
        for j in range(2)
    ]
    return table.gradient(
        f"t{number}_dA",
        paths[0].value + paths[1].value,
        lambda k: paths[0][k] + paths[1][k],
        title=_("sum over j"),
        symbol=f"∂C/∂{below}",
        math="Σ",
        number_format=SHOWN,
    )


def _hidden_step(sheet: Sheet, above: Layer, terms: Terms) -> None:
    number = above.number - 1
    l, u = sup(number), sup(above.number)
    sheet.step(
        _("From layer {above} to layer {layer}: two paths, added").format(above=above.number, layer=number),
        _(
            "Neuron k feeds both neurons of the next layer; the cost answers along both paths, each weighed with the weight it went through."
        ),
        f"δ{l}ₖ = (w{u}₁ₖ·δ{u}₁ + w{u}₂ₖ·δ{u}₂)·σ′(z{l}ₖ)",
    )
    with sheet.table(Counter("k = "), 2) as table:
        dA = _path_columns(table, above, terms)
        slope = _slope_column(table, number, terms.a[number])
        delta = terms.delta[number] = table.gradient(
            f"t{number}_delta",
            dA.value * slope.value,
            lambda k: dA[k] * slope[k],
            title=_("error"),
            symbol=f"δ{l}ₖ",
            math=f"Σ·σ′(z{l}ₖ)",
            number_format=SHOWN,
        )
    W, above_delta = above.W, terms.delta[above.number]
    sheet.sentence(
        f"delta{number}_written",
        f"δ{l}₁ = ({{w1:2p}}·{{d1:4p}} + {{w2:2p}}·{{d2:4p}})·{{slope:4}} = {{delta:6p}}",
        w1=W[0, 0], d1=above_delta[0], w2=W[1, 0], d2=above_delta[1], slope=slope[0], delta=delta[0],
    )  # fmt: skip


def _input_step(sheet: Sheet, above: Layer, terms: Terms) -> None:
    sheet.step(
        _("From layer 2 to the input"),
        _("The same sum once more; an input has no activation function, so no slope follows."),
        "∂C/∂xₖ = w²₁ₖ·δ²₁ + w²₂ₖ·δ²₂",
    )
    with sheet.table(Counter("k = "), 2) as table:
        _path_columns(table, above, terms)


def _gradient_step(sheet: Sheet, net: Network, terms: Terms) -> None:
    sheet.step(
        _("Every weight and every bias"),
        _(
            "A weight's derivative is what came in through it times the error of the neuron it leads to; a bias has 1 coming in."
        ),
        "∂C/∂wˡⱼₖ = a(l−1)ₖ·δˡⱼ,   ∂C/∂bˡⱼ = δˡⱼ",
    )
    for layer in reversed(net.layers):
        number, delta, under = layer.number, terms.delta[layer.number], terms.a[layer.number - 1]
        l, p = sup(number), sup(number - 1)
        with sheet.table(Counter("j = "), 2) as table:
            columns = [
                table.gradient(
                    f"t{number}_dW{k + 1}",
                    delta.value * under.value.ravel()[k],
                    _gradient_product(delta, under, k),
                    title=f"∂C/∂w{l}ⱼ{_sub(k)}",
                    symbol=f"a{p}{_sub(k)}·δ{l}ⱼ",
                    number_format=SHOWN,
                )
                for k in range(2)
            ]
            table.gradient(
                f"t{number}_db", delta.value, _same(delta), title=f"∂C/∂b{l}ⱼ", symbol=f"δ{l}ⱼ", number_format=SHOWN
            )
        terms.dW[number] = (columns[0], columns[1])
    last, under = terms.dW[OUTPUT][0], terms.a[OUTPUT - 1]
    sheet.sentence(
        "gradient_written",
        "∂C/∂w⁴₁₁ = {a:4}·{delta:6p} = {g:6p}",
        a=_of(under, 0), delta=terms.delta[OUTPUT][0], g=last[0],
    )  # fmt: skip


def _gradient_bars(sheet: Sheet, net: Network, terms: Terms) -> None:
    """Draw the derivatives of all weights, layer 4 first."""
    sheet.step(
        _("Every weight's derivative as a bar"),
        _(
            "How strongly each weight moves the cost, from the last layer to the first: a bar upwards means that a larger weight costs more."
        ),
    )
    sheet.remark(
        _(
            "Each layer further back multiplies by one more slope of the sigmoid, which is ¼ at most: with small weights the bars shrink towards layer 2."
        )
    )
    places = [(layer.number, j, k) for layer in reversed(net.layers) for j in range(2) for k in range(2)]
    cells = [terms.dW[number][k][j] for number, j, k in places]
    names = np.array([f"w{sup(number)}{_sub(j)}{_sub(k)}" for number, j, k in places], dtype=object)
    top = sheet.cursor
    with sheet.table(None, len(places)) as table:
        name = table.recorded("bar_name", names, title=_("weight"), number_format="@")
        bars = table.gradient(
            "bar",
            np.array([terms.dW[number][k].value[j] for number, j, k in places]),
            None,
            each=cells,
            title=_("derivative of the cost"),
            symbol="∂C/∂w",
            number_format=SHOWN,
        )
    sheet.chart(
        Chart(
            _("The twelve derivatives"),
            (Series("∂C/∂w", name[:], bars[:], Mark.COLUMNS),),
            _("weight"),
            "∂C/∂w",
            _(
                "Twelve columns, layer 4 first: with these numbers the last layer's are the longest, since every layer further back multiplies by a slope of the sigmoid, at most ¼."
            ),
            columns=5,
            rows=15,
            legend=False,
        ),
        at=(top, 4),
    )


def _gradient_product(delta: Block, under: Block, k: int) -> Formula:
    return lambda j: _of(under, k) * delta[j]


def _same(block: Block) -> Formula:
    return lambda j: block[j]


# ------------------------------------------------------------------------------------------------ as matrices


def _matrices_sheet(book: Book, net: Network, terms: Terms) -> tuple[Forward, Backward]:
    sheet = book.sheet(
        "Matrices", _("The same as matrices: another way to look at it"), column_width=14, landscape=False
    )
    sheet.step(
        _("Forward: W times a, plus b"),
        _("A layer's two sums are one product: row j of W meets the column of activations."),
        "zˡ = Wˡ·a(l−1) + bˡ,   aˡ = σ(zˡ)",
    )
    passed = before_first(net.layers, net.X)
    for layer in net.layers:
        forward_layer(sheet, layer, passed)
    back = Backward()
    _matrix_backward(sheet, net, passed, back)
    sheet.step(
        _("The gradient: δ times the row of activations"),
        _("The column δ times the row (a)ᵀ gives a table that lies as W lies: row j, column k."),
        "∂C/∂Wˡ = δˡ·(a(l−1))ᵀ,   ∂C/∂bˡ = δˡ",
    )
    for layer in reversed(net.layers):
        layer_gradients(sheet, layer, passed, back)
    sheet.step(_("Term by term and as matrices: the same"), _("Both ways must give every number alike."))
    for number in (2, 3, 4):
        l = sup(number)
        sheet.check(
            f"same_a{number}",
            _("{symbol}: term by term = as a matrix").format(symbol=f"a{l}"),
            terms.a[number],
            passed.A[number][:, 0],
            1e-12,
        )
    for number in (4, 3, 2):
        l = sup(number)
        sheet.check(
            f"same_delta{number}",
            _("{symbol}: term by term = as a matrix").format(symbol=f"δ{l}"),
            terms.delta[number],
            back.delta[number][:, 0],
            1e-12,
        )
    for number in (4, 3, 2):
        l = sup(number)
        for k, column in enumerate(terms.dW[number]):
            symbol = f"∂C/∂w{l}ⱼ{_sub(k)}"
            sheet.check(
                f"same_dW{number}_{k + 1}",
                _("{symbol}: term by term = as a matrix").format(symbol=symbol),
                column,
                back.dW[number][:, k],
                1e-12,
            )
    return passed, back


def _matrix_backward(sheet: Sheet, net: Network, passed: Forward, back: Backward) -> None:
    """Add δ of layer 4, then for every layer Wᵀ, Wᵀ·δ, σ′ and their product; last ∂C/∂x."""
    sheet.step(
        _("Backward: the error of layer 4"),
        _(
            "The slope of the cost and the slope of the sigmoid, multiplied element by element (∗, the Hadamard product)."
        ),
        "δ⁴ = (a⁴ − y) ∗ σ′(z⁴)",
    )
    delta_in_parts(sheet, net.layer(OUTPUT), None, HALF_SQUARED, passed, net.Y, back)
    for number in (OUTPUT - 1, OUTPUT - 2):
        l, u = sup(number), sup(number + 1)
        sheet.step(
            _("Backward, from layer {above} to layer {layer}").format(above=number + 1, layer=number),
            _(
                "Transposed, W leads back: its row k holds the weights that leave neuron k; then the slopes, element by element."
            ),
            f"δ{l} = (W{u})ᵀ·δ{u} ∗ σ′(z{l})",
        )
        _transposed(sheet, net.layer(number + 1))
        delta_in_parts(sheet, net.layer(number), net.layer(number + 1), HALF_SQUARED, passed, net.Y, back)
        if number == OUTPUT - 1:
            sheet.remark(
                _(
                    "The article's text calls δ⁴ the change of the cost with respect to layer 4's output; it is with respect to its weighted input z⁴. With respect to the output a⁴ the slope σ′(z⁴) would be missing."
                )
            )
    sheet.step(
        _("Backward, from layer 2 to the input"),
        _("No activation function, no slope: the product with (W²)ᵀ is all."),
        "∂C/∂x = (W²)ᵀ·δ²",
    )
    _transposed(sheet, net.layer(INPUT + 1))
    back.dA[INPUT] = carried_back(sheet, net.layer(INPUT + 1), back.delta[INPUT + 1])


def _transposed(sheet: Sheet, layer: Layer) -> None:
    W, l = layer.W, sup(layer.number)
    sheet.derived(
        f"W{layer.number}_T",
        W.value.T,
        lambda k, j: W[j, k],
        symbol=f"(W{l})ᵀ",
        title=_("weights of layer {layer}, transposed: one row a neuron k before it").format(layer=layer.number),
        rows=Counter("k = "),
        columns=Counter("j = "),
        number_format="0.00",
    )


# ------------------------------------------------------------------------------------------------ update, checks, map


def _update_sheet(book: Book, net: Network, before: Block, back: Backward, lr: float) -> Block:
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
    W, new = net.layer(OUTPUT).W, new_layers[-1].W
    sheet.sentence(
        "w_written",
        "w⁴₁₁ ← {w:2p} − {eta:2}·{g:6p} = {new:6p}",
        w=W[0, 0], eta=eta, g=back.dW[OUTPUT][0, 0], new=new[0, 0],
    )  # fmt: skip
    sheet.step(
        _("Does the cost fall?"), _("The same input through the same formulas, with the new weights and biases.")
    )
    again = forward(sheet, new_layers, net.X, "_new")
    after = cost_of_one(sheet, HALF_SQUARED, again.output, net.Y, "_new", _("cost after the step"))
    cost_verdict(sheet, "cost", before, after, eta)
    return eta


def _nudge_sheet(book: Book, net: Network, passed: Forward, back: Backward) -> None:
    sheet = book.sheet("Nudge", _("Nudge: is every derivative right?"))
    sheet.step(
        _("All 18 weights and biases, up and down by h"),
        _("Nudge one parameter at a time, run the network again, and the cost must change as backpropagation said."),
        "∂C/∂w ≈ (C(w + h) − C(w − h)) / 2h",
    )
    h = nudge_size(sheet)
    sheet.gap()
    check_every_parameter(sheet, net.layers, HALF_SQUARED, passed, net.Y, back, h)
