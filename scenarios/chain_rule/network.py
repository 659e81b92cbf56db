"""The nine numbers that the network holds, and the sheet Network: its equations, and a change of x."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.columns import caption
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.formula import Expr, Operand, Ref
from workbook.page import Page, Table, Voice
from workbook.sheet import Kind
from workbook.text import _

DIVISORS = np.array([8.0, 7.0, 9.0])
NAMES = ["w₁", "b₁", "w₂", "b₂", "w₃", "b₃"]
IDS = ["w1", "b1", "w2", "b2", "w3", "b3"]
SUBSCRIPTS = "₀₁₂₃"

WEIGHT = Between(-20, 20)
DIVISOR = Between(0.5, 1000)
NUDGE = Between(0.001, 10)
DATA = Between(-1e4, 1e4)
"""Wide enough to play; beyond, the numbers in the sentences would have more digits than a spreadsheet keeps."""

TYPED, LONG = "0.0###", "0.000000"


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
        """The three nodes, from the input on."""
        return self.nodes_with(self.cells)

    def nodes_with(self, cells: Sequence[Ref], names: Sequence[str] = NAMES) -> list[Node]:
        """Return the nodes with other parameters, in theta's order."""
        return [Node(k + 1, cells[2 * k], cells[2 * k + 1], self.d[k], names[2 * k : 2 * k + 2]) for k in range(3)]


def parameter_table(page: Page, settings: Mapping[str, Any]) -> tuple[Network, Table]:
    """Begin a table of the neurons with the nine numbers that they hold; return both, for columns to come."""
    three = {letter: np.array([settings[f"{letter}{neuron}"] for neuron in (1, 2, 3)]) for letter in "wbd"}
    table = page.table(Counter(_("neuron ")), 3)
    w = table.given("w", three["w"], valid=WEIGHT, title=_("weight"), symbol="w")
    b = table.given("b", three["b"], valid=WEIGHT, title=_("bias"), symbol="b")
    d = table.given("d", three["d"], valid=DIVISOR, article=DIVISORS, title=_("divisor"), symbol="d")
    page.source(_("Printed in the article: the divisors 8, 7 and 9 (the activation functions 1/8, 1/7 and 1/9)."))
    page.source(
        _(
            "Chosen here, since the article's picture is lost: weights and biases, the numbers 1 to 6, placed so that "
            "the input 2 gives h₁ = h₂ = O = 1."
        )
    )
    return Network(w, b, d), table


def network_sheet(book: Book, net: Network) -> None:
    """Add the equations, and how a change of x runs through them."""
    page = book.page("Network", _("The network in formulas, and a change of x"), kind=Kind.DEEPER)
    page.step(
        _("Three neurons, each weighs, shifts and shrinks"),
        _(
            "Every neuron multiplies what comes in by its weight, adds its bias, and divides; what it gives is what "
            "the next neuron gets."
        ),
        "x → h₁ → h₂ → h₃ = O",
    )
    page.math("z₁ = w₁·x + b₁       h₁ = f₁(z₁) = z₁/d₁")
    page.math("z₂ = w₂·h₁ + b₂      h₂ = f₂(z₂) = z₂/d₂")
    page.math("z₃ = w₃·h₂ + b₃      h₃ = f₃(z₃) = z₃/d₃ = O")
    page.math(_("one inside the other:") + " O = (w₃·(w₂·(w₁·x + b₁)/d₁ + b₂)/d₂ + b₃)/d₃")
    page.gap()
    words = "O = ({w3:2p}·({w2:2p}·({w1:2p}·x + {b1:2p})/{d1:2} + {b2:2p})/{d2:2} + {b3:2p})/{d3:2}"
    three = (net.w, net.b, net.d)
    page.sentence("say_network", words, Voice.PLAIN, **{f"{v.id}{k + 1}": v[k] for v in three for k in range(3)})
    _wriggle(page, net)


def _wriggle(page: Page, net: Network) -> None:
    page.step(
        _("A change of x wriggles through all three"),
        _(
            "A neuron knows only what comes in. It passes a change on w/d times as large; its bias adds the same before "
            "and after, and drops out of the change."
        ),
        "Δh₁ = (w₁/d₁)·Δx      Δh₂ = (w₂/d₂)·Δh₁      ΔO = (w₃/d₃)·Δh₂          ∂O/∂x = ∂h₃/∂h₂ · ∂h₂/∂h₁ · ∂h₁/∂x",
    )
    w, d = net.w, net.d
    fields = caption(_("change of x"), "Δx", TYPED, remark=_("chosen here"))
    delta_x = page.given("delta_x", 2.0, valid=NUDGE, **fields)
    page.gap()
    said = page.keep()
    page.gap()
    rates = w.value / d.value
    changes = delta_x.value * np.cumprod(rates)
    with page.table(Counter(_("neuron ")), 3) as table:
        fields = caption(_("change that comes in"), "Δx, Δh₁, Δh₂", LONG, first=lambda: delta_x)
        came = table.derived("wriggle_in", [delta_x.value, *changes[:-1]], lambda k: went[k - 1], **fields)
        rate = table.gradient("rates", rates, lambda k: w[k] / d[k], **caption(_("rate"), "w/d"))
        fields = caption(_("change that goes out"), "Δh₁, Δh₂, ΔO", LONG)
        went = table.derived("wriggle_out", changes, lambda k: came[k] * rate[k], **fields)
    fields = caption("", "∂O/∂x", LONG, remark=_("the product of the three rates"))
    slope = page.gradient("dO_dx", np.prod(rates), lambda: rate[0] * rate[1] * rate[2], **fields)
    words = "ΔO = ({w3:2}/{d3:2})·({w2:2}/{d2:2})·({w1:2}/{d1:2})·{dx:2} = {slope:6}·{dx:2} = {out:6}"
    ratios = {f"{v.id}{k + 1}": v[k] for v in (w, d) for k in range(3)}
    with page.into(said):
        page.sentence("say_wriggle", words, Voice.PLAIN, **ratios, dx=delta_x, slope=slope, out=went[2])
    page.remark(
        _("Compare the sheet Article: where x grows by Δx from one row to the next, column D grows by this ΔO.")
    )
