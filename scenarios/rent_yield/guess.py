"""Page Guess: twelve rents, and a line of the reader's own."""

from __future__ import annotations

from dataclasses import replace

from scenarios.rent_yield.new_office import asked_rent
from scenarios.rent_yield.survey import NEW_MARK, POINTS, YOURS, Fit, Line, shown_columns
from workbook.block import Between, Block, Role, Shading
from workbook.chart import Chart, Mark, Series
from workbook.page import Page, Voice
from workbook.text import _

ENDS = Between(-100, 100)


def guess_page(page: Page, fit: Fit) -> Line:
    """Let the reader put a line through the points; say what it asks for, and how bad it is."""
    survey, x, y, rows = fit.survey, fit.x, fit.y, fit.survey.shown
    with page.left():
        with page.beside():
            C = page.given("own_C", 0.52, "C", _("left end"), valid=ENDS)
            m = page.given("own_m", 0.81, "m", _("rise to the right"), valid=ENDS)
        page.gap()
        said = page.keep()
        page.gap()
        line = C.value + m.value * x.value
        e = (line - y.value)[:rows]
        with page.table(None, rows) as t:
            shown_columns(t, "guess", fit)
            shown = {"title": _("your line"), "unit": survey.y_unit, "number_format": "#,##0.0"}
            asks = t.derived("own_line", fit.raw_y_value(line)[:rows], lambda i: fit.raw_y(C + m * x[i]), **shown)
            error = t.derived("own_error", e, lambda i: C + m * x[i] - y[i], _("line − y, scaled"), _("error"))
            share = t.derived(
                "own_share", e**2 / 2, lambda i: error[i] ** 2 / 2, "", _("½·error²"), shading=Shading.BAR
            )
            value = fit.loss_value(C.value, m.value)
            loss = Block("own_loss", Role.DERIVED, value, _("loss of your line"), "L", formula=lambda: fit.loss(C, m))
            t.total(share, loss, _("loss L"))
        rent = asked_rent(page, fit, "own", Line(C, m), _("what your line asks for the new one"))
        with page.into(said):
            words = _(
                "▶ Your line asks {rent_own:2} {unit} for {new_X:0} {size}. Its loss is {own_loss:3}; the best possible line has {loss_best:3}."
            )
            page.live("own_says", words, unit=survey.y_unit, size=survey.x_unit)
    points = Series(survey.points_name, fit.area[:], fit.rent[:], Mark.POINTS, POINTS, size=9)
    asked, mark = page.book["new_X"].whole(), NEW_MARK
    own = Series(_("your line"), fit.area[:rows], asks[:], Mark.LINE, YOURS, width=2.5)
    new = Series(survey.new_name, asked, rent.whole(), Mark.POINTS, YOURS, **mark)
    alt = _("The rows as green points, your line in orange, and the new office as a hollow mark on it.")
    with page.right():
        page.chart(Chart("", (points, own, new), survey.x_label, survey.y_label, alt, columns=9, rows=21))
    _questions(page, fit, C, m)
    with page.book.start.left():
        page.book.start.sentence("face", _("Your line's loss: {own_loss:3}"), Voice.HEADLINE)
    own = replace(own, name=_("your line (sheet Guess)"))
    alt = _("The rows as green points, and your line from the sheet Guess.")
    with page.book.start.right():
        page.book.start.chart(Chart("", (points, own), survey.x_label, survey.y_label, alt, columns=8, rows=12))
    return Line(C, m)


def _questions(page: Page, fit: Fit, C: Block, m: Block) -> None:
    page.try_(_("Type 0.3 for C: line, loss and rent drop. Go on until the loss is close to the best."))
    lowest = page.offstage_block(
        "own_C_best",
        (fit.y.value.sum() - m.value * fit.x.value.sum()) / fit.survey.n,
        lambda: (fit.Sy - m * fit.Sx) / fit.n,
        title=_("the left end of least loss, for your rise"),
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
