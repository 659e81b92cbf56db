"""Page Cinema: three inputs, three weights, one decision; sheet Product: the same as a row times a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from scenarios.common.activations import sigmoid, sigmoid_formula, unit_step, unit_step_formula
from scenarios.common.columns import caption
from scenarios.common.one_neuron import one_neuron
from scenarios.perceptron.parts import WEIGHT
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.eager import Sheet
from workbook.formula import Direction, as_expr, call, equal, if_, total
from workbook.page import Page, Voice
from workbook.text import N_, _

INPUTS = (N_("cloud cover"), N_("holiday"), N_("time of day"))
LOWS, HIGHS = np.array([0.0, 0.0, 0.0]), np.array([100.0, 1.0, 24.0])
"""What becomes 0 and what becomes 1: no cloud to overcast (%), working day to holiday, midnight to midnight (hours)."""


@dataclass(frozen=True)
class Decision:
    """What the other sheets read."""

    cloud: Block
    low: Block
    high: Block
    x: Block
    w: Block
    wx: Block
    b: Block


def verdicts() -> tuple[str, str]:
    """Return what the perceptron says where it fires, and where it does not."""
    return str(_("go to the cinema")), str(_("stay at home"))


def cinema_page(page: Page, settings: Mapping[str, Any]) -> Decision:
    """Let the reader change the day and the weights; say and draw what the perceptron decides."""
    with page.left():
        raw = _inputs(page, settings)
        page.gap()
        said = page.keep()
        page.gap()
        low, high, x, w, wx = _weighted(page, settings, raw)
        page.gap()
        fields = caption(_("threshold"), "θ", "0.00")
        theta = page.given("theta", float(settings["theta"]), valid=Between(-50, 50), **fields)
        b = page.derived(
            "b", -theta.value, lambda: -theta, symbol="b", title=_("bias"), math="−θ", number_format="0.00"
        )
        z_value = float(wx.value) + float(b.value)
        z = page.derived("z", z_value, lambda: wx + b, **caption(_("weighted sum"), "z", "0.000", math="w·x + b"))
        p = page.derived(
            "p",
            sigmoid(np.asarray(z_value)),
            lambda: sigmoid_formula(as_expr(z)),
            **caption(_("smooth output"), "p", "0.000", math="σ(z)"),
        )
        y = page.offstage(
            Block("y", Role.DERIVED, unit_step(z_value), formula=lambda: unit_step_formula(z), title=_("step output"))
        )
        go, stay = verdicts()
        verdict = page.offstage(
            Block(
                "verdict_words",
                Role.DERIVED,
                np.asarray(go if y.value else stay, dtype=object),
                formula=lambda: if_(equal(y, 1), go, stay),
                title=_("decision"),
                number_format="@",
            )
        )
        with page.into(said):
            page.live(
                "decision",
                _("▶ {verdict}: z = {wx:3} + {b:2p} = {z:3}; smooth output {p:3}."),
                verdict=verdict,
                wx=wx,
                b=b,
                z=z,
                p=p,
            )
    picture = one_neuron(page, x, w, y, (("w·x", wx), ("b", b), ("z", z)), digits=2, width=7)
    with page.right():
        page.chart(picture)
    _questions(page, wx)
    start = page.book.start
    with start.left():
        start.sentence("face", _("Tonight: {verdict}"), Voice.HEADLINE, verdict=verdict)
    with start.right():
        start.chart(replace(picture, columns=7, rows=12))
    return Decision(raw[0], low, high, x, w, wx, b)


def _inputs(page: Page, settings: Mapping[str, Any]) -> list[Block]:
    cells = (
        ("cloud", _("cloud cover"), "%", "0", 100),
        ("holiday", _("holiday"), _("1 yes, 0 no"), "0.0", 1),
        ("hour", _("time of day"), _("hours"), "0.0", 24),
    )
    return [
        page.given(id, float(settings[id]), title=title, unit=unit, number_format=fmt, valid=Between(0, high))
        for id, title, unit, fmt, high in cells
    ]


def _weighted(page: Page, settings: Mapping[str, Any], raw: list[Block]) -> tuple[Block, Block, Block, Block, Block]:
    w_value = np.array([settings[f"w{n}"] for n in (1, 2, 3)], dtype=float)
    with page.table([_(name) for name in INPUTS], 3) as table:
        low = table.given(
            "low", LOWS, title=_("what counts as 0"), symbol=_("low"), number_format="0", valid=Between(-100, 0)
        )
        high = table.given(
            "high", HIGHS, title=_("what counts as 1"), symbol=_("high"), number_format="0", valid=Between(1, 1000)
        )
        numbers = np.array([float(r.value) for r in raw])
        x = table.derived(
            "x",
            (numbers - low.value) / (high.value - low.value),
            None,
            each=[(raw[i] - low[i]) / (high[i] - low[i]) for i in range(3)],
            **caption(_("scaled input"), "xᵢ", "0.000"),
        )
        w = table.given("w", w_value, valid=WEIGHT, **caption(_("weight"), "wᵢ", "0.00"))
        terms = table.derived(
            "terms", w.value * x.value, lambda i: w[i] * x[i], **caption(_("what it adds"), "wᵢ·xᵢ", "0.000")
        )
        wx = table.total(
            terms,
            Block("terms_sum", Role.DERIVED, terms.value.sum(), formula=lambda: total(terms), number_format="0.000"),
        )
    return low, high, x, w, wx


def _questions(page: Page, wx: Block) -> None:
    page.try_(_("Type 0 for holiday: a working day. Does the decision turn? Then make it later in the day."))
    page.turn(
        "cinema_turn",
        _("From which threshold on would you stay at home? Give w·x to two decimals (0.01 off is close enough)."),
        page.offstage_block("cinema_edge", wx.value, lambda: wx + 0, title=_("threshold at which the decision turns")),
        0.01,
        _("As long as θ is not above w·x, you go."),
        _("look for the sum under what each input adds."),
    )
    page.remember(_("A model is a rule for every day: same weights, other inputs."))
    page.source(
        _(
            "The article names the three inputs and says that they are scaled, but prints no numbers: all of "
            "them are chosen here."
        )
    )
    page.source(_("The threshold is how much it takes to leave the house; as the bias b = −θ it is simply added."))
    page.source(
        _(
            "The smooth output may be read as a probability: near ½ it is a toss-up, near 0 or 1 the matter is "
            "clear. The step hides that."
        )
    )
    page.source(
        _(
            "The article adds “the threshold (bias factor)” to the sum. What is added is the bias, −θ: a higher "
            "threshold makes going less likely."
        )
    )


def product_sheet(book: Book, decision: Decision) -> None:
    """Weigh and add up as one matrix product, and show why the order matters."""
    x = decision.x
    sheet = book.sheet("Product", _("Weights and inputs: row times column"))
    sheet.step(
        _("Three inputs, scaled"),
        _("Percent, yes or no and hours cannot be compared: each is brought to the range from 0 to 1."),
        _("x = (r − low) / (high − low)"),
    )
    sheet.sentence(
        "x_words",
        "x₁ = ({r:0} − {l:0p}) / ({h:0} − {l:0p}) = {x:4}",
        r=decision.cloud,
        l=decision.low[0],
        h=decision.high[0],
        x=x[0],
    )
    sheet.step(
        _("Row times column"),
        _("The weights say how much each input matters; weighing and adding up is one product of a row with a column."),
        "w·x = (1×3)·(3×1) = (1×1)        w·x = w₁·x₁ + w₂·x₂ + w₃·x₃",
    )
    names = [_(name) for name in INPUTS]
    with sheet.beside():
        fields = caption(_("weights, a row"), "w", "0.00", along=Direction.RIGHT, columns=Counter("j = "))
        w = sheet.derived("w_row", decision.w.value, lambda j: decision.w[j] + 0, **fields)
        column = sheet.derived(
            "x_column", x.value, lambda i: x[i], symbol="x", title=_("inputs, a column"), columns=[""], rows=names
        )
        product = sheet.derived(
            "wx",
            np.array([[w.value @ x.value]]),
            lambda i, j: total(call("MMULT", w, column)),  # an empty cell would be an error to MMULT: w adds 0
            symbol="w·x",
            columns=[""],
        )
    whole = decision.wx
    sheet.sentence(
        "wx_words",
        "w·x = {w1:2p}·{x1:4} + {w2:2p}·{x2:4} + {w3:2p}·{x3:4} = {s:4}",
        w1=w[0],
        w2=w[1],
        w3=w[2],
        x1=x[0],
        x2=x[1],
        x3=x[2],
        s=whole,
    )
    sheet.check("mmult", _("matrix product = sum of the terms"), product[0, 0], whole, 1e-9)
    _other_order(sheet, w, column, whole)


def _other_order(sheet: Sheet, w: Block, x: Block, whole: Block) -> None:
    """The same two the other way round: 3×1 · 1×3 is a 3×3 table."""
    sheet.text(
        _(
            "The order matters: column times row, (3×1)·(1×3), is a table (3×3) of every input times every "
            "weight. Only its diagonal is wanted here."
        )
    )
    value = np.outer(x.value, w.value)
    outer = sheet.derived(
        "outer",
        value,
        lambda i, j: x[i] * w[j],
        **caption(
            _("every input times every weight"), "x·w", columns=["w₁", "w₂", "w₃"], rows=[_(name) for name in INPUTS]
        ),
    )
    fields = caption(_("sum of the diagonal"), number_format="0.0000")
    trace = sheet.derived("trace", np.trace(value), lambda: outer[0, 0] + outer[1, 1] + outer[2, 2], **fields)
    sheet.check("trace_is_product", _("the diagonal adds up to w·x"), trace, whole, 1e-9)
