"""Mistakes that students of this subject make, each with a name, as the formula that somebody writes who makes it.

A mistake is no text that is looked for: it is another formula, evaluated beside the right one on the student's own
numbers. Who got its numbers has made it, however the cell is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from workbook.block import TYPED_IN, Block, Role
from workbook.book import Book
from workbook.desk.reads import Reads, closure, reads_of
from workbook.desk.rewrite import calls, chain, positions, with_refs, without
from workbook.expression import (
    Binary,
    Call,
    Direction,
    Dot,
    Expr,
    FormulaError,
    Index,
    Negative,
    Number,
    Ref,
    blocks_read,
    refs,
)
from workbook.render import Template, render
from workbook.text import N_, Message, _

MOST = 12
"""So many mistakes of a block are told apart."""

LONGEST_SUM = 4
"""Of a sum of more terms nobody forgets one alone, but for a single cell that is added last, as a bias is."""

MOST_ROWS = 24
"""A mistake that no fill can state is stated row by row in a block of so many."""

_SQUASHING = frozenset({"EXP", "TANH", "MAX"})
_ADDING = frozenset({"SUM", "SUMPRODUCT"})


class Kind(Enum):
    """What went wrong; the order is that in which a name is given where two mistakes give the same numbers."""

    TURNED = "turned"
    SIGN = "sign"
    SLOPE = "slope"
    RATE = "rate"
    UPHILL = "uphill"
    EARLY = "early"
    BEFORE_ACTIVATION = "before-activation"
    TRANSPOSED = "transposed"
    SUM_FOR_MEAN = "sum-for-mean"
    MEAN_FOR_SUM = "mean-for-sum"
    TERM = "term"
    DIVISOR = "divisor"
    FACTOR = "factor"
    DECIMAL = "decimal"


_SAID = {
    Kind.TURNED: N_("a difference is the wrong way round: which number is taken from which?"),
    Kind.SIGN: N_("right size, wrong sign"),
    Kind.SLOPE: N_("the slope of the activation seems to be missing: the chain rule has one more factor"),
    Kind.RATE: N_("the learning rate seems to be missing"),
    Kind.UPHILL: N_("this step goes uphill: the gradient shows where the loss grows"),
    Kind.EARLY: N_("{of} seems to have been taken after the step: gradients are computed with the numbers before it"),
    Kind.BEFORE_ACTIVATION: N_("the weighted sum seems to stand where the activation {of} belongs"),
    Kind.TRANSPOSED: N_("rows and columns of {of} seem to be exchanged"),
    Kind.SUM_FOR_MEAN: N_("a sum stands where a mean belongs"),
    Kind.MEAN_FOR_SUM: N_("a mean stands where a sum belongs"),
    Kind.TERM: N_("a term of the sum seems to be missing: {of}"),
    Kind.DIVISOR: N_("a division seems to be missing: by {of}"),
    Kind.FACTOR: N_("a factor seems to be missing: {of}"),
    Kind.DECIMAL: N_("the digits are right, the decimal point is not: check the decimal sign"),
}


@dataclass(frozen=True)
class Mistake:
    """One mistake in one block.

    Attributes
    ----------
    kind : what went wrong
    block : where
    of : the blocks, or the number, that it is about
    formulas : the block's formulas with the mistake, each with the rows that it fills
    reads : the blocks that these formulas read
    """

    kind: Kind
    block: Block
    of: tuple[Block | str, ...]
    formulas: tuple[tuple[range, Template], ...]
    reads: tuple[Block, ...]

    @property
    def key(self) -> str:
        """Its name in files: ``factor:W3``."""
        of = ",".join(part if isinstance(part, str) else part.id for part in self.of)
        return f"{self.kind.value}:{of}" if of else self.kind.value

    def formula_at(self, row: int, column: int) -> str:
        """Return the formula (without =) of one cell of the block, counted from 0."""
        return next(template.at(row, column) for rows, template in self.formulas if row in rows)

    def said(self) -> Message:
        """Say it to the student, in the language in force."""
        return said(self.kind, self.of)


def said(kind: Kind, of: tuple[Block | str, ...] = ()) -> Message:
    """Say to a student what seems to be wrong: where to look, and never the number."""
    names = [part if isinstance(part, str) else part.symbol or part.title or part.id for part in of]
    return _(_SAID[kind]).format(of=", ".join(dict.fromkeys(names)))


class Mistakes:
    """The mistakes that can be made in the blocks of a book."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def of(self, block: Block) -> list[Mistake]:
        """Return the mistakes of a block, the surest first; none whose formula cannot be stated."""
        patterns = block.expressions()
        found: dict[tuple[Kind, int], dict[int, tuple[Expr, tuple[Block | str, ...]]]] = {}
        for n, (_rows, expr) in enumerate(patterns):
            counted: dict[Kind, int] = {}
            for kind, of, wrong in self._wrong(block, expr):
                place = counted[kind] = counted.get(kind, -1) + 1
                found.setdefault((kind, place), {})[n] = wrong, of
        order = list(Kind)
        mistakes: list[Mistake] = []
        for (kind, _place), wrongs in sorted(found.items(), key=lambda item: (order.index(item[0][0]), item[0][1])):
            of = tuple(dict.fromkeys(part for _expr, parts in wrongs.values() for part in parts))
            stated = [(rows, wrongs[n][0] if n in wrongs else expr) for n, (rows, expr) in enumerate(patterns)]
            formulas = _rendered(block, stated)
            if formulas is None:
                continue
            reads = dict.fromkeys(read for _rows, expr in stated for read in blocks_read(expr))
            mistakes.append(Mistake(kind, block, of, formulas, tuple(reads)))
        return mistakes[:MOST]

    def _wrong(self, block: Block, expr: Expr) -> Iterator[tuple[Kind, tuple[Block | str, ...], Expr]]:
        if isinstance(expr, Binary) and expr.operator == "-" and block.role is Role.UPDATED:
            yield Kind.UPHILL, (), Binary("+", expr.left, expr.right)
        yield Kind.SIGN, (), expr.operand if isinstance(expr, Negative) else Negative(expr)
        yield from self._exchanged(block, expr)
        for node, rebuild in positions(expr):
            is_step = node is expr and block.role is Role.UPDATED
            for kind, of, part in self._here(node, is_step):
                wrong = rebuild(part)
                if blocks_read(wrong):  # a constant is nothing that anybody computes
                    yield kind, of, wrong

    def _here(self, node: Expr, is_step: bool) -> Iterator[tuple[Kind, tuple[Block | str, ...], Expr]]:
        """Yield what can be wrong with the outermost operation of an expression."""
        if isinstance(node, Call):
            if node.function == "AVERAGE":
                yield Kind.SUM_FOR_MEAN, (), Call("SUM", node.arguments)
            elif node.function == "SUM" and len(node.arguments) == 1:
                yield Kind.MEAN_FOR_SUM, (), Call("AVERAGE", node.arguments)
        if not isinstance(node, Binary):
            return
        if node.operator == "-" and not is_step and not isinstance(node.left, Number):
            yield Kind.TURNED, (), Binary("-", node.right, node.left)
        elif node.operator == "/":
            adds = isinstance(node.left, Dot) or bool(_ADDING & set(calls(node.left)))
            yield (Kind.SUM_FOR_MEAN, (), node.left) if adds else (Kind.DIVISOR, _named(node.right), node.left)
        elif node.operator == "*":
            factors = chain(node, "*")
            for n, factor in enumerate(factors):
                if _named(factor) and not any(_alike(factor, other) for other in factors[:n]):
                    yield *self._factor(factor), without("*", factors, n)
        elif node.operator == "+":
            terms = chain(node, "+")
            for n, term in enumerate(terms):
                is_last_cell = n == len(terms) - 1 and isinstance(term, Ref)
                if _named(term) and (len(terms) <= LONGEST_SUM or is_last_cell):
                    yield Kind.TERM, _named(term), without("+", terms, n)

    def _factor(self, factor: Expr) -> tuple[Kind, tuple[Block | str, ...]]:
        if is_slope(factor):
            return Kind.SLOPE, ()
        if isinstance(factor, Ref) and factor.block.symbol in ("η", "α") and factor.block.role in TYPED_IN:
            return Kind.RATE, ()
        return Kind.FACTOR, _named(factor)

    def _exchanged(self, block: Block, expr: Expr) -> Iterator[tuple[Kind, tuple[Block | str, ...], Expr]]:
        """Yield what comes of reading another block, or another cell of it, than is meant."""
        for kind, others in ((Kind.EARLY, self.updated), (Kind.BEFORE_ACTIVATION, self.before_activation)):
            if kind is Kind.EARLY and block.role is Role.UPDATED:
                continue
            for read in blocks_read(expr):
                other = others.get(read)
                if other is not None and block.id not in closure(self._reads, [other.id]):  # it would read itself
                    yield kind, (read,), with_refs(expr, _instead(read, other))
        for read in blocks_read(expr):
            if len(read.shape) == 2 and read.shape[0] == read.shape[1] > 1:
                wrong = with_refs(expr, _transposed(read))
                if wrong is not expr:
                    yield Kind.TRANSPOSED, (read,), wrong

    @cached_property
    def _reads(self) -> Reads:
        return reads_of(self.book)

    @cached_property
    def updated(self) -> Mapping[Block, Block]:
        """Which block is what a parameter is after the step."""
        found: dict[Block, Block] = {}
        for block in self.book.blocks():
            patterns = block.expressions() if block.role is Role.UPDATED and not block.is_text else []
            if len(patterns) == 1:
                ((_rows, expr),) = patterns
                old = expr.left if isinstance(expr, Binary) and expr.operator == "-" else None
                if isinstance(old, Ref) and old.block.shape == block.shape:
                    found.setdefault(old.block, block)
        return found

    @cached_property
    def before_activation(self) -> Mapping[Block, Block]:
        """Which block is the weighted sum of an activation."""
        found: dict[Block, Block] = {}
        for block in self.book.blocks():
            patterns = block.expressions() if block.role is Role.DERIVED and not block.is_text else []
            if len(patterns) != 1:
                continue
            ((_rows, expr),) = patterns
            read = blocks_read(expr)
            if len(read) == 1 and read[0].shape == block.shape and _SQUASHING & set(calls(expr)):
                found[block] = read[0]
        return found


def is_slope(factor: Expr) -> bool:
    """Tell whether a factor is the slope of an activation: a·(1 − a), 1 − a², 1 or 0, or a block of these."""
    if isinstance(factor, Ref) and factor.block.formula is not None and factor.block.role not in TYPED_IN:
        if "′" in factor.block.symbol and factor.block.role is Role.GRADIENT:
            return True
        (*_first, (_rows, expr)) = factor.block.expressions()
        return not isinstance(expr, Ref) and is_slope(expr)
    if isinstance(factor, Binary) and factor.operator == "*":
        return any(_is_one_less(part) for part in chain(factor, "*")) and len(blocks_read(factor)) == 1
    if isinstance(factor, Call) and factor.function == "IF" and isinstance(factor.arguments[0], Binary):
        return factor.arguments[0].operator in "<>" and all(not list(refs(a)) for a in factor.arguments[1:])
    return _is_one_less(factor) and isinstance(factor, Binary) and isinstance(factor.right, Binary)


def _is_one_less(expr: Expr) -> bool:
    return isinstance(expr, Binary) and expr.operator == "-" and isinstance(expr.left, Number) and expr.left.value == 1


def _named(expr: Expr) -> tuple[Block | str, ...]:
    """Return what a part of a formula is called: the blocks that it reads, or its number; nothing for a bare 1."""
    if isinstance(expr, Number):
        return (f"{expr.value:g}",) if abs(expr.value) != 1 else ()
    return tuple(blocks_read(expr))


def _alike(one: Expr, other: Expr) -> bool:
    """Tell whether two factors are the same, as those of a square are."""
    if isinstance(one, Ref) and isinstance(other, Ref):
        return one.block is other.block and one.keys == other.keys
    if isinstance(one, Binary) and isinstance(other, Binary):
        return one.operator == other.operator and _alike(one.left, other.left) and _alike(one.right, other.right)
    return one is other


def _rendered(block: Block, stated: Sequence[tuple[range, Expr]]) -> tuple[tuple[range, Template], ...] | None:
    """Return formulas as a spreadsheet has them: a fill for all rows, or else each row's own; None if neither can be."""
    each_row = [(range(n, n + 1), with_refs(expr, _pinned(n))) for rows, expr in stated for n in rows]
    for patterns in (stated, each_row) if len(each_row) <= MOST_ROWS else (stated,):
        try:
            return tuple((rows, render(expr, block, rows)) for rows, expr in patterns)
        except FormulaError:
            continue
    return None


def _pinned(row: int) -> Callable[[Ref], Ref]:
    """Let what moves down with the fill stand at a row."""

    def put(ref: Ref) -> Ref:
        keys = tuple(
            row + key.offset if isinstance(key, Index) and key.direction is Direction.DOWN else key for key in ref.keys
        )
        return ref if keys == ref.keys else Ref(ref.block, keys)

    return put


def _instead(read: Block, other: Block) -> Callable[[Ref], Ref]:
    return lambda ref: Ref(other, ref.keys) if ref.block is read else ref


def _transposed(read: Block) -> Callable[[Ref], Ref]:
    def put(ref: Ref) -> Ref:
        keys = ref.keys[::-1]
        return ref if ref.block is not read or keys == ref.keys else Ref(read, keys)

    return put
