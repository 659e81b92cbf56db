"""A sheet with everything in its place, what checks and sentences are made of, and what blocks are added to.

Rows and columns count from 0. A page is laid out onto a sheet (`workbook.layout`); writer, linter and printer read it.
"""

from __future__ import annotations

import re
import string
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

from workbook.addresses import cell_name
from workbook.block import Between, Block, Counter, Formula, Headings, OneOf, Place, Role, Value
from workbook.chart import Chart
from workbook.expression import Direction, Expr, FormulaError, Operand, Ref, as_ref
from workbook.formula import (
    absolute,
    as_it_is,
    equal,
    fixed_size,
    if_,
    joined,
    rounded,
    rounded_as_shown,
    size_as_typed,
    sqrt,
    squared_distance,
)
from workbook.text import MINUS, MOST_DECIMALS, _, fixed_text, text_as_typed

if TYPE_CHECKING:
    from workbook.book import Book
    from workbook.page import Page
    from workbook.parameter import Parameter

PROSE_WIDTH = 112
LABEL_COLUMNS = 3
"""The label of a single number runs over so many columns; the number stands right of them."""

RULE_COLUMNS = 8
"""The rule under a step's title runs over so many columns."""

USUAL_BOUND = 1e6
"""What may be typed in where a scenario does not say it: numbers up to this, or ten times what stands there."""

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
HOLDS, FAILS, NOT_APPLICABLE = "✓", "✗", "–"


class Kind(Enum):
    """What a sheet is in the story; a book shows its sheets in this order, each kind with tabs of its own colour."""

    START = "start"
    CORE = "core"
    ARTICLE = "article"
    DEEPER = "deeper"
    DATA = "data"
    CHECKS = "checks"


class Style(Enum):
    """How a label looks."""

    TITLE = "title"
    STEP = "step"
    PROSE = "prose"
    MATH = "math"
    CODE = "code"
    CLAIM = "claim"
    CUE = "cue"
    LIVE = "live"
    HEADLINE = "headline"
    REPLY = "reply"
    KEY = "key"
    HEAD = "head"
    CELL = "cell"
    TOTAL = "total"
    LINE = "line"
    NAME = "name"
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
    MARGIN = "margin"


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
    to: Block | Page | Sheet | None = None
    blank: bool = False

    @property
    def target(self) -> str | None:
        """The cell that it leads to, such as Data!A1; None where it leads nowhere."""
        if isinstance(self.to, Block):
            return f"{self.to.place.sheet}!{cell_name(self.to.place.row, self.to.place.column)}"
        return self.link if self.to is None else f"{self.to.name}!A1"


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
    """Two numbers of a page that must agree: ✓, ✗ or – (does not apply); they stand on the sheet Checks."""

    title: str
    verdict: Block
    left: Block
    sign: str
    right: Block
    page: Page


class Adder(ABC):
    """What blocks are added to, each by the name of its role; `fields` are those of `Block`."""

    @property
    @abstractmethod
    def owner(self) -> Book:
        """The book that it belongs to."""

    @abstractmethod
    def add(self, block: Block) -> Block:
        """Put a block where this is being filled; return it."""

    def given(self, id: str, value: Any, symbol: str = "", title: str = "", **fields: Any) -> Block:
        """Add typed-in numbers that the reader may change; whoever makes the book may have replaced them."""
        value = np.asarray(self.owner.replaced.get(id.lower(), value))
        if value.dtype.kind in "biuf":
            most = max(USUAL_BOUND, 10 * float(np.abs(value).max(initial=0)))
            fields.setdefault("valid", Between(-most, most))
        return self.add(Block.declared(id, Role.GIVEN, value, title=title, symbol=symbol, **fields))

    def setting(self, parameter: Parameter, id: str = "", **fields: Any) -> Block:
        """Add one of the scenario's parameters as a yellow cell: value, bounds, symbol and title are declared there.

        Its id is the parameter's key unless another is given.
        """
        stated: dict[str, Any] = {"symbol": parameter.symbol, "title": _(parameter.title), "unit": parameter.unit}
        stated["vary"] = parameter.vary
        if parameter.printed:
            stated["article"] = np.asarray(parameter.default)
        value = self.owner.settings.get(parameter.key, parameter.default)
        value = float(value) if isinstance(value, int) else value
        return self.given(id or parameter.key, value, **{**stated, "valid": parameter.bounds, **fields})

    def recorded(self, id: str, value: Any, symbol: str = "", title: str = "", **fields: Any) -> Block:
        """Add numbers that NumPy computed and no formula recomputes; the sheet says so."""
        return self.add(Block.declared(id, Role.RECORDED, value, title=title, symbol=symbol, **fields))

    def derived(
        self, id: str, value: Any, formula: Formula | None, symbol: str = "", title: str = "", **fields: Any
    ) -> Block:
        """Add numbers computed from what stands before."""
        stated = {"title": title, "symbol": symbol, "formula": formula, **fields}
        return self.add(Block.declared(id, Role.DERIVED, value, **stated))

    def gradient(
        self, id: str, value: Any, formula: Formula | None, symbol: str = "", title: str = "", **fields: Any
    ) -> Block:
        """Add derivatives."""
        stated = {"title": title, "symbol": symbol, "formula": formula, **fields}
        return self.add(Block.declared(id, Role.GRADIENT, value, **stated))

    def updated(
        self, id: str, value: Any, formula: Formula | None, symbol: str = "", title: str = "", **fields: Any
    ) -> Block:
        """Add parameters after a step of descent; in a table, one step after the other."""
        stated = {"title": title, "symbol": symbol, "formula": formula, **fields}
        return self.add(Block.declared(id, Role.UPDATED, value, **stated))


@dataclass
class Sheet:
    """One sheet of a book, with everything in its place; rows and columns count from 0.

    Parameters
    ----------
    name : what stands on the tab, one word: it stands in formulas
    key : the same in English
    title : what the reader sees on top
    widths : columns that keep a width of their own
    freeze : how many rows and columns stay in view
    landscape : how it is printed; None as its width asks for
    one_page : whether it is printed on one page, however small
    kind : what it is in the story
    usual_width : the width in characters of columns that ask for no more
    gaps : columns that only part what stands beside them; they are narrow where no number stands in them
    lanes : columns that have one width, that of the widest
    running : cells whose text runs on over the columns to their right, up to a column that it does not reach
    looks : the look of blocks that have not their role's, by their ids
    hidden : whether its tab is not seen
    """

    book: Book
    name: str
    title: str
    blocks: list[Block] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    charts: list[PlacedChart] = field(default_factory=list)
    step_labels: list[tuple[str, int]] = field(default_factory=list)
    row_heights: dict[int, float] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    freeze: tuple[int, int] = (2, 0)
    landscape: bool | None = None
    one_page: bool = False
    kind: Kind = Kind.DEEPER
    usual_width: float | None = None
    gaps: set[int] = field(default_factory=set)
    lanes: list[range] = field(default_factory=list)
    running: dict[tuple[int, int], int] = field(default_factory=dict)
    looks: dict[str, Style] = field(default_factory=dict)
    key: str = ""
    hidden: bool = False

    # -- words ---------------------------------------------------------------------------------------

    def label(self, row: int, column: int, text: str, style: Style, **more: Any) -> None:
        """Write a text into a cell; `more` are the other fields of `Label`."""
        self.labels.append(Label(row, column, text, style, **more))

    def fill(self, row: int, column: int, count: int, style: Style, role: Role | None = None) -> None:
        """Give empty cells the look of a label, so that its words run on over them."""
        for n in range(count):
            self.label(row, column + n, "", style, role=role, blank=True)

    # -- blocks ---------------------------------------------------------------------------------------

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
        """Give a block its place, without headings."""
        block.put(place)
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


def readable(headings: Headings) -> bool:
    """Tell whether formulas may read a heading as a position: it counts from 1."""
    return isinstance(headings, Counter) and headings.start == 1


def check_blocks(
    id: str, ours: Operand, expected: Operand, tolerance: float, scale: Operand | None, applies: Operand | None
) -> tuple[Block, Block, Block]:
    """Return the difference of two numbers or ranges, the tolerance, and the verdict."""
    left, right = as_ref(ours), as_ref(expected)
    if left.spans != right.spans:
        raise FormulaError(f"{id}: {left.block.id} {left.spans} is held against {right.block.id} {right.spans}")
    unit = None if scale is None else as_ref(scale)
    scalar = not left.spans
    between = value_of(left) - value_of(right)
    # the square of a number as small as 1E-200 is nothing, its size is not
    apart = float(abs(between) if scalar else np.sqrt(np.sum(between**2)))
    apart /= 1.0 if unit is None else float(value_of(unit))

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
    return difference, bound, verdict


def printed_blocks(book: Book, id: str, ours: Operand, printed: float, digits: int) -> tuple[Block, Block, Block]:
    """Return a number rounded as the article prints it, the printed figure, and the verdict."""
    ref = as_ref(ours)
    shown = float(fixed_text(float(value_of(ref)), digits))
    number_format = "0." + "0" * digits if digits else "0"
    here = Block(
        f"{id}_rounded",
        Role.CHECK,
        np.asarray(shown),
        formula=lambda: rounded(rounded(ref, 9), digits),  # as `fixed` does in a sentence
        number_format=number_format,
    )
    there = Block(f"{id}_printed", Role.RECORDED, np.asarray(printed), number_format=number_format)
    same_inputs = book.article_flag
    verdict = Block(
        f"{id}_verdict",
        Role.CHECK,
        np.asarray(NOT_APPLICABLE, dtype=object),
        formula=lambda: if_(same_inputs, if_(equal(here, there), HOLDS, FAILS), NOT_APPLICABLE),
        number_format="@",
    )
    book.checks_page.printed.append((verdict, shown == printed))
    return here, there, verdict


def sentence_block(book: Book, id: str, template: str, numbers: dict[str, Operand]) -> Block:
    """Return a sentence with live numbers (`Page.sentence`)."""
    parts, shown = _sentence_parts(book, template, numbers)
    return Block(id, Role.DERIVED, np.asarray(shown, dtype=object), formula=lambda: joined(*parts), number_format="@")


def value_of(ref: Ref) -> Value:
    """Return NumPy's value of what a reference points to; it has no symbolic indices."""
    keys: Any = ref.keys  # integers and slices only: symbolic indices have no value
    value: Value = ref.block.value[keys]
    return value


def named(block: Block) -> str:
    """Return a block's symbol and title, whichever it has."""
    return f"{block.symbol} — {block.title}" if block.symbol and block.title else block.symbol or block.title


def shape_of(block: Block) -> str:
    if block.value.ndim == 2:
        return "[{}×{}]".format(*block.shape)
    rows, columns = block.grid().shape
    return f"[{rows}×{columns}]"


def _has_decimals(block: Block) -> bool:
    """Tell whether a reader may type a number with decimals into a block."""
    whole = isinstance(block.valid, Between) and block.valid.whole
    return block.role is Role.GIVEN and not whole and not isinstance(block.valid, OneOf)


def _is_never_negative(block: Block) -> bool:
    return block.role is Role.GIVEN and isinstance(block.valid, Between) and block.valid.low >= 0


CELL = re.compile(r"(?P<id>\w+)(?:\[(?P<keys>-?\d+(?:, ?-?\d+)?)\])?")
"""How a sentence names a cell in its own text: a block's id, and the place of the number in it."""


FORM = re.compile(r"\d*[tp]*")
"""How a sentence says the format of a number."""


def _named_cell(book: Book, name: str) -> Ref:
    """Return the cell that a field of a sentence names, such as W1[0,2]. Raises ValueError where there is none."""
    found = CELL.fullmatch(name)
    if found is None or found["id"] not in book:
        raise ValueError(f"a sentence names {name}: no block is called so yet")
    block = book[found["id"]]
    keys = tuple(int(key) for key in (found["keys"] or "").split(",") if key)
    if len(keys) != block.value.ndim:
        raise ValueError(f"a sentence names {name}: a cell of {block.id} has {block.value.ndim} indices")
    return block[keys] if keys else block.whole()


def _sentence_parts(book: Book, template: str, numbers: dict[str, Operand]) -> tuple[list[Expr | str], str]:
    """Split a sentence into the parts of its formula, and write it out with NumPy's numbers."""
    parts: list[Expr | str] = []
    shown = ""
    for words, name, spec, _conversion in string.Formatter().parse(template):
        if words:
            parts.append(words)
            shown += words
        if name is None:
            continue
        operand = numbers[name] if name in numbers else _named_cell(book, name)
        if isinstance(operand, str):  # a word that is not live, such as a unit
            parts.append(operand)
            shown += operand
            continue
        ref = as_ref(operand)
        value = value_of(ref)
        if ref.block.is_text:
            parts.append(ref)
            shown += str(value)
            continue
        form = spec or "4"
        if not FORM.fullmatch(form):
            raise ValueError(
                f"a sentence shows {{{name}:{form}}}: a format is a number of decimals, such as 3, then t or p"
            )
        digits = int(form.rstrip("tp") or 4)
        if "t" in form or _has_decimals(ref.block):
            typed = ref.block.role is Role.GIVEN
            text, size = (
                text_as_typed(float(value), 0),
                size_as_typed(ref, 0, exact=typed, signed=not _is_never_negative(ref.block)),
            )
            rounding = as_it_is(ref) if typed else rounded(ref, MOST_DECIMALS)
        else:
            text, size = fixed_text(float(value), digits), fixed_size(ref, digits)
            rounding = rounded_as_shown(ref, digits)
        before, after = (f"({MINUS}", ")") if form.endswith("p") else (MINUS, "")
        if not _is_never_negative(ref.block):  # by the number that is shown: −0.0000 would be none
            parts.append(if_(rounding < 0, before, ""))
        parts.append(size)
        if after and not _is_never_negative(ref.block):
            parts.append(if_(rounding < 0, after, ""))
        shown += f"{before}{text[1:]}{after}" if text.startswith("-") else text
    return parts, shown
