"""Page Cosine: all the actual values as one vector, all the predictions as another, and the angle between them."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.columns import sum_under
from scenarios.losses.quotients import central, check_gradient, quotient_column
from scenarios.losses.residuals import points_again
from workbook.block import Between, Counter
from workbook.formula import Expr, Index, Ref, call, dot, either, equal, if_, sqrt
from workbook.page import Flow, Page
from workbook.sheet import NOT_APPLICABLE
from workbook.text import _


def cosine_page(page: Page) -> None:
    """Lay out the loss, its gradient, and what a cosine means."""
    page.step(
        _("Cosine proximity"),
        _("It ignores lengths: both columns are read as vectors, and only the angle between them counts."),
        "L = −cos(y, ŷ) = −Σ y·ŷ / (‖y‖·‖ŷ‖)",
    )
    results = page.keep()
    page.step(
        _("Gradient of cosine proximity"),
        _("Each prediction is pulled so that the vector turns; making it longer changes nothing."),
        "∂L/∂ŷᵢ = −(yᵢ/(‖y‖·‖ŷ‖) − cos·ŷᵢ/‖ŷ‖²)",
    )
    _rows(page, results)
    _angles(page)


def _rows(page: Page, results: Flow) -> None:
    """Add a table with both vectors, their products and the gradient; the lengths and the cosine go to `results`."""
    h_all, v, w = page.book["h"], page.book["y"].value, page.book["yhat"].value
    long_y, long_p = float(np.linalg.norm(v)), float(np.linalg.norm(w))
    # the step grows with the vector: a fixed one would drown in rounding where the vector is long
    turn, step = bool(long_y * long_p), float(h_all.value) * long_p
    unit_y, unit_p = (v / long_y, w / long_p) if turn else (0 * v, 0 * w)
    exact = (unit_y @ unit_p * unit_p - unit_y) / (long_p if turn else 1)

    def turned(d: float) -> Array:
        loss: Array = -(unit_y @ w + d * unit_y) / np.sqrt(w @ w + 2 * d * w + d**2)
        return loss

    def gradient(i: Index) -> Expr:
        return if_(equal(turns, 0), 0, -(y[i] / (norm_y * norm_p) - cosine * p[i] / norm_p**2))

    def quotient(i: Index) -> Expr:
        up = (yp + h * y[i]) / (norm_y * sqrt(pp + 2 * h * p[i] + h**2))
        down = (yp - h * y[i]) / (norm_y * sqrt(pp - 2 * h * p[i] + h**2))
        return if_(equal(turns, 0), 0, (down - up) / (2 * h))

    with page.table(Counter(""), len(v)) as t:
        y, p = points_again(t, "cosine", page.book["y"], page.book["yhat"])
        products = (
            t.derived("cosine_yp", v * w, lambda i: y[i] * p[i], "y·ŷ", _("product")),
            t.derived("cosine_yy", v**2, lambda i: y[i] ** 2, "y²", _("squared")),
            t.derived("cosine_pp", w**2, lambda i: p[i] ** 2, "ŷ²", _("squared")),
        )
        yp, yy, pp = (sum_under(t, column, number_format="0.00") for column in products)
        slope = t.gradient("cosine_grad", exact, gradient, "∂L/∂ŷ", _("gradient by the prediction"))
        near = quotient_column(t, "cosine_quotient", central(turned, step) if turn else 0 * v, quotient)
    with page.into(results):
        norm_y = page.derived("norm_y", long_y, lambda: sqrt(yy), "‖y‖", _("length of y"), math="√Σy²")
        norm_p = page.derived("norm_p", long_p, lambda: sqrt(pp), "‖ŷ‖", _("length of ŷ"), math="√Σŷ²")
        remark = _("0 if a column is all zeros: it has no direction")
        fields = {"symbol": "cos", "title": _("cosine of the angle"), "remark": remark}
        cosine = page.derived(
            "cosine", unit_y @ unit_p, lambda: if_(equal(turns, 0), 0, yp / (norm_y * norm_p)), **fields
        )
        page.sentence("cosine_words", "cos = {cosine_yp_sum:2} / ({norm_y:4} · {norm_p:4}) = {cosine:6}")
        loss, title = -cosine.value, _("ONE number, no sum or mean")
        page.derived("cosine_loss", loss, lambda: -cosine, "L", title, math="L = −cos")
    title = _("have both a direction? 1 yes")
    turns = page.offstage_block("cosine_turns", turn, lambda: if_(equal(norm_y * norm_p, 0), 0, 1), title=title)
    h = page.offstage_block("cosine_h", step, lambda: h_all * norm_p, title=_("step of the quotients"))
    least, title = float(h_all.value) / (long_p if turn else 1), _("smallest slope that counts")
    share = page.offstage_block("cosine_share", least, lambda: h_all / if_(equal(turns, 0), 1, norm_p), title=title)
    check_gradient(page, "cosine", _("cosine"), near, slope, share)


def _length(arrow: Ref) -> Expr:
    return sqrt(call("SUMSQ", arrow))


def _angles(page: Page) -> None:
    """Five arrows beside (1, 0): what cosines of 1, 0 and −1 mean."""
    page.step(
        _("What a cosine means"),
        _("Turn an arrow away from a = (1, 0): the cosine falls from 1 (the same direction) to −1 (the opposite one)."),
        "cos(a, b) = a·b / (‖a‖·‖b‖)",
    )
    A, B = np.array([[1.0, 0.0]]), np.array([[3.0, 0.0], [2.0, 2.0], [0.0, 2.0], [-1.0, 1.0], [-2.0, 0.0]])
    arrow: dict[str, Any] = {"columns": ["1", "2"], "valid": Between(-100, 100)}
    a = page.given("arrow_a", A, "a", _("an arrow"), **arrow)
    with page.table(Counter("b"), len(B)) as t:
        b = t.given("arrow_b", B, title=_("another arrow b"), **arrow)
        lengths = np.linalg.norm(b.value, axis=1) * np.linalg.norm(a.value)
        cosines = (b.value @ a.value[0]) / lengths

        def cosine(i: Index) -> Expr:
            # of the lengths, not of their squares: IronCalc takes 1e-17 for 0
            nowhere = either(equal(_length(a[0, :]), 0), equal(_length(b[i, :]), 0))
            return if_(nowhere, NOT_APPLICABLE, dot(a[0, :], b[i, :]) / (_length(a[0, :]) * _length(b[i, :])))

        t.derived("arrow_cos", cosines, cosine, "cos(a, b)", _("cosine"))
    page.remark(_("The arrows are chosen here; (0, 0) has no direction and therefore no cosine."))
    page.remark(
        _("The article calls a cosine near 0 more similar than one near 1. It is the reverse; the best loss is −1.")
    )
