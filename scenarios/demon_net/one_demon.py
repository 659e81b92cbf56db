"""Page OneDemon: a demon adds up what it likes, then decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.activations import SIGMOID
from scenarios.common.dense import WEIGHT_BOUNDS, Forward, Layer
from scenarios.demon_net.images import COLUMNS, DEMONS, ROWS
from scenarios.demon_net.pad import SQUARE, likes
from scenarios.demon_net.weights import chosen_parameters
from workbook.block import Block, Counter, Role, Shading
from workbook.chart import Chart, Mark, Series
from workbook.formula import Index, Operand, as_expr, number_of, total
from workbook.page import Flow, Page
from workbook.text import _

CURVE = 41
"""How many points the S curve has, from −10 to 10."""


@dataclass(frozen=True)
class Sleepiness:
    """The yellow biases of A, B and C, and the place below them."""

    block: Block
    pictures: list[Flow]
    below: Flow


def begin_one_demon(page: Page) -> Sleepiness:
    """Begin the page with the biases of the hidden demons."""
    with page.left(), page.beside():
        with page.column():
            block = page.given(
                "b1",
                chosen_parameters()[0][1],
                symbol="b",
                title=_("bias"),
                rows=[_("demon {name}").format(name=name) for name in DEMONS],
                valid=WEIGHT_BOUNDS,
                number_format="General",
            )
        pictures = []
        for _picture in range(3):
            with page.column(unit=SQUARE + 0.6, square=True):
                pictures.append(page.keep())
    with page.left():
        page.gap()
        below = page.keep()
    return Sleepiness(block, pictures, below)


def one_demon_page(page: Page, sleepiness: Sleepiness, pad: Block, layers: list[Layer], passed: Forward) -> None:
    """Show demon A: pixels times likes, their sum, the bias, and the curve."""
    W, b, z, a = layers[0].W, sleepiness.block, passed.z(1), passed.A[1]
    liked = page.offstage(
        Block(
            "one_likes",
            Role.DERIVED,
            np.asarray(float(pad.value.ravel() @ W.value[0])),
            formula=lambda: total(product),
            title=_("what A likes of your pad, added up"),
        )
    )
    seen = Block(
        "one_pixels",
        Role.DERIVED,
        pad.value,
        formula=lambda r, c: pad[r, c],
        title=_("your pad"),
        number_format="0",
        shading=Shading.PIXELS,
    )
    liking = likes("one_likes_A", W, 0, _("× A likes"))
    product = Block(
        "one_products",
        Role.DERIVED,
        pad.value * W.value[0].reshape(ROWS, COLUMNS),
        formula=lambda r, c: seen[r, c] * liking[r, c],
        title=_("= products"),
        number_format="0.#;−0.#;0",
        shading=Shading.DIVERGING,
    )
    for place, block in zip(sleepiness.pictures, (seen, liking, product), strict=True):
        with page.into(place):
            page.add(block)
    with page.into(sleepiness.below):
        page.live(
            "one_says",
            _("▶ Demon A: what it likes adds up to {liked:2}; {liked:2} + {b:2p} = {z:2}, so it is awake {a:2}."),
            liked=liked,
            b=b[0],
            z=z[0, 0],
            a=a[0, 0],
        )
        page.gap()
        _examples(page, W, b)
    with page.right():
        page.chart(_curve(page, z, a))
    page.try_(
        _(
            "Type −2 for A's bias: the dot slides to the right. Draw on the sheet Pad: how many liked pixels wake it now? Then put −6 back."
        )
    )
    page.turn(
        "one_turn",
        _("One liked pixel and the bias −6: z = 4 − 6 = −2. Read the curve: how awake is a demon then? (two decimals)"),
        page.offstage(
            Block(
                "one_asked",
                Role.DERIVED,
                SIGMOID.value(np.asarray(-2.0)),
                formula=lambda: SIGMOID.value_formula(as_expr(-2)),
                title=_("how awake a demon is at z = −2"),
            )
        ),
        0.03,
        _("Asleep: one liked pixel is not enough."),
        _("go to −2 on the axis, up to the curve, and left to the number."),
    )
    page.remember(_("The weights say what a demon likes, the bias how hard it is to wake."))


def _examples(page: Page, W: Block, b: Block) -> None:
    """Work out one liked pixel, and two."""
    one = page.offstage(
        Block(
            "one_z1", Role.DERIVED, W.value[0, 3] + b.value[0], formula=lambda: W[0, 3] + b[0], title=_("pixel 4 alone")
        )
    )
    two = page.offstage(
        Block(
            "one_z2",
            Role.DERIVED,
            W.value[0, 3] + W.value[0, 6] + b.value[0],
            formula=lambda: W[0, 3] + W[0, 6] + b[0],
            title=_("pixels 4 and 7"),
        )
    )
    awake = [
        page.offstage(
            Block(
                f"{block.id}_a",
                Role.DERIVED,
                SIGMOID.value(block.value),
                formula=lambda block=block: SIGMOID.value_formula(block),
                title=_("how awake A is then"),
            )
        )
        for block in (one, two)
    ]
    page.sentence(
        "one_pixel",
        _("Only pixel 4 dark: {w:1} + {b:1p} = {z:1} → awake {a:2}"),
        w=W[0, 3],
        b=b[0],
        z=one,
        a=awake[0],
    )
    page.sentence(
        "two_pixels",
        _("Pixels 4 and 7 dark: {w:1} + {v:1p} + {b:1p} = {z:1} → awake {a:2}"),
        w=W[0, 3],
        v=W[0, 6],
        b=b[0],
        z=two,
        a=awake[1],
    )


def _curve(page: Page, z: Block, a: Block) -> Chart:
    at = np.arange(CURVE) / 2 - 10

    def over(i: Index) -> Operand:
        return (number_of(i) - 1) / 2 - 10

    with page.book.helpers.table(Counter(), CURVE) as t:
        x = t.derived("sigmoid_z", at, over, title=_("weighted sum z"))
        y = t.derived(
            "sigmoid_a", SIGMOID.value(at), lambda i: SIGMOID.value_formula(x[i]), title=_("activation a = σ(z)")
        )
    dot_z = page.offstage(Block("one_dot_z", Role.DERIVED, z.value[0, 0], formula=lambda: z[0, 0], title=_("z of A")))
    dot_a = page.offstage(Block("one_dot_a", Role.DERIVED, a.value[0, 0], formula=lambda: a[0, 0], title=_("a of A")))
    return Chart(
        "",
        (
            Series("σ(z)", x[:], y[:], Mark.LINE, "#1F4E9E", width=2.25),
            Series(_("demon A"), dot_z.whole(), dot_a.whole(), Mark.POINTS, "#D1711B", size=12),
        ),
        _("weighted sum z"),
        _("how awake"),
        _("An S-shaped curve from 0 to 1 over the weighted sum; a dot marks demon A."),
        columns=8,
        rows=21,
        y_range=(0, 1),
    )
