"""Sheet Gates: AND, OR and NAND, one perceptron each."""

from __future__ import annotations

from scenarios.perceptron import parts
from scenarios.perceptron.parts import parameters, plane_of, right_column, rows_right, truth_columns, verdict_on
from workbook.block import Counter
from workbook.book import Book
from workbook.sheet import Kind
from workbook.text import _


def gates(book: Book) -> None:
    """Add the three gates, each with its truth table and its line."""
    page = book.page("Gates", _("AND, OR, NAND: one perceptron each"), kind=Kind.DEEPER)
    for gate in parts.GATES:
        key, words = gate.name.lower(), _("{gate} as a perceptron").format(gate=gate.name)
        page.step(words, _(gate.why), "z = w₁·x₁ + w₂·x₂ + b        y = u(z)")
        said = page.keep()
        with page.beside():
            with page.column():
                w, b = parameters(page, key, gate.w, gate.b)
                with page.table(Counter(""), 4) as t:
                    truth = truth_columns(t, key, w, b, gate)
                    assert truth.target is not None
                    right = right_column(t, key, truth.y, truth.target)
                worked = "z₄ = {?_w[0]:2p}·{?_x1[3]:0} + {?_w[1]:2p}·{?_x2[3]:0} + {?_b[0]:2p} = {?_z[3]:2},   y = {?_y[3]:0}"
                page.sentence(f"{key}_words", worked.replace("?", key))
            title = _("{gate}: the dividing line").format(gate=gate.name)
            page.chart(plane_of(page, key, truth, w, b, title=title, columns=5, rows=14))
        hits = rows_right(page, key, right)
        verdict = verdict_on(page, f"{key}_verdict", gate, hits, 4)
        with page.into(said):
            page.sentence(f"{key}_news", _("▶ {n:0} of 4 rows are right: {verdict}."), n=hits, verdict=verdict)
    page.remark(_("All weights are chosen here (NAND's are those of Nielsen's book); any others that leave the same points on the same side of the line do as well. Try some."))  # fmt: skip
