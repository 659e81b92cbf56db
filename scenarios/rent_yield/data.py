"""Sheets Data and FiveSums: the survey, the same scaled to 0 … 1, the line to begin with, and the sums over the rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scenarios.rent_yield.survey import (
    ARTICLE_AREA,
    ARTICLE_RENT,
    POINTS,
    Fit,
    Survey,
    between,
    decimals,
    number_format,
)
from workbook.block import Block, Counter, Role
from workbook.chart import Chart, Mark, Series
from workbook.formula import call, dot, equal, if_, largest, smallest, total
from workbook.page import Page
from workbook.parameter import Parameter
from workbook.text import N_, _

FIRST_C = Parameter("C", 0.52, N_("left end of the first line"), -100, 100, symbol="C", printed=True)
FIRST_M = Parameter("m", 0.81, N_("rise of the first line"), -100, 100, symbol="m", printed=True)


def data_page(page: Page, sums: Page, survey: Survey, lr: Block) -> Fit:
    """Add the survey, its scaling, the line that descent begins with, and on a page of their own the sums."""
    page.step(_("Collect the data"), _where_from(survey))
    if survey.is_article:
        page.source(_("The article's own rows are lost; with these twelve, every figure that it prints comes out."))
    page.source(_("A, C, D, F are the article's columns; B and E, the predictions, stand on the sheet Article."))
    page.step(
        _("Scale both columns to 0 … 1"),
        _("The columns come in sizes of their own: on one scale, one learning rate suits both numbers."),
        "x = (X − min X) / (max X − min X)        y = (Y − min Y) / (max Y − min Y)",
    )
    top = page.keep()
    page.gap()
    with page.beside():
        with page.table(Counter("i = "), survey.n) as t:
            area = t.given("area", survey.x, "", f"A · {survey.x_name}", unit=survey.x_unit, article=ARTICLE_AREA)
            rent = t.given("rent", survey.y, "", f"C · {survey.y_name}", unit=survey.y_unit, article=ARTICLE_RENT)
            X, Y = area.value, rent.value
            with page.into(top):
                x_min, x_max = _extremes(page, area, "x", "X", survey.x_unit)
                y_min, y_max = _extremes(page, rent, "y", "Y", survey.y_unit)
            name = _("D · {name}, scaled").format(name=survey.x_name)
            x = t.derived("x", _scaled(X), lambda i: between(x_min, x_max, area[i]), "x", name)
            name = _("F · {name}, scaled").format(name=survey.y_name)
            y = t.derived("y", _scaled(Y), lambda i: between(y_min, y_max, rent[i]), "y", name)
        alt = _("One point a row of the data: {y} against {x}.").format(x=survey.x_label, y=survey.y_label)
        points = Series(survey.y_name, area[:], rent[:], Mark.POINTS, POINTS)
        page.chart(Chart(_("The data"), (points,), survey.x_label, survey.y_label, alt, columns=6))
    with page.into(top):
        _say_scaled(page, survey)
    page.step(
        _("Begin with any line"),
        _("Any line will do to begin with. C is its left end, m its rise (the article: intercept and slope)."),
        _("line = C + m·x"),
    )
    C, m = page.setting(FIRST_C), page.setting(FIRST_M)
    return Fit(survey, area, rent, x_min, x_max, y_min, y_max, x, y, C, m, lr, *_sums(sums, x, y))


def _where_from(survey: Survey) -> str:
    if survey.is_article:
        return _("A survey of offices in a business district: what does a month's rent have to do with the floor area?")
    return _("Your own rows, from the file that you gave: does one column tell about the other?")


def _scaled(raw: np.ndarray) -> np.ndarray:
    spread = np.ptp(raw)
    return (raw - raw.min()) / spread if spread else np.zeros_like(raw)


def _extremes(page: Page, column: Block, id: str, symbol: str, unit: str) -> tuple[Block, Block]:
    shown = {"unit": unit, "number_format": number_format(column.value)}
    with page.beside():
        low = page.derived(f"{id}_min", column.value.min(), lambda: smallest(column), "", f"min {symbol}", **shown)
        high = page.derived(f"{id}_max", column.value.max(), lambda: largest(column), "", f"max {symbol}", **shown)
    return low, high


def _say_scaled(page: Page, survey: Survey) -> None:
    """Write out the second row's scaling, and say whether both columns can be scaled: alike ones can be typed."""
    a, b = decimals(survey.x), decimals(survey.y)
    page.sentence(
        "x_sentence",
        f"i = 2:   x = ({{area[1]:{a}}} − {{x_min:{a}tp}}) / ({{x_max:{a}t}} − {{x_min:{a}tp}}) = {{x[1]:4}}"
        f"        y = ({{rent[1]:{b}}} − {{y_min:{b}tp}}) / ({{y_max:{b}t}} − {{y_min:{b}tp}}) = {{y[1]:4}}",
    )
    usable = str(_("✓ Both columns have different values, and can be scaled."))
    alike = _("▶ All values of {name} are alike, so there is nothing to learn: the scaled ones are set to 0.")
    for_x, for_y = (str(alike.format(name=name)) for name in (survey.x_name, survey.y_name))
    low, high, bottom, top = (page.book[id] for id in ("x_min", "x_max", "y_min", "y_max"))
    said = for_x if low.value == high.value else for_y if bottom.value == top.value else usable
    page.say("alike", said, if_(equal(low, high), for_x, if_(equal(bottom, top), for_y, usable)))


# ---------------------------------------------------------------------------------------------- five sums


def _sums(page: Page, x: Block, y: Block) -> list[Block]:
    page.step(
        _("Multiply the brackets out once"),
        _("C and m are the same in every row, so they come out of the sum; what stays inside never changes."),
        "Σ(C + m·x − y) = C·n + m·Σx − Σy        Σ(C + m·x − y)·x = C·Σx + m·Σx² − Σxy",
    )
    page.text(_("So an epoch needs these sums and not the rows: for two rows or thousands it is one line of Training."))
    page.gap()
    return five_sums(page.add, "", x, y)


def five_sums(add: Callable[[Block], Block], prefix: str, x: Block, y: Block) -> list[Block]:
    """Add the sums over two columns, in the order in which `Fit` has them."""
    X, Y = x.value, y.value
    return [
        add(Block(prefix + id, Role.DERIVED, np.asarray(value), title, symbol, formula=lambda formula=formula: formula))
        for id, value, formula, symbol, title in (
            ("n", float(len(X)), call("COUNT", x), "n = Σ1", _("number of rows")),
            ("Sx", X.sum(), total(x), "Σx", _("sum of x")),
            ("Sy", Y.sum(), total(y), "Σy", _("sum of y")),
            ("Sxx", X @ X, call("SUMSQ", x), "Σx²", _("sum of the squares of x")),
            ("Sxy", X @ Y, dot(x, y), "Σxy", _("sum of the products")),
            ("Syy", Y @ Y, call("SUMSQ", y), "Σy²", _("sum of y², for the loss only")),
        )
    ]


def sums_against_rows(page: Page, fit: Fit) -> None:
    """Show that the sums give the loss and the slopes that the rows gave, on the sheet Article."""
    page.step(
        _("See that the sums tell the same as the rows"),
        _("The sheet Article goes row by row; the sums must give its slopes and its loss."),
        "L = ½·(Σy² + n·C² + m²·Σx²) + C·m·Σx − C·Σy − m·Σxy",
    )
    C, m, book = fit.C, fit.m, page.book
    for id, formula, symbol, title, said in (
        ("dC", fit.dC(C, m), "C·n + m·Σx − Σy", _("slope in C"), _("slope in C: sums against rows")),
        ("dm", fit.dm(C, m), "C·Σx + m·Σx² − Σxy", _("slope in m"), _("slope in m: sums against rows")),
        ("loss", fit.loss(C, m), "L", _("loss"), _("loss: sums against rows")),
    ):
        rows = book["pass1_loss" if id == "loss" else f"pass1_{id}_total"]
        ours = page.derived(f"sums_{id}", rows.value, lambda formula=formula: formula, symbol, title)
        page.check(f"sums_{id}_check", said, ours, rows, 1e-8)
    page.sentence("sums_sentence", "{C:4}·{n:0} + {m:4p}·{Sx:4} − {Sy:4} = {sums_dC:4}")
