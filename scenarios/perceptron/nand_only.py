"""Sheet NandOnly: XOR from four NAND perceptrons."""

from __future__ import annotations

from scenarios.common.activations import Array, unit_step, unit_step_formula
from scenarios.perceptron import parts
from scenarios.perceptron.parts import pattern_columns, right_column, target_column
from workbook.block import Block, Counter
from workbook.book import Book
from workbook.formula import Expr
from workbook.sheet import Kind
from workbook.text import _


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
