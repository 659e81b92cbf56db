"""Page Test: one drawing, read by the hand-made demons and by those that learned."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from scenarios.common.activations import SIGMOID
from scenarios.demon_net.answers import UNSURE, answer_words, choice, chosen
from scenarios.demon_net.examples import ARTICLE_ONE
from scenarios.demon_net.images import COLUMNS, ROWS, SQUARE, given_pad, output_names, pixel_of
from scenarios.demon_net.pad import digit_named
from workbook.block import Block, Counter
from workbook.chart import Chart, Mark, Series
from workbook.formula import dot
from workbook.page import Page
from workbook.text import _

TEAMS = {"hand": ("", "#6B7280"), "learned": ("_last", "#1F4E9E")}
"""The two teams: how the ids of their weights end, and their colours."""


def unseen_page(page: Page, end: int) -> None:
    """Let both teams read the pad; `end` is the last epoch."""
    aside, words = page.book.helpers, answer_words()
    names = {"hand": _("hand-made"), "learned": _("learned, epoch {end}").format(end=end)}
    with page.left():
        with page.beside():
            with page.column():
                table = page.keep()
            with page.column(unit=SQUARE, square=True):
                pad = given_pad(page, "test_pad", ARTICLE_ONE, _("your pad"))
        page.gap()
        with aside.table(Counter(), ROWS * COLUMNS) as t:
            x = t.derived("test_x", pad.value.ravel(), lambda k: pixel_of(pad, k), title=_("pixels"), number_format="0")
        outs: dict[str, Block] = {}
        for id, (suffix, _colour) in TEAMS.items():
            a1 = _awake(page, f"test_{id}_a1", f"1{suffix}", x, names[id])
            out = outs[id] = _awake(page, f"test_{id}_a2", f"2{suffix}", a1, names[id])
            says = np.asarray(chosen(out.value[0], out.value[1], words), dtype=object)
            title = _("answer: {team}").format(team=names[id])
            aside.derived(f"test_verdict_{id}", says, lambda out=out: choice(out[0], out[1], words), title=title)
        with page.into(table), page.table(output_names(), 2) as t:
            for id, out in outs.items():
                t.derived(f"test_{id}", out.value, lambda j, out=out: out[j], title=names[id], number_format="0.00")
        page.live("test_says", _("▶ Hand-made demons: {test_verdict_hand} ({test_hand[0]:2} against {test_hand[1]:2}). Learned demons: {test_verdict_learned} ({test_learned[0]:2} against {test_learned[1]:2})."))  # fmt: skip
    with page.right():
        page.chart(_bars(page, names, outs))
    page.try_(_("Draw the 1 in the left column (pixels 1, 4, 7, 10). Is a team unsure? Is one wrong, and sure of it?"))
    _turn(page)
    page.remember(_("It learned where the ink was in the training pictures, not what a 1 is."))


def _awake(page: Page, id: str, layer: str, below: Block, title: str) -> Block:
    """Return how awake the demons of a layer are, by what lies below them."""
    W, b = page.book[f"W{layer}"], page.book[f"b{layer}"]
    value = SIGMOID.value(W.value @ below.value + b.value)
    return page.book.helpers.derived(
        id, value, lambda j: SIGMOID.value_formula(dot(W[j, :], below) + b[j]), title=title
    )


def _bars(page: Page, names: Mapping[str, str], outs: dict[str, Block]) -> Chart:
    with page.book.helpers.table(None, 2) as t:
        who = t.recorded("test_digits", np.array(output_names(), dtype=object), title=_("who speaks"))
    return Chart(
        "",
        tuple(Series(names[id], who[:], outs[id][:], Mark.COLUMNS, colour) for id, (_suffix, colour) in TEAMS.items()),
        "", _("how awake"),
        _("Two bars for each output demon, from 0 to 1: the hand-made team and the one that learned."), columns=8,
        rows=19, y_range=(0, 1),
    )  # fmt: skip


def _turn(page: Page) -> None:
    """Ask what the learned demons make of an empty pad."""
    b, title = page.book["b1_last"], _("demons 1, 2, 3 when the pad is empty")
    awake = SIGMOID.value(b.value)
    hidden = page.book.helpers.derived("empty_hidden", awake, lambda j: SIGMOID.value_formula(b[j]), title=title)
    answer = digit_named(page, "empty_answer", _awake(page, "empty_out", "2_last", hidden, _("output demons then")))
    page.turn(
        "test_turn", _("Empty the pad: which digit do the learned demons name? (0 or 1, or 9 for unsure)"), answer, 0.1,
        _("Nothing to see, and nobody is sure.") if answer.value == UNSURE else _("They answer even when there is nothing to see."),
        _("make all twelve pixels 0, and read the sentence above."),
    )  # fmt: skip
