"""Numbers leave a workbook with all their digits, in one tidy form, and come back the same."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network import network

from workbook.block import Counter
from workbook.book import Book
from workbook.diff import diff
from workbook.engines import ErrorValue
from workbook.fills import fills_of
from workbook.guard import FileError
from workbook.ledger import BlockCells, Ledger, ledger_of
from workbook.numbers import COLUMNS, exported, read_exported, write_exported
from workbook.reader import read_ledger
from workbook.writer import write

AWKWARD = [0.1, -0.0, 1 / 3, 5e-324, 1.7976931348623157e308, 2.0**53 + 2, -1e-7, 123456789.12345679]
TEXTS = ["12", "TRUE", "#N/A", "1e5", "=1+1", 'say "hi", you', "two\nlines", "中文 ✓", " ", "nan", "-"]


def awkward() -> Book:
    book = Book("awkward", "t", "a", "s")
    sheet = book.page("S", "S")
    x = sheet.given("x", np.array(AWKWARD), rows=Counter("i="), valid=None)
    sheet.given("words", np.array(TEXTS, dtype=object), rows=Counter("i="), valid=None)
    sheet.derived("same", np.array(AWKWARD), lambda i: x[i] * 1)
    return book.finish()


def ledger(*values: object, formulas: tuple[str | None, ...] = ()) -> Ledger:
    """A column of any values."""
    held = np.empty((len(values), 1), dtype=object)
    held[:, 0] = values
    known = {(n, 0): formula for n, formula in enumerate(formulas) if formula is not None}
    block = BlockCells("b", "S", 4, 1, held, *fills_of(known, held.shape))
    return Ledger("any", "", ["S"], [block])


def by_value(found: Ledger) -> dict[str, list[object]]:
    return {block.id: block.values.ravel().tolist() for block in found.blocks}


# ---------------------------------------------------------------------------------------------- tidy


def test_the_table_has_a_line_for_every_cell() -> None:
    book = network()
    table = book.numbers()
    assert tuple(table.columns) == COLUMNS
    assert len(table) == sum(block.value.size for block in book.blocks())
    assert set(table.scenario) == {"network"}
    W1 = table[table.block == "W1"].pivot(index="row", columns="col", values="value").astype(float)
    assert W1.to_numpy().tolist() == book["W1"].value.tolist()
    assert (W1.index.tolist(), W1.columns.tolist()) == ([1, 2, 3, 4], [1, 2, 3])


def test_each_line_says_where_its_cell_is_and_what_computes_it() -> None:
    book = network()
    table = book.numbers().set_index(["block", "row", "col"])
    loss, place = table.loc[("loss", 1, 1)], book["loss"].place
    assert loss.sheet == "Forward"
    assert loss.cell == f"E{place.row + 1}"
    assert loss.formula == f"={book['loss'].formula_at(0, 0)}"
    assert loss.value == book["loss"].value
    assert table.loc[("W1", 2, 3)].formula == "", "typed in"


def test_a_file_gives_the_numbers_of_its_book(tmp_path: Path) -> None:
    book = network()
    write(book, tmp_path / "book.xlsx")
    pd.testing.assert_frame_equal(read_ledger(tmp_path / "book.xlsx").numbers(), book.numbers())


# ---------------------------------------------------------------------------------------------- frames


def test_frames_are_named_as_the_headings(tmp_path: Path) -> None:
    book = network()
    write(book, tmp_path / "book.xlsx")
    for frames in (book.frames(), read_ledger(tmp_path / "book.xlsx").frames()):
        assert list(frames) == [block.id for block in book.blocks()]
        W1 = frames["W1"]
        assert W1.index.tolist() == ["j=1", "j=2", "j=3", "j=4"]
        assert W1.columns.tolist() == ["k=1", "k=2", "k=3"]
        assert W1.loc["j=2", "k=3"] == book["W1"].value[1, 2]
        assert W1.to_numpy().tolist() == book["W1"].value.tolist()


def test_headings_that_repeat_or_are_missing_give_way_to_positions() -> None:
    book = Book("b", "t", "a", "s")
    book.page("S", "S").given("x", np.arange(6.0).reshape(3, 2), rows=["a", "b", "a"])
    x = book.finish().frames()["x"]
    assert x.index.tolist() == [1, 2, 3]
    assert x.columns.tolist() == [1, 2]


# ---------------------------------------------------------------------------------------------- there and back


@pytest.mark.parametrize("form", ["csv", "json"])
def test_every_digit_and_every_text_comes_back(form: str, tmp_path: Path) -> None:
    book = awkward()
    path = tmp_path / f"numbers.{form}"
    write_exported(ledger_of(book), path, form)
    back = {block.id: block for block in read_exported(path).blocks}
    for id in ("x", "same"):
        assert back[id].values.dtype == float
        assert [v.hex() for v in back[id].values.ravel()] == [float(v).hex() for v in AWKWARD]
    assert back["words"].values.ravel().tolist() == TEXTS
    assert {type(text) for text in back["words"].values.flat} == {str}
    assert back["same"].formula(2, 0) == book["same"].formula_at(2, 0)
    assert back["same"].computed.all()
    assert not back["x"].computed.any()
    assert not diff(ledger_of(book), read_exported(path)).changes


@pytest.mark.parametrize("form", ["csv", "json"])
def test_blanks_truth_values_errors_and_texts_that_look_like_them_come_back(form: str, tmp_path: Path) -> None:
    values = (1.0, None, True, False, ErrorValue("#DIV/0!"), ErrorValue("Err:502"), "#DIV/0!", "TRUE", "1.0", "x")
    write_exported(ledger(*values, formulas=(None, None, "A1>0")), tmp_path / f"n.{form}", form)
    block = read_exported(tmp_path / f"n.{form}").blocks[0]
    assert block.values.ravel().tolist() == [*values]
    assert [type(value) for value in block.values.flat] == [type(value) for value in values]
    assert [block.formula(row, 0) for row in range(4)] == [None, None, "A1>0", None]
    assert (block.row, block.column, block.sheet) == (4, 1, "S")


def test_csv_is_what_every_program_reads() -> None:
    rows = list(csv.DictReader(io.StringIO(exported(ledger_of(awkward()), raw=True))))
    assert tuple(rows[0]) == COLUMNS
    assert [float(row["value"]) for row in rows if row["block"] == "x"] == AWKWARD
    assert [row["value"] for row in rows if row["block"] == "words"] == TEXTS
    read = pd.read_csv(io.StringIO(exported(ledger_of(network()))))
    assert read[read.block == "lr"].value.astype(float).tolist() == [0.7]


def test_csv_that_another_program_wrote_again_is_read(tmp_path: Path) -> None:
    book = network()
    path = tmp_path / "n.csv"
    path.write_text(exported(ledger_of(book)))
    pd.read_csv(path, dtype=str, keep_default_na=False).to_csv(path, index=False, lineterminator="\r\n")
    assert diff(ledger_of(book), read_exported(path)).same
    pd.read_csv(path, dtype=str, keep_default_na=False).to_csv(path, index=False, quoting=csv.QUOTE_ALL)
    assert diff(ledger_of(book), read_exported(path)).same


def test_json_is_a_list_of_records() -> None:
    records = json.loads(exported(ledger_of(network()), "json"))
    assert all(tuple(record) == COLUMNS for record in records)
    assert next(record for record in records if record["block"] == "lr")["value"] == 0.7


def test_a_damaged_number_is_an_error_and_json_stays_json() -> None:
    text = exported(ledger(float("nan"), float("inf")), "json")
    assert [record["value"] for record in json.loads(text)] == [{"error": "nan"}, {"error": "inf"}]


HEADER = ",".join(COLUMNS)
BAD_CSV = {
    "": "the first row must be",
    "a,b,c\n": "the first row must be",
    f"{HEADER}\ns,S,b,1,1\n": "row 2: 5 fields instead of 8",
    f"{HEADER}\ns,S,b,1,1,A1,1.0,\ns,S,b,1,1,A1,2.0,\n": "row 3: S!A1 stands there twice",
    f"{HEADER}\ns,S,b,1,1,1A,1.0,\n": "row 2: '1A' is no cell",
    f"{HEADER}\ns,S,b,1,1,XFE1,1.0,\n": "row 2: 'XFE1' is no cell",
    f"{HEADER}\ns,S,b,1,1,A1,1e999,\n": "row 2: a number is too large",
    f"{HEADER}\ns,S,b,1,1,A1,1.0,\nt,S,b,2,1,A2,1.0,\n": "row 3: a second worked example, t",
    f"{HEADER}\ns,S,b,1,1,A1,1.0,\ns,T,b,2,1,A2,1.0,\n": "row 3: the block b lies on two sheets",
    f"{HEADER}\ns,S,b,1,1,A1,1.0,\ns,S,b,2,1,XFD1048576,1.0,\n": "the cells of b are spread too far",
    f"{HEADER}\ns,S,b,1,1,A1,1.0,={'1+' * 20_000}1\n": "row 2: longer than a cell can be",
    f'{HEADER}\ns,S,b,1,1,A1,"{"x" * 200_000}",\n': "row 2: field larger than",
}
BAD_JSON = {
    "": "this is no JSON",
    "{": "this is no JSON",
    "[" * 100_000: "this is no JSON",
    "{}": "a list of records is needed",
    "[1]": "record 1: it must have",
    '[{"scenario": 1}]': "record 1: it must have",
}


@pytest.mark.parametrize("text", BAD_CSV)
def test_what_is_no_export_is_refused_in_one_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "n.csv"
    path.write_text(text)
    with pytest.raises(FileError, match=BAD_CSV[text]) as caught:
        read_exported(path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("text", BAD_JSON, ids=range(len(BAD_JSON)))
def test_what_is_no_json_export_is_refused_in_one_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "n.json"
    path.write_text(text)
    with pytest.raises(FileError, match=BAD_JSON[text]):
        read_exported(path)


@pytest.mark.parametrize("value", ["NaN", "1e999", "[1]", '{"a": 1}', "1" * 400])
def test_a_json_value_that_no_cell_holds_is_refused(value: str, tmp_path: Path) -> None:
    record = dict.fromkeys(COLUMNS, "S") | {"cell": "A1", "formula": ""}
    path = tmp_path / "n.json"
    path.write_text(json.dumps([record]).replace('"value": "S"', f'"value": {value}'))
    with pytest.raises(FileError, match="record 1"):
        read_exported(path)


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    for contents, what in (
        (b"a,\xff\x00", "holds zero bytes"),
        (b"a,\xff\xff\xff", "no UTF-8, UTF-16, GBK"),
        (b"\xff\xfe\x00", "UTF-16"),
        (b"PK\x03\x04", "an Excel file"),
    ):
        (tmp_path / "n.csv").write_bytes(contents)
        with pytest.raises(FileError, match=what):
            read_exported(tmp_path / "n.csv")


EXPORTS = {form: exported(ledger_of(awkward()), form).encode() for form in ("csv", "json")}


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["csv", "json"]), st.data())
def test_a_damaged_export_is_read_or_refused_in_one_line(form: str, data: st.DataObject) -> None:
    contents = bytearray(EXPORTS[form])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(contents) - 1))
        length = data.draw(st.integers(0, 40))
        contents[at : at + length] = data.draw(
            st.sampled_from([b"", b",", b'"', b"\n", b"\r", b"\x00", b"{", b"1e400", b"-", b"\xff"])
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"n.{form}"
        path.write_bytes(contents)
        try:
            back = read_exported(path)
        except FileError as error:
            assert "\n" not in str(error)
        else:
            assert exported(back)


def test_no_spreadsheet_calculates_a_text_of_the_csv() -> None:
    ledger = ledger_of(awkward())
    rows = list(csv.DictReader(io.StringIO(exported(ledger))))
    raw = list(csv.DictReader(io.StringIO(exported(ledger, raw=True))))
    for row, bare in zip(rows, raw, strict=True):
        assert row["formula"] == (f"'{bare['formula']}" if bare["formula"] else "")
        words = bare["block"] == "words"
        assert row["value"] == (
            f"'{bare['value']}" if words and bare["value"][:1] in set("=+-@\t\r") else bare["value"]
        )
    assert "'=1+1" in {row["value"] for row in rows}


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "'=1", "''+1", "@SUM(1)", "-1", "\ta", "'", "'a", "a"])
@pytest.mark.parametrize("raw", [False, True])
def test_what_is_escaped_is_read_back(text: str, raw: bool, tmp_path: Path) -> None:
    values = np.array([[text]], dtype=object)
    block = BlockCells("b", "S", 0, 0, values, *fills_of({}, values.shape))
    path = tmp_path / "numbers.csv"
    write_exported(Ledger("", "", ["S"], [block]), path, raw=raw)
    assert (raw and text.startswith("'")) or read_exported(path).blocks[0].values[0, 0] == text
