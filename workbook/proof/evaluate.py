"""Evaluates formula trees for many cells at once: what they come to, how far off it may be, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbook.proof import arithmetic as a
from workbook.proof.cells import (
    NUMBER,
    ROUNDING,
    TEXT,
    TRUTH,
    UNKNOWN,
    CellValues,
    Codes,
    Numbers,
    Operand,
    Places,
    constant,
    nothing,
    objects,
    simple,
)
from workbook.proof.tree import NEGATIVE, PERCENT, Constant, Node, Operation, Reference
from workbook.text import fixed_text

ARITHMETIC = frozenset("+-*/^")
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
OF_RANGES: dict[str, Callable[[Operand], Operand]] = {
    "SUM": a.summed,
    "AVERAGE": a.mean,
    "COUNT": a.how_many,
    "SUMSQ": a.squares,
    "MAX": lambda x: a.extreme(x, np.nanmax),
    "MIN": lambda x: a.extreme(x, np.nanmin),
    "MEDIAN": lambda x: a.extreme(x, np.nanmedian),
}
OF_ONE: dict[str, Callable[[Operand], Operand]] = {
    "EXP": lambda x: a.monotone(x, np.exp),
    "LN": lambda x: a.monotone(x, np.log, lambda value: value <= 0),
    "LOG10": lambda x: a.monotone(x, np.log10, lambda value: value <= 0),
    "SQRT": lambda x: a.monotone(x, lambda value: np.sqrt(np.maximum(value, 0)), lambda value: value < 0),
    "TANH": lambda x: a.monotone(x, np.tanh),
    "SINH": lambda x: a.monotone(x, np.sinh),
    "COSH": lambda x: a.monotone(a.gentle(x, np.abs), np.cosh),
    "ABS": lambda x: a.gentle(x, np.abs),
    "SIN": lambda x: a.gentle(x, np.sin),
    "COS": lambda x: a.gentle(x, np.cos),
    "INT": lambda x: a.stepped(x, np.floor),
    "SIGN": lambda x: a.exact(x, np.sign),
}
CLOSE = 2.0**-52
OPERATORS = frozenset({*ARITHMETIC, *COMPARISONS, "&", NEGATIVE, PERCENT})


@dataclass(frozen=True)
class Shown:
    """A number that a formula has rounded for a sentence: what it may have been, in how many decimals."""

    low: Numbers
    high: Numbers
    digits: int


class Evaluation:
    """The evaluation of one tree in n cells.

    Parameters
    ----------
    cells : the values
    references : where each of the tree's references points, in each of the cells
    """

    def __init__(self, cells: CellValues, references: list[Places]) -> None:
        self.cells = cells
        self.references = references
        self.shown: list[Shown] = []
        self.is_close = False
        """Whether numbers are compared that differ, but by less than the digits of 1."""

    def result(self, tree: Node) -> Operand:
        """Return what the formula comes to in its cells; a range at the top would spill."""
        with np.errstate(all="ignore"):
            try:
                return self._one(tree)
            except ValueError:  # ranges of unequal sizes, which every program pairs in its own way
                return nothing(UNKNOWN)

    def _one(self, node: Node, in_array: bool = False) -> Operand:
        """Return an operand of an operator: of one cell, unless a function around it calculates with ranges."""
        found = self._of(node, in_array)
        if not in_array and found.value[0].size > 1:
            return nothing(a.RANGE)
        return found

    def _of(self, node: Node, in_array: bool) -> Operand:
        if isinstance(node, Reference):
            return self.cells.read(self.references[node.number])
        if isinstance(node, Constant):
            return constant(node.value)
        if isinstance(node, Operation):
            return self._operator(node, in_array) if node.name in OPERATORS else self._call(node, in_array)
        return nothing(UNKNOWN)

    def _operator(self, node: Operation, in_array: bool) -> Operand:
        if node.name in ARITHMETIC:
            return self._chain(node, in_array)
        if node.name == "&":
            return self._joined(node)
        operands = [self._one(operand, in_array) for operand in node.operands]
        if node.name == NEGATIVE:
            return a.negative(operands[0])
        if node.name == PERCENT:
            return a.binary("/", operands[0], constant(100.0))
        return self._comparison(COMPARISONS[node.name], *operands)

    def _chain(self, node: Operation, in_array: bool) -> Operand:
        """Return a + b - c + …: one after the other, since a sum may have more terms than Python has levels."""
        links: list[Operation] = []
        left: Node = node
        while isinstance(left, Operation) and left.name in ARITHMETIC:
            links.append(left)
            left = left.operands[0]
        found = self._one(left, in_array)
        for link in reversed(links):
            found = a.binary(link.name, found, self._one(link.operands[1], in_array))
        return found

    # -- texts and truth values --------------------------------------------------------------------------

    def _comparison(self, compare: Callable[[Any, Any], Any], left: Operand, right: Operand) -> Operand:
        kind = np.maximum(left.kind, right.kind)
        if (kind[kind < UNKNOWN] > NUMBER).any():
            return self._comparison_of_any(compare, left, right)
        apart = np.abs(left.value - right.value)
        self.is_close |= bool(((apart > 0) & (apart < CLOSE)).any())
        value = compare(left.value, right.value).astype(float)
        return _truths(value, kind)

    def _comparison_of_any(self, compare: Callable[[Any, Any], Any], left: Operand, right: Operand) -> Operand:
        """Compare whatever it is: numbers come before texts, and these before truth values; a blank is like the other."""
        kinds = np.broadcast_arrays(left.kind, right.kind)
        texts: list[NDArray[Any]] = [_text_of(side, kinds[0].shape) for side in (left, right)]
        values = np.broadcast_arrays(left.value, right.value)
        found = np.zeros(kinds[0].shape)
        order = {NUMBER: 0, TEXT: 1, TRUTH: 2}
        for at in np.ndindex(*kinds[0].shape):
            sides = [int(kind[at]) for kind in kinds]
            if max(sides) >= UNKNOWN:
                continue
            known = [order.get(side) for side in sides]
            ranks = [known[1 - n] if rank is None else rank for n, rank in enumerate(known)]
            keys = [
                (rank or 0, str(text[at]).lower() if rank == 1 else float(value[at]))
                for rank, text, value in zip(ranks, texts, values, strict=True)
            ]
            found[at] = _compared(compare, *keys)
        return _truths(found, np.maximum(*kinds))

    def _joined(self, node: Operation) -> Operand:
        parts: list[Operand] = []
        left: Node = node
        while isinstance(left, Operation) and left.name == "&":
            parts.append(self._one(left.operands[1]))
            left = left.operands[0]
        parts.append(self._one(left))
        kind = parts[0].kind
        for part in parts[1:]:
            kind = np.maximum(kind, part.kind)
        shape = kind.shape

        def texts() -> NDArray[Any]:
            pieces = [_text_of(part, shape) for part in reversed(parts)]
            joined = np.empty(shape, dtype=object)
            for at in np.ndindex(*shape):
                joined[at] = "".join(str(piece[at]) for piece in pieces)
            return joined

        return _texts(kind, texts)

    # -- functions ---------------------------------------------------------------------------------------

    def _call(self, node: Operation, in_array: bool) -> Operand:
        name, operands = node.name, node.operands
        if name in OF_RANGES and operands:
            return OF_RANGES[name](a.counted([self._listed(operand, in_array) for operand in operands]))
        if name in OF_ONE and len(operands) == 1:
            return OF_ONE[name](self._one(operands[0], in_array))
        method = getattr(self, f"_call_{name.lower()}", None)
        if method is None:
            for operand in operands:  # a range within is refused all the same
                self._of(operand, True)
            return nothing(UNKNOWN)
        try:
            found: Operand = method(*operands, in_array=in_array)
        except TypeError:  # another number of arguments
            return nothing(UNKNOWN)
        return found

    def _listed(self, node: Node, in_array: bool) -> tuple[Operand, bool]:
        """Return an argument that may be a range, and whether it is a reference."""
        is_reference = isinstance(node, Reference) or (isinstance(node, Operation) and node.name == "INDEX")
        return (self._of(node, in_array) if is_reference else self._one(node, in_array)), is_reference

    def _call_sumproduct(self, *operands: Node, in_array: bool) -> Operand:
        return a.products([self._of(operand, True) for operand in operands])

    def _call_mmult(self, left: Node, right: Node, *, in_array: bool) -> Operand:
        # inside of SUM( ) it is one number; a table of them would spill
        return a.matrix_product(self._of(left, True), self._of(right, True))

    def _call_if(self, condition: Node, then: Node, otherwise: Node | None = None, *, in_array: bool) -> Operand:
        test = a.as_number(self._one(condition, in_array))
        branches = [
            self._of(then, in_array),
            self._of(otherwise, in_array) if otherwise is not None else constant(False),
        ]
        return _chosen(test.kind, [test.value != 0, test.value == 0], branches)

    def _call_choose(self, number: Node, *options: Node, in_array: bool) -> Operand:
        at = a.as_number(self._one(number, in_array))
        branches = [self._of(option, in_array) for option in options]
        tests = [np.floor(at.value) == n for n in range(1, len(options) + 1)]
        return _chosen(at.kind, [*tests, ~np.logical_or.reduce(tests)], [*branches, nothing(a.DOMAIN)])

    def _call_and(self, *operands: Node, in_array: bool) -> Operand:
        x = a.counted([self._logical(operand) for operand in operands])
        return _truths(((x.value != 0) | np.isnan(x.value)).all(axis=(1, 2), keepdims=True).astype(float), _worst(x))

    def _call_or(self, *operands: Node, in_array: bool) -> Operand:
        x = a.counted([self._logical(operand) for operand in operands])
        return _truths(((x.value != 0) & ~np.isnan(x.value)).any(axis=(1, 2), keepdims=True).astype(float), _worst(x))

    def _logical(self, node: Node) -> tuple[Operand, bool]:
        found, is_reference = self._listed(node, False)
        return Operand(found.value, np.where(found.kind == TRUTH, NUMBER, found.kind).astype(np.uint8), found.error), (
            is_reference
        )

    def _call_not(self, operand: Node, *, in_array: bool) -> Operand:
        x = a.as_number(self._one(operand, in_array))
        return _truths((x.value == 0).astype(float), x.kind)

    def _call_isnumber(self, operand: Node, *, in_array: bool) -> Operand:
        x = self._one(operand, in_array)
        kind = np.where(x.kind == UNKNOWN, UNKNOWN, TRUTH).astype(np.uint8)
        return Operand((x.kind == NUMBER).astype(float), kind, np.zeros((1, 1, 1)))

    def _call_pi(self, *, in_array: bool) -> Operand:
        return constant(np.pi)

    def _call_mod(self, number: Node, divisor: Node, *, in_array: bool) -> Operand:
        x, m = (a.as_number(self._one(operand, in_array)) for operand in (number, divisor))
        kind = np.maximum(x.kind, m.kind)
        kind = np.where((m.value == 0) & (kind < UNKNOWN), a.DIVISION, kind).astype(np.uint8)
        size = np.where(m.value == 0, 1.0, m.value)
        value = np.mod(x.value, size)
        exact = x.exact & m.exact & simple(value)
        near = np.where(exact, 0.0, x.error + m.error * np.abs(x.value / size))
        wraps = (value < near) | (np.abs(size) - np.abs(value) < near)
        error = near + ROUNDING * np.abs(value) + np.where(wraps, np.abs(size), 0.0)
        return Operand(value, kind, error, exact=exact)

    def _call_round(self, number: Node, digits: Node, *, in_array: bool) -> Operand:
        x, places = (a.as_number(self._one(operand, in_array)) for operand in (number, digits))
        near = x.error + ROUNDING * np.abs(x.value)  # half a decimal is seldom half in binary
        found = a.stepped(x, lambda value: a.rounded(value, places.value), near)
        if isinstance(digits, Constant) and isinstance(digits.value, float):
            low, high = (a.rounded(x.value + side * near, places.value) for side in (-1, 1))
            self.shown.append(Shown(low, high, int(digits.value)))
        return Operand(found.value, np.maximum(found.kind, places.kind), found.error)

    def _call_power(self, base: Node, exponent: Node, *, in_array: bool) -> Operand:
        return a.binary("^", self._one(base, in_array), self._one(exponent, in_array))

    def _call_log(self, number: Node, base: Node | None = None, *, in_array: bool) -> Operand:
        ten = Constant(10.0) if base is None else base
        logs = [OF_ONE["LN"](self._one(operand, in_array)) for operand in (number, ten)]
        return a.binary("/", *logs)

    def _call_large(self, numbers: Node, n: Node, *, in_array: bool) -> Operand:
        return a.ordered(a.counted([(self._of(numbers, True), True)]), a.as_number(self._one(n)), True)

    def _call_small(self, numbers: Node, n: Node, *, in_array: bool) -> Operand:
        return a.ordered(a.counted([(self._of(numbers, True), True)]), a.as_number(self._one(n)), False)

    def _call_match(self, wanted: Node, line: Node, how: Node | None = None, *, in_array: bool) -> Operand:
        x, row = self._one(wanted), self._of(line, True)
        kind = np.maximum(x.kind, _worst(row))
        if not isinstance(how, Constant) or how.value not in (0.0, 1.0):
            return nothing(UNKNOWN)
        values: NDArray[Any] = row.value.reshape(len(row.value), 1, -1)
        wanted_value: NDArray[Any] = x.value
        if (x.kind == TEXT).all() and (row.kind == TEXT).all() and how.value == 0.0:
            values = np.char.lower(_text_of(row, row.kind.shape).astype(str)).reshape(len(row.value), 1, -1)
            wanted_value = np.char.lower(_text_of(x, x.kind.shape).astype(str))
            kind = np.zeros((1, 1, 1), np.uint8)
        elif kind.max() > NUMBER:
            return nothing(UNKNOWN)
        if how.value == 0.0:
            same = values == wanted_value
            at = same.argmax(axis=2, keepdims=True) + 1.0
            kind = np.where(same.any(axis=2, keepdims=True), kind, UNKNOWN)
        else:
            at = np.count_nonzero(values <= wanted_value, axis=2, keepdims=True).astype(float)
            kind = np.where(at > 0, kind, UNKNOWN)
        return Operand(at, kind.astype(np.uint8), np.zeros((1, 1, 1)))

    def _call_countif(self, area: Node, criterion: Node, *, in_array: bool) -> Operand:
        cells, wanted = self._of(area, True), self._one(criterion)
        if not wanted.kind.any():
            same = (cells.kind == NUMBER) & (cells.value == wanted.value)
        elif (wanted.kind == TEXT).all() and wanted.text is not None:
            texts = {str(text) for text in wanted.text().flat}
            text = texts.pop()
            if texts or text[:1] in "<>=+-.0123456789" or set("*?~") & set(text):
                return nothing(UNKNOWN)
            words = np.char.lower(_text_of(cells, cells.kind.shape).astype(str))
            same = (cells.kind == TEXT) & (words == text.lower())
        else:
            return nothing(UNKNOWN)
        value = np.count_nonzero(same, axis=(1, 2), keepdims=True).astype(float)
        return Operand(value, np.zeros((1, 1, 1), np.uint8), np.zeros((1, 1, 1)), exact=True)

    def _call_index(self, table: Node, row: Node, column: Node | None = None, *, in_array: bool) -> Operand:
        if not isinstance(table, Reference):
            return nothing(UNKNOWN)
        area = self.references[table.number]
        down = a.as_number(self._one(row))
        across = None if column is None else a.as_number(self._one(column))
        if across is None:
            one = constant(1.0)
            down, across = (one, down) if area.rows == 1 else (down, one)
        return self._picked(area, down, across)

    def _picked(self, area: Places, down: Operand, across: Operand) -> Operand:
        kind = np.maximum(down.kind, across.kind)
        count = max(len(area.top), len(kind))
        picked, sizes = [], []
        for at, first, size in ((down, area.top, area.rows), (across, area.left, area.columns)):
            number = np.broadcast_to(np.floor(at.value[:, 0, 0]).astype(int), (count,))
            whole = number == 0
            if not whole.all():  # some cells would get a whole row: as often as not in a branch that they do not take
                kind = np.where(whole[:, None, None] & (kind < UNKNOWN), UNKNOWN, kind)
            kind = np.where(((number < 0) | (number > size))[:, None, None] & (kind < UNKNOWN), a.DOMAIN, kind)
            picked.append(first + (0 if whole.all() else np.clip(number, 1, size) - 1))
            sizes.append(size if whole.all() else 1)
        found = self.cells.read(Places(area.sheet, picked[0], picked[1], sizes[0], sizes[1]))
        return Operand(found.value, np.where(kind > NUMBER, kind, found.kind).astype(np.uint8), found.error, found.text)

    def _call_fixed(self, number: Node, digits: Node, _plain: Node | None = None, *, in_array: bool) -> Operand:
        x, places = (a.as_number(self._one(operand)) for operand in (number, digits))
        kind = np.maximum(x.kind, places.kind)
        shape = np.broadcast_shapes(kind.shape, x.value.shape)
        is_rounded = isinstance(number, Operation) and number.name == "ROUND"  # which has told what it may be
        if not is_rounded and isinstance(digits, Constant) and isinstance(digits.value, float):
            self.shown.append(Shown(x.value - x.error, x.value + x.error, int(digits.value)))

        def texts() -> NDArray[Any]:
            pairs = zip(np.broadcast_to(x.value, shape).flat, np.broadcast_to(places.value, shape).flat, strict=True)
            made = [fixed_text(float(value), int(decimals)) for value, decimals in pairs]
            return objects(made, shape)

        return _texts(np.broadcast_to(kind, shape), texts)

    def _call_rept(self, text: Node, times: Node, *, in_array: bool) -> Operand:
        part, number = self._one(text), a.as_number(self._one(times))
        kind = np.maximum(part.kind, number.kind)
        kind = np.where((number.value < 0) & (kind < UNKNOWN), a.DOMAIN, kind).astype(np.uint8)

        def texts() -> NDArray[Any]:
            pieces, counts = _text_of(part, kind.shape), np.broadcast_to(number.value, kind.shape)
            made = [piece * int(count) for piece, count in zip(pieces.flat, counts.flat, strict=True)]
            return objects(made, kind.shape)

        return _texts(kind, texts)


def _truths(value: Numbers, kind: Codes) -> Operand:
    return Operand(value, np.where(kind >= UNKNOWN, kind, TRUTH).astype(np.uint8), np.zeros((1, 1, 1)))


def _texts(kind: Codes, make: Callable[[], NDArray[Any]]) -> Operand:
    codes = np.where(kind >= UNKNOWN, kind, TEXT).astype(np.uint8)
    return Operand(np.zeros((1, 1, 1)), codes, np.zeros((1, 1, 1)), make)


def _worst(x: Operand) -> Codes:
    worst: Codes = x.kind.max(axis=(1, 2), keepdims=True)
    return worst


def _compared(compare: Callable[[Any, Any], Any], left: tuple[int, Any], right: tuple[int, Any]) -> bool:
    """Compare two pairs of a rank and a value; of the ranks first."""
    if left[0] != right[0]:
        return bool(compare(left[0], right[0]))
    if left[1] == right[1]:
        return bool(compare(0, 0))
    return bool(compare(0, 1) if left[1] < right[1] else compare(1, 0))


def _text_of(x: Operand, shape: tuple[int, ...]) -> NDArray[Any]:
    """Return an operand as texts: a number as & writes it."""
    kinds, values = np.broadcast_to(x.kind, shape), np.broadcast_to(x.value, shape)
    own = np.broadcast_to(x.text(), shape) if x.text is not None and (x.kind == TEXT).any() else None
    made: NDArray[Any] = np.empty(shape, dtype=object)
    for at in np.ndindex(*shape):
        if kinds[at] == TEXT:
            made[at] = own[at] if own is not None else ""
        elif kinds[at] == NUMBER:
            made[at] = f"{values[at]:.15g}"
        else:
            made[at] = {TRUTH: "TRUE" if values[at] else "FALSE"}.get(int(kinds[at]), "")
    return made


def _chosen(kind: Codes, tests: list[NDArray[np.bool_]], branches: list[Operand]) -> Operand:
    """Return in each cell the branch whose test holds there; what the others come to does not matter."""
    shape = np.broadcast_shapes(
        kind.shape,
        *(test.shape for test in tests),
        *(x.kind.shape for x in branches),
        *(x.value.shape for x in branches),
    )
    value, error, codes = np.zeros(shape), np.zeros(shape), np.zeros(shape, np.uint8)
    for test, branch in zip(tests, branches, strict=True):
        value = np.where(test, branch.value, value)
        error = np.where(test, branch.error, error)
        codes = np.where(test, branch.kind, codes)
    codes = np.where(kind >= UNKNOWN, kind, codes).astype(np.uint8)

    def texts() -> NDArray[Any]:
        made = np.full(shape, "", dtype=object)
        for test, branch in zip(tests, branches, strict=True):
            if (branch.kind == TEXT).any():
                made = np.where(test, _text_of(branch, shape), made)
        return made

    return Operand(value, codes, error, texts if (codes == TEXT).any() else None)
