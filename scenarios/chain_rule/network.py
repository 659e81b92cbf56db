"""The nine numbers that the network holds, a forward pass through it, and the sheet Network: a change of x."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbook.block import Between, Block, Counter, Formula
from workbook.book import Book
from workbook.formula import Expr, Operand, Ref, absolute
from workbook.page import Page, Table
from workbook.parameter import Parameter
from workbook.sheet import Kind, sentence_block
from workbook.text import N_, _

Array = NDArray[np.float64]

DIVISORS = np.array([8.0, 7.0, 9.0])
IDS = ["w1", "b1", "w2", "b2", "w3", "b3"]
NAMES = ["w₁", "b₁", "w₂", "b₂", "w₃", "b₃"]
SUBSCRIPTS = "₀₁₂₃"

WEIGHT = Between(-20, 20)
DIVISOR = Between(0.5, 1000)
DATA = Between(-1e4, 1e4)
"""Wide enough to play; beyond, the numbers in the sentences would have more digits than a spreadsheet keeps."""

EXACT = 1e-12
"""Bound of differences, in proportion to the numbers that they are differences of: rounding and nothing else."""

TYPED = "0.0###"

WEIGHTS = (N_("weight of the first neuron"), N_("weight of the second neuron"), N_("weight of the third neuron"))
BIASES = (N_("bias of the first neuron"), N_("bias of the second neuron"), N_("bias of the third neuron"))
DIVIDERS = (N_("divisor of the first neuron"), N_("divisor of the second neuron"), N_("divisor of the third neuron"))
KINDS = (("w", WEIGHT, (3, 6, 5), WEIGHTS), ("b", WEIGHT, (2, 1, 4), BIASES), ("d", DIVISOR, DIVISORS, DIVIDERS))
NUMBERS = tuple(
    Parameter(f"{letter}{k + 1}", float(values[k]), titles[k], bounds.low, bounds.high)
    for letter, bounds, values, titles in KINDS
    for k in range(3)
)
TURN = Parameter("dw1", 0.5, N_("change of a weight, Δw₁"), 0.001, 10, symbol="Δw₁")


@dataclass(frozen=True)
class Node:
    """A neuron's cells; `names` are those of its weight and its bias."""

    number: int
    w: Ref
    b: Ref
    d: Ref
    names: Sequence[str]

    @property
    def sub(self) -> str:
        """The number as a subscript."""
        return SUBSCRIPTS[self.number]

    def output(self, incoming: Operand) -> Expr:
        """Return the formula of what the neuron gives: weigh, shift and shrink."""
        return (self.w * incoming + self.b) / self.d

    def column(self, incoming: Block) -> Formula:
        """Return the formula of the same for every row."""
        return lambda i: self.output(incoming[i])

    def math(self, incoming: str) -> str:
        """Return the same for the reader."""
        weight, bias = self.names
        return f"({weight}·{incoming} + {bias})/d{self.sub}"


@dataclass(frozen=True)
class Network:
    """The parameters: one row a neuron in each block."""

    w: Block
    b: Block
    d: Block

    @property
    def cells(self) -> list[Ref]:
        """The cells of w1, b1, w2, b2, w3, b3."""
        return [block[k] for k in range(3) for block in (self.w, self.b)]

    @property
    def theta(self) -> Array:
        """Their values, (6,)."""
        return np.column_stack([self.w.value, self.b.value]).ravel()

    @property
    def nodes(self) -> list[Node]:
        """The three neurons, from the input on."""
        return self.nodes_with(self.cells)

    def nodes_with(self, cells: Sequence[Ref], names: Sequence[str] = NAMES) -> list[Node]:
        """Return the neurons with other parameters, in theta's order."""
        return [Node(k + 1, cells[2 * k], cells[2 * k + 1], self.d[k], names[2 * k : 2 * k + 2]) for k in range(3)]


@dataclass(frozen=True)
class Pass:
    """A forward pass over all rows, (n,) each."""

    x: Block
    h1: Block
    h2: Block
    h3: Block

    @property
    def incoming(self) -> list[Block]:
        """What comes into each neuron."""
        return [self.x, self.h1, self.h2]


def forward(theta: Array, d: Array, x: Array | float) -> Array:
    """Return h1, h2 and h3 for the inputs x, (3, …)."""
    w1, b1, w2, b2, w3, b3 = theta
    h1 = (w1 * x + b1) / d[0]
    h2 = (w2 * h1 + b2) / d[1]
    return np.stack([h1, h2, (w3 * h2 + b3) / d[2]])


def forward_columns(
    t: Table, nodes: Sequence[Node], values: Array, x: Block, titles: Sequence[str], suffix: str = ""
) -> Pass:
    """Add h1, h2 and h3 as columns, each of which reads the one before.

    With a `suffix` for their ids, they belong to changed parameters, and their symbols are primed.
    """
    passed = [x]
    for node, value, title in zip(nodes, values, titles, strict=True):
        symbol, came = f"h{node.sub}{'′' if suffix else ''}", passed[-1]
        output, math = node.column(came), node.math(came.symbol)
        passed.append(
            t.derived(f"h{node.number}{suffix}", value, output, symbol, title, math=math, number_format="0.0000")
        )
    return Pass(*passed)


def size_of(page: Page, id: str, number: Block, over: Block | None = None) -> Block:
    """Return the size that a check divides its differences by: one more than a number, over what it is divided by."""
    value, whole = 1 + abs(number.value), 1 + absolute(number)
    if over is not None:
        value, whole = value / over.value, whole / over
    return page.offstage_block(id, value, lambda: whole, title=_("what a check's differences are divided by"))


def parameter_table(page: Page, settings: Mapping[str, Any]) -> tuple[Network, Table]:
    """Begin a table of the neurons with the nine numbers that they hold; return both, for columns to come."""
    three = {letter: np.array([settings[f"{letter}{neuron}"] for neuron in (1, 2, 3)]) for letter in "wbd"}
    table = page.table(Counter(_("neuron ")), 3)
    w = table.given("w", three["w"], "w", _("weight"), valid=WEIGHT)
    b = table.given("b", three["b"], "b", _("bias"), valid=WEIGHT)
    d = table.given("d", three["d"], "d", _("divisor"), valid=DIVISOR, article=DIVISORS)
    page.source(_("Printed in the article: the divisors 8, 7 and 9 (the activation functions 1/8, 1/7 and 1/9)."))
    page.source(_("Weights and biases, the numbers 1 to 6, are chosen here so that the input 2 gives h₁ = h₂ = O = 1."))
    return Network(w, b, d), table


def network_page(book: Book, net: Network) -> None:
    """Add the equations, and how a change of x runs through them."""
    page = book.page("Network", _("The network in formulas, and a change of x"), kind=Kind.DEEPER)
    page.step(
        _("Three neurons, each weighs, shifts and shrinks"),
        _("Multiply what comes in by the weight, add the bias, divide: the next neuron gets what comes out."),
        "x → h₁ → h₂ → h₃ = O",
    )
    page.math("h₁ = (w₁·x + b₁)/d₁        h₂ = (w₂·h₁ + b₂)/d₂        h₃ = (w₃·h₂ + b₃)/d₃ = O")
    page.math(_("one inside the other:") + " O = (w₃·(w₂·(w₁·x + b₁)/d₁ + b₂)/d₂ + b₃)/d₃")
    page.gap()
    page.offstage(
        sentence_block(
            page.book, "say_inner", "({w[1]:2p}·({w[0]:2p}·x + {b[0]:2p})/{d[0]:2} + {b[1]:2p})/{d[1]:2}", {}
        )
    )
    page.sentence("say_network", "O = ({w[2]:2p}·{say_inner} + {b[2]:2p})/{d[2]:2}")
    page.step(
        _("A change of x wriggles through all three"),
        _("A neuron passes a change on w/d times as large; its bias drops out of the change."),
        "Δh₁ = (w₁/d₁)·Δx      Δh₂ = (w₂/d₂)·Δh₁      ΔO = (w₃/d₃)·Δh₂          ∂O/∂x = ∂h₃/∂h₂ · ∂h₂/∂h₁ · ∂h₁/∂x",
    )
    delta_x = page.given("delta_x", 2.0, "Δx", _("change of x"), valid=Between(0.001, 10))
    page.gap()
    said = page.keep()
    page.gap()
    w, d, values = net.w, net.d, net.w.value / net.d.value
    out = delta_x.value * np.cumprod(values)
    with page.table(Counter(_("neuron ")), 3) as t:
        given = {"first": lambda: delta_x, "number_format": "0.0000"}
        symbol, title = "Δx, Δh₁, Δh₂", _("change that comes in")
        came = t.derived("wriggle_in", [delta_x.value, *out[:-1]], lambda k: went[k - 1], symbol, title, **given)
        rate = t.gradient("rates", values, lambda k: w[k] / d[k], "w/d", _("rate"))
        title = _("change that goes out")
        went = t.derived("wriggle_out", out, lambda k: came[k] * rate[k], "Δh₁, Δh₂, ΔO", title, number_format="0.0000")
    slope = page.gradient(
        "dO_dx", np.prod(values), lambda: rate[0] * rate[1] * rate[2], "∂O/∂x", number_format="0.0000"
    )
    slope.remark = _("the product of the three rates")
    with page.into(said):
        page.sentence(
            "say_wriggle",
            "ΔO = ({w[2]:2}/{d[2]:2})·({w[1]:2}/{d[1]:2})·({w[0]:2}/{d[0]:2})·{delta_x:2} = {dO_dx:4}·{delta_x:2} = {out:4}",
            out=went[2],
        )
    page.text(_("On the sheet Article, where x grows by Δx from one row to the next, column D grows by this ΔO."))
