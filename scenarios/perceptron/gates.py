"""Sheet Gates: AND, OR and NAND, one perceptron each."""

from __future__ import annotations

import numpy as np

from scenarios.common.columns import caption
from scenarios.perceptron import parts
from scenarios.perceptron.parts import PATTERNS, Gate, corners, line_of, parameters, plane, right_column, truth_columns
from workbook.block import Block, Counter
from workbook.book import Book
from workbook.eager import Sheet
from workbook.formula import call, equal, if_
from workbook.page import Page
from workbook.sheet import HOLDS
from workbook.text import _


def gates_sheet(book: Book) -> dict[str, tuple[Block, Block]]:
    """Add the three gates, each with its truth table and its line; return their weights and biases."""
    sheet = book.sheet("Gates", _("AND, OR, NAND: one perceptron each"))
    found = {}
    for gate in parts.GATES:
        sheet.step(
            _("{gate} as a perceptron").format(gate=gate.name), _(gate.why), "z = w₁·x₁ + w₂·x₂ + b        y = u(z)"
        )
        found[gate.name] = _gate(sheet, book.helpers, gate)
    sheet.remark(
        _(
            "All weights are chosen here (NAND's are those of Nielsen's book); any others that leave the same points on "
            "the same side of the line do as well. Try some."
        )
    )
    return found


def _gate(sheet: Sheet, helpers: Page, gate: Gate) -> tuple[Block, Block]:
    key = gate.name.lower()
    news = sheet.reserve()
    w, b = parameters(sheet, key, np.array(gate.w), gate.b)
    top = sheet.cursor
    with sheet.table(Counter(""), 4) as table:
        x1, x2, z, y = truth_columns(table, key, w, b)
        fields = caption(_("should be"), gate.name, "0", math=gate.math)
        t = table.derived(f"{key}_t", gate.target(*PATTERNS.T), lambda i: gate.target_formula(x1[i], x2[i]), **fields)
        right = right_column(table, key, y, t)
        chart_column = table.column + 1
    _news(sheet, key, gate.name, right, news)
    sheet.sentence(
        f"{key}_words",
        "z₄ = {w1:2p}·{x1:0} + {w2:2p}·{x2:0} + {b:2p} = {z:2},   y = {y:0}",
        w1=w[0],
        w2=w[1],
        x1=x1[3],
        x2=x2[3],
        b=b[0],
        z=z[3],
        y=y[3],
    )
    name = _("{gate}: the dividing line").format(gate=gate.name)
    points = corners(helpers, key, [x1[i] for i in range(4)], [x2[i] for i in range(4)], [y[i] for i in range(4)])
    line = line_of(helpers, key, (w[0], w[1], b[0]))
    sheet.chart(plane(name, *points, [("w·x + b = 0", line)]), at=(top - 4, chart_column))
    sheet.cursor = max(sheet.cursor, top + 15)
    return w, b


def _news(sheet: Sheet, key: str, name: str, right: Block, row: int) -> None:
    """Say how many of the four rows are right, in the row kept free above."""
    hits_value = float(np.sum(right.value == HOLDS))
    hits = sheet.derived(
        f"{key}_hits", hits_value, lambda: call("COUNTIF", right, HOLDS), title=_("rows right"), number_format="0"
    )
    good, bad = str(_("this is {gate}").format(gate=name)), str(_("this is not {gate}").format(gate=name))
    verdict = sheet.derived(
        f"{key}_verdict",
        np.asarray(good if hits_value == 4 else bad, dtype=object),
        lambda: if_(equal(hits, 4), good, bad),
        **caption(_("verdict"), number_format="@"),
    )
    sheet.sentence(f"{key}_news", _("▶ {n:0} of 4 rows are right: {verdict}."), row=row, n=hits, verdict=verdict)
