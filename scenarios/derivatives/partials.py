"""Sheet Partial: a function of three inputs has three slopes."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.curves import grid
from scenarios.derivatives.rules import held_to_differences, step_given
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Series
from workbook.formula import Expr, Operand, as_expr
from workbook.page import Page
from workbook.parameter import Parameter
from workbook.sheet import Kind
from workbook.text import N_, _

POINT = (
    Parameter("x", 2.0, N_("x of the point for the partial derivatives"), -5, 5),
    Parameter("y", 1.0, N_("y of the point for the partial derivatives"), -5, 5),
    Parameter("z", 3.0, N_("z of the point for the partial derivatives"), -5, 5),
)


def value_at(x: Any, y: Any, z: Any) -> Any:
    """Return f(x, y, z) = x⁴ − 3xyz, of numbers or arrays."""
    return x**4 - 3 * x * y * z


def f_formula(x: Operand, y: Operand, z: Operand) -> Expr:
    """The same for cells."""
    return as_expr(x) ** 4 - 3 * as_expr(x) * y * z


def partials(book: Book) -> None:
    """Take the three partial derivatives at a point: by rule, and by central difference; then draw them."""
    title = _("Partial derivatives of f(x, y, z) = x⁴ − 3xyz")
    page = book.page("Partial", title, kind=Kind.DEEPER, landscape=False)
    page.step(
        _("The point"),
        _("With several inputs there is a slope for each: move one, hold the others as if they were constants."),
        "f(x, y, z) = x⁴ − 3·x·y·z",
    )
    x, y, z = (page.setting(p, f"p_{p.key}", symbol=p.key, title="") for p in POINT)
    h = step_given(page, "h_partial")
    point = np.array([x.value, y.value, z.value])
    f = page.derived("f_point", value_at(*point), lambda: f_formula(x, y, z), "f(x, y, z)")
    page.remark(_("The function is the article's; the point is chosen here. The article's three derivatives were pictures, now lost."))  # fmt: skip
    _three_slopes(page, (x, y, z), point, h)
    _walks(page, (x, y, z), f)


def _three_slopes(page: Page, at: tuple[Block, Block, Block], p: Any, h: Block) -> None:
    page.step(
        _("Three partial derivatives"),
        _("Each is an ordinary derivative: the letters that do not move count as numbers."),
        "∂f/∂x = 4x³ − 3yz        ∂f/∂y = −3xz        ∂f/∂z = −3xy",
    )
    x, y, z = at
    ahead = np.array([value_at(*(p + h.value * unit)) for unit in np.eye(3)])
    behind = np.array([value_at(*(p - h.value * unit)) for unit in np.eye(3)])
    value = np.array([4 * p[0] ** 3 - 3 * p[1] * p[2], -3 * p[0] * p[2], -3 * p[0] * p[1]])
    rule = value, [4 * x**3 - 3 * y * z, 0 - 3 * x * z, 0 - 3 * x * y]
    after = ahead, [f_formula(x + h, y, z), f_formula(x, y + h, z), f_formula(x, y, z + h)]
    before = behind, [f_formula(x - h, y, z), f_formula(x, y - h, z), f_formula(x, y, z - h)]
    held_to_differences(page, "partial", ["∂f/∂x", "∂f/∂y", "∂f/∂z"], rule, after, before, h)
    page.sentence("partial_x_says", "∂f/∂x = 4·{p_x:2p}³ − 3·{p_y:2p}·{p_z:2p} = {partial_slope[0]:4}")
    page.sentence("partial_y_says", "∂f/∂y = −3·{p_x:2p}·{p_z:2p} = {partial_slope[1]:4}")
    page.sentence("partial_z_says", "∂f/∂z = −3·{p_x:2p}·{p_y:2p} = {partial_slope[2]:4}")


def _walks(page: Page, at: tuple[Block, Block, Block], f: Block) -> None:
    """Draw f along each input alone."""
    why = _("Three walks start from the same point, each along one input; their slopes at s = 0 are the three partial derivatives.")  # fmt: skip
    page.step(_("One input at a time"), why)
    reach = page.given("reach", 1.0, "", _("how far each walk goes"), valid=Between(0.1, 2))
    picture = page.keep()
    x, y, z = at
    a, b, c = (float(block.value) for block in at)
    with page.book.helpers.table(Counter(), 21) as t:
        s = grid(t, "s", 0, reach, 21, _("how far"))
        far = s.value
        value, title = value_at(a + far, b, c), _("only x moves")
        along_x = t.derived("walk_x", value, lambda t: f_formula(x + s[t], y, z), "f(x + s, y, z)", title)
        value, title = value_at(a, b + far, c), _("only y moves")
        along_y = t.derived("walk_y", value, lambda t: f_formula(x, y + s[t], z), "f(x, y + s, z)", title)
        value, title = value_at(a, b, c + far), _("only z moves")
        along_z = t.derived("walk_z", value, lambda t: f_formula(x, y, z + s[t]), "f(x, y, z + s)", title)
    alt = _("Three curves through the same point at s = 0: f as only x, only y or only z moves; along y and z they are straight lines.")  # fmt: skip
    lines = tuple(Series(walk.title, s[:], walk[:]) for walk in (along_x, along_y, along_z))
    with page.into(picture):
        page.chart(Chart(_("f along each input"), lines, "s", "f", alt))
    page.check("walks_meet", _("all three walks pass through f(x, y, z) at s = 0"), along_x[10], f, 1e-9)
