"""Batch normalization and layer normalization: the same three steps, down the columns and along the rows.

Symbols and shapes; three examples, one a row, four features

    X            (3, 4)   input
    C1, N1, O1   (3, 4)   batch normalization: X − mean of its column; C/√(mean C² + ε); γ1 ∗ N + β1
    C2, N2, O2   (3, 4)   layer normalization: the same of O1, row by row
    γ, β         (4,)     one a column             ε  scalar             Y  (3, 4)  target
    L            scalar   ½ Σ (O2 − Y)²
    The variance is the mean square: n, and not n − 1, in both papers.

Sources: Ioffe and Szegedy, “Batch Normalization”, 2015; Ba, Kiros and Hinton, “Layer Normalization”, 2016. All numbers are chosen here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.graph.graph import Graph
from scenarios.graph.losses import HalfSquared
from scenarios.graph.norms import Centred, Gain, Standardised
from scenarios.graph.pages import ETA, Whole, graph_page, network_page
from scenarios.graph.trial import deeper_pages
from scenarios.normalization.evaluate import evaluate_page
from scenarios.normalization.numbers import numbers_page
from workbook.block import Between
from workbook.book import Book
from workbook.formula import total
from workbook.page import Page
from workbook.scenario import Scenario
from workbook.text import N_, _

X = np.array([[1, 2, 3, 6], [2, 0, 4, 2], [3, 1, 5, -1]])
Y = np.array([[-1, 0, 0, 1], [0, -1, 1, 0], [1, 0, 0, -1]])


class Normalization(Scenario):
    """Batch normalization, then layer normalization, forward and backward; train and evaluate."""

    name = "normalization"
    title = N_("Normalization: mean 0, spread 1, down the columns or along the rows")
    article = N_("Ioffe and Szegedy, “Batch Normalization” (2015); Ba, Kiros and Hinton, “Layer Normalization” (2016)")
    summary = N_("Take the mean away, divide by the spread, then let the network choose its own scale: three steps, and what comes back through them.")  # fmt: skip
    order = 230
    locale = Path(__file__).parent.parent / "locale"
    parameters = (ETA,)

    def build(self, book: Book, settings: Mapping[str, Any], data: Array | None) -> None:
        """Four numbers first; then the whole, training against evaluation, the first cells, and a trial."""
        book.first_change = _(
            "on the sheet Numbers, add 100 to each of the four numbers: what comes out stays as it was."
        )
        numbers = book.page(
            "Numbers",
            _("Four numbers lose their mean and their spread"),
            _(
                "Whatever size the numbers had, afterwards their mean is 0 and their mean square about 1, unless all are alike."
            ),
            _("If all four numbers are doubled, what happens to the result?"),
        )
        page = graph_page(
            book,
            _("Batch and layer normalization on one page"),
            _("The same three steps twice: first in every column, over the examples; then in every row, over the features."),
            _("Add up a column of ∂X, or a row of ∂O1. Why must the result be what it is?"),
        )  # fmt: skip
        evaluate = book.page(
            "Evaluate",
            _("Training and evaluation are not the same"),
            _("In training a column's own mean and variance count; a single new example has none, so running means stand in."),
            _("Can one example alone have a variance?"),
        )  # fmt: skip
        numbers_page(numbers)
        whole = network_page(page, graph(), below=True)
        _whole_ends(page, whole)
        evaluate_page(evaluate, whole)
        deeper_pages(book, whole, "X")


def graph() -> Graph:
    """Return the network: batch normalization in the upper bands, layer normalization below."""
    g = Graph()
    x = g.give("X", X, title=_("input"), valid=Between(-100, 100), wants_slope=True, at=(0, 0))
    eps = g.give("eps", 0.001, "ε", valid=Between(0.0001, 1))
    for n, of in ((1, "column"), (2, "row")):
        c = g.put(f"C{n}", Centred(of), x, at=(n - 1, 1))
        s = g.put(f"N{n}", Standardised(of), c, eps, at=(n - 1, 2))
        gamma = g.give(f"g{n}", np.ones(4), f"γ{n}", learns=True, valid=Between(-10, 10), at=(n - 1, 3))
        beta = g.give(f"b{n}", np.zeros(4), f"β{n}", learns=True, valid=Between(-10, 10), at=(n - 1, 3))
        x = g.put(f"O{n}", Gain(), s, gamma, beta, at=(n - 1, 4))
    y = g.give("Y", Y, title=_("target"), valid=Between(-10, 10), at=(1, 0))
    g.put("L", HalfSquared(), x, y)
    return g


def _whole_ends(page: Page, whole: Whole) -> None:
    dX = whole.slope("X")
    page.try_(_("Add 10 to every number of the last column of X: no table to its right moves."))
    page.turn(
        "whole_turn",
        _("Each column of ∂X adds up to the same number. Which? (0.01 off is close enough)"),
        page.offstage_block("column_sum", dX.value[:, 0].sum(), lambda: total(dX[:, 0]), title=_("sum of the first column of ∂X")),
        0.01,
        _("Add the same to a whole column, and its mean takes it away again."),
        _("add up a column of ∂X."),
    )  # fmt: skip
    page.remember(_("What is taken away going forward, mean and size, is taken away from the slopes going back."))
    page.source(_("Chosen here: every number."))
