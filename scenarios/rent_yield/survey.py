"""What the walk begins with: the rows and their names, and what all sheets make of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbook.block import Block, Role
from workbook.book import Book
from workbook.data import read_numbers
from workbook.formula import Expr, Index, Operand, as_expr, as_ref, equal, if_
from workbook.page import Table
from workbook.scenario import UsageError
from workbook.sheet import value_of
from workbook.text import _

Array = NDArray[np.float64]

ARTICLE_AREA = np.array([590, 610, 690, 720, 770, 1130, 1160, 1210, 1280, 1300, 1510, 1600], dtype=float)
ARTICLE_RENT = np.array([2.7, 3.7, 2.8, 8.5, 6.5, 10.8, 12.3, 9.1, 7.8, 10.9, 12.6, 15.3])
"""Stand-ins: the article's rows are lost; with these every figure that it prints comes out."""

POINTS, YOURS, FIRST, LEARNED, SHOWN, BEST = "#2E8B57", "#E07B1A", "#D1711B", "#1F6FB2", "#7A3EA8", "#B3261E"
"""One colour for one thing on every page: the data, the reader's line, the first, the learned, the chosen, the best."""

NEW_MARK: dict[str, Any] = {"size": 12, "marker": "diamond", "hollow": True}
"""How a chart marks the new office."""

MOST_SHOWN = 12

_HEADER = re.compile(r"^(?P<name>.+?)\s*[(\[（](?P<unit>[^)\]）]+)[)\]）]$")


@dataclass(frozen=True)
class Survey:
    """The rows: what x and y are called, their units, and their values (n,)."""

    x_name: str
    x_unit: str
    y_name: str
    y_unit: str
    x: Array
    y: Array
    is_article: bool = False

    @property
    def n(self) -> int:
        return len(self.x)

    @property
    def shown(self) -> int:
        """How many rows the tables of the story show."""
        return min(self.n, MOST_SHOWN)

    @property
    def points_name(self) -> str:
        return _("twelve offices") if self.is_article else self.y_name

    @property
    def new_name(self) -> str:
        return _("new office") if self.is_article else _("new one")

    @property
    def x_label(self) -> str:
        return _with_unit(self.x_name, self.x_unit)

    @property
    def y_label(self) -> str:
        return _with_unit(self.y_name, self.y_unit)


def article_survey() -> Survey:
    """Return the article's survey of twelve offices, named in the language in force."""
    return Survey(_("area"), _("sq ft"), _("rent"), _("thousand $"), ARTICLE_AREA, ARTICLE_RENT, is_article=True)


def read_survey(path: Path) -> Survey:
    """Read an x and a y column; their headings, such as ``size (m²)``, become names and units.

    Raises
    ------
    UsageError
        If a column is constant, or nearly: min–max scaling would divide by nothing.
    """
    frame = read_numbers(path, columns=2, min_rows=2, max_rows=10_000)
    values = frame.to_numpy(dtype=float)
    for column, heading in enumerate(frame.columns):
        _refuse_unscalable(path, column + 1, str(heading), values[:, column])
    (x_name, x_unit), (y_name, y_unit) = (_name_and_unit(str(heading)) for heading in frame.columns)
    return Survey(x_name, x_unit, y_name, y_unit, values[:, 0], values[:, 1])


def _refuse_unscalable(path: Path, column: int, heading: str, values: Array) -> None:
    if np.ptp(values) <= 1e-9 * np.abs(values).max():
        raise UsageError(
            f"{path}: column {column} ({heading}): its numbers differ by less than a billionth; "
            "min–max scaling needs more"
        )


def _name_and_unit(heading: str) -> tuple[str, str]:
    found = _HEADER.match(heading.strip())
    return (found["name"], found["unit"]) if found else (heading.strip(), "")


def _with_unit(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit else name


def decimals(values: Array) -> int:
    """Return how many decimals the values need, at most four."""
    return next((d for d in range(4) if np.array_equal(np.round(values, d), values)), 4)


def number_format(values: Array) -> str:
    """Return a number format with as many decimals as the values need."""
    return "#,##0" + ("." + "0" * decimals(values) if decimals(values) else "")


# ---------------------------------------------------------------------------------------------- the fit


class Line(NamedTuple):
    """A line over the scaled rows: its left end C and its rise m."""

    C: Block
    m: Block


@dataclass(frozen=True)
class Fit:
    """The rows raw and scaled (n,), the first line, the learning rate, and the five sums (and Σy²) that the loss needs."""

    survey: Survey
    area: Block
    rent: Block
    x_min: Block
    x_max: Block
    y_min: Block
    y_max: Block
    x: Block
    y: Block
    C: Block
    m: Block
    lr: Block
    n: Block
    Sx: Block
    Sy: Block
    Sxx: Block
    Sxy: Block
    Syy: Block

    def dC(self, C: Operand, m: Operand) -> Expr:
        """Return the slope of the loss in C, Σ(C + m·x − y)."""
        return self.n * as_expr(C) + self.Sx * as_expr(m) - self.Sy

    def dm(self, C: Operand, m: Operand) -> Expr:
        """Return the slope of the loss in m, Σ(C + m·x − y)·x."""
        return self.Sx * as_expr(C) + self.Sxx * as_expr(m) - self.Sxy

    def loss(self, C: Operand, m: Operand) -> Expr:
        """Return the loss ½ Σ(C + m·x − y)², multiplied out."""
        c, k = as_expr(C), as_expr(m)
        squares = self.Syy + self.n * c**2 + self.Sxx * k**2
        return (squares + 2 * (self.Sx * c * k - self.Sy * c - self.Sxy * k)) / 2

    def loss_value(self, C: Array | float, m: Array | float) -> Array:
        """Return NumPy's word on the loss, row by row, for one line or many."""
        errors = np.multiply.outer(C, np.ones(self.survey.n)) + np.multiply.outer(m, self.x.value) - self.y.value
        return np.asarray(np.sum(errors**2, axis=-1) / 2)

    def raw_y(self, scaled: Operand) -> Expr:
        """Return the formula that scales a y back into its unit."""
        return self.y_min + (self.y_max - self.y_min) * as_expr(scaled)

    def raw_y_value(self, scaled: Array | float) -> Array:
        """Return NumPy's word on the same."""
        low, high = self.y_min.value, self.y_max.value
        return np.asarray(low + (high - low) * scaled)


def between(low: Block, high: Block, raw: Operand) -> Expr:
    """Return the formula of min–max scaling; 0 where all values are alike, and nothing can be divided by their range."""
    return if_(equal(high, low), 0, (as_expr(raw) - low) / (high - low))


def loss(x: Array, y: Array, C: float, m: float) -> float:
    """Return the loss by NumPy, row by row."""
    return float(0.5 * np.sum((C + m * x - y) ** 2))


def gradient(x: Array, y: Array, C: float, m: float) -> tuple[float, float]:
    """Return the slopes of the loss in C and m by NumPy, row by row."""
    error = C + m * x - y
    return float(error.sum()), float(error @ x)


def shown_columns(t: Table, id: str, fit: Fit) -> None:
    """Add the rows that the story shows, in the units of the data."""
    survey = fit.survey
    for column, raw, title, unit in (
        ("x", fit.area, survey.x_name, survey.x_unit),
        ("y", fit.rent, survey.y_name, survey.y_unit),
    ):
        values, digits = raw.value[: survey.shown], number_format(raw.value)
        t.derived(f"{id}_{column}", values, same(raw), title=title, unit=unit, number_format=digits)


def same(block: Block) -> Callable[[Index], Operand]:
    """Return the formula of a column that repeats another."""
    return lambda i: block[i]


def gathered(id: str, cells: Sequence[Operand], title: str, symbol: str = "", **fields: str) -> Block:
    """Return a column that shows cells of other blocks, one below the other."""
    value = np.array([float(value_of(as_ref(cell))) for cell in cells])
    return Block(id, Role.DERIVED, value, title, symbol, each=list(cells), **fields)  # type: ignore[arg-type]


def counted(t: Table, id: str, symbol: str = "") -> Block:
    """Add a column that counts the epochs from 0."""
    value, count = np.arange(t.length), {"number_format": "0", "first": lambda: 0}
    column: Block = t.derived(id, value, lambda i: column[i - 1] + 1, symbol, _("epoch"), **count)
    return column


def drawn_lines(
    book: Book, fit: Fit, id: str, lines: Sequence[tuple[str, str, Operand, Operand]], *, scaled: bool = False
) -> Block:
    """Put both ends of lines, each with id, title, C and m, on the page of helpers, in the units of the data; return their xs."""
    with book.helpers.table(["x = 0", "x = 1"] if scaled else [_("smallest x"), _("largest x")], 2) as t:
        if scaled:
            ends = t.recorded(f"{id}_X", np.array([0.0, 1.0]), "x")
        else:
            ends = t.add(gathered(f"{id}_X", [fit.x_min, fit.x_max], fit.survey.x_name))
        for name, title, C, m in lines:
            at = np.cumsum([float(value_of(as_ref(cell))) for cell in (C, m)])
            each: list[Operand] = [as_expr(C), as_expr(C) + as_expr(m)]
            if not scaled:
                at, each = fit.raw_y_value(at), [fit.raw_y(end) for end in each]
            t.add(Block(f"{id}_{name}", Role.DERIVED, at, title, each=each))
    return ends
