"""Page Depth: the slopes of every layer with skip connections and without, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.graph.pages import Whole
from scenarios.graph.run import Run
from workbook.block import Block, Counter
from workbook.chart import BLUE, GREY, Chart, Mark, Series
from workbook.formula import call, sqrt
from workbook.page import Page
from workbook.text import _

LEAST = 1e-9


def depth_page(page: Page, whole: Whole, layers: Sequence[int]) -> None:
    """Run the same network with c = 1 and with c = 0, whatever is typed, and compare how large the slopes of each W are."""
    given = {node.name: whole[node.name] for node in whole.graph.given}
    least = page.offstage_block("depth_least", LEAST, title=_("no quotient by less than this"))
    with page.left():
        said = page.keep()
        page.gap()
        sizes: dict[str, Block] = {}
        with page.table(Counter(_("layer") + " "), len(layers)) as t:
            number = t.recorded("layer", np.array(layers, float), title=_("layer"))
            for way, c, title in (("skip", 1.0, _("size of ∂W with skip connections")), ("plain", 0.0, _("size of ∂W without"))):  # fmt: skip
                run = Run(whole.graph, {**given, "c": page.offstage_block(f"c_{way}", c, symbol="c")}, f"_{way}")
                slopes = run.backward().blocks
                for block in [*run.made(), *slopes.values()]:
                    page.offstage(block)
                each = [sqrt(call("SUMSQ", slopes[f"W{n}"])) for n in layers]
                value = [np.linalg.norm(slopes[f"W{n}"].value) for n in layers]
                sizes[way] = t.gradient(f"size_{way}", value, None, title=title, each=each, number_format="0.000")
        with page.into(said):
            template = _("▶ At layer 1 the slopes of W are {skip:3} large with skip connections, {plain:3} without.")
            page.live("depth_says", template, skip=sizes["skip"][0], plain=sizes["plain"][0])
    alt = _("The size of the slopes of each layer's weights, with and without skip connections, as columns.")
    with page.right():
        series = (
            Series(_("with skip connections"), number[:], sizes["skip"][:], Mark.COLUMNS, BLUE),
            Series(_("without"), number[:], sizes["plain"][:], Mark.COLUMNS, GREY),
        )
        chart = Chart("", series, _("layer"), "", alt, columns=6, rows=13)
        page.chart(chart)
    with page.book.start.right():
        page.book.start.chart(chart)
    page.text(_("The size of a table is the square root of the sum of its squares; both runs use the numbers of the sheet Whole, and a c of their own."))  # fmt: skip
    page.try_(
        _("On the sheet Whole, halve the weights of W2: without skip connections the slopes of W1 fall with them.")
    )
    page.turn(
        "depth_turn",
        _("Layer 1: divide the size with skip connections by the size without. How many times as large is it? (0.5 off is close enough)"),
        page.offstage_block(
            "depth_ratio", sizes["skip"].value[0] / max(sizes["plain"].value[0], LEAST),
            lambda: sizes["skip"][0] / call("MAX", sizes["plain"][0], least), title=_("layer 1: with skip connections to without"),
        ),
        0.5,
        _("The short cut brings the loss to the first layer."),
        _("the two numbers of the first row."),
    )  # fmt: skip
    page.remember(_("A skip connection gives the slopes a way back that no weight makes smaller."))
