"""Charts as plain data: what is drawn, from which cells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from workbook.formula import Ref

BLUE, ORANGE, GREEN, VIOLET = "#1F6FB2", "#D1711B", "#3A8F4A", "#7A3EA8"
RED, TEAL, OLIVE, GREY = "#B3261E", "#0F8B8D", "#8A6D00", "#555B66"
PALETTE = (BLUE, ORANGE, GREEN, VIOLET, RED, TEAL, OLIVE, GREY)
"""The colours of a chart's series, in their order where none is stated."""


class Mark(Enum):
    """How a series is drawn."""

    LINE = "line"
    POINTS = "points"
    BOTH = "both"
    COLUMNS = "columns"
    LABEL = "label"  # only the words on the points


@dataclass(frozen=True)
class Series:
    """One series: a name for the legend, the cells of x and y (vectors of equal length), and its look.

    `colour` is a hexadecimal RGB colour; None takes the palette's next. `label` is a cell whose text stands on every
    point; `sticks` are how far a stick reaches up and down from every point; `width` is a line's in points, `size` a marker's. Raises ValueError where x and y differ in length.
    """

    name: str
    x: Ref
    y: Ref
    mark: Mark = Mark.LINE
    colour: str | None = None
    dashed: bool = False
    width: float = 1.75
    size: int = 7
    marker: str = "circle"
    hollow: bool = False
    sticks: tuple[Ref, Ref] | None = None
    label: Ref | None = None
    label_colour: str = "#1F2937"

    def __post_init__(self) -> None:
        if not (isinstance(self.x, Ref) and isinstance(self.y, Ref)):
            raise TypeError(f"series {self.name}: name the cells of x and y with an index, such as hours[:]")
        if self.x.spans != self.y.spans or len(self.x.spans) > 1:
            raise ValueError(f"series {self.name}: x has {self.x.spans} cells, y {self.y.spans}")


@dataclass(frozen=True)
class Chart:
    """A chart with its axes. `alt` says in words what it shows, for who cannot see it.

    `columns` and `rows` are its size in cells; without `axes` it is a drawing. Raises ValueError for no series, or columns among lines.
    """

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
    axes: bool = True

    def __post_init__(self) -> None:
        marks = {series.mark for series in self.series}
        if not marks or (Mark.COLUMNS in marks and len(marks) > 1):
            raise ValueError(f"chart {self.title}: it needs a series, and columns go with columns only")
