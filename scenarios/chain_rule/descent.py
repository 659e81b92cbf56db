"""Sheet Descent: one gradient step on all six parameters, and the second forward pass."""

from __future__ import annotations

import numpy as np

from scenarios.chain_rule.backward import Backward
from scenarios.chain_rule.forward import Pass, forward, forward_columns
from scenarios.chain_rule.network import NAMES, TYPED, Network, lines_above
from scenarios.common.columns import caption, shown_again, sum_under
from scenarios.common.outcome import add_verdict
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import dot
from workbook.text import _


def descent_sheet(book: Book, net: Network, passed: Pass, back: Backward, lr: float) -> None:
    """Add the step and what becomes of the cost."""
    sheet = book.sheet("Descent", _("One step down, and a second forward pass"))
    sheet.step(
        _("Every parameter moves against its derivative"),
        _("The reverse pass has told for all six at once which way the cost falls; one small step goes there."),
        "θ ← θ − η·∂C/∂θ",
    )
    fields = caption(_("learning rate η"), "η", TYPED, remark=_("chosen here"))
    eta = sheet.given("lr", lr, valid=Between(0, 10), **fields)
    sheet.gap()
    (line,) = lines_above(sheet, 1)
    with sheet.table(NAMES, 6) as table:
        old = table.derived("theta", net.theta, None, each=net.cells, **caption(_("before the step"), "θ"))
        fields = caption(_("derivative, summed over the rows"), "∂C/∂θ")
        gradient = table.gradient("gradient", back.gradient, None, each=[s.whole() for s in back.sums], **fields)
        new = table.updated(
            "theta_new",
            net.theta - eta.value * back.gradient,
            lambda q: old[q] - eta * gradient[q],
            **caption(_("after the step"), "θ′", math="θ − η·∂C/∂θ"),
        )
    words = "w₁′ = {w:4} − {lr:4}·{g:4p} = {new:4}"
    sheet.sentence("say_step", words, line, w=old[0], lr=eta.whole(), g=gradient[0], new=new[0])
    _second_pass(sheet, net, passed, back, new, gradient, eta)


def _second_pass(
    sheet: Sheet, net: Network, passed: Pass, back: Backward, new: Block, gradient: Block, eta: Block
) -> None:
    sheet.step(_("Second forward pass: did the cost fall?"), _("The same inputs through the new parameters."))
    nodes = net.nodes_with([new[q] for q in range(6)], [f"{name}′" for name in NAMES])
    values = forward(new.value, net.d.value, passed.x.value)
    with sheet.table(Counter("i = "), len(back.y.value)) as table:
        x = shown_again(table, "x_second", passed.x, _("input"), "x")
        titles = (_("first node"), _("second node"), _("output"))
        *_hidden, O = forward_columns(table, nodes, values, x, titles, "_second")
        y = shown_again(table, "y_second", back.y, _("target"), "y", "0.0000")
        before = shown_again(table, "C_before_rows", back.C, _("cost before"), "C")
        value, fields = 0.5 * (O.value - y.value) ** 2, caption(_("cost after"), "C′", math="½(h₃′ − y)²")
        after = table.derived("C_after_rows", value, lambda i: 0.5 * (O[i] - y[i]) ** 2, **fields)
        C, C_new = sum_under(table, before, "C_before"), sum_under(table, after, "C_after")
    add_verdict(sheet, "cost", C, C_new, eta)  # alone: with the largest η the new cost is too long for a sentence
    fields = caption(_("what happened"), math="C′ − C")
    sheet.derived("change_of_cost", C_new.value - C.value, lambda: C_new - C, **fields)
    sheet.derived(
        "change_promised",
        -eta.value * np.sum(gradient.value**2),
        lambda: -eta * dot(gradient[:], gradient[:]),
        **caption(_("what the slopes promised"), math="−η·Σ(∂C/∂θ)²"),
    )
    sheet.remark(
        _(
            "The two come together as η shrinks: a slope holds only nearby. Type a smaller η and see; type a large "
            "one and the cost rises."
        )
    )
    sheet.gap()
    sheet.chart(
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
