"""Page Step: every knob a little against its slope; does the loss fall?"""

from __future__ import annotations

import numpy as np

from scenarios.chain_rule.backward import Backward
from scenarios.chain_rule.network import NAMES, Network
from scenarios.common.outcome import outcome
from workbook.block import Between, Block, Shading
from workbook.chart import Chart, Mark, Series
from workbook.formula import dot, smallest
from workbook.page import Flow, Page
from workbook.text import _

SHOWN = 8
"""So many rows have their bars."""

MOST = 1e6
"""The sentence says no larger loss: it would have more digits than a spreadsheet keeps."""

BEFORE, AFTER = "#9CA3AF", "#2563EB"


def learning_rate(page: Page, rate: float) -> tuple[Block, Flow]:
    """Begin the page with the yellow cell; return it, and the place under it."""
    with page.left():
        eta = page.given(
            "lr", rate, valid=Between(0, 10), symbol="η", title=_("learning rate"), number_format="General"
        )
        page.gap()
        said = page.keep()
        page.gap()
    return eta, said


def six_steps(page: Page, net: Network, back: Backward, eta: Block) -> tuple[Block, Block]:
    """Add the six parameters before and after the step; return the gradient and the new ones."""
    with page.left(), page.table(NAMES, 6) as table:
        old = table.derived(
            "theta", net.theta, None, each=net.cells, title=_("before"), number_format="0.000", shading=Shading.WHOLE
        )
        gradient = table.gradient(
            "gradient",
            back.gradient,
            None,
            each=[s.whole() for s in back.sums],
            title=_("slope"),
            symbol=_("all rows"),
            number_format="0.000",
        )
        new = table.updated(
            "theta_new",
            net.theta - eta.value * back.gradient,
            lambda q: old[q] - eta * gradient[q],
            title=_("after"),
            symbol="θ − η·∂L/∂θ",
            number_format="0.000",
        )
    with page.left():
        page.sentence(
            "say_step", "w₁: {w:0t} − {lr:0}·{g:3p} = {new:3}", w=old[0], lr=eta.whole(), g=gradient[0], new=new[0]
        )
    return gradient, new


def step_page(
    page: Page, said: Flow, net: Network, six: tuple[Block, Block], eta: Block, losses: tuple[Block, ...]
) -> None:
    """Say what one step does to the loss; `losses` are those of the rows before and after it, and both sums."""
    gradient, _new = six
    before_rows, after_rows, before, after = losses
    with page.left():
        page.gap()
        page.derived(
            "change_of_cost",
            after.value - before.value,
            lambda: after - before,
            title=_("change of the loss"),
            number_format="#,##0.00",
        )
        page.derived(
            "change_promised",
            -eta.value * np.sum(gradient.value**2),
            lambda: -eta * dot(gradient[:], gradient[:]),
            title=_("promised by the slopes"),
            number_format="#,##0.00",
        )
        with page.into(said):
            _say(page, eta, before, after)
    with page.right():
        page.chart(_bars(page, before_rows, after_rows))
    page.try_(_("Type 0.5, then 1: does a larger step always help? Compare what the slopes promised."))
    w = net.w
    page.turn(
        "step_turn",
        _("Twice the learning rate that stands above: what is the new w₃? (0.005 off is close enough)"),
        page.offstage_block(
            "step_w3",
            w.value[2] - 2 * eta.value * gradient.value[4],
            lambda: w[2] - 2 * eta * gradient[4],
            title=_("w₃ after a step of twice the learning rate"),
        ),
        0.005,
        _("Old weight minus learning rate times slope; minus a minus is a plus."),
        _("w₃ before, minus twice the learning rate times its slope; minus a minus is a plus."),
    )
    page.remember(_("A slope is a promise for small steps only."))


def _say(page: Page, eta: Block, before: Block, after: Block) -> None:
    value, formula = outcome(
        before,
        after,
        eta,
        _("the loss falls"),
        _("the loss RISES, the step was too large"),
        _("the loss hardly changes: its slope here, or the learning rate, is nearly 0"),
    )
    verdict = page.offstage_block("cost_verdict", value, formula, title=_("what one step does"))
    most = page.offstage_block("step_most", MOST, title=_("the largest loss that the sentence says"))
    said = [
        page.offstage_block(
            f"step_said_{name}", min(loss.value, MOST), lambda loss=loss: smallest(loss, most), title=_("loss, as said")
        )
        for name, loss in (("before", before), ("after", after))
    ]
    page.live(
        "step_says",
        _("▶ η = {eta:0}: {verdict}. From {before:2} to {after:2}, all rows together."),
        eta=eta,
        verdict=verdict,
        before=said[0],
        after=said[1],
    )
    page.source(_("The sentence says at most 1,000,000 for a loss, however large it is."))


def _bars(page: Page, before: Block, after: Block) -> Chart:
    n = min(len(before.value), SHOWN)
    names = np.array([_("row {row}").format(row=i + 1) for i in range(n)], dtype=object)
    rows = page.book.helpers.recorded("step_rows", names, title=_("row"))
    return Chart(
        "",
        (
            Series(_("before"), rows[:], before[:n], Mark.COLUMNS, BEFORE),
            Series(_("after one step"), rows[:], after[:n], Mark.COLUMNS, AFTER),
        ),
        _("input row"),
        _("loss"),
        _("Two columns for each row: its loss before the step and after it."),
        columns=7,
        rows=17,
    )
