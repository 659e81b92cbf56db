"""Page Bucket: the same neuron as the article's bucket of water, with pipes that fill it and pipes that drain it."""

from __future__ import annotations

import numpy as np

from scenarios.common.activations import unit_step, unit_step_formula
from workbook.block import Between, Block
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, absolute, added, as_expr, equal, fixed, if_, joined
from workbook.page import Page
from workbook.text import _, shown_text

WATER, WALL, MARK = "#5AA7DB", "#5B6472", "#C2553F"
LAYERS = 40
"""Strokes of which the water is painted."""


def bucket_page(page: Page) -> None:
    """Let the pipes run one after the other, and show how high the water stands."""
    s, theta, wx = (page.book[id] for id in ("s", "theta", "wx"))
    with page.left():
        title = _("water that you pour in beforehand")
        poured = page.given("poured", 0.0, "b", title, valid=Between(-20, 20))
        page.gap()
        said = page.keep()
        page.gap()
        brought = np.array([float(poured.value), *wx.value])
        with page.table([_("poured in"), _("pipe 1"), _("pipe 2"), _("pipe 3")], 4) as t:
            each = [poured, wx[0], wx[1], wx[2]]
            change = t.derived("change", brought, None, "wᵢ·xᵢ", _("what it brings"), each=each)
            heights = [change[0], *(added(*(change[k] for k in range(n))) for n in (2, 3, 4))]
            level = t.derived("level", np.cumsum(brought), None, title=_("height of the water"), each=heights)
        page.sentence("bucket_words", "{poured:2p} + {change[1]:2p} + {change[2]:2p} + {change[3]:2p} = {level[3]:2}")
        page.text(_("x says which pipes run; w how thick a pipe is, and whether it fills or drains."))
        page.text(_("The water's height is the cell's membrane potential."))
    over = _verdict(page, theta, level)
    with page.into(said):
        page.live("bucket_says", _("▶ The water stands at {level[3]:2}, {short:2} {over_words}."))
    with page.right():
        page.chart(_picture(page, theta, poured, level, over))
    page.try_(_("Pour in as much as is missing: the water reaches the mark and runs out. What you pour in is a bias."))
    page.turn(
        "bucket_turn",
        _("How much must be poured in so that the water just reaches the mark? (two decimals)"),
        page.offstage_block(
            "bucket_missing", theta.value - s.value, lambda: theta - s, title=_("what must be poured in")
        ),
        0.005,
        _("The mark less what the pipes bring."),
        _("take the pipes' sum away from the mark θ (sheet Neuron)."),
    )
    page.remember(_("A bias is water that is in the bucket before any pipe runs."))
    page.source(_("The bucket is the article's own picture, without numbers; these are those of the sheet Neuron."))


def _verdict(page: Page, theta: Block, level: Block) -> Block:
    """Say how far the water is from the mark, and on which side; return 1 where it runs over."""
    away = float(level.value[3] - theta.value)
    page.offstage_block("short", abs(away), lambda: absolute(theta - level[3]), title=_("distance to the mark"))
    reached, title = unit_step(away), _("does it run over?")
    over = page.offstage_block("over", reached, lambda: unit_step_formula(level[3] - theta), title=title)
    yes = str(_("above the mark or at it: the water runs out through the axon"))
    no = str(_("below the mark: nothing runs out"))
    words = np.asarray(yes if reached else no, dtype=object)
    page.offstage_block("over_words", words, lambda: if_(equal(over, 1), yes, no), title=_("in words"))
    return over


def _picture(page: Page, theta: Block, poured: Block, level: Block, over: Block) -> Chart:
    """Draw the bucket from the lowest to the highest level that its pipes can bring."""
    w, helper = page.book["w"], page.offstage_block
    mark, fired, height = float(theta.value), float(over.value), float(level.value[3])

    def size_formula() -> Expr:
        return absolute(w[0]) + absolute(w[1]) + absolute(w[2]) + absolute(theta) + absolute(poured) + as_expr(1) / 10

    tall = float(np.abs(w.value).sum() + abs(mark) + abs(poured.value) + 0.1)
    size = helper("bucket_size", tall, size_formula, title=_("half the bucket's height"))
    wall_x = helper("wall_x", [0.0, 0.0, 1.0, 1.0], title=_("bucket, across"))
    walls = np.array([1, -1, -1, 1]) * tall
    wall_y = helper("wall_y", walls, each=[size, -size, -size, size], title=_("bucket, up"))
    theta_x = helper("theta_x", [-0.06, 1.06], title=_("mark, across"))
    theta_y = helper("theta_y", np.full(2, mark), lambda i: theta, title=_("mark, up"))
    aside = helper("spout_aside", [0.0, 0.5, 0.5], title=_("axon, across"))
    down = helper("spout_down", [0.0, 0.0, 1.0], title=_("axon, up"))
    title = _("axon, across, when it runs")
    spout_x = helper("spout_x", 1 + fired * aside.value, lambda i: 1 + over * aside[i], title=title)
    falls = mark - fired * down.value * (mark + tall)
    title = _("axon, up, when it runs")
    spout_y = helper("spout_y", falls, lambda i: theta - over * down[i] * (theta + size), title=title)
    strokes = np.arange(2 * LAYERS + 2)
    water_x = helper("water_x", np.where(strokes % 2 == strokes // 2 % 2, 0.03, 0.97), title=_("water, across"))
    share = helper("water_share", strokes // 2 / LAYERS, title=_("share of the height"))
    painted = -tall + (height + tall) * share.value
    water_y = helper("water_y", painted, lambda i: -size + (level[3] + size) * share[i], title=_("water, up"))
    at_x = helper("bucket_text_x", [-0.28, 0.5], title=_("words in the picture, across"))
    heights: list[Expr] = [theta + 0, (level[3] - size) / 2]
    title = _("words in the picture, up")
    at_y = helper("bucket_text_y", [mark, (height - tall) / 2], each=heights, title=title)
    texts = np.array(["θ = " + shown_text(mark, 2), shown_text(height, 2)], dtype=object)
    said = [joined("θ = ", fixed(theta, 2)), fixed(level[3], 2)]
    text = helper("bucket_text", texts, each=said, title=_("words in the picture"))
    ends = (slice(0, 1), slice(1, 2))
    words = [Series(str(n), at_x[here], at_y[here], Mark.LABEL, label=text[here]) for n, here in enumerate(ends, 1)]
    series = (
        Series(_("water"), water_x[:], water_y[:], Mark.LINE, WATER, width=6),
        Series(_("bucket"), wall_x[:], wall_y[:], Mark.LINE, WALL, width=3),
        Series(_("axon"), spout_x[:], spout_y[:], Mark.LINE, WATER, width=6),
        Series(_("mark θ"), theta_x[:], theta_y[:], Mark.LINE, MARK, dashed=True),
        *words,
    )
    alt = _(
        "A bucket with water in it; at the mark θ a pipe leads out, and water runs through it if it stands so high."
    )
    return Chart("", series, "", "", alt, columns=7, rows=20, x_range=(-0.6, 1.7), legend=False, axes=False)
