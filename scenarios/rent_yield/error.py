"""Page Error: square every miss, take half, add up: one number says how bad a line is."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.rent_yield.survey import FIRST, POINTS, Fit, same
from workbook.block import Block, Counter, Role, Shading
from workbook.chart import Chart, Mark, Series
from workbook.formula import largest
from workbook.page import Page
from workbook.text import _

WORKED, ASKED = 8, 7
"""The rows that are worked in full and asked for, where there are so many."""


def error_page(page: Page, fit: Fit) -> None:
    """Show the error of every row and its share of the loss."""
    survey, x, y, C, m, rows = fit.survey, fit.x, fit.y, fit.C, fit.m, fit.survey.shown
    worked, asked = min(WORKED, rows - 1), min(ASKED, rows - 1)
    whole = (C.value + m.value * x.value)[:rows]
    e = whole - y.value[:rows]
    with page.left():
        page.text(_("From here on both columns run from 0 (smallest) to 1 (largest), so that one rate suits both."))
        said, written = page.keep(), page.keep()
        with page.table(Counter(_("row ")), rows) as t:
            t.derived("error_x", x.value[:rows], same(x), "x", survey.x_name)
            t.derived("error_y", y.value[:rows], same(y), "y", survey.y_name)
            line = t.derived("line", whole, lambda i: C + m * x[i], "C + m·x", _("line"))
            error = t.derived("error", e, lambda i: line[i] - y[i], _("line − y"), _("error"))
            share = t.derived("share", e**2 / 2, lambda i: error[i] ** 2 / 2, "", _("½·error²"), shading=Shading.BAR)
            value = fit.loss_value(C.value, m.value)
            loss = Block("loss", Role.DERIVED, value, _("loss"), "L", formula=lambda: fit.loss(C, m))
            t.total(share, loss, _("loss L"))
        number: dict[str, Any] = {"L": loss, "row": str(worked + 1), "e": error[worked], "s": share[worked]}
        with page.into(said):
            page.live("error_says", _("▶ Row {row} misses by {e:3} and adds {s:3} to the loss of {L:3}."), **number)
        words = _("Row {row}: error = {line:3} − {y:3} = {e:3}, and ½·{e:3p}² = {s:3}.")
        with page.into(written):
            page.sentence("error_worked", words, line=line[worked], y=y[worked], **number)
    up, down = (
        page.offstage_block(
            f"stick_{id}", np.maximum(sign * e, 0), lambda i, s=sign: largest(s * error[i], 0), title=title
        )
        for id, sign, title in (
            ("up", -1, _("how far the stick of an error reaches up")),
            ("down", 1, _("how far the stick of an error reaches down")),
        )
    )
    points = Series(survey.points_name, x[:rows], y[:rows], Mark.POINTS, POINTS, size=9)
    sticks = (up[:], down[:])
    drawn = Series(_("line, and the errors"), x[:rows], line[:], Mark.LINE, FIRST, width=2.5, sticks=sticks)
    alt = _("The points, the line, and from the line to every point a red stick as long as its error.")
    with page.right():
        page.chart(Chart("", (points, drawn), "x", "y", alt, columns=8, rows=21))
    words = _("On Data, bring the rent of row {row} halfway to the line: its share of the loss falls to a quarter.")
    page.try_(words.format(row=worked + 1))
    question = _("How much does the error of row {row} add to the loss? (three decimals; 0.003 off is close enough)")
    hint = _("square the error, then take half.")
    page.turn("error_turn", question.format(row=asked + 1), share[asked], 0.003, _("Half of its square."), hint)
    page.remember(_("One number says how bad the line is; big misses count most."))
