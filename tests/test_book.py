"""A book's own sheets: the printed figures, and the inputs that they need."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from proof import assert_proven

from workbook.block import Between, OneOf
from workbook.book import Book
from workbook.engines import recalculate
from workbook.sheet import FAILS, HOLDS, NOT_APPLICABLE
from workbook.writer import write

ARTICLE = np.array([1.0, -2.0, 3.0])


def book_of(numbers: np.ndarray, figure: float = 14.0) -> Book:
    """A book that sums squares; its article prints 14 for 1, −2, 3 and factor 1."""
    book = Book("squares", "t", "a", "s")
    sheet = book.sheet("Sheet", "t")
    x = sheet.given("x", numbers, symbol="x", article=ARTICLE)
    k = sheet.given("k", 1.0, symbol="k", article=np.asarray(1.0))
    total = sheet.derived(
        "total",
        float(np.sum(numbers**2)),
        lambda: k * (x[0] ** 2 + x[1] ** 2 + x[2] ** 2),
    )
    sheet.printed("figure", "Σx²", total, figure, 0)
    return book.finish()


@pytest.mark.parametrize(
    ("numbers", "figure", "verdict"),
    [
        (ARTICLE, 14.0, HOLDS),
        (ARTICLE, 15.0, FAILS),
        (-ARTICLE, 14.0, NOT_APPLICABLE),
        (ARTICLE[::-1], 14.0, NOT_APPLICABLE),
        (ARTICLE + 1, 14.0, NOT_APPLICABLE),
    ],
)
def test_a_printed_figure_is_held_to_account_with_the_articles_inputs_only(
    numbers: np.ndarray, figure: float, verdict: str, engine: str
) -> None:
    book = book_of(numbers, figure)
    assert book["figure_verdict"].value == verdict
    assert_proven(book, engine)


def test_the_articles_inputs_stand_on_the_sheet_to_go_back_to() -> None:
    book = book_of(ARTICLE + 1)
    assert book["x_article"].value.tolist() == ARTICLE.tolist()
    assert book["x_article"].place.sheet == "Checks"
    assert book["inputs_same"].value.tolist() == [0, 1]


def test_inputs_of_another_shape_are_never_the_articles() -> None:
    book = Book("b", "t", "a", "s")
    sheet = book.sheet("Sheet", "t")
    x = sheet.given("x", [1.0, 2.0], article=ARTICLE)
    sheet.printed("figure", "x₁", x[0], 1.0, 0)
    book.finish()
    assert book["figure_verdict"].value == NOT_APPLICABLE
    assert_proven(book)


def test_typing_a_sign_into_the_sheet_takes_the_verdict_back(tmp_path: Path) -> None:
    book = book_of(ARTICLE)
    path = tmp_path / "squares.xlsx"
    write(book, path)
    place, verdict = book["x"].place, book["figure_verdict"].place
    cells = recalculate(path, "ironcalc", {("Sheet", place.row, place.column): -1.0})
    assert cells["Sheet"][verdict.row, verdict.column] == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ([0.5, 2.0], Between(0, 1)),
        ([0.5], Between(0, 1, whole=True)),
        (np.array(["c"], dtype=object), OneOf(("a", "b"))),
        (np.array(["a"], dtype=object), Between(0, 1)),
    ],
)
def test_a_given_value_is_one_that_may_be_typed_in(value: object, valid: Between | OneOf) -> None:
    sheet = Book("b", "t", "a", "s").sheet("Sheet", "t")
    with pytest.raises(ValueError, match="x: its value is none that may be typed in"):
        sheet.given("x", value, valid=valid)


def test_a_text_may_be_given_without_saying_which() -> None:
    sheet = Book("b", "t", "a", "s").sheet("Sheet", "t")
    assert sheet.given("x", np.array(["a"], dtype=object)).valid is None
