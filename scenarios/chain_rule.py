"""The chain rule on a line of three nodes: x → h1 → h2 → O, then a cost on its end and the same rule read backwards.

Symbols, as in the article, with n input rows:
    x           (n,)   inputs                       y           (n,)  targets
    w, b, d     (3,)   weight, bias and divisor of each node; the article's divisors are 8, 7 and 9
    h1, h2, h3  (n,)   outputs of the nodes, h1 = (w1·x + b1)/d1 and so on; h3 is the network's output O
    theta       (6,)   all parameters in one list: w1, b1, w2, b2, w3, b3
    C           ()     cost, ½(O − y)² summed over the rows
    delta       (n,)   ∂C/∂z of a node, where z = w·(what comes in) + b is what the node divides
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbook.block import Between, Block, Counter, Formula, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.data import read_numbers
from workbook.formula import (
    Direction,
    Expr,
    Index,
    Operand,
    absolute,
    as_expr,
    call,
    cell_name,
    dot,
    if_,
    joined,
    largest,
    pick,
    sqrt,
    squared_distance,
    total,
)
from workbook.scenario import Parameter, Scenario
from workbook.sheet import Sheet, Style
from workbook.text import N_, _

Array = NDArray[np.float64]

X = np.array([2.0, 4.0, 6.0, 8.0, 10.0])
"""Inputs chosen here; x = 2 makes every node of the network that we start with give exactly 1."""
DIVISORS = np.array([8.0, 7.0, 9.0])
NAMES = ["w₁", "b₁", "w₂", "b₂", "w₃", "b₃"]
IDS = ["w1", "b1", "w2", "b2", "w3", "b3"]
SIZES = np.array(
    [
        (1, 1, 1, 1),
        (2, 2, 2, 2),
        (3, 4, 3, 2),
        (10, 10, 10, 10),
        (100, 30, 30, 10),
        (784, 16, 16, 10),
        (784, 100, 40, 10),
    ],
    dtype=float,
)
THIRTEEN_THOUSAND = 5
"""Which row of SIZES is the network of which another article counts the 13,002 weights and biases."""

WEIGHT = Between(-20, 20)
DIVISOR = Between(0.5, 1000)
NUDGE = Between(0.001, 10)
DATA = Between(-1e4, 1e4)
"""Wide enough to play; beyond, the numbers in the sentences would have more digits than a spreadsheet keeps."""

MOST_ROWS = 1000
EXACT = 1e-12
"""Bound of the differences, in proportion to the numbers that they are differences of: rounding and nothing else."""

TYPED = "0.0###"
SHOWN = "0.0000"


@dataclass(frozen=True)
class Rows:
    """The reader's own input rows; y is None where the targets follow the rule."""

    x: Array
    y: Array | None


@dataclass(frozen=True)
class Network:
    """The parameters: one row a node in each block; `link` is the cell of the step that introduces them."""

    w: Block
    b: Block
    d: Block
    link: str

    @property
    def theta(self) -> Array:
        """Return w1, b1, w2, b2, w3, b3."""
        return np.column_stack([self.w.value, self.b.value]).ravel()

    def parameter(self, q: int) -> Expr:
        """Return the cell of a parameter, by its place in theta."""
        return (self.b if q % 2 else self.w)[q // 2]


@dataclass(frozen=True)
class Pass:
    """A forward pass over all rows, (n,) each."""

    x: Block
    h1: Block
    h2: Block
    h3: Block
    link: str


@dataclass(frozen=True)
class Backward:
    """The cost and its derivatives, (n,) each; `sums` are the six gradients in theta's order."""

    y: Block
    C: Block
    cost: Block
    dO: Block
    delta: dict[int, Block]
    dh: dict[int, Block]
    dw: dict[int, Block]
    sums: list[Block]
    cost_link: str
    link: str


def forward(theta: Array, d: Array, x: Array | float) -> tuple[Array, Array, Array]:
    """Return h1, h2 and h3 for the inputs x."""
    w1, b1, w2, b2, w3, b3 = theta
    h1 = (w1 * x + b1) / d[0]
    h2 = (w2 * h1 + b2) / d[1]
    return h1, h2, (w3 * h2 + b3) / d[2]


class ChainRule(Scenario):
    """The network with the divisors 8, 7 and 9."""

    name = "chain-rule"
    title = N_("The chain rule at work: a change wriggles through 1/8, 1/7 and 1/9")
    article = N_(
        "Fathoming the Deep in Deep Learning – A Practical Approach (the chain rule, and the chain rule backwards)"
    )
    summary = N_(
        "Three nodes in a line, each of which only scales and shifts. Change the first weight a little and follow "
        "the change to"
        " the output, then let the chain rule predict it. Put a cost on the end, and the same rule, read backwards, "
        "gives the"
        " derivative of every weight and bias in one go."
    )
    order = 20
    locale = Path(__file__).parent / "locale"
    parameters = (
        Parameter("w1", 3.0, N_("weight of the first node"), WEIGHT.low, WEIGHT.high),
        Parameter("w2", 6.0, N_("weight of the second node"), WEIGHT.low, WEIGHT.high),
        Parameter("w3", 5.0, N_("weight of the third node"), WEIGHT.low, WEIGHT.high),
        Parameter("b1", 2.0, N_("bias of the first node"), WEIGHT.low, WEIGHT.high),
        Parameter("b2", 1.0, N_("bias of the second node"), WEIGHT.low, WEIGHT.high),
        Parameter("b3", 4.0, N_("bias of the third node"), WEIGHT.low, WEIGHT.high),
        Parameter("d1", 8.0, N_("divisor of the first node"), DIVISOR.low, DIVISOR.high),
        Parameter("d2", 7.0, N_("divisor of the second node"), DIVISOR.low, DIVISOR.high),
        Parameter("d3", 9.0, N_("divisor of the third node"), DIVISOR.low, DIVISOR.high),
        Parameter("dw1", 0.5, N_("change of a weight, Δw₁"), NUDGE.low, NUDGE.high),
        Parameter("lr", 0.1, N_("learning rate η"), 0, 10),
        Parameter("y_slope", 0.5, N_("targets y = p·x + q: the factor p"), -100, 100),
        Parameter("y_offset", 1.0, N_("targets y = p·x + q: the summand q"), -1000, 1000),
    )
    data_columns = N_("x, y (1 to 1,000 rows of numbers)")

    def read_data(self, path: Path) -> Rows:
        """Read the columns x and y."""
        frame = read_numbers(
            path, ("x", "y"), min_rows=1, max_rows=MOST_ROWS, low=DATA.low, high=DATA.high, not_constant=False
        )
        return Rows(frame["x"].to_numpy(float), frame["y"].to_numpy(float))

    def build(self, book: Book, settings: Mapping[str, Any], data: Rows | None) -> None:
        """Lay the article's section out, one sheet a thought."""
        book.first_change = _(
            "on the sheet ArticleTable, type another Δw₁ into the yellow cell: column D of the repeated rows still "
            "meets column E."
        )
        net = network_sheet(book, settings)
        passed, delta_w1 = table_sheet(book, net, settings["dw1"], X if data is None else data.x)
        every_parameter_sheet(book, net, passed, delta_w1)
        back = backward_sheet(book, net, passed, settings, None if data is None else data.y)
        central_sheet(book, net, passed, back)
        descent_sheet(book, net, passed, back, settings["lr"])
        map_sheet(book, net, passed, back)
        count_sheet(book)


# ------------------------------------------------------------------------------------------ the network


def network_sheet(book: Book, settings: Mapping[str, Any]) -> Network:
    """The equations, and the nine numbers that they hold."""
    sheet = book.sheet("Network", _("The network: three nodes in a line"))
    sheet.step(
        _("Three nodes, each weighs, shifts and shrinks"),
        _(
            "Every node multiplies what comes in by its weight, adds its bias, and divides; what it gives is what "
            "the next node gets."
        ),
        "x → h₁ → h₂ → h₃ = O",
    )
    sheet.math("z₁ = w₁·x + b₁       h₁ = f₁(z₁) = z₁/d₁")
    sheet.math("z₂ = w₂·h₁ + b₂      h₂ = f₂(z₂) = z₂/d₂")
    sheet.math("z₃ = w₃·h₂ + b₃      h₃ = f₃(z₃) = z₃/d₃ = O")
    sheet.gap()
    with sheet.table(Counter(_("node ")), 3) as table:
        w = table.given("w", _three(settings, "w"), title=_("weight"), symbol="w", valid=WEIGHT, number_format=TYPED)
        b = table.given("b", _three(settings, "b"), title=_("bias"), symbol="b", valid=WEIGHT, number_format=TYPED)
        d = table.given(
            "d",
            _three(settings, "d"),
            title=_("divisor"),
            symbol="d",
            valid=DIVISOR,
            article=DIVISORS,
            number_format=TYPED,
        )
    sheet.remark(_("Printed in the article: the divisors 8, 7 and 9 (the activation functions 1/8, 1/7 and 1/9)."))
    sheet.remark(
        _(
            "Chosen here, since the article's picture is lost: weights and biases, the numbers 1 to 6, placed so "
            "that the input"
            " 2 gives h₁ = h₂ = O = 1."
        )
    )
    return Network(w, b, d, step_link(sheet))


def _three(settings: Mapping[str, Any], letter: str) -> Array:
    return np.array([settings[f"{letter}{node}"] for node in (1, 2, 3)])


def step_link(sheet: Sheet) -> str:
    """Return the cell of the sheet's step that was begun last, for a link."""
    _title, index = sheet.step_labels[-1]
    return f"{sheet.name}!{cell_name(sheet.labels[index].row, 0)}"


# ------------------------------------------------------------------------------------------ the article's table


def table_sheet(book: Book, net: Network, dw1: float, x: Array) -> tuple[Pass, Block]:
    """Columns A to E, the same rows with the changed w1, and column F."""
    sheet = book.sheet("ArticleTable", _("The article's table, columns A to F"))
    sheet.step(
        _("Columns A to E: forward, and a prediction"),
        _(
            "A change of w₁ is scaled by every node on its way to O: multiply the three rates and you know what O "
            "will do before you compute it."
        ),
        "∂h₃/∂w₁ = ∂h₃/∂h₂ · ∂h₂/∂h₁ · ∂h₁/∂w₁ = (w₃/d₃)·(w₂/d₂)·(x/d₁)          E = h₃ + ∂h₃/∂w₁ · Δw₁",
    )
    delta_w1 = sheet.given(
        "delta_w1",
        dw1,
        symbol="Δw₁",
        title=_("change of w₁"),
        valid=NUDGE,
        number_format=TYPED,
        remark=_("chosen here; not 0"),
    )
    sheet.gap()
    passed, rate, predicted = _forward_and_prediction(sheet, net, x, delta_w1)
    _repeated_rows(sheet, net, passed, delta_w1, rate=rate, predicted=predicted)
    return passed, delta_w1


def _forward_and_prediction(sheet: Sheet, net: Network, x: Array, delta_w1: Block) -> tuple[Pass, Block, Block]:
    w, b, d = net.w, net.b, net.d
    one, two, three = forward(net.theta, d.value, x)
    link = step_link(sheet)
    lines = _reserve(sheet, 4)
    with sheet.table(Counter("i = "), len(x)) as table:
        X = table.given("x", x, title=_("A · input"), symbol="x", number_format=TYPED, valid=DATA)
        h1, h2, h3 = _forward_columns(table, "", (one, two, three), X, w=w, b=b, d=d)
        by_h2 = table.gradient(
            "dh3_dh2",
            np.full(len(x), w.value[2] / d.value[2]),
            lambda i: w[2] / d[2],
            title=_("rate of node 3"),
            symbol="∂h₃/∂h₂",
            math="w₃/d₃",
            number_format=SHOWN,
        )
        by_h1 = table.gradient(
            "dh2_dh1",
            np.full(len(x), w.value[1] / d.value[1]),
            lambda i: w[1] / d[1],
            title=_("rate of node 2"),
            symbol="∂h₂/∂h₁",
            math="w₂/d₂",
            number_format=SHOWN,
        )
        by_w1 = table.gradient(
            "dh1_dw1",
            x / d.value[0],
            lambda i: X[i] / d[0],
            title=_("rate of node 1"),
            symbol="∂h₁/∂w₁",
            math="x/d₁",
            number_format=SHOWN,
        )
        rate = table.gradient(
            "dh3_dw1",
            w.value[2] / d.value[2] * (w.value[1] / d.value[1]) * (x / d.value[0]),
            lambda i: by_h2[i] * by_h1[i] * by_w1[i],
            title=_("product of the three"),
            symbol="∂h₃/∂w₁",
            number_format="0.000000",
        )
        predicted = table.derived(
            "h3_predicted",
            three + rate.value * delta_w1.value,
            lambda i: h3[i] + rate[i] * delta_w1,
            title=_("E · new h₃, predicted"),
            symbol="E",
            math="D + ∂h₃/∂w₁·Δw₁",
            number_format="0.000000",
        )
    sheet.remark(
        _(
            "A to F are the names that the article gives its columns, not the letters of this sheet. Chosen here: "
            "the inputs."
        )
    )
    parts = {"x": X[0], "h1": h1[0], "h2": h2[0], "h3": h3[0], "d1": d[0], "d2": d[1], "d3": d[2]}
    first = "h₁ = ({w:2p}·{x:2p} + {b:2p})/{d1:2} = {h1:4}"
    second = "h₂ = ({w:2p}·{h1:4p} + {b:2p})/{d2:2} = {h2:4}"
    third = "h₃ = ({w:2p}·{h2:4p} + {b:2p})/{d3:2} = {h3:4}"
    sheet.sentence("say_h1", first, lines[0], w=w[0], b=b[0], **_only(parts, "x d1 h1"))
    sheet.sentence("say_h2", second, lines[1], w=w[1], b=b[1], **_only(parts, "h1 d2 h2"))
    sheet.sentence("say_h3", third, lines[2], w=w[2], b=b[2], **_only(parts, "h2 d3 h3"))
    sheet.sentence(
        "say_predicted",
        "E = {h3:4} + ({w3:2}/{d3:2})·({w2:2}/{d2:2})·({x:2}/{d1:2})·{dw:3p} = {h3:4} + {rate:6p}·{dw:3p} = {e:6}",
        lines[3],
        w3=w[2],
        w2=w[1],
        dw=delta_w1,
        rate=rate[0],
        e=predicted[0],
        **_only(parts, "x d1 d2 d3 h3"),
    )
    return Pass(X, h1, h2, h3, link), rate, predicted


def _reserve(sheet: Sheet, count: int) -> list[int]:
    """Keep rows free above a table for sentences about its first row."""
    rows = [sheet.reserve() for _line in range(count)]
    sheet.gap()
    return rows


def _only(parts: Mapping[str, Operand], names: str) -> dict[str, Operand]:
    return {name: parts[name] for name in names.split()}


def _forward_columns(
    table: Any, suffix: str, values: tuple[Array, Array, Array], x: Block, *, w: Any, b: Any, d: Block
) -> tuple[Block, Block, Block]:
    """Add h1, h2 and h3 as columns; w and b are blocks, or lists of cells, of the weights and biases to use."""
    dash = "′" if suffix else ""
    titles = (_("B · first node"), _("C · second node"), _("D · output"))
    if suffix:
        titles = (titles[0], titles[1], _("D · new h₃"))
    below = x
    columns = []
    for node, (value, title, name) in enumerate(zip(values, titles, ("₁", "₂", "₃"), strict=True)):
        incoming = "x" if node == 0 else f"h{'₀₁₂'[node]}{dash}"
        below = table.derived(
            f"h{node + 1}{suffix}",
            value,
            _node_formula(w[node], b[node], d[node], below),
            title=title,
            symbol=f"h{name}{dash}",
            math=f"(w{name}{dash if node == 0 else ''}·{incoming} + b{name})/d{name}",
            number_format="0.000000" if node == 2 else SHOWN,
        )
        columns.append(below)
    h1, h2, h3 = columns
    return h1, h2, h3


def _node_formula(w: Expr, b: Expr, d: Expr, below: Block) -> Formula:
    return lambda i: (w * below[i] + b) / d


def _repeated_rows(sheet: Sheet, net: Network, passed: Pass, delta_w1: Block, *, rate: Block, predicted: Block) -> None:
    w, d, x = net.w, net.d, passed.x
    n = len(x.value)
    sheet.step(
        _("The repeated rows: all of it again with the new w₁, and column F"),
        _(
            "The new w₁ goes through the whole network; column D must meet the column E above, and the change of h₃ "
            "over the change of w₁ must meet the chain rule."
        ),
        "∂O/∂w₁ ≈ Δh₃/Δw₁ = (h₃′ − h₃)/Δw₁          (w₃/d₃)·(w₂/d₂)·(x/d₁) = w₂·w₃·x/(d₁·d₂·d₃)",
    )
    new_w1 = sheet.derived(
        "w1_new",
        w.value[0] + delta_w1.value,
        lambda: w[0] + delta_w1,
        symbol="w₁′",
        title=_("new w₁"),
        math="w₁ + Δw₁",
        number_format=TYPED,
    )
    divisors = sheet.derived(
        "divisors",
        np.prod(d.value),
        lambda: d[0] * d[1] * d[2],
        symbol="d₁·d₂·d₃",
        title=_("product of the divisors"),
        number_format="#,##0.####",
    )
    sheet.gap()
    nudged = net.theta
    nudged[0] += float(delta_w1.value)
    values = forward(nudged, d.value, x.value)
    weights = [new_w1.whole(), w[1], w[2]]
    (line,) = _reserve(sheet, 1)
    with sheet.table(Counter("i = "), n) as table:
        again = table.derived("x_again", x.value, lambda i: x[i], title=_("A · input"), symbol="x", number_format=TYPED)
        _h1, _h2, h3_new = _forward_columns(table, "_new", values, again, w=weights, b=net.b, d=d)
        e_again = table.derived(
            "h3_predicted_again",
            predicted.value,
            lambda i: predicted[i],
            title=_("E · predicted above"),
            symbol="E",
            number_format="0.000000",
        )
        quotient = table.gradient(
            "quotient_w1",
            (values[2] - passed.h3.value) / delta_w1.value,
            lambda i: (h3_new[i] - passed.h3[i]) / delta_w1,
            title=_("F · derivative by approximation"),
            symbol="Δh₃/Δw₁",
            math="(h₃′ − h₃)/Δw₁",
            number_format="0.000000",
        )
        chain = table.gradient(
            "dh3_dw1_again",
            rate.value,
            lambda i: rate[i],
            title=_("by the chain rule"),
            symbol="∂h₃/∂w₁",
            number_format="0.000000",
        )
        closed = table.gradient(
            "dh3_dw1_closed",
            w.value[1] * w.value[2] * x.value / np.prod(d.value),
            lambda i: w[1] * w[2] * again[i] / divisors,
            title=_("by one formula"),
            symbol="w₂·w₃·x/(d₁d₂d₃)",
            number_format="0.000000",
        )
    sheet.sentence(
        "say_quotient",
        "F = ({new:6} − {old:6p})/{dw:3p} = {f:6}        ({w3:2}/{d3:2})·({w2:2}/{d2:2})·({x:2}/{d1:2}) = "
        "{w2:2p}·{w3:2p}·{x:2p}/{D:2} = {rate:6}",
        line,
        new=h3_new[0],
        old=passed.h3[0],
        dw=delta_w1,
        f=quotient[0],
        w3=w[2],
        w2=w[1],
        x=x[0],
        d1=d[0],
        d2=d[1],
        d3=d[2],
        D=divisors,
        rate=closed[0],
    )
    sheet.text(
        _(
            "They agree to the last digit, and for any Δw₁, because h₃ is a straight line in w₁ when nothing else "
            "moves. With a bent activation function the approximation would only come close, the closer the smaller "
            "Δw₁."
        )
    )
    sheet.gap()
    size = sheet.derived(
        "size_h3",
        1 + np.sqrt(np.sum(h3_new.value**2)),
        lambda: 1 + sqrt(call("SUMSQ", h3_new)),
        title=_("yardstick for rounding"),
        math="1 + ‖D‖",
        remark=_("the differences below are divided by it"),
        number_format="0.00",
    )
    sheet.check("check_DE", _("new column D meets the earlier column E"), h3_new, e_again, EXACT, size)
    size_f = sheet.derived(
        "size_quotient",
        size.value / delta_w1.value,
        lambda: size / delta_w1,
        title=_("yardstick for column F"),
        math="(1 + ‖D‖)/Δw₁",
        remark=_("dividing by Δw₁ enlarges what rounding leaves"),
        number_format="0.00",
    )
    sheet.check("check_F", _("column F meets the chain rule's product"), quotient, chain, EXACT, size_f)
    sheet.check("check_closed", _("the product of the three is w₂·w₃·x/(d₁·d₂·d₃)"), closed, chain, EXACT, size_f)
    sheet.gap()
    sheet.chart(
        Chart(
            _("The output before the change, predicted, and recomputed"),
            (
                Series(_("h₃ (column D)"), x[:], passed.h3[:]),
                Series(_("predicted (column E)"), x[:], predicted[:], dashed=True),
                Series(_("recomputed (new column D)"), x[:], h3_new[:], mark=Mark.POINTS),
            ),
            "x",
            "h₃",
            _(
                "Three series over the input x: the output as a line, the predicted new output as a dashed line, and "
                "the recomputed new output as points that lie on the dashed line."
            ),
        )
    )


# ------------------------------------------------------------------------------------------ every weight and bias


def every_parameter_sheet(book: Book, net: Network, passed: Pass, delta: Block) -> None:
    """For a chosen row: six nudged forward passes beside six products."""
    sheet = book.sheet("EveryWeight", _("Every weight and every bias, for one input row"))
    sheet.step(
        _("Six difference quotients: six whole forward passes"),
        _(
            "Nudge one parameter at a time by the same Δ, run the whole network again, and see how far the output "
            "moved."
        ),
        "∂O/∂θ ≈ (O(θ + Δ) − O(θ)) / Δ          θ = w₁, b₁, w₂, b₂, w₃, b₃",
    )
    at = _chosen_row(sheet, "row", passed)
    sheet.derived(
        "delta_every",
        delta.value,
        lambda: delta,
        symbol="Δ",
        title=_("change of each parameter"),
        number_format=TYPED,
        remark=_("the Δw₁ of the sheet ArticleTable"),
    )
    sheet.gap()
    sheet.recorded(
        "which",
        np.eye(6),
        title=_("1 marks the parameter that a column nudges"),
        rows=NAMES,
        columns=NAMES,
        number_format="0",
    )
    nudged = _nudged(
        sheet, "nudged", net, delta, sign=1.0, title=_("the six parameters, one of them nudged in each column")
    )
    O = _nudged_pass(sheet, net, nudged, at["x"])
    quotient = sheet.gradient(
        "quotients",
        (O.value[2] - at["h3"].value) / delta.value,
        lambda p: (O[2, p] - at["h3"]) / delta,
        title=_("difference quotient"),
        math="(O(θ + Δ) − O)/Δ",
        along=Direction.RIGHT,
        rows=["ΔO/Δ"],
        columns=NAMES,
        number_format="0.000000",
    )
    sheet.sentence(
        "say_quotient_b1",
        "ΔO/Δb₁ = ({new:6} − {old:6p})/{delta:3} = {q:6}",
        new=O[2, 1],
        old=at["h3"].whole(),
        delta=delta.whole(),
        q=quotient[1],
    )
    _six_products(sheet, net, at, quotient, delta)


def _chosen_row(sheet: Sheet, id: str, passed: Pass) -> dict[str, Block]:
    """Add a cell that picks an input row, and show that row's x, h1, h2 and h3."""
    n = len(passed.x.value)
    row = sheet.given(
        id,
        first_shown(n),
        symbol="i",
        title=_("which input row"),
        valid=Between(1, n, whole=True),
        number_format="0",
        remark=_("change it to look at another row"),
    )
    shown = (("x", "x", passed.x), ("h1", "h₁", passed.h1), ("h2", "h₂", passed.h2), ("h3", "O", passed.h3))
    return {
        name: sheet.derived(
            f"{id}_{name}", block.value[first_shown(n) - 1], _picked(block, row), symbol=symbol, number_format="0.0000"
        )
        for name, symbol, block in shown
    }


def first_shown(rows: int) -> int:
    """Return the row that is shown at first: in the second, unlike the first, no two numbers happen to be equal."""
    return min(2, rows)


def _picked(block: Block, row: Block) -> Formula:
    return lambda: pick(block, row)


def _nudged(sheet: Sheet, id: str, net: Network, delta: Block, *, sign: float, title: str) -> Block:
    """Add the six parameters six times over, column p with parameter p nudged."""
    which = sheet.book["which"]

    def entry(q: int) -> Formula:
        if sign > 0:
            return lambda p: net.parameter(q) + which[q, p] * delta
        return lambda p: net.parameter(q) - which[q, p] * delta

    return sheet.derived(
        id,
        net.theta[:, None] + sign * float(delta.value) * np.eye(6),
        None,
        each=[entry(q) for q in range(6)],
        title=title,
        rows=NAMES,
        columns=NAMES,
        number_format=TYPED,
    )


def _nudged_pass(sheet: Sheet, net: Network, theta: Block, x: Block) -> Block:
    """Add h1, h2 and O of the chosen row for each column of parameters, (3, 6)."""
    d = net.d
    values = np.stack(forward(theta.value, d.value, float(x.value)))
    h = Block(
        "h_nudged",
        Role.DERIVED,
        values,
        title=_("the chosen row, forward through the network with each column's parameters"),
        math="h₁ = (w₁·x + b₁)/d₁     h₂ = (w₂·h₁ + b₂)/d₂     O = (w₃·h₂ + b₃)/d₃",
        each=[
            lambda p: (theta[0, p] * x + theta[1, p]) / d[0],
            lambda p: (theta[2, p] * h[0, p] + theta[3, p]) / d[1],
            lambda p: (theta[4, p] * h[1, p] + theta[5, p]) / d[2],
        ],
        rows=["h₁", "h₂", "O"],
        columns=NAMES,
        number_format="0.000000",
    )
    return sheet.add(h)


def _six_products(sheet: Sheet, net: Network, at: dict[str, Block], quotient: Block, delta: Block) -> None:
    w, d = net.w, net.d
    sheet.step(
        _("The same six by the chain rule: products, no forward pass"),
        _(
            "Walk back from O to the node that holds the parameter, multiplying w/d for every node that is passed, "
            "and end with the node's own rate."
        ),
        "∂O/∂w₁ = (w₃/d₃)·(w₂/d₂)·(x/d₁)          ∂O/∂w₂ = (w₃/d₃)·(h₁/d₂)          ∂O/∂w₃ = h₂/d₃",
    )
    sheet.math("∂O/∂b₁ = (w₃/d₃)·(w₂/d₂)·(1/d₁)          ∂O/∂b₂ = (w₃/d₃)·(1/d₂)          ∂O/∂b₃ = 1/d₃")
    sheet.gap()
    f3 = np.array([w.value[2] / d.value[2]] * 4 + [1.0] * 2)
    f2 = np.array([w.value[1] / d.value[1]] * 2 + [1.0] * 4)
    incoming = [at["x"].value, 1.0, at["h1"].value, 1.0, at["h2"].value, 1.0]
    own = np.array(incoming) / np.repeat(d.value, 2)
    with sheet.table(NAMES, 6) as table:
        node3 = table.gradient(
            "factor3",
            f3,
            None,
            each=[w[2] / d[2]] * 4 + [as_expr(1)] * 2,
            title=_("back through node 3"),
            symbol="∂O/∂h₂",
            math=_("w₃/d₃, else 1"),
            number_format=SHOWN,
        )
        node2 = table.gradient(
            "factor2",
            f2,
            None,
            each=[w[1] / d[1]] * 2 + [as_expr(1)] * 4,
            title=_("back through node 2"),
            symbol="∂h₂/∂h₁",
            math=_("w₂/d₂, else 1"),
            number_format=SHOWN,
        )
        mine = table.gradient(
            "factor_own",
            own,
            None,
            each=[at["x"] / d[0], 1 / d[0], at["h1"] / d[1], 1 / d[1], at["h2"] / d[2], 1 / d[2]],
            title=_("the node's own rate"),
            symbol="∂h/∂θ",
            math=_("what comes in / d"),
            number_format=SHOWN,
        )
        product = table.gradient(
            "products",
            f3 * f2 * own,
            lambda p: node3[p] * node2[p] * mine[p],
            title=_("chain rule: the product"),
            symbol="∂O/∂θ",
            number_format="0.000000",
        )
        again = table.gradient(
            "quotients_again",
            quotient.value,
            None,
            each=[quotient[p] for p in range(6)],
            title=_("difference quotient"),
            symbol="ΔO/Δ",
            number_format="0.000000",
        )
        table.derived(
            "quotients_gap",
            np.abs(f3 * f2 * own - quotient.value),
            lambda p: absolute(product[p] - again[p]),
            title=_("apart by"),
            number_format="0.0E+00",
        )
    sheet.remark(_("A factor 1 stands where the way back is shorter and there is nothing to multiply."))
    sheet.sentence(
        "say_product",
        "∂O/∂w₂ = {f3:4}·{own:4p} = {product:6}",
        f3=node3[2],
        own=mine[2],
        product=product[2],
    )
    size = sheet.derived(
        "size_quotients",
        (1 + abs(at["h3"].value)) / delta.value,
        lambda: (1 + absolute(at["h3"])) / delta,
        title=_("yardstick for rounding"),
        math="(1 + |O|)/Δ",
        remark=_("the differences below are divided by it"),
        number_format="0.00",
    )
    sheet.check("check_six", _("the six products meet the six difference quotients"), product, again, EXACT * 10, size)


# ------------------------------------------------------------------------------------------ the chain rule backwards


def backward_sheet(book: Book, net: Network, passed: Pass, settings: Mapping[str, Any], y: Array | None) -> Backward:
    """The cost on the end, and the derivatives of all parameters, row by row and summed."""
    sheet = book.sheet("Backward", _("A cost on the end, and the chain rule backwards"))
    sheet.step(
        _("The cost: how far the output is from the target"),
        _("One more function at the end of the line; the chain simply gets one link longer."),
        "C = Σ ½·(O − y)²,  " + _("the sum over the rows, not the mean"),
    )
    targets = _targets(sheet, settings) if y is None else y
    C, Y, cost = _cost(sheet, passed, targets)
    cost_link = step_link(sheet)
    back = _reverse_pass(sheet, net, passed, Y)
    link = step_link(sheet)
    dO, delta, dh, dw, sums = back
    return Backward(Y, C, cost, dO, delta, dh, dw, sums, cost_link, link)


def _targets(sheet: Sheet, settings: Mapping[str, Any]) -> tuple[Block, Block]:
    """Add the rule for the targets: y = p·x + q."""
    p = sheet.given(
        "y_slope",
        settings["y_slope"],
        symbol="p",
        title=_("targets y = p·x + q: the factor p"),
        number_format=TYPED,
        remark=_("chosen here"),
    )
    q = sheet.given(
        "y_offset",
        settings["y_offset"],
        symbol="q",
        title=_("targets y = p·x + q: the summand q"),
        number_format=TYPED,
        remark=_("chosen here"),
    )
    sheet.gap()
    return p, q


def _cost(sheet: Sheet, passed: Pass, targets: Any) -> tuple[Block, Block, Block]:
    x, h3 = passed.x, passed.h3
    (line,) = _reserve(sheet, 1)
    with sheet.table(Counter("i = "), len(x.value)) as table:
        shown = table.derived("x_cost", x.value, lambda i: x[i], title=_("input"), symbol="x", number_format=TYPED)
        O = table.derived("O", h3.value, lambda i: h3[i], title=_("output"), symbol="O = h₃", number_format=SHOWN)
        if isinstance(targets, tuple):
            p, q = targets
            y = table.derived(
                "y",
                p.value * x.value + q.value,
                lambda i: p * shown[i] + q,
                title=_("target"),
                symbol="y",
                math="p·x + q",
                number_format=SHOWN,
            )
        else:
            y = table.given("y", targets, title=_("target"), symbol="y", valid=DATA, number_format=TYPED)
        error = table.derived(
            "error", h3.value - y.value, lambda i: O[i] - y[i], title=_("error"), symbol="O − y", number_format=SHOWN
        )
        C = table.derived(
            "C_rows",
            0.5 * (h3.value - y.value) ** 2,
            lambda i: 0.5 * error[i] ** 2,
            title=_("half squared error"),
            symbol="½(O − y)²",
            number_format=SHOWN,
        )
        cost = table.total(
            C, Block("C", Role.DERIVED, np.sum(C.value), symbol="C", formula=lambda: total(C), number_format=SHOWN)
        )
    words = "C₁ = ½·({o:4} − {y:4p})² = {c:4}        C = ΣC = {C:4}"
    sheet.sentence("say_cost", words, line, o=O[0], y=y[0], c=C[0], C=cost)
    return C, y, cost


def _reverse_pass(
    sheet: Sheet, net: Network, passed: Pass, y: Block
) -> tuple[Block, dict[int, Block], dict[int, Block], dict[int, Block], list[Block]]:
    w, d, n = net.w, net.d, len(passed.x.value)
    sheet.step(
        _("Backwards through every node"),
        _(
            "Start with ∂C/∂O; each node divides by its d, hands its weight and bias their derivatives, and passes "
            "the rest on, multiplied by its w."
        ),
        "∂C/∂O = O − y      δ = ∂C/∂z = ∂C/∂h / d      ∂C/∂w = δ · "
        + _("what came in")
        + "      ∂C/∂b = δ      ∂C/∂h"
        + _("(below)")
        + " = w·δ",
    )
    incoming = {1: passed.x, 2: passed.h1, 3: passed.h2}
    delta: dict[int, Block] = {}
    dw: dict[int, Block] = {}
    dh: dict[int, Block] = {}
    sums: dict[str, Block] = {}
    values = _backward_values(net, passed, y)
    lines = _reserve(sheet, 2)
    with sheet.table(Counter("i = "), n) as table:
        dh[3] = dO = table.gradient(
            "dC_dO",
            values["dh3"],
            lambda i: passed.h3[i] - y[i],
            title=_("at the output"),
            symbol="∂C/∂O",
            math="O − y",
            number_format=SHOWN,
        )
        for node in (3, 2, 1):
            sub = "₀₁₂₃"[node]
            came = "x" if node == 1 else f"h{'₀₁₂₃'[node - 1]}"
            above = "∂C/∂O" if node == 3 else f"∂C/∂h{sub}"
            if node < 3:
                up = "₀₁₂₃"[node + 1]
                dh[node] = table.gradient(
                    f"dC_dh{node}",
                    values[f"dh{node}"],
                    _times(w[node], delta[node + 1]),
                    title=_("passed on to node {node}").format(node=node),
                    symbol=above,
                    math=f"w{up}·δ{up}",
                    number_format=SHOWN,
                )
            delta[node] = table.gradient(
                f"delta{node}",
                values[f"delta{node}"],
                _divided(dh[node], d[node - 1]),
                title=_("node {node}, also the bias's").format(node=node),
                symbol=f"δ{sub} = ∂C/∂b{sub}",
                math=f"{above} / d{sub}",
                number_format=SHOWN,
            )
            dw[node] = table.gradient(
                f"dC_dw{node}_rows",
                values[f"delta{node}"] * incoming[node].value,
                _times_rows(delta[node], incoming[node]),
                title=_("weight {node}").format(node=node),
                symbol=f"∂C/∂w{sub}",
                math=f"δ{sub}·{came}",
                number_format=SHOWN,
            )
            sums[f"b{node}"] = table.total(delta[node], _sum_of(f"dC_db{node}", f"∂C/∂b{sub}", delta[node]))
            sums[f"w{node}"] = table.total(dw[node], _sum_of(f"dC_dw{node}", f"∂C/∂w{sub}", dw[node]))
    sheet.remark(_("The sums under the columns are the gradient: ∂C/∂b under δ, ∂C/∂w under its column."))
    _first_row_written_out(sheet, lines, net, passed, y=y, delta1=delta[1], dw1=dw[1])
    return dO, delta, dh, dw, [sums[name] for name in IDS]


def _backward_values(net: Network, passed: Pass, y: Block) -> dict[str, Array]:
    """Return ∂C/∂h and δ of every node, (n,) each, from the output back."""
    values = {"dh3": passed.h3.value - y.value}
    for node in (3, 2, 1):
        values[f"delta{node}"] = values[f"dh{node}"] / net.d.value[node - 1]
        values[f"dh{node - 1}"] = values[f"delta{node}"] * net.w.value[node - 1]
    return values


def _times(factor: Expr, block: Block) -> Formula:
    return lambda i: factor * block[i]


def _divided(block: Block, divisor: Expr) -> Formula:
    return lambda i: block[i] / divisor


def _times_rows(left: Block, right: Block) -> Formula:
    return lambda i: left[i] * right[i]


def _sum_of(id: str, symbol: str, rows: Block) -> Block:
    return Block(id, Role.GRADIENT, np.sum(rows.value), symbol=symbol, formula=lambda: total(rows), number_format=SHOWN)


def _first_row_written_out(
    sheet: Sheet, lines: list[int], net: Network, passed: Pass, *, y: Block, delta1: Block, dw1: Block
) -> None:
    sheet.sentence(
        "say_delta1",
        "δ₁ = ({o:4} − {y:4p})/{d3:2} · {w3:2p}/{d2:2} · {w2:2p}/{d1:2} = {delta:4}",
        lines[0],
        o=passed.h3[0],
        y=y[0],
        d1=net.d[0],
        d2=net.d[1],
        d3=net.d[2],
        w3=net.w[2],
        w2=net.w[1],
        delta=delta1[0],
    )
    sheet.sentence(
        "say_dw1", "∂C₁/∂w₁ = {delta:4p}·{x:2p} = {dw:4}", lines[1], delta=delta1[0], x=passed.x[0], dw=dw1[0]
    )


# ------------------------------------------------------------------------------------------ held against differences


def central_sheet(book: Book, net: Network, passed: Pass, back: Backward) -> None:
    """The six gradients held against central differences of the cost, all of it in the sheet."""
    sheet = book.sheet("Differences", _("The gradient held against differences of the cost"))
    sheet.step(
        _("Every parameter up by h, and down by h"),
        _(
            "Whoever mistrusts the chain rule can ask the cost itself: move one parameter, run all rows again, and "
            "compare."
        ),
        "∂C/∂θ ≈ (C(θ + h) − C(θ − h)) / 2h",
    )
    h = sheet.given(
        "h_step", 0.1, symbol="h", title=_("half the width of the difference"), valid=NUDGE, number_format=TYPED,
        remark=_("chosen here; C is a parabola along each parameter, so that any h gives the true derivative"),
    )  # fmt: skip
    sheet.gap()
    up = _nudged(sheet, "theta_up", net, h, sign=1.0, title=_("the six parameters, one of them up in each column"))
    down = _nudged(
        sheet, "theta_down", net, h, sign=-1.0, title=_("the six parameters, one of them down in each column")
    )
    sheet.step(
        _("Twelve forward passes over all rows"),
        _("Each cell is a whole forward pass of its row: three nodes, one inside the other."),
        "O = (w₃·((w₂·((w₁·x + b₁)/d₁) + b₂)/d₂) + b₃)/d₃",
    )
    with sheet.table(Counter("i = "), len(passed.x.value)) as table:
        O_up = _whole_passes(table, "O_up", net, up, passed.x, title=_("O, parameter up"))
        O_down = _whole_passes(table, "O_down", net, down, passed.x, title=_("O, parameter down"))
    _compare(sheet, back, h, O_up, O_down)


def _whole_passes(table: Any, id: str, net: Network, theta: Block, x: Block, *, title: str) -> Block:
    d = net.d

    def whole_pass(i: Index, p: Index) -> Operand:
        h1 = (theta[0, p] * x[i] + theta[1, p]) / d[0]
        h2 = (theta[2, p] * h1 + theta[3, p]) / d[1]
        return (theta[4, p] * h2 + theta[5, p]) / d[2]

    value = np.column_stack([forward(theta.value[:, p], d.value, x.value)[2] for p in range(6)])
    block: Block = table.derived(id, value, whole_pass, title=title, columns=NAMES, number_format=SHOWN)
    return block


def _compare(sheet: Sheet, back: Backward, h: Block, O_up: Block, O_down: Block) -> None:
    y = back.y
    costs_up = 0.5 * np.sum((O_up.value - y.value[:, None]) ** 2, axis=0)
    costs_down = 0.5 * np.sum((O_down.value - y.value[:, None]) ** 2, axis=0)
    quotients = (costs_up - costs_down) / (2 * h.value)
    gradient = np.array([block.value for block in back.sums])
    with sheet.table(NAMES, 6) as table:
        C_up = table.derived(
            "C_up", costs_up, None, each=[0.5 * squared_distance(O_up[:, p], y[:]) for p in range(6)],
            title=_("cost, parameter up"), symbol="C(θ + h)", number_format="0.000000",
        )  # fmt: skip
        C_down = table.derived(
            "C_down", costs_down, None, each=[0.5 * squared_distance(O_down[:, p], y[:]) for p in range(6)],
            title=_("cost, parameter down"), symbol="C(θ − h)", number_format="0.000000",
        )  # fmt: skip
        quotient = table.gradient(
            "central",
            quotients,
            lambda p: (C_up[p] - C_down[p]) / (2 * h),
            title=_("central difference"),
            symbol="ΔC/2h",
            number_format="0.000000",
        )
        chain = table.gradient(
            "gradient_again",
            gradient,
            None,
            each=[block.whole() for block in back.sums],
            title=_("chain rule, backwards"),
            symbol="∂C/∂θ",
            number_format="0.000000",
        )
        table.derived(
            "central_gap",
            np.abs(quotients - gradient),
            lambda p: absolute(quotient[p] - chain[p]),
            title=_("apart by"),
            number_format="0.0E+00",
        )
    size = sheet.derived(
        "size_central",
        (1 + max(costs_up.max(), costs_down.max())) / h.value,
        lambda: (1 + largest(C_up, C_down)) / h,
        title=_("yardstick for rounding"),
        math="(1 + max C)/h",
        remark=_("the differences below are divided by it"),
        number_format="0.00",
    )
    sheet.check(
        "check_gradient", _("the reverse pass meets the central differences"), chain, quotient, EXACT * 10, size
    )


# ------------------------------------------------------------------------------------------ one step down


def descent_sheet(book: Book, net: Network, passed: Pass, back: Backward, lr: float) -> None:
    """One gradient step on all six parameters, and the second forward pass."""
    sheet = book.sheet("Descent", _("One step down, and a second forward pass"))
    sheet.step(
        _("Every parameter moves against its derivative"),
        _("The reverse pass has told for all six at once which way the cost falls; one small step goes there."),
        "θ ← θ − η·∂C/∂θ",
    )
    eta = sheet.given(
        "lr",
        lr,
        symbol="η",
        title=_("learning rate η"),
        valid=Between(0, 10),
        number_format=TYPED,
        remark=_("chosen here"),
    )
    sheet.gap()
    new, gradient = _step_down(sheet, net, back, eta)
    _second_pass(sheet, net, passed, back, new=new, gradient=gradient, eta=eta)


def _step_down(sheet: Sheet, net: Network, back: Backward, eta: Block) -> tuple[Block, Block]:
    gradients = np.array([block.value for block in back.sums])
    with sheet.table(NAMES, 6) as table:
        old = table.derived(
            "theta",
            net.theta,
            None,
            each=[net.parameter(q) for q in range(6)],
            title=_("before the step"),
            symbol="θ",
            number_format=SHOWN,
        )
        gradient = table.gradient(
            "gradient",
            gradients,
            None,
            each=[block.whole() for block in back.sums],
            title=_("derivative, summed over the rows"),
            symbol="∂C/∂θ",
            number_format=SHOWN,
        )
        new = table.updated(
            "theta_new",
            net.theta - eta.value * gradients,
            lambda q: old[q] - eta * gradient[q],
            title=_("after the step"),
            symbol="θ′",
            math="θ − η·∂C/∂θ",
            number_format=SHOWN,
        )
    sheet.sentence(
        "say_step", "w₁′ = {w:4} − {lr:4}·{g:4p} = {new:4}", w=old[0], lr=eta.whole(), g=gradient[0], new=new[0]
    )
    return new, gradient


def _second_pass(
    sheet: Sheet, net: Network, passed: Pass, back: Backward, *, new: Block, gradient: Block, eta: Block
) -> None:
    x, y, d = passed.x, back.y, net.d
    sheet.step(
        _("Second forward pass: did the cost fall?"),
        _("The same inputs through the new parameters."),
    )
    one, two, three = forward(new.value, d.value, x.value)
    with sheet.table(Counter("i = "), len(x.value)) as table:
        again = table.derived("x_second", x.value, lambda i: x[i], title=_("input"), symbol="x", number_format=TYPED)
        h1 = table.derived(
            "h1_second", one, _node_formula(new[0], new[1], d[0], again), title=_("first node"), symbol="h₁′",
            math="(w₁′·x + b₁′)/d₁", number_format=SHOWN,
        )  # fmt: skip
        h2 = table.derived(
            "h2_second", two, _node_formula(new[2], new[3], d[1], h1), title=_("second node"), symbol="h₂′",
            math="(w₂′·h₁′ + b₂′)/d₂", number_format=SHOWN,
        )  # fmt: skip
        O = table.derived(
            "O_second", three, _node_formula(new[4], new[5], d[2], h2), title=_("output"), symbol="O′",
            math="(w₃′·h₂′ + b₃′)/d₃", number_format=SHOWN,
        )  # fmt: skip
        target = table.derived("y_second", y.value, lambda i: y[i], title=_("target"), symbol="y", number_format=SHOWN)
        before = table.derived(
            "C_before_rows", back.C.value, lambda i: back.C[i], title=_("cost before"), symbol="C", number_format=SHOWN
        )
        after = table.derived(
            "C_after_rows", 0.5 * (three - y.value) ** 2, lambda i: 0.5 * (O[i] - target[i]) ** 2,
            title=_("cost after"), symbol="C′", math="½(O′ − y)²", number_format=SHOWN,
        )  # fmt: skip
        C = table.total(before, _total("C_before", before))
        C_new = table.total(after, _total("C_after", after))
    _verdict(sheet, C, C_new, gradient, eta)
    sheet.gap()
    sheet.chart(
        Chart(
            _("Output before and after the step, and the targets"),
            (
                Series(_("target y"), x[:], y[:], mark=Mark.POINTS),
                Series(_("O before"), x[:], passed.h3[:]),
                Series(_("O after"), x[:], O[:], dashed=True),
            ),
            "x",
            "O, y",
            _(
                "The targets as points over x, the output before the step as a line, and the output after it as a "
                "dashed line, nearer to the points."
            ),
        )
    )


def _total(id: str, rows: Block) -> Block:
    return Block(id, Role.DERIVED, np.sum(rows.value), formula=lambda: total(rows), number_format=SHOWN)


def _verdict(sheet: Sheet, C: Block, C_new: Block, gradient: Block, eta: Block) -> None:
    fell, stayed = _("the cost fell ✓"), _("the cost did not fall: try a smaller η")
    sheet.derived(
        "cost_verdict",
        np.asarray(str(fell if C_new.value < C.value else stayed), dtype=object),
        lambda: if_(C_new < C, str(fell), str(stayed)),
        title=_("verdict"),
        number_format="@",
    )
    sheet.derived(
        "change_of_cost",
        C_new.value - C.value,
        lambda: C_new - C,
        symbol="C′ − C",
        title=_("what happened"),
        number_format=SHOWN,
    )
    sheet.derived(
        "change_promised",
        -eta.value * np.sum(gradient.value**2),
        lambda: -eta * dot(gradient[:], gradient[:]),
        symbol="−η·Σ(∂C/∂θ)²",
        title=_("what the slopes promised"),
        number_format=SHOWN,
    )
    sheet.remark(
        _(
            "The two come together as η shrinks: a slope holds only nearby. Type a smaller η and see; type a large "
            "one and the cost rises."
        )
    )


# ------------------------------------------------------------------------------------------ the map


def map_sheet(book: Book, net: Network, passed: Pass, back: Backward) -> None:
    """The whole network on one page."""
    sheet = book.sheet("Map", _("The map: the whole network on one page"), column_width=9.5)
    sheet.step(
        _("Forward one way, backward the other"),
        _(
            "One input row runs through from left to right; the derivatives of its cost run back. A blue name leads "
            "to the step that explains it."
        ),
    )
    NetworkMap(sheet, net, passed, back).draw()


class NetworkMap:
    """The network drawn in cells: nodes in every second column, and between them what happens on the way."""

    FORMAT = "0.000"

    def __init__(self, sheet: Sheet, net: Network, passed: Pass, back: Backward) -> None:
        self.sheet = sheet
        self.net = net
        self.passed = passed
        self.back = back
        self.row = sheet.given(
            "map_row",
            first_shown(len(passed.x.value)),
            symbol="i",
            title=_("which input row"),
            valid=Between(1, len(passed.x.value), whole=True),
            number_format="0",
            remark=_("change it to look at another row"),
        )
        self.top = sheet.cursor + 1

    def draw(self) -> None:
        """Draw the parameters on top, below them the nodes, then the derivatives of the nodes and of the parameters."""
        self.parameters(self.top)
        self.nodes(self.top + 6)
        self.derivatives(self.top + 9)
        self.gradients(self.top + 12)
        self.sheet.cursor = self.top + 18
        self.sheet.remark(
            _("These are the derivatives of one row's cost; the sums over all rows are on the sheet Backward.")
        )

    def caption(self, row: int, text: str) -> None:
        self.sheet.label(row, 0, text, Style.ROW)

    def arrow(self, row: int, column: int, text: str) -> None:
        self.sheet.label(row, column, text, Style.ARROW)

    def number(self, id: str, name: str, link: str, at: tuple[int, int], block: Block) -> Block:
        """Show a column's number in the chosen row, with its name above as a link."""
        role = Role.GRADIENT if block.role is Role.GRADIENT else Role.DERIVED
        return self.computed(
            id, name, link, at, value=block.value[int(self.row.value) - 1], formula=_picked(block, self.row), role=role
        )

    def computed(
        self,
        id: str,
        name: str,
        link: str,
        at: tuple[int, int],
        *,
        value: Any,
        formula: Formula,
        role: Role = Role.DERIVED,
    ) -> Block:
        """Show a number, with its name above as a link."""
        row, column = at
        self.sheet.label(row - 1, column, name, Style.LINK, link=link)
        block = Block(f"map_{id}", role, np.asarray(value), formula=formula, number_format=self.FORMAT)
        return self.sheet.add(block, at=at)

    def parameters(self, top: int) -> None:
        net = self.net
        self.caption(top + 1, _("parameters"))
        for node in range(3):
            sub, into = "₁₂₃"[node], 2 + 4 * node
            for block, at in ((net.w, (top + 1, into)), (net.b, (top + 3, into)), (net.d, (top + 3, into + 2))):
                id, name = f"{block.id}{node + 1}", f"{block.id}{sub}"
                self.computed(id, name, net.link, at, value=block.value[node], formula=_cell(block, node))
            self.arrow(top + 4, into, "↓")
            self.arrow(top + 4, into + 2, "↓")
        self.number("y", "y", self.back.cost_link, (top + 3, 14), self.back.y)
        self.arrow(top + 4, 14, "↓")

    def nodes(self, row: int) -> None:
        net, passed, link = self.net, self.passed, self.passed.link
        self.caption(row, _("forward →"))
        below = self.number("x", "x", link, (row, 1), passed.x)
        for node, h in enumerate((passed.h1, passed.h2, passed.h3)):
            sub, column = "₁₂₃"[node], 3 + 4 * node
            z = net.w.value[node] * below.value + net.b.value[node]
            formula = _pre_activation(net, node, below)
            self.computed(f"z{node + 1}", f"z{sub}", net.link, (row, column), value=z, formula=formula)
            name = "h₃ = O" if node == 2 else f"h{sub}"
            below = self.number(f"h{node + 1}", name, link, (row, column + 2), h)
            self.arrow(row - 1, column - 1, f"·w{sub} + b{sub}")
            self.arrow(row - 1, column + 1, f"÷ d{sub}")
        self.number("C", "C", self.back.cost_link, (row, 15), self.back.C)
        self.arrow(row - 1, 14, "½(O − y)²")
        for column in range(2, 15, 2):
            self.arrow(row, column, "→")

    def derivatives(self, row: int) -> None:
        back, link = self.back, self.back.link
        self.caption(row, _("← backward"))
        self.number("dO", "∂C/∂O", link, (row, 13), back.dO)
        self.arrow(row - 1, 14, "O − y")
        self.arrow(row, 14, "←")
        for node in (3, 2, 1):
            sub, column = "₀₁₂₃"[node], 4 * node - 1
            self.number(f"delta{node}", f"∂C/∂z{sub}", link, (row, column), back.delta[node])
            self.arrow(row - 1, column + 1, f"÷ d{sub}")
            self.arrow(row, column + 1, "←")
            if node > 1:
                name = f"∂C/∂h{'₀₁₂₃'[node - 1]}"
                self.number(f"dh{node - 1}", name, link, (row, column - 2), back.dh[node - 1])
                self.arrow(row - 1, column - 1, f"·w{sub}")
                self.arrow(row, column - 1, "←")

    def gradients(self, top: int) -> None:
        back, link = self.back, self.back.link
        self.caption(top + 1, _("for the parameters"))
        for node in (1, 2, 3):
            sub, column = "₀₁₂₃"[node], 4 * node - 2
            self.arrow(top - 1, column, "·x ↙" if node == 1 else f"·h{'₀₁₂₃'[node - 1]} ↙")
            self.number(f"dw{node}", f"∂C/∂w{sub}", link, (top + 1, column), back.dw[node])
            self.number(f"db{node}", f"∂C/∂b{sub}", link, (top + 3, column), back.delta[node])


def _cell(block: Block, node: int) -> Formula:
    return lambda: block[node]


def _pre_activation(net: Network, node: int, below: Block) -> Formula:
    return lambda: net.w[node] * below + net.b[node]


# ------------------------------------------------------------------------------------------ how many passes


def count_sheet(book: Book) -> None:
    """How many passes through the network each method takes, as networks grow."""
    sheet = book.sheet("Count", _("How many passes does each method need?"))
    sheet.step(
        _("The difference quotient drowns as the network grows"),
        _(
            "A difference quotient takes one forward pass to begin with and one more for every weight and bias; the "
            "chain rule takes one forward and one backward, however many there are."
        ),
        "n = (n₀ + 1)·n₁ + (n₁ + 1)·n₂ + (n₂ + 1)·n₃          "
        + _("difference quotient")
        + ": n + 1          "
        + _("chain rule")
        + ": 1 + 1",
    )
    (line,) = _reserve(sheet, 1)
    layers = [_("input"), _("hidden 1"), _("hidden 2"), _("output")]
    with sheet.table(Counter(""), len(SIZES)) as table:
        sizes = table.given(
            "sizes",
            SIZES,
            title=_("units in each layer"),
            columns=layers,
            valid=Between(1, 10000, whole=True),
            article=SIZES,
            number_format="0",
        )
        name = _name_column(table, sizes)
        n, by_quotient, by_chain = _count_columns(table, sizes)
    sheet.sentence(
        "say_count",
        _(
            "Row 1: ({n0:0} + 1)·{n1:0} + ({n1:0} + 1)·{n2:0} + ({n2:0} + 1)·{n3:0} = {n:0} weights and biases, so "
            "{q:0} forward passes against {c:0} passes."
        ),
        line,
        n0=sizes[0, 0],
        n1=sizes[0, 1],
        n2=sizes[0, 2],
        n3=sizes[0, 3],
        n=n[0],
        q=by_quotient[0],
        c=by_chain[0],
    )
    sheet.remark(
        _(
            "Row 1 is the network of this workbook; rows 2, 3 and 7 stand in the same article (two rows of neurons, "
            "3-4-3-2, the digit network of its code); row 6 is the 13,002 network of “Backpropagation: 13,002 "
            "weights and biases”; rows 4 and 5 are chosen here. Type other sizes: the counts follow."
        )
    )
    sheet.printed(
        "printed_13002",
        _("weights and biases of 784-16-16-10"),
        n[THIRTEEN_THOUSAND],
        13002,
        0,
    )
    sheet.gap()
    sheet.chart(
        Chart(
            _("Passes through the network for one gradient (logarithmic scale)"),
            (
                Series(_("difference quotient: n + 1"), name[:], by_quotient[:], mark=Mark.COLUMNS),
                Series(_("chain rule: forward + backward"), name[:], by_chain[:], mark=Mark.COLUMNS),
            ),
            _("network"),
            _("passes"),
            _(
                "Columns for seven networks on a logarithmic scale: the difference quotient's passes grow from 7 to "
                "82,951, the chain rule's stay at 2."
            ),
            log_y=True,
            columns=9,
        )
    )


def _name_column(table: Any, sizes: Block) -> Block:
    names = ["-".join(f"{units:.0f}" for units in layers) for layers in sizes.value]
    block: Block = table.derived(
        "network_name",
        np.array(names, dtype=object),
        lambda r: joined(sizes[r, 0], "-", sizes[r, 1], "-", sizes[r, 2], "-", sizes[r, 3]),
        title=_("network"),
        number_format="@",
    )
    return block


def _count_columns(table: Any, sizes: Block) -> tuple[Block, Block, Block]:
    below, above = sizes.value[:, :-1], sizes.value[:, 1:]
    count = np.sum((below + 1) * above, axis=1)
    n: Block = table.derived(
        "parameter_count",
        count,
        lambda r: (sizes[r, 0] + 1) * sizes[r, 1] + (sizes[r, 1] + 1) * sizes[r, 2] + (sizes[r, 2] + 1) * sizes[r, 3],
        title=_("weights and biases"),
        symbol="n",
        number_format="#,##0",
    )
    by_quotient: Block = table.derived(
        "quotient_passes",
        count + 1,
        lambda r: n[r] + 1,
        title=_("passes, difference quotient"),
        symbol="n + 1",
        number_format="#,##0",
    )
    by_chain: Block = table.derived(
        "chain_passes",
        np.full(len(count), 2.0),
        lambda r: as_expr(1) + 1,
        title=_("passes, chain rule"),
        symbol="1 + 1",
        number_format="#,##0",
    )
    table.derived(
        "times_more",
        (count + 1) / 2,
        lambda r: by_quotient[r] / by_chain[r],
        title=_("times as many"),
        number_format="#,##0.0",
    )
    return n, by_quotient, by_chain
