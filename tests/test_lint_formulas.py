"""What lint makes of a block's formulas, each by the others: odd first rows, odd cells among alike ones, tables, lengths."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
from network import CLAIM
from tampering import replace_cell

from workbook.addresses import cell_name
from workbook.book import Book
from workbook.discovery import find_scenario
from workbook.formula import mean
from workbook.lint import lint
from workbook.lint.anatomy import Anatomy, looks_back, pattern
from workbook.sheet import Kind
from workbook.writer import write


def made() -> Book:
    """A book with a filled column, a filled matrix, a sequence, and columns that gather from elsewhere."""
    book = Book("made", "t", "a", "s")
    sheet = book.page("Sheet", "Sheet", CLAIM, kind=Kind.DEEPER)
    x = sheet.given("x", np.arange(1.0, 12.0), title="x")
    rate = sheet.given("rate", 0.5, title="rate")
    row = sheet.given("row", np.arange(4.0)[None, :], title="row")
    sheet.derived("twice", 2 * x.value, lambda i: 2 * x[i], title="twice")
    sheet.derived("outer", x.value[:, None] + row.value, lambda i, j: x[i] + row[0, j], title="outer")
    with sheet.table([f"t = {t}" for t in range(5)], 5) as table:
        values = np.array([1.0, 1.5, 2.25, 3.375, 5.0625])
        grown = table.updated("grown", values, lambda t: grown[t - 1] * (1 + rate), first=lambda: x[0], title="grown")
        table.derived("of_the_same_row", values + 1, lambda t: grown[t] + 1, title="row")
    before = np.array([1.0, 1.0, 1.5, 2.25, 3.375])
    sheet.derived("before", before, lambda t: grown[t - 1] / 1, first=lambda: x[0], title="the row before, elsewhere")
    sheet.derived("same", np.full(11, x.value.mean()), None, each=[mean(x)] * 11, title="the same everywhere")
    sheet.derived("some", [1.0, 2.0, 3.0, 4.0], None, each=[x[0], x[1], x[2], x[3]], title="gathered")
    pairs = [x[0], x[0], x[0], x[0], x[1], x[1]]
    sheet.derived("pairs", [1.0] * 4 + [2.0] * 2, None, each=pairs, title="gathered in groups")
    return book.finish()


MADE = made()


def at(id: str, row: int = 0, column: int = 0) -> tuple[str, str]:
    place = MADE[id].place
    return place.sheet, cell_name(place.row + row, place.column + column)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "made.xlsx"
    write(MADE, path)
    return path


def odd(path: Path) -> list[str]:
    return [finding.cell for finding in lint(path) if finding.rule == "one-formula"]


def put(path: Path, id: str, formula: str, row: int = 0, column: int = 0) -> str:
    replace_cell(path, *at(id, row, column), "<f>.*?</f>", f"<f>{formula}</f>")
    return at(id, row, column)[1]


def test_one_formula_a_block_one_a_row_that_gathers_and_another_to_begin_a_sequence(path: Path) -> None:
    assert lint(path, MADE) == []


@pytest.mark.parametrize("row", [0, 1, 10])
@pytest.mark.parametrize("formula", ["3*$B{n}", "2*$B$4", "2"])
def test_another_formula_in_any_row_is_found(path: Path, row: int, formula: str) -> None:
    cell = put(path, "twice", formula.format(n=MADE["x"].place.row + 1 + row), row)
    assert odd(path) == [cell]


def test_a_first_row_that_is_pinned_but_reads_the_same_is_the_same(path: Path) -> None:
    sheet, x = MADE["x"].place.sheet, at("x")[1]
    assert sheet == "Sheet"
    put(path, "twice", f"2*$D${x[1:]}" if x[0] == "D" else f"2*${x[0]}${x[1:]}")
    assert odd(path) == []


@pytest.mark.parametrize("row", [0, 4])
@pytest.mark.parametrize("column", [0, 2, 3])
def test_an_odd_cell_of_a_matrix_is_told_and_not_its_row(path: Path, row: int, column: int) -> None:
    assert odd(path) == []
    cell = put(path, "outer", "7", row, column)
    assert odd(path) == [cell]


def test_only_the_first_row_of_a_sequence_is_free(path: Path) -> None:
    put(path, "grown", "1")
    assert odd(path) == []
    cell = put(path, "grown", "1", 2)
    assert odd(path) == [cell]


def test_where_the_row_before_stands_in_another_block_only_the_first_row_is_free(path: Path) -> None:
    cell = put(path, "before", "1", 1)
    assert odd(path) == [cell]
    cell = put(path, "before", "1", 4)
    assert len(odd(path)) == 2 and cell in odd(path)


def test_the_first_row_beside_a_sequence_is_not_free(path: Path) -> None:
    cell = put(path, "of_the_same_row", "2")
    assert odd(path) == [cell]


@pytest.mark.parametrize("row", [0, 5, 10])
def test_an_odd_one_among_formulas_that_are_all_the_same_is_found(path: Path, row: int) -> None:
    cell = put(path, "same", f"MAX({at('x')[1]})", row)
    assert odd(path) == [cell]


def test_what_looks_back_on_the_row_above_is_a_sequence() -> None:
    def back(formula: str) -> bool:
        return looks_back(pattern(formula, 10, 3))

    assert (
        back("D10*2") and back("$C10+1") and back("IF($E$3>0,D10,0)") and back("SUM(D$5:D10)") and back("MAX(D10:D11)")
    )
    assert (
        not back("D11*2")
        and not back("D9")
        and not back("$D$10")
        and not back("Other!D10")
        and not back("SUM(Other!D10:D11)")
    )
    assert not back("SUM('O n'!D5:D10)+D11")


# ---------------------------------------------------------------------------------------------- tables, other files


def foreign(path: Path, fill: Callable[[xlsxwriter.Workbook, xlsxwriter.workbook.Worksheet], object]) -> Path:
    with xlsxwriter.Workbook(path) as file:
        fill(file, file.add_worksheet("Sheet"))
    return path


def a_table(_file: xlsxwriter.Workbook, page: xlsxwriter.workbook.Worksheet) -> None:
    columns = [
        {"header": "Name"},
        {"header": "Age 1.5"},
        {"header": "Twice", "formula": "=Ages[[#This Row],[Age 1.5]]*2"},
    ]
    page.add_table("A1:C4", {"name": "Ages", "columns": columns, "data": [["a", 20], ["b", 21], ["c", 22]]})
    for row in range(1, 4):
        page.write_formula(row, 2, "=Ages[[#This Row],[Age 1.5]]*2", None, 2 * (19 + row))
    page.write("E1", "oldest")
    page.write_formula("F1", "=MAX(Ages[Age 1.5])", None, 22)


def test_a_table_of_this_file_is_not_another_file(tmp_path: Path) -> None:
    rules = {finding.rule for finding in lint(foreign(tmp_path / "ages.xlsx", a_table))}
    assert not rules & {"external", "constant", "balanced", "recalculated"}


@pytest.mark.parametrize(
    ("formula", "is_table"),
    [
        ("MAX(Table1[Age])", True),
        ("Table1[[#This Row],[Age]]*2", True),
        ("SUM(Table1[[#Headers],[a]:[b]])", True),
        ("Таблица_1[Возраст]", True),
        ("Table1['[odd'] name]", True),
        ("[1]Sheet1!A1", False),
        ("SUM([Book1.xlsx]Sheet1!A1:A3)", False),
        ("[1]!name", False),
        ("A1+[2]Sheet1!$A$1", False),
    ],
)
def test_brackets_after_a_name_are_a_tables_all_others_another_files(formula: str, is_table: bool) -> None:
    anatomy = Anatomy(formula, "Sheet")
    assert (anatomy.all("elsewhere") == []) is is_table
    assert (anatomy.all("table") != []) is is_table


# ---------------------------------------------------------------------------------------------- lengths

DEEP = """
[network]
layers = [2, 5, 5, 5, 5, 5, 5, 3]
activations = ["sigmoid", "tanh", "relu", "leaky_relu", "sigmoid", "identity", "sigmoid"]
[loss]
name = "half_squared"
over_examples = "mean"
[optimizer]
name = "sgd"
lr = 0.1
[training]
epochs = 3
[data]
x = [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]]
y = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]]
"""


def test_formulas_do_not_grow_with_the_layers(tmp_path: Path) -> None:
    (tmp_path / "deep.toml").write_text(DEEP, encoding="utf-8")
    scenario = find_scenario("network")
    book = scenario.make("en", scenario.typed({"spec": str(tmp_path / "deep.toml")}))
    write(book, tmp_path / "deep.xlsx")
    assert "\n".join(map(str, lint(tmp_path / "deep.xlsx", book))) == ""
