"""Cells whose formulas are alike but for where their references point: as a fill handle, or a recalculated file, has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbook.ledger import BlockCells
from workbook.precedents import Area, areas_read
from workbook.proof.cells import Places
from workbook.proof.tree import Node, Shape, split, tree_of
from workbook.render import Template

MOST_AT_ONCE = 1_000_000
"""So many values of one range are looked at together; more would only take memory."""

Corners = NDArray[np.int64]
"""Top, left, bottom and right of an area, for each of n cells."""


@dataclass(frozen=True)
class Fill:
    """Some cells of a block, the tree of their formulas, and the areas that each reads.

    Attributes
    ----------
    rows, columns : where the cells are in their block
    sheets, corners : for each reference its sheet, and its corners in each of the cells (n × 4)
    """

    tree: Node
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    sheets: tuple[str, ...]
    corners: tuple[Corners, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def within(self, where: NDArray[np.bool_]) -> Fill:
        """Return those of the cells that are wanted."""
        kept = where[self.rows, self.columns]
        corners = tuple(each[kept] for each in self.corners)
        return Fill(self.tree, self.rows[kept], self.columns[kept], self.sheets, corners)

    def pieces(self) -> Iterator[tuple[NDArray[np.int64], list[Places]]]:
        """Yield which of the cells can be evaluated together, and where their references point."""
        if not len(self):
            return
        if not self.corners:
            yield np.arange(len(self)), []
            return
        sizes = np.hstack([corners[:, 2:] - corners[:, :2] for corners in self.corners])
        kinds, which = np.unique(sizes, axis=0, return_inverse=True)
        for n, kind in enumerate(kinds + 1):
            members = np.flatnonzero(which.reshape(-1) == n)
            pairs = kind.reshape(-1, 2)
            moving = [
                rows * columns
                for corners, (rows, columns) in zip(self.corners, pairs, strict=True)
                if len(members) > 1 and np.ptp(corners[members], axis=0).any()
            ]
            step = max(MOST_AT_ONCE // int(max(moving, default=1)), 1)
            for start in range(0, len(members), step):
                part = members[start : start + step]
                yield (
                    part,
                    [
                        Places(sheet, corners[part, 0], corners[part, 1], int(rows), int(columns))
                        for sheet, corners, (rows, columns) in zip(self.sheets, self.corners, pairs, strict=True)
                    ],
                )


def fills(block: BlockCells, where: NDArray[np.bool_]) -> Iterator[Fill]:
    """Yield the formulas of some cells of a block, those that are alike together."""
    rows, columns = np.nonzero(where & block.computed)
    which = block.which[rows, columns]
    order = np.argsort(which, kind="stable")
    bounds = np.flatnonzero(np.diff(which[order], prepend=-1, append=-1)).tolist()
    alike: dict[tuple[Shape, tuple[str, ...]], list[_Alike]] = {}
    for start, stop in pairwise(bounds):
        members = order[start:stop]
        template = block.templates[int(which[members[0]])]
        for found in _moving_evenly(template, block.sheet, rows[members], columns[members]):
            alike.setdefault((found.shape, found.sheets), []).append(found)
    for (shape, sheets), parts in alike.items():
        corners = [np.concatenate(each) for each in zip(*(part.corners for part in parts), strict=True)]
        rows, columns = (np.concatenate(each) for each in zip(*((p.rows, p.columns) for p in parts), strict=True))
        yield Fill(tree_of(shape, parts[0].example), rows, columns, sheets, tuple(corners))


class _Alike(NamedTuple):
    """Some cells whose formulas are of one shape, and where the references of each point."""

    shape: Shape
    sheets: tuple[str, ...]
    example: str
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    corners: tuple[Corners, ...]


def _moving_evenly(
    template: Template, home: str, rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> Iterator[_Alike]:
    """Yield a template's cells: references move evenly, so that three of them tell where all others point.

    Only a range of which one end is pinned does not, where the other end passes it: there each cell is looked at.
    """
    row, column = int(rows[0]), int(columns[0])
    text = template.at(row, column)
    shape, references = split(text)
    sheets = _sheets(references, home)
    first = _corners(references, home)
    if len(rows) == 1:
        yield _Alike(shape, sheets, text, rows, columns, tuple(first[:, None]))
        return
    last_row, last_column = int(rows.max()), int(columns.max())
    places = (row + 1, column), (row, column + 1), (last_row, last_column)
    below, beside, last = (_corners(split(template.at(*place))[1], home) - first for place in places)
    if (last != (last_row - row) * below + (last_column - column) * beside).any():
        for n in range(len(rows)):
            yield from _moving_evenly(template, home, rows[n : n + 1], columns[n : n + 1])
        return
    down, right = (rows - row)[:, None], (columns - column)[:, None]
    corners = tuple(first[n] + down * below[n] + right * beside[n] for n in range(len(references)))
    yield _Alike(shape, sheets, text, rows, columns, corners)


def _sheets(references: list[str], home: str) -> tuple[str, ...]:
    return tuple(_area(reference, home).sheet if "!" in reference else home for reference in references)


def _corners(references: list[str], home: str) -> Corners:
    found = [_area(reference, home) for reference in references]
    return np.array([(area.top, area.left, area.bottom, area.right) for area in found], dtype=np.int64).reshape(-1, 4)


@lru_cache(maxsize=100_000)
def _area(reference: str, home: str) -> Area:
    (area,) = areas_read(reference, home)
    return area
