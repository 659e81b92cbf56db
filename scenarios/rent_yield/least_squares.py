"""Sheet LeastSquares: the best line in closed form, beside where descent arrives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.rent_yield.descent import Descent
from scenarios.rent_yield.survey import Array, Scaled, Start, Sums, Survey, Weights, loss
from workbook.block import Block, Role
from workbook.book import Book
from workbook.eager import Sheet, Table
from workbook.formula import Operand, equal, if_, sqrt
from workbook.text import _


@dataclass(frozen=True)
class Best:
    """The weights of least loss, that loss, and the table of lines (5,) in which they stand last."""

    weights: Weights
    loss: Block
    C: Block
    m: Block

    @property
    def last(self) -> slice:
        """The row of the least squares solution, as a chart takes it."""
        return slice(len(self.C.value) - 1, len(self.C.value))


def least_squares_sheet(
    book: Book, survey: Survey, scaled: Scaled, sums: Sums, start: Start, second: Weights, descent: Descent
) -> Best:
    """Add the closed form, the comparison with descent, and the line in the data's own units."""
    sheet = book.sheet("LeastSquares", _("Least squares: the best line without descent"), landscape=False)
    weights = _closed_form(sheet, scaled, sums)
    best = _compare(sheet, scaled, sums, start, second, descent, weights)
    _own_units(sheet, survey, scaled, descent.end, weights)
    return best


def _closed_form(sheet: Sheet, scaled: Scaled, sums: Sums) -> Weights:
    sheet.step(
        _("Set both slopes to zero and solve"),
        _(
            "At the valley floor both derivatives are 0: two equations for two unknowns, and here "
            "they can be solved outright."
        ),
        "n·C + Σx·m = Σy        Σx·C + Σx²·m = Σxy",
    )
    sheet.math("m = (n·Σxy − Σx·Σy) / (n·Σx² − (Σx)²)        C = (Σy − m·Σx) / n")
    n, Sx, Sy, Sxx, Sxy = sums.n, sums.Sx, sums.Sy, sums.Sxx, sums.Sxy
    X, Y = scaled.x.value, scaled.y.value
    design = np.column_stack([np.ones_like(X), X])
    (C_value, m_value), *_rest = np.linalg.lstsq(design, Y, rcond=None)
    m = sheet.derived(
        "m_best",
        m_value,
        lambda: if_(equal(n * Sxx, Sx**2), 0, (n * Sxy - Sx * Sy) / (n * Sxx - Sx**2)),
        symbol="m",
        title=_("best slope"),
        number_format="0.000000",
    )
    C = sheet.derived(
        "C_best", C_value, lambda: (Sy - m * Sx) / n, symbol="C", title=_("best intercept"), number_format="0.000000"
    )
    sheet.sentence(
        "m_best_sentence",
        "m = ({n:0}·{Sxy:6} − {Sx:6}·{Sy:6}) / ({n:0}·{Sxx:6} − {Sx:6}²) = {m:6}        C = ({Sy:6} − {m:6p}·{Sx:6}) / {n:0} = {C:6}",
        n=n,
        Sx=Sx,
        Sy=Sy,
        Sxx=Sxx,
        Sxy=Sxy,
        m=m,
        C=C,
    )
    left = sheet.derived(
        "normal_C",
        design[:, 0] @ (C_value + m_value * X),
        lambda: n * C + Sx * m,
        symbol="n·C + Σx·m",
        number_format="0.000000",
    )
    sheet.check("normal_C_check", _("first equation: the slope in C is 0"), left, Sy, 1e-7)
    right = sheet.derived(
        "normal_m",
        design[:, 1] @ (C_value + m_value * X),
        lambda: Sx * C + Sxx * m,
        symbol="Σx·C + Σx²·m",
        number_format="0.000000",
    )
    sheet.check("normal_m_check", _("second equation: the slope in m is 0"), right, Sxy, 1e-7)
    sheet.gap()
    return Weights(C, m)


def _compare(
    sheet: Sheet, scaled: Scaled, sums: Sums, start: Start, second: Weights, descent: Descent, best: Weights
) -> Best:
    sheet.step(
        _("Where does descent arrive?"),
        _(
            "Descent knows only the slope under its feet; the closed form knows the answer, so we "
            "can see how close it came."
        ),
        "√((C − C_best)² + (m − m_best)²)",
    )
    shown = descent.shown
    lines: list[tuple[str, Operand, Operand]] = [
        (_("first weights"), start.C, start.m),
        (_("after one step"), second.C, second.m),
        (_("epoch shown"), shown.C[1], shown.m[1]),
        (_("where descent stopped"), descent.end.C, descent.end.m),
        (_("least squares"), best.C, best.m),
    ]
    C_values = np.array(
        [float(v) for v in (start.C.value, second.C.value, shown.C.value[1], descent.end.C.value, best.C.value)]
    )
    m_values = np.array(
        [float(v) for v in (start.m.value, second.m.value, shown.m.value[1], descent.end.m.value, best.m.value)]
    )
    X, Y = scaled.x.value, scaled.y.value
    L_values = np.array([loss(X, Y, c, k) for c, k in zip(C_values, m_values, strict=True)])
    with sheet.table([name for name, _C, _m in lines], len(lines)) as t:
        C = _column(t, "compared_C", C_values, [C for _name, C, _m in lines], "C", _("intercept"))
        m = _column(t, "compared_m", m_values, [m for _name, _C, m in lines], "m", _("slope"))
        L = t.derived(
            "compared_loss",
            L_values,
            lambda k: sums.loss(C[k], m[k]),
            symbol="ΣHSE",
            title=_("total loss"),
            number_format="0.000000",
        )
        t.derived(
            "compared_above",
            L_values - L_values[-1],
            lambda k: L[k] - L[len(lines) - 1],
            symbol="L − L_best",
            title=_("above the floor"),
            number_format="0.000000",
        )
        distance = t.derived(
            "compared_distance",
            np.hypot(C_values - C_values[-1], m_values - m_values[-1]),
            lambda k: sqrt((C[k] - best.C) ** 2 + (m[k] - best.m) ** 2),
            title=_("distance to the best"),
            number_format="0.000000",
        )
    stopped = len(lines) - 2
    sheet.sentence(
        "distance_sentence",
        _("Where descent stopped: √(({C:4} − {C_best:4p})² + ({m:4} − {m_best:4p})²) = {distance:4}"),
        C=C[stopped],
        C_best=best.C,
        m=m[stopped],
        m_best=best.m,
        distance=distance[stopped],
    )
    floor = sheet.derived(
        "loss_best",
        L_values[-1],
        lambda: L[len(lines) - 1],
        symbol="L_best",
        title=_("least possible total"),
        number_format="0.000000",
    )
    sheet.gap()
    return Best(best, floor, C, m)


def _column(t: Table, id: str, value: Array, each: list[Operand], symbol: str, title: str) -> Block:
    return t.add(Block(id, Role.UPDATED, value, each=each, symbol=symbol, title=title, number_format="0.000000"))


def _own_units(sheet: Sheet, survey: Survey, scaled: Scaled, end: Weights, best: Weights) -> None:
    sheet.step(
        _("Read both lines in the units of the data"),
        _(
            "The weights belong to scaled numbers; undone, they say what {y} is at {x} 0 and what "
            "one more unit of {x} adds."
        ).format(x=survey.x_name, y=survey.y_name),
        _("slope = m·(max Y − min Y)/(max X − min X)        intercept = min Y + C·(max Y − min Y) − slope·min X"),
    )
    X, Y = survey.x, survey.y
    span_x, span_y = scaled.x_max - scaled.x_min, scaled.y_max - scaled.y_min
    lines = (("descent", _("by descent"), end), ("best", _("by least squares"), best))
    with sheet.table([title for _id, title, _line in lines], 2) as t:
        m_values = np.array([line.m.value for *_x, line in lines]) * np.ptp(Y) / np.ptp(X)
        C_values = Y.min() + np.array([line.C.value for *_x, line in lines]) * np.ptp(Y) - m_values * X.min()
        slope = t.add(
            Block(
                "own_slope",
                Role.DERIVED,
                m_values,
                each=[if_(equal(span_x, 0), 0, line.m * span_y / span_x) for *_x, line in lines],
                title=_("slope"),
                number_format="0.000000",
            )
        )
        intercept = t.add(
            Block(
                "own_intercept",
                Role.DERIVED,
                C_values,
                each=[scaled.raw_y(line.C) - slope[k] * scaled.x_min for k, (*_x, line) in enumerate(lines)],
                title=_("intercept"),
                number_format="0.000000",
            )
        )
    sheet.sentence(
        "own_sentence",
        _(
            "By descent: slope = {m:4p}·({high:2} − {low:2p})/({right:2} − {left:2p}) = {slope:6}, intercept = {intercept:4}"
        ),
        m=end.m,
        high=scaled.y_max,
        low=scaled.y_min,
        right=scaled.x_max,
        left=scaled.x_min,
        slope=slope[0],
        intercept=intercept[0],
    )
