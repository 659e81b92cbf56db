"""Page Line: the line that two weights and a bias draw, and which gate it makes."""

from __future__ import annotations

import numpy as np

from scenarios.perceptron.parts import corners, line_of, parameters, plane, truth_columns
from workbook.block import Block, Counter, Role
from workbook.formula import dot, pick, total
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


def line_page(page: Page) -> None:
    """Let the reader move the line; name the gate that it makes."""
    helpers = page.book.helpers
    with page.left():
        w, b = parameters(page, "own", np.array([1.0, 1.0]), -1.5)
        page.gap()
        said = page.keep()
        page.gap()
        with page.table(Counter(""), 4) as table:
            x1, x2, z, y = truth_columns(table, "own", w, b)
            fires = table.total(
                y, Block("own_fires", Role.DERIVED, y.value.sum(), formula=lambda: total(y), number_format="0")
            )
        page.sentence(
            "own_words",
            _("Row 4: z = {w1:2p}·{x1:0} + {w2:2p}·{x2:0} + {b:2p} = {z:2}, y = {y:0}"),
            w1=w[0],
            w2=w[1],
            x1=x1[3],
            x2=x2[3],
            b=b[0],
            z=z[3],
            y=y[3],
        )
        page.math("z = w₁·x₁ + w₂·x₂ + b")
        page.math("y = 1 (z ≥ 0), 0 (z < 0)")
        gate = _gate(page, y)
        with page.into(said):
            page.live("own_says", _("▶ It fires for {n:0} of the 4 corners. This is: {gate}."), n=fires, gate=gate)
    points = corners(helpers, "own", [x1[i] for i in range(4)], [x2[i] for i in range(4)], [y[i] for i in range(4)])
    with page.right():
        page.chart(
            plane("", *points, [("w·x + b = 0", line_of(helpers, "own", (w[0], w[1], b[0])))], columns=7, rows=21)
        )
    page.try_(_("With the weights 1 and 1: type −0.5 for b, then 0.5. With −2, −2 and 3 it is NAND."))
    page.turn(
        "line_turn",
        _("Both weights 1: which bias makes OR? (the middle of all that do; 0.49 off is close enough)"),
        page.offstage_block("or_bias", -0.5, title=_("the middle of all biases that make OR")),
        0.49,
        _("One input is enough to reach 0 then, and none is not."),
        _("with one input z = 1 + b must be 0 or more, with none z = b must be below 0."),
    )
    page.remember(_("Weights turn the line, the bias shifts it."))
    page.source(_("The weights that the page begins with are chosen here; NAND's are those of Nielsen's book."))


def _gate(page: Page, y: Block) -> Block:
    with page.book.helpers.table(Counter(), 4) as t:
        worth = t.recorded("own_worth", np.array([8.0, 4.0, 2.0, 1.0]), title=_("what a row counts"), number_format="0")
    with page.book.helpers.table(Counter(), len(gate_names())) as t:
        words = np.array(gate_names(), dtype=object)
        names = t.recorded("own_names", words, title=_("what the outputs make"), number_format="@")
    code_value = float(y.value @ worth.value)
    code = page.offstage_block(
        "own_code", code_value + 1, lambda: dot(y[:], worth[:]) + 1, title=_("which of the sixteen"), number_format="0"
    )
    return page.offstage_block(
        "own_gate",
        np.asarray(words[int(code_value)], dtype=object),
        lambda: pick(names, code),
        title=_("its name"),
        number_format="@",
    )
