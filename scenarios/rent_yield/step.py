"""Page Step: both numbers move against their slopes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from scenarios.common.outcome import outcome
from scenarios.rent_yield.survey import (
    ARTICLE_AREA,
    ARTICLE_LR,
    FIRST,
    LEARNED,
    POINTS,
    Scaled,
    Start,
    Sums,
    Survey,
    Weights,
    loss,
)
from workbook.block import Between, Block, Role
from workbook.chart import Chart, Mark, Series
from workbook.formula import Operand
from workbook.page import Page, Voice
from workbook.text import _


def rate_for(n: int) -> float:
    """Return the learning rate for n rows where none is set: the article's 0.01 belongs to its twelve, and slopes are sums."""
    return float(f"{ARTICLE_LR * len(ARTICLE_AREA) / n:.2g}")


def learning_rate(page: Page, survey: Survey, first: Weights, rate: float) -> Start:
    """Begin the page with the yellow cell: the learning rate."""
    with page.left():
        lr = page.given(
            "lr",
            rate,
            symbol="η",
            title=_("learning rate"),
            valid=Between(0, 1),
            article=np.asarray(ARTICLE_LR),
            number_format="General",
        )
    if not survey.is_article and rate == rate_for(survey.n) != ARTICLE_LR:
        page.source(
            _(
                "The article's 0.01 belongs to its 12 rows. Gradients are sums over the rows, so the same step for your {n} rows is 0.01·12/{n} = {lr:g}, rounded to two digits."
            ).format(n=survey.n, lr=rate)
        )
    return Start(first.C, first.m, lr)


def step_page(
    page: Page, survey: Survey, scaled: Scaled, start: Start, sums: Sums, before: Block, slopes: Block
) -> None:
    """Take one step; show the line before and after it. The learning rate stands on this page already."""
    C, m, lr = start.C, start.m, start.lr
    old, slope = np.array([C.value, m.value]), slopes.value
    new = old - lr.value * slope
    after_value = loss(scaled.x.value, scaled.y.value, float(new[0]), float(new[1]))
    with page.left():
        page.gap()
        said = page.keep()
        page.gap()
        names = [_("left end C"), _("rise m"), _("loss L")]
        with page.table(names, 3) as t:
            t.add(_column("step_before", Role.DERIVED, [*old, before.value], [C, m, before], _("before")))
            after = t.add(
                _column(
                    "step_after",
                    Role.UPDATED,
                    [*new, after_value],
                    [C - lr * slopes[0], m - lr * slopes[1], sums.loss(C - lr * slopes[0], m - lr * slopes[1])],
                    _("after"),
                )
            )
        page.sentence(
            "step_C", _("C: {old:3} − {lr:3}·{slope:3p} = {new:3}"), old=C, lr=lr, slope=slopes[0], new=after[0]
        )
        page.sentence(
            "step_m", _("m: {old:3} − {lr:3}·{slope:3p} = {new:3}"), old=m, lr=lr, slope=slopes[1], new=after[1]
        )
        with page.into(said):
            _say(page, lr, before, after)
    with page.right():
        page.chart(_chart(page, survey, scaled, start, after))
    page.try_(_("Type 0.05, then 0.1, then 0.2: does a larger step always help? Watch the line and the loss."))
    page.turn(
        "step_turn",
        _("With the learning rate 0.05, what will the new C be? (three decimals; 0.002 off is close enough)"),
        page.offstage(
            Block(
                "step_C_asked",
                Role.DERIVED,
                old[0] - slope[0] / 100 * 5,
                formula=lambda: C - slopes[0] / 100 * 5,
                title=_("new C at the learning rate 0.05"),
            )
        ),
        0.002,
        _("Old C minus learning rate times slope."),
        _("old C minus learning rate times the slope in C (sheet Slope)."),
    )
    page.remember(_("Too small creeps, too large overshoots."))


def _column(id: str, role: Role, value: Sequence[Any], each: list[Operand], title: str) -> Block:
    return Block(id, role, np.array(value, dtype=float), each=each, title=title, number_format="0.000")


def _say(page: Page, lr: Block, before: Block, after: Block) -> None:
    new_loss = page.offstage(
        Block(
            "step_loss",
            Role.DERIVED,
            after.value[2],
            formula=lambda: after[2],
            symbol="L₁",
            title=_("loss after one step"),
        )
    )
    value, formula = outcome(
        before,
        new_loss,
        lr,
        _("the loss falls"),
        _("the loss RISES, the step jumped over the valley"),
        _("the loss hardly changes: its slope here, or the learning rate, is nearly 0"),
    )
    verdict = page.offstage(
        Block("step_verdict", Role.DERIVED, value, formula=formula, title=_("what one step does"), number_format="@")
    )
    page.sentence(
        "step_says",
        _("▶ Learning rate {lr:2}: {verdict}. From {before:3} to {after:3}."),
        Voice.LIVE,
        lr=lr,
        verdict=verdict,
        before=before,
        after=new_loss,
    )


def _chart(page: Page, survey: Survey, scaled: Scaled, start: Start, after: Block) -> Chart:
    C, m = start.C, start.m
    with page.book.helpers.table(["x = 0", "x = 1"], 2) as t:
        ends = t.recorded("step_ends", np.array([0.0, 1.0]), title="x")
        old = t.derived(
            "step_old_line", C.value + m.value * ends.value, lambda i: C + m * ends[i], title=_("line before the step")
        )
        new = t.derived(
            "step_new_line",
            after.value[0] + after.value[1] * ends.value,
            lambda i: after[0] + after[1] * ends[i],
            title=_("line after the step"),
        )
    return Chart(
        "",
        (
            Series(survey.points_name, scaled.x[:], scaled.y[:], Mark.POINTS, POINTS, size=9),
            Series(_("before"), ends[:], old[:], Mark.LINE, FIRST, dashed=True),
            Series(_("after one step"), ends[:], new[:], Mark.LINE, LEARNED, width=2.5),
        ),
        "x",
        "y",
        _("The points, the line before the step dashed, and the line after it."),
        columns=8,
        rows=21,
    )
