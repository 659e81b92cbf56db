"""Every operation of a graph with random inputs of random shapes, and slips that somebody could make in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.graph.functions import FUNCTIONS, PAIRS, Combined, Function, Reduced
from scenarios.graph.graph import Graph, Node
from scenarios.graph.linear import Concat, Embedding, MatMul, MatMulT, Plus, Scaled, Scores, Skip, Split, Times
from scenarios.graph.losses import BinaryCrossEntropy, CrossEntropy, HalfSquared, MeanSquared, Softmax
from scenarios.graph.moved import NOWHERE, LookedUp, Moved, OneHot
from scenarios.graph.norms import Centred, Gain, Standardised
from scenarios.graph.operation import Operation, Pull
from scenarios.graph.planes import AvgPool, Conv2d, Every, Flatten, Inner, MaxPool
from scenarios.graph.pointwise import Applied, Leaky, Softplus
from scenarios.graph.positions import RightAngle, Turned
from scenarios.graph.time import Blend, Kept, Recurrent, Reset, Shown, Sums
from workbook.block import Block
from workbook.formula import as_expr

Random = np.random.Generator
Case = Callable[[Random], tuple[Operation, list[NDArray[Any]]]]


def normal(rng: Random, *shape: int) -> NDArray[Any]:
    """Return random numbers with three decimals, none of them near a kink at 0."""
    x = rng.uniform(0.05, 1.5, shape) * rng.choice([-1, 1], shape)
    return np.asarray(x.round(3))


def sizes(rng: Random, count: int = 3) -> list[int]:
    return [int(n) for n in rng.integers(2, 6, count)]


def _dense(bias: str) -> Case:
    def case(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
        n, k, m = sizes(rng)
        return MatMul(bias), [normal(rng, n, k), normal(rng, k, m), normal(rng, n if bias == "row" else m)]

    return case


def _products(operation: Operation, *, turned: bool) -> Case:
    def case(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
        n, k, m = sizes(rng)
        return operation, [normal(rng, n, k), normal(rng, m, k) if turned else normal(rng, k, m)]

    return case


def _scores(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
    n, k, m = sizes(rng)
    return Scores(), [normal(rng, n, k), normal(rng, m, k), normal(rng, n, m)]


def _alike(operation: Operation, count: int = 2) -> Case:
    def case(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
        shape = sizes(rng, 2)
        return operation, [normal(rng, *shape) for _ in range(count)]

    return case


def _with_number(operation: Operation) -> Case:
    return lambda rng: (operation, [normal(rng, *sizes(rng, 2)), np.asarray(rng.uniform(0.1, 0.9).__round__(2))])


def _skip(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
    shape = sizes(rng, 2)
    return Skip(), [normal(rng, *shape), normal(rng, *shape), normal(rng)]


def _concat(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
    n, a, b = sizes(rng)
    a += 11  # a number that no formula may hold as it is
    return Concat(a, b), [normal(rng, n, a), normal(rng, n, b)]


def _split(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
    return Split(11, 25), [normal(rng, 3, 26)]


def _embedding(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
    t, v, d = sizes(rng)
    v += 9
    return Embedding(), [rng.integers(1, v + 1, t).astype(float), normal(rng, v, d)]


def _hot(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
    t, v, _d = sizes(rng)
    v += 9
    return OneHot(v), [rng.integers(1, v + 1, t).astype(float)]


def _looked_up(rng: Random, row: int | None = None) -> tuple[Operation, list[NDArray[Any]]]:
    t, v, d = sizes(rng)
    return LookedUp(row), [rng.integers(0, v, t if row is None else (2, t)).astype(float), normal(rng, v, d)]


def _one_hot(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
    n, m, _ = sizes(rng)
    return CrossEntropy(), [normal(rng, n, m), np.eye(m)[rng.integers(0, m, n)]]


def _binary(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
    shape = sizes(rng, 2)
    return BinaryCrossEntropy(), [normal(rng, *shape), rng.integers(0, 2, shape).astype(float)]


def _convolution(planes: int, padding: int, kernel: tuple[int, int] | None = None) -> Case:
    def case(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
        k = int(rng.integers(max(2, padding + 1), 4))
        size = kernel or (k, k)
        rows, columns = (int(n) for n in rng.integers(4, 6, 2))
        pictures = [normal(rng, rows, columns) for _ in range(planes)]
        return Conv2d(size, planes, padding), [*pictures, *(normal(rng, *size) for _ in range(planes)), normal(rng)]

    return case


def _picture(operation: Operation) -> Case:
    return lambda rng: (operation, [normal(rng, *(int(n) for n in rng.integers(4, 6, 2)))])


def _spread(of: str) -> Case:
    return lambda rng: (Standardised(of), [normal(rng, *sizes(rng, 2)), np.asarray(1e-5)])


def _gain(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
    n, m = sizes(rng, 2)
    return Gain(), [normal(rng, n, m), normal(rng, m), normal(rng, m)]


def _inner(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
    shape = sizes(rng, 2)
    return Inner(), [normal(rng, *shape), normal(rng, *shape), normal(rng)]


def _recurrent(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
    t, n = sizes(rng, 2)
    return Recurrent(), [normal(rng, t, n), normal(rng, n, n)]


def _sums(*, back: bool) -> Case:
    def case(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
        t, k, n = sizes(rng)
        table, start = normal(rng, t, n), [normal(rng, n)] if back else []
        return Sums(), [normal(rng, t, k), normal(rng, k, n), table, normal(rng, n, n), normal(rng, n), *start]

    return case


def _function(name: str) -> Case:
    def case(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
        x = normal(rng, *sizes(rng, 2))
        numbers = {"elu": [1.5], "selu": [1.67, 1.05], "clip": [-0.52, 0.73], "hard_sigmoid": [0.21, 0.5]}.get(name, [])
        return Function(name), [np.abs(x) if name in ("log", "sqrt") else x, *map(np.asarray, numbers)]

    return case


def _turned(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
    t, half = sizes(rng, 2)
    return Turned(), [*(normal(rng, 1, 2 * half) for _ in range(2)), *(normal(rng, t, 2 * half) for _ in range(2))]


def _before(operation: Operation, tables: int) -> Case:
    """Tables, of which the operation reads the last one row back, and the row before it."""

    def case(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
        t, n = sizes(rng, 2)
        return operation, [*(normal(rng, t, n) for _ in range(tables)), normal(rng, n)]

    return case


def _combined(name: str, *, which: int = 0, with_: str = "table") -> Case:
    """Two tables; or one has a single row, column or cell, or is a row by itself."""

    def case(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
        n, m = sizes(rng, 2)
        shape = {"table": (n, m), "row": (1, m), "column": (n, 1), "cell": (1, 1), "vector": (m,), "number": ()}[with_]
        tables = [normal(rng, n, m), normal(rng, *shape)]
        tables = [np.abs(tables[0]), np.round(tables[1] + 3)] if name == "power" else tables
        return Combined(name, {1} if with_ == "vector" else ()), tables[::-1] if which else tables

    return case


def _moved(rearranged: Callable[[NDArray[Any]], NDArray[Any]], *shape: int, filled: bool = False) -> Case:
    """A table's cells rearranged as NumPy rearranges the numbers of its places."""

    def case(rng: Random) -> tuple[Operation, list[NDArray[Any]]]:
        places = rearranged(np.arange(float(np.prod(shape))).reshape(shape))
        return Moved(places, across={0} if len(shape) == 1 else ()), [
            normal(rng, *shape),
            *([normal(rng)] if filled else []),
        ]

    return case


CASES: dict[str, Case] = {
    "MatMul": _products(MatMul(), turned=False),
    "MatMul, a bias a column": _dense("column"),
    "MatMul, a bias a row": _dense("row"),
    "MatMulT": _products(MatMulT(), turned=True),
    "Scores": _scores,
    "Plus": _alike(Plus()),
    "Times": _alike(Times()),
    "Skip": _skip,
    "Scaled": _with_number(Scaled()),
    "Concat": _concat,
    "Split": _split,
    "Embedding": _embedding,
    "OneHot": _hot,
    "LookedUp": _looked_up,
    "LookedUp, of a table": lambda rng: _looked_up(rng, 1),
    **{f"Applied {name}": _alike(Applied(name), 1) for name in ("identity", "sigmoid", "tanh", "relu", "leaky_relu")},
    "Softplus": _alike(Softplus(), 1),
    "Leaky": _with_number(Leaky()),
    "Softmax": _alike(Softmax(), 1),
    "HalfSquared": _alike(HalfSquared()),
    "MeanSquared": _alike(MeanSquared()),
    "CrossEntropy": _one_hot,
    "BinaryCrossEntropy": _binary,
    "Conv2d": _convolution(1, 0),
    "Conv2d, padded": _convolution(1, 1),
    "Conv2d, two planes": _convolution(2, 1),
    "Conv2d, not square": _convolution(1, 0, (1, 3)),
    "MaxPool of 2×3": _picture(MaxPool((2, 3))),
    "AvgPool of 3×1": _picture(AvgPool((3, 1))),
    "MaxPool": _picture(MaxPool()),
    "MaxPool of 3×3": _picture(MaxPool(3)),
    "AvgPool": _picture(AvgPool()),
    "Every": _picture(Every()),
    "Flatten": lambda rng: (Flatten(2, 3), [normal(rng, 2, 3)]),
    "Flatten of three planes": lambda rng: (Flatten(4, 5), [normal(rng, 4, 5) for _ in range(3)]),
    "Inner": _inner,
    **{f"Centred {of}": _alike(Centred(of), 1) for of in ("row", "column")},
    **{f"Standardised {of}": _spread(of) for of in ("row", "column")},
    "Gain": _gain,
    "Recurrent": _recurrent,
    "Sums": _sums(back=False),
    "Sums, one row back": _sums(back=True),
    "Kept": _before(Kept(), 4),
    "Shown": _alike(Shown()),
    "Reset": _before(Reset(), 2),
    "Blend": _before(Blend(), 3),
    "RightAngle": lambda rng: (RightAngle(), [normal(rng, int(rng.integers(1, 4)), 2 * int(rng.integers(1, 4)))]),
    "Turned": _turned,
    **{f"Function {name}": _function(name) for name in FUNCTIONS},
    **{f"Combined {name}": _combined(name) for name in PAIRS},
    **{
        f"Combined times, with a {it}": _combined("times", with_=it)
        for it in ("row", "column", "cell", "vector", "number")
    },
    "Combined plus, with a row": _combined("plus", with_="row"),
    "Combined over, a column first": _combined("over", which=1, with_="column"),
    "Combined leaky, with a vector": _combined("leaky", with_="vector"),
    **{
        f"Reduced {kind} of a {of}": _alike(Reduced(kind, of), 1)
        for kind, of in (("mean", "row"), ("sum", "column"), ("mean", "table"))
    },
    "Moved, transposed": _moved(np.transpose, 3, 4),
    "Moved, reshaped": _moved(lambda x: x.reshape(3, 8), 6, 4),
    "Moved, every second": _moved(lambda x: x[::2, 1::2], 5, 6),
    "Moved, turned": _moved(lambda x: x[::-1, ::-1], 3, 4),
    "Moved, repeated": _moved(lambda x: np.tile(x, (2, 2)), 2, 3),
    "Moved, padded": _moved(lambda x: np.pad(x, ((1, 0), (1, 2)), constant_values=NOWHERE), 2, 3, filled=True),
    "Moved, a vector": _moved(lambda x: np.stack([x[::-1], x]), 4),
    "Moved, joined": lambda rng: (
        Moved([[0, 1, 6, 7], [2, 3, 8, 9], [4, 5, 10, 11]]),
        [normal(rng, 3, 2), normal(rng, 3, 2)],
    ),
}


def graph_of(operation: Operation, inputs: list[NDArray[Any]], rng: Random, prefix: str = "") -> Graph:
    """Return a graph of one operation; where it is no loss, half the squared distance from random targets follows."""
    g = Graph()
    x = [g.give(f"{prefix}x{n}", value, wants_slope=True) for n, value in enumerate(inputs)]
    y: Node = g.put(f"{prefix}y", operation, *x)
    value = g.values({node.name: node.start for node in x})[y.name]
    if np.ndim(value) or isinstance(getattr(operation, "right", operation), Inner):
        target = g.give(f"{prefix}target", normal(rng, *np.shape(value)))
        g.put(f"{prefix}loss", HalfSquared(), y, target)
    return g


# ---------------------------------------------------------------------------------------------- slips


class Slipped(Operation):
    """An operation with a slip in its NumPy line, its formula, or what comes back."""

    def __init__(self, right: Operation) -> None:
        self.right = right
        self.shading, self.counted = right.shading, right.counted
        self.across, self.numbered = right.across, right.numbered
        self.planes, self.padding, self.slope_margin = right.planes, right.padding, right.slope_margin

    def value(self, np: Any, *x: Any) -> Any:
        return self.right.value(np, *x)

    def formula(self, Y: Block, X: Any, inner: Any) -> dict[str, Any]:
        return self.right.formula(Y, X, inner)

    def pulls(self, Y: Block, X: Any, inner: Any, dY: Block, dX: Any) -> list[Pull | None]:
        return self.right.pulls(Y, X, inner, dY, dX)

    def math(self, *x: str) -> str:
        return self.right.math(*x)

    def inner(self, name: str, X: Any) -> list[Block]:
        return self.right.inner(name, X)


class ValueDoubled(Slipped):
    def value(self, np: Any, *x: Any) -> Any:
        return 2 * self.right.value(np, *x)


class ValueShifted(Slipped):
    def value(self, np: Any, *x: Any) -> Any:
        return self.right.value(np, *x) + 0.001


class FormulaNegated(Slipped):
    def formula(self, Y: Block, X: Any, inner: Any) -> dict[str, Any]:
        return _changed(self.right.formula(Y, X, inner), lambda cell: -as_expr(cell))


class FormulaHalved(Slipped):
    def formula(self, Y: Block, X: Any, inner: Any) -> dict[str, Any]:
        return _changed(self.right.formula(Y, X, inner), lambda cell: as_expr(cell) / 2)


class FormulaShifted(Slipped):
    def formula(self, Y: Block, X: Any, inner: Any) -> dict[str, Any]:
        return _changed(self.right.formula(Y, X, inner), lambda cell: as_expr(cell) + 1)


def _changed(formulas: dict[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    """Return an operation's formulas with each cell changed; `each` has one for every row."""

    def of(formula: Any) -> Any:
        return lambda *at: change(formula(*at))

    return {key: [of(f) for f in it] if key == "each" else of(it) for key, it in formulas.items()}


class PullChanged(Slipped):
    """What comes back to one input is something else."""

    def __init__(self, right: Operation, n: int, change: Callable[..., Any]) -> None:
        super().__init__(right)
        self.n, self.change = n, change

    def pulls(self, Y: Block, X: Any, inner: Any, dY: Block, dX: Any) -> list[Pull | None]:
        pulls = self.right.pulls(Y, X, inner, dY, dX)
        pull = pulls[self.n]
        assert pull is not None
        first = None if pull.first is None else lambda *at: self.change(pull.first(*at))  # type: ignore[misc]
        last = None if pull.last is None else lambda *at: self.change(pull.last(*at))  # type: ignore[misc]
        pulls[self.n] = replace(pull, formula=lambda *at: self.change(pull.formula(*at)), first=first, last=last)
        return pulls


CHANGES: dict[str, Callable[[Any], Any]] = {
    "negated": lambda sent: -as_expr(sent),
    "doubled": lambda sent: 2 * as_expr(sent),
    "forgotten": lambda sent: 0 * as_expr(sent),
    "1 too much": lambda sent: as_expr(sent) + 1,
}


def slips(operation: Operation, pulled: list[int]) -> Iterator[tuple[str, Operation]]:
    """Yield an operation with one slip after the other; `pulled` are the inputs to which something comes back."""
    for kind in (ValueDoubled, ValueShifted, FormulaNegated, FormulaHalved):
        yield kind.__name__, kind(operation)
    if not pulled:  # none of the slips in what comes back
        yield FormulaShifted.__name__, FormulaShifted(operation)
    for n in pulled:
        for name, change in CHANGES.items():
            yield f"pull {n} {name}", PullChanged(operation, n, change)
