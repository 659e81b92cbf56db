"""Page Shift: all positions grow by the same number; scores of turned vectors stay, those with added waves change."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.graph.pages import Whole
from scenarios.graph.run import Run
from scenarios.positions.waves import wave, waves_of
from workbook.block import Between, Block, Counter, Shading
from workbook.formula import dot, squared_distance
from workbook.page import Page
from workbook.text import _


def shift_page(page: Page, whole: Whole) -> None:
    """Run the network once more with shifted positions, and beside it add the waves to question and key."""
    p, theta, S = whole["p"], whole["theta"], whole["S"]
    looks: dict[str, Any] = {
        "rows": Counter(""),
        "columns": Counter(""),
        "shading": Shading.DIVERGING,
        "number_format": "0.00",
    }

    def added(positions: Block, id: str, title: str) -> Block:
        """Add the scores of question and key with the waves of these positions added."""
        sums = [
            page.offstage_block(
                f"{id}_{row.id}", row.value + waves_of(positions.value * theta.value),
                lambda t, j, row=row: row[0, j] + wave(positions[t, 0] * theta[0, j], j), title=row.symbol, columns=Counter(""),
            )
            for row in (whole["q"], whole["k"])
        ]  # fmt: skip
        a, b = sums
        return page.derived(id, a.value @ b.value.T, lambda t, u: dot(a[t, :], b[u, :]), title=title, **looks)

    s = page.given("shift", 3.0, "s", _("by how much?"), valid=Between(0, 100, whole=True))
    said = page.keep()
    page.gap()
    moved = page.offstage_block("p_moved", p.value + s.value, lambda t, j: p[t, j] + s, title=_("shifted positions"))
    run = Run(whole.graph, {**whole.run.blocks, "p": moved}, "_moved")
    turned = run.blocks["S"]
    turned.title, turned.rows = _("turned by position, shifted"), Counter("")
    for block in run.made():
        if block is not turned:
            page.offstage(block)
    with page.beside():
        page.derived("S_before", S.value, lambda t, u: S[t, u], "S", _("turned by position"), **looks)
        page.add(turned)
    page.gap()
    with page.beside():
        before = added(p, "added_before", _("waves added"))
        after = added(moved, "added_after", _("waves added, shifted"))
    changes = [
        page.offstage_block(f"change_{id}", np.sum((new.value - old.value) ** 2), lambda new=new, old=old: squared_distance(new, old), title=_("sum of the squared changes"))
        for id, old, new in (("turned", S, turned), ("added", before, after))
    ]  # fmt: skip
    with page.into(said):
        template = _("▶ Shifted by {s:0}, the squared changes add up to {turned:3} where vectors are turned, to {added:3} where waves are added.")  # fmt: skip
        page.live("shift_says", template, s=s, turned=changes[0], added=changes[1])
    page.try_(_("Type 1, 10, 100: the upper two tables stay alike, the lower two do not."))
    page.turn(
        "shift_turn",
        _("By how much does the upper left number of the lower tables change? (0.01 off is close enough)"),
        page.offstage_block("first_change", after.value[0, 0] - before.value[0, 0], lambda: after[0, 0] - before[0, 0], title=_("change of the first score")),
        0.01,
        _("The distance is the same, and yet the score is another."),
        _("the shifted number minus the other."),
    )  # fmt: skip
    page.remember(_("Turned by their positions, question and key know how far apart they are, and nothing else."))
