"""The chain rule on a line of three neurons: x → h1 → h2 → O, then a loss on its end and the same rule read backwards.

Symbols, as in the article, with n input rows

    x           (n,)   inputs                       y           (n,)  targets
    w, b, d     (3,)   weight, bias and divisor of each neuron; the article's divisors are 8, 7 and 9
    h1, h2, h3  (n,)   outputs of the neurons, h1 = (w1·x + b1)/d1 and so on; h3 is the network's output O
    theta       (6,)   all parameters in one list: w1, b1, w2, b2, w3, b3
    L           ()     loss, ½(O − y)² summed over the rows
    delta       (n,)   ∂L/∂z of a neuron, where z = w·(what comes in) + b is what the neuron divides

One module a sheet, in the article's order; `network` holds what all of them take from the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.chain_rule.article import X, article_page
from scenarios.chain_rule.backwards import backwards_page
from scenarios.chain_rule.chain import chain_page
from scenarios.chain_rule.count import count_page
from scenarios.chain_rule.every_row import every_row_page, second_pass_page
from scenarios.chain_rule.knobs import knobs_page
from scenarios.chain_rule.network import DATA, NUMBERS, TURN, Array, network_page, parameter_table
from scenarios.chain_rule.rates import rates_page
from scenarios.chain_rule.step import ETA, six_steps, step_page
from scenarios.chain_rule.trial import trial_page
from workbook.book import Book
from workbook.data import read_numbers
from workbook.page import Page
from workbook.scenario import Scenario
from workbook.text import N_, _

MOST_ROWS = 1000

Y = np.array([2.0, 3.0, 4.0, 5.0, 6.0])
"""Targets chosen here, one for each of the inputs X."""


class ChainRule(Scenario):
    """The network with the divisors 8, 7 and 9."""

    name = "chain-rule"
    licence = "MIT"
    title = N_("Turn one knob: how far does the output move?")
    article = N_(
        "Fathoming the Deep in Deep Learning – A Practical Approach (the chain rule, and the chain rule backwards)"
    )
    summary = N_(
        "Three neurons in a row, six knobs. See how a turn of the first one reaches the end, then read the same way backwards: that is how networks learn."
    )
    order = 20
    locale = Path(__file__).parent.parent / "locale"
    ask = ("h1=2", "h2=2", "h3=2", "C_rows=2", "delta3=2", "dC_dh2=2", "delta2=2", "dC_dw2_rows=3", "dC_dw2")
    parameters = (*NUMBERS, TURN, ETA)
    data_columns = N_("x, y (1 to 1,000 rows of numbers)")

    def read_data(self, path: Path) -> Array:
        """Read the columns x and y, (n, 2)."""
        bounds: dict[str, Any] = {"low": DATA.low, "high": DATA.high, "not_constant": False}
        rows: Array = read_numbers(path, ("x", "y"), min_rows=1, max_rows=MOST_ROWS, **bounds).to_numpy(float)
        return rows

    def own_rows(self) -> list[Sequence[Any]]:
        return [("x", "y"), *zip(X, Y, strict=True)]

    def build(self, book: Book, settings: Mapping[str, Any], data: Array | None) -> None:
        """Lay the article's section out, one sheet a thought."""
        book.first_change = _(
            "on the sheet Chain, type {double:g} for the turn of w₁: the change at the output doubles."
        ).format(double=2 * settings["dw1"])
        x, y = (X, Y) if data is None else data.T
        chain, rates, knobs, backwards, step, count = _story(book)
        with rates.left():
            said = rates.keep()
            rates.gap()
            net, neurons = parameter_table(rates, settings)
        passed, rate_of_w1 = article_page(book, rates, net, x)
        rates_page(rates, said, neurons, net, passed, chain_page(chain, net, passed, rate_of_w1))
        knobs_page(knobs, net, passed)
        backwards_page(backwards, net, passed, rate_of_w1, float(y[0]))
        network_page(book, net)
        slopes = every_row_page(book, net, passed, y)
        trial_page(book, net, slopes)
        between = six_steps(step, net, slopes)
        second_pass_page(book, net, passed)
        step_page(step, between, net)
        count_page(count)


def _story(book: Book) -> tuple[Page, ...]:
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
