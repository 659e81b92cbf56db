"""A book's own sheets: the printed figures, and the inputs that they need."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from proof import assert_proven

from workbook.addresses import cell_name
from workbook.block import Between, Counter, OneOf, Role, usual_format
from workbook.book import Book
from workbook.chart import Chart, Series
from workbook.engines import recalculate
from workbook.formula import FormulaError
from workbook.parameter import Parameter
from workbook.sheet import FAILS, HOLDS, NOT_APPLICABLE, Kind
from workbook.writer import write

ARTICLE = np.array([1.0, -2.0, 3.0])


def book_of(numbers: np.ndarray, figure: float = 14.0) -> Book:
    """A book that sums squares; its article prints 14 for 1, −2, 3 and factor 1."""
    book = Book("squares", "t", "a", "s")
    sheet = book.page("Sheet", "t")
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
    sheet = book.page("Sheet", "t")
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
    assert cells["Checks"][verdict.row, verdict.column] == NOT_APPLICABLE


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
    sheet = Book("b", "t", "a", "s").page("Sheet", "t")
    with pytest.raises(ValueError, match="x: its value is none that may be typed in"):
        sheet.given("x", value, valid=valid)


def test_a_text_may_be_given_without_saying_which() -> None:
    sheet = Book("b", "t", "a", "s").page("Sheet", "t")
    assert sheet.given("x", np.array(["a"], dtype=object)).valid is None


# ---------------------------------------------------------------------------------------------- pages


def lesson(replaced: dict[str, object] | None = None) -> Book:
    """Return a book of one core page: a yellow cell, its live sentence, a table, a question, a check."""
    book = Book("lesson", "A lesson", "an article", "what it is", replaced)
    data = book.page("Data", "Numbers", kind=Kind.DATA)
    page = book.page("Double", "Twice as much", "Doubling doubles.", "What is twice two?")
    with page.left():
        a = page.given("a", 2.0, symbol="a", title="a number")
        said = page.keep()
        x = data.given("x", np.arange(1.0, 6.0))
        with page.table(Counter("i = "), 5) as table:
            y = table.derived("y", a.value * x.value, lambda i: a * x[i], title="a·x")
        with page.into(said):
            page.live("said", "▶ {a} times {x} is {y}.", a=a, x=x[1], y=y[1])
    with page.right():
        page.chart(Chart("y", (Series("y", x[:], y[:]),), "x", "y", "a line"))
    page.try_("Type 3.")
    page.turn("three", "What is a·3?", y[2], 0.01, "Three times a.", "Multiply.")
    page.remember("Doubling doubles.")
    page.check("twice", "y is a·x", y[1], y[1], 1e-9)
    return book.finish()


def test_a_page_is_laid_out_when_the_book_is_whole() -> None:
    book = lesson()
    assert [sheet.name for sheet in book.sheets] == ["Start", "Double", "Data", "Checks"]
    assert book["said"].value.item() == "▶ 2 times 2 is 4.0000."
    places = [book[id].place for id in ("a", "said", "y", "three_answer", "three_reply")]
    assert [place.row for place in places] == sorted(place.row for place in places), "in reading order"
    assert_proven(book)


def test_an_answer_is_empty_until_the_reader_types_one(tmp_path: Path) -> None:
    book = lesson()
    path = tmp_path / "lesson.xlsx"
    write(book, path)
    answer, reply = (book[id].place for id in ("three_answer", "three_reply"))
    cell = ("Double", answer.row, answer.column)
    said = {}
    for typed in (None, 6.0, 6.5, 5.995):
        edits = {} if typed is None else {cell: typed}
        said[typed] = recalculate(path, "ironcalc", edits)["Double"][reply.row, reply.column]
    assert said[None].startswith("←")
    assert said[6.0] == said[5.995] == "✓ Yes. Three times a."
    assert said[6.5] == "Not yet. Multiply."


def test_a_whole_number_is_shown_whole_and_follows_the_cell(tmp_path: Path) -> None:
    book = Book("whole", "t", "a", "s")
    page = book.page("One", "t")
    a = page.given("a", 1.0)
    page.derived("twice", 2.0, lambda: 2 * a, number_format="0.0###")
    book.finish()
    path = tmp_path / "whole.xlsx"
    write(book, path)
    place = book["twice"].place
    name = cell_name(place.row, place.column)
    with ZipFile(path) as file:
        sheets = "".join(file.read(part).decode() for part in file.namelist() if "worksheets/sheet" in part)
        styles = file.read("xl/styles.xml").decode()
    assert f"<formula>ROUND({name},4)=ROUND({name},0)</formula>" in sheets
    assert f"<formula>ROUND({name},4)=0</formula>" in sheets
    assert 'formatCode="0;&quot;−&quot;0"/></dxf>' in styles
    assert 'formatCode="0;0"/></dxf>' in styles, "what is 0 but for rounding has no sign"


def test_a_negative_number_has_a_true_minus(tmp_path: Path) -> None:
    book = Book("minus", "t", "a", "s")
    page = book.page("Page", "Below zero", "A claim.", "A guess?")
    a = page.given("a", -1.5, "a", "number")
    b = page.derived("b", 2 * a.value, lambda: 2 * a, "b", "twice")
    page.sentence("says", "{a} and {b:1p}; {b:0}", a=a, b=b)
    book.finish()
    assert str(book["says"].value) == "−1.5 and (−3.0); −3"
    path = tmp_path / "minus.xlsx"
    write(book, path)
    with ZipFile(path) as file:
        assert 'formatCode="General;&quot;−&quot;General"' in file.read("xl/styles.xml").decode()
    assert_proven(path)


def test_a_parameter_makes_its_own_yellow_cell() -> None:
    eta = Parameter("lr", 0.5, "learning rate", 0, 5, symbol="η", unit="per step", printed=True)
    book = Book("b", "t", "a", "s", settings={"lr": 2})
    page = book.page("Step", "t")
    block = page.setting(eta, "eta")
    assert (block.id, block.value, block.symbol, block.title, block.unit) == (
        "eta",
        2,
        "η",
        "learning rate",
        "per step",
    )
    assert block.valid == Between(0, 5)
    assert block.article == 0.5
    assert page.setting(Parameter("kind", "a", "kind", choices=("a", "b"))).valid == OneOf(("a", "b"))


def test_a_sentence_names_its_cells_in_its_own_text() -> None:
    book = Book("b", "t", "a", "s")
    page = book.page("Sheet", "t")
    page.given("x", 3.0)
    W = page.given("W", np.array([[1.5, -2.0]]))
    said = page.sentence("said", "{W[0,1]:2p}·{x:1} and {w:1}", w=W[0, 0])
    assert said.value == "(−2)·3 and 1.5"
    assert_proven(book.finish())
    for name in ("{nobody}", "{W[0,5]}", "{W}"):
        with pytest.raises((ValueError, IndexError)):
            page.sentence("wrong", name)


def test_given_numbers_can_be_replaced() -> None:
    book = lesson({"A": 5.0})
    assert book["y"].value.tolist() == [5.0, 10.0, 15.0, 20.0, 25.0]
    assert_proven(book)
    with pytest.raises(ValueError, match="no given numbers called nothing"):
        lesson({"nothing": 1.0})


def test_an_error_names_the_line_that_declares_the_block() -> None:
    book = Book("fault", "t", "a", "s")
    page = book.page("Sheet1a", "t")
    x = page.given("x", np.arange(3.0))
    page.derived("y", x.value, lambda i: x[i + 1])
    with pytest.raises(FormulaError, match=r"^test_book\.py, line \d+: y: its formula reads x at 1…3, outside 0…2"):
        book.finish()


def test_a_recorded_whole_number_never_moves_and_has_no_decimals() -> None:
    assert usual_format(Role.RECORDED, np.array([3.0, 1500.0])) == "0"
    assert usual_format(Role.RECORDED, np.array([3.0, 0.5])) == "0.000"
    assert usual_format(Role.DERIVED, np.array([3.0, 1.0])) == "0.000"
