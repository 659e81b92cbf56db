"""Page Patterns: all eight inputs that there can be, against the threshold."""

from __future__ import annotations

from itertools import product

import numpy as np

from scenarios.common.activations import unit_step, unit_step_formula
from scenarios.common.columns import sum_under
from workbook.block import Between, Block, Counter
from workbook.chart import Chart, Mark, Series
from workbook.formula import as_expr, both, call, dot, equal, if_, number_of, pick, smallest
from workbook.page import Page
from workbook.text import _


def patterns_page(page: Page) -> None:
    """List every pattern of the inputs; the reader raises or lowers the threshold."""
    bits = np.array(list(product((0.0, 1.0), repeat=3)))
    x, w, threshold = (page.book[id] for id in ("x", "w", "theta"))
    now = str(_("◀ now"))
    with page.left():
        lift = page.given("lift", 0.0, "Δθ", _("raise the threshold by"), valid=Between(-50, 50))
        page.gap()
        said = page.keep()
        page.gap()
        with page.table(None, 8) as t:
            n = t.recorded("pattern", np.arange(1.0, 9), "n", _("pattern"), number_format="0")
            X = t.derived(
                "pattern_x", bits,
                lambda i, j: call("MOD", call("INT", (n[i] - 1) / as_expr(2) ** (3 - number_of(j))), 2),
                title=_("inputs"), columns=Counter("x"), number_format="0",
            )  # fmt: skip
            s = t.derived("pattern_s", bits @ w.value, lambda i: dot(w[:], X[i, :]), "s", _("weighted sum"), math="w·x")
            raised = np.full(8, threshold.value + lift.value)
            theta = t.derived("pattern_theta", raised, lambda i: threshold + lift, "θ + Δθ", _("threshold"))
            fires, title = unit_step(s.value - raised), _("output")
            y = t.derived(
                "pattern_y", fires, lambda i: unit_step_formula(s[i] - theta[i]), "y", title, number_format="0"
            )
            here = np.where((bits == x.value).all(axis=1), now, "").astype(object)
            t.derived(
                "pattern_now", here, lambda i: if_(both(*(equal(X[i, j], x[j]) for j in range(3))), now, ""),
                title=_("sheet Neuron"),
            )  # fmt: skip
            sum_under(t, y, "firing", "0")
        page.sentence(
            "pattern_words",
            _(
                "Pattern 6: s = {w[0]:2p}·{pattern_x[5,0]:0} + {w[1]:2p}·{pattern_x[5,1]:0} + {w[2]:2p}·{pattern_x[5,2]:0} = {pattern_s[5]:2}, y = {pattern_y[5]:0}."
            ),
        )
        with page.into(said):
            page.live(
                "patterns_say",
                _("▶ With the threshold at {pattern_theta[0]:2} the neuron fires for {firing:0} of the 8 patterns."),
            )
    _same_as_the_neuron(page, x, y, lift)
    series = (
        Series(_("weighted sum s"), n[:], s[:], Mark.POINTS, size=10),
        Series(_("threshold"), n[:], theta[:], dashed=True, width=2.5),
    )
    alt = _("One point for each pattern at the height of its weighted sum; on or above the dashed line it fires.")
    with page.right():
        page.chart(Chart("", series, _("pattern n"), "s", alt, columns=8, rows=21, x_range=(0, 9)))
    page.try_(_("Raise the threshold by 0.3, then lower it by 1: points on the dashed line or above it fire."))
    page.turn(
        "patterns_turn",
        _("What is the highest threshold at which all eight patterns fire? (two decimals; 0.005 off is close enough)"),
        page.offstage_block("lowest_sum", s.value.min(), lambda: smallest(s), title=_("the lowest sum")), 0.005,
        _("The lowest sum must still reach it."), _("look for the lowest point in the picture."),
    )  # fmt: skip
    page.remember(_("Two to the power of the inputs: this table is all that the neuron can ever do."))
    page.source(_("Weights and threshold are those of the sheet Neuron, chosen here."))


def _same_as_the_neuron(page: Page, x: Block, y: Block, lift: Block) -> None:
    """Hold the single neuron against its row of the table, as long as the threshold is the same."""
    row, title = 4 * x.value[0] + 2 * x.value[1] + x.value[2] + 1, _("pattern of the sheet Neuron")
    n = page.offstage_block("lookup", row, lambda: 4 * x[0] + 2 * x[1] + x[2] + 1, title=title, number_format="0")
    output, title = y.value[int(row) - 1], _("its output in the table")
    found = page.offstage_block("lookup_y", output, lambda: pick(y, n), title=title)
    applies, title = float(lift.value == 0), _("is the threshold the same?")
    same = page.offstage_block("lookup_applies", applies, lambda: if_(equal(lift, 0), 1, 0), title=title)
    title = _("the table and the single neuron agree")
    page.check("lookup_same", title, found, page.book["fires"], 0.0, applies=same)
