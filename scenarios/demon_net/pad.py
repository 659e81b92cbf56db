"""Page Pad: a digit of the reader's own, five demons, and their answer."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.activations import SIGMOID
from scenarios.common.drawing import Column, drawing
from scenarios.demon_net.answers import UNSURE, answer_words, choice, chosen
from scenarios.demon_net.images import DEMONS, SQUARE, given_pad, likes, output_names
from workbook.block import HIDDEN, Block, Shading
from workbook.chart import Chart
from workbook.formula import dot, total
from workbook.page import Flow, Page, Voice
from workbook.text import _


def begin_pad(page: Page) -> tuple[Block, Flow, Flow]:
    """Begin the page with the yellow pad; return it, and the places on its left and right."""
    with page.left(), page.beside():
        five = page.keep()
        with page.column(unit=SQUARE, square=True):
            pad = given_pad(page, "pad_mine", "111 101 101 111", _("your pad"))
        seen = page.keep()
    return pad, five, seen


def pad_page(page: Page, pad: Block, five: Flow, seen: Flow) -> None:
    """Show what every demon likes, how awake it is, and the answer."""
    book, aside = page.book, page.book.helpers
    W, out = book["W1"], book["A2"]
    with page.into(seen), page.beside():
        for j, name in enumerate(DEMONS):
            with page.column(unit=SQUARE, square=True):
                page.add(likes(f"pad_likes_{name}", W, j, _("{demon} likes").format(demon=name)))
    with page.into(five):
        _five(page)
    words = answer_words()
    says = np.asarray(chosen(out.value[0, 0], out.value[1, 0], words), dtype=object)
    verdict = aside.derived("pad_verdict", says, lambda: choice(out[0, 0], out[1, 0], words), title=_("answer"))
    with page.left():
        page.gap()
        page.live(
            "verdict_sentence", _("▶ Output demon 0 says {A2[0,0]:2}, output demon 1 says {A2[1,0]:2}: {pad_verdict}.")
        )
    with page.right():
        page.chart(_picture(page))
    page.try_(
        _("Make pixel 7 light (type 0): which demon falls asleep, and what becomes of the answer? Then draw a 1.")
    )
    page.turn(
        "pad_turn",
        _("Make all twelve pixels dark. Which digit will they name? (0 or 1, or 9 for unsure; guess before you draw)"),
        _all_dark(page), 0.1, _("What counts is who listens to whom."), _("draw it, and see who is louder."),
    )  # fmt: skip
    page.remember(_("A network is many small opinions, weighted and added up."))
    start = page.book.start
    with start.left(), start.beside():
        with start.column(46):
            start.sentence("face", _("Five demons look at your pad: {verdict}."), Voice.HEADLINE, verdict=verdict)
        with start.column(unit=SQUARE, square=True):
            look: dict[str, Any] = {"number_format": HIDDEN, "shading": Shading.PIXELS, "title": _("your pad")}
            start.derived("face_pad", pad.value, lambda r, c: pad[r, c], **look)
    with start.right():
        start.chart(_picture(start, "face", 12))


def _five(page: Page) -> None:
    """Tabulate the five demons: weighted sum and how awake."""
    parts = [page.book[name] for name in ("Z1", "Z2")]
    z = [Z[j, 0] for Z in parts for j in range(Z.shape[0])]
    a = [A[j, 0] for A in (page.book["A1"], page.book["A2"]) for j in range(A.shape[0])]
    names = [*(_("demon {name}").format(name=name) for name in DEMONS), *output_names()]
    sums = np.concatenate([Z.value[:, 0] for Z in parts])
    with page.table(names, 5) as t:
        t.derived("five_z", sums, None, title=_("weighted sum z"), each=z, number_format="0.00")
        t.derived("five_a", SIGMOID.value(sums), None, title=_("how awake"), each=a, number_format="0.00")


def _picture(page: Page, id: str = "pad_drawn", rows: int = 14) -> Chart:
    book = page.book
    columns = [Column(book["X"]), Column(book["A1"], book["W1"]), Column(book["A2"], book["W2"])]
    return drawing(page, id, columns, None, width=5, rows=rows)


def _all_dark(page: Page) -> Block:
    """Return the digit that is named when all pixels are dark."""
    W1, b1, W2, b2 = (page.book[id] for id in ("W1", "b1", "W2", "b2"))
    g, aside = SIGMOID, page.book.helpers
    hidden = aside.derived(
        "dark_hidden", g.value(W1.value.sum(axis=1) + b1.value), lambda j: g.value_formula(total(W1[j, :]) + b1[j]),
        title=_("A, B, C when all pixels are dark"),
    )  # fmt: skip
    out = aside.derived(
        "dark_out", g.value(W2.value @ hidden.value + b2.value),
        lambda j: g.value_formula(dot(W2[j, :], hidden) + b2[j]), title=_("output demons then"),
    )  # fmt: skip
    return digit_named(page, "dark_answer", out)


def digit_named(page: Page, id: str, out: Block) -> Block:
    """Return the digit that the output demons name, 9 where they are unsure."""
    codes = (0, 1, UNSURE)
    named = float(chosen(out.value[0], out.value[1], codes))
    title = _("digit named then; 9: unsure")
    return page.book.helpers.derived(id, named, lambda: choice(out[0], out[1], codes), title=title, number_format="0")
