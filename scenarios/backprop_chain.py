"""Backpropagation along a chain: one neuron a layer, and three factors for every derivative.

Symbols, as in the article; l = 1, 2, 3 is the layer, L = 3 the last one, a⁰ = x the input
    w(l), b(l)   weight and bias              z(l)   w(l)·a(l−1) + b(l)      a(l)   σ(z(l))
    y            what a(L) should be          C₀     cost of one example, (a(L) − y)²
    ∂C₀/∂w(l) = a(l−1) · σ′(z(l)) · ∂C₀/∂a(l)       ∂C₀/∂b(l): 1 instead of a(l−1)      ∂C₀/∂a(l−1): w(l) instead
    C            the mean of C₀ over n examples
Shapes: every number is a matrix of one cell, so that the layers are the dense layers of every other network here.

Article: backpropagation-13002; its last two activations are 0.48 and 0.66, its cost is 0.1156.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import SIGMOID, Array
from scenarios.common.batch import cost_column, delta_columns, forward_columns, total_cost
from scenarios.common.dense import (
    Backward,
    Forward,
    Layer,
    activation,
    before_first,
    cost_of_one,
    delta_of_parts,
    output_slope,
    pre_activation,
    slopes,
    sup,
    updated_biases,
    updated_weights,
)
from scenarios.common.gradient_check import check_chosen_parameter, check_every_parameter
from scenarios.common.losses import SQUARED, averaged
from scenarios.common.network_page import Shown, network_face, network_page, whole_page
from scenarios.common.outcome import cost_verdict, nudge_size
from workbook.block import SIGNS, Between, Block, Counter, Formula, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.data import read_numbers
from workbook.eager import Sheet
from workbook.formula import Expr, Operand, mean, number_of, rounded
from workbook.scenario import Parameter, Scenario, UsageError
from workbook.sheet import Style
from workbook.text import N_, _, fixed_text

INPUT, TARGET = 0.5, 1.0
WEIGHTS = np.array([-0.899092, -2.486781, 0.913252])
BIASES = np.array([-0.311784, 0.729004, 0.217821])
"""Chosen so that the last two activations are the article's 0.48 and 0.66."""

LAST = 3
EXAMPLES = np.array([[0.5, 1.0], [0.9, 0.2], [0.1, 0.7], [0.3, 0.9]])
MOST_EXAMPLES = 50

REACH, TRIED = 2.0, 25
"""How far w³ runs to either side on the sheet Slope, and at how many places."""

WEIGHT = Between(-10, 10)
SIGNAL = Between(-5, 5)
FRACTION = Between(0, 1)
TYPED, SHOWN, SLOPE = "0.00####", "0.000000", "0.000000"


class BackpropChain(Scenario):
    """One neuron a layer."""

    name = "backprop-chain"
    title = N_("Backpropagation along a chain: one neuron a layer")
    article = N_("The neural network algorithm: backpropagation (backpropagation-13002)")
    summary = N_(
        "Three neurons in a row, and a cost at their end. Every derivative is a product of three factors, each in a cell of "
        "its own; what one layer hands back is what the layer before it begins with. Then one step of descent, and the same "
        "for several examples, averaged."
    )
    order = 110
    locale = Path(__file__).parent / "locale"
    parameters = (
        Parameter("x", INPUT, N_("input x"), SIGNAL.low, SIGNAL.high),
        Parameter("y", TARGET, N_("target y"), FRACTION.low, FRACTION.high),
        Parameter("w1", float(WEIGHTS[0]), N_("weight of layer 1"), WEIGHT.low, WEIGHT.high),
        Parameter("w2", float(WEIGHTS[1]), N_("weight of layer 2"), WEIGHT.low, WEIGHT.high),
        Parameter("w3", float(WEIGHTS[2]), N_("weight of layer 3"), WEIGHT.low, WEIGHT.high),
        Parameter("b1", float(BIASES[0]), N_("bias of layer 1"), WEIGHT.low, WEIGHT.high),
        Parameter("b2", float(BIASES[1]), N_("bias of layer 2"), WEIGHT.low, WEIGHT.high),
        Parameter("b3", float(BIASES[2]), N_("bias of layer 3"), WEIGHT.low, WEIGHT.high),
        Parameter("lr", 1.0, N_("learning rate η"), 0.0001, 10),
    )
    data_columns = N_("x (−5 to 5), y (0 to 1): one example a row, 1 to 50 rows")

    def read_data(self, path: Path) -> Array:
        """Read the examples to average over, (n, 2)."""
        frame = read_numbers(
            path, ("x", "y"), min_rows=1, max_rows=MOST_EXAMPLES, low=SIGNAL.low, high=SIGNAL.high, not_constant=False
        )
        wrong = ~frame["y"].between(FRACTION.low, FRACTION.high)
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0]) + 2
            raise UsageError(
                f"{path}: row {row}, column y: a sigmoid gives numbers from 0 to 1; give a target from 0 to 1"
            )
        return frame.to_numpy(float)

    def build(self, book: Book, settings: Mapping[str, Any], data: Array | None) -> None:
        """Lay the article's section out, one sheet a thought."""
        book.first_change = _(
            "on the sheet Chain, type another weight w³ or another target y, and watch every factor on the sheet Backward move."
        )
        page = whole_page(book)
        forward_sheet = book.sheet("Chain", _("The chain: forward to the cost"), landscape=False)
        tree_sheet = book.sheet("Tree", _("The tree of influences"), landscape=False)
        chain = _givens(forward_sheet, settings)
        passed = _forward(forward_sheet, chain)
        whole = _cost(forward_sheet, chain, passed)
        back = _backward_sheet(book, chain, passed)
        _tree(tree_sheet, chain, passed, whole, back)
        eta, new_layers = _update_sheet(book, chain, back, whole, settings["lr"])
        _slope_sheet(book, chain, passed, whole, back, new_layers[-1].W)
        averages = _examples_sheet(book, chain, EXAMPLES if data is None else data, eta)
        _nudge_sheet(book, chain, passed, back, averages)
        network_face(book.start, network_page(page, Shown(chain.layers, chain.X, chain.Y, SQUARED, eta)))


@dataclass(frozen=True)
class Chain:
    """The typed-in numbers: input and target (1, 1) and three layers of one neuron."""

    X: Block
    Y: Block
    layers: list[Layer]


# ------------------------------------------------------------------------------------------------ a table of single cells


@dataclass(frozen=True)
class _Cell:
    """A place for one number: the dense layers' functions add to it as they add to a sheet."""

    sheet: Sheet
    row: int
    column: int

    def derived(self, id: str, value: Any, formula: Formula | None, **fields: Any) -> Block:
        return self.add(Role.DERIVED, id, value, formula, **fields)

    def gradient(self, id: str, value: Any, formula: Formula | None, **fields: Any) -> Block:
        return self.add(Role.GRADIENT, id, value, formula, **fields)

    def updated(self, id: str, value: Any, formula: Formula | None, **fields: Any) -> Block:
        return self.add(Role.UPDATED, id, value, formula, **fields)

    def add(self, role: Role, id: str, value: Any, formula: Formula | None, **fields: Any) -> Block:
        """Add a block of one cell; the table has the headings."""
        fields |= {"rows": None, "columns": None, "number_format": TYPED if role is Role.GIVEN else SHOWN}
        return self.sheet.add(Block(id, role, np.asarray(value), formula=formula, **fields), at=(self.row, self.column))

    def copy(self, id: str, block: Block) -> Block:
        """Show a number that stands elsewhere."""
        return self.add(
            block.role if block.role is Role.GRADIENT else Role.DERIVED, id, block.value, lambda *at: block[at]
        )


@dataclass(frozen=True)
class _Column:
    """A heading: what the column's numbers are for, what they are, and the formula below it."""

    title: str
    symbol: str
    math: str = ""
    role: Role = Role.DERIVED


class _Cells:
    """A table whose cells are filled one by one: a row a layer, say."""

    def __init__(self, sheet: Sheet, rows: Sequence[str], columns: Sequence[_Column]) -> None:
        self.sheet = sheet
        top = sheet.cursor
        for n, column in enumerate(columns, 1):
            sheet.label(top, n, f"{SIGNS[column.role]} {column.title}", Style.COLUMN, role=column.role)
            sheet.label(top + 1, n, column.symbol, Style.COLUMN)
            if column.math:
                sheet.label(top + 2, n, column.math, Style.COLUMN_MATH)
        self.first = top + (3 if any(column.math for column in columns) else 2)
        for n, name in enumerate(rows):
            sheet.label(self.first + n, 0, name, Style.ROW)
        sheet.cursor = self.first + len(rows) + 1

    def at(self, row: int, column: int) -> _Cell:
        """Return the place in a row, counted from 0, and a column, counted from 1."""
        return _Cell(self.sheet, self.first + row, column)

    def empty(self, row: int, column: int) -> None:
        """Mark a place that has no number."""
        self.sheet.label(self.first + row, column, "–", Style.ARROW)


def _layer_names() -> list[str]:
    return [_("layer {layer}").format(layer=number) for number in range(1, LAST + 1)]


# ------------------------------------------------------------------------------------------------ forward


def _givens(sheet: Sheet, settings: Mapping[str, Any]) -> Chain:
    sheet.step(
        _("An input, a target, and six numbers to learn"),
        _("One neuron a layer is the smallest network: x feeds a¹, a¹ feeds a², a² feeds a³, and a³ should be y."),
        "x = a⁰ → a¹ → a² → a³ ⇢ y",
    )
    ends = _Cells(
        sheet,
        [_("example")],
        [_Column(_("input"), "x = a⁰", role=Role.GIVEN), _Column(_("target"), "y", role=Role.GIVEN)],
    )
    X = _given(ends.at(0, 1), "X", np.array([[settings["x"]]]), np.array([[INPUT]]), SIGNAL, "x")
    Y = _given(ends.at(0, 2), "Y", np.array([[settings["y"]]]), np.array([[TARGET]]), FRACTION, "y")
    table = _Cells(
        sheet,
        _layer_names(),
        [_Column(_("weight"), "w", role=Role.GIVEN), _Column(_("bias"), "b", role=Role.GIVEN)],
    )
    layers = []
    for n in range(LAST):
        number = n + 1
        w, b = settings[f"w{number}"], settings[f"b{number}"]
        W = _given(table.at(n, 1), f"W{number}", np.array([[w]]), WEIGHTS[n].reshape(1, 1), WEIGHT, f"w{sup(number)}")
        bias = _given(table.at(n, 2), f"b{number}", np.array([b]), BIASES[n].reshape(1), WEIGHT, f"b{sup(number)}")
        layers.append(Layer(number, W, bias, SIGMOID))
    sheet.remark(
        _("Printed in the article: the target y = 1.0, the last two activations 0.48 and 0.66, the cost 0.1156.")
    )
    sheet.remark(
        _(
            "Chosen here, since the article names no others: x, every weight and every bias, so that the printed activations come out."
        )
    )
    return Chain(X, Y, layers)


def _given(cell: _Cell, id: str, value: Array, article: Array, valid: Between, symbol: str) -> Block:
    return cell.add(Role.GIVEN, id, value, None, article=article, valid=valid, symbol=symbol)


def _forward_table(sheet: Sheet, layers: Sequence[Layer], X: Block, suffix: str = "") -> Forward:
    """Add a row a layer: what comes in, z and a."""
    table = _Cells(
        sheet,
        _layer_names(),
        [
            _Column(_("what comes in"), "a(l−1)"),
            _Column(_("weighted input"), "z(l)", "w(l)·a(l−1) + b(l)"),
            _Column(_("activation"), "a(l)", "σ(z(l))"),
        ],
    )
    passed = before_first(layers, X)
    for n, layer in enumerate(layers):
        table.at(n, 1).copy(f"in{layer.number}{suffix}", passed.output)
        passed.Z.append(pre_activation(table.at(n, 2), layer, passed.output, suffix))
        passed.A.append(activation(table.at(n, 3), layer, passed.z(layer.number), suffix))
    return passed


def _forward(sheet: Sheet, chain: Chain) -> Forward:
    sheet.step(
        _("Forward: from the input to the last activation"),
        _("Every neuron weighs what comes in, adds its bias, and squeezes the sum between 0 and 1 with the sigmoid."),
        "z(l) = w(l)·a(l−1) + b(l),   a(l) = σ(z(l)) = 1 / (1 + e⁻ᶻ)",
    )
    passed = _forward_table(sheet, chain.layers, chain.X)
    first = chain.layers[0]
    assert first.b is not None
    sheet.sentence(
        "z1_written",
        "z¹ = w¹·x + b¹ = {w:6p}·{x:2p} + {b:6p} = {z:6p},   a¹ = σ({z:6}) = {a:6}",
        w=first.W[0, 0], x=chain.X[0, 0], b=first.b[0], z=passed.z(1)[0, 0], a=passed.A[1][0, 0],
    )  # fmt: skip
    sheet.gap()
    sheet.printed("a2_printed", _("a(L−1), the last neuron but one"), passed.A[2][0, 0], 0.48, 2)
    sheet.printed("a3_printed", _("a(L), the last neuron"), passed.A[3][0, 0], 0.66, 2)
    sheet.gap()
    return passed


def _cost(sheet: Sheet, chain: Chain, passed: Forward) -> Block:
    Y = chain.Y
    sheet.step(
        _("The cost of this example"),
        _("How far the last activation is from the target, squared: 0 would be perfect."),
        "C₀ = (a(L) − y)²",
    )
    whole = cost_of_one(sheet, SQUARED, passed.output, Y, "", _("cost of this example"), "C₀")
    sheet.sentence(
        "C_written",
        "C₀ = ({a:6} − {y:2})² = {C:6}",
        a=passed.output[0, 0], y=Y[0, 0], C=whole.whole(),
    )  # fmt: skip
    short = sheet.derived(
        "a3_rounded",
        float(fixed_text(float(passed.output.value[0, 0]), 2)),
        lambda: rounded(passed.output[0, 0], 2),
        symbol="a(L)",
        title=_("as the article shows it, with two decimals"),
        number_format="0.00",
    )
    printed = sheet.derived(
        "C_rounded",
        (short.value - Y.value[0, 0]) ** 2,
        lambda: (short - Y[0, 0]) ** 2,
        symbol="C₀",
        title=_("computed from these two decimals"),
        number_format="0.0000",
    )
    sheet.printed("C_printed", _("the article's cost, from the rounded activation"), printed, 0.1156, 4)
    sheet.remark(
        _(
            "The article prints (0.66 − 1)² = 0.1156: it squares the rounded activation. Everything below uses all digits."
        )
    )
    return whole


# ------------------------------------------------------------------------------------------------ backward


def _backward_sheet(book: Book, chain: Chain, passed: Forward) -> Backward:
    sheet = book.sheet("Backward", _("Backward: three factors for every derivative"))
    back = Backward()
    for layer in reversed(chain.layers):
        _backward_step(sheet, chain, layer, passed, back)
    _whole_chain(sheet, chain, passed, back)
    return back


def _backward_step(sheet: Sheet, chain: Chain, layer: Layer, passed: Forward, back: Backward) -> None:
    number = layer.number
    l, below, W = sup(number), sup(number - 1), layer.W
    A = passed.A[number - 1]
    if number == LAST:
        sheet.step(
            _("The last layer: three influences in a row"),
            _("A change of w³ moves z³, z³ moves a³, and a³ moves the cost: multiply the three rates."),
            "∂C₀/∂w(L) = ∂z(L)/∂w(L) · ∂a(L)/∂z(L) · ∂C₀/∂a(L) = a(L−1) · σ′(z(L)) · 2(a(L) − y)",
        )
        sheet.remark(
            _(
                "The article says that dy/dx divides the dependent variable by the independent one; it is their small changes that are divided."
            )
        )
    else:
        sheet.step(
            _("Layer {layer}: the same three factors").format(layer=number),
            _("The last factor is what the layer after it handed back, ∂C₀/∂a{layer}; nothing else is new.").format(
                layer=l
            ),
            f"∂C₀/∂w{l} = {'x' if number == 1 else 'a' + below} · σ′(z{l}) · ∂C₀/∂a{l}",
        )
    table = _Cells(
        sheet,
        [f"∂C₀/∂z{l} = δ{l}", f"∂C₀/∂w{l}", f"∂C₀/∂b{l}", "∂C₀/∂x" if number == 1 else f"∂C₀/∂a{below}"],
        [
            _Column(_("own factor"), f"∂z{l}/∂…", f"{'x' if number == 1 else 'a' + below}, 1, w{l}", Role.GRADIENT),
            _Column(_("slope of the sigmoid"), f"∂a{l}/∂z{l}", f"σ′(z{l}) = a{l}·(1 − a{l})", Role.GRADIENT),
            _Column(
                _("from behind"),
                f"∂C₀/∂a{l}",
                f"2·(a{l} − y)"
                if number == LAST
                else f"w{sup(number + 1)}·σ′(z{sup(number + 1)})·∂C₀/∂a{sup(number + 1)}",
                Role.GRADIENT,
            ),
            _Column(_("product"), "∂C₀/∂…", role=Role.GRADIENT),
        ],
    )
    slope = back.slope[number] = slopes(table.at(0, 2), layer, passed)
    if number == LAST:
        dA = back.dA[number] = output_slope(table.at(0, 3), layer, SQUARED, passed, chain.Y)
    else:
        dA = table.at(0, 3).copy(f"behind{number}", back.dA[number])
    table.empty(0, 1)
    back.delta[number] = delta_of_parts(table.at(0, 4), layer, dA, slope)
    one = np.ones(1)
    back.dW[number] = _three_factors(table, 1, f"gW{number}", A.value, lambda *at: A[0, 0], slope, dA)
    back.db[number] = _three_factors(table, 2, f"gb{number}", one, lambda *at: 1, slope, dA)
    back.dA[number - 1] = _three_factors(table, 3, f"dA{number - 1}", W.value, lambda *at: W[0, 0], slope, dA)
    sheet.sentence(
        f"gW{number}_written",
        f"∂C₀/∂w{l} = {{own:4p}}·{{slope:4}}·{{behind:4p}} = {{whole:6p}}",
        own=A[0, 0], slope=slope[0, 0], behind=dA[0, 0], whole=back.dW[number][0, 0],
    )  # fmt: skip
    sheet.gap()


def _three_factors(table: _Cells, row: int, id: str, own: Array, formula: Formula, slope: Block, dA: Block) -> Block:
    """Fill a row: the factor that is its own, the two that all share, and their product."""
    first = table.at(row, 1).gradient(f"{id}_own", own, formula)
    second = table.at(row, 2).copy(f"{id}_slope", slope)
    third = table.at(row, 3).copy(f"{id}_behind", dA)
    shape = own.shape
    return table.at(row, 4).gradient(
        id,
        (own.reshape(1, 1) * slope.value * dA.value).reshape(shape),
        lambda *at: first[at] * second[0, 0] * third[0, 0],
    )


def _whole_chain(sheet: Sheet, chain: Chain, passed: Forward, back: Backward) -> None:
    """Write ∂C₀/∂w¹ as the product along the whole chain."""
    sheet.step(
        _("The first weight, all the way at once"),
        _("Put into one another, the three steps are one product along the whole chain: seven factors for w¹."),
        "∂C₀/∂w¹ = x · σ′(z¹) · w² · σ′(z²) · w³ · σ′(z³) · 2(a³ − y)",
    )
    W = [layer.W for layer in chain.layers]
    parts = [
        ("x", chain.X), ("σ′(z¹)", back.slope[1]), ("w²", W[1]), ("σ′(z²)", back.slope[2]),
        ("w³", W[2]), ("σ′(z³)", back.slope[3]), ("2(a³ − y)", back.dA[3]),
    ]  # fmt: skip
    columns = [
        _Column(_("factor {number}").format(number=n), name, role=Role.GRADIENT)
        for n, (name, _b) in enumerate(parts, 1)
    ]
    table = _Cells(sheet, ["∂C₀/∂w¹"], [*columns, _Column(_("product"), "∂C₀/∂w¹", role=Role.GRADIENT)])
    factors = [
        table.at(0, n).gradient(f"factor{n}", block.value, lambda *at, block=block: block[at])
        for n, (_name, block) in enumerate(parts, 1)
    ]

    def product(*at: Any) -> Operand:
        whole: Expr = factors[0][at]
        for factor in factors[1:]:
            whole = whole * factor[at]
        return whole

    value = np.prod([block.value for _name, block in parts], axis=0)
    whole = table.at(0, len(parts) + 1).gradient("product7", value, product)
    sheet.check("chain7", _("seven factors at once = layer by layer"), whole[0, 0], back.dW[1][0, 0], 1e-12)


# ------------------------------------------------------------------------------------------------ the tree


def _tree(sheet: Sheet, chain: Chain, passed: Forward, whole: Block, back: Backward) -> None:
    """Draw what moves what: w, a and b move z, z moves a, a and y move the cost; a rate on every arrow."""
    sheet.step(
        _("Who moves whom"),
        _(
            "Read down: each number is moved by those above it, and the rate on the arrow says how strongly; multiply the rates on a path and you have the influence on C₀."
        ),
        "∂C₀/∂w(L) = ∂z(L)/∂w(L) · ∂a(L)/∂z(L) · ∂C₀/∂a(L)",
    )
    tree = _Tree(sheet, sheet.cursor + 1)
    sheet.label(sheet.cursor, 7, _("influence on C₀"), Style.COLUMN, role=Role.GRADIENT)
    for layer in chain.layers:
        _branch(tree, layer, passed, back)
    tree.node(3, "a³", passed.output)
    tree.node(5, "y", chain.Y)
    tree.influence("∂C₀/∂a³", back.dA[LAST])
    tree.down(2)
    tree.rate(3, "↓ ∂C₀/∂a³ = 2(a³ − y)", back.dA[LAST])
    tree.down(2)
    tree.node(3, "C₀", whole)
    sheet.cursor = tree.row + 3
    sheet.widths.update({1: 22, 2: 3, 3: 26, 4: 3, 5: 22, 6: 4, 7: 16})


@dataclass
class _Tree:
    """Where the next row of the tree goes."""

    sheet: Sheet
    row: int

    def down(self, rows: int) -> None:
        self.row += rows

    def node(self, column: int, name: str, block: Block) -> None:
        """Show a number with its name above it."""
        self.sheet.label(self.row, column, name, Style.COLUMN)
        self._show("tree", column, block)

    def rate(self, column: int, name: str, block: Block) -> None:
        """Show a rate with its arrow above it."""
        self.sheet.label(self.row, column, name, Style.ARROW)
        self._show("rate", column, block, Role.GRADIENT)

    def influence(self, name: str, block: Block) -> None:
        """Show how strongly the number in this row moves the cost, right of the tree."""
        self.sheet.label(self.row, 7, name, Style.COLUMN)
        self._show("influence", 7, block)

    def _show(self, kind: str, column: int, block: Block, role: Role | None = None) -> None:
        role = role or (Role.DERIVED if block.role is Role.GIVEN else block.role)
        shown = Block(
            f"{kind}_{block.id}_{self.row}", role, block.value, formula=lambda *at: block[at], number_format=SHOWN
        )
        self.sheet.add(shown, at=(self.row + 1, column))


def _branch(tree: _Tree, layer: Layer, passed: Forward, back: Backward) -> None:
    """Draw a layer: w, what comes in and b, the arrows to z, and the arrow to a."""
    number = layer.number
    l = sup(number)
    under, name = passed.A[number - 1], "x" if number == 1 else f"a{sup(number - 1)}"
    assert layer.b is not None
    tree.node(1, f"w{l}", layer.W)
    tree.node(3, name, under)
    tree.node(5, f"b{l}", layer.b)
    tree.influence(f"∂C₀/∂{name}", back.dA[number - 1])
    tree.down(2)
    tree.rate(1, f"↘ ∂z{l}/∂w{l} = {name}", under)
    tree.rate(3, f"↓ ∂z{l}/∂{name} = w{l}", layer.W)
    tree.sheet.label(tree.row, 5, f"↙ ∂z{l}/∂b{l} = 1", Style.ARROW)
    tree.down(2)
    tree.node(3, f"z{l}", passed.z(number))
    tree.influence(f"∂C₀/∂z{l} = δ{l}", back.delta[number])
    tree.down(2)
    tree.rate(3, f"↓ ∂a{l}/∂z{l} = σ′(z{l})", back.slope[number])
    tree.down(2)


# ------------------------------------------------------------------------------------------------ update


def _update_sheet(book: Book, chain: Chain, back: Backward, whole: Block, lr: float) -> tuple[Block, list[Layer]]:
    sheet = book.sheet("Update", _("Update, and a second forward pass"), landscape=False)
    sheet.step(
        _("One step against the gradient"),
        _("The six derivatives are the gradient; a step in the opposite direction makes the cost smaller."),
        "w ← w − η·∂C₀/∂w,   b ← b − η·∂C₀/∂b",
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
    new_layers = _updated_table(sheet, chain.layers, back, eta, "_new")
    last = chain.layers[-1]
    sheet.sentence(
        "w3_written",
        "w³ ← {w:6p} − {eta:2}·{g:6p} = {new:6p}",
        w=last.W[0, 0], eta=eta, g=back.dW[LAST][0, 0], new=new_layers[-1].W[0, 0],
    )  # fmt: skip
    sheet.remark(
        _(
            "The article once says to add the gradient to the weights; it is the negative gradient that is added, as its summary says."
        )
    )
    sheet.step(
        _("Does the cost fall?"),
        _("The same input through the same formulas, with the new weights and biases."),
    )
    again = _forward_table(sheet, new_layers, chain.X, "_new")
    after = cost_of_one(sheet, SQUARED, again.output, chain.Y, "_new", _("cost after the step"), "C₀")
    cost_verdict(sheet, "cost", whole, after, eta)
    return eta, new_layers


def _slope_sheet(book: Book, chain: Chain, passed: Forward, whole: Block, back: Backward, new: Block) -> None:
    """Draw C₀ as w³ alone moves, with the tangent that the derivative gives, and the step that was taken."""
    sheet = book.sheet("Slope", _("The slope: the cost while only w³ moves"), landscape=False)
    sheet.step(
        _("The derivative is a slope"),
        _(
            "Everything else stays as it is, w³ runs from left to right, and C₀ draws a curve; at the w³ of the chain its tangent has the slope that the three factors gave."
        ),
        "C₀(w) = (σ(w·a² + b³) − y)²,   C₀ + ∂C₀/∂w³·(w − w³)",
    )
    news = sheet.reserve()
    reach = sheet.given(
        "reach",
        REACH,
        title=_("how far w³ runs to either side"),
        number_format="0.0",
        valid=Between(0.1, 10),
    )
    half = sheet.recorded("half", float(TRIED // 2), title=_("places on either side"), symbol="n", number_format="0")
    sheet.gap()
    W, g, a, b, y = chain.layers[-1].W, back.dW[LAST], passed.A[LAST - 1], chain.layers[-1].b, chain.Y
    assert b is not None

    def cost_value(w: Array) -> Array:
        found: Array = (SIGMOID.value(w * a.value[0, 0] + b.value[0]) - y.value[0, 0]) ** 2
        return found

    def cost_formula(w: Expr) -> Expr:
        return (SIGMOID.value_formula(w * a[0, 0] + b[0]) - y[0, 0]) ** 2

    with sheet.table([_("before the step"), _("after the step of w³ alone")], 2) as table:
        ends = table.derived(
            "step_w3", np.array([W.value[0, 0], new.value[0, 0]]), None, each=[W[0, 0], new[0, 0]], title=_("weight"),
            symbol="w³", number_format=SHOWN,
        )  # fmt: skip
        costs = table.derived(
            "step_C", cost_value(ends.value), lambda i: cost_formula(ends[i]), title=_("cost C₀"), symbol="C₀",
            number_format=SHOWN,
        )  # fmt: skip
        line = table.derived(
            "step_tangent", whole.value + g.value[0, 0] * (ends.value - W.value[0, 0]),
            lambda i: whole + g[0, 0] * (ends[i] - W[0, 0]), title=_("tangent"), number_format=SHOWN,
        )  # fmt: skip
    top = sheet.cursor
    with sheet.table(Counter(""), TRIED) as table:
        tried = table.derived(
            "tried_w3", W.value[0, 0] + reach.value * (np.arange(TRIED) / half.value - 1),
            lambda p: W[0, 0] + reach * ((number_of(p) - 1) / half - 1), title=_("weight tried"), symbol="w",
            number_format="0.0000",
        )  # fmt: skip
        curve = table.derived(
            "tried_C", cost_value(tried.value), lambda p: cost_formula(tried[p]), title=_("cost C₀"), symbol="C₀(w)",
            number_format=SHOWN,
        )  # fmt: skip
        tangent = table.gradient(
            "tried_tangent", whole.value + g.value[0, 0] * (tried.value - W.value[0, 0]),
            lambda p: whole + g[0, 0] * (tried[p] - W[0, 0]), title=_("tangent"), number_format=SHOWN,
        )  # fmt: skip
    sheet.sentence(
        "slope_written",
        _("At w³ = {w:4} the tangent rises by {g:6p} for each 1 to the right. The step goes from {C:6} to {after:6}; the tangent alone would promise {promised:6}."),
        row=news, w=W[0, 0], g=g[0, 0], C=whole, after=costs[1], promised=line[1],
    )  # fmt: skip
    sheet.chart(
        Chart(
            _("The cost as w³ moves"),
            (
                Series(_("cost C₀"), tried[:], curve[:]),
                Series(_("tangent"), tried[:], tangent[:], colour="#D1711B", dashed=True),
                Series(_("before the step"), ends[0:1], costs[0:1], Mark.POINTS, "#6B7280"),
                Series(_("after the step of w³ alone"), ends[1:2], costs[1:2], Mark.POINTS, "#B3261E"),
            ),
            "w³",
            _("cost C₀"),
            _(
                "A falling curve of the cost by w³, its tangent at the chain's w³, and two dots: before the step and after it."
            ),
            columns=7,
            rows=20,
        ),
        at=(top, 5),
    )


def _updated_table(sheet: Sheet, layers: Sequence[Layer], back: Backward, eta: Block, suffix: str) -> list[Layer]:
    """Add a row a layer: weight, its derivative, new weight, and the same for the bias."""
    table = _Cells(
        sheet,
        _layer_names(),
        [
            _Column(_("weight"), "w"),
            _Column(_("derivative"), "∂C/∂w", role=Role.GRADIENT),
            _Column(_("new weight"), "w′", "w − η·∂C/∂w", Role.UPDATED),
            _Column(_("bias"), "b"),
            _Column(_("derivative"), "∂C/∂b", role=Role.GRADIENT),
            _Column(_("new bias"), "b′", "b − η·∂C/∂b", Role.UPDATED),
        ],
    )
    new_layers = []
    for n, layer in enumerate(layers):
        number = layer.number
        assert layer.b is not None
        table.at(n, 1).copy(f"old_W{number}{suffix}", layer.W)
        table.at(n, 2).copy(f"old_gW{number}{suffix}", back.dW[number])
        W = updated_weights(table.at(n, 3), layer, back.dW[number], eta, suffix)
        table.at(n, 4).copy(f"old_b{number}{suffix}", layer.b)
        table.at(n, 5).copy(f"old_gb{number}{suffix}", back.db[number])
        b = updated_biases(table.at(n, 6), layer, back.db[number], eta, suffix)
        new_layers.append(Layer(number, W, b, layer.activation))
    return new_layers


# ------------------------------------------------------------------------------------------------ several examples


def _examples_sheet(book: Book, chain: Chain, examples: Array, eta: Block) -> tuple[Forward, Block, Backward]:
    """Add the pass over all examples; return it, the targets and the averaged gradients."""
    sheet = book.sheet("Examples", _("Several examples: the cost and its gradient, averaged"))
    layers, n = chain.layers, len(examples)
    loss = averaged(SQUARED)
    sheet.step(
        _("Forward, one example a row"),
        _("A network is judged by all its examples: each has a cost of its own, and the cost of them all is the mean."),
        "C = (C₁ + C₂ + … + Cₙ) / n",
    )
    sheet.remark(
        _(
            "Chosen here: these rows, as far as they are not your own; the first is at first the example of the sheets before."
        )
    )
    with sheet.table(Counter("i = "), n) as table:
        X = table.given("X_all", examples[:, :1], title=_("input"), columns=["x"], valid=SIGNAL, number_format=TYPED)
        Y = table.given("Y_all", examples[:, 1:], title=_("target"), columns=["y"], valid=FRACTION, number_format=TYPED)
        passed = forward_columns(table, layers, X, "_all")
        each = cost_column(table, loss, passed.output, Y, "_all")
        whole = total_cost(table, loss, each, "_all")
    sheet.sentence(
        "C1_written",
        "C₁ = (a³ − y)² = ({a:6} − {y:2})² = {C:6}",
        a=passed.output[0, 0], y=Y[0, 0], C=each[0],
    )  # fmt: skip
    sheet.step(
        _("Backward, one example a row"),
        _("The same three factors for every row, from the last layer to the first: δ is the product of the last two."),
        "δ(L) = 2(a(L) − y)·σ′(z(L)),   δ(l) = w(l+1)·δ(l+1)·σ′(z(l))",
    )
    with sheet.table(Counter("i = "), n) as table:
        back = delta_columns(table, layers, loss, passed, Y, "_all")
    slope, delta = back.slope, back.delta
    sheet.sentence(
        "delta3_written",
        "i = 1:   δ³ = 2·({a:4} − {y:2})·{slope:4} = {delta:6p}",
        a=passed.output[0, 0], y=Y[0, 0], slope=slope[LAST][0, 0], delta=delta[LAST][0, 0],
    )  # fmt: skip
    sheet.sentence(
        "delta2_written",
        "δ² = w³·δ³·σ′(z²) = {w:4p}·{above:6p}·{slope:4} = {delta:6p}",
        w=layers[-1].W[0, 0], above=delta[LAST][0, 0], slope=slope[LAST - 1][0, 0], delta=delta[LAST - 1][0, 0],
    )  # fmt: skip
    _averaged_gradient(sheet, layers, passed, back, n)
    new_layers = _averaged_step(sheet, chain, back, eta)
    again = _second_pass(sheet, new_layers, X, Y)
    cost_verdict(sheet, "cost_all", whole, again, eta)
    sheet.remark(
        _(
            "The article pictures stochastic descent as turning around a hundred times and taking the steepest of the slopes. In truth nothing is picked: the gradients of the few examples in a mini-batch are averaged, as here, and the next mini-batch takes others."
        )
    )
    return passed, Y, back


def _averaged_gradient(sheet: Sheet, layers: Sequence[Layer], passed: Forward, back: Backward, n: int) -> None:
    """Add every example's six derivatives, and under each column its mean."""
    sheet.step(
        _("The gradient: a mean under every column"),
        _("Each example would like other changes; their mean is the derivative of the mean cost."),
        "∂C/∂w = (∂C₁/∂w + ∂C₂/∂w + … + ∂Cₙ/∂w) / n",
    )
    with sheet.table(Counter("i = "), n) as table:
        for layer in reversed(layers):
            l, number = sup(layer.number), layer.number
            A, delta = passed.A[number - 1], back.delta[number]
            weight = table.gradient(
                f"gW{number}_each",
                delta.value * A.value,
                _product(delta, A),
                title=_("weight of layer {layer}").format(layer=number),
                symbol=f"∂Cᵢ/∂w{l}",
                math=f"δ{l}·{'x' if number == 1 else 'a' + sup(number - 1)}",
                number_format=SLOPE,
            )
            bias = table.gradient(
                f"gb{number}_each",
                delta.value,
                _product(delta, None),
                title=_("bias of layer {layer}").format(layer=number),
                symbol=f"∂Cᵢ/∂b{l}",
                math=f"δ{l}",
                number_format=SLOPE,
            )
            back.dW[number] = table.total(weight, _mean_of(f"gW{number}_mean", weight, (1, 1)), label=_("mean"))
            back.db[number] = table.total(bias, _mean_of(f"gb{number}_mean", bias, (1,)))
            if number == LAST:
                d, a, each = delta[0, 0], A[0, 0], weight[0, 0]
    sheet.sentence(
        "gW3_mean_written",
        "∂C₁/∂w³ = δ³·a² = {d:6p}·{a:4} = {each:6};   ∂C/∂w³ = Σᵢ ∂Cᵢ/∂w³ / n = {mean:6}",
        d=d, a=a, each=each, mean=back.dW[LAST][0, 0],
    )  # fmt: skip


def _product(delta: Block, A: Block | None) -> Formula:
    return lambda i, k: delta[i, k] * A[i, k] if A is not None else delta[i, k]


def _mean_of(id: str, column: Block, shape: tuple[int, ...]) -> Block:
    return Block(
        id,
        Role.GRADIENT,
        column.value.mean().reshape(shape),
        formula=lambda *at: mean(column[:, 0]),
        number_format=SLOPE,
    )


def _averaged_step(sheet: Sheet, chain: Chain, back: Backward, eta: Block) -> list[Layer]:
    sheet.step(
        _("One step with the averaged gradient"),
        _("The same rule and the same η as on the sheet Update; only the derivatives are means now."),
        "w ← w − η·∂C/∂w,   b ← b − η·∂C/∂b",
    )
    new_layers = _updated_table(sheet, chain.layers, back, eta, "_mean")
    sheet.sentence(
        "w3_mean_written",
        "w³ ← {w:6p} − {eta:2}·{g:6p} = {new:6p}",
        w=chain.layers[-1].W[0, 0], eta=eta, g=back.dW[LAST][0, 0], new=new_layers[-1].W[0, 0],
    )  # fmt: skip
    return new_layers


def _second_pass(sheet: Sheet, layers: Sequence[Layer], X: Block, Y: Block) -> Block:
    loss = averaged(SQUARED)
    sheet.step(
        _("A second forward pass over all rows"),
        _("With a small enough η the mean cost falls; a single row's may rise."),
    )
    with sheet.table(Counter("i = "), len(X.value)) as table:
        again = forward_columns(table, layers, X, "_after")
        each = cost_column(table, loss, again.output, Y, "_after")
        return total_cost(table, loss, each, "_after")


# ------------------------------------------------------------------------------------------------ checks


def _nudge_sheet(
    book: Book, chain: Chain, passed: Forward, back: Backward, averages: tuple[Forward, Block, Backward]
) -> None:
    sheet = book.sheet("Nudge", _("Nudge: is every derivative right?"))
    sheet.step(
        _("Every weight and bias, up and down by h"),
        _(
            "Nudge one parameter at a time, run the whole chain again, and the cost must change as the three factors said."
        ),
        "∂C₀/∂w ≈ (C₀(w + h) − C₀(w − h)) / 2h",
    )
    h = nudge_size(sheet)
    sheet.gap()
    check_every_parameter(sheet, chain.layers, SQUARED, passed, chain.Y, back, h)
    _chosen_nudge(sheet, chain.layers, *averages)


def _chosen_nudge(sheet: Sheet, layers: Sequence[Layer], passed: Forward, Y: Block, back: Backward) -> None:
    sheet.step(
        _("Hold one averaged derivative to account"),
        _(
            "Choose a layer, and 1 for its weight or 0 for its bias: the mean cost must answer to a nudge as the mean derivative says."
        ),
        "∂C/∂w ≈ (C(w + h) − C(w − h)) / 2h",
    )
    chosen = (
        sheet.given(
            "choose_layer", 1.0, symbol="l", title=_("layer"), valid=Between(1, LAST, whole=True), number_format="0"
        ),
        sheet.recorded("choose_unit", 1.0, symbol="j", title=_("unit"), number_format="0"),
        sheet.given(
            "choose_input",
            1.0,
            symbol="k",
            title=_("input (0: bias)"),
            valid=Between(0, 1, whole=True),
            number_format="0",
        ),
    )
    h = nudge_size(sheet, "h_all")
    sheet.gap()
    check_chosen_parameter(sheet, layers, averaged(SQUARED), passed, Y, back, h, chosen, by_row=True, name="fd_all")
