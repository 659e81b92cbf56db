"""What a page consists of: words, blocks, sentences, pictures, tables, and the places that hold them.

`workbook.page` declares them, `workbook.layout` gives them rows and columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Union

from workbook.block import Between, Block, Headings, Role
from workbook.chart import Chart
from workbook.sheet import Adder, Check, Sheet, Style

if TYPE_CHECKING:
    from workbook.book import Book
    from workbook.page import Page


class Voice(Enum):
    """How a sentence with live numbers speaks."""

    PLAIN = "plain"
    LIVE = "live"  # the one sentence that answers to the yellow cell
    HEADLINE = "headline"  # the result, in large type
    REPLY = "reply"  # the answer to what the reader typed


ANSWER = Between(-1e6, 1e6)
"""What may be typed as an answer."""

Target = Union[Block, Sheet, "Page", None]


class Item:
    """Something that a page says."""


@dataclass(eq=False)
class Words(Item):
    """A text in a look of its own, wrapped as wide as the place that it stands in; a link where it has a target."""

    text: str
    style: Style
    to: Target = None
    role: Role | None = None


@dataclass(eq=False)
class Cue(Item):
    """A text after a word that says what it is for, such as Try, Remember."""

    cue: str
    item: Item


@dataclass(eq=False)
class Step(Item):
    """The heading of a numbered step, with one ✓ for all its checks."""

    title: str
    checks: list[Check] = field(default_factory=list)
    mark: Block | None = None


@dataclass(eq=False)
class Space(Item):
    """Empty rows."""

    rows: int = 1


@dataclass(eq=False)
class Shown(Item):
    """A block with its names: a single number as a line, a vector or matrix under a title."""

    block: Block
    bare: bool = False


@dataclass(eq=False)
class Sentence(Item):
    """A text that a formula makes."""

    block: Block
    voice: Voice = Voice.PLAIN


@dataclass(eq=False)
class Picture(Item):
    """A chart."""

    chart: Chart


@dataclass(eq=False)
class Turn(Item):
    """A question with one empty yellow cell, and the reply beside it."""

    question: str
    answer: Block
    reply: Block


@dataclass(eq=False)
class Flow(Item):
    """Items one below the other.

    Attributes
    ----------
    characters : at least so wide, in characters
    unit : the width of each of its columns in characters, where it has one of its own
    square : whether cells of its matrices are as high as they are wide
    """

    items: list[Item] = field(default_factory=list)
    characters: float = 0
    unit: float | None = None
    square: bool = False


@dataclass(eq=False)
class Side(Item):
    """Flows next to one another, an empty column between them."""

    flows: list[Flow] = field(default_factory=list)


@dataclass(eq=False)
class Table(Item, Adder):
    """Columns of equal length: each a block with its title, symbol and mathematics above it, and perhaps a total below.

    Columns stand in the order in which they are added; a formula may read a column that is added later.
    """

    page: Page
    rows: Headings
    length: int
    freeze: bool = False
    columns: list[Block | None] = field(default_factory=list)
    totals: list[tuple[Block, Block]] = field(default_factory=list)
    total_label: str = "Σ"

    @property
    def owner(self) -> Book:
        return self.page.book

    def __enter__(self) -> Table:
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    def add(self, block: Block) -> Block:
        """Add a column (a vector) or several (a matrix) to the right."""
        if len(block.grid()) != self.length:
            raise ValueError(f"{block.id}: {len(block.grid())} rows in a table of {self.length}")
        self.columns.append(self.page.register(block))
        return block

    def skip(self) -> None:
        """Leave a column empty."""
        self.columns.append(None)

    def total(self, under: Block, block: Block, label: str = "Σ") -> Block:
        """Put a single number under a column."""
        self.totals.append((under, self.page.register(block)))
        self.total_label = label
        return block


@dataclass(eq=False)
class Grid(Item):
    """Items on lanes (from left to right) and bands (from top to bottom), so that a row meets a column where both end.

    A lane is as wide as its widest item, a band as high as its highest; items of a lane end at its right edge if it is
    in `ragged`, and begin at its left edge else. After the lanes in `close` no column is left empty; in a
    `thin` grid the empty columns are narrow, and a lane's columns as narrow as its widest number asks.
    """

    page: Page
    ragged: frozenset[int] = frozenset()
    close: frozenset[int] = frozenset()
    tight: bool = False
    thin: bool = False
    cells: dict[tuple[int, int], list[Item]] = field(default_factory=dict)
    runs: dict[tuple[int, int], list[list[Item]]] = field(default_factory=dict)

    def put(self, band: int, lane: int, item: Item | Block) -> None:
        """Put an item (or a block without names) into a band of a lane, below what stands there."""
        shown = Shown(self.page.register(item), bare=True) if isinstance(item, Block) else item
        self.cells.setdefault((band, lane), []).append(shown)

    def before(self, band: int, lane: int, *stacks: Sequence[Item | Block]) -> None:
        """Put stacks of items side by side, so that the last ends one column before a lane begins; lanes to their left
        may be empty there.
        """
        shown = [
            [Shown(self.page.register(item), bare=True) if isinstance(item, Block) else item for item in stack]
            for stack in stacks
        ]
        self.runs[band, lane] = shown

    def name(self, band: int, lane: int, text: str, to: Target = None) -> None:
        """Put a name into a band of a lane; with a target it is a link."""
        self.put(band, lane, Words(text, Style.ARROW if to is None else Style.LINK, to))
