"""The student's workbook: it tells no answer, says how far a student is, and earns what it should."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.books import LARGE
from tests.desk.papers import SECRET, Made, paper_of
from workbook import Book, Scenario
from workbook.block import Role
from workbook.desk import selftest
from workbook.desk.exercise import Exercise
from workbook.desk.leaks import cells_of
from workbook.desk.paper import Paper
from workbook.discovery import scenarios
from workbook.engines import available, recalculate
from workbook.formula import exp, ln

ALL = bool(os.environ.get("WORKBOOK_ALL_EXERCISES"))
"""Whether the dear ones are looked at too: the largest examples, and every one in Chinese and as an exam."""

NUMBER = re.compile(r"\d*\.\d+(?:[eE][-+]?\d+)?|\d+(?:[eE][-+]?\d+)?")


def papers() -> list[Any]:
    """Return name, language and mode of the exercises that are looked at."""
    small = [name for name in scenarios() if name not in LARGE]
    chosen = [(name, "en", "practice") for name in small] + [("chain-rule", "zh", "exam"), ("neuron", "zh", "practice")]
    dear = [(name, "en", "practice") for name in sorted(LARGE)] + [(name, "zh", "exam") for name in small]
    return [pytest.param(*each, id="-".join(each)) for each in [*chosen, *(dear if ALL else [])]]


def digits(number: float) -> str:
    """Return a number's size to six digits."""
    return f"{abs(number):.5e}"


@pytest.mark.parametrize(("name", "lang", "mode"), papers())
def test_no_part_of_the_file_holds_an_answer(name: str, lang: str, mode: str) -> None:
    made = paper_of(name, lang, mode)
    given = {digits(number) for number in made.given()}
    assert not made.paper.leaks.needed, "a ready exercise asks nothing that one of its questions shows"
    answers = {digits(answer) for answer in made.answers() if abs(answer) > 1e-12} - given
    answers = {answer for answer in answers if len(answer.partition("e")[0].rstrip("0")) >= 5}  # 4 digits that tell
    with zipfile.ZipFile(io.BytesIO(made.packed)) as archive:
        for part in archive.namelist():
            there = {
                digits(float(number)) for number in set(NUMBER.findall(archive.read(part).decode("utf-8", "replace")))
            }
            assert not there & answers, part


@pytest.mark.parametrize(("name", "lang", "mode"), papers())
def test_the_solution_earns_all_a_blank_file_nothing_and_mistakes_are_named(name: str, lang: str, mode: str) -> None:
    made = paper_of(name, lang, mode)
    found = selftest.test_paper(made.paper, made.packed, {})
    assert found.faults == []
    assert found.mistakes >= len(made.exercise.questions) / 2


class Logistic(Scenario):
    """Cross-entropy: where the weighted sum stands in the place of the probability, its logarithm is an error."""

    name = "logistic"
    title = "Logistic regression"
    summary = "A probability, and how wrong it is."
    locale = Path(__file__).parent / "locale"

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        page = book.page("Loss", "Loss")
        x = page.given("x", [0.5, 1.0, 2.0], symbol="x", title="input")
        w = page.given("w", -0.7, symbol="w", title="weight")
        z = page.derived("z", w.value * x.value, lambda i: w * x[i], symbol="z", title="weighted sum")
        a = page.derived("a", 1 / (1 + np.exp(-z.value)), lambda i: 1 / (1 + exp(-z[i])), symbol="a", title="output")
        page.derived("loss", -np.log(a.value), lambda i: -ln(a[i]), symbol="L", title="loss")


def test_a_mistake_that_comes_to_errors_alone_needs_no_name() -> None:
    book = Logistic().make("en")
    exercise = Exercise.of(book, (), "practice")
    paper = Paper(book, exercise, SECRET)
    assert selftest.test_paper(paper, paper.filled({}, "ann", "K7Q2-9M4X"), {}).faults == []


def test_a_planted_answer_is_found() -> None:
    made = paper_of("chain-rule")
    answer = next(answer for answer in made.answers() if len(digits(answer).partition("e")[0].rstrip("0")) >= 5)
    buffer = io.BytesIO(made.packed)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/more.xml", f"<v>{answer!r}</v>")
    assert [fault for fault in selftest.test_paper(made.paper, buffer.getvalue(), {}).faults if "xl/more.xml" in fault]


def test_a_sum_of_given_numbers_that_is_asked_for_stands_nowhere() -> None:
    """HandIn notices changed given numbers by what they come to; that may be the very answer."""
    made = paper_of("statistics")
    given = {"x": made.book["x"].value + 0.1037}  # the sum has digits that nobody meets by chance
    packed = made.paper.filled(given, "ann", "ABCD-EFGH")
    assert made.exercise.questions[0].block == "x_sum"
    found = selftest.answers_in(packed, made.paper.answers(given), made.paper, given)
    assert not [part for part, number in found if number == 1]


def test_nothing_but_hand_in_judges_a_blank_file() -> None:
    """A check of cells that are asked for says nothing until they are right, not that all is well."""
    made = paper_of("rent-yield")
    made.paper.type({})
    session = made.paper.template.session
    session.evaluate()
    checks = [
        block for block in made.book.blocks() if block.role is Role.CHECK and block.id in made.paper.leaks.hanging
    ]
    assert checks
    for place in [block.place for block in checks]:
        cells = [(place.sheet, place.row + n, place.column) for n in range(place.rows)]
        assert set(session.values(cells)) <= {"", None}, place


def hand_in(made: Made) -> Any:
    return made.paper.front.book.sheets[0]


@pytest.mark.parametrize(("lang", "mode"), [("en", "practice"), ("zh", "practice"), ("en", "exam")])
def test_two_engines_read_the_same_on_the_first_sheet(lang: str, mode: str, tmp_path: Path) -> None:
    if reason := available("libreoffice"):
        pytest.skip(reason)
    made = paper_of("backprop-3-4-3-2", lang, mode)
    path = tmp_path / "ann.xlsx"
    path.write_bytes(made.packed)
    edits: dict[tuple[str, int, int], float | str] = {}
    # one question after the other: right, of the wrong sign, close, wrong, a text, partly filled in; the rest is blank
    kinds = [lambda v: v, lambda v: -v, lambda v: v + 0.0008, lambda v: 3 * v + 1, str]
    for question, kind in zip(made.exercise.questions, kinds, strict=False):
        grid = made.book[question.block].grid()
        for cell, at in zip(cells_of(made.book, question), question.cells, strict=True):
            edits[cell] = kind(float(grid[at]))
    partly = made.exercise.questions[len(kinds)]
    edits[cells_of(made.book, partly)[0]] = 0.5
    name = hand_in(made).name
    ours, theirs = (recalculate(path, engine, edits)[name] for engine in ("ironcalc", "libreoffice"))
    states = next(block for block in hand_in(made).blocks if block.id == "handin_states").place
    said = [str(ours[states.row + n, states.column]) for n in range(states.rows)]
    assert {cell: str(value) for cell, value in ours.items()} == {cell: str(value) for cell, value in theirs.items()}
    if (lang, mode) == ("en", "practice"):
        assert [text[:9] for text in said[:7]] == [
            "✓ right, ",
            "✗ right s",
            "≈ close: ",
            "✗ not rig",
            "✗ a text,",
            "– partly:",
            "– nothing",
        ]
    if mode == "exam":
        assert not [text for text in said if text.startswith(("✓", "≈")) or "not right" in text]


def test_withheld_cells_come_back_when_all_is_right() -> None:
    made = paper_of("chain-rule")
    session = made.paper.template.session
    made.paper.type({})
    id = next(id for id, why in made.paper.leaks.withheld.items() if why.tells and made.book[id].patterns)
    place = made.book[id].place
    cell = place.sheet, place.row, place.column
    session.evaluate()
    assert session.values([cell]) == [""]
    for question in made.exercise.questions:
        grid = made.book[question.block].grid()
        for each, at in zip(cells_of(made.book, question), question.cells, strict=True):
            session.type(each, float(grid[at]))
    session.evaluate()
    (value,) = session.values([cell])
    assert isinstance(value, float) and value == pytest.approx(float(made.book[id].grid()[0, 0]))
    for question in made.exercise.questions:
        for each in cells_of(made.book, question):
            session.type(each, None)


def test_a_wrong_sign_is_followed_back_to_where_it_began() -> None:
    made = paper_of("chain-rule")
    session, questions = made.paper.template.session, made.exercise.questions
    made.paper.type({})
    for question in questions:
        grid = made.book[question.block].grid()
        for cell, at in zip(cells_of(made.book, question), question.cells, strict=True):
            session.type(cell, -float(grid[at]))
    session.evaluate()
    states = next(block for block in hand_in(made).blocks if block.id == "handin_states").place
    said = session.values([(states.sheet, states.row + n, states.column) for n in range(states.rows)])
    assert said[0] == "✗ right size, wrong sign"
    assert str(said[-1]).endswith("first mend question 1")
    for question in questions:
        for cell in cells_of(made.book, question):
            session.type(cell, None)


@pytest.mark.parametrize("name", ["neuron", "perceptron", "backprop-chain"])
def test_the_first_sheet_calls_every_block_by_words(name: str) -> None:
    made = paper_of(name)
    words = {str(label.text).partition(" ")[2] for label in hand_in(made).labels}
    assert not words & {question.block for question in made.exercise.questions}


def test_an_exam_says_nothing_of_what_is_right() -> None:
    made = paper_of("chain-rule", "zh", "exam")
    with zipfile.ZipFile(io.BytesIO(made.packed)) as archive:
        text = "".join(archive.read(part).decode("utf-8", "replace") for part in archive.namelist())
    assert "MOD(" not in text.partition("marks_codes")[2] and not made.paper.front.checksums
