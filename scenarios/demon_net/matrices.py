"""Sheet Matrices: the same network as matrices, for the pad and the article's two digits."""

from __future__ import annotations

import numpy as np

from scenarios.common.activations import SIGMOID
from scenarios.common.demon_images import ARTICLE_ONE, ARTICLE_ZERO, pixels
from scenarios.common.dense import WEIGHT_BOUNDS, Forward, Layer, forward, given_layer
from scenarios.demon_net.images import COLUMNS, DEMONS, PIXEL, ROWS, as_grid, pixel_of
from scenarios.demon_net.weights import chosen_parameters
from workbook.block import Block, Counter, Shading
from workbook.book import Book
from workbook.eager import Sheet
from workbook.formula import call, number_of
from workbook.text import _


def matrices_sheet(book: Book, mine: Block, sleepiness: Block) -> tuple[list[Layer], Forward]:
    """Run the network on three drawings, as matrices; `mine` is the reader's pad, `sleepiness` the biases of A, B, C."""
    sheet = book.sheet("Matrices", _("The same as matrices: three drawings, three columns"))
    pads = [mine, *_article_pads(sheet)]
    layers = _parameters(sheet, sleepiness)
    X = _pixels_in_columns(sheet, pads)
    passed = _forward(sheet, layers, X)
    return layers, passed


def _article_pads(sheet: Sheet) -> list[Block]:
    sheet.step(
        _("Two more drawings"),
        _("An image is twelve numbers: 1 for a dark pixel, 0 for a light one, numbered 1 to 12 row by row."),
    )
    drawings = ((_("the article's 0"), "zero", ARTICLE_ZERO), (_("the article's 1"), "one", ARTICLE_ONE))
    pads = []
    for row in range(ROWS):
        sheet.row_heights[sheet.cursor + 1 + row] = 30  # so that the pixels are nearly square
    with sheet.beside():
        for title, name, drawing in drawings:
            grid = np.array(pixels(drawing), dtype=float).reshape(ROWS, COLUMNS)
            pads.append(
                sheet.given(
                    f"pad_{name}",
                    grid,
                    title=title,
                    number_format="0",
                    valid=PIXEL,
                    shading=Shading.PIXELS,
                    rows=["1–3", "4–6", "7–9", "10–12"],
                )
            )
    sheet.remark(_("Printed in the article: the 0 has pixels 4, 6, 7, 9 (and 2, 11) dark; the 1 has 2, 5, 8, 11."))
    return pads


def _parameters(sheet: Sheet, sleepiness: Block) -> list[Layer]:
    sheet.step(
        _("What each demon likes"),
        _(
            "A weight says how much a demon likes a pixel. A bias of −6 is its sleepiness: the likes must add up to more than 6. The biases of A, B and C are typed on the sheet OneDemon."
        ),
    )
    sheet.remark(
        _(
            "Printed in the article: demon A likes pixels 4 and 7, B 5 and 8, C 6 and 9; output demon 0 listens to A and C, output demon 1 to B."
        )
    )
    sheet.text(_("Rows j = 1, 2, 3 of W¹ are the demons A, B, C; rows j = 1, 2 of W² are the output demons 0 and 1."))
    sheet.gap()
    (W1, _b1), (W2, b2) = chosen_parameters()
    weights = sheet.given(
        "W1",
        W1,
        symbol="W¹",
        title=_("weights of layer {layer}: one row a unit").format(layer=1),
        rows=Counter("j = "),
        columns=Counter("k = "),
        valid=WEIGHT_BOUNDS,
        number_format="0.0",
    )
    first = Layer(1, weights, sleepiness, SIGMOID)
    sheet.text(_("The same weights drawn as each demon sees the image:"))
    with sheet.beside():
        for j, demon in enumerate(DEMONS):
            sheet.derived(
                f"likes_{demon}",
                W1[j].reshape(ROWS, COLUMNS),
                None,
                each=as_grid(first.W, j),
                title=_("demon {name} likes").format(name=demon),
                rows=["1–3", "4–6", "7–9", "10–12"],
                number_format="0.0",
                shading=Shading.DIVERGING,
            )
    second = given_layer(sheet, 2, W2, b2, SIGMOID, number_format="0.0")
    sheet.remark(
        _(
            "Chosen here (the article prints no weights): 4 for a liked pixel and bias −6, so that one liked pixel (4 − 6 = −2) leaves a demon quiet and two (8 − 6 = 2) excite it."
        )
    )
    return [first, second]


def _pixels_in_columns(sheet: Sheet, pads: list[Block]) -> Block:
    sheet.step(
        _("The input layer"),
        _("The input layer only reads the image in: pixel k goes to input unit k, and every demon gets all twelve."),
        "x = (x₁, …, x₁₂)",
    )
    return sheet.derived(
        "X",
        np.column_stack([pad.value.ravel() for pad in pads]),
        lambda k, i: call("CHOOSE", number_of(i), *[pixel_of(pad, k) for pad in pads]),
        symbol="X",
        title=_("pixels: column 1 your pad, 2 the article's 0, 3 the article's 1"),
        rows=Counter("k = "),
        columns=Counter("i = "),
        number_format="0",
        shading=Shading.PIXELS,
    )


def _forward(sheet: Sheet, layers: list[Layer], X: Block) -> Forward:
    sheet.step(
        _("Forward: who wakes up?"),
        _(
            "Each demon adds up what it likes and hears, plus its bias, and the sigmoid turns the sum into an excitement between 0 and 1."
        ),
        "z = W·x + b,   a = σ(z) = 1 / (1 + e⁻ᶻ)",
    )
    passed = forward(sheet, layers, X)
    W, b, z, a = layers[0].W, layers[0].b, passed.z(1), passed.A[1]
    assert b is not None
    sheet.sentence(
        "z1_written",
        _("Demon A, your pad: z = … + {w4:1}·{x4:0} + … + {w7:1}·{x7:0} + … + {b:1p} = {z:2}, and a = σ({z:2}) = {a:4}"),
        w4=W[0, 3], x4=X[3, 0], w7=W[0, 6], x7=X[6, 0], b=b[0], z=z[0, 0], a=a[0, 0],
    )  # fmt: skip
    W2, b2, z2, a2 = layers[1].W, layers[1].b, passed.z(2), passed.A[2]
    assert b2 is not None
    sheet.sentence(
        "z2_written",
        _("Output demon 0, your pad: z = {w1:1}·{a1:4} + {w2:1}·{a2:4} + {w3:1}·{a3:4} + {b:1p} = {z:4}, and a = {a:4}"),
        w1=W2[0, 0], w2=W2[0, 1], w3=W2[0, 2], a1=a[0, 0], a2=a[1, 0], a3=a[2, 0], b=b2[0], z=z2[0, 0], a=a2[0, 0],
    )  # fmt: skip
    return passed
