"""Each rule, broken once; and that our own workbooks break none."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
from network import CLAIM, network
from tampering import poison, replace_cell, rewrite, sheet_part

from tests.books import by_size, made_once, written_once
from workbook.addresses import cell_name, column_letters
from workbook.book import Book
from workbook.chart import Chart, Series
from workbook.cli import run
from workbook.lint import RULES, Finding, lint
from workbook.sheet import Kind
from workbook.writer import write

BOOK = network()
Break = Callable[[Path], object]


def at(id: str, row: int = 0, column: int = 0) -> tuple[str, str]:
    """Return the sheet and the cell of an element of a block."""
    place = BOOK[id].place
    return place.sheet, cell_name(place.row + row, place.column + column)


def formula(id: str, text: str, row: int = 1, column: int = 0) -> Break:
    """Put another formula into a cell."""
    return lambda path: replace_cell(path, *at(id, row, column), r"<f>.*?</f>", f"<f>{text}</f>")


def scalar(text: str) -> Break:
    return formula("loss", text, 0)


def in_part(name: str, pattern: str, text: str) -> Break:
    """Replace what matches a pattern, once, in a part; a name without a suffix is a sheet's."""

    def spoil(path: Path) -> None:
        part = name if "." in name else sheet_part(path, name)
        found = []

        def change(stored: str, contents: bytes) -> bytes:
            if stored != part:
                return contents
            new, count = re.subn(pattern, text, contents.decode(), count=1, flags=re.DOTALL)
            found.append(count)
            return new.encode()

        rewrite(path, change)
        assert found == [1], "nothing to spoil"

    return spoil


def cell(id: str, pattern: str, text: str) -> Break:
    return lambda path: replace_cell(path, *at(id), pattern, text)


def foreign(fill: Callable[[xlsxwriter.Workbook, xlsxwriter.workbook.Worksheet], object]) -> Break:
    """Write another program's file in its place."""

    def spoil(path: Path) -> None:
        file = xlsxwriter.Workbook(str(path))
        fill(file, file.add_worksheet("Sheet"))
        file.close()

    return spoil


def a_chart(file: xlsxwriter.Workbook, page: xlsxwriter.workbook.Worksheet) -> None:
    page.write("B2", 1)
    chart = file.add_chart({"type": "line"})
    chart.add_series({"values": "=Sheet!$B$2:$B$2"})
    page.insert_chart("D2", chart)


def a_late_number(_file: xlsxwriter.Workbook, page: xlsxwriter.workbook.Worksheet) -> None:
    page.write("A1", CLAIM)
    page.write("B40", 1)


def a_far_chart(file: xlsxwriter.Workbook, page: xlsxwriter.workbook.Worksheet) -> None:
    page.protect()
    page.write("B2", 1, file.add_format({"locked": False}))
    chart = file.add_chart({"type": "line"})
    chart.add_series({"values": "=Sheet!$B$2:$B$2"})
    page.insert_chart("A60", chart)


def a_chart_below_a_tall_row(file: xlsxwriter.Workbook, page: xlsxwriter.workbook.Worksheet) -> None:
    a_far_chart(file, page)
    for row in range(2, 5):
        page.write(row, 0, "tall")
        page.set_row(row, 200)
    chart = file.add_chart({"type": "line"})
    chart.add_series({"values": "=Sheet!$B$2:$B$2"})
    page.insert_chart("D6", chart)


def a_column(odd: str | float) -> Break:
    """A column of formulas, one of which is something else."""

    def fill(_file: xlsxwriter.Workbook, page: xlsxwriter.workbook.Worksheet) -> None:
        page.write_column("A1", ["x", 1, 2, 3, 4])
        page.write("B1", "twice")
        for row in range(1, 5):
            page.write_formula(row, 1, f"=A{row + 1}*2", None, 2 * row)
        if isinstance(odd, str):
            page.write_formula(2, 1, odd, None, 4)
        else:
            page.write_number(2, 1, odd)

    return foreign(fill)


def all_different(file: xlsxwriter.Workbook, page: xlsxwriter.workbook.Worksheet) -> None:
    """A million characters of formulas of which no two are alike."""
    for row in range(5_000):
        text = f"{'x' * 200}{row}"
        page.write_formula(row, 1, f'=A1&"{text}"', None, text)


def in_styles(pattern: str, text: str) -> Break:
    """Replace all that matches a pattern in the styles."""

    def change(name: str, contents: bytes) -> bytes:
        return re.sub(pattern, text, contents.decode()).encode() if name == "xl/styles.xml" else contents

    return lambda path: rewrite(path, change)


all_locked = in_styles('<protection locked="0"/>', "")


def names(xml: str) -> Break:
    return in_part("xl/workbook.xml", "</definedNames>", f"{xml}</definedNames>")


def name(text: str, refers: str = "Inputs!$D$4") -> str:
    return f'<definedName name="{text}">{refers}</definedName>'


def merges(*areas: str) -> Break:
    inner = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    return in_part("Inputs", "(</sheetProtection>|<sheetProtection[^>]*/>)", rf"\1<mergeCells>{inner}</mergeCells>")


FORMULA = at("Z1", 1)
LOSS = at("loss")

BROKEN: list[tuple[str, Break, tuple[str, str]]] = [
    ("recalculated", lambda path: poison(path, *FORMULA, "0.25"), FORMULA),
    ("recalculated", cell("loss", r"<c (.*?)><f>(.*?)</f><v>.*?</v>", r'<c \1 t="str"><f>\2</f><v>0.1</v>'), LOSS),
    ("circular", scalar(f"{LOSS[1]}+1"), LOSS),
    ("circular", formula("Z1", at("A1", 1)[1]), FORMULA),
    ("error-value", cell("loss", r"<c (.*?)>(<f>.*?</f>)<v>.*?</v>", r'<c \1 t="e">\2<v>#DIV/0!</v>'), LOSS),
    ("cached-value", cell("loss", "<v>.*?</v>", "<v>nan</v>"), LOSS),
    ("cached-value", cell("loss", "<v>.*?</v>", "<v>inf</v>"), LOSS),
    ("cached-value", cell("loss", "<v>.*?</v>", "<v>True</v>"), LOSS),
    ("cached-value", cell("loss", "<v>.*?</v>", ""), LOSS),
    ("cached-value", cell("loss", r"<c (.*?)>(<f>.*?</f>)<v>.*?</v>", r'<c \1 t="b">\2<v>1</v>'), LOSS),
    ("one-formula", formula("A1", "MAX(B5,0)"), at("A1", 1)),
    ("one-formula", formula("Z1", "SUM(Inputs!$A$1)+1", 0, 2), at("Z1", 0, 2)),
    ("one-formula", a_column("=A3+A3"), ("Sheet", "B3")),
    ("typed-over", lambda path: replace_cell(path, *FORMULA, "<f>.*?</f>", ""), FORMULA),
    ("typed-over", a_column(4.0), ("Sheet", "B3")),
    ("constant", scalar("AVERAGE(B4:B8)*1.7"), LOSS),
    ("constant", scalar("AVERAGE(B4:B8)+1E-7"), LOSS),
    ("function", scalar("STDEV(B4:B8)"), LOSS),
    ("function", scalar("_xlfn.LET(_xlpm.x,1,_xlpm.x)"), LOSS),
    ("volatile", scalar("NOW()*0"), LOSS),
    ("volatile", scalar("SUM(OFFSET(B4,1,1))"), LOSS),
    ("prefix", scalar("XLOOKUP(1,B4:B8,B4:B8)"), LOSS),
    ("external", scalar("[1]Sheet1!A1"), LOSS),
    ("external", scalar("'[other file.xlsx]Sheet1'!A1"), LOSS),
    ("balanced", scalar("SUM(B4:B8"), LOSS),
    ("balanced", scalar("1+2)"), LOSS),
    ("balanced", scalar('"one'), LOSS),
    ("balanced", scalar("B4+"), LOSS),
    ("formula-limit", scalar("+".join(["B4"] * 3000)), LOSS),
    ("formula-limit", scalar(f'"{"x" * 256}"'), LOSS),
    ("readable", scalar("+".join(["B4"] * 400)), LOSS),
    ("readable", scalar("ABS(" * 9 + "B4" + ")" * 9), LOSS),
    ("readable", scalar("+".join(f"B{row}" for row in range(4, 50))), LOSS),
    ("reach", scalar("SUM(Inputs!A:C)"), LOSS),
    ("locked", in_part("Forward", "<sheetProtection[^>]*/>", ""), ("Forward", "")),
    ("locked", lambda path: replace_cell(path, *LOSS, r' s="\d+"', f' s="{style_of(path, *at("X"))}"'), LOSS),
    ("open-input", all_locked, ("", "")),
    ("validated", in_part("Inputs", "<dataValidations.*</dataValidations>", ""), at("X")),
    ("valid-input", lambda path: poison(path, *at("X"), "-1e9"), at("X")),
    (
        "valid-input",
        lambda path: replace_cell(path, *at("X"), "<c (.*?)><v>.*?</v>", r'<c \1 t="str"><v>one</v>'),
        at("X"),
    ),
    ("validation-text", in_part("Inputs", 'prompt="', f'prompt="{"x" * 256}'), at("X")),
    ("validation-text", in_part("Inputs", 'promptTitle="', f'promptTitle="{"x" * 33}'), at("X")),
    ("validation-text", in_part("Inputs", 'error="[^"]*" (.*?)prompt="[^"]*"', r"\1"), at("X")),
    ("validation-text", in_part("Inputs", "<formula1>", f"<formula1>{'0+' * 130}"), at("X")),
    ("number-format", lambda path: replace_cell(path, *LOSS, r' s="\d+"', ""), LOSS),
    ("width", in_part("Forward", r'(<col min="2" max="\d+" width=)"[\d.]+"', r'\1"5"'), at("Z1")),
    ("contrast", in_styles('rgb="FF7A4B00"', 'rgb="FFBBBBBB"'), ("Inputs", "B5")),
    ("contrast", in_styles('rgb="FF7A4B00"', 'theme="0" tint="-0.1"'), ("Inputs", "B5")),
    (
        "contrast",
        in_part(
            "Inputs",
            "</sheetData>",
            '</sheetData><conditionalFormatting sqref="C7:Z99"><cfRule type="colorScale" priority="1"><colorScale>'
            '<cfvo type="min"/><cfvo type="max"/><color rgb="FFFFFFFF"/><color rgb="FF333333"/></colorScale></cfRule>'
            "</conditionalFormatting>",
        ),
        at("X"),
    ),
    ("merged", merges("B5:B6"), ("Inputs", "B5")),
    ("merged", merges("C7:D7"), ("Inputs", "C7")),
    ("overlap", merges("A1:C1", "B1:D1"), ("Inputs", "B1")),
    ("heading", foreign(lambda _file, page: page.write_formula("B9", "=1+1", None, 2)), ("Sheet", "B9")),
    ("alt-text", foreign(a_chart), ("Sheet", "D2")),
    ("long-text", in_part("xl/sharedStrings.xml", "because", "x" * 32_768), ("Forward", "B7")),
    ("cell-order", cell("loss", r"(<c .*</c>)", r"\1\1"), LOSS),
    ("cell-order", cell("loss", r"(<c .*</c>)", r'\1<c r="A2"><v>1</v></c>'), ("Forward", "A2")),
    ("name", names(name("wb.X")), ("", "")),
    ("name", names(name("WB.w1")), ("", "")),
    ("name", names(name("AB12")), ("", "")),
    ("name", names(name("R2C3")), ("", "")),
    ("name", names(name("two words")), ("", "")),
    ("name", names(name("9th")), ("", "")),
    ("name", names(name("n" * 256)), ("", "")),
    ("dead-name", names(name("gone", "#REF!")), ("", "")),
    ("sheet-name", in_part("xl/workbook.xml", '<sheet name="Update"', '<sheet name="Up/date"'), ("Up/date", "")),
    ("sheet-name", in_part("xl/workbook.xml", '<sheet name="Update"', '<sheet name="INPUTS"'), ("INPUTS", "")),
    ("typed-over", cell("loss", "<f>.*?</f>", ""), LOSS),
    (
        "typed-over",
        in_part("xl/workbook.xml", r'(name="wb.loss">Forward!.)E', r"\1B"),
        ("Forward", f"B{LOSS[1][1:]}"),
    ),
    ("recalculated", cell("loss", "<f>.*?</f><v>.*?</v>", ""), LOSS),
    ("block", in_part("xl/workbook.xml", '<definedName name="wb.loss">.*?</definedName>', ""), ("Forward", "")),
    ("block", in_part("xl/workbook.xml", r'(name="wb.X">Inputs!.C.7:.E.)11', r"\g<1>9"), at("X")),
    ("block", in_part("xl/workbook.xml", r'(name="wb.b2">Inputs!).*?<', r"\1$C$36:$C$37<"), at("W2")),
    ("hidden", in_part("xl/workbook.xml", '<sheet name="Update"', r'\g<0> state="hidden"'), ("Update", "")),
    ("hidden", in_part("xl/workbook.xml", '<sheet name="Update"', r'\g<0> state="veryHidden"'), ("Update", "")),
    ("hidden", in_part("Forward", '<row r="18"', r'\g<0> hidden="1"'), ("Forward", "")),
    ("hidden", in_part("Forward", '<col min="2"', r'\g<0> hidden="true"'), ("Forward", "")),
    ("calculation", in_part("xl/workbook.xml", "<calcPr", r'\g<0> calcMode="manual"'), ("", "")),
    ("format", in_styles(r'formatCode="0\.0+[^"]*"', 'formatCode=";;;"'), at("X")),
    ("format", in_styles(r'formatCode="0\.0+[^"]*"', 'formatCode="[Red]&quot; &quot;;0.0000"'), at("X")),
    ("first-view", foreign(lambda _file, page: page.write("B2", 1)), ("Sheet", "")),
    ("first-view", foreign(a_late_number), ("Sheet", "")),
    ("chart-view", foreign(a_far_chart), ("Sheet", "A60")),
    ("chart-view", foreign(a_chart_below_a_tall_row), ("Sheet", "D6")),
    ("decimals", in_styles(r'formatCode="0\.0+[^"]*"', 'formatCode="0.00000"'), at("X")),
    ("exponent", in_styles(r'formatCode="0\.0+[^"]*"', 'formatCode="0.0E+00"'), at("X")),
    (
        "padded",
        foreign(lambda file, page: page.write("B9", 3, file.add_format({"num_format": "0.00"}))),
        ("Sheet", "B9"),
    ),
    ("array", cell("loss", "<f>", f'<f t="array" ref="{LOSS[1]}">'), LOSS),
]


def style_of(path: Path, sheet: str, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        xml = archive.read(sheet_part(path, sheet)).decode()
    match = re.search(rf'<c r="{name}" s="(\d+)"', xml)
    assert match
    return match[1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "network.xlsx"
    write(BOOK, path)
    return path


@pytest.mark.parametrize(("rule", "spoil", "place"), BROKEN, ids=[f"{rule}-{n}" for n, (rule, *_) in enumerate(BROKEN)])
def test_what_breaks_a_rule_is_found_where_it_is(rule: str, spoil: Break, place: tuple[str, str], path: Path) -> None:
    spoil(path)
    found = [(finding.sheet, finding.cell) for finding in lint(path) if finding.rule == rule]
    assert place in found


def test_every_rule_has_a_file_that_breaks_it() -> None:
    elsewhere = {"numpy", "english", "verdict", "chart-range"}
    assert {rule for rule, *_ in BROKEN} | elsewhere == RULES.keys()


def test_a_sound_file_has_nothing_to_mend(path: Path) -> None:
    assert lint(path) == []
    assert lint(path, BOOK) == []


def test_a_number_that_is_not_numpys_is_found(path: Path) -> None:
    given = at("X", 2, 1)
    value = BOOK["X"].value[2, 1]
    poison(path, *given, repr(float(np.nextafter(value, 1))))
    found = {(finding.rule, finding.sheet, finding.cell) for finding in lint(path, BOOK)}
    assert found == {("numpy", *given)}, "the last bit is too little for a recalculation to notice"


@pytest.mark.parametrize(("shown_as", "found"), [('"w"0', []), ("0", ["B9"]), ('0" – "', ["B9"])])
def test_a_counter_that_shows_a_name_is_a_heading(shown_as: str, found: list[str], tmp_path: Path) -> None:
    def fill(file: xlsxwriter.Workbook, page: xlsxwriter.workbook.Worksheet) -> None:
        page.write_number("B8", 1, file.add_format({"num_format": shown_as}))
        page.write_formula("B9", "=1+1", None, 2)

    path = tmp_path / "counter.xlsx"
    foreign(fill)(path)
    assert [finding.cell for finding in lint(path) if finding.rule == "heading"] == found


def test_a_locked_input_is_found(path: Path) -> None:
    all_locked(path)
    assert {finding.rule for finding in lint(path, BOOK)} == {"open-input"}


def test_rows_that_gather_from_elsewhere_have_a_formula_each(tmp_path: Path) -> None:
    book = Book("gather", "t", "a", "s")
    sheet = book.page("Sheet", "Sheet", CLAIM, kind=Kind.DEEPER)
    x = sheet.given("x", [1.0, 2.0, 3.0], title="x")
    sheet.derived("some", [3.0, 2.0, 4.0], None, title="some", each=[x[2], 2 * x[0], x[0] + x[2]])
    with sheet.table(["a", "b", "c"], 3) as table:
        y = table.updated("y", [2.0, 3.0, 4.0], lambda i: y[i - 1] + 1, title="y", first=lambda: x[0] + x[0])
    sheet.derived("z", [2.0, 4.0, 6.0], lambda i: x[i] * y[0], title="z")
    path = tmp_path / "gather.xlsx"
    write(book.finish(), path)
    assert lint(path) == []


# ---------------------------------------------------------------------------------------------- verdicts and charts


def checked() -> Book:
    """A book with two checks, one printed figure and a chart."""
    book = Book("checked", "t", "a", "s")
    sheet = book.page("Sheet", "Sheet", CLAIM, kind=Kind.DEEPER)
    with sheet.beside():
        x = sheet.given("x", [1.0, 2.0, 3.0, 4.0], title="x", article=[1.0, 2.0, 3.0, 4.0])
        y = sheet.derived("y", [2.0, 4.0, 6.0, 8.0], lambda i: 2 * x[i], title="y")
        sheet.chart(Chart("c", (Series("line", x[:], y[:]), Series("end", x[2:], y[2:])), "x", "y", "a line"))
    z = sheet.derived("z", [2.0, 4.0, 6.0, 8.0], lambda i: x[i] + x[i], title="z")
    sheet.check("both", "both ways agree", y, z, 1e-9)
    sheet.check("first", "the first agree", y[0], z[0], 1e-9, applies=x[1])
    sheet.printed("second", "as printed", y[1], 4.0, 2)
    return book.finish()


CHECKED = checked()


def checked_cell(id: str, row: int = 0) -> tuple[str, str]:
    place = CHECKED[id].place
    return place.sheet, cell_name(place.row + row, place.column)


def checked_formula(id: str, old: str, new: str, row: int = 0) -> Break:
    return lambda path: replace_cell(path, *checked_cell(id, row), old, new)


WEAKENED: list[tuple[Break, tuple[str, str]]] = [
    (checked_formula("checks_failing", r"(SUM\(.*?\))<", r"\1*0<"), checked_cell("checks_failing")),
    (checked_formula("checks_failing", r":\$[A-Z]\$\d+", ""), checked_cell("checks_failing")),
    (checked_formula("verdict", "=0", "=3"), checked_cell("verdict")),
    (checked_formula("verdict", "✗", "✓"), checked_cell("verdict")),
    (checked_formula("verdict", r"(COUNTIF\(Checks!\$D\$\d+:\$D\$)\d+", r"\g<1>9"), checked_cell("verdict")),
    (checked_formula("verdict", r"COUNTIF\(Checks!\$D", "COUNTIF(Checks!$C"), checked_cell("verdict")),
    (checked_formula("verdict", r'(&amp;" of )3', r"\g<1>4"), checked_cell("verdict")),
    (checked_formula("check_fails", "1,0", "0,0", 1), checked_cell("check_fails", 1)),
    (checked_formula("check_verdicts", "<f>.*?</f>", '<f>"✓"</f>', 1), checked_cell("check_verdicts", 1)),
    (checked_formula("check_verdicts", "<f>.*?</f>", '<f>"✓"</f>', 1), checked_cell("first_verdict")),
    (checked_formula("both_verdict", '"✗"', '"✓"'), checked_cell("both_verdict")),
    (checked_formula("first_verdict", '"✗"', '"✓"'), checked_cell("first_verdict")),
    (checked_formula("second_verdict", r"=(?=\$H)", "&lt;&gt;"), checked_cell("second_verdict")),
    (checked_formula("article_inputs", "MIN", "MAX"), checked_cell("article_inputs")),
    (checked_formula("both_tolerance", "<v>.*?</v>", "<v>1000</v>"), checked_cell("both_tolerance")),
    (
        lambda path: replace_cell(
            path, *checked_cell("both_tolerance"), r' s="\d+"', f' s="{style_of(path, *checked_cell("x"))}"'
        ),
        checked_cell("both_tolerance"),
    ),
]


@pytest.fixture
def checked_path(tmp_path: Path) -> Path:
    path = tmp_path / "checked.xlsx"
    write(CHECKED, path)
    assert lint(path, CHECKED) == []
    return path


@pytest.mark.parametrize(("spoil", "place"), WEAKENED, ids=range(len(WEAKENED)))
def test_a_check_that_cannot_fail_is_found(spoil: Break, place: tuple[str, str], checked_path: Path) -> None:
    spoil(checked_path)
    assert place in [(f.sheet, f.cell) for f in lint(checked_path) if f.rule == "verdict"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (r"(<c:f>Sheet!\$A\$)(\d+)", r"\g<1>2", "and was stored with 4 numbers"),
        (r"<c:f>Sheet!\$A\$(\d+):\$A\$(\d+)", r"<c:f>Sheet!$A$3:$A$6", "is not within one block"),
        (r"<c:f>(Sheet!\$A\$\d+).*?</c:numRef>", r"<c:f>\1</c:f></c:numRef>", "has 1 numbers along and 4 up"),
    ],
)
def test_a_chart_of_other_cells_is_found(old: str, new: str, problem: str, checked_path: Path) -> None:
    place = CHECKED["x"].place
    in_part(
        "xl/charts/chart1.xml",
        old.replace("A", column_letters(place.column)),
        new.replace("A", column_letters(place.column)),
    )(checked_path)
    found = [finding.problem for finding in lint(checked_path) if finding.rule == "chart-range"]
    assert any(problem in told for told in found)


def test_a_zero_may_be_left_blank_and_a_word_may_stand_for_a_number(path: Path) -> None:
    in_styles(r'formatCode="0\.0+[^"]*"', 'formatCode="0.0000;-0.0000;&quot;&quot;"')(path)
    assert not [finding for finding in lint(path) if finding.rule == "format"]
    in_styles('formatCode="0.0000;[^>]*"', 'formatCode="&quot;■&quot;;&quot;;&quot;"')(path)
    assert not [finding for finding in lint(path) if finding.rule == "format"]


def test_a_constant_is_told_with_all_its_digits(path: Path) -> None:
    scalar("AVERAGE(B4:B8)*1.0000000000001")(path)
    (finding,) = [finding for finding in lint(path) if finding.rule == "constant"]
    assert finding.problem.startswith("1.0000000000001 in =")


# ---------------------------------------------------------------------------------------------- reports


def test_many_of_a_kind_are_counted(path: Path) -> None:
    in_part("Inputs", "<dataValidations.*</dataValidations>", "")(path)
    found = [finding for finding in lint(path) if finding.rule == "validated"]
    givens = sum(block.value.size for block in BOOK.blocks() if block.role.value == "given")
    assert len(found) == 11
    assert found[-1].problem == f"{givens - 10} more of this kind"


def test_formulas_beyond_a_number_of_different_ones_are_not_looked_at_and_that_is_said(path: Path) -> None:
    foreign(all_different)(path)
    (told,) = [finding for finding in lint(path) if finding.rule == "one-formula"]
    assert re.fullmatch(r"it has too many different formulas; \d+,\d{3} were not looked at", told.problem)


def test_a_finding_is_one_line(path: Path) -> None:
    names(name("two&#10;lines"))(path)
    (finding,) = lint(path)
    assert "\n" not in str(finding)
    assert str(finding).startswith(f"{path}: workbook: name: ")


def test_every_rule_says_what_it_demands_and_why() -> None:
    for rule in RULES.values():
        for sentence in (rule.demands, rule.why, rule.mend):
            assert len(sentence) > 10 and not sentence.endswith(".") and "\n" not in sentence


def said(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(arguments)
    return code, *capfd.readouterr()


def test_the_command_says_what_is_wrong_and_where(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert said(capfd, "lint", str(path)) == (0, f"{path}: nothing to mend\n", "")
    scalar("NOW()*0")(path)
    code, out, err = said(capfd, "lint", str(path))
    assert (code, err) == (1, "")
    assert f"{path}: Forward!{LOSS[1]}: volatile: NOW in =NOW()*0; " in out
    code, out, _err = said(capfd, "lint", str(path), "--json")
    assert code == 1
    assert set(json.loads(out)[0]) == set(Finding.__dataclass_fields__)


def test_what_cannot_be_read_is_misuse(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.xlsx").write_text("x")
    code, out, err = said(capfd, "lint", str(tmp_path / "x.xlsx"))
    assert (code, out) == (2, "")
    assert err.startswith("workbook: ") and err.count("\n") == 1


def test_the_rules_are_listed(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _err = said(capfd, "lint", "--rules")
    assert code == 0
    assert all(rule.id in out and rule.why in out for rule in RULES.values())
    assert [rule["id"] for rule in json.loads(said(capfd, "lint", "--rules", "--json")[1])] == list(RULES)


# ---------------------------------------------------------------------------------------------- ours


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", by_size())
def test_our_workbooks_obey(name: str, lang: str) -> None:
    assert "\n".join(map(str, lint(written_once(name, lang), made_once(name, lang)))) == ""
