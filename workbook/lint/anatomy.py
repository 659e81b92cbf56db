"""Formulas taken apart: what they are made of, and the pattern that the fill handle keeps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from workbook.precedents import Area, areas_read, column_number

_TOKEN = re.compile(
    r"""
      (?P<text>"(?:[^"]|"")*")
    | (?P<sheet>'(?:[^']|'')*'!|[^\W\d][\w.]*!)
    | (?P<table>[^\W\d][\w.]*\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\])
    | (?P<elsewhere>\[[^\]]*\])
    | (?P<error>\#[A-Z0-9/]+[!?]?)
    | (?P<function>[^\W\d][\w.]*(?=\())
    | (?P<cell>\$?[A-Za-z]{1,3}\$?\d{1,7}(?![\w.(]))
    | (?P<whole>\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}(?![\w(])|\$?\d{1,7}:\$?\d{1,7}(?![\w.]))
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?)
    | (?P<word>[^\W\d][\w.]*)
    | (?P<space>\s+)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_REFERENCE = re.compile(
    r"""("(?:[^"]|"")*"|'(?:[^']|'')*'!)|(?<![\w.$])(\$?)([A-Za-z]{1,3})(\$?)(\d{1,7})(?![\w(.!])""", re.DOTALL
)
_ON_A_SHEET = re.compile(r"!R(?:\[-?\d+\]|\d+)C(?:\[-?\d+\]|\w+)(?::R(?:\[-?\d+\]|\d+)C(?:\[-?\d+\]|\w+))?")
LONGEST, MOST_QUOTES = 8_192, 200
_OPEN_END = frozenset("+-*/^&=<>,(")


def pattern(formula: str, row: int, column: int) -> str:
    """Return a formula with its references relative to its cell, as R1C1 notation has them: equal along a fill."""
    if not is_sane(formula):
        return formula

    def relative(match: re.Match[str]) -> str:
        text, pinned_column, letters, pinned_row, number = match.groups()
        if text is not None:
            return str(text)
        down = number if pinned_row else f"[{int(number) - 1 - row}]"
        right = letters.upper() if pinned_column else f"[{column_number(letters) - column}]"
        return f"R{down}C{right}"

    return _REFERENCE.sub(relative, formula)


def looks_back(relative: str) -> bool:
    """Whether a formula in R1C1 notation reads, on its own sheet, the row above its own, as a step reads the one before."""
    return "R[-1]C" in relative and "R[-1]C" in _ON_A_SHEET.sub("", relative)


def looks_ahead(relative: str) -> bool:
    """Whether a formula in R1C1 notation reads, on its own sheet, the row below its own, as what runs back through time does."""
    return "R[1]C" in relative and "R[1]C" in _ON_A_SHEET.sub("", relative)


def is_sane(formula: str) -> bool:
    """Whether a formula can be taken apart in a time that grows with its length; one of unmatched quotes cannot."""
    return len(formula) <= LONGEST and formula.count('"') % 2 == 0 and formula.count("'") <= MOST_QUOTES


@dataclass(frozen=True)
class Anatomy:
    """A formula (without =) and what it is made of."""

    formula: str
    sheet: str

    @cached_property
    def tokens(self) -> list[tuple[str, str]]:
        if not is_sane(self.formula):
            return []
        return [(match.lastgroup or "", match[0]) for match in _TOKEN.finditer(self.formula)]

    def all(self, kind: str) -> list[str]:
        """Return every token of a kind."""
        return [text for found, text in self.tokens if found == kind]

    @cached_property
    def functions(self) -> list[str]:
        return [name.upper() for name in self.all("function")]

    @cached_property
    def numbers(self) -> list[float]:
        return [float(text) for text in self.all("number")]

    @cached_property
    def is_balanced(self) -> bool:
        """Whether every bracket and quotation mark has its partner and no operator stands at the end."""
        if self.formula.count('"') % 2:
            return False
        depth = 0
        for kind, text in self.tokens:
            if kind == "sign":
                depth += (text in "({") - (text in ")}")
                if depth < 0 or text in "\"'":
                    return False
        last = self.formula.rstrip()[-1:]
        return depth == 0 and last not in _OPEN_END

    @cached_property
    def depth(self) -> int:
        """How many function calls stand within one another."""
        deepest, open_ = 0, [False]
        before = ""
        for kind, text in self.tokens:
            if text == "(" and kind == "sign":
                open_.append(before == "function")
                deepest = max(deepest, sum(open_))
            elif text == ")" and kind == "sign" and len(open_) > 1:
                open_.pop()
            before = kind
        return deepest

    @cached_property
    def places(self) -> int:
        """How many different places it refers to."""
        return len(self._areas)

    @cached_property
    def cells_read(self) -> int:
        """How many cells it refers to."""
        return sum((area.bottom - area.top + 1) * (area.right - area.left + 1) for area in self._areas)

    @cached_property
    def _areas(self) -> set[Area]:
        return set(areas_read(self.formula, self.sheet)) if is_sane(self.formula) else set()

    @cached_property
    def moves_down(self) -> bool:
        """Whether a fill downward would change what it refers to."""
        return any("$" not in cell[1:] for cell in self.all("cell"))
