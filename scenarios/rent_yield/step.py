"""Page Step: both numbers move against their slopes."""

from __future__ import annotations

import numpy as np

from scenarios.common.outcome import outcome
from scenarios.rent_yield.survey import ARTICLE_AREA, FIRST, LEARNED, POINTS, Fit, Survey, drawn_lines, gathered
from workbook.block import Block, Role
from workbook.chart import Chart, Mark, Series
from workbook.page import Page
from workbook.parameter import Parameter
from workbook.text import N_, _

RATE = N_("learning rate; with your own n rows it is 0.01·12/n unless you set it, since gradients are sums")
ETA = Parameter("lr", 0.01, RATE, 0, 1, symbol="η", printed=True)


def rate_for(n: int) -> float:
    """Return the learning rate for n rows where none is set: the article's 0.01 belongs to its twelve, and slopes are sums."""
    return float(f"{float(ETA.default) * len(ARTICLE_AREA) / n:.2g}")


def learning_rate(page: Page, survey: Survey) -> Block:
    """Begin the page with the yellow cell: the learning rate."""
    with page.left():
        lr = page.setting(ETA, title=_("learning rate"), number_format="General")
    if not survey.is_article and lr.value == rate_for(survey.n) != ETA.default:
        words = _("The article's 0.01 belongs to 12 rows. Slopes are sums: for {n} rows it is 0.01·12/{n} = {lr:g}.")
        page.source(words.format(n=survey.n, lr=float(lr.value)))
    return lr


def step_page(page: Page, fit: Fit, slopes: Block) -> None:
    """Take one step; show the line before and after it. The learning rate stands on this page already."""
    C, m, lr, before = fit.C, fit.m, fit.lr, page.book["loss"]
    new = np.array([C.value, m.value]) - lr.value * slopes.value
    value = np.array([*new, fit.loss_value(*new)])
    with page.left():
        page.gap()
        said = page.keep()
        page.gap()
        with page.table([_("left end C"), _("rise m"), _("loss L")], 3) as t:
            t.add(gathered("step_before", [C, m, before], _("before")))
            C1, m1 = C - lr * slopes[0], m - lr * slopes[1]
            after = t.add(Block("step_after", Role.UPDATED, value, _("after"), each=[C1, m1, fit.loss(C1, m1)]))
        C_words, m_words = _("C: {old:3} − {lr:3}·{slope:3p} = {new:3}"), _("m: {old:3} − {lr:3}·{slope:3p} = {new:3}")
        page.sentence("step_C", C_words, old=C, slope=slopes[0], new=after[0])
        page.sentence("step_m", m_words, old=m, slope=slopes[1], new=after[1])
        with page.into(said):
            _say(page, lr, after)
    with page.right():
        page.chart(_chart(page, fit, after))
    page.try_(_("Type 0.05, then 0.1, then 0.2: does a larger step always help? Watch the line and the loss."))
    asked = _("new C at the learning rate 0.05")
    page.turn(
        "step_turn",
        _("With the learning rate 0.05, what will the new C be? (three decimals; 0.002 off is close enough)"),
        page.offstage_block(
            "step_C_asked", C.value - slopes.value[0] / 100 * 5, lambda: C - slopes[0] / 100 * 5, title=asked
        ),
        0.002,
        _("Old C minus learning rate times slope."),
        _("old C minus learning rate times the slope in C (sheet Slope)."),
    )
    page.remember(_("Too small creeps, too large overshoots."))


def _say(page: Page, lr: Block, after: Block) -> None:
    before = page.book["loss"]
    new = page.offstage_block("step_loss", after.value[2], lambda: after[2], title=_("loss after one step"))
    fell, rose = _("the loss falls"), _("the loss RISES, the step jumped over the valley")
    stayed = _("the loss hardly changes: its slope here, or the learning rate, is nearly 0")
    value, formula = outcome(before, new, lr, fell, rose, stayed)
    page.offstage_block("step_verdict", value, formula, title=_("what one step does"), number_format="@")
    page.live("step_says", _("▶ Learning rate {lr:2}: {step_verdict}. From {loss:3} to {step_loss:3}."))


def _chart(page: Page, fit: Fit, after: Block) -> Chart:
    lines = (("old", _("line before the step"), fit.C, fit.m), ("new", _("line after the step"), after[0], after[1]))
    ends = drawn_lines(page.book, fit, "step_line", lines, scaled=True)
    old, new = page.book["step_line_old"], page.book["step_line_new"]
    series = (
        Series(fit.survey.points_name, fit.x[:], fit.y[:], Mark.POINTS, POINTS, size=9),
        Series(_("before"), ends[:], old[:], Mark.LINE, FIRST, dashed=True),
        Series(_("after one step"), ends[:], new[:], Mark.LINE, LEARNED, width=2.5),
    )
    alt = _("The points, the line before the step dashed, and the line after it.")
    return Chart("", series, "x", "y", alt, columns=8, rows=21)
