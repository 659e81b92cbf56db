"""What the walk begins with: the rows, their names, and the pieces that all its sheets share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbook.block import Block
from workbook.data import read_numbers
from workbook.eager import Sheet
from workbook.formula import Expr, Index, Operand, as_expr, equal, if_
from workbook.page import Table
from workbook.scenario import UsageError
from workbook.text import _

Array = NDArray[np.float64]

ARTICLE_AREA = np.array([590, 610, 690, 720, 770, 1130, 1160, 1210, 1280, 1300, 1510, 1600], dtype=float)
ARTICLE_RENT = np.array([2.7, 3.7, 2.8, 8.5, 6.5, 10.8, 12.3, 9.1, 7.8, 10.9, 12.6, 15.3])
"""Stand-ins: the article's rows are lost; with these every figure that it prints comes out."""

ARTICLE_C, ARTICLE_M, ARTICLE_LR = 0.52, 0.81, 0.01

POINTS, YOURS, FIRST, LEARNED, SHOWN = "#2E8B57", "#E07B1A", "#D1711B", "#1F6FB2", "#7A3EA8"
"""One colour for one thing on every page: the data, the reader's line, the first, the learned, and the chosen one."""

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


def rate_digits(n: int) -> int:
    """Return how many decimals a sentence needs to show the learning rate for n rows: many have a small one."""
    return 4 if n <= 100 else 6


def number_format(values: Array) -> str:
    """Return a number format with as many decimals as the values need."""
    return "#,##0" + ("." + "0" * decimals(values) if decimals(values) else "")


# ---------------------------------------------------------------------------------------------- blocks


@dataclass(frozen=True)
class Scaled:
    """The survey's blocks: raw columns, their extremes, and the scaled x and y (n,)."""

    area: Block
    rent: Block
    x_min: Block
    x_max: Block
    y_min: Block
    y_max: Block
    x: Block
    y: Block

    @property
    def n(self) -> int:
        return int(self.x.shape[0])

    def raw_y(self, scaled: Operand) -> Expr:
        """Return the formula that scales a y back into its unit."""
        return self.y_min + (self.y_max - self.y_min) * as_expr(scaled)

    def raw_y_value(self, scaled: Array | float) -> Array:
        """Return NumPy's word on the same."""
        low, high = self.y_min.value, self.y_max.value
        return np.asarray(low + (high - low) * scaled)


@dataclass(frozen=True)
class Start:
    """The first weights C (intercept) and m (slope), and the learning rate."""

    C: Block
    m: Block
    lr: Block


@dataclass(frozen=True)
class Weights:
    """A line: intercept and slope."""

    C: Block
    m: Block


@dataclass(frozen=True)
class Sums:
    """Scalars: all that the half squared error needs to know of the rows."""

    n: Block
    Sx: Block
    Sy: Block
    Sxx: Block
    Sxy: Block
    Syy: Block

    def dC(self, C: Operand, m: Operand) -> Expr:
        """Return ΣdHSE/dC = Σ(C + m·x − y)."""
        return self.n * as_expr(C) + self.Sx * as_expr(m) - self.Sy

    def dm(self, C: Operand, m: Operand) -> Expr:
        """Return ΣdHSE/dm = Σ(C + m·x − y)·x."""
        return self.Sx * as_expr(C) + self.Sxx * as_expr(m) - self.Sxy

    def loss(self, C: Operand, m: Operand) -> Expr:
        """Return ΣHSE = ½ Σ(y − C − m·x)², multiplied out."""
        c, k = as_expr(C), as_expr(m)
        squares = self.Syy + self.n * c**2 + self.Sxx * k**2
        return (squares + 2 * (self.Sx * c * k - self.Sy * c - self.Sxy * k)) / 2


class Gradient(NamedTuple):
    """The two derivatives, by NumPy."""

    dC: float
    dm: float


def between(low: Block, high: Block, raw: Operand) -> Expr:
    """Return the formula of min–max scaling; 0 where all values are alike, and nothing can be divided by their range."""
    return if_(equal(high, low), 0, (as_expr(raw) - low) / (high - low))


def loss(x: Array, y: Array, C: float, m: float) -> float:
    """Return ΣHSE by NumPy, row by row."""
    return float(0.5 * np.sum((y - (C + m * x)) ** 2))


def gradient(x: Array, y: Array, C: float, m: float) -> Gradient:
    """Return the derivatives of ΣHSE by NumPy, row by row."""
    error = y - (C + m * x)
    return Gradient(float(-error.sum()), float(-(error @ x)))


def shown_columns(t: Table, id: str, survey: Survey, scaled: Scaled) -> None:
    """Add the rows that the story shows, in the units of the data."""
    for column, raw, title, unit in (
        ("x", scaled.area, survey.x_name, survey.x_unit),
        ("y", scaled.rent, survey.y_name, survey.y_unit),
    ):
        values = raw.value[: survey.shown]
        t.derived(f"{id}_{column}", values, _copy(raw), title=title, unit=unit, number_format=number_format(raw.value))


def _copy(block: Block) -> Callable[[Index], Operand]:
    return lambda i: block[i]


@contextmanager
def going_back(sheet: Sheet, row: int) -> Iterator[None]:
    """Write into rows that were kept free above: what a reader should see before a table may depend on the table."""
    below = sheet.cursor
    sheet.cursor = row
    yield
    sheet.cursor = below


def keep_free(sheet: Sheet, rows: int) -> int:
    """Keep rows free for `going_back`, and return the first of them."""
    top = sheet.cursor
    sheet.gap(rows)
    return top
