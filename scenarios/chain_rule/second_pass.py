"""Sheet SecondPass: all rows once more, through the parameters after the step."""

from __future__ import annotations

from scenarios.chain_rule.backward import Backward
from scenarios.chain_rule.forward import Pass, forward, forward_columns
from scenarios.chain_rule.network import NAMES, Network
from scenarios.common.columns import caption, shown_again, sum_under
from workbook.block import Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.sheet import Kind
from workbook.text import _


def second_pass_sheet(
    book: Book, net: Network, passed: Pass, back: Backward, new: Block
) -> tuple[Block, Block, Block, Block]:
    """Run the rows through the new parameters; return the losses of the rows before and after, and both sums."""
    page = book.page("SecondPass", _("The step, row by row"), kind=Kind.DEEPER)
    page.step(_("Second forward pass: did the loss fall?"), _("The same inputs through the new parameters."))
    nodes = net.nodes_with([new[q] for q in range(6)], [f"{name}′" for name in NAMES])
    values = forward(new.value, net.d.value, passed.x.value)
    with page.table(Counter("i = "), len(back.y.value)) as table:
        x = shown_again(table, "x_second", passed.x, _("input"), "x")
        titles = (_("first neuron"), _("second neuron"), _("output"))
        *_hidden, O = forward_columns(table, nodes, values, x, titles, "_second")
        y = shown_again(table, "y_second", back.y, _("target"), "y", "0.0000")
        before = shown_again(table, "C_before_rows", back.C, _("loss before"), "L")
        value, fields = 0.5 * (O.value - y.value) ** 2, caption(_("loss after"), "L′", math="½(h₃′ − y)²")
        after = table.derived("C_after_rows", value, lambda i: 0.5 * (O[i] - y[i]) ** 2, **fields)
        C, C_new = sum_under(table, before, "C_before"), sum_under(table, after, "C_after")
    page.gap()
    page.chart(
        Chart(
            _("Output before and after the step, and the targets"),
            (
                Series(_("target y"), passed.x[:], back.y[:], mark=Mark.POINTS),
                Series(_("O before"), passed.x[:], passed.h3[:]),
                Series(_("O after"), passed.x[:], O[:], dashed=True),
            ),
            "x",
            "O, y",
            _(
                "The targets as points over x, the output before the step as a line, and the output after it as a "
                "dashed line, nearer to the points."
            ),
        )
    )
    return before, after, C, C_new
