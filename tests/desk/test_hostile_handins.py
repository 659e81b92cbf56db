"""Hand-ins that nobody hopes for: odd cells are marked for what they are, odd files are set aside in one line."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from desk.lesson import ASKED, Edit, handed_in, lesson, marker, put, solution, typed
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from tests.books import written_once
from workbook.addresses import cell_name
from workbook.desk.marking import Marks, QuestionMark, mark
from workbook.desk.states import State
from workbook.guard import FileError


def marks(folder: Path, *edits: Edit) -> Marks:
    return mark(marker(), handed_in(folder / "hand-in.xlsx", *edits))


def of(marked: Marks, id: str) -> QuestionMark:
    return next(question for question in marked.questions if question.block == id)


def at(id: str, n: int = 0) -> str:
    place = lesson()[id].place
    return cell_name(place.row + n // place.columns, place.column + n % place.columns)


def array(id: str, formula: str) -> Edit:
    def edit(book: Workbook) -> None:
        first, last = at(id), at(id, lesson()[id].value.size - 1)
        book["Net"][first] = ArrayFormula(f"{first}:{last}", formula)
        for n in range(1, lesson()[id].value.size):
            book["Net"][at(id, n)] = None

    return edit


def cut_and_pasted(book: Workbook) -> None:
    """Move the activations far away, as a spreadsheet does: what reads them follows, the pointer too."""
    sheet = book["Net"]
    for n in range(2):
        there = sheet.cell(40 + n, 20)
        sheet[at("a", n)].value, there.value = None, sheet[at("a", n)].value
        for row in (cell for line in sheet.iter_rows() for cell in line):
            if isinstance(row.value, str) and row.value.startswith("="):
                row.value = row.value.replace(at("a", n), there.coordinate).replace(
                    f"$B{at('a', n)[1:]}", f"$T{40 + n}"
                )
    for cell in (cell for line in book["HandIn"].iter_rows() for cell in line):
        if isinstance(cell.value, str) and f"{at('a')}:" in cell.value.replace("$", ""):
            cell.value = "=COUNT(Net!$T$40:$T$41)"


def duplicated(book: Workbook) -> None:
    copy = book.copy_worksheet(book["Net"])
    copy.title = "Net (2)"


def _name(name: str, area: str) -> object:
    from openpyxl.workbook.defined_name import DefinedName

    return DefinedName(name, attr_text=area)


def _scribble(book: Workbook) -> None:
    for row in range(70, 90):
        book["Net"].cell(row, 5, "=1/0")
        book["Net"].cell(row, 6, "scribble")


W, x, b = at("W"), at("x"), at("b")
ALL_RIGHT: dict[str, tuple[Edit, ...]] = {
    "LET": (
        put("delta", *(f"=_xlfn.LET(_xlpm.s,{at('a', n)},{at('error', n)}*_xlpm.s*(1-_xlpm.s))" for n in range(2))),
    ),
    "an array formula": (array("error", f"={at('a')}:{at('a', 1)}-{at('y')}:{at('y', 1)}"),),
    "MMULT as an array": (array("z", f"=MMULT({W}:{at('W', 3)},{x}:{at('x', 1)})+{b}:{at('b', 1)}"),),
    "cells cut and pasted": (cut_and_pasted,),
    "a sheet duplicated": (duplicated,),
    "names of the own": (
        lambda book: book.defined_names.add(_name("rate", f"Net!${at('lr')[0]}${at('lr')[1:]}")),
        put("W_new", *(f"={at('W', n)}-rate*{at('gW', n)}" for n in range(4))),
    ),
    "OFFSET": (put("error", *(f"=OFFSET({at('a')},{n},0)-{at('y', n)}" for n in range(2))),),
    "notes everywhere": (_scribble,),
}


@pytest.mark.parametrize("edits", ALL_RIGHT.values(), ids=ALL_RIGHT)
def test_another_way_to_the_right_numbers(edits: tuple[Edit, ...], tmp_path: Path) -> None:
    marked = marks(tmp_path, *edits)
    assert marked.points == marked.of, [(q.block, q.said) for q in marked.questions if q.points < q.of]


@pytest.mark.parametrize(
    ("id", "edit", "state"),
    [
        ("error", put("error", f"={at('error', 1)}", f"={at('error')}"), State.ERROR),  # circular
        ("delta", put("delta", "=RAND()"), State.WRONG),
        ("delta", put("delta", "=NOW()*0"), State.WRONG),
        ("loss", put("loss", "1e308"), State.TEXT),
        ("loss", put("loss", 1e308), State.WRONG),
        ("z", put("z", 1e308, -1e308), State.WRONG),
        ("a", put("a", "=Checks!ZZ99"), State.WRONG),  # a cell that the exercise leaves empty
        ("a", put("a", "=Map!K31"), State.ERROR),
        ("a", put("a", "=nosuchfunction(1)"), State.ERROR),
        ("a", put("a", "=((("), State.ERROR),
        ("a", put("a", "'=1"), State.TEXT),
        ("a", put("a", '=_xlfn.WEBSERVICE("http://127.0.0.1")'), State.ERROR),
    ],
)
def test_what_earns_nothing_and_takes_nothing_from_the_others(
    id: str, edit: Edit, state: State, tmp_path: Path
) -> None:
    marked = marks(tmp_path, edit)
    assert {cell.state for cell in of(marked, id).cells} == {state}
    assert of(marked, id).points == 0
    others = [question for question in marked.questions if question.block != id]
    assert sum(question.points for question in others) >= 0.5 * sum(question.of for question in others)


def truncated(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def bomb(_raw: bytes) -> bytes:
    import io

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (30 << 20))
    return out.getvalue()


def reading_another_file(raw: bytes) -> bytes:
    import io

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SET_ASIDE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "truncated": (truncated, "damaged"),
    "empty": (lambda _raw: b"", "empty"),
    "HTML": (lambda _raw: b"<html><table></table></html>", "not an .xlsx"),
    "CSV": (lambda _raw: b"a,b\n1,2\n", "not an .xlsx"),
    ".xls": (lambda _raw: OLE + bytes(600), "old .xls"),
    "with a password": (lambda _raw: OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "password"),
    "a bomb": (bomb, "MB"),
    "reading another file": (reading_another_file, "other files"),
    "another workbook": (lambda _raw: written_once("neuron").read_bytes(), "none of the questions"),
    "a zip of nothing": (lambda _raw: b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0, 0, 0, 0, 0), "not an .xlsx"),
}


@pytest.mark.parametrize(("make", "why"), SET_ASIDE.values(), ids=SET_ASIDE)
def test_a_file_that_cannot_be_marked_says_why_in_one_line(
    make: Callable[[bytes], bytes], why: str, tmp_path: Path
) -> None:
    path = tmp_path / "odd.xlsx"
    path.write_bytes(make(solution()))
    with pytest.raises(FileError, match=why) as raised:
        mark(marker(), path)
    assert "\n" not in str(raised.value)


def test_formulas_that_no_answer_hangs_on_are_not_calculated(tmp_path: Path) -> None:
    """A student scribbles thousands of sums beside the answers."""

    def fill(book: Workbook) -> None:
        for row in range(100, 5000):
            book["Net"].cell(row, 9, "=SUM($A$1:$Z$90)")

    marked = marks(tmp_path, fill)
    assert marked.points == marked.of


def test_typed_everywhere_earns_its_share_and_no_more(tmp_path: Path) -> None:
    marked = marks(tmp_path, *(typed(id) for id in ASKED))
    assert marked.points == 0.5 * marked.of
