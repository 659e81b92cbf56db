"""Marks stay what they are whatever has saved the file since, and wherever its cells have gone."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ironcalc
import pytest
from desk.lesson import Edit, handed_in, lesson, marker, put, typed
from openpyxl import Workbook, load_workbook

from tests.books import made_once, written_once
from workbook.desk.exercise import Exercise
from workbook.desk.feedback import lines_of, marked
from workbook.desk.handin import read_handin
from workbook.desk.locate import How
from workbook.desk.marker import Marker
from workbook.desk.marking import Marks, mark
from workbook.desk.record import recorded
from workbook.desk.states import State

HERE = Path(__file__).parent
EDITS: tuple[Edit, ...] = (
    put("error", lambda formula: f"=-({formula[1:]})"),
    typed("a"),
    put("loss", "0,5"),
    put("run", None),
)
"""A hand-in that has a little of everything."""


def told(marked: Marks) -> list[object]:
    """What matters of marks: all but where the cells lie and how they were found."""
    return [
        (question.number, question.points, question.mistake, question.said, [cell.state for cell in question.cells])
        for question in marked.questions
    ]


def given_back(path: Path) -> Any:
    """Open what a student gets back."""
    record = recorded(mark(marker(), path), path.name, "", "", "", "")
    contents = marked(read_handin(path), record, lines_of(record, lesson(), "Ada"))
    return load_workbook(io.BytesIO(contents))


def is_marked(book: Any) -> bool:
    """Whether what a student gets back has a sheet in front that says it all, and its cells coloured."""
    colours = {cell.fill.fgColor.rgb for sheet in book for line in sheet.iter_rows() for cell in line}
    texts = [cell.value for cell in book["Feedback"]["A"] if cell.value]
    return book.sheetnames[0] == "Feedback" and "Ada" in texts and {"FFD5F0DA", "FFFBD9D7", "FFFFE9B8"} <= colours


@pytest.fixture
def handin(tmp_path: Path) -> Path:
    return handed_in(tmp_path / "hand-in.xlsx", *EDITS)


@pytest.fixture
def marks(handin: Path) -> list[object]:
    return told(mark(marker(), handin))


def test_libreoffice_saves_it(handin: Path, marks: list[object], edit: Callable[..., Path]) -> None:
    saved = edit(handin)
    assert told(mark(marker(), saved)) == marks
    assert is_marked(given_back(saved))


def test_rows_and_columns_are_inserted_in_libreoffice(
    handin: Path, marks: list[object], edit: Callable[..., Path]
) -> None:
    """Above, beside and amid the blocks."""
    row = lesson()["gW"].place.row
    moved = edit(handin, ["rows", "Net", row + 1, 2], ["columns", "Net", 0, 1], ["rows", "Net", 2, 3])
    marked = mark(marker(), moved)
    assert told(marked) == marks
    assert {question.how for question in marked.questions} == {How.POINTER}


@pytest.fixture
def calculated(tmp_path: Path) -> Path:
    """A hand-in with cached values; IronCalc takes openpyxl's empty cells for 0, so none is blank."""
    path = tmp_path / "calculated.xlsx"
    model = ironcalc.load_from_xlsx(str(handed_in(tmp_path / "filled.xlsx", *EDITS[:-1])), "en", "UTC", "en")
    number = [sheet["name"] for sheet in model.get_worksheets_properties()].index("Net")
    model.insert_rows(number, lesson()["z"].place.row + 1, 2)
    model.insert_columns(number, 1, 2)
    model.rename_sheet(number, "My work")
    model.evaluate()
    model.save_to_xlsx(str(path))
    return path


@pytest.fixture
def filled_marks(tmp_path: Path) -> list[object]:
    return told(mark(marker(), handed_in(tmp_path / "as-it-was.xlsx", *EDITS[:-1])))


def test_rows_and_columns_are_inserted_and_the_sheet_renamed(calculated: Path, filled_marks: list[object]) -> None:
    assert told(mark(marker(), calculated)) == filled_marks
    assert is_marked(given_back(calculated))


def test_sheetjs_saves_it(calculated: Path, filled_marks: list[object], tmp_path: Path) -> None:
    node = shutil.which("node")
    folders = [os.environ.get("NODE_PATH", ""), str(HERE.parents[1] / "node_modules")]
    folder = next((each for each in folders if each and (Path(each) / "xlsx").is_dir()), None)
    if node is None or folder is None:
        pytest.skip("SheetJS is not there: npm install xlsx")
    to = tmp_path / "sheetjs.xlsx"
    script = f"const X=require('xlsx');X.writeFile(X.readFile({str(calculated)!r},{{cellFormula:true}}),{str(to)!r})"
    subprocess.run([node, "-e", script], check=True, env={**os.environ, "NODE_PATH": folder}, timeout=60)
    assert told(mark(marker(), to)) == filled_marks
    assert is_marked(given_back(to))


def test_a_file_without_styles_gets_its_marks_and_the_feedback_alone(
    handin: Path, marks: list[object], tmp_path: Path
) -> None:
    bare = tmp_path / "bare.xlsx"
    with zipfile.ZipFile(handin) as old, zipfile.ZipFile(bare, "w") as new:
        for name in old.namelist():
            if name != "xl/styles.xml":
                new.writestr(name, old.read(name))
    assert told(mark(marker(), bare)) == marks
    assert given_back(bare).sheetnames == ["Feedback"]


def without_names(book: Workbook) -> None:
    for name in list(book.defined_names):
        del book.defined_names[name]


def without_front(book: Workbook) -> None:
    del book["HandIn"]


def renamed(book: Workbook) -> None:
    book["HandIn"].title = "Deckblatt"


def moved_to_the_end(book: Workbook) -> None:
    book.move_sheet("HandIn", len(book.sheetnames))
    book.move_sheet("Net", -1)


@pytest.mark.parametrize(
    ("edits", "how"),
    [
        ((without_names,), How.POINTER),
        ((without_front,), How.NAME),
        ((without_front, without_names), How.LABEL),
        ((renamed, without_names), How.POINTER),
        ((moved_to_the_end, without_names), How.POINTER),
    ],
)
def test_what_tells_where_blocks_are_is_lost(
    edits: tuple[Edit, ...], how: How, marks: list[object], tmp_path: Path
) -> None:
    marked = mark(marker(), handed_in(tmp_path / "lost.xlsx", *EDITS, *edits))
    assert told(marked) == marks
    assert {question.how for question in marked.questions} == {how}


def test_a_sheet_that_is_gone_loses_only_its_questions(tmp_path: Path) -> None:
    book = made_once("chain-rule")
    file = load_workbook(written_once("chain-rule"))
    del file["EveryRow"]
    file.save(tmp_path / "gone.xlsx")
    marked = mark(Marker(Exercise.of(book, ["h1", "h2", "delta3"]), book), tmp_path / "gone.xlsx")
    assert [question.points == question.of for question in marked.questions] == [True, True, False]
    assert {cell.state for cell in marked.questions[2].cells} <= {State.LOST, State.BLANK, State.WRONG}


def test_another_language(tmp_path: Path) -> None:
    book = made_once("neuron")
    marked = mark(Marker(Exercise.of(book), book), written_once("neuron", "zh"))
    assert marked.points == marked.of


def test_the_order_of_the_files_parts(handin: Path, marks: list[object], tmp_path: Path) -> None:
    with zipfile.ZipFile(handin) as old, zipfile.ZipFile(tmp_path / "turned.xlsx", "w") as new:
        for name in reversed(old.namelist()):
            new.writestr(name, old.read(name))
    assert told(mark(marker(), tmp_path / "turned.xlsx")) == marks
