"""What is asked of a book, and the key that keeps it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.books import by_size, made_once
from workbook.desk.choice import chosen
from workbook.desk.exercise import Exercise, split
from workbook.desk.key import Key, Student, new_secret
from workbook.desk.leaks import Leaks
from workbook.desk.reads import closure, reads_of
from workbook.errors import UsageError
from workbook.guard import FileError


@pytest.mark.parametrize("name", by_size())
def test_every_example_has_a_ready_exercise(name: str) -> None:
    book = made_once(name)
    exercise = Exercise.of(book)
    reads = reads_of(book)
    assert exercise.questions and exercise.varied and exercise.points > 0
    for number, question in enumerate(exercise.questions, 1):
        assert question.number == number
        before = {earlier.block for earlier in exercise.questions[:number]}
        assert closure(reads, [question.block]) & {q.block for q in exercise.questions} <= before


def test_cells_are_asked_as_numpy_counts_them() -> None:
    book = made_once("backprop-3-4-3-2")
    exercise = Exercise.of(book, ["gW2[1,:]=3, D3", "role:updated"])
    asked = {question.block: question for question in exercise.questions}
    assert asked["gW2"].cells == ((1, 0), (1, 1), (1, 2), (1, 3)) and asked["gW2"].points == 3
    assert asked["D3"].points == 2 and "page_b1_new" in asked
    assert split("D3,gW2[1,:], b") == ["D3", "gW2[1,:]", "b"]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        ("D33", "no block D33; did you mean"),
        ("W1", "W1 holds no numbers that a formula computes"),
        ("gW2[1]", "gW2 is of shape (3, 4)"),
        ("gW2[9,0]", "counted from 0"),
        ("role:given", "there is no such role"),
        ("D3+1", "write a block's id"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_line(ask: str, said: str) -> None:
    with pytest.raises(UsageError, match="--ask") as found:
        Exercise.of(made_once("backprop-3-4-3-2"), [ask])
    assert said in str(found.value) and "\n" not in str(found.value)


def test_a_key_is_read_as_it_was_written(tmp_path: Path) -> None:
    book = made_once("backprop-3-4-3-2")
    assert book.recipe is not None
    student = Student("s1", "K7Q2-9M4X", {"W1": book["W1"].value + 0.25}, "Ann")
    key = Key("week 3", new_secret(), Exercise.of(book), book.recipe, {"s1": student})
    key.write(tmp_path / "key.json")
    read = Key.read(tmp_path / "key.json")
    assert replace(read, students={}) == replace(key, students={})
    assert (read.students["s1"].code, read.students["s1"].name) == ("K7Q2-9M4X", "Ann")
    np.testing.assert_array_equal(read.book(read.students["s1"])["W1"].value, student.given["W1"])


@pytest.mark.parametrize("text", ["", "[1]", '{"format": 1}', '{"format": 99}', "{" * 99])
def test_what_is_no_key_is_said_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "key.json").write_text(text)
    with pytest.raises(FileError, match="key"):
        Key.read(tmp_path / "key.json")


@pytest.mark.parametrize("name", ["convolution", "backprop-relu", "chain-rule"])
def test_questions_that_follow_from_the_book_do_not_give_one_another_away(name: str) -> None:
    book = made_once(name)
    exercise = Exercise.of(book, chosen(book))
    assert len(exercise.questions) >= 3
    assert Leaks(book, exercise).needed == {}
