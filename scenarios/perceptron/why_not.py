"""Page WhyNot: no line parts the patterns of XOR; page Search: no weights do."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.activations import unit_step, unit_step_formula
from scenarios.common.columns import caption
from scenarios.perceptron import parts
from scenarios.perceptron.parts import (
    PATTERNS,
    WEIGHT,
    corners,
    line_of,
    parameters,
    plane,
    right_column,
    truth_columns,
)
from workbook.block import Between, Block, Counter, Role, Shading
from workbook.formula import Direction, Expr, as_expr, call, equal, if_, largest, number_of
from workbook.page import Page
from workbook.sheet import HOLDS
from workbook.text import _


def why_not_page(page: Page) -> None:
    """Let the reader try to make XOR from one perceptron, and prove why it fails."""
    helpers, target = page.book.helpers, parts.XOR
    with page.left():
        w, b = parameters(page, "try", np.array([1.0, 2.0]), -0.5)
        page.gap()
        said = page.keep()
        page.gap()
        with page.table(Counter(""), 4) as table:
            x1, x2, z, y = truth_columns(table, "try", w, b)
            fields = caption(_("should be"), "XOR", "0", math="|x₁ − x₂|")
            t = table.derived(
                "try_t", target.target(*PATTERNS.T), lambda i: target.target_formula(x1[i], x2[i]), **fields
            )
            at_least, below = "z ≥ 0", "z < 0"
            table.derived(
                "try_demand",
                np.where(t.value == 1, at_least, below).astype(object),
                lambda i: if_(equal(t[i], 1), at_least, below),
                **caption(_("so it needs"), number_format="@"),
            )
            right = right_column(table, "try", y, t)
        hits = page.offstage_block(
            "try_hits",
            float(np.sum(right.value == HOLDS)),
            lambda: call("COUNTIF", right, HOLDS),
            title=_("rows right"),
            number_format="0",
        )
        with page.into(said):
            page.live("try_news", _("▶ {n:0} of 4 rows are right. All four never are."), n=hits)
        _contradiction(page, z)
    points = corners(helpers, "try", [x1[i] for i in range(4)], [x2[i] for i in range(4)], [t[i] for i in range(4)])
    with page.right():
        page.chart(
            plane("", *points, [("w·x + b = 0", line_of(helpers, "try", (w[0], w[1], b[0])))], columns=7, rows=21)
        )
    page.try_(_("Type other weights and another bias: blue and orange never end up on two sides of the line."))
    page.turn(
        "why_turn",
        _("How many of the four rows can one line make right at most?"),
        page.offstage_block("why_most", 3.0, title=_("most rows right"), number_format="0"),
        0.1,
        _("Three always can be, four never."),
        _("let the line cut one corner off: AND, OR and NAND do."),
    )
    page.remember(_("One neuron draws one line; XOR needs two."))
    page.source(_("In the picture the colours show what XOR should say, not what the perceptron says."))
    page.source(
        _(
            "XNOR demands the opposite of every row, so the same two sums contradict each other with the signs exchanged."
        )
    )
    page.source(
        _(
            "The article says that NAND or XNOR were once believed impossible. One perceptron does NAND, as the "
            "sheet Gates shows; what one cannot do is XOR and XNOR, and two layers can."
        )
    )


def _contradiction(page: Page, z: Block) -> None:
    """Add up the two rows that must fire and the two that must not: both sums are the same number."""
    v = z.value
    middle = page.derived(
        "sum_fire", v[1] + v[2], lambda: z[1] + z[2], title=_("rows 2 + 3"), unit=_("must be ≥ 0"), number_format="0.00"
    )
    fields = caption(_("rows 1 + 4"), number_format="0.00", unit=_("must be < 0"))
    outer = page.derived("sum_quiet", v[0] + v[3], lambda: z[0] + z[3], **fields)
    page.sentence(
        "proof_words",
        _("{a:2p} + {b:2p} = {m:2}, and {c:2p} + {d:2p} = {o:2}: one number cannot be both at least 0 and below 0."),
        a=z[1],
        b=z[2],
        m=middle,
        c=z[0],
        d=z[3],
        o=outer,
    )
    page.math("z₂ + z₃ = w₁ + w₂ + 2b = z₁ + z₄")
    page.check("same_sum", _("both sums are the same number"), middle, outer, 1e-9)


def search_page(page: Page) -> None:
    """Count the right rows for many pairs of weights, for NAND and for XOR."""
    page.step(
        _("Rows right, for every pair of weights"),
        _(
            "Each cell counts the rows that one pair of weights gets right with the bias below. Look for a 4: with a "
            "suitable bias NAND has some, XOR has none with any."
        ),
        "w₁ ↓        w₂ →",
    )
    fields = caption(_("bias"), "b", "0.00", remark=_("chosen here; try others, also negative ones"))
    b = page.given("search_b", 1.5, valid=WEIGHT, **fields)
    start = page.given("search_from", -2.0, title=_("first weight"), number_format="0.00", valid=Between(-10, 0))
    by = page.given("search_step", 0.5, title=_("from weight to weight"), number_format="0.00", valid=Between(0.1, 2))
    page.gap()
    with page.beside():
        for name, targets in (("NAND", (1, 1, 1, 0)), ("XOR", (0, 1, 1, 0))):
            with page.column():
                _hits(page, name, targets, (b, start, by))


def _hits(page: Page, name: str, targets: tuple[int, ...], inputs: tuple[Block, Block, Block]) -> None:
    key = name.lower()
    b, start, by = inputs
    count = 9
    weights = start.value + by.value * np.arange(count)
    z_value = PATTERNS[:, 0] * weights[:, None, None] + PATTERNS[:, 1] * weights[:, None] + b.value
    value = (unit_step(z_value) == np.array(targets)).sum(axis=2)
    said = page.keep()
    page.gap()
    grid = page.grid(close=(0,))
    fields: dict[str, Any] = {"number_format": "0.0"}
    w1 = Block(
        f"{key}_w1",
        Role.DERIVED,
        weights,
        formula=lambda i: start + by * (number_of(i) - 1),
        rows=Counter(""),
        **fields,
    )
    w2 = Block(
        f"{key}_w2",
        Role.DERIVED,
        weights,
        formula=lambda j: start + by * (number_of(j) - 1),
        along=Direction.RIGHT,
        columns=Counter(""),
        **fields,
    )

    def right(i: Any, j: Any) -> Expr:
        sums = (as_expr(b), w2[j] + b, w1[i] + b, w1[i] + w2[j] + b)
        fired = [unit_step_formula(z) if t else 1 - unit_step_formula(z) for z, t in zip(sums, targets, strict=True)]
        return fired[0] + fired[1] + fired[2] + fired[3]

    hits = Block(f"{key}_grid", Role.DERIVED, value, formula=right, number_format="0", shading=Shading.HEAT)
    grid.name(0, 1, "w₂ →")
    grid.put(0, 1, w2)
    grid.name(1, 0, "w₁ ↓")
    grid.put(1, 0, w1)
    grid.name(1, 1, _("rows of {gate} right").format(gate=name))
    grid.put(1, 1, hits)
    best = page.offstage_block(
        f"{key}_best", value.max(), lambda: largest(hits), title=_("most rows right"), number_format="0"
    )
    with page.into(said):
        page.live(f"{key}_best_words", _("{gate}: at most {n} of 4 rows.").format(gate=name, n="{n:0}"), n=best)
