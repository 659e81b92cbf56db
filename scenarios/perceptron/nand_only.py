"""Sheet NandOnly: XOR from four NAND perceptrons."""

from __future__ import annotations

from scenarios.common.activations import Array, unit_step, unit_step_formula
from scenarios.common.columns import caption
from scenarios.perceptron import parts
from scenarios.perceptron.parts import PATTERNS, pattern_columns, right_column
from workbook.block import Block, Counter
from workbook.book import Book
from workbook.formula import Expr
from workbook.text import _


def nand_only_sheet(book: Book, w: Block, b: Block) -> None:
    """Build XOR from four NANDs."""
    sheet = book.sheet("NandOnly", _("Everything from NAND"))
    sheet.step(
        _("XOR from four NAND perceptrons"),
        _(
            "NAND alone is enough to build every truth table, so networks of perceptrons can compute whatever a "
            "computer computes."
        ),
        "n₁ = NAND(x₁, x₂)    n₂ = NAND(x₁, n₁)    n₃ = NAND(x₂, n₁)    y = NAND(n₂, n₃)",
    )
    sheet.remark(_("The four use the weights and the bias of NAND on the sheet Gates: change them there."))

    def nand(p: Array, q: Array) -> Array:
        return unit_step(w.value[0] * p + w.value[1] * q + b.value[0])

    def nand_formula(p: Expr, q: Expr) -> Expr:
        return unit_step_formula(w[0] * p + w[1] * q + b[0])

    with sheet.table(Counter(""), 4) as table:
        x1, x2 = pattern_columns(table, "only")

        def column(id: str, p: Block, q: Block, symbol: str, math: str) -> Block:
            return table.derived(
                id,
                nand(p.value, q.value),
                lambda i: nand_formula(p[i], q[i]),
                title="NAND",
                symbol=symbol,
                math=math,
                number_format="0",
            )

        n1 = column("only_n1", x1, x2, "n₁", "x₁, x₂")
        n2 = column("only_n2", x1, n1, "n₂", "x₁, n₁")
        n3 = column("only_n3", x2, n1, "n₃", "x₂, n₁")
        y = column("only_y", n2, n3, "y", "n₂, n₃")
        fields = caption(_("should be"), "XOR", "0", math="|x₁ − x₂|")
        t = table.derived(
            "only_t", parts.XOR.target(*PATTERNS.T), lambda i: parts.XOR.target_formula(x1[i], x2[i]), **fields
        )
        right_column(table, "only", y, t)
    sheet.sentence(
        "only_words",
        _("Row 2: n₁ = {a:0}, n₂ = {b:0}, n₃ = {c:0}, so y = {y:0}, and XOR says {t:0}."),
        a=n1[1],
        b=n2[1],
        c=n3[1],
        y=y[1],
        t=t[1],
    )
