"""Functions of one number and operations on two, cell by cell; of two tables, one may have a single row, column or cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from scenarios.graph.operation import Operation, Pull, Slopes, cell
from scenarios.graph.pointwise import PLACES, is_positive
from workbook.block import Block, Shading
from workbook.formula import absolute, as_expr, call, exp, if_, largest, ln, rounded, smallest, sqrt, total

Cells = Callable[..., Any]


@dataclass(frozen=True)
class Rule:
    """A function of a cell x and of numbers of the sheet: by NumPy, as a formula, its slope from x and y, and how it is written."""

    value: Cells
    formula: Cells
    slope: Cells
    math: str


def _steadied(x: Any) -> Any:
    return rounded(x, PLACES)


def _positive(x: Any) -> Any:
    return _steadied(x) > 0


def _above(np: Any, x: Any, low: Any) -> Any:
    return is_positive(np, x - low)


FUNCTIONS: dict[str, Rule] = {
    "exp": Rule(lambda np, x: np.exp(x), exp, lambda x, y: y, "e^{0}"),
    "log": Rule(lambda np, x: np.log(x), ln, lambda x, y: 1 / x, "ln {0}"),
    "sqrt": Rule(lambda np, x: np.sqrt(x), sqrt, lambda x, y: 0.5 / y, "√{0}"),
    "negative": Rule(lambda np, x: -x, lambda x: -x, lambda x, y: as_expr(-1), "−{0}"),
    "absolute": Rule(lambda np, x: np.abs(x), absolute, lambda x, y: call("SIGN", rounded(x, PLACES)), "|{0}|"),
    "reciprocal": Rule(lambda np, x: 1 / x, lambda x: 1 / x, lambda x, y: -(y**2), "1/{0}"),
    "sine": Rule(lambda np, x: np.sin(x), lambda x: call("SIN", x), lambda x, y: call("COS", x), "sin {0}"),
    "cosine": Rule(lambda np, x: np.cos(x), lambda x: call("COS", x), lambda x, y: -call("SIN", x), "cos {0}"),
    "elu": Rule(
        lambda np, x, a: np.where(is_positive(np, x), x, a * (np.exp(np.minimum(x, 0)) - 1)),
        lambda x, a: if_(_positive(x), x, a * (exp(smallest(x, 0)) - 1)),
        lambda x, y, a: if_(_positive(x), 1, y + a),
        "ELU({0})",
    ),
    "selu": Rule(
        lambda np, x, a, g: g * np.where(is_positive(np, x), x, a * (np.exp(np.minimum(x, 0)) - 1)),
        lambda x, a, g: g * if_(_positive(x), x, a * (exp(smallest(x, 0)) - 1)),
        lambda x, y, a, g: if_(_positive(x), g, y + g * a),
        "SELU({0})",
    ),
    "clip": Rule(
        lambda np, x, low, high: np.where(_above(np, x, low), np.where(_above(np, x, high), high, x), low),
        lambda x, low, high: smallest(largest(x, low), high),
        lambda x, y, low, high: if_(call("AND", _positive(x - low), rounded(x - high, PLACES) <= 0), 1, 0),
        "min(max({0}, {1}), {2})",
    ),
    "hard_sigmoid": Rule(
        lambda np, x, a, b: np.where(is_positive(np, a * x + b), np.where(_above(np, a * x + b, 1), 1.0, a * x + b), 0.0),
        lambda x, a, b: smallest(largest(a * x + b, 0), 1),
        lambda x, y, a, b: if_(call("AND", _positive(a * x + b), rounded(a * x + b - 1, PLACES) <= 0), a, 0),
        "min(max({1}·{0} + {2}, 0), 1)",
    ),
}  # fmt: skip
"""Functions of a cell; their other inputs are single numbers."""


class Function(Operation):
    """Y = f(A), cell by cell, with a function of `FUNCTIONS`."""

    def __init__(self, name: str) -> None:
        self.rule = FUNCTIONS[name]
        self.shading = Shading.MASK if name == "clip" else None

    def value(self, np: Any, *x: Any) -> Any:
        return self.rule.value(np, *x)

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        return {"formula": lambda *at: self.rule.formula(X[0][at], *X[1:])}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        math = f"{dY.symbol} ∗ ({self.math(*(x.symbol for x in X))})′"
        pull = Pull(lambda *at: dY[at] * self.rule.slope(X[0][at], Y[at], *X[1:]), math)
        return [pull, *(None for _ in X[1:])]

    def math(self, *x: str) -> str:
        return self.rule.math.format(*x)


@dataclass(frozen=True)
class Pair:
    """An operation on two numbers a and b: by NumPy, as a formula, its slopes in a and in b (None: none is shown), and its sign.

    What decides on which side of a kink a slope is taken is rounded by `r`; no engine rounds a whole range.
    """

    value: Cells
    formula: Cells
    slopes: tuple[Cells, Cells | None]
    math: str


PAIRS: dict[str, Pair] = {
    "plus": Pair(lambda np, a, b: a + b, lambda a, b: a + b, (lambda a, b, r: 1, lambda a, b, r: 1), "{0} + {1}"),
    "minus": Pair(lambda np, a, b: a - b, lambda a, b: a - b, (lambda a, b, r: 1, lambda a, b, r: -1), "{0} − {1}"),
    "times": Pair(lambda np, a, b: a * b, lambda a, b: a * b, (lambda a, b, r: b, lambda a, b, r: a), "{0} ∗ {1}"),
    "over": Pair(
        lambda np, a, b: a / b, lambda a, b: a / b, (lambda a, b, r: 1 / b, lambda a, b, r: -a / b**2), "{0} / {1}"
    ),
    "power": Pair(
        lambda np, a, b: a**b, lambda a, b: a**b, (lambda a, b, r: b * a ** (b - 1), None), "{0}^{1}"
    ),
    "larger": Pair(
        lambda np, a, b: np.where(is_positive(np, a - b), a, b),
        largest,
        (lambda a, b, r: (r(a - b) > 0) * 1, lambda a, b, r: (r(a - b) <= 0) * 1),
        "max({0}, {1})",
    ),
    "smaller": Pair(
        lambda np, a, b: np.where(is_positive(np, a - b), b, a),
        smallest,
        (lambda a, b, r: (r(a - b) <= 0) * 1, lambda a, b, r: (r(a - b) > 0) * 1),
        "min({0}, {1})",
    ),
    "leaky": Pair(
        lambda np, a, b: np.where(is_positive(np, a), a, b * a),
        lambda a, b: if_(rounded(a, PLACES) > 0, a, b * a),
        (
            lambda a, b, r: (r(a) > 0) * (1 - b) + b,
            lambda a, b, r: (r(a) <= 0) * a,
        ),
        "max({0}, {1}·{0})",
    ),
}  # fmt: skip
"""Operations on two cells."""


class Combined(Operation):
    """Y = A ∘ B, cell by cell, with an operation of `PAIRS`; a row, a column or a cell meets every row, column, cell of the other."""

    def __init__(self, name: str, across: Iterable[int] = ()) -> None:
        self.pair = PAIRS[name]
        self.across = frozenset(across)

    def value(self, np: Any, *x: Any) -> Any:
        return self.pair.value(np, *x)

    @staticmethod
    def _at(X: Block, keys: Sequence[Any]) -> Any:
        """Return the cell, or range, of an input that meets the place `keys` of the output."""
        if not X.shape:
            return as_expr(X)
        own = keys[-len(X.shape) :]
        return X[tuple(0 if size == 1 else key for key, size in zip(own, X.shape, strict=True))]

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        return {"formula": lambda *at: self.pair.formula(*(self._at(x, at) for x in X))}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        return [self._pull(n, slope, Y, X, dY) for n, slope in enumerate(self.pair.slopes)]

    def _pull(self, n: int, slope: Cells | None, Y: Block, X: Sequence[Block], dY: Block) -> Pull | None:
        """Return what comes back to input n: over the rows and columns that all read one cell of it, the sum."""
        if slope is None:
            return None
        shape = (1,) * (len(Y.shape) - len(X[n].shape)) + X[n].shape
        summed = [size == 1 and full > 1 for size, full in zip(shape, Y.shape, strict=True)]

        def formula(*at: Any) -> Any:
            own = [*(0 for _ in range(len(Y.shape) - len(at))), *at]
            keys = [slice(None) if over else 0 if size == 1 else key for over, size, key in zip(summed, shape, own, strict=True)]  # fmt: skip
            local = slope(*(self._at(x, keys) for x in X), (lambda x: x) if any(summed) else _steadied)
            sent = dY[tuple(keys)] if isinstance(local, int) and local == 1 else dY[tuple(keys)] * local
            if not any(summed):
                return sent
            return total(sent) if isinstance(local, int) and local == 1 else call("SUMPRODUCT", sent)

        other = self.pair.math.format(*(x.symbol for x in X))
        math = f"{dY.symbol} ∗ ∂({other})/∂{X[n].symbol}"
        return Pull(formula, f"Σ {math}" if any(summed) else math)

    def math(self, *x: str) -> str:
        return self.pair.math.format(*x)

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        a, b = (cell(x, *(0,) * len(x.shape)) for x in X)
        return self.pair.math.format(a, b).replace("∗", "·")


class Reduced(Operation):
    """Y = the mean or the sum of every row, of every column, or of all cells."""

    def __init__(self, kind: str = "mean", of: str = "row") -> None:
        self.kind, self.of = kind, of
        self.axis = {"row": (1,), "column": (0,), "table": (0, 1)}[of]

    def value(self, np: Any, *x: Any) -> Any:
        reduce = {"mean": np.mean, "sum": np.sum}[self.kind]
        return reduce(x[0], axis=self.axis, keepdims=True)

    def _line(self, x: Block, i: Any, j: Any) -> Any:
        return {"row": lambda: x[i, :], "column": lambda: x[:, j], "table": x.whole}[self.of]()

    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        function = {"mean": "AVERAGE", "sum": "SUM"}[self.kind]
        return {"formula": lambda i, j: call(function, self._line(X[0], i, j))}

    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        x = X[0]

        def formula(i: Any, j: Any) -> Any:
            sent = dY[0 if 0 in self.axis else i, 0 if 1 in self.axis else j]
            return sent / call("COUNT", self._line(x, i, j)) if self.kind == "mean" else sent

        return [Pull(formula, f"{dY.symbol} / n" if self.kind == "mean" else dY.symbol)]

    def math(self, *x: str) -> str:
        sign = "μ" if self.kind == "mean" else "Σ"
        return f"{sign} {x[0]}"
