"""Sheet Count: how many passes through the network each method takes, as networks grow."""

from __future__ import annotations

import numpy as np

from scenarios.chain_rule.network import lines_above
from scenarios.common.columns import caption
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Table
from workbook.formula import added, as_expr, joined
from workbook.text import _

SIZES = np.array(
    [
        (1, 1, 1, 1),
        (2, 2, 2, 2),
        (3, 4, 3, 2),
        (10, 10, 10, 10),
        (100, 30, 30, 10),
        (784, 16, 16, 10),
        (784, 100, 40, 10),
    ],
    dtype=float,
)
THIRTEEN_THOUSAND = 5
"""Which row of SIZES is the network of which another article counts the 13,002 weights and biases."""

THOUSANDS = "#,##0"


def count_sheet(book: Book) -> None:
    """Add the table, row by row another network, and its chart."""
    sheet = book.sheet("Count", _("How many passes does each method need?"))
    sheet.step(
        _("The difference quotient drowns as the network grows"),
        _(
            "A difference quotient takes one forward pass to begin with and one more for every weight and bias; the "
            "chain rule takes one forward and one backward, however many there are."
        ),
        "n = (n₀ + 1)·n₁ + (n₁ + 1)·n₂ + (n₂ + 1)·n₃          "
        + _("difference quotient")
        + ": n + 1          "
        + _("chain rule")
        + ": 1 + 1",
    )
    (line,) = lines_above(sheet, 1)
    with sheet.table(Counter(""), len(SIZES)) as table:
        layers = [_("input"), _("hidden 1"), _("hidden 2"), _("output")]
        fields = caption(_("units in each layer"), number_format="0", columns=layers)
        sizes = table.given("sizes", SIZES, valid=Between(1, 10000, whole=True), article=SIZES, **fields)
        names = np.array(["-".join(f"{units:.0f}" for units in row) for row in SIZES], dtype=object)
        name = table.derived(
            "network_name",
            names,
            lambda r: joined(sizes[r, 0], "-", sizes[r, 1], "-", sizes[r, 2], "-", sizes[r, 3]),
            **caption(_("network"), number_format="@"),
        )
        n, by_quotient, by_chain = _counts(table, sizes)
    sheet.sentence(
        "say_count",
        _(
            "Row 1: ({n0:0} + 1)·{n1:0} + ({n1:0} + 1)·{n2:0} + ({n2:0} + 1)·{n3:0} = {n:0} weights and biases, so "
            "{q:0} forward passes against {c:0} passes."
        ),
        line,
        **{f"n{layer}": sizes[0, layer] for layer in range(4)},
        **{"n": n[0], "q": by_quotient[0], "c": by_chain[0]},
    )
    sheet.remark(
        _(
            "Row 1 is the network of this workbook; rows 2, 3 and 7 stand in the same article (two rows of neurons, "
            "3-4-3-2, the digit network of its code); row 6 is the 13,002 network of “Backpropagation: 13,002 "
            "weights and biases”; rows 4 and 5 are chosen here. Type other sizes: the counts follow."
        )
    )
    sheet.printed("printed_13002", _("parameters of 784-16-16-10"), n[THIRTEEN_THOUSAND], 13002, 0)
    sheet.gap()
    sheet.chart(
        Chart(
            _("Passes through the network for one gradient (logarithmic scale)"),
            (
                Series(_("difference quotient: n + 1"), name[:], by_quotient[:], mark=Mark.COLUMNS),
                Series(_("chain rule: forward + backward"), name[:], by_chain[:], mark=Mark.COLUMNS),
            ),
            _("network"),
            _("passes"),
            _(
                "Columns for seven networks on a logarithmic scale: the difference quotient's passes grow from 7 to "
                "82,951, the chain rule's stay at 2."
            ),
            log_y=True,
            columns=9,
        )
    )


def _counts(table: Table, sizes: Block) -> tuple[Block, Block, Block]:
    """Add weights and biases, the passes of both methods, and how many times as many the first takes."""
    count = np.sum((SIZES[:, :-1] + 1) * SIZES[:, 1:], axis=1)
    n = table.derived(
        "parameter_count",
        count,
        lambda r: added(*((sizes[r, l] + 1) * sizes[r, l + 1] for l in range(3))),
        **caption(_("weights and biases"), "n", THOUSANDS),
    )
    fields = caption(_("passes, difference quotient"), "n + 1", THOUSANDS)
    by_quotient = table.derived("quotient_passes", count + 1, lambda r: n[r] + 1, **fields)
    fields = caption(_("passes, chain rule"), "1 + 1", THOUSANDS)
    by_chain = table.derived("chain_passes", np.full(len(count), 2.0), lambda r: as_expr(1) + 1, **fields)
    fields = caption(_("times as many"), number_format="#,##0.0")
    table.derived("times_more", (count + 1) / 2, lambda r: by_quotient[r] / by_chain[r], **fields)
    return n, by_quotient, by_chain
