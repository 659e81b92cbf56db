"""For the tests of those who write worked examples or hand workbooks around.

Recalculate a workbook and compare every cell, in one line::

    from workbook.testing import assert_proven

    def test_my_file_holds():
        assert_proven("handouts/rent-yield.xlsx", engine="libreoffice")

Compare two workbooks, and be told what differs::

    from workbook.testing import assert_same

    def test_the_translation_has_the_same_numbers():
        assert_same("rent-yield", "handouts/rent-yield.zh.xlsx")

To compare with numbers stored beside the test, there is the fixture ``workbook_numbers`` (`workbook.pytest_plugin`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Union

from workbook.book import Book
from workbook.check import Proof, prove
from workbook.diff import Tolerance, diff
from workbook.source import Source, is_name, read_sources

__all__ = ["Tolerance", "Tolerances", "assert_proven", "assert_same", "compare"]

Tolerances = Mapping[str, Union[float, Tolerance]]  # noqa: UP007
"""A tolerance for some blocks, by their ids: a relative one, or a `Tolerance`."""


def assert_proven(source: Book | Path | str, engine: str = "ironcalc") -> int:
    """Recalculate a workbook and fail with the checker's report if a cell disagrees; return the cells compared.

    A file of ours must also be what it was built as (`workbook.rebuilt`).

    Parameters
    ----------
    source : the path of an .xlsx file, an example's name, or a book
    engine : ``ironcalc``, ``libreoffice`` or ``gnumeric``

    Raises
    ------
    AssertionError
        If a cell disagrees, or a file is not what it was built as.
    FileError, UsageError, EngineError
        If the file cannot be read, there is no such example, or the engine is missing.
    """
    __tracebackhide__ = True
    proof = _proof(source, engine)
    if not proof.holds:
        raise AssertionError(proof.report())
    if proof.read is not None:
        from workbook.rebuilt import judge

        if faults := judge(proof.path, proof.read).faults:
            raise AssertionError("\n".join(faults))
    return proof.cells


def _proof(source: Book | Path | str, engine: str) -> Proof:
    if isinstance(source, str) and is_name(source):
        from workbook.discovery import find_scenario

        source = find_scenario(source).make()
    if not isinstance(source, Book):
        return prove(Path(source), engine=engine)
    from workbook.writer import write

    with tempfile.TemporaryDirectory(prefix="workbook-") as folder:
        path = Path(folder) / f"{source.name}.xlsx"
        write(source, path)
        proof = prove(path, source, engine=engine)
    proof.path = Path(path.name)  # the folder is gone
    return proof


def assert_same(
    left: Source, right: Source, rtol: float = 1e-9, atol: float = 1e-12, blocks: Tolerances | None = None
) -> None:
    """Fail with a readable table if two workbooks differ.

    Parameters
    ----------
    left, right : the old and the new: files, exported numbers, examples' names, or books
    rtol, atol : how far two numbers may lie apart
    blocks : for some blocks, by their ids, a tolerance of their own

    Raises
    ------
    AssertionError
        If they differ.
    """
    __tracebackhide__ = True
    report = compare(left, right, rtol, atol, blocks)
    if report:
        raise AssertionError(report)


def compare(
    left: Source,
    right: Source,
    rtol: float = 1e-9,
    atol: float = 1e-12,
    blocks: Tolerances | None = None,
    names: tuple[str, str] | None = None,
) -> str:
    """Return what differs between two workbooks as a readable table; the empty text if nothing does."""
    own = {
        id: tolerance if isinstance(tolerance, Tolerance) else Tolerance(tolerance, atol)
        for id, tolerance in (blocks or {}).items()
    }
    old, new = read_sources(left, right)
    found = diff(old, new, names or (_named(left), _named(right)), Tolerance(rtol, atol), own)
    return "" if found.same else found.report()


def _named(source: Source) -> str:
    return str(source) if isinstance(source, str | Path) else "the book"
