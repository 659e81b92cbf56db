"""Page Chain: turn the first knob, and watch the change travel through three neurons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.chain_rule.forward import Pass
from scenarios.chain_rule.network import Network
from scenarios.chain_rule.strips import Passed, Strips
from workbook.block import Between, Block
from workbook.chart import Chart, Mark, Series
from workbook.page import Page, Voice
from workbook.text import _

TURN = Between(-20, 20)
CHANGES = "#EA580C"


@dataclass(frozen=True)
class Turned:
    """The turn of w₁, the first row's output before and after it, and how far each h moved."""

    turn: Block
    before: Passed
    after: Passed
    moved: list[Block]


def chain_page(page: Page, net: Network, passed: Pass, rate_of_w1: Block, turn: float) -> Turned:
    """Show the first input row on its way, before and after a turn of w₁."""
    given = page.given("turn", turn, valid=TURN, symbol="Δw₁", title=_("turn of w₁"))
    page.gap()
    said = page.keep()
    page.gap()
    strips = Strips(page, "chain", net)
    strips.parameters(0)
    strips.names(1)
    before = strips.forward(1, _("now"), net.nodes, passed.x[0])
    new = strips.number(2, 2, "w1_turned", net.w.value[0] + given.value, net.w[0] + given)
    new.shading, new.number_format = None, '"w₁ = "0.0###'
    nodes = net.nodes_with([new.whole(), *net.cells[1:]])
    strips.words(2, 0, "")
    for lane in (1, *range(3, 14)):
        strips.words(2, lane, "")
    after = strips.forward(2, _("turned"), nodes, before.x, "_turned")
    moved = strips.change(3, _("change"), after, before)
    with page.into(said):
        page.live(
            "chain_says",
            _("▶ w₁ changes by {turn:0}: the output changes by {out:4}, that is {rate:4} for each 1."),
            turn=given,
            out=moved[-1],
            rate=rate_of_w1[0],
        )
    _questions(page, rate_of_w1)
    _face(page.book.start, given, moved)
    return Turned(given, before, after, moved)


def _questions(page: Page, rate_of_w1: Block) -> None:
    page.try_(_("Type 1, then 2: twice the turn, twice the change. Type −1: the change of 1, the other way."))
    page.turn(
        "chain_turn",
        _("w₁ up by 2: how far does the output move? Do not type the 2. (0.002 off is close enough)"),
        page.offstage_block(
            "chain_two", 2 * rate_of_w1.value[0], lambda: 2 * rate_of_w1[0], title=_("change of O for a turn of 2")
        ),
        0.002,
        _("Proportional: no need to run the network."),
        _("2 times what the output does for each 1."),
    )
    page.remember(_("The output moves in proportion to the knob; the factor is called the rate."))


def _face(start: Page, turn: Block, moved: list[Block]) -> None:
    """Show on the first page how the turn shrinks on its way."""
    names = np.array(["Δw₁", "Δz₁", "Δh₁", "Δz₂", "Δh₂", "Δz₃", "ΔO"], dtype=object)
    with start.book.helpers.table(None, len(names)) as t:
        places = t.recorded("face_places", names, title=_("place"))
        value = [float(block.value) for block in (turn, *moved)]
        sizes = t.derived(
            "face_changes",
            value,
            None,
            each=[turn.whole(), *(block.whole() for block in moved)],
            title=_("change there"),
        )
    with start.left():
        start.sentence(
            "face", _("Turn w₁ by {turn:0}: the output moves by {out:4}"), Voice.HEADLINE, turn=turn, out=moved[-1]
        )
    with start.right():
        start.chart(
            Chart(
                "",
                (Series(_("change"), places[:], sizes[:], Mark.COLUMNS, CHANGES),),
                _("from the knob to the output"),
                _("change"),
                _("Columns: how large the change is at each place, from the turn of the knob to the output."),
                columns=8,
                rows=12,
                legend=False,
            )
        )
