"""A network drawn as a chart: circles lit by their activation, lines blue or red by the weight's sign.

From every neuron a star of lines goes to the neurons of the next layer, there and back again, so that one series draws
it; a line that has no place in a series stays at its neuron. Where nothing flows (the neuron is dark, or the weight 0)
the line is grey and dashed. Lines end at the rim of the circles, as programs differ in what they draw on top.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.common.activations import Array
from workbook.block import Block, Counter
from workbook.chart import Chart, Mark, Series
from workbook.formula import (
    Expr,
    Index,
    Operand,
    both,
    call,
    either,
    equal,
    fixed,
    if_,
    number_of,
    pick,
    rounded,
    rounded_as_shown,
)
from workbook.page import Page
from workbook.text import _, fixed_text, shown_text

RIM = 0.13
"""How far from a neuron's middle its lines begin, where layers are 1 apart."""

WIDEST, ROUND = 26, 14
"""How large a circle is at most, and in a drawing as high as one row for each neuron."""

PLACES = 9
"""A number counts to so many places: what is smaller is taken for 0 by some spreadsheets and not by others."""

NOWHERE = -9
"""A height outside of the picture: what is put there is not drawn."""

POSITIVE, NEGATIVE, SILENT = "#3B7CC4", "#D0534A", "#C9CED6"
SIGN = {"positive": "+", "negative": "−", "silent": "0·"}
LIT, DARK, INPUT = "#BFE3C6", "#E3E6EA", "#FFF0C2"


@dataclass(frozen=True)
class Column:
    """One layer of the picture: activations (n, m), and the weights (n, k) that lead to it; the input has none."""

    A: Block
    W: Block | None = None


def drawing(
    page: Page,
    id: str,
    columns: Sequence[Column],
    chosen: Block | None,
    *,
    width: int = 8,
    rows: int = 13,
    digits: int = 2,
) -> Chart:
    """Return the picture of a network that sees one example; `chosen` is its number, the first where there is none; `digits` are the decimals of what stands on a circle."""
    at = 0 if chosen is None else int(chosen.value) - 1
    most = max(column.A.shape[0] for column in columns)
    size = min(WIDEST, ROUND * rows // most)
    heights = [_heights(page, f"{id}_y{n}", column.A.shape[0]) for n, column in enumerate(columns)]
    places = _places(page, id, len(columns))
    seen = [_Seen(column.A, chosen, at) for column in columns]
    series: list[Series] = []
    for n, column in enumerate(columns[1:], 1):
        assert column.W is not None
        star = _Star(page, f"{id}_{n}", column.W, seen[n - 1], places, n, heights[n - 1], heights[n])
        series += star.series()
    for n, column in enumerate(columns):
        series += _circles(page, f"{id}_{n}", column, seen[n], places, n, heights[n], digits, size)
    return Chart(
        "",
        tuple(series),
        "",
        "",
        _(
            "The network: a circle for every neuron with its activation, a line for every weight, blue above 0, red below."
        ),
        columns=width,
        rows=rows,
        x_range=(-0.3, len(columns) - 0.7),
        y_range=(-most / 2 - 0.1, most / 2 + 0.1),
        legend=False,
        axes=False,
    )


class _Seen:
    """What the neurons of a layer say to the chosen example."""

    def __init__(self, A: Block, chosen: Block | None, at: int) -> None:
        self.A, self.chosen = A, chosen
        self.value: Array = A.value[:, at]

    def of(self, neuron: Operand) -> Expr:
        """Return the activation of a neuron, counted from 1."""
        if isinstance(neuron, int):
            return self.A[neuron - 1, 0] if self.chosen is None else pick(self.A[neuron - 1, :], self.chosen)
        if self.chosen is None:
            return pick(self.A[:, 0], neuron)
        return pick(self.A, neuron, self.chosen)


def _heights(page: Page, id: str, count: int) -> Block:
    """Return how high each neuron of a layer stands, (n,): around the middle, the first on top."""
    with page.book.helpers.table(Counter(), count) as t:
        return t.recorded(id, (count - 1) / 2 - np.arange(count), title=_("height of a neuron"), number_format="0.0")


def _places(page: Page, id: str, count: int) -> Block:
    """Return where a layer's lines end, its circles stand and its lines begin, (layers, 3)."""
    middle = np.arange(count, dtype=float)[:, None]
    return page.offstage_block(
        f"{id}_x", middle + np.array([-RIM, 0.0, RIM]), title=_("where lines end, circles stand, lines begin")
    )


class _Star:
    """The lines from every neuron of a layer to the next, in three looks."""

    def __init__(
        self, page: Page, id: str, W: Block, below: _Seen, places: Block, layer: int, start: Block, end: Block
    ) -> None:
        self.page, self.id, self.W, self.below = page, id, W, below
        self.places, self.layer, self.start, self.end = places, layer, start, end

    def series(self) -> list[Series]:
        weight, signal = np.round(self.W.value.T, PLACES), np.round(self.below.value[:, None], PLACES) != 0
        looks = (
            ("positive", (weight > 0) & signal, lambda w, a: both(w > 0, either(a > 0, a < 0)), POSITIVE, False),
            ("negative", (weight < 0) & signal, lambda w, a: both(w < 0, either(a > 0, a < 0)), NEGATIVE, False),
            ("silent", (weight == 0) | ~signal, lambda w, a: either(equal(w, 0), equal(a, 0)), SILENT, True),
        )
        found = []
        for name, holds, formula, colour, dashed in looks:
            x, y = self._paths(name, holds, formula)
            found += [
                Series(
                    f"{SIGN[name]}{n + 1}",
                    x[n, :],
                    y[n, :],
                    Mark.LINE,
                    colour,
                    dashed=dashed,
                    width=1.0 if dashed else 2.0,
                )
                for n in range(len(self.start.value))
            ]
        return found

    def _paths(self, name: str, holds: Array, formula: object) -> tuple[Block, Block]:
        """Return x and y of a look's stars, (k, 2n + 1): home, first neuron, home, second neuron, …"""
        sources, targets = holds.shape
        odd = np.arange(2 * targets + 1) % 2 == 1
        goes = np.zeros((sources, 2 * targets + 1), dtype=bool)
        goes[:, odd] = holds
        home, away = self.places.value[self.layer - 1, 2], self.places.value[self.layer, 0]
        reached = np.zeros(2 * targets + 1)
        reached[odd] = self.end.value
        W, below, places, layer, start, end = self.W, self.below, self.places, self.layer, self.start, self.end

        def out(s: Index, c: Index, there: Operand, here: Operand) -> Expr:
            step = number_of(c)
            w, a = pick(W, step / 2, number_of(s)), below.of(number_of(s))
            drawn = formula(rounded(w, PLACES), rounded(a, PLACES))  # type: ignore[operator]
            return if_(equal(call("MOD", step, 2), 1), here, if_(drawn, there, here))

        fields = {"rows": Counter(), "columns": Counter(), "number_format": "0.00"}
        x = self.page.offstage_block(
            f"{self.id}_{name}_x", np.where(goes, away, home),
            lambda s, c: out(s, c, places[layer, 0], places[layer - 1, 2]), title=_("lines, across"), **fields,
        )  # fmt: skip
        y = self.page.offstage_block(
            f"{self.id}_{name}_y", np.where(goes, reached, self.start.value[:, None]),
            lambda s, c: out(s, c, pick(end, number_of(c) / 2), start[s]), title=_("lines, up"), **fields,
        )  # fmt: skip
        return x, y


def _circles(
    page: Page, id: str, column: Column, seen: _Seen, places: Block, layer: int, heights: Block, digits: int, size: int
) -> list[Series]:
    """Return the circles of a layer, lit and dark ones apart, with the activation written on each."""
    lit = (np.round(seen.value, PLACES) > 0) | (column.W is None)
    first = column.W is None
    count = len(heights.value)
    with page.book.helpers.table(Counter(), count) as t:
        x = t.derived(
            f"{id}_at", np.full(count, places.value[layer, 1]), lambda j: places[layer, 1], title=_("circles, across"),
            number_format="0.0",
        )  # fmt: skip
        on = t.derived(
            f"{id}_lit", np.where(lit, heights.value, float(NOWHERE)),
            lambda j: heights[j] if first else if_(rounded(seen.of(number_of(j)), PLACES) > 0, heights[j], NOWHERE),
            title=_("lit circles, up"), number_format="0.0",
        )  # fmt: skip
        off = t.derived(
            f"{id}_dark", np.where(lit, float(NOWHERE), heights.value),
            lambda j: NOWHERE if first else if_(rounded(seen.of(number_of(j)), PLACES) > 0, NOWHERE, heights[j]),
            title=_("dark circles, up"), number_format="0.0",
        )  # fmt: skip
        shown = np.array([fixed_text(float(a), digits) for a in seen.value], dtype=float)
        whole = shown == np.round(shown)
        words = np.array(
            [shown_text(float(a), 0 if w else digits) for a, w in zip(seen.value, whole, strict=True)], dtype=object
        )

        def written(a: Expr) -> Expr:
            shown = rounded_as_shown(a, digits)
            return if_(equal(shown, rounded(shown, 0)), fixed(a, 0), fixed(a, digits))

        text = t.derived(
            f"{id}_text", words, lambda j: written(seen.of(number_of(j))), title=_("what is written"), number_format="@"
        )
    lights = [
        Series(_("lit"), x[:], on[:], Mark.POINTS, INPUT if first else LIT, size=size),
        Series(_("dark"), x[:], off[:], Mark.POINTS, DARK, size=size),
    ]
    names = [
        Series(str(j + 1), x[j : j + 1], heights[j : j + 1], Mark.LABEL, label=text[j : j + 1]) for j in range(count)
    ]
    return lights + names
