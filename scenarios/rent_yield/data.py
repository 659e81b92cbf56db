"""Sheet Data: the survey (columns A and C), and the same scaled to 0 … 1 (columns D and F)."""

from __future__ import annotations

import numpy as np

from scenarios.rent_yield.survey import (
    ARTICLE_AREA,
    ARTICLE_C,
    ARTICLE_M,
    ARTICLE_RENT,
    Array,
    Scaled,
    Survey,
    Weights,
    between,
    decimals,
    going_back,
    keep_free,
    number_format,
)
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet, Table
from workbook.formula import equal, if_, largest, smallest
from workbook.sheet import Kind
from workbook.text import _


def data_sheet(book: Book, survey: Survey, C: float, m: float) -> tuple[Scaled, Weights]:
    """Add the survey, its scaling, and the line that descent begins with."""
    title = _("The data: {x} and {y}").format(x=survey.x_name, y=survey.y_name)
    sheet = book.sheet("Data", title, landscape=False, kind=Kind.DATA)
    _say_where_from(sheet, survey)
    sheet.step(
        _("Scale both columns to 0 … 1"),
        _("The columns come in sizes of their own: brought to one scale, a single learning rate suits both weights."),
        "x = (X − min X) / (max X − min X)        y = (Y − min Y) / (max Y − min Y)",
    )
    top = keep_free(sheet, 5)
    with sheet.table(Counter("i = "), survey.n) as t:
        scaled = _columns(sheet, t, survey, top)
    _chart(sheet, survey, scaled, at=(t.top, t.column + 1))
    return scaled, _first_line(sheet, C, m)


def _first_line(sheet: Sheet, C: float, m: float) -> Weights:
    sheet.step(
        _("Begin with any line"),
        _("Any line will do to begin with. C is its left end, m its rise (the article: intercept and slope)."),
        "line = C + m·x",
    )
    return Weights(
        *(
            sheet.given(
                id,
                value,
                symbol=id,
                title=title,
                valid=Between(-100, 100),
                article=np.asarray(article),
                number_format="0.00##",
                remark=_("printed in the article: {number}").format(number=article),
            )
            for id, value, title, article in (
                ("C", C, _("left end"), ARTICLE_C),
                ("m", m, _("rise to the right"), ARTICLE_M),
            )
        )
    )


def _say_where_from(sheet: Sheet, survey: Survey) -> None:
    if survey.is_article:
        sheet.step(
            _("Collect the data"),
            _(
                "A survey of offices in a city's business district: what does a month's rent have "
                "to do with the floor area? Its rows are the yellow columns below."
            ),
        )
        sheet.remark(
            _(
                "Chosen here: the article's own rows are lost with its pictures. With these "
                "twelve, every figure that it prints comes out."
            )
        )
    else:
        sheet.step(
            _("Collect the data"),
            _("Your own rows, from the file that you gave: does one column tell about the other?"),
        )
    sheet.remark(
        _(
            "The letters A … F name the article's columns (its column C is not the weight C). B and E, "
            "the predictions, stand on the sheet Article."
        )
    )


def _columns(sheet: Sheet, t: Table, survey: Survey, top: int) -> Scaled:
    X, Y = survey.x, survey.y
    area = _given(t, "area", X, "A · {name}", survey.x_name, survey.x_unit, article=ARTICLE_AREA)
    rent = _given(t, "rent", Y, "C · {name}", survey.y_name, survey.y_unit, article=ARTICLE_RENT)
    with going_back(sheet, top):
        x_min, x_max = _extremes(sheet, area, "x", "X", survey.x_unit)
        y_min, y_max = _extremes(sheet, rent, "y", "Y", survey.y_unit)
    x = t.derived(
        "x",
        (X - X.min()) / (X.max() - X.min()),
        lambda i: between(x_min, x_max, area[i]),
        title=_("D · {name}, scaled").format(name=survey.x_name),
        symbol="x",
    )
    y = t.derived(
        "y",
        (Y - Y.min()) / (Y.max() - Y.min()),
        lambda i: between(y_min, y_max, rent[i]),
        title=_("F · {name}, scaled").format(name=survey.y_name),
        symbol="y",
    )
    with going_back(sheet, top + 2):
        in_x, in_y = decimals(X), decimals(Y)
        sheet.sentence(
            "x_sentence",
            f"i = 2:   x = ({{X:{in_x}}} − {{low:{in_x}tp}}) / ({{high:{in_x}t}} − {{low:{in_x}tp}}) = {{x:4}}"
            f"        y = ({{Y:{in_y}}} − {{ylow:{in_y}tp}}) / ({{yhigh:{in_y}t}} − {{ylow:{in_y}tp}}) = {{y:4}}",
            X=area[1],
            low=x_min,
            high=x_max,
            x=x[1],
            Y=rent[1],
            ylow=y_min,
            yhigh=y_max,
            y=y[1],
        )
        _say_if_alike(sheet, survey, (x_min, x_max), (y_min, y_max))
    return Scaled(area, rent, x_min, x_max, y_min, y_max, x, y)


def _say_if_alike(sheet: Sheet, survey: Survey, x: tuple[Block, Block], y: tuple[Block, Block]) -> None:
    """Say whether both columns can be scaled; a survey whose numbers are all alike is refused, but they can be typed."""
    usable = str(_("✓ Both columns have different values, and can be scaled."))
    alike = _(
        "▶ All values of {name} are alike, so there is nothing to learn: their range is 0, and the scaled ones are set to 0."
    )
    for_x, for_y = (str(alike.format(name=name)) for name in (survey.x_name, survey.y_name))
    sheet.derived(
        "alike",
        np.asarray(usable, dtype=object),
        lambda: if_(equal(*x), for_x, if_(equal(*y), for_y, usable)),
        title=_("can they be scaled?"),
        number_format="@",
    )


def _given(t: Table, id: str, values: Array, title: str, name: str, unit: str, article: Array) -> Block:
    bound = max(1e6, 10 * float(np.abs(values).max()))
    return t.given(
        id,
        values,
        title=title.format(name=name),
        unit=unit,
        number_format=number_format(values),
        valid=Between(-bound, bound),
        article=article,
    )


def _extremes(sheet: Sheet, column: Block, id: str, symbol: str, unit: str) -> tuple[Block, Block]:
    number = column.number_format
    with sheet.beside():
        low = sheet.derived(
            f"{id}_min",
            column.value.min(),
            lambda: smallest(column),
            title=f"min {symbol}",
            unit=unit,
            number_format=number,
        )
        high = sheet.derived(
            f"{id}_max",
            column.value.max(),
            lambda: largest(column),
            title=f"max {symbol}",
            unit=unit,
            number_format=number,
        )
    sheet.cursor -= 1  # the next pair follows without an empty row
    return low, high


def _chart(sheet: Sheet, survey: Survey, scaled: Scaled, at: tuple[int, int]) -> None:
    sheet.chart(
        Chart(
            title=_("The data"),
            series=(Series(survey.y_name, scaled.area[:], scaled.rent[:], Mark.POINTS, "#3A8F4A"),),
            x_title=survey.x_label,
            y_title=survey.y_label,
            alt=_("One point a row of the data: {y} against {x}.").format(x=survey.x_label, y=survey.y_label),
            columns=6,
        ),
        at=at,
    )
