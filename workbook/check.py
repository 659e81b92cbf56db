"""The proof of the double entry: an engine recalculates the file, and every formula cell must meet its cached value.

When two numbers agree
----------------------
NumPy and a spreadsheet add in different orders, so their last digits differ. A cell agrees when the difference is at
most ``1e-10 · max(|v|, S)``, where v is NumPy's value and S the sum of the absolute values of the cells that its
formula reads (of a table under INDEX the share that it takes): a difference of large numbers cannot be more exact than
they are. To this comes what the cell inherits: ten times the differences of the cells that it reads (as far as these
agree themselves), and ``1e-14`` of the largest number of its block, so that differences which have converged to nothing
pass.

Texts are equal letter by letter, with one exception: rounding. Where a number in a sentence differs by one unit of its
last digit, some cell that the formula reads must lie at the midpoint of the two, to 1e-10 relative; then the number is
a tie and either text is right. The same holds for a number that ROUND makes. A number of more than ten digits
agrees as a cell's would, to 1e-10 relative. And a number that prints as zero may do so
with or without a minus (or the brackets of a negative number). Nothing else: an error value, a missing value, a number
for a text, or a verdict that flips always fails.

A block is computed as a whole, and a file of ours says which blocks are and how large they were built: a number that
somebody typed over a formula fails, even where it is the block's only cell, and so does a block that is gone, has
another size, or whose name points elsewhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbook.engines import ErrorValue, Sheets, recalculate
from workbook.formula import cell_name
from workbook.ledger import BlockCells, Ledger, ledger_of
from workbook.precedents import Area, Reading, readings
from workbook.signature import NAME_PREFIX, Built

if TYPE_CHECKING:
    from workbook.book import Book
    from workbook.reader import FileLedger

RELATIVE = 1e-10
INHERITED = 10.0
FLOOR = 1e-14
MOST_FAILURES = 20_000
"""So many cells that disagree are enough: a file in which nothing holds would take minutes."""
MOST_TEXTS = 3
MOST_ASTRAY = 20
"""So many lines about blocks that are not as they were built are enough, and so many ids in one of them."""

_ROUNDED = re.compile(r"ROUND\(.*,(\d+)\)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_ZERO_IN_BRACKETS = re.compile(r"\(-?(0(?:\.0+)?)\)")
_MINUS_ZERO = re.compile(r"-(0(?:\.0+)?)(?![\d.])")


@dataclass(frozen=True)
class Failure:
    """A formula cell whose two entries do not meet.

    Attributes
    ----------
    expected, found : NumPy's value, or the file's where no book is at hand, and the engine's
    is_root : whether it reads no other cell that fails
    texts : the cells that it reads and that hold a text, where these make it an error
    """

    block: BlockCells
    row: int
    column: int
    expected: Any
    found: Any
    is_root: bool
    texts: tuple[str, ...] = ()

    @property
    def is_gone(self) -> bool:
        """Whether there is no formula left to recalculate."""
        return not self.block.computed[self.row, self.column]

    @property
    def cause(self) -> str:
        """What is wrong, where it is not simply another value; empty where it is."""
        if self.is_gone and self.expected is None:
            return "an empty cell in a block of formulas"
        if self.is_gone and _is_number(self.expected):
            return "a number typed over a formula"
        if self.is_gone:
            name = NAME_PREFIX + self.block.id
            return f"a text typed over a formula, or the name {name} points elsewhere"
        if isinstance(self.found, ErrorValue):
            return "an error value"
        return ""

    @property
    def cell(self) -> str:
        return f"{self.block.sheet}!{self.block.cell(self.row, self.column)}"

    @property
    def formula(self) -> str:
        text = self.block.formula(self.row, self.column)
        return "(none: typed over)" if text is None else f"={text}"


@dataclass
class Proof:
    """What came of a proof.

    Attributes
    ----------
    cells : how many formula cells were compared
    failures : every cell that disagrees; first those that follow from no other (`Failure.is_root`)
    astray : what is wrong with the blocks as such: one that is gone, of another size, or named where it is not
    of_book : whether NumPy's values were compared, rather than those in the file
    read : the cells of the file, where they were read
    """

    path: Path
    engine: str
    cells: int
    failures: list[Failure] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)
    of_book: bool = False
    read: FileLedger | None = None

    @property
    def holds(self) -> bool:
        return not self.failures and not self.astray

    def _count(self) -> str:
        count = len(self.failures)
        return f"{count:,}" if count <= MOST_FAILURES else f"more than {MOST_FAILURES:,}"

    def report(self) -> str:
        """Say what came of it: one line when all agree, else the first block that disagrees and what follows."""
        agree = f"{self.path}: {self.cells:,} formula cells agree with {self.engine}"
        astray = [f"  {line}" for line in self.astray]
        if not self.failures:
            return "\n".join([f"{agree}, but blocks are not as they were built:" if astray else agree, *astray])
        return "\n".join([*self._failed(), *astray])

    def _failed(self) -> Iterator[str]:
        first = self.failures[0]
        roots = [failure for failure in self.failures if failure.is_root]
        here = sum(failure.block is first.block for failure in roots)
        others = {failure.block.id for failure in roots if failure.block is not first.block}
        cells = self.cells + sum(failure.is_gone for failure in self.failures)
        what = "do not hold" if any(failure.cause for failure in roots) else f"disagree with {self.engine}"
        yield f"{self.path}: {self._count()} of {cells:,} formula cells {what}; first:"
        yield f"  block       {first.block.id}" + (f" ({first.block.title})" if first.block.title else "")
        yield f"  cell        {first.cell}"
        if first.cause:
            yield f"  cause       {first.cause}"
        for text in first.texts:
            yield f"  reads       {text}"
        if not first.is_gone:
            yield f"  formula     {_short(first.formula)}"
        if not first.is_gone or first.expected is not None:
            yield f"  {'NumPy' if self.of_book else 'in the file':<11} {_written(first.expected)}"
        if not first.is_gone:
            yield f"  {self.engine:<11} {_written(first.found)}"
            if _is_number(first.expected) and _is_number(first.found):
                yield f"  difference  {float(first.found) - float(first.expected):.6g}"
        if here > 1:
            yield f"  in this block {_cells(here - 1, 'more cell')} independently"
        if len(self.failures) > len(roots):
            yield f"  {_cells(len(self.failures) - len(roots))} only because of what they read"
        if others:
            shown = ", ".join(sorted(others)[:8]) + (", …" if len(others) > 8 else "")
            yield f"  {_cells(len(others), 'other block')} independently of it: {shown}"


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
    else:
        from workbook.guard import FileError
        from workbook.reader import read_ledger

        ledger = read = read_ledger(path)
        built = read.built
        areas = {block.id: _area_of(block) for block in ledger.blocks if not block.is_loose}
        astray = [line for _sheet, _cell, line in blocks_astray(built, areas, ledger.sheets)]
        if ledger.formula_count and not any(_has_values(block) for block in ledger.blocks):
            raise FileError(
                f"{path}: it holds no calculated values to compare with; open it in a spreadsheet program, save, and try again"
            )
    proof = compare(path, ledger, recalculate(path, engine), engine, built)
    proof.of_book = book is not None
    proof.astray = astray
    proof.read = read
    return proof


def _has_values(block: BlockCells) -> bool:
    """Tell whether a formula of the block carries a cached value; a file saved by a library may have none at all."""
    computed = block.computed
    return bool(computed.any()) and any(value is not None for value in block.values[computed].tolist())


def compare(path: Path, ledger: Ledger, sheets: Sheets, engine: str, built: Mapping[str, Built] | None = None) -> Proof:
    """Compare a ledger's values with an engine's; `built` are the blocks that the file says it was built with."""
    known = built or {}
    entries = [
        _Entry(block, sheets.get(block.sheet, {}), _is_computed(block, known.get(block.id.lower())))
        for block in ledger.blocks
    ]
    proof = Proof(path, engine, ledger.formula_count)
    if any(entry.suspects.any() for entry in entries) and not _Judge(entries).all_agree():
        proof.failures = _Judge(entries).failures()
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


class _Entry:
    """A block with both its entries, and which of its cells need a closer look."""

    def __init__(self, block: BlockCells, sheet: dict[tuple[int, int], Any], is_computed: bool) -> None:
        self.block = block
        rows, columns = block.shape
        self.found: list[Any] = []
        if not is_computed and not block.computed.any():
            self.suspects = np.zeros(block.shape, dtype=bool)
            self.deltas = np.zeros(block.shape)
            return
        at, left = sheet.get, block.column
        across = range(left, left + columns)
        self.found = [at((row, column)) for row in range(block.row, block.row + rows) for column in across]
        if block.values.dtype.kind == "f" and set(map(type, self.found)) == {float}:
            self._compare_numbers(np.array(self.found).reshape(block.shape))
        else:
            self._compare_anything()
        if is_computed:
            self.suspects |= ~block.computed

    def _compare_numbers(self, found: NDArray[np.float64]) -> None:
        with np.errstate(invalid="ignore"):
            self.deltas = np.abs(found - self.block.values)
        # "not at most", so that nan fails; an infinite number is within any bound of its own size
        agree = (self.deltas <= RELATIVE * np.abs(self.block.values)) & np.isfinite(self.deltas)
        self.suspects = ~agree & self.block.computed

    def _compare_anything(self) -> None:
        expected = self.block.values.ravel().tolist()
        self.suspects = np.zeros(self.block.shape, dtype=bool)
        self.deltas = np.zeros(self.block.shape)
        for n in np.flatnonzero(self.block.computed):
            ours, theirs = expected[n], self.found[n]
            self.suspects.flat[n] = not _plainly_equal(ours, theirs)
            if _is_number(ours) and _is_number(theirs):
                self.deltas.flat[n] = abs(ours - theirs)

    def found_at(self, row: int, column: int) -> Any:
        return self.found[row * self.block.shape[1] + column]


def _is_number(value: Any) -> bool:
    return isinstance(value, float) and not isinstance(value, bool)


def _plainly_equal(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, ErrorValue) or isinstance(theirs, ErrorValue):
        return False
    if _is_number(ours) and _is_number(theirs):
        return bool(abs(ours - theirs) <= RELATIVE * abs(ours) < np.inf)
    if isinstance(ours, bool):
        return isinstance(theirs, bool | float) and float(ours) == float(theirs)
    if isinstance(ours, str):
        return (isinstance(theirs, str) and ours == theirs) or (ours == "" and theirs is None)
    # a formula whose cached value is missing from the file: nothing to compare it with
    return False


Node = tuple[int, int, int]  # entry, row, column


class _Judge:
    """Judges the suspect cells, what they read before themselves."""

    def __init__(self, entries: list[_Entry]) -> None:
        self.entries = entries
        self.failing = [np.zeros(entry.block.shape, dtype=bool) for entry in entries]
        self.tainted: dict[Node, bool] = {}
        self._reads: dict[Node, list[Reading]] = {}
        self._area_done: dict[Area, tuple[float, float, bool]] = {}
        self._on_sheet: dict[str, list[tuple[int, BlockCells]]] = {}
        for n, entry in enumerate(entries):
            self._on_sheet.setdefault(entry.block.sheet.lower(), []).append((n, entry.block))
        self._largest: dict[int, float] = {}
        self.failed = 0

    def _suspects(self) -> Iterator[Node]:
        for n, entry in enumerate(self.entries):
            for row, column in zip(*np.nonzero(entry.suspects), strict=True):
                yield n, int(row), int(column)

    def all_agree(self) -> bool:
        """Whether every suspect agrees, without the long way back to what it rests on.

        Where one fails, the first to fail reads none that fails, so its judgement here is the final one.
        """
        return all(self._agrees(node) for node in self._suspects())

    def failures(self) -> list[Failure]:
        """Return the cells that fail, those that follow from no other failure first."""
        roots: list[Failure] = []
        followers: list[Failure] = []
        for node in self._suspects():
            self._judge(node)
            if self.failed > MOST_FAILURES:
                break
        for n, entry in enumerate(self.entries):
            for r, c in zip(*np.nonzero(self.failing[n]), strict=True):
                row, column = int(r), int(c)
                read = any(self._area(area)[2] for area in self._areas((n, row, column)))
                expected = entry.block.values[row, column]
                expected = float(expected) if isinstance(expected, float) else expected
                failure = Failure(entry.block, row, column, expected, entry.found_at(row, column), not read)
                (followers if read else roots).append(failure)
        if not roots:  # a circle: none is the first
            roots = [Failure(f.block, f.row, f.column, f.expected, f.found, True) for f in followers[:1]]
            followers = followers[1:]
        if roots[:1] and isinstance(roots[0].found, ErrorValue):
            roots[0] = replace(roots[0], texts=self._texts_read(roots[0]))
        return roots + followers

    def _texts_read(self, failure: Failure) -> tuple[str, ...]:
        """Return the texts that somebody typed among the numbers that a cell reads."""
        found: list[str] = []
        formula = failure.block.formula(failure.row, failure.column) or ""
        for area in dict.fromkeys(reading.area for reading in readings(formula, failure.block.sheet)):
            for n, rows, columns in self._blocks_in(area):
                block = self.entries[n].block
                for row in range(rows.start, rows.stop):
                    for column in range(columns.start, columns.stop):
                        value = block.values[row, column]
                        if not block.computed[row, column] and type(value) is str and len(found) < MOST_TEXTS:
                            found.append(f"{block.sheet}!{block.cell(row, column)}, which holds the text {value!r:.99}")
        return tuple(found)

    def _judge(self, start: Node) -> None:
        """Walk back from a suspect cell and judge all that it rests on, the deepest first."""
        if start in self.tainted:
            return
        self.tainted[start] = False  # until it is known; a circle finds this
        path = [(start, self._cells_read(start))]
        while path:
            node, rest = path[-1]
            for before in rest:
                if before not in self.tainted:
                    self.tainted[before] = False
                    path.append((before, self._cells_read(before)))
                    break
            else:
                path.pop()
                self._finish(node)

    def _finish(self, node: Node) -> None:
        n, row, column = node
        entry = self.entries[n]
        if entry.suspects[row, column] and not self._agrees(node):
            self.failing[n][row, column] = True
            self.failed += 1
            self.tainted[node] = True
        else:
            self.tainted[node] = any(self._area(area)[2] for area in self._areas(node))

    def _agrees(self, node: Node) -> bool:
        n, row, column = node
        block = self.entries[n].block
        if not block.computed[row, column]:
            return False
        ours, theirs = block.values[row, column], self.entries[n].found_at(row, column)
        if isinstance(ours, ErrorValue) or isinstance(theirs, ErrorValue):
            return False
        if _is_number(ours) and _is_number(theirs):
            read = self._readings(node)
            size = sum(reading.share * self._area(reading.area)[0] for reading in read)
            inherited = sum(self._area(reading.area)[1] for reading in read)
            allowed = RELATIVE * max(abs(ours), size) + INHERITED * inherited + FLOOR * self._block_size(n)
            if abs(ours - theirs) <= allowed < np.inf:
                return True
            rounded = _ROUNDED.fullmatch(block.formula(row, column) or "")
            one_unit = rounded is not None and math.isclose(abs(ours - theirs), 10.0 ** -int(rounded[1]), rel_tol=0.01)
            return one_unit and self._is_tie(node, float(ours), float(theirs))
        if isinstance(ours, str) and isinstance(theirs, str):
            return self._texts_agree(node, ours, theirs)
        return False

    def _texts_agree(self, node: Node, ours: str, theirs: str) -> bool:
        ours, theirs = _without_signed_zeros(ours), _without_signed_zeros(theirs)
        if _NUMBER.split(ours) != _NUMBER.split(theirs):
            return False
        for left, right in zip(_NUMBER.findall(ours), _NUMBER.findall(theirs), strict=True):
            if left == right:
                continue
            apart = abs(float(left) - float(right))
            same_digits = len(left.partition(".")[2]) == len(right.partition(".")[2])
            if same_digits and apart <= RELATIVE * abs(float(left)):  # only a number of more than ten digits can
                continue
            unit = 10.0 ** -len(left.partition(".")[2])
            one_apart = abs(apart - unit) < unit / 100
            if not (same_digits and one_apart and self._is_tie(node, float(left), float(right))):
                return False
        return True

    def _is_tie(self, node: Node, left: float, right: float) -> bool:
        """Whether a cell that the formula reads lies midway between two rounded numbers, whatever its sign."""
        middle = abs(left + right) / 2
        for area in self._areas(node):
            for n, rows, columns in self._blocks_in(area):
                numbers = np.abs(self.entries[n].block.numbers[rows, columns])
                if (np.abs(numbers - middle) <= RELATIVE * middle).any():
                    return True
        return False

    # -- what a cell reads ---------------------------------------------------------------------------

    def _readings(self, node: Node) -> list[Reading]:
        if node not in self._reads:
            block = self.entries[node[0]].block
            self._reads[node] = readings(block.formula(node[1], node[2]) or "", block.sheet)
        return self._reads[node]

    def _areas(self, node: Node) -> list[Area]:
        return [reading.area for reading in self._readings(node)]

    def _blocks_in(self, area: Area) -> Iterator[tuple[int, slice, slice]]:
        """Yield the parts of blocks that lie within an area."""
        for n, block in self._on_sheet.get(area.sheet.lower(), ()):
            rows, columns = block.shape
            top, bottom = max(area.top, block.row), min(area.bottom, block.row + rows - 1)
            left, right = max(area.left, block.column), min(area.right, block.column + columns - 1)
            if top <= bottom and left <= right:
                yield (
                    n,
                    slice(top - block.row, bottom - block.row + 1),
                    slice(left - block.column, right - block.column + 1),
                )

    def _cells_read(self, node: Node) -> Iterator[Node]:
        """Yield the formula cells that a cell reads."""
        for area in self._areas(node):
            if area in self._area_done:
                continue
            for n, rows, columns in self._blocks_in(area):
                computed = self.entries[n].block.computed[rows, columns]
                for row, column in zip(*np.nonzero(computed), strict=True):
                    yield n, rows.start + int(row), columns.start + int(column)
            self._area(area)

    def _area(self, area: Area) -> tuple[float, float, bool]:
        """Return of an area, once all in it is judged: Σ|v|, Σ|Δ| of the cells that agree, whether any is tainted."""
        if area in self._area_done:
            return self._area_done[area]
        size = delta = 0.0
        tainted = False
        for n, rows, columns in self._blocks_in(area):
            entry = self.entries[n]
            size += float(np.nansum(np.abs(entry.block.numbers[rows, columns])))
            delta += float(np.nansum(np.where(self.failing[n][rows, columns], 0.0, entry.deltas[rows, columns])))
            tainted = tainted or self._any_tainted(n, rows, columns)
        self._area_done[area] = size, delta, tainted
        return self._area_done[area]

    def _any_tainted(self, n: int, rows: slice, columns: slice) -> bool:
        if not self.entries[n].block.computed[rows, columns].any():
            return False
        get = self.tainted.get
        return any(
            get((n, row, column), False)
            for row in range(rows.start, rows.stop)
            for column in range(columns.start, columns.stop)
        )

    def _block_size(self, n: int) -> float:
        if n not in self._largest:
            numbers = np.abs(self.entries[n].block.numbers)
            self._largest[n] = float(np.nanmax(numbers)) if not np.isnan(numbers).all() else 0.0
        return self._largest[n]


def _without_signed_zeros(text: str) -> str:
    return _MINUS_ZERO.sub(r"\1", _ZERO_IN_BRACKETS.sub(r"\1", text))


def _short(text: str, longest: int = 300) -> str:
    return text if len(text) <= longest else "".join(islice(text, longest)) + " …"


def _written(value: Any) -> str:
    if value is None:
        return "(nothing)"
    return repr(value) if isinstance(value, str) and not isinstance(value, ErrorValue) else str(value)


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def _cells(count: int, what: str = "cell") -> str:
    return f"{count:,} {what} disagrees" if count == 1 else f"{count:,} {what}s disagree"
