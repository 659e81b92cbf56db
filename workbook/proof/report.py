"""What came of a proof, and how it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbook.engines import ErrorValue
from workbook.guard import printable
from workbook.ledger import BlockCells
from workbook.signature import NAME_PREFIX

if TYPE_CHECKING:
    from workbook.reader import FileLedger

MOST_FAILURES = 20_000
"""So many cells that disagree are enough: nobody reads more."""


def is_number(value: Any) -> bool:
    """Whether a cell's value is a number; a truth value is none."""
    return isinstance(value, float) and not isinstance(value, bool)


@dataclass(frozen=True)
class Failure:
    """A formula cell whose two entries do not meet, or that other spreadsheets refuse.

    Attributes
    ----------
    expected, found : NumPy's value, or the file's where no book is at hand, and the engine's
    is_root : whether it reads no other cell that fails
    texts : the cells that it reads and that hold a text, where these make it an error
    reason : why a stricter spreadsheet than the engine shows an error there, or why the engine differs, where that is known
    """

    block: BlockCells
    row: int
    column: int
    expected: Any
    found: Any
    is_root: bool
    texts: tuple[str, ...] = ()
    reason: str = ""

    @property
    def is_gone(self) -> bool:
        """Whether there is no formula left to recalculate."""
        return not self.block.computed[self.row, self.column]

    @property
    def cause(self) -> str:
        """What is wrong, where it is not simply another value; empty where it is."""
        if self.is_gone and self.expected is None:
            return "an empty cell in a block of formulas"
        if self.is_gone and is_number(self.expected):
            return "a number typed over a formula"
        if self.is_gone:
            name = NAME_PREFIX + self.block.id
            return f"a text typed over a formula, or the name {name} points elsewhere"
        if isinstance(self.found, ErrorValue):
            return "an error value"
        return self.reason

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
            lines = [f"{agree}, but blocks are not as they were built:" if astray else agree, *astray]
        else:
            lines = [*self._failed(), *astray]
        return "\n".join(map(printable, lines))

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
            if is_number(first.expected) and is_number(first.found) and first.expected != first.found:
                yield f"  difference  {float(first.found) - float(first.expected):.6g}"
        if here > 1:
            yield f"  in this block {_cells(here - 1, 'more cell')} independently"
        if len(self.failures) > len(roots):
            yield f"  {_cells(len(self.failures) - len(roots))} only because of what they read"
        if others:
            shown = ", ".join(sorted(others)[:8]) + (", …" if len(others) > 8 else "")
            yield f"  {_cells(len(others), 'other block')} independently of it: {shown}"


def _short(text: str, longest: int = 300) -> str:
    return text if len(text) <= longest else "".join(islice(text, longest)) + " …"


def _written(value: Any) -> str:
    if value is None:
        return "(nothing)"
    return repr(value) if isinstance(value, str) and not isinstance(value, ErrorValue) else str(value)


def _cells(count: int, what: str = "cell") -> str:
    return f"{count:,} {what} disagrees" if count == 1 else f"{count:,} {what}s disagree"
