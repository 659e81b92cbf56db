"""Sheet NewOffice: the question that started it, a prediction for an x that is not in the data."""

from __future__ import annotations

import numpy as np

from scenarios.rent_yield.descent import Descent
from scenarios.rent_yield.survey import Scaled, Survey, Weights, between, number_format
from workbook.block import Between, Block
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import Operand, either, if_
from workbook.text import _

ARTICLE_QUESTION = 1000.0
"""The area asked for, chosen here: the article asks for "a new office" and names none."""


def new_office_sheet(book: Book, survey: Survey, scaled: Scaled, descent: Descent, best: Weights) -> None:
    """Scale the new x, predict with both lines, scale back."""
    title = (
        _("A new office: which rent for its area?")
        if survey.is_article
        else _("A new row: which {y} for its {x}?").format(x=survey.x_name, y=survey.y_name)
    )
    sheet = book.sheet("NewOffice", title, landscape=False)
    sheet.step(
        _("Scale, predict, scale back"),
        _(
            "The weights were learned on scaled numbers, so the new one goes the same way in, and "
            "the answer the same way out."
        ),
        "x = (X − min X)/(max X − min X)        y = C + m·x        Y = min Y + y·(max Y − min Y)",
    )
    asked = ARTICLE_QUESTION if survey.is_article else float(np.median(survey.x))
    bound = max(1e6, 10 * float(np.abs(survey.x).max()))
    X = sheet.given(
        "new_X",
        asked,
        symbol="X",
        title=survey.x_name,
        unit=survey.x_unit,
        valid=Between(-bound, bound),
        number_format=number_format(np.append(survey.x, asked)),
        remark=_("chosen here: type your own"),
    )
    x = sheet.derived(
        "new_x_scaled",
        (asked - survey.x.min()) / np.ptp(survey.x),
        lambda: between(scaled.x_min, scaled.x_max, X),
        symbol="x",
        title=_("{x}, scaled").format(x=survey.x_name),
    )
    sheet.gap()
    Y = _predict(sheet, survey, scaled, "descent", descent.end, x, _("by descent"))
    _predict(sheet, survey, scaled, "best", best, x, _("by least squares"))
    _trust(sheet, scaled, X)
    sheet.gap()
    _chart(sheet, survey, scaled, descent.line, X, Y)


def _predict(sheet: Sheet, survey: Survey, scaled: Scaled, id: str, weights: Weights, x: Block, name: str) -> Block:
    C, m = weights.C, weights.m
    y_value = C.value + m.value * x.value
    y = sheet.derived(
        f"new_y_{id}",
        y_value,
        lambda: C + m * x,
        symbol="y",
        title=_("{y}, scaled: {line}").format(y=survey.y_name, line=name),
    )
    Y = sheet.derived(
        f"new_Y_back_{id}",
        scaled.raw_y_value(float(y_value)),
        lambda: scaled.raw_y(y),
        symbol="Y",
        title=_("{y}, {line}").format(y=survey.y_name, line=name),
        unit=survey.y_unit,
        number_format="#,##0.00",
    )
    sheet.sentence(
        f"new_sentence_{id}",
        "y = {C:4} + {m:4p}·{x:4p} = {y:4}        Y = {low:2} + {y:4p}·({high:2} − {low:2p}) = {Y:2}",
        C=C,
        m=m,
        x=x,
        y=y,
        low=scaled.y_min,
        high=scaled.y_max,
        Y=Y,
    )
    sheet.gap()
    return Y


def _trust(sheet: Sheet, scaled: Scaled, X: Block) -> None:
    inside = str(_("✓ Within the range of the data."))
    outside = str(_("Outside the range of the data: the line is only a guess there, for no row ever tested it."))
    is_inside = bool(scaled.x_min.value <= X.value) and bool(X.value <= scaled.x_max.value)

    def formula() -> Operand:
        return if_(either(scaled.x_min > X, scaled.x_max < X), outside, inside)

    sheet.derived(
        "new_trust",
        np.asarray(inside if is_inside else outside, dtype=object),
        formula,
        title=_("may we trust it?"),
        number_format="@",
    )


def _chart(sheet: Sheet, survey: Survey, scaled: Scaled, line: tuple[Block, Block], X: Block, Y: Block) -> None:
    ends, last = line
    sheet.chart(
        Chart(
            title=_("The new one on the line"),
            series=(
                Series(survey.y_name, scaled.area[:], scaled.rent[:], Mark.POINTS, "#3A8F4A"),
                Series(_("last line"), ends[:], last[:], Mark.LINE, "#1F6FB2"),
                Series(_("new"), X.whole(), Y.whole(), Mark.POINTS, "#B3261E"),
            ),
            x_title=survey.x_label,
            y_title=survey.y_label,
            alt=_("The rows, the line that descent found, and the new point upon it."),
            columns=5,
            rows=18,
        )
    )
