"""Page Fade: how much of the last moment's slopes comes back to each moment, with gates and without."""

from __future__ import annotations

import numpy as np

from scenarios.graph.pages import Whole
from scenarios.graph.run import Run
from scenarios.lstm.cells import Parts, graph
from workbook.block import Block, Counter
from workbook.chart import BLUE, GREY, Chart, Mark, Series
from workbook.formula import call, sqrt
from workbook.page import Page
from workbook.text import _

LEAST = 1e-9


def fade_page(page: Page, whole: Whole, parts: Parts) -> None:
    """Run a plain recurrent layer with the weights of what is new, and compare how its slopes fade with those of the cell."""
    given = {node.name: whole[node.name] for node in whole.graph.given}
    plain = Run(graph("plain", {name: block.value for name, block in given.items()}), given, "_plain")
    slopes, T = plain.backward(), len(whole["H"].value)
    for block in [*plain.made(), *slopes.blocks.values()]:
        page.offstage(block)
    least = page.offstage_block("fade_least", LEAST, title=_("no quotient by less than this"))
    left: list[Block] = []
    with page.left():
        said = page.keep()
        page.gap()
        with page.table(Counter("t = "), T) as t:
            moment = t.recorded("fade_moment", np.arange(1.0, T + 1), title=_("moment"))
            for way, slope, title in (("gates", whole.slope(parts.memory), _("size of ∂{memory}").format(memory=parts.memory)), ("plain", slopes.blocks["H"], _("without gates"))):  # fmt: skip
                value = np.linalg.norm(slope.value, axis=1)
                size = t.gradient(f"fade_{way}", value, lambda i, s=slope: sqrt(call("SUMSQ", s[i, :])), title=title, number_format="0.0000")  # fmt: skip
                percent, last = 100 * value / max(value[-1], LEAST), call("MAX", size[T - 1], least)
                left.append(t.derived(f"left_{way}", percent, lambda i, s=size, last=last: 100 * s[i] / last, title=_("percent of the last"), number_format="0.0"))  # fmt: skip
        with page.into(said):
            template = _(
                "▶ At the first moment {gates:0}% of the last moment's slopes are left with gates, {plain:1}% without."
            )
            page.live("fade_says", template, gates=left[0][0], plain=left[1][0])
    with page.right():
        alt = _("How much of the last moment's slopes is left at each moment, with gates and without, as columns.")
        series = [Series(name, moment[:], percent[:], Mark.COLUMNS, colour) for name, percent, colour in zip((_("with gates"), _("without gates")), left, (BLUE, GREY), strict=True)]  # fmt: skip
        chart = Chart("", tuple(series), _("moment"), "%", alt, columns=6, rows=13)
        page.chart(chart)
    with page.book.start.right():
        page.book.start.chart(chart)
    page.text(_("The size of a row is the square root of the sum of its squares. Without gates: tanh of the sums, with the weights of what is new."))  # fmt: skip
    page.try_(_("On the sheet Whole, type 4 for both numbers of {bias}, then −2: the gate that keeps decides how much comes back.").format(bias=parts.bias))  # fmt: skip
    page.turn(
        "fade_turn",
        _("How many times as much is left at the first moment with gates? Divide the percents of the first row. (1 off is close enough)"),
        page.offstage_block(
            "fade_ratio", left[0].value[0] / max(left[1].value[0], LEAST), lambda: left[0][0] / call("MAX", left[1][0], least),
            title=_("with gates to without"),
        ),
        1,
        _("With gates, so many times as much is left."),
        _("the two percents of the first row."),
    )  # fmt: skip
    page.remember(
        _("Multiplying by a gate near 1 loses little, however often; multiplying by small weights loses almost all.")
    )
