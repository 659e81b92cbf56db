"""Every rule, applied to a file."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbook.book import Book
from workbook.guard import FileError, guard, open_file
from workbook.lint import formulas, inputs, looks, structure, values, verdicts, views, words
from workbook.lint.anatomy import Anatomy
from workbook.lint.page_parser import read_page
from workbook.lint.parts import Cell, File, Page
from workbook.lint.rules import OF_CELLS, OF_FILES, OF_FORMULAS, OF_PAGES, Finding, Rule, shown
from workbook.reader import damage_told

FAMILIES = (values, formulas, inputs, looks, words, structure, verdicts, views)
MOST_OF_A_KIND = 10


def lint(path: Path | str, book: Book | None = None) -> list[Finding]:
    """Apply every rule to a file.

    Parameters
    ----------
    path : an .xlsx file, from wherever it may come
    book : the book that it was written from, if it is at hand; then its cached values are compared with NumPy's

    Raises
    ------
    FileError
        If it cannot be read as a workbook; one line.
    """
    path = Path(path)
    guard(path)
    report = _Report(path)
    with damage_told(path), open_file(path) as source, zipfile.ZipFile(source) as archive:
        file = File(path, archive, book, report.formula)
        for name, part in file.sheets:
            report.page(file, name, part)
    file_report = _Report(path)
    try:
        file_report.file(file)
    except FileError:
        if not report.findings:
            raise
        # the reader refuses what a rule has found already
    return [*report.all(), *file_report.all()]


class _Report:
    """What was found; after the first few of a kind on a sheet the others are only counted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.findings: list[Finding] = []
        self._count: Counter[tuple[str, Rule]] = Counter()

    def page(self, file: File, name: str, part: str) -> None:
        """Read a sheet and apply the rules of cells and sheets to it."""
        page = read_page(file, name, part, self._cell)
        for rule, check in OF_PAGES:
            for cell, problem in check(page):
                self._add(rule, page.name, cell, problem)

    def formula(self, anatomy: Anatomy, cell: str) -> None:
        """Apply the rules of formulas to one."""
        for rule, check in OF_FORMULAS:
            problem = check(anatomy)
            if problem is not None:
                self._add(rule, anatomy.sheet, cell, problem)

    def file(self, file: File) -> None:
        """Apply the rules of files."""
        for rule, check in OF_FILES:
            for sheet, cell, problem in check(file):
                self._add(rule, sheet, cell, problem)

    def all(self) -> Iterator[Finding]:
        """Yield the findings, and how many more there are of a kind."""
        yield from self.findings
        for (sheet, rule), count in self._count.items():
            if count > MOST_OF_A_KIND:
                yield shown(self.path, rule, sheet, "", f"{count - MOST_OF_A_KIND:,} more of this kind")

    def _cell(self, cell: Cell, page: Page, suspects: NDArray[np.bool_]) -> None:
        for is_suspect, (rule, _suspects, check) in zip(suspects.tolist(), OF_CELLS, strict=True):
            problem = check(cell, page) if is_suspect else None
            if problem is not None:
                self._add(rule, page.name, cell.name, problem)

    def _add(self, rule: Rule, sheet: str, cell: str, problem: str) -> None:
        self._count[sheet, rule] += 1
        if self._count[sheet, rule] <= MOST_OF_A_KIND:
            self.findings.append(shown(self.path, rule, sheet, cell, problem))
