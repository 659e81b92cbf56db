"""Charts as plain data: what is drawn, from which cells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from workbook.formula import Ref


class Mark(Enum):
    """How a series is drawn."""

    LINE = "line"
    POINTS = "points"
    BOTH = "both"
    COLUMNS = "columns"


@dataclass(frozen=True)
class Series:
    """One series: a name for the legend, the cells of x and y (vectors of equal length), and its look.

    `colour` is a hexadecimal RGB colour; None takes the palette's next.
    """

    name: str
    x: Ref
    y: Ref
    mark: Mark = Mark.LINE
    colour: str | None = None
    dashed: bool = False


@dataclass(frozen=True)
class Chart:
    """A chart with its axes. `alt` says in words what it shows, for who cannot see it."""

    title: str
    series: tuple[Series, ...]
    x_title: str
    y_title: str
    alt: str
    columns: int = 7
    rows: int = 17
    x_range: tuple[float | None, float | None] = (None, None)
    y_range: tuple[float | None, float | None] = (None, None)
    log_y: bool = False
    legend: bool = True
