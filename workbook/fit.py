"""How wide things are when shown: what a column needs so that no number turns into ####."""

from __future__ import annotations

import math
import re

import numpy as np

from workbook.block import Block
from workbook.sheet import Label, Sheet, Style
from workbook.text import display_width, wrap

NARROWEST, WIDEST_HEADING, WIDEST_MATH, WIDEST_LABEL = 8.0, 16, 22, 44
HEADINGS = frozenset({Style.COLUMN, Style.COLUMN_MATH, Style.ROW, Style.LABEL})
"""The labels that a column must have room for; sentences, links and titles run on over empty cells."""

LINE_HEIGHT = 15.0
USUAL_WIDTH = 8.43
"""The width in characters that a spreadsheet gives a column of itself."""


def shown_width(value: float | str, number_format: str) -> int:
    """Return how many characters a value takes in a number format of this project's kinds."""
    if isinstance(value, str):
        return display_width(value)
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
        return 0  # a sentence runs on over the empty cells to its right
    values = block.value.ravel() if block.is_text else np.array([block.value.min(), block.value.max()])
    return max(shown_width(value, block.number_format) for value in values.tolist())


def column_widths(sheet: Sheet) -> dict[int, float]:
    """Return the width in characters of every column that holds something."""
    if sheet.column_width is not None:
        last = max([label.column for label in sheet.labels] + [b.place.column + b.place.columns for b in sheet.blocks])
        widths = dict.fromkeys(range(1, last + 1), sheet.column_width)
        return {0: _first_column(sheet), **widths, **sheet.widths}
    needs: dict[int, float] = {}
    for block in sheet.blocks:
        width = _block_width(block) + 2.0
        for column in range(block.place.column, block.place.column + block.place.columns):
            needs[column] = max(needs.get(column, NARROWEST), width)
    for label in sheet.labels:
        if label.column and label.style in HEADINGS:
            needs[label.column] = max(needs.get(label.column, NARROWEST), _heading_width(label) + 2.0)
    return {**needs, 0: _first_column(sheet), **sheet.widths}


def _heading_width(label: Label) -> int:
    text = f"{label.text}{label.number:g}" if label.number is not None else label.text
    width = display_width(text)
    if label.style is Style.COLUMN:  # wrapped to two lines, unless a word is longer
        longest_word = max((display_width(word) for word in text.split()), default=0)
        return max(longest_word, min(math.ceil(width / 2), WIDEST_HEADING))
    if label.style is Style.COLUMN_MATH:
        return min(width, WIDEST_MATH)
    return min(width, WIDEST_LABEL)


def row_heights(sheet: Sheet, widths: dict[int, float]) -> dict[int, float]:
    """Return the height in points of every row that is higher than usual; headings that wrap need room for their lines.

    `widths` are those of the columns, in characters.
    """
    heights = dict(sheet.row_heights)
    for label in sheet.labels:
        if label.style is Style.COLUMN:
            lines = len(wrap(label.text, int(widths.get(label.column, NARROWEST)) - 1))
            if lines > 1:
                heights[label.row] = max(heights.get(label.row, 0), LINE_HEIGHT * lines + 2)
    return heights


def _first_column(sheet: Sheet) -> float:
    widths = [
        display_width(label.text) + (3 if label.number is not None else 0)
        for label in sheet.labels
        if label.column == 0
        and (label.style in (Style.ROW, Style.LABEL) or (label.style is Style.LINK and _is_hemmed_in(sheet, label)))
    ]
    return float(min(max([12, *widths]), WIDEST_LABEL) + 2)


def _is_hemmed_in(sheet: Sheet, label: Label) -> bool:
    """Return whether numbers stand right of a label, so that it cannot run on."""
    places = [block.place for block in sheet.blocks]
    return any(place.column == 1 and place.row <= label.row < place.row + place.rows for place in places)
