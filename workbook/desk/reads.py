"""Which blocks a block's formulas read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workbook.book import Book

Reads = Mapping[str, frozenset[str]]


def reads_of(book: Book) -> dict[str, frozenset[str]]:
    """Return for each block the ids of the blocks that its formulas name; a sequence that reads itself is left out."""
    return {block.id: frozenset(read.id for read in block.reads) - {block.id} for block in book.blocks()}


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
