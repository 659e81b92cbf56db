"""Files are read as they were written; those from outside are hostile until shown otherwise."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import xlsxwriter
from attacks import ATTACKS, SHEET
from network import network
from tampering import poison, rewrite, sheet_part

from workbook.book import Book
from workbook.engines import ErrorValue
from workbook.ledger import ledger_of
from workbook.precedents import Area, areas_read, moved
from workbook.reader import FileError, guard, read_ledger, was_edited
from workbook.writer import write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "network.xlsx"
    write(network(), path)
    return path


# ---------------------------------------------------------------------------------------------- our files


def test_a_file_says_what_its_book_says(path: Path) -> None:
    ours, read = ledger_of(network()), read_ledger(path)
    assert (read.scenario, read.language, list(read.sheets)) == ("network", "en", list(ours.sheets))
    blocks = {block.id: block for block in read.blocks}
    assert blocks.keys() == {block.id for block in ours.blocks}
    for block in ours.blocks:
        other = blocks[block.id]
        assert (other.sheet, other.row, other.column, other.shape) == (
            block.sheet,
            block.row,
            block.column,
            block.shape,
        )
        assert np.array_equal(other.values, block.values), "every digit survives"
        assert np.array_equal(other.computed, block.computed)
        for row, column in np.ndindex(block.shape):
            assert other.formula(row, column) == block.formula(row, column)
            assert read.row_label(other, row) == ours.row_label(block, row)
            assert read.column_label(other, column) == ours.column_label(block, column)


def test_rows_and_columns_have_their_headings(path: Path) -> None:
    ledger = read_ledger(path)
    W1 = next(block for block in ledger.blocks if block.id == "W1")
    assert [ledger.row_label(W1, row) for row in range(4)] == ["j=1", "j=2", "j=3", "j=4"]
    assert [ledger.column_label(W1, column) for column in range(3)] == ["k=1", "k=2", "k=3"]
    rate = next(block for block in ledger.blocks if block.id == "lr")
    assert "lr" in ledger.row_label(rate, 0)


def test_a_block_is_found_where_it_has_moved(path: Path, tmp_path: Path) -> None:
    before = read_ledger(path)
    W1 = next(block for block in before.blocks if block.id == "W1")
    book = openpyxl.load_workbook(path)
    book["Inputs"].insert_rows(1, 3)  # it moves the cells, and nothing that refers to them
    book.defined_names["wb.W1"].attr_text = f"Inputs!$C${W1.row + 4}:$E${W1.row + 7}"
    book.save(tmp_path / "moved.xlsx")
    after = next(block for block in read_ledger(tmp_path / "moved.xlsx").blocks if block.id == "W1")
    assert after.row == W1.row + 3
    assert np.allclose(after.values, W1.values, rtol=1e-14), "openpyxl writes 16 digits"


def test_a_formula_outside_the_blocks_is_no_less_read(path: Path) -> None:
    ledger = read_ledger(path)
    assert not any(block.is_loose for block in ledger.blocks)
    add_cell(path, "Inputs", '<row r="900"><c r="C900"><f>1+1</f><v>3</v></c></row>')
    block = next(block for block in read_ledger(path).blocks if block.is_loose)
    assert (block.id, block.cell(0, 0), block.formula(0, 0), block.values.tolist()) == (
        "Inputs!cells",
        "C900",
        "1+1",
        [[3.0]],
    )


def add_cell(path: Path, sheet: str, row: str) -> None:
    part = sheet_part(path, sheet)
    rewrite(
        path, lambda name, xml: xml.replace(b"</sheetData>", row.encode() + b"</sheetData>") if name == part else xml
    )


def test_a_file_is_edited_when_a_cell_is(path: Path, tmp_path: Path) -> None:
    assert not was_edited(path)
    copy = rewrite(path, lambda _name, contents: contents, tmp_path / "copy.xlsx")
    assert not was_edited(copy), "packing the same parts again is no edit"
    poison(copy, "Forward", f"B{network()['loss'].place.row + 1}", "0.5")
    assert was_edited(copy)
    openpyxl.load_workbook(path).save(copy)
    assert was_edited(copy)


def test_a_file_that_is_not_ours_counts_as_edited(tmp_path: Path) -> None:
    assert was_edited(foreign(tmp_path / "foreign.xlsx"))
    (tmp_path / "text.xlsx").write_text("x,y\n1,2\n")
    assert was_edited(tmp_path / "text.xlsx")
    with pytest.raises(FileError, match="no such file"):
        was_edited(tmp_path / "missing.xlsx")


# ---------------------------------------------------------------------------------------------- foreign files


def foreign(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("My sheet")
        page.write_string("A1", "price")
        page.write_number("B2", 2.5)
        page.write_formula("B3", "=B2*2", None, 5)
        page.write_formula("B4", '="a"&"b"', None, "ab")
        page.write_formula("B5", "=1/0", None, "#DIV/0!")
        page.write_boolean("C2", True)
        book.add_worksheet("Empty")
    return path


def test_a_foreign_file_is_a_block_a_sheet(tmp_path: Path) -> None:
    ledger = read_ledger(foreign(tmp_path / "foreign.xlsx"))
    assert (ledger.scenario, ledger.language, ledger.sheets) == ("", "", ["My sheet", "Empty"])
    (block,) = ledger.blocks
    assert (block.id, block.row, block.column, block.shape) == ("My sheet!cells", 0, 0, (5, 3))
    assert block.values[0].tolist() == ["price", None, None]
    assert block.values[1].tolist() == [None, 2.5, True]
    assert block.values[2:, 1].tolist() == [5.0, "ab", "#DIV/0!"]
    assert isinstance(block.values[4, 1], ErrorValue)
    assert block.formula(2, 1) == "B2*2"
    assert block.formula_count == 3


def test_shared_formulas_are_written_out(tmp_path: Path) -> None:
    path = foreign(tmp_path / "foreign.xlsx")
    rows = (
        '<row r="10"><c r="A10"><f t="shared" ref="A10:A12" si="0">B10*$C$1+SUM(D10:E$11)</f><v>1</v></c></row>'
        '<row r="11"><c r="A11"><f t="shared" si="0"/><v>1</v></c></row>'
        '<row r="12"><c r="B12"><f t="shared" si="0"/><v>1</v></c></row>'
    )
    with zipfile.ZipFile(path) as archive:
        part = next(name for name in archive.namelist() if name.endswith("sheet1.xml"))
    rewrite(
        path, lambda name, xml: xml.replace(b"</sheetData>", rows.encode() + b"</sheetData>") if name == part else xml
    )
    block = read_ledger(path).blocks[0]
    assert block.formula(9, 0) == "B10*$C$1+SUM(D10:E$11)"
    assert block.formula(10, 0) == "B11*$C$1+SUM(D11:E$11)"
    assert block.formula(11, 1) == "C12*$C$1+SUM(E12:F$11)"


# ---------------------------------------------------------------------------------------------- references


@pytest.mark.parametrize(
    ("formula", "areas"),
    [
        ("1+2", []),
        ("A1", [Area("S", 0, 0, 0, 0)]),
        ("$B$2:D$4", [Area("S", 1, 1, 3, 3)]),
        ("Other!C1+'It''s one'!A2", [Area("Other", 0, 2, 0, 2), Area("It's one", 1, 0, 1, 0)]),
        ('"A1"&B1', [Area("S", 0, 1, 0, 1)]),
        ("LOG10(A1)+1E5+TRUE", [Area("S", 0, 0, 0, 0)]),
        ("SUM(A:B)+SUM(2:3)", [Area("S", 0, 0, 1_048_575, 1), Area("S", 1, 0, 2, 16_383)]),
        ("wb.W1+name_A1+A1_b", []),
    ],
)
def test_references_are_found_in_formulas(formula: str, areas: list[Area]) -> None:
    assert areas_read(formula, "S") == areas


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("A1+$A1+A$1+$A$1", "B3+$A3+B$1+$A$1"),
        ('"A1"&LOG10(A1)', '"A1"&LOG10(B3)'),
        ("'A1'!A1+A1!B2", "'A1'!B3+A1!C4"),
        ("SUM(A:$B)+SUM(XFD1)", "SUM(B:$B)+SUM(#REF!)"),
        ("1E5+TRUE+A1_b", "1E5+TRUE+A1_b"),
    ],
)
def test_a_formula_moves_as_the_fill_handle_would(formula: str, expected: str) -> None:
    assert moved(formula, 2, 1) == expected


# ---------------------------------------------------------------------------------------------- hostile files


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_hostile_file_is_refused_at_once_in_one_line(attack: str, path: Path) -> None:
    spoil, reason = ATTACKS[attack]
    spoil(path)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if attack == "a missing sheet":
        read_ledger(path)  # nothing to refuse: what is there is read
    else:
        with pytest.raises(FileError, match=reason) as refusal:
            read_ledger(path)
        line = str(refusal.value)
        assert line.startswith(f"{path}: ") and "\n" not in line
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 300_000, "kilobytes"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    loop = tmp_path / "loop.xlsx"
    loop.symlink_to(loop)
    pipe = tmp_path / "pipe.xlsx"
    os.mkfifo(pipe)
    for target, reason in (
        (tmp_path, "folder"),
        (tmp_path / "missing.xlsx", "no such file"),
        (tmp_path / "missing" / "x.xlsx", "no such file"),
        (loop, "cannot be opened"),
        (pipe, "pipe"),
        (Path("/dev/zero"), "device"),
        (tmp_path / ("x" * 300), "cannot be opened"),
    ):
        with pytest.raises(FileError, match=reason) as refusal:
            guard(target)
        assert "\n" not in str(refusal.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_refused(path: Path) -> None:
    path.chmod(0)
    with pytest.raises(FileError, match="may not read"):
        guard(path)


def test_random_damage_never_surprises(path: Path) -> None:
    sound = path.read_bytes()
    chance = random.Random(4)
    for _ in range(150):
        data = bytearray(sound)
        for _ in range(chance.choice((1, 3, 30))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        with contextlib.suppress(FileError):
            read_ledger(path)


def test_random_damage_within_the_parts_never_surprises(path: Path) -> None:
    sound = path.read_bytes()
    chance = random.Random(5)

    def damage(name: str, contents: bytes) -> bytes:
        data = bytearray(contents)
        if name in (target, "xl/workbook.xml") and data:
            for _ in range(3):
                at = chance.randrange(len(data))
                data[at : at + chance.randrange(3)] = chance.choice((b"", b"<", b"9", b'"', b"/", b"A1", b"&lt;"))
        return bytes(data)

    for _ in range(150):
        path.write_bytes(sound)
        target = chance.choice(
            (SHEET, "xl/sharedStrings.xml", "xl/styles.xml", "docProps/custom.xml", "[Content_Types].xml")
        )
        rewrite(path, damage)
        with contextlib.suppress(FileError):
            read_ledger(path)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
def test_a_large_file_is_read_within_half_a_gigabyte(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    book = Book("large", "t", "a", "s")
    sheet = book.page("Large", "Large")
    a = sheet.given("a", np.random.default_rng(0).normal(size=(500, 500)))
    sheet.derived("b", a.value * 2, lambda i, j: a[i, j] * 2)
    write(book.finish(), path)
    script = (
        "import re, sys; from workbook.reader import read_ledger; ledger = read_ledger(sys.argv[1]); "
        "peak = re.search(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read()); "
        "print(ledger.formula_count, int(peak[1]) // 1024)"
    )
    run = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    count, megabytes = map(int, run.stdout.split())
    assert count == 250_000
    assert megabytes < 500
