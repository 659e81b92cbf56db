"""Page Test: one drawing, read by the hand-made demons and by those that learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from scenarios.common.activations import SIGMOID
from scenarios.common.demon_images import ARTICLE_ONE, pixels
from scenarios.common.dense import Layer
from scenarios.demon_net.answers import UNSURE, answer_words, choice, chosen
from scenarios.demon_net.images import COLUMNS, PIXEL, ROWS, pixel_of
from scenarios.demon_net.pad import SQUARE
from workbook.block import Block, Counter, Role, Shading
from workbook.chart import Chart, Mark, Series
from workbook.formula import Operand, dot
from workbook.page import Page
from workbook.text import _

T = TypeVar("T")

COLOURS = {"hand": "#6B7280", "learned": "#1F4E9E"}


@dataclass(frozen=True)
class Team:
    """Five demons: who they are, and their weights."""

    id: str
    name: str
    layers: list[Layer]


def unseen_page(page: Page, hand: list[Layer], learned: list[Layer], end: int) -> None:
    """Let both teams read the pad."""
    teams = (
        Team("hand", _("hand-made"), hand),
        Team("learned", _("learned, epoch {end}").format(end=end), learned),
    )
    with page.left():
        with page.beside():
            with page.column():
                table = page.keep()
            with page.column(unit=SQUARE, square=True):
                pad = page.given(
                    "test_pad",
                    np.array(pixels(ARTICLE_ONE), dtype=float).reshape(ROWS, COLUMNS),
                    title=_("your pad"),
                    valid=PIXEL,
                    number_format="0",
                    shading=Shading.PIXELS,
                )
        page.gap()
        said = page.keep()
        with page.book.helpers.table(Counter(), ROWS * COLUMNS) as t:
            x = t.derived("test_x", pad.value.ravel(), lambda k: pixel_of(pad, k), title=_("pixels"), number_format="0")
        outs = {team.id: _read(page, team, x) for team in teams}
        names = [_("output demon {digit}").format(digit=digit) for digit in (0, 1)]
        with page.into(table), page.table(names, 2) as t:
            for team in teams:
                out = outs[team.id]
                t.add(
                    Block(
                        f"test_{team.id}",
                        Role.DERIVED,
                        out.value,
                        formula=lambda j, out=out: out[j],
                        title=team.name,
                        number_format="0.00",
                    )
                )
        words = answer_words()
        verdicts = {
            team.id: page.offstage(
                Block(
                    f"test_verdict_{team.id}",
                    Role.DERIVED,
                    np.asarray(_answer(outs[team.id], words), dtype=object),
                    formula=lambda out=outs[team.id]: choice(out[0], out[1], words),
                    title=_("answer: {team}").format(team=team.name),
                    number_format="@",
                )
            )
            for team in teams
        }
        with page.into(said):
            page.live(
                "test_says",
                _(
                    "▶ Hand-made demons: {hand} ({h0:2} against {h1:2}). Learned demons: {learned} ({l0:2} against {l1:2})."
                ),
                hand=verdicts["hand"],
                h0=outs["hand"][0],
                h1=outs["hand"][1],
                learned=verdicts["learned"],
                l0=outs["learned"][0],
                l1=outs["learned"][1],
            )
    with page.right():
        page.chart(_bars(page, teams, outs))
    page.try_(_("Draw the 1 in the left column (pixels 1, 4, 7, 10). Is a team unsure? Is one wrong, and sure of it?"))
    _turn(page, learned)
    page.remember(_("It learned where the ink was in the training pictures, not what a 1 is."))


def _answer(out: Block, words: Sequence[T]) -> T:
    """Return what a team answers, by NumPy."""
    return chosen(float(out.value[0]), float(out.value[1]), words)


def _read(page: Page, team: Team, x: Block) -> Block:
    """Return what a team's output demons say to the pixels, (2,)."""
    below = x
    for layer in team.layers:
        below = page.offstage(_activated(f"test_{team.id}_a{layer.number}", layer, below, team.name))
    return below


def _activated(id: str, layer: Layer, below: Block, title: str) -> Block:
    W, b, g = layer.W, layer.b, layer.activation
    assert b is not None

    def formula(j):  # type: ignore[no-untyped-def]
        return g.value_formula(dot(W[j, :], below) + b[j])

    return Block(id, Role.DERIVED, g.value(W.value @ below.value + b.value), formula=formula, title=title)


def _bars(page: Page, teams: tuple[Team, ...], outs: dict[str, Block]) -> Chart:
    with page.book.helpers.table(None, 2) as t:
        names = t.add(
            Block(
                "test_digits",
                Role.RECORDED,
                np.array([_("output demon {digit}").format(digit=digit) for digit in (0, 1)], dtype=object),
                title=_("who speaks"),
                number_format="@",
            )
        )
    return Chart(
        "",
        tuple(Series(team.name, names[:], outs[team.id][:], Mark.COLUMNS, COLOURS[team.id]) for team in teams),
        "",
        _("how awake"),
        _("Two bars for each output demon, from 0 to 1: the hand-made team and the one that learned."),
        columns=8,
        rows=19,
        y_range=(0, 1),
    )


def _turn(page: Page, learned: list[Layer]) -> None:
    """Ask what the learned demons make of an empty pad."""
    first, second = learned
    b = first.b
    assert b is not None
    hidden = page.offstage(
        Block(
            "empty_hidden",
            Role.DERIVED,
            SIGMOID.value(b.value),
            formula=lambda j: SIGMOID.value_formula(b[j]),
            title=_("demons 1, 2, 3 when the pad is empty"),
        )
    )
    out = page.offstage(_activated("empty_out", second, hidden, _("output demons then")))
    codes: tuple[Operand, Operand, Operand] = (0, 1, UNSURE)
    answer = _answer(out, (0, 1, UNSURE))
    page.turn(
        "test_turn",
        _("Empty the pad: which digit do the learned demons name? (0 or 1, or 9 for unsure)"),
        page.offstage(
            Block(
                "empty_answer",
                Role.DERIVED,
                np.asarray(float(answer)),
                formula=lambda: choice(out[0], out[1], codes),
                title=_("digit named then; 9: unsure"),
                number_format="0",
            )
        ),
        0.1,
        _("Nothing to see, and nobody is sure.")
        if answer == UNSURE
        else _("They answer even when there is nothing to see."),
        _("make all twelve pixels 0, and read the sentence above."),
    )
