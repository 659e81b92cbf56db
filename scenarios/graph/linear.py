"""Operations that are linear in each input: products of tables, sums, scalings, and what puts tables together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy

from scenarios.graph.operation import Operation, Pull, Slopes, cell, held, products
from workbook.block import Block
from workbook.formula import Number, added, call, dot, equal, if_, largest, number_of, pick, smallest, sqrt, total


def _row_column(A: Block, B: Block, digits: int = 2) -> str:
    """Write out row 1 of A times column 1 of B."""
    return products([(cell(A, 0, k, digits=digits), cell(B, k, 0, digits=digits)) for k in range(A.shape[1])])


class MatMul(Operation):
    """Y = A·B, or A·B + b: a row of A meets a column of B. The bias b has one number a column of Y, or one a row."""

    def __init__(self, bias: str = "column") -> None:
        self.bias_by_row = bias == "row"
        self.across = frozenset() if self.bias_by_row else frozenset({2})

    def value(self, np: Any, *x: Any) -> Any:
        product = np.dot(x[0], x[1])
        return product if len(x) == 2 else product + (x[2][:, None] if self.bias_by_row else x[2])

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        A, B, *b = X
        if not b:
            return {"formula": lambda i, j: dot(A[i, :], B[:, j])}
        return {"formula": lambda i, j: dot(A[i, :], B[:, j]) + b[0][i if self.bias_by_row else j]}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        A, B, *b = X
        to_A = products([(cell(dY, 0, j, digits=3), cell(B, 0, j)) for j in range(B.shape[1])])
        to_B = products([(cell(A, i, 0), cell(dY, i, 0, digits=3)) for i in range(A.shape[0])])
        pulls: list[Pull | None] = [
            Pull(lambda i, k: dot(dY[i, :], B[k, :]), f"{dY.symbol}·{B.symbol}ᵀ", to_A, counted=True),
            Pull(lambda k, j: dot(A[:, k], dY[:, j]), f"{A.symbol}ᵀ·{dY.symbol}", to_B, by_row=True),
        ]
        if b and self.bias_by_row:
            pulls.append(Pull(lambda i: total(dY[i, :]), f"Σⱼ {dY.symbol}"))
        elif b:
            pulls.append(Pull(lambda j: total(dY[:, j]), f"Σᵢ {dY.symbol}"))
        return pulls

    def math(self, *x: str) -> str:
        return f"{x[0]}·{x[1]}" + (f" + {x[2]}" if len(x) > 2 else "")

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        return _row_column(X[0], X[1]) + (f" + {cell(X[2], 0)}" if len(X) > 2 else "")


class MatMulT(Operation):
    """Y = A·Bᵀ: every row of A meets every row of B."""

    counted = True

    def value(self, np: Any, *x: Any) -> Any:
        return np.dot(x[0], x[1].T)

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        A, B = X
        return {"formula": lambda i, j: dot(A[i, :], B[j, :])}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        A, B = X
        to_A = products([(cell(dY, 0, j, digits=3), cell(B, j, 0)) for j in range(B.shape[0])])
        to_B = products([(cell(dY, i, 0, digits=3), cell(A, i, 0)) for i in range(A.shape[0])])
        return [
            Pull(lambda i, k: dot(dY[i, :], B[:, k]), f"{dY.symbol}·{B.symbol}", to_A),
            Pull(lambda j, k: dot(dY[:, j], A[:, k]), f"{dY.symbol}ᵀ·{A.symbol}", to_B, by_row=True),
        ]

    def math(self, *x: str) -> str:
        return f"{x[0]}·{x[1]}ᵀ"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        return products([(cell(X[0], 0, k), cell(X[1], 0, k)) for k in range(X[0].shape[1])])


class Scores(MatMulT):
    """Y = Q·Kᵀ/√d + M: attention's scores; d is how many numbers a query has, and M the mask."""

    def value(self, np: Any, *x: Any) -> Any:
        return np.dot(x[0], x[1].T) / np.sqrt(x[0].shape[1]) + x[2]

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        Q, K, M = X
        return {"formula": lambda i, j: dot(Q[i, :], K[j, :]) / sqrt(call("COUNT", Q[i, :])) + M[i, j]}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        Q, K, _M = X
        root = f"√{Q.shape[1]}"
        plain = [pull for pull in super().pulls(Y, X[:2], inner, dY, dX) if pull is not None]
        return [
            Pull(
                lambda i, k: dot(dY[i, :], K[:, k]) / sqrt(call("COUNT", Q[i, :])),
                f"{plain[0].math} / √d", f"({plain[0].written}) / {root}",
            ),
            Pull(
                lambda j, k: dot(dY[:, j], Q[:, k]) / sqrt(call("COUNT", Q[0, :])),
                f"{plain[1].math} / √d", f"({plain[1].written}) / {root}", by_row=True,
            ),
            None,
        ]  # fmt: skip

    def math(self, *x: str) -> str:
        return f"{x[0]}·{x[1]}ᵀ/√d + {x[2]}"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        return f"({super().written(Y, X, inner)}) / √{X[0].shape[1]} + {cell(X[2], 0, 0)}"


class Plus(Operation):
    """Y = A + B: a residual connection, or positions added to tokens."""

    def value(self, np: Any, *x: Any) -> Any:
        return x[0] + x[1]

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        return {"formula": lambda *at: X[0][at] + X[1][at]}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        same = Pull(lambda *at: dY[at], dY.symbol, cell(dY, 0, 0, digits=3))
        return [same, same]

    def math(self, *x: str) -> str:
        return f"{x[0]} + {x[1]}"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        return f"{cell(X[0], 0, 0)} + {cell(X[1], 0, 0)}"


class Skip(Operation):
    """Y = A + c·B: what a layer adds, and c of what it was given; c is 1 with a skip connection and 0 without."""

    def value(self, np: Any, *x: Any) -> Any:
        return x[0] + x[2] * x[1]

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        A, B, c = X
        return {"formula": lambda i, j: A[i, j] + c * B[i, j]}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        B, c = X[1:]
        sent = cell(dY, 0, 0, digits=3)
        return [
            Pull(lambda i, j: dY[i, j], dY.symbol, sent),
            Pull(lambda i, j: c * dY[i, j], f"{c.symbol}·{dY.symbol}", f"{cell(c)}·{sent}"),
            Pull(lambda: dot(dY, B), f"Σ {dY.symbol} ∗ {B.symbol}"),
        ]

    def math(self, *x: str) -> str:
        return f"{x[0]} + {x[2]}·{x[1]}"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        return f"{cell(X[0], 0, 0)} + {cell(X[2])}·{cell(X[1], 0, 0)}"


class Times(Operation):
    """Y = A ∗ B, cell by cell: a gate, or a typed mask of dropout."""

    def value(self, np: Any, *x: Any) -> Any:
        return x[0] * x[1]

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        return {"formula": lambda i, j: X[0][i, j] * X[1][i, j]}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        A, B = X
        return [
            Pull(lambda i, j: dY[i, j] * B[i, j], f"{dY.symbol} ∗ {B.symbol}", f"{cell(dY, 0, 0, digits=3)}·{cell(B, 0, 0)}"),
            Pull(lambda i, j: dY[i, j] * A[i, j], f"{dY.symbol} ∗ {A.symbol}", f"{cell(dY, 0, 0, digits=3)}·{cell(A, 0, 0)}"),
        ]  # fmt: skip

    def math(self, *x: str) -> str:
        return f"{x[0]} ∗ {x[1]}"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        return f"{cell(X[0], 0, 0)}·{cell(X[1], 0, 0)}"


class Scaled(Operation):
    """Y = A·c, with one number c."""

    def value(self, np: Any, *x: Any) -> Any:
        return x[0] * x[1]

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        return {"formula": lambda i, j: X[0][i, j] * X[1]}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        A, c = X
        return [
            Pull(lambda i, j: dY[i, j] * c, f"{dY.symbol}·{c.symbol}", f"{cell(dY, 0, 0, digits=3)}·{cell(c)}"),
            Pull(lambda: dot(dY, A), f"Σ {dY.symbol} ∗ {A.symbol}"),
        ]

    def math(self, *x: str) -> str:
        return f"{x[0]}·{x[1]}"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        return f"{cell(X[0], 0, 0)}·{cell(X[1])}"


class Concat(Operation):
    """Tables of as many rows next to one another, as the heads of attention stand."""

    counted = True

    def __init__(self, *widths: int) -> None:
        self.ends = [int(end) for end in numpy.cumsum(widths)]
        self.starts = [0, *self.ends[:-1]]

    def value(self, np: Any, *x: Any) -> Any:
        return np.concatenate(x, axis=1)

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        def formula(i: Any, j: Any) -> Any:
            parts = [
                pick(x[i, :], smallest(largest(number_of(j) - Number(start), 1), Number(end - start)))
                for x, start, end in zip(X, self.starts, self.ends, strict=True)
            ]
            chosen = parts[-1]
            for part, end in zip(parts[-2::-1], self.ends[-2::-1], strict=True):
                chosen = if_(number_of(j) <= Number(end), part, chosen)
            return chosen

        return {"formula": formula}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        return [
            Pull(lambda i, j, s=start: dY[i, j + s], f"{dY.symbol}[{start + 1}…{end}]", cell(dY, 0, start, digits=3))
            for start, end in zip(self.starts, self.ends, strict=True)
        ]

    def math(self, *x: str) -> str:
        return f"[{' '.join(x)}]"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        return cell(X[0], 0, 0)


class Split(Operation):
    """Columns `start` to `end` of a table; what comes back stands there, and zeros elsewhere."""

    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end

    def value(self, np: Any, *x: Any) -> Any:
        return x[0][:, self.start : self.end]

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        return {"formula": lambda i, j: X[0][i, j + self.start]}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        start, width = Number(self.start), Number(self.end - self.start)

        def formula(i: Any, j: Any) -> Any:
            back = number_of(j) - start
            within = call("AND", back >= 1, back <= width)
            return if_(within, pick(dY[i, :], smallest(largest(back, 1), width)), 0)

        return [Pull(formula, dY.symbol, counted=True)]

    def math(self, *x: str) -> str:
        return f"{x[0]}[{self.start + 1}…{self.end}]"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        return cell(X[0], 0, self.start)


class Embedding(Operation):
    """Row t is the row of the table that token t names, counted from 1."""

    counted = True

    def value(self, np: Any, *x: Any) -> Any:
        chosen = numpy.eye(len(x[1]))[held(x[0]).astype(int) - 1]
        return np.dot(chosen, x[1])

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        tokens, table = X
        return {"formula": lambda t, d: pick(table[:, d], tokens[t])}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        tokens = X[0]

        def formula(v: Any, d: Any) -> Any:
            return added(*(if_(equal(tokens[t], Number(v + 1)), dY[t, d], 0) for t in range(tokens.shape[0])))

        return [None, Pull(formula, f"Σ {dY.symbol}[{tokens.symbol} = v]", by_row=True)]

    def math(self, *x: str) -> str:
        return f"{x[1]}[{x[0]}]"
