"""Activation functions: values, derivatives, and a difference quotient beside every derivative.

Symbols and shapes:
    x      (n,)   the grid: `from`, `from` + step, …
    f(x)   (n,)   the function;  f′(x) (n,) its derivative
    q      (n,)   central difference quotient, (f(x + h) − f(x − h)) / 2h
    L, k, x0  ()  maximum, steepness and midpoint of the logistic family L / (1 + e^(−k(x − x0)))
Where a function has a kink or a jump there is no derivative: rows within h of it are marked and not compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import Array, sigmoid, sigmoid_formula, unit_step, unit_step_formula
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import (
    Expr,
    Operand,
    absolute,
    as_expr,
    equal,
    exp,
    if_,
    largest,
    number_of,
    rounded,
    smallest,
    tanh,
    total,
)
from workbook.scenario import Parameter, Scenario
from workbook.sheet import Style
from workbook.text import N_, _

ROWS = 49
H = 1e-4
TOLERANCE = 1e-6
LINEAR_ROWS = 25
CHART_ROWS = 17


@dataclass(frozen=True)
class Inputs:
    """The yellow cells that all functions share."""

    start: Block
    by: Block
    h: Block
    slope: Block
    L: Block
    k: Block
    x0: Block
    leak: Block
    zero: Block

    @property
    def x(self) -> Array:
        """NumPy's grid."""
        return np.asarray(self.start.value + self.by.value * np.arange(ROWS), dtype=np.float64)


@dataclass(frozen=True)
class Function:
    """An activation function over the inputs.

    Attributes
    ----------
    value, slope : NumPy: f(x) and f′(x)
    value_formula, slope_formula : for one cell: f from x, f′ from x and f(x)
    written, slope_written : f, and how f′ comes from it, written out at the reader's own x: the fields are x, f and the
        inputs
    kink : whether it has a kink or a jump at x = 0
    """

    id: str
    sheet: str
    title: str
    symbol: str
    math: str
    slope_math: str
    why: str
    value: Callable[[Inputs, Array], Array]
    slope: Callable[[Inputs, Array], Array]
    value_formula: Callable[[Inputs, Expr], Expr]
    slope_formula: Callable[[Inputs, Expr, Expr], Operand]
    written: str
    slope_written: str = ""
    kink: bool = False
    points: bool = False
    remarks: tuple[str, ...] = ()


def logistic(L: float, k: float, x0: float, x: Array) -> Array:
    """Return L / (1 + e^(−k(x − x0)))."""
    return L * sigmoid(k * (x - x0))


def logistic_formula(p: Inputs, x: Expr) -> Expr:
    """The same for a cell; the exponent stops at 700, since EXP(710) is an error in a spreadsheet."""
    return p.L / (1 + exp(smallest(-p.k * (x - p.x0), 700)))


def _logistic_value(p: Inputs, x: Array) -> Array:
    return logistic(float(p.L.value), float(p.k.value), float(p.x0.value), x)


def _logistic_slope(p: Inputs, x: Array) -> Array:
    s = sigmoid(float(p.k.value) * (x - float(p.x0.value)))
    return np.asarray(p.L.value * p.k.value * s * (1 - s))


STEP = Function(
    "step",
    "Step",
    N_("Step function"),
    "u(x)",
    "u(x) = 1 (x ≥ 0), 0 (x < 0)",
    "u′(x) = 0 (x ≠ 0)",
    N_("Yes or no: the perceptron's own activation. Flat on both sides, it gives gradient descent nothing to go by."),
    lambda p, x: unit_step(x),
    lambda p, x: np.zeros_like(x),
    lambda p, x: unit_step_formula(x),
    lambda p, x, f: 0,
    "u({x:2}) = {f:0}",
    kink=True,
    points=True,
    remarks=(
        N_(
            "At x = 0 the step jumps, and has no derivative: there the quotient is 1/(2h), and grows without "
            "bound as h shrinks."
        ),
        N_(
            "The article gives 0 for all negative and 1 for all positive inputs, and leaves 0 itself open. Here "
            "u(0) = 1, as in the notes' “≥ θ”."
        ),
    ),
)
LINEAR = Function(
    "linear",
    "Linear",
    N_("Linear function"),
    "f(x)",
    "f(x) = c·x,   c = 4",
    "f′(x) = c",
    N_("It only scales its input; its derivative is the same everywhere."),
    lambda p, x: p.slope.value * x,
    lambda p, x: np.full_like(x, p.slope.value),
    lambda p, x: p.slope * x,
    lambda p, x, f: as_expr(p.slope),
    "f({x:2}) = {c:2p}·{x:2p} = {f:4}",
    "c = ",
    remarks=(
        N_(
            "f(x) = 4x is printed in the article. Its text says that a linear function “doubles” the input: it "
            "multiplies it by c, here by 4."
        ),
    ),
)
LOGISTIC = Function(
    "logistic",
    "Logistic",
    N_("Logistic family"),
    "f(x)",
    "f(x) = L / (1 + e^(−k·(x − x0)))",
    "f′(x) = k·f(x)·(1 − f(x)/L)",
    N_("The whole family of S curves: L is the height it tends to, k how steep it is, x0 where its middle lies."),
    _logistic_value,
    _logistic_slope,
    logistic_formula,
    lambda p, x, f: p.k * f * (1 - f / p.L),
    "f({x:2}) = {L:2p} / (1 + e^(−{k:2p}·({x:2} − {m:2p}))) = {f:4}",
    "{k:2p}·{f:4}·(1 − {f:4}/{L:2}) = ",
    remarks=(
        N_(
            "L = 1, k = 1, x0 = 0 are printed in the article: with these the logistic function is the sigmoid. "
            "The chart shows that sigmoid, too."
        ),
    ),
)
SIGMOID = Function(
    "sigmoid",
    "Sigmoid",
    N_("Sigmoid"),
    "σ(x)",
    "σ(x) = 1 / (1 + e⁻ˣ)",
    "σ′(x) = σ(x)·(1 − σ(x))",
    N_(
        "The logistic function with L = k = 1 and x0 = 0: any number becomes one between 0 and 1, and the slope "
        "comes from the value itself."
    ),
    lambda p, x: sigmoid(x),
    lambda p, x: sigmoid(x) * sigmoid(-x),
    lambda p, x: sigmoid_formula(x),
    lambda p, x, f: f * (1 - f),
    "σ({x:2}) = 1 / (1 + e^(−{x:2p})) = {f:4}",
    "{f:4}·(1 − {f:4}) = ",
    remarks=(
        N_(
            "The article says: for all positive values the output is “= 0.5”. It is at least 0.5 (exactly 0.5 "
            "only at x = 0); a “≥” was lost."
        ),
        N_(
            "The article puts “the inflection point at 0.5”: that is its output. It lies at x = 0, where σ(0) = "
            "0.5 and σ′ has its maximum, 0.25."
        ),
        N_(
            "The article's “concave on top, convex at the bottom” is right: σ″ is positive for x < 0 and "
            "negative for x > 0."
        ),
    ),
)
TANH = Function(
    "tanh",
    "Tanh",
    N_("Hyperbolic tangent"),
    "tanh(x)",
    "tanh(x) = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)",
    "tanh′(x) = 1 − tanh²(x)",
    N_("An S curve from −1 to 1, centred on 0, and four times as steep in the middle as the sigmoid."),
    lambda p, x: np.tanh(x),
    lambda p, x: 1 / np.cosh(x) ** 2,
    lambda p, x: tanh(x),
    lambda p, x, f: 1 - f**2,
    "tanh({x:2}) = (e^{x:2p} − e^(−{x:2p})) / (e^{x:2p} + e^(−{x:2p})) = {f:4}",
    "1 − {f:4p}² = ",
)
RELU = Function(
    "relu",
    "ReLU",
    N_("ReLU"),
    "ReLU(x)",
    "ReLU(x) = max(0, x)",
    "ReLU′(x) = 1 (x > 0), 0 (x < 0)",
    N_(
        "Negative inputs are shut off, positive ones pass unchanged: cheap, and its slope does not fade for "
        "large inputs."
    ),
    lambda p, x: np.maximum(0, x),
    lambda p, x: (np.round(x, 9) > 0).astype(float),
    lambda p, x: largest(0, x),
    lambda p, x, f: if_(rounded(x, 9) > 0, 1, 0),
    "ReLU({x:2}) = max(0, {x:2}) = {f:4}",
    kink=True,
    remarks=(
        N_(
            "At x = 0 there is a kink: slope 0 from the left, 1 from the right, no derivative. The quotient says "
            "½, between the two; programs simply take 0."
        ),
    ),
)
LEAKY = Function(
    "leaky",
    "LeakyReLU",
    N_("Leaky ReLU"),
    "f(x)",
    "f(x) = x (x > 0), c·x (x ≤ 0)",
    "f′(x) = 1 (x > 0), c (x < 0)",
    N_("A small slope c below zero keeps a unit from going silent for good."),
    lambda p, x: np.where(x > 0, x, p.leak.value * x),
    lambda p, x: np.where(np.round(x, 9) > 0, 1.0, p.leak.value),
    lambda p, x: if_(x > 0, x, p.leak * x),
    lambda p, x, f: if_(rounded(x, 9) > 0, 1, p.leak),
    "f({x:2}) = max({x:2}, {leak:2}·{x:2p}) = {f:4}",
    kink=True,
    remarks=(
        N_(
            "At x = 0 the slopes are c from the left and 1 from the right: no derivative. Programs take c there, "
            "and so does the table."
        ),
    ),
)
FUNCTIONS = (STEP, LINEAR, SIGMOID, LOGISTIC, TANH, RELU, LEAKY)


class Activations(Scenario):
    """Seven activation functions over a grid, each derivative beside its difference quotient."""

    name = "activations"
    title = N_("Activation functions and their derivatives")
    article = N_(
        "Fathoming the Deep in Deep Learning – A Practical Approach (activation functions); The maths behind "
        "deep networks (activation functions)"
    )
    summary = N_(
        "Step, linear, the logistic family with L, k and x0 to play with, sigmoid, tanh, ReLU and leaky ReLU: "
        "what each does to its input, how"
        " steep it is there, and a difference quotient beside every derivative to prove it."
    )
    order = 60
    locale = Path(__file__).parent / "locale"
    parameters = (
        Parameter("start", -6.0, N_("first x of the grid"), -50, 50),
        Parameter("step", 0.25, N_("from x to x"), 0.01, 2),
        Parameter("slope", 4.0, N_("slope c of the linear function"), -100, 100),
        Parameter("L", 1.0, N_("logistic family: maximum L"), 0.01, 1000),
        Parameter("k", 1.0, N_("logistic family: steepness k"), -10, 10),
        Parameter("x0", 0.0, N_("logistic family: midpoint x0"), -50, 50),
        Parameter("leak", 0.1, N_("leaky ReLU: slope below zero"), 0, 0.99),
        Parameter("width", 3.0, N_("the sigmoid's near-linear part reaches from minus this to this"), 0.1, 10),
    )

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        book.first_change = _(
            "on the sheet Inputs, the yellow cell k: type 3 and see on the sheet Logistic how the S curve gets steeper."
        )
        p = _inputs(book, settings)
        x = _grid(book, p)
        for function in FUNCTIONS:
            sheet = _function(book, p, x, function)
            if function is LINEAR:
                _linear_stack(sheet, p)
            elif function is LOGISTIC:
                _midpoint(sheet, p)
            elif function is SIGMOID:
                _concavity(sheet, p, x)
            elif function is TANH:
                _tanh_from_sigmoid(sheet, p, x)
        _near_linear(book, float(settings["width"]))
        _compare(book, p, x)


# ------------------------------------------------------------------------------------------------ inputs


def _inputs(book: Book, settings: Mapping[str, Any]) -> Inputs:
    sheet = book.sheet("Inputs", _("What can be changed"), landscape=False)
    sheet.step(
        _("The grid of x"),
        _("Every function is shown for the same 49 values of x: the first, and the distance to the next."),
        "x₁, x₁ + Δ, x₁ + 2Δ, …",
    )
    value = {key: float(v) for key, v in settings.items()}
    start = sheet.given(
        "x_start",
        value["start"],
        symbol="x₁",
        title=_("first x"),
        number_format="0.00",
        valid=Between(-50, 50),
        remark=_("chosen here"),
    )
    by = sheet.given(
        "x_step",
        value["step"],
        symbol="Δ",
        title=_("from x to x"),
        number_format="0.00",
        valid=Between(0.01, 2),
        remark=_("chosen here"),
    )
    sheet.step(
        _("The difference quotient"),
        _(
            "A slope can be measured without any rule of differentiation: go h to the right and h to the left, "
            "and divide rise by run."
        ),
        "f′(x) ≈ (f(x + h) − f(x − h)) / 2h",
    )
    h = sheet.given(
        "h",
        H,
        symbol="h",
        title=_("small step"),
        number_format="0.0E+00",
        valid=Between(1e-5, 2e-4),
        remark=_("chosen here"),
    )
    zero = sheet.recorded("zero", 0.0, title=_("what a difference should be"), number_format="0")
    sheet.step(
        _("The functions' own numbers"),
        _("Each belongs to one function, on the sheet of that name."),
        "f(x) = c·x        f(x) = L / (1 + e^(−k·(x − x0)))",
    )
    printed = _("printed in the article")
    slope = sheet.given(
        "slope",
        value["slope"],
        symbol="c",
        title=_("slope of the linear function"),
        number_format="0.00",
        valid=Between(-100, 100),
        article=4.0,
        remark=printed,
    )
    L = sheet.given(
        "L",
        value["L"],
        symbol="L",
        title=_("maximum of the logistic function"),
        number_format="0.00",
        valid=Between(0.01, 1000),
        article=1.0,
        remark=printed,
    )
    k = sheet.given(
        "k",
        value["k"],
        symbol="k",
        title=_("steepness of the logistic function"),
        number_format="0.00",
        valid=Between(-10, 10),
        article=1.0,
        remark=printed,
    )
    x0 = sheet.given(
        "x0",
        value["x0"],
        symbol="x0",
        title=_("midpoint of the logistic function"),
        number_format="0.00",
        valid=Between(-50, 50),
        article=0.0,
        remark=printed,
    )
    leak = sheet.given(
        "leak",
        value["leak"],
        symbol="c",
        title=_("slope of leaky ReLU below zero"),
        number_format="0.00",
        valid=Between(0, 0.99),
        remark=_("chosen here; often 0.01, but then the chart hides it"),
    )
    return Inputs(start, by, h, slope, L, k, x0, leak, zero)


def _grid(book: Book, p: Inputs) -> Block:
    """Put x beside the inputs once; every other sheet refers to it."""
    sheet = book.parts[-1]
    sheet.step(_("The values of x"), _("The sheets that follow read x from here."), "xᵢ = x₁ + (i − 1)·Δ")
    with sheet.table(Counter("i = "), ROWS) as table:
        return table.derived(
            "x", p.x, lambda i: p.start + p.by * (number_of(i) - 1), title=_("input"), symbol="x", number_format="0.00"
        )


# ------------------------------------------------------------------------------------------------ one function


def _function(book: Book, p: Inputs, grid: Block, f: Function) -> Sheet:
    sheet = book.sheet(f.sheet, _(f.title), landscape=False)
    sheet.step(_(f.title), _(f.why), f"{f.math}        {f.slope_math}")
    own = _own_x(sheet, p, f)
    picture = sheet.cursor
    sheet.gap(CHART_ROWS + 1)
    tangent = _tangent(sheet, p, f, own)
    for remark in f.remarks:
        sheet.remark(_(remark))
    sheet.gap()
    sheet.step(
        _("Values, derivatives and difference quotients"),
        _("The derivative by the rule must be what the quotient measures, row by row."),
        "q = (f(x + h) − f(x − h)) / 2h",
    )
    news = sheet.cursor
    sheet.gap(4)
    columns = _table(sheet, p, grid, f)
    bottom = sheet.cursor
    sheet.chart(_curves(sheet, f, columns, own, tangent), at=(picture, 0))
    sheet.cursor = news  # the verdict stands above the long table, where a reader sees it
    _hold(sheet, p, f)
    sheet.cursor = bottom
    return sheet


def _own_x(sheet: Sheet, p: Inputs, f: Function) -> tuple[Block, Block, Block]:
    """An x of the reader's own, worked through; return it with its value and its derivative."""
    at = np.array(1.5)
    x = sheet.given(
        f"{f.id}_own_x",
        at,
        symbol="x",
        title=_("an x of your own"),
        number_format="0.00",
        valid=Between(-50, 50),
        remark=_("chosen here"),
    )
    value = f.value(p, at)
    y = sheet.derived(
        f"{f.id}_own_f",
        value,
        lambda: f.value_formula(p, x.whole()),
        symbol=f.symbol,
        title=_("value"),
        number_format="0.0000",
    )
    slope = sheet.gradient(
        f"{f.id}_own_slope",
        f.slope(p, at),
        lambda: f.slope_formula(p, x.whole(), y.whole()),
        symbol=_prime(f),
        title=_("derivative"),
        number_format="0.0000",
    )
    if f.kink:
        smooth, corner = str(_("yes")), str(_("no: above is what programs take"))
        sheet.derived(
            f"{f.id}_own_smooth",
            np.asarray(smooth, dtype=object),
            lambda: if_(equal(x, 0), corner, smooth),
            title=_("has it a derivative at x?"),
            number_format="@",
        )
    template = f"{f.written},   {_prime(f).replace('(x)', '({x:2})')} = {f.slope_written}{{slope:4}}"
    fields: dict[str, Any] = {
        "x": x,
        "f": y,
        "c": p.slope,
        "L": p.L,
        "k": p.k,
        "m": p.x0,
        "leak": p.leak,
        "slope": slope,
    }
    used = {key: block for key, block in fields.items() if "{" + key + ":" in template}
    sheet.sentence(f"{f.id}_own_words", template, **used)
    return x, y, slope


def _tangent(sheet: Sheet, p: Inputs, f: Function, own: tuple[Block, Block, Block]) -> tuple[Block, Block]:
    """The two ends of the tangent at the reader's x: the derivative is its slope."""
    x, y, slope = own
    at = x.value + np.array([-1, 1]) * 4 * p.by.value
    with sheet.table([_("left end of the tangent"), _("right end of the tangent")], 2) as table:
        ends = table.derived(
            f"{f.id}_tangent_x",
            at,
            None,
            each=[x - 4 * p.by, x + 4 * p.by],
            title=_("input"),
            symbol="x ∓ 4Δ",
            number_format="0.00",
        )
        heights = table.derived(
            f"{f.id}_tangent_f",
            y.value + slope.value * (at - x.value),
            lambda i: y + slope * (ends[i] - x),
            title=_("height"),
            symbol="t",
            math=f"{f.symbol} ∓ 4Δ·{_prime(f)}",
            number_format="0.0000",
        )
    return ends, heights


def _prime(f: Function) -> str:
    return f.symbol.replace("(", "′(")


def _table(sheet: Sheet, p: Inputs, grid: Block, f: Function) -> tuple[Block, Block, Block]:
    """Values, derivatives and quotients over the grid; return x, f(x) and f′(x)."""
    v, h = p.x, float(p.h.value)
    values, slopes = f.value(p, v), f.slope(p, v)
    before, after = f.value(p, v - h), f.value(p, v + h)
    quotients = (after - before) / (2 * h)
    near = np.round(np.abs(v) - h, 9) <= 0
    with sheet.table(Counter(""), ROWS) as table:
        x = table.derived(f"{f.id}_x", v, lambda i: grid[i], title=_("input"), symbol="x", number_format="0.00")
        y = table.derived(
            f"{f.id}_f",
            values,
            lambda i: f.value_formula(p, x[i]),
            title=_("value"),
            symbol=f.symbol,
            number_format="0.0000",
        )
        slope = table.gradient(
            f"{f.id}_slope",
            slopes,
            lambda i: f.slope_formula(p, x[i], y[i]),
            title=_("derivative"),
            symbol=_prime(f),
            number_format="0.0000",
        )
        left = table.derived(
            f"{f.id}_before",
            before,
            lambda i: f.value_formula(p, x[i] - p.h),
            title=_("value h to the left"),
            symbol=f.symbol.replace("x", "x − h"),
            number_format="0.000000",
        )
        ahead = table.derived(
            f"{f.id}_after",
            after,
            lambda i: f.value_formula(p, x[i] + p.h),
            title=_("value h to the right"),
            symbol=f.symbol.replace("x", "x + h"),
            number_format="0.000000",
        )
        q = table.add(
            Block(
                f"{f.id}_q",
                Role.CHECK,
                quotients,
                title=_("difference quotient"),
                symbol="q",
                number_format="0.0000",
                formula=lambda i: (ahead[i] - left[i]) / (2 * p.h),
            )
        )
        off = np.abs(quotients - slopes)
        if f.kink:
            kink = table.derived(
                f"{f.id}_kink",
                near.astype(float),
                lambda i: if_(rounded(absolute(x[i]) - p.h, 9) <= 0, 1, 0),
                title=_("no derivative here"),
                symbol="|x| ≤ h",
                number_format='"●";;"·"',
            )
            off = np.where(near, 0.0, off)
            formula = lambda i: if_(kink[i] > 0, 0, absolute(q[i] - slope[i]))  # noqa: E731
        else:
            formula = lambda i: absolute(q[i] - slope[i])  # noqa: E731
        table.add(
            Block(
                f"{f.id}_off",
                Role.CHECK,
                off,
                formula=formula,
                title=_("apart"),
                symbol="|q − f′|",
                number_format="0.0E+00",
            )
        )
    return x, y, slope


def _curves(
    sheet: Sheet,
    f: Function,
    columns: tuple[Block, Block, Block],
    own: tuple[Block, Block, Block],
    tangent: tuple[Block, Block],
) -> Chart:
    """The function and its derivative, with the reader's own x and the tangent there."""
    x, y, slope = columns
    jumps = f.kink and not f.points  # a line would join the slopes left and right of the kink
    series = [
        Series(f.symbol, x[:], y[:], Mark.POINTS if f.points else Mark.LINE),
        Series(_prime(f), x[:], slope[:], Mark.POINTS if jumps else Mark.LINE, dashed=True),
        Series(_("tangent at your x"), tangent[0][:], tangent[1][:], colour="#B3261E"),
        Series(_("your x"), own[0].whole(), own[1].whole(), Mark.POINTS, colour="#B3261E"),
    ]
    if f is LOGISTIC:
        series.append(Series("σ(x)", x[:], sheet.book["sigmoid_f"][:], colour="#3A8F4A", dashed=True))
    return Chart(
        _("{name} and its derivative").format(name=_(f.title)),
        tuple(series),
        "x",
        "",
        _(
            "The function, its derivative, and at the reader's own x a point with the tangent, whose slope is the "
            "derivative there."
        ),
        rows=CHART_ROWS,
    )


def _hold(sheet: Sheet, p: Inputs, f: Function) -> None:
    """Hold the derivative against the quotient, in proportion to the steepest slope."""
    book = sheet.book
    off, slope = book[f"{f.id}_off"], book[f"{f.id}_slope"]
    steepest = max(1.0, float(slope.value.max()), -float(slope.value.min()))
    scale = sheet.derived(
        f"{f.id}_scale",
        steepest,
        lambda: largest(1, largest(slope), -smallest(slope)),
        title=_("steepest slope, at least 1"),
        number_format="0.0000",
    )
    worst = sheet.derived(
        f"{f.id}_worst", off.value.max(), lambda: largest(off), title=_("largest distance"), number_format="0.0E+00"
    )
    sheet.check(
        f"{f.id}_holds",
        _("{name}: f′ against quotient").format(name=_(f.title)),
        worst,
        p.zero,
        TOLERANCE,
        scale=scale,
    )


# ------------------------------------------------------------------------------------------------ one step more


def _linear_stack(sheet: Sheet, p: Inputs) -> None:
    """Two linear layers are one linear layer."""
    sheet.step(
        _("Why not only linear functions?"),
        _(
            "However many linear layers are stacked, they do no more than one: without a bend in between, depth "
            "gains nothing."
        ),
        "w₂·(w₁·x + b₁) + b₂ = (w₂·w₁)·x + (w₂·b₁ + b₂)",
    )
    values = {"x": 1.5, "w1": 4.0, "b1": -1.0, "w2": 0.5, "b2": 3.0}
    symbols = {"x": "x", "w1": "w₁", "b1": "b₁", "w2": "w₂", "b2": "b₂"}
    x, w1, b1, w2, b2 = (
        sheet.given(
            f"stack_{key}",
            value,
            symbol=symbols[key],
            number_format="0.00",
            valid=Between(-100, 100),
            remark=_("chosen here"),
        )
        for key, value in values.items()
    )
    first = values["w1"] * values["x"] + values["b1"]
    second = values["w2"] * first + values["b2"]
    z1 = sheet.derived(
        "stack_z1", first, lambda: w1 * x + b1, symbol="z₁", title=_("first layer"), number_format="0.0000"
    )
    z2 = sheet.derived(
        "stack_z2", second, lambda: w2 * z1 + b2, symbol="z₂", title=_("second layer"), number_format="0.0000"
    )
    w = sheet.derived(
        "stack_w",
        values["w2"] * values["w1"],
        lambda: w2 * w1,
        symbol="w",
        title=_("one layer's weight"),
        math="w₂·w₁",
        number_format="0.0000",
    )
    b = sheet.derived(
        "stack_b",
        values["w2"] * values["b1"] + values["b2"],
        lambda: w2 * b1 + b2,
        symbol="b",
        title=_("one layer's bias"),
        math="w₂·b₁ + b₂",
        number_format="0.0000",
    )
    one = sheet.derived(
        "stack_z",
        float(w.value * x.value + b.value),
        lambda: w * x + b,
        symbol="z",
        title=_("one layer"),
        number_format="0.0000",
    )
    sheet.sentence(
        "stack_words",
        _(
            "Two layers: {w2:2p}·({w1:2p}·{x:2p} + {b1:2p}) + {b2:2p} = {z2:4}; one layer: {w:2p}·{x:2p} + "
            "{b:2p} = {z:4}."
        ),
        w2=w2,
        w1=w1,
        x=x,
        b1=b1,
        b2=b2,
        z2=z2,
        w=w,
        b=b,
        z=one,
    )
    sheet.check("stack_same", _("two linear layers and one give the same"), z2, one, 1e-9)


def _midpoint(sheet: Sheet, p: Inputs) -> None:
    """The middle of the S: half the height, the steepest slope."""
    sheet.step(
        _("The middle of the S curve"),
        _(
            "At x0 the curve has half its height and is at its steepest; there it turns from bending up to "
            "bending down."
        ),
        "f(x0) = L/2        f′(x0) = k·L/4",
    )
    middle = _logistic_value(p, np.asarray(p.x0.value))
    steep = _logistic_slope(p, np.asarray(p.x0.value))
    at = sheet.derived(
        "middle_f",
        middle,
        lambda: logistic_formula(p, p.x0.whole()),
        symbol="f(x0)",
        title=_("value in the middle"),
        number_format="0.0000",
    )
    half = sheet.derived(
        "middle_half",
        p.L.value / 2,
        lambda: p.L / 2,
        symbol="L/2",
        title=_("half of the maximum"),
        number_format="0.0000",
    )
    slope = sheet.gradient(
        "middle_slope",
        steep,
        lambda: p.k * at * (1 - at / p.L),
        symbol="f′(x0)",
        title=_("slope in the middle"),
        number_format="0.0000",
    )
    quarter = sheet.derived(
        "middle_quarter",
        p.k.value * p.L.value / 4,
        lambda: p.k * p.L / 4,
        symbol="k·L/4",
        title=_("a quarter of k·L"),
        number_format="0.0000",
    )
    sheet.sentence(
        "middle_words",
        "f({m:2}) = {L:2} / 2 = {f:4},   f′({m:2}) = {k:2p}·{L:2} / 4 = {s:4}",
        m=p.x0,
        L=p.L,
        f=at,
        k=p.k,
        s=slope,
    )
    sheet.check("middle_is_half", _("the middle has half the height"), at, half, 1e-9)
    sheet.check("middle_is_steep", _("the slope in the middle is k·L/4"), slope, quarter, 1e-9)
    sheet.printed("inflection", _("output at the point of inflection"), at, 0.5, 1)


def _concavity(sheet: Sheet, p: Inputs, grid: Block) -> None:
    """The second derivative: where the S bends up, and where down."""
    sheet.step(
        _("Bending up, bending down"),
        _(
            "The second derivative says how the curve bends: convex (upwards) where it is positive, concave "
            "where it is negative."
        ),
        "σ″(x) = σ′(x)·(1 − 2·σ(x))",
    )
    v, h = p.x, float(p.h.value)
    s, slope = sigmoid(v), sheet.book["sigmoid_slope"]
    f = sheet.book["sigmoid_f"]
    bend_value = s * (1 - s) * (1 - 2 * s)
    up, down = sigmoid(v + h), sigmoid(v - h)
    quotient = (up * (1 - up) - down * (1 - down)) / (2 * h)
    convex, concave, neither = str(_("convex")), str(_("concave")), str(_("inflection"))
    words = np.where(np.round(v, 9) < 0, convex, np.where(np.round(v, 9) > 0, concave, neither)).astype(object)
    top = sheet.cursor
    sheet.gap(CHART_ROWS + 1)
    with sheet.table(Counter(""), ROWS) as table:
        x = table.derived("bend_x", v, lambda i: grid[i], title=_("input"), symbol="x", number_format="0.00")
        bend = table.gradient(
            "bend",
            bend_value,
            lambda i: slope[i] * (1 - 2 * f[i]),
            title=_("second derivative"),
            symbol="σ″(x)",
            number_format="0.0000",
        )
        left = table.derived(
            "bend_before",
            down * (1 - down),
            lambda i: _sigmoid_slope(x[i] - p.h),
            title=_("slope h to the left"),
            symbol="σ′(x − h)",
            number_format="0.000000",
        )
        ahead = table.derived(
            "bend_after",
            up * (1 - up),
            lambda i: _sigmoid_slope(x[i] + p.h),
            title=_("slope h to the right"),
            symbol="σ′(x + h)",
            number_format="0.000000",
        )
        q = table.add(
            Block(
                "bend_q",
                Role.CHECK,
                quotient,
                title=_("difference quotient"),
                symbol="q",
                number_format="0.0000",
                formula=lambda i: (ahead[i] - left[i]) / (2 * p.h),
            )
        )
        table.derived(
            "bend_words",
            words,
            lambda i: if_(rounded(f[i] - 0.5, 9) < 0, convex, if_(rounded(f[i] - 0.5, 9) > 0, concave, neither)),
            title=_("how the curve bends"),
            number_format="@",
        )
    sheet.chart(
        Chart(
            _("Slope and bend of the sigmoid"),
            (Series("σ′(x)", x[:], slope[:]), Series("σ″(x)", x[:], bend[:], dashed=True)),
            "x",
            "",
            _(
                "The bell-shaped slope with its top at x = 0, and the second derivative, positive left of 0 and "
                "negative right of it."
            ),
            rows=CHART_ROWS,
        ),
        at=(top, 0),
    )
    sheet.sentence("bend_first", "σ″({x:2}) = {s:4}·(1 − 2·{f:4}) = {b:4}", x=x[0], s=slope[0], f=f[0], b=bend[0])
    sheet.check("bend_holds", _("σ″ against quotient"), bend, q, TOLERANCE)


def _sigmoid_slope(x: Expr) -> Expr:
    return sigmoid_formula(x) * (1 - sigmoid_formula(x))


def _tanh_from_sigmoid(sheet: Sheet, p: Inputs, grid: Block) -> None:
    sheet.step(
        _("tanh is a stretched sigmoid"),
        _("Twice as steep, twice as high, moved down by one: the two S curves are the same family."),
        "tanh(x) = 2·σ(2x) − 1",
    )
    v, f = p.x, sheet.book["tanh_f"]
    with sheet.table(Counter(""), ROWS) as table:
        table.derived("stretch_x", v, lambda i: grid[i], title=_("input"), symbol="x", number_format="0.00")
        s = table.derived(
            "stretch_sigma",
            sigmoid(2 * v),
            lambda i: sigmoid_formula(2 * grid[i]),
            title=_("sigmoid"),
            symbol="σ(2x)",
            number_format="0.0000",
        )
        t = table.derived(
            "stretch",
            2 * s.value - 1,
            lambda i: 2 * s[i] - 1,
            title=_("stretched"),
            symbol="2·σ(2x) − 1",
            number_format="0.0000",
        )
    sheet.check("stretch_same", _("the stretched sigmoid is tanh"), t, f, 1e-9)


# ------------------------------------------------------------------------------------------------ the near-linear part


def _near_linear(book: Book, width: float) -> None:
    sheet = book.sheet("NearLinear", _("How straight is the sigmoid from −3 to 3?"), landscape=False)
    sheet.step(
        _("The near-linear part"),
        _(
            "The article calls the sigmoid linear from −3 to 3. Compare it with its tangent at 0, and with the "
            "straight line that fits best."
        ),
        _("tangent: ½ + x/4        line: ½ + m·x,   m = Σ x·(σ(x) − ½) / Σ x²"),
    )
    news = sheet.reserve()
    sheet.text(
        _("▶ So the article's “linear from −3 to 3” is a rough picture. Set a = 1, and the tangent is nearly exact.")
    )
    slope_words = sheet.reserve()
    sheet.gap()
    a = sheet.given(
        "width",
        width,
        symbol="a",
        title=_("from −a to a"),
        number_format="0.00",
        valid=Between(0.1, 10),
        remark=_("printed in the article: 3"),
    )
    slope_row = sheet.reserve()
    picture = sheet.cursor
    sheet.gap(CHART_ROWS + 1)
    v = width * (np.arange(LINEAR_ROWS) / 12 - 1)
    s = sigmoid(v)
    rise = v * (s - 0.5)
    m_value = rise.sum() / (v**2).sum()
    with sheet.table(Counter(""), LINEAR_ROWS) as table:
        x = table.derived(
            "line_x",
            v,
            lambda i: a * ((number_of(i) - 1) / 12 - 1),
            title=_("input"),
            symbol="x",
            math="a·((i − 1)/12 − 1)",
            number_format="0.00",
        )
        f = table.derived(
            "line_f", s, lambda i: sigmoid_formula(x[i]), title=_("sigmoid"), symbol="σ(x)", number_format="0.0000"
        )
        tangent = table.derived(
            "line_tangent",
            0.5 + v / 4,
            lambda i: 0.5 + x[i] / 4,
            title=_("tangent at 0"),
            symbol="½ + x/4",
            number_format="0.0000",
        )
        off_tangent = table.derived(
            "line_tangent_off",
            np.abs(s - tangent.value),
            lambda i: absolute(f[i] - tangent[i]),
            title=_("tangent's distance"),
            number_format="0.0000",
        )
        up = table.derived(
            "line_rise",
            rise,
            lambda i: x[i] * (f[i] - 0.5),
            title=_("for the slope"),
            symbol="x·(σ − ½)",
            number_format="0.0000",
        )
        square = table.derived(
            "line_square", v**2, lambda i: x[i] ** 2, title=_("for the slope"), symbol="x²", number_format="0.0000"
        )
        up_sum = table.total(up, Block("line_rise_sum", Role.DERIVED, rise.sum(), formula=lambda: total(up)))
        square_sum = table.total(
            square, Block("line_square_sum", Role.DERIVED, (v**2).sum(), formula=lambda: total(square))
        )
        m = Block(
            "line_m",
            Role.DERIVED,
            np.asarray(m_value),
            symbol="m",
            title=_("slope of the best line"),
            formula=lambda: up_sum / square_sum,
        )
        sheet.add(m, at=(slope_row, 1))
        sheet.label(slope_row, 0, "ƒ m — " + _("slope of the best line"), Style.LABEL, role=Role.DERIVED)
        line = table.derived(
            "line_best",
            0.5 + m_value * v,
            lambda i: 0.5 + m * x[i],
            title=_("best line"),
            symbol="½ + m·x",
            number_format="0.0000",
        )
        off_line = table.derived(
            "line_best_off",
            np.abs(s - line.value),
            lambda i: absolute(f[i] - line[i]),
            title=_("line's distance"),
            number_format="0.0000",
        )
    chart = Chart(
        _("Sigmoid, tangent and best line"),
        (
            Series("σ(x)", x[:], f[:]),
            Series(_("tangent"), x[:], tangent[:], dashed=True),
            Series(_("best line"), x[:], line[:]),
        ),
        "x",
        "",
        _("The sigmoid between its tangent at 0, which leaves it early, and the flatter straight line that fits best."),
        rows=CHART_ROWS,
    )
    sheet.chart(chart, at=(picture, 0))
    worst = [
        sheet.derived(id, off.value.max(), lambda off=off: largest(off), title=title, number_format="0.0000")
        for id, off, title in (
            ("line_worst_tangent", off_tangent, _("tangent: largest distance")),
            ("line_worst", off_line, _("best line: largest distance")),
        )
    ]
    sheet.sentence("line_m_words", "m = {r:4} / {s:4} = {m:4}", row=slope_words, r=up_sum, s=square_sum, m=m)
    sheet.sentence(
        "line_words1",
        _("▶ From −{a:1} to {a:1} the tangent misses the sigmoid by up to {t:4}, the best line by up to {b:4}."),
        row=news,
        a=a,
        t=worst[0],
        b=worst[1],
    )


# ------------------------------------------------------------------------------------------------ all together


def _compare(book: Book, p: Inputs, grid: Block) -> None:
    sheet = book.sheet("Compare", _("All of them together"))
    sheet.step(
        _("How steep can each be?"),
        _(
            "Going back through layers multiplies slopes: below 1 they die away, above 1 they grow. Ten layers show it, the "
            "weights left aside."
        ),
        "(max |f′|)¹⁰",
    )
    slopes = [book[f"{f.id}_slope"] for f in FUNCTIONS]
    steepest = np.array([np.abs(slope.value).max() for slope in slopes])
    with sheet.table([_(f.title) for f in FUNCTIONS], len(FUNCTIONS)) as table:
        top_slope = table.add(
            Block(
                "steepest",
                Role.DERIVED,
                steepest,
                each=[largest(largest(slope), -smallest(slope)) for slope in slopes],
                title=_("steepest slope on the grid"),
                symbol="max |f′|",
                number_format="0.0000",
            )
        )
        ten = table.derived(
            "ten_layers",
            steepest**10,
            # ten factors: a power that underflows is an error in LibreOffice, a product is 0
            lambda i: top_slope[i] ** 4 * top_slope[i] ** 4 * top_slope[i] ** 2,
            title=_("through ten layers"),
            symbol="(max |f′|)¹⁰",
            number_format="0.00E+00",
        )
    sheet.sentence(
        "ten_words",
        _(
            "Sigmoid: {s:4} to the power of 10 is only {t:9}. This is the vanishing gradient, and why hidden "
            "layers prefer ReLU."
        ),
        s=top_slope[FUNCTIONS.index(SIGMOID)],
        t=ten[FUNCTIONS.index(SIGMOID)],
    )
    s_curves = [f for f in FUNCTIONS if f is not LINEAR and f is not LOGISTIC]
    sheet.step(
        _("Side by side"), _("The linear and the logistic function are left out here: they have numbers of their own.")
    )
    for kind, title, alt in (
        ("f", _("The functions"), _("Step, sigmoid, tanh, ReLU and leaky ReLU over the same x.")),
        ("slope", _("Their derivatives"), _("The derivatives: zero, two bells, and two that jump at 0.")),
    ):
        series = tuple(
            Series(
                _(f.title),
                grid[:],
                book[f"{f.id}_{kind}"][:],
                Mark.POINTS
                if (f.points and kind == "f") or (f.kink and not f.points and kind == "slope")
                else Mark.LINE,
            )
            for f in s_curves
        )
        sheet.chart(
            Chart(title, series, "x", "", alt, columns=8, rows=20, y_range=(-1.5, 3) if kind == "f" else (None, None))
        )
