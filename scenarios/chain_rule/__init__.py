"""The chain rule on a line of three nodes: x → h1 → h2 → O, then a cost on its end and the same rule read backwards.

Symbols, as in the article, with n input rows

    x           (n,)   inputs                       y           (n,)  targets
    w, b, d     (3,)   weight, bias and divisor of each node; the article's divisors are 8, 7 and 9
    h1, h2, h3  (n,)   outputs of the nodes, h1 = (w1·x + b1)/d1 and so on; h3 is the network's output O
    theta       (6,)   all parameters in one list: w1, b1, w2, b2, w3, b3
    C           ()     cost, ½(O − y)² summed over the rows
    delta       (n,)   ∂C/∂z of a node, where z = w·(what comes in) + b is what the node divides

One module a sheet, in the article's order; `network` holds what all of them take from the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenarios.chain_rule.article_table import X, article_table_sheet
from scenarios.chain_rule.backward import backward_sheet
from scenarios.chain_rule.count import count_sheet
from scenarios.chain_rule.descent import descent_sheet
from scenarios.chain_rule.differences import differences_sheet
from scenarios.chain_rule.every_weight import every_weight_sheet
from scenarios.chain_rule.network import DATA, DIVISOR, NUDGE, WEIGHT, network_sheet
from scenarios.chain_rule.network_map import map_sheet
from scenarios.common.activations import Array
from workbook.book import Book
from workbook.data import read_numbers
from workbook.scenario import Parameter, Scenario
from workbook.text import N_, _

MOST_ROWS = 1000


class ChainRule(Scenario):
    """The network with the divisors 8, 7 and 9."""

    name = "chain-rule"
    title = N_("The chain rule at work: a change wriggles through 1/8, 1/7 and 1/9")
    article = N_(
        "Fathoming the Deep in Deep Learning – A Practical Approach (the chain rule, and the chain rule backwards)"
    )
    summary = N_(
        "Three nodes in a line, each of which only scales and shifts. Change the first weight a little and follow "
        "the change to the output, then let the chain rule predict it. Put a cost on the end, and the same rule, "
        "read backwards, gives the derivative of every weight and bias in one go."
    )
    order = 20
    locale = Path(__file__).parent.parent / "locale"
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
        Parameter("y_slope", 0.5, N_("targets y = p·x + q: their slope p"), -100, 100),
        Parameter("y_offset", 1.0, N_("targets y = p·x + q: their value q at x = 0"), -1000, 1000),
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
            "on the sheet ArticleTable, type another Δw₁ into the yellow cell: column D of the repeated rows still "
            "meets column E."
        )
        x, y = (X, None) if data is None else data.T
        net = network_sheet(book, settings)
        passed, delta_w1, rate_of_w1 = article_table_sheet(book, net, settings["dw1"], x)
        which = every_weight_sheet(book, net, passed, delta_w1)
        back = backward_sheet(book, net, passed, rate_of_w1, y, (settings["y_slope"], settings["y_offset"]))
        differences_sheet(book, net, passed, back, which)
        descent_sheet(book, net, passed, back, settings["lr"])
        map_sheet(book, net, passed, back)
        count_sheet(book)
