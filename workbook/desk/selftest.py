"""The test that every exercise passes before it is handed out: the solution earns all, a blank sheet nothing, every mistake is
named, and no part of the file holds an answer."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from workbook.desk.choice import NOTHING
from workbook.desk.contents import Contents
from workbook.desk.exercise import Question
from workbook.desk.handin import HandIn, read_handin
from workbook.desk.leaks import LEAST_DIGITS, cells_of, significant
from workbook.desk.marker import Asked
from workbook.desk.marking import Marks, mark
from workbook.desk.mistakes import Mistake
from workbook.desk.paper import Given, Paper
from workbook.desk.states import SAID, State
from workbook.engines import Value
from workbook.engines.ironcalc import Cell, Formula
from workbook.text import _, speaking

DIGITS = 6
"""No number of a file is an answer to so many digits."""

TINY = 1e-9

Wrong = Mapping[int, Mistake]
"""Which mistake is planted in a question."""

Numbers = Mapping[Cell, float]

_NUMBER = re.compile(rb"-?\d*\.?\d+(?:[eE][-+]?\d+)?")


@dataclass
class Tested:
    """What came of the test.

    Attributes
    ----------
    faults : one line each; none where it holds
    mistakes : how many mistakes were planted
    """

    faults: list[str] = field(default_factory=list)
    mistakes: int = 0


def test_paper(paper: Paper, packed: bytes, given: Given) -> Tested:
    """Test a student's workbook, as it was packed with that student's numbers."""
    tested = Tested()
    answers = paper.answers(given)
    tested.faults += [
        f"{part} holds an answer to question {number}" for part, number in answers_in(packed, answers, paper, given)
    ]
    with tempfile.TemporaryDirectory(prefix="workbook-") as folder, speaking(paper.book.translator):
        path = Path(folder) / "handin.xlsx"
        path.write_bytes(packed)
        tested.faults += _marked(paper, path, given, tested)
        tested.faults += _said(paper, given)
    return tested


# ---------------------------------------------------------------------------------------------- no answer in the file


def answers_in(
    packed: bytes, answers: Mapping[int, Sequence[float | None]], paper: Paper, given: Given
) -> Iterator[tuple[str, int]]:
    """Yield each part of a file that holds an answer to `DIGITS` digits, and the question; given numbers are no answers."""
    typed = {
        significant(value) for id in paper.exercise.givens for value in given.get(id, paper.book[id].value).ravel()
    }
    sought = {
        significant(value): number
        for number, values in answers.items()
        for value in values
        if value is not None and digits_of(value) >= LEAST_DIGITS
    }
    kept = {significant(value) for value in _needed(paper, given) if isinstance(value, float)}
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for name in archive.namelist():
            found = {
                significant(float(match))
                for match in set(_NUMBER.findall(archive.read(name)))
                if len(match) >= LEAST_DIGITS
            }
            for number in sorted({sought[key] for key in (found & sought.keys()) - typed - kept}):
                yield name, number


def _needed(paper: Paper, given: Given) -> list[Value | None]:
    """Return the numbers that a question reads although they tell an answer, as they are for a student."""
    paper.type(given)
    paper.template.session.evaluate()
    places = [paper.book[id].place for id in paper.leaks.needed]
    return paper.template.session.values(
        (place.sheet, place.row + row, place.column + column)
        for place in places
        for row in range(place.rows)
        for column in range(place.columns)
    )


def digits_of(value: float) -> int:
    """Return how many digits a number has that say something; what is left of rounding has none."""
    return 0 if abs(value) < NOTHING else len(significant(value).partition("e")[0].replace(".", "").rstrip("0"))


# ---------------------------------------------------------------------------------------------- what marking says


def _marked(paper: Paper, path: Path, given: Given, tested: Tested) -> Iterator[str]:
    """Mark a blank file, the solution, and each mistake, one in each question at a time: what follows is marked as such."""
    blank_file = read_handin(path)

    def marked(wrong: Wrong, typed: Numbers | None = None) -> Marks:
        return mark(paper.marker, _planted(paper, blank_file, wrong, typed or {}), given)

    def names(number: int, mistake: Mistake) -> bool:
        """Tell whether a mistake is named where it is alone: as a formula, or typed, if it reads what is withheld."""
        numbers = _numbers(paper, number, mistake, given)
        return _is_named(marked({number: mistake}), number) or _is_named(marked({}, numbers), number)

    blank = mark(paper.marker, blank_file, given)
    if blank.points:
        yield f"a blank file earns {blank.points:g} of {blank.of:g} points"
    for question in marked({}).questions:
        if question.points < question.of - TINY:
            earned = f"earns {question.points:g} of {question.of:g}: {'; '.join(question.said)}"
            yield f"the solution of question {question.number} ({question.block}) {earned}"
    waiting = {asked.question.number: _visible(paper, asked, given) for asked in paper.marker.asked}
    tested.mistakes = sum(map(len, waiting.values()))
    while any(waiting.values()):
        lot = {number: mistakes.pop() for number, mistakes in waiting.items() if mistakes}
        marks = marked(lot)
        for number, mistake in lot.items():
            if not _is_named(marks, number) and not names(number, mistake):
                yield f"question {number} ({mistake.block.id}): the mistake {mistake.key} is not named"


def _visible(paper: Paper, asked: Asked, given: Given) -> list[Mistake]:
    """Return the mistakes of a question that these numbers do not hide; one that comes to errors alone shows itself."""
    truth = paper.marker.world(given).truth
    return [
        mistake
        for mistake, cells in asked.wrong
        if any(
            truth[wrong] is not None and not asked.near(truth[wrong], truth[right])
            for right, wrong in zip(asked.cells, cells, strict=True)
        )
    ]


def _numbers(paper: Paper, number: int, mistake: Mistake, given: Given) -> Numbers:
    """Return the numbers that come of a mistake, by the cells of the question."""
    truth = paper.marker.world(given).truth
    asked = next(each for each in paper.marker.asked if each.question.number == number)
    cells = next(cells for each, cells in asked.wrong if each is mistake)
    return {
        right: value for right, wrong in zip(asked.cells, cells, strict=True) if (value := truth[wrong]) is not None
    }


def _is_named(marks: Marks, number: int) -> bool:
    """Tell whether a question's mistake has a name; one that comes as near as rounding does needs none."""
    found = next(each for each in marks.questions if each.number == number)
    return bool(found.mistake) or any(cell.state is State.CLOSE for cell in found.cells)


def _planted(paper: Paper, blank: HandIn, wrong: Wrong, typed: Numbers) -> HandIn:
    """Return a hand-in with the right formulas, but a mistake in some questions, and numbers typed into some cells."""
    sheets = {name: blank.sheets[name] for name in blank.sheets}
    for name in {paper.book[question.block].place.sheet for question in paper.exercise.questions}:
        here = sheets[name]
        sheets[name] = Contents(dict(here.formulas), dict(here.values), here.arrays)
    for question in paper.exercise.questions:
        for cell, formula in _formulas(paper, question, wrong.get(question.number)):
            sheet, row, column = cell
            if cell in typed:
                sheets[sheet].values[row, column] = typed[cell]
            else:
                sheets[sheet].formulas[row, column] = formula
    return replace(blank, sheets=sheets)


def _formulas(paper: Paper, question: Question, mistake: Mistake | None) -> Iterator[tuple[Cell, str]]:
    block = paper.book[question.block]
    for cell, (row, column) in zip(cells_of(paper.book, question), question.cells, strict=True):
        yield cell, (mistake.formula_at(row, column) if mistake is not None else block.formula_at(row, column)) or ""


# ---------------------------------------------------------------------------------------------- what HandIn says


def _said(paper: Paper, given: Given) -> Iterator[str]:
    """Read HandIn as it is when nothing, and when everything, is filled in."""
    session, sheet = paper.template.session, paper.front.book.sheets[0]
    states = next(block for block in sheet.blocks if block.id == "handin_states").place
    cells = [(states.sheet, states.row + n, states.column) for n in range(states.rows)]
    paper.type(given)
    session.evaluate()
    blank, right = str(_(SAID[State.BLANK])), str(_(SAID[State.RIGHT]))
    right = str(_("● filled in")) if paper.exercise.mode == "exam" else right
    yield from (
        f"HandIn says of a blank question {n}: {said}"
        for n, said in enumerate(session.values(cells), 1)
        if said != blank
    )
    for question in paper.exercise.questions:
        for cell, formula in _formulas(paper, question, None):
            session.type(cell, Formula(formula))
    session.evaluate()
    found = session.values(cells)
    for question in paper.exercise.questions:
        for cell in cells_of(paper.book, question):
            session.type(cell, None)
    yield from (
        f"HandIn says of the solution of question {n}: {said}" for n, said in enumerate(found, 1) if said != right
    )
