"""Page Waves: the sinusoids of six positions, by the formula of section 3.5."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.activations import Array
from workbook.block import Between, Block, Counter, Shading
from workbook.chart import BLUE, GREY, ORANGE, TEAL, Chart, Mark, Series
from workbook.formula import Direction, call, equal, exp, if_, ln, number_of, pick
from workbook.page import Page
from workbook.text import _

T, D = 6, 4
COLOURS = (BLUE, TEAL, ORANGE, GREY)


def wave(angle: Any, j: Any) -> Any:
    """Return the formula of a cell: the sine in odd columns, the cosine in even ones."""
    return if_(equal(call("MOD", number_of(j), 2), 1), call("SIN", angle), call("COS", angle))


def waves_of(angles: Array) -> Array:
    """Return the same by NumPy."""
    waves: Array = np.where(np.arange(angles.shape[1]) % 2 == 0, np.sin(angles), np.cos(angles))
    return waves


def waves_page(page: Page) -> Block:
    """Show θ and the waves; let the reader choose a position. Return θ."""
    with page.left():
        with page.beside():
            chosen = page.given("position", 3.0, "p", _("which position?"), valid=Between(0, T - 1, whole=True))
            base = page.given("base", 10000.0, "", _("base"), valid=Between(1, 1e6))
        said = page.keep()
        page.gap()
        exponent = 2 * (np.arange(D) // 2) / D
        theta = page.derived(
            "theta", (base.value ** -exponent)[None, :],
            lambda i, j: exp(-2 * call("INT", (number_of(j) - 1) / 2) / D * ln(base)), "θ", _("turns a position: base to the power of −2i/d"),
            columns=Counter(""), number_format="0.0000",
        )  # fmt: skip
        with page.table(Counter("p = ", 0), T) as t:
            p = t.recorded("positions", np.arange(float(T)), title=_("position"))
            PE = t.derived(
                "PE", waves_of(p.value[:, None] * theta.value), lambda t, j: wave(p[t] * theta[0, j], j), "PE", _("sin, cos, sin, cos of p·θ"),
                columns=Counter(""), shading=Shading.DIVERGING, number_format="0.000",
            )  # fmt: skip
        with page.into(said):
            row = page.offstage_block(
                "PE_here", PE.value[int(chosen.value)], lambda j: pick(PE[:, j], chosen + 1), along=Direction.RIGHT
            )
            page.live("waves_say", _("▶ Position {p:0} is told by {a:3}, {b:3}, {c:3} and {d:3}."), p=chosen, a=row[0], b=row[1], c=row[2], d=row[3])  # fmt: skip
    with page.right():
        alt = _(
            "Four waves over the positions: sine and cosine of pair 1, and those of pair 2, which the base slows down."
        )
        names = (_("sin, pair 1"), _("cos, pair 1"), _("sin, pair 2"), _("cos, pair 2"))
        series = [Series(names[j], p[:], PE[:, j], Mark.BOTH, COLOURS[j]) for j in range(D)]
        chart = Chart("", tuple(series), _("position"), "", alt, columns=6, rows=13, y_range=(-1, 1))
        page.chart(chart)
    with page.book.start.right():
        page.book.start.chart(chart)
    page.try_(_("Type 10 for the base, then 1: with 1 both pairs turn alike."))
    page.turn(
        "waves_turn",
        _("At which position does the first cosine come nearest to −1? (the whole number)"),
        page.offstage_block("lowest", float(np.argmin(PE.value[:, 1])), lambda: call("MATCH", call("MIN", PE[:, 1]), PE[:, 1], 0) - 1, title=_("where the first cosine is least")),
        0.1,
        _("Half a turn is π, a little more than 3."),
        _("look down the second column."),
    )  # fmt: skip
    page.remember(_("Fast waves tell neighbours apart, slow ones tell far regions apart."))
    page.source(_("The formula and the base 10000 are those of section 3.5 of the paper; six positions and d = 4 are chosen here."))  # fmt: skip
    return theta
