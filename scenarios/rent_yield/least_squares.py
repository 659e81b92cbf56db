"""Sheet LeastSquares: the best line in closed form, beside where descent arrives."""

from __future__ import annotations

import numpy as np

from scenarios.rent_yield.descent import learned
from scenarios.rent_yield.survey import Fit, Line, gathered
from workbook.block import Block, Role
from workbook.book import Book
from workbook.formula import equal, if_, sqrt
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _


def least_squares_page(book: Book, fit: Fit, second: Line) -> Line:
    """Add the closed form, the comparison with descent, and the line in the data's own units; return the best line."""
    title = _("Least squares: the best line without descent")
    page = book.page("LeastSquares", title, landscape=False, kind=Kind.DEEPER)
    best = _closed_form(page, fit)
    _compare(page, fit, second, best)
    _own_units(page, fit, best)
    return best


def _closed_form(page: Page, fit: Fit) -> Line:
    page.step(
        _("Set both slopes to zero and solve"),
        _("At the valley floor both slopes are 0: two equations for two unknowns, solved outright."),
        "n·C + Σx·m = Σy        Σx·C + Σx²·m = Σxy",
    )
    page.math("m = (n·Σxy − Σx·Σy) / (n·Σx² − (Σx)²)        C = (Σy − m·Σx) / n")
    n, Sx, Sy, Sxx, Sxy, x = fit.n, fit.Sx, fit.Sy, fit.Sxx, fit.Sxy, fit.x.value
    design = np.column_stack([np.ones_like(x), x])
    (C_value, m_value), *_rest = np.linalg.lstsq(design, fit.y.value, rcond=None)
    if fit.x_max.value == fit.x_min.value:
        C_value, m_value = fit.y.value.mean(), 0.0
    rise = if_(equal(n * Sxx, Sx**2), 0, (n * Sxy - Sx * Sy) / (n * Sxx - Sx**2))
    m = page.derived("m_best", m_value, lambda: rise, "m", _("best rise"))
    C = page.derived("C_best", C_value, lambda: (Sy - m * Sx) / n, "C", _("best left end"))
    page.sentence(
        "m_best_sentence",
        "m = ({n:0}·{Sxy:4} − {Sx:4}·{Sy:4}) / ({n:0}·{Sxx:4} − {Sx:4}²) = {m_best:4}        C = ({Sy:4} − {m_best:4p}·{Sx:4}) / {n:0} = {C_best:4}",
    )
    fitted = C_value + m_value * x
    left = page.derived("normal_C", fitted.sum(), lambda: n * C + Sx * m, "n·C + Σx·m")
    page.check("normal_C_check", _("first equation: the slope in C is 0"), left, Sy, 1e-7)
    right = page.derived("normal_m", fitted @ x, lambda: Sx * C + Sxx * m, "Σx·C + Σx²·m")
    page.check("normal_m_check", _("second equation: the slope in m is 0"), right, Sxy, 1e-7)
    return Line(C, m)


def _compare(page: Page, fit: Fit, second: Line, best: Line) -> None:
    book, end = page.book, learned(page.book)
    page.step(
        _("Where does descent arrive?"),
        _("Descent knows only the slope under its feet; the closed form knows the answer: how close did it come?"),
        "√((C − C_best)² + (m − m_best)²)",
    )
    lines = (
        (_("first line"), fit.C, fit.m),
        (_("after one step"), second.C, second.m),
        (_("epoch shown"), book["shown_C"][1], book["shown_m"][1]),
        (_("where descent stopped"), end.C, end.m),
        (_("least squares"), best.C, best.m),
    )
    last = len(lines) - 1
    with page.table([name for name, *_line in lines], len(lines)) as t:
        C = t.add(gathered("compared_C", [C for _name, C, _m in lines], _("left end"), "C"))
        m = t.add(gathered("compared_m", [m for _name, _C, m in lines], _("rise"), "m"))
        losses, digits = fit.loss_value(C.value, m.value), {"number_format": "0.0000"}
        away = np.hypot(C.value - C.value[last], m.value - m.value[last])
        far = lambda k: sqrt((C[k] - best.C) ** 2 + (m[k] - best.m) ** 2)  # noqa: E731
        L = t.derived("compared_loss", losses, lambda k: fit.loss(C[k], m[k]), "L", _("loss"), **digits)
        above = losses - losses[last]
        t.derived("compared_above", above, lambda k: L[k] - L[last], "L − L_best", _("above the floor"), **digits)
        distance = t.derived("compared_distance", away, far, "", _("distance to the best"), **digits)
    written = _("Where descent stopped: √(({C_end:4} − {C_best:4p})² + ({m_end:4} − {m_best:4p})²) = {distance:4}")
    page.sentence("distance_sentence", written, distance=distance[last - 1])
    page.derived("loss_best", losses[last], lambda: L[last], "L_best", _("least possible loss"), number_format="0.0000")


def _own_units(page: Page, fit: Fit, best: Line) -> None:
    survey, end = fit.survey, learned(page.book)
    page.step(
        _("Read both lines in the units of the data"),
        _("Undo the scaling, and the lines say what {y} is at {x} 0 and what one more unit of {x} adds.").format(
            x=survey.x_name, y=survey.y_name
        ),
        _("slope = m·(max Y − min Y)/(max X − min X)        intercept = min Y + C·(max Y − min Y) − slope·min X"),
    )
    wide, high = fit.x_max.value - fit.x_min.value, fit.y_max.value - fit.y_min.value
    lines = (end, best)
    slope_value = np.array([float(line.m.value) * float(high) / wide if wide else 0.0 for line in lines])
    at_0 = np.array([float(fit.raw_y_value(float(line.C.value))) for line in lines]) - slope_value * fit.x_min.value
    across, up = fit.x_max - fit.x_min, fit.y_max - fit.y_min
    with page.table([_("by descent"), _("by least squares")], 2) as t:
        each = [if_(equal(across, 0), 0, line.m * up / across) for line in lines]
        slope = t.add(Block("own_slope", Role.DERIVED, slope_value, _("slope"), each=each))
        each = [fit.raw_y(line.C) - slope[k] * fit.x_min for k, line in enumerate(lines)]
        t.add(Block("own_intercept", Role.DERIVED, at_0, _("intercept"), each=each))
    written = _(
        "By descent: slope = {m_end:4p}·({y_max:2} − {y_min:2p})/({x_max:2} − {x_min:2p}) = {own_slope[0]:6}, intercept = {own_intercept[0]:4}"
    )
    page.sentence("own_sentence", written)
