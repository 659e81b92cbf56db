"""Which cells read which, for a whole workbook at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbook.ledger import BlockCells
from workbook.proof.fills import Fill

MOST_READINGS = 20_000_000
"""So many cells in areas are followed; where there are more, every cell is taken to read every other."""

Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Graph:
    """The cells of blocks as nodes, and from each an edge to those that read it.

    Parameters
    ----------
    fills : for each block its formulas
    """

    def __init__(self, blocks: Sequence[BlockCells], fills: Sequence[Sequence[Fill]]) -> None:
        self._shapes = [block.shape for block in blocks]
        self._starts = np.cumsum([0, *(rows * columns for rows, columns in self._shapes)])
        self._count = int(self._starts[-1])
        self._on_sheet: dict[str, list[tuple[int, BlockCells]]] = {}
        for n, block in enumerate(blocks):
            self._on_sheet.setdefault(block.sheet.lower(), []).append((n, block))
        self._sheets: dict[str, NDArray[np.int64]] = {}
        sources, targets = [], []
        areas: dict[tuple[str, tuple[int, ...]], int] = {}
        for n, made in enumerate(fills):
            for fill in made:
                readers = self._starts[n] + fill.rows * self._shapes[n][1] + fill.columns
                for sheet, corners in zip(fill.sheets, fill.corners, strict=True):
                    sources.append(self._read(sheet, corners, areas))
                    targets.append(readers)
        self.is_whole = self._expand(areas, sources, targets)
        source = np.concatenate(sources) if sources else np.zeros(0, np.int64)
        target = np.concatenate(targets) if targets else np.zeros(0, np.int64)
        known = source >= 0
        source, target = source[known], target[known]
        order = np.argsort(source, kind="stable")
        self._targets = target[order]
        self._size = self._count + len(areas)
        self._bounds = np.searchsorted(source[order], np.arange(self._size + 1))

    def _ids(self, sheet: str) -> NDArray[np.int64]:
        """Return the nodes of a sheet's cells; -1 where there is none."""
        name = sheet.lower()
        if name not in self._sheets:
            here = self._on_sheet.get(name, [])
            height = max((block.row + block.shape[0] for _n, block in here), default=1)
            width = max((block.column + block.shape[1] for _n, block in here), default=1)
            ids = np.full((height, width), -1, dtype=np.int64)
            for n, block in here:
                rows, columns = block.shape
                own = self._starts[n] + np.arange(rows * columns).reshape(rows, columns)
                ids[block.row : block.row + rows, block.column : block.column + columns] = own
            self._sheets[name] = ids
        return self._sheets[name]

    def _read(self, sheet: str, corners: Ids, areas: dict[tuple[str, tuple[int, ...]], int]) -> Ids:
        """Return for each cell the node that its reference points at: a cell, or an area."""
        ids = self._ids(sheet)
        single = (corners[:, :2] == corners[:, 2:]).all(axis=1)
        inside = single & (corners[:, 0] < ids.shape[0]) & (corners[:, 1] < ids.shape[1])
        nodes = np.full(len(corners), -1, dtype=np.int64)
        nodes[inside] = ids[corners[inside, 0], corners[inside, 1]]
        if not single.all():
            kinds, which = np.unique(corners[~single], axis=0, return_inverse=True)
            known = [
                areas.setdefault((sheet.lower(), tuple(kind)), self._count + len(areas)) for kind in kinds.tolist()
            ]
            nodes[~single] = np.array(known)[which.reshape(-1)]
        return nodes

    def _expand(self, areas: dict[tuple[str, tuple[int, ...]], int], sources: list[Ids], targets: list[Ids]) -> bool:
        left = MOST_READINGS
        for (sheet, (top, area_left, bottom, right)), node in areas.items():
            cells = self._ids(sheet)[top : bottom + 1, area_left : right + 1].ravel()
            left -= len(cells)
            if left < 0:
                return False
            sources.append(cells)
            targets.append(np.full(len(cells), node))
        return True

    def readers_of(self, masks: Sequence[Mask]) -> list[Mask]:
        """Return which cells read one of some cells, or one that does, and so on."""
        if not self.is_whole:
            return [np.ones(shape, dtype=bool) for shape in self._shapes]
        reached = np.zeros(self._size, dtype=bool)
        now = np.flatnonzero(np.concatenate([mask.ravel() for mask in masks]))
        while len(now):
            starts, stops = self._bounds[now], self._bounds[now + 1]
            counts = stops - starts
            # the edges of all nodes at once: each one's start, and from there one after the other
            steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
            found = np.unique(self._targets[np.repeat(starts, counts) + steps])
            now = found[~reached[found]]
            reached[now] = True
        ends = zip(self._starts[:-1], self._starts[1:], self._shapes, strict=True)
        return [reached[start:stop].reshape(shape) for start, stop, shape in ends]
