"""Page Error: square every miss, take half, add up: one number says how bad a line is."""

from __future__ import annotations

import numpy as np

from scenarios.rent_yield.survey import FIRST, POINTS, Scaled, Start, Sums, Survey
from workbook.block import Block, Counter, Role, Shading
from workbook.chart import Chart, Mark, Series
from workbook.formula import Operand, largest
from workbook.page import Page
from workbook.text import _

WORKED, ASKED = 8, 7
"""The rows that are worked in full and asked for, where there are so many."""


def error_page(page: Page, survey: Survey, scaled: Scaled, start: Start, sums: Sums) -> Block:
    """Show the error of every row and its share of the loss; return the loss."""
    x, y, C, m, rows = scaled.x, scaled.y, start.C, start.m, survey.shown
    worked, asked = min(WORKED, rows - 1), min(ASKED, rows - 1)
    whole = C.value + m.value * x.value
    e = (whole - y.value)[:rows]
    with page.left():
        page.text(
            _(
                "From here both columns run from 0 (smallest) to 1 (largest), so that one learning rate suits both numbers."
            )
        )
        said, written = page.keep(), page.keep()
        with page.table(Counter(_("row ")), rows) as t:
            t.derived("error_x", x.value[:rows], lambda i: x[i], title=survey.x_name, symbol="x", number_format="0.000")
            t.derived("error_y", y.value[:rows], lambda i: y[i], title=survey.y_name, symbol="y", number_format="0.000")
            line = t.derived(
                "line", whole[:rows], lambda i: C + m * x[i], title=_("line"), symbol="C + m·x", number_format="0.000"
            )
            error = t.derived(
                "error", e, lambda i: line[i] - y[i], title=_("error"), symbol=_("line − y"), number_format="0.000"
            )
            share = t.derived(
                "share",
                e**2 / 2,
                lambda i: error[i] ** 2 / 2,
                title="½·error²",
                number_format="0.000",
                shading=Shading.BAR,
            )
            loss = Block(
                "loss",
                Role.DERIVED,
                np.sum((whole - y.value) ** 2) / 2,
                formula=lambda: sums.loss(C, m),
                symbol="L",
                title=_("loss"),
                number_format="0.000",
            )
            t.total(share, loss, _("loss L"))
        with page.into(said):
            page.live(
                "error_says",
                _("▶ Row {row} misses by {e:3} and adds {s:3} to the loss of {L:3}."),
                row=str(worked + 1),
                e=error[worked],
                s=share[worked],
                L=loss,
            )
        with page.into(written):
            page.sentence(
                "error_worked",
                _("Row {row}: error = {line:3} − {y:3} = {e:3}, and ½·{e:3p}² = {s:3}."),
                row=str(worked + 1),
                line=line[worked],
                y=y[worked],
                e=error[worked],
                s=share[worked],
            )
    with page.right():
        page.chart(_chart(page, survey, scaled, line, error, e))
    page.try_(
        _(
            "On the sheet Data, bring the rent of row {row} halfway to the line: its error halves, its share of the loss falls to a quarter."
        ).format(row=worked + 1)
    )
    page.turn(
        "error_turn",
        _(
            "Look at the error of row {row}. How much does it add to the loss? (three decimals; 0.003 off is close enough)"
        ).format(row=asked + 1),
        share[asked],
        0.003,
        _("Half of its square."),
        _("square the error, then take half."),
    )
    page.remember(_("One number says how bad the line is; big misses count most."))
    return loss


def _chart(page: Page, survey: Survey, scaled: Scaled, line: Block, error: Block, e: np.ndarray) -> Chart:
    def reach(id: str, value: np.ndarray, sign: int, title: str) -> Block:
        def formula(i: object) -> Operand:
            return largest(sign * error[i], 0)  # type: ignore[index]

        return page.offstage(Block(id, Role.DERIVED, value, formula=formula, title=title))

    up = reach("stick_up", np.maximum(-e, 0), -1, _("how far the stick of an error reaches up"))
    down = reach("stick_down", np.maximum(e, 0), 1, _("how far the stick of an error reaches down"))
    rows = survey.shown
    return Chart(
        "",
        (
            Series(survey.points_name, scaled.x[:rows], scaled.y[:rows], Mark.POINTS, POINTS, size=9),
            Series(
                _("line, and the errors"),
                scaled.x[:rows],
                line[:],
                Mark.LINE,
                FIRST,
                width=2.5,
                sticks=(up[:], down[:]),
            ),
        ),
        "x",
        "y",
        _("The points, the line, and from the line to every point a red stick as long as its error."),
        columns=8,
        rows=21,
    )
