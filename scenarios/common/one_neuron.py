"""One neuron drawn: its inputs, a weight on every line, and words below the output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from scenarios.common.drawing import Column, drawing
from workbook.block import Block, Counter
from workbook.chart import Chart, Mark, Series
from workbook.formula import fixed, joined
from workbook.page import Page
from workbook.text import _, shown_text


def one_neuron(
    page: Page, x: Block, w: Block, y: Block, below: Sequence[tuple[str, Block]], *, digits: int = 0, width: int = 8
) -> Chart:
    """Return the picture of three inputs x (3,), their weights w (3,) and the output y.

    `below` are names and numbers that stand below the output; `digits` are the decimals on the circles.
    """
    inputs = page.offstage_block("seen_x", x.value[:, None], lambda i, j: x[i], title=_("inputs"))
    weights = page.offstage_block(
        "seen_w", w.value[None, :], lambda i, j: w[j], title=_("weights"), rows=Counter(), columns=Counter()
    )
    output = page.offstage_block("seen_y", np.array([[float(y.value)]]), lambda i, j: y, title=_("output"))
    chart = drawing(page, "unit", [Column(inputs), Column(output, weights)], None, width=width, rows=18, digits=digits)
    count, more = len(w.value), len(below)
    texts = [shown_text(float(v), 2) for v in w.value]
    texts += [f"{name} = {shown_text(float(block.value), 2)}" for name, block in below]
    with page.book.helpers.table(Counter(), count + more) as t:
        across = t.recorded("mark_x", np.array([0.42] * count + [1.0] * more), title=_("words in the picture, across"))
        up = t.recorded(
            "mark_y",
            np.concatenate([[0.76, 0.14, -0.44], -0.42 - 0.24 * np.arange(more)]),
            title=_("words in the picture, up"),
        )
        text = t.derived(
            "mark_text",
            np.array(texts, dtype=object),
            None,
            each=[fixed(w[j], 2) for j in range(count)]
            + [joined(f"{name} = ", fixed(block, 2)) for name, block in below],
            title=_("words in the picture"),
            number_format="@",
        )
    words = tuple(
        Series(str(n + 1), across[n : n + 1], up[n : n + 1], Mark.LABEL, label=text[n : n + 1])
        for n in range(count + more)
    )
    return replace(
        chart,
        series=chart.series + words,
        alt=_(
            "The neuron: a circle for every input and for the output, a line for every weight, blue above 0, red below, dashed where no signal comes."
        ),
    )
