"""Page OneDemon: a demon adds up what it likes, then decides."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.activations import SIGMOID
from scenarios.common.layer import WEIGHT_BOUNDS
from scenarios.demon_net.images import COLUMNS, DEMONS, ROWS, SQUARE, likes
from scenarios.demon_net.weights import chosen_parameters
from workbook.block import Block, Counter, Role, Shading
from workbook.chart import Chart, Mark, Series
from workbook.formula import Index, Operand, as_expr, number_of, total
from workbook.page import Flow, Page
from workbook.text import _

CURVE = 41
"""How many points the S curve has, from −10 to 10."""


def begin_one_demon(page: Page) -> tuple[Block, list[Flow]]:
    """Begin the page with the yellow biases of the hidden demons; return them, and the places of three pictures."""
    names = [_("demon {name}").format(name=name) for name in DEMONS]
    with page.left(), page.beside():
        sleepiness = page.given(
            "b1", chosen_parameters()[0][1], "b", _("bias"), rows=names, valid=WEIGHT_BOUNDS, number_format="General"
        )
        pictures = []
        for _picture in range(3):
            with page.column(unit=SQUARE, square=True):
                pictures.append(page.keep())
    return sleepiness, pictures


def one_demon_page(page: Page, pictures: list[Flow]) -> None:
    """Show demon A: pixels times likes, their sum, the bias, and the curve."""
    pad, W, aside = page.book["pad_mine"], page.book["W1"], page.book.helpers
    look: dict[str, Any] = {"number_format": "0", "shading": Shading.PIXELS}
    seen = Block("one_pixels", Role.DERIVED, pad.value, _("your pad"), formula=lambda r, c: pad[r, c], **look)
    liking = likes("one_likes_A", W, 0, _("× A likes"))
    product = Block(
        "one_products", Role.DERIVED, pad.value * W.value[0].reshape(ROWS, COLUMNS), _("= products"),
        formula=lambda r, c: seen[r, c] * liking[r, c], number_format="0.0", shading=Shading.DIVERGING,
    )  # fmt: skip
    for place, block in zip(pictures, (seen, liking, product), strict=True):
        with page.into(place):
            page.add(block)
    title = _("what A likes of your pad, added up")
    aside.derived("one_likes", product.value.sum(), lambda: total(product), title=title)
    with page.left():
        page.gap()
        page.live("one_says", _("▶ Demon A: what it likes adds up to {one_likes:0t}; {one_likes:0t} + {b1[0]:0p} = {Z1[0,0]:0t}, so it is awake {A1[0,0]:2}."))  # fmt: skip
        page.gap()
        _examples(page, W, page.book["b1"])
    with page.right():
        page.chart(_curve(page))
    page.try_(_("Type −2 for A's bias: the dot slides to the right. Draw on the sheet Pad: how many liked pixels wake it now? Then put −6 back."))  # fmt: skip
    page.turn(
        "one_turn",
        _("One liked pixel and the bias −6: z = 4 − 6 = −2. Read the curve: how awake is a demon then? (two decimals)"),
        aside.derived("one_asked", SIGMOID.value(np.asarray(-2.0)), lambda: SIGMOID.value_formula(as_expr(-2)), title=_("how awake a demon is at z = −2")),
        0.03, _("Asleep: one liked pixel is not enough."),
        _("go to −2 on the axis, up to the curve, and left to the number."),
    )  # fmt: skip
    page.remember(_("The weights say what a demon likes, the bias how hard it is to wake."))


def _examples(page: Page, W: Block, b: Block) -> None:
    """Work out one liked pixel, and two."""
    w, aside = W.value[0], page.book.helpers
    one = aside.derived("one_z1", w[3] + b.value[0], lambda: W[0, 3] + b[0], title=_("pixel 4 alone"))
    two = aside.derived("one_z2", w[3] + w[6] + b.value[0], lambda: W[0, 3] + W[0, 6] + b[0], title=_("pixels 4 and 7"))
    for z in (one, two):
        aside.derived(
            f"{z.id}_a", SIGMOID.value(z.value), lambda z=z: SIGMOID.value_formula(z), title=_("how awake A is then"),
        )  # fmt: skip
    page.sentence("one_pixel", _("Only pixel 4 dark: {W1[0,3]:0t} + {b1[0]:0p} = {one_z1:0t} → awake {one_z1_a:2}"))
    page.sentence(
        "two_pixels",
        _("Pixels 4 and 7 dark: {W1[0,3]:0t} + {W1[0,6]:0tp} + {b1[0]:0p} = {one_z2:0t} → awake {one_z2_a:2}"),
    )


def _curve(page: Page) -> Chart:
    z, a, aside = page.book["Z1"], page.book["A1"], page.book.helpers
    at = np.arange(CURVE) / 2 - 10

    def over(i: Index) -> Operand:
        return (number_of(i) - 1) / 2 - 10

    with aside.table(Counter(), CURVE) as t:
        x = t.derived("sigmoid_z", at, over, title=_("weighted sum z"))
        curve = SIGMOID.value(at)
        y = t.derived("sigmoid_a", curve, lambda i: SIGMOID.value_formula(x[i]), title=_("activation a = σ(z)"))
    dot_z = aside.derived("one_dot_z", z.value[0, 0], lambda: z[0, 0], title=_("z of A"))
    dot_a = aside.derived("one_dot_a", a.value[0, 0], lambda: a[0, 0], title=_("a of A"))
    return Chart(
        "",
        (Series("σ(z)", x[:], y[:], Mark.LINE, "#1F4E9E", width=2.25), Series(_("demon A"), dot_z.whole(), dot_a.whole(), Mark.POINTS, "#D1711B", size=12)),
        _("weighted sum z"), _("how awake"),
        _("An S-shaped curve from 0 to 1 over the weighted sum; a dot marks demon A."), columns=8, rows=21,
        y_range=(0, 1),
    )  # fmt: skip
