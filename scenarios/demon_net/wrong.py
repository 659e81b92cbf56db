"""Page Wrong: the demons before learning, and the loss that says how wrong they are."""

from __future__ import annotations

import numpy as np

from scenarios.demon_net.board import board, right_count
from scenarios.demon_net.images import SQUARE, image, output_names
from workbook.block import Between
from workbook.formula import equal, if_, pick
from workbook.page import Page
from workbook.text import _


def wrong_page(page: Page) -> None:
    """Show one image, what the demons say and should say, its loss, and the board of all images."""
    book, aside = page.book, page.book.helpers
    X, Y, out, each, right = (book[id] for id in ("X_all", "targets", "A2_first", "C_each_first", "right_first"))
    m = len(right.value)
    with page.left():
        n = page.given("wrong_image", 1.0, title=_("image number"), valid=Between(1, m, whole=True), number_format="0")
        at = int(n.value) - 1
        page.gap()
        said = page.keep()
        page.gap()
        with page.beside():
            with page.column(), page.table(output_names(), 2) as t:
                shown = [pick(out[j, :], n) for j in (0, 1)]
                says = t.derived(
                    "wrong_says", out.value[:, at], None, title=_("says"), each=shown, number_format="0.00"
                )
                wanted = [pick(Y[j, :], n) for j in (0, 1)]
                should = t.derived(
                    "wrong_should", Y.value[:, at], None, title=_("should say"), each=wanted, number_format="0"
                )
                error, symbol = says.value - should.value, _("says − should say")
                t.derived("wrong_error", error, lambda j: says[j] - should[j], symbol, _("error"), number_format="0.00")
            with page.column(unit=SQUARE, square=True):
                page.add(image("wrong_pixels", X, at, _("the image"), n))
        page.gap()
        aside.derived("wrong_loss", each.value[at], lambda: pick(each, n), title=_("loss of the image"))
        page.sentence("wrong_worked", _("Loss of this image: ½·(({wrong_says[0]:2} − {wrong_should[0]:0})² + ({wrong_says[1]:2} − {wrong_should[1]:0})²) = {wrong_loss:2}"))  # fmt: skip
        right_count(page, "wrong_hits", right)
        page.offstage_block("wrong_count", float(m), title=_("images"))
        page.sentence("wrong_all", _("All images: {wrong_hits:0} of {wrong_count:0} right, loss {C_first:2}."))
    words = str(_("right")), str(_("wrong"))
    verdict = np.asarray(words[0] if right.value[at] else words[1], dtype=object)
    aside.derived("wrong_verdict", verdict, lambda: if_(equal(pick(right, n), 1), *words), title=_("right or wrong"))
    louder = float(says.value[1] > says.value[0])
    aside.derived(
        "wrong_louder", louder, lambda: if_(says[1] > says[0], 1, 0), title=_("louder digit"), number_format="0"
    )
    with page.into(said):
        page.live("wrong_says_live", _("▶ Image {wrong_image:0} is a {wrong_should[1]:0}; demon {wrong_louder:0} is the louder one ({wrong_says[0]:2} against {wrong_says[1]:2}): {wrong_verdict}, loss {wrong_loss:2}."))  # fmt: skip
    with page.right():
        page.text(_("One square per image, row by row: image 1 at the top left."))
        page.chart(board(page, "wrong_board", out, right, columns=8, rows=19))
    misses, hits = (np.flatnonzero(right.value == hit) for hit in (0, 1))
    if len(misses) and len(hits):
        page.try_(_("Type {wrong}, then {right}: one is wrong, the other right. How far apart are their losses?").format(wrong=misses[-1] + 1, right=hits[-1] + 1))  # fmt: skip
    else:
        page.try_(_("Type other numbers: which image has the largest loss?"))
    page.turn(
        "wrong_turn",
        _("A 0 again: the outputs say 0.4 and 0.4 and should say 1 and 0. What is the loss? (two decimals)"),
        page.offstage_block("wrong_asked", 0.26, title=_("loss of 0.4 and 0.4 for a 0: ½·(0.36 + 0.16)")), 0.005,
        _("Half of 0.36 + 0.16."), _("square both errors, add, take half."),
    )  # fmt: skip
    page.remember(_("“Right” is a yes or no; the loss also sees how sure."))
