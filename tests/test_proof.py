"""What the proof is made of: formulas as trees, bounds of errors, what stricter spreadsheets refuse, sentences that round."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from network import network
from tampering import replace_cell

from tests.specifications import spec_file
from workbook.addresses import cell_name
from workbook.block import Counter
from workbook.book import Book
from workbook.check import compare, prove
from workbook.cli import run
from workbook.diff import diff
from workbook.discovery import find_scenario, scenarios
from workbook.engines import HeldCells, Sheets, recalculate
from workbook.formula import as_expr, call, exp, if_
from workbook.ledger import ledger_of
from workbook.proof.cells import UNKNOWN, CellValues
from workbook.proof.evaluate import Evaluation
from workbook.proof.fills import fills
from workbook.proof.judge import Entry
from workbook.proof.texts import agree
from workbook.proof.tree import Constant, Operation, Reference, Unknown, split, tree_of
from workbook.proof.whole import is_whole, whole_cells
from workbook.writer import write

# ---------------------------------------------------------------------------------------------- trees


def test_a_minus_binds_closer_than_a_power_and_powers_go_left() -> None:
    two, three = Constant(2.0), Constant(3.0)
    assert tree_of(("-2^3",), "-2^3") == Operation("^", (Operation("negative", (two,)), three))
    assert tree_of(("2^3^2",), "2^3^2") == Operation("^", (Operation("^", (two, three)), two))


def test_a_formula_is_split_into_its_shape_and_its_references() -> None:
    formula = 'IF(A1>0,"A5 ""x""",-\'My sheet\'!$A$1:B$4%)&LOG10(5)'
    shape, references = split(formula)
    assert references == ["A1", "'My sheet'!$A$1:B$4"]
    assert '"A5 ""x"""' in shape
    tree = tree_of(shape, formula)
    assert isinstance(tree, Operation) and tree.name == "&"
    assert tree.operands[0] == Operation(
        "IF",
        (
            Operation(">", (Reference(0), Constant(0.0))),
            Constant('A5 "x"'),
            Operation("negative", (Operation("%", (Reference(1),)),)),
        ),
    )


@pytest.mark.parametrize("formula", ["Table1[Age]+1", "name*2", "{1,2}", "SUM(A1", "A1 B1"])
def test_what_is_not_understood_is_unknown_and_no_error(formula: str) -> None:
    values = CellValues([], [], {}, [])
    tree = tree_of(split(formula)[0], formula)
    if not isinstance(tree, Unknown):
        assert (Evaluation(values, []).result(tree).kind == UNKNOWN).all()


# ---------------------------------------------------------------------------------------------- bounds


def cells_as_they_are(book: Book) -> Sheets:
    """Return a book's own values as if an engine had found them."""
    sheets: dict[str, dict[tuple[int, int], object]] = {sheet.name: {} for sheet in book.sheets}
    for block in ledger_of(book).blocks:
        for (row, column), value in np.ndenumerate(block.values):
            sheets[block.sheet][block.row + row, block.column + column] = value
    for sheet in book.sheets:
        sheets[sheet.name].update({(label.row, label.column): label.number for label in sheet.labels if label.number})
    return {name: HeldCells(cells) for name, cells in sheets.items()}  # type: ignore[arg-type]


NOISE = 1e-7
"""What is left where a difference quotient and a slope are subtracted; it has no digits to hold."""


@pytest.mark.parametrize("name", [name for name, scenario in scenarios().items() if not scenario.large])
def test_every_formula_comes_to_numpys_value_within_its_bound(name: str, tmp_path: Path) -> None:
    """A third computation of every cell, of what it reads alone."""
    book = find_scenario(name).make()
    ledger = ledger_of(book)
    write(book, tmp_path / "book.xlsx")
    sheets = recalculate(tmp_path / "book.xlsx")
    differences = [Entry(block, sheets[block.sheet], False).deltas for block in ledger.blocks]
    values = CellValues(ledger.blocks, differences, sheets, [whole_cells(block) for block in ledger.blocks])
    computed = tight = 0
    for block in ledger.blocks:
        for fill in fills(block, block.computed):
            for part, places in fill.pieces():
                found = Evaluation(values, places).result(fill.tree)
                assert found.kind.max() < UNKNOWN, block.id
                if block.values.dtype.kind != "f":
                    continue
                ours = block.values[fill.rows[part], fill.columns[part]]
                value, error = (np.broadcast_to(x[:, 0, 0], ours.shape) for x in (found.value, found.error))
                assert (np.abs(value - ours) <= error).all(), (block.id, ours, value, error)
                size = np.abs(ours)
                computed += np.count_nonzero(size > NOISE)
                tight += np.count_nonzero((error < 1e-9 * size) & (size > NOISE))
    assert tight > 0.85 * computed, "most cells are held to nine digits"


@pytest.mark.parametrize("id", ["Z1", "Z2", "Y", "loss", "dZ2", "dW1", "W1_new"])
def test_a_relative_error_of_a_billionth_is_caught_in_any_cell(id: str) -> None:
    book = network()
    ledger = ledger_of(book)
    sheets = cells_as_they_are(book)
    assert compare(Path("b"), ledger, sheets, "ironcalc").holds
    block = next(block for block in ledger.blocks if block.id == id)
    for row, column in np.argwhere(np.abs(block.values) > 1e-6):
        right = block.values[row, column]
        block.values[row, column] = right * (1 + 1e-9)
        failures = compare(Path("b"), ledger, sheets, "ironcalc").failures
        assert [(f.block.id, f.row, f.column) for f in failures if f.is_root] == [(id, row, column)]
        block.values[row, column] = right


# ---------------------------------------------------------------------------------------------- strictness


def on_one_sheet(value: float, formula: Callable[..., object], *given: float) -> Book:
    book = Book("strict", "t", "a", "s")
    sheet = book.page("S", "S")
    blocks = [sheet.given(f"g{n}", number) for n, number in enumerate(given)]
    sheet.derived("result", value, lambda: formula(*blocks), number_format="0.0")
    return book.finish()


REFUSED: list[tuple[float, Callable[..., object], tuple[float, ...], str]] = [
    (0.0, lambda a: 1 / (1 + exp(a)), (710.0,), "overflows"),
    (0.0, lambda a: a * (1 / (exp(a) * exp(a))), (600.0,), "overflows"),
    (1.0, lambda a, b: if_(a * b * a > 1, 1, 0), (1e200, 1e200), "overflows"),
    (0.0, lambda a, k: a**k, (1e-200, 2.0), "a power underflows"),
    (0.0, lambda k: as_expr(0.5) ** k, (2000.0,), "a power underflows"),
]


@pytest.mark.parametrize(("value", "formula", "given", "why"), REFUSED, ids=range(len(REFUSED)))
def test_what_the_engine_forgives_and_others_do_not_is_refused(
    value: float, formula: Callable[..., object], given: tuple[float, ...], why: str, tmp_path: Path
) -> None:
    book = on_one_sheet(value, formula, *given)
    path = tmp_path / "book.xlsx"
    write(book, path)
    for proof in (prove(path, book), prove(path)):
        assert [failure.block.id for failure in proof.failures] == ["result"]
        assert why in proof.report(), proof.report()


def test_a_branch_that_is_not_taken_may_overflow(tmp_path: Path) -> None:
    book = on_one_sheet(1.0, lambda a: if_(a > 0, 1, exp(-a)), 1000.0)
    write(book, tmp_path / "book.xlsx")
    assert prove(tmp_path / "book.xlsx", book).holds
    assert recalculate(tmp_path / "book.xlsx")["S"]


def test_a_range_in_a_cells_place_is_refused_in_a_file_of_ours(tmp_path: Path) -> None:
    book = Book("spill", "t", "a", "s")
    sheet = book.page("S", "S")
    with sheet.table(Counter("i="), 3) as table:
        y = table.given("y", np.array([1.0, 2.0, 3.0]))
        d = table.derived("d", 5 - y.value, lambda i: 5 - y[i])
    path = tmp_path / "book.xlsx"
    write(book.finish(), path)
    row = d.place.row + 1
    replace_cell(path, "S", f"D{row}", r"<f>5-\$C\d+</f>", f"<f>5-$C${row}:$C${row + 2}</f>")
    report = prove(path).report()
    assert "a range stands where one cell is meant" in report, report


# ---------------------------------------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    ("ours", "theirs", "alike"),
    [
        ("x = 0,1500", "x = 0.1500", True),
        ("1,5 + 2,5 = 4,0", "1.5 + 2.5 = 4.0", True),
        ("x = 0,1500", "x = 0.1501", False),
        ("x = 0,15", "x = 0.150", False),
        ("(0,00)", "0.00", True),
        ("1.234", "1,234", True),
        ("1234", "1,234", False),
    ],
)
def test_a_decimal_comma_is_as_good_as_a_point(ours: str, theirs: str, alike: bool) -> None:
    assert agree(ours, theirs, []) is alike


def test_a_file_that_a_german_spreadsheet_saved_holds_and_does_not_differ() -> None:
    book = network()
    ours, german = ledger_of(book), ledger_of(book)
    sentences = [block for block in german.blocks if block.values.dtype == object]
    for block in sentences:
        block.values = np.array([str(text).replace(".", ",") for text in block.values.flat], dtype=object).reshape(
            block.shape
        )
    assert any("," in str(text) for block in sentences for text in block.values.flat)
    assert compare(Path("b"), german, cells_as_they_are(book), "ironcalc").holds
    assert diff(ours, german).same
    assert diff(german, ours).same


# ---------------------------------------------------------------------------------------------- tiny and large data


def test_what_is_too_small_to_compute_with_is_refused_in_one_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rows = {"rent-yield": "x,y\n1e-300,1e11\n2e-300,2e11\n3e-300,1e11\n", "statistics": "x,w\n1e-300,1\n2e-300,2\n"}
    for name, text in rows.items():
        data = tmp_path / f"{name}.csv"
        data.write_text(text)
        assert run(["build", name, "--data", str(data), "--output", str(tmp_path)]) == 2
        said = capfd.readouterr().err
        assert said.count("\n") == 1 and str(data) in said, said


def test_a_comparison_that_ironcalc_cannot_make_is_named(tmp_path: Path) -> None:
    book = on_one_sheet(1.0, lambda a, b: if_(a < b, 1, 0), 1.6e-19, 1.7e-19)
    write(book, tmp_path / "book.xlsx")
    assert "less than 2.2E-16 apart, which IronCalc takes as equal" in prove(tmp_path / "book.xlsx", book).report()


def test_a_printed_figure_is_rounded_as_a_sentence_shows_it(tmp_path: Path) -> None:
    book = find_scenario("descent").make("en", {"plane_x0": 2.995})  # comes to -0.00499999999998
    write(book, tmp_path / "book.xlsx")
    proof = prove(tmp_path / "book.xlsx", book)
    assert proof.holds, proof.report()


def test_a_network_of_large_numbers_is_proven(tmp_path: Path) -> None:
    tables = {
        "network": {"layers": [1, 2, 1], "activations": ["sigmoid", "identity"]},
        "loss": {"name": "mean_squared"},
        "data": {"x": [[1000.0], [-1000.0]], "y": [[1.0], [0.0]]},
        "weights": {"W1": [[-2.0], [20.0]]},
    }
    book = find_scenario("network").make("en", {"spec": str(spec_file(tmp_path, tables))})
    write(book, tmp_path / "book.xlsx")
    proof = prove(tmp_path / "book.xlsx", book)
    assert proof.holds, proof.report()


def counting() -> Book:
    """Return a book that counts, halves what it counted, and has a sigmoid so far out that it is 1."""
    book = Book("count", "t", "a", "s")
    page = book.page("S", "S")
    x = page.given("x", np.arange(1.0, 13.0))
    far = page.given("far", 50.0)
    n = page.derived("n", 12.0, lambda: call("COUNT", x[:]))
    page.derived("middle", 7.0, lambda: call("INT", n / 2) + 1)
    page.derived("last", 0.0, lambda: call("MOD", n, 12))
    a = page.derived("a", 1 / (1 + np.exp(-50.0)), lambda: 1 / (1 + exp(-far)), number_format="0.0")
    page.derived("rest", 0.0, lambda: 1 - a, number_format="0.0")
    return book.finish()


@pytest.mark.parametrize(("id", "value"), [("middle", 7.7), ("middle", 6.0), ("last", 12.0), ("n", 12.5)])
def test_a_count_is_held_to_all_its_digits(id: str, value: float, tmp_path: Path) -> None:
    book, path = counting(), tmp_path / "count.xlsx"
    write(book, path)
    assert prove(path).holds
    place = book[id].place
    replace_cell(path, "S", cell_name(place.row, place.column), r"<v>[\d.]+</v>", f"<v>{value}</v>")
    assert [failure.block.id for failure in prove(path).failures if failure.is_root] == [id]


def test_a_whole_number_that_was_rounded_has_its_bound() -> None:
    """In another program a sigmoid so far out may be the number before 1."""
    book = counting()
    ledger = ledger_of(book)
    sheets = cells_as_they_are(book)
    blocks = {block.id: block for block in ledger.blocks}
    blocks["a"].values[0, 0], blocks["rest"].values[0, 0] = 1 - 2.0**-52, 2.0**-52
    assert compare(Path("b"), ledger, sheets, "ironcalc").holds


@pytest.mark.parametrize(
    ("formula", "whole"),
    [
        ("INT(A1/2)+1", True),
        ("MOD(COUNT(A1:A9),2)*3", True),
        ("-ROUND(A1,0)", True),
        ("IF(A1>0,COUNT(A1:A9),0)", True),
        ("A1+1", False),
        ("ROUND(A1,1)", False),
        ("INT(A1)/2", False),
        ("1+0.5*INT(A1)", False),
        ("TANH(INT(A1))", False),
        ("IF(A1>0,A1,1)", False),
    ],
)
def test_what_is_whole_by_construction(formula: str, whole: bool) -> None:
    assert is_whole(tree_of(split(formula)[0], formula)) is whole


def test_a_step_that_all_but_arrives_is_proven(tmp_path: Path) -> None:
    """1 − 2η is 2E-15 there, and its 30th power an error in LibreOffice."""
    book = find_scenario("descent").make(given={"sizes_lr": np.array([0.1, 0.5 - 1e-15, 0.5])})
    write(book, tmp_path / "book.xlsx")
    proof = prove(tmp_path / "book.xlsx", book)
    assert proof.holds, proof.report()
