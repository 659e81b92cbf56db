"""Page NewOffice: the question that started it, a prediction for an x that is not in the data."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from scenarios.rent_yield.survey import (
    BEST,
    LEARNED,
    NEW_MARK,
    POINTS,
    YOURS,
    Fit,
    Line,
    between,
    drawn_lines,
    gathered,
    number_format,
)
from workbook.block import Between, Block
from workbook.chart import Chart, Mark, Series
from workbook.formula import either, if_
from workbook.page import Page
from workbook.text import _

ASKED = 1000.0
"""The area asked for, chosen here: the article asks for "a new office" and names none."""

Lines = Mapping[str, tuple[str, Line, Block]]
"""The lines that answer, by id: name, line and loss."""


def asked_rent(page: Page, fit: Fit, id: str, line: Line, title: str) -> Block:
    """Return what a line asks for the new office, in the units of the data."""
    x = page.book["new_x_scaled"]
    value, shown = fit.raw_y_value(line.C.value + line.m.value * x.value), {"unit": fit.survey.y_unit, "title": title}
    return page.offstage_block(f"rent_{id}", value, lambda: fit.raw_y(line.C + line.m * x), **shown)


def new_office(page: Page, fit: Fit) -> None:
    """Begin the page with the yellow cell: the area of the new office."""
    survey = fit.survey
    asked = ASKED if survey.is_article else float(np.median(survey.x))
    bound = max(1e6, 10 * float(np.abs(survey.x).max()))
    digits = number_format(np.append(survey.x, asked))
    with page.left():
        X = page.given(
            "new_X", asked, "X", survey.x_name, unit=survey.x_unit, valid=Between(-bound, bound), number_format=digits
        )
    low, high = fit.x_min.value, fit.x_max.value
    page.offstage_block(
        "new_x_scaled",
        (X.value - low) / (high - low) if high > low else 0.0,
        lambda: between(fit.x_min, fit.x_max, X),
        title=_("{x} of the new one, scaled").format(x=survey.x_name),
    )


def new_office_page(page: Page, fit: Fit, lines: Lines) -> None:
    """Let three lines answer: the reader's own, the learned one, the best one."""
    survey = fit.survey
    rents = {id: asked_rent(page, fit, f"{id}_new", line, name) for id, (name, line, _loss) in lines.items()}
    with page.left():
        page.gap()
        said = page.keep()
        page.gap()
        with page.table([name for name, *_rest in lines.values()], len(lines)) as t:
            t.add(gathered("new_C", [line.C for _name, line, _loss in lines.values()], _("left end C")))
            t.add(gathered("new_m", [line.m for _name, line, _loss in lines.values()], _("rise m")))
            least = [loss for *_rest, loss in lines.values()]
            t.add(gathered("new_loss", least, _("loss L"), number_format="0.0000"))
            t.add(gathered("new_rent", list(rents.values()), survey.y_name, unit=survey.y_unit))
        with page.into(said):
            _say(page, fit, rents["learned"])
    with page.right():
        page.chart(_chart(page, fit, lines, rents["learned"]))
    if survey.is_article:
        page.try_(_("Type 150, then 2500: what does the line ask for, and should you believe it?"))
    unit = survey.x_unit or survey.x_name
    m, span = lines["learned"][1].m, float(fit.x_max.value - fit.x_min.value)
    value = m.value * (fit.y_max.value - fit.y_min.value) / span * 100 if span else 0.0
    formula = between(fit.x_min, fit.x_max, fit.x_min + 100) * m * (fit.y_max - fit.y_min)
    title = _("what 100 more {unit} add").format(unit=unit)
    more = page.offstage_block("rent_of_100", value, lambda: formula, title=title)
    asked = _("How much more does the learned line ask for 100 {unit} more? (two decimals; 0.03 off is close enough)")
    page.turn(
        "new_turn",
        asked.format(unit=unit),
        more,
        0.03,
        _("The slope of the line in the units of the data."),
        _("ask for two {x}s that are 100 apart, and subtract.").format(x=survey.x_name),
    )
    page.remember(_("A model knows its data, and nothing beyond."))


def _say(page: Page, fit: Fit, rent: Block) -> None:
    survey, X, low, high = fit.survey, page.book["new_X"], fit.x_min, fit.x_max
    inside = str(_("Within the range of the data."))
    outside = str(_("⚠ Outside the range of the data: no row like this was ever seen."))
    trust = page.offstage_block(
        "new_trust",
        np.asarray(inside if low.value <= X.value <= high.value else outside, dtype=object),
        lambda: if_(either(low > X, high < X), outside, inside),
        title=_("may we trust it?"),
    )
    units = {"size": survey.x_unit, "unit": survey.y_unit}
    page.live("new_says", _("▶ {new_X:0} {size}: {rent:2} {unit}. {trust}"), rent=rent, trust=trust, **units)


def _chart(page: Page, fit: Fit, lines: Lines, rent: Block) -> Chart:
    """Draw the three lines over the data, and the new office on the learned one."""
    survey, book = fit.survey, page.book
    drawn = [(id, name, *line) for id, (name, line, _loss) in lines.items()]
    ends = drawn_lines(book, fit, "new_line", drawn)
    colours = {"own": YOURS, "learned": LEARNED, "best": BEST}
    series = (
        Series(survey.points_name, fit.area[:], fit.rent[:], Mark.POINTS, POINTS, size=9),
        *(
            Series(name, ends[:], book[f"new_line_{id}"][:], Mark.LINE, colours[id], width=2.25, dashed=id == "best")
            for id, (name, *_rest) in lines.items()
        ),
        Series(survey.new_name, book["new_X"].whole(), rent.whole(), Mark.POINTS, LEARNED, **NEW_MARK),
    )
    alt = _("The rows, your line, the learned and the best one; the new office is a hollow mark on the learned line.")
    return Chart("", series, survey.x_label, survey.y_label, alt, columns=8, rows=21)
