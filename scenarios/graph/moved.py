"""Cells that move: transposing, reshaping, cutting, joining, repeating and padding are one operation, given where each cell comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from scenarios.graph.operation import Operation, Pull, Slopes, held
from workbook.block import Block
from workbook.formula import Direction, Number, added, call, equal, if_, largest, number_of, pick, smallest

NOWHERE = -1
"""Where a cell of the output that is none of the inputs' comes from."""

MOST_PIECES = 60
"""A row is put together of at most so many pieces: a formula for more would be longer than a cell's."""


class TooManyPiecesError(ValueError):
    """A row that no formula of reasonable length can put together."""


@dataclass(frozen=True)
class Piece:
    """Columns `start` to `end` of a row: of table `source` the cells first, first + step, …, counted along its rows."""

    start: int
    end: int
    source: int
    first: int
    step: int

    def at(self, X: Block, j: Any, *, alone: bool) -> Any:
        """Return the formula of a cell of column j; if the piece is not `alone` in its row, j may lie outside of it."""
        width = X.shape[-1] if X.shape else 1
        length, (row, column) = self.end - self.start, divmod(self.first, width)
        last = self.first + self.step * (length - 1)
        if not X.shape:
            return X.whole()
        if length == 1:
            return self._cell(X, row, column)
        n = number_of(j) - Number(self.start) if self.start else number_of(j)
        n = n if alone else smallest(largest(n, 1), Number(length))
        if row == last // width:
            if alone and self.step == 1:
                return self._cell(X, row, j + (column - self.start))
            return pick(X[row, :] if len(X.shape) == 2 else X[:], _line(n, self.step, column))
        if self.step % width == 0:
            return pick(X[:, column], _line(n, self.step // width, row))
        place = _line(n, self.step, self.first) - 1
        return pick(X, call("INT", place / Number(width)) + 1, call("MOD", place, Number(width)) + 1)

    @staticmethod
    def _cell(X: Block, row: int, column: Any) -> Any:
        return X[row, column] if len(X.shape) == 2 else X[column]


def _line(n: Any, step: int, start: int) -> Any:
    """Return start + 1 + step·(n − 1), as short as it can be said."""
    scaled = n if step == 1 else n * Number(step) if step > 0 else -n * Number(-step)
    shift = start + 1 - step
    return scaled + Number(shift) if shift > 0 else scaled - Number(-shift) if shift < 0 else scaled


def pieces(row: Any, sizes: Sequence[int]) -> list[Piece]:
    """Return a row of places, counted through all tables one after the other, as pieces; `NOWHERE` makes pieces of its own."""
    ends = numpy.cumsum([0, *sizes])
    source = numpy.where(row == NOWHERE, NOWHERE, numpy.searchsorted(ends, row, side="right") - 1)
    found: list[Piece] = []
    start = 0
    while start < len(row):
        end = start + 1
        step = 1
        if source[start] == NOWHERE:
            while end < len(row) and source[end] == NOWHERE:
                end += 1
            found.append(Piece(start, end, NOWHERE, 0, 0))
        else:
            if end < len(row) and source[end] == source[start]:
                step = int(row[end] - row[start])
                while end < len(row) and source[end] == source[start] and row[end] - row[end - 1] == step:
                    end += 1
            found.append(Piece(start, end, int(source[start]), int(row[start] - ends[source[start]]), step))
        start = end
    return found


def gathered(places: Any, X: Sequence[Block], fill: Any) -> Callable[[int, Any], Any]:
    """Return the formula of a cell of row i, column j of a table whose cells come from places of others."""
    sizes = [x.value.size for x in X]
    rows = [pieces(row, sizes) for row in places]
    if any(len(row) > MOST_PIECES for row in rows):
        raise TooManyPiecesError(f"{max(map(len, rows))} pieces in one row")

    def formula(i: int, j: Any) -> Any:
        if isinstance(j, int):
            (piece,) = pieces(places[i, j : j + 1], sizes)
            return fill if piece.source == NOWHERE else piece.at(X[piece.source], j, alone=True)

        def part(piece: Piece) -> Any:
            alone = len(rows[i]) == 1
            return fill if piece.source == NOWHERE else piece.at(X[piece.source], j, alone=alone)

        chosen = part(rows[i][-1])
        for piece in rows[i][-2::-1]:
            chosen = if_(number_of(j) <= Number(piece.end), part(piece), chosen)
        return chosen

    return formula


class OneHot(Operation):
    """Y: row t has a 1 in the column that token t names, counted from 1, and zeros elsewhere; Y·E then looks rows of E up."""

    counted = True

    def __init__(self, columns: int) -> None:
        self.columns = columns

    def value(self, np: Any, *x: Any) -> Any:
        return numpy.eye(self.columns)[held(x[0]).astype(int) - 1]

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        return {"formula": lambda t, v: if_(equal(X[0][t], number_of(v)), 1, 0)}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        return [None]

    def math(self, *x: str) -> str:
        return f"(v = {x[0]})"


class LookedUp(Operation):
    """Y: row t is the row of a table that the number in place t of a row of numbers names, counted from 0."""

    def __init__(self, row: int | None = None) -> None:
        self.row = row
        self.across = frozenset({0}) if row is None else frozenset()

    def _named(self, numbers: Any) -> Any:
        return numbers if self.row is None else numbers[self.row]

    def _cell(self, numbers: Block, t: int) -> Any:
        return numbers[t] if self.row is None else numbers[self.row, t]

    def value(self, np: Any, *x: Any) -> Any:
        return np.dot(numpy.eye(len(x[1]))[self._named(held(x[0])).astype(int)], x[1])

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        numbers, table = X
        return {
            "each": [lambda d, t=t: pick(table[:, d], self._cell(numbers, t) + 1) for t in range(len(Y.value))],
        }

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        numbers = X[0]

        def formula(v: int, d: Any) -> Any:
            places = range(len(Y.value))
            return added(*(if_(equal(self._cell(numbers, t), Number(v)), dY[t, d], 0) for t in places))

        return [None, Pull(formula, f"Σ {dY.symbol}[{numbers.symbol} = v]", by_row=True)]

    def math(self, *x: str) -> str:
        return f"{x[1]}[{x[0]}]"


class Moved(Operation):
    """Y: every cell is a cell of an input, or a number that the last input holds where `places` says `NOWHERE`.

    `places` has the shape of Y and counts the cells of all tables one after the other, along their rows; `least`: what
    comes from nowhere is the smallest cell of the first table, which no maximum takes.
    """

    counted = True

    def __init__(self, places: Any, math: str = "{0}", across: Iterable[int] = (), *, least: bool = False) -> None:
        self.places = numpy.atleast_2d(numpy.asarray(places, int))
        self.template, self.least, self.across = math, least, frozenset(across)
        self.filled = bool((self.places == NOWHERE).any())

    def _tables(self, x: Sequence[Any]) -> Sequence[Any]:
        return x if self.least or not self.filled else x[:-1]

    def value(self, np: Any, *x: Any) -> Any:
        flat = np.concatenate([np.reshape(each, (-1,)) for each in self._tables(x)])
        fill = flat if not self.filled else np.reshape(numpy.min(held(x[0])) if self.least else x[-1], (-1,))
        return np.concatenate([flat, fill[:1]])[numpy.where(self.places == NOWHERE, len(flat), self.places)]

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        fill = smallest(X[0]) if self.least else X[-1].whole() if self.filled else None
        if Y.along is Direction.RIGHT:  # its one row lies down: each of its cells has a formula of its own
            cells = [gathered(self.places[:, n : n + 1], self._tables(X), fill) for n in range(self.places.shape[1])]
            return {"each": [lambda _i, cell=cell: cell(0, 0) for cell in cells]}
        cell = gathered(self.places, self._tables(X), fill)
        return {"each": [lambda j, i=i: cell(i, j) for i in range(len(self.places))]}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        tables = self._tables(X)
        sizes = [x.value.size for x in tables]
        ends = numpy.cumsum([0, *sizes])
        pulls: list[Pull | None] = [self._pull(x, start, dY) for x, start in zip(tables, ends, strict=False)]
        return pulls + [None] * (len(X) - len(tables))

    def _pull(self, x: Block, start: int, dY: Block) -> Pull:
        """Return what comes back to a table: from every cell of the output that shows one of its own."""
        readers: list[list[int]] = [[] for _ in range(x.value.size)]
        for to, place in enumerate(self.places.ravel()):
            if start <= place < start + x.value.size:
                readers[place - start].append(to)
        shape = (1,) * (2 - len(x.shape)) + x.shape
        depth = max(1, *map(len, readers)) if readers else 1
        layers = [numpy.array([r[n] if n < len(r) else NOWHERE for r in readers]).reshape(shape) for n in range(depth)]
        cells = [gathered(layer, [dY], 0) for layer in layers]

        def formula(*at: Any) -> Any:
            i, j = (0,) * (2 - len(at)) + at
            return added(*(cell(i, j) for cell in cells))

        return Pull(formula, f"↩ {dY.symbol}", by_row=len(x.shape) == 2, counted=bool(x.shape))

    def math(self, *x: str) -> str:
        return self.template.format(", ".join(self._tables(x)))
