"""The proof of the double entry: an engine recalculates the file, and every formula cell must meet its cached value.

When two numbers agree
----------------------
NumPy and a spreadsheet add in different orders, so their last digits differ. Numbers that differ by at most 1e-12 of
their size are alike. Where they differ by more, an error bound is carried through the formula's expression tree
(`workbook.proof.arithmetic`): each operation adds its rounding and passes its operands' errors on, a sum adds up the
sizes of its terms, and a cell that is read brings the difference that it has itself. So a difference of large
numbers may be as inexact as they are, and a product of small ones may not.

Texts are equal letter by letter, with one exception: rounding. Where a number in a sentence differs, both must be what
the formula's own number may be rounded to, within its bound. A number that prints as zero may do so with or without a
minus (or the brackets of a negative number), and a decimal comma is as good as a point: FIXED follows the reader's
locale. Nothing else: an error value, a missing value, a number for a text, or a verdict that flips always fails.

What a stricter spreadsheet refuses
-----------------------------------
The embedded engine lets pass what Excel or LibreOffice show as an error: a step that overflows, a power that underflows,
the logarithm of 0, a range where one cell is meant. Formulas in which that can happen are evaluated here too, step by
step, and fail if it does (`workbook.proof.arithmetic.FAULTS`).

A block is computed as a whole, and a file of ours says which blocks are and how large they were built: a number that
somebody typed over a formula fails, even where it is the block's only cell, and so does a block that is gone, has
another size, or whose name points elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.addresses import cell_name
from workbook.engines import HeldCells, Sheets, recalculate
from workbook.ledger import BlockCells, Ledger, ledger_of
from workbook.precedents import Area
from workbook.proof.judge import Entry, Judge
from workbook.proof.report import MOST_FAILURES, Failure, Proof
from workbook.signature import NAME_PREFIX, Built

if TYPE_CHECKING:
    from workbook.book import Book
    from workbook.reader import FileLedger

__all__ = ["MOST_FAILURES", "Failure", "Proof", "blocks_astray", "compare", "prove"]

MOST_ASTRAY = 20
"""So many lines about blocks that are not as they were built are enough, and so many ids in one of them."""


def prove(path: Path | str, book: Book | None = None, engine: str = "ironcalc") -> Proof:
    """Recalculate a file and compare every formula cell.

    Parameters
    ----------
    path : the file
    book : the book that the file was written from, if it is at hand: its NumPy values are compared, and
        the file need not be read a second time
    engine : one of `workbook.engines.ENGINES`

    Raises
    ------
    FileError
        If the file cannot be read (only when there is no book).
    EngineError
        If the engine is missing or refuses the file.
    """
    path = Path(path)
    built: Mapping[str, Built] = {}
    astray: list[str] = []
    read: FileLedger | None = None
    if book is not None:
        ledger = ledger_of(book)
        sheets = recalculate(path, engine)
    else:
        from workbook.foreign import recalculate_foreign
        from workbook.guard import FileError
        from workbook.reader import read_ledger

        ledger = read = read_ledger(path)
        built = read.built
        areas = {block.id: _area_of(block) for block in ledger.blocks if not block.is_loose}
        astray = [line for _sheet, _cell, line in blocks_astray(built, areas, ledger.sheets)]
        if ledger.formula_count and not any(block.is_calculated for block in ledger.blocks):
            raise FileError(
                f"{path}: it holds no calculated values to compare with; open it in a spreadsheet program, save, and try again"
            )
        sheets = recalculate_foreign(path, engine, ledger.formula_count)
    proof = compare(path, ledger, sheets, engine, built)
    proof.of_book = book is not None
    proof.astray = astray
    proof.read = read
    return proof


def compare(path: Path, ledger: Ledger, sheets: Sheets, engine: str, built: Mapping[str, Built] | None = None) -> Proof:
    """Compare a ledger's values with an engine's; `built` are the blocks that the file says it was built with."""
    known = built or {}
    entries = [
        Entry(block, sheets.get(block.sheet, HeldCells({})), _is_computed(block, known.get(block.id.lower())))
        for block in ledger.blocks
    ]
    proof = Proof(path, engine, ledger.formula_count)
    proof.failures = Judge(entries, sheets, engine, bool(ledger.scenario)).failures()
    return proof


def _is_computed(block: BlockCells, built: Built | None) -> bool:
    """Whether each cell of a block must hold a formula; a file that does not say so shows it by any that does."""
    if block.is_loose:
        return False
    return bool(block.computed.any()) if built is None else built.is_computed


def blocks_astray(
    built: Mapping[str, Built], areas: Mapping[str, Area], sheets: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Return how the blocks of a file are not as they were built: sheet, cell (either may be nothing) and a sentence.

    Parameters
    ----------
    built : the blocks that it was built with, by their ids in small letters; none where it does not say
    areas : where the blocks lie that it names now, by their ids
    sheets : the names of its sheets
    """
    if not built:
        return []
    now = {id.lower(): area for id, area in areas.items()}
    gone: dict[str, list[str]] = {}
    found = []
    for key, block in built.items():
        area = now.get(key)
        if area is None:
            gone.setdefault(block.sheet, []).append(block.id)
            continue
        rows, columns = area.bottom - area.top + 1, area.right - area.left + 1
        if (rows, columns) != (block.rows, block.columns):
            size = f"is {rows}×{columns} cells, and was built with {block.rows}×{block.columns}"
            found.append((area.sheet, cell_name(area.top, area.left), f"the block {block.id} {size}"))
    lost = [(sheet if sheet in sheets else "", "", _lost(sheet, ids, sheet in sheets)) for sheet, ids in gone.items()]
    found = [*lost, *found, *_overlaps(areas)]
    more = len(found) - MOST_ASTRAY
    return [*found[:MOST_ASTRAY], ("", "", f"… and {more:,} more blocks")] if more > 0 else found


def _lost(sheet: str, ids: list[str], is_there: bool) -> str:
    shown = ", ".join(ids[:MOST_ASTRAY]) + (", …" if len(ids) > MOST_ASTRAY else "")
    if not is_there:
        return f"{_count(len(ids), 'block')} of the sheet {sheet} {'is' if len(ids) == 1 else 'are'} gone: {shown}"
    names = f"the name {NAME_PREFIX}{ids[0]} is" if len(ids) == 1 else f"the names of {len(ids):,} blocks are"
    return f"on the sheet {sheet} {names} gone" + (f": {shown}" if len(ids) > 1 else "")


def _overlaps(areas: Mapping[str, Area]) -> Iterator[tuple[str, str, str]]:
    """Yield on each sheet the first two blocks that share a cell; none do as they are built."""
    on_sheet: dict[str, list[tuple[str, Area]]] = {}
    for id, area in areas.items():
        on_sheet.setdefault(area.sheet, []).append((id, area))
    for sheet, here in on_sheet.items():
        open_: list[tuple[str, Area]] = []
        for id, area in sorted(here, key=lambda pair: (pair[1].top, pair[1].left)):
            open_ = [pair for pair in open_ if pair[1].bottom >= area.top]
            other = next((o for o, a in open_ if a.left <= area.right and area.left <= a.right), None)
            if other is not None:
                cell = cell_name(area.top, area.left)
                names = f"the names {NAME_PREFIX}{other} and {NAME_PREFIX}{id}"
                yield sheet, cell, f"{names} both take in {sheet}!{cell}; one of them points elsewhere than it did"
                break
            open_.append((id, area))


def _area_of(block: BlockCells) -> Area:
    rows, columns = block.shape
    return Area(block.sheet, block.row, block.column, block.row + rows - 1, block.column + columns - 1)


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")
