"""Files: the same bytes every time, every digit, texts that stay texts, and what a reader's program finds in them."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from network import network
from proof import assert_proven

from workbook.block import Between, Block, Counter, OneOf, Place, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.discovery import scenarios
from workbook.engines import recalculate
from workbook.files import replacing
from workbook.formula import Direction, if_
from workbook.reader import read_ledger, was_edited
from workbook.sheet import Kind, Sheet, Style
from workbook.signature import LONGEST_PROPERTY, Built, blocks_read, blocks_told
from workbook.writer import CREATED, packed, write

FORMULA_LIKE = [
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "{=SUM(A1)}",
    '=HYPERLINK("http://x")',
    "http://example.org",
    "mailto:a@b.c",
    "internal:Sheet!A1",
    "external:c:\\x.xlsx",
    "TRUE",
    "12",
    "1e5",
    "#REF!",
    " leading and trailing ",
    "two\nlines",
    "<&>\"'",
    "表 σ′ 💥",
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("writer") / "network.xlsx"
    write(network(), path)
    return path


# ---------------------------------------------------------------------------------------------- signature


def test_the_file_says_which_blocks_there_are(path: Path) -> None:
    built = read_ledger(path).built
    assert built["loss"] == Built("loss", "Forward", 1, 1, True)
    assert built["x"] == Built("X", "Inputs", 5, 3, False)
    assert len(built) == len(list(network().blocks()))


def test_what_is_told_of_many_blocks_fits_excels_properties_and_is_read_again() -> None:
    blocks = [Built(f"block_{n}", f"Sheet{n // 40}", n + 1, 1, bool(n % 2)) for n in range(400)]
    told = blocks_told(blocks)
    assert len(told) > 10 and all(len(text) <= LONGEST_PROPERTY for text in told.values())
    assert list(blocks_read(dict(sorted(told.items()))).values()) == blocks, "another program may sort them"
    assert blocks_read({"neural-workbook blocks 1": "x!y;=;a=1x;S!b=2x3;", "neural-workbook blocks": "S!c=1x1;"}) == {
        "b": Built("b", "S", 2, 3, True)
    }


# ---------------------------------------------------------------------------------------------- bytes


def test_another_process_place_and_time_write_the_same_bytes(path: Path, tmp_path: Path) -> None:
    script = "import sys; from pathlib import Path; from network import network; from workbook.writer import write; "
    script += "write(network(), Path(sys.argv[1]))"
    for number, (zone, seed) in enumerate((("Asia/Shanghai", "1"), ("America/St_Johns", "77"))):
        other = tmp_path / f"{number}.xlsx"
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent)}
        subprocess.run([sys.executable, "-c", script, str(other)], env=environment, check=True, cwd=tmp_path)
        assert other.read_bytes() == path.read_bytes()


DIGESTS = """\
import hashlib, sys
from workbook.discovery import find_scenario
from workbook.writer import packed
for name in sys.argv[1:]:
    print(name, hashlib.sha256(packed(find_scenario(name).make("zh"))).hexdigest())
"""
LARGE = {"xor", "circles", "digits"}


def digests(names: Iterable[str], environment: Mapping[str, str]) -> list[str]:
    """Return the digests of workbooks that a process of its own makes."""
    made = subprocess.run(
        [sys.executable, "-c", DIGESTS, *names],
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    return made.stdout.splitlines()


def test_every_worked_example_is_the_same_in_another_process_place_and_number_of_threads() -> None:
    names = sorted(set(scenarios()) - LARGE)
    first = digests(names, {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "1", "OPENBLAS_NUM_THREADS": "1"})
    assert [line.split()[0] for line in first] == names
    other = {"TZ": "America/St_Johns", "PYTHONHASHSEED": "77", "OPENBLAS_NUM_THREADS": "2"}
    assert digests(reversed(names), other)[::-1] == first


@pytest.mark.slow
def test_a_training_run_is_the_same_on_one_processor_and_on_two() -> None:
    one, two = (digests(["digits"], {"OPENBLAS_NUM_THREADS": count}) for count in ("1", "2"))
    assert one == two


def test_the_time_of_writing_is_not_in_the_file(path: Path) -> None:
    properties = openpyxl.load_workbook(path).properties
    assert properties.created == properties.modified == CREATED
    with zipfile.ZipFile(path) as archive:
        assert {info.date_time[:3] for info in archive.infolist()} == {(1980, 1, 31)}


# ---------------------------------------------------------------------------------------------- numbers


def test_every_digit_of_every_number_is_kept(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    numbers = random.normal(size=300) * 10.0 ** random.integers(-300, 300, size=300)
    numbers[:6] = [0.1 + 0.2, 1 / 3, 5e-324, 1.7976931348623157e308, -0.0, 123456789012345678]
    book = Book("digits", "t", "a", "s")
    sheet = book.page("S", "S")
    given = sheet.given("given", numbers)
    sheet.derived("copy", numbers, lambda i: given[i])
    path = tmp_path / "digits.xlsx"
    write(book.finish(), path)
    blocks = {block.id: block.values.ravel() for block in read_ledger(path).blocks}
    assert np.array_equal(blocks["given"], numbers)
    assert np.array_equal(blocks["copy"], numbers)
    normal = np.abs(numbers) > 1e-307  # spreadsheets flush what is smaller to zero
    engine = recalculate(path)["S"]
    place = book["given"].place
    found = np.array([engine[place.row + n, place.column] for n in range(300)])
    assert np.array_equal(found[normal], numbers[normal])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="x: a value is not a finite number"):
        Block("x", Role.GIVEN, np.array([1.0, value]))
    with pytest.raises(ValueError, match="numbers or texts"):
        Block("x", Role.GIVEN, np.array([1 + 2j]))


def test_truth_values_become_numbers(tmp_path: Path) -> None:
    book = Book("s", "t", "a", "s")
    book.page("S", "S").given("mask", np.array([True, False]))
    write(book.finish(), tmp_path / "s.xlsx")
    assert read_ledger(tmp_path / "s.xlsx").blocks[0].values.ravel().tolist() == [1.0, 0.0]


def test_openpyxl_and_pandas_read_every_computed_number_without_calculating(path: Path) -> None:
    book = network()
    pages = openpyxl.load_workbook(path, data_only=True)
    frames = pd.read_excel(path, sheet_name=None, header=None)
    computed = 0
    for block in book.blocks():
        place = block.place
        for (row, column), value in np.ndenumerate(block.grid()):
            cell = pages[place.sheet].cell(place.row + row + 1, place.column + column + 1)
            assert cell.value == value
            assert frames[place.sheet].iat[place.row + row, place.column + column] == value
            computed += block.formula_at(row, column) is not None
    assert computed > 150


# ---------------------------------------------------------------------------------------------- texts


def test_texts_that_look_like_something_else_stay_texts(tmp_path: Path) -> None:
    book = Book("labels", "=title", "@article", "-summary")
    sheet = book.page("S", "=heading", kind=Kind.DEEPER)
    sheet.step("=step", "+why", "-math")
    sheet.remark("@remark")
    sheet.given(
        "texts", np.array(FORMULA_LIKE, dtype=object), title="=title", rows=FORMULA_LIKE, remark="=remark", valid=None
    )
    sheet.given("number", 1.0, title="=1+1", symbol="@s", unit="=unit", math="=math")
    x = sheet.given("x", np.arange(3.0))
    sheet.chart(Chart("=chart", (Series("=series", x[:], x[:]),), "=x", "@y", "=alt"))
    path = tmp_path / "labels.xlsx"
    write(book.finish(), path)
    ledger = read_ledger(path)
    block = next(block for block in ledger.blocks if block.id == "texts")
    assert block.values.ravel().tolist() == FORMULA_LIKE
    assert not block.computed.any()
    assert [ledger.row_label(block, row) for row in range(len(FORMULA_LIKE))] == FORMULA_LIKE
    pages = openpyxl.load_workbook(path)
    formulas = [cell.coordinate for cell in pages["S"]._cells.values() if cell.data_type == "f"]
    assert not formulas
    links = [cell.hyperlink.location for cell in pages["S"]._cells.values() if cell.hyperlink]
    assert links == ["Start!A1"], "only our own link back"
    place = book["texts"].place
    engine = recalculate(path)["S"]
    assert [engine[place.row + n, place.column] for n in range(len(FORMULA_LIKE))] == FORMULA_LIKE


def test_control_characters_are_dropped(tmp_path: Path) -> None:
    book = Book("control", "t\x00\x1f", "a", "s")
    sheet = book.page("S", "S")
    sheet.remark("before\x07after\ufffe")
    text = sheet.given("text", np.asarray("a\x01b", dtype=object), valid=None)
    sheet.derived("copy", np.asarray("a\x01b", dtype=object), lambda: text, number_format="@")
    path = tmp_path / "control.xlsx"
    write(book.finish(), path)
    ledger = read_ledger(path)
    assert {str(block.values[0, 0]) for block in ledger.blocks if block.sheet == "S"} == {"ab"}
    assert "beforeafter" in ledger.labels["S"].values()


# ---------------------------------------------------------------------------------------------- what a reader may do


def cells_of(path: Path, book: Book, id: str) -> list[openpyxl.cell.Cell]:
    place = book[id].place
    page = openpyxl.load_workbook(path)[place.sheet]
    return [
        page.cell(place.row + row + 1, place.column + column + 1)
        for row in range(place.rows)
        for column in range(place.columns)
    ]


def test_given_cells_are_open_and_all_others_protected(path: Path) -> None:
    book = network()
    pages = openpyxl.load_workbook(path)
    assert all(page.protection.sheet and not page.protection.password for page in pages)
    for block in book.blocks():
        place = block.place
        cell = pages[place.sheet].cell(place.row + 1, place.column + 1)
        assert cell.protection.locked == (block.role is not Role.GIVEN), block.id


def test_what_may_be_typed_in_is_validated(tmp_path: Path) -> None:
    book = Book("valid", "t", "a", "s")
    sheet = book.page("S", "S")
    sheet.given("rate", np.array([0.1, 0.2]), title="rate", valid=Between(0, 2.5))
    sheet.given("count", 3, title="count", valid=Between(1, 9, whole=True))
    sheet.given("kind", np.asarray("a", dtype=object), title="kind", valid=OneOf(("a", "b")))
    path = tmp_path / "valid.xlsx"
    write(book.finish(), path)
    rules = {rule.promptTitle: rule for rule in openpyxl.load_workbook(path)["S"].data_validations.dataValidation}
    rate, count, kind = rules["rate"], rules["count"], rules["kind"]
    assert (rate.type, rate.formula1, rate.formula2) == ("decimal", "0", "2.5")
    assert str(rate.sqref) == f"B{book['rate'].place.row + 1}:B{book['rate'].place.row + 2}"
    assert (count.type, count.formula1, count.formula2) == ("whole", "1", "9")
    assert (kind.type, kind.formula1) == ("list", '"a,b"')
    assert rate.error == "Type a number from 0 to 2.5."
    assert all(rule.showErrorMessage for rule in rules.values())


def test_every_block_is_a_name_that_any_spreadsheet_takes(path: Path) -> None:
    names = openpyxl.load_workbook(path).defined_names
    for block in network().blocks():
        assert f"wb.{block.id}" in names


def test_headings_count_and_formulas_may_read_them(tmp_path: Path) -> None:
    book = Book("counter", "t", "a", "s")
    block = book.page("S", "S").given("x", np.zeros((2, 3)), rows=Counter("j="), columns=Counter("k=", 5))
    write(book.finish(), tmp_path / "c.xlsx")
    page = openpyxl.load_workbook(tmp_path / "c.xlsx")["S"]
    above = [page.cell(block.place.row, block.place.column + 1 + n) for n in range(3)]
    assert [cell.value for cell in above] == [5, 6, 7]
    assert {cell.number_format for cell in above} == {'"k="0'}


# ---------------------------------------------------------------------------------------------- rows


def test_blocks_that_begin_and_end_apart_stand_cell_by_cell_where_they_belong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside each other, beside headings and rows of a height of their own, longer than a chunk, wide and narrow."""
    monkeypatch.setattr("workbook.worksheet.CHUNK", 256)
    random = np.random.default_rng(2)
    book = Book("rows", "t", "a", "s").finish()
    sheet = Sheet(book, "S", "S", row_heights={40: 33.0})
    book.sheets.insert(1, sheet)

    def add(block: Block, at: tuple[int, int]) -> Block:
        book.register(block)
        sheet.settle(block, Place("S", *at, *block.grid().shape))
        return block

    long = add(Block("long", Role.GIVEN, random.normal(size=1_000)), at=(5, 1))
    steps = np.cumsum(long.value)
    add(
        Block("sum", Role.DERIVED, steps, first=lambda: long[0], formula=lambda t: book["sum"][t - 1] + long[t]),
        at=(5, 4),
    )
    table = add(Block("table", Role.GIVEN, random.normal(size=(100, 12))), at=(30, 6))
    add(Block("twice", Role.DERIVED, 2 * table.value, formula=lambda i, j: 2 * table[i, j]), at=(90, 20))
    sign = np.where(table.value[:, 0] > 0, "50% & <up>", "down")
    add(Block("sign", Role.DERIVED, sign, formula=lambda i: if_(table[i, 0] > 0, "50% & <up>", "down")), at=(30, 2))
    for row in (3, 7, 8, 9, 12, 400, 1_010):
        sheet.label(row, 0, "n = ", Style.ROW, number=row)
    for row in (6, 7, 31, 900, 1_011):
        sheet.label(row, 3, f"word {row}", Style.LABEL)
    path = tmp_path / "rows.xlsx"
    write(book, path)
    page = openpyxl.load_workbook(path)["S"]
    cached = openpyxl.load_workbook(path, data_only=True)["S"]
    for block in sheet.blocks:
        for (row, column), value in np.ndenumerate(block.grid()):
            at = block.place.row + row + 1, block.place.column + column + 1
            assert cached.cell(*at).value == value
            assert not block.patterns or page.cell(*at).value == f"={block.formula_at(row, column)}"
    for label in sheet.labels:
        assert page.cell(label.row + 1, label.column + 1).value == (
            label.text if label.number is None else label.number
        )
    assert page.row_dimensions[41].height == 33.0
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet2.xml").decode()
    rows = [(int(row), cells) for row, cells in re.findall(r'<row r="(\d+)"[^>]*>(.*?)</row>', xml)]
    assert len(rows) > 1_000
    assert [row for row, _cells in rows] == sorted({row for row, _cells in rows})
    for row, cells in rows:
        places = re.findall(r'<c r="([A-Z]+)(\d+)"', cells)
        assert {int(n) for _letters, n in places} <= {row}
        columns = [(len(letters), letters) for letters, _n in places]
        assert columns == sorted(set(columns)), "each cell once, from left to right"
    assert_proven(path)


# ---------------------------------------------------------------------------------------------- trouble


def test_a_failed_write_leaves_the_old_file_and_nothing_else(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "book.xlsx"
    target.write_bytes(b"old")
    with pytest.raises(OSError), replacing(target) as temporary:
        temporary.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_nothing_is_left_among_the_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    packed(network())
    assert not list(tmp_path.iterdir())
    monkeypatch.setattr("workbook.writer.BlockWorksheet._write_rows", interrupt)
    with pytest.raises(KeyboardInterrupt):
        packed(network())
    assert not list(tmp_path.iterdir())


def interrupt(_page: object) -> None:
    raise KeyboardInterrupt


def test_a_file_just_written_is_not_edited(path: Path) -> None:
    assert not was_edited(path)


# ---------------------------------------------------------------------------------------------- what Excel would repair


@pytest.mark.parametrize("name", ["Run1", "xfd9", "R1C1", "rc", "TRUE", "History", "start", "Two", "图", "a b"])
def test_a_sheets_name_stands_in_formulas_as_it_is(name: str) -> None:
    book = Book("s", "t", "a", "s")
    book.page("two", "Two")
    with pytest.raises(ValueError, match="sheet"):
        book.page(name, "T")


@pytest.mark.parametrize(
    ("at", "fault"),
    [((4, 1), "on top of"), ((4, 0), "on top of"), ((4, -1), "cell A1"), ((4, 20000), "20001 columns")],
)
def test_no_cell_is_written_twice(at: tuple[int, int], fault: str) -> None:
    sheet = Sheet(Book("s", "t", "a", "s"), "S", "S")
    sheet.headings(Counter("i = "), 4, 0, 3, Direction.DOWN)
    sheet.settle(Block("a", Role.GIVEN, np.zeros(3)), Place("S", 4, 1, 3, 1))
    sheet.settle(Block("b", Role.RECORDED, np.zeros(1)), Place("S", *at, 1, 1))
    with pytest.raises(ValueError, match=fault):
        sheet.refuse_overlaps()


@pytest.mark.parametrize("options", [(), ("a,b",), ("x" * 128, "y" * 128)])
def test_choices_that_no_list_can_hold_are_refused(options: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="choices"):
        OneOf(options)


def test_charts_that_show_nothing_are_refused() -> None:
    book = Book("s", "t", "a", "s")
    a = book.page("S", "S").given("a", np.arange(4.0))
    with pytest.raises(ValueError, match="needs a series"):
        Chart("c", (), "x", "y", "alt")
    with pytest.raises(ValueError, match="x has"):
        Series("s", a[:], a[:2])
    with pytest.raises(ValueError, match="columns only"):
        Chart("c", (Series("s", a[:], a[:], Mark.COLUMNS), Series("s", a[:], a[:])), "x", "y", "alt")


def test_long_and_strange_texts_leave_the_file_sound(tmp_path: Path) -> None:
    strange = "<&>\"' 💥 " * 60
    book = Book("s", strange, strange + "\x01", strange)
    sheet = book.page("S", strange)
    a = sheet.given("a", 1.0, symbol=strange, title=strange, valid=Between(0, 1))
    sheet.given("b", np.zeros(2), rows=Counter('a "quoted" <&> '), columns=[strange])
    sheet.derived("said", np.asarray(strange, dtype=object), lambda: if_(a > 0, strange, "no"), number_format="@")
    sheet.chart(
        Chart(strange, (Series(strange + "\x02", a.whole(), a.whole(), Mark.POINTS),), strange, strange, strange)
    )
    book.page("Empty", "an empty sheet")
    path = tmp_path / "strange.xlsx"
    with warnings.catch_warnings(action="error", category=UserWarning):  # so the library says what it leaves out
        write(book.finish(), path)
    loaded = openpyxl.load_workbook(path)
    assert loaded["S"].data_validations.dataValidation[0].promptTitle
    assert next(block for block in read_ledger(path).blocks if block.id == "said").values.item() == strange
    assert_proven(book)
