"""Draws charts with XlsxWriter."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import xlsxwriter

from workbook.addresses import column_letters
from workbook.block import Between, Role, with_minus
from workbook.chart import PALETTE, Chart, Mark, Series
from workbook.expression import Direction, Ref
from workbook.fit import chart_height, chart_pixels
from workbook.palette import INK, SOFT_INK
from workbook.sheet import PlacedChart, value_of
from workbook.worksheet import cleaned

_REFERENCE = re.compile(r"!(?=\$?[A-Z]+\$?\d)")


def insert_chart(
    file: xlsxwriter.Workbook,
    page: Any,
    placed: PlacedChart,
    widths: dict[int, float],
    heights: dict[int, float],
    *,
    remembers: bool = True,
) -> None:
    """Draw a chart onto a worksheet; unless it remembers its numbers, a spreadsheet takes them from the cells."""
    chart = placed.chart
    columns_only = all(series.mark is Mark.COLUMNS for series in chart.series)
    drawn = file.add_chart({"type": "column"} if columns_only else {"type": "scatter", "subtype": "straight"})
    for n, series in enumerate(chart.series):
        options = _options(series, series.colour or PALETTE[n % len(PALETTE)])
        if not remembers:
            _forget(options)
        drawn.add_series(options)
    title = {"name": _words(chart.title), "name_font": {"size": 12, "color": INK}, "overlay": False}
    drawn.set_title(title if chart.title else {"none": True})
    for limits, name, set_axis in (
        (_x_range(chart), chart.x_title, drawn.set_x_axis),
        (chart.y_range, chart.y_title, drawn.set_y_axis),
    ):
        log = chart.log_y and set_axis == drawn.set_y_axis
        set_axis(_axis(name, limits, log=log) if chart.axes else _no_axis(limits))
    drawn.set_legend({"position": "bottom"} if chart.legend and len(chart.series) > 1 else {"none": True})
    drawn.set_chartarea({"border": {"none": True}})
    drawn.set_size({"width": chart_pixels(placed, widths), "height": chart_height(placed, heights)})
    page.insert_chart(
        placed.row,
        placed.column,
        drawn,
        {"description": cleaned(chart.alt), "x_offset": 4, "y_offset": 4, "object_position": 1},
    )


def _x_range(chart: Chart) -> tuple[float | None, float | None]:
    """Return where the axis begins and ends: as it is stated, or where the data do, if they stay there whatever is typed."""
    lines = [series for series in chart.series if value_of(series.x).size > 1 and series.mark is not Mark.COLUMNS]
    if chart.x_range != (None, None) or not chart.axes or not lines or any(line.x.block.moves for line in lines):
        return chart.x_range
    found = np.concatenate([value_of(line.x).ravel() for line in lines])
    ends = float(found.min()), float(found.max())
    dots = [series.x for series in chart.series if value_of(series.x).size == 1]
    return chart.x_range if ends[0] == ends[1] or any(_may_leave(dot, *ends) for dot in dots) else ends


def _may_leave(dot: Ref, low: float, high: float) -> bool:
    """Tell whether a single point may lie outside of the axis."""
    valid = dot.block.valid
    if dot.block.role is Role.GIVEN and isinstance(valid, Between):
        return not low <= valid.low <= valid.high <= high
    return dot.block.moves or not low <= float(value_of(dot)) <= high


def _options(series: Series, colour: str) -> dict[str, Any]:
    options: dict[str, Any] = {
        "name": _words(series.name) if series.label is None else f"={absolute(series.label)}",
        "categories": f"={absolute(series.x)}",
        "values": f"={absolute(series.y)}",
        "categories_data": value_of(series.x).ravel().tolist(),
        "values_data": value_of(series.y).ravel().tolist(),
    }
    if series.sticks is not None:
        up, down = series.sticks
        options["y_error_bars"] = {
            "type": "custom",
            "plus_values": f"={absolute(up)}",
            "minus_values": f"={absolute(down)}",
            "plus_data": value_of(up).ravel().tolist(),
            "minus_data": value_of(down).ravel().tolist(),
            "end_style": 0,
            "line": {"color": "#B3261E", "width": 1.25},
        }
    if series.label is not None:
        # LibreOffice shows no label that refers to a cell; the series' name, which may be a cell, it shows
        font = {"bold": True, "size": 10, "color": series.label_colour}
        options["data_labels"] = {"series_name": True, "value": False, "position": "center", "font": font}
    if series.mark is Mark.COLUMNS:
        return options | {"fill": {"color": colour}, "gap": 60}
    line = series.mark in (Mark.LINE, Mark.BOTH)
    style = {"color": colour, "width": series.width, "dash_type": "dash" if series.dashed else "solid"}
    points = series.mark in (Mark.POINTS, Mark.BOTH)
    marker = {
        "type": series.marker,
        "size": series.size,
        "fill": {"color": _paler(colour) if series.hollow else colour},
        "border": {"color": colour, "width": 1.5 if series.hollow else 0.75},
    }
    return options | {"line": style if line else {"none": True}, "marker": marker if points else {"type": "none"}}


def _forget(options: dict[str, Any]) -> None:
    """Leave a series without the numbers that a chart remembers of its cells."""
    for told in (options, options.get("y_error_bars", {})):
        told.update({name: [] for name in told if name.endswith("_data")})


def _paler(colour: str) -> str:
    """Return a colour halfway to white: a hollow marker, whose border LibreOffice does not draw, can still be seen."""
    return "#" + "".join(f"{(int(colour[n : n + 2], 16) + 2 * 255) // 3:02X}" for n in (1, 3, 5))


def absolute(ref: Ref) -> str:
    """Return an absolute reference with its sheet, as names and charts take it."""
    place = ref.block.place
    spans = {Direction.DOWN: range(1), Direction.RIGHT: range(1)}
    for direction, key, size in zip(ref.block.directions, ref.keys, ref.block.shape, strict=True):
        if isinstance(key, slice):
            spans[direction] = range(*key.indices(size))
        elif isinstance(key, int):
            spans[direction] = range(key, key + 1)
    down, right = spans[Direction.DOWN], spans[Direction.RIGHT]
    first = f"${column_letters(place.column + right[0])}${place.row + down[0] + 1}"
    last = f"${column_letters(place.column + right[-1])}${place.row + down[-1] + 1}"
    return f"{place.sheet}!{first}" if first == last else f"{place.sheet}!{first}:{last}"


def _words(words: str) -> str:
    """Return words that the library does not take for a reference, as it would "=cmd!A1" in the header of a reader's data."""
    return _REFERENCE.sub("! ", cleaned(str(words)))


def _no_axis(limits: tuple[float | None, float | None]) -> dict[str, Any]:
    return {"visible": False, "major_gridlines": {"visible": False}, **_limits(limits)}


def _limits(limits: tuple[float | None, float | None]) -> dict[str, Any]:
    return {key: limit for key, limit in zip(("min", "max"), limits, strict=True) if limit is not None}


def _axis(title: str, limits: tuple[float | None, float | None], *, log: bool) -> dict[str, Any]:
    axis: dict[str, Any] = {
        "name": _words(title),
        "name_font": {"size": 10, "bold": False, "color": INK},
        "num_font": {"size": 9, "color": SOFT_INK},
        "major_gridlines": {"visible": True, "line": {"color": "#EEF0F3", "width": 0.75}},
        "line": {"color": "#9CA3AF"},
        "label_position": "low",
        "num_format": with_minus("General"),
        **_limits(limits),
    }
    if log:
        axis.update({"log_base": 10, "num_format": "General"})
    return axis
