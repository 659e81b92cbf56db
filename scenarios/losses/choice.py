"""Page Loss: how wrong are these predictions? The reader chooses the loss; table, bars and sentence follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from scenarios.losses.residuals import axis
from scenarios.losses.row_loss import RowLoss
from workbook.block import Block, Counter, OneOf, Role, Shading
from workbook.chart import Chart, Mark, Series
from workbook.formula import call, pick
from workbook.page import Page, Voice
from workbook.text import _

SHOWN = 12
"""No more rows than these fit beside the picture."""


def loss_page(page: Page, losses: Sequence[RowLoss]) -> None:
    """Let the reader choose the loss of the points."""
    book, names = page.book, tuple(loss.symbol for loss in losses)
    y, p, e, n, at = book["y"], book["yhat"], book["e"], book["n"], axis(book)
    shown = min(SHOWN, len(y.value))
    name, formula, values, shares = (book[f"each_{part}"] for part in ("name", "formula", "value", "share"))
    terms, slopes = ([book[f"{loss.id}_{part}"] for loss in losses] for part in ("term", "grad"))
    with page.left():
        choice = page.given("loss_choice", np.asarray(names[0], dtype=object), title=_("loss"), valid=OneOf(names))
        k, title = names.index(str(choice.value)), _("which loss is chosen")
        which = page.offstage_block("loss_which", k + 1.0, lambda: call("MATCH", choice, name, 0), title=title)
        page.gap()
        said = page.keep()
        page.gap()
        with page.table(Counter(_("row ")), shown) as t:
            t.derived("chosen_y", y.value[:shown], lambda i: y[i], "y", _("actual"))
            t.derived("chosen_yhat", p.value[:shown], lambda i: p[i], "ŷ", _("predicted"))
            t.derived("chosen_e", e.value[:shown], lambda i: e[i], "y − ŷ", _("residual"))
            value, title = terms[k].value[:shown], _("the row's term")
            term = t.derived(
                "chosen_term",
                value,
                lambda i: call("CHOOSE", which, *(term[i] for term in terms)),
                title=title,
                shading=Shading.BAR,
            )
            value, title = slopes[k].value[:shown], _("gradient")
            slope = t.gradient(
                "chosen_slope", value, lambda i: call("CHOOSE", which, *(s[i] for s in slopes)), "∂L/∂ŷ", title
            )
            L = Block("chosen_loss", Role.DERIVED, np.asarray(values.value[k]), formula=lambda: pick(values, which))
            t.total(term, L, _("loss L"))
        title = _("share of the largest term")
        share = page.offstage_block("chosen_share", shares.value[k], lambda: pick(shares, which), title=title)
        with page.into(said):
            words = _(
                "▶ {name} of these {n:0} predictions is {L:3}. The largest term makes {s:0} % of all terms together."
            )
            page.live("loss_says", words, name=choice, n=n, L=L, s=share)
            page.say("loss_formula", str(formula.value[k]), pick(formula, which))
    pictures = (
        (_("What each row adds"), _("A column a row: its term of the loss."), term, _("term"), None),
        (
            _("How each prediction is pulled"),
            _("A column a row: the gradient by its prediction."),
            slope,
            "∂L/∂ŷ",
            "#7A3EA8",
        ),
    )
    size: dict[str, Any] = {"columns": 8, "rows": 11, "legend": False}
    with page.right():
        for title, alt, column, label, colour in pictures:
            bars = (Series(label, at[:shown], column[:], Mark.COLUMNS, colour),)
            page.chart(Chart(title, bars, at.symbol, label, alt, **size))
    page.try_(_("Choose MAE, then MSE again: how far does the longest bar stand out in each?"))
    page.turn(
        "loss_turn",
        _("Choose SAE, then MAE, and divide. How many times as large is SAE?"),
        n,
        0.05,
        _("SAE is the sum over the rows, MAE their mean: they differ by n only."),
        _("divide the one by the other, or count the rows."),
    )
    page.remember(_("The loss decides which misses matter. Choose it before you learn."))
    page.source(_("The predictions are yellow on the sheet Residuals."))
    with book.start.left():
        words = _("{n:0} predictions, two answers: MSE {mse:2}, MAE {mae:2}")
        mse, mae = (values[names.index(name)] for name in ("MSE", "MAE"))
        book.start.sentence("face", words, Voice.HEADLINE, n=n, mse=mse, mae=mae)
    with book.start.right():
        actual = Series(_("actual y"), at[:], y[:], Mark.POINTS, size=8)
        predicted = Series(_("predicted ŷ"), at[:], p[:], Mark.POINTS, size=8, marker="diamond")
        alt = _("The actual values and the predictions as points; where they lie apart, the prediction misses.")
        book.start.chart(Chart("", (actual, predicted), at.symbol, "y", alt, columns=8, rows=12))
