"""Page Loss: how wrong are these predictions? The reader chooses the loss; table, bars and sentence follow.

Guess first   which loss do the largest misses rule more: a squared one or an absolute one?
Yellow        the loss, by name: MSE, ½MSE, SSE, MSLE, MAE, MAPE or SAE
Live          its value, and the share that its largest row makes
Picture       what each row adds, and below it how strongly each prediction is pulled
Try           MSE, then MAE: how far does the longest bar stand out?
Your turn     how many times as large as MAE is SAE? (n: one is the sum, the other the mean)
Remember      the loss decides which misses matter
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.columns import caption
from scenarios.losses.each import EachLoss
from scenarios.losses.residuals import Points
from workbook.block import Block, Counter, OneOf, Role, Shading
from workbook.chart import Chart, Mark, Series
from workbook.formula import call, pick
from workbook.page import Page, Voice
from workbook.text import _

SHOWN = 12
"""No more rows than these fit beside the picture."""


def loss_page(page: Page, points: Points, each: EachLoss) -> None:
    """Let the reader choose the loss of the points."""
    names = tuple(loss.symbol for loss in each.losses)
    shown = min(SHOWN, len(points.y.value))
    with page.left():
        choice = page.given(
            "loss_choice", np.asarray(names[0], dtype=object), title=_("loss"), valid=OneOf(names), number_format="@"
        )
        at = names.index(str(choice.value))
        which = page.offstage(
            Block(
                "loss_which",
                Role.DERIVED,
                np.asarray(at + 1.0),
                formula=lambda: call("MATCH", choice, each.name, 0),
                **caption(_("which loss is chosen"), number_format="0"),
            )
        )
        page.gap()
        said = page.keep()
        page.gap()
        chosen = each.columns[at]
        with page.table(Counter(_("row ")), shown) as t:
            y, p, e = points.y, points.yhat, points.e
            fields = {"number_format": "0.00"}
            t.derived("chosen_y", y.value[:shown], lambda i: y[i], title=_("actual"), symbol="y", **fields)
            t.derived("chosen_yhat", p.value[:shown], lambda i: p[i], title=_("predicted"), symbol="ŷ", **fields)
            t.derived("chosen_e", e.value[:shown], lambda i: e[i], title=_("residual"), symbol="y − ŷ", **fields)
            term = t.derived(
                "chosen_term",
                chosen.term.value[:shown],
                lambda i: call("CHOOSE", which, *(rows.term[i] for rows in each.columns)),
                title=_("the row's term"),
                number_format="0.00",
                shading=Shading.BAR,
            )
            slope = t.gradient(
                "chosen_slope",
                chosen.slope.value[:shown],
                lambda i: call("CHOOSE", which, *(rows.slope[i] for rows in each.columns)),
                title=_("gradient"),
                symbol="∂C/∂ŷ",
                number_format="0.000",
            )
            value = Block(
                "chosen_loss",
                Role.DERIVED,
                np.asarray(each.value.value[at]),
                formula=lambda: pick(each.value, which),
                title=_("the chosen loss"),
                symbol="C",
                number_format="0.000",
            )
            t.total(term, value, _("loss C"))
        share = page.offstage(
            Block(
                "chosen_share",
                Role.DERIVED,
                np.asarray(each.share.value[at]),
                formula=lambda: pick(each.share, which),
                **caption(_("share of the largest term"), "%", "0.0"),
            )
        )
        with page.into(said):
            page.live(
                "loss_says",
                _(
                    "▶ {name} of these {n:0} predictions is {C:3}. The largest term alone makes {s:0} % of all terms together."
                ),
                name=choice,
                n=points.n,
                C=value,
                s=share,
            )
            page.say("loss_formula", str(each.formula.value[at]), pick(each.formula, which))
    axis = points.axis
    size: dict[str, Any] = {"columns": 8, "rows": 11}
    with page.right():
        adds = Series(_("the row's term"), axis[:shown], term[:], Mark.COLUMNS)
        pull = Series(_("gradient"), axis[:shown], slope[:], Mark.COLUMNS, "#7A3EA8")
        alts = (
            _("A column a row: its term of the loss."),
            _("A column a row: the gradient of the loss by that row's prediction."),
        )
        page.chart(Chart(_("What each row adds"), (adds,), axis.symbol, _("term"), alts[0], legend=False, **size))
        page.gap()
        page.chart(
            Chart(_("How each prediction is pulled"), (pull,), axis.symbol, "∂C/∂ŷ", alts[1], legend=False, **size)
        )
    page.try_(
        _(
            "Choose MAE, then MSE again: how far does the longest bar stand out in each? The predictions are yellow on the sheet Residuals."
        )
    )
    page.turn(
        "loss_turn",
        _("Choose SAE, then MAE, and divide. How many times as large is SAE?"),
        points.n,
        0.05,
        _("SAE is the sum over the rows, MAE their mean: they differ by n only."),
        _("divide the one by the other, or count the rows."),
    )
    page.remember(_("The loss decides which misses matter. Choose it before you learn."))
    _face(page.book.start, points, each)


def _face(start: Page, points: Points, each: EachLoss) -> None:
    """Show the points on the first page, and that two losses see them differently."""
    by_name = dict(zip((loss.symbol for loss in each.losses), range(len(each.losses)), strict=True))
    with start.left():
        start.sentence(
            "face",
            _("{n:0} predictions, two answers: MSE {mse:2}, MAE {mae:2}"),
            Voice.HEADLINE,
            n=points.n,
            mse=each.value[by_name["MSE"]],
            mae=each.value[by_name["MAE"]],
        )
    with start.right():
        actual = Series(_("actual y"), points.axis[:], points.y[:], Mark.POINTS, size=8)
        predicted = Series(_("predicted ŷ"), points.axis[:], points.yhat[:], Mark.POINTS, size=8, marker="diamond")
        alt = _("The actual values and the predictions as points; where they lie apart, the prediction misses.")
        start.chart(Chart("", (actual, predicted), points.axis.symbol, "y", alt, columns=8, rows=12))
