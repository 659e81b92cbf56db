"""Page Wrong: the demons before learning, and the loss that says how wrong they are."""

from __future__ import annotations

import numpy as np

from scenarios.demon_net.board import board, right_count
from scenarios.demon_net.images import COLUMNS, ROWS
from scenarios.demon_net.pad import SQUARE
from scenarios.demon_net.states import Pass
from workbook.block import HIDDEN, Between, Block, Formula, Role, Shading
from workbook.formula import Expr, equal, if_, pick
from workbook.page import Page
from workbook.text import _


def wrong_page(page: Page, first: Pass) -> None:
    """Show one image, what the demons say and should say, its loss, and the board of all images."""
    m, out, Y, X = len(first.Y.value), first.passed.output, first.Y, first.X
    with page.left():
        n = page.given("wrong_image", 1.0, title=_("image number"), valid=Between(1, m, whole=True), number_format="0")
        page.gap()
        said = page.keep()
        page.gap()
        with page.beside():
            with page.column(), page.table([_("output demon {digit}").format(digit=digit) for digit in (0, 1)], 2) as t:
                says = t.add(
                    _column("wrong_says", out.value[0], [pick(out[:, j], n) for j in (0, 1)], _("says"), "0.00")
                )
                should = t.add(
                    _column("wrong_should", Y.value[0], [pick(Y[:, j], n) for j in (0, 1)], _("should say"), "0")
                )
                t.derived(
                    "wrong_error",
                    says.value - should.value,
                    lambda j: says[j] - should[j],
                    title=_("error"),
                    symbol=_("says − should say"),
                    number_format="0.00",
                )
            with page.column(unit=SQUARE, square=True):
                page.add(
                    Block(
                        "wrong_pixels",
                        Role.DERIVED,
                        X.value[0].reshape(ROWS, COLUMNS),
                        each=[_row_of(X, n, r) for r in range(ROWS)],
                        title=_("the image"),
                        number_format=HIDDEN,
                        shading=Shading.PIXELS,
                    )
                )
        page.gap()
        each = page.offstage(_one("wrong_loss", first.each.value[0], pick(first.each, n), _("loss of the image")))
        page.sentence(
            "wrong_worked",
            _("Loss of this image: ½·(({a:2} − {y:0})² + ({b:2} − {z:0})²) = {loss:2}"),
            a=says[0],
            y=should[0],
            b=says[1],
            z=should[1],
            loss=each,
        )
        hits = right_count(page, "wrong_hits", first.right)
        page.sentence(
            "wrong_all",
            _("All images: {hits:0} of {all:0} right, loss {loss:2}."),
            hits=hits,
            all=page.offstage_block("wrong_count", float(m), title=_("images"), number_format="0"),
            loss=first.loss,
        )
        with page.into(said):
            _say(page, first, n, says, should, each)
    with page.right():
        page.text(_("One square per image, row by row: image 1 at the top left."))
        page.chart(board(page, "wrong_board", out, first.right, columns=8, rows=19))
    wrong, right = (np.flatnonzero(first.right.value == hit) for hit in (0, 1))
    if len(wrong) and len(right):
        page.try_(
            _("Type {wrong}, then {right}: one is wrong, the other right. How far apart are their losses?").format(
                wrong=wrong[-1] + 1, right=right[-1] + 1
            )
        )
    else:
        page.try_(_("Type other numbers: which image has the largest loss?"))
    page.turn(
        "wrong_turn",
        _("A 0 again: the outputs say 0.4 and 0.4 and should say 1 and 0. What is the loss? (two decimals)"),
        page.offstage_block("wrong_asked", 0.26, title=_("loss of 0.4 and 0.4 for a 0: ½·(0.36 + 0.16)")),
        0.005,
        _("Half of 0.36 + 0.16."),
        _("square both errors, add, take half."),
    )
    page.remember(_("“Right” is a yes or no; the loss also sees how sure."))


def _row_of(X: Block, n: Block, row: int) -> Formula:
    """Return the formula of a row of pixels of the image that is chosen."""
    return lambda c: pick(X[:, c + COLUMNS * row], n)


def _column(id: str, value: np.ndarray, each: list[Expr], title: str, number_format: str) -> Block:
    return Block(id, Role.DERIVED, np.asarray(value), each=each, title=title, number_format=number_format)


def _one(id: str, value: float, formula: Expr, title: str) -> Block:
    return Block(id, Role.DERIVED, np.asarray(value), formula=lambda: formula, title=title, number_format="0.0000")


def _say(page: Page, first: Pass, n: Block, says: Block, should: Block, each: Block) -> None:
    """Say what the image is, what the demons make of it, and how much that costs."""
    hit = bool(first.right.value[0])
    right, wrong = str(_("right")), str(_("wrong"))
    verdict = page.offstage(
        Block(
            "wrong_verdict",
            Role.DERIVED,
            np.asarray(right if hit else wrong, dtype=object),
            formula=lambda: if_(equal(pick(first.right, n), 1), right, wrong),
            title=_("right or wrong"),
            number_format="@",
        )
    )
    louder = page.offstage(
        _one("wrong_louder", float(says.value[1] > says.value[0]), if_(says[1] > says[0], 1, 0), _("louder digit"))
    )
    page.live(
        "wrong_says_live",
        _(
            "▶ Image {n:0} is a {digit:0}; demon {louder:0} is the louder one ({a:2} against {b:2}): {verdict}, loss {loss:2}."
        ),
        n=n,
        digit=should[1],
        louder=louder,
        a=says[0],
        b=says[1],
        verdict=verdict,
        loss=each,
    )
