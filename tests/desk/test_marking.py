"""Marking: what a hand-in earns, why, and what is said of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from desk.lesson import ASKED, Edit, cell_of, handed_in, lesson, marker, put, typed

from workbook.desk.marking import Marks, QuestionMark, mark
from workbook.desk.states import SHARES, State
from workbook.text import language


def marks(folder: Path, *edits: Edit) -> Marks:
    return mark(marker(), handed_in(folder / "hand-in.xlsx", *edits))


def of(marked: Marks, id: str) -> QuestionMark:
    return next(question for question in marked.questions if question.block == id)


def states(marked: Marks, id: str) -> Counter[State]:
    return Counter(cell.state for cell in of(marked, id).cells)


def test_the_solution_earns_everything_and_nothing_earns_nothing(tmp_path: Path) -> None:
    assert (full := marks(tmp_path)).points == full.of
    blank = marks(tmp_path, *(put(id, None) for id in ASKED))
    assert blank.points == 0
    assert {state for id in ASKED for state in states(blank, id)} == {State.BLANK}


@pytest.mark.parametrize(
    ("id", "key"), [(asked.block.id, wrong.key) for asked in marker().asked for wrong, _cells in asked.wrong]
)
def test_every_mistake_that_is_known_is_named_where_it_is_made(id: str, key: str, tmp_path: Path) -> None:
    asked = next(each for each in marker().asked if each.block.id == id)
    mistake = next(wrong for wrong, _cells in asked.wrong if wrong.key == key)
    formulas = [f"={mistake.formula_at(row, column)}" for row, column in asked.question.cells]
    marked = marks(tmp_path, put(id, *formulas))
    assert of(marked, id).mistake == key
    assert of(marked, id).points < of(marked, id).of
    others = [question for question in marked.questions if question.block != id]
    assert all(question.points == question.of for question in others), "what follows from it earns its points"
    after = {each.question.block for each in marker().asked if asked.question.number in each.sources}
    assert all(set(states(marked, each)) <= {State.FOLLOWS, State.RIGHT} for each in after)


def test_what_follows_from_an_error_says_from_which(tmp_path: Path) -> None:
    marked = marks(tmp_path, put("error", lambda formula: f"=-({formula[1:]})"))
    assert of(marked, "delta").before == of(marked, "gW").before == (3,)
    assert "question 3" in of(marked, "gW").said[0]


def test_a_wrong_answer_after_a_wrong_one_sends_to_the_first(tmp_path: Path) -> None:
    marked = marks(tmp_path, put("error", 7.3), put("delta", 0.123))
    assert of(marked, "delta").said == ("✗ not right yet; after an earlier ✗: first mend question 3",)


def test_typed_answers_earn_their_share(tmp_path: Path) -> None:
    marked = marks(tmp_path, typed("a"), typed("error"))
    assert states(marked, "a") == {State.TYPED: 2}
    assert of(marked, "a").points == SHARES[State.TYPED] * of(marked, "a").of
    path = handed_in(tmp_path / "typed.xlsx", typed("a"))
    assert of(mark(marker(), path, shares={**SHARES, State.TYPED: 1.0}), "a").points == 2


def test_a_number_that_follows_by_any_method_shows_nothing(tmp_path: Path) -> None:
    """With a 0 typed early, every product after it is 0: typed zeros would else follow."""
    marked = marks(tmp_path, put("error", 0), put("delta", 0), put("gW", 0))
    assert states(marked, "delta") == {State.TRIVIAL: 2}
    assert of(marked, "delta").points == of(marked, "gW").points == 0


def test_a_formula_after_a_typed_zero_is_tried_with_other_numbers(tmp_path: Path) -> None:
    marked = marks(tmp_path, put("error", 0))
    assert of(marked, "delta").points == of(marked, "delta").of


@pytest.mark.parametrize("number", [0, 1])
def test_the_same_number_everywhere_earns_nothing(number: int, tmp_path: Path) -> None:
    assert marks(tmp_path, *(put(id, number) for id in ASKED)).points == 0


def test_a_formula_must_be_right_where_the_numbers_are_others(tmp_path: Path) -> None:
    right = [float(value) for value in lesson()["error"].value]
    by_case = [f"=IF(Net!{cell_of('x')}=0.7,{value!r},0)" for value in right]
    marked = marks(tmp_path, put("error", *by_case), put("a", *(f"={v!r}+0" for v in lesson()["a"].value.tolist())))
    assert states(marked, "error") == states(marked, "a") == {State.ELSEWHERE: 2}


def test_close_and_sign_and_wrong(tmp_path: Path) -> None:
    marked = marks(tmp_path, typed("a", lambda v: v + 0.003), typed("delta", lambda v: -v), put("loss", 0.77))
    assert states(marked, "a") == {State.CLOSE: 2}
    assert states(marked, "delta") == {State.SIGN: 2}
    assert states(marked, "loss") == {State.WRONG: 1}


def test_a_wrong_sign_after_a_wrong_answer_sends_to_the_first(tmp_path: Path) -> None:
    marked = marks(tmp_path, put("error", 7.3), typed("delta", lambda v: -v))
    assert states(marked, "delta") == {State.SIGN: 2}
    assert "first mend question 3" in of(marked, "delta").said[0]


def test_what_follows_from_answers_that_are_right_as_far_as_they_go_says_so(tmp_path: Path) -> None:
    """A number that is rounded a little is right; what is made of it may be just beyond."""
    delta = next(asked for asked in marker().asked if asked.block.id == "delta")
    marked = marks(tmp_path, typed("delta", lambda v: v + 0.95 * delta.allowed))
    assert states(marked, "delta") == {State.TYPED: 2}
    assert states(marked, "gW")[State.FOLLOWS] >= 1
    assert of(marked, "gW").before == (delta.question.number,)


def test_what_is_no_number(tmp_path: Path) -> None:
    marked = marks(
        tmp_path, put("z", "0,5"), put("a", "=1/0"), put("error", True), put("delta", None, 0.5), put("loss", '="a"')
    )
    assert states(marked, "z") == {State.TEXT: 2}
    assert states(marked, "a") == {State.ERROR: 2}
    assert states(marked, "error") == {State.TRUTH: 2}
    assert states(marked, "delta") == {State.BLANK: 1, State.WRONG: 1}
    assert states(marked, "loss") == {State.TEXT: 1}
    assert states(marked, "gW")[State.RIGHT] >= 2, "blanks and texts are filled in with right numbers"


def test_a_lost_decimal_sign_has_a_name(tmp_path: Path) -> None:
    marked = marks(tmp_path, typed("a", lambda v: round(v * 10_000)))
    assert of(marked, "a").mistake == "decimal"


def test_the_students_own_numbers_count(tmp_path: Path) -> None:
    """Somebody types other given numbers: marking uses the own ones, and says so."""
    marked = marks(tmp_path, put("x", 2.0, 3.0))
    assert marked.changed == ("x",)
    assert marked.points == marked.of
    other = mark(marker(), handed_in(tmp_path / "other.xlsx"), {"x": [2.0, 3.0], "b": [0.3, 0.1]})
    assert (set(other.changed), other.points) == ({"x", "b"}, other.of)


def test_cached_values_earn_nothing(tmp_path: Path) -> None:
    """A file in which wrong formulas have the right numbers cached."""
    from openpyxl import load_workbook

    path = handed_in(tmp_path / "cached.xlsx", put("delta", "=0*1"))
    assert load_workbook(path)["Net"] is not None
    assert of(mark(marker(), path), "delta").points == 0


def test_sentences_are_in_the_language_in_force_and_tell_no_answer(tmp_path: Path) -> None:
    edits = (put("error", lambda formula: f"=-({formula[1:]})"), put("loss", 0.7), typed("a"), put("z", "x"))
    path = handed_in(tmp_path / "said.xlsx", *edits)
    english = mark(marker(), path)
    with language("zh") as translator:
        chinese = mark(marker(), path)
    assert not translator.missing
    for one, other in zip(english.questions, chinese.questions, strict=True):
        assert one.points == other.points
        answers = [f"{abs(cell.expected):.3f}" for cell in one.cells if cell.expected is not None]
        assert all(answer not in said for answer in answers for said in (*one.said, *other.said))
