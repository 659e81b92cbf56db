"""Page Blame: the error of one image, sent back from the outputs to every demon and weight."""

from __future__ import annotations

import numpy as np

from scenarios.demon_net.images import COLUMNS, PIXEL, ROWS
from scenarios.demon_net.pad import SQUARE
from scenarios.demon_net.states import Pass
from workbook.block import HIDDEN, Block, Formula, Role, Shading
from workbook.formula import Expr, absolute, added, equal, if_, largest
from workbook.page import Page
from workbook.text import _

FULL = 2.0
"""The number that is painted in full colour; the pictures are scaled to it."""


def blame_page(page: Page, first: Pass) -> None:
    """Show awake and blame of the five demons for image 1, and which pixels each should like more or less."""
    hidden, out, X, W2 = first.passed.A[1], first.passed.output, first.X, first.layers[1].W
    a1, a2 = hidden.value[0], out.value[0]
    with page.beside():
        with page.column(60):
            digit = page.given(
                "blame_digit", float(first.Y.value[0, 1]), title=_("this image is a"), valid=PIXEL, number_format="0"
            )
            page.text(_("Right: how each weight should change; blue = more, red = less, white = no change."))
        pictures = page.keep()
    with page.column():
        target = np.array([1 - digit.value, digit.value], dtype=float)
        page.gap()
        said = page.keep()
        page.gap()
        d2 = (a2 - target) * a2 * (1 - a2)
        d1 = (d2 @ W2.value) * a1 * (1 - a1)
        outputs = [_("output demon {digit}").format(digit=digit) for digit in (0, 1)]
        with page.table(outputs, 2) as t:
            a = t.add(_column("blame_a2", Role.DERIVED, a2, [out[0, 0], out[0, 1]], _("how awake"), "0.00"))
            y = t.add(_column("blame_y", Role.DERIVED, target, [1 - digit, digit + 0], _("should be"), "0"))
            D2 = t.add(
                Block(
                    "blame_d2",
                    Role.GRADIENT,
                    d2,
                    formula=lambda j: (a[j] - y[j]) * a[j] * (1 - a[j]),
                    title=_("blame δ"),
                    symbol="(a − y)·a·(1 − a)",
                    number_format="0.000",
                )
            )
        page.gap()
        with page.table([_("demon {name}").format(name=j + 1) for j in range(3)], 3) as t:
            b = t.add(_column("blame_a1", Role.DERIVED, a1, [hidden[0, k] for k in range(3)], _("how awake"), "0.00"))
            for j in (0, 1):
                t.add(
                    _column(
                        f"blame_w{j}",
                        Role.DERIVED,
                        W2.value[j],
                        [W2[j, k] for k in range(3)],
                        _("output demon {digit} likes it").format(digit=j),
                        "0.00",
                    )
                )
            D1 = t.add(
                Block(
                    "blame_d1",
                    Role.GRADIENT,
                    d1,
                    each=[added(W2[0, k] * D2[0], W2[1, k] * D2[1]) * b[k] * (1 - b[k]) for k in range(3)],
                    title=_("blame δ"),
                    symbol="(w·δ + w·δ)·a·(1 − a)",
                    number_format="0.000",
                )
            )
        slope = page.offstage(
            Block(
                "blame_slope",
                Role.GRADIENT,
                a1[2] * (1 - a1[2]),
                formula=lambda: b[2] * (1 - b[2]),
                title=_("slope of demon 3's curve, a·(1 − a)"),
            )
        )
        page.sentence(
            "blame_worked",
            _("Demon 3: ({w0:2p}·{d0:3p} + {w1:2p}·{d1:3p})·{slope:3} = {d:3}"),
            w0=W2[0, 2],
            d0=D2[0],
            w1=W2[1, 2],
            d1=D2[1],
            slope=slope,
            d=D1[2],
        )
        with page.into(said):
            _say(page, D1)
    with page.into(pictures):
        _pictures(page, X, D1)
    page.source(_("Image 1, with the weights before the first epoch (sheet FirstEpoch). Textbooks call δ the error."))
    page.try_(_("Type the other digit: what becomes of the signs of the blames, and of the colours of the pictures?"))
    _turn(page, X, D1)
    page.remember(_("A weight's slope is the blame of its demon times what came in."))


def _column(id: str, role: Role, value: np.ndarray, each: list, title: str, number_format: str) -> Block:  # type: ignore[type-arg]
    return Block(id, role, np.asarray(value, dtype=float), each=each, title=title, number_format=number_format)


def _say(page: Page, D1: Block) -> None:
    quieter, louder = str(_("be quieter")), str(_("be louder"))
    advice = page.offstage(
        Block(
            "blame_advice",
            Role.DERIVED,
            np.asarray(quieter if D1.value[2] > 0 else louder, dtype=object),
            formula=lambda: if_(D1[2] > 0, quieter, louder),
            title=_("what demon 3 should do"),
            number_format="@",
        )
    )
    page.live(
        "blame_says",
        _("▶ Positive blame: be quieter. Negative blame: be louder. Demon 3 has {d:3}: {advice}."),
        d=D1[2],
        advice=advice,
    )


def _pictures(page: Page, X: Block, D1: Block) -> None:
    """Draw −∂L/∂W¹ of each hidden demon, scaled to the largest of them."""
    most_value = float(np.abs(D1.value).max()) or 1.0
    most = page.offstage(
        Block(
            "blame_most",
            Role.GRADIENT,
            np.asarray(most_value),
            formula=lambda: if_(equal(_most(D1), 0), 1, _most(D1)),
            title=_("largest blame of the three, for the colours"),
        )
    )
    with page.beside():
        with page.column(unit=SQUARE, square=True):
            page.add(
                Block(
                    "blame_pixels",
                    Role.DERIVED,
                    X.value[0].reshape(ROWS, COLUMNS),
                    each=[_pixels(X, r) for r in range(ROWS)],
                    title=_("image 1"),
                    number_format=HIDDEN,
                    shading=Shading.PIXELS,
                )
            )
        for k in range(3):
            value = -FULL * D1.value[k] / most.value * X.value[0].reshape(ROWS, COLUMNS)
            with page.column(unit=SQUARE, square=True):
                page.add(
                    Block(
                        f"blame_picture{k + 1}",
                        Role.GRADIENT,
                        value + 0.0,
                        each=[_painted(X, D1, most, k, r) for r in range(ROWS)],
                        title=_("demon {name}").format(name=k + 1),
                        number_format=HIDDEN,
                        shading=Shading.DIVERGING,
                    )
                )


def _most(D1: Block) -> Expr:
    return largest(*(absolute(D1[k]) for k in range(3)))


def _pixels(X: Block, r: int) -> Formula:
    return lambda c: X[0, c + COLUMNS * r]


def _painted(X: Block, D1: Block, most: Block, k: int, r: int) -> Formula:
    return lambda c: -FULL * D1[k] / most * X[0, c + COLUMNS * r]


def _turn(page: Page, X: Block, D1: Block) -> None:
    """Ask for the slope of one weight of demon 3: of a light pixel where there is one."""
    pixel = int(np.argmin(X.value[0]))
    light = X.value[0, pixel] == 0
    page.turn(
        "blame_turn",
        _("Pixel {pixel} of this image is {number}. What is the slope of the loss for demon 3's weight on it?").format(
            pixel=pixel + 1, number="0" if light else "1"
        ),
        page.offstage(
            Block(
                "blame_asked",
                Role.GRADIENT,
                D1.value[2] * X.value[0, pixel],
                formula=lambda: D1[2] * X[0, pixel],
                title=_("slope of demon 3's weight on that pixel"),
            )
        ),
        0.0005,
        _("What did not come in cannot be blamed.") if light else _("Blame times 1."),
        _("blame times what came in."),
    )
