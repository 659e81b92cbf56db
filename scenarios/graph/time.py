"""Operations over time: each row is a moment that reads the one before; backward each reads the one after.

`Recurrent` holds its loop itself. The others read a table that is put further down (`Graph.later`) one row back, and at the
first moment a row of their own that stands before it, h₀ or s₀: so gates are tables like any other. H₋ means one row back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scenarios.graph.operation import Operation, Pull, Slopes, cell
from workbook.block import Block
from workbook.formula import dot, tanh, total


class Recurrent(Operation):
    """H: row t is tanh(U[t] + H[t − 1]·W), with zeros before the first; U is what comes in, and nothing else reads it."""

    def value(self, np: Any, *x: Any) -> Any:
        U, W = x
        rows = [np.tanh(U[0])]
        for t in range(1, len(U)):
            rows.append(np.tanh(U[t] + np.dot(rows[-1], W)))
        return np.array(rows)

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        U, W = X
        return {
            "formula": lambda t, j: tanh(U[t, j] + dot(Y[t - 1, :], W[:, j])),
            "first": lambda j: tanh(U[0, j]),
        }

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        W, T = X[1], len(Y.value)

        def later(t: Any, j: Any) -> Any:
            return dot(dX(0)[t + 1, :], W[j, :])

        delta = Pull(
            lambda t, j: (dY[t, j] + later(t, j)) * (1 - Y[t, j] ** 2),
            f"({dY.symbol} + ∂{X[0].symbol}[t+1]·{W.symbol}ᵀ) ∗ (1 − {Y.symbol}²)",
            counted=True,
            last=lambda j: dY[T - 1, j] * (1 - Y[T - 1, j] ** 2),
        )
        weights = Pull(
            lambda k, j: dot(Y[0 : T - 1, k], dX(0)[1:T, j]), f"Σₜ {Y.symbol}[t−1]ᵀ·∂{X[0].symbol}[t]", by_row=True
        )
        return [delta, weights]

    def math(self, *x: str) -> str:
        return f"tanh({x[0]} + H₋₁·{x[1]})"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        return f"tanh({cell(X[0], 0, 0, digits=3, brackets=False)})"


def before(np: Any, table: Any, start: Any) -> Any:
    """Return a table one row back, with the start in its first row."""
    return np.concatenate([np.reshape(start, (1, -1)), table[:-1]])


def to_gate(dY: Block, H: Block, start: Block) -> Pull:
    """Return what comes back to a gate that Y is multiplied with: the slope times H one row back."""
    return Pull(lambda t, j: dY[t, j] * H[t - 1, j], f"{dY.symbol} ∗ {H.symbol}₋", first=lambda j: dY[0, j] * start[j])


def to_before(dY: Block, gate: Block) -> list[Pull]:
    """Return what comes back through a gate to the table one row back, and to the row that stands before its first."""
    return [
        Pull(lambda t, j: dY[t + 1, j] * gate[t + 1, j], f"{dY.symbol}₊ ∗ {gate.symbol}₊", later=True),
        Pull(lambda j: dY[0, j] * gate[0, j], f"{dY.symbol}[1] ∗ {gate.symbol}[1]"),
    ]


class Sums(Operation):
    """Z = X·W + H₋·U + b: what comes in, and what the moment before has left. With no h₀ given it reads H in the same row."""

    across = frozenset({4, 5})

    def value(self, np: Any, *x: Any) -> Any:
        X, W, H, U, b, *start = x
        return np.dot(X, W) + np.dot(before(np, H, start[0]) if start else H, U) + b

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        x, W, H, U, b, *start = X

        def sums(t: Any, j: Any, left: Any) -> Any:
            return dot(x[t, :], W[:, j]) + dot(left, U[:, j]) + b[j]

        if not start:
            return {"formula": lambda t, j: sums(t, j, H[t, :])}
        return {"formula": lambda t, j: sums(t, j, H[t - 1, :]), "first": lambda j: sums(0, j, start[0][:])}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        x, W, H, U, _b, *start = X
        T, back = len(Y.value), bool(start)
        sent, left = dY.symbol, f"{H.symbol}₋" if back else H.symbol

        def to_U(k: Any, j: Any) -> Any:
            return start[0][k] * dY[0, j] + dot(H[0 : T - 1, k], dY[1:T, j]) if back else dot(H[:, k], dY[:, j])

        pulls = [
            Pull(lambda t, k: dot(dY[t, :], W[k, :]), f"{sent}·{W.symbol}ᵀ", counted=True),
            Pull(lambda k, j: dot(x[:, k], dY[:, j]), f"{x.symbol}ᵀ·{sent}", by_row=True),
            Pull(
                lambda t, k: dot(dY[t + back, :], U[k, :]), f"{sent}{'₊' * back}·{U.symbol}ᵀ", counted=True, later=back
            ),
            Pull(to_U, f"{left}ᵀ·{sent}", by_row=True),
            Pull(lambda j: total(dY[:, j]), f"Σₜ {sent}"),
        ]
        if back:
            pulls.append(Pull(lambda k: dot(dY[0, :], U[k, :]), f"{sent}[1]·{U.symbol}ᵀ", counted=True))
        return [*pulls]

    def math(self, *x: str) -> str:
        return f"{x[0]}·{x[1]} + {x[2]}{'₋' * (len(x) > 5)}·{x[3]} + {x[4]}"


class Kept(Operation):
    """S = A ∗ I + F ∗ S₋: an LSTM's state takes in A as far as I is open, and keeps itself as far as F is."""

    across = frozenset({4})

    def value(self, np: Any, *x: Any) -> Any:
        A, I, F, S, start = x
        return A * I + F * before(np, S, start)

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        A, I, F, S, start = X
        return {
            "formula": lambda t, j: A[t, j] * I[t, j] + F[t, j] * S[t - 1, j],
            "first": lambda j: A[0, j] * I[0, j] + F[0, j] * start[j],
        }

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        A, I, F, S, start = X
        return [
            Pull(lambda t, j: dY[t, j] * I[t, j], f"{dY.symbol} ∗ {I.symbol}"),
            Pull(lambda t, j: dY[t, j] * A[t, j], f"{dY.symbol} ∗ {A.symbol}"),
            to_gate(dY, S, start),
            *to_before(dY, F),
        ]

    def math(self, *x: str) -> str:
        return f"{x[0]} ∗ {x[1]} + {x[2]} ∗ {x[3]}₋"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        A, I, F, _S, start = X
        return f"{cell(A, 0, 0)}·{cell(I, 0, 0)} + {cell(F, 0, 0)}·{cell(start, 0)}"


class Shown(Operation):
    """H = tanh(S) ∗ O: what an LSTM lets out of its state."""

    def value(self, np: Any, *x: Any) -> Any:
        return np.tanh(x[0]) * x[1]

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        S, O = X
        return {"formula": lambda t, j: tanh(S[t, j]) * O[t, j]}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        S, O = X
        to_S = Pull(
            lambda t, j: dY[t, j] * O[t, j] * (1 - tanh(S[t, j]) ** 2),
            f"{dY.symbol} ∗ {O.symbol} ∗ (1 − tanh²({S.symbol}))",
        )
        return [to_S, Pull(lambda t, j: dY[t, j] * tanh(S[t, j]), f"{dY.symbol} ∗ tanh({S.symbol})")]

    def math(self, *x: str) -> str:
        return f"tanh({x[0]}) ∗ {x[1]}"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        S, O = X
        return f"tanh({cell(S, 0, 0, digits=3, brackets=False)})·{cell(O, 0, 0)}"


class Reset(Operation):
    """R ∗ H₋: how much of the moment before a GRU looks at."""

    across = frozenset({2})

    def value(self, np: Any, *x: Any) -> Any:
        R, H, start = x
        return R * before(np, H, start)

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        R, H, start = X
        return {"formula": lambda t, j: R[t, j] * H[t - 1, j], "first": lambda j: R[0, j] * start[j]}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        R, H, start = X
        return [to_gate(dY, H, start), *to_before(dY, R)]

    def math(self, *x: str) -> str:
        return f"{x[0]} ∗ {x[1]}₋"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        return f"{cell(X[0], 0, 0)}·{cell(X[2], 0)}"


class Blend(Operation):
    """H = K ∗ H₋ + (1 − K) ∗ C: a GRU keeps K of what it held, and takes the rest from the candidate."""

    across = frozenset({3})

    def value(self, np: Any, *x: Any) -> Any:
        K, C, H, start = x
        return K * before(np, H, start) + (1 - K) * C

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        K, C, H, start = X
        return {
            "formula": lambda t, j: K[t, j] * H[t - 1, j] + (1 - K[t, j]) * C[t, j],
            "first": lambda j: K[0, j] * start[j] + (1 - K[0, j]) * C[0, j],
        }

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        K, C, H, start = X
        to_K = Pull(
            lambda t, j: dY[t, j] * (H[t - 1, j] - C[t, j]), f"{dY.symbol} ∗ ({H.symbol}₋ − {C.symbol})",
            first=lambda j: dY[0, j] * (start[j] - C[0, j]),
        )  # fmt: skip
        return [
            to_K,
            Pull(lambda t, j: dY[t, j] * (1 - K[t, j]), f"{dY.symbol} ∗ (1 − {K.symbol})"),
            *to_before(dY, K),
        ]

    def math(self, *x: str) -> str:
        return f"{x[0]} ∗ {x[2]}₋ + (1 − {x[0]}) ∗ {x[1]}"

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        K, C, _H, start = X
        return f"{cell(K, 0, 0)}·{cell(start, 0)} + (1 − {cell(K, 0, 0)})·{cell(C, 0, 0)}"
