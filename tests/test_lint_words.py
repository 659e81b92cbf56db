"""What lint takes for English in a Chinese workbook, and what not."""

from __future__ import annotations

from pathlib import Path

import pytest
from network import network

from workbook.book import Book
from workbook.chart import Chart, Series
from workbook.lint import lint
from workbook.text import language
from workbook.writer import write


def chinese(words: str, alt: str = "图") -> Book:
    with language("zh"):
        book = Book("b", "书", "文", "短")
        sheet = book.page("Sheet", "表")
        x = sheet.given("x", [1.0, 2.0], title="数")
        sheet.text(words)
        sheet.chart(Chart("图", (Series("线", x[:], x[:]),), "横", "纵", alt))
        return book.finish()


def english_in(book: Book, path: Path) -> list[str]:
    write(book, path)
    return [finding.problem for finding in lint(path) if finding.rule == "english"]


@pytest.mark.parametrize(
    "words",
    [
        "z = W·a + b",
        "见 Nielsen 的 Neural Networks and Deep Learning 一书。",
        "sigmoid, tanh, ReLU, softmax",
        "Excel, LibreOffice, WPS",
        "Michael Nielsen, Neural Networks",
        "dW, db, eta",
    ],
)
def test_names_and_symbols_are_no_english(words: str, tmp_path: Path) -> None:
    assert english_in(chinese(words), tmp_path / "book.xlsx") == []


@pytest.mark.parametrize("words", ["Change the weights first.", "先读这个。 The loss falls, as it should."])
def test_english_in_a_chinese_workbook_is_found(words: str, tmp_path: Path) -> None:
    assert len(english_in(chinese(words), tmp_path / "book.xlsx")) == 1
    assert len(english_in(chinese("好", alt=words), tmp_path / "book.xlsx")) == 1


def test_english_in_an_english_workbook_is_none(tmp_path: Path) -> None:
    assert english_in(network(), tmp_path / "book.xlsx") == []
