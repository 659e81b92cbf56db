"""Page Learning: the perceptron rule; page Steps: every step of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.common.activations import Array, unit_step, unit_step_formula
from scenarios.common.columns import caption
from scenarios.perceptron.parts import PATTERNS, corners, line_of, pattern_columns, plane, right_column
from workbook.block import Between, Block, Counter, Role
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, absolute, call, number_of, pick
from workbook.page import Page
from workbook.sheet import HOLDS, Kind
from workbook.text import _

STEPS = 40
BIT = Between(0, 1, whole=True)


@dataclass(frozen=True)
class Run:
    """What the steps are taken from: the rows' inputs and targets, and the learning rate."""

    x1: Block
    x2: Block
    t: Block
    eta: Block


@dataclass(frozen=True)
class Course:
    """Weights, bias and right rows after 0, 1, … steps."""

    step: Block
    w: tuple[Block, Block]
    b: Block
    right: Block


def learning_page(page: Page) -> None:
    """Let the reader choose the targets, the learning rate and the step that is shown."""
    helpers = page.book.helpers
    with page.left():
        with page.beside():
            shown = page.given(
                "learn_shown",
                8.0,
                symbol="n",
                title=_("steps taken"),
                valid=Between(0, STEPS, whole=True),
                number_format="0",
            )
            eta = page.given(
                "learn_eta", 0.5, symbol="η", title=_("learning rate"), valid=Between(0, 10), number_format="0.00"
            )
        page.gap()
        said = page.keep()
        page.gap()
        table_place = page.keep()
        with page.into(table_place), page.table(Counter(""), 4) as table:
            x1, x2 = pattern_columns(table, "learn")
            t = table.given("learn_t", np.array([0.0, 0.0, 0.0, 1.0]), valid=BIT, **caption(_("should be"), "t", "0"))
            course = _steps(page, Run(x1, x2, t, eta))
            at = int(shown.value)
            w = tuple(
                _now(page, f"learn_{id}", column, shown, at, name)
                for id, column, name in (("w1", course.w[0], "w₁"), ("w2", course.w[1], "w₂"), ("b", course.b, "b"))
            )
            z_value = w[0].value * PATTERNS[:, 0] + w[1].value * PATTERNS[:, 1] + w[2].value
            z = table.derived(
                "learn_z",
                z_value,
                lambda i: w[0] * x1[i] + w[1] * x2[i] + w[2],
                **caption(_("weighted sum"), "z", "0.00"),
            )
            y = table.derived(
                "learn_y", unit_step(z_value), lambda i: unit_step_formula(z[i]), **caption(_("output"), "y", "0")
            )
            right = right_column(table, "learn", y, t)
        page.math("w ← w − η·(y − t)·x        b ← b − η·(y − t)")
        page.text(_("The rows take turns, one for each step. Where y = t nothing moves."))
        hits = page.offstage_block(
            "learn_hits",
            float(np.sum(right.value == HOLDS)),
            lambda: call("COUNTIF", right, HOLDS),
            title=_("rows right"),
            number_format="0",
        )
        with page.into(said):
            page.live(
                "learn_says",
                _("▶ After {n:0} steps {hits:0} of 4 rows are right: w₁ = {w1:2}, w₂ = {w2:2}, b = {b:2}."),
                n=shown,
                hits=hits,
                w1=w[0],
                w2=w[1],
                b=w[2],
            )
    points = corners(helpers, "learn", *([block[i] for i in range(4)] for block in (x1, x2, t)))
    with page.right():
        page.chart(
            plane(
                "",
                *points,
                [("w·x + b = 0", line_of(helpers, "learn", (w[0].whole(), w[1].whole(), w[2].whole())))],
                columns=7,
                rows=15,
            )
        )
        page.chart(_progress(course))
    _questions(page, eta)


def _now(page: Page, id: str, column: Block, shown: Block, at: int, name: str) -> Block:
    """Pick a weight after the steps that are shown."""
    return page.offstage_block(
        id,
        column.value[at],
        lambda: pick(column, shown + 1),
        title=_("{name} now").format(name=name),
        number_format="0.00",
    )


def _steps(page: Page, run: Run) -> Course:
    """Take every step on a page of its own."""
    steps = page.book.page("Steps", _("Learning, step by step"), kind=Kind.DEEPER)
    steps.step(
        _("One row for each step"),
        _("The row that has its turn is tried with the weights so far; its error moves them for the next row."),
        "w ← w − η·(y − t)·x        b ← b − η·(y − t)",
    )
    numbers = np.array(_walk(run))
    x1, x2, t, eta = run.x1, run.x2, run.t, run.eta
    with steps.table(Counter(""), STEPS + 1) as table:
        step = table.derived(
            "step_n", np.arange(STEPS + 1.0), lambda n: number_of(n) - 1, **caption(_("steps taken"), "n", "0")
        )
        row = table.derived(
            "step_row",
            numbers[:, 0],
            lambda n: call("MOD", step[n], 4) + 1,
            **caption(_("row whose turn it is"), number_format="0"),
        )
        columns: dict[str, Block] = {}

        def weight(id: str, at: int, symbol: str, x: Block | None) -> Block:
            def later(n: Any) -> Expr:
                change = eta * columns["e"][n - 1]
                return columns[id][n - 1] - (change if x is None else change * pick(x, row[n - 1]))

            columns[id] = table.add(
                Block(
                    f"step_{id}",
                    Role.UPDATED,
                    numbers[:, at],
                    formula=later,
                    first=lambda: 0,
                    **caption(_("so far"), symbol, "0.00"),
                )
            )
            return columns[id]

        w1, w2, b = weight("w1", 1, "w₁", x1), weight("w2", 2, "w₂", x2), weight("b", 3, "b", None)
        y = table.derived(
            "step_y",
            numbers[:, 4],
            lambda n: unit_step_formula(w1[n] * pick(x1, row[n]) + w2[n] * pick(x2, row[n]) + b[n]),
            **caption(_("output"), "y", "0"),
        )
        columns["e"] = table.derived(
            "step_e", numbers[:, 5], lambda n: y[n] - pick(t, row[n]), **caption(_("error"), "y − t", "0")
        )

        def hits(n: Any) -> Expr:
            wrong = [
                absolute(unit_step_formula(z) - t[k])
                for k, z in enumerate((b[n] + 0, w2[n] + b[n], w1[n] + b[n], w1[n] + w2[n] + b[n]))
            ]
            return 4 - wrong[0] - wrong[1] - wrong[2] - wrong[3]

        right = table.derived("step_right", numbers[:, 6], hits, **caption(_("rows right"), number_format="0"))
    return Course(step, (w1, w2), b, right)


def _walk(run: Run) -> list[tuple[float, ...]]:
    """Return, before each step: row, w₁, w₂, b, output, error, rows right."""
    t, eta = run.t.value, float(run.eta.value)
    w, b = np.zeros(2), 0.0
    walked: list[tuple[float, ...]] = []
    for n in range(STEPS + 1):
        k = n % 4
        y = float(unit_step(w @ PATTERNS[k] + b))
        e = y - float(t[k])
        outputs: Array = unit_step(PATTERNS @ w + b)
        walked.append((k + 1.0, w[0], w[1], b, y, e, float(np.sum(outputs == t))))
        w, b = w - eta * e * PATTERNS[k], b - eta * e
    return walked


def _progress(course: Course) -> Chart:
    return Chart(
        _("Rows right after each step"),
        (Series(_("rows right"), course.step[:], course.right[:], Mark.LINE, width=2.5),),
        "n",
        "",
        _("How many of the four rows are right after each step."),
        columns=7,
        rows=8,
        x_range=(0, STEPS),
        y_range=(0, 4),
        legend=False,
    )


def _questions(page: Page, eta: Block) -> None:
    page.try_(
        _(
            "With the targets as given: 0, 5, 10, 40 steps, and the line comes to rest. With 0, 1, 1, 0 as targets, XOR, it never does."
        )
    )
    page.turn(
        "learn_turn",
        _("A row with x₁ = 1 gives 1 and should give 0. By how much does w₁ change? (0.005 off is close enough)"),
        page.offstage_block("learn_change", -eta.value, lambda: -eta, title=_("change of w₁")),
        0.005,
        _("Minus the learning rate times the error times the input."),
        _("the error is 1 − 0, the input 1; the weight moves against it."),
    )
    page.remember(_("Only mistakes teach: a right answer changes nothing."))
    page.source(
        _(
            "The articles do not tell of this rule; it is Rosenblatt's. All weights begin at 0; targets and learning rate are chosen here."
        )
    )
