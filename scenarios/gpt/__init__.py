"""One block of a GPT: it reads a name letter by letter, and says which letter comes next; every slope on the way back.

Symbols and shapes; T = 4 places, V = 4 letters, D = 4 numbers a letter, two heads of 2, F = 4 hidden neurons

    x = tokens (T,)  letters by number   E (V, D), Pos (T, D)   a row for every letter, for every place
    X0 = E[x] + Pos               C, N, F    layer normalization in three steps, with γ and β
    Q, K, V, S, A, O    a head: questions, keys, values, scores, shares, what it takes;   Heads = [O1 O2]
    X1 = X0 + Heads·Wo      X2 = X1 + ReLU(F2·W1 + b1)·W2      R = X2·Eᵀ      P = softmax(R)
    L = −Σ Next ∗ ln P / T

Sources: Radford et al., “Language Models are Unsupervised Multitask Learners”, 2019; A. Karpathy, makemore and microgpt, for
names letter by letter; its size, with --set size=microgpt: V = 27, D = 16, four heads of 4, F = 64. All numbers are chosen here,
at random with two decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenarios.common.activations import Array
from scenarios.gpt.block import MICROGPT, SIZES, SMALL, graph
from scenarios.gpt.following import following_page
from scenarios.gpt.large import large_pages
from scenarios.graph.pages import COLUMN, ETA, Whole, graph_page, three_pages
from scenarios.graph.trial import deeper_pages
from workbook.book import Book
from workbook.page import Page
from workbook.parameter import Parameter
from workbook.scenario import Scenario
from workbook.sheet import Kind
from workbook.text import N_, _


class Gpt(Scenario):
    """A transformer block with two heads, forward and backward."""

    name = "gpt"
    title = N_("A GPT block: which letter comes next?")
    article = N_("Radford et al., “Language Models are Unsupervised Multitask Learners” (2019); A. Karpathy's makemore")
    summary = N_("Letters become rows of numbers, look at one another, are changed by two layers, and say which letter follows. Every weight's slope comes back.")  # fmt: skip
    order = 250
    locale = Path(__file__).parent.parent / "locale"
    parameters = (Parameter("size", SMALL, N_("size of the network"), choices=(SMALL, MICROGPT)), ETA)

    def build(self, book: Book, settings: Mapping[str, Any], data: Array | None) -> None:
        """The next letter first; then the whole block, the first cells, and a trial."""
        size = SIZES[str(settings["size"])]
        book.first_change = _(
            "on the sheet Following, type 1, 2, 3 for the place: the columns show which letter the network expects there."
        )
        following = book.page(
            "Following",
            _("Which letter comes next?"),
            _("For every place the network gives each letter a share: its guess of what follows."),
            _("The weights are random. How large a share will the right letter have, with 27 to choose from?")
            if settings["size"] == MICROGPT
            else _("The weights are random. How large a share will the right letter have, with four to choose from?"),
        )
        if settings["size"] == MICROGPT:
            large_pages(book, following, size)
            return
        page = graph_page(
            book,
            _("One GPT block, all of it"),
            _("Read it line by line: letters become numbers, two heads look around, two layers change what they found, and shares come out."),
            _("With the mask as given, what may the first letter look at? Which number, then, begins A1 and A2?"),
        )  # fmt: skip
        back = graph_page(
            book,
            _("The way back through the block"),
            _("Every violet table stands where its own stood: so does the loss move when that table moves."),
            _("E turns letters into numbers, and numbers into letters again. From which two tables do slopes come back to it?"),
            "Backward",
        )  # fmt: skip
        step = book.page("Step", _("All weights after one step"), _("Each is the old one less η times its slope, in the same place as on the two sheets before."), kind=Kind.DEEPER, column_width=COLUMN)  # fmt: skip
        said = page.keep()
        page.gap()
        whole = three_pages(page, back, step, graph(size))
        with page.into(said):
            page.live(
                "whole_says", _("▶ The loss is {L:3}: the surprise −ln p at the letters that follow, on average.")
            )
        _whole_ends(page, whole)
        _back_ends(back, whole)
        following_page(following, whole, size.letters)
        deeper_pages(book, whole, "Wq1")


def _whole_ends(page: Page, whole: Whole) -> None:
    page.try_(_("Type another number for the last token: with the mask as given, only the last rows move."))
    mixed = whole["Mix"]
    page.turn(
        "whole_turn",
        _("X1 = X0 + Mix. By how much did the two heads change the first number of the first letter? (0.01 off is close enough)"),
        mixed[0, 0],
        0.01,
        _("What the heads found is added to the letter; the letter itself stays."),
        _("subtract X0 from X1, or look at Mix."),
    )  # fmt: skip
    page.remember(_("A transformer adds: attention and layers only change what the letters already are."))
    page.source(_("Chosen here: every number; the weights at random, with two decimals."))


def _back_ends(page: Page, whole: Whole) -> None:
    page.try_(_("Type a larger learning rate, and a still larger one: from which on does the loss no longer fall?"))
    dX2 = whole.slope("X2")
    page.turn(
        "back_turn",
        _("X2 = X1 + Z2, so what comes back to X2 goes to Z2 as it is. What is the first number of ∂Z2? (0.01 off is close enough)"),
        dX2[0, 0],
        0.01,
        _("A sum passes slopes on unchanged; X1 gets this, and more through the layers."),
        _("look at ∂X2."),
    )  # fmt: skip
    page.remember(_("A sum passes slopes on unchanged: so they reach the first layer of a deep network, too."))
