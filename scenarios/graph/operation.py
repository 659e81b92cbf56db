"""What an operation states: its value by NumPy, its formula, and what comes back to each of its inputs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from workbook.block import Block, Formula, Shading

Slopes = Callable[[int], Block]
"""Returns the slopes of an input, by its place."""


@dataclass(frozen=True)
class Pull:
    """What an operation sends back to one of its inputs.

    Attributes
    ----------
    formula : a cell of the input's slopes, from those of the output
    math : the same for whole tables
    written : the first cell in numbers, as a sentence's text
    by_row : whether every row has a formula of its own, since no fill can follow what it reads
    counted, numbered : whether its formula reads the counters above the columns, beside the rows
    first : the formula of the first row, where each row reads the one above
    last : the formula of the last row, where each row reads the one below
    later : whether it comes from the row below, so that nothing of it comes to the last row
    """

    formula: Formula
    math: str
    written: str = ""
    by_row: bool = False
    counted: bool = False
    numbered: bool = False
    first: Formula | None = None
    last: Formula | None = None
    later: bool = False


class Operation(ABC):
    """One operation.

    `value` is NumPy's; its `np` is NumPy itself, or autograd's where a slope is wanted. `formula` and `pulls` are the cells'.
    """

    shading: Shading | None = None
    counted = False
    """Whether its formula reads the counters above its columns."""
    across: frozenset[int] = frozenset()
    """The inputs that are rows: vectors with one number a column."""
    numbered = False
    """Whether its formula reads the counters beside its rows, too."""
    planes, padding, slope_margin = 1, 0, 0
    """How many of its inputs are planes of a picture; how many zeros stand around these, and around its output's slopes."""
    inner_is_backward = False
    """Whether only what comes back reads its tables in between."""

    @abstractmethod
    def value(self, np: Any, *x: Any) -> Any:
        """Return the value of the whole table."""

    @abstractmethod
    def formula(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> dict[str, Any]:
        """Return the output's `formula`, or `first` and `last` with it, or `each`; Y is the output itself."""

    @abstractmethod
    def pulls(self, Y: Block, X: Sequence[Block], inner: Sequence[Block], dY: Block, dX: Slopes) -> list[Pull | None]:
        """Return what comes back to each input; None to what has no slope."""

    @abstractmethod
    def math(self, *x: str) -> str:
        """Return the formula of the whole table, from the symbols of its inputs."""

    def written(self, Y: Block, X: Sequence[Block], inner: Sequence[Block]) -> str:
        """Return the first cell in numbers, as a sentence's text; "" for none."""
        return ""

    def inner(self, name: str, X: Sequence[Block]) -> list[Block]:
        """Return the tables in between, which the output needs."""
        return []


def held(x: Any) -> Any:
    """Return a value that no slope flows through: what autograd's box holds."""
    return getattr(x, "_value", x)


def cell(block: Block, *at: int, digits: int = 2, brackets: bool = True) -> str:
    """Return the field of a sentence that shows a cell of a block, negative numbers in brackets."""
    place = f"[{','.join(map(str, at))}]" if at else ""
    return f"{{{block.id}{place}:{digits}{'p' * brackets}}}"


def products(pairs: Sequence[tuple[str, str]]) -> str:
    """Write out a sum of products."""
    return " + ".join(f"{a}·{b}" for a, b in pairs)
