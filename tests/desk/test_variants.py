"""Each student's own numbers, and the commands that make them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.desk.papers import SECRET, paper_of
from workbook.block import Between, Block, Role
from workbook.cli import run
from workbook.desk.draws import code_of, drawn
from workbook.desk.key import Key
from workbook.desk.marking import mark
from workbook.desk.plan import read_plan
from workbook.desk.roster import Entry, read_roster
from workbook.desk.variants import Variants, agrees
from workbook.errors import UsageError


def test_the_same_secret_draws_the_same_numbers_and_no_other_does() -> None:
    block = Block("w", Role.GIVEN, np.array([0.9, -0.5, 0.6]), valid=Between(-20, 20))
    one = drawn([block], SECRET, "week 3", "ann", 0)["w"]
    np.testing.assert_array_equal(one, drawn([block], SECRET, "week 3", "ann", 0)["w"])
    others = [(SECRET[::-1], "week 3", "ann", 0), (SECRET, "week 4", "ann", 0), (SECRET, "week 3", "ben", 0)]
    assert all((drawn([block], *other)["w"] != one).any() for other in others)
    assert (np.sign(one) == np.sign(block.value)).all() and (np.abs(one / block.value - 1) <= 0.401).all()
    assert len({code_of(SECRET, "a", str(n)) for n in range(200)}) == 200


def test_a_declared_range_is_kept() -> None:
    block = Block("n", Role.GIVEN, np.array(3.0), valid=Between(1, 900, whole=True), vary=Between(5, 9, whole=True))
    numbers = {float(drawn([block], SECRET, "a", str(n), 0)["n"]) for n in range(60)}
    assert numbers == {5, 6, 7, 8, 9}


def test_numpy_and_the_engine_agree_on_a_variant_and_its_mistakes_show() -> None:
    made = paper_of("backprop-3-4-3-2")
    variants = [*Variants(made.paper, "week 3").of([Entry("ann"), Entry("ben")])]
    assert made.book.recipe is not None
    students = {variant.student.id: variant.student for variant in variants}
    key = Key("week 3", SECRET, made.exercise, made.book.recipe, students)
    assert [agrees(key, student, made.paper) for student in students.values()] == ["", ""]
    assert not any(variant.left for variant in variants)
    assert (students["ann"].given["W1"] != students["ben"].given["W1"]).any()


def test_a_roster_is_read_whatever_its_columns_are_called(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_text("姓名,学号\n王芳,20240001\n李雷,20240002\n", encoding="utf-8")
    assert read_roster(path) == [Entry("20240001", "王芳"), Entry("20240002", "李雷")]
    path.write_text("id\nann\nANN\n")
    with pytest.raises(UsageError, match="one file"):
        read_roster(path)


def test_a_plan_asks_and_a_network_does_not(tmp_path: Path) -> None:
    path = tmp_path / "week.toml"
    path.write_text("ask = ['D3', 'gW2[1,:]=2']\nmode = 'exam'\n")
    plan = read_plan(path)
    assert plan is not None and plan.ask == ("D3", "gW2[1,:]=2") and plan.mode == "exam"
    path.write_text("layers = [2, 3]\n")
    assert read_plan(path) is None
    path.write_text("ask = 'D3'\nmodes = 'exam'\n")
    with pytest.raises(UsageError, match="did you mean mode"):
        read_plan(path)


def test_from_the_command_to_the_mark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "class.csv").write_text("id,name\nann,Ann\nben,Ben\n")
    made = ["variants", "neuron", "--roster", str(tmp_path / "class.csv"), "-o", str(tmp_path / "week")]
    assert run(made) == 0
    assert "2 workbooks" in capsys.readouterr().out
    key = Key.read(tmp_path / "week/teacher/key.json")
    first = (tmp_path / "week/students/ann.xlsx").read_bytes()
    assert run([*made, "--solutions"]) == 0  # nobody's numbers change
    assert (tmp_path / "week/students/ann.xlsx").read_bytes() == first
    assert Key.read(tmp_path / "week/teacher/key.json").secret == key.secret
    from workbook.desk.marker import Marker

    marker = Marker(key.exercise, key.book())
    ann = key.students["ann"]
    assert mark(marker, tmp_path / "week/students/ann.xlsx", ann.given).points == 0
    solution = mark(marker, tmp_path / "week/teacher/solutions/ann.xlsx", ann.given)
    assert solution.points == pytest.approx(key.exercise.points)
    assert run([*made, "--ask", "s"]) == 2
    assert "another exercise was made here" in capsys.readouterr().err


def test_an_exercise_for_all_is_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["exercise", "neuron", "--lang", "zh", "-o", str(tmp_path / "ex")]) == 0
    assert sorted(path.relative_to(tmp_path / "ex").as_posix() for path in (tmp_path / "ex").rglob("*.*")) == [
        "students/neuron.zh.xlsx",
        "teacher/key.json",
        "teacher/neuron-solution.zh.xlsx",
        "teacher/report.txt",
    ]
    assert json.loads((tmp_path / "ex/teacher/key.json").read_text())["students"] == []
    assert run(["exercise", "neuron", "--ask", "ss", "-o", str(tmp_path / "ex")]) == 2
    assert "did you mean" in capsys.readouterr().err
