"""Page Learning: the perceptron rule; page Steps: every step of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.activations import Array, unit_step, unit_step_formula
from scenarios.perceptron.parts import (
    PATTERNS,
    cells,
    corners,
    line_of,
    pattern_columns,
    plane,
    right_column,
    rows_right,
)
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Series
from workbook.formula import Expr, absolute, call, number_of, pick
from workbook.sheet import Kind
from workbook.text import _

STEPS = 40


def learning(book: Book) -> None:
    """Let the reader choose the targets, the learning rate and the step that is shown."""
    page = book.page(
        "Learning",
        _("It learns the line from its mistakes"),
        _("Whenever it is wrong, each weight moves a little against the error; right answers move nothing."),
        _("Will it ever stop changing its weights?"),
    )
    with page.left():
        with page.beside():
            bounds = Between(0, STEPS, whole=True)
            shown = page.given("learn_shown", 8.0, "n", _("steps taken"), valid=bounds)
            eta = page.given("learn_eta", 0.5, "η", _("learning rate"), valid=Between(0, 10))
        page.gap()
        said = page.keep()
        page.gap()
        with page.table(Counter(""), 4) as table:
            x1, x2 = pattern_columns(table, "learn")
            bit, wanted = Between(0, 1, whole=True), np.array([0.0, 0.0, 0.0, 1.0])
            t = table.given("learn_t", wanted, "t", _("should be"), valid=bit)
            _steps(book, x1, x2, t, eta)
            now = []
            for id, name in (("w1", "w₁"), ("w2", "w₂"), ("b", "b")):
                column, title = book[f"step_{id}"], _("{name} now").format(name=name)
                value = column.value[int(shown.value)]
                now.append(page.offstage_block(f"learn_{id}", value, lambda c=column: pick(c, shown + 1), title=title))
            w1, w2, b = now
            value = w1.value * PATTERNS[:, 0] + w2.value * PATTERNS[:, 1] + b.value
            z = table.derived("learn_z", value, lambda i: w1 * x1[i] + w2 * x2[i] + b, "z", _("weighted sum"))
            y = table.derived("learn_y", unit_step(value), lambda i: unit_step_formula(z[i]), "y", _("output"))
            right = right_column(table, "learn", y, t)
        page.math("w ← w − η·(y − t)·x        b ← b − η·(y − t)")
        page.text(_("The rows take turns, one for each step. Where y = t nothing moves."))
        rows_right(page, "learn", right)
        with page.into(said):
            page.live("learn_says", _("▶ After {learn_shown:0} steps {learn_hits:0} of 4 rows are right: w₁ = {learn_w1:2}, w₂ = {learn_w2:2}, b = {learn_b:2}."))  # fmt: skip
    points = corners(book.helpers, "learn", cells(x1), cells(x2), cells(t))
    line = line_of(book.helpers, "learn", (w1.whole(), w2.whole(), b.whole()))
    with page.right():
        page.chart(plane("", points, [("w·x + b = 0", line)], size=(7, 15), should=True))
        course = Series(_("rows right"), book["step_n"][:], book["step_right"][:], width=2.5)
        title, alt = _("Rows right after each step"), _("How many of the four rows are right after each step.")
        limits: dict[str, Any] = {"x_range": (0, STEPS), "y_range": (0, 4), "legend": False}
        page.chart(Chart(title, (course,), "n", "", alt, columns=7, rows=8, **limits))
    page.try_(_("With the targets as given: 0, 5, 10, 40 steps, and the line comes to rest. With 0, 1, 1, 0 as targets, XOR, it never does."))  # fmt: skip
    question = _("A row with x₁ = 1 gives 1 and should give 0. By how much does w₁ change? (0.005 off is close enough)")
    change = page.offstage_block("learn_change", -eta.value, lambda: -eta, title=_("change of w₁"))
    yes = _("Minus the learning rate times the error times the input.")
    hint = _("the error is 1 − 0, the input 1; the weight moves against it.")
    page.turn("learn_turn", question, change, 0.005, yes, hint)
    page.remember(_("Only mistakes teach: a right answer changes nothing."))
    page.source(_("The articles do not tell of this rule; it is Rosenblatt's. All weights begin at 0; targets and learning rate are chosen here."))  # fmt: skip


def _steps(book: Book, x1: Block, x2: Block, t: Block, eta: Block) -> None:
    """Take every step on a page of its own."""
    page = book.page("Steps", _("Learning, step by step"), kind=Kind.DEEPER)
    page.step(
        _("One row for each step"),
        _("The row that has its turn is tried with the weights so far; its error moves them for the next row."),
        "w ← w − η·(y − t)·x        b ← b − η·(y − t)",
    )
    turns, weights, outputs, errors, rights = _walk(t.value, float(eta.value))
    with page.table(Counter(""), STEPS + 1) as table:
        n = np.arange(STEPS + 1.0)
        step = table.derived("step_n", n, lambda n: number_of(n) - 1, "n", _("steps taken"))
        title = _("row whose turn it is")
        row = table.derived("step_row", turns, lambda n: call("MOD", step[n], 4) + 1, "", title)
        first, title = {"first": lambda: 0}, _("so far")

        def moved(weight: Block, n: Any, x: Block | None) -> Expr:
            change = eta * e[n - 1]
            return weight[n - 1] - (change if x is None else change * pick(x, row[n - 1]))

        w1 = table.updated("step_w1", weights[:, 0], lambda n: moved(w1, n, x1), "w₁", title, **first)
        w2 = table.updated("step_w2", weights[:, 1], lambda n: moved(w2, n, x2), "w₂", title, **first)
        b = table.updated("step_b", weights[:, 2], lambda n: moved(b, n, None), "b", title, **first)

        def output(n: Any) -> Expr:
            return unit_step_formula(w1[n] * pick(x1, row[n]) + w2[n] * pick(x2, row[n]) + b[n])

        def hits(n: Any) -> Expr:
            sums = (b[n] + 0, w2[n] + b[n], w1[n] + b[n], w1[n] + w2[n] + b[n])
            wrong = [absolute(unit_step_formula(z) - t[k]) for k, z in enumerate(sums)]
            return 4 - wrong[0] - wrong[1] - wrong[2] - wrong[3]

        y = table.derived("step_y", outputs, output, "y", _("output"))
        e = table.derived("step_e", errors, lambda n: y[n] - pick(t, row[n]), "y − t", _("error"))
        table.derived("step_right", rights, hits, "", _("rows right"))


def _walk(t: Array, eta: float) -> tuple[Array, Array, Array, Array, Array]:
    """Return, before each step: the row, (w₁, w₂, b), the output, the error, and how many rows are right."""
    inputs = np.column_stack([PATTERNS, np.ones(4)])
    turns: Array = np.arange(STEPS + 1.0) % 4
    weights: Array = np.zeros((STEPS + 2, 3))
    outputs, errors, rights = (np.zeros(STEPS + 1) for _n in range(3))
    for n, k in enumerate(turns.astype(int)):
        said = unit_step(inputs @ weights[n])
        outputs[n], errors[n], rights[n] = said[k], said[k] - t[k], np.sum(said == t)
        weights[n + 1] = weights[n] - eta * errors[n] * inputs[k]
    return turns + 1, weights[:-1], outputs, errors, rights
