"""Page Look: the word that the reader chooses asks the others, and mixes their values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from scenarios.graph.pages import Whole
from workbook.block import Between, Block, Counter, Role, Shading
from workbook.chart import BLUE, Chart, Mark, Series
from workbook.formula import Direction, dot, equal, if_, number_of, pick, total
from workbook.page import Flow, Page
from workbook.text import _


def look_page(page: Page, whole: Whole, words: Sequence[str], picture: Flow) -> None:
    """Let the reader choose who asks; show the scores, what they become, and what comes of it."""
    names = [n for n in ("", "1", "2") if f"A{n}" in whole.run.blocks]
    S, A, V = ([whole[f"{table}{n}"] for n in names] for table in "SAV")
    E = [whole.run.inner[f"A{n}"][0] for n in names]
    T = len(words)
    with page.left():
        t = page.given("asks", float(T), "t", _("which word asks?"), valid=Between(1, T, whole=True))
        head = (
            page.given("head", 1.0, "", _("which head?"), valid=Between(1, len(names), whole=True))
            if names[1:]
            else None
        )
        said = page.keep()
        page.gap()
        row = int(t.value) - 1
        with page.table(Counter("u = "), T) as table:
            word = table.recorded("look_word", np.array(words, dtype=object), title=_("who answers"), number_format="@")

            shown_head = 0 if head is None else int(head.value) - 1

            def chosen(cells: Sequence[Any]) -> Any:
                return cells[0] if head is None else if_(equal(head, 1), *cells)

            def column(blocks: Sequence[Block], title: str, **looks: Any) -> Block:
                return table.derived(
                    f"look_{blocks[0].id}", blocks[shown_head].value[row],
                    lambda u: chosen([pick(block, t, number_of(u)) for block in blocks]), title=title, **looks,
                )  # fmt: skip

            column(S, _("score s"), number_format="0.00")
            column(E, _("e to the power of s − largest"), number_format="0.000")
            share = column(A, _("share"), shading=Shading.BAR, number_format="0.000")
            table.derived("look_V", V[shown_head].value, lambda u, k: chosen([v[u, k] for v in V]), title=_("value"), columns=Counter(""), number_format="0.00")  # fmt: skip
            sums = Block(
                "look_sum", Role.DERIVED, np.asarray(share.value.sum()), formula=lambda: total(share), number_format="0.000"
            )  # fmt: skip
            table.total(share, sums)
        shown = page.book["look_V"]
        page.derived(
            "look_O", share.value @ shown.value, lambda k: dot(share[:], shown[:, k]), "o",
            _("what the word takes home: Σ share · value"), along=Direction.RIGHT, number_format="0.000",
        )  # fmt: skip
        asking = page.offstage_block(
            "asking", np.asarray(words[row], dtype=object), lambda: pick(word, t), number_format="@",
            title=_("the word that asks"),
        )  # fmt: skip
        percent = page.offstage_block(
            "look_percent", 100 * share.value, lambda u: 100 * share[u], title=_("shares in percent")
        )
        with page.into(said):
            numbers = {f"w{n}": word[n] for n in range(T)} | {f"p{n}": percent[n] for n in range(T)}
            template = _("▶ “{asking}” takes {p0:0}% from “{w0}”, {p1:0}% from “{w1}”, {p2:0}% from “{w2}” and {p3:0}% from “{w3}”.")  # fmt: skip
            page.live("look_says", template, asking=asking, **numbers)
    alt = _("How much the chosen word takes from each word, as columns.")
    with page.into(picture):
        series = Series(_("share"), word[:], share[:], Mark.COLUMNS, BLUE)
        chart = Chart("", (series,), "", _("share"), alt, columns=6, rows=12, y_range=(0, 1), legend=False)
        page.chart(chart)
    with page.book.start.right():
        page.book.start.chart(chart)
    page.try_(_("Type 1 for the word that asks, then 2 and 3: where the mask holds −40, a share is 0."))
    first = V[0][0, 0] if head is None else page.offstage_block("look_first", V[shown_head].value[0, 0], lambda: chosen([v[0, 0] for v in V]), title=_("first number of the first value"))  # fmt: skip
    page.turn(
        "look_turn",
        _("Suppose the word that asks could look at the first word only. What would be the first number that it takes home? (0.01 off is close enough)"),
        first,
        0.01,
        _("With a share of 1, the value is taken over as it is."),
        _("its share of the first word would be 1, and all others 0."),
    )  # fmt: skip
    page.remember(_("A large score takes from all the others: shares always add up to 1."))
