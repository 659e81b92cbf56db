"""Differential calculus, as far as gradient descent needs it: the article's detour over derivatives.

Symbols
-------
f, x₀      the picked function and the point where its slope is wanted
h          the step from x₀ to the chord's second point; smaller in every row
f′, f″     first derivative (slope) and second derivative (how the slope changes)
u, v       two functions of x that the rules put together: u = x², v = sin x
∂f/∂x      a partial derivative: one input moves, the others stay
K [3×3]    one parabola c + b·x + a·x² a row: the columns are c, b, a
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.common.columns import caption
from workbook.block import Between, Block, Counter, OneOf, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import (
    Expr,
    Operand,
    as_expr,
    both,
    call,
    equal,
    exp,
    fixed,
    if_,
    joined,
    largest,
    number_of,
    pick,
    sqrt,
)
from workbook.scenario import Parameter, Scenario
from workbook.sheet import Sheet
from workbook.text import N_, _, fixed_text

Array = NDArray[np.float64]

CHORDS = 11
"""Rows of the table of chords: with h divided by 3 at the most, h stays above a millionth, clear of rounding noise."""

SMALL_STEP = Between(1e-5, 1e-3)
"""A step for difference quotients that are checks: small against the curve, large against rounding."""

APART = 1e-4
"""How far a derivative by rule and a central difference with such a step may lie apart here."""


def _logistic(x: Expr) -> Expr:
    return 1 / (1 + exp(-x))


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + e^−x)."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


@dataclass(frozen=True)
class Function:
    """A function that the learner may pick: value, slope and second derivative, for NumPy and for a cell.

    `lowest` is the smallest x at which it is used here: √x and 1/x have no slope at 0.
    """

    key: str
    label: str
    slope_label: str
    numpy: tuple[Callable[[Array], Array], Callable[[Array], Array], Callable[[Array], Array]]
    cell: tuple[Callable[[Expr], Operand], Callable[[Expr], Operand], Callable[[Expr], Operand]]
    lowest: float = -10.0


FUNCTIONS = (
    Function(
        "x^2",
        "x²",
        "2x",
        (np.square, lambda x: 2 * x, lambda x: np.full_like(x, 2.0)),
        (lambda x: x**2, lambda x: 2 * x, lambda x: 2),
    ),
    Function(
        "x^3",
        "x³",
        "3x²",
        (lambda x: x**3, lambda x: 3 * x**2, lambda x: 6 * x),
        (lambda x: x**3, lambda x: 3 * x**2, lambda x: 6 * x),
    ),
    Function(
        "1+2x-x^2",
        "1 + 2x − x²",
        "2 − 2x",
        (lambda x: 1 + 2 * x - x * x, lambda x: 2 - 2 * x, lambda x: np.full_like(x, -2.0)),
        (lambda x: 1 + 2 * x - x**2, lambda x: 2 - 2 * x, lambda x: -2),
    ),
    Function(
        "sqrt",
        "√x",
        "1/(2√x)",
        (np.sqrt, lambda x: 0.5 / np.sqrt(x), lambda x: -0.25 * x**-1.5),
        (sqrt, lambda x: 1 / (2 * sqrt(x)), lambda x: -(1 / (4 * x * sqrt(x)))),
        lowest=0.25,
    ),
    Function(
        "1/x",
        "1/x",
        "−1/x²",
        (np.reciprocal, lambda x: -(x**-2.0), lambda x: 2 * x**-3.0),
        (lambda x: 1 / x, lambda x: -(1 / x**2), lambda x: 2 / x**3),
        lowest=0.25,
    ),
    Function("exp", "eˣ", "eˣ", (np.exp, np.exp, np.exp), (exp, exp, exp)),
    Function(
        "sin",
        "sin x",
        "cos x",
        (np.sin, np.cos, lambda x: -np.sin(x)),
        (lambda x: call("SIN", x), lambda x: call("COS", x), lambda x: -call("SIN", x)),
    ),
    Function(
        "sigmoid",
        "σ(x)",
        "σ(x)·(1 − σ(x))",
        (sigmoid, lambda x: sigmoid(x) * sigmoid(-x), lambda x: sigmoid(x) * sigmoid(-x) * (1 - 2 * sigmoid(x))),
        (
            _logistic,
            lambda x: _logistic(x) * (1 - _logistic(x)),
            lambda x: _logistic(x) * (1 - _logistic(x)) * (1 - 2 * _logistic(x)),
        ),
    ),
)


class Derivatives(Scenario):
    """Slopes of chords and of the tangent, the rules, partial derivatives, minimum and maximum."""

    name = "derivatives"
    title = N_("Derivatives: from a chord's slope to minimum and maximum")
    article = N_(
        "Fathoming the Deep in Deep Learning: A Practical Approach, the detour over differential calculus and "
        "gradient descent's warm-up"
    )
    summary = N_(
        "A derivative is a rate of change: the slope that a chord's slope closes in on. Here the chord closes in row "
        "by row, "
        "the rules are held against difference quotients, a function of three inputs gets its three partial "
        "derivatives, "
        "and first and second derivative tell minimum from maximum: all that gradient descent and backpropagation use."
    )
    order = 70
    parameters = (
        Parameter("function", "x^2", N_("the function whose slope is taken"), choices=tuple(f.key for f in FUNCTIONS)),
        Parameter("x0", 1.0, N_("the point at which its slope is taken"), -3, 3),
        Parameter("h", 1.0, N_("the first step of the chord"), 0.1, 2),
        Parameter("divisor", 2.0, N_("what h is divided by from row to row"), 1.5, 3),
        Parameter("x", 2.0, N_("x of the point for the partial derivatives"), -5, 5),
        Parameter("y", 1.0, N_("y of the point for the partial derivatives"), -5, 5),
        Parameter("z", 3.0, N_("z of the point for the partial derivatives"), -5, 5),
    )
    locale = Path(__file__).parent / "locale"

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        """Lay out the six sheets."""
        book.first_change = _("on the sheet “Tangent”, pick another function in the yellow cell f, then another x₀.")
        picked = Picked(book, settings)
        picked.choose()
        picked.close_in()
        picked.draw()
        _rounding(book.sheet("Rounding", _("How small may h be?")))
        _rules(book.sheet("Rules", _("Sum, product, power and chain rule, checked numerically")))
        _partials(book.sheet("Partial", _("Partial derivatives of f(x, y, z) = x⁴ − 3xyz")), settings)
        _extremes(book.sheet("Extremes", _("Minimum or maximum? The first and the second derivative")))


class Picked:
    """The function that the learner picks: its chords, its tangent, its chart."""

    def __init__(self, book: Book, settings: Mapping[str, Any]) -> None:
        self.book = book
        self.settings = settings
        self.function = next(f for f in FUNCTIONS if f.key == settings["function"])
        self.sheet = book.sheet("Tangent", _("A chord closes in on the tangent"))

    def numpy(self, derivative: int, x: Any) -> Array:
        """Return the picked function's value (0), slope (1) or second derivative (2)."""
        return self.function.numpy[derivative](np.asarray(x, dtype=float))

    def cell(self, derivative: int, x: Operand) -> Expr:
        """Return the same for a cell: CHOOSE takes the picked function's formula out of all of them."""
        return call("CHOOSE", self.number, *(f.cell[derivative](as_expr(x)) for f in FUNCTIONS))

    def choose(self) -> None:
        """Make the inputs: which function, which point, which steps."""
        sheet, settings = self.sheet, self.settings
        sheet.step(
            _("Pick a function and a point"),
            _("A derivative answers one question: if x moves a little, how much does f(x) move for each unit of it?"),
        )
        labels = [f.label for f in FUNCTIONS]
        self.choice = sheet.given(
            "function",
            np.asarray(self.function.label, dtype=object),
            valid=OneOf(tuple(labels)),
            **caption(_("function"), "f", "@"),
        )
        self.x_wish = sheet.given(
            "x_wish", settings["x0"], title=_("x₀ as you wish it"), number_format="0.00", valid=Between(-3, 3)
        )
        self.h0 = sheet.given(
            "h_first", settings["h"], symbol="h₁", title=_("first step"), number_format="0.00", valid=Between(0.1, 2)
        )
        self.divisor = sheet.given(
            "divisor", settings["divisor"], title=_("h is divided by"), number_format="0.0", valid=Between(1.5, 3)
        )
        sheet.remark(_("All of these are chosen here; the article leaves the function's examples to a linked site."))
        sheet.gap()
        fields = caption(_("functions to pick from"), number_format="@", rows=Counter(""))
        names = sheet.recorded("function_names", np.array(labels, dtype=object), **fields)
        top = names.place.row
        slopes = Block(
            "slope_names",
            Role.RECORDED,
            np.array([f.slope_label for f in FUNCTIONS], dtype=object),
            title=_("derivative"),
            number_format="@",
            columns=[_("f′(x) by the rules")],
        )
        sheet.add(slopes, at=(top, 2))
        lowest = Block(
            "lowest_x",
            Role.RECORDED,
            np.array([f.lowest for f in FUNCTIONS]),
            title=_("x at least"),
            number_format="0.00",
            columns=[_("x at least")],
        )
        sheet.add(lowest, at=(top, 3))
        self.number = sheet.derived(
            "function_number",
            FUNCTIONS.index(self.function) + 1,
            lambda: call("MATCH", self.choice, names, 0),
            **caption(_("number of your function"), number_format="0"),
        )
        self.lowest = sheet.derived(
            "lowest_here",
            self.function.lowest,
            lambda: pick(lowest, self.number),
            **caption(
                _("x at least"),
                number_format="0.00",
                remark=_("√x and 1/x have no slope at 0: x₀ and the chart stay right of this"),
            ),
        )
        self.x0 = sheet.derived(
            "x0",
            max(settings["x0"], self.function.lowest),
            lambda: largest(self.x_wish, self.lowest),
            **caption(_("the point, as used"), "x₀", "0.00"),
        )

    def close_in(self) -> None:
        """Make the table of chords beside the derivative."""
        sheet, x0 = self.sheet, self.x0
        sheet.step(
            _("Let the second point come closer"),
            _(
                "Between two points a slope can be measured; at one point it is what the measured slopes close in on "
                "as h shrinks."
            ),
            "f′(x₀) = lim (f(x₀ + h) − f(x₀)) / h   (h → 0)",
        )
        at = float(x0.value)
        self.f0 = sheet.derived(
            "f_x0", self.numpy(0, at), lambda: self.cell(0, x0), symbol="f(x₀)", number_format="0.000000"
        )
        fields = caption(_("by the rules"), "f′(x₀)", "0.000000")
        self.slope = sheet.gradient("slope_x0", self.numpy(1, at), lambda: self.cell(1, x0), **fields)
        self.bend = sheet.gradient(
            "bend_x0", self.numpy(2, at), lambda: self.cell(2, x0), symbol="f″(x₀)", number_format="0.000000"
        )
        f0, slope, bend = self.f0, self.slope, self.bend
        steps = np.divide.accumulate(np.array([float(self.h0.value)] + [float(self.divisor.value)] * (CHORDS - 1)))
        ends = at + steps
        rises = self.numpy(0, ends) - f0.value
        sheet.gap()
        top = sheet.cursor
        sheet.gap(18)
        with sheet.table(Counter(""), CHORDS) as t:
            fields = caption(_("step"), "h", "0.000000")
            h = t.derived("h", steps, lambda t: h[t - 1] / self.divisor, first=lambda: self.h0, **fields)
            self.ends = t.derived(
                "x_end", ends, lambda t: x0 + h[t], symbol="x₀ + h", title=_("second point"), number_format="0.000000"
            )
            fields = caption(_("value there"), "f(x₀ + h)", "0.000000")
            self.f_ends = t.derived("f_end", self.numpy(0, ends), lambda t: self.cell(0, self.ends[t]), **fields)
            fields = caption(_("rise"), number_format="0.000000", math="f(x₀+h) − f(x₀)")
            t.derived("rise", rises, lambda t: self.f_ends[t] - f0, **fields)
            fields = caption(_("slope of the chord"), number_format="0.000000", math=_("rise / h"))
            self.chords = t.derived("chord_slope", rises / steps, lambda t: (self.f_ends[t] - f0) / h[t], **fields)
            self.errors = t.derived(
                "chord_error",
                rises / steps - slope.value,
                lambda t: self.chords[t] - slope,
                **caption(_("error"), number_format="0.000000", math=_("chord − f′(x₀)")),
            )
            fields = caption(_("error foreseen"), number_format="0.000000", math="h/2 · f″(x₀)")
            foreseen = t.derived("error_foreseen", steps / 2 * bend.value, lambda t: h[t] / 2 * bend, **fields)
        sheet.sentence(
            "first_chord", "({f1:4} − {f0:4p}) / {h:2} = {m:4}", f1=self.f_ends[0], f0=f0, h=h[0], m=self.chords[0]
        )
        sheet.text(
            _(
                "Divide h by 2 and the error, too, is about halved: it is h/2 times the second derivative, and a "
                "little that vanishes faster."
            )
        )
        self._confirm()
        sheet.chart(
            Chart(
                _("The chord's slope closes in on the derivative"),
                (
                    Series(_("error of the chord's slope"), h[:], self.errors[:], Mark.BOTH),
                    Series(_("foreseen: h/2 · f″(x₀)"), h[:], foreseen[:], dashed=True),
                ),
                "h",
                _("slope of the chord − f′(x₀)"),
                _(
                    "The error of the chord's slope against h: it goes to 0 as h does, along the straight line h/2 "
                    "times the second derivative."
                ),
            ),
            at=(top, 0),
        )

    def _confirm(self) -> None:
        """Hold the slope by the rules against a central difference."""
        sheet, x0 = self.sheet, self.x0
        step = sheet.recorded("h_check", 1e-4, symbol="h", title=_("step of the check"), number_format="0.0000")
        at, h = float(x0.value), 1e-4
        central = sheet.derived(
            "central_x0",
            (self.numpy(0, at + h) - self.numpy(0, at - h)) / (2 * h),
            lambda: (self.cell(0, x0 + step) - self.cell(0, x0 - step)) / (2 * step),
            **caption(_("central difference"), number_format="0.000000"),
        )
        sheet.check("slope_holds", _("f′(x₀) by the rules = central difference"), self.slope, central, APART)

    def draw(self) -> None:
        """Draw the function with its tangent and the chord of the row that the learner picks."""
        sheet = self.book.sheet("Drawing", _("The function with its tangent and a chord"))
        sheet.step(
            _("Watch the chord turn into the tangent"),
            _(
                "Type 1, 2, 3 … into the yellow cell: the chord turns about its first point until it lies on the "
                "tangent."
            ),
        )
        fields = caption(_("which chord (row of the table of chords)"), number_format="0")
        row = sheet.given("chord_row", 1, valid=Between(1, CHORDS, whole=True), **fields)
        fields = caption(_("how far the chart reaches to each side"), number_format="0.0")
        width = sheet.given("half_width", 1.5, valid=Between(0.5, 5), **fields)
        count = sheet.recorded("intervals", 40, title=_("intervals of the chart"), number_format="0")
        x0, f0, slope, lowest = self.x0, self.f0, self.slope, self.lowest
        at = float(x0.value)
        low, high = max(at - 1.5, self.function.lowest), at + 1.5
        left = sheet.derived(
            "x_left", low, lambda: largest(x0 - width, lowest), title=_("left end"), number_format="0.00"
        )
        right = sheet.derived("x_right", high, lambda: x0 + width, title=_("right end"), number_format="0.00")
        fields = caption(_("slope of this chord"), number_format="0.000000")
        m = sheet.derived("picked_slope", self.chords.value[0], lambda: pick(self.chords, row), **fields)
        sheet.sentence("picked_says", _("chord {m:6}, tangent {s:6}"), m=m, s=slope)
        top = sheet.cursor
        sheet.gap(20)
        with sheet.beside():
            px = sheet.derived(
                "chord_x",
                np.array([at, self.ends.value[0]]),
                lambda: x0,
                each=[x0.whole(), pick(self.ends, row)],
                **caption(_("the chord's two points"), "x", "0.0000"),
            )
            py = sheet.derived(
                "chord_y",
                np.array([f0.value, self.f_ends.value[0]]),
                lambda: f0,
                symbol="f(x)",
                each=[f0.whole(), pick(self.f_ends, row)],
                number_format="0.0000",
            )
        grid = np.linspace(low, high, 41)
        with sheet.table(Counter(""), 41) as t:
            fields = caption(_("where"), "x", "0.000")
            x = t.derived("x_grid", grid, lambda t: left + (number_of(t) - 1) * (right - left) / count, **fields)
            fields = caption(_("function"), "f(x)", "0.0000")
            y = t.derived("f_grid", self.numpy(0, grid), lambda t: self.cell(0, x[t]), **fields)
            tangent = t.derived(
                "tangent_grid",
                f0.value + slope.value * (grid - at),
                lambda t: f0 + slope * (x[t] - x0),
                **caption(_("tangent"), number_format="0.0000", math="f(x₀) + f′(x₀)·(x − x₀)"),
            )
            fields = caption(_("chord"), number_format="0.0000", math=_("f(x₀) + chord's slope·(x − x₀)"))
            chord = t.derived("chord_grid", f0.value + m.value * (grid - at), lambda t: f0 + m * (x[t] - x0), **fields)
        sheet.chart(
            Chart(
                _("f with its tangent and a chord"),
                (
                    Series("f(x)", x[:], y[:]),
                    Series(_("tangent"), x[:], tangent[:], colour="#3A8F4A"),
                    Series(_("chord"), x[:], chord[:], colour="#D1711B", dashed=True),
                    Series(_("the chord's two points"), px[:], py[:], Mark.POINTS, colour="#D1711B"),
                ),
                "x",
                "f(x)",
                _(
                    "The picked function, its tangent at x₀ and the picked chord through x₀ and x₀ + h, with its two "
                    "points marked."
                ),
                rows=19,
            ),
            at=(top, 0),
        )


def _rounding(sheet: Sheet) -> None:
    """Show why h cannot shrink for ever: what the chord misses falls, what rounding spoils grows."""
    sheet.step(
        _("Two errors: one falls with h, one grows"),
        _(
            "A computer keeps about 16 digits: when h is tiny, f(x + h) and f(x) agree in nearly all of them, and "
            "little but rounding is left."
        ),
        _("chord's error ≈ h/2 · |f″(x)|        rounding's error ≈ ε · |f(x)| / h"),
    )
    x0, k = 1.1, np.arange(1.0, 16.0)
    h = 10.0**-k
    x = sheet.given("x_cube", x0, symbol="x", title="f(x) = x³", number_format="0.0", valid=Between(0.5, 3))
    epsilon = sheet.recorded(
        "epsilon", 2.0**-52, symbol="ε", title=_("spacing of the numbers at 1"), number_format="0.0E+00"
    )
    sheet.remark(
        _(
            "“Measured” was computed beforehand by NumPy at x = 1.1: the last digits of such differences are noise, "
            "which no two programs need share."
        )
    )
    top = sheet.cursor
    sheet.gap(20)
    with sheet.table(Counter(""), len(k)) as t:
        digits = t.derived("h_digits", k, number_of, symbol="k", title=_("decimals"), number_format="0")
        fields = caption(_("step"), "h", "0E+00", math="10⁻ᵏ")
        step = t.derived("h_tiny", h, lambda t: 1 / as_expr(10) ** digits[t], **fields)
        fields = caption(_("the chord's error"), number_format="0.0E+00", math="h/2 · 6x")
        missed = t.derived("chord_misses", h / 2 * 6 * x0, lambda t: step[t] / 2 * (6 * x), **fields)
        fields = caption(_("rounding's error"), number_format="0.0E+00", math="ε·x³/h")
        spoiled = t.derived("rounding_spoils", 2.0**-52 * x0**3 / h, lambda t: epsilon * x**3 / step[t], **fields)
        both_errors = t.derived(
            "errors_together",
            h * 3 * x0 + 2.0**-52 * x0**3 / h,
            lambda t: missed[t] + spoiled[t],
            **caption(_("together"), number_format="0.0E+00"),
        )
        fields = caption(_("measured"), number_format="0.0E+00", math=_("|chord − 3x²|"))
        seen = t.recorded("error_measured", _measured_errors(x0, h), **fields)
    fields = caption(_("the best step: both errors equal"), "h*", "0.0E+00")
    sheet.derived("best_h", np.sqrt(2.0**-52 * x0**3 / (3 * x0)), lambda: sqrt(epsilon * x**3 / (3 * x)), **fields)
    sheet.text(
        _(
            "Smaller is better only down to about h* ≈ 10⁻⁸; at 10⁻¹⁵ the difference quotient is worthless. The "
            "rules have no such limit."
        )
    )
    sheet.remark(
        _(
            "This is why the checks in these workbooks use steps of about 10⁻⁴, and why networks are trained with "
            "the rules."
        )
    )
    sheet.chart(_error_chart(digits, missed, spoiled, both_errors, seen), at=(top, 0))


def _measured_errors(x: float, h: Array) -> Array:
    """Return the measured errors of the chord of x³; by multiplication alone, the same on every machine."""
    end = x + h
    return np.abs((end * end * end - x * x * x) / h - 3 * x * x)


def _error_chart(k: Block, missed: Block, spoiled: Block, together: Block, seen: Block) -> Chart:
    return Chart(
        _("Errors of the chord's slope"),
        (
            Series(_("the chord's error"), k[:], missed[:], dashed=True),
            Series(_("rounding's error"), k[:], spoiled[:], dashed=True),
            Series(_("together"), k[:], together[:]),
            Series(_("measured"), k[:], seen[:], Mark.POINTS),
        ),
        "k: h = 10⁻ᵏ",
        _("error (each line ten times the one below)"),
        _(
            "On a logarithmic scale the chord's error falls and rounding's error rises as h shrinks; the measured "
            "errors follow their sum, lowest near k = 8."
        ),
        rows=19,
        log_y=True,
    )


def _rules(sheet: Sheet) -> None:
    """Check the rules at a point: by the rule, and by a difference quotient."""
    sheet.step(
        _("The building blocks u and v"),
        _(
            "Big functions are put together from small ones; the rules give the slope of the whole from the slopes "
            "of the parts."
        ),
    )
    x = sheet.given(
        "x_rules", 1.3, symbol="x", title=_("where the slopes are taken"), number_format="0.00", valid=Between(-2, 2)
    )
    n = sheet.given("n", 3, symbol="n", title=_("power"), number_format="0", valid=Between(2, 5, whole=True))
    w = sheet.given("w", 2.0, symbol="w", title=_("weight of the neuron"), number_format="0.00", valid=Between(-5, 5))
    b = sheet.given("b", -1.0, symbol="b", title=_("bias of the neuron"), number_format="0.00", valid=Between(-5, 5))
    h = sheet.given("h_rules", 1e-4, valid=SMALL_STEP, **caption(_("step of the difference quotients"), "h", "0.00000"))
    sheet.remark(_("All of these are chosen here; the article names the rules and links to pages about them."))
    at, power, weight, bias, step = 1.3, 3, 2.0, -1.0, 1e-4
    u = sheet.derived("u", at**2, lambda: x**2, symbol="u = x²", number_format="0.0000")
    du = sheet.gradient("du", 2 * at, lambda: 2 * x, symbol="u′ = 2x", number_format="0.0000")
    v = sheet.derived("v", np.sin(at), lambda: call("SIN", x), symbol="v = sin x", number_format="0.0000")
    dv = sheet.gradient("dv", np.cos(at), lambda: call("COS", x), symbol="v′ = cos x", number_format="0.0000")
    activation = 1 / (1 + np.exp(-(weight * at + bias)))
    z = sheet.derived("z", weight * at + bias, lambda: w * x + b, symbol="z = w·x + b", number_format="0.0000")
    a = sheet.derived("a", activation, lambda: _logistic(z.whole()), symbol="a = σ(z)", number_format="0.0000")
    sheet.step(
        _("Each rule against a difference quotient"),
        _("Left the slope by the rule, right a chord from x − h to x + h; they must agree, whatever x you type."),
    )
    for rule in (
        _("sum: (u + v)′ = u′ + v′"),
        _("product: (u·v)′ = u′·v + u·v′"),
        _("power: (xⁿ)′ = n·xⁿ⁻¹"),
        _("chain: (sin u)′ = cos u · u′   (outer slope times inner slope)"),
        _("chain, as in a neuron: σ(w·x + b)′ = a·(1 − a) · w"),
    ):
        sheet.math(rule)
    sheet.gap()
    whole: list[Callable[[Any], Any]] = [
        lambda s: s**2 + np.sin(s),
        lambda s: s**2 * np.sin(s),
        lambda s: s**power,
        lambda s: np.sin(s**2),
        lambda s: 1 / (1 + np.exp(-(weight * s + bias))),
    ]
    by_rule = np.array(
        [
            2 * at + np.cos(at),
            2 * at * np.sin(at) + at**2 * np.cos(at),
            power * at ** (power - 1),
            np.cos(at**2) * 2 * at,
            activation * (1 - activation) * weight,
        ]
    )

    def composed(s: Expr) -> list[Operand]:
        return [s**2 + call("SIN", s), s**2 * call("SIN", s), s**n, call("SIN", s**2), _logistic(w * s + b)]

    after = np.array([f(at + step) for f in whole])
    before = np.array([f(at - step) for f in whole])
    with sheet.table(
        [_("sum u + v"), _("product u·v"), _("power xⁿ"), _("chain sin(x²)"), _("chain σ(w·x + b)")], 5
    ) as t:
        rule_slopes = t.gradient(
            "rule_slope",
            by_rule,
            None,
            each=[du + dv, du * v + u * dv, n * x ** (n - 1), call("COS", u) * du, a * (1 - a) * w],
            **caption(_("slope by the rule"), number_format="0.00000000"),
        )
        right = t.derived(
            "rule_after", after, None, title=_("function at x + h"), each=composed(x + h), number_format="0.00000000"
        )
        left = t.derived(
            "rule_before", before, None, title=_("function at x − h"), each=composed(x - h), number_format="0.00000000"
        )
        central = t.derived(
            "rule_central",
            (after - before) / (2 * step),
            lambda i: (right[i] - left[i]) / (2 * h),
            **caption(_("difference quotient"), number_format="0.00000000", math=_("(after − before)/2h")),
        )
    sheet.sentence(
        "product_says", "(u·v)′ = {du:4p}·{v:4p} + {u:4}·{dv:4p} = {all:4}", du=du, v=v, u=u, dv=dv, all=rule_slopes[1]
    )
    fields = caption(_("a common slip"), "u′·v′", "0.0000")
    slip = sheet.derived("product_slip", 2 * at * np.cos(at), lambda: du * dv, **fields)
    sheet.sentence(
        "slip_says",
        _("u′·v′ = {slip:4} is not the slope of the product, which is {right:4}."),
        slip=slip,
        right=rule_slopes[1],
    )
    sheet.check("rules_hold", _("slopes by the rules = difference quotients"), rule_slopes[:], central[:], APART)


def _partials(sheet: Sheet, settings: Mapping[str, Any]) -> None:
    """Take the three partial derivatives at a point: by rule, and by central difference."""
    sheet.step(
        _("The point"),
        _("With several inputs there is a slope for each: move one, hold the others as if they were constants."),
        "f(x, y, z) = x⁴ − 3·x·y·z",
    )
    p = [float(settings[key]) for key in "xyz"]
    names = ["x", "y", "z"]
    x, y, z = (
        sheet.given(f"p_{name}", value, symbol=name, number_format="0.00", valid=Between(-5, 5))
        for name, value in zip(names, p, strict=True)
    )
    fields = caption(_("step of the difference quotients"), "h", "0.00000")
    h = sheet.given("h_partial", 1e-4, valid=SMALL_STEP, **fields)

    def function(a: Any, b: Any, c: Any) -> Any:
        return a**4 - 3 * a * b * c

    f = sheet.derived("f_point", function(*p), lambda: function(x, y, z), symbol="f(x, y, z)", number_format="0.0000")
    sheet.remark(
        _(
            "The function is the article's; the point is chosen here. The article's three derivatives were pictures, "
            "now lost."
        )
    )
    sheet.step(
        _("Three partial derivatives"),
        _("Each is an ordinary derivative: the letters that do not move count as numbers."),
        "∂f/∂x = 4x³ − 3yz        ∂f/∂y = −3xz        ∂f/∂z = −3xy",
    )
    step = 1e-4
    ahead = np.array([function(*(np.array(p) + step * unit)) for unit in np.eye(3)])
    behind = np.array([function(*(np.array(p) - step * unit)) for unit in np.eye(3)])
    gradient = np.array([4 * p[0] ** 3 - 3 * p[1] * p[2], -3 * p[0] * p[2], -3 * p[0] * p[1]])
    with sheet.table(["∂f/∂x", "∂f/∂y", "∂f/∂z"], 3) as t:
        by_rule = t.gradient(
            "partial",
            gradient,
            None,
            each=[4 * x**3 - 3 * y * z, 0 - 3 * x * z, 0 - 3 * x * y],
            **caption(_("by the rule"), number_format="0.000000"),
        )
        plus = t.derived(
            "f_ahead",
            ahead,
            None,
            each=[function(x + h, y, z), function(x, y + h, z), function(x, y, z + h)],
            **caption(_("f, this input + h"), number_format="0.000000"),
        )
        minus = t.derived(
            "f_behind",
            behind,
            None,
            each=[function(x - h, y, z), function(x, y - h, z), function(x, y, z - h)],
            **caption(_("f, this input − h"), number_format="0.000000"),
        )
        central = t.derived(
            "partial_central",
            (ahead - behind) / (2 * step),
            lambda i: (plus[i] - minus[i]) / (2 * h),
            **caption(_("central difference"), number_format="0.000000"),
        )
    sheet.sentence("partial_x_says", "∂f/∂x = 4·{x:2p}³ − 3·{y:2p}·{z:2p} = {all:4}", x=x, y=y, z=z, all=by_rule[0])
    sheet.check("partials_hold", _("partial derivatives: rules = differences"), by_rule[:], central[:], APART)
    _slices(sheet, (x, y, z), f, function)


def _slices(
    sheet: Sheet, point: tuple[Block, Block, Block], f: Block, function: Callable[[Any, Any, Any], Any]
) -> None:
    """Draw f along each input alone."""
    sheet.step(
        _("One input at a time"),
        _(
            "Three walks start from the same point, each along one input; their slopes at s = 0 are the three "
            "partial derivatives."
        ),
    )
    reach = sheet.given("reach", 1.0, title=_("how far each walk goes"), number_format="0.0", valid=Between(0.1, 2))
    x, y, z = point
    a, b, c = (float(block.value) for block in point)
    s_values = np.arange(-10, 11) / 10
    top = sheet.cursor
    sheet.gap(18)
    with sheet.table(Counter(""), 21) as t:
        fields = caption(_("how far"), "s", "0.00")
        s = t.derived("s", s_values, lambda t: ((number_of(t) - 1) / 10 - 1) * reach, **fields)
        walks = (
            t.derived(
                "walk_x",
                function(a + s_values, b, c),
                lambda t: function(x + s[t], y, z),
                title=_("only x moves"),
                math="f(x + s, y, z)",
                number_format="0.000",
            ),
            t.derived(
                "walk_y",
                function(a, b + s_values, c),
                lambda t: function(x, y + s[t], z),
                title=_("only y moves"),
                math="f(x, y + s, z)",
                number_format="0.000",
            ),
            t.derived(
                "walk_z",
                function(a, b, c + s_values),
                lambda t: function(x, y, z + s[t]),
                title=_("only z moves"),
                math="f(x, y, z + s)",
                number_format="0.000",
            ),
        )
    sheet.chart(
        Chart(
            _("f along each input"),
            tuple(Series(block.title, s[:], block[:]) for block in walks),
            "s",
            "f",
            _(
                "Three curves through the same point at s = 0: f as only x, only y or only z moves; along y and z "
                "they are straight lines."
            ),
        ),
        at=(top, 0),
    )
    sheet.check("walks_meet", _("all three walks pass through f(x, y, z) at s = 0"), walks[0][10], f, 1e-9)


CURVES = np.array([[0.0, 0.0, 1.0], [1.0, 2.0, -1.0], [0.0, 1.0, 0.0]])
"""c, b, a of the article's y = x², y = 1 + 2x − x² and y = x."""


def _extremes(sheet: Sheet) -> None:
    """Test the article's three curves, then show what a second derivative of zero can mean."""
    sheet.step(
        _("Three curves"),
        _("Gradient descent looks for a valley floor, so we first ask how a slope tells a floor from a top."),
        "y = c + b·x + a·x²        y′ = b + 2a·x        y″ = 2a",
    )
    names = [
        _("curve {number} ({formula})").format(number=n + 1, formula=f)
        for n, f in enumerate(("y = x²", "y = 1 + 2x − x²", "y = x"))
    ]
    curves = sheet.given(
        "K",
        CURVES,
        article=CURVES,
        valid=Between(-10, 10),
        **caption(
            _("the coefficients"),
            number_format="0.00",
            remark=_("printed in the article: the three curves in brackets"),
            columns=["c", "b", "a"],
            rows=names,
        ),
    )
    _draw_curves(sheet, curves)
    _test_curves(sheet, curves, names)
    _flat_bends(sheet)


def _draw_curves(sheet: Sheet, curves: Block) -> None:
    sheet.step(
        _("Function, slope, second derivative"),
        _(
            "Where the curve is lowest or highest, the line of the slope crosses zero; the second derivative says in "
            "which direction."
        ),
    )
    low = sheet.given("curve_left", -3.0, title=_("left end"), number_format="0.0", valid=Between(-10, 10))
    high = sheet.given("curve_right", 3.0, title=_("right end"), number_format="0.0", valid=Between(-10, 10))
    count = sheet.recorded("curve_intervals", 24, title=_("intervals"), number_format="0")
    top = sheet.cursor
    sheet.gap(18)
    grid = np.linspace(-3, 3, 25)
    charts = []
    with sheet.table(Counter(""), len(grid)) as t:
        fields = caption(_("where"), "x", "0.00")
        x = t.derived("curve_x", grid, lambda t: low + (number_of(t) - 1) * (high - low) / count, **fields)
        for n, (c, b, a) in enumerate(CURVES):
            title = _("curve {number}").format(number=n + 1)
            y = t.derived(
                f"curve{n + 1}_y",
                c + b * grid + a * grid**2,
                lambda t, n=n: curves[n, 0] + curves[n, 1] * x[t] + curves[n, 2] * x[t] ** 2,
                **caption(title, "y", "0.0000"),
            )
            slope = t.gradient(
                f"curve{n + 1}_slope",
                b + 2 * a * grid,
                lambda t, n=n: curves[n, 1] + 2 * curves[n, 2] * x[t],
                **caption(_("slope"), "y′", "0.0000"),
            )
            bend = t.gradient(
                f"curve{n + 1}_bend",
                np.full_like(grid, 2 * a),
                lambda t, n=n: 2 * curves[n, 2],
                **caption(_("second derivative"), "y″", "0.00"),
            )
            charts.append(
                Chart(
                    title,
                    (Series("y", x[:], y[:]), Series("y′", x[:], slope[:]), Series("y″", x[:], bend[:], dashed=True)),
                    "x",
                    "",
                    _("Curve {number} with its slope and its second derivative against x.").format(number=n + 1),
                    columns=3 if n == 0 else 5,
                )
            )
    for left, chart in zip((0, 3, 8), charts, strict=True):
        sheet.chart(chart, at=(top, left))


def _test_curves(sheet: Sheet, curves: Block, names: list[Any]) -> None:
    """Apply both tests where the slope is zero."""
    sheet.step(
        _("Where the slope is zero: the two tests"),
        _(
            "First test: does the slope go from falling to rising (minimum) or from rising to falling (maximum)? "
            "Second test: the sign of y″."
        ),
        "y′ = b + 2a·x = 0   →   x* = −b / (2a)",
    )
    minimum, maximum, neither = _("minimum"), _("maximum"), _("neither")
    d = sheet.given(
        "d", 0.5, symbol="d", title=_("how far to look left and right"), number_format="0.00", valid=Between(0.1, 2)
    )
    c, b, a = CURVES.T
    bent = a != 0
    at = np.where(bent, -b / (2 * np.where(bent, a, 1)), 0.0) + 0.0
    step = 0.5
    flat_at = [
        f"x = {fixed_text(float(where), 2)}" if some else str(_("nowhere"))
        for where, some in zip(at, bent, strict=True)
    ]
    left, right = b + 2 * a * (at - step), b + 2 * a * (at + step)

    def y_of(x: Array) -> Array:
        value: Array = c + b * x + a * x**2
        return value

    first = [
        str(minimum) if p < 0 < q else str(maximum) if p > 0 > q else str(neither)
        for p, q in zip(left, right, strict=True)
    ]
    second = [str(minimum) if k > 0 else str(maximum) if k < 0 else str(neither) for k in a]
    with sheet.table(names, 3) as t:
        where = t.derived(
            "x_flat",
            at,
            lambda i: if_(equal(curves[i, 2], 0), 0, (0 - curves[i, 1]) / (2 * curves[i, 2])),
            **caption(_("where we look"), "x*", "0.00"),
        )
        t.derived(
            "flat_says",
            np.array(flat_at, dtype=object),
            lambda i: if_(
                equal(curves[i, 2], 0),
                if_(equal(curves[i, 1], 0), str(_("everywhere")), str(_("nowhere"))),
                joined("x = ", fixed(where[i], 2)),
            ),
            **caption(_("slope zero"), number_format="@"),
        )
        slope_left = t.gradient(
            "slope_left",
            left,
            lambda i: curves[i, 1] + 2 * curves[i, 2] * (where[i] - d),
            **caption(_("slope on the left"), "y′(x* − d)", "0.00"),
        )
        slope_right = t.gradient(
            "slope_right",
            right,
            lambda i: curves[i, 1] + 2 * curves[i, 2] * (where[i] + d),
            **caption(_("slope on the right"), "y′(x* + d)", "0.00"),
        )
        t.derived(
            "first_test",
            np.array(first, dtype=object),
            lambda i: _sign_change(slope_left[i], slope_right[i]),
            **caption(_("first test"), number_format="@"),
        )
        bend = t.gradient(
            "bend", 2 * a, lambda i: 2 * curves[i, 2], symbol="y″", title=_("second derivative"), number_format="0.00"
        )
        t.derived(
            "second_test",
            np.array(second, dtype=object),
            lambda i: if_(bend[i] > 0, str(minimum), if_(bend[i] < 0, str(maximum), str(neither))),
            **caption(_("second test"), number_format="@"),
        )
        measured = t.derived(
            "bend_measured",
            (y_of(at + step) - 2 * y_of(at) + y_of(at - step)) / step**2,
            lambda i: (
                (
                    _parabola(curves, i, where[i] + d)
                    - 2 * _parabola(curves, i, where[i])
                    + _parabola(curves, i, where[i] - d)
                )
                / d**2
            ),
            **caption(_("y″ from three points"), number_format="0.000000", math="(y₊ − 2y + y₋)/d²"),
        )
    sheet.remark(_("Where there is no zero of the slope (a = 0), the row looks at x = 0 and both tests say “neither”."))
    sheet.gap()
    sheet.check("bend_holds", _("second derivative by the rule = from three points"), bend[:], measured[:], 1e-6)
    sheet.printed("flat_1", _("y = x²: slope zero at x"), where[0], 0.0, 0)
    sheet.printed("bend_1", _("y = x²: second derivative"), bend[0], 2.0, 0)
    sheet.printed("flat_2", _("y = 1 + 2x − x²: slope zero at x"), where[1], 1.0, 0)
    sheet.printed("bend_2", _("y = 1 + 2x − x²: second derivative"), bend[1], -2.0, 0)
    sheet.gap()
    sheet.remark(
        _(
            "The article calls 2 − 2x the second derivative of 1 + 2x − x². It is the first; the second is −2, as "
            "the article's own test then says."
        )
    )
    sheet.remark(
        _(
            "The article says the lowest point is where the slope is smallest. It is where the slope is zero, going "
            "from minus to plus."
        )
    )


def _parabola(curves: Block, i: Any, x: Expr) -> Expr:
    return curves[i, 0] + curves[i, 1] * x + curves[i, 2] * x**2


def _sign_change(left: Expr, right: Expr) -> Expr:
    """Say what a change of the slope's sign means."""
    return if_(
        both(left < 0, right > 0),
        str(_("minimum")),
        if_(both(left > 0, right < 0), str(_("maximum")), str(_("neither"))),
    )


def _flat_bends(sheet: Sheet) -> None:
    """Show four curves whose second derivative is zero: it decides nothing."""
    sheet.step(
        _("When the second derivative is zero, it decides nothing"),
        _(
            "All four curves have y″(0) = 0, and yet one has a minimum there, one a maximum, two neither: ask the "
            "slope on both sides."
        ),
    )
    d = sheet.given("d_zero", 0.5, valid=Between(0.1, 2), **caption(_("how far to look left and right"), "d", "0.00"))
    at = sheet.recorded("zero", 0, symbol="x", title=_("where"), number_format="0")
    neither = str(_("neither"))

    def slopes(x: Any) -> list[Any]:
        return [3 * x**2, 4 * x**3, 0 - 4 * x**3, as_expr(1) if isinstance(x, Expr) else 1.0]

    with sheet.table(["y = x³", "y = x⁴", "y = −x⁴", "y = x"], 4) as t:
        fields = caption(_("slope on the left"), "y′(−d)", "0.00")
        before = t.gradient("zero_left", np.array(slopes(-0.5)), None, each=slopes(at - d), **fields)
        fields = caption(_("slope there"), "y′(0)", "0.00")
        t.gradient("zero_here", np.array(slopes(0.0)), None, each=slopes(at.whole()), **fields)
        fields = caption(_("slope on the right"), "y′(d)", "0.00")
        after = t.gradient("zero_right", np.array(slopes(0.5)), None, each=slopes(at + d), **fields)
        bend = t.gradient(
            "zero_bend",
            np.zeros(4),
            None,
            each=[6 * at, 12 * at**2, 0 - 12 * at**2, as_expr(0)],
            **caption(_("second derivative"), "y″(0)", "0.00"),
        )
        t.derived(
            "zero_test",
            np.array([neither, str(_("minimum")), str(_("maximum")), neither], dtype=object),
            lambda i: _sign_change(before[i], after[i]),
            **caption(_("first test"), number_format="@"),
        )
        t.derived(
            "zero_second_test",
            np.array([str(_("decides nothing"))] * 4, dtype=object),
            lambda i: if_(equal(bend[i], 0), str(_("decides nothing")), str(_("decides"))),
            **caption(_("second test"), number_format="@"),
        )
    sheet.remark(
        _(
            "The article says the second derivative cannot be zero unless y = x. It is zero on every straight line, "
            "and at x = 0 for x³ and x⁴."
        )
    )
    sheet.remark(
        _(
            "The article calls y = x a saddle point. A saddle needs a point where the slope is zero, as x² − y² has "
            "at (0, 0): lowest along x, highest along y."
        )
    )
    sheet.remark(_("y = x has slope 1 everywhere: no point of it is flat, so there is nothing to test."))
