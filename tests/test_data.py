"""The reader's own numbers: read exactly, or refused in one line that says where and how to mend it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from workbook.data import only_columns, read_header, read_numbers, read_texts
from workbook.numerals import is_tiny
from workbook.scenario import UsageError

CASES = int(os.environ.get("WORKBOOK_FUZZ_CASES", "300"))
"""How many random files are tried; CI and the curious set 10,000."""


def saved(folder: Path, contents: str | bytes) -> Path:
    path = folder / "data.csv"
    path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
    return path


@pytest.mark.parametrize(
    "contents",
    [
        "x,y\n1,2\n3.5,-4e1\n",
        "x,y\r\n1,2\r\n3.5,-4e1\r\n\r\n\r\n",
        "x,y\r1,2\r3.5,-40\r",
        "\ufeffx,y\n1,2\n3.5,-40",
        "x;y\n1;2\n3,5;-40\n",
        "x\ty\n1\t2\n3,5\t-40\n",
        'x , "y"\n "1", 2\n3.5,-40\n',
        "x,y,\n1,2,\n3.5,-40,,\n,,\n",
        "x,y\n+1.,2\n3.50,-.4E+2\n",
        "sep=;\nx;y\n1;2\n3,5;-40\n",
        '"sep=|"\r\nx|y\r\n1|2\r\n3.5|-40\r\n',
        "x,y\n１,２\n３．５,−４０\n",
        "x;y\n1;2\n35,0e-1;-4,0E1\n",
    ],
)
def test_the_usual_spellings_are_understood(contents: str, tmp_path: Path) -> None:
    frame = read_numbers(saved(tmp_path, contents))
    assert list(frame.columns) == ["x", "y"]
    assert frame.to_numpy().tolist() == [[1, 2], [3.5, -40]]


def test_every_digit_is_kept(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=100) * 10.0 ** np.arange(-50, 50) % 1e12
    path = saved(tmp_path, "x\n" + "\n".join(map(repr, values.tolist())))
    assert np.array_equal(read_numbers(path)["x"], values)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_chinese_headers_are_understood(encoding: str, tmp_path: Path) -> None:
    frame = read_numbers(saved(tmp_path, "面积（平方米）,租金\n1,2\n3,4\n".encode(encoding)))
    assert list(frame.columns) == ["面积（平方米）", "租金"]


def test_headers_that_look_like_formulas_are_kept_as_they_are(tmp_path: Path) -> None:
    frame = read_numbers(saved(tmp_path, "=1+1,@x,-y,+z\n1,2,3,4\n5,6,7,8\n"))
    assert list(frame.columns) == ["=1+1", "@x", "-y", "+z"]


def test_named_columns_are_found_in_any_order_and_case(tmp_path: Path) -> None:
    frame = read_numbers(saved(tmp_path, "id,Rent,AREA\n1,2,3\n4,5,6\n"), ["area", "rent"])
    assert frame.columns.tolist() == ["area", "rent"]
    assert frame.to_numpy().tolist() == [[3, 2], [6, 5]]


def test_a_column_that_is_not_wanted_may_hold_anything(tmp_path: Path) -> None:
    assert read_numbers(saved(tmp_path, "name,x\nA,1\n,2\n"), ["x"])["x"].tolist() == [1, 2]


PROBLEMS: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "the file is empty"),
    "blank": ("\n\n", "the file is empty"),
    "header only": ("x,y\n", "no row of numbers.*at least 2"),
    "one row": ("x,y\n1,2\n", "only 1 row of numbers.*at least 2"),
    "text": ("x,y\n1,2\n3,four\n", 'row 3, column y: "four" is not a number'),
    "blank cell": ("x,y\n1,2\n,4\n", "row 3, column x: the cell is empty"),
    "blank row": ("x,y\n1,2\n\n3,4\n", "row 3 is empty; delete it"),
    "blank first row": ("\nx,y\n1,2\n3,4\n", "row 1 is empty; delete it"),
    "row of separators": ("x,y\n1,2\n,\n3,4\n", "row 3 is empty; delete it"),
    "nan": ("x,y\n1,2\n3,NaN\n", 'row 3, column y: "NaN" is not a number'),
    "infinity": ("x,y\n1,2\n-inf,4\n", 'row 3, column x: "-inf" is not a number'),
    "too large": ("x,y\n1,2\n3,1e999\n", 'row 3, column y: "1e999" is out of bounds'),
    "tiny": ("x,y\n1,1e-300\n3,1e11\n", 'row 2, column y: "1e-300" is too small to calculate with; give 0'),
    "tiny column": (
        "q\n1.6e-19\n3.2e-19\n4.8e-19\n",
        "column q: no number is larger than 4.8e-19, .* units of 1e-19: 4.8 for 4.8e-19",
    ),
    "constant": ("x,y\n1,2\n1,3\n", "column x: every number is 1;"),
    "nearly constant": (
        "x,y\n1000000000,2\n1000000000.125,3\n",
        "all numbers lie from 1000000000 to 1000000000.125, too",
    ),
    "ragged, short": ("x,y\n1,2\n3\n", "row 3 has 1 value, the header 2"),
    "ragged, long": ("x,y\n1,2\n3,4,5\n", "row 3 has 3 values, the header 2"),
    "same header": ("x,x\n1,2\n3,4\n", "two columns are called x"),
    "no name": ("x,,z\n1,2,3\n3,4,5\n", "column 2 has no name"),
    "no header": ("1,2\n3,4\n5,6\n", "row 1 holds numbers"),
    "thousands": ('x,y\n"1,234.5",2\n3,4\n', 'row 2, column x: "1,234.5" has thousands separators; write 1234.5'),
    "a unit": ("x,y\n5 kg,2\n3,4\n", 'row 2, column x: "5 kg" is not a number.*without a unit'),
    "other digits": ("x,y\n٣,2\n3,4\n", "row 2, column x"),
    "underscores": ("x,y\n1_000,2\n3,4\n", "row 2, column x"),
    "a row after sep=": ("sep=;\nx;y\n1;2\n3;four\n", 'row 3, column y: "four"'),
    "a number of two lines": ('x,y\n"1\n2",3\n4,5\n', 'row 2, column x: "1 2" is not a number'),
    "a quotation in a cell": ('x,y\n"1"2,3\n4,5\n', "row 2: a quotation mark.*stands within a cell"),
    "an open quotation": ('x,y\n"1,2\n3,4\n', "row 2: a quotation mark"),
    "NUL": ("x,y\n1,2\0\n3,4\n", "this holds zero bytes, which no text has; save it as UTF-8"),
    "half of UTF-16": ("x,y\n1,2\n3,4\n".encode("utf-16")[:-1], "no text in UTF-16"),
    "no encoding": (b"x,y\n1,2\n\xff\xff,4\n", "in an encoding that cannot be told"),
    "Excel": (b"PK\x03\x04\x14\x00", "the file is damaged"),
    "old Excel": (b"\xd0\xcf\x11\xe0", "an old Excel file"),
    "a huge line": ("x" * 1_000_000, "row 1 is longer"),
    "a long header": ("x" * 200 + ",y\n1,2\n3,4\n", "row 1, column 1: the name is longer"),
    "blank rows without end": ("x\n1\n2\n" + "\n" * 20_000, "row 4 and"),
}


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_problem_is_one_line_that_says_where(problem: str, tmp_path: Path) -> None:
    contents, message = PROBLEMS[problem]
    path = saved(tmp_path, contents)
    with pytest.raises(UsageError, match=message) as refusal:
        read_numbers(path)
    assert str(refusal.value).startswith(f"{path}: ")
    assert "\n" not in str(refusal.value)


def test_a_heading_of_two_lines_becomes_one(tmp_path: Path) -> None:
    frame = read_numbers(saved(tmp_path, '"area\r\n(sqft)";"rent, net"\r\n1;2\r\n3;4\r\n'))
    assert list(frame.columns) == ["area (sqft)", "rent, net"]


@pytest.mark.parametrize(
    ("contents", "first"),
    [
        ("x;y\n1,234;2,5\n3;4\n", 1.234),  # the file shows that its decimals follow a comma
        ("x\ty\n1,234\t2,5\n3\t4\n", 1.234),
        ("x;y\n1.234;2.5\n3;4\n", 1.234),
        ("x\ty\n1.234\t0.125\n3\t4\n", 1.234),
        ("x;y\n0,234;2\n3;4\n", 0.234),
        ("x;y\n1.5;2,5\n3;4\n", 1.5),  # mixed, but nobody separates thousands so
        ("x,y\n1.234,2\n3,4\n", 1.234),  # where commas separate, decimals follow a point
    ],
)
def test_a_mark_before_three_digits_is_understood_where_the_file_shows_it(
    contents: str, first: float, tmp_path: Path
) -> None:
    assert read_numbers(saved(tmp_path, contents)).iloc[0, 0] == first


EITHER = {
    "x;y\n1.200;2,9\n1.785;3,4\n": 'row 2, column x: "1.200" may mean 1200 or 1.2,.*write 1200 for the one, 1.2000',
    "x\ty\n1.200\t2,9\n1.785\t3,4\n": 'row 2, column x: "1.200" may mean 1200 or 1.2,',
    "x\ty\n7\t2\n1,234\t3\n": 'row 3, column x: "1,234" may mean 1234 or 1.234,.*write 1234 for the one, 1,2340',
    "x;y\n1,234;2\n1,785;3\n": 'row 2, column x: "1,234" may mean 1234 or 1.234',
    "x;y\n1.234;2\n1.785;3\n": 'row 2, column x: "1.234" may mean 1234 or 1.234',
    "x\ty\n1,234\t2.5\n3\t4\n": 'row 2, column x: "1,234" has thousands separators; write 1234',
    "x;y\n1,5;2.5\n1,234;4\n": 'row 3, column x: "1,234" may mean 1234 or 1.234, since the file has decimal points and',
    "x;y\n1.234,5;2\n3;4\n": "thousands separators; write 1234,5",
    "x;y\n1.234.567;2\n3;4\n": "thousands separators; write 1234567",
    "x;y\n1.234.567;2\n3;4.321\n": 'row 2, column x: "1.234.567"',
    "x,y\n1 234.5,2\n3,4\n": "thousands separators; write 1234.5",
    'x,y\n"1.234,5",2\n3,4\n': "thousands separators; write 1234.5",
}


@pytest.mark.parametrize("contents", EITHER)
def test_no_number_is_silently_a_thousand_times_off(contents: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=EITHER[contents]) as refusal:
        read_numbers(saved(tmp_path, contents))
    assert "\n" not in str(refusal.value)


def test_what_the_remedy_says_is_understood(tmp_path: Path) -> None:
    assert read_numbers(saved(tmp_path, "x;y\n1,2340;2\n1,785;3\n"))["x"].tolist() == [1.234, 1.785]
    assert read_numbers(saved(tmp_path, "x;y\n1.2340;2\n1.785;3\n"))["x"].tolist() == [1.234, 1.785]
    assert read_numbers(saved(tmp_path, "x;y\n1200;2,9\n1785;3,4\n"))["x"].tolist() == [1200, 1785]


def workbook_of(folder: Path, *rows: Sequence[object], hidden: Sequence[Sequence[object]] = ()) -> Path:
    """Write a workbook whose first sheet is hidden if it holds anything, and whose second holds the rows."""
    book = openpyxl.Workbook()
    for row in hidden:
        book.active.append(row)
    book.active.sheet_state = "hidden" if hidden else "visible"
    sheet = book.create_sheet("Data")
    for row in rows:
        sheet.append(row)
    book.create_sheet("Notes")["A1"] = "nobody else's business"
    book.save(folder / "my.xlsx")
    return folder / "my.xlsx"


def test_the_first_sheet_of_a_workbook_is_read_as_a_csv_file_is(tmp_path: Path) -> None:
    rows = [("id", "面积, m²", "rent"), ("a", 650, 2.9), ("b", 1.234, 1 / 3), ("c", -4e-7, 1e11), (None, None, None)]
    path = workbook_of(tmp_path, *rows, hidden=[("hidden", "x")])
    frame = read_numbers(path, ["面积, m²", "rent"])
    assert frame.to_numpy().tolist() == [[650, 2.9], [1.234, 1 / 3], [-4e-7, 1e11]]
    assert read_header(path) == ["id", "面积, m²", "rent"]
    assert read_texts(path, "id") == ["a", "b", "c"]
    kept = only_columns(path, {"rent"})
    assert kept == b"rent\r\n2.9\r\n0.3333333333333333\r\n100000000000\r\n"
    path.write_bytes(kept)
    assert read_numbers(path)["rent"].tolist() == frame["rent"].tolist(), "what is kept is read whatever it is called"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "row"),
        ([("x", "y"), (1, 2), (date(2024, 1, 5), 3)], 'row 3, column x: "2024-01-05" is not a number'),
        ([("x", "y"), (1, 2), ("2,9", 3)], 'row 3, column x: "2,9" is not a number'),
        ([("x", "y"), (1, 2), (True, 3)], 'row 3, column x: "TRUE" is not a number'),
        ([("x", "y"), (1, 2), (None, 3)], "row 3, column x: the cell is empty"),
        ([("x", "y"), (1, 2), (None, None), (3, 4)], "row 3 is empty; delete it"),
        ([(None, "x"), (None, 1), (None, 2)], "row 1, column 1 has no name"),
        ([("Rents of 2024",), ("x", "y"), (1, 2), (3, 4)], "row 2 has 2 values, the header 1"),
        (
            [("x", "y"), ("=1/0", 2), (3, 4)],
            "A2: this formula has no value yet; open the file in a spreadsheet and save it",
        ),
    ],
)
def test_what_is_wrong_with_a_sheet_is_one_line(rows: list[Sequence[object]], message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message) as refusal:
        read_numbers(workbook_of(tmp_path, *rows))
    assert str(refusal.value).startswith(f"{tmp_path / 'my.xlsx'}: ") and "\n" not in str(refusal.value)


def test_a_workbook_that_is_none_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "my.xlsx"
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(UsageError, match=r"my\.xlsx: the file is damaged"):
        read_numbers(path)
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(UsageError, match=r"my\.xlsx: this is a PDF"):
        read_numbers(path)


def test_other_columns_than_asked_for_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, "id,area,rent\n1,2,3\n4,5,6\n")
    with pytest.raises(UsageError, match=r"row 1 names 3 columns \(id, area, rent\); give exactly 2"):
        read_numbers(path, 2)
    with pytest.raises(UsageError, match="row 1 names no column label, only id, area, rent"):
        read_numbers(path, ["label", "area"])


def test_bounds_are_kept(tmp_path: Path) -> None:
    path = saved(tmp_path, "x\n1\n2\n3\n")
    with pytest.raises(UsageError, match='row 4, column x: "3" is out of bounds; give a number from 0 to 2'):
        read_numbers(path, low=0, high=2)
    with pytest.raises(UsageError, match="more than 2 rows"):
        read_numbers(path, max_rows=2)
    assert len(read_numbers(path, max_rows=3)) == 3
    assert len(read_numbers(saved(tmp_path, "x\n1\n1\n"), not_constant=False)) == 2


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    for path in (tmp_path, tmp_path / "missing.csv", loop, Path("/dev/zero")):
        with pytest.raises(UsageError) as refusal:
            read_numbers(path)
        assert str(refusal.value).startswith(f"{path}: ") and "\n" not in str(refusal.value)


def test_ten_million_rows_are_refused_within_a_gigabyte(tmp_path: Path) -> None:
    path = tmp_path / "endless.csv"
    with path.open("wb") as file:
        file.write(b"x,y\n")
        for _ in range(20):
            file.write(b"1,2\n" * 500_000)
    script = (
        "import sys, resource, workbook.data as data\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))\n"
        "try: data.read_numbers(sys.argv[1])\n"
        "except data.UsageError as error: print(error)"
    )
    with pytest.raises(UsageError, match="larger than 32 MB; keep at most 10,000 rows"):
        read_numbers(path)
    with pytest.raises(UsageError, match="more than 10,000 rows"):
        read_numbers(saved(tmp_path, "x,y\n" + "1,2\n" * 5_000_000))
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    run = subprocess.run(
        [sys.executable, "-c", script, path], capture_output=True, text=True, env=environment, check=True
    )
    assert "keep at most 10,000 rows" in run.stdout
    path.unlink()


SCRAPS = st.sampled_from(
    [
        ",",
        ";",
        "\t",
        "\n",
        "\r\n",
        "\r",
        '"',
        "x",
        "y",
        "=1",
        "1",
        "-2.5",
        "1e5",
        "nan",
        "1,5",
        "1.200",
        "1,234",
        "sep=;",
        " ",
        "",
        "\ufeff",
        "\0",
        "面",
        "💥",
    ]
)
TEXTS = st.one_of(
    st.lists(SCRAPS, max_size=60).map("".join),
    st.text(max_size=200),
    st.lists(st.lists(st.floats().map(str) | SCRAPS, min_size=2, max_size=2).map(",".join), max_size=20).map("\n".join),
)
CONTENTS = st.one_of(
    st.binary(max_size=300), TEXTS.map(str.encode), TEXTS.map(lambda text: text.encode("gbk", errors="replace"))
)


@settings(max_examples=CASES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CONTENTS, st.sampled_from([None, 1, 2, ("x", "y")]), st.booleans())
def test_whatever_a_file_holds_there_is_a_table_or_a_line(
    tmp_path: Path, contents: bytes, columns: int | tuple[str, ...] | None, not_constant: bool
) -> None:
    path = saved(tmp_path, contents)
    try:
        frame = read_numbers(path, columns, min_rows=1, not_constant=not_constant)
    except UsageError as error:
        line = str(error)
        assert line.startswith(f"{path}: ")
        assert line.isprintable()
    else:
        assert len(frame) >= 1
        assert np.isfinite(frame.to_numpy()).all()
        assert all(frame.columns)


NUMBERS = st.floats(-1e12, 1e12).filter(lambda number: not is_tiny(number))
"""What a file may hold; a tiny number is refused, which is a test of its own."""


@settings(max_examples=CASES // 3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NUMBERS, min_size=2, max_size=30, unique=True), st.sampled_from(["\n", "\r\n"]))
def test_whatever_numbers_are_written_are_read(tmp_path: Path, numbers: list[float], end: str) -> None:
    assume(max(map(abs, numbers)) >= 1e-6)  # a column of smaller ones is refused: it should have another unit
    path = saved(tmp_path, end.join(["x", *map(repr, numbers)]))
    assert read_numbers(path, not_constant=False)["x"].tolist() == numbers
