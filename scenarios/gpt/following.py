"""Page Following: the letters that are read, and the share that each letter gets as the next one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

import numpy as np

from scenarios.graph.pages import Whole
from workbook.block import Between, Counter, Shading
from workbook.chart import BLUE, Chart, Mark, Series
from workbook.formula import call, dot, largest, number_of, pick
from workbook.page import Page
from workbook.text import _

FEW = 10
"""Of more letters the table is so long that the one of the places stands beside it, below the picture."""


def following_page(page: Page, whole: Whole, letters: Sequence[str]) -> None:
    """Let the reader choose a place; show the shares of all letters there, and what each place costs."""
    P, tokens, target = whole["P"], whole["tokens"], whole["Next"]
    each = whole.run.inner["L"][1]
    T, V = P.shape
    with page.right():
        picture, below = page.keep(), page.keep()
    with page.left():
        at = page.given("at", float(T), "t", _("place"), valid=Between(1, T, whole=True))
        said = page.keep()
        page.gap()
        row = int(at.value) - 1
        with page.table(Counter("v = "), V) as t:
            names = t.recorded("letter", np.array(letters, dtype=object), title=_("letter"), number_format="@")
            share = t.derived("letter_share", P.value[row], lambda v: pick(P, at, number_of(v)), title=_("share of being next"), shading=Shading.BAR, number_format="0.000")  # fmt: skip
        many = V > FEW
        if not many:
            page.gap()
        read = np.array([letters[int(n) - 1] for n in tokens.value], dtype=object)
        with page.into(below) if many else nullcontext(), page.table(Counter("t = "), T) as t:
            seen = t.derived("reads", read, lambda i: pick(names, tokens[i]), title=_("reads"), number_format="@")
            right = (P.value * target.value).sum(1)
            t.derived("right_share", right, lambda i: dot(P[i, :], target[i, :]), title=_("share of the letter that follows"), number_format="0.000")  # fmt: skip
            t.derived("surprise", each.value, lambda i: each[i], "−ln p", _("surprise"), number_format="0.000")
        best = page.offstage_block("best", np.argmax(share.value) + 1.0, lambda: call("MATCH", largest(share), share, 0), title=_("the likeliest letter's number"), number_format="0")  # fmt: skip
        likely = page.offstage_block("likely", np.asarray(letters[int(best.value) - 1], dtype=object), lambda: pick(names, best), title=_("the likeliest letter"), number_format="@")  # fmt: skip
        percent = page.offstage_block("percent", 100 * share.value.max(), lambda: 100 * largest(share), title=_("its share in percent"))  # fmt: skip
        here = page.offstage_block("here", np.asarray(read[row], dtype=object), lambda: pick(seen, at), title=_("the letter that is read"), number_format="@")  # fmt: skip
        with page.into(said):
            page.live("following_says", _("▶ At place {at:0} the network reads “{here}”, and thinks “{likely}” most likely to follow: {percent:0}%."), here=here, likely=likely, percent=percent)  # fmt: skip
    with page.into(picture):
        alt = _("The share of every letter as the next one, as columns.")
        series = Series(_("share"), names[:], share[:], Mark.COLUMNS, BLUE)
        chart = Chart(
            "", (series,), "", _("share"), alt, columns=9 if many else 6, rows=13, y_range=(0, 1), legend=False
        )
        page.chart(chart)
        if many:
            page.gap()
    with page.book.start.right():
        page.book.start.chart(chart)
    page.try_(
        _(
            "On the sheet Whole, type another number for the last letter that is read: with the mask as given, only the last place moves."
        )
    )
    page.turn(
        "following_turn",
        _("Add up the surprise of all places and divide by 8. What do you get? (0.01 off is close enough)")
        if many
        else _("Add up the surprise of all places and divide by 4. What do you get? (0.01 off is close enough)"),
        whole.run.loss.whole(),
        0.01,
        _("That is the loss: the mean surprise."),
        _("add up the last column, and divide."),
    )
    page.remember(_("A language model gives every next letter a share; its loss is how surprised it is, on average."))
