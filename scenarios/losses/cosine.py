"""Sheet Cosine: all the actual values as one vector, all the predictions as another, and the angle between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.columns import caption, sum_under
from scenarios.losses.quotients import central, check_gradient, quotient_column
from scenarios.losses.residuals import Points
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.eager import Sheet
from workbook.formula import Expr, Index, Operand, Ref, call, dot, either, equal, if_, sqrt
from workbook.sheet import NOT_APPLICABLE
from workbook.text import _


@dataclass(frozen=True)
class Cosine:
    """The blocks of cosine proximity: both vectors, their product, ŷ's square, both lengths, the cosine, and 1 where there is one."""

    y: Block
    p: Block
    yp: Block
    pp: Block
    norm_y: Block
    norm_p: Block
    cosine: Block
    turns: Block


def cosine_proximity(book: Book, points: Points) -> None:
    """Lay out the loss, its gradient, and what a cosine means."""
    sheet = book.sheet("Cosine", _("Cosine proximity"), landscape=False)
    cosine = _proximity(sheet, points)
    _gradient(sheet, points, cosine)
    _angles(sheet)


def _proximity(sheet: Sheet, points: Points) -> Cosine:
    sheet.step(
        _("Cosine proximity"),
        _("It ignores lengths: both columns are read as vectors, and only the angle between them counts."),
        "C = −cos(y, ŷ) = −Σ y·ŷ / (‖y‖·‖ŷ‖)",
    )
    v, w = points.y.value, points.yhat.value
    with sheet.table(Counter(""), len(v)) as table:
        y, p = points.repeated(table, "cosine")
        columns = (
            table.derived("cosine_yp", v * w, lambda i: y[i] * p[i], **caption(_("product"), "y·ŷ", "0.00")),
            table.derived("cosine_yy", v**2, lambda i: y[i] ** 2, **caption(_("squared"), "y²", "0.00")),
            table.derived("cosine_pp", w**2, lambda i: p[i] ** 2, **caption(_("squared"), "ŷ²", "0.00")),
        )
        yp, yy, pp = (sum_under(table, column, number_format="0.00") for column in columns)
    long_y, long_p = np.linalg.norm(v), np.linalg.norm(w)
    norm_y = sheet.derived("norm_y", long_y, lambda: sqrt(yy), **caption(_("length of y"), "‖y‖", math="√Σy²"))
    norm_p = sheet.derived("norm_p", long_p, lambda: sqrt(pp), **caption(_("length of ŷ"), "‖ŷ‖", math="√Σŷ²"))
    fields = caption(_("have both a direction? 1 yes"), number_format="0")
    turns = sheet.derived(
        "cosine_turns", float(long_y * long_p != 0), lambda: if_(equal(norm_y * norm_p, 0), 0, 1), **fields
    )
    cos = float(v @ w / long_y / long_p) if turns.value else 0.0
    fields = caption(
        _("cosine of the angle"), "cos", "0.000000", remark=_("0 where a column is all zeros: it has no direction")
    )
    cosine = sheet.derived("cosine", cos, lambda: if_(equal(turns, 0), 0, yp / (norm_y * norm_p)), **fields)
    sheet.sentence("cosine_words", "cos = {d:2} / ({a:4} · {b:4}) = {c:6}", d=yp, a=norm_y, b=norm_p, c=cosine)
    fields = caption(_("ONE number, no sum or mean"), "C", "0.000000", math="C = −cos")
    sheet.derived("cosine_loss", -cos, lambda: -cosine, **fields)
    return Cosine(y, p, yp, pp, norm_y, norm_p, cosine, turns)


def _gradient(sheet: Sheet, points: Points, c: Cosine) -> None:
    """The gradient by each prediction."""
    sheet.step(
        _("Gradient of cosine proximity"),
        _("Each prediction is pulled so that the vector turns; making it longer changes nothing."),
        "∂C/∂ŷᵢ = −(yᵢ/(‖y‖·‖ŷ‖) − cos·ŷᵢ/‖ŷ‖²)",
    )
    v, w = points.y.value, points.yhat.value
    long_y, long_p = np.linalg.norm(v), np.linalg.norm(w)
    # the step grows with the vector: a fixed one would drown in rounding where the vector is long
    fields = caption(_("step of the quotients"), "h", "0.0E+00", math="h·‖ŷ‖")
    h = sheet.derived("cosine_h", float(points.h.value) * long_p, lambda: points.h * c.norm_p, **fields)
    turns = bool(c.turns.value)
    unit_y, unit_p = (v / long_y, w / long_p) if turns else (0 * v, 0 * w)
    exact = (unit_y @ unit_p * unit_p - unit_y) / (long_p if turns else 1)

    def turned(d: float) -> Array:
        loss: Array = -(unit_y @ w + d * unit_y) / np.sqrt(w @ w + 2 * d * w + d**2)
        return loss

    def if_it_turns(formula: Operand) -> Expr:
        return if_(equal(c.turns, 0), 0, formula)

    def up(i: Index) -> Expr:
        return (c.yp + h * c.y[i]) / (c.norm_y * sqrt(c.pp + 2 * h * c.p[i] + h**2))

    def down(i: Index) -> Expr:
        return (c.yp - h * c.y[i]) / (c.norm_y * sqrt(c.pp - 2 * h * c.p[i] + h**2))

    with sheet.table(Counter(""), len(v)) as table:
        slope = table.gradient(
            "cosine_grad",
            exact,
            lambda i: if_it_turns(-(c.y[i] / (c.norm_y * c.norm_p) - c.cosine * c.p[i] / c.norm_p**2)),
            **caption(_("gradient by the prediction"), "∂C/∂ŷ", "0.0000000"),
        )
        quotient = central(turned, float(h.value)) if turns else 0 * v
        near = quotient_column(
            table,
            "cosine_quotient",
            quotient,
            lambda i: if_it_turns((down(i) - up(i)) / (2 * h)),
            number_format="0.0000000",
        )
    fields = caption(_("smallest slope that counts"), "h/‖ŷ‖", "0.0E+00")
    smallest = float(points.h.value) / long_p if turns else float(points.h.value)
    share = sheet.derived("cosine_share", smallest, lambda: points.h / if_(equal(c.turns, 0), 1, c.norm_p), **fields)
    check_gradient(sheet, "cosine", _("cosine"), near, slope, share)


def _length(arrow: Ref) -> Expr:
    return sqrt(call("SUMSQ", arrow))


def _angles(sheet: Sheet) -> None:
    """Five arrows beside (1, 0): what cosines of 1, 0 and −1 mean."""
    sheet.step(
        _("What a cosine means"),
        _("Turn an arrow away from a = (1, 0): the cosine falls from 1 (the same direction) to −1 (the opposite one)."),
        "cos(a, b) = a·b / (‖a‖·‖b‖)",
    )
    A, B = np.array([1.0, 0.0]), np.array([[3.0, 0.0], [2.0, 2.0], [0.0, 2.0], [-1.0, 1.0], [-2.0, 0.0]])
    arrow: dict[str, Any] = {"number_format": "0.0", "columns": ["1", "2"]}
    a = sheet.given("arrow_a", A[None, :], symbol="a", title=_("an arrow"), valid=Between(-100, 100), **arrow)
    with sheet.table(Counter("b"), len(B)) as table:
        b = table.given("arrow_b", B, title=_("another arrow b"), valid=Between(-100, 100), **arrow)
        table.derived(
            "arrow_cos",
            B @ A / np.linalg.norm(B, axis=1) / np.linalg.norm(A),
            lambda i: if_(
                # of the lengths, not of their squares: IronCalc takes 1e-17 for 0
                either(equal(_length(a[0, :]), 0), equal(_length(b[i, :]), 0)),
                NOT_APPLICABLE,
                dot(a[0, :], b[i, :]) / (_length(a[0, :]) * _length(b[i, :])),
            ),
            **caption(_("cosine"), "cos(a, b)"),
        )
    sheet.remark(_("The arrows are chosen here; (0, 0) has no direction and therefore no cosine."))
    sheet.remark(
        _(
            "The article says that points with a cosine near 0 are more similar than those near 1, which diverge"
            " completely. It is the reverse: 1 is the same direction, 0 a right angle (unrelated), −1 the opposite. So"
            " the loss carries a minus: its best value is −1."
        )
    )
