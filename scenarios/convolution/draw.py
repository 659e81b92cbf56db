"""Page Draw: a digit of the reader's own, three kernels, and the map of where each finds its stroke."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from workbook.block import Between, Block, Shading
from workbook.formula import call, dot, if_, largest
from workbook.page import Page
from workbook.text import N_, _

FOUR = (
    "......#...",
    ".....#....",
    "....#.....",
    "...#..#...",
    "..#...#...",
    ".#....#...",
    ".########.",
    "......#...",
    "......#...",
    "......#...",
)
BETWEEN = np.array([-1, 2, -1])
KERNELS: Mapping[str, tuple[str, Any]] = {
    "upright": (N_("upright stroke"), np.tile(BETWEEN, (3, 1))),
    "level": (N_("level stroke"), np.tile(BETWEEN, (3, 1)).T),
    "slanting": (N_("slanting stroke"), np.array([[-1, -1, 2], [-1, 2, -1], [2, -1, -1]])),
}
"""Each is a picture of its stroke: 2 where it should be dark, −1 beside it."""

FOUND = '0;-0;""'
"""Where a kernel is silent, its map shows nothing."""

PIXEL, SMALL = 2.6, 2.2
"""The width of a square cell in characters, here and on the first page."""


def draw_page(page: Page) -> None:
    """Let the reader draw; show where each kernel finds its stroke, and how often."""
    drawing = np.array([[mark == "#" for mark in row] for row in FOUR], float)
    whole: dict[str, Any] = {"shading": Shading.DIVERGING, "number_format": "0"}
    with page.beside():
        b = page.given("draw_b", -4.0, "b", _("bias of all three"), valid=Between(-9, 9, whole=True))
    said = page.keep()
    page.gap()
    with page.left(36):
        tabled = page.keep()
    with page.right(), page.beside():
        with page.column(unit=PIXEL, square=True):
            look: dict[str, Any] = {"valid": Between(0, 1, whole=True), "shading": Shading.PIXELS, "number_format": "0"}
            pad = page.given("pad", drawing, "", _("your pad: 1 is dark"), **look)
        maps = []
        for id, (name, weights) in KERNELS.items():
            with page.column(unit=PIXEL, square=True):
                K = page.given(f"kernel_{id}", weights, "", _(name), valid=Between(-3, 3, whole=True), **whole)
                maps.append(
                    _map(page, f"map_{id}", pad, K, b, title=_("where it answers"), **{**whole, "number_format": FOUND})
                )
    names = [str(_(name)) for name, _weights in KERNELS.values()]
    with page.into(tabled), page.table(names, len(names)) as t:
        counts = [call("SUMPRODUCT", (found > 0) * 1) for found in maps]
        found = np.array([(block.value > 0).sum() for block in maps], float)
        places = t.derived("draw_places", found, None, title=_("places that answer"), each=counts, number_format="0")
        loudest = np.array([block.value.max() for block in maps])
        t.derived(
            "draw_loudest", loudest, None, title=_("loudest answer"), each=[largest(found) for found in maps],
            number_format="0",
        )  # fmt: skip
    with page.into(said):
        page.live(
            "draw_says",
            _("▶ The upright kernel answers at {up:0} places, the level one at {level:0}, the slanting one at {slant:0}."),
            up=places[0], level=places[1], slant=places[2],
        )  # fmt: skip
    page.try_(_("Erase the level bar: type 0 into its pixels. Its kernel falls silent, and the other two go on."))
    K = page.book["kernel_upright"]
    ideal = page.offstage_block("draw_ideal", (K.value > 0).astype(float), lambda i, j: if_(K[i, j] > 0, 1, 0), title=_("what the upright kernel likes best"))  # fmt: skip
    best = max((ideal.value * K.value).sum() + b.value, 0)
    answer = page.offstage_block("draw_best", best, lambda: largest(dot(ideal, K) + b, 0), title=_("its loudest answer to any drawing"))  # fmt: skip
    page.turn(
        "draw_turn",
        _("What is the largest number that the upright kernel, with its bias, can answer to any drawing?"),
        answer,
        0.01,
        _("That drawing looks exactly like the kernel."),
        _("all pixels under a weight above 0 dark, the others light: add up, and add b."),
    )  # fmt: skip
    page.remember(_("A kernel is a small picture; its map shows where the large picture looks like it."))
    page.source(_("Chosen here: every number."))
    _face(page.book.start, pad, dict(zip(names, maps, strict=True)))


def _map(page: Page, id: str, pad: Block, K: Block, b: Block, **look: Any) -> Block:
    """Add max(0, pad ⋆ K + b)."""
    sums = np.einsum("ijab,ab->ij", sliding_window_view(pad.value, K.shape), K.value)
    return page.derived(
        id, np.maximum(sums + b.value, 0), lambda i, j: largest(dot(pad[i : i + 3, j : j + 3], K) + b, 0), **look
    )


def _face(start: Page, pad: Block, maps: Mapping[str, Block]) -> None:
    """Show the pad and two of its maps on the first page."""
    shown = {str(_("your pad")): (pad, Shading.PIXELS, "0")}
    shown |= {name: (block, Shading.DIVERGING, FOUND) for name, block in list(maps.items())[1:]}
    with start.right():
        start.gap(2)  # the rows of the headline and of the first thing to try are higher than a square
        with start.beside():
            for title, (block, shading, form) in shown.items():
                with start.column(unit=SMALL, square=True):
                    start.derived(
                        f"face_{block.id}", block.value, lambda i, j, block=block: block[i, j], title=title,
                        shading=shading, number_format=form,
                    )  # fmt: skip
