"""Operations on pictures, plane by plane: convolution, pooling, and what keeps every second cell.

A window moves with the fill; padding is a visible margin of zeros around a picture, and around slopes that come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy

from scenarios.graph.operation import Operation, Pull, Slopes, cell, held, products
from workbook.block import Block, Counter, Role
from workbook.formula import (
    Number,
    added,
    both,
    call,
    dot,
    equal,
    if_,
    largest,
    mean,
    number_of,
    pick,
    rounded,
    smallest,
    total,
)

PLACES = 12
"""Which cell of a window is largest is decided to so many places."""


def windows(x: Any, rows: int, columns: int, size: tuple[int, int]) -> list[Any]:
    """Return for each place of a window the cells that stand there, (rows, columns) each."""
    return [x[a : a + rows, b : b + columns] for a in range(size[0]) for b in range(size[1])]


class Conv2d(Operation):
    """Y = X ⋆ K + b: the kernel is laid on every window of the picture; of several planes the sums are added up.

    Its inputs are the planes, as many kernels, and the bias. `padding` zeros stand around the picture.
    """

    inner_is_backward = True

    def __init__(self, kernel: tuple[int, int], planes: int = 1, padding: int = 0) -> None:
        self.kernel, self.planes, self.padding = kernel, planes, padding
        if padding >= min(kernel):
            raise ValueError("a kernel is larger than its padding")
        self.slope_margin = max(kernel) - 1 - padding

    def value(self, np: Any, *x: Any) -> Any:
        p, (a, b) = self.padding, self.kernel
        total_ = x[-1]
        for X, K in zip(x[: self.planes], x[self.planes : -1], strict=True):
            padded = np.pad(X, p, "constant") if p else X
            rows, columns = X.shape[0] + 2 * p - a + 1, X.shape[1] + 2 * p - b + 1
            for n, here in enumerate(windows(padded, rows, columns, self.kernel)):
                total_ = total_ + here * K[n // b, n % b]
        return total_

    def _pairs(self, X: Sequence[Block]) -> list[tuple[Block, Block]]:
        return list(zip(X[: self.planes], X[self.planes : -1], strict=True))

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        p, (a, b) = self.padding, self.kernel

        def formula(i: Any, j: Any) -> Any:
            return added(*(dot(x[i - p : i - p + a, j - p : j - p + b], K) for x, K in self._pairs(X)), X[-1])

        return {"formula": formula}

    def inner(self, name: str, X: Sequence[Block]) -> list[Block]:
        """Return each kernel turned by 180°, which the slopes of the picture are convolved with."""
        turned = []
        for n, (_plane, K) in enumerate(self._pairs(X)):
            rows, columns = K.shape
            each = [lambda b, a=a, K=K, columns=columns: pick(K[a, :], columns + 1 - number_of(b)) for a in reversed(range(rows))]  # fmt: skip
            id = f"{name}_turned{n + 1}" if self.planes > 1 else f"{name}_turned"
            turned.append(
                Block(id, Role.DERIVED, K.value[::-1, ::-1], "", f"{K.symbol}↻", each=each, columns=Counter(""))
            )
        return turned

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        p, (a, b) = self.padding, self.kernel
        up, left = a - 1 - p, b - 1 - p
        rows, columns = Y.shape
        planes: list[Pull | None] = []
        kernels: list[Pull | None] = []
        for (x, K), turned in zip(self._pairs(X), inner, strict=True):
            planes.append(
                Pull(lambda i, j, T=turned: dot(dY[i - up : i - up + a, j - left : j - left + b], T), f"{dY.symbol} ⋆ {K.symbol}↻")
            )  # fmt: skip
            kernels.append(
                Pull(lambda i, j, x=x: dot(x[i - p : i - p + rows, j - p : j - p + columns], dY), f"{x.symbol} ⋆ {dY.symbol}")
            )  # fmt: skip
        return [*planes, *kernels, Pull(lambda: total(dY), f"Σ {dY.symbol}")]

    def math(self, *x: str) -> str:
        pairs = zip(x[: self.planes], x[self.planes : -1], strict=True)
        return " + ".join([*(f"{plane} ⋆ {kernel}" for plane, kernel in pairs), x[-1]])

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        if self.planes > 1 or self.padding:
            return ""
        a, b = self.kernel
        pairs = [(cell(X[0], i, j), cell(X[1], i, j)) for i in range(a) for j in range(b)]
        return f"{products(pairs)} + {cell(X[2])}"


class _Pool(Operation):
    """An operation on every window of a picture; `size` is that of a square, or rows and columns."""

    def __init__(self, size: int | tuple[int, int] = 2) -> None:
        self.size = (size, size) if isinstance(size, int) else size
        self.slope_margin = max(self.size) - 1

    def places(self, x: Any) -> tuple[int, int]:
        """Return how many windows there are, down and across."""
        return x.shape[0] - self.size[0] + 1, x.shape[1] - self.size[1] + 1


class MaxPool(_Pool):
    """Y = the largest of every window; what comes back goes to the cell that was the largest, the first of equals."""

    inner_is_backward = True

    def _winners(self, x: Any) -> Any:
        rows, columns = self.places(x)
        seen = windows(numpy.round(x, PLACES), rows, columns, self.size)
        return numpy.argmax(numpy.array(seen), axis=0)

    def value(self, np: Any, *x: Any) -> Any:
        winners = self._winners(held(x[0]))
        cells = windows(x[0], winners.shape[0], winners.shape[1], self.size)
        return sum(np.where(winners == n, here, 0.0) for n, here in enumerate(cells))

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        a, b = self.size
        return {"formula": lambda i, j: largest(X[0][i : i + a, j : j + b])}

    def inner(self, name: str, X: Sequence[Block]) -> list[Block]:
        (a, b), x = self.size, X[0]

        def formula(i: Any, j: Any) -> Any:
            top = rounded(largest(x[i : i + a, j : j + b]), PLACES)
            chosen: Any = Number(a * b)
            for n in reversed(range(a * b - 1)):
                chosen = if_(equal(rounded(x[i + n // b, j + n % b], PLACES), top), Number(n + 1), chosen)
            return chosen

        value = self._winners(x.value) + 1.0
        return [
            Block(
                f"{name}_winner",
                Role.DERIVED,
                value,
                "",
                "n",
                formula=formula,
                margin=self.slope_margin,
                number_format="0",
            )
        ]

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        (a, b), (winner,) = self.size, inner

        def formula(i: Any, j: Any) -> Any:
            places = [(i - n // b, j - n % b, Number(n + 1)) for n in range(a * b)]
            return added(*(if_(equal(winner[r, c], n), dY[r, c], 0) for r, c, n in places))

        return [Pull(formula, f"Σ {dY.symbol}[n]")]

    def math(self, *x: str) -> str:
        return f"max {self.size[0]}×{self.size[1]}({x[0]})"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        rows, columns = map(range, self.size)
        return f"max({', '.join(cell(X[0], i, j).replace('p}', '}') for i in rows for j in columns)})"


class AvgPool(_Pool):
    """Y = the mean of every window."""

    def value(self, np: Any, *x: Any) -> Any:
        return sum(windows(x[0], *self.places(x[0]), self.size)) / (self.size[0] * self.size[1])

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        a, b = self.size
        return {"formula": lambda i, j: mean(X[0][i : i + a, j : j + b])}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        a, b = self.size
        count = Number(a * b)
        return [Pull(lambda i, j: total(dY[i - a + 1 : i + 1, j - b + 1 : j + 1]) / count, f"Σ {dY.symbol} / {a * b}")]

    def math(self, *x: str) -> str:
        return f"μ {self.size[0]}×{self.size[1]}({x[0]})"


class Every(Operation):
    """Y = every `stride`-th cell of A, down and across: a convolution or pooling with a stride."""

    counted = numbered = True

    def __init__(self, stride: int = 2) -> None:
        self.stride = stride

    def value(self, np: Any, *x: Any) -> Any:
        return x[0][:: self.stride, :: self.stride]

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        def place(index: Any) -> Any:
            return (number_of(index) - 1) * self.stride + 1

        return {"formula": lambda i, j: pick(X[0], place(i), place(j))}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        s = self.stride

        def formula(i: Any, j: Any) -> Any:
            here = both(*(equal(call("MOD", number_of(n) - 1, s), 0) for n in (i, j)))
            return if_(here, pick(dY, *(call("INT", (number_of(n) - 1) / s) + 1 for n in (i, j))), 0)

        return [Pull(formula, dY.symbol, counted=True, numbered=True)]

    def math(self, *x: str) -> str:
        return f"{x[0]}[::{self.stride}]"


class Flatten(Operation):
    """Y = the rows of all planes one after the other, as one row; every plane has so many rows and columns."""

    counted = True

    def __init__(self, rows: int, columns: int) -> None:
        self.rows, self.columns = rows, columns

    def value(self, np: Any, *x: Any) -> Any:
        return np.concatenate([np.reshape(plane, (1, -1)) for plane in x], axis=1)

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        size, rows, columns = self.rows * self.columns, Number(self.rows), Number(self.columns)

        def formula(i: Any, j: Any) -> Any:
            cells = []
            for n, plane in enumerate(X):
                at = number_of(j) - 1 - Number(n * size)
                row = smallest(largest(call("INT", at / columns) + 1, 1), rows)
                cells.append(pick(plane, row, call("MOD", at, columns) + 1))
            chosen = cells[-1]
            for n in range(len(X) - 1, 0, -1):
                chosen = if_(number_of(j) <= Number(n * size), cells[n - 1], chosen)
            return chosen

        return {"formula": formula}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        def back(start: int) -> Pull:
            def formula(i: Any, j: Any) -> Any:
                return pick(dY[0, :], Number(start) + (number_of(i) - 1) * Number(self.columns) + number_of(j))

            return Pull(formula, dY.symbol, counted=True, numbered=True)

        return [back(n * self.rows * self.columns) for n in range(len(X))]

    def math(self, *x: str) -> str:
        return f"[{' '.join(x)}]→"


class Inner(Operation):
    """y = Σ W ∗ A + c: one output from a whole table."""

    def value(self, np: Any, *x: Any) -> Any:
        return np.sum(x[0] * x[1]) + x[2]

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        return {"formula": lambda: dot(X[0], X[1]) + X[2]}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        W, A, _c = X
        return [
            Pull(lambda i, j: dY * A[i, j], f"{dY.symbol}·{A.symbol}", f"{cell(dY, digits=3)}·{cell(A, 0, 0)}"),
            Pull(lambda i, j: dY * W[i, j], f"{dY.symbol}·{W.symbol}", f"{cell(dY, digits=3)}·{cell(W, 0, 0)}"),
            Pull(dY.whole, dY.symbol),
        ]

    def math(self, *x: str) -> str:
        return f"Σ {x[0]} ∗ {x[1]} + {x[2]}"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        W, A, c = X
        pairs = [(cell(W, i, j), cell(A, i, j)) for i in range(W.shape[0]) for j in range(W.shape[1])]
        return f"{products(pairs)} + {cell(c)}"
