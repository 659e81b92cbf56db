"""What `workbook.diff` finds, and how it is told: a summary, a table, JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from workbook.engines import ErrorValue
from workbook.guard import printable
from workbook.numbers import json_value
from workbook.text import display_width


class Kind(Enum):
    """The kinds of difference, in the order in which they are listed."""

    ADDED = "added"  # a block that only the right side has
    REMOVED = "removed"  # a block that only the left side has
    RESHAPED = "reshaped"  # a block with more or fewer rows or columns; its cells are not compared
    GIVEN = "given"  # what is typed into a cell
    FORMULA = "formula"  # a cell's formula; also one typed over, or written where a number stood
    WORDS = "words"  # a heading, a sentence or another text that is no block's; also a sheet's name
    VALUE = "value"  # a value by itself: its formula is the same, and so is all that it reads


ENTERED = frozenset(Kind) - {Kind.VALUE}


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes
    ----------
    kind : what is different
    sheet, cell : where; on the right side, unless the block was removed
    block : the block's id
    label : the headings of its row and column
    old, new : values; formulas (with =) where these differ; shapes, such as 3×4, for a block as a whole
    absolute, relative : |new − old|, and that by |old|, where both values are numbers; the largest of `cells`
    cells : how many cells of the block differ in this same way; `cell` is the first
    """

    kind: Kind
    sheet: str
    cell: str
    block: str
    label: str
    old: Any
    new: Any
    absolute: float | None = None
    relative: float | None = None
    cells: int = 1

    def as_data(self) -> dict[str, Any]:
        """Return the difference as JSON holds it."""
        data = {name: getattr(self, name) for name in ("sheet", "cell", "block", "label")}
        data |= {"kind": self.kind.value, "old": json_value(self.old), "new": json_value(self.new)}
        data |= {name: json_value(getattr(self, name)) for name in ("absolute", "relative")}
        return data | {"cells": self.cells}


@dataclass
class Diff:
    """What came of a comparison.

    Attributes
    ----------
    left, right : what was compared, as the user named it
    changes : entered changes first, then values that changed by themselves; in reading order
    downstream : how many cells differ only because of what they read
    compared : how many cells were compared
    uncalculated : which of the two hold formulas without values, so that only what is typed in and formulas were compared
    """

    left: str
    right: str
    changes: list[Change] = field(default_factory=list)
    downstream: int = 0
    compared: int = 0
    uncalculated: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        return not self.changes and not self.downstream

    @property
    def cells(self) -> Counter[Kind]:
        """How many cells differ in each way."""
        counts: Counter[Kind] = Counter()
        for change in self.changes:
            counts[change.kind] += change.cells
        return counts

    def summary(self) -> str:
        """Say in one line what came of it."""
        if self.uncalculated:
            who = " and ".join(self.uncalculated)
            told = f"{who} {'holds' if len(self.uncalculated) == 1 else 'hold'} no calculated values"
            mend = (
                "only what is typed in and formulas were compared; open and save it in a spreadsheet program for more"
            )
            return f"{self._counts()} ({told}: {mend})"
        return self._counts()

    def _counts(self) -> str:
        sides = f"{self.left} → {self.right}"
        if self.same:
            return f"{sides}: no difference in {_count(self.compared, 'cell')}"
        words = {
            Kind.ADDED: ("block added", "blocks added"),
            Kind.REMOVED: ("block removed", "blocks removed"),
            Kind.RESHAPED: ("block reshaped", "blocks reshaped"),
            Kind.GIVEN: ("given changed", "givens changed"),
            Kind.FORMULA: ("formula changed", "formulas changed"),
            Kind.WORDS: ("text changed", "texts changed"),
            Kind.VALUE: ("value changed by itself", "values changed by themselves"),
        }
        counts = self.cells
        parts = [f"{counts[kind]:,} {words[kind][counts[kind] != 1]}" for kind in Kind if counts[kind]]
        return f"{sides}: {', '.join(parts)}{', ' if parts else ''}and {_count(self.downstream, 'cell')} downstream"

    def as_data(self) -> dict[str, Any]:
        """Return all of it as JSON holds it."""
        return {
            "same": self.same,
            "left": self.left,
            "right": self.right,
            "compared": self.compared,
            "uncalculated": list(self.uncalculated),
            "changes": [change.as_data() for change in self.changes],
            "downstream": self.downstream,
        }

    def rows(self, most: int | None = 20) -> tuple[list[tuple[str, ...]], list[str]]:
        """Return the lines of the table as texts, and a remark for each block of which more than `most` are left out."""
        shown, left_out = [], Counter[tuple[str, Kind]]()
        seen = Counter[tuple[str, Kind]]()
        for change in self.changes:
            key = change.block, change.kind
            seen[key] += 1
            if (
                most is not None
                and seen[key] > most
                and change.kind in (Kind.GIVEN, Kind.FORMULA, Kind.WORDS, Kind.VALUE)
            ):
                left_out[key] += change.cells
            else:
                shown.append(_shown(change))
        remarks = [
            f"… and {_count(n, 'more cell')} of {printable(block)} ({kind.value})"
            for (block, kind), n in left_out.items()
        ]
        return shown, remarks

    def report(self, most: int | None = 20) -> str:
        """Return the summary and a table as plain text."""
        lines = [self.summary()]
        if self.changes:
            rows, remarks = self.rows(most)
            lines += ["", *_table([HEADINGS, *rows]), *remarks]
        return "\n".join(lines)


HEADINGS = ("kind", "sheet", "cell", "block", "label", "old", "new", "absolute", "relative")
WIDEST = {"label": 36, "old": 48, "new": 48}


def _shown(change: Change) -> tuple[str, ...]:
    more = f" +{change.cells - 1}" if change.cells > 1 else ""
    old, new = (written(v) for v in (change.old, change.new))
    relative = "" if change.relative is None else f"{change.relative:.3g}"
    absolute = "" if change.absolute is None else f"{change.absolute:.3g}"
    texts = (
        change.kind.value,
        change.sheet,
        change.cell + more,
        change.block,
        change.label,
        old,
        new,
        absolute,
        relative,
    )
    return tuple(_cut(printable(text), WIDEST.get(name)) for name, text in zip(HEADINGS, texts, strict=True))


def written(value: Any) -> str:
    """Return a value as a table shows it: a text in quotes, unless it is a formula's or a shape."""
    if value is None:
        return "(blank)"
    if isinstance(value, Spelled | ErrorValue):
        return str(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return '"' + " ".join(str(value).split()) + '"'


class Spelled(str):
    """A text that stands for a formula or a shape, not for a cell's text."""

    __slots__ = ()


def _cut(text: str, widest: int | None) -> str:
    if widest is None or display_width(text) <= widest:
        return text
    while display_width(text) > widest - 1:
        text = text[:-1]
    return text + "…"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(display_width(row[n]) for row in rows) for n in range(len(HEADINGS))]
    lines = []
    for row in rows:
        cells = [text + " " * (width - display_width(text)) for text, width in zip(row, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
    return lines


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
