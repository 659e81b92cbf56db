"""Which blocks a block's formulas read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from workbook.block import Block
from workbook.book import Book
from workbook.expression import Binary, Call, Dot, Expr, Index, Negative, Operand, Ref, as_expr

Reads = Mapping[str, frozenset[str]]


def expressions(block: Block) -> Iterator[Expr]:
    """Yield the formulas of a block, called with its symbolic indices; none for typed-in cells."""
    indices = [Index(direction) for direction in block.directions]
    formulas: list[tuple[Callable[..., Operand] | Operand | None, list[Index]]]
    formulas = [(each, indices[1:]) for each in block.each] or [(block.first, indices[1:]), (block.formula, indices)]
    for formula, over in formulas:
        if formula is not None:
            yield as_expr(formula(*over) if callable(formula) else formula)


def parts(expr: Expr) -> Iterator[Expr]:
    """Yield an expression and all that it consists of."""
    waiting = [expr]
    while waiting:
        part = waiting.pop()
        yield part
        match part:
            case Binary() | Dot():
                waiting += [part.left, part.right]
            case Negative():
                waiting.append(part.operand)
            case Call():
                waiting += part.arguments


def reads_of(book: Book) -> dict[str, frozenset[str]]:
    """Return for each block the ids of the blocks that its formulas name; a sequence that reads itself is left out."""
    return {
        block.id: frozenset(
            part.block.id for expr in expressions(block) for part in parts(expr) if isinstance(part, Ref)
        )
        - {block.id}
        for block in book.blocks()
    }


def reversed_reads(reads: Reads) -> dict[str, frozenset[str]]:
    """Return for each block those that read it."""
    found: dict[str, set[str]] = {id: set() for id in reads}
    for id, sources in reads.items():
        for source in sources:
            found[source].add(id)
    return {id: frozenset(readers) for id, readers in found.items()}


def closure(reads: Reads, ids: Iterable[str]) -> set[str]:
    """Return some blocks and all that they read, directly or through others; with `reversed_reads`, all that read them."""
    found: set[str] = set()
    waiting = list(ids)
    while waiting:
        id = waiting.pop()
        if id not in found:
            found.add(id)
            waiting += reads[id]
    return found


def in_order(reads: Reads, ids: Iterable[str]) -> list[str]:
    """Return blocks so that each comes after those of them that it reads, else as they were."""
    left = list(ids)
    wanted = set(left)
    ordered: list[str] = []
    needs = {id: (closure(reads, reads[id]) & wanted) - {id} for id in left}
    while left:
        done = set(ordered)
        # where blocks read each other in turn (the rows of a training), the first comes first
        ready = next((id for id in left if needs[id] <= done), left[0])
        ordered.append(ready)
        left.remove(ready)
    return ordered
