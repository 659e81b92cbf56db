"""Page Guess: twelve rents, and a line of the reader's own."""

from __future__ import annotations

import numpy as np

from scenarios.rent_yield.new_office import Office
from scenarios.rent_yield.survey import POINTS, YOURS, Scaled, Sums, Survey, Weights, shown_columns
from workbook.block import Between, Block, Role, Shading
from workbook.chart import Chart, Mark, Series
from workbook.formula import Operand
from workbook.page import Page, Voice
from workbook.text import _

OWN_C, OWN_M = 0.52, 0.81


def guess_page(page: Page, survey: Survey, scaled: Scaled, sums: Sums, least: Block, office: Office) -> Weights:
    """Let the reader put a line through the points; say what it asks for, and how bad it is."""
    x, y, rows = scaled.x, scaled.y, survey.shown
    with page.left():
        with page.beside():
            C = page.given("own_C", OWN_C, symbol="C", title=_("left end"), valid=Between(-100, 100))
            m = page.given("own_m", OWN_M, symbol="m", title=_("rise to the right"), valid=Between(-100, 100))
        page.gap()
        said = page.keep()
        page.gap()
        line = C.value + m.value * x.value
        with page.table(None, rows) as t:
            shown_columns(t, "guess", survey, scaled)
            asks = t.derived(
                "own_line",
                scaled.raw_y_value(line)[:rows],
                lambda i: scaled.raw_y(C + m * x[i]),
                title=_("your line"),
                unit=survey.y_unit,
                number_format="#,##0.0",
            )
            error = t.derived(
                "own_error",
                (line - y.value)[:rows],
                lambda i: C + m * x[i] - y[i],
                title=_("error"),
                symbol=_("line − y, scaled"),
                number_format="0.000",
            )
            share = t.derived(
                "own_share",
                (line - y.value)[:rows] ** 2 / 2,
                lambda i: error[i] ** 2 / 2,
                title="½·error²",
                number_format="0.000",
                shading=Shading.BAR,
            )
            loss = Block(
                "own_loss",
                Role.DERIVED,
                np.sum((line - y.value) ** 2) / 2,
                formula=lambda: sums.loss(C, m),
                symbol="L",
                title=_("loss of your line"),
                number_format="0.000",
            )
            t.total(share, loss, _("loss L"))
        rent = office.rent(page, "own", Weights(C, m), _("what your line asks for the new one"))
        with page.into(said):
            page.live(
                "own_says",
                _(
                    "▶ Your line asks {rent:2} {unit} for {area:0} {size}. Its loss is {loss:3}; the best possible line has {least:3}."
                ),
                rent=rent,
                area=office.X,
                loss=loss,
                least=least,
                unit=survey.y_unit,
                size=survey.x_unit,
            )
    with page.right():
        page.chart(
            Chart(
                "",
                (
                    Series(survey.points_name, scaled.area[:], scaled.rent[:], Mark.POINTS, POINTS, size=9),
                    Series(_("your line"), scaled.area[:rows], asks[:], Mark.LINE, YOURS, width=2.5),
                    Series(
                        office.name,
                        office.X.whole(),
                        rent.whole(),
                        Mark.POINTS,
                        YOURS,
                        size=12,
                        marker="diamond",
                        hollow=True,
                    ),
                ),
                survey.x_label,
                survey.y_label,
                _("The rows as green points, your line in orange, and the new office as a hollow mark on it."),
                columns=9,
                rows=21,
            )
        )
    _questions(page, x, y, sums, C, m)
    _face(page.book.start, survey, scaled, asks, loss)
    return Weights(C, m)


def _face(start: Page, survey: Survey, scaled: Scaled, asks: Block, loss: Block) -> None:
    """Show the points and the reader's line on the first page."""
    with start.left():
        start.sentence("face", _("Your line's loss: {loss:3}"), Voice.HEADLINE, loss=loss)
    with start.right():
        start.chart(
            Chart(
                "",
                (
                    Series(survey.points_name, scaled.area[:], scaled.rent[:], Mark.POINTS, POINTS),
                    Series(
                        _("your line (sheet Guess)"), scaled.area[: survey.shown], asks[:], Mark.LINE, YOURS, width=2.5
                    ),
                ),
                survey.x_label,
                survey.y_label,
                _("The rows as green points, and your line from the sheet Guess."),
                columns=8,
                rows=12,
            )
        )


def _questions(page: Page, x: Block, y: Block, sums: Sums, C: Block, m: Block) -> None:
    def formula() -> Operand:
        return (sums.Sy - m * sums.Sx) / sums.n

    lowest = page.offstage(
        Block(
            "own_C_best",
            Role.DERIVED,
            (y.value.sum() - m.value * x.value.sum()) / x.value.size,
            formula=formula,
            title=_("the left end of least loss, for your rise"),
        )
    )
    page.try_(
        _(
            "Type 0.3 for C: the line drops, and so do its loss and the rent that it asks. Go on until its loss is close to the best."
        )
    )
    page.turn(
        "guess_turn",
        _("Leave m as it is. Which C makes the loss smallest? (two decimals; 0.03 off is close enough)"),
        lowest,
        0.03,
        _("You have just done by hand what the next sheets do by rule."),
        _("type it for C above and look at the loss; too high or too low, it grows."),
    )
    page.remember(_("Learning means looking for the numbers that make the loss small."))
