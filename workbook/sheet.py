"""A sheet: numbered steps, sentences, blocks and charts, laid out from top to bottom.

Placement is the sheet's business. A scenario adds things in reading order; a block gets its place when it
is added. Rows and columns count from 0. Column A holds headings of rows and the beginning of every
sentence; the values begin in column B.
"""

from __future__ import annotations

import string
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from workbook.block import SIGNS, Between, Block, Counter, Formula, Headings, OneOf, Place, Role, Value
from workbook.chart import Chart
from workbook.formula import (
    Direction,
    Expr,
    FormulaError,
    Operand,
    Ref,
    absolute,
    as_ref,
    cell_name,
    equal,
    fixed,
    fixed_as_typed,
    if_,
    joined,
    rounded,
    rounded_as_shown,
    sqrt,
    squared_distance,
)
from workbook.text import _, fixed_text, paragraph, text_as_typed

if TYPE_CHECKING:
    from workbook.book import Book

PROSE_WIDTH = 112
LABEL_COLUMNS = 3
"""The label of a single number runs over so many columns; the number stands right of them."""

RULE_COLUMNS = 8
"""The rule under a step's title runs over so many columns."""

USUAL_BOUND = 1e6
"""What may be typed in where a scenario does not say it: numbers up to this, or ten times what stands there."""

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
HOLDS, FAILS, NOT_APPLICABLE = "✓", "✗", "–"


class Style(Enum):
    """How a label looks."""

    TITLE = "title"
    STEP = "step"
    PROSE = "prose"
    MATH = "math"
    REMARK = "remark"
    BLOCK = "block"
    COLUMN = "column"
    COLUMN_MATH = "column math"
    ROW = "row"
    LABEL = "label"
    UNIT = "unit"
    LINK = "link"
    SUBLINK = "link below another"
    ARROW = "arrow"


@dataclass(frozen=True)
class Label:
    """A text (or a counter's number) that is no block: headings, sentences, links."""

    row: int
    column: int
    text: str
    style: Style
    role: Role | None = None
    number: float | None = None
    link: str | None = None
    blank: bool = False


@dataclass(frozen=True)
class PlacedChart:
    """A chart and the cell of its upper left corner."""

    row: int
    column: int
    chart: Chart


@dataclass(frozen=True)
class Step:
    """A numbered step, for the table of contents."""

    number: int
    title: str
    sheet: str
    row: int


@dataclass(frozen=True)
class Check:
    """One line that holds the workbook to account; its verdict is ✓, ✗ or – (does not apply)."""

    title: str
    verdict: Block


class _Adder(ABC):
    """What blocks are added to, each by the name of its role; `fields` are those of `Block`."""

    @abstractmethod
    def add(self, block: Block) -> Block:
        """Give a block its place and state its formula; return it."""

    def given(self, id: str, value: Any, **fields: Any) -> Block:
        """Add typed-in numbers that the reader may change."""
        value = np.asarray(value)
        if value.dtype.kind in "biuf":
            most = max(USUAL_BOUND, 10 * float(np.abs(value).max(initial=0)))
            fields.setdefault("valid", Between(-most, most))
        return self.add(Block(id, Role.GIVEN, value, **fields))

    def recorded(self, id: str, value: Any, **fields: Any) -> Block:
        """Add numbers that NumPy computed and no formula recomputes; the sheet says so."""
        return self.add(Block(id, Role.RECORDED, np.asarray(value), **fields))

    def derived(self, id: str, value: Any, formula: Formula | None, **fields: Any) -> Block:
        """Add numbers computed from what stands before."""
        return self.add(Block(id, Role.DERIVED, np.asarray(value), formula=formula, **fields))

    def gradient(self, id: str, value: Any, formula: Formula | None, **fields: Any) -> Block:
        """Add derivatives."""
        return self.add(Block(id, Role.GRADIENT, np.asarray(value), formula=formula, **fields))

    def updated(self, id: str, value: Any, formula: Formula | None, **fields: Any) -> Block:
        """Add parameters after a step of descent; in a table, one step after the other."""
        return self.add(Block(id, Role.UPDATED, np.asarray(value), formula=formula, **fields))


@dataclass
class Sheet(_Adder):
    """One sheet of a book; make it with `Book.sheet`.

    Parameters
    ----------
    name : in English, one word: it stands in formulas
    title : what the reader sees on top
    column_width : one width for all columns but the first, in characters; None fits each to what it holds
    row_height : the height in points of rows that have none of their own
    widths : columns that keep a width of their own
    freeze : how many rows and columns stay in view
    landscape : how it is printed; None as its width asks for
    one_page : whether it is printed on one page, however small
    cursor : the row that is written next
    """

    book: Book
    name: str
    title: str
    column_width: float | None = None
    row_height: float | None = None
    blocks: list[Block] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    charts: list[PlacedChart] = field(default_factory=list)
    step_labels: list[tuple[str, int]] = field(default_factory=list)
    row_heights: dict[int, float] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    freeze: tuple[int, int] = (2, 0)
    landscape: bool | None = None
    one_page: bool = False
    cursor: int = 3

    def __post_init__(self) -> None:
        self._beside: _Beside | None = None
        self.label(0, 0, self.title, Style.TITLE)
        if self.name != "Start":
            self.label(1, 0, _("← Start"), Style.LINK, link="Start!A1")

    # -- words ---------------------------------------------------------------------------------------

    def label(self, row: int, column: int, text: str, style: Style, **more: Any) -> None:
        """Write a text into a cell; `more` are the other fields of `Label`."""
        self.labels.append(Label(row, column, text, style, **more))

    def fill(self, row: int, column: int, count: int, style: Style, role: Role | None = None) -> None:
        """Give empty cells the look of a label, so that its words run on over them."""
        for n in range(count):
            self.label(row, column + n, "", style, role=role, blank=True)

    def line_label(self, row: int, column: int, text: str, role: Role) -> None:
        """Write the label of a single number, which stands LABEL_COLUMNS to the right."""
        self.label(row, column, text, Style.LABEL, role=role)
        self.fill(row, column + 1, LABEL_COLUMNS - 1, Style.LABEL, role)

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
        parts, shown = _sentence_parts(template, numbers)
        block = Block(
            id, Role.DERIVED, np.asarray(shown, dtype=object), formula=lambda: joined(*parts), number_format="@"
        )
        self.settle(block, Place(self.name, self.reserve() if row is None else row, 0, 1, 1))
        block.state()
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
        block.state()
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
        self.label(row, left, f"{SIGNS[block.role]} {named(block)}  {_shape(block)}", Style.BLOCK, role=block.role)
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
        counter_column = column - 1 if _readable(block.rows) else None
        counter_row = row - 1 if _readable(block.columns) else None
        self.headings(block.rows, row, column - 1, rows, Direction.DOWN)
        self.headings(block.columns, row - 1, column, columns, Direction.RIGHT)
        self.settle(block, Place(self.name, row, column, rows, columns, counter_row, counter_column))

    def headings(self, headings: Headings, row: int, column: int, count: int, direction: Direction) -> None:
        """Write `count` headings from a cell on, down or to the right."""
        if headings is None:
            return
        style = Style.ROW if direction is Direction.DOWN else Style.COLUMN
        for n in range(count):
            cell = (row + n, column) if direction is Direction.DOWN else (row, column + n)
            if isinstance(headings, Counter):
                self.label(*cell, headings.prefix, style, number=headings.start + n)
            else:
                self.label(*cell, headings[n], style)

    def settle(self, block: Block, place: Place) -> None:
        """Give a block its place, without headings; its formula can be stated once those are there that it reads."""
        block.put(place)
        self.book.register(block)
        self.blocks.append(block)

    def refuse_overlaps(self) -> None:
        """See to it that no cell is written twice: a spreadsheet takes such a file for damaged.

        Raises
        ------
        ValueError
            If a block lies on a label or another block, two labels in one cell differ, or something lies off the sheet.
        """
        words: dict[tuple[int, int], tuple[str, float | None]] = {}
        for label in self.labels:
            if label.text or label.number is not None or label.blank:
                said = words.setdefault((label.row, label.column), (label.text, label.number))
                if said != (label.text, label.number):
                    raise ValueError(
                        f"{self.name}: {label.text!r} lies on {said} at {cell_name(label.row, label.column)}"
                    )
        spans = [(block.place.row, block.place.column, block.place.rows, block.place.columns) for block in self.blocks]
        spans += [(row, column, 1, 1) for row, column in words]
        bottom = max(row + rows for row, _column, rows, _columns in spans)
        right = max(column + columns for _row, column, _rows, columns in spans)
        if min(min(row, column) for row, column, *_size in spans) < 0 or bottom > MOST_ROWS or right > MOST_COLUMNS:
            raise ValueError(f"{self.name}: {bottom} rows by {right} columns, or something left of or above cell A1")
        taken = np.zeros((bottom, right), dtype=bool)
        for row, column, rows, columns in spans:
            cells = taken[row : row + rows, column : column + columns]
            if cells.any():
                raise ValueError(f"{self.name}: a block lies on top of something else near {cell_name(row, column)}")
            cells[...] = True

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
        left, right = as_ref(ours), as_ref(expected)
        if left.spans != right.spans:
            raise FormulaError(f"{id}: {left.block.id} {left.spans} is held against {right.block.id} {right.spans}")
        unit = None if scale is None else as_ref(scale)
        apart = float(np.sqrt(np.sum((value_of(left) - value_of(right)) ** 2)))
        apart /= 1.0 if unit is None else float(value_of(unit))
        scalar = not left.spans

        def difference_formula() -> Expr:
            length = absolute(left - right) if scalar else sqrt(squared_distance(left, right))
            return length if unit is None else length / unit

        difference = Block(
            f"{id}_difference",
            Role.CHECK,
            np.asarray(apart),
            formula=difference_formula,
            number_format="0.0E+00",
        )
        bound = Block(f"{id}_tolerance", Role.RECORDED, np.asarray(tolerance), number_format="0.0E+00")
        needed = None if applies is None else as_ref(applies)

        def verdict_formula() -> Expr:
            holds = if_(difference <= bound, HOLDS, FAILS)
            return holds if needed is None else if_(equal(needed, 0), NOT_APPLICABLE, holds)

        outcome = HOLDS if apart <= tolerance else FAILS
        if needed is not None and not value_of(needed):
            outcome = NOT_APPLICABLE
        verdict = Block(
            f"{id}_verdict",
            Role.CHECK,
            np.asarray(outcome, dtype=object),
            formula=verdict_formula,
            number_format="@",
        )
        return self._check_row(title, difference, "≤", bound, verdict)

    def printed(self, id: str, title: str, ours: Operand, printed: float, digits: int) -> Block:
        """Hold a number, rounded to so many digits, against the figure that the article prints.

        The verdict is – once the reader has changed an input that the article gives.
        """
        ref = as_ref(ours)
        shown = float(fixed_text(float(value_of(ref)), digits))
        number_format = "0." + "0" * digits if digits else "0"
        here = Block(
            f"{id}_rounded",
            Role.CHECK,
            np.asarray(shown),
            formula=lambda: rounded(ref, digits),
            number_format=number_format,
        )
        there = Block(f"{id}_printed", Role.RECORDED, np.asarray(printed), number_format=number_format)
        same_inputs = self.book.article_flag
        verdict = Block(
            f"{id}_verdict",
            Role.CHECK,
            np.asarray(NOT_APPLICABLE, dtype=object),
            formula=lambda: if_(same_inputs, if_(equal(here, there), HOLDS, FAILS), NOT_APPLICABLE),
            number_format="@",
        )
        self.book.printed_checks.append((verdict, shown == printed))
        return self._check_row(title, here, _("printed:"), there, verdict)

    def _check_row(self, title: str, left: Block, sign: str, right: Block, verdict: Block) -> Block:
        self.line_label(self.cursor, 0, f"{SIGNS[Role.CHECK]} {title}", Role.CHECK)
        first = LABEL_COLUMNS
        self.label(self.cursor, first + 1, sign, Style.ARROW)
        for block, column in ((left, first), (right, first + 2), (verdict, first + 3)):
            self.settle(block, Place(self.name, self.cursor, column, 1, 1))
            block.state()
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


THIN = 4.0
"""The height in points of a heading row that no column of a table uses."""


class Table(_Adder):
    """A table whose columns are blocks: every column has a title, a symbol and its mathematics above it.

    Columns that continue a sequence (they have a `first` formula) may read columns that are added after
    them; their formulas are stated when the table ends.
    """

    HEADING_ROWS = 3

    def __init__(self, sheet: Sheet, rows: Headings, length: int, freeze: bool) -> None:
        self.sheet = sheet
        self.rows = rows
        self.length = length
        self.top = sheet.cursor
        self.first_row = self.top + self.HEADING_ROWS
        self.column = 1
        self._pending: list[Block] = []
        self._has_totals = False
        self._counter_column = 0 if _readable(rows) else None
        sheet.headings(rows, self.first_row, 0, length, Direction.DOWN)
        if freeze:
            sheet.freeze = (self.first_row, 1)

    def __enter__(self) -> Table:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            for block in self._pending:
                block.state()
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
        counter_row = top + 1 if _readable(block.columns) else None
        place = Place(sheet.name, self.first_row, self.column, self.length, columns, counter_row, self._counter_column)
        sheet.settle(block, place)
        if block.first is None:
            block.state()
        else:
            self._pending.append(block)
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
        block.state()
        return block


def _readable(headings: Headings) -> bool:
    """Tell whether formulas may read a heading as a position: it counts from 1."""
    return isinstance(headings, Counter) and headings.start == 1


def value_of(ref: Ref) -> Value:
    """Return NumPy's value of what a reference points to; it has no symbolic indices."""
    keys: Any = ref.keys  # integers and slices only: symbolic indices have no value
    value: Value = ref.block.value[keys]
    return value


def named(block: Block) -> str:
    """Return a block's symbol and title, whichever it has."""
    return f"{block.symbol} — {block.title}" if block.symbol and block.title else block.symbol or block.title


def _shape(block: Block) -> str:
    if block.value.ndim == 2:
        return "[{}×{}]".format(*block.shape)
    rows, columns = block.grid().shape
    return f"[{rows}×{columns}]"


def _has_decimals(block: Block) -> bool:
    """Tell whether a reader may type a number with decimals into a block."""
    whole = isinstance(block.valid, Between) and block.valid.whole
    return block.role is Role.GIVEN and not whole and not isinstance(block.valid, OneOf)


def _sentence_parts(template: str, numbers: dict[str, Operand]) -> tuple[list[Expr | str], str]:
    """Split a sentence into the parts of its formula, and write it out with NumPy's numbers."""
    parts: list[Expr | str] = []
    shown = ""
    for words, name, spec, _conversion in string.Formatter().parse(template):
        if words:
            parts.append(words)
            shown += words
        if name is None:
            continue
        ref = as_ref(numbers[name])
        value = value_of(ref)
        if ref.block.is_text:
            parts.append(ref)
            shown += str(value)
            continue
        form = spec or "4"
        digits = int(form.rstrip("tp"))
        if "t" in form or _has_decimals(ref.block):
            text, number, rounding = text_as_typed(float(value), digits), fixed_as_typed(ref, digits), rounded(ref, 9)
        else:
            text, number, rounding = fixed_text(float(value), digits), fixed(ref, digits), rounded_as_shown(ref, digits)
        if form.endswith("p"):  # by the number that is shown: (0.0000) would be none
            number = if_(rounding < 0, joined("(", number, ")"), number)
            text = f"({text})" if text.startswith("-") else text
        parts.append(number)
        shown += text
    return parts, shown
