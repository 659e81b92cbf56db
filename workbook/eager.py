"""The older way to make a sheet: every item is placed at the moment it is added, from top to bottom.

Scenarios that have not moved to `workbook.page` yet use it; rows and columns count from 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

from workbook.block import SIGNS, Block, Headings, Place, Role
from workbook.chart import Chart
from workbook.expression import Direction, Operand
from workbook.sheet import (
    HEADING_ROWS,
    LABEL_COLUMNS,
    PROSE_WIDTH,
    RULE_COLUMNS,
    THIN,
    Adder,
    Check,
    PlacedChart,
    Style,
    check_blocks,
    named,
    printed_blocks,
    readable,
    sentence_block,
    shape_of,
)
from workbook.sheet import Sheet as PlacedSheet
from workbook.text import _, paragraph

if TYPE_CHECKING:
    from workbook.book import Book


@dataclass
class Sheet(PlacedSheet, Adder):
    """A sheet that is filled from top to bottom; make it with `Book.sheet`."""

    cursor: int = 3

    def __post_init__(self) -> None:
        self._beside: _Beside | None = None
        self.label(0, 0, self.title, Style.TITLE)
        self.label(1, 0, _("← Start"), Style.LINK, link=f"{self.book.start.name}!A1")

    @property
    def owner(self) -> Book:
        return self.book

    def settle(self, block: Block, place: Place) -> None:
        """Give a block its place, without headings, and take note of it."""
        self.book.register(block)
        super().settle(block, place)

    def step(self, title: str, why: str = "", math: str = "") -> None:
        """Begin a numbered step: its title, a sentence of why, and the mathematics."""
        self.cursor += 1
        self.step_labels.append((title, len(self.labels)))
        self.label(self.cursor, 0, title, Style.STEP)  # the book numbers the steps when it is whole
        self.fill(self.cursor, 1, RULE_COLUMNS - 1, Style.STEP)
        self.row_heights[self.cursor] = 21
        self.cursor += 1
        if why:
            self._prose(why, Style.PROSE)
        if math:
            self._prose(math, Style.MATH)
        self.cursor += 1

    def text(self, words: str) -> None:
        """Write a paragraph."""
        self._prose(words, Style.PROSE)

    def remark(self, words: str) -> None:
        """Write a remark: where a number comes from, or what the article's text gets wrong."""
        self._prose(words, Style.REMARK)

    def math(self, formula: str) -> None:
        """Write a line of mathematics."""
        self._prose(formula, Style.MATH)

    def gap(self, rows: int = 1) -> None:
        """Leave rows empty."""
        self.cursor += rows

    def _prose(self, words: str, style: Style) -> None:
        for line in paragraph(words, PROSE_WIDTH):
            self.label(self.cursor, 0, line, style)
            self.cursor += 1

    def sentence(self, id: str, template: str, row: int | None = None, **numbers: Operand) -> Block:
        """Write a sentence with live numbers, such as ``"z₁ = {w:2}·{x:2} = {z:3}"``.

        A field's format is its number of decimals; a ``p`` after it puts negative numbers in brackets. A yellow cell's
        number is shown with more decimals if it has more, up to nine; so is, with a ``t``, what another cell took from it.
        Each number is a reference to one cell. With a `row` that was reserved the sentence stands higher up, where its
        news is wanted.
        """
        block = sentence_block(self.book, id, template, numbers)
        self.settle(block, Place(self.name, self.reserve() if row is None else row, 0, 1, 1))
        return block

    def reserve(self) -> int:
        """Keep a row free for a sentence about blocks that come further down; return the row."""
        self.cursor += 1
        return self.cursor - 1

    # -- blocks --------------------------------------------------------------------------------------

    def add(self, block: Block, at: tuple[int, int] | None = None) -> Block:
        """Put a block on the sheet: below what stands there, beside it, or with its first value `at` a cell."""
        if at is not None:
            self._put(block, *at)
        elif self._beside is not None:
            self._add_beside(block, self._beside)
        elif block.value.ndim == 0:
            self._put_scalar(block, self.cursor, 0)
            self.cursor += 1
        else:
            bottom, _right = self._put_titled(block, self.cursor, 0)
            self.cursor = bottom + 1
        return block

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Put the blocks that are added in this context next to one another."""
        if self._beside is not None:
            raise ValueError(f"{self.name}: blocks are put beside one another already")
        self._beside = _Beside(self.cursor, 0, self.cursor)
        yield
        self.cursor = self._beside.bottom + 1
        self._beside = None

    def table(self, rows: Headings, length: int, *, freeze: bool = False) -> Table:
        """Begin a table whose columns are blocks of `length` rows; use it in a ``with`` statement."""
        return Table(self, rows, length, freeze)

    def chart(self, chart: Chart, at: tuple[int, int] | None = None) -> None:
        """Draw a chart below what stands there, or beside it, or with its corner `at` a cell."""
        if at is not None:
            self.charts.append(PlacedChart(*at, chart))
        elif self._beside is not None:
            self.charts.append(PlacedChart(self._beside.top, self._beside.left, chart))
            self._beside.advance(self._beside.top + chart.rows, self._beside.left + chart.columns)
        else:
            self.charts.append(PlacedChart(self.cursor, 0, chart))
            self.cursor += chart.rows + 1

    def _add_beside(self, block: Block, group: _Beside) -> None:
        if block.value.ndim == 0:
            self._put_scalar(block, group.top, group.left)
            group.advance(group.top + 1, group.left + LABEL_COLUMNS + 2)
        else:
            group.advance(*self._put_titled(block, group.top, group.left))

    def _put_scalar(self, block: Block, row: int, left: int) -> None:
        label = f"{SIGNS[block.role]} {named(block)}"
        self.line_label(row, left, label, block.role)
        after = "   ".join(text for text in (block.unit, block.math, block.remark) if text)
        if after:
            self.label(row, left + LABEL_COLUMNS + 1, after, Style.UNIT)
        self.settle(block, Place(self.name, row, left + LABEL_COLUMNS, 1, 1))

    def _put_titled(self, block: Block, top: int, left: int) -> tuple[int, int]:
        """Put a vector or matrix with its title; return the row below it and the column right of it."""
        row = top
        self.label(row, left, f"{SIGNS[block.role]} {named(block)}  {shape_of(block)}", Style.BLOCK, role=block.role)
        self.fill(row, left + 1, block.grid().shape[1], Style.BLOCK, block.role)
        row += 1
        if block.math:
            self.label(row, left, block.math, Style.MATH)
            row += 1
        rows, columns = block.grid().shape
        first_column = left + 1
        if block.columns is not None:
            row += 1
        self._put(block, row, first_column)
        bottom = row + rows
        if block.remark:
            self.label(bottom, left, block.remark, Style.REMARK)
            bottom += 1
        return bottom, first_column + columns

    def _put(self, block: Block, row: int, column: int) -> None:
        """Put a block's values at a cell, its headings to the left and above."""
        rows, columns = block.grid().shape
        counter_column = column - 1 if readable(block.rows) else None
        counter_row = row - 1 if readable(block.columns) else None
        self.headings(block.rows, row, column - 1, rows, Direction.DOWN)
        self.headings(block.columns, row - 1, column, columns, Direction.RIGHT)
        self.settle(block, Place(self.name, row, column, rows, columns, counter_row, counter_column))

    # -- checks --------------------------------------------------------------------------------------

    def check(
        self,
        id: str,
        title: str,
        ours: Operand,
        expected: Operand,
        tolerance: float,
        scale: Operand | None = None,
        applies: Operand | None = None,
    ) -> Block:
        """Hold one number or range against another; ✓ where they differ by no more than the tolerance.

        The difference of two ranges is the length of the vector between them. With a `scale`, one cell, the difference
        is divided by it: numbers that are differences of large ones can only be right in proportion to these. `applies`
        is a cell that is 0 where the two need not agree, such as once the reader has changed what a recording began
        from.

        Raises
        ------
        FormulaError
            If one is a number and the other a range, or they do not lie alike.
        """
        left, right, verdict = check_blocks(id, ours, expected, tolerance, scale, applies)
        return self._check_row(title, left, "≤", right, verdict)

    def printed(self, id: str, title: str, ours: Operand, printed: float, digits: int) -> Block:
        """Hold a number, rounded to so many digits, against the figure that the article prints.

        The verdict is – once the reader has changed an input that the article gives.
        """
        left, right, verdict = printed_blocks(self.book, id, ours, printed, digits)
        return self._check_row(title, left, _("printed:"), right, verdict)

    def _check_row(self, title: str, left: Block, sign: str, right: Block, verdict: Block) -> Block:
        self.line_label(self.cursor, 0, f"{SIGNS[Role.CHECK]} {title}", Role.CHECK)
        first = LABEL_COLUMNS
        self.label(self.cursor, first + 1, sign, Style.ARROW)
        for block, column in ((left, first), (right, first + 2), (verdict, first + 3)):
            self.settle(block, Place(self.name, self.cursor, column, 1, 1))
        self.book.checks.append(Check(title, verdict))
        self.cursor += 1
        return verdict


@dataclass
class _Beside:
    """Where the next block of a side-by-side group goes."""

    top: int
    left: int
    bottom: int

    def advance(self, bottom: int, right: int) -> None:
        self.bottom = max(self.bottom, bottom)
        self.left = right + 1


class Table(Adder):
    """A table whose columns are blocks: every column has a title, a symbol and its mathematics above it.

    A formula may read columns that are added after its own: formulas are rendered when the book is whole.
    """

    def __init__(self, sheet: Sheet, rows: Headings, length: int, freeze: bool) -> None:
        self.sheet = sheet
        self.rows = rows
        self.length = length
        self.top = sheet.cursor
        self.first_row = self.top + HEADING_ROWS
        self.column = 1
        self._has_totals = False
        self._counter_column = 0 if readable(rows) else None
        sheet.headings(rows, self.first_row, 0, length, Direction.DOWN)
        if freeze:
            sheet.freeze = (self.first_row, 1)

    @property
    def owner(self) -> Book:
        return self.sheet.book

    def __enter__(self) -> Table:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        used = {label.row for label in self.sheet.labels if label.text or label.number is not None}
        for row in range(self.top, self.first_row):
            if row not in used:
                self.sheet.row_heights[row] = THIN
        self.sheet.cursor = self.first_row + self.length + (1 if self._has_totals else 0) + 1

    def add(self, block: Block) -> Block:
        """Add a column (a vector) or several (a matrix) to the right."""
        if len(block.grid()) != self.length:
            raise ValueError(f"{block.id}: {len(block.grid())} rows in a table of {self.length}")
        columns = block.grid().shape[1]
        sheet, top = self.sheet, self.top
        title = f"{SIGNS[block.role]} {block.title}"
        sheet.label(top, self.column, title, Style.COLUMN if columns == 1 else Style.BLOCK, role=block.role)
        sheet.fill(top, self.column + 1, columns - 1, Style.BLOCK, block.role)
        if block.columns is None:
            sheet.label(top + 1, self.column, block.symbol or block.unit, Style.COLUMN)
        else:
            sheet.headings(block.columns, top + 1, self.column, columns, Direction.RIGHT)
        if block.math:
            sheet.label(top + 2, self.column, block.math, Style.COLUMN_MATH)
        counter_row = top + 1 if readable(block.columns) else None
        place = Place(sheet.name, self.first_row, self.column, self.length, columns, counter_row, self._counter_column)
        sheet.settle(block, place)
        self.column += columns
        return block

    def skip(self, columns: int = 1) -> None:
        """Leave columns empty."""
        self.column += columns

    def total(self, under: Block, block: Block, label: str = "Σ") -> Block:
        """Put a scalar under a column."""
        row = self.first_row + self.length
        if not self._has_totals:
            self.sheet.label(row, 0, label, Style.ROW)
        self._has_totals = True
        self.sheet.settle(block, Place(self.sheet.name, row, under.place.column, 1, 1))
        return block
