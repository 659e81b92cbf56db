"""Places what a page declares: every item gets its rows and columns on a sheet.

A page has a narrow margin on the left. An item is laid from a cell on, and answers with the box that it takes; items of
a flow stand below one another, those of a side next to one another. Texts run over as many columns as they need and
wrap; how many these are is found later, when the columns have their widths (`workbook.fit`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatchmethod
from itertools import zip_longest
from math import ceil

import numpy as np

from workbook.block import SIGNS, Block, Place, Role
from workbook.expression import Direction
from workbook.page import (
    Cue,
    Flow,
    Grid,
    Item,
    Page,
    Picture,
    Sentence,
    Shown,
    Side,
    Space,
    Step,
    Table,
    Target,
    Turn,
    Voice,
    Words,
)
from workbook.sheet import LABEL_COLUMNS, RULE_COLUMNS, Kind, PlacedChart, Sheet, Style, named, readable, shape_of
from workbook.text import _

MARGIN = 2.0
"""The width in characters of the empty column on the left."""

LEFT = 1
"""The column in which a page begins."""

CORE_WIDTH = 9.5
"""The width in characters of a core page's columns."""

CUE, CORE_LABEL = 9.5, 19.0
"""How much room in characters the word before a text has, and the label of a single number on a core page."""

LAST_COLUMN = 60
"""Texts of a page run on to here at most, and no wider than prose may be."""

ROOM = 8.43
"""The width in characters that a column has at least."""

STYLE_OF = {Voice.PLAIN: Style.PROSE, Voice.LIVE: Style.LIVE, Voice.HEADLINE: Style.HEADLINE, Voice.REPLY: Style.REPLY}


@dataclass
class Box:
    """The first row below an item, and the first column to its right."""

    bottom: int
    right: int


def laid_out(page: Page) -> Sheet:
    """Return the sheet that a page makes."""
    return _Layout(page).sheet


class _Layout:
    """A page on its way onto a sheet."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.is_core = page.kind in (Kind.START, Kind.CORE)
        width = page.column_width or (CORE_WIDTH if self.is_core else None)
        self.sheet = Sheet(
            page.book,
            page.name,
            page.title,
            landscape=page.landscape,
            one_page=page.one_page,
            kind=page.kind,
            key=page.key,
        )
        self.sheet.usual_width = width
        self.left = LEFT if page.margin else 0
        if page.margin:
            self.sheet.widths[0] = MARGIN
        self.label_columns = ceil(CORE_LABEL / (width or ROOM)) if self.is_core else LABEL_COLUMNS
        self.square: float | None = None
        self._lay_page()

    def _lay_page(self) -> None:
        page, sheet = self.page, self.sheet
        self._write(0, self.left, page.title, Style.TITLE)
        row = 1
        if page.claim:
            self._write(row, self.left, page.claim, Style.CLAIM)
            row += 1
        if page.guess:
            box = self.lay(Cue(_("Guess first"), Words(page.guess, Style.PROSE)), row, self.left)
            row = box.bottom
        if not self.is_core:
            sheet.label(row, self.left, _("← Start"), Style.LINK, link=f"{page.book.start.name}!A1")
            row += 1
        sheet.freeze = (0, 0) if self.is_core else (1, 0)
        box = self.lay(page.body, row + 1, self.left)
        self._lay_end(box.bottom)

    def _lay_end(self, row: int) -> None:
        """Lay what a page ends with: try, your turn, remember; where its numbers come from; the next page."""
        page = self.page
        if page.end.items:
            row = self.lay(page.end, row, self.left).bottom
        after = page.book.page_after(page)
        if self.is_core and after is not None:
            row = self.lay(
                Words(_("Next: {title} →").format(title=after.title), Style.LINK, after), row, self.left
            ).bottom
        if page.sources:
            self._write(row + 1, self.left, _("About the numbers"), Style.CUE)
            row += 2
            for source in page.sources:
                row = self.lay(Words(source, Style.REMARK), row, self.left).bottom

    # -- words ----------------------------------------------------------------------------------------

    def _write(
        self, row: int, column: int, text: str, style: Style, to: Target = None, role: Role | None = None
    ) -> None:
        """Write a text that runs over the columns to its right."""
        self.sheet.label(row, column, text, style, to=to, role=role)
        self.sheet.running[row, column] = LAST_COLUMN

    def _settle(self, block: Block, row: int, column: int, **counters: int | None) -> Box:
        rows, columns = block.grid().shape
        row, column = row + block.margin, column + block.margin
        self.sheet.settle(block, Place(self.sheet.name, row, column, rows, columns, **counters))
        if block.margin:
            around = np.pad(np.zeros((rows, columns)), block.margin, constant_values=1)
            for r, c in np.argwhere(around) - block.margin:
                self.sheet.label(row + int(r), column + int(c), "", Style.MARGIN, number=0.0)
        if self.square is not None and block.value.ndim == 2:
            self.sheet.row_heights |= dict.fromkeys(range(row - block.margin, row + rows + block.margin), self.square)
        return Box(row + rows + block.margin, column + columns + block.margin)

    @singledispatchmethod
    def lay(self, item: Item, row: int, column: int) -> Box:
        """Lay an item from a cell on, and return the box that it takes."""
        raise TypeError(f"not an item of a page: {item!r}")

    @lay.register
    def _words(self, item: Words, row: int, column: int) -> Box:
        self._write(row, column, item.text, item.style, item.to, item.role)
        return Box(row + 1, column + 1)

    @lay.register
    def _cue(self, item: Cue, row: int, column: int) -> Box:
        self.sheet.label(row, column, item.cue, Style.CUE)
        column += ceil(CUE / (self.sheet.usual_width or ROOM))
        return self.lay(item.item, row, column + (column in self.sheet.gaps))  # a yellow cell needs a broad one

    @lay.register
    def _turn(self, item: Turn, row: int, column: int) -> Box:
        self._write(row, column, item.question, Style.PROSE)
        self._settle(item.answer, row + 1, column)
        self._sentence(Sentence(item.reply, Voice.REPLY), row + 1, column + 1)
        return Box(row + 2, column + 2)

    @lay.register
    def _step(self, item: Step, row: int, column: int) -> Box:
        sheet = self.sheet
        if item.title:
            row += 1
            sheet.step_labels.append((item.title, len(sheet.labels)))
            sheet.label(row, column, item.title, Style.STEP)
            sheet.fill(row, column + 1, RULE_COLUMNS - 1, Style.STEP)
            sheet.row_heights[row] = 21
        if item.mark is not None:
            if item.title:
                sheet.labels.pop()  # the rule's last cell is the mark's
            self._settle(item.mark, row, column + (RULE_COLUMNS - 1 if item.title else 0))
        return Box(row + 1, column + 1)

    @lay.register
    def _space(self, item: Space, row: int, column: int) -> Box:
        return Box(row + item.rows, column)

    @lay.register
    def _sentence(self, item: Sentence, row: int, column: int) -> Box:
        self._settle(item.block, row, column)
        self.sheet.running[row, column] = LAST_COLUMN
        self.sheet.looks[item.block.id] = STYLE_OF[item.voice]
        return Box(row + 1, column + 1)

    # -- blocks ---------------------------------------------------------------------------------------

    @lay.register
    def _shown(self, item: Shown, row: int, column: int) -> Box:
        if item.bare:
            return self._bare(item.block, row, column)
        if item.block.value.ndim == 0:
            return self._line(item.block, row, column)
        return self._titled(item.block, row, column)

    def _bare(self, block: Block, row: int, column: int) -> Box:
        """Lay a block with nothing but its headings."""
        row += block.columns is not None
        column += block.rows is not None
        return self._with_headings(block, row, column)

    def _with_headings(self, block: Block, row: int, column: int) -> Box:
        rows, columns = block.grid().shape
        self.sheet.headings(block.rows, row + block.margin, column - 1, rows, Direction.DOWN)
        self.sheet.headings(block.columns, row - 1, column + block.margin, columns, Direction.RIGHT)
        return self._settle(
            block,
            row,
            column,
            counter_row=row - 1 if readable(block.columns) else None,
            counter_column=column - 1 if readable(block.rows) else None,
        )

    def _line(self, block: Block, row: int, column: int) -> Box:
        """Lay a single number: its label over some columns, the number, and what there is to say of it."""
        if self.is_core:
            words = "   ".join(filter(None, (block.symbol, block.title)))
            self.sheet.label(row, column, words, Style.LINE, role=block.role)
        else:
            self.sheet.label(row, column, f"{SIGNS[block.role]} {named(block)}", Style.LABEL, role=block.role)
            self.sheet.fill(row, column + 1, self.label_columns - 1, Style.LABEL, block.role)
        at = column + self.label_columns
        self._settle(block, row, at)
        after = "   ".join(text for text in (block.unit, block.math, block.remark) if text)
        if after:
            self.sheet.label(row, at + 1, after, Style.UNIT)
        return Box(row + 1, at + 2 if after else at + 1)

    def _titled(self, block: Block, row: int, column: int) -> Box:
        """Lay a vector or matrix under its title."""
        shape = "" if self.is_core or self.square else f"  {shape_of(block)}"  # a picture shows its own
        words = named(block) if self.is_core else f"{SIGNS[block.role]} {named(block)}{shape}"
        first = column + (block.rows is not None)
        if words.strip():
            self.sheet.label(row, column, words, Style.NAME if self.is_core else Style.BLOCK, role=block.role)
            if not self.is_core:
                self.sheet.fill(row, column + 1, block.grid().shape[1] - (block.rows is None), Style.BLOCK, block.role)
            row += 1
        if block.math:
            self.sheet.label(row, column, block.math, Style.MATH)
            row += 1
        box = self._with_headings(block, row + (block.columns is not None), first)
        if block.remark:
            self._write(box.bottom, column, block.remark, Style.REMARK)
            box.bottom += 1
        return Box(box.bottom + 1, box.right)

    # -- tables ---------------------------------------------------------------------------------------

    @lay.register
    def _table(self, table: Table, row: int, column: int) -> Box:
        heads = [block for block in table.columns if block is not None]
        lines = [
            True,
            any(block.columns is not None or (not self.is_core and (block.symbol or block.unit)) for block in heads),
            any(block.math and not self.is_core for block in heads),
        ]
        first = row + sum(lines)
        left = column + (table.rows is not None)
        self.sheet.headings(table.rows, first, column, table.length, Direction.DOWN)
        counter = column if readable(table.rows) else None
        at = left
        for block in table.columns:
            at = at + 1 if block is None else self._table_column(block, row, at, first, counter, lines)
        for under, total in table.totals:
            self._settle(total, first + table.length, under.place.column)
            if self.is_core:
                self.sheet.looks[total.id] = Style.TOTAL
        if table.totals:
            before = min(under.place.column for under, _total in table.totals) - 1
            self.sheet.label(first + table.length, max(column, before), table.total_label, Style.ROW)
        if table.freeze:
            self.sheet.freeze = (first, left)
        return Box(first + table.length + bool(table.totals) + 1, at)

    def _table_column(
        self, block: Block, top: int, column: int, first: int, counter: int | None, lines: list[bool]
    ) -> int:
        columns = block.grid().shape[1]
        sheet = self.sheet
        counter_row = top + 1 if readable(block.columns) else None
        if self.is_core:
            words = (str(block.title), "" if block.columns is not None else block.symbol or block.unit, block.math)
            sheet.label(top, column, "\n".join(filter(None, words)), Style.HEAD, role=block.role)
            sheet.fill(top, column + 1, columns - 1, Style.HEAD, block.role)
            if columns == 1 and block.role is not Role.GIVEN:
                sheet.looks[block.id] = Style.CELL
        else:
            title = f"{SIGNS[block.role]} {block.title}"
            sheet.label(top, column, title, Style.COLUMN if columns == 1 else Style.BLOCK, role=block.role)
            sheet.fill(top, column + 1, columns - 1, Style.BLOCK, block.role)
            if block.math:
                sheet.label(first - 1, column, block.math, Style.COLUMN_MATH)
        if lines[1] and block.columns is None and not self.is_core:
            sheet.label(top + 1, column, block.symbol or block.unit, Style.COLUMN)
        elif lines[1]:
            sheet.headings(block.columns, top + 1, column, columns, Direction.RIGHT)
        return self._settle(block, first, column, counter_row=counter_row, counter_column=counter).right

    # -- places that hold others ------------------------------------------------------------------------

    @lay.register
    def _flow(self, flow: Flow, row: int, column: int) -> Box:
        kept = self.square
        if flow.square and flow.unit is not None:
            self.square = (flow.unit * 7 + 5) * 0.75
        right = column + 1
        for item in flow.items:
            box = self.lay(item, row, column)
            row, right = box.bottom, max(right, box.right)
        usual = flow.unit or self.sheet.usual_width or ROOM
        right = max(right, column + round(flow.characters / usual))
        if flow.unit is not None:
            self.sheet.widths |= dict.fromkeys(range(column, right), flow.unit)
        self.square = kept
        return Box(row, right)

    @lay.register
    def _side(self, side: Side, row: int, column: int) -> Box:
        bottom = row
        for flow, after in zip_longest(side.flows, side.flows[1:]):
            known = set(self.sheet.running)
            box = self.lay(flow, row, column)
            if flow is not side.flows[-1] or flow.characters:
                for cell in set(self.sheet.running) - known:
                    self.sheet.running[cell] = min(self.sheet.running[cell], box.right)
            if flow.square and after is not None and after.square:
                self.sheet.widths[box.right] = flow.unit or ROOM
            bottom, column = max(bottom, box.bottom), box.right + 1
        return Box(bottom, column - 1)

    @lay.register
    def _picture(self, item: Picture, row: int, column: int) -> Box:
        chart = item.chart
        self.sheet.charts.append(PlacedChart(row, column, chart))
        return Box(row + chart.rows + 1, column + chart.columns)

    @lay.register
    def _grid(self, grid: Grid, row: int, column: int) -> Box:
        sizes = {cell: _stack_size(items) for cell, items in grid.cells.items()}
        runs = {cell: [_stack_size(stack) for stack in stacks] for cell, stacks in grid.runs.items()}
        start = column
        tops: dict[int, int] = {}
        lefts: dict[int, int] = {}
        for band in sorted({band for band, _lane in [*sizes, *runs]}):
            tops[band] = row
            here = [size[0] for (b, _lane), size in sizes.items() if b == band]
            here += [size[0] for (b, _lane), stacks in runs.items() if b == band for size in stacks]
            row += max(here) + (not grid.tight)
        for lane in sorted({lane for _band, lane in [*sizes, *runs]}):
            free = [column]
            for (band, where), run in runs.items():
                if where == lane:  # what the band holds on its left, ends one column before the run
                    ends = [
                        lefts[l] + columns for (b, l), (_rows, columns) in sizes.items() if b == band and l in lefts
                    ]
                    free.append(max([start - 1, *ends]) + 2 + sum(columns for _rows, columns in run))
            lefts[lane] = max(free)
            widths = [size[1] for (_b, where), size in sizes.items() if where == lane]
            column = lefts[lane] + max(widths, default=0) + (lane not in grid.close)
            if grid.thin:
                self.sheet.lanes.append(range(lefts[lane], lefts[lane] + max(widths, default=1)))
                self.sheet.gaps |= {column - 1} if lane not in grid.close else set()
        for (band, lane), items in grid.cells.items():
            at, left = tops[band], lefts[lane]
            if lane in grid.ragged:
                widest = max(size[1] for (_b, where), size in sizes.items() if where == lane)
                left += widest - sizes[band, lane][1]
            for item in items:
                at = self._in_grid(item, at, left).bottom
            row = max(row, at)
        for (band, lane), stacks in grid.runs.items():
            left = lefts[lane] - 1 - sum(size[1] for size in runs[band, lane])
            for stack, size in zip(stacks, runs[band, lane], strict=True):
                at = tops[band]
                for item in stack:
                    at = self._in_grid(item, at, left).bottom
                row = max(row, at)
                left += size[1]
        return Box(row + grid.tight, column)

    def _in_grid(self, item: Item, row: int, column: int) -> Box:
        if isinstance(item, Words):
            self.sheet.label(row, column, item.text, item.style, to=item.to)
            return Box(row + 1, column + 1)
        return self.lay(item, row, column)


def _stack_size(items: list[Item]) -> tuple[int, int]:
    """Return how many rows and columns the items of a grid's cell take."""
    sizes = [_size(item) for item in items]
    return sum(rows for rows, _columns in sizes), max((columns for _rows, columns in sizes), default=1)


def _size(item: Item) -> tuple[int, int]:
    if isinstance(item, Shown):
        rows, columns = item.block.grid().shape
        around = 2 * item.block.margin
        return rows + around + (item.block.columns is not None), columns + around + (item.block.rows is not None)
    if isinstance(item, Flow):
        return _stack_size(item.items)
    if isinstance(item, Grid):
        return _grid_size(item)
    return (item.rows, 1) if isinstance(item, Space) else (1, 1)


def _grid_size(grid: Grid) -> tuple[int, int]:
    """Return how many rows and columns the cells of a grid take that stands in another."""
    sizes = {cell: _stack_size(items) for cell, items in grid.cells.items()}
    bands, lanes = ({cell[axis] for cell in sizes} for axis in (0, 1))
    rows = sum(max(size[0] for (b, _lane), size in sizes.items() if b == band) for band in bands)
    columns = sum(max(size[1] for (_b, l), size in sizes.items() if l == lane) for lane in lanes)
    return rows + len(bands) * (not grid.tight), columns + len(lanes - grid.close)
