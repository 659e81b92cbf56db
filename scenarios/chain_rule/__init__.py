"""The chain rule on a line of three neurons: x → h1 → h2 → O, then a cost on its end and the same rule read backwards.

Symbols, as in the article, with n input rows

    x           (n,)   inputs                       y           (n,)  targets
    w, b, d     (3,)   weight, bias and divisor of each neuron; the article's divisors are 8, 7 and 9
    h1, h2, h3  (n,)   outputs of the neurons, h1 = (w1·x + b1)/d1 and so on; h3 is the network's output O
    theta       (6,)   all parameters in one list: w1, b1, w2, b2, w3, b3
    C           ()     cost, ½(O − y)² summed over the rows
    delta       (n,)   ∂C/∂z of a neuron, where z = w·(what comes in) + b is what the node divides

One module a sheet, in the article's order; `network` holds what all of them take from the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.chain_rule.article_table import X, article_table_sheet
from scenarios.chain_rule.backward import backward_sheet
from scenarios.chain_rule.backwards import backwards_page
from scenarios.chain_rule.chain import chain_page
from scenarios.chain_rule.count import count_page
from scenarios.chain_rule.differences import differences_sheet
from scenarios.chain_rule.every_weight import every_weight_sheet
from scenarios.chain_rule.knobs import knobs_page
from scenarios.chain_rule.network import DATA, DIVISOR, NUDGE, WEIGHT, network_sheet, parameter_table
from scenarios.chain_rule.rates import rates_page
from scenarios.chain_rule.second_pass import second_pass_sheet
from scenarios.chain_rule.step import learning_rate, six_steps, step_page
from scenarios.common.activations import Array
from workbook.book import Book
from workbook.data import read_numbers
from workbook.page import Page
from workbook.scenario import Parameter, Scenario
from workbook.text import N_, _

MOST_ROWS = 1000

Y = np.array([2.0, 3.0, 4.0, 5.0, 6.0])
"""Targets chosen here, one for each of the inputs X."""


class ChainRule(Scenario):
    """The network with the divisors 8, 7 and 9."""

    name = "chain-rule"
    title = N_("Turn one knob: how far does the output move?")
    article = N_(
        "Fathoming the Deep in Deep Learning – A Practical Approach (the chain rule, and the chain rule backwards)"
    )
    summary = N_(
        "Three neurons in a row, six knobs. See how a turn of the first one reaches the end, then read the same way "
        "backwards: that is how networks learn."
    )
    order = 20
    locale = Path(__file__).parent.parent / "locale"
    parameters = (
        Parameter("w1", 3.0, N_("weight of the first neuron"), WEIGHT.low, WEIGHT.high),
        Parameter("w2", 6.0, N_("weight of the second neuron"), WEIGHT.low, WEIGHT.high),
        Parameter("w3", 5.0, N_("weight of the third neuron"), WEIGHT.low, WEIGHT.high),
        Parameter("b1", 2.0, N_("bias of the first neuron"), WEIGHT.low, WEIGHT.high),
        Parameter("b2", 1.0, N_("bias of the second neuron"), WEIGHT.low, WEIGHT.high),
        Parameter("b3", 4.0, N_("bias of the third neuron"), WEIGHT.low, WEIGHT.high),
        Parameter("d1", 8.0, N_("divisor of the first neuron"), DIVISOR.low, DIVISOR.high),
        Parameter("d2", 7.0, N_("divisor of the second neuron"), DIVISOR.low, DIVISOR.high),
        Parameter("d3", 9.0, N_("divisor of the third neuron"), DIVISOR.low, DIVISOR.high),
        Parameter("dw1", 0.5, N_("change of a weight, Δw₁"), NUDGE.low, NUDGE.high),
        Parameter("lr", 0.1, N_("learning rate η"), 0, 10),
    )
    data_columns = N_("x, y (1 to 1,000 rows of numbers)")

    def read_data(self, path: Path) -> Array:
        """Read the columns x and y, (n, 2)."""
        rows: Array = read_numbers(
            path, ("x", "y"), min_rows=1, max_rows=MOST_ROWS, low=DATA.low, high=DATA.high, not_constant=False
        ).to_numpy(float)
        return rows

    def build(self, book: Book, settings: Mapping[str, Any], data: Array | None) -> None:
        """Lay the article's section out, one sheet a thought."""
        book.first_change = _(
            "on the sheet Chain, type {double:g} for the turn of w₁: the change at the output doubles."
        ).format(double=2 * settings["dw1"])
        x, y = (X, Y) if data is None else data.T
        chain, rates, knobs, backwards, step, count = _core(book)
        with rates.left():
            said = rates.keep()
            rates.gap()
            net, neurons = parameter_table(rates, settings)
        passed, delta_w1, rate_of_w1 = article_table_sheet(book, rates, net, settings["dw1"], x)
        turned = chain_page(chain, net, passed, rate_of_w1, settings["dw1"])
        rates_page(rates, said, neurons, net, passed, turned)
        chosen = knobs_page(knobs, net, passed)
        backwards_page(backwards, net, passed, rate_of_w1, float(y[0]))
        eta, spoken = learning_rate(step, settings["lr"])
        network_sheet(book, net)
        which = every_weight_sheet(book, net, chosen, delta_w1)
        back = backward_sheet(book, net, passed, rate_of_w1, y)
        differences_sheet(book, net, passed, back, which)
        six = six_steps(step, net, back, eta)
        losses = second_pass_sheet(book, net, passed, back, six[1])
        step_page(step, spoken, net, six, eta, losses)
        count_page(count)


def _core(book: Book) -> tuple[Page, ...]:
    """Add the pages of the story, in its order."""
    stories = (
        (
            "Chain",
            _("Three neurons in a row: turn the first knob"),
            _("Each neuron multiplies, adds, divides and hands on; a turn of w₁ travels through all three."),
            _("Turn w₁ up a little. Does the output go up by more, or by less?"),
        ),
        (
            "Rates",
            _("Multiply the rates: that is the chain rule"),
            _(
                "Each neuron passes on its own share of a change; multiply the three shares and you know the result beforehand."
            ),
            _("What happens to the product if one of the three rates is 0?"),
        ),
        (
            "Knobs",
            _("Six knobs, six rates"),
            _("A weight counts as much as what comes in through it, times every neuron still to come."),
            _("Which knob moves the output most?"),
        ),
        (
            "Backwards",
            _("Read it backwards: all six at once"),
            _("Put a loss at the end and walk back once: every weight and bias picks up its slope on the way."),
            _("If the output is below its target, should the weights grow or shrink?"),
        ),
        (
            "Step",
            _("One step for all six: does the loss fall?"),
            _("Move every knob a little against its slope, and the outputs come closer to their targets."),
            _("Is ten times the step ten times as good?"),
        ),
        (
            "Count",
            _("Why backwards? Because there are so many knobs"),
            _(
                "Trying knobs one by one takes one pass per knob; going backwards takes two passes, however many there are."
            ),
            _("How many passes for 13,002 slopes?"),
        ),
    )
    return tuple(book.page(*story) for story in stories)
