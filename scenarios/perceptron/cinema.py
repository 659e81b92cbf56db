"""Page Cinema: three inputs, three weights, one decision; sheet Product: the same as a row times a column."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.common.activations import sigmoid, sigmoid_formula, unit_step, unit_step_formula
from scenarios.common.columns import sum_under
from scenarios.common.one_neuron import one_neuron
from scenarios.perceptron.parts import WEIGHT
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.formula import Direction, as_expr, call, equal, if_, total
from workbook.page import Page, Voice
from workbook.parameter import Parameter
from workbook.sheet import Kind
from workbook.text import N_, _

INPUTS = (N_("cloud cover"), N_("holiday"), N_("time of day"))
LOWS, HIGHS = np.array([0.0, 0.0, 0.0]), np.array([100.0, 1.0, 24.0])
"""What becomes 0 and what becomes 1: no cloud to overcast (%), working day to holiday, midnight to midnight (hours)."""
DAY = (
    Parameter("cloud", 80.0, N_("cloud cover in %"), 0, 100),
    Parameter("holiday", 1.0, N_("holiday: 1 yes, 0 no"), 0, 1),
    Parameter("hour", 19.0, N_("time of day in hours"), 0, 24),
)
WEIGHTS = (
    Parameter("w1", 2.0, N_("weight of cloud cover"), -20, 20),
    Parameter("w2", 3.0, N_("weight of the holiday"), -20, 20),
    Parameter("w3", 4.0, N_("weight of the time of day"), -20, 20),
)
THETA = Parameter("theta", 5.0, N_("threshold θ from which we go"), -50, 50)


def verdicts() -> tuple[str, str]:
    """Return what the perceptron says where it fires, and where it does not."""
    return str(_("go to the cinema")), str(_("stay at home"))


def cinema(book: Book) -> None:
    """Let the reader change the day and the weights; say and draw what the perceptron decides."""
    page = book.page(
        "Cinema",
        _("Shall we go to the cinema?"),
        _("Each input counts as much as its weight says; if the sum reaches the threshold, we go."),
        _("Is a holiday alone enough to make you go?"),
    )
    with page.left():
        units = ("%", _("1 yes, 0 no"), _("hours"))
        raw = [page.setting(p, title=_(name), unit=unit) for p, name, unit in zip(DAY, INPUTS, units, strict=True)]
        page.gap()
        said = page.keep()
        page.gap()
        x, w, wx = _weighted(page, raw)
        page.gap()
        theta = page.setting(THETA, symbol="θ", title=_("threshold"))
        b = page.derived("b", -theta.value, lambda: -theta, "b", _("bias"), math="−θ")
        z = page.derived("z", wx.value + b.value, lambda: wx + b, "z", _("weighted sum"), math="w·x + b")
        fields = {"math": "σ(z)"}
        page.derived("p", sigmoid(z.value), lambda: sigmoid_formula(as_expr(z)), "p", _("smooth output"), **fields)
        y = page.offstage_block("y", unit_step(z.value), lambda: unit_step_formula(z), title=_("step output"))
        go, stay = verdicts()
        words = np.asarray(go if y.value else stay, dtype=object)
        page.offstage_block("verdict_words", words, lambda: if_(equal(y, 1), go, stay), title=_("decision"))
        with page.into(said):
            page.live("decision", _("▶ {verdict_words}: z = {terms_sum:3} + {b:2p} = {z:3}; smooth output {p:3}."))
    picture = one_neuron(page, x, w, y, (("w·x", wx), ("b", b), ("z", z)), digits=2, width=7)
    with page.right():
        page.chart(picture)
    with book.start.left():
        book.start.sentence("face", _("Tonight: {verdict_words}"), Voice.HEADLINE)
    with book.start.right():
        book.start.chart(replace(picture, columns=7, rows=12))
    page.try_(_("Type 0 for holiday: a working day. Does the decision turn? Then make it later in the day."))
    question = _("From which threshold on would you stay at home? Give w·x to two decimals (0.01 off is close enough).")
    title = _("threshold at which the decision turns")
    edge = page.offstage_block("cinema_edge", wx.value, lambda: wx + 0, title=title)
    yes, hint = _("As long as θ is not above w·x, you go."), _("look for the sum under what each input adds.")
    page.turn("cinema_turn", question, edge, 0.01, yes, hint)
    page.remember(_("A model is a rule for every day: same weights, other inputs."))
    page.source(_("The article names the three inputs and says that they are scaled, but prints no numbers: all of them are chosen here."))  # fmt: skip
    page.source(_("The threshold is how much it takes to leave the house; as the bias b = −θ it is simply added."))
    page.source(_("The smooth output may be read as a probability: near ½ it is a toss-up, near 0 or 1 the matter is clear. The step hides that."))  # fmt: skip
    page.source(_("The article adds “the threshold (bias factor)” to the sum. What is added is the bias, −θ: a higher threshold makes going less likely."))  # fmt: skip


def _weighted(page: Page, raw: list[Block]) -> tuple[Block, Block, Block]:
    """Scale the inputs, weigh them and add them up."""
    settings = page.book.settings
    weights = np.array([settings.get(p.key, p.default) for p in WEIGHTS], dtype=float)
    with page.table([_(name) for name in INPUTS], 3) as t:
        low = t.given("low", LOWS, _("low"), _("what counts as 0"), valid=Between(-100, 0))
        high = t.given("high", HIGHS, _("high"), _("what counts as 1"), valid=Between(1, 1000))
        value = (np.array([float(r.value) for r in raw]) - low.value) / (high.value - low.value)
        each = [(raw[i] - low[i]) / (high[i] - low[i]) for i in range(3)]
        x = t.derived("x", value, None, "xᵢ", _("scaled input"), each=each)
        w = t.given("w", weights, "wᵢ", _("weight"), valid=WEIGHT)
        terms = t.derived("terms", w.value * value, lambda i: w[i] * x[i], "wᵢ·xᵢ", _("what it adds"))
        wx = sum_under(t, terms, number_format="")
    return x, w, wx


def product(book: Book) -> None:
    """Weigh and add up as one matrix product, and show why the order matters."""
    page = book.page("Product", _("Weights and inputs: row times column"), kind=Kind.DEEPER)
    page.step(
        _("Three inputs, scaled"),
        _("Percent, yes or no and hours cannot be compared: each is brought to the range from 0 to 1."),
        _("x = (r − low) / (high − low)"),
    )
    page.sentence("x_words", "x₁ = ({cloud:0} − {low[0]:0p}) / ({high[0]:0} − {low[0]:0p}) = {x[0]:4}")
    page.step(
        _("Row times column"),
        _("The weights say how much each input matters; weighing and adding up is one product of a row with a column."),
        "w·x = (1×3)·(3×1) = (1×1)        w·x = w₁·x₁ + w₂·x₂ + w₃·x₃",
    )
    x, weights, whole = book["x"], book["w"], book["terms_sum"]
    names, title = [_(name) for name in INPUTS], _("weights, a row")
    with page.beside():
        lies = {"along": Direction.RIGHT, "columns": Counter("j = ")}
        w = page.derived("w_row", weights.value, lambda j: weights[j] + 0, "w", title, **lies)
        lies, title = {"columns": [""], "rows": names}, _("inputs, a column")
        column = page.derived("x_column", x.value, lambda i: x[i], "x", title, **lies)
        # an empty cell would be an error to MMULT: w adds 0
        value, formula = np.array([[w.value @ x.value]]), lambda i, j: total(call("MMULT", w, column))
        times = page.derived("wx", value, formula, "w·x", columns=[""])
    page.sentence("wx_words", "w·x = {w_row[0]:2p}·{x[0]:4} + {w_row[1]:2p}·{x[1]:4} + {w_row[2]:2p}·{x[2]:4} = {terms_sum:4}")  # fmt: skip
    page.check("mmult", _("matrix product = sum of the terms"), times[0, 0], whole, 1e-9)
    page.text(_("The order matters: column times row, (3×1)·(1×3), is a table (3×3) of every input times every weight. Only its diagonal is wanted here."))  # fmt: skip
    lies, title = {"columns": ["w₁", "w₂", "w₃"], "rows": names}, _("every input times every weight")
    outer = page.derived("outer", np.outer(x.value, w.value), lambda i, j: column[i] * w[j], "x·w", title, **lies)
    value, title = np.trace(outer.value), _("sum of the diagonal")
    trace = page.derived("trace", value, lambda: outer[0, 0] + outer[1, 1] + outer[2, 2], "", title)
    page.check("trace_is_product", _("the diagonal adds up to w·x"), trace, whole, 1e-9)
