"""Sheet Functions: what each function does, written out at the reader's z, with its curve and its derivative."""

from __future__ import annotations

import numpy as np

from scenarios.activations.functions import Own, Shown, logistic, logistic_formula
from scenarios.activations.values import ROWS
from workbook.block import Block
from workbook.book import Book
from workbook.chart import GREEN, RED, Chart, Mark, Series
from workbook.formula import Operand
from workbook.page import Page, Voice
from workbook.sheet import Kind
from workbook.text import _


def explain(book: Book, shown: tuple[Shown, ...], own: Own) -> None:
    """Explain each function in a step of its own."""
    page = book.page("Functions", _("The seven functions, one by one"), kind=Kind.DEEPER, landscape=False)
    z, x, value, slope = (book[id] for id in ("curve_z", "x", "curve_value", "curve_slope"))
    page.link(_("z, at which all of them are written out, and the functions' own numbers are on the sheet Curve."), z)
    numbers: dict[str, Operand] = {"c": own.c, "L": own.L, "k": own.k, "x0": own.x0, "leak": own.leak}
    for n, f in enumerate(shown):
        page.step(_(f.title), _(f.why), f"{f.math}        {f.slope_math}")
        page.sentence(f"{f.name}_words", f.written, Voice.PLAIN, x=z, f=value[n], slope=slope[n], **numbers)
        for remark in f.remarks:
            page.remark(_(remark))
        if f.name == "logistic":
            _midpoint(page, own)
        elif f.name == "sigmoid":
            page.text(_("The second derivative says how the curve bends: convex (upwards) where it is positive, concave where it is negative."))  # fmt: skip
            page.math("σ″(x) = σ′(x)·(1 − 2·σ(x))")
        elif f.name == "tanh":
            page.text(_("Twice as steep, twice as high, moved down by one: the two S curves are the same family."))
            page.math("tanh(x) = 2·σ(2x) − 1")
        name = _("{name} and its derivative").format(name=_(f.title))
        lines = [
            Series(f.symbol, x[:], book[f"{f.name}_f"][:], f.mark),
            Series(f.prime, x[:], book[f"{f.name}_slope"][:], f.slope_mark, dashed=True),
            Series(_("your z"), z.whole(), value[n], Mark.POINTS, RED, size=12, marker="diamond"),
        ]
        if f.name == "logistic":
            lines.append(Series("σ(x)", x[:], book["sigmoid_f"][:], colour=GREEN, dashed=True))
        alt = _("The function and its derivative, and on the function a diamond at the reader's z.")
        with page.beside():
            page.chart(Chart(name, tuple(lines), "x", "", alt, columns=6, rows=14))
            if f.name == "sigmoid":
                _concavity(page, x)
    page.printed("inflection", _("output at the point of inflection"), book["middle_f"], 0.5, 1)


def _midpoint(page: Page, p: Own) -> None:
    """The middle of the S: half the height, the steepest slope."""
    page.text(_("At x0 the curve has half its height and is at its steepest; there it turns from bending up to bending down."))  # fmt: skip
    page.math("f(x0) = L/2        f′(x0) = k·L/4")
    L, k, x0 = float(p.L.value), float(p.k.value), float(p.x0.value)
    value, formula = logistic(L, k, x0, np.array(x0)), logistic_formula(p.L, p.k, p.x0, p.x0.whole())
    at = page.derived("middle_f", value, lambda: formula, "f(x0)", _("value in the middle"))
    half = page.derived("middle_half", L / 2, lambda: p.L / 2, "L/2", _("half of the maximum"))
    rule, title = p.k * at * (1 - at / p.L), _("slope in the middle")
    slope = page.gradient("middle_slope", k * value * (1 - value / L), lambda: rule, "f′(x0)", title)
    title = _("a quarter of k·L")
    quarter = page.derived("middle_quarter", k * L / 4, lambda: p.k * p.L / 4, "k·L/4", title)
    page.sentence(
        "middle_words", "f({x0:2}) = {L:2} / 2 = {middle_f:4},   f′({x0:2}) = {k:2p}·{L:2} / 4 = {middle_slope:4}"
    )
    page.check("middle_is_half", _("the middle has half the height"), at, half, 1e-9)
    page.check("middle_is_steep", _("the slope in the middle is k·L/4"), slope, quarter, 1e-9)


def _concavity(page: Page, x: Block) -> None:
    """Draw the sigmoid's slope and second derivative: where the S bends up, and where down."""
    slope, bend = page.book["sigmoid_slope"], page.book["bend"]
    lines = Series("σ′(x)", x[:ROWS], slope[:]), Series("σ″(x)", x[:ROWS], bend[:], dashed=True)
    alt = _("The bell-shaped slope with its top at x = 0, and the second derivative, positive left of 0 and negative right of it.")  # fmt: skip
    page.chart(Chart(_("Slope and bend of the sigmoid"), lines, "x", "", alt, columns=6, rows=14))
