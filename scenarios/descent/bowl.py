"""Page Bowl: how long may a step be? And the deeper sheet BowlSteps: the whole run, with its slopes held to quotients."""

from __future__ import annotations

import numpy as np

from scenarios.common.curves import gathered
from scenarios.descent.one_variable import LARGEST_RATE, SQUARE, one_variable, path
from scenarios.descent.step_sizes import START, verdict, verdict_formula
from workbook.block import Block
from workbook.book import Book
from workbook.chart import ORANGE, RED, Chart, Mark, Series
from workbook.page import Page, Voice
from workbook.parameter import Parameter
from workbook.sheet import Kind
from workbook.text import N_, _

RATE = Parameter("lr", 0.1, N_("step size on y = x²"), 0, LARGEST_RATE, symbol="η")
SHOWN = 6
"""How many rows of the run stand beside the picture."""


def bowl_page(book: Book) -> Page:
    """Add the page, empty."""
    return book.page(
        "Bowl",
        _("How long may a step downhill be?"),
        _("The slope says which way is down; the step size says how far to trust it."),
        _("Ten times the step size: ten times as fast?"),
    )


def bowl(page: Page) -> None:
    """Walk down y = x² with a yellow step size."""
    book = page.book
    with page.left():
        with page.beside():
            eta = page.setting(RATE, "bowl_lr", title=_("step size"))
            x0 = page.setting(START, "bowl_x0", title=_("start"))
        page.gap()
        said = page.keep()
        page.gap()
        _steps(book, x0, eta)
        page.math("y = x²        f′(x) = 2x        x ← x − η·f′(x)")
        page.sentence("bowl_worked", "x₁ = {bowl_x[0]:2} − {bowl_lr:2}·{bowl_slope[0]:2p} = {bowl_x[1]:2}")
        _first_rows(page)
    value = 1 - 2 * float(eta.value)
    factor = page.offstage_block("bowl_factor", value, lambda: 1 - 2 * eta, title=_("factor of each step"))
    t, y = book["bowl_t"], book["bowl_y"]
    with page.into(said):
        words = _("▶ With the step size {bowl_lr:2} each step multiplies x by {bowl_factor:2p}. After {bowl_t[30]:0} steps the height is {bowl_y[30]:3}.")  # fmt: skip
        page.live("bowl_says", words)
        so = np.asarray(verdict(value), dtype=object)
        page.derived("bowl_verdict", so, lambda: verdict_formula(factor.whole()), "", _("so the run"))
    with page.right():
        page.chart(_path(page, columns=9))
        alt = _("The height after each step of the run.")
        heights = Series(_("height"), t[:], y[:], Mark.BOTH, ORANGE, size=5)
        page.chart(Chart("", (heights,), _("step t"), _("height"), alt, columns=9, rows=9, legend=False))
    asked = page.offstage_block("bowl_asked", 0.25, title=_("the step size that is asked for"))
    title = _("the factor of its step")
    answer = page.offstage_block("bowl_asked_factor", 1 - 2 * asked.value, lambda: 1 - 2 * asked, title=title)
    page.try_(_("Type 0.1 for η: it creeps. 0.5: it arrives at once. 0.9: it zigzags. 1.05: it runs away."))
    question = _("With the step size 0.25, by which number does each step multiply x?")
    yes = _("Half of the way is left after each step.")
    page.turn("bowl_turn", question, answer, 0.01, yes, _("x − η·2x = (1 − 2η)·x."))
    page.remember(_("Too small creeps, too large runs away."))
    with book.start.left():
        book.start.sentence("face", _("Height after {bowl_t[30]:0} steps: {bowl_y[30]:3}"), Voice.HEADLINE)
    with book.start.right():
        book.start.chart(_path(page, columns=8))


def _steps(book: Book, x0: Block, eta: Block) -> None:
    """Add the sheet of the whole run."""
    page = book.page("BowlSteps", _("Descent on y = x², step by step"), kind=Kind.DEEPER, landscape=False)
    why = _("Where the slope is positive, down lies to the left; where it is negative, to the right: so step against it.")  # fmt: skip
    page.step(_("Downhill by the slope"), why, "y = x²        f′(x) = 2x        x ← x − η·f′(x)")
    remark = _("The article says that a function of one variable has no gradient descent, since setting the slope to 0 gives the minimum at once. That shortcut is right (2x = 0 at x = 0), but descent works in one variable just the same, as this table shows; networks need it because there the equation cannot be solved.")  # fmt: skip
    one_variable(page, "bowl", SQUARE, x0, eta, 0, remark)


def _first_rows(page: Page) -> None:
    columns = (("t", _("steps"), "t"), ("x", _("position"), "x"), ("slope", _("slope"), "2x"), ("y", _("height"), "x²"))
    with page.table(None, SHOWN) as t:
        for id, title, symbol in columns:
            column = page.book[f"bowl_{id}"]
            gathered(t, f"bowl_first_{id}", [column[i] for i in range(SHOWN)], symbol, title)


def _path(page: Page, columns: int) -> Chart:
    x, y = page.book["bowl_x"], page.book["bowl_y"]
    start = Series(_("start"), x[0:1], y[0:1], Mark.POINTS, RED, size=10)
    alt = _("The parabola with the steps of the run on it, and its start in red.")
    return Chart("", (*path(page, "bowl", SQUARE), start), "x", "y", alt, columns=columns, rows=12)
