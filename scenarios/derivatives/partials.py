"""Sheet Partial: a function of three inputs has three slopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.columns import caption
from scenarios.derivatives.differences import APART, STEP, step_given
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Series
from workbook.eager import Sheet
from workbook.formula import (
    Expr,
    Operand,
    as_expr,
    number_of,
)
from workbook.text import _


def value_at(x: Any, y: Any, z: Any) -> Any:
    """Return f(x, y, z) = x⁴ − 3xyz, of numbers or arrays."""
    return x**4 - 3 * x * y * z


def f_formula(x: Operand, y: Operand, z: Operand) -> Expr:
    """The same for cells."""
    return as_expr(x) ** 4 - 3 * as_expr(x) * y * z


@dataclass(frozen=True)
class Point:
    """The point at which the slopes are taken, and f there."""

    x: Block
    y: Block
    z: Block
    f: Block

    @property
    def value(self) -> Array:
        return np.array([float(block.value) for block in (self.x, self.y, self.z)])


def partials_sheet(book: Book, point: list[float]) -> None:
    """Take the three partial derivatives at a point: by rule, and by central difference; then draw them."""
    sheet = book.sheet("Partial", _("Partial derivatives of f(x, y, z) = x⁴ − 3xyz"), landscape=False)
    sheet.step(
        _("The point"),
        _("With several inputs there is a slope for each: move one, hold the others as if they were constants."),
        "f(x, y, z) = x⁴ − 3·x·y·z",
    )
    x, y, z = (
        sheet.given(f"p_{name}", value, symbol=name, number_format="0.00", valid=Between(-5, 5))
        for name, value in zip("xyz", point, strict=True)
    )
    h = step_given(sheet, "h_partial")
    f = sheet.derived("f_point", value_at(*point), lambda: f_formula(x, y, z), symbol="f(x, y, z)")
    sheet.remark(
        _(
            "The function is the article's; the point is chosen here. The article's three derivatives were pictures, "
            "now lost."
        )
    )
    at = Point(x, y, z, f)
    _three_slopes(sheet, at, h)
    _walks(sheet, at)


def _three_slopes(sheet: Sheet, at: Point, h: Block) -> None:
    sheet.step(
        _("Three partial derivatives"),
        _("Each is an ordinary derivative: the letters that do not move count as numbers."),
        "∂f/∂x = 4x³ − 3yz        ∂f/∂y = −3xz        ∂f/∂z = −3xy",
    )
    p, x, y, z = at.value, at.x, at.y, at.z
    ahead = np.array([value_at(*(p + STEP * unit)) for unit in np.eye(3)])
    behind = np.array([value_at(*(p - STEP * unit)) for unit in np.eye(3)])
    gradient = np.array([4 * p[0] ** 3 - 3 * p[1] * p[2], -3 * p[0] * p[2], -3 * p[0] * p[1]])
    six = {"number_format": "0.000000"}
    with sheet.table(["∂f/∂x", "∂f/∂y", "∂f/∂z"], 3) as t:
        rules = [4 * x**3 - 3 * y * z, 0 - 3 * x * z, 0 - 3 * x * y]
        by_rule = t.gradient("partial", gradient, None, each=rules, title=_("by the rule"), **six)
        moved = [f_formula(x + h, y, z), f_formula(x, y + h, z), f_formula(x, y, z + h)]
        plus = t.derived("f_ahead", ahead, None, each=moved, title=_("f, this input + h"), **six)
        moved = [f_formula(x - h, y, z), f_formula(x, y - h, z), f_formula(x, y, z - h)]
        minus = t.derived("f_behind", behind, None, each=moved, title=_("f, this input − h"), **six)
        value, fields = (ahead - behind) / (2 * STEP), caption(_("central difference"), **six)
        central = t.derived("partial_central", value, lambda i: (plus[i] - minus[i]) / (2 * h), **fields)
    sheet.sentence("partial_x_says", "∂f/∂x = 4·{x:2p}³ − 3·{y:2p}·{z:2p} = {all:4}", x=x, y=y, z=z, all=by_rule[0])
    sheet.sentence("partial_y_says", "∂f/∂y = −3·{x:2p}·{z:2p} = {all:4}", x=x, z=z, all=by_rule[1])
    sheet.sentence("partial_z_says", "∂f/∂z = −3·{x:2p}·{y:2p} = {all:4}", x=x, y=y, all=by_rule[2])
    sheet.check("partials_hold", _("partial derivatives: rules = differences"), by_rule[:], central[:], APART)


def _walks(sheet: Sheet, at: Point) -> None:
    """Draw f along each input alone."""
    sheet.step(
        _("One input at a time"),
        _(
            "Three walks start from the same point, each along one input; their slopes at s = 0 are the three partial derivatives."
        ),
    )
    reach = sheet.given("reach", 1.0, title=_("how far each walk goes"), number_format="0.0", valid=Between(0.1, 2))
    (a, b, c), x, y, z = at.value, at.x, at.y, at.z
    far = np.arange(-10, 11) / 10
    top = sheet.cursor
    sheet.gap(18)
    with sheet.table(Counter(""), 21) as t:
        fields = caption(_("how far"), "s", "0.00")
        s = t.derived("s", far, lambda t: ((number_of(t) - 1) / 10 - 1) * reach, **fields)
        fields = caption(_("only x moves"), number_format="0.000", math="f(x + s, y, z)")
        along_x = t.derived("walk_x", value_at(a + far, b, c), lambda t: f_formula(x + s[t], y, z), **fields)
        fields = caption(_("only y moves"), number_format="0.000", math="f(x, y + s, z)")
        along_y = t.derived("walk_y", value_at(a, b + far, c), lambda t: f_formula(x, y + s[t], z), **fields)
        fields = caption(_("only z moves"), number_format="0.000", math="f(x, y, z + s)")
        along_z = t.derived("walk_z", value_at(a, b, c + far), lambda t: f_formula(x, y, z + s[t]), **fields)
    sheet.chart(
        Chart(
            _("f along each input"),
            tuple(Series(walk.title, s[:], walk[:]) for walk in (along_x, along_y, along_z)),
            "s",
            "f",
            _(
                "Three curves through the same point at s = 0: f as only x, only y or only z moves; along y and z "
                "they are straight lines."
            ),
        ),
        at=(top, 0),
    )
    sheet.check("walks_meet", _("all three walks pass through f(x, y, z) at s = 0"), along_x[10], at.f, 1e-9)
