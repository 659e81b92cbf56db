"""One block of a GPT: it reads a name letter by letter, and says which letter comes next; every slope on the way back.

Symbols and shapes; T = 4 places, V = 4 letters, D = 4 numbers a letter, two heads of 2, F = 4 hidden neurons

    x = tokens (T,)  letters by number   E (V, D), Pos (T, D)   a row for every letter, for every place
    X0 = E[x] + Pos               C, N, F    layer normalization in three steps, with γ and β
    Q, K, V, S, A, O    a head: questions, keys, values, scores, shares, what it takes;   Heads = [O1 O2]
    X1 = X0 + Heads·Wo      X2 = X1 + ReLU(F2·W1 + b1)·W2      R = X2·Eᵀ      P = softmax(R)
    L = −Σ Next ∗ ln P / T

Sources: Radford et al., “Language Models are Unsupervised Multitask Learners”, 2019; A. Karpathy, makemore and microgpt, for
names letter by letter. All numbers are chosen here, at random with two decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenarios.common.activations import Array
from scenarios.gpt.block import LETTERS, graph
from scenarios.gpt.following import following_page
from scenarios.graph.pages import ETA, Whole, graph_page, network_page
from scenarios.graph.trial import deeper_pages
from workbook.book import Book
from workbook.page import Page
from workbook.scenario import Scenario
from workbook.text import N_, _


class Gpt(Scenario):
    """A transformer block with two heads, forward and backward."""

    name = "gpt"
    title = N_("A GPT block: which letter comes next?")
    article = N_("Radford et al., “Language Models are Unsupervised Multitask Learners” (2019); A. Karpathy's makemore")
    summary = N_("Letters become rows of numbers, look at one another, are changed by two layers, and say which letter follows. Every weight's slope comes back.")  # fmt: skip
    order = 250
    locale = Path(__file__).parent.parent / "locale"
    parameters = (ETA,)

    def build(self, book: Book, settings: Mapping[str, Any], data: Array | None) -> None:
        """The next letter first; then the whole block, the first cells, and a trial."""
        book.first_change = _(
            "on the sheet Following, type 1, 2, 3 for the place: the columns show which letter the network expects there."
        )
        following = book.page(
            "Following",
            _("Which letter comes next?"),
            _("For every place the network gives each letter a share: its guess of what follows."),
            _("The weights are random. How large a share will the right letter have, with four to choose from?"),
        )
        page = graph_page(
            book,
            _("One GPT block, all of it"),
            _("From the letters at the top to the shares at the bottom: normalize, look around with two heads, add; normalize, two layers, add."),
            _("E turns letters into numbers, and numbers into letters again. From which two tables do slopes come back to it?"),
        )  # fmt: skip
        whole = network_page(page, graph(), below=True)
        _whole_ends(page, whole)
        following_page(following, whole, LETTERS)
        deeper_pages(book, whole, "Wq1")


def _whole_ends(page: Page, whole: Whole) -> None:
    page.try_(_("Type another number for the last token: with the mask as given, only the last rows move."))
    dX2 = whole.slope("X2")
    page.turn(
        "whole_turn",
        _("X2 = X1 + Z2, so what comes back to X2 goes to Z2 as it is. What is the first number of ∂Z2? (0.01 off is close enough)"),
        dX2[0, 0],
        0.01,
        _("A sum passes slopes on unchanged; X1 gets this, and more through the layers."),
        _("look at ∂X2."),
    )  # fmt: skip
    page.remember(_("A transformer adds: attention and layers only change what the letters already are."))
    page.source(_("Chosen here: every number; the weights at random, with two decimals."))
