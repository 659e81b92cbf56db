"""Page Bend: two linear layers are one; a ReLU between them makes a corner.

Guess first   two straight layers, one after the other: bent or straight?
Yellow        the weights and biases of both layers, and an x
Live          both layers worked in full, and the one layer that does the same
Picture       two layers (dots) on one layer (line); with ReLU in between, a corner
Try           any other weights: the dots stay on the line
Your turn     the one weight of both layers (w₂·w₁)
Remember      without a bend, many layers are one
"""

from __future__ import annotations

import numpy as np

from workbook.block import Between, Block
from workbook.book import Book
from workbook.chart import BLUE, ORANGE, Chart, Mark, Series
from workbook.formula import largest
from workbook.text import _

GIVEN = {"w1": ("w₁", 4.0), "b1": ("b₁", -1.0), "w2": ("w₂", 0.5), "b2": ("b₂", 3.0), "x": ("x", 1.5)}


def bend(book: Book) -> None:
    """Stack two linear layers, without and with a bend between them."""
    page = book.page(
        "Bend",
        _("Why not only straight lines?"),
        _("Linear layers in a row are one linear layer; only a bend in between lets depth gain anything."),
        _("Two straight layers, one after the other: is the result bent or straight?"),
    )
    cells: list[Block] = []
    with page.left():
        for keys in (("w1", "b1"), ("w2", "b2"), ("x",)):
            with page.beside():
                for key in keys:
                    symbol, number = GIVEN[key]
                    cells.append(page.given(f"stack_{key}", number, symbol, valid=Between(-100, 100)))
        w1, b1, w2, b2, x = cells
        page.gap()
        said = page.keep()
        page.gap()
        at = np.arange(-4.0, 5.0) / 2
        first = w1.value * at + b1.value
        single, shift = w2.value * w1.value, w2.value * b1.value + b2.value
        w = page.offstage_block("stack_w", single, lambda: w2 * w1, symbol="w", title=_("one layer's weight"))
        b = page.offstage_block("stack_b", shift, lambda: w2 * b1 + b2, symbol="b", title=_("one layer's bias"))
        with page.table(None, len(at)) as t:
            X = t.recorded("stack_at", at, "x", _("input"))
            z1 = t.derived("stack_first", first, lambda i: w1 * X[i] + b1, "w₁·x + b₁", _("first layer"))
            value = w2.value * first + b2.value
            two = t.derived("stack_two", value, lambda i: w2 * z1[i] + b2, "w₂·z₁ + b₂", _("both layers"))
            one = t.derived("stack_one", single * at + shift, lambda i: w * X[i] + b, "w·x + b", _("one layer"))
            value, symbol = w2.value * np.maximum(0, first) + b2.value, "w₂·max(0, z₁) + b₂"
            bent = t.derived("stack_bent", value, lambda i: w2 * largest(0, z1[i]) + b2, symbol, _("ReLU in between"))
        value, title = w2.value * (w1.value * x.value + b1.value) + b2.value, _("both layers at x")
        z = page.offstage_block("stack_z2", value, lambda: w2 * (w1 * x + b1) + b2, symbol="z₂", title=title)
        value, title = single * x.value + shift, _("one layer at x")
        z_one = page.offstage_block("stack_z", value, lambda: w * x + b, symbol="z", title=title)
        words = _("▶ Two layers: {stack_w2:2p}·({stack_w1:2p}·{stack_x:2p} + {stack_b1:2p}) + {stack_b2:2p} = {stack_z2:2}; one layer: {stack_w:2p}·{stack_x:2p} + {stack_b:2p} = {stack_z:2}.")  # fmt: skip
        with page.into(said):
            page.live("stack_words", words)
    lines = (
        Series(_("one layer"), X[:], one[:], Mark.LINE, BLUE, width=2.5),
        Series(_("two layers"), X[:], two[:], Mark.POINTS, BLUE, size=9),
        Series(_("two layers, ReLU in between"), X[:], bent[:], Mark.BOTH, ORANGE, width=2.5),
    )
    alt = _("Two linear layers as dots on the line of one layer, and a bent line where ReLU stands in between.")
    with page.right():
        page.chart(Chart("", lines, "x", "", alt, columns=9, rows=20))
    page.try_(_("Type any other weights and biases: the blue dots stay on the blue line. Only the orange line can bend."))  # fmt: skip
    question = _("Which one weight w does the work of w₁ and w₂ together? (two decimals)")
    yes = _("The product of both: two layers have no more to say than one.")
    page.turn("stack_turn", question, w, 0.006, yes, _("multiply the two weights."))
    page.remember(_("Depth needs a bend: without one, many layers are one."))
    page.source(_("Weights, biases and x are chosen here."))
    page.check("stack_same", _("two linear layers and one give the same"), z, z_one, 1e-9)
