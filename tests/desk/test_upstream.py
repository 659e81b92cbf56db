"""What stands before all that is asked is calculated once a world, and marks are the same as if each file were calculated whole."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from desk.lesson import Edit, cell_of, handed_in, lesson, put, typed

from tests.desk.papers import paper_of
from workbook.desk.exercise import Exercise
from workbook.desk.marker import Marker
from workbook.desk.marking import Marks, mark
from workbook.desk.upstream import Upstream

ASKED = ("gW", "W_new", "sums")


@cache
def marker() -> Marker:
    """Return what marks an exercise before which most of the lesson stands."""
    return Marker(Exercise.of(lesson(), ASKED), lesson())


def marked_both_ways(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Marks, Marks]:
    known = mark(marker(), path)
    with monkeypatch.context() as patched:
        patched.setattr(Upstream, "is_in", lambda _self, _sheets: False)
        return known, mark(marker(), path)


@pytest.mark.parametrize(
    "edits",
    [
        (),
        (put("gW", None),),
        (put("gW", lambda formula: f"=-({formula[1:]})"),),
        (typed("gW"), put("W_new", "0,5")),
        (put("gW", f"={cell_of('x')}*{cell_of('z')}"),),  # reads what the right formula does not
        (put("sums", "=1/0", "=SUM(A:A)"),),
        (put("sums", f'=INDIRECT("{cell_of("x")}")'),),
        (put("x", 0.9, 0.4),),
        (put("sums", "=AZ1+1"), lambda book: book["Net"].cell(1, 52, "=Net!" + cell_of("delta") + "*2")),
    ],
)
def test_marks_are_the_same_as_if_the_file_were_calculated_whole(
    edits: tuple[Edit, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, whole = marked_both_ways(handed_in(tmp_path / "hand-in.xlsx", *edits), monkeypatch)
    assert known == whole


def test_a_cell_before_the_questions_that_is_changed_counts_as_it_stands(tmp_path: Path) -> None:
    path = handed_in(tmp_path / "hand-in.xlsx", put("delta", 0.25))
    (gW, *_others) = mark(marker(), path).questions
    assert gW.block == "gW" and gW.points == 0


def test_what_stands_before_is_calculated_once_a_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = handed_in(tmp_path / "hand-in.xlsx", put("gW", lambda formula: f"=2*({formula[1:]})"))
    mark(marker(), path)
    monkeypatch.setattr(Upstream, "values", lambda *_args: pytest.fail("its values are known"))
    mark(marker(), path)


@pytest.mark.parametrize("name", ["backprop-3-4-3-2", "chain-rule", "rent-yield"])
def test_a_file_as_it_was_handed_out_is_recognised(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks that only a mistake would read are withheld in it; they are none of those that it is recognised by."""
    made, told = paper_of(name), []
    (tmp_path / "ann.xlsx").write_bytes(made.packed)
    is_in = Upstream.is_in
    monkeypatch.setattr(Upstream, "is_in", lambda self, sheets: told.append(is_in(self, sheets)) or told[-1])
    assert mark(made.paper.marker, tmp_path / "ann.xlsx").points == 0
    assert told == [True]
