"""Page Trial: one slope checked by trial; the changed passes stand on the sheet Nudge."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.nudge import KINKED, choose, nudge_one
from scenarios.network.output import OutputNet
from scenarios.network.spec import Spec
from workbook.block import Between, Block, Counter
from workbook.chart import RED, Chart, Mark, Series
from workbook.formula import as_expr, total
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _

ROWS: dict[str, Any] = {"rows": Counter(), "number_format": "0.0000"}


def trial_page(page: Page, net: OutputNet, spec: Spec) -> None:
    """Let the reader choose a parameter, change it a little up and down, and compare."""
    with page.left():
        chosen = choose(page, net)
        small = 10.0 ** -np.ceil(4 + np.log10(max(1.0, float(np.abs(spec.data.x).max()))) / 2)
        h = page.given(
            "h", small, "h", _("how far it is changed"), valid=Between(min(1e-6, small), 10 * small),
            number_format="0.000000",
        )  # fmt: skip
        page.gap()
        said = page.keep()
    passes = page.book.page("Nudge", _("The passes with one parameter changed"), kind=Kind.DEEPER)
    passes.step(
        _("Changed up, changed down"),
        _(
            "The parameter that the sheet Trial chooses is changed by h, up and down; the network runs again for every example."
        ),
        "∂L/∂w ≈ (L(w + h) − L(w − h)) / 2h",
    )
    if set(KINKED) & set(spec.activations):
        passes.remark(
            _("At the kink of ReLU or the jump of a step no measured slope is a derivative: where the change crosses one, the check does not apply (–).")
        )  # fmt: skip
    measured, backprop = nudge_one(passes, net, chosen, h, finish=net.finish)
    with page.left():
        for id, block, title in (
            ("trial_measured", measured, _("measured slope")),
            ("trial_told", backprop, _("slope by backpropagation")),
        ):
            page.derived(id, block.value, lambda block=block: block, "", title, number_format="0.000000")
        page.text(_("Six decimals: the two differ by rounding only."))
    with page.into(said):
        page.live("trial_says", _("▶ Measured: {trial_measured:6}. Backpropagation said: {trial_told:6}."))
    with page.right():
        page.chart(_picture(page, net, backprop))
    page.try_(_("Choose other layers, neurons and inputs; 0 is the bias. Then make h ten times as large."))
    tenth = page.offstage_block(
        "trial_tenth", backprop.value / 10, lambda: as_expr(backprop) / 10, title=_("a tenth of the slope")
    )
    page.turn(
        "trial_turn", _("If the parameter grew by 0.1 along this slope, by how much would the loss grow? (0.0005 off is close enough)"), tenth,
        0.0005, _("The slope times how far."), _("multiply the slope by 0.1."),
    )  # fmt: skip
    page.remember(_("A slope is a promise about small changes, and it can be tried."))


def _picture(page: Page, net: OutputNet, slope: Block) -> Chart:
    """Draw how far the loss moves, in steps of h, against the line that the slope promises."""
    book, whole = page.book, net.whole
    assert whole is not None
    up, down, inverse = book["fd_C_up"], book["fd_C_down"], book["fd_inverse"]
    ways = [up.value.sum() / net.divisor, whole.value, down.value.sum() / net.divisor]
    moved = [net.shared(total(up), up) - whole, as_expr(whole) - whole, net.shared(total(down), down) - whole]
    value = (np.array(ways) - whole.value) * 2 * inverse.value
    at = page.offstage_block("trial_at", np.array([1.0, 0.0, -1.0]), title=_("how many times h"), **ROWS)
    there = page.offstage_block(
        "trial_moved", value, each=[by * 2 * inverse for by in moved], title=_("loss moved, by h"), **ROWS
    )
    line = page.offstage_block(
        "trial_line", slope.value * at.value, lambda p: slope * at[p], title=_("what the slope promises"), **ROWS
    )
    series = (
        Series(_("what the slope promises"), at[:], line[:]),
        Series(_("measured"), at[:], there[:], Mark.POINTS, RED),
    )
    alt = _("Three points of the loss with the parameter changed by −h, 0 and h, on the line that the slope promises.")
    return Chart("", series, _("change of the parameter, in h"), _("change of the loss, in h"), alt, columns=7, rows=13)
