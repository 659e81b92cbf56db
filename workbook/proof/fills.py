"""Cells whose formulas are alike but for where their references point: as a fill handle, or a recalculated file, has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from workbook.formula import Template
from workbook.ledger import BlockCells
from workbook.precedents import Area, areas_read
from workbook.proof.cells import Places
from workbook.proof.tree import Node, Shape, split, tree_of

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
    if block.patterns:
        for rows, template in block.patterns:
            down, right = np.nonzero(where[rows.start : rows.stop])
            if len(down):
                yield _of_template(block, template, down + rows.start, right)
    else:
        yield from _of_texts(block, where)


def _of_template(block: BlockCells, template: Template, rows: Corners, columns: Corners) -> Fill:
    """A template's references move evenly, so that three of its cells tell where all others point."""
    row, column = int(rows[0]), int(columns[0])
    text = template.at(row, column)
    shape, references = split(text)
    first = _corners(references, block.sheet)
    below = _corners(split(template.at(row + 1, column))[1], block.sheet) - first
    beside = _corners(split(template.at(row, column + 1))[1], block.sheet) - first
    down, right = (rows - row)[:, None], (columns - column)[:, None]
    corners = tuple(first[n] + down * below[n] + right * beside[n] for n in range(len(references)))
    return Fill(tree_of(shape, text), rows, columns, _sheets(references, block.sheet), corners)


def _of_texts(block: BlockCells, where: NDArray[np.bool_]) -> Iterator[Fill]:
    alike: dict[tuple[Shape, tuple[str, ...]], list[tuple[int, int, list[str]]]] = {}
    example: dict[tuple[Shape, tuple[str, ...]], str] = {}
    for r, c in zip(*np.nonzero(where & block.computed), strict=True):
        row, column = int(r), int(c)
        formula = block.formula(row, column) or ""
        shape, references = split(formula)
        key = shape, _sheets(references, block.sheet)
        alike.setdefault(key, []).append((row, column, references))
        example.setdefault(key, formula)
    for key, cells in alike.items():
        formula = example[key]
        shape, references = split(formula)
        all_corners = np.array([_corners(found, block.sheet) for _row, _column, found in cells], dtype=np.int64)
        yield Fill(
            tree_of(shape, formula),
            np.array([row for row, _column, _found in cells]),
            np.array([column for _row, column, _found in cells]),
            _sheets(references, block.sheet),
            tuple(all_corners[:, n] for n in range(len(references))),
        )


def _sheets(references: list[str], home: str) -> tuple[str, ...]:
    return tuple(_area(reference, home).sheet if "!" in reference else home for reference in references)


def _corners(references: list[str], home: str) -> Corners:
    found = [_area(reference, home) for reference in references]
    return np.array([(area.top, area.left, area.bottom, area.right) for area in found], dtype=np.int64).reshape(-1, 4)


@lru_cache(maxsize=100_000)
def _area(reference: str, home: str) -> Area:
    (area,) = areas_read(reference, home)
    return area
