"""Pieces of several pages: the gates, the truth table of a perceptron with two inputs, and the plane with its line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.common.activations import Array, unit_step, unit_step_formula
from scenarios.common.curves import gathered
from scenarios.common.layer import Layer
from workbook.block import Between, Block, Counter, Role
from workbook.chart import BLUE, GREEN, ORANGE, VIOLET, Chart, Mark, Series
from workbook.formula import Direction, Expr, Ref, absolute, call, equal, if_, largest, number_of, sqrt
from workbook.page import Page, Table
from workbook.sheet import FAILS, HOLDS, Adder, value_of
from workbook.text import N_, _

WEIGHT = Between(-20, 20)
PATTERNS = np.array([(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)])
Line = tuple[Ref, Ref]
"""The cells of x and of y of some points."""
Corners = tuple[Line, Line]
"""The points that fire, and those that do not."""
Lines = Sequence[tuple[str, Line]]
Cells = Sequence[Ref]
Names = tuple[str, str]
Size = tuple[int, int]
Places = tuple[Cells, Cells, Cells, Cells]
OFF_CHART = 9
"""A height at which a chart of 0…1 does not show a point: so a point can belong to one of two series."""
AROUND_SQUARE = (-1.0, 2.0)


@dataclass(frozen=True)
class Gate:
    """What a gate says to x₁ and x₂."""

    name: str
    target: Callable[[Array, Array], Array]
    target_formula: Callable[[Expr, Expr], Expr]
    math: str
    why: str


@dataclass(frozen=True)
class Single(Gate):
    """A gate that one perceptron computes, with its weights and bias."""

    w: tuple[float, float]
    b: float


@dataclass(frozen=True)
class Network(Gate):
    """A gate that takes two layers; `hidden` names what its two hidden units compute."""

    W1: Array
    b1: Array
    W2: Array
    b2: Array
    hidden: tuple[str, str]
    output: str


@dataclass(frozen=True)
class Truth:
    """The columns of a perceptron's truth table; with a gate also what it should say."""

    x1: Block
    x2: Block
    z: Block
    y: Block
    target: Block | None = None


GATES = (
    Single("AND", lambda p, q: p * q, lambda p, q: p * q, "x₁·x₂",
           N_("AND fires only when both inputs do: the threshold lies between one input and two."), (1.0, 1.0), -1.5),
    Single("OR", np.maximum, largest, "max(x₁, x₂)",
           N_("OR fires when at least one input does: with the weights of AND a lower threshold is enough."), (1.0, 1.0), -0.5),
    Single("NAND", lambda p, q: 1 - p * q, lambda p, q: 1 - p * q, "1 − x₁·x₂",
           N_("NAND says the opposite of AND: turn all signs of such a perceptron round, and it fires unless both inputs do."),
           (-2.0, -2.0), 3.0),
)  # fmt: skip
SIGNS, SUM = np.array([[1.0, 1.0], [-1.0, -1.0]]), np.array([[1.0, 1.0]])
XOR = Network(
    "XOR", lambda p, q: np.abs(p - q), lambda p, q: absolute(p - q), "|x₁ − x₂|",
    N_("Exactly one input: at least one (OR), and not both (NAND). Two hidden perceptrons draw two lines, the third asks for both."),
    SIGNS, np.array([-0.5, 1.5]), SUM, np.array([-1.5]), ("OR", "NAND"), "AND",
)  # fmt: skip
XNOR = Network(
    "XNOR", lambda p, q: 1 - np.abs(p - q), lambda p, q: 1 - absolute(p - q), "1 − |x₁ − x₂|",
    N_("Both inputs alike: both on (AND) or both off (NOR). Again two lines, and one of the two is enough."),
    SIGNS, np.array([-1.5, 0.5]), SUM, np.array([-0.5]), ("AND", "NOR"), "OR",
)  # fmt: skip


# ------------------------------------------------------------------------------------------------- truth tables


def parameters(page: Page, key: str, w: Sequence[float], b: float) -> tuple[Block, Block]:
    """Add the yellow cells of a perceptron with two inputs: w (2,) and b (1,)."""
    with page.beside():
        along, names = Direction.RIGHT, ["w₁", "w₂"]
        weights = page.given(f"{key}_w", np.array(w), "w", _("weights"), along=along, columns=names, valid=WEIGHT)
        return weights, page.given(f"{key}_b", np.array([b]), "b", _("bias"), columns=["b"], valid=WEIGHT)


def truth_columns(table: Table, key: str, w: Block, b: Block, gate: Gate | None = None) -> Truth:
    """Add the columns of a perceptron's truth table: x₁, x₂, z, y, and what a gate says."""
    x1, x2 = pattern_columns(table, key)
    value, title = PATTERNS @ w.value + b.value[0], _("weighted input")
    z = table.derived(f"{key}_z", value, lambda i: w[0] * x1[i] + w[1] * x2[i] + b[0], "z", title)
    y = table.derived(f"{key}_y", unit_step(value), lambda i: unit_step_formula(z[i]), "y", _("output"), math="u(z)")
    return Truth(x1, x2, z, y, None if gate is None else target_column(table, f"{key}_t", gate, x1, x2))


def pattern_columns(table: Table, key: str) -> tuple[Block, Block]:
    """Add x₁ and x₂ of the four patterns: the binary digits of the row number less one."""
    (p, q), title = PATTERNS.T, _("input")
    return (
        table.derived(f"{key}_x1", p, lambda i: call("INT", (number_of(i) - 1) / 2), "x₁", title),
        table.derived(f"{key}_x2", q, lambda i: call("MOD", number_of(i) - 1, 2), "x₂", title),
    )


def target_column(table: Table, id: str, gate: Gate, x1: Block, x2: Block) -> Block:
    """Add what a gate says to each pattern."""
    value, title = gate.target(*PATTERNS.T), _("should be")
    return table.derived(id, value, lambda i: gate.target_formula(x1[i], x2[i]), gate.name, title, math=gate.math)


def right_column(table: Adder, key: str, y: Block, t: Block) -> Block:
    """Add a ✓ where the output is what it should be."""
    value = np.where(y.value == t.value, HOLDS, FAILS).astype(object)
    formula = lambda i: if_(equal(y[i], t[i]), HOLDS, FAILS)  # noqa: E731
    return table.add(Block(f"{key}_right", Role.CHECK, value, _("right?"), formula=formula))


def rows_right(page: Page, key: str, right: Block) -> Block:
    """Count the rows that are right, out of sight."""
    value = float(np.sum(right.value == HOLDS))
    return page.offstage_block(f"{key}_hits", value, lambda: call("COUNTIF", right, HOLDS), title=_("rows right"))


def verdict_on(page: Page, id: str, gate: Gate, count: Block, wanted: int) -> Block:
    """Say whether this is the gate, out of sight: if a count is as wanted."""
    good, bad = str(_("this is {gate}").format(gate=gate.name)), str(_("this is not {gate}").format(gate=gate.name))
    words = np.asarray(good if count.value == wanted else bad, dtype=object)
    return page.offstage_block(id, words, lambda: if_(equal(count, wanted), good, bad), title=_("verdict"))


# ------------------------------------------------------------------------------------------------- the plane


def cells(block: Block, row: int | None = None) -> list[Ref]:
    """Return the four cells of a vector, or of a row of a matrix."""
    return [block[i] if row is None else block[row, i] for i in range(4)]


def corners(helpers: Page, key: str, x: Cells, y: Cells, fires: Cells) -> Corners:
    """Lay out four points for a chart: those that fire, and those that do not; each series hides the other's points."""
    heights, fired = (np.array([float(value_of(cell)) for cell in column]) for column in (y, fires))
    with helpers.table(Counter(""), 4) as t:
        across = gathered(t, f"{key}_plot_x", x, "", _("across"))
        each = [if_(equal(f, 1), h, OFF_CHART) for f, h in zip(fires, y, strict=True)]
        value, title = np.where(fired == 1, heights, OFF_CHART), _("up, where it fires")
        one = t.derived(f"{key}_plot1", value, None, "", title, each=each)
        each = [if_(equal(f, 1), OFF_CHART, h) for f, h in zip(fires, y, strict=True)]
        value, title = np.where(fired == 1, OFF_CHART, heights), _("up, where it is quiet")
        zero = t.derived(f"{key}_plot0", value, None, "", title, each=each)
    return (across[:], one[:]), (across[:], zero[:])


def line_of(helpers: Page, key: str, parameters: tuple[Ref, Ref, Ref]) -> Line:
    """Return two points of the line w₁·x₁ + w₂·x₂ + b = 0, three to either side of its point nearest to (0, 0)."""
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

    with helpers.table(Counter(""), 2) as t:
        title = _("two points of the line: across")
        x = t.derived(f"{key}_line_x", ends[:, 0], None, "", title, each=[end(w1, -w2), end(w1, w2)])
        y = t.derived(f"{key}_line_y", ends[:, 1], None, "", _("up"), each=[end(w2, w1), end(w2, -w1)])
    return x[:], y[:]


def plane(
    title: str,
    corners: Corners,
    lines: Lines,
    axes: Names = ("x₁", "x₂"),
    size: Size = (5, 17),
    *,
    should: bool = False,
) -> Chart:
    """Chart the four patterns, those that fire (or `should`) apart from those that do not, with dividing lines."""
    on, off = (_("should fire"), _("should be quiet")) if should else (_("fires"), _("quiet"))
    fires, quiet = (
        Series(n, *at, Mark.POINTS, colour, size=12)
        for n, at, colour in ((on, corners[0], BLUE), (off, corners[1], ORANGE))
    )
    parted = [Series(name, *line, colour=(GREEN, VIOLET)[n]) for n, (name, line) in enumerate(lines)]
    alt = _("The four patterns as corners of a square; a straight line parts those that fire from those that stay quiet.")  # fmt: skip
    return Chart(title, (fires, quiet, *parted), *axes, alt, *size, x_range=AROUND_SQUARE, y_range=AROUND_SQUARE)


def plane_of(
    page: Page,
    key: str,
    truth: Truth,
    w: Block,
    b: Block,
    title: str = "",
    size: Size = (7, 21),
    *,
    should: bool = False,
) -> Chart:
    """Chart a truth table with the perceptron's line; the colours show what it says, or what it `should` say."""
    helpers, shown = page.book.helpers, truth.target if should and truth.target is not None else truth.y
    points = corners(helpers, key, cells(truth.x1), cells(truth.x2), cells(shown))
    lines = [("w·x + b = 0", line_of(helpers, key, (w[0], w[1], b[0])))]
    return plane(title, points, lines, size=size, should=should)


def two_planes(
    page: Page, key: str, network: Network, layers: list[Layer], places: Places, fires: Cells, size: Size
) -> tuple[Chart, Chart]:
    """Chart the input plane with the two hidden lines, and the hidden plane with one; `places` are x₁, x₂, a₁, a₂."""
    helpers, drawn = page.book.helpers, []
    x, a = corners(helpers, f"{key}_x", *places[:2], fires), corners(helpers, f"{key}_a", *places[2:], fires)
    for layer, unit, name in ((0, 0, network.hidden[0]), (0, 1, network.hidden[1]), (1, 0, network.output)):
        W, b = layers[layer].W, layers[layer].b
        assert b is not None
        drawn.append((name, line_of(helpers, f"{key}_{layer + 1}{unit + 1}", (W[unit, 0], W[unit, 1], b[unit]))))
    hidden = plane(_("Hidden plane: one line"), a, drawn[2:], ("a₁", "a₂"), size)
    return plane(_("Input plane: two lines"), x, drawn[:2], size=size), hidden
