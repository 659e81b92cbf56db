"""Page Count: how many passes through the network each way takes, as networks grow."""

from __future__ import annotations

import numpy as np

from workbook.block import Between, Block
from workbook.chart import Chart, Mark, Series
from workbook.formula import Direction, Expr, Ref, added, as_expr, joined
from workbook.page import Page, Table, Voice
from workbook.text import _

OWN = (784, 16, 16, 10)
SIZES = np.array([(1, 1, 1, 1), (3, 4, 3, 2), (784, 16, 16, 10), (784, 100, 40, 10)], dtype=float)
THIRTEEN_THOUSAND = 3
"""Which row of the table is the network of which another article counts the 13,002 weights and biases."""

THOUSANDS = "#,##0"


def count_page(page: Page) -> None:
    """Let the reader type layers; count, and compare with networks that other sheets and articles have."""
    with page.left():
        layers = page.given(
            "layers",
            np.array(OWN, dtype=float),
            valid=Between(1, 10000, whole=True),
            title=_("neurons in each layer"),
            along=Direction.RIGHT,
            columns=[_("input"), _("hidden 1"), _("hidden 2"), _("output")],
            number_format="0",
        )
        said, large = page.keep(), page.keep()
        page.gap()
        sizes = page.offstage_block("sizes", SIZES, title=_("networks to compare with"), number_format="0")
        with page.table(None, len(SIZES) + 1) as table:
            name, n, trying, back = _counts(table, layers, sizes)
        with page.into(said):
            page.live(
                "count_says",
                _("▶ Your layers: one by one {trying:0} passes, backwards {back:0}."),
                trying=trying[0],
                back=back[0],
            )
        with page.into(large):
            page.sentence("count_large", _("{n:0} weights and biases"), Voice.HEADLINE, n=n[0])
    with page.right():
        page.chart(
            Chart(
                "",
                (
                    Series(_("one by one"), name[:], trying[:], Mark.COLUMNS, "#9CA3AF"),
                    Series(_("backwards"), name[:], back[:], Mark.COLUMNS, "#2563EB"),
                ),
                _("network"),
                _("passes, each line ten times as many"),
                _("Columns on a logarithmic scale: one by one takes more passes with every knob, backwards takes two."),
                log_y=True,
                columns=7,
                rows=17,
            )
        )
    page.printed("printed_13002", _("parameters of 784-16-16-10"), n[THIRTEEN_THOUSAND], 13002, 0)
    _questions(page)


def _counts(table: Table, layers: Block, sizes: Block) -> tuple[Block, Block, Block, Block]:
    """Add each network's name, its weights and biases, and the passes of both ways; the first is the reader's."""
    every = np.vstack([layers.value, SIZES])
    count = np.sum((every[:, :-1] + 1) * every[:, 1:], axis=1)

    def counted(cells: list[Ref]) -> Expr:
        return added(*((cells[l] + 1) * cells[l + 1] for l in range(3)))

    rows = [[layers[l] for l in range(4)], *([sizes[r, l] for l in range(4)] for r in range(len(SIZES)))]
    name = table.derived(
        "network_name",
        np.array([_("yours"), *("-".join(f"{units:.0f}" for units in row) for row in SIZES)], dtype=object),
        None,
        each=[joined(str(_("yours"))), *(joined(a, "-", b, "-", c, "-", d) for a, b, c, d in rows[1:])],
        title=_("network"),
    )
    n = table.derived(
        "parameter_count",
        count,
        None,
        each=[counted(row) for row in rows],
        title=_("weights and biases"),
        number_format=THOUSANDS,
    )
    trying = table.derived(
        "quotient_passes", count + 1, lambda r: n[r] + 1, title=_("passes, one by one"), number_format=THOUSANDS
    )
    back = table.derived(
        "chain_passes",
        np.full(len(count), 2.0),
        lambda r: as_expr(1) + 1,
        title=_("passes, backwards"),
        number_format=THOUSANDS,
    )
    return name, n, trying, back


def _questions(page: Page) -> None:
    page.try_(_("Type 100 in place of the first 16: the passes one by one grow, 2 stays 2."))
    asked = page.offstage_block("count_4551", np.array([4.0, 5.0, 5.0, 1.0]), title=_("layers of the question"))
    page.turn(
        "count_turn",
        _("A 4-5-5-1 network: how many weights and biases has it?"),
        page.offstage_block(
            "count_asked",
            61,
            lambda: added(*((asked[l] + 1) * asked[l + 1] for l in range(3))),
            title=_("weights and biases of 4-5-5-1"),
        ),
        0,
        _("Layer by layer: 5·5 + 6·5 + 6·1."),
        _("(neurons before + 1) × neurons, layer by layer."),
    )
    page.remember(_("One pass forward, one back: that is why millions of weights can learn."))
    page.source(
        _(
            "1-1-1-1 is the network of this workbook; 3-4-3-2 and 784-100-40-10 stand in the same article; 13,002 is "
            "printed in “Backpropagation: 13,002 weights and biases”, and 784-16-16-10, the known network that gives "
            "it, is inferred."
        )
    )
