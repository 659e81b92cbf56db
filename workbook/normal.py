"""Formulas in a form that does not depend on where blocks lie: two files can be compared though rows were inserted.

Every reference becomes the id of the block that it points into and the place therein: a pinned row or column by its
number from 0, one that moves with the fill by its distance from the cell's own place in its block (``+0``, ``-1``), a
range over the whole of an axis by ``:``, as in the index notation that the formula was stated in::

    $B$4*C7 + SUM(Data!$A$5:$A$9)    in the third cell of a block becomes
    {lr[0,0]}*{dW[+0,+0]}+SUM({x[:,:]})

A reference to the heading beside or above the block itself is ``{<[+0]}`` or ``{^[+0]}``, of another block ``{<X[0]}`` or
``{^X[0]}``, with what the heading says behind it (``{^[+0]"j = 3"}``): the row above it may hold a title, which is another.
Any other reference stays an address.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from workbook.addresses import cell_name
from workbook.ledger import BlockCells, Labels
from workbook.precedents import Area

_TOKEN = re.compile(
    r'(?P<text>"(?:[^"]|"")*")'
    r"|(?<![\w.!$\]'])(?:(?P<sheet>'(?:[^']|'')+'|[^\W\d][\w.]*)!)?"
    r"(?P<pc1>\$?)(?P<c1>[A-Za-z]{1,3})(?P<pr1>\$?)(?P<r1>[1-9]\d{0,6})"
    r"(?::(?P<pc2>\$?)(?P<c2>[A-Za-z]{1,3})(?P<pr2>\$?)(?P<r2>[1-9]\d{0,6}))?(?![\w(.!])"
    r"|(?P<quoted>'(?:[^']|'')*')"
    r"|(?P<space>\s+)"
)
_LITERAL = re.compile(r'"(?:[^"]|"")*"')
_LABEL = re.compile(r'(\{[<^][^\[{}"]*\[[^\]]*\])"(?:[^"]|"")*"\}')
_PART = re.compile(r'"(?:[^"]|"")*"|[()&]')

FARTHEST_HEADING = 6
"""A heading stands so many rows above its block or columns before it at most, with those that somebody inserted."""

Ends = tuple[int, bool]  # a row or a column, and whether it is pinned


class Layout:
    """Which block lies where."""

    def __init__(self, blocks: Sequence[BlockCells]) -> None:
        self.blocks = blocks
        self._on_sheet: dict[str, list[int]] = {}
        for n, block in enumerate(blocks):
            self._on_sheet.setdefault(block.sheet.lower(), []).append(n)
        self._of_sheet: dict[str, tuple[list[int], list[list[int]]]] = {}

    def _bands(self, sheet: str) -> tuple[list[int], list[list[int]]]:
        """Return the rows at which blocks of a sheet begin or end, and from each to the next the blocks that lie there."""
        if sheet not in self._of_sheet:
            here = self._on_sheet.get(sheet, [])
            spans = [(self.blocks[n].row, self.blocks[n].row + self.blocks[n].shape[0]) for n in here]
            rows = sorted({0, *chain.from_iterable(spans)})
            bands: list[list[int]] = [[] for _row in rows]
            for n, (first, end) in zip(here, spans, strict=True):
                for band in bands[bisect_left(rows, first) : bisect_left(rows, end)]:
                    band.append(n)
            self._of_sheet[sheet] = rows, bands
        return self._of_sheet[sheet]

    def at(self, sheet: str, row: int, column: int) -> int | None:
        """Return the number of the block that holds a cell; loose cells count only where no other block lies."""
        loose = None
        rows, bands = self._bands(sheet.lower())
        for n in bands[bisect_right(rows, row) - 1]:
            block = self.blocks[n]
            if block.column <= column < block.column + block.shape[1]:
                if not block.is_loose:
                    return n
                loose = n
        return loose

    def within(self, area: Area) -> Iterator[tuple[int, slice, slice]]:
        """Yield the parts of blocks that lie within an area: block, rows, columns."""
        first = self.at(area.sheet, area.top, area.left)
        if first is not None and not self.blocks[first].is_loose:
            part = _overlap(self.blocks[first], area)
            if part is not None and part[2]:
                yield first, part[0], part[1]
                return
        for n in self._on_sheet.get(area.sheet.lower(), ()):
            part = _overlap(self.blocks[n], area)
            if part is not None:
                yield n, part[0], part[1]


def _overlap(block: BlockCells, area: Area) -> tuple[slice, slice, bool] | None:
    """Return which rows and columns of a block lie in an area, and whether the block holds all of the area."""
    rows, columns = block.shape
    top, bottom = max(area.top, block.row), min(area.bottom, block.row + rows - 1)
    left, right = max(area.left, block.column), min(area.right, block.column + columns - 1)
    if top > bottom or left > right:
        return None
    whole = (top, left, bottom, right) == (area.top, area.left, area.bottom, area.right)
    return slice(top - block.row, bottom - block.row + 1), slice(left - block.column, right - block.column + 1), whole


@dataclass(frozen=True)
class _Corner:
    """A cell that a formula names."""

    sheet: str
    row: Ends
    column: Ends


class Normalizer:
    """Puts the formulas of a workbook into normal form.

    Parameters
    ----------
    layout : which block lies where
    in_place : whether all of them lie where they are looked for, so that a heading is its address, no matter how far away
    labels : for each sheet what its headings say; nothing where the other side says nothing
    """

    def __init__(self, layout: Layout, *, in_place: bool = False, labels: Mapping[str, Labels] | None = None) -> None:
        self.layout = layout
        self.in_place = in_place
        self._labels = {sheet.lower(): here for sheet, here in (labels or {}).items()}
        self._pinned: dict[tuple[str, str], str] = {}  # what a pinned reference comes to, by the block that makes it

    def normal(self, formula: str, block: BlockCells, row: int, column: int) -> str:
        """Return the normal form of the formula in a cell of a block."""
        out, end = [], 0
        for match in _TOKEN.finditer(formula):
            out.append(formula[end : match.start()].upper())
            end = match.end()
            if match["text"] is not None or match["quoted"] is not None:
                out.append(match[0])
            elif match["space"] is None:
                out.append(self._remembered(match, block, row, column))
        out.append(formula[end:].upper())
        return "".join(out)

    def _remembered(self, match: re.Match[str], block: BlockCells, row: int, column: int) -> str:
        if "" in match.group("pc1", "pr1", "pc2", "pr2"):
            return self._reference(match, block, row, column)
        key = block.id, match[0]
        if key not in self._pinned:
            self._pinned[key] = self._reference(match, block, row, column)
        return self._pinned[key]

    def _reference(self, match: re.Match[str], block: BlockCells, row: int, column: int) -> str:
        sheet = block.sheet if match["sheet"] is None else _unquoted(match["sheet"])
        first = _corner(sheet, match["c1"], match["pc1"], match["r1"], match["pr1"])
        if match["r2"] is None:
            return self._cell(first, block, row, column)
        last = _corner(sheet, match["c2"], match["pc2"], match["r2"], match["pr2"])
        found = self.layout.at(sheet, first.row[0], first.column[0])
        if found is None or found != self.layout.at(sheet, last.row[0], last.column[0]) or self._is_loose(found):
            return f"{self._cell(first, block, row, column)}:{self._cell(last, block, row, column)}"
        target = self.layout.blocks[found]
        down = _span(first.row, last.row, target.row, target.shape[0], row)
        right = _span(first.column, last.column, target.column, target.shape[1], column)
        return f"{{{target.id}[{down},{right}]}}"

    def _cell(self, corner: _Corner, block: BlockCells, row: int, column: int) -> str:
        found = self.layout.at(corner.sheet, corner.row[0], corner.column[0])
        if found is not None and not self._is_loose(found):
            target = self.layout.blocks[found]
            down = _position(corner.row, target.row, row)
            return f"{{{target.id}[{down},{_position(corner.column, target.column, column)}]}}"
        address = f"{{{corner.sheet.lower()}!{cell_name(corner.row[0], corner.column[0])}}}"
        if self.in_place:
            return address
        if not block.is_loose and corner.sheet.lower() == block.sheet.lower():
            rows, columns = block.shape
            beside = 0 <= corner.row[0] - block.row < rows
            above = 0 <= corner.column[0] - block.column < columns
            if beside and corner.column[0] < block.column:
                return f"{{<[{_position(corner.row, block.row, row)}]{self._said(corner)}}}"
            if above and corner.row[0] < block.row:
                return f"{{^[{_position(corner.column, block.column, column)}]{self._said(corner)}}}"
        return self._heading(corner, row, column) or address

    def _heading(self, corner: _Corner, row: int, column: int) -> str | None:
        """Return a heading of another block: the nearest to the right of the cell or below it, a few cells away at most."""
        for away in range(1, FARTHEST_HEADING + 1):
            for sign, down, right in (("<", 0, away), ("^", away, 0)):
                found = self.layout.at(corner.sheet, corner.row[0] + down, corner.column[0] + right)
                if found is not None and not self._is_loose(found):
                    target = self.layout.blocks[found]
                    end, start, own = (corner.row, target.row, row) if right else (corner.column, target.column, column)
                    return f"{{{sign}{target.id}[{_position(end, start, own)}]{self._said(corner)}}}"
        return None

    def _said(self, corner: _Corner) -> str:
        """Return what a heading says, as a text of a formula."""
        label = self._labels.get(corner.sheet.lower(), {}).get((corner.row[0], corner.column[0]), "")
        return '"' + "".join(label.split()).replace('"', '""') + '"' if label else ""

    def _is_loose(self, n: int) -> bool:
        return self.layout.blocks[n].is_loose


def _corner(sheet: str, letters: str, column_pin: str, number: str, row_pin: str) -> _Corner:
    return _Corner(sheet, (int(number) - 1, bool(row_pin)), (_column(letters.upper()), bool(column_pin)))


def _position(end: Ends, start: int, own: int) -> str:
    """Return where a row or column of a block is: from its start if pinned, else from the cell's own."""
    at, pinned = end
    return str(at - start) if pinned else f"{at - start - own:+d}"


def _span(first: Ends, last: Ends, start: int, size: int, own: int) -> str:
    if first[1] and last[1] and (first[0], last[0]) == (start, start + size - 1):
        return ":"
    low, high = _position(first, start, own), _position(last, start, own)
    return low if low == high else f"{low}..{high}"


@cache
def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _unquoted(name: str) -> str:
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def without_labels(normal: str) -> str:
    """Return a normal form without what its headings say."""
    return _LABEL.sub(r"\1}", normal)


def wordless(formula: str) -> str:
    """Return what of a formula another language leaves alone: all but its texts, in no order where texts are joined."""
    parts, start, depth = [], 0, 0
    for match in _PART.finditer(formula):
        sign = match[0]
        depth += (sign == "(") - (sign == ")")
        if sign == "&" and depth == 0:
            parts.append(formula[start : match.start()])
            start = match.end()
    parts.append(formula[start:])
    without = [_LITERAL.sub('""', part) for part in parts]
    return "&".join(sorted(part for part in without if part != '""'))
