"""``workbook grade``: a pile of hand-ins becomes grades, feedback, and lines about what needs a look."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.books import made_once
from workbook.cli import run
from workbook.desk import workers
from workbook.desk.draws import drawn
from workbook.desk.exercise import Exercise
from workbook.desk.key import Key, Student
from workbook.desk.record import Record
from workbook.desk.workers import each_alone
from workbook.writer import packed

NAME = "neuron"
SECRET = "5e" * 32
IDS = {"s1": "Ada Lovelace", "s2": "=cmd|'/c calc'!A0", "s3": "Blaise Pascal", "s4": "Emmy Noether"}


@cache
def key() -> Key:
    book = made_once(NAME)
    exercise = Exercise.of(book)
    students = {}
    for n, (id, name) in enumerate(IDS.items()):
        given = drawn([book[each] for each in exercise.varied], SECRET, "homework 1", id, 0)
        students[id] = Student(id, f"K7Q2-000{n}", given, name)
    assert book.recipe is not None
    return Key("homework 1", SECRET, exercise, book.recipe, students)


@cache
def solved(id: str) -> bytes:
    """The workbook of a student with every answer in it."""
    book = load_workbook(io.BytesIO(packed(key().book(key().students[id]))))
    front = book.create_sheet("HandIn", 0)
    front["A1"], front["B1"] = id, key().students[id].code
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def edited(id: str, edit: Callable[[Workbook], None]) -> bytes:
    book = load_workbook(io.BytesIO(solved(id)))
    edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def answers(book: Workbook, question: int = 0) -> Iterator[Any]:
    """The cells of a question."""
    asked = key().questions[question]
    place = made_once(NAME)[asked.block].place
    for row, column in asked.cells:
        yield book[place.sheet].cell(place.row + row + 1, place.column + column + 1)


def blank(book: Workbook) -> None:
    for number in range(len(key().questions)):
        for cell in answers(book, number):
            cell.value = None


class Desk:
    """A folder with a key and hand-ins."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder, folder / "out"
        (folder / "in").mkdir()
        key().write(folder / "key.json")

    def put(self, name: str, contents: bytes) -> Path:
        path = self.folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents)
        return path

    def grade(self, *more: str, target: Path | None = None) -> int:
        return run(
            ["grade", str(self.folder / "key.json"), str(target or self.folder / "in"), "-o", str(self.out), *more]
        )

    def table(self, name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO((self.out / name).read_text(encoding="utf-8-sig"))))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_pile_is_graded(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.put("s1.xlsx", solved("s1"))
    desk.put("Pascal/exercise.xlsx", edited("s3", blank))
    desk.put("broken.xlsx", solved("s2")[:4000])
    assert desk.grade() == 1
    told = capsys.readouterr().out
    assert "broken.xlsx: set aside: the file is damaged" in told
    rows = {row["id"]: row for row in desk.table("gradebook.csv")}
    full = f"{key().exercise.points:g}"
    assert [rows[id]["points"] for id in IDS] == [full, "", "0", ""], "what is not marked is empty, never 0"
    assert rows["s2"]["name"] == "'=cmd|'/c calc'!A0"
    assert [rows[id]["note"] for id in ("s1", "s4")] == ["", "not handed in"]
    assert [row["file"] for row in desk.table("quarantine.csv")] == ["broken.xlsx"]
    assert [(row["student"], row["what"]) for row in desk.table("integrity.csv")] == [("s3", "untouched")]
    assert {row["state"] for row in desk.table("cells.csv") if row["student"] == "s1"} == {"right"}
    assert desk.table("questions.csv")[0]["hand-ins"] == "2"
    with zipfile.ZipFile(desk.out / "feedback.zip") as archive:
        assert set(archive.namelist()) == {
            "s1.xlsx", "s1.txt", "Pascal/exercise.xlsx", "Pascal/exercise.txt",
        }  # fmt: skip
    marked = load_workbook(desk.out / "feedback" / "s1.xlsx")
    assert marked.sheetnames[:2] == ["Feedback", "HandIn"]
    assert next(answers(marked)).fill.fgColor.rgb == "FFD5F0DA"
    said = load_workbook(desk.out / "feedback" / "s1.xlsx", rich_text=True)["Feedback"]["A"]
    fonts = {str(cell.value).strip()[:1]: cell.value[0].font for cell in said if cell.value}
    assert fonts["P"].b and not fonts["✓"].b and fonts["✓"].color.rgb == "FF1E6B2B", (
        "headings stand out, signs have colours"
    )


def test_a_second_run_marks_only_what_changed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put("s1.xlsx", solved("s1"))
    desk.put("s3.xlsx", edited("s3", blank))
    desk.grade()
    begun: list[object] = []
    monkeypatch.setattr(
        "workbook.desk.grading.each_alone",
        lambda work, items, more: begun.extend(items) or each_alone(work, items, more),
    )
    desk.put("s3.xlsx", solved("s3"))
    assert desk.grade() == 0
    assert begun == [1]
    assert desk.table("gradebook.csv")[2]["percent"] == "100"
    desk.grade("--share", "typed=1")
    assert begun == [1, 0, 1], "other shares, other marks"


@pytest.mark.parametrize(("attempts", "percent"), [("last", "0"), ("best", "100")])
def test_two_attempts(desk: Desk, attempts: str, percent: str) -> None:
    first, second = desk.put("s1.xlsx", solved("s1")), desk.put("s1-1.xlsx", edited("s1", blank))
    os.utime(first, (1_000, 1_000))
    os.utime(second, (2_000, 2_000))
    desk.grade("--attempts", attempts)
    row = desk.table("gradebook.csv")[0]
    assert (row["attempts"], row["percent"]) == ("2", percent)


def test_whose_a_file_is(desk: Desk) -> None:
    """By its code, its id, its name, or its numbers; a file of nobody is set aside, and an odd one is told of."""

    def nameless(book: Workbook) -> None:
        book["HandIn"]["A1"], book["HandIn"]["B1"] = None, None

    def anothers_code(book: Workbook) -> None:
        book["HandIn"]["B1"] = key().students["s4"].code

    desk.put("by numbers.xlsx", edited("s3", nameless))
    desk.put("s2.xlsx", edited("s2", nameless))
    desk.put("s1.xlsx", edited("s1", anothers_code))
    desk.grade()
    rows = {row["id"]: row for row in desk.table("gradebook.csv")}
    assert rows["s3"]["file"] == "by numbers.xlsx"
    assert rows["s2"]["percent"] == "100"
    assert {row["what"] for row in desk.table("integrity.csv")} >= {"another's given numbers", "another's file"}


def test_a_file_of_nobody_and_two_files_of_one(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """An id that no roster has, and numbers that are nobody's; and a file that another account hands in, too."""

    def of_nobody(book: Workbook) -> None:
        book["HandIn"]["A1"], book["HandIn"]["B1"] = "s99", "XXXX-XXXX"

    students = {id: replace(student, given={}) for id, student in key().students.items()}
    replace(key(), students=students).write(desk.folder / "key.json")
    desk.put("somebody.xlsx", edited("s1", of_nobody))
    desk.put("Ada Lovelace_4711_assignsubmission_file_/homework.xlsx", solved("s1"))
    desk.put("Blaise Pascal_4712_assignsubmission_file_/homework.xlsx", solved("s1"))
    assert desk.grade() == 1
    assert "somebody.xlsx: set aside: nothing in it tells whose it is" in capsys.readouterr().out
    assert {row["what"] for row in desk.table("integrity.csv")} >= {"the same student twice", "another's file"}


def test_an_exercise_without_a_roster(desk: Desk) -> None:
    """Everybody has the same numbers: who handed in is who the platform says, or the file's name."""
    replace(key(), students={}).write(desk.folder / "key.json")
    contents = packed(made_once(NAME))
    desk.put("mine.xlsx", contents)
    desk.put("Ada Lovelace_4711_assignsubmission_file_/a.xlsx", contents)
    desk.put("s2.xlsx", contents[:999])
    assert desk.grade() == 1
    rows = [(row["id"], row["name"], row["percent"]) for row in desk.table("gradebook.csv")]
    assert rows == [("4711", "Ada Lovelace", "100"), ("mine.xlsx", "", "100")]


def says(who: Any) -> Callable[[Workbook], None]:
    """Return what writes an id or a name beside the word Student, as it is typed into an exercise for all."""

    def edit(book: Workbook) -> None:
        for row in book["HandIn"].iter_rows(max_row=9):
            for cell in row:
                cell.value = None
        book["HandIn"]["B4"], book["HandIn"]["C4"] = "Student", who

    return edit


def test_what_is_typed_on_the_first_sheet_tells_whose_it_is(desk: Desk) -> None:
    """A number, which a spreadsheet keeps as one, or the name that the roster has."""
    students = {"20240001": Student("20240001", "", {}, "Ada Lovelace"), "7": Student("7", "", {}, "Emmy Noether")}
    replace(key(), students=students).write(desk.folder / "key.json")
    desk.put("one.xlsx", edited("s1", says(20240001)))
    desk.put("two.xlsx", edited("s1", says("noether emmy ")))
    desk.grade()
    assert [(row["id"], row["file"]) for row in desk.table("gradebook.csv")] == [
        ("20240001", "one.xlsx"),
        ("7", "two.xlsx"),
    ]


def test_without_a_roster_a_student_is_called_what_is_typed(desk: Desk) -> None:
    replace(key(), students={}).write(desk.folder / "key.json")
    for name, who in (("a.xlsx", "Ada"), ("b.xlsx", 20240001.0), ("c.xlsx", None)):
        desk.put(name, edited("s1", says(who)))
    desk.grade()
    assert [row["id"] for row in desk.table("gradebook.csv")] == ["20240001", "Ada", "c.xlsx"]


def test_a_copy_into_which_nobody_typed_an_id_or_anything_is_no_attempt(desk: Desk) -> None:
    desk.put("Ada Lovelace_4711_assignsubmission_file_/homework.xlsx", solved("s1"))
    desk.put(
        "Ada Lovelace_4711_assignsubmission_file_/zz copy.xlsx",
        edited("s1", lambda book: [blank(book), says(None)(book)]),
    )
    assert desk.grade() == 1  # that it is untouched is told
    first = desk.table("gradebook.csv")[0]
    assert (first["id"], first["percent"], first["attempts"]) == ("s1", "100", "1")


def test_wrong_numbers_that_two_share(desk: Desk) -> None:
    def copied(book: Workbook) -> None:
        for number in range(len(key().questions)):
            for n, cell in enumerate(answers(book, number)):
                cell.value = 3.14159 + number + n / 7

    desk.put("s1.xlsx", edited("s1", copied))
    desk.put("s3.xlsx", edited("s3", copied))
    assert desk.grade() == 1
    assert "the same wrong numbers" in {row["what"] for row in desk.table("integrity.csv")}


def test_the_archive_of_a_platform(desk: Desk) -> None:
    path = desk.folder / "submissions.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Ada Lovelace_4711_assignsubmission_file_/homework.xlsx", solved("s1"))
        archive.writestr("Emmy Noether_4712_assignsubmission_file_/homework.xlsx", solved("s4"))
        archive.writestr("__MACOSX/._homework.xlsx", b"x")
        archive.writestr("../escaped.xlsx", b"x")
    export = desk.folder / "moodle.csv"
    export.write_bytes(
        b'\xef\xbb\xbfIdentifier,"Full name","Email address",Status,Grade,"Maximum Grade","Last modified (grade)","Feedback comments"\r\n'
        b'"Participant 4711","Ada Lovelace",a@x.org,"Submitted, late",,100.00,-,\r\n'
        b'"Participant 4713","Blaise ""B"" Pascal",b@x.org,Nothing,,100.00,-,""\r\n'
        b'"Participant 4712","Noether Emmy",e@x.org,Submitted,,50.00,-,\r\n'
    )
    assert desk.grade("--fill", str(export), target=path) == 0
    was, now = (each.read_bytes().split(b"\r\n") for each in (export, desk.out / "moodle.csv"))
    assert [was[0], was[2], was[4]] == [now[0], now[2], now[4]]
    assert now[1].startswith(b'"Participant 4711","Ada Lovelace",a@x.org,"Submitted, late",100,100.00,-,"1: ')
    assert now[3].startswith(b'"Participant 4712","Noether Emmy",e@x.org,Submitted,50,50.00,-,"1: ')
    with zipfile.ZipFile(desk.out / "feedback.zip") as archive:
        assert "Ada Lovelace_4711_assignsubmission_file_/homework.txt" in archive.namelist()
    assert not (desk.folder / "escaped.xlsx").exists()


def test_a_canvas_export_is_filled(desk: Desk) -> None:
    desk.put("lovelaceada_77_9001_s1.xlsx", solved("s1"))
    desk.put("pascalblaise_LATE_78_9002_exercise-1.xlsx", edited("s3", blank))
    export = desk.folder / "canvas.csv"
    text = (
        "Student,ID,SIS Login ID,Section,Homework 1 (12345),Essay (12346),Current Score\n"
        "    Points Possible,,,,10.00,5.00,(read only)\n"
        '"Lovelace, Ada",77,ada,A,,4,80\n"Pascal, Blaise",78,blaise,A,,,\n"Noether, Emmy",79,emmy,A,,,\n'
    )
    export.write_text(text)
    desk.grade("--fill", str(export), "--column", "homework")
    wanted = text.replace("77,ada,A,,", "77,ada,A,10,").replace("78,blaise,A,,", "78,blaise,A,0,")
    assert (desk.out / "canvas.csv").read_text() == wanted
    assert desk.grade("--fill", str(export), "--column", "quiz") == 2


def test_misuse_is_one_line(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.grade() == 2
    assert "there is no hand-in" in capsys.readouterr().err
    path = desk.put("s1.xlsx", solved("s1"))
    assert run(["grade", str(path), str(path), "-o", str(desk.out)]) == 2
    assert desk.grade("--share", "typd=1") == 2
    assert "did you mean typed?" in capsys.readouterr().err
    assert desk.grade("--fill", str(path)) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes are forked here")
def test_a_process_that_dies_or_takes_for_ever_loses_its_own_file_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "SECONDS", 1)

    def work(item: str) -> None:
        if item == "spins":
            while True:
                pass
        if item == "dies":
            os.kill(os.getpid(), signal.SIGKILL)

    troubles = {ended.item: ended.trouble for ended in each_alone(work, ["well", "spins", "dies", "well"])}
    assert (troubles[0], troubles[3]) == ("", "")
    assert "seconds" in troubles[1]
    assert "breaks down" in troubles[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes are forked here")
def test_an_interrupted_run_goes_on_where_it_was(desk: Desk) -> None:
    for n in range(30):
        desk.put(f"s1-{n}.xlsx", solved("s1"))
    command = [
        sys.executable,
        "-m",
        "workbook",
        "grade",
        str(desk.folder / "key.json"),
        str(desk.folder / "in"),
        "-o",
        str(desk.out),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    marks = desk.out / "marks"
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up and len(list(marks.glob("*.json"))) < 2:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _out, said = process.communicate(timeout=60)
    assert (process.returncode, said.strip().count("\n")) == (130, 0)
    saved = {path: path.read_text() for path in marks.glob("*.json")}
    assert 2 <= len(saved) < 30
    assert all(Record.read(path, "") is None and text.endswith("}") for path, text in saved.items())
    assert desk.grade() == 0
    assert len(list(marks.glob("*.json"))) == 30
