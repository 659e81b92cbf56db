"""Page Bowl: how long may a step be? And the deeper sheet BowlSteps: the whole run, with its slopes held to quotients."""

from __future__ import annotations

import numpy as np

from scenarios.descent.one_variable import BLUE, LARGEST_RATE, ORANGE, RED, SQUARE, STEPS, Run, one_variable
from scenarios.descent.step_sizes import verdict, verdict_formula
from workbook.block import Between, Block, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.page import Page, Voice
from workbook.text import _

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


def bowl(page: Page, start: float, rate: float) -> None:
    """Walk down y = x² with a yellow step size."""
    near = {"number_format": "0.00"}
    with page.left():
        with page.beside():
            eta = page.given(
                "bowl_lr",
                rate,
                symbol="η",
                title=_("step size"),
                number_format="0.00",
                valid=Between(0, LARGEST_RATE),
            )
            x0 = page.given("bowl_x0", start, symbol="x₀", title=_("start"), valid=Between(-10, 10), **near)
        page.gap()
        said = page.keep()
        page.gap()
        numbers = page.keep()
    run, curve = _steps(page.book, x0, eta)
    factor = page.offstage(
        Block(
            "bowl_factor",
            Role.DERIVED,
            np.asarray(1 - 2 * rate),
            formula=lambda: 1 - 2 * eta,
            title=_("factor of each step"),
        )
    )
    with page.into(said):
        page.live(
            "bowl_says",
            _(
                "▶ With the step size {eta:2} each step multiplies x by {factor:2p}. After {n:0} steps the height is {y:3}."
            ),
            eta=eta,
            factor=factor,
            n=run.t[STEPS],
            y=run.y[STEPS],
        )
        page.add(
            Block(
                "bowl_verdict",
                Role.DERIVED,
                np.asarray(verdict(float(factor.value)), dtype=object),
                formula=lambda: verdict_formula(factor.whole()),
                title=_("so the run"),
                number_format="@",
            )
        )
    with page.into(numbers):
        page.math("y = x²        f′(x) = 2x        x ← x − η·f′(x)")
        page.sentence("bowl_worked", "x₁ = {x:2} − {r:2}·{s:2p} = {y:2}", x=run.x[0], r=eta, s=run.slope[0], y=run.x[1])
        _first_rows(page, run)
    with page.right():
        page.chart(_path(run, curve, rows=12))
        page.chart(_heights(run))
    _questions(page)
    _face(page.book.start, run, curve)


def _steps(book: Book, x0: Block, eta: Block) -> tuple[Run, tuple[Block, Block]]:
    """Add the sheet of the whole run; return it, and the curve that its chart draws."""
    sheet = book.sheet("BowlSteps", _("Descent on y = x², step by step"), landscape=False)
    sheet.step(
        _("Downhill by the slope"),
        _(
            "Where the slope is positive, down lies to the left; where it is negative, to the right: so step against"
            " it."
        ),
        "y = x²        f′(x) = 2x        x ← x − η·f′(x)",
    )
    return one_variable(
        sheet,
        SQUARE,
        (x0, eta),
        0,
        _(
            "The article says that a function of one variable has no gradient descent, since setting the slope to"
            " 0 gives"
            " the minimum at once. That shortcut is right (2x = 0 at x = 0), but descent works in one variable just the"
            " same, as this table shows; networks need it because there the equation cannot be solved."
        ),
    )


def _first_rows(page: Page, run: Run) -> None:
    columns = (
        ("t", run.t, _("step"), "t", "0"),
        ("x", run.x, _("position"), "x", "0.00"),
        ("slope", run.slope, _("slope"), "2x", "0.00"),
        ("y", run.y, _("height"), "x²", "0.000"),
    )
    with page.table(None, SHOWN) as t:
        for id, column, title, symbol, number_format in columns:
            t.derived(
                f"bowl_first_{id}",
                column.value[:SHOWN],
                None,
                each=[column[i] for i in range(SHOWN)],
                title=title,
                symbol=symbol,
                number_format=number_format,
            )


def _path(run: Run, curve: tuple[Block, Block], rows: int, columns: int = 9) -> Chart:
    return Chart(
        "",
        (
            Series("y = x²", curve[0][:], curve[1][:], colour=BLUE),
            Series(_("path"), run.x[:], run.y[:], Mark.BOTH, ORANGE),
            Series(_("start"), run.x[0:1], run.y[0:1], Mark.POINTS, RED, size=10),
        ),
        "x",
        "y",
        _("The parabola with the steps of the run on it, and its start in red."),
        columns=columns,
        rows=rows,
    )


def _heights(run: Run) -> Chart:
    return Chart(
        "",
        (Series(_("height"), run.t[:], run.y[:], Mark.BOTH, ORANGE, size=5),),
        _("step t"),
        _("height"),
        _("The height after each step of the run."),
        columns=9,
        rows=9,
        legend=False,
    )


def _questions(page: Page) -> None:
    asked = page.offstage(
        Block("bowl_asked", Role.RECORDED, np.asarray(0.25), title=_("the step size that is asked for"))
    )
    answer = page.offstage(
        Block(
            "bowl_asked_factor",
            Role.DERIVED,
            1 - 2 * asked.value,
            formula=lambda: 1 - 2 * asked,
            title=_("the factor of its step"),
        )
    )
    page.try_(_("Type 0.1 for η: it creeps. 0.5: it arrives at once. 0.9: it zigzags. 1.05: it runs away."))
    page.turn(
        "bowl_turn",
        _("With the step size 0.25, by which number does each step multiply x?"),
        answer,
        0.01,
        _("Half of the way is left after each step."),
        _("x − η·2x = (1 − 2η)·x."),
    )
    page.remember(_("Too small creeps, too large runs away."))


def _face(start: Page, run: Run, curve: tuple[Block, Block]) -> None:
    """Show the path on the first page."""
    with start.left():
        start.sentence("face", _("Height after {n:0} steps: {y:3}"), Voice.HEADLINE, n=run.t[STEPS], y=run.y[STEPS])
    with start.right():
        start.chart(_path(run, curve, rows=12, columns=8))
