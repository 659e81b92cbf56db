"""The registry: what each rule demands, why, and how to mend what breaks it.

A rule is a function with a decorator that says what it looks at: every cell, every formula pattern (once), every sheet,
or the file as a whole. It says what is wrong; the rule says how to mend it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from workbook.guard import printable

if TYPE_CHECKING:
    from workbook.lint.anatomy import Anatomy
    from workbook.lint.page_parser import Some
    from workbook.lint.parts import Cell, File, Page


@dataclass(frozen=True)
class Rule:
    """One demand: its id, what it demands, why, and what to do where it is not met."""

    id: str
    demands: str
    why: str
    mend: str


@dataclass(frozen=True)
class Finding:
    """A place where a rule is broken."""

    file: str
    sheet: str
    cell: str
    rule: str
    problem: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.sheet}!{self.cell}" if self.sheet and self.cell else self.sheet or "workbook"
        return printable(" ".join(f"{self.file}: {place}: {self.rule}: {self.problem}; {self.mend}".split()))

    def as_data(self) -> dict[str, str]:
        """Return the finding as plain data."""
        return asdict(self)


Problem = str
CellCheck = Callable[["Cell", "Page"], "Problem | None"]
Suspects = Callable[["Some"], NDArray[np.bool_]]
FormulaCheck = Callable[["Anatomy"], "Problem | None"]
PageCheck = Callable[["Page"], Iterator[tuple[str, Problem]]]
FileCheck = Callable[["File"], Iterator[tuple[str, str, Problem]]]

RULES: dict[str, Rule] = {}
OF_CELLS: list[tuple[Rule, Suspects, CellCheck]] = []
OF_FORMULAS: list[tuple[Rule, FormulaCheck]] = []
OF_PAGES: list[tuple[Rule, PageCheck]] = []
OF_FILES: list[tuple[Rule, FileCheck]] = []

Check = TypeVar("Check")


def rule(id: str, demands: str, why: str, mend: str) -> Rule:
    """Make a rule known."""
    if id in RULES:
        raise ValueError(f"two rules are called {id}")
    RULES[id] = Rule(id, demands, why, mend)
    return RULES[id]


def _adds(checks: list[tuple[Rule, Check]], rule: Rule) -> Callable[[Check], Check]:
    def add(check: Check) -> Check:
        checks.append((rule, check))
        return check

    return add


def every_cell(rule: Rule, suspects: Suspects) -> Callable[[CellCheck], CellCheck]:
    """Mark a check of each cell that holds something; it returns what is wrong, or None.

    Parameters
    ----------
    suspects : tells of many cells at once which must be looked at: most break no rule, and a call for each takes long
    """

    def add(check: CellCheck) -> CellCheck:
        OF_CELLS.append((rule, suspects, check))
        return check

    return add


def every_formula(rule: Rule) -> Callable[[FormulaCheck], FormulaCheck]:
    """Mark a check of each formula; formulas that the fill handle makes of one another are one formula."""
    return _adds(OF_FORMULAS, rule)


def every_page(rule: Rule) -> Callable[[PageCheck], PageCheck]:
    """Mark a check of each sheet; it yields a cell (or nothing) and what is wrong."""
    return _adds(OF_PAGES, rule)


def whole_file(rule: Rule) -> Callable[[FileCheck], FileCheck]:
    """Mark a check of the whole file; it yields a sheet, a cell (either may be nothing) and what is wrong."""
    return _adds(OF_FILES, rule)


def shown(path: Path | str, rule: Rule, sheet: str, cell: str, problem: str) -> Finding:
    """Return a finding; texts of the file itself are made printable and short."""
    printable = "".join(char if char.isprintable() else "?" for char in problem)
    short = printable if len(printable) <= 300 else printable[:299] + "…"
    return Finding(str(path), sheet, cell, rule.id, short, rule.mend)
