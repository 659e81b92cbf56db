"""Page Count: how many passes through the network each way takes, as networks grow."""

from __future__ import annotations

import numpy as np

from workbook.block import Between, Block
from workbook.chart import Chart, Mark, Series
from workbook.formula import Direction, Expr, Ref, added, as_expr, joined
from workbook.page import Page, Table, Voice
from workbook.text import _

OWN = np.array([784.0, 16, 16, 10])
SIZES = np.array([(1, 1, 1, 1), (3, 4, 3, 2), (784, 16, 16, 10), (784, 100, 40, 10)], dtype=float)
THIRTEEN_THOUSAND = 3
"""Which row of the table is the network of which another article counts the 13,002 weights and biases."""

THOUSANDS = {"number_format": "#,##0"}


def count_page(page: Page) -> None:
    """Let the reader type layers; count, and compare with networks that other sheets and articles have."""
    with page.left():
        look = {"along": Direction.RIGHT, "columns": [_("input"), _("hidden 1"), _("hidden 2"), _("output")]}
        bounds = Between(1, 10000, whole=True)
        layers = page.given("layers", OWN, "", _("neurons in each layer"), valid=bounds, number_format="0", **look)
        said, large = page.keep(), page.keep()
        page.gap()
        sizes = page.offstage_block("sizes", SIZES, title=_("networks to compare with"), number_format="0")
        with page.table(None, len(SIZES) + 1) as t:
            name, n, trying, back = _counts(t, layers, sizes)
        words = _("▶ Your layers: one by one {trying:0} passes, backwards {back:0}.")
        with page.into(said):
            page.live("count_says", words, trying=trying[0], back=back[0])
        with page.into(large):
            page.sentence("count_large", _("{n:0} weights and biases"), Voice.HEADLINE, n=n[0])
    series = (
        Series(_("one by one"), name[:], trying[:], Mark.COLUMNS, "#9CA3AF"),
        Series(_("backwards"), name[:], back[:], Mark.COLUMNS, "#2563EB"),
    )
    alt = _("Columns on a logarithmic scale: one by one takes more passes with every knob, backwards takes two.")
    title = _("passes, each line ten times as many")
    with page.right():
        page.chart(Chart("", series, _("network"), title, alt, log_y=True, columns=7, rows=17))
    page.printed("printed_13002", _("parameters of 784-16-16-10"), n[THIRTEEN_THOUSAND], 13002, 0)
    page.try_(_("Type 100 in place of the first 16: the passes one by one grow, 2 stays 2."))
    asked = page.offstage_block("count_4551", np.array([4.0, 5.0, 5.0, 1.0]), title=_("layers of the question"))
    count, title = _counted([asked[l] for l in range(4)]), _("weights and biases of 4-5-5-1")
    page.turn(
        "count_turn",
        _("A 4-5-5-1 network: how many weights and biases does it have?"),
        page.offstage_block("count_asked", 61, lambda: count, title=title),
        0,
        _("Layer by layer: 5·5 + 6·5 + 6·1."),
        _("(neurons before + 1) × neurons, layer by layer."),
    )
    page.remember(_("One pass forward, one back: that is why millions of weights can learn."))
    page.source(_("1-1-1-1 is the network of this workbook; 3-4-3-2 and 784-100-40-10 stand in the same article."))
    page.source(
        _("“Backpropagation: 13,002 weights and biases” prints 13,002; 784-16-16-10, which gives it, is inferred.")
    )


def _counted(cells: list[Ref]) -> Expr:
    return added(*((cells[l] + 1) * cells[l + 1] for l in range(3)))


def _counts(t: Table, layers: Block, sizes: Block) -> tuple[Block, Block, Block, Block]:
    """Add each network's name, its weights and biases, and the passes of both ways; the first is the reader's."""
    every = np.vstack([layers.value, SIZES])
    count = np.sum((every[:, :-1] + 1) * every[:, 1:], axis=1)
    rows = [[layers[l] for l in range(4)], *([sizes[r, l] for l in range(4)] for r in range(len(SIZES)))]
    names = np.array([_("yours"), *("-".join(f"{units:.0f}" for units in row) for row in SIZES)], dtype=object)
    each = [joined(str(_("yours"))), *(joined(a, "-", b, "-", c, "-", d) for a, b, c, d in rows[1:])]
    name = t.derived("network_name", names, None, "", _("network"), each=each)
    counts = [_counted(row) for row in rows]
    n = t.derived("parameter_count", count, None, "", _("weights and biases"), each=counts, **THOUSANDS)
    trying = t.derived("quotient_passes", count + 1, lambda r: n[r] + 1, "", _("passes, one by one"), **THOUSANDS)
    two, title = np.full(len(count), 2.0), _("passes, backwards")
    back = t.derived("chain_passes", two, lambda r: as_expr(1) + 1, "", title, **THOUSANDS)
    return name, n, trying, back
