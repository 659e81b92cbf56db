"""How a file shows a book to somebody who fills in a part of it: which cells are open, which say nothing yet.

The writer takes it with a book. Cached values of what hangs on open cells are left out, and so are those of charts: an
engine fills them in (`workbook.desk.template`), so that no number of NumPy's tells what is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Cell = tuple[int, int]

NEVER = ""


@dataclass(frozen=True)
class Seen:
    """How a block is seen.

    Attributes
    ----------
    open : the cells that are to be filled in, by row and column of `Block.grid`
    prompt : what is said where one of them is chosen: a heading and a sentence
    withheld : whether its other cells say nothing
    until : the formula that is 1 when they may say it; NEVER where they never do
    """

    open: frozenset[Cell] = frozenset()
    prompt: tuple[str, str] = ("", "")
    withheld: bool = False
    until: str = NEVER


@dataclass(frozen=True)
class View:
    """How a book is seen.

    Attributes
    ----------
    blocks : those that are not seen as they are, by their ids
    label : what is left of a label's text
    properties : what the file says of itself instead of how it was built
    """

    blocks: Mapping[str, Seen]
    label: Callable[[str], str] = str
    properties: Mapping[str, str] = field(default_factory=dict)
