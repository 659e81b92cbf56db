"""Page Pad: a digit of the reader's own, five demons, and their answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.activations import SIGMOID
from scenarios.common.demon_images import pixels
from scenarios.common.dense import Forward, Layer
from scenarios.common.drawing import Column, drawing
from scenarios.demon_net.answers import UNSURE, answer_words, choice, chosen
from scenarios.demon_net.images import COLUMNS, DEMONS, PIXEL, ROWS, as_grid
from workbook.block import HIDDEN, Block, Role, Shading
from workbook.chart import Chart
from workbook.formula import dot, total
from workbook.page import Flow, Page, Voice
from workbook.text import _

SQUARE = 2.9
"""The width of a pixel in characters."""


@dataclass(frozen=True)
class Pad:
    """The yellow pad, and the places beside and below it."""

    block: Block
    likes: list[Flow]
    five: Flow
    below: Flow


def begin_pad(page: Page) -> Pad:
    """Begin the page with the yellow pad."""
    with page.left(), page.beside():
        with page.column():
            five = page.keep()
        with page.column(unit=SQUARE, square=True):
            block = page.given(
                "pad_mine",
                np.array(pixels("111 101 101 111"), dtype=float).reshape(ROWS, COLUMNS),
                title=_("your pad"),
                valid=PIXEL,
                number_format="0",
                shading=Shading.PIXELS,
            )
        likes = []
        for _demon in DEMONS:
            with page.column(unit=SQUARE, square=True):
                likes.append(page.keep())
    with page.left():
        page.gap()
        below = page.keep()
    return Pad(block, likes, five, below)


def pad_page(page: Page, pad: Pad, layers: list[Layer], passed: Forward) -> None:
    """Show what every demon likes, how awake it is, and the answer."""
    W, out = layers[0].W, passed.output
    for j, (name, place) in enumerate(zip(DEMONS, pad.likes, strict=True)):
        with page.into(place):
            page.add(likes(f"pad_likes_{name}", W, j, _("{demon} likes").format(demon=name)))
    with page.into(pad.five):
        _five(page, passed)
    with page.into(pad.below):
        words = answer_words()
        verdict = page.offstage(
            Block(
                "pad_verdict",
                Role.DERIVED,
                np.asarray(chosen(out.value[0, 0], out.value[1, 0], words), dtype=object),
                formula=lambda: choice(out[0, 0], out[1, 0], words),
                title=_("answer"),
                number_format="@",
            )
        )
        page.live(
            "verdict_sentence",
            _("▶ Output demon 0 says {a0:2}, output demon 1 says {a1:2}: {verdict}."),
            a0=out[0, 0],
            a1=out[1, 0],
            verdict=verdict,
        )
    with page.right():
        page.chart(_picture(page, layers, passed))
    page.try_(
        _("Make pixel 7 light (type 0): which demon falls asleep, and what becomes of the answer? Then draw a 1.")
    )
    page.turn(
        "pad_turn",
        _("Make all twelve pixels dark. Which digit will they name? (0 or 1, or 9 for unsure; guess before you draw)"),
        _all_dark(page, layers),
        0.1,
        _("What counts is who listens to whom."),
        _("draw it, and see who is louder."),
    )
    page.remember(_("A network is many small opinions, weighted and added up."))
    start = page.book.start
    with start.left(), start.beside():
        with start.column(36):
            start.sentence("face", _("Five demons look at your pad: {verdict}."), Voice.HEADLINE, verdict=verdict)
        with start.column(unit=SQUARE, square=True):
            start.add(
                Block(
                    "face_pad",
                    Role.DERIVED,
                    pad.block.value,
                    formula=lambda r, c: pad.block[r, c],
                    title=_("your pad (sheet Pad)"),
                    number_format=HIDDEN,
                    shading=Shading.PIXELS,
                )
            )
    with start.right():
        start.chart(_picture(start, layers, passed, "face"))


def likes(id: str, W: Block, demon: int, title: str) -> Block:
    """Return what a demon likes, drawn as it sees the image: likes blue, dislikes red."""
    return Block(
        id,
        Role.DERIVED,
        W.value[demon].reshape(ROWS, COLUMNS),
        each=as_grid(W, demon),
        title=title,
        number_format=HIDDEN,
        shading=Shading.DIVERGING,
    )


def _five(page: Page, passed: Forward) -> None:
    """Tabulate the five demons: weighted sum and how awake."""
    hidden, out = passed.A[1], passed.output
    z = [*(passed.z(1)[j, 0] for j in range(3)), *(passed.z(2)[j, 0] for j in range(2))]
    a = [*(hidden[j, 0] for j in range(3)), *(out[j, 0] for j in range(2))]
    names = [
        *(_("demon {name}").format(name=name) for name in DEMONS),
        *(_("output demon {digit}").format(digit=digit) for digit in (0, 1)),
    ]
    sums = np.concatenate([passed.z(1).value[:, 0], passed.z(2).value[:, 0]])
    with page.table(names, 5) as t:
        t.add(Block("five_z", Role.DERIVED, sums, each=z, title=_("weighted sum z"), number_format="0.00"))
        t.add(Block("five_a", Role.DERIVED, SIGMOID.value(sums), each=a, title=_("how awake"), number_format="0.00"))


def _picture(page: Page, layers: list[Layer], passed: Forward, id: str = "pad_drawn") -> Chart:
    columns = [Column(passed.A[0]), Column(passed.A[1], layers[0].W), Column(passed.output, layers[1].W)]
    return drawing(page, id, columns, None, width=5, rows=19)


def _all_dark(page: Page, layers: list[Layer]) -> Block:
    """Return the digit that is named when all pixels are dark."""
    (W1, b1), (W2, b2) = ((layer.W, layer.b) for layer in layers)
    assert b1 is not None
    assert b2 is not None
    g = SIGMOID
    hidden = page.offstage(
        Block(
            "dark_hidden",
            Role.DERIVED,
            g.value(W1.value.sum(axis=1) + b1.value),
            formula=lambda j: g.value_formula(total(W1[j, :]) + b1[j]),
            title=_("A, B, C when all pixels are dark"),
        )
    )
    out = page.offstage(
        Block(
            "dark_out",
            Role.DERIVED,
            g.value(W2.value @ hidden.value + b2.value),
            formula=lambda j: g.value_formula(dot(W2[j, :], hidden) + b2[j]),
            title=_("output demons then"),
        )
    )
    return page.offstage(
        Block(
            "dark_answer",
            Role.DERIVED,
            np.asarray(float(chosen(out.value[0], out.value[1], (0, 1, UNSURE)))),
            formula=lambda: choice(out[0], out[1], (0, 1, UNSURE)),
            title=_("digit named then; 9: unsure"),
            number_format="0",
        )
    )
