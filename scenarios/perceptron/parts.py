"""Pieces of several pages: the gates, the truth table of a perceptron with two inputs, and the plane with its line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scenarios.common.activations import Array, unit_step, unit_step_formula
from scenarios.common.columns import caption
from workbook.block import Between, Block, Counter, Role
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet, Table
from workbook.formula import Direction, Expr, Ref, absolute, call, equal, if_, largest, number_of, sqrt
from workbook.page import Page
from workbook.page import Table as PageTable
from workbook.sheet import FAILS, HOLDS, value_of
from workbook.text import N_, _

WEIGHT = Between(-20, 20)
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


def parameters(sheet: Sheet | Page, key: str, w: Array, b: float) -> tuple[Block, Block]:
    """Add the yellow cells of a perceptron with two inputs."""
    with sheet.beside():
        fields = caption(_("weights"), "w", "0.00", along=Direction.RIGHT, columns=["w₁", "w₂"])
        weights = sheet.given(f"{key}_w", w, valid=WEIGHT, **fields)
        bias = sheet.given(
            f"{key}_b", np.array([b]), symbol="b", title=_("bias"), columns=["b"], valid=WEIGHT, number_format="0.00"
        )
    return weights, bias


def truth_columns(table: Table | PageTable, key: str, w: Block, b: Block) -> tuple[Block, Block, Block, Block]:
    """Add the columns x₁, x₂, z and y of a perceptron's truth table."""
    x1, x2 = pattern_columns(table, key)
    z_value = PATTERNS @ w.value + b.value[0]
    fields = caption(_("weighted input"), "z", "0.00")
    z = table.derived(f"{key}_z", z_value, lambda i: w[0] * x1[i] + w[1] * x2[i] + b[0], **fields)
    fields = caption(_("output"), "y", "0", math="u(z)")
    y = table.derived(f"{key}_y", unit_step(z_value), lambda i: unit_step_formula(z[i]), **fields)
    return x1, x2, z, y


def pattern_columns(table: Table | PageTable, key: str) -> list[Block]:
    """Add x₁ and x₂ of the four patterns: the binary digits of the row number less one."""
    formulas = (lambda i: call("INT", (number_of(i) - 1) / 2), lambda i: call("MOD", number_of(i) - 1, 2))
    return [
        table.derived(
            f"{key}_x{j + 1}", PATTERNS[:, j], formulas[j], title=_("input"), symbol="x" + "₁₂"[j], number_format="0"
        )
        for j in range(2)
    ]


def right_column(table: Table | PageTable, key: str, y: Block, t: Block) -> Block:
    """Add a ✓ where the output is what it should be."""
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


def corners(helpers: Page, key: str, x: list[Ref], y: list[Ref], fires: list[Ref]) -> tuple[Line, Line]:
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

    with helpers.table(Counter(""), 2) as table:
        fields = caption(_("two points of the line: across"), number_format="0.00")
        x = table.derived(f"{key}_line_x", ends[:, 0], None, each=[end(w1, -w2), end(w1, w2)], **fields)
        y = table.derived(
            f"{key}_line_y", ends[:, 1], None, title=_("up"), each=[end(w2, w1), end(w2, -w1)], number_format="0.00"
        )
    return x[:], y[:]


def plane(
    title: str,
    fires: Line,
    quiet: Line,
    lines: list[tuple[str, Line]],
    axes: tuple[str, str] = ("x₁", "x₂"),
    *,
    columns: int = 5,
    rows: int = 17,
) -> Chart:
    """Chart the four patterns, those that fire apart from those that do not, with dividing lines."""
    series = [
        Series(_("fires"), *fires, Mark.POINTS, "#1F6FB2", size=12),
        Series(_("quiet"), *quiet, Mark.POINTS, "#D1711B", size=12),
    ]
    series += [Series(name, *line, colour=("#3A8F4A", "#7A3EA8")[n]) for n, (name, line) in enumerate(lines)]
    return Chart(
        title,
        tuple(series),
        *axes,
        _(
            "The four patterns as corners of a square; a straight line parts those that fire from those that "
            "stay quiet."
        ),
        columns=columns,
        rows=rows,
        x_range=AROUND_SQUARE,
        y_range=AROUND_SQUARE,
    )
