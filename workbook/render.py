"""Expressions become a spreadsheet's formulas, filled over a block as a fill handle would do it.

An index that moves becomes a relative reference, a pinned one an absolute reference. Where an index moves across a table
in the other direction than the fill (a row of W for each *column* of the result), no relative reference can follow it; the
renderer then picks its cells by INDEX(table, n, 1), INDEX(table, n, 2) …, or masks the table where the counter in its own
heading is n, with n taken from the counter in the heading of the block being filled. INDEX(table, n, 0), a whole row, is
an error in Gnumeric.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, singledispatch
from itertools import accumulate
from math import prod
from typing import TYPE_CHECKING, Union

from workbook.addresses import column_letters
from workbook.expression import (
    LONGEST_SPELLED_SUM,
    Binary,
    Call,
    Direction,
    Dot,
    Expr,
    FormulaError,
    Index,
    Key,
    Negative,
    Number,
    Position,
    Ref,
    Text,
    as_ref,
    is_window,
    may_seem_empty,
)
from workbook.formula import added, as_it_is, call, equal, if_
from workbook.text import utf16_length

if TYPE_CHECKING:
    from workbook.block import Block

LONGEST_TEXT, LONGEST_FORMULA, DEEPEST_NESTING, MOST_ARGUMENTS = 255, 8192, 64, 255
"""What Excel takes of a text in a formula (longer ones are joined of pieces), of a formula, and of a function.

Source: Microsoft, "Excel specifications and limits"; lengths count UTF-16 units.
"""

LONGEST_PICKED_SUM = 4
"""So many cells of a row that a counter picks are written out."""

MOST_MASKED = 2_000_000
"""A table is masked if the cells of all the formulas that do so come to no more products than this."""


@dataclass(frozen=True)
class Slot:
    """A row number or a column's letters in a formula: a base, and whether it moves with the fill."""

    direction: Direction
    base: int
    moves: bool

    def at(self, row: int, column: int) -> str:
        """Return the text for the cell that lies so many rows and columns into the block."""
        if self.direction is Direction.DOWN:
            return str(self.base + 1 + (row if self.moves else 0))
        return column_letters(self.base + (column if self.moves else 0))


Part = Union[str, Slot]  # noqa: UP007


@dataclass(frozen=True)
class Template:
    """A formula rendered for one block: text with slots where references move."""

    parts: tuple[Part, ...]

    def at(self, row: int, column: int) -> str:
        """Return the formula, without its leading =, of the cell `row`, `column` of the block."""
        return "".join(part if isinstance(part, str) else part.at(row, column) for part in self.parts)

    def shifted(self, rows: int, columns: int) -> Template:
        """Return the template for cells that are counted from another corner, so far below and to the right of this one."""

        def part_shifted(part: Part) -> Part:
            if isinstance(part, str) or not part.moves:
                return part
            return replace(part, base=part.base + (rows if part.direction is Direction.DOWN else columns))

        return Template(tuple(map(part_shifted, self.parts)))

    def fill(self, rows: range, columns: int, *, escape: bool = False) -> Iterator[list[str]]:
        """Yield the formulas of a block row by row, as fast as string formatting goes.

        Parameters
        ----------
        rows : the rows of the block to fill
        columns : how many columns each has
        escape : whether to escape the text for XML
        """
        templates = [self.column(column, escape=escape) for column in range(columns)]
        bases = self.bases
        for row in rows:
            numbers = tuple(base + row for base in bases)
            yield [template % numbers for template in templates]

    @property
    def bases(self) -> list[int]:
        """The numbers that a column's format string takes in the block's first row; each grows by one a row."""
        return [p.base + 1 for p in self.parts if isinstance(p, Slot) and p.direction is Direction.DOWN and p.moves]

    def column(self, column: int, *, escape: bool = False) -> str:
        """Return a column's formula as a format string, with a %d for each number that moves with the row (`bases`)."""
        letters = tuple(column_letters(base + column) for base in self._across)
        return (self._escaped_columns if escape else self._columns) % letters

    @cached_property
    def _across(self) -> list[int]:
        """The first column of each reference that moves to the right."""
        return [p.base for p in self.parts if isinstance(p, Slot) and p.direction is Direction.RIGHT and p.moves]

    @cached_property
    def _columns(self) -> str:
        """The format string of the columns' format strings, with a %s for each letters that move with the column."""
        texts = []
        for part in self.parts:
            if isinstance(part, str):
                texts.append(part.replace("%", "%%%%"))
            elif not part.moves:
                texts.append(part.at(0, 0))
            else:
                texts.append("%%d" if part.direction is Direction.DOWN else "%s")
        return "".join(texts)

    @cached_property
    def _escaped_columns(self) -> str:
        """The same, escaped for XML."""
        return self._columns.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_PRECEDENCE = {"=": 1, "<": 1, "<=": 1, ">": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 6}
_NEGATIVE = 5
_HIGHEST = 7


def render(expr: Expr, home: Block, rows: range) -> Template:
    """Render an expression as the formula of the given rows of its home block.

    Raises
    ------
    FormulaError
        If a range stands where one cell is meant, a reference leaves its block, needs a counter that the home block's heading lacks, or if Excel would refuse
        the formula for its length or depth.
    """
    _refuse_ranges(expr, home)
    parts: list[Part] = []
    for part in _render(expr, _Fill(home, rows), 0):
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        else:
            parts.append(part)
    template = Template(tuple(parts))
    _check_limits(template.at(rows.stop - 1, home.place.columns - 1), home)
    return template


_TAKE_RANGES = {
    **dict.fromkeys(["AND", "AVERAGE", "COUNT", "MAX", "MEDIAN", "MIN", "OR", "SUM", "SUMSQ"], range(MOST_ARGUMENTS)),
    **dict.fromkeys(["COUNTIF", "INDEX", "LARGE", "SMALL"], range(1)),
    "MATCH": range(1, 2),
}
"""Which arguments of a function may be ranges."""
_CALCULATE_WITH_RANGES = ("MMULT", "SUMPRODUCT")


def _refuse_ranges(expr: Expr, home: Block, many: bool = False, array: bool = False) -> None:
    """Refuse a range where one cell is meant, as when an index is forgotten; newer spreadsheets would spill it.

    Parameters
    ----------
    many : whether a range may stand here
    array : whether operators, too, work on ranges here
    """
    while isinstance(expr, Binary):  # a + b + c + …: a sum may have more terms than Python has levels
        _refuse_ranges(expr.right, home, array, array)
        expr, many = expr.left, array
    if isinstance(expr, Ref) and not (many or array) and prod(expr.spans) > 1:
        what = f"{home.id}: its formula reads {prod(expr.spans)} cells of {expr.block.id} where one is meant"
        raise FormulaError(f"{what}: name the one with an index, or add them up")
    if isinstance(expr, Negative):
        _refuse_ranges(expr.operand, home, array, array)
    elif isinstance(expr, Call):
        array = array or expr.function in _CALCULATE_WITH_RANGES
        for n, argument in enumerate(expr.arguments):
            passed_on = many and expr.function in ("IF", "CHOOSE") and n > 0
            takes = array or passed_on or n in _TAKE_RANGES.get(expr.function, ())
            _refuse_ranges(argument, home, takes, array)


def _check_limits(formula: str, home: Block) -> None:
    """Refuse what Excel would drop from the file as damaged; the last cell has the longest references."""
    if utf16_length(formula) > LONGEST_FORMULA:
        raise FormulaError(
            f"{home.id}: its formula is longer than Excel's {LONGEST_FORMULA} characters: use helper cells"
        )
    if formula.count("(") <= DEEPEST_NESTING:
        return
    depths = accumulate({"(": 1, ")": -1}.get(char, 0) for char in re.sub('"[^"]*"', "", formula))
    if max(depths) > DEEPEST_NESTING:
        raise FormulaError(f"{home.id}: its formula is nested deeper than Excel's {DEEPEST_NESTING}: use helper cells")


@dataclass(frozen=True)
class _Fill:
    """The block that a formula is filled over, and which of its rows."""

    home: Block
    rows: range

    def span(self, direction: Direction) -> range:
        """Return the positions that an index runs over."""
        place = self.home.place
        return self.rows if direction is Direction.DOWN else range(place.columns)


@singledispatch
def _render(expr: Expr, fill: _Fill, outer: int) -> list[Part]:
    """Return the text and slots of an expression that stands under an operator of the precedence `outer`."""
    raise TypeError(f"not a formula: {expr!r}")


@_render.register(Number)
def _number(expr: Number, _fill: _Fill, outer: int) -> list[Part]:
    text = repr(expr.value)
    return [f"({text})" if expr.value < 0 and outer else text]


@_render.register(Text)
def _text(expr: Text, _fill: _Fill, outer: int) -> list[Part]:
    pieces = [expr.value]
    if utf16_length(expr.value) > LONGEST_TEXT:
        size = LONGEST_TEXT // 2  # a character takes two units at most
        pieces = [expr.value[n : n + size] for n in range(0, len(expr.value), size)]
    quoted = ['"' + piece.replace('"', '""') + '"' for piece in pieces]
    return _bracket(["&".join(quoted)], _PRECEDENCE["&"] if len(pieces) > 1 else _HIGHEST, outer)


@_render.register(Negative)
def _negative(expr: Negative, fill: _Fill, outer: int) -> list[Part]:
    # a spreadsheet reads -x^2 as (-x)^2, so a power below a minus is always bracketed
    return _bracket(["-", *_render(expr.operand, fill, _HIGHEST)], _NEGATIVE, outer)


@_render.register(Binary)
def _binary(expr: Binary, fill: _Fill, outer: int) -> list[Part]:
    rank = _PRECEDENCE[expr.operator]
    links = [expr]  # a + b - c + …: one after the other, since a sum may have more terms than Python has levels
    while isinstance(left := links[-1].left, Binary) and _PRECEDENCE[left.operator] == rank and left.operator != "^":
        links.append(left)
    parts = _render(links[-1].left, fill, rank + 1 if expr.operator == "^" else rank)
    for link in reversed(links):
        # a - (b - c), a / (b / c) and (a ^ b) ^ c need their brackets; a + (b + c) does not
        right_rank = rank if link.operator in "+*&" else rank + 1
        if isinstance(link.right, Negative):
            right_rank = _HIGHEST
        parts += [link.operator, *_render(link.right, fill, right_rank)]
    return _bracket(parts, rank, outer)


@_render.register(Call)
def _call(expr: Call, fill: _Fill, outer: int) -> list[Part]:
    picked = expr.arguments[0] if expr.function == "SUM" and len(expr.arguments) == 1 else None
    crossed = isinstance(picked, Ref) and _crossed(picked) and picked.spans
    if crossed and (parts := _picked_sum(as_ref(expr.arguments[0]), None, fill, outer)):
        return parts
    if (guarded := _unless_empty(expr)) is not None:
        return _render(guarded, fill, outer)
    if len(expr.arguments) > MOST_ARGUMENTS:
        raise FormulaError(f"{fill.home.id}: {expr.function} takes {MOST_ARGUMENTS} arguments at most")
    return [expr.function, "(", *_comma([_render(argument, fill, 0) for argument in expr.arguments]), ")"]


def _unless_empty(expr: Call) -> Expr | None:
    """Return what stands for a function of given cells that is an error where they are empty; None if it is none."""
    given = expr.arguments[0] if expr.arguments else None
    if not isinstance(given, Ref) or given.as_it_is or not given.block.may_be_empty:
        return None
    here, rest, spelled = as_it_is(given), expr.arguments[1:], given.spans and prod(given.spans) <= LONGEST_SPELLED_SUM
    itself, there = Call(expr.function, (here, *rest)), call("COUNT", here)
    cells = [given.element(n) for n in range(given.spans[0])] if len(given.spans) == 1 and spelled else []
    match expr.function:
        case "COUNT":
            guarded = call(
                "MAX", itself, min(given.block.value.size, 2)
            )  # a mean divides by it, a variance by one less
        case "AVERAGE" | "MEDIAN":
            guarded = if_(there, itself, 0)
        case "SMALL" | "LARGE":
            guarded = if_(there < rest[0], 0, itself)
        case "MATCH":
            guarded = if_(equal(here, ""), 1, itself)
        case "SUM" if given.block.counts_as and cells and not rest:
            guarded = added(*cells)
        case _:
            return None
    return guarded


@_render.register(Position)
def _counter(expr: Position, fill: _Fill, outer: int) -> list[Part]:
    return _bracket(_position(expr.index, fill), _PRECEDENCE["+"] if expr.index.offset else _HIGHEST, outer)


@_render.register(Dot)
def _dot(expr: Dot, fill: _Fill, outer: int) -> list[Part]:
    """Choose the function by how the two ranges lie: SUMPRODUCT where alike, else a written-out sum or MMULT."""
    left, right = expr.left, expr.right
    picked, other = (left, right) if _crossed(left) else (right, left)
    if _crossed(picked) and not _crossed(other) and (parts := _picked_sum(picked, other, fill, outer)):
        return parts
    if left.lies == right.lies:
        return ["SUMPRODUCT(", *_comma([_reference(ref, fill) for ref in (left, right)]), ")"]
    (length,) = left.spans  # tables lie alike, so these are a row and a column
    crossed = _crossed(left) or _crossed(right)
    if length <= LONGEST_SPELLED_SUM and not crossed:
        terms = [Binary("*", left.element(n), right.element(n)) for n in range(length)]
        return _render(added(*terms), fill, outer)
    across, down = (left, right) if left.lies == (Direction.RIGHT,) else (right, left)
    empty = [may_seem_empty(ref.block) for ref in (across, down)]
    if any(empty):  # an empty cell is an error to MMULT, unless 0 is added
        factors = [[*_reference(ref, fill), *["+0"] * seems] for ref, seems in zip((across, down), empty, strict=True)]
        return ["SUMPRODUCT(MMULT(", *_comma(factors), "))"]
    # SUM() around it keeps newer Excel from showing an implicit intersection sign
    return ["SUM(MMULT(", *_comma([_reference(ref, fill) for ref in (across, down)]), "))"]


def _picked_sum(picked: Ref, other: Ref | None, fill: _Fill, outer: int) -> list[Part]:
    """Sum a row of a table that is picked by a counter, times another; nothing if only a whole INDEX can say it."""
    (length,) = picked.spans
    if length <= LONGEST_PICKED_SUM:
        cells = [picked.element(n) for n in range(length)]
        terms = cells if other is None else [Binary("*", cell, other.element(n)) for n, cell in enumerate(cells)]
        return _render(added(*terms), fill, outer)
    table, home = picked.block.place, fill.home.place
    work = table.rows * table.columns * home.rows * home.columns
    axis = next(n for n, key in enumerate(picked.keys) if isinstance(key, Index))
    down = picked.block.directions[axis] is Direction.DOWN
    counter = table.counter_column if down else table.counter_row
    alike = other is None or picked.lies == other.lies
    if counter is None or not alike or work > MOST_MASKED or picked.extent(1 - axis) != picked.block.shape[1 - axis]:
        return []
    _check_bounds(picked, fill)
    first = (
        {Direction.DOWN: table.row, Direction.RIGHT: counter}
        if down
        else {Direction.DOWN: counter, Direction.RIGHT: table.column}
    )
    last = first | (
        {Direction.DOWN: table.row + table.rows - 1} if down else {Direction.RIGHT: table.column + table.columns - 1}
    )
    corners = [
        _cell({direction: Slot(direction, base, False) for direction, base in at.items()}) for at in (first, last)
    ]
    prefix = "" if table.sheet == home.sheet else f"{table.sheet}!"
    mask: list[Part] = ["(", prefix, *corners[0], ":", *corners[1], "=", *_position(picked.keys[axis], fill), ")"]
    factors = [mask, *(_reference(ref, fill) for ref in (picked.block.whole(), other) if ref is not None)]
    return ["SUMPRODUCT(", *(part for n, factor in enumerate(factors) for part in (["*"] if n else []) + factor), ")"]


@_render.register(Ref)
def _operand(ref: Ref, fill: _Fill, _outer: int) -> list[Part]:
    """Return a reference; of a cell that may be empty where it cannot be 0, the number that it counts as then."""
    parts, instead = _reference(ref, fill), ref.block.counts_as
    if instead is None or ref.spans or ref.as_it_is:
        return parts
    return ["IF(", *_comma([parts, parts, [instead]]), ")"]


def _reference(ref: Ref, fill: _Fill) -> list[Part]:
    _check_bounds(ref, fill)
    sheet = ref.block.place.sheet
    prefix = "" if sheet == fill.home.place.sheet else f"{sheet}!"
    if _crossed(ref):
        whole = ref.block.whole()
        keys = ref.keys if ref.block.directions[0] is Direction.DOWN else ref.keys[::-1]  # the row first
        arguments = [[prefix, *_cells(whole)], *(_position(key, fill) for key in keys)]
        return ["INDEX(", *_comma(arguments), ")"]
    return [prefix, *_cells(ref)]


def _bracket(parts: list[Part], rank: int, outer: int) -> list[Part]:
    return ["(", *parts, ")"] if rank < outer else parts


def _comma(arguments: Sequence[list[Part]]) -> list[Part]:
    parts: list[Part] = list(arguments[0]) if arguments else []  # PI() has none
    for argument in arguments[1:]:
        parts += [",", *argument]
    return parts


def _crossed(ref: Ref) -> bool:
    """Tell whether an index moves across the table in the other direction than the fill.

    Across a single row or column it cannot move; and IronCalc's INDEX refuses a range of one cell.
    """
    axes = zip(ref.keys, ref.block.directions, ref.block.shape, strict=True)
    return any(isinstance(key, Index) and key.direction is not direction and size > 1 for key, direction, size in axes)


def _cells(ref: Ref) -> list[Part]:
    """Return a cell or a range, without its sheet: B5, $B$5:$D$9."""
    place = ref.block.place
    first: dict[Direction, Slot] = {}
    last: dict[Direction, Slot] = {}
    origin = {Direction.DOWN: place.row, Direction.RIGHT: place.column}
    for direction in Direction:
        key = _key_along(ref, direction)
        if isinstance(key, Index) and key.direction is not direction:
            key = 0  # the only row or column
        if isinstance(key, Index):
            first[direction] = last[direction] = Slot(direction, origin[direction] + key.offset, True)
        elif is_window(key):
            if key.start.direction is not direction:
                raise FormulaError(f"{ref.block.id}: a window moves along its own axis only")
            first[direction] = Slot(direction, origin[direction] + key.start.offset, True)
            last[direction] = Slot(direction, origin[direction] + key.stop.offset - 1, True)
        elif isinstance(key, slice):
            positions = range(*key.indices(ref.block.shape[ref.block.directions.index(direction)]))
            first[direction] = Slot(direction, origin[direction] + positions[0], False)
            last[direction] = Slot(direction, origin[direction] + positions[-1], False)
        else:
            first[direction] = last[direction] = Slot(direction, origin[direction] + key, False)
    return [*_cell(first), ":", *_cell(last)] if first != last else _cell(first)


def _key_along(ref: Ref, direction: Direction) -> Key:
    """Return the key of the axis that runs so on the sheet; a vector or scalar has 0 along the other."""
    directions = ref.block.directions
    return ref.keys[directions.index(direction)] if direction in directions else 0


def _cell(slots: dict[Direction, Slot]) -> list[Part]:
    column, row = slots[Direction.RIGHT], slots[Direction.DOWN]
    return ["" if column.moves else "$", column, "" if row.moves else "$", row]


def _position(key: Key, fill: _Fill) -> list[Part]:
    """Return the argument of INDEX for a key: 0 for all, a number, or the counter in the heading."""
    if isinstance(key, slice):
        if key != slice(None):
            raise FormulaError(f"{fill.home.id}: only a whole row or column can be picked across the fill")
        return ["0"]
    if isinstance(key, int):
        return [str(key + 1)]
    place = fill.home.place
    counter = place.counter_row if key.direction is Direction.RIGHT else place.counter_column
    if counter is None:
        raise FormulaError(f"{fill.home.id}: this formula needs counters in the heading ({key.direction.value})")
    down, right = Direction.DOWN, Direction.RIGHT
    if key.direction is right:
        parts: list[Part] = [Slot(right, place.column, True), "$", Slot(down, counter, False)]
    else:
        parts = ["$", Slot(right, counter, False), Slot(down, place.row, True)]
    if key.offset:
        parts.append(f"{key.offset:+d}")
    return parts


def _check_bounds(ref: Ref, fill: _Fill) -> None:
    for axis, key in enumerate(ref.keys):
        size = ref.block.shape[axis]
        if isinstance(key, Index):
            span = fill.span(key.direction)
            low, high = span[0] + key.offset, span[-1] + key.offset
        elif is_window(key):
            span = fill.span(key.start.direction)
            low, high = span[0] + key.start.offset, span[-1] + key.stop.offset - 1
        elif isinstance(key, slice):
            positions = range(*key.indices(size))
            if not positions or positions.step != 1:
                raise FormulaError(f"{fill.home.id}: {ref.block.id} is sliced to nothing or with a step")
            continue
        else:
            low = high = key
        margin = ref.block.margin
        if low < -margin or high >= size + margin:
            raise FormulaError(
                f"{fill.home.id}: its formula reads {ref.block.id} at {low}…{high}, outside 0…{size - 1}"
            )
