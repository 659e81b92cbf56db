"""How a sheet falls onto pages when it is printed: as wide as the page, and no chart or small table torn apart."""

from __future__ import annotations

from dataclasses import dataclass

from workbook.block import HEADING_ROWS
from workbook.fit import LINE_HEIGHT, USUAL_WIDTH, chart_pixels
from workbook.sheet import PROSE_WIDTH, PlacedChart, Sheet, Style
from workbook.text import display_width

LANDSCAPE, PORTRAIT = (770.0, 509.0), (523.0, 756.0)
"""Width and height in points between the margins of A4."""

FILLED = 0.93
"""How much of a page's height is counted on, as programs measure fonts unlike."""

SMALLEST_PORTRAIT = 0.72
"""What would have to be shrunk further to fit the width of an upright page is printed on a lying one."""

LEAST_FILLED = 0.4
"""A page that would stay emptier than this is filled, even if that tears something apart."""

TITLE_HEIGHT, TITLE_SIZE = 30.0, 1.6
SMALLEST = 0.1
PROSE_COLUMNS_FROM = 0.8
"""How much narrower prose is than so many digits."""


@dataclass(frozen=True)
class Pages:
    """A sheet in print.

    Attributes
    ----------
    landscape : whether the page lies
    last_row, last_column : what is printed ends there
    repeated : the first and last of the rows that stand on top of every further page
    breaks : the rows that begin a new page
    """

    landscape: bool
    last_row: int
    last_column: int
    repeated: tuple[int, int]
    breaks: list[int]


def pages_of(sheet: Sheet, widths: dict[int, float], heights: dict[int, float]) -> Pages:
    """Lay a sheet out on pages; `widths` of columns are in characters, `heights` of rows in points."""
    last_row, last_column = _extent(sheet, widths)
    width = sum(_points(widths.get(column, USUAL_WIDTH)) for column in range(last_column + 1))
    tops = _tops(sheet, heights, last_row)
    if sheet.one_page:
        landscape = _scale(LANDSCAPE, width, tops[-1]) >= _scale(PORTRAIT, width, tops[-1])
        return Pages(landscape, last_row, last_column, (0, 0), [])
    lies = PORTRAIT[0] / width < SMALLEST_PORTRAIT
    landscape = lies if sheet.landscape is None else sheet.landscape
    page_width, page_height = LANDSCAPE if landscape else PORTRAIT
    height = FILLED * page_height / max(SMALLEST, min(1.0, page_width / width))
    repeated = _headings_of_long_table(sheet, tops, height) or (0, 0)
    return Pages(landscape, last_row, last_column, repeated, _breaks(sheet, tops, height, repeated))


def _scale(page: tuple[float, float], width: float, height: float) -> float:
    """Return how large a whole sheet is on one page."""
    return min(page[0] / width, page[1] / height)


def _tops(sheet: Sheet, heights: dict[int, float], last_row: int) -> list[float]:
    """Return how far below the sheet's top each row begins, and where the last one ends."""
    tops = [0.0]
    for row in range(last_row + 1):
        default = TITLE_HEIGHT if row == 0 else LINE_HEIGHT
        tops.append(tops[-1] + heights.get(row, default))
    return tops


def _headings_of_long_table(sheet: Sheet, tops: list[float], height: float) -> tuple[int, int] | None:
    """Return the rows that head the columns of the table that runs over several pages, if there is just one.

    A spreadsheet repeats one band of rows, from the page on that follows it.
    """
    places = [block.place for block in sheet.blocks]
    starts = {place.row for place in places if tops[place.row + place.rows] - tops[place.row] > height}
    if len(starts) != 1:
        return None
    (start,) = starts
    nearest = range(start - HEADING_ROWS, start)
    heads = [label.row for label in sheet.labels if label.style is Style.COLUMN and label.row in nearest]
    return (min(heads), start - 1) if heads else None


def _points(characters: float) -> float:
    return (characters * 7 + 5) * 0.75


def _extent(sheet: Sheet, widths: dict[int, float]) -> tuple[int, int]:
    labels = [label for label in sheet.labels if not label.blank]
    rows = [label.row for label in labels]
    columns = [label.column for label in labels]
    for block in sheet.blocks:
        rows.append(block.place.row + block.place.rows - 1)
        columns.append(block.place.column + block.place.columns - 1)
    for placed in sheet.charts:
        rows.append(placed.row + placed.chart.rows)
        columns.append(_last_under(placed, widths))
    prose, room = 0, 0.0
    while room < max(PROSE_WIDTH * PROSE_COLUMNS_FROM, display_width(sheet.title) * TITLE_SIZE):
        room += widths.get(prose, USUAL_WIDTH)
        prose += 1
    return max(rows), max(*columns, prose) + 1  # a title may run on past the last table


def _last_under(placed: PlacedChart, widths: dict[int, float]) -> int:
    """Return the last column that a chart covers, as wide as it is drawn."""
    column, pixels = placed.column, chart_pixels(placed, widths)
    while (pixels := pixels - int(widths.get(column, USUAL_WIDTH) * 7 + 5)) > 0:
        column += 1
    return column


def _together(sheet: Sheet) -> list[tuple[int, int]]:
    """Return spans of rows, first and last, that belong onto one page: charts, tables, steps with what follows."""
    spans = [(placed.row, placed.row + placed.chart.rows) for placed in sheet.charts]
    spans += [(block.place.row - 3, block.place.row + block.place.rows - 1) for block in sheet.blocks]
    steps = [sheet.labels[index].row for _title, index in sheet.step_labels]
    return spans + [(row, row + 6) for row in steps]


def _breaks(sheet: Sheet, tops: list[float], height: float, repeated: tuple[int, int]) -> list[int]:
    """Break before what would be torn apart, or where the page is full."""
    last_row = len(tops) - 2
    band = tops[repeated[1] + 1] - tops[repeated[0]]
    spans = [
        (first, last)
        for first, last in _together(sheet)
        if tops[min(last, last_row) + 1] - tops[max(first, 0)] < height
    ]
    breaks: list[int] = []
    start = 0
    while True:
        room = height - (band if start > repeated[1] else 0)
        full = next((row for row in range(start, last_row + 1) if tops[row + 1] - tops[start] > room), None)
        if full is None:
            return breaks
        whole = _before_torn(spans, start, full)
        start = whole if tops[whole] - tops[start] > LEAST_FILLED * room else full
        breaks.append(start)


def _before_torn(spans: list[tuple[int, int]], start: int, row: int) -> int:
    """Move a break up until it tears nothing apart that would fit on a page of its own."""
    while True:
        torn = [first for first, last in spans if start < first < row <= last]
        if not torn:
            return row
        row = min(torn)
