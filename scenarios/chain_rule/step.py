"""Page Step: every knob a little against its slope; does the loss fall?"""

from __future__ import annotations

import numpy as np

from scenarios.chain_rule.network import NAMES, Network
from scenarios.common.outcome import outcome
from workbook.block import Block
from workbook.chart import Chart, Mark, Series
from workbook.formula import dot, smallest
from workbook.page import Flow, Page
from workbook.parameter import Parameter
from workbook.text import N_, _

ETA = Parameter("lr", 0.1, N_("learning rate"), 0, 10, symbol="η")

SHOWN = 8
"""So many rows have their bars."""

MOST = 1e6
"""The sentence says no larger loss: it would have more digits than a spreadsheet keeps."""

BEFORE, AFTER = "#9CA3AF", "#2563EB"


def six_steps(page: Page, net: Network, slopes: list[Block]) -> Flow:
    """Begin the page with the yellow cell and the six parameters before and after the step; return the place between."""
    with page.left():
        eta = page.setting(ETA, number_format="General")
        page.gap()
        said = page.keep()
        page.gap()
        look = {"number_format": "0.000"}
        with page.table(NAMES, 6) as t:
            old = t.derived("theta", net.theta, None, "", _("before"), each=net.cells, **look)
            value, each = np.array([float(slope.value) for slope in slopes]), [slope.whole() for slope in slopes]
            slope = t.gradient("gradient", value, None, _("all rows"), _("slope"), each=each, **look)
            value, symbol = net.theta - eta.value * value, "θ − η·∂L/∂θ"
            t.updated("theta_new", value, lambda q: old[q] - eta * slope[q], symbol, _("after"), **look)
        page.sentence("say_step", "w₁: {theta[0]:0t} − {lr:0}·{gradient[0]:3p} = {theta_new[0]:3}")
    return said


def step_page(page: Page, said: Flow, net: Network) -> None:
    """Say what one step does to the loss."""
    book, w = page.book, net.w
    eta, slope, before, after = (book[id] for id in ("lr", "gradient", "C_before", "C_after"))
    look = {"number_format": "#,##0.00"}
    with page.left():
        page.gap()
        change, title = after.value - before.value, _("change of the loss")
        page.derived("change_of_cost", change, lambda: after - before, "", title, **look)
        promise, title = -eta.value * np.sum(slope.value**2), _("promised by the slopes")
        page.derived("change_promised", promise, lambda: -eta * dot(slope[:], slope[:]), "", title, **look)
        with page.into(said):
            _say(page, eta, before, after)
    with page.right():
        page.chart(_bars(page, book["C_before_rows"], book["C_after_rows"]))
    page.try_(_("Type 0.5, then 1: does a larger step always help? Compare what the slopes promised."))
    value, title = w.value[2] - 2 * eta.value * slope.value[4], _("w₃ after a step of twice the learning rate")
    page.turn(
        "step_turn",
        _("Twice the learning rate that stands above: what is the new w₃? (0.005 off is close enough)"),
        page.offstage_block("step_w3", value, lambda: w[2] - 2 * eta * slope[4], title=title),
        0.005,
        _("Old weight minus learning rate times slope; minus a minus is a plus."),
        _("w₃ before, minus twice the learning rate times its slope; minus a minus is a plus."),
    )
    page.remember(_("A slope is a promise for small steps only."))


def _say(page: Page, eta: Block, before: Block, after: Block) -> None:
    fell, rose = _("the loss falls"), _("the loss RISES, the step was too large")
    stayed = _("the loss hardly changes: its slope here, or the learning rate, is nearly 0")
    value, formula = outcome(before, after, eta, fell, rose, stayed)
    page.offstage_block("cost_verdict", value, formula, title=_("what one step does"))
    most = page.offstage_block("step_most", MOST, title=_("the largest loss that the sentence says"))
    for name, loss in (("before", before), ("after", after)):
        value, formula = np.asarray(min(loss.value, MOST)), lambda loss=loss: smallest(loss, most)
        page.offstage_block(f"step_said_{name}", value, formula, title=_("loss, as said"))
    words = _("▶ η = {lr:0}: {cost_verdict}. From {step_said_before:2} to {step_said_after:2}, all rows together.")
    page.live("step_says", words)
    page.source(_("The sentence says at most 1,000,000 for a loss, however large it is."))


def _bars(page: Page, before: Block, after: Block) -> Chart:
    n = min(len(before.value), SHOWN)
    names = np.array([_("row {row}").format(row=i + 1) for i in range(n)], dtype=object)
    rows = page.book.helpers.recorded("step_rows", names, "", _("row"))
    series = (
        Series(_("before"), rows[:], before[:n], Mark.COLUMNS, BEFORE),
        Series(_("after one step"), rows[:], after[:n], Mark.COLUMNS, AFTER),
    )
    alt = _("Two columns for each row: its loss before the step and after it.")
    return Chart("", series, _("input row"), _("loss"), alt, columns=7, rows=17)
