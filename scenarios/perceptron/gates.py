"""Sheets Gates and NandOnly: AND, OR and NAND, one perceptron each; XOR from four NAND perceptrons."""

from __future__ import annotations

from scenarios.common.activations import Array, unit_step, unit_step_formula
from scenarios.perceptron import parts
from scenarios.perceptron.parts import (
    parameters,
    pattern_columns,
    plane_of,
    right_column,
    rows_right,
    target_column,
    truth_columns,
    verdict_on,
)
from workbook.block import Block, Counter
from workbook.book import Book
from workbook.formula import Expr
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
            page.chart(plane_of(page, key, truth, w, b, title, (5, 14)))
        hits = rows_right(page, key, right)
        verdict = verdict_on(page, f"{key}_verdict", gate, hits, 4)
        with page.into(said):
            page.sentence(f"{key}_news", _("▶ {n:0} of 4 rows are right: {verdict}."), n=hits, verdict=verdict)
    page.remark(_("All weights are chosen here (NAND's are those of Nielsen's book); any others that leave the same points on the same side of the line do as well. Try some."))  # fmt: skip


def nand_only(book: Book) -> None:
    """Build XOR from four NANDs, with the weights of the sheet Gates."""
    page = book.page("NandOnly", _("Everything from NAND"), kind=Kind.DEEPER)
    page.step(
        _("XOR from four NAND perceptrons"),
        _(
            "NAND alone is enough to build every truth table, so networks of perceptrons can compute whatever a computer computes."
        ),
        "n₁ = NAND(x₁, x₂)    n₂ = NAND(x₁, n₁)    n₃ = NAND(x₂, n₁)    y = NAND(n₂, n₃)",
    )
    page.remark(_("The four use the weights and the bias of NAND on the sheet Gates: change them there."))
    w, b = book["nand_w"], book["nand_b"]

    def nand(p: Array, q: Array) -> Array:
        return unit_step(w.value[0] * p + w.value[1] * q + b.value[0])

    def nand_formula(p: Expr, q: Expr) -> Expr:
        return unit_step_formula(w[0] * p + w[1] * q + b[0])

    with page.table(Counter(""), 4) as t:
        x1, x2 = pattern_columns(t, "only")

        def column(id: str, p: Block, q: Block, symbol: str, math: str) -> Block:
            return t.derived(id, nand(p.value, q.value), lambda i: nand_formula(p[i], q[i]), symbol, "NAND", math=math)

        n1 = column("only_n1", x1, x2, "n₁", "x₁, x₂")
        n2, n3 = column("only_n2", x1, n1, "n₂", "x₁, n₁"), column("only_n3", x2, n1, "n₃", "x₂, n₁")
        y = column("only_y", n2, n3, "y", "n₂, n₃")
        right_column(t, "only", y, target_column(t, "only_t", parts.XOR, x1, x2))
    page.sentence("only_words", _("Row 2: n₁ = {only_n1[1]:0}, n₂ = {only_n2[1]:0}, n₃ = {only_n3[1]:0}, so y = {only_y[1]:0}, and XOR says {only_t[1]:0}."))  # fmt: skip
