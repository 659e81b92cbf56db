"""Page Bucket: the same neuron as the article's bucket of water, with pipes that fill it and pipes that drain it."""

from __future__ import annotations

import numpy as np

from scenarios.common.activations import unit_step, unit_step_formula
from scenarios.common.columns import caption
from scenarios.neuron.unit import Unit
from workbook.block import Between, Block, Counter
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, absolute, as_expr, equal, fixed, if_, joined
from workbook.page import Page
from workbook.text import _, fixed_text

WATER, WALL, MARK = "#5AA7DB", "#5B6472", "#C2553F"
LAYERS = 40
"""Strokes of which the water is painted."""


def bucket_page(page: Page, unit: Unit) -> None:
    """Let the pipes run one after the other, and show how high the water stands."""
    with page.left():
        fields = caption(_("water that you pour in beforehand"), "b", "0.00")
        poured = page.given("poured", 0.0, valid=Between(-20, 20), **fields)
        page.gap()
        said = page.keep()
        page.gap()
        change, level = _levels(page, unit, poured)
        page.sentence(
            "bucket_words",
            "{p:2p} + {a:2p} + {b:2p} + {c:2p} = {h:2}",
            p=poured,
            a=change[1],
            b=change[2],
            c=change[3],
            h=level[3],
        )
        page.text(
            _(
                "x says which pipes run; w how thick a pipe is, and whether it fills or drains. The cell's membrane potential is the water's height."
            )
        )
        height = float(level.value[3])
        short = page.offstage_block(
            "short",
            abs(unit.theta.value - height),
            lambda: absolute(unit.theta - level[3]),
            title=_("distance to the mark"),
        )
        reached = unit_step(height - unit.theta.value)
        over = page.offstage_block(
            "over", reached, lambda: unit_step_formula(level[3] - unit.theta), title=_("does it run over?")
        )
        yes, no = (
            str(_("above the mark or at it: the water runs out through the axon")),
            str(_("below the mark: nothing runs out")),
        )
        verdict = page.offstage_block(
            "over_words",
            np.asarray(yes if reached else no, dtype=object),
            lambda: if_(equal(over, 1), yes, no),
            title=_("in words"),
            number_format="@",
        )
        with page.into(said):
            page.live(
                "bucket_says", _("▶ The water stands at {h:2}, {d:2} {verdict}."), h=level[3], d=short, verdict=verdict
            )
    with page.right():
        page.chart(_picture(page, unit, poured, level, over))
    page.try_(
        _(
            "Pour in as much as is missing: the water reaches the mark and runs out. Water poured in beforehand is a bias."
        )
    )
    page.turn(
        "bucket_turn",
        _(
            "How much must be poured in so that the water just reaches the mark? (two decimals; 0.005 off is close enough)"
        ),
        page.offstage_block(
            "bucket_missing",
            float(unit.theta.value - unit.s.value),
            lambda: unit.theta - unit.s,
            title=_("what must be poured in"),
        ),
        0.005,
        _("The mark less what the pipes bring."),
        _("take the pipes' sum away from the mark θ (sheet Neuron)."),
    )
    page.remember(_("A bias is water that is in the bucket before any pipe runs."))
    page.source(
        _(
            "The bucket is the article's own picture; it has no numbers there. Pipes and mark are those of the sheet Neuron."
        )
    )


def _levels(page: Page, unit: Unit, poured: Block) -> tuple[Block, Block]:
    """Add the height of the water after every pipe, (4,)."""
    wx = unit.wx
    changes = np.array([float(poured.value), *wx.value])
    names = [_("poured in"), _("pipe 1"), _("pipe 2"), _("pipe 3")]
    with page.table(names, 4) as t:
        change = t.derived(
            "change", changes, None, each=[poured, wx[0], wx[1], wx[2]], **caption(_("what it brings"), "wᵢ·xᵢ", "0.00")
        )

        def so_far(n: int) -> Expr:
            height = change[0] + 0
            for k in range(1, n + 1):
                height = height + change[k]
            return height

        level = t.derived(
            "level",
            np.cumsum(changes),
            None,
            each=[change[0], *(so_far(n) for n in range(1, 4))],
            **caption(_("height of the water"), number_format="0.00"),
        )
    return change, level


def _picture(page: Page, unit: Unit, poured: Block, level: Block, over: Block) -> Chart:
    """Draw the bucket from the lowest to the highest level that its pipes can bring."""
    w, theta = unit.w, unit.theta
    size = page.offstage_block(
        "bucket_size",
        float(np.abs(w.value).sum() + abs(theta.value) + abs(poured.value) + 0.1),
        lambda: absolute(w[0]) + absolute(w[1]) + absolute(w[2]) + absolute(theta) + absolute(poured) + as_expr(1) / 10,
        title=_("half the bucket's height"),
    )
    height, fired = float(level.value[3]), float(over.value)
    tall = float(size.value)
    with page.book.helpers.table(Counter(), 4) as t:
        wall_x = t.recorded("wall_x", np.array([0.0, 0.0, 1.0, 1.0]), title=_("bucket, across"))
        wall_y = t.derived(
            "wall_y", np.array([1, -1, -1, 1]) * tall, None, each=[size, -size, -size, size], title=_("bucket, up")
        )
    with page.book.helpers.table(Counter(), 2) as t:
        mark_x = t.recorded("theta_x", np.array([-0.06, 1.06]), title=_("mark, across"))
        mark_y = t.derived("theta_y", np.full(2, float(theta.value)), lambda i: theta, title=_("mark, up"))
    with page.book.helpers.table(Counter(), 3) as t:
        aside = t.recorded("spout_aside", np.array([0.0, 0.5, 0.5]), title=_("axon, across"))
        down = t.recorded("spout_down", np.array([0.0, 0.0, 1.0]), title=_("axon, up"))
        spout_x = t.derived(
            "spout_x", 1 + fired * aside.value, lambda i: 1 + over * aside[i], title=_("axon, across, when it runs")
        )
        spout_y = t.derived(
            "spout_y",
            theta.value - fired * down.value * (theta.value + tall),
            lambda i: theta - over * down[i] * (theta + size),
            title=_("axon, up, when it runs"),
        )
    strokes = np.arange(2 * LAYERS + 2)
    row = strokes // 2
    with page.book.helpers.table(Counter(), len(strokes)) as t:
        water_x = t.recorded("water_x", np.where(strokes % 2 == row % 2, 0.03, 0.97), title=_("water, across"))
        share = t.recorded("water_share", row / LAYERS, title=_("share of the height"))
        water_y = t.derived(
            "water_y",
            -tall + (height + tall) * row / LAYERS,
            lambda i: -size + (level[3] + size) * share[i],
            title=_("water, up"),
        )
    with page.book.helpers.table(Counter(), 2) as t:
        at_x = t.recorded("bucket_text_x", np.array([-0.28, 0.5]), title=_("words in the picture, across"))
        at_y = t.derived(
            "bucket_text_y",
            np.array([float(theta.value), (height - tall) / 2]),
            None,
            each=[theta + 0, (level[3] - size) / 2],
            title=_("words in the picture, up"),
        )
        text = t.derived(
            "bucket_text",
            np.array(["θ = " + fixed_text(float(theta.value), 2), fixed_text(height, 2)], dtype=object),
            None,
            each=[joined("θ = ", fixed(theta, 2)), fixed(level[3], 2)],
            title=_("words in the picture"),
            number_format="@",
        )
    words = tuple(
        Series(str(n + 1), at_x[n : n + 1], at_y[n : n + 1], Mark.LABEL, label=text[n : n + 1]) for n in range(2)
    )
    return Chart(
        "",
        (
            Series(_("water"), water_x[:], water_y[:], Mark.LINE, WATER, width=6),
            Series(_("bucket"), wall_x[:], wall_y[:], Mark.LINE, WALL, width=3),
            Series(_("axon"), spout_x[:], spout_y[:], Mark.LINE, WATER, width=6),
            Series(_("mark θ"), mark_x[:], mark_y[:], Mark.LINE, MARK, dashed=True),
            *words,
        ),
        "",
        "",
        _("A bucket with water in it; at the mark θ a pipe leads out, and water runs through it if it stands so high."),
        columns=7,
        rows=20,
        x_range=(-0.6, 1.7),
        legend=False,
        axes=False,
    )
