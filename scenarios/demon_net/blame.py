"""Page Blame: the error of one image, sent back from the outputs to every demon and weight."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.demon_net.images import COLUMNS, PIXEL, ROWS, SQUARE, image, output_names
from workbook.block import HIDDEN, Block, Formula, Shading
from workbook.formula import absolute, added, equal, if_, largest
from workbook.page import Page
from workbook.text import _

FULL = 2.0
"""The number that is painted in full colour; the pictures are scaled to it."""


def blame_page(page: Page) -> None:
    """Show awake and blame of the five demons for image 1, and which pixels each should like more or less."""
    X, Y, hidden, out, W2 = (page.book[id] for id in ("X_all", "targets", "A1_first", "A2_first", "W2_first"))
    a1, a2, aside = hidden.value[:, 0], out.value[:, 0], page.book.helpers
    with page.beside():
        with page.column(60):
            actual = float(Y.value[1, 0])
            digit = page.given("blame_digit", actual, title=_("this image is a"), valid=PIXEL, number_format="0")
            page.text(_("Right: how each weight should change; blue = more, red = less, white = no change."))
        pictures = page.keep()
    with page.column():
        target = np.array([1 - digit.value, digit.value], dtype=float)
        said = page.keep()
        page.gap()
        d2 = (a2 - target) * a2 * (1 - a2)
        d1 = (d2 @ W2.value) * a1 * (1 - a1)
        awake, blamed = {"title": _("how awake"), "number_format": "0.00"}, {"number_format": "0.000"}
        with page.table(output_names(), 2) as t:
            a = t.derived("blame_a2", a2, None, each=[out[0, 0], out[1, 0]], **awake)
            y = t.derived("blame_y", target, None, title=_("should be"), each=[1 - digit, digit + 0], number_format="0")
            D2 = t.gradient(
                "blame_d2", d2, lambda j: (a[j] - y[j]) * a[j] * (1 - a[j]), "(a\u00a0−\u00a0y)·a·(1\u00a0−\u00a0a)",
                _("blame δ"), **blamed,
            )  # fmt: skip
        with page.table([_("demon {name}").format(name=j + 1) for j in range(3)], 3) as t:
            b = t.derived("blame_a1", a1, None, each=[hidden[k, 0] for k in range(3)], **awake)
            for j in (0, 1):
                title = _("output demon {digit} likes it").format(digit=j)
                likes = [W2[j, k] for k in range(3)]
                t.derived(f"blame_w{j}", W2.value[j], None, title=title, each=likes, number_format="0.00")
            each = [added(W2[0, k] * D2[0], W2[1, k] * D2[1]) * b[k] * (1 - b[k]) for k in range(3)]
            D1 = t.gradient("blame_d1", d1, None, "Σ w·δ · a·(1\u00a0−\u00a0a)", _("blame δ"), each=each, **blamed)
        title = _("slope of demon 3's curve, a·(1 − a)")
        aside.gradient("blame_slope", a1[2] * (1 - a1[2]), lambda: b[2] * (1 - b[2]), title=title)
        page.sentence("blame_worked", _("Demon 3: ({blame_w0[2]:2p}·{blame_d2[0]:3p} + {blame_w1[2]:2p}·{blame_d2[1]:3p})·{blame_slope:3} = {blame_d1[2]:3}"))  # fmt: skip
    quieter, louder = str(_("be quieter")), str(_("be louder"))
    words = np.asarray(quieter if d1[2] > 0 else louder, dtype=object)
    aside.derived("blame_advice", words, lambda: if_(D1[2] > 0, quieter, louder), title=_("what demon 3 should do"))
    with page.into(said):
        page.live("blame_says", _("▶ Positive blame: be quieter. Negative blame: be louder. Demon 3 has {blame_d1[2]:3}: {blame_advice}."))  # fmt: skip
    with page.into(pictures):
        _pictures(page, X, D1)
    page.source(_("Image 1, with the weights before the first epoch (sheet FirstEpoch). Textbooks call δ the error."))
    page.try_(_("Type the other digit: what becomes of the signs of the blames, and of the colours of the pictures?"))
    _turn(page, X, D1)
    page.remember(_("A weight's slope is the blame of its demon times what came in."))


def _pictures(page: Page, X: Block, D1: Block) -> None:
    """Draw −∂L/∂W¹ of each hidden demon, scaled to the largest of them."""
    biggest = largest(*(absolute(D1[k]) for k in range(3)))
    most = page.book.helpers.gradient(
        "blame_most", float(np.abs(D1.value).max()) or 1.0, lambda: if_(equal(biggest, 0), 1, biggest),
        title=_("largest blame of the three, for the colours"),
    )  # fmt: skip

    def painted(k: int, r: int) -> Formula:
        return lambda c: -FULL * D1[k] / most * X[c + COLUMNS * r, 0]

    with page.beside():
        with page.column(unit=SQUARE, square=True):
            page.add(image("blame_pixels", X, 0, _("image 1")))
        for k in range(3):
            value = -FULL * D1.value[k] / most.value * X.value[:, 0].reshape(ROWS, COLUMNS) + 0.0
            look: dict[str, Any] = {
                "number_format": HIDDEN,
                "shading": Shading.DIVERGING,
                "title": _("demon {name}").format(name=k + 1),
            }
            with page.column(unit=SQUARE, square=True):
                page.gradient(f"blame_picture{k + 1}", value, None, each=[painted(k, r) for r in range(ROWS)], **look)


def _turn(page: Page, X: Block, D1: Block) -> None:
    """Ask for the slope of one weight of demon 3: of a light pixel where there is one."""
    pixel = int(np.argmin(X.value[:, 0]))
    light = X.value[pixel, 0] == 0
    slope, title = D1.value[2] * X.value[pixel, 0], _("slope of demon 3's weight on that pixel")
    page.turn(
        "blame_turn",
        _("Pixel {pixel} of this image is {number}. What is the slope of the loss for demon 3's weight on it?").format(pixel=pixel + 1, number="0" if light else "1"),
        page.book.helpers.gradient("blame_asked", slope, lambda: D1[2] * X[pixel, 0], title=title), 0.0005,
        _("What did not come in cannot be blamed.") if light else _("Blame times 1."), _("blame times what came in."),
    )  # fmt: skip
