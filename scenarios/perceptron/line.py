"""Page Line: the line that two weights and a bias draw, and which gate it makes."""

from __future__ import annotations

import numpy as np

from scenarios.common.columns import sum_under
from scenarios.perceptron.parts import parameters, plane_of, truth_columns
from workbook.block import Block, Counter
from workbook.book import Book
from workbook.formula import dot, pick
from workbook.page import Page
from workbook.text import _


def gate_names() -> list[str]:
    """Say what four outputs make, by their number as binary digits: row 1 counts 8, row 4 counts 1."""
    return [
        str(name)
        for name in (
            *(_("never: it is always quiet"), "AND", _("x₁, but not x₂"), _("x₁ alone")),
            *(_("x₂, but not x₁"), _("x₂ alone"), "XOR", "OR"),
            *("NOR", "XNOR", _("not x₂"), _("x₁, or not x₂")),
            *(_("not x₁"), _("x₂, or not x₁"), "NAND", _("always")),
        )
    ]


def line(book: Book) -> None:
    """Let the reader move the line; name the gate that it makes."""
    page = book.page(
        "Line",
        _("One neuron draws one line"),
        _("With two inputs, weights and bias are a line: on one side the neuron fires, on the other it is quiet."),
        _("A larger bias: does the line leave more corners on the firing side, or fewer?"),
    )
    with page.left():
        w, b = parameters(page, "own", (1.0, 1.0), -1.5)
        page.gap()
        said = page.keep()
        page.gap()
        with page.table(Counter(""), 4) as t:
            truth = truth_columns(t, "own", w, b)
            sum_under(t, truth.y, "own_fires", "")
        page.sentence("own_words", _("Row 4: z = {own_w[0]:2p}·{own_x1[3]:0} + {own_w[1]:2p}·{own_x2[3]:0} + {own_b[0]:2p} = {own_z[3]:2}, y = {own_y[3]:0}"))  # fmt: skip
        page.math("z = w₁·x₁ + w₂·x₂ + b")
        page.math("y = 1 (z ≥ 0), 0 (z < 0)")
        _gate(page, truth.y)
        with page.into(said):
            page.live("own_says", _("▶ It fires for {own_fires:0} of the 4 corners. This is: {own_gate}."))
    with page.right():
        page.chart(plane_of(page, "own", truth, w, b))
    page.try_(_("With the weights 1 and 1: type −0.5 for b, then 0.5. With −2, −2 and 3 it is NAND."))
    question = _("Both weights 1: which bias makes OR? (the middle of all that do; 0.49 off is close enough)")
    middle = page.offstage_block("or_bias", -0.5, title=_("the middle of all biases that make OR"))
    yes = _("One input is enough to reach 0 then, and none is not.")
    hint = _("with one input z = 1 + b must be 0 or more, with none z = b must be below 0.")
    page.turn("line_turn", question, middle, 0.49, yes, hint)
    page.remember(_("Weights turn the line, the bias shifts it."))
    page.source(_("The weights that the page begins with are chosen here; NAND's are those of Nielsen's book."))


def _gate(page: Page, y: Block) -> None:
    """Look the four outputs up among the sixteen that there are."""
    words = np.array(gate_names(), dtype=object)
    with page.book.helpers.table(Counter(), 4) as t:
        worth = t.recorded("own_worth", np.array([8.0, 4.0, 2.0, 1.0]), "", _("what a row counts"))
    with page.book.helpers.table(Counter(), len(words)) as t:
        names = t.recorded("own_names", words, "", _("what the outputs make"))
    value, title = float(y.value @ worth.value), _("which of the sixteen")
    code = page.offstage_block("own_code", value + 1, lambda: dot(y[:], worth[:]) + 1, title=title)
    name = np.asarray(words[int(value)], dtype=object)
    page.offstage_block("own_gate", name, lambda: pick(names, code), title=_("its name"))
