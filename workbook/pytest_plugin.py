"""A pytest plugin for those who hold workbooks to numbers stored beside their tests; it installs with the package.

A test::

    def test_my_numbers(workbook_numbers):
        workbook_numbers.check("rent-yield")  # a worked example's name,
        workbook_numbers.check("handouts/mine.xlsx", name="mine")  # a file, or a book

The first run writes ``<test file's name>/<test's name>.csv`` beside the test file and fails: look at the numbers and
commit them. From then on the test fails when they differ, with a table of what was entered differently and how much
follows from it. ``pytest --workbook-regen`` accepts what there is now.

Nothing but pytest is imported until a test asks for the fixture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from workbook.ledger import Ledger
    from workbook.source import Source
    from workbook.testing import Tolerances

REGEN = "--workbook-regen"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that accepts numbers."""
    group = parser.getgroup("neural-workbook", "numbers of workbooks (neural-workbook)")
    group.addoption(
        REGEN,
        action="store_true",
        default=False,
        help="Accept the numbers that workbooks have now: write those that tests compare with anew.",
    )


@pytest.fixture
def workbook_numbers(request: pytest.FixtureRequest) -> WorkbookNumbers:
    """Compare workbooks with numbers that are stored beside the test."""
    folder = request.path.parent / request.path.stem
    test = request.node.nodeid.split("::", 1)[-1]
    return WorkbookNumbers(folder, test, request.config.getoption(REGEN))


class WorkbookNumbers:
    """Compares workbooks with stored numbers; what the fixture gives to a test.

    Parameters
    ----------
    folder : where the numbers are stored
    test : the test's name
    regen : whether to accept what differs
    """

    def __init__(self, folder: Path, test: str, regen: bool) -> None:
        self.folder = folder
        self.test = test
        self.regen = regen
        self._used: set[str] = set()

    def check(
        self,
        source: Source,
        name: str = "",
        *,
        form: str = "csv",
        rtol: float = 1e-9,
        atol: float = 1e-12,
        blocks: Tolerances | None = None,
    ) -> None:
        """Compare a workbook with the numbers stored for it; fail with a table if they differ.

        Parameters
        ----------
        source : a worked example's name, the path of an .xlsx file, or a book
        name : what the stored file is called; needed where a test checks more than one
        form : ``csv`` or ``json``
        rtol, atol : how far two numbers may lie apart
        blocks : for some blocks, by their ids, a tolerance of their own: ``{"loss": 1e-3}`` is relative
        """
        __tracebackhide__ = True
        from workbook.errors import UsageError
        from workbook.guard import FileError

        stored = self._stored(name, form)
        try:
            failure = self._failure(source, stored, Tolerated(rtol, atol, blocks))
        except (FileError, UsageError) as error:
            failure = str(error)
        if failure:
            pytest.fail(f"neural-workbook: {failure}", pytrace=False)

    def _stored(self, name: str, form: str) -> Path:
        """Return the path of the stored numbers."""
        if form not in ("csv", "json"):
            pytest.fail(f"neural-workbook: form {form!r}: choose csv or json", pytrace=False)
        plain = re.sub(r"[^\w.-]+", "_", name or self.test.replace("::", ".")).strip("_")
        if plain.lower() in self._used:
            pytest.fail(
                f"neural-workbook: {plain}: checked twice in one test; tell them apart with name=", pytrace=False
            )
        self._used.add(plain.lower())
        return self.folder / f"{plain}.{form}"

    def _failure(self, source: Source, stored: Path, tolerated: Tolerated) -> str:
        """Compare, or store what there is to compare with; return why the test fails, or nothing."""
        from workbook.source import read_source

        if not stored.exists():
            _store(read_source(source), stored)
            if self.regen:
                return ""
            return (
                f"{_short(stored)}: no numbers were stored yet; these are written: look at them, commit them, run again"
            )
        if self.regen:
            self._accept(source, stored, tolerated)
            return ""
        report = tolerated.compare(stored, source)
        return f"{report}\n\nto accept the new numbers: pytest {REGEN}" if report else ""

    def _accept(self, source: Source, stored: Path, tolerated: Tolerated) -> None:
        """Write the numbers anew, unless they still hold: rounding alone needs no commit."""
        from workbook.errors import UsageError
        from workbook.guard import FileError
        from workbook.source import read_source

        now = read_source(source)
        try:
            if not tolerated.compare(stored, now):
                return
        except (FileError, UsageError):
            pass  # what is stored cannot be compared with: all the more it is written anew
        _store(now, stored)


@dataclass(frozen=True)
class Tolerated:
    """How far numbers may lie apart."""

    rtol: float
    atol: float
    blocks: Tolerances | None

    def compare(self, stored: Path, source: Source) -> str:
        """Return what differs from the stored numbers, as a table."""
        from workbook.testing import compare

        shown = str(source) if isinstance(source, str | Path) else "the book"
        return compare(stored, source, self.rtol, self.atol, self.blocks, (_short(stored), shown))


def _store(ledger: Ledger, stored: Path) -> None:
    from workbook.numbers import write_exported

    write_exported(ledger, stored, stored.suffix[1:])


def _short(stored: Path) -> str:
    return f"{stored.parent.name}/{stored.name}"
