"""Page Chain: turn the first knob, and watch the change travel through three neurons."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.chain_rule.network import TURN, Network, Pass
from scenarios.chain_rule.strips import Strips
from workbook.block import Between, Block
from workbook.chart import Chart, Mark, Series
from workbook.formula import Ref
from workbook.page import Page, Voice
from workbook.sheet import value_of
from workbook.text import _

CHANGES = "#EA580C"


def chain_page(page: Page, net: Network, passed: Pass, rate_of_w1: Block) -> tuple[Block, Block]:
    """Show the first input row on its way, before and after a turn of w₁; return the turn, and the output after it."""
    turn = page.setting(TURN, "turn", title=_("turn of w₁"), valid=Between(-20, 20))
    page.gap()
    said = page.keep()
    page.gap()
    strips = Strips(page, "chain", net)
    strips.parameters(0)
    strips.names(1)
    before = strips.forward(1, _("now"), net.nodes, passed.x[0])
    new = strips.number(2, 2, "w1_turned", net.w.value[0] + turn.value, net.w[0] + turn)
    new.shading, new.number_format = None, '"w₁ = "0.0###'
    nodes = net.nodes_with([new.whole(), *net.cells[1:]])
    strips.words(2, 0, "")
    for lane in (1, *range(3, 14)):
        strips.words(2, lane, "")
    after = strips.forward(2, _("turned"), nodes, before.x, "_turned")
    moved = strips.change(3, _("change"), after, before)
    words = _("▶ w₁ changes by {turn:0}: the output changes by {out:4}, that is {rate:4} for each 1.")
    with page.into(said):
        page.live("chain_says", words, out=moved[-1], rate=rate_of_w1[0])
    page.try_(_("Type 1, then 2: twice the turn, twice the change. Type −1: the change of 1, the other way."))
    title = _("change of O for a turn of 2")
    page.turn(
        "chain_turn",
        _("w₁ up by 2: how far does the output move? Do not type the 2. (0.002 off is close enough)"),
        page.offstage_block("chain_two", 2 * rate_of_w1.value[0], lambda: 2 * rate_of_w1[0], title=title),
        0.002,
        _("Proportional: no need to run the network."),
        _("2 times what the output does for each 1."),
    )
    page.remember(_("The output moves in proportion to the knob; the factor is called the rate."))
    _face(page.book.start, [block.whole() for block in (turn, *moved)])
    return turn, after.h[2]


def _face(start: Page, moved: list[Ref]) -> None:
    """Show on the first page how the turn shrinks on its way."""
    names = ("Δw₁", "Δz₁", "Δh₁", "Δz₂", "Δh₂", "Δz₃", "ΔO")
    with start.left():
        start.sentence("face", _("Turn w₁ by {turn:0}: the output moves by {out:4}"), Voice.HEADLINE, out=moved[-1])
    with start.right():
        alt = _("Columns: how large the change is at each place, from the turn of the knob to the output.")
        start.chart(shrinking(start, "face", names, moved, _("from the knob to the output"), alt, columns=8, rows=12))


def shrinking(page: Page, id: str, names: tuple[str, ...], cells: list[Ref], x: str, alt: str, **size: Any) -> Chart:
    """Draw how large a change is at each place that it comes through."""
    with page.book.helpers.table(None, len(names)) as t:
        places = t.recorded(f"{id}_places", np.array(names, dtype=object), "", _("place"))
        value = np.array([float(value_of(cell)) for cell in cells])
        sizes = t.derived(f"{id}_sizes", value, None, "", _("change there"), each=cells)
    series = Series(_("change"), places[:], sizes[:], Mark.COLUMNS, CHANGES)
    return Chart("", (series,), x, _("change"), alt, legend=False, **size)
