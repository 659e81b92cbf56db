"""Page Patterns: all eight inputs that there can be, against the threshold."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from scenarios.common.activations import Array, unit_step, unit_step_formula
from scenarios.common.columns import caption, sum_under
from scenarios.neuron.unit import Unit
from workbook.block import Between, Block
from workbook.chart import Chart, Mark, Series
from workbook.formula import both, call, equal, if_, pick, smallest
from workbook.page import Page
from workbook.text import _


def patterns_page(page: Page, unit: Unit) -> None:
    """List every pattern of the inputs; the reader raises or lowers the threshold."""
    bits = np.array(list(product((0.0, 1.0), repeat=3)))
    w = unit.w
    with page.left():
        fields = caption(_("raise the threshold by"), "Δθ", "0.00")
        lift = page.given("lift", 0.0, valid=Between(-50, 50), **fields)
        page.gap()
        said = page.keep()
        page.gap()
        with page.table(None, 8) as table:
            n = table.recorded("pattern", np.arange(1.0, 9), title=_("pattern"), symbol="n", number_format="0")
            x1, x2, x3 = (_bit_column(table, bits, n, j, weight) for j, weight in ((1, 4), (2, 2), (3, 1)))
            fields = caption(_("weighted sum"), "s", "0.00", math="w·x")
            s = table.derived(
                "pattern_s", bits @ w.value, lambda i: w[0] * x1[i] + w[1] * x2[i] + w[2] * x3[i], **fields
            )
            theta_value = np.full(8, unit.theta.value + lift.value)
            fields = caption(_("threshold"), "θ + Δθ", "0.00")
            theta = table.derived("pattern_theta", theta_value, lambda i: unit.theta + lift, **fields)
            fields = caption(_("output"), "y", "0", math="s ≥ θ + Δθ ?")
            y = table.derived(
                "pattern_y", unit_step(s.value - theta_value), lambda i: unit_step_formula(s[i] - theta[i]), **fields
            )
            now = str(_("◀ now"))
            here = (bits == unit.x.value).all(axis=1)
            table.derived(
                "pattern_now",
                np.where(here, now, "").astype(object),
                lambda i: if_(both(equal(x1[i], unit.x[0]), equal(x2[i], unit.x[1]), equal(x3[i], unit.x[2])), now, ""),
                **caption(_("sheet Neuron"), number_format="@"),
            )
            count = sum_under(table, y, "firing", "0")
        page.sentence(
            "pattern_words",
            _("Pattern 6: s = {w1:2p}·{x1:0} + {w2:2p}·{x2:0} + {w3:2p}·{x3:0} = {s:2}, y = {y:0}."),
            w1=w[0],
            w2=w[1],
            w3=w[2],
            x1=x1[5],
            x2=x2[5],
            x3=x3[5],
            s=s[5],
            y=y[5],
        )
        with page.into(said):
            page.live(
                "patterns_say",
                _("▶ With the threshold at {t:2} the neuron fires for {n:0} of the 8 patterns."),
                t=theta[0],
                n=count,
            )
    _lookup(page, unit, y, lift)
    with page.right():
        page.chart(_chart(n, s, theta))
    page.try_(
        _("Raise the threshold by 0.3, then lower it by 1: the dashed line moves, and points on it or above it fire.")
    )
    page.turn(
        "patterns_turn",
        _("What is the highest threshold at which all eight patterns fire? (two decimals; 0.005 off is close enough)"),
        page.offstage_block("lowest_sum", s.value.min(), lambda: smallest(s), title=_("the lowest sum")),
        0.005,
        _("The lowest sum must still reach it."),
        _("look for the lowest point in the picture."),
    )
    page.remember(_("Two to the power of the inputs: this table is all that the neuron can ever do."))
    page.source(_("Weights and threshold are those of the sheet Neuron, chosen here."))


def _bit_column(table: Any, bits: Array, n: Block, j: int, weight: int) -> Block:
    """Input j of every pattern: a binary digit of n − 1, worth `weight`."""
    block: Block = table.derived(
        f"pattern_x{j}",
        bits[:, j - 1],
        lambda i: call("MOD", call("INT", (n[i] - 1) / weight), 2),
        title=_("input"),
        symbol="x" + "₀₁₂₃"[j],
        number_format="0",
    )
    return block


def _lookup(page: Page, unit: Unit, y: Block, lift: Block) -> None:
    """Hold the single neuron against its row of the table, as long as the threshold is the same."""
    x = unit.x
    row = 4 * x.value[0] + 2 * x.value[1] + x.value[2] + 1
    n = page.offstage_block(
        "lookup", row, lambda: 4 * x[0] + 2 * x[1] + x[2] + 1, title=_("pattern of the sheet Neuron"), number_format="0"
    )
    found = page.offstage_block(
        "lookup_y", y.value[int(row) - 1], lambda: pick(y, n), title=_("its output in the table"), number_format="0"
    )
    same = page.offstage_block(
        "lookup_applies",
        float(lift.value == 0),
        lambda: if_(equal(lift, 0), 1, 0),
        title=_("is the threshold the same?"),
        number_format="0",
    )
    page.check(
        "lookup_same",
        _("the table and the single neuron agree"),
        found,
        unit.fires,
        0.0,
        applies=same,
    )


def _chart(n: Block, s: Block, theta: Block) -> Chart:
    return Chart(
        "",
        (
            Series(_("weighted sum s"), n[:], s[:], Mark.POINTS, size=10),
            Series(_("threshold"), n[:], theta[:], dashed=True, width=2.5),
        ),
        _("pattern n"),
        "s",
        _(
            "One point for each pattern at the height of its weighted sum; points on or above the dashed threshold fire."
        ),
        columns=8,
        rows=21,
        x_range=(0, 9),
    )
