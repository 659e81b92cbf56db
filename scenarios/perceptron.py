"""The perceptron: shall we go to the cinema? Then logic gates: one perceptron draws one line, two layers do XOR.

Symbols and shapes:
    x   (3,)    inputs scaled to 0…1: cloud cover, holiday, time of day
    w   (3,)    weights, a row;  w·x is 1×3 · 3×1 = 1×1
    θ   ()      threshold (`theta`);  b = −θ, the bias
    z   ()      w·x + b
    y   ()      step output u(z);  p = σ(z) the smooth output
A gate has two inputs of 0 or 1; its truth table has a row for each of the four patterns.
XOR and XNOR have two layers:  A¹ = u(W¹·X + b¹), A² = u(W²·A¹ + b²), one column of X (2, 4) a pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import STEP, Array, sigmoid, sigmoid_formula, unit_step, unit_step_formula
from scenarios.common.columns import caption, sum_under
from scenarios.common.dense import Forward, Layer, forward, given_layer
from scenarios.common.network_map import network_map
from workbook.block import Between, Block, Counter, Role, Shading
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.data import read_numbers
from workbook.eager import Sheet, Table
from workbook.formula import (
    Direction,
    Expr,
    Ref,
    absolute,
    as_expr,
    call,
    equal,
    if_,
    largest,
    number_of,
    sqrt,
    total,
)
from workbook.scenario import Parameter, Scenario, UsageError
from workbook.sheet import FAILS, HOLDS, Style, value_of
from workbook.text import N_, _

WEIGHT = Between(-20, 20)
INPUTS = (N_("cloud cover"), N_("holiday"), N_("time of day"))
LOWS, HIGHS = np.array([0.0, 0.0, 0.0]), np.array([100.0, 1.0, 24.0])
"""What becomes 0 and what becomes 1: no cloud to overcast (%), working day to holiday, midnight to midnight (hours)."""
DAYS = np.array([(80, 1, 19), (10, 0, 9), (95, 0, 20), (40, 1, 14), (60, 0, 18), (100, 0, 12), (0, 1, 22)], dtype=float)
PATTERNS = np.array([(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)])
Line = tuple[Ref, Ref]
"""The cells of x and of y of some points."""
OFF_CHART = 9
"""A height at which a chart of 0…1 does not show a point: so a point can belong to one of two series."""
AROUND_SQUARE = (-1.0, 2.0)


@dataclass(frozen=True)
class Gate:
    """A gate that one perceptron computes: its weights and bias, and what it should say to x₁ and x₂."""

    name: str
    w: tuple[float, float]
    b: float
    target: Callable[[Array, Array], Array]
    target_formula: Callable[[Expr, Expr], Expr]
    math: str
    why: str


@dataclass(frozen=True)
class Network:
    """A gate that takes two layers; `hidden` names what its two hidden units compute."""

    name: str
    W1: Array
    b1: Array
    W2: Array
    b2: Array
    hidden: tuple[str, str]
    output: str
    target: Callable[[Array, Array], Array]
    target_formula: Callable[[Expr, Expr], Expr]
    why: str


GATES = (
    Gate(
        "AND",
        (1.0, 1.0),
        -1.5,
        lambda p, q: p * q,
        lambda p, q: p * q,
        "x₁·x₂",
        N_("AND fires only when both inputs do: the threshold lies between one input and two."),
    ),
    Gate(
        "OR",
        (1.0, 1.0),
        -0.5,
        np.maximum,
        largest,
        "max(x₁, x₂)",
        N_("OR fires when at least one input does: with the weights of AND a lower threshold is enough."),
    ),
    Gate(
        "NAND",
        (-2.0, -2.0),
        3.0,
        lambda p, q: 1 - p * q,
        lambda p, q: 1 - p * q,
        "1 − x₁·x₂",
        N_(
            "NAND says the opposite of AND: turn all signs of such a perceptron round, and it fires unless both "
            "inputs do."
        ),
    ),
)
XOR = Network(
    "XOR",
    np.array([[1.0, 1.0], [-1.0, -1.0]]),
    np.array([-0.5, 1.5]),
    np.array([[1.0, 1.0]]),
    np.array([-1.5]),
    ("OR", "NAND"),
    "AND",
    lambda p, q: np.abs(p - q),
    lambda p, q: absolute(p - q),
    N_(
        "Exactly one input: at least one (OR), and not both (NAND). Two hidden perceptrons draw two lines, the "
        "third asks for both."
    ),
)
XNOR = Network(
    "XNOR",
    np.array([[1.0, 1.0], [-1.0, -1.0]]),
    np.array([-1.5, 0.5]),
    np.array([[1.0, 1.0]]),
    np.array([-0.5]),
    ("AND", "NOR"),
    "OR",
    lambda p, q: 1 - np.abs(p - q),
    lambda p, q: 1 - absolute(p - q),
    N_("Both inputs alike: both on (AND) or both off (NOR). Again two lines, and one of the two is enough."),
)


class Perceptron(Scenario):
    """The cinema decision, one-perceptron gates with their dividing lines, XOR and XNOR from two layers."""

    name = "perceptron"
    title = N_("The perceptron: a decision, and logic gates")
    article = N_("Fathoming the Deep in Deep Learning – A Practical Approach (simulating decisions with perceptrons)")
    summary = N_(
        "Cloud cover, holiday and time of day, each times its weight, plus a bias: shall we go to the cinema? "
        "Then AND, OR and NAND as one"
        " perceptron each, why one cannot do XOR, and how two layers can."
    )
    order = 50
    locale = Path(__file__).parent / "locale"
    data_columns = N_("cloud (0 to 100 %), holiday (0 to 1), hour (0 to 24): 1 to 200 days")
    parameters = (
        Parameter("cloud", 80.0, N_("cloud cover in %"), 0, 100),
        Parameter("holiday", 1.0, N_("holiday: 1 yes, 0 no"), 0, 1),
        Parameter("hour", 19.0, N_("time of day in hours"), 0, 24),
        Parameter("w1", 2.0, N_("weight of cloud cover"), -20, 20),
        Parameter("w2", 3.0, N_("weight of the holiday"), -20, 20),
        Parameter("w3", 4.0, N_("weight of the time of day"), -20, 20),
        Parameter("theta", 5.0, N_("threshold θ from which we go"), -50, 50),
    )

    def read_data(self, path: Path) -> Array:
        """Read days, (m, 3): cloud, holiday, hour."""
        names = ("cloud", "holiday", "hour")
        days = read_numbers(path, names, min_rows=1, max_rows=200, low=0, high=100, not_constant=False).to_numpy(
            dtype=float
        )
        for row, column in np.argwhere(days > HIGHS):
            raise UsageError(
                f"{path}: row {row + 2}, column {names[column]}: {days[row, column]:g} is too large; give a number from 0 to {HIGHS[column]:g}"
            )
        return days

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        book.first_change = _(
            "on the sheet Cinema, the yellow cell “holiday” in step 1: type 0 for a working day, and see whether the "
            "decision turns."
        )
        decision = _cinema(book, settings)
        _days(book, decision, DAYS if data is None else data, own=data is not None)
        helpers = book.sheet("ChartData", _("Behind the charts"))
        helpers.step(
            _("What the charts draw"),
            _(
                "A chart's series needs its own cells. A 9 lies outside every chart: that point belongs to the "
                "other colour."
            ),
        )
        gates = _gates(book, helpers)
        _why_not(book, helpers)
        _search(book)
        for network in (XOR, XNOR):
            _two_layers(book, helpers, network)
        _nand_only(book, *gates["NAND"])
        book.parts.remove(helpers)
        book.parts.append(helpers)  # last: a reader needs it least


# ------------------------------------------------------------------------------------------------ the cinema


@dataclass(frozen=True)
class Decision:
    """What the sheet of days reads."""

    low: Block
    high: Block
    w: Block
    b: Block


def _cinema(book: Book, settings: Mapping[str, Any]) -> Decision:
    sheet = book.sheet("Cinema", _("Shall we go to the cinema?"))
    low, high, x = _scaled_inputs(sheet, settings)
    w, wx = _row_times_column(sheet, settings, x)
    b = _decide(sheet, wx, float(settings["theta"]))
    return Decision(low, high, w, b)


def _scaled_inputs(sheet: Sheet, settings: Mapping[str, Any]) -> tuple[Block, Block, Block]:
    sheet.step(
        _("Three inputs, scaled"),
        _("Percent, yes or no and hours cannot be compared: each is brought to the range from 0 to 1."),
        _("x = (r − low) / (high − low)"),
    )
    raw = [
        sheet.given(
            "cloud",
            float(settings["cloud"]),
            title=_("cloud cover"),
            unit="%",
            number_format="0",
            valid=Between(0, 100),
        ),
        sheet.given(
            "holiday",
            float(settings["holiday"]),
            title=_("holiday"),
            unit=_("1 yes, 0 no"),
            number_format="0.0",
            valid=Between(0, 1),
        ),
        sheet.given(
            "hour",
            float(settings["hour"]),
            title=_("time of day"),
            unit=_("hours"),
            number_format="0.0",
            valid=Between(0, 24),
        ),
    ]
    value = np.array([float(r.value) for r in raw])
    sheet.gap()
    with sheet.table([_(name) for name in INPUTS], 3) as table:
        low = table.given(
            "low", LOWS, title=_("what counts as 0"), symbol=_("low"), number_format="0", valid=Between(-100, 0)
        )
        high = table.given(
            "high", HIGHS, title=_("what counts as 1"), symbol=_("high"), number_format="0", valid=Between(1, 1000)
        )
        x = table.derived(
            "x",
            (value - LOWS) / (HIGHS - LOWS),
            None,
            each=[(raw[i] - low[i]) / (high[i] - low[i]) for i in range(3)],
            **caption(_("scaled input"), "xᵢ", "0.0000"),
        )
    sheet.sentence("x_words", "x₁ = ({r:0} − {l:0p}) / ({h:0} − {l:0p}) = {x:4}", r=raw[0], l=low[0], h=high[0], x=x[0])
    sheet.remark(
        _(
            "The article names the three inputs and says that they are scaled, but prints no numbers: all of "
            "them are chosen here."
        )
    )
    return low, high, x


def _row_times_column(sheet: Sheet, settings: Mapping[str, Any], x: Block) -> tuple[Block, Block]:
    sheet.step(
        _("Row times column"),
        _("The weights say how much each input matters; weighing and adding up is one product of a row with a column."),
        "w·x = (1×3)·(3×1) = (1×1)        w·x = w₁·x₁ + w₂·x₂ + w₃·x₃",
    )
    names = [_(name) for name in INPUTS]
    w_value = np.array([settings[f"w{n}"] for n in (1, 2, 3)], dtype=float)
    with sheet.beside():
        fields = caption(_("weights, a row"), "w", "0.00", along=Direction.RIGHT, columns=["w₁", "w₂", "w₃"])
        w = sheet.given("w", w_value, valid=WEIGHT, **fields)
        column = sheet.derived(
            "x_column", x.value, lambda i: x[i], symbol="x", title=_("inputs, a column"), columns=[""], rows=names
        )
        product = sheet.derived(
            "wx",
            np.array([[w_value @ x.value]]),
            lambda i, j: call("SUMPRODUCT", call("MMULT", w + 0, column)),  # + 0: an empty cell is an error to MMULT
            symbol="w·x",
            columns=[""],
        )
    terms = w_value * x.value
    with sheet.table(names, 3) as table:
        each = [w[i] * column[i] for i in range(3)]
        term = table.add(Block("terms", Role.DERIVED, terms, each=each, title=_("term by term"), symbol="wᵢ·xᵢ"))
        whole = sum_under(table, term)
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
    return w, whole


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


def _decide(sheet: Sheet, wx: Block, theta_value: float) -> Block:
    sheet.step(
        _("Threshold, and the decision"),
        _("The threshold is how much it takes to leave the house; as the bias b = −θ it is simply added."),
        "z = w·x + b,   b = −θ        y = u(z)        p = σ(z) = 1 / (1 + e⁻ᶻ)",
    )
    news = sheet.reserve()
    sheet.gap()
    z_value = float(wx.value) - theta_value
    fields = caption(_("threshold"), "θ", "0.00", remark=_("chosen here"))
    theta = sheet.given("theta", theta_value, valid=Between(-50, 50), **fields)
    b = sheet.derived("b", -theta_value, lambda: -theta, symbol="b", title=_("bias"), math="−θ", number_format="0.00")
    z = sheet.derived("z", z_value, lambda: wx + b, symbol="z", title=_("weighted input"), math="w·x + b")
    fields = caption(_("step output: 1 go, 0 stay"), "y", "0", math="u(z)")
    y = sheet.derived("y", unit_step(z_value), lambda: unit_step_formula(z), **fields)
    fields = caption(_("smooth output"), "p", math="σ(z)")
    p = sheet.derived("p", sigmoid(np.asarray(z_value)), lambda: sigmoid_formula(as_expr(z)), **fields)
    go, stay = _verdicts()
    verdict = sheet.derived(
        "verdict_words",
        np.asarray(go if y.value else stay, dtype=object),
        lambda: if_(equal(y, 1), go, stay),
        **caption(_("decision"), number_format="@"),
    )
    sheet.sentence(
        "decision",
        _("▶ {verdict}: z = {wx:4} + {b:2p} = {z:4}, step output {y:0}, smooth output {p:4}."),
        row=news,
        verdict=verdict,
        wx=wx,
        b=b,
        z=z,
        y=y,
        p=p,
    )
    sheet.remark(
        _(
            "The smooth output may be read as a probability: near ½ it is a toss-up, near 0 or 1 the matter is "
            "clear. The step hides that."
        )
    )
    sheet.remark(
        _(
            "The article adds “the threshold (bias factor)” to the sum. What is added is the bias, −θ: a higher "
            "threshold makes going less likely."
        )
    )
    return b


def _verdicts() -> tuple[str, str]:
    return str(_("go to the cinema")), str(_("stay at home"))


def _days(book: Book, decision: Decision, days: Array, *, own: bool) -> None:
    sheet = book.sheet("Days", _("The same perceptron, day after day"))
    sheet.step(
        _("Several days at once"),
        _("Weights and bias stay; only the inputs change. A model is one rule for every case."),
        "z = w₁·x₁ + w₂·x₂ + w₃·x₃ + b        y = u(z)        p = σ(z)",
    )
    sheet.remark(
        _("These days are your own data.")
        if own
        else _("Seven days chosen here. Weights, bias and scaling come from the sheet Cinema.")
    )
    low, high, w, b = decision.low, decision.high, decision.w, decision.b
    X = (days - low.value) / (high.value - low.value)
    z_value = X @ w.value + b.value
    with sheet.table(Counter(""), len(days)) as table:
        raw = [
            table.given(
                f"day_{id}", days[:, i], title=title, symbol=unit, number_format=fmt, valid=Between(0, float(HIGHS[i]))
            )
            for i, (id, title, unit, fmt) in enumerate(
                (
                    ("cloud", _("cloud cover"), "%", "0"),
                    ("holiday", _("holiday"), "0…1", "0.0"),
                    ("hour", _("time of day"), "h", "0.0"),
                )
            )
        ]
        x1, x2, x3 = (_scaled_column(table, raw[i], decision, i, X[:, i]) for i in range(3))
        fields = caption(_("weighted input"), "z", "0.000")
        z = table.derived("day_z", z_value, lambda i: w[0] * x1[i] + w[1] * x2[i] + w[2] * x3[i] + b, **fields)
        fields = caption(_("step output"), "u(z)", "0")
        y = table.derived("day_y", unit_step(z_value), lambda i: unit_step_formula(z[i]), **fields)
        fields = caption(_("smooth output"), "σ(z)", "0.000")
        p = table.derived("day_p", sigmoid(z_value), lambda i: sigmoid_formula(z[i]), **fields)
        go, stay = _verdicts()
        table.derived(
            "day_words",
            np.where(y.value == 1, go, stay).astype(object),
            lambda i: if_(equal(y[i], 1), go, stay),
            **caption(_("decision"), number_format="@"),
        )
    sheet.sentence(
        "day_first",
        "z₁ = {w1:2p}·{x1:3} + {w2:2p}·{x2:3} + {w3:2p}·{x3:3} + {b:2p} = {z:3}",
        w1=w[0],
        w2=w[1],
        w3=w[2],
        x1=x1[0],
        x2=x2[0],
        x3=x3[0],
        b=b,
        z=z[0],
    )
    _curve(sheet, z, y, p)


def _scaled_column(table: Table, raw: Block, decision: Decision, k: int, value: Array) -> Block:
    low, high = decision.low, decision.high
    block: Block = table.derived(
        f"day_x{k + 1}",
        value,
        lambda i: (raw[i] - low[k]) / (high[k] - low[k]),
        title=_("scaled input"),
        symbol="x" + "₁₂₃"[k],
        number_format="0.000",
    )
    return block


def _curve(sheet: Sheet, z: Block, y: Block, p: Block) -> None:
    sheet.step(
        _("Step and smooth output over z"),
        _("Every day lies on the S curve at its own z; the step only asks on which side of 0 it lies."),
    )
    top = sheet.cursor
    grid_value = np.arange(-6.0, 6.5, 1.0)
    with sheet.table(Counter(""), 13) as table:
        grid = table.derived(
            "curve_z", grid_value, lambda i: number_of(i) - 7, title=_("weighted input"), symbol="z", number_format="0"
        )
        fields = caption(_("smooth output"), "σ(z)", "0.000")
        curve = table.derived("curve_p", sigmoid(grid_value), lambda i: sigmoid_formula(grid[i]), **fields)
    sheet.chart(
        Chart(
            _("The days on the curve"),
            (
                Series("σ(z)", grid[:], curve[:]),
                Series(_("the days, smooth"), z[:], p[:], Mark.POINTS),
                Series(_("the days, step"), z[:], y[:], Mark.POINTS),
            ),
            "z",
            _("output"),
            _(
                "The S-shaped sigmoid with a point on it for each day; the step output of the same days lies at "
                "0 or at 1."
            ),
            columns=7,
            rows=17,
        ),
        at=(top, 4),
    )
    sheet.cursor = max(sheet.cursor, top + 18)


# ------------------------------------------------------------------------------------------------ gates


def _gates(book: Book, helpers: Sheet) -> dict[str, tuple[Block, Block]]:
    sheet = book.sheet("Gates", _("AND, OR, NAND: one perceptron each"))
    parameters = {}
    for gate in GATES:
        sheet.step(
            _("{gate} as a perceptron").format(gate=gate.name), _(gate.why), "z = w₁·x₁ + w₂·x₂ + b        y = u(z)"
        )
        parameters[gate.name] = _gate(sheet, helpers, gate)
    sheet.remark(
        _(
            "All weights are chosen here (NAND's are those of Nielsen's book); any others that leave the same points on "
            "the same side of the line do as well. Try some."
        )
    )
    return parameters


def _gate(sheet: Sheet, helpers: Sheet, gate: Gate) -> tuple[Block, Block]:
    key = gate.name.lower()
    news = sheet.reserve()
    w, b = _parameters(sheet, key, np.array(gate.w), gate.b)
    top = sheet.cursor
    with sheet.table(Counter(""), 4) as table:
        x1, x2, z, y = _truth_columns(table, key, w, b)
        fields = caption(_("should be"), gate.name, "0", math=gate.math)
        t = table.derived(f"{key}_t", gate.target(*PATTERNS.T), lambda i: gate.target_formula(x1[i], x2[i]), **fields)
        right = _right_column(table, key, y, t)
        chart_column = table.column + 1
    _gate_news(sheet, key, gate.name, right, news)
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
    _heading(helpers, name)
    corners = _corners(helpers, key, [x1[i] for i in range(4)], [x2[i] for i in range(4)], [y[i] for i in range(4)])
    line = _line(helpers, key, (w[0], w[1], b[0]))
    sheet.chart(_plane(name, *corners, [("w·x + b = 0", line)]), at=(top - 4, chart_column))
    sheet.cursor = max(sheet.cursor, top + 15)
    return w, b


def _parameters(sheet: Sheet, key: str, w: Array, b: float) -> tuple[Block, Block]:
    """The yellow cells of a perceptron with two inputs."""
    with sheet.beside():
        fields = caption(_("weights"), "w", "0.00", along=Direction.RIGHT, columns=["w₁", "w₂"])
        weights = sheet.given(f"{key}_w", w, valid=WEIGHT, **fields)
        bias = sheet.given(
            f"{key}_b", np.array([b]), symbol="b", title=_("bias"), columns=["b"], valid=WEIGHT, number_format="0.00"
        )
    return weights, bias


def _truth_columns(table: Table, key: str, w: Block, b: Block) -> tuple[Block, Block, Block, Block]:
    """The columns x₁, x₂, z and y of a perceptron's truth table."""
    x1, x2 = _pattern_columns(table, key)
    z_value = PATTERNS @ w.value + b.value[0]
    fields = caption(_("weighted input"), "z", "0.00")
    z = table.derived(f"{key}_z", z_value, lambda i: w[0] * x1[i] + w[1] * x2[i] + b[0], **fields)
    fields = caption(_("output"), "y", "0", math="u(z)")
    y = table.derived(f"{key}_y", unit_step(z_value), lambda i: unit_step_formula(z[i]), **fields)
    return x1, x2, z, y


def _pattern_columns(table: Table, key: str) -> list[Block]:
    """x₁ and x₂ of the four patterns: the binary digits of the row number less one."""
    formulas = (lambda i: call("INT", (number_of(i) - 1) / 2), lambda i: call("MOD", number_of(i) - 1, 2))
    return [
        table.derived(
            f"{key}_x{j + 1}", PATTERNS[:, j], formulas[j], title=_("input"), symbol="x" + "₁₂"[j], number_format="0"
        )
        for j in range(2)
    ]


def _right_column(table: Table, key: str, y: Block, t: Block) -> Block:
    same = y.value == t.value
    block: Block = table.add(
        Block(
            f"{key}_right",
            Role.CHECK,
            np.where(same, HOLDS, FAILS).astype(object),
            title=_("right?"),
            formula=lambda i: if_(equal(y[i], t[i]), HOLDS, FAILS),
            number_format="@",
        )
    )
    return block


def _heading(helpers: Sheet, name: str) -> None:
    helpers.label(helpers.cursor, 0, name, Style.BLOCK)
    helpers.cursor += 1


def _corners(helpers: Sheet, key: str, x: list[Ref], y: list[Ref], fires: list[Ref]) -> tuple[Line, Line]:
    """Lay out four points for a chart: those that fire, and those that do not; each series hides the other's points."""
    heights, fired = (np.array([float(value_of(cell)) for cell in cells]) for cells in (y, fires))
    with helpers.table(Counter(""), 4) as table:
        fields = caption(_("across"), number_format="0")
        across = table.derived(f"{key}_plot_x", np.array([float(value_of(cell)) for cell in x]), None, each=x, **fields)
        one = table.derived(
            f"{key}_plot1",
            np.where(fired == 1, heights, OFF_CHART),
            None,
            each=[if_(equal(f, 1), h, OFF_CHART) for f, h in zip(fires, y, strict=True)],
            **caption(_("up, where it fires"), number_format="0"),
        )
        zero = table.derived(
            f"{key}_plot0",
            np.where(fired == 1, OFF_CHART, heights),
            None,
            each=[if_(equal(f, 1), OFF_CHART, h) for f, h in zip(fires, y, strict=True)],
            **caption(_("up, where it is quiet"), number_format="0"),
        )
    return (across[:], one[:]), (across[:], zero[:])


def _gate_news(sheet: Sheet, key: str, name: str, right: Block, row: int) -> None:
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


def _line(helpers: Sheet, key: str, parameters: tuple[Ref, Ref, Ref]) -> Line:
    """Two points of the line w₁·x₁ + w₂·x₂ + b = 0, three to either side of its point nearest to (0, 0)."""
    w1, w2, b = parameters
    v1, v2, c = (float(value_of(cell)) for cell in parameters)
    size = v1**2 + v2**2
    ends = np.full((2, 2), float(OFF_CHART))
    if size:
        foot, along = -c * np.array([v1, v2]) / size, 3 * np.array([v2, -v1]) / np.sqrt(size)
        ends = np.array([foot - along, foot + along])

    def end(coordinate: Expr, way: Expr) -> Expr:
        square = w1**2 + w2**2
        return if_(equal(square, 0), OFF_CHART, -b * coordinate / square + 3 * way / sqrt(square))

    with helpers.table(Counter(""), 2) as table:
        fields = caption(_("two points of the line: across"), number_format="0.00")
        x = table.derived(f"{key}_line_x", ends[:, 0], None, each=[end(w1, -w2), end(w1, w2)], **fields)
        y = table.derived(
            f"{key}_line_y", ends[:, 1], None, title=_("up"), each=[end(w2, w1), end(w2, -w1)], number_format="0.00"
        )
    return x[:], y[:]


def _plane(
    title: str, fires: Line, quiet: Line, lines: list[tuple[str, Line]], axes: tuple[str, str] = ("x₁", "x₂")
) -> Chart:
    """Chart the four patterns, those that fire apart from those that do not, with dividing lines."""
    series = [Series(_("fires"), *fires, Mark.POINTS, "#1F6FB2"), Series(_("quiet"), *quiet, Mark.POINTS, "#D1711B")]
    series += [Series(name, *line, colour=("#3A8F4A", "#7A3EA8")[n]) for n, (name, line) in enumerate(lines)]
    return Chart(
        title,
        tuple(series),
        *axes,
        _(
            "The four patterns as corners of a square; a straight line parts those that fire from those that "
            "stay quiet."
        ),
        columns=5,
        rows=17,
        x_range=AROUND_SQUARE,
        y_range=AROUND_SQUARE,
    )


# ------------------------------------------------------------------------------------------------ why one cannot do XOR


def _why_not(book: Book, helpers: Sheet) -> None:
    sheet = book.sheet("WhyNot", _("Why one perceptron cannot do XOR"))
    sheet.step(
        _("Try it"),
        _(
            "XOR fires for exactly one input. Change the weights and the bias: three rows can be made right, "
            "never all four."
        ),
        "z = w₁·x₁ + w₂·x₂ + b        y = u(z)",
    )
    news = sheet.reserve()
    w, b = _parameters(sheet, "try", np.array([1.0, 2.0]), -0.5)
    top = sheet.cursor
    with sheet.table(Counter(""), 4) as table:
        x1, x2, z, y = _truth_columns(table, "try", w, b)
        fields = caption(_("should be"), "XOR", "0", math="|x₁ − x₂|")
        t = table.derived("try_t", XOR.target(*PATTERNS.T), lambda i: XOR.target_formula(x1[i], x2[i]), **fields)
        at_least, below = "z ≥ 0", "z < 0"
        table.derived(
            "try_demand",
            np.where(t.value == 1, at_least, below).astype(object),
            lambda i: if_(equal(t[i], 1), at_least, below),
            **caption(_("so it needs"), number_format="@"),
        )
        right = _right_column(table, "try", y, t)
        chart_column = table.column + 1
    _gate_news(sheet, "try", "XOR", right, news)
    name = _("XOR: no line parts blue from orange")
    _heading(helpers, name)
    corners = _corners(helpers, "try", [x1[i] for i in range(4)], [x2[i] for i in range(4)], [t[i] for i in range(4)])
    chart = _plane(name, *corners, [("w·x + b = 0", _line(helpers, "try", (w[0], w[1], b[0])))])
    sheet.chart(chart, at=(top - 4, chart_column))
    sheet.remark(_("In the chart the colours show what XOR should say, not what the perceptron says."))
    sheet.cursor = max(sheet.cursor, top + 15)
    _contradiction(sheet, z)


def _contradiction(sheet: Sheet, z: Block) -> None:
    sheet.step(
        _("The proof"),
        _("Add the two rows that must fire, and the two that must stay quiet: both sums are the same number."),
        "z(0,1) + z(1,0) = w₁ + w₂ + 2b ≥ 0        z(0,0) + z(1,1) = w₁ + w₂ + 2b < 0",
    )
    v = z.value
    middle = sheet.derived(
        "sum_fire", v[1] + v[2], lambda: z[1] + z[2], title=_("rows 2 + 3"), unit=_("must be ≥ 0"), number_format="0.00"
    )
    fields = caption(_("rows 1 + 4"), number_format="0.00", unit=_("must be < 0"))
    outer = sheet.derived("sum_quiet", v[0] + v[3], lambda: z[0] + z[3], **fields)
    sheet.sentence(
        "proof_words",
        _("{a:2p} + {b:2p} = {m:2}, and {c:2p} + {d:2p} = {o:2}: one number cannot be both at least 0 and below 0."),
        a=z[1],
        b=z[2],
        m=middle,
        c=z[0],
        d=z[3],
        o=outer,
    )
    sheet.check("same_sum", _("both sums are the same number"), middle, outer, 1e-9)
    sheet.remark(
        _(
            "XNOR demands the opposite of every row, so the same two sums contradict each other with the signs "
            "exchanged."
        )
    )
    sheet.remark(
        _(
            "The article says that NAND or XNOR were once believed impossible. One perceptron does NAND, as the "
            "sheet Gates shows; what one cannot do is XOR and XNOR, and two layers can."
        )
    )


def _search(book: Book) -> None:
    sheet = book.sheet("Search", _("Looking through many weights"), column_width=7)
    sheet.step(
        _("Rows right, for every pair of weights"),
        _(
            "Each cell counts the rows that one pair of weights gets right with the bias below. Look for a 4: with a "
            "suitable bias NAND has some, XOR has none with any."
        ),
        "w₁ ↓        w₂ →",
    )
    fields = caption(_("bias"), "b", "0.00", remark=_("chosen here; try others, also negative ones"))
    b = sheet.given("search_b", 1.5, valid=WEIGHT, **fields)
    start = sheet.given("search_from", -2.0, title=_("first weight"), number_format="0.00", valid=Between(-10, 0))
    by = sheet.given("search_step", 0.5, title=_("from weight to weight"), number_format="0.00", valid=Between(0.1, 2))
    for name, targets in (("NAND", (1, 1, 1, 0)), ("XOR", (0, 1, 1, 0))):
        sheet.gap()
        sheet.math(name)
        _hits(sheet, name, targets, (b, start, by))


def _hits(sheet: Sheet, name: str, targets: tuple[int, ...], inputs: tuple[Block, Block, Block]) -> None:
    key = name.lower()
    b, start, by = inputs
    count = 9
    weights = start.value + by.value * np.arange(count)
    z_value = PATTERNS[:, 0] * weights[:, None, None] + PATTERNS[:, 1] * weights[:, None] + b.value
    value = (unit_step(z_value) == np.array(targets)).sum(axis=2)
    top = sheet.cursor
    with sheet.table(Counter(""), count) as table:
        w1 = table.derived(
            f"{key}_w1", weights, lambda i: start + by * (number_of(i) - 1), title="w₁", number_format="0.0"
        )
        w2 = Block(
            f"{key}_w2",
            Role.DERIVED,
            weights,
            formula=lambda j: start + by * (number_of(j) - 1),
            along=Direction.RIGHT,
            columns=Counter(""),
            number_format="0.0",
        )
        sheet.add(w2, at=(top + 2, table.column))

        def right(i: Any, j: Any) -> Expr:
            sums = (as_expr(b), w2[j] + b, w1[i] + b, w1[i] + w2[j] + b)
            fired = [
                unit_step_formula(z) if t else 1 - unit_step_formula(z) for z, t in zip(sums, targets, strict=True)
            ]
            return fired[0] + fired[1] + fired[2] + fired[3]

        hits = table.derived(
            f"{key}_grid",
            value,
            right,
            **caption(
                _("rows of {gate} right").format(gate=name),
                number_format="0",
                columns=Counter(""),
                shading=Shading.HEAT,
            ),
        )
    best = sheet.derived(
        f"{key}_best", value.max(), lambda: largest(hits), title=_("most rows right"), number_format="0"
    )
    sheet.sentence(f"{key}_best_words", _("{gate}: at most {n} of 4 rows.").format(gate=name, n="{n:0}"), n=best)


# ------------------------------------------------------------------------------------------------ two layers


def _two_layers(book: Book, helpers: Sheet, network: Network) -> None:
    key = network.name.lower()
    sheet = book.sheet(network.name.capitalize(), _("{gate} from two layers").format(gate=network.name))
    sheet.step(
        _("Three perceptrons for {gate}").format(gate=network.name),
        _(network.why),
        "A¹ = u(W¹·X + b¹)        A² = u(W²·A¹ + b²)",
    )
    news = sheet.reserve()
    sheet.text(
        _(
            "The plan: hidden unit 1 computes {first}, hidden unit 2 {second}; the output unit {output} of the two."
        ).format(first=network.hidden[0], second=network.hidden[1], output=network.output)
    )
    layers = [
        given_layer(sheet, 1, network.W1, network.b1, STEP, suffix=f"_{key}"),
        given_layer(sheet, 2, network.W2, network.b2, STEP, suffix=f"_{key}"),
    ]
    sheet.remark(_("The weights are chosen here; one column below is one input pattern."))
    X = sheet.derived(
        f"X_{key}",
        PATTERNS.T,
        lambda k, i: call("MOD", call("INT", (number_of(i) - 1) / (3 - number_of(k))), 2),
        **caption(_("all input patterns"), "X", "0", columns=Counter("i = "), rows=Counter("k = ")),
    )
    passed = forward(sheet, layers, X, f"_{key}")
    for layer in layers:
        passed.z(layer.number).number_format, passed.A[layer.number].number_format = "0.00", "0"
    T, wrong = _targets(sheet, network, X, passed, news)
    _pattern_words(sheet, key, layers, passed)
    _planes(sheet, helpers, network, layers, passed)
    sheet.step(
        _("The whole network on one page"),
        _(
            "Every weighted sum lies where its row of weights meets its column of activations; each name leads "
            "to its table."
        ),
    )
    network_map(sheet, layers, passed, T, wrong)


def _targets(sheet: Sheet, network: Network, X: Block, passed: Forward, news: int) -> tuple[Block, Block]:
    key = network.name.lower()
    said = passed.output
    target = network.target(*PATTERNS.T)
    fields = caption(_("should be"), "Y", "0", along=Direction.RIGHT, columns=Counter("i = "))
    T = sheet.derived(f"T_{key}", target, lambda i: network.target_formula(X[0, i], X[1, i]), **fields)
    apart = np.abs(said.value[0] - target)
    fields = caption(_("wrong?"), number_format="0", along=Direction.RIGHT, columns=Counter("i = "))
    misses = sheet.derived(f"misses_{key}", apart, lambda i: absolute(said[0, i] - T[i]), **fields)
    wrong = sheet.derived(
        f"wrong_{key}", apart.sum(), lambda: total(misses), symbol="C", title=_("patterns wrong"), number_format="0"
    )
    good, bad = (str(_(words).format(gate=network.name)) for words in (N_("this is {gate}"), N_("this is not {gate}")))
    verdict = sheet.derived(
        f"verdict_{key}",
        np.asarray(bad if apart.any() else good, dtype=object),
        lambda: if_(equal(wrong, 0), good, bad),
        **caption(_("verdict"), number_format="@"),
    )
    sheet.sentence(f"news_{key}", _("▶ {n:0} of 4 patterns are wrong: {verdict}."), row=news, n=wrong, verdict=verdict)
    return T, wrong


def _pattern_words(sheet: Sheet, key: str, layers: list[Layer], passed: Forward) -> None:
    """Write out pattern 2, (0, 1), through both layers."""
    (W1, b1), (W2, b2) = ((layer.W, layer.b) for layer in layers)
    assert b1 is not None
    assert b2 is not None
    X, A, Z1, Z2 = passed.A[0], passed.A[1], passed.z(1), passed.z(2)
    sheet.sentence(
        f"words1_{key}",
        _("Pattern 2, hidden unit 1: z = {w1:2p}·{x1:0} + {w2:2p}·{x2:0} + {b:2p} = {z:2}, output {a:0}."),
        w1=W1[0, 0],
        x1=X[0, 1],
        w2=W1[0, 1],
        x2=X[1, 1],
        b=b1[0],
        z=Z1[0, 1],
        a=A[0, 1],
    )
    sheet.sentence(
        f"words2_{key}",
        _("Pattern 2, output unit: z = {w1:2p}·{a1:0} + {w2:2p}·{a2:0} + {b:2p} = {z:2}, output {a:0}."),
        w1=W2[0, 0],
        a1=A[0, 1],
        w2=W2[0, 1],
        a2=A[1, 1],
        b=b2[0],
        z=Z2[0, 1],
        a=passed.output[0, 1],
    )


def _planes(sheet: Sheet, helpers: Sheet, network: Network, layers: list[Layer], passed: Forward) -> None:
    key = network.name.lower()
    sheet.step(
        _("Two lines, then one"),
        _(
            "The hidden layer moves the four patterns to new places; if it does so well, a single line parts them there."
        ),
        "(x₁, x₂) → (a₁, a₂)",
    )
    out = passed.output
    corners = []
    for where, points in (("x", passed.A[0]), ("a", passed.A[1])):
        title = _("{gate}, input plane") if where == "x" else _("{gate}, hidden plane")
        _heading(helpers, title.format(gate=network.name))
        cells = ([block[k, i] for i in range(4)] for block, k in ((points, 0), (points, 1), (out, 0)))
        corners.append(_corners(helpers, f"{key}_{where}", *cells))
    lines = []
    for layer, unit, name in ((0, 0, network.hidden[0]), (0, 1, network.hidden[1]), (1, 0, network.output)):
        W, b = layers[layer].W, layers[layer].b
        assert b is not None
        lines.append((name, _line(helpers, f"{key}_{layer + 1}{unit + 1}", (W[unit, 0], W[unit, 1], b[unit]))))
    with sheet.beside():
        sheet.chart(_plane(_("Input plane: two lines"), *corners[0], lines[:2]))
        sheet.chart(_plane(_("Hidden plane: one line"), *corners[1], lines[2:], ("a₁", "a₂")))
    A = passed.A[1]
    sheet.sentence(
        f"moved_{key}",
        _(
            "Pattern 2 moves to ({a2:0}, {b2:0}), pattern 3 to ({a3:0}, {b3:0}): where two meet, the chart shows one point."
        ),
        a2=A[0, 1],
        b2=A[1, 1],
        a3=A[0, 2],
        b3=A[1, 2],
    )


# ------------------------------------------------------------------------------------------------ NAND alone


def _nand_only(book: Book, w: Block, b: Block) -> None:
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
        x1, x2 = _pattern_columns(table, "only")

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
        t = table.derived("only_t", XOR.target(*PATTERNS.T), lambda i: XOR.target_formula(x1[i], x2[i]), **fields)
        _right_column(table, "only", y, t)
    sheet.sentence(
        "only_words",
        _("Row 2: n₁ = {a:0}, n₂ = {b:0}, n₃ = {c:0}, so y = {y:0}, and XOR says {t:0}."),
        a=n1[1],
        b=n2[1],
        c=n3[1],
        y=y[1],
        t=t[1],
    )
