"""Windows that move with the fill, zeros around a table, and sequences that run back: what convolution and time need."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from tampering import replace_cell

from workbook.addresses import cell_name
from workbook.block import Between, Counter
from workbook.book import Book
from workbook.check import prove
from workbook.formula import Direction, FormulaError, dot, largest, total
from workbook.lint.run import lint
from workbook.sheet import Kind
from workbook.writer import write

RANDOM = np.random.default_rng(5)
X, K = RANDOM.normal(size=(5, 6)).round(2), RANDOM.normal(size=(3, 3)).round(2)
TIME = 5


def made() -> Book:
    """Return a book with windows inside a table, windows that reach into its margin, and sequences both ways."""
    book = Book("windows", "t", "a", "s")
    book.first_change = "change a number"
    page = book.page(
        "Sheet",
        "Windows",
        claim="A window of three by three cells moves over the table as the formula is filled.",
        kind=Kind.DEEPER,
    )
    with page.beside():
        x = page.given("x", X, "X", margin=1, rows=Counter("i"), columns=Counter("j"), valid=Between(-9, 9))
        k = page.given("k", K, "K", valid=Between(-9, 9))
    inner = np.einsum("ijab,ab->ij", sliding_window_view(X, (3, 3)), K)
    padded = np.einsum("ijab,ab->ij", sliding_window_view(np.pad(X, 1), (3, 3)), K)
    with page.beside():
        page.derived("inner", inner, lambda i, j: dot(x[i : i + 3, j : j + 3], k), "Z")
        page.derived("padded", padded, lambda i, j: dot(x[i - 1 : i + 2, j - 1 : j + 2], k), "P")
    most = sliding_window_view(X, (2, 2)).max((2, 3))
    page.derived("most", most, lambda i, j: largest(x[i : i + 2, j : j + 2]), "max")
    pair = sliding_window_view(X, (1, 2)).sum((2, 3))
    page.derived("across", pair, lambda i, j: total(x[i, j : j + 2]), "pairs")
    forward, back = np.zeros(TIME), np.zeros(TIME)
    for t in range(TIME):
        forward[t] = X[t, 0] + (forward[t - 1] if t else 0) / 2
    for t in reversed(range(TIME)):
        back[t] = forward[t] + (back[t + 1] if t < TIME - 1 else 0) / 2
    with page.table(Counter("t"), TIME) as table:
        s = table.derived("s", forward, lambda t: x[t, 0] + s[t - 1] / 2, first=lambda: x[0, 0], title="s")
        d = table.gradient("d", back, lambda t: s[t] + d[t + 1] / 2, last=lambda: s[TIME - 1], title="d")
        both = table.derived(
            "both", np.r_[0, back[2:] + forward[:-2], 0],
            lambda t: d[t + 1] + s[t - 1], first=lambda: 0, last=lambda: 0, title="between",
        )  # fmt: skip
    assert both.value.shape == (TIME,)
    return book.finish()


@pytest.fixture(scope="module")
def book() -> Book:
    return made()


@pytest.fixture
def path(book: Book, tmp_path: Path) -> Path:
    path = tmp_path / "windows.xlsx"
    write(book, path)
    return path


def test_every_engine_recalculates_them(book: Book, path: Path, engine: str) -> None:
    proof = prove(path, book, engine=engine)
    assert proof.holds, proof.report()


def test_a_window_is_one_range(book: Book) -> None:
    row, column = book["x"].place.row, book["x"].place.column
    first, last = cell_name(row, column), cell_name(row + 2, column + 2)
    k = book["k"].place
    kernel = [f"${cell_name(k.row + n, k.column + n)}" for n in (0, 2)]
    kernel = [name[:2] + "$" + name[2:] for name in kernel]
    assert book["inner"].formula_at(0, 0) == f"SUMPRODUCT({first}:{last},{':'.join(kernel)})"
    assert book["padded"].formula_at(1, 1) == book["inner"].formula_at(0, 0)


def test_the_margin_is_seen(book: Book, path: Path) -> None:
    assert lint(path, book) == []
    zeros = [label for label in book.sheets[1].labels if label.number == 0]
    assert len(zeros) == 7 * 8 - 5 * 6
    counters = {(label.row, label.column) for label in book.sheets[1].labels if label.text in ("i", "j")}
    place = book["x"].place
    assert (place.row - 2, place.column) in counters and (place.row, place.column - 2) in counters


@pytest.mark.parametrize(("id", "row", "is_found"), [("d", TIME - 1, False), ("d", 0, True), ("s", TIME - 1, True)])
def test_only_the_end_at_which_a_sequence_begins_is_free(
    book: Book, path: Path, id: str, row: int, is_found: bool
) -> None:
    place = book[id].place
    cell = cell_name(place.row + row, place.column)
    replace_cell(path, place.sheet, cell, "<f>.*?</f>", "<f>2</f>")
    assert [finding.cell for finding in lint(path) if finding.rule == "one-formula"] == [cell] * is_found


@pytest.mark.parametrize(
    ("reads", "says"),
    [
        (lambda x, i, j: total(x[i - 1 : i + 2, j]), "outside"),
        (lambda x, i, j: total(x[i : i + 3, j]), "outside"),
        (lambda x, i, j: total(x[j : j + 2, 0]), "moves along its own axis only"),
        (lambda x, i, j: total(x[i:j, j]), "moves whole"),
        (lambda x, i, j: total(x[i : i + 2 : 2, j]), "moves whole"),
        (lambda x, i, j: total(x[i:3, j]), "moves whole"),
        (lambda x, i, j: x[i : i + 2, j] + 1, "reads 2 cells"),
    ],
)
def test_a_window_that_leaves_its_table_or_is_none_is_refused(reads: object, says: str) -> None:
    book = Book("b", "t", "a", "s")
    page = book.page("Sheet", "t", kind=Kind.DEEPER)
    x = page.given("x", np.ones((3, 3)))
    page.derived("y", np.ones((2, 2)), lambda i, j: reads(x, i, j))  # type: ignore[operator]
    with pytest.raises(FormulaError, match=says):
        book.finish()


def test_a_sequence_that_runs_back_needs_rows() -> None:
    book = Book("b", "t", "a", "s")
    page = book.page("Sheet", "t", kind=Kind.DEEPER)
    x = page.given("x", np.ones(3))
    page.derived("y", np.ones(3), lambda t: x[t], last=lambda: x[2], along=Direction.RIGHT)
    with pytest.raises(FormulaError, match="a sequence runs down"):
        book.finish()
