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
from workbook.chart import Chart, Mark, Series
from workbook.formula import largest
from workbook.page import Page
from workbook.text import _

SYMBOLS = {"w1": "w₁", "b1": "b₁", "w2": "w₂", "b2": "b₂", "x": "x"}
VALUES = {"w1": 4.0, "b1": -1.0, "w2": 0.5, "b2": 3.0, "x": 1.5}


def bend_page(page: Page) -> None:
    """Stack two linear layers, without and with a bend between them."""
    given: dict[str, Block] = {}
    with page.left():
        for keys in (("w1", "b1"), ("w2", "b2"), ("x",)):
            with page.beside():
                for key in keys:
                    given[key] = page.given(
                        f"stack_{key}",
                        VALUES[key],
                        symbol=SYMBOLS[key],
                        number_format="0.00",
                        valid=Between(-100, 100),
                    )
        w1, b1, w2, b2, x = (given[key] for key in SYMBOLS)
        said = page.keep()
        page.gap()
        w1_, b1_, w2_, b2_, x_ = (float(given[key].value) for key in SYMBOLS)
        at = np.arange(-4.0, 5.0) / 2
        first = w1_ * at + b1_
        with page.table(None, len(at)) as t:
            X = t.recorded("stack_at", at, symbol="x", title=_("input"), number_format="0.0")
            z1 = t.derived(
                "stack_first",
                first,
                lambda i: w1 * X[i] + b1,
                symbol="w₁·x + b₁",
                title=_("first layer"),
                number_format="0.00",
            )
            two = t.derived(
                "stack_two",
                w2_ * first + b2_,
                lambda i: w2 * z1[i] + b2,
                symbol="w₂·z₁ + b₂",
                title=_("both layers"),
                number_format="0.00",
            )
            w = page.offstage_block("stack_w", w2_ * w1_, lambda: w2 * w1, symbol="w", title=_("one layer's weight"))
            b = page.offstage_block(
                "stack_b", w2_ * b1_ + b2_, lambda: w2 * b1 + b2, symbol="b", title=_("one layer's bias")
            )
            one = t.derived(
                "stack_one",
                w2_ * w1_ * at + (w2_ * b1_ + b2_),
                lambda i: w * X[i] + b,
                symbol="w·x + b",
                title=_("one layer"),
                number_format="0.00",
            )
            bent = t.derived(
                "stack_bent",
                w2_ * np.maximum(0, first) + b2_,
                lambda i: w2 * largest(0, z1[i]) + b2,
                symbol="w₂·max(0, z₁) + b₂",
                title=_("ReLU in between"),
                number_format="0.00",
            )
        z = page.offstage_block(
            "stack_z2",
            w2_ * (w1_ * x_ + b1_) + b2_,
            lambda: w2 * (w1 * x + b1) + b2,
            symbol="z₂",
            title=_("both layers at x"),
        )
        z_one = page.offstage_block(
            "stack_z", w2_ * w1_ * x_ + (w2_ * b1_ + b2_), lambda: w * x + b, symbol="z", title=_("one layer at x")
        )
        with page.into(said):
            page.live(
                "stack_words",
                _(
                    "▶ Two layers: {w2:2p}·({w1:2p}·{x:2p} + {b1:2p}) + {b2:2p} = {z2:2}; one layer: {w:2p}·{x:2p} + {b:2p} = {z:2}."
                ),
                w2=w2,
                w1=w1,
                x=x,
                b1=b1,
                b2=b2,
                z2=z,
                w=w,
                b=b,
                z=z_one,
            )
    with page.right():
        page.chart(
            Chart(
                "",
                (
                    Series(_("one layer"), X[:], one[:], Mark.LINE, "#1F6FB2", width=2.5),
                    Series(_("two layers"), X[:], two[:], Mark.POINTS, "#1F6FB2", size=9),
                    Series(_("two layers, ReLU in between"), X[:], bent[:], Mark.BOTH, "#D1711B", width=2.5),
                ),
                "x",
                "",
                _("Two linear layers as dots on the line of one layer, and a bent line where ReLU stands in between."),
                columns=9,
                rows=20,
            )
        )
    page.try_(
        _("Type any other weights and biases: the blue dots stay on the blue line. Only the orange line can bend.")
    )
    page.turn(
        "stack_turn",
        _("Which one weight w does the work of w₁ and w₂ together? (two decimals)"),
        w,
        0.006,
        _("The product of both: two layers have no more to say than one."),
        _("multiply the two weights."),
    )
    page.remember(_("Depth needs a bend: without one, many layers are one."))
    page.source(_("Weights, biases and x are chosen here."))
    page.check("stack_same", _("two linear layers and one give the same"), z, z_one, 1e-9)
