"""Whatever a reader types into the yellow cells: no error, no false verdict, no false sentence, in both engines alike.

Each worked example is typed into, draw after draw (see `sweep`). ``WORKBOOK_SWEEP=30`` runs so many draws for each, the
large ones too; without it the large ones get fewer.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest

from tests import sweep
from tests.books import made_once, written_once
from workbook.addresses import cell_name
from workbook.block import Between, Place
from workbook.book import Book
from workbook.discovery import scenarios
from workbook.engines import ErrorValue, Sheets, available
from workbook.expression import LONGEST_SPELLED_SUM
from workbook.formula import dot
from workbook.sheet import FAILS, Kind
from workbook.writer import write

DRAWS = {"circles": 4, "digits": 0, "xor": 2}
USUAL = 20
FULL = int(os.environ.get("WORKBOOK_SWEEP", "0"))

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
BARE = str.maketrans({"−": "-", "(": None, ")": None})
"""A true minus as Python reads it, and no brackets."""

READABLE = 1e15
"""From here on IronCalc and LibreOffice write a number with different digits; IronCalc's FIXED ends at 2^64."""

CHAOTIC = {"chain-rule", "circles", "demon-net", "descent", "digits", "losses", "network", "rent-yield", "xor"}
"""Long runs, and quotients of far larger numbers, in which last digits grow: only words and errors are compared."""

GROWN = {"positions": "slope_scale"}
"""A million times how far two slopes are apart that are measured by steps of 0.00001: rounding, where losses are large."""


@pytest.mark.parametrize("name", list(scenarios()))
def test_whatever_is_typed(name: str) -> None:
    if reason := available("libreoffice"):
        pytest.skip(reason)
    count = FULL or DRAWS.get(name, USUAL)
    if not count:
        pytest.skip("too large for every run: WORKBOOK_SWEEP=30 runs it")
    book, path = made_once(name), written_once(name)
    drawn = list(sweep.draws_of(book, count, seed=1))
    draws = [draw for _kind, draw in drawn]
    wrong = []
    ours, theirs = sweep.by_ironcalc(book, path, draws), sweep.by_libreoffice(book, path, draws)
    for (kind, draw), one, other in zip(drawn, ours, theirs, strict=True):
        empty = any(value is None for grid in draw.values() for line in grid for value in line)
        found = [*faults(book, one, empty), *faults(book, other, empty)]
        if not (
            empty or kind.startswith(("tiny", "vanishing"))
        ):  # IronCalc takes what is less than 2.2E-16 apart as equal
            grown = book[GROWN[name]].place if name in GROWN else None
            found += differences(one, other, grown, words_only=name in CHAOTIC)
        wrong += [f"{kind}: {fault}" for fault in found[:3]]
    assert not wrong, "\n".join(wrong)


def faults(book: Book, sheets: Sheets, empty: bool) -> list[str]:
    """Return the errors, and the checks that fail; where a cell is empty, Start asks for a number instead."""
    found = sweep.errors(sheets)
    if empty:
        place = book["verdict"].place
        said = str(sheets[place.sheet].get((place.row, place.column)))
        return found if said.startswith("✎") else [*found, f"an empty cell, but Start says {said!r}"]
    for check in book.checks:
        place = check.verdict.place
        if sheets[place.sheet].get((place.row, place.column)) == FAILS:
            found.append(f"✗ {check.verdict.id}")
    return found


def differences(one: Sheets, other: Sheets, grown: Place | None, *, words_only: bool) -> list[str]:
    """Return where the two engines have something else, in proportion to the largest number of the sheet; but not in `grown`."""
    found = []
    for sheet, cells in one.items():
        size = max((abs(value) for value in cells.values() if isinstance(value, float)), default=0.0)
        for place, mine in cells.items():
            theirs = other[sheet].get(place)
            if isinstance(mine, ErrorValue) or isinstance(theirs, ErrorValue):
                continue
            if grown is not None and (sheet, *place) == (grown.sheet, grown.row, grown.column):
                continue
            if isinstance(mine, str) or isinstance(theirs, str):
                alike = say_the_same(str(mine), str(theirs))
            else:
                alike = words_only or (theirs is not None and abs(mine - theirs) <= 1e-6 * (1 + size))
            if not alike:
                found.append(f"{sheet}!{cell_name(*place)}: {mine!r}, {theirs!r}")
    return found


def say_the_same(one: str, other: str) -> bool:
    """Tell whether two sentences have the same words, and numbers that are as near as their last digits."""
    if one == other:
        return True
    bare = [text.translate(BARE) for text in (one, other)]  # brackets around a −0.0000 that just is
    if NUMBER.sub("#", bare[0]) != NUMBER.sub("#", bare[1]):
        return False
    pairs = zip(*(map(float, NUMBER.findall(text)) for text in bare), strict=True)
    return all(max(abs(a), abs(b)) >= READABLE or abs(a - b) <= 1e-3 * (1 + abs(a)) for a, b in pairs)


def test_no_sentence_multiplies_by_a_zero_that_is_none() -> None:
    """A number that is typed stands in a sentence with the digits it has."""
    book, path = made_once("perceptron"), written_once("perceptron")
    draw: sweep.Draw = {"low": [[-26.4], [0.0], [0.0]], "high": [[2.6], [1.0], [24.0]]}
    (sheets,) = sweep.by_ironcalc(book, path, [draw])
    place = book["x_words"].place
    said = str(sheets[place.sheet][place.row, place.column])
    assert "(−26.4)" in said and "2.6 − " in said
    left, right = (part.strip() for part in said.removeprefix("x₁ = ").split("="))
    (a, b), (c, d) = (map(float, NUMBER.findall(half.replace("−", "-"))) for half in left.split("/"))
    assert (a - b) / (c - d) == pytest.approx(float(right), abs=1e-4)


EMPTY = [
    ("neuron", "marks"),
    ("statistics", "x"),
    ("derivatives", "h_first"),
    ("losses", "kl_seen"),
    ("perceptron", "w"),
]


@pytest.mark.parametrize(("name", "id"), EMPTY)
def test_an_empty_cell_is_no_error(name: str, id: str) -> None:
    """It counts as the number that Checks states: 0, or another where 0 may not be typed in."""
    if reason := available("libreoffice"):
        pytest.skip(reason)
    book, path = made_once(name), written_once(name)
    rows, columns = book[id].grid().shape
    one = book[id].grid().astype(object)
    one[0, 0] = None
    draws: list[sweep.Draw] = [{id: [[None] * columns for _ in range(rows)]}, {id: one.tolist()}]
    for engine in (sweep.by_ironcalc, sweep.by_libreoffice):
        assert [faults(book, sheets, empty=True) for sheets in engine(book, path, draws)] == [[], []]


def test_a_cell_that_only_says_what_an_empty_one_holds_is_no_error_in_a_product(tmp_path: Path) -> None:
    """LibreOffice's MMULT takes it as empty, too."""
    if reason := available("libreoffice"):
        pytest.skip(reason)
    book, count = Book("test", "t", "a", "s"), LONGEST_SPELLED_SUM + 2
    page = book.page("S", "S", kind=Kind.DEEPER)
    x = page.given("x", np.arange(1.0, count + 1), valid=Between(0, 100))
    w = page.given("w", np.ones((2, count)), valid=Between(-1, 1))
    said = page.derived("said", x.value, lambda i: x[i])
    z = page.derived("z", w.value @ x.value, lambda i: dot(w[i, :], said[:]))
    write(book.finish(), path := tmp_path / "book.xlsx")
    assert "MMULT" in str(z.formula_at(0, 0))
    (sheets,) = sweep.by_libreoffice(book, path, [{"x": [[None]] * count}])
    assert sweep.errors(sheets) == [] and sheets["S"][z.place.row, z.place.column] == 0


def test_what_an_empty_cell_counts_as_is_stated() -> None:
    book = made_once("derivatives")
    stated = dict(zip(book["yellow_counts_as"].rows, book["yellow_counts_as"].value, strict=True))  # type: ignore[arg-type]
    assert (
        book["h_first"].counts_as == "1" and book["h_rules"].counts_as == "1/10^4" and book["x_rules"].counts_as is None
    )
    assert {"0", "1", "1/10^4", "–"} <= set(stated.values())


FAR_APART = [("backprop-3-4-3-2", "X_all", "W1"), ("backprop-two-rows", "X", "W2"), ("xor", "X", "W1")]


@pytest.mark.parametrize(("name", "inputs", "weights"), FAR_APART)
def test_a_sigmoid_far_out_is_no_error(name: str, inputs: str, weights: str) -> None:
    """1/(1+EXP(710)) is an error in LibreOffice and Excel, and its square 1E-400 in LibreOffice."""
    if reason := available("libreoffice"):
        pytest.skip(reason)
    book, path = made_once(name), written_once(name)
    draw = {inputs: full(book, inputs, 10.0), weights: full(book, weights, -50.0)}
    (sheets,) = sweep.by_libreoffice(book, path, [draw])
    assert faults(book, sheets, empty=False) == []


VANISHING = [("derivatives", ("now_t", "x_rules")), ("network", ("beta1", "beta2"))]


@pytest.mark.parametrize(("name", "ids"), VANISHING)
def test_a_power_of_next_to_nothing_is_no_error(name: str, ids: tuple[str, ...]) -> None:
    """1E-200^3 is one in LibreOffice."""
    if reason := available("libreoffice"):
        pytest.skip(reason)
    book, path = made_once(name), written_once(name)
    draws = [{id: full(book, id, 1e-200)} for id in ids]
    assert [faults(book, sheets, empty=False) for sheets in sweep.by_libreoffice(book, path, draws)] == [[], []]


def full(book: Book, id: str, number: float) -> list[list[float]]:
    """Return a grid that fills a block with one number."""
    rows, columns = book[id].grid().shape
    return [[number] * columns for _ in range(rows)]
