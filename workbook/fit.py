"""How wide things are when shown: what a column needs so that no number turns into ####."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace

import numpy as np

from workbook.block import Block, Role, without_minus
from workbook.sheet import Label, PlacedChart, Sheet, Style
from workbook.text import display_width, is_wide, phrases, wrap

SHORT = 12
"""A line of a heading up to so long is not broken."""

GAP, ROOMY, SNUG, NARROW = 1.0, 2.0, 0.4, 6.0
"""In characters: a column that only parts others; the room around a number, and where a page's columns are narrower than the
last."""

MOST_DIGITS = 6
"""So many digits of a number that is shown as typed have room at least."""

BROAD = 0.5
"""How much more a typed number needs in a Chinese book, whose bold digits are broad."""

NARROWEST, WIDEST_HEADING, WIDEST_MATH, WIDEST_LABEL = 8.0, 16, 22, 60
HEADINGS = frozenset({Style.COLUMN, Style.COLUMN_MATH, Style.ROW, Style.HEAD})
"""The labels that a column must have room for; all others run on over empty cells."""

RUNNING = frozenset({Style.LABEL, Style.LINE, Style.LINK, Style.SUBLINK, Style.CUE, Style.BLOCK, Style.NAME})
"""The labels that run on, but must have room up to the next cell that holds something."""

VIEW_WIDTH, VIEW_HEIGHT = 1280, 560
"""What a laptop shows of a sheet at 100 %, in pixels."""

LEAST_SHARE = 0.7
"""A chart that would end beyond this view is drawn smaller, but not smaller than this share of itself."""

NARROWEST_CHART, WIDEST_CHART, CHART_MARGIN = 320, 760, 12
ROW, HIGHEST_CHART = 20, 480
"""In pixels."""

PIXELS = 7
"""How wide a digit is in the usual font and size."""

LINE_HEIGHT = 15.0
MARK = "checked_"
"""How the ids of the marks begin that say whether a step's checks hold."""

USUAL_WIDTH = 8.43
"""The width in characters that a spreadsheet gives a column of itself."""


def shown_width(value: float | str, number_format: str) -> int:
    """Return how many characters a value takes in a number format of this project's kinds."""
    if isinstance(value, str):
        return display_width(value)
    if number_format == "General":
        return len(f"{value:.{MOST_DIGITS}g}")
    positive, *others = without_minus(number_format).split(";")
    number_format = others[1] if value == 0 and len(others) > 1 else positive
    literal = "".join(re.findall(r'"([^"]*)"', number_format))
    body = re.sub(r'"[^"]*"', "", number_format)
    extra = display_width(literal) + (1 if value < 0 else 0)
    decimals = len(body.split(".")[1].rstrip("%").split("E")[0]) if "." in body else 0
    point = 1 if decimals else 0
    if "E" in body:
        return extra + 1 + point + decimals + 4
    if "%" in body:
        value, extra = value * 100, extra + 1
    whole = len(f"{abs(value):.{decimals}f}".partition(".")[0])
    grouping = (whole - 1) // 3 if "#,##" in body else 0
    return extra + whole + grouping + point + decimals


def _block_width(block: Block) -> int:
    if block.value.ndim == 0 and block.is_text:
        return display_width(str(block.value)) if block.id.startswith(MARK) else 0  # a sentence runs on to its right
    every = block.is_text or block.number_format == "General"
    values = block.value.ravel() if every else np.array([block.value.min(), block.value.max()])
    return max(shown_width(value, block.number_format) for value in values.tolist())


def column_widths(sheet: Sheet) -> dict[int, float]:
    """Return the width in characters of every column that holds something."""
    needs: dict[int, float] = dict.fromkeys(_columns(sheet), sheet.usual_width) if sheet.usual_width else {}
    needs |= dict.fromkeys(sheet.gaps, GAP)
    is_chinese = sheet.book.language == "zh"
    room = SNUG if sheet.usual_width and sheet.usual_width < NARROW else ROOMY
    for block in sheet.blocks:
        width = _block_width(block) + room + (BROAD if is_chinese and block.role is Role.GIVEN else 0)
        for column in range(block.place.column, block.place.column + block.place.columns):
            needs[column] = max(needs.get(column, NARROWEST), width)
    for lane in sheet.lanes:
        needs |= dict.fromkeys(lane, max(needs.get(column, NARROWEST) for column in lane))
    for label in sheet.labels:
        if label.column and label.style in HEADINGS:
            needs[label.column] = max(needs.get(label.column, NARROWEST), _heading_width(label) + 2.0)
    return _with_room_for_charts(
        sheet, _with_room_for_labels(sheet, {**needs, 0: _first_column(sheet), **sheet.widths})
    )


def _columns(sheet: Sheet) -> range:
    """Return the columns that hold something, charts included."""
    last = [label.column for label in sheet.labels] + [b.place.column + b.place.columns - 1 for b in sheet.blocks]
    return range(1, max([*last, *(placed.column + placed.chart.columns - 1 for placed in sheet.charts)]) + 1)


def _with_room_for_charts(sheet: Sheet, widths: dict[int, float]) -> dict[int, float]:
    """Widen the columns of a chart that is drawn wider than they are, so that it covers nothing beside it."""
    widths = dict(widths)
    for placed in sheet.charts:
        columns = range(placed.column, placed.column + placed.chart.columns)
        lack = (NARROWEST_CHART + CHART_MARGIN - _pixels(columns, widths)) / PIXELS / len(columns)
        if lack > 0:
            widths |= {column: widths.get(column, USUAL_WIDTH) + lack + 1 / PIXELS for column in columns}
    return widths


def _pixels(columns: range, widths: dict[int, float]) -> int:
    return sum(int(widths.get(column, USUAL_WIDTH) * PIXELS + 5) for column in columns)


def _with_room_for_labels(sheet: Sheet, widths: dict[int, float]) -> dict[int, float]:
    """Widen a column where a label would be cut off by what stands to its right."""
    widths = dict(widths)
    running = [
        label
        for label in sheet.labels
        if label.style in RUNNING and label.text and (label.row, label.column) not in sheet.running
    ]
    taken = _taken_columns(sheet, {label.row for label in running})
    for label in running:
        right = bisect_right(taken[label.row], label.column)
        # it can run on over very many columns where nothing stands to its right
        end = taken[label.row][right] if right < len(taken[label.row]) else label.column + 100
        room = sum(widths.get(column, USUAL_WIDTH) for column in range(label.column, end))
        need = _heading_width(label) + 1.0
        if need > room:
            widths[label.column] = widths.get(label.column, USUAL_WIDTH) + need - room
    return widths


def _taken_columns(sheet: Sheet, rows: set[int]) -> dict[int, list[int]]:
    """Return for each of these rows the columns in which something begins, from left to right."""
    taken: dict[int, list[int]] = {row: [] for row in rows}
    for label in sheet.labels:
        if label.row in rows and (label.text or label.number is not None):
            taken[label.row].append(label.column)
    in_order = sorted(rows)
    for block in sheet.blocks:
        place = block.place
        for row in in_order[bisect_left(in_order, place.row) : bisect_left(in_order, place.row + place.rows)]:
            taken[row].append(place.column)
    return {row: sorted(columns) for row, columns in taken.items()}


def _heading_width(label: Label) -> int:
    text = f"{label.text}{label.number:g}" if label.number is not None else label.text
    width = display_width(text)
    if label.style is Style.HEAD:
        lines = [(line, display_width(line)) for line in label.text.split("\n")]
        return max(w if w <= SHORT else _heading_width(replace(label, text=t, style=Style.COLUMN)) for t, w in lines)
    if label.style is Style.COLUMN and label.number is None:  # wrapped to two lines, unless a word is longer
        longest_word = max((display_width(piece.rstrip()) for piece in phrases(text)), default=0)
        narrowest = max(longest_word, min(math.ceil(width / 2), WIDEST_HEADING))
        return next(
            (w for w in range(narrowest, WIDEST_HEADING) if len(wrap(text, w, phrases)) <= 2),
            max(narrowest, WIDEST_HEADING),
        )
    if label.style is Style.COLUMN_MATH:
        return min(width, WIDEST_MATH)
    return min(width, WIDEST_LABEL)


WIDEST_PROSE = 130
"""Words that run on wrap beyond so many characters."""

LARGER = {Style.TITLE: 1.75, Style.CLAIM: 1.15, Style.LIVE: 1.15, Style.HEADLINE: 1.5}
"""How much larger than usual the letters of a style are."""

PROSE_WIDENS, BOLD_WIDENS = 0.88, 1.0
WIDENS = {Style.MATH: 1.3, Style.CODE: 1.15}
"""How wide words are, measured in digits: prose is narrower, bold type wider, mathematics and code wider still: their
letters are larger, and a program without their font takes a broad one."""

CAPITAL_WIDENS = 0.3
"""How much wider a capital is than a digit, the first one aside: XNOR needs room."""

BOLD = frozenset({Style.TITLE, Style.LIVE, Style.HEADLINE, Style.CUE})

TALL_MATH = 1.2
"""How much higher a line of mathematics is: its font is large, its letters carry marks."""


@dataclass(frozen=True)
class Span:
    """A text that runs over columns and wraps: how many columns, and how many lines of which height in points."""

    columns: int
    lines: int
    height: float


def spans_of(sheet: Sheet, widths: dict[int, float]) -> dict[tuple[int, int], Span]:
    """Return over how many columns each text that runs on is spread, and how many lines it takes."""
    texts = {(label.row, label.column): (label.text, label.style) for label in sheet.labels}
    for block in sheet.blocks:
        if (block.place.row, block.place.column) in sheet.running:
            texts[block.place.row, block.place.column] = (str(block.value), sheet.looks[block.id])
    return {cell: _span(sheet, widths, cell, *texts[cell]) for cell in sheet.running if cell in texts}


def _span(sheet: Sheet, widths: dict[int, float], cell: tuple[int, int], text: str, style: Style) -> Span:
    column, size = cell[1], LARGER.get(style, 1.0)
    plain = WIDENS.get(style, PROSE_WIDENS)
    if is_wide(text):
        size *= max(1.0, plain)
    elif sheet.book.language == "zh":  # a Chinese book's font has broader letters and digits
        size *= max(1.1, plain)
    else:
        size *= BOLD_WIDENS if style in BOLD else plain
    capitals = max(0, sum(letter.isupper() for letter in text) - 1)
    need, most = (display_width(text) + CAPITAL_WIDENS * capitals) * size + 1, WIDEST_PROSE * size
    columns, room = 0, 0.0
    whole = style in (Style.LIVE, Style.HEADLINE, Style.KEY)  # a coloured band runs to the limit
    for at in range(column, max(column + 1, sheet.running[cell])):
        if columns and (room >= most or (room >= need and not whole)):
            break
        room += widths.get(at, sheet.usual_width or USUAL_WIDTH)
        columns += 1
    lines = len(wrap(text, max(4, int((room - 1) / size))))
    higher = TALL_MATH if style is Style.MATH else LARGER.get(style, 1.0)
    return Span(columns, lines, LINE_HEIGHT * higher)


def row_heights(sheet: Sheet, widths: dict[int, float], spans: dict[tuple[int, int], Span]) -> dict[int, float]:
    """Return the height in points of every row that is higher than usual; headings that wrap need room for their lines.

    `widths` are those of the columns, in characters; `spans` are the texts that run on.
    """
    heights = dict(sheet.row_heights)
    for (row, _column), span in spans.items():
        if span.lines > 1 or span.height > LINE_HEIGHT:
            heights[row] = max(heights.get(row, 0), span.lines * span.height + 5)
    for label in sheet.labels:
        if label.style in (Style.COLUMN, Style.HEAD):
            lines = len(heading_lines(label, label.text, widths))
            if lines > 1:
                heights[label.row] = max(heights.get(label.row, 0), LINE_HEIGHT * lines + 2)
    return heights


def heading_lines(label: Label, text: str, widths: dict[int, float]) -> list[str]:
    """Return the lines of a heading that says `text`, as its column's width breaks them."""
    width = int(widths.get(label.column, NARROWEST)) - (label.style is Style.COLUMN)
    return [line for part in text.split("\n") for line in wrap(part, width, phrases)]


def _first_column(sheet: Sheet) -> float:
    widths = [
        display_width(label.text) + (3 if label.number is not None else 0)
        for label in sheet.labels
        if label.column == 0 and label.style is Style.ROW
    ]
    return float(min(max([12, *widths]), WIDEST_LABEL) + 2)


def chart_pixels(placed: PlacedChart, widths: dict[int, float]) -> int:
    """Return how wide a chart is drawn: as its columns are, within bounds, and not beyond the first view."""
    columns = range(placed.column, placed.column + placed.chart.columns)
    wide = max(NARROWEST_CHART, min(_pixels(columns, widths) - CHART_MARGIN, WIDEST_CHART))
    return _in_view(wide, VIEW_WIDTH - _pixels(range(placed.column), widths))


def chart_height(placed: PlacedChart, heights: dict[int, float]) -> int:
    """Return how high a chart is drawn: rows that became higher make it higher too, but not beyond the first view."""
    rows = range(placed.row, placed.row + placed.chart.rows)
    usual = placed.chart.rows * ROW - 10
    return _in_view(
        max(usual, min(_rows_pixels(rows, heights) - 10, HIGHEST_CHART)),
        VIEW_HEIGHT - _rows_pixels(range(placed.row), heights),
    )


def _rows_pixels(rows: range, heights: dict[int, float]) -> int:
    return sum(round(heights[row] / 0.75) if row in heights else ROW for row in rows)


def _in_view(size: int, left: int) -> int:
    """Return a chart's size, or where it would end a little beyond the first view what is left of that."""
    return left if LEAST_SHARE * size <= left < size else size
