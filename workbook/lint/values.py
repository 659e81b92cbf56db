"""Rules about numbers: what the file carries, what NumPy computed, and what an engine recalculates."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from workbook.addresses import cell_name
from workbook.check import compare
from workbook.engines import EngineError, ErrorValue, HeldCells
from workbook.guard import FileError
from workbook.ledger import BlockCells, ledger_of
from workbook.lint.parts import ENGINE, Cell, File, Page
from workbook.lint.rules import every_cell, rule, whole_file

CIRCULAR = ("#CIRC!", "Err:522", "Err:523")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")

RECALCULATED = rule(
    "recalculated",
    "every cached value is what a spreadsheet engine recalculates from the formula",
    "a reader whose program does not recalculate sees other numbers than one whose program does",
    "mend the formula, or build the file again",
)
NUMPY = rule(
    "numpy",
    "every number in a worked example's file is NumPy's, to the last digit (for NAME)",
    "the cached value is one half of the double entry",
    "build the file again",
)
CIRCLE = rule(
    "circular",
    "no formula depends on itself",
    "spreadsheets warn, stop or iterate, each in its own way",
    "unroll the loop: one row a step",
)
ERROR = rule(
    "error-value",
    "no cell shows an error such as #DIV/0!",
    "an error hides what should be there and spreads to all that reads it",
    "mend the formula or what it reads",
)
CACHED = rule(
    "cached-value",
    "a formula carries a cached value, and a number is a finite number rather than nan, inf or True",
    "programs that do not recalculate show nothing, and some refuse the whole file",
    "open the file in a spreadsheet program and save it; a program that writes it must write a finite number",
)


@every_cell(ERROR, lambda some: some.of_kind("e"))
def error_value(cell: Cell, _page: Page) -> str | None:
    return f"it shows {cell.value}" if cell.kind == "e" else None


@every_cell(CACHED, lambda some: some.oddly_written | some.of_kind("b"))
def cached_value(cell: Cell, _page: Page) -> str | None:
    if cell.value is None:
        return None  # counted below
    if cell.kind == "n" and not _is_finite(cell.value):
        return f'its number is written "{cell.value}"'
    if cell.kind == "b":
        return f"its value is the truth value {cell.value}"
    return None


@whole_file(CACHED)
def missing_values(file: File) -> Iterator[tuple[str, str, str]]:
    """A library that saves a file leaves out all of them, which is one thing to mend."""
    formulas = sum(int(np.count_nonzero(page.kinds >= 0)) for page in file.pages)
    missing = sum(int(np.count_nonzero(page.bare)) for page in file.pages)
    if 1 < formulas == missing:
        yield "", "", f"none of its {formulas:,} formulas has a cached value"
        return
    for page in file.pages:
        for n in np.flatnonzero(page.bare).tolist():
            yield page.name, page.cell(n), "the formula has no cached value"


def _is_finite(text: str) -> bool:
    return _NUMBER.fullmatch(text.strip()) is not None and math.isfinite(float(text))


@whole_file(NUMPY)
def numpy_values(file: File) -> Iterator[tuple[str, str, str]]:
    """Compare what was written with what NumPy computed, bit by bit."""
    if file.book is None:
        return
    written = {block.id: block for block in file.ledger.blocks}
    for block in ledger_of(file.book).blocks:
        ours = written.get(block.id)
        if ours is None or ours.shape != block.shape:
            yield block.sheet, block.cell(0, 0), f"the block {block.id} is missing or has another shape"
            continue
        for row, column in zip(*np.nonzero(ours.values != block.values), strict=True):
            values = ours.values[row, column], block.values[row, column]
            if not (values[0] is None and values[1] == ""):
                yield block.sheet, block.cell(row, column), f"it carries {values[0]}, NumPy computed {values[1]}"


@whole_file(RECALCULATED)
def recalculated(file: File) -> Iterator[tuple[str, str, str]]:
    ledger = file.ledger
    if not ledger.formula_count:
        return
    try:
        proof = compare(file.path, ledger, file.recalculated, ENGINE, file.built)
    except (EngineError, FileError) as error:
        yield "", "", str(error)
        return
    for failure in proof.failures:
        if failure.is_root and failure.found not in CIRCULAR:
            cell = failure.block.cell(failure.row, failure.column)
            if not failure.is_gone and failure.expected is None:
                continue  # it has no cached value, which is a rule of its own
            if not failure.is_gone:
                yield failure.block.sheet, cell, f"it carries {failure.expected}, {ENGINE} computes {failure.found}"
            elif failure.expected is None:  # what is typed in is a rule of its own
                yield failure.block.sheet, cell, f"it is empty, and {failure.block.id} is a block of formulas"


@whole_file(CIRCLE)
def circular(file: File) -> Iterator[tuple[str, str, str]]:
    if not file.ledger.formula_count:
        return
    with suppress(EngineError, FileError):  # what it says has been said
        for page in file.pages:
            here = [block for block in file.ledger.blocks if block.sheet == page.name]
            for row, column in sorted({place for block in here for place in _circular_in(block, file)}):
                yield page.name, cell_name(row, column), "its formula depends on itself"


def _circular_in(block: BlockCells, file: File) -> Iterator[tuple[int, int]]:
    """Yield the cells of a block that an engine finds to depend on themselves."""
    found = file.recalculated.get(block.sheet, HeldCells({})).area(block.row, block.column, *block.shape)
    if found.dtype.kind == "f":
        return
    for row, column in np.argwhere(block.computed).tolist():
        if isinstance(value := found[row, column], ErrorValue) and value in CIRCULAR:
            yield block.row + row, block.column + column
